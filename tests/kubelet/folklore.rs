//! What tutorials say and no kubelet does (`FINDINGS.md` 12, `kubelet-semantics.md` 19), as far as no other file shows it.

use expect_test::expect;

use podlapse::trace::ContainerState;

use crate::{check, check_counts, check_end, run};

/// 50, 17.3: 25 events, then one in five minutes; counts jump.
#[test]
fn events_are_dropped() {
    check_counts(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 700s
images: [{name: '*', pull: {error: NotFound}}]
"#,
        expect![[r#"
            0.01    Scheduled x1
            0.54    Pulling x1
            0.55    Failed x1
            0.55    Failed x1
            0.78    BackOff x1
            0.78    Failed x1
            13.37   Pulling x2
            13.38   Failed x2
            13.38   Failed x2
            26.37   BackOff x2
            26.37   Failed x2
            39.37   Pulling x3
            39.38   Failed x3
            39.38   Failed x3
            52.37   BackOff x3
            52.37   Failed x3
            65.37   BackOff x4
            65.37   Failed x4
            78.37   BackOff x5
            78.37   Failed x5
            91.37   Pulling x4
            91.38   Failed x4
            91.38   Failed x4
            104.37  BackOff x6
            104.37  Failed x6
            117.37  BackOff x7
            117.37  Failed x7
            130.37  BackOff x8
            130.37  Failed x8
            143.37  BackOff x9
            143.37  Failed x9
            156.37  BackOff x10
            156.37  Failed x10
            169.37  BackOff x11
            169.37  Failed x11
            182.37  Pulling x5
            182.38  Failed x5
            182.38  Failed x5
            195.37  BackOff x12
            195.37  Failed x12
            208.37  BackOff x13
            208.37  Failed x13
            221.37  BackOff x14
            221.37  Failed x14
            234.37  BackOff x15
            234.37  Failed x15
            247.37  BackOff x16
            260.37  BackOff x17
            273.37  BackOff x18
            286.37  BackOff x19
            299.37  BackOff x20
            312.37  BackOff x21
            312.37  Failed x21
            611.37  BackOff x43
            611.37  Failed x43
        "#]],
    );
}

/// 28: 127 comes from a shell, 128 from the runtime.
#[test]
fn exit_codes_of_what_is_not_found() {
    check_end(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'busybox:1.28', command: [sh, -c, 'nosuchcmd']}
- {name: other, image: 'busybox:1.28', command: [nosuchcmd]}
"#,
        "",
        expect![[r#"
            phase Failed
            PodReadyToStartContainers False
            Initialized True
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            main: Error 127, restarts 0
            other: StartError 128 "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"nosuchcmd\": executable file not found in $PATH", restarts 0
        "#]],
    );
}

/// 6: with a seed they are drawn between 1 and 1.5 times.
#[test]
fn waits_are_longer_than_nominal() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'exit 1']}
"#,
        r#"
horizon: 100s
cluster: {seed: 7}
"#,
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
            14.37   | 0/1 CrashLoopBackOff 1 (14s ago)
            14.48   main#2 ends with 1 Error
            14.48   main#2 runs
            14.49   | 1/1 Running 2 (14s ago)
            14.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            14.78   | 0/1 Error 2 (14s ago)
            43.37   | 0/1 CrashLoopBackOff 2 (29s ago)
            43.48   main#3 ends with 1 Error
            43.48   main#3 runs
            43.49   | 1/1 Running 3 (29s ago)
            43.78   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            43.78   | 0/1 Error 3 (29s ago)
            99.37   | 0/1 CrashLoopBackOff 3 (56s ago)
            99.48   main#4 ends with 1 Error
            99.48   main#4 runs
            99.49   | 1/1 Running 4 (56s ago)
            99.78   BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            99.78   | 0/1 Error 4 (56s ago)
        "#]],
    );
}

/// 35.
#[test]
fn mains_do_not_wait_for_each_other() {
    check(
        r#"
containers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1000'], readinessProbe: {exec: {command: [sh, -c, 'exit 1']}}}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 3s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    a#0 runs
            0.76    b#0 runs
            0.77    phase Running
            0.77    | 1/2 Running 0
            0.77    Unhealthy a: Readiness probe failed: 
        "#]],
    );
}

/// 6.5: 12 KiB for all messages of a Pod, shared equally; of a longer file the end.
#[test]
fn long_termination_messages() {
    let quiet: String = (0..5).map(|i| format!("- {{name: c{i}, image: 'b:1', command: ['true']}}\n")).collect();
    let script = "yes 123456789 | head -c 5000 > /dev/termination-log; echo -n END >> /dev/termination-log; exit 1";
    let loud = format!("- {{name: loud, image: 'b:1', command: [sh, -c, '{script}']}}\n");
    let length = |containers: &str| {
        let trace = run(&format!("restartPolicy: Never\ncontainers:\n{containers}"), "");
        let status = &trace.versions.last()?.status;
        match &status.main.iter().find(|c| &*c.name == "loud")?.state {
            ContainerState::Terminated(end) => end.message.as_deref().map(|m| (m.len(), m.ends_with("END"))),
            _ => None,
        }
    };
    assert_eq!(length(&loud), Some((4096, true)));
    assert_eq!(length(&format!("{loud}{quiet}")), Some((2048, false)));
}

/// 6.5: from the file, else from the log where the policy says so.
#[test]
fn a_termination_message() {
    check_end(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'echo from-file > /dev/termination-log; exit 1']}
- {name: other, image: 'b:1', command: [sh, -c, 'echo from-log; exit 1'], terminationMessagePolicy: FallbackToLogsOnError}
"#,
        "",
        expect![[r#"
            phase Failed
            PodReadyToStartContainers False
            Initialized True
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            main: Error 1 "from-file\n", restarts 0
            other: Error 1 "from-log\n", restarts 0
        "#]],
    );
}
