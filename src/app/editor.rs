//! The editor's pane: its tabs, the text, and the border that moves.

use leptos::html;
use leptos::prelude::*;

use super::drafts::DraftButton;
use super::state::Page;
use crate::diagnostic::{Diagnostic, Severity, Tab};
use crate::i18n::problem;
use crate::i18n::ui::Ui;
use crate::web::editor::{Editor, Mark, Note};
use crate::web::storage;
use crate::web::timers::Timeout;

/// Pod and Scenario.
#[component]
pub fn Tabs() -> impl IntoView {
    let page = Page::here();
    let tab = move |tab: Tab, name: Ui| {
        let errors =
            move || page.notes.with(|n| n.iter().filter(|n| n.tab == tab && n.severity == Severity::Error).count());
        view! {
            <button class="tab" role="tab" aria-controls="code" aria-selected=move || (page.tab.get() == tab).to_string() on:click=move |_| page.tab.set(tab)>
                {page.t(name)}
                {move || (errors() > 0).then(|| view! { <span class="count bad">"✕ "{errors()}</span> })}
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

/// The text. CodeMirror lives in the shadow of this element.
#[component]
pub fn Code() -> impl IntoView {
    let page = Page::here();
    let host = NodeRef::<html::Div>::new();
    let start = move |element: web_sys::HtmlElement| {
        let (pod, scenario) = (page.pod.get_untracked(), page.scenario.get_untracked());
        let lang = page.lang.get_untracked();
        let tabs = [(Ui::PodText.text(lang), &*pod), (Ui::ScenarioText.text(lang), &*scenario)];
        let made = Editor::new(&element, &tabs, move |tab, text| match tab {
            0 => page.pod.set(text),
            _ => page.scenario.set(text),
        });
        let Some(editor) = made else { return };
        // Fetched when the reader comes to the editor: who asks before it is there is not answered.
        let assist = page.parts.assist;
        editor.set_assist(
            move |tab, text, at| (untrack(|| assist.get())?.complete)(tab, text, at),
            move |tab, text, at| (untrack(|| assist.get())?.hover)(tab, text, at, page.lang.get_untracked()),
        );
        // In a task of its own, because it takes as long as all that went before.
        Timeout::new(0, move || open(page, editor)).forget();
    };
    Effect::new(move || {
        if let Some(element) = host.get() {
            Timeout::new(0, move || start(element.into())).forget();
        }
    });
    Effect::new(move || {
        let tab = page.tab.get();
        page.editor.with_value(|e| e.as_ref().inspect(|e| e.show(tab as u32)).is_some());
    });
    Effect::new(move || {
        let (notes, lang) = (page.notes.get(), page.lang.get());
        page.editor.with_value(|editor| {
            let Some(editor) = editor else { return };
            for (tab, text) in [(Tab::Pod, page.pod), (Tab::Scenario, page.scenario)] {
                let mine = notes.iter().filter(|n| n.tab == tab).map(|n| note(n, lang)).collect::<Vec<_>>();
                text.with_untracked(|text| editor.set_notes(tab as u32, text, &mine));
            }
        });
    });
    let come = move || page.parts.assist.ask();
    view! { <div class="code" id="code" node_ref=host data-testid="editor" on:focusin=move |_| come() on:pointerenter=move |_| come()></div> }
}

/// Puts the editor on the page, with the texts as they are now.
fn open(page: Page, editor: Editor) {
    editor.open();
    for (tab, text) in [(Tab::Pod, page.pod), (Tab::Scenario, page.scenario)] {
        text.with_untracked(|text| editor.set_text(tab as u32, text));
    }
    page.editor.set_value(Some(editor));
    page.tab.notify();
    page.notes.notify();
}

fn note(d: &Diagnostic, lang: crate::i18n::Lang) -> Note {
    let mark = match d.severity {
        Severity::Error => Mark::Error,
        Severity::Warning => Mark::Warning,
        Severity::Info => Mark::Info,
    };
    Note { start: d.span.start, end: d.span.end, mark, message: problem::sentence(&d.problem, lang) }
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
