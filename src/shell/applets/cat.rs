//! Programs that pass on what they read.

use super::opts::Opts;
use crate::shell::fs::Errno;
use crate::shell::inode::Device;
use crate::shell::io::{Access, Io};
use crate::shell::pipe::Object;

/// Complains that a file cannot be opened.
pub async fn cannot_open(io: &Io, path: &str, errno: Errno) {
    match errno {
        Errno::IsDir if io.ctx.kernel.image.is_busybox() => io.complain("read error: Is a directory").await,
        _ => io.complain(&format!("can't open '{path}': {}", errno.text())).await,
    }
}

pub async fn cat(io: Io) -> i32 {
    let opts = Opts::parse(&io, "nbeEtTvAus", &[]);
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
        let has = |letters: &str| letters.chars().any(|letter| opts.has(letter));
        let (ends, tabs, others) = (has("eEA"), has("tTA"), has("vetA"));
        if numbered || ends || tabs || others {
            while let Ok(Some(line)) = input.line().await {
                let whole = line.ends_with(b"\n");
                let end = if ends && whole { "$" } else { "" };
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                let line = visible(line, tabs, others);
                let text = if numbered && !(opts.has('b') && line.is_empty()) {
                    number += 1;
                    format!("{number:6}\t{line}{end}")
                } else {
                    format!("{line}{end}")
                };
                io.print(text + if whole { "\n" } else { "" }).await;
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

/// A line with its tabs, and whatever else does not print, as `^I` and `M-x`.
fn visible(line: &[u8], tabs: bool, others: bool) -> String {
    if !tabs && !others {
        return String::from_utf8_lossy(line).into_owned();
    }
    let mut out = String::new();
    for byte in line {
        match byte {
            b'\t' if !tabs => out.push('\t'),
            b'\t' => out.push_str("^I"),
            _ if !others => out.push(*byte as char),
            _ => {
                let low = byte & 0x7f;
                out.push_str(if *byte > 0x7f { "M-" } else { "" });
                if low < 0x20 || low == 0x7f {
                    out.push('^');
                }
                out.push(if low < 0x20 || low == 0x7f { (low ^ 0x40) as char } else { low as char });
            }
        }
    }
    out
}

/// Copying an endless device to `/dev/null` goes on for ever and shows nothing.
fn endless_to_nowhere(io: &Io, from: &crate::shell::pipe::Fd) -> bool {
    matches!(&**from, Object::Device(Device::Zero | Device::Random | Device::Full))
        && matches!(io.fds.get(1).map(|fd| &**fd), Some(Object::Device(Device::Null)) | None)
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
