//! What a container has printed up to the playhead: with the moment and the stream of each line.

use leptos::html;
use leptos::prelude::*;

use crate::app::run::Run;
use crate::app::state::Page;
use crate::app::words;
use crate::i18n::sentence::Say;
use crate::i18n::ui::Ui;
use crate::scenario::Attempts;
use crate::time::Millis;
use crate::trace::{ContainerTrace, Stream};
use crate::view::logs;

/// Older lines are left out.
const LINES: usize = 1000;

/// Which of a container's runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Current,
    Previous,
    All,
}

/// Which lines are shown: those of one container and, but for `None`, of one attempt, up to a line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    container: usize,
    attempt: Option<u32>,
    until: usize,
}

/// A container's log, as `kubectl logs` gives it.
#[component]
pub fn Logs() -> impl IntoView {
    let page = Page::here();
    let chosen = RwSignal::new(None::<String>);
    let which = RwSignal::new(Which::Current);
    let follow = RwSignal::new(true);
    let shown = Memo::new(move |_| {
        let now = page.playhead.get();
        page.run.with(|r| shown(r.as_ref()?, chosen.get().as_deref(), which.get(), now))
    });
    let scroller = NodeRef::<html::Ol>::new();
    Effect::new(move || {
        shown.track();
        if let (true, Some(list)) = (follow.get(), scroller.get()) {
            list.set_scroll_top(list.scroll_height());
        }
    });
    let options = move || {
        let name = |c: &ContainerTrace| c.name.clone();
        let names = page.run.with(|r| r.as_ref().map(|r| r.trace.containers.iter().map(name).collect::<Vec<_>>()));
        let current = move |i: usize| shown.get().map(|s| s.container) == Some(i);
        let option = |(i, n): (usize, String)| view! { <option value=n.clone() selected=move || current(i)>{n.clone()}</option> };
        names.unwrap_or_default().into_iter().enumerate().map(option).collect_view()
    };
    let runs = [(Which::Current, Ui::LogCurrent), (Which::Previous, Ui::Previous), (Which::All, Ui::LogAll)];
    let runs = runs.map(|(value, name)| {
        view! { <button class="button" aria-pressed=move || (which.get() == value).to_string() on:click=move |_| which.set(value)>{page.t(name)}</button> }
    });
    // A line is kept by its number: while time passes, lines are only added.
    let lines = move || {
        let shown = shown.get();
        page.run.with(|r| Some(lines(r.as_ref()?, shown?))).unwrap_or_default()
    };
    let refusal = Memo::new(move |_| {
        let (shown, previous) = (shown.get()?, which.get() == Which::Previous);
        let now = page.playhead.get_untracked();
        page.run.with(|r| refusal(r.as_ref()?, shown, previous, now))
    });
    view! {
        <div class="logs">
            <div class="bar-row">
                <select class="select" aria-label=page.t(Ui::Container) on:change=move |e| chosen.set(Some(event_target_value(&e)))>{options}</select>
                <div class="segmented" role="group" aria-label=page.t(Ui::LogRuns)>{runs.into_iter().collect_view()}</div>
                <label class="check"><input type="checkbox" prop:checked=follow on:change=move |e| follow.set(event_target_checked(&e)) />{page.t(Ui::Follow)}</label>
            </div>
            {move || refusal.get().map(|text| view! { <pre class="refusal" data-testid="log-refusal">{text}</pre> })}
            <Show when=move || refusal.get().is_none() && shown.get().is_none_or(|s| s.until == 0)><p class="empty">{page.t(Ui::NoLogs)}</p></Show>
            <ol class="log" node_ref=scroller tabindex="0" aria-label=page.t(Ui::Logs) data-testid="log">
                <For each=lines key=|line| (line.run, line.index, line.turn) children=move |line| view! {
                    <li class=line.class>
                        {line.turn.then(|| view! { <b class="which">{move || Attempts::one(line.attempt + 1).say(page.lang.get())}</b> })}
                        <time>{words::seconds(line.at)}</time>
                        <span class="stream" title=line.stream>{if line.stream == "stderr" { "err" } else { "" }}</span>
                        <span>{line.text}</span>
                    </li>
                } />
            </ol>
        </div>
    }
}

/// What to show now. Absent a choice: the container that spoke last.
fn shown(run: &Run, chosen: Option<&str>, which: Which, now: Millis) -> Option<Shown> {
    let containers = &run.trace.containers;
    let until = |c: &ContainerTrace| c.logs.partition_point(|l| l.at <= now);
    let spoke = |c: &ContainerTrace| until(c).checked_sub(1).map(|i| c.logs[i].at);
    let last = || {
        let all = containers.iter().enumerate();
        let spoken = all.filter_map(|(i, c)| Some((spoke(c)?, i)));
        spoken.max_by_key(|&(at, i)| (at, std::cmp::Reverse(i))).map_or(0, |(_, i)| i)
    };
    let container = chosen.and_then(|name| containers.iter().position(|c| c.name == name)).unwrap_or_else(last);
    let c = containers.get(container)?;
    let begun = c.attempts.partition_point(|a| a.created <= now);
    let back = match which {
        Which::All => return Some(Shown { container, attempt: None, until: until(c) }),
        Which::Current => 1,
        Which::Previous => 2,
    };
    let attempt = begun.checked_sub(back).map(|i| c.attempts[i].attempt);
    match attempt {
        Some(attempt) => {
            let until = c.logs.partition_point(|l| l.at <= now && l.attempt <= attempt);
            Some(Shown { container, attempt: Some(attempt), until })
        }
        None => Some(Shown { container, attempt: None, until: 0 }),
    }
}

/// A line as it is shown.
#[derive(Clone)]
struct Line {
    /// Which run of the pipeline, which container and which attempts it is of.
    run: (usize, usize, Option<u32>),
    index: usize,
    attempt: u32,
    /// Another attempt begins here.
    turn: bool,
    class: &'static str,
    at: Millis,
    stream: &'static str,
    text: String,
}

fn lines(run: &Run, shown: Shown) -> Vec<Line> {
    let Some(c) = run.trace.containers.get(shown.container) else { return Vec::new() };
    let logs = &c.logs[..shown.until.min(c.logs.len())];
    let mine = |i: &usize| shown.attempt.is_none_or(|a| logs[*i].attempt == a);
    let first = (0..logs.len()).rev().filter(mine).take(LINES).last().unwrap_or(logs.len());
    let line = |i: usize| {
        let line = &logs[i];
        let turn = i > first && logs[i - 1].attempt != line.attempt;
        let stream = if line.stream == Stream::Stderr { "stderr" } else { "stdout" };
        let class = match (line.stream, turn) {
            (Stream::Stderr, true) => "err turn",
            (Stream::Stderr, false) => "err",
            (Stream::Stdout, true) => "turn",
            (Stream::Stdout, false) => "",
        };
        let run = (std::ptr::from_ref(run) as usize, shown.container, shown.attempt);
        Line { run, index: i, attempt: line.attempt, turn, class, at: line.at, stream, text: line.line.clone() }
    };
    (first..logs.len()).filter(mine).map(line).collect()
}

/// What `kubectl logs` answers instead of lines.
fn refusal(run: &Run, shown: Shown, previous: bool, now: Millis) -> Option<String> {
    if shown.until > 0 {
        return None;
    }
    let container = Some(run.trace.containers.get(shown.container)?.name.clone());
    let output = logs::at(&run.trace, now, &logs::Options { container, previous, ..logs::Options::default() });
    output.failed.then_some(output.stderr)
}
