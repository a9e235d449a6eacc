//! Moments as people write and read them: dates, time zones, `strftime`.
//!
//! A moment is in seconds since 1970, and may be earlier.

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

const DAY: i64 = 86_400;

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

/// Year, month, day, hour, minute and second as a moment. What is too much in one carries into the next, as C's `mktime` does it.
pub fn seconds_of([year, month, day, hour, minute, second]: [i64; 6]) -> i64 {
    // Years beyond this are nobody's; they would overflow.
    let clamp = |n: i64| n.clamp(-1_000_000, 1_000_000);
    let months = clamp(month) - 1;
    let (year, month) = (clamp(year) + months.div_euclid(12), months.rem_euclid(12) + 1);
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + clamp(day) - 1;
    let days = shifted.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let clamp = |n: i64| n.clamp(-1_000_000_000, 1_000_000_000);
    days * DAY + clamp(hour) * 3_600 + clamp(minute) * 60 + clamp(second)
}

/// A moment as year, month, day, hour, minute and second.
pub fn fields_of(seconds: i64) -> [i64; 6] {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let clock = seconds.rem_euclid(DAY);
    [year, month.into(), day.into(), clock / 3_600, clock / 60 % 60, clock % 60]
}

/// What clocks show: how far ahead of UTC, and under which name.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    pub ahead: i64,
    pub name: String,
}

impl Zone {
    pub fn utc() -> Zone {
        Zone { ahead: 0, name: "UTC".into() }
    }

    /// The zone that `TZ` describes, as in `JST-9` or `<+0330>-3:30`. Images have no tables of zones, so one that is only named is UTC
    /// under that name; when summer is, nobody is told.
    pub fn of(tz: Option<&str>) -> Zone {
        let Some(tz) = tz.map(|tz| tz.trim_start_matches(':')).filter(|tz| !tz.is_empty()) else { return Zone::utc() };
        let (name, rest) = match tz.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
            Some(parts) => parts,
            None => tz.split_at(tz.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tz.len())),
        };
        let offset = rest.split(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '+' | '-'))).next().unwrap_or("");
        let behind = offset.trim_start_matches(['+', '-']);
        let units = behind.split(':').zip([3_600, 60, 1]);
        let behind: i64 = units.map(|(n, unit)| n.parse::<i64>().unwrap_or(0).min(24 * 7) * unit).sum();
        let ahead = if offset.starts_with('-') { behind } else { -behind };
        Zone { ahead, name: if name.is_empty() { "UTC".into() } else { name.into() } }
    }

    /// `+0900`, or with a colon between.
    fn offset(&self, colon: &str) -> String {
        let sign = if self.ahead < 0 { '-' } else { '+' };
        let minutes = self.ahead.abs() / 60;
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

/// How many days of its year are over.
fn year_day(days: i64) -> i64 {
    days - seconds_of([civil(days).0, 1, 1, 0, 0, 0]) / DAY
}

/// The Thursday of a day's week, which begins on Monday: a week belongs to the year of it.
fn thursday(days: i64) -> i64 {
    days - (days + 3).rem_euclid(7) + 3
}

/// A moment in a format of `strftime`. `nanos`: the part of a second, for those who know `%N`.
pub fn strftime(format: &str, seconds: i64, zone: &Zone, nanos: Option<u32>) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let spec = &rest[at + 1..];
        let flags = spec.len() - spec.trim_start_matches(['-', '_', '0', '^', '#']).len();
        let digits = spec.len() - spec[flags..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let colon = spec[digits..].starts_with(":z");
        let letter = spec[digits + colon as usize..].chars().next();
        let end = digits + colon as usize + letter.map_or(0, char::len_utf8);
        let width = spec[flags..digits].parse::<usize>().ok().map(|w| w.min(100));
        let text = match letter {
            Some('N') => nanos.map(|n| format!("{n:09}")[..width.unwrap_or(9).clamp(1, 9)].to_string()),
            Some('z') if colon => Some(zone.offset(":")),
            Some(letter) => conversion(letter, seconds, zone).map(|text| laid_out(text, &spec[..flags], width)),
            None => None,
        };
        match text {
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[at..at + 1 + end]),
        }
        rest = &spec[end..];
    }
    out + rest
}

/// A conversion's text by its flags: padded otherwise, or in capitals.
fn laid_out(text: String, flags: &str, width: Option<usize>) -> String {
    if flags.contains('^') {
        return text.to_ascii_uppercase();
    }
    let bare = text.trim_start_matches(['0', ' ']);
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b' ') {
        return text;
    }
    let bare = if bare.is_empty() { "0" } else { bare };
    let width = width.unwrap_or(0).max(text.len());
    match flags.chars().last() {
        Some('-') => bare.into(),
        Some('_') => format!("{bare:>width$}"),
        Some('0') => format!("{bare:0>width$}"),
        _ if text.starts_with(' ') => format!("{bare:>width$}"),
        _ => format!("{bare:0>width$}"),
    }
}

/// What a letter of `strftime` stands for.
fn conversion(letter: char, seconds: i64, zone: &Zone) -> Option<String> {
    let local = seconds + zone.ahead;
    let days = local.div_euclid(DAY);
    let [year, month, day, hour, minute, second] = fields_of(local);
    let weekday = (days + 4).rem_euclid(7);
    let (day_name, month_name) = (DAYS[weekday as usize], MONTHS[month as usize - 1]);
    let twelve = (hour + 11) % 12 + 1;
    let again = |format: &str| Some(strftime(format, seconds, zone, None));
    let two = |n: i64| Some(format!("{n:02}"));
    match letter {
        'Y' => Some(year.to_string()),
        'y' => two(year.rem_euclid(100)),
        'C' => two(year.div_euclid(100)),
        'm' => two(month),
        'd' => two(day),
        'e' => Some(format!("{day:2}")),
        'H' => two(hour),
        'I' => two(twelve),
        'k' => Some(format!("{hour:2}")),
        'l' => Some(format!("{twelve:2}")),
        'M' => two(minute),
        'S' => two(second),
        's' => Some(seconds.to_string()),
        'p' => Some(if hour < 12 { "AM" } else { "PM" }.into()),
        'P' => Some(if hour < 12 { "am" } else { "pm" }.into()),
        'a' => Some(day_name[..3].into()),
        'A' => Some(day_name.into()),
        'b' | 'h' => Some(month_name[..3].into()),
        'B' => Some(month_name.into()),
        'j' => Some(format!("{:03}", year_day(days) + 1)),
        'U' => two((year_day(days) + 7 - weekday) / 7),
        'W' => two((year_day(days) + 7 - (weekday + 6) % 7) / 7),
        'V' => two(year_day(thursday(days)) / 7 + 1),
        'G' => Some(civil(thursday(days)).0.to_string()),
        'g' => two(civil(thursday(days)).0.rem_euclid(100)),
        'u' => Some(if weekday == 0 { 7 } else { weekday }.to_string()),
        'w' => Some(weekday.to_string()),
        'Z' => Some(zone.name.clone()),
        'z' => Some(zone.offset("")),
        'T' | 'X' => again("%H:%M:%S"),
        'R' => again("%H:%M"),
        'F' => again("%Y-%m-%d"),
        'D' | 'x' => again("%m/%d/%y"),
        'r' => again("%I:%M:%S %p"),
        'c' => again("%a %b %e %H:%M:%S %Y"),
        'n' => Some("\n".into()),
        't' => Some("\t".into()),
        '%' => Some("%".into()),
        _ => None,
    }
}

/// A text by a format of `strptime`; what the format does not say is as in `now`.
pub fn strptime(text: &str, format: &str, now: i64, zone: &Zone) -> Option<i64> {
    let mut fields = fields_of(now + zone.ahead);
    // A time that nobody gives is midnight.
    fields[3..].fill(0);
    let mut rest = text;
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if c != '%' {
            rest = rest.strip_prefix(c)?;
            continue;
        }
        let letter = letters.next()?;
        let inner = match letter {
            'T' => "%H:%M:%S",
            'R' => "%H:%M",
            'F' => "%Y-%m-%d",
            'D' => "%m/%d/%y",
            _ => "",
        };
        if !inner.is_empty() {
            let pieces = inner.split('%').skip(1);
            for piece in pieces {
                rest = take_field(rest, piece.chars().next()?, &mut fields)?;
                rest = piece.chars().nth(1).map_or(Some(rest), |sign| rest.strip_prefix(sign))?;
            }
        } else if letter == 's' {
            return rest.parse().ok();
        } else {
            rest = take_field(rest, letter, &mut fields)?;
        }
    }
    rest.is_empty().then(|| seconds_of(fields) - zone.ahead)
}

/// Reads one conversion of `strptime` off the text.
fn take_field<'a>(text: &'a str, letter: char, fields: &mut [i64; 6]) -> Option<&'a str> {
    let text = text.trim_start();
    if matches!(letter, 'b' | 'B' | 'h' | 'a' | 'A') {
        let names: &[&str] = if matches!(letter, 'a' | 'A') { &DAYS } else { &MONTHS };
        let lower = text.to_ascii_lowercase();
        let (at, name) =
            names.iter().enumerate().find(|(_, name)| lower.starts_with(&name.to_ascii_lowercase()[..3]))?;
        if !matches!(letter, 'a' | 'A') {
            fields[1] = at as i64 + 1;
        }
        let whole = lower.starts_with(&name.to_ascii_lowercase());
        return Some(&text[if whole { name.len() } else { 3 }..]);
    }
    let (place, most) = match letter {
        'Y' => (0, 4),
        'y' => (0, 2),
        'm' => (1, 2),
        'd' | 'e' => (2, 2),
        'H' | 'k' => (3, 2),
        'M' => (4, 2),
        'S' => (5, 2),
        _ => return None,
    };
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number: i64 = text[..end].parse().ok()?;
    fields[place] = match letter {
        'y' if number < 69 => 2000 + number,
        'y' => 1900 + number,
        _ => number,
    };
    Some(&text[end..])
}

/// A date as busybox's `date -d` takes it: `@SECONDS`, `2020-01-02`, `2020-01-02 03:04[:05]`, `2020.01.02-03:04`, `03:04[:05]` of today, and
/// `[[[[[20]20]01]02]03]04[.05]`. A day or an hour too many carries.
pub fn busybox_date(text: &str, now: i64, zone: &Zone) -> Option<i64> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok();
    }
    let mut fields = fields_of(now + zone.ahead);
    fields[5] = 0;
    if text.contains(':') || text.contains('-') {
        let split = text.split_once(' ').or_else(|| text.split_once('-').filter(|(date, _)| date.contains('.')));
        let (date, clock) = match split {
            Some((date, clock)) => (Some(date), clock),
            None if text.contains(':') => (None, text),
            None => (Some(text), "00:00"),
        };
        if let Some(date) = date {
            let parts: Vec<i64> = date.split(['-', '.']).map(|p| p.parse().ok()).collect::<Option<_>>()?;
            fields[..3].copy_from_slice(parts.get(..3).filter(|_| parts.len() == 3)?);
        }
        let clock: Vec<i64> = clock.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
        fields[3..3 + clock.len().min(3)].copy_from_slice(clock.get(..clock.len().min(3))?);
        if !(2..=3).contains(&clock.len()) {
            return None;
        }
    } else {
        let (digits, seconds) = text.split_once('.').unwrap_or((text, "0"));
        if digits.len() % 2 == 1 || !(2..=12).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // What is left out in front is as it is now.
        let pattern = strftime("%Y%m%d%H%M", now, zone, None);
        let whole = format!("{}{digits}", &pattern[..12 - digits.len()]);
        let part = |from: usize, to: usize| whole[from..to].parse::<i64>().ok();
        fields = [part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, seconds.parse().ok()?];
    }
    let [_, month, day, hour, minute, second] = fields;
    let holds = (1..=12).contains(&month) && (1..=31).contains(&day);
    let clock_holds = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    (holds && clock_holds).then(|| seconds_of(fields) - zone.ahead)
}

/// A date as GNU's `date -d` takes it: dates, times, names of days close by, and steps away from them, in any order.
pub fn gnu_date(text: &str, now: i64, zone: &Zone) -> Option<i64> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok();
    }
    let lower = text.to_ascii_lowercase().replace(',', " ");
    let mut fields = fields_of(now + zone.ahead);
    let mut ahead = zone.ahead;
    let (mut dated, mut timed) = (false, false);
    let mut words = lower.split_whitespace().flat_map(|word| match word.split_once('t') {
        // `2024-01-02T03:04`
        Some((date, clock)) if date.contains('-') && clock.contains(':') => vec![date, clock],
        _ => vec![word],
    });
    let words: Vec<&str> = words.by_ref().collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let next = words.get(at).copied().unwrap_or("");
        if let Some(date) = dash_date(word) {
            fields[..3].copy_from_slice(&date);
            dated = true;
        } else if let Some((clock, offset)) = clock_time(word) {
            fields[3..].copy_from_slice(&clock);
            ahead = offset.unwrap_or(ahead);
            timed = true;
        } else if let Some(month) = month_of(word) {
            let day: i64 = next.parse().ok()?;
            (fields[1], fields[2], dated) = (month, day, true);
            at += 1;
        } else if matches!(*word, "utc" | "z" | "gmt" | "ago" | "now" | "today") {
            ahead = if matches!(*word, "utc" | "z" | "gmt") { 0 } else { ahead };
        } else if matches!(*word, "yesterday" | "tomorrow") {
            fields[2] += if *word == "tomorrow" { 1 } else { -1 };
        } else {
            let (count, unit) = match (*word, word.find(|c: char| c.is_ascii_alphabetic())) {
                ("next", _) => (1, next),
                ("last", _) => (-1, next),
                (word, Some(letters)) if letters > 0 => (word[..letters].parse().ok()?, &word[letters..]),
                (word, Some(_)) => (1, word),
                (word, None) => (word.parse().ok()?, next),
            };
            at += (unit == next && !next.is_empty()) as usize;
            let back = words.get(at) == Some(&"ago");
            let count: i64 = if back { -count } else { count };
            step(&mut fields, unit, count.clamp(-1_000_000, 1_000_000))?;
        }
    }
    if dated && !timed {
        let steps = fields_of(now + zone.ahead);
        for place in 3..6 {
            fields[place] -= steps[place];
        }
    }
    Some(seconds_of(fields) - ahead)
}

/// `2024-01-02`, `2024/01/02` or `20240102`, when there is such a day.
fn dash_date(word: &str) -> Option<[i64; 3]> {
    let parts: Vec<i64> = match word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit()) {
        true => vec![word[..4].parse().ok()?, word[4..6].parse().ok()?, word[6..].parse().ok()?],
        false => word.split(['-', '/']).map(|p| p.parse().ok()).collect::<Option<_>>()?,
    };
    let date: [i64; 3] = parts.try_into().ok()?;
    let [year, month, day] = date;
    (fields_of(seconds_of([year, month, day, 0, 0, 0]))[..3] == date).then_some(date)
}

/// `03:04[:05[.6]]`, and how far ahead of UTC where it says so.
fn clock_time(word: &str) -> Option<([i64; 3], Option<i64>)> {
    let (clock, offset) = match word.find(['+', '-', 'z']).filter(|at| *at > 0) {
        Some(at) => (&word[..at], Some(&word[at..])),
        None => (word, None),
    };
    let mut parts: Vec<i64> =
        clock.split(':').map(|p| p.split('.').next().and_then(|p| p.parse().ok())).collect::<Option<_>>()?;
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    parts.resize(3, 0);
    let ahead = offset.map(|text| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let number: i64 = digits.parse().unwrap_or(0);
        let seconds = if digits.len() > 2 { number / 100 * 3_600 + number % 100 * 60 } else { number * 3_600 };
        if text.starts_with('-') { -seconds } else { seconds }
    });
    let holds = (0..24).contains(&parts[0]) && (0..60).contains(&parts[1]) && (0..61).contains(&parts[2]);
    holds.then_some(([parts[0], parts[1], parts[2]], ahead))
}

fn month_of(word: &str) -> Option<i64> {
    let at = MONTHS.iter().position(|name| word.len() >= 3 && name.to_ascii_lowercase().starts_with(word));
    at.map(|at| at as i64 + 1)
}

/// Goes so many units on.
fn step(fields: &mut [i64; 6], unit: &str, count: i64) -> Option<()> {
    let (place, size) = match unit.trim_end_matches('s') {
        "year" => (0, 1),
        "month" => (1, 1),
        "fortnight" => (2, 14),
        "week" => (2, 7),
        "day" => (2, 1),
        "hour" => (3, 1),
        "minute" | "min" => (4, 1),
        "second" | "sec" => (5, 1),
        _ => return None,
    };
    fields[place] += count * size;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_359_600 + 3_661;

    #[test]
    fn gnu_dates() {
        let zone = Zone::utc();
        for (text, wanted) in [
            ("2024-01-01 +1 day", "2024-01-02 00:00:00"),
            ("2024-01-31 1 month", "2024-03-02 00:00:00"),
            ("1 day ago", "2026-11-21 16:01:01"),
            ("2 hours ago", "2026-11-22 14:01:01"),
            ("-3 days", "2026-11-19 16:01:01"),
            ("+5minutes", "2026-11-22 16:06:01"),
            ("yesterday", "2026-11-21 16:01:01"),
            ("tomorrow 10:30", "2026-11-23 10:30:00"),
            ("next week", "2026-11-29 16:01:01"),
            ("2024-01-01T10:00:00Z", "2024-01-01 10:00:00"),
            ("2024-01-01T10:00:00+09:00", "2024-01-01 01:00:00"),
            ("20240229", "2024-02-29 00:00:00"),
            ("Jan 5", "2026-01-05 00:00:00"),
            ("@86400", "1970-01-02 00:00:00"),
            ("2023-02-29", "-"),
            ("blah", "-"),
        ] {
            let found = gnu_date(text, NOW, &zone);
            assert_eq!(found.map_or("-".into(), |at| strftime("%F %T", at, &zone, None)), wanted, "{text}");
        }
    }

    #[test]
    fn zones() {
        let zone = |tz| Zone::of(Some(tz));
        assert_eq!(zone("JST-9"), Zone { ahead: 9 * 3_600, name: "JST".into() });
        assert_eq!(zone("<+0330>-3:30"), Zone { ahead: 12_600, name: "+0330".into() });
        assert_eq!(zone("EST5EDT"), Zone { ahead: -5 * 3_600, name: "EST".into() });
        assert_eq!(zone("Asia/Seoul"), Zone { ahead: 0, name: "Asia".into() });
        assert_eq!(Zone::of(None), Zone::utc());
    }
}
