//! What the engine took to be so, each with a control that decides it: the decision is text in the scenario.

use leptos::prelude::*;

use crate::app::run::Run;
use crate::app::state::Page;
use crate::i18n::assumed;
use crate::i18n::ui::Ui;
use crate::scenario::{Attempts, Fault, FaultKind, Image, Moment, Object, Pull, PullError, Service, edit};
use crate::time::Millis;
use crate::trace::Assumption;

/// What may be decided instead. With a time: from when on, or how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    ThereFrom,
    NeverThere,
    PulledIn,
    OnNode,
    NotInRegistry,
    RunsFor,
    FailsAfter,
    OrdinaryNode,
}

impl Choice {
    /// What may be said about an assumption; the first is what was assumed, as far as it can be said.
    fn of(assumption: &Assumption) -> &'static [Choice] {
        match assumption.path.as_str() {
            "spec.services" | "spec.objects" => &[Choice::ThereFrom, Choice::NeverThere],
            "spec.cluster.node" => &[Choice::OrdinaryNode],
            "spec.images" => &[Choice::PulledIn, Choice::OnNode, Choice::NotInRegistry],
            _ => &[Choice::RunsFor, Choice::FailsAfter],
        }
    }

    fn name(self) -> Ui {
        match self {
            Choice::ThereFrom => Ui::DecideThereFrom,
            Choice::NeverThere => Ui::DecideNever,
            Choice::PulledIn => Ui::DecidePulledIn,
            Choice::OnNode => Ui::DecideOnNode,
            Choice::NotInRegistry => Ui::DecideNotFound,
            Choice::RunsFor => Ui::DecideRunsFor,
            Choice::FailsAfter => Ui::DecideFailsAfter,
            Choice::OrdinaryNode => Ui::DecideOrdinaryNode,
        }
    }

    fn takes_time(self) -> bool {
        matches!(self, Choice::ThereFrom | Choice::PulledIn | Choice::RunsFor | Choice::FailsAfter)
    }

    /// The scenario with the decision in it.
    fn write(self, text: &str, about: &str, container: &str, time: Millis) -> String {
        let (kind, name) = about.split_once(' ').unwrap_or(("", about));
        let image = |image: Image| edit::add_image(text, &Image { name: name.into(), ..image });
        let fault = |kind| edit::add_fault(text, container, &Fault { attempts: Attempts::ALL, kind });
        match self {
            Choice::ThereFrom | Choice::NeverThere if kind == "service" => {
                let there = self == Choice::ThereFrom;
                let service = Service { name: name.into(), ..Service::default() };
                let service = match there {
                    true => Service { available_at: Some(time), ..service },
                    false => Service { unavailable_at: Some(Millis::ZERO), ..service },
                };
                edit::add_service(text, &service)
            }
            Choice::ThereFrom | Choice::NeverThere => {
                let created_at = if self == Choice::ThereFrom { Moment::At(time) } else { Moment::Never };
                let object = Object { kind: kind.into(), name: name.into(), created_at, ..Object::default() };
                edit::add_object(text, &object)
            }
            Choice::PulledIn => {
                image(Image { pull: Pull { duration: Some(time), ..Pull::default() }, ..Image::default() })
            }
            Choice::OnNode => image(Image { on_node: true, ..Image::default() }),
            Choice::NotInRegistry => {
                image(Image { pull: Pull { error: Some(PullError::NotFound), ..Pull::default() }, ..Image::default() })
            }
            Choice::RunsFor => fault(FaultKind::Duration(time)),
            Choice::FailsAfter => fault(FaultKind::Exit { code: 1, after: time }),
            Choice::OrdinaryNode => edit::name_node(text, "node1"),
        }
    }
}

/// The list.
#[component]
pub fn Assumptions() -> impl IntoView {
    let page = Page::here();
    let list = move || page.run.with(|r| r.as_ref().map(|r| r.trace.assumptions.clone()).unwrap_or_default());
    let rows = move || list().into_iter().map(|a| view! { <Row assumption=a /> }).collect_view();
    view! {
        <Show when=move || !list().is_empty() fallback=move || view! { <p class="empty">{page.t(Ui::NoAssumptions)}</p> }>
            <p class="lead">{page.t(Ui::AssumptionsHint)}</p>
        </Show>
        <ul class="assumptions" data-testid="assumptions">{rows}</ul>
    }
}

/// One assumption and its control.
#[component]
fn Row(assumption: Assumption) -> impl IntoView {
    let page = Page::here();
    let choices = Choice::of(&assumption);
    let choice = RwSignal::new(choices[0]);
    let seconds =
        RwSignal::new(seconds_in(&assumption.assumed).unwrap_or(if choices[0] == Choice::RunsFor { 1.0 } else { 0.0 }));
    let names = page.run.with_untracked(|r| r.as_ref().map(|r| containers(r)).unwrap_or_default());
    let container = RwSignal::new(
        page.run.with_untracked(|r| r.as_ref().map(|r| concerned(r, &assumption.about)).unwrap_or_default()),
    );
    let about = StoredValue::new(assumption.about.clone());
    let decide = move |_| {
        let time = Millis((seconds.get_untracked().clamp(0.0, 86_400.0) * 1000.0) as u64);
        let (choice, container) = (choice.get_untracked(), container.get_untracked());
        about.with_value(|about| page.change_scenario(|text| choice.write(text, about, &container, time)));
    };
    let pick = move |e| {
        let name = event_target_value(&e);
        choice.set(choices.iter().copied().find(|c| format!("{c:?}") == name).unwrap_or(choices[0]));
    };
    let options =
        choices.iter().map(|c| view! { <option value=format!("{c:?}")>{page.t(c.name())}</option> }).collect_view();
    let who = (choices[0] == Choice::RunsFor).then(|| {
        let option = |name: String| {
            let mine = name.clone();
            view! { <option value=name.clone() selected=move || container.get() == mine>{name.clone()}</option> }
        };
        view! {
            <select class="select" aria-label=page.t(Ui::Container) on:change=move |e| container.set(event_target_value(&e))>{names.into_iter().map(option).collect_view()}</select>
        }
    });
    let said = move |text: String| move || assumed::text(&text, page.lang.get());
    view! {
        <li>
            <div class="assumed"><b>{said(assumption.about)}</b><span>{said(assumption.assumed)}</span></div>
            <div class="decide">
                {who}
                <select class="select" aria-label=page.t(Ui::Decision) on:change=pick>{options}</select>
                <span class="seconds" hidden=move || !choice.get().takes_time()>
                    <input class="field" type="number" min="0" max="86400" step="any" aria-label=page.t(Ui::Seconds) prop:value=move || seconds.get().to_string()
                        on:change=move |e| seconds.set(event_target_value(&e).parse().unwrap_or(0.0)) />" s"
                </span>
                <button class="button outline" on:click=decide>{page.t(Ui::Decide)}</button>
            </div>
        </li>
    }
}

/// The names of the Pod's containers.
fn containers(run: &Run) -> Vec<String> {
    run.trace.containers.iter().map(|c| c.name.clone()).collect()
}

/// The container that an assumption is most likely about: the first whose command speaks of the same thing.
fn concerned(run: &Run, about: &str) -> String {
    let spec = run.trace.pod.spec.as_ref();
    let all = spec.into_iter().flat_map(|s| s.init_containers.iter().flatten().chain(&s.containers));
    let thing = about.rsplit(' ').next().unwrap_or(about);
    let speaks = |c: &&k8s_openapi::api::core::v1::Container| {
        let words = c.command.iter().flatten().chain(c.args.iter().flatten());
        words.chain(&c.image).any(|word| word.contains(thing))
    };
    let first = || containers(run).into_iter().next().unwrap_or_default();
    all.into_iter().find(speaks).map_or_else(first, |c| c.name.clone())
}

/// The last duration in a sentence, in seconds.
fn seconds_in(text: &str) -> Option<f64> {
    let spaced = text.replace(" s", "s");
    spaced.split(' ').rev().find_map(crate::time::parse_duration).map(|d| d.as_secs_f64())
}
