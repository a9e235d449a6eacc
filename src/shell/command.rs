//! Simple commands: assignments, redirections, and finding out what a name means.

use super::ast::*;
use super::eval::Pinned;
use super::fs::{Errno, MAX_FILE};
use super::host::Connection;
use super::image::ShellKind;
use super::inode::{Content, Device, Inode};
use super::io::{Access, open};
use super::pipe::{Fd, Object};
use super::program::{self, Lookup};
use super::state::{Flow, Shell, Stop, Value, Variable};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Shell {
    /// Writes to one of the shell's own descriptors; errors are not for the script to see.
    pub async fn write_fd(&mut self, fd: u32, bytes: &[u8]) -> bool {
        self.try_write_fd(fd, bytes).await.is_ok()
    }

    async fn try_write_fd(&mut self, fd: u32, bytes: &[u8]) -> Result<(), Errno> {
        let object = self.fds.get(fd).cloned().ok_or(Errno::BadFd)?;
        super::io::write(&self.ctx, &object, bytes).await
    }

    /// Prints for the builtin `name`, and says why when nobody takes it; busybox's `printf` does not.
    pub async fn print(&mut self, name: &str, bytes: &[u8]) -> bool {
        let Err(errno) = self.try_write_fd(1, bytes).await else { return true };
        let failed = format!("write error: {}", errno.text());
        match self.kind {
            ShellKind::Ash if name == "printf" => {}
            // It names neither the builtin nor the line.
            ShellKind::Ash => _ = self.write_fd(2, format!("{}: {failed}\n", self.arg0).as_bytes()).await,
            ShellKind::Dash => self.complain(&format!("{name}: I/O error")).await,
            ShellKind::Bash => self.complain(&failed).await,
        }
        false
    }

    /// A message of the shell, on standard error.
    pub async fn complain(&mut self, text: &str) {
        let message = format!("{}{text}\n", self.prefix());
        self.write_fd(2, message.as_bytes()).await;
    }

    /// An error that ends the shell.
    pub async fn fail(&mut self, text: &str, code: i32) -> Stop {
        self.complain(text).await;
        Stop::Exit(code)
    }

    pub fn simple<'a>(&'a mut self, simple: &'a Simple, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            self.ctx.step().await;
            self.line = simple.line + self.line_offset;
            self.substitution_status = None;
            if let Some(name) = self.alias_of(simple) {
                return self.run_alias(name, simple).await;
            }
            let substitutions = self.substitutions.len();
            let mut args = if declares(simple) {
                self.expand_declaration(&simple.words).await?
            } else {
                self.expand_words(&simple.words).await?
            };
            if args.is_empty() {
                return self.assign_only(simple).await;
            }
            let builtin = super::builtins::kind(&args[0], self);
            let special = matches!(builtin, Some(super::builtins::Kind::Special));
            let saved = self.fds.clone();
            if let Err(status) = self.redirect(&simple.redirects).await? {
                self.fds = saved;
                return if special && self.kind != ShellKind::Bash { Err(Stop::Exit(status)) } else { Ok(status) };
            }
            if args[0] == "exec" && !self.functions.contains_key("exec") {
                self.assign_all(&simple.assigns, &mut None).await?;
                self.trace(simple, &args, &saved).await;
                return self.exec(args).await;
            }
            // The assignments hold for this command only, unless it is a special builtin.
            let function = if special { None } else { self.functions.get(&args[0]).cloned() };
            let mut hidden = (!special).then(BTreeMap::new);
            let assigned = self.assign_all(&simple.assigns, &mut hidden).await;
            let result = match assigned {
                Err(stop) => Err(stop),
                Ok(()) => {
                    self.trace(simple, &args, &saved).await;
                    if let Some(body) = function {
                        let outer = self.function.replace(args.remove(0));
                        let result = self.call(&body, args).await;
                        self.function = outer;
                        result
                    } else if builtin.is_some() {
                        match self.builtin(args).await {
                            Ok(0) => self.fill_arrays(&simple.arrays).await,
                            other => other,
                        }
                    } else {
                        self.external(args, tail && simple.redirects.iter().all(|r| r.body.is_none())).await
                    }
                }
            };
            self.fds = saved;
            self.close_substitutions(substitutions);
            for (name, old) in hidden.into_iter().flatten() {
                match old {
                    Some(variable) => self.variables.insert(name, variable),
                    None => self.variables.remove(&name),
                };
            }
            result
        })
    }

    fn assign_only<'a>(&'a mut self, simple: &'a Simple) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let saved = self.fds.clone();
            let redirected = self.redirect(&simple.redirects).await?;
            self.fds = saved.clone();
            if let Err(status) = redirected {
                return Ok(status);
            }
            self.assign_all(&simple.assigns, &mut None).await?;
            if !simple.assigns.is_empty() {
                self.trace(simple, &[], &saved).await;
            }
            Ok(self.substitution_status.unwrap_or(0))
        })
    }

    fn assign_all<'a>(
        &'a mut self,
        assigns: &'a [Assign],
        hidden: &'a mut Option<BTreeMap<String, Option<Variable>>>,
    ) -> Pinned<'a, Result<(), Stop>> {
        Box::pin(async move {
            for assign in assigns {
                if let Some(hidden) = hidden {
                    hidden.entry(assign.name.clone()).or_insert_with(|| self.variables.get(&assign.name).cloned());
                }
                self.assign(assign).await?;
                if hidden.is_some() {
                    self.export(&assign.name);
                }
            }
            Ok(())
        })
    }

    pub async fn assign(&mut self, assign: &Assign) -> Result<(), Stop> {
        let name = &assign.name;
        if self.is_read_only(name) {
            if self.kind == ShellKind::Bash {
                self.complain(&format!("{name}: readonly variable")).await;
                return Err(Stop::Discard(1));
            }
            return Err(self.fail(&format!("{name}: is read only"), 2).await);
        }
        match &assign.value {
            AssignValue::Array(words) => {
                let items = self.expand_words(words).await?;
                if let Some(Value::Map(map)) = self.variables.entry(name.clone()).or_default().value.as_mut() {
                    if !assign.append {
                        map.clear();
                    }
                    self.fill_map(name, &items);
                    return Ok(());
                }
                if !assign.append {
                    self.variables.entry(name.clone()).or_default().value = Some(Value::Array(BTreeMap::new()));
                }
                let array = self.array(name);
                let mut next = array.keys().next_back().map_or(0, |last| last + 1);
                for item in items {
                    let explicit = item.strip_prefix('[').and_then(|r| r.split_once("]="));
                    let (at, value) = match explicit.and_then(|(i, v)| Some((i.parse().ok()?, v.to_string()))) {
                        Some((at, value)) => (at, value),
                        None => (next, item),
                    };
                    array.insert(at, value);
                    next = at.saturating_add(1);
                }
                self.ctx.kernel.effect();
            }
            AssignValue::Scalar(word) => {
                let mut value = self.expand_single(&word.parts).await?;
                match &assign.index {
                    Some(index) => self.assign_element(name, index, value, assign.append).await?,
                    None => {
                        if assign.append {
                            value = self.get(name).unwrap_or_default() + &value;
                        }
                        self.ctx.move_bytes(value.len()).await;
                        self.set(name, value);
                    }
                }
            }
        }
        Ok(())
    }

    /// The arrays that a builtin has declared.
    async fn fill_arrays(&mut self, arrays: &[Assign]) -> Flow {
        for array in arrays {
            let declared = self.variables.entry(array.name.clone()).or_default();
            let read_only = std::mem::take(&mut declared.read_only);
            self.assign(array).await?;
            self.variables.entry(array.name.clone()).or_default().read_only = read_only;
        }
        Ok(0)
    }

    fn fill_map(&mut self, name: &str, items: &[String]) {
        if let Some(Variable { value: Some(Value::Map(map)), .. }) = self.variables.get_mut(name) {
            for item in items {
                if let Some((key, value)) = item.strip_prefix('[').and_then(|r| r.split_once("]=")) {
                    map.insert(key.to_string(), value.to_string());
                }
            }
        }
    }

    async fn assign_element(&mut self, name: &str, index: &[Part], value: String, append: bool) -> Result<(), Stop> {
        if let Some(Variable { value: Some(Value::Map(_)), .. }) = self.variables.get(name) {
            let key = self.expand_single(index).await?;
            if let Some(Variable { value: Some(Value::Map(map)), .. }) = self.variables.get_mut(name) {
                let old = if append { map.get(&key).cloned().unwrap_or_default() } else { String::new() };
                map.insert(key, old + &value);
            }
        } else {
            let at = self.arith(index).await?;
            let array = self.array(name);
            let at = if at < 0 { array.keys().next_back().map_or(0, |last| last + 1 + at) } else { at };
            let old = if append { array.get(&at).cloned().unwrap_or_default() } else { String::new() };
            array.insert(at, old + &value);
        }
        self.ctx.kernel.effect();
        Ok(())
    }

    /// The arguments of `export`, `local` and their kind: assignments do not split.
    async fn expand_declaration(&mut self, words: &[Word]) -> Result<Vec<String>, Stop> {
        let mut out = Vec::new();
        for word in words {
            let before = out.len();
            let assigns = matches!(word.parts.first(), Some(Part::Text(t)) if t.find('=').is_some_and(|i| super::parse::is_name(&t[..i])));
            if assigns {
                let text = self.expand_single(&word.parts).await?;
                out.push(text);
            } else {
                self.expand_word(word, &mut out).await?;
            }
            self.ctx.move_bytes(super::expand::weight(&out[before..])).await;
        }
        Ok(out)
    }

    /// Runs a program and waits for it, or becomes it.
    pub fn external<'a>(&'a mut self, args: Vec<String>, tail: bool) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let found = program::lookup(&self.ctx.kernel, &self.cwd, &self.get("PATH").unwrap_or_default(), &args[0]);
            if tail && self.traps.is_empty() {
                return Err(Stop::Replaced(self.become_program(found, args).await));
            }
            let pid = self.spawn("sh", |mut shell| async move {
                shell.ctx.reset_handlers();
                shell.become_program(found, args).await
            });
            match pid.await {
                Some(pid) => Ok(self.wait_foreground(pid).await),
                None => Err(Stop::Exit(2)),
            }
        })
    }

    /// What `exec` and the child after a fork do. Comes back only with the status of a failure.
    pub fn become_program<'a>(&'a mut self, found: Lookup, args: Vec<String>) -> Pinned<'a, i32> {
        Box::pin(async move {
            match found {
                Lookup::Found(program) => {
                    self.ctx.reset_handlers();
                    self.ctx.kernel.set_name(self.ctx.pid, args.join(" "));
                    let io = super::io::Io {
                        ctx: self.ctx.clone(),
                        args,
                        env: self.environment(),
                        fds: std::mem::take(&mut self.fds),
                        cwd: self.cwd.clone(),
                        umask: self.umask,
                        followed: self.followed > 0,
                    };
                    match self.ctx.exec(program::run(program, io)).await {}
                }
                Lookup::Missing => {
                    let text = match self.kind {
                        // What an empty name finds on the path are the directories themselves.
                        ShellKind::Ash if args[0].is_empty() => ": Permission denied".into(),
                        ShellKind::Bash if !args[0].contains('/') => format!("{}: command not found", args[0]),
                        ShellKind::Bash => format!("{}: No such file or directory", args[0]),
                        _ => format!("{}: not found", args[0]),
                    };
                    self.complain(&text).await;
                    127
                }
                Lookup::Denied(is_dir) => {
                    let what =
                        if is_dir && self.kind == ShellKind::Bash { "Is a directory" } else { "Permission denied" };
                    self.complain(&format!("{}: {what}", args[0])).await;
                    126
                }
            }
        })
    }

    pub(super) fn exec<'a>(&'a mut self, mut args: Vec<String>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            args.remove(0);
            if args.first().is_some_and(|a| a == "--") {
                args.remove(0);
            }
            if args.is_empty() {
                return Ok(0);
            }
            let found = program::lookup(&self.ctx.kernel, &self.cwd, &self.get("PATH").unwrap_or_default(), &args[0]);
            let previous = self.speaker.replace("exec".into());
            // What would have followed does not.
            let followed = std::mem::take(&mut self.followed);
            self.ctx.fork_step().await;
            let code = self.become_program(found, args).await;
            self.speaker = previous;
            self.followed = followed;
            Err(Stop::Exit(code))
        })
    }

    /// Applies redirections to this shell's descriptors. The inner error is the status of a command whose redirection failed.
    pub fn redirect<'a>(&'a mut self, redirects: &'a [Redirect]) -> Pinned<'a, Result<Result<(), i32>, Stop>> {
        Box::pin(async move {
            for redirect in redirects {
                let default = match redirect.op {
                    RedirectOp::Read
                    | RedirectOp::ReadWrite
                    | RedirectOp::DupIn
                    | RedirectOp::HereDoc
                    | RedirectOp::HereString => 0,
                    _ => 1,
                };
                let fd = match &redirect.name {
                    Some(name) => self.named_descriptor(name, redirect),
                    None => redirect.fd.unwrap_or(default),
                };
                let object = match redirect.op {
                    RedirectOp::HereDoc => {
                        let body = redirect.body.as_ref().and_then(|b| b.get()).cloned().unwrap_or_default();
                        let text = self.expand_text(&body).await?;
                        self.ctx.move_bytes(text.len()).await;
                        text_object(text)
                    }
                    RedirectOp::HereString => text_object(self.expand_single(&redirect.target.parts).await? + "\n"),
                    RedirectOp::DupIn | RedirectOp::DupOut => match self.duplicate(redirect).await? {
                        Ok(object) => object,
                        Err(status) => return Ok(Err(status)),
                    },
                    _ => {
                        let path = self.expand_single(&redirect.target.parts).await?;
                        match self.open_for(redirect.op, &path).await {
                            Ok(object) => Some(object),
                            Err(errno) => {
                                let text = self.open_error(redirect.op, &path, errno);
                                self.complain(&text).await;
                                return Ok(Err(if self.kind == ShellKind::Dash { 2 } else { 1 }));
                            }
                        }
                    }
                };
                if matches!(redirect.op, RedirectOp::Both | RedirectOp::BothAppend)
                    || (redirect.op == RedirectOp::DupOut && redirect.fd.is_none() && !is_descriptor(redirect))
                {
                    self.fds.set(2, object.clone());
                }
                self.fds.set(fd, object);
            }
            Ok(Ok(()))
        })
    }

    /// The descriptor of `{name}>file`: a free one from 10 on, of which the variable is told; to be closed it is the one that it names.
    fn named_descriptor(&mut self, name: &str, redirect: &Redirect) -> u32 {
        if redirect.target.literal() == Some("-") {
            return self.get(name).and_then(|value| value.parse().ok()).unwrap_or(u32::MAX);
        }
        let free = (10..).find(|number| self.fds.get(*number).is_none()).unwrap_or(10);
        self.set(name, free.to_string());
        free
    }

    /// The object of `>&1`, `<&-`, or of a file name after `>&`.
    async fn duplicate(&mut self, redirect: &Redirect) -> Result<Result<Option<Fd>, i32>, Stop> {
        let target = self.expand_single(&redirect.target.parts).await?;
        if target == "-" {
            return Ok(Ok(None));
        }
        if let Ok(number) = target.parse::<u32>() {
            return Ok(match self.fds.get(number) {
                Some(object) => Ok(Some(object.clone())),
                None => {
                    self.complain(&format!("{number}: Bad file descriptor")).await;
                    Err(1)
                }
            });
        }
        match self.open_for(RedirectOp::Write, &target).await {
            Ok(object) => Ok(Ok(Some(object))),
            Err(errno) => {
                let text = self.open_error(RedirectOp::Write, &target, errno);
                self.complain(&text).await;
                Ok(Err(1))
            }
        }
    }

    async fn open_for(&mut self, op: RedirectOp, path: &str) -> Result<Fd, Errno> {
        let access = match op {
            RedirectOp::Read => Access::Read,
            RedirectOp::Append | RedirectOp::BothAppend => Access::Append,
            RedirectOp::ReadWrite => Access::ReadWrite,
            RedirectOp::Write if self.options.noclobber => Access::Exclusive,
            _ => Access::Write,
        };
        if self.dialect == Dialect::Bash && path.starts_with("/dev/tcp/") {
            return self.open_socket(path).await;
        }
        open(&self.ctx, &self.fds, &self.cwd, path, access, 0o666 & !self.umask)
    }

    /// bash's `/dev/tcp/HOST/PORT`.
    async fn open_socket(&mut self, path: &str) -> Result<Fd, Errno> {
        let mut parts = path["/dev/tcp/".len()..].splitn(2, '/');
        let (host, port) = (parts.next().unwrap_or(""), parts.next().and_then(|p| p.parse().ok()).unwrap_or(0));
        let errno = match super::net::connect(&self.ctx, host, port, None).await {
            Connection::Open => return Ok(Rc::new(Object::Device(Device::Null))),
            Connection::NoSuchHost => {
                self.complain(&format!("{host}: Name or service not known")).await;
                return Err(Errno::Invalid);
            }
            Connection::Refused => Errno::Refused,
            Connection::Timeout => Errno::TimedOut,
        };
        let said = format!("{}: connect: {}\n", self.arg0, errno.text());
        self.write_fd(2, said.as_bytes()).await;
        Err(errno)
    }

    fn open_error(&self, op: RedirectOp, path: &str, errno: Errno) -> String {
        let creates = !matches!(op, RedirectOp::Read);
        match self.kind {
            ShellKind::Bash if errno == Errno::Exists => format!("{path}: cannot overwrite existing file"),
            ShellKind::Bash => format!("{path}: {}", errno.text()),
            kind => {
                let verb = match (kind, creates) {
                    (ShellKind::Dash, true) => "cannot create",
                    (ShellKind::Dash, false) => "cannot open",
                    (_, true) => "can't create",
                    (_, false) => "can't open",
                };
                let text = match (errno, creates, kind) {
                    (Errno::NotFound, true, ShellKind::Dash) => "Directory nonexistent",
                    (Errno::NotFound, false, ShellKind::Dash) => "No such file",
                    (Errno::NotFound, true, _) => "nonexistent directory",
                    (Errno::NotFound, false, _) => "no such file",
                    _ => errno.text(),
                };
                format!("{verb} {path}: {text}")
            }
        }
    }
}

fn is_descriptor(redirect: &Redirect) -> bool {
    let text = redirect.target.literal().unwrap_or("1");
    text == "-" || text.chars().all(|c| c.is_ascii_digit())
}

/// A descriptor from which a text can be read.
fn text_object(text: String) -> Option<Fd> {
    let mut data = text.into_bytes();
    data.truncate(MAX_FILE);
    let inode = Inode::new(Content::File { data, zeros: 0 }, 0o600);
    Some(Rc::new(Object::text(inode)))
}

/// Whether the command is one whose arguments are assignments.
fn declares(simple: &Simple) -> bool {
    let name = simple.words.first().and_then(Word::literal);
    matches!(name, Some("export" | "readonly" | "local" | "declare" | "typeset"))
}
