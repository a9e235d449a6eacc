//! `tar` and `gzip`: what they do to files. Archives are kept in a form of our own; only we read them.

use super::attributes::walk;
use super::opts::Opts;
use crate::shell::fs::normalize;
use crate::shell::inode::{Content, Inode};
use crate::shell::io::Io;

const MARK: &[u8] = b"\x1f\x8bpodlapse";

pub async fn archive(io: Io) -> i32 {
    match io.name() {
        "tar" => tar(io).await,
        "unzip" => {
            io.ctx.kernel.assume("unzip", "it succeeds and writes nothing");
            0
        }
        _ => gzip(io).await,
    }
}

fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

async fn gzip(io: Io) -> i32 {
    let opts = Opts::parse(&io, "dcfktqnv123456789", &[]);
    let unpack = opts.has('d') || io.name() != "gzip";
    let to_stdout = opts.has('c') || io.name() == "zcat" || opts.rest.is_empty();
    let mut status = 0;
    for path in opts.files() {
        let bytes = match io.read_all(&path).await {
            Ok(bytes) => bytes,
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                status = 1;
                continue;
            }
        };
        let result = if !unpack {
            [MARK, bytes.as_slice()].concat()
        } else if is_packed(&bytes) {
            bytes[MARK.len()..].to_vec()
        } else {
            io.complain("invalid magic").await;
            status = 1;
            continue;
        };
        if to_stdout {
            io.print(&result).await;
            continue;
        }
        let target = if unpack {
            path.strip_suffix(".gz").or(path.strip_suffix(".tgz")).unwrap_or(&path).to_string()
        } else {
            format!("{path}.gz")
        };
        if io.write_file(&target, &result).await.is_err() {
            status = 1;
        } else if !opts.has('k') {
            let kernel = &io.ctx.kernel;
            let _ = kernel.fs.borrow().unlink(&io.cwd, &path, false, kernel.user, kernel.now_millis().0);
        }
    }
    status
}

async fn tar(mut io: Io) -> i32 {
    // The old style has no dash.
    if let Some(first) = io.args.get_mut(1)
        && !first.starts_with('-')
    {
        *first = format!("-{first}");
    }
    let opts = Opts::parse(
        &io,
        "cxtvzjJf:C:pmohkOT:X:",
        &[
            ("exclude", 'X'),
            ("strip-components", 'S'),
            ("strip", 'S'),
            ("directory", 'C'),
            ("file", 'f'),
            ("extract", 'x'),
            ("create", 'c'),
        ],
    );
    let path = opts.get('f').unwrap_or("-").to_string();
    let dir = normalize(&io.cwd, opts.get('C').unwrap_or("."));
    if io.find(&dir, true).is_err() {
        io.complain(&format!("can't change directory to '{dir}': No such file or directory")).await;
        return 1;
    }
    if opts.has('c') {
        return create(io, &opts, &path, &dir).await;
    }
    let bytes = match io.read_all(&path).await {
        Ok(bytes) => bytes,
        Err(errno) => {
            io.complain(&format!("can't open '{path}': {}", errno.text())).await;
            return 1;
        }
    };
    let bytes = if is_packed(&bytes) { &bytes[MARK.len()..] } else { &bytes };
    let Some(entries) = unpack(bytes) else {
        io.complain("invalid tar magic").await;
        return 1;
    };
    let kernel = io.ctx.kernel.clone();
    for (name, mode, is_dir, data) in entries {
        if opts.has('t') || opts.has('v') {
            io.print(format!("{name}{}\n", if is_dir { "/" } else { "" })).await;
        }
        if opts.has('t') {
            continue;
        }
        let strip = opts.get('S').and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        let kept: Vec<&str> = name.split('/').skip(strip).collect();
        if kept.is_empty() {
            continue;
        }
        let full = normalize(&dir, &kept.join("/"));
        let inode = if is_dir { Inode::dir(mode) } else { Inode::file(data.clone(), mode) };
        let mut at = String::new();
        for part in full.split('/').filter(|p| !p.is_empty()) {
            at = format!("{at}/{part}");
            if at != full && io.find(&at, true).is_err() {
                let _ = kernel.fs.borrow().create("/", &at, Inode::dir(0o755), kernel.user, kernel.now_millis().0);
            }
        }
        let made = kernel.fs.borrow().create("/", &full, inode, kernel.user, kernel.now_millis().0);
        if made.is_err() && !is_dir {
            let _ = io.write_file(&full, &data).await;
        }
        kernel.changed();
    }
    0
}

async fn create(io: Io, opts: &Opts, path: &str, dir: &str) -> i32 {
    let mut out = b"podlapse-tar\n".to_vec();
    let mut status = 0;
    for top in &opts.rest {
        let mut all = Vec::new();
        let full = if top.starts_with('/') { top.clone() } else { format!("{}/{top}", dir.trim_end_matches('/')) };
        if io.find(&full, false).is_err() {
            io.complain(&format!("{top}: No such file or directory")).await;
            status = 1;
            continue;
        }
        walk(&io, &full, 0, &mut all);
        for file in all {
            let Ok(found) = io.find(&file, false) else { continue };
            let name = format!("{top}{}", &file[full.len()..]);
            let name = name.trim_start_matches('/');
            if opts.has('v') {
                io.print_error(format!("{name}\n")).await;
            }
            io.ctx.move_bytes(found.inode.held()).await;
            let data = match &*found.inode.0.content.borrow() {
                Content::File { data, .. } => data.clone(),
                _ => Vec::new(),
            };
            let kind = if found.inode.is_dir() { 'd' } else { 'f' };
            out.extend(format!("{kind} {:o} {} {}\n{name}", found.inode.0.mode.get(), name.len(), data.len()).bytes());
            out.extend(data);
        }
    }
    if opts.has('z') {
        out = [MARK, out.as_slice()].concat();
    }
    let written = if path == "-" { io.print(&out).await } else { io.write_file(path, &out).await.is_ok() };
    if written { status } else { 1 }
}

type Entry = (String, u32, bool, Vec<u8>);

fn unpack(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut rest = bytes.strip_prefix(b"podlapse-tar\n")?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n')?;
        let header = std::str::from_utf8(&rest[..end]).ok()?;
        let mut fields = header.split(' ');
        let is_dir = fields.next()? == "d";
        let mode = u32::from_str_radix(fields.next()?, 8).ok()?;
        let name_length: usize = fields.next()?.parse().ok()?;
        let length: usize = fields.next()?.parse().ok()?;
        rest = &rest[end + 1..];
        let name = String::from_utf8_lossy(rest.get(..name_length)?).into_owned();
        let data = rest.get(name_length..name_length.checked_add(length)?)?.to_vec();
        rest = &rest[name_length + length..];
        entries.push((name, mode, is_dir, data));
    }
    Some(entries)
}
