//! What is wrong with a text, as data: where, how bad, and what. The sentences are made by `i18n`.
//!
//! Reading never fails: the readers return the best they can make of a text, and a list of these.

use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The API server would refuse the Pod, or the text cannot be read: there is nothing to simulate.
    Error,
    /// It runs, but probably not as meant.
    Warning,
    /// Worth knowing: what was completed, what is a good habit.
    Info,
}

/// The document that a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    Pod,
    Scenario,
}

/// One thing to tell about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub tab: Tab,
    /// Bytes of that document's text. An empty span at 0 speaks of the whole.
    pub span: Span,
    pub problem: Problem,
}

/// What there is to tell. Texts of kubectl and the API server stay as they are in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The text is not YAML; the parser's own words.
    Syntax(String),
    /// What the API server or kubectl answers, word for word.
    Server(String),
}
