//! The keyboard, wherever the focus is not in a text or on a control that wants the key itself.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::state::{Dialog, Page};
use super::transport;
use crate::diagnostic::Tab;
use crate::time::Millis;

/// Listens for as long as the page lives.
pub fn listen(page: Page) {
    let handle = window_event_listener(ev::keydown, move |e| {
        if !e.default_prevented()
            && !e.ctrl_key()
            && !e.meta_key()
            && !e.alt_key()
            && !taken(&e)
            && obey(page, &e.key(), e.shift_key())
        {
            e.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether what has the focus uses this key itself.
fn taken(e: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) else { return false };
    let control =
        matches!(target.tag_name().as_str(), "BUTTON" | "A" | "SUMMARY") && matches!(e.key().as_str(), " " | "Enter");
    let text = matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA") || target.id() == "code";
    let role = target.get_attribute("role").unwrap_or_default();
    let arrows = matches!(role.as_str(), "tab" | "separator") && e.key().starts_with("Arrow");
    control || text || arrows || target.closest("dialog").is_ok_and(|d| d.is_some())
}

fn obey(page: Page, key: &str, shift: bool) -> bool {
    let now = page.playhead.get_untracked();
    match key {
        " " => page.toggle(),
        "ArrowLeft" if shift => page.seek(now - Millis(1000)),
        "ArrowRight" if shift => page.seek(now + Millis(1000)),
        "ArrowLeft" => page.step(false),
        "ArrowRight" => page.step(true),
        "Home" => page.seek(Millis::ZERO),
        "End" => page.seek(page.run.with_untracked(|r| r.as_ref().map_or(now, |r| r.end()))),
        "m" | "M" => page.seek(page.run.with_untracked(|r| r.as_ref().and_then(|r| r.main_started)).unwrap_or(now)),
        "+" | "=" => page.zoom_by(0.625, None),
        "-" => page.zoom_by(1.6, None),
        "0" => page.zoom.set(None),
        "<" | "," => faster(page, false),
        ">" | "." => faster(page, true),
        "1" => page.tab.set(Tab::Pod),
        "2" => page.tab.set(Tab::Scenario),
        "?" => page.dialog.set(Some(Dialog::Help)),
        _ => return false,
    }
    true
}

fn faster(page: Page, faster: bool) {
    let speeds = transport::SPEEDS;
    let at = speeds.iter().position(|&s| s == page.speed.get_untracked()).unwrap_or(2);
    let next = if faster { at + 1 } else { at.saturating_sub(1) };
    page.speed.set(speeds[next.min(speeds.len() - 1)]);
}
