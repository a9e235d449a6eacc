//! The timeline: labels beside a picture of the run, a ruler that scrubs, a map of the whole, and the playhead.
//!
//! It stays while runs come and go: each part follows what it shows of a run and touches the page only where that differs.
//! Of a thousand lanes only those in view exist. While time passes, a handful of elements are moved by `transform`, and a
//! label is written anew when what its lane shows changes; nothing is laid out again.

mod chips;
mod frame;
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
mod shapes;
mod textures;
mod walk;

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::effect::ImmediateEffect;

use super::parts::on_demand;
use super::run::Run;
use super::state::{Dialog, Page};
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::EntryId;
use crate::view::timeline::SegmentKind;
use crate::web::browser;
use crate::web::resize::Size;
use frame::Frame;
use gestures::Gestures;
use lanes::Row;
pub use menu::faults;
pub use textures::Textures;

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
    /// Shown by a key, not by a pointer.
    pub by_key: bool,
}

/// The part of a timeline that is on the screen: how far it is scrolled, and how high it is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sight {
    top: f64,
    height: f64,
}

/// Rows are made and dropped in packs of so many: scrolling by a pixel makes none.
const PACK: usize = 2;
/// Rows exist this far above and below what is seen.
const MARGIN: f64 = 160.0;

/// What the ruler above and the map below take of the height.
const STICKY: f64 = 62.0;

/// What the parts of a timeline share. A handle: copies share it.
#[derive(Clone, Copy)]
pub struct Stage {
    pub page: Page,
    pub frame: Memo<Frame>,
    pub menu: RwSignal<Option<Menu>>,
    pub hint: RwSignal<Option<Hint>>,
    /// The rows in view: from, and to but not with.
    view: Memo<(usize, usize)>,
    /// What stands in for a run that has gone, for the moment until the timeline has gone too.
    first: StoredValue<Rc<Run>, LocalStorage>,
}

impl Stage {
    /// What is wanted of the run that is shown, now and whenever there is another.
    pub fn with<T>(self, pick: impl FnOnce(&Run) -> T) -> T {
        self.page.run.with(|run| match run {
            Some(run) => pick(run),
            None => self.first.with_value(|run| pick(run)),
        })
    }

    /// What is wanted of the run that is shown, once.
    pub fn peek<T>(self, pick: impl FnOnce(&Run) -> T) -> T {
        untrack(|| self.with(pick))
    }

    /// The rows in view.
    pub fn rows(self) -> std::ops::Range<usize> {
        let (from, to) = self.view.get();
        from..to
    }

    /// The moment that the labels read out: under the pointer, or at the playhead.
    pub fn moment(self) -> Millis {
        self.page.hover.get().unwrap_or_else(|| self.page.playhead.get())
    }

    /// The row at a height of the picture.
    pub fn row_at(self, y: f64) -> Option<usize> {
        let row = self.peek(|run| run.rows.partition_point(|r| r.bottom() <= y));
        (y >= 0.0 && self.peek(|run| row < run.rows.len())).then_some(row)
    }

    /// Whether a row shows something at a moment, rather than the absence of it.
    pub fn is_bar(self, row: usize, t: Millis) -> bool {
        self.peek(|run| match reading::segment(run, row, t).map(|s| &s.kind) {
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

/// The rows that are on the screen, and a few around them.
fn in_sight(run: &Run, sight: Sight) -> (usize, usize) {
    let from = run.rows.partition_point(|r| r.bottom() < sight.top - MARGIN);
    let to = run.rows.partition_point(|r| r.top < sight.top + sight.height + MARGIN);
    (from / PACK * PACK, (to.div_ceil(PACK) * PACK).min(run.rows.len()))
}

/// How far to scroll, if at all, so that a row stays in the middle half of what is seen: no further than it takes, so that where
/// one row follows the other, few lanes are made at a time.
fn follow(seen: Sight, row: &Row, height: f64) -> Option<f64> {
    let room = (seen.height - STICKY).max(0.0);
    let most = (row.top - room / 4.0).clamp(0.0, (height - room).max(0.0));
    let wanted = seen.top.clamp((row.bottom() - room * 3.0 / 4.0).min(most), most);
    (wanted != seen.top).then_some(wanted)
}

/// The whole timeline, or what stands in its place.
#[component]
pub fn Timeline() -> impl IntoView {
    let page = Page::here();
    let running = Memo::new(move |_| page.run.with(Option::is_some));
    let sight = RwSignal::new(Sight { top: 0.0, height: 600.0 });
    let scroller = NodeRef::<html::Section>::new();
    let watch = StoredValue::new_local(None::<Size>);
    Effect::new(move || {
        if let Some(element) = scroller.get() {
            let put = move |_, height| sight.update(|s| s.height = height);
            watch.set_value(Size::watch(&element, put));
        }
    });
    let scrolled = move |_| {
        if let Some(element) = scroller.get_untracked() {
            sight.update(|s| s.top = f64::from(element.scroll_top()));
        }
    };
    let body = move || {
        match running.get().then(|| page.run.get_untracked()).flatten() {
        Some(run) => view! { <Running run sight scroller /> }.into_any(),
        None if page.waiting.get() => ().into_any(),
        None => view! { <div class="empty"><b>{page.t(Ui::Nothing)}</b><span>{page.t(Ui::NothingHint)}</span>
            <button class="button outline" on:click=move |_| page.dialog.set(Some(Dialog::Gallery)) data-testid="open-example">{page.t(Ui::OpenExample)}</button></div> }
        .into_any(),
    }
    };
    view! {
        <div class="stage">
            <section id="timeline" class="timeline" tabindex="-1" aria-label=page.t(Ui::Timeline) node_ref=scroller on:scroll=scrolled>
                {move || awaited(page)}
                {body}
            </section>
        </div>
    }
}

/// What is said while the run waits for the engine: only of a wait that can be seen, or that has no end.
fn awaited(page: Page) -> Option<AnyView> {
    let (waiting, idle, engine) = (page.waiting.get(), page.run.with(Option::is_none), page.parts.engine);
    (waiting && (idle || engine.failed())).then(|| engine.waits(page))
}

/// The timeline of a run, and of the runs that follow it.
#[component]
fn Running(run: Rc<Run>, sight: RwSignal<Sight>, scroller: NodeRef<html::Section>) -> impl IntoView {
    let page = Page::here();
    let canvas = NodeRef::<html::Div>::new();
    // The lanes are not drawn before it is known how wide.
    let width = RwSignal::new(None);
    let watch = StoredValue::new_local(None::<Size>);
    Effect::new(move || {
        if let Some(element) = canvas.get() {
            watch.set_value(Size::watch(&element, move |w, _| width.set(Some(w.max(50.0)))));
        }
    });
    let measured = Memo::new(move |_| width.with(Option::is_some));
    let window = Memo::new(move |_| page.window());
    let frame =
        Memo::new(move |_| Frame { window: window.get(), width: width.get().unwrap_or(800.0), lang: page.lang.get() });
    let view = Memo::new(move |_| page.run.with(|r| r.as_ref().map_or((0, 0), |r| in_sight(r, sight.get()))));
    let (menu, hint) = (RwSignal::new(None), RwSignal::new(None));
    let stage = Stage { page, frame, menu, hint, view, first: StoredValue::new_local(run) };
    // What was opened on a run that is no more says nothing about the next.
    Effect::watch(
        move || page.run.get(),
        move |run, before, _| {
            let before = before.and_then(|b| b.as_ref());
            if !before.zip(run.as_ref()).is_some_and(|(before, run)| before.foretells(run)) {
                menu.set(None);
                hint.set(None);
            }
        },
        false,
    );
    let height = Memo::new(move |_| stage.with(|run| run.rows.last().map_or(0.0, |row| row.bottom())));
    // While time runs, the container whose turn it is stays in sight.
    let turn = Memo::new(move |_| {
        let now = page.playing.get().then(|| page.playhead.get())?;
        stage.with(|run| run.turn_at(now))
    });
    let bring = move |row: usize| {
        let Some(element) = scroller.get_untracked() else { return };
        let (seen, height) = (sight.get_untracked(), height.get_untracked());
        if let Some(top) = stage.peek(|run| run.rows.get(row).and_then(|row| follow(seen, row, height))) {
            element.set_scroll_top(top as i32);
            sight.update(|s| s.top = top.trunc());
        }
    };
    // At once, before the playhead moves anything: a page where something has moved is laid out before it is scrolled.
    ImmediateEffect::new_scoped(move || turn.get().into_iter().for_each(bring));
    // To where one jumps, too.
    let jumped = move || stage.peek(|run| run.last_row_at(page.playhead.get_untracked()));
    Effect::watch(move || page.jumps.get(), move |_, _, _| bring(jumped().unwrap_or(0)), false);
    let hand = Gestures::new(stage, canvas);
    view! {
        <div class="grid">
            <div class="ruler-corner"><labels::Moment stage /></div>
            <ruler::Ruler stage />
            <labels::Labels stage height />
            <div class="canvas lanes" node_ref=canvas style:height=move || format!("{}px", height.get())
                on:wheel=move |e| hand.wheel(&e) on:pointerdown=move |e| hand.press(&e) on:pointermove=move |e| hand.glide(&e)
                on:pointerup=move |e| hand.release(&e) on:pointercancel=move |e| hand.release(&e)
                on:pointerleave=move |_| hand.leave() on:contextmenu=move |e| hand.menu(&e)>
                <Show when=move || measured.get()>
                    <picture::Picture stage height />
                    <moving::Moving stage />
                    <chips::Chips stage />
                </Show>
            </div>
            <div class="map-corner">{page.t(Ui::WholeRun)}</div>
            <map::Map stage />
        </div>
        <hint::Card stage />
        {on_demand(page, move || menu.with(Option::is_some), move |tools| (tools.faults)(stage))}
    }
}

/// From when to when the segment of an entry lasts.
pub fn stretch_of(run: &Run, entry: EntryId) -> Option<(Millis, Millis)> {
    let (_, segment) = reading::shown_as(run, entry)?;
    Some((segment.from, segment.to.unwrap_or(run.timeline.end)))
}
