//! The commands that are part of the shell.

use super::ast::Dialect;
use super::eval::Pinned;
use super::image::ShellKind;
use super::kernel::{Disposition, NEVER, Status};
use super::signals;
use super::state::{Flow, Options, Shell, Stop, Value};
use std::collections::BTreeMap;

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
const BASH_ONLY: [&str; 8] = ["declare", "typeset", "mapfile", "readarray", "shopt", "pushd", "popd", "disown"];

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
                ":" | "true" | "alias" | "unalias" | "help" | "disown" => Ok(0),
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
                    let code = self.code_argument(rest).await?;
                    Err(Stop::Return(code))
                }
                "break" | "continue" => self.leave_loop(&args[0], rest).await,
                "cd" | "chdir" => self.cd(rest).await,
                "pwd" => {
                    let text = format!("{}\n", self.cwd);
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
                    if rest.iter().any(|a| a == "nullglob") {
                        self.options.nullglob = rest.iter().any(|a| a == "-s");
                    }
                    Ok(0)
                }
                "trap" => self.trap(rest).await,
                "wait" => self.wait(rest).await,
                "kill" => self.kill(rest).await,
                "jobs" => self.list_jobs().await,
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
                "ulimit" => {
                    // Limits are not modelled: they read as none, and setting one is accepted.
                    if rest.iter().all(|a| a.starts_with('-')) {
                        self.write_fd(1, b"unlimited\n").await;
                    }
                    Ok(0)
                }
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
        let bytes = super::applets::echo_bytes(args, dash);
        Ok(if self.write_fd(1, &bytes).await { 0 } else { 1 })
    }

    async fn printf(&mut self, args: &[String]) -> Flow {
        if let [flag, name, format, rest @ ..] = args
            && flag == "-v"
            && self.dialect == Dialect::Bash
        {
            let printed = super::printf::printf(format, rest);
            self.set(name, String::from_utf8_lossy(&printed.bytes).into_owned());
            return Ok(0);
        }
        let args = if args.first().is_some_and(|a| a == "--") { &args[1..] } else { args };
        let Some((format, rest)) = args.split_first() else {
            self.write_fd(2, format!("{}: usage: printf FORMAT [ARGUMENT...]\n", self.arg0).as_bytes()).await;
            return Ok(2);
        };
        let printed = super::printf::printf(format, rest);
        for complaint in &printed.complaints {
            let message = format!("{}: {complaint}\n", self.arg0_or("printf"));
            self.write_fd(2, message.as_bytes()).await;
        }
        let written = self.write_fd(1, &printed.bytes).await;
        Ok((!written || !printed.complaints.is_empty()) as i32)
    }

    /// The name that busybox puts before messages of programs built into its shell.
    fn arg0_or(&self, name: &str) -> String {
        match self.kind {
            ShellKind::Ash => "sh".into(),
            _ => format!("{}: {}: {name}", self.arg0, self.line + 1),
        }
    }

    async fn test(&mut self, args: &[String]) -> Flow {
        match super::test_expr::test_in(args, &self.ctx.kernel, &self.cwd) {
            Ok(truth) => Ok(!truth as i32),
            Err(text) => {
                let message = format!("{}: {text}\n", self.arg0_or("["));
                self.write_fd(2, message.as_bytes()).await;
                Ok(2)
            }
        }
    }

    async fn bracket(&mut self, open: &str, args: &[String]) -> Flow {
        let close = if open == "[" { "]" } else { "]]" };
        match args.split_last() {
            Some((last, inner)) if last == close => self.test(inner).await,
            _ => {
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
            return Ok(0);
        }
        let levels = levels.min(self.loop_depth);
        Err(if name == "break" { Stop::Break(levels) } else { Stop::Continue(levels) })
    }

    fn source<'a>(&'a mut self, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let Some(name) = args.first() else { return Ok(0) };
            let path = if name.contains('/') { Some(name.clone()) } else { self.find_on_path(name) };
            let path = path.unwrap_or_else(|| name.clone());
            let file = self.ctx.kernel.fs.borrow().find(&self.cwd, &path, true);
            let script = match file {
                Ok(found) if !found.inode.is_dir() => {
                    String::from_utf8_lossy(&found.inode.bytes(super::fs::MAX_FILE)).into_owned()
                }
                _ => {
                    let text = match self.kind {
                        ShellKind::Bash => {
                            self.speaker = None;
                            format!("{name}: No such file or directory")
                        }
                        ShellKind::Dash => format!("cannot open {name}: No such file"),
                        ShellKind::Ash if name.contains('/') => {
                            format!("can't open '{name}': No such file or directory")
                        }
                        ShellKind::Ash => format!("{name}: not found"),
                    };
                    self.complain(&text).await;
                    return if self.kind == ShellKind::Bash {
                        Ok(1)
                    } else {
                        Err(Stop::Exit(if name.contains('/') { 2 } else { 127 }))
                    };
                }
            };
            let positional = (args.len() > 1).then(|| std::mem::replace(&mut self.positional, args[1..].to_vec()));
            let base = std::mem::replace(&mut self.line_base, 1);
            let previous = self.speaker.replace(path);
            let result = self.eval_text(&script).await;
            self.speaker = previous;
            self.line_base = base;
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
        let full = super::fs::normalize(&self.cwd, &target);
        let kernel = self.ctx.kernel.clone();
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
        let old = std::mem::replace(&mut self.cwd, full.clone());
        self.set("OLDPWD", old);
        self.set("PWD", full.clone());
        if args.first().is_some_and(|a| *a == "-") {
            self.write_fd(1, format!("{full}\n").as_bytes()).await;
        }
        Ok(0)
    }

    async fn bad_name(&mut self, name: &str) -> Stop {
        if self.kind == ShellKind::Bash {
            return self.fail(&format!("`{name}': not a valid identifier"), 1).await;
        }
        self.bad(&format!("{name}: bad variable name")).await
    }

    async fn export_names(&mut self, args: &[String]) -> Flow {
        if args.is_empty() || args == ["-p"] {
            let mut text = String::new();
            for (name, variable) in self.variables.iter().filter(|(_, v)| v.exported) {
                let value = match &variable.value {
                    Some(Value::Text(value)) => format!("={}", super::command::single_quote(value)),
                    _ => String::new(),
                };
                text.push_str(&format!("export {name}{value}\n"));
            }
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        }
        let unexport = args[0] == "-n";
        for arg in args.iter().filter(|a| !matches!(a.as_str(), "-n" | "-p" | "--")) {
            let name = self.assign_argument(arg).await?;
            self.variables.entry(name).or_default().exported = !unexport;
        }
        Ok(0)
    }

    /// `name=value` or `name`: the name, with the value set.
    async fn assign_argument(&mut self, arg: &str) -> Result<String, Stop> {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
        if !super::parse::is_name(name) {
            return Err(self.bad_name(name).await);
        }
        if let Some(value) = value
            && !self.set(name, value)
        {
            self.speaker = None;
            return Err(self.fail(&format!("{name}: is read only"), 2).await);
        }
        Ok(name.to_string())
    }

    async fn read_only_names(&mut self, args: &[String]) -> Flow {
        for arg in args.iter().filter(|a| *a != "-p") {
            let name = self.assign_argument(arg).await?;
            self.variables.entry(name).or_default().read_only = true;
        }
        Ok(0)
    }

    async fn local(&mut self, args: &[String]) -> Flow {
        if self.locals.is_empty() {
            if self.kind == ShellKind::Bash {
                self.complain("can only be used in a function").await;
                return Ok(1);
            }
            return Err(self.bad("not in a function").await);
        }
        for arg in args.iter().filter(|a| !a.starts_with('-')) {
            let name = arg.split('=').next().unwrap_or(arg);
            if !super::parse::is_name(name) {
                return Err(self.bad_name(name).await);
            }
            let old = self.variables.get(name).cloned();
            if let Some(frame) = self.locals.last_mut() {
                frame.entry(name.to_string()).or_insert(old);
            }
            if arg.contains('=') {
                self.assign_argument(arg).await?;
            } else if self.kind != ShellKind::Dash {
                let variable = self.variables.entry(name.to_string()).or_default();
                variable.value = None;
            }
            if args.iter().any(|a| a == "-a") {
                self.array(name);
            }
        }
        Ok(0)
    }

    async fn declare(&mut self, args: &[String]) -> Flow {
        let flags: String = args.iter().filter(|a| a.starts_with('-')).flat_map(|a| a.chars().skip(1)).collect();
        let names: Vec<String> = args.iter().filter(|a| !a.starts_with('-')).cloned().collect();
        if !self.locals.is_empty() && !flags.contains('g') {
            self.local(&names).await?;
        }
        for arg in &names {
            let name = self.assign_argument(arg).await?;
            let variable = self.variables.entry(name.clone()).or_default();
            variable.exported |= flags.contains('x');
            variable.read_only |= flags.contains('r');
            if flags.contains('A') && !matches!(variable.value, Some(Value::Map(_))) {
                variable.value = Some(Value::Map(BTreeMap::new()));
            } else if flags.contains('a') {
                self.array(&name);
            }
        }
        Ok(0)
    }

    async fn unset(&mut self, args: &[String]) -> Flow {
        let functions = args.first().is_some_and(|a| a == "-f");
        for arg in args.iter().filter(|a| !matches!(a.as_str(), "-f" | "-v" | "--")) {
            if functions {
                self.functions.remove(arg);
                continue;
            }
            if let Some((name, index)) = arg.strip_suffix(']').and_then(|a| a.split_once('[')) {
                match self.variables.get_mut(name).and_then(|v| v.value.as_mut()) {
                    Some(Value::Array(items)) => {
                        items.remove(&index.parse().unwrap_or(-1));
                    }
                    Some(Value::Map(items)) => {
                        items.remove(index);
                    }
                    _ => {}
                }
                continue;
            }
            if self.is_read_only(arg) {
                return Err(self.bad(&format!("{arg}: is read only")).await);
            }
            if self.variables.remove(arg).is_none() {
                self.functions.remove(arg);
            }
            self.ctx.kernel.effect();
        }
        Ok(0)
    }

    async fn shift(&mut self, args: &[String]) -> Flow {
        let by = match args.first().map(|a| a.parse::<usize>()) {
            None => 1,
            Some(Ok(n)) => n,
            Some(Err(_)) => return Err(self.bad(&format!("Illegal number: {}", args[0])).await),
        };
        if by > self.positional.len() {
            if self.kind == ShellKind::Dash {
                return Err(self.bad("can't shift that many").await);
            }
            return Ok(1);
        }
        self.positional.drain(..by);
        self.ctx.kernel.effect();
        Ok(0)
    }

    async fn set_options(&mut self, args: &[String]) -> Flow {
        if args.is_empty() {
            let mut text = String::new();
            for (name, variable) in self.variables.iter() {
                if let Some(Value::Text(value)) = &variable.value {
                    text.push_str(&format!("{name}={}\n", super::command::single_quote(value)));
                }
            }
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        }
        let mut rest = args.iter();
        while let Some(arg) = rest.clone().next() {
            if arg == "--" {
                rest.next();
                self.positional = rest.cloned().collect();
                self.ctx.kernel.effect();
                return Ok(0);
            }
            let on = match arg.chars().next() {
                Some('-') if arg.len() > 1 => true,
                Some('+') if arg.len() > 1 => false,
                _ => {
                    self.positional = rest.cloned().collect();
                    self.ctx.kernel.effect();
                    return Ok(0);
                }
            };
            rest.next();
            for letter in arg.chars().skip(1) {
                if letter == 'o' {
                    let Some(name) = rest.next() else {
                        self.list_options().await;
                        break;
                    };
                    let known = matches!(
                        name.as_str(),
                        "emacs"
                            | "vi"
                            | "ignoreeof"
                            | "nolog"
                            | "debug"
                            | "errtrace"
                            | "functrace"
                            | "posix"
                            | "hashall"
                            | "braceexpand"
                    );
                    match self.options.field(name) {
                        Some(_) if name == "pipefail" && self.kind == ShellKind::Dash => {
                            return Err(self.bad(&format!("Illegal option -o {name}")).await);
                        }
                        Some(field) => *field = on,
                        None if known => {}
                        None => {
                            let text = format!("illegal option {}o {name}", if on { '-' } else { '+' });
                            if self.kind == ShellKind::Ash {
                                self.complain(&text).await;
                                return Ok(1);
                            }
                            return Err(self.bad(&text).await);
                        }
                    }
                    continue;
                }
                let option = Options::NAMES.iter().find(|(c, _)| *c == letter).map(|(_, n)| *n);
                match option.and_then(|n| self.options.field(n)) {
                    Some(field) => *field = on,
                    None if self.kind == ShellKind::Bash || "hEThBHPpkIVi".contains(letter) => {}
                    None => return Err(self.bad(&format!("illegal option -{letter}")).await),
                }
            }
        }
        Ok(0)
    }

    async fn list_options(&mut self) {
        let mut options = self.options;
        let mut text = String::from(if self.kind == ShellKind::Dash { "Current option settings\n" } else { "" });
        for (_, name) in Options::NAMES {
            let on = options.field(name).is_some_and(|f| *f);
            text.push_str(&format!("{name:<16}{}\n", if on { "on" } else { "off" }));
        }
        self.write_fd(1, text.as_bytes()).await;
    }

    async fn trap(&mut self, args: &[String]) -> Flow {
        let args: Vec<String> = args.iter().filter(|a| *a != "--").cloned().collect();
        if args.is_empty() || args[0] == "-p" {
            let mut text = String::new();
            for (signal, command) in self.traps.iter() {
                text.push_str(&format!(
                    "trap -- {} {}\n",
                    super::command::single_quote(command),
                    signals::name(*signal)
                ));
            }
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        }
        if args[0] == "-l" {
            return self.list_signals().await;
        }
        let (action, names) = match args.len() {
            1 => (None, &args[..]),
            _ => (Some(args[0].as_str()).filter(|a| *a != "-"), &args[1..]),
        };
        // A number in place of an action resets that signal too.
        let (action, names) = match action {
            Some(a) if a.parse::<i32>().is_ok() => (None, &args[..]),
            _ => (action, names),
        };
        let mut status = 0;
        for name in names {
            let bash_only = self.dialect == Dialect::Bash && matches!(name.as_str(), "ERR" | "DEBUG" | "RETURN");
            let Some(signal) = signals::number(name) else {
                if !bash_only {
                    let text = match self.kind {
                        ShellKind::Ash => format!("{name}: invalid signal specification"),
                        ShellKind::Dash => format!("{name}: bad trap"),
                        ShellKind::Bash => format!("{name}: invalid signal specification"),
                    };
                    self.complain(&text).await;
                    status = 1;
                }
                continue;
            };
            self.set_trap(signal, action);
        }
        Ok(status)
    }

    fn set_trap(&mut self, signal: i32, action: Option<&str>) {
        match action {
            None => {
                self.traps.remove(&signal);
            }
            Some(command) => {
                self.traps.insert(signal, command.to_string());
            }
        }
        if signal != 0 {
            let disposition = action.map(|a| if a.is_empty() { Disposition::Ignore } else { Disposition::Catch });
            self.ctx.set_disposition(signal, disposition);
        }
        self.ctx.kernel.effect();
    }

    async fn list_signals(&mut self) -> Flow {
        let text: String = signals::all().map(|(n, name)| format!("{n:2}) {name}\n")).collect();
        self.write_fd(1, text.as_bytes()).await;
        Ok(0)
    }

    /// `kill -l 9` and `kill -l KILL`: the name of a number, the number of a name.
    async fn translate_signal(&mut self, arg: &str) -> Flow {
        let text = match (arg.parse::<i32>(), signals::number(arg)) {
            (Ok(n), _) => signals::name(if n > 128 { n - 128 } else { n }),
            (Err(_), Some(n)) => n.to_string(),
            (Err(_), None) => return self.kill_error(&format!("unknown signal '{arg}'")).await,
        };
        self.write_fd(1, format!("{text}\n").as_bytes()).await;
        Ok(0)
    }

    /// `jobs`: the newest first. Without job control a job has no name here.
    async fn list_jobs(&mut self) -> Flow {
        self.collect_jobs();
        let newest = self.jobs.len();
        let mut text = String::new();
        for (number, job) in self.jobs.iter().enumerate().map(|(i, job)| (i + 1, job)).rev() {
            let mark = match newest - number {
                0 => '+',
                1 => '-',
                _ => ' ',
            };
            let state = match job.status {
                None => "Running".into(),
                Some(Status::Exited(0)) => "Done".into(),
                Some(Status::Exited(code)) => format!("Done({code})"),
                Some(Status::Signaled(signal)) => signals::describe(signal),
            };
            text.push_str(&format!("[{number}]{mark}  {state:<27}\n"));
        }
        self.jobs.retain(|j| j.status.is_none());
        self.write_fd(1, text.as_bytes()).await;
        Ok(0)
    }

    async fn wait(&mut self, args: &[String]) -> Flow {
        let mut status = 0;
        if args.is_empty() {
            let pending: Vec<u32> =
                self.jobs.iter().filter(|j| j.status.is_none()).flat_map(|j| j.pids.clone()).collect();
            for pid in pending {
                if let Err(code) = self.wait_for_job(pid).await {
                    return Ok(code);
                }
            }
            self.jobs.clear();
            return Ok(0);
        }
        if args[0] == "-n" {
            return self.wait_any().await;
        }
        for arg in args {
            let Ok(pid) = arg.trim_start_matches('%').parse::<u32>() else {
                if self.kind == ShellKind::Bash {
                    self.complain(&format!("`{arg}': not a pid or valid job spec")).await;
                    return Ok(1);
                }
                return Err(self.bad(&format!("Illegal number: {arg}")).await);
            };
            let pid = if arg.starts_with('%') {
                match self.jobs.get((pid as usize).wrapping_sub(1)).and_then(|j| j.pids.last()) {
                    Some(pid) => *pid,
                    None => return Ok(127),
                }
            } else {
                pid
            };
            status = match self.wait_for_job(pid).await {
                Ok(code) => code,
                Err(code) => return Ok(code),
            };
        }
        Ok(status)
    }

    /// Waits for one job: its status, or as an error the status of a wait that a trapped signal cut short.
    async fn wait_for_job(&mut self, pid: u32) -> Result<i32, i32> {
        let Some(at) = self.jobs.iter().position(|j| j.pids.contains(&pid)) else { return Ok(127) };
        if self.jobs[at].status.is_none() {
            let (ctx, kernel) = (self.ctx.clone(), self.ctx.kernel.clone());
            let done = ctx.wait_for(NEVER, || match kernel.status(pid) {
                Some(status) => Some(Some(status)),
                None if !kernel.exists(pid) => Some(Some(Status::Exited(127))),
                None => ctx.has_signal().then_some(None),
            });
            match done.await.flatten() {
                Some(status) => {
                    kernel.reap(pid);
                    self.jobs[at].status = Some(status);
                    self.report_signal(status).await;
                }
                None => {
                    let signal = self.first_signal();
                    let _ = self.run_traps().await.map_err(|stop| self.pending_stop(stop));
                    return Err(128 + signal);
                }
            }
        }
        Ok(self.jobs[at].status.map_or(127, Status::code))
    }

    /// The trap of a signal is run by whoever called `wait`; an exit from it must not get lost.
    fn pending_stop(&mut self, stop: Stop) {
        self.stop_after_builtin = Some(stop);
    }

    fn first_signal(&self) -> i32 {
        self.traps.keys().copied().find(|s| *s != 0).unwrap_or(0)
    }

    async fn wait_any(&mut self) -> Flow {
        let pids: Vec<u32> = self.jobs.iter().filter(|j| j.status.is_none()).flat_map(|j| j.pids.clone()).collect();
        if pids.is_empty() {
            return Ok(127);
        }
        let (ctx, kernel) = (self.ctx.clone(), self.ctx.kernel.clone());
        let first =
            ctx.wait_for(NEVER, || pids.iter().copied().find(|p| kernel.status(*p).is_some() || !kernel.exists(*p)));
        let pid = first.await.unwrap_or(0);
        let code = kernel.reap(pid).map_or(127, Status::code);
        self.jobs.retain(|j| !j.pids.contains(&pid));
        Ok(code)
    }

    async fn kill(&mut self, args: &[String]) -> Flow {
        let mut signal = 15;
        let mut rest = args;
        match rest.first().map(String::as_str) {
            Some("-l" | "-L") => {
                return match rest.get(1) {
                    Some(arg) => self.translate_signal(arg).await,
                    None => self.list_signals().await,
                };
            }
            Some("-s" | "-n") => {
                let name = rest.get(1).cloned().unwrap_or_default();
                match signals::number(&name) {
                    Some(n) => signal = n,
                    None => return self.kill_error(&format!("bad signal name '{name}'")).await,
                }
                rest = &rest[2.min(rest.len())..];
            }
            Some("--") => rest = &rest[1..],
            Some(option) if option.starts_with('-') && option.len() > 1 => {
                match signals::number(&option[1..]) {
                    Some(n) => signal = n,
                    None => return self.kill_error(&format!("bad signal name '{}'", &option[1..])).await,
                }
                rest = &rest[1..];
            }
            _ => {}
        }
        if rest.is_empty() {
            return self.kill_error("you need to specify whom to kill").await;
        }
        let mut status = 0;
        for arg in rest {
            let target = match arg.strip_prefix('%') {
                Some(job) => job
                    .parse::<usize>()
                    .ok()
                    .and_then(|n| self.jobs.get(n.wrapping_sub(1)))
                    .and_then(|j| j.pids.last().copied()),
                None => arg.parse::<i64>().ok().and_then(|n| u32::try_from(n.abs()).ok()),
            };
            let Some(pid) = target else {
                return self.kill_error(&format!("invalid number '{arg}'")).await;
            };
            let targets = if pid == 0 || arg == "-1" { self.everyone(arg == "-1") } else { vec![pid] };
            for pid in targets {
                if !self.ctx.kill(pid, signal).await {
                    status = 1;
                    let text = match self.kind {
                        ShellKind::Ash => format!("can't kill pid {arg}: No such process"),
                        ShellKind::Dash => "No such process".into(),
                        ShellKind::Bash => format!("({arg}) - No such process"),
                    };
                    self.kill_error(&text).await?;
                }
            }
        }
        Ok(status)
    }

    fn everyone(&self, all: bool) -> Vec<u32> {
        let me = self.ctx.pid;
        self.ctx
            .kernel
            .list()
            .into_iter()
            .map(|(pid, ..)| pid)
            .filter(|pid| *pid != 1 && (!all || *pid != me))
            .collect()
    }

    async fn kill_error(&mut self, text: &str) -> Flow {
        let prefix = match self.kind {
            ShellKind::Ash => "sh: ".to_string(),
            _ => self.prefix(),
        };
        self.write_fd(2, format!("{prefix}{text}\n").as_bytes()).await;
        Ok(1)
    }

    fn command<'a>(&'a mut self, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let (mut verbose, mut rest) = (None, args);
            while let Some(flag) = rest.first().filter(|a| a.starts_with('-') && a.len() > 1) {
                match flag.as_str() {
                    "-v" => verbose = Some(false),
                    "-V" => verbose = Some(true),
                    _ => {}
                }
                rest = &rest[1..];
            }
            let Some(name) = rest.first() else { return Ok(0) };
            if let Some(long) = verbose {
                // busybox looks at the first name only.
                let names = if self.kind == ShellKind::Ash { &rest[..1] } else { rest };
                let mut status = 0;
                for name in names {
                    status |= self.describe(name, long).await;
                }
                return Ok(if status != 0 && self.kind != ShellKind::Bash { 127 } else { status });
            }
            if kind(name, self).is_some() {
                if name == "exec" {
                    return self.external(rest[1..].to_vec(), true).await;
                }
                // Errors of a special builtin do not end the shell here.
                return match self.builtin(rest.to_vec()).await {
                    Err(Stop::Exit(2)) if name != "exit" => Ok(2),
                    other => other,
                };
            }
            self.external(rest.to_vec(), false).await
        })
    }

    /// Where programs are is not remembered; that they are there is checked.
    async fn hash(&mut self, args: &[String]) -> Flow {
        let mut status = 0;
        for name in args.iter().filter(|a| !a.starts_with('-')) {
            if kind(name, self).is_none() && self.which(name).is_none() {
                self.complain(&format!("{name}: not found")).await;
                status = 1;
            }
        }
        Ok(status)
    }

    async fn type_names(&mut self, args: &[String]) -> Flow {
        let mut status = 0;
        let kind_only = args.first().is_some_and(|a| a == "-t");
        let path_only = args.first().is_some_and(|a| a == "-p" || a == "-P");
        for name in args.iter().skip((kind_only || path_only) as usize) {
            if kind_only {
                let text = if self.functions.contains_key(name) {
                    "function"
                } else if kind(name, self).is_some() {
                    "builtin"
                } else if self.which(name).is_some() {
                    "file"
                } else {
                    status = 1;
                    continue;
                };
                self.write_fd(1, format!("{text}\n").as_bytes()).await;
            } else if path_only {
                status |= self.describe(name, false).await;
            } else {
                status |= self.describe(name, true).await;
            }
        }
        Ok(if status != 0 && self.kind != ShellKind::Bash { 127 } else { status })
    }

    /// Where on the path a program is.
    fn which(&self, name: &str) -> Option<String> {
        let path = self.get("PATH").unwrap_or_default();
        super::applets::which(&self.ctx.kernel, &self.cwd, &path, name)
    }

    async fn describe(&mut self, name: &str, long: bool) -> i32 {
        const WORDS: [&str; 16] = [
            "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!",
            "in",
        ];
        let text = if WORDS.contains(&name) {
            if long { format!("{name} is a shell keyword") } else { name.to_string() }
        } else if self.functions.contains_key(name) {
            if long { format!("{name} is a function") } else { name.to_string() }
        } else if let Some(found) = kind(name, self) {
            match (long, found, self.kind) {
                (false, ..) => name.to_string(),
                (true, Kind::Special, ShellKind::Ash | ShellKind::Dash) => format!("{name} is a special shell builtin"),
                _ => format!("{name} is a shell builtin"),
            }
        } else if let Some(path) = self.which(name) {
            if long { format!("{name} is {path}") } else { path }
        } else {
            if long {
                let text = if self.kind == ShellKind::Bash {
                    format!("{}{name}: not found\n", self.prefix())
                } else {
                    format!("{name}: not found\n")
                };
                let fd = if self.kind == ShellKind::Bash { 2 } else { 1 };
                self.write_fd(fd, text.as_bytes()).await;
            }
            return 1;
        };
        self.write_fd(1, format!("{text}\n").as_bytes()).await;
        0
    }

    async fn getopts(&mut self, args: &[String]) -> Flow {
        let [spec, name, rest @ ..] = args else {
            return Err(self.bad("usage: getopts optstring var [arg]").await);
        };
        let words = if rest.is_empty() { self.positional.clone() } else { rest.to_vec() };
        let silent = spec.starts_with(':');
        let mut index = self.get("OPTIND").and_then(|v| v.parse::<usize>().ok()).unwrap_or(1).max(1);
        let current = words.get(index - 1);
        let offset = self.getopts_offset.max(1);
        let letter = match current {
            Some(word) if word == "--" => {
                index += 1;
                None
            }
            Some(word) if word.starts_with('-') && word.len() > 1 => word.chars().nth(offset),
            _ => None,
        };
        let (Some(letter), Some(word)) = (letter, current) else {
            self.set("OPTIND", index.to_string());
            self.set(name, "?");
            return Ok(1);
        };
        let last = offset + 1 >= word.chars().count();
        let mut next_offset = if last { 0 } else { offset + 1 };
        let mut next_index = if last { index + 1 } else { index };
        let known = letter != ':' && spec.contains(letter);
        let takes = spec.find(letter).is_some_and(|i| spec[i + letter.len_utf8()..].starts_with(':'));
        self.variables.remove("OPTARG");
        let mut result = letter.to_string();
        if !known {
            if silent {
                self.set("OPTARG", letter.to_string());
            } else {
                self.getopts_message("Illegal option", letter).await;
            }
            result = "?".into();
        } else if takes {
            let attached: String = word.chars().skip(offset + 1).collect();
            (next_offset, next_index) = (0, index + 1);
            if !attached.is_empty() {
                self.set("OPTARG", attached);
            } else if let Some(value) = words.get(index) {
                self.set("OPTARG", value.clone());
                next_index = index + 2;
            } else if silent {
                self.set("OPTARG", letter.to_string());
                result = ":".into();
            } else {
                self.getopts_message("No arg for", letter).await;
                result = "?".into();
            }
        }
        self.set("OPTIND", next_index.to_string());
        self.getopts_offset = next_offset;
        self.set(name, result);
        Ok(0)
    }

    async fn getopts_message(&mut self, what: &str, letter: char) {
        let text = match (self.kind, what) {
            (ShellKind::Bash, "Illegal option") => format!("{}: illegal option -- {letter}\n", self.arg0),
            (ShellKind::Bash, _) => format!("{}: option requires an argument -- {letter}\n", self.arg0),
            (_, "Illegal option") => format!("Illegal option -{letter}\n"),
            _ => format!("{what} -{letter} option\n"),
        };
        self.write_fd(2, text.as_bytes()).await;
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
            false => super::applets::parse_mode(text, !self.umask & 0o777, true, 0).map(|m| !m & 0o777),
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
            value = match super::arith::evaluate(arg, self) {
                Ok(value) => value,
                Err(error) => {
                    self.speaker = None;
                    return Err(self.fail(&error.message(), 2).await);
                }
            };
        }
        Ok((value == 0) as i32)
    }
}
