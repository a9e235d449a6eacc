//! Programs that write files of a given size, and that compare them: dd, truncate, cmp, diff.

use super::ends::size;
use super::files::DISK;
use super::opts::Opts;
use crate::shell::inode::{Content, Device, Inode};
use crate::shell::io::{Access, Io};
use crate::shell::pipe::Object;

pub async fn mktemp(io: Io) -> i32 {
    let opts = Opts::parse(&io, "dp:tuq", &[("directory", 'd'), ("tmpdir", 'p')]);
    let dir =
        opts.get('p').map(str::to_string).or_else(|| io.var("TMPDIR").map(str::to_string)).unwrap_or("/tmp".into());
    let template = match opts.rest.first() {
        Some(name) if (opts.has('t') || opts.has('p')) && !name.contains('/') => format!("{dir}/{name}"),
        Some(name) => name.clone(),
        None => format!("{dir}/tmp.XXXXXX"),
    };
    let stem = template.trim_end_matches('X');
    let count = template.len() - stem.len();
    if count < 6 {
        io.complain("(null): Invalid argument").await;
        return 1;
    }
    const LETTERS: &[u8] = b"abcdefghijklmnopABCDEFGHIJKLMNOP";
    let path = loop {
        let suffix: String =
            (0..count).map(|_| LETTERS[(io.ctx.kernel.random() % LETTERS.len() as u64) as usize] as char).collect();
        let path = format!("{stem}{suffix}");
        if io.find(&path, false).is_err() {
            break path;
        }
    };
    let inode = if opts.has('d') { Inode::dir(0o700) } else { Inode::file(Vec::new(), 0o600) };
    if !opts.has('u')
        && let Err(errno) = io.create(&path, inode)
    {
        io.complain(&format!("{template}: {}", errno.text())).await;
        return 1;
    }
    io.print(format!("{path}\n")).await;
    0
}

pub async fn truncate(io: Io) -> i32 {
    let opts = Opts::parse(&io, "s:cl:no:", &[("size", 's'), ("length", 'l')]);
    let text = opts.get('s').or(opts.get('l')).unwrap_or("0");
    let Some(wanted) = size(text.trim_start_matches(['+', '-'])) else {
        io.complain(&format!("invalid number '{text}'")).await;
        return 1;
    };
    for path in &opts.rest {
        let fd = match io.open(path, Access::Append) {
            Ok(fd) => fd,
            Err(errno) => {
                io.complain(&format!("{path}: open: {}", errno.text())).await;
                return 1;
            }
        };
        if let Object::File { inode, .. } = &*fd {
            let old = inode.size();
            let new = if text.starts_with('+') { old.saturating_add(wanted) } else { wanted };
            if let Content::File { data, zeros } = &mut *inode.0.content.borrow_mut() {
                data.truncate(new.min(data.len() as u64) as usize);
                *zeros = new - data.len() as u64;
            }
            io.ctx.kernel.changed();
        }
    }
    0
}

pub async fn dd(io: Io) -> i32 {
    let arg = |name: &str| {
        io.args.iter().skip(1).filter_map(|a| a.split_once('=')).rfind(|(n, _)| *n == name).map(|(_, v)| v.to_string())
    };
    let block = arg("bs").or(arg("ibs")).and_then(|t| size(&t)).unwrap_or(512).max(1);
    let count = arg("count").and_then(|t| size(&t));
    let skip = arg("skip").and_then(|t| size(&t)).unwrap_or(0);
    let quiet = arg("status").is_some_and(|s| s == "none");
    let input = arg("if").unwrap_or("-".into());
    let mut source = match io.input(&input) {
        Ok(source) => source,
        Err(errno) => {
            io.complain(&format!("can't open '{input}': {}", errno.text())).await;
            return 1;
        }
    };
    let output = match arg("of") {
        Some(path) => match io.open(
            &path,
            if arg("conv").is_some_and(|c| c.contains("notrunc")) { Access::ReadWrite } else { Access::Write },
        ) {
            Ok(fd) => Some(fd),
            Err(errno) => {
                io.complain(&format!("can't open '{path}': {}", errno.text())).await;
                return 1;
            }
        },
        None => io.fds.get(1).cloned(),
    };
    let mut left = count.map(|c| c.saturating_mul(block));
    if let (Object::Device(Device::Zero), Some(Object::File { inode, .. })) = (&*source.fd, output.as_deref()) {
        // Zeros are only counted; the disk of the node is not endless.
        let bytes = left.unwrap_or(u64::MAX).min(DISK);
        io.ctx.sleep(bytes / 1000).await;
        if let Content::File { zeros, .. } = &mut *inode.0.content.borrow_mut() {
            *zeros = zeros.saturating_add(bytes);
        }
        io.ctx.kernel.changed();
        if bytes == DISK {
            io.complain("error writing: No space left on device").await;
            return 1;
        }
        return report(&io, quiet, bytes, block).await;
    }
    let mut skipped = skip.saturating_mul(block);
    let mut written: u64 = 0;
    while left != Some(0) {
        let mut piece = source.piece().await.unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        if skipped > 0 {
            let dropped = skipped.min(piece.len() as u64);
            piece.drain(..dropped as usize);
            skipped -= dropped;
        }
        if let Some(left) = &mut left {
            piece.truncate((*left).min(piece.len() as u64) as usize);
            *left -= piece.len() as u64;
        }
        written += piece.len() as u64;
        io.ctx.step().await;
        if let Some(fd) = &output
            && let Err(errno) = crate::shell::io::write(&io.ctx, fd, &piece).await
        {
            io.complain(&format!("error writing: {}", errno.text())).await;
            return 1;
        }
        // About a gigabyte a second.
        io.ctx.sleep(piece.len() as u64 / 1000).await;
    }
    report(&io, quiet, written, block).await
}

/// What `dd` says when it is done.
async fn report(io: &Io, quiet: bool, written: u64, block: u64) -> i32 {
    if !quiet {
        let (full, part) = (written / block, !written.is_multiple_of(block) as u64);
        let human = match written {
            n if n >= 1 << 30 => format!("{:.1}GB", n as f64 / (1u64 << 30) as f64),
            n if n >= 1 << 20 => format!("{:.1}MB", n as f64 / (1u64 << 20) as f64),
            n if n >= 1 << 10 => format!("{:.1}KB", n as f64 / 1024.0),
            n => format!("{n}B"),
        };
        io.print_error(format!("{full}+{part} records in\n{full}+{part} records out\n{written} bytes ({human}) copied, {:.6} seconds, 1.0GB/s\n", written as f64 / 1e9)).await;
    }
    0
}

/// `cmp` and `diff`: equal, different, or trouble.
pub async fn compare(io: Io) -> i32 {
    let opts = Opts::parse(&io, "sqlbBdiNprTtuwU:", &[]);
    let [a, b, ..] = opts.rest.as_slice() else { return 2 };
    let (left, right) = match (io.read_all(a).await, io.read_all(b).await) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(errno), _) => {
            io.complain(&format!(
                "{}'{a}': {}",
                if io.name() == "cmp" { "can't open " } else { "can't stat " },
                errno.text()
            ))
            .await;
            return 2;
        }
        (_, Err(errno)) => {
            io.complain(&format!(
                "{}'{b}': {}",
                if io.name() == "cmp" { "can't open " } else { "can't stat " },
                errno.text()
            ))
            .await;
            return 2;
        }
    };
    if left == right {
        return 0;
    }
    if io.name() == "cmp" {
        let at = left.iter().zip(&right).position(|(x, y)| x != y);
        if !opts.has('s') {
            match at {
                Some(at) => {
                    let line = left[..at].iter().filter(|c| **c == b'\n').count() + 1;
                    io.print(format!("{a} {b} differ: char {}, line {line}\n", at + 1)).await;
                }
                None => io.complain(&format!("EOF on {}", if left.len() < right.len() { a } else { b })).await,
            }
        }
    } else if opts.has('q') {
        io.print(format!("Files {a} and {b} differ\n")).await;
    } else {
        let text = unified(a, b, &String::from_utf8_lossy(&left), &String::from_utf8_lossy(&right));
        io.print(text).await;
    }
    1
}

/// One hunk that holds all differences, with three lines around them.
fn unified(a: &str, b: &str, left: &str, right: &str) -> String {
    let (x, y): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let head = x.iter().zip(&y).take_while(|(p, q)| p == q).count();
    let tail = x[head..].iter().rev().zip(y[head..].iter().rev()).take_while(|(p, q)| p == q).count();
    let from = head.saturating_sub(3);
    let after = tail.min(3);
    let (old, new) = (x.len() - tail + after - from, y.len() - tail + after - from);
    let range = |count: usize| {
        if count == 1 {
            format!("{}", from + 1)
        } else {
            format!("{},{count}", if count == 0 { from } else { from + 1 })
        }
    };
    let mut out = format!("--- {a}\n+++ {b}\n@@ -{} +{} @@\n", range(old), range(new));
    x[from..head].iter().for_each(|l| out.push_str(&format!(" {l}\n")));
    x[head..x.len() - tail].iter().for_each(|l| out.push_str(&format!("-{l}\n")));
    y[head..y.len() - tail].iter().for_each(|l| out.push_str(&format!("+{l}\n")));
    x[x.len() - tail..x.len() - tail + after].iter().for_each(|l| out.push_str(&format!(" {l}\n")));
    out
}
