//! 'Compare with': one run is kept, and what differs is said with its cause. Its bars stand as ghosts on the lanes.

use std::rc::Rc;

use leptos::prelude::*;

use super::run::Run;
use super::state::Page;
use super::{icons, words};
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::view::explain::{self, Sentence};

/// The difference to the kept run, when there is one.
pub fn compare() -> AnyView {
    let page = Page::here();
    let body = move || {
        let (kept, run, lang) = (page.kept.get()?, page.run.get()?, page.lang.get());
        let same = Rc::ptr_eq(&kept, &run) || kept.trace == run.trace;
        let said = if same {
            vec![Ui::KeptHint.text(lang).to_owned()]
        } else {
            let comparison = explain::compare(&kept.trace, &run.trace);
            match &comparison.sentences[..] {
                // Alike in what happens is not yet alike.
                [Sentence::SameOutcome {}] if kept.moments() != run.moments() => {
                    vec![Ui::OnlyTimes.text(lang).to_owned()]
                }
                sentences => sentences.iter().map(|s| s.text(lang)).collect(),
            }
        };
        let cell = |of: &Run, at: Option<Millis>| at.map_or_else(|| words::never(&of.trace, lang), words::seconds);
        let pair = |name: Ui, was: Option<Millis>, is: Option<Millis>| {
            view! { <tr><th scope="row">{name.text(lang)}</th><td>{cell(&kept, was)}</td><td aria-hidden="true">"→"</td><td>{cell(&run, is)}</td></tr> }
        };
        let last = |run: &Run| run.moments().last().copied();
        let up = |run: &Run| (run.main_started, run.ready, last(run));
        let differs = up(&kept) != up(&run);
        let sums = differs.then(|| {
            view! {
                <table>
                    <thead><tr><td></td><th scope="col">{Ui::KeptRun.text(lang)}</th><td></td><th scope="col">{Ui::ThisRun.text(lang)}</th></tr></thead>
                    <tbody>
                    {pair(Ui::MainStarts, kept.main_started, run.main_started)}
                    {pair(Ui::Ready, kept.ready, run.ready)}
                    {(last(&kept) != last(&run)).then(|| pair(Ui::Ends, last(&kept), last(&run)))}
                    </tbody>
                </table>
            }
        });
        Some(view! {
            <section class="note-bar compare" aria-label=page.t(Ui::Compare) data-testid="compare">
                <div class="words">{said.into_iter().map(|s| view! { <p>{s}</p> }).collect_view()}{(!same).then(|| view! { <p class="hint">{Ui::KeptStrips.text(lang)}</p> })}</div>
                {sums}
                <button class="button icon" aria-label=page.t(Ui::Forget) title=page.t(Ui::Forget) on:click=move |_| page.kept.set(None)>{icons::close()}</button>
            </section>
        })
    };
    view! { <div class="slot">{body}</div> }.into_any()
}

/// Keeps the run that is shown, or forgets the one that is kept.
pub fn toggle(page: Page) {
    let next = if page.kept.with_untracked(Option::is_some) { None } else { page.run.get_untracked() };
    page.kept.set(next);
}
