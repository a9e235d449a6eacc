//! Runs the syntax tree: lists, pipelines, compound commands, jobs, traps.
//!
//! Every function here is a coroutine of its process. Recursion follows the nesting of the syntax (bounded by the parser) and the
//! nesting of functions, `eval` and traps (bounded by [`MAX_CALLS`]).

use super::ast::*;
use super::image::ShellKind;
use super::kernel::{Ctx, Disposition, NEVER, Pid, SIGCHLD, SIGINT, SIGPIPE, SIGQUIT, Status, Turn};
use super::pattern;
use super::pipe::{Fd, Object, Pipe, ReadEnd, WriteEnd};
use super::signals;
use super::state::{Flow, Job, Shell, Stop, Value};
use crate::order::IntoMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Functions and `eval`s nested deeper end the shell; busybox itself overflows its stack a little later.
pub const MAX_CALLS: u32 = 200;

/// Commands nested deeper, functions included, end the shell: a level takes about a kilobyte of stack, and a browser has a megabyte.
const MAX_NESTING: u32 = 400;

pub type Pinned<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

impl Shell {
    /// Runs a script line by line, then says what is wrong with the rest.
    pub fn run_program<'a>(&'a mut self, program: &'a Program, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut status = 0;
            for (i, line) in program.lines.iter().enumerate() {
                let last = tail && i + 1 == program.lines.len() && program.error.is_none();
                status = self.run(line, last).await?;
            }
            if let Some(error) = &program.error {
                self.line = error.line;
                let message = self.syntax_message(error);
                self.complain(&message).await;
                return Err(Stop::Exit(2));
            }
            Ok(status)
        })
    }

    fn syntax_message(&self, error: &ParseError) -> String {
        match self.kind {
            ShellKind::Ash => format!("syntax error: {}", error.message),
            ShellKind::Dash => format!("Syntax error: {}", error.message),
            ShellKind::Bash => match error.message.strip_prefix("unexpected ") {
                Some("end of file") => "syntax error: unexpected end of file".into(),
                Some(rest) if rest.starts_with("end of file") => "syntax error: unexpected end of file".into(),
                Some(rest) => {
                    let token = rest.split(" (").next().unwrap_or(rest).replace('"', "");
                    format!("syntax error near unexpected token `{token}'")
                }
                None => format!("syntax error: {}", error.message),
            },
        }
    }

    /// Runs one command. `tail`: nothing follows, so the process may become the program.
    pub fn run<'a>(&'a mut self, command: &'a Rc<Command>, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            if self.options.noexec {
                return Ok(0);
            }
            if self.nesting >= MAX_NESTING {
                return Err(self.overflow().await);
            }
            self.nesting += 1;
            let result = self.run_here(command, tail).await;
            self.nesting -= 1;
            let status = result?;
            self.status = status;
            if self.ctx.has_signal() && !self.in_trap {
                self.run_traps().await?;
            }
            Ok(status)
        })
    }

    async fn run_here(&mut self, command: &Rc<Command>, tail: bool) -> Flow {
        match &**command {
            Command::Simple(simple) => {
                let status = self.simple(simple, tail).await?;
                self.answer_for(status).await
            }
            Command::Sequence(commands) => {
                let mut status = 0;
                for (i, command) in commands.iter().enumerate() {
                    status = self.run(command, tail && i + 1 == commands.len()).await?;
                }
                Ok(status)
            }
            Command::And(left, right) | Command::Or(left, right) => {
                let status = self.run_tested(left).await?;
                let goes_on = (status == 0) == matches!(**command, Command::And(..));
                if goes_on { self.run(right, tail).await } else { Ok(status) }
            }
            Command::Pipeline { negated, commands } => {
                let status = match (commands.len(), *negated) {
                    (1, true) => self.run_tested(&commands[0]).await?,
                    _ => self.pipeline(commands).await?,
                };
                if *negated { Ok((status == 0) as i32) } else { self.answer_for(status).await }
            }
            Command::Background(inner) => self.background(inner).await,
            Command::Subshell(body) => {
                let status = self.subshell(body, tail).await?;
                self.answer_for(status).await
            }
            Command::Group(body) => self.run(body, tail).await,
            Command::Redirected(body, redirects) => {
                let saved = self.fds.clone();
                if let Err(status) = self.redirect(redirects).await? {
                    self.fds = saved;
                    return self.answer_for(status).await;
                }
                let result = self.run(body, false).await;
                self.fds = saved;
                result
            }
            Command::If { test, then, otherwise } => {
                if self.run_tested(test).await? == 0 {
                    self.run(then, tail).await
                } else {
                    match otherwise {
                        Some(command) => self.run(command, tail).await,
                        None => Ok(0),
                    }
                }
            }
            Command::While { until, test, body } => self.while_loop(*until, test, body).await,
            Command::For { name, words, body } => self.for_loop(name, words.as_deref(), body).await,
            Command::ForArith { init, test, step, body } => self.for_arith(init, test, step, body).await,
            Command::Case { word, arms } => self.case(word, arms, tail).await,
            Command::Function { name, body } => {
                self.functions.insert(name.clone(), body.clone());
                self.ctx.kernel.effect();
                Ok(0)
            }
            Command::Arith(parts) => {
                self.ctx.step().await;
                let value = self.arith(parts).await?;
                self.answer_for((value == 0) as i32).await
            }
            Command::Test(_) if self.kind == ShellKind::Dash => {
                self.complain("[[: not found").await;
                self.answer_for(127).await
            }
            Command::Test(condition) => {
                self.ctx.step().await;
                let truth = self.condition(condition).await?;
                self.answer_for(truth.map_or(2, |truth| !truth as i32)).await
            }
        }
    }

    /// What follows on a command whose failure nobody looks at: bash's trap of ERR, and the end by `set -e`.
    async fn answer_for(&mut self, status: i32) -> Flow {
        if status == 0 || self.tested > 0 {
            return Ok(status);
        }
        self.status = status;
        // Functions do not inherit the trap.
        if !self.in_trap
            && self.function.is_none()
            && let Some(command) = self.traps.get(&signals::ERR).cloned()
        {
            self.run_trap(&command).await?;
        }
        if self.options.errexit { Err(Stop::Exit(status)) } else { Ok(status) }
    }

    /// Runs a command whose failure is looked at: `set -e` does not apply.
    async fn run_tested(&mut self, command: &Rc<Command>) -> Flow {
        self.tested += 1;
        let result = self.run(command, false).await;
        self.tested -= 1;
        result
    }

    // ---- loops ----

    /// What a loop makes of its body's outcome: `Some` ends the loop.
    fn loop_outcome(&mut self, outcome: Flow, status: &mut i32) -> Option<Flow> {
        match outcome {
            Ok(code) => {
                *status = code;
                None
            }
            Err(Stop::Break(n)) => {
                self.status = 0;
                *status = 0;
                Some(if n > 1 { Err(Stop::Break(n - 1)) } else { Ok(0) })
            }
            Err(Stop::Continue(n)) => {
                *status = 0;
                (n > 1).then_some(Err(Stop::Continue(n - 1)))
            }
            Err(stop) => Some(Err(stop)),
        }
    }

    fn while_loop<'a>(&'a mut self, until: bool, test: &'a Rc<Command>, body: &'a Rc<Command>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut status = 0;
            let mut idle = Idle::default();
            self.loop_depth += 1;
            let result = loop {
                self.ctx.step().await;
                idle.turn(&self.ctx).await;
                match self.run_tested(test).await {
                    Ok(code) if (code == 0) != until => {}
                    Ok(_) => break Ok(status),
                    outcome => {
                        let mut ignored = 0;
                        match self.loop_outcome(outcome, &mut ignored) {
                            Some(result) => break result,
                            None => continue,
                        }
                    }
                }
                let outcome = self.run(body, false).await;
                if let Some(result) = self.loop_outcome(outcome, &mut status) {
                    break result;
                }
            };
            self.loop_depth -= 1;
            result
        })
    }

    fn for_loop<'a>(&'a mut self, name: &'a str, words: Option<&'a [Word]>, body: &'a Rc<Command>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let items = match words {
                Some(words) => self.expand_words(words).await?,
                None => self.positional.clone(),
            };
            let mut status = 0;
            self.loop_depth += 1;
            let mut result = None;
            for item in items {
                self.ctx.step().await;
                if !self.set(name, item) {
                    result = Some(Err(self.fail(&format!("{name}: is read only"), 2).await));
                    break;
                }
                let outcome = self.run(body, false).await;
                result = self.loop_outcome(outcome, &mut status);
                if result.is_some() {
                    break;
                }
            }
            self.loop_depth -= 1;
            result.unwrap_or(Ok(status))
        })
    }

    fn for_arith<'a>(
        &'a mut self,
        init: &'a [Part],
        test: &'a [Part],
        step: &'a [Part],
        body: &'a Rc<Command>,
    ) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut status = 0;
            let mut idle = Idle::default();
            self.arith(init).await?;
            self.loop_depth += 1;
            let result = loop {
                self.ctx.step().await;
                idle.turn(&self.ctx).await;
                if !test.is_empty() && self.arith(test).await? == 0 {
                    break Ok(status);
                }
                let outcome = self.run(body, false).await;
                if let Some(result) = self.loop_outcome(outcome, &mut status) {
                    break result;
                }
                self.arith(step).await?;
            };
            self.loop_depth -= 1;
            result
        })
    }

    fn case<'a>(&'a mut self, word: &'a Word, arms: &'a [Arm], tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            self.ctx.step().await;
            let text = self.expand_single(&word.parts).await?;
            for arm in arms {
                for choice in &arm.patterns {
                    let pattern = self.expand_pattern(&choice.parts).await?;
                    self.ctx.match_work(pattern::work(&pattern, &text)).await;
                    if pattern::matches(&pattern, &text) {
                        return match &arm.body {
                            Some(body) => self.run(body, tail).await,
                            None => Ok(0),
                        };
                    }
                }
            }
            Ok(0)
        })
    }

    // ---- processes ----

    /// A copy of this shell for a child process.
    fn fork(&self, ctx: Ctx) -> Shell {
        let mut child = self.clone();
        child.ctx = ctx;
        child.subshell = true;
        child.jobs.clear();
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

    fn subshell<'a>(&'a mut self, body: &'a Rc<Command>, tail: bool) -> Pinned<'a, Flow> {
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
            Ok(code) | Err(Stop::Exit(code) | Stop::Return(code)) => code,
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

    fn pipeline<'a>(&'a mut self, commands: &'a [Rc<Command>]) -> Pinned<'a, Flow> {
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
                let pid = self.spawn("sh", |mut shell| {
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

    fn background<'a>(&'a mut self, command: &'a Rc<Command>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let inner = command.clone();
            let null: Fd = Rc::new(Object::Device(super::inode::Device::Null));
            let pid = self.spawn("sh", |mut shell| {
                shell.fds.set(0, Some(null));
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

    /// `$(...)`: what the commands print, without the newlines at the end.
    pub fn substitute<'a>(&'a mut self, program: &'a Rc<Program>) -> Pinned<'a, Result<String, Stop>> {
        Box::pin(async move {
            let pipe = Pipe::new(self.ctx.kernel.version.clone());
            let read = ReadEnd::new(&pipe);
            let write: Fd = Rc::new(Object::Write(WriteEnd::new(&pipe)));
            let program = program.clone();
            let pid = self.spawn("sh", |mut shell| {
                shell.fds.set(1, Some(write));
                async move {
                    shell.ctx.reset_handlers();
                    let result = shell.run_program(&program, true).await;
                    shell.finish(result).await
                }
            });
            let pid = pid.await.ok_or(Stop::Exit(2))?;
            let mut bytes = Vec::new();
            while let Some(piece) = self.ctx.wait_for(NEVER, || pipe.read(64 * 1024)).await {
                if piece.is_empty() {
                    break;
                }
                bytes.extend_from_slice(&piece);
                self.ctx.move_bytes(piece.len()).await;
                if bytes.len() > 1 << 20 {
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
            Ok(text)
        })
    }

    /// `<(...)`: a file that holds what the commands print.
    pub async fn process_substitution(&mut self, program: &Rc<Program>) -> Result<String, Stop> {
        let text = self.substitute(program).await?;
        let kernel = self.ctx.kernel.clone();
        let path = format!("/tmp/.sub{}", kernel.random() & 0xffff_ffff);
        let data = if text.is_empty() { Vec::new() } else { format!("{text}\n").into_bytes() };
        let inode = super::inode::Inode::file(data, 0o600);
        let _ = kernel.fs.borrow().create("/", &path, inode, kernel.user, kernel.now_millis().0);
        Ok(path)
    }

    /// `>(...)`: a pipe with a name; the commands read what is written to it.
    pub async fn output_substitution(&mut self, program: &Rc<Program>) -> Result<String, Stop> {
        let kernel = self.ctx.kernel.clone();
        let pipe = Pipe::new(kernel.version.clone());
        let input: Fd = Rc::new(Object::Read(ReadEnd::new(&pipe)));
        let program = program.clone();
        let pid = self.spawn("sh", |mut shell| {
            shell.fds.set(0, Some(input));
            async move {
                shell.ctx.reset_handlers();
                let result = shell.run_program(&program, true).await;
                shell.finish(result).await
            }
        });
        pid.await.ok_or(Stop::Exit(2))?;
        let path = format!("/tmp/.sub{}", kernel.random() & 0xffff_ffff);
        let inode = super::inode::Inode::new(super::inode::Content::Fifo(pipe), 0o600);
        let _ = kernel.fs.borrow().create("/", &path, inode, kernel.user, kernel.now_millis().0);
        Ok(path)
    }

    // ---- functions, eval, traps ----

    pub fn call<'a>(&'a mut self, body: &'a Rc<Command>, args: Vec<String>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            self.enter_call().await?;
            let positional = std::mem::replace(&mut self.positional, args);
            let loop_depth = std::mem::take(&mut self.loop_depth);
            self.locals.push(Default::default());
            let result = self.run(body, false).await;
            if let Some(hidden) = self.locals.pop() {
                for (name, old) in hidden {
                    match old {
                        Some(variable) => self.variables.insert(name, variable),
                        None => self.variables.remove(&name),
                    };
                }
            }
            self.positional = positional;
            self.loop_depth = loop_depth;
            self.depth -= 1;
            match result {
                Err(Stop::Return(code)) => Ok(code),
                other => other,
            }
        })
    }

    async fn enter_call(&mut self) -> Result<(), Stop> {
        self.ctx.step().await;
        if self.depth >= MAX_CALLS {
            return Err(self.overflow().await);
        }
        self.depth += 1;
        Ok(())
    }

    /// Where we stop, a real shell would soon die of a stack overflow.
    async fn overflow(&mut self) -> Stop {
        self.ctx.kernel.bound("calls nested too deeply: the shell's stack overflows");
        self.ctx.kill(self.ctx.pid, 11).await;
        Stop::Replaced(139)
    }

    /// Runs text as commands in this shell.
    pub fn eval_text<'a>(&'a mut self, text: &'a str) -> Pinned<'a, Flow> {
        Box::pin(async move {
            self.enter_call().await?;
            let program = super::parse::read(text, self.dialect);
            let line = self.line;
            let result = Box::pin(self.run_program(&program, false)).await;
            self.line = line;
            self.depth -= 1;
            result
        })
    }

    /// Runs the traps of signals that have come.
    pub fn run_traps<'a>(&'a mut self) -> Pinned<'a, Result<(), Stop>> {
        Box::pin(async move {
            while let Some(signal) = self.ctx.take_signal() {
                let Some(command) = self.traps.get(&signal).cloned() else { continue };
                if signal == SIGCHLD && self.in_trap {
                    continue;
                }
                self.run_trap(&command).await?;
            }
            Ok(())
        })
    }

    /// Runs the command of a trap, which leaves the status as it was.
    fn run_trap<'a>(&'a mut self, command: &'a str) -> Pinned<'a, Result<(), Stop>> {
        Box::pin(async move {
            let status = self.status;
            self.in_trap = true;
            let result = self.eval_text(command).await;
            self.in_trap = false;
            result.map(|_| self.status = status)
        })
    }
}

/// Recognises a loop that goes round without changing anything.
#[derive(Default)]
struct Idle {
    before: Option<Turn>,
    /// What the last turn took, and how many processes it started, when it had no effect and took no look.
    steady: Option<(u64, u32)>,
    turns: u32,
    pause: u64,
}

impl Idle {
    /// At the start of each turn. A loop without effect that takes time is parked after two turns alike, if it looks at nothing, or at
    /// files and nothing else before any time has passed in a turn. Of those that take next to none, one that only looks
    /// (`while [ ! -f x ]; do :; done`) looks less and less often; one that does not even look can only be ended by a signal.
    async fn turn(&mut self, ctx: &Ctx) {
        let turn = ctx.turn();
        let Some(before) = self.before.replace(turn) else { return };
        if before.effects != turn.effects {
            *self = Idle { before: self.before, ..Idle::default() };
            return;
        }
        let looks_at_files = before.file_looks != turn.file_looks;
        let looks_out = before.looks != turn.looks || looks_at_files && ctx.last_file_look() > before.now;
        let took = turn.now - before.now;
        if took > 0 && turn.forks != before.forks {
            self.turns = 0;
            let this = Some((took, turn.forks.wrapping_sub(before.forks)));
            if let Some((period, forks)) = this
                && self.steady == this
                && !looks_out
                && before.same_debt(&turn)
            {
                self.steady = None;
                ctx.park(period, forks, looks_at_files).await;
                self.before = Some(ctx.turn());
            } else {
                self.steady = this;
            }
            return;
        }
        self.steady = None;
        self.turns += 1;
        if self.turns < 4 {
            return;
        }
        if !looks_out && !looks_at_files {
            ctx.kernel.bound("busy for ever: the loop goes round without waiting");
            ctx.busy_for_ever().await;
        } else {
            self.pause = (self.pause * 2).clamp(1_000, 1_000_000);
            let until = ctx.kernel.now() + self.pause;
            ctx.wait_for(until, || ctx.has_signal().then_some(())).await;
        }
        self.before = Some(ctx.turn());
    }
}
