//! `date`: moments of virtual time in words.

use super::opts::Opts;
use crate::shell::EPOCH;
use crate::shell::io::Io;

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
    let kernel = &io.ctx.kernel;
    kernel.look();
    let now = kernel.now();
    let mut seconds = EPOCH + now / 1_000_000;
    if let Some(text) = opts.get('d') {
        match text.strip_prefix('@').and_then(|s| s.parse().ok()) {
            Some(at) => seconds = at,
            None if text == "now" => {}
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
