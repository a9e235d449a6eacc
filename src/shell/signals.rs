//! The names of signals, and what a shell says of a process that died of one.

const NAMES: [&str; 32] = [
    "EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
    "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
    "IO", "PWR", "SYS",
];

/// What bash calls one although it is none: a command failed.
pub const ERR: i32 = -1;

/// `TERM`, `SIGTERM`, `term` or `15`.
pub fn number(text: &str) -> Option<i32> {
    if let Ok(n) = text.parse::<i32>() {
        return (0..65).contains(&n).then_some(n);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    NAMES.iter().position(|n| *n == name).map(|i| i as i32)
}

pub fn name(signal: i32) -> String {
    if signal == ERR {
        return "ERR".into();
    }
    NAMES.get(signal as usize).map_or_else(|| signal.to_string(), |n| n.to_string())
}

/// The words of the C library.
pub fn describe(signal: i32) -> String {
    let text = match signal {
        1 => "Hangup",
        2 => "Interrupt",
        3 => "Quit",
        4 => "Illegal instruction",
        6 => "Aborted",
        7 => "Bus error",
        8 => "Floating point exception",
        9 => "Killed",
        10 => "User defined signal 1",
        11 => "Segmentation fault",
        12 => "User defined signal 2",
        13 => "Broken pipe",
        14 => "Alarm clock",
        15 => "Terminated",
        _ => return format!("Unknown signal {signal}"),
    };
    text.into()
}

/// All names, for `kill -l`.
pub fn all() -> impl Iterator<Item = (i32, &'static str)> {
    NAMES.iter().enumerate().skip(1).map(|(i, n)| (i as i32, *n))
}
