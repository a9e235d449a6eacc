//! A row of segments in the order of time that do not overlap: what a lane is drawn from.
//!
//! All questions cost O(log n), or O(log n) per thing that they return, so that a day of crash looping stays cheap to draw.

use super::{Segment, SegmentKind};
use crate::order::Order;
use crate::time::Millis;

/// Segments in the order of time; each ends before the next begins, and only the last may be open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    segments: Vec<Segment>,
    /// What there is before each segment.
    before: Vec<Tally>,
}

/// How many attempts a stretch holds, how many of them failed, and how long it is waited in it for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub attempts: u32,
    pub failed: u32,
    pub waited: Millis,
}

/// What to draw: one segment, or a run of segments each too narrow to be seen alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    pub from: Millis,
    pub to: Millis,
    /// Whether it goes on beyond what is known.
    pub open: bool,
    /// Indices of the track's segments: `first..=last`.
    pub first: usize,
    pub last: usize,
    pub tally: Tally,
}

impl Shown {
    /// Whether it stands for more than one segment.
    pub fn is_merged(&self) -> bool {
        self.first != self.last
    }

    /// How much of it is waiting for the next attempt, in percent.
    pub fn waiting(&self) -> u64 {
        self.tally.waited.0 * 100 / (self.to - self.from).0.max(1)
    }
}

impl Track {
    /// Sorts by start and cuts what overlaps: the later segment wins. Empty ones are dropped.
    pub fn new(mut segments: Vec<Segment>) -> Track {
        segments.order_by_key(|s| s.from);
        let mut kept: Vec<Segment> = Vec::with_capacity(segments.len());
        for segment in segments {
            cut_tail(&mut kept, segment.from);
            if segment.to.is_none_or(|to| to > segment.from) {
                kept.push(segment);
            }
        }
        let sums = kept.iter().scan(Tally::default(), |tally, s| {
            let before = *tally;
            *tally = tally.plus(s);
            Some(before)
        });
        let before = sums.collect();
        Track { segments: kept, before }
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The segment that covers `t`.
    pub fn at(&self, t: Millis) -> Option<&Segment> {
        self.index_at(t).map(|i| &self.segments[i])
    }

    /// The index of the segment that covers `t`.
    pub fn index_at(&self, t: Millis) -> Option<usize> {
        let i = self.segments.partition_point(|s| s.from <= t).checked_sub(1)?;
        self.segments[i].covers(t).then_some(i)
    }

    /// What to draw of the window `from..to`, when nothing narrower than `min_width` can be seen. `end` closes an open segment.
    pub fn visible(&self, from: Millis, to: Millis, min_width: Millis, end: Millis) -> Vec<Shown> {
        let mut shown = Vec::new();
        let mut first = self.segments.partition_point(|s| s.to.is_some_and(|end| end <= from));
        while first < self.segments.len() && self.segments[first].from < to {
            let last = self.last_of_group(first, min_width, end);
            shown.push(self.shown(first, last, end));
            first = last + 1;
        }
        shown
    }

    /// The last segment to be drawn together with `first`. Of those that begin within its `min_width`, all but the
    /// last must be narrow, since they do not overlap.
    fn last_of_group(&self, first: usize, min_width: Millis, end: Millis) -> usize {
        let width = |i: usize| self.segments[i].to.unwrap_or(end.max(self.segments[i].from)) - self.segments[i].from;
        if width(first) >= min_width {
            return first;
        }
        let limit = self.segments[first].from + min_width;
        let last = first + self.segments[first..].partition_point(|s| s.from < limit).max(1) - 1;
        if last > first && width(last) >= min_width { last - 1 } else { last }
    }

    fn shown(&self, first: usize, last: usize, end: Millis) -> Shown {
        let tail = &self.segments[last];
        let (a, b) = (self.before[first], self.before[last].plus(tail));
        Shown {
            from: self.segments[first].from,
            to: tail.to.unwrap_or(end.max(tail.from)),
            open: tail.to.is_none(),
            first,
            last,
            tally: Tally {
                attempts: b.attempts - a.attempts,
                failed: b.failed - a.failed,
                waited: b.waited - a.waited,
            },
        }
    }
}

impl Tally {
    fn plus(self, segment: &Segment) -> Tally {
        match &segment.kind {
            SegmentKind::Attempt(a) => {
                let failed = self.failed + a.outcome.is_failure() as u32;
                Tally { attempts: self.attempts + 1, failed, ..self }
            }
            SegmentKind::BackOff { .. } => {
                let length = segment.to.map_or(Millis::ZERO, |to| to - segment.from);
                Tally { waited: self.waited + length, ..self }
            }
            _ => self,
        }
    }
}

/// Ends what reaches beyond `at`, and drops what would begin there.
fn cut_tail(kept: &mut Vec<Segment>, at: Millis) {
    while let Some(last) = kept.last_mut() {
        if last.to.is_some_and(|to| to <= at) {
            return;
        }
        last.to = Some(at);
        if last.from < at {
            return;
        }
        kept.pop();
    }
}
