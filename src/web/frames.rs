//! The frame clock: calls once per painted frame, with the time since the last one.

use std::cell::RefCell;
use std::rc::Rc;

use super::timers::Timeout;
use gloo::render::{AnimationFrame, request_animation_frame};

/// The frame that was asked for, if any.
type Slot = RefCell<Option<AnimationFrame>>;

/// A running loop; dropping it ends it.
pub struct Frames {
    _next: Rc<Slot>,
}

impl Frames {
    /// Calls `on_frame` with the milliseconds since the frame before, until it answers `false` or this is dropped.
    /// A tab that was hidden does not catch up: no step is longer than 100 ms.
    pub fn start(on_frame: impl FnMut(f64) -> bool + 'static) -> Frames {
        let next = Rc::default();
        request(&next, on_frame, None);
        Frames { _next: next }
    }
}

/// Calls `work` once the next frame is painted: in a hidden tab, which paints none, when it is shown again.
pub fn after_paint(work: impl FnOnce() + 'static) {
    let frame = request_animation_frame(move |_| {
        Timeout::new(0, work).forget();
    });
    // It is not to be called off.
    std::mem::forget(frame);
}

fn request(slot: &Rc<Slot>, mut on_frame: impl FnMut(f64) -> bool + 'static, last: Option<f64>) {
    // Weak: what is asked for must not keep its own loop alive.
    let again = Rc::downgrade(slot);
    let frame = request_animation_frame(move |now| {
        let step = last.map_or(0.0, |before| (now - before).clamp(0.0, 100.0));
        if on_frame(step)
            && let Some(slot) = again.upgrade()
        {
            request(&slot, on_frame, Some(now));
        }
    });
    slot.replace(Some(frame));
}
