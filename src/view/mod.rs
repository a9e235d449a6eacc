//! Ways to look at a trace: data first, text from the data.
//!
//! A view reads a trace and never calls the engine back; the same trace gives the same bytes.

pub mod explain;
pub mod findings;
pub mod mermaid;
pub mod perfetto;
pub mod svg;
pub mod timeline;

#[cfg(test)]
pub(crate) mod test_support;
