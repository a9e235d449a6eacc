//! One run of the pipeline, with what the page looks up often.

use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::playground;
use crate::time::Millis;
use crate::trace::Trace;
use crate::view::timeline::Timeline;

use super::timeline::lanes::{self, Row, Status};
use super::transport::{self, Window};

/// A finished simulation and its picture.
pub struct Run {
    pub trace: Trace,
    pub timeline: Timeline,
    pub statuses: Vec<Status>,
    pub rows: Vec<Row>,
    /// When all main containers have started, and the first Ready.
    pub main_started: Option<Millis>,
    pub ready: Option<Millis>,
}

impl Run {
    fn new(trace: Trace) -> Run {
        let starts: Option<Vec<Millis>> = trace.main_started().map(|(_, at)| at).collect();
        let timeline = Timeline::of(&trace);
        Run {
            statuses: lanes::statuses(&trace),
            rows: lanes::rows(&trace, &timeline),
            main_started: starts.and_then(|s| s.into_iter().max()),
            ready: trace.ready(),
            timeline,
            trace,
        }
    }

    /// When something visible changes, in order: what the step buttons visit.
    pub fn moments(&self) -> &[Millis] {
        self.timeline.change_points()
    }

    /// Where playback ends: the last change, and a moment to look at it.
    pub fn end(&self) -> Millis {
        let last = self.moments().last().copied().unwrap_or_default();
        Millis(last.0 + (last.0 / 20).max(1_000)).min(self.trace.horizon)
    }

    /// The stretch worth seeing first.
    pub fn fit(&self) -> Window {
        transport::fit(self.end(), self.main_started.max(self.ready), self.trace.horizon)
    }
}

/// Runs a document: what is wrong with it, and the run if there is one.
pub fn run(document: &Document) -> (Vec<Diagnostic>, Option<Rc<Run>>) {
    let report = playground::run(document);
    (report.diagnostics, report.trace.map(|trace| Rc::new(Run::new(trace))))
}
