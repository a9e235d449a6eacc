//! The menu of faults: what can go wrong here and now. A choice is written into the scenario; what is written is listed, and can be taken back.

use leptos::html;
use leptos::prelude::*;

use super::lanes::Role;
use super::{Menu, Stage, reading};
use crate::app::inject::Chip;
use crate::app::{icons, words};
use crate::i18n::ui::Ui;
use crate::scenario::{ActionKind, Attempts, Fault, FaultKind, ProbeKind};
use crate::time::Millis;
use crate::trace::WorldKind;
use crate::view::timeline::LaneKind;

/// The menu, when it is open.
pub fn faults(stage: Stage) -> AnyView {
    (move || stage.menu.get().map(|menu| view! { <Open stage menu /> })).into_any()
}

#[component]
fn Open(stage: Stage, menu: Menu) -> impl IntoView {
    let page = stage.page;
    let (name, role) = stage.peek(|r| (r.rows[menu.row].name.clone(), r.rows[menu.row].role));
    let here =
        stage.peek(|r| reading::says(r, menu.row, reading::key(r, menu.row, menu.at), page.lang.get_untracked()));
    let acts = match role {
        Role::Container(..) => view! {
            <Container stage menu name=name.clone() />
            <details><summary>{page.t(Ui::TabPod)}</summary><Pod stage menu /></details>
        }
        .into_any(),
        Role::Thin(lane) => {
            let kind = stage.peek(|r| r.timeline.lanes[lane].kind);
            match kind {
                LaneKind::World(kind) => view! { <World stage at=menu.at kind name=name.clone() /> }.into_any(),
                _ => view! { <Pod stage menu /> }.into_any(),
            }
        }
        Role::Status => view! { <Pod stage menu /> }.into_any(),
    };
    let first = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(element) = first.get() {
            let _ = element.focus();
        }
    });
    let written: Vec<Chip> = stage.peek(|r| r.chips.iter().filter(|c| c.row == menu.row).cloned().collect());
    view! {
        <div class="scrim" on:pointerdown=move |_| stage.menu.set(None)></div>
        <div class="popover" role="dialog" tabindex="-1" node_ref=first aria-label=page.t(Ui::Inject) style:--x=format!("{}px", menu.x) style:--y=format!("{}px", menu.y)
            data-testid="faults" on:keydown=move |e| if e.key() == "Escape" { stage.close() }>
            <h3>
                <span><b class="name" title=name.clone()>{name.clone()}</b>" "<small>{page.t(Ui::At)}" "{words::seconds(menu.at)}</small></span>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| stage.close()>{icons::close()}</button>
            </h3>
            {(!here.is_empty()).then(|| view! { <p class="here">{here.clone()}</p> })}
            {(!written.is_empty()).then(|| view! { <Written stage chips=written.clone() /> })}
            {acts}
        </div>
    }
}

/// What is injected here already.
#[component]
fn Written(stage: Stage, chips: Vec<Chip>) -> impl IntoView {
    let items = chips.into_iter().map(|chip| {
        let place = chip.place.clone();
        let name = format!("{}: {}", stage.page.t(Ui::Remove)(), chip.text);
        let remove = move |_| {
            stage.page.take_back(&place);
            stage.close();
        };
        view! { <li><code>{chip.text}</code><button class="button icon" aria-label=name.clone() title=name on:click=remove>{icons::close()}</button></li> }
    });
    view! { <h4>{stage.page.t(Ui::Injected)}</h4><ul class="written">{items.collect_view()}</ul> }
}

/// What can be done to one container.
#[component]
fn Container(stage: Stage, menu: Menu, name: String) -> impl IntoView {
    let page = stage.page;
    let (begin, runs_now, image, probes) = stage.peek(|r| {
        let attempts = r.trace.container(&name).map_or(&[][..], |c| &c.attempts);
        let begun = attempts.partition_point(|a| a.created <= menu.at);
        // The run under way or the last one, when one was pressed or none follows; else the next.
        let on_run = stage.is_bar(menu.row, menu.at) || begun == attempts.len();
        let runs_now = begun > 0 && attempts[begun - 1].finished.is_none_or(|end| end > menu.at);
        let begin = if on_run { begun.max(1) } else { begun + 1 };
        (begin, runs_now, image_of(&r.trace.pod, &name), probes_of(&r.trace.pod, &name))
    });
    // What does not run cannot be killed or asked.
    let idle = move || (!runs_now).then(|| page.t(Ui::NotRunning)());
    let (from, runs) = (RwSignal::new(begin as u32), RwSignal::new(3_u32));
    let (code, after, factor) = (RwSignal::new(1_i32), RwSignal::new(2.0_f64), RwSignal::new(5.0_f64));
    let wanted = RwSignal::new(image.clone());
    let held = StoredValue::new(name);
    let apply = move |kind: FaultKind| {
        let first = from.get_untracked();
        let attempts = Attempts { first, last: Some(first + runs.get_untracked() - 1) };
        page.inject_fault(&held.get_value(), &Fault { attempts, kind });
        stage.close();
    };
    let act = move |kind: ActionKind| {
        page.inject_action(menu.at, kind);
        stage.close();
    };
    let delay = move || Millis((after.get_untracked().clamp(0.0, 86_400.0) * 1000.0) as u64);
    let kill = move |signal| act(ActionKind::KillContainer { name: held.get_value(), signal });
    let probes = probes.into_iter().map(|probe| {
        let label = format!("{} {}", words::probe(probe), page.t(Ui::ActProbe)());
        let fail = move |_| act(ActionKind::FailProbe { container: held.get_value(), probe, lasting: Millis::NEVER });
        view! { <button class="button outline" disabled=!runs_now title=idle on:click=fail>{label}</button> }
    });
    let gone = image.clone();
    let set_image = move |_| act(ActionKind::SetImage { container: held.get_value(), image: wanted.get_untracked() });
    let field = "field";
    view! {
        <h4>{page.t(Ui::FaultNow)}</h4>
        <div class="row">
            <button class="button outline" disabled=!runs_now title=idle on:click=move |_| kill(9) data-testid="act-kill">{page.t(Ui::FaultKill)}</button>
            <button class="button outline" disabled=!runs_now title=idle on:click=move |_| kill(15)>"TERM"</button>
            {probes.collect_view()}
            <Turn stage at=menu.at kind=WorldKind::Image name=gone />
        </div>
        <label>{page.t(Ui::CardImage)}
            <span class="pair"><input class="field long" type="text" name="image" prop:value=wanted on:input=move |e| wanted.set(event_target_value(&e)) />
            <button class="button outline" disabled=move || wanted.with(|w| w.trim().is_empty() || *w == image) on:click=set_image>{page.t(Ui::ActImage)}</button></span>
        </label>
        <h4>{page.t(Ui::FaultRuns)}</h4>
        <div class="fields">
            <label>{page.t(Ui::FaultFrom)}
                <input class=field type="number" min="1" max="999" name="from" prop:value=from on:input=move |e| from.set(number(&e, 1.0).clamp(1.0, 999.0) as u32) />
            </label>
            <label>{page.t(Ui::FaultAttempts)}
                <input class=field type="number" min="1" max="99" name="attempts" prop:value=runs on:input=move |e| runs.set(number(&e, 1.0).clamp(1.0, 99.0) as u32) />
            </label>
            <label>{page.t(Ui::FaultCode)}
                <input class=field type="number" min="0" max="255" name="code" prop:value=code on:input=move |e| code.set(number(&e, 1.0).clamp(0.0, 255.0) as i32) />
            </label>
            <label>{page.t(Ui::FaultAfter)}
                <input class=field type="number" min="0" step="0.5" name="after" prop:value=after on:input=move |e| after.set(number(&e, 0.0)) />
            </label>
        </div>
        <div class="row">
            <button class="button solid" data-testid="fault-fail" on:click=move |_| apply(FaultKind::Exit { code: code.get_untracked(), after: delay() })>{page.t(Ui::FaultFail)}</button>
            <button class="button outline" data-testid="fault-oom" on:click=move |_| apply(FaultKind::OomKilled { after: delay() })>{page.t(Ui::FaultOom)}</button>
            <button class="button outline" on:click=move |_| apply(FaultKind::Hang)>{page.t(Ui::FaultHang)}</button>
            <button class="button outline" on:click=move |_| apply(FaultKind::IgnoreSigterm)>{page.t(Ui::FaultDeaf)}</button>
        </div>
        <label>{page.t(Ui::FaultSlow)}
            <span class="pair"><input class=field type="number" min="1" max="1000" step="0.5" name="factor" prop:value=factor on:input=move |e| factor.set(number(&e, 1.0).clamp(1.0, 1000.0)) />
            <button class="button outline" on:click=move |_| apply(FaultKind::Slowdown(factor.get_untracked()))>{page.t(Ui::FaultSlowDo)}</button></span>
        </label>
    }
}

/// What can be done to the Pod, its sandbox, its node and the world around it.
#[component]
fn Pod(stage: Stage, menu: Menu) -> impl IntoView {
    let page = stage.page;
    let (grace, down) = (RwSignal::new(30.0_f64), RwSignal::new(20.0_f64));
    let act = move |kind: ActionKind| {
        page.inject_action(menu.at, kind);
        stage.close();
    };
    let spec = stage.peek(|r| r.trace.pod.spec.as_ref().and_then(|s| s.termination_grace_period_seconds));
    grace.set(spec.unwrap_or(30) as f64);
    let delete = move |_| {
        let wanted = grace.get_untracked() as i64;
        act(ActionKind::DeletePod { grace_period_seconds: (Some(wanted) != spec).then_some(wanted) });
    };
    let down_for = move || Millis((down.get_untracked().clamp(0.0, 86_400.0) * 1000.0) as u64);
    let there = stage.peek(|r| {
        let at = |w: &&crate::trace::WorldTrace| w.kind != WorldKind::Image && w.is_there(menu.at);
        r.trace.world.iter().filter(at).map(|w| (w.kind, w.name.clone())).collect::<Vec<_>>()
    });
    let world = there.into_iter().map(|(kind, name)| view! { <Turn stage at=menu.at kind name /> });
    view! {
        <h4>{page.t(Ui::FaultNow)}</h4>
        <label>{page.t(Ui::ActGrace)}
            <span class="pair"><input class="field" type="number" min="0" max="86400" name="grace" prop:value=grace on:input=move |e| grace.set(number(&e, 30.0).max(0.0)) />
            <button class="button solid" data-testid="act-delete" on:click=delete>{page.t(Ui::ActDelete)}</button></span>
        </label>
        <label>{page.t(Ui::ActDown)}
            <span class="pair"><input class="field" type="number" min="0" max="86400" name="down" prop:value=down on:input=move |e| down.set(number(&e, 20.0).max(0.0)) />
            <button class="button outline" on:click=move |_| act(ActionKind::NodeReboot { down_for: down_for() })>{page.t(Ui::ActReboot)}</button>
            <button class="button outline" on:click=move |_| act(ActionKind::RestartKubelet { down_for: down_for() })>{page.t(Ui::ActKubelet)}</button></span>
        </label>
        <div class="row">
            <button class="button outline" data-testid="act-sandbox" on:click=move |_| act(ActionKind::KillSandbox)>{page.t(Ui::ActSandbox)}</button>
            <button class="button outline" on:click=move |_| act(ActionKind::Evict)>{page.t(Ui::ActEvict)}</button>
            {world.collect_view()}
        </div>
    }
}

/// Something of the world goes away or comes, whichever it can; what came and left does not come again.
#[component]
fn World(stage: Stage, at: Millis, kind: WorldKind, name: String) -> impl IntoView {
    let (leaves, comes) = stage.peek(|r| {
        let thing = r.trace.world.iter().find(|w| w.kind == kind && w.name == name);
        thing.map_or((false, true), |w| (w.is_there(at), w.present.iter().all(|&(from, _)| from > at)))
    });
    (leaves || comes).then(|| view! { <div class="row"><Turn stage at kind name comes /></div> })
}

/// Makes something of the world go away, or come.
#[component]
fn Turn(stage: Stage, at: Millis, kind: WorldKind, name: String, #[prop(optional)] comes: bool) -> impl IntoView {
    let page = stage.page;
    let label = format!("{name} {}", page.t(if comes { Ui::ActComes } else { Ui::ActLeaves })());
    let turn = move |_| {
        if comes {
            page.inject_coming(kind, &name, at)
        } else {
            page.inject_leaving(kind, &name, at)
        }
        stage.close();
    };
    view! { <button class="button outline clip" title=label.clone() on:click=turn>{label.clone()}</button> }
}

fn number(e: &web_sys::Event, default: f64) -> f64 {
    event_target_value(e).parse().unwrap_or(default)
}

use k8s_openapi::api::core::v1::Pod as ApiPod;

fn container_of<'p>(pod: &'p ApiPod, name: &str) -> Option<&'p k8s_openapi::api::core::v1::Container> {
    let spec = pod.spec.as_ref()?;
    spec.init_containers.iter().flatten().chain(&spec.containers).find(|c| c.name == name)
}

fn image_of(pod: &ApiPod, name: &str) -> String {
    container_of(pod, name).and_then(|c| c.image.clone()).unwrap_or_default()
}

fn probes_of(pod: &ApiPod, name: &str) -> Vec<ProbeKind> {
    let Some(c) = container_of(pod, name) else { return Vec::new() };
    let all = [
        (ProbeKind::Startup, &c.startup_probe),
        (ProbeKind::Readiness, &c.readiness_probe),
        (ProbeKind::Liveness, &c.liveness_probe),
    ];
    all.into_iter().filter(|(_, probe)| probe.is_some()).map(|(kind, _)| kind).collect()
}
