//! The commands that are part of the shell.

mod aliases;
mod directories;
mod jobs;
mod names;
mod options;
mod variables;

use crate::shell::ast::Dialect;
use crate::shell::calendar::{Zone, strftime};
use crate::shell::eval::Pinned;
use crate::shell::image::ShellKind;
use crate::shell::imagined::Imagined;
use crate::shell::printf::{Clock, Printed, printf_with};
use crate::shell::state::{Flow, Shell, Stop};

/// Whether errors in a builtin end the shell.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Special,
    Regular,
}

const SPECIAL: [&str; 14] = [
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "unset",
];

const REGULAR: [&str; 28] = [
    "alias", "bg", "cd", "chdir", "command", "echo", "false", "fg", "getopts", "hash", "jobs", "kill", "let", "local",
    "printf", "pwd", "read", "test", "[", "true", "type", "ulimit", "umask", "unalias", "wait", "help", "[[", "source",
];

const BASH_ONLY: [&str; 10] =
    ["declare", "typeset", "mapfile", "readarray", "shopt", "pushd", "popd", "dirs", "disown", "builtin"];

/// Whether `name` is a builtin of this shell.
pub fn kind(name: &str, shell: &Shell) -> Option<Kind> {
    if SPECIAL.contains(&name) || name == "trap" {
        return Some(Kind::Special);
    }
    let dash_lacks = shell.kind == ShellKind::Dash && matches!(name, "let" | "[[" | "source" | "help");
    if REGULAR.contains(&name) && !dash_lacks {
        return Some(Kind::Regular);
    }
    (shell.dialect == Dialect::Bash && BASH_ONLY.contains(&name)).then_some(Kind::Regular)
}

/// Builtins that leave nothing behind but what they count themselves; of the others a loop is taken to notice every turn.
const QUIET: [&str; 17] = [
    ":", "true", "false", "echo", "printf", "test", "[", "[[", "break", "continue", "return", "exit", "pwd", "wait",
    "hash", "let", "help",
];

impl Shell {
    /// Runs a builtin; messages name it meanwhile.
    pub fn builtin<'a>(&'a mut self, args: Vec<String>) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let previous = self.speaker.replace(args[0].clone());
            if !QUIET.contains(&args[0].as_str()) {
                self.ctx.kernel.effect();
            }
            // These run commands in turn; the rest need not weigh on their stack.
            let result = match args[0].as_str() {
                "eval" => self.eval_text(&args[1..].join(" ")).await,
                "." | "source" => self.source(&args[1..]).await,
                "command" => self.command(&args[1..]).await,
                "builtin" if args.len() > 1 => match kind(&args[1], self) {
                    Some(_) => self.builtin(args[1..].to_vec()).await,
                    None => {
                        self.complain(&format!("{}: not a shell builtin", args[1])).await;
                        Ok(1)
                    }
                },
                _ => self.dispatch(&args).await,
            };
            self.speaker = previous;
            match self.stop_after_builtin.take() {
                Some(stop) => Err(stop),
                None => result,
            }
        })
    }

    fn dispatch<'a>(&'a mut self, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let rest = &args[1..];
            match args[0].as_str() {
                ":" | "true" | "help" | "disown" => Ok(0),
                "alias" => self.alias(rest).await,
                "unalias" => self.unalias(rest),
                "false" => Ok(1),
                "echo" => self.echo(rest).await,
                "printf" => self.printf(rest).await,
                "test" => self.test(rest).await,
                "[" | "[[" => self.bracket(&args[0], rest).await,
                "exit" => {
                    let code = self.code_argument(rest).await?;
                    Err(Stop::Exit(code))
                }
                "return" => {
                    if self.kind == ShellKind::Bash && self.function.is_none() && self.sourced == 0 {
                        self.complain("can only `return' from a function or sourced script").await;
                        return Ok(2);
                    }
                    let code = self.code_argument(rest).await?;
                    Err(Stop::Return(code))
                }
                "break" | "continue" => self.leave_loop(&args[0], rest).await,
                "cd" | "chdir" => self.cd(rest).await,
                "pushd" | "popd" | "dirs" => self.directory_stack(&args[0], rest).await,
                "pwd" => {
                    let real = rest.last().is_some_and(|a| a == "-P");
                    let found = self.ctx.kernel.fs.borrow().find("/", &self.cwd, true);
                    let path = found.ok().filter(|_| real).map_or(self.cwd.clone(), |f| f.path);
                    let text = format!("{path}\n");
                    self.write_fd(1, text.as_bytes()).await;
                    Ok(0)
                }
                "export" => self.export_names(rest).await,
                "readonly" => self.read_only_names(rest).await,
                "local" => self.local(rest).await,
                "declare" | "typeset" => self.declare(rest).await,
                "unset" => self.unset(rest).await,
                "shift" => self.shift(rest).await,
                "set" => self.set_options(rest).await,
                "shopt" => {
                    let (on, asks) = (rest.iter().any(|a| a == "-s"), rest.iter().any(|a| a == "-q"));
                    let mut status = 0;
                    for (name, field) in
                        [("nullglob", &mut self.options.nullglob), ("nocasematch", &mut self.options.nocasematch)]
                    {
                        if !rest.iter().any(|a| a == name) {
                            continue;
                        }
                        if asks && !on {
                            status |= !*field as i32;
                        } else {
                            *field = on;
                        }
                    }
                    Ok(status)
                }
                "trap" => self.trap(rest).await,
                "wait" => self.wait(rest).await,
                "kill" => self.kill(rest).await,
                "jobs" => self.list_jobs(rest).await,
                "fg" | "bg" => {
                    self.complain("no current job").await;
                    Ok(1)
                }
                "read" => self.read(rest).await,
                "mapfile" | "readarray" => self.map_file(rest).await,
                "type" => self.type_names(rest).await,
                "getopts" => self.getopts(rest).await,
                "umask" => self.set_umask(rest).await,
                "hash" => self.hash(rest).await,
                "ulimit" => self.ulimit(rest).await,
                "let" => self.let_values(rest).await,
                "times" => {
                    self.write_fd(1, b"0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n").await;
                    Ok(0)
                }
                _ => Ok(0),
            }
        })
    }

    /// An error of a special builtin.
    async fn bad(&mut self, text: &str) -> Stop {
        self.fail(text, 2).await
    }

    async fn echo(&mut self, args: &[String]) -> Flow {
        let dash = self.kind == ShellKind::Dash;
        let bytes = crate::shell::applets::echo_bytes(args, dash);
        Ok(!self.print("echo", &bytes).await as i32)
    }

    async fn printf(&mut self, args: &[String]) -> Flow {
        if let [flag, name, format, rest @ ..] = args
            && flag == "-v"
            && self.dialect == Dialect::Bash
        {
            let printed = self.printed(format, rest);
            self.set(name, String::from_utf8_lossy(&printed.bytes).into_owned());
            return Ok(0);
        }
        let args = if args.first().is_some_and(|a| a == "--") { &args[1..] } else { args };
        let Some((format, rest)) = args.split_first() else {
            self.write_fd(2, format!("{}: usage: printf FORMAT [ARGUMENT...]\n", self.arg0).as_bytes()).await;
            return Ok(2);
        };
        let printed = self.printed(format, rest);
        for complaint in &printed.complaints {
            let number = complaint.strip_prefix("invalid number '").and_then(|c| c.strip_suffix('\''));
            let complaint = match (number, self.kind) {
                (Some(text), ShellKind::Bash) => format!("{text}: invalid number"),
                (Some(text), ShellKind::Dash) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                    format!("{text}: not completely converted")
                }
                (Some(text), ShellKind::Dash) => format!("{text}: expected numeric value"),
                _ => complaint.clone(),
            };
            let message = format!("{}: {complaint}\n", self.arg0_or("printf"));
            self.write_fd(2, message.as_bytes()).await;
        }
        let written = self.print("printf", &printed.bytes).await;
        Ok((!written || !printed.complaints.is_empty()) as i32)
    }

    fn printed(&self, format: &str, args: &[String]) -> Printed {
        let clock = |format: &str, at: i64| {
            let kernel = &self.ctx.kernel;
            let at = match at {
                -1 => kernel.date(kernel.now()) as i64,
                -2 => kernel.date(0) as i64,
                at => at,
            };
            let format = if format.is_empty() { "%X" } else { format };
            strftime(format, at, &Zone::of(self.get("TZ").as_deref()), None)
        };
        let clock: Option<Clock> = if self.kind == ShellKind::Bash { Some(&clock) } else { None };
        printf_with(format, args, self.kind == ShellKind::Ash, clock)
    }

    /// The name that busybox puts before messages of programs built into its shell.
    fn arg0_or(&self, name: &str) -> String {
        match self.kind {
            ShellKind::Ash => "sh".into(),
            ShellKind::Dash => format!("{}: {}: {name}", self.arg0, self.line + 1),
            ShellKind::Bash => format!("{}: line {}: {name}", self.arg0, self.line + 1),
        }
    }

    async fn test(&mut self, args: &[String]) -> Flow {
        match crate::shell::test_expr::test_in(args, &self.ctx.kernel, &self.cwd) {
            Ok(truth) => Ok(!truth as i32),
            Err(text) => {
                let name = self.speaker.clone().unwrap_or_else(|| "[".into());
                let message = format!("{}: {}\n", self.arg0_or(&name), self.test_message(args, text));
                self.write_fd(2, message.as_bytes()).await;
                Ok(2)
            }
        }
    }

    /// What the shell says of a test that makes no sense; `text` is busybox's message.
    fn test_message(&self, args: &[String], text: String) -> String {
        let number = text.strip_suffix(": bad number");
        let arg = |at: usize| args.get(at).map_or("", String::as_str);
        match (self.kind, number, args.len()) {
            (ShellKind::Ash, ..) => text,
            (ShellKind::Dash, Some(word), _) => format!("Illegal number: {word}"),
            (ShellKind::Bash, Some(word), _) => format!("{word}: integer expression expected"),
            (ShellKind::Dash, ..) if text.ends_with("unknown operand") => format!("{}: unexpected operator", arg(0)),
            (ShellKind::Bash, _, 2) => format!("{}: unary operator expected", arg(0)),
            (ShellKind::Bash, _, 3) => format!("{}: binary operator expected", arg(1)),
            (ShellKind::Bash, ..) => "too many arguments".into(),
            _ => text,
        }
    }

    async fn bracket(&mut self, open: &str, args: &[String]) -> Flow {
        let close = if open == "[" { "]" } else { "]]" };
        match args.split_last() {
            Some((last, inner)) if last == close => self.test(inner).await,
            _ => {
                let close = if self.kind == ShellKind::Bash { format!("`{close}'") } else { close.to_string() };
                let message = format!("{}: missing {close}\n", self.arg0_or("["));
                self.write_fd(2, message.as_bytes()).await;
                Ok(2)
            }
        }
    }

    async fn code_argument(&mut self, args: &[String]) -> Result<i32, Stop> {
        match args.first() {
            None => Ok(self.status),
            Some(text) => match text.parse::<i64>() {
                Ok(code) if code >= 0 || self.kind == ShellKind::Bash => Ok((code & 0xff) as i32),
                _ if self.kind == ShellKind::Bash => {
                    Err(self.fail(&format!("{text}: numeric argument required"), 2).await)
                }
                _ => Err(self.bad(&format!("Illegal number: {text}")).await),
            },
        }
    }

    async fn leave_loop(&mut self, name: &str, args: &[String]) -> Flow {
        let levels = match args.first().map(|a| a.parse::<u32>()) {
            None => 1,
            Some(Ok(n)) if n > 0 => n,
            Some(_) => return Err(self.bad(&format!("Illegal number: {}", args[0])).await),
        };
        if self.loop_depth == 0 {
            if self.kind == ShellKind::Bash {
                self.complain("only meaningful in a `for', `while', or `until' loop").await;
            }
            return Ok(0);
        }
        let levels = levels.min(self.loop_depth);
        Err(if name == "break" { Stop::Break(levels) } else { Stop::Continue(levels) })
    }

    fn source<'a>(&'a mut self, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let Some(name) = args.first() else { return Ok(0) };
            let on_path = if name.contains('/') { None } else { self.find_on_path(name) };
            // Only bash looks in the current directory at last.
            let named = name.contains('/') || self.kind == ShellKind::Bash;
            let path = on_path.or(named.then(|| name.clone()));
            if name.contains('/') {
                self.ctx.kernel.imagine(&self.cwd, name, Imagined::Script);
            }
            let file = path.and_then(|p| self.ctx.kernel.fs.borrow().find(&self.cwd, &p, true).ok().map(|f| (p, f)));
            let (path, script) = match file {
                Some((path, found)) if !found.inode.is_dir() => {
                    let bytes = found.inode.bytes(crate::shell::fs::MAX_FILE);
                    (path, String::from_utf8_lossy(&bytes).into_owned())
                }
                _ => {
                    let text = match self.kind {
                        ShellKind::Bash => {
                            self.speaker = None;
                            format!("{name}: No such file or directory")
                        }
                        ShellKind::Dash if name.contains('/') => format!("cannot open {name}: No such file"),
                        ShellKind::Ash if name.contains('/') => {
                            format!("can't open '{name}': No such file or directory")
                        }
                        _ => format!("{name}: not found"),
                    };
                    self.complain(&text).await;
                    return if self.kind == ShellKind::Bash { Ok(1) } else { Err(Stop::Exit(2)) };
                }
            };
            let positional = (args.len() > 1).then(|| std::mem::replace(&mut self.positional, args[1..].to_vec()));
            let base = std::mem::replace(&mut self.line_base, 1);
            let line = std::mem::take(&mut self.line);
            let previous = self.speaker.replace(path);
            // Whether somebody looks at its status is not known inside, except in bash.
            let tested = self.tested;
            if self.kind != ShellKind::Bash {
                self.tested = 0;
            }
            self.sourced += 1;
            let result = self.eval_text(&script).await;
            self.sourced -= 1;
            self.tested = tested;
            self.speaker = previous;
            self.line_base = base;
            self.line = line;
            if let Some(old) = positional {
                self.positional = old;
            }
            match result {
                Err(Stop::Return(code)) => Ok(code),
                other => other,
            }
        })
    }

    fn find_on_path(&self, name: &str) -> Option<String> {
        let path = self.get("PATH").unwrap_or_default();
        let fs = self.ctx.kernel.fs.borrow();
        let mut candidates = path.split(':').map(|dir| format!("{dir}/{name}"));
        candidates.find(|full| fs.find(&self.cwd, full, true).is_ok_and(|f| f.inode.is_file()))
    }

    async fn cd(&mut self, args: &[String]) -> Flow {
        let physical = args.iter().any(|a| a == "-P");
        let args: Vec<&String> = args.iter().filter(|a| !matches!(a.as_str(), "-P" | "-L" | "--")).collect();
        let target = match args.first().map(|a| a.as_str()) {
            None => match self.get("HOME") {
                Some(home) => home,
                None if self.kind == ShellKind::Bash => {
                    self.complain("HOME not set").await;
                    return Ok(1);
                }
                None => return Ok(0),
            },
            Some("-") => match self.get("OLDPWD") {
                Some(old) => old,
                None => self.cwd.clone(),
            },
            Some(dir) => dir.to_string(),
        };
        let kernel = self.ctx.kernel.clone();
        let on_path = self.on_cdpath(&target);
        let full = on_path.clone().unwrap_or_else(|| crate::shell::fs::normalize(&self.cwd, &target));
        kernel.imagine("/", &full, Imagined::Directory);
        let found = kernel.fs.borrow().find("/", &full, true);
        let problem = match &found {
            Ok(found) if !found.inode.is_dir() => Some("Not a directory"),
            Ok(found) if !found.inode.allows(kernel.user, 1) => Some("Permission denied"),
            Ok(_) => None,
            Err(errno) => Some(errno.text()),
        };
        if let Some(problem) = problem {
            let text = match self.kind {
                ShellKind::Ash => format!("can't cd to {target}: {problem}"),
                ShellKind::Dash => format!("can't cd to {target}"),
                ShellKind::Bash => format!("{target}: {problem}"),
            };
            self.complain(&text).await;
            return Ok(if self.kind == ShellKind::Bash { 1 } else { 2 });
        }
        let full = found.ok().filter(|_| physical).map_or(full, |found| found.path);
        let old = std::mem::replace(&mut self.cwd, full.clone());
        self.set("OLDPWD", old);
        self.set("PWD", full.clone());
        if on_path.is_some() || args.first().is_some_and(|a| *a == "-") {
            self.write_fd(1, format!("{full}\n").as_bytes()).await;
        }
        Ok(0)
    }

    /// The directory that `CDPATH` leads to, when it is not one of the current directory.
    fn on_cdpath(&self, target: &str) -> Option<String> {
        let path = self.get("CDPATH").filter(|_| !target.starts_with(['/', '.']))?;
        let fs = self.ctx.kernel.fs.borrow();
        path.split(':').filter(|dir| !dir.is_empty()).find_map(|dir| {
            let full = crate::shell::fs::normalize(&self.cwd, &format!("{dir}/{target}"));
            fs.find("/", &full, true).is_ok_and(|f| f.inode.is_dir()).then_some(full)
        })
    }

    async fn set_umask(&mut self, args: &[String]) -> Flow {
        let Some(text) = args.first() else {
            let text = format!("{:04o}\n", self.umask);
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        };
        if text == "-S" {
            let part = |shift: u32| {
                let bits = (!self.umask >> shift) & 7;
                [(4, 'r'), (2, 'w'), (1, 'x')]
                    .iter()
                    .filter(|(b, _)| bits & b != 0)
                    .map(|(_, c)| *c)
                    .collect::<String>()
            };
            let text = format!("u={},g={},o={}\n", part(6), part(3), part(0));
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        }
        let mask = match text.starts_with(|c: char| c.is_ascii_digit()) {
            true => u32::from_str_radix(text, 8).ok(),
            false => crate::shell::applets::parse_mode(text, !self.umask & 0o777, true, 0).map(|m| !m & 0o777),
        };
        match mask {
            Some(mask) => {
                self.umask = mask & 0o777;
                Ok(0)
            }
            None => {
                self.complain(&format!("illegal mode: {text}")).await;
                Ok(2)
            }
        }
    }

    async fn let_values(&mut self, args: &[String]) -> Flow {
        let mut value = 0;
        for arg in args {
            value = match self.evaluate(arg).await {
                Ok(value) => value,
                Err(error) => {
                    let (text, status) = match self.kind {
                        ShellKind::Bash => (format!("{arg}: {}", crate::shell::expand::bash_arith(&error)), 1),
                        _ => (error.message(), 2),
                    };
                    self.complain(&text).await;
                    return Ok(status);
                }
            };
        }
        Ok((value == 0) as i32)
    }
}
