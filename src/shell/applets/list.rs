//! Programs that show what files there are.

use super::date::zone;
use super::opts::Opts;
use super::system::user_name;
use crate::order::Order;
use crate::shell::calendar::strftime;
use crate::shell::fs::{Errno, MountPoint};
use crate::shell::inode::{Content, Inode};
use crate::shell::io::Io;

/// `stat` has no number for whom it does not know.
fn known_user(io: &Io, id: u32) -> String {
    user_name(io, id).unwrap_or("UNKNOWN").to_string()
}

fn user(io: &Io, id: u32) -> String {
    user_name(io, id).map_or(id.to_string(), str::to_string)
}

/// `drwxr-xr-x`.
pub fn mode_text(inode: &Inode) -> String {
    let mode = inode.0.mode.get();
    let mut text = String::from(inode.kind().0);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift & 7;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// `1.5K`, as `-h` shows sizes.
pub fn human(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["", "K", "M", "G", "T"] {
        if value < 1024.0 {
            return if unit.is_empty() { format!("{bytes}") } else { format!("{value:.1}{unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1}P")
}

pub fn link_count(inode: &Inode) -> usize {
    if !inode.is_dir() {
        return 1;
    }
    let is_dir = |name: &String| inode.child(name).is_some_and(|c| c.is_dir());
    2 + inode.names().iter().filter(|name| is_dir(name)).count()
}

struct Entry {
    name: String,
    inode: Inode,
}

pub async fn ls(io: Io) -> i32 {
    let opts = Opts::parse(
        &io,
        "1AaCxdeLHRFplinshrSXvctukwgoqT:",
        &[("all", 'a'), ("almost-all", 'A'), ("recursive", 'R'), ("color", 'Z'), ("full-time", 'e')],
    );
    let paths = if opts.rest.is_empty() { vec![".".to_string()] } else { opts.rest.clone() };
    let (mut files, mut dirs) = (Vec::new(), Vec::new());
    let mut status = 0;
    for path in &paths {
        match io.ask_for(path, !opts.has('l') && !opts.has('d')) {
            Ok(found) => {
                let entry = Entry { name: path.clone(), inode: found.inode };
                if entry.inode.is_dir() && !opts.has('d') { dirs.push(entry) } else { files.push(entry) }
            }
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                // What was asked for by name is worse to GNU than what was met on the way.
                status = if io.ctx.kernel.image.is_busybox() { 1 } else { 2 };
            }
        }
    }
    let mut shown = !files.is_empty();
    sort(&mut files, &opts);
    sort(&mut dirs, &opts);
    print_entries(&io, &opts, &files, false).await;
    let headers = paths.len() > 1 || opts.has('R');
    dirs.reverse();
    while let Some(dir) = dirs.pop() {
        if headers {
            io.print(format!("{}{}:\n", if shown { "\n" } else { "" }, dir.name)).await;
        }
        shown = true;
        if !dir.inode.allows(io.ctx.kernel.user, 4) {
            io.complain(&format!("can't open '{}': Permission denied", dir.name)).await;
            status = 1;
            continue;
        }
        let mut entries = Vec::new();
        if opts.has('a') {
            entries.push(Entry { name: ".".into(), inode: dir.inode.clone() });
            entries.push(Entry {
                name: "..".into(),
                inode: io.find(&format!("{}/..", dir.name), true).map_or(dir.inode.clone(), |f| f.inode),
            });
        }
        for name in dir.inode.names() {
            if name.starts_with('.') && !opts.has('a') && !opts.has('A') {
                continue;
            }
            // A mount may hide what the directory itself holds.
            let path = format!("{}/{name}", dir.name.trim_end_matches('/'));
            if let Ok(found) = io.find(&path, false) {
                entries.push(Entry { name, inode: found.inode });
            }
        }
        sort(&mut entries, &opts);
        print_entries(&io, &opts, &entries, true).await;
        if opts.has('R') && dir.name.matches('/').count() < 100 {
            let below = entries.into_iter().filter(|e| e.inode.is_dir() && e.name != "." && e.name != "..");
            let mut below: Vec<Entry> = below
                .map(|e| Entry { name: format!("{}/{}", dir.name.trim_end_matches('/'), e.name), inode: e.inode })
                .collect();
            below.reverse();
            dirs.extend(below);
        }
        io.ctx.step().await;
    }
    status
}

fn sort(entries: &mut [Entry], opts: &Opts) {
    entries.order_by(|a, b| a.name.cmp(&b.name));
    if opts.has('t') {
        entries.order_by_key(|e| std::cmp::Reverse(e.inode.mtime()));
    }
    if opts.has('S') {
        entries.order_by_key(|e| std::cmp::Reverse(e.inode.size()));
    }
    if opts.has('r') {
        entries.reverse();
    }
}

async fn print_entries(io: &Io, opts: &Opts, entries: &[Entry], total: bool) {
    let mut out = String::new();
    let long = opts.has('l') || opts.has('n');
    if (long || opts.has('s')) && total {
        out.push_str(&format!("total {}\n", entries.iter().map(|e| kib(&e.inode)).sum::<u64>()));
    }
    for entry in entries {
        let inode = &entry.inode;
        let mark = match (inode.kind().0, opts.has('F') || opts.has('p')) {
            ('d', true) => "/",
            ('l', true) if opts.has('F') => "@",
            ('-', true) if opts.has('F') && inode.0.mode.get() & 0o111 != 0 => "*",
            _ => "",
        };
        if opts.has('s') {
            out.push_str(&format!("{:6} ", kib(inode)));
        }
        if !long {
            out.push_str(&format!("{}{mark}\n", entry.name));
            continue;
        }
        let (owner, group) = (inode.0.uid.get(), inode.0.gid.get());
        let (owner, group) =
            if opts.has('n') { (owner.to_string(), group.to_string()) } else { (user(io, owner), user(io, group)) };
        let size = if opts.has('h') { human(inode.size()) } else { inode.size().to_string() };
        let time = time_text(io, opts, inode);
        let target = match &*inode.0.content.borrow() {
            Content::Link(target) => format!(" -> {target}"),
            _ => String::new(),
        };
        out.push_str(&format!(
            "{} {:4} {owner:<8} {group:<8} {size:>9} {time} {}{mark}{target}\n",
            mode_text(inode),
            link_count(inode),
            entry.name
        ));
    }
    io.print(out).await;
}

/// When a file was changed, as `ls -l` has it: the year in place of the hour when that is long ago.
fn time_text(io: &Io, opts: &Opts, inode: &Inode) -> String {
    const HALF_A_YEAR: i64 = 365 * 86_400 / 2;
    let kernel = &io.ctx.kernel;
    let (at, age) = (kernel.file_date(inode.mtime()), (kernel.now_millis().0 as i64 - inode.mtime()) / 1_000);
    let format = match (opts.has('e'), kernel.image.is_busybox()) {
        (true, true) => "%Y-%m-%d %H:%M:%S %z",
        (true, false) => "%Y-%m-%d %H:%M:%S.000000000 %z",
        _ if age < HALF_A_YEAR && age > -15 * 60 => "%b %e %H:%M",
        _ => "%b %e  %Y",
    };
    strftime(format, at, &zone(io), None)
}

pub async fn stat(io: Io) -> i32 {
    let opts = Opts::parse(&io, "c:Lft", &[("format", 'c'), ("printf", 'c'), ("dereference", 'L')]);
    let mut status = 0;
    for path in &opts.rest {
        let found = match io.ask_for(path, opts.has('L')) {
            Ok(found) => found,
            Err(errno) => {
                io.complain(&format!("can't stat '{path}': {}", errno.text())).await;
                status = 1;
                continue;
            }
        };
        let inode = &found.inode;
        let seconds = io.ctx.kernel.file_date(inode.mtime());
        let kind = match inode.kind().0 {
            'd' => "directory",
            'l' => "symbolic link",
            'c' => "character special file",
            'p' => "fifo",
            _ if inode.size() == 0 => "regular empty file",
            _ => "regular file",
        };
        let stamp = strftime("%Y-%m-%d %H:%M:%S.000000000 %z", seconds, &zone(&io), None);
        let mode = inode.0.mode.get();
        let (uid, gid) = (inode.0.uid.get(), inode.0.gid.get());
        let Some(format) = opts.get('c') else {
            let name = match &*inode.0.content.borrow() {
                Content::Link(target) => format!("'{path}' -> '{target}'"),
                _ => path.clone(),
            };
            io.print(format!(
                "  File: {name}\n  Size: {}\tBlocks: {:<10} IO Block: 4096   {kind}\nDevice: 33h/51d\tInode: 1           Links: {}\nAccess: ({mode:04o}/{})  Uid: ({uid:5}/{:>8})   Gid: ({gid:5}/{:>8})\nAccess: {stamp}\nModify: {stamp}\nChange: {stamp}\n",
                inode.size(), 2 * kib(inode), link_count(inode), mode_text(inode), user(&io, uid), user(&io, gid),
            ))
            .await;
            continue;
        };
        let mut out = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('a') => out.push_str(&format!("{mode:o}")),
                Some('A') => out.push_str(&mode_text(inode)),
                Some('f') => out.push_str(&format!("{:x}", inode.kind().1 | mode)),
                Some('F') => out.push_str(kind),
                Some('s') => out.push_str(&inode.size().to_string()),
                Some('b') => out.push_str(&inode.size().div_ceil(512).to_string()),
                Some('n') => out.push_str(path),
                Some('N') => out.push_str(&format!("'{path}'")),
                Some('u') => out.push_str(&uid.to_string()),
                Some('U') => out.push_str(&known_user(&io, uid)),
                Some('g') => out.push_str(&gid.to_string()),
                Some('G') => out.push_str(&known_user(&io, gid)),
                Some('h') => out.push_str(&link_count(inode).to_string()),
                Some('X' | 'Y' | 'Z') => out.push_str(&seconds.to_string()),
                Some('x' | 'y' | 'z') => out.push_str(&stamp),
                Some('i') => out.push('1'),
                Some('%') => out.push('%'),
                Some(other) => out.push_str(&format!("%{other}")),
                None => out.push('%'),
            }
        }
        io.print(out + "\n").await;
    }
    status
}

/// Kibibytes that something takes on disk.
fn kib(inode: &Inode) -> u64 {
    inode.bytes_on_disk() / 1024
}

/// Kibibytes that a tree takes on disk.
fn disk_use(io: &Io, path: &str, depth: usize, report: &mut dyn FnMut(&str, u64, bool, usize)) -> u64 {
    let Ok(found) = io.find(path, false) else { return 0 };
    let mut total = kib(&found.inode);
    if depth < 100 {
        for name in found.inode.names() {
            total += disk_use(io, &format!("{}/{name}", path.trim_end_matches('/')), depth + 1, report);
        }
    }
    report(path, total, found.inode.is_dir(), depth);
    total
}

pub async fn du(io: Io) -> i32 {
    let opts = Opts::parse(&io, "ashkmcd:xHLlb", &[("summarize", 's'), ("human-readable", 'h'), ("max-depth", 'd')]);
    let limit = if opts.has('s') { 0 } else { opts.get('d').and_then(|d| d.parse().ok()).unwrap_or(usize::MAX) };
    let paths = if opts.rest.is_empty() { vec![".".to_string()] } else { opts.rest.clone() };
    let mut status = 0;
    for path in &paths {
        if let Err(errno) = io.find(path, false) {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
            continue;
        }
        let mut rows = Vec::new();
        disk_use(&io, path, 0, &mut |path, size, dir, depth| {
            if depth <= limit && (dir || opts.has('a') || depth == 0) {
                rows.push((path.to_string(), size));
            }
        });
        for (path, size) in rows {
            let size = if opts.has('h') {
                human(size * 1024)
            } else if opts.has('m') {
                size.div_ceil(1024).to_string()
            } else {
                size.to_string()
            };
            io.print(format!("{size}\t{path}\n")).await;
        }
    }
    status
}

pub async fn df(io: Io) -> i32 {
    let opts = Opts::parse(&io, "hkmPTiat:B:", &[("human-readable", 'h')]);
    let show = |kib: u64| if opts.has('h') { human(kib * 1024) } else { kib.to_string() };
    let (total, used) = (104_857_600u64, 20_971_520u64);
    let title = if opts.has('h') {
        "Filesystem                Size      Used Available Use% Mounted on\n"
    } else {
        "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
    };
    io.print(title).await;
    let of_mount = |mount: &MountPoint| {
        let medium = mount.volume.medium();
        let (total, used) = medium.memory().map_or((total, used), |size| (size, mount.volume.used().0 / 1024));
        (medium.mounted(mount.read_only).0, mount.path.clone(), total, used)
    };
    let mut rows = vec![("overlay", "/".to_string(), total, used)];
    rows.extend(io.ctx.kernel.fs.borrow().mounts().iter().map(of_mount));
    for (device, path, total, used) in rows {
        if !opts.rest.is_empty() && !opts.rest.contains(&path) {
            continue;
        }
        let (free, share) = (total.saturating_sub(used), (used * 100).div_ceil(total.max(1)));
        let [total, used, free] = [total, used, free].map(show);
        io.print(format!("{device:<20} {total:>9} {used:>9} {free:>9} {share:>3}% {path}\n")).await;
    }
    0
}

pub async fn mount(io: Io) -> i32 {
    if io.name() == "mountpoint" {
        let Some(path) = io.args.iter().skip(1).rfind(|a| !a.starts_with('-')) else { return 1 };
        let full = crate::shell::fs::normalize(&io.cwd, path);
        let is_mount = full == "/" || io.ctx.kernel.fs.borrow().mounts().iter().any(|mount| mount.path == full);
        if !io.args.iter().any(|a| a == "-q") {
            io.print(format!("{path} is {}a mountpoint\n", if is_mount { "" } else { "not " })).await;
        }
        return !is_mount as i32;
    }
    if io.args.len() > 1 {
        if io.ctx.kernel.config.security.privileged && io.ctx.kernel.user.uid == 0 {
            io.ctx.kernel.assume(&format!("program {}", io.name()), "changes nothing and exits 0");
            return 0;
        }
        match io.name() {
            "umount" => {
                let path = &io.args[io.args.len() - 1];
                io.complain(&format!("can't unmount {path}: {}", Errno::NotPermitted.text())).await;
            }
            _ => io.complain("permission denied (are you root?)").await,
        }
        return 1;
    }
    let mut text = String::from("overlay on / type overlay (rw,relatime)\n");
    for mount in io.ctx.kernel.fs.borrow().mounts() {
        let (device, kind, options) = mount.volume.medium().mounted(mount.read_only);
        text.push_str(&format!("{device} on {} type {kind} ({options})\n", mount.path));
    }
    io.print(text).await;
    0
}
