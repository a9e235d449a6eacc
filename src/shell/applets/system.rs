//! Programs about processes, time, users and the machine, and those that start other programs.

use super::date::zone;
use super::opts::Opts;
use super::usage;
use crate::order::Order;
use crate::shell::calendar::strftime;
use crate::shell::image::{image_user_name, program_of};
use crate::shell::inode::User;
use crate::shell::io::Io;
use crate::shell::kernel::{NEVER, Us};
use crate::shell::net::in_hosts;
use crate::shell::procfs;
use crate::shell::signals;

/// `1.5`, `2m`, `1h`, `infinity`: microseconds.
pub fn duration(text: &str) -> Option<Us> {
    if matches!(text, "infinity" | "inf") {
        return Some(NEVER);
    }
    let (number, scale) = match text.char_indices().next_back()? {
        (i, 's') => (&text[..i], 1e6),
        (i, 'm') => (&text[..i], 60e6),
        (i, 'h') => (&text[..i], 3600e6),
        (i, 'd') => (&text[..i], 86_400e6),
        _ => (text, 1e6),
    };
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    number.parse::<f64>().ok().map(|n| (n * scale) as Us)
}

pub async fn sleep(io: Io) -> i32 {
    if io.args.len() < 2 {
        return usage::show(&io).await;
    }
    let mut total: Us = 0;
    for arg in &io.args[1..] {
        let parsed = if io.name() == "usleep" { arg.parse().ok() } else { duration(arg) };
        match parsed {
            Some(time) => total = total.saturating_add(time),
            None => {
                let text = if io.ctx.kernel.image.is_busybox() {
                    format!("invalid number '{arg}'")
                } else {
                    format!("invalid time interval '{arg}'")
                };
                io.complain(&text).await;
                return 1;
            }
        }
    }
    if total == NEVER {
        io.ctx.forever().await;
    }
    io.ctx.sleep(total).await;
    0
}

pub async fn kill(io: Io) -> i32 {
    let mut signal = 15;
    let mut targets = Vec::new();
    for arg in &io.args[1..] {
        match arg.strip_prefix('-') {
            Some("s") => {}
            Some(name) if targets.is_empty() => match signals::number(name) {
                Some(n) => signal = n,
                None => return 1,
            },
            _ => targets.push(arg.clone()),
        }
    }
    let by_name = io.name() != "kill";
    io.ctx.catch_up().await;
    let mut status = 0;
    for target in &targets {
        let pids: Vec<u32> = if by_name {
            let all = io.ctx.kernel.list();
            let matches = all.into_iter().filter(|(pid, _, command)| {
                *pid != io.ctx.pid
                    && (program_of(command) == target || (io.name() == "pkill" && command.contains(target.as_str())))
            });
            matches.map(|(pid, ..)| pid).collect()
        } else {
            target.parse().into_iter().collect()
        };
        if pids.is_empty() {
            io.complain(&if by_name {
                format!("{target}: no process killed")
            } else {
                format!("invalid number '{target}'")
            })
            .await;
            status = 1;
        }
        for pid in pids {
            if !io.ctx.kill(pid, signal).await {
                io.complain(&format!("can't kill pid {pid}: No such process")).await;
                status = 1;
            }
        }
    }
    status
}

pub async fn hostname(io: Io) -> i32 {
    let config = &io.ctx.kernel.config;
    let name = &config.hostname;
    let text = match io.args.get(1).map(String::as_str) {
        Some("-i" | "-I") => &*config.pod_ip,
        Some("-s") => name.split('.').next().unwrap_or(name),
        Some("-f" | "--fqdn") => &full_name(&io),
        None => name,
        Some(_) => {
            io.complain("sethostname: Operation not permitted").await;
            return 1;
        }
    };
    io.print(format!("{text}\n")).await;
    0
}

/// `hostname -f`: the first name of the line of `/etc/hosts` in which its own stands.
fn full_name(io: &Io) -> String {
    let kernel = &io.ctx.kernel;
    kernel.look();
    in_hosts(kernel, &kernel.config.hostname).map_or(kernel.config.hostname.clone(), |(_, first)| first)
}

/// Who has an id in this container.
pub fn user_name(io: &Io, id: u32) -> Option<&'static str> {
    match id {
        0 => Some("root"),
        1 => Some("daemon"),
        33 => Some("www-data"),
        65534 => Some("nobody"),
        _ => image_user_name(&io.ctx.kernel.config.image).filter(|_| id == io.ctx.kernel.image.user()),
    }
}

pub async fn id(io: Io) -> i32 {
    let user = io.ctx.kernel.user;
    let name = user_name(&io, user.uid);
    if io.name() != "id" {
        return match name {
            Some(name) => {
                io.print(format!("{name}\n")).await;
                0
            }
            None => {
                io.complain(&format!("unknown uid {}", user.uid)).await;
                1
            }
        };
    }
    let opts = Opts::parse(&io, "ugnGr", &[]);
    let (mut user, mut name) = (user, name);
    if let Some(asked) = opts.rest.first() {
        let known = [0, 1, 33, 65534, io.ctx.kernel.image.user()];
        let Some(id) = known.into_iter().find(|id| user_name(&io, *id) == Some(asked)) else {
            io.complain(&format!("unknown user {asked}")).await;
            return 1;
        };
        (user.uid, user.gid, name) = (id, id, user_name(&io, id));
    }
    let group = user_name(&io, user.gid);
    let text = if opts.has('u') {
        if opts.has('n') { name.map_or(user.uid.to_string(), str::to_string) } else { user.uid.to_string() }
    } else if opts.has('g') || opts.has('G') {
        if opts.has('n') { group.map_or(user.gid.to_string(), str::to_string) } else { user.gid.to_string() }
    } else {
        let named = |id: u32| user_name(&io, id).map(|n| format!("{id}({n})")).unwrap_or(id.to_string());
        format!("uid={} gid={} groups={}", named(user.uid), named(user.gid), groups(&io, user, named))
    };
    io.print(format!("{text}\n")).await;
    0
}

/// All groups of a user, as `id` lists them.
fn groups(io: &Io, user: User, named: impl Fn(u32) -> String) -> String {
    let (kernel, mut list) = (&io.ctx.kernel, vec![(user.gid, named(user.gid))]);
    if user.uid == kernel.user.uid {
        let security = &kernel.config.security;
        let given = security.groups.iter().chain(&security.fs_group).copied();
        list.extend(given.map(|id| (id, named(id))));
    }
    if user.uid == 0 {
        list.extend(kernel.image.groups_of_root().iter().map(|(id, name)| (*id, format!("{id}({name})"))));
    }
    list.order();
    list.dedup_by_key(|(id, _)| *id);
    list.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(",")
}

/// `uname`, `nproc`, `free` and their kind.
pub async fn machine(io: Io) -> i32 {
    let host = &io.ctx.kernel.config.hostname;
    let kernel = &io.ctx.kernel;
    let text = match io.name() {
        "arch" => "x86_64".into(),
        "nproc" => procfs::PROCESSORS.to_string(),
        "hostid" => "00000000".into(),
        "tty" => {
            io.print("not a tty\n").await;
            return 1;
        }
        "uptime" => {
            format!(
                " {} up 1 min,  load average: 0.00, 0.00, 0.00",
                strftime("%H:%M:%S", kernel.date(kernel.now()) as i64, &zone(&io), None)
            )
        }
        "free" => free(&io),
        _ => {
            let opts = Opts::parse(&io, "asnrvmpio", &[]);
            let fields = [
                ('s', "Linux"),
                ('n', host.as_str()),
                ('r', procfs::RELEASE),
                ('v', "#1 SMP"),
                ('m', "x86_64"),
                ('o', "GNU/Linux"),
            ];
            let all = opts.has('a');
            let wanted: Vec<&str> = fields.iter().filter(|(c, _)| all || opts.has(*c)).map(|(_, text)| *text).collect();
            if wanted.is_empty() { "Linux".into() } else { wanted.join(" ") }
        }
    };
    io.print(format!("{text}\n")).await;
    0
}

/// The memory of the machine, in KiB or in the unit that an option asks for.
fn free(io: &Io) -> String {
    let opts = Opts::parse(io, "bkmgtlh", &[]);
    let scale = |kib: u64| match () {
        () if opts.has('b') => kib << 10,
        () if opts.has('m') => kib >> 10,
        () if opts.has('g') => kib >> 20,
        () => kib,
    };
    let [total, free, available] = procfs::MEMORY.map(scale);
    let cached = scale(2_097_152);
    let columns = [total, total - free - cached, free, 0, cached, available].map(|n| format!("{n:>12}")).concat();
    let header = ["total", "used", "free", "shared", "buff/cache", "available"].map(|n| format!("{n:>12}")).concat();
    format!("       {header}\nMem:   {columns}\nSwap:  {:>12}{:>12}{:>12}", 0, 0, 0)
}

pub async fn processes(io: Io) -> i32 {
    io.ctx.catch_up().await;
    let all = io.ctx.kernel.list();
    // A program of which nothing is known may be called by another name there, and have started more.
    let is_served = io.ctx.kernel.unknown_server.get();
    if io.name() == "ps" || io.name() == "top" {
        let mut text = String::from("PID   USER     TIME  COMMAND\n");
        let user = user_name(&io, io.ctx.kernel.user.uid).map_or(io.ctx.kernel.user.uid.to_string(), str::to_string);
        for (pid, _, command) in all {
            text.push_str(&format!("{pid:5} {user:<8}  0:00 {command}\n"));
        }
        io.print(text).await;
        if is_served {
            io.fds.forget_output();
        }
        return 0;
    }
    let Some(wanted) = io.args.iter().skip(1).rfind(|a| !a.starts_with('-')) else { return 1 };
    let full = io.args.iter().any(|a| a == "-f");
    let matches = |command: &str| {
        if io.name() == "pidof" {
            program_of(command) == wanted
        } else if full {
            command.contains(wanted.as_str())
        } else {
            program_of(command).contains(wanted.as_str())
        }
    };
    let pids: Vec<String> =
        all.iter().filter(|(pid, _, c)| *pid != io.ctx.pid && matches(c)).map(|(pid, ..)| pid.to_string()).collect();
    if pids.is_empty() {
        if is_served {
            io.ctx.kernel.assume(&format!("process {wanted}"), "exists");
        }
        return i32::from(!is_served);
    }
    let separator = if io.name() == "pidof" { " " } else { "\n" };
    io.print(format!("{}\n", pids.join(separator))).await;
    0
}
