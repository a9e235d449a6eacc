//! Text to YAML tokens, with the same tolerance and the same complaints as the YAML library of kubectl (go-yaml v2, a child of libyaml).
//!
//! The scanner never goes back: a *simple key* is a place where a mapping key may have begun; when its `:` comes, the
//! key token is put into the queue behind our back. Nesting is bounded ([`MAX_DEPTH`]), nothing recurses.

use std::collections::VecDeque;

use super::scalar::Scalar;
use super::{Complaint, Origin};

/// Deeper nesting than this is refused, as kubectl does.
pub const MAX_DEPTH: usize = 10_000;

/// A position while scanning. Lines and columns count from 0, columns and `index` in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The byte offset.
    pub at: usize,
    pub index: usize,
    pub line: usize,
    pub column: usize,
}

/// A token and the place it stands at.
#[derive(Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub start: Mark,
    pub end: Mark,
}

/// What a token is; the names are those of the YAML specification.
#[derive(Debug, PartialEq)]
pub enum TokenKind {
    StreamEnd,
    VersionDirective(i32, i32),
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar(Scalar),
}

/// A place where a mapping key may have begun.
#[derive(Clone, Copy, Debug)]
struct SimpleKey {
    possible: bool,
    /// At the indentation of a block mapping nothing but a key may stand.
    required: bool,
    /// The number of the token that the key would begin with.
    token: usize,
    mark: Mark,
}

pub(super) type Result<T> = std::result::Result<T, Complaint>;

/// The scanner: [`peek`](Scanner::peek) and [`next`](Scanner::next) are all that the parser needs.
pub struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) mark: Mark,
    tokens: VecDeque<Token>,
    /// How many tokens the parser has taken.
    taken: usize,
    ended: bool,
    pub(super) flow_level: usize,
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) simple_key_allowed: bool,
    /// One for each level of flow nesting; token numbers ascend.
    simple_keys: Vec<SimpleKey>,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        let none = SimpleKey { possible: false, required: false, token: 0, mark: Mark::default() };
        // A byte order mark is no part of the text.
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Scanner {
            text,
            mark: Mark { at, ..Mark::default() },
            tokens: VecDeque::new(),
            taken: 0,
            ended: false,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![none],
        }
    }

    /// The next token, which stays in the queue. After the end of the stream it is `StreamEnd` for ever.
    pub fn peek(&mut self) -> Result<&Token> {
        while self.needs_more()? {
            self.fetch()?;
        }
        Ok(&self.tokens[0])
    }

    /// Takes the next token.
    pub fn next(&mut self) -> Result<Token> {
        self.peek()?;
        if self.tokens.len() == 1 && self.tokens[0].kind == TokenKind::StreamEnd {
            return Ok(Token { kind: TokenKind::StreamEnd, start: self.mark, end: self.mark });
        }
        self.taken += 1;
        // `peek` left at least one token.
        self.tokens.pop_front().ok_or_else(|| self.complain("", self.mark, "found unexpected end of stream"))
    }

    /// Whether the head of the queue may still turn out to be a key, or there is no head.
    fn needs_more(&mut self) -> Result<bool> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let Ok(level) = self.simple_keys.binary_search_by_key(&self.taken, |k| k.token) else { return Ok(false) };
        self.is_valid(level)
    }

    /// Whether the simple key of a level can still get its `:`; it must be on this line and at most 1024 characters back.
    fn is_valid(&mut self, level: usize) -> Result<bool> {
        let key = self.simple_keys[level];
        if !key.possible {
            return Ok(false);
        }
        if key.mark.line < self.mark.line || key.mark.index + 1024 < self.mark.index {
            if key.required {
                return Err(self.complain("while scanning a simple key", key.mark, "could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Result<()> {
        if self.simple_key_allowed {
            let required = self.flow_level == 0 && self.indent == self.mark.column as isize;
            self.remove_simple_key()?;
            let token = self.taken + self.tokens.len();
            if let Some(last) = self.simple_keys.last_mut() {
                *last = SimpleKey { possible: true, required, token, mark: self.mark };
            }
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<()> {
        let Some(key) = self.simple_keys.last_mut() else { return Ok(()) };
        if key.possible && key.required {
            let mark = key.mark;
            return Err(self.complain("while scanning a simple key", mark, "could not find expected ':'"));
        }
        key.possible = false;
        Ok(())
    }

    fn fetch(&mut self) -> Result<()> {
        if self.ended {
            let end = Token { kind: TokenKind::StreamEnd, start: self.mark, end: self.mark };
            self.tokens.push_back(end);
            return Ok(());
        }
        self.scan_to_next_token();
        self.unroll_indent(self.mark.column as isize);
        let Some(c) = self.peek_char(0) else { return self.fetch_stream_end() };
        if self.mark.column == 0 {
            if c == '%' {
                return self.fetch_directive();
            }
            if self.at_document_indicator() {
                let kind = if c == '-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
                return self.fetch_document_indicator(kind);
            }
        }
        let blank_follows = is_blankz(self.peek_char(1));
        let flow = self.flow_level > 0;
        match c {
            '[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            '{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            ']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if blank_follows => self.fetch_block_entry(),
            '?' if flow || blank_follows => self.fetch_key(),
            ':' if flow || blank_follows => self.fetch_value(),
            '*' => self.fetch_anchor(true),
            '&' => self.fetch_anchor(false),
            '!' => self.fetch_tag(),
            '|' | '>' if !flow => self.fetch_block_scalar(c == '|'),
            '\'' | '"' => self.fetch_flow_scalar(c == '\''),
            '#' | '|' | '>' | '%' | '@' | '`' | '\t' => Err(self.cannot_start()),
            _ => self.fetch_plain_scalar(),
        }
    }

    fn cannot_start(&self) -> Complaint {
        self.complain("while scanning for the next token", self.mark, "found character that cannot start any token")
    }

    /// Skips blanks, comments and line breaks. A tab may not stand where a key may begin, in block context.
    /// A byte order mark is text here: go-yaml means to skip one at the beginning of a line, but looks for it elsewhere.
    fn scan_to_next_token(&mut self) {
        loop {
            while matches!(self.byte(0), Some(b' '))
                || (self.flow_level > 0 || !self.simple_key_allowed) && self.byte(0) == Some(b'\t')
            {
                self.skip();
            }
            if self.byte(0) == Some(b'#') {
                while !is_breakz(self.peek_char(0)) {
                    self.skip();
                }
            }
            if !is_break(self.peek_char(0)) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn push(&mut self, kind: TokenKind, start: Mark) {
        self.tokens.push_back(Token { kind, start, end: self.mark });
    }

    /// Opens a block collection when the column is deeper than the current indentation. `before` is the number of the token that the
    /// opening token must precede; `None` puts it last.
    fn roll_indent(&mut self, before: Option<usize>, kind: TokenKind, mark: Mark) -> Result<()> {
        let column = mark.column as isize;
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(self.too_deep("while increasing indent level"));
        }
        let token = Token { kind, start: mark, end: mark };
        match before {
            Some(number) => self.tokens.insert(number - self.taken, token),
            None => self.tokens.push_back(token),
        }
        Ok(())
    }

    fn too_deep(&self, context: &'static str) -> Complaint {
        let mark = self.simple_keys.last().map_or(self.mark, |k| k.mark);
        self.complain(context, mark, "exceeded max depth of 10000")
    }

    /// Closes the block collections that are deeper than `column`.
    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Result<()> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.ended = true;
        self.push(TokenKind::StreamEnd, self.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let kind = self.scan_directive()?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind) -> Result<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.fetch_indicator(kind, 3);
        Ok(())
    }

    /// A token of `n` characters.
    fn fetch_indicator(&mut self, kind: TokenKind, n: usize) {
        let start = self.mark;
        for _ in 0..n {
            self.skip();
        }
        self.push(kind, start);
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<()> {
        self.save_simple_key()?;
        let token = self.taken + self.tokens.len() + 1;
        self.simple_keys.push(SimpleKey { possible: false, required: false, token, mark: Mark::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(self.too_deep("while increasing flow level"));
        }
        self.simple_key_allowed = true;
        self.fetch_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.fetch_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.fetch_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                let problem = "block sequence entries are not allowed in this context";
                return Err(self.complain("", self.mark, problem));
            }
            self.roll_indent(None, TokenKind::BlockSequenceStart, self.mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.fetch_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.complain("", self.mark, "mapping keys are not allowed in this context"));
            }
            self.roll_indent(None, TokenKind::BlockMappingStart, self.mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.fetch_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let level = self.simple_keys.len() - 1;
        if self.is_valid(level)? {
            let key = self.simple_keys[level];
            self.tokens.insert(key.token - self.taken, Token { kind: TokenKind::Key, start: key.mark, end: key.mark });
            self.roll_indent(Some(key.token), TokenKind::BlockMappingStart, key.mark)?;
            self.simple_keys[level].possible = false;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.complain("", self.mark, "mapping values are not allowed in this context"));
                }
                self.roll_indent(None, TokenKind::BlockMappingStart, self.mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.fetch_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, alias: bool) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let name = self.scan_anchor_name(alias)?;
        self.push(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let kind = self.scan_tag()?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, literal: bool) -> Result<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.mark;
        let (scalar, end) = self.scan_block_scalar(literal)?;
        self.tokens.push_back(Token { kind: TokenKind::Scalar(scalar), start, end });
        Ok(())
    }

    fn fetch_flow_scalar(&mut self, single: bool) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let scalar = self.scan_flow_scalar(single)?;
        self.push(TokenKind::Scalar(scalar), start);
        Ok(())
    }

    fn fetch_plain_scalar(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let (scalar, end) = self.scan_plain_scalar()?;
        self.tokens.push_back(Token { kind: TokenKind::Scalar(scalar), start, end });
        Ok(())
    }

    // Characters.

    pub(super) fn byte(&self, n: usize) -> Option<u8> {
        self.text.as_bytes().get(self.mark.at + n).copied()
    }

    /// The `n`th character from here. Only small `n` are asked for.
    pub(super) fn peek_char(&self, n: usize) -> Option<char> {
        match self.text.as_bytes().get(self.mark.at..=self.mark.at + n) {
            Some(&[byte]) if byte.is_ascii() => Some(byte as char),
            Some(near) if near.is_ascii() => Some(near[n] as char),
            _ => self.text[self.mark.at..].chars().nth(n),
        }
    }

    /// `---` or `...` followed by a blank, at column 0.
    pub(super) fn at_document_indicator(&self) -> bool {
        let rest = &self.text.as_bytes()[self.mark.at..];
        self.mark.column == 0 && (rest.starts_with(b"---") || rest.starts_with(b"...")) && is_blankz(self.peek_char(3))
    }

    /// Goes past one character that is no line break.
    pub(super) fn skip(&mut self) {
        if let Some(c) = self.peek_char(0) {
            self.mark.at += c.len_utf8();
            self.mark.index += 1;
            self.mark.column += 1;
        }
    }

    /// Goes past what means itself wherever it stands: most of a text.
    pub(super) fn skip_word(&mut self) {
        let plain =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'_' | b'=' | b'$' | b';');
        let n = self.text.as_bytes()[self.mark.at..].iter().take_while(plain).count();
        self.mark.at += n;
        self.mark.index += n;
        self.mark.column += n;
    }

    /// Goes past one line break, and says what it is worth in a scalar.
    pub(super) fn skip_line(&mut self) -> &'static str {
        let (bytes, chars, worth) = match self.peek_char(0) {
            Some('\r') if self.byte(1) == Some(b'\n') => (2, 2, "\n"),
            Some('\u{2028}') => (3, 1, "\u{2028}"),
            Some('\u{2029}') => (3, 1, "\u{2029}"),
            Some('\u{85}') => (2, 1, "\n"),
            Some('\r' | '\n') => (1, 1, "\n"),
            _ => return "",
        };
        self.mark.at += bytes;
        self.mark.index += chars;
        self.mark.column = 0;
        self.mark.line += 1;
        worth
    }

    /// A complaint of the scanner at the current place.
    pub(super) fn complain(&self, context: &'static str, context_mark: Mark, problem: &'static str) -> Complaint {
        let context_mark = if context.is_empty() { Mark::default() } else { context_mark };
        Complaint { origin: Origin::Scanner, problem: problem.into(), mark: self.mark, context_mark }
    }
}

pub(super) fn is_blank(c: Option<char>) -> bool {
    matches!(c, Some(' ' | '\t'))
}

pub(super) fn is_break(c: Option<char>) -> bool {
    matches!(c, Some('\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'))
}

pub(super) fn is_breakz(c: Option<char>) -> bool {
    c.is_none() || is_break(c)
}

pub(super) fn is_blankz(c: Option<char>) -> bool {
    is_blank(c) || is_breakz(c)
}
