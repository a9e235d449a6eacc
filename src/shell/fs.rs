//! The files of a container: mounts over a tree of inodes, and the walk from a path to an inode.

use super::inode::{Content, Inode, User, components, make_dirs};

/// What a system call can answer instead of success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errno {
    NotFound,
    Denied,
    Exists,
    NotDir,
    IsDir,
    ReadOnly,
    NotEmpty,
    Loop,
    Invalid,
    NoSpace,
    TooLarge,
    BrokenPipe,
    Busy,
    BadFd,
    NotPermitted,
    CrossDevice,
    NameTooLong,
}

impl Errno {
    /// The words of the C library.
    pub fn text(self) -> &'static str {
        match self {
            Errno::NotFound => "No such file or directory",
            Errno::Denied => "Permission denied",
            Errno::Exists => "File exists",
            Errno::NotDir => "Not a directory",
            Errno::IsDir => "Is a directory",
            Errno::ReadOnly => "Read-only file system",
            Errno::NotEmpty => "Directory not empty",
            Errno::Loop => "Too many levels of symbolic links",
            Errno::Invalid => "Invalid argument",
            Errno::NoSpace => "No space left on device",
            Errno::TooLarge => "File too large",
            Errno::BrokenPipe => "Broken pipe",
            Errno::Busy => "Device or resource busy",
            Errno::BadFd => "Bad file descriptor",
            Errno::NotPermitted => "Operation not permitted",
            Errno::CrossDevice => "Invalid cross-device link",
            Errno::NameTooLong => "File name too long",
        }
    }
}
struct MountPoint {
    path: String,
    root: Inode,
    read_only: bool,
}

/// An inode, the path without links that led to it, and whether its file system is read-only.
#[derive(Clone)]
pub struct Found {
    pub inode: Inode,
    pub path: String,
    pub read_only: bool,
    /// Which mount it lies in: 0 is the container's own.
    pub device: usize,
}

/// All files that a container sees.
pub struct Fs {
    pub root: Inode,
    mounts: Vec<MountPoint>,
    pub read_only_root: bool,
}

/// Longer files are cut with "File too large".
pub const MAX_FILE: usize = 16 << 20;

impl Fs {
    pub fn new(root: Inode) -> Fs {
        Fs { root, mounts: Vec::new(), read_only_root: false }
    }

    pub fn mount(&mut self, path: &str, root: Inode, read_only: bool) {
        let path = normalize("/", path);
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", ""));
        let parent = match self.find("/", dir, true) {
            Ok(found) => found.inode,
            Err(_) => make_dirs(&self.root, dir),
        };
        if parent.child(name).is_none() {
            let point = if root.is_dir() { Inode::dir(0o755) } else { Inode::file(Vec::new(), 0o644) };
            parent.insert(name, point);
        }
        self.mounts.push(MountPoint { path, root, read_only });
    }

    /// Whether `path` lies in a mounted volume.
    pub fn in_mount(&self, path: &str) -> bool {
        self.mounts
            .iter()
            .any(|m| path.strip_prefix(m.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    pub fn mount_paths(&self) -> impl Iterator<Item = &str> {
        self.mounts.iter().map(|m| m.path.as_str())
    }

    /// Follows `path` from `cwd` to an inode.
    pub fn find(&self, cwd: &str, path: &str, follow: bool) -> Result<Found, Errno> {
        if path.is_empty() {
            return Err(Errno::NotFound);
        }
        if path.len() > 4096 {
            return Err(Errno::NameTooLong);
        }
        let must_be_dir = path.ends_with('/') && path.len() > 1;
        let mut todo: Vec<String> = Vec::new();
        push_components(&mut todo, path);
        if !path.starts_with('/') {
            push_components(&mut todo, cwd);
        }
        let mut trail: Vec<(usize, Inode)> = Vec::new();
        let mut at = String::new();
        let mut links = 0;
        while let Some(name) = todo.pop() {
            if name == ".." {
                if let Some((len, _)) = trail.pop() {
                    at.truncate(len);
                }
                continue;
            }
            let dir = trail.last().map_or(&self.root, |(_, inode)| inode);
            if !dir.is_dir() {
                return Err(Errno::NotDir);
            }
            let mut child = dir.child(&name).ok_or(Errno::NotFound)?;
            let len = at.len();
            at.push('/');
            at.push_str(&name);
            if let Some(mount) = self.mounts.iter().rev().find(|m| m.path == at) {
                child = mount.root.clone();
            }
            let target = match &*child.0.content.borrow() {
                Content::Link(target) if follow || !todo.is_empty() => Some(target.clone()),
                _ => None,
            };
            if let Some(target) = target {
                links += 1;
                if links > 40 {
                    return Err(Errno::Loop);
                }
                at.truncate(len);
                if target.starts_with('/') {
                    trail.clear();
                    at.clear();
                }
                push_components(&mut todo, &target);
                continue;
            }
            trail.push((len, child));
        }
        let inode = trail.last().map_or(&self.root, |(_, inode)| inode).clone();
        if must_be_dir && !inode.is_dir() {
            return Err(Errno::NotDir);
        }
        if at.is_empty() {
            at.push('/');
        }
        let device = self.mounts.iter().rposition(|m| {
            at.strip_prefix(m.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let read_only = device.map_or(self.read_only_root, |i| self.mounts[i].read_only);
        Ok(Found { inode, path: at, read_only, device: device.map_or(0, |i| i + 1) })
    }

    /// The directory that holds `path`, and the last name of it.
    pub fn parent<'p>(&self, cwd: &str, path: &'p str) -> Result<(Found, &'p str), Errno> {
        let trimmed = path.trim_end_matches('/');
        let (dir, name) = match trimmed.rsplit_once('/') {
            Some(("", name)) => ("/", name),
            Some((dir, name)) => (dir, name),
            None => (".", trimmed),
        };
        if name.is_empty() || name == "." || name == ".." {
            return Err(Errno::Exists);
        }
        if name.len() > 255 {
            return Err(Errno::NameTooLong);
        }
        let found = self.find(cwd, dir, true)?;
        if !found.inode.is_dir() {
            return Err(Errno::NotDir);
        }
        Ok((found, name))
    }

    /// The directory that holds `path`, when `user` may change it.
    pub fn writable_parent<'p>(&self, cwd: &str, path: &'p str, user: User) -> Result<(Found, &'p str), Errno> {
        let (dir, name) = self.parent(cwd, path)?;
        if dir.read_only {
            return Err(Errno::ReadOnly);
        }
        if !dir.inode.allows(user, 2) {
            return Err(Errno::Denied);
        }
        Ok((dir, name))
    }

    /// Adds a new entry; the name must be free.
    pub fn create(&self, cwd: &str, path: &str, inode: Inode, user: User, now: u64) -> Result<(), Errno> {
        if self.find(cwd, path, false).is_ok() {
            return Err(Errno::Exists);
        }
        if path.ends_with('/') && !inode.is_dir() {
            return Err(Errno::IsDir);
        }
        let (dir, name) = self.writable_parent(cwd, path, user)?;
        inode.0.uid.set(user.uid);
        inode.0.gid.set(user.gid);
        inode.0.mtime.set(now);
        dir.inode.insert(name, inode);
        dir.inode.0.mtime.set(now);
        Ok(())
    }

    /// Takes an entry away. `dir` says whether it has to be a directory (an empty one) or must not be one.
    pub fn unlink(&self, cwd: &str, path: &str, dir: bool, user: User, now: u64) -> Result<(), Errno> {
        let found = self.find(cwd, path, false)?;
        let (parent, name) = self.writable_parent(cwd, path, user)?;
        match (&*found.inode.0.content.borrow(), dir) {
            (Content::Dir(entries), true) if !entries.names().is_empty() => return Err(Errno::NotEmpty),
            (Content::Dir(_), true) => {}
            (Content::Dir(_), false) => return Err(Errno::IsDir),
            (_, true) => return Err(Errno::NotDir),
            (_, false) => {}
        }
        if self.mounts.iter().any(|m| m.path == found.path) {
            return Err(Errno::Busy);
        }
        parent.inode.remove(name);
        parent.inode.0.mtime.set(now);
        Ok(())
    }

    /// Renames within one file system; replaces a file.
    pub fn rename(&self, cwd: &str, from: &str, to: &str, user: User, now: u64) -> Result<(), Errno> {
        let source = self.find(cwd, from, false)?;
        let (from_dir, from_name) = self.writable_parent(cwd, from, user)?;
        let (to_dir, to_name) = self.writable_parent(cwd, to, user)?;
        if from_dir.device != to_dir.device {
            return Err(Errno::CrossDevice);
        }
        if self.mounts.iter().any(|m| m.path == source.path) {
            return Err(Errno::Busy);
        }
        let inside = to_dir.path == source.path || to_dir.path.starts_with(&format!("{}/", source.path));
        if source.inode.is_dir() && inside {
            return Err(Errno::Invalid);
        }
        if let Some(old) = to_dir.inode.child(to_name) {
            if old.same(&source.inode) {
                return Ok(());
            }
            match (old.is_dir(), source.inode.is_dir()) {
                (true, true) if !old.names().is_empty() => return Err(Errno::NotEmpty),
                (true, false) => return Err(Errno::IsDir),
                (false, true) => return Err(Errno::NotDir),
                _ => {}
            }
        }
        from_dir.inode.remove(from_name);
        to_dir.inode.insert(to_name, source.inode);
        from_dir.inode.0.mtime.set(now);
        to_dir.inode.0.mtime.set(now);
        Ok(())
    }
}

fn push_components(todo: &mut Vec<String>, path: &str) {
    todo.extend(components(path).rev_collect());
}

/// Collects in reverse: the walk takes components from the end of a stack.
trait RevCollect<'a> {
    fn rev_collect(self) -> Vec<String>;
}

impl<'a, I: Iterator<Item = &'a str>> RevCollect<'a> for I {
    fn rev_collect(self) -> Vec<String> {
        let mut all: Vec<String> = self.map(str::to_string).collect();
        all.reverse();
        all
    }
}

/// `path` from `cwd`, without `.`, `..` and double slashes, links not looked at.
pub fn normalize(cwd: &str, path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let start = if path.starts_with('/') { "" } else { cwd };
    for name in components(start).chain(components(path)) {
        if name == ".." {
            out.pop();
        } else {
            out.push(name);
        }
    }
    format!("/{}", out.join("/"))
}
