//! Questions about a trace that several explanations ask.

use k8s_openapi::api::core::v1::Container;

use crate::i18n::explain::Sentence;
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::{ContainerKind, ContainerState, ContainerTrace, Trace, WorldTrace};
use crate::view::get;

/// The state of a container status and its reason, as the API names them.
pub fn shown_reason(state: &ContainerState) -> (&'static str, Option<&str>) {
    match state {
        ContainerState::Waiting(w) => ("Waiting", w.reason.as_deref()),
        ContainerState::Running { .. } => ("Running", None),
        ContainerState::Terminated(t) => ("Terminated", Some(&t.reason)),
    }
}

/// STATUS does not say what is so of a container in back-off: the last look published before it acted.
pub fn status_lag(trace: &Trace, container: &ContainerTrace, t: Millis) -> Option<Sentence> {
    let shown = &trace.version_at(t)?.status.container(&container.name)?.state;
    let (ContainerState::Terminated(_), Some(reason)) = (shown, shown_reason(shown).1) else { return None };
    let status = get::row_at(trace, t)?.status;
    status.ends_with(reason).then_some(Sentence::StatusLags { status })
}

/// The container of the spec with this name.
pub fn spec_of<'a>(trace: &'a Trace, name: &str) -> Option<&'a Container> {
    let spec = trace.pod.spec.as_ref()?;
    spec.init_containers.iter().flatten().chain(&spec.containers).find(|c| c.name == name)
}

/// When the newest sandbox that stands at `t` was begun: what ran in an older one does not count.
fn sandbox_since(trace: &Trace, t: Millis) -> Millis {
    let begun = trace.sandboxes.iter().rev().find(|s| s.from <= t);
    begun.filter(|s| s.attempt > 0).map_or(Millis::ZERO, |s| s.from)
}

/// Whether the container no longer holds up those after it, at `t`.
pub fn is_done(trace: &Trace, container: &ContainerTrace, t: Millis) -> bool {
    container.kind == ContainerKind::Main || done_at(trace, container, t).is_some()
}

/// When the container came as far as the next one waits for, if it has by `t`: it ended well, counted as started, or, as a main one, started.
pub fn done_at(trace: &Trace, container: &ContainerTrace, t: Millis) -> Option<Millis> {
    let since = sandbox_since(trace, t);
    let mut runs = container.attempts.iter().filter(|a| a.created >= since && a.created <= t);
    let by_now = |at: &Millis| *at <= t;
    match container.kind {
        ContainerKind::Main => runs.find_map(|a| a.started.filter(by_now)),
        ContainerKind::Init => runs.filter(|a| a.exit_code == Some(0)).find_map(|a| a.finished.filter(by_now)),
        ContainerKind::Sidecar => {
            let mut probes = container.probes.iter().filter(|p| p.kind == ProbeKind::Startup && p.success);
            let mut passed = |from: Millis| probes.find(|p| p.at >= from).map(|p| p.at);
            let probed = spec_of(trace, &container.name).is_some_and(|c| c.startup_probe.is_some());
            runs.find_map(|a| a.started.and_then(|s| if probed { passed(s) } else { Some(s) }).filter(by_now))
        }
    }
}

/// The first container of those before the main ones that is not done at `t`: all after it wait.
pub fn first_undone(trace: &Trace, t: Millis) -> Option<usize> {
    let inits = trace.containers.iter().take_while(|c| c.kind != ContainerKind::Main);
    inits.enumerate().find(|(_, c)| !is_done(trace, c, t)).map(|(i, _)| i)
}

/// How much of the time up to `end` the stretches cover together; they are ordered by their beginnings and may overlap.
pub fn covered(stretches: impl Iterator<Item = (Millis, Option<Millis>)>, end: Millis) -> Millis {
    let (mut total, mut done) = (Millis::ZERO, Millis::ZERO);
    for (from, to) in stretches {
        let to = to.unwrap_or(end).min(end);
        total += to - from.max(done);
        done = done.max(to);
    }
    total
}

/// Something of the world that is not there at `t` and that the container's command names.
pub fn missing_world<'a>(trace: &'a Trace, container: &str, t: Millis) -> Option<&'a WorldTrace> {
    let spec = spec_of(trace, container)?;
    let texts = || spec.command.iter().chain(&spec.args).flatten();
    let there = |w: &WorldTrace| w.present.iter().any(|&(from, to)| from <= t && to.is_none_or(|to| t < to));
    let named = |w: &&WorldTrace| {
        let name = w.name.rsplit('/').next().unwrap_or_default();
        !there(w) && texts().any(|text| names(text, name))
    };
    trace.world.iter().find(named)
}

/// When something of the world is there again after `t`.
pub fn appears_after(world: &WorldTrace, t: Millis) -> Option<Millis> {
    world.present.iter().map(|p| p.0).find(|&from| from > t)
}

/// Whether `text` has `name` as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let mut hits = text.match_indices(name);
    !name.is_empty()
        && hits.any(|(i, hit)| !part(text[..i].chars().next_back()) && !part(text[i + hit.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_found_as_a_word() {
        for (text, found) in [
            ("until nslookup mydb; do sleep 2; done", true),
            ("nc -z mydb.default.svc 80", true),
            ("http://mydb:80/", true),
            ("nslookup mydb-2", false),
            ("nslookup my-mydb", false),
            ("nslookup 가mydb", false),
            ("", false),
        ] {
            assert_eq!(names(text, "mydb"), found, "{text}");
        }
        assert!(!names("anything", ""));
    }
}
