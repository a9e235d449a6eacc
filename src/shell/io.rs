//! Opening, reading and writing, and what a program is given to run with.

use super::fs::{Errno, MAX_FILE};
use super::imagined::{Imagined, SUPPOSED};
use super::inode::{Content, Device, Inode, on_disk};
use super::kernel::{Ctx, NEVER, SIGPIPE};
use super::pipe::{Fd, Fds, Object, ReadEnd, WriteEnd};
use std::cell::Cell;
use std::rc::Rc;

/// How much one read takes.
const CHUNK: usize = 64 * 1024;

/// How much is read at a time of a device without an end: mostly little of it is wanted.
const DEVICE_CHUNK: usize = 4 * 1024;

#[derive(Clone, Copy, PartialEq)]
pub enum Access {
    Read,
    Write,
    Append,
    ReadWrite,
    /// Fails when the file exists.
    Exclusive,
}

/// Opens a path, creating a file where writing is asked for.
pub fn open(ctx: &Ctx, fds: &Fds, cwd: &str, path: &str, access: Access, mode: u32) -> Result<Fd, Errno> {
    let kernel = &ctx.kernel;
    let user = kernel.user;
    let writes = access != Access::Read;
    if writes {
        let (dir, _) = path.rsplit_once('/').unwrap_or((".", path));
        kernel.imagine(cwd, dir, Imagined::Directory);
    } else {
        kernel.imagine(cwd, path, Imagined::File);
    }
    super::procstat::refresh(ctx, cwd, path);
    let fs = kernel.fs.borrow();
    let found = fs.find(cwd, path, true);
    if !found.as_ref().is_ok_and(|f| matches!(*f.inode.0.content.borrow(), Content::Device(_))) {
        kernel.look_at_files();
    }
    let found = match found {
        Ok(found) => found,
        Err(Errno::NotFound) if writes && !path.ends_with('/') => {
            let inode = Inode::file(Vec::new(), mode);
            fs.create(cwd, path, inode.clone(), user, kernel.now_millis().0)?;
            kernel.changed();
            return Ok(Rc::new(Object::File {
                inode,
                pos: Cell::new(0),
                append: access == Access::Append,
                readable: access == Access::ReadWrite,
                writable: true,
                device: fs.find(cwd, path, true).map_or(0, |found| found.device),
            }));
        }
        Err(errno) => return Err(errno),
    };
    let inode = found.inode;
    let wanted = match access {
        Access::Read => 4,
        Access::ReadWrite => 6,
        _ => 2,
    };
    if !inode.allows(user, wanted) {
        return Err(Errno::Denied);
    }
    match &*inode.0.content.borrow() {
        Content::Dir(_) => return if writes { Err(Errno::IsDir) } else { Ok(Rc::new(Object::Dir)) },
        Content::Device(Device::Descriptor(number)) => return fds.get(*number).cloned().ok_or(Errno::NotFound),
        Content::Device(Device::Log(stream)) => return Ok(Rc::new(Object::Console(kernel.console.clone(), *stream))),
        Content::Device(Device::Uuid) => {
            let inode = Inode::file(uuid(ctx).into_bytes(), 0o444);
            return Ok(Rc::new(Object::text(inode)));
        }
        Content::Device(device) => return Ok(Rc::new(Object::Device(*device))),
        Content::Fifo(pipe) => {
            return Ok(Rc::new(if writes {
                pipe.open_to_write();
                Object::Write(WriteEnd::new(pipe))
            } else {
                pipe.open_to_read();
                Object::Read(ReadEnd::new(pipe))
            }));
        }
        _ if access == Access::Exclusive => return Err(Errno::Exists),
        _ if writes && found.read_only => return Err(Errno::ReadOnly),
        _ => {}
    }
    if matches!(access, Access::Write) {
        *inode.0.content.borrow_mut() = Content::File { data: Vec::new(), zeros: 0 };
        inode.changed_at(kernel.now_millis().0);
        kernel.changed();
    }
    Ok(Rc::new(Object::File {
        inode,
        pos: Cell::new(0),
        append: access == Access::Append,
        readable: matches!(access, Access::Read | Access::ReadWrite),
        writable: writes,
        device: found.device,
    }))
}

/// Up to `max` bytes; empty at the end.
pub async fn read(ctx: &Ctx, fd: &Fd, max: usize) -> Result<Vec<u8>, Errno> {
    ctx.kernel.effect();
    let bytes = read_now(ctx, fd, max).await?;
    ctx.move_bytes(bytes.len()).await;
    Ok(bytes)
}

async fn read_now(ctx: &Ctx, fd: &Fd, max: usize) -> Result<Vec<u8>, Errno> {
    match &**fd {
        Object::File { inode, pos, readable, .. } => {
            if !readable {
                return Err(Errno::BadFd);
            }
            let bytes = read_file(inode, pos.get(), max);
            pos.set(pos.get() + bytes.len() as u64);
            Ok(bytes)
        }
        Object::Read(end) => Ok(ctx.wait_for(NEVER, || end.0.read(max)).await.unwrap_or_default()),
        Object::Device(Device::Zero | Device::Full) => Ok(vec![0; max.min(CHUNK)]),
        Object::Device(Device::Random) => Ok(random_bytes(ctx, max.min(CHUNK))),
        Object::Device(_) => Ok(Vec::new()),
        Object::Dir => Err(Errno::IsDir),
        Object::Write(_) => Err(Errno::BadFd),
        // A container's standard input is empty.
        Object::Console(..) => Ok(Vec::new()),
    }
}

/// A random identifier, of version 4.
fn uuid(ctx: &Ctx) -> String {
    let (high, low) = (ctx.kernel.random(), ctx.kernel.random());
    let (version, variant) = (high as u16 & 0xfff | 0x4000, (low >> 48) as u16 & 0x3fff | 0x8000);
    format!(
        "{:08x}-{:04x}-{version:04x}-{variant:04x}-{:012x}\n",
        high >> 32,
        high >> 16 & 0xffff,
        low & 0xffff_ffff_ffff
    )
}

fn random_bytes(ctx: &Ctx, count: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..count.div_ceil(8)).flat_map(|_| ctx.kernel.random().to_le_bytes()).collect();
    bytes.truncate(count);
    bytes
}

fn read_file(inode: &Inode, pos: u64, max: usize) -> Vec<u8> {
    match &*inode.0.content.borrow() {
        Content::File { data, zeros } => {
            let len = data.len() as u64;
            if pos < len {
                let start = pos as usize;
                data[start..data.len().min(start.saturating_add(max))].to_vec()
            } else {
                let left = (len + zeros).saturating_sub(pos).min(max.min(CHUNK) as u64);
                vec![0; left as usize]
            }
        }
        _ => inode.bytes(usize::MAX).into_iter().skip(pos as usize).take(max).collect(),
    }
}

/// Writes all of `bytes`. A broken pipe kills the process unless it ignores the signal.
pub async fn write(ctx: &Ctx, fd: &Fd, bytes: &[u8]) -> Result<(), Errno> {
    ctx.move_bytes(bytes.len()).await;
    match &**fd {
        Object::Console(console, stream) => {
            if !ctx.kernel.print(console, *stream, bytes) {
                // Nobody sees the rest, and a program that prints without end would print for ever.
                ctx.busy_for_ever().await;
            }
            Ok(())
        }
        Object::File { inode, pos, append, writable, device, .. } => {
            if !writable {
                return Err(Errno::BadFd);
            }
            if *append {
                pos.set(inode.size());
            }
            let fits = fitting(ctx, inode, *device, pos.get(), bytes.len());
            let filled = write_file(ctx, inode, pos, &bytes[..fits])?;
            ctx.move_bytes(filled).await;
            if fits < bytes.len() { Err(Errno::NoSpace) } else { Ok(()) }
        }
        Object::Write(end) => write_pipe(ctx, end, bytes).await,
        Object::Device(Device::Full) => Err(Errno::NoSpace),
        Object::Device(_) => Ok(()),
        Object::Read(_) | Object::Dir => Err(Errno::BadFd),
    }
}

/// How many of `len` bytes at `pos` of a file its device has room for: a page that the file has costs nothing.
fn fitting(ctx: &Ctx, inode: &Inode, device: usize, pos: u64, len: usize) -> usize {
    let (has, end) = (inode.bytes_on_disk(), pos.saturating_add(len as u64));
    let more = on_disk(end).saturating_sub(has);
    let granted = ctx.kernel.fs.borrow().take(device, more);
    if granted == more { len } else { (has + granted).saturating_sub(pos) as usize }
}

/// Writes to a file, and says how many zeros before the written became bytes.
fn write_file(ctx: &Ctx, inode: &Inode, pos: &Cell<u64>, bytes: &[u8]) -> Result<usize, Errno> {
    if bytes.is_empty() {
        return Ok(0);
    }
    let len = match &*inode.0.content.borrow() {
        Content::File { data, .. } => data.len() as u64,
        _ => return Err(Errno::BadFd),
    };
    let at = pos.get();
    let end = at.saturating_add(bytes.len() as u64);
    // Zeros after the data are only counted.
    let counted = at >= len && bytes.iter().all(|b| *b == 0);
    if !counted {
        if end > MAX_FILE as u64 {
            ctx.kernel.bound("file size limit reached");
            return Err(Errno::TooLarge);
        }
        ctx.kernel.fs.borrow().make_room(end.saturating_sub(len) as usize)?;
    }
    if let Content::File { data, zeros } = &mut *inode.0.content.borrow_mut() {
        if counted {
            *zeros = (*zeros).max(end - len);
        } else {
            let total = len.saturating_add(*zeros);
            data.resize(len.max(end) as usize, 0);
            data[at as usize..end as usize].copy_from_slice(bytes);
            *zeros = total.saturating_sub(data.len() as u64);
        }
    }
    pos.set(end);
    inode.changed_at(ctx.kernel.now_millis().0);
    ctx.kernel.changed();
    Ok(if counted { 0 } else { at.saturating_sub(len) as usize })
}

async fn write_pipe(ctx: &Ctx, end: &WriteEnd, bytes: &[u8]) -> Result<(), Errno> {
    ctx.kernel.effect();
    let mut left = bytes;
    while !left.is_empty() {
        match ctx
            .wait_for(NEVER, || match end.0.write(left) {
                Some(0) => None,
                other => Some(other),
            })
            .await
            .flatten()
        {
            Some(n) => left = &left[n..],
            None => {
                if !ctx.is_ignored(SIGPIPE) {
                    ctx.kernel.signal(ctx.pid, SIGPIPE, true);
                    ctx.stay_alive().await;
                }
                return Err(Errno::BrokenPipe);
            }
        }
    }
    Ok(())
}

/// What a program runs with: its arguments, variables, descriptors and directory.
pub struct Io {
    pub ctx: Ctx,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub fds: Fds,
    pub cwd: String,
    pub umask: u32,
    /// A script waits for it to go on.
    pub followed: bool,
}

impl Io {
    pub fn name(&self) -> &str {
        let first = self.args.first().map_or("", String::as_str);
        first.rsplit('/').next().unwrap_or(first)
    }

    pub fn var(&self, name: &str) -> Option<&str> {
        self.env.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Prints; false when nobody can take it.
    pub async fn print(&self, text: impl AsRef<[u8]>) -> bool {
        match self.fds.get(1) {
            Some(fd) => write(&self.ctx, fd, text.as_ref()).await.is_ok(),
            None => false,
        }
    }

    /// Prints what nobody knows: nothing in the log, something in a file.
    pub async fn print_unknown(&self) {
        self.fds.forget_output();
        if matches!(self.fds.get(1).map(|fd| &**fd), Some(Object::File { .. })) {
            self.print(format!("{SUPPOSED}\n")).await;
        }
    }

    pub async fn print_error(&self, text: impl AsRef<[u8]>) {
        if let Some(fd) = self.fds.get(2) {
            let _ = write(&self.ctx, fd, text.as_ref()).await;
        }
    }

    /// `cat: message`, on standard error: busybox's message, or what the program of another userland says in its place.
    pub async fn complain(&self, message: &str) {
        let gnu = (!self.ctx.kernel.image.is_busybox()).then(|| super::applets::gnu::words(self.name(), message));
        let message = gnu.as_deref().unwrap_or(message);
        self.print_error(format!("{}: {message}\n", self.name())).await;
    }

    pub fn open(&self, path: &str, access: Access) -> Result<Fd, Errno> {
        open(&self.ctx, &self.fds, &self.cwd, path, access, 0o666 & !self.umask)
    }

    /// A source of input: a file, or standard input for `-`.
    pub fn input(&self, path: &str) -> Result<Input, Errno> {
        let fd =
            if path == "-" { self.fds.get(0).cloned().ok_or(Errno::BadFd)? } else { self.open(path, Access::Read)? };
        if let Object::Dir = &*fd {
            return Err(Errno::IsDir);
        }
        Ok(Input::new(&self.ctx, fd))
    }

    /// All of a file, or of standard input for `-`. Endless input uses up the memory.
    pub async fn read_all(&self, path: &str) -> Result<Vec<u8>, Errno> {
        self.input(path)?.rest().await
    }

    /// Replaces the content of a file.
    pub async fn write_file(&self, path: &str, bytes: &[u8]) -> Result<(), Errno> {
        let fd = self.open(path, Access::Write)?;
        write(&self.ctx, &fd, bytes).await
    }
}

/// Buffered reading, by lines or by pieces.
pub struct Input {
    ctx: Ctx,
    pub fd: Fd,
    buffer: Vec<u8>,
    start: usize,
    end: bool,
}

impl Input {
    pub fn new(ctx: &Ctx, fd: Fd) -> Input {
        Input { ctx: ctx.clone(), fd, buffer: Vec::new(), start: 0, end: false }
    }

    /// Endless devices give way to [`Ctx::use_memory`] instead of being read.
    fn is_endless(&self) -> bool {
        matches!(&*self.fd, Object::Device(Device::Zero | Device::Full | Device::Random))
    }

    async fn fill(&mut self) -> Result<bool, Errno> {
        if self.end {
            return Ok(false);
        }
        let most = if self.is_endless() { DEVICE_CHUNK } else { CHUNK };
        let piece = read(&self.ctx, &self.fd, most).await?;
        self.end = piece.is_empty();
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(&piece);
        Ok(!self.end)
    }

    /// The next line with its newline, if it has one; `None` at the end.
    pub async fn line(&mut self) -> Result<Option<Vec<u8>>, Errno> {
        // Noise has lines; zeros have none.
        if self.is_endless() && !matches!(&*self.fd, Object::Device(Device::Random)) {
            self.ctx.use_memory(u64::MAX).await;
        }
        let mut searched = 0;
        loop {
            let unread = &self.buffer[self.start..];
            if let Some(at) = unread[searched..].iter().position(|&b| b == b'\n') {
                let line = unread[..=searched + at].to_vec();
                self.start += line.len();
                return Ok(Some(line));
            }
            searched = unread.len();
            if searched > MAX_FILE {
                self.ctx.use_memory(u64::MAX).await;
            }
            if !self.fill().await? {
                let rest = self.buffer.split_off(self.start);
                self.buffer.clear();
                self.start = 0;
                return Ok((!rest.is_empty()).then_some(rest));
            }
        }
    }

    /// The next line as text, without its newline.
    pub async fn text_line(&mut self) -> Result<Option<String>, Errno> {
        Ok(self.line().await?.map(|mut line| {
            if line.ends_with(b"\n") {
                line.pop();
            }
            String::from_utf8(line).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
        }))
    }

    /// The next piece of whatever size; empty at the end.
    pub async fn piece(&mut self) -> Result<Vec<u8>, Errno> {
        if self.start == self.buffer.len() {
            self.fill().await?;
        }
        let piece = self.buffer.split_off(self.start);
        self.buffer.clear();
        self.start = 0;
        Ok(piece)
    }

    /// Everything up to the end.
    pub async fn rest(&mut self) -> Result<Vec<u8>, Errno> {
        if self.is_endless() {
            self.ctx.use_memory(u64::MAX).await;
        }
        while self.fill().await? {
            if self.buffer.len() > MAX_FILE {
                self.ctx.use_memory(u64::MAX).await;
            }
        }
        let rest = self.buffer.split_off(self.start);
        self.buffer.clear();
        self.start = 0;
        Ok(rest)
    }
}
