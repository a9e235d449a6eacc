//! Validation: every rule of the API server that a new Pod can break, in the server's order and words.
//!
//! One file for each family of rules. All errors are collected; nothing is decided here about what to show.
//! Each check looks at a node once, so that the work is linear in the size of the Pod.

pub mod annotations;
mod containers;
mod env;
mod metadata;
mod mounts;
mod names;
mod pod;
mod ports;
mod probes;
mod resources;
mod scheduling;
mod security;
mod volumes;
mod warnings;
mod windows;

use std::fmt;

pub use containers::{Place, visit};

use k8s_openapi::api::core::v1::Pod;

use crate::yaml::go;

/// One broken rule.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// The field as the server names it, which is not always its path.
    pub path: String,
    /// What is wrong with it, with the value.
    pub text: String,
    /// Its path, where the server names it otherwise.
    pub at: Option<String>,
}

impl FieldError {
    /// The path under which the field can be found in the document.
    pub fn place(&self) -> &str {
        self.at.as_deref().unwrap_or(&self.path)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// A remark of the server on a Pod that it accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub path: String,
    pub text: String,
}

/// The errors so far. The methods are the kinds of errors that the API has.
#[derive(Debug, Default)]
pub struct Errors {
    list: Vec<FieldError>,
}

impl Errors {
    fn push(&mut self, path: impl Into<String>, text: String) -> &mut FieldError {
        self.list.push(FieldError { path: path.into(), text, at: None });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn required(&mut self, path: impl Into<String>, detail: &str) -> &mut FieldError {
        let colon = if detail.is_empty() { "" } else { ": " };
        self.push(path, format!("Required value{colon}{detail}"))
    }

    pub fn invalid(&mut self, path: impl Into<String>, value: impl Shown, detail: &str) -> &mut FieldError {
        self.push(path, format!("Invalid value: {}: {detail}", value.shown()))
    }

    pub fn unsupported(&mut self, path: impl Into<String>, value: &str, supported: &[&str]) -> &mut FieldError {
        let list: Vec<String> = supported.iter().map(|s| go::quote(s)).collect();
        self.push(path, format!("Unsupported value: {}: supported values: {}", go::quote(value), list.join(", ")))
    }

    pub fn duplicate(&mut self, path: impl Into<String>, value: impl Shown) -> &mut FieldError {
        self.push(path, format!("Duplicate value: {}", value.shown()))
    }

    pub fn forbidden(&mut self, path: impl Into<String>, detail: &str) -> &mut FieldError {
        self.push(path, format!("Forbidden: {detail}"))
    }

    pub fn not_found(&mut self, path: impl Into<String>, value: &str, detail: &str) -> &mut FieldError {
        let colon = if detail.is_empty() { "" } else { ": " };
        self.push(path, format!("Not found: {}{colon}{detail}", go::quote(value)))
    }

    pub fn too_many(&mut self, path: impl Into<String>, n: usize, most: usize) -> &mut FieldError {
        self.push(path, format!("Too many: {n}: must have at most {most} items"))
    }

    pub fn too_long(&mut self, path: impl Into<String>, most: usize) -> &mut FieldError {
        self.push(path, format!("Too long: may not be more than {most} bytes"))
    }
}

impl FieldError {
    /// Says where the field really is.
    pub fn at(&mut self, path: impl Into<String>) {
        self.at = Some(path.into());
    }
}

/// A value in an error: strings in quotes, numbers bare, `Json` as it is.
pub trait Shown {
    fn shown(&self) -> String;
}

impl Shown for &str {
    fn shown(&self) -> String {
        go::quote(self)
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for i32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

/// A value that is already in its printed form.
pub struct Json(pub String);

impl Shown for Json {
    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// A value as JSON. Not through `serde_json::Value`, whose printer brings the tables of floating-point numbers into the page.
fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// All rules, in the server's order.
pub fn validate(pod: &Pod) -> Vec<FieldError> {
    let mut errors = Errors::default();
    pod::check(pod, &mut errors);
    errors.list
}

/// What the server remarks on an accepted Pod. `app_armor` are the containers whose profile was taken from an annotation.
pub fn warnings(pod: &Pod, app_armor: &[String]) -> Vec<Warning> {
    warnings::collect(pod, app_armor)
}

/// The name that the server makes of `generateName`. The real suffix is random; ours is always the same.
pub fn generated_name(prefix: &str) -> String {
    let mut end = prefix.len().min(58);
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}x7k2p", &prefix[..end])
}
