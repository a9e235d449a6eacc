//! The timeline as a trace file of Chrome's `about:tracing` and of Perfetto (the JSON form): a track for each lane, a slice for
//! each state, an instant for each mark and event.

use serde_json::{Value, json};

use super::svg::mark_label;
use super::timeline::{Lane, LaneKind, Mark, MarkKind, Segment, Timeline, Track};
use crate::i18n::Lang;
use crate::time::Millis;
use crate::trace::{ContainerKind, Trace, WorldKind};

/// The one process of the file: the Pod. Tracks are its threads, numbered in the order of the lanes.
const PID: u32 = 1;

/// The file, one event a line.
pub fn perfetto(trace: &Trace, timeline: &Timeline) -> String {
    let name = trace.pod.metadata.name.as_deref().unwrap_or_default();
    let mut events =
        vec![json!({"ph": "M", "pid": PID, "name": "process_name", "args": {"name": format!("Pod {name}")}})];
    for (i, lane) in timeline.lanes.iter().enumerate() {
        track(&mut events, trace, timeline, lane, i as u32 + 1);
    }
    for mark in &timeline.marks {
        events.push(instant(&mark_label(trace, mark, Lang::En), mark, 0, "p"));
    }
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    format!("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n", lines.join(",\n"))
}

fn track(events: &mut Vec<Value>, trace: &Trace, timeline: &Timeline, lane: &Lane, tid: u32) {
    let name = format!("{} {}", group(lane.kind), lane.name);
    events.push(json!({"ph": "M", "pid": PID, "tid": tid, "name": "thread_name", "args": {"name": name}}));
    events.push(json!({"ph": "M", "pid": PID, "tid": tid, "name": "thread_sort_index", "args": {"sort_index": tid}}));
    // Hooks and graces are drawn as slices within the bar: it comes first.
    for track in [&lane.bars, &lane.graces, &lane.hooks] {
        slices(events, track, timeline.end, tid);
    }
    for mark in lane.marks.all() {
        let name = match &mark.kind {
            MarkKind::Event { index, .. } => trace.events.get(*index).map(|e| format!("{}: {}", e.reason, e.message)),
            _ => mark.entry.map(|id| super::explain::told(trace, id).text(Lang::En)),
        };
        events.push(instant(&name.unwrap_or_default(), mark, tid, "t"));
    }
}

fn group(kind: LaneKind) -> &'static str {
    match kind {
        LaneKind::Phase => "phase",
        LaneKind::Condition => "condition",
        LaneKind::Node => "node",
        LaneKind::Sandbox => "sandbox",
        LaneKind::World(WorldKind::Service) => "service",
        LaneKind::World(WorldKind::Object) => "object",
        LaneKind::World(WorldKind::Image) => "image",
        LaneKind::Container(ContainerKind::Init) => "init",
        LaneKind::Container(ContainerKind::Sidecar) => "sidecar",
        LaneKind::Container(ContainerKind::Main) => "main",
    }
}

fn slices(events: &mut Vec<Value>, track: &Track, end: Millis, tid: u32) {
    let slice = |s: &Segment| {
        json!({
            "ph": "X", "pid": PID, "tid": tid, "ts": micros(s.from), "dur": micros(s.length(end)),
            "cat": s.kind.class(), "name": s.label(Lang::En).join(" "),
        })
    };
    events.extend(track.segments().iter().map(slice));
}

fn instant(name: &str, mark: &Mark, tid: u32, scope: &str) -> Value {
    json!({"ph": "i", "pid": PID, "tid": tid, "ts": micros(mark.at), "s": scope, "cat": mark.kind.class(), "name": name})
}

/// The format counts in microseconds.
fn micros(t: Millis) -> u64 {
    t.0.saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::view::test_support::TraceBuilder;

    #[test]
    fn a_run_becomes_tracks_slices_and_instants() {
        let mut b =
            TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: \"a\\\"b\"}]}", 60_000);
        b.sandbox(100, 600).start(700, "main").event(800, Some("main"), false, "Started", "Container started");
        b.phase(900, "Running").delete(20_000, 30);
        b.kill(20_010, "main", 30, "Stopping container main", None).exit(21_000, "main", 143).remove(21_900);
        let trace = b.build();
        let file = perfetto(&trace, &Timeline::of(&trace));
        expect![[r#"
            {"displayTimeUnit":"ms","traceEvents":[
            {"args":{"name":"Pod demo"},"name":"process_name","ph":"M","pid":1},
            {"args":{"name":"phase demo"},"name":"thread_name","ph":"M","pid":1,"tid":1},
            {"args":{"sort_index":1},"name":"thread_sort_index","ph":"M","pid":1,"tid":1},
            {"cat":"phase-pending","dur":900000,"name":"Pending","ph":"X","pid":1,"tid":1,"ts":0},
            {"cat":"phase-running","dur":19100000,"name":"Running","ph":"X","pid":1,"tid":1,"ts":900000},
            {"cat":"terminating","dur":1900000,"name":"Terminating Running","ph":"X","pid":1,"tid":1,"ts":20000000},
            {"args":{"name":"sandbox sandbox"},"name":"thread_name","ph":"M","pid":1,"tid":2},
            {"args":{"sort_index":2},"name":"thread_sort_index","ph":"M","pid":1,"tid":2},
            {"cat":"starting","dur":500000,"name":"starting","ph":"X","pid":1,"tid":2,"ts":100000},
            {"cat":"sandbox","dur":59400000,"name":"sandbox","ph":"X","pid":1,"tid":2,"ts":600000},
            {"args":{"name":"main main"},"name":"thread_name","ph":"M","pid":1,"tid":3},
            {"args":{"sort_index":3},"name":"thread_sort_index","ph":"M","pid":1,"tid":3},
            {"cat":"waiting-pod","dur":700000,"name":"waits for the Pod","ph":"X","pid":1,"tid":3,"ts":0},
            {"cat":"starting","dur":100000,"name":"starting","ph":"X","pid":1,"tid":3,"ts":700000},
            {"cat":"killed","dur":20200000,"name":"exit 143","ph":"X","pid":1,"tid":3,"ts":800000},
            {"cat":"grace","dur":990000,"name":"grace 30s TERM","ph":"X","pid":1,"tid":3,"ts":20010000},
            {"cat":"event","name":"Started: Container started","ph":"i","pid":1,"s":"t","tid":3,"ts":800000},
            {"cat":"signal","name":"main gets TERM.","ph":"i","pid":1,"s":"t","tid":3,"ts":20010000},
            {"cat":"main-starts","name":"main starts","ph":"i","pid":1,"s":"p","tid":0,"ts":800000},
            {"cat":"deletion","name":"deletion 30s","ph":"i","pid":1,"s":"p","tid":0,"ts":20000000},
            {"cat":"removed","name":"gone","ph":"i","pid":1,"s":"p","tid":0,"ts":21900000}
            ]}
        "#]]
        .assert_eq(&file);
        let value: Value = serde_json::from_str(&file).unwrap();
        assert!(value["traceEvents"].as_array().is_some_and(|all| all.iter().all(|e| e["ph"].is_string())));
    }
}
