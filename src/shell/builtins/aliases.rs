//! `alias` and `unalias`, and commands that begin with one.
//!
//! Shells put the text of an alias in the place of the word while they read; here, where all has been read before, it is run with the
//! other words behind it when its turn comes.

use crate::shell::ast::{Simple, Word};
use crate::shell::eval::Pinned;
use crate::shell::image::ShellKind;
use crate::shell::quote::single_quote;
use crate::shell::state::{Alias, Flow, Shell};

impl Shell {
    pub(super) async fn alias(&mut self, args: &[String]) -> Flow {
        if args.is_empty() {
            let line = |(name, alias): (&String, &Alias)| format!("{name}={}\n", single_quote(&alias.text));
            let text: String = self.aliases.iter().map(line).collect();
            self.write_fd(1, text.as_bytes()).await;
        }
        let mut status = 0;
        for arg in args {
            if let Some((name, text)) = arg.split_once('=').filter(|(name, _)| !name.is_empty()) {
                let alias = Alias { text: text.into(), since: self.lines_read };
                self.aliases.insert(name.into(), alias);
            } else if let Some(alias) = self.aliases.get(arg) {
                let text = format!("{arg}={}\n", single_quote(&alias.text));
                self.write_fd(1, text.as_bytes()).await;
            } else {
                let prefix = if self.kind == ShellKind::Bash { self.prefix() } else { "alias: ".into() };
                self.write_fd(2, format!("{prefix}{arg} not found\n").as_bytes()).await;
                status = 1;
            }
        }
        Ok(status)
    }

    pub(super) fn unalias(&mut self, args: &[String]) -> Flow {
        if args.first().is_some_and(|a| a == "-a") {
            self.aliases = Default::default();
        }
        let names = args.iter().filter(|a| *a != "-a");
        Ok(names.fold(0, |status, name| status | self.aliases.remove(name).is_none() as i32))
    }

    /// The alias that a command begins with. bash looks for none in a script.
    pub fn alias_of<'a>(&self, simple: &'a Simple) -> Option<&'a str> {
        if self.aliases.is_empty() || self.kind == ShellKind::Bash {
            return None;
        }
        let name = simple.words.first().and_then(Word::literal)?;
        self.aliases.get(name).filter(|alias| alias.since < self.lines_read).map(|_| name)
    }

    pub fn run_alias<'a>(&'a mut self, name: &'a str, simple: &'a Simple) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let args = self.expand_words(&simple.words[1..]).await?;
            // Its own name in its text means the command.
            let Some(alias) = self.aliases.remove(name) else { return Ok(0) };
            let text = args.iter().fold(alias.text.clone(), |text, arg| format!("{text} {}", single_quote(arg)));
            let saved = self.fds.clone();
            let result = match self.redirect(&simple.redirects).await? {
                Ok(()) => self.eval_text(&text).await,
                Err(status) => Ok(status),
            };
            self.fds = saved;
            self.aliases.entry(name.to_string()).or_insert(alias);
            result
        })
    }
}
