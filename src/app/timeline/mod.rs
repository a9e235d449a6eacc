//! The timeline: labels beside a picture of the run, a ruler that scrubs, a map of the whole, and the playhead.
//!
//! The picture is drawn when the run, the zoom or the width changes. While time passes, a handful of elements are moved by
//! `transform`, and a label is written anew when what its lane shows changes; nothing is laid out again.

mod chips;
mod gestures;
mod hint;
mod labels;
pub mod lanes;
mod map;
mod menu;
mod moving;
mod picture;
mod reading;
mod ruler;

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;

use super::run::Run;
use super::state::Page;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::EntryId;
use crate::view::timeline::SegmentKind;
use crate::web::browser;
use crate::web::resize::Width;
use gestures::Gestures;
use picture::Frame;

/// The menu of faults: for which row and moment, and where on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Menu {
    pub row: usize,
    pub at: Millis,
    pub x: f64,
    pub y: f64,
}

/// The card of what is under the pointer, or of what was clicked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hint {
    pub row: usize,
    pub at: Millis,
    pub x: f64,
    pub y: f64,
    pub pinned: bool,
}

/// What the parts of a timeline share. A handle: copies share it.
#[derive(Clone, Copy)]
pub struct Stage {
    pub page: Page,
    pub run: StoredValue<Rc<Run>, LocalStorage>,
    pub frame: Memo<Frame>,
    pub menu: RwSignal<Option<Menu>>,
    pub hint: RwSignal<Option<Hint>>,
}

impl Stage {
    /// The moment that the labels read out: under the pointer, or at the playhead.
    pub fn moment(self) -> Millis {
        self.page.hover.get().unwrap_or_else(|| self.page.playhead.get())
    }

    /// The row at a height of the picture.
    pub fn row_at(self, y: f64) -> Option<usize> {
        self.run.with_value(|run| {
            let mut below = 0.0;
            run.rows.iter().position(|r| {
                below += r.role.height();
                (0.0..below).contains(&y)
            })
        })
    }

    /// Whether a row shows something at a moment, rather than the absence of it.
    pub fn is_bar(self, row: usize, t: Millis) -> bool {
        self.run.with_value(|run| match reading::segment(run, row, t).map(|s| &s.kind) {
            Some(SegmentKind::WaitingForPod | SegmentKind::WaitingForTurn { .. } | SegmentKind::Noticing) => false,
            Some(_) => true,
            None => row == 0 && run.status_at(t).is_some(),
        })
    }

    /// Opens the menu of faults, which takes the place of the card.
    pub fn open(self, menu: Menu) {
        self.hint.set(None);
        self.page.playing.set(false);
        self.menu.set(Some(menu));
    }

    /// Closes the menu and gives the keyboard back to its lane.
    pub fn close(self) {
        if let Some(menu) = self.menu.get_untracked() {
            self.menu.set(None);
            browser::focus(&format!("[data-row=\"{}\"]", menu.row));
        }
    }
}

/// The whole timeline, or what stands in its place.
#[component]
pub fn Timeline() -> impl IntoView {
    let page = Page::here();
    let body = move || match page.run.get() {
        Some(run) => view! { <Running run /> }.into_any(),
        None => view! { <div class="empty"><b>{page.t(Ui::Nothing)}</b><span>{page.t(Ui::NothingHint)}</span></div> }
            .into_any(),
    };
    view! {
        <div class="stage">
            <section id="timeline" class="timeline" class:stale=move || page.stale.get() tabindex="-1" aria-label=page.t(Ui::Timeline)>
                {move || (page.stale.get() && page.run.with(Option::is_some)).then(|| view! { <p class="note">{page.t(Ui::Stale)}</p> })}
                {body}
            </section>
        </div>
    }
}

/// The timeline of a run.
#[component]
fn Running(#[prop()] run: Rc<Run>) -> impl IntoView {
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
    let height: f64 = run.rows.iter().map(|r| r.role.height()).sum();
    let held = StoredValue::new_local(run);
    let stage = Stage { page, run: held, frame, menu: RwSignal::new(None), hint: RwSignal::new(None) };
    let hand = Gestures::new(stage, canvas);
    let drawing = move || {
        let kept = page.kept.get();
        held.with_value(|run| picture::lanes(run, kept.as_deref(), frame.get(), height))
    };
    view! {
        <div class="grid">
            <div class="ruler-corner"><labels::Moment stage /></div>
            <ruler::Ruler stage />
            <labels::Labels stage />
            <div class="canvas lanes" node_ref=canvas style:height=format!("{height}px")
                on:wheel=move |e| hand.wheel(&e) on:pointerdown=move |e| hand.press(&e) on:pointermove=move |e| hand.glide(&e)
                on:pointerup=move |e| hand.release(&e) on:pointercancel=move |e| hand.release(&e)
                on:pointerleave=move |_| hand.leave() on:contextmenu=move |e| hand.menu(&e)>
                <svg height=height role="img" aria-label=page.t(Ui::TimelinePicture)>{picture::textures()}{drawing}</svg>
                <moving::Moving stage height />
                <chips::Chips stage />
            </div>
            <div class="map-corner">{page.t(Ui::WholeRun)}</div>
            <map::Map stage />
        </div>
        <hint::Card stage />
        <menu::Faults stage />
    }
}

/// From when to when the segment of an entry lasts.
pub fn stretch_of(run: &Run, entry: EntryId) -> Option<(Millis, Millis)> {
    let (_, segment) = reading::shown_as(run, entry)?;
    Some((segment.from, segment.to.unwrap_or(run.timeline.end)))
}
