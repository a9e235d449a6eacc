//! The hand on the picture: hover, click, drag to pan, wheel and pinch to zoom, the menu of faults.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Menu, Stage};
use crate::app::transport::Window;
use crate::time::Millis;

/// Further than this, a press is a drag.
const STILL: f64 = 4.0;

/// What the hand is doing.
#[derive(Clone, Default)]
pub struct Hand {
    /// The pointers that are down, where each is now.
    down: Vec<(i32, f64)>,
    /// Where they were, and what was shown, when the gesture began.
    began: Vec<(i32, f64)>,
    window: Option<Window>,
    moved: bool,
}

#[derive(Clone, Copy)]
pub struct Gestures {
    stage: Stage,
    canvas: NodeRef<html::Div>,
    hand: StoredValue<Hand>,
}

impl Gestures {
    pub fn new(stage: Stage, canvas: NodeRef<html::Div>) -> Gestures {
        Gestures { stage, canvas, hand: StoredValue::new(Hand::default()) }
    }

    /// Where an event is on the picture.
    fn place(self, e: &web_sys::MouseEvent) -> (f64, f64) {
        let rect = self.canvas.get_untracked().map(|c| c.get_bounding_client_rect());
        let (left, top) = rect.map_or((0.0, 0.0), |r| (r.left(), r.top()));
        (f64::from(e.client_x()) - left, f64::from(e.client_y()) - top)
    }

    fn moment(self, x: f64) -> Millis {
        let frame = self.stage.frame.get_untracked();
        let reach = untrack(|| self.stage.page.reach());
        Millis(frame.window.at(x, frame.width).clamp(0.0, reach) as u64)
    }

    pub fn press(self, e: &web_sys::PointerEvent) {
        if e.button() != 0 || on_control(e) {
            return;
        }
        if let Some(canvas) = self.canvas.get_untracked() {
            let _ = canvas.set_pointer_capture(e.pointer_id());
        }
        let (x, _) = self.place(e);
        self.hand.update_value(|hand| {
            hand.down.retain(|p| p.0 != e.pointer_id());
            hand.down.push((e.pointer_id(), x));
            hand.began = hand.down.clone();
            hand.window = Some(untrack(|| self.stage.page.window()));
            hand.moved = hand.down.len() > 1;
        });
    }

    pub fn glide(self, e: &web_sys::PointerEvent) {
        let (x, y) = self.place(e);
        let mut free = true;
        let mut wanted = None;
        self.hand.update_value(|hand| {
            let Some(mine) = hand.down.iter_mut().find(|p| p.0 == e.pointer_id()) else { return };
            mine.1 = x;
            free = false;
            hand.moved |= hand.began.first().is_some_and(|b| (b.1 - x).abs() > STILL);
            wanted = hand.moved.then(|| hand.window.map(|w| self.held(hand, w))).flatten();
        });
        if let Some(window) = wanted {
            self.stage.page.zoom.set(Some(window));
            self.stage.hint.set(None);
        }
        if free && e.pointer_type() == "mouse" && !on_control(e) {
            self.hover(e, x, y);
        }
    }

    /// The window under one or two fingers: what they took hold of stays below them.
    fn held(self, hand: &Hand, window: Window) -> Window {
        let frame = self.stage.frame.get_untracked();
        let reach = untrack(|| self.stage.page.reach());
        let middle = |list: &[(i32, f64)]| list.iter().map(|p| p.1).sum::<f64>() / list.len().max(1) as f64;
        let (was, is) = (middle(&hand.began), middle(&hand.down));
        let zoomed = match (&hand.began[..], &hand.down[..]) {
            ([a, b, ..], [c, d, ..]) => {
                let factor = (a.1 - b.1).abs().max(10.0) / (c.1 - d.1).abs().max(10.0);
                window.zoomed(factor, window.at(was, frame.width), reach)
            }
            _ => window,
        };
        zoomed.panned((was - is) / frame.width * zoomed.span(), reach)
    }

    pub fn release(self, e: &web_sys::PointerEvent) {
        let (x, y) = self.place(e);
        let mut click = false;
        self.hand.update_value(|hand| {
            let was_down = hand.down.iter().any(|p| p.0 == e.pointer_id());
            hand.down.retain(|p| p.0 != e.pointer_id());
            click = was_down && !hand.moved && e.type_() == "pointerup";
            hand.began = hand.down.clone();
            hand.window = Some(untrack(|| self.stage.page.window()));
        });
        if click {
            self.click(e, x, y);
        }
    }

    /// A click puts the playhead there, selects what is there and pins its card.
    fn click(self, e: &web_sys::PointerEvent, x: f64, y: f64) {
        let (page, t) = (self.stage.page, self.moment(x));
        page.seek(t);
        let pinned = self.stage.row_at(y).filter(|&row| self.stage.is_bar(row, t));
        let entry = pinned.and_then(|row| self.stage.peek(|r| super::reading::segment(r, row, t)?.entry));
        page.selected.set(entry);
        self.stage.hint.set(pinned.map(|row| {
            let (x, y) = (f64::from(e.client_x()), f64::from(e.client_y()));
            super::Hint { row, at: t, x, y, pinned: true, by_key: false }
        }));
    }

    fn hover(self, e: &web_sys::PointerEvent, x: f64, y: f64) {
        let (stage, t) = (self.stage, self.moment(x));
        if untrack(|| stage.page.hides()) {
            return;
        }
        stage.page.hover.set(Some(t));
        if stage.hint.with_untracked(|h| h.as_ref().is_some_and(|h| h.pinned)) {
            return;
        }
        let row = stage.row_at(y).filter(|&row| stage.is_bar(row, t));
        let (x, y) = (f64::from(e.client_x()), f64::from(e.client_y()));
        stage.hint.set(row.map(|row| super::Hint { row, at: t, x, y, pinned: false, by_key: false }));
    }

    pub fn leave(self) {
        self.stage.page.hover.set(None);
        self.stage.hint.update(|h| *h = h.take().filter(|h| h.pinned));
    }

    /// The menu of faults, for the row and the moment under the pointer.
    pub fn menu(self, e: &web_sys::MouseEvent) {
        let (x, y) = self.place(e);
        let Some(row) = self.stage.row_at(y) else { return };
        e.prevent_default();
        self.hand.set_value(Hand::default());
        let at = self.moment(x);
        self.stage.page.seek(at);
        self.stage.open(Menu { row, at, x: f64::from(e.client_x()), y: f64::from(e.client_y()) });
    }

    /// The wheel with Ctrl (or a pinch) zooms around the pointer, sideways (or with Shift) it pans; else the page scrolls.
    pub fn wheel(self, e: &web_sys::WheelEvent) {
        let (page, frame) = (self.stage.page, self.stage.frame.get_untracked());
        let (dx, dy) =
            if e.shift_key() && e.delta_x() == 0.0 { (e.delta_y(), 0.0) } else { (e.delta_x(), e.delta_y()) };
        if e.ctrl_key() || e.meta_key() {
            e.prevent_default();
            let (x, _) = self.place(e);
            page.zoom_by((dy * 0.005).exp(), Some(frame.window.at(x, frame.width)));
        } else if dx.abs() > dy.abs() {
            e.prevent_default();
            page.pan_by(dx / frame.width * frame.window.span());
        }
    }
}

/// Whether an event belongs to a control that lies on the picture.
fn on_control(e: &web_sys::Event) -> bool {
    let target = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|t| t.closest("button").is_ok_and(|b| b.is_some()))
}
