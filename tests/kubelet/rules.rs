//! Container restart policies and rules (`FINDINGS.md` 10, `kubelet-semantics.md` 3).

use expect_test::expect;

use crate::check;

/// 18: with the usual back-off in a Never Pod; another code ends it.
#[test]
fn a_code_that_restarts() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 42'], restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}
"#,
        r#"
containers: [{name: main, faults: [{attempts: "1-2", exit: {code: 42, after: 1s}}, {attempts: "3-", exit: {code: 7, after: 1s}}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 42 Error
            1.78    | 0/1 Error 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 42 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Error 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 7 Error
            16.78   | 0/1 Error 2 (14s ago)
            17.96   phase Failed
        "#]],
    );
}

/// 18b.
#[test]
fn an_init_with_never_fails_the_pod() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'exit 1'], restartPolicy: Never}
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
            1.96    phase Failed
        "#]],
    );
}

/// 18c.
#[test]
fn an_init_with_on_failure_is_retried() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1'], restartPolicy: OnFailure}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 16s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 1 Error
            1.78    | 0/1 Init:Error 0
            1.89    a#1 runs
            1.90    | 0/1 Init:0/1 1 (0s ago)
            2.89    a#1 ends with 1 Error
            3.78    BackOff a: Back-off restarting failed container a in pod p_default(UID)
            3.78    | 0/1 Init:Error 1 (2s ago)
            15.37   | 0/1 Init:CrashLoopBackOff 1 (13s ago)
            15.48   a#2 runs
            15.49   | 0/1 Init:0/1 2 (13s ago)
        "#]],
    );
}

/// 18h.
#[test]
fn a_main_with_never_alone() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1'], restartPolicy: Never}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 0/1 Error 0
            2.96    phase Failed
        "#]],
    );
}

/// 18j.
#[test]
fn a_main_with_always_in_a_never_pod() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1'], restartPolicy: Always}
"#,
        "horizon: 18s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 0 Completed
            1.78    | 0/1 Completed 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 0 Completed
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Completed 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 0 Completed
            16.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Completed 2 (14s ago)
        "#]],
    );
}

/// 18e: no back-off, the code is lost, inits run again in the same sandbox.
#[test]
fn restart_all_from_a_main() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}
- {name: other, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 15s
containers: [{name: main, faults: [{attempts: "1", exit: {code: 88, after: 3s}}, {attempts: "2-", hang: true}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 Init:0/1 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/2 PodInitializing 0
            0.89    main#0 runs
            1.00    other#0 runs
            1.01    phase Running
            1.01    | 2/2 Running 0
            3.89    main#0 ends with 88 Error
            4.78    Killing other: killing
            4.78    | 1/2 Error 0
            6.78    other#0 ends with 137 Error
            7.78    | 0/2 RestartingAllContainers 2
            7.89    a#1 ends with 0 Completed
            7.89    a#1 runs
            7.90    phase Pending
            7.90    | 0/2 PodInitializing 2
            8.78    phase Running
            8.89    main#1 runs
            9.00    other#1 runs
            9.01    | 2/2 Running 2
        "#]],
    );
}

/// 18f: all begin again, and the count of those that had begun goes up.
#[test]
fn restart_all_from_an_init() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
- {name: b, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 10s
containers: [{name: b, faults: [{attempts: "1", exit: {code: 88, after: 1s}}, {attempts: "2-", hang: true}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/1 Init:1/2 0
            0.89    b#0 runs
            1.89    b#0 ends with 88 Error
            2.78    | 0/1 Init:Error 0
            3.78    | 0/1 Init:RestartingAllContainers 1
            3.89    a#1 ends with 0 Completed
            3.89    a#1 runs
            3.90    | 0/1 Init:0/2 1
            4.78    | 0/1 Init:1/2 2
            4.89    b#1 runs
        "#]],
    );
}

/// 3.4: it beats `exit 0 is success`.
#[test]
fn restart_all_beats_the_success_of_an_init() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
- {name: b, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [0]}}]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 10s
containers: [{name: b, faults: [{attempts: "1", exit: {code: 0, after: 1s}}, {attempts: "2-", hang: true}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/1 Init:1/2 0
            0.89    b#0 runs
            1.89    b#0 ends with 0 Completed
            2.78    | 0/1 PodInitializing 0
            3.89    a#1 ends with 0 Completed
            3.89    a#1 runs
            4.89    b#1 runs
        "#]],
    );
}

/// 3.4: a Never Pod does not fail by it.
#[test]
fn restart_all_in_a_never_pod() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}
"#,
        r#"
containers: [{name: main, faults: [{attempts: "1", exit: {code: 88, after: 3s}}, {attempts: "2-", exit: {code: 0, after: 3s}}]}]
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
            3.89    main#0 ends with 88 Error
            4.78    | 0/1 Error 0
            5.78    | 0/1 RestartingAllContainers 1
            5.89    a#1 ends with 0 Completed
            5.89    a#1 runs
            5.90    phase Pending
            5.90    | 0/1 PodInitializing 1
            6.78    phase Running
            6.89    main#1 runs
            6.90    | 1/1 Running 1
            9.89    main#1 ends with 0 Completed
            10.78   | 0/1 Completed 1
            11.96   phase Succeeded
        "#]],
    );
}

/// 3.4: sidecars are killed and restarted too.
#[test]
fn restart_all_keeps_running_sidecars_in() {
    check(
        r#"
initContainers:
- {name: s, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], restartPolicy: Always}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}
"#,
        r#"
horizon: 12s
containers: [{name: main, faults: [{attempts: "1", exit: {code: 88, after: 3s}}, {attempts: "2-", hang: true}]}]
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
            3.77    main#0 ends with 88 Error
            4.78    s#0 ends with 0 Completed
            4.78    Killing s: killing
            4.78    | 1/2 Error 0
            5.78    | 0/2 RestartingAllContainers 2
            5.89    s#1 runs
            5.90    phase Pending
            5.90    | 1/2 PodInitializing 2
            6.01    main#1 runs
            6.02    phase Running
            6.02    | 2/2 Running 2
        "#]],
    );
}

/// 2.5: exit 0 is success.
#[test]
fn a_rule_for_0_of_an_init_is_nothing() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true'], restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [0]}}]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 4s",
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
        "#]],
    );
}

/// 2.3: rules are not asked when a probe kills; the Pod is stopped, and the exit code then restarts it in a new sandbox.
#[test]
fn a_kill_by_a_probe_does_not_ask_the_rules() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 42" TERM; sleep 1000 & wait'], restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}], livenessProbe: {exec: {command: ['false']}, periodSeconds: 2}}
"#,
        r#"
horizon: 9s
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.39    Unhealthy main: Liveness probe failed: 
            4.39    Unhealthy x2 main: Liveness probe failed: 
            6.39    main#0 ends with 42 Error
            6.39    Unhealthy x3 main: Liveness probe failed: 
            6.39    Killing main: Stopping container main
            6.58    SandboxChanged Pod sandbox changed, it will be killed and re-created.
            6.58    | 0/1 Error 0
            6.93    main#1 runs
            6.95    | 1/1 Running 1 (0s ago)
            8.39    Unhealthy x4 main: Liveness probe failed: 
        "#]],
    );
}
