//! What there is to give away: the link, with or without this moment, and the snippet that puts the timeline into another page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::help::Sheet;
use super::state::{Dialog, Page};
use super::timeline::lanes;
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
    let looks = RwSignal::new(Looks { autoplay: true, ..Looks::default() });
    Effect::new(move || {
        let at = with_moment.get().then_some(now);
        spawn_local(async move { link.set(page.link(at).await.unwrap_or_default()) });
    });
    let (name, height) = page.run.with_untracked(|run| {
        let run = run.as_ref();
        (run.and_then(|r| r.trace.pod.metadata.name.clone()), run.map_or(0.0, |r| lanes::little_height(&r.rows)))
    });
    let address = Signal::derive(move || browser::address_with(&link.get()));
    let snippet = Signal::derive(move || {
        let looks = looks.get();
        let height = (height + if looks.bare { BARE } else { AROUND }).clamp(LEAST, MOST);
        snippet(&address.get(), looks, name.as_deref().unwrap_or("Pod"), height)
    });
    view! {
        <p>{page.t(Ui::ShareHint)}</p>
        <label class="check"><input type="checkbox" prop:checked=with_moment on:change=move |_| with_moment.update(|with| *with = !*with) data-testid="share-moment" />
            {page.t(Ui::ShareMoment)}" ("{words::seconds(now)}")"</label>
        <Way name=Ui::ShareLink text=address />
        <Way name=Ui::ShareEmbed text=snippet />
        <div class="looks">
            <Choice name=Ui::ShareTheme choices=&[("", Ui::ShareAsReader), ("light", Ui::ThemeLight), ("dark", Ui::ThemeDark)] pick=move |theme| looks.update(|l| l.theme = theme) />
            <Choice name=Ui::ShareLanguage choices=&[("", Ui::ShareAsReader), ("en", Ui::English), ("ko", Ui::Korean)] pick=move |lang| looks.update(|l| l.lang = lang) />
            <label class="check"><input type="checkbox" checked on:change=move |_| looks.update(|l| l.autoplay = !l.autoplay) />{page.t(Ui::SharePlays)}</label>
            <label class="check"><input type="checkbox" checked on:change=move |_| looks.update(|l| l.bare = !l.bare) />{page.t(Ui::ShareControls)}</label>
        </div>
    }
}

/// How the timeline looks in another page; empty is as its reader has it.
#[derive(Clone, Copy, Default)]
struct Looks {
    theme: &'static str,
    lang: &'static str,
    autoplay: bool,
    /// Without controls.
    bare: bool,
}

/// What stands around the lanes in another page, with the controls and without, in pixels; and how high the whole may be.
const AROUND: f64 = 160.0;
const BARE: f64 = 130.0;
const LEAST: f64 = 240.0;
const MOST: f64 = 640.0;

/// One of a few.
#[component]
fn Choice(name: Ui, choices: &'static [(&'static str, Ui)], pick: impl Fn(&'static str) + 'static) -> impl IntoView {
    let page = Page::here();
    let options = choices.iter().map(|(value, name)| view! { <option value=*value>{page.t(*name)}</option> });
    let change = move |e| {
        let value = event_target_value(&e);
        pick(choices.iter().find(|(known, _)| *known == value).map_or("", |(known, _)| known));
    };
    view! { <label>{page.t(name)}" "<select class="select" on:change=change>{options.collect_view()}</select></label> }
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

/// The timeline of a link in an iframe. The name is one that the API server takes: nothing in it has to be quoted.
fn snippet(address: &str, looks: Looks, name: &str, height: f64) -> String {
    let (page, fragment) = address.split_once('#').unwrap_or((address, ""));
    let page = page.split_once('?').map_or(page, |(page, _)| page);
    let named = |key: &str, value: &str| if value.is_empty() { String::new() } else { format!("&amp;{key}={value}") };
    let query = [
        named("theme", looks.theme),
        named("lang", looks.lang),
        named("autoplay", if looks.autoplay { "" } else { "0" }),
        named("controls", if looks.bare { "0" } else { "" }),
    ]
    .concat();
    format!(
        r#"<iframe src="{page}?embed{query}#{fragment}" title="The Pod {name} in its timeline" loading="lazy" height="{height}" style="width: 100%; border: 0"></iframe>"#
    )
}
