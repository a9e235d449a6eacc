//! Virtual time: milliseconds since the Pod was created.
//!
//! There is no clock here and no calendar; a moment is a number, so that the same input gives the same trace on every machine.
//! [`go_duration`] and [`human_duration`] print spans of time exactly as Go and kubectl do.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A moment (since the Pod was created) or a span of virtual time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Millis(pub u64);

impl Millis {
    pub const ZERO: Millis = Millis(0);
    /// Later than anything that a simulation reaches.
    pub const NEVER: Millis = Millis(u64::MAX);

    /// `n` whole seconds.
    pub const fn secs(n: u64) -> Millis {
        Millis(n.saturating_mul(1000))
    }

    /// Seconds as a number, for JSON and for geometry.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Whole seconds, rounded down: the resolution of times in the Kubernetes API.
    pub const fn whole_secs(self) -> u64 {
        self.0 / 1000
    }

    /// `self - earlier`, or zero when `earlier` is later.
    pub const fn since(self, earlier: Millis) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }

    /// This span scaled by `factor`, rounded to the millisecond.
    pub fn scaled(self, factor: f64) -> Millis {
        Millis((self.0 as f64 * factor).round() as u64)
    }
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Millis {
    fn add_assign(&mut self, other: Millis) {
        *self = *self + other;
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        self.since(other)
    }
}

/// `12.345`: seconds with three decimals, the form of times in `--output watch`.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// Reads a duration as Go writes it: `300ms`, `1.5s`, `1m30s`, `2h`. `None` for anything else, a bare number included (except `0`).
pub fn parse_duration(text: &str) -> Option<Millis> {
    if text == "0" {
        return Some(Millis::ZERO);
    }
    let mut rest = text;
    let mut total = 0.0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let scale = match &rest[..unit] {
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 60e3,
            "h" => 3600e3,
            "us" | "µs" => 1e-3,
            "ns" => 1e-6,
            _ => return None,
        };
        total += number * scale;
        rest = &rest[unit..];
    }
    // A century is longer than any run, and far from overflow.
    (total < 3.2e12).then(|| Millis(total.round() as u64))
}

/// A duration as Go's `time.Duration` prints it: `312ms`, `5.248s`, `1m20s`, `5m0s`, `1h0m0s`.
pub fn go_duration(d: Millis) -> String {
    let (ms, secs) = (d.0 % 1000, d.0 / 1000);
    if d.0 == 0 {
        return "0s".into();
    }
    if secs == 0 {
        return format!("{ms}ms");
    }
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}").trim_end_matches('0').to_string() };
    let (h, m, s) = (secs / 3600, secs / 60 % 60, secs % 60);
    match (h, m) {
        (0, 0) => format!("{s}{fraction}s"),
        (0, _) => format!("{m}m{s}{fraction}s"),
        _ => format!("{h}h{m}m{s}{fraction}s"),
    }
}

/// An age as kubectl prints it (`HumanDuration`, `kubelet-semantics.md` 12.1): `119s`, `2m`, `4m10s`, `3h5m`, `2d`.
pub fn human_duration(d: Millis) -> String {
    let s = d.whole_secs();
    let (minutes, hours, days) = (s / 60, s / 3600, s / 86_400);
    let pair = |big: u64, unit: &str, small: u64, small_unit: &str| {
        if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{small_unit}") }
    };
    match () {
        () if s < 120 => format!("{s}s"),
        () if minutes < 10 => pair(minutes, "m", s % 60, "s"),
        () if hours < 3 => format!("{minutes}m"),
        () if hours < 8 => pair(hours, "h", minutes % 60, "m"),
        () if hours < 48 => format!("{hours}h"),
        () if days < 8 => pair(days, "d", hours % 24, "h"),
        () if days < 730 => format!("{days}d"),
        () if days < 8 * 365 => pair(days / 365, "y", days % 365, "d"),
        () => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_parse_as_in_go() {
        for (text, ms) in
            [("300ms", 300), ("1.5s", 1500), ("1m30s", 90_000), ("2h", 7_200_000), ("0", 0), ("7.058s", 7058)]
        {
            assert_eq!(parse_duration(text), Some(Millis(ms)), "{text}");
        }
        for text in ["", "5", "s", "5 s", "-1s", "1x", "1..5s", "9999999999h"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn durations_print_as_in_go() {
        for (ms, text) in [
            (0, "0s"),
            (312, "312ms"),
            (5248, "5.248s"),
            (10_000, "10s"),
            (80_000, "1m20s"),
            (300_000, "5m0s"),
            (3_600_000, "1h0m0s"),
        ] {
            assert_eq!(go_duration(Millis(ms)), text);
        }
    }

    #[test]
    fn ages_print_as_in_kubectl() {
        for (s, text) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (250, "4m10s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (11_100, "3h5m"),
            (172_800, "2d"),
            (180_000, "2d2h"),
            (86_400 * 800, "2y70d"),
        ] {
            assert_eq!(human_duration(Millis::secs(s)), text);
        }
    }
}
