//! What there is to give away: the link, with or without this moment, and the snippet that puts the timeline into another page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::help::Sheet;
use super::state::{Dialog, Page};
use super::words;
use crate::i18n::ui::Ui;
use crate::web::browser;

/// The dialog; what is in it is made when it opens.
#[component]
pub fn Share() -> impl IntoView {
    let page = Page::here();
    view! {
        <Sheet which=Dialog::Share title=Ui::Share>
            <Show when=move || page.dialog.get() == Some(Dialog::Share)><Ways /></Show>
        </Sheet>
    }
}

/// The link and the snippet, each to be copied.
#[component]
fn Ways() -> impl IntoView {
    let page = Page::here();
    let now = page.playhead.get_untracked();
    let (with_moment, link) = (RwSignal::new(false), RwSignal::new(String::new()));
    Effect::new(move || {
        let at = with_moment.get().then_some(now);
        spawn_local(async move { link.set(page.link(at).await.unwrap_or_default()) });
    });
    let address = Signal::derive(move || browser::address_with(&link.get()));
    let snippet = Signal::derive(move || snippet(&address.get()));
    view! {
        <p>{page.t(Ui::ShareHint)}</p>
        <label class="check"><input type="checkbox" prop:checked=with_moment on:change=move |_| with_moment.update(|with| *with = !*with) data-testid="share-moment" />
            {page.t(Ui::ShareMoment)}" ("{words::seconds(now)}")"</label>
        <Way name=Ui::ShareLink text=address />
        <Way name=Ui::ShareEmbed text=snippet />
    }
}

/// A text that is there to be copied.
#[component]
fn Way(name: Ui, text: Signal<String>) -> impl IntoView {
    let page = Page::here();
    let copied = RwSignal::new(false);
    Effect::watch(move || text.get(), move |_, _, _| copied.set(false), false);
    let copy = move |_| {
        spawn_local(async move { copied.set(browser::copy(&text.get_untracked()).await) });
    };
    let whole = move |e: web_sys::FocusEvent| event_target::<web_sys::HtmlInputElement>(&e).select();
    let word = move || if copied.get() { page.t(Ui::Copied)() } else { page.t(Ui::Copy)() };
    view! {
        <h3>{page.t(name)}</h3>
        <div class="way">
            <input class="field" readonly prop:value=text aria-label=page.t(name) on:focus=whole />
            <button class="button outline" on:click=copy>{word}</button>
        </div>
    }
}

/// The timeline of a link in an iframe.
fn snippet(address: &str) -> String {
    let (page, fragment) = address.split_once('#').unwrap_or((address, ""));
    let page = page.split_once('?').map_or(page, |(page, _)| page);
    format!(r#"<iframe src="{page}?embed#{fragment}" title="A Pod in its timeline" width="800" height="420"></iframe>"#)
}
