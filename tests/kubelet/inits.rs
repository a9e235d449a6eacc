//! Init containers (`FINDINGS.md` 4, `kubelet-semantics.md` 2.4, 2.5).

use expect_test::expect;

use crate::check;

/// 01: strictly in order, each once, about a second apart.
#[test]
fn one_after_the_other() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
- {name: b, image: 'b:1', command: [sh, -c, 'true']}
- {name: c, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 6s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/3 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/1 Init:1/3 0
            0.89    b#0 ends with 0 Completed
            0.89    b#0 runs
            1.78    | 0/1 Init:2/3 0
            1.89    c#0 ends with 0 Completed
            1.89    c#0 runs
            2.78    | 0/1 PodInitializing 0
            2.89    main#0 runs
            2.90    phase Running
            2.90    | 1/1 Running 0
        "#]],
    );
}

/// 03: the earlier ones do not run again; RESTARTS forgets the init's when the Pod is initialized.
#[test]
fn a_failed_one_restarts_alone() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
containers: [{name: b, faults: [{attempts: "1-2", exit: {code: 1, after: 1s}}, {attempts: "3-", duration: 1s}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 ends with 0 Completed
            0.65    a#0 runs
            0.78    | 0/1 Init:1/2 0
            0.89    b#0 runs
            1.89    b#0 ends with 1 Error
            2.78    | 0/1 Init:Error 0
            2.89    b#1 runs
            2.90    | 0/1 Init:1/2 1 (1s ago)
            3.89    b#1 ends with 1 Error
            4.78    BackOff b: Back-off restarting failed container b in pod p_default(UID)
            4.78    | 0/1 Init:Error 1 (3s ago)
            16.37   | 0/1 Init:CrashLoopBackOff 1 (13s ago)
            16.48   b#2 runs
            16.49   | 0/1 Init:1/2 2 (13s ago)
            17.48   b#2 ends with 0 Completed
            17.78   | 0/1 PodInitializing 0
            17.89   main#0 runs
            17.90   phase Running
            17.90   | 1/1 Running 0
        "#]],
    );
}

/// 04: the first failure under Never.
#[test]
fn never_ends_the_pod() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 2']}
- {name: b, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 runs
            1.65    a#0 ends with 2 Error
            1.78    | 0/1 Init:Error 0
            2.96    phase Failed
        "#]],
    );
}

/// 05: an init container is retried alike.
#[test]
fn on_failure_is_like_always() {
    check(
        r#"
restartPolicy: OnFailure
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 2']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 20s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 2 Error
            1.78    | 0/1 Init:Error 0
            1.89    a#1 runs
            1.90    | 0/1 Init:0/1 1 (0s ago)
            2.89    a#1 ends with 2 Error
            3.78    BackOff a: Back-off restarting failed container a in pod p_default(UID)
            3.78    | 0/1 Init:Error 1 (2s ago)
            15.37   | 0/1 Init:CrashLoopBackOff 1 (13s ago)
            15.48   a#2 runs
            15.49   | 0/1 Init:0/1 2 (13s ago)
            16.48   a#2 ends with 2 Error
            16.78   BackOff x2 a: Back-off restarting failed container a in pod p_default(UID)
            16.78   | 0/1 Init:Error 2 (14s ago)
        "#]],
    );
}

/// 12: OOMKilled is the reason through the whole back-off.
#[test]
fn killed_for_its_memory() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 20s
containers: [{name: a, faults: [{attempts: all, oomKilled: {after: 1s}}]}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 137 OOMKilled
            1.78    | 0/1 Init:OOMKilled 0
            1.89    a#1 runs
            1.90    | 0/1 Init:0/1 1 (0s ago)
            2.89    a#1 ends with 137 OOMKilled
            3.78    BackOff a: Back-off restarting failed container a in pod p_default(UID)
            3.78    | 0/1 Init:OOMKilled 1 (2s ago)
            15.37   | 0/1 Init:CrashLoopBackOff 1 (13s ago)
            15.48   a#2 runs
            15.49   | 0/1 Init:0/1 2 (13s ago)
            16.48   a#2 ends with 137 OOMKilled
            16.78   BackOff x2 a: Back-off restarting failed container a in pod p_default(UID)
            16.78   | 0/1 Init:OOMKilled 2 (14s ago)
        "#]],
    );
}

/// 12b.
#[test]
fn killed_for_its_memory_under_never() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "containers: [{name: a, faults: [{attempts: all, oomKilled: {after: 1s}}]}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            1.65    a#0 ends with 137 OOMKilled
            1.78    | 0/1 Init:OOMKilled 0
            2.96    phase Failed
        "#]],
    );
}

/// 54: inits are not run again.
#[test]
fn a_main_that_crashes_leaves_them_alone() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 2; exit 1']}
"#,
        "horizon: 10s",
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
            2.89    main#0 ends with 1 Error
            3.78    | 0/1 Error 0
            3.89    main#1 runs
            3.90    | 1/1 Running 1 (1s ago)
            5.89    main#1 ends with 1 Error
            6.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            6.78    | 0/1 Error 1 (4s ago)
        "#]],
    );
}

/// 22, 36: nothing happens.
#[test]
fn a_changed_image_of_a_finished_one_is_nothing() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 15s
actions: [{at: 8s, setImage: {container: a, image: 'nosuch:1'}}]
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
        "#]],
    );
}

/// 2.5: whatever happens to its spec.
#[test]
fn a_running_one_is_left_alone() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 8']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 15s
actions: [{at: 3s, setImage: {container: a, image: 'c:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            8.65    a#0 ends with 0 Completed
            8.78    | 0/1 PodInitializing 0
            8.89    main#0 runs
            8.90    phase Running
            8.90    | 1/1 Running 0
        "#]],
    );
}
