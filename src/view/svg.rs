//! The timeline as a picture that stands alone: for documents, for `--output svg`, for a download.
//!
//! It carries its own style, light and dark, and its words: a title, a description, and a tooltip on every bar.
//! Nothing of the trace gets into the markup unescaped.

use std::fmt::Write;

use super::explain::headline;
use super::timeline::{Lane, LaneKind, Mark, MarkKind, Shown, Timeline, Track, axis};
use crate::i18n::Lang;
use crate::i18n::sentence::Say;
use crate::time::Millis;
use crate::trace::Trace;

/// What part to draw, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub from: Millis,
    pub to: Millis,
    /// In pixels, the column of names included.
    pub width: u32,
    pub lang: Lang,
}

impl Options {
    /// All that happens, 960 pixels wide.
    pub fn fit(timeline: &Timeline, lang: Lang) -> Options {
        Options { from: Millis::ZERO, to: timeline.fit(), width: 960, lang }
    }
}

const WIDEST: u32 = 20_000;
const NAMES: u32 = 170;
const MARGIN: u32 = 14;
const LANE: u32 = 26;
const BAR: u32 = 18;
/// The rows above the lanes: marks, then the axis.
const MARK_ROW: u32 = 14;
const AXIS: u32 = 24;

const STYLE: &str = "
  svg { font: 12px system-ui, sans-serif; color-scheme: light dark;
    --ink: #1c2128; --dim: #59636e; --line: #d8dee4; --paper: #ffffff; --run: #2f6fd0; --ok: #1a7f5a; --bad: #c4420a;
    --oom: #a02c86; --stop: #6f4bc4; --wait: #8c96a0; --off: #b07a00; --pull: #1f8ba8 }
  @media (prefers-color-scheme: dark) { svg {
    --ink: #e6edf3; --dim: #9aa5b1; --line: #30363d; --paper: #0d1117; --run: #6ea8ff; --ok: #4cc38a; --bad: #ff8a4c;
    --oom: #e58ad0; --stop: #b39dff; --wait: #7d8590; --off: #e3b341; --pull: #56c7e0 } }
  text { fill: var(--ink) } .dim { fill: var(--dim) } .paper { fill: var(--paper) } .rule { stroke: var(--line) }
  .bar { fill: var(--c); fill-opacity: .22; stroke: var(--c) } .thin { fill: var(--c); fill-opacity: .7 }
  .mark { stroke: var(--c); stroke-width: 1.5 } .label { pointer-events: none }
  .c { --c: var(--wait) } .running, .phase-running, .sandbox, .present, .true, .ready, .main-starts { --c: var(--run) }
  .ok, .phase-succeeded, .probe-ok, .probe-result-ok { --c: var(--ok) }
  .failed, .start-failed, .lost, .many-failed, .many-waiting, .pull-failed, .hook-failed, .phase-failed, .probe-failed,
  .probe-result-failed, .event-warning, .deadline, .down, .false { --c: var(--bad) }
  .oom { --c: var(--oom) } .killed, .terminating, .grace, .signal, .deletion, .removed, .action { --c: var(--stop) }
  .back-off { --c: var(--off); stroke-dasharray: 4 3 } .pulling, .starting, .hook { --c: var(--pull) }
  .waiting, .waiting-pod, .noticing { stroke-dasharray: 1 3 } .failed, .start-failed, .oom { stroke-width: 2 }
";

/// The picture of a run.
pub fn svg(trace: &Trace, timeline: &Timeline, options: Options) -> String {
    let lanes: Vec<&Lane> = timeline.lanes.iter().filter(|l| is_drawn(l)).collect();
    let mut canvas = Canvas::new(timeline, options, lanes.len() as u32);
    canvas.open(trace);
    canvas.axis();
    for (i, lane) in lanes.into_iter().enumerate() {
        canvas.lane(trace, lane, i as u32);
    }
    canvas.global_marks(trace);
    canvas.out + "</svg>\n"
}

/// Of the conditions only Ready: the others follow from what else is drawn.
fn is_drawn(lane: &Lane) -> bool {
    lane.kind != LaneKind::Condition || lane.name == "Ready"
}

struct Canvas<'a> {
    timeline: &'a Timeline,
    options: Options,
    lanes: u32,
    /// Rows for the labels of the marks that concern the whole run.
    mark_rows: u32,
    out: String,
}

impl<'a> Canvas<'a> {
    fn new(timeline: &'a Timeline, mut options: Options, lanes: u32) -> Canvas<'a> {
        options.width = options.width.clamp(NAMES + 2 * MARGIN + 100, WIDEST);
        options.to = options.to.max(options.from + Millis(1));
        let mark_rows = shown_marks(timeline, options).count().min(4) as u32;
        Canvas { timeline, options, lanes, mark_rows, out: String::new() }
    }

    fn plot_width(&self) -> u32 {
        self.options.width - NAMES - 2 * MARGIN
    }

    fn top(&self) -> u32 {
        MARGIN + self.mark_rows * MARK_ROW + AXIS
    }

    fn bottom(&self) -> u32 {
        self.top() + self.lanes * LANE
    }

    /// The place of a moment, in tenths of a pixel.
    fn tenths(&self, t: Millis) -> u64 {
        let Options { from, to, .. } = self.options;
        let (span, past) = ((to - from).0 as u128, (t.clamp(from, to) - from).0 as u128);
        (past * self.plot_width() as u128 * 10 / span) as u64 + (MARGIN + NAMES) as u64 * 10
    }

    /// The time that so many pixels show.
    fn span_of(&self, pixels: u64) -> Millis {
        Millis(((self.options.to - self.options.from).0 / self.plot_width() as u64).saturating_mul(pixels))
    }

    fn x(&self, t: Millis) -> String {
        pixels(self.tenths(t))
    }

    fn open(&mut self, trace: &Trace) {
        let (w, h) = (self.options.width, self.bottom() + MARGIN);
        let name = escape(trace.pod.metadata.name.as_deref().unwrap_or_default());
        let lang = self.options.lang;
        let (code, title) = match lang {
            Lang::En => ("en", format!("Timeline of the Pod {name}")),
            Lang::Ko => ("ko", format!("{name} 파드의 타임라인")),
        };
        let said = escape(&headline(trace, lang));
        let _ = write!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
             lang=\"{code}\" aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n\
             <desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n<rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>\n",
            said
        );
    }

    fn axis(&mut self) {
        let Options { from, to, .. } = self.options;
        let (y, bottom) = (self.top(), self.bottom());
        for tick in axis::ticks(from, to, (self.plot_width() / 70).max(2) as usize) {
            let x = self.x(tick.at);
            let _ = writeln!(
                self.out,
                "<path class=\"rule\" d=\"M{x} {}V{bottom}\"/><text class=\"dim\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                y - 6,
                y - 10,
                tick.label
            );
        }
    }

    fn lane(&mut self, trace: &Trace, lane: &Lane, row: u32) {
        let y = self.top() + row * LANE;
        let name = escape(&clip(&lane.name, 24));
        let _ = writeln!(
            self.out,
            "<g><title>{}</title><path class=\"rule\" d=\"M{MARGIN} {}H{}\"/><text x=\"{MARGIN}\" y=\"{}\">{name}</text>",
            escape(&lane.name),
            y + LANE,
            self.options.width - MARGIN,
            y + 17
        );
        self.track(&lane.bars, y + 4, BAR, "bar");
        self.track(&lane.graces, y + LANE - 5, 3, "thin");
        self.track(&lane.hooks, y + 4, 3, "thin");
        let Options { from, to, .. } = self.options;
        let near = self.span_of(3);
        for shown in lane.marks.visible(from, to, near) {
            let mark = &lane.marks.all()[shown.first];
            if !matches!(mark.kind, MarkKind::Event { .. }) {
                self.lane_mark(trace, mark, y);
            }
        }
        self.out.push_str("</g>\n");
    }

    fn track(&mut self, track: &Track, y: u32, height: u32, look: &str) {
        let Options { from, to, lang, .. } = self.options;
        let narrow = self.span_of(2);
        for shown in track.visible(from, to, narrow, self.timeline.end) {
            let segment = &track.segments()[shown.first];
            let (class, pieces) = match shown.is_merged() {
                true => (shown.class(), shown.label(lang)),
                false => (segment.kind.class(), segment.label(lang)),
            };
            self.bar(&shown, class, &pieces, y, height, look);
        }
    }

    fn bar(&mut self, shown: &Shown, class: &str, pieces: &[String], y: u32, height: u32, look: &str) {
        let (a, b) = (self.tenths(shown.from), self.tenths(shown.to));
        let width = (b - a).max(10);
        let span =
            if shown.open { format!("{} –", axis::label(shown.from)) } else { span_label(shown.from, shown.to) };
        let _ = write!(
            self.out,
            "<rect class=\"{look} c {class}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{height}\"><title>{} ({span})</title></rect>",
            pixels(a),
            pixels(width),
            escape(&pieces.join(", "))
        );
        if look == "bar"
            && let Some(text) = fitting(pieces, width / 10)
        {
            let (x, y) = (pixels(a + 50), y + 13);
            let _ = write!(self.out, "<text class=\"label\" x=\"{x}\" y=\"{y}\">{}</text>", escape(&text));
        }
        self.out.push('\n');
    }

    fn lane_mark(&mut self, trace: &Trace, mark: &Mark, y: u32) {
        let (x, class) = (self.x(mark.at), mark.kind.class());
        let told = mark.entry.filter(|id| (id.0 as usize) < trace.entries.len());
        let told = told.map(|id| super::explain::told(trace, id).text(self.options.lang)).unwrap_or_default();
        let (from, to) = (y + LANE - 9, y + LANE - 3);
        let _ = writeln!(
            self.out,
            "<path class=\"mark c {class}\" d=\"M{x} {from}V{to}\"><title>{} ({})</title></path>",
            escape(&told),
            axis::label(mark.at)
        );
    }

    /// The marks of the whole run, each with its label; neighbours take turns in the rows above the axis.
    fn global_marks(&mut self, trace: &Trace) {
        let timeline = self.timeline;
        for (i, mark) in shown_marks(timeline, self.options).enumerate() {
            let (x, class) = (self.x(mark.at), mark.kind.class());
            let row = i as u32 % self.mark_rows.max(1);
            let (y, bottom) = (MARGIN + row * MARK_ROW + 8, self.bottom());
            let late = self.tenths(mark.at) > (self.options.width as u64 - 160) * 10;
            let (anchor, dx) = if late { ("end", -4) } else { ("start", 4) };
            let label = escape(&mark_label(trace, mark, self.options.lang));
            let _ = writeln!(
                self.out,
                "<path class=\"mark c {class}\" d=\"M{x} {}V{bottom}\"/><text x=\"{x}\" dx=\"{dx}\" y=\"{y}\" \
                 text-anchor=\"{anchor}\">{label} {}</text>",
                y - 8,
                mark.at.say(self.options.lang)
            );
        }
    }
}

/// The marks of the whole run in the window; a deletion that an action has just asked for is told by the action.
fn shown_marks(timeline: &Timeline, options: Options) -> impl Iterator<Item = &Mark> {
    let asked = |m: &Mark| {
        let just = timeline.marks.iter().filter(|a| a.at <= m.at && m.at - a.at < Millis(100));
        just.into_iter().any(|a| matches!(a.kind, MarkKind::Action(_)))
    };
    let told = move |m: &&Mark| !matches!(m.kind, MarkKind::DeletionRequested { .. }) || !asked(m);
    timeline.marks.iter().filter(move |m| options.from <= m.at && m.at <= options.to).filter(told)
}

/// What to write at a mark of the whole run.
pub fn mark_label(trace: &Trace, mark: &Mark, lang: Lang) -> String {
    let word = |en: &str, ko: &str| lang.pick(en, ko).to_string();
    match &mark.kind {
        MarkKind::MainStarts { container } => {
            let name = trace.containers.get(*container).map_or("", |c| &c.name);
            format!("{name} {}", word("starts", "시작"))
        }
        MarkKind::Ready => "Ready".into(),
        MarkKind::DeadlineExceeded => word("deadline", "제한 시간"),
        MarkKind::Evicted => word("evicted", "축출"),
        MarkKind::DeletionRequested { grace_seconds } => format!("{} {grace_seconds}s", word("deletion", "삭제")),
        MarkKind::Removed => word("gone", "사라짐"),
        MarkKind::Finished { phase } => (*phase).into(),
        _ => mark.entry.map_or(String::new(), |id| super::explain::told(trace, id).text(lang)),
    }
}

/// `1.2s–3s`
fn span_label(from: Millis, to: Millis) -> String {
    format!("{}–{}", axis::label(from), axis::label(to))
}

/// As many pieces as fit into this many pixels; letters are taken to be six and a half wide, others twelve.
fn fitting(pieces: &[String], width: u64) -> Option<String> {
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 13 } else { 24 }).sum::<u64>() / 2 + 10;
    let joined = (1..=pieces.len()).rev().map(|n| pieces[..n].join(" · "));
    joined.into_iter().find(|text| !text.is_empty() && wide(text) <= width)
}

/// The first `most` characters, with an ellipsis when there are more.
fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

fn pixels(tenths: u64) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// Text for an XML document: markup escaped, characters that XML does not know replaced.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::view::test_support::TraceBuilder;

    fn draw(b: &TraceBuilder, lang: Lang) -> String {
        let trace = b.build();
        let timeline = Timeline::of(&trace);
        svg(&trace, &timeline, Options::fit(&timeline, lang)).replace(STYLE, "")
    }

    #[test]
    fn a_small_run_is_drawn_whole() {
        let mut b = TraceBuilder::new(
            "metadata: {name: demo}\nspec:\n  initContainers: [{name: init-a, image: a}]\n  containers: [{name: main, image: b}]",
            10_000,
        );
        b.sandbox(100, 600).start(700, "init-a").exit(3000, "init-a", 0).start(3700, "main");
        b.phase(3900, "Running").condition(3900, "Ready", "True").settled();
        b.probe(5000, "main", crate::scenario::ProbeKind::Readiness, true);
        expect![[r#"
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 210" width="960" height="210" role="img" lang="en" aria-labelledby="title desc">
            <title id="title">Timeline of the Pod demo</title>
            <desc id="desc">main starts 3.8s after creation. 2.2s of that: init-a runs first. The Pod is Ready after 3.9s.</desc>
            <style></style>
            <rect class="paper" width="960" height="210"/>
            <path class="rule" d="M184 60V196"/><text class="dim" x="184" y="56" text-anchor="middle">0</text>
            <path class="rule" d="M336.4 60V196"/><text class="dim" x="336.4" y="56" text-anchor="middle">2s</text>
            <path class="rule" d="M488.8 60V196"/><text class="dim" x="488.8" y="56" text-anchor="middle">4s</text>
            <path class="rule" d="M641.2 60V196"/><text class="dim" x="641.2" y="56" text-anchor="middle">6s</text>
            <path class="rule" d="M793.6 60V196"/><text class="dim" x="793.6" y="56" text-anchor="middle">8s</text>
            <path class="rule" d="M946 60V196"/><text class="dim" x="946" y="56" text-anchor="middle">10s</text>
            <g><title>demo</title><path class="rule" d="M14 92H946"/><text x="14" y="83">demo</text>
            <rect class="bar c phase-pending" x="184" y="70" width="297.1" height="18"><title>Pending (0–3.9s)</title></rect><text class="label" x="189" y="83">Pending</text>
            <rect class="bar c phase-running" x="481.1" y="70" width="464.9" height="18"><title>Running (3.9s –)</title></rect><text class="label" x="486.1" y="83">Running</text>
            </g>
            <g><title>Ready</title><path class="rule" d="M14 118H946"/><text x="14" y="109">Ready</text>
            <rect class="bar c true" x="481.1" y="96" width="464.9" height="18"><title>True (3.9s –)</title></rect><text class="label" x="486.1" y="109">True</text>
            </g>
            <g><title>sandbox</title><path class="rule" d="M14 144H946"/><text x="14" y="135">sandbox</text>
            <rect class="bar c starting" x="191.6" y="122" width="38.1" height="18"><title>starting (100ms–600ms)</title></rect>
            <rect class="bar c sandbox" x="229.7" y="122" width="716.3" height="18"><title>sandbox (600ms –)</title></rect><text class="label" x="234.7" y="135">sandbox</text>
            </g>
            <g><title>init-a</title><path class="rule" d="M14 170H946"/><text x="14" y="161">init-a</text>
            <rect class="bar c waiting-pod" x="184" y="148" width="53.3" height="18"><title>waits for the Pod (0–700ms)</title></rect>
            <rect class="bar c starting" x="237.3" y="148" width="7.6" height="18"><title>starting (700ms–800ms)</title></rect>
            <rect class="bar c ok" x="244.9" y="148" width="167.7" height="18"><title>exit 0 (800ms–3s)</title></rect><text class="label" x="249.9" y="161">exit 0</text>
            </g>
            <g><title>main</title><path class="rule" d="M14 196H946"/><text x="14" y="187">main</text>
            <rect class="bar c waiting-pod" x="184" y="174" width="45.7" height="18"><title>waits for the Pod (0–600ms)</title></rect>
            <rect class="bar c waiting" x="229.7" y="174" width="236.2" height="18"><title>waits its turn (600ms–3.7s)</title></rect><text class="label" x="234.7" y="187">waits its turn</text>
            <rect class="bar c starting" x="465.9" y="174" width="7.6" height="18"><title>starting (3.7s–3.8s)</title></rect>
            <rect class="bar c running" x="473.5" y="174" width="472.5" height="18"><title>running (3.8s –)</title></rect><text class="label" x="478.5" y="187">running</text>
            <path class="mark c probe-ok" d="M565 187V193"><title>The readiness probe of main succeeds. (5s)</title></path>
            </g>
            <path class="mark c main-starts" d="M473.5 14V196"/><text x="473.5" dx="4" y="22" text-anchor="start">main starts 3.8s</text>
            <path class="mark c ready" d="M481.1 28V196"/><text x="481.1" dx="4" y="36" text-anchor="start">Ready 3.9s</text>
            </svg>
        "#]].assert_eq(&draw(&b, Lang::En));
    }

    #[test]
    fn nothing_gets_into_the_markup_unescaped() {
        let mut b = TraceBuilder::new(
            "metadata: {name: '<script>&\"'}\nspec: {containers: [{name: 'a</text>', image: x}]}",
            10_000,
        );
        b.world(crate::trace::WorldKind::Service, "<img onerror='x'>\u{1}", &[(1000, None)]);
        let svg = draw(&b, Lang::Ko);
        assert!(
            !svg.contains("<script>") && !svg.contains("<img") && !svg.contains("a</text>") && !svg.contains('\u{1}')
        );
        assert!(svg.contains("&lt;script&gt;&amp;&quot;"));
    }

    #[test]
    fn any_window_and_any_width_can_be_drawn() {
        let mut b = TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: x}]}", 10_000);
        b.sandbox(100, 600).start(700, "main");
        let trace = b.build();
        let timeline = Timeline::of(&trace);
        for (from, to, width) in [(0, 0, 0), (5000, 100, 1), (0, u64::MAX, u32::MAX / 2), (9999, 10_000, 300)] {
            let options = Options { from: Millis(from), to: Millis(to), width, lang: Lang::En };
            assert!(svg(&trace, &timeline, options).ends_with("</svg>\n"));
        }
    }

    #[test]
    fn labels_lose_their_last_pieces_first() {
        let pieces = ["exit 1".to_string(), "#0".to_string()];
        assert_eq!(fitting(&pieces, 200).as_deref(), Some("exit 1 · #0"));
        assert_eq!(fitting(&pieces, 60).as_deref(), Some("exit 1"));
        assert_eq!(fitting(&pieces, 20), None);
        assert_eq!(clip("가나다라", 2), "가나…");
    }
}
