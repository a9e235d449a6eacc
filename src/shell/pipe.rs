//! Pipes and what a file descriptor can refer to.
//!
//! An end of a pipe is closed by dropping it; every change bumps the machine's version, so that whoever waits looks again.

use super::inode::{Device, Inode};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// As many bytes as Linux lets a pipe hold.
const CAPACITY: usize = 64 * 1024;

#[derive(Default)]
pub struct Pipe {
    buffer: RefCell<VecDeque<u8>>,
    readers: Cell<usize>,
    writers: Cell<usize>,
    /// A FIFO that nobody has written to yet is not at its end.
    opened: Cell<bool>,
    /// One that nobody has read from yet is not broken.
    awaits_reader: Cell<bool>,
    /// Who opens it by its name finds it as it is: it has its writer, or its reader, from the beginning.
    kept: Cell<bool>,
    /// Of what was written to it, nobody knows all.
    unknown: Cell<bool>,
    version: Rc<Cell<u64>>,
}

impl Pipe {
    pub fn new(version: Rc<Cell<u64>>) -> Rc<Pipe> {
        Rc::new(Pipe { version, ..Pipe::default() })
    }

    /// Somebody opens it by its name to read: who has written to it before and is gone does not count.
    pub fn open_to_read(&self) {
        if !self.kept.get() && self.writers.get() == 0 && self.buffer.borrow().is_empty() {
            self.opened.set(false);
        }
    }

    /// Somebody opens it by its name to write; nothing is written before somebody reads.
    pub fn open_to_write(&self) {
        self.awaits_reader.set(self.readers.get() == 0);
    }

    /// It stands for commands that have been started with it.
    pub fn keep(&self) {
        self.kept.set(true);
    }

    /// Nobody will open it any more.
    pub fn abandon(&self) {
        self.awaits_reader.set(false);
        self.opened.set(true);
        self.changed();
    }

    /// A program writes to it of which nobody knows what it prints.
    pub fn forget(&self) {
        self.unknown.set(true);
    }

    /// Whether there was more in it than was read from it.
    pub fn is_unknown(&self) -> bool {
        self.unknown.get() && self.buffer.borrow().is_empty()
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
    }

    /// Up to `max` bytes; `None` when there is nothing to read yet, empty at the end.
    pub fn read(&self, max: usize) -> Option<Vec<u8>> {
        let mut buffer = self.buffer.borrow_mut();
        if buffer.is_empty() {
            return (self.writers.get() == 0 && self.opened.get()).then(Vec::new);
        }
        let count = max.min(buffer.len());
        let taken = buffer.drain(..count).collect();
        self.changed();
        Some(taken)
    }

    /// How many bytes were taken; `None` when nobody will read them.
    pub fn write(&self, bytes: &[u8]) -> Option<usize> {
        if self.readers.get() == 0 {
            return self.awaits_reader.get().then_some(0);
        }
        let mut buffer = self.buffer.borrow_mut();
        let room = CAPACITY.saturating_sub(buffer.len()).min(bytes.len());
        if room > 0 {
            buffer.extend(&bytes[..room]);
            self.changed();
        }
        Some(room)
    }
}

/// The reading end; dropping the last one breaks the pipe.
pub struct ReadEnd(pub Rc<Pipe>);
/// The writing end; dropping the last one is the end of the file.
pub struct WriteEnd(pub Rc<Pipe>);

impl ReadEnd {
    pub fn new(pipe: &Rc<Pipe>) -> ReadEnd {
        pipe.readers.set(pipe.readers.get() + 1);
        if pipe.awaits_reader.replace(false) {
            pipe.changed();
        }
        ReadEnd(pipe.clone())
    }
}

impl WriteEnd {
    pub fn new(pipe: &Rc<Pipe>) -> WriteEnd {
        pipe.writers.set(pipe.writers.get() + 1);
        pipe.opened.set(true);
        WriteEnd(pipe.clone())
    }
}

impl Drop for ReadEnd {
    fn drop(&mut self) {
        self.0.readers.set(self.0.readers.get() - 1);
        self.0.changed();
    }
}

impl Drop for WriteEnd {
    fn drop(&mut self) {
        self.0.writers.set(self.0.writers.get() - 1);
        self.0.changed();
    }
}

/// What a file descriptor refers to.
pub enum Object {
    File {
        inode: Inode,
        pos: Cell<u64>,
        append: bool,
        readable: bool,
        writable: bool,
        /// Which mount it lies in: 0 is the container's own.
        device: usize,
    },
    Dir,
    Read(ReadEnd),
    Write(WriteEnd),
    /// The container's log, or what a probe prints.
    Console(Rc<RefCell<super::output::Console>>, super::output::Stream),
    Device(Device),
}

impl Object {
    /// A file that lies nowhere, to be read: a here-document.
    pub fn text(inode: Inode) -> Object {
        Object::File { inode, pos: Cell::new(0), append: false, readable: true, writable: false, device: 0 }
    }
}

pub type Fd = Rc<Object>;

/// The descriptors of a process.
#[derive(Clone, Default)]
pub struct Fds(Vec<(u32, Fd)>);

impl Fds {
    pub fn get(&self, number: u32) -> Option<&Fd> {
        self.0.iter().find(|(n, _)| *n == number).map(|(_, fd)| fd)
    }

    /// Whether there was more on standard input than was read from it.
    pub fn reads_unknown(&self) -> bool {
        matches!(self.get(0).map(|fd| &**fd), Some(Object::Read(end)) if end.0.is_unknown())
    }

    /// What goes to standard output is not all that is printed: who reads it from a pipe can ask.
    pub fn forget_output(&self) {
        if let Some(Object::Write(end)) = self.get(1).map(|fd| &**fd) {
            end.0.forget();
        }
    }

    pub fn set(&mut self, number: u32, fd: Option<Fd>) {
        self.0.retain(|(n, _)| *n != number);
        if let Some(fd) = fd {
            self.0.push((number, fd));
        }
    }
}
