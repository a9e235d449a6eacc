//! From a field's path (`spec.initContainers[0].command[2]`) to its place in the text.

use std::sync::Arc;

use crate::span::Span;
use crate::yaml::{Entry, NodeRef, Tree};

/// The document a Pod was read from. Asking never fails: what cannot be found is the nearest thing around it.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    tree: Arc<Tree>,
    /// The way from the document to the Pod, when it is not the document itself (an item of a List, a template).
    prefix: String,
    whole: Span,
}

impl Spans {
    pub(super) fn new(tree: Arc<Tree>, prefix: String, whole: Span) -> Self {
        Spans { tree, prefix, whole }
    }

    /// The value at a path, exactly.
    pub fn value(&self, path: &str) -> Option<Span> {
        let (found, rest) = self.walk(path)?;
        rest.is_empty().then(|| found.node.span())
    }

    /// The key at a path, exactly.
    pub fn key(&self, path: &str) -> Option<Span> {
        let (found, rest) = self.walk(path)?;
        rest.is_empty().then_some(found.entry?.key_span)
    }

    /// The best place to underline for a fault at this path: the value, or when it is missing or large the key of it or of the nearest parent.
    pub fn nearest(&self, path: &str) -> Span {
        let Some((found, rest)) = self.walk(path) else { return self.whole };
        let collection = found.node.is_mapping() || found.node.is_sequence();
        match (found.entry, found.node.is_null()) {
            (Some(entry), true) => entry.key_span,
            (Some(entry), _) if collection => entry.key_span,
            _ if collection || !rest.is_empty() => self.first_line(found.node),
            _ => found.node.span(),
        }
    }

    /// The place in the text of a range of bytes inside the decoded string at a path; it goes through block scalars, quotes and escapes.
    pub fn inside(&self, path: &str, range: Span) -> Option<Span> {
        let (found, rest) = self.walk(path)?;
        if !rest.is_empty() {
            return None;
        }
        found.node.text()?.map.span(range)
    }

    /// The first key of a mapping that is an element of a list, else the beginning of the node.
    fn first_line(&self, node: NodeRef) -> Span {
        match node.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start) {
            Some(first) if first.start >= node.span().start => first,
            _ => node.span(),
        }
    }

    /// Goes along a path as far as it exists; the rest of the path is handed back.
    fn walk<'s>(&'s self, path: &'s str) -> Option<(Found<'s>, &'s str)> {
        let mut found = Found { node: self.tree.root()?, entry: None };
        for prefix in [self.prefix.as_str(), path] {
            let mut rest = prefix;
            while !rest.is_empty() {
                match found.step(rest) {
                    Some((next, left)) => (found, rest) = (next, left),
                    None => return Some((found, rest)),
                }
            }
        }
        Some((found, ""))
    }
}

#[derive(Clone, Copy)]
struct Found<'t> {
    node: NodeRef<'t>,
    /// When it is the value of a key.
    entry: Option<&'t Entry>,
}

impl<'t> Found<'t> {
    fn step(self, path: &'t str) -> Option<(Found<'t>, &'t str)> {
        if let Some(rest) = path.strip_prefix('[') {
            let (index, rest) = rest.split_once(']')?;
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            if let Some((entry, node)) = self.node.entry(index) {
                return Some((Found { node, entry: Some(entry) }, rest));
            }
            let node = self.node.item(index.parse().ok()?)?;
            return Some((Found { node, entry: None }, rest));
        }
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (entry, node) = self.node.entry(&path[..end])?;
        let rest = &path[end..];
        Some((Found { node, entry: Some(entry) }, rest.strip_prefix('.').unwrap_or(rest)))
    }
}
