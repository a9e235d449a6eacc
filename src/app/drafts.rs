//! Drafts: what was typed, kept in the browser under names, so that nothing is lost.
//!
//! A draft is a few texts in local storage; there is no list of them that two tabs could spoil. A tab writes only over what
//! it has itself read or written: when another tab was faster, or has the draft open, the text becomes a draft of its own.
//! What the gallery can give again is no draft.

use leptos::prelude::*;

use super::examples;
use super::help::Sheet;
use super::state::{Dialog, Page};
use crate::i18n::ui::Ui;
use crate::order::Order;
use crate::time::Millis;
use crate::web::timers::{Interval, Timeout};
use crate::web::{browser, storage};

/// How long after its last sign a tab counts as open, in milliseconds; hidden tabs are given a turn once a minute.
const ALIVE: f64 = 130_000.0;

/// How long after a key the draft is written, in milliseconds.
const SOON: u32 = 250;

/// The two texts of a draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    pub pod: String,
    pub scenario: String,
}

/// What a visit begins with: the texts, the draft that they are, and the playhead.
pub struct Opening {
    pub texts: Texts,
    pub draft: Option<String>,
    pub at: Option<Millis>,
}

/// What this tab had before its reload; else the draft that was open last, unless another tab has it open: then a copy.
pub fn opening() -> Option<Opening> {
    if let Some(pod) = storage::get_own("pod") {
        let texts = Texts { pod, scenario: storage::get_own("scenario").unwrap_or_default() };
        let draft = storage::get_own("draft").filter(|id| read(id).as_ref() == Some(&texts));
        let at = storage::get_own("at").and_then(|at| at.parse().ok()).map(Millis);
        return Some(Opening { texts, draft, at });
    }
    let id = storage::get("draft")?;
    let texts = read(&id)?;
    let at = field(&id, "at").and_then(|at| at.parse().ok()).map(Millis);
    Some(Opening { texts, draft: Some(id).filter(|id| !is_open_elsewhere(id)), at })
}

/// Keeps, from now on, the draft in step with the page; the texts themselves come with [`save`].
pub fn keep(page: Page) {
    // What was typed before a reload may be in no draft yet.
    let texts = Texts { pod: page.pod.get_untracked(), scenario: page.scenario.get_untracked() };
    save(page, texts, false);
    Effect::new(move || {
        let (playing, at) = (page.playing.get(), page.playhead.get());
        if !playing {
            storage::set_own("at", &at.0.to_string());
            if let Some(id) = page.draft.get_untracked() {
                put(&id, "at", &at.0.to_string());
            }
        }
    });
    // What this tab leaves, it no longer has open.
    Effect::new(move |before: Option<Option<String>>| {
        let now = page.draft.get();
        if let Some(left) = before.flatten().filter(|left| Some(left) != now.as_ref()) {
            storage::remove(&name_of(&left, "alive"));
        }
        storage::set_own("draft", now.as_deref().unwrap_or_default());
        now
    });
    let sign = move || {
        if let Some(id) = page.draft.get_untracked() {
            put(&id, "alive", &browser::now().to_string());
        }
    };
    sign();
    let leave = browser::on_leave(move || {
        flush(page);
        if let Some(id) = page.draft.get_untracked() {
            storage::remove(&name_of(&id, "alive"));
        }
    });
    // Both end with the page's own owner.
    StoredValue::new_local((Interval::new(20_000, sign), leave));
}

/// Keeps the texts that have changed in this tab at once, and in the draft a moment later: a key does not wait for the disk.
pub fn hold(page: Page, pod: Option<&String>, scenario: Option<&String>) {
    for (name, text) in [("pod", pod), ("scenario", scenario)] {
        if let Some(text) = text {
            storage::set_own(name, text);
        }
    }
    if page.saving.with_value(Option::is_none) {
        page.saving.set_value(Some(Timeout::new(SOON, move || flush(page))));
    }
}

/// Writes the draft now, when there is something to write.
pub fn flush(page: Page) {
    if page.saving.try_update_value(Option::take).flatten().is_some() {
        save(page, Texts { pod: page.pod.get_untracked(), scenario: page.scenario.get_untracked() }, true);
    }
}

/// Writes the texts into the tab's draft, or into a new one when they are worth it and there is none or it is no longer the tab's own.
pub fn save(page: Page, texts: Texts, edited: bool) {
    storage::set_own("pod", &texts.pod);
    storage::set_own("scenario", &texts.scenario);
    let last = page.saved.get_value();
    page.saved.set_value(texts.clone());
    let mine = page.draft.get_untracked().filter(|id| read(id).is_some_and(|stored| stored == last || stored == texts));
    let plain = examples::is_one(&texts.pod, &texts.scenario) || texts.pod.trim().is_empty();
    // A text that only came here, by a link or as a copy, becomes a draft when it is changed.
    let came = !edited && storage::get_own("draft").is_none();
    let id = match mine {
        Some(id) => id,
        None if plain || came => return page.draft.set(None),
        None => fresh_id(),
    };
    write(&id, &texts);
    if let Some(name) = run_name(page) {
        put(&id, "called", &name);
    }
    put(&id, "alive", &browser::now().to_string());
    storage::set("draft", &id);
    page.draft.set(Some(id));
}

fn name_of(id: &str, field: &str) -> String {
    format!("draft/{id}/{field}")
}

fn field(id: &str, field: &str) -> Option<String> {
    storage::get(&name_of(id, field))
}

fn put(id: &str, field: &str, text: &str) {
    // Only what exists has fields: a draft that was deleted in another tab does not come back in pieces.
    if field == "pod" || storage::get(&name_of(id, "pod")).is_some() {
        storage::set(&name_of(id, field), text);
    }
}

/// The texts of a draft.
fn read(id: &str) -> Option<Texts> {
    Some(Texts { pod: field(id, "pod")?, scenario: field(id, "scenario").unwrap_or_default() })
}

fn write(id: &str, texts: &Texts) {
    put(id, "pod", &texts.pod);
    put(id, "scenario", &texts.scenario);
    put(id, "edited", &browser::now().to_string());
}

fn is_open_elsewhere(id: &str) -> bool {
    let sign = field(id, "alive").and_then(|at| at.parse::<f64>().ok());
    sign.is_some_and(|at| browser::now() - at < ALIVE)
}

/// A name that no other draft has: the time, and chance.
fn fresh_id() -> String {
    format!("{:x}-{:x}", browser::now() as u64, browser::chance())
}

/// A draft in the list.
#[derive(Clone, PartialEq)]
struct Listed {
    id: String,
    name: String,
    edited: f64,
}

/// All drafts, the one edited last first.
fn all() -> Vec<Listed> {
    let names = storage::names();
    let ids = names.iter().filter_map(|name| name.strip_prefix("draft/")?.strip_suffix("/pod"));
    let edited = |id: &str| field(id, "edited").and_then(|at| at.parse().ok()).unwrap_or_default();
    let mut all: Vec<Listed> =
        ids.map(|id| Listed { id: id.into(), name: shown_name(id).unwrap_or_default(), edited: edited(id) }).collect();
    all.order_by(|a, b| b.edited.total_cmp(&a.edited).then_with(|| a.id.cmp(&b.id)));
    all
}

/// The name that was given to a draft, else that of its Pod when it last ran, else what looks like it.
fn shown_name(id: &str) -> Option<String> {
    let named = |name| field(id, name).filter(|name| !name.trim().is_empty());
    named("name").or_else(|| named("called")).or_else(|| looks_named(&field(id, "pod")?))
}

/// The name of the Pod that the page's text is, when it runs.
fn run_name(page: Page) -> Option<String> {
    let runs = !page.stale.get_untracked() && !page.waiting.get_untracked();
    page.run.with_untracked(|run| run.as_ref().filter(|_| runs)?.trace.pod.metadata.name.clone())
}

/// The name in the metadata of a text that does not run: the first `name` after `metadata`, as a block, in braces or in JSON.
fn looks_named(text: &str) -> Option<String> {
    let (_, metadata) = text.split_once("metadata")?;
    let is_key = |at: usize, rest: &str| {
        let before = metadata[..at].trim_end_matches('"').chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || "{,".contains(c));
        begins && rest.trim_start_matches('"').trim_start().starts_with(':')
    };
    let value = metadata.match_indices("name").find_map(|(at, key)| {
        let rest = &metadata[at + key.len()..];
        is_key(at, rest).then(|| rest.split_once(':').map(|(_, value)| value)).flatten()
    })?;
    let value = value.split(['\n', ',', '}', '#']).next()?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The button in the editor's bar: the name of the draft; it opens the list.
#[component]
pub fn DraftButton() -> impl IntoView {
    let page = Page::here();
    let name = move || {
        let named = page.draft.get().and_then(|id| field(&id, "name")).filter(|n| !n.trim().is_empty());
        // The run and what it stands for change after the text.
        page.run.track();
        page.stale.track();
        let called = || run_name(page).filter(|_| page.pod.with(|text| !text.trim().is_empty()));
        named
            .or_else(called)
            .or_else(|| page.pod.with(|text| looks_named(text)))
            .unwrap_or_else(|| page.t(Ui::DraftUntitled)().to_owned())
    };
    // A rename is made in the dialog.
    let name = Memo::new(move |_| {
        page.dialog.track();
        name()
    });
    view! {
        <button class="button draft" aria-haspopup="dialog" title=page.t(Ui::Drafts) on:click=move |_| page.dialog.set(Some(Dialog::Drafts)) data-testid="drafts">
            <span class="unseen">{page.t(Ui::Drafts)}": "</span><span class="draft-name">{name}</span><span aria-hidden="true">"▾"</span>
        </button>
    }
}

/// The dialog.
#[component]
pub fn Drafts() -> impl IntoView {
    let page = Page::here();
    view! {
        <Sheet which=Dialog::Drafts title=Ui::Drafts>
            <Show when=move || page.dialog.get() == Some(Dialog::Drafts)><List /></Show>
        </Sheet>
    }
}

/// The drafts, each to be opened, renamed, duplicated and deleted.
#[component]
fn List() -> impl IntoView {
    let page = Page::here();
    flush(page);
    let list = RwSignal::new(all());
    let fresh = move |_| {
        page.draft.set(None);
        page.open_texts("", "");
        page.dialog.set(None);
    };
    view! {
        <p>{page.t(Ui::DraftsHint)}</p>
        <ul class="drafts" data-testid="draft-list">
            <For each=move || list.get() key=|d| d.id.clone() children=move |draft| view! { <Line draft list /> } />
        </ul>
        <button class="button outline" on:click=fresh data-testid="draft-new">"+ "{page.t(Ui::DraftNew)}</button>
    }
}

/// One draft.
#[component]
fn Line(draft: Listed, list: RwSignal<Vec<Listed>>) -> impl IntoView {
    let page = Page::here();
    let sure = RwSignal::new(false);
    let id = StoredValue::new(draft.id);
    let mine = move || page.draft.get().is_some_and(|open| id.with_value(|id| *id == open));
    let rename = move |e| id.with_value(|id| put(id, "name", event_target_value(&e).trim()));
    let open = move |_| {
        id.with_value(|id| take(page, id));
        page.dialog.set(None);
    };
    let duplicate = move |_| {
        id.with_value(|id| copy(id));
        list.set(all());
    };
    let delete = move |_| {
        if !sure.get_untracked() {
            return sure.set(true);
        }
        id.with_value(|id| remove(id));
        if untrack(mine) {
            // The text stays on the page; typed on, it becomes a draft again.
            page.draft.set(None);
        }
        list.set(all());
    };
    view! {
        <li class:mine=mine>
            <input class="field" value=draft.name aria-label=page.t(Ui::DraftName) on:change=rename />
            <Show when=mine><span class="hint">{page.t(Ui::DraftCurrent)}</span></Show>
            <button class="button outline" disabled=mine on:click=open>{page.t(Ui::DraftOpen)}</button>
            <button class="button" on:click=duplicate>{page.t(Ui::DraftDuplicate)}</button>
            <button class="button" class:sure=sure on:click=delete on:blur=move |_| sure.set(false)>
                {page.t(Ui::DraftDelete)}{move || sure.get().then_some("?")}
            </button>
        </li>
    }
}

/// Opens a draft in this tab.
fn take(page: Page, id: &str) {
    let Some(texts) = read(id) else { return };
    let at = field(id, "at").and_then(|at| at.parse().ok()).map(Millis);
    page.saved.set_value(texts.clone());
    page.draft.set(Some(id.to_owned()).filter(|id| !is_open_elsewhere(id)));
    page.open_texts(&texts.pod, &texts.scenario);
    if let Some(at) = at {
        page.seek(at);
    }
}

/// A second draft with the same texts.
fn copy(id: &str) {
    let Some(texts) = read(id) else { return };
    let new = fresh_id();
    write(&new, &texts);
    if let Some(name) = shown_name(id) {
        put(&new, "name", &format!("{name} 2"));
    }
}

fn remove(id: &str) {
    for field in ["pod", "scenario", "at", "name", "called", "edited", "alive"] {
        storage::remove(&name_of(id, field));
    }
}
