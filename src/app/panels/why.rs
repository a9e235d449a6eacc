//! Why: the chain of causes of what is selected; else what is so at the playhead, why, and what comes next.

use leptos::prelude::*;

use super::list::Shown;
use super::moments;
use crate::app::state::Page;
use crate::app::words;
use crate::i18n::Lang;
use crate::i18n::explain::Rule;
use crate::i18n::ui::Ui;
use crate::trace::{EntryId, Trace};
use crate::view::explain::{self, Explanation, Sentence, Step, Subject};

/// The selected entry's chain, or the moment.
#[component]
pub fn Why() -> impl IntoView {
    let page = Page::here();
    move || match page.selected.get() {
        Some(entry) => view! { <Chain entry /> }.into_any(),
        None => view! { <Moment /> }.into_any(),
    }
}

/// From the selected entry back to the act that began it all.
#[component]
fn Chain(entry: EntryId) -> impl IntoView {
    let page = Page::here();
    let steps = move || {
        let lang = page.lang.get();
        page.run.with(|r| {
            let trace = &r.as_ref()?.trace;
            if entry.0 as usize >= trace.entries.len() {
                return None;
            }
            Some(explain::why(trace, entry).into_iter().map(|s| step(page, trace, s, lang)).collect_view())
        })
    };
    view! {
        <div class="bar-row">
            <b>{page.t(Ui::WhyChain)}</b>
            <button class="button outline" on:click=move |_| page.selected.set(None) data-testid="unselect">{page.t(Ui::WhyMoment)}</button>
        </div>
        <ol class="chain" data-testid="chain">{steps}</ol>
    }
}

/// One cause: a way to its moment, which lights it on the timeline.
fn step(page: Page, trace: &Trace, step: Step, lang: Lang) -> impl IntoView + use<> {
    let who = step.container.map(|c| trace.containers[c].name.clone());
    let (entry, at) = (step.entry, step.at);
    let lit = move || page.selected.get() == Some(entry);
    view! {
        <li class:lit=lit>
            <button class="step" aria-pressed=move || lit().to_string() on:click=move |_| page.visit(entry, at)>
                <time>{words::seconds(at)}</time><span class="who">{who}</span><span>{step.sentence.text(lang)}</span>
            </button>
            {step.rule.map(|r| rule(&r, lang))}
        </li>
    }
}

/// What says that it had to be so.
fn rule(rule: &Rule, lang: Lang) -> impl IntoView + use<> {
    view! { <a class="rule" href=rule.url() target="_blank" rel="noopener">{rule.text(lang)}" ↗"</a> }
}

/// A paragraph for the Pod and each container.
#[component]
fn Moment() -> impl IntoView {
    let page = Page::here();
    // What is so changes with the changes of the run and how long it has been so with every second, not with every frame.
    let aged = moments::aged(page);
    let shown = Shown::here();
    let all = move || page.run.with(|r| r.as_ref().map_or(0, |r| r.trace.containers.len() + 1));
    let list = move || {
        // A memo wakes nobody before somebody has asked for its value.
        let _ = aged.get();
        let (lang, now) = (page.lang.get(), page.playhead.get_untracked());
        page.run.with(|r| {
            let run = r.as_ref()?;
            let all = explain::moment(&run.trace, &run.timeline, now);
            Some(all.iter().take(shown.get()).map(|e| explanation(page, &run.trace, e, lang)).collect_view())
        })
    };
    view! { <div class="whys" data-testid="why">{list}{shown.more(all)}</div> }
}

fn explanation(page: Page, trace: &Trace, e: &Explanation, lang: Lang) -> impl IntoView + use<> {
    let who = match e.subject {
        Subject::Pod => Ui::TabPod.text(lang).to_owned(),
        Subject::Container(c) => trace.containers[c].name.clone(),
    };
    let sentences = |list: &[Sentence]| list.iter().map(|s| view! { <p>{s.text(lang)}</p> }).collect_view();
    let next = (!e.next.is_empty())
        .then(|| view! { <div class="next"><b>{Ui::Next.text(lang)}</b><div>{sentences(&e.next)}</div></div> });
    // Where the chain is longer than what was just said, it is one press away.
    let chain = e.entry.filter(|&entry| explain::why(trace, entry).len() > 1).map(|entry| {
        view! { <button class="button small" on:click=move |_| page.selected.set(Some(entry))>{Ui::WhyChain.text(lang)}" →"</button> }
    });
    let rule = e.rule.as_ref().map(|r| rule(r, lang));
    view! {
        <article class="why">
            <h2>{who}</h2>
            <div>
                <p class="what">{e.what.text(lang)}</p>{sentences(&e.why)}{next}
                <div class="more">{chain}{rule}</div>
            </div>
        </article>
    }
}
