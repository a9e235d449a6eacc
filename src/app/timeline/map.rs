//! The map: the whole run in one line, and the stretch of it that the timeline shows.

use leptos::prelude::*;

use super::Stage;
use super::frame::Frame;
use super::lanes::Status;
use super::ruler::capture;
use super::shapes;
use crate::app::transport::Window;

/// What is narrower than this is not told apart.
const NARROW: f64 = 2.0;

/// The line of STATUS, with the view as a frame that can be moved. For the pointer; the keyboard has keys for it.
#[component]
pub fn Map(stage: Stage) -> impl IntoView {
    let (page, frame) = (stage.page, stage.frame);
    let width = Memo::new(move |_| frame.with(|f| f.width));
    let whole =
        move || Frame { window: Window { from: 0.0, to: page.reach() }, width: width.get(), lang: page.lang.get() };
    let bars = Memo::new(move |_| {
        let whole = whole();
        let bar = |(left, length, status): (f64, f64, &Status)| (left, length, status.class());
        stage.with(|run| shapes::merged_statuses(run, whole, NARROW).into_iter().map(bar).collect::<Vec<_>>())
    });
    let bars = move || {
        let bar = |(left, length, class)| view! { <rect class=format!("shape map-{class}") x=left width=length y="5" height="8" /> };
        bars.get().into_iter().map(bar).collect_view()
    };
    let up = Memo::new(move |_| {
        let whole = whole();
        stage.with(|run| [run.main_started, run.ready].map(|at| at.map(|at| whole.x(at))))
    });
    let up = move || {
        let line = |x: f64| view! { <line class="mark-line m-ready" x1=x x2=x y1="2" y2="16" /> };
        up.get().into_iter().flatten().map(line).collect_view()
    };
    let edges = move || {
        let (window, whole) = (frame.get().window, whole());
        (whole.window.x(window.from, whole.width), whole.window.x(window.to, whole.width))
    };
    let left = move || format!("{}px", edges().0);
    let span = move || format!("{}px", (edges().1 - edges().0).max(6.0));
    let now = move || format!("translateX({}px)", whole().x(page.playhead.get()));
    let move_to = move |e: &web_sys::PointerEvent| {
        let (whole, window) = (untrack(whole), frame.get_untracked().window);
        let middle = whole.window.at(f64::from(e.offset_x()), whole.width);
        page.zoom.set(Some(window.panned(middle - (window.from + window.to) / 2.0, whole.window.to)));
    };
    view! {
        <div class="map" aria-hidden="true" data-testid="map" on:pointerdown=move |e| { capture(&e); move_to(&e); }
            on:pointermove=move |e| if e.buttons() & 1 == 1 { move_to(&e) }>
            <svg height="18">{bars}{up}</svg>
            <div class="view" style:left=left style:width=span></div>
            <div class="now" style:transform=now></div>
        </div>
    }
}
