//! What the editor offers and says at a place: the schema of Kubernetes for the Pod, the fields of a Scenario for the other tab.

use crate::i18n::Lang;
use crate::manifest::schema;
use crate::web::editor::{Hint, Offer, Offers};

/// What may stand at a place of a text: the tab, its text, the offset in bytes.
pub type Complete = fn(u32, &str, usize) -> Option<Offers>;
/// What is to be said of a place of a text.
pub type Hover = fn(u32, &str, usize, Lang) -> Option<Hint>;

/// Completes the Pod (tab 0) or the Scenario.
pub fn complete_in(tab: u32, text: &str, at: usize) -> Option<Offers> {
    if tab == 0 { complete(text, at) } else { complete_scenario(text, at) }
}

/// Explains a field of the Pod (tab 0).
pub fn hover_in(tab: u32, text: &str, at: usize, lang: Lang) -> Option<Hint> {
    if tab == 0 { hover(text, at, lang) } else { None }
}

/// Fields and words of a Pod.
fn complete(text: &str, at: usize) -> Option<Offers> {
    let found = schema::complete(text, at);
    let start = found.first()?.replace.start;
    let offer =
        |c: schema::Completion| Offer { label: c.label, detail: c.detail, info: String::new(), insert: c.insert };
    Some(Offers { start, offers: found.into_iter().map(offer).collect() })
}

/// The type of a field of a Pod, and what it is for.
fn hover(text: &str, at: usize, lang: Lang) -> Option<Hint> {
    let found = schema::hover(text, at, lang)?;
    Some(Hint {
        start: found.span.start,
        end: found.span.end,
        title: format!("{}: {}", found.path, found.ty),
        text: found.text.unwrap_or_default().to_owned(),
    })
}

/// The fields of a Scenario by the key that holds them; the first row is the document itself.
const SCENARIO: &[(&str, &[&str])] = &[
    ("", &["apiVersion: podlapse.dev/v1alpha1", "kind: Scenario", "spec:"]),
    ("spec", &["pod: ", "horizon: ", "cluster:", "images:", "services:", "objects:", "containers:", "actions:"]),
    ("cluster", &["version: ", "featureGates:", "kubelet:", "node:", "latencies:", "seed: "]),
    ("kubelet", &["crashLoopBackOff:", "serializeImagePulls: "]),
    ("crashLoopBackOff", &["maxContainerRestartPeriod: "]),
    ("node", &["name: ", "labels:", "allocatable:", "taints:"]),
    ("images", &["name: ", "onNode: true", "pull:", "availableAt: ", "unavailableAt: "]),
    ("pull", &["duration: ", "size: ", "error: NotFound", "error: Unreachable", "error: Unauthorized"]),
    ("services", &["name: ", "ports: []", "availableAt: ", "unavailableAt: "]),
    (
        "objects",
        &[
            "kind: Secret",
            "kind: ConfigMap",
            "kind: PersistentVolumeClaim",
            "name: ",
            "data:",
            "labels:",
            "createdAt: ",
            "deletedAt: ",
            "boundAt: ",
            "readyAt: ",
        ],
    ),
    ("containers", &["name: ", "faults:", "duration: "]),
    (
        "faults",
        &[
            "attempts: \"1\"",
            "exit: {code: 1, after: 2s}",
            "signal: {number: 9, after: 1s}",
            "oomKilled: {after: 1s}",
            "hang: true",
            "duration: ",
            "startError: ",
            "slowdown: ",
            "ignoreSigterm: true",
        ],
    ),
    (
        "actions",
        &[
            "at: ",
            "deletePod: {}",
            "killSandbox: {}",
            "nodeReboot: {downFor: 40s}",
            "restartKubelet: {downFor: 7s}",
            "killContainer: {name: main, signal: 9}",
            "failProbe: {container: main, probe: liveness, for: 30s}",
            "setImage: {container: main, image: \"\"}",
            "setCondition: {type: example.com/ok, status: \"True\"}",
            "evict: {}",
        ],
    ),
];

/// Fields of a Scenario in block style, by the nearest key above that is indented less.
fn complete_scenario(text: &str, at: usize) -> Option<Offers> {
    let before = text.get(..at)?;
    let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
    let word = line.trim_start_matches([' ', '-']);
    if !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let column = line.len() - word.len();
    let key = |line: &str| {
        let bare = line.trim_start_matches([' ', '-']);
        let name = bare.split_once(':').map(|(name, _)| name.trim().to_owned());
        name.map(|name| (line.len() - bare.len(), name))
    };
    let mut above = before.lines().rev().skip(usize::from(!line.is_empty())).filter_map(key);
    // A dash may stand at the column of the key that its list belongs to.
    let dash = line.trim_start().starts_with('-').then(|| line.len() - line.trim_start().len());
    let holder = above.find(|(at, name)| *at < column && (dash != Some(*at) || SCENARIO.iter().any(|s| s.0 == name)));
    let holder = holder.map_or(String::new(), |(_, name)| name);
    let fields = SCENARIO.iter().find(|s| s.0 == holder)?.1;
    let offer = |field: &&str| Offer {
        label: field.trim_end_matches([' ', ':']).to_owned(),
        detail: String::new(),
        info: String::new(),
        insert: (*field).to_owned(),
    };
    Some(Offers { start: at - word.len(), offers: fields.iter().map(offer).collect() })
}
