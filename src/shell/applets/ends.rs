//! The beginning and the end of files: `head` and `tail`.

use super::cat::cannot_open;
use super::opts::Opts;
use crate::shell::fs::MAX_FILE;
use crate::shell::inode::Inode;
use crate::shell::io::Io;
use crate::shell::kernel::Us;

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
                    followed.push(Followed { path: path.clone(), inode: None, seen: 0 });
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
        let inode = io.find(path, true).ok().map(|found| found.inode);
        followed.push(Followed { path: path.clone(), inode, seen: all.len() as u64 });
    }
    if followed.is_empty() && io.ctx.kernel.image.is_busybox() {
        io.complain("no files").await;
    }
    if (opts.has('f') || opts.has('F')) && !followed.is_empty() {
        let every = opts.get('s').and_then(|s| s.parse::<f64>().ok()).map_or(1_000_000, |s| (s * 1e6) as u64);
        follow(&io, followed, opts.has('F'), every).await;
    }
    status
}

/// A file of which is printed what is added to it.
struct Followed {
    path: String,
    /// What it was when it was last looked at.
    inode: Option<Inode>,
    seen: u64,
}

impl Followed {
    /// What is followed: by its name whatever bears it now, else what was opened.
    fn present(&self, io: &Io, by_name: bool) -> Option<Inode> {
        match by_name {
            true => io.ctx.kernel.fs.borrow().find(&io.cwd, &self.path, true).ok().map(|found| found.inode),
            false => self.inode.clone(),
        }
    }

    fn has_changed(&self, present: Option<&Inode>) -> bool {
        match (&self.inode, present) {
            (Some(old), Some(new)) => !old.same(new) || new.size() != self.seen,
            (old, new) => old.is_some() || new.is_some(),
        }
    }

    /// What there is to say when another file bears the name now, or none.
    fn said(&self, present: Option<&Inode>, busybox: bool) -> Option<String> {
        let path = &self.path;
        let what = match (&self.inode, present) {
            (None, Some(_)) => "appeared",
            (Some(old), Some(new)) if !old.same(new) => "been replaced",
            (Some(_), None) if busybox => {
                return Some(format!("{path} has been renamed or deleted: No such file or directory"));
            }
            (Some(_), None) => return Some(format!("'{path}' has become inaccessible: No such file or directory")),
            _ => return None,
        };
        Some(match busybox {
            true => format!("{path} has {what}; following end of new file"),
            false => format!("'{path}' has {what};  following new file"),
        })
    }
}

/// Prints what is added to files, for ever. busybox looks every so many microseconds; others are told by the kernel.
async fn follow(io: &Io, mut files: Vec<Followed>, by_name: bool, every: Us) {
    if files.iter().all(|file| matches!(file.path.as_str(), "/dev/null" | "-")) {
        io.ctx.forever().await;
    }
    let begun = io.ctx.kernel.now();
    let busybox = io.ctx.kernel.image.is_busybox();
    loop {
        io.ctx.follow(|| files.iter().any(|file| file.has_changed(file.present(io, by_name).as_ref()))).await;
        if busybox && every > 0 {
            let into = (io.ctx.kernel.now() - begun) % every;
            io.ctx.sleep((every - into) % every).await;
        }
        for file in &mut files {
            let present = file.present(io, by_name);
            if let Some(said) = file.said(present.as_ref(), busybox) {
                io.print_error(format!("tail: {said}\n")).await;
                file.seen = 0;
            }
            file.inode = present;
            let Some(inode) = &file.inode else { continue };
            let size = inode.size();
            // One that has become shorter begins anew.
            let from = if size < file.seen { 0 } else { file.seen };
            io.print(inode.end((size - from).min(MAX_FILE as u64) as usize)).await;
            file.seen = size;
        }
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
