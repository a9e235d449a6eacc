//! What Kubernetes' documentation shows with a Pod of its own, that Pod shows here.

use podlapse::document::Document;
use podlapse::playground;
use podlapse::trace::Trace;
use podlapse::view::get;

fn run(pod: &str, scenario: &str) -> Trace {
    let scenario = match scenario {
        "" => String::new(),
        spec => format!("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {spec}\n"),
    };
    let report = playground::run(&Document { pod: pod.into(), scenario, ..Document::default() });
    let trace = report.trace.unwrap_or_else(|| panic!("{:?}", report.refusal));
    (*trace).clone()
}

/// A Pod with one container, of whose spec the rest is given.
fn pod(container: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - {{name: main, {container}}}\n")
}

/// The STATUSes that follow each other until the horizon.
fn statuses(trace: &Trace) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for line in get::watch(trace).lines().skip(1) {
        let status = line.split_whitespace().nth(3).unwrap_or_default();
        if seen.last().is_none_or(|last| last != status) {
            seen.push(status.into());
        }
    }
    seen
}

fn printed(trace: &Trace, container: usize) -> String {
    trace.containers[container].logs.iter().map(|line| line.line.clone() + "\n").collect()
}

/// "Configure Liveness, Readiness and Startup Probes": the server is well for ten seconds. It is restarted, and ends with 2 as Go does.
#[test]
fn a_liveness_http_request() {
    for (image, args) in
        [("registry.k8s.io/e2e-test-images/agnhost:2.40", "liveness"), ("k8s.gcr.io/liveness", "/server")]
    {
        let probe = "livenessProbe: {httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3, periodSeconds: 3}";
        let trace = run(&pod(&format!("image: '{image}', args: [{args}], {probe}")), "{horizon: 30s}");
        let first = &trace.containers[0].attempts[0];
        assert_eq!(first.exit_code, Some(2), "{image}");
        let lived = first.finished.unwrap().since(first.started.unwrap()).as_secs_f64();
        assert!((15.0..22.0).contains(&lived), "{image}: {lived}");
        let failure = trace.events.iter().find(|e| &*e.reason == "Unhealthy").expect("a probe fails");
        assert_eq!(&*failure.message, "Liveness probe failed: HTTP probe failed with statuscode: 500");
    }
}

/// "Assign Memory Resources": more than the limit, and more than any node has.
#[test]
fn memory_beyond_the_limit_and_beyond_the_nodes() {
    let stress = |args: &str, resources: &str| {
        let container = format!("image: polinux/stress, command: [stress], args: [{args}], resources: {resources}");
        statuses(&run(&pod(&container), "{horizon: 20s}"))
    };
    let resources = "{requests: {memory: 50Mi}, limits: {memory: 100Mi}}";
    let beyond = stress("--vm, '1', --vm-bytes, 250M, --vm-hang, '1'", resources);
    assert_eq!(
        beyond,
        [
            "Pending",
            "ContainerCreating",
            "Running",
            "OOMKilled",
            "Running",
            "OOMKilled",
            "CrashLoopBackOff",
            "Running",
            "OOMKilled"
        ]
    );
    assert_eq!(stress("--vm, '1', --vm-bytes, 75M", resources), ["Pending", "ContainerCreating", "Running"]);
    assert_eq!(stress("-mem-total, 150Mi", resources)[3], "OOMKilled");
    let huge = "{requests: {memory: 1000Gi}, limits: {memory: 1000Gi}}";
    assert_eq!(stress("--vm, '1'", huge), ["Pending"]);
    assert_eq!(stress("-cpus, '2'", "{requests: {cpu: 100}, limits: {cpu: 100}}"), ["Pending"]);
    assert_eq!(stress("-cpus, '2'", "{requests: {cpu: 64}}"), ["Pending", "ContainerCreating", "Running"]);
}

/// "Attach Handlers to Container Lifecycle Events", and what hooks write to the log by the way of the first process.
#[test]
fn hooks_and_the_log() {
    let hook = "image: nginx, lifecycle: {postStart: {exec: {command: [sh, -c, 'echo hello >> /proc/1/fd/1; echo lost']}}, \
                preStop: {exec: {command: [nginx, -s, quit]}}}";
    let trace = run(&pod(hook), "{actions: [{at: 20s, deletePod: {}}]}");
    assert_eq!(printed(&trace, 0), "hello\n");
    let attempt = &trace.containers[0].attempts[0];
    assert_eq!(attempt.exit_code, Some(0));
    assert!(attempt.finished.unwrap().since(podlapse::time::Millis::secs(20)).as_secs_f64() < 0.5);
}

/// "Define Environment Variable Values Using An Init Container".
#[test]
fn variables_from_a_file_of_an_init_container() {
    let pod = |written: &str, key: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, uid: u}}\nspec:\n  restartPolicy: Never\n  initContainers:\n  - name: setup\n    image: nginx\n    \
             command: [sh, -c, \"{written}\"]\n    volumeMounts: [{{name: config, mountPath: /data}}]\n  containers:\n  - name: main\n    image: nginx\n    \
             command: [sh, -c, 'echo $A']\n    env: [{{name: A, valueFrom: {{fileKeyRef: {{path: config.env, volumeName: config, key: {key}}}}}}}]\n  \
             volumes: [{{name: config, emptyDir: {{}}}}]\n"
        )
    };
    let outcome = |written: &str, key: &str| {
        let trace = run(&pod(written, key), "{horizon: 20s}");
        let failure = trace.events.iter().find(|e| &*e.reason == "Failed").map(|e| e.message.to_string());
        failure.unwrap_or_else(|| printed(&trace, 1))
    };
    let file = r#"echo \"DB_ADDRESS=\'address\'\nEMPTY=\'\'\" > /data/config.env"#;
    assert_eq!(outcome(file, "DB_ADDRESS"), "address\n");
    assert_eq!(outcome(file, "NONE, optional: true"), "\n");
    let missing = outcome(file, "EMPTY");
    assert!(
        missing.starts_with("Error: environment variable key \"EMPTY\" not found in file \"/var/lib/kubelet/pods/"),
        "{missing}"
    );
    assert!(missing.ends_with("/volumes/kubernetes.io~empty-dir/config/config.env\""), "{missing}");
    assert_eq!(outcome("echo DB_ADDRESS=address > /data/config.env", "DB_ADDRESS"), "Error: couldn't parse env file");
    assert_eq!(outcome("true", "DB_ADDRESS"), "Error: couldn't parse env file");
}

/// What every container finds of its service account.
#[test]
fn the_service_account_of_a_container() {
    let list = "ls /var/run/secrets/kubernetes.io/serviceaccount";
    assert_eq!(
        printed(&run(&pod(&format!("image: busybox, command: [sh, -c, '{list}']")), "{horizon: 10s}"), 0)
            .lines()
            .take(3)
            .collect::<Vec<_>>(),
        ["ca.crt", "namespace", "token"]
    );
}

/// "Logging Architecture" and "Sidecar Containers": a sidecar streams what another container appends to a file.
#[test]
fn a_sidecar_streams_a_file() {
    let pod = |image: &str, reader: &str| {
        let mount = "volumeMounts: [{name: logs, mountPath: /var/log}]";
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: counter}}\nspec:\n  containers:\n  - name: count\n    image: busybox:1.28\n    \
             command: [sh, -c, 'sleep 9; i=0; while [ $i -lt 3 ]; do echo $i >> /var/log/1.log; i=$((i+1)); sleep 2; done; sleep 100']\n    {mount}\n  \
             - name: stream\n    image: {image}\n    command: [sh, -c, '{reader}']\n    {mount}\n  volumes: [{{name: logs, emptyDir: {{}}}}]\n"
        )
    };
    for (image, reader, expected) in [
        (
            "busybox:1.28",
            "tail -n+1 -F /var/log/1.log",
            "tail: can't open '/var/log/1.log': No such file or directory\n\
             tail: /var/log/1.log has appeared; following end of new file\n0\n1\n2\n",
        ),
        (
            "debian:12",
            "tail -n+1 -F /var/log/1.log",
            "tail: cannot open '/var/log/1.log' for reading: No such file or directory\n\
             tail: '/var/log/1.log' has appeared;  following new file\n0\n1\n2\n",
        ),
        (
            "busybox:1.28",
            "touch /var/log/1.log; tail -f /var/log/1.log | while read -r line; do echo \"adapted: $line\"; done",
            "adapted: 0\nadapted: 1\nadapted: 2\n",
        ),
    ] {
        let trace = run(&pod(image, reader), "{horizon: 30s}");
        assert_eq!(printed(&trace, 1), expected, "{image}: {reader}");
    }
}

/// "Adding entries to Pod /etc/hosts with HostAliases" and "DNS for Services and Pods".
#[test]
fn how_a_pod_is_called_and_whom_it_finds() {
    let pod = |spec: &str, script: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: shop}}\nspec:\n  restartPolicy: Never\n  {spec}\n  containers:\n  - name: main\n    image: busybox:1.28\n    \
             command: [sh, -c, '{script}']\n"
        )
    };
    let said = |spec: &str, script: &str| printed(&run(&pod(spec, script), "{horizon: 30s}"), 0);
    let aliases =
        "hostAliases: [{ip: 127.0.0.1, hostnames: [foo.local, bar.local]}, {ip: 10.1.2.3, hostnames: [foo.remote]}]";
    assert_eq!(
        said(aliases, "tail -n 9 /etc/hosts; ping -c 1 foo.remote | head -n 1"),
        "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n10.88.0.10\tp\n\n\
         # Entries added by HostAliases.\n127.0.0.1\tfoo.local\tbar.local\n10.1.2.3\tfoo.remote\n\
         PING foo.remote (10.1.2.3): 56 data bytes\n"
    );
    let named = said("hostname: h\n  subdomain: s", "hostname; hostname -f; grep svc /etc/hosts");
    assert_eq!(named, "h\nh.s.shop.svc.cluster.local\n10.88.0.10\th.s.shop.svc.cluster.local\th\n");
    // On the node's network the cluster's names are asked for only where the Pod says so.
    let wait = "until nslookup db >/dev/null 2>&1; do sleep 1; done; echo found";
    assert_eq!(said("hostNetwork: true", wait), "");
    assert_eq!(said("hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet", wait), "found\n");
    assert_eq!(said("dnsPolicy: Default", "nslookup kubernetes.io >/dev/null && echo public"), "public\n");
    assert_eq!(said("hostname: h", "wget -q -O- http://info.cern.ch && echo at once"), "at once\n");
}

/// "Communicate Between Containers in the Same Pod Using a Shared Volume": who shares the network sees what the others serve.
#[test]
fn a_container_sees_the_pages_of_another() {
    let pod = "
apiVersion: v1
kind: Pod
metadata: {name: two-containers}
spec:
  containers:
  - {name: nginx, image: nginx, volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]}
  - name: writer
    image: debian
    volumeMounts: [{name: shared-data, mountPath: /pod-data}]
    command: [sh, -c, 'echo Hello from the debian container > /pod-data/index.html; sleep 1000']
  - {name: client, image: curlimages/curl, command: [sh, -c, 'sleep 5; curl -s localhost; curl -sf localhost/none; echo $?; sleep 1000']}
  volumes: [{name: shared-data, emptyDir: {}}]
";
    assert_eq!(printed(&run(pod, "{horizon: 1m}"), 2), "Hello from the debian container\n22\n");
}

/// "Volumes": what the node's path is, the container finds.
#[test]
fn a_file_of_the_node_is_a_file() {
    let pod = |volume: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: main\n    image: busybox\n    \
             command: [sh, -c, '[ -d /node ] && echo dir; [ -f /node ] && echo file']\n    volumeMounts: [{{name: v, mountPath: /node}}]\n  volumes: [{{name: v, hostPath: {{{volume}}}}}]\n"
        )
    };
    for (volume, expected) in [
        ("path: /etc/machine-id, type: File", "file"),
        ("path: /var/local/aaa/1, type: FileOrCreate", "file"),
        ("path: /var/run/docker.sock", "file"),
        ("path: /var/log", "dir"),
        ("path: /etc/cni/net.d", "dir"),
        ("path: /var/lib/kubelet/plugins/csi.example.com", "dir"),
    ] {
        assert_eq!(printed(&run(&pod(volume), "{horizon: 10s}"), 0).lines().next(), Some(expected), "{volume}");
    }
}

/// "Configure a Security Context for a Pod or Container": the capabilities of the first process, as the page's containers show them.
#[test]
fn capabilities_of_the_first_process() {
    let shown = |context: &str| {
        let script = "command: [sh, -c, 'cd /proc/1; cat status | grep -E \"CapPrm|CapEff|NoNew|Seccomp:|Uid\"']";
        let trace = run(&pod(&format!("image: busybox, {script}, securityContext: {context}")), "{horizon: 5s}");
        printed(&trace, 0).split_inclusive('\n').take(5).collect::<String>()
    };
    let of = |uid: u32, bits: &str, no_new: u32, seccomp: u32| {
        format!(
            "Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nCapPrm:\t{bits}\nCapEff:\t{bits}\nNoNewPrivs:\t{no_new}\nSeccomp:\t{seccomp}\n"
        )
    };
    for (context, expected) in [
        ("{}", of(0, "00000000a80425fb", 0, 0)),
        ("{capabilities: {add: [NET_ADMIN, SYS_TIME]}}", of(0, "00000000aa0435fb", 0, 0)),
        ("{capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}}", of(0, "0000000000000400", 0, 0)),
        ("{privileged: true}", of(0, "000001ffffffffff", 0, 0)),
        ("{runAsUser: 1000, allowPrivilegeEscalation: false}", of(1000, "0000000000000000", 1, 0)),
        ("{seccompProfile: {type: RuntimeDefault}}", of(0, "00000000a80425fb", 0, 2)),
    ] {
        assert_eq!(shown(context), expected, "{context}");
    }
}
