//! What a command name means: `command`, `type`.

use super::{Kind, kind};
use crate::shell::eval::Pinned;
use crate::shell::image::ShellKind;
use crate::shell::state::{Flow, Shell, Stop};

impl Shell {
    pub(super) fn command<'a>(&'a mut self, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let (verbose, rest) = command_options(args);
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
                    return self.exec(rest.to_vec()).await;
                }
                // Errors of a special builtin do not end the shell here.
                return match self.builtin(rest.to_vec()).await {
                    Err(Stop::Exit(2)) if name != "exit" => Ok(2),
                    other => other,
                };
            }
            self.speaker = None;
            self.external(rest.to_vec(), false).await
        })
    }

    /// Where programs are is not remembered; that they are there is checked.
    pub(super) async fn hash(&mut self, args: &[String]) -> Flow {
        let mut status = 0;
        for name in args.iter().filter(|a| !a.starts_with('-')) {
            if kind(name, self).is_none() && self.which(name).is_none() {
                self.complain(&format!("{name}: not found")).await;
                status = 1;
            }
        }
        Ok(status)
    }

    pub(super) async fn type_names(&mut self, args: &[String]) -> Flow {
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
    pub(super) fn which(&self, name: &str) -> Option<String> {
        let path = self.get("PATH").unwrap_or_default();
        crate::shell::applets::which(&self.ctx.kernel, &self.cwd, &path, name)
    }

    async fn describe(&mut self, name: &str, long: bool) -> i32 {
        const WORDS: [&str; 16] = [
            "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!",
            "in",
        ];
        let text = if WORDS.contains(&name) {
            if long { format!("{name} is a shell keyword") } else { name.to_string() }
        } else if let Some(alias) = self.aliases.get(name) {
            let text = &alias.text;
            if long { format!("{name} is an alias for {text}") } else { format!("alias {name}='{text}'") }
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
}

/// Whether `command` only describes, and how; and the words it is about. `command command x` is `command x`, however often.
fn command_options(mut rest: &[String]) -> (Option<bool>, &[String]) {
    let mut verbose = None;
    while let Some((word, after)) = rest.split_first() {
        match word.as_str() {
            "-v" => verbose = Some(false),
            "-V" => verbose = Some(true),
            "command" if verbose.is_none() && !after.is_empty() => {}
            flag if flag.starts_with('-') && flag.len() > 1 => {}
            _ => break,
        }
        rest = after;
    }
    (verbose, rest)
}
