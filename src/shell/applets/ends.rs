//! The beginning and the end of files: `head` and `tail`.

use super::cat::cannot_open;
use super::opts::Opts;
use crate::shell::fs::MAX_FILE;
use crate::shell::io::Io;
use crate::shell::kernel::NEVER;

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
                if opts.has('F') {
                    // It is looked for again and again.
                    followed.push((path.clone(), 0));
                }
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
                    grown.extend(found.inode.end((size - *seen).min(MAX_FILE as u64) as usize));
                    *seen = size;
                }
            }
            (!grown.is_empty()).then_some(())
        });
        found.await;
        io.print(&grown).await;
    }
}

async fn header(io: &Io, opts: &Opts, files: usize, i: usize, path: &str) {
    if (files > 1 && !opts.has('q')) || opts.has('v') {
        let name = if path == "-" { "standard input" } else { path };
        io.print(format!("{}==> {name} <==\n", if i > 0 { "\n" } else { "" })).await;
    }
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
