//! Moments on a lane, and which of them to draw when many fall on each other.

use super::{Mark, MarkKind, Marks, ShownMark};
use crate::order::Order;
use crate::time::Millis;

impl Marks {
    pub fn new(mut marks: Vec<Mark>) -> Marks {
        marks.order_by_key(|m| m.at);
        let sums = marks.iter().scan(0, |bad, m| {
            let before = *bad;
            *bad += m.kind.is_bad_news() as u32;
            Some(before)
        });
        let bad_before = sums.collect();
        Marks { marks, bad_before }
    }

    pub fn all(&self) -> &[Mark] {
        &self.marks
    }

    /// The marks of the window `from..=to`; those within `min_distance` of the first of them become one.
    pub fn visible(&self, from: Millis, to: Millis, min_distance: Millis) -> Vec<ShownMark> {
        let mut shown = Vec::new();
        let mut first = self.marks.partition_point(|m| m.at < from);
        while first < self.marks.len() && self.marks[first].at <= to {
            let at = self.marks[first].at;
            let limit = at + min_distance;
            let last = first + self.marks[first..].partition_point(|m| m.at < limit).max(1) - 1;
            let bad_here = self.marks[last].kind.is_bad_news() as u32;
            shown.push(ShownMark { at, first, last, bad: self.bad_before[last] + bad_here - self.bad_before[first] });
            first = last + 1;
        }
        shown
    }
}

impl MarkKind {
    /// Whether somebody should look at it.
    pub fn is_bad_news(&self) -> bool {
        match self {
            MarkKind::Probe { success, .. } | MarkKind::ProbeResult { success, .. } => !success,
            MarkKind::Event { warning, .. } => *warning,
            MarkKind::Signal(signal) => *signal == 9,
            MarkKind::DeadlineExceeded | MarkKind::Evicted => true,
            MarkKind::Finished { phase } => *phase == "Failed",
            _ => false,
        }
    }
}
