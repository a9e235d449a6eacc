//! The bridge to CodeMirror (`editor/editor.js`): the only place that names it.
//!
//! Rust counts bytes and browsers count UTF-16 units; both are converted here, once, so that nobody else has to.
//! A script that cannot be fetched and an editor that fails to start are `None`; one that fails to obey is ignored: the page goes on
//! without it.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement};

#[wasm_bindgen(inline_js = "export const bring = (url) => import(url);")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn bring(url: &str) -> Result<Promise, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type JsScript;
    #[wasm_bindgen(method, catch)]
    fn make(
        this: &JsScript,
        host: &HtmlElement,
        texts: &Array,
        labels: &Array,
        current: u32,
        on_change: &Function,
        on_retrace: &Function,
    ) -> Result<JsEditor, JsValue>;

    type JsEditor;
    #[wasm_bindgen(method, catch)]
    fn relieve(this: &JsEditor, field: &HtmlTextAreaElement) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn show(this: &JsEditor, tab: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &JsEditor, tab: u32) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setText)]
    fn set_text(this: &JsEditor, tab: u32, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setTexts)]
    fn set_texts(this: &JsEditor, texts: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setDiagnostics)]
    fn set_diagnostics(this: &JsEditor, tab: u32, flat: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setLive)]
    fn set_live(this: &JsEditor, tab: u32, flat: &[u32]) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn select(this: &JsEditor, tab: u32, from: u32, to: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setWords)]
    fn set_words(this: &JsEditor, tab: u32, label: &str, description: &str, empty: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setPhrases)]
    fn set_phrases(this: &JsEditor, pairs: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = setAssist)]
    fn set_assist(this: &JsEditor, complete: &Function, hover: &Function) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn retrace(this: &JsEditor, again: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn focus(this: &JsEditor) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn destroy(this: &JsEditor) -> Result<(), JsValue>;
}

/// Where the script is: beside the page, under a name of its own. On other targets nothing is fetched, and no bundle is needed.
#[cfg(target_arch = "wasm32")]
fn address() -> String {
    wasm_bindgen::link_to!(module = "/generated/editor.js")
}

#[cfg(not(target_arch = "wasm32"))]
fn address() -> String {
    String::new()
}

/// The script that editors are made with.
#[derive(Clone)]
pub struct Script(JsScript);

impl Script {
    /// Fetches the script; the browser does so once. `None`: it could not be had.
    pub async fn fetch() -> Option<Script> {
        let module = JsFuture::from(bring(&address()).ok()?).await.ok()?;
        Some(Script(module.unchecked_into()))
    }
}

/// How a mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Error,
    Warning,
    Info,
}

/// A stretch of a text, in bytes, with something to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub start: usize,
    pub end: usize,
    pub mark: Mark,
    pub message: String,
    /// What would be right in its place.
    pub fix: Option<String>,
}

/// Something to put in the place of a stretch of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub label: String,
    pub detail: String,
    /// A sentence about it; may be empty.
    pub info: String,
    pub insert: String,
}

/// What may be put in the place of a stretch, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Offers {
    pub start: usize,
    pub offers: Vec<Offer>,
}

/// What is to be said of a stretch, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    pub start: usize,
    pub end: usize,
    pub title: String,
    pub text: String,
}

type OnComplete = Closure<dyn FnMut(u32, String, u32) -> JsValue>;

/// A running editor with several tabs; dropping it takes it off the page.
pub struct Editor {
    js: JsEditor,
    _on_change: Closure<dyn FnMut(u32, String)>,
    _on_retrace: Closure<dyn FnMut(u32, bool)>,
    /// What completes and what explains, once there is such a thing.
    assist: RefCell<Option<(OnComplete, OnComplete)>>,
}

impl Editor {
    /// Puts an editor into an element, on one of its tabs. `tabs` are labels and texts; `on_change` hears what the reader types,
    /// `on_retrace` in which tab a change was taken back, or made again (`true`): that tab is shown.
    pub fn new(
        script: &Script,
        host: &HtmlElement,
        tabs: &[(&str, &str)],
        current: u32,
        on_change: impl FnMut(u32, String) + 'static,
        on_retrace: impl FnMut(u32, bool) + 'static,
    ) -> Option<Editor> {
        let (on_change, on_retrace) = (Closure::new(on_change), Closure::new(on_retrace));
        let column = |pick: fn(&(&str, &str)) -> JsValue| tabs.iter().map(pick).collect::<Array>();
        let (labels, texts) = (column(|t| t.0.into()), column(|t| t.1.into()));
        let (change, retrace) = (on_change.as_ref().unchecked_ref(), on_retrace.as_ref().unchecked_ref());
        let js = script.0.make(host, &texts, &labels, current, change, retrace).ok()?;
        Some(Editor { js, _on_change: on_change, _on_retrace: on_retrace, assist: RefCell::default() })
    }

    /// Goes on where a field with the text of the open tab was left: with its selection, its scroll position and the keyboard.
    pub fn relieve(&self, field: &HtmlTextAreaElement) {
        let _ = self.js.relieve(field);
    }

    /// Shows a tab.
    pub fn show(&self, tab: u32) {
        let _ = self.js.show(tab);
    }

    /// The text of a tab.
    pub fn text(&self, tab: u32) -> Option<String> {
        self.js.text(tab).ok()
    }

    /// Replaces a text in one step that can be undone. `on_change` does not hear of it.
    pub fn set_text(&self, tab: u32, text: &str) {
        let _ = self.js.set_text(tab, text);
    }

    /// Replaces the texts of all tabs in one step.
    pub fn set_texts(&self, texts: &[&str]) {
        let _ = self.js.set_texts(&texts.iter().map(|&text| JsValue::from(text)).collect());
    }

    /// Underlines stretches of `text`, which is the tab's text, and says what is wrong with them.
    pub fn set_notes(&self, tab: u32, text: &str, notes: &[Note]) {
        let bytes: Vec<usize> = notes.iter().flat_map(|n| [n.start, n.end]).collect();
        let flat = Array::new();
        for (note, place) in notes.iter().zip(utf16_offsets(text, &bytes).chunks(2)) {
            flat.push(&place[0].into());
            flat.push(&place[1].into());
            flat.push(&note.mark.name().into());
            flat.push(&note.message.as_str().into());
            flat.push(&note.fix.as_deref().unwrap_or("").into());
        }
        let _ = self.js.set_diagnostics(tab, &flat);
    }

    /// Lights stretches (in bytes): what runs at the playhead.
    pub fn set_live(&self, tab: u32, text: &str, stretches: &[(usize, usize)]) {
        let bytes: Vec<usize> = stretches.iter().flat_map(|s| [s.0, s.1]).collect();
        let _ = self.js.set_live(tab, &utf16_offsets(text, &bytes));
    }

    /// Selects a stretch (in bytes), shows it and puts the cursor there.
    pub fn select(&self, tab: u32, text: &str, start: usize, end: usize) {
        let place = utf16_offsets(text, &[start, end]);
        let _ = self.js.select(tab, place[0], place[1]);
    }

    /// Sets what completes and what explains: each is asked with a tab, its text and an offset in bytes.
    pub fn set_assist(
        &self,
        mut complete: impl FnMut(u32, &str, usize) -> Option<Offers> + 'static,
        mut hover: impl FnMut(u32, &str, usize) -> Option<Hint> + 'static,
    ) {
        let complete: OnComplete = Closure::new(move |tab, text: String, at| {
            complete(tab, &text, byte_offset(&text, at)).map_or(JsValue::NULL, |offers| offers.flat(&text).into())
        });
        let hover: OnComplete = Closure::new(move |tab, text: String, at| {
            hover(tab, &text, byte_offset(&text, at)).map_or(JsValue::NULL, |hint| hint.flat(&text).into())
        });
        let _ = self.js.set_assist(complete.as_ref().unchecked_ref(), hover.as_ref().unchecked_ref());
        self.assist.replace(Some((complete, hover)));
    }

    /// How a tab is called, a word on how the keyboard leaves it, and what stands there while it is empty.
    pub fn set_words(&self, tab: u32, label: &str, description: &str, empty: &str) {
        let _ = self.js.set_words(tab, label, description, empty);
    }

    /// The words of the editor's own panels, by their English.
    pub fn set_phrases(&self, pairs: &[(&str, &str)]) {
        let pair = |(english, words): &(&str, &str)| Array::of2(&(*english).into(), &(*words).into());
        let _ = self.js.set_phrases(&pairs.iter().map(pair).collect());
    }

    /// Takes the last change back, in whichever tab it was, or makes it again (`again`); `on_change` and `on_retrace` hear of it.
    pub fn retrace(&self, again: bool) {
        let _ = self.js.retrace(again);
    }

    /// Brings the keyboard to the editor.
    pub fn focus(&self) {
        let _ = self.js.focus();
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.js.destroy();
    }
}

impl Offers {
    /// The beginning, then label, detail, info and text of each.
    fn flat(&self, text: &str) -> Array {
        let flat = Array::of1(&utf16_offsets(text, &[self.start])[0].into());
        for offer in &self.offers {
            for part in [&offer.label, &offer.detail, &offer.info, &offer.insert] {
                flat.push(&part.as_str().into());
            }
        }
        flat
    }
}

impl Hint {
    fn flat(&self, text: &str) -> Array {
        let place = utf16_offsets(text, &[self.start, self.end]);
        Array::of4(&place[0].into(), &place[1].into(), &self.title.as_str().into(), &self.text.as_str().into())
    }
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Error => "error",
            Mark::Warning => "warning",
            Mark::Info => "info",
        }
    }
}

/// Byte offsets as UTF-16 offsets, in the order given. One pass over the text, however many there are.
pub fn utf16_offsets(text: &str, bytes: &[usize]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..bytes.len()).collect();
    order.sort_unstable_by_key(|&i| bytes[i]);
    let mut result = vec![0; bytes.len()];
    let (mut units, mut chars) = (0, text.char_indices().peekable());
    for i in order {
        while let Some((_, c)) = chars.next_if(|&(at, c)| at + c.len_utf8() <= bytes[i]) {
            units += c.len_utf16() as u32;
        }
        result[i] = units;
    }
    result
}

/// A UTF-16 offset as a byte offset; one past the end is the end.
pub fn byte_offset(text: &str, utf16: u32) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= utf16 {
            return at;
        }
        units += c.len_utf16() as u32;
    }
    text.len()
}
