//! The bridge to CodeMirror: texts, what is reported back, and places in bytes here and in UTF-16 there.

use std::cell::RefCell;
use std::rc::Rc;

use podlapse::web::editor::{Editor, Mark, Note, Script, byte_offset, utf16_offsets};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{count, place, selected, settle, shadow_text, type_text};

const KOREAN: &str = "name: 파드 😀 끝\nimage: nginx\n";

/// What the editor reported: tabs and texts.
type Heard = Rc<RefCell<Vec<(u32, String)>>>;

/// An editor with two tabs, its element, and what it reported.
async fn editor(pod: &str) -> (Editor, web_sys::HtmlElement, Heard) {
    let script = Script::fetch().await.expect("the script");
    let host = place();
    let heard = Heard::default();
    let ear = heard.clone();
    let tabs = [("Pod", pod), ("Scenario", "kind: Scenario\n")];
    let hear = move |tab, text| ear.borrow_mut().push((tab, text));
    let editor = Editor::new(&script, &host, &tabs, 0, hear, |_, _| {}).expect("an editor");
    (editor, host, heard)
}

fn span(text: &str, word: &str) -> (usize, usize) {
    let start = text.find(word).expect("the word");
    (start, start + word.len())
}

fn note(text: &str, word: &str, message: &str) -> Note {
    let (start, end) = span(text, word);
    Note { start, end, mark: Mark::Error, message: message.into(), fix: None }
}

#[wasm_bindgen_test]
fn places_survive_the_way_there_and_back() {
    for (at, _) in KOREAN.char_indices() {
        let there = utf16_offsets(KOREAN, &[at])[0];
        assert_eq!(there as usize, KOREAN[..at].encode_utf16().count());
        assert_eq!(byte_offset(KOREAN, there), at);
    }
    // In any order, and beyond the end.
    assert_eq!(utf16_offsets("파a", &[4, 0, 3, 99]), [2, 0, 1, 2]);
    assert_eq!(byte_offset("파a", 99), 4);
}

#[wasm_bindgen_test]
async fn what_is_typed_is_reported_with_its_tab() {
    let (editor, host, heard) = editor("").await;
    type_text(&host, "kind: 파드 😀");
    settle().await;
    assert_eq!(editor.text(0).as_deref(), Some("kind: 파드 😀"));
    assert_eq!(heard.borrow().last(), Some(&(0, "kind: 파드 😀".to_string())));
    editor.show(1);
    type_text(&host, "# ");
    settle().await;
    assert_eq!(heard.borrow().last(), Some(&(1, "# kind: Scenario\n".to_string())));
    assert_eq!(editor.text(0).as_deref(), Some("kind: 파드 😀"), "the other tab keeps its text");
}

#[wasm_bindgen_test]
async fn what_the_page_writes_is_not_reported_back() {
    let (editor, _host, heard) = editor("kind: Pod\n").await;
    editor.set_text(0, "kind: Service\n");
    editor.set_text(1, "");
    settle().await;
    assert_eq!(editor.text(0).as_deref(), Some("kind: Service\n"));
    assert_eq!(editor.text(1).as_deref(), Some(""));
    assert!(heard.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn notes_underline_the_very_words() {
    let (editor, host, _) = editor(KOREAN).await;
    editor.set_notes(0, KOREAN, &[note(KOREAN, "끝", "not a name"), note(KOREAN, "nginx", "no such image")]);
    settle().await;
    assert_eq!(shadow_text(&host, ".cm-lintRange-error"), "끝|nginx");
    editor.set_notes(0, KOREAN, &[]);
    settle().await;
    assert_eq!(shadow_text(&host, ".cm-lintRange-error"), "");
}

#[wasm_bindgen_test]
async fn a_note_beyond_the_text_does_no_harm() {
    let (editor, _host, _) = editor("a: b\n").await;
    let beyond = Note { start: 3, end: 900, mark: Mark::Warning, message: "long".into(), fix: None };
    editor.set_notes(0, "a: b\n", &[beyond]);
    settle().await;
    assert_eq!(editor.text(0).as_deref(), Some("a: b\n"));
}

#[wasm_bindgen_test]
async fn a_place_in_bytes_is_selected_in_the_text() {
    let (editor, host, _) = editor(KOREAN).await;
    let (start, end) = span(KOREAN, "😀 끝");
    editor.select(0, KOREAN, start, end);
    settle().await;
    assert_eq!(selected(&host), "😀 끝");
}

#[wasm_bindgen_test]
async fn typing_over_a_selection_leaves_no_inline_style() {
    let (editor, host, heard) = editor(KOREAN).await;
    let (start, end) = span(KOREAN, "파드 😀 끝\nimage");
    editor.select(0, KOREAN, start, end);
    settle().await;
    type_text(&host, "web");
    settle().await;
    assert_eq!(heard.borrow().last(), Some(&(0, "name: web: nginx\n".to_string())));
    assert_eq!(shadow_text(&host, ".cm-line [style]"), "");
}

#[wasm_bindgen_test]
async fn a_dropped_editor_leaves_the_page() {
    let (editor, host, _) = editor("kind: Pod\n").await;
    assert!(!shadow_text(&host, ".cm-content").is_empty());
    drop(editor);
    settle().await;
    assert_eq!(shadow_text(&host, ".cm-content"), "");
    assert_eq!(count(&host, "*"), 0);
}
