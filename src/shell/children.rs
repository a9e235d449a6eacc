//! What a shell starts beside itself: subshells, pipelines, background jobs, substitutions; and how it waits for them.
//!
//! Each is a copy of the shell in a process of its own.

use super::ast::*;
use super::eval::Pinned;
use super::image::ShellKind;
use super::imagined::SUPPOSED;
use super::kernel::{Ctx, Disposition, NEVER, Pid, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, Status};
use super::pipe::{Fd, Object, Pipe, ReadEnd, WriteEnd};
use super::state::{Flow, Job, Shell, Stop, Value};
use crate::order::IntoMap;
use std::future::Future;
use std::rc::Rc;

/// More bytes than a command substitution takes.
const MAX_SUBSTITUTION: usize = 1 << 20;

impl Shell {
    /// A copy of this shell for a child process.
    fn fork(&self, ctx: Ctx) -> Shell {
        let mut child = self.clone();
        child.ctx = ctx;
        child.subshell = true;
        child.substitutions.clear();
        // It cannot wait for them, but `$(jobs -p)` tells of them.
        let jobs = std::mem::take(&mut child.jobs);
        if !jobs.is_empty() {
            child.parents_jobs = jobs.into();
        }
        // Signals that are ignored stay so; handlers are given up.
        if !child.traps.is_empty() {
            child.traps.retain(|_, command| command.is_empty());
        }
        child
    }

    /// Starts `body` in a child shell.
    pub async fn spawn<F>(&mut self, name: &'static str, body: impl FnOnce(Shell) -> F + 'static) -> Option<Pid>
    where
        F: Future<Output = i32> + 'static,
    {
        self.ctx.fork_step().await;
        let kernel = self.ctx.kernel.clone();
        let shell = &*self;
        let pid = kernel.spawn(self.ctx.pid, name, |ctx| body(shell.fork(ctx)));
        if pid.is_none() {
            self.complain("can't fork: Resource temporarily unavailable").await;
        }
        pid
    }

    /// Waits for a foreground child and says how it was killed, if it was.
    pub fn wait_foreground<'a>(&'a mut self, pid: Pid) -> Pinned<'a, i32> {
        Box::pin(async move {
            let status = self.ctx.wait_child(pid).await;
            self.report_signal(status).await;
            self.collect_jobs();
            status.code()
        })
    }

    pub async fn report_signal(&mut self, status: Status) {
        if let Status::Signaled(signal) = status
            && !matches!(signal, SIGINT | SIGPIPE)
            // bash tells of no TERM.
            && (signal != SIGTERM || self.kind != ShellKind::Bash)
        {
            let text = super::signals::describe(signal);
            self.write_fd(2, format!("{text}\n").as_bytes()).await;
        }
    }

    /// Remembers how background jobs ended.
    pub fn collect_jobs(&mut self) {
        let kernel = self.ctx.kernel.clone();
        for job in &mut self.jobs {
            if let Some(&last) = job.pids.last()
                && job.status.is_none()
                && job.pids.iter().all(|p| kernel.status(*p).is_some() || !kernel.exists(*p))
            {
                job.status = kernel.status(last).or(Some(Status::Exited(127)));
                for pid in &job.pids {
                    kernel.reap(*pid);
                }
            }
        }
    }

    pub(super) fn subshell<'a>(&'a mut self, body: &'a Rc<Command>, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            if tail && self.traps.is_empty() && self.ctx.pid != 1 {
                let body = body.clone();
                let mut inner = self.clone();
                return Err(Stop::Replaced(inner.run_to_end(&body).await));
            }
            let body = body.clone();
            match self.spawn("sh", |mut shell| async move { shell.run_to_end(&body).await }).await {
                Some(pid) => Ok(self.wait_foreground(pid).await),
                None => Err(Stop::Exit(2)),
            }
        })
    }

    /// Runs a command as all that is left of this process, its EXIT trap included.
    pub async fn run_to_end(&mut self, command: &Rc<Command>) -> i32 {
        self.ctx.reset_handlers();
        let result = self.run(command, true).await;
        self.finish(result).await
    }

    /// The exit status of a process whose script has come to its end.
    pub async fn finish(&mut self, result: Flow) -> i32 {
        let mut code = match result {
            Ok(code) | Err(Stop::Exit(code) | Stop::Return(code) | Stop::Discard(code)) => code,
            Err(Stop::Replaced(code)) => return code,
            Err(Stop::Break(_) | Stop::Continue(_)) => self.status,
        };
        if let Some(command) = self.traps.remove(&0) {
            self.status = code;
            self.loop_depth = 0;
            match self.eval_text(&command).await {
                Err(Stop::Exit(other)) => code = other,
                Err(Stop::Replaced(other)) => code = other,
                _ => {}
            }
        }
        code & 0xff
    }

    pub(super) fn pipeline<'a>(&'a mut self, commands: &'a [Rc<Command>]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut input: Option<Fd> = None;
            let mut pids = Vec::new();
            for (i, command) in commands.iter().enumerate() {
                let (next, output) = if i + 1 < commands.len() {
                    let pipe = Pipe::new(self.ctx.kernel.version.clone());
                    let next: Fd = Rc::new(Object::Read(ReadEnd::new(&pipe)));
                    (Some(next), Some(Rc::new(Object::Write(WriteEnd::new(&pipe)))))
                } else {
                    (None, None)
                };
                let (command, stdin) = (command.clone(), std::mem::replace(&mut input, next));
                let pid = self.spawn("sh", move |mut shell| {
                    if let Some(fd) = stdin {
                        shell.fds.set(0, Some(fd));
                    }
                    if let Some(fd) = output {
                        shell.fds.set(1, Some(fd));
                    }
                    async move { shell.run_to_end(&command).await }
                });
                pids.push(pid.await.ok_or(Stop::Exit(2))?);
            }
            drop(input);
            let mut statuses = Vec::new();
            for pid in &pids {
                statuses.push(self.ctx.wait_child(*pid).await);
            }
            self.collect_jobs();
            let last = statuses.last().copied().unwrap_or(Status::Exited(0));
            self.report_signal(last).await;
            if self.dialect == Dialect::Bash {
                let items = statuses.iter().enumerate().map(|(i, s)| (i as i64, s.code().to_string())).into_map();
                self.variables.entry("PIPESTATUS".into()).or_default().value = Some(Value::Array(items));
            }
            if self.options.pipefail
                && let Some(failed) = statuses.iter().rev().find(|s| s.code() != 0)
            {
                return Ok(failed.code());
            }
            Ok(last.code())
        })
    }

    pub(super) fn background<'a>(&'a mut self, command: &'a Rc<Command>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let inner = command.clone();
            let null: Fd = Rc::new(Object::Device(super::inode::Device::Null));
            let pid = self.spawn("sh", move |mut shell| {
                shell.fds.set(0, Some(null));
                shell.followed = 0;
                async move {
                    shell.ctx.set_disposition(SIGINT, Some(Disposition::Ignore));
                    shell.ctx.set_disposition(SIGQUIT, Some(Disposition::Ignore));
                    shell.run_to_end(&inner).await
                }
            });
            let Some(pid) = pid.await else { return Err(Stop::Exit(2)) };
            self.ctx.kernel.effect();
            self.last_background = Some(pid);
            self.collect_jobs();
            if self.jobs.len() > 64 {
                self.jobs.retain(|j| j.status.is_none());
            }
            self.jobs.push(Job { pids: vec![pid], status: None });
            Ok(0)
        })
    }

    /// Starts a child that runs a program with `fd` as its descriptor `number`.
    pub(super) async fn spawn_program(&mut self, program: &Rc<Program>, number: u32, fd: Fd) -> Result<Pid, Stop> {
        let program = program.clone();
        let pid = self.spawn("sh", move |mut shell| {
            shell.fds.set(number, Some(fd));
            shell.indirection += 1;
            shell.followed += 1;
            async move {
                shell.ctx.reset_handlers();
                let result = shell.run_program(&program, true).await;
                shell.finish(result).await
            }
        });
        pid.await.ok_or(Stop::Exit(2))
    }

    /// `$(...)`: what the commands print, without the newlines at the end.
    pub fn substitute<'a>(&'a mut self, program: &'a Rc<Program>) -> Pinned<'a, Result<String, Stop>> {
        Box::pin(async move {
            let pipe = Pipe::new(self.ctx.kernel.version.clone());
            let read = ReadEnd::new(&pipe);
            let pid = self.spawn_program(program, 1, Rc::new(Object::Write(WriteEnd::new(&pipe)))).await?;
            let mut bytes = Vec::new();
            while let Some(piece) = self.ctx.wait_for(NEVER, || pipe.read(64 * 1024)).await {
                if piece.is_empty() {
                    break;
                }
                bytes.extend_from_slice(&piece);
                self.ctx.move_bytes(piece.len()).await;
                if bytes.len() > MAX_SUBSTITUTION {
                    self.ctx.kernel.bound("command substitution cut at 1 MiB");
                    break;
                }
            }
            drop(read);
            let status = self.ctx.wait_child(pid).await;
            self.substitution_status = Some(status.code());
            self.status = status.code();
            bytes.retain(|b| *b != 0);
            let mut text = String::from_utf8_lossy(&bytes).into_owned();
            text.truncate(text.trim_end_matches('\n').len());
            if text.is_empty() && status.code() == 0 && pipe.is_unknown() {
                text = SUPPOSED.into();
            }
            Ok(text)
        })
    }
}
