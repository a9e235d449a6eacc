//! The document: all that a link, an embed or a draft carries. Everything else is derived from it.

use crate::time::Millis;

/// Two texts, as typed, and how to show them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub pod: String,
    pub scenario: String,
    pub options: Options,
}

/// How to run and show a document. Absent: the reader's own choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// How far to simulate, over `spec.horizon` of the scenario.
    pub until: Option<Millis>,
    /// Where the playhead stands.
    pub at: Option<Millis>,
    /// `en` or `ko`
    pub lang: Option<String>,
}
