//! Programs that count, cut and change text, and that make some.

use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
use std::collections::BTreeMap;
use std::fmt::Write;

pub async fn wc(io: Io) -> i32 {
    let opts = Opts::parse(&io, "lwcmL", &[]);
    let busybox = io.ctx.kernel.image.is_busybox();
    let files = opts.files();
    let all = !"lwcmL".chars().any(|c| opts.has(c));
    let mut totals = [0usize; 4];
    let mut status = 0;
    let mut rows = Vec::new();
    for path in &files {
        let bytes = match io.read_all(path).await {
            Ok(bytes) => bytes,
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                status = 1;
                continue;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let longest = text.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        let counts =
            [bytes.iter().filter(|b| **b == b'\n').count(), text.split_whitespace().count(), bytes.len(), longest];
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
        rows.push((counts, if opts.rest.is_empty() { String::new() } else { path.clone() }));
    }
    if files.len() > 1 {
        rows.push((totals, "total".into()));
    }
    for (counts, name) in rows {
        let wanted: Vec<usize> = [
            (0, opts.has('l') || all),
            (1, opts.has('w') || all),
            (2, opts.has('c') || opts.has('m') || all),
            (3, opts.has('L')),
        ]
        .into_iter()
        .filter(|(_, wanted)| *wanted)
        .map(|(i, _)| counts[i])
        .collect();
        let numbers = match wanted.as_slice() {
            // busybox keeps its columns as soon as there are several files.
            [one] if !busybox || files.len() == 1 => one.to_string(),
            many => many.iter().map(|n| format!("{n:9}")).collect::<Vec<_>>().join(" "),
        };
        io.print(format!("{numbers}{}{name}\n", if name.is_empty() { "" } else { " " })).await;
    }
    status
}

/// `1,3-5,7-` as ranges from 1.
fn ranges(text: &str) -> Option<Vec<(usize, usize)>> {
    text.split(',')
        .map(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let from = if from.is_empty() { 1 } else { from.parse().ok()? };
            let to = if to.is_empty() { usize::MAX } else { to.parse().ok()? };
            (from > 0).then_some((from, to))
        })
        .collect()
}

pub async fn cut(io: Io) -> i32 {
    let opts = Opts::parse(
        &io,
        "d:f:c:b:snO:",
        &[("output-delimiter", 'O'), ("delimiter", 'd'), ("fields", 'f'), ("characters", 'c')],
    );
    let Some(list) = opts.get('f').or(opts.get('c')).or(opts.get('b')) else {
        io.complain("expected a list of bytes, characters, or fields").await;
        return 1;
    };
    let Some(ranges) = ranges(list) else {
        io.complain(&format!("invalid range {list}")).await;
        return 1;
    };
    let wanted = |n: usize| ranges.iter().any(|(from, to)| (*from..=*to).contains(&n));
    let delimiter = opts.get('d').unwrap_or("\t").to_string();
    let output = opts.get('O').unwrap_or(&delimiter).to_string();
    let mut status = 0;
    for path in opts.files() {
        let mut input = match io.input(&path) {
            Ok(input) => input,
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                status = 1;
                continue;
            }
        };
        while let Ok(Some(line)) = input.text_line().await {
            let text = if opts.has('f') {
                if delimiter.is_empty() || !line.contains(&delimiter) {
                    if opts.has('s') {
                        continue;
                    }
                    line
                } else {
                    let fields =
                        line.split(delimiter.as_str()).enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, f)| f);
                    fields.collect::<Vec<_>>().join(&output)
                }
            } else {
                line.chars().enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, c)| c).collect()
            };
            io.print(format!("{text}\n")).await;
        }
    }
    status
}

/// A set of `tr` holds no more characters.
const MAX_SET: usize = 70_000;

/// What a character of a set takes to be found again, in bytes moved.
const MEMBER_COST: usize = 16;

/// The characters of a `tr` set, in their order, and where each stands first.
struct Set {
    chars: Vec<char>,
    places: BTreeMap<char, usize>,
}

impl Set {
    async fn new(io: &Io, text: &str) -> Set {
        let chars = expand_set(text);
        io.ctx.move_bytes(chars.len() * MEMBER_COST).await;
        let mut places = BTreeMap::new();
        for (place, c) in chars.iter().enumerate() {
            places.entry(*c).or_insert(place);
        }
        Set { chars, places }
    }

    fn contains(&self, c: char) -> bool {
        self.places.contains_key(&c)
    }
}

/// The characters that the text of a `tr` set stands for.
fn expand_set(text: &str) -> Vec<char> {
    let (bytes, _) = crate::shell::printf::unescape(text, false);
    let chars: Vec<char> = String::from_utf8_lossy(&bytes).chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if chars[i] == '['
            && chars.get(i + 1) == Some(&':')
            && let Some(len) = chars[i + 2..].iter().position(|c| *c == ':')
            && chars.get(i + 3 + len) == Some(&']')
        {
            let name: String = chars[i + 2..i + 2 + len].iter().collect();
            out.extend((0u8..128).map(char::from).filter(|c| crate::shell::pattern::in_class(&name, *c)));
            i += len + 4;
        } else if chars.get(i + 1) == Some(&'-') && i + 2 < chars.len() {
            out.extend((chars[i]..=chars[i + 2]).take(MAX_SET));
            i += 3;
        } else {
            out.push(chars[i]);
            i += 1;
        }
        if out.len() >= MAX_SET {
            break;
        }
    }
    out.truncate(MAX_SET);
    out
}

pub async fn tr(io: Io) -> i32 {
    let opts = Opts::leading(&io, "cCdst", &[]);
    let Some(from) = opts.rest.first() else {
        return usage::show(&io).await;
    };
    let from = Set::new(&io, from).await;
    let to = match opts.rest.get(1) {
        Some(to) => Some(Set::new(&io, to).await),
        None => None,
    };
    let complement = opts.has('c') || opts.has('C');
    let listed: [bool; 128] = std::array::from_fn(|c| from.contains(c as u8 as char));
    let member = |c: char| listed.get(c as usize).copied().unwrap_or_else(|| from.contains(c)) != complement;
    let (delete, squeeze) = (opts.has('d'), opts.has('s'));
    let squeezed = to.as_ref().unwrap_or(&from);
    let Ok(mut input) = io.input("-") else { return 1 };
    let mut last = None;
    loop {
        let mut piece = match input.line().await {
            Ok(Some(line)) => line,
            _ => return 0,
        };
        let text = String::from_utf8(std::mem::take(&mut piece))
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            let mut c = c;
            let hit = member(c);
            if delete {
                if hit {
                    continue;
                }
            } else if hit && let Some(to) = to.as_ref().map(|to| &to.chars).filter(|to| !to.is_empty()) {
                let at = if complement { to.len() - 1 } else { from.places.get(&c).copied().unwrap_or(0) };
                c = to[at.min(to.len() - 1)];
            }
            if squeeze && last == Some(c) {
                let listed =
                    if to.is_none() || delete && opts.rest.len() < 2 { member(c) } else { squeezed.contains(c) };
                if listed {
                    continue;
                }
            }
            last = Some(c);
            out.push(c);
        }
        io.print(out).await;
    }
}

pub async fn seq(io: Io) -> i32 {
    let mut separator = "\n".to_string();
    let mut width = false;
    let mut numbers: Vec<String> = Vec::new();
    let mut rest = io.args[1..].iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-w" => width = true,
            "-s" => separator = rest.next().cloned().unwrap_or_default(),
            _ if arg.starts_with("-s") => separator = arg[2..].to_string(),
            _ => numbers.push(arg.clone()),
        }
    }
    let mut parsed = Vec::new();
    for text in &numbers {
        match text.parse::<f64>() {
            Ok(n) if n.is_finite() => parsed.push(n),
            _ => {
                io.complain(&format!("invalid number '{text}'")).await;
                return 1;
            }
        }
    }
    let (first, step, last) = match parsed.as_slice() {
        [last] => (1.0, 1.0, *last),
        [first, last] => (*first, 1.0, *last),
        [first, step, last] => (*first, *step, *last),
        _ => {
            return usage::show(&io).await;
        }
    };
    let decimals =
        numbers.iter().take(2).map(|n| n.split_once('.').map_or(0, |(_, d)| d.len())).max().unwrap_or(0).min(20);
    let digits =
        if width { [first, last].iter().map(|n| format!("{n:.decimals$}").len()).max().unwrap_or(0) } else { 0 };
    let mut out = String::new();
    for i in 0u64.. {
        let value = first + step * i as f64;
        if (step >= 0.0 && value > last + 1e-9) || (step < 0.0 && value < last - 1e-9) {
            break;
        }
        if i > 0 {
            out.push_str(&separator);
        }
        // Whole numbers are written without the detour over fractions, which is slow.
        let whole = decimals == 0 && value.abs() < 1e15 && value.fract() == 0.0;
        let _ = match whole {
            true => write!(out, "{:0digits$}", value as i64),
            false => write!(out, "{value:0digits$.decimals$}"),
        };
        if out.len() > 32 * 1024 {
            // Numbers cost more to write than to move.
            io.ctx.work(out.len() as u64 / 64).await;
            io.print(std::mem::take(&mut out)).await;
            io.ctx.step().await;
        }
        if step == 0.0 {
            io.ctx.step().await;
        }
    }
    if !out.is_empty() {
        out.push('\n');
        io.print(out).await;
    }
    0
}

pub async fn path_part(io: Io) -> i32 {
    let Some(path) = io.args.get(1) else {
        return usage::show(&io).await;
    };
    let trimmed = path.trim_end_matches('/');
    let text = if io.name() == "dirname" {
        match trimmed.rsplit_once('/') {
            Some((dir, _)) if !dir.trim_end_matches('/').is_empty() => dir.trim_end_matches('/').to_string(),
            Some(_) => "/".into(),
            None if path.starts_with('/') => "/".into(),
            None => ".".into(),
        }
    } else if trimmed.is_empty() && path.starts_with('/') {
        "/".into()
    } else {
        let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
        let suffix = io.args.get(2).map_or("", String::as_str);
        match name.strip_suffix(suffix) {
            Some(stem) if !stem.is_empty() => stem.to_string(),
            _ => name.to_string(),
        }
    };
    io.print(format!("{text}\n")).await;
    0
}
