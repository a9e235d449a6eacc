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
use podlapse::trace::{Attempt, BackOffKind, ContainerTrace, EntryKind, Trace};
use podlapse::view::get;

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
        assert!(ends[0] < ends[1] && ends[1] <= s.main_starts().expect("main starts"));
    }),
    ("shared-volume", |s| assert!(s.main_starts().is_some() && s.sees("Running"))),
    ("git-clone", |s| {
        assert_eq!(s.attempts("init-myservice")[0].exit_code, Some(2));
        assert_eq!(s.main_starts(), None);
    }),
    ("stray-done", |s| {
        assert_eq!(s.attempts("init-myservice")[0].exit_code, Some(2));
        assert_eq!(s.main_starts(), None);
    }),
    ("wait-for-port", |s| {
        assert!(s.report.completed.is_some() && s.main_starts().is_some());
        assert!(s.container("wait-for-database").logs.iter().any(|l| l.line.contains("waiting for mysql")));
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
        assert!(run.finished.expect("it ends") - run.started.expect("it runs") < Millis::secs(1));
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
        }
    }),
    ("sidecar", |s| {
        let app = s.attempts("app")[0].started.expect("main starts");
        assert!(s.attempts("log-shipper")[0].started < Some(app) && s.attempts("log-shipper")[0].finished.is_none());
    }),
    ("sidecar-startup-probe", |s| {
        let proxy = s.attempts("proxy")[0].started.expect("it starts");
        assert!(s.main_starts().expect("main starts") - proxy >= Millis::secs(8));
    }),
    ("liveness", |s| {
        let failed =
            s.container("app").probes.iter().take_while(|p| p.at < s.attempts("app")[0].finished.expect("killed"));
        assert_eq!(failed.filter(|p| !p.success).count(), 3);
        assert!(s.attempts("app").len() > 1 && !s.container("app").kills.is_empty());
    }),
    ("readiness", |s| {
        let ready: Vec<String> =
            get::rows(s.trace()).iter().filter(|r| r.status == "Running").map(get::Row::ready_column).collect();
        assert_eq!(ready, ["0/1", "1/1", "0/1", "1/1"]);
        assert_eq!(s.attempts("app").len(), 1);
    }),
    ("image-error", |s| {
        assert!(s.sees("Init:ErrImagePull") && s.sees("Init:ImagePullBackOff") && s.main_starts().is_some());
    }),
    ("image-missing", |s| {
        assert!(s.sees("ErrImagePull") && s.sees("ImagePullBackOff") && s.attempts("app").is_empty());
        assert!(s.container("app").backoffs.iter().all(|b| b.delay <= Millis::secs(300)));
        assert!(s.container("app").pulls.len() > 5);
    }),
    ("missing-secret", |s| assert!(s.sees("Init:CreateContainerConfigError") && s.main_starts().is_some())),
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
        assert!(s.trace().entries.iter().any(|e| e.kind == EntryKind::DeadlineExceeded));
        assert_eq!((s.phases().last().copied(), s.main_starts()), (Some("Failed"), None));
    }),
    ("deletion", |s| {
        let kill = &s.container("app").kills[0];
        let (term, end) = (kill.term.expect("TERM"), kill.kill.expect("KILL"));
        assert!(term - kill.from >= Millis::secs(5) && end - kill.from >= Millis::secs(20));
        assert_eq!(s.attempts("app")[0].exit_code, Some(137));
    }),
    ("sandbox-loss", |s| assert_eq!((s.trace().sandboxes.len(), s.attempts("prepare").len()), (2, 2))),
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
    }),
    ("folklore-ten-minutes", |s| {
        let waits = s.waits("app");
        assert!(waits[4] >= 80 && waits[5] < 2, "{waits:?}");
    }),
    ("folklore-once", |s| assert_eq!(s.attempts("prepare").len(), 2)),
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

#[test]
fn every_example_is_accepted() {
    for example in EXAMPLES {
        let report = playground::run(&document(example));
        let bad: Vec<_> = report.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(bad.is_empty() && report.refusal.is_none(), "{}: {bad:?}", example.id);
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
    assert_eq!(FIRST.id, "wait-for-services");
    for group in Group::ALL {
        assert!(EXAMPLES.iter().any(|e| e.group == group) && group.names().0 != group.names().1);
    }
}
