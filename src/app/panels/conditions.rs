//! The Pod's conditions over time: one row for each, below the timeline and on its scale.

use leptos::prelude::*;

use super::moments;
use crate::app::run::Run;
use crate::app::state::Page;
use crate::app::transport::Window;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::Condition;

/// A condition that changes more often than this is cut.
const STRETCHES: usize = 400;

/// A condition's value from one moment to another.
#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    from: Millis,
    to: Millis,
    status: String,
    why: String,
}

/// A condition over time.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    kind: String,
    stretches: Vec<Stretch>,
}

/// The matrix, what is pointed at in it, and the conditions at the playhead.
#[component]
pub fn Conditions() -> impl IntoView {
    let page = Page::here();
    let matrix = Memo::new(move |_| page.run.with(|r| r.as_ref().map(|r| rows(r)).unwrap_or_default()));
    let pointed = RwSignal::new(None::<String>);
    let window = Memo::new(move |_| page.window());
    let body = move || matrix.get().into_iter().map(|r| row(page, r, window, pointed)).collect_view();
    let now = move || {
        let window = window.get();
        format!("{}%", share(window, page.playhead.get()).clamp(0.0, 100.0))
    };
    view! {
        <div class="matrix" data-testid="conditions" on:pointerleave=move |_| pointed.set(None)>
            {body}
            <div class="now" aria-hidden="true"><i style:left=now></i></div>
        </div>
        <p class="pointed">{move || pointed.get().unwrap_or_else(|| page.t(Ui::ConditionsHint)().to_owned())}</p>
        <Current />
    }
}

/// One condition.
fn row(page: Page, row: Row, window: Memo<Window>, pointed: RwSignal<Option<String>>) -> impl IntoView {
    let kind = row.kind.clone();
    let stretches = row.stretches.into_iter().map(|s| stretch(page, &kind, s, window, pointed)).collect_view();
    view! {
        <div class="matrix-row" role="group" aria-label=row.kind.clone()>
            <span class="matrix-name" title=row.kind.clone()>{row.kind.clone()}</span>
            <div class="matrix-line">{stretches}</div>
        </div>
    }
}

/// One value of it: a button that goes to its beginning.
fn stretch(
    page: Page,
    kind: &str,
    s: Stretch,
    window: Memo<Window>,
    pointed: RwSignal<Option<String>>,
) -> impl IntoView + use<> {
    let (class, glyph) = match s.status.as_str() {
        "True" => ("stretch true", "✓"),
        "False" => ("stretch false", "○"),
        _ => ("stretch unknown", "?"),
    };
    let said = format!("{kind}: {} · {} – {}{}", s.status, words::seconds(s.from), words::seconds(s.to), s.why);
    let (label, hover) = (said.clone(), said.clone());
    let (from, to) = (s.from, s.to);
    let edges = move || {
        let window = window.get();
        (share(window, from).clamp(0.0, 100.0), share(window, to).clamp(0.0, 100.0))
    };
    view! {
        <button class=class aria-label=label title=said.clone() hidden=move || { let (a, b) = edges(); b <= a }
            style:left=move || format!("{}%", edges().0) style:width=move || format!("{}%", edges().1 - edges().0)
            on:pointerenter=move |_| pointed.set(Some(hover.clone())) on:focus=move |_| pointed.set(Some(said.clone()))
            on:click=move |_| page.seek(from)>
            <span aria-hidden="true">{glyph}" "{s.status}</span>
        </button>
    }
}

/// `status.conditions` at the playhead.
#[component]
fn Current() -> impl IntoView {
    let page = Page::here();
    let version = moments::versions(page);
    let rows = move || {
        let version = version.get();
        page.run.with(|r| {
            let status = &r.as_ref()?.trace.versions.get(version.checked_sub(1)?)?.status;
            let rows = status.conditions.iter().map(|c| {
                let glyph = if c.is_true() { "✓" } else { "○" };
                view! {
                    <tr>
                        <td class="time">{moments::time(page, c.last_transition, None)}</td>
                        <td class="reason">{c.kind.to_string()}</td>
                        <td class="value"><span class="glyph" aria-hidden="true">{glyph}</span>{c.status.to_string()}</td>
                        <td class="message">{why(c).trim_start_matches(" · ").to_owned()}</td>
                    </tr>
                }
            });
            Some(rows.collect_view())
        })
    };
    view! {
        <table class="table facts" data-testid="conditions-now">
            <thead><tr><th class="time">{page.t(Ui::Since)}</th><th>{page.t(Ui::Kind)}</th><th>"Status"</th><th>{page.t(Ui::Message)}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Where a moment lies in the window, in percent.
fn share(window: Window, at: Millis) -> f64 {
    window.x(at.0 as f64, 100.0)
}

/// ` · reason: message`
fn why(c: &Condition) -> String {
    let parts: Vec<&str> =
        [c.reason.as_deref(), c.message.as_deref()].into_iter().flatten().filter(|t| !t.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!(" · {}", parts.join(": ")) }
}

/// The conditions in the order in which they are first seen.
fn rows(run: &Run) -> Vec<Row> {
    let versions = &run.trace.versions;
    let ends = versions.iter().skip(1).map(|v| v.at).chain([run.trace.horizon]);
    let mut rows: Vec<Row> = Vec::new();
    for (version, to) in versions.iter().zip(ends).filter(|(v, _)| !v.removed) {
        for c in version.status.conditions.iter() {
            let at = rows.iter().position(|r| *r.kind == *c.kind.to_string()).unwrap_or_else(|| {
                rows.push(Row { kind: c.kind.to_string(), stretches: Vec::new() });
                rows.len() - 1
            });
            let stretches = &mut rows[at].stretches;
            let room = stretches.len() < STRETCHES;
            let (status, why) = (c.status.to_string(), why(c));
            match stretches.last_mut() {
                Some(last) if last.status == status && last.why == why => last.to = to,
                _ if room => stretches.push(Stretch { from: version.at, to, status, why }),
                _ => {}
            }
        }
    }
    rows
}
