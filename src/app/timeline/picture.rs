//! Lanes as SVG: the drawing that rests, and the few shapes that move with the playhead.

use std::rc::Rc;

use leptos::prelude::*;

use super::lanes::{Role, Row, Tone};
use crate::app::run::Run;
use crate::app::state::Page;
use crate::app::transport::Window;
use crate::app::words;
use crate::i18n::Lang;
use crate::time::Millis;
use crate::view::timeline::axis;
use crate::view::timeline::{Lane, Mark, MarkKind, SegmentKind, Shown, Track};

/// Room above the lanes for the names of the marks.
pub const TOP: f64 = 22.0;
/// A character of a bar's label, roughly.
const LETTER: f64 = 6.3;
/// Pixels between two ticks of the ruler, at least.
const TICKS_APART: f64 = 72.0;
/// What is narrower than this is merged with its neighbours.
const NARROW: f64 = 1.5;

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

/// Everything that rests while time passes.
pub fn lanes(run: &Run, frame: Frame, height: f64) -> impl IntoView + use<> {
    let ticks = frame.ticks().into_iter().map(|tick| frame.x(tick.at));
    let grid = ticks.map(|x| view! { <line class="tick-line" x1=x x2=x y1=TOP y2=height /> }).collect_view();
    let mut top = TOP;
    let rows = run.rows.iter().map(|r| {
        let y = top;
        top += r.role.height();
        row(run, r, y, frame)
    });
    let rows = rows.collect_view();
    view! { {grid} {rows} {marks(run, frame, height)} }
}

fn row(run: &Run, row: &Row, y: f64, frame: Frame) -> AnyView {
    let base = y + row.role.height() - 0.5;
    let content = match row.role {
        Role::Status => statuses(run, row.role, y, frame),
        Role::Container(lane, _) | Role::Thin(lane) => lane_content(run, &run.timeline.lanes[lane], row.role, y, frame),
    };
    view! { <g><line class="lane-line" x1="0" x2=frame.width y1=base y2=base />{content}</g> }.into_any()
}

fn statuses(run: &Run, role: Role, y: f64, frame: Frame) -> AnyView {
    let shown = run.statuses.iter().filter(|s| s.to > frame.from() && s.from < frame.to());
    let bars = shown.map(|s| {
        let tone = Tone::of(&s.text);
        let class = format!("status-{}", tone.class());
        let pieces = [format!("{} {}", tone.glyph(), s.text)];
        bar(&class, s.from, s.to, &pieces, s.text.clone(), role, y, frame)
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
    if shown.is_merged() {
        let label = shown.label(frame.lang).unwrap_or_default();
        let class = format!("s-{}", shown.class());
        return bar(&class, shown.from, shown.to, std::slice::from_ref(&label), label.clone(), role, y, frame);
    }
    let pieces = segment.label(frame.lang);
    let length = words::duration(shown.to - shown.from);
    let detail = format!("{}, {length}", pieces.join(", "));
    let class = format!("s-{}{}", segment.kind.class(), if thin { " over" } else { "" });
    match (&segment.kind, role) {
        // Waiting is the absence of something: a line says it.
        (SegmentKind::WaitingForPod | SegmentKind::WaitingForTurn { .. } | SegmentKind::Noticing, _) => {
            idle(&class, shown, detail, role, y, frame)
        }
        (_, Role::Thin(_)) => bar(&class, shown.from, shown.to, &[], detail, role, y, frame),
        (SegmentKind::Attempt(a), _) => {
            let glyph = match a.exit_code {
                Some(0) => "✓ ",
                Some(_) => "✕ ",
                None => "",
            };
            let pieces: Vec<String> = pieces
                .iter()
                .enumerate()
                .map(|(i, p)| if i == 0 { format!("{glyph}{p}") } else { p.clone() })
                .collect();
            bar(&class, shown.from, shown.to, &pieces, detail, role, y, frame)
        }
        _ => bar(&class, shown.from, shown.to, &pieces, detail, role, y, frame),
    }
}

#[allow(clippy::too_many_arguments)]
fn bar(
    class: &str,
    from: Millis,
    to: Millis,
    pieces: &[String],
    detail: String,
    role: Role,
    y: f64,
    frame: Frame,
) -> AnyView {
    let (left, right) = (frame.x(from).max(-10.0), frame.x(to).min(frame.width + 10.0));
    // What is too short to see is still there.
    let length = (right - left).max(2.0);
    let (inset, begin) = (role.inset(), left.max(0.0) + 6.0);
    let label = fitting(pieces, (right - begin) / LETTER);
    let middle = y + role.height() / 2.0 + 3.7;
    let text = label.map(|label| view! { <text class="bar-text" x=begin y=middle>{label}</text> });
    view! {
        <g class=format!("segment {class}")>
            <title>{detail}</title>
            <rect class="shape" x=left y=y + inset width=length height=role.height() - 2.0 * inset rx="2.5" />
            {text}
        </g>
    }
    .into_any()
}

fn idle(class: &str, shown: Shown, detail: String, role: Role, y: f64, frame: Frame) -> AnyView {
    let (left, right) = (frame.x(shown.from).max(0.0), frame.x(shown.to).min(frame.width));
    let middle = y + role.height() / 2.0;
    view! {
        <g class=format!("segment {class}")><title>{detail}</title><line class="idle-line" x1=left x2=right y1=middle y2=middle /></g>
    }
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

/// The moments that concern the whole run, as lines through all lanes, with names where there is room.
fn marks(run: &Run, frame: Frame, height: f64) -> impl IntoView + use<> {
    let shown: Vec<&Mark> = run.timeline.marks.iter().filter(|m| (frame.from()..=frame.to()).contains(&m.at)).collect();
    let lines = shown.iter().map(|m| {
        let x = frame.x(m.at);
        view! { <line class=format!("mark-line m-{}", m.kind.class()) x1=x x2=x y1="4" y2=height /> }
    });
    let lines = lines.collect_view();
    // Marks that fall together share a label; one that would run into the next is left to the line's own title.
    let mut names: Vec<(f64, String, &'static str)> = Vec::new();
    for mark in &shown {
        let (x, name) = (frame.x(mark.at), words::mark(mark, frame.lang));
        match names.last_mut() {
            Some((first, text, _)) if x - *first < 24.0 => {
                text.push_str(" · ");
                text.push_str(&name);
            }
            Some((first, text, _)) if x - *first < text.chars().count() as f64 * LETTER + 12.0 => {}
            _ => names.push((x, name, mark.kind.class())),
        }
    }
    let names = names.into_iter().map(|(x, text, class)| {
        let room = text.chars().count() as f64 * LETTER + 10.0;
        let (x, anchor) = if x + room > frame.width && x > room { (x - 5.0, "end") } else { (x + 5.0, "start") };
        view! { <text class=format!("mark-text m-{class}") x=x y="15" text-anchor=anchor>{text}</text> }
    });
    view! { {lines}{names.collect_view()} }
}

/// What moves with the playhead: the veil over the future, the line, and the attempts that are running.
#[component]
pub fn Moving(#[prop()] run: Rc<Run>, frame: Memo<Frame>, height: f64) -> impl IntoView {
    let page = Page::here();
    let x = move || frame.get().x(page.playhead.get());
    let held = StoredValue::new_local(run);
    // Which attempts are running changes seldom; how far they are, with each frame.
    let running = Memo::new(move |_| held.with_value(|run| under_way(run, page.playhead.get())));
    let bars = move || {
        let bar = |(from, y, height): (Millis, f64, f64)| {
            let left = move || frame.get().x(from).max(-10.0);
            let length = move || (x() - left()).max(0.0);
            view! { <g class="s-running"><rect class="shape" x=left y=y width=length height=height rx="2.5" /></g> }
        };
        running.get().into_iter().map(bar).collect_view()
    };
    let rest = move || (frame.get().width - x().max(0.0)).max(0.0);
    view! {
        {bars}
        <rect class="future" x=move || x().max(0.0) y="0" width=rest height=height />
        <line class="playhead" x1=x x2=x y1="0" y2=height />
    }
}

/// The attempts that have begun and not ended at a moment: when they began, and where their bars are.
fn under_way(run: &Run, now: Millis) -> Vec<(Millis, f64, f64)> {
    let mut top = TOP;
    let mut found = Vec::new();
    for row in &run.rows {
        if let Role::Container(lane, _) = row.role
            && let Some(segment) = run.timeline.lanes[lane].bars.at(now)
            && let SegmentKind::Attempt(_) = segment.kind
        {
            found.push((segment.from, top + row.role.inset(), row.role.height() - 2.0 * row.role.inset()));
        }
        top += row.role.height();
    }
    found
}
