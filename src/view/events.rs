//! Events: one line for each event object at a moment, as `kubectl events --for pod/NAME` and `kubectl describe` show them.
//!
//! The trace lists every sighting; the API keeps one object for equal ones, with a count, and forgets it an hour after the last.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use crate::order::Order;
use crate::time::{Millis, human_duration};
use crate::trace::{Event, Trace};
use crate::view::tabs;

/// How long the API server keeps an event.
const TIME_TO_LIVE: Millis = Millis::secs(3600);

/// One event object.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLine {
    pub first: Millis,
    pub last: Millis,
    pub count: u32,
    pub warning: bool,
    pub reason: Rc<str>,
    pub message: Rc<str>,
    /// `spec.initContainers{init-a}`; `None`: the Pod itself.
    pub field_path: Option<Rc<str>>,
    pub source: Rc<str>,
}

impl EventLine {
    fn of(e: &Event) -> EventLine {
        // The scheduler writes events with microseconds, everybody else with seconds.
        let stamp = |t: Millis| if is_of_a_scheduler(&e.source) { t } else { Millis::secs(t.whole_secs()) };
        EventLine {
            first: stamp(e.first),
            last: stamp(e.at),
            count: e.count,
            warning: e.warning,
            reason: e.reason.clone(),
            message: e.message.clone(),
            field_path: e.field_path.clone(),
            source: e.source.clone(),
        }
    }

    /// `Normal` or `Warning`
    pub fn kind(&self) -> &'static str {
        if self.warning { "Warning" } else { "Normal" }
    }

    /// `5s`, `5s (x4 over 95s)`
    pub fn age(&self, now: Millis) -> String {
        let first = human_duration(now.since(self.first));
        if self.count > 1 {
            format!("{} (x{} over {first})", human_duration(now.since(self.last)), self.count)
        } else {
            first
        }
    }
}

/// Schedulers speak by the newer of the two APIs for events, whatever they are called.
fn is_of_a_scheduler(source: &str) -> bool {
    source != "kubelet"
}

/// The event objects that exist at `t`, in the order of their first sight.
pub fn lines_at(trace: &Trace, t: Millis) -> Vec<EventLine> {
    let mut lines: Vec<EventLine> = Vec::new();
    let mut places = BTreeMap::new();
    for e in trace.events_until(t) {
        let place = *places.entry(e.object()).or_insert(lines.len());
        match lines.get_mut(place) {
            Some(line) => *line = EventLine::of(e),
            None => lines.push(EventLine::of(e)),
        }
    }
    lines.retain(|line| t.since(line.last) <= TIME_TO_LIVE);
    lines
}

/// The lines in the order in which `kubectl describe` lists them: by the last sight, the scheduler's first, as they bear no such time.
pub fn described_at(trace: &Trace, t: Millis) -> Vec<EventLine> {
    let mut lines = lines_at(trace, t);
    lines.order_by_key(|line| if is_of_a_scheduler(&line.source) { Millis::ZERO } else { line.last });
    lines
}

/// What `kubectl events --for pod/NAME` prints at `t`.
pub fn table_at(trace: &Trace, t: Millis) -> String {
    let mut lines = lines_at(trace, t);
    if lines.is_empty() {
        let namespace = trace.pod.metadata.namespace.as_deref().unwrap_or("default");
        return format!("No events found in {namespace} namespace.\n");
    }
    lines.order_by_key(|line| line.last);
    let mut text = String::from("LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
    for line in &lines {
        let (age, kind, reason, pod) = (line.age(t), line.kind(), &line.reason, super::name(trace));
        let _ = writeln!(text, "{age}\t{kind}\t{reason}\tPod/{pod}\t{}", cell(line.message.trim()));
    }
    tabs::align(&text, tabs::TABLE)
}

/// A cell of a table: its first line alone, with nothing that a terminal would obey.
fn cell(text: &str) -> String {
    match text.find(['\n', '\r', '\x0c']) {
        Some(end) => format!("{}...", tabs::escape(&text[..end])),
        None => tabs::escape(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::view::fixture;

    fn history() -> Trace {
        let mut trace = fixture::trace("Running", "main running");
        let main = Some("spec.containers{main}");
        let scheduled = Event {
            source: "default-scheduler".into(),
            first: Millis(20),
            ..fixture::event(20, "Scheduled", "Assigned", None, 1)
        };
        let unhealthy =
            Event { warning: true, ..fixture::event(9_500, "Unhealthy", "Liveness failed:\nno\x1b[31m", main, 1) };
        trace.events = vec![
            scheduled,
            fixture::event(872, "Pulled", "have it", main, 1),
            Event { first: Millis(9_500), ..unhealthy },
            fixture::event(12_000, "Pulled", "have it", main, 2),
        ];
        trace
    }

    #[test]
    fn equal_events_are_one_object_with_a_count() {
        let lines = lines_at(&history(), Millis(13_000));
        let seen: Vec<_> = lines.iter().map(|l| (&*l.reason, l.count, l.age(Millis(13_000)))).collect();
        assert_eq!(
            seen,
            [("Scheduled", 1, "12s".into()), ("Pulled", 2, "1s (x2 over 13s)".into()), ("Unhealthy", 1, "4s".into())]
        );
        assert_eq!(lines_at(&history(), Millis(10_000))[1].count, 1);
    }

    #[test]
    fn the_table_is_that_of_kubectl_events() {
        expect![[r#"
            LAST SEEN          TYPE      REASON      OBJECT     MESSAGE
            12s                Normal    Scheduled   Pod/demo   Assigned
            4s                 Warning   Unhealthy   Pod/demo   Liveness failed:...
            1s (x2 over 13s)   Normal    Pulled      Pod/demo   have it
        "#]]
        .assert_eq(&table_at(&history(), Millis(13_000)));
        assert_eq!(table_at(&history(), Millis(10)), "No events found in default namespace.\n");
    }

    #[test]
    fn an_event_is_forgotten_an_hour_after_its_last_sight() {
        let lines = lines_at(&history(), Millis::secs(3610));
        assert_eq!(lines.iter().map(|l| &*l.reason).collect::<Vec<_>>(), ["Pulled"]);
    }
}
