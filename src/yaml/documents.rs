//! How kubectl cuts a text into documents and turns each into a tree.
//!
//! A text that begins with `{` is read as JSON, object after object; where that fails, the rest is YAML. YAML is cut at lines that
//! begin with `---` before anything else is looked at. The first failure ends the reading; what was read before it stands.

use super::compose::compose;
use super::json::{self, Fault};
use super::parser::parse;
use super::tree::Tree;
use crate::span::Span;

/// One document of a text. Spans are offsets in the whole text.
#[derive(Clone, Debug)]
pub struct Document {
    pub span: Span,
    pub tree: Tree,
    /// Read as JSON, which kubectl hands on as it was typed.
    pub is_json: bool,
}

/// Why the reading stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// kubectl's words after `error parsing FILE: `.
    pub text: String,
    /// The part of it that speaks of the text itself.
    pub problem: String,
    pub span: Span,
}

/// All that could be read.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Empty documents are left out.
    pub documents: Vec<Document>,
    pub failure: Option<Failure>,
}

/// Bytes as text: UTF-16 by its byte order mark, else UTF-8, in which a broken character becomes U+FFFD.
pub fn decode_bytes(bytes: &[u8]) -> String {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        String::from_utf16_lossy(&rest.as_chunks::<2>().0.iter().map(|&b| unit(b)).collect::<Vec<_>>())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Reads the documents of a text as kubectl does. It drops a byte order mark, and then looks whether the text is JSON.
pub fn read_stream(text: &str) -> Stream {
    let mut stream = Stream::default();
    let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut at = mark;
    let mut json_fault = None;
    if text[mark..].trim_start().starts_with('{') {
        loop {
            match json::read_value(&text[at..]) {
                Ok(None) => return stream,
                Ok(Some((mut tree, end))) => {
                    tree.shift(at, text.len());
                    let span = Span::new(at, at + end);
                    stream.add(span, tree, true);
                    at += end;
                }
                Err(Fault::UnexpectedEnd) => {
                    let span = Span::new(text.trim_end().len(), text.len());
                    stream.fail("unexpected EOF".into(), "unexpected EOF".into(), span);
                    return stream;
                }
                Err(Fault::Syntax { text: problem, offset }) => {
                    json_fault = Some((problem, offset));
                    break;
                }
            }
        }
    }
    let n_json = stream.documents.len();
    read_yaml(text, at, &mut stream);
    if let (Some(failure), Some((problem, offset))) = (&mut stream.failure, json_fault)
        && n_json == stream.documents.len()
    {
        let span = one_char(text, at + offset - 1);
        *failure = Failure { text: format!("json: offset {}: {problem}", at - mark + offset), problem, span };
    }
    stream
}

impl Stream {
    fn add(&mut self, span: Span, tree: Tree, is_json: bool) {
        if tree.root().is_some_and(|root| !root.is_null()) {
            self.documents.push(Document { span, tree, is_json });
        }
    }

    fn fail(&mut self, text: String, problem: String, span: Span) {
        self.failure = Some(Failure { text, problem, span });
    }
}

fn read_yaml(text: &str, from: usize, stream: &mut Stream) {
    let mut start = from;
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let next = at + line.len();
        if let Some(rest) = line.strip_prefix("---") {
            let rest_trimmed = rest.trim();
            if !rest_trimmed.is_empty() && !rest_trimmed.starts_with('#') {
                let problem = format!("invalid Yaml document separator: {rest_trimmed}");
                let span = Span::new(at, at + line.trim_end().len());
                return stream.fail(problem.clone(), problem, span);
            }
            if at > start {
                read_document(text, Span::new(start, at), stream);
                if stream.failure.is_some() {
                    return;
                }
                start = next;
            }
        }
        at = next;
    }
    if at > start {
        read_document(text, Span::new(start, at), stream);
    }
}

fn read_document(text: &str, span: Span, stream: &mut Stream) {
    let body = &text[span.start..span.end];
    if let Some(at) = body.find(is_control) {
        let problem = "control characters are not allowed".to_string();
        return stream.fail(converting(&format!("yaml: {problem}")), problem, one_char(text, span.start + at));
    }
    // kubectl reads line by line, and ends the last line itself.
    let ended;
    let body = if body.ends_with('\n') {
        body
    } else {
        ended = format!("{body}\n");
        &ended
    };
    match parse(body) {
        Err(complaint) => {
            let place = one_char(text, (span.start + complaint.mark.at).min(span.end));
            stream.fail(converting(&format!("yaml: {}", complaint.text())), complaint.problem, place);
        }
        Ok(raw) => match compose(raw) {
            Err(refusal) => {
                let problem = refusal.text.trim_start_matches("yaml: ").to_string();
                let place = refusal.span.shifted(span.start);
                let place = Span::new(place.start.min(span.end), place.end.min(span.end));
                stream.fail(converting(&refusal.text), problem, place);
            }
            Ok(mut tree) => {
                tree.shift(span.start, span.end);
                stream.add(span, tree, false);
            }
        },
    }
}

fn converting(text: &str) -> String {
    format!("error converting YAML to JSON: {text}")
}

/// The characters that YAML does not allow anywhere.
fn is_control(c: char) -> bool {
    !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The character at an offset; at a line end, the last one before it.
fn one_char(text: &str, at: usize) -> Span {
    let mut start = at.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    match text[start..].chars().next() {
        Some(c) if c != '\n' && c != '\r' => Span::new(start, start + c.len_utf8()),
        _ => {
            let before = text[..start].trim_end();
            let from = before.char_indices().next_back().map_or(0, |(i, _)| i);
            Span::new(from, before.len())
        }
    }
}
