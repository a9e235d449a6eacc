//! The page: Leptos components over one state.
//!
//! [`state::Page`] holds the two texts and the playhead; everything else is derived. An edit runs the whole pipeline
//! once; a move of the playhead runs nothing and touches only what shows that moment. No component holds state that
//! another needs, none writes markup from text, and none decides anything about Kubernetes.

mod assist;
mod compare;
mod drafts;
mod editor;
mod examples;
mod gallery;
mod header;
mod help;
mod icons;
pub mod inject;
mod keys;
mod legend;
mod panels;
pub mod parts;
mod predict;
mod problems;
mod run;
mod share_sheet;
mod state;
mod strip;
mod timeline;
mod told;
mod tour;
pub mod transport;
mod transport_bar;
mod words;

use leptos::html;
use leptos::prelude::*;

use crate::i18n::ui::Ui;
use crate::share::{self, Unreadable};
use crate::web::browser;
use crate::web::resize::Size;
use crate::web::timers::Timeout;
use parts::{Parts, on_demand};
use state::Page;

/// Mounts the page in the document, once the module is up.
pub fn start() {
    browser::on_panic_tell_the_page();
    // The last time it did not come to an end: the reader is asked first (`public/boot.js`).
    if browser::root_attribute("data-held").is_some() {
        return;
    }
    Timeout::new(0, || leptos::mount::mount_to_body(App)).forget();
}

/// A piece of the page that is made in a task of its own, after those before it: the browser can answer in between.
fn in_turn(piece: impl Fn() -> AnyView + Send + Sync + 'static) -> impl IntoView {
    let turn = RwSignal::new(false);
    Timeout::new(0, move || turn.set(true)).forget();
    move || turn.get().then(&piece)
}

/// The whole page; with `?embed` the timeline alone. A link is read first, by the engine, which it will need anyway.
#[component]
pub fn App() -> impl IntoView {
    let (parts, fragment) = (Parts::all(), browser::fragment());
    move || {
        let link = match (share::claims(&fragment), parts.engine) {
            (false, _) => Ok(None),
            (true, engine) if engine.failed() => Err(Ui::PartFailed),
            (true, engine) => (engine.get()?.read_link)(&fragment).map_err(complaint),
        };
        Some(untrack(|| opened(Page::open(parts, link))))
    }
}

/// The page on its texts.
fn opened(page: Page) -> AnyView {
    provide_context(page);
    page.keep();
    keys::listen(page);
    let view = if browser::query("embed").is_some() {
        view! { <Embedded /><timeline::Textures /> }.into_any()
    } else {
        view! { <Whole /><timeline::Textures /> }.into_any()
    };
    // The first run comes after the pieces of the page. What stood there from the start goes with it.
    let begin = move || {
        page.begin();
        browser::remove_element("boot");
    };
    Timeout::new(0, begin).forget();
    view
}

/// What is said of a link that cannot be read.
fn complaint(why: Unreadable) -> Ui {
    match why {
        Unreadable::Damaged => Ui::LinkDamaged,
        Unreadable::Newer => Ui::LinkNewer,
        Unreadable::TooLarge => Ui::LinkTooLarge,
    }
}

/// Header, editor, timeline and panels.
#[component]
fn Whole() -> impl IntoView {
    let page = Page::here();
    let place = move || if page.watching.get() { "watch" } else { "edit" };
    // The address stays: its fragment is for links.
    let skip = move |e: web_sys::MouseEvent| {
        e.prevent_default();
        page.watching.set(true);
        Timeout::new(0, || browser::focus("#run")).forget();
    };
    view! {
        <main class="page" data-view=place style:--split=move || format!("{}%", page.split.get())>
            <a class="skip" href="#run" on:click=skip>{page.t(Ui::SkipToTimeline)}</a>
            <header::Header />
            {in_turn(|| view! { <Left /> }.into_any())}
            {in_turn(|| view! { <editor::Splitter /> <Right /> <Switch /> }.into_any())}
        </main>
        {on_demand(page, move || page.dialog.get().is_some(), |tools| (tools.dialogs)())}
        {in_turn(|| view! { <tour::Tour /> }.into_any())}
        <Toast />
    }
}

/// The texts, and what is wrong with them.
#[component]
fn Left() -> impl IntoView {
    let page = Page::here();
    view! {
        <section class="left" aria-label=page.t(Ui::Editor)>
            <editor::Tabs />
            <editor::Code />
            <problems::Problems />
        </section>
    }
}

/// On a narrow window: which of the two halves is shown.
#[component]
fn Switch() -> impl IntoView {
    let page = Page::here();
    let choice = move |watching: bool, name: Ui| {
        let bad = move || problems::count(page, |_| !watching);
        view! {
            <button aria-pressed=move || (page.watching.get() == watching).to_string() on:click=move |_| page.watching.set(watching)>
                {page.t(name)}{bad}
            </button>
        }
    };
    view! { <nav class="switch">{choice(false, Ui::ViewEdit)}{choice(true, Ui::ViewWatch)}</nav> }
}

/// Everything about the run, made when it is first shown: on a narrow window the text comes first. With the run, not before it:
/// nothing moves when that comes.
#[component]
fn Right() -> impl IntoView {
    let page = Page::here();
    let room = NodeRef::<html::Div>::new();
    let shown = RwSignal::new(false);
    let watch = StoredValue::new_local(None::<Size>);
    Effect::new(move || {
        watch.set_value(room.get().and_then(|room| Size::watch(&room, move |_, _| shown.set(true))));
    });
    view! {
        <div class="right" id="run" tabindex="-1" node_ref=room data-guessing=move || page.hides().then_some("true")
            data-behind=move || page.is_behind().then_some("true")>
            <Show when=move || shown.get() && page.begun.get()>
                <strip::Strip />
                <transport_bar::TransportBar />
                <told::About />
                {on_demand(page, move || page.guess.with(Option::is_some), |tools| (tools.predict)())}
                {on_demand(page, move || page.kept.with(Option::is_some), |tools| (tools.compare)())}
                <timeline::Timeline />
                <panels::Panels />
            </Show>
        </div>
    }
}

/// The timeline for an iframe: `?embed` with `theme`, `lang`, `autoplay=0|1` and `controls=0|1`.
#[component]
fn Embedded() -> impl IntoView {
    let page = Page::here();
    let controls = browser::query("controls").is_none_or(|c| c != "0");
    let link =
        move || page.parts.engine.arrived().map(|engine| (engine.write_link)(&page.document())).unwrap_or_default();
    let out = move || browser::address_with(&link()).replace("embed", "from");
    view! {
        <main class="embed">
            <strip::Strip />
            <timeline::Timeline />
            <div class="foot">
                {controls.then(|| view! { <transport_bar::TransportBar /> })}
                <a class="out" target="_blank" rel="noopener" href=out>{page.t(Ui::OpenInPodlapse)}</a>
            </div>
        </main>
    }
}

/// A word that passes by.
#[component]
fn Toast() -> impl IntoView {
    let page = Page::here();
    view! {
        <div role="status">
            {move || page.toast.get().map(|word| view! { <p class="toast">{page.t(word)}</p> })}
        </div>
    }
}
