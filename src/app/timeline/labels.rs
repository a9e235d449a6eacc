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

/// One label for each row, in a list that reads as the timeline does.
#[component]
pub fn Labels(stage: Stage) -> impl IntoView {
    let rows = stage.run.with_value(|r| r.rows.len());
    view! {
        <ul class="labels" aria-label=stage.page.t(Ui::Lanes)>
            {(0..rows).map(|row| view! { <li><Label stage row /></li> }).collect_view()}
        </ul>
    }
}

/// The name of a lane, what it shows, and the way to its faults.
#[component]
fn Label(stage: Stage, row: usize) -> impl IntoView {
    let page = stage.page;
    let (name, role) = stage.run.with_value(|r| (r.rows[row].name.clone(), r.rows[row].role));
    let key = Memo::new(move |_| stage.run.with_value(|r| reading::key(r, row, stage.moment())));
    let says = move || stage.run.with_value(|r| reading::says(r, row, key.get(), page.lang.get()));
    let tone = move || {
        let status = (role == Role::Status).then(|| key.get()[0]).flatten();
        status.map_or("", |i| stage.run.with_value(|r| Tone::of(&r.statuses[i].text).class()))
    };
    let kind = match role {
        Role::Container(_, kind) => page.t(words::kind(kind))().to_owned(),
        Role::Status => "Pod".to_owned(),
        Role::Thin(_) => String::new(),
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
    let class = if matches!(role, Role::Thin(_)) { "label thin" } else { "label" };
    view! {
        <button class=class style:height=format!("{}px", role.height()) data-row=row aria-haspopup="dialog" aria-expanded=expanded on:click=open>
            <b title=name.clone()>{name.clone()}</b>
            <small class="kind">{kind}</small>
            <span class=move || format!("says {}", tone())>{says}</span>
            <span class="act" aria-hidden="true">"⚡"</span>
        </button>
    }
}
