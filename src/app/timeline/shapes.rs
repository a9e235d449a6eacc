//! What a row of the picture is drawn from: plain data that can be compared, so that a row in which nothing changed is not touched.
//!
//! Heights are those of the row: a shape knows where it lies in time and what it says. No row has more shapes than it is
//! allowed: what would be too many is merged until it fits.

use super::frame::Frame;
use super::lanes::{Role, Row, Status};
use crate::app::run::Run;
use crate::app::words;
use crate::time::Millis;
use crate::view::timeline::{Lane, Mark, MarkKind, SegmentKind, Shown, Track};

/// A character of a bar's label, roughly.
pub const LETTER: f64 = 6.3;
/// What is narrower than this is merged with its neighbours.
const NARROW: f64 = 2.0;
/// Merging stops here, however many shapes are left.
const WIDEST: f64 = 64.0;

/// Marks that are nearer to each other than this share a name.
const TOGETHER: f64 = 24.0;

/// A word and where it begins.
pub type Label = Option<(f64, String)>;

/// One thing to draw, from its left edge on.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Bar {
        class: String,
        x: f64,
        width: f64,
        label: Label,
    },
    /// Waiting is the absence of something: a line says it, and a word where there is room.
    Idle {
        class: String,
        from: f64,
        to: f64,
        label: Label,
    },
    /// A probe or a signal: so many pixels high.
    Tick {
        class: &'static str,
        x: f64,
        up: f64,
    },
    /// Where a back-off is over by its nominal length; what it lasts longer is the kubelet's.
    Due {
        x: f64,
    },
    /// What the run that is compared with showed here.
    Ghost {
        class: String,
        x: f64,
        width: f64,
    },
}

/// All shapes of a row, about `most` of them.
pub fn of_row(run: &Run, kept: Option<&Run>, row: &Row, frame: Frame, most: usize) -> Vec<Shape> {
    let mut narrow = NARROW;
    loop {
        let shapes = merged(run, kept, row, frame, narrow);
        if shapes.len() <= most || narrow >= WIDEST {
            return shapes;
        }
        narrow *= 2.0;
    }
}

/// The shapes when nothing narrower than so many pixels is told apart.
fn merged(run: &Run, kept: Option<&Run>, row: &Row, frame: Frame, narrow: f64) -> Vec<Shape> {
    let mut shapes = match row.role {
        Role::Status => statuses(run, frame, narrow),
        Role::Container(lane, _) | Role::Thin(lane) => {
            lane_shapes(run, &run.timeline.lanes[lane], row.role, frame, narrow)
        }
    };
    if let Some(kept) = kept.filter(|kept| !std::ptr::eq(*kept, run)) {
        shapes.extend(ghosts(kept, row, frame, narrow));
    }
    shapes
}

/// The STATUS column as bars: left edge and width; those too narrow to be seen join the one before.
pub fn merged_statuses(run: &Run, frame: Frame, narrow: f64) -> Vec<(f64, f64, &Status)> {
    let mut bars: Vec<(f64, f64, &Status)> = Vec::new();
    let first = run.statuses.partition_point(|s| s.to <= frame.from());
    for s in run.statuses[first..].iter().take_while(|s| s.from < frame.to()) {
        let (x, right) = (frame.x(s.from).max(-2.0), frame.x(s.to).min(frame.width + 2.0));
        match bars.last_mut() {
            Some(last) if right - last.0 < narrow => last.1 = right - last.0,
            _ => bars.push((x, right - x, s)),
        }
    }
    bars
}

fn statuses(run: &Run, frame: Frame, narrow: f64) -> Vec<Shape> {
    let bars = merged_statuses(run, frame, narrow).into_iter();
    bars.map(|(x, width, s)| bar(format!("status-{}", s.class()), x, x + width, &[s.says()])).collect()
}

fn lane_shapes(run: &Run, lane: &Lane, role: Role, frame: Frame, narrow: f64) -> Vec<Shape> {
    let visible = |track: &Track| track.visible(frame.from(), frame.to(), frame.pixels(narrow), run.timeline.end);
    let thin = |track| visible(track).into_iter().map(move |s| segment(track, s, role, frame, true));
    let bars = visible(&lane.bars);
    let dues: Vec<Shape> = bars.iter().filter_map(|s| due(&lane.bars, s, frame)).collect();
    let marks = lane.marks.visible(frame.from(), frame.to(), frame.pixels(narrow * 1.5)).into_iter();
    let ticks = marks.filter_map(|shown| {
        let up = match lane.marks.all()[shown.first].kind {
            MarkKind::Probe { .. } | MarkKind::ProbeResult { .. } if shown.bad > 0 => 10.0,
            MarkKind::Probe { .. } | MarkKind::ProbeResult { .. } => 5.0,
            MarkKind::Signal(_) => 12.0,
            _ => return None,
        };
        let class = if shown.bad > 0 { "mark-bad" } else { "mark-good" };
        Some(Shape::Tick { class, x: frame.x(shown.at), up })
    });
    let bars = bars.into_iter().map(|s| segment(&lane.bars, s, role, frame, false));
    bars.chain(dues).chain(thin(&lane.hooks)).chain(thin(&lane.graces)).chain(ticks).collect()
}

/// The nominal end of a back-off that is seen for itself.
fn due(track: &Track, shown: &Shown, frame: Frame) -> Option<Shape> {
    let SegmentKind::BackOff { until, .. } = track.segments()[shown.first].kind else { return None };
    let x = frame.x(until);
    // Close to the end of the bar it would be taken for that.
    (!shown.is_merged() && until > shown.from && frame.x(shown.to) - x > 3.0).then_some(Shape::Due { x })
}

/// A segment, or several that are too narrow to be told apart.
fn segment(track: &Track, shown: Shown, role: Role, frame: Frame, thin: bool) -> Shape {
    let segment = &track.segments()[shown.first];
    let (left, right) = (frame.x(shown.from).max(-10.0), frame.x(shown.to).min(frame.width + 10.0));
    if shown.is_merged() {
        return bar(format!("s-{}", shown.class()), left, right, &shown.label(frame.lang));
    }
    let class = format!("s-{}{}", segment.kind.class(), if thin { " over-bar" } else { "" });
    let roomy = right - left.max(0.0) > LETTER + 6.0;
    let mut pieces = if roomy { segment.label(frame.lang) } else { Vec::new() };
    match (&segment.kind, role) {
        (SegmentKind::WaitingForPod | SegmentKind::WaitingForTurn { .. } | SegmentKind::Noticing, _) => {
            return idle(class, left, right.min(frame.width), pieces.first().map_or("", |p| p));
        }
        (_, Role::Thin(_)) => pieces.clear(),
        (SegmentKind::Attempt(a), _) => match (a.exit_code, pieces.first_mut()) {
            (Some(0), Some(first)) => first.insert_str(0, "✓ "),
            (Some(_), Some(first)) => first.insert_str(0, "✕ "),
            _ => {}
        },
        (SegmentKind::BackOff { until, .. }, _) => pieces.push(format!("→ {}", words::seconds(*until))),
        _ => {}
    }
    bar(class, left, right, &pieces)
}

/// A bar with as much of its label as fits; a bar that the view cuts keeps its label at the edge.
fn bar(class: String, left: f64, right: f64, pieces: &[String]) -> Shape {
    let begin = left.max(0.0) + 6.0;
    let label = fitting(pieces, (right - begin) / LETTER).map(|label| (begin, label));
    // What is too short to see is still there.
    Shape::Bar { class, x: left, width: (right - left).max(2.0), label }
}

fn idle(class: String, left: f64, right: f64, label: &str) -> Shape {
    let left = left.max(0.0);
    let width = label.chars().count() as f64 * LETTER + 16.0;
    match right - left > width + 30.0 {
        true => Shape::Idle { class, from: left + width, to: right, label: Some((left + 6.0, label.to_owned())) },
        false => Shape::Idle { class, from: left, to: right, label: None },
    }
}

/// As many pieces of a label as fit into so many letters.
fn fitting(pieces: &[String], letters: f64) -> Option<String> {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.7 }).sum::<f64>();
    let mut label = String::new();
    for piece in pieces {
        let longer = if label.is_empty() { piece.clone() } else { format!("{label} · {piece}") };
        if width(&longer) + 1.0 > letters {
            break;
        }
        label = longer;
    }
    (!label.is_empty()).then_some(label)
}

/// What the same row showed in the run that was kept.
fn ghosts(kept: &Run, row: &Row, frame: Frame, narrow: f64) -> Vec<Shape> {
    let same = |r: &&Row| {
        std::mem::discriminant(&r.role) == std::mem::discriminant(&row.role)
            && (r.name == row.name || r.role == Role::Status)
    };
    let ghost = |class, x: f64, width: f64| {
        let (x, cut) = (x.max(-2.0), x.min(0.0));
        Shape::Ghost { class, x, width: (width + cut).max(1.5) }
    };
    match kept.rows.iter().find(same).map(|r| r.role) {
        Some(Role::Status) => {
            let bars = merged_statuses(kept, frame, narrow).into_iter();
            bars.map(|(x, width, s)| ghost(format!("map-{}", s.class()), x, width)).collect()
        }
        Some(Role::Container(lane, _)) => {
            let track = &kept.timeline.lanes[lane].bars;
            let shown = track.visible(frame.from(), frame.to(), frame.pixels(narrow), kept.timeline.end);
            let bars = shown.into_iter().filter_map(|s| {
                let kind = &track.segments()[s.first].kind;
                let class = if s.is_merged() { s.class() } else { kind.class() };
                let waits = matches!(class, "waiting" | "waiting-pod" | "noticing");
                (!waits).then(|| ghost(format!("s-{class}"), frame.x(s.from), frame.x(s.to) - frame.x(s.from)))
            });
            bars.collect()
        }
        _ => Vec::new(),
    }
}

/// What lies behind all rows: the ticks, the moments that concern the whole run, and where knowledge ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backdrop {
    pub ticks: Vec<f64>,
    pub marks: Vec<(f64, &'static str)>,
    pub beyond: Option<f64>,
}

impl Backdrop {
    pub fn of(run: &Run, frame: Frame) -> Backdrop {
        let known = frame.x(run.end());
        Backdrop {
            ticks: frame.ticks().into_iter().map(|tick| frame.x(tick.at)).collect(),
            marks: mark_lines(run, frame),
            beyond: (known < frame.width).then_some(known),
        }
    }
}

/// The lines of the marks in view; of main containers that start one after the other, those of the first and the last.
fn mark_lines(run: &Run, frame: Frame) -> Vec<(f64, &'static str)> {
    let mut lines: Vec<(f64, &'static str)> = Vec::new();
    let mut chained = false;
    for mark in marks_within(run, frame) {
        let line = (frame.x(mark.at), mark.kind.class());
        let starts = matches!(mark.kind, MarkKind::MainStarts { .. });
        let follows = starts && lines.last().is_some_and(|last| last.1 == line.1 && line.0 - last.0 < TOGETHER);
        if follows && chained {
            lines.pop();
        }
        lines.push(line);
        chained = follows;
    }
    lines
}

fn marks_within(run: &Run, frame: Frame) -> impl Iterator<Item = &Mark> {
    let (from, to): (Millis, Millis) = (frame.from(), frame.to());
    run.timeline.marks.iter().filter(move |m| (from..=to).contains(&m.at))
}

/// The name of a mark, for the ruler.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkName {
    pub x: f64,
    pub anchor: &'static str,
    pub text: String,
    pub class: &'static str,
}

/// What marks that fall together say, whole and with ever less of it: signs stand for what there is no room to name.
fn shorter(words: &str) -> Vec<String> {
    let names: Vec<&str> = words.split(" · ").collect();
    let sign = |name: &&str| name.split(' ').next().unwrap_or_default().to_owned();
    let named = |n: usize| {
        let signs: Vec<String> = names[n..].iter().map(sign).collect();
        let all = names[..n].join(" · ");
        [all, signs.join(" ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    (0..=names.len()).rev().map(named).collect()
}

/// The names of the marks in view. Marks that fall together share one; one that would run into the next is left to its line, and of
/// one that has no room the signs are left.
pub fn mark_names(run: &Run, frame: Frame) -> Vec<MarkName> {
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.6 }).sum::<f64>() * LETTER + 10.0;
    let words = |marks: &[&Mark]| words::marks(&run.trace, marks, frame.lang);
    let mut groups: Vec<(f64, Vec<&Mark>)> = Vec::new();
    for mark in marks_within(run, frame).filter(|m| !words::mark(m, frame.lang).is_empty()) {
        let x = frame.x(mark.at);
        // Main containers start one after the other: however many they are, they are said at once.
        let follows = |last: &Mark| matches!(last.kind, MarkKind::MainStarts { .. }) && x - frame.x(last.at) < TOGETHER;
        match groups.last_mut() {
            Some((first, marks)) if x - *first < TOGETHER || marks.last().is_some_and(|last| follows(last)) => {
                marks.push(mark);
            }
            Some((first, marks)) if x < *first + wide(&words(marks)) => {}
            _ => groups.push((x, vec![mark])),
        }
    }
    let mut left = f64::MIN;
    let names = groups.into_iter().filter_map(|(x, marks)| {
        let fits = |text: &String| x + wide(text) <= frame.width || x >= wide(text);
        let text = shorter(&words(&marks)).into_iter().find(fits)?;
        let room = wide(&text);
        let (begin, x, anchor) =
            if x + room > frame.width && x > room { (x - room, x - 5.0, "end") } else { (x, x + 5.0, "start") };
        let fits = begin >= left;
        left = begin.max(left) + if fits { room } else { 0.0 };
        fits.then_some(MarkName { x, anchor, text, class: marks[0].kind.class() })
    });
    names.collect()
}
