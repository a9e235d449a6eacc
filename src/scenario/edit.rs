//! Changes to a Scenario as changes to its text: what the user wrote, comments and all, stays as it is.
//!
//! Every function takes the text and gives the new one. A text that cannot be read, or whose shape leaves no room, is given back as it was.

use super::values::{format_attempts, format_duration};
use super::{Action, ActionKind, Fault, FaultKind, Image, Moment, Object, ProbeKind, PullError, Service};
use crate::order::Order;
use crate::span::Span;
use crate::time::Millis;
use crate::yaml::{self, NodeRef, Tree, go};

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

/// Sets a field of a mapping that has at least one.
fn set_field(text: &str, map: NodeRef, field: &str, value: &str) -> Option<Edit> {
    if let Some(old) = map.get(field).filter(|old| !old.is_null()) {
        return Some(Edit { span: old.span(), text: value.into() });
    }
    if is_flow(text, map) {
        let at = map.span().end - 1;
        return Some(Edit { span: Span::new(at, at), text: format!(", {field}: {value}") });
    }
    let first = map.entries().map(|(e, _)| e.key_span.start).min()?;
    let last = map.entries().map(|(_, v)| v.span().end).max()?;
    let at = end_of_block(text, last);
    let new = format!("{}{field}: {value}\n", " ".repeat(column(text, first).0));
    Some(Edit { span: Span::new(at, at), text: ended(text, at, &new) })
}

/// A piece of text to put in the place of another.
struct Edit {
    span: Span,
    text: String,
}

/// Something to put into a list: as lines below a dash, and as one value in flow style.
struct Item {
    block: Vec<String>,
    flow: String,
}

impl Item {
    fn line(text: &str) -> Item {
        Item { block: vec![text.to_string()], flow: text.to_string() }
    }

    /// The lines of the item, its dash at a column.
    fn at(&self, column: usize) -> String {
        let pad = " ".repeat(column);
        let lines = self.block.iter().enumerate();
        lines.map(|(i, line)| format!("{pad}{}{line}\n", if i == 0 { "- " } else { "  " })).collect()
    }
}

fn edit(text: &str, find: impl Fn(&Tree) -> Option<Edit>) -> Option<String> {
    let stream = yaml::read_stream(text);
    if stream.failure.is_some() {
        return None;
    }
    let Edit { span, text: new } = find(&stream.documents.first()?.tree)?;
    Some(format!("{}{new}{}", text.get(..span.start)?, text.get(span.end..)?))
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

fn is_flow(text: &str, node: NodeRef) -> bool {
    text[node.span().start..].starts_with(['[', '{'])
}

/// The offset of the line that follows the one with this offset.
fn next_line(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |i| offset + i + 1)
}

/// How far the line with this offset has come, and its beginning.
fn column(text: &str, offset: usize) -> (usize, usize) {
    let line = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    (offset - line, line)
}

/// Puts an item into the list under `key` of a mapping, or makes that list.
fn add_item(text: &str, map: NodeRef, key: &str, item: &Item, first: bool) -> Option<Edit> {
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

/// The beginning of the line after a block that ends at an offset.
fn end_of_block(text: &str, end: usize) -> usize {
    // A block scalar ends behind its line break.
    if end > 0 && text[..end].ends_with('\n') { end } else { next_line(text, end) }
}

/// New lines at an offset; the line before must be ended.
fn ended(text: &str, at: usize, new: &str) -> String {
    if at > 0 && !text[..at].ends_with('\n') { format!("\n{}", new.trim_end_matches('\n')) } else { new.to_string() }
}

fn is_flow_parent(text: &str, map: NodeRef) -> bool {
    map.is_mapping() && is_flow(text, map)
}

/// Adds `key` with a list of one item to a mapping.
fn add_list(text: &str, map: NodeRef, key: &str, item: &Item) -> Option<Edit> {
    if map.is_mapping() && is_flow(text, map) {
        let at = map.span().end - 1;
        let comma = if map.entries().next().is_some() { ", " } else { "" };
        return Some(Edit { span: Span::new(at, at), text: format!("{comma}{key}: [{}]", item.flow) });
    }
    if map.is_null() {
        // Only `spec:` can be empty here.
        let at = end_of_block(text, map.span().end.max(find_spec(text)?));
        return Some(Edit { span: Span::new(at, at), text: ended(text, at, &format!("  {key}:\n{}", item.at(2))) });
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

/// The end of the key `spec`.
fn find_spec(text: &str) -> Option<usize> {
    let stream = yaml::read_stream(text);
    let (entry, _) = stream.documents.first()?.tree.root()?.entry("spec")?;
    Some(entry.key_span.end)
}

/// Takes an item out of the list under `key`, and the key with the last one.
fn remove_item(text: &str, map: NodeRef, key: &str, index: usize) -> Option<Edit> {
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

/// A string as a YAML scalar, in quotes when it needs them.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if plain { text.to_string() } else { go::quote(text) }
}

/// A service as one line.
pub fn service_text(service: &Service) -> String {
    let ports: Vec<String> = service.ports.iter().map(u16::to_string).collect();
    let fields = [
        Some(format!("name: {}", scalar(&service.name))),
        (!ports.is_empty()).then(|| format!("ports: [{}]", ports.join(", "))),
        service.available_at.map(|at| format!("availableAt: {}", format_duration(at))),
        service.unavailable_at.map(|at| format!("unavailableAt: {}", format_duration(at))),
    ];
    flow(fields)
}

/// An object as one line.
pub fn object_text(object: &Object) -> String {
    let moment = |moment: Moment| match moment {
        Moment::At(at) => format_duration(at),
        Moment::Never => "never".into(),
    };
    let data = object.data.iter().map(|(key, value)| format!("{}: {}", scalar(key), go::quote(value)));
    let data: Vec<String> = data.collect();
    let created = Some(object.created_at).filter(|&at| at != Moment::default());
    flow([
        Some(format!("kind: {}", scalar(&object.kind))),
        Some(format!("name: {}", scalar(&object.name))),
        (!data.is_empty()).then(|| format!("data: {{{}}}", data.join(", "))),
        created.map(|at| format!("createdAt: {}", moment(at))),
        object.deleted_at.map(|at| format!("deletedAt: {}", format_duration(at))),
        object.bound_at.map(|at| format!("boundAt: {}", moment(at))),
        object.ready_at.map(|at| format!("readyAt: {}", moment(at))),
    ])
}

/// An image as one line.
pub fn image_text(image: &Image) -> String {
    let error = image.pull.error.map(|error| match error {
        PullError::NotFound => "error: NotFound",
        PullError::Unreachable => "error: Unreachable",
        PullError::Unauthorized => "error: Unauthorized",
    });
    let pull = flow([
        image.pull.duration.map(|d| format!("duration: {}", format_duration(d))),
        image.pull.size.map(|size| format!("size: {size}")),
        error.map(Into::into),
    ]);
    flow([
        Some(format!("name: {}", scalar(&image.name))),
        image.on_node.then(|| "onNode: true".into()),
        (pull != "{}").then(|| format!("pull: {pull}")),
        image.available_at.map(|at| format!("availableAt: {}", format_duration(at))),
        image.unavailable_at.map(|at| format!("unavailableAt: {}", format_duration(at))),
    ])
}

/// A mapping in flow style, of the fields that are there.
fn flow<const N: usize>(fields: [Option<String>; N]) -> String {
    format!("{{{}}}", fields.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A fault as one line.
pub fn fault_text(fault: &Fault) -> String {
    let after = |after: Millis| format!("after: {}", format_duration(after));
    let what = match &fault.kind {
        FaultKind::Exit { code, after: at } => format!("exit: {{code: {code}, {}}}", after(*at)),
        FaultKind::Signal { number, after: at } => format!("signal: {{number: {number}, {}}}", after(*at)),
        FaultKind::OomKilled { after: at } => format!("oomKilled: {{{}}}", after(*at)),
        FaultKind::Hang => "hang: true".into(),
        FaultKind::Duration(d) => format!("duration: {}", format_duration(*d)),
        FaultKind::StartError(text) => format!("startError: {}", go::quote(text)),
        FaultKind::Slowdown(factor) => format!("slowdown: {}", go::float(*factor)),
        FaultKind::IgnoreSigterm => "ignoreSigterm: true".into(),
    };
    format!("{{attempts: \"{}\", {what}}}", format_attempts(fault.attempts))
}

/// An action as one line.
pub fn action_text(action: &Action) -> String {
    let what = match &action.kind {
        ActionKind::DeletePod { grace_period_seconds: None } => "deletePod: {}".into(),
        ActionKind::DeletePod { grace_period_seconds: Some(n) } => format!("deletePod: {{gracePeriodSeconds: {n}}}"),
        ActionKind::KillSandbox => "killSandbox: {}".into(),
        ActionKind::NodeReboot { down_for } => format!("nodeReboot: {{downFor: {}}}", format_duration(*down_for)),
        ActionKind::RestartKubelet { down_for } => {
            format!("restartKubelet: {{downFor: {}}}", format_duration(*down_for))
        }
        ActionKind::KillContainer { name, signal } => {
            format!("killContainer: {{name: {}, signal: {signal}}}", scalar(name))
        }
        ActionKind::FailProbe { container, probe, lasting } => {
            let probe = match probe {
                ProbeKind::Startup => "startup",
                ProbeKind::Readiness => "readiness",
                ProbeKind::Liveness => "liveness",
            };
            let end =
                if *lasting == Millis::NEVER { String::new() } else { format!(", for: {}", format_duration(*lasting)) };
            format!("failProbe: {{container: {}, probe: {probe}{end}}}", scalar(container))
        }
        ActionKind::SetImage { container, image } => {
            format!("setImage: {{container: {}, image: {}}}", scalar(container), go::quote(image))
        }
        ActionKind::SetCondition { condition, status, reason, message } => {
            let more = |name: &str, text: &Option<String>| {
                text.as_ref().map_or(String::new(), |t| format!(", {name}: {}", go::quote(t)))
            };
            let (reason, message) = (more("reason", reason), more("message", message));
            format!("setCondition: {{type: {}, status: {}{reason}{message}}}", scalar(condition), go::quote(status))
        }
        ActionKind::Evict => "evict: {}".into(),
    };
    format!("{{at: {}, {what}}}", format_duration(action.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Attempts, read};
    use expect_test::expect;

    fn exit(first: u32, last: u32) -> Fault {
        let attempts = Attempts { first, last: Some(last) };
        Fault { attempts, kind: FaultKind::Exit { code: 1, after: Millis::secs(2) } }
    }

    #[test]
    fn an_empty_text_grows_into_a_scenario() {
        let text = add_fault("", "init-a", &exit(1, 3));
        let text = add_fault(&text, "init-a", &Fault { attempts: Attempts::ALL, kind: FaultKind::Hang });
        let text = add_fault(&text, "no", &exit(1, 1));
        let text = add_action(&text, &Action { at: Millis::secs(25), kind: ActionKind::KillSandbox });
        expect![[r#"
            apiVersion: podlapse.dev/v1alpha1
            kind: Scenario
            spec:
              containers:
              - name: init-a
                faults:
                - {attempts: "all", hang: true}
                - {attempts: "1-3", exit: {code: 1, after: 2s}}
              - name: "no"
                faults:
                - {attempts: "1", exit: {code: 1, after: 2s}}
              actions:
              - {at: 25s, killSandbox: {}}
        "#]]
        .assert_eq(&text);
        let (scenario, diagnostics) = read(&text);
        assert_eq!(diagnostics, []);
        assert_eq!((scenario.containers.len(), scenario.containers[0].faults.len(), scenario.actions.len()), (2, 2, 1));
        let text = remove_fault(&remove_fault(&text, "init-a", 0), "no", 0);
        let text = remove_action(&text, 0);
        expect![[r#"
            apiVersion: podlapse.dev/v1alpha1
            kind: Scenario
            spec:
              containers:
              - name: init-a
                faults:
                - {attempts: "1-3", exit: {code: 1, after: 2s}}
        "#]]
        .assert_eq(&text);
        assert_eq!(remove_fault(&text, "init-a", 0), SKELETON);
    }

    #[test]
    fn comments_and_flow_style_stay() {
        let text = "kind: Scenario # mine\nspec: {actions: [{at: 1s, evict: {}}]} # end\n";
        let more = add_action(text, &Action { at: Millis::secs(2), kind: ActionKind::Evict });
        assert_eq!(more, "kind: Scenario # mine\nspec: {actions: [{at: 1s, evict: {}}, {at: 2s, evict: {}}]} # end\n");
        assert_eq!(remove_action(&more, 1), text);
        let text = "spec:\n  # who\n  containers:\n  - {name: a, faults: [{hang: true}]} # a\n  images: []";
        let more =
            add_action(&add_fault(text, "b", &exit(1, 1)), &Action { at: Millis::ZERO, kind: ActionKind::Evict });
        expect![[r#"
            spec:
              # who
              containers:
              - {name: a, faults: [{hang: true}]} # a
              - name: b
                faults:
                - {attempts: "1", exit: {code: 1, after: 2s}}
              images: []
              actions:
              - {at: 0s, evict: {}}
        "#]]
        .assert_eq(&more);
        assert!(read(&more).1.is_empty());
    }

    #[test]
    fn things_of_the_world_leave_and_come_back() {
        let service = Thing { list: "services", key: vec![("name", "db".into())] };
        let secret = Thing { list: "objects", key: vec![("kind", "Secret".into()), ("name", "s".into())] };
        let known = [("availableAt", Millis::secs(10))];
        let text = set_moment("", &service, "unavailableAt", Millis::secs(30), &known);
        let text = set_moment(&text, &secret, "deletedAt", Millis::secs(5), &[]);
        expect![[r#"
            apiVersion: podlapse.dev/v1alpha1
            kind: Scenario
            spec:
              services:
              - {name: db, availableAt: 10s, unavailableAt: 30s}
              objects:
              - {kind: Secret, name: s, deletedAt: 5s}
        "#]]
        .assert_eq(&text);
        assert_eq!(read(&text).1, []);
        let less = remove_field(&remove_field(&text, &service, "unavailableAt"), &secret, "deletedAt");
        expect![[r#"
            apiVersion: podlapse.dev/v1alpha1
            kind: Scenario
            spec:
              services:
              - {name: db, availableAt: 10s}
        "#]]
        .assert_eq(&less);
        // Block style, with comments: a moment is set anew, added, and taken away again.
        let text = "spec:\n  services:\n  - name: db # mine\n    ports: [1] # one\n";
        let more = set_moment(text, &service, "unavailableAt", Millis::secs(1), &known);
        assert_eq!(more, format!("{text}    unavailableAt: 1s\n"));
        let later = set_moment(&more, &service, "unavailableAt", Millis::secs(2), &known);
        assert_eq!(later, format!("{text}    unavailableAt: 2s\n"));
        assert_eq!(remove_field(&later, &service, "unavailableAt"), text);
    }

    #[test]
    fn every_action_and_fault_reads_back() {
        let text = |t: &str| t.to_string();
        let kinds = [
            ActionKind::DeletePod { grace_period_seconds: Some(0) },
            ActionKind::DeletePod { grace_period_seconds: None },
            ActionKind::NodeReboot { down_for: Millis::secs(40) },
            ActionKind::RestartKubelet { down_for: Millis(7500) },
            ActionKind::KillContainer { name: text("main"), signal: 9 },
            ActionKind::FailProbe { container: text("main"), probe: ProbeKind::Liveness, lasting: Millis::NEVER },
            ActionKind::SetImage { container: text("on"), image: text("nginx:1.27") },
            ActionKind::SetCondition {
                condition: text("a/b"),
                status: text("True"),
                reason: Some(text("R")),
                message: None,
            },
            ActionKind::Evict,
        ];
        let faults = [
            FaultKind::Signal { number: 15, after: Millis::secs(60) },
            FaultKind::OomKilled { after: Millis::ZERO },
            FaultKind::Duration(Millis::secs(3)),
            FaultKind::StartError(text("exec: \"x\": not found")),
            FaultKind::Slowdown(2.5),
            FaultKind::IgnoreSigterm,
        ];
        let mut out = String::new();
        for kind in &kinds {
            out = add_action(&out, &Action { at: Millis::secs(90), kind: kind.clone() });
        }
        for kind in faults.iter().rev() {
            out = add_fault(&out, "main", &Fault { attempts: Attempts::ALL, kind: kind.clone() });
        }
        let (scenario, diagnostics) = read(&out);
        assert_eq!(diagnostics, [], "{out}");
        assert_eq!(scenario.actions.iter().map(|a| a.kind.clone()).collect::<Vec<_>>(), kinds);
        assert_eq!(scenario.containers[0].faults.iter().map(|f| f.kind.clone()).collect::<Vec<_>>(), faults);
    }

    #[test]
    fn the_world_reads_back() {
        let services = [
            Service { name: "my.ns".into(), available_at: Some(Millis::secs(10)), ..Service::default() },
            Service {
                name: "no".into(),
                ports: vec![80, 443],
                unavailable_at: Some(Millis::ZERO),
                ..Service::default()
            },
        ];
        let objects = [
            Object { kind: "Secret".into(), name: "db".into(), created_at: Moment::Never, ..Object::default() },
            Object {
                kind: "PersistentVolumeClaim".into(),
                name: "data".into(),
                data: [("a b".to_string(), "c: d".to_string())].into(),
                bound_at: Some(Moment::At(Millis::secs(12))),
                ..Object::default()
            },
        ];
        let pull = super::super::Pull { duration: Some(Millis::secs(5)), size: Some(1 << 20), error: None };
        let images = [
            Image { name: "slow:1".into(), pull, ..Image::default() },
            Image { name: "busybox:1.28".into(), on_node: true, ..Image::default() },
        ];
        let mut text = String::new();
        text = services.iter().fold(text, |text, s| add_service(&text, s));
        text = objects.iter().fold(text, |text, o| add_object(&text, o));
        text = images.iter().fold(text, |text, i| add_image(&text, i));
        let (scenario, diagnostics) = read(&text);
        assert_eq!(diagnostics, [], "{text}");
        assert_eq!(
            (&scenario.services[..], &scenario.objects[..], &scenario.images[..]),
            (&services[..], &objects[..], &images[..])
        );
    }
}
