//! Views: what a trace looks like, as plain data first and then as text.
//!
//! Every view is a pure function of a trace and, where it shows a moment, of the playhead: cheap enough to be called on each move of it.
//! kubectl's texts are kubectl's own, byte for byte, and stay English. A view never calls the engine and never decides what happens.

pub mod get;
pub mod json;
pub mod object;
pub mod events;
pub mod describe;
pub mod logs;
pub mod status_yaml;
pub mod tabs;

pub mod timeline;
pub mod explain;
pub mod findings;
pub mod svg;
pub mod mermaid;
pub mod perfetto;

#[cfg(test)]
mod fixture;
#[cfg(test)]
pub(crate) mod test_support;

use crate::trace::{PodVersion, Trace};

/// `metadata.name`
fn name(trace: &Trace) -> &str {
    trace.pod.metadata.name.as_deref().unwrap_or_default()
}

/// `spec.nodeName` at this version: the scheduler sets it together with the condition PodScheduled.
fn node_name<'a>(trace: &'a Trace, version: &PodVersion) -> Option<&'a str> {
    let given = trace.pod.spec.as_ref().and_then(|s| s.node_name.as_deref()).filter(|n| !n.is_empty());
    let scheduled = version.status.condition("PodScheduled").is_some_and(|c| c.is_true());
    given.or_else(|| scheduled.then_some(trace.node.as_str()))
}
