//! The names of the lanes, each with what its lane shows at the moment: the timeline in words.

use leptos::prelude::*;

use super::lanes::{Role, Tone};
use super::{Menu, Stage, reading};
use crate::app::run::Run;
use crate::app::words;
use crate::i18n::Lang;
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
    view! {
        <ul class="labels" aria-label=stage.page.t(Ui::Lanes) style:height=move || format!("{}px", height.get())>
            <For each=move || stage.rows() key=|row| *row children=move |row| view! { <Label stage row /> } />
        </ul>
    }
}

/// What rests of a label while time passes.
#[derive(Clone, PartialEq)]
struct Subject {
    name: String,
    role: Role,
    top: f64,
    height: f64,
    /// How many rows there are.
    all: usize,
    /// Its menu is open.
    open: bool,
}

impl Subject {
    fn of(run: &Run, row: usize, open: bool) -> Option<Self> {
        let all = run.rows.len();
        run.rows.get(row).map(|r| Self { name: r.name.clone(), role: r.role, top: r.top, height: r.height, all, open })
    }

    fn kind(&self, lang: Lang) -> &'static str {
        match self.role {
            Role::Container(_, kind) => words::kind(kind).text(lang),
            Role::Status => "Pod",
            Role::Thin(_) => "",
        }
    }

    fn class(&self) -> &'static str {
        if matches!(self.role, Role::Thin(_)) { "label thin" } else { "label" }
    }
}

/// The name of a lane, what it shows, and the way to its faults. Scrolling makes labels all the time, so one is followed as a whole and
/// not piece by piece.
#[component]
fn Label(stage: Stage, row: usize) -> impl IntoView {
    let page = stage.page;
    let opened = move || stage.menu.get().is_some_and(|m| m.row == row);
    let subject = Memo::new(move |_| stage.with(|run| Subject::of(run, row, opened())));
    let key = Memo::new(move |_| stage.with(|r| reading::key(r, row, stage.moment())));
    let said = Memo::new(move |_| {
        stage.with(|run| {
            let (key, status) = (key.get(), run.rows.get(row).is_some_and(|r| r.role == Role::Status));
            let status = key.bar.filter(|_| status).and_then(|i| run.statuses.get(i));
            (reading::says(run, row, key, page.lang.get()), status.map_or("", |s| Tone::of(&s.text).class()))
        })
    });
    let says = move || {
        let (text, tone) = said.get();
        view! { <span class=format!("says {tone}")>{text}</span> }
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
    let label = move |s: Subject| {
        view! {
            <li aria-posinset=row + 1 aria-setsize=s.all style:transform=format!("translateY({}px)", s.top)>
                <button class=s.class() style:height=format!("{}px", s.height) data-row=row aria-haspopup="dialog" aria-expanded=s.open.to_string()
                    on:click=open on:keydown=move |e| if stage.walk(row, &e.key()) { e.prevent_default() } on:blur=move |_| stage.leave_walk()>
                    <b title=s.name.clone()>{s.name.clone()}</b>
                    <small class="kind">{s.kind(page.lang.get())}</small>
                    {says}
                    <span class="act" aria-hidden="true">"⚡"</span>
                </button>
            </li>
        }
    };
    move || subject.get().map(label)
}
