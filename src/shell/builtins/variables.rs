//! Builtins that set, export, hide and read variables.

use crate::shell::expand::in_bash_order;
use crate::shell::image::ShellKind;
use crate::shell::state::{Flow, Shell, Stop, Value, Variable};
use std::collections::BTreeMap;

impl Shell {
    pub(super) async fn bad_name(&mut self, name: &str) -> Stop {
        if self.kind == ShellKind::Bash {
            return self.fail(&format!("`{name}': not a valid identifier"), 1).await;
        }
        self.bad(&format!("{name}: bad variable name")).await
    }

    pub(super) async fn export_names(&mut self, args: &[String]) -> Flow {
        if args.is_empty() || args == ["-p"] {
            let mut text = String::new();
            for (name, variable) in self.variables.iter().filter(|(_, v)| v.exported) {
                let value = match &variable.value {
                    Some(Value::Text(value)) => format!("={}", crate::shell::quote::single_quote(value)),
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
    pub(super) async fn assign_argument(&mut self, arg: &str) -> Result<String, Stop> {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
        if !crate::shell::parse::is_name(name) {
            return Err(self.bad_name(name).await);
        }
        if let Some(value) = value
            && !self.set(name, value)
        {
            if self.kind == ShellKind::Bash {
                self.speaker = None;
                self.complain(&format!("{name}: readonly variable")).await;
                return Err(Stop::Exit(1));
            }
            return Err(self.fail(&format!("{name}: is read only"), 2).await);
        }
        Ok(name.to_string())
    }

    pub(super) async fn read_only_names(&mut self, args: &[String]) -> Flow {
        for arg in args.iter().filter(|a| *a != "-p") {
            let name = self.assign_argument(arg).await?;
            self.variables.entry(name).or_default().read_only = true;
        }
        Ok(0)
    }

    pub(super) async fn local(&mut self, args: &[String]) -> Flow {
        if self.locals.is_empty() {
            if self.kind == ShellKind::Bash {
                self.complain("can only be used in a function").await;
                return Ok(1);
            }
            return Err(self.bad("not in a function").await);
        }
        for arg in args.iter().filter(|a| !a.starts_with('-')) {
            let name = arg.split('=').next().unwrap_or(arg);
            if !crate::shell::parse::is_name(name) {
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

    pub(super) async fn declare(&mut self, args: &[String]) -> Flow {
        let flags: String = args.iter().filter(|a| a.starts_with('-')).flat_map(|a| a.chars().skip(1)).collect();
        let names: Vec<String> = args.iter().filter(|a| !a.starts_with('-')).cloned().collect();
        if flags.contains(['p', 'F', 'f']) && !names.is_empty() {
            return self.show_declared(&flags, &names).await;
        }
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

    /// `declare -p NAME`, and `declare -F NAME`.
    async fn show_declared(&mut self, flags: &str, names: &[String]) -> Flow {
        let mut status = 0;
        for name in names {
            let text = if flags.contains('p') {
                self.variables.get(name).map(|variable| declaration(name, variable))
            } else {
                self.functions
                    .contains_key(name)
                    .then(|| if flags.contains('F') { format!("{name}\n") } else { "".into() })
            };
            match text {
                Some(text) => drop(self.write_fd(1, text.as_bytes()).await),
                None => {
                    status = 1;
                    if flags.contains('p') {
                        self.complain(&format!("{name}: not found")).await;
                    }
                }
            }
        }
        Ok(status)
    }

    pub(super) async fn unset(&mut self, args: &[String]) -> Flow {
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
            if !crate::shell::parse::is_name(arg) {
                return Err(self.bad_name(arg).await);
            }
            if self.is_read_only(arg) {
                if self.kind == ShellKind::Bash {
                    self.complain(&format!("{arg}: cannot unset: readonly variable")).await;
                    return Ok(1);
                }
                return Err(self.bad(&format!("{arg}: is read only")).await);
            }
            if self.variables.remove(arg).is_none() {
                self.functions.remove(arg);
            }
            self.ctx.kernel.effect();
        }
        Ok(0)
    }

    pub(super) async fn getopts(&mut self, args: &[String]) -> Flow {
        let [spec, name, rest @ ..] = args else {
            return Err(self.bad("usage: getopts optstring var [arg]").await);
        };
        let words = if rest.is_empty() { self.positional.clone() } else { rest.to_vec() };
        let silent = spec.starts_with(':');
        let mut index = self.get("OPTIND").and_then(|v| v.parse::<usize>().ok()).unwrap_or(1).max(1);
        if index > words.len() + 1 && self.kind != ShellKind::Bash {
            // Other words than those before.
            index = 1;
            self.getopts_offset = 0;
        }
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
}

/// A variable as `declare -p` shows it.
fn declaration(name: &str, variable: &Variable) -> String {
    let double = |text: &str| {
        let special = |c: char| if "\"\\$`".contains(c) { format!("\\{c}") } else { c.to_string() };
        format!("\"{}\"", text.chars().map(special).collect::<String>())
    };
    let (kind, value) = match &variable.value {
        Some(Value::Text(text)) => ("", format!("={}", double(text))),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|(at, item)| format!("[{at}]={}", double(item))).collect();
            ("a", format!("=({})", items.join(" ")))
        }
        Some(Value::Map(items)) => {
            let items = in_bash_order(items).map(|(key, item)| format!("[{key}]={} ", double(item)));
            ("A", format!("=({})", items.collect::<String>()))
        }
        None => ("", String::new()),
    };
    let mut flags = String::from(kind);
    flags.extend(variable.read_only.then_some('r').into_iter().chain(variable.exported.then_some('x')));
    format!("declare -{} {name}{value}\n", if flags.is_empty() { "-" } else { &flags })
}
