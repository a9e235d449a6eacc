//! `kubectl describe pod` at the playhead.

use leptos::prelude::*;

use super::moments;
use crate::app::state::Page;
use crate::view::describe;

/// The exact text.
#[component]
pub fn Describe() -> impl IntoView {
    let page = Page::here();
    let moment = moments::aged(page);
    let text = move || {
        moment.track();
        let now = page.playhead.get_untracked();
        page.run.with(|r| r.as_ref().map(|r| describe::text_at(&r.trace, now)).unwrap_or_default())
    };
    view! { <pre data-testid="describe">{text}</pre> }
}
