//! Rules about how containers end.

use k8s_openapi::api::core::v1::LifecycleHandler;

use super::{Finding, Item, Message, Subject};
use crate::time::{Millis, parse_duration};
use crate::trace::{ContainerKind, Hook};

/// A preStop hook that takes longer than the whole grace: by its own sleep, or in this run.
pub(super) fn pre_stop_too_long(subject: &Subject, found: &mut Vec<Finding>) {
    let grace = subject.grace();
    for c in &subject.containers {
        let hook = c.spec.lifecycle.as_ref().and_then(|l| l.pre_stop.as_ref());
        let Some(hook) = hook.and_then(sleeps).or_else(|| took(c)).filter(|&took| took >= grace) else { continue };
        found.push(c.warning("lifecycle.preStop", Message::PreStopTooLong { container: c.name(), hook, grace }));
    }
}

/// How long a hook sleeps, where that can be read: the sleep action, or the longest `sleep N` of a command.
fn sleeps(hook: &LifecycleHandler) -> Option<Millis> {
    if let Some(sleep) = &hook.sleep {
        return Some(Millis::secs(sleep.seconds.max(0) as u64));
    }
    let command = hook.exec.as_ref()?.command.as_ref()?.join(" ");
    let words: Vec<&str> = command.split(|c: char| c.is_whitespace() || ";&|".contains(c)).collect();
    let lengths = words.windows(2).filter(|w| w[0].rsplit('/').next() == Some("sleep"));
    let seconds = |text: &str| parse_duration(text).or_else(|| parse_duration(&format!("{text}s")));
    lengths.filter_map(|w| seconds(w[1])).max()
}

/// The longest preStop of the run.
fn took(c: &Item) -> Option<Millis> {
    let hooks = c.life?.hooks.iter().filter(|h| h.hook == Hook::PreStop);
    hooks.filter_map(|h| Some(h.to? - h.from)).max()
}

/// In this run a container took no notice of TERM and was killed. An eviction leaves no time to react.
pub(super) fn killed_after_grace(subject: &Subject, found: &mut Vec<Finding>) {
    if subject.trace.evicted().is_some() {
        return;
    }
    for c in &subject.containers {
        let attempts = c.life.map_or(&[][..], |life| &life.attempts);
        // What a fault made deaf says nothing about the manifest.
        let injected = |at: Millis| attempts.iter().rfind(|a| a.created <= at).is_some_and(|a| a.injected);
        let mut kills = c.life.iter().flat_map(|life| &life.kills);
        let killed = kills.rfind(|k| k.kill.is_some() && k.term.is_some() && !injected(k.from));
        if let Some(kill) = killed {
            let grace = Millis::secs(kill.grace_seconds.max(0) as u64);
            found.push(c.warning(c.program_field(), Message::KilledAfterGrace { container: c.name(), grace }));
        }
    }
}

/// A shell as process 1 of a container that runs for long: the kernel gives it no default action for TERM.
pub(super) fn shell_ignores_term(subject: &Subject, found: &mut Vec<Finding>) {
    let grace = subject.grace();
    for c in subject.containers.iter().filter(|c| c.kind != ContainerKind::Init) {
        let handles = |script: &str| {
            script.split(|c: char| c.is_whitespace() || ";&|(){}".contains(c)).any(|w| w == "exec" || w == "trap")
        };
        let deaf = c.script().is_some_and(|s| !handles(s));
        let told = found
            .iter()
            .any(|f| matches!(&f.message, Message::KilledAfterGrace { container, .. } if *container == c.spec.name));
        if deaf && !told && runs_long(c) {
            found.push(c.info(c.program_field(), Message::ShellIgnoresTerm { container: c.name(), grace }));
        }
    }
}

/// Whether it did not end by itself in this run, or has not been run at all.
fn runs_long(c: &Item) -> bool {
    c.life.and_then(|life| life.attempts.last()).is_none_or(|a| a.finished.is_none())
}
