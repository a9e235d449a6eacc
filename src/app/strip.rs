//! The status strip: `kubectl get pod` at the playhead, when things are up, and what it all comes to.

use std::rc::Rc;

use leptos::prelude::*;

use super::panels::moments;
use super::run::Run;
use super::state::{Page, Panel};
use super::timeline::lanes::Tone;
use super::{problems, words};
use crate::i18n::problem;
use crate::i18n::ui::Ui;
use crate::time::{Millis, human_duration};
use crate::view::get;
use crate::web::browser;

/// What the five columns say.
#[derive(Clone, Default, PartialEq)]
struct Line {
    name: String,
    ready: String,
    status: String,
    restarts: String,
    age: String,
    deleted: bool,
}

impl Line {
    /// The row at a moment, made from that of the version that stands then: only its ages differ.
    fn at(name: &str, row: &get::Row, now: Millis) -> Line {
        let restart_age = row.restart_age.map(|age| age + (now - row.at));
        Line {
            name: name.to_owned(),
            ready: row.ready_column(),
            restarts: get::Row { restart_age, ..row.clone() }.restarts_column(),
            age: human_duration(now),
            deleted: row.deleted,
            status: row.status.clone(),
        }
    }
}

/// The live line.
#[component]
pub fn Strip() -> impl IntoView {
    let page = Page::here();
    let version = moments::versions(page);
    let row = Memo::new(move |_| {
        let version = version.get().checked_sub(1)?;
        page.run.with(|run| {
            let trace = &run.as_ref()?.trace;
            get::row_at(trace, trace.versions.get(version)?.at)
        })
    });
    let name = Memo::new(move |_| {
        page.run.with(|run| run.as_ref().and_then(|run| run.trace.pod.metadata.name.clone()).unwrap_or_default())
    });
    let line = Memo::new(move |_| {
        let now = page.playhead.get();
        row.with(|row| row.as_ref().map(|row| name.with(|name| Line::at(name, row, now))))
    });
    let cell = move |pick: fn(&Line) -> &str| {
        move || line.with(|l| l.as_ref().filter(|l| !l.deleted).map_or("–".to_owned(), |l| pick(l).to_owned()))
    };
    let tone = move || line.with(|l| l.as_ref().filter(|l| !l.deleted).map_or("", |l| Tone::of(&l.status).class()));
    let glyph = move || line.with(|l| l.as_ref().filter(|l| !l.deleted).map_or("", |l| Tone::of(&l.status).glyph()));
    // Said to who cannot see it, when the STATUS of a playhead that rests is another.
    let said = Memo::new(move |before: Option<&String>| match before {
        Some(before) if page.playing.get() => before.clone(),
        _ => line.with(|l| l.as_ref().filter(|l| !l.deleted).map_or(String::new(), |l| l.status.clone())),
    });
    view! {
        <section class="strip" aria-label=page.t(Ui::Strip)>
            <p class="unseen" aria-live="polite" data-testid="said">{said}</p>
            <table>
                <thead><tr><th>"NAME"</th><th>"READY"</th><th>"STATUS"</th><th>"RESTARTS"</th><th>"AGE"</th></tr></thead>
                <tbody><tr>
                    <td class="name">{cell(|l| &l.name)}</td>
                    <td>{cell(|l| &l.ready)}</td>
                    <td class=move || format!("status {}", tone())><span aria-hidden="true">{glyph}</span>" "<span data-testid="status">{cell(|l| &l.status)}</span></td>
                    <td class="restarts">{cell(|l| &l.restarts)}</td>
                    <td class="age">{cell(|l| &l.age)}</td>
                </tr></tbody>
            </table>
            <div class="milestones">
                <Show when=move || page.is_behind() fallback=move || view! {
                    <Milestone name=Ui::MainStarts at=Signal::derive(move || page.run.with(|r| r.as_ref().and_then(|r| r.main_started))) />
                    <Milestone name=Ui::Ready at=Signal::derive(move || page.run.with(|r| r.as_ref().and_then(|r| r.ready))) />
                }>
                    <Behind />
                </Show>
            </div>
            {browser::query("embed").is_none().then(|| view! { <Headline /> })}
        </section>
    }
}

/// The run in a sentence or two; a press opens it sentence by sentence. It is said of the whole run: while time passes it stays, and as
/// it is there for whoever looks for it, no screen reader is interrupted by it.
#[component]
fn Headline() -> impl IntoView {
    let page = Page::here();
    let said = Memo::new(move |_| {
        let lang = page.lang.get();
        let say = |run: &Option<Rc<Run>>| run.as_ref().map(|run| run.headline(lang)).unwrap_or_default();
        // The first has its place from the start; the next can wait until the reader has stopped typing.
        if page.calm.with(Option::is_none) { page.run.with(say) } else { page.calm.with(say) }
    });
    let open = move |_| {
        page.panel.set(Panel::Story);
        browser::focus("#panel");
    };
    view! {
        <button class="headline" title=said disabled=move || said.with(String::is_empty) on:click=open data-testid="headline"><span>{said}</span></button>
    }
}

/// The texts have moved on without the run: what is wrong with them first, and that what is shown is not theirs. It stands where the
/// run's milestones do, so that nothing moves while one types.
#[component]
fn Behind() -> impl IntoView {
    let page = Page::here();
    let first = Memo::new(move |_| page.notes.with(|notes| problems::errors(notes).next().cloned()));
    let what = move || first.with(|note| note.as_ref().map(|n| problem::sentence(&n.problem, page.lang.get())));
    let show = move |_| {
        if let Some(note) = first.get_untracked() {
            page.watching.set(false);
            page.reveal(note.tab, note.span.start, note.span.end);
        }
    };
    view! {
        <button class="behind" on:click=show title=move || what().unwrap_or_default() data-testid="behind">
            <b>"✕ "{move || what().unwrap_or_default()}</b>
            <span>{page.t(Ui::Stale)}</span>
        </button>
    }
}

/// A moment one waits for; a press goes there.
#[component]
fn Milestone(name: Ui, at: Signal<Option<Millis>>) -> impl IntoView {
    let page = Page::here();
    // Without a Pod there is nothing to wait for.
    let none = move || {
        page.run.with(|run| run.as_ref().map_or("–".to_owned(), |run| words::never(&run.trace, page.lang.get())))
    };
    let text = move || at.get().map_or_else(none, words::seconds);
    view! {
        <button class="button milestone" class:never=move || at.get().is_none() disabled=move || at.get().is_none()
            on:click=move |_| if let Some(at) = at.get_untracked() { page.jump(at) }>
            <small>{page.t(name)}</small>
            <b>{text}</b>
        </button>
    }
}
