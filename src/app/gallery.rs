//! The gallery: scenarios to open.

use leptos::prelude::*;

use super::examples::EXAMPLES;
use super::help::Sheet;
use super::state::{Dialog, Page};
use crate::i18n::Lang;
use crate::i18n::ui::Ui;

/// The dialog with a card per example.
#[component]
pub fn Gallery() -> impl IntoView {
    let page = Page::here();
    let cards = EXAMPLES.iter().map(move |example| {
        let open = move |_| {
            page.open_texts(example.pod, example.scenario);
            page.dialog.set(None);
        };
        let words = move || if page.lang.get() == Lang::Ko { example.ko } else { example.en };
        view! {
            <button class="card" on:click=open data-testid=example.id>
                <b>{move || words().0}</b>
                <span>{move || words().1}</span>
            </button>
        }
    });
    let cards = cards.collect_view();
    view! { <Sheet which=Dialog::Gallery title=Ui::Gallery><div class="cards">{cards}</div></Sheet> }
}
