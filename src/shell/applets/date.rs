//! `date`: moments of virtual time in words.

use super::opts::Opts;
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
pub fn point_in_time(text: &str, now: u64) -> Option<u64> {
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

/// How many days of its year are over.
fn year_day(days: i64) -> u64 {
    let year = civil(days).0;
    (0..366).find(|back| civil(days - back) == (year, 1, 1)).unwrap_or(0) as u64
}

/// The Thursday of a day's week, which begins on Monday.
fn thursday(days: i64) -> i64 {
    days - (days + 3).rem_euclid(7) + 3
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
            Some('j') => out.push_str(&format!("{:03}", year_day(days) + 1)),
            Some('U') => out.push_str(&two((year_day(days) + 7 - weekday as u64) / 7)),
            Some('W') => out.push_str(&two((year_day(days) + 7 - (weekday as u64 + 6) % 7) / 7)),
            // A week belongs to the year of its Thursday.
            Some('V') => out.push_str(&two(year_day(thursday(days)) / 7 + 1)),
            Some('G') => out.push_str(&civil(thursday(days)).0.to_string()),
            Some('g') => out.push_str(&format!("{:02}", civil(thursday(days)).0 % 100)),
            Some('C') => out.push_str(&format!("{:02}", year / 100)),
            Some('k') => out.push_str(&format!("{hour:2}")),
            Some('l') => out.push_str(&format!("{:2}", (hour + 11) % 12 + 1)),
            Some('P') => out.push_str(if hour < 12 { "am" } else { "pm" }),
            Some('r') => {
                let half = if hour < 12 { "AM" } else { "PM" };
                out.push_str(&format!("{:02}:{minute:02}:{second:02} {half}", (hour + 11) % 12 + 1));
            }
            Some('x') => out.push_str(&format!("{month:02}/{day:02}/{:02}", year % 100)),
            Some('X') => out.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
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
    let now = kernel.now();
    let mut seconds = kernel.date(now);
    if let Some(text) = opts.get('d') {
        match point_in_time(text, seconds) {
            Some(at) => seconds = at,
            None if text == "now" && !busybox => {}
            None if busybox => {
                io.complain(&format!("invalid date '{text}'")).await;
                return 1;
            }
            None => {
                kernel.assume(&format!("date -d '{text}'"), "it is taken as now");
            }
        }
    }
    if let Some(path) = opts.get('r')
        && let Ok(found) = kernel.fs.borrow().find(&io.cwd, path, true)
    {
        seconds = kernel.date(found.inode.0.mtime.get() * 1000);
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
