//! What is worth knowing about the manifest and its run; each finding leads to its place in the text.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::diagnostic::Tab;
use crate::i18n::ui::Ui;
use crate::span::LineIndex;
use crate::view::findings::Finding;

/// The list, the worst first.
#[component]
pub fn Findings() -> impl IntoView {
    let page = Page::here();
    let list = move || page.calm.with(|r| r.as_ref().map(|r| r.findings().to_vec()).unwrap_or_default());
    let lines = move || list().into_iter().map(|finding| line(page, finding)).collect_view();
    view! {
        <ul class="findings" data-testid="findings">{lines}</ul>
        <Show when=move || list().is_empty()><p class="empty">{page.t(Ui::NoFindings)}</p></Show>
    }
}

fn line(page: Page, finding: Finding) -> impl IntoView {
    let (glyph, class, name) = words::severity(finding.severity);
    let path = finding.path.clone();
    let span = move || page.places.with(|places| places.of(&path));
    let row = {
        let span = span.clone();
        move || page.pod.with(|text| LineIndex::new(text).line_col(span().start.min(text.len())).0)
    };
    let reveal = move |_| {
        let span = untrack(&span);
        page.reveal(Tab::Pod, span.start, span.end);
    };
    view! {
        <li>
            <button class=format!("problem {class}") on:click=reveal>
                <span class="glyph" role="img" aria-label=page.t(name)>{glyph}</span>
                <span class="words">{move || finding.message.text(page.lang.get())}</span>
                <span class="place"><span class="path">{finding.path}</span>" :"{row}</span>
            </button>
        </li>
    }
}
