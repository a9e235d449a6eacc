//! The first form of a link: JSON with short names, absent when empty.
//!
//! This is a twin of [`Document`], apart from it, so that the document may change and old links stay readable.

use serde::{Deserialize, Serialize};

use crate::document::{Document, Options};
use crate::time::Millis;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Wire {
    #[serde(skip_serializing_if = "String::is_empty")]
    pod: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    scenario: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<String>,
}

/// The bytes of a document.
pub fn write(document: &Document) -> Vec<u8> {
    let Document { pod, scenario, options: Options { until, at, lang } } = document.clone();
    let wire = Wire { pod, scenario, until: until.map(|t| t.0), at: at.map(|t| t.0), lang };
    serde_json::to_vec(&wire).unwrap_or_default()
}

/// The document of these bytes.
pub fn read(bytes: &[u8]) -> Option<Document> {
    let Wire { pod, scenario, until, at, lang } = serde_json::from_slice(bytes).ok()?;
    Some(Document { pod, scenario, options: Options { until: until.map(Millis), at: at.map(Millis), lang } })
}
