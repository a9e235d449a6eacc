//! A run in words: what happened and why, what is so at a moment and what comes next, the outcome, and how two runs differ.
//!
//! Sentences are data ([`Sentence`]) with the numbers of the run; `i18n` says them. Nothing is decided here: 'what comes next' is
//! read from the same trace, which already knows the future.

mod compare;
mod container;
mod entry;
mod facts;
mod held;
mod moment;
mod rules;
mod summary;
#[cfg(test)]
mod tests;
mod why;

pub use crate::i18n::explain::{Rule, Sentence};
pub use compare::{Comparison, ContainerComparison, compare};
pub use entry::{Line, explain_text, text_list, told};
pub use facts::missing_world as missing;
pub use moment::{Explanation, Subject, moment};
pub use summary::{headline, summary, why_main_never_starts};
pub use why::{Step, why};
