//! The timeline as a Mermaid gantt chart: text that many documentation sites draw.

use std::fmt::Write;

use super::timeline::{Lane, LaneKind, Segment, SegmentKind, Timeline};
use super::{svg::mark_label, timeline::Outcome};
use crate::i18n::Lang;
use crate::time::Millis;
use crate::trace::Trace;

/// More bars than this and the chart is no longer read; the rest is left out and said to be.
const MOST_BARS: usize = 200;

/// The chart, in the order of the lanes.
pub fn mermaid(trace: &Trace, timeline: &Timeline, lang: Lang) -> String {
    let name = text(trace.pod.metadata.name.as_deref().unwrap_or_default());
    let end = timeline.fit();
    let mut out = format!("gantt\n    title {name}\n    dateFormat x\n    axisFormat %M:%S\n");
    let mut left = MOST_BARS;
    for lane in timeline.lanes.iter().filter(|l| l.kind != LaneKind::Condition && !l.bars.is_empty()) {
        section(&mut out, lane, lang, end, &mut left);
    }
    let marks: Vec<_> = timeline.marks.iter().filter(|m| m.at <= end).collect();
    if !marks.is_empty() {
        out.push_str(if lang == Lang::Ko { "    section 시점\n" } else { "    section Marks\n" });
        for mark in marks {
            let _ = writeln!(out, "    {} :milestone, {}, 0ms", text(&mark_label(trace, mark, lang)), mark.at.0);
        }
    }
    if left == 0 {
        out.push_str("    %% more bars were left out\n");
    }
    out
}

fn section(out: &mut String, lane: &Lane, lang: Lang, end: Millis, left: &mut usize) {
    let _ = writeln!(out, "    section {}", text(&lane.name));
    for segment in lane.bars.segments().iter().filter(|s| is_drawn(s) && s.from < end).take(*left) {
        *left -= 1;
        let to = segment.to.unwrap_or(end).max(segment.from + Millis(1));
        let tag = tag(&segment.kind);
        let _ = writeln!(out, "    {} :{tag}{}, {}", text(&segment.label(lang).join(" ")), segment.from.0, to.0);
    }
}

/// Waiting and the moments between are the gaps of a gantt chart.
fn is_drawn(segment: &Segment) -> bool {
    use SegmentKind as K;
    !matches!(segment.kind, K::WaitingForPod | K::WaitingForTurn { .. } | K::Noticing | K::Starting { .. })
}

/// Mermaid knows three looks besides the plain one.
fn tag(kind: &SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Attempt(a) if a.outcome == Outcome::Running => "active, ",
        SegmentKind::Attempt(a) if a.outcome == Outcome::Succeeded => "done, ",
        SegmentKind::Attempt(_) | SegmentKind::Pulling { error: Some(_), .. } | SegmentKind::Phase("Failed") => {
            "crit, "
        }
        SegmentKind::Phase("Running") => "active, ",
        SegmentKind::Phase("Succeeded") => "done, ",
        _ => "",
    }
}

/// Text for a task or a section: `:` `;` `#` and line ends mean something to Mermaid.
fn text(raw: &str) -> String {
    let clean: String = raw.chars().map(|c| if c.is_control() || ":;#%<>".contains(c) { ' ' } else { c }).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.is_empty() { "-".into() } else { clean }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::trace::BackOffKind;
    use crate::view::test_support::TraceBuilder;

    #[test]
    fn a_run_becomes_a_gantt_chart() {
        let mut b = TraceBuilder::new(
            "metadata: {name: demo}\nspec:\n  initContainers: [{name: init-a, image: 'a:1'}]\n  containers: [{name: main, image: b}]",
            30_000,
        );
        b.sandbox(100, 600).pull(650, Some(900), "init-a", "a:1", None).start(950, "init-a").exit(2000, "init-a", 1);
        b.start(2700, "init-a").exit(3800, "init-a", 1);
        b.back_off(4500, "init-a", BackOffKind::Crash, 3800, 10_000, Some(16_000));
        b.start(16_000, "init-a").exit(17_000, "init-a", 0).start(17_700, "main").phase(17_900, "Running").settled();
        let trace = b.build();
        expect![[r#"
            gantt
                title demo
                dateFormat x
                axisFormat %M:%S
                section demo
                Pending :0, 17900
                Running :active, 17900, 18795
                section sandbox
                starting :100, 600
                sandbox :600, 18795
                section init-a
                pull a 1 :650, 900
                exit 1 :crit, 1050, 2000
                exit 1 attempt 2 :crit, 2800, 3800
                back-off 10s :4500, 16000
                exit 0 attempt 3 :done, 16100, 17000
                section main
                running :active, 17800, 18795
                section Marks
                main starts :milestone, 17800, 0ms
        "#]]
        .assert_eq(&mermaid(&trace, &Timeline::of(&trace), Lang::En));
    }

    #[test]
    fn names_cannot_break_the_chart() {
        assert_eq!(text("a: b;\nsection x #1"), "a b section x 1");
        assert_eq!(text(" \u{0} "), "-");
    }

    #[test]
    fn a_very_long_run_is_cut() {
        let mut b =
            TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: x}]}", 1_000_000);
        for i in 0..300 {
            b.start(i * 3000 + 700, "main").exit(i * 3000 + 1700, "main", 1);
        }
        let trace = b.build();
        let chart = mermaid(&trace, &Timeline::of(&trace), Lang::En);
        assert_eq!(chart.lines().filter(|l| l.contains(":crit")).count(), MOST_BARS - 1);
        assert!(chart.ends_with("more bars were left out\n"));
    }
}
