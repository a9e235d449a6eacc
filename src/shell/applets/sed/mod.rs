//! `sed`.

mod script;

use crate::shell::applets::opts::Opts;
use crate::shell::applets::usage;
use crate::shell::io::{Access, Input, Io};
use crate::shell::kernel::Ctx;
use crate::shell::regex::{Captures, Regex, Text};
use script::{Action, Address, Command, Parser, Piece, Substitute};
use std::collections::VecDeque;
use std::rc::Rc;

/// Puts a replacement together.
fn fill(pieces: &[Piece], text: &str, groups: &Captures, out: &mut String) {
    let (mut all, mut next) = (None, None);
    for piece in pieces {
        let part = match piece {
            Piece::Case(c @ ('u' | 'l')) => {
                next = Some(*c);
                continue;
            }
            Piece::Case('E') => {
                all = None;
                continue;
            }
            Piece::Case(c) => {
                all = Some(*c);
                continue;
            }
            Piece::Text(text) => text.clone(),
            Piece::Group(n) => groups.get(*n).copied().flatten().map_or(String::new(), |(a, b)| text[a..b].to_string()),
        };
        let mut part = match all {
            Some('U') => part.to_ascii_uppercase(),
            Some('L') => part.to_ascii_lowercase(),
            _ => part,
        };
        if let Some(case) = next
            && let Some(first) = part.chars().next()
        {
            let changed: String =
                if case == 'u' { first.to_ascii_uppercase().into() } else { first.to_ascii_lowercase().into() };
            part.replace_range(..first.len_utf8(), &changed);
            next = None;
        }
        out.push_str(&part);
    }
}

/// What a substitution makes grows no longer.
const MAX_SPACE: usize = 1 << 20;

impl Substitute {
    /// The text with its matches replaced, if there was one.
    async fn apply(&self, ctx: &Ctx, regex: &Regex, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut at = 0;
        let mut changed = false;
        for (i, groups) in regex.matches(&Text::new(text)).enumerate() {
            ctx.match_work(regex.take_work()).await;
            let Some((start, end)) = groups[0] else { break };
            if i + 1 < self.nth {
                continue;
            }
            out.push_str(&text[at..start]);
            fill(&self.by, text, &groups, &mut out);
            at = end;
            changed = true;
            if !self.global || out.len() > MAX_SPACE {
                break;
            }
        }
        changed.then(|| out + &text[at..])
    }
}

/// The lines of all files, one line ahead so that the last is known.
struct Lines {
    inputs: VecDeque<Input>,
    next: Option<(String, bool)>,
    number: usize,
}

impl Lines {
    async fn advance(&mut self) -> Option<(String, bool)> {
        let current = self.next.take();
        while let Some(input) = self.inputs.front_mut() {
            match input.line().await {
                Ok(Some(line)) => {
                    let text = String::from_utf8_lossy(&line);
                    let ended = text.ends_with('\n');
                    self.next = Some((text.strip_suffix('\n').unwrap_or(&text).to_string(), ended));
                    break;
                }
                _ => {
                    self.inputs.pop_front();
                }
            }
        }
        if current.is_some() {
            self.number += 1;
        }
        current
    }
}

struct Sed {
    commands: Vec<Command>,
    quiet: bool,
    space: String,
    ended: bool,
    hold: String,
    last_regex: Option<Rc<Regex>>,
    out: String,
    appended: String,
    replaced: bool,
}

/// Takes the suffix of `-i.bak` or `--in-place=.bak` off: it is attached, and `-i` alone has none.
fn backup_suffix(mut io: Io) -> (Io, Option<String>) {
    let mut suffix = None;
    for arg in io.args.iter_mut().skip(1).take_while(|a| *a != "--") {
        let (plain, given) = if let Some(given) = arg.strip_prefix("--in-place=") {
            ("--in-place", given.to_string())
        } else if let Some(at) =
            arg.find('i').filter(|at| arg.starts_with('-') && arg[1..*at].chars().all(|c| "nErsuz".contains(c)))
        {
            (&arg[..=at], arg[at + 1..].to_string())
        } else {
            continue;
        };
        if !given.is_empty() {
            (*arg, suffix) = (plain.to_string(), Some(given));
        }
    }
    (io, suffix)
}

pub async fn sed(io: Io) -> i32 {
    let longs = [
        ("quiet", 'n'),
        ("silent", 'n'),
        ("expression", 'e'),
        ("file", 'f'),
        ("regexp-extended", 'E'),
        ("in-place", 'i'),
    ];
    let (io, suffix) = backup_suffix(io);
    let mut opts = Opts::parse(&io, "ne:f:EriszuI", &longs);
    let mut script: Vec<String> = opts.all('e').map(str::to_string).collect();
    if let Some(path) = opts.get('f') {
        match io.read_all(path).await {
            Ok(bytes) => script.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(errno) => {
                io.complain(&format!("can't open '{path}': {}", errno.text())).await;
                return 1;
            }
        }
    }
    if script.is_empty() {
        if opts.rest.is_empty() {
            return usage::show(&io).await;
        }
        script.push(opts.rest.remove(0));
    }
    let script = script.join("\n");
    let extended = opts.has('E') || opts.has('r');
    let mut parser = Parser { text: &script, at: 0, extended, commands: Vec::new(), blocks: Vec::new() };
    if let Err(why) = parser.script() {
        io.complain(&why).await;
        return 1;
    }
    let mut sed = Sed {
        commands: parser.commands,
        quiet: opts.has('n') || script.starts_with("#n\n"),
        space: String::new(),
        ended: true,
        hold: String::new(),
        last_regex: None,
        out: String::new(),
        appended: String::new(),
        replaced: false,
    };
    let mut status = 0;
    let groups: Vec<Vec<String>> = if opts.has('i') || opts.has('s') {
        opts.rest.iter().map(|f| vec![f.clone()]).collect()
    } else {
        vec![opts.files()]
    };
    for group in groups {
        let mut inputs = VecDeque::new();
        for path in &group {
            match io.input(path) {
                Ok(input) => inputs.push_back(input),
                Err(errno) => {
                    io.complain(&format!("{path}: {}", errno.text())).await;
                    status = if io.ctx.kernel.image.is_busybox() { 1 } else { 2 };
                }
            }
        }
        if inputs.is_empty() {
            continue;
        }
        let target = opts.has('i').then(|| group[0].clone());
        let code = sed.run(&io, inputs, target.is_some()).await;
        if let (Some(path), Some(suffix)) = (&target, &suffix)
            && let Ok(old) = io.read_all(path).await
            && io.write_file(&format!("{path}{suffix}"), &old).await.is_err()
        {
            status = 4;
        }
        if let Some(path) = target
            && io.write_file(&path, std::mem::take(&mut sed.out).as_bytes()).await.is_err()
        {
            status = 4;
        }
        if let Some(code) = code {
            return code;
        }
    }
    status
}

/// What follows a command.
enum Next {
    Go(usize),
    /// The end of the cycle: print the space or not.
    End(bool),
    /// Begin again without reading.
    Again,
    Quit(i32, bool),
}

impl Sed {
    /// Goes through the lines; the exit code if a `q` ended it.
    async fn run(&mut self, io: &Io, inputs: VecDeque<Input>, keep: bool) -> Option<i32> {
        let mut lines = Lines { inputs, next: None, number: 0 };
        lines.advance().await;
        let mut again = false;
        loop {
            if !again {
                let (text, ended) = lines.advance().await?;
                self.space = text;
                self.ended = ended;
                self.replaced = false;
            }
            again = false;
            let mut at = 0;
            let outcome = loop {
                io.ctx.step().await;
                io.ctx.move_bytes(self.space.len() + self.hold.len()).await;
                if at >= self.commands.len() {
                    break Next::End(true);
                }
                match self.step(io, at, &mut lines).await {
                    Next::Go(next) => at = next,
                    end => break end,
                }
                let work = self.last_regex.as_ref().map_or(0, |regex| regex.take_work());
                io.ctx.match_work(work).await;
            };
            let (print, code) = match outcome {
                Next::End(print) => (print, None),
                Next::Quit(code, print) => (print, Some(code)),
                Next::Again => {
                    again = true;
                    (false, None)
                }
                Next::Go(_) => (false, None),
            };
            if print && !self.quiet {
                self.emit();
            }
            let appended = std::mem::take(&mut self.appended);
            if !appended.is_empty() && !self.out.is_empty() && !self.out.ends_with('\n') {
                // What follows stands on a line of its own, even if the last one has no end.
                self.out.push('\n');
            }
            self.out.push_str(&appended);
            if !keep && !self.out.is_empty() {
                io.print(std::mem::take(&mut self.out)).await;
            }
            if code.is_some() {
                return code;
            }
        }
    }

    fn emit(&mut self) {
        self.out.push_str(&self.space);
        if self.ended {
            self.out.push('\n');
        }
    }

    fn matches(&mut self, address: &Address, lines: &Lines) -> bool {
        match address {
            Address::Line(n) => lines.number == *n,
            Address::Step(first, step) => {
                lines.number >= *first
                    && (*step == 0 && lines.number == *first
                        || *step > 0 && (lines.number - first).is_multiple_of(*step))
            }
            Address::Last => lines.next.is_none(),
            Address::Match(regex) => {
                let regex = regex.clone().or_else(|| self.last_regex.clone());
                self.last_regex = regex.clone();
                regex.is_some_and(|r| r.is_match(&self.space))
            }
            Address::Plus(_) | Address::Multiple(_) => false,
        }
    }

    /// Whether command `at` applies to the current line.
    fn applies(&mut self, at: usize, lines: &Lines) -> bool {
        let (from, to, negated) =
            (self.commands[at].from.clone(), self.commands[at].to.clone(), self.commands[at].negated);
        let Some(from) = from else { return !negated };
        let Some(to) = to else { return self.matches(&from, lines) != negated };
        let number = lines.number;
        let hit = match self.commands[at].open {
            Some(end) => {
                let closes = match (&to, end) {
                    (_, Some(end)) => number >= end,
                    (address, None) => self.matches(address, lines),
                };
                if closes {
                    self.commands[at].open = None;
                }
                // A numbered end that has already gone by covers nothing more.
                end.is_none_or(|end| number <= end)
            }
            None if matches!(from, Address::Line(0)) && number == 1 => {
                if !self.matches(&to, lines) {
                    self.commands[at].open = Some(None);
                }
                true
            }
            None => {
                let starts = self.matches(&from, lines);
                if starts {
                    let end = match to {
                        Address::Line(n) => Some(n),
                        Address::Plus(n) => Some(number + n),
                        Address::Multiple(n) => Some(number.div_ceil(n) * n),
                        _ => None,
                    };
                    if end.is_none_or(|end| end > number) && !matches!(to, Address::Last if lines.next.is_none()) {
                        self.commands[at].open = Some(end);
                    }
                }
                starts
            }
        };
        hit != negated
    }

    async fn step(&mut self, io: &Io, at: usize, lines: &mut Lines) -> Next {
        let applies = self.applies(at, lines);
        let next = Next::Go(at + 1);
        if !applies {
            return match self.commands[at].action {
                Action::Block(end) => Next::Go(end + 1),
                _ => next,
            };
        }
        match &self.commands[at].action {
            Action::Block(_) | Action::EndBlock => next,
            Action::Branch { label, when } => {
                let jump = match when {
                    'b' => true,
                    't' => std::mem::take(&mut self.replaced),
                    'T' => !std::mem::take(&mut self.replaced),
                    _ => false,
                };
                if !jump {
                    return next;
                }
                let target = |c: &Command| matches!(&c.action, Action::Branch { label: l, when: ':' } if l == label);
                Next::Go(self.commands.iter().position(target).unwrap_or(self.commands.len()))
            }
            Action::Substitute(substitute) => {
                let regex = substitute.regex.clone().or_else(|| self.last_regex.clone());
                let Some(regex) = regex else { return next };
                let changed = substitute.apply(&io.ctx, &regex, &self.space).await;
                let (print, file) = (substitute.print, substitute.file.clone());
                self.last_regex = Some(regex);
                if let Some(text) = changed {
                    self.space = text;
                    self.replaced = true;
                    if print {
                        self.emit();
                    }
                    if let Some(path) = file {
                        self.write(io, &path).await;
                    }
                }
                next
            }
            Action::Translate(from, to) => {
                let change = |c: char| from.iter().position(|f| *f == c).map_or(c, |i| to[i]);
                self.space = self.space.chars().map(change).collect();
                next
            }
            Action::Text('a', text) => {
                self.appended.push_str(text);
                next
            }
            Action::Text('i', text) => {
                self.out.push_str(text);
                next
            }
            Action::Text(_, text) => {
                let in_range = self.commands[at].open.is_some();
                if !in_range || self.commands[at].negated {
                    self.out.push_str(text);
                }
                Next::End(false)
            }
            Action::File('r', path) => {
                if let Ok(bytes) = io.read_all(path).await {
                    self.appended.push_str(&String::from_utf8_lossy(&bytes));
                }
                next
            }
            Action::File(_, path) => {
                let path = path.clone();
                self.write(io, &path).await;
                next
            }
            Action::Quit(code, print) => Next::Quit(*code, *print),
            Action::Simple(name) => {
                let name = *name;
                self.simple(name, at, lines, io).await
            }
        }
    }

    async fn write(&mut self, io: &Io, path: &str) {
        let line = format!("{}\n", self.space);
        if path == "/dev/stdout" {
            self.out.push_str(&line);
        } else if let Ok(fd) = io.open(path, Access::Append) {
            let _ = crate::shell::io::write(&io.ctx, &fd, line.as_bytes()).await;
        }
    }

    async fn simple(&mut self, name: char, at: usize, lines: &mut Lines, io: &Io) -> Next {
        match name {
            'd' => return Next::End(false),
            'D' => match self.space.find('\n') {
                Some(i) => {
                    self.space.drain(..=i);
                    return Next::Again;
                }
                None => return Next::End(false),
            },
            'p' => self.emit(),
            'P' => {
                let end = self.space.find('\n').unwrap_or(self.space.len());
                self.out.push_str(&self.space[..end]);
                self.out.push('\n');
            }
            'n' | 'N' => {
                if lines.next.is_none() {
                    // GNU and busybox print the space when there is no next line.
                    return Next::Quit(0, true);
                }
                if name == 'n' && !self.quiet {
                    self.emit();
                }
                let appended = std::mem::take(&mut self.appended);
                self.out.push_str(&appended);
                if let Some((text, ended)) = lines.advance().await {
                    self.ended = ended;
                    if name == 'n' {
                        self.space = text;
                    } else {
                        self.space.push('\n');
                        self.space.push_str(&text);
                    }
                }
                io.ctx.step().await;
            }
            'h' => self.hold = self.space.clone(),
            'H' => {
                self.hold.push('\n');
                self.hold.push_str(&self.space);
            }
            'g' => self.space = self.hold.clone(),
            'G' => {
                self.space.push('\n');
                self.space.push_str(&self.hold);
            }
            'x' => std::mem::swap(&mut self.space, &mut self.hold),
            '=' => self.out.push_str(&format!("{}\n", lines.number)),
            'l' => self.out.push_str(&format!(
                "{}$\n",
                self.space.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
            )),
            _ => self.space.clear(),
        }
        if self.space.len().max(self.hold.len()) > 1 << 23 {
            return Next::Quit(1, false);
        }
        Next::Go(at + 1)
    }
}
