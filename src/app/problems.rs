//! What is wrong with the texts: marks in the editor, and a list under it.

use leptos::prelude::*;

use super::state::Page;
use super::words;
use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::i18n::problem;
use crate::i18n::ui::Ui;
use crate::scenario::edit;
use crate::span::{LineIndex, Span};
use crate::text::nearest;

/// The list; a press shows the place.
#[component]
pub fn Problems() -> impl IntoView {
    let page = Page::here();
    view! {
        <section class="problems" aria-label=page.t(Ui::Problems) aria-live="polite" hidden=move || page.notes.with(Vec::is_empty)>
            <ul>{move || page.notes.get().into_iter().take(200).map(|n| line(page, n)).collect_view()}</ul>
        </section>
    }
}

/// What keeps the texts from being run, in their order.
pub fn errors(notes: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    notes.iter().filter(|note| note.severity == Severity::Error)
}

/// How many errors there are in some of the texts; nothing where there are none.
pub fn count(page: Page, of: impl Fn(Tab) -> bool) -> Option<AnyView> {
    let n = page.notes.with(|notes| errors(notes).filter(|note| of(note.tab)).count());
    (n > 0).then(|| view! { <span class="count bad">"✕ "{n}</span> }.into_any())
}

fn line(page: Page, note: Diagnostic) -> impl IntoView {
    let (glyph, class, name) = words::severity(note.severity);
    let tab = match note.tab {
        Tab::Pod => Ui::TabPod,
        Tab::Scenario => Ui::TabScenario,
    };
    let (row, column) = page.text(note.tab).with_untracked(|t| LineIndex::new(t).line_col(note.span.start));
    let words = problem::sentence(&note.problem, page.lang.get());
    let run = run_it(page, &note.problem);
    let fix = fix(&note.problem).map(|right| {
        let label = format!("→ {right}");
        let put = move |_| put(page, note.tab, note.span, &right);
        view! { <button class="button outline fix" aria-label=move || format!("{} {label}", Ui::PutRight.text(page.lang.get())) on:click=put>{label.clone()}</button> }
    });
    view! {
        <li>
            <button class=format!("problem {class}") on:click=move |_| page.reveal(note.tab, note.span.start, note.span.end)>
                <span class="glyph" role="img" aria-label=page.t(name)>{glyph}</span>
                <span class="words">{words}</span>
                <span class="place">{page.t(tab)}" "{row}":"{column}</span>
            </button>
            {fix}{run}
        </li>
    }
}

/// A way to run the Pod that is only mentioned.
fn run_it(page: Page, problem: &Problem) -> Option<AnyView> {
    let Problem::OtherPod { name } = problem else { return None };
    let (label, name) = (format!("▶ {name}"), name.clone());
    let choose = move |_| page.change_scenario(|text| edit::choose_pod(text, &name));
    Some(view! { <button class="button outline fix" on:click=choose data-testid="run-pod">{label}</button> }.into_any())
}

/// What was probably meant in the place of a problem.
pub fn fix(problem: &Problem) -> Option<String> {
    match problem {
        Problem::UnknownField { nearest, .. } => nearest.clone(),
        Problem::Server(text) => supported(text),
        _ => None,
    }
}

/// The nearest of the values that the API server offers: `Unsupported value: "Allways": supported values: "Always", "Never"`.
fn supported(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(": Unsupported value: \"")?;
    let (given, rest) = rest.split_once("\": supported values: \"")?;
    let offered = rest.trim_end_matches('"').split("\", \"");
    nearest(given, offered).map(str::to_owned)
}

fn put(page: Page, tab: Tab, span: Span, right: &str) {
    let text = page.text(tab).get_untracked();
    if let (Some(before), Some(after)) = (text.get(..span.start), text.get(span.end..)) {
        page.put(tab, &format!("{before}{right}{after}"));
    }
}
