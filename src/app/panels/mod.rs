//! The tabs under the timeline: what Kubernetes would say at the playhead, why it is so, and what happens when.
//!
//! Only the open panel exists, so nothing is computed for the hidden ones. A panel follows a number that changes when its
//! text does (a version, a count), never the playhead itself: while time passes, nothing is made anew for a frame.

mod assumptions;
mod conditions;
mod describe;
mod events;
mod findings;
mod kubectl;
mod list;
mod logs;
pub mod moments;
mod status;
mod story;
mod why;

use leptos::prelude::*;

use super::state::{Page, Panel};
use crate::i18n::ui::Ui;
use crate::web::{browser, storage};

/// The panels in the order of their tabs, with their names.
const PANELS: [(Panel, Ui); 10] = [
    (Panel::Why, Ui::Why),
    (Panel::Events, Ui::Events),
    (Panel::Story, Ui::Story),
    (Panel::Logs, Ui::Logs),
    (Panel::Describe, Ui::Describe),
    (Panel::Status, Ui::StatusYaml),
    (Panel::Conditions, Ui::Conditions),
    (Panel::Kubectl, Ui::Kubectl),
    (Panel::Findings, Ui::Findings),
    (Panel::Assumptions, Ui::Assumptions),
];

/// The panel of a name that was stored; the first when there is none.
pub fn named(name: Option<&str>) -> Panel {
    PANELS.iter().map(|p| p.0).find(|p| Some(&*format!("{p:?}")) == name).unwrap_or(Panel::Events)
}

/// The tabs, and the one that is open.
#[component]
pub fn Panels() -> impl IntoView {
    let page = Page::here();
    let open = move |panel: Panel| {
        page.panel.set(panel);
        storage::set_own("panel", &format!("{panel:?}"));
    };
    let turn = move |e: web_sys::KeyboardEvent| {
        let (at, n) = (PANELS.iter().position(|p| p.0 == page.panel.get_untracked()).unwrap_or(0), PANELS.len());
        let next = match e.key().as_str() {
            "ArrowRight" => (at + 1) % n,
            "ArrowLeft" => (at + n - 1) % n,
            "Home" => 0,
            "End" => n - 1,
            _ => return,
        };
        e.prevent_default();
        open(PANELS[next].0);
        browser::focus(&format!("#tab-{:?}", PANELS[next].0));
    };
    // On a narrow window the row of tabs scrolls. The one that a first visit opens is in sight.
    let stored = page.panel.get_untracked() != Panel::Events;
    Effect::watch(move || page.panel.get(), |panel, _, _| browser::show(&format!("#tab-{panel:?}")), stored);
    let tabs = PANELS.map(|(panel, name)| {
        let count = Memo::new(move |_| count(page, panel).filter(|&n| n > 0));
        view! {
            <button class="tab" role="tab" id=format!("tab-{panel:?}") aria-controls="panel" aria-selected=move || (page.panel.get() == panel).to_string()
                tabindex=move || if page.panel.get() == panel { "0" } else { "-1" } on:click=move |_| open(panel)>
                {page.t(name)}{move || count.get().map(|n| view! { <span class="count" class:bad=panel == Panel::Findings>{n}</span> })}
            </button>
        }
    });
    let scroller = NodeRef::new();
    let list = list::Shown::new(page, scroller);
    provide_context(list);
    let recorded = Memo::new(move |_| page.run.with(|run| run.as_ref().is_some_and(|run| run.is_recorded())));
    let body = move || match page.panel.get() {
        Panel::Events => events::Events().into_any(),
        _ if recorded.get() => page.parts.engine.waits(page),
        panel => page.parts.panels.show(page, |later| later(panel)),
    };
    view! {
        <section class="panels" aria-label=page.t(Ui::Panels)>
            <div class="tabs" role="tablist" aria-label=page.t(Ui::Panels) on:keydown=turn on:pointerenter=move |_| page.parts.panels.ask()>{tabs.into_iter().collect_view()}</div>
            <div class="panel" id="panel" role="tabpanel" tabindex="0" node_ref=scroller on:scroll=move |e| list.scrolled(&e) aria-labelledby=move || format!("tab-{:?}", page.panel.get())>{body}</div>
        </section>
    }
}

/// A panel of the part that is fetched when one of these is first opened.
pub fn later(panel: Panel) -> AnyView {
    match panel {
        Panel::Why => why::Why().into_any(),
        Panel::Events => events::Events().into_any(),
        Panel::Story => story::Story().into_any(),
        Panel::Logs => logs::Logs().into_any(),
        Panel::Describe => describe::Describe().into_any(),
        Panel::Status => status::Status().into_any(),
        Panel::Conditions => conditions::Conditions().into_any(),
        Panel::Kubectl => kubectl::Kubectl().into_any(),
        Panel::Findings => findings::Findings().into_any(),
        Panel::Assumptions => assumptions::Assumptions().into_any(),
    }
}

/// What a tab counts: events so far, what was found, what was assumed.
fn count(page: Page, panel: Panel) -> Option<usize> {
    match panel {
        Panel::Events => {
            let now = page.playhead.get();
            page.run.with(|r| r.as_ref().map(|r| r.trace.events_until(now).len()))
        }
        Panel::Findings => page.calm.with(|r| r.as_ref().map(|r| r.concerns())),
        Panel::Assumptions => page.run.with(|r| r.as_ref().map(|r| r.trace.assumptions.len())),
        _ => None,
    }
}
