//! Programs that lay lines out anew: numbered, side by side, in pieces.

use super::cat::cannot_open;
use super::ends::size;
use super::opts::Opts;
use crate::shell::io::Io;
use std::cmp::Ordering;
use std::fmt::Write;

/// More files than `split` makes.
const MAX_PIECES: usize = 1_000;

/// `nl`, `paste`, `comm`, `expand` and `unexpand`.
pub async fn layout(io: Io) -> i32 {
    let (spec, longs): (&str, &[(&str, char)]) = match io.name() {
        "nl" => ("b:i:l:n:s:v:w:", &[("body-numbering", 'b'), ("number-width", 'w'), ("number-separator", 's')]),
        "paste" => ("d:s", &[("delimiters", 'd'), ("serial", 's')]),
        "comm" => ("123", &[]),
        _ => ("ait:", &[("tabs", 't'), ("all", 'a'), ("initial", 'i')]),
    };
    let opts = Opts::parse(&io, spec, longs);
    let mut texts = Vec::new();
    for path in opts.files() {
        match io.read_all(&path).await {
            Ok(bytes) => texts.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(errno) => {
                cannot_open(&io, &path, errno).await;
                return 1;
            }
        }
    }
    let out = match io.name() {
        "nl" => numbered(&texts.concat(), &opts),
        "paste" => pasted(&texts, &opts),
        "comm" => common(&texts, &opts),
        "expand" => expanded(&texts.concat(), &opts),
        _ => unexpanded(&texts.concat(), &opts),
    };
    io.print(out).await;
    0
}

/// The number that is an option's value.
fn number(opts: &Opts, letter: char, default: usize) -> usize {
    opts.get(letter).and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn numbered(text: &str, opts: &Opts) -> String {
    let (mut next, step) = (number(opts, 'v', 1), number(opts, 'i', 1));
    let width = number(opts, 'w', 6).min(1_000);
    let separator = opts.get('s').unwrap_or("\t");
    let mut out = String::new();
    for line in text.lines() {
        let counts = match opts.get('b').unwrap_or("t") {
            "a" => true,
            "n" => false,
            _ => !line.is_empty(),
        };
        let _ = match (counts, opts.get('n')) {
            (false, _) => writeln!(out, "{:1$}{line}", "", width + separator.len()),
            (true, Some("ln")) => writeln!(out, "{next:<width$}{separator}{line}"),
            (true, Some("rz")) => writeln!(out, "{next:0width$}{separator}{line}"),
            (true, _) => writeln!(out, "{next:width$}{separator}{line}"),
        };
        next = next.saturating_add(if counts { step } else { 0 });
    }
    out
}

fn pasted(texts: &[String], opts: &Opts) -> String {
    let (bytes, _) = crate::shell::printf::unescape(opts.get('d').unwrap_or("\t"), false);
    let delimiters: Vec<char> = String::from_utf8_lossy(&bytes).chars().collect();
    let join = |items: Vec<&str>| {
        let mut line = String::new();
        for (i, item) in items.iter().enumerate() {
            if i > 0 && !delimiters.is_empty() {
                line.push(delimiters[(i - 1) % delimiters.len()]);
            }
            line.push_str(item);
        }
        line + "\n"
    };
    if opts.has('s') {
        return texts.iter().map(|text| join(text.lines().collect())).collect();
    }
    // Each `-` takes a line of its own from the standard input in turn.
    let columns = match opts.rest.len() {
        n if n > 1 && opts.rest.iter().all(|path| path == "-") => {
            let lines: Vec<&str> = texts[0].lines().collect();
            (0..n).map(|column| lines.iter().skip(column).step_by(n).copied().collect()).collect()
        }
        _ => texts.iter().map(|text| text.lines().collect::<Vec<&str>>()).collect::<Vec<_>>(),
    };
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..rows).map(|row| join(columns.iter().map(|c| c.get(row).copied().unwrap_or("")).collect())).collect()
}

fn common(texts: &[String], opts: &Opts) -> String {
    let lines = |i: usize| texts.get(i).map_or(Vec::new(), |text| text.lines().collect::<Vec<&str>>());
    let (a, b) = (lines(0), lines(1));
    let (mut i, mut j) = (0, 0);
    let tab2 = if opts.has('1') { "" } else { "\t" };
    let tab3 = format!("{tab2}{}", if opts.has('2') { "" } else { "\t" });
    let mut out = String::new();
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let (column, indent, line) = match order {
            Ordering::Less => ('1', "", a[i]),
            Ordering::Greater => ('2', tab2, b[j]),
            Ordering::Equal => ('3', tab3.as_str(), a[i]),
        };
        i += (order != Ordering::Greater) as usize;
        j += (order != Ordering::Less) as usize;
        if !opts.has(column) {
            let _ = writeln!(out, "{indent}{line}");
        }
    }
    out
}

fn expanded(text: &str, opts: &Opts) -> String {
    let tab = number(opts, 't', 8).clamp(1, 1_000);
    let mut out = String::new();
    let (mut column, mut leading) = (0, true);
    for c in text.chars() {
        match c {
            '\t' if leading || !opts.has('i') => {
                let blanks = tab - column % tab;
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
                continue;
            }
            '\n' => (column, leading) = (0, true),
            _ => {
                column += 1;
                leading &= c == ' ';
            }
        }
        out.push(c);
    }
    out
}

/// Blanks that reach a tab stop become a tab: those at the start of a line, or with `-a` all.
fn unexpanded(text: &str, opts: &Opts) -> String {
    let tab = number(opts, 't', 8).max(1);
    let everywhere = opts.has('a') || opts.has('t');
    let mut out = String::new();
    for line in text.lines() {
        let (mut column, mut blanks, mut leading) = (0, 0, true);
        for c in line.chars() {
            match c {
                ' ' if leading || everywhere => {
                    (column, blanks) = (column + 1, blanks + 1);
                    if column % tab == 0 {
                        out.push(if blanks > 1 || leading { '\t' } else { ' ' });
                        blanks = 0;
                    }
                    continue;
                }
                '\t' => (column, blanks) = (column - column % tab + tab, 0),
                _ => {
                    out.extend(std::iter::repeat_n(' ', blanks));
                    (column, blanks, leading) = (column + 1, 0, false);
                }
            }
            out.push(c);
        }
        out.extend(std::iter::repeat_n(' ', blanks));
        out.push('\n');
    }
    out
}

/// `split`: a file for each so many lines or bytes, with suffixes that count in letters.
pub async fn split(io: Io) -> i32 {
    let opts = Opts::parse(
        &io,
        "l:b:a:d",
        &[("lines", 'l'), ("bytes", 'b'), ("suffix-length", 'a'), ("numeric-suffixes", 'd')],
    );
    let path = opts.rest.first().map_or("-", String::as_str);
    let prefix = opts.rest.get(1).map_or("x", String::as_str);
    let data = match io.read_all(path).await {
        Ok(data) => data,
        Err(errno) => {
            cannot_open(&io, path, errno).await;
            return 1;
        }
    };
    let (by_bytes, count) = match (opts.get('b'), opts.get('l')) {
        (Some(bytes), _) => (true, size(bytes)),
        (None, lines) => (false, size(lines.unwrap_or("1000"))),
    };
    let Some(count) = count.filter(|n| *n > 0) else {
        let given = opts.get('b').or(opts.get('l')).unwrap_or_default();
        io.complain(&format!("invalid number '{given}'")).await;
        return 1;
    };
    let pieces: Vec<Vec<u8>> = if by_bytes {
        data.chunks(count as usize).map(<[u8]>::to_vec).collect()
    } else {
        let lines: Vec<&[u8]> = data.split_inclusive(|b| *b == b'\n').collect();
        lines.chunks(count as usize).map(<[&[u8]]>::concat).collect()
    };
    let length = number(&opts, 'a', 2).clamp(1, 10);
    for (i, piece) in pieces.into_iter().enumerate() {
        let Some(suffix) = suffix(i, length, if opts.has('d') { b'0'..=b'9' } else { b'a'..=b'z' }) else {
            io.complain("suffixes exhausted").await;
            return 1;
        };
        let path = format!("{prefix}{suffix}");
        if let Err(errno) = io.write_file(&path, &piece).await {
            io.complain(&format!("{path}: {}", errno.text())).await;
            return 1;
        }
    }
    0
}

/// `i` written with `length` digits out of `digits`; `None` when there are too few of them.
fn suffix(mut i: usize, length: usize, digits: std::ops::RangeInclusive<u8>) -> Option<String> {
    if i >= MAX_PIECES {
        return None;
    }
    let base = digits.clone().count();
    let mut out = vec![*digits.start(); length];
    for place in out.iter_mut().rev() {
        *place += (i % base) as u8;
        i /= base;
    }
    (i == 0).then(|| out.into_iter().map(char::from).collect())
}
