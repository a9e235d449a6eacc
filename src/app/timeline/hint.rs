//! The card: what a bar is, in numbers. It follows the pointer; a click pins it and gives it its acts.

use leptos::html;
use leptos::prelude::*;

use super::{Menu, Stage, reading};
use crate::app::state::Panel;
use crate::i18n::ui::Ui;
use crate::web::browser;
use crate::web::resize::Size;

/// How far the card stays from the pointer.
const APART: f64 = 14.0;

/// Where a card so high begins: below the pointer, else above it, and always within the timeline, so that what stands around that
/// (the transport, the tabs) can be seen and pressed.
fn top(y: f64, height: f64, timeline: (f64, f64)) -> f64 {
    let (first, last) = timeline;
    match (y + APART, y - APART - height) {
        (below, _) if below + height <= last => below,
        (_, above) if above >= first => above,
        _ => (last - height).max(first),
    }
}

/// On a narrow window, where the transport is below all else: over what the tabs show, if that has the room. The lanes stay free.
fn over_panel(height: f64) -> Option<f64> {
    let [_, transport, ..] = browser::place_of(".transport")?;
    let [_, first, _, room] = browser::place_of("#panel")?;
    let last = (first + room).min(transport) - APART / 2.0;
    (transport > first && last - height >= first).then_some(last - height)
}

/// From where to where the timeline is seen: in a low window it is scrolled under the transport.
fn timeline() -> (f64, f64) {
    let [_, first, _, room] = browser::place_of("#timeline").unwrap_or_default();
    match browser::place_of(".transport") {
        Some([_, bar, _, high]) if bar < browser::height() / 2.0 => (first.max(bar + high), first + room),
        Some([_, bar, ..]) => (first, (first + room).min(bar)),
        None => (first, first + room),
    }
}

/// The card of the timeline.
#[component]
pub fn Card(stage: Stage) -> impl IntoView {
    let page = stage.page;
    // The pointer moves within a bar far more often than from one to another.
    let subject = Memo::new(move |_| {
        let hint = stage.hint.get()?;
        stage.with(|run| reading::details(run, hint.row, hint.at, page.lang.get()).map(|d| (hint.row, hint.pinned, d)))
    });
    let keys = window_event_listener(leptos::ev::keydown, move |e| {
        if e.key() == "Escape"
            && let Some(hint) = stage.hint.get_untracked()
        {
            stage.hint.set(None);
            if hint.by_key {
                page.hover.set(None);
                browser::focus(&format!("[data-row=\"{}\"]", hint.row));
            }
        }
    });
    // A card that a key has called is read out; what the pointer passes is not.
    let said = move || {
        let by_key = stage.hint.with(|h| h.as_ref().is_some_and(|h| h.by_key));
        let words = |d: &reading::Details| {
            let lines = d.lines.iter().map(|(what, text)| format!("{} {text}", page.t(*what)()));
            std::iter::once(d.title.clone()).chain(lines).collect::<Vec<_>>().join(", ")
        };
        subject.with(|s| s.as_ref().filter(|_| by_key).map(|(_, _, details)| words(details)))
    };
    on_cleanup(move || keys.remove());
    // Where the reader turns to something else, the card is in the way.
    Effect::watch(
        move || (page.panel.get(), page.tab.get(), page.watching.get(), page.dialog.get()),
        move |_, _, _| stage.hint.set(None),
        false,
    );
    let (node, height) = (NodeRef::<html::Div>::new(), RwSignal::new(0.0));
    let watch = StoredValue::new_local(None::<Size>);
    Effect::new(move || watch.set_value(node.get().and_then(|card| Size::watch(&card, move |_, h| height.set(h)))));
    let x = move || stage.hint.get().map(|h| format!("{}px", h.x));
    let y = move || {
        let height = height.get();
        stage.hint.get().map(|h| format!("{}px", over_panel(height).unwrap_or_else(|| top(h.y, height, timeline()))))
    };
    let card = move || {
        let (row, pinned, details) = subject.get()?;
        let name = stage.peek(|r| r.rows.get(row).map(|r| r.name.clone()).unwrap_or_default());
        let lines = details.lines.into_iter().map(|(what, text)| view! { <dt>{page.t(what)}</dt><dd>{text}</dd> });
        let (from, to, entry) = (details.from, details.to, details.entry);
        let inject = move |_| {
            if let Some(h) = stage.hint.get_untracked() {
                stage.open(Menu { row: h.row, at: h.at, x: h.x, y: h.y });
            }
        };
        let why = move |_| {
            page.selected.set(entry);
            page.panel.set(Panel::Why);
            stage.hint.set(None);
            browser::focus("#panel");
        };
        let acts = pinned.then(|| view! {
            <div class="row">
                <button class="button outline" on:click=inject data-testid="inject-here">"⚡ "{page.t(Ui::InjectHere)}</button>
                <button class="button" on:click=move |_| page.zoom_to(from, to)>{page.t(Ui::ZoomTo)}</button>
                <button class="button" on:click=why>{page.t(Ui::Why)}</button>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| stage.hint.set(None)>{crate::app::icons::close()}</button>
            </div>
        });
        Some(view! {
            <div class="card-hint" node_ref=node class:pinned=pinned role=if pinned { "group" } else { "presentation" } aria-label=pinned.then(|| name.clone()) style:--x=x style:--y=y data-testid="card">
                <p><b>{details.title}</b>" "<small>{name.clone()}</small></p>
                <dl>{lines.collect_view()}</dl>
                {acts}
            </div>
        })
    };
    view! { <p class="unseen" aria-live="polite" data-testid="walked">{said}</p>{card} }
}
