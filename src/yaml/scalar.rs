//! Scanning of what stands between the indicators: plain, quoted and block scalars, anchors, tags and directives.

use super::scanner::{Mark, Result, Scanner, TokenKind, is_blank, is_blankz, is_break, is_breakz};
use super::{Complaint, SourceMap};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// The decoded text of a scalar, with the way back to the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scalar {
    pub value: String,
    pub style: Style,
    pub map: SourceMap,
}

/// Collects a scalar's text and, piece by piece, where it came from.
#[derive(Default)]
struct Builder {
    value: String,
    map: SourceMap,
}

impl Builder {
    fn push(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        self.map.add(self.value.len(), at);
        self.value.push_str(text);
    }

    fn done(self, style: Style) -> Scalar {
        Scalar { value: self.value, style, map: self.map }
    }
}

/// Line breaks that were seen but not yet written: the first, and those after it.
#[derive(Default)]
struct Breaks {
    first: &'static str,
    first_at: usize,
    rest: Vec<(&'static str, usize)>,
}

impl Breaks {
    /// Writes them folded: one break is a blank, more are one less.
    fn fold_into(&mut self, out: &mut Builder) {
        if self.first == "\n" {
            if self.rest.is_empty() {
                out.push(" ", self.first_at);
            }
        } else {
            out.push(self.first, self.first_at);
        }
        self.rest_into(out);
        self.first = "";
    }

    fn rest_into(&mut self, out: &mut Builder) {
        for (text, at) in self.rest.drain(..) {
            out.push(text, at);
        }
    }
}

impl Scanner<'_> {
    pub(super) fn scan_plain_scalar(&mut self) -> Result<(Scalar, Mark)> {
        let (start, indent) = (self.mark, self.indent + 1);
        let (mut out, mut end) = (Builder::default(), self.mark);
        let mut blanks: Option<(usize, usize)> = None;
        let (mut breaks, mut leading_blanks) = (Breaks::default(), false);
        loop {
            if self.at_document_indicator() || self.byte(0) == Some(b'#') {
                break;
            }
            let run = self.mark.at;
            self.skip_word();
            while !is_blankz(self.peek_char(0)) && !self.ends_plain() {
                self.skip();
                self.skip_word();
            }
            if self.mark.at > run {
                if leading_blanks {
                    breaks.fold_into(&mut out);
                    leading_blanks = false;
                } else if let Some((from, to)) = blanks {
                    out.push(&self.text[from..to], from);
                }
                blanks = None;
                out.push(&self.text[run..self.mark.at], run);
                end = self.mark;
            }
            if !is_blank(self.peek_char(0)) && !is_break(self.peek_char(0)) {
                break;
            }
            while is_blank(self.peek_char(0)) || is_break(self.peek_char(0)) {
                let at = self.mark.at;
                if is_blank(self.peek_char(0)) {
                    if leading_blanks && (self.mark.column as isize) < indent && self.byte(0) == Some(b'\t') {
                        let problem = "found a tab character that violates indentation";
                        return Err(self.complain("while scanning a plain scalar", start, problem));
                    }
                    self.skip();
                    if !leading_blanks {
                        blanks = Some((blanks.map_or(at, |b| b.0), self.mark.at));
                    }
                } else if leading_blanks {
                    breaks.rest.push((self.skip_line(), at));
                } else {
                    (breaks.first, breaks.first_at) = (self.skip_line(), at);
                    (leading_blanks, blanks) = (true, None);
                }
            }
            if self.flow_level == 0 && (self.mark.column as isize) < indent {
                break;
            }
        }
        if leading_blanks {
            self.simple_key_allowed = true;
        }
        Ok((out.done(Style::Plain), end))
    }

    /// Whether an indicator here ends a plain scalar.
    fn ends_plain(&self) -> bool {
        match self.byte(0) {
            Some(b':') => is_blankz(self.peek_char(1)),
            Some(b',' | b'?' | b'[' | b']' | b'{' | b'}') => self.flow_level > 0,
            _ => false,
        }
    }

    pub(super) fn scan_flow_scalar(&mut self, single: bool) -> Result<Scalar> {
        let start = self.mark;
        let context = "while scanning a quoted scalar";
        let quote = if single { '\'' } else { '"' };
        let mut out = Builder::default();
        self.skip();
        loop {
            if self.at_document_indicator() {
                return Err(self.complain(context, start, "found unexpected document indicator"));
            }
            if self.peek_char(0).is_none() {
                return Err(self.complain(context, start, "found unexpected end of stream"));
            }
            let mut leading_blanks = self.quoted_run(single, start, &mut out)?;
            if self.peek_char(0) == Some(quote) {
                break;
            }
            let mut blanks: Option<(usize, usize)> = None;
            let mut breaks = Breaks::default();
            while is_blank(self.peek_char(0)) || is_break(self.peek_char(0)) {
                let at = self.mark.at;
                if is_blank(self.peek_char(0)) {
                    self.skip();
                    if !leading_blanks {
                        blanks = Some((blanks.map_or(at, |b| b.0), self.mark.at));
                    }
                } else if leading_blanks {
                    breaks.rest.push((self.skip_line(), at));
                } else {
                    (breaks.first, breaks.first_at) = (self.skip_line(), at);
                    (leading_blanks, blanks) = (true, None);
                }
            }
            match blanks {
                _ if leading_blanks => breaks.fold_into(&mut out),
                Some((from, to)) => out.push(&self.text[from..to], from),
                None => {}
            }
        }
        self.skip();
        Ok(out.done(if single { Style::SingleQuoted } else { Style::DoubleQuoted }))
    }

    /// Reads up to the next blank, break or closing quote; true after an escaped line break.
    fn quoted_run(&mut self, single: bool, start: Mark, out: &mut Builder) -> Result<bool> {
        while !is_blankz(self.peek_char(0)) {
            match (self.byte(0), self.byte(1)) {
                (Some(b'\''), Some(b'\'')) if single => {
                    out.push("'", self.mark.at);
                    self.skip();
                    self.skip();
                }
                (Some(b'\''), _) if single => break,
                (Some(b'"'), _) if !single => break,
                (Some(b'\\'), _) if !single && is_break(self.peek_char(1)) => {
                    self.skip();
                    self.skip_line();
                    return Ok(true);
                }
                (Some(b'\\'), _) if !single => self.read_escape(start, out)?,
                _ => {
                    let at = self.mark.at;
                    self.skip();
                    self.skip_word();
                    out.push(&self.text[at..self.mark.at], at);
                }
            }
        }
        Ok(false)
    }

    fn read_escape(&mut self, start: Mark, out: &mut Builder) -> Result<()> {
        let at = self.mark.at;
        let unknown = |s: &Self| s.complain("while parsing a quoted scalar", start, "found unknown escape character");
        let (text, digits) = match self.peek_char(1) {
            Some('0') => ("\0", 0),
            Some('a') => ("\x07", 0),
            Some('b') => ("\x08", 0),
            Some('t' | '\t') => ("\t", 0),
            Some('n') => ("\n", 0),
            Some('v') => ("\x0b", 0),
            Some('f') => ("\x0c", 0),
            Some('r') => ("\r", 0),
            Some('e') => ("\x1b", 0),
            Some(' ') => (" ", 0),
            Some('"') => ("\"", 0),
            Some('\'') => ("'", 0),
            Some('\\') => ("\\", 0),
            Some('N') => ("\u{85}", 0),
            Some('_') => ("\u{a0}", 0),
            Some('L') => ("\u{2028}", 0),
            Some('P') => ("\u{2029}", 0),
            Some('x') => ("", 2),
            Some('u') => ("", 4),
            Some('U') => ("", 8),
            _ => return Err(unknown(self)),
        };
        self.skip();
        self.skip();
        if digits == 0 {
            out.push(text, at);
            return Ok(());
        }
        let mut code = 0;
        for n in 0..digits {
            let digit = self.byte(n).and_then(|b| (b as char).to_digit(16));
            let missing = "did not find expected hexdecimal number";
            code = code << 4 | digit.ok_or_else(|| self.complain("while parsing a quoted scalar", start, missing))?;
        }
        let invalid = "found invalid Unicode character escape code";
        let c = char::from_u32(code).ok_or_else(|| self.complain("while parsing a quoted scalar", start, invalid))?;
        for _ in 0..digits {
            self.skip();
        }
        out.push(c.encode_utf8(&mut [0; 4]), at);
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<(Scalar, Mark)> {
        let start = self.mark;
        self.skip();
        let (chomping, increment) = self.block_header(start)?;
        let mut indent = match increment {
            Some(n) => self.indent.max(0) + n,
            None => 0,
        };
        let (mut out, mut breaks) = (Builder::default(), Breaks::default());
        let mut end = self.mark;
        self.block_breaks(&mut indent, start, &mut breaks, &mut end)?;
        let (mut leading_blank, mut last_break_at) = (false, None);
        while self.mark.column as isize == indent && self.peek_char(0).is_some() {
            let trailing_blank = is_blank(self.peek_char(0));
            if !literal && breaks.first == "\n" && !leading_blank && !trailing_blank {
                if breaks.rest.is_empty() {
                    out.push(" ", breaks.first_at);
                }
            } else {
                out.push(breaks.first, breaks.first_at);
            }
            breaks.first = "";
            breaks.rest_into(&mut out);
            leading_blank = is_blank(self.peek_char(0));
            let run = self.mark.at;
            while !is_breakz(self.peek_char(0)) {
                self.skip();
            }
            out.push(&self.text[run..self.mark.at], run);
            breaks.first_at = self.mark.at;
            breaks.first = self.skip_line();
            last_break_at = Some(breaks.first_at);
            self.block_breaks(&mut indent, start, &mut breaks, &mut end)?;
        }
        if chomping != Some(false) && last_break_at.is_some() {
            out.push(breaks.first, breaks.first_at);
        }
        if chomping == Some(true) {
            breaks.rest_into(&mut out);
        }
        Ok((out.done(if literal { Style::Literal } else { Style::Folded }), end))
    }

    /// `+`, `-` and the indentation digit after `|` or `>`, a comment, and the line break.
    fn block_header(&mut self, start: Mark) -> Result<(Option<bool>, Option<isize>)> {
        let context = "while scanning a block scalar";
        let (mut chomping, mut increment) = (None, None);
        for _ in 0..2 {
            match self.byte(0) {
                Some(b @ (b'+' | b'-')) if chomping.is_none() => chomping = Some(b == b'+'),
                Some(b'0') if increment.is_none() => {
                    return Err(self.complain(context, start, "found an indentation indicator equal to 0"));
                }
                Some(b @ b'1'..=b'9') if increment.is_none() => increment = Some((b - b'0') as isize),
                _ => break,
            }
            self.skip();
        }
        while is_blank(self.peek_char(0)) {
            self.skip();
        }
        if self.byte(0) == Some(b'#') {
            while !is_breakz(self.peek_char(0)) {
                self.skip();
            }
        }
        if !is_breakz(self.peek_char(0)) {
            return Err(self.complain(context, start, "did not find expected comment or line break"));
        }
        self.skip_line();
        Ok((chomping, increment))
    }

    /// Indentation and empty lines inside a block scalar; finds the indentation when it is not known yet (0).
    fn block_breaks(&mut self, indent: &mut isize, start: Mark, breaks: &mut Breaks, end: &mut Mark) -> Result<()> {
        *end = self.mark;
        let mut deepest = 0;
        loop {
            while (*indent == 0 || (self.mark.column as isize) < *indent) && self.byte(0) == Some(b' ') {
                self.skip();
            }
            deepest = deepest.max(self.mark.column as isize);
            if (*indent == 0 || (self.mark.column as isize) < *indent) && self.byte(0) == Some(b'\t') {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.complain("while scanning a block scalar", start, problem));
            }
            if !is_break(self.peek_char(0)) {
                break;
            }
            let at = self.mark.at;
            breaks.rest.push((self.skip_line(), at));
            *end = self.mark;
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    pub(super) fn scan_anchor_name(&mut self, alias: bool) -> Result<String> {
        let start = self.mark;
        self.skip();
        let from = self.mark.at;
        while self.byte(0).is_some_and(is_word) {
            self.skip();
        }
        let name = &self.text[from..self.mark.at];
        let follows = self.peek_char(0);
        if name.is_empty()
            || !(is_blankz(follows) || matches!(follows, Some('?' | ':' | ',' | ']' | '}' | '%' | '@' | '`')))
        {
            let context = if alias { "while scanning an alias" } else { "while scanning an anchor" };
            return Err(self.complain(context, start, "did not find expected alphabetic or numeric character"));
        }
        Ok(name.to_string())
    }

    pub(super) fn scan_tag(&mut self) -> Result<TokenKind> {
        let start = self.mark;
        let (handle, suffix) = if self.byte(1) == Some(b'<') {
            self.skip();
            self.skip();
            let uri = self.scan_tag_uri(false, "", start)?;
            if self.byte(0) != Some(b'>') {
                return Err(self.complain("while scanning a tag", start, "did not find the expected '>'"));
            }
            self.skip();
            (String::new(), uri)
        } else {
            let handle = self.scan_tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.scan_tag_uri(false, "", start)?)
            } else {
                let suffix = self.scan_tag_uri(false, &handle, start)?;
                if suffix.is_empty() { (String::new(), "!".to_string()) } else { ("!".to_string(), suffix) }
            }
        };
        if !is_blankz(self.peek_char(0)) {
            return Err(self.complain("while scanning a tag", start, "did not find expected whitespace or line break"));
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Result<String> {
        if self.byte(0) != Some(b'!') {
            return Err(self.tag_complaint(directive, start, "did not find expected '!'"));
        }
        let from = self.mark.at;
        self.skip();
        while self.byte(0).is_some_and(is_word) {
            self.skip();
        }
        if self.byte(0) == Some(b'!') {
            self.skip();
        } else if directive && &self.text[from..self.mark.at] != "!" {
            return Err(self.tag_complaint(directive, start, "did not find expected '!'"));
        }
        Ok(self.text[from..self.mark.at].to_string())
    }

    /// The rest of a tag; `head` was taken for a handle and is part of it, less its `!`.
    fn scan_tag_uri(&mut self, directive: bool, head: &str, start: Mark) -> Result<String> {
        let mut bytes: Vec<u8> = head.bytes().skip(1).collect();
        let mut n = head.len();
        while let Some(b) = self.byte(0) {
            if b == b'%' {
                let hex = |n| self.byte(n).and_then(|b: u8| (b as char).to_digit(16));
                let (Some(high), Some(low)) = (hex(1), hex(2)) else {
                    return Err(self.tag_complaint(directive, start, "did not find URI escaped octet"));
                };
                bytes.push((high << 4 | low) as u8);
                (0..3).for_each(|_| self.skip());
            } else if is_word(b) || b";/?:@&=+$,.!~*'()[]".contains(&b) {
                bytes.push(b);
                self.skip();
            } else {
                break;
            }
            n += 1;
        }
        if n == 0 {
            return Err(self.tag_complaint(directive, start, "did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn tag_complaint(&self, directive: bool, start: Mark, problem: &'static str) -> Complaint {
        self.complain(if directive { "while parsing a %TAG directive" } else { "while parsing a tag" }, start, problem)
    }

    pub(super) fn scan_directive(&mut self) -> Result<TokenKind> {
        let (start, context) = (self.mark, "while scanning a directive");
        self.skip();
        let from = self.mark.at;
        while self.byte(0).is_some_and(is_word) {
            self.skip();
        }
        let name = self.text[from..self.mark.at].to_string();
        if name.is_empty() {
            return Err(self.complain(context, start, "could not find expected directive name"));
        }
        if !is_blankz(self.peek_char(0)) {
            return Err(self.complain(context, start, "found unexpected non-alphabetical character"));
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.skip_blanks();
                let major = self.version_number(start)?;
                if self.byte(0) != Some(b'.') {
                    let problem = "did not find expected digit or '.' character";
                    return Err(self.complain("while scanning a %YAML directive", start, problem));
                }
                self.skip();
                TokenKind::VersionDirective(major, self.version_number(start)?)
            }
            "TAG" => {
                self.skip_blanks();
                let handle = self.scan_tag_handle(true, start)?;
                if !is_blank(self.peek_char(0)) {
                    let problem = "did not find expected whitespace";
                    return Err(self.complain("while scanning a %TAG directive", start, problem));
                }
                self.skip_blanks();
                let prefix = self.scan_tag_uri(true, "", start)?;
                if !is_blankz(self.peek_char(0)) {
                    let problem = "did not find expected whitespace or line break";
                    return Err(self.complain("while scanning a %TAG directive", start, problem));
                }
                TokenKind::TagDirective { handle, prefix }
            }
            _ => return Err(self.complain(context, start, "found unknown directive name")),
        };
        self.skip_blanks();
        if self.byte(0) == Some(b'#') {
            while !is_breakz(self.peek_char(0)) {
                self.skip();
            }
        }
        if !is_breakz(self.peek_char(0)) {
            return Err(self.complain(context, start, "did not find expected comment or line break"));
        }
        self.skip_line();
        Ok(kind)
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.peek_char(0)) {
            self.skip();
        }
    }

    fn version_number(&mut self, start: Mark) -> Result<i32> {
        let (mut number, mut digits) = (0, 0);
        while let Some(b @ b'0'..=b'9') = self.byte(0) {
            digits += 1;
            if digits > 2 {
                let problem = "found extremely long version number";
                return Err(self.complain("while scanning a %YAML directive", start, problem));
            }
            number = number * 10 + i32::from(b - b'0');
            self.skip();
        }
        if digits == 0 {
            let problem = "did not find expected version number";
            return Err(self.complain("while scanning a %YAML directive", start, problem));
        }
        Ok(number)
    }
}

/// A character of names of anchors, tag handles and directives.
fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}
