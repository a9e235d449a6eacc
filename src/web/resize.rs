//! How wide an element is, told again whenever that changes.

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Watches one element; dropping it ends that.
pub struct Width {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Width {
    /// Calls `on_width` with the width in CSS pixels, now and after each change.
    pub fn watch(element: &Element, on_width: impl Fn(f64) + 'static) -> Option<Width> {
        let watched = element.clone();
        let callback = Closure::new(move || on_width(watched.get_bounding_client_rect().width()));
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Width { observer, _callback: callback })
    }
}

impl Drop for Width {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
