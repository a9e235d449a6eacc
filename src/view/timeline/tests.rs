//! Tests of the timeline as a whole: traces in, lanes out.

use expect_test::{Expect, expect};

use super::*;
use crate::i18n::Lang;
use crate::trace::{BackOffKind, ContainerKind};
use crate::view::test_support::TraceBuilder;

const ONE_INIT: &str = "
metadata: {name: demo}
spec:
  initContainers:
  - {name: init-a, image: 'busybox:1.28', command: [sh, -c, 'sleep 1; exit 1']}
  containers:
  - {name: main, image: nginx}
";

/// Recording 02: an init that fails each time after a second.
fn crash_loop() -> TraceBuilder {
    let mut b = TraceBuilder::new(ONE_INIT, 60_000);
    b.sandbox(100, 600).start(1100, "init-a").exit(2200, "init-a", 1);
    b.start(2900, "init-a").exit(4000, "init-a", 1);
    b.back_off(4800, "init-a", BackOffKind::Crash, 4000, 10_000, Some(16_400));
    b.start(16_400, "init-a").exit(17_500, "init-a", 1);
    b.back_off(17_900, "init-a", BackOffKind::Crash, 17_500, 20_000, Some(45_400));
    b.start(45_400, "init-a").exit(46_500, "init-a", 1);
    b.back_off(47_200, "init-a", BackOffKind::Crash, 46_500, 40_000, None);
    b
}

fn render(timeline: &Timeline) -> String {
    let mut text = String::new();
    for lane in &timeline.lanes {
        text += &format!("{:?} {}\n", lane.kind, lane.name);
        for (row, track) in [("", &lane.bars), ("hook ", &lane.hooks), ("grace ", &lane.graces)] {
            for s in track.segments() {
                let to = s.to.map_or("...".into(), |t| t.to_string());
                text += &format!("  {row}{} - {to} {}: {}\n", s.from, s.kind.class(), s.label(Lang::En).join(" | "));
            }
        }
        for m in lane.marks.all() {
            text += &format!("  @{} {}\n", m.at, m.kind.class());
        }
    }
    for m in &timeline.marks {
        text += &format!("@{} {}\n", m.at, m.kind.class());
    }
    text
}

fn check(trace: &crate::trace::Trace, expect: Expect) {
    expect.assert_eq(&render(&Timeline::of(trace)));
}

#[test]
fn a_crash_loop_has_runs_gaps_and_back_offs() {
    check(
        &crash_loop().build(),
        expect![[r#"
            Phase demo
              0.000 - ... phase-pending: Pending
            Sandbox sandbox
              0.100 - 0.600 starting: starting
              0.600 - ... sandbox: sandbox
            Container(Init) init-a
              0.000 - 1.100 waiting-pod: waits for the Pod
              1.100 - 1.200 starting: starting
              1.200 - 2.200 failed: exit 1
              2.200 - 2.900 noticing: not yet noticed
              2.900 - 3.000 starting: starting | attempt 2
              3.000 - 4.000 failed: exit 1 | attempt 2
              4.000 - 4.800 noticing: not yet noticed
              4.800 - 16.400 back-off: back-off 10s
              16.400 - 16.500 starting: starting | attempt 3
              16.500 - 17.500 failed: exit 1 | attempt 3
              17.500 - 17.900 noticing: not yet noticed
              17.900 - 45.400 back-off: back-off 20s
              45.400 - 45.500 starting: starting | attempt 4
              45.500 - 46.500 failed: exit 1 | attempt 4
              46.500 - 47.200 noticing: not yet noticed
              47.200 - ... back-off: back-off 40s
            Container(Main) main
              0.000 - 0.600 waiting-pod: waits for the Pod
              0.600 - ... waiting: waits its turn
        "#]],
    );
}

#[test]
fn deletion_shows_hooks_graces_and_signals() {
    let mut b = TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: nginx}]}", 60_000);
    b.sandbox(100, 600).start(700, "main").phase(900, "Running").condition(900, "Ready", "True");
    b.probe(5000, "main", crate::scenario::ProbeKind::Readiness, true);
    b.action(20_000, ActionKind::DeletePod { grace_period_seconds: None }).delete(20_000, 30);
    b.kill(20_010, "main", 30, "Stopping container main", Some(50_010)).exit(50_030, "main", 137);
    b.sandbox_stops(50_200).phase(50_300, "Failed").remove(50_900).settled();
    check(
        &b.build(),
        expect![[r#"
            Phase demo
              0.000 - 0.900 phase-pending: Pending
              0.900 - 20.000 phase-running: Running
              20.000 - 50.300 terminating: Terminating | Running
              50.300 - 50.900 phase-failed: Failed
            Condition Ready
              0.900 - 50.900 true: True
            Sandbox sandbox
              0.100 - 0.600 starting: starting
              0.600 - 50.200 sandbox: sandbox
            Container(Main) main
              0.000 - 0.700 waiting-pod: waits for the Pod
              0.700 - 0.800 starting: starting
              0.800 - 50.030 killed: exit 137
              grace 20.010 - 50.030 grace: grace 30s | TERM
              @5.000 probe-ok
              @20.010 signal
              @50.010 signal
            @0.800 main-starts
            @0.900 ready
            @20.000 action
            @20.000 deletion
            @50.300 finished
            @50.900 removed
        "#]],
    );
}

#[test]
fn a_missing_image_alternates_pulls_and_back_offs() {
    let mut b = TraceBuilder::new(ONE_INIT, 30_000);
    b.sandbox(100, 600).pull(650, Some(900), "init-a", "nosuch:1", Some("not found"));
    b.start_failed(900, "init-a", "ErrImagePull", "not found");
    b.back_off(900, "init-a", BackOffKind::ImagePull, 900, 10_000, Some(14_800));
    b.pull(14_800, Some(15_000), "init-a", "nosuch:1", Some("not found"));
    b.back_off(15_000, "init-a", BackOffKind::ImagePull, 15_000, 20_000, None);
    let timeline = Timeline::of(&b.build());
    let lane = timeline.container_lane(0).unwrap();
    let classes: Vec<_> = lane.bars.segments().iter().map(|s| s.kind.class()).collect();
    assert_eq!(classes, ["waiting-pod", "pull-failed", "back-off", "pull-failed", "back-off"]);
}

#[test]
fn the_world_and_events_are_on_the_timeline() {
    let mut b = TraceBuilder::new(ONE_INIT, 30_000);
    b.event(50, None, false, "Scheduled", "Successfully assigned default/demo to node1");
    b.sandbox(100, 600).start(700, "init-a").event(800, Some("init-a"), false, "Started", "Container started");
    b.world(crate::trace::WorldKind::Service, "mydb", &[(10_000, Some(20_000)), (25_000, None)]);
    check(
        &b.build(),
        expect![[r#"
            Phase demo
              0.000 - ... phase-pending: Pending
              @0.050 event
            Sandbox sandbox
              0.100 - 0.600 starting: starting
              0.600 - ... sandbox: sandbox
            World(Service) mydb
              10.000 - 20.000 present: there
              25.000 - ... present: there
            Container(Init) init-a
              0.000 - 0.700 waiting-pod: waits for the Pod
              0.700 - 0.800 starting: starting
              0.800 - ... running: running
              @0.800 event
            Container(Main) main
              0.000 - 0.600 waiting-pod: waits for the Pod
              0.600 - ... waiting: waits its turn
        "#]],
    );
}

#[test]
fn steps_go_from_change_to_change() {
    let timeline = Timeline::of(&crash_loop().build());
    assert_eq!(timeline.next_change(Millis(4800)), Some(Millis(16_400)));
    assert_eq!(timeline.previous_change(Millis(16_400)), Some(Millis(4800)));
    assert_eq!(timeline.previous_change(Millis(0)), None);
    assert_eq!(timeline.next_change(Millis(47_200)), None);
}

#[test]
fn idle_stretches_lie_between_changes_and_reach_the_horizon() {
    let timeline = Timeline::of(&crash_loop().build());
    let idle = |from, to| Idle { from: Millis(from), to: Millis(to) };
    let expected = [idle(4800, 16_400), idle(17_900, 45_400), idle(47_200, 60_000)];
    assert_eq!(timeline.idle_stretches(Millis(5000)), expected);
    assert_eq!(timeline.idle_at(Millis(20_000), Millis(5000)), Some(expected[1]));
    assert_eq!(timeline.idle_at(Millis(2000), Millis(5000)), None);
    assert_eq!(timeline.idle_at(Millis(60_000), Millis(5000)), None);
}

#[test]
fn reading_a_moment_tells_every_lane() {
    let timeline = Timeline::of(&crash_loop().build());
    let at = |t| {
        let readings = timeline.at(Millis(t));
        let text = |r: &Reading| format!("{}={}", timeline.lanes[r.lane].name, r.bar.map_or("-", |b| b.kind.class()));
        readings.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(at(1500), "demo=phase-pending sandbox=sandbox init-a=failed main=waiting");
    assert_eq!(at(300), "demo=phase-pending sandbox=starting init-a=waiting-pod main=waiting-pod");
    assert_eq!(at(10_000), "demo=phase-pending sandbox=sandbox init-a=back-off main=waiting");
    assert_eq!(at(60_001), "");
}

/// `n` runs of 100 ms, each failed, one a second.
fn many(n: u64) -> Track {
    let run = |i: u64| Segment {
        from: Millis(i * 1000),
        to: Some(Millis(i * 1000 + 100)),
        kind: SegmentKind::Attempt(AttemptBar {
            attempt: i as u32,
            outcome: Outcome::Failed,
            exit_code: Some(1),
            signal: None,
            reason: None,
            injected: false,
        }),
        entry: None,
    };
    Track::new((0..n).map(run).collect())
}

#[test]
fn slivers_are_merged_and_counted() {
    let track = many(10_000);
    let end = Millis::secs(10_000);
    let all = track.visible(Millis(0), end, Millis::secs(10), end);
    assert_eq!(all.len(), 1000);
    assert!(all.iter().all(|s| (s.tally.attempts, s.tally.failed) == (10, 10)));
    assert_eq!(all[0].label(Lang::En), ["10 attempts"]);
    let near = track.visible(Millis(2050), Millis(4000), Millis(50), end);
    assert_eq!(near.iter().map(|s| (s.first, s.last)).collect::<Vec<_>>(), [(2, 2), (3, 3)]);
}

#[test]
fn a_wide_segment_is_never_swallowed_by_slivers() {
    let mut segments = many(3).segments().to_vec();
    segments.push(Segment { from: Millis(2200), to: None, kind: SegmentKind::Noticing, entry: None });
    let shown = Track::new(segments).visible(Millis(0), Millis(60_000), Millis(5000), Millis(60_000));
    assert_eq!(shown.iter().map(|s| (s.first, s.last, s.open)).collect::<Vec<_>>(), [(0, 2, false), (3, 3, true)]);
}

#[test]
fn overlapping_segments_are_cut_so_that_the_later_wins() {
    let segment = |from, to: Option<u64>| Segment {
        from: Millis(from),
        to: to.map(Millis),
        kind: SegmentKind::Noticing,
        entry: None,
    };
    let track = Track::new(vec![segment(0, None), segment(5, Some(9)), segment(5, Some(7)), segment(8, Some(8))]);
    let spans: Vec<_> = track.segments().iter().map(|s| (s.from.0, s.to.map(|t| t.0))).collect();
    assert_eq!(spans, [(0, Some(5)), (5, Some(7))]);
}

#[test]
fn close_marks_are_merged_and_keep_the_bad_news() {
    let mark = |at, success| Mark {
        at: Millis(at),
        kind: MarkKind::Probe { probe: ProbeKind::Liveness, success },
        entry: None,
    };
    let marks = Marks::new(vec![mark(300, true), mark(100, true), mark(200, false), mark(5000, true)]);
    let shown = marks.visible(Millis(0), Millis(9000), Millis(1000));
    assert_eq!(shown.iter().map(|m| (m.first, m.last, m.bad)).collect::<Vec<_>>(), [(0, 2, 1), (3, 3, 0)]);
    assert_eq!(marks.visible(Millis(150), Millis(250), Millis(0)).len(), 1);
}

#[test]
fn the_first_view_ends_soon_after_the_last_change() {
    let mut b =
        TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: nginx}]}", 3_600_000);
    b.sandbox(100, 600).start(700, "main").settled();
    assert_eq!(Timeline::of(&b.build()).fit(), Millis(10_000));
    assert_eq!(Timeline::of(&crash_loop().build()).fit(), Millis(60_000));
}

#[test]
fn an_empty_trace_has_an_empty_timeline() {
    let timeline = Timeline::of(&crate::trace::Trace::default());
    assert!(timeline.at(Millis(0)).iter().all(|r| r.bar.is_none()));
    assert!(timeline.lanes.iter().all(|l| l.kind != LaneKind::Container(ContainerKind::Main)));
}
