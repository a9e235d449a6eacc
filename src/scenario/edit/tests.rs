//! Edits of a Scenario text, held as whole texts.

use super::*;
use crate::scenario::{ActionKind, Attempts, FaultKind, Moment, ProbeKind, read};
use expect_test::expect;

fn exit(first: u32, last: u32) -> Fault {
    let attempts = Attempts { first, last: Some(last) };
    Fault { attempts, kind: FaultKind::Exit { code: 1, after: Millis::secs(2) } }
}

#[test]
fn an_empty_text_grows_into_a_scenario() {
    let text = add_fault("", "init-a", &exit(1, 3));
    let text = add_fault(&text, "init-a", &Fault { attempts: Attempts::ALL, kind: FaultKind::Hang });
    let text = add_fault(&text, "no", &exit(1, 1));
    let text = add_action(&text, &Action { at: Millis::secs(25), kind: ActionKind::KillSandbox });
    expect![[r#"
        apiVersion: podlapse.dev/v1alpha1
        kind: Scenario
        spec:
          containers:
          - name: init-a
            faults:
            - {attempts: "all", hang: true}
            - {attempts: "1-3", exit: {code: 1, after: 2s}}
          - name: "no"
            faults:
            - {attempts: "1", exit: {code: 1, after: 2s}}
          actions:
          - {at: 25s, killSandbox: {}}
    "#]]
    .assert_eq(&text);
    let (scenario, diagnostics) = read(&text);
    assert_eq!(diagnostics, []);
    assert_eq!((scenario.containers.len(), scenario.containers[0].faults.len(), scenario.actions.len()), (2, 2, 1));
    let text = remove_fault(&remove_fault(&text, "init-a", 0), "no", 0);
    let text = remove_action(&text, 0);
    expect![[r#"
        apiVersion: podlapse.dev/v1alpha1
        kind: Scenario
        spec:
          containers:
          - name: init-a
            faults:
            - {attempts: "1-3", exit: {code: 1, after: 2s}}
    "#]]
    .assert_eq(&text);
    assert_eq!(remove_fault(&text, "init-a", 0), SKELETON);
}

#[test]
fn comments_and_flow_style_stay() {
    let text = "kind: Scenario # mine\nspec: {actions: [{at: 1s, evict: {}}]} # end\n";
    let more = add_action(text, &Action { at: Millis::secs(2), kind: ActionKind::Evict });
    assert_eq!(more, "kind: Scenario # mine\nspec: {actions: [{at: 1s, evict: {}}, {at: 2s, evict: {}}]} # end\n");
    assert_eq!(remove_action(&more, 1), text);
    let text = "spec:\n  # who\n  containers:\n  - {name: a, faults: [{hang: true}]} # a\n  images: []";
    let more = add_action(&add_fault(text, "b", &exit(1, 1)), &Action { at: Millis::ZERO, kind: ActionKind::Evict });
    expect![[r#"
        spec:
          # who
          containers:
          - {name: a, faults: [{hang: true}]} # a
          - name: b
            faults:
            - {attempts: "1", exit: {code: 1, after: 2s}}
          images: []
          actions:
          - {at: 0s, evict: {}}
    "#]]
    .assert_eq(&more);
    assert!(read(&more).1.is_empty());
}

#[test]
fn things_of_the_world_leave_and_come_back() {
    let service = Thing { list: "services", key: vec![("name", "db".into())] };
    let secret = Thing { list: "objects", key: vec![("kind", "Secret".into()), ("name", "s".into())] };
    let known = [("availableAt", Millis::secs(10))];
    let text = set_moment("", &service, "unavailableAt", Millis::secs(30), &known);
    let text = set_moment(&text, &secret, "deletedAt", Millis::secs(5), &[]);
    expect![[r#"
        apiVersion: podlapse.dev/v1alpha1
        kind: Scenario
        spec:
          services:
          - {name: db, availableAt: 10s, unavailableAt: 30s}
          objects:
          - {kind: Secret, name: s, deletedAt: 5s}
    "#]]
    .assert_eq(&text);
    assert_eq!(read(&text).1, []);
    let less = remove_field(&remove_field(&text, &service, "unavailableAt"), &secret, "deletedAt");
    expect![[r#"
        apiVersion: podlapse.dev/v1alpha1
        kind: Scenario
        spec:
          services:
          - {name: db, availableAt: 10s}
    "#]]
    .assert_eq(&less);
    // Block style, with comments: a moment is set anew, added, and taken away again.
    let text = "spec:\n  services:\n  - name: db # mine\n    ports: [1] # one\n";
    let more = set_moment(text, &service, "unavailableAt", Millis::secs(1), &known);
    assert_eq!(more, format!("{text}    unavailableAt: 1s\n"));
    let later = set_moment(&more, &service, "unavailableAt", Millis::secs(2), &known);
    assert_eq!(later, format!("{text}    unavailableAt: 2s\n"));
    assert_eq!(remove_field(&later, &service, "unavailableAt"), text);
}

#[test]
fn every_action_and_fault_reads_back() {
    let text = |t: &str| t.to_string();
    let kinds = [
        ActionKind::DeletePod { grace_period_seconds: Some(0) },
        ActionKind::DeletePod { grace_period_seconds: None },
        ActionKind::NodeReboot { down_for: Millis::secs(40) },
        ActionKind::RestartKubelet { down_for: Millis(7500) },
        ActionKind::KillContainer { name: text("main"), signal: 9 },
        ActionKind::FailProbe { container: text("main"), probe: ProbeKind::Liveness, lasting: Millis::NEVER },
        ActionKind::SetImage { container: text("on"), image: text("nginx:1.27") },
        ActionKind::SetCondition {
            condition: text("a/b"),
            status: text("True"),
            reason: Some(text("R")),
            message: None,
        },
        ActionKind::Evict,
    ];
    let faults = [
        FaultKind::Signal { number: 15, after: Millis::secs(60) },
        FaultKind::OomKilled { after: Millis::ZERO },
        FaultKind::Duration(Millis::secs(3)),
        FaultKind::StartError(text("exec: \"x\": not found")),
        FaultKind::Slowdown(2.5),
        FaultKind::IgnoreSigterm,
    ];
    let mut out = String::new();
    for kind in &kinds {
        out = add_action(&out, &Action { at: Millis::secs(90), kind: kind.clone() });
    }
    for kind in faults.iter().rev() {
        out = add_fault(&out, "main", &Fault { attempts: Attempts::ALL, kind: kind.clone() });
    }
    let (scenario, diagnostics) = read(&out);
    assert_eq!(diagnostics, [], "{out}");
    assert_eq!(scenario.actions.iter().map(|a| a.kind.clone()).collect::<Vec<_>>(), kinds);
    assert_eq!(scenario.containers[0].faults.iter().map(|f| f.kind.clone()).collect::<Vec<_>>(), faults);
}

#[test]
fn the_world_reads_back() {
    let services = [
        Service { name: "my.ns".into(), available_at: Some(Millis::secs(10)), ..Service::default() },
        Service { name: "no".into(), ports: vec![80, 443], unavailable_at: Some(Millis::ZERO), ..Service::default() },
    ];
    let objects = [
        Object { kind: "Secret".into(), name: "db".into(), created_at: Moment::Never, ..Object::default() },
        Object {
            kind: "PersistentVolumeClaim".into(),
            name: "data".into(),
            data: [("a b".to_string(), "c: d".to_string())].into(),
            bound_at: Some(Moment::At(Millis::secs(12))),
            ..Object::default()
        },
    ];
    let pull = super::super::Pull { duration: Some(Millis::secs(5)), size: Some(1 << 20), error: None };
    let images = [
        Image { name: "slow:1".into(), pull, ..Image::default() },
        Image { name: "busybox:1.28".into(), on_node: true, ..Image::default() },
    ];
    let mut text = String::new();
    text = services.iter().fold(text, |text, s| add_service(&text, s));
    text = objects.iter().fold(text, |text, o| add_object(&text, o));
    text = images.iter().fold(text, |text, i| add_image(&text, i));
    let (scenario, diagnostics) = read(&text);
    assert_eq!(diagnostics, [], "{text}");
    assert_eq!(
        (&scenario.services[..], &scenario.objects[..], &scenario.images[..]),
        (&services[..], &objects[..], &images[..])
    );
}

#[test]
fn a_node_is_named_wherever_there_is_room() {
    for (given, expected) in [
        ("", "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  cluster: {node: {name: node1}}\n"),
        ("spec: {}\n", "spec: {cluster: {node: {name: node1}}}\n"),
        ("spec:\n  horizon: 1m # long\n", "spec:\n  horizon: 1m # long\n  cluster: {node: {name: node1}}\n"),
        ("spec:\n  cluster:\n    seed: 3\n", "spec:\n  cluster:\n    seed: 3\n    node: {name: node1}\n"),
        ("spec: {cluster: {node: {labels: {a: b}}}}\n", "spec: {cluster: {node: {labels: {a: b}, name: node1}}}\n"),
        ("spec:\n  cluster:\n    node:\n      name: old\n", "spec:\n  cluster:\n    node:\n      name: node1\n"),
        ("spec: [\n", "spec: [\n"),
    ] {
        assert_eq!(name_node(given, "node1"), expected);
    }
}
