//! `sort`, `uniq` and `shuf`.

use super::cat::cannot_open;
use super::opts::Opts;
use crate::shell::io::Io;
use std::cmp::Ordering;

struct Key {
    from: (usize, usize),
    to: Option<(usize, usize)>,
    flags: String,
}

/// `2,3n` or `1.2`.
fn key(text: &str) -> Option<Key> {
    let position = |part: &str| {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let (field, character) = digits.split_once('.').unwrap_or((digits, "0"));
        Some((field.parse().ok()?, character.parse().ok()?))
    };
    let (from, to) = text.split_once(',').map_or((text, None), |(a, b)| (a, Some(b)));
    let flags = text.chars().filter(|c| c.is_ascii_alphabetic()).collect();
    Some(Key { from: position(from)?, to: to.map(position).unwrap_or(None), flags })
}

/// The part of a line that a key names.
fn field<'a>(line: &'a str, key: &Key, separator: Option<char>) -> &'a str {
    let mut starts = vec![0];
    let mut blank = true;
    for (i, c) in line.char_indices() {
        match separator {
            Some(s) if c == s => starts.push(i + c.len_utf8()),
            None => {
                // Without a separator a field begins where blanks follow text.
                if c.is_whitespace() && !blank {
                    starts.push(i);
                }
                blank = c.is_whitespace();
            }
            _ => {}
        }
    }
    let mut start = starts.get(key.from.0.saturating_sub(1)).copied().unwrap_or(line.len());
    if key.from.1 > 1 {
        start = line[start..].char_indices().nth(key.from.1 - 1).map_or(line.len(), |(i, _)| start + i);
    }
    let end = match key.to {
        Some((field, character)) if character > 0 => {
            let from = starts.get(field.saturating_sub(1)).copied().unwrap_or(line.len());
            line[from..].char_indices().nth(character).map_or(line.len(), |(i, _)| from + i)
        }
        Some((field, _)) => starts.get(field).map_or(line.len(), |&i| if separator.is_some() { i - 1 } else { i }),
        None => line.len(),
    };
    if start < end { &line[start..end] } else { "" }
}

fn number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(i, c)| !(c.is_ascii_digit() || *c == '.' || (*i == 0 && *c == '-')))
        .map_or(text.len(), |(i, _)| i);
    text[..end].parse().unwrap_or(0.0)
}

fn human(text: &str) -> f64 {
    let scale = match text.trim_end().chars().last() {
        Some('K' | 'k') => 1e3,
        Some('M') => 1e6,
        Some('G') => 1e9,
        Some('T') => 1e12,
        _ => 1.0,
    };
    number(text) * scale
}

fn version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let split = |s: &str| s.find(|c: char| c.is_ascii_digit()).unwrap_or(s.len());
        let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
        let (text_a, text_b) = (&a[..split(a)], &b[..split(b)]);
        if text_a != text_b || a.is_empty() || b.is_empty() {
            return text_a.cmp(text_b).then(a.len().cmp(&b.len()));
        }
        (a, b) = (&a[text_a.len()..], &b[text_b.len()..]);
        let (num_a, num_b) = (a[..digits(a)].trim_start_matches('0'), b[..digits(b)].trim_start_matches('0'));
        let order = num_a.len().cmp(&num_b.len()).then(num_a.cmp(num_b));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[digits(a)..], &b[digits(b)..]);
    }
}

fn compare(a: &str, b: &str, flags: &str) -> Ordering {
    let (a, b) = if flags.contains('b') { (a.trim_start(), b.trim_start()) } else { (a, b) };
    let order = if flags.contains('n') || flags.contains('g') {
        number(a).total_cmp(&number(b))
    } else if flags.contains('h') {
        human(a).total_cmp(&human(b))
    } else if flags.contains('V') {
        version(a, b)
    } else if flags.contains('f') {
        a.to_ascii_uppercase().cmp(&b.to_uppercase())
    } else {
        a.cmp(b)
    };
    if flags.contains('r') { order.reverse() } else { order }
}

pub async fn sort(io: Io) -> i32 {
    let opts = Opts::parse(
        &io,
        "nrugMcszbdfiho:k:t:VT:S:",
        &[("unique", 'u'), ("reverse", 'r'), ("numeric-sort", 'n'), ("key", 'k'), ("field-separator", 't')],
    );
    let mut lines: Vec<String> = Vec::new();
    for path in opts.files() {
        match io.read_all(&path).await {
            Ok(bytes) => lines.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_string)),
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                return 2;
            }
        }
    }
    let global: String = "nrgbfhV".chars().filter(|c| opts.has(*c)).collect();
    let keys: Vec<Key> = opts.all('k').filter_map(key).collect();
    let separator = opts.get('t').and_then(|t| t.chars().next());
    let by_keys = |a: &String, b: &String| {
        for key in &keys {
            let flags = if key.flags.is_empty() { &global } else { &key.flags };
            let order = compare(field(a, key, separator), field(b, key, separator), flags);
            if order != Ordering::Equal {
                return order;
            }
        }
        if keys.is_empty() { compare(a, b, &global) } else { Ordering::Equal }
    };
    if opts.has('c') {
        let sorted = lines.windows(2).all(|pair| by_keys(&pair[0], &pair[1]) != Ordering::Greater);
        return !sorted as i32;
    }
    let last_resort = |a: &String, b: &String| if opts.has('r') { b.cmp(a) } else { a.cmp(b) };
    let stable = opts.has('s') || opts.has('u');
    lines.sort_by(|a, b| by_keys(a, b).then_with(|| if stable { Ordering::Equal } else { last_resort(a, b) }));
    if opts.has('u') {
        lines.dedup_by(|a, b| by_keys(a, b) == Ordering::Equal);
    }
    let text: String = lines.iter().map(|l| format!("{l}\n")).collect();
    match opts.get('o') {
        Some(path) => io.write_file(path, text.as_bytes()).await.is_err() as i32,
        None => !io.print(text).await as i32,
    }
}

pub async fn uniq(io: Io) -> i32 {
    let opts = Opts::parse(&io, "cduif:s:w:", &[("count", 'c'), ("repeated", 'd'), ("unique", 'u')]);
    let path = opts.rest.first().map_or("-", String::as_str);
    let mut input = match io.input(path) {
        Ok(input) => input,
        Err(errno) => {
            cannot_open(&io, path, errno).await;
            return 1;
        }
    };
    let skip_fields = opts.get('f').and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let skip_chars = opts.get('s').and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let width = opts.get('w').and_then(|n| n.parse::<usize>().ok()).unwrap_or(usize::MAX);
    let same = |line: &str| {
        let mut rest = line;
        for _ in 0..skip_fields {
            if rest.is_empty() {
                break;
            }
            rest = rest.trim_start();
            rest = &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..];
        }
        let text: String = rest.chars().skip(skip_chars).take(width).collect();
        if opts.has('i') { text.to_lowercase() } else { text }
    };
    let mut current: Option<(String, String, usize)> = None;
    loop {
        let line = input.text_line().await.ok().flatten();
        let part = line.as_deref().map(same);
        if let (Some((_, have, count)), Some(part)) = (&mut current, &part)
            && have == part
        {
            *count += 1;
            continue;
        }
        if let Some((first, _, count)) = current.take() {
            let shown = match (opts.has('d'), opts.has('u')) {
                (true, _) => count > 1,
                (_, true) => count == 1,
                _ => true,
            };
            if shown {
                let prefix = if opts.has('c') { format!("{count:7} ") } else { String::new() };
                io.print(format!("{prefix}{first}\n")).await;
            }
        }
        match (line, part) {
            (Some(line), Some(part)) => current = Some((line, part, 1)),
            _ => return 0,
        }
    }
}

pub async fn shuf(io: Io) -> i32 {
    let opts = Opts::parse(&io, "n:ei:zo:", &[]);
    let mut lines: Vec<String> = if let Some((from, to)) = opts.get('i').and_then(|r| r.split_once('-')) {
        let (from, to) = (from.parse::<u32>().unwrap_or(0), to.parse::<u32>().unwrap_or(0));
        (from..=to.min(from.saturating_add(100_000))).map(|n| n.to_string()).collect()
    } else if opts.has('e') {
        opts.rest.clone()
    } else {
        let bytes = io.read_all(opts.rest.first().map_or("-", String::as_str)).await.unwrap_or_default();
        String::from_utf8_lossy(&bytes).lines().map(str::to_string).collect()
    };
    for i in (1..lines.len()).rev() {
        let j = (io.ctx.kernel.random() % (i as u64 + 1)) as usize;
        lines.swap(i, j);
    }
    let count = opts.get('n').and_then(|n| n.parse().ok()).unwrap_or(lines.len());
    io.print(lines.iter().take(count).map(|l| format!("{l}\n")).collect::<String>()).await;
    0
}
