//! The keyboard on a lane: from shape to shape, with their cards, as a pointer goes.

use leptos::prelude::*;

use super::lanes::Role;
use super::{Hint, Stage, reading};
use crate::app::run::Run;
use crate::order::Order;
use crate::time::Millis;
use crate::view::timeline::MarkKind;
use crate::web::browser;

/// Where the shapes of a row begin, in the order of time: its bars, hooks and graces, its signals, and the probes that answer
/// otherwise than the one before.
fn stops(run: &Run, row: usize) -> Vec<Millis> {
    let Some(lane) = reading::lane(run, row) else {
        let is_status = run.rows.get(row).is_some_and(|row| row.role == Role::Status);
        return run.statuses.iter().filter(|_| is_status).map(|s| s.from).collect();
    };
    let tracks = [&lane.bars, &lane.hooks, &lane.graces];
    let mut stops: Vec<Millis> = tracks.into_iter().flat_map(|track| track.segments()).map(|s| s.from).collect();
    let mut last = None;
    for mark in lane.marks.all() {
        let is_news = match mark.kind {
            MarkKind::Probe { probe, success } => last.replace((probe, success)) != Some((probe, success)),
            MarkKind::Signal(_) => true,
            _ => false,
        };
        if is_news {
            stops.push(mark.at);
        }
    }
    stops.order();
    stops.dedup();
    stops
}

impl Stage {
    /// What a key does on the name of a lane; answers whether it did anything.
    pub fn walk(self, row: usize, key: &str) -> bool {
        let here = self.hint.get_untracked().filter(|h| h.row == row && h.by_key);
        match key {
            "ArrowRight" | "ArrowLeft" => self.go(row, here.map(|h| h.at), key == "ArrowRight"),
            "ArrowDown" | "ArrowUp" => browser::focus_next(".labels [data-row]", key == "ArrowDown"),
            "Enter" if here.is_some_and(|h| !h.pinned) => self.pick(here),
            _ => return false,
        }
        true
    }

    /// To the next shape of a row, or the one before: from a shape, else from the playhead.
    fn go(self, row: usize, from: Option<Millis>, on: bool) {
        if untrack(|| self.page.hides()) {
            return;
        }
        let stops = self.peek(|run| stops(run, row));
        let now = self.page.playhead.get_untracked();
        let next = match (from, on) {
            (Some(at), true) => stops.partition_point(|&stop| stop <= at).min(stops.len().saturating_sub(1)),
            (Some(at), false) => stops.partition_point(|&stop| stop < at).saturating_sub(1),
            // The first step is to what the playhead is in.
            (None, _) => stops.partition_point(|&stop| stop <= now).saturating_sub(1),
        };
        if let Some(&at) = stops.get(next) {
            self.point(row, at);
        }
    }

    /// Shows the card of a moment of a row, where that can be seen.
    fn point(self, row: usize, at: Millis) {
        let (page, exact) = (self.page, at.0 as f64);
        page.playing.set(false);
        let window = untrack(|| page.window());
        if !(window.from..=window.to).contains(&exact) {
            page.pan_by(exact - window.from - window.span() * 0.3);
        }
        let frame = self.frame.get_untracked();
        let [left, top, width, height] = browser::place_of(&format!("[data-row=\"{row}\"]")).unwrap_or_default();
        let (x, y) = (left + width + frame.x(at).clamp(0.0, frame.width), top + height / 2.0);
        page.hover.set(Some(at));
        self.hint.set(Some(Hint { row, at, x, y, pinned: false, by_key: true }));
    }

    /// Selects the shape, as a click does: the playhead goes there, and the card gets its acts, which take the keyboard.
    fn pick(self, here: Option<Hint>) {
        let Some(hint) = here else { return };
        let page = self.page;
        page.seek(hint.at);
        page.hover.set(None);
        page.selected.set(self.peek(|run| reading::segment(run, hint.row, hint.at)?.entry));
        self.hint.set(Some(Hint { pinned: true, ..hint }));
        request_animation_frame(|| browser::focus(".card-hint button"));
    }

    /// The keyboard has gone elsewhere.
    pub fn leave_walk(self) {
        if self.hint.with_untracked(|h| h.as_ref().is_some_and(|h| h.by_key && !h.pinned)) {
            self.page.hover.set(None);
            self.hint.set(None);
        }
    }
}
