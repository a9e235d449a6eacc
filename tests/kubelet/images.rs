//! Images (`FINDINGS.md` 5, `kubelet-semantics.md` 5) and containers that cannot be made or started (6).

use expect_test::expect;

use crate::{check, check_counts, check_end};

/// 09, 5.4: ErrImagePull and ImagePullBackOff lag by one look.
#[test]
fn a_missing_image() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 90s
images: [{name: '*', pull: {error: NotFound}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.54    Pulling a: Pulling image "b:1"
            0.55    Failed a: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            0.55    Failed a: Error: ErrImagePull
            0.78    BackOff a: Back-off pulling image "b:1"
            0.78    Failed a: Error: ImagePullBackOff
            0.78    | 0/1 Init:ErrImagePull 0
            13.37   Pulling x2 a: Pulling image "b:1"
            13.37   | 0/1 Init:ImagePullBackOff 0
            13.38   Failed x2 a: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            13.38   Failed x2 a: Error: ErrImagePull
            26.37   BackOff x2 a: Back-off pulling image "b:1"
            26.37   Failed x2 a: Error: ImagePullBackOff
            26.37   | 0/1 Init:ErrImagePull 0
            39.37   Pulling x3 a: Pulling image "b:1"
            39.37   | 0/1 Init:ImagePullBackOff 0
            39.38   Failed x3 a: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            39.38   Failed x3 a: Error: ErrImagePull
            52.37   BackOff x3 a: Back-off pulling image "b:1"
            52.37   Failed x3 a: Error: ImagePullBackOff
            52.37   | 0/1 Init:ErrImagePull 0
            65.37   BackOff x4 a: Back-off pulling image "b:1"
            65.37   Failed x4 a: Error: ImagePullBackOff
            65.37   | 0/1 Init:ImagePullBackOff 0
            78.37   BackOff x5 a: Back-off pulling image "b:1"
            78.37   Failed x5 a: Error: ImagePullBackOff
        "#]],
    );
}

/// 09h: restartPolicy is without meaning for pulls.
#[test]
fn never_retries_as_well() {
    check(
        r#"
restartPolicy: Never
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
images: [{name: '*', pull: {error: Unreachable}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            0.55    Failed main: Failed to pull image "b:1": failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: failed to do request: Head "https://regi...
            0.55    Failed main: Error: ErrImagePull
            0.78    BackOff main: Back-off pulling image "b:1"
            0.78    Failed main: Error: ImagePullBackOff
            0.78    | 0/1 ErrImagePull 0
            13.37   Pulling x2 main: Pulling image "b:1"
            13.37   | 0/1 ImagePullBackOff 0
            13.38   Failed x2 main: Failed to pull image "b:1": failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: failed to do request: Head "https://regi...
            13.38   Failed x2 main: Error: ErrImagePull
            26.37   BackOff x2 main: Back-off pulling image "b:1"
            26.37   Failed x2 main: Error: ImagePullBackOff
            26.37   | 0/1 ErrImagePull 0
        "#]],
    );
}

/// 09f: taken at the next attempt only.
#[test]
fn one_that_appears() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 100s
images: [{name: '*', pull: {error: NotFound, duration: 1s}, availableAt: 50s}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            1.54    Failed main: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            1.54    Failed main: Error: ErrImagePull
            1.78    BackOff main: Back-off pulling image "b:1"
            1.78    Failed main: Error: ImagePullBackOff
            1.78    | 0/1 ErrImagePull 0
            14.37   Pulling x2 main: Pulling image "b:1"
            14.37   | 0/1 ImagePullBackOff 0
            15.37   Failed x2 main: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            15.37   Failed x2 main: Error: ErrImagePull
            28.37   BackOff x2 main: Back-off pulling image "b:1"
            28.37   Failed x2 main: Error: ImagePullBackOff
            28.37   | 0/1 ErrImagePull 0
            41.37   Pulling x3 main: Pulling image "b:1"
            41.37   | 0/1 ImagePullBackOff 0
            42.37   Failed x3 main: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            42.37   Failed x3 main: Error: ErrImagePull
            55.37   BackOff x3 main: Back-off pulling image "b:1"
            55.37   Failed x3 main: Error: ImagePullBackOff
            55.37   | 0/1 ErrImagePull 0
            68.37   BackOff x4 main: Back-off pulling image "b:1"
            68.37   Failed x4 main: Error: ImagePullBackOff
            68.37   | 0/1 ImagePullBackOff 0
            81.37   BackOff x5 main: Back-off pulling image "b:1"
            81.37   Failed x5 main: Error: ImagePullBackOff
            94.37   Pulling x4 main: Pulling image "b:1"
            95.37   Pulled main: Successfully pulled image "b:1" in 1s (1s including waiting). Image size: 2140950 bytes.
            95.48   main#0 runs
            95.49   phase Running
            95.49   | 1/1 Running 0
        "#]],
    );
}

/// 09b: Pulling, Pulled; meanwhile the default reason stands.
#[test]
fn a_pull() {
    check(
        r#"
initContainers:
- {name: a, image: 'b:1', command: [sh, -c, 'true']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 15s
images: [{name: '*', pull: {duration: 5248ms, size: 2140950}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.54    Pulling a: Pulling image "b:1"
            5.79    Pulled a: Successfully pulled image "b:1" in 5.248s (5.248s including waiting). Image size: 2140950 bytes.
            5.90    a#0 ends with 0 Completed
            5.90    a#0 runs
            6.78    | 0/1 PodInitializing 0
            6.89    main#0 runs
            6.90    phase Running
            6.90    | 1/1 Running 0
        "#]],
    );
}

/// 09i: asked for at every start.
#[test]
fn present_and_always() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'exit 1'], imagePullPolicy: Always}
"#,
        r#"
horizon: 4s
images: [{name: '*', onNode: true, pull: {duration: 300ms}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            0.84    Pulled main: Successfully pulled image "b:1" in 300ms (300ms including waiting). Image size: 2140950 bytes.
            0.95    main#0 ends with 1 Error
            0.95    main#0 runs
            0.96    phase Running
            0.96    | 1/1 Running 0
            1.78    Pulling x2 main: Pulling image "b:1"
            1.78    | 0/1 Error 0
            2.08    Pulled x2 main: Successfully pulled image "b:1" in 300ms (300ms including waiting). Image size: 2140950 bytes.
            2.19    main#1 ends with 1 Error
            2.19    main#1 runs
            2.20    | 1/1 Running 1 (2s ago)
            2.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            2.78    | 0/1 Error 1 (2s ago)
            3.78    BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 CrashLoopBackOff 1 (1s ago)
        "#]],
    );
}

/// 09c.
#[test]
fn never_and_missing() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'true'], imagePullPolicy: Never}
"#,
        r#"
horizon: 30s
images: [{name: nothing}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    ErrImageNeverPull main: Container image "b:1" is not present with pull policy of Never
            0.54    Failed main: Error: ErrImageNeverPull
            0.78    ErrImageNeverPull x2 main: Container image "b:1" is not present with pull policy of Never
            0.78    Failed x2 main: Error: ErrImageNeverPull
            0.78    | 0/1 ErrImageNeverPull 0
            13.37   ErrImageNeverPull x3 main: Container image "b:1" is not present with pull policy of Never
            13.37   Failed x3 main: Error: ErrImageNeverPull
            26.37   ErrImageNeverPull x4 main: Container image "b:1" is not present with pull policy of Never
            26.37   Failed x4 main: Error: ErrImageNeverPull
        "#]],
    );
}

/// 09d.
#[test]
fn no_name_of_an_image() {
    check(
        r#"
containers:
- {name: main, image: 'Busybox:1'}
"#,
        "horizon: 30s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    InspectFailed main: Failed to apply default image tag "Busybox:1": couldn't parse image name "Busybox:1": invalid reference format: repository name (library/Busybox) must...
            0.54    Failed main: Error: InvalidImageName
            0.78    InspectFailed x2 main: Failed to apply default image tag "Busybox:1": couldn't parse image name "Busybox:1": invalid reference format: repository name (library/Busybox) must...
            0.78    Failed x2 main: Error: InvalidImageName
            0.78    | 0/1 InvalidImageName 0
            13.37   InspectFailed x3 main: Failed to apply default image tag "Busybox:1": couldn't parse image name "Busybox:1": invalid reference format: repository name (library/Busybox) must...
            13.37   Failed x3 main: Error: InvalidImageName
            26.37   InspectFailed x4 main: Failed to apply default image tag "Busybox:1": couldn't parse image name "Busybox:1": invalid reference format: repository name (library/Busybox) must...
            26.37   Failed x4 main: Error: InvalidImageName
        "#]],
    );
}

/// 53: the other one starts.
#[test]
fn one_of_two_mains() {
    check(
        r#"
containers:
- {name: a, image: 'b:1', command: [sh, -c, 'sleep 1000']}
- {name: b, image: 'nosuch:1'}
"#,
        r#"
horizon: 30s
images: [{name: 'b:1', onNode: true}, {name: 'nosuch:1', pull: {error: NotFound}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    a#0 runs
            0.65    Pulling b: Pulling image "nosuch:1"
            0.66    Failed b: Failed to pull image "nosuch:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve ima...
            0.66    Failed b: Error: ErrImagePull
            0.78    BackOff b: Back-off pulling image "nosuch:1"
            0.78    Failed b: Error: ImagePullBackOff
            0.78    | 1/2 ErrImagePull 0
            13.37   Pulling x2 b: Pulling image "nosuch:1"
            13.37   | 1/2 ImagePullBackOff 0
            13.38   Failed x2 b: Failed to pull image "nosuch:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve ima...
            13.38   Failed x2 b: Error: ErrImagePull
            26.37   BackOff x2 b: Back-off pulling image "nosuch:1"
            26.37   Failed x2 b: Error: ImagePullBackOff
            26.37   | 1/2 ErrImagePull 0
        "#]],
    );
}

/// A pull of what was taken away fails.
#[test]
fn an_image_that_vanishes() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 2'], imagePullPolicy: Always}
"#,
        r#"
horizon: 16s
images: [{name: '*', pull: {duration: 1s}, unavailableAt: 3s}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            1.54    Pulled main: Successfully pulled image "b:1" in 1s (1s including waiting). Image size: 2140950 bytes.
            1.65    main#0 runs
            1.66    phase Running
            1.66    | 1/1 Running 0
            3.65    main#0 ends with 0 Completed
            3.78    Pulling x2 main: Pulling image "b:1"
            3.78    | 0/1 Completed 0
            4.78    Failed main: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            4.78    Failed main: Error: ErrImagePull
        "#]],
    );
}

/// 11: RunContainerError, at once, then with back-off.
#[test]
fn no_such_command() {
    check(
        r#"
containers:
- {name: main, image: 'busybox:1.28', command: [nosuchcmd]}
"#,
        r#"
horizon: 20s
images: [{name: '*', onNode: true}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 ends with 128 StartError
            0.65    Failed main: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process:...
            0.78    phase Running
            0.78    | 0/1 RunContainerError 0
            0.89    main#1 ends with 128 StartError
            0.89    Failed x2 main: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process:...
            1.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            1.78    | 0/1 RunContainerError 1 (1s ago)
            13.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            13.48   main#2 ends with 128 StartError
            13.48   Failed x3 main: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process:...
            13.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            13.78   | 0/1 RunContainerError 2 (0s ago)
        "#]],
    );
}

/// 11d, 11g: StartError.
#[test]
fn no_such_command_under_never() {
    check(
        r#"
restartPolicy: Never
initContainers:
- {name: a, image: 'busybox:1.28', command: [nosuchcmd]}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    a#0 ends with 128 StartError
            0.65    Failed a: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process:...
            0.78    | 0/1 Init:StartError 0
            1.96    phase Failed
        "#]],
    );
}

/// 6.2: an image that runs as root.
#[test]
fn run_as_non_root() {
    check_end(
        r#"
containers:
- {name: main, image: 'busybox:1.28', command: [sh, -c, 'true'], securityContext: {runAsNonRoot: true}}
"#,
        "horizon: 15s",
        expect![[r#"
            phase Pending
            PodReadyToStartContainers True
            Initialized True
            Ready False ContainersNotReady containers with unready status: [main]
            ContainersReady False ContainersNotReady containers with unready status: [main]
            PodScheduled True
            main: waiting CreateContainerConfigError "container has runAsNonRoot and image will run as root (pod: \"p_default(UID)\", container: main)", restarts 0
        "#]],
    );
}

/// 6.2: an image whose user is a name, of which nobody knows the number.
#[test]
fn run_as_non_root_with_a_named_user() {
    let messages = |image: &str, more: &str| {
        let pod = format!(
            "containers:\n- {{name: main, image: '{image}', args: [x], securityContext: {{runAsNonRoot: true{more}}}}}"
        );
        let trace = crate::run(&pod, "horizon: 15s");
        let failed = trace.events.iter().filter(|e| &*e.reason == "Failed").map(|e| e.message.to_string());
        failed.take(1).collect::<String>().replace(&*trace.uid, "UID")
    };
    let about = "(pod: \"p_default(UID)\", container: main)";
    assert_eq!(
        messages("curlimages/curl:8.9.1", ""),
        format!(
            "Error: container has runAsNonRoot and image has non-numeric user (curl_user), cannot verify user is non-root {about}"
        )
    );
    assert_eq!(messages("curlimages/curl:8.9.1", ", runAsUser: 100"), "");
    assert_eq!(messages("nginxinc/nginx-unprivileged", ""), "");
}

/// 1.5: a pull secret that is missing is warned of at every look, and no reason not to pull.
#[test]
fn a_missing_pull_secret() {
    check(
        r#"
imagePullSecrets: [{name: reg}]
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 5s
objects: [{kind: Secret, name: reg, createdAt: never}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.39    FailedToRetrieveImagePullSecret Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed.
            0.65    main#0 runs
            0.66    FailedToRetrieveImagePullSecret x2 Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed.
            0.66    phase Running
            0.66    | 1/1 Running 0
        "#]],
    );
}

/// 5.4: containers of one Pod share the back-off of an image.
#[test]
fn a_back_off_that_two_containers_share() {
    check(
        r#"
containers:
- {name: one, image: 'b:1'}
- {name: two, image: 'b:1'}
"#,
        r#"
horizon: 15s
images: [{name: '*', pull: {error: NotFound}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.54    Pulling one: Pulling image "b:1"
            0.55    Failed one: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            0.55    Failed one: Error: ErrImagePull
            0.55    BackOff two: Back-off pulling image "b:1"
            0.55    Failed two: Error: ImagePullBackOff
            0.78    BackOff one: Back-off pulling image "b:1"
            0.78    Failed one: Error: ImagePullBackOff
            0.78    BackOff x2 two: Back-off pulling image "b:1"
            0.78    Failed x2 two: Error: ImagePullBackOff
            0.78    | 0/2 ErrImagePull 0
            13.37   Pulling x2 one: Pulling image "b:1"
            13.37   | 0/2 ImagePullBackOff 0
            13.38   Failed x2 one: Failed to pull image "b:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/b:1": failed to resolve image: docker...
            13.38   Failed x2 one: Error: ErrImagePull
            13.38   BackOff x3 two: Back-off pulling image "b:1"
            13.38   Failed x3 two: Error: ImagePullBackOff
        "#]],
    );
}

/// 35: a pull that the kubelet's end breaks off begins anew.
#[test]
fn a_pull_over_a_kubelet_restart() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 30s
images: [{name: '*', pull: {duration: 10s}}]
actions: [{at: 5s, restartKubelet: {downFor: 3s}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.54    Pulling main: Pulling image "b:1"
            9.50    Pulling main: Pulling image "b:1"
            19.50   Pulled main: Successfully pulled image "b:1" in 10s (10s including waiting). Image size: 2140950 bytes.
            19.61   main#0 runs
            19.62   phase Running
            19.62   | 1/1 Running 0
        "#]],
    );
}

/// A pull secret that is missing is told at every look, those of a healthy Pod's resync too.
#[test]
fn a_missing_pull_secret_is_told_again_and_again() {
    check_counts(
        "imagePullSecrets: [{name: none}]\ncontainers:\n- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}\n",
        "horizon: 4m\nobjects: [{kind: Secret, name: none, createdAt: never}]",
        expect![[r#"
            0.01    Scheduled x1
            0.39    FailedToRetrieveImagePullSecret x1
            0.54    Pulled x1
            0.57    Created x1
            0.65    Started x1
            0.66    FailedToRetrieveImagePullSecret x2
            76.37   FailedToRetrieveImagePullSecret x3
            151.37  FailedToRetrieveImagePullSecret x4
            226.37  FailedToRetrieveImagePullSecret x5
        "#]],
    );
}
