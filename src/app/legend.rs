//! The legend: how states look, those of this run first.

use leptos::prelude::*;

use super::run::Run;
use super::state::{Dialog, Page};
use crate::i18n::ui::Ui;

/// How a state looks: the classes of its bars, of which the first is drawn, and its name.
type Look = (&'static [&'static str], Ui);

const LOOKS: [Look; 9] = [
    (&["running"], Ui::LegendRun),
    (&["ok"], Ui::LegendDone),
    (&["failed", "oom", "start-failed", "lost"], Ui::LegendFail),
    (&["back-off"], Ui::LegendBackOff),
    (&["pulling", "pull-failed"], Ui::LegendPull),
    (&["starting"], Ui::LegendWait),
    (&["grace"], Ui::LegendStop),
    (&["killed"], Ui::LegendKilled),
    (&["hook", "hook-failed"], Ui::LegendHook),
];

/// What this run shows; the rest is folded.
#[component]
pub fn Legend() -> impl IntoView {
    let page = Page::here();
    // The sheet stays when it is closed; nobody looks then. Of a run that is hidden nothing is given away.
    let parted = Memo::new(move |_| {
        let open = page.dialog.get() == Some(Dialog::Help) && !page.hides();
        page.run.with(|run| part(run.as_deref().filter(|_| open)))
    });
    let others = move || parted.with(|(_, others)| others.clone());
    view! {
        <div class="legend" data-testid="legend">{move || looks(page, parted.with(|(here, _)| here.clone()))}</div>
        <details hidden=move || others().is_empty()>
            <summary>{page.t(Ui::LegendOthers)}</summary>
            <div class="legend">{move || looks(page, others())}</div>
        </details>
    }
}

/// The looks that a run has, and the others; all, where there is no run.
fn part(run: Option<&Run>) -> (Vec<usize>, Vec<usize>) {
    let lanes = || run.iter().flat_map(|run| &run.timeline.lanes);
    let bars = lanes().flat_map(|lane| [&lane.bars, &lane.hooks, &lane.graces]).flat_map(|track| track.segments());
    let classes: Vec<&str> = bars.map(|bar| bar.kind.class()).collect();
    (0..LOOKS.len()).partition(|&look| run.is_none() || LOOKS[look].0.iter().any(|class| classes.contains(class)))
}

fn looks(page: Page, some: Vec<usize>) -> impl IntoView {
    let look = move |(classes, name): Look| {
        let class = format!("s-{}", classes[0]);
        view! {
            <span><svg class=class viewBox="0 0 26 12" aria-hidden="true"><rect class="shape" x="1" y="1" width="24" height="10" rx="2" /></svg>{page.t(name)}</span>
        }
    };
    some.into_iter().map(|i| look(LOOKS[i])).collect_view()
}
