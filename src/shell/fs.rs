//! The files of a container: a tree of inodes, mounts over it, and the walk from a path to an inode.
//!
//! Inodes are shared by reference, so a [`Volume`] seen by two containers is one tree. Sizes are capped; a run of zeros at the end of
//! a file (`dd if=/dev/zero`) is kept as a number, not as bytes.

use super::pipe::Pipe;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

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

/// A special file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Null,
    Zero,
    Full,
    Random,
    Tty,
    /// `/dev/stdin`, `/dev/fd/3`: the opener's own descriptor.
    Descriptor(u32),
}

pub enum Content {
    /// Bytes, and how many zeros follow them.
    File {
        data: Vec<u8>,
        zeros: u64,
    },
    Dir(Entries),
    Link(String),
    Device(Device),
    Fifo(Rc<Pipe>),
    /// A program of the image; what it does is known by its name.
    Program(Rc<str>),
}

/// The entries of a directory. Those of an image are made when somebody asks for them: there are hundreds, and a script uses a few.
#[derive(Default)]
pub struct Entries {
    /// Made so far; `None` where an entry of the image was taken away.
    known: BTreeMap<String, Option<Inode>>,
    image: Option<Rc<dyn Source>>,
}

/// Where the entries of a directory come from.
pub trait Source {
    fn names(&self) -> Vec<String>;
    fn make(&self, name: &str) -> Option<Inode>;
}

impl Entries {
    fn get(&mut self, name: &str) -> Option<Inode> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let made = self.image.as_ref()?.make(name)?;
        self.known.insert(name.to_string(), Some(made.clone()));
        Some(made)
    }

    fn insert(&mut self, name: &str, inode: Inode) {
        self.known.insert(name.to_string(), Some(inode));
    }

    fn remove(&mut self, name: &str) -> Option<Inode> {
        let old = self.get(name)?;
        match self.image {
            Some(_) => self.known.insert(name.to_string(), None),
            None => self.known.remove(name),
        };
        Some(old)
    }

    fn names(&self) -> Vec<String> {
        let Some(image) = &self.image else { return self.known.keys().cloned().collect() };
        let mut names: BTreeSet<String> = image.names().into_iter().collect();
        for (name, entry) in &self.known {
            match entry {
                Some(_) => names.insert(name.clone()),
                None => names.remove(name),
            };
        }
        names.into_iter().collect()
    }
}

pub struct Node {
    pub content: RefCell<Content>,
    /// Permission bits, without the type.
    pub mode: Cell<u32>,
    pub uid: Cell<u32>,
    pub gid: Cell<u32>,
    /// Last change, in milliseconds of virtual time.
    pub mtime: Cell<u64>,
}

#[derive(Clone)]
pub struct Inode(pub Rc<Node>);

impl Inode {
    pub fn new(content: Content, mode: u32) -> Inode {
        Inode(Rc::new(Node {
            content: RefCell::new(content),
            mode: Cell::new(mode),
            uid: Cell::new(0),
            gid: Cell::new(0),
            mtime: Cell::new(0),
        }))
    }

    pub fn dir(mode: u32) -> Inode {
        Inode::new(Content::Dir(Entries::default()), mode)
    }

    pub fn file(data: Vec<u8>, mode: u32) -> Inode {
        Inode::new(Content::File { data, zeros: 0 }, mode)
    }

    pub fn is_dir(&self) -> bool {
        matches!(*self.0.content.borrow(), Content::Dir(_))
    }

    pub fn is_file(&self) -> bool {
        matches!(*self.0.content.borrow(), Content::File { .. } | Content::Program(_))
    }

    pub fn is_link(&self) -> bool {
        matches!(*self.0.content.borrow(), Content::Link(_))
    }

    pub fn same(&self, other: &Inode) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub fn child(&self, name: &str) -> Option<Inode> {
        match &mut *self.0.content.borrow_mut() {
            Content::Dir(entries) => entries.get(name),
            _ => None,
        }
    }

    /// Lets this directory, too, have what `image` has.
    pub fn fill_from(&self, image: Rc<dyn Source>) {
        if let Content::Dir(entries) = &mut *self.0.content.borrow_mut() {
            entries.image = Some(image);
        }
    }

    /// Puts `child` under `name`; false when this is not a directory.
    pub fn insert(&self, name: &str, child: Inode) -> bool {
        match &mut *self.0.content.borrow_mut() {
            Content::Dir(entries) => {
                entries.insert(name, child);
                true
            }
            _ => false,
        }
    }

    pub fn remove(&self, name: &str) -> Option<Inode> {
        match &mut *self.0.content.borrow_mut() {
            Content::Dir(entries) => entries.remove(name),
            _ => None,
        }
    }

    pub fn names(&self) -> Vec<String> {
        match &*self.0.content.borrow() {
            Content::Dir(entries) => entries.names(),
            _ => Vec::new(),
        }
    }

    pub fn size(&self) -> u64 {
        match &*self.0.content.borrow() {
            Content::File { data, zeros } => data.len() as u64 + zeros,
            Content::Dir(_) => 4096,
            Content::Link(target) => target.len() as u64,
            Content::Program(_) => 1_131_168,
            _ => 0,
        }
    }

    /// The bytes of a file, at most `limit` of them.
    pub fn bytes(&self, limit: usize) -> Vec<u8> {
        match &*self.0.content.borrow() {
            Content::File { data, zeros } => {
                let mut out = data[..data.len().min(limit)].to_vec();
                let more = (*zeros).min((limit - out.len()) as u64) as usize;
                out.resize(out.len() + more, 0);
                out
            }
            Content::Program(_) => b"\x7fELF\x02\x01\x01\0".to_vec(),
            _ => Vec::new(),
        }
    }

    /// The letter of `ls -l` and the bits of `st_mode`.
    pub fn kind(&self) -> (char, u32) {
        match &*self.0.content.borrow() {
            Content::File { .. } | Content::Program(_) => ('-', 0o100_000),
            Content::Dir(_) => ('d', 0o040_000),
            Content::Link(_) => ('l', 0o120_000),
            Content::Device(_) => ('c', 0o020_000),
            Content::Fifo(_) => ('p', 0o010_000),
        }
    }

    /// Whether `user` may do `want` (4 read, 2 write, 1 execute).
    pub fn allows(&self, user: User, want: u32) -> bool {
        let mode = self.0.mode.get();
        if user.uid == 0 {
            return want & 1 == 0 || self.is_dir() || mode & 0o111 != 0;
        }
        let shift = if user.uid == self.0.uid.get() {
            6
        } else if user.gid == self.0.gid.get() || user.fs_group == Some(self.0.gid.get()) {
            3
        } else {
            0
        };
        (mode >> shift) & want == want
    }
}

/// Whose rights count.
#[derive(Clone, Copy, Debug, Default)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
    pub fs_group: Option<u32>,
}

/// A file tree shared between containers; cloning it shares it.
#[derive(Clone)]
pub struct Volume {
    root: Inode,
}

impl Volume {
    /// An empty directory that everybody may write, as the kubelet makes an emptyDir.
    pub fn empty() -> Volume {
        Volume { root: Inode::dir(0o777) }
    }

    /// A tree with these files: relative path, content, permission bits.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>, u32)>) -> Volume {
        let volume = Volume::empty();
        for (path, data, mode) in files {
            let (dir, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let dir = make_dirs(&volume.root, dir);
            dir.insert(name, Inode::file(data, mode));
        }
        volume
    }

    /// The content of a file, at most `limit` bytes.
    pub fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let inode = self.find(path)?;
        inode.is_file().then(|| inode.bytes(limit))
    }

    /// Replaces or creates a file, as the kubelet does when a ConfigMap changes.
    pub fn write(&self, path: &str, data: Vec<u8>, mode: u32) {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        make_dirs(&self.root, dir).insert(name, Inode::file(data, mode));
    }

    /// The names at the top of the tree.
    pub fn names(&self) -> Vec<String> {
        self.root.names()
    }

    pub(super) fn root(&self) -> &Inode {
        &self.root
    }

    fn find(&self, path: &str) -> Option<Inode> {
        let mut inode = self.root.clone();
        for name in components(path) {
            inode = inode.child(name)?;
        }
        Some(inode)
    }

    /// The part of the tree that a `subPath` names; a directory is made when nothing is there.
    pub(super) fn sub(&self, path: &str) -> Inode {
        self.find(path).unwrap_or_else(|| make_dirs(&self.root, path))
    }
}

impl std::fmt::Debug for Volume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Volume").field(&self.names()).finish()
    }
}

fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|c| !c.is_empty() && *c != ".")
}

/// Makes the directories of `path` below `root` that do not exist.
pub fn make_dirs(root: &Inode, path: &str) -> Inode {
    let mut dir = root.clone();
    for name in components(path) {
        let next = dir.child(name).unwrap_or_else(|| {
            let made = Inode::dir(0o755);
            dir.insert(name, made.clone());
            made
        });
        dir = next;
    }
    dir
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
