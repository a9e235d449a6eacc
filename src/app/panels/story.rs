//! The run as a list in words, which is also the text alternative of the timeline.

use leptos::prelude::*;

use super::list::Shown;
use super::moments;
use crate::app::run::Run;
use crate::app::state::Page;
use crate::i18n::ui::Ui;
use crate::view::explain::{self, Line};

/// What happens, in plain words and in order; what lies ahead is pale. Each line is a way to its moment.
#[component]
pub fn Story() -> impl IntoView {
    let page = Page::here();
    let lines = Memo::new(move |_| page.run.with(|r| r.as_ref().map(|r| explain::text_list(&r.trace))));
    let known = Memo::new(move |_| {
        let now = page.playhead.get();
        lines.with(|l| l.as_ref().map_or(0, |l| l.partition_point(|line| line.at <= now)))
    });
    let list = Shown::here();
    let rows = move || {
        let lines = lines.with(|l| l.as_ref().map(|l| l.iter().take(list.get()).cloned().collect::<Vec<_>>()))?;
        page.run.with_untracked(|r| {
            let run = r.as_ref()?;
            Some(lines.into_iter().enumerate().map(|(i, line)| row(page, run, known, i, line)).collect_view())
        })
    };
    let all = move || lines.with(|l| l.as_ref().map_or(0, Vec::len));
    let summary = move || page.run.with(|r| r.as_ref().map(|r| r.headline(page.lang.get())));
    view! {
        <p class="lead strong" data-testid="summary">{summary}</p>
        <table class="table" data-testid="story">
            <caption class="unseen">{page.t(Ui::Story)}</caption>
            <thead class="unseen"><tr><th>{page.t(Ui::Time)}</th><th>{page.t(Ui::Container)}</th><th>{page.t(Ui::Message)}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {list.more(all)}
    }
}

fn row(page: Page, run: &Run, known: Memo<usize>, i: usize, line: Line) -> impl IntoView + use<> {
    let who = line.container.map(|c| run.trace.containers[c].name.clone());
    let lit = move || page.selected.get() == Some(line.entry);
    let sentence = line.sentence;
    view! {
        <tr class="pick" class:ahead=move || known.get() <= i class:lit=lit aria-current=move || (known.get() == i + 1).then_some("step")
            on:click=move |_| page.toggle_selected(line.entry)>
            <td class="time">{moments::time(page, line.at, Some(line.entry))}</td>
            <td class="from">{who}</td>
            <td class="message">{move || sentence.text(page.lang.get())}</td>
        </tr>
    }
}
