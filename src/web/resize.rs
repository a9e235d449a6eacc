//! How large an element is, told again whenever that changes.

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Watches one element; dropping it ends that.
pub struct Size {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Size {
    /// Calls `on_size` with the width and the height in CSS pixels, soon and after each change. An element that is not shown has none.
    pub fn watch(element: &Element, on_size: impl Fn(f64, f64) + 'static) -> Option<Size> {
        let watched = element.clone();
        let callback = Closure::new(move || {
            let rect = watched.get_bounding_client_rect();
            if rect.width() > 0.0 {
                on_size(rect.width(), rect.height());
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Size { observer, _callback: callback })
    }
}

impl Drop for Size {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
