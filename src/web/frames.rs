//! The frame clock: calls once per painted frame, with the time since the last one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

type Callback = Closure<dyn FnMut(f64)>;

/// A running loop; dropping it ends it.
pub struct Frames {
    alive: Rc<Cell<bool>>,
}

impl Frames {
    /// Calls `on_frame` with the milliseconds since the frame before, until it answers `false` or this is dropped.
    /// A tab that was hidden does not catch up: no step is longer than 100 ms.
    pub fn start(mut on_frame: impl FnMut(f64) -> bool + 'static) -> Frames {
        let alive = Rc::new(Cell::new(true));
        let holder: Rc<RefCell<Option<Callback>>> = Rc::default();
        let (running, inner) = (alive.clone(), holder.clone());
        let mut last: Option<f64> = None;
        *holder.borrow_mut() = Some(Closure::new(move |now: f64| {
            let step = last.replace(now).map_or(0.0, |before| (now - before).clamp(0.0, 100.0));
            if running.get() && on_frame(step) {
                request(&inner);
            } else {
                running.set(false);
                // The closure may not drop itself while it runs.
                let done = inner.borrow_mut().take();
                wasm_bindgen_futures::spawn_local(async move { drop(done) });
            }
        }));
        request(&holder);
        Frames { alive }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.alive.set(false);
    }
}

fn request(callback: &RefCell<Option<Callback>>) {
    if let (Some(window), Some(callback)) = (web_sys::window(), callback.borrow().as_ref()) {
        let _ = window.request_animation_frame(callback.as_ref().unchecked_ref());
    }
}
