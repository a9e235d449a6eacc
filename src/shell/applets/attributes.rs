//! Programs that change what a file is said to be: its mode, its owner, its times.

use super::date;
use super::files::MAX_DEPTH;
use super::list::mode_text;
use super::opts::Opts;
use super::usage;
use crate::shell::calendar::busybox_date;
use crate::shell::fs::{Errno, normalize};
use crate::shell::imagined::Imagined;
use crate::shell::inode::{Content, Inode};
use crate::shell::io::Io;

pub async fn touch(io: Io) -> i32 {
    let opts = Opts::parse(&io, "camd:t:r:h", &[("no-create", 'c'), ("date", 'd'), ("reference", 'r')]);
    if opts.rest.is_empty() {
        return usage::show(&io).await;
    }
    let mut status = 0;
    let wanted = match wanted_time(&io, &opts) {
        Ok(time) => time,
        Err(complaint) => {
            io.complain(&complaint).await;
            return 1;
        }
    };
    for path in &opts.rest {
        match io.find(path, true) {
            Ok(found) if found.read_only => {
                io.complain(&format!("{path}: Read-only file system")).await;
                status = 1;
            }
            Ok(found) => {
                found.inode.set_mtime(wanted.unwrap_or(io.ctx.kernel.now_millis().0 as i64));
                io.ctx.kernel.changed();
            }
            Err(Errno::NotFound) if opts.has('c') => {}
            Err(_) => {
                if let Err(errno) = io.create(path, Inode::file(Vec::new(), 0o666 & !io.umask)) {
                    io.complain(&format!("{path}: {}", errno.text())).await;
                    status = 1;
                } else if let (Some(time), Ok(found)) = (wanted, io.find(path, true)) {
                    found.inode.set_mtime(time);
                }
            }
        }
    }
    status
}

/// The time that `-d`, `-t` or `-r` names, in milliseconds since the Pod was created.
fn wanted_time(io: &Io, opts: &Opts) -> Result<Option<i64>, String> {
    if let Some(text) = opts.get('d').or(opts.get('t')) {
        let kernel = &io.ctx.kernel;
        let (now, zone) = (kernel.date(kernel.now()) as i64, date::zone(io));
        let at = match opts.get('d') {
            Some(text) => date::point_in_time(io, text, &zone),
            None => busybox_date(text, now, &zone),
        };
        return at.map(|at| Some(kernel.file_time(at))).ok_or_else(|| format!("invalid date '{text}'"));
    }
    let Some(path) = opts.get('r') else { return Ok(None) };
    match io.find(path, true) {
        Ok(found) => Ok(Some(found.inode.mtime())),
        Err(errno) => Err(format!("{path}: {}", errno.text())),
    }
}

pub async fn readlink(io: Io) -> i32 {
    let opts = Opts::parse(&io, "fnemvsz", &[("canonicalize", 'f')]);
    let full = opts.has('f') || opts.has('e') || opts.has('m') || io.name() == "realpath";
    let mut status = 0;
    for path in &opts.rest {
        let text = if full {
            match io.find(path, true) {
                Ok(found) => Some(found.path),
                Err(Errno::NotFound) if !opts.has('e') && link_target(&io, path).is_some() => link_target(&io, path),
                // All but the last part has to exist.
                Err(Errno::NotFound) if !opts.has('e') => {
                    let parent = io
                        .ctx
                        .kernel
                        .fs
                        .borrow()
                        .parent(&io.cwd, path)
                        .ok()
                        .map(|(dir, name)| (dir.path, name.to_string()));
                    match parent {
                        Some((dir, name)) if io.name() != "realpath" || io.ctx.kernel.image.is_busybox() => {
                            Some(format!("{}/{name}", dir.trim_end_matches('/')))
                        }
                        _ if opts.has('m') => Some(normalize(&io.cwd, path)),
                        _ => None,
                    }
                }
                Err(_) => None,
            }
        } else {
            match io.find(path, false) {
                Ok(found) => match &*found.inode.0.content.borrow() {
                    Content::Link(target) => Some(target.clone()),
                    _ => None,
                },
                Err(_) => None,
            }
        };
        match text {
            Some(text) => {
                io.print(format!("{text}{}", if opts.has('n') { "" } else { "\n" })).await;
            }
            None => {
                if io.name() == "realpath" {
                    io.complain(&format!("{path}: No such file or directory")).await;
                }
                status = 1;
            }
        }
    }
    status
}

/// Where a dangling link points to; busybox takes a relative target from the current directory.
fn link_target(io: &Io, path: &str) -> Option<String> {
    let found = io.find(path, false).ok()?;
    match &*found.inode.0.content.borrow() {
        Content::Link(target) => Some(normalize(&io.cwd, target)),
        _ => None,
    }
}

/// The mode that `text`, octal or symbolic, makes of `old`. `umask` masks clauses that name nobody.
pub fn parse_mode(text: &str, old: u32, is_dir: bool, umask: u32) -> Option<u32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return u32::from_str_radix(text, 8).ok().filter(|m| *m <= 0o7777);
    }
    let mut mode = old;
    for clause in text.split(',') {
        let who_len = clause.find(['+', '-', '=']).filter(|i| clause[..*i].chars().all(|c| "ugoa".contains(c)))?;
        let who = &clause[..who_len];
        let mut mask = 0;
        for c in who.chars() {
            mask |= match c {
                'u' => 0o4700,
                'g' => 0o2070,
                'o' => 0o1007,
                _ => 0o7777,
            };
        }
        if who.is_empty() {
            mask = 0o7777 & !umask;
        }
        let mut rest = &clause[who_len..];
        while let Some(op) = rest.chars().next() {
            let end = rest[1..].find(['+', '-', '=']).map_or(rest.len(), |i| i + 1);
            let mut bits = 0;
            for c in rest[1..end].chars() {
                bits |= match c {
                    'r' => 0o444,
                    'w' => 0o222,
                    'x' => 0o111,
                    'X' if is_dir || old & 0o111 != 0 => 0o111,
                    'X' => 0,
                    's' => 0o6000,
                    't' => 0o1000,
                    'u' => (old >> 6 & 7) * 0o111,
                    'g' => (old >> 3 & 7) * 0o111,
                    'o' => (old & 7) * 0o111,
                    _ => return None,
                };
            }
            match op {
                '+' => mode |= bits & mask,
                '-' => mode &= !(bits & mask),
                _ => mode = (mode & !(mask & 0o777)) | (bits & mask),
            }
            rest = &rest[end..];
        }
    }
    Some(mode)
}

/// Every path of a tree, the top first.
pub fn walk(io: &Io, path: &str, depth: usize, out: &mut Vec<String>) {
    out.push(path.to_string());
    if depth < MAX_DEPTH
        && out.len() < 100_000
        && let Ok(found) = io.find(path, false)
    {
        for name in found.inode.names() {
            walk(io, &format!("{}/{name}", path.trim_end_matches('/')), depth + 1, out);
        }
    }
}

/// A path, and where asked for all that is below it.
fn tree(io: &Io, path: &str, recursive: bool) -> Vec<String> {
    let mut all = Vec::new();
    let what = if recursive { Imagined::Directory } else { Imagined::File };
    io.ctx.kernel.imagine(&io.cwd, path, what);
    if recursive {
        walk(io, path, 0, &mut all);
    } else {
        all.push(path.to_string());
    }
    all
}

pub async fn chmod(mut io: Io) -> i32 {
    // A mode such as `-x` looks like an option.
    if let Some(arg) = io.args.get_mut(1)
        && arg.starts_with('-')
        && arg[1..].starts_with(['r', 'w', 'x'])
    {
        *arg = format!("a{arg}");
    }
    let opts = Opts::parse(&io, "Rvcf", &[("recursive", 'R')]);
    let Some((text, paths)) = opts.rest.split_first().filter(|(_, p)| !p.is_empty()) else {
        return usage::show(&io).await;
    };
    let mut status = 0;
    for path in paths.iter().flat_map(|path| tree(&io, path, opts.has('R'))) {
        let problem = match io.find(&path, true) {
            Ok(found) => {
                let user = io.ctx.kernel.user;
                match parse_mode(text, found.inode.0.mode.get(), found.inode.is_dir(), io.umask) {
                    None => {
                        io.complain(&format!("invalid mode '{text}'")).await;
                        return 1;
                    }
                    Some(_) if found.read_only => Some(Errno::ReadOnly),
                    Some(_) if user.uid != 0 && user.uid != found.inode.0.uid.get() => Some(Errno::NotPermitted),
                    Some(mode) => {
                        let old = found.inode.0.mode.replace(mode);
                        io.ctx.kernel.changed();
                        if opts.has('v') || opts.has('c') && old != mode {
                            let letters = &mode_text(&found.inode)[1..];
                            io.print(format!("mode of '{path}' changed to {mode:04o} ({letters})\n")).await;
                        }
                        None
                    }
                }
            }
            Err(errno) => Some(errno),
        };
        if let Some(errno) = problem {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
        }
    }
    status
}

pub fn user_id(name: &str) -> Option<u32> {
    match name {
        "root" => Some(0),
        "daemon" => Some(1),
        "www-data" => Some(33),
        "nobody" | "nogroup" => Some(65534),
        "nginx" => Some(101),
        "redis" | "postgres" | "mysql" => Some(999),
        _ => name.parse().ok(),
    }
}

pub async fn chown(io: Io) -> i32 {
    let opts = Opts::parse(&io, "Rvcfh", &[("recursive", 'R')]);
    let Some((owner, paths)) = opts.rest.split_first().filter(|(_, p)| !p.is_empty()) else { return 1 };
    let (user, group) = match owner.split_once([':', '.']) {
        _ if io.name() == "chgrp" => ("", owner.as_str()),
        Some((user, group)) => (user, group),
        None => (owner.as_str(), ""),
    };
    for (name, what) in [(user, "user"), (group, "group")] {
        if !name.is_empty() && user_id(name).is_none() {
            let text = match owner.contains(':') && io.ctx.kernel.image.is_busybox() {
                true => format!("unknown user/group {owner}"),
                false => format!("unknown {what} {name}"),
            };
            io.complain(&text).await;
            return 1;
        }
    }
    // `user:` names the user's own group as well.
    let group = if owner.ends_with(':') { user } else { group };
    let mut status = 0;
    for path in paths.iter().flat_map(|path| tree(&io, path, opts.has('R'))) {
        let problem = match io.find(&path, !opts.has('h')) {
            Ok(found) if found.read_only => Some(Errno::ReadOnly),
            Ok(_) if io.ctx.kernel.user.uid != 0 => Some(Errno::NotPermitted),
            Ok(found) => {
                if let Some(id) = user_id(user) {
                    found.inode.0.uid.set(id);
                }
                if let Some(id) = user_id(group) {
                    found.inode.0.gid.set(id);
                }
                if opts.has('v') {
                    let (user, group) = (found.inode.0.uid.get(), found.inode.0.gid.get());
                    io.print(format!("changed ownership of '{path}' to {user}:{group}\n")).await;
                }
                io.ctx.kernel.changed();
                None
            }
            Err(errno) => Some(errno),
        };
        if let Some(errno) = problem {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
        }
    }
    status
}
