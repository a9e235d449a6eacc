//! The scheduler, admission, kubelet restarts, reboots, changed images (`FINDINGS.md` 4, 11, `kubelet-semantics.md` 11.6, 13.7, 16.4).

use expect_test::expect;

use crate::{check, check_counts, check_end, check_ready};

/// 32.
#[test]
fn a_selector_nobody_has() {
    check(
        r#"
nodeSelector: {disk: ssd}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 20s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Pree...
        "#]],
    );
}

/// 33.
#[test]
fn not_enough_cpu() {
    check_end(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], resources: {requests: {cpu: '50'}}}
"#,
        "horizon: 20s",
        expect![[r#"
            phase Pending
            PodScheduled False Unschedulable 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.
        "#]],
    );
}

/// 16.4.
#[test]
fn an_untolerated_taint() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 5s
cluster: {node: {taints: ['a=b:NoSchedule']}}
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not hel...
        "#]],
    );
}

/// 46: the kubelet refuses a Pod that names its node.
#[test]
fn out_of_cpu() {
    check_end(
        r#"
nodeName: node1
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], resources: {requests: {cpu: '50'}}}
"#,
        "",
        expect![[r#"
            phase Failed OutOfcpu Pod was rejected: Node didn't have enough resource: cpu, requested: 50000, used: 0, capacity: 2000
        "#]],
    );
}

/// 12.2 no. 2.
#[test]
fn scheduling_gates() {
    check(
        r#"
schedulingGates: [{name: example.com/wait}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 5s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 SchedulingGated 0
        "#]],
    );
}

/// 35a: a running Pod sees nothing.
#[test]
fn a_kubelet_restart_is_not_seen() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait'], readinessProbe: {exec: {command: [sh, -c, 'true']}, periodSeconds: 2}, livenessProbe: {exec: {command: [sh, -c, 'true']}, periodSeconds: 2}}
"#,
        r#"
horizon: 30s
actions: [{at: 8s, restartKubelet: {downFor: 7s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            0.66    | 1/1 Running 0
        "#]],
    );
}

/// 35b, 35d.
#[test]
fn a_kubelet_restart_forgets_the_back_off() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
"#,
        r#"
horizon: 60s
actions: [{at: 30s, restartKubelet: {downFor: 7s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 0/1 Error 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 1 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Error 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 1 Error
            16.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Error 2 (14s ago)
            38.61   main#3 runs
            38.62   | 1/1 Running 3 (22s ago)
            39.61   main#3 ends with 1 Error
            39.78   BackOff main: Back-off restarting failed container main in pod p_default(UID)
            39.78   | 0/1 Error 3 (23s ago)
            52.37   | 0/1 CrashLoopBackOff 3 (13s ago)
            52.48   main#4 runs
            52.49   | 1/1 Running 4 (13s ago)
            53.48   main#4 ends with 1 Error
            53.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            53.78   | 0/1 Error 4 (14s ago)
        "#]],
    );
}

/// 35c: the init goes on, its successor starts normally.
#[test]
fn a_kubelet_restart_during_an_init() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 5']}
- {name: b, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 20s
actions: [{at: 3s, restartKubelet: {downFor: 7s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/2 0
            0.65    a#0 runs
            5.65    a#0 ends with 0 Completed
            11.50   | 0/1 Init:1/2 0
            11.61   b#0 runs
            12.61   b#0 ends with 0 Completed
            12.78   | 0/1 PodInitializing 0
            12.89   main#0 runs
            12.90   phase Running
            12.90   | 1/1 Running 0
        "#]],
    );
}

/// It is seen when the kubelet is back.
#[test]
fn deletion_while_the_kubelet_is_down() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "actions: [{at: 8s, restartKubelet: {downFor: 7s}}, {at: 10s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            10.00   | 1/1 Terminating 0
            16.50   main#0 ends with 0 Completed
            16.50   Killing main: Stopping container main
            16.68   phase Succeeded
            16.68   | 0/1 Completed 0
            16.78   | deleted
        "#]],
    );
}

/// 13.7: 255 Unknown, a new sandbox, inits again.
#[test]
fn a_reboot() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 60s
actions: [{at: 8s, nodeReboot: {downFor: 20s}}]
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
            8.00    main#0 ends with 255 Unknown
            29.50   SandboxChanged Pod sandbox changed, it will be killed and re-created.
            29.50   | 0/1 Unknown 0
            29.85   a#1 runs
            29.86   phase Pending
            30.85   a#1 ends with 0 Completed
            31.78   phase Running
            31.89   main#1 runs
            31.90   | 1/1 Running 1 (23s ago)
        "#]],
    );
}

/// 13.7: the Pod ends.
#[test]
fn a_reboot_under_never() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        "actions: [{at: 8s, nodeReboot: {downFor: 20s}}]",
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
            8.00    main#0 ends with 255 Unknown
            29.50   | 0/1 Unknown 0
            30.78   phase Failed
        "#]],
    );
}

/// 23: restarted in place within a moment; the inits are not.
#[test]
fn a_changed_image_of_a_main() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 12s
actions: [{at: 6s, setImage: {container: main, image: 'c:1'}}]
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
            6.01    main#0 ends with 0 Completed
            6.01    Killing main: Container main definition changed, will be restarted
            6.12    main#1 runs
            6.13    | 1/1 Running 1 (0s ago)
        "#]],
    );
}

/// 2.3: restarted all the same.
#[test]
fn a_changed_image_under_never() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 12s
actions: [{at: 6s, setImage: {container: main, image: 'c:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            6.01    main#0 ends with 0 Completed
            6.01    Killing main: Container main definition changed, will be restarted
            6.12    main#1 runs
            6.13    | 1/1 Running 1 (0s ago)
        "#]],
    );
}

/// A process killed from outside is restarted.
#[test]
fn a_signal_from_outside() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 12s
actions: [{at: 6s, killContainer: {name: main, signal: 9}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            6.00    main#0 ends with 137 Error
            6.78    | 0/1 Error 0
            6.89    main#1 runs
            6.90    | 1/1 Running 1 (0s ago)
        "#]],
    );
}

/// A good image is tried at once.
#[test]
fn a_changed_image_in_a_pull_back_off() {
    check(
        r#"
containers:
- {name: main, image: 'nosuch:1', command: [sleep, '1000']}
"#,
        r#"
horizon: 40s
images: [{name: 'nosuch:1', pull: {error: NotFound}}, {name: 'b:1', onNode: true}]
actions: [{at: 20s, setImage: {container: main, image: 'b:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "nosuch:1"
            0.55    Failed main: Failed to pull image "nosuch:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve ima...
            0.55    Failed main: Error: ErrImagePull
            0.78    BackOff main: Back-off pulling image "nosuch:1"
            0.78    Failed main: Error: ImagePullBackOff
            0.78    | 0/1 ErrImagePull 0
            13.37   Pulling x2 main: Pulling image "nosuch:1"
            13.37   | 0/1 ImagePullBackOff 0
            13.38   Failed x2 main: Failed to pull image "nosuch:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve ima...
            13.38   Failed x2 main: Error: ErrImagePull
            20.01   | 0/1 ErrImagePull 0
            20.12   main#0 runs
            20.13   phase Running
            20.13   | 1/1 Running 0
        "#]],
    );
}

/// 23: a running main whose new image is missing is stopped all the same.
#[test]
fn a_changed_image_that_is_missing() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 15s
images: [{name: 'b:1', onNode: true}, {name: 'x:1', pull: {error: NotFound}}]
actions: [{at: 6s, setImage: {container: main, image: 'x:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            6.01    main#0 ends with 0 Completed
            6.01    Killing main: Container main definition changed, will be restarted
            6.01    Pulling main: Pulling image "x:1"
            6.02    Failed main: Failed to pull image "x:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/x:1": failed to resolve image: docker...
            6.02    Failed main: Error: ErrImagePull
            6.78    BackOff main: Back-off pulling image "x:1"
            6.78    Failed main: Error: ImagePullBackOff
            6.78    | 0/1 ErrImagePull 0
        "#]],
    );
}

/// 16.4: no room for one more Pod.
#[test]
fn too_many_pods() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 5s
cluster: {node: {allocatable: {pods: '0'}}}
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 Too many pods. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling...
        "#]],
    );
}

/// 13.7: a reboot during an init begins all anew.
#[test]
fn a_reboot_during_an_init() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 20']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 40s
actions: [{at: 5s, nodeReboot: {downFor: 5s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 runs
            5.00    a#0 ends with 255 Unknown
            11.50   SandboxChanged Pod sandbox changed, it will be killed and re-created.
            11.50   | 0/1 Init:Unknown 0
            11.85   a#1 runs
            11.86   | 0/1 Init:0/1 1 (6s ago)
            31.85   a#1 ends with 0 Completed
            32.78   | 0/1 PodInitializing 0
            32.89   main#0 runs
            32.90   phase Running
            32.90   | 1/1 Running 0
        "#]],
    );
}

/// 16.4: what nothing has changed for is tried again all the same, after five minutes and up to 30 s.
#[test]
fn an_unschedulable_pod_is_tried_again() {
    check_counts(
        r#"
nodeSelector: {disk: ssd}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 700s",
        expect![[r#"
            0.01    FailedScheduling x1
            315.01  FailedScheduling x2
            630.01  FailedScheduling x3
        "#]],
    );
}

/// 16.4: a claim that is bound lets the Pod be scheduled, once.
#[test]
fn a_retry_is_not_a_second_scheduling() {
    check_counts(
        r#"
volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 700s
objects: [{kind: PersistentVolumeClaim, name: c, boundAt: 20s}]
"#,
        expect![[r#"
            0.01    FailedScheduling x1
            20.01   Scheduled x1
            20.54   Pulled x1
            20.57   Created x1
            20.65   Started x1
        "#]],
    );
}

/// 11.6: the kubelet looks at taints itself, but only at those that evict.
#[test]
fn a_taint_that_evicts() {
    let pod = r#"
nodeName: node1
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#;
    check_end(
        pod,
        "horizon: 5s\ncluster: {node: {name: node1, taints: ['a=b:NoExecute']}}",
        expect![[r#"
        phase Failed TaintToleration Pod was rejected: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate
    "#]],
    );
    check_end(
        pod,
        "horizon: 5s\ncluster: {node: {name: node1, taints: ['a=b:NoSchedule']}}",
        expect![[r#"
        phase Running
        PodReadyToStartContainers True
        Initialized True
        Ready True
        ContainersReady True
        PodScheduled True
        main: running, ready, started, restarts 0
    "#]],
    );
    let tolerant = format!("{pod}tolerations: [{{key: a, operator: Exists}}]\n");
    check_end(
        &tolerant,
        "horizon: 5s\ncluster: {node: {name: node1, taints: ['a=b:NoExecute']}}",
        expect![[r#"
        phase Running
        PodReadyToStartContainers True
        Initialized True
        Ready True
        ContainersReady True
        PodScheduled True
        main: running, ready, started, restarts 0
    "#]],
    );
}

/// 11.6
#[test]
fn out_of_pods() {
    check_end(
        r#"
nodeName: node1
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true']}
"#,
        "cluster: {node: {allocatable: {pods: '0'}}}",
        expect![[r#"
            phase Failed OutOfpods Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 0, capacity: 0
        "#]],
    );
}

/// 11.6: no kubelet hears of a Pod that names a node that does not exist; the Pod garbage collector removes it.
#[test]
fn a_node_that_does_not_exist() {
    let pod = r#"
nodeName: elsewhere
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#;
    check(
        pod,
        "cluster: {node: {name: node1}}",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        70.01   phase Failed
        70.01   | 0/1 Failed 0
        70.01   | deleted
    "#]],
    );
    check_end(
        pod,
        "horizon: 60s\ncluster: {node: {name: node1}}",
        expect![[r#"
        phase Pending
    "#]],
    );
    check_end(
        pod,
        "cluster: {node: {name: node1}}",
        expect![[r#"
        phase Failed
        DisruptionTarget True DeletionByPodGC PodGC: node no longer exists
    "#]],
    );
    check(
        pod,
        "cluster: {node: {name: node1}}\nactions: [{at: 5s, deletePod: {}}]",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        5.00    | 0/1 Terminating 0
        70.01   phase Failed
        70.01   | 0/1 Failed 0
        70.01   | deleted
    "#]],
    );
}

/// Where the scenario names no node, the node is called as the Pod wants it.
#[test]
fn the_node_that_the_pod_names() {
    let pod = r#"
nodeName: worker-3
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#;
    let trace = crate::run(pod, "horizon: 5s\ncluster: {}");
    assert_eq!(trace.node, "worker-3");
    assert!(trace.assumptions.iter().any(|a| a.about == "node worker-3"));
    assert!(trace.main_started().all(|(_, started)| started.is_some()));
}

/// The first plugin that refuses a node has the word.
#[test]
fn affinity_to_pods_and_topologies() {
    let pod = |rules: &str| {
        format!("{rules}\ncontainers:\n- {{name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}}\n")
    };
    let near = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: db}}, topologyKey: kubernetes.io/hostname}]}}";
    let spread = "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]";
    let field = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [node1]}]}]}}}";
    let apart = near.replace("podAffinity", "podAntiAffinity");
    for (rules, expect) in [
        (
            near,
            expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is ...
        "#]],
        ),
        (
            spread,
            expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label). no new claims to deallocate, preemption: 0/1...
        "#]],
        ),
        (
            field,
            expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
        "#]],
        ),
        (
            &apart,
            expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
        "#]],
        ),
    ] {
        check(&pod(rules), "horizon: 2s", expect);
    }
}

/// Nobody but the kubelet tells of a Pod that names its node.
#[test]
fn a_named_node_gets_one_first_status() {
    check_ready(
        "nodeName: node1\ncontainers:\n- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}\n",
        "horizon: 2s",
        expect![[r#"
            0.03    False containers with unready status: [main]
            0.66    True
        "#]],
    );
}
