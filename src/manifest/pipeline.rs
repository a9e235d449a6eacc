//! The stages in their order, for every document of a text, and what kubectl prints in the end.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::checks::{self, FieldError};
use super::companions::{self, Companion};
use super::decode::{Decoded, decode_metadata, decode_pod};
use super::spans::Spans;
use super::stages::{self, Has, Kind, Refusal};
use super::{defaults, split, workloads};
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
    read_in(text, file, &|_, _| false)
}

/// The same in a cluster that has more than every cluster has.
pub fn read_in(text: &str, file: &str, has: Has) -> Manifest {
    let mut run = Run {
        file,
        has,
        out: Manifest::default(),
        refusals: Vec::new(),
        has_spans: false,
        n_objects: 0,
        others: Vec::new(),
    };
    let stream = if split::scenario(text).is_some() {
        yaml::read_stream(&split::without_scenarios(text))
    } else {
        yaml::read_stream(text)
    };
    for document in stream.documents {
        run.document(document);
    }
    if let Some(failure) = stream.failure {
        run.report(Severity::Error, failure.span, Problem::Syntax(failure.problem));
        run.refusals.push(Told::Line(format!("error: error parsing {file}: {}", failure.text)));
    } else if run.n_objects == 0 {
        run.report(Severity::Error, Span::default(), Problem::NoObjects);
        run.refusals.push(Told::Line("error: no objects passed to create".into()));
    }
    run.finish()
}

/// One thing that kubectl tells; its form depends on whether it is the only one.
enum Told {
    Line(String),
    /// Something that is no Pod: no matter where there is one.
    NoPod(String),
    Invalid {
        name: String,
        errors: Vec<FieldError>,
    },
}

struct Run<'f> {
    file: &'f str,
    has: Has<'f>,
    out: Manifest,
    refusals: Vec<Told>,
    has_spans: bool,
    n_objects: usize,
    /// The kinds of what is no Pod, and where.
    others: Vec<(Span, String)>,
}

impl Run<'_> {
    fn report(&mut self, severity: Severity, span: Span, problem: Problem) {
        if self.out.diagnostics.len() >= MAX_DIAGNOSTICS {
            return;
        }
        self.out.diagnostics.push(Diagnostic { severity, tab: Tab::Pod, span, problem });
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.report(Severity::Error, refusal.span, Problem::Server(refusal.problem));
        self.refusals.push(Told::Line(refusal.text));
    }

    fn document(&mut self, document: Document) {
        for duplicate in &document.tree.duplicates {
            let problem = Problem::DuplicateKey { key: duplicate.key.clone() };
            self.report(Severity::Warning, duplicate.lost, problem);
        }
        let tree = Arc::new(document.tree);
        let Some(root) = tree.root() else { return };
        match self.client_stages(root) {
            None => self.n_objects += 1,
            Some(Kind::List) => {
                let items = root.get("items");
                for (i, item) in items.into_iter().flat_map(|items| items.items()).enumerate() {
                    match self.client_stages(item) {
                        Some(Kind::Pod) => self.pod(&tree, item, format!("items[{i}]")),
                        Some(Kind::Template(kind, path)) => {
                            self.template(&tree, item, kind, path, &format!("items[{i}]."))
                        }
                        Some(Kind::Other(kind)) => self.other(item, kind),
                        Some(Kind::List) | None => {}
                    }
                    self.n_objects += 1;
                }
            }
            Some(kind) => {
                self.n_objects += 1;
                match kind {
                    Kind::Template(kind, path) => self.template(&tree, root, kind, path, ""),
                    Kind::Other(kind) => self.other(root, kind),
                    _ => self.pod(&tree, root, String::new()),
                }
            }
        }
    }

    /// The stages before the server; `None` when one of them refuses.
    fn client_stages<'t>(&mut self, root: NodeRef<'t>) -> Option<Kind<'t>> {
        if let Err(refusal) = stages::type_meta(root, self.file) {
            self.refuse(refusal);
            return None;
        }
        let metadata = decode_metadata(root);
        if let Some(fault) = metadata.fault() {
            let text = format!("error: unable to decode \"{}\": {}", self.file, fault.text);
            let (problem, span) = (fault.text.clone(), fault.span);
            self.refuse(Refusal { text, problem, span });
            return None;
        }
        match stages::mapping(root, self.file, self.has) {
            Ok(kind) => Some(kind),
            Err(refusal) => {
                self.refuse(refusal);
                None
            }
        }
    }

    fn other(&mut self, root: NodeRef, kind: &str) {
        let span = root.get("kind").map_or(root.span(), |n| n.span());
        self.others.push((span, kind.to_string()));
        self.out.companions.extend(companions::read(root, kind));
        self.refusals.push(Told::NoPod(format!("error: a {kind} is not a Pod")));
    }

    /// A second Pod is read, but not run.
    fn note_another(&mut self, root: NodeRef) {
        if self.out.pod.is_some() {
            let span = root.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start).unwrap_or(root.span());
            self.report(Severity::Info, span, Problem::OnlyFirstPodRuns);
        }
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
        self.note_another(root);
        let mut decoded = decode_pod(node);
        workloads::complete(kind, root, &mut decoded.value);
        self.decoded(tree, decoded, format!("{prefix}{path}"));
    }

    fn pod(&mut self, tree: &Arc<Tree>, root: NodeRef, prefix: String) {
        self.note_another(root);
        self.decoded(tree, decode_pod(root), prefix);
    }

    /// The stages of the server.
    fn decoded(&mut self, tree: &Arc<Tree>, mut decoded: Decoded, prefix: String) {
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
            let all: Vec<String> = decoded
                .unknown
                .iter()
                .take(100)
                .map(|u| format!("unknown field {}", yaml::go::quote(&u.path)))
                .collect();
            Some(format!("strict decoding error: {}", all.join(", ")))
        } else {
            None
        };
        match told {
            Some(told) => self.bad_request(&told),
            None => self.server_stages(decoded.pod(), &spans),
        }
        if !self.has_spans {
            (self.out.spans, self.has_spans) = (spans, true);
        }
    }

    fn bad_request(&mut self, why: &str) {
        self.refusals.push(Told::Line(format!(
            "Error from server (BadRequest): error when creating \"{}\": Pod in version \"v1\" cannot be handled as a Pod: {why}",
            self.file
        )));
    }

    fn server_stages(&mut self, mut pod: Pod, spans: &Spans) {
        defaults::fill(&mut pod);
        if let Err(denied) = stages::admission(&pod, self.has) {
            self.report(Severity::Error, spans.nearest(denied.path), Problem::Server(denied.text.clone()));
            let text = format!(
                "Error from server ({}): error when creating \"{}\": {}",
                denied.reason, self.file, denied.text
            );
            self.refusals.push(Told::Line(text));
            return;
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
            self.refusals.push(Told::Invalid { name, errors });
            return;
        }
        for warning in checks::warnings(&pod, &app_armor) {
            self.report(Severity::Warning, spans.nearest(&warning.path), Problem::Server(warning.text.clone()));
            self.out.warnings.push(warning.text);
        }
        if self.out.pod.is_none() {
            self.out.pod = Some(pod);
        }
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
            self.refusals.retain(|told| !matches!(told, Told::NoPod(_)));
        }
    }

    fn finish(mut self) -> Manifest {
        self.judge_others();
        let alone = self.refusals.len() == 1;
        let lines: Vec<String> = self.refusals.iter().map(|told| told.text(self.file, alone)).collect();
        self.out.refusal = (!lines.is_empty()).then(|| lines.join("\n") + "\n");
        self.out
    }
}

impl Told {
    fn text(&self, file: &str, alone: bool) -> String {
        match self {
            Told::Line(text) | Told::NoPod(text) => text.clone(),
            Told::Invalid { name, errors } => {
                let name = yaml::go::quote(name);
                let mut lines: Vec<String> = Vec::new();
                let mut seen = std::collections::BTreeSet::new();
                for error in errors {
                    let line = error.to_string();
                    if seen.insert(line.clone()) {
                        lines.push(line);
                    }
                }
                match (alone, lines.as_slice()) {
                    (true, [one]) => format!("The Pod {name} is invalid: {one}"),
                    (true, _) => format!("The Pod {name} is invalid: \n* {}", lines.join("\n* ")),
                    (false, lines) => {
                        let list = if lines.len() == 1 { lines[0].clone() } else { format!("[{}]", lines.join(", ")) };
                        format!(
                            "Error from server (Invalid): error when creating \"{file}\": Pod {name} is invalid: {list}"
                        )
                    }
                }
            }
        }
    }
}
