//! Patterns to the names of files.

use crate::order::Order;
use crate::shell::image::ShellKind;
use crate::shell::pattern;
use crate::shell::state::Shell;

impl Shell {
    /// The files that match a pattern, in order; empty when there are none.
    pub(super) fn glob(&self, pattern_text: &str) -> Vec<String> {
        self.ctx.kernel.look_at_files();
        let fs = self.ctx.kernel.fs.borrow();
        let absolute = pattern_text.starts_with('/');
        let mut found: Vec<String> = vec![if absolute { "/".into() } else { String::new() }];
        let components: Vec<&str> = pattern_text.split('/').filter(|c| !c.is_empty()).collect();
        for (i, component) in components.iter().enumerate() {
            let last = i + 1 == components.len() && !pattern_text.ends_with('/');
            let mut next = Vec::new();
            for base in &found {
                if !has_glob(component) {
                    let path = format!("{base}{}", pattern::unescape(component));
                    if fs.find(&self.cwd, &path, false).is_ok() {
                        next.push(if last { path } else { format!("{path}/") });
                    }
                    continue;
                }
                let dir = if base.is_empty() { "." } else { base };
                let Ok(dir) = fs.find(&self.cwd, dir, true) else { continue };
                // A directory lists itself and its parent too; a pattern with a dot in front meets them.
                let own =
                    if component.starts_with('.') && self.kind != ShellKind::Bash { &[".", ".."][..] } else { &[] };
                for name in own.iter().map(|n| n.to_string()).chain(dir.inode.names()) {
                    let hidden = name.starts_with('.') && !component.starts_with('.');
                    if hidden || !pattern::matches(component, &name) {
                        continue;
                    }
                    let path = format!("{base}{name}");
                    if last {
                        next.push(path);
                    } else if fs.find(&self.cwd, &path, true).is_ok_and(|f| f.inode.is_dir()) {
                        next.push(format!("{path}/"));
                    }
                }
            }
            found = next;
            if found.is_empty() {
                break;
            }
        }
        found.order();
        found.retain(|path| !path.is_empty());
        found
    }
}

/// Whether an escaped pattern has a character that is not literal. A bracket that nobody closes is: `[` is a command.
pub(super) fn has_glob(text: &str) -> bool {
    if !text.bytes().any(|b| matches!(b, b'*' | b'?' | b'[')) {
        return false;
    }
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '*' | '?' => return true,
            '[' if chars.as_str().contains(']') => return true,
            _ => {}
        }
    }
    false
}
