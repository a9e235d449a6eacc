//! From nodes as written to the tree as Kubernetes sees it, in the steps and with the refusals of go-yaml v2.

use super::number::resolve;
use super::parser::{Raw, RawKind};
use super::scalar::{Scalar, Style};
use super::tree::{Data, Duplicate, Entry, Node, NodeId, NodeRef, Text, Tree};
use super::{Number, go};
use crate::order::Order;
use crate::span::Span;

/// The key under which other mappings are merged.
const MERGE: &str = "<<";

/// Why a document that can be parsed cannot be used, and where.
#[derive(Debug)]
pub(super) struct Refusal {
    pub text: String,
    pub span: Span,
}

/// The tree of a document.
pub(super) fn compose(mut raw: Vec<Raw>) -> Result<Tree, Refusal> {
    Walk::new(&raw).run()?;
    let mut tree = Tree { nodes: Vec::with_capacity(raw.len()), root: 0, duplicates: Vec::new() };
    if let Some(Raw { kind: RawKind::Alias { target, .. }, .. }) = raw.first() {
        tree.root = *target;
    }
    for id in 0..raw.len() {
        let data = match &raw[id].kind {
            RawKind::Scalar(_) => take_scalar(&mut raw[id])?,
            RawKind::Sequence(items) => Data::Sequence(items.iter().map(|&i| deref(&raw, i)).collect()),
            RawKind::Mapping(_) => Data::Mapping(Vec::new()),
            RawKind::Alias { .. } => Data::Null,
        };
        tree.nodes.push(Node { span: raw[id].span, data });
    }
    fill_mappings(&raw, &mut tree).map_err(|unfit| unfit.refusal(&raw, &mut tree))?;
    infinite(&tree)?;
    Ok(tree)
}

/// The node that an alias stands for.
fn deref(raw: &[Raw], id: NodeId) -> NodeId {
    match raw[id].kind {
        RawKind::Alias { target, .. } => target,
        _ => id,
    }
}

/// Whether a key is the merge key `<<`.
fn is_merge(raw: &Raw) -> bool {
    match &raw.kind {
        RawKind::Scalar(s) if s.value == MERGE => match raw.tag.as_deref() {
            None => s.style == Style::Plain,
            Some(tag) => tag == "tag:yaml.org,2002:merge",
        },
        _ => false,
    }
}

/// Goes through a document as go-yaml decodes it, following aliases, without building anything.
struct Walk<'r> {
    raw: &'r [Raw],
    frames: Vec<Frame>,
    /// The aliases that are being followed.
    active: Vec<bool>,
    alias_depth: u64,
    decoded: u64,
    by_alias: u64,
}

struct Frame {
    id: NodeId,
    next: usize,
    /// The elements of a merge list, which are read from the last to the first.
    merge_list: bool,
}

impl<'r> Walk<'r> {
    fn new(raw: &'r [Raw]) -> Self {
        Walk { raw, frames: Vec::new(), active: vec![false; raw.len()], alias_depth: 0, decoded: 0, by_alias: 0 }
    }

    fn run(&mut self) -> Result<(), Refusal> {
        if !self.raw.is_empty() {
            self.enter(0)?;
        }
        while let Some(frame) = self.frames.last_mut() {
            let (id, next, merge_list) = (frame.id, frame.next, frame.merge_list);
            frame.next += 1;
            match &self.raw[id].kind {
                RawKind::Sequence(items) if merge_list => match items.len().checked_sub(next + 1) {
                    Some(i) => self.enter_merged(items[i])?,
                    None => self.leave(),
                },
                RawKind::Sequence(items) => match items.get(next) {
                    Some(&item) => self.enter(item)?,
                    None => self.leave(),
                },
                RawKind::Mapping(items) => match items.get(next) {
                    Some(&key) if next.is_multiple_of(2) && is_merge(&self.raw[key]) => {
                        frame.next += 1;
                        self.merge(items[next + 1])?;
                    }
                    Some(&key) if next.is_multiple_of(2) => self.enter(key)?,
                    Some(&value) => {
                        self.check_key(items[next - 1])?;
                        self.enter(value)?;
                    }
                    None => self.leave(),
                },
                RawKind::Alias { target, .. } if next == 0 => {
                    self.alias_depth += 1;
                    self.enter(*target)?;
                }
                RawKind::Alias { .. } => {
                    self.alias_depth -= 1;
                    self.active[id] = false;
                    self.leave();
                }
                RawKind::Scalar(_) => self.leave(),
            }
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.frames.pop();
    }

    fn refuse(&self, id: NodeId, text: impl Into<String>) -> Refusal {
        Refusal { text: format!("yaml: {}", text.into()), span: self.raw[id].span }
    }

    fn enter(&mut self, id: NodeId) -> Result<(), Refusal> {
        self.decoded += 1;
        self.by_alias += u64::from(self.alias_depth > 0);
        if self.by_alias > 100
            && self.decoded > 1000
            && self.by_alias * 1000 > self.decoded * allowed_permille(self.decoded)
        {
            return Err(self.refuse(id, "document contains excessive aliasing"));
        }
        let Raw { span, kind, tag } = &self.raw[id];
        match kind {
            // Only what says what it is can be something else.
            RawKind::Scalar(_) if tag.is_none() => return Ok(()),
            RawKind::Scalar(scalar) => return scalar_data(scalar.clone(), tag.as_deref(), *span).map(drop),
            RawKind::Alias { name, .. } => {
                if self.active[id] {
                    return Err(self.refuse(id, format!("anchor '{name}' value contains itself")));
                }
                self.active[id] = true;
            }
            _ => {}
        }
        self.frames.push(Frame { id, next: 0, merge_list: false });
        Ok(())
    }

    fn merge(&mut self, value: NodeId) -> Result<(), Refusal> {
        if let RawKind::Sequence(_) = self.raw[value].kind {
            self.frames.push(Frame { id: value, next: 0, merge_list: true });
            return Ok(());
        }
        self.enter_merged(value)
    }

    fn enter_merged(&mut self, id: NodeId) -> Result<(), Refusal> {
        match self.raw[deref(self.raw, id)].kind {
            RawKind::Mapping(_) => self.enter(id),
            _ => Err(self.refuse(id, "map merge requires map or sequence of maps as the value")),
        }
    }

    fn check_key(&self, key: NodeId) -> Result<(), Refusal> {
        match self.raw[deref(self.raw, key)].kind {
            RawKind::Mapping(_) | RawKind::Sequence(_) => {
                Err(self.refuse(key, format!("invalid map key: {}", print_subtree(self.raw, deref(self.raw, key)))))
            }
            _ => Ok(()),
        }
    }
}

/// How much of what is decoded may come from aliases: 99 % of a small document, 10 % of a large one.
fn allowed_permille(decoded: u64) -> u64 {
    const LOW: u64 = 400_000;
    const HIGH: u64 = 4_000_000;
    match decoded {
        0..=LOW => 990,
        HIGH.. => 100,
        _ => 990 - 890 * (decoded - LOW) / (HIGH - LOW),
    }
}

/// A part of a document in Go's notation; faults inside it do not matter any more.
fn print_subtree(raw: &[Raw], id: NodeId) -> String {
    let mut tree = Tree { root: id, ..Tree::default() };
    for node in raw {
        let data = match &node.kind {
            RawKind::Scalar(scalar) => {
                scalar_data(scalar.clone(), node.tag.as_deref(), node.span).unwrap_or(Data::Null)
            }
            RawKind::Sequence(items) => Data::Sequence(items.iter().map(|&i| deref(raw, i)).collect()),
            RawKind::Mapping(items) => Data::Mapping(plain_entries(raw, items)),
            RawKind::Alias { .. } => Data::Null,
        };
        tree.nodes.push(Node { span: node.span, data });
    }
    go::syntax(NodeRef::new(&tree, id))
}

/// The entries of a mapping without merges, sorted; for printing.
fn plain_entries(raw: &[Raw], items: &[NodeId]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = items
        .as_chunks::<2>()
        .0
        .iter()
        .filter_map(|&[key, value]| match &raw[deref(raw, key)].kind {
            RawKind::Scalar(s) => {
                Some(Entry { key: s.value.clone(), key_span: raw[key].span, value: deref(raw, value) })
            }
            _ => None,
        })
        .collect();
    entries.order_by(|a, b| a.key.cmp(&b.key));
    entries
}

/// The value of a scalar, whose text goes into it unless it may be a merge key: that is looked at again.
fn take_scalar(node: &mut Raw) -> Result<Data, Refusal> {
    let RawKind::Scalar(scalar) = &mut node.kind else { return Ok(Data::Null) };
    let mine = if scalar.value == MERGE { scalar.clone() } else { std::mem::take(scalar) };
    scalar_data(mine, node.tag.as_deref(), node.span)
}

/// The value of a scalar, by its tag or by its looks.
fn scalar_data(scalar: Scalar, tag: Option<&str>, span: Span) -> Result<Data, Refusal> {
    let Scalar { value, map, style } = scalar;
    let text = |value: String| Data::Text(Text { value, map });
    let Some(tag) = tag else {
        let plain = if style == Style::Plain { resolve(&value) } else { None };
        return Ok(plain.unwrap_or_else(|| text(value)));
    };
    let refuse = |text: String| Err(Refusal { text: format!("yaml: {text}"), span });
    let short = tag.strip_prefix("tag:yaml.org,2002:");
    let data = match short {
        Some("binary") => {
            return match base64(&value) {
                Some(value) => Ok(text(value)),
                None => refuse("!!binary value contains invalid base64 data".into()),
            };
        }
        Some("bool" | "int" | "float" | "null" | "timestamp") => resolve(&value).unwrap_or_else(|| text(value.clone())),
        _ => return Ok(text(value)),
    };
    let found = match &data {
        Data::Null => "null",
        Data::Bool(_) => "bool",
        Data::Number(Number::Float(_)) => "float",
        Data::Number(_) => "int",
        _ if short == Some("timestamp") && looks_like_date(&value) => "timestamp",
        _ => "str",
    };
    match (short, data) {
        (Some("float"), Data::Number(Number::Int(n))) => Ok(Data::Number(Number::Float(n as f64))),
        (Some(wanted), data) if wanted == found => Ok(data),
        _ => refuse(format!("cannot decode !!{found} `{value}` as a !!{}", short.unwrap_or(tag))),
    }
}

/// `2026-01-01`, with or without a time: enough to tell it from other text.
fn looks_like_date(text: &str) -> bool {
    let mut parts = text.split(['T', 't', ' ']).next().unwrap_or("").split('-');
    let mut number = |min: usize| parts.next().is_some_and(|p| p.len() >= min && p.bytes().all(|b| b.is_ascii_digit()));
    number(4) && number(1) && number(1)
}

/// Base64 with padding; line breaks are skipped, other bytes refused.
fn base64(text: &str) -> Option<String> {
    let symbols: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let data = symbols.iter().rposition(|&b| b != b'=').map_or(0, |i| i + 1);
    if !symbols.len().is_multiple_of(4) || symbols.len() - data > 2 {
        return None;
    }
    let (mut out, mut bits, mut n) = (Vec::new(), 0_u32, 0);
    for &b in &symbols[..data] {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        n += 6;
        if n >= 8 {
            n -= 8;
            out.push((bits >> n) as u8);
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// A key that JSON cannot have: what it is, in Go's terms, and what stands under it.
struct UnfitKey {
    what: String,
    key_span: Span,
    value: NodeId,
}

impl UnfitKey {
    /// The complaint quotes the value, and so fills the mappings in it as far as they can be.
    fn refusal(self, raw: &[Raw], tree: &mut Tree) -> Refusal {
        for id in 0..raw.len() {
            fill_mapping(raw, id, tree).ok();
        }
        let shown = go::syntax(NodeRef::new(tree, self.value));
        Refusal { text: format!("unsupported map key of type: {}, value: {shown}", self.what), span: self.key_span }
    }
}

/// Gives each mapping its entries. One that merges others waits for them.
fn fill_mappings(raw: &[Raw], tree: &mut Tree) -> Result<(), UnfitKey> {
    let mut done = vec![false; raw.len()];
    let mut waiting: Vec<NodeId> = Vec::new();
    for (id, node) in raw.iter().enumerate() {
        let RawKind::Mapping(_) = node.kind else { continue };
        if done[id] {
            continue;
        }
        waiting.push(id);
        while let Some(&id) = waiting.last() {
            let needed = merge_sources(raw, id).find(|&source| !done[source] && !waiting.contains(&source));
            match needed {
                Some(source) => waiting.push(source),
                None => {
                    fill_mapping(raw, id, tree)?;
                    done[id] = true;
                    waiting.pop();
                }
            }
        }
    }
    Ok(())
}

/// The mappings that a mapping merges, each by its own id.
fn merge_sources(raw: &[Raw], id: NodeId) -> impl Iterator<Item = NodeId> {
    let RawKind::Mapping(items) = &raw[id].kind else { return Vec::new().into_iter() };
    let mut sources = Vec::new();
    for &[key, value] in items.as_chunks::<2>().0 {
        if is_merge(&raw[key]) {
            sources.extend(merged(raw, value));
        }
    }
    sources.into_iter()
}

/// What one merge key stands for, in the order in which it is written into the mapping.
fn merged(raw: &[Raw], value: NodeId) -> Vec<NodeId> {
    match &raw[value].kind {
        RawKind::Sequence(items) => items.iter().rev().map(|&i| deref(raw, i)).collect(),
        _ => vec![deref(raw, value)],
    }
}

fn fill_mapping(raw: &[Raw], id: NodeId, tree: &mut Tree) -> Result<(), UnfitKey> {
    let RawKind::Mapping(items) = &raw[id].kind else { return Ok(()) };
    let mut entries: Vec<(Entry, bool)> = Vec::with_capacity(items.len() / 2);
    for &[key, value] in items.as_chunks::<2>().0 {
        if is_merge(&raw[key]) {
            for source in merged(raw, value) {
                if let Data::Mapping(more) = &tree.nodes[source].data {
                    entries.extend(more.iter().map(|e| (e.clone(), true)));
                }
            }
            continue;
        }
        let value = deref(raw, value);
        let key_span = raw[key].span;
        let key = key_text(&tree.nodes[deref(raw, key)].data).map_err(|what| UnfitKey { what, key_span, value })?;
        entries.push((Entry { key, key_span, value }, false));
    }
    // Stable: of equal keys the last one stays.
    entries.order_by(|a, b| a.0.key.cmp(&b.0.key));
    let mut unique: Vec<(Entry, bool)> = Vec::with_capacity(entries.len());
    for (entry, from_merge) in entries {
        match unique.last_mut() {
            Some((last, last_merged)) if last.key == entry.key => {
                if !from_merge && !*last_merged {
                    let duplicate = Duplicate { key: entry.key.clone(), lost: last.key_span, wins: entry.key_span };
                    tree.duplicates.push(duplicate);
                }
                (*last, *last_merged) = (entry, from_merge);
            }
            _ => unique.push((entry, from_merge)),
        }
    }
    tree.nodes[id].data = Data::Mapping(unique.into_iter().map(|e| e.0).collect());
    Ok(())
}

/// A key as a string, as sigs.k8s.io/yaml makes one of it. Null and what only an unsigned number holds are none: what they
/// are, in Go's terms.
fn key_text(data: &Data) -> Result<String, String> {
    Ok(match data {
        Data::Text(text) => text.value.clone(),
        Data::Bool(b) => b.to_string(),
        Data::Number(Number::Int(n)) => n.to_string(),
        Data::Number(Number::UInt(n)) => return Err(format!("uint64, key: {n:#x}")),
        Data::Number(Number::Float(f)) if f.is_nan() => ".nan".into(),
        // Too large for a narrow float is infinite too.
        Data::Number(Number::Float(f)) if (*f as f32).is_infinite() => if *f > 0.0 { ".inf" } else { "-.inf" }.into(),
        Data::Number(Number::Float(f)) => go::plain_float(*f, &format!("{:e}", *f as f32)),
        _ => return Err("%!s(<nil>), key: <nil>".into()),
    })
}

/// JSON has no infinities. Only values count: a key is text by then, and what a later key replaces is gone.
fn infinite(tree: &Tree) -> Result<(), Refusal> {
    let mut seen = vec![false; tree.nodes.len()];
    let mut waiting = vec![tree.root];
    while let Some(id) = waiting.pop() {
        let Some(node) = tree.nodes.get(id) else { continue };
        if std::mem::replace(&mut seen[id], true) {
            continue;
        }
        match &node.data {
            Data::Number(Number::Float(f)) if !f.is_finite() => {
                return Err(Refusal { text: format!("json: unsupported value: {}", go::float(*f)), span: node.span });
            }
            Data::Sequence(items) => waiting.extend(items.iter().rev()),
            Data::Mapping(entries) => waiting.extend(entries.iter().rev().map(|e| e.value)),
            _ => {}
        }
    }
    Ok(())
}
