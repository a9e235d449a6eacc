//! Any bytes as what is typed into the page: a Pod's YAML, perhaps a scenario after `---`. What is accepted is run, as the page does.
//!
//! A finding is a panic, a run of seconds, memory without end, or a diagnostic that does not lie in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use podlapse::diagnostic::Tab;
use podlapse::document::{Document, Options};
use podlapse::playground;
use podlapse::time::Millis;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    let options = Options { until: Some(Millis::secs(300)), ..Options::default() };
    let document = Document { pod: text, scenario: String::new(), options };
    let report = playground::run(&document);
    for diagnostic in report.diagnostics.iter().filter(|d| d.tab == Tab::Pod) {
        assert!(document.pod.get(diagnostic.span.start..diagnostic.span.end).is_some(), "{diagnostic:?}");
    }
});
