//! Events up to the playhead, newest first, as they grow.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::Event;

/// The table; a press on a time goes there.
#[component]
pub fn Events() -> impl IntoView {
    let page = Page::here();
    let known = Memo::new(move |_| {
        let now = page.playhead.get();
        page.run.with(|r| r.as_ref().map_or(0, |r| r.trace.events_until(now).len()))
    });
    // Rows are kept by their number in the run: while time passes, rows are only added.
    let rows = move || {
        let known = known.get();
        page.run.with(|r| {
            let events = r.as_ref().map(|r| &r.trace.events[..known.min(r.trace.events.len())]).unwrap_or_default();
            events.iter().map(Row::of).enumerate().rev().take(500).collect::<Vec<_>>()
        })
    };
    view! {
        <Show when=move || { known.get() > 0 } fallback=move || view! { <p class="empty">{page.t(Ui::NoEvents)}</p> }>
            <table class="table" data-testid="events">
                <thead><tr><th>{page.t(Ui::Time)}</th><th>{page.t(Ui::Reason)}</th><th class="from">{page.t(Ui::Object)}</th><th>{page.t(Ui::Message)}</th></tr></thead>
                <tbody><For each=rows key=|row| row.clone() children=move |(_, row)| view! {
                    <tr class=if row.warning { "warning" } else { "normal" }>
                        <td class="time"><button class="link" on:click=move |_| page.seek(row.at)>{words::seconds(row.at)}</button></td>
                        <td class="reason"><span class="glyph" aria-hidden="true">{if row.warning { "!" } else { "·" }}</span>{row.reason}{(row.count > 1).then(|| format!(" ×{}", row.count))}</td>
                        <td class="from">{row.object}</td>
                        <td class="message">{row.message}</td>
                    </tr>
                } /></tbody>
            </table>
        </Show>
    }
}

/// One line of the table.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Row {
    at: Millis,
    count: u32,
    warning: bool,
    reason: String,
    object: String,
    message: String,
}

impl Row {
    fn of(event: &Event) -> Row {
        // `spec.initContainers{init-a}`: the name says enough.
        let inside =
            event.field_path.as_deref().and_then(|p| p.split_once('{')).map(|(_, name)| name.trim_end_matches('}'));
        Row {
            at: event.at,
            count: event.count,
            warning: event.warning,
            reason: event.reason.to_string(),
            object: inside.unwrap_or(event.source).to_owned(),
            message: event.message.to_string(),
        }
    }
}
