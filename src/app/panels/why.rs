//! What is so at the playhead, why, and what comes next: for the Pod and each of its containers.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::app::words;
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::Trace;
use crate::view::explain::{self, Explanation, Subject};

/// A paragraph for each, and the chain of causes behind it.
#[component]
pub fn Why() -> impl IntoView {
    let page = Page::here();
    // What is so changes with the changes of the run, not with every frame.
    let change = Memo::new(move |_| {
        let now = page.playhead.get();
        page.run.with(|r| r.as_ref().map_or(0, |r| r.moments().partition_point(|&m| m <= now)))
    });
    let list = move || {
        let (lang, change) = (page.lang.get(), change.get());
        page.run.with(|r| {
            let run = r.as_ref()?;
            let now = change.checked_sub(1).and_then(|i| run.moments().get(i)).copied().unwrap_or(Millis::ZERO);
            let all = explain::moment(&run.trace, &run.timeline, now);
            Some(all.iter().map(|e| explanation(page, &run.trace, e, lang)).collect_view())
        })
    };
    let summary = move || {
        let lang = page.lang.get();
        page.run.with(|r| {
            let said = explain::summary(&r.as_ref()?.trace);
            Some(said.iter().map(|s| s.text(lang)).collect::<Vec<_>>().join(" "))
        })
    };
    view! { <p class="lead" data-testid="summary">{summary}</p><div class="whys" data-testid="why">{list}</div> }
}

fn explanation(page: Page, trace: &Trace, e: &Explanation, lang: Lang) -> impl IntoView + use<> {
    let who = match e.subject {
        Subject::Pod => Ui::TabPod.text(lang).to_owned(),
        Subject::Container(c) => trace.containers[c].name.clone(),
    };
    let sentences = |list: &[explain::Sentence]| list.iter().map(|s| view! { <p>{s.text(lang)}</p> }).collect_view();
    let next = (!e.next.is_empty())
        .then(|| view! { <div class="next"><b>{Ui::Next.text(lang)}</b>{sentences(&e.next)}</div> });
    let chain = e.entry.map(|entry| explain::why(trace, entry)).filter(|chain| chain.len() > 1);
    let chain = chain.map(|chain| {
        let steps = chain.into_iter().skip(1).map(|step| {
            let at = step.at;
            view! { <li><button class="link" on:click=move |_| page.seek(at)><time>{words::seconds(at)}</time></button><span>{step.sentence.text(lang)}</span></li> }
        });
        view! { <details><summary>{Ui::Because.text(lang)}</summary><ol class="chain">{steps.collect_view()}</ol></details> }
    });
    view! {
        <article class="why"><h3>{who}</h3><div><p class="what">{e.what.text(lang)}</p>{sentences(&e.why)}{next}{chain}</div></article>
    }
}
