//! JSON as Go's decoder reads it from a stream: one object after the other, with Go's complaints. Nothing recurses.

use super::number;
use super::scanner::MAX_DEPTH;
use super::tree::{Data, Duplicate, Entry, Node, Text, Tree};
use super::{Number, SourceMap};
use crate::order::Order;
use crate::span::Span;

/// Why a text is no JSON.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// Go's words, and how many bytes were read when they were said.
    Syntax { text: String, offset: usize },
    /// The text ends inside a value.
    UnexpectedEnd,
}

/// Reads the first value of `text`. `None`: there is nothing but blanks. The second part is where the value ends.
pub(super) fn read_value(text: &str) -> Result<Option<(Tree, usize)>, Fault> {
    let mut reader = Reader { text, at: 0, tree: Tree::default(), open: Vec::new() };
    reader.blanks();
    if reader.byte().is_none() {
        return Ok(None);
    }
    reader.run()?;
    let at = reader.at;
    Ok(Some((reader.tree, at)))
}

/// A collection that is being read.
struct Open {
    id: usize,
    /// The key whose value comes next.
    key: Option<(String, Span)>,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tree: Tree,
    open: Vec<Open>,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            self.value()?;
            loop {
                let Some(open) = self.open.last() else { return Ok(()) };
                let in_mapping = matches!(self.tree.nodes[open.id].data, Data::Mapping(_));
                self.blanks();
                match self.byte() {
                    Some(b',') => {
                        self.at += 1;
                        if in_mapping {
                            self.key()?;
                        }
                        break;
                    }
                    Some(b'}') if in_mapping => self.close(),
                    Some(b']') if !in_mapping => self.close(),
                    _ if in_mapping => return Err(self.invalid("after object key:value pair")),
                    _ => return Err(self.invalid("after array element")),
                }
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The current byte cannot stand here.
    fn invalid(&self, place: &str) -> Fault {
        let Some(b) = self.byte() else { return Fault::UnexpectedEnd };
        let shown = match b {
            b'\'' => r"'\''".to_string(),
            b'"' => "'\"'".to_string(),
            _ => {
                let quoted = super::go::quote(&(b as char).to_string());
                format!("'{}'", &quoted[1..quoted.len() - 1])
            }
        };
        Fault::Syntax { text: format!("invalid character {shown} {place}"), offset: self.at + 1 }
    }

    /// Puts a finished or just opened value where it belongs.
    fn add(&mut self, data: Data, span: Span) -> usize {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node { span, data });
        if let Some(open) = self.open.last_mut() {
            match &mut self.tree.nodes[open.id].data {
                Data::Sequence(items) => items.push(id),
                Data::Mapping(entries) => {
                    if let Some((key, key_span)) = open.key.take() {
                        entries.push(Entry { key, key_span, value: id });
                    }
                }
                _ => {}
            }
        }
        id
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(open) = self.open.pop() else { return };
        let node = &mut self.tree.nodes[open.id];
        node.span.end = self.at;
        if let Data::Mapping(entries) = &mut node.data {
            entries.order_by(|a, b| a.key.cmp(&b.key));
            let duplicates = &mut self.tree.duplicates;
            entries.dedup_by(|later, earlier| {
                let same = later.key == earlier.key;
                if same {
                    duplicates.push(Duplicate { key: later.key.clone(), lost: earlier.key_span, wins: later.key_span });
                    std::mem::swap(later, earlier);
                }
                same
            });
        }
    }

    fn scalar(&mut self) -> Result<(), Fault> {
        let start = self.at;
        match self.byte() {
            Some(b'"') => {
                let text = self.string()?;
                self.add(Data::Text(text), Span::new(start, self.at));
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                self.add(Data::Number(number), Span::new(start, self.at));
                Ok(())
            }
            Some(b't') => self.literal("true", Data::Bool(true)),
            Some(b'f') => self.literal("false", Data::Bool(false)),
            Some(b'n') => self.literal("null", Data::Null),
            _ => Err(self.invalid("looking for beginning of value")),
        }
    }

    /// A scalar, or opening brackets up to the first scalar: depth is in `open`, not on our stack.
    fn value(&mut self) -> Result<(), Fault> {
        loop {
            self.blanks();
            let start = self.at;
            let Some(b @ (b'{' | b'[')) = self.byte() else { return self.scalar() };
            self.at += 1;
            let data = if b == b'{' { Data::Mapping(Vec::new()) } else { Data::Sequence(Vec::new()) };
            let id = self.add(data, Span::new(start, self.at));
            if self.open.len() >= MAX_DEPTH {
                return Err(Fault::Syntax { text: "exceeded max depth".into(), offset: self.at });
            }
            self.open.push(Open { id, key: None });
            self.blanks();
            match (b, self.byte()) {
                (b'{', Some(b'}')) | (b'[', Some(b']')) => {
                    self.close();
                    return Ok(());
                }
                (b'{', _) => self.key()?,
                _ => {}
            }
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<(), Fault> {
        self.blanks();
        if self.byte() != Some(b'"') {
            return Err(self.invalid("looking for beginning of object key string"));
        }
        let start = self.at;
        let key = self.string()?.value;
        let span = Span::new(start, self.at);
        self.blanks();
        if self.byte() != Some(b':') {
            return Err(self.invalid("after object key"));
        }
        self.at += 1;
        if let Some(open) = self.open.last_mut() {
            open.key = Some((key, span));
        }
        Ok(())
    }

    fn literal(&mut self, word: &str, data: Data) -> Result<(), Fault> {
        let start = self.at;
        for expected in word.bytes() {
            if self.byte() != Some(expected) {
                return Err(self.invalid(&format!("in literal {word} (expecting '{}')", expected as char)));
            }
            self.at += 1;
        }
        self.add(data, Span::new(start, self.at));
        Ok(())
    }

    fn digits(&mut self, place: &str) -> Result<(), Fault> {
        if !matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.invalid(place));
        }
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        match number::resolve(&self.text[start..self.at]) {
            Some(Data::Number(n)) => Ok(n),
            // Beyond the range of a float.
            _ => Ok(Number::Float(f64::MAX)),
        }
    }

    fn string(&mut self) -> Result<Text, Fault> {
        let mut text = Text { value: String::new(), map: SourceMap::default() };
        self.at += 1;
        loop {
            let run = self.at;
            while self.byte().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            if self.at > run {
                text.map.add(text.value.len(), run);
                text.value.push_str(&self.text[run..self.at]);
            }
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    text.map.add(text.value.len(), self.at);
                    self.at += 1;
                    let c = self.escape()?;
                    text.value.push(c);
                }
                _ => return Err(self.invalid("in string literal")),
            }
        }
        self.at += 1;
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let c = match self.byte() {
            Some(b @ (b'"' | b'\\' | b'/')) => b as char,
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.invalid("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex4(&mut self) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|b| (b as char).to_digit(16));
            code = code << 4 | digit.ok_or_else(|| self.invalid("in \\u hexadecimal character escape"))?;
            self.at += 1;
        }
        Ok(code)
    }

    /// A character after `\u`; a lone surrogate is U+FFFD.
    fn unicode(&mut self) -> Result<char, Fault> {
        let code = self.hex4()?;
        if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let pair = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(pair).unwrap_or('\u{fffd}'));
            }
            self.at = before;
        }
        Ok(char::from_u32(code).unwrap_or('\u{fffd}'))
    }
}
