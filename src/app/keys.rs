//! The keyboard, wherever the focus is not in a text or on a control that wants the key itself.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::state::{Dialog, Page};
use super::{compare, predict, transport, transport_bar};
use crate::diagnostic::Tab;
use crate::time::Millis;
use crate::web::browser;

/// Listens for as long as the page lives.
pub fn listen(page: Page) {
    let handle = window_event_listener(ev::keydown, move |e| {
        if !e.default_prevented() && (e.ctrl_key() || e.meta_key()) && !e.alt_key() && !types(&e) && retrace(page, &e) {
            e.prevent_default();
            return;
        }
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

/// Undo and redo outside of the texts, as in them.
fn retrace(page: Page, e: &web_sys::KeyboardEvent) -> bool {
    match (e.key().to_ascii_lowercase().as_str(), e.shift_key()) {
        ("z", false) => page.retrace(false),
        ("z", true) | ("y", false) => page.retrace(true),
        _ => return false,
    }
    true
}

/// Whether the focus is in a text, which has an undo of its own.
fn types(e: &web_sys::KeyboardEvent) -> bool {
    let target = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|t| matches!(t.tag_name().as_str(), "INPUT" | "TEXTAREA") || t.id() == "code")
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
        "Home" => page.jump(Millis::ZERO),
        "End" => page.jump(page.run.with_untracked(|r| r.as_ref().map_or(now, |r| r.end()))),
        "m" | "M" => page.jump(page.run.with_untracked(|r| r.as_ref().and_then(|r| r.main_started)).unwrap_or(now)),
        "[" => page.pan_by(untrack(|| page.window()).span() * -0.2),
        "]" => page.pan_by(untrack(|| page.window()).span() * 0.2),
        "z" | "Z" => zoom_to_selected(page),
        "l" | "L" => transport_bar::toggle_range(page),
        "s" | "S" => page.skip.update(|s| *s = !*s),
        "k" | "K" => compare::toggle(page),
        "p" | "P" => predict::toggle(page),
        "f" | "F" => browser::press("[data-row]:focus, .labels li:first-child [data-row]"),
        "PageDown" => page.seek(now + Millis(10_000)),
        "PageUp" => page.seek(now - Millis(10_000)),
        "+" | "=" => page.zoom_by(0.625, None),
        "-" => page.zoom_by(1.6, None),
        "0" => page.fit(),
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

fn zoom_to_selected(page: Page) {
    let Some(entry) = page.selected.get_untracked() else { return };
    let stretch = page.run.with_untracked(|r| {
        let run = r.as_ref()?;
        let found = super::timeline::stretch_of(run, entry);
        found.or_else(|| run.trace.entries.get(entry.0 as usize).map(|e| (e.at, e.at + Millis(1000))))
    });
    if let Some((from, to)) = stretch {
        page.zoom_to(from, to);
    }
}
