//! Causes: from whatever happens one comes to the act of the user or of the world that brought it about.

use expect_test::{Expect, expect};
use podlapse::trace::EntryKind;

use crate::{run, seconds};

/// Holds the chain of causes of the last entry of a kind against what is expected, the act first.
fn check_chain(pod: &str, scenario: &str, is: fn(&EntryKind) -> bool, expect: Expect) {
    let trace = run(pod, scenario);
    let mut next = trace.entries.iter().rev().find(|e| is(&e.kind));
    let mut chain = Vec::new();
    while let Some(entry) = next {
        let kind = format!("{:?}", entry.kind);
        let name = kind.split([' ', '(', '{']).next().unwrap_or_default();
        let of = entry.container.map_or("", |i| &trace.containers[i].name);
        chain.push(format!("{} {name} {of}", seconds(entry.at.0)).trim_end().to_string() + "\n");
        next = entry.cause.map(|id| trace.entry(id));
    }
    chain.reverse();
    expect.assert_eq(&chain.concat());
}

const MAIN: &str = "containers: [{name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}]";

#[test]
fn a_restart_after_a_back_off() {
    check_chain(
        "containers: [{name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}]",
        "horizon: 20s",
        |kind| matches!(kind, EntryKind::Started { .. }),
        expect![[r#"
            0.00 PodCreated
            0.01 Scheduled
            0.03 Look
            0.57 Created main
            0.65 Started main
            1.65 Exited main
            1.78 Look
            1.81 Created main
            1.89 Started main
            2.89 Exited main
            3.78 BackOff main
            15.37 Look
            15.40 Created main
            15.48 Started main
        "#]],
    );
}

#[test]
fn a_pull_after_a_pull_back_off() {
    check_chain(
        MAIN,
        "horizon: 60s\nimages: [{name: '*', pull: {error: NotFound}}]",
        |kind| matches!(kind, EntryKind::PullStarted { .. }),
        expect![[r#"
            0.00 PodCreated
            0.01 Scheduled
            0.03 Look
            0.54 PullStarted main
            0.55 PullFailed main
            0.78 BackOff main
            0.78 StartFailed main
            13.37 Look
            13.37 PullStarted main
            13.38 PullFailed main
            26.37 BackOff main
            26.37 StartFailed main
            39.37 Look
            39.37 PullStarted main
        "#]],
    );
}

#[test]
fn a_deletion() {
    check_chain(
        MAIN,
        "actions: [{at: 5s, deletePod: {gracePeriodSeconds: 3}}]",
        |kind| *kind == EntryKind::ObjectRemoved,
        expect![[r#"
            5.00 ActionTaken
            5.00 DeletionRequested
            5.01 Look
            8.78 Look
            8.78 ObjectRemoved
        "#]],
    );
}

#[test]
fn a_kill() {
    check_chain(
        MAIN,
        "actions: [{at: 5s, deletePod: {gracePeriodSeconds: 3}}]",
        |kind| matches!(kind, EntryKind::Exited { .. }),
        expect![[r#"
            5.00 ActionTaken
            5.00 DeletionRequested
            5.01 Look
            5.01 Killing main
            8.01 SignalSent main
            8.01 Exited main
        "#]],
    );
}

#[test]
fn a_deadline() {
    check_chain(
        &format!("activeDeadlineSeconds: 5\n{MAIN}"),
        "",
        |kind| matches!(kind, EntryKind::Killing { .. }),
        expect![[r#"
            0.00 PodCreated
            0.01 Scheduled
            5.37 DeadlineExceeded
            5.37 Look
            5.78 Look
            5.78 Killing main
        "#]],
    );
}

#[test]
fn a_mount_that_fails() {
    check_chain(
        &format!("volumes: [{{name: v, secret: {{secretName: x}}}}]\n{MAIN}"),
        "horizon: 9s\nobjects: [{kind: Secret, name: x, createdAt: never}]",
        |kind| matches!(kind, EntryKind::MountFailed { .. }),
        expect![[r#"
            0.00 PodCreated
            0.01 Scheduled
            0.03 Look
            0.03 VolumesPending
            7.71 MountFailed
        "#]],
    );
}

#[test]
fn a_reboot() {
    check_chain(
        MAIN,
        "horizon: 20s\nactions: [{at: 5s, nodeReboot: {downFor: 5s}}]",
        |kind| matches!(kind, EntryKind::Started { .. }),
        expect![[r#"
            5.00 ActionTaken
            5.00 NodeStopped
            10.00 NodeStarted
            11.50 KubeletStarted
            11.50 Look
            11.77 Created main
            11.85 Started main
        "#]],
    );
}

#[test]
fn a_claim_that_appears() {
    check_chain(
        &format!("volumes: [{{name: d, persistentVolumeClaim: {{claimName: data}}}}]\n{MAIN}"),
        "horizon: 9s\nobjects: [{kind: PersistentVolumeClaim, name: data, createdAt: 5s}]",
        |kind| matches!(kind, EntryKind::Scheduled { .. }),
        expect![[r#"
            5.00 WorldChanged
            5.01 Scheduled
        "#]],
    );
}
