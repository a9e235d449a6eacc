//! What holds for every run, whatever the Pod, the faults and the moments at which something is done to it.

use std::rc::Rc;

use podlapse::diagnostic::Problem;
use podlapse::document::Document;
use podlapse::i18n::Lang;
use podlapse::playground;
use podlapse::time::Millis;
use podlapse::trace::{
    Attempt, ContainerKind, ContainerState, ContainerStatus, EntryId, EntryKind, PodStatus, Trace, recording,
};
use podlapse::view::{explain, json, object};
use proptest::prelude::*;

/// What a Pod with one container, which has these further fields, comes to in the world of a scenario's spec.
fn report(container: &str, scenario: &str) -> playground::Report {
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers: [{{name: c, image: busybox:1, command: [sleep, 1000d]{container}}}]\n"
    );
    let scenario = format!("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {{{scenario}}}\n");
    playground::run(&Document { pod, scenario, ..Document::default() })
}

/// A page runs at every key: what would take too long is ended, and that is said.
#[test]
fn a_year_of_probes_is_bounded() {
    let probe = ", readinessProbe: {exec: {command: ['true']}, periodSeconds: 1}";
    let trace = report(probe, "horizon: 8760h").trace.expect("it runs");
    assert!(trace.horizon < Millis::secs(8760 * 3600) && trace.horizon > Millis::secs(86_400), "{:?}", trace.horizon);
    assert_eq!(trace.entries.last().map(|entry| &entry.kind), Some(&EntryKind::RunBound));
}

#[test]
fn actions_are_counted() {
    let action = |i: usize| format!("{{at: {i}ms, setCondition: {{type: example.com/c{i}, status: 'True'}}}}");
    let actions = |n: usize| (0..n).map(action).collect::<Vec<_>>().join(", ");
    for (n, complaints) in [(1000, 0), (5000, 1)] {
        let report = report("", &format!("horizon: 10s, actions: [{}]", actions(n)));
        let said: Vec<_> = report.diagnostics.iter().map(|d| &d.problem).collect();
        let count = said.iter().filter(|p| matches!(p, Problem::TooMany { field: "actions", most: 1000 })).count();
        assert_eq!(count, complaints, "{n} actions: {said:?}");
    }
}

/// A container of a random Pod.
#[derive(Clone, Debug)]
struct Container {
    sidecar: bool,
    policy: Option<&'static str>,
    rule: Option<(&'static str, i32)>,
    script: &'static str,
    probe: Option<&'static str>,
    hook: Option<&'static str>,
    image: &'static str,
    fault: Option<String>,
}

/// A random document: the Pod and what is done to it.
#[derive(Clone, Debug)]
struct Case {
    policy: &'static str,
    grace: u32,
    deadline: Option<u32>,
    secret: bool,
    inits: Vec<Container>,
    mains: Vec<Container>,
    actions: Vec<(u32, String)>,
    seed: Option<u64>,
}

fn container() -> impl Strategy<Value = Container> {
    let script = prop::sample::select(vec![
        "true",
        "sleep 1",
        "sleep 2; exit 1",
        "exit 42",
        "sleep 1000",
        "trap 'exit 0' TERM; sleep 1000 & wait",
        "sleep 8",
        "nosuchcmd",
    ]);
    let policy = prop::option::weighted(0.3, prop::sample::select(vec!["Always", "OnFailure", "Never"]));
    let rule = prop::option::weighted(
        0.15,
        (prop::sample::select(vec!["Restart", "RestartAllContainers"]), prop::sample::select(vec![0, 1, 42])),
    );
    let probe = prop::option::weighted(
        0.3,
        prop::sample::select(vec![
            "livenessProbe: {exec: {command: ['false']}, periodSeconds: 2}",
            "readinessProbe: {exec: {command: ['true']}, periodSeconds: 2}",
            "startupProbe: {exec: {command: ['true']}, periodSeconds: 1}",
            "startupProbe: {exec: {command: ['false']}, periodSeconds: 1}",
        ]),
    );
    let hook = prop::option::weighted(
        0.2,
        prop::sample::select(vec![
            "lifecycle: {postStart: {exec: {command: [sleep, '2']}}}",
            "lifecycle: {postStart: {exec: {command: ['false']}}}",
            "lifecycle: {preStop: {exec: {command: [sleep, '1']}}}",
        ]),
    );
    let image = prop::sample::select(vec!["busybox:1", "busybox:1", "busybox:1", "busybox:1", "slow:1", "nosuch:1"]);
    let fault = prop::option::weighted(
        0.3,
        prop::sample::select(vec![
            "{attempts: '1-2', exit: {code: 1, after: 1s}}",
            "{attempts: all, oomKilled: {after: 2s}}",
            "{attempts: '1', startError: cannot}",
            "{attempts: '2-', hang: true}",
            "{attempts: all, signal: {number: 9, after: 3s}}",
        ])
        .prop_map(String::from),
    );
    (any::<bool>(), policy, rule, script, probe, hook, image, fault).prop_map(
        |(sidecar, policy, rule, script, probe, hook, image, fault)| Container {
            sidecar,
            policy,
            rule,
            script,
            probe,
            hook,
            image,
            fault,
        },
    )
}

fn action() -> impl Strategy<Value = (u32, String)> {
    let what = prop::sample::select(vec![
        "deletePod: {}",
        "deletePod: {gracePeriodSeconds: 0}",
        "deletePod: {gracePeriodSeconds: 3}",
        "killSandbox: {}",
        "nodeReboot: {downFor: 10s}",
        "restartKubelet: {downFor: 5s}",
        "killContainer: {name: m0, signal: 9}",
        "setImage: {container: m0, image: 'busybox:2'}",
        "setImage: {container: i0, image: 'busybox:2'}",
        "failProbe: {container: m0, probe: liveness, for: 20s}",
        "evict: {}",
    ]);
    (0..90_000_u32, what.prop_map(String::from))
}

fn case() -> impl Strategy<Value = Case> {
    (
        prop::sample::select(vec!["Always", "OnFailure", "Never"]),
        prop::sample::select(vec![0, 1, 4, 30]),
        prop::option::weighted(0.2, 1..60_u32),
        prop::bool::weighted(0.15),
        prop::collection::vec(container(), 0..=4),
        prop::collection::vec(container(), 1..=3),
        prop::collection::vec(action(), 0..=3),
        prop::option::of(0..1000_u64),
    )
        .prop_map(|(policy, grace, deadline, secret, inits, mains, actions, seed)| Case {
            policy,
            grace,
            deadline,
            secret,
            inits,
            mains,
            actions,
            seed,
        })
}

impl Container {
    fn yaml(&self, name: &str, init: bool) -> String {
        let mut fields = vec![
            format!("name: {name}"),
            format!("image: '{}'", self.image),
            format!("command: [sh, -c, \"{}\"]", self.script),
        ];
        let sidecar = init && self.sidecar;
        let policy = if sidecar { Some("Always") } else { self.policy.filter(|p| !init || *p != "Always") };
        fields.extend(policy.map(|p| format!("restartPolicy: {p}")));
        if let (Some((action, code)), Some(_)) = (self.rule, policy) {
            fields.push(format!(
                "restartPolicyRules: [{{action: {action}, exitCodes: {{operator: In, values: [{code}]}}}}]"
            ));
        }
        if !init || sidecar {
            fields.extend(self.probe.map(String::from));
            fields.extend(self.hook.map(String::from));
        }
        format!("  - {{{}}}\n", fields.join(", "))
    }
}

impl Case {
    fn document(&self) -> Document {
        let mut pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  restartPolicy: {}\n  terminationGracePeriodSeconds: {}\n",
            self.policy, self.grace
        );
        if let Some(deadline) = self.deadline {
            pod += &format!("  activeDeadlineSeconds: {deadline}\n");
        }
        if self.secret {
            pod += "  volumes: [{name: v, secret: {secretName: late}}]\n";
        }
        let list = |name: &str, containers: &[Container], init: bool| -> String {
            containers.iter().enumerate().map(|(i, c)| c.yaml(&format!("{name}{i}"), init)).collect()
        };
        if !self.inits.is_empty() {
            pod += &format!("  initContainers:\n{}", list("i", &self.inits, true));
        }
        pod += &format!("  containers:\n{}", list("m", &self.mains, false));
        let mut scenario = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  horizon: 3m\n  images:\n  \
            - {name: 'busybox:*', onNode: true}\n  - {name: 'slow:1', pull: {duration: 7s}}\n  - {name: 'nosuch:1', pull: {error: NotFound}}\n  \
            objects: [{kind: Secret, name: late, createdAt: 4s}]\n"
            .to_string();
        if let Some(seed) = self.seed {
            scenario += &format!("  cluster: {{seed: {seed}}}\n");
        }
        let names = self.inits.iter().enumerate().map(|(i, c)| (format!("i{i}"), c));
        let names = names.chain(self.mains.iter().enumerate().map(|(i, c)| (format!("m{i}"), c)));
        let faults: String = names
            .filter_map(|(name, c)| c.fault.as_ref().map(|f| format!("  - {{name: {name}, faults: [{f}]}}\n")))
            .collect();
        if !faults.is_empty() {
            scenario += &format!("  containers:\n{faults}");
        }
        let known = |what: &str| !what.contains("i0") || !self.inits.is_empty();
        let actions: String = self
            .actions
            .iter()
            .filter(|(_, what)| known(what))
            .map(|(at, what)| format!("  - {{at: {at}ms, {what}}}\n"))
            .collect();
        if !actions.is_empty() {
            scenario += &format!("  actions:\n{actions}");
        }
        Document { pod, scenario, ..Document::default() }
    }
}

fn run(document: &Document) -> Rc<Trace> {
    let report = playground::run(document);
    report.trace.unwrap_or_else(|| {
        panic!("{:?}\n{:?}\n{}\n{}", report.refusal, report.diagnostics, document.pod, document.scenario)
    })
}

/// From when to when an attempt ran.
fn span(attempt: &Attempt) -> Option<(Millis, Millis)> {
    Some((attempt.started?, attempt.finished.unwrap_or(Millis::NEVER)))
}

fn holds(trace: &Trace) {
    time_never_runs_back(trace);
    every_entry_leads_to_an_act(trace);
    inits_run_one_at_a_time(trace);
    mains_wait_for_the_inits(trace);
    attempts_follow_one_another(trace);
    for pair in trace.versions.windows(2) {
        statuses_go_forward(&pair[0].status, &pair[1].status);
        assert!(!pair[0].removed, "nothing is published of an object that is gone");
    }
    for version in &trace.versions {
        conditions_agree(&version.status);
    }
    events_agree_with_the_runs(trace);
    backoffs_do_not_overlap(trace);
    printed_statuses_are_those_of_the_object(trace);
}

fn time_never_runs_back(trace: &Trace) {
    assert!(trace.entries.is_sorted_by_key(|e| e.at), "entries");
    assert!(trace.versions.is_sorted_by_key(|v| v.at), "versions");
    assert!(trace.events.is_sorted_by_key(|e| e.at), "events");
}

fn every_entry_leads_to_an_act(trace: &Trace) {
    for (i, entry) in trace.entries.iter().enumerate() {
        match entry.cause {
            Some(cause) => assert!((cause.0 as usize) < i, "{entry:?} is caused by what comes later"),
            None => {
                let act = matches!(
                    entry.kind,
                    EntryKind::PodCreated | EntryKind::ActionTaken(_) | EntryKind::WorldChanged { .. }
                );
                assert!(act, "{entry:?} has no cause");
            }
        }
    }
    let known = |id: EntryId| (id.0 as usize) < trace.entries.len();
    assert!(trace.events.iter().all(|e| known(e.cause)));
}

fn inits_run_one_at_a_time(trace: &Trace) {
    let inits = trace.containers.iter().filter(|c| c.kind == ContainerKind::Init);
    let mut spans: Vec<(Millis, Millis)> = inits.flat_map(|c| c.attempts.iter().filter_map(span)).collect();
    spans.sort();
    for pair in spans.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "two init containers at once: {pair:?}");
    }
}

/// In each sandbox no main runs before every ordinary init container has ended there with 0.
fn mains_wait_for_the_inits(trace: &Trace) {
    for sandbox in &trace.sandboxes {
        let from = sandbox.ready.unwrap_or(Millis::NEVER);
        let within = |t: Millis| t >= from && sandbox.to.is_none_or(|to| t <= to);
        let mains = trace.containers.iter().filter(|c| c.kind == ContainerKind::Main);
        let Some(first) = mains.flat_map(|c| c.attempts.iter().map(|a| a.created)).filter(|t| within(*t)).min() else {
            continue;
        };
        for init in trace.containers.iter().filter(|c| c.kind == ContainerKind::Init) {
            let done = init
                .attempts
                .iter()
                .any(|a| a.finished.is_some_and(|t| within(t) && t <= first) && a.exit_code == Some(0));
            assert!(done, "{} was not done when a main started at {first}", init.name);
        }
    }
}

fn attempts_follow_one_another(trace: &Trace) {
    for container in &trace.containers {
        for pair in container.attempts.windows(2) {
            let ended = pair[0].finished.is_some_and(|t| t <= pair[1].created);
            assert!(ended || pair[0].started.is_none(), "{}: two instances at once: {pair:?}", container.name);
            // One that a reboot met before it had started leaves its number to the next.
            let (one, next) = (pair[0].attempt, pair[1].attempt);
            assert!(one < next || pair[0].started.is_none() && one == next, "{}: {pair:?}", container.name);
        }
    }
}

fn statuses_go_forward(old: &PodStatus, new: &PodStatus) {
    if old.is_terminal() {
        assert_eq!(old.phase, new.phase, "a terminal phase stays");
    }
    let all =
        |s: &PodStatus| -> Vec<ContainerStatus> { s.init.iter().chain(s.main.iter()).map(|c| (**c).clone()).collect() };
    for (old, new) in all(old).iter().zip(&all(new)) {
        assert!(old.restart_count <= new.restart_count, "{}: restartCount falls", old.name);
    }
}

fn conditions_agree(status: &PodStatus) {
    let is = |kind: &str| status.condition(kind).is_some_and(|c| c.is_true());
    assert!(!is("Ready") || is("ContainersReady"), "Ready without ContainersReady: {status:?}");
    assert!(!is("ContainersReady") || status.main.iter().all(|c| c.ready), "ContainersReady with an unready main");
    for c in status.main.iter().filter(|c| c.ready) {
        assert!(c.started && matches!(c.state, ContainerState::Running { .. }), "{} is ready and does not run", c.name);
    }
    let names: std::collections::BTreeSet<_> = status.conditions.iter().map(|c| &c.kind).collect();
    assert_eq!(names.len(), status.conditions.len(), "a condition stands twice");
}

/// As many runs as the kubelet says that it started, but for what its recorder has dropped.
fn events_agree_with_the_runs(trace: &Trace) {
    let started = trace.events.iter().filter(|e| &*e.reason == "Started").count();
    let runs = trace.containers.iter().flat_map(|c| &c.attempts).filter(|a| a.started.is_some()).count();
    assert!(started <= runs, "{started} events for {runs} runs");
    let normal = trace.events.iter().filter(|e| !e.warning && &*e.source == "kubelet").count();
    assert!(started == runs || normal >= 25, "{started} events for {runs} runs");
}

fn backoffs_do_not_overlap(trace: &Trace) {
    for container in &trace.containers {
        for pair in container.backoffs.windows(2) {
            let over = pair[0].to.is_some_and(|to| to <= pair[1].from);
            assert!(over, "{}: two waits at once: {pair:?}", container.name);
        }
    }
}

/// The JSON keeps the texts of containers from version to version; each status must read as if it had been made alone.
fn printed_statuses_are_those_of_the_object(trace: &Trace) {
    let printed: serde_json::Value = serde_json::from_str(&json::trace(trace).to_string()).expect("JSON");
    let printed = printed["statuses"].as_array().expect("a list").iter();
    let mut versions: Vec<_> = trace.versions.iter().filter(|v| !v.removed).collect();
    versions.dedup_by(|new, old| new.status == old.status);
    assert_eq!(printed.len(), versions.len());
    for (printed, version) in printed.zip(versions) {
        let alone = json::pod(&object::pod_of(trace, version));
        assert_eq!(printed["status"], alone["status"], "at {}", version.at);
    }
}

/// How many cases are tried; `make fuzz` asks for more.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(64), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_run_keeps_the_rules(case in case()) {
        let document = case.document();
        let trace = run(&document);
        holds(&trace);
        prop_assert!(!explain::headline(&trace, Lang::Ko).is_empty(), "every run comes to something");
        let again = run(&document);
        prop_assert_eq!(json::trace(&trace).to_string(), json::trace(&again).to_string(), "the same document, the same bytes");
        let (recorded, _) = recording::read(&recording::write(&trace, &recording::Gist::default())).expect("a recording can be read");
        prop_assert_eq!(Trace { pod: trace.pod.clone(), ..recorded }, (*trace).clone());
    }

    #[test]
    fn any_bytes_may_stand_for_a_recording(bytes in any::<Vec<u8>>(), cut in any::<u8>()) {
        let _ = recording::read(&bytes);
        let whole = recording::write(&Trace { node: "node1".into(), ..Trace::default() }, &recording::Gist::default());
        let cut = usize::from(cut) % whole.len();
        prop_assert!(recording::read(&whole[..cut]).is_none());
    }
}
