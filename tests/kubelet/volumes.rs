//! Volumes and what a Pod refers to (`FINDINGS.md` 5, `kubelet-semantics.md` 6.2, 7).

use expect_test::expect;

use crate::{check, check_end, check_logs, run};
use podlapse::time::Millis;

/// 10: CreateContainerConfigError, without restarts; gone 8 to 12 s after the Secret is there.
#[test]
fn an_env_secret_that_appears() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], env: [{name: U, valueFrom: {secretKeyRef: {name: s, key: u}}}]}
"#,
        r#"
horizon: 60s
objects: [{kind: Secret, name: s, data: {u: x}, createdAt: 30s}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.55    Failed main: Error: secret "s" not found
            0.78    | 0/1 CreateContainerConfigError 0
            0.78    Failed x2 main: Error: secret "s" not found
            13.37   Failed x3 main: Error: secret "s" not found
            26.37   Failed x4 main: Error: secret "s" not found
            39.48   main#0 runs
            39.49   phase Running
            39.49   | 1/1 Running 0
        "#]],
    );
}

/// 10e.
#[test]
fn a_key_that_is_missing() {
    check_end(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], env: [{name: U, valueFrom: {secretKeyRef: {name: s, key: u}}}]}
"#,
        r#"
horizon: 4s
objects: [{kind: Secret, name: s, data: {v: x}}]
"#,
        expect![[r#"
            phase Pending
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting CreateContainerConfigError "couldn't find key u in Secret default/s", restarts 0
        "#]],
    );
}

/// 10f: left out.
#[test]
fn an_optional_key() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'echo "u=$U"; sleep 1000'], env: [{name: U, valueFrom: {configMapKeyRef: {name: s, key: u, optional: true}}}]}
"#,
        r#"
horizon: 3s
objects: [{kind: ConfigMap, name: s, createdAt: never}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
        "#]],
    );
}

/// 10c: no sandbox; mounts are retried after 0.5 s and double; created at 100 s, running at about 136 s.
#[test]
fn a_secret_volume_that_is_late() {
    check(
        r#"
volumes: [{name: s, secret: {secretName: x}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], volumeMounts: [{name: s, mountPath: /s}]}
"#,
        r#"
horizon: 150s
objects: [{kind: Secret, name: x, createdAt: 100s}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.21    FailedMount MountVolume.SetUp failed for volume "s" : secret "x" not found
            0.71    FailedMount x2 MountVolume.SetUp failed for volume "s" : secret "x" not found
            1.71    FailedMount x3 MountVolume.SetUp failed for volume "s" : secret "x" not found
            3.71    FailedMount x4 MountVolume.SetUp failed for volume "s" : secret "x" not found
            7.71    FailedMount x5 MountVolume.SetUp failed for volume "s" : secret "x" not found
            15.71   FailedMount x6 MountVolume.SetUp failed for volume "s" : secret "x" not found
            31.71   FailedMount x7 MountVolume.SetUp failed for volume "s" : secret "x" not found
            63.71   FailedMount x8 MountVolume.SetUp failed for volume "s" : secret "x" not found
            136.63  main#0 runs
            136.64  phase Running
            136.64  | 1/1 Running 0
        "#]],
    );
}

/// 10d: init 0 waits although only main uses it.
#[test]
fn a_missing_volume_blocks_the_inits_too() {
    check(
        r#"
volumes: [{name: s, configMap: {name: x}}]
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], volumeMounts: [{name: s, mountPath: /s}]}
"#,
        r#"
horizon: 10s
objects: [{kind: ConfigMap, name: x, createdAt: never}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.21    FailedMount MountVolume.SetUp failed for volume "s" : configmap "x" not found
            0.71    FailedMount x2 MountVolume.SetUp failed for volume "s" : configmap "x" not found
            1.71    FailedMount x3 MountVolume.SetUp failed for volume "s" : configmap "x" not found
            3.71    FailedMount x4 MountVolume.SetUp failed for volume "s" : configmap "x" not found
            7.71    FailedMount x5 MountVolume.SetUp failed for volume "s" : configmap "x" not found
        "#]],
    );
}

/// 7.1.
#[test]
fn a_key_of_items_that_is_missing() {
    check(
        r#"
volumes: [{name: s, secret: {secretName: x, items: [{key: k, path: k}]}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], volumeMounts: [{name: s, mountPath: /s}]}
"#,
        r#"
horizon: 2s
objects: [{kind: Secret, name: x, data: {a: b}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.21    FailedMount MountVolume.SetUp failed for volume "s" : references non-existent secret key: k
            0.71    FailedMount x2 MountVolume.SetUp failed for volume "s" : references non-existent secret key: k
            1.71    FailedMount x3 MountVolume.SetUp failed for volume "s" : references non-existent secret key: k
        "#]],
    );
}

/// 7.2: an empty directory.
#[test]
fn an_optional_volume() {
    check(
        r#"
volumes: [{name: s, secret: {secretName: x, optional: true}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'ls /s; sleep 1000'], volumeMounts: [{name: s, mountPath: /s}]}
"#,
        r#"
horizon: 3s
objects: [{kind: Secret, name: x, createdAt: never}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
        "#]],
    );
}

/// 10i: the scheduler's business.
#[test]
fn a_claim_that_is_not_there() {
    check(
        r#"
volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 20s
objects: [{kind: PersistentVolumeClaim, name: data, createdAt: 5s, boundAt: 12s}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.01    FailedScheduling 0/1 nodes are available: persistentvolumeclaim "data" not found. not found
            5.01    FailedScheduling 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found
            12.03   | 0/1 ContainerCreating 0
            12.65   main#0 runs
            12.66   phase Running
            12.66   | 1/1 Running 0
        "#]],
    );
}

/// 7.4: what the first init wrote is there after the sandbox was lost.
#[test]
fn an_empty_dir_outlives_containers_and_sandboxes() {
    check_logs(
        r#"
volumes: [{name: w, emptyDir: {}}]
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'date +%s >> /w/n; wc -l < /w/n'], volumeMounts: [{name: w, mountPath: /w}]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'trap "exit 0" TERM; sleep 1000 & wait']}
"#,
        r#"
horizon: 15s
actions: [{at: 5s, killSandbox: {}}]
"#,
        expect![[r#"
            a#0 1
            a#1 2
        "#]],
    );
}

/// 7.4: a reboot takes what was in memory, and leaves what was on disk.
#[test]
fn an_empty_dir_in_memory_is_lost_with_the_node() {
    check_logs(
        r#"
volumes: [{name: disk, emptyDir: {}}, {name: memory, emptyDir: {medium: Memory}}]
containers:
- name: main
  image: 'busybox:1.36'
  command: [sh, -c, 'ls /disk /memory; touch /disk/a /memory/b; sleep 1000']
  volumeMounts: [{name: disk, mountPath: /disk}, {name: memory, mountPath: /memory}]
"#,
        r#"
horizon: 60s
actions: [{at: 10s, nodeReboot: {downFor: 10s}}]
"#,
        expect![[r#"
            main#0 /disk:
            main#0 
            main#0 /memory:
            main#1 /disk:
            main#1 a
            main#1 
            main#1 /memory:
        "#]],
    );
}

/// 7.3: a claim that was deleted before the Pod came.
#[test]
fn a_claim_that_is_gone() {
    check_end(
        r#"
volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 5s\nobjects: [{kind: PersistentVolumeClaim, name: c, deletedAt: 0s}]",
        expect![[r#"
            phase Pending
            PodScheduled False Unschedulable 0/1 nodes are available: persistentvolumeclaim "c" not found. not found
        "#]],
    );
}

/// 7.1: all that a projected volume lacks is told at once.
#[test]
fn a_projected_volume_lacks_two_objects() {
    check(
        r#"
volumes: [{name: s, projected: {sources: [{secret: {name: x}}, {configMap: {name: cm}}]}}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 600ms
objects: [{kind: Secret, name: x, createdAt: never}, {kind: ConfigMap, name: cm, createdAt: never}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.21    FailedMount MountVolume.SetUp failed for volume "s" : [secret "x" not found, configmap "cm" not found]
        "#]],
    );
}

/// 6.2: a part of a volume that cannot be is a matter of configuration: no attempt, no back-off that grows.
#[test]
fn a_sub_path_through_a_file() {
    check(
        r#"
volumes: [{name: v, emptyDir: {}}]
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'echo x > /v/a'], volumeMounts: [{name: v, mountPath: /v}]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000'], volumeMounts: [{name: v, mountPath: /x, subPath: a/b}]}
"#,
        "horizon: 30s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    init-a#0 ends with 0 Completed
            0.65    init-a#0 runs
            0.78    | 0/1 PodInitializing 0
            0.78    Failed main: Error: failed to prepare subPath for volumeMount "v" of container "main"
            13.37   | 0/1 CreateContainerConfigError 0
            13.37   Failed x2 main: Error: failed to prepare subPath for volumeMount "v" of container "main"
            26.37   Failed x3 main: Error: failed to prepare subPath for volumeMount "v" of container "main"
        "#]],
    );
}

/// `subPathExpr` is expanded by the container's variables, and needs them all.
#[test]
fn a_sub_path_of_variables() {
    let pod = |expr: &str| {
        format!(
            r#"
volumes: [{{name: v, emptyDir: {{}}}}]
containers:
- name: main
  image: 'b:1'
  command: [sh, -c, 'echo x > /x/f; find /v -type f; sleep 1000']
  env: [{{name: POD, valueFrom: {{fieldRef: {{fieldPath: metadata.name}}}}}}, {{name: NONE, value: ''}}]
  volumeMounts: [{{name: v, mountPath: /v}}, {{name: v, mountPath: /x, subPathExpr: {expr}}}]
"#
        )
    };
    check_logs(
        &pod("logs/$(POD)"),
        "horizon: 5s",
        expect![[r#"
        main#0 /v/logs/p/f
    "#]],
    );
    check_end(
        &pod("$(NONE)/$(LATER)/$(POD)"),
        "horizon: 5s",
        expect![[r#"
        phase Pending
        PodReadyToStartContainers True
        Initialized True
        Ready False ContainersNotReady containers with unready status: [main]
        ContainersReady False ContainersNotReady containers with unready status: [main]
        PodScheduled True
        main: waiting CreateContainerConfigError "missing value for LATER, NONE", restarts 0
    "#]],
    );
}

const GROWS: &str = "\
containers:
- name: main
  image: 'b:1'
  command: [sh, -c, 'sleep 40; dd if=/dev/zero of=/cache/f bs=1M count=SIZE 2>/dev/null; sleep 1000']
  volumeMounts: [{name: cache, mountPath: /cache}]
volumes: [{name: cache, emptyDir: {sizeLimit: 10Mi}}]
";

/// The kubelet measures volumes now and then (`volume_stat_calculator.go`); who has outgrown the limit is evicted with a grace of a second,
/// which the runtime makes two, and not started again.
#[test]
fn an_empty_dir_that_outgrows_its_limit() {
    check(
        &GROWS.replace("SIZE", "11"),
        "horizon: 5m",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            125.03  Evicted Usage of EmptyDir volume "cache" exceeds the limit "10Mi". 
            125.03  Killing main: Stopping container main
            127.03  main#0 ends with 137 Error
            127.21  phase Failed
            127.21  | 0/1 Error 0
        "#]],
    );
    check_end(
        &GROWS.replace("SIZE", "11"),
        "horizon: 5m",
        expect![[r#"
            phase Failed Evicted Usage of EmptyDir volume "cache" exceeds the limit "10Mi". 
            PodReadyToStartContainers False
            Initialized True
            Ready False PodFailed
            ContainersReady False PodFailed
            PodScheduled True
            main: Error 137, restarts 0
        "#]],
    );
}

/// What is within the limit, or in memory, or critical, stays.
#[test]
fn an_empty_dir_within_its_limit() {
    let within = GROWS.replace("SIZE", "9");
    let in_memory = GROWS.replace("SIZE", "11").replace("sizeLimit", "medium: Memory, sizeLimit");
    let critical = GROWS.replace("SIZE", "11") + "priorityClassName: system-node-critical\n";
    for pod in [within, in_memory, critical] {
        let trace = run(&pod, "horizon: 5m");
        assert!(trace.finished().is_none(), "{pod}: {:?}", trace.events);
    }
}

const WRITES: &str = "\
containers:
- name: main
  image: 'b:1'
  command: [sh, -c, 'sleep 20; dd if=/dev/zero of=/big bs=1M count=SIZE 2>/dev/null; sleep 1000']
  resources: {limits: {ephemeral-storage: 100Mi}}
- name: other
  image: 'b:1'
  command: [sleep, '1000']
";

/// Who writes more outside of volumes than the containers together may is evicted as well: the runtime measures every ten seconds, and
/// the eviction manager looks every ten (`eviction_manager.go`, `podEphemeralStorageLimitEviction`). A container without a limit adds none.
#[test]
fn a_container_that_writes_too_much() {
    check(
        &WRITES.replace("SIZE", "101"),
        "horizon: 2m",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/2 Pending 0
        0.03    | 0/2 ContainerCreating 0
        0.65    main#0 runs
        0.76    other#0 runs
        0.77    phase Running
        0.77    | 2/2 Running 0
        30.03   Evicted Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. 
        30.03   Killing main: Stopping container main
        30.03   Killing other: Stopping container other
        32.03   main#0 ends with 137 Error
        32.03   other#0 ends with 137 Error
        32.21   phase Failed
        32.21   | 0/2 Error 0
    "#]],
    );
    // As long as all together are within what all may take, it is the container's own limit that counts.
    let roomy = WRITES.replace("SIZE", "101") + "  resources: {limits: {ephemeral-storage: 1Gi}}\n";
    let said = |pod: &str| run(pod, "horizon: 2m").evicted().map(|(at, message)| (at, message.to_owned()));
    let own = "Container main exceeded its local ephemeral storage limit \"100Mi\".";
    assert_eq!(said(&roomy).map(|(_, message)| message).as_deref(), Some(own));
    assert_eq!(said(&WRITES.replace("SIZE", "99")), None);
}

/// What it writes into an emptyDir counts for the limit of all containers, once the kubelet has measured the volume.
#[test]
fn a_volume_counts_for_the_limit_of_storage() {
    let pod = WRITES.replace("SIZE", "101").replace("of=/big", "of=/data/big")
        + "  volumeMounts: [{name: data, mountPath: /data}]\nvolumes: [{name: data, emptyDir: {}}]\n";
    let pod = pod.replacen("  resources:", "  volumeMounts: [{name: data, mountPath: /data}]\n  resources:", 1);
    let trace = run(&pod, "horizon: 5m");
    let message = "Pod ephemeral local storage usage exceeds the total limit of containers 100Mi.";
    assert_eq!(trace.evicted(), Some((Millis(35_036), message)));
}

/// An emptyDir in memory has the size of its limit (7.6): who writes more is told, and nobody is evicted.
#[test]
fn a_volume_in_memory_is_full() {
    let script = "cd /cache; df -h . /cache | tail -n 1; dd if=/dev/zero of=f bs=1M count=20; echo $?; echo more > g; echo $?; \
        cp f h; rm f; echo small > g; cat g; grep cache /proc/mounts; mount | grep cache";
    let pod = format!(
        "restartPolicy: Never\ncontainers:\n- name: main\n  image: 'busybox:1.36'\n  command: [sh, -c, \"{script}\"]\n  \
        volumeMounts: [{{name: cache, mountPath: /cache}}]\nvolumes: [{{name: cache, emptyDir: {{medium: Memory, sizeLimit: 16Mi}}}}]\n"
    );
    let trace = run(&pod, "horizon: 1m");
    let lines: Vec<&str> = trace.containers[0].logs.iter().map(|l| l.line.as_str()).collect();
    expect![[r#"
        tmpfs                    16.0M         0     16.0M   0% /cache
        dd: error writing 'f': No space left on device
        17+0 records in
        16+0 records out
        16777216 bytes (16.0MB) copied, 0.016777 seconds, 1.0GB/s
        1
        sh: write error: No space left on device
        1
        cp: write error: No space left on device
        small
        tmpfs /cache tmpfs rw,relatime,size=16384k 0 0
        tmpfs on /cache type tmpfs (rw,relatime,size=16384k)
    "#]]
    .assert_eq(&(lines.join("\n") + "\n"));
}
