//! Events up to the playhead: one row for each event object, the one seen last on top, as they grow.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::list::Shown;
use super::moments;
use crate::app::run::Run;
use crate::app::state::Page;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::{EntryId, Event};

/// The table; a row lights its entry, a time goes there.
#[component]
pub fn Events() -> impl IntoView {
    let page = Page::here();
    let known = moments::known(page, |run, now| run.trace.events_until(now).len());
    let list = Shown::here();
    // A row is kept while it stays the same: while time passes, only what is seen anew is made.
    let found = Memo::new(move |_| {
        let (known, most) = (known.get(), list.get());
        page.run.with(|r| r.as_ref().map(|run| rows(run, known, most)).unwrap_or_default())
    });
    let all = move || found.with(|f| f.1);
    let unsent = moments::known(page, |run, now| run.trace.unsent.partition_point(|at| *at <= now));
    let silence = move || {
        let n = unsent.get();
        (n > 0).then(|| view! { <p class="lead" data-testid="unsent">{Ui::EventsUnsent.text(page.lang.get()).replace("{}", &n.to_string())}</p> })
    };
    view! {
        <Show when=move || { known.get() > 0 } fallback=move || view! { <p class="empty">{page.t(Ui::NoEvents)}</p> }>
            {silence}
            <table class="table events" data-testid="events">
                <thead><tr><th class="time">{page.t(Ui::Time)}</th><th>{page.t(Ui::Reason)}</th><th class="from">{page.t(Ui::Object)}</th><th>{page.t(Ui::Message)}</th></tr></thead>
                <tbody><For each=move || found.with(|f| f.0.clone()) key=|row| row.clone() children=move |row| line(page, row) /></tbody>
            </table>
            {list.more(all)}
        </Show>
    }
}

fn line(page: Page, row: Row) -> impl IntoView {
    let entry = EntryId(row.entry);
    let lit = move || page.selected.get() == Some(entry);
    let (glyph, kind) = if row.warning { ("!", Ui::Warning) } else { ("·", Ui::Normal) };
    let again = (row.count > 1).then(|| {
        let over = format!("{} – {}", words::seconds(row.first), words::seconds(row.at));
        view! { <span class="times" title=over>"×"{row.count}</span> }
    });
    view! {
        <tr class=if row.warning { "warning pick" } else { "normal pick" } class:lit=lit on:click=move |_| page.toggle_selected(entry)>
            <td class="time">{moments::time(page, row.at, Some(entry))}</td>
            <td class="reason">
                <span class="glyph" role="img" aria-label=page.t(kind)>{glyph}</span>
                <button class="link" aria-pressed=move || lit().to_string()>{row.reason}</button>{again}
            </td>
            <td class="from">{row.object}</td>
            <td class="message">{row.message}</td>
        </tr>
    }
}

/// One line of the table.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Row {
    at: Millis,
    first: Millis,
    count: u32,
    warning: bool,
    reason: String,
    object: String,
    message: String,
    entry: u32,
}

/// The last sight of each event object, the newest first: `most` of them, and how many there are.
fn rows(run: &Run, known: usize, most: usize) -> (Vec<Row>, usize) {
    let events = &run.trace.events[..known.min(run.trace.events.len())];
    // A first sight begins an object.
    let all = events.iter().filter(|e| e.count == 1).count();
    let mut seen = BTreeSet::new();
    let newest = events.iter().rev().filter(|e| seen.insert(e.object()));
    (newest.take(most).map(Row::of).collect(), all)
}

impl Row {
    fn of(event: &Event) -> Row {
        // `spec.initContainers{init-a}`: the name says enough.
        let inside =
            event.field_path.as_deref().and_then(|p| p.split_once('{')).map(|(_, name)| name.trim_end_matches('}'));
        Row {
            at: event.at,
            first: event.first,
            count: event.count,
            warning: event.warning,
            reason: event.reason.to_string(),
            object: inside.unwrap_or(&event.source).to_owned(),
            message: event.message.to_string(),
            entry: event.cause.0,
        }
    }
}
