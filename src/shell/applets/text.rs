//! Programs that count, cut and change text, and that make some.

use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
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
        let number = list.split([',', '-']).find(|n| !n.is_empty() && n.parse::<usize>().is_err());
        let complaint = match number {
            Some(number) => format!("invalid number '{number}'"),
            None => format!("invalid range {list}"),
        };
        io.complain(&complaint).await;
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

pub async fn seq(io: Io) -> i32 {
    let mut separator = "\n".to_string();
    let mut width = false;
    let mut numbers: Vec<String> = Vec::new();
    let mut rest = io.args[1..].iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--" => {
                numbers.extend(rest.by_ref().cloned());
                break;
            }
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
                if io.ctx.kernel.image.is_busybox() {
                    return usage::show(&io).await;
                }
                io.complain(&format!("invalid floating point argument: '{text}'")).await;
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
