//! From the text of a Pod to words about its run: explanations, findings and drawings hold for what the engine really does.

use std::rc::Rc;

use expect_test::{Expect, expect};
use podlapse::document::Document;
use podlapse::i18n::Lang;
use podlapse::time::Millis;
use podlapse::trace::{EntryId, EntryKind, Trace};
use podlapse::view::timeline::{SegmentKind, Timeline};
use podlapse::view::{explain, findings, mermaid, perfetto, svg};

/// A Pod whose first init container is what the scenario makes of it.
const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  terminationGracePeriodSeconds: 5
  initContainers:
  - {name: init-a, image: 'tool:1', command: [prepare]}
  - {name: init-b, image: 'tool:1', command: [migrate]}
  containers:
  - {name: main, image: 'app:1', resources: {requests: {cpu: 10m}}}
";

/// Where something is injected, and what: between them they make every kind of thing happen.
const CASES: [(&str, &str); 10] = [
    ("nothing", "injected"),
    ("init-a", "{attempts: all, exit: {code: 1, after: 1s}}"),
    ("init-b", "{attempts: '1-2', oomKilled: {after: 2s}}"),
    ("main", "{attempts: all, signal: {number: 9, after: 3s}}"),
    ("main", "{attempts: '1-3', oomKilled: {after: 2s}}"),
    ("spec", "images: [{name: 'tool:1', pull: {error: NotFound}, availableAt: 30s}]"),
    ("spec", "actions: [{at: 12s, deletePod: {}}]"),
    ("spec", "actions: [{at: 12s, killSandbox: {}}]"),
    ("spec", "actions: [{at: 12s, nodeReboot: {downFor: 20s}}]"),
    ("spec", "actions: [{at: 3s, restartKubelet: {downFor: 7s}}]"),
];

/// Runs the Pod: each init container works for two seconds, main for ever, but for what the case injects.
fn run((place, what): (&str, &str)) -> Rc<Trace> {
    let of = |name: &str| if place == name { format!("{what}, ") } else { String::new() };
    let mut scenario = format!(
        "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  horizon: 2m\n  containers:\n\
         \x20 - {{name: init-a, faults: [{}{{attempts: all, duration: 2s}}]}}\n\
         \x20 - {{name: init-b, faults: [{}{{attempts: all, duration: 2s}}]}}\n\
         \x20 - {{name: main, faults: [{}{{attempts: all, hang: true}}]}}\n",
        of("init-a"),
        of("init-b"),
        of("main")
    );
    if place == "spec" {
        scenario += &format!("  {what}\n");
    }
    let report = podlapse::playground::run(&Document { pod: POD.into(), scenario, ..Document::default() });
    report.trace.unwrap_or_else(|| panic!("{what}: {:?}", report.diagnostics))
}

fn check(text: String, expect: Expect) {
    expect.assert_eq(&text);
}

fn words(sentences: &[explain::Sentence]) -> String {
    sentences.iter().map(|s| s.text(Lang::En)).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_outcome_is_told_with_its_cause() {
    let said = CASES.iter().map(|case| format!("{} {}\n  {}\n", case.0, case.1, words(&explain::summary(&run(*case)))));
    check(
        said.collect(),
        expect![[r#"
            nothing injected
              main starts 11.9s after creation. 6s of that: 2 images are pulled. The Pod is Ready after 11.9s.
            init-a {attempts: all, exit: {code: 1, after: 1s}}
              main never starts: init-a fails each time (exit code 1, 5 attempts).
            init-b {attempts: '1-2', oomKilled: {after: 2s}}
              main starts 28.9s after creation. 19.8s of that: init-b fails twice before it succeeds. The Pod is Ready after 28.9s.
            main {attempts: all, signal: {number: 9, after: 3s}}
              main starts 11.9s after creation. main ended 5 times within 2m and is restarted again and again.
            main {attempts: '1-3', oomKilled: {after: 2s}}
              main starts 11.9s after creation. main ended 3 times and stays up from 57.5s on.
            spec images: [{name: 'tool:1', pull: {error: NotFound}, availableAt: 30s}]
              main starts 50.9s after creation. 43.9s of that: the image tool:1 cannot be had at first. The Pod is Ready after 50.9s.
            spec actions: [{at: 12s, deletePod: {}}]
              main starts 11.9s after creation. The Pod fails after 18s.
            spec actions: [{at: 12s, killSandbox: {}}]
              main starts 11.9s after creation. 6s of that: 2 images are pulled. The Pod is Ready after 11.9s.
            spec actions: [{at: 12s, nodeReboot: {downFor: 20s}}]
              main starts 11.9s after creation. 6s of that: 2 images are pulled. The Pod is Ready after 11.9s.
            spec actions: [{at: 3s, restartKubelet: {downFor: 7s}}]
              main starts 22.9s after creation. 16.1s of that: the image tool:1 cannot be had at first. The Pod is Ready after 22.9s.
        "#]],
    );
}

#[test]
fn differences_are_told_with_their_cause() {
    let plain = run(CASES[0]);
    let told = |case| words(&explain::compare(&plain, &run(case)).sentences);
    let said = CASES.iter().map(|case| format!("{} {}\n  {}\n", case.0, case.1, told(*case)));
    check(
        said.collect(),
        expect![[r#"
            nothing injected
              Both runs have the same outcome.
            init-a {attempts: all, exit: {code: 1, after: 1s}}
              main does not start any more: init-a fails each time (exit code 1, 5 attempts). The cause: init-a failed 5 times.
            init-b {attempts: '1-2', oomKilled: {after: 2s}}
              main starts 17s later. The cause: init-b failed twice.
            main {attempts: all, signal: {number: 9, after: 3s}}
              main runs 5 times instead of once.
            main {attempts: '1-3', oomKilled: {after: 2s}}
              main runs 4 times instead of once.
            spec images: [{name: 'tool:1', pull: {error: NotFound}, availableAt: 30s}]
              main starts 39s later. The cause: init-a waits in back-off for 38.8s instead of 0s.
            spec actions: [{at: 12s, deletePod: {}}]
              The Pod now ends (Failed), after 18s.
            spec actions: [{at: 12s, killSandbox: {}}]
              init-a runs twice instead of once.
            spec actions: [{at: 12s, nodeReboot: {downFor: 20s}}]
              init-a runs twice instead of once.
            spec actions: [{at: 3s, restartKubelet: {downFor: 7s}}]
              main starts 11s later. The cause: the node or its kubelet is down for 8.5s instead of 0s.
        "#]],
    );
}

#[test]
fn every_moment_can_be_explained_in_both_languages() {
    for case in CASES {
        let (trace, spec) = (run(case), case.1);
        let timeline = Timeline::of(&trace);
        for t in timeline.change_points().iter().flat_map(|&t| [t, t + Millis(1), t + Millis(700)]) {
            let explanations = explain::moment(&trace, &timeline, t);
            let gone = trace.version_at(t).is_some_and(|v| v.removed);
            let subjects = if gone || t > trace.horizon { 1 } else { 1 + trace.containers.len() };
            assert_eq!(explanations.len(), subjects, "{spec} at {t}");
            for sentence in explanations.iter().flat_map(|e| e.why.iter().chain(&e.next).chain([&e.what])) {
                assert!(!sentence.text(Lang::En).is_empty() && !sentence.text(Lang::Ko).is_empty());
            }
        }
    }
}

#[test]
fn every_chain_of_causes_ends_without_a_gap() {
    for case in CASES {
        let (trace, spec) = (run(case), case.1);
        for id in (0..trace.entries.len()).map(|i| EntryId(i as u32)) {
            let steps = explain::why(&trace, id);
            let last = steps.last().expect("at least the entry itself");
            assert!(trace.entry(last.entry).cause.is_none(), "{spec}: {:?}", trace.entry(id));
            assert!(steps.windows(2).all(|w| w[1].entry <= w[0].entry), "{spec}: a cause is older");
        }
    }
}

#[test]
fn runs_on_the_timeline_are_those_of_the_trace() {
    for case in CASES {
        let (trace, spec) = (run(case), case.1);
        let timeline = Timeline::of(&trace);
        for (i, c) in trace.containers.iter().enumerate() {
            let lane = timeline.container_lane(i).expect("a lane for each container");
            let bars = lane.bars.segments();
            let runs = bars.iter().filter(|s| matches!(s.kind, SegmentKind::Attempt(_))).count();
            assert_eq!(
                runs,
                c.attempts.iter().filter(|a| a.started.or(a.finished).is_some()).count(),
                "{spec}: {}",
                c.name
            );
            assert!(bars.windows(2).all(|w| w[0].to.is_some_and(|to| to <= w[1].from)), "{spec}: {} overlaps", c.name);
            for bar in bars {
                assert_eq!(lane.bars.at(bar.from), Some(bar));
            }
        }
    }
}

#[test]
fn every_run_can_be_drawn() {
    for case in CASES {
        let trace = run(case);
        let timeline = Timeline::of(&trace);
        for lang in [Lang::En, Lang::Ko] {
            assert!(svg::svg(&trace, &timeline, svg::Options::fit(&timeline, lang)).contains("</svg>"));
            assert!(mermaid::mermaid(&trace, &timeline, lang).starts_with("gantt\n"));
        }
        let file: serde_json::Value = serde_json::from_str(&perfetto::perfetto(&trace, &timeline)).expect("JSON");
        assert!(file["traceEvents"].as_array().is_some_and(|all| all.len() > trace.containers.len()));
    }
}

#[test]
fn findings_name_what_went_wrong() {
    let said = CASES.iter().map(|case| {
        let trace = run(*case);
        let found = findings::findings(&trace);
        let lines: String = found.iter().map(|f| format!("  {} {}\n", f.path, f.message.id())).collect();
        format!("{} {}\n{lines}", case.0, case.1)
    });
    check(
        said.collect(),
        expect![[r#"
            nothing injected
              spec.initContainers[0].resources NoResources
            init-a {attempts: all, exit: {code: 1, after: 1s}}
              spec.initContainers[0].command RestartLoop
              spec.initContainers[0].resources NoResources
            init-b {attempts: '1-2', oomKilled: {after: 2s}}
              spec.initContainers[1].resources.limits OutOfMemory
              spec.initContainers[0].resources NoResources
            main {attempts: all, signal: {number: 9, after: 3s}}
              spec.containers[0].image RestartLoop
              spec.initContainers[0].resources NoResources
            main {attempts: '1-3', oomKilled: {after: 2s}}
              spec.containers[0].resources.limits OutOfMemory
              spec.initContainers[0].resources NoResources
            spec images: [{name: 'tool:1', pull: {error: NotFound}, availableAt: 30s}]
              spec.initContainers[0].resources NoResources
            spec actions: [{at: 12s, deletePod: {}}]
              spec.initContainers[0].resources NoResources
            spec actions: [{at: 12s, killSandbox: {}}]
              spec.initContainers[0].resources NoResources
            spec actions: [{at: 12s, nodeReboot: {downFor: 20s}}]
              spec.initContainers[0].resources NoResources
            spec actions: [{at: 3s, restartKubelet: {downFor: 7s}}]
              spec.initContainers[0].resources NoResources
        "#]],
    );
}

#[test]
fn a_back_off_leads_back_to_the_failure_and_the_creation() {
    let trace = run(CASES[1]);
    let id = trace.entries.iter().position(|e| e.kind == EntryKind::Created { attempt: 2 }).expect("a third run");
    let steps = explain::why(&trace, EntryId(id as u32));
    let ids: Vec<&str> = steps.iter().map(|s| s.sentence.id()).take(5).collect();
    assert_eq!(ids, ["Created", "LookTimer", "BackOffCrash", "Failed", "Restarted"]);
    assert_eq!(steps.last().map(|s| s.sentence.id()), Some("PodCreated"));
}

/// What takes so long, of a Pod whose init container is this.
fn held(init: &str, world: &str) -> String {
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: demo}}\nspec:\n  initContainers:\n  - {init}\n  containers:\n\
         \x20 - {{name: main, image: 'app:1', command: [serve]}}\n  volumes:\n\
         \x20 - {{name: data, persistentVolumeClaim: {{claimName: data}}}}\n  - {{name: files, secret: {{secretName: files}}}}\n"
    );
    let scenario = format!(
        "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  images: [{{name: '*', onNode: true}}]\n  {world}\n"
    );
    let report = podlapse::playground::run(&Document { pod, scenario, ..Document::default() });
    let said = explain::summary(&report.trace.unwrap_or_else(|| panic!("{:?}", report.diagnostics)));
    said.get(1).map(|s| s.text(Lang::En)).unwrap_or_default()
}

#[test]
fn what_takes_so_long_is_told() {
    let tool = "{name: a, image: 'tool:1', command: [work]}";
    let waits = "{name: a, image: 'busybox:1.28', command: [sh, -c, 'until nslookup db; do sleep 1; done']}";
    let proxy = "{name: a, image: 'proxy:1', command: [serve], restartPolicy: Always, startupProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 9}}";
    let asks = "{name: a, image: 'tool:1', env: [{name: T, valueFrom: {secretKeyRef: {name: token, key: key}}}]}";
    let said = [
        held(tool, ""),
        held(tool, "containers: [{name: a, faults: [{attempts: all, duration: 20s}]}]"),
        held(waits, "services: [{name: db, availableAt: 30s}]"),
        held(proxy, ""),
        held(tool, "objects: [{kind: PersistentVolumeClaim, name: data, boundAt: 25s}]"),
        held(tool, "objects: [{kind: Secret, name: files, createdAt: 30s}]"),
        held(asks, "objects: [{kind: Secret, name: token, data: {key: value}, createdAt: 30s}]"),
    ];
    check(
        said.iter().map(|s| format!("{s}\n")).collect(),
        expect![[r#"
            1s of that: a runs first.
            20s of that: a runs first.
            30.1s of that: a waits for the service db.
            9.7s of that: the sidecar a does not count as started.
            25s of that: the Pod has no node.
            32s of that: a volume cannot be mounted: secret "files" not found.
            38.9s of that: a cannot start: secret "token" not found.
        "#]],
    );
}

#[test]
fn a_main_container_waits_for_the_pull_before_its_own() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec:\n  containers:\n\
        \x20 - {name: a, image: 'a:1', command: [serve]}\n  - {name: b, image: 'b:1', command: [serve]}\n";
    let report = podlapse::playground::run(&Document { pod: pod.into(), ..Document::default() });
    let (trace, at) = (report.trace.expect("it runs"), Millis(2_000));
    let timeline = Timeline::of(&trace);
    let said = explain::moment(&trace, &timeline, at).pop().map(|e| e.what.text(Lang::En));
    assert_eq!(said.as_deref(), Some("b waits its turn: a comes first."));
    let lane = timeline.lanes.iter().find(|lane| lane.name == "b").expect("a lane for each container");
    assert!(matches!(lane.bars.at(at).map(|bar| &bar.kind), Some(SegmentKind::WaitingForTurn { behind: 0 })));
    assert!(matches!(lane.bars.at(Millis(100)).map(|bar| &bar.kind), Some(SegmentKind::WaitingForPod)));
}
