//! Parts of a manifest made whole, for the playground only: an `initContainers:` alone, a bare spec, a list of containers, one container.
//!
//! The completed text is an ordinary manifest and goes through the ordinary reader; each thing that was added is said as an Info.
//! Every line keeps its text and only moves to the right, so that places can be mapped back.

use super::pipeline::{Manifest, read_in};
use super::schema::{CONTAINER, POD, POD_SPEC, Struct};
use super::split;
use super::stages::Has;
use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::span::Span;
use crate::yaml::{self, NodeRef};

/// The image of the stand-in for a main container that was not given.
const STAND_IN_IMAGE: &str = "registry.k8s.io/pause:3.10";
/// The name of the Pod and of containers that have none.
const POD_NAME: &str = "fragment";

/// A fragment as a whole manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Completed {
    pub text: String,
    /// What was added, at places of the fragment.
    pub diagnostics: Vec<Diagnostic>,
    /// For each line of `text` that comes from the fragment: where it begins there, where it began in the fragment, and how many bytes were put in front.
    lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    start: usize,
    original: usize,
    /// The indentation that was added.
    indent: usize,
    length: usize,
}

impl Completed {
    /// The place in the fragment of an offset in the completed text; what was added maps to the nearest line before it.
    pub fn original(&self, offset: usize) -> usize {
        let i = self.lines.partition_point(|l| l.start <= offset);
        let Some(line) = i.checked_sub(1).map(|i| self.lines[i]) else { return 0 };
        let within = (offset - line.start).saturating_sub(line.indent).min(line.length);
        line.original + within
    }

    fn original_span(&self, span: Span) -> Span {
        Span::new(self.original(span.start), self.original(span.end))
    }
}

/// Reads a text, completing it when it is a fragment. Diagnostics and [`Manifest::pod`] are as [`read`] gives them; spans of diagnostics
/// are places of the given text. The second part is the completed text, against which [`Manifest::spans`] counts.
///
/// `has` says what the cluster has besides what every cluster has.
pub fn read_or_complete(text: &str, has: Has, wanted: Option<&str>) -> (Manifest, Option<Completed>) {
    let read = |text: &str| read_in(text, "pod.yaml", has, wanted);
    let given = read(text);
    // No fragment is accepted: most texts are read once.
    if given.pod.is_some() && given.refusal.is_none() {
        return (given, None);
    }
    let Some(completed) = complete_fragment(text) else { return (given, None) };
    let mut manifest = read(&completed.text);
    for diagnostic in &mut manifest.diagnostics {
        diagnostic.span = completed.original_span(diagnostic.span);
    }
    manifest.diagnostics.extend(completed.diagnostics.iter().cloned());
    (manifest, Some(completed))
}

/// What a fragment is a part of.
#[derive(Clone, Copy)]
enum Part {
    /// Fields of a Pod, `spec` among them.
    Pod,
    Spec,
    /// A list of containers.
    Containers,
    Container,
}

/// The whole manifest of a fragment; `None` when the text is no fragment, cannot be read, or says itself what it is.
pub fn complete_fragment(text: &str) -> Option<Completed> {
    let body = split::without_scenarios(text);
    let stream = yaml::read_stream(&body);
    let document = stream.documents.first()?;
    let root = document.tree.root()?;
    let part = part_of(root)?;
    // Flow style cannot be indented line by line into a block without care for its brackets; it can as one value.
    let mut out = Writer::new(&text[document.span.start..document.span.end], document.span.start);
    let spec = match part {
        Part::Pod => root.get("spec"),
        Part::Spec => Some(root),
        _ => None,
    };
    out.say(first_key(root), Problem::CompletedPod);
    if root.get("apiVersion").is_none() {
        out.add("apiVersion: v1\n");
    }
    if root.get("kind").is_none() {
        out.add("kind: Pod\n");
    }
    // What is added to the spec comes last, so the spec must be last.
    if matches!(part, Part::Pod) && root.entries().any(|(e, _)| spec.is_some_and(|s| e.key_span.start > s.span().end)) {
        return None;
    }
    let named = root.get("metadata").and_then(|m| m.get("name").or(m.get("generateName"))).is_some();
    match part {
        Part::Pod => {
            if root.get("metadata").is_none() {
                out.add(&format!("metadata:\n  name: {POD_NAME}\n"));
            } else if !named {
                return None;
            }
            out.fragment(0);
        }
        Part::Spec => {
            out.add(&format!("metadata:\n  name: {POD_NAME}\nspec:\n"));
            out.fragment(2);
        }
        Part::Containers => {
            out.add(&format!("metadata:\n  name: {POD_NAME}\nspec:\n  containers:\n"));
            out.fragment(2);
        }
        Part::Container => {
            out.add(&format!("metadata:\n  name: {POD_NAME}\nspec:\n  containers:\n  -\n"));
            out.fragment(4);
        }
    }
    if let Some(spec) = spec {
        let indent = if matches!(part, Part::Spec) { 2 } else { indent_of(text, spec)? };
        let containers = spec.get("containers");
        if containers.is_none() {
            out.say(first_key(root), Problem::CompletedMain);
            let pad = " ".repeat(indent);
            out.add(&format!("{pad}containers:\n{pad}- name: main\n{pad}  image: {STAND_IN_IMAGE}\n"));
        }
    }
    let all: Vec<NodeRef> = match (part, spec) {
        (Part::Container, _) => vec![root],
        (Part::Containers, _) => root.items().collect(),
        (_, Some(spec)) => ["initContainers", "containers"]
            .iter()
            .filter_map(|l| spec.get(l))
            .flat_map(|l| l.items().collect::<Vec<_>>())
            .collect(),
        _ => Vec::new(),
    };
    volumes(text, part, spec, &all, &mut out);
    Some(out.done())
}

/// What a document is a part of, by its keys.
fn part_of(root: NodeRef) -> Option<Part> {
    let knows = |node: NodeRef, of: &Struct| {
        let (known, all) =
            node.entries().fold((0, 0), |(k, n), (e, _)| (k + usize::from(of.field(&e.key).is_some()), n + 1));
        known * 2 > all
    };
    if root.is_sequence() {
        let first = root.item(0)?;
        return (first.get("name").is_some() || first.get("image").is_some()).then_some(Part::Containers);
    }
    let says_kind = root.get("kind").is_some() || root.get("apiVersion").is_some();
    if says_kind && root.get("spec").is_none() {
        return None;
    }
    if root.get("spec").is_some_and(|s| s.is_mapping()) {
        let whole = root.get("kind").is_some() && root.get("apiVersion").is_some() && root.get("metadata").is_some();
        // Only what names itself a Pod, or nothing at all, is one.
        let kind = root.get("kind").and_then(|k| k.as_str()).unwrap_or("Pod");
        return (!whole && kind == "Pod" && knows(root, &POD)).then_some(Part::Pod);
    }
    if root.get("containers").is_some() || root.get("initContainers").is_some() {
        return knows(root, &POD_SPEC).then_some(Part::Spec);
    }
    (root.get("image").is_some() && knows(root, &CONTAINER)).then_some(Part::Container)
}

/// Declares the volumes that are mounted but not declared.
fn volumes(text: &str, part: Part, spec: Option<NodeRef>, containers: &[NodeRef], out: &mut Writer) {
    let declared: Vec<&str> = spec
        .and_then(|s| s.get("volumes"))
        .map(|v| v.items().filter_map(|v| v.get("name")?.as_str()).collect())
        .unwrap_or_default();
    let mut missing: Vec<(&str, Span)> = Vec::new();
    for mount in containers.iter().filter_map(|c| c.get("volumeMounts")).flat_map(|m| m.items().collect::<Vec<_>>()) {
        let Some(name) = mount.get("name") else { continue };
        let Some(value) = name.as_str().filter(|n| !declared.contains(n) && is_plain(n)) else { continue };
        if missing.iter().all(|(n, _)| *n != value) {
            missing.push((value, name.span()));
        }
    }
    // A list that is already there is the user's business.
    if missing.is_empty() || spec.is_some_and(|s| s.get("volumes").is_some()) {
        return;
    }
    let indent = match (part, spec) {
        (Part::Pod, Some(spec)) => indent_of(text, spec).unwrap_or(2),
        _ => 2,
    };
    let pad = " ".repeat(indent);
    out.add(&format!("{pad}volumes:\n"));
    for (name, span) in missing {
        out.add(&format!("{pad}- name: {name}\n{pad}  emptyDir: {{}}\n"));
        out.say(span, Problem::CompletedVolume { name: name.to_string() });
    }
}

/// A name that needs no quotes.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn first_key(root: NodeRef) -> Span {
    root.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start).unwrap_or(root.span())
}

/// The column of the keys of a block mapping; `None` in flow style.
fn indent_of(text: &str, node: NodeRef) -> Option<usize> {
    let start = first_key(node).start;
    let line = text[..start].rfind('\n').map_or(0, |i| i + 1);
    text[line..start].bytes().all(|b| b == b' ').then_some(start - line)
}

struct Writer<'t> {
    fragment: &'t str,
    offset: usize,
    out: Completed,
}

impl<'t> Writer<'t> {
    fn new(fragment: &'t str, offset: usize) -> Self {
        let out = Completed { text: String::new(), diagnostics: Vec::new(), lines: Vec::new() };
        Writer { fragment, offset, out }
    }

    fn say(&mut self, span: Span, problem: Problem) {
        self.out.diagnostics.push(Diagnostic { severity: Severity::Info, tab: Tab::Pod, span, problem });
    }

    fn add(&mut self, text: &str) {
        self.out.text.push_str(text);
    }

    /// The lines of the fragment, moved to the right.
    fn fragment(&mut self, indent: usize) {
        let mut at = self.offset;
        for line in self.fragment.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            if !line.starts_with("---") {
                let indent = if body.trim().is_empty() { 0 } else { indent };
                let start = self.out.text.len();
                self.out.lines.push(Line { start, original: at, indent, length: body.len() });
                self.out.text.push_str(&" ".repeat(indent));
                self.out.text.push_str(body);
                self.out.text.push('\n');
            }
            at += line.len();
        }
    }

    fn done(self) -> Completed {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn init_containers_alone_become_a_pod() {
        let text = "# a fragment\ninitContainers:\n- name: a\n  image: busybox\n  volumeMounts:\n  - {name: data, mountPath: /data}\n";
        let (manifest, completed) = read_or_complete(text, &|_, _| false, None);
        let completed = completed.map(|c| c.text).unwrap_or_default();
        expect![[r#"
            apiVersion: v1
            kind: Pod
            metadata:
              name: fragment
            spec:
              # a fragment
              initContainers:
              - name: a
                image: busybox
                volumeMounts:
                - {name: data, mountPath: /data}
              containers:
              - name: main
                image: registry.k8s.io/pause:3.10
              volumes:
              - name: data
                emptyDir: {}
        "#]]
        .assert_eq(&completed);
        assert!(manifest.pod.is_some(), "{:?}", manifest.refusal);
        let said: Vec<&Problem> = manifest.diagnostics.iter().map(|d| &d.problem).collect();
        assert_eq!(
            said,
            [&Problem::CompletedPod, &Problem::CompletedMain, &Problem::CompletedVolume { name: "data".into() }]
        );
    }

    #[test]
    fn lists_and_single_containers_are_completed() {
        for text in [
            "- name: a\n  image: busybox\n",
            "name: a\nimage: busybox\n",
            "spec:\n  containers:\n  - {name: a, image: b}\n",
        ] {
            let (manifest, completed) = read_or_complete(text, &|_, _| false, None);
            assert!(completed.is_some() && manifest.pod.is_some(), "{text}: {:?}", manifest.refusal);
        }
        for text in
            ["", "kind: Pod\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n", "a: b\n", "x", "- 1\n"]
        {
            assert_eq!(complete_fragment(text), None, "{text}");
        }
    }

    #[test]
    fn faults_of_a_fragment_are_at_their_place_in_it() {
        let text = "initContainers:\n- name: a\n  imagee: busybox\n";
        let (manifest, _) = read_or_complete(text, &|_, _| false, None);
        let fault = manifest.diagnostics.iter().find(|d| matches!(d.problem, Problem::UnknownField { .. }));
        assert_eq!(fault.map(|d| &text[d.span.start..d.span.end]), Some("imagee"));
    }
}
