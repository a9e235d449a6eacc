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
    /// There is nothing in the text.
    NoObjects,
    /// A key that stands twice in one mapping; kubectl takes the last and says nothing.
    DuplicateKey { key: String },
    /// A field that does not exist, and the one that was probably meant.
    UnknownField { field: String, nearest: Option<String> },
    /// A kind that does not become a Pod here.
    NotAPod { kind: String },
    /// Stands beside the Pod and exists for it.
    TakenAsThere { kind: String },
    /// Stands beside the Pod and has no part in its life.
    NotRun { kind: String },
    /// The Pod of a workload's template is shown.
    TemplateTaken { kind: String },
    /// One of several Pods, and not the one that is run.
    OtherPod { name: String },
    /// A Scenario wants a Pod run that is not in the text.
    NoSuchPod { name: String, nearest: Option<String> },
    /// A fragment became a whole Pod.
    CompletedPod,
    /// A Pod got a main container that waits for ever, because it had none.
    CompletedMain,
    /// A container's field that it cannot do without was filled in.
    CompletedField { field: String, value: String },
    /// A volume that is mounted but not declared became an emptyDir.
    CompletedVolume { name: String },
    /// A value of a Scenario is of another kind than is wanted there.
    Expected { wanted: Wanted, found: String },
    /// A field of a Scenario that must be there is missing.
    Missing { field: String },
    /// An entry of a Scenario says two things of which only one can hold.
    OnlyOneOf { fields: Vec<&'static str> },
    /// A list of a Scenario is longer than it may be; the rest is left out.
    TooMany { field: &'static str, most: usize },
    /// A Scenario names a container that the Pod does not have.
    NoSuchContainer { name: String, nearest: Option<String> },
    /// A script that the shell refuses; the shell's own words.
    Script(String),
}

/// What a Scenario wants in some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Mapping,
    List,
    Text,
    Bool,
    Factor,
    /// A number that must lie between two others.
    NumberBetween(i64, i64),
    /// `1.5s`, `2m`
    Duration,
    /// A duration or `never`.
    Moment,
    /// `80Mi`
    Size,
    /// `1`, `1-3`, `4-`, `all`
    Attempts,
    /// One of these words.
    OneOf(&'static [&'static str]),
}
