//! The timeline: labels beside a picture of the run, a ruler that scrubs, and the playhead.
//!
//! The picture is drawn when the run, the zoom or the width changes. While time passes, only the playhead, the veil over
//! the future and the attempts that are running move.

mod fault;
pub mod lanes;
mod lit;
mod picture;

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;

use super::run::Run;
use super::state::Page;
use super::transport::{self, Window};
use super::words;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::web::resize::Width;
use lanes::{Role, Row};
use picture::Frame;

/// The whole timeline, or what stands in its place.
#[component]
pub fn Timeline() -> impl IntoView {
    let page = Page::here();
    let chosen = RwSignal::new(None::<String>);
    let body = move || match page.run.get() {
        Some(run) => view! { <Running run chosen /> }.into_any(),
        None => view! { <div class="empty"><b>{page.t(Ui::Nothing)}</b><span>{page.t(Ui::NothingHint)}</span></div> }
            .into_any(),
    };
    let faults = move || {
        let name = chosen.get()?;
        let top = page.run.with(|r| r.as_ref().and_then(|r| below(r, &name)))?;
        Some(view! { <fault::Popover container=name top chosen /> })
    };
    view! {
        <div class="stage">
            <section id="timeline" class="timeline" class:stale=move || page.stale.get() tabindex="-1" aria-label=page.t(Ui::Timeline)>
                {move || (page.stale.get() && page.run.with(Option::is_some)).then(|| view! { <p class="note">{page.t(Ui::Stale)}</p> })}
                {body}
            </section>
            {faults}
        </div>
    }
}

/// The lower edge of a container's row.
fn below(run: &Run, container: &str) -> Option<f64> {
    let at = run.rows.iter().position(|r| r.name == container && matches!(r.role, Role::Container(..)))?;
    Some(picture::TOP + 28.0 + run.rows[..=at].iter().map(|r| r.role.height()).sum::<f64>())
}

/// The timeline of a run.
#[component]
fn Running(#[prop()] run: Rc<Run>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let page = Page::here();
    let canvas = NodeRef::<html::Div>::new();
    let width = RwSignal::new(800.0);
    let watch = StoredValue::new_local(None::<Width>);
    Effect::new(move || {
        if let Some(element) = canvas.get() {
            watch.set_value(Width::watch(&element, move |w| width.set(w.max(50.0))));
        }
    });
    let window = Memo::new(move |_| page.window());
    let frame = Memo::new(move |_| Frame { window: window.get(), width: width.get(), lang: page.lang.get() });
    let height: f64 = run.rows.iter().map(|r| r.role.height()).sum::<f64>() + picture::TOP;
    let labels = run.rows.iter().map(|row| label(page, row, chosen)).collect_view();
    let held = StoredValue::new_local(run.clone());
    view! {
        <div class="grid">
            <div class="ruler-corner">{page.t(Ui::Container)}</div>
            <Ruler run=run.clone() frame />
            <div class="labels" style:padding-top=format!("{}px", picture::TOP)>{labels}</div>
            <div class="canvas lanes" node_ref=canvas on:wheel=move |e| wheel(page, &e, width) on:pointerdown=move |e| press(page, &e, window, width)>
                <svg height=height role="img" aria-label=page.t(Ui::Timeline)>
                    {picture::textures()}
                    {move || held.with_value(|run| picture::lanes(run, frame.get(), height))}
                    <picture::Moving run=run.clone() frame height />
                    <lit::Lit run=run.clone() frame />
                </svg>
            </div>
        </div>
    }
}

/// The name of a lane; that of a container opens its faults.
fn label(page: Page, lane: &Row, chosen: RwSignal<Option<String>>) -> AnyView {
    let height = format!("{}px", lane.role.height());
    let name = lane.name.clone();
    let Role::Container(_, kind) = lane.role else {
        let what = if lane.role == Role::Status { "STATUS" } else { "" };
        return view! { <div class="label fixed" style:height=height><b title=name.clone()>{name.clone()}</b><small>{what}</small></div> }.into_any();
    };
    let (open, mine) = (name.clone(), name.clone());
    let toggle = move |_| chosen.update(|c| *c = if c.as_ref() == Some(&open) { None } else { Some(open.clone()) });
    view! {
        <button class="label" style:height=height aria-haspopup="dialog" title=page.t(Ui::Inject)
            aria-expanded=move || (chosen.get().as_ref() == Some(&mine)).to_string() on:click=toggle>
            <b title=name.clone()>{name.clone()}</b>
            <small>{page.t(words::kind(kind))}</small>
            <span class="act" aria-hidden="true">"⚡"</span>
        </button>
    }
    .into_any()
}

/// The scale of time. It is the slider that moves the playhead, by pointer and by keyboard.
#[component]
fn Ruler(#[prop()] run: Rc<Run>, frame: Memo<Frame>) -> impl IntoView {
    let page = Page::here();
    let ticks = move || {
        let frame = frame.get();
        let tick = |tick: crate::view::timeline::axis::Tick| {
            let x = frame.x(tick.at);
            view! { <line x1=x x2=x y1="20" y2="28" /><text x=x + 4.0 y="25">{tick.label}</text> }
        };
        frame.ticks().into_iter().map(tick).collect_view()
    };
    let place = move || format!("translateX({}px)", frame.get().x(page.playhead.get()));
    // The moment's own label stays inside, whatever its place.
    let shift = move || {
        let (frame, half) = (frame.get(), 26.0);
        let x = frame.x(page.playhead.get());
        format!("translateX(calc(-50% + {}px))", x.clamp(half, (frame.width - half).max(half)) - x)
    };
    let end = run.trace.horizon;
    let held = StoredValue::new_local(run);
    let said = move || held.with_value(|run| words::moment(&run.trace, page.playhead.get()));
    let scrub = move |e: &web_sys::PointerEvent| {
        let x = f64::from(e.offset_x());
        let frame = frame.get_untracked();
        page.seek(Millis(frame.window.at(x, frame.width).max(0.0) as u64));
    };
    view! {
        <div class="ruler" role="slider" tabindex="0" aria-label=page.t(Ui::Playhead) aria-valuemin="0" aria-valuemax=end.whole_secs()
            aria-valuenow=move || page.playhead.get().whole_secs() aria-valuetext=said data-testid="ruler"
            on:pointerdown=move |e| { capture(&e); scrub(&e); }
            on:pointermove=move |e| if e.buttons() & 1 == 1 { scrub(&e) }>
            <svg height="28" aria-hidden="true" style:pointer-events="none">{ticks}</svg>
            <div class="handle" style:transform=place style:pointer-events="none"><span style:transform=shift>{move || transport::clock(page.playhead.get())}</span></div>
        </div>
    }
}

/// Keeps a drag when it leaves the element.
fn capture(e: &web_sys::PointerEvent) {
    use wasm_bindgen::JsCast;
    if let Some(element) = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
        let _ = element.set_pointer_capture(e.pointer_id());
    }
}

/// A press on the picture moves the playhead there.
fn press(page: Page, e: &web_sys::PointerEvent, window: Memo<Window>, width: RwSignal<f64>) {
    if e.button() == 0 {
        page.seek(Millis(window.get_untracked().at(f64::from(e.offset_x()), width.get_untracked()).max(0.0) as u64));
    }
}

/// The wheel with Ctrl (or a pinch) zooms around the pointer, sideways (or with Shift) it pans; else the page scrolls.
fn wheel(page: Page, e: &web_sys::WheelEvent, width: RwSignal<f64>) {
    let (dx, dy) = if e.shift_key() { (e.delta_y(), 0.0) } else { (e.delta_x(), e.delta_y()) };
    let window = untrack(|| page.window());
    if e.ctrl_key() || e.meta_key() {
        e.prevent_default();
        let around = window.at(f64::from(e.offset_x()), width.get_untracked());
        page.zoom_by((dy * 0.005).exp(), Some(around));
    } else if dx.abs() > dy.abs() {
        e.prevent_default();
        page.pan_by(dx / width.get_untracked() * window.span());
    }
}
