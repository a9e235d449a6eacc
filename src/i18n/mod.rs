//! The languages of the interface, and the sentences in them.
//!
//! kubectl's and the API server's own texts are never translated.

pub mod explain;
pub mod findings;
pub mod sentence;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    #[default]
    En,
    Ko,
}
