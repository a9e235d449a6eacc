//! The whole way from text to trace: the one door for the page, the JavaScript API, the command line and the tests.
//!
//! Plain data in, plain data out. Reading never fails: whatever the text, there is a report; what could not be read or run
//! is told by its diagnostics, and the trace is absent.

mod memory;
mod scripts;

use std::borrow::Cow;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;

use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::document::Document;
use crate::kube::cluster;
use crate::manifest::{self, Companion, Completed, Spans};
use crate::scenario::{self, Object, Scenario, Service};
use crate::span::Span;
use crate::text::nearest;
use crate::time::Millis;
use crate::trace::Trace;

pub use memory::Memory;
use memory::Setting;

/// All that one document leads to.
#[derive(Debug, Default)]
pub struct Report {
    /// About both texts.
    pub diagnostics: Vec<Diagnostic>,
    /// What `kubectl create` would print if it refuses the Pod.
    pub refusal: Option<String>,
    /// Without the leading `Warning: `.
    pub warnings: Vec<String>,
    /// The Pod as the API server would store it.
    pub pod: Option<Rc<Pod>>,
    /// Places of the Pod's fields in its text, or in `completed` where there is one.
    pub spans: Spans,
    /// The whole manifest that a fragment was completed to.
    pub completed: Option<Completed>,
    pub scenario: Scenario,
    /// Where the scenario's text begins, when it stands in the Pod's text after `---`.
    pub scenario_in_pod: Option<usize>,
    /// Absent when there is no Pod to run, or the scenario could not be read.
    pub trace: Option<Rc<Trace>>,
}

/// Reads, completes, checks and runs a document.
pub fn run(document: &Document) -> Report {
    run_after(&mut Memory::default(), document)
}

/// The same after another document: what an edit has not touched is not done again.
pub fn run_after(memory: &mut Memory, document: &Document) -> Report {
    let scenario_in_pod = manifest::scenario(&document.pod);
    let (scenario, said) = match scenario_in_pod {
        Some(span) => scenario::read_in(&document.pod[span.start..span.end], Tab::Pod, span.start),
        None => scenario::read(&document.scenario),
    };
    let scenario_is_broken = said.iter().any(|d| d.severity == Severity::Error);
    let setting = Setting { pod: scenario.pod.clone(), missing: missing(&scenario) };
    let reading = memory.read(&document.pod, setting);
    let read = &reading.manifest;
    let mut report = Report {
        refusal: read.refusal.clone(),
        warnings: read.warnings.clone(),
        spans: read.spans.clone(),
        scenario_in_pod: scenario_in_pod.map(|span| span.start),
        diagnostics: read.diagnostics.clone(),
        pod: reading.pod.clone(),
        completed: reading.completed.clone(),
        scenario,
        trace: None,
    };
    report.diagnostics.extend(said);
    if let Some(pod) = report.pod.clone() {
        report.check_names(&pod, &read.pods);
        let scripts: Vec<_> = reading.scripts.iter().map(|d| report.in_the_given_text(d)).collect();
        report.diagnostics.extend(scripts);
        if !scenario_is_broken {
            let world = with_companions(&report.scenario, &read.companions, &pod);
            report.trace = Some(memory.run(&pod, world, document.options.until));
        }
    }
    report
}

/// What a Pod might need to be let in, and what the scenario says is not there when it is created. Of all else it is assumed that it is:
/// whoever brings a manifest has the cluster that it is for.
fn missing(scenario: &Scenario) -> Vec<(String, String)> {
    let absent = |o: &&Object| !o.is_there(Millis::ZERO);
    let needed = scenario.objects.iter().filter(|o| cluster::NEEDED.contains(&o.kind.as_str())).filter(absent);
    needed.map(|o| (o.kind.clone(), o.name.clone())).collect()
}

/// The scenario with what stands beside the Pod in its text, where it does not speak of that itself.
fn with_companions<'s>(scenario: &'s Scenario, companions: &[Companion], pod: &Pod) -> Cow<'s, Scenario> {
    if companions.is_empty() {
        return Cow::Borrowed(scenario);
    }
    let mut world = scenario.clone();
    let own = pod.metadata.namespace.as_deref().unwrap_or("default");
    for companion in companions {
        let Companion { kind, name, namespace, data, ports, labels } = companion.clone();
        if kind == "Service" {
            let name = if namespace == own { name } else { format!("{name}.{namespace}") };
            if !world.services.iter().any(|s| s.name == name) {
                world.services.push(Service { name, ports, ..Service::default() });
            }
        } else if (namespace == own || !cluster::is_namespaced(&kind))
            && !world.objects.iter().any(|o| o.kind == kind && o.name == name)
        {
            world.objects.push(Object { kind, name, data, labels, ..Object::default() });
        }
    }
    Cow::Owned(world)
}

impl Report {
    /// A fault for a container that the Pod does not have is told, and a wish for a Pod that there is not.
    fn check_names(&mut self, pod: &Pod, pods: &[String]) {
        let tab = if self.scenario_in_pod.is_some() { Tab::Pod } else { Tab::Scenario };
        if let Some(wanted) = self.scenario.pod.clone().filter(|wanted| !pods.contains(wanted)) {
            let nearest = nearest(&wanted, pods.iter().map(String::as_str)).map(Into::into);
            let problem = Problem::NoSuchPod { name: wanted, nearest };
            self.diagnostics.push(Diagnostic { severity: Severity::Warning, tab, span: Span::default(), problem });
        }
        let Some(spec) = &pod.spec else { return };
        let names: Vec<&str> =
            spec.init_containers.iter().flatten().chain(&spec.containers).map(|c| c.name.as_str()).collect();
        let unknown = self.scenario.containers.iter().filter(|c| !names.contains(&c.name.as_str()));
        self.diagnostics.extend(unknown.map(|c| Diagnostic {
            severity: Severity::Warning,
            tab,
            span: Span::default(),
            problem: Problem::NoSuchContainer {
                name: c.name.clone(),
                nearest: nearest(&c.name, names.iter().copied()).map(Into::into),
            },
        }));
    }

    /// Spans count in the completed text; diagnostics in the given one.
    fn in_the_given_text(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let Some(completed) = &self.completed else { return diagnostic.clone() };
        let Span { start, end } = diagnostic.span;
        Diagnostic { span: Span::new(completed.original(start), completed.original(end)), ..diagnostic.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(pod: &str, scenario: &str) -> Vec<(Problem, String)> {
        let report = run(&Document { pod: pod.into(), scenario: scenario.into(), ..Document::default() });
        let text = |d: &Diagnostic| if d.tab == Tab::Pod { &pod[d.span.start..d.span.end] } else { "" };
        report.diagnostics.iter().map(|d| (d.problem.clone(), text(d).to_string())).collect()
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: main\n    image: busybox:1.28\n";

    #[test]
    fn a_script_error_is_underlined_in_the_script() {
        let pod = format!("{POD}    command:\n    - sh\n    - -c\n    - |\n      echo hi\n      done\n");
        let expected = Problem::Script("syntax error: unexpected \"done\"".into());
        assert_eq!(problems(&pod, ""), [(expected, "done".to_string())]);
    }

    #[test]
    fn a_fragment_runs_and_says_what_was_added() {
        let report = run(&Document {
            pod: "initContainers:\n- {name: a, image: busybox, command: [sh, -c, 'true']}\n".into(),
            ..Document::default()
        });
        assert!(report.trace.is_some_and(|t| t.containers.len() == 2));
        assert!(report.diagnostics.iter().any(|d| d.problem == Problem::CompletedMain));
    }

    #[test]
    fn a_fault_for_nobody_is_told() {
        let scenario = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  containers:\n  - name: mian\n    faults: [{attempts: all, hang: true}]\n";
        let expected = Problem::NoSuchContainer { name: "mian".into(), nearest: Some("main".into()) };
        assert_eq!(problems(POD, scenario), [(expected, String::new())]);
    }

    #[test]
    fn what_stands_beside_the_pod_is_there() {
        let beside = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {MODE: fast}\n---\n\
            apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {TOKEN: aHVzaA==}\nstringData: {USER: me}\n---\n\
            apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {ports: [{port: 5432}]}\n---\n\
            apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: net}\nspec: {podSelector: {}}\n---\n";
        let script = "nc -z db 5432 && ! nc -z db 80 && echo $MODE $TOKEN $USER";
        let from = "envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: key}}]";
        let pod = format!("{beside}{POD}    command: [sh, -c, '{script}']\n    {from}\n---\n{POD}");
        let report = run(&Document { pod: pod.clone(), ..Document::default() });
        let logs: Vec<_> = report.trace.iter().flat_map(|t| &t.containers[0].logs).map(|l| l.line.as_str()).collect();
        assert_eq!((logs.first(), report.refusal), (Some(&"fast hush me"), None));
        assert!(report.diagnostics.iter().all(|d| d.severity == Severity::Info), "{:?}", report.diagnostics);
        let there = |kind: &str| (Problem::TakenAsThere { kind: kind.into() }, kind.to_string());
        let none = (Problem::NotRun { kind: "NetworkPolicy".into() }, "NetworkPolicy".to_string());
        let second = (Problem::OtherPod { name: "p".into() }, "apiVersion".to_string());
        assert_eq!(
            problems(&pod, ""),
            [second, there("ConfigMap"), there("Secret"), there("Service"), none],
            "the second Pod, and what stands beside the first"
        );
    }

    #[test]
    fn a_broken_scenario_stops_the_run() {
        let report = run(&Document { pod: POD.into(), scenario: "spec: [".into(), ..Document::default() });
        assert!(report.trace.is_none() && report.pod.is_some());
    }
}
