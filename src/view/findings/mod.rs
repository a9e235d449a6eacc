//! What is worth knowing about a manifest and its run: habits that hurt later, and what went wrong.
//!
//! Each rule is a small function of its own. A clean manifest that runs well has no findings; whatever is told names its place.

mod images;
mod lifecycle;
mod outcome;
mod probes;
mod resources;
mod scripts;
#[cfg(test)]
mod tests;

use k8s_openapi::api::core::v1::{Container, PodSpec};

pub use crate::diagnostic::Severity;
pub use crate::i18n::findings::Message;
use crate::order::IntoMap;
use crate::order::Order;
use crate::time::Millis;
use crate::trace::{ContainerKind, ContainerTrace, Trace};

/// Something worth knowing.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    /// The field it is about: `spec.initContainers[0].command`.
    pub path: String,
    pub message: Message,
}

/// The findings about a Pod and its run: warnings first, each group in the order of the rules and of the spec.
pub fn findings(trace: &Trace) -> Vec<Finding> {
    let Some(spec) = &trace.pod.spec else { return Vec::new() };
    let subject = Subject::new(spec, trace);
    let mut found = Vec::new();
    for rule in RULES {
        rule(&subject, &mut found);
    }
    found.order_by_key(|f| f.severity);
    found
}

/// How many of them are more than remarks.
pub fn concerns(findings: &[Finding]) -> usize {
    findings.iter().filter(|f| f.severity != Severity::Info).count()
}

/// A rule looks at the subject and adds what it finds.
type Rule = fn(&Subject, &mut Vec<Finding>);

const RULES: [Rule; 26] = [
    outcome::never_configured,
    outcome::never_mounted,
    outcome::never_pulled,
    outcome::world_never_comes,
    outcome::command_not_found,
    outcome::out_of_memory,
    outcome::restart_loop,
    outcome::deadline_too_short,
    outcome::volume_outgrown,
    outcome::storage_outgrown,
    images::looks_misspelt,
    scripts::endless_init,
    scripts::wait_without_timeout,
    scripts::short_name_lookup,
    probes::named_port_missing,
    probes::never_passed,
    probes::liveness_kills_start,
    lifecycle::pre_stop_too_long,
    lifecycle::killed_after_grace,
    lifecycle::shell_ignores_term,
    probes::long_liveness_delay,
    scripts::appends_again,
    scripts::same_work,
    outcome::slow_init,
    images::no_fixed_tag,
    resources::no_resources,
];

/// What the rules look at.
struct Subject<'a> {
    spec: &'a PodSpec,
    trace: &'a Trace,
    /// Init containers, then main containers.
    containers: Vec<Item<'a>>,
}

/// One container: its place, its spec and, once it has been simulated, its life.
struct Item<'a> {
    path: String,
    kind: ContainerKind,
    spec: &'a Container,
    life: Option<&'a ContainerTrace>,
}

impl<'a> Subject<'a> {
    fn new(spec: &'a PodSpec, trace: &'a Trace) -> Subject<'a> {
        let lives = trace.containers.iter().map(|c| (c.name.as_str(), c)).into_map();
        let item = |list: &str, i: usize, kind, spec: &'a Container| Item {
            path: format!("spec.{list}[{i}]"),
            kind,
            spec,
            life: lives.get(spec.name.as_str()).copied(),
        };
        let inits = spec.init_containers.iter().flatten().enumerate().map(|(i, c)| {
            let sidecar = c.restart_policy.as_deref() == Some("Always");
            item("initContainers", i, if sidecar { ContainerKind::Sidecar } else { ContainerKind::Init }, c)
        });
        let mains = spec.containers.iter().enumerate().map(|(i, c)| item("containers", i, ContainerKind::Main, c));
        Subject { spec, trace, containers: inits.chain(mains).collect() }
    }

    /// The Pod's grace.
    fn grace(&self) -> Millis {
        Millis::secs(self.spec.termination_grace_period_seconds.unwrap_or(30).max(0) as u64)
    }

    fn inits(&self) -> impl Iterator<Item = &Item<'a>> {
        self.containers.iter().filter(|c| c.kind == ContainerKind::Init)
    }
}

impl Item<'_> {
    fn name(&self) -> String {
        self.spec.name.clone()
    }

    fn finding(&self, severity: Severity, field: &str, message: Message) -> Finding {
        Finding { severity, path: format!("{}.{field}", self.path), message }
    }

    fn warning(&self, field: &str, message: Message) -> Finding {
        self.finding(Severity::Warning, field, message)
    }

    fn info(&self, field: &str, message: Message) -> Finding {
        self.finding(Severity::Info, field, message)
    }

    /// The words of command and args.
    fn words(&self) -> impl Iterator<Item = &str> {
        self.spec.command.iter().chain(&self.spec.args).flatten().map(String::as_str)
    }

    /// The field that holds its program.
    fn program_field(&self) -> &'static str {
        match (&self.spec.command, &self.spec.args) {
            (None, Some(_)) => "args",
            (None, None) => "image",
            _ => "command",
        }
    }

    /// The script, when a shell is what runs: `sh -c SCRIPT`.
    fn script(&self) -> Option<&str> {
        let words: Vec<&str> = self.words().collect();
        let shell = words.first()?.rsplit('/').next()?;
        let flag = words
            .iter()
            .skip(1)
            .take_while(|w| w.starts_with('-'))
            .position(|w| !w.starts_with("--") && w.contains('c'))?;
        let rest = words.iter().skip(2 + flag).find(|w| !w.starts_with('-'));
        matches!(shell, "sh" | "bash" | "ash" | "dash" | "busybox").then_some(rest).flatten().copied()
    }
}
