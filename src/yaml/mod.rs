//! YAML as Kubernetes reads it: text to a tree in which every node knows its place.
//!
//! What kubectl calls YAML is the dialect of one library (go-yaml v2): YAML 1.1 scalars, duplicate keys that win in silence,
//! its own error texts and line numbers. All of that is kept, because the user will meet it on a real cluster.
//! Nothing recurses here, so nesting cannot exhaust the stack; the size of the result is linear in the text (aliases are
//! shared, not copied). This room knows nothing of Kubernetes' types.

mod compose;
mod documents;
pub mod go;
mod json;
mod number;
mod parser;
mod scalar;
mod scanner;
mod tree;

pub use documents::{Document, Failure, Stream, decode_bytes, read_stream};
pub use number::Number;
pub use scalar::Style;
pub use tree::{Data, Duplicate, Entry, Node, NodeRef, Text, Tree};

use scanner::Mark;

use crate::span::Span;

/// Where in the machinery a complaint arose: kubectl counts lines differently for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Scanner,
    Parser,
    Composer,
}

/// Why a text is no YAML.
#[derive(Clone, Debug, PartialEq)]
struct Complaint {
    origin: Origin,
    problem: String,
    mark: Mark,
    context_mark: Mark,
}

impl Complaint {
    /// The text that kubectl shows after `yaml: `. Lines count from 1 for the scanner; for the parser the number is one less, and 0 is not shown.
    fn text(&self) -> String {
        let line = match self.origin {
            Origin::Composer => 0,
            _ if self.mark.line == 0 => self.context_mark.line,
            Origin::Scanner => self.mark.line + 1,
            Origin::Parser => self.mark.line,
        };
        if line == 0 { self.problem.clone() } else { format!("line {line}: {}", self.problem) }
    }
}

/// The way from an offset in a decoded scalar back to the text: pieces that were copied without change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceMap {
    /// Where the first piece begins in the text, if the value begins with one. Most values are one piece.
    start: Option<usize>,
    /// (offset in the value, offset in the text) of the others, ascending in the first.
    more: Vec<(usize, usize)>,
}

impl SourceMap {
    /// From `value` on, the value comes from `source` on.
    fn add(&mut self, value: usize, source: usize) {
        match self.last() {
            None if value == 0 => self.start = Some(source),
            Some((v, s)) if s + (value - v) == source => {}
            _ => self.more.push((value, source)),
        }
    }

    fn last(&self) -> Option<(usize, usize)> {
        self.more.last().copied().or(self.start.map(|source| (0, source)))
    }

    /// The offset in the text of an offset in the value.
    pub fn source(&self, value: usize) -> Option<usize> {
        let before = self.more.partition_point(|p| p.0 <= value);
        let (v, s) = match before.checked_sub(1) {
            Some(piece) => self.more[piece],
            None => (0, self.start?),
        };
        Some(s + (value - v))
    }

    /// The place in the text of a range of the value.
    pub fn span(&self, value: Span) -> Option<Span> {
        let start = self.source(value.start)?;
        let end = match value.end.checked_sub(1) {
            Some(last) if value.end > value.start => self.source(last)? + 1,
            _ => start,
        };
        Some(Span::new(start, end.max(start)))
    }

    fn shift(&mut self, by: usize, end: usize) {
        let texts = self.start.iter_mut().chain(self.more.iter_mut().map(|piece| &mut piece.1));
        texts.for_each(|at| *at = (*at + by).min(end));
    }
}
