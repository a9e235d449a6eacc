//! Lost sandboxes (`FINDINGS.md` 4, `kubelet-semantics.md` 2.2; recordings 17).

use expect_test::expect;

use crate::{check, check_kills};

/// 17: everything again from the first init; every count one up.
#[test]
fn always() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 Init:1/2 0
            1.89    b#0 runs
            2.89    b#0 ends with 0 Completed
            3.78    | 0/1 PodInitializing 0
            3.89    main#0 runs
            3.90    phase Running
            3.90    | 1/1 Running 0
            6.78    main#0 ends with 0 Completed
            6.78    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.78    Killing main: Stopping container main
            7.13    a#1 runs
            7.14    phase Pending
            7.14    | 0/1 Completed 0
            8.13    a#1 ends with 0 Completed
            8.78    phase Running
            8.89    b#1 runs
            8.90    phase Pending
            9.89    b#1 ends with 0 Completed
            10.78   phase Running
            10.89   main#1 runs
            10.90   | 1/1 Running 1 (4s ago)
        "#]],
    );
}

/// 17b: its grace runs before the new sandbox.
#[test]
fn a_main_that_ignores_term() {
    check(
        r#"
terminationGracePeriodSeconds: 5
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 PodInitializing 0
            1.89    main#0 runs
            1.90    phase Running
            1.90    | 1/1 Running 0
            6.78    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.78    Killing main: Stopping container main
            11.78   main#0 ends with 137 Error
            12.13   a#1 runs
            12.14   phase Pending
            12.14   | 0/1 Error 0
            13.13   a#1 ends with 0 Completed
            13.78   phase Running
            13.89   main#1 runs
            13.90   | 1/1 Running 1 (2s ago)
        "#]],
    );
}

/// 17c: no new sandbox; the Pod ends with the main's code.
#[test]
fn never() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 PodInitializing 0
            1.89    main#0 runs
            1.90    phase Running
            1.90    | 1/1 Running 0
            6.78    main#0 ends with 0 Completed
            6.78    Killing main: Stopping container main
            6.88    | 0/1 Completed 0
            8.78    phase Succeeded
        "#]],
    );
}

/// 17c: ... which is 137 when it had to be killed.
#[test]
fn never_and_deaf() {
    check(
        r#"
restartPolicy: Never
terminationGracePeriodSeconds: 3
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 PodInitializing 0
            1.89    main#0 runs
            1.90    phase Running
            1.90    | 1/1 Running 0
            6.78    Killing main: Stopping container main
            9.78    main#0 ends with 137 Error
            9.88    | 0/1 Error 0
            11.78   phase Failed
        "#]],
    );
}

/// 17d: all start again.
#[test]
fn during_the_second_init() {
    check(
        r#"
terminationGracePeriodSeconds: 3
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 20']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 40s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 Init:1/2 0
            1.89    b#0 runs
            6.78    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.78    Killing b: Stopping container b
            9.78    b#0 ends with 137 Error
            10.13   a#1 runs
            10.14   | 0/1 Init:0/2 1 (9s ago)
            11.13   a#1 ends with 0 Completed
            11.78   | 0/1 Init:1/2 2 (10s ago)
            11.89   b#1 runs
            31.89   b#1 ends with 0 Completed
            32.78   | 0/1 PodInitializing 0
            32.89   main#0 runs
            32.90   phase Running
            32.90   | 1/1 Running 0
        "#]],
    );
}

/// 17g: inits run again unseen, main does not, then Succeeded.
#[test]
fn on_failure_freezes_the_status() {
    check(
        r#"
restartPolicy: OnFailure
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 0 Completed
            1.78    | 0/1 PodInitializing 0
            1.89    main#0 runs
            1.90    phase Running
            1.90    | 1/1 Running 0
            6.78    main#0 ends with 0 Completed
            6.78    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.78    Killing main: Stopping container main
            7.13    a#1 runs
            8.13    a#1 ends with 0 Completed
            8.78    | 0/1 Completed 0
            9.96    phase Succeeded
        "#]],
    );
}

/// 17e: it runs.
#[test]
fn with_a_pre_stop_hook() {
    check_kills(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 3']}}}}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            main: from 6.78 TERM 9.78 KILL - exit 0 at 9.78 (Stopping container main)
        "#]],
    );
}

/// 2.2 no. 2: the init is killed, and that fails the Pod.
#[test]
fn of_a_never_pod_in_its_init() {
    check(
        r#"
restartPolicy: Never
terminationGracePeriodSeconds: 3
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 20']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
actions: [{at: 6s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            6.78    Killing a: Stopping container a
            9.78    a#0 ends with 137 Error
            9.88    | 0/1 Init:Error 0
            11.78   phase Failed
        "#]],
    );
}

/// 2.2: the back-off of a main goes on in the new sandbox.
#[test]
fn in_the_back_off_of_a_main() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
"#,
        r#"
horizon: 18s
actions: [{at: 10s, killSandbox: {}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/1 PodInitializing 0
            0.89    main#0 runs
            0.90    phase Running
            0.90    | 1/1 Running 0
            1.89    main#0 ends with 1 Error
            2.78    | 0/1 Error 0
            2.89    main#1 runs
            2.90    | 1/1 Running 1 (1s ago)
            3.89    main#1 ends with 1 Error
            4.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            4.78    | 0/1 Error 1 (3s ago)
            10.78   SandboxChanged Pod sandbox changed, it will be killed and re-created.
            10.78   | 0/1 CrashLoopBackOff 1 (7s ago)
            11.13   a#1 ends with 0 Completed
            11.13   a#1 runs
            11.14   phase Pending
            11.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            11.78   phase Running
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (12s ago)
            16.48   main#2 ends with 1 Error
            16.78   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Error 2 (13s ago)
        "#]],
    );
}

/// 10: sidecars begin anew too.
#[test]
fn with_a_sidecar() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 15s
actions: [{at: 6s, killSandbox: {}}]
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
            6.78    s#0 ends with 0 Completed
            6.78    main#0 ends with 0 Completed
            6.78    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.78    Killing s: Stopping container s
            6.78    Killing main: Stopping container main
            7.13    s#1 runs
            7.14    phase Pending
            7.14    | 1/2 Completed 1
            7.25    main#1 runs
            7.26    phase Running
            7.26    | 2/2 Running 2 (1s ago)
        "#]],
    );
}
