//! Which scheduler takes a Pod, and what the Pod asks of its neighbours (`kubelet-semantics.md` 16; `interpodaffinity/filtering.go`).

use expect_test::expect;
use podlapse::document::Document;
use podlapse::i18n::Lang;
use podlapse::playground;
use podlapse::trace::{Event, Trace};
use podlapse::view::{describe, explain};

/// A scheduler that nobody runs says nothing; one that comes takes the Pod, and speaks by its own name.
#[test]
fn another_scheduler() {
    let pod = "schedulerName: mine\ncontainers:\n- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}\n";
    let never = crate::run(pod, "horizon: 5s\nobjects: [{kind: Scheduler, name: mine, createdAt: never}]");
    expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
    "#]]
    .assert_eq(&crate::story(&never));
    expect!["main never starts: no scheduler called mine runs: nothing places the Pod, and no event says so."]
        .assert_eq(&explain::headline(&never, Lang::En));
    assert!(describe::text_at(&never, never.horizon).contains("\nEvents:                      <none>\n"));
    let late = crate::run(pod, "horizon: 30s\nobjects: [{kind: Scheduler, name: mine, createdAt: 20s}]");
    let (node, said) = (|e: &&Event| &*e.reason == "Scheduled", |e: &Event| (e.at.whole_secs(), e.source.to_string()));
    assert_eq!(late.events.iter().find(node).map(said), Some((20, "mine".into())));
    let assumed = crate::run(pod, "horizon: 5s");
    assert!(assumed.assumptions.iter().any(|a| (&*a.about, &*a.assumed) == ("Scheduler mine", "exists")));
    assert!(assumed.main_started().all(|(_, started)| started.is_some()));
}

const DB: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\nspec: {containers: [{name: db, image: 'b:1'}]}\n";

/// A Pod with a required term about Pods labelled `app: db`.
fn pod(which: &str) -> String {
    let term = "{labelSelector: {matchLabels: {app: db}}, topologyKey: zone}";
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  affinity: {{{which}: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}\n  \
         containers: [{{name: main, image: 'b:1', command: [sleep, '1000']}}]\n"
    )
}

/// What the scheduler says of the Pod called web in a text, and what is assumed of the node.
fn told(pods: &[&str], scenario: &str) -> String {
    let scenario =
        format!("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  pod: web\n  horizon: 60s\n{scenario}");
    let report = playground::run(&Document { pod: pods.join("---\n"), scenario, ..Document::default() });
    let trace = report.trace.unwrap_or_else(|| panic!("{:?}", report.diagnostics));
    let said = |trace: &Trace| {
        let of = trace.events.iter().filter(|e| e.reason.contains("Schedul"));
        of.map(|e| format!("{} {}\n", e.at.whole_secs(), e.message)).collect::<String>()
    };
    let assumed = trace.assumptions.iter().filter(|a| a.about.starts_with("node"));
    said(&trace) + &assumed.map(|a| format!("assumed: {}\n", a.assumed)).collect::<String>()
}

const NODE: &str = "  cluster: {node: {name: node1, labels: {zone: a}}}\n";

/// Whoever wants to be near to a Pod has one; a scenario that describes the node is taken at its word, and a Pod of the same text counts.
#[test]
fn near_to_a_pod() {
    let near = pod("podAffinity");
    let db_late = format!("{NODE}  objects: [{{kind: Pod, name: db, labels: {{app: db}}, createdAt: 20s}}]\n");
    expect![[r#"
        0 Successfully assigned default/web to node1
        assumed: has the label zone=a
        assumed: has a Pod with app=db
    "#]]
    .assert_eq(&told(&[&near], ""));
    expect![[r#"
        0 Successfully assigned default/web to node1
        assumed: has the label zone=a
    "#]]
    .assert_eq(&told(&[DB, &near], ""));
    expect![[r#"
        0 0/1 nodes are available: 1 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.
        20 Successfully assigned default/web to node1
    "#]]
    .assert_eq(&told(&[&near], &db_late));
}

/// Only a Pod with a lower priority could give way, and only where giving way helps and is asked for.
#[test]
fn away_from_a_pod() {
    let apart = pod("podAntiAffinity");
    let meek = apart.replace("spec:\n", "spec:\n  priorityClassName: low\n  preemptionPolicy: Never\n");
    expect![[r#"
        0 0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
    "#]]
    .assert_eq(&told(&[DB, &apart], NODE));
    expect![[r#"
        0 0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.
    "#]]
    .assert_eq(&told(&[DB, &meek], NODE));
    expect![[r#"
        0 Successfully assigned default/web to node1
    "#]]
    .assert_eq(&told(&[&apart, DB], NODE));
}
