//! The fields of a word in the making, and where an expansion is split into them.

use crate::shell::pattern;

/// The fields of a word in the making.
pub(super) struct Fields {
    done: Vec<String>,
    /// What they weigh.
    pub(super) held: usize,
    pub(super) current: String,
    /// Something was put into `current`, were it only quotes.
    pub(super) started: bool,
    /// Split unquoted expansions at these; `None` where no splitting happens.
    pub(super) ifs: Option<String>,
    /// Backslashes that come out of expansions are text, not quotes of a pattern.
    pub(super) literal: bool,
}

impl Fields {
    pub(super) fn new(ifs: Option<String>) -> Fields {
        Fields { done: Vec::new(), held: 0, current: String::new(), started: false, ifs, literal: true }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.started = true;
        self.current.push_str(text);
    }

    pub(super) fn quoted(&mut self, text: &str) {
        self.started = true;
        pattern::escape(text, &mut self.current);
    }

    pub(super) fn next_field(&mut self) {
        if self.started {
            self.held += super::weight(std::slice::from_ref(&self.current));
            self.done.push(std::mem::take(&mut self.current));
        }
        self.started = false;
    }

    /// The result of an unquoted expansion.
    pub(super) fn split(&mut self, text: &str) {
        let Some(ifs) = self.ifs.clone() else {
            if self.literal {
                self.current.push_str(&text.replace('\\', "\\\\"));
            } else {
                self.current.push_str(text);
            }
            self.started |= !text.is_empty();
            return;
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !ifs.contains(c) {
                self.started = true;
                if c == '\\' {
                    self.current.push('\\');
                }
                self.current.push(c);
                continue;
            }
            let is_space = |c: char| matches!(c, ' ' | '\t' | '\n');
            if is_space(c) {
                while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
                // One other separator may stand among the blanks.
                if self.started && chars.next_if(|&c| !is_space(c) && ifs.contains(c)).is_some() {
                    while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
                }
                self.next_field();
            } else {
                self.started = true;
                self.next_field();
                while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        self.next_field();
        self.done
    }
}
