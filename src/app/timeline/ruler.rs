//! The scale of time: the slider that moves the playhead, with the marks of the run, what is skipped and what is repeated.

use leptos::prelude::*;

use super::{Stage, shapes};
use crate::app::transport;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::time::Millis;

/// Pixels that an idle stretch must have for its sign.
const WIDE: f64 = 34.0;

/// Ticks above, marks below.
#[component]
pub fn Ruler(stage: Stage) -> impl IntoView {
    let (page, frame) = (stage.page, stage.frame);
    let ticks = move || {
        let frame = frame.get();
        let tick = |tick: crate::view::timeline::axis::Tick| {
            let x = frame.x(tick.at);
            // A name that the edge would cut is left out.
            let name = (x + 10.0 + 6.2 * tick.label.len() as f64) < frame.width;
            view! { <line x1=x x2=x y1="14" y2="22" />{name.then(|| view! { <text x=x + 4.0 y="19">{tick.label}</text> })} }
        };
        frame.ticks().into_iter().map(tick).collect_view()
    };
    let names = Memo::new(move |_| stage.with(|run| shapes::mark_names(run, frame.get())));
    let lines = Memo::new(move |_| stage.with(|run| shapes::Backdrop::of(run, frame.get()).marks));
    let marks = move || {
        let line = |(x, class)| view! { <line class=format!("mark-line m-{class}") x1=x x2=x y1="26" y2="42" /> };
        let name = |m: shapes::MarkName| view! { <text class=format!("mark-text m-{}", m.class) x=m.x y="38" text-anchor=m.anchor>{m.text}</text> };
        view! { {lines.get().into_iter().map(line).collect_view()}{names.get().into_iter().map(name).collect_view()} }
    };
    let place = move || format!("translateX({}px)", frame.get().x(page.playhead.get()));
    // The moment's own label stays inside, whatever its place.
    let shift = move || {
        let (frame, now) = (frame.get(), page.playhead.get());
        let half = words::seconds(now).len() as f64 * 3.4 + 8.0;
        let x = frame.x(now);
        format!("translateX(calc(-50% + {}px))", x.clamp(half, (frame.width - half).max(half)) - x)
    };
    let end = Memo::new(move |_| stage.with(|r| r.end()));
    // A screen reader hears of moments that stand still.
    let resting = Memo::new(move |before: Option<&Millis>| match before {
        Some(before) if page.playing.get() => *before,
        _ => page.playhead.get(),
    });
    let said = move || stage.with(|run| words::moment(&run.trace, resting.get()));
    let moment = move |e: &web_sys::PointerEvent| {
        let frame = frame.get_untracked();
        Millis(frame.window.at(f64::from(e.offset_x()), frame.width).max(0.0) as u64)
    };
    let anchor = StoredValue::new(None::<Millis>);
    let press = move |e: web_sys::PointerEvent| {
        capture(&e);
        anchor.set_value(e.shift_key().then(|| moment(&e)));
        if !e.shift_key() {
            page.seek(moment(&e));
        }
    };
    let drag = move |e: web_sys::PointerEvent| {
        if e.buttons() & 1 == 0 {
            return;
        }
        let now = moment(&e);
        match anchor.get_value() {
            Some(from) if from != now => page.range.set(Some((from.min(now), from.max(now).min(end.get_untracked())))),
            Some(_) => {}
            None => page.seek(now),
        }
    };
    let wheel = move |e: web_sys::WheelEvent| {
        e.prevent_default();
        let frame = frame.get_untracked();
        page.zoom_by((e.delta_y() * 0.004).exp(), Some(frame.window.at(f64::from(e.offset_x()), frame.width)));
    };
    view! {
        <div class="ruler" role="slider" tabindex="0" aria-label=page.t(Ui::Playhead) aria-valuemin="0" aria-valuemax=move || end.get().whole_secs()
            aria-valuenow=move || resting.get().whole_secs() aria-valuetext=said data-testid="ruler" title=page.t(Ui::RulerHint)
            on:pointerdown=press on:pointermove=drag on:wheel=wheel>
            <svg height="42" aria-hidden="true">{ticks}{idle(stage)}{marks}</svg>
            {move || band(stage)}
            <div class="cover" style:transform=place></div>
            <div class="handle" style:transform=place><span style:transform=shift>{move || words::seconds(page.playhead.get())}</span></div>
        </div>
    }
}

/// The signs of the stretches that playback hurries through at this speed.
fn idle(stage: Stage) -> impl IntoView {
    let edges = Memo::new(move |_| {
        let (frame, speed) = (stage.frame.get(), stage.page.speed.get());
        let hurried = stage.page.skip.get() && speed != transport::STEPWISE;
        let shortest = Millis(u64::from(speed) * 1400);
        stage.with(|run| {
            let stretches = if hurried { run.timeline.idle_stretches(shortest) } else { Vec::new() };
            let end = run.end();
            let edges =
                stretches.into_iter().map(|s| (frame.x(s.from).max(0.0), frame.x(s.to.min(end)).min(frame.width)));
            edges.filter(|(from, to)| to - from > WIDE).collect::<Vec<_>>()
        })
    });
    move || {
        let sign = |(from, to): (f64, f64)| {
            view! { <line class="skipped" x1=from + 3.0 x2=to - 3.0 y1="24" y2="24" /><text class="skipped" x={(from + to) / 2.0} y="27.5" text-anchor="middle">"»"</text> }
        };
        edges.get().into_iter().map(sign).collect_view()
    }
}

/// The stretch that is repeated.
fn band(stage: Stage) -> Option<impl IntoView> {
    let (from, to) = stage.page.range.get()?;
    let frame = stage.frame.get();
    let (left, right) = (frame.x(from).clamp(0.0, frame.width), frame.x(to).clamp(0.0, frame.width));
    Some(
        view! { <div class="band" style:left=format!("{left}px") style:width=format!("{}px", (right - left).max(2.0))></div> },
    )
}

/// Keeps a drag when it leaves the element.
pub fn capture(e: &web_sys::PointerEvent) {
    use wasm_bindgen::JsCast;
    if let Some(element) = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
        let _ = element.set_pointer_capture(e.pointer_id());
    }
}
