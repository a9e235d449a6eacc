//! Probes (`FINDINGS.md` 8, `kubelet-semantics.md` 8).

use expect_test::expect;

use crate::{check, check_kills, check_logs, check_ready};

/// 15: TERM at the third failure, the whole grace, and Ready all the while.
#[test]
fn liveness_kills() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 5, initialDelaySeconds: 5}}
"#,
        "horizon: 60s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.39    Unhealthy main: Liveness probe failed: 
            10.39   Unhealthy x2 main: Liveness probe failed: 
            15.39   Unhealthy x3 main: Liveness probe failed: 
            15.39   Killing main: Container main failed liveness probe, will be restarted
            45.39   main#0 ends with 137 Error
            45.50   main#1 runs
            45.51   | 1/1 Running 1 (0s ago)
            50.39   Unhealthy x4 main: Liveness probe failed: 
            55.39   Unhealthy x5 main: Liveness probe failed: 
        "#]],
    );
}

/// 15c, 4.5: the first and second restart at once, the third waits.
#[test]
fn a_series_of_kills() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 2, failureThreshold: 1}}
"#,
        "horizon: 40s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.39    main#0 ends with 0 Completed
            2.39    Unhealthy main: Liveness probe failed: 
            2.39    Killing main: Container main failed liveness probe, will be restarted
            2.50    main#1 runs
            2.51    | 1/1 Running 1 (0s ago)
            4.39    main#1 ends with 0 Completed
            4.39    Unhealthy x2 main: Liveness probe failed: 
            4.39    Killing x2 main: Container main failed liveness probe, will be restarted
            4.50    main#2 runs
            4.51    | 1/1 Running 2 (0s ago)
            6.39    main#2 ends with 0 Completed
            6.39    Unhealthy x3 main: Liveness probe failed: 
            6.39    Killing x3 main: Container main failed liveness probe, will be restarted
            6.39    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            6.78    BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            6.78    | 0/1 CrashLoopBackOff 2 (0s ago)
            19.48   main#3 runs
            19.49   | 1/1 Running 3 (13s ago)
            20.39   main#3 ends with 0 Completed
            20.39   Unhealthy x4 main: Liveness probe failed: 
            20.39   Killing x4 main: Container main failed liveness probe, will be restarted
            20.39   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            20.78   BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            20.78   | 0/1 CrashLoopBackOff 3 (0s ago)
        "#]],
    );
}

/// 15f: Stopping container.
#[test]
fn liveness_under_never() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 2}}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.39    Unhealthy main: Liveness probe failed: 
            4.39    Unhealthy x2 main: Liveness probe failed: 
            6.39    main#0 ends with 0 Completed
            6.39    Unhealthy x3 main: Liveness probe failed: 
            6.39    Killing main: Stopping container main
            6.58    | 0/1 Completed 0
            7.78    phase Succeeded
        "#]],
    );
}

/// 15b.
#[test]
fn readiness_only_flips_ready() {
    check_ready(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], readinessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 3}}
"#,
        "horizon: 14s",
        expect![[r#"
            0.03    False containers with unready status: [main]
        "#]],
    );
}

/// 8.2.
#[test]
fn readiness_comes_and_goes() {
    check_ready(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 3; touch /ok; sleep 6; rm /ok; sleep 1000'], readinessProbe: {exec: {command: [sh, -c, 'test -f /ok']}, periodSeconds: 1, failureThreshold: 2}}
"#,
        "horizon: 16s",
        expect![[r#"
            0.03    False containers with unready status: [main]
            3.66    True
            10.66   False containers with unready status: [main]
        "#]],
    );
}

/// 15d: liveness is not asked before.
#[test]
fn startup_holds_the_others() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 6; touch /ok; sleep 1000'], startupProbe: {exec: {command: [sh, -c, 'test -f /ok']}, periodSeconds: 2, failureThreshold: 10}, livenessProbe: {exec: {command: [sh, -c, 'test -f /ok']}, periodSeconds: 2, failureThreshold: 1}}
"#,
        "horizon: 12s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            2.39    Unhealthy main: Startup probe failed: 
            4.39    Unhealthy x2 main: Startup probe failed: 
            6.39    Unhealthy x3 main: Startup probe failed: 
            8.39    | 1/1 Running 0
        "#]],
    );
}

/// 15e: killed and restarted like a crash of its own kind.
#[test]
fn startup_fails() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], startupProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 1, failureThreshold: 2}}
"#,
        "horizon: 25s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            1.39    Unhealthy main: Startup probe failed: 
            2.39    main#0 ends with 0 Completed
            2.39    Unhealthy x2 main: Startup probe failed: 
            2.39    Killing main: Container main failed startup probe, will be restarted
            2.50    main#1 runs
            2.51    | 0/1 Running 1 (0s ago)
            3.39    Unhealthy x3 main: Startup probe failed: 
            4.39    main#1 ends with 0 Completed
            4.39    Unhealthy x4 main: Startup probe failed: 
            4.39    Killing x2 main: Container main failed startup probe, will be restarted
            4.50    main#2 runs
            4.51    | 0/1 Running 2 (0s ago)
            5.39    Unhealthy x5 main: Startup probe failed: 
            6.39    main#2 ends with 0 Completed
            6.39    Unhealthy x6 main: Startup probe failed: 
            6.39    Killing x3 main: Container main failed startup probe, will be restarted
            6.39    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            6.78    BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            6.78    | 0/1 CrashLoopBackOff 2 (0s ago)
            19.48   main#3 runs
            19.49   | 0/1 Running 3 (13s ago)
            20.39   Unhealthy x7 main: Startup probe failed: 
            21.39   main#3 ends with 0 Completed
            21.39   Unhealthy x8 main: Startup probe failed: 
            21.39   Killing x4 main: Container main failed startup probe, will be restarted
            21.39   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            21.78   BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            21.78   | 0/1 CrashLoopBackOff 3 (0s ago)
        "#]],
    );
}

/// 8.4.
#[test]
fn a_probe_has_a_grace_of_its_own() {
    check_kills(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 2, terminationGracePeriodSeconds: 3}}
"#,
        "horizon: 12s",
        expect![[r#"
            main: from 6.39 TERM 6.39 KILL 9.39 exit 137 at 9.39 (Container main failed liveness probe, will be restarted)
            2.39 Unhealthy Liveness probe failed: 
            4.39 Unhealthy Liveness probe failed: 
            6.39 Unhealthy Liveness probe failed: 
            10.39 Unhealthy Liveness probe failed: 
        "#]],
    );
}

/// 8.5: a time-out is a failure.
#[test]
fn a_probe_that_hangs() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], livenessProbe: {exec: {command: [sh, -c, 'sleep 9']}, periodSeconds: 3}}
"#,
        "horizon: 12s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            4.39    Unhealthy main: Liveness probe failed: command timed out: "sh -c sleep 9" timed out after 1s
            7.39    Unhealthy x2 main: Liveness probe failed: command timed out: "sh -c sleep 9" timed out after 1s
            10.39   Unhealthy x3 main: Liveness probe failed: command timed out: "sh -c sleep 9" timed out after 1s
            10.39   Killing main: Container main failed liveness probe, will be restarted
        "#]],
    );
}

/// The scenario lets a probe fail for a while.
#[test]
fn an_injected_failure() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], livenessProbe: {exec: {command: [sh, -c, 'true']}, periodSeconds: 2}}
"#,
        r#"
horizon: 20s
actions: [{at: 5s, failProbe: {container: main, probe: liveness, for: 8s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            6.39    Unhealthy main: Liveness probe failed: injected failure
            8.39    Unhealthy x2 main: Liveness probe failed: injected failure
            10.39   main#0 ends with 0 Completed
            10.39   Unhealthy x3 main: Liveness probe failed: injected failure
            10.39   Killing main: Container main failed liveness probe, will be restarted
            10.50   main#1 runs
            10.51   | 1/1 Running 1 (0s ago)
            12.39   Unhealthy x4 main: Liveness probe failed: injected failure
        "#]],
    );
}

/// 8.5: nobody listens.
#[test]
fn http_and_tcp() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sleep, '1000'], readinessProbe: {httpGet: {port: 8080}, periodSeconds: 2}, livenessProbe: {tcpSocket: {port: 81}, periodSeconds: 3}}
"#,
        "horizon: 6s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            0.66    Unhealthy main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            2.66    Unhealthy x2 main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            3.39    Unhealthy main: Liveness probe failed: dial tcp 10.88.0.10:81: connect: connection refused
            4.66    Unhealthy x3 main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
        "#]],
    );
}

/// 8.5: the Pod has one address, at which all its containers listen.
#[test]
fn a_port_of_another_container() {
    check(
        r#"
containers:
- {name: main, image: 'busybox:1.36', command: [sleep, '1000'], readinessProbe: {httpGet: {port: 8080}, periodSeconds: 2}, livenessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 6, periodSeconds: 3}}
- {name: web, image: 'busybox:1.36', command: [sh, -c, 'sleep 5; echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp']}
"#,
        "horizon: 15s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    main#0 runs
            0.76    web#0 runs
            0.77    phase Running
            0.77    | 1/2 Running 0
            0.77    Unhealthy main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            2.77    Unhealthy x2 main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            4.77    Unhealthy x3 main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            6.77    | 2/2 Running 0
        "#]],
    );
}

/// The containers of a Pod reach each other at localhost, and one that has ended listens no more.
#[test]
fn localhost_is_shared() {
    check_logs(
        r#"
restartPolicy: Never
containers:
- {name: client, image: 'busybox:1.36', command: [sh, -c, 'until nc -z localhost 8080; do echo waiting; sleep 1; done; echo up; sleep 6; nc -z localhost 8080 || echo down']}
- {name: server, image: 'busybox:1.36', command: [sh, -c, 'sleep 2; httpd -f -p 8080 & sleep 3; kill $!; wait']}
"#,
        "horizon: 20s",
        expect![[r#"
            client#0 waiting
            client#0 waiting
            client#0 waiting
            client#0 up
            client#0 down
        "#]],
    );
}

/// 8.5: a page that is not there, and a server that speaks no TLS.
#[test]
fn http_answers() {
    check(
        r#"
containers:
- name: main
  image: 'busybox:1.36'
  command: [sh, -c, 'mkdir /www; echo hello > /www/there; exec httpd -f -p 8080 -h /www']
  startupProbe: {httpGet: {path: /there, port: 8080}, periodSeconds: 1}
  readinessProbe: {httpGet: {path: /absent, port: 8080}, periodSeconds: 4}
  livenessProbe: {httpGet: {path: /there, port: 8080, scheme: HTTPS}, periodSeconds: 3, failureThreshold: 9}
"#,
        "horizon: 6s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            1.39    Unhealthy main: Readiness probe failed: HTTP probe failed with statuscode: 404
            3.39    Unhealthy main: Liveness probe failed: Get "https://10.88.0.10:8080/there": http: server gave HTTP response to HTTPS client
            5.39    Unhealthy x2 main: Readiness probe failed: HTTP probe failed with statuscode: 404
        "#]],
    );
}

/// 8.2, 8.5: a command that cannot be started is no failure of the container: it is told, and counts neither way.
#[test]
fn a_command_that_is_not_there() {
    check(
        r#"
containers:
- name: main
  image: busybox:1.36
  command: [sh, -c, 'sleep 1000']
  livenessProbe: {exec: {command: [nosuch]}, periodSeconds: 2, failureThreshold: 1}
"#,
        "horizon: 6s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.39    Unhealthy main: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "e51c715afb07...
            4.39    Unhealthy main: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "ecac995bc028...
        "#]],
    );
}

/// 8.5: nor is a port without a name.
#[test]
fn a_port_that_has_no_name() {
    check(
        r#"
containers:
- {name: main, image: 'nginx:1', readinessProbe: {httpGet: {port: web}, periodSeconds: 2}}
"#,
        "horizon: 4s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            0.66    Unhealthy main: Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax
            2.66    Unhealthy x2 main: Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax
        "#]],
    );
}

/// 8.5: the client tries to connect as long as the probe lets it.
#[test]
fn nobody_answers_grpc() {
    check(
        r#"
containers:
- {name: main, image: 'nginx:1', readinessProbe: {grpc: {port: 50051}, periodSeconds: 3, timeoutSeconds: 2}}
"#,
        "horizon: 7s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            2.66    Unhealthy main: Readiness probe failed: timeout: failed to connect service "10.88.0.10:50051" within 2s: context deadline exceeded
            5.66    Unhealthy x2 main: Readiness probe failed: timeout: failed to connect service "10.88.0.10:50051" within 2s: context deadline exceeded
        "#]],
    );
}

/// The start is read from the status, in whole seconds: at 5.39 s five seconds have passed since 0 s (`doProbe`, `normalizeStatus`).
#[test]
fn an_initial_delay_counts_whole_seconds() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], livenessProbe: {exec: {command: ['false']}, initialDelaySeconds: 5, periodSeconds: 5, failureThreshold: 1}}
"#,
        "horizon: 8s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            5.39    main#0 ends with 0 Completed
            5.39    Unhealthy main: Liveness probe failed: 
            5.39    Killing main: Stopping container main
            5.58    | 0/1 Completed 0
            6.78    phase Succeeded
        "#]],
    );
}

/// A probe's command is expanded with what stands in the Pod itself; what it prints is told stdout first.
#[test]
fn the_command_of_a_probe() {
    check(
        r#"
containers:
- name: main
  image: 'busybox:1.36'
  command: [sh, -c, 'sleep 1000']
  env: [{name: FILE, value: /tmp/x}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
  readinessProbe: {exec: {command: [sh, -c, 'echo err >&2; echo $(FILE) .$(POD). $$HOME; exit 2']}}
"#,
        "horizon: 2s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            0.66    Unhealthy main: Readiness probe failed: /tmp/x .. /
            err
        "#]],
    );
}

/// The kubelet asks from the node: localhost is not the Pod. A path gets its slash.
#[test]
fn localhost_is_the_node() {
    let pod = |network: &str| {
        format!(
            r#"
{network}
containers:
- {{name: main, image: 'busybox:1.36', command: [sh, -c, 'httpd -f -p 81 -h /tmp'], readinessProbe: {{httpGet: {{host: 127.0.0.1, port: 81, path: ''}}, periodSeconds: 1}}, livenessProbe: {{tcpSocket: {{host: localhost, port: 81}}}}}}
"#
        )
    };
    check(
        &pod(""),
        "horizon: 2s",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        0.03    | 0/1 ContainerCreating 0
        0.65    main#0 runs
        0.66    phase Running
        0.66    | 0/1 Running 0
        0.66    Unhealthy main: Readiness probe failed: Get "http://127.0.0.1:81/": dial tcp 127.0.0.1:81: connect: connection refused
        1.66    Unhealthy x2 main: Readiness probe failed: Get "http://127.0.0.1:81/": dial tcp 127.0.0.1:81: connect: connection refused
    "#]],
    );
    check(
        &pod("hostNetwork: true"),
        "horizon: 2s",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        0.03    | 0/1 ContainerCreating 0
        0.65    main#0 runs
        0.66    phase Running
        0.66    | 0/1 Running 0
        0.66    Unhealthy main: Readiness probe failed: HTTP probe failed with statuscode: 403
        1.66    Unhealthy x2 main: Readiness probe failed: HTTP probe failed with statuscode: 403
    "#]],
    );
}
