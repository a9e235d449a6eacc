//! How the playhead moves and what the timeline shows of the run: arithmetic alone.

use crate::time::Millis;

/// The speeds to choose from, in virtual seconds per second.
pub const SPEEDS: [u32; 9] = [STEPWISE, 1, 2, 5, 10, 30, 100, 300, 1000];
/// The speed that is none: from change to change.
pub const STEPWISE: u32 = 0;
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
        let inside = (self.from..=self.from + self.span() * 0.92).contains(&at);
        if inside || self.to >= end && (self.from..=self.to).contains(&at) {
            return self.within(end);
        }
        self.panned(at - self.from - self.span() * 0.15, end)
    }

    fn within(self, end: f64) -> Window {
        let span = self.span().min(end);
        let from = self.from.min(end - span).max(0.0);
        Window { from, to: from + span }
    }
}

/// The stretch to show first: a run that comes to rest whole; of a longer one as much as brings it up, or the first rounds.
pub fn fit(reach: f64, up: Option<Millis>, settled: bool) -> Window {
    const ROUNDS: f64 = 180_000.0;
    const WHOLE: f64 = 600_000.0;
    let enough = up.map_or(ROUNDS, |up| (up.0 as f64 * 1.3).max(ROUNDS));
    Window { from: 0.0, to: if settled && reach <= WHOLE { reach } else { reach.min(enough) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_view_is_useful_and_never_beyond_the_run() {
        let hour = 3_600_000.0;
        assert_eq!(fit(hour, None, false).to, 180_000.0);
        assert_eq!(fit(27_300.0, Some(Millis::secs(25)), true).to, 27_300.0);
        assert_eq!(fit(hour, Some(Millis::secs(25)), false).to, 180_000.0);
        assert_eq!(fit(86_400_000.0, Some(Millis::secs(1000)), true).to, 1_300_000.0);
        assert_eq!(fit(1_000.0, None, true), Window { from: 0.0, to: 1_000.0 });
    }

    #[test]
    fn no_window_leaves_the_run() {
        let window = Window { from: 0.0, to: 100_000.0 };
        assert_eq!(window.following(99_000.0, 100_000.0), window);
        let inner = Window { from: 80_000.0, to: 95_000.0 };
        for at in [0.0, 50_000.0, 94_000.0, 99_000.0, 100_000.0] {
            let moved = inner.following(at, 100_000.0);
            assert!(
                moved.from >= 0.0 && moved.to <= 100_000.0 && moved.from <= at && at <= moved.to,
                "{at}: {moved:?}"
            );
        }
        assert_eq!(window.zoomed(10.0, 0.0, 100_000.0), window);
        assert_eq!(window.following(5_000.0, 50_000.0), Window { from: 0.0, to: 50_000.0 });
    }
}
