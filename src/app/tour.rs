//! The guided tour of a first visit: five cards, each beside what it is about. It can be left at any step and never comes back by itself.

use leptos::html;
use leptos::prelude::*;

use super::state::Page;
use crate::i18n::ui::Ui;
use crate::web::timers::Interval;
use crate::web::{browser, storage};

/// What each step points at, and what it says.
const STEPS: [(&str, Ui, Ui); 5] = [
    (".left", Ui::TourEditor, Ui::TourEditorText),
    (".strip", Ui::TourStrip, Ui::TourStripText),
    (".transport", Ui::TourTransport, Ui::TourTransportText),
    (".canvas", Ui::TourTimeline, Ui::TourTimelineText),
    (".panels", Ui::TourPanels, Ui::TourPanelsText),
];

/// How often a step looks where what it shows is, in real milliseconds.
const LOOK: u32 = 200;

/// The card stands below, and above what lies lower than this share of the window.
const LOW: f64 = 0.6;

/// Begins the tour for who has never been here and has not followed a link.
pub fn greet(page: Page) {
    let new = storage::get("toured").is_none() && storage::get("pod").is_none();
    if new && browser::fragment().is_empty() {
        page.tour.set(Some(0));
    }
}

/// The card of the step, and a frame around what it is about.
#[component]
pub fn Tour() -> impl IntoView {
    let page = Page::here();
    greet(page);
    let leave = move || {
        storage::set("toured", "1");
        page.tour.set(None);
    };
    // On a narrow window the editor and the timeline take turns.
    Effect::new(move || {
        if let Some(step) = page.tour.get() {
            page.watching.set(step > 0);
        }
    });
    let node = NodeRef::<html::Div>::new();
    let place = RwSignal::new(None::<[f64; 4]>);
    // What it is about must be seen beside it.
    let above = move || place.get().is_some_and(|[_, top, _, height]| top + height / 2.0 > LOW * browser::height());
    // What a step shows may come later than its card, move and grow.
    let look = move || {
        let is = page.tour.get_untracked().and_then(|step| browser::place_of(STEPS[step].0));
        if place.get_untracked() != is {
            place.set(is);
        }
    };
    let watch = StoredValue::new_local(None::<Interval>);
    Effect::new(move || {
        let step = page.tour.get();
        watch.set_value(step.map(|_| Interval::new(LOOK, look)));
        let arrive = move || {
            if let Some(card) = node.get_untracked() {
                let _ = card.focus();
            }
            if let Some(step) = step {
                browser::show(STEPS[step].0);
            }
            look();
        };
        // The card, and what the step shows, are laid out after this turn.
        request_animation_frame(arrive);
    });
    let card = move || {
        let step = page.tour.get()?;
        let (_, title, text) = STEPS[step];
        let last = step + 1 == STEPS.len();
        let next = move |_| if last { leave() } else { page.tour.set(Some(step + 1)) };
        Some(view! {
            <div class="ring" aria-hidden="true" hidden=move || place.get().is_none()
                style:left=move || place.get().map(|p| format!("{}px", p[0])) style:top=move || place.get().map(|p| format!("{}px", p[1]))
                style:width=move || place.get().map(|p| format!("{}px", p[2])) style:height=move || place.get().map(|p| format!("{}px", p[3]))></div>
            <div class="tour" class:above=above role="dialog" tabindex="-1" node_ref=node aria-label=page.t(Ui::Tour) data-testid="tour"
                on:keydown=move |e| if e.key() == "Escape" { leave() }>
                <small>{format!("{} / {}", step + 1, STEPS.len())}</small>
                <h2>{page.t(title)}</h2>
                <p>{page.t(text)}</p>
                <div class="row">
                    <button class="button" on:click=move |_| leave() data-testid="tour-skip">{page.t(Ui::TourSkip)}</button>
                    <span class="spring"></span>
                    {(step > 0).then(|| view! { <button class="button outline" on:click=move |_| page.tour.set(Some(step - 1))>{page.t(Ui::Back)}</button> })}
                    <button class="button solid" on:click=next data-testid="tour-next">{if last { page.t(Ui::TourDone) } else { page.t(Ui::Next) }}</button>
                </div>
            </div>
        })
    };
    view! { <div class="slot">{card}</div> }
}
