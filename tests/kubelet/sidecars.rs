//! Sidecars (`FINDINGS.md` 7, `kubelet-semantics.md` 10).

use expect_test::expect;

use crate::{check, check_kills, check_ready};

/// 07d: the next init starts in the same look as a sidecar without startup probe.
#[test]
fn started_is_enough() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 6s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/2 0
            0.65    s#0 runs
            0.66    | 1/2 Init:1/2 0
            0.77    b#0 runs
            1.77    b#0 ends with 0 Completed
            2.78    | 1/2 PodInitializing 0
            2.89    main#0 runs
            2.90    phase Running
            2.90    | 2/2 Running 0
        "#]],
    );
}

/// 07.
#[test]
fn a_startup_probe_gates_the_next() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 3; touch /ok; sleep 1000'], restartPolicy: Always, startupProbe: {exec: {command: [test, -f, /ok]}, periodSeconds: 1, failureThreshold: 9}}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 10s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/2 0
            0.65    s#0 runs
            1.39    Unhealthy s: Startup probe failed: 
            2.39    Unhealthy x2 s: Startup probe failed: 
            3.39    Unhealthy x3 s: Startup probe failed: 
            4.39    | 1/2 Init:1/2 0
            4.50    b#0 runs
            5.50    b#0 ends with 0 Completed
            5.78    | 1/2 PodInitializing 0
            5.89    main#0 runs
            5.90    phase Running
            5.90    | 2/2 Running 0
        "#]],
    );
}

/// 07e: main starts; the Pod is Ready only with the sidecar.
#[test]
fn readiness_gates_nobody_but_the_pod() {
    check_ready(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 8; touch /ok; sleep 1000'], restartPolicy: Always, readinessProbe: {exec: {command: [test, -f, /ok]}, periodSeconds: 1}}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 14s",
        expect![[r#"
            0.03    False containers with unready status: [s main]
            0.78    False containers with unready status: [s]
            8.78    True
        "#]],
    );
}

/// 08e: Init:Error with phase Running.
#[test]
fn a_crash_of_one() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 3; exit 1'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 30s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            3.65    s#0 ends with 1 Error
            3.78    | 1/2 Init:Error 0
            3.89    s#1 runs
            3.90    | 2/2 Running 1 (0s ago)
            6.89    s#1 ends with 1 Error
            7.78    BackOff s: Back-off restarting failed container s in pod p_default(UID)
            7.78    | 1/2 Init:Error 1 (4s ago)
            19.37   | 1/2 Init:CrashLoopBackOff 1 (13s ago)
            19.48   s#2 runs
            19.49   | 2/2 Running 2 (13s ago)
            22.48   s#2 ends with 1 Error
            22.78   BackOff x2 s: Back-off restarting failed container s in pod p_default(UID)
            22.78   | 1/2 Init:Error 2 (16s ago)
        "#]],
    );
}

/// 08f: `Running` 1/2 through the whole back-off.
#[test]
fn one_that_exits_0() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 3'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 30s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            3.65    s#0 ends with 0 Completed
            3.78    | 1/2 Running 0
            3.89    s#1 runs
            3.90    | 2/2 Running 1 (0s ago)
            6.89    s#1 ends with 0 Completed
            7.78    BackOff s: Back-off restarting failed container s in pod p_default(UID)
            7.78    | 1/2 Running 1 (4s ago)
            19.48   s#2 runs
            19.49   | 2/2 Running 2 (13s ago)
            22.48   s#2 ends with 0 Completed
            22.78   BackOff x2 s: Back-off restarting failed container s in pod p_default(UID)
            22.78   | 1/2 Running 2 (16s ago)
        "#]],
    );
}

/// 10.2: restarted at once while a later init goes on.
#[test]
fn one_that_crashes_during_init() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 2; exit 1'], restartPolicy: Always}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 10']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 16s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/2 0
            0.65    s#0 runs
            0.66    | 1/2 Init:1/2 0
            0.77    b#0 runs
            2.65    s#0 ends with 1 Error
            2.78    | 0/2 Init:Error 0
            2.89    s#1 runs
            2.90    | 1/2 Init:1/2 1 (0s ago)
            4.89    s#1 ends with 1 Error
            5.78    BackOff s: Back-off restarting failed container s in pod p_default(UID)
            5.78    | 0/2 Init:Error 1 (3s ago)
            10.77   b#0 ends with 0 Completed
            11.78   BackOff x2 s: Back-off restarting failed container s in pod p_default(UID)
            11.78   | 0/2 Init:CrashLoopBackOff 1 (7s ago)
            11.89   main#0 runs
            12.78   BackOff x3 s: Back-off restarting failed container s in pod p_default(UID)
            12.78   phase Running
            12.78   | 1/2 Init:CrashLoopBackOff 1 (8s ago)
        "#]],
    );
}

/// 08b: killed by its startup probe again and again; the next does not start.
#[test]
fn one_that_never_starts_up_blocks() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always, startupProbe: {exec: {command: ["false"]}, periodSeconds: 1, failureThreshold: 3}}
- {name: b, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 40s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/2 0
            0.65    s#0 runs
            1.39    Unhealthy s: Startup probe failed: 
            2.39    Unhealthy x2 s: Startup probe failed: 
            3.39    s#0 ends with 0 Completed
            3.39    Unhealthy x3 s: Startup probe failed: 
            3.39    Killing s: Init container s failed startup probe
            3.50    s#1 runs
            3.51    | 0/2 Init:0/2 1 (0s ago)
            4.39    Unhealthy x4 s: Startup probe failed: 
            5.39    Unhealthy x5 s: Startup probe failed: 
            6.39    s#1 ends with 0 Completed
            6.39    Unhealthy x6 s: Startup probe failed: 
            6.39    Killing x2 s: Init container s failed startup probe
            6.50    s#2 runs
            6.51    | 0/2 Init:0/2 2 (0s ago)
            7.39    Unhealthy x7 s: Startup probe failed: 
            8.39    Unhealthy x8 s: Startup probe failed: 
            9.39    s#2 ends with 0 Completed
            9.39    Unhealthy x9 s: Startup probe failed: 
            9.39    Killing x3 s: Init container s failed startup probe
            9.39    BackOff s: Back-off restarting failed container s in pod p_default(UID)
            9.78    BackOff x2 s: Back-off restarting failed container s in pod p_default(UID)
            9.78    | 0/2 Init:1/2 2 (3s ago)
            22.48   s#3 runs
            22.49   | 0/2 Init:0/2 3 (13s ago)
            23.39   Unhealthy x10 s: Startup probe failed: 
            24.39   Unhealthy x11 s: Startup probe failed: 
            25.39   s#3 ends with 0 Completed
            25.39   Unhealthy x12 s: Startup probe failed: 
            25.39   Killing x4 s: Init container s failed startup probe
            25.39   BackOff x3 s: Back-off restarting failed container s in pod p_default(UID)
            25.78   BackOff x4 s: Back-off restarting failed container s in pod p_default(UID)
            25.78   | 0/2 Init:1/2 3 (16s ago)
        "#]],
    );
}

/// 08c, 57: the sidecar is stopped, its exit code is nothing.
#[test]
fn completion_of_a_never_pod() {
    check(
        r#"
restartPolicy: Never
terminationGracePeriodSeconds: 5
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 1000'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 3']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            3.77    main#0 ends with 0 Completed
            4.78    Killing s: Stopping container s
            4.78    | 1/2 Completed 0
            9.78    s#0 ends with 137 Error
            9.97    | 0/2 Completed 0
            11.78   phase Succeeded
        "#]],
    );
}

/// 08e: ended at once.
#[test]
fn completion_while_one_is_in_back_off() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 6']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            1.65    s#0 ends with 1 Error
            1.78    | 1/2 Init:Error 0
            1.89    s#1 runs
            1.90    | 2/2 Running 1 (0s ago)
            2.89    s#1 ends with 1 Error
            3.78    BackOff s: Back-off restarting failed container s in pod p_default(UID)
            3.78    | 1/2 Init:Error 1 (2s ago)
            6.77    main#0 ends with 0 Completed
            7.78    | 0/2 Completed 1 (5s ago)
            8.96    phase Succeeded
        "#]],
    );
}

/// 56: 12 s late; the crashed one starts once more.
#[test]
fn completion_while_one_of_two_is_in_back_off() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: s1, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: s2, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 6']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/3 Pending 0
            0.03    | 0/3 Init:0/2 0
            0.65    s1#0 runs
            0.66    | 1/3 Init:1/2 0
            0.77    s2#0 runs
            0.78    | 2/3 PodInitializing 0
            0.89    main#0 runs
            0.90    phase Running
            0.90    | 3/3 Running 0
            1.77    s2#0 ends with 1 Error
            2.78    | 2/3 Init:Error 0
            2.89    s2#1 runs
            2.90    | 3/3 Running 1 (1s ago)
            3.89    s2#1 ends with 1 Error
            4.78    BackOff s2: Back-off restarting failed container s2 in pod p_default(UID)
            4.78    | 2/3 Init:Error 1 (3s ago)
            6.89    main#0 ends with 0 Completed
            7.78    BackOff x2 s2: Back-off restarting failed container s2 in pod p_default(UID)
            7.78    | 1/3 Completed 1 (4s ago)
            16.48   s2#2 runs
            16.49   Killing s1: Stopping container s1
            16.49   Killing s2: Stopping container s2
            16.49   | 2/3 Completed 2 (13s ago)
            17.48   s2#2 ends with 1 Error
            17.48   s1#0 ends with 0 Completed
            17.67   | 0/3 Completed 2 (14s ago)
            18.78   phase Succeeded
        "#]],
    );
}

/// 07c: each with the grace that is left.
#[test]
fn deletion_in_reverse_order() {
    check_kills(
        r#"
initContainers:
- {name: s1, image: 'b:1', command: [sh, -c, 'trap "sleep 2; exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: s2, image: 'b:1', command: [sh, -c, 'trap "sleep 2; exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: s3, image: 'b:1', command: [sh, -c, 'trap "sleep 2; exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "sleep 2; exit 0" TERM; sleep 1000 & wait']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            s1: from 5.01 TERM 11.01 KILL - exit 0 at 13.01 (Stopping container s1)
            s2: from 5.01 TERM 9.01 KILL - exit 0 at 11.01 (Stopping container s2)
            s3: from 5.01 TERM 7.01 KILL - exit 0 at 9.01 (Stopping container s3)
            main: from 5.01 TERM 5.01 KILL - exit 0 at 7.01 (Stopping container main)
        "#]],
    );
}

/// 07b: TERM to all at its end, 2 s more.
#[test]
fn deletion_when_the_grace_is_used_up() {
    check_kills(
        r#"
terminationGracePeriodSeconds: 8
initContainers:
- {name: s1, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: s2, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            s1: from 5.01 TERM 13.01 KILL - exit 0 at 13.01 (Stopping container s1)
            s2: from 5.01 TERM 13.01 KILL - exit 0 at 13.01 (Stopping container s2)
            main: from 5.01 TERM 5.01 KILL 13.01 exit 137 at 13.01 (Stopping container main)
        "#]],
    );
}

/// 39: ordinary inits and sidecars get TERM together.
#[test]
fn deletion_during_init() {
    check_kills(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
- {name: b, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            s: from 5.01 TERM 5.01 KILL - exit 0 at 5.01 (Stopping container s)
            b: from 5.01 TERM 5.01 KILL - exit 0 at 5.01 (Stopping container b)
        "#]],
    );
}

/// 2.5: killed and started again; the mains go on.
#[test]
fn a_changed_image_of_one() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 12s
actions: [{at: 5s, setImage: {container: s, image: 'c:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            5.01    s#0 ends with 0 Completed
            5.01    Killing s: Init container s definition changed
            5.12    s#1 runs
            5.13    | 2/2 Running 1 (0s ago)
        "#]],
    );
}

/// 61: killed and restarted whatever the Pod's policy.
#[test]
fn liveness_of_one() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always, livenessProbe: {exec: {command: ["false"]}, periodSeconds: 2, failureThreshold: 2}}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 14s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    s#0 runs
            0.66    | 1/2 PodInitializing 0
            0.77    main#0 runs
            0.78    phase Running
            0.78    | 2/2 Running 0
            2.39    Unhealthy s: Liveness probe failed: 
            4.39    s#0 ends with 0 Completed
            4.39    Unhealthy x2 s: Liveness probe failed: 
            4.39    Killing s: Init container s failed liveness probe
            4.50    s#1 runs
            4.51    | 2/2 Running 1 (0s ago)
            6.39    Unhealthy x3 s: Liveness probe failed: 
            8.39    s#1 ends with 0 Completed
            8.39    Unhealthy x4 s: Liveness probe failed: 
            8.39    Killing x2 s: Init container s failed liveness probe
            8.50    s#2 runs
            8.51    | 2/2 Running 2 (0s ago)
            10.39   Unhealthy x5 s: Liveness probe failed: 
            12.39   s#2 ends with 0 Completed
            12.39   Unhealthy x6 s: Liveness probe failed: 
            12.39   Killing x3 s: Init container s failed liveness probe
            12.39   BackOff s: Back-off restarting failed container s in pod p_default(UID)
            12.78   BackOff x2 s: Back-off restarting failed container s in pod p_default(UID)
            12.78   | 1/2 Running 2 (4s ago)
        "#]],
    );
}
