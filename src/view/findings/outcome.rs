//! Rules about what went wrong in the run.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Volume;

use super::{Finding, Item, Message, Severity, Subject};
use crate::i18n::sentence::Times;
use crate::time::Millis;
use crate::trace::{Attempt, ContainerKind, EntryKind};
use crate::view::explain;

/// How often a container has to end before it counts as a loop.
const LOOP: usize = 3;

/// A start of the main containers later than this is worth a remark.
const SLOW: Millis = Millis::secs(60);

impl Item<'_> {
    fn never_ran(&self) -> bool {
        self.life.is_some_and(|life| life.attempts.iter().all(|a| a.started.is_none()))
    }

    /// Runs that ended by themselves.
    fn own_ends(&self) -> impl DoubleEndedIterator<Item = &Attempt> {
        let kills = self.life.map_or(&[][..], |life| &life.kills);
        let killed = |a: &&Attempt| {
            let first = kills.partition_point(|k| k.from < a.created);
            kills.get(first).is_some_and(|k| a.finished.is_some_and(|f| k.from <= f))
        };
        self.ends().filter(move |a| !killed(a))
    }

    fn ends(&self) -> impl DoubleEndedIterator<Item = &Attempt> {
        self.life.iter().flat_map(|life| &life.attempts).filter(|a| a.finished.is_some())
    }
}

/// A container that could not be started to the end, because of what it refers to or of how it is written.
pub(super) fn never_configured(subject: &Subject, found: &mut Vec<Finding>) {
    let mut failures: BTreeMap<usize, &str> = BTreeMap::new();
    for entry in &subject.trace.entries {
        if let (Some(c), EntryKind::StartFailed { reason, message, .. }) = (entry.container, &entry.kind)
            && !matches!(reason.as_str(), "ErrImagePull" | "ImagePullBackOff")
        {
            failures.insert(c, message);
        }
    }
    for (index, message) in failures {
        let name = subject.trace.containers.get(index).map(|c| &c.name);
        let Some(c) = subject.containers.iter().find(|c| Some(&c.spec.name) == name && c.never_ran()) else { continue };
        let message = Message::NeverConfigured { container: c.name(), message: message.trim_end_matches('.').into() };
        found.push(Finding { severity: Severity::Warning, path: reference_path(c, &message), message });
    }
}

/// The place of the reference that the message names, or the container.
fn reference_path(c: &Item, message: &Message) -> String {
    let Message::NeverConfigured { message, .. } = message else { return c.path.clone() };
    let names = |name: &str| !name.is_empty() && message.contains(name);
    let env = c.spec.env.iter().flatten().position(|e| {
        let from = e.value_from.as_ref();
        let secret = from.and_then(|f| f.secret_key_ref.as_ref()).is_some_and(|r| names(&r.name));
        secret || from.and_then(|f| f.config_map_key_ref.as_ref()).is_some_and(|r| names(&r.name))
    });
    let env_from = c.spec.env_from.iter().flatten().position(|e| {
        let secret = e.secret_ref.as_ref().is_some_and(|r| names(&r.name));
        secret || e.config_map_ref.as_ref().is_some_and(|r| names(&r.name))
    });
    match (env, env_from) {
        (Some(i), _) => format!("{}.env[{i}].valueFrom", c.path),
        (None, Some(i)) => format!("{}.envFrom[{i}]", c.path),
        (None, None) => format!("{}.{}", c.path, c.program_field()),
    }
}

/// A volume that was never mounted: nothing can start.
pub(super) fn never_mounted(subject: &Subject, found: &mut Vec<Finding>) {
    if subject.trace.sandboxes.iter().any(|s| s.ready.is_some()) {
        return;
    }
    let failed = subject.trace.entries.iter().rev().find_map(|e| match &e.kind {
        EntryKind::MountFailed { volume, message } => Some((volume, message)),
        _ => None,
    });
    let Some((volume, message)) = failed else { return };
    let index = subject.spec.volumes.iter().flatten().position(|v| v.name == *volume);
    let path = index.map_or("spec.volumes".into(), |i| format!("spec.volumes[{i}]"));
    let message = Message::NeverMounted { volume: volume.clone(), message: message.trim_end_matches('.').into() };
    found.push(Finding { severity: Severity::Warning, path, message });
}

/// An image that could not be pulled to the end.
pub(super) fn never_pulled(subject: &Subject, found: &mut Vec<Finding>) {
    for c in subject.containers.iter().filter(|c| c.never_ran()) {
        let last = c.life.and_then(|life| life.pulls.last());
        if let Some(pull) = last.filter(|p| p.error.is_some()) {
            let message = Message::NeverPulled { container: c.name(), image: pull.image.clone() };
            found.push(c.warning("image", message));
        }
    }
}

/// An init container that waited to the end for something that never came.
pub(super) fn world_never_comes(subject: &Subject, found: &mut Vec<Finding>) {
    let end = subject.trace.horizon;
    for c in subject.inits() {
        let last = c.life.and_then(|life| life.attempts.last());
        if last.is_none_or(|a| a.finished.is_some() && a.exit_code == Some(0)) {
            continue;
        }
        let missing = explain::missing(subject.trace, &c.spec.name, end);
        if let Some(w) = missing {
            let message = Message::WorldNeverComes { container: c.name(), what: w.kind, name: w.name.clone() };
            found.push(c.warning(c.program_field(), message));
        }
    }
}

/// A shell that did not find a command, or could not execute it.
pub(super) fn command_not_found(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        let not_found = |a: &&Attempt| matches!(a.exit_code, Some(126 | 127)) && !a.injected;
        if let Some(code) = c.ends().rfind(not_found).and_then(|a| a.exit_code) {
            found.push(c.warning(c.program_field(), Message::CommandNotFound { container: c.name(), code }));
        }
    }
}

pub(super) fn out_of_memory(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        let n = c.ends().filter(|a| a.reason.as_deref() == Some("OOMKilled")).count();
        if n > 0 {
            found.push(c.warning("resources.limits", Message::OutOfMemory { container: c.name(), n: Times(n) }));
        }
    }
}

/// A container that ended several times and goes on being restarted.
pub(super) fn restart_loop(subject: &Subject, found: &mut Vec<Finding>) {
    let over = subject.trace.finished().is_some();
    for c in subject.containers.iter().filter(|c| !over && !c.never_ran()) {
        let Some(last) = c.own_ends().next_back() else { continue };
        let n = c.own_ends().count();
        let done = c.kind == ContainerKind::Init && last.exit_code == Some(0);
        let recovered = c.life.is_none_or(|life| {
            life.stays_up(subject.trace.horizon).is_some()
                || life.backoffs.last().is_none_or(|b| Some(b.from) < last.finished)
        });
        if n < LOOP || done || recovered {
            continue;
        }
        let message = match last.exit_code {
            Some(0) => Message::RestartedAfterSuccess { container: c.name(), n: Times(n) },
            code => Message::RestartLoop { container: c.name(), n: Times(n), code: code.unwrap_or(0) },
        };
        found.push(c.warning(c.program_field(), message));
    }
}

/// The deadline passed while init containers were still at work.
pub(super) fn deadline_too_short(subject: &Subject, found: &mut Vec<Finding>) {
    let passed = subject.trace.entries.iter().any(|e| e.kind == EntryKind::DeadlineExceeded);
    let started = subject.trace.main_started().any(|(_, at)| at.is_some());
    if let Some(seconds) = subject.spec.active_deadline_seconds.filter(|_| passed && !started) {
        let message = Message::DeadlineTooShort { deadline: Millis::secs(seconds.max(0) as u64) };
        found.push(Finding { severity: Severity::Warning, path: "spec.activeDeadlineSeconds".into(), message });
    }
}

/// An emptyDir for which the Pod was evicted: the one that the message names.
pub(super) fn volume_outgrown(subject: &Subject, found: &mut Vec<Finding>) {
    let Some((_, message)) = subject.trace.evicted() else { return };
    let named = |v: &Volume| message.contains(&format!("EmptyDir volume \"{}\"", v.name));
    let volumes = subject.spec.volumes.iter().flatten().enumerate();
    for (i, volume) in volumes.filter(|(_, v)| named(v)) {
        let limit = volume.empty_dir.as_ref().and_then(|dir| dir.size_limit.as_ref());
        let limit = limit.map_or(String::new(), |q| q.0.clone());
        let path = format!("spec.volumes[{i}].emptyDir.sizeLimit");
        let message = Message::VolumeOutgrown { volume: volume.name.clone(), limit };
        found.push(Finding { severity: Severity::Warning, path, message });
    }
}

/// A limit of ephemeral storage for which the Pod was evicted: of the container that the message names, else the first that has one.
pub(super) fn storage_outgrown(subject: &Subject, found: &mut Vec<Finding>) {
    let of_volume = |said: &str| said.starts_with("Usage of EmptyDir volume");
    let Some((_, message)) = subject.trace.evicted().filter(|(_, said)| !of_volume(said)) else { return };
    let limit = |c: &Item| Some(c.spec.resources.as_ref()?.limits.as_ref()?.get("ephemeral-storage")?.0.clone());
    let named = |c: &&Item| message.contains(&format!("Container {} exceeded", c.spec.name));
    let limited = |c: &&Item| limit(c).is_some();
    let containers = &subject.containers;
    if let Some(c) = containers.iter().find(named).or_else(|| containers.iter().find(limited)) {
        let told = Message::StorageOutgrown { container: c.name(), limit: limit(c).unwrap_or_default() };
        found.push(c.warning("resources.limits", told));
    }
}

/// Main containers that start late, and the init container that takes most of the time.
pub(super) fn slow_init(subject: &Subject, found: &mut Vec<Finding>) {
    let Some(start) = subject.trace.main_started().filter_map(|(_, at)| at).min().filter(|&at| at >= SLOW) else {
        return;
    };
    let took = |c: &Item| {
        let first = c.life?.attempts.first()?.created;
        let end = c.life?.attempts.iter().rev().find_map(|a| a.finished.filter(|&f| f <= start))?;
        Some(end - first)
    };
    let slowest = subject.inits().filter_map(|c| Some((took(c)?, c))).max_by_key(|(took, _)| *took);
    if let Some((took, c)) = slowest.filter(|(took, _)| took.0 * 2 >= start.0) {
        found.push(c.info(c.program_field(), Message::SlowInit { container: c.name(), took, start }));
    }
}
