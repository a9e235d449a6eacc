//! What a row says at a moment: a word for its label, and numbers for its card.

use super::lanes::{Role, Status};
use crate::app::run::Run;
use crate::app::words;
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::EntryId;
use crate::view::timeline::label::signal_name;
use crate::view::timeline::{Lane, LaneKind, MarkKind, Segment, SegmentKind};

/// Which segments a row shows at a moment: it says something else only when this changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Of the STATUS row, the index of its stretch.
    pub bar: Option<usize>,
    /// The bar is not over yet: how it ends is not known.
    under_way: bool,
    hook: Option<usize>,
    grace: Option<usize>,
}

pub fn key(run: &Run, row: usize, t: Millis) -> Key {
    match run.rows.get(row).map_or(Role::Status, |r| r.role) {
        Role::Status => Key { bar: run.status_at(t), ..Key::default() },
        Role::Container(lane, _) | Role::Thin(lane) => {
            let lane = &run.timeline.lanes[lane];
            // A container that is done goes on saying how it ended.
            let ended = || {
                let last = lane.bars.segments().partition_point(|s| s.from <= t).checked_sub(1)?;
                matches!(lane.bars.segments()[last].kind, SegmentKind::Attempt(_)).then_some(last)
            };
            let now = lane.bars.index_at(t);
            Key {
                bar: now.or_else(ended),
                under_way: now.is_some(),
                hook: lane.hooks.index_at(t),
                grace: lane.graces.index_at(t),
            }
        }
    }
}

/// What a row says, in a few words.
pub fn says(run: &Run, row: usize, key: Key, lang: Lang) -> String {
    let Some(lane) = lane(run, row) else {
        return key.bar.and_then(|i| run.statuses.get(i)).map_or(String::new(), Status::says);
    };
    let tracks = [(&lane.graces, key.grace), (&lane.hooks, key.hook), (&lane.bars, key.bar)];
    let shown = tracks.iter().filter_map(|(track, i)| track.segments().get((*i)?));
    let words = |s: &Segment| match &s.kind {
        SegmentKind::Attempt(a) if key.under_way => running(a.attempt, lang),
        _ => s.label(lang).into_iter().take(2).collect::<Vec<_>>().join(" "),
    };
    let said = shown.map(words).collect::<Vec<_>>().join(" · ");
    if said.is_empty() { absent(lane).map_or(said, |ui| ui.text(lang).to_owned()) } else { said }
}

/// What is said where a lane shows nothing.
fn absent(lane: &Lane) -> Option<Ui> {
    let ran = || lane.bars.segments().iter().any(|s| matches!(s.kind, SegmentKind::Attempt(_)));
    match lane.kind {
        LaneKind::World(_) => Some(Ui::NotThere),
        LaneKind::Container(_) if !ran() => Some(Ui::NeverRan),
        _ => None,
    }
}

/// What is said of a run that has not ended: nothing of its end.
pub fn running(attempt: u32, lang: Lang) -> String {
    let again = if attempt > 0 { format!(" · {} {}", Ui::CardRun.text(lang), attempt + 1) } else { String::new() };
    format!("{}{again}", Ui::LegendRun.text(lang))
}

/// The lane of a row; the STATUS row has none.
pub fn lane(run: &Run, row: usize) -> Option<&Lane> {
    match run.rows.get(row)?.role {
        Role::Status => None,
        Role::Container(lane, _) | Role::Thin(lane) => run.timeline.lanes.get(lane),
    }
}

/// What covers a moment of a row, the most particular first: a grace, a hook, a bar.
pub fn segment(run: &Run, row: usize, t: Millis) -> Option<&Segment> {
    let lane = lane(run, row)?;
    lane.graces.at(t).or_else(|| lane.hooks.at(t)).or_else(|| lane.bars.at(t))
}

/// The row and the segment that an entry of the trace is shown as.
pub fn shown_as(run: &Run, entry: EntryId) -> Option<(usize, &Segment)> {
    (0..run.rows.len()).find_map(|row| {
        let lane = lane(run, row)?;
        let tracks = [&lane.graces, &lane.hooks, &lane.bars];
        let found = tracks.into_iter().flat_map(|t| t.segments()).find(|s| s.entry == Some(entry))?;
        Some((row, found))
    })
}

/// What the card of a segment says.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    pub title: String,
    pub from: Millis,
    pub to: Millis,
    pub lines: Vec<(Ui, String)>,
    pub entry: Option<EntryId>,
}

/// The numbers behind what a row shows at a moment.
pub fn details(run: &Run, row: usize, t: Millis, lang: Lang) -> Option<Details> {
    if run.rows.get(row)?.role == Role::Status {
        let status = &run.statuses[run.status_at(t)?];
        let version = run.trace.version_at(t).map(|v| v.cause);
        return Some(card(status.text.clone(), status.from, status.to, Vec::new(), version));
    }
    let segment = segment(run, row, t)?;
    let to = segment.to.unwrap_or(run.timeline.end).min(run.timeline.end);
    let mut lines = Vec::new();
    match &segment.kind {
        SegmentKind::Attempt(a) => {
            lines.push((Ui::CardRun, (a.attempt + 1).to_string()));
            lines.extend(a.exit_code.map(|code| (Ui::FaultCode, code.to_string())));
            lines.extend(a.signal.map(|s| (Ui::CardSignal, signal_name(s).into_owned())));
            lines.extend(a.reason.clone().map(|r| (Ui::Reason, r)));
            if a.injected {
                lines.push((Ui::Because, Ui::CardInjected.text(lang).to_owned()));
            }
        }
        SegmentKind::BackOff { delay, until, .. } => {
            lines.push((Ui::CardDelay, words::duration(*delay)));
            lines.push((Ui::CardNextTry, words::seconds(*until)));
        }
        SegmentKind::Pulling { image, error } => {
            lines.push((Ui::CardImage, image.clone()));
            lines.extend(error.clone().map(|e| (Ui::Message, e)));
        }
        SegmentKind::Hook { error: Some(error), .. } => lines.push((Ui::Message, error.clone())),
        SegmentKind::Grace { grace_seconds, message } => {
            lines.push((Ui::CardGrace, format!("{grace_seconds}s")));
            lines.push((Ui::Message, message.clone()));
        }
        SegmentKind::WaitingForTurn { behind } => {
            lines.extend(run.trace.containers.get(*behind).map(|c| (Ui::CardBehind, c.name.clone())));
        }
        _ => {}
    }
    lines.extend(lane(run, row).and_then(|lane| last_probe(lane, segment.from, t)));
    Some(card(segment.label(lang).join(" · "), segment.from, to, lines, segment.entry))
}

fn card(title: String, from: Millis, to: Millis, mut lines: Vec<(Ui, String)>, entry: Option<EntryId>) -> Details {
    let span = format!("{} – {} ({})", words::seconds(from), words::seconds(to), words::duration(to - from));
    lines.insert(0, (Ui::Time, span));
    Details { title, from, to, lines, entry }
}

/// What the last probe of a run answered.
fn last_probe(lane: &Lane, from: Millis, t: Millis) -> Option<(Ui, String)> {
    let marks = lane.marks.all();
    let before = &marks[..marks.partition_point(|m| m.at <= t)];
    let probes = before.iter().rev().take_while(|m| m.at >= from);
    probes.take(64).find_map(|m| match m.kind {
        MarkKind::Probe { probe, success } => {
            let name = format!("{probe:?}").to_ascii_lowercase();
            Some((Ui::CardProbe, format!("{} {name}, {}", if success { "✓" } else { "✕" }, words::seconds(m.at))))
        }
        _ => None,
    })
}
