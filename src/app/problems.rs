//! What is wrong with the texts: marks in the editor, and a list under it.

use leptos::prelude::*;

use super::state::Page;
use super::words;
use crate::diagnostic::{Diagnostic, Tab};
use crate::i18n::problem;
use crate::i18n::ui::Ui;
use crate::span::LineIndex;

/// The list; a press shows the place.
#[component]
pub fn Problems() -> impl IntoView {
    let page = Page::here();
    view! {
        <section class="problems" aria-label=page.t(Ui::Problems) aria-live="polite" hidden=move || page.notes.with(Vec::is_empty)>
            <ul>{move || page.notes.get().into_iter().take(200).map(|n| line(page, n)).collect_view()}</ul>
        </section>
    }
}

fn line(page: Page, note: Diagnostic) -> impl IntoView {
    let (glyph, class, name) = words::severity(note.severity);
    let tab = match note.tab {
        Tab::Pod => Ui::TabPod,
        Tab::Scenario => Ui::TabScenario,
    };
    let (row, column) = page.text(note.tab).with_untracked(|t| LineIndex::new(t).line_col(note.span.start));
    let words = problem::sentence(&note.problem, page.lang.get());
    view! {
        <li>
            <button class=format!("problem {class}") on:click=move |_| page.reveal(note.tab, note.span.start, note.span.end)>
                <span class="glyph" role="img" aria-label=page.t(name)>{glyph}</span>
                <span class="words">{words}</span>
                <span class="place">{page.t(tab)}" "{row}":"{column}</span>
            </button>
        </li>
    }
}
