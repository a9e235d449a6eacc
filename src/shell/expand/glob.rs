//! Patterns to the names of files.

use crate::order::Order;
use crate::shell::image::ShellKind;
use crate::shell::pattern;
use crate::shell::state::Shell;

/// What a look at a name costs for each directory on the way, in bytes moved.
const LOOK_COST: usize = 32;

/// The names of files that a pattern comes to weigh no more than this, in bytes.
const MAX_FOUND: usize = 8 << 20;

/// Paths that match so far.
#[derive(Default)]
struct Found {
    paths: Vec<String>,
    weight: usize,
    /// What it took to find them, in bytes moved.
    cost: usize,
}

impl Found {
    fn push(&mut self, path: String) {
        self.weight += path.len() + size_of::<String>();
        self.cost += path.len();
        self.paths.push(path);
    }

    fn is_full(&self) -> bool {
        self.weight > MAX_FOUND
    }
}

impl Shell {
    /// The files that match a pattern, in order; empty when there are none.
    pub(super) async fn glob(&self, pattern_text: &str) -> Vec<String> {
        self.ctx.kernel.look_at_files();
        let absolute = pattern_text.starts_with('/');
        let mut bases: Vec<String> = vec![if absolute { "/".into() } else { String::new() }];
        let components: Vec<&str> = pattern_text.split('/').filter(|c| !c.is_empty()).collect();
        for (i, component) in components.iter().enumerate() {
            let last = i + 1 == components.len() && !pattern_text.ends_with('/');
            let mut found = Found::default();
            for base in &bases {
                self.glob_below(base, component, last, &mut found);
                self.ctx.move_bytes(std::mem::take(&mut found.cost)).await;
                if found.is_full() {
                    self.ctx.kernel.bound("too many names of files match a pattern: the rest is left out");
                    break;
                }
            }
            bases = found.paths;
        }
        bases.order();
        bases.retain(|path| !path.is_empty());
        bases
    }

    /// What matches one component of a pattern below `base`; all but the `last` one must be directories.
    fn glob_below(&self, base: &str, component: &str, last: bool, found: &mut Found) {
        let fs = self.ctx.kernel.fs.borrow();
        let look = LOOK_COST * (1 + base.matches('/').count());
        found.cost += look;
        if !has_glob(component) {
            let path = format!("{base}{}", pattern::unescape(component));
            if fs.find(&self.cwd, &path, false).is_ok() {
                found.push(if last { path } else { format!("{path}/") });
            }
            return;
        }
        let dir = if base.is_empty() { "." } else { base };
        let Ok(dir) = fs.find(&self.cwd, dir, true) else { return };
        // A directory lists itself and its parent too; a pattern with a dot in front meets them.
        let own = if component.starts_with('.') && self.kind != ShellKind::Bash { &[".", ".."][..] } else { &[] };
        for name in own.iter().map(|n| n.to_string()).chain(dir.inode.names()) {
            found.cost += look + component.len() * name.len() / 4;
            let hidden = name.starts_with('.') && !component.starts_with('.');
            if hidden || !pattern::matches(component, &name) {
                continue;
            }
            let path = format!("{base}{name}");
            if last {
                found.push(path);
            } else if fs.find(&self.cwd, &path, true).is_ok_and(|f| f.inode.is_dir()) {
                found.push(format!("{path}/"));
            }
        }
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
