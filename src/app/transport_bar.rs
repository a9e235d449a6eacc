//! Play, pause, step, speed and zoom.

use leptos::prelude::*;

use super::icons;
use super::state::Page;
use super::{compare, predict, transport, words};
use crate::i18n::ui::Ui;
use crate::time::Millis;

/// The row of controls.
#[component]
pub fn TransportBar() -> impl IntoView {
    let page = Page::here();
    let idle = move || page.run.with(Option::is_none);
    let no_main = move || page.run.with(|r| r.as_ref().is_none_or(|r| r.main_started.is_none()) || page.hides());
    let to_main = move |_| {
        let at = page.run.with_untracked(|r| r.as_ref().and_then(|r| r.main_started));
        at.into_iter().for_each(|at| page.jump(at));
    };
    let end = move || page.run.with(|r| r.as_ref().map_or(Millis::ZERO, |r| r.end()));
    let play = move || if page.playing.get() { page.t(Ui::Pause)() } else { page.t(Ui::Play)() };
    let speeds = transport::SPEEDS.map(|s| {
        view! {
            <option value=s.to_string() selected=move || page.speed.get() == s>
                {move || if s == transport::STEPWISE { page.t(Ui::StepSpeed)().to_owned() } else { format!("{s}×") }}
            </option>
        }
    });
    // A sign of its own while an idle stretch is hurried through.
    let hurried = Memo::new(move |_| {
        let (now, speed) = (page.playhead.get(), page.speed.get());
        let hurries = page.playing.get() && page.skip.get() && speed != transport::STEPWISE;
        page.run.with(|r| {
            let run = r.as_ref().filter(|_| hurries)?;
            let after = transport::next(run.moments(), now)?;
            let before = transport::previous(run.moments(), Millis(now.0 + 1)).unwrap_or_default();
            let fast = transport::hurries(now.0 as f64, f64::from(speed), before.0 as f64, Some(after.0 as f64));
            fast.then_some(after - before)
        })
    });
    // On a phone the rarer controls are a row of their own.
    let more = RwSignal::new(false);
    let toggle_range = move |()| toggle_range(page);
    let range_name = move || if page.range.get().is_some() { page.t(Ui::LoopOff)() } else { page.t(Ui::LoopHere)() };
    let keep_name = move || if page.kept.with(Option::is_some) { page.t(Ui::Forget)() } else { page.t(Ui::Keep)() };
    let button = move |name: Ui, class: &'static str, icon: AnyView, off: Signal<bool>, act: Callback<()>| {
        view! {
            <button class=format!("button icon {class}") aria-label=page.t(name) title=page.t(name) disabled=off on:click=move |_| act.run(())>{icon}</button>
        }
    };
    let idle = Signal::derive(idle);
    let to_main = Callback::new(to_main);
    view! {
        <div class="transport" role="toolbar" aria-label=page.t(Ui::Transport)>
            {button(Ui::ToStart, "wide", icons::to_start(), idle, Callback::new(move |()| page.seek(Millis::ZERO)))}
            {button(Ui::StepBack, "", icons::step_back(), idle, Callback::new(move |()| page.step(false)))}
            <button class="button solid play" aria-label=play title=play disabled=idle on:click=move |_| page.toggle() data-testid="play">
                {move || if page.playing.get() { icons::pause() } else { icons::play() }}
            </button>
            {button(Ui::StepOn, "", icons::step_on(), idle, Callback::new(move |()| page.step(true)))}
            {button(Ui::ToMain, "", icons::flag(), Signal::derive(no_main), to_main)}
            <output class="clock" data-testid="clock">
                {move || words::clock(page.playhead.get()).0}
                <small>{move || words::clock(page.playhead.get()).1}</small>
                <small class="wide total">{move || format!(" / {}", words::seconds(end()))}</small>
            </output>
            <select class="select" aria-label=page.t(Ui::Speed) title=page.t(Ui::Speed)
                on:change=move |e| page.speed.set(event_target_value(&e).parse().unwrap_or(5))>{speeds}</select>
            <span class="hurry" aria-hidden="true">{move || hurried.get().map(|d| format!("» {} {}", page.t(Ui::Skipping)(), words::duration(d)))}</span>
            <div class="extra" class:open=more>
            <button class="button" aria-pressed=move || page.guess.with(Option::is_some).to_string() disabled=idle on:click=move |_| { predict::toggle(page); more.set(false) } data-testid="predict-toggle">{page.t(Ui::Predict)}</button>
            <button class="button icon" aria-label=keep_name title=keep_name aria-pressed=move || page.kept.with(Option::is_some).to_string() disabled=idle on:click=move |_| compare::toggle(page) data-testid="keep">{icons::keep()}</button>
            <button class="button icon" aria-label=range_name title=range_name aria-pressed=move || page.range.get().is_some().to_string() disabled=idle on:click=move |_| toggle_range(()) data-testid="loop">{icons::repeat()}</button>
            <button class="button icon" aria-label=page.t(Ui::SkipIdle) title=page.t(Ui::SkipIdle) aria-pressed=move || page.skip.get().to_string() on:click=move |_| page.skip.update(|s| *s = !*s)>{icons::skip()}</button>
            {button(Ui::ZoomOut, "", icons::zoom_out(), idle, Callback::new(move |()| page.zoom_by(1.6, None)))}
            {button(Ui::ZoomFit, "", icons::fit(), idle, Callback::new(move |()| page.fit()))}
            {button(Ui::ZoomIn, "", icons::zoom_in(), idle, Callback::new(move |()| page.zoom_by(0.625, None)))}
            </div>
            <button class="button icon narrow" aria-label=page.t(Ui::MoreControls) title=page.t(Ui::MoreControls) aria-expanded=move || more.get().to_string()
                on:click=move |_| more.update(|m| *m = !*m) data-testid="more-controls">{icons::more()}</button>
        </div>
    }
}

/// Repeats what the timeline shows, or stops that.
pub fn toggle_range(page: Page) {
    if page.range.get_untracked().is_some() {
        return page.range.set(None);
    }
    let window = untrack(|| page.window());
    page.range.set(Some((Millis(window.from.max(0.0) as u64), Millis(window.to as u64))));
}
