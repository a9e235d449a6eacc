//! Programs that start others: env, timeout, xargs and what only passes on.

use super::opts::Opts;
use super::system::duration;
use super::usage;
use crate::shell::io::Io;
use crate::shell::kernel::{NEVER, Status};
use crate::shell::pipe::Fds;
use crate::shell::program::{self, DEFAULT_PATH, Lookup};
use crate::shell::signals;

pub async fn env(mut io: Io) -> i32 {
    if io.name() == "printenv" && io.args.len() > 1 {
        let mut status = 0;
        for name in &io.args[1..] {
            match io.var(name) {
                Some(value) => {
                    io.print(format!("{value}\n")).await;
                }
                None => status = 1,
            }
        }
        return status;
    }
    let mut args = io.args.split_off(1).into_iter().peekable();
    while let Some(arg) = args.next_if(|a| a.starts_with('-') || a.contains('=')) {
        match arg.as_str() {
            "-i" | "-" => io.env.clear(),
            "-u" => {
                let name = args.next().unwrap_or_default();
                io.env.retain(|(n, _)| *n != name);
            }
            _ => {
                if let Some((name, value)) = arg.split_once('=') {
                    io.env.retain(|(n, _)| n != name);
                    io.env.push((name.to_string(), value.to_string()));
                }
            }
        }
    }
    let command: Vec<String> = args.collect();
    if command.is_empty() {
        let text: String = io.env.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
        io.print(text).await;
        return 0;
    }
    become_command(io, command).await
}

/// Goes on as another program in the same process.
pub async fn become_command(mut io: Io, command: Vec<String>) -> i32 {
    let path = io.var("PATH").unwrap_or(DEFAULT_PATH).to_string();
    match program::lookup(&io.ctx.kernel, &io.cwd, &path, &command[0]) {
        Lookup::Found(found) => {
            io.args = command;
            let ctx = io.ctx.clone();
            match ctx.exec(program::run(found, io)).await {}
        }
        Lookup::Missing => {
            let name = &command[0];
            let what = if io.name() == "xargs" { name.clone() } else { format!("can't execute '{name}'") };
            io.complain(&format!("{what}: No such file or directory")).await;
            127
        }
        Lookup::Denied(_) => {
            io.complain(&format!("can't execute '{}': Permission denied", command[0])).await;
            126
        }
    }
}

/// Programs that only start another one.
pub async fn wrapper(mut io: Io) -> i32 {
    let name = io.name().to_string();
    let mut args: Vec<String> = io.args.split_off(1);
    while args.first().is_some_and(|a| a.starts_with('-')) {
        let option = args.remove(0);
        if option == "--" {
            break;
        }
        let takes = match name.as_str() {
            "setsid" => "",
            "flock" => "-w",
            "nsenter" => "-t -S -G",
            "runuser" => "-u -g -G",
            _ => "-n -c -o -e -i",
        };
        if takes.split(' ').any(|o| o == option) && !args.is_empty() {
            args.remove(0);
        }
    }
    // Who to become, where the root is, or what to lock.
    if matches!(name.as_str(), "gosu" | "su-exec" | "chroot" | "flock") && !args.is_empty() {
        args.remove(0);
    }
    if name == "flock" && args.first().is_some_and(|a| a == "-c") {
        args.splice(..1, ["sh", "-c"].map(String::from));
    }
    if args.is_empty() {
        return 0;
    }
    become_command(io, args).await
}

/// `su USER -c COMMAND`, in whatever order. Who one becomes makes no difference here; a shell that waits for input finds none.
pub async fn su(io: Io) -> i32 {
    let opts = Opts::parse(&io, "lmpc:s:", &[("command", 'c'), ("shell", 's'), ("login", 'l')]);
    match opts.get('c') {
        Some(command) => {
            let command = ["sh", "-c", command].map(String::from).to_vec();
            become_command(io, command).await
        }
        None => 0,
    }
}

/// `time COMMAND`: says how long it ran. Nothing but waiting takes time here.
pub async fn time(io: Io) -> i32 {
    let opts = Opts::leading(&io, "pvaf:o:", &[]);
    if opts.rest.is_empty() {
        return usage::show(&io).await;
    }
    let started = io.ctx.kernel.now();
    let Some(pid) = start(&io, opts.rest.clone(), io.fds.clone()).await else { return 1 };
    let code = io.ctx.wait_child(pid).await.code();
    let hundredths = (io.ctx.kernel.now() - started) / 10_000;
    if code != 0 {
        io.print_error(format!("Command exited with non-zero status {code}\n")).await;
    }
    let (seconds, rest) = (hundredths / 100, hundredths % 100);
    let text = if opts.has('p') {
        format!("real {seconds}.{rest:02}\nuser 0.00\nsys 0.00\n")
    } else {
        format!("real\t{}m {}.{rest:02}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n", seconds / 60, seconds % 60)
    };
    io.print_error(text).await;
    code
}

/// Runs a command in a child process with its own descriptors; `None` when there are too many processes.
pub(super) async fn start(io: &Io, command: Vec<String>, fds: Fds) -> Option<u32> {
    io.ctx.fork_step().await;
    let (env, cwd, umask, followed) = (io.env.clone(), io.cwd.clone(), io.umask, io.followed);
    let name = io.args[0].clone();
    let title = command.join(" ");
    io.ctx.kernel.spawn(io.ctx.pid, title, move |ctx| {
        let child = Io { ctx, args: vec![name], env, fds, cwd, umask, followed };
        become_command(child, command)
    })
}

pub async fn timeout(io: Io) -> i32 {
    let opts = Opts::leading(
        &io,
        "s:k:fv",
        &[("signal", 's'), ("kill-after", 'k'), ("foreground", 'f'), ("preserve-status", 'f')],
    );
    let mut rest = opts.rest.clone();
    // Before 1.30 busybox wanted the time as `-t SECS`.
    let Some(time) = rest.first().and_then(|t| duration(t)) else {
        return usage::show(&io).await;
    };
    rest.remove(0);
    if rest.is_empty() {
        return 1;
    }
    let signal = opts.get('s').and_then(signals::number).unwrap_or(15);
    let kill_after = opts.get('k').and_then(duration);
    let busybox = io.ctx.kernel.image.is_busybox();
    let Some(pid) = start(&io, rest, io.fds.clone()).await else { return 1 };
    let kernel = io.ctx.kernel.clone();
    // busybox looks once a second.
    let time = if busybox { time.div_ceil(1_000_000).saturating_mul(1_000_000) } else { time };
    let deadline = kernel.now().saturating_add(if time == 0 { NEVER } else { time });
    let ended = || kernel.status(pid);
    let mut status = io.ctx.wait_for(deadline, ended).await;
    let timed_out = status.is_none();
    if timed_out {
        io.ctx.catch_up().await;
        kernel.signal(pid, signal, true);
        let deadline = kill_after.map_or(NEVER, |t| kernel.now().saturating_add(t));
        status = io.ctx.wait_for(deadline, ended).await;
        if status.is_none() {
            io.ctx.catch_up().await;
            kernel.signal(pid, 9, true);
            status = io.ctx.wait_for(NEVER, ended).await;
        }
    }
    kernel.reap(pid);
    let status = status.unwrap_or(Status::Exited(124));
    match status {
        // What cannot be caught GNU's timeout sends to itself too.
        _ if timed_out && !busybox && status != Status::Signaled(9) => 124,
        // In busybox the command itself is the child of the shell, and dies of the signal there.
        Status::Signaled(signal) => {
            kernel.signal(io.ctx.pid, signal, true);
            io.ctx.stay_alive().await;
            128 + signal
        }
        Status::Exited(code) => code,
    }
}

pub async fn xargs(io: Io) -> i32 {
    let opts = Opts::leading(&io, "0rtpn:I:i:L:P:s:d:x", &[("no-run-if-empty", 'r'), ("null", '0'), ("max-args", 'n')]);
    let input = io.read_all("-").await.unwrap_or_default();
    let text = String::from_utf8_lossy(&input).into_owned();
    let replace = opts.get('I').map(str::to_string);
    let items: Vec<String> = if opts.has('0') {
        text.split('\0').filter(|s| !s.is_empty()).map(str::to_string).collect()
    } else if let Some(delimiter) = opts.get('d').and_then(|d| d.chars().next()) {
        text.trim_end_matches('\n').split(delimiter).map(str::to_string).collect()
    } else if replace.is_some() {
        text.lines().map(|l| l.trim().to_string()).filter(|l| !l.is_empty()).collect()
    } else {
        words(&text)
    };
    let mut command = opts.rest.clone();
    if command.is_empty() {
        command.push("echo".into());
    }
    let per_run = opts.get('n').or(opts.get('L')).and_then(|n| n.parse::<usize>().ok()).unwrap_or(5_000).max(1);
    let runs: Vec<Vec<String>> = match &replace {
        Some(mark) => {
            items.iter().map(|item| command.iter().map(|w| w.replace(mark.as_str(), item)).collect()).collect()
        }
        None if items.is_empty() && opts.has('r') => Vec::new(),
        None if items.is_empty() => vec![command],
        None => items.chunks(per_run).map(|chunk| command.iter().chain(chunk).cloned().collect()).collect(),
    };
    let mut result = 0;
    for run in runs {
        if opts.has('t') {
            io.print_error(format!("{}\n", run.join(" "))).await;
        }
        let mut fds = io.fds.clone();
        fds.set(0, Some(std::rc::Rc::new(crate::shell::pipe::Object::Device(crate::shell::inode::Device::Null))));
        let Some(pid) = start(&io, run, fds).await else { return 124 };
        match io.ctx.wait_child(pid).await {
            Status::Exited(0) => {}
            Status::Exited(code @ (126 | 127)) => return code,
            Status::Exited(255) => return 124,
            Status::Exited(_) => result = 123,
            Status::Signaled(_) => return 125,
        }
    }
    result
}

/// Splits at blanks, minding quotes and backslashes.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut current: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let word = current.get_or_insert_default();
                for inner in chars.by_ref().take_while(|i| *i != c) {
                    word.push(inner);
                }
            }
            '\\' => current.get_or_insert_default().extend(chars.next()),
            c if c.is_whitespace() => out.extend(current.take()),
            c => current.get_or_insert_default().push(c),
        }
    }
    out.extend(current);
    out
}

pub async fn which_applet(io: Io) -> i32 {
    let path = io.var("PATH").unwrap_or(DEFAULT_PATH).to_string();
    let mut status = 0;
    for name in &io.args[1..] {
        match super::which(&io.ctx.kernel, &io.cwd, &path, name) {
            Some(full) => {
                io.print(format!("{full}\n")).await;
            }
            None => status = 1,
        }
    }
    status
}
