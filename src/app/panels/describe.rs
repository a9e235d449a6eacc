//! `kubectl describe pod` at the playhead.

use leptos::prelude::*;

use crate::app::state::Page;
use crate::time::Millis;
use crate::view::describe;

/// The text; its ages are those of the whole second.
#[component]
pub fn Describe() -> impl IntoView {
    let page = Page::here();
    // kubectl tells ages in seconds, but what happened within a second must show at once.
    let moment = Memo::new(move |_| {
        let now = page.playhead.get();
        let change = page.run.with(|r| r.as_ref().map_or(0, |r| r.moments().partition_point(|&m| m <= now)));
        (change, now.whole_secs())
    });
    let text = move || {
        moment.track();
        let now: Millis = page.playhead.get_untracked();
        page.run.with(|r| r.as_ref().map(|r| describe::text_at(&r.trace, now)).unwrap_or_default())
    };
    view! { <pre data-testid="describe">{text}</pre> }
}
