//! File trees that containers share.

use super::calendar::{Zone, strftime};
use super::fs::MAX_LINKS;
use super::imagined::SUPPOSED;
use super::inode::{Content, Inode, components, make_dirs, on_disk, put_file};
use super::kernel::EPOCH;
use super::procfs::MEMORY;
use crate::time::Millis;
use std::cell::Cell;
use std::rc::Rc;

/// A file tree shared between containers; cloning it shares it.
#[derive(Clone)]
pub struct Volume {
    root: Inode,
    /// Counts changes, so that a container that waits for one need not look.
    version: Rc<Cell<u64>>,
    /// Nobody knows what is in it: it holds what somebody goes by.
    unknown: Rc<Cell<bool>>,
    medium: Medium,
    /// What its files take where that is limited, in bytes on disk: no less than they do, for what is taken away is noticed when it is counted.
    taken: Rc<Cell<u64>>,
}

/// Where a volume lies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// On the node's disk.
    Disk,
    /// Its files may take so many bytes; `None`: as many as the node has.
    Memory(Option<u64>),
}

impl Medium {
    /// The size of what lies in memory, in KiB.
    pub fn memory(self) -> Option<u64> {
        match self {
            Medium::Disk => None,
            Medium::Memory(size) => Some(size.map_or(MEMORY[0], |size| size / 1024)),
        }
    }

    /// What is mounted, the kind of its file system, and the options of the mount.
    pub fn mounted(self, read_only: bool) -> (&'static str, &'static str, String) {
        let access = if read_only { "ro" } else { "rw" };
        match self.memory() {
            Some(size) => ("tmpfs", "tmpfs", format!("{access},relatime,size={size}k")),
            None => ("/dev/sda1", "ext4", format!("{access},relatime")),
        }
    }
}

impl Volume {
    /// An empty directory that everybody may write, as the kubelet makes an emptyDir.
    pub fn empty() -> Volume {
        Volume::of(Inode::dir(0o777), false)
    }

    fn of(root: Inode, unknown: bool) -> Volume {
        let unknown = Rc::new(Cell::new(unknown));
        Volume { root, version: Rc::default(), unknown, medium: Medium::Disk, taken: Rc::default() }
    }

    /// An empty directory in memory, of so many bytes where they are limited: who writes more is told that there is no space left.
    pub fn in_memory(size: Option<u64>) -> Volume {
        Volume { medium: Medium::Memory(size.map(on_disk)), ..Volume::empty() }
    }

    /// A file of the node, of which nobody knows what is in it.
    pub fn file() -> Volume {
        Volume::of(Inode::file(SUPPOSED.into(), 0o644), true)
    }

    /// A tree with these files: relative path, content, permission bits.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>, u32)>) -> Volume {
        let volume = Volume::empty();
        for (path, data, mode) in files {
            put_file(&volume.root, &path, data, mode);
        }
        volume
    }

    /// The files of an object, as the kubelet puts them (`AtomicWriter`): in a directory named after the moment, to which `..data` leads;
    /// what is at the top of the volume are links that go by `..data`, so that all files change at once. `chance` ends the directory's name.
    pub fn from_payload(files: Vec<(String, Vec<u8>, u32)>, at: Millis, in_memory: bool, chance: u32) -> Volume {
        let medium = if in_memory { Medium::Memory(None) } else { Medium::Disk };
        let volume = Volume { medium, ..Volume::of(Inode::dir(if in_memory { 0o1777 } else { 0o777 }), false) };
        let seconds = (EPOCH + at.whole_secs()) as i64;
        let stamp = strftime("..%Y_%m_%d_%H_%M_%S.", seconds, &Zone::utc(), None) + &chance.to_string();
        let link = |target: String| Inode::new(Content::Link(target), 0o777);
        let dir = make_dirs(&volume.root, &stamp);
        for (path, data, mode) in files {
            if let Some(top) = components(&path).next() {
                volume.root.insert(top, link(format!("..data/{top}")));
            }
            put_file(&dir, &path, data, mode);
        }
        volume.root.insert("..data", link(stamp));
        volume
    }

    /// The content of a file, at most `limit` bytes.
    pub fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let inode = self.find(path)?;
        inode.is_file().then(|| inode.bytes(limit))
    }

    /// Replaces or creates a file, as the kubelet does when a ConfigMap changes.
    pub fn write(&self, path: &str, data: Vec<u8>, mode: u32) {
        put_file(&self.root, path, data, mode);
        self.changed();
    }

    /// Gives everything in it to a group, as the kubelet does for a Pod's `fsGroup` (`SetVolumeOwnership`).
    pub fn give_to(&self, gid: u32, read_only: bool) {
        let mut rest = vec![self.root.clone()];
        while let Some(inode) = rest.pop() {
            let bits = if read_only { 0o440 } else { 0o660 } | if inode.is_dir() { 0o2110 } else { 0 };
            inode.0.gid.set(gid);
            inode.0.mode.set(inode.0.mode.get() | bits);
            rest.extend(inode.names().iter().filter_map(|name| inode.child(name)));
        }
    }

    /// The names at the top of the tree.
    pub fn names(&self) -> Vec<String> {
        self.root.names()
    }

    /// From now on nobody knows what is in it: something was put there of which nothing is known.
    pub fn set_unknown(&self) {
        self.unknown.set(true);
    }

    /// Whether nobody knows what is in it.
    pub fn is_unknown(&self) -> bool {
        self.unknown.get()
    }

    /// How often something in it has changed.
    pub fn changes(&self) -> u64 {
        self.version.get()
    }

    /// What it takes of a disk, in bytes; a file with several names counts once.
    pub fn bytes_on_disk(&self) -> u64 {
        self.root.tree_on_disk(|_| true).0
    }

    /// Takes note of bytes on disk that files are about to take. Answers for how many of them there is room, and how many files had to be
    /// looked at to know.
    pub(super) fn take(&self, bytes: u64) -> (u64, usize) {
        let Medium::Memory(Some(size)) = self.medium else { return (bytes, 0) };
        let mut looked = 0;
        if self.taken.get().saturating_add(bytes) > size {
            let (used, files) = self.used();
            self.taken.set(used);
            looked = files;
        }
        let granted = bytes.min(size.saturating_sub(self.taken.get()));
        self.taken.set(self.taken.get() + granted);
        (granted, looked)
    }

    /// What its files take, in bytes on disk, and how many there are.
    pub(super) fn used(&self) -> (u64, usize) {
        self.root.tree_on_disk(Inode::is_file)
    }

    pub(super) fn medium(&self) -> Medium {
        self.medium
    }

    /// Takes note of a change in it.
    pub(super) fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }

    pub(super) fn root(&self) -> &Inode {
        &self.root
    }

    /// What is at a path, links followed: none may lead out of the volume.
    fn find(&self, path: &str) -> Option<Inode> {
        let names = |path: &str| components(path).map(str::to_string).collect::<Vec<_>>().into_iter().rev();
        let mut rest: Vec<String> = names(path).collect();
        let (mut trail, mut links) = (vec![self.root.clone()], 0);
        while let Some(name) = rest.pop() {
            if name == ".." {
                trail.pop();
                continue;
            }
            let child = trail.last()?.child(&name)?;
            let target = match &*child.0.content.borrow() {
                Content::Link(target) => Some(target.clone()),
                _ => None,
            };
            match target {
                Some(target) if links < MAX_LINKS && !target.starts_with('/') => rest.extend(names(&target)),
                Some(_) => return None,
                None => {
                    trail.push(child);
                    continue;
                }
            }
            links += 1;
        }
        trail.pop()
    }

    /// Whether something lies at a path, or a directory can be made there.
    pub fn can_hold(&self, path: &str) -> bool {
        let mut way = String::new();
        for name in components(path) {
            let dir = match self.find(&way) {
                Some(inode) if inode.is_dir() => inode,
                found => return found.is_none(),
            };
            way = format!("{way}/{name}");
            // A link that leads nowhere, or out of the volume.
            if dir.child(name).is_some() && self.find(&way).is_none() {
                return false;
            }
        }
        true
    }

    /// The part of the tree that a `subPath` names. When nothing is there a directory is made; in what nobody knows, what looks like a file
    /// is one.
    pub(super) fn sub(&self, path: &str) -> Inode {
        let looks_like_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        if self.unknown.get() && looks_like_file && self.find(path).is_none() {
            put_file(&self.root, path, Vec::new(), 0o755);
        }
        self.find(path).unwrap_or_else(|| make_dirs(&self.root, path))
    }
}

impl std::fmt::Debug for Volume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Volume").field(&self.names()).finish()
    }
}
