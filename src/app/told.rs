//! What an example says of itself, beside its run for as long as the texts are the example's.

use leptos::prelude::*;

use super::examples::{self, Example};
use super::icons;
use super::state::Page;
use crate::i18n::ui::Ui;

/// The words of an example, and the sum of its texts.
#[derive(Clone, Copy)]
pub struct Told {
    en: (&'static str, &'static str),
    ko: (&'static str, &'static str),
    sum: u64,
}

impl Told {
    pub fn of(example: &Example) -> Told {
        Told { en: example.en, ko: example.ko, sum: examples::sum(example.pod, example.scenario) }
    }

    /// Whether the texts are still those of the example.
    pub fn is_of(&self, pod: &str, scenario: &str) -> bool {
        self.sum == examples::sum(pod, scenario)
    }
}

/// The title and the sentence of the example that was opened, until a text is changed or it is put away.
#[component]
pub fn About() -> impl IntoView {
    let page = Page::here();
    let body = move || {
        let told = page.told.get()?;
        let (title, sentence) = page.lang.get().pick(told.en, told.ko);
        Some(view! {
            <section class="note-bar told" aria-label=page.t(Ui::AboutExample) data-testid="told">
                <p class="words"><b>{title}</b>" "<span>{sentence}</span></p>
                <button class="button icon" aria-label=page.t(Ui::Close) title=page.t(Ui::Close) on:click=move |_| page.told.set(None)>{icons::close()}</button>
            </section>
        })
    };
    view! { <div class="slot">{body}</div> }
}
