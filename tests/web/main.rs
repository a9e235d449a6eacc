//! Tests in headless Chromium: the bridge to the editor, and the page's components on a real document.
//! `make test-web` runs them.
#![cfg(target_arch = "wasm32")]

mod bridge;
mod page;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
    export function type_text(host, text) {
        const content = host.shadowRoot.querySelector('.cm-content');
        content.focus();
        document.execCommand('insertText', false, text);
    }
    export const shadow_text = (host, selector) => [...host.shadowRoot.querySelectorAll(selector)].map((e) => e.textContent).join('|');
    export const selected = (host) => host.shadowRoot.getSelection().toString();
")]
extern "C" {
    fn painted() -> js_sys::Promise;
    /// Types where the cursor is, as the browser does it for a reader.
    fn type_text(host: &Element, text: &str);
    /// The texts of the editor's elements that a selector names, with `|` between them.
    fn shadow_text(host: &Element, selector: &str) -> String;
    /// What is selected in the editor.
    fn selected(host: &Element) -> String;
}

/// Waits until what was changed is on the screen.
async fn settle() {
    JsFuture::from(painted()).await.expect("the browser paints");
}

/// A new element at the end of the page.
fn place() -> HtmlElement {
    let document = web_sys::window().and_then(|w| w.document()).expect("a document");
    let element: HtmlElement = document.create_element("div").expect("an element").unchecked_into();
    document.body().expect("a body").append_child(&element).expect("a place");
    element
}

/// The element that a selector names.
fn find(root: &Element, selector: &str) -> HtmlElement {
    let found = root.query_selector(selector).expect("a selector");
    found.unwrap_or_else(|| panic!("no {selector}")).unchecked_into()
}

/// The text of the element that a selector names.
fn text(root: &Element, selector: &str) -> String {
    find(root, selector).text_content().unwrap_or_default()
}

/// How many elements a selector names.
fn count(root: &Element, selector: &str) -> u32 {
    root.query_selector_all(selector).expect("a selector").length()
}
