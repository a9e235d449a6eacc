//! The files and commands that an awk program reads from and writes to beside its input and its output.

use super::ast::Source;
use super::run::{Done, Interpreter, MAX_TEXT, Run};
use crate::shell::applets::launch::start;
use crate::shell::io::{Access, Input, write};
use crate::shell::kernel::{Pid, Status};
use crate::shell::pipe::{Fd, Fds, Object, Pipe, ReadEnd, WriteEnd};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where output goes.
#[derive(PartialEq)]
pub(super) enum Target {
    Stdout,
    File { path: String, append: bool },
    Command(String),
}

/// What is open, by the text it was opened with.
#[derive(Default)]
pub(super) struct Streams {
    /// What `getline` reads from: a file, or a command with its process.
    sources: BTreeMap<String, (Input, Option<Pid>)>,
    /// Commands that are printed to.
    sinks: BTreeMap<String, (Fd, Pid)>,
}

impl Interpreter<'_> {
    pub(super) fn emit(&mut self, target: Target, text: String) -> Run<()> {
        self.printed += text.len();
        match self.output.last_mut() {
            Some((last, have)) if *last == target => have.push_str(&text),
            _ => self.output.push((target, text)),
        }
        if self.printed > MAX_TEXT { Err(Done::TooLong) } else { Ok(()) }
    }

    /// Pays for what the program has done so far, and writes what it has printed.
    pub(super) async fn flush(&mut self) {
        let work = self.take_work();
        self.io.ctx.match_work(work).await;
        self.printed = 0;
        for (target, text) in std::mem::take(&mut self.output) {
            self.write_out(target, text).await;
        }
    }

    async fn write_out(&mut self, target: Target, text: String) {
        let io = self.io;
        match target {
            Target::File { path, .. } if path == "/dev/stderr" => io.print_error(text).await,
            Target::File { path, append } if !matches!(path.as_str(), "/dev/stdout" | "-") => {
                let access = if append { Access::Append } else { Access::Write };
                if let Ok(fd) = io.open(&path, access) {
                    let _ = write(&io.ctx, &fd, text.as_bytes()).await;
                }
            }
            Target::Stdout | Target::File { .. } => {
                io.print(text).await;
            }
            Target::Command(command) => {
                if let Some(fd) = self.sink(command).await {
                    let _ = write(&io.ctx, &fd, text.as_bytes()).await;
                }
            }
        }
    }

    /// The pipe to a command, which is started when it is first printed to; `None` when there are too many processes.
    async fn sink(&mut self, command: String) -> Option<Fd> {
        if let Some((fd, _)) = self.streams.sinks.get(&command) {
            return Some(fd.clone());
        }
        let pipe = Pipe::new(self.kernel.version.clone());
        let fd: Fd = Rc::new(Object::Write(WriteEnd::new(&pipe)));
        let pid = self.start_bound(&command, 0, Rc::new(Object::Read(ReadEnd::new(&pipe)))).await?;
        self.streams.sinks.insert(command, (fd.clone(), pid));
        Some(fd)
    }

    /// Starts a command, by the shell; `None` when there are too many processes.
    async fn start(&self, command: &str, fds: Fds) -> Option<Pid> {
        start(self.io, ["sh", "-c", command].map(String::from).to_vec(), fds).await
    }

    /// Starts a command with `fd` as its descriptor `number`.
    async fn start_bound(&self, command: &str, number: u32, fd: Fd) -> Option<Pid> {
        let mut fds = self.io.fds.clone();
        fds.set(number, Some(fd));
        self.start(command, fds).await
    }

    /// The next line of a file or a command, which is opened when it is first asked for; `None` when it cannot be.
    pub(super) async fn line_of(&mut self, kind: Source, name: &str) -> Option<Option<String>> {
        self.flush().await;
        if !self.streams.sources.contains_key(name) {
            let source = match kind {
                Source::File => (self.io.input(name).ok()?, None),
                Source::Command => {
                    let pipe = Pipe::new(self.kernel.version.clone());
                    let fd: Fd = Rc::new(Object::Read(ReadEnd::new(&pipe)));
                    let pid = self.start_bound(name, 1, Rc::new(Object::Write(WriteEnd::new(&pipe)))).await?;
                    (Input::new(&self.io.ctx, fd), Some(pid))
                }
            };
            self.streams.sources.insert(name.to_string(), source);
        }
        let (input, _) = self.streams.sources.get_mut(name)?;
        input.text_line().await.ok()
    }

    /// `close`: what it returns.
    pub(super) async fn close(&mut self, name: &str) -> f64 {
        self.flush().await;
        self.opened.remove(name);
        let pid = match (self.streams.sources.remove(name), self.streams.sinks.remove(name)) {
            (Some((_, pid)), _) => pid,
            (None, Some((_, pid))) => Some(pid),
            (None, None) => return if self.kernel.image.is_busybox() { 0.0 } else { -1.0 },
        };
        let Some(pid) = pid else { return 0.0 };
        let status = self.io.ctx.wait_child(pid).await;
        // busybox hands on what `pclose` returns.
        match status {
            Status::Exited(code) if self.kernel.image.is_busybox() => f64::from(code << 8),
            Status::Signaled(signal) if self.kernel.image.is_busybox() => f64::from(signal),
            other => f64::from(other.code()),
        }
    }

    /// Closes whatever is open, and waits for the commands.
    pub(super) async fn close_all(&mut self) {
        self.flush().await;
        let streams = std::mem::take(&mut self.streams);
        let sources = streams.sources.into_values().filter_map(|(_, pid)| pid);
        let pids: Vec<Pid> = streams.sinks.into_values().map(|(_, pid)| pid).chain(sources).collect();
        for pid in pids {
            self.io.ctx.wait_child(pid).await;
        }
    }

    /// `system`: the exit code of a command.
    pub(super) async fn system(&mut self, command: &str) -> f64 {
        self.flush().await;
        if command.is_empty() {
            return 0.0;
        }
        let Some(pid) = self.start(command, self.io.fds.clone()).await else { return -1.0 };
        match self.io.ctx.wait_child(pid).await {
            Status::Exited(code) => f64::from(code),
            Status::Signaled(_) if self.kernel.image.is_busybox() => 0.0,
            Status::Signaled(signal) => f64::from(256 + signal),
        }
    }
}
