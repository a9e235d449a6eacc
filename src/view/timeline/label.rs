//! What states are called: class names for style sheets, and the pieces of their labels.

use super::{AttemptBar, MarkKind, Outcome, Segment, SegmentKind, Shown};
use crate::i18n::Lang;
use crate::time::{Millis, go_duration};
use crate::trace::{BackOffKind, Hook};

impl Outcome {
    /// The name of its look.
    pub fn class(self) -> &'static str {
        match self {
            Outcome::Running => "running",
            Outcome::Succeeded => "ok",
            Outcome::Failed => "failed",
            Outcome::StartFailed => "start-failed",
            Outcome::OomKilled => "oom",
            Outcome::Killed => "killed",
            Outcome::Lost => "lost",
        }
    }
}

impl SegmentKind {
    /// The name of its look, as a style sheet knows it.
    pub fn class(&self) -> &'static str {
        match self {
            SegmentKind::Phase("Running") => "phase-running",
            SegmentKind::Phase("Succeeded") => "phase-succeeded",
            SegmentKind::Phase("Failed") => "phase-failed",
            SegmentKind::Phase(_) => "phase-pending",
            SegmentKind::Terminating(_) => "terminating",
            SegmentKind::Condition { status, .. } => match &**status {
                "True" => "true",
                "False" => "false",
                _ => "unknown",
            },
            SegmentKind::KubeletDown | SegmentKind::NodeDown => "down",
            SegmentKind::SandboxStarting { .. } => "starting",
            SegmentKind::SandboxReady { .. } => "sandbox",
            SegmentKind::Present => "present",
            SegmentKind::WaitingForPod => "waiting-pod",
            SegmentKind::WaitingForTurn { .. } => "waiting",
            SegmentKind::Noticing => "noticing",
            SegmentKind::Pulling { error: None, .. } => "pulling",
            SegmentKind::Pulling { .. } => "pull-failed",
            SegmentKind::BackOff { .. } => "back-off",
            SegmentKind::Starting { .. } => "starting",
            SegmentKind::Attempt(a) => a.outcome.class(),
            SegmentKind::Hook { error: None, .. } => "hook",
            SegmentKind::Hook { .. } => "hook-failed",
            SegmentKind::Grace { .. } => "grace",
        }
    }
}

impl Segment {
    /// The pieces of its label, the most important first: a drawer shows as many as fit.
    pub fn label(&self, lang: Lang) -> Vec<String> {
        let word = |en: &str, ko: &str| lang.pick(en, ko).to_string();
        match &self.kind {
            SegmentKind::Phase(phase) => vec![(*phase).into()],
            SegmentKind::Terminating(phase) => vec!["Terminating".into(), (*phase).into()],
            SegmentKind::Condition { status, reason } => {
                [status].into_iter().chain(reason).map(|word| word.to_string()).collect()
            }
            SegmentKind::KubeletDown => vec![word("kubelet down", "kubelet 중지")],
            SegmentKind::NodeDown => vec![word("node down", "노드 중지")],
            SegmentKind::SandboxStarting { .. } => vec![word("starting", "시작 중")],
            SegmentKind::SandboxReady { attempt } => with_nth(word("sandbox", "샌드박스"), *attempt, lang),
            SegmentKind::Present => vec![word("there", "있음")],
            SegmentKind::WaitingForPod => vec![word("waits for the Pod", "파드 준비 대기")],
            SegmentKind::WaitingForTurn { .. } => vec![word("waits its turn", "차례 대기")],
            SegmentKind::Noticing => vec![word("not yet noticed", "아직 감지되지 않음")],
            SegmentKind::Pulling { image, error } => pull_label(image, error.as_deref(), word("pull", "이미지 받기")),
            SegmentKind::BackOff { what, delay, reason, .. } => {
                back_off_label(*what, *delay, reason.as_deref(), word("retry", "다시 시도"), word("back-off", "백오프"))
            }
            SegmentKind::Starting { attempt } => with_nth(word("starting", "시작 중"), *attempt, lang),
            SegmentKind::Attempt(a) => attempt_label(a, word("running", "실행 중"), lang),
            SegmentKind::Hook { hook, error } => {
                [hook_name(*hook).to_string()].into_iter().chain(error.clone()).collect()
            }
            SegmentKind::Grace { grace_seconds, .. } => {
                vec![format!("{} {grace_seconds}s", word("grace", "유예")), "TERM".into()]
            }
        }
    }
}

fn pull_label(image: &str, error: Option<&str>, pull: String) -> Vec<String> {
    let failed = error.map(|_| "ErrImagePull".to_string());
    failed.into_iter().chain([pull, image.to_string()]).collect()
}

fn back_off_label(
    what: BackOffKind,
    delay: Millis,
    reason: Option<&str>,
    retry: String,
    back_off: String,
) -> Vec<String> {
    let head = match what {
        BackOffKind::Retry => retry,
        _ => back_off,
    };
    let length = go_duration(delay);
    reason.map(Into::into).into_iter().chain([format!("{head} {length}")]).collect()
}

/// Which attempt it is, counted from 1 as in the faults of a scenario; the first goes without saying.
fn nth(attempt: u32, lang: Lang) -> Option<String> {
    let n = attempt.saturating_add(1);
    (n > 1).then(|| lang.pick(format!("attempt {n}"), format!("{n}회차")))
}

fn with_nth(word: String, attempt: u32, lang: Lang) -> Vec<String> {
    [word].into_iter().chain(nth(attempt, lang)).collect()
}

fn attempt_label(a: &AttemptBar, running: String, lang: Lang) -> Vec<String> {
    let Some(code) = a.exit_code else { return with_nth(running, a.attempt, lang) };
    let reason = a.reason.iter().filter(|r| !matches!(r.as_str(), "Completed" | "Error")).cloned();
    let signal = a.signal.map(|s| signal_name(s).into_owned());
    [format!("exit {code}")].into_iter().chain(reason).chain(signal).chain(nth(a.attempt, lang)).collect()
}

/// `preStop`, as in the spec.
pub fn hook_name(hook: Hook) -> &'static str {
    match hook {
        Hook::PostStart => "postStart",
        Hook::PreStop => "preStop",
    }
}

/// `TERM`, `KILL`, or the number.
pub fn signal_name(signal: i32) -> std::borrow::Cow<'static, str> {
    match signal {
        1 => "HUP".into(),
        2 => "INT".into(),
        3 => "QUIT".into(),
        6 => "ABRT".into(),
        9 => "KILL".into(),
        11 => "SEGV".into(),
        13 => "PIPE".into(),
        14 => "ALRM".into(),
        15 => "TERM".into(),
        n => n.to_string().into(),
    }
}

impl Shown {
    /// What to write on merged segments: `4 attempts`, `94% back-off`. Nothing when there is no attempt among them.
    pub fn label(&self, lang: Lang) -> Vec<String> {
        let attempts = match (self.tally.attempts, lang) {
            (0, _) => return Vec::new(),
            (1, Lang::En) => "1 attempt".into(),
            (n, Lang::En) => format!("{n} attempts"),
            (n, Lang::Ko) => format!("시도 {n}회"),
        };
        let waiting = (self.waiting() > 0).then(|| format!("{}% {}", self.waiting(), lang.pick("back-off", "백오프")));
        [attempts].into_iter().chain(waiting).collect()
    }

    /// The name of its look when merged: that of what takes most of it.
    pub fn class(&self) -> &'static str {
        match self.tally.failed {
            0 => "many",
            _ if self.waiting() > 50 => "many-waiting",
            _ => "many-failed",
        }
    }
}

impl MarkKind {
    /// The name of its look.
    pub fn class(&self) -> &'static str {
        match self {
            MarkKind::Probe { success: true, .. } => "probe-ok",
            MarkKind::Probe { .. } => "probe-failed",
            MarkKind::ProbeResult { success: true, .. } => "probe-result-ok",
            MarkKind::ProbeResult { .. } => "probe-result-failed",
            MarkKind::Signal(_) => "signal",
            MarkKind::Event { warning: false, .. } => "event",
            MarkKind::Event { .. } => "event-warning",
            MarkKind::MainStarts { .. } => "main-starts",
            MarkKind::Ready => "ready",
            MarkKind::DeadlineExceeded | MarkKind::Evicted => "deadline",
            MarkKind::DeletionRequested { .. } => "deletion",
            MarkKind::Removed => "removed",
            MarkKind::Finished { .. } => "finished",
            MarkKind::Action(_) => "action",
        }
    }
}
