//! The editor's pane: its tabs, the text, and the border that moves.

use leptos::html;
use leptos::prelude::*;

use super::drafts::{DraftButton, Texts};
use super::problems;
use super::state::Page;
use crate::diagnostic::{Diagnostic, Severity, Tab};
use crate::i18n::editor::{empty, phrases};
use crate::i18n::problem;
use crate::i18n::ui::Ui;
use crate::web::editor::{Editor, Mark, Note, Script};
use crate::web::{browser, storage};

/// Pod and Scenario.
#[component]
pub fn Tabs() -> impl IntoView {
    let page = Page::here();
    let tab = move |tab: Tab, name: Ui| {
        // A Pod is always there; of a scenario one must know.
        let written = Memo::new(move |_| tab == Tab::Scenario && page.scenario.with(|text| !text.trim().is_empty()));
        let has_text = move || written.get();
        view! {
            <button class="tab" role="tab" aria-controls="code" aria-selected=move || (page.tab.get() == tab).to_string() on:click=move |_| page.tab.set(tab)>
                {page.t(name)}
                {move || has_text().then(|| view! { <span class="dot" role="img" aria-label=page.t(Ui::HasText) title=page.t(Ui::HasText)></span> })}
                {move || problems::count(page, |of| of == tab)}
            </button>
        }
    };
    view! {
        <div class="tabs">
            <div role="tablist" aria-label=page.t(Ui::Editor) style:display="contents">
                {tab(Tab::Pod, Ui::TabPod)}
                {tab(Tab::Scenario, Ui::TabScenario)}
            </div>
            <DraftButton />
        </div>
    }
}

/// The text: a plain field, until CodeMirror has come and takes its place in the shadow of this element.
#[component]
pub fn Code() -> impl IntoView {
    let page = Page::here();
    let (host, field) = (NodeRef::<html::Div>::new(), NodeRef::<html::Textarea>::new());
    let (stands, composes) = (RwSignal::new(false), RwSignal::new(false));
    let first = StoredValue::new(Texts { pod: page.pod.get_untracked(), scenario: page.scenario.get_untracked() });
    Effect::new(move || {
        // What is being composed would be lost with the field.
        if composes.get() || stands.get_untracked() {
            return;
        }
        let (Some(script), Some(host)) = (page.parts.editor.arrived(), host.get()) else { return };
        stands.set(first.with_value(|first| open(page, &script, &host, first, field.get_untracked())));
    });
    keep_up(page, stands);
    let come = move || {
        page.parts.editor.ask();
        page.parts.assist.ask();
    };
    let plain = move || {
        (!stands.get()).then(|| {
            view! {
                <textarea class="plain" node_ref=field spellcheck="false" autocapitalize="off" aria-label=move || label(page.tab.get()).text(page.lang.get())
                    placeholder=move || empty(page.tab.get(), page.lang.get())
                    prop:value=move || page.text(page.tab.get()).get() on:input=move |e| page.text(page.tab.get_untracked()).set(event_target_value(&e))
                    on:compositionstart=move |_| composes.set(true) on:compositionend=move |_| composes.set(false)></textarea>
            }
        })
    };
    view! {
        <div class="code" id="code" node_ref=host data-testid="editor" on:focusin=move |_| come() on:pointerenter=move |_| come()>{plain}</div>
    }
}

/// Shows in the editor what the page decides: the tab, what is wrong with the texts, the language.
fn keep_up(page: Page, stands: RwSignal<bool>) {
    Effect::new(move || {
        let tab = page.tab.get();
        page.with_editor(|editor| editor.show(tab as u32));
    });
    Effect::new(move || {
        let (notes, lang) = (page.notes.get(), page.lang.get());
        stands.track();
        page.with_editor(|editor| {
            for tab in [Tab::Pod, Tab::Scenario] {
                let mine = notes.iter().filter(|n| n.tab == tab).map(|n| note(n, lang)).collect::<Vec<_>>();
                page.text(tab).with_untracked(|text| editor.set_notes(tab as u32, text, &mine));
            }
        });
    });
    Effect::new(move || {
        let lang = page.lang.get();
        stands.track();
        page.with_editor(|editor| {
            editor.set_phrases(phrases(lang));
            for tab in [Tab::Pod, Tab::Scenario] {
                let (name, leave) = (label(tab).text(lang), Ui::LeaveEditor.text(lang));
                editor.set_words(tab as u32, name, leave, &empty(tab, lang));
            }
        });
    });
}

fn label(tab: Tab) -> Ui {
    match tab {
        Tab::Pod => Ui::PodText,
        Tab::Scenario => Ui::ScenarioText,
    }
}

/// Puts the editor on the page, in the place of the field. What has become of the `first` texts meanwhile is a step that can be undone.
/// Answers whether it stands there.
fn open(
    page: Page,
    script: &Script,
    host: &web_sys::HtmlElement,
    first: &Texts,
    field: Option<web_sys::HtmlTextAreaElement>,
) -> bool {
    let lang = page.lang.get_untracked();
    let tabs = [(label(Tab::Pod).text(lang), &*first.pod), (label(Tab::Scenario).text(lang), &*first.scenario)];
    let change = move |tab, typed| match tab {
        0 => page.pod.set(typed),
        _ => page.scenario.set(typed),
    };
    // Who types sees in the text on show what an undo does.
    let retraced = move |tab, again| {
        let tab = if tab == 0 { Tab::Pod } else { Tab::Scenario };
        if tab != page.tab.get_untracked() || !browser::is_focused("#code") {
            page.retraced(tab, again);
        }
    };
    let editor = Editor::new(script, host, &tabs, page.tab.get_untracked() as u32, change, retraced);
    let Some(editor) = editor else { return false };
    page.pod.with_untracked(|pod| page.scenario.with_untracked(|scenario| editor.set_texts(&[pod, scenario])));
    if let Some(field) = field {
        editor.relieve(&field);
    }
    // Fetched when the reader comes to the editor: who asks before it is there is not answered.
    let assist = page.parts.assist;
    editor.set_assist(
        move |tab, text, at| (assist.arrived_untracked()?.complete)(tab, text, at),
        move |tab, text, at| (assist.arrived_untracked()?.hover)(tab, text, at, page.lang.get_untracked()),
    );
    page.editor.set_value(Some(editor));
    if let Some((tab, start, end)) = page.sought.try_update_value(Option::take).flatten() {
        page.reveal(tab, start, end);
    }
    true
}

fn note(d: &Diagnostic, lang: crate::i18n::Lang) -> Note {
    let mark = match d.severity {
        Severity::Error => Mark::Error,
        Severity::Warning => Mark::Warning,
        Severity::Info => Mark::Info,
    };
    let fix = problems::fix(&d.problem);
    Note { start: d.span.start, end: d.span.end, mark, message: problem::sentence(&d.problem, lang), fix }
}

/// The border between editor and timeline: drag it, or use the arrow keys.
#[component]
pub fn Splitter() -> impl IntoView {
    let page = Page::here();
    let put = move |percent: f64| {
        page.split.set(percent.clamp(15.0, 75.0));
        storage::set("split", &page.split.get_untracked().to_string());
    };
    let drag = move |e: web_sys::PointerEvent| {
        let width = document().document_element().map_or(1, |d| d.client_width()).max(1);
        if e.buttons() & 1 == 1 {
            put(f64::from(e.client_x()) / f64::from(width) * 100.0);
        }
    };
    let hold = move |e: web_sys::PointerEvent| {
        e.prevent_default();
        let _ = event_target::<web_sys::Element>(&e).set_pointer_capture(e.pointer_id());
    };
    let key = move |e: web_sys::KeyboardEvent| match e.key().as_str() {
        "ArrowLeft" => put(page.split.get_untracked() - 2.0),
        "ArrowRight" => put(page.split.get_untracked() + 2.0),
        _ => {}
    };
    view! {
        <div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label=page.t(Ui::Editor) aria-valuemin="15" aria-valuemax="75"
            aria-valuenow=move || page.split.get().round() on:pointerdown=hold on:pointermove=drag on:keydown=key></div>
    }
}
