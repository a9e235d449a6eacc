//! The gallery: scenarios to open, in groups, to be searched and walked by keyboard; each has a link of its own.

use leptos::prelude::*;

use super::examples::{EXAMPLES, Example, Group};
use super::help::Sheet;
use super::icons;
use super::state::{Dialog, Page};
use super::told::Told;
use crate::document::Document;
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::share;
use crate::web::browser;

/// The dialog; what is in it is made when it opens.
#[component]
pub fn Gallery() -> impl IntoView {
    let page = Page::here();
    view! {
        <Sheet which=Dialog::Gallery title=Ui::Gallery>
            <Show when=move || page.dialog.get() == Some(Dialog::Gallery)><Shelves /></Show>
        </Sheet>
    }
}

/// The search, and the examples that it leaves.
#[component]
fn Shelves() -> impl IntoView {
    let page = Page::here();
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let (words, lang) = (search.get().to_lowercase(), page.lang.get());
        let hit = |e: &Example| words.split_whitespace().all(|word| spoken(e, lang).contains(word));
        (0..EXAMPLES.len()).filter(|&i| hit(&EXAMPLES[i])).collect::<Vec<_>>()
    });
    let shelf = move |group: Group| {
        let mine = move || found.get().into_iter().filter(move |&i| EXAMPLES[i].group == group);
        let name = move || page.lang.get().pick(group.names().0, group.names().1);
        view! {
            <section class="shelf" hidden=move || mine().next().is_none()>
                <h3>{name}</h3>
                <ul class="cards"><For each=mine key=|i| *i children=move |i| view! { <Card example=&EXAMPLES[i] /> } /></ul>
            </section>
        }
    };
    let enter = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Enter"
            && let Some(&first) = untrack(|| found.get()).first()
        {
            open(page, &EXAMPLES[first]);
        }
    };
    view! {
        <div on:keydown=walk>
            <input class="field search" type="search" autofocus placeholder=page.t(Ui::Search) aria-label=page.t(Ui::Search) data-testid="gallery-search"
                prop:value=search on:input=move |e| search.set(event_target_value(&e)) on:keydown=enter />
            {Group::ALL.map(shelf).into_iter().collect_view()}
            <p class="none" role="status">{move || found.with(Vec::is_empty).then(|| page.t(Ui::NothingFound))}</p>
        </div>
    }
}

/// One example, and its link.
#[component]
fn Card(example: &'static Example) -> impl IntoView {
    let page = Page::here();
    let words = move || page.lang.get().pick(example.en, example.ko);
    let document = Document { pod: example.pod.into(), scenario: example.scenario.into(), ..Document::default() };
    let link = browser::address_with(&share::write(&document));
    let link_name = move || format!("{}: {}", page.t(Ui::OpenLink)(), words().0);
    view! {
        <li class="card">
            <button class="open" on:click=move |_| open(page, example) data-testid=example.id>
                <b>{move || words().0}</b>
                <span>{move || words().1}</span>
            </button>
            <a class="button icon" href=link target="_blank" rel="noopener" aria-label=link_name title=page.t(Ui::OpenLink)>{icons::share()}</a>
        </li>
    }
}

fn open(page: Page, example: &Example) {
    page.open_texts(example.pod, example.scenario);
    page.told.set(Some(Told::of(example)));
    page.watching.set(true);
    page.dialog.set(None);
}

/// All that the search looks in.
fn spoken(example: &Example, lang: Lang) -> String {
    let (title, sentence) = lang.pick(example.en, example.ko);
    let shelf = lang.pick(example.group.names().0, example.group.names().1);
    format!("{title} {sentence} {shelf} {}", example.id).to_lowercase()
}

/// Up and down go from one example to the next.
fn walk(e: web_sys::KeyboardEvent) {
    let on = match e.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    e.prevent_default();
    browser::focus_next("dialog[open] .search, dialog[open] .shelf:not([hidden]) .open", on);
}
