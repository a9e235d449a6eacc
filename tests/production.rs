//! Manifests as clusters have them: they name objects, images, nodes and programs of which nothing is known here. They run, and what was
//! assumed for it is told.

use std::fmt::Write;

use expect_test::{Expect, expect};
use podlapse::diagnostic::Severity;
use podlapse::document::Document;
use podlapse::i18n::{Lang, problem};
use podlapse::playground::{self, Report};
use podlapse::time::Millis;
use podlapse::view::get;

fn report(pod: &str, scenario: &str) -> Report {
    playground::run(&Document { pod: pod.into(), scenario: scenario.into(), ..Document::default() })
}

/// The first rows of `kubectl get -w`, the assumptions, and whatever there is to say of the text.
fn told(pod: &str, scenario: &str) -> String {
    let scenario = match scenario {
        "" => String::new(),
        spec => format!("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  {spec}\n"),
    };
    let report = report(pod, &scenario);
    let mut out = String::new();
    if let Some(refusal) = &report.refusal {
        out += refusal;
    }
    for note in report.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        writeln!(out, "error: {:?}", note.problem).unwrap();
    }
    let Some(trace) = &report.trace else { return out };
    out +=
        &get::watch(trace).lines().skip(1).take(8).map(|line| line.trim_start().to_string() + "\n").collect::<String>();
    for a in &trace.assumptions {
        writeln!(out, "{}: {}", a.about, a.assumed).unwrap();
    }
    out
}

fn check(pod: &str, scenario: &str, expect: Expect) {
    expect.assert_eq(&told(pod, scenario));
}

const WEB: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web-tls, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: web
      priorityClassName: business-critical
      runtimeClassName: gvisor
      nodeSelector: {disk: ssd}
      initContainers:
      - name: migrate
        image: registry.example.com/shop/web:1.42.0
        command: [sh, -c, 'cd /app && . ./env.sh && cp -r static/* /static/ && ./manage.py migrate']
        volumeMounts: [{name: static, mountPath: /static}]
      containers:
      - name: web
        image: registry.example.com/shop/web:1.42.0
        ports: [{name: http, containerPort: 8080}]
        resources: {requests: {cpu: 4}}
        readinessProbe: {httpGet: {path: /ready, port: http, scheme: HTTPS}, periodSeconds: 5}
        livenessProbe: {exec: {command: [web-health]}}
        lifecycle: {postStart: {exec: {command: [sh, -c, 'web-agent wait && echo ready']}}}
      volumes: [{name: static, emptyDir: {}}]
";

#[test]
fn a_deployment_of_a_cluster_of_its_own() {
    check(
        WEB,
        "",
        expect![[r#"
            0.000  web-xxxxx   0/1     Pending   0          0s
            0.036  web-xxxxx   0/1     Init:0/1   0          0s
            4.780  web-xxxxx   0/1     PodInitializing   0          4s
            4.904  web-xxxxx   0/1     Running           0          4s
            4.905  web-xxxxx   1/1     Running           0          4s
            node node1: has the label disk=ssd
            node node1: has 4 of cpu
            ServiceAccount web: exists
            PriorityClass business-critical: exists
            RuntimeClass gvisor: exists
            image registry.example.com/shop/web:1.42.0: not on the node, pulled in 3s
            directory /app: exists
            file /app/env.sh: exists and is empty
            directory /app/static: exists
            program manage.py: runs for 1 s and exits 0
            program entrypoint: runs until it is told to stop and answers at port 8080
            program web-agent: prints nothing and exits 0 at once
            program web-health: prints nothing and exits 0 at once
        "#]],
    );
}

#[test]
fn what_the_scenario_says_is_missing_is_missing() {
    let without = |object: &str| format!("objects: [{{{object}, createdAt: never}}]");
    for (object, expect) in [
        (
            "kind: Namespace, name: shop",
            expect![[r#"
            Error from server (NotFound): error when creating "pod.yaml": namespaces "shop" not found
            error: Server("namespaces \"shop\" not found")
        "#]],
        ),
        (
            "kind: ServiceAccount, name: web",
            expect![[r#"
            Error from server (Forbidden): error when creating "pod.yaml": pods "web-xxxxx" is forbidden: error looking up service account shop/web: serviceaccount "web" not found
            error: Server("pods \"web-xxxxx\" is forbidden: error looking up service account shop/web: serviceaccount \"web\" not found")
        "#]],
        ),
        (
            "kind: RuntimeClass, name: gvisor",
            expect![[r#"
            Error from server (Forbidden): error when creating "pod.yaml": pods "web-xxxxx" is forbidden: pod rejected: RuntimeClass "gvisor" not found
            error: Server("pods \"web-xxxxx\" is forbidden: pod rejected: RuntimeClass \"gvisor\" not found")
        "#]],
        ),
        (
            "kind: PriorityClass, name: business-critical",
            expect![[r#"
            Error from server (Forbidden): error when creating "pod.yaml": pods "web-xxxxx" is forbidden: no PriorityClass with name business-critical was found
            error: Server("pods \"web-xxxxx\" is forbidden: no PriorityClass with name business-critical was found")
        "#]],
        ),
    ] {
        check(WEB, &without(object), expect);
    }
}

#[test]
fn a_node_that_is_described_is_taken_at_its_word() {
    check(
        WEB,
        "cluster: {node: {labels: {disk: ssd}}}",
        expect![[r#"
            0.000  web-xxxxx   0/1     Pending   0          0s
            ServiceAccount web: exists
            PriorityClass business-critical: exists
            RuntimeClass gvisor: exists
        "#]],
    );
}

#[test]
fn a_stateful_set_brings_its_claims() {
    let set = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: pg, namespace: data}
spec:
  serviceName: pg
  template:
    spec:
      containers:
      - {name: pg, image: example.com/pg:1, volumeMounts: [{name: data, mountPath: /data}]}
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
";
    check(
        set,
        "",
        expect![[r#"
            0.000  pg-0   0/1     Pending   0          0s
            0.036  pg-0   0/1     ContainerCreating   0          0s
            3.668  pg-0   1/1     Running             0          3s
            Namespace data: exists
            PersistentVolumeClaim data-pg-0: exists and is bound
            image example.com/pg:1: not on the node, pulled in 3s
            program entrypoint: runs until it is told to stop
        "#]],
    );
    check(
        set,
        "objects: [{kind: PersistentVolumeClaim, name: data-pg-0, boundAt: never}]",
        expect![[r#"
        0.000  pg-0   0/1     Pending   0          0s
        Namespace data: exists
    "#]],
    );
}

#[test]
fn a_job_is_over_some_day() {
    let job = "
apiVersion: batch/v1
kind: Job
metadata: {name: train}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: train, image: example.com/train:1, resources: {limits: {nvidia.com/gpu: 1}}}
";
    check(
        job,
        "",
        expect![[r#"
        0.000  train-xxxxx   0/1     Pending   0          0s
        0.036  train-xxxxx   0/1     ContainerCreating   0          0s
        3.668  train-xxxxx   1/1     Running             0          3s
        13.780  train-xxxxx   0/1     Completed           0          13s
        node node1: has 1 of nvidia.com/gpu
        image example.com/train:1: not on the node, pulled in 3s
        program entrypoint: runs for 10 s and exits 0
    "#]],
    );
}

#[test]
fn a_daemon_runs_on_a_node_in_trouble() {
    let set = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: kube-system}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
      - {name: agent, image: example.com/agent:1, livenessProbe: {tcpSocket: {port: 2020}}}
";
    check(
        set,
        "cluster: {node: {taints: ['node.kubernetes.io/network-unavailable:NoSchedule']}}",
        expect![[r#"
            0.000  agent-xxxxx   0/1     Pending   0          0s
            0.036  agent-xxxxx   0/1     ContainerCreating   0          0s
            3.668  agent-xxxxx   1/1     Running             0          3s
            image example.com/agent:1: not on the node, pulled in 3s
            program entrypoint: runs until it is told to stop and answers at port 2020
        "#]],
    );
}

#[test]
fn of_several_pods_one_can_be_chosen() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: first}
spec: {containers: [{name: a, image: 'nginx:1.27'}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second}
spec: {template: {spec: {containers: [{name: b, image: 'nginx:1.27'}]}}}
";
    let chosen = |spec: &str| {
        let scenario = format!("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {spec}\n");
        let report = report(text, &scenario);
        let names: Vec<_> = report.trace.iter().flat_map(|t| &t.containers).map(|c| c.name.clone()).collect();
        let said: Vec<_> = report
            .diagnostics
            .iter()
            .map(|d| problem::sentence(&d.problem, Lang::En))
            .filter(|said| !said.starts_with("shown is"))
            .collect();
        (names.join(" "), said.join("; "))
    };
    for (spec, container, said) in [
        ("{}", "a", "of several Pods another is run; this one is `second`"),
        ("{pod: second}", "b", "of several Pods another is run; this one is `first`"),
        (
            "{pod: secund}",
            "a",
            "of several Pods another is run; this one is `second`; the text has no Pod `secund`; did you mean `second`?",
        ),
    ] {
        assert_eq!(chosen(spec), (container.to_string(), said.to_string()), "{spec}");
    }
}

#[test]
fn nobody_imagines_without_end() {
    let pod = "
apiVersion: v1
kind: Pod
metadata: {name: curious}
spec:
  containers:
  - name: main
    image: registry.example.com/curious:1
    command: [sh, -c, 'i=0; while [ $i -lt 300 ]; do cat /data/$i; i=$((i+1)); done; echo $i; sleep 60']
";
    let trace = report(pod, "").trace.expect("it runs");
    assert!(trace.assumptions.len() < 110, "{}", trace.assumptions.len());
    let last = trace.containers[0].logs.iter().rfind(|line| line.line == "300");
    assert!(last.is_some());
}

#[test]
fn what_nobody_described_holds_what_somebody_goes_by() {
    let pod = |command: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  restartPolicy: Never\n  initContainers:\n  - {{name: put, image: example.com/put:1, volumeMounts: [{{name: work, mountPath: /work}}]}}\n  \
             containers:\n  - name: main\n    image: busybox:1.36\n    command: [sh, -c, '{command}']\n    envFrom: [{{secretRef: {{name: settings}}}}]\n    \
             volumeMounts: [{{name: scripts, mountPath: /scripts}}, {{name: work, mountPath: /work}}, {{name: scripts, mountPath: /etc/app.conf, subPath: app.conf}}]\n  \
             volumes: [{{name: work, emptyDir: {{}}}}, {{name: scripts, configMap: {{name: scripts{more}}}}}]\n"
        )
    };
    let printed = |command: &str, more: &str, scenario: &str| {
        let report = report(&pod(command, more), scenario);
        let trace = report.trace.unwrap_or_else(|| panic!("{:?}", report.refusal));
        let lines: Vec<_> = trace.containers[1].logs.iter().map(|line| line.line.clone()).collect();
        lines.join("; ")
    };
    for (command, expected) in [
        ("[ -s /scripts/a.conf ] && cat /scripts/a.conf", "assumed"),
        ("/scripts/start.sh; echo $?", "0"),
        ("sh /scripts/start.sh x; echo $?", "0"),
        (". /scripts/env.sh; echo $?", "0"),
        ("[ -f /etc/app.conf ] && echo file", "file"),
        ("[ -f /work/app.jar ] && /work/bin/run && echo ran", "ran"),
        ("[ -f /nowhere ] || echo none", "none"),
        ("echo ${API_KEY:?}; set -u; echo $TOKEN; echo ${lower:-none}", "assumed; assumed; none"),
    ] {
        assert_eq!(printed(command, "", ""), expected, "{command}");
    }
    // What is described is what is described.
    let described = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {objects: [{kind: ConfigMap, name: scripts, data: {a: b}}, {kind: Secret, name: settings}]}\n";
    assert_eq!(printed("ls /scripts; [ -f /scripts/x ] || echo none", "", described), "a; app.conf; none");
    assert_eq!(printed("echo ${API_KEY:?}", "", described), "sh: API_KEY: parameter not set or null");
}

#[test]
fn whatever_has_a_template_makes_pods() {
    let rollout = "
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: 'gcr.io/distroless/web:1', command: [/app]}]}}}
";
    check(
        rollout,
        "",
        expect![[r#"
        0.000  web-xxxxx   0/1     Pending   0          0s
        0.036  web-xxxxx   0/1     ContainerCreating   0          0s
        3.668  web-xxxxx   1/1     Running             0          3s
        image gcr.io/distroless/web:1: not on the node, pulled in 3s
        program app: runs until it is told to stop
    "#]],
    );
}

#[test]
fn a_probe_asks_where_the_program_answers() {
    let pod = "
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: main
    image: example.com/server:1
    livenessProbe: {exec: {command: [curl, -fsS, 'http://localhost:9090/health']}, periodSeconds: 5}
  - name: modelled
    image: nginx:1.27
    readinessProbe: {exec: {command: [curl, -fsS, 'http://localhost:9091/health']}, periodSeconds: 5}
";
    check(
        pod,
        "horizon: 60s",
        expect![[r#"
        0.000  p      0/2     Pending   0          0s
        0.036  p      0/2     ContainerCreating   0          0s
        6.778  p      1/2     Running             0          6s
        image example.com/server:1: not on the node, pulled in 3s
        program entrypoint: runs until it is told to stop
        image nginx:1.27: not on the node, pulled in 3s
        port 9090: is answered by the container's own program
    "#]],
    );
}

/// What the only container of a Pod that is not restarted prints, and how it ends within 5 minutes.
fn outcome(image: &str, script: &str) -> String {
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  restartPolicy: Never\n  containers:\n  - name: main\n    image: {image}\n    command:\n    - sh\n    - -c\n    - |\n      {}\n    \
         ports: [{{containerPort: 80}}]\n    volumeMounts: [{{name: out, mountPath: /out}}]\n  volumes: [{{name: out, emptyDir: {{}}}}]\n",
        script.replace('\n', "\n      ")
    );
    let trace = report(&pod, "").trace.expect(script);
    let lines: Vec<_> = trace.containers[0].logs.iter().map(|line| line.line.clone()).collect();
    let attempt = &trace.containers[0].attempts[0];
    let code = attempt.exit_code.filter(|_| attempt.finished.is_some_and(|at| at < Millis::secs(300)));
    format!("{} -> {}", lines.join("; "), code.map_or("runs".into(), |code| code.to_string()))
}

/// A program nobody knows does what the script that starts it hopes for, and the rest of the script can see that.
#[test]
fn a_script_gets_what_it_hopes_for_from_programs_nobody_knows() {
    const OWN: &str = "example.com/tools:1";
    for (image, script, expected) in [
        // What it prints has what is looked for, through filters too; nothing of it is in the log.
        (OWN, "until mycli status | tr a b | grep -q ready; do sleep 1; done; echo up", "up -> 0"),
        (OWN, "echo token=$(mycli token)", "token=assumed -> 0"),
        (OWN, "mycli list; mycli list | cat; true", " -> 0"),
        (OWN, "mycli dump > /tmp/dump; [ -s /tmp/dump ] && echo full", "full -> 0"),
        (OWN, "echo known | grep -q other || echo none", "none -> 0"),
        // A value of it is what it is compared with.
        (OWN, "until [ \"$(mycli phase)\" = Running ]; do sleep 1; done; echo up", "up -> 0"),
        (OWN, "[ $(mycli count) -ge 3 ] && [ 3 -le $(mycli count) ] && echo enough", "enough -> 0"),
        (OWN, "[ $(mycli count) -lt 3 ] || echo enough", "enough -> 0"),
        (OWN, "v=$(mycli version); [ \"$v\" = null ] || [ -z \"$v\" ] || echo known", "known -> 0"),
        // It has written where it ran, where its arguments lead, and into its volumes.
        ("node:20", "mkdir /app && cd /app && npm run build && cp -r dist /out && ls /out", "dist -> 0"),
        (
            "alpine:3.20",
            "apk add openssl && openssl req --keyout=/certs/tls.key && chmod 600 /certs/tls.key && echo made",
            "made -> 0",
        ),
        (
            OWN,
            "mycli render && ls -d /out/app.conf && rm /out/app.conf && ls /out/app.conf",
            "/out/app.conf; /out/app.conf -> 0",
        ),
        ("busybox:1.36", "ls /out/app.conf", "ls: /out/app.conf: No such file or directory -> 1"),
        // Who installs something has it.
        ("debian:12", "jq . || apt-get install -y jq && jq . && echo there", "sh: 1: jq: not found; there -> 0"),
        ("alpine:3.20", "apk update; jq .", "sh: jq: not found -> 127"),
        // Archives that were fetched hold what is looked for.
        (OWN, "curl -sL http://files/x.tgz | tar xz -C /out && /out/x/bin/run && echo ran", "ran -> 0"),
        // Only the last command of a script serves.
        (OWN, "mycli migrate && echo one; mycli seed; for i in 1 2; do mycli sync; done; echo two", "one; two -> 0"),
        (OWN, "mycli migrate; [ -n x ] && mycli serve || exit 1", " -> runs"),
        (OWN, "start() { mycli check; mycli serve; }; if true; then start; fi", " -> runs"),
        (OWN, "mycli proxy & mycli check; wait", " -> runs"),
        (OWN, "mycli check; exec mycli serve; echo never", " -> runs"),
        // What does not answer is asked again.
        (
            OWN,
            "curl --no-progress-meter --retry 2 --retry-connrefused http://127.0.0.1:9",
            "curl: (7) Failed to connect to 127.0.0.1 port 9 after 1 ms: Couldn't connect to server; \
             Warning: Problem : connection refused. Will retry in 1 seconds. 2 retries ; Warning: left.; \
             curl: (7) Failed to connect to 127.0.0.1 port 9 after 1 ms: Couldn't connect to server; \
             Warning: Problem : connection refused. Will retry in 2 seconds. 1 retries ; Warning: left.; \
             curl: (7) Failed to connect to 127.0.0.1 port 9 after 1 ms: Couldn't connect to server -> 7",
        ),
        (OWN, "curl -s --retry 9 --retry-delay 3 http://late && date +%S", "12 -> 0"),
        (OWN, "curl -s --retry 9 http://127.0.0.1:9; echo $?; date +%S", "7; 03 -> 0"),
    ] {
        assert_eq!(outcome(image, script), expected, "{image}: {script}");
    }
}

#[test]
fn a_program_nobody_knows_looks_alive_to_its_probes() {
    let pod = |image: &str, probe: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: main\n    image: {image}\n    command: [python, worker.py]\n    \
             livenessProbe: {{exec: {{command: [sh, -c, '{probe}']}}, periodSeconds: 5, initialDelaySeconds: 5}}\n"
        )
    };
    for (probe, lives) in [
        ("cat /tmp/healthy", true),
        ("test -f /tmp/healthy && pgrep -f worker", true),
        ("test $(($(date +%s) - $(stat -c %Y /tmp/beat))) -lt 60", true),
        ("ps aux | grep -q worker", true),
        ("wget -qO- localhost:9000/health | grep -q ok", true),
        ("test -f /opt/nowhere", false),
    ] {
        for image in ["example.com/worker:1", "python:3.12-alpine"] {
            let trace = report(&pod(image, probe), "spec: {horizon: 3m}").trace.expect(probe);
            assert_eq!(trace.containers[0].attempts.len() == 1, lives, "{image}: {probe}");
        }
    }
}

#[test]
fn a_stateful_set_counts_from_where_it_is_told_to() {
    let set = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  ordinals: {start: 3}
  template: {spec: {containers: [{name: web, image: nginx, volumeMounts: [{name: www, mountPath: /www}]}]}}
  volumeClaimTemplates: [{metadata: {name: www}}]
";
    let trace = report(set, "").trace.expect("it runs");
    assert_eq!(trace.pod.metadata.name.as_deref(), Some("web-3"));
    let claims =
        trace.pod.spec.as_ref().unwrap().volumes.iter().flatten().filter_map(|v| v.persistent_volume_claim.as_ref());
    assert_eq!(claims.map(|claim| claim.claim_name.as_str()).collect::<Vec<_>>(), ["www-web-3"]);
}

#[test]
fn an_image_that_says_it_is_missing_is_missing() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: main, image: 'non-existing-repo/image:1'}]}\n";
    let trace = report(pod, "").trace.expect("it runs");
    assert_eq!(trace.containers[0].attempts.len(), 0);
    let assumed: Vec<_> = trace.assumptions.iter().map(|a| format!("{}: {}", a.about, a.assumed)).collect();
    assert_eq!(assumed, ["image non-existing-repo/image:1: does not exist"]);
}

#[test]
fn a_job_that_counts_tells_each_of_its_pods_its_number() {
    let job = "
apiVersion: batch/v1
kind: Job
metadata: {name: shards}
spec:
  completions: 3
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      containers: [{name: work, image: busybox:1.36, command: [sh, -c, 'echo $(hostname) $JOB_COMPLETION_INDEX']}]
";
    let trace = report(job, "").trace.expect("it runs");
    assert_eq!(trace.pod.metadata.name.as_deref(), Some("shards-0-xxxxx"));
    assert_eq!(trace.containers[0].logs[0].line, "shards-0 0");
}
