//! The tree as Kubernetes sees it: keys are strings, sorted and unique; aliases and merge keys are resolved; scalars have types.

use super::{Number, SourceMap};
use crate::span::Span;

/// The index of a node in its tree.
pub(super) type NodeId = usize;

/// A value and the place it was written at.
#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub data: Data,
}

/// A value, as in JSON.
#[derive(Clone, Debug)]
pub enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(Text),
    Sequence(Vec<usize>),
    /// Sorted by key, each key once.
    Mapping(Vec<Entry>),
}

/// A decoded string and the way back to the source.
#[derive(Clone, Debug)]
pub struct Text {
    pub value: String,
    pub map: SourceMap,
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub key_span: Span,
    pub(super) value: NodeId,
}

/// A key that stands twice in one mapping: the later one is what counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    pub key: String,
    /// The one that is lost.
    pub lost: Span,
    pub wins: Span,
}

/// A document. A node may be reached by several ways (aliases), never by a circle.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    /// Keys that stand twice.
    pub duplicates: Vec<Duplicate>,
}

impl Tree {
    /// The outermost value; `None` for an empty document.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        (self.root < self.nodes.len()).then_some(NodeRef { tree: self, id: self.root })
    }

    /// Makes offsets in a document offsets in the whole text, of which nothing lies behind `end`.
    pub(super) fn shift(&mut self, by: usize, end: usize) {
        let moved = |span: Span| Span::new((span.start + by).min(end), (span.end + by).min(end));
        for node in &mut self.nodes {
            node.span = moved(node.span);
            match &mut node.data {
                Data::Text(text) => text.map.shift(by, end),
                Data::Mapping(entries) => entries.iter_mut().for_each(|e| e.key_span = moved(e.key_span)),
                _ => {}
            }
        }
        for d in &mut self.duplicates {
            (d.lost, d.wins) = (moved(d.lost), moved(d.wins));
        }
    }
}

/// A node in its tree.
#[derive(Clone, Copy, Debug)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> NodeRef<'t> {
    pub(super) fn new(tree: &'t Tree, id: NodeId) -> Self {
        NodeRef { tree, id }
    }

    pub fn span(self) -> Span {
        self.tree.nodes[self.id].span
    }

    pub fn data(self) -> &'t Data {
        &self.tree.nodes[self.id].data
    }

    /// The text of a string.
    pub fn text(self) -> Option<&'t Text> {
        match self.data() {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_str(self) -> Option<&'t str> {
        self.text().map(|t| t.value.as_str())
    }

    pub fn is_null(self) -> bool {
        matches!(self.data(), Data::Null)
    }

    pub fn is_mapping(self) -> bool {
        matches!(self.data(), Data::Mapping(_))
    }

    pub fn is_sequence(self) -> bool {
        matches!(self.data(), Data::Sequence(_))
    }

    /// The value of a key.
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its place, and its value.
    pub fn entry(self, key: &str) -> Option<(&'t Entry, NodeRef<'t>)> {
        let Data::Mapping(entries) = self.data() else { return None };
        let i = entries.binary_search_by(|e| e.key.as_str().cmp(key)).ok()?;
        Some((&entries[i], NodeRef { tree: self.tree, id: entries[i].value }))
    }

    /// Keys and values in the order of the keys; nothing for anything but a mapping.
    pub fn entries(self) -> impl Iterator<Item = (&'t Entry, NodeRef<'t>)> {
        let entries: &[Entry] = if let Data::Mapping(entries) = self.data() { entries } else { &[] };
        entries.iter().map(move |e| (e, NodeRef { tree: self.tree, id: e.value }))
    }

    /// The elements; nothing for anything but a sequence.
    pub fn items(self) -> impl Iterator<Item = NodeRef<'t>> {
        let items: &[usize] = if let Data::Sequence(items) = self.data() { items } else { &[] };
        items.iter().map(move |&id| NodeRef { tree: self.tree, id })
    }

    /// The `i`th element.
    pub fn item(self, i: usize) -> Option<NodeRef<'t>> {
        let Data::Sequence(items) = self.data() else { return None };
        items.get(i).map(|&id| NodeRef { tree: self.tree, id })
    }

    /// What JSON calls this kind of value.
    pub fn json_type(self) -> &'static str {
        match self.data() {
            Data::Null => "null",
            Data::Bool(_) => "bool",
            Data::Number(_) => "number",
            Data::Text(_) => "string",
            Data::Sequence(_) => "array",
            Data::Mapping(_) => "object",
        }
    }
}
