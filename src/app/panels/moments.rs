//! The numbers that the panels follow instead of the playhead: each changes when some text does, and no sooner.

use leptos::prelude::*;

use crate::app::run::Run;
use crate::app::state::Page;
use crate::app::words;
use crate::time::Millis;
use crate::trace::EntryId;

/// How often ages are told anew while time runs, in real milliseconds.
const AGES_EVERY: u64 = 250;

/// How many of something lie at or before the playhead.
pub fn known(page: Page, count: impl Fn(&Run, Millis) -> usize + Send + Sync + 'static) -> Memo<usize> {
    Memo::new(move |_| {
        let now = page.playhead.get();
        page.run.with(|r| r.as_ref().map_or(0, |r| count(r, now)))
    })
}

/// How many visible changes lie at or before the playhead.
pub fn changes(page: Page) -> Memo<usize> {
    known(page, |run, now| run.moments().partition_point(|&m| m <= now))
}

/// How many versions of the API object there have been.
pub fn versions(page: Page) -> Memo<usize> {
    known(page, |run, now| run.trace.versions.partition_point(|v| v.at <= now))
}

/// The playhead for a text with ages in it: what changes shows at once, ages follow by whole seconds, and
/// while time runs fast not with every frame.
pub fn aged(page: Page) -> Memo<(usize, u64)> {
    let changes = changes(page);
    Memo::new(move |_| {
        let pace = if page.playing.get() { u64::from(page.speed.get()) * AGES_EVERY } else { 0 };
        (changes.get(), page.playhead.get().0 / pace.max(1000))
    })
}

/// A moment as a way to it; with an entry, that is lit too.
pub fn time(page: Page, at: Millis, entry: Option<EntryId>) -> impl IntoView + use<> {
    let go = move |e: web_sys::MouseEvent| {
        e.stop_propagation();
        match entry {
            Some(entry) => page.visit(entry, at),
            None => page.seek(at),
        }
    };
    view! { <button class="link" on:click=go>{words::seconds(at)}</button> }
}
