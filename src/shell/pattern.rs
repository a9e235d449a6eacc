//! Shell patterns: `*`, `?` and `[...]`, where a backslash makes the next character literal.

/// Whether all of `text` matches `pattern`. Takes time proportional to the product of their lengths at worst.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches_chars(&pattern, &text)
}

fn matches_chars(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to resume when what follows the last star does not fit.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == '*' {
            p += 1;
            retry = Some((p, t));
            continue;
        }
        if t == text.len() {
            if p == pattern.len() {
                return true;
            }
        } else if let Some(len) = match_one(&pattern[p..], text[t]) {
            p += len;
            t += 1;
            continue;
        }
        match retry {
            Some((after, from)) if from < text.len() => {
                retry = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
            _ => return false,
        }
    }
}

/// How many characters of the pattern match this one character.
fn match_one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match bracket(pattern, c) {
            Some((len, true)) => Some(len),
            Some((_, false)) => None,
            None => (c == '[').then_some(1),
        },
        '\\' if pattern.len() > 1 => (pattern[1] == c).then_some(2),
        first => (*first == c).then_some(1),
    }
}

/// The length of a bracket expression and whether it holds `c`; `None` when it is not closed.
pub fn bracket(pattern: &[char], c: char) -> Option<(usize, bool)> {
    let mut i = 1;
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    i += negated as usize;
    let mut found = false;
    let mut first = true;
    loop {
        let mut low = *pattern.get(i)?;
        if low == ']' && !first {
            return Some((i + 1, found != negated));
        }
        first = false;
        if low == '['
            && pattern.get(i + 1) == Some(&':')
            && let Some(len) = pattern[i + 2..].iter().position(|c| *c == ':')
            && pattern.get(i + 3 + len) == Some(&']')
        {
            let name: String = pattern[i + 2..i + 2 + len].iter().collect();
            found |= in_class(&name, c);
            i += len + 4;
            continue;
        }
        if low == '\\' && pattern.len() > i + 1 {
            i += 1;
            low = pattern[i];
        }
        i += 1;
        if pattern.get(i) == Some(&'-') && pattern.get(i + 1).is_some_and(|c| *c != ']') {
            let mut high = pattern[i + 1];
            i += 2;
            if high == '\\' && pattern.get(i).is_some() {
                high = pattern[i];
                i += 1;
            }
            found |= (low..=high).contains(&c);
        } else {
            found |= low == c;
        }
    }
}

/// `[:alpha:]` and its kind.
pub fn in_class(name: &str, c: char) -> bool {
    match name {
        "alpha" => c.is_ascii_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_ascii_alphanumeric(),
        "upper" => c.is_ascii_uppercase(),
        "lower" => c.is_ascii_lowercase(),
        "space" => c.is_ascii_whitespace() || c == '\x0b',
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "cntrl" => c.is_ascii_control(),
        "print" => c == ' ' || c.is_ascii_graphic(),
        "graph" => c.is_ascii_graphic(),
        "xdigit" => c.is_ascii_hexdigit(),
        _ => false,
    }
}

/// What it takes to begin to hold a text against a pattern.
const BEGINNING: u64 = 32;

/// Bytes of text times characters of pattern: what holding one against the other may take.
pub fn work(pattern: &str, text: &str) -> u64 {
    BEGINNING + pattern.len() as u64 * text.len() as u64
}

/// The parts of a pattern, each of which matches one character, or is a star.
fn tokens(pattern: &[char]) -> Vec<&[char]> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.first() {
        let len = match first {
            '[' => bracket(rest, 'x').map_or(1, |(len, _)| len),
            '\\' if rest.len() > 1 => 2,
            _ => 1,
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Reads `text` and reports after how many characters all of a pattern matches what was read, until nothing more can match or `report`
/// has enough. All ways through the pattern are followed at once.
fn match_ends(tokens: &[&[char]], text: impl Iterator<Item = char>, mut report: impl FnMut(usize) -> bool) {
    let mut places = Vec::new();
    let mut reached = vec![usize::MAX; tokens.len() + 1];
    let mut reach = |place: usize, read: usize, places: &mut Vec<usize>| {
        for (place, reached) in reached.iter_mut().enumerate().skip(place) {
            if *reached == read {
                break;
            }
            *reached = read;
            places.push(place);
            // A star may match nothing.
            if tokens.get(place).is_none_or(|t| *t != ['*']) {
                break;
            }
        }
    };
    reach(0, 0, &mut places);
    let mut text = text.enumerate();
    let mut read = 0;
    loop {
        if places.contains(&tokens.len()) && !report(read) {
            return;
        }
        let Some((before, c)) = text.next().filter(|_| !places.is_empty()) else { return };
        read = before + 1;
        for place in std::mem::take(&mut places) {
            match tokens.get(place) {
                Some(['*']) => reach(place, read, &mut places),
                Some(token) if match_one(token, c).is_some() => reach(place + 1, read, &mut places),
                _ => {}
            }
        }
    }
}

/// The shortest or the longest beginning of `text` that matches, in characters.
fn beginning(tokens: &[&[char]], text: impl Iterator<Item = char>, longest: bool) -> Option<usize> {
    let mut found = None;
    match_ends(tokens, text, |end| {
        found = Some(end);
        longest
    });
    found
}

/// `${x#pattern}` and `${x##pattern}`: what is left.
pub fn trim_prefix<'t>(text: &'t str, pattern: &str, longest: bool) -> &'t str {
    let pattern: Vec<char> = pattern.chars().collect();
    let count = beginning(&tokens(&pattern), text.chars(), longest).unwrap_or(0);
    let at = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    &text[at..]
}

/// `${x%pattern}` and `${x%%pattern}`: what is left.
pub fn trim_suffix<'t>(text: &'t str, pattern: &str, longest: bool) -> &'t str {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut backwards = tokens(&pattern);
    backwards.reverse();
    match beginning(&backwards, text.chars().rev(), longest) {
        None | Some(0) => text,
        Some(count) => &text[..text.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at)],
    }
}

/// `${x/pattern/by}`. An anchor `#` or `%` stands at the start of the pattern, where the shell knows such.
pub fn replace(text: &str, pattern: &str, by: &str, all: bool, anchors: bool) -> String {
    if pattern.is_empty() {
        return text.to_string();
    }
    if anchors
        && !all
        && let Some(pattern) = pattern.strip_prefix('#')
    {
        let rest = trim_prefix(text, pattern, true);
        let matched = rest.len() < text.len() || matches(pattern, "");
        return if matched { format!("{by}{rest}") } else { text.to_string() };
    }
    if anchors
        && !all
        && let Some(pattern) = pattern.strip_prefix('%')
    {
        let rest = trim_suffix(text, pattern, true);
        let matched = rest.len() < text.len() || matches(pattern, "");
        return if matched { format!("{rest}{by}") } else { text.to_string() };
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let tokens = tokens(&pattern);
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match beginning(&tokens, rest.chars(), true) {
            None | Some(0) => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
            Some(count) => {
                out.push_str(by);
                let end = rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
                rest = &rest[end..];
                if !all {
                    break;
                }
            }
        }
    }
    out + rest
}

/// Makes every character of `text` literal in a pattern.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '-' | '!' | '^') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Takes the backslashes of [`escape`] away.
pub fn unescape(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().or(Some('\\'))),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_texts_are_trimmed() {
        for (text, pattern, [short, long, short_end, long_end]) in [
            ("a/b/c", "*/", ["b/c", "c", "a/b/c", "a/b/c"]),
            ("a/b/c", "/*", ["a/b/c", "a/b/c", "a/b", "a"]),
            ("aaa", "a", ["aa", "aa", "aa", "aa"]),
            ("aaa", "*", ["aaa", "", "aaa", ""]),
            ("x.tar.gz", ".*", ["x.tar.gz", "x.tar.gz", "x.tar", "x"]),
            ("1-é", "[0-9]", ["-é", "-é", "1-é", "1-é"]),
            ("1-é", "?", ["-é", "-é", "1-", "1-"]),
            ("a*b", "a\\*", ["b", "b", "a*b", "a*b"]),
            ("[x", "[", ["x", "x", "[x", "[x"]),
            ("", "*", ["", "", "", ""]),
        ] {
            assert_eq!(trim_prefix(text, pattern, false), short, "{text} # {pattern}");
            assert_eq!(trim_prefix(text, pattern, true), long, "{text} ## {pattern}");
            assert_eq!(trim_suffix(text, pattern, false), short_end, "{text} % {pattern}");
            assert_eq!(trim_suffix(text, pattern, true), long_end, "{text} %% {pattern}");
        }
    }

    #[test]
    fn parts_of_texts_are_replaced() {
        for (text, pattern, one, all) in [
            ("banana", "an", "bXana", "bXXa"),
            ("banana", "a*", "bX", "bX"),
            ("banana", "#ba", "Xnana", "banana"),
            ("banana", "%a", "bananX", "banana"),
            ("banana", "%", "bananaX", "banana"),
            ("a.b", "?", "X.b", "XXX"),
            ("", "a", "", ""),
        ] {
            assert_eq!(replace(text, pattern, "X", false, true), one, "{text} / {pattern}");
            assert_eq!(replace(text, pattern, "X", true, true), all, "{text} // {pattern}");
        }
        assert_eq!(replace("ba#ba", "#ba", "X", false, false), "baX", "busybox has no anchors");
    }
}
