//! Programs that make, copy, move, remove and change files.

use super::attributes::parse_mode;
use super::opts::Opts;
use super::usage;
use crate::shell::fs::{Errno, Found, normalize};
use crate::shell::imagined::Imagined;
use crate::shell::inode::{Content, Inode};
use crate::shell::io::Io;
use crate::shell::pipe::Pipe;

impl Io {
    pub fn find(&self, path: &str, follow: bool) -> Result<Found, Errno> {
        crate::shell::procstat::refresh(&self.ctx, &self.cwd, path);
        self.ctx.kernel.look_at_files();
        self.ctx.kernel.fs.borrow().find(&self.cwd, path, follow)
    }

    /// [`Io::find`] for who only asks: there is what a program may have left of which nothing is known.
    pub(super) fn ask_for(&self, path: &str, follow: bool) -> Result<Found, Errno> {
        let kernel = &self.ctx.kernel;
        if kernel.may_hold(&normalize(&self.cwd, path)) {
            kernel.imagine(&self.cwd, path, Imagined::File);
        }
        self.find(path, follow)
    }

    pub(super) fn create(&self, path: &str, inode: Inode) -> Result<(), Errno> {
        let kernel = &self.ctx.kernel;
        let made = kernel.fs.borrow().create(&self.cwd, path, inode, kernel.user, kernel.now_millis().0);
        kernel.changed();
        made
    }

    pub(super) fn unlink(&self, path: &str, dir: bool) -> Result<(), Errno> {
        let kernel = &self.ctx.kernel;
        let gone = kernel.fs.borrow().unlink(&self.cwd, path, dir, kernel.user, kernel.now_millis().0);
        kernel.changed();
        gone
    }

    pub(super) fn is_dir(&self, path: &str) -> bool {
        self.find(path, true).is_ok_and(|f| f.inode.is_dir())
    }
}

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// What fits on the node's disk.
pub(super) const DISK: u64 = 80 << 30;

/// How deep a tree may be.
pub(super) const MAX_DEPTH: usize = 100;

pub(super) struct Copy {
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
        // Who copies directories copies links as links.
        links: ['a', 'd', 'P', 'r', 'R'].iter().any(|&o| opts.has(o)) && !opts.has('L'),
        force: opts.has('f'),
        no_clobber: opts.has('n'),
        verbose: opts.has('v'),
    };
    let Some(places) = sources_and_places(&io, &opts).await else { return 1 };
    let mut status = 0;
    for (source, to) in places {
        if is_imagined(&io, &source, how.recursive) {
            continue;
        }
        if let Err(text) = Box::pin(copy(&io, &source, &to, &how, 0)).await {
            io.complain(&text).await;
            status = 1;
        }
    }
    status
}

/// Looks after what is copied from an image that nobody knows; whether it is a pattern there, which stands for nothing.
fn is_imagined(io: &Io, source: &str, recursive: bool) -> bool {
    let kernel = &io.ctx.kernel;
    if let Some((dir, _)) = source.rsplit_once('/').filter(|(_, name)| name.contains('*')) {
        kernel.imagine(&io.cwd, dir, Imagined::Directory);
        return kernel.is_unknown(&io.cwd, dir);
    }
    let directory = recursive || source.ends_with(['/', '.']);
    kernel.imagine(&io.cwd, source, if directory { Imagined::Directory } else { Imagined::File });
    false
}

pub(super) async fn sources_and_target(io: &Io, opts: &Opts) -> Option<(Vec<String>, String)> {
    let mut rest = opts.rest.clone();
    if let Some(target) = opts.get('t') {
        return Some((rest, target.to_string()));
    }
    if rest.len() < 2 {
        usage::show(io).await;
        return None;
    }
    let target = rest.pop()?;
    let dir = target.strip_suffix('/').or_else(|| target.rsplit_once('/').map(|(dir, _)| dir));
    io.ctx.kernel.imagine(&io.cwd, dir.unwrap_or("."), Imagined::Directory);
    Some((rest, target))
}

/// What goes where: into a directory under its own name, or one thing to another name.
async fn sources_and_places(io: &Io, opts: &Opts) -> Option<Vec<(String, String)>> {
    let (sources, target) = sources_and_target(io, opts).await?;
    let into = io.is_dir(&target) && !opts.has('T');
    if sources.len() > 1 && !into {
        io.complain(&format!("target '{target}' is not a directory")).await;
        return None;
    }
    let place = |source: &str| match into {
        true => format!("{}/{}", target.trim_end_matches('/'), base(source)),
        false => target.clone(),
    };
    Some(sources.iter().map(|source| (source.clone(), place(source))).collect())
}

pub(super) async fn copy(io: &Io, from: &str, to: &str, how: &Copy, depth: usize) -> Result<(), String> {
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
    let held = source.inode.held();
    io.ctx.move_bytes(held).await;
    room_for(io, &source.inode, to, existing.as_ref()).map_err(|e| format!("write error: {}", e.text()))?;
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
        existing.inode.changed_at(io.ctx.kernel.now_millis().0);
        io.ctx.kernel.changed();
    } else {
        let mode = source.inode.0.mode.get();
        let mode = if how.preserve || source.inode.is_link() { mode } else { mode & !io.umask };
        let inode = Inode::new(made, mode);
        io.create(to, inode.clone()).map_err(|e| format!("can't create '{to}': {}", e.text()))?;
        if how.preserve {
            inode.set_mtime(source.inode.mtime());
        }
    }
    if how.verbose {
        io.print(format!("'{from}' -> '{to}'\n")).await;
    }
    Ok(())
}

/// Takes note of the bytes of a copy, if there is room for them.
fn room_for(io: &Io, source: &Inode, to: &str, existing: Option<&Found>) -> Result<(), Errno> {
    let fs = io.ctx.kernel.fs.borrow();
    let of_parent = || fs.parent(&io.cwd, to).map_or(0, |(dir, _)| dir.device);
    let device = existing.map_or_else(of_parent, |found| found.device);
    let freed = existing.map_or(0, |found| found.inode.bytes_on_disk());
    let more = if source.is_file() { source.bytes_on_disk().saturating_sub(freed) } else { 0 };
    if fs.take(device, more) < more {
        return Err(Errno::NoSpace);
    }
    fs.make_room(source.held())
}

pub async fn mv(io: Io) -> i32 {
    let opts = Opts::parse(&io, "finvTt:u", &[("force", 'f'), ("no-clobber", 'n'), ("verbose", 'v')]);
    let Some(places) = sources_and_places(&io, &opts).await else { return 1 };
    let mut status = 0;
    for (source, to) in places {
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
        match io.ask_for(path, false) {
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

pub(super) fn make_parents(io: &Io, path: &str, mode: u32) -> Result<(), Errno> {
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
                Err(errno) => {
                    io.complain(&format!("{source}: {}", errno.text())).await;
                    status = 1;
                    continue;
                }
                Ok(found) if found.inode.is_dir() => Err(Errno::NotPermitted),
                Ok(found) => {
                    let owner = (found.inode.0.uid.get(), found.inode.0.gid.get(), found.inode.mtime());
                    let made = io.create(&path, found.inode.clone());
                    found.inode.0.uid.set(owner.0);
                    found.inode.0.gid.set(owner.1);
                    found.inode.set_mtime(owner.2);
                    made
                }
            }
        };
        if let Err(errno) = result {
            io.complain(&format!("{path}: {}", errno.text())).await;
            status = 1;
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
