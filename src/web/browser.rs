//! The window: address, languages, media queries, clipboard, and the root element's attributes.

use std::sync::OnceLock;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

/// The fragment of the address without its `#`; empty when there is none.
pub fn fragment() -> String {
    let hash = window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').map(str::to_owned).unwrap_or(hash)
}

/// Sets the fragment without adding to the history.
pub fn set_fragment(fragment: &str) {
    let Some(window) = window() else { return };
    let location = window.location();
    let base = [location.pathname(), location.search()].map(Result::unwrap_or_default).concat();
    let url = if fragment.is_empty() { base } else { format!("{base}#{fragment}") };
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}

/// The address of this page with another fragment.
pub fn address_with(fragment: &str) -> String {
    let href = window().and_then(|w| w.location().href().ok()).unwrap_or_default();
    let base = href.split('#').next().unwrap_or_default();
    format!("{base}#{fragment}")
}

/// The value of a query parameter; empty when it is named without one.
pub fn query(name: &str) -> Option<String> {
    let search = window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Whether the reader's first language is Korean.
pub fn prefers_korean() -> bool {
    window().and_then(|w| w.navigator().language()).is_some_and(|l| l.starts_with("ko"))
}

/// Whether a media query matches now.
pub fn matches_media(query: &str) -> bool {
    window().and_then(|w| w.match_media(query).ok().flatten()).is_some_and(|m| m.matches())
}

/// Whether the reader asked for less motion.
pub fn reduced_motion() -> bool {
    matches_media("(prefers-reduced-motion: reduce)")
}

/// Whether the reader points with a finger. Asked once: each time the browser would bring all styles up to date first.
pub fn coarse_pointer() -> bool {
    static COARSE: OnceLock<bool> = OnceLock::new();
    *COARSE.get_or_init(|| matches_media("(pointer: coarse)"))
}

/// Sets (or removes) an attribute of the root element: its theme, its language.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = window().and_then(|w| w.document()).and_then(|d| d.document_element()) else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// An attribute of the document's root.
pub fn root_attribute(name: &str) -> Option<String> {
    window()?.document()?.document_element()?.get_attribute(name)
}

/// Sets the title of the tab.
pub fn set_title(title: &str) {
    if let Some(document) = window().and_then(|w| w.document()) {
        document.set_title(title);
    }
}

/// Copies a text. `false`: the browser did not allow it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let navigator = window.navigator();
    // Absent on pages that are not served securely.
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|c| c.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Removes the element with this id: the words that stand there until the page is up.
pub fn remove_element(id: &str) {
    if let Some(element) = window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id)) {
        element.remove();
    }
}

/// Brings the keyboard to the element that the selector names.
pub fn focus(selector: &str) {
    let element = window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Whether the keyboard is at the element that the selector names.
pub fn is_focused(selector: &str) -> bool {
    let active = window().and_then(|w| w.document()).and_then(|d| d.active_element());
    active.is_some_and(|e| e.matches(selector).unwrap_or(false))
}

/// Scrolls just enough, sideways too, to show the element that the selector names.
pub fn show(selector: &str) {
    let element = window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = element {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Brings the keyboard from one of the elements that the selector names to the next (or the one before).
pub fn focus_next(selector: &str, on: bool) {
    let Some(document) = window().and_then(|w| w.document()) else { return };
    let Ok(list) = document.query_selector_all(selector) else { return };
    let elements: Vec<web_sys::HtmlElement> = (0..list.length()).filter_map(|i| list.get(i)?.dyn_into().ok()).collect();
    let active = document.active_element();
    let here = elements.iter().position(|e| active.as_ref().is_some_and(|a| a.is_same_node(Some(e))));
    let next = match (here, on) {
        (Some(i), true) => i + 1,
        (Some(i), false) => i.saturating_sub(1),
        (None, _) => 0,
    };
    if let Some(element) = elements.get(next) {
        let _ = element.focus();
    }
}

/// The time of day, in milliseconds: for names and ages of what is stored, never for the simulation.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// A number by chance.
pub fn chance() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// The run that was recorded when the page was built (`tools/complete.mjs`), as long as its first picture stands.
pub fn recording() -> Option<Vec<u8>> {
    let window = window()?;
    let text = window.document()?.get_element_by_id("boot")?.get_attribute("data-run")?;
    let bytes = window.atob(&text).ok()?;
    // Each sign of what `atob` gives is a byte.
    bytes.chars().map(|sign| u8::try_from(u32::from(sign)).ok()).collect()
}

/// Calls `touched` when the reader first turns to the page: moves the pointer, touches, presses a key, or has a control pressed by
/// what reads the screen. The page moves the focus itself: that says nothing.
pub fn on_first_contact(touched: impl Fn() + Clone + 'static) {
    let Some(window) = window() else { return };
    for event in ["pointermove", "pointerdown", "keydown", "click", "wheel"] {
        let touched = touched.clone();
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::once_with_options(&window, event, options, move |_| touched()).forget();
    }
}

/// Calls `leave` when the page is left: closed, reloaded, or put aside. Dropping the answer ends that.
pub fn on_leave(mut leave: impl FnMut() + 'static) -> Option<EventListener> {
    Some(EventListener::new(&window()?.into(), "pagehide", move |_| leave()))
}

/// Calls `work` and leaves how long it took under a name in the browser's own record of measures, for its tools and `make bench-page`.
pub fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let Some(performance) = window().and_then(|w| w.performance()) else { return work() };
    let start = format!("{name}:start");
    let _ = performance.mark(&start);
    let done = work();
    // Only the last of each name is kept: a long session does not fill the record.
    performance.clear_measures_with_measure_name(name);
    let _ = performance.measure_with_start_mark(name, &start);
    performance.clear_marks_with_mark_name(&start);
    done
}

/// Should this program ever panic: the console hears of it, and so does the page (`public/boot.js`), which can no longer
/// count on this program and says what to do.
pub fn on_panic_tell_the_page() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let detail = web_sys::CustomEventInit::new();
        detail.set_detail(&info.to_string().into());
        if let (Some(window), Ok(event)) =
            (window(), web_sys::CustomEvent::new_with_event_init_dict("podlapse:panic", &detail))
        {
            let _ = window.dispatch_event(&event);
        }
    }));
}

/// Where the element that the selector names is on the screen: left, top, width, height. `None` when it is not to be seen.
pub fn place_of(selector: &str) -> Option<[f64; 4]> {
    let element = window()?.document()?.query_selector(selector).ok().flatten()?;
    let rect = element.get_bounding_client_rect();
    (rect.width() > 0.0 && rect.height() > 0.0).then(|| [rect.left(), rect.top(), rect.width(), rect.height()])
}

/// How high the window is, in pixels.
pub fn height() -> f64 {
    let height = window().and_then(|w| w.inner_height().ok()).and_then(|h| h.as_f64());
    height.unwrap_or_default()
}

/// Presses the first control that the selector names.
pub fn press(selector: &str) {
    let element = window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
}
