//! What a container may do, and what it is told: security contexts, the kernel's settings, the variables of services
//! (`SetVolumeOwnership`, `pkg/kubelet/envvars`; the example of the documentation on security contexts).

use expect_test::{Expect, expect};

use crate::{check, run};

/// Holds what the only container says in its first run, and how it ends, against what is expected.
pub fn check_says(pod: &str, scenario: &str, expect: Expect) {
    let trace = run(pod, &format!("horizon: 20s\n{scenario}"));
    let container = &trace.containers[0];
    let lines = container.logs.iter().filter(|l| l.attempt == 0).map(|l| format!("{}\n", l.line));
    let end = container.attempts[0].exit_code.map_or("runs".into(), |code| format!("ends with {code}"));
    expect.assert_eq(&format!("{}{end}\n", lines.collect::<String>()));
}

/// The example of the documentation, with what it says one sees.
#[test]
fn users_and_groups() {
    check_says(
        r#"
restartPolicy: Never
securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}
volumes: [{name: sec-ctx-vol, emptyDir: {}}]
containers:
- name: sec-ctx-demo
  image: busybox:1.28
  command: [sh, -c, 'id; cd /data/demo; ls -ld .; echo hello > testfile; mkdir sub; ls -l; touch /root-file']
  volumeMounts: [{name: sec-ctx-vol, mountPath: /data/demo}]
  securityContext: {allowPrivilegeEscalation: false}
"#,
        "",
        expect![[r#"
            uid=1000 gid=3000 groups=2000,3000,4000
            drwxrwsrwx    2 root     2000          4096 Nov 22 15:00 .
            total 8
            drwxr-sr-x    2 1000     2000          4096 Nov 22 15:00 sub
            -rw-r--r--    1 1000     2000             6 Nov 22 15:00 testfile
            touch: /root-file: Permission denied
            ends with 1
        "#]],
    );
}

/// Whoever is not privileged finds the settings of the kernel read-only.
#[test]
fn settings_of_the_kernel() {
    let pod = |context: &str| {
        format!(
            r#"
restartPolicy: Never
securityContext: {{sysctls: [{{name: net.ipv4.tcp_fin_timeout, value: "30"}}]}}
containers:
- name: sysctl
  image: busybox:1.36
  securityContext: {context}
  command:
  - sh
  - -c
  - |
    sysctl -n net.ipv4.tcp_fin_timeout
    sysctl -w vm.max_map_count=262144
    status=$?
    cat /proc/sys/vm/max_map_count
    sysctl no.such
    echo never > /sys/kernel/mm/transparent_hugepage/enabled
    ulimit -n 2000000
    ulimit -n
    exit $status
"#
        )
    };
    check_says(
        &pod("{privileged: true}"),
        "",
        expect![[r#"
        30
        vm.max_map_count = 262144
        262144
        sysctl: error: 'no.such' is an unknown key
        2000000
        ends with 0
    "#]],
    );
    check_says(
        &pod("{}"),
        "",
        expect![[r#"
        30
        sysctl: error setting key 'vm.max_map_count': Read-only file system
        65530
        sysctl: error: 'no.such' is an unknown key
        sh: can't create /sys/kernel/mm/transparent_hugepage/enabled: Read-only file system
        sh: error setting limit: Operation not permitted
        1048576
        ends with 1
    "#]],
    );
}

/// What is not safe for the node's other Pods, the kubelet does not admit.
#[test]
fn unsafe_settings() {
    check(
        r#"
restartPolicy: Never
securityContext: {sysctls: [{name: net.ipv4.tcp_fin_timeout, value: "30"}, {name: net/core/somaxconn, value: "1024"}]}
containers: [{name: main, image: 'busybox:1.36'}]
"#,
        "horizon: 5s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    SysctlForbidden forbidden sysctl: "net.core.somaxconn" not allowlisted
            0.03    phase Failed
            0.03    | 0/1 SysctlForbidden 0
        "#]],
    );
}

#[test]
fn a_read_only_root() {
    check_says(
        r#"
restartPolicy: Never
volumes: [{name: cache, emptyDir: {}}]
containers:
- name: main
  image: busybox:1.36
  securityContext: {readOnlyRootFilesystem: true}
  command: [sh, -c, 'echo a > /tmp/a; echo b > /cache/b && cat /cache/b; echo c > /dev/null; echo $?; rm /etc/passwd']
  volumeMounts: [{name: cache, mountPath: /cache}]
"#,
        "",
        expect![[r#"
            sh: can't create /tmp/a: Read-only file system
            b
            0
            rm: can't remove '/etc/passwd': Read-only file system
            ends with 1
        "#]],
    );
}

/// nginx says what it cannot make; with volumes for its files it serves.
#[test]
fn nginx_needs_its_files() {
    let pod = |context: &str, volumes: &[&str]| {
        let mounts =
            |line: fn(usize, &str) -> String| volumes.iter().enumerate().map(|(i, p)| line(i, p)).collect::<String>();
        format!(
            "restartPolicy: Never\nvolumes: [{}]\ncontainers:\n- name: nginx\n  image: nginx:1.27\n  securityContext: {context}\n  volumeMounts: [{}]\n",
            mounts(|i, _| format!("{{name: v{i}, emptyDir: {{}}}},")),
            mounts(|i, path| format!("{{name: v{i}, mountPath: {path}}},")),
        )
    };
    check_says(
        &pod("{readOnlyRootFilesystem: true}", &[]),
        "",
        expect![[r#"
        2026/11/22 15:00:00 [emerg] 1#1: mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)
        nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)
        ends with 1
    "#]],
    );
    check_says(
        &pod("{readOnlyRootFilesystem: true}", &["/var/cache/nginx"]),
        "",
        expect![[r#"
        2026/11/22 15:00:00 [emerg] 1#1: open() "/run/nginx.pid" failed (30: Read-only file system)
        nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)
        ends with 1
    "#]],
    );
    check_says(
        &pod("{readOnlyRootFilesystem: true}", &["/var/cache/nginx", "/var/run"]),
        "",
        expect![[r#"
        runs
    "#]],
    );
    check_says(
        &pod("{runAsUser: 1000}", &[]),
        "",
        expect![[r#"
        nginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2
        2026/11/22 15:00:00 [emerg] 1#1: mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)
        nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)
        ends with 1
    "#]],
    );
}

/// Of the API server always; of services of the namespace that are there, unless the Pod does not want it. The Pod's own come first.
#[test]
fn variables_of_services() {
    let pod = |links: bool| {
        format!(
            r#"
restartPolicy: Never
enableServiceLinks: {links}
containers:
- name: main
  image: busybox:1.36
  env: [{{name: KUBERNETES_SERVICE_PORT, value: mine}}, {{name: API, value: 'https://$(KUBERNETES_SERVICE_HOST)'}}]
  command: [sh, -c, 'echo $(KUBERNETES_SERVICE_PORT) $API; env | grep -E "^(MY_DB|KUBE|LATE|OTHER)" | sort']
"#
        )
    };
    let services = r#"
services:
- {name: my-db, ports: [5432, 9187]}
- {name: late, ports: [80], availableAt: 15s}
- {name: other.elsewhere, ports: [80]}
"#;
    check_says(
        &pod(true),
        services,
        expect![[r#"
        mine https://10.96.0.1
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=mine
        KUBERNETES_SERVICE_PORT_HTTPS=443
        MY_DB_PORT=tcp://10.96.50.254:5432
        MY_DB_PORT_5432_TCP=tcp://10.96.50.254:5432
        MY_DB_PORT_5432_TCP_ADDR=10.96.50.254
        MY_DB_PORT_5432_TCP_PORT=5432
        MY_DB_PORT_5432_TCP_PROTO=tcp
        MY_DB_PORT_9187_TCP=tcp://10.96.50.254:9187
        MY_DB_PORT_9187_TCP_ADDR=10.96.50.254
        MY_DB_PORT_9187_TCP_PORT=9187
        MY_DB_PORT_9187_TCP_PROTO=tcp
        MY_DB_SERVICE_HOST=10.96.50.254
        MY_DB_SERVICE_PORT=5432
        ends with 0
    "#]],
    );
    check_says(
        &pod(false),
        services,
        expect![[r#"
        mine https://10.96.0.1
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=mine
        KUBERNETES_SERVICE_PORT_HTTPS=443
        ends with 0
    "#]],
    );
}

/// A working directory that is not there is made, along links too; a service of the own namespace is told of by its short name.
#[test]
fn full_names_and_links() {
    check_says(
        r#"
restartPolicy: Never
containers:
- name: main
  image: debian:12
  workingDir: /var/run/app
  command: [sh, -c, 'pwd -P; echo $DB_SERVICE_PORT']
"#,
        "services: [{name: db.default, ports: [5432]}]",
        expect![[r#"
            /run/app
            5432
            ends with 0
        "#]],
    );
}

/// What processes show of themselves below `/proc` is as it is when somebody looks.
#[test]
fn processes_show_themselves() {
    crate::check_logs(
        r#"
restartPolicy: Never
containers:
- name: main
  image: busybox:1.36
  command: [sh, -c, 'cat /proc/1/comm; sleep 5 & cp /proc/$!/status /tmp/s; head -n 1 /tmp/s; grep ^PPid: /tmp/s; grep Name /proc/self/status; cat /proc/99/comm; exec sleep 1']
"#,
        "horizon: 10s",
        expect![[r#"
            main#0 sh
            main#0 Name:	sleep
            main#0 PPid:	1
            main#0 Name:	grep
            main#0 cat: can't open '/proc/99/comm': No such file or directory
        "#]],
    );
}

/// The profiles of the node that a container names are there, unless the scenario says that they are not.
#[test]
fn profiles_of_the_node() {
    let pod = |profile: &str| {
        format!(
            "containers:\n- {{name: main, image: 'b:1', command: [sleep, '1000'], securityContext: {{{profile}}}}}\n"
        )
    };
    let seccomp = pod("seccompProfile: {type: Localhost, localhostProfile: profiles/audit.json}");
    check(
        &seccomp,
        "horizon: 30s\nobjects: [{kind: SeccompProfile, name: profiles/audit.json, createdAt: 20s}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.57    Failed main: Error: failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/audit.json": open /var/lib/kubelet/seccom...
            0.78    | 0/1 CreateContainerError 0
            0.81    Failed x2 main: Error: failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/audit.json": open /var/lib/kubelet/seccom...
            13.40   Failed x3 main: Error: failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/audit.json": open /var/lib/kubelet/seccom...
            26.48   main#0 runs
            26.49   phase Running
            26.49   | 1/1 Running 0
        "#]],
    );
    let app_armor = pod("appArmorProfile: {type: Localhost, localhostProfile: k8s-deny-write}");
    let never =
        run(&app_armor, "horizon: 5s\nobjects: [{kind: AppArmorProfile, name: k8s-deny-write, createdAt: never}]");
    let said = never.events.iter().find(|e| &*e.reason == "Failed").map(|e| e.message.to_string());
    expect!["Error: failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found k8s-deny-write"].assert_eq(&said.unwrap_or_default());
    let assumed = run(&app_armor, "horizon: 5s");
    assert!(assumed.assumptions.iter().any(|a| a.about == "AppArmorProfile k8s-deny-write"));
    assert!(assumed.main_started().all(|(_, started)| started.is_some()));
}
