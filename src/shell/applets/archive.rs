//! `tar` and `gzip`: what they do to files. Archives are kept in a form of our own; only we read them.

use super::attributes::walk;
use super::date::zone;
use super::list::mode_text;
use super::opts::Opts;
use crate::shell::calendar::strftime;
use crate::shell::fs::normalize;
use crate::shell::imagined::SUPPOSED;
use crate::shell::inode::{Content, Inode};
use crate::shell::io::Io;

const MARK: &[u8] = b"\x1f\x8bpodlapse";

pub async fn archive(io: Io) -> i32 {
    match io.name() {
        "tar" => tar(io).await,
        "unzip" => unpack_unknown(&io, &io.cwd),
        _ => gzip(io).await,
    }
}

/// Unpacks an archive that came from where nobody knows what there is.
fn unpack_unknown(io: &Io, dir: &str) -> i32 {
    io.ctx.kernel.assume(&format!("archive for {}", io.name()), "it holds what is looked for");
    io.ctx.kernel.forget(dir, &io.args);
    0
}

/// Whether bytes stand for what nobody knows: what a client has fetched, or [`Io::print_unknown`] has written.
fn is_unknown(bytes: &[u8]) -> bool {
    bytes.is_empty() || bytes.trim_ascii() == SUPPOSED.as_bytes()
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
        let named = path.ends_with(".gz") || path.ends_with(".tgz") || path.ends_with(".Z");
        if unpack && !to_stdout && !named && io.find(&path, true).is_ok() {
            io.complain(&format!("{path}: unknown suffix - ignored")).await;
            status = 1;
            continue;
        }
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
        if is_unknown(bytes) {
            return unpack_unknown(&io, &dir);
        }
        // A header takes a block.
        io.complain(if bytes.len() < 512 { "short read" } else { "invalid tar magic" }).await;
        return 1;
    };
    let kernel = io.ctx.kernel.clone();
    for entry in entries {
        if opts.has('t') && opts.has('v') {
            io.print(entry.in_full(&io)).await;
        } else if opts.has('t') || opts.has('v') {
            io.print(entry.listed()).await;
        }
        if opts.has('t') {
            continue;
        }
        let Entry { name, data, .. } = &entry;
        let strip = opts.get('S').and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        let kept: Vec<&str> = name.split('/').skip(strip).collect();
        if kept.is_empty() {
            continue;
        }
        let full = normalize(&dir, &kept.join("/"));
        let inode = entry.inode();
        let mut at = String::new();
        for part in full.split('/').filter(|p| !p.is_empty()) {
            at = format!("{at}/{part}");
            if at != full && io.find(&at, true).is_err() {
                let _ = kernel.fs.borrow().create("/", &at, Inode::dir(0o755), kernel.user, kernel.now_millis().0);
            }
        }
        let made = kernel.fs.borrow().create("/", &full, inode.clone(), kernel.user, kernel.now_millis().0);
        inode.set_mtime(entry.mtime);
        if made.is_err() && entry.kind == 'f' {
            let _ = io.write_file(&full, data).await;
        }
        kernel.changed();
    }
    0
}

async fn create(io: Io, opts: &Opts, path: &str, dir: &str) -> i32 {
    let mut out = b"podlapse-tar\n".to_vec();
    let mut status = 0;
    let busybox = io.ctx.kernel.image.is_busybox();
    if opts.rest.iter().any(|top| top.starts_with('/')) {
        let (verb, quote) = if busybox { ("removing", '\'') } else { ("Removing", '`') };
        io.complain(&format!("{verb} leading {quote}/' from member names")).await;
    }
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
            let entry = Entry::of(name.trim_start_matches('/'), &found.inode);
            // The list gives way to an archive on standard output.
            if opts.has('v') && path == "-" {
                io.print_error(entry.listed()).await;
            } else if opts.has('v') {
                io.print(entry.listed()).await;
            }
            io.ctx.move_bytes(entry.data.len()).await;
            entry.write(&mut out);
        }
    }
    if status != 0 && busybox {
        io.complain("error exit delayed from previous errors").await;
    }
    if opts.has('z') {
        out = [MARK, out.as_slice()].concat();
    }
    let written = if path == "-" { io.print(&out).await } else { io.write_file(path, &out).await.is_ok() };
    if written { status } else { 1 }
}

/// A file in an archive.
struct Entry {
    name: String,
    /// `d`, `l` or `f`.
    kind: char,
    mode: u32,
    mtime: i64,
    /// What is in it; of a link, where it leads.
    data: Vec<u8>,
}

impl Entry {
    fn of(name: &str, inode: &Inode) -> Entry {
        let (kind, data) = match &*inode.0.content.borrow() {
            Content::File { data, .. } => ('f', data.clone()),
            Content::Link(target) => ('l', target.clone().into_bytes()),
            Content::Dir(_) => ('d', Vec::new()),
            _ => ('f', Vec::new()),
        };
        Entry { name: name.into(), kind, mode: inode.0.mode.get(), mtime: inode.mtime(), data }
    }

    fn inode(&self) -> Inode {
        match self.kind {
            'd' => Inode::dir(self.mode),
            'l' => Inode::new(Content::Link(String::from_utf8_lossy(&self.data).into_owned()), self.mode),
            _ => Inode::file(self.data.clone(), self.mode),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let Entry { name, kind, mode, mtime, data } = self;
        out.extend(format!("{kind} {mode:o} {mtime} {} {}\n{name}", name.len(), data.len()).bytes());
        out.extend(data);
    }

    /// As a list has it.
    fn listed(&self) -> String {
        format!("{}{}\n", self.name, if self.kind == 'd' { "/" } else { "" })
    }

    /// As `tar -tv` has it.
    fn in_full(&self, io: &Io) -> String {
        let size = if self.kind == 'f' { self.data.len() } else { 0 };
        let at = strftime("%Y-%m-%d %H:%M:%S", io.ctx.kernel.file_date(self.mtime), &zone(io), None);
        let target = match self.kind {
            'l' => format!(" -> {}", String::from_utf8_lossy(&self.data)),
            _ => String::new(),
        };
        let listed = self.listed();
        format!("{} root/root {size:>9} {at} {}{target}\n", mode_text(&self.inode()), listed.trim_end_matches('\n'))
    }
}

fn unpack(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut rest = bytes.strip_prefix(b"podlapse-tar\n")?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n')?;
        let header = std::str::from_utf8(&rest[..end]).ok()?;
        let mut fields = header.split(' ');
        let kind = fields.next()?.chars().next()?;
        let mode = u32::from_str_radix(fields.next()?, 8).ok()?;
        let mtime = fields.next()?.parse().ok()?;
        let name_length: usize = fields.next()?.parse().ok()?;
        let length: usize = fields.next()?.parse().ok()?;
        rest = &rest[end + 1..];
        let name = String::from_utf8_lossy(rest.get(..name_length)?).into_owned();
        let data = rest.get(name_length..name_length.checked_add(length)?)?.to_vec();
        rest = &rest[name_length + length..];
        entries.push(Entry { name, kind, mode, mtime, data });
    }
    Some(entries)
}
