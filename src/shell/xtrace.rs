//! `set -x`: each command as it is run, with its words expanded.

use super::ast::{AssignValue, Simple};
use super::image::ShellKind;
use super::pipe::Fds;
use super::quote::{quote_for_bash, quote_for_bash_if_needed, quote_if_needed};
use super::state::{Shell, Value};

impl Shell {
    /// Shows a command on `fds`, the descriptors that the shell had before those of the command.
    pub async fn trace(&mut self, simple: &Simple, args: &[String], fds: &Fds) {
        if !self.options.xtrace {
            return;
        }
        let assigns: Vec<String> = simple.assigns.iter().map(|a| self.traced_assign(&a.name, &a.value)).collect();
        let words = args.iter().map(|a| self.traced(a));
        if self.kind != ShellKind::Bash {
            let line = assigns.into_iter().chain(words).collect::<Vec<_>>().join(" ");
            return self.trace_line(&line, fds).await;
        }
        let command = words.collect::<Vec<_>>().join(" ");
        for line in assigns.iter().chain((!args.is_empty()).then_some(&command)) {
            self.trace_line(line, fds).await;
        }
        // bash shows what these set once more.
        if matches!(args.first().map(String::as_str), Some("export" | "readonly")) {
            for (name, value) in args[1..].iter().filter_map(|a| a.split_once('=')) {
                let line = format!("{name}={}", self.traced(value));
                self.trace_line(&line, fds).await;
            }
        }
    }

    /// A test in `[[ ]]`, which is a command like others to busybox.
    pub async fn trace_condition(&mut self, words: &[impl AsRef<str>]) {
        if !self.options.xtrace {
            return;
        }
        let bash = self.kind == ShellKind::Bash;
        let word = |word: &str| match bash {
            true if word.is_empty() => "''".to_string(),
            true => word.to_string(),
            false => quote_if_needed(word),
        };
        let words: Vec<String> = words.iter().map(|w| word(w.as_ref())).collect();
        let open = if bash { "[[" } else { "'[['" };
        let fds = self.fds.clone();
        self.trace_line(&format!("{open} {} ]]", words.join(" ")), &fds).await;
    }

    /// What begins a compound command: only bash shows it.
    pub async fn trace_compound(&mut self, text: &str) {
        if self.options.xtrace && self.kind == ShellKind::Bash {
            let fds = self.fds.clone();
            self.trace_line(text, &fds).await;
        }
    }

    /// `PS4`, with what it expands to.
    async fn trace_prompt(&mut self) -> String {
        let prompt = self.get("PS4").unwrap_or_else(|| "+ ".into());
        if !prompt.contains(['$', '`']) {
            return prompt;
        }
        let Some(parts) = super::lexer::text_parts(&prompt, self.dialect) else { return prompt };
        // What is run for it is not shown in turn.
        self.options.xtrace = false;
        let status = self.status;
        let expanded = self.expand_text(&parts).await;
        self.options.xtrace = true;
        self.status = status;
        expanded.unwrap_or(prompt)
    }

    /// One line of the trace.
    async fn trace_line(&mut self, text: &str, fds: &Fds) {
        let prompt = self.trace_prompt().await;
        let deeper = prompt.chars().next().filter(|_| self.kind == ShellKind::Bash);
        let more: String = deeper.into_iter().flat_map(|c| std::iter::repeat_n(c, self.indirection as usize)).collect();
        if let Some(fd) = fds.get(2).cloned() {
            let _ = super::io::write(&self.ctx, &fd, format!("{more}{prompt}{text}\n").as_bytes()).await;
        }
    }

    fn traced(&self, word: &str) -> String {
        match self.kind {
            ShellKind::Ash => quote_if_needed(word),
            ShellKind::Dash => word.to_string(),
            ShellKind::Bash => quote_for_bash_if_needed(word),
        }
    }

    fn traced_assign(&self, name: &str, value: &AssignValue) -> String {
        let known = self.variables.get(name).and_then(|v| v.value.as_ref());
        match (value, known) {
            (AssignValue::Array(_), Some(Value::Array(items))) => {
                let items: Vec<String> = items.values().map(|item| self.traced(item)).collect();
                format!("{name}=({})", items.join(" "))
            }
            (AssignValue::Array(_), Some(Value::Map(items))) => {
                let item =
                    |(key, value): (&String, &String)| format!("[{}]={}", quote_for_bash(key), quote_for_bash(value));
                format!("{name}=({})", items.iter().map(item).collect::<Vec<_>>().join(" "))
            }
            // Nothing is shown of nothing.
            _ => match self.get(name).unwrap_or_default() {
                value if value.is_empty() => format!("{name}="),
                value => format!("{name}={}", self.traced(&value)),
            },
        }
    }
}
