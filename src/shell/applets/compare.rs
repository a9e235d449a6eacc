//! `cmp` and `diff`: equal, different, or trouble.

use super::opts::Opts;
use crate::shell::fs::Errno;
use crate::shell::io::Io;

/// `cmp`: whether two files, or one and standard input, are the same byte for byte, and where not.
pub async fn cmp(io: Io) -> i32 {
    let opts = Opts::parse(&io, "sln:", &[]);
    let Some(a) = opts.rest.first() else { return super::usage::show(&io).await };
    let b = opts.rest.get(1).map_or("-", String::as_str);
    let mut both = Vec::new();
    for path in [a, b] {
        match io.read_all(path).await {
            Ok(bytes) => both.push(bytes),
            Err(_) if opts.has('s') => return 2,
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                return 2;
            }
        }
    }
    let (left, right) = (&both[0], &both[1]);
    if left == right {
        return 0;
    }
    if opts.has('s') {
        return 1;
    }
    match left.iter().zip(right).position(|(x, y)| x != y) {
        Some(at) => {
            let line = left[..at].iter().filter(|c| **c == b'\n').count() + 1;
            io.print(format!("{a} {b} differ: char {}, line {line}\n", at + 1)).await;
        }
        None => io.complain(&format!("EOF on {}", if left.len() < right.len() { a } else { b })).await,
    }
    1
}

/// How `diff` compares and what it shows.
struct Diff<'a> {
    io: &'a Io,
    opts: Opts,
    /// Lines around a difference in the unified form; `None` for the older form.
    context: Option<usize>,
}

/// `diff`: how the lines of two files or directories differ.
pub async fn diff(io: Io) -> i32 {
    let opts = Opts::parse(&io, "qsaBbwitdNrTU:uL:S:", &[("brief", 'q'), ("recursive", 'r'), ("unified", 'u')]);
    let [a, b] = opts.rest.as_slice() else { return super::usage::show(&io).await.max(2) };
    let (a, b) = (a.clone(), b.clone());
    let lines = opts.get('U').and_then(|n| n.parse().ok());
    // busybox knows the unified form only.
    let unified = opts.has('u') || io.ctx.kernel.image.is_busybox();
    let diff = Diff { context: lines.or(unified.then_some(3)), io: &io, opts };
    diff.paths(a, b).await
}

impl Diff<'_> {
    fn is_dir(&self, path: &str) -> bool {
        path != "-" && self.io.find(path, true).is_ok_and(|found| found.inode.is_dir())
    }

    async fn paths(&self, a: String, b: String) -> i32 {
        let inside = |dir: &str, file: &str| format!("{dir}/{}", file.rsplit('/').next().unwrap_or(file));
        match (self.is_dir(&a), self.is_dir(&b)) {
            (true, true) => self.directories(a, b).await,
            (true, false) => self.files(&inside(&a, &b), &b).await,
            (false, true) => self.files(&a, &inside(&b, &a)).await,
            (false, false) => self.files(&a, &b).await,
        }
    }

    /// Two directories, and with `-r` those in them.
    async fn directories(&self, a: String, b: String) -> i32 {
        let mut status = 0;
        let mut waiting = vec![(a, b)];
        while let Some((a, b)) = waiting.pop() {
            let names = |path: &str| self.io.find(path, true).map(|found| found.inode.names()).unwrap_or_default();
            let (left, right) = (names(&a), names(&b));
            let mut all: Vec<&String> = left.iter().chain(right.iter().filter(|name| !left.contains(name))).collect();
            all.sort_unstable();
            let mut below = Vec::new();
            for name in all {
                self.io.ctx.step().await;
                let (x, y) = (format!("{a}/{name}"), format!("{b}/{name}"));
                if !left.contains(name) || !right.contains(name) {
                    let dir = if left.contains(name) { &a } else { &b };
                    self.io.print(format!("Only in {dir}: {name}\n")).await;
                    status = status.max(1);
                } else if self.is_dir(&x) && self.is_dir(&y) {
                    if self.opts.has('r') {
                        below.push((x, y));
                    } else {
                        self.io.print(format!("Common subdirectories: {x} and {y}\n")).await;
                    }
                } else {
                    status = status.max(self.files(&x, &y).await);
                }
            }
            waiting.extend(below.into_iter().rev());
        }
        status
    }

    async fn read(&self, path: &str) -> Result<String, Errno> {
        match self.io.read_all(path).await {
            Err(Errno::NotFound) if self.opts.has('N') => Ok(String::new()),
            other => other.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    async fn files(&self, a: &str, b: &str) -> i32 {
        let mut both = Vec::new();
        for path in [a, b] {
            match self.read(path).await {
                Ok(text) => both.push(text),
                Err(errno) => {
                    self.io.complain(&format!("can't stat '{path}': {}", errno.text())).await;
                    return 2;
                }
            }
        }
        let (left, right): (Vec<&str>, Vec<&str>) = (lines(&both[0]), lines(&both[1]));
        let pieces = self.changes(&left, &right).await;
        if pieces.is_empty() {
            if self.opts.has('s') {
                self.io.print(format!("Files {a} and {b} are identical\n")).await;
            }
            return 0;
        }
        let text = match self.context {
            _ if self.opts.has('q') => format!("Files {a} and {b} differ\n"),
            Some(context) => format!("--- {a}\n+++ {b}\n{}", unified(&left, &right, &pieces, context)),
            None => normal(&left, &right, &pieces),
        };
        self.io.print(text).await;
        1
    }

    /// A line as it is compared.
    fn key(&self, line: &str) -> String {
        let mut key: String = match (self.opts.has('w'), self.opts.has('b')) {
            (true, _) => line.split_whitespace().collect(),
            (_, true) => line.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => line.to_string(),
        };
        if self.opts.has('i') {
            key.make_ascii_lowercase();
        }
        key
    }

    /// Where two texts differ, by their longest common part.
    async fn changes(&self, left: &[&str], right: &[&str]) -> Vec<Change> {
        let keys = |lines: &[&str]| lines.iter().map(|line| self.key(line)).collect::<Vec<_>>();
        let (x, y) = (keys(left), keys(right));
        let head = x.iter().zip(&y).take_while(|(p, q)| p == q).count();
        let tail = x[head..].iter().rev().zip(y[head..].iter().rev()).take_while(|(p, q)| p == q).count();
        let (x, y) = (&x[head..x.len() - tail], &y[head..y.len() - tail]);
        self.io.ctx.match_work((x.len() as u64 + 1) * (y.len() as u64 + 1)).await;
        changes_between(x, y).into_iter().map(|c| c.moved(head)).collect()
    }
}

/// Lines `old` of one text that became lines `new` of another.
struct Change {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

impl Change {
    fn moved(self, by: usize) -> Change {
        let Change { old, new } = self;
        Change { old: old.start + by..old.end + by, new: new.start + by..new.end + by }
    }
}

/// More pairs of lines than this are not compared: the texts are then different as a whole.
const MAX_PAIRS: usize = 4 << 20;

fn changes_between(x: &[String], y: &[String]) -> Vec<Change> {
    if x.len().saturating_mul(y.len()) > MAX_PAIRS {
        return vec![Change { old: 0..x.len(), new: 0..y.len() }];
    }
    let width = y.len() + 1;
    let mut common = vec![0u32; (x.len() + 1) * width];
    for i in (0..x.len()).rev() {
        for j in (0..y.len()).rev() {
            common[i * width + j] = match x[i] == y[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let mut out: Vec<Change> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < x.len() || j < y.len() {
        let (old, new) = (i, j);
        while i < x.len() || j < y.len() {
            if i < x.len() && j < y.len() && x[i] == y[j] {
                break;
            }
            let drops = j == y.len() || (i < x.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]);
            if drops { i += 1 } else { j += 1 }
        }
        if i > old || j > new {
            out.push(Change { old: old..i, new: new..j });
        } else {
            i += 1;
            j += 1;
        }
    }
    out
}

/// The lines of a text; the last one tells by a sign of its own that it has no newline.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn show(out: &mut String, mark: &str, line: &str) {
    out.push_str(mark);
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

fn unified(left: &[&str], right: &[&str], changes: &[Change], context: usize) -> String {
    let mut out = String::new();
    let mut rest = changes;
    while let Some(first) = rest.first() {
        // Changes whose surroundings meet share a hunk.
        let near = |pair: &&[Change]| pair[1].old.start - pair[0].old.end <= 2 * context;
        let count = 1 + rest.windows(2).take_while(near).count();
        let (hunk, after) = rest.split_at(count);
        rest = after;
        let last = &hunk[count - 1];
        let before = first.old.start.min(context);
        let behind = (left.len() - last.old.end).min(context);
        let old = first.old.start - before..last.old.end + behind;
        let new = first.new.start - before..last.new.end + behind;
        out.push_str(&format!("@@ -{} +{} @@\n", place(&old), place(&new)));
        let mut at = old.start;
        for change in hunk {
            left[at..change.old.start].iter().for_each(|line| show(&mut out, " ", line));
            left[change.old.clone()].iter().for_each(|line| show(&mut out, "-", line));
            right[change.new.clone()].iter().for_each(|line| show(&mut out, "+", line));
            at = change.old.end;
        }
        left[at..old.end].iter().for_each(|line| show(&mut out, " ", line));
    }
    out
}

/// `start,count` of a hunk: a single line needs no count, and none is said to follow on the line before.
fn place(lines: &std::ops::Range<usize>) -> String {
    match lines.len() {
        1 => format!("{}", lines.start + 1),
        0 => format!("{},0", lines.start),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// The form without surroundings: `2c2`, `3d2`, `0a1,2`.
fn normal(left: &[&str], right: &[&str], changes: &[Change]) -> String {
    let span = |lines: &std::ops::Range<usize>| match lines.len() {
        0 => format!("{}", lines.start),
        1 => format!("{}", lines.end),
        _ => format!("{},{}", lines.start + 1, lines.end),
    };
    let mut out = String::new();
    for Change { old, new } in changes {
        let verb = match (old.is_empty(), new.is_empty()) {
            (true, _) => 'a',
            (_, true) => 'd',
            _ => 'c',
        };
        out.push_str(&format!("{}{verb}{}\n", span(old), span(new)));
        left[old.clone()].iter().for_each(|line| show(&mut out, "< ", line));
        if verb == 'c' {
            out.push_str("---\n");
        }
        right[new.clone()].iter().for_each(|line| show(&mut out, "> ", line));
    }
    out
}
