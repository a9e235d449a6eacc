//! Programs that make files of a given name or size: mktemp, dd, truncate.

use super::ends::size;
use super::files::DISK;
use super::opts::Opts;
use crate::shell::fs::Errno;
use crate::shell::inode::{Content, Device, Inode, on_disk};
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
        // busybox has lost the name by then.
        let name = if io.ctx.kernel.image.is_busybox() { "(null)" } else { &template };
        io.complain(&format!("{name}: {}", errno.text())).await;
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
    let to = arg("of").unwrap_or("standard output".into());
    let cannot_write = |errno: Errno| format!("error writing '{to}': {}", errno.text());
    let mut left = count.map(|c| c.saturating_mul(block));
    if let (Object::Device(Device::Zero), Some(Object::File { inode, device, .. })) = (&*source.fd, output.as_deref()) {
        // Zeros are only counted; the disk of the node is not endless, and less so a volume in memory.
        let wanted = left.unwrap_or(u64::MAX);
        let bytes = wanted.min(io.ctx.kernel.fs.borrow().take(*device, on_disk(wanted.min(DISK))));
        io.ctx.sleep(bytes / 1000).await;
        if let Content::File { zeros, .. } = &mut *inode.0.content.borrow_mut() {
            *zeros = zeros.saturating_add(bytes);
        }
        io.ctx.kernel.changed();
        if bytes < wanted {
            io.complain(&cannot_write(Errno::NoSpace)).await;
            let read = bytes.div_ceil(block).saturating_add(1).saturating_mul(block);
            report(&io, quiet, read, bytes, block).await;
            return 1;
        }
        return report(&io, quiet, bytes, bytes, block).await;
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
            io.complain(&cannot_write(errno)).await;
            return 1;
        }
        // About a gigabyte a second.
        io.ctx.sleep(piece.len() as u64 / 1000).await;
    }
    report(&io, quiet, written, written, block).await
}

/// What `dd` says when it is done: what it has read, of which the last may not have been written.
async fn report(io: &Io, quiet: bool, read: u64, written: u64, block: u64) -> i32 {
    if !quiet {
        let records = |bytes: u64| format!("{}+{}", bytes / block, u64::from(!bytes.is_multiple_of(block)));
        let (ins, outs) = (records(read), records(written));
        let human = match written {
            n if n >= 1 << 30 => format!("{:.1}GB", n as f64 / (1u64 << 30) as f64),
            n if n >= 1 << 20 => format!("{:.1}MB", n as f64 / (1u64 << 20) as f64),
            n if n >= 1 << 10 => format!("{:.1}KB", n as f64 / 1024.0),
            n => format!("{n}B"),
        };
        io.print_error(format!(
            "{ins} records in\n{outs} records out\n{written} bytes ({human}) copied, {:.6} seconds, 1.0GB/s\n",
            written as f64 / 1e9
        ))
        .await;
    }
    0
}
