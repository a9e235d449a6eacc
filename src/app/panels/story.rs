//! The run as a list in words, which is also the text alternative of the timeline; and what was assumed.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::view::explain;

/// What happens, in plain words; each line is a way to its moment.
#[component]
pub fn Story() -> impl IntoView {
    let page = Page::here();
    let rows = move || {
        let lang = page.lang.get();
        page.run.with(|r| {
            let trace = &r.as_ref()?.trace;
            let rows = explain::text_list(trace).into_iter().take(2000).map(|line| {
                let at = line.at;
                let who = line.container.map(|c| trace.containers[c].name.clone()).unwrap_or_default();
                view! {
                    <tr class:ahead=move || page.playhead.get() < at>
                        <td class="time"><button class="link" on:click=move |_| page.seek(at)>{words::seconds(at)}</button></td>
                        <td class="from">{who}</td>
                        <td class="message">{line.sentence.text(lang)}</td>
                    </tr>
                }
            });
            Some(rows.collect_view())
        })
    };
    view! { <table class="table" data-testid="story"><tbody>{rows}</tbody></table> }
}

/// What the engine took to be so.
#[component]
pub fn Assumptions() -> impl IntoView {
    let page = Page::here();
    let rows = move || {
        page.run.with(|r| {
            let list = r.as_ref().map(|r| r.trace.assumptions.clone()).filter(|a| !a.is_empty())?;
            let rows = list.into_iter().map(|a| {
                view! { <tr><td class="reason">{a.about}</td><td class="message">{a.assumed}</td><td class="from"><code>{a.path}</code></td></tr> }
            });
            Some(view! { <p class="lead">{page.t(Ui::AssumptionsHint)}</p><table class="table" data-testid="assumptions"><tbody>{rows.collect_view()}</tbody></table> })
        })
    };
    view! { {rows} <Show when=move || page.run.with(|r| r.as_ref().is_none_or(|r| r.trace.assumptions.is_empty()))><p class="empty">{page.t(Ui::NoAssumptions)}</p></Show> }
}
