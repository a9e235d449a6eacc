//! The card: what a bar is, in numbers. It follows the pointer; a click pins it and gives it its acts.

use leptos::prelude::*;

use super::{Menu, Stage, reading};
use crate::app::state::Panel;
use crate::i18n::ui::Ui;

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
        if e.key() == "Escape" {
            stage.hint.set(None);
        }
    });
    on_cleanup(move || keys.remove());
    let x = move || stage.hint.get().map(|h| format!("{}px", h.x));
    let y = move || stage.hint.get().map(|h| format!("{}px", h.y));
    move || {
        let (row, pinned, details) = subject.get()?;
        let name = stage.peek(|r| r.rows.get(row).map(|r| r.name.clone()).unwrap_or_default());
        let lines = details.lines.into_iter().map(|(what, text)| view! { <dt>{page.t(what)}</dt><dd>{text}</dd> });
        let (from, to, entry) = (details.from, details.to, details.entry);
        let inject = move |_| {
            if let Some(h) = stage.hint.get_untracked() {
                stage.open(Menu { row: h.row, at: h.at, x: h.x, y: h.y });
            }
        };
        let acts = pinned.then(|| view! {
            <div class="row">
                <button class="button outline" on:click=inject data-testid="inject-here">"⚡ "{page.t(Ui::InjectHere)}</button>
                <button class="button" on:click=move |_| page.zoom_to(from, to)>{page.t(Ui::ZoomTo)}</button>
                <button class="button" on:click=move |_| { page.selected.set(entry); page.panel.set(Panel::Why); }>{page.t(Ui::Why)}</button>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| stage.hint.set(None)>{crate::app::icons::close()}</button>
            </div>
        });
        Some(view! {
            <div class="card-hint" class:pinned=pinned role=if pinned { "group" } else { "presentation" } aria-label=pinned.then(|| name.clone()) style:--x=x style:--y=y data-testid="card">
                <p><b>{details.title}</b>" "<small>{name.clone()}</small></p>
                <dl>{lines.collect_view()}</dl>
                {acts}
            </div>
        })
    }
}
