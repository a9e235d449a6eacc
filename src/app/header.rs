//! The header: the name, and what concerns the whole page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icons;
use super::state::{Dialog, Page};
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::web::{browser, storage};

/// Name, gallery, link, theme, language, help.
#[component]
pub fn Header() -> impl IntoView {
    let page = Page::here();
    let share = move |_| {
        spawn_local(async move {
            let Some(link) = page.link(None).await else { return page.toast.set(Some(Ui::PartFailed)) };
            browser::set_fragment(&link);
            let copied = browser::copy(&browser::address_with(&link)).await;
            page.toast.set(Some(if copied { Ui::Shared } else { Ui::ShareFailed }));
            page.dialog.set(Some(Dialog::Share));
        });
    };
    let theme_name = move || match page.theme.get().as_deref() {
        Some("light") => Ui::ThemeLight.text(page.lang.get()),
        Some("dark") => Ui::ThemeDark.text(page.lang.get()),
        _ => Ui::ThemeSystem.text(page.lang.get()),
    };
    let theme_icon = move || match page.theme.get().as_deref() {
        Some("light") => icons::sun(),
        Some("dark") => icons::moon(),
        _ => icons::screen(),
    };
    let next_theme = move |_| {
        let next = match page.theme.get_untracked().as_deref() {
            None => Some("light"),
            Some("light") => Some("dark"),
            _ => None,
        };
        match next {
            Some(theme) => _ = storage::set("theme", theme),
            None => storage::remove("theme"),
        }
        page.theme.set(next.map(str::to_owned));
    };
    let next_lang = move |_| {
        let (lang, name) = if page.lang.get_untracked() == Lang::En { (Lang::Ko, "ko") } else { (Lang::En, "en") };
        storage::set("lang", name);
        page.lang.set(lang);
    };
    view! {
        <header class="head">
            <div class="brand">{icons::mark()}<h1>"Podlapse"</h1><span>{page.t(Ui::Tagline)}</span></div>
            <button class="button" aria-label=page.t(Ui::Gallery) on:click=move |_| page.dialog.set(Some(Dialog::Gallery)) data-testid="gallery">{icons::gallery()}<span class="wide">{page.t(Ui::Gallery)}</span></button>
            <button class="button" aria-label=page.t(Ui::Share) on:click=share data-testid="share">{icons::share()}<span class="wide">{page.t(Ui::Share)}</span></button>
            <button class="button icon" aria-label=theme_name title=theme_name on:click=next_theme data-testid="theme">{theme_icon}</button>
            <button class="button" title=page.t(Ui::Language) on:click=next_lang data-testid="lang">
                {move || if page.lang.get() == Lang::En { "한국어" } else { "English" }}
            </button>
            <button class="button icon" aria-label=page.t(Ui::Help) title=page.t(Ui::Help) on:click=move |_| page.dialog.set(Some(Dialog::Help))>{icons::help()}</button>
        </header>
    }
}
