//! Programs that read text and print text.

use super::opts::Opts;
use super::usage;
use crate::shell::fs::Errno;
use crate::shell::inode::Device;
use crate::shell::io::{Access, Io};
use crate::shell::kernel::NEVER;
use crate::shell::pipe::Object;
use std::fmt::Write;

/// Complains that a file cannot be opened.
pub async fn cannot_open(io: &Io, path: &str, errno: Errno) {
    match errno {
        Errno::IsDir => io.complain("read error: Is a directory").await,
        _ => io.complain(&format!("can't open '{path}': {}", errno.text())).await,
    }
}

pub async fn cat(io: Io) -> i32 {
    let opts = Opts::parse(&io, "nbeEtTvus", &[]);
    let how = io.name().to_string();
    let numbered = opts.has('n') || opts.has('b');
    let mut status = 0;
    let mut number = 0;
    for path in opts.files() {
        let mut input = match io.input(&path) {
            Ok(input) => input,
            Err(errno) => {
                match how.as_str() {
                    "cat" => cannot_open(&io, &path, errno).await,
                    _ => io.complain(&format!("{path}: {}", errno.text())).await,
                }
                status = 1;
                continue;
            }
        };
        if how != "cat" {
            let text = String::from_utf8_lossy(&input.rest().await.unwrap_or_default()).into_owned();
            let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
            if how == "tac" {
                lines.reverse();
            } else {
                lines.iter_mut().for_each(|l| *l = l.chars().rev().collect());
            }
            io.print(lines.iter().map(|l| format!("{l}\n")).collect::<String>()).await;
            continue;
        }
        if endless_to_nowhere(&io, &input.fd) {
            io.ctx.forever().await;
        }
        if numbered || opts.has('e') || opts.has('E') || opts.has('A') {
            while let Ok(Some(line)) = input.text_line().await {
                let end = if opts.has('e') || opts.has('E') || opts.has('A') { "$" } else { "" };
                let text = if numbered && !(opts.has('b') && line.is_empty()) {
                    number += 1;
                    format!("{number:6}\t{line}{end}\n")
                } else {
                    format!("{line}{end}\n")
                };
                io.print(text).await;
            }
            continue;
        }
        loop {
            let piece = input.piece().await.unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            if !io.print(piece).await {
                io.complain("write error: No space left on device").await;
                return 1;
            }
            io.ctx.step().await;
        }
    }
    status
}

/// Copying an endless device to `/dev/null` goes on for ever and shows nothing.
fn endless_to_nowhere(io: &Io, from: &crate::shell::pipe::Fd) -> bool {
    matches!(&**from, Object::Device(Device::Zero | Device::Random | Device::Full))
        && matches!(io.fds.get(1).map(|fd| &**fd), Some(Object::Device(Device::Null)) | None)
}

/// A count with a suffix, as `head -c 1k` takes it.
pub fn size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    let unit: u64 = match &text[end..] {
        "" | "c" => 1,
        "b" => 512,
        "k" | "K" | "KiB" => 1 << 10,
        "kB" | "KB" => 1000,
        "m" | "M" | "MiB" => 1 << 20,
        "MB" => 1_000_000,
        "g" | "G" | "GiB" => 1 << 30,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// `-5` as `-n 5`, `+5` as `-n +5`.
fn old_style(io: &mut Io) {
    if let Some(arg) = io.args.get(1)
        && let Some(digits) = arg.strip_prefix(['-', '+'])
        && !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit())
    {
        let value = if arg.starts_with('+') { arg.clone() } else { digits.to_string() };
        io.args.splice(1..2, ["-n".to_string(), value]);
    }
}

pub async fn head(mut io: Io) -> i32 {
    old_style(&mut io);
    let opts = Opts::parse(&io, "n:c:qv", &[("lines", 'n'), ("bytes", 'c')]);
    let files = opts.files();
    let (by_bytes, text) = match (opts.get('c'), opts.get('n')) {
        (Some(c), _) => (true, c),
        (None, n) => (false, n.unwrap_or("10")),
    };
    let from_end = text.starts_with('-');
    let Some(count) = size(text.trim_start_matches(['-', '+'])) else {
        io.complain(&format!("invalid number '{text}'")).await;
        return 1;
    };
    let mut status = 0;
    for (i, path) in files.iter().enumerate() {
        let mut input = match io.input(path) {
            Ok(input) => input,
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                status = 1;
                continue;
            }
        };
        header(&io, &opts, files.len(), i, path).await;
        if from_end {
            let all = input.rest().await.unwrap_or_default();
            let kept: Vec<u8> = if by_bytes {
                all[..all.len().saturating_sub(count as usize)].to_vec()
            } else {
                let lines: Vec<&[u8]> = all.split_inclusive(|b| *b == b'\n').collect();
                lines[..lines.len().saturating_sub(count as usize)].concat()
            };
            io.print(kept).await;
        } else if by_bytes {
            let mut left = count as usize;
            while left > 0 {
                let mut piece = input.piece().await.unwrap_or_default();
                if piece.is_empty() {
                    break;
                }
                piece.truncate(left);
                left -= piece.len();
                io.print(piece).await;
            }
        } else {
            for _ in 0..count {
                match input.line().await {
                    Ok(Some(line)) => {
                        io.print(line).await;
                    }
                    _ => break,
                }
            }
        }
    }
    status
}

async fn header(io: &Io, opts: &Opts, files: usize, i: usize, path: &str) {
    if (files > 1 && !opts.has('q')) || opts.has('v') {
        let name = if path == "-" { "standard input" } else { path };
        io.print(format!("{}==> {name} <==\n", if i > 0 { "\n" } else { "" })).await;
    }
}

pub async fn tail(mut io: Io) -> i32 {
    old_style(&mut io);
    let opts = Opts::parse(&io, "n:c:fFqvs:", &[("lines", 'n'), ("bytes", 'c'), ("follow", 'f')]);
    let files = opts.files();
    let (by_bytes, text) = match (opts.get('c'), opts.get('n')) {
        (Some(c), _) => (true, c),
        (None, n) => (false, n.unwrap_or("10")),
    };
    let from_start = text.starts_with('+');
    let Some(count) = size(text.trim_start_matches(['-', '+'])).map(|n| n as usize) else {
        io.complain(&format!("invalid number '{text}'")).await;
        return 1;
    };
    let mut status = 0;
    let mut followed = Vec::new();
    for (i, path) in files.iter().enumerate() {
        let mut input = match io.input(path) {
            Ok(input) => input,
            Err(errno) => {
                cannot_open(&io, path, errno).await;
                status = 1;
                continue;
            }
        };
        header(&io, &opts, files.len(), i, path).await;
        let all = input.rest().await.unwrap_or_default();
        let kept: Vec<u8> = if by_bytes {
            let start =
                if from_start { count.saturating_sub(1).min(all.len()) } else { all.len().saturating_sub(count) };
            all[start..].to_vec()
        } else {
            let lines: Vec<&[u8]> = all.split_inclusive(|b| *b == b'\n').collect();
            let start =
                if from_start { count.saturating_sub(1).min(lines.len()) } else { lines.len().saturating_sub(count) };
            lines[start..].concat()
        };
        io.print(kept).await;
        followed.push((path.clone(), all.len() as u64));
    }
    if followed.is_empty() && io.ctx.kernel.image.is_busybox() {
        io.complain("no files").await;
    }
    if (opts.has('f') || opts.has('F')) && !followed.is_empty() {
        follow(&io, followed).await;
    }
    status
}

/// Prints what is added to files, for ever.
async fn follow(io: &Io, mut files: Vec<(String, u64)>) {
    let endless = files.iter().all(|(path, _)| matches!(path.as_str(), "/dev/null" | "-"));
    if endless {
        io.ctx.forever().await;
    }
    let kernel = io.ctx.kernel.clone();
    loop {
        let mut grown = Vec::new();
        let found = io.ctx.wait_for(NEVER, || {
            for (path, seen) in &mut files {
                let Ok(found) = kernel.fs.borrow().find(&io.cwd, path, true) else { continue };
                let size = found.inode.size();
                if size < *seen {
                    *seen = 0;
                }
                if size > *seen {
                    let bytes = found.inode.bytes(usize::MAX);
                    grown.extend_from_slice(&bytes[(*seen as usize).min(bytes.len())..]);
                    *seen = size;
                }
            }
            (!grown.is_empty()).then_some(())
        });
        found.await;
        io.print(&grown).await;
    }
}

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

/// The characters of a `tr` set.
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
            out.extend(chars[i]..=chars[i + 2]);
            i += 3;
        } else {
            out.push(chars[i]);
            i += 1;
        }
        out.truncate(70_000);
    }
    out
}

pub async fn tr(io: Io) -> i32 {
    let opts = Opts::leading(&io, "cCdst", &[]);
    let (Some(from), to) = (opts.rest.first().map(|s| expand_set(s)), opts.rest.get(1).map(|s| expand_set(s))) else {
        return usage::show(&io).await;
    };
    let complement = opts.has('c') || opts.has('C');
    let listed: [bool; 128] = std::array::from_fn(|c| from.contains(&(c as u8 as char)));
    let member = |c: char| listed.get(c as usize).copied().unwrap_or_else(|| from.contains(&c)) != complement;
    let (delete, squeeze) = (opts.has('d'), opts.has('s'));
    let squeezed = to.clone().filter(|_| !opts.has('d') || opts.rest.len() > 1).unwrap_or_else(|| from.clone());
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
            } else if hit && let Some(to) = to.as_ref().filter(|t| !t.is_empty()) {
                let at = if complement { to.len() - 1 } else { from.iter().position(|f| *f == c).unwrap_or(0) };
                c = to[at.min(to.len() - 1)];
            }
            if squeeze && last == Some(c) {
                let listed =
                    if to.is_none() || delete && opts.rest.len() < 2 { member(c) } else { squeezed.contains(&c) };
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

pub async fn tee(io: Io) -> i32 {
    let opts = Opts::parse(&io, "ai", &[("append", 'a')]);
    let access = if opts.has('a') { Access::Append } else { Access::Write };
    let mut outputs = Vec::new();
    let mut status = 0;
    for path in &opts.rest {
        match io.open(path, access) {
            Ok(fd) => outputs.push(fd),
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                status = 1;
            }
        }
    }
    let Ok(mut input) = io.input("-") else { return 1 };
    loop {
        let piece = input.piece().await.unwrap_or_default();
        if piece.is_empty() {
            return status;
        }
        io.print(&piece).await;
        for fd in &outputs {
            let _ = crate::shell::io::write(&io.ctx, fd, &piece).await;
        }
    }
}

pub async fn yes(io: Io) -> i32 {
    let word = if io.args.len() > 1 { io.args[1..].join(" ") } else { "y".into() };
    let block = format!("{word}\n").repeat(1 + 4096 / (word.len() + 1));
    if matches!(io.fds.get(1).map(|fd| &**fd), Some(Object::Device(_)) | None) {
        io.ctx.forever().await;
    }
    while io.print(&block).await {
        io.ctx.step().await;
    }
    1
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

/// `nl`, `fold`, `paste`, `comm` and their kind.
pub async fn layout(io: Io) -> i32 {
    let opts = Opts::parse(&io, "w:d:sb:n:v:i:t:123", &[]);
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
    let mut out = String::new();
    match io.name() {
        "nl" => {
            let mut number = 0;
            for line in texts.concat().lines() {
                if line.is_empty() && opts.get('b') != Some("a") {
                    out.push_str("       \n");
                } else {
                    number += 1;
                    out.push_str(&format!("{number:6}\t{line}\n"));
                }
            }
        }
        "fold" => {
            let width = opts.get('w').and_then(|w| w.parse::<usize>().ok()).unwrap_or(80).max(1);
            for line in texts.concat().lines() {
                let chars: Vec<char> = line.chars().collect();
                for piece in chars.chunks(width) {
                    out.extend(piece);
                    out.push('\n');
                }
                if chars.is_empty() {
                    out.push('\n');
                }
            }
        }
        "paste" => {
            let delimiters: Vec<char> = opts.get('d').unwrap_or("\t").chars().collect();
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
                texts.iter().for_each(|t| out.push_str(&join(t.lines().collect())));
            } else {
                let columns: Vec<Vec<&str>> = texts.iter().map(|t| t.lines().collect()).collect();
                let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
                for row in 0..rows {
                    out.push_str(&join(columns.iter().map(|c| c.get(row).copied().unwrap_or("")).collect()));
                }
            }
        }
        "comm" => {
            let lines: Vec<Vec<&str>> = texts.iter().map(|t| t.lines().collect()).collect();
            let (a, b) = (lines.first().cloned().unwrap_or_default(), lines.get(1).cloned().unwrap_or_default());
            let (mut i, mut j) = (0, 0);
            let tab2 = if opts.has('1') { "" } else { "\t" };
            let tab3 = format!("{tab2}{}", if opts.has('2') { "" } else { "\t" });
            while i < a.len() || j < b.len() {
                let order = match (a.get(i), b.get(j)) {
                    (Some(x), Some(y)) => x.cmp(y),
                    (Some(_), None) => std::cmp::Ordering::Less,
                    _ => std::cmp::Ordering::Greater,
                };
                let (column, line) = match order {
                    std::cmp::Ordering::Less => ('1', a[i].to_string()),
                    std::cmp::Ordering::Greater => ('2', format!("{tab2}{}", b[j])),
                    std::cmp::Ordering::Equal => ('3', format!("{tab3}{}", a[i])),
                };
                i += (order != std::cmp::Ordering::Greater) as usize;
                j += (order != std::cmp::Ordering::Less) as usize;
                if !opts.has(column) {
                    out.push_str(&format!("{line}\n"));
                }
            }
        }
        "expand" => {
            let tab = opts.get('t').and_then(|t| t.parse::<usize>().ok()).unwrap_or(8).max(1);
            for c in texts.concat().chars() {
                match c {
                    '\t' => {
                        let column = out.chars().rev().take_while(|c| *c != '\n').count();
                        out.push_str(&" ".repeat(tab - column % tab));
                    }
                    c => out.push(c),
                }
            }
        }
        _ => out = texts.concat(),
    }
    io.print(out).await;
    0
}
