//! `sed`.

use super::opts::Opts;
use super::usage;
use crate::shell::io::{Access, Input, Io};
use crate::shell::regex::{Captures, Regex};
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Debug, Clone)]
enum Address {
    Line(usize),
    Step(usize, usize),
    Last,
    Match(Option<Rc<Regex>>),
    /// Only as an end: this many lines more.
    Plus(usize),
    Multiple(usize),
}

#[derive(Debug)]
enum Action {
    Block(usize),
    EndBlock,
    Branch {
        label: String,
        when: char,
    },
    Substitute(Box<Substitute>),
    Translate(Vec<char>, Vec<char>),
    /// `a`, `i`, `c`.
    Text(char, String),
    /// `r`, `w`.
    File(char, String),
    Quit(i32, bool),
    Simple(char),
}

#[derive(Debug)]
struct Substitute {
    regex: Option<Rc<Regex>>,
    by: Vec<Piece>,
    global: bool,
    print: bool,
    nth: usize,
    file: Option<String>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Group(usize),
    /// `\U`, `\L`, `\u`, `\l`, `\E`.
    Case(char),
}

#[derive(Debug)]
struct Command {
    from: Option<Address>,
    to: Option<Address>,
    negated: bool,
    action: Action,
    /// Where a range that is open ends: a line number, or `None` until its pattern matches.
    open: Option<Option<usize>>,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    extended: bool,
    commands: Vec<Command>,
    blocks: Vec<usize>,
}

type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip(&mut self, set: &str) {
        while self.peek().is_some_and(|c| set.contains(c) || (c.is_whitespace() && c != '\n' && set.contains(' '))) {
            self.bump();
        }
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
        }
        self.text[start..self.at].parse().ok()
    }

    /// Text up to an unescaped delimiter. `\n` becomes a newline, an escaped delimiter itself.
    fn delimited(&mut self, delimiter: char, regex: bool) -> Parsed<String> {
        let mut out = String::new();
        let mut in_set = false;
        loop {
            match self.bump() {
                None => return Err("unterminated address regex".into()),
                Some('\\') => match self.bump() {
                    Some(c) if c == delimiter => out.push(c),
                    Some('n') if regex => out.push_str(if in_set { "\n" } else { "\\n" }),
                    Some('\n') => out.push_str(if regex { "\n" } else { "\\\n" }),
                    Some(c) => {
                        out.push('\\');
                        out.push(c);
                    }
                    None => return Err("unterminated address regex".into()),
                },
                Some(c) if c == delimiter && !(regex && in_set) => return Ok(out),
                Some(c) => {
                    if regex {
                        in_set = if in_set { c != ']' || out.ends_with('[') || out.ends_with("[^") } else { c == '[' };
                    }
                    out.push(c);
                }
            }
        }
    }

    fn regex(&self, source: &str, ignore_case: bool) -> Parsed<Option<Rc<Regex>>> {
        if source.is_empty() {
            return Ok(None);
        }
        Regex::new(source, self.extended, ignore_case)
            .map(|r| Some(Rc::new(r)))
            .map_err(|why| format!("bad regex '{source}': {why}"))
    }

    fn address(&mut self) -> Parsed<Option<Address>> {
        Ok(match self.peek() {
            Some('$') => {
                self.bump();
                Some(Address::Last)
            }
            Some(c) if c.is_ascii_digit() => {
                let line = self.number().unwrap_or(0);
                if self.peek() == Some('~') {
                    self.bump();
                    Some(Address::Step(line, self.number().unwrap_or(1)))
                } else {
                    Some(Address::Line(line))
                }
            }
            Some(c @ ('/' | '\\')) => {
                self.bump();
                let delimiter = if c == '\\' { self.bump().ok_or("unterminated address regex")? } else { '/' };
                let source = self.delimited(delimiter, true)?;
                let fold = matches!(self.peek(), Some('I'));
                if fold {
                    self.bump();
                }
                Some(Address::Match(self.regex(&source, fold)?))
            }
            Some('+') => {
                self.bump();
                Some(Address::Plus(self.number().unwrap_or(0)))
            }
            Some('~') => {
                self.bump();
                Some(Address::Multiple(self.number().unwrap_or(1).max(1)))
            }
            _ => None,
        })
    }

    fn script(&mut self) -> Parsed<()> {
        loop {
            self.skip(" ;\n");
            match self.peek() {
                None => break,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                    continue;
                }
                _ => {}
            }
            let from = self.address()?;
            let mut to = None;
            self.skip(" ");
            if from.is_some() && self.peek() == Some(',') {
                self.bump();
                self.skip(" ");
                to = self.address()?;
                if to.is_none() {
                    return Err("no address after comma".into());
                }
            }
            self.skip(" ");
            let mut negated = false;
            while self.peek() == Some('!') {
                self.bump();
                self.skip(" ");
                negated = true;
            }
            let Some(name) = self.bump() else { return Err("missing command".into()) };
            let action = self.action(name)?;
            if self.commands.len() > 10_000 {
                return Err("script too long".into());
            }
            self.commands.push(Command { from, to, negated, action, open: None });
        }
        if self.blocks.is_empty() { Ok(()) } else { Err("unmatched '{'".into()) }
    }

    /// The rest of the line, for file names and labels.
    fn word(&mut self, stops: &str) -> String {
        self.skip(" ");
        let start = self.at;
        while self.peek().is_some_and(|c| !stops.contains(c)) {
            self.bump();
        }
        self.text[start..self.at].trim_end().to_string()
    }

    fn action(&mut self, name: char) -> Parsed<Action> {
        Ok(match name {
            '{' => {
                self.blocks.push(self.commands.len());
                Action::Block(0)
            }
            '}' => {
                let open = self.blocks.pop().ok_or("unexpected '}'")?;
                let end = self.commands.len();
                self.commands[open].action = Action::Block(end);
                Action::EndBlock
            }
            ':' => {
                // A label is a branch target that never branches.
                Action::Branch { label: self.word(";\n"), when: ':' }
            }
            'b' | 't' | 'T' => Action::Branch { label: self.word(";\n}"), when: name },
            's' => self.substitute()?,
            'y' => {
                let delimiter = self.bump().ok_or("bad option in substitution expression")?;
                let (from, to) = (self.delimited(delimiter, false)?, self.delimited(delimiter, false)?);
                let plain = |s: String| s.replace("\\n", "\n").replace("\\\\", "\\").chars().collect::<Vec<_>>();
                let (from, to) = (plain(from), plain(to));
                if from.len() != to.len() {
                    return Err("strings for 'y' command are different lengths".into());
                }
                Action::Translate(from, to)
            }
            'a' | 'i' | 'c' => Action::Text(name, self.text_argument()),
            'r' | 'w' => Action::File(name, self.word("\n")),
            'q' | 'Q' => {
                self.skip(" ");
                Action::Quit(self.number().unwrap_or(0) as i32, name == 'q')
            }
            'd' | 'D' | 'p' | 'P' | 'n' | 'N' | 'h' | 'H' | 'g' | 'G' | 'x' | '=' | 'l' | 'z' => Action::Simple(name),
            other => return Err(format!("unsupported command {other}")),
        })
    }

    /// The text of `a`, `i`, `c`: after a backslash and a newline, or on the same line.
    fn text_argument(&mut self) -> String {
        self.skip(" ");
        if self.peek() == Some('\\') {
            self.bump();
            self.skip(" ");
            if self.peek() == Some('\n') {
                self.bump();
            }
        }
        let mut out = String::new();
        while let Some(c) = self.bump() {
            match c {
                '\\' => out.extend(self.bump()),
                '\n' => break,
                c => out.push(c),
            }
        }
        out + "\n"
    }

    fn substitute(&mut self) -> Parsed<Action> {
        let delimiter = self.bump().ok_or("bad option in substitution expression")?;
        let source =
            self.delimited(delimiter, true).map_err(|_| "unmatched '".to_string() + &delimiter.to_string() + "'")?;
        let by =
            self.delimited(delimiter, false).map_err(|_| "unmatched '".to_string() + &delimiter.to_string() + "'")?;
        let (mut global, mut print, mut nth, mut fold, mut file) = (false, false, 1, false, None);
        loop {
            match self.peek() {
                Some('g') => global = true,
                Some('p') => print = true,
                Some('i' | 'I') => fold = true,
                Some('m' | 'M' | 'e') => {}
                Some('w') => {
                    self.bump();
                    file = Some(self.word("\n"));
                    break;
                }
                Some(c) if c.is_ascii_digit() => {
                    nth = self.number().unwrap_or(1).max(1);
                    continue;
                }
                Some(c) if c.is_whitespace() || ";}#".contains(c) => break,
                None => break,
                Some(_) => return Err("bad option in substitution expression".into()),
            }
            self.bump();
        }
        let regex = self.regex(&source, fold)?;
        Ok(Action::Substitute(Box::new(Substitute { regex, by: replacement(&by), global, print, nth, file })))
    }
}

fn replacement(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '&' => Piece::Group(0),
            '\\' => match chars.next() {
                Some(d) if d.is_ascii_digit() => Piece::Group(d as usize - '0' as usize),
                Some(c @ ('U' | 'L' | 'u' | 'l' | 'E')) => Piece::Case(c),
                Some('n') => {
                    plain.push('\n');
                    continue;
                }
                Some('t') => {
                    plain.push('\t');
                    continue;
                }
                other => {
                    plain.extend(other);
                    continue;
                }
            },
            c => {
                plain.push(c);
                continue;
            }
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(piece);
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

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
            Some('U') => part.to_uppercase(),
            Some('L') => part.to_lowercase(),
            _ => part,
        };
        if let Some(case) = next
            && let Some(first) = part.chars().next()
        {
            let changed: String =
                if case == 'u' { first.to_uppercase().collect() } else { first.to_lowercase().collect() };
            part.replace_range(..first.len_utf8(), &changed);
            next = None;
        }
        out.push_str(&part);
    }
}

impl Substitute {
    /// The text with its matches replaced, if there was one.
    fn apply(&self, regex: &Regex, text: &str) -> Option<String> {
        let mut out = String::new();
        let (mut at, mut from, mut count) = (0, 0, 0);
        let mut changed = false;
        while let Some(groups) = regex.captures(text, from) {
            let Some((start, end)) = groups[0] else { break };
            // An empty match right after a match does not count.
            if !(start == end && start == at && count > 0 && from == at && at > 0) {
                count += 1;
                if count >= self.nth {
                    out.push_str(&text[at..start]);
                    fill(&self.by, text, &groups, &mut out);
                    at = end;
                    changed = true;
                    if !self.global {
                        break;
                    }
                }
            }
            from = if end > start { end } else { end + text[end..].chars().next().map_or(1, char::len_utf8) };
            if from > text.len() || out.len() > 1 << 22 {
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
                    status = 1;
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
                regex.is_some_and(|r| r.captures(&self.space, 0).is_some())
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
                let changed = substitute.apply(&regex, &self.space);
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
