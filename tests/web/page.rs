//! The page's components, mounted in a browser on documents that came by a link.

use leptos::mount::mount_to;
use podlapse::app::App;
use podlapse::document::Document;
use podlapse::share;
use podlapse::web::browser;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::{count, find, place, settle, text};

const WAIT: &str = include_str!("../data/wait-for-services.yaml");

/// The page on a document, at rest at its beginning. Dropping the handle takes it away.
async fn page(pod: &str, scenario: &str) -> (HtmlElement, impl Sized) {
    let document = Document { pod: pod.into(), scenario: scenario.into(), ..Document::default() };
    browser::set_fragment(&share::write(&document));
    let host = place();
    let handle = mount_to(host.clone(), App);
    settle().await;
    if find(&host, "[data-testid=play]").get_attribute("aria-label").as_deref() == Some("Pause") {
        press(&host, "[data-testid=play]").await;
    }
    (host, handle)
}

async fn press(host: &Element, selector: &str) {
    find(host, selector).click();
    settle().await;
}

/// Steps from change to change until the element says this; fails if it never does.
async fn step_until(host: &Element, selector: &str, words: &str) {
    for _ in 0..100 {
        if text(host, selector) == words {
            return;
        }
        press(host, &button("Next change")).await;
    }
    panic!("{selector} never says {words}, but {}", text(host, selector));
}

/// The button of the transport with this name.
fn button(name: &str) -> String {
    format!(".transport button[aria-label='{name}']")
}

#[wasm_bindgen_test]
async fn the_strip_is_the_line_of_kubectl() {
    let (host, _page) = page(WAIT, "").await;
    assert_eq!(text(&host, ".strip .name"), "myapp-pod");
    press(&host, &button("Next change")).await;
    assert_eq!(text(&host, ".strip td:nth-child(2)"), "0/1");
    step_until(&host, "[data-testid=status]", "Init:1/2").await;
    step_until(&host, "[data-testid=status]", "Running").await;
    assert_eq!(text(&host, ".strip td:nth-child(2)"), "1/1");
    assert_eq!(text(&host, ".strip .restarts"), "0");
}

#[wasm_bindgen_test]
async fn the_transport_steps_there_and_back() {
    let (host, _page) = page(WAIT, "").await;
    let clock = || text(&host, "[data-testid=clock]");
    press(&host, &button("To the start")).await;
    let start = clock();
    assert!(start.starts_with("0.000s"), "{start}");
    press(&host, &button("Next change")).await;
    press(&host, &button("Next change")).await;
    let second = clock();
    assert_ne!(second, start);
    press(&host, &button("Next change")).await;
    press(&host, &button("Previous change")).await;
    assert_eq!(clock(), second);
}

#[wasm_bindgen_test]
async fn the_timeline_has_a_lane_per_container_and_the_mark_of_main() {
    let (host, _page) = page(WAIT, "").await;
    let labels = host.query_selector_all(".labels button.label b").unwrap();
    let labels: Vec<_> = (0..labels.length()).filter_map(|i| labels.get(i)?.text_content()).collect();
    let all = ["myapp-pod", "sandbox", "init-myservice", "init-mydb", "myapp-container", "myservice", "mydb"];
    assert_eq!(labels, all);
    assert!(count(&host, ".segment") >= 3);
    assert!(text(&host, ".mark-text").contains("main starts"));
    assert_eq!(count(&host, ".segment.s-back-off"), 0);
}

#[wasm_bindgen_test]
async fn a_fault_of_the_scenario_is_a_back_off_and_restarts() {
    let scenario = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  containers:\n  - name: init-myservice\n    faults:\n    - {attempts: \"1-2\", exit: {code: 3, after: 1s}}\n";
    let (host, _page) = page(WAIT, scenario).await;
    assert!(count(&host, ".segment.s-back-off") > 0);
    step_until(&host, "[data-testid=status]", "Init:Error").await;
    step_until(&host, "[data-testid=status]", "Init:CrashLoopBackOff").await;
    assert!(text(&host, ".strip .restarts").starts_with('1'));
    step_until(&host, "[data-testid=status]", "Running").await;
}

#[wasm_bindgen_test]
async fn a_text_with_a_fault_says_where() {
    let (host, _page) = page("apiVersion: v1\nkind: Pod\nmetadata: {name: a\n", "").await;
    assert!(count(&host, ".problem.error") > 0);
    assert!(!text(&host, ".problem .place").is_empty());
    assert_eq!(count(&host, ".segment"), 0);
    assert!(find(&host, "[data-testid=play]").unchecked_into::<web_sys::Element>().has_attribute("disabled"));
}
