//! A script of sed, read.

use crate::shell::regex::Regex;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(super) enum Address {
    Line(usize),
    Step(usize, usize),
    Last,
    Match(Option<Rc<Regex>>),
    /// Only as an end: this many lines more.
    Plus(usize),
    Multiple(usize),
}

#[derive(Debug)]
pub(super) enum Action {
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
pub(super) struct Substitute {
    pub(super) regex: Option<Rc<Regex>>,
    pub(super) by: Vec<Piece>,
    pub(super) global: bool,
    pub(super) print: bool,
    pub(super) nth: usize,
    pub(super) file: Option<String>,
}

#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Group(usize),
    /// `\U`, `\L`, `\u`, `\l`, `\E`.
    Case(char),
}

#[derive(Debug)]
pub(super) struct Command {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    pub(super) negated: bool,
    pub(super) action: Action,
    /// Where a range that is open ends: a line number, or `None` until its pattern matches.
    pub(super) open: Option<Option<usize>>,
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) extended: bool,
    pub(super) commands: Vec<Command>,
    pub(super) blocks: Vec<usize>,
}

pub(super) type Parsed<T> = Result<T, String>;

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

    pub(super) fn script(&mut self) -> Parsed<()> {
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
            // After a backslash on the same line blanks belong to the text.
            let ahead = self.at;
            self.skip(" ");
            match self.peek() {
                Some('\n') => drop(self.bump()),
                _ => self.at = ahead,
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

pub(super) fn replacement(text: &str) -> Vec<Piece> {
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
