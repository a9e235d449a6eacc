//! Lanes as SVG: the drawing that rests while time passes.

use leptos::prelude::*;

use super::lanes::{Role, Row, Tone};
use crate::app::run::Run;
use crate::app::transport::Window;
use crate::app::words;
use crate::i18n::Lang;
use crate::time::Millis;
use crate::view::timeline::axis;
use crate::view::timeline::{Lane, Mark, MarkKind, SegmentKind, Shown, Track};

/// A character of a bar's label, roughly.
const LETTER: f64 = 6.3;
/// Pixels between two ticks of the ruler, at least.
const TICKS_APART: f64 = 72.0;
/// What is narrower than this is merged with its neighbours.
const NARROW: f64 = 2.0;

/// What the drawing is of: the stretch of time, and how many pixels it takes.
#[derive(Clone, Copy, PartialEq)]
pub struct Frame {
    pub window: Window,
    pub width: f64,
    pub lang: Lang,
}

impl Frame {
    pub fn x(self, at: Millis) -> f64 {
        self.window.x(at.0 as f64, self.width)
    }

    fn from(self) -> Millis {
        Millis(self.window.from.max(0.0) as u64)
    }

    fn to(self) -> Millis {
        Millis(self.window.to.max(0.0).ceil() as u64)
    }

    /// So many pixels of time.
    fn pixels(self, pixels: f64) -> Millis {
        Millis((self.window.span() / self.width * pixels) as u64)
    }

    /// The ticks of the ruler.
    pub fn ticks(self) -> Vec<axis::Tick> {
        axis::ticks(self.from(), self.to(), (self.width / TICKS_APART).max(2.0) as usize)
    }
}

/// The textures: what a state looks like without its colour.
pub fn textures() -> impl IntoView {
    view! {
        <defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="6" height="6" fill="var(--surface)" /><rect width="2.2" height="6" fill="var(--wait)" />
            </pattern>
            <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">
                <rect width="5" height="5" fill="var(--surface)" /><circle cx="1.5" cy="1.5" r="1.1" fill="var(--pull)" />
            </pattern>
            <pattern id="grace" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
                <rect width="5" height="5" fill="var(--surface)" /><rect width="1.6" height="5" fill="var(--stop)" />
            </pattern>
        </defs>
    }
}

/// Everything that rests while time passes; of the run that is compared with, the ghosts.
pub fn lanes(run: &Run, kept: Option<&Run>, frame: Frame, height: f64) -> impl IntoView + use<> {
    let ticks = frame.ticks().into_iter().map(|tick| frame.x(tick.at));
    let grid = ticks.map(|x| view! { <line class="tick-line" x1=x x2=x y1="0" y2=height /> }).collect_view();
    let mut top = 0.0;
    let rows = run.rows.iter().map(|r| {
        let y = top;
        top += r.role.height();
        let ghost = kept.filter(|kept| !std::ptr::eq(*kept, run)).map(|kept| ghosts(kept, r, y, frame));
        view! { {row(run, r, y, frame)}{ghost} }
    });
    let rows = rows.collect_view();
    let known = frame.x(run.end());
    let beyond = (known < frame.width)
        .then(|| view! { <rect class="beyond" x=known y="0" width=frame.width - known height=height /> });
    view! { {grid} {rows} {marks(run, frame, height)} {beyond} }
}

fn row(run: &Run, row: &Row, y: f64, frame: Frame) -> AnyView {
    let base = y + row.role.height() - 0.5;
    let content = match row.role {
        Role::Status => statuses(run, row.role, y, frame),
        Role::Container(lane, _) | Role::Thin(lane) => lane_content(run, &run.timeline.lanes[lane], row.role, y, frame),
    };
    view! { <g><line class="lane-line" x1="0" x2=frame.width y1=base y2=base />{content}</g> }.into_any()
}

/// What the same row showed in the run that was kept: a thin line above its bars.
fn ghosts(kept: &Run, row: &Row, y: f64, frame: Frame) -> AnyView {
    let same = |r: &&Row| {
        std::mem::discriminant(&r.role) == std::mem::discriminant(&row.role)
            && (r.name == row.name || r.role == Role::Status)
    };
    let bars = match kept.rows.iter().find(same).map(|r| r.role) {
        Some(Role::Status) => {
            let bars = merged_statuses(kept, frame).into_iter();
            bars.map(|(x, width, text)| (x, width, format!("map-{}", Tone::of(&text).class()))).collect()
        }
        Some(Role::Container(lane, _)) => {
            let track = &kept.timeline.lanes[lane].bars;
            let shown = track.visible(frame.from(), frame.to(), frame.pixels(NARROW), kept.timeline.end);
            let bars = shown.into_iter().filter_map(|s| {
                let kind = &track.segments()[s.first].kind;
                let class = if s.is_merged() { s.class() } else { kind.class() };
                let waits = matches!(class, "waiting" | "waiting-pod" | "noticing");
                (!waits).then(|| (frame.x(s.from), frame.x(s.to) - frame.x(s.from), format!("s-{class}")))
            });
            bars.collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    let bars = bars.into_iter().map(|(x, width, class)| {
        view! { <g class=format!("ghost {class}")><rect class="shape" x=x.max(-2.0) y=y + 2.5 width=(width + x.min(0.0)).max(1.5) height="4" /></g> }
    });
    bars.collect_view().into_any()
}

/// The STATUS column as bars: left edge, width and text; those too narrow to be seen join the one before.
pub fn merged_statuses(run: &Run, frame: Frame) -> Vec<(f64, f64, String)> {
    let mut bars: Vec<(f64, f64, String)> = Vec::new();
    for s in run.statuses.iter().filter(|s| s.to > frame.from() && s.from < frame.to()) {
        let (x, right) = (frame.x(s.from).max(-2.0), frame.x(s.to).min(frame.width + 2.0));
        match bars.last_mut() {
            Some(last) if right - last.0 < NARROW => last.1 = right - last.0,
            _ => bars.push((x, right - x, s.text.clone())),
        }
    }
    bars
}

fn statuses(run: &Run, role: Role, y: f64, frame: Frame) -> AnyView {
    let bars = merged_statuses(run, frame).into_iter().map(|(x, width, text)| {
        let tone = Tone::of(&text);
        let class = format!("status-{}", tone.class());
        shape(&class, x, x + width, &[format!("{} {text}", tone.glyph())], role, y)
    });
    bars.collect_view().into_any()
}

fn lane_content(run: &Run, lane: &Lane, role: Role, y: f64, frame: Frame) -> AnyView {
    let track = |track: &Track, thin: bool| {
        let shown = track.visible(frame.from(), frame.to(), frame.pixels(NARROW), run.timeline.end);
        shown.into_iter().map(|s| shown_bar(track, s, role, y, frame, thin)).collect_view()
    };
    let marks = lane.marks.visible(frame.from(), frame.to(), frame.pixels(3.0)).into_iter().filter_map(|shown| {
        let mark = &lane.marks.all()[shown.first];
        let up = match mark.kind {
            MarkKind::Probe { .. } | MarkKind::ProbeResult { .. } if shown.bad > 0 => 10.0,
            MarkKind::Probe { .. } | MarkKind::ProbeResult { .. } => 5.0,
            MarkKind::Signal(_) => 12.0,
            _ => return None,
        };
        let class = if shown.bad > 0 { "mark-bad" } else { "mark-good" };
        let (x, bottom) = (frame.x(shown.at), y + role.height() - 1.0);
        Some(view! { <line class=class x1=x x2=x y1=bottom y2=bottom - up /> })
    });
    let marks = marks.collect_view();
    view! { {track(&lane.bars, false)} {track(&lane.hooks, true)} {track(&lane.graces, true)} {marks} }.into_any()
}

/// A segment, or several that are too narrow to be told apart.
fn shown_bar(track: &Track, shown: Shown, role: Role, y: f64, frame: Frame, thin: bool) -> AnyView {
    let segment = &track.segments()[shown.first];
    let (left, right) = (frame.x(shown.from).max(-10.0), frame.x(shown.to).min(frame.width + 10.0));
    if shown.is_merged() {
        let label = shown.label(frame.lang).unwrap_or_default();
        return shape(&format!("s-{}", shown.class()), left, right, &[label], role, y);
    }
    let mut pieces = segment.label(frame.lang);
    let class = format!("s-{}{}", segment.kind.class(), if thin { " over-bar" } else { "" });
    match (&segment.kind, role) {
        (SegmentKind::WaitingForPod | SegmentKind::WaitingForTurn { .. } | SegmentKind::Noticing, _) => {
            return idle(&class, left, right.min(frame.width), &pieces[0], role, y);
        }
        (_, Role::Thin(_)) => pieces.clear(),
        (SegmentKind::Attempt(a), _) => match a.exit_code {
            Some(0) => pieces[0].insert_str(0, "✓ "),
            Some(_) => pieces[0].insert_str(0, "✕ "),
            None => {}
        },
        (SegmentKind::BackOff { until, .. }, _) => pieces.push(format!("→ {}", words::seconds(*until))),
        _ => {}
    }
    shape(&class, left, right, &pieces, role, y)
}

/// A bar with as much of its label as fits; a bar that the view cuts keeps its label at the edge.
fn shape(class: &str, left: f64, right: f64, pieces: &[String], role: Role, y: f64) -> AnyView {
    // What is too short to see is still there.
    let length = (right - left).max(2.0);
    let (inset, begin) = (role.inset(), left.max(0.0) + 6.0);
    let label = fitting(pieces, (right - begin) / LETTER);
    let middle = y + role.height() / 2.0 + 3.7;
    let text = label.map(|label| view! { <text class="bar-text" x=begin y=middle>{label}</text> });
    view! {
        <g class=format!("segment {class}")>
            <rect class="shape" x=left y=y + inset width=length height=role.height() - 2.0 * inset rx="2.5" />
            {text}
        </g>
    }
    .into_any()
}

/// Waiting is the absence of something: a line says it, and a word where there is room.
fn idle(class: &str, left: f64, right: f64, label: &str, role: Role, y: f64) -> AnyView {
    let (left, middle) = (left.max(0.0), y + role.height() / 2.0);
    let width = label.chars().count() as f64 * LETTER + 16.0;
    let text = (right - left > width + 30.0)
        .then(|| view! { <text class="idle-text" x=left + 6.0 y=middle + 3.7>{label.to_owned()}</text> });
    let begin = if text.is_some() { left + width } else { left };
    view! { <g class=format!("segment {class}")><line class="idle-line" x1=begin x2=right y1=middle y2=middle />{text}</g> }
        .into_any()
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

/// The moments that concern the whole run, as lines through all lanes.
fn marks(run: &Run, frame: Frame, height: f64) -> impl IntoView + use<> {
    let lines = marks_within(run, frame).into_iter().map(|m| {
        let x = frame.x(m.at);
        view! { <line class=format!("mark-line m-{}", m.kind.class()) x1=x x2=x y1="0" y2=height /> }
    });
    lines.collect_view()
}

fn marks_within(run: &Run, frame: Frame) -> Vec<&Mark> {
    run.timeline.marks.iter().filter(|m| (frame.from()..=frame.to()).contains(&m.at)).collect()
}

/// The names of the marks, for the ruler.
pub fn mark_names(run: &Run, frame: Frame) -> impl IntoView + use<> {
    let shown = marks_within(run, frame);
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.6 }).sum::<f64>() * LETTER + 10.0;
    let lines = shown.iter().map(|m| {
        let x = frame.x(m.at);
        view! { <line class=format!("mark-line m-{}", m.kind.class()) x1=x x2=x y1="26" y2="42" /> }
    });
    let lines = lines.collect_view();
    // Marks that fall together share a label; one that would run into the next is left to its line.
    let mut names: Vec<(f64, String, &'static str)> = Vec::new();
    let mut free = f64::MIN;
    for mark in &shown {
        let (x, name) = (frame.x(mark.at), words::mark(mark, frame.lang));
        if name.is_empty() {
            continue;
        }
        match names.last_mut() {
            Some((first, text, _)) if x - *first < 24.0 && wide(text) + wide(&name) < frame.width => {
                text.push_str(" · ");
                text.push_str(&name);
                free = *first + wide(text);
            }
            _ if x < free => {}
            _ => {
                free = x + wide(&name);
                names.push((x, name, mark.kind.class()));
            }
        }
    }
    let mut left = f64::MIN;
    let names = names.into_iter().filter_map(|(x, text, class)| {
        let room = wide(&text);
        let (begin, x, anchor) =
            if x + room > frame.width && x > room { (x - room, x - 5.0, "end") } else { (x, x + 5.0, "start") };
        let fits = begin >= left;
        left = begin.max(left) + if fits { room } else { 0.0 };
        fits.then(|| view! { <text class=format!("mark-text m-{class}") x=x y="38" text-anchor=anchor>{text}</text> })
    });
    view! { {lines}{names.collect_view()} }
}
