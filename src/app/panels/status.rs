//! The status of the API object as YAML, with the lines that its last version changed.

use leptos::prelude::*;

use super::moments;
use crate::app::run::Run;
use crate::app::state::Page;
use crate::i18n::ui::Ui;
use crate::text::changed_lines;
use crate::time::Millis;
use crate::view::status_yaml;
use crate::web::browser;

/// The text of the version at the playhead, and the way to its neighbours.
#[component]
pub fn Status() -> impl IntoView {
    let page = Page::here();
    let version = moments::versions(page);
    let text = move || {
        let version = version.get();
        page.run.with(|r| r.as_ref().map(|run| pieces(run, version))).map(|pieces| {
            let piece = |(changed, text)| match changed {
                true => view! { <ins>{text}</ins> }.into_any(),
                false => view! { <span>{text}</span> }.into_any(),
            };
            pieces.into_iter().map(piece).collect_view()
        })
    };
    let at = move |version: usize| {
        page.run.with(|r| r.as_ref().and_then(|r| r.trace.versions.get(version.checked_sub(1)?)).map(|v| v.at))
    };
    let total = move || page.run.with(|r| r.as_ref().map_or(0, |r| r.trace.versions.len()));
    let go = move |to: Option<Millis>| {
        if let Some(at) = to {
            page.seek(at);
        }
    };
    // Versions of one moment are seen together: the neighbours are those of other moments.
    let before = move || {
        let here = at(version.get())?;
        page.run.with(|r| r.as_ref().and_then(|r| r.trace.versions.iter().rev().map(|v| v.at).find(|&at| at < here)))
    };
    let after = move || at(version.get() + 1);
    // What changed is brought into view, when it is not in it already.
    Effect::new(move || {
        version.track();
        request_animation_frame(|| browser::show(".yaml ins"));
    });
    view! {
        <div class="bar-row">
            <button class="button icon" aria-label=page.t(Ui::VersionBack) title=page.t(Ui::VersionBack) disabled=move || before().is_none() on:click=move |_| go(untrack(before))>"‹"</button>
            <span class="mono">{move || version.get()}" / "{total}</span>
            <button class="button icon" aria-label=page.t(Ui::VersionOn) title=page.t(Ui::VersionOn) disabled=move || after().is_none() on:click=move |_| go(untrack(after))>"›"</button>
            <span class="hint">{move || at(version.get()).map(|at| format!("{} {}", page.t(Ui::PublishedAt)(), crate::app::words::seconds(at)))}</span>
            <span class="key"><ins>"+"</ins>{page.t(Ui::ChangedLines)}</span>
        </div>
        <pre class="yaml" data-testid="status-yaml">{text}</pre>
    }
}

/// The text of a version (counted from 1) in stretches that did or did not change with it.
fn pieces(run: &Run, version: usize) -> Vec<(bool, String)> {
    let versions = &run.trace.versions;
    let Some(current) = version.checked_sub(1).and_then(|i| versions.get(i)) else { return Vec::new() };
    let text = status_yaml::text_at(&run.trace, current.at);
    let earlier = versions[..version].iter().rev().map(|v| v.at).find(|&at| at < current.at);
    // The first version is all new, which is worth no mark.
    let old = earlier.map(|at| status_yaml::text_at(&run.trace, at));
    let changed = old.map_or_else(|| vec![false; text.lines().count()], |old| changed_lines(&old, &text));
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for (line, changed) in text.lines().zip(changed) {
        match pieces.last_mut() {
            Some((same, text)) if *same == changed => {
                text.push('\n');
                text.push_str(line);
            }
            _ => pieces.push((changed, line.to_owned())),
        }
    }
    pieces
}
