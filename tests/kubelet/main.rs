//! What the engine does, held against `FINDINGS.md` and `kubelet-semantics.md`: each test names the section that it shows.
//!
//! A test gives the spec of a Pod and of a scenario, and the whole story that comes of them: the rows of `kubectl get -w`
//! (with a bar), the runs of the containers, the phase, and every event but those that say that all goes well.

mod backoff;
mod causes;
mod commands;
mod conditions;
mod deletion;
mod folklore;
mod hooks;
mod images;
mod inits;
mod nodes;
mod payload;
mod probes;
mod rules;
mod sandboxes;
mod scheduling;
mod security;
mod sidecars;
mod volumes;

use std::rc::Rc;

use expect_test::Expect;
use podlapse::document::Document;
use podlapse::playground;
use podlapse::time::Millis;
use podlapse::trace::{ContainerState, ContainerStatus, Terminated, Trace};
use podlapse::view::get;

/// Runs a Pod with this spec in the world of this scenario's spec. Every image is on the node unless the scenario speaks of images; the
/// node is the recordings' unless it speaks of the cluster.
fn run(pod: &str, scenario: &str) -> Rc<Trace> {
    let indented = |text: &str| text.lines().map(|l| format!("  {l}\n")).collect::<String>();
    let images = if scenario.contains("images:") { "" } else { "  images: [{name: '*', onNode: true}]\n" };
    let node = if scenario.contains("cluster:") { "" } else { "  cluster: {node: {name: node1}}\n" };
    let document = Document {
        pod: format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n{}", indented(pod)),
        scenario: format!(
            "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n{node}{images}{}",
            indented(scenario)
        ),
        ..Document::default()
    };
    let report = playground::run(&document);
    report.trace.unwrap_or_else(|| panic!("{:?} {:?}", report.refusal, report.diagnostics))
}

/// Holds the story of a run against what is expected.
fn check(pod: &str, scenario: &str, expect: Expect) {
    expect.assert_eq(&story(&run(pod, scenario)));
}

/// Holds the last status of a run against what is expected.
fn check_end(pod: &str, scenario: &str, expect: Expect) {
    expect.assert_eq(&ending(&run(pod, scenario)));
}

/// Holds what was said of the condition Ready against what is expected.
fn check_ready(pod: &str, scenario: &str, expect: Expect) {
    let trace = run(pod, scenario);
    let mut told = String::new();
    for version in &trace.versions {
        let Some(ready) = version.status.condition("Ready") else { continue };
        let why = ready.message.as_deref().map_or(String::new(), |m| format!(" {m}"));
        let line = format!("{}{why}\n", ready.status);
        if !told.ends_with(&format!(" {line}")) {
            told += &format!("{:<7} {line}", seconds(version.at.0));
        }
    }
    expect.assert_eq(&told);
}

/// Holds TERM, KILL and the ends of the containers against what is expected, and the warnings.
fn check_kills(pod: &str, scenario: &str, expect: Expect) {
    let trace = run(pod, scenario);
    let at = |t: Option<Millis>| t.map_or("-".into(), |t| seconds(t.0));
    let mut told = String::new();
    for c in &trace.containers {
        for kill in &c.kills {
            let end = c.attempts.iter().find(|a| a.finished.is_some_and(|t| t >= kill.from));
            let end = end.map_or(String::new(), |a| format!("{} at {}", a.exit_code.unwrap_or(0), at(a.finished)));
            let from = seconds(kill.from.0);
            told += &format!(
                "{}: from {from} TERM {} KILL {} exit {end} ({})\n",
                c.name,
                at(kill.term),
                at(kill.kill),
                kill.message
            );
        }
    }
    for event in trace.events.iter().filter(|e| e.warning) {
        told += &format!("{} {} {}\n", seconds(event.at.0), event.reason, event.message);
    }
    expect.assert_eq(&told);
}

/// Holds what the containers printed against what is expected.
fn check_logs(pod: &str, scenario: &str, expect: Expect) {
    let trace = run(pod, scenario);
    let lines =
        trace.containers.iter().flat_map(|c| c.logs.iter().map(|l| format!("{}#{} {}\n", c.name, l.attempt, l.line)));
    expect.assert_eq(&lines.collect::<String>());
}

/// Holds the sightings of warnings, with their counts, against what is expected.
fn check_counts(pod: &str, scenario: &str, expect: Expect) {
    let trace = run(pod, scenario);
    let lines = trace.events.iter().map(|e| format!("{:<7} {} x{}\n", seconds(e.at.0), e.reason, e.count));
    expect.assert_eq(&lines.collect::<String>());
}

/// `1.25` for 1250 ms.
fn seconds(ms: u64) -> String {
    format!("{}.{:02}", ms / 1000, ms % 1000 / 10)
}

/// What an observer sees, in the order of time.
fn story(trace: &Trace) -> String {
    let mut lines: Vec<(u64, u8, String)> = Vec::new();
    for row in get::rows(trace) {
        let columns = format!("| {} {} {}", row.ready_column(), row.status, row.restarts_column());
        lines.push((row.at.0, 3, if row.deleted { "| deleted".into() } else { columns }));
    }
    let mut phase = "";
    for version in &trace.versions {
        if version.status.phase != phase {
            phase = version.status.phase;
            lines.push((version.at.0, 2, format!("phase {phase}")));
        }
    }
    for container in &trace.containers {
        for run in &container.attempts {
            let name = format!("{}#{}", container.name, run.attempt);
            lines.extend(run.started.map(|t| (t.0, 1, format!("{name} runs"))));
            let (code, reason) = (run.exit_code.unwrap_or(0), run.reason.as_deref().unwrap_or_default());
            lines.extend(run.finished.map(|t| (t.0, 0, format!("{name} ends with {code} {reason}"))));
        }
    }
    for event in &trace.events {
        let present = event.message.contains("already present on machine");
        if present || matches!(&*event.reason, "Scheduled" | "Created" | "Started") {
            continue;
        }
        let count = if event.count > 1 { format!(" x{}", event.count) } else { String::new() };
        let of = event.field_path.as_deref().map(|p| p.split(['{', '}']).nth(1).unwrap_or_default());
        let of = of.map_or(String::new(), |name| format!("{name}: "));
        let message = event.message.replace(&*trace.uid, "UID");
        let message =
            if message.chars().count() > 150 { message.chars().take(150).collect::<String>() + "..." } else { message };
        lines.push((event.at.0, 1, format!("{}{count} {of}{message}", event.reason)));
    }
    lines.sort_by_key(|(at, rank, _)| (*at, *rank));
    lines.iter().map(|(at, _, line)| format!("{:<7} {line}\n", seconds(*at))).collect()
}

/// The last status, condition by condition and container by container.
fn ending(trace: &Trace) -> String {
    let Some(last) = trace.versions.last() else { return String::new() };
    let status = &last.status;
    let or_none = |text: &Option<std::rc::Rc<str>>| text.as_deref().map_or(String::new(), |t| format!(" {t}"));
    let mut out = format!("phase {}{}{}\n", status.phase, or_none(&status.reason), or_none(&status.message));
    for c in status.conditions.iter() {
        out += &format!("{} {}{}{}\n", c.kind, c.status, or_none(&c.reason), or_none(&c.message));
    }
    for c in status.init.iter().chain(status.main.iter()) {
        out += &container_line(c).replace(&*trace.uid, "UID");
    }
    out
}

fn container_line(c: &ContainerStatus) -> String {
    let ended = |t: &Terminated| {
        format!("{} {}{}", t.reason, t.exit_code, t.message.as_deref().map_or(String::new(), |m| format!(" {m:?}")))
    };
    let state = match &c.state {
        ContainerState::Waiting(w) => format!(
            "waiting {}{}",
            w.reason.as_deref().unwrap_or("-"),
            w.message.as_deref().map_or(String::new(), |m| format!(" {m:?}"))
        ),
        ContainerState::Running { .. } => "running".into(),
        ContainerState::Terminated(t) => ended(t),
    };
    let last = c.last_state.as_ref().map_or(String::new(), |t| format!(", last {}", ended(t)));
    let flags =
        [(c.ready, ", ready"), (c.started, ", started")].map(|(yes, text)| if yes { text } else { "" }).concat();
    format!("{}: {state}{flags}, restarts {}{last}\n", c.name, c.restart_count)
}
