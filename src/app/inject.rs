//! Faults as text: what a click injects is written into the scenario, line by line, so that comments and the reader's own
//! layout stay.
//!
//! Works on block style, which is what it writes and what people write; a container in flow style is rewritten as a block.

use crate::scenario::FaultKind;
use crate::time::{Millis, go_duration};

const HEADER: &str = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n";

/// `text` with a fault of the first `attempts` of a container. It goes first, and replaces one for the same attempts.
pub fn fault(text: &str, container: &str, attempts: u32, fault: &FaultKind) -> String {
    let range = if attempts == 1 { "1".into() } else { format!("1-{attempts}") };
    let line = format!("- {{attempts: \"{range}\", {}}}", words(fault));
    let mut doc = Doc::read(text);
    let item = doc.item(container);
    let faults = doc.faults(item);
    let same = format!("- {{attempts: \"{range}\",");
    doc.lines.retain_in(faults + 1, |l| !l.trim_start().starts_with(&same));
    let indent = doc.lines.indent(faults);
    doc.lines.0.insert(faults + 1, format!("{}{line}", " ".repeat(indent)));
    doc.text()
}

/// `text` without the faults of a container.
pub fn clear(text: &str, container: &str) -> String {
    let mut doc = Doc::read(text);
    let Some(item) = doc.find(container) else { return text.to_owned() };
    let end = doc.lines.block_end(item);
    if let Some(faults) = (item + 1..end).find(|&i| doc.lines.0[i].trim_start().starts_with("faults:")) {
        let last = doc.lines.list_end(faults);
        doc.lines.0.drain(faults..last);
    }
    // A container of which nothing but the name is left says nothing.
    if doc.lines.block_end(item) == item + 1 {
        doc.lines.0.remove(item);
        let head = item - 1;
        if doc.lines.0[head].trim() == "containers:" && doc.lines.list_end(head) == head + 1 {
            doc.lines.0.remove(head);
        }
    }
    doc.text()
}

/// How many faults the text names for a container: what the chip on its lane says.
pub fn count(text: &str, container: &str) -> usize {
    let doc = Doc::read(text);
    let Some(item) = doc.find(container) else { return 0 };
    let end = doc.lines.block_end(item);
    doc.lines.0[item..end].iter().map(|l| l.matches("attempts:").count()).sum()
}

fn words(fault: &FaultKind) -> String {
    let after = |at: &Millis| go_duration(*at);
    match fault {
        FaultKind::Exit { code, after: at } => format!("exit: {{code: {code}, after: {}}}", after(at)),
        FaultKind::Signal { number, after: at } => format!("signal: {{number: {number}, after: {}}}", after(at)),
        FaultKind::OomKilled { after: at } => format!("oomKilled: {{after: {}}}", after(at)),
        FaultKind::Hang => "hang: true".into(),
        FaultKind::Duration(d) => format!("duration: {}", go_duration(*d)),
        FaultKind::StartError(message) => format!("startError: {message:?}"),
        FaultKind::Slowdown(factor) => format!("slowdown: {factor}"),
        FaultKind::IgnoreSigterm => "ignoreSigterm: true".into(),
    }
}

/// The scenario as lines, with a `spec:`.
struct Doc {
    lines: Lines,
}

struct Lines(Vec<String>);

impl Doc {
    fn read(text: &str) -> Doc {
        let text = if text.trim().is_empty() { HEADER } else { text };
        let mut lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
        match lines.iter_mut().find(|l| l.starts_with("spec:")) {
            Some(spec) if spec.trim_end() == "spec: {}" => *spec = "spec:".into(),
            Some(_) => {}
            None => lines.push("spec:".into()),
        }
        Doc { lines: Lines(lines) }
    }

    fn text(self) -> String {
        self.lines.0.join("\n") + "\n"
    }

    fn spec(&self) -> usize {
        self.lines.0.iter().position(|l| l.starts_with("spec:")).unwrap_or(0)
    }

    /// The line `containers:` of the spec.
    fn containers(&self) -> Option<usize> {
        let spec = self.spec();
        (spec + 1..self.lines.block_end(spec)).find(|&i| {
            let line = self.lines.0[i].trim();
            line == "containers:" || line == "containers: []"
        })
    }

    /// The first line of a container's item.
    fn find(&self, container: &str) -> Option<usize> {
        let head = self.containers()?;
        (head + 1..self.lines.list_end(head)).find(|&i| {
            let line = self.lines.0[i].trim_start();
            let named = line
                .strip_prefix("- ")
                .map(str::trim_start)
                .and_then(|l| l.trim_start_matches('{').strip_prefix("name:"));
            named.is_some_and(|n| {
                n.split([',', '}', '#']).next().unwrap_or_default().trim().trim_matches(['"', '\'']) == container
            })
        })
    }

    /// The first line of a container's item in block style, made when it is not there.
    fn item(&mut self, container: &str) -> usize {
        if let Some(at) = self.find(container) {
            if self.lines.0[at].trim_start().starts_with("- {") {
                let indent = self.lines.indent(at);
                self.lines.0[at] = format!("{}- name: {container}", " ".repeat(indent));
            }
            return at;
        }
        let head = self.containers().unwrap_or_else(|| {
            let end = self.lines.block_end(self.spec());
            self.lines.0.insert(end, "  containers:".into());
            end
        });
        let indent = self.lines.indent(head);
        self.lines.0[head].truncate(indent + "containers:".len());
        let end = self.lines.list_end(head);
        self.lines.0.insert(end, format!("{}- name: {container}", " ".repeat(indent)));
        end
    }

    /// The line `faults:` of an item, made when it is not there.
    fn faults(&mut self, item: usize) -> usize {
        let end = self.lines.block_end(item);
        let found = (item + 1..end).find(|&i| self.lines.0[i].trim_start().starts_with("faults:"));
        let indent = " ".repeat(self.lines.indent(item) + 2);
        match found {
            // In flow style on one line: it starts anew.
            Some(at) => {
                self.lines.0[at] = format!("{indent}faults:");
                at
            }
            None => {
                self.lines.0.insert(item + 1, format!("{indent}faults:"));
                item + 1
            }
        }
    }
}

impl Lines {
    fn indent(&self, at: usize) -> usize {
        self.0[at].len() - self.0[at].trim_start().len()
    }

    /// Whether a line says nothing by itself.
    fn blank(&self, at: usize) -> bool {
        let line = self.0[at].trim_start();
        line.is_empty() || line.starts_with('#')
    }

    /// The line after the block that `at` opens: all that is indented more.
    fn block_end(&self, at: usize) -> usize {
        let indent = self.indent(at);
        let inside = (at + 1..self.0.len()).take_while(|&i| self.blank(i) || self.indent(i) > indent);
        inside.filter(|&i| !self.blank(i)).last().map_or(at + 1, |last| last + 1)
    }

    /// The line after the list that the key at `at` opens: its items may stand at the key's own indentation.
    fn list_end(&self, at: usize) -> usize {
        let indent = self.indent(at);
        let mine =
            |i: usize| self.indent(i) > indent || self.indent(i) == indent && self.0[i].trim_start().starts_with("- ");
        let inside = (at + 1..self.0.len()).take_while(|&i| self.blank(i) || mine(i));
        inside.filter(|&i| !self.blank(i)).last().map_or(at + 1, |last| last + 1)
    }

    /// Keeps the items of the list from `from` on that `keep` says.
    fn retain_in(&mut self, from: usize, keep: impl Fn(&str) -> bool) {
        let end = self.list_end(from - 1);
        let kept: Vec<String> = self.0[from..end].iter().filter(|l| keep(l)).cloned().collect();
        self.0.splice(from..end, kept);
    }
}
