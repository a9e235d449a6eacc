//! The small notations of a Scenario: ranges of attempts, sizes, and durations as they are written.

use super::Attempts;
use crate::time::{Millis, go_duration};

/// `1`, `1-3`, `4-`, `all`.
pub fn parse_attempts(text: &str) -> Option<Attempts> {
    let text = text.trim();
    if text == "all" {
        return Some(Attempts::ALL);
    }
    let number = |t: &str| t.trim().parse::<u32>().ok().filter(|&n| n > 0);
    match text.split_once('-') {
        None => number(text).map(|n| Attempts { first: n, last: Some(n) }),
        Some((first, "")) => number(first).map(|first| Attempts { first, last: None }),
        Some((first, last)) => match (number(first)?, number(last)?) {
            (first, last) if first <= last => Some(Attempts { first, last: Some(last) }),
            _ => None,
        },
    }
}

/// The notation that [`parse_attempts`] reads.
pub fn format_attempts(attempts: Attempts) -> String {
    match attempts {
        Attempts::ALL => "all".into(),
        Attempts { first, last: None } => format!("{first}-"),
        Attempts { first, last: Some(last) } if first == last => first.to_string(),
        Attempts { first, last: Some(last) } => format!("{first}-{last}"),
    }
}

/// Bytes: `80Mi`, `5G`, `1024`.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    let unit: u64 = match &text[end..] {
        "" => 1,
        "k" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// A duration as a person writes it: `2m`, not `2m0s`.
pub fn format_duration(d: Millis) -> String {
    let text = go_duration(d);
    let text = text.strip_suffix("m0s").map_or(text.clone(), |t| format!("{t}m"));
    text.strip_suffix("h0m").map_or(text.clone(), |t| format!("{t}h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_go_there_and_back() {
        for text in ["1", "1-3", "4-", "all"] {
            assert_eq!(parse_attempts(text).map(format_attempts).as_deref(), Some(text));
        }
        for text in ["", "0", "3-1", "-", "-3", "x", "1-x"] {
            assert_eq!(parse_attempts(text), None, "{text}");
        }
        assert_eq!(parse_attempts("1-"), Some(Attempts::ALL));
    }

    #[test]
    fn sizes_and_durations_are_read_and_written() {
        assert_eq!(parse_size("80Mi"), Some(80 << 20));
        assert_eq!(parse_size("1.5Gi"), None);
        for (ms, text) in [(120_000, "2m"), (3_600_000, "1h"), (90_000, "1m30s"), (5_400_000, "1h30m"), (10_000, "10s")]
        {
            assert_eq!(format_duration(Millis(ms)), text);
        }
    }
}
