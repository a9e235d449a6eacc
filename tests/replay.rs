//! An attempt that must come to what the one before it came to is not run again; nobody may notice.
//!
//! Each Pod is simulated twice, the second time with every attempt run: the traces must be equal, entry by entry.

use std::rc::Rc;

use podlapse::engine::{Input, simulate, simulate_every_attempt};
use podlapse::manifest;
use podlapse::scenario;
use podlapse::trace::{ContainerState, Trace};
use proptest::prelude::*;

/// The trace of a Pod with this spec in the world of this scenario's spec.
fn run(pod: &str, world: &str) -> Trace {
    let indented = |text: &str| text.lines().map(|l| format!("  {l}\n")).collect::<String>();
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n{}", indented(pod));
    let read = manifest::read(&text);
    let pod = Rc::new(read.pod.unwrap_or_else(|| panic!("{:?}\n{text}", read.refusal)));
    let text = format!(
        "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  images: [{{name: '*', onNode: true}}]\n{}",
        indented(world)
    );
    let (scenario, said) = scenario::read(&text);
    assert!(said.is_empty(), "{said:?}\n{text}");
    let input = Input { pod: &pod, scenario: &scenario, until: None };
    let trace = simulate(&input);
    let every = simulate_every_attempt(&input);
    assert_eq!(format!("{trace:#?}"), format!("{every:#?}"), "{text}");
    trace
}

/// How each attempt of the container `main` ended, and what it printed.
fn attempts(trace: &Trace) -> Vec<String> {
    let main = trace.container("main").expect("there is one");
    let attempt = |n: usize| {
        let a = &main.attempts[n];
        let lines = main.logs.iter().filter(|l| l.attempt == a.attempt).map(|l| format!(" {}", l.line));
        let took = a.finished.zip(a.started).map(|(to, from)| (to.since(from).0 + 50) / 100);
        let ended =
            took.map_or("runs".into(), |t| format!("{} after {}.{}", a.exit_code.unwrap_or(-1), t / 10, t % 10));
        ended + &lines.collect::<String>()
    };
    (0..main.attempts.len()).map(attempt).collect()
}

fn main_container(script: &str, more: &str) -> String {
    format!("containers:\n- name: main\n  image: busybox:1.35\n  command: [sh, -c, '{script}']\n{more}")
}

/// The attempts of a container that does the same each time, but for what is around it.
fn attempts_of(script: &str, more: &str, world: &str) -> Vec<String> {
    attempts(&run(&main_container(script, more), world))
}

#[test]
fn what_does_the_same_does_the_same() {
    assert_eq!(attempts_of("echo a; sleep 1; exit 1", "", "horizon: 2m"), ["1 after 1.0 a"; 5]);
}

#[test]
fn twins_do_the_same() {
    let twin = |name: &str, more: &str| {
        format!(
            "- {{name: {name}, image: 'busybox:1.35', command: [sh, -c, 'echo $WHO; sleep 1; echo last > /dev/termination-log'], {more}}}\n"
        )
    };
    let inits = [
        twin("a", "env: [{name: WHO, value: one}]"),
        twin("b", "env: [{name: WHO, value: one}]"),
        twin("c", "env: [{name: WHO, value: two}]"),
        twin("d", "terminationMessagePath: /dev/other"),
        twin("e", "terminationMessagePath: /dev/other"),
        twin("f", "volumeMounts: [{name: v, mountPath: /dev}]"),
        twin("g", "volumeMounts: [{name: v, mountPath: /dev}]"),
    ];
    let trace = run(
        &format!(
            "volumes: [{{name: v, emptyDir: {{}}}}]\ninitContainers:\n{}containers:\n- {{name: main, image: 'busybox:1.35'}}\n",
            inits.concat()
        ),
        "horizon: 1m",
    );
    let said: Vec<String> = "abcdefg"
        .chars()
        .map(|name| {
            let container = trace.container(&name.to_string()).expect("there is one");
            let status = &trace.versions.last().expect("there is one").status;
            let words = match status.container(&name.to_string()).map(|c| &c.state) {
                Some(ContainerState::Terminated(t)) => t.message.as_deref().unwrap_or("-").trim().to_owned(),
                other => format!("{other:?}"),
            };
            let lines: Vec<&str> = container.logs.iter().map(|l| l.line.as_str()).collect();
            format!("{name} says {} and leaves {words}", lines.join(" "))
        })
        .collect();
    assert_eq!(
        said,
        [
            "a says one and leaves last",
            "b says one and leaves last",
            "c says two and leaves last",
            "d says  and leaves -",
            "e says  and leaves -",
            "f says  and leaves last",
            "g says  and leaves last",
        ]
    );
}

#[test]
fn what_looks_at_the_world_sees_it_as_it_is() {
    let times = attempts_of("sleep 1; date +%s; exit 1", "", "horizon: 2m");
    assert!(times.is_sorted() && times.windows(2).all(|two| two[0] != two[1]), "{times:?}");
    let chances = attempts_of("echo $RANDOM; exit 1", "", "horizon: 2m");
    assert!(chances.windows(2).all(|two| two[0] != two[1]), "{chances:?}");
    assert_eq!(
        attempts_of(
            "nslookup db.default.svc.cluster.local > /tmp/said && exit 3; exit 1",
            "",
            "horizon: 2m\nservices: [{name: db, availableAt: 30s, unavailableAt: 80s}]"
        ),
        ["1 after 0.0", "1 after 0.0", "1 after 0.0", "3 after 0.0", "1 after 0.0"]
    );
}

#[test]
fn a_file_in_a_volume_outlives_the_attempt_and_one_in_the_container_does_not() {
    let count = "echo x >> /data/n; wc -l < /data/n; exit 1";
    let volume = "  volumeMounts: [{name: data, mountPath: /data}]\nvolumes: [{name: data, emptyDir: {}}]";
    assert_eq!(
        attempts_of(count, volume, "horizon: 80s"),
        ["1 after 0.0 1", "1 after 0.0 2", "1 after 0.0 3", "1 after 0.0 4"]
    );
    let own = "mkdir /data; echo x >> /data/n; wc -l < /data/n; exit 1";
    assert_eq!(attempts_of(own, "", "horizon: 80s"), ["1 after 0.0 1"; 4]);
}

#[test]
fn what_is_given_from_outside_may_change_from_attempt_to_attempt() {
    // A fault, for one attempt.
    let slow = "horizon: 2m\ncontainers: [{name: main, faults: [{attempts: '4', slowdown: 3}]}]";
    let took = attempts_of("sleep 1; exit 1", "", slow);
    assert_eq!(took, ["1 after 1.0", "1 after 1.0", "1 after 1.0", "1 after 3.0", "1 after 1.0"]);
    // An optional key of an object that comes late.
    let env = "  env: [{name: WORD, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]";
    let late = "horizon: 2m\nobjects: [{kind: Secret, name: s, data: {k: here}, createdAt: 20s}]";
    let words = attempts_of("echo ${WORD-nothing}; exit 1", env, late);
    let nothing = "1 after 0.0 nothing";
    assert_eq!(words, [nothing, nothing, nothing, "1 after 0.0 here", "1 after 0.0 here"]);
    // The image, and with it the shell.
    let image = "horizon: 4m\nactions: [{at: 60s, setImage: {container: main, image: 'debian:12'}}]";
    let said = attempts_of("nosuch", "", image);
    assert!(said[2].contains("sh: nosuch: not found") && said.last().unwrap().contains("sh: 1: nosuch"), "{said:?}");
}

#[test]
fn an_attempt_that_is_disturbed_is_not_like_the_others() {
    let script = r#"trap "echo told; exit 7" TERM; echo a; sleep 5 & wait; exit 1"#;
    let killed = "horizon: 100s\nactions: [{at: 25s, killContainer: {name: main, signal: 15}}]";
    assert_eq!(
        attempts_of(script, "", killed),
        ["1 after 5.0 a", "1 after 5.0 a", "7 after 1.5 a told", "1 after 5.0 a"],
    );
    // The hook runs in what would be a replay.
    let hook = "  lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 1; echo bye > /dev/termination-log']}}}";
    let deleted = "horizon: 100s\nactions: [{at: 25s, deletePod: {}}]";
    assert_eq!(attempts_of(script, hook, deleted).last().unwrap(), "7 after 2.5 a told");
    // The end of what is looked at falls into an attempt.
    assert_eq!(
        attempts_of("echo a; sleep 2; echo b; sleep 2; exit 1", "", "horizon: 22500ms").last().unwrap(),
        "runs a"
    );
}

fn script() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "sleep 1",
        "sleep 0.3",
        "echo out",
        "echo err >&2",
        "printf part",
        "date",
        "echo $RANDOM",
        "echo $WORD",
        "echo last > /dev/termination-log",
        "echo x >> /data/n; wc -l < /data/n",
        "echo x >> /tmp/n; cat /tmp/n",
        "nslookup db",
        "wget -q -O- http://db",
        "ls -l /tmp",
        "trap 'echo term; exit 7' TERM",
        "sleep 2 & wait",
        "nc -l -p 8080 &",
        "ps",
        "nosuch",
        "exit 3",
        "kill -9 $$",
        "kill 1",
        "tail -f /dev/null",
    ]);
    (prop::collection::vec(part, 1..6), prop::sample::select(vec!["", "; exit 1", "; exit 42"]))
        .prop_map(|(parts, end)| parts.join("; ").replace(" &; ", " & ") + end)
}

fn container(name: &'static str) -> impl Strategy<Value = String> {
    let more = prop::sample::select(vec![
        "",
        "",
        "livenessProbe: {exec: {command: ['false']}, periodSeconds: 3, initialDelaySeconds: 2}",
        "livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 2, initialDelaySeconds: 1}",
        "readinessProbe: {httpGet: {port: 8080}, periodSeconds: 2}",
        "lifecycle: {postStart: {exec: {command: [sleep, '1']}}}",
        "lifecycle: {preStop: {exec: {command: [sleep, '2']}}}",
        "terminationMessagePolicy: FallbackToLogsOnError",
        "volumeMounts: [{name: data, mountPath: /data}]",
        "resources: {limits: {memory: 64Mi}}",
        "env: [{name: WORD, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}]",
        "env: [{name: WORD, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
    ]);
    (script(), more).prop_map(move |(script, more)| {
        let more = if more.is_empty() { String::new() } else { format!("  {more}\n") };
        format!("- name: {name}\n  image: busybox:1.35\n  command: [sh, -c, {script:?}]\n{more}")
    })
}

fn action() -> impl Strategy<Value = String> {
    let what = prop::sample::select(vec![
        "deletePod: {}",
        "deletePod: {gracePeriodSeconds: 1}",
        "killSandbox: {}",
        "nodeReboot: {downFor: 10s}",
        "restartKubelet: {downFor: 5s}",
        "killContainer: {name: main, signal: 9}",
        "killContainer: {name: main, signal: 15}",
        "killContainer: {name: other, signal: 15}",
        "setImage: {container: main, image: 'debian:12'}",
    ]);
    (1_000..150_000_u32, what).prop_map(|(at, what)| format!("- {{at: {at}ms, {what}}}\n"))
}

fn fault() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "containers: [{name: main, faults: [{attempts: '3', slowdown: 2}]}]\n",
        "containers: [{name: main, faults: [{attempts: '2-3', ignoreSigterm: true}]}]\n",
        "containers: [{name: main, faults: [{attempts: '3', exit: {code: 5, after: 1s}}]}]\n",
    ])
}

/// How many cases are tried; `make fuzz` asks for more.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_notices_a_replay(
        main in container("main"),
        other in container("other"),
        init in any::<bool>(),
        actions in prop::collection::vec(action(), 0..3),
        fault in fault(),
        horizon in 20_000..200_000_u32,
    ) {
        let spec = match init {
            true => format!("initContainers:\n{other}  restartPolicy: Always\ncontainers:\n{main}volumes: [{{name: data, emptyDir: {{}}}}]\n"),
            false => format!("containers:\n{main}{other}volumes: [{{name: data, emptyDir: {{}}}}]\n"),
        };
        let actions = if actions.is_empty() { String::new() } else { format!("actions:\n{}", actions.concat()) };
        let world = format!(
            "horizon: {horizon}ms\ncluster: {{kubelet: {{crashLoopBackOff: {{maxContainerRestartPeriod: 5s}}}}}}\n\
             services: [{{name: db, availableAt: 40s, unavailableAt: 90s}}]\n\
             objects: [{{kind: ConfigMap, name: c, data: {{k: here}}, createdAt: 50s}}]\n{fault}{actions}"
        );
        run(&spec, &world);
    }
}
