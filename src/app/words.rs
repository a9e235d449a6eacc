//! What the page says of data: moments, kinds, problems.

use crate::diagnostic::Severity;
use crate::i18n::Lang;
use crate::i18n::sentence::Say;
use crate::i18n::timeline as brief;
use crate::i18n::ui::Ui;
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::{ContainerKind, Trace};
use crate::view::get;
use crate::view::timeline::{Mark, MarkKind};

/// `24.9s`, `5m39.9s`, `15h56m4s`: a moment wherever the page writes one; as sentences have it (`i18n::sentence`), always with the
/// tenth so that it stands still.
pub fn seconds(at: Millis) -> String {
    let tenths = at.0.saturating_add(50) / 100;
    let (s, tenth) = (tenths / 10, tenths % 10);
    if s < 3600 { format!("{}.{tenth}s", units(s)) } else { format!("{}s", units(s)) }
}

/// The same to the millisecond, in two pieces: `5m39` and `.912s`.
pub fn clock(at: Millis) -> (String, String) {
    (units(at.whole_secs()), format!(".{:03}s", at.0 % 1000))
}

/// `24`, `5m39`, `15h56m4`: whole seconds, without their own unit.
fn units(s: u64) -> String {
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s}"),
        (0, m, s) => format!("{m}m{s}"),
        (h, m, s) => format!("{h}h{m}m{s}"),
    }
}

/// What is said of a milestone that a run does not reach: that it never will, or not as far as is known.
pub fn never(trace: &Trace, lang: Lang) -> String {
    match trace.settled {
        true => Ui::Never.text(lang).to_owned(),
        false => Ui::NotWithin.text(lang).replace("{}", &trace.horizon.say(lang)),
    }
}

/// A moment of a run, for a screen reader: `26.0s, Init:0/2`.
pub fn moment(trace: &Trace, at: Millis) -> String {
    let status = get::row_at(trace, at).map(|row| row.status).unwrap_or_default();
    format!("{}, {status}", seconds(at))
}

/// `350ms`, `24.9s`, `5m12s`
pub fn duration(d: Millis) -> String {
    match d.0 {
        0..1_000 => format!("{}ms", d.0),
        1_000..120_000 => seconds(d),
        _ => crate::time::human_duration(d),
    }
}

/// A moment that concerns the whole run.
pub fn mark(mark: &Mark, lang: Lang) -> String {
    let at = seconds(mark.at);
    match &mark.kind {
        MarkKind::MainStarts { .. } => format!("⚑ {} {at}", Ui::MainStarts.text(lang)),
        MarkKind::Ready => format!("✓ {} {at}", Ui::Ready.text(lang)),
        MarkKind::DeadlineExceeded => format!("✕ {} {at}", Ui::MarkDeadline.text(lang)),
        MarkKind::Evicted => format!("✕ {} {at}", Ui::MarkEvicted.text(lang)),
        MarkKind::DeletionRequested { grace_seconds } => format!("{} ({grace_seconds}s)", Ui::MarkDeletion.text(lang)),
        MarkKind::Removed => format!("∅ {} {at}", Ui::MarkRemoved.text(lang)),
        MarkKind::Finished { phase } => format!("■ {phase} {at}"),
        MarkKind::Action(_) => format!("⚡ {}", Ui::MarkAction.text(lang)),
        _ => String::new(),
    }
}

/// Moments that concern the whole run and fall together. Where several main containers start, they are named or counted.
pub fn marks(trace: &Trace, marks: &[&Mark], lang: Lang) -> String {
    let only = trace.containers.iter().filter(|c| c.kind == ContainerKind::Main).count() == 1;
    let starts: Vec<_> = marks.iter().filter(|m| matches!(m.kind, MarkKind::MainStarts { .. })).collect();
    let start = match (&starts[..], only) {
        ([one], false) if let MarkKind::MainStarts { container } = one.kind => {
            let container = trace.containers.get(container).map(|c| c.name.clone()).unwrap_or_default();
            Some(brief::Mark::Starts { container, at: seconds(one.at) })
        }
        ([first, .., last], _) => {
            Some(brief::Mark::AllStart { n: starts.len(), from: seconds(first.at), to: seconds(last.at) })
        }
        _ => None,
    };
    let mut start = start.map(|start| format!("⚑ {}", start.text(lang)));
    let said = marks.iter().filter_map(|m| match m.kind {
        MarkKind::MainStarts { .. } if !only => start.take(),
        _ => Some(mark(m, lang)).filter(|text| !text.is_empty()),
    });
    said.collect::<Vec<_>>().join(" · ")
}

/// `readiness`, as in the names of the fields.
pub fn probe(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Readiness => "readiness",
        ProbeKind::Liveness => "liveness",
    }
}

/// What a container is for.
pub fn kind(kind: ContainerKind) -> Ui {
    match kind {
        ContainerKind::Init => Ui::KindInit,
        ContainerKind::Sidecar => Ui::KindSidecar,
        ContainerKind::Main => Ui::KindMain,
    }
}

/// A glyph, a class and a name for how bad something is.
pub fn severity(severity: Severity) -> (&'static str, &'static str, Ui) {
    match severity {
        Severity::Error => ("✕", "error", Ui::Error),
        Severity::Warning => ("!", "warning", Ui::Warning),
        Severity::Info => ("i", "info", Ui::Info),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_one_way() {
        for (ms, moment, clock) in [
            (0, "0.0s", "0.000s"),
            (22_913, "22.9s", "22.913s"),
            (59_960, "1m0.0s", "59.960s"),
            (101_480, "1m41.5s", "1m41.480s"),
            (3_725_004, "1h2m5s", "1h2m5.004s"),
        ] {
            let (whole, rest) = super::clock(Millis(ms));
            assert_eq!((&*seconds(Millis(ms)), &*(whole + &rest)), (moment, clock));
        }
    }
}
