//! The names of the lanes, each with what its lane shows at the moment: the timeline in words.

use leptos::prelude::*;

use super::lanes::{Role, Tone};
use super::{Menu, Stage, reading};
use crate::app::words;
use crate::i18n::ui::Ui;

/// The moment that the labels are read out for.
#[component]
pub fn Moment(stage: Stage) -> impl IntoView {
    let text = move || format!("{} {}", stage.page.t(Ui::At)(), words::seconds(stage.moment()));
    view! { <span class:hovered=move || stage.page.hover.get().is_some()>{text}</span> }
}

/// One label for each row in view, in a list that reads as the timeline does.
#[component]
pub fn Labels(stage: Stage, height: Memo<f64>) -> impl IntoView {
    let all = Memo::new(move |_| stage.with(|r| r.rows.len()));
    let item = move |row: usize| {
        let top = Memo::new(move |_| stage.with(|r| r.rows.get(row).map_or(0.0, |r| r.top)));
        view! {
            <li aria-posinset=row + 1 aria-setsize=all style:transform=move || format!("translateY({}px)", top.get())><Label stage row /></li>
        }
    };
    view! {
        <ul class="labels" aria-label=stage.page.t(Ui::Lanes) style:height=move || format!("{}px", height.get())>
            <For each=move || stage.rows() key=|row| *row children=item />
        </ul>
    }
}

/// The name of a lane, what it shows, and the way to its faults.
#[component]
fn Label(stage: Stage, row: usize) -> impl IntoView {
    let page = stage.page;
    let subject = Memo::new(move |_| stage.with(|r| r.rows.get(row).map(|r| (r.name.clone(), r.role, r.height))));
    let name = move || subject.with(|s| s.as_ref().map(|s| s.0.clone()));
    let height = move || subject.with(|s| s.as_ref().map_or(0.0, |s| s.2));
    let role = move || subject.with(|s| s.as_ref().map_or(Role::Status, |s| s.1));
    let key = Memo::new(move |_| stage.with(|r| reading::key(r, row, stage.moment())));
    let says = Memo::new(move |_| stage.with(|r| reading::says(r, row, key.get(), page.lang.get())));
    let tone = move || {
        let status = (role() == Role::Status).then(|| key.get().bar).flatten();
        status.map_or("", |i| stage.with(|r| r.statuses.get(i).map_or("", |s| Tone::of(&s.text).class())))
    };
    let kind = move || match role() {
        Role::Container(_, kind) => page.t(words::kind(kind))(),
        Role::Status => "Pod",
        Role::Thin(_) => "",
    };
    let open = move |e: web_sys::MouseEvent| {
        use wasm_bindgen::JsCast;
        let button = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let (x, y) = button.map_or((8.0, 8.0), |b| {
            let rect = b.get_bounding_client_rect();
            (rect.right() - 24.0, rect.bottom())
        });
        stage.open(Menu { row, at: page.playhead.get_untracked(), x, y });
    };
    let expanded = move || stage.menu.get().is_some_and(|m| m.row == row).to_string();
    let class = move || if matches!(role(), Role::Thin(_)) { "label thin" } else { "label" };
    view! {
        <button class=class style:height=move || format!("{}px", height()) data-row=row aria-haspopup="dialog" aria-expanded=expanded on:click=open
            on:keydown=move |e| if stage.walk(row, &e.key()) { e.prevent_default() } on:blur=move |_| stage.leave_walk()>
            <b title=name>{name}</b>
            <small class="kind">{kind}</small>
            <span class=move || format!("says {}", tone())>{says}</span>
            <span class="act" aria-hidden="true">"⚡"</span>
        </button>
    }
}
