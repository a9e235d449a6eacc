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

/// `${x#pattern}` and `${x##pattern}`: what is left.
pub fn trim_prefix<'t>(text: &'t str, pattern: &str, longest: bool) -> &'t str {
    let ends = text.char_indices().map(|(i, _)| i).chain([text.len()]);
    let found = if longest {
        ends.rev().find(|&i| matches(pattern, &text[..i]))
    } else {
        ends.into_iter().find(|&i| matches(pattern, &text[..i]))
    };
    found.map_or(text, |i| &text[i..])
}

/// `${x%pattern}` and `${x%%pattern}`: what is left.
pub fn trim_suffix<'t>(text: &'t str, pattern: &str, longest: bool) -> &'t str {
    let starts = text.char_indices().map(|(i, _)| i).chain([text.len()]);
    let found = if longest {
        starts.into_iter().find(|&i| matches(pattern, &text[i..]))
    } else {
        starts.rev().find(|&i| matches(pattern, &text[i..]))
    };
    found.map_or(text, |i| &text[..i])
}

/// `${x/pattern/by}`. An anchor `#` or `%` stands at the start of the pattern.
pub fn replace(text: &str, pattern: &str, by: &str, all: bool) -> String {
    if pattern.is_empty() {
        return text.to_string();
    }
    let (anchor, pattern) = match pattern.chars().next() {
        Some(c @ ('#' | '%')) if !all => (Some(c), &pattern[1..]),
        _ => (None, pattern),
    };
    let stops: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let mut out = String::new();
    let mut at = 0;
    let mut i = 0;
    while i < stops.len() {
        let start = stops[i];
        let longest = stops[i..].iter().rev().find(|&&end| match anchor {
            Some('#') => start == 0 && matches(pattern, &text[start..end]),
            Some(_) => end == text.len() && matches(pattern, &text[start..end]),
            None => end > start && matches(pattern, &text[start..end]),
        });
        match longest {
            Some(&end) if start >= at => {
                out.push_str(&text[at..start]);
                out.push_str(by);
                at = end;
                if !all {
                    break;
                }
                i = stops.partition_point(|&s| s < end).max(i + 1);
            }
            _ => i += 1,
        }
        if anchor == Some('#') {
            break;
        }
    }
    out.push_str(&text[at..]);
    out
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
