//! Lifecycle hooks (`FINDINGS.md` 8, `kubelet-semantics.md` 9).

use expect_test::expect;

use crate::{check, check_end, check_kills};

/// 16e, 52: the Pod is Pending until the hook has ended; later containers wait.
#[test]
fn post_start_blocks() {
    check(
        r#"
containers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1000'], lifecycle: {postStart: {exec: {command: [sh, -c, 'sleep 5']}}}}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 10s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    a#0 runs
            5.76    b#0 runs
            5.77    phase Running
            5.77    | 2/2 Running 0
        "#]],
    );
}

/// 16: killed, PostStartHookError, back-off.
#[test]
fn post_start_fails() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 1']}}}}
"#,
        "horizon: 20s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.65    FailedPostStartHook main: PostStartHook failed
            0.65    Killing main: FailedPostStartHook
            0.65    main#0 ends with 0 Completed
            0.78    phase Running
            0.78    | 0/1 PostStartHookError 0
            0.89    main#1 runs
            0.89    FailedPostStartHook x2 main: PostStartHook failed
            0.89    Killing x2 main: FailedPostStartHook
            0.89    main#1 ends with 0 Completed
            1.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            1.78    | 0/1 PostStartHookError 1 (1s ago)
            13.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            13.48   main#2 runs
            13.48   FailedPostStartHook x3 main: PostStartHook failed
            13.48   Killing x3 main: FailedPostStartHook
            13.48   main#2 ends with 0 Completed
            13.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            13.78   | 0/1 PostStartHookError 2 (0s ago)
        "#]],
    );
}

/// 16b.
#[test]
fn pre_stop_is_inside_the_grace() {
    check_kills(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 4']}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 9.01 KILL - exit 0 at 9.01 (Stopping container main)
        "#]],
    );
}

/// 16d: TERM at its end, 2 s more.
#[test]
fn pre_stop_longer_than_the_grace() {
    check_kills(
        r#"
terminationGracePeriodSeconds: 6
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 60']}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 11.01 KILL 13.01 exit 137 at 13.01 (Stopping container main)
            11.01 FailedPreStopHook PreStopHook failed
        "#]],
    );
}

/// 16c: TERM goes on at once.
#[test]
fn pre_stop_fails() {
    check_kills(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {preStop: {exec: {command: [sh, -c, 'exit 1']}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 5.01 KILL - exit 0 at 5.01 (Stopping container main)
            5.01 FailedPreStopHook PreStopHook failed
        "#]],
    );
}

/// 9: the sleep handler.
#[test]
fn a_sleep() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {postStart: {sleep: {seconds: 2}}, preStop: {sleep: {seconds: 3}}}}
"#,
        "actions: [{at: 8s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            2.66    phase Running
            2.66    | 1/1 Running 0
            8.00    | 1/1 Terminating 0
            8.01    Killing main: Stopping container main
            11.01   main#0 ends with 0 Completed
            11.19   phase Succeeded
            11.19   | 0/1 Completed 0
            11.78   | deleted
        "#]],
    );
}

/// 9.
#[test]
fn no_pre_stop_at_a_forced_deletion() {
    check_kills(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 4']}}}}
"#,
        "actions: [{at: 5s, deletePod: {gracePeriodSeconds: 0}}]",
        expect![[r#"
            main: from 5.01 TERM 5.01 KILL - exit 0 at 5.01 (Stopping container main)
        "#]],
    );
}

/// 9.
#[test]
fn no_pre_stop_when_it_exits_by_itself() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 2; exit 1'], lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 4']}}}}
"#,
        "horizon: 5s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.65    main#0 ends with 1 Error
            2.78    | 0/1 Error 0
            2.89    main#1 runs
            2.90    | 1/1 Running 1 (0s ago)
            4.89    main#1 ends with 1 Error
        "#]],
    );
}

/// 13.2: the kubelet hands the runtime a context that a deletion does not cancel, so the hook is waited for.
#[test]
fn deletion_during_post_start() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], lifecycle: {postStart: {exec: {command: [sh, -c, 'sleep 30']}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            5.00    | 0/1 Terminating 0
            30.66   main#0 ends with 0 Completed
            30.66   Killing main: Stopping container main
            30.66   phase Running
            30.66   | 1/1 Terminating 0
            30.84   phase Succeeded
            30.84   | 0/1 Completed 0
            31.78   | deleted
        "#]],
    );
}

/// 9: a postStart over HTTP that nobody answers, and a preStop that its own server answers.
#[test]
fn over_http() {
    check_end(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], lifecycle: {postStart: {httpGet: {path: /hi, port: 8080}}}}
terminationGracePeriodSeconds: 2
"#,
        "horizon: 20s",
        expect![[r#"
            phase Failed
            PodReadyToStartContainers False
            Initialized True
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            main: Error 137, restarts 0
        "#]],
    );
    check_kills(
        r#"
containers:
- {name: main, image: 'busybox:1.36', command: [sh, -c, 'trap "exit 0" TERM; echo x > /tmp/bye; httpd -p 8080 -h /tmp; sleep 1000 & wait'], lifecycle: {preStop: {httpGet: {path: /bye, port: 8080}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 5.04 KILL - exit 0 at 5.04 (Stopping container main)
        "#]],
    );
    check_kills(
        r#"
containers:
- {name: main, image: 'busybox:1.36', command: [sh, -c, 'trap "exit 0" TERM; httpd -p 8080 -h /tmp; sleep 1000 & wait'], lifecycle: {preStop: {httpGet: {path: /bye, port: 8081}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 5.04 KILL - exit 0 at 5.04 (Stopping container main)
            5.04 FailedPreStopHook PreStopHook failed
        "#]],
    );
}

/// 9: the status of an answer is not looked at.
#[test]
fn an_answer_is_enough_for_a_pre_stop_hook() {
    check_kills(
        r#"
containers:
- {name: main, image: 'nginx:1', lifecycle: {preStop: {httpGet: {path: /nope, port: 80}}}}
"#,
        "actions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
            main: from 5.01 TERM 5.04 KILL - exit 0 at 5.04 (Stopping container main)
        "#]],
    );
}

/// 9: a server that is not there is named in the message.
#[test]
fn a_post_start_hook_finds_no_server() {
    check_end(
        r#"
containers:
- {name: main, image: 'nginx:1', lifecycle: {postStart: {httpGet: {path: /x, port: 81}}}}
"#,
        "horizon: 850ms",
        expect![[r#"
            phase Running
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting PostStartHookError "HTTP lifecycle hook (/x) for Container \"main\" in Pod \"p_default(UID)\" failed - error: Get \"http://10.88.0.10:81/x\": dial tcp 10.88.0.10:81: connect: connection refused", restarts 0, last Completed 0
        "#]],
    );
}

/// 9: what containerd says of a command that is not there.
#[test]
fn a_post_start_hook_finds_no_command() {
    check_end(
        r#"
containers:
- {name: main, image: 'busybox:1.36', command: [tail, '-f', /dev/null], lifecycle: {postStart: {exec: {command: [nosuch]}}}}
"#,
        "horizon: 40s",
        expect![[r#"
            phase Running
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting PostStartHookError "Exec lifecycle hook ([nosuch]) for Container \"main\" in Pod \"p_default(UID)\" failed - error: rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"1cd53b8e53ddac067636aeccc99e7906681a6ecabe0dc7246e875919e6169581\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"nosuch\": executable file not found in $PATH, message: \"\"", restarts 0, last Error 137
        "#]],
    );
}

/// `ExecSync`'s error repeats what the command wrote to stderr; the output is stdout, then stderr.
#[test]
fn a_failed_hook_says_what_it_wrote_to_stderr() {
    check_end(
        r#"
terminationGracePeriodSeconds: 0
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000 & wait'], lifecycle: {postStart: {exec: {command: [sh, -c, 'echo bad >&2; echo out; exit 3']}}}}
"#,
        "horizon: 4s",
        expect![[r#"
            phase Running
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting PostStartHookError "Exec lifecycle hook ([sh -c echo bad >&2; echo out; exit 3]) for Container \"main\" in Pod \"p_default(UID)\" failed - error: command 'sh -c echo bad >&2; echo out; exit 3' exited with 3: bad\n, message: \"out\\nbad\\n\"", restarts 0, last Error 137
        "#]],
    );
}

/// A container that is gone before its hook fails is killed all the same, as far as events tell (`killContainer`).
#[test]
fn what_has_ended_is_killed_in_words() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1'], lifecycle: {postStart: {exec: {command: [sleep, '5']}}}}
"#,
        "horizon: 10s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            1.65    main#0 ends with 0 Completed
            1.65    FailedPostStartHook main: PostStartHook failed
            1.65    Killing main: FailedPostStartHook
            1.78    | 0/1 Completed 0
            2.96    phase Succeeded
        "#]],
    );
}

/// The kubelet stops waiting for a sleep that is longer than the grace, and nothing has failed.
#[test]
fn a_pre_stop_sleep_longer_than_the_grace() {
    check_kills(
        r#"
terminationGracePeriodSeconds: 30
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], lifecycle: {preStop: {sleep: {seconds: 20}}}}
"#,
        "horizon: 20s\nactions: [{at: 5s, deletePod: {gracePeriodSeconds: 3}}]",
        expect![[r#"
            main: from 5.01 TERM 8.01 KILL 10.01 exit 137 at 10.01 (Stopping container main)
        "#]],
    );
}

/// A hook that validation lets pass and the kubelet cannot run.
#[test]
fn a_tcp_hook_is_no_handler() {
    check_end(
        r#"
terminationGracePeriodSeconds: 0
containers:
- {name: main, image: 'b:1', command: [sleep, '1000'], lifecycle: {postStart: {tcpSocket: {port: 80}}}}
"#,
        "horizon: 4s",
        expect![[r#"
            phase Running
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting PostStartHookError "Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{Port:{0 80 },Host:,},Sleep:nil,}", restarts 0, last Error 137
        "#]],
    );
}
