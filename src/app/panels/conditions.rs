//! The Pod's conditions at the playhead.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::i18n::ui::Ui;

/// The table of `status.conditions`.
#[component]
pub fn Conditions() -> impl IntoView {
    let page = Page::here();
    let version = Memo::new(move |_| {
        let now = page.playhead.get();
        page.run.with(|r| r.as_ref().map_or(0, |r| r.trace.versions.partition_point(|v| v.at <= now)))
    });
    let rows = move || {
        let version = version.get();
        page.run.with(|r| {
            let status = r.as_ref().and_then(|r| r.trace.versions.get(version.checked_sub(1)?)).map(|v| v.status.clone())?;
            let rows = status.conditions.iter().map(|c| {
                let glyph = if c.is_true() { "✓" } else { "○" };
                view! {
                    <tr>
                        <td class="reason">{c.kind.to_string()}</td>
                        <td><span class="glyph" aria-hidden="true">{glyph}</span>{c.status.to_string()}</td>
                        <td class="time">{words::seconds(c.last_transition)}</td>
                        <td class="message">{[c.reason.as_deref(), c.message.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ")}</td>
                    </tr>
                }
            });
            Some(rows.collect_view())
        })
    };
    view! {
        <table class="table" data-testid="conditions">
            <thead><tr><th>{page.t(Ui::Kind)}</th><th>"Status"</th><th>"lastTransitionTime"</th><th>{page.t(Ui::Message)}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
