//! A piece of YAML in the place of another: where it goes so that everything around it stays as it was written.

use crate::span::Span;
use crate::yaml::{self, NodeRef, Tree};

/// A piece of text to put in the place of another.
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

/// Something to put into a list: as lines below a dash, and as one value in flow style.
pub(super) struct Item {
    pub(super) block: Vec<String>,
    pub(super) flow: String,
}

impl Item {
    pub(super) fn line(text: &str) -> Item {
        Item { block: vec![text.to_string()], flow: text.to_string() }
    }

    /// The lines of the item, its dash at a column.
    fn at(&self, column: usize) -> String {
        let pad = " ".repeat(column);
        let lines = self.block.iter().enumerate();
        lines.map(|(i, line)| format!("{pad}{}{line}\n", if i == 0 { "- " } else { "  " })).collect()
    }
}

pub(super) fn edit(text: &str, find: impl Fn(&Tree) -> Option<Edit>) -> Option<String> {
    let stream = yaml::read_stream(text);
    if stream.failure.is_some() {
        return None;
    }
    let Edit { span, text: new } = find(&stream.documents.first()?.tree)?;
    Some(format!("{}{new}{}", text.get(..span.start)?, text.get(span.end..)?))
}

/// Sets a field of a mapping, which may be empty.
pub(super) fn set_field(text: &str, map: NodeRef, field: &str, value: &str) -> Option<Edit> {
    if let Some(old) = map.get(field).filter(|old| !old.is_null()) {
        return Some(Edit { span: old.span(), text: value.into() });
    }
    if map.is_mapping() && is_flow(text, map) {
        let at = map.span().end - 1;
        let comma = if map.entries().next().is_some() { ", " } else { "" };
        return Some(Edit { span: Span::new(at, at), text: format!("{comma}{field}: {value}") });
    }
    if map.is_null() {
        return below_spec(text, map, &format!("  {field}: {value}\n"));
    }
    let first = map.entries().map(|(e, _)| e.key_span.start).min()?;
    let last = map.entries().map(|(_, v)| v.span().end).max()?;
    let at = end_of_block(text, last);
    let new = format!("{}{field}: {value}\n", " ".repeat(column(text, first).0));
    Some(Edit { span: Span::new(at, at), text: ended(text, at, &new) })
}

/// Puts an item into the list under `key` of a mapping, or makes that list.
pub(super) fn add_item(text: &str, map: NodeRef, key: &str, item: &Item, first: bool) -> Option<Edit> {
    let Some((entry, list)) = map.entry(key) else { return add_list(text, map, key, item) };
    let items: Vec<NodeRef> = list.items().collect();
    if list.is_null() || list.is_sequence() && items.is_empty() {
        if is_flow_parent(text, map) {
            return Some(Edit { span: list.span(), text: format!(" [{}]", item.flow) });
        }
        let column = column(text, entry.key_span.start).0;
        let from = entry.key_span.end + text[entry.key_span.end..].find(':')? + 1;
        let span = Span::new(from, list.span().end.max(from));
        return Some(Edit { span, text: format!("\n{}", item.at(column).trim_end_matches('\n')) });
    }
    if !list.is_sequence() {
        return None;
    }
    if is_flow(text, list) {
        let at = if first { list.span().start + 1 } else { list.span().end - 1 };
        let new = if first { format!("{}, ", item.flow) } else { format!(", {}", item.flow) };
        return Some(Edit { span: Span::new(at, at), text: new });
    }
    let (dash, start) = (list.span().start, column(text, list.span().start));
    let at = if first { start.1 } else { end_of_block(text, items.last()?.span().end) };
    // The first dash may stand behind something else: `- - x`.
    if !text[start.1..dash].bytes().all(|b| b == b' ') {
        return None;
    }
    Some(Edit { span: Span::new(at, at), text: ended(text, at, &item.at(start.0)) })
}

/// Adds `key` with a list of one item to a mapping.
fn add_list(text: &str, map: NodeRef, key: &str, item: &Item) -> Option<Edit> {
    if map.is_mapping() && is_flow(text, map) {
        let at = map.span().end - 1;
        let comma = if map.entries().next().is_some() { ", " } else { "" };
        return Some(Edit { span: Span::new(at, at), text: format!("{comma}{key}: [{}]", item.flow) });
    }
    if map.is_null() {
        return below_spec(text, map, &format!("  {key}:\n{}", item.at(2)));
    }
    let first = map.entries().map(|(e, _)| e.key_span.start).min()?;
    let last = map.entries().map(|(_, v)| v.span().end).max()?;
    let (indent, line) = column(text, first);
    // Behind a dash the keys begin where the first one does.
    if !text[line..first].bytes().all(|b| b == b' ' || b == b'-') {
        return None;
    }
    let at = end_of_block(text, last);
    let new = format!("{}{key}:\n{}", " ".repeat(indent), item.at(indent));
    Some(Edit { span: Span::new(at, at), text: ended(text, at, &new) })
}

/// Takes an item out of the list under `key`, and the key with the last one.
pub(super) fn remove_item(text: &str, map: NodeRef, key: &str, index: usize) -> Option<Edit> {
    let (entry, list) = map.entry(key)?;
    let items: Vec<NodeRef> = list.items().collect();
    let item = items.get(index)?;
    let nothing = |start: usize, end: usize| Some(Edit { span: Span::new(start, end), text: String::new() });
    if is_flow(text, list) {
        return match (index.checked_sub(1).map(|i| items[i]), items.get(index + 1)) {
            (Some(before), _) => nothing(before.span().end, item.span().end),
            (None, Some(after)) => nothing(item.span().start, after.span().start),
            (None, None) => nothing(item.span().start, item.span().end),
        };
    }
    let (_, line) = column(text, item.span().start);
    let end = end_of_block(text, item.span().end);
    if items.len() > 1 {
        return nothing(line, end);
    }
    let (_, key_line) = column(text, entry.key_span.start);
    if text[key_line..entry.key_span.start].bytes().all(|b| b == b' ') {
        return nothing(key_line, end);
    }
    let from = entry.key_span.end + text[entry.key_span.end..].find(':')? + 1;
    Some(Edit { span: Span::new(from, end), text: " []\n".into() })
}

/// Lines below `spec:` that has nothing yet: no other mapping can be empty here.
fn below_spec(text: &str, spec: NodeRef, lines: &str) -> Option<Edit> {
    let at = end_of_block(text, spec.span().end.max(find_spec(text)?));
    Some(Edit { span: Span::new(at, at), text: ended(text, at, lines) })
}

/// The end of the key `spec`.
fn find_spec(text: &str) -> Option<usize> {
    let stream = yaml::read_stream(text);
    let (entry, _) = stream.documents.first()?.tree.root()?.entry("spec")?;
    Some(entry.key_span.end)
}

pub(super) fn is_flow(text: &str, node: NodeRef) -> bool {
    text[node.span().start..].starts_with(['[', '{'])
}

fn is_flow_parent(text: &str, map: NodeRef) -> bool {
    map.is_mapping() && is_flow(text, map)
}

/// The offset of the line that follows the one with this offset.
fn next_line(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |i| offset + i + 1)
}

/// How far the line with this offset has come, and its beginning.
pub(super) fn column(text: &str, offset: usize) -> (usize, usize) {
    let line = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    (offset - line, line)
}

/// The beginning of the line after a block that ends at an offset.
pub(super) fn end_of_block(text: &str, end: usize) -> usize {
    // A block scalar ends behind its line break.
    if end > 0 && text[..end].ends_with('\n') { end } else { next_line(text, end) }
}

/// New lines at an offset; the line before must be ended.
fn ended(text: &str, at: usize, new: &str) -> String {
    if at > 0 && !text[..at].ends_with('\n') { format!("\n{}", new.trim_end_matches('\n')) } else { new.to_string() }
}
