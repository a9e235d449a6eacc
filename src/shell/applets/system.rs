//! Programs about processes, time, users and the machine, and those that start other programs.

use super::opts::Opts;
use super::usage;
use crate::shell::EPOCH;
use crate::shell::io::Io;
use crate::shell::kernel::{NEVER, Status, Us};
use crate::shell::pipe::Fds;
use crate::shell::program::{self, DEFAULT_PATH, Lookup};
use crate::shell::{printf, signals};

pub async fn printf(io: Io) -> i32 {
    let Some((format, args)) = io.args[1..].split_first() else {
        return usage::show(&io).await;
    };
    let printed = printf::printf(format, args);
    for complaint in &printed.complaints {
        io.complain(complaint).await;
    }
    io.print(&printed.bytes).await;
    !printed.complaints.is_empty() as i32
}

pub async fn test(io: Io) -> i32 {
    let bracket = io.name().starts_with('[');
    let args = &io.args[1..];
    let args = match (bracket, args.split_last()) {
        (false, _) => args,
        (true, Some((last, inner))) if last.starts_with(']') => inner,
        _ => {
            io.complain("missing ]").await;
            return 2;
        }
    };
    match crate::shell::test_expr::test_in(args, &io.ctx.kernel, &io.cwd) {
        Ok(truth) => !truth as i32,
        Err(text) => {
            io.complain(&text).await;
            2
        }
    }
}

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
                let program = command.split(' ').next().unwrap_or("").rsplit('/').next().unwrap_or("").to_string();
                *pid != io.ctx.pid
                    && (program == *target || (io.name() == "pkill" && command.contains(target.as_str())))
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

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + (month <= 2) as i64, month as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)
}

/// The number of days since 1970 of a date, if there is such a date.
fn days_of(year: i64, month: u32, day: u32) -> Option<i64> {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month as i64 + 9) % 12) + 2) / 5 + day as i64 - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// A date as `date -d` takes it, in seconds since 1970: `@SECONDS`, `2020-01-02`, `2020-01-02 03:04[:05]`, `2020.01.02-03:04`,
/// `03:04[:05]` of today, and `[[[[[20]20]01]02]03]04[.05]`.
fn point_in_time(text: &str, now: u64) -> Option<u64> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok();
    }
    let today = (now / 86_400) as i64;
    let (days, clock) = if text.contains(':') || text.contains('-') {
        let (date, clock) = match text.split_once(' ').or_else(|| text.split_once('-').filter(|(d, _)| d.contains('.')))
        {
            Some((date, clock)) => (Some(date), clock),
            None if text.contains(':') => (None, text),
            None => (Some(text), "00:00"),
        };
        let days = match date {
            Some(date) => {
                let parts: Vec<u32> = date.split(['-', '.']).map(|p| p.parse().ok()).collect::<Option<_>>()?;
                let [year, month, day] = parts[..] else { return None };
                days_of(year.into(), month, day)?
            }
            None => today,
        };
        let clock: Vec<u64> = clock.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
        (days, clock)
    } else {
        let (digits, seconds) = text.split_once('.').unwrap_or((text, "0"));
        if digits.len() % 2 == 1 || !(2..=12).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // What is left out in front is as it is now.
        let pattern = strftime("%Y%m%d%H%M", now, 0);
        let whole = format!("{}{digits}", &pattern[..12 - digits.len()]);
        let part = |from: usize, to: usize| whole[from..to].parse::<u32>().ok();
        let days = days_of(part(0, 4)?.into(), part(4, 6)?, part(6, 8)?)?;
        (days, vec![part(8, 10)?.into(), part(10, 12)?.into(), seconds.parse().ok()?])
    };
    let (hour, minute, second) = match clock[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    u64::try_from(days * 86_400).ok().map(|start| start + hour * 3600 + minute * 60 + second)
}

/// `strftime` in UTC.
pub fn strftime(format: &str, seconds: u64, nanos: u32) -> String {
    let days = (seconds / 86_400) as i64;
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let weekday = ((days + 4) % 7) as usize;
    let (short_day, short_month) = (&DAYS[weekday][..3], &MONTHS[month as usize - 1][..3]);
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut kind = chars.next();
        let unpadded = kind == Some('-');
        if unpadded {
            kind = chars.next();
        }
        let two = |n: u64| if unpadded { n.to_string() } else { format!("{n:02}") };
        match kind {
            Some('Y') => out.push_str(&year.to_string()),
            Some('y') => out.push_str(&format!("{:02}", year % 100)),
            Some('m') => out.push_str(&two(month.into())),
            Some('d') => out.push_str(&two(day.into())),
            Some('e') => out.push_str(&format!("{day:2}")),
            Some('H') => out.push_str(&two(hour)),
            Some('I') => out.push_str(&two((hour + 11) % 12 + 1)),
            Some('p') => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            Some('M') => out.push_str(&two(minute)),
            Some('S') => out.push_str(&two(second)),
            Some('s') => out.push_str(&seconds.to_string()),
            Some('N') => out.push_str(&format!("{nanos:09}")),
            Some('3') => {
                chars.next();
                out.push_str(&format!("{:03}", nanos / 1_000_000));
            }
            Some('T') => out.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
            Some('R') => out.push_str(&format!("{hour:02}:{minute:02}")),
            Some('F') => out.push_str(&format!("{year}-{month:02}-{day:02}")),
            Some('D') => out.push_str(&format!("{month:02}/{day:02}/{:02}", year % 100)),
            Some('a') => out.push_str(short_day),
            Some('A') => out.push_str(DAYS[weekday]),
            Some('b' | 'h') => out.push_str(short_month),
            Some('B') => out.push_str(MONTHS[month as usize - 1]),
            Some('j') => {
                let new_year = (0..366).find(|back| civil(days - back) == (year, 1, 1)).unwrap_or(0);
                out.push_str(&format!("{:03}", new_year + 1));
            }
            Some('u') => out.push_str(&(if weekday == 0 { 7 } else { weekday }).to_string()),
            Some('w') => out.push_str(&weekday.to_string()),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('c') => {
                out.push_str(&format!("{short_day} {short_month} {day:2} {hour:02}:{minute:02}:{second:02} {year}"))
            }
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('%') => out.push('%'),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

pub async fn date(io: Io) -> i32 {
    let opts = Opts::parse(&io, "uRI:d:s:r:D:", &[("utc", 'u'), ("date", 'd'), ("iso-8601", 'i'), ("rfc-3339", 'i')]);
    let busybox = io.ctx.kernel.image.is_busybox();
    let kernel = &io.ctx.kernel;
    kernel.look();
    let now = kernel.now();
    let mut seconds = EPOCH + now / 1_000_000;
    if let Some(text) = opts.get('d') {
        match point_in_time(text, seconds) {
            Some(at) => seconds = at,
            None if text == "now" && !busybox => {}
            None if busybox => {
                io.complain(&format!("invalid date '{text}'")).await;
                return 1;
            }
            None => {
                kernel.host.assume(&format!("date -d '{text}'"), "it is taken as now");
            }
        }
    }
    if let Some(path) = opts.get('r')
        && let Ok(found) = kernel.fs.borrow().find(&io.cwd, path, true)
    {
        seconds = EPOCH + found.inode.0.mtime.get() / 1000;
    }
    if let Some(extra) = opts.rest.iter().find(|a| !a.starts_with('+')).filter(|_| busybox) {
        io.complain(&format!("invalid date '{extra}'")).await;
        return 1;
    }
    let nanos = (now % 1_000_000 * 1000) as u32;
    let format = match opts.rest.first().and_then(|f| f.strip_prefix('+')) {
        Some(format) => format.to_string(),
        None if opts.has('R') => "%a, %d %b %Y %H:%M:%S +0000".into(),
        None if opts.has('I') || opts.has('i') => match opts.get('I') {
            Some("seconds" | "s") => "%Y-%m-%dT%H:%M:%S+00:00".into(),
            _ => "%Y-%m-%d".into(),
        },
        None => "%a %b %e %H:%M:%S UTC %Y".into(),
    };
    io.print(strftime(&format, seconds, nanos) + "\n").await;
    0
}

pub async fn hostname(io: Io) -> i32 {
    let name = &io.ctx.kernel.config.hostname;
    let text = match io.args.get(1).map(String::as_str) {
        Some("-i" | "-I") => "10.244.0.5",
        Some("-s") => name.split('.').next().unwrap_or(name),
        Some("-f") | None => name,
        Some(_) => {
            io.complain("sethostname: Operation not permitted").await;
            return 1;
        }
    };
    io.print(format!("{text}\n")).await;
    0
}

fn user_name(id: u32) -> Option<&'static str> {
    match id {
        0 => Some("root"),
        1 => Some("daemon"),
        33 => Some("www-data"),
        65534 => Some("nobody"),
        _ => None,
    }
}

pub async fn id(io: Io) -> i32 {
    let user = io.ctx.kernel.user;
    let name = user_name(user.uid);
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
    let group = user_name(user.gid);
    let text = if opts.has('u') {
        if opts.has('n') { name.map_or(user.uid.to_string(), str::to_string) } else { user.uid.to_string() }
    } else if opts.has('g') || opts.has('G') {
        if opts.has('n') { group.map_or(user.gid.to_string(), str::to_string) } else { user.gid.to_string() }
    } else {
        let named = |id: u32| user_name(id).map(|n| format!("{id}({n})")).unwrap_or(id.to_string());
        let groups = if user.uid == 0 { " groups=0(root)" } else { "" };
        format!("uid={} gid={}{groups}", named(user.uid), named(user.gid))
    };
    io.print(format!("{text}\n")).await;
    0
}

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
            Box::pin(program::run(found, io)).await
        }
        Lookup::Missing => {
            io.complain(&format!("can't execute '{}': No such file or directory", command[0])).await;
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
        if matches!(option.as_str(), "-n" | "-c" | "-o" | "-e" | "-i")
            && name != "setsid"
            && option.len() == 2
            && !args.is_empty()
        {
            args.remove(0);
        }
    }
    // Who to become, or where the root is.
    if matches!(name.as_str(), "gosu" | "su-exec" | "chroot") && !args.is_empty() {
        args.remove(0);
    }
    if args.is_empty() {
        return 0;
    }
    become_command(io, args).await
}

/// `time COMMAND`: says how long it ran. Nothing but waiting takes time here.
pub async fn time(io: Io) -> i32 {
    let opts = Opts::leading(&io, "pvaf:o:", &[]);
    if opts.rest.is_empty() {
        return usage::show(&io).await;
    }
    let started = io.ctx.kernel.now();
    let Some(pid) = run_child(&io, opts.rest.clone(), io.fds.clone()).await else { return 1 };
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
async fn run_child(io: &Io, command: Vec<String>, fds: Fds) -> Option<u32> {
    io.ctx.fork_step().await;
    let (env, cwd, umask) = (io.env.clone(), io.cwd.clone(), io.umask);
    let name = io.args[0].clone();
    let title = command.join(" ");
    io.ctx.kernel.spawn(io.ctx.pid, title, move |ctx| {
        let child = Io { ctx, args: vec![name], env, fds, cwd, umask };
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
    let Some(pid) = run_child(&io, rest, io.fds.clone()).await else { return 1 };
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
        _ if timed_out && !busybox => 124,
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
        let Some(pid) = run_child(&io, run, fds).await else { return 124 };
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

pub async fn expr(io: Io) -> i32 {
    let mut parser = Expr { args: &io.args[1..], at: 0, depth: 0, complaint: "syntax error" };
    let value = match parser.or() {
        Some(value) if parser.at == parser.args.len() => value,
        _ => {
            io.complain(parser.complaint).await;
            return 2;
        }
    };
    io.print(format!("{value}\n")).await;
    (value.is_empty() || value == "0") as i32
}

struct Expr<'a> {
    args: &'a [String],
    at: usize,
    depth: usize,
    /// What to say when there is no value.
    complaint: &'static str,
}

impl Expr<'_> {
    fn integer(&mut self, text: &str) -> Option<i64> {
        let value = text.parse().ok();
        if value.is_none() {
            self.complaint = "non-numeric argument";
        }
        value
    }

    fn eat(&mut self, ops: &[&'static str]) -> Option<&'static str> {
        let next = self.args.get(self.at)?;
        let op = ops.iter().find(|op| *op == next)?;
        self.at += 1;
        Some(op)
    }

    fn or(&mut self) -> Option<String> {
        let mut left = self.and()?;
        while self.eat(&["|"]).is_some() {
            let right = self.and()?;
            if left.is_empty() || left == "0" {
                left = right;
            }
        }
        Some(left)
    }

    fn and(&mut self) -> Option<String> {
        let mut left = self.comparison()?;
        while self.eat(&["&"]).is_some() {
            let right = self.comparison()?;
            let null = |s: &str| s.is_empty() || s == "0";
            if null(&left) || null(&right) {
                left = "0".into();
            }
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<String> {
        let mut left = self.sum()?;
        while let Some(op) = self.eat(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum()?;
            let order = match (left.parse::<i64>(), right.parse::<i64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => left.cmp(&right),
            };
            let truth = match op {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            left = (truth as i32).to_string();
        }
        Some(left)
    }

    fn sum(&mut self) -> Option<String> {
        let mut left = self.product()?;
        while let Some(op) = self.eat(&["+", "-"]) {
            let right = self.product()?;
            let (a, b) = (self.integer(&left)?, self.integer(&right)?);
            left = if op == "+" { a.wrapping_add(b) } else { a.wrapping_sub(b) }.to_string();
        }
        Some(left)
    }

    fn product(&mut self) -> Option<String> {
        let mut left = self.matching()?;
        while let Some(op) = self.eat(&["*", "/", "%"]) {
            let right = self.matching()?;
            let (a, b) = (self.integer(&left)?, self.integer(&right)?);
            if b == 0 && op != "*" {
                self.complaint = "division by zero";
                return None;
            }
            left = match op {
                "*" => a.wrapping_mul(b),
                "/" => a.wrapping_div(b),
                _ => a.wrapping_rem(b),
            }
            .to_string();
        }
        Some(left)
    }

    fn matching(&mut self) -> Option<String> {
        let mut left = self.primary()?;
        while self.eat(&[":"]).is_some() {
            let right = self.primary()?;
            left = regex_match(&left, &right)?;
        }
        Some(left)
    }

    fn primary(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > 100 {
            return None;
        }
        let arg = self.args.get(self.at)?.clone();
        self.at += 1;
        let value = match arg.as_str() {
            "(" => {
                let value = self.or()?;
                self.eat(&[")"])?;
                value
            }
            "length" if self.at < self.args.len() => self.primary()?.chars().count().to_string(),
            "match" if self.at + 1 < self.args.len() => {
                let (text, pattern) = (self.primary()?, self.primary()?);
                regex_match(&text, &pattern)?
            }
            "substr" if self.at + 2 < self.args.len() => {
                let text = self.primary()?;
                let (from, count) = (self.primary()?.parse::<usize>().ok()?, self.primary()?.parse::<usize>().ok()?);
                text.chars().skip(from.saturating_sub(1)).take(count).collect()
            }
            "index" if self.at + 1 < self.args.len() => {
                let (text, set) = (self.primary()?, self.primary()?);
                text.chars().position(|c| set.contains(c)).map_or(0, |i| i + 1).to_string()
            }
            ")" | "+" | "*" | "/" | "%" | "|" | "&" | "=" if self.at == 1 || self.depth > 50 => return None,
            _ => arg,
        };
        self.depth -= 1;
        Some(value)
    }
}

fn regex_match(text: &str, pattern: &str) -> Option<String> {
    let regex = crate::shell::regex::Regex::new(&format!("^{pattern}"), false, false).ok()?;
    let groups = regex.captures(text, 0);
    let grouped = pattern.contains("\\(");
    Some(match groups {
        None if grouped => String::new(),
        None => "0".into(),
        Some(groups) => match groups.get(1) {
            Some(group) => group.map_or(String::new(), |(a, b)| text[a..b].to_string()),
            None => groups[0].map_or(0, |(a, b)| text[a..b].chars().count()).to_string(),
        },
    })
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

/// `uname`, `nproc`, `free` and their kind.
pub async fn machine(io: Io) -> i32 {
    let host = &io.ctx.kernel.config.hostname;
    let kernel = &io.ctx.kernel;
    let text = match io.name() {
        "arch" => "x86_64".into(),
        "nproc" => "2".into(),
        "hostid" => "00000000".into(),
        "tty" => {
            io.print("not a tty\n").await;
            return 1;
        }
        "uptime" => format!(" {} up 1 min,  load average: 0.00, 0.00, 0.00", strftime("%H:%M:%S", EPOCH + kernel.now() / 1_000_000, 0)),
        "free" => "              total        used        free      shared  buff/cache   available\nMem:       25165824     2097152    20971520           0     2097152    22020096\nSwap:             0           0           0".into(),
        _ => {
            let opts = Opts::parse(&io, "asnrvmpio", &[]);
            let fields = [('s', "Linux"), ('n', host.as_str()), ('r', "6.1.0"), ('v', "#1 SMP"), ('m', "x86_64"), ('o', "GNU/Linux")];
            let all = opts.has('a');
            let wanted: Vec<&str> = fields.iter().filter(|(c, _)| all || opts.has(*c)).map(|(_, text)| *text).collect();
            if wanted.is_empty() { "Linux".into() } else { wanted.join(" ") }
        }
    };
    io.print(format!("{text}\n")).await;
    0
}

pub async fn processes(io: Io) -> i32 {
    io.ctx.catch_up().await;
    let all = io.ctx.kernel.list();
    if io.name() == "ps" || io.name() == "top" {
        let mut text = String::from("PID   USER     TIME  COMMAND\n");
        let user = user_name(io.ctx.kernel.user.uid).map_or(io.ctx.kernel.user.uid.to_string(), str::to_string);
        for (pid, _, command) in all {
            text.push_str(&format!("{pid:5} {user:<8}  0:00 {command}\n"));
        }
        io.print(text).await;
        return 0;
    }
    let Some(wanted) = io.args.iter().skip(1).rfind(|a| !a.starts_with('-')) else { return 1 };
    let full = io.args.iter().any(|a| a == "-f");
    let program = |command: &str| command.split(' ').next().unwrap_or("").rsplit('/').next().unwrap_or("").to_string();
    let matches = |command: &str| {
        if io.name() == "pidof" {
            program(command) == *wanted
        } else if full {
            command.contains(wanted.as_str())
        } else {
            program(command).contains(wanted.as_str())
        }
    };
    let pids: Vec<String> =
        all.iter().filter(|(pid, _, c)| *pid != io.ctx.pid && matches(c)).map(|(pid, ..)| pid.to_string()).collect();
    if pids.is_empty() {
        return 1;
    }
    let separator = if io.name() == "pidof" { " " } else { "\n" };
    io.print(format!("{}\n", pids.join(separator))).await;
    0
}
