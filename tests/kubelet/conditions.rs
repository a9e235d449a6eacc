//! Phases, conditions and the fields of a status (`FINDINGS.md` 6 and 9, `kubelet-semantics.md` 11, 12).

use expect_test::expect;

use crate::{check, check_end, check_ready};

/// 9: all conditions of a Pod that runs.
#[test]
fn a_pod_that_runs() {
    check_end(
        r#"
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 10s",
        expect![[r#"
            phase Running
            PodReadyToStartContainers True
            Initialized True
            Ready True
            ContainersReady True
            PodScheduled True
            init-a: Completed 0, ready, restarts 0
            main: running, ready, started, restarts 0
        "#]],
    );
}

/// 04: Initialized stays False.
#[test]
fn a_pod_that_failed_in_its_init() {
    check_end(
        r#"
restartPolicy: Never
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'exit 3']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "",
        expect![[r#"
            phase Failed
            PodReadyToStartContainers False
            Initialized False ContainersNotInitialized containers with incomplete status: [init-a]
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            init-a: Error 3, restarts 0
            main: waiting PodInitializing, restarts 0
        "#]],
    );
}

/// 01c: the reasons of a completed Pod.
#[test]
fn a_pod_that_completed() {
    check_end(
        r#"
restartPolicy: Never
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true']}
"#,
        "",
        expect![[r#"
            phase Succeeded
            PodReadyToStartContainers False
            Initialized True PodCompleted
            Ready False PodCompleted
            ContainersReady False PodCompleted
            PodScheduled True
            init-a: Completed 0, ready, restarts 0
            main: Completed 0, restarts 0
        "#]],
    );
}

/// 11.1: the finished run stands in lastState once the wait is shown.
#[test]
fn an_init_in_its_first_wait() {
    check_end(
        r#"
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
- {name: init-b, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 100s",
        expect![[r#"
            phase Pending
            PodReadyToStartContainers True
            Initialized False ContainersNotInitialized containers with incomplete status: [init-a init-b]
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            init-a: Error 1, restarts 4, last Error 1
            init-b: waiting PodInitializing, restarts 0
            main: waiting PodInitializing, restarts 0
        "#]],
    );
}

/// 06x: Never, one of two fails.
#[test]
fn several_mains_end_with_the_last() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 2; exit 1']}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 5']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    a#0 runs
            0.76    b#0 runs
            0.77    phase Running
            0.77    | 2/2 Running 0
            2.65    a#0 ends with 1 Error
            2.78    | 1/2 Error 0
            5.76    b#0 ends with 0 Completed
            6.78    | 0/2 Error 0
            7.96    phase Failed
        "#]],
    );
}

/// 18g, 12.2: NotReady.
#[test]
fn a_completed_main_beside_one_that_runs() {
    check(
        r#"
containers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 2'], restartPolicy: Never}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 8s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    a#0 runs
            0.76    b#0 runs
            0.77    phase Running
            0.77    | 2/2 Running 0
            2.65    a#0 ends with 0 Completed
            2.78    | 1/2 NotReady 0
        "#]],
    );
}

/// 34: Ready waits for the gate.
#[test]
fn a_readiness_gate() {
    check_ready(
        r#"
readinessGates: [{conditionType: example.com/ok}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 12s
actions:
- {at: 4s, setCondition: {type: example.com/ok, status: "False"}}
- {at: 8s, setCondition: {type: example.com/ok, status: "True"}}
"#,
        expect![[r#"
            0.03    False containers with unready status: [main]
            0.66    False corresponding condition of pod readiness gate "example.com/ok" does not exist.
            4.00    False the status of pod readiness gate "example.com/ok" is not "True", but False
            8.00    True
        "#]],
    );
}

/// 12.2 no. 43, FINDINGS 12.9: DeadlineExceeded is not the STATUS.
#[test]
fn only_container_reasons_hide_the_pods() {
    check_end(
        r#"
activeDeadlineSeconds: 5
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "",
        expect![[r#"
            phase Failed DeadlineExceeded Pod was active on the node longer than the specified deadline
            PodReadyToStartContainers False
            Initialized True
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            main: Completed 0, restarts 0
        "#]],
    );
}
