//! The axis of time: where to put the ticks and what to write at them.

use crate::time::Millis;

/// The distances between ticks that a reader can count with, in milliseconds.
const STEPS: [u64; 24] = [
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/// A tick of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub at: Millis,
    /// `0`, `10s`, `1m`, `1m30s`, `1h`
    pub label: String,
}

/// The ticks of the window `from..=to`: at most `most` of them, at round distances.
pub fn ticks(from: Millis, to: Millis, most: usize) -> Vec<Tick> {
    let step = step(to - from, most);
    let first = from.0.div_ceil(step).saturating_mul(step);
    let moments =
        std::iter::successors(Some(first), |t| t.checked_add(step)).take_while(|&t| t <= to.0).take(most.max(1));
    moments.map(|t| Tick { at: Millis(t), label: label(Millis(t)) }).collect()
}

/// The distance between ticks when at most `most` of them fit into `span`.
fn step(span: Millis, most: usize) -> u64 {
    let gaps = most.saturating_sub(1).max(1) as u64;
    let fits = |step: u64| span.0 / step <= gaps;
    let day = STEPS[STEPS.len() - 1];
    STEPS.into_iter().find(|&s| fits(s)).unwrap_or_else(|| span.0.div_ceil(gaps).div_ceil(day).saturating_mul(day))
}

/// A moment as the axis writes it: `0`, `500ms`, `1.5s`, `10s`, `1m30s`, `2h`.
pub fn label(t: Millis) -> String {
    let (ms, s) = (t.0 % 1000, t.0 / 1000);
    let seconds = match ms {
        0 => format!("{}s", s % 60),
        _ => format!("{}.{}s", s % 60, format!("{ms:03}").trim_end_matches('0')),
    };
    let mut text = String::new();
    for (n, unit) in [(s / 3600, "h"), (s / 60 % 60, "m")] {
        if n > 0 {
            text.push_str(&format!("{n}{unit}"));
        }
    }
    match () {
        () if t.0 == 0 => "0".into(),
        () if s == 0 => format!("{ms}ms"),
        () if ms == 0 && s % 60 == 0 => text,
        () => text + &seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: u64, to: u64, most: usize) -> String {
        let ticks = ticks(Millis(from), Millis(to), most);
        ticks.into_iter().map(|t| t.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_stand_at_round_distances() {
        assert_eq!(labels(0, 60_000, 7), "0 10s 20s 30s 40s 50s 1m");
        assert_eq!(labels(0, 120_000, 5), "0 30s 1m 1m30s 2m");
        assert_eq!(labels(61_500, 63_100, 4), "1m1.5s 1m2s 1m2.5s 1m3s");
        assert_eq!(labels(0, 7_200_000, 5), "0 30m 1h 1h30m 2h");
        assert_eq!(labels(900, 1_300, 6), "900ms 1s 1.1s 1.2s 1.3s");
    }

    #[test]
    fn no_window_is_too_wide_too_narrow_or_upside_down() {
        assert_eq!(labels(0, 0, 5), "0");
        assert_eq!(labels(5, 5, 5), "");
        assert_eq!(labels(10_000, 0, 5), "");
        assert!(ticks(Millis(0), Millis::NEVER, 8).len() <= 8);
        assert!(ticks(Millis(u64::MAX - 5), Millis::NEVER, 0).len() <= 1);
        assert!(ticks(Millis(0), Millis::secs(86_400 * 400), 10).len() <= 10);
    }
}
