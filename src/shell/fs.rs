//! The files of a container: mounts over a tree of inodes, and the walk from a path to an inode.

use super::host::Mount;
use super::inode::{Content, Inode, User, components, make_dirs};
use super::volume::Volume;
use std::cell::Cell;

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
    Refused,
    TimedOut,
}

impl Errno {
    /// As Linux numbers it.
    pub fn number(self) -> u32 {
        match self {
            Errno::NotPermitted => 1,
            Errno::NotFound => 2,
            Errno::BadFd => 9,
            Errno::Denied => 13,
            Errno::Busy => 16,
            Errno::Exists => 17,
            Errno::CrossDevice => 18,
            Errno::NotDir => 20,
            Errno::IsDir => 21,
            Errno::Invalid => 22,
            Errno::TooLarge => 27,
            Errno::NoSpace => 28,
            Errno::ReadOnly => 30,
            Errno::BrokenPipe => 32,
            Errno::NameTooLong => 36,
            Errno::NotEmpty => 39,
            Errno::Loop => 40,
            Errno::TimedOut => 110,
            Errno::Refused => 111,
        }
    }

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
            Errno::Refused => "Connection refused",
            Errno::TimedOut => "Connection timed out",
        }
    }
}

/// Where a volume is in the tree.
pub struct MountPoint {
    /// Without links.
    pub path: String,
    /// What stands there: the volume's own root, or what `subPath` names.
    root: Inode,
    pub read_only: bool,
    pub volume: Volume,
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
    /// How often the container has changed files.
    changes: Cell<u64>,
    pub read_only_root: bool,
    /// The kernel's settings, `/proc/sys` and `/sys`, cannot be changed.
    pub read_only_kernel: bool,
    walked: Cell<usize>,
    /// Bytes that files hold: no less than there are, for what is taken away is noticed when it is counted.
    held: Cell<usize>,
}

/// A directory of a `PATH`.
pub struct PathDir {
    /// As it is written there.
    pub name: Box<str>,
    inode: Inode,
    /// Something is mounted in it, so that its entries are not all that is there.
    has_mounts: bool,
}

/// Longer paths are refused, as the kernel does.
pub const MAX_PATH: usize = 4096;
/// Longer names are.
const MAX_NAME: usize = 255;
/// More links on one way are taken for a circle.
pub const MAX_LINKS: u32 = 40;
/// A path of so many names is not worth counting.
const FREE_WALK: usize = 32;

/// Longer files are cut with "File too large".
pub const MAX_FILE: usize = 16 << 20;

/// All that a container sees may hold no more bytes than this; zeros at the end of a file are only counted.
const MAX_HELD: usize = 64 << 20;

impl Fs {
    pub fn new(root: Inode) -> Fs {
        Fs {
            root,
            mounts: Vec::new(),
            changes: Cell::default(),
            read_only_root: false,
            read_only_kernel: false,
            walked: Cell::new(0),
            held: Cell::new(0),
        }
    }

    pub fn mount(&mut self, mount: &Mount) {
        let root = match mount.sub_path.as_deref() {
            Some(path) if !path.is_empty() => mount.volume.sub(path),
            _ => mount.volume.root().clone(),
        };
        let path = self.mount_point(&mount.path, &root);
        self.held.set(self.held.get() + root.held());
        self.mounts.push(MountPoint { path, root, read_only: mount.read_only, volume: mount.volume.clone() });
    }

    /// The path without links at which something is mounted, made where it is not there.
    fn mount_point(&self, path: &str, root: &Inode) -> String {
        let path = normalize("/", path);
        // The runtime follows links, the last one too.
        match self.find("/", &path, true) {
            Ok(found) => found.path,
            Err(_) => {
                let (dir, name) = path.rsplit_once('/').unwrap_or(("", ""));
                let (parent, dir) = self.make_way(dir);
                let point = if root.is_dir() { Inode::dir(0o755) } else { Inode::file(Vec::new(), 0o644) };
                parent.insert(name, point);
                format!("{}/{name}", dir.trim_end_matches('/'))
            }
        }
    }

    /// Takes room on a device for bytes that a file takes of it in addition; answers for how many of them there is room.
    pub fn take(&self, device: usize, bytes: u64) -> u64 {
        let Some(mount) = device.checked_sub(1).and_then(|i| self.mounts.get(i)) else { return bytes };
        let (granted, looked) = mount.volume.take(bytes);
        self.walked.set(self.walked.get() + looked);
        granted
    }

    /// What the container has written outside of all volumes, in bytes on disk: its files but for programs, which are the image's. The
    /// image's other files count once they have been read, which is little.
    pub fn written(&self) -> u64 {
        self.root.tree_on_disk(|inode| matches!(*inode.0.content.borrow(), Content::File { .. })).0
    }

    /// How often the container has changed files, its own or a volume's.
    pub fn changes(&self) -> u64 {
        self.changes.get()
    }

    /// The directory at a path, made where it is not there, and the path to it without links.
    pub fn make_way(&self, path: &str) -> (Inode, String) {
        if path.is_empty() {
            return (self.root.clone(), String::new());
        }
        match self.find("/", path, true) {
            Ok(found) => (found.inode, found.path),
            Err(_) => {
                let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
                let (parent, dir) = self.make_way(dir);
                (make_dirs(&parent, name), format!("{dir}/{name}"))
            }
        }
    }

    /// Takes note of bytes that files are about to hold, if there is room for them.
    pub fn make_room(&self, bytes: usize) -> Result<(), Errno> {
        if self.held.get().saturating_add(bytes) > MAX_HELD {
            let roots = self.mounts.iter().map(|mount| &mount.root).chain([&self.root]);
            self.held.set(roots.map(Inode::held).sum());
        }
        let held = self.held.get().saturating_add(bytes);
        if held > MAX_HELD {
            return Err(Errno::NoSpace);
        }
        self.held.set(held);
        Ok(())
    }

    /// Takes note of a change, also for whoever shares a volume.
    pub fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.mounts.iter().for_each(|mount| mount.volume.changed());
    }

    /// Is different after anything that can be seen from here has changed, whoever did it.
    pub fn version(&self) -> u64 {
        self.mounts.iter().map(|mount| mount.volume.changes()).fold(self.changes.get(), u64::wrapping_add)
    }

    /// Whether `path` lies in a mounted volume.
    pub fn in_mount(&self, path: &str) -> bool {
        self.mount_of(path).is_some()
    }

    /// Whether `path` lies in a mounted volume of which nobody knows what is in it; `None`: in no volume.
    pub fn in_unknown(&self, path: &str) -> Option<bool> {
        self.mount_of(path).map(|mount| mount.volume.is_unknown())
    }

    /// Something was put into volumes that nobody knows.
    pub fn forget_mounts(&self) {
        self.mounts.iter().filter(|mount| !mount.read_only).for_each(|mount| mount.volume.set_unknown());
    }

    fn mount_of(&self, path: &str) -> Option<&MountPoint> {
        self.mounts.iter().filter(|mount| lies_in(path, &mount.path)).max_by_key(|mount| mount.path.len())
    }

    pub fn mounts(&self) -> &[MountPoint] {
        &self.mounts
    }

    /// Follows `path` from `cwd` to an inode.
    pub fn find(&self, cwd: &str, path: &str, follow: bool) -> Result<Found, Errno> {
        if path.is_empty() {
            return Err(Errno::NotFound);
        }
        let mut walk = Walk { fs: self, trail: Vec::new(), at: String::new(), links: 0 };
        if !path.starts_with('/') {
            walk.go(cwd, true)?;
        }
        // With a slash at its end a link is what it leads to.
        let result = walk.go(path, follow || path.ends_with('/'));
        self.walked.set(self.walked.get() + walk.trail.len().saturating_sub(FREE_WALK));
        result?;
        let inode = walk.here().clone();
        let mut at = walk.at;
        if path.ends_with('/') && !inode.is_dir() {
            return Err(Errno::NotDir);
        }
        if at.is_empty() {
            at.push('/');
        }
        let device = self.mounts.iter().rposition(|mount| lies_in(&at, &mount.path));
        let read_only = device.map_or_else(|| self.is_read_only(&at), |i| self.mounts[i].read_only);
        Ok(Found { inode, path: at, read_only, device: device.map_or(0, |i| i + 1) })
    }

    /// Whether what lies at a path outside of all volumes is read-only.
    fn is_read_only(&self, path: &str) -> bool {
        let mut names = components(path);
        match (names.next(), names.next()) {
            (Some("sys"), _) | (Some("proc"), Some("sys")) => self.read_only_kernel,
            (Some("dev" | "proc"), _) => false,
            _ => self.read_only_root,
        }
    }

    /// The directories of a `PATH` that are there.
    pub fn directories(&self, cwd: &str, path: &str) -> Vec<PathDir> {
        let mut walk = Walk { fs: self, trail: Vec::new(), at: String::new(), links: 0 };
        let found = path.split(':').filter_map(|dir| {
            walk.restart();
            if !dir.starts_with('/') {
                walk.go(cwd, true).ok()?;
            }
            walk.go(dir, true).ok().filter(|()| walk.here().is_dir())?;
            let inside = |m: &MountPoint| m.path.strip_prefix(&walk.at).is_some_and(|rest| rest.starts_with('/'));
            let name = if dir.is_empty() { "." } else { dir };
            Some(PathDir { name: name.into(), inode: walk.here().clone(), has_mounts: self.mounts.iter().any(inside) })
        });
        found.collect()
    }

    /// What bears `name` in a directory of a `PATH`.
    pub fn in_directory(&self, cwd: &str, dir: &PathDir, name: &str) -> Option<Inode> {
        let entry = dir.inode.child(name)?;
        if !dir.has_mounts && !entry.is_link() {
            return Some(entry);
        }
        Some(self.find(cwd, &format!("{}/{name}", dir.name), true).ok()?.inode)
    }

    /// Names that were walked along since the last call, those of ordinary paths aside: somebody has to pay for long ones.
    pub fn take_walked(&self) -> usize {
        self.walked.take()
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
        if name.len() > MAX_NAME {
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
        // What is made in a directory with this bit belongs to its group.
        let shared = dir.inode.0.mode.get() & 0o2000 != 0;
        inode.0.gid.set(if shared { dir.inode.0.gid.get() } else { user.gid });
        if shared && inode.is_dir() {
            inode.0.mode.set(inode.0.mode.get() | 0o2000);
        }
        inode.changed_at(now);
        dir.inode.insert(name, inode);
        dir.inode.changed_at(now);
        self.changed();
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
        parent.inode.changed_at(now);
        self.changed();
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
        let inside = lies_in(&to_dir.path, &source.path);
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
        from_dir.inode.changed_at(now);
        to_dir.inode.changed_at(now);
        self.changed();
        Ok(())
    }
}

/// A walk along a path.
struct Walk<'f> {
    fs: &'f Fs,
    /// What was come by, without the root.
    trail: Vec<Inode>,
    /// The way, without links.
    at: String,
    links: u32,
}

impl Walk<'_> {
    fn here(&self) -> &Inode {
        self.trail.last().unwrap_or(&self.fs.root)
    }

    fn restart(&mut self) {
        self.trail.clear();
        self.at.clear();
        self.links = 0;
    }

    /// Goes on along `path`; `follow` says what is done about a link at its end. Links in links nest as deep as links may follow each
    /// other.
    fn go(&mut self, path: &str, follow: bool) -> Result<(), Errno> {
        if path.len() >= MAX_PATH {
            return Err(Errno::NameTooLong);
        }
        if path.starts_with('/') {
            self.trail.clear();
            self.at.clear();
        }
        let mut names = components(path).peekable();
        while let Some(name) = names.next() {
            if name == ".." {
                self.trail.pop();
                self.at.truncate(self.at.rfind('/').unwrap_or(0));
                continue;
            }
            let child = self.here().entry(name)?;
            let before = self.at.len();
            self.at.push('/');
            self.at.push_str(name);
            let child = match self.fs.mounts.iter().rev().find(|m| m.path == self.at) {
                Some(mount) => mount.root.clone(),
                None => child,
            };
            let target = match &*child.0.content.borrow() {
                Content::Link(target) if follow || names.peek().is_some() => Some(target.clone()),
                _ => None,
            };
            match target {
                None => self.trail.push(child),
                Some(target) => {
                    self.links += 1;
                    if self.links > MAX_LINKS {
                        return Err(Errno::Loop);
                    }
                    self.at.truncate(before);
                    self.go(&target, true)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a path is that of a directory or leads into it; both are written out.
pub fn lies_in(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
