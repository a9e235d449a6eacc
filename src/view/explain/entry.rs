//! One entry of a trace in a sentence, and the list of all of them: the timeline for those who read or listen.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::i18n::Lang;
use crate::i18n::explain::{Rule, Sentence};
use crate::i18n::sentence::Nth;
use crate::scenario::ActionKind;
use crate::time::Millis;
use crate::trace::{Attempt, BackOffKind, Entry, EntryId, EntryKind, LookReason, PodStatus, Trace};
use crate::view::timeline::label::signal_name;

/// One line of the list of what happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub at: Millis,
    /// The index in `Trace::containers`.
    pub container: Option<usize>,
    pub entry: EntryId,
    pub sentence: Sentence,
}

/// What happens, in order and in plain words: everything but the kubelet's looks, published statuses, answers of probes that
/// change nothing, and what only repeats what was said.
pub fn text_list(trace: &Trace) -> Vec<Line> {
    let mut waits = BTreeMap::new();
    let mut told = |e: &Entry| match &e.kind {
        EntryKind::Look { .. } | EntryKind::StatusPublished(_) | EntryKind::Created { .. } => false,
        EntryKind::Probed { success, .. } => !success,
        // The pull itself has said so.
        EntryKind::StartFailed { reason, .. } => !matches!(reason.as_str(), "ErrImagePull" | "ImagePullBackOff"),
        // Each look finds the same wait again.
        EntryKind::BackOff { until, .. } => waits.insert(e.container, *until) != Some(*until),
        _ => true,
    };
    let entries = trace.entries.iter().enumerate().filter(|(_, e)| told(e));
    let lines = entries.map(|(i, e)| Line {
        at: e.at,
        container: e.container,
        entry: EntryId(i as u32),
        sentence: sentence(trace, e),
    });
    lines.collect()
}

/// The summary and the list as text, for the command line and for exports.
pub fn explain_text(trace: &Trace, lang: Lang) -> String {
    let mut text = String::new();
    for sentence in super::summary(trace) {
        let _ = writeln!(text, "{}", sentence.text(lang));
    }
    let lines = text_list(trace);
    let width = lines.last().map_or(0, |l| l.at.to_string().len());
    text.push('\n');
    for line in lines {
        let at = line.at.to_string();
        let _ = writeln!(text, "{at:>width$}  {}", line.sentence.text(lang));
    }
    text
}

/// What an entry says.
pub fn told(trace: &Trace, id: EntryId) -> Sentence {
    sentence(trace, trace.entry(id))
}

/// The sentence of an entry.
pub(super) fn sentence(trace: &Trace, entry: &Entry) -> Sentence {
    use EntryKind as K;
    let container = entry.container.and_then(|c| trace.containers.get(c)).map(|c| c.name.clone()).unwrap_or_default();
    match &entry.kind {
        K::PodCreated => Sentence::PodCreated { pod: trace.pod.metadata.name.clone().unwrap_or_default() },
        K::ActionTaken(action) => of_action(action),
        K::WorldChanged { what, name, up: true } => Sentence::WorldAppears { what: *what, name: name.clone() },
        K::WorldChanged { what, name, .. } => Sentence::WorldVanishes { what: *what, name: name.clone() },
        K::Scheduled { node } => Sentence::Scheduled { node: node.clone() },
        K::Unschedulable { message } => Sentence::Unschedulable { message: message.clone() },
        K::DeletionRequested { grace_seconds } => Sentence::DeletionRequested { grace: grace(*grace_seconds) },
        K::ObjectRemoved => Sentence::ObjectRemoved {},
        K::NodeMissing { node } => Sentence::NodeMissing { node: node.clone() },
        K::Rejected { reason } => Sentence::Rejected { reason: reason.clone() },
        K::Look { reason } => of_look(*reason),
        K::StatusPublished(index) => {
            let status = trace.versions.get(*index).map(|v| states(&v.status));
            Sentence::StatusPublished { status: status.unwrap_or_default() }
        }
        K::PhaseChanged { phase } => Sentence::PhaseChanged { phase: phase.clone() },
        K::VolumesPending => Sentence::VolumesPending {},
        K::VolumesMounted => Sentence::VolumesMounted {},
        K::MountFailed { volume, message } => {
            Sentence::MountFailed { volume: volume.clone(), message: message.clone() }
        }
        K::SandboxStarted { attempt: 0 } => Sentence::SandboxStarted {},
        K::SandboxStarted { attempt } => Sentence::SandboxRemade { attempt: attempt.saturating_add(1) },
        K::SandboxReady { .. } => Sentence::SandboxReady {},
        K::SandboxStopped { .. } => Sentence::SandboxStopped {},
        K::DeadlineExceeded => Sentence::DeadlineExceeded {},
        K::Evicted { message } => Sentence::KubeletEvicts { message: message.trim_end().into() },
        K::KubeletStopped => Sentence::KubeletStopped {},
        K::KubeletStarted => Sentence::KubeletStarted {},
        K::NodeStopped => Sentence::NodeStopped {},
        K::NodeStarted => Sentence::NodeStarted {},
        K::RestartAllContainers => Sentence::RestartAllContainers {},
        K::PullStarted { image } => Sentence::PullStarted { container, image: image.clone() },
        K::PullFinished { image } => Sentence::PullFinished { container, image: image.clone() },
        K::PullFailed { image, message } => {
            Sentence::PullFailed { container, image: image.clone(), message: message.clone() }
        }
        K::BackOff { what, delay, since, until } => match what {
            BackOffKind::Crash => Sentence::BackOffCrash { container, delay: *delay, since: *since, until: *until },
            BackOffKind::ImagePull => Sentence::BackOffImage { container, delay: *delay, until: *until },
            BackOffKind::Retry => Sentence::BackOffRetry { container, until: *until },
        },
        K::StartFailed { reason, message, .. } => {
            Sentence::StartFailed { container, reason: reason.clone(), message: message.clone() }
        }
        K::Created { .. } => Sentence::Created { container },
        K::Started { attempt: 0 } => Sentence::Started { container },
        K::Started { attempt } => Sentence::Restarted { container, n: Nth(*attempt as usize + 1) },
        K::Exited { attempt, exit_code, reason } => exited(trace, entry, container, *attempt, *exit_code, reason),
        K::Killing { message, grace_seconds, .. } => {
            Sentence::Killing { container, grace: grace(*grace_seconds), message: message.clone() }
        }
        K::SignalSent { signal, .. } => Sentence::SignalSent { container, signal: signal_name(*signal).into() },
        K::HookStarted { hook, .. } => Sentence::HookStarted { container, hook: *hook },
        K::HookFinished { hook, .. } => Sentence::HookFinished { container, hook: *hook },
        K::HookFailed { hook, message, .. } => {
            Sentence::HookFailed { container, hook: *hook, message: message.clone() }
        }
        K::Probed { probe, success: true, .. } => Sentence::ProbeSucceeded { container, probe: *probe },
        K::Probed { probe, output, .. } => {
            Sentence::ProbeFailed { container, probe: *probe, output: output.trim_end().into() }
        }
        K::ProbeResult { probe, success: true, .. } => Sentence::ProbePasses { container, probe: *probe },
        K::ProbeResult { probe, .. } => Sentence::ProbeGivesUp { container, probe: *probe },
        K::ScriptBound { what } => Sentence::ScriptBound { what: what.clone() },
        K::RunBound => Sentence::RunBound {},
    }
}

fn of_action(action: &ActionKind) -> Sentence {
    match action {
        ActionKind::DeletePod { grace_period_seconds: None } => Sentence::Deleted {},
        ActionKind::DeletePod { grace_period_seconds: Some(0) } => Sentence::DeletedByForce {},
        ActionKind::DeletePod { grace_period_seconds: Some(s) } => Sentence::DeletedWithGrace { grace: grace(*s) },
        ActionKind::KillSandbox => Sentence::SandboxKilled {},
        ActionKind::NodeReboot { down_for } => Sentence::NodeReboots { down: *down_for },
        ActionKind::RestartKubelet { down_for } => Sentence::KubeletRestarts { down: *down_for },
        ActionKind::KillContainer { name, signal } => {
            Sentence::ContainerSignalled { container: name.clone(), signal: signal_name(*signal).into() }
        }
        ActionKind::FailProbe { container, probe, lasting } => {
            Sentence::ProbeSabotaged { container: container.clone(), probe: *probe, lasting: *lasting }
        }
        ActionKind::SetImage { container, image } => {
            Sentence::ImageSet { container: container.clone(), image: image.clone() }
        }
        ActionKind::SetCondition { condition, status, .. } => {
            Sentence::ConditionSet { condition: condition.clone(), status: status.clone() }
        }
        ActionKind::Evict => Sentence::Evicted {},
    }
}

fn of_look(reason: LookReason) -> Sentence {
    match reason {
        LookReason::PodAdded => Sentence::LookAdded {},
        LookReason::PodUpdated => Sentence::LookUpdated {},
        LookReason::ContainersChanged => Sentence::LookContainers {},
        LookReason::ProbeChanged => Sentence::LookProbe {},
        LookReason::Timer => Sentence::LookTimer {},
        LookReason::Continued => Sentence::LookContinued {},
        LookReason::Deleted => Sentence::LookDeleted {},
        LookReason::Deadline => Sentence::LookDeadline {},
        LookReason::Evicted => Sentence::LookEvicted {},
        LookReason::KubeletStarted => Sentence::LookKubeletStarted {},
    }
}

fn exited(trace: &Trace, entry: &Entry, container: String, attempt: u32, code: i32, reason: &str) -> Sentence {
    let run = entry.container.and_then(|c| run(trace, c, attempt));
    let ran = run.and_then(|a| a.started).map(|started| entry.at - started);
    match (reason, ran) {
        ("OOMKilled", Some(ran)) => Sentence::OomKilled { container, code, ran },
        ("Completed", Some(ran)) if code == 0 => Sentence::Completed { container, ran },
        ("Error", Some(ran)) => Sentence::Failed { container, code, ran },
        _ => Sentence::EndedWith { container, reason: reason.into(), code },
    }
}

/// The run of a container that bears this number.
fn run(trace: &Trace, container: usize, attempt: u32) -> Option<&Attempt> {
    let attempts = &trace.containers.get(container)?.attempts;
    attempts.binary_search_by_key(&attempt, |a| a.attempt).ok().map(|i| &attempts[i])
}

/// A grace in seconds as a span of time; the API knows no negative ones.
pub(super) fn grace(seconds: i64) -> Millis {
    Millis::secs(seconds.max(0) as u64)
}

/// `init-a Terminated (Error), main Waiting (PodInitializing)`
fn states(status: &PodStatus) -> String {
    let all = status.init.iter().chain(status.main.iter());
    let said = all.map(|c| match super::facts::shown_reason(&c.state) {
        (state, Some(reason)) => format!("{} {state} ({reason})", c.name),
        (state, None) => format!("{} {state}", c.name),
    });
    said.collect::<Vec<_>>().join(", ")
}

/// The rule that an entry shows.
pub(super) fn rule(trace: &Trace, entry: &Entry) -> Option<Rule> {
    use EntryKind as K;
    let rule = match &entry.kind {
        K::BackOff { what: BackOffKind::Crash, .. } => Rule::BackOffSeries {},
        K::BackOff { what: BackOffKind::ImagePull, .. } | K::PullFailed { .. } => Rule::ImageBackOff {},
        K::BackOff { what: BackOffKind::Retry, .. } | K::StartFailed { .. } => Rule::ConfigRetry {},
        K::MountFailed { .. } | K::VolumesPending => Rule::MountRetry {},
        K::Look { reason: LookReason::ContainersChanged } => Rule::Relist {},
        K::StatusPublished(_) => Rule::StatusFirst {},
        K::SandboxStarted { attempt } if *attempt > 0 => Rule::SandboxLoss {},
        K::DeadlineExceeded => Rule::Deadline {},
        K::Evicted { .. } => Rule::Eviction {},
        K::Killing { .. } | K::SignalSent { .. } => Rule::GraceThenKill {},
        K::HookStarted { hook: crate::trace::Hook::PostStart, .. } => Rule::PostStartBlocks {},
        K::ProbeResult { success: false, probe, .. } => match probe {
            crate::scenario::ProbeKind::Readiness => Rule::ReadinessGates {},
            _ => Rule::LivenessRestarts {},
        },
        K::Exited { reason, .. } if reason == "OOMKilled" => Rule::MemoryLimit {},
        K::Unschedulable { .. } => Rule::Scheduling {},
        K::KubeletStarted => Rule::BackOffForgotten {},
        K::RestartAllContainers => Rule::RestartsAll {},
        K::PhaseChanged { phase } if matches!(phase.as_str(), "Succeeded" | "Failed") => Rule::PhaseIsFinal {},
        K::Created { attempt } | K::Started { attempt } => return start_rule(trace, entry.container?, *attempt),
        _ => return None,
    };
    Some(rule)
}

/// Why a container starts now and not before.
fn start_rule(trace: &Trace, container: usize, attempt: u32) -> Option<Rule> {
    use crate::trace::ContainerKind as Kind;
    let initialized = trace.containers.first().is_some_and(|c| c.kind != Kind::Main);
    match trace.containers.get(container)?.kind {
        _ if attempt > 0 => Some(Rule::OnlyItself {}),
        Kind::Main => initialized.then_some(Rule::MainsAfterInits {}),
        _ => (container > 0).then_some(Rule::InitsInOrder {}),
    }
}
