//! The stages in their order, for every document of a text, and what kubectl prints in the end.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::checks;
use super::companions::{self, Companion};
use super::decode::{Decoded, Unknown, decode_pod};
use super::policies::Policies;
use super::spans::Spans;
use super::stages::{self, Denied, Has, Kind, Refusal};
use super::told::{self, Told, Unread};
use super::{defaults, disguise, split, workloads};
use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::span::Span;
use crate::yaml::{self, Document, NodeRef, Tree};

/// More than these nobody reads, and an editor cannot show.
const MAX_DIAGNOSTICS: usize = 500;

/// What there is to know about a text.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// The first Pod that is accepted, as the API server would store it but for the volume with the service account's token (`view::object` adds it).
    pub pod: Option<Pod>,
    /// The names of all Pods that are accepted: their own, or those of their workloads.
    pub pods: Vec<String>,
    /// What `kubectl create` prints on standard error when it refuses something.
    pub refusal: Option<String>,
    /// Without the leading `Warning: `.
    pub warnings: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
    /// Places of the Pod's fields (of the first Pod, accepted or not).
    pub spans: Spans,
    /// What stands beside the Pod.
    pub companions: Vec<Companion>,
}

/// Reads a text as `kubectl create -f pod.yaml` does.
pub fn read(text: &str) -> Manifest {
    read_as(text, "pod.yaml")
}

/// The same under another file name, which kubectl's texts quote. Standard input is `STDIN`.
pub fn read_as(text: &str, file: &str) -> Manifest {
    read_in(text, file, &|_, _| false, None)
}

/// The same in a cluster that has more than every cluster has; of several Pods the `wanted` one is taken, else the first.
pub fn read_in(text: &str, file: &str, has: Has, wanted: Option<&str>) -> Manifest {
    let mut run = Run {
        file,
        has,
        accepted: Vec::new(),
        out: Manifest::default(),
        told: Vec::new(),
        unread: Vec::new(),
        has_spans: false,
        n_objects: 0,
        others: Vec::new(),
        policies: Policies::default(),
    };
    let stream = if split::scenario(text).is_some() {
        yaml::read_stream(&split::without_scenarios(text))
    } else {
        yaml::read_stream(text)
    };
    let reads_on = stream.documents.into_iter().all(|document| run.document(document, text));
    if let Some(failure) = stream.failure.filter(|_| reads_on) {
        run.report(Severity::Error, failure.span, Problem::Syntax(failure.problem));
        run.unread.push(Unread::One(format!("error parsing {file}: {}", failure.text)));
    } else if run.n_objects == 0 && run.told.is_empty() && run.unread.is_empty() {
        run.report(Severity::Error, Span::default(), Problem::NoObjects);
        run.unread.push(Unread::One("no objects passed to create".into()));
    }
    run.finish(wanted)
}

/// Where a Pod comes from.
struct Origin {
    /// Its own name, or that of its workload.
    name: String,
    span: Span,
}

/// A Pod that the server takes.
struct Accepted {
    origin: Origin,
    pod: Pod,
    spans: Spans,
}

struct Run<'f> {
    file: &'f str,
    has: Has<'f>,
    out: Manifest,
    told: Vec<Told>,
    unread: Vec<Unread>,
    accepted: Vec<Accepted>,
    has_spans: bool,
    n_objects: usize,
    /// The kinds of what is no Pod, and where.
    others: Vec<(Span, String)>,
    policies: Policies,
}

impl Run<'_> {
    fn report(&mut self, severity: Severity, span: Span, problem: Problem) {
        if self.out.diagnostics.len() >= MAX_DIAGNOSTICS {
            return;
        }
        self.out.diagnostics.push(Diagnostic { severity, tab: Tab::Pod, span, problem });
    }

    /// Reports a refusal; the words are handed back when kubectl tells them only in the end.
    fn refuse(&mut self, refusal: Refusal) -> Option<String> {
        self.report(Severity::Error, refusal.span, Problem::Server(refusal.problem));
        if refusal.sent {
            self.told.push(Told::Status(refusal.text));
            return None;
        }
        Some(refusal.text)
    }

    /// A document of `text`. Whether kubectl reads on after it: not when it cannot even say what it is (`StreamVisitor`).
    fn document(&mut self, document: Document, text: &str) -> bool {
        for duplicate in &document.tree.duplicates {
            let problem = Problem::DuplicateKey { key: duplicate.key.clone() };
            self.report(Severity::Warning, duplicate.lost, problem);
        }
        let tree = Arc::new(document.tree);
        let Some(root) = tree.root() else { return true };
        let typed = stages::type_meta(root, self.file);
        let reads_on = typed.is_ok();
        let quoted = || match text.get(document.span.start..document.span.end) {
            Some(typed) if document.is_json => typed.trim().to_string(),
            _ => yaml::go::json(root),
        };
        let kind = typed
            .and_then(|()| stages::decodable(root, self.file, quoted))
            .and_then(|()| stages::mapping(root, self.file, self.has));
        match kind {
            Ok(_) if root.get("items").is_some() => self.list(&tree, root),
            Ok(kind) => self.send(&tree, root, kind, String::new()),
            Err(refusal) => {
                let text = self.refuse(refusal).map(Unread::One);
                self.unread.extend(text);
            }
        }
        reads_on
    }

    /// The items of a list, each for itself (`FlattenListVisitor`).
    fn list(&mut self, tree: &Arc<Tree>, list: NodeRef) {
        let items = || list.get("items").into_iter().flat_map(NodeRef::items);
        if let Some(inner) = items().find_map(|item| item.get("items").filter(|inner| inner.is_sequence())) {
            let text = "*unstructured.Unstructured is not a list: no Items field in this object".to_string();
            self.report(Severity::Error, inner.span(), Problem::Server(text.clone()));
            self.unread.push(Unread::One(text));
            return;
        }
        let mut unread = Vec::new();
        for (i, item) in items().enumerate() {
            match stages::item_mapping(list, item, self.file, self.has) {
                Ok(kind) => self.send(tree, item, kind, format!("items[{i}]")),
                Err(refusal) => unread.extend(self.refuse(refusal)),
            }
        }
        if !unread.is_empty() {
            self.unread.push(Unread::Items(unread));
        }
    }

    /// An object that kubectl has recognized; `prefix` is the way to it in its document.
    fn send(&mut self, tree: &Arc<Tree>, root: NodeRef, kind: Kind, prefix: String) {
        self.n_objects += 1;
        if matches!(kind, Kind::Pod | Kind::Template(..))
            && let Err((problem, span)) = stages::namespace(root)
        {
            self.report(Severity::Error, span, Problem::Server(problem.clone()));
            self.told.push(Told::Own(format!("error when creating \"{}\": {problem}", self.file)));
            return;
        }
        match kind {
            Kind::Pod => self.pod(tree, root, prefix),
            Kind::Template(kind, path) => self.template(tree, root, kind, path, &prefix),
            // Whatever has a template of a Pod makes Pods of it: an Argo Rollout, a Knative Service.
            Kind::Other(kind) if has_template(root) => self.template(tree, root, kind, "spec.template", &prefix),
            Kind::Other(kind) => self.other(root, kind),
            // A list without items is a thing of which the server has no kind.
            Kind::List => {
                let problem = "the server could not find the requested resource";
                self.report(Severity::Error, root.span(), Problem::Server(problem.into()));
                self.told.push(Told::Status(self.status("NotFound", problem)));
            }
        }
    }

    /// An answer of the server as kubectl tells it.
    fn status(&self, reason: &str, words: &str) -> String {
        format!("Error from server ({reason}): error when creating \"{}\": {words}", self.file)
    }

    fn other(&mut self, root: NodeRef, kind: &str) {
        let span = root.get("kind").map_or(root.span(), |n| n.span());
        self.others.push((span, kind.to_string()));
        self.out.companions.extend(companions::read(root, kind));
        self.policies.take(root, kind);
        let fields = disguise::unknown_fields(root, kind);
        if fields.is_empty() {
            self.told.push(Told::NoPod(format!("error: a {kind} is not a Pod")));
            return;
        }
        for (path, span) in &fields {
            let field = path.rsplit('.').next().unwrap_or(path).to_string();
            self.report(Severity::Error, *span, Problem::UnknownField { field, nearest: None });
        }
        let version = root.get("apiVersion").and_then(|n| n.as_str()).unwrap_or("v1");
        let version = version.rsplit('/').next().unwrap_or(version);
        self.bad_request(kind, version, &strict(fields.iter().map(|(path, _)| path.as_str())));
    }

    /// The Pod that a workload would make.
    fn template(&mut self, tree: &Arc<Tree>, root: NodeRef, kind: &str, path: &str, prefix: &str) {
        let span = root.get("kind").map_or(root.span(), |n| n.span());
        let mut node = Some(root);
        for key in path.split('.') {
            node = node.and_then(|n| n.get(key));
        }
        let Some(node) = node.filter(|n| n.is_mapping()) else { return self.other(root, kind) };
        self.report(Severity::Info, span, Problem::TemplateTaken { kind: kind.to_string() });
        let mut decoded = decode_pod(node);
        workloads::complete(kind, root, &mut decoded.value);
        let prefix = if prefix.is_empty() { path.to_string() } else { format!("{prefix}.{path}") };
        self.decoded(tree, decoded, prefix, Origin::of(root));
    }

    fn pod(&mut self, tree: &Arc<Tree>, root: NodeRef, prefix: String) {
        self.decoded(tree, decode_pod(root), prefix, Origin::of(root));
    }

    /// The stages of the server.
    fn decoded(&mut self, tree: &Arc<Tree>, mut decoded: Decoded, prefix: String, origin: Origin) {
        let spans = Spans::new(Arc::clone(tree), prefix, tree.root().map_or(Span::default(), |r| r.span()));
        for fault in &decoded.faults {
            self.report(Severity::Error, fault.span, Problem::Server(fault.text.clone()));
        }
        for field in &decoded.unknown {
            let problem =
                Problem::UnknownField { field: field.key.clone(), nearest: field.nearest.map(str::to_string) };
            self.report(Severity::Error, field.span, problem);
        }
        let told = if let Some(fault) = decoded.fault() {
            Some(fault.text.clone())
        } else if !decoded.unknown.is_empty() {
            Some(strict(decoded.unknown.iter().map(|u| u.path.as_str())))
        } else {
            None
        };
        match told {
            Some(told) => {
                self.bad_request("Pod", "v1", &told);
                if decoded.fault().is_none() {
                    self.foretell(decoded.pod(), &decoded.unknown, &spans);
                }
            }
            None => self.server_stages(decoded.pod(), &spans, origin),
        }
        if !self.has_spans {
            (self.out.spans, self.has_spans) = (spans, true);
        }
    }

    /// What the server would say once the unknown fields are put right: only one stage of it answers, and an editor can say more.
    fn foretell(&mut self, mut pod: Pod, unknown: &[Unknown], spans: &Spans) {
        defaults::fill(&mut pod);
        defaults::admit(&mut pod);
        // What was meant by a field that nobody knows is missing for as long.
        let meant = |place: &str| unknown.iter().any(|u| u.meant().as_deref() == Some(place));
        for error in checks::validate(&pod).iter().filter(|error| !meant(error.place())) {
            self.report(Severity::Error, spans.nearest(error.place()), Problem::Server(error.to_string()));
        }
    }

    fn bad_request(&mut self, kind: &str, version: &str, why: &str) {
        let words = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}");
        self.told.push(Told::Status(self.status("BadRequest", &words)));
    }

    fn deny(&mut self, denied: Denied, spans: &Spans) {
        self.report(Severity::Error, spans.nearest(denied.path), Problem::Server(denied.text.clone()));
        self.told.push(Told::Status(self.status(denied.reason, &denied.text)));
    }

    fn server_stages(&mut self, mut pod: Pod, spans: &Spans, origin: Origin) {
        defaults::fill(&mut pod);
        self.policies.give(&mut pod);
        if let Err(denied) = stages::admission(&pod, self.has) {
            return self.deny(denied, spans);
        }
        if pod.metadata.name.as_deref().unwrap_or("").is_empty()
            && let Some(prefix) = pod.metadata.generate_name.clone().filter(|p| !p.is_empty())
        {
            pod.metadata.name = Some(checks::generated_name(&prefix));
        }
        let app_armor = defaults::admit(&mut pod);
        let errors = checks::validate(&pod);
        if !errors.is_empty() {
            for error in &errors {
                let span = spans.nearest(error.place());
                self.report(Severity::Error, span, Problem::Server(error.to_string()));
            }
            let name = pod.metadata.name.unwrap_or_default();
            self.told.push(Told::Invalid { name, errors });
            return;
        }
        if let Err(denied) = self.policies.admit(&pod) {
            return self.deny(denied, spans);
        }
        for warning in checks::warnings(&pod, &app_armor) {
            self.report(Severity::Warning, spans.nearest(&warning.path), Problem::Server(warning.text.clone()));
            self.out.warnings.push(warning.text);
        }
        self.accepted.push(Accepted { origin, pod, spans: spans.clone() });
    }

    /// What is no Pod is a mistake only where there is none: else it stands beside it, as in most files.
    fn judge_others(&mut self) {
        // Refused or not.
        let has_pod = self.has_spans;
        for (span, kind) in std::mem::take(&mut self.others) {
            let known = self.out.companions.iter().any(|c| c.kind == kind);
            match (has_pod, known) {
                (true, true) => self.report(Severity::Info, span, Problem::TakenAsThere { kind }),
                (true, false) => self.report(Severity::Info, span, Problem::NotRun { kind }),
                (false, _) => self.report(Severity::Error, span, Problem::NotAPod { kind }),
            }
        }
        if has_pod {
            self.told.retain(|told| !matches!(told, Told::NoPod(_)));
        }
    }

    /// The Pod that is run; the others are named.
    fn choose(&mut self, wanted: Option<&str>) {
        let mut accepted = std::mem::take(&mut self.accepted);
        self.out.pods = accepted.iter().map(|a| a.origin.name.clone()).collect();
        let at = wanted.and_then(|wanted| accepted.iter().position(|a| a.origin.name == wanted)).unwrap_or(0);
        if at < accepted.len() {
            self.out.companions.extend(accepted[..at].iter().map(|a| Companion::pod(&a.pod)));
            let chosen = accepted.remove(at);
            (self.out.pod, self.out.spans) = (Some(chosen.pod), chosen.spans);
        }
        for other in accepted {
            self.report(Severity::Info, other.origin.span, Problem::OtherPod { name: other.origin.name });
        }
    }

    fn finish(mut self, wanted: Option<&str>) -> Manifest {
        self.choose(wanted);
        self.judge_others();
        let lines = told::lines(&self.told, &self.unread, self.file);
        self.out.refusal = (!lines.is_empty()).then(|| lines.join("\n") + "\n");
        self.out
    }
}

fn has_template(root: NodeRef) -> bool {
    let containers = || root.get("spec")?.get("template")?.get("spec")?.get("containers");
    containers().is_some_and(|list| list.is_sequence())
}

impl Origin {
    fn of(root: NodeRef) -> Origin {
        let metadata = root.get("metadata");
        let text = |field: &str| metadata.and_then(|m| m.get(field)).and_then(|n| n.as_str()).filter(|s| !s.is_empty());
        let name = text("name").or_else(|| text("generateName")).unwrap_or_default();
        Origin { name: name.to_string(), span: stages::first_key(root) }
    }
}

/// What the decoder says of fields that do not exist; it stops at a hundred.
fn strict<'p>(paths: impl Iterator<Item = &'p str>) -> String {
    let all: Vec<String> = paths.take(100).map(|path| format!("unknown field {}", yaml::go::quote(path))).collect();
    format!("strict decoding error: {}", all.join(", "))
}
