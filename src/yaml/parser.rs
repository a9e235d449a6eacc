//! Tokens to nodes: the grammar of YAML as a state machine with its own stack, so that no nesting can exhaust ours.
//!
//! The result is the document as it is written: aliases are still aliases, scalars are still text.

use std::collections::BTreeMap;

use super::scalar::{Scalar, Style};
use super::scanner::{Mark, Result, Scanner, TokenKind};
use super::{Complaint, Origin, SourceMap};
use crate::span::Span;

/// A node as written.
#[derive(Debug)]
pub struct Raw {
    pub span: Span,
    pub kind: RawKind,
    /// Resolved; `None` when there is none, or `!`.
    pub tag: Option<String>,
}

/// What a node is. Children are indices into the list of nodes, and greater than their parent's.
#[derive(Debug)]
pub enum RawKind {
    Scalar(Scalar),
    Sequence(Vec<usize>),
    /// Keys and values in turn.
    Mapping(Vec<usize>),
    /// The target stands earlier in the list.
    Alias {
        name: String,
        target: usize,
    },
}

/// What the parser does next inside the collection on top of the stack.
#[derive(Clone, Copy, Debug)]
enum State {
    BlockSequence,
    IndentlessSequence,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequence { first: bool },
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingKey { first: bool },
    FlowMappingValue { empty: bool },
}

/// The nodes of the first document of a text; the root is the first. Empty when there is no document.
pub fn parse(text: &str) -> Result<Vec<Raw>> {
    let mut parser = Parser {
        scanner: Scanner::new(text),
        nodes: Vec::new(),
        states: Vec::new(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        tag_prefixes: BTreeMap::new(),
    };
    parser.document()?;
    Ok(parser.nodes)
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    nodes: Vec<Raw>,
    states: Vec<State>,
    /// The collections that are not closed yet, with the mark they began at.
    open: Vec<(usize, Mark)>,
    anchors: BTreeMap<String, usize>,
    tag_prefixes: BTreeMap<String, String>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<()> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::StreamEnd => return Ok(()),
            TokenKind::VersionDirective(..) | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.directives()?;
                let token = self.scanner.peek()?;
                if token.kind != TokenKind::DocumentStart {
                    let mark = token.start;
                    return Err(complain("did not find expected <document start>", mark, None));
                }
                self.scanner.next()?;
                if self.at_document_edge()? {
                    self.empty(self.scanner.mark)?;
                    return Ok(());
                }
            }
            _ => {
                self.directives()?;
            }
        }
        self.node(true, false)?;
        while let Some(&state) = self.states.last() {
            self.step(state)?;
        }
        // What follows is not read, but it must begin with a token.
        self.scanner.peek()?;
        Ok(())
    }

    fn at_document_edge(&mut self) -> Result<bool> {
        Ok(matches!(
            self.scanner.peek()?.kind,
            TokenKind::VersionDirective(..)
                | TokenKind::TagDirective { .. }
                | TokenKind::DocumentStart
                | TokenKind::DocumentEnd
                | TokenKind::StreamEnd
        ))
    }

    fn directives(&mut self) -> Result<()> {
        let mut version = false;
        loop {
            let mark = self.scanner.peek()?.start;
            match &self.scanner.peek()?.kind {
                TokenKind::VersionDirective(major, minor) => {
                    if version {
                        return Err(complain("found duplicate %YAML directive", mark, None));
                    }
                    if (*major, *minor) != (1, 1) {
                        return Err(complain("found incompatible YAML document", mark, None));
                    }
                    version = true;
                }
                TokenKind::TagDirective { handle, prefix } => {
                    let (handle, prefix) = (handle.clone(), prefix.clone());
                    if self.tag_prefixes.insert(handle, prefix).is_some() {
                        return Err(complain("found duplicate %TAG directive", mark, None));
                    }
                }
                _ => break,
            }
            self.scanner.next()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            self.tag_prefixes.entry(handle.into()).or_insert_with(|| prefix.into());
        }
        Ok(())
    }

    /// Adds a node to the list, and to the collection that is open.
    fn add(&mut self, kind: RawKind, span: Span, tag: Option<String>) -> usize {
        let id = self.nodes.len();
        self.nodes.push(Raw { span, kind, tag });
        if let Some(&(parent, _)) = self.open.last()
            && let RawKind::Sequence(children) | RawKind::Mapping(children) = &mut self.nodes[parent].kind
        {
            children.push(id);
        }
        id
    }

    fn empty(&mut self, mark: Mark) -> Result<()> {
        self.empty_scalar(mark, None);
        Ok(())
    }

    fn empty_scalar(&mut self, mark: Mark, tag: Option<String>) -> usize {
        let scalar = Scalar { value: String::new(), style: Style::Plain, map: SourceMap::default() };
        self.add(RawKind::Scalar(scalar), Span::new(mark.at, mark.at), tag)
    }

    fn open(&mut self, id: usize, mark: Mark, state: State) {
        self.open.push((id, mark));
        self.states.push(state);
    }

    /// Ends the open collection at `end`, or where its last child ends.
    fn close(&mut self, end: Option<usize>) {
        self.states.pop();
        let Some((id, _)) = self.open.pop() else { return };
        let last = match &self.nodes[id].kind {
            RawKind::Sequence(children) | RawKind::Mapping(children) => children.last().copied(),
            _ => None,
        };
        let end = end.or_else(|| last.map(|l| self.nodes[l].span.end));
        let span = &mut self.nodes[id].span;
        span.end = end.unwrap_or(span.end).max(span.start);
    }

    /// One node, or the beginning of one: a collection is left open on the stack.
    fn node(&mut self, block: bool, indentless: bool) -> Result<()> {
        let start = self.scanner.peek()?.start;
        if matches!(self.scanner.peek()?.kind, TokenKind::Alias(_)) {
            return self.alias();
        }
        let (mut anchor, mut tag) = (None, None);
        loop {
            match &self.scanner.peek()?.kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(name.clone()),
                TokenKind::Tag { handle, suffix } if tag.is_none() => tag = Some((handle.clone(), suffix.clone())),
                _ => break,
            }
            self.scanner.next()?;
        }
        let has_properties = anchor.is_some() || tag.is_some();
        // A tag that says nothing is none, except where it stands alone: as in libyaml, that is a string.
        let unspecific = matches!(&tag, Some((handle, suffix)) if handle.is_empty() && suffix == "!");
        let tag = match tag {
            Some((handle, suffix)) => self.resolve_tag(&handle, suffix, start)?,
            None => None,
        };
        let token = self.scanner.peek()?;
        let (mark, span) = (token.start, Span::new(token.start.at, token.end.at));
        let (kind, state) = match &token.kind {
            TokenKind::BlockEntry if indentless => (RawKind::Sequence(vec![]), Some(State::IndentlessSequence)),
            TokenKind::Scalar(_) => {
                if let TokenKind::Scalar(scalar) = self.scanner.next()?.kind {
                    let id = self.add(RawKind::Scalar(scalar), span, tag);
                    self.anchor(anchor, id);
                }
                return Ok(());
            }
            TokenKind::FlowSequenceStart => (RawKind::Sequence(vec![]), Some(State::FlowSequence { first: true })),
            TokenKind::FlowMappingStart => (RawKind::Mapping(vec![]), Some(State::FlowMappingKey { first: true })),
            TokenKind::BlockSequenceStart if block => (RawKind::Sequence(vec![]), Some(State::BlockSequence)),
            TokenKind::BlockMappingStart if block => (RawKind::Mapping(vec![]), Some(State::BlockMappingKey)),
            _ if has_properties => {
                let id = self.empty_scalar(mark, tag.or(unspecific.then(|| "!".into())));
                self.anchor(anchor, id);
                return Ok(());
            }
            _ => return Err(complain("did not find expected node content", mark, Some(start))),
        };
        let id = self.add(kind, Span::new(mark.at, mark.at), tag);
        self.anchor(anchor, id);
        if let Some(state) = state {
            if !matches!(state, State::IndentlessSequence) {
                self.scanner.next()?;
            }
            self.open(id, mark, state);
        }
        Ok(())
    }

    fn alias(&mut self) -> Result<()> {
        let token = self.scanner.next()?;
        let TokenKind::Alias(name) = token.kind else { return Ok(()) };
        let Some(&target) = self.anchors.get(&name) else {
            let problem = format!("unknown anchor '{name}' referenced");
            return Err(Complaint { origin: Origin::Composer, problem, mark: token.start, context_mark: token.start });
        };
        self.add(RawKind::Alias { name, target }, Span::new(token.start.at, token.end.at), None);
        Ok(())
    }

    fn anchor(&mut self, name: Option<String>, id: usize) {
        if let Some(name) = name {
            self.anchors.insert(name, id);
        }
    }

    fn resolve_tag(&self, handle: &str, suffix: String, start: Mark) -> Result<Option<String>> {
        let tag = match handle {
            "" => suffix,
            _ => match self.tag_prefixes.get(handle) {
                Some(prefix) => format!("{prefix}{suffix}"),
                None => return Err(complain("found undefined tag handle", start, Some(start))),
            },
        };
        Ok((tag != "!").then_some(tag))
    }

    fn become_state(&mut self, state: State) {
        if let Some(last) = self.states.last_mut() {
            *last = state;
        }
    }

    fn step(&mut self, state: State) -> Result<()> {
        match state {
            State::BlockSequence => self.block_sequence(),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequence { first } => self.flow_sequence(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                self.close(None);
                Ok(())
            }
            State::FlowMappingKey { first } => self.flow_mapping_key(first),
            State::FlowMappingValue { empty } => self.flow_mapping_value(empty),
        }
    }

    /// The mark at which the open collection began: the context of a complaint about it.
    fn context(&self) -> Option<Mark> {
        self.open.last().map(|o| o.1)
    }

    fn block_sequence(&mut self) -> Result<()> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::BlockEntry => {
                let end = self.scanner.next()?.end;
                match self.scanner.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(end),
                    _ => self.node(true, false),
                }
            }
            TokenKind::BlockEnd => {
                self.scanner.next()?;
                self.close(None);
                Ok(())
            }
            _ => {
                let mark = token.start;
                Err(complain("did not find expected '-' indicator", mark, self.context()))
            }
        }
    }

    fn indentless_sequence(&mut self) -> Result<()> {
        if self.scanner.peek()?.kind != TokenKind::BlockEntry {
            self.close(None);
            return Ok(());
        }
        let end = self.scanner.next()?.end;
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(end),
            _ => self.node(true, false),
        }
    }

    fn block_mapping_key(&mut self) -> Result<()> {
        let token = self.scanner.peek()?;
        let mark = token.start;
        match token.kind {
            TokenKind::Key => {
                let end = self.scanner.next()?.end;
                self.become_state(State::BlockMappingValue);
                match self.scanner.peek()?.kind {
                    TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(end),
                    _ => self.node(true, true),
                }
            }
            TokenKind::BlockEnd => {
                self.scanner.next()?;
                self.close(None);
                Ok(())
            }
            _ => Err(complain("did not find expected key", mark, self.context())),
        }
    }

    fn block_mapping_value(&mut self) -> Result<()> {
        self.become_state(State::BlockMappingKey);
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::Value {
            let mark = token.start;
            return self.empty(mark);
        }
        let end = self.scanner.next()?.end;
        match self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(end),
            _ => self.node(true, true),
        }
    }

    fn flow_sequence(&mut self, first: bool) -> Result<()> {
        self.become_state(State::FlowSequence { first: false });
        if self.scanner.peek()?.kind != TokenKind::FlowSequenceEnd {
            if !first {
                let token = self.scanner.peek()?;
                if token.kind != TokenKind::FlowEntry {
                    let mark = token.start;
                    return Err(complain("did not find expected ',' or ']'", mark, self.context()));
                }
                self.scanner.next()?;
            }
            match self.scanner.peek()?.kind {
                TokenKind::Key => {
                    let token = self.scanner.next()?;
                    let span = Span::new(token.start.at, token.end.at);
                    let id = self.add(RawKind::Mapping(vec![]), span, None);
                    self.open(id, token.start, State::PairKey);
                    return Ok(());
                }
                TokenKind::FlowSequenceEnd => {}
                _ => return self.node(false, false),
            }
        }
        let end = self.scanner.next()?.end.at;
        self.close(Some(end));
        Ok(())
    }

    /// The key of a single pair `[a: b]`. As in libyaml, the token after an empty key is lost.
    fn pair_key(&mut self) -> Result<()> {
        self.become_state(State::PairValue);
        match self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                let end = self.scanner.next()?.end;
                self.empty(end)
            }
            _ => self.node(false, false),
        }
    }

    fn pair_value(&mut self) -> Result<()> {
        self.become_state(State::PairEnd);
        if self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.next()?;
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node(false, false);
            }
        }
        let mark = self.scanner.peek()?.start;
        self.empty(mark)
    }

    fn flow_mapping_key(&mut self, first: bool) -> Result<()> {
        self.become_state(State::FlowMappingKey { first: false });
        if self.scanner.peek()?.kind != TokenKind::FlowMappingEnd {
            if !first {
                let token = self.scanner.peek()?;
                if token.kind != TokenKind::FlowEntry {
                    let mark = token.start;
                    return Err(complain("did not find expected ',' or '}'", mark, self.context()));
                }
                self.scanner.next()?;
            }
            match self.scanner.peek()?.kind {
                TokenKind::Key => {
                    self.scanner.next()?;
                    self.become_state(State::FlowMappingValue { empty: false });
                    let token = self.scanner.peek()?;
                    let mark = token.start;
                    return match token.kind {
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => self.empty(mark),
                        _ => self.node(false, false),
                    };
                }
                TokenKind::FlowMappingEnd => {}
                _ => {
                    self.become_state(State::FlowMappingValue { empty: true });
                    return self.node(false, false);
                }
            }
        }
        let end = self.scanner.next()?.end.at;
        self.close(Some(end));
        Ok(())
    }

    fn flow_mapping_value(&mut self, empty: bool) -> Result<()> {
        self.become_state(State::FlowMappingKey { first: false });
        if !empty && self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.next()?;
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node(false, false);
            }
        }
        let mark = self.scanner.peek()?.start;
        self.empty(mark)
    }
}

fn complain(problem: &str, mark: Mark, context: Option<Mark>) -> Complaint {
    Complaint { origin: Origin::Parser, problem: problem.into(), mark, context_mark: context.unwrap_or_default() }
}
