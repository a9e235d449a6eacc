//! Text to Pod: what kubectl and the API server (v1.36) say about a manifest, and the Pod that the server would store.
//!
//! The stages are theirs, in their order ([`review`]); the first that fails is the only one told, per document. Each refusal is given
//! twice: as the exact text of kubectl, and as diagnostics at the nodes it is about. Nothing here runs a Pod.

pub mod checks;
mod companions;
mod decode;
pub mod defaults;
mod disguise;
mod fragment;
mod limit_range;
mod objects;
mod pipeline;
mod policies;
mod resource_quota;
pub mod schema;
mod spans;
mod split;
mod stages;
mod told;
mod workloads;

#[cfg(test)]
mod tests;

pub use checks::{Place, visit};
pub use companions::Companion;
pub use fragment::{Completed, complete_fragment, read_or_complete};
pub use pipeline::{Manifest, read, read_as, read_in};
pub use spans::Spans;
pub use split::scenario;
pub use stages::Has;
