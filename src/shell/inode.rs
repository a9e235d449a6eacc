//! What a path leads to: files, directories, links, devices, programs.
//!
//! Inodes are shared by reference. Sizes are capped; a run of zeros at the end of a file (`dd if=/dev/zero`) is kept as a number, not
//! as bytes.

use super::fs::Errno;
use super::output::Stream;
use super::pipe::Pipe;
use super::skeleton::Layer;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A special file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Null,
    Zero,
    Full,
    Random,
    /// `/proc/sys/kernel/random/uuid`: another one for each who opens it.
    Uuid,
    Tty,
    /// `/dev/stdin`, `/dev/fd/3`: the opener's own descriptor.
    Descriptor(u32),
    /// `/proc/1/fd/1`: what the container's first process writes to, which is the log.
    Log(Stream),
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
    Program(&'static str),
}

/// The entries of a directory. Those of an image are made when somebody asks for them: there are hundreds, and a script uses a few.
#[derive(Default)]
pub struct Entries {
    /// Made so far; `None` where an entry of the image was taken away.
    known: BTreeMap<Box<str>, Option<Inode>>,
    image: Option<Layer>,
}

impl Entries {
    fn get(&mut self, name: &str) -> Option<Inode> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let made = self.image.as_ref()?.make(name)?;
        self.known.insert(name.into(), Some(made.clone()));
        Some(made)
    }

    fn insert(&mut self, name: &str, inode: Inode) {
        self.known.insert(name.into(), Some(inode));
    }

    fn remove(&mut self, name: &str) -> Option<Inode> {
        let old = self.get(name)?;
        match self.image {
            Some(_) => self.known.insert(name.into(), None),
            None => self.known.remove(name),
        };
        Some(old)
    }

    pub fn names(&self) -> Vec<String> {
        let Some(image) = &self.image else { return self.known.keys().map(|name| name.to_string()).collect() };
        let mut names = image.names();
        for (name, entry) in &self.known {
            match entry {
                Some(_) => names.insert(name),
                None => names.remove(&**name),
            };
        }
        names.into_iter().map(str::to_string).collect()
    }

    fn take(&mut self) -> impl Iterator<Item = Inode> + use<> {
        std::mem::take(&mut self.known).into_values().flatten()
    }
}

/// A tree may be deeper than the stack: it is taken apart level by level.
impl Drop for Entries {
    fn drop(&mut self) {
        let mut gone: Vec<Inode> = self.take().collect();
        while let Some(inode) = gone.pop() {
            if let Ok(mut node) = Rc::try_unwrap(inode.0)
                && let Content::Dir(entries) = node.content.get_mut()
            {
                gone.extend(entries.take());
            }
        }
    }
}

pub struct Node {
    pub content: RefCell<Content>,
    /// Permission bits, without the type.
    pub mode: Cell<u32>,
    pub uid: Cell<u32>,
    pub gid: Cell<u32>,
    /// Last change, in milliseconds since the Pod was created; below zero where `touch` has said so.
    mtime: Cell<i64>,
}

#[derive(Clone)]
pub struct Inode(pub Rc<Node>);

impl Inode {
    /// When it was last changed, in milliseconds since the Pod was created.
    pub fn mtime(&self) -> i64 {
        self.0.mtime.get()
    }

    pub fn set_mtime(&self, at: i64) {
        self.0.mtime.set(at);
    }

    pub fn changed_at(&self, now: u64) {
        self.set_mtime(now as i64);
    }

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

    /// What lies in this directory under `name`.
    pub fn entry(&self, name: &str) -> Result<Inode, Errno> {
        match &mut *self.0.content.borrow_mut() {
            Content::Dir(entries) => entries.get(name).ok_or(Errno::NotFound),
            _ => Err(Errno::NotDir),
        }
    }

    pub fn child(&self, name: &str) -> Option<Inode> {
        match &mut *self.0.content.borrow_mut() {
            Content::Dir(entries) => entries.get(name),
            _ => None,
        }
    }

    /// A directory of an image.
    pub fn layer(layer: Layer, mode: u32) -> Inode {
        Inode::new(Content::Dir(Entries { known: BTreeMap::new(), image: Some(layer) }), mode)
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

    /// What it takes of a disk, in bytes. A link has room in its inode.
    pub fn bytes_on_disk(&self) -> u64 {
        if self.is_link() { 0 } else { on_disk(self.size()) }
    }

    /// What those of this tree that `counts` take of a disk, in bytes, and how many inodes were looked at; a file with several names counts
    /// once. Of an image only that is looked at which somebody has asked for.
    pub fn tree_on_disk(&self, counts: impl Fn(&Inode) -> bool) -> (u64, usize) {
        let (mut rest, mut seen, mut total) = (vec![self.clone()], BTreeSet::new(), 0);
        while let Some(inode) = rest.pop() {
            if !seen.insert(Rc::as_ptr(&inode.0)) {
                continue;
            }
            if counts(&inode) {
                total += inode.bytes_on_disk();
            }
            if let Content::Dir(entries) = &*inode.0.content.borrow() {
                rest.extend(entries.known.values().flatten().cloned());
            }
        }
        (total, seen.len())
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

    /// Bytes that this and all below it hold.
    pub fn held(&self) -> usize {
        let mut held = 0;
        let mut rest = vec![self.clone()];
        while let Some(inode) = rest.pop() {
            match &*inode.0.content.borrow() {
                Content::File { data, .. } => held += data.len(),
                Content::Dir(entries) => rest.extend(entries.known.values().flatten().cloned()),
                _ => {}
            }
        }
        held
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

    /// The last bytes of a file, no more than `limit`.
    pub fn end(&self, limit: usize) -> Vec<u8> {
        match &*self.0.content.borrow() {
            Content::File { data, zeros } => {
                let padding = (*zeros).min(limit as u64) as usize;
                let mut out = data[data.len().saturating_sub(limit - padding)..].to_vec();
                out.resize(out.len() + padding, 0);
                out
            }
            _ => self.bytes(limit),
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
/// The names in a path.
pub fn components(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches('/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.bytes().position(|b| b == b'/').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            rest = after;
            if name != "." {
                return Some(name);
            }
        }
    })
}

/// Puts a file at a path below `root`, with the directories that lead to it.
pub fn put_file(root: &Inode, path: &str, data: Vec<u8>, mode: u32) {
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    make_dirs(root, dir).insert(name, Inode::file(data, mode));
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

/// What so many bytes of a file take of a disk: whole pages.
pub fn on_disk(bytes: u64) -> u64 {
    bytes.div_ceil(4096).saturating_mul(4096)
}
