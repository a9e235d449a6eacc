//! One run of the pipeline, with what the page looks up often.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::i18n::Lang;
use crate::manifest::{Completed, Spans};
use crate::playground::{self, Report};
use crate::scenario::Scenario;
use crate::span::Span;
use crate::time::Millis;
use crate::trace::recording::{self, Gist};
use crate::trace::{ContainerKind, Trace};
use crate::view::explain;
use crate::view::findings::{self, Finding};
use crate::view::timeline::Timeline;
use crate::web::browser;

use super::inject::{self, Chip};
use super::timeline::lanes::{self, Role, Row, Status};
use super::transport::{self, Window};

/// A finished simulation and its picture.
pub struct Run {
    pub trace: Rc<Trace>,
    /// What was read of the scenario's text.
    pub scenario: Scenario,
    pub timeline: Timeline,
    pub statuses: Vec<Status>,
    pub rows: Vec<Row>,
    /// What is injected into it.
    pub chips: Vec<Chip>,
    /// When all main containers have started, and the first Ready.
    pub main_started: Option<Millis>,
    pub ready: Option<Millis>,
    source: Source,
    findings: OnceCell<Vec<Finding>>,
}

/// Where a run comes from.
enum Source {
    /// Recorded when the page was built, with what there is to say about it.
    Recording(Gist),
    /// Made by the engine, with which comes what finds out what is worth knowing, and what says what it comes to.
    Engine { find: fn(&Trace) -> Vec<Finding>, say: fn(&Trace, Lang) -> String },
}

/// Where in the texts things stand. They move with every key, when the run may well stay what it was.
#[derive(Default)]
pub struct Places {
    spans: Spans,
    completed: Option<Completed>,
}

impl Places {
    /// Where a field of the Pod stands in its text.
    pub fn of(&self, path: &str) -> Span {
        let span = self.spans.nearest(path);
        match &self.completed {
            Some(whole) => Span::new(whole.original(span.start), whole.original(span.end)),
            None => span,
        }
    }
}

/// What kubectl says to a manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// All that `kubectl create` prints when the Pod is refused.
    pub refusal: Option<String>,
    /// Without the leading `Warning: `.
    pub warnings: Vec<String>,
}

/// What one document leads to.
pub struct Outcome {
    pub notes: Vec<Diagnostic>,
    pub answer: Answer,
    pub places: Places,
    /// Where the scenario begins, when it stands in the Pod's text.
    pub scenario_in_pod: Option<usize>,
    /// The very run of the document before, where neither the Pod nor its world is another.
    pub run: Option<Rc<Run>>,
}

/// What the last document led to.
#[derive(Default)]
pub struct Memory {
    playground: playground::Memory,
    run: Option<Rc<Run>>,
}

impl Run {
    /// A run that was recorded, if the bytes are that. It is good for the timeline, the strip and the events: of its Pod no more is
    /// known than they show, and nothing of the text.
    pub fn recorded(bytes: &[u8]) -> Option<Run> {
        let (trace, gist) = recording::read(bytes)?;
        Some(Run::new(Rc::new(trace), Scenario::default(), Source::Recording(gist)))
    }

    /// Whether the run was only recorded: what shows more than [`Run::recorded`] knows has to wait for the engine.
    pub fn is_recorded(&self) -> bool {
        matches!(self.source, Source::Recording(_))
    }

    /// Whether this was recorded and the other is the run itself: what was opened or selected on the one stands on the other.
    pub fn foretells(&self, other: &Run) -> bool {
        self.is_recorded() && self.trace.entries == other.trace.entries
    }

    fn new(trace: Rc<Trace>, scenario: Scenario, source: Source) -> Run {
        let starts: Option<Vec<Millis>> = trace.main_started().map(|(_, at)| at).collect();
        let timeline = Timeline::of(&trace);
        let room = lanes::Room::here();
        let mut run = Run {
            statuses: lanes::statuses(&trace),
            rows: lanes::rows(&trace, &timeline, room),
            chips: Vec::new(),
            main_started: starts.and_then(|s| s.into_iter().max()),
            ready: trace.ready(),
            timeline,
            scenario,
            trace,
            source,
            findings: OnceCell::new(),
        };
        run.chips = inject::chips(&run);
        lanes::give_heads(&mut run.rows, run.chips.iter().map(|chip| chip.row), room);
        run
    }

    /// What is worth knowing about the Pod and its run; found when it is first asked for.
    pub fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| match self.source {
            Source::Engine { find, .. } => find(&self.trace),
            Source::Recording(_) => Vec::new(),
        })
    }

    /// How many of the findings are more than remarks.
    pub fn concerns(&self) -> usize {
        match &self.source {
            Source::Engine { .. } => findings::concerns(self.findings()),
            Source::Recording(gist) => gist.concerns,
        }
    }

    /// What it comes to: when the main containers start and what takes so long, or what keeps them from it.
    pub fn headline(&self, lang: Lang) -> String {
        match &self.source {
            Source::Engine { say, .. } => say(&self.trace, lang),
            Source::Recording(Gist { headline: [en, ko], .. }) => lang.pick(en, ko).clone(),
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

    /// How far the timeline reaches, in milliseconds: never beyond what is known.
    pub fn reach(&self) -> f64 {
        (self.end().0 as f64).max(1_000.0)
    }

    /// The stretch worth seeing first.
    pub fn fit(&self) -> Window {
        transport::fit(self.reach(), self.main_started.max(self.ready), self.trace.settled)
    }

    /// The index of the STATUS at a moment.
    pub fn status_at(&self, t: Millis) -> Option<usize> {
        let i = self.statuses.partition_point(|s| s.from <= t).checked_sub(1)?;
        // Of a Pod that is gone there is none; the horizon itself belongs to the last.
        (t < self.statuses[i].to || self.statuses[i].to == self.trace.horizon).then_some(i)
    }

    /// The row of the init container or sidecar that something happened to last.
    pub fn turn_at(&self, t: Millis) -> Option<usize> {
        let row = self.last_row_at(t)?;
        matches!(self.rows[row].role, Role::Container(_, kind) if kind != ContainerKind::Main).then_some(row)
    }

    /// The row of the container that something happened to last.
    pub fn last_row_at(&self, t: Millis) -> Option<usize> {
        /// The Pod's own entries between two of a container are few.
        const NEAR: usize = 32;
        let known = self.trace.entries.partition_point(|e| e.at <= t);
        let container = self.trace.entries[..known].iter().rev().take(NEAR).find_map(|e| e.container)?;
        let first = self.rows.iter().position(|r| matches!(r.role, Role::Container(..)))?;
        match self.rows.get(first + container)?.role {
            Role::Container(lane, _) => {
                (self.timeline.lanes[lane].container == Some(container)).then_some(first + container)
            }
            _ => None,
        }
    }

    /// The row of a container.
    pub fn row_of(&self, container: &str) -> Option<usize> {
        self.rows.iter().position(|r| r.name == container && matches!(r.role, Role::Container(..)))
    }
}

/// Runs a document after another.
pub fn run(memory: &mut Memory, document: &Document) -> Outcome {
    browser::timed("podlapse:run", || {
        let report = playground::run_after(&mut memory.playground, document);
        outcome(memory, report)
    })
}

fn outcome(memory: &mut Memory, report: Report) -> Outcome {
    const ENGINE: Source = Source::Engine { find: findings::findings, say: explain::headline };
    let Report { scenario, trace, .. } = report;
    let run = trace.map(|trace| match &memory.run {
        Some(last) if Rc::ptr_eq(&last.trace, &trace) && last.scenario == scenario => Rc::clone(last),
        _ => Rc::new(Run::new(trace, scenario, ENGINE)),
    });
    if run.is_some() {
        memory.run.clone_from(&run);
    }
    Outcome {
        notes: report.diagnostics,
        answer: Answer { refusal: report.refusal, warnings: report.warnings },
        places: Places { spans: report.spans, completed: report.completed },
        scenario_in_pod: report.scenario_in_pod,
        run,
    }
}
