//! What kubectl prints: its answer to the manifest, and `get` at the playhead.

use leptos::prelude::*;

use super::moments;
use crate::app::run::Answer;
use crate::app::state::Page;
use crate::time::Millis;
use crate::trace::Trace;
use crate::view::get;

/// A terminal in which the manifest was just created.
#[component]
pub fn Kubectl() -> impl IntoView {
    let page = Page::here();
    let name =
        move || page.run.with(|r| r.as_ref().and_then(|r| r.trace.pod.metadata.name.clone()).unwrap_or_default());
    let refused = Memo::new(move |_| page.answer.with(|a| a.refusal.is_some()));
    let answer = move || {
        let answer = page.answer.get();
        let class = if answer.refusal.is_some() { "out err" } else { "out" };
        view! { <pre class=class tabindex="0" data-testid="kubectl-create">{created(&answer, &name())}</pre> }
    };
    let moment = moments::aged(page);
    let wide = move || {
        moment.track();
        let now = page.playhead.get_untracked();
        page.run.with(|r| r.as_ref().map(|r| get::wide_at(&r.trace, now)).unwrap_or_default())
    };
    let versions = moments::versions(page);
    let rows = move || {
        versions.track();
        let now = page.playhead.get_untracked();
        page.run.with(|r| r.as_ref().map(|r| watched(&r.trace, now)).unwrap_or_default())
    };
    view! {
        <div class="terminal">
            <pre class="prompt">"kubectl create -f pod.yaml"</pre>
            {answer}
            <Show when=move || !refused.get()>
                <pre class="prompt">"kubectl get pod "{name}" -o wide"</pre>
                <pre class="out" tabindex="0" data-testid="kubectl-get">{wide}</pre>
                <pre class="prompt">"kubectl get pod "{name}" -w"</pre>
                <pre class="out" tabindex="0" data-testid="kubectl-watch">{rows}</pre>
            </Show>
        </div>
    }
}

/// What `kubectl create` prints.
fn created(answer: &Answer, name: &str) -> String {
    let warnings: String = answer.warnings.iter().map(|w| format!("Warning: {w}\n")).collect();
    match &answer.refusal {
        Some(refusal) => warnings + refusal,
        None => format!("{warnings}pod/{name} created"),
    }
}

/// The rows that `kubectl get pod -w` has printed by now, below their header.
fn watched(trace: &Trace, now: Millis) -> String {
    let rows = get::rows(trace).partition_point(|row| row.at <= now);
    get::watch(trace).lines().take(rows + 1).flat_map(|line| [line, "\n"]).collect()
}
