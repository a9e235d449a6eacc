//! Every example of the gallery runs, and what its sentence claims is so.

#[path = "../src/app/examples/mod.rs"]
mod examples;

use std::collections::BTreeSet;

use examples::{EXAMPLES, Example, FIRST, Group};
use podlapse::diagnostic::{Problem, Severity};
use podlapse::document::Document;
use podlapse::playground::{self, Report};
use podlapse::share;
use podlapse::time::Millis;
use podlapse::trace::{Attempt, BackOffKind, ContainerTrace, EntryKind, Trace, recording};
use podlapse::view::get;
use podlapse::view::timeline::Timeline;

fn document(example: &Example) -> Document {
    Document { pod: example.pod.into(), scenario: example.scenario.into(), ..Document::default() }
}

/// The run of an example, with the questions that claims ask.
struct Seen {
    report: Report,
}

impl Seen {
    fn of(id: &str) -> Seen {
        let example = EXAMPLES.iter().find(|e| e.id == id).unwrap_or_else(|| panic!("no example {id}"));
        Seen { report: playground::run(&document(example)) }
    }

    fn trace(&self) -> &Trace {
        self.report.trace.as_ref().expect("it runs")
    }

    fn container(&self, name: &str) -> &ContainerTrace {
        self.trace().container(name).unwrap_or_else(|| panic!("no container {name}"))
    }

    fn attempts(&self, name: &str) -> &[Attempt] {
        &self.container(name).attempts
    }

    /// The STATUS column over time, without repetitions.
    fn statuses(&self) -> Vec<String> {
        let mut all: Vec<String> = get::rows(self.trace()).into_iter().map(|r| r.status).collect();
        all.dedup();
        all
    }

    fn sees(&self, status: &str) -> bool {
        self.statuses().iter().any(|s| s == status)
    }

    fn main_starts(&self) -> Option<Millis> {
        self.trace().main_started().filter_map(|(_, at)| at).max()
    }

    /// How long each start had to wait for the end before it, in seconds.
    fn waits(&self, name: &str) -> Vec<u64> {
        let pairs = self.attempts(name).windows(2);
        pairs.map(|p| (p[1].created - p[0].finished.expect("it ended")).whole_secs()).collect()
    }

    /// Whether a container has printed a line with these words.
    fn logged(&self, name: &str, words: &str) -> bool {
        self.container(name).logs.iter().any(|l| l.line.contains(words))
    }

    fn phases(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.trace().versions.iter().map(|v| v.status.phase).collect();
        all.dedup();
        all
    }

    fn restarts_at_end(&self) -> String {
        get::row_at(self.trace(), self.trace().horizon).expect("a row").restarts_column()
    }
}

/// What a sentence claims.
type Claim = fn(&Seen);

const CLAIMS: &[(&str, Claim)] = &[
    ("wait-for-services", |s| {
        let ends = ["init-myservice", "init-mydb"].map(|c| s.attempts(c)[0].finished.expect("it resolves"));
        let main = s.main_starts().expect("main starts");
        assert!(ends[0] < ends[1] && ends[1] <= main && main - ends[1] < Millis::secs(5));
        for name in ["init-myservice", "init-mydb"] {
            assert!(s.logged(name, "can't resolve") && s.attempts(name).len() == 1, "{name}");
        }
    }),
    ("shared-volume", |s| {
        let written = &s.attempts("content-creator")[0];
        assert_eq!((written.exit_code, s.attempts("content-creator").len()), (Some(0), 1));
        assert!(written.finished.expect("it ends") <= s.main_starts().expect("main starts"));
        let spec = s.trace().pod.spec.as_ref().expect("a spec");
        let empty = |v: &k8s_openapi::api::core::v1::Volume| v.name == "shared-data" && v.empty_dir.is_some();
        assert!(spec.volumes.iter().flatten().any(empty));
    }),
    ("variable-from-file", |s| {
        assert!(s.container("main").logs.iter().any(|l| l.line == "painted blue"));
        let main = &s.trace().pod.spec.as_ref().unwrap().containers[0];
        assert!(main.volume_mounts.iter().flatten().all(|m| m.name != "data"));
    }),
    ("git-clone", |s| {
        let run = &s.attempts("init-myservice")[0];
        assert_eq!((run.exit_code, s.main_starts()), (Some(2), None));
        // Before anything runs: the error is the only line.
        let lines: Vec<_> = s.container("init-myservice").logs.iter().filter(|l| l.attempt == run.attempt).collect();
        assert!(matches!(&lines[..], [l] if l.line.contains("syntax error")), "{lines:?}");
    }),
    ("stray-done", |s| {
        let ended = s.attempts("init-myservice").iter().filter(|a| a.finished.is_some());
        assert!(ended.clone().count() > 3 && ended.clone().all(|a| a.exit_code == Some(2)));
        // The placeholder comes before the stray word.
        assert!(s.logged("init-myservice", "unexpected \";\"") && !s.logged("init-myservice", "done"));
        assert_eq!(s.main_starts(), None);
    }),
    ("wait-for-port", |s| {
        assert!(s.report.completed.is_some() && s.main_starts().is_some());
        let tries = s.container("wait-for-database").logs.iter().filter(|l| l.line.contains("waiting for mysql"));
        let opens = s.attempts("wait-for-database")[0].finished.expect("it opens");
        assert!(tries.clone().count() > 1 && tries.clone().all(|l| l.at < opens));
    }),
    ("config-generator", |s| {
        let template = "template/nginx.conf.template";
        assert!(s.container("config-generator").logs.iter().any(|l| l.line.contains(template)));
        assert_eq!(s.attempts("config-generator")[0].exit_code, Some(0));
    }),
    ("run-migrations", |s| {
        assert!(s.main_starts().is_some());
        assert!(s.trace().assumptions.iter().any(|a| a.about.contains("Secret db-secrets")));
        assert!(s.trace().assumptions.iter().any(|a| a.path == "spec.containers"));
    }),
    ("set-permissions", |s| {
        let run = &s.attempts("set-permissions")[0];
        assert_eq!(run.exit_code, Some(0));
        let ended = run.finished.expect("it ends");
        assert!(ended - run.started.expect("it runs") < Millis::secs(1));
        assert!(ended <= s.main_starts().expect("main starts"));
    }),
    ("kernel-setting", |s| {
        assert!(s.logged("without-rights", "error setting key 'vm.max_map_count': Read-only file system"));
        assert!(s.logged("with-rights", "vm.max_map_count = 262144"));
        assert!(s.main_starts().is_some());
    }),
    ("fetch-certificates", |s| {
        assert!(s.attempts("fetch-certificates").len() > 3);
        assert!(
            s.attempts("fetch-certificates").iter().filter(|a| a.finished.is_some()).all(|a| a.exit_code == Some(127))
        );
    }),
    ("policy-always", |s| {
        let waits = s.waits("job");
        assert!(waits.len() > 3 && waits.windows(2).all(|w| w[0] <= w[1]), "{waits:?}");
        assert!(s.attempts("job").iter().filter(|a| a.finished.is_some()).all(|a| a.exit_code == Some(0)));
    }),
    ("policy-on-failure", |s| {
        assert_eq!(s.attempts("job").len(), 3);
        assert_eq!(s.statuses().last().map(String::as_str), Some("Completed"));
    }),
    ("policy-never", |s| {
        assert_eq!((s.attempts("job").len(), s.phases().last().copied()), (1, Some("Failed")));
        assert!(s.attempts("job")[0].exit_code.is_some_and(|code| code != 0) && s.trace().settled);
    }),
    ("crash-loop", |s| {
        let delays = s.container("migrate").backoffs.iter().filter(|b| b.kind == BackOffKind::Crash);
        let mut delays: Vec<u64> = delays.map(|b| b.delay.whole_secs()).collect();
        delays.dedup();
        assert_eq!(delays[..3], [10, 20, 40]);
        assert!(s.sees("Init:CrashLoopBackOff") && s.main_starts().is_none());
    }),
    ("restart-all", |s| {
        assert_eq!(s.attempts("worker")[0].exit_code, Some(88));
        for name in ["prepare", "app", "worker"] {
            assert_eq!(s.attempts(name).len(), 2, "{name}");
            assert!(Some(s.attempts(name)[1].created) > s.attempts("worker")[0].finished, "{name}");
        }
    }),
    ("read-only-root", |s| {
        assert!(s.sees("CrashLoopBackOff"));
        assert!(s.logged("web", "open() \"/run/nginx.pid\" failed (30: Read-only file system)"));
    }),
    ("sidecar", |s| {
        let app = s.attempts("app")[0].started.expect("main starts");
        assert!(s.attempts("log-shipper")[0].started < Some(app) && s.attempts("log-shipper")[0].finished.is_none());
    }),
    ("sidecar-startup-probe", |s| {
        let proxy = s.attempts("proxy")[0].started.expect("it starts");
        let passed = s.container("proxy").probes.iter().find(|p| p.success).expect("it passes").at;
        assert!(passed > proxy && s.main_starts().expect("main starts") >= passed);
        assert!(s.container("proxy").probes.iter().any(|p| !p.success), "it fails at first");
    }),
    ("liveness", |s| {
        let failed =
            s.container("app").probes.iter().take_while(|p| p.at < s.attempts("app")[0].finished.expect("killed"));
        let last: Vec<bool> = failed.map(|p| p.success).collect();
        assert!(last.ends_with(&[false; 3]) && last.iter().filter(|ok| !**ok).count() == 3, "{last:?}");
        assert!(s.attempts("app").len() > 1 && !s.container("app").kills.is_empty());
    }),
    ("readiness", |s| {
        let ready: Vec<String> =
            get::rows(s.trace()).iter().filter(|r| r.status == "Running").map(get::Row::ready_column).collect();
        assert_eq!(ready, ["0/1", "1/1", "0/1", "1/1"]);
        assert_eq!(s.attempts("app").len(), 1);
    }),
    ("image-error", |s| {
        assert!(s.sees("Init:ErrImagePull") && s.sees("Init:ImagePullBackOff"));
        let pulls = &s.container("fetch").pulls;
        let (good, bad): (Vec<_>, Vec<_>) = pulls.iter().partition(|p| p.error.is_none());
        // Somebody pushes it after a minute: no pull before succeeds, and none after fails.
        assert!(bad.len() > 1 && bad.iter().all(|p| p.from < Millis::secs(60)));
        assert!(good.iter().all(|p| p.from >= Millis::secs(60)) && s.main_starts() > Some(Millis::secs(60)));
    }),
    ("image-missing", |s| {
        assert!(s.sees("ErrImagePull") && s.sees("ImagePullBackOff") && s.attempts("app").is_empty());
        assert!(s.container("app").backoffs.iter().all(|b| b.delay <= Millis::secs(300)));
        assert!(s.container("app").pulls.len() > 5);
    }),
    ("missing-secret", |s| {
        let rows = get::rows(s.trace());
        let stands = |at: u64| rows.iter().rev().find(|r| r.at <= Millis::secs(at)).map(|r| r.status.as_str());
        assert_eq!(
            (stands(15), stands(29)),
            (Some("Init:CreateContainerConfigError"), Some("Init:CreateContainerConfigError"))
        );
        assert!(s.main_starts() > Some(Millis::secs(30)) && s.logged("run-migrations", "migrating postgres://db"));
        assert_eq!(s.restarts_at_end(), "0");
    }),
    ("missing-secret-volume", |s| {
        assert_eq!(s.statuses(), ["Pending", "ContainerCreating", "Running"]);
        assert!(s.trace().events.iter().any(|e| &*e.reason == "FailedMount"));
    }),
    ("oom", |s| {
        let killed = s.attempts("app").iter().filter(|a| a.reason.as_deref() == Some("OOMKilled"));
        assert_eq!(killed.filter(|a| a.exit_code == Some(137)).count(), 3);
        assert_eq!((s.attempts("app").len(), s.attempts("app")[3].finished), (4, None));
    }),
    ("deadline", |s| {
        let exceeded = s.trace().entries.iter().find(|e| e.kind == EntryKind::DeadlineExceeded).expect("exceeded");
        let wait = &s.attempts("wait-for-database")[0];
        assert!(wait.started < Some(exceeded.at) && wait.finished >= Some(exceeded.at), "it still waits");
        assert_eq!((s.phases().last().copied(), s.main_starts()), (Some("Failed"), None));
    }),
    ("full-volume", |s| {
        let evicted = |k: &EntryKind| matches!(k, EntryKind::Evicted { message } if message.contains("exceeds the limit \"30Mi\""));
        let at = s.trace().entries.iter().find(|e| evicted(&e.kind)).expect("evicted").at;
        assert!(s.logged("app", "31.0M\t/cache") && at > Millis::secs(60), "it is noticed later");
        assert_eq!((s.attempts("app").len(), s.phases().last().copied()), (1, Some("Failed")));
    }),
    ("deletion", |s| {
        let kill = &s.container("app").kills[0];
        let (term, end) = (kill.term.expect("TERM"), kill.kill.expect("KILL"));
        assert!(term - kill.from >= Millis::secs(5) && end - kill.from >= Millis::secs(20));
        assert_eq!(s.attempts("app")[0].exit_code, Some(137));
        let hook = s.container("app").hooks.iter().find(|h| h.from >= kill.from).expect("preStop");
        assert!(hook.to.expect("it ends") <= term && term < end, "preStop first, then TERM, then KILL");
    }),
    ("sandbox-loss", |s| {
        assert_eq!((s.trace().sandboxes.len(), s.attempts("prepare").len()), (2, 2));
        assert!(s.attempts("prepare")[1].created >= s.trace().sandboxes[1].from);
    }),
    ("folklore-whole-pod", |s| {
        assert_eq!((s.attempts("first").len(), s.attempts("second").len(), s.trace().sandboxes.len()), (1, 4, 1));
    }),
    ("folklore-first-wait", |s| {
        let waits = s.waits("app");
        assert!(waits[0] < 2 && (10..20).contains(&waits[1]) && (20..40).contains(&waits[2]), "{waits:?}");
    }),
    ("folklore-what-you-see", |s| {
        // Within the waits of 10, 20 and 40 s: how long each STATUS stands.
        let rows = get::rows(s.trace());
        let stands = |status: &str| {
            let pairs = rows.windows(2).filter(|p| p[0].status == status && p[1].at < Millis::secs(110));
            pairs.map(|p| (p[1].at - p[0].at).0).sum::<u64>()
        };
        assert!(stands("Error") > 20 * stands("CrashLoopBackOff") && stands("CrashLoopBackOff") > 0);
    }),
    ("folklore-never", |s| {
        assert!(s.sees("ImagePullBackOff") && s.sees("Running"));
        assert!(s.container("job").pulls.len() > 1 && s.attempts("job").len() == 1);
    }),
    ("folklore-ten-minutes", |s| {
        let waits = s.waits("app");
        assert!(waits[4] >= 80 && waits[5] < 2, "{waits:?}");
    }),
    ("folklore-once", |s| {
        let lost = s.trace().sandboxes[0].to.expect("it is lost");
        assert_eq!(s.attempts("prepare").len(), 2);
        assert!(s.attempts("prepare")[0].finished < Some(lost) && s.attempts("prepare")[1].created > lost);
    }),
    ("folklore-restarts", |s| {
        let most = get::rows(s.trace()).iter().map(|r| r.restarts_column()).max();
        assert!(most.is_some_and(|m| m.starts_with('3')));
        assert_eq!(s.restarts_at_end(), "0");
    }),
    ("folklore-exit-zero", |s| {
        assert!(s.sees("Completed") && s.sees("CrashLoopBackOff"));
        assert!(s.attempts("job").iter().filter(|a| a.finished.is_some()).all(|a| a.exit_code == Some(0)));
    }),
    ("folklore-deadline", |s| {
        assert!(s.sees("Error") && !s.sees("DeadlineExceeded"));
        let error = get::rows(s.trace()).into_iter().find(|r| r.status == "Error").expect("Error").at;
        assert!(error >= Millis::secs(25));
    }),
    ("folklore-initialized", |s| {
        let initialized =
            |v: &podlapse::trace::PodVersion| v.status.condition("Initialized").is_some_and(|c| c.is_true());
        let mut values: Vec<bool> = s.trace().versions.iter().map(initialized).collect();
        values.dedup();
        assert_eq!(values, [false, true]);
        assert_eq!(s.phases(), ["Pending", "Running", "Pending", "Running"]);
    }),
];

#[test]
fn every_sentence_holds() {
    let told: Vec<&str> = EXAMPLES.iter().map(|e| e.id).collect();
    let claimed: Vec<&str> = CLAIMS.iter().map(|c| c.0).collect();
    assert_eq!(told, claimed, "one claim for each example, in order");
    let mut broken = Vec::new();
    for (id, claim) in CLAIMS {
        let seen = Seen::of(id);
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| claim(&seen))).is_err() {
            broken.push((*id, seen.report.trace.is_some().then(|| seen.statuses())));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// And without a word: the page shows these texts before it has fetched the rules for manifests (`app::run`).
#[test]
fn every_example_is_accepted() {
    for example in EXAMPLES {
        let report = playground::run(&document(example));
        let bad: Vec<_> = report.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(bad.is_empty() && report.refusal.is_none(), "{}: {bad:?}", example.id);
        assert_eq!(report.warnings, Vec::<String>::new(), "{}", example.id);
        // The two scripts that cannot be parsed are what their examples are about.
        let warned = report.diagnostics.iter().any(|d| matches!(d.problem, Problem::Script(_)));
        assert_eq!(warned, matches!(example.id, "git-clone" | "stray-done"), "{}", example.id);
    }
}

#[test]
fn every_example_has_words_and_a_link_of_its_own() {
    let mut seen = BTreeSet::new();
    for e in EXAMPLES {
        let words = [e.en.0, e.en.1, e.ko.0, e.ko.1];
        assert!(words.iter().all(|w| !w.is_empty() && w.trim() == *w), "{}", e.id);
        assert!(e.en.0.len() <= 60 && e.en.1.len() <= 150, "{}: short is better", e.id);
        assert!(
            seen.insert(format!("id {}", e.id))
                && seen.insert(format!("en {}", e.en.0))
                && seen.insert(format!("ko {}", e.ko.0)),
            "{}",
            e.id
        );
        let link = share::write(&document(e));
        assert_eq!(share::read(&link), Ok(Some(document(e))), "{}", e.id);
        assert!(seen.insert(link), "{}: another example has the same texts", e.id);
    }
    assert_eq!(EXAMPLES[0].pod, FIRST);
    assert!(EXAMPLES.iter().all(|e| examples::is_one(e.pod, e.scenario)) && !examples::is_one(FIRST, "kind: Scenario"));
    for group in Group::ALL {
        assert!(EXAMPLES.iter().any(|e| e.group == group) && group.names().0 != group.names().1);
    }
}

#[test]
fn a_recording_shows_what_the_run_would() {
    for e in EXAMPLES {
        let made = playground::run(&document(e)).trace.expect("it runs");
        let gist = recording::Gist { concerns: 7, headline: ["it starts".into(), "시작됩니다".into()] };
        let (recorded, told) = recording::read(&recording::write(&made, &gist)).expect("it can be read");
        assert_eq!((told, get::watch(&recorded)), (gist, get::watch(&made)), "{}", e.id);
        assert_eq!(Timeline::of(&recorded), Timeline::of(&made), "{}", e.id);
        // All but the Pod itself is there.
        assert_eq!(Trace { pod: made.pod.clone(), ..recorded }, *made, "{}", e.id);
    }
}

#[test]
fn nothing_is_said_of_the_first_example() {
    // So its recording is all that a first visit shows of it.
    let report = Seen::of(EXAMPLES[0].id).report;
    assert_eq!((report.diagnostics, report.refusal, report.warnings), (vec![], None, vec![]));
}

#[test]
fn the_scenario_that_an_empty_text_suggests_does_what_it_says() {
    let scenario = podlapse::i18n::editor::SCENARIO.to_owned();
    let report = playground::run(&Document { pod: FIRST.into(), scenario, ..Document::default() });
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    let trace = report.trace.expect("it runs");
    let init = trace.container("init-mydb").expect("the container that waits");
    assert!(init.attempts.iter().any(|a| a.started >= Some(Millis::secs(60))), "the sandbox is lost after a minute");
}
