//! The rules of Kubernetes that more than one room goes by: quantities, what a Pod asks for together, names of images.
//!
//! Functions of the API's types alone. What the API server makes of a broken value is `manifest`'s to say; here such a value counts as none.

pub mod cluster;
pub mod image;
pub mod quantity;
pub mod resources;

use k8s_openapi::api::core::v1::Container;

/// The scheduler that every cluster has, and that a Pod has which names none.
pub const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// Whether an init container goes on running beside the main containers.
pub fn is_sidecar(init: &Container) -> bool {
    init.restart_policy.as_deref() == Some("Always")
}
