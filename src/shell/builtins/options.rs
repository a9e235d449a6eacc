//! `set` and `ulimit`: options, positional parameters and limits.

use crate::shell::fs::Errno;
use crate::shell::image::ShellKind;
use crate::shell::procfs::OPEN_FILES;
use crate::shell::state::{Flow, Options, Shell, Value};

impl Shell {
    pub(super) async fn shift(&mut self, args: &[String]) -> Flow {
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

    /// Limits are told and kept, but nothing runs into them. Who is not privileged cannot raise the three that a container has.
    pub(super) async fn ulimit(&mut self, args: &[String]) -> Flow {
        let letters = || args.iter().filter_map(|a| a.strip_prefix('-')).flat_map(str::chars);
        let which = letters().find(|c| !matches!(c, 'H' | 'S')).unwrap_or('f');
        let given = match which {
            'n' => Some(OPEN_FILES),
            'l' | 's' => Some(8192),
            _ => None,
        };
        let Some(wanted) = args.iter().find(|a| !a.starts_with('-')) else {
            let now = self.limits.get(&which).cloned().or(given.map(|n| n.to_string()));
            let text = now.unwrap_or_else(|| "unlimited".into());
            self.write_fd(1, format!("{text}\n").as_bytes()).await;
            return Ok(0);
        };
        let number = wanted.parse::<u64>().ok();
        if number.is_none() && wanted != "unlimited" {
            return Err(self.bad(&format!("bad number '{wanted}'")).await);
        }
        let raises = which != 's' && given.is_some_and(|most| number.is_none_or(|n| n > most));
        if raises && !self.ctx.kernel.config.security.privileged {
            let why = Errno::NotPermitted.text();
            if self.kind == ShellKind::Ash {
                self.write_fd(2, format!("sh: error setting limit: {why}\n").as_bytes()).await;
            } else {
                self.complain(&format!("error setting limit ({why})")).await;
            }
            return Ok(1);
        }
        self.limits.insert(which, wanted.clone());
        Ok(0)
    }

    pub(super) async fn set_options(&mut self, args: &[String]) -> Flow {
        if args.is_empty() {
            let mut text = String::new();
            for (name, variable) in self.variables.iter() {
                if let Some(Value::Text(value)) = &variable.value {
                    text.push_str(&format!("{name}={}\n", crate::shell::quote::single_quote(value)));
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
                        self.list_options(on).await;
                        break;
                    };
                    let known = matches!(
                        name.as_str(),
                        "emacs"
                            | "vi"
                            | "ignoreeof"
                            | "nolog"
                            | "debug"
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
                if letter == 'E' && self.kind == ShellKind::Bash {
                    self.options.errtrace = on;
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

    /// `set -o` for people, `set +o` for shells.
    async fn list_options(&mut self, for_people: bool) {
        let mut options = self.options;
        let mut text =
            String::from(if self.kind == ShellKind::Dash && for_people { "Current option settings\n" } else { "" });
        // What busybox lists besides, and before which of ours.
        let unknown = |before: &str| match before {
            _ if self.kind != ShellKind::Ash => [].as_slice(),
            "monitor" => &["ignoreeof"],
            "pipefail" => &["errtrace", "vi"],
            _ => &[],
        };
        let names = Options::NAMES.iter().flat_map(|(_, name)| unknown(name).iter().chain(std::slice::from_ref(name)));
        for name in names {
            let on = options.field(name).is_some_and(|f| *f);
            text.push_str(&match for_people {
                true => format!("{name:<16}{}\n", if on { "on" } else { "off" }),
                false => format!("set {}o {name}\n", if on { '-' } else { '+' }),
            });
        }
        self.write_fd(1, text.as_bytes()).await;
    }
}
