//! Rules about probes.

use k8s_openapi::api::core::v1::{Container, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Finding, Item, Message, Subject};
use crate::i18n::sentence::Times;
use crate::scenario::ProbeKind;
use crate::time::Millis;

/// A delay of the liveness probe that speaks of a slow start.
const LONG_DELAY_SECONDS: i32 = 30;

fn probes(c: &Container) -> impl Iterator<Item = (ProbeKind, &'static str, &Probe)> {
    let all = [
        (ProbeKind::Startup, "startupProbe", &c.startup_probe),
        (ProbeKind::Liveness, "livenessProbe", &c.liveness_probe),
        (ProbeKind::Readiness, "readinessProbe", &c.readiness_probe),
    ];
    all.into_iter().filter_map(|(kind, field, probe)| Some((kind, field, probe.as_ref()?)))
}

/// A probe of a port by a name that the container does not declare.
pub(super) fn named_port_missing(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        for (probe, field, p) in probes(c.spec) {
            let http = p.http_get.as_ref().map(|h| (&h.port, "httpGet.port"));
            let tcp = p.tcp_socket.as_ref().map(|t| (&t.port, "tcpSocket.port"));
            let Some((IntOrString::String(port), place)) = http.or(tcp) else { continue };
            let declared = c.spec.ports.iter().flatten().any(|d| d.name.as_ref() == Some(port));
            if !declared {
                let message = Message::NamedPortMissing { container: c.name(), probe, port: port.clone() };
                found.push(c.warning(&format!("{field}.{place}"), message));
            }
        }
    }
}

/// Answers of a probe in the run, and how many were good.
fn answers(c: &Item, kind: ProbeKind) -> (usize, usize) {
    let all = || c.life.iter().flat_map(|life| &life.probes).filter(|p| p.kind == kind);
    (all().count(), all().filter(|p| p.success).count())
}

/// A probe that was asked at least as often as its threshold and never passed in this run.
pub(super) fn never_passed(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        for (probe, field, p) in probes(c.spec) {
            let (asked, good) = answers(c, probe);
            let threshold = p.failure_threshold.unwrap_or(3).max(1) as usize;
            // Told by `liveness_kills_start`.
            let killed = probe == ProbeKind::Liveness && c.spec.startup_probe.is_none();
            if asked >= threshold && good == 0 && !killed {
                let message = Message::ProbeNeverPassed { container: c.name(), probe, n: Times(asked) };
                found.push(c.warning(field, message));
            }
        }
    }
}

/// A liveness probe without a startup probe that gave up on the container before it had ever answered.
pub(super) fn liveness_kills_start(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        let Some(p) = c.spec.liveness_probe.as_ref().filter(|_| c.spec.startup_probe.is_none()) else { continue };
        let (asked, good) = answers(c, ProbeKind::Liveness);
        if asked >= p.failure_threshold.unwrap_or(3).max(1) as usize && good == 0 {
            found.push(c.warning("livenessProbe", Message::LivenessKillsStart { container: c.name() }));
        }
    }
}

/// A long initial delay of a liveness probe where a startup probe would do better.
pub(super) fn long_liveness_delay(subject: &Subject, found: &mut Vec<Finding>) {
    for c in subject.containers.iter().filter(|c| c.spec.startup_probe.is_none()) {
        let delay = c.spec.liveness_probe.as_ref().and_then(|p| p.initial_delay_seconds).unwrap_or(0);
        if delay >= LONG_DELAY_SECONDS {
            let message = Message::LongLivenessDelay { container: c.name(), delay: Millis::secs(delay as u64) };
            found.push(c.info("livenessProbe.initialDelaySeconds", message));
        }
    }
}
