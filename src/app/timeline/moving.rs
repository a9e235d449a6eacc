//! What moves with the playhead, each by one `transform`: the veil over the future, the line, the edge of what is under way.

use leptos::prelude::*;

use super::lanes::Role;
use super::{Stage, reading};
use crate::app::run::Run;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::view::timeline::SegmentKind;

/// A bar that is under way: from when to when, and where it is.
#[derive(Clone, Copy, PartialEq)]
struct Live {
    from: Millis,
    to: Millis,
    top: f64,
    height: f64,
}

/// The layer over the picture.
#[component]
pub fn Moving(stage: Stage) -> impl IntoView {
    let (page, frame) = (stage.page, stage.frame);
    let x = move || frame.get().x(page.playhead.get());
    // Which attempts are running changes seldom.
    let running = Memo::new(move |_| stage.with(|run| under_way(run, stage.rows(), page.playhead.get())));
    let bars = move || {
        let frame = frame.get();
        let bar = |live: Live| {
            let (left, right) = (frame.x(live.from).max(-10.0), frame.x(live.to).min(frame.width + 10.0));
            let text = (right - left > 60.0).then(|| page.t(Ui::LegendRun));
            view! {
                <div class="live" style:left=format!("{left}px") style:width=format!("{}px", (right - left).max(2.0))
                    style:top=format!("{}px", live.top) style:height=format!("{}px", live.height)><span style:left=format!("{}px", (6.0 - left).max(6.0).min(right - left))>{text}</span></div>
            }
        };
        running.get().into_iter().map(bar).collect_view()
    };
    // Two equal and opposite moves: the outer one cuts at the playhead, the inner one keeps the bars where they are.
    let cut = move || format!("translateX({}px)", x() - frame.get().width);
    let back = move || format!("translateX({}px)", frame.get().width - x());
    let place = move || format!("translateX({}px)", x().clamp(-4.0, frame.get().width + 4.0));
    let veil = move || format!("translateX({}px)", x().clamp(0.0, frame.get().width));
    let cross = move || page.hover.get().map(|at| format!("translateX({}px)", frame.get().x(at)));
    view! {
        <div class="over" aria-hidden="true">
            <div class="past" style:transform=cut><div class="still" style:transform=back>{bars}</div></div>
            <div class="veil" style:transform=veil></div>
            {move || selected(stage)}
            <div class="cross" class:on=move || page.hover.get().is_some() style:transform=cross></div>
            <div class="playhead" style:transform=place></div>
        </div>
    }
}

/// The attempts in view that have begun and not ended at a moment.
fn under_way(run: &Run, rows: std::ops::Range<usize>, now: Millis) -> Vec<Live> {
    let rows = run.rows.get(rows).unwrap_or_default().iter();
    let live = rows.filter_map(|row| {
        let Role::Container(lane, _) = row.role else { return None };
        let segment = run.timeline.lanes[lane].bars.at(now)?;
        let SegmentKind::Attempt(_) = segment.kind else { return None };
        let (top, height) = (row.top + row.head + row.inset(), row.bar());
        Some(Live { from: segment.from, to: segment.to.unwrap_or(run.timeline.end), top, height })
    });
    live.collect()
}

/// A frame around what is selected; a line where it is a moment.
fn selected(stage: Stage) -> Option<impl IntoView> {
    let (entry, frame) = (stage.page.selected.get()?, stage.frame.get());
    let (row, from, to) = stage.with(|run| match reading::shown_as(run, entry) {
        Some((row, segment)) => Some((row, segment.from, segment.to.unwrap_or(run.timeline.end))),
        None => {
            let entry = run.trace.entries.get(entry.0 as usize)?;
            let container = entry.container.and_then(|c| run.row_of(&run.trace.containers[c].name));
            Some((container.unwrap_or(0), entry.at, entry.at))
        }
    })?;
    let (left, right) = (frame.x(from).max(-4.0), frame.x(to).min(frame.width + 4.0));
    let (top, height) = stage.with(|run| run.rows.get(row).map(|r| (r.top + r.head, r.height - r.head)))?;
    (right >= -4.0 && left <= frame.width + 4.0).then(|| {
        view! {
            <div class="selected" style:left=format!("{}px", left - 2.0) style:width=format!("{}px", (right - left).max(0.0) + 4.0)
                style:top=format!("{}px", top + 3.0) style:height=format!("{}px", height - 6.0)></div>
        }
    })
}
