//! The whole way from text to trace: the one door for the page, the JavaScript API, the command line and the tests.
//!
//! Plain data in, plain data out. Reading never fails: whatever the text, there is a report; what could not be read or run
//! is told by its diagnostics, and the trace is absent.

use k8s_openapi::api::core::v1::Pod;

use crate::diagnostic::{Diagnostic, Severity, Tab};
use crate::document::Document;
use crate::engine::{self, Input};
use crate::manifest::{self, Spans};
use crate::scenario::{self, Scenario};
use crate::trace::Trace;

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
    pub pod: Option<Pod>,
    /// Places of the Pod's fields in its text.
    pub spans: Spans,
    pub scenario: Scenario,
    /// Where the scenario's text begins, when it stands in the Pod's text after `---`.
    pub scenario_in_pod: Option<usize>,
    /// Absent when there is no Pod to run, or the scenario could not be read.
    pub trace: Option<Trace>,
}

/// Reads, checks and runs a document.
pub fn run(document: &Document) -> Report {
    let read = manifest::read(&document.pod);
    let mut report = Report {
        refusal: read.refusal,
        warnings: read.warnings,
        spans: read.spans,
        scenario_in_pod: read.scenario_text.as_ref().map(|(_, offset)| *offset),
        diagnostics: read.diagnostics,
        pod: read.pod,
        ..Report::default()
    };
    let (scenario, said) = match &read.scenario_text {
        Some((text, offset)) => {
            let (scenario, said) = scenario::read(text);
            (
                scenario,
                said.into_iter().map(|d| Diagnostic { tab: Tab::Pod, span: d.span.shifted(*offset), ..d }).collect(),
            )
        }
        None => scenario::read(&document.scenario),
    };
    let scenario_is_broken = said.iter().any(|d| d.severity == Severity::Error);
    report.diagnostics.extend::<Vec<_>>(said);
    report.scenario = scenario;
    if let Some(pod) = report.pod.as_ref().filter(|_| !scenario_is_broken) {
        let input = Input { pod, scenario: &report.scenario, until: document.options.until };
        report.trace = Some(engine::simulate(&input));
    }
    report
}
