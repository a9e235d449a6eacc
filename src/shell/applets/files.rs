//! Programs that make, copy, move, remove and change files.

use super::opts::Opts;
use super::text::size;
use super::usage;
use crate::shell::fs::{Errno, Found, normalize};
use crate::shell::inode::{Content, Device, Inode};
use crate::shell::io::{Access, Io};
use crate::shell::pipe::{Object, Pipe};

impl Io {
    pub fn find(&self, path: &str, follow: bool) -> Result<Found, Errno> {
        self.ctx.kernel.look_at_files();
        self.ctx.kernel.fs.borrow().find(&self.cwd, path, follow)
    }

    fn create(&self, path: &str, inode: Inode) -> Result<(), Errno> {
        let kernel = &self.ctx.kernel;
        let made = kernel.fs.borrow().create(&self.cwd, path, inode, kernel.user, kernel.now_millis().0);
        kernel.changed();
        made
    }

    fn unlink(&self, path: &str, dir: bool) -> Result<(), Errno> {
        let kernel = &self.ctx.kernel;
        let gone = kernel.fs.borrow().unlink(&self.cwd, path, dir, kernel.user, kernel.now_millis().0);
        kernel.changed();
        gone
    }

    fn is_dir(&self, path: &str) -> bool {
        self.find(path, true).is_ok_and(|f| f.inode.is_dir())
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// What fits on the node's disk.
const DISK: u64 = 80 << 30;
/// How deep a tree may be.
const MAX_DEPTH: usize = 100;

struct Copy {
    recursive: bool,
    preserve: bool,
    links: bool,
    force: bool,
    no_clobber: bool,
    verbose: bool,
}

pub async fn cp(io: Io) -> i32 {
    let longs = [
        ("recursive", 'r'),
        ("archive", 'a'),
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("verbose", 'v'),
        ("parents", 'P'),
        ("target-directory", 't'),
    ];
    let opts = Opts::parse(&io, "arRdpfinvuLHPTlst:", &longs);
    let how = Copy {
        recursive: opts.has('r') || opts.has('R') || opts.has('a'),
        preserve: opts.has('p') || opts.has('a'),
        links: opts.has('a') || opts.has('d') || opts.has('P') || opts.has('r') && !opts.has('L'),
        force: opts.has('f'),
        no_clobber: opts.has('n'),
        verbose: opts.has('v'),
    };
    let Some((sources, target)) = sources_and_target(&io, &opts).await else { return 1 };
    let into = io.is_dir(&target) && !opts.has('T');
    if sources.len() > 1 && !into {
        io.complain(&format!("target '{target}' is not a directory")).await;
        return 1;
    }
    let mut status = 0;
    for source in sources {
        let to = if into { format!("{}/{}", target.trim_end_matches('/'), base(&source)) } else { target.clone() };
        if let Err(text) = Box::pin(copy(&io, &source, &to, &how, 0)).await {
            io.complain(&text).await;
            status = 1;
        }
    }
    status
}

async fn sources_and_target(io: &Io, opts: &Opts) -> Option<(Vec<String>, String)> {
    let mut rest = opts.rest.clone();
    if let Some(target) = opts.get('t') {
        return Some((rest, target.to_string()));
    }
    if rest.len() < 2 {
        io.print_error(format!(
            "BusyBox v1.35.0 multi-call binary.\n\nUsage: {} [OPTIONS] SOURCE... DEST\n",
            io.name()
        ))
        .await;
        return None;
    }
    let target = rest.pop()?;
    Some((rest, target))
}

async fn copy(io: &Io, from: &str, to: &str, how: &Copy, depth: usize) -> Result<(), String> {
    io.ctx.step().await;
    let source = io.find(from, !how.links).map_err(|e| format!("can't stat '{from}': {}", e.text()))?;
    if depth > MAX_DEPTH {
        return Err(format!("'{from}': File name too long"));
    }
    if source.inode.is_dir() {
        if !how.recursive {
            return Err(format!("omitting directory '{from}'"));
        }
        if !io.is_dir(to) {
            let made = Inode::dir(source.inode.0.mode.get());
            io.create(to, made).map_err(|e| format!("can't create directory '{to}': {}", e.text()))?;
        }
        for name in source.inode.names() {
            Box::pin(copy(io, &format!("{from}/{name}"), &format!("{to}/{name}"), how, depth + 1)).await?;
        }
        return Ok(());
    }
    let existing = io.find(to, true).ok();
    if existing.as_ref().is_some_and(|f| f.inode.same(&source.inode)) {
        return Err(format!("'{from}' and '{to}' are the same file"));
    }
    if existing.is_some() && how.no_clobber {
        return Ok(());
    }
    if !source.inode.allows(io.ctx.kernel.user, 4) {
        return Err(format!("can't open '{from}': Permission denied"));
    }
    let made = match &*source.inode.0.content.borrow() {
        Content::File { data, zeros } => Content::File { data: data.clone(), zeros: *zeros },
        Content::Program(name) => Content::Program(name),
        Content::Link(target) => Content::Link(target.clone()),
        Content::Device(_) | Content::Fifo(_) | Content::Dir(_) => Content::File { data: Vec::new(), zeros: 0 },
    };
    // Big files take their time: about a gigabyte a second.
    io.ctx.sleep(source.inode.size() / 1000).await;
    if let Some(existing) = existing.filter(|f| f.inode.is_file()) {
        if existing.read_only {
            return Err(format!("can't create '{to}': Read-only file system"));
        }
        if !existing.inode.allows(io.ctx.kernel.user, 2) && !how.force {
            return Err(format!("can't create '{to}': Permission denied"));
        }
        *existing.inode.0.content.borrow_mut() = made;
        existing.inode.0.mtime.set(io.ctx.kernel.now_millis().0);
        io.ctx.kernel.changed();
    } else {
        let mode = if how.preserve { source.inode.0.mode.get() } else { source.inode.0.mode.get() & !io.umask };
        let inode = Inode::new(made, mode);
        io.create(to, inode.clone()).map_err(|e| format!("can't create '{to}': {}", e.text()))?;
        if how.preserve {
            inode.0.mtime.set(source.inode.0.mtime.get());
        }
    }
    if how.verbose {
        io.print(format!("'{from}' -> '{to}'\n")).await;
    }
    Ok(())
}

pub async fn mv(io: Io) -> i32 {
    let opts = Opts::parse(&io, "finvTt:u", &[("force", 'f'), ("no-clobber", 'n'), ("verbose", 'v')]);
    let Some((sources, target)) = sources_and_target(&io, &opts).await else { return 1 };
    let into = io.is_dir(&target) && !opts.has('T');
    if sources.len() > 1 && !into {
        io.complain(&format!("target '{target}' is not a directory")).await;
        return 1;
    }
    let mut status = 0;
    for source in sources {
        let to = if into { format!("{}/{}", target.trim_end_matches('/'), base(&source)) } else { target.clone() };
        if opts.has('n') && io.find(&to, false).is_ok() {
            continue;
        }
        let kernel = io.ctx.kernel.clone();
        let moved =
            kernel.fs.borrow().rename(&io.cwd, source.trim_end_matches('/'), &to, kernel.user, kernel.now_millis().0);
        kernel.changed();
        let result = match moved {
            Ok(()) => Ok(()),
            Err(Errno::CrossDevice) => {
                let how = Copy {
                    recursive: true,
                    preserve: true,
                    links: true,
                    force: true,
                    no_clobber: false,
                    verbose: false,
                };
                match copy(&io, &source, &to, &how, 0).await {
                    Ok(()) => remove(&io, &source, Removal { recursive: true, verbose: false }, 0).await,
                    Err(text) => Err(text),
                }
            }
            Err(Errno::NotFound) if io.find(&source, false).is_ok() => {
                Err(format!("can't rename '{source}': No such file or directory"))
            }
            Err(errno) => Err(format!("can't rename '{source}': {}", errno.text())),
        };
        match result {
            Ok(()) if opts.has('v') => {
                io.print(format!("'{source}' -> '{to}'\n")).await;
            }
            Ok(()) => {}
            Err(text) => {
                io.complain(&text).await;
                status = 1;
            }
        }
    }
    status
}

pub async fn rm(io: Io) -> i32 {
    let opts = Opts::parse(&io, "rRfiv", &[("recursive", 'r'), ("force", 'f')]);
    let recursive = opts.has('r') || opts.has('R');
    if opts.rest.is_empty() && !opts.has('f') {
        return usage::show(&io).await;
    }
    let how = Removal { recursive, verbose: opts.has('v') };
    let mut status = 0;
    for path in &opts.rest {
        if matches!(base(path), "." | "..") {
            io.complain(&format!("can't remove '{path}': Invalid argument")).await;
            status = 1;
            continue;
        }
        match io.find(path, false) {
            Err(Errno::NotFound | Errno::NotDir) if opts.has('f') => {}
            Err(errno) => {
                io.complain(&format!("can't remove '{path}': {}", errno.text())).await;
                status = 1;
            }
            Ok(_) => {
                if let Err(text) = Box::pin(remove(&io, path, how, 0)).await {
                    io.complain(&text).await;
                    status = 1;
                }
            }
        }
    }
    status
}

#[derive(Clone, Copy)]
struct Removal {
    recursive: bool,
    verbose: bool,
}

/// Removes a tree; goes on after errors and reports the first.
async fn remove(io: &Io, path: &str, how: Removal, depth: usize) -> Result<(), String> {
    io.ctx.step().await;
    let found = io.find(path, false).map_err(|e| format!("can't remove '{path}': {}", e.text()))?;
    let failed = |e: Errno| format!("can't remove '{path}': {}", e.text());
    if !found.inode.is_dir() {
        io.unlink(path, false).map_err(failed)?;
        if how.verbose {
            io.print(format!("removed '{path}'\n")).await;
        }
        return Ok(());
    }
    if !how.recursive || depth > MAX_DEPTH {
        return Err(format!("'{path}' is a directory"));
    }
    let mut first = Ok(());
    for name in found.inode.names() {
        let gone = Box::pin(remove(io, &format!("{}/{name}", path.trim_end_matches('/')), how, depth + 1)).await;
        first = first.and(gone);
    }
    let gone = io.unlink(path, true).map_err(failed);
    if how.verbose && gone.is_ok() {
        io.print(format!("removed directory: '{path}'\n")).await;
    }
    first.and(gone)
}

pub async fn rmdir(io: Io) -> i32 {
    let opts = Opts::parse(&io, "p", &[("parents", 'p'), ("ignore-fail-on-non-empty", 'i')]);
    let mut status = 0;
    for path in &opts.rest {
        let mut path = path.trim_end_matches('/').to_string();
        loop {
            if let Err(errno) = io.unlink(&path, true) {
                if !opts.has('i') {
                    io.complain(&format!("'{path}': {}", errno.text())).await;
                    status = 1;
                }
                break;
            }
            match path.rsplit_once('/') {
                Some((parent, _)) if opts.has('p') && !parent.is_empty() => path = parent.to_string(),
                _ => break,
            }
        }
    }
    status
}

pub async fn mkdir(io: Io) -> i32 {
    let opts = Opts::parse(&io, "pm:v", &[("parents", 'p'), ("mode", 'm')]);
    let mode = opts.get('m').and_then(|m| parse_mode(m, 0o777, true, 0)).unwrap_or(0o777 & !io.umask);
    if opts.rest.is_empty() {
        return usage::show(&io).await;
    }
    let mut status = 0;
    for path in &opts.rest {
        let result = if opts.has('p') {
            make_parents(&io, path, mode)
        } else {
            io.create(path.trim_end_matches('/'), Inode::dir(mode))
        };
        match result {
            Ok(()) if opts.has('v') && !opts.has('p') => {
                io.print(format!("created directory: '{path}'\n")).await;
            }
            Ok(()) => {}
            Err(errno) => {
                io.complain(&format!("can't create directory '{path}': {}", errno.text())).await;
                status = 1;
            }
        }
    }
    status
}

fn make_parents(io: &Io, path: &str, mode: u32) -> Result<(), Errno> {
    let full = normalize(&io.cwd, path);
    let mut at = String::new();
    for name in full.split('/').filter(|n| !n.is_empty()) {
        at.push('/');
        at.push_str(name);
        match io.find(&at, true) {
            Ok(found) if found.inode.is_dir() => {}
            Ok(_) => return Err(if at == full { Errno::Exists } else { Errno::NotDir }),
            Err(Errno::NotFound) => io.create(&at, Inode::dir(if at == full { mode } else { 0o777 & !io.umask }))?,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

pub async fn mkfifo(io: Io) -> i32 {
    let opts = Opts::parse(&io, "m:", &[]);
    let mut status = 0;
    for path in &opts.rest {
        let pipe = Pipe::new(io.ctx.kernel.version.clone());
        if let Err(errno) = io.create(path, Inode::new(Content::Fifo(pipe), 0o666 & !io.umask)) {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
        }
    }
    status
}

pub async fn touch(io: Io) -> i32 {
    let opts = Opts::parse(&io, "camd:t:r:h", &[("no-create", 'c')]);
    if opts.rest.is_empty() {
        return usage::show(&io).await;
    }
    let mut status = 0;
    for path in &opts.rest {
        match io.find(path, true) {
            Ok(found) if found.read_only => {
                io.complain(&format!("{path}: Read-only file system")).await;
                status = 1;
            }
            Ok(found) => {
                found.inode.0.mtime.set(io.ctx.kernel.now_millis().0);
                io.ctx.kernel.changed();
            }
            Err(Errno::NotFound) if opts.has('c') => {}
            Err(_) => {
                if let Err(errno) = io.create(path, Inode::file(Vec::new(), 0o666 & !io.umask)) {
                    io.complain(&format!("{path}: {}", errno.text())).await;
                    status = 1;
                }
            }
        }
    }
    status
}

pub async fn ln(io: Io) -> i32 {
    let opts = Opts::parse(&io, "sfnvTbrt:", &[("symbolic", 's'), ("force", 'f'), ("no-dereference", 'n')]);
    let mut rest = opts.rest.clone();
    if rest.is_empty() {
        return 1;
    }
    let target = if rest.len() > 1 { rest.pop().unwrap_or_default() } else { base(&rest[0]).to_string() };
    let into = io.find(&target, !opts.has('n')).is_ok_and(|f| f.inode.is_dir());
    let mut status = 0;
    for source in rest {
        let path = if into { format!("{target}/{}", base(&source)) } else { target.clone() };
        if opts.has('f') && io.find(&path, false).is_ok() {
            let _ = io.unlink(&path, false);
        }
        let result = if opts.has('s') {
            io.create(&path, Inode::new(Content::Link(source.clone()), 0o777))
        } else {
            match io.find(&source, false) {
                Ok(found) if found.inode.is_dir() => Err(Errno::NotPermitted),
                Ok(found) => {
                    let owner = (found.inode.0.uid.get(), found.inode.0.gid.get(), found.inode.0.mtime.get());
                    let made = io.create(&path, found.inode.clone());
                    found.inode.0.uid.set(owner.0);
                    found.inode.0.gid.set(owner.1);
                    found.inode.0.mtime.set(owner.2);
                    made
                }
                Err(errno) => Err(errno),
            }
        };
        if let Err(errno) = result {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
        }
    }
    status
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
    for path in paths {
        let mut all = Vec::new();
        if opts.has('R') {
            walk(&io, path, 0, &mut all)
        } else {
            all.push(path.clone())
        }
        for path in all {
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
                            found.inode.0.mode.set(mode);
                            io.ctx.kernel.changed();
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
    }
    status
}

fn user_id(name: &str) -> Option<u32> {
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
            io.complain(&format!("unknown {what} {name}")).await;
            return 1;
        }
    }
    let mut status = 0;
    for path in paths {
        let mut all = Vec::new();
        if opts.has('R') {
            walk(&io, path, 0, &mut all)
        } else {
            all.push(path.clone())
        }
        for path in all {
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
    }
    status
}

pub async fn install(io: Io) -> i32 {
    let opts = Opts::parse(&io, "dDm:o:g:cpst:v", &[("directory", 'd'), ("mode", 'm')]);
    let mode = opts.get('m').and_then(|m| parse_mode(m, 0o755, true, 0)).unwrap_or(0o755);
    if opts.has('d') {
        for path in &opts.rest {
            if let Err(errno) = make_parents(&io, path, mode) {
                io.complain(&format!("can't create directory '{path}': {}", errno.text())).await;
                return 1;
            }
        }
        return 0;
    }
    let Some((sources, target)) = sources_and_target(&io, &opts).await else { return 1 };
    if opts.has('D')
        && let Some((dir, _)) = target.rsplit_once('/')
    {
        let _ = make_parents(&io, dir, 0o755);
    }
    let how = Copy { recursive: false, preserve: false, links: false, force: true, no_clobber: false, verbose: false };
    for source in sources {
        let to = if io.is_dir(&target) { format!("{target}/{}", base(&source)) } else { target.clone() };
        if let Err(text) = copy(&io, &source, &to, &how, 0).await {
            io.complain(&text).await;
            return 1;
        }
        if let Ok(found) = io.find(&to, true) {
            found.inode.0.mode.set(mode);
        }
    }
    0
}

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
            let new = if text.starts_with('+') { old + wanted } else { wanted };
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
            *zeros += bytes;
        }
        io.ctx.kernel.changed();
        if bytes == DISK {
            io.complain("error writing: No space left on device").await;
            return 1;
        }
        return report(&io, quiet, bytes, block).await;
    }
    let mut skipped = skip * block;
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
