//! Runs the syntax tree: lists, compound commands, functions, traps.
//!
//! Every function here is a coroutine of its process. Recursion follows the nesting of the syntax (bounded by the parser) and the
//! nesting of functions, `eval` and traps (bounded by [`MAX_CALLS`]).

use super::ast::*;
use super::idle::Idle;
use super::image::ShellKind;
use super::kernel::SIGCHLD;
use super::pattern;
use super::signals;
use super::state::{Flow, Shell, Stop};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Functions and `eval`s nested deeper end the shell; busybox itself overflows its stack a little later.
pub const MAX_CALLS: u32 = 200;

/// Commands nested deeper, functions included, end the shell: a level takes about a kilobyte of stack, and a browser has a megabyte.
const MAX_NESTING: u32 = 400;

/// A character that is read as a command costs as much as so many that are moved.
const PARSE_COST: usize = 8;

pub type Pinned<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

impl Shell {
    /// Runs a script line by line, then says what is wrong with the rest.
    pub fn run_program<'a>(&'a mut self, program: &'a Program, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut status = 0;
            for (i, line) in program.lines.iter().enumerate() {
                self.lines_read += 1;
                let loop_depth = self.loop_depth;
                let outcome = match i + 1 == program.lines.len() && program.error.is_none() {
                    true => self.run(line, tail).await,
                    false => self.run_followed(line).await,
                };
                status = match outcome {
                    Err(Stop::Discard(code)) if self.subshell || self.options.errexit => return Err(Stop::Exit(code)),
                    Err(Stop::Discard(code)) => {
                        self.loop_depth = loop_depth;
                        self.status = code;
                        code
                    }
                    other => other?,
                };
            }
            if let Some(error) = &program.error {
                self.line = error.line + self.line_offset;
                let stop = self.syntax_error(error).await;
                // What `eval` and `.` cannot read does not end bash.
                return if self.kind == ShellKind::Bash && self.depth > 0 { Ok(2) } else { Err(stop) };
            }
            Ok(status)
        })
    }

    async fn syntax_error(&mut self, error: &ParseError) -> Stop {
        let message = match self.kind {
            ShellKind::Ash => format!("syntax error: {}", error.message),
            ShellKind::Dash => format!("Syntax error: {}", error.message),
            ShellKind::Bash => error.message.clone(),
        };
        if self.kind == ShellKind::Bash {
            let prefix = match self.speaker.as_deref() {
                None if self.commanded => self.prefix().replacen(": ", ": -c: ", 1),
                Some("eval") => format!("{}: eval: line {}: ", self.arg0, self.line + 1),
                Some(file) if self.sourced > 0 => format!("{file}: line {}: ", self.line + 1),
                _ => self.prefix(),
            };
            let shown = error.shown.iter().map(|line| format!("{prefix}`{line}'\n"));
            let text = format!("{prefix}{message}\n{}", shown.collect::<String>());
            self.write_fd(2, text.as_bytes()).await;
        } else {
            self.complain(&message).await;
        }
        Stop::Exit(2)
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
                    status = match i + 1 == commands.len() {
                        true => self.run(command, tail).await?,
                        false => self.run_followed(command).await?,
                    };
                }
                Ok(status)
            }
            Command::AndOr { first, rest } => self.and_or(first, rest, tail).await,
            Command::Pipeline { negated, commands } => {
                let status = match (commands.len(), *negated) {
                    (1, true) => self.run_tested(&commands[0], false).await?,
                    _ => self.pipeline(commands).await?,
                };
                if *negated { Ok((status == 0) as i32) } else { self.answer_for(status).await }
            }
            Command::Timed { command, posix } => self.timed(command.as_ref(), *posix).await,
            Command::Background(inner) => self.background(inner).await,
            Command::Subshell(body) => {
                let status = self.subshell(body, tail).await?;
                self.answer_for(status).await
            }
            Command::Group(body) => self.run(body, tail).await,
            Command::Redirected(body, redirects) => {
                let saved = self.fds.clone();
                let substitutions = self.substitutions.len();
                if let Err(status) = self.redirect(redirects).await? {
                    self.fds = saved;
                    return self.answer_for(status).await;
                }
                let result = self.run(body, false).await;
                self.fds = saved;
                self.close_substitutions(substitutions);
                result
            }
            Command::If { test, then, otherwise } => {
                if self.run_tested(test, true).await? == 0 {
                    self.run(then, tail).await
                } else {
                    match otherwise {
                        Some(command) => self.run(command, tail).await,
                        None => Ok(0),
                    }
                }
            }
            Command::While { until, test, body } => self.while_loop(*until, test, body).await,
            Command::For { name, words, body, shown } => self.for_loop(name, words.as_deref(), body, shown).await,
            Command::ForArith { init, test, step, body, shown } => {
                self.for_arith([init, test, step], body, shown).await
            }
            Command::Case { word, arms, shown } => {
                self.trace_compound(&format!("case {shown} in")).await;
                self.case(word, arms, tail).await
            }
            Command::Function { name, body } => {
                self.functions.insert(name.clone(), body.clone());
                self.ctx.kernel.effect();
                Ok(0)
            }
            Command::Arith(parts, shown) => {
                self.ctx.step().await;
                self.trace_compound(&format!("(( {shown} ))")).await;
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
            && (self.function.is_none() || self.options.errtrace)
            && let Some(command) = self.traps.get(&signals::ERR).cloned()
        {
            self.run_trap(&command).await?;
        }
        if self.options.errexit { Err(Stop::Exit(status)) } else { Ok(status) }
    }

    /// Runs a command whose failure is looked at: `set -e` does not apply. `followed`: its success has others follow.
    async fn run_tested(&mut self, command: &Rc<Command>, followed: bool) -> Flow {
        self.tested += 1;
        self.followed += followed as u32;
        let result = self.run(command, false).await;
        self.followed -= followed as u32;
        self.tested -= 1;
        result
    }

    /// Runs a command on which others follow.
    async fn run_followed(&mut self, command: &Rc<Command>) -> Flow {
        self.followed += 1;
        let result = self.run(command, false).await;
        self.followed -= 1;
        result
    }

    /// Commands with `&&` and `||` between them; only a failure of the last one is nobody's wish to see.
    async fn and_or(&mut self, first: &Rc<Command>, rest: &[(Joint, Rc<Command>)], tail: bool) -> Flow {
        let leads_on = |rest: &[(Joint, Rc<Command>)]| rest.iter().any(|(joint, _)| *joint == Joint::And);
        let mut status = self.run_tested(first, leads_on(rest)).await?;
        for (i, (joint, command)) in rest.iter().enumerate() {
            if (status == 0) != (*joint == Joint::And) {
                continue;
            }
            status = match i + 1 == rest.len() {
                true => self.run(command, tail).await?,
                false => self.run_tested(command, leads_on(&rest[i + 1..])).await?,
            };
        }
        Ok(status)
    }

    /// Runs a command and says how long it took. Nothing but waiting takes time here.
    async fn timed(&mut self, command: Option<&Rc<Command>>, posix: bool) -> Flow {
        let started = self.ctx.kernel.now();
        let result = match command {
            Some(command) => self.run_followed(command).await,
            None => Ok(0),
        };
        self.ctx.kernel.look();
        let millis = (self.ctx.kernel.now() - started) / 1_000;
        let (seconds, rest) = (millis / 1_000, millis % 1_000);
        let text = match posix {
            true => format!("real {seconds}.{:02}\nuser 0.00\nsys 0.00\n", rest / 10),
            false => {
                format!("\nreal\t{}m{}.{rest:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n", seconds / 60, seconds % 60)
            }
        };
        self.write_fd(2, text.as_bytes()).await;
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
                match self.run_tested(test, true).await {
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
                let outcome = self.run_followed(body).await;
                if let Some(result) = self.loop_outcome(outcome, &mut status) {
                    break result;
                }
            };
            self.loop_depth -= 1;
            result
        })
    }

    fn for_loop<'a>(
        &'a mut self,
        name: &'a str,
        words: Option<&'a [Word]>,
        body: &'a Rc<Command>,
        shown: &'a str,
    ) -> Pinned<'a, Flow> {
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
                let listed = if words.is_some() { shown } else { "\"$@\"" };
                self.trace_compound(&format!("for {name} in {listed}")).await;
                if !self.set(name, item) {
                    result = Some(Err(self.fail(&format!("{name}: is read only"), 2).await));
                    break;
                }
                let outcome = self.run_followed(body).await;
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
        parts: [&'a [Part]; 3],
        body: &'a Rc<Command>,
        shown: &'a [String; 3],
    ) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let mut status = 0;
            let mut idle = Idle::default();
            let [init, test, step] = parts;
            self.trace_compound(&format!("(( {} ))", shown[0])).await;
            self.arith(init).await?;
            self.loop_depth += 1;
            let result = loop {
                self.ctx.step().await;
                idle.turn(&self.ctx).await;
                self.trace_compound(&format!("(( {} ))", shown[1])).await;
                if !test.is_empty() && self.arith(test).await? == 0 {
                    break Ok(status);
                }
                let outcome = self.run_followed(body).await;
                if let Some(result) = self.loop_outcome(outcome, &mut status) {
                    break result;
                }
                self.trace_compound(&format!("(( {} ))", shown[2])).await;
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
            let (mut status, mut falls) = (0, false);
            for arm in arms {
                if !falls && !self.selects(arm, &text).await? {
                    continue;
                }
                status = match &arm.body {
                    Some(body) => self.run(body, tail && arm.then == AfterArm::Leave).await?,
                    None => 0,
                };
                falls = arm.then == AfterArm::Next;
                if arm.then == AfterArm::Leave {
                    break;
                }
            }
            Ok(status)
        })
    }

    async fn selects(&mut self, arm: &Arm, text: &str) -> Result<bool, Stop> {
        for choice in &arm.patterns {
            let pattern = self.expand_pattern(&choice.parts).await?;
            self.ctx.match_work(pattern::work(&pattern, text)).await;
            if self.matches(&pattern, text) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a text is one of a pattern, as `shopt -s nocasematch` has it.
    pub fn matches(&self, pattern: &str, text: &str) -> bool {
        match self.options.nocasematch {
            true => pattern::matches(&pattern.to_lowercase(), &text.to_lowercase()),
            false => pattern::matches(pattern, text),
        }
    }

    // ---- functions, eval, traps ----

    pub fn call<'a>(&'a mut self, body: &'a Rc<Command>, args: Vec<String>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            self.enter_call().await?;
            let positional = std::mem::replace(&mut self.positional, args);
            // In busybox `break` leaves the caller's loops too.
            let loop_depth = self.loop_depth;
            if self.kind != ShellKind::Ash {
                self.loop_depth = 0;
            }
            self.locals.push(Default::default());
            let offset = std::mem::take(&mut self.line_offset);
            let result = self.run(body, false).await;
            self.line_offset = offset;
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
            self.ctx.move_bytes(text.len().saturating_mul(PARSE_COST)).await;
            let program = super::parse::read(text, self.dialect);
            let (line, offset) = (self.line, self.line_offset);
            if self.kind == ShellKind::Bash {
                self.line_offset = line;
            }
            self.indirection += 1;
            let result = Box::pin(self.run_program(&program, false)).await;
            self.indirection -= 1;
            (self.line, self.line_offset) = (line, offset);
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
