//! What survives a reload: small texts by name, shared by the tabs of a browser.
//!
//! Every name is under `podlapse/`, so that pages of the same origin do not collide.

use std::cell::Cell;

use super::timers::Timeout;

fn store() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn own_store() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// What was stored under a name.
pub fn get(name: &str) -> Option<String> {
    store()?.get_item(&format!("podlapse/{name}")).ok().flatten()
}

/// Stores a text. `false`: the browser keeps nothing (full, or forbidden).
pub fn set(name: &str, text: &str) -> bool {
    store().is_some_and(|s| s.set_item(&format!("podlapse/{name}"), text).is_ok())
}

/// Forgets a name.
pub fn remove(name: &str) {
    if let Some(store) = store() {
        let _ = store.remove_item(&format!("podlapse/{name}"));
    }
}

/// The names of everything that is stored.
pub fn names() -> Vec<String> {
    let Some(store) = store() else { return Vec::new() };
    let all = (0..store.length().unwrap_or(0)).filter_map(|i| store.key(i).ok().flatten());
    all.filter_map(|key| key.strip_prefix("podlapse/").map(str::to_owned)).collect()
}

/// A text of this tab alone; it survives a reload but is not seen by other tabs.
pub fn get_own(name: &str) -> Option<String> {
    own_store()?.get_item(&format!("podlapse/{name}")).ok().flatten()
}

/// Does what might never end. Should it not, the mark stands when the tab is loaded again, and `public/boot.js` asks before it
/// comes to that a second time. Who leaves the page takes the mark off (there), which a page that hangs cannot.
pub fn marked<T>(work: impl FnOnce() -> T) -> T {
    /// How long after the work the mark goes, in real milliseconds: setting it takes time, and so it stays from one key to the next.
    const LATER: u32 = 500;
    const MARK: &str = "running";
    thread_local! {
        /// While the mark stands without need: what will take it off.
        static STANDS: Cell<Option<Timeout>> = const { Cell::new(None) };
    }
    if STANDS.take().is_none() {
        set_own(MARK, "1");
    }
    let result = work();
    let take_off = || {
        STANDS.take();
        remove_own(MARK);
    };
    STANDS.set(Some(Timeout::new(LATER, take_off)));
    result
}

fn remove_own(name: &str) {
    if let Some(store) = own_store() {
        let _ = store.remove_item(&format!("podlapse/{name}"));
    }
}

/// Stores a text for this tab alone.
pub fn set_own(name: &str, text: &str) -> bool {
    own_store().is_some_and(|s| s.set_item(&format!("podlapse/{name}"), text).is_ok())
}
