//! What the containers have printed up to the playhead.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::trace::Stream;

/// The log of one container, its attempts one after the other.
#[component]
pub fn Logs() -> impl IntoView {
    let page = Page::here();
    let chosen = RwSignal::new(None::<String>);
    let names = move || {
        page.run.with(|r| {
            r.as_ref()
                .map(|r| r.trace.containers.iter().map(|c| c.name.clone()).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    };
    // Absent a choice: the one that spoke last.
    let shown = Memo::new(move |_| {
        let now = page.playhead.get();
        chosen.get().or_else(|| {
            page.run.with(|r| {
                let containers = &r.as_ref()?.trace.containers;
                let spoken = |c: &&crate::trace::ContainerTrace| {
                    c.logs[..c.logs.partition_point(|l| l.at <= now)].last().map(|l| l.at)
                };
                containers
                    .iter()
                    .filter(|c| spoken(c).is_some())
                    .max_by_key(spoken)
                    .or(containers.first())
                    .map(|c| c.name.clone())
            })
        })
    });
    let known = Memo::new(move |_| {
        let now = page.playhead.get();
        let name = shown.get();
        page.run.with(|r| {
            let logs = r.as_ref().and_then(|r| r.trace.container(&name?)).map(|c| &c.logs);
            logs.map_or(0, |logs| logs.partition_point(|l| l.at <= now))
        })
    });
    let lines = move || {
        let (name, known) = (shown.get(), known.get());
        page.run.with(|r| {
            let logs = r
                .as_ref()
                .and_then(|r| r.trace.container(&name?))
                .map(|c| &c.logs[..known.min(c.logs.len())])
                .unwrap_or_default();
            let from = logs.len().saturating_sub(1000);
            let turns = |i: usize| i > 0 && logs[i - 1].attempt != logs[i].attempt;
            (from..logs.len()).map(|i| {
                let line = &logs[i];
                let class = match (line.stream, turns(i)) {
                    (Stream::Stderr, true) => "err turn",
                    (Stream::Stderr, false) => "err",
                    (Stream::Stdout, true) => "turn",
                    (Stream::Stdout, false) => "",
                };
                view! { <li class=class><time>{words::seconds(line.at)}</time><span>{line.line.clone()}</span></li> }
            }).collect_view()
        })
    };
    let options = move || {
        names().into_iter().map(|n| {
        let mine = n.clone();
        view! { <option value=n.clone() selected=move || shown.get().as_ref() == Some(&mine)>{n.clone()}</option> }
    }).collect_view()
    };
    view! {
        <div class="bar-row">
            <select class="select" aria-label=page.t(Ui::Container) on:change=move |e| chosen.set(Some(event_target_value(&e)))>{options}</select>
        </div>
        <Show when=move || { known.get() > 0 } fallback=move || view! { <p class="empty">{page.t(Ui::NoLogs)}</p> }>
            <ol class="log" data-testid="log">{lines}</ol>
        </Show>
    }
}
