//! Tests of the findings: a manifest and a run in, paths and sentences out.

use super::*;
use crate::i18n::Lang;
use crate::scenario::ProbeKind;
use crate::trace::{BackOffKind, EntryKind, WorldKind};
use crate::view::test_support::TraceBuilder;

/// A Pod with these init containers and this main container, each on one line.
fn manifest(init: &[&str], main: &str) -> String {
    let inits: String = init.iter().map(|c| format!("  - {{{c}}}\n")).collect();
    let head = if init.is_empty() { "" } else { "  initContainers:\n" };
    format!("metadata: {{name: demo}}\nspec:\n{head}{inits}  containers:\n  - {{{main}}}\n")
}

const RESOURCES: &str = "resources: {requests: {cpu: 100m}}";

fn container(name: &str, more: &str) -> String {
    format!("name: {name}, image: 'busybox:1.28', {RESOURCES}{}{more}", if more.is_empty() { "" } else { ", " })
}

fn told(trace: &Trace) -> Vec<String> {
    let line = |f: Finding| format!("{:?} {} {}", f.severity, f.path, f.message.id());
    findings(trace).into_iter().map(line).collect()
}

/// The findings of a Pod that has not been run.
fn of_manifest(init: &[&str], main: &str) -> Vec<String> {
    told(&TraceBuilder::new(&manifest(init, main), 1000).build())
}

#[test]
fn a_clean_manifest_has_no_findings() {
    let init = container(
        "init-a",
        "command: [sh, -c, 'echo ready > /work/flag'], volumeMounts: [{name: w, mountPath: /work}]",
    );
    let mut b = TraceBuilder::new(&manifest(&[&init], &container("main", "command: [httpd, -f]")), 60_000);
    b.sandbox(100, 600)
        .start(700, "init-a")
        .exit(900, "init-a", 0)
        .start(1600, "main")
        .phase(1800, "Running")
        .settled();
    assert_eq!(told(&b.build()), Vec::<String>::new());
}

#[test]
fn manifests_alone_have_their_findings() {
    let plain = container("main", "");
    let with = |more: &str| container("main", more);
    let init = |more: &str| container("init-a", more);
    for (inits, main, expected) in [
        (
            vec![],
            "name: main, image: nginx".into(),
            "Info spec.containers[0].image NoFixedTag; Info spec.containers[0].resources NoResources",
        ),
        (vec![], with("").replace("busybox", "busybx"), "Warning spec.containers[0].image LooksMisspelt"),
        (
            vec![init("command: [sh, -c, 'until nslookup db; do sleep 2; done']")],
            plain.clone(),
            "Warning spec.initContainers[0].command WaitWithoutTimeout",
        ),
        (
            vec![init("args: [tail, -f, /dev/null]")],
            plain.clone(),
            "Warning spec.initContainers[0].restartPolicy EndlessInit",
        ),
        (vec![init("args: [tail, -f, /dev/null], restartPolicy: Always")], plain.clone(), ""),
        (vec![], with("command: [sh, -c, 'sleep 3600']"), "Info spec.containers[0].command ShellIgnoresTerm"),
        (vec![], with("command: [/bin/sh, -ec, 'exec sleep 3600']"), ""),
        (
            vec![init("command: [sh, -c, 'echo x >> /data/log'], volumeMounts: [{name: d, mountPath: /data}]")],
            plain.clone(),
            "Info spec.initContainers[0].command AppendsAgain",
        ),
        (
            vec![init("command: [sh, -c, 'echo x >> /tmp/log'], volumeMounts: [{name: d, mountPath: /data}]")],
            plain.clone(),
            "",
        ),
        (
            vec![init("command: [do, it]"), container("init-b", "command: [do, it]")],
            plain.clone(),
            "Info spec.initContainers[1].command SameWork",
        ),
        (
            vec![],
            with("readinessProbe: {httpGet: {port: web}}"),
            "Warning spec.containers[0].readinessProbe.httpGet.port NamedPortMissing",
        ),
        (vec![], with("ports: [{name: web, containerPort: 80}], readinessProbe: {httpGet: {port: web}}"), ""),
        (
            vec![],
            with("livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 60}"),
            "Info spec.containers[0].livenessProbe.initialDelaySeconds LongLivenessDelay",
        ),
        (
            vec![],
            with("livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 60}, startupProbe: {httpGet: {port: 80}}"),
            "",
        ),
        (
            vec![],
            with("lifecycle: {preStop: {sleep: {seconds: 40}}}"),
            "Warning spec.containers[0].lifecycle.preStop PreStopTooLong",
        ),
        (
            vec![],
            with("lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 45; true']}}}"),
            "Warning spec.containers[0].lifecycle.preStop PreStopTooLong",
        ),
        (vec![], with("lifecycle: {preStop: {exec: {command: [sleep, '5']}}}"), ""),
    ] {
        let inits: Vec<&str> = inits.iter().map(String::as_str).collect();
        assert_eq!(of_manifest(&inits, &main).join("; "), expected, "{inits:?} {main}");
    }
}

/// A Pod with an init container and a main container, ready to run them.
fn run(init: &str, main: &str, horizon: u64) -> TraceBuilder {
    let init = container("init-a", init);
    let mut b = TraceBuilder::new(&manifest(&[&init], &container("main", main)), horizon);
    b.sandbox(100, 600);
    b
}

#[test]
fn a_loop_that_never_ends_is_told_and_one_that_recovered_is_not() {
    let mut b = run("command: [work]", "", 60_000);
    b.start(700, "init-a").exit(900, "init-a", 1).start(1600, "init-a").exit(1900, "init-a", 1);
    b.back_off(2000, "init-a", BackOffKind::Crash, 1900, 10_000, Some(13_000)).start(13_000, "init-a");
    let mut recovered = run("command: [work]", "", 60_000);
    std::mem::swap(&mut b, &mut recovered);
    recovered.exit(13_500, "init-a", 127);
    recovered.back_off(14_000, "init-a", BackOffKind::Crash, 13_500, 20_000, None);
    let expected = [
        "Warning spec.initContainers[0].command CommandNotFound",
        "Warning spec.initContainers[0].command RestartLoop",
    ];
    assert_eq!(told(&recovered.build()), expected);
    b.start(700, "init-a").exit(900, "init-a", 1).start(1600, "init-a").exit(1900, "init-a", 0);
    assert_eq!(told(&b.build()), Vec::<String>::new());
}

#[test]
fn main_that_succeeds_again_and_again_is_told() {
    let mut b = TraceBuilder::new(&manifest(&[], &container("main", "command: [work]")), 60_000);
    b.sandbox(100, 600).start(700, "main").exit(900, "main", 0).start(1600, "main").exit(1900, "main", 0);
    b.start(13_000, "main").exit(13_500, "main", 0).back_off(14_000, "main", BackOffKind::Crash, 13_500, 20_000, None);
    assert_eq!(told(&b.build()), ["Warning spec.containers[0].command RestartedAfterSuccess"]);
}

#[test]
fn what_never_came_is_told_at_its_place() {
    let env = "env: [{name: A, value: b}, {name: U, valueFrom: {secretKeyRef: {name: db-secrets, key: url}}}]";
    let mut b = run(env, "", 60_000);
    b.start_failed(700, "init-a", "CreateContainerConfigError", "secret \"db-secrets\" not found");
    assert_eq!(told(&b.build()), ["Warning spec.initContainers[0].env[1].valueFrom NeverConfigured"]);

    let mut b = run("", "", 60_000);
    b.pull(700, Some(900), "init-a", "busybox:1.28", Some("not found"));
    b.start_failed(900, "init-a", "ErrImagePull", "not found");
    assert_eq!(told(&b.build()), ["Warning spec.initContainers[0].image NeverPulled"]);

    let mut b = run("command: [wait-for, mydb]", "", 60_000);
    b.world(WorldKind::Service, "mydb", &[]).start(700, "init-a");
    assert_eq!(told(&b.build()), ["Warning spec.initContainers[0].command WorldNeverComes"]);

    let pod = manifest(&[], &container("main", "")) + "  volumes:\n  - {name: v, secret: {secretName: s}}\n";
    let mut b = TraceBuilder::new(&pod, 60_000);
    b.then(300, None, EntryKind::MountFailed { volume: "v".into(), message: "secret \"s\" not found".into() });
    assert_eq!(told(&b.build()), ["Warning spec.volumes[0] NeverMounted"]);
}

#[test]
fn probes_that_never_passed_are_told() {
    for (probe, field, kind, expected) in [
        ("readinessProbe", "readinessProbe", ProbeKind::Readiness, "ProbeNeverPassed"),
        ("livenessProbe", "livenessProbe", ProbeKind::Liveness, "LivenessKillsStart"),
    ] {
        let main = container("main", &format!("{probe}: {{httpGet: {{port: 80}}}}"));
        let mut b = TraceBuilder::new(&manifest(&[], &main), 60_000);
        b.sandbox(100, 600).start(700, "main");
        for at in [10_000, 20_000] {
            b.probe(at, "main", kind, false);
        }
        assert_eq!(told(&b.build()), Vec::<String>::new(), "below the threshold");
        b.probe(30_000, "main", kind, false);
        assert_eq!(told(&b.build()), [format!("Warning spec.containers[0].{field} {expected}")]);
        b.probe(40_000, "main", kind, true);
        assert_eq!(told(&b.build()), Vec::<String>::new(), "it passed once");
    }
}

#[test]
fn a_deaf_process_is_told_once() {
    let mut b = TraceBuilder::new(&manifest(&[], &container("main", "command: [sh, -c, 'sleep 3600']")), 60_000);
    b.sandbox(100, 600).start(700, "main");
    b.kill(20_000, "main", 30, "Stopping container main", Some(50_000)).exit(50_030, "main", 137);
    assert_eq!(told(&b.build()), ["Warning spec.containers[0].command KilledAfterGrace"]);
}

#[test]
fn an_eviction_names_the_container_that_wrote_too_much() {
    let pod = "metadata: {name: p}\nspec:\n  containers:\n  - {name: other, image: work}\n  \
        - {name: main, image: work, resources: {limits: {ephemeral-storage: 10Mi}}}\n";
    for message in [
        "Container main exceeded its local ephemeral storage limit \"10Mi\". ",
        "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ",
    ] {
        let mut b = TraceBuilder::new(pod, 60_000);
        b.sandbox(100, 600).start(700, "main").then(35_000, None, EntryKind::Evicted { message: message.into() });
        let told = told(&b.build());
        assert!(told.contains(&"Warning spec.containers[1].resources.limits StorageOutgrown".to_string()), "{told:?}");
    }
}

#[test]
fn an_eviction_names_the_volume_and_blames_nobody_for_its_grace() {
    let pod = manifest(&[], &container("main", "command: [work]"))
        + "  volumes: [{name: other, emptyDir: {}}, {name: cache, emptyDir: {sizeLimit: 10Mi}}]\n";
    let mut b = TraceBuilder::new(&pod, 60_000);
    let message = "Usage of EmptyDir volume \"cache\" exceeds the limit \"10Mi\". ".to_string();
    b.sandbox(100, 600).start(700, "main").then(35_000, None, EntryKind::Evicted { message });
    b.kill(35_000, "main", 1, "Stopping container main", Some(37_000)).exit(37_000, "main", 137);
    assert_eq!(told(&b.build()), ["Warning spec.volumes[1].emptyDir.sizeLimit VolumeOutgrown"]);
}

#[test]
fn memory_deadlines_and_slow_starts_are_told() {
    let mut b = run("command: [work]", "", 60_000);
    b.start(700, "init-a").exit_with(900, "init-a", 137, "OOMKilled");
    assert_eq!(told(&b.build()), ["Warning spec.initContainers[0].resources.limits OutOfMemory"]);

    let pod =
        manifest(&[&container("init-a", "command: [work]")], &container("main", "")) + "  activeDeadlineSeconds: 10\n";
    let mut b = TraceBuilder::new(&pod, 60_000);
    b.sandbox(100, 600).start(700, "init-a").then(10_000, None, EntryKind::DeadlineExceeded);
    assert_eq!(told(&b.build()), ["Warning spec.activeDeadlineSeconds DeadlineTooShort"]);

    let mut b = run("command: [work]", "", 200_000);
    b.start(700, "init-a").exit(90_000, "init-a", 0).start(90_700, "main").settled();
    let trace = b.build();
    assert_eq!(told(&trace), ["Info spec.initContainers[0].command SlowInit"]);
    let text = findings(&trace)[0].message.text(Lang::En);
    assert_eq!(text, "The main containers start only after 1m30.8s; 1m29.3s of it is init-a.");
}

#[test]
fn an_init_that_ran_to_the_end_of_a_long_run_never_ends() {
    let mut b = run("command: [serve]", "", 600_000);
    b.start(700, "init-a");
    assert_eq!(told(&b.build()), ["Warning spec.initContainers[0].restartPolicy EndlessInit"]);
}

#[test]
fn scripts_are_found_behind_flags() {
    for (command, script) in [
        ("[sh, -c, 'a b']", Some("a b")),
        ("[/bin/bash, -e, -x, -c, run]", Some("run")),
        ("[sh, -ec, run]", Some("run")),
        ("[sh, script.sh]", None),
        ("[python, -c, run]", None),
        ("[sh, -c]", None),
        ("[]", None),
    ] {
        let trace = TraceBuilder::new(&manifest(&[], &container("main", &format!("command: {command}"))), 1).build();
        let spec = trace.pod.spec.as_ref().unwrap();
        assert_eq!(Subject::new(spec, &trace).containers[0].script(), script, "{command}");
    }
}
