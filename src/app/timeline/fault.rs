//! The faults of one container: what is chosen here is written into the scenario text.

use leptos::prelude::*;

use crate::app::icons;
use crate::app::state::Page;
use crate::i18n::ui::Ui;
use crate::scenario::FaultKind;
use crate::time::Millis;

/// The fault control that opens at a lane.
#[component]
pub fn Popover(container: String, top: f64, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let page = Page::here();
    let (attempts, code, after) = (RwSignal::new(3_u32), RwSignal::new(1_i32), RwSignal::new(2.0_f64));
    let name = StoredValue::new(container);
    let apply = move |fault: FaultKind| {
        page.inject(&name.get_value(), attempts.get_untracked(), &fault);
        chosen.set(None);
    };
    let delay = move || Millis((after.get_untracked().clamp(0.0, 86_400.0) * 1000.0) as u64);
    let clear = move |_| {
        page.clear_faults(&name.get_value());
        chosen.set(None);
    };
    view! {
        <div class="popover" role="dialog" aria-label=page.t(Ui::Inject) style:top=format!("{top}px")
            on:keydown=move |e| if e.key() == "Escape" { chosen.set(None) }>
            <h3>
                <span>{page.t(Ui::Inject)}": " <code>{name.get_value()}</code></span>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| chosen.set(None)>{icons::close()}</button>
            </h3>
            <label>{page.t(Ui::FaultAttempts)}
                <input class="field" type="number" min="1" max="99" name="attempts" prop:value=attempts
                    on:input=move |e| attempts.set(event_target_value(&e).parse().unwrap_or(1).clamp(1, 99)) />
            </label>
            <label>{page.t(Ui::FaultCode)}
                <input class="field" type="number" min="0" max="255" name="code" prop:value=code
                    on:input=move |e| code.set(event_target_value(&e).parse().unwrap_or(1).clamp(0, 255)) />
            </label>
            <label>{page.t(Ui::FaultAfter)}
                <input class="field" type="number" min="0" step="0.5" name="after" prop:value=after
                    on:input=move |e| after.set(event_target_value(&e).parse().unwrap_or(0.0)) />
            </label>
            <div class="row">
                <button class="button solid" data-testid="fault-fail"
                    on:click=move |_| apply(FaultKind::Exit { code: code.get_untracked(), after: delay() })>{page.t(Ui::FaultFail)}</button>
                <button class="button outline" on:click=move |_| apply(FaultKind::OomKilled { after: delay() })>{page.t(Ui::FaultOom)}</button>
                <button class="button outline" on:click=move |_| apply(FaultKind::Hang)>{page.t(Ui::FaultHang)}</button>
                <button class="button" on:click=clear>{page.t(Ui::FaultClear)}</button>
            </div>
        </div>
    }
}
