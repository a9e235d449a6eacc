//! Deletion, deadlines, eviction (`FINDINGS.md` 8, `kubelet-semantics.md` 13).

use expect_test::expect;

use crate::{check, check_end, check_kills};

/// An image's own signal ends its server gracefully: WINCH Apache, USR1 HAProxy.
#[test]
fn servers_stop_by_their_own_signals() {
    check_kills(
        r#"
containers:
- {name: apache, image: 'httpd:2.4'}
- {name: proxy, image: 'haproxy:3.0'}
"#,
        "horizon: 30s\nactions: [{at: 9s, deletePod: {}}]",
        expect![[r#"
            apache: from 9.01 TERM 9.01 KILL - exit 0 at 9.01 (Stopping container apache)
            proxy: from 9.01 TERM 9.01 KILL - exit 0 at 9.01 (Stopping container proxy)
        "#]],
    );
}

/// 01e: KILL at the end of the grace.
#[test]
fn a_shell_ignores_term() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.00    | 1/1 Terminating 0
            5.01    Killing main: Stopping container main
            35.01   main#0 ends with 137 Error
            35.19   phase Failed
            35.19   | 0/1 Error 0
            35.78   | deleted
        "#]],
    );
}

/// 14i: phase Succeeded.
#[test]
fn a_program_that_heeds_term() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.00    | 1/1 Terminating 0
            5.01    main#0 ends with 0 Completed
            5.01    Killing main: Stopping container main
            5.19    phase Succeeded
            5.19    | 0/1 Completed 0
            5.78    | deleted
        "#]],
    );
}

/// 55: Failed, as the mains never ran.
#[test]
fn during_an_init_that_exits_0() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            5.00    | 0/1 Terminating 0
            5.01    a#0 ends with 0 Completed
            5.01    Killing a: Stopping container a
            5.78    phase Failed
            5.78    | 0/1 ContainerStatusUnknown 0
            5.78    | deleted
        "#]],
    );
}

/// 14e: raised to 2 s for the container.
#[test]
fn grace_1() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {gracePeriodSeconds: 1}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.00    | 1/1 Terminating 0
            5.01    Killing main: Stopping container main
            7.01    main#0 ends with 137 Error
            7.19    phase Failed
            7.19    | 0/1 Error 0
            7.78    | deleted
        "#]],
    );
}

/// 14h: the object goes at once, the container 2 s later.
#[test]
fn forced() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {gracePeriodSeconds: 0}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.00    | 1/1 Terminating 0
            5.00    | deleted
            5.01    Killing main: Stopping container main
            7.01    main#0 ends with 137 Error
        "#]],
    );
}

/// 13.1: the second one can only shorten what the object says; the kill under way keeps its grace.
#[test]
fn twice() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}, {at: 9s, deletePod: {gracePeriodSeconds: 3}}, {at: 10s, deletePod: {gracePeriodSeconds: 60}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.00    | 1/1 Terminating 0
            5.01    Killing main: Stopping container main
            35.01   main#0 ends with 137 Error
            35.19   phase Failed
            35.19   | 0/1 Error 0
            35.78   | deleted
        "#]],
    );
}

/// 14g, 38: ends at once.
#[test]
fn in_back_off() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'exit 1']}
"#,
        "actions: [{at: 8s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 ends with 1 Error
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            0.78    | 0/1 Error 0
            0.89    main#1 ends with 1 Error
            0.89    main#1 runs
            0.90    | 1/1 Running 1 (0s ago)
            1.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            1.78    | 0/1 Error 1 (1s ago)
            8.00    | 0/1 Terminating 1 (8s ago)
            8.19    phase Failed
            8.19    | 0/1 Error 1 (8s ago)
            8.78    | deleted
        "#]],
    );
}

/// 14g.
#[test]
fn in_an_inits_back_off() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'exit 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 8s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 ends with 1 Error
            0.65    a#0 runs
            0.78    | 0/1 Init:Error 0
            0.89    a#1 ends with 1 Error
            0.89    a#1 runs
            0.90    | 0/1 Init:0/1 1 (0s ago)
            1.78    BackOff a: Back-off restarting failed container a in pod p_default(UID)
            1.78    | 0/1 Init:Error 1 (1s ago)
            8.00    | 0/1 Terminating 1 (8s ago)
            8.78    phase Failed
            8.78    | 0/1 Init:Error 1 (8s ago)
            8.78    | deleted
        "#]],
    );
}

/// 13.2: the pull goes on, the container starts, and only then is it stopped.
#[test]
fn during_a_pull() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
images: [{name: '*', pull: {duration: 30s}}]
actions: [{at: 5s, deletePod: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            5.00    | 0/1 Terminating 0
            30.54   Pulled main: Successfully pulled image "b:1" in 30s (30s including waiting). Image size: 2140950 bytes.
            30.65   main#0 runs
            30.66   Killing main: Stopping container main
            30.66   phase Running
            30.66   | 1/1 Terminating 0
            60.66   main#0 ends with 137 Error
            60.84   phase Failed
            60.84   | 0/1 Error 0
            61.78   | deleted
        "#]],
    );
}

/// 13.2: broken off.
#[test]
fn while_volumes_are_missing() {
    check(
        r#"
volumes: [{name: s, secret: {secretName: x}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
objects: [{kind: Secret, name: x, createdAt: never}]
actions: [{at: 5s, deletePod: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.21    FailedMount MountVolume.SetUp failed for volume "s" : secret "x" not found
            0.71    FailedMount x2 MountVolume.SetUp failed for volume "s" : secret "x" not found
            1.71    FailedMount x3 MountVolume.SetUp failed for volume "s" : secret "x" not found
            3.71    FailedMount x4 MountVolume.SetUp failed for volume "s" : secret "x" not found
            5.00    | 0/1 Terminating 0
            6.78    phase Failed
            6.78    | 0/1 ContainerStatusUnknown 0
            6.78    | deleted
        "#]],
    );
}

/// 13.1: gone at once.
#[test]
fn of_a_finished_pod() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true']}
"#,
        "actions: [{at: 8s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 ends with 0 Completed
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            0.78    | 0/1 Completed 0
            1.96    phase Succeeded
            8.00    | deleted
        "#]],
    );
}

/// 48: gone at once.
#[test]
fn of_an_unscheduled_pod() {
    check(
        r#"
nodeSelector: {a: b}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Pree...
            5.00    | 0/1 Terminating 0
            5.00    | deleted
        "#]],
    );
}

/// 40: a condition, then an ordinary deletion.
#[test]
fn through_the_eviction_api() {
    check_end(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "actions: [{at: 5s, evict: {}}]",
        expect![[r#"
            phase Succeeded
            DisruptionTarget True EvictionByEvictionAPI Eviction API: evicting
            PodReadyToStartContainers False
            Initialized True PodCompleted
            Ready False PodCompleted
            ContainersReady False PodCompleted
            PodScheduled True
            main: Completed 0, restarts 0
        "#]],
    );
}

/// 14: TERM at the deadline, KILL after the whole grace.
#[test]
fn a_deadline_during_init() {
    check(
        r#"
activeDeadlineSeconds: 8
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1000']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            8.37    DeadlineExceeded Pod was active on the node longer than the specified deadline
            8.78    DeadlineExceeded x2 Pod was active on the node longer than the specified deadline
            8.78    Killing a: Stopping container a
            38.78   a#0 ends with 137 Error
            38.96   DeadlineExceeded x3 Pod was active on the node longer than the specified deadline
            38.96   phase Failed
            38.96   | 0/1 Init:Error 0
            39.78   DeadlineExceeded x4 Pod was active on the node longer than the specified deadline
        "#]],
    );
}

/// 8: phase Failed though main exits 0.
#[test]
fn a_deadline_heeded() {
    check(
        r#"
activeDeadlineSeconds: 5
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.37    DeadlineExceeded Pod was active on the node longer than the specified deadline
            5.78    main#0 ends with 0 Completed
            5.78    DeadlineExceeded x2 Pod was active on the node longer than the specified deadline
            5.78    Killing main: Stopping container main
            5.96    DeadlineExceeded x3 Pod was active on the node longer than the specified deadline
            5.96    phase Failed
            5.96    | 0/1 Completed 0
            6.78    DeadlineExceeded x4 Pod was active on the node longer than the specified deadline
        "#]],
    );
}

/// 14f: Init:ContainerStatusUnknown.
#[test]
fn a_deadline_in_back_off() {
    check(
        r#"
activeDeadlineSeconds: 8
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'exit 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 ends with 1 Error
            0.65    a#0 runs
            0.78    | 0/1 Init:Error 0
            0.89    a#1 ends with 1 Error
            0.89    a#1 runs
            0.90    | 0/1 Init:0/1 1 (0s ago)
            1.78    BackOff a: Back-off restarting failed container a in pod p_default(UID)
            1.78    | 0/1 Init:Error 1 (1s ago)
            8.37    DeadlineExceeded Pod was active on the node longer than the specified deadline
            8.37    | 0/1 Init:CrashLoopBackOff 1 (8s ago)
            8.78    DeadlineExceeded x2 Pod was active on the node longer than the specified deadline
            8.96    DeadlineExceeded x3 Pod was active on the node longer than the specified deadline
            8.96    phase Failed
            9.78    DeadlineExceeded x4 Pod was active on the node longer than the specified deadline
            9.78    | 0/1 Init:ContainerStatusUnknown 1 (9s ago)
        "#]],
    );
}

/// 10.6: the sidecar is stopped after main.
#[test]
fn a_deadline_with_sidecars() {
    check_kills(
        r#"
activeDeadlineSeconds: 5
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "sleep 3; exit 0" TERM; sleep 1000 & wait']}
"#,
        "",
        expect![[r#"
            s: from 5.78 TERM 8.78 KILL - exit 0 at 8.78 (Stopping container s)
            main: from 5.78 TERM 5.78 KILL - exit 0 at 8.78 (Stopping container main)
        "#]],
    );
}

/// A finished Pod has no deadline.
#[test]
fn a_deadline_that_was_met() {
    check(
        r#"
activeDeadlineSeconds: 5
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 2']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.65    main#0 ends with 0 Completed
            2.78    | 0/1 Completed 0
            3.96    phase Succeeded
        "#]],
    );
}

/// 13.4: a deadline does not break off a pull; what it let start is killed.
#[test]
fn a_deadline_during_a_pull() {
    check(
        r#"
activeDeadlineSeconds: 5
terminationGracePeriodSeconds: 3
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
images: [{name: '*', pull: {duration: 9s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            9.54    Pulled main: Successfully pulled image "b:1" in 9s (9s including waiting). Image size: 2140950 bytes.
            9.65    main#0 runs
            9.66    DeadlineExceeded Pod was active on the node longer than the specified deadline
            9.66    | 1/1 Pending 0
            9.78    DeadlineExceeded x2 Pod was active on the node longer than the specified deadline
            9.78    Killing main: Stopping container main
            12.78   main#0 ends with 137 Error
            12.96   DeadlineExceeded x3 Pod was active on the node longer than the specified deadline
            12.96   phase Failed
            12.96   | 0/1 Error 0
            13.78   DeadlineExceeded x4 Pod was active on the node longer than the specified deadline
        "#]],
    );
}

/// 13.2: what the look has begun it ends, also after init containers.
#[test]
fn during_the_pull_of_a_main() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'slow:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
images: [{name: 'b:1', onNode: true}, {name: 'slow:1', pull: {duration: 20s}}]
actions: [{at: 5s, deletePod: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    Pulling main: Pulling image "slow:1"
            0.78    | 0/1 PodInitializing 0
            5.00    | 0/1 Terminating 0
            20.78   Pulled main: Successfully pulled image "slow:1" in 20s (20s including waiting). Image size: 2140950 bytes.
            20.89   main#0 runs
            20.90   Killing main: Stopping container main
            20.90   phase Running
            20.90   | 1/1 Terminating 0
            50.90   main#0 ends with 137 Error
            51.08   phase Failed
            51.08   | 0/1 Error 0
            51.78   | deleted
        "#]],
    );
}
