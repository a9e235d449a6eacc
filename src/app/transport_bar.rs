//! Play, pause, step, speed and zoom.

use leptos::prelude::*;

use super::icons;
use super::state::Page;
use super::transport;
use crate::i18n::ui::Ui;
use crate::time::Millis;

/// The row of controls.
#[component]
pub fn TransportBar() -> impl IntoView {
    let page = Page::here();
    let idle = move || page.run.with(Option::is_none);
    let no_main = move || page.run.with(|r| r.as_ref().is_none_or(|r| r.main_started.is_none()));
    let to_main = move |_| {
        let at = page.run.with_untracked(|r| r.as_ref().and_then(|r| r.main_started));
        at.into_iter().for_each(|at| page.seek(at));
    };
    let end = move || page.run.with(|r| r.as_ref().map_or(Millis::ZERO, |r| r.end()));
    let play = move || if page.playing.get() { page.t(Ui::Pause)() } else { page.t(Ui::Play)() };
    let speeds = transport::SPEEDS.map(
        |s| view! { <option value=s.to_string() selected=move || page.speed.get() == s>{format!("{s}×")}</option> },
    );
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
                {move || transport::clock(page.playhead.get())}
                <small>{move || format!(".{:03}", page.playhead.get().0 % 1000)}</small>
                <small class="wide">{move || format!(" / {}", transport::clock(end()))}</small>
            </output>
            <span class="spring"></span>
            <select class="select" aria-label=page.t(Ui::Speed) title=page.t(Ui::Speed)
                on:change=move |e| page.speed.set(event_target_value(&e).parse().unwrap_or(5))>{speeds}</select>
            {button(Ui::ZoomOut, "wide", icons::zoom_out(), idle, Callback::new(move |()| page.zoom_by(1.6, None)))}
            {button(Ui::ZoomFit, "", icons::fit(), idle, Callback::new(move |()| page.zoom.set(None)))}
            {button(Ui::ZoomIn, "wide", icons::zoom_in(), idle, Callback::new(move |()| page.zoom_by(0.625, None)))}
        </div>
    }
}
