//! The tabs under the timeline: what Kubernetes would say at the playhead.

mod conditions;
mod describe;
mod events;
mod logs;
mod story;
mod why;

use leptos::prelude::*;

use super::state::{Page, Panel};
use crate::i18n::ui::Ui;

/// The tabs, and the one that is open.
#[component]
pub fn Panels() -> impl IntoView {
    let page = Page::here();
    const PANELS: [(Panel, Ui); 7] = [
        (Panel::Events, Ui::Events),
        (Panel::Why, Ui::Why),
        (Panel::Describe, Ui::Describe),
        (Panel::Logs, Ui::Logs),
        (Panel::Conditions, Ui::Conditions),
        (Panel::Story, Ui::Story),
        (Panel::Assumptions, Ui::Assumptions),
    ];
    let tabs = PANELS.map(|(panel, name)| {
        let count = move || match panel {
            Panel::Assumptions => page.run.with(|r| r.as_ref().map(|r| r.trace.assumptions.len())),
            Panel::Events => {
                let now = page.playhead.get();
                page.run.with(|r| r.as_ref().map(|r| r.trace.events_until(now).len()))
            }
            _ => None,
        };
        let count = Memo::new(move |_| count().filter(|&n| n > 0));
        view! {
            <button class="tab" role="tab" id=format!("tab-{panel:?}") aria-controls="panel" aria-selected=move || (page.panel.get() == panel).to_string()
                tabindex=move || if page.panel.get() == panel { "0" } else { "-1" } on:click=move |_| page.panel.set(panel)>
                {page.t(name)}{move || count.get().map(|n| view! { <span class="count">{n}</span> })}
            </button>
        }
    });
    let turn = move |e: web_sys::KeyboardEvent| {
        let at = PANELS.iter().position(|p| p.0 == page.panel.get_untracked()).unwrap_or(0);
        let next = match e.key().as_str() {
            "ArrowRight" => (at + 1) % PANELS.len(),
            "ArrowLeft" => (at + PANELS.len() - 1) % PANELS.len(),
            _ => return,
        };
        e.prevent_default();
        page.panel.set(PANELS[next].0);
        crate::web::browser::focus(&format!("#tab-{:?}", PANELS[next].0));
    };
    let body = move || match page.panel.get() {
        Panel::Events => events::Events().into_any(),
        Panel::Why => why::Why().into_any(),
        Panel::Describe => describe::Describe().into_any(),
        Panel::Logs => logs::Logs().into_any(),
        Panel::Conditions => conditions::Conditions().into_any(),
        Panel::Story => story::Story().into_any(),
        Panel::Assumptions => story::Assumptions().into_any(),
    };
    view! {
        <section class="panels" aria-label=page.t(Ui::Panels)>
            <div class="tabs" role="tablist" aria-label=page.t(Ui::Panels) on:keydown=turn>{tabs.into_iter().collect_view()}</div>
            <div class="panel" id="panel" role="tabpanel" tabindex="0" aria-labelledby=move || format!("tab-{:?}", page.panel.get())>{body}</div>
        </section>
    }
}
