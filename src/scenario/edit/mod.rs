//! Changes to a Scenario as changes to its text: what the user wrote, comments and all, stays as it is.
//!
//! Every function takes the text and gives the new one. A text that cannot be read, or whose shape leaves no room, is given back as it was.

mod patch;
#[cfg(test)]
mod tests;
mod written;

use super::values::format_duration;
use super::{Action, Fault, Image, Object, Service};
use crate::order::Order;
use crate::span::Span;
use crate::time::Millis;
use crate::yaml::{self, NodeRef};
use patch::{Edit, Item, add_item, column, edit, end_of_block, is_flow, remove_item, set_field};
use written::scalar;

pub use written::{action_text, fault_text, image_text, object_text, service_text};

/// What an empty Scenario begins with.
pub const SKELETON: &str = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n";

/// Adds a fault to a container, in front of its others: the first that matches wins.
pub fn add_fault(text: &str, container: &str, fault: &Fault) -> String {
    let fault = fault_text(fault);
    let text = with_spec(text);
    let edited = edit(&text, |tree| {
        let spec = tree.root()?.get("spec")?;
        let found = container_of(spec, container);
        match found {
            Some(found) => add_item(&text, found, "faults", &Item::line(&fault), true),
            None => {
                let name = scalar(container);
                let item = Item {
                    block: vec![format!("name: {name}"), "faults:".into(), format!("- {fault}")],
                    flow: format!("{{name: {name}, faults: [{fault}]}}"),
                };
                add_item(&text, spec, "containers", &item, false)
            }
        }
    });
    edited.unwrap_or(text)
}

/// Adds an action after the others.
pub fn add_action(text: &str, action: &Action) -> String {
    let text = with_spec(text);
    let item = Item::line(&action_text(action));
    edit(&text, |tree| add_item(&text, tree.root()?.get("spec")?, "actions", &item, false)).unwrap_or(text)
}

/// Adds a service after the others.
pub fn add_service(text: &str, service: &Service) -> String {
    add_entry(text, "services", &service_text(service))
}

/// Adds an object after the others.
pub fn add_object(text: &str, object: &Object) -> String {
    add_entry(text, "objects", &object_text(object))
}

/// Adds an image after the others; of several that match, the first is the one that counts.
pub fn add_image(text: &str, image: &Image) -> String {
    add_entry(text, "images", &image_text(image))
}

/// Says which Pod is run.
pub fn choose_pod(text: &str, name: &str) -> String {
    let text = with_spec(text);
    edit(&text, |tree| set_field(&text, tree.root()?.get("spec")?, "pod", &scalar(name))).unwrap_or(text)
}

/// Gives the node a name; one that was not described is an ordinary one then.
pub fn name_node(text: &str, name: &str) -> String {
    let text = with_spec(text);
    let name = scalar(name);
    let edited = edit(&text, |tree| {
        let spec = tree.root()?.get("spec")?;
        let Some(cluster) = spec.get("cluster").filter(|c| c.is_mapping()) else {
            return set_field(&text, spec, "cluster", &format!("{{node: {{name: {name}}}}}"));
        };
        match cluster.get("node").filter(|node| node.is_mapping()) {
            Some(node) => set_field(&text, node, "name", &name),
            None => set_field(&text, cluster, "node", &format!("{{name: {name}}}")),
        }
    });
    edited.unwrap_or(text)
}

fn add_entry(text: &str, list: &str, entry: &str) -> String {
    let text = with_spec(text);
    edit(&text, |tree| add_item(&text, tree.root()?.get("spec")?, list, &Item::line(entry), false)).unwrap_or(text)
}

/// Takes away the `index`th action.
pub fn remove_action(text: &str, index: usize) -> String {
    edit(text, |tree| remove_item(text, tree.root()?.get("spec")?, "actions", index)).unwrap_or(text.into())
}

/// Takes away the `index`th fault of a container, and the container's entry with the last one.
pub fn remove_fault(text: &str, container: &str, index: usize) -> String {
    let edited = edit(text, |tree| {
        let spec = tree.root()?.get("spec")?;
        let found = container_of(spec, container)?;
        let alone = found.get("faults")?.items().count() == 1 && found.entries().count() <= 2;
        if alone && index == 0 {
            let position = spec
                .get("containers")?
                .items()
                .position(|c| c.get("name").and_then(|n| n.as_str()) == Some(container))?;
            return remove_item(text, spec, "containers", position);
        }
        remove_item(text, found, "faults", index)
    });
    edited.unwrap_or(text.into())
}

/// Which thing of the world: the list of `spec` it stands in, and the values that name it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// `services`, `images` or `objects`
    pub list: &'static str,
    /// `name`, and `kind` before it for an object.
    pub key: Vec<(&'static str, String)>,
}

/// Sets moments of something of the world (`unavailableAt`, `deletedAt`); adds the thing when the text does not have it.
/// `known` is what holds for it so far, and is written down only with a new thing.
pub fn set_moment(text: &str, thing: &Thing, field: &str, at: Millis, known: &[(&str, Millis)]) -> String {
    let text = with_spec(text);
    let at = format_duration(at);
    let edited = edit(&text, |tree| {
        let spec = tree.root()?.get("spec")?;
        if let Some(found) = thing_of(spec, thing) {
            return set_field(&text, found, field, &at);
        }
        let names = thing.key.iter().map(|(k, v)| format!("{k}: {}", scalar(v)));
        let known = known.iter().map(|(k, at)| format!("{k}: {}", format_duration(*at)));
        let fields: Vec<String> = names.chain(known).chain([format!("{field}: {at}")]).collect();
        add_item(&text, spec, thing.list, &Item::line(&format!("{{{}}}", fields.join(", "))), false)
    });
    edited.unwrap_or(text)
}

/// Takes a field of something of the world away, and the thing with it when nothing but its name is left.
pub fn remove_field(text: &str, thing: &Thing, field: &str) -> String {
    let edited = edit(text, |tree| {
        let spec = tree.root()?.get("spec")?;
        let found = thing_of(spec, thing)?;
        found.get(field)?;
        let bare = |key: &str| key == field || thing.key.iter().any(|(k, _)| *k == key);
        if found.entries().all(|(e, _)| bare(&text[e.key_span.start..e.key_span.end])) {
            let named = |item: NodeRef| names(item, thing);
            let position = spec.get(thing.list)?.items().position(named)?;
            return remove_item(text, spec, thing.list, position);
        }
        let mut entries: Vec<_> = found.entries().map(|(e, v)| (e.key_span, v.span())).collect();
        entries.order_by_key(|(key, _)| key.start);
        let at = entries.iter().position(|(k, _)| &text[k.start..k.end] == field)?;
        let (key, value) = entries[at];
        let span = if !is_flow(text, found) {
            // The first key of an item stands behind its dash: only its value can go.
            let (indent, line) = column(text, key.start);
            let alone = text[line..line + indent].bytes().all(|b| b == b' ');
            if !alone {
                return None;
            }
            Span::new(line, end_of_block(text, value.end))
        } else if let Some((_, before)) = at.checked_sub(1).map(|i| entries[i]) {
            Span::new(before.end, value.end)
        } else {
            Span::new(key.start, entries.get(at + 1).map_or(value.end, |(next, _)| next.start))
        };
        Some(Edit { span, text: String::new() })
    });
    edited.unwrap_or(text.into())
}

fn names(item: NodeRef, thing: &Thing) -> bool {
    thing.key.iter().all(|(key, value)| item.get(key).and_then(|n| n.as_str()) == Some(value.as_str()))
}

fn thing_of<'t>(spec: NodeRef<'t>, thing: &Thing) -> Option<NodeRef<'t>> {
    spec.get(thing.list)?.items().find(|item| names(*item, thing))
}

/// The text with a `spec` that is a mapping or empty.
fn with_spec(text: &str) -> String {
    let stream = yaml::read_stream(text);
    let mut out = text.to_string();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    match stream.documents.first().and_then(|d| d.tree.root()) {
        None if stream.failure.is_none() => out.push_str(SKELETON),
        Some(root) if root.is_mapping() && root.get("spec").is_none() => out.push_str("spec:\n"),
        _ => {}
    }
    out
}

fn container_of<'t>(spec: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    spec.get("containers")?.items().find(|c| c.get("name").and_then(|n| n.as_str()) == Some(name))
}
