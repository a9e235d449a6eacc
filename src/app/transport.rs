//! How the playhead moves and what the timeline shows of the run: arithmetic alone.

use crate::time::Millis;

/// The speeds to choose from, in virtual seconds per second.
pub const SPEEDS: [u32; 8] = [1, 2, 5, 10, 30, 100, 300, 1000];
/// Near a change, playback runs at its own speed for this long, in real milliseconds.
const CALM: f64 = 350.0;
/// No window is narrower than this.
const NARROWEST: f64 = 50.0;

/// The playhead after `step` real milliseconds at `speed`. Between `before` and `after`, the changes around it, playback
/// gathers way and brakes again, so that no idle stretch, however long, is waited out (`skip`).
pub fn advance(at: f64, step: f64, speed: f64, before: f64, after: Option<f64>, skip: bool) -> f64 {
    let Some(after) = after else { return at + step * speed };
    let near = (at - before).min(after - at) / speed;
    let haste = if skip { (near / CALM).max(1.0) } else { 1.0 };
    // Never over the next change: the eye must be able to catch it.
    let next = at + step * speed * haste;
    if haste > 1.0 { next.min(after) } else { next }
}

/// Whether playback is being hurried through an idle stretch.
pub fn hurries(at: f64, speed: f64, before: f64, after: Option<f64>) -> bool {
    after.is_some_and(|after| (at - before).min(after - at) / speed > CALM * 2.0)
}

/// The first moment after `at`.
pub fn next(moments: &[Millis], at: Millis) -> Option<Millis> {
    moments.get(moments.partition_point(|&m| m <= at)).copied()
}

/// The last moment before `at`.
pub fn previous(moments: &[Millis], at: Millis) -> Option<Millis> {
    moments[..moments.partition_point(|&m| m < at)].last().copied()
}

/// A stretch of virtual time on the screen, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub from: f64,
    pub to: f64,
}

impl Window {
    pub fn span(self) -> f64 {
        self.to - self.from
    }

    /// Where a moment lies, in pixels of a picture this wide.
    pub fn x(self, at: f64, width: f64) -> f64 {
        (at - self.from) / self.span() * width
    }

    /// The moment at a pixel.
    pub fn at(self, x: f64, width: f64) -> f64 {
        self.from + x / width.max(1.0) * self.span()
    }

    /// Scaled around a moment that stays where it is. Never beyond the run.
    pub fn zoomed(self, factor: f64, around: f64, end: f64) -> Window {
        let span = (self.span() * factor).clamp(NARROWEST, end.max(NARROWEST));
        let share = ((around - self.from) / self.span()).clamp(0.0, 1.0);
        Window { from: around - span * share, to: around + span * (1.0 - share) }.within(end)
    }

    /// Moved by so many milliseconds, but not beyond the run.
    pub fn panned(self, by: f64, end: f64) -> Window {
        Window { from: self.from + by, to: self.to + by }.within(end)
    }

    /// Moved, if need be, so that a moment is in it with some room ahead.
    pub fn following(self, at: f64, end: f64) -> Window {
        if (self.from..=self.from + self.span() * 0.92).contains(&at) || self.to >= end && at >= self.from {
            return self;
        }
        self.panned(at - self.from - self.span() * 0.15, end)
    }

    fn within(self, end: f64) -> Window {
        let span = self.span();
        let from = self.from.min(end - span).max(0.0);
        Window { from, to: from + span }
    }
}

/// The stretch to show first: all of it, or to a while after everything is up, or the first rounds of a run that never gets there.
pub fn fit(end: Millis, up: Option<Millis>, horizon: Millis) -> Window {
    const ROUNDS: f64 = 180_000.0;
    let enough = up.map_or(ROUNDS, |up| up.0 as f64 * 1.2 + 2_000.0);
    let end = (end.0 as f64 * 1.04).max(up.map_or(0.0, |_| enough)).min(horizon.0 as f64);
    Window { from: 0.0, to: end.min(enough).max(1_000.0) }
}

/// `0:26`, `1:02:30`
pub fn clock(at: Millis) -> String {
    let s = at.whole_secs();
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        h => format!("{h}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}
