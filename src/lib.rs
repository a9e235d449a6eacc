//! Podlapse runs a Kubernetes Pod in virtual time and shows what happens.
//!
//! Text goes in, a [`trace`] comes out, and views of the trace are drawn; every step is a pure function (`ARCHITECTURE.md`).
//! Nothing here reads a clock, draws unseeded random numbers or does I/O; only `web`, `app`, `embed` and the binaries know a browser.
//! In reading order:

pub mod time;
pub mod span;
pub mod diagnostic;
pub mod scenario;
pub mod trace;
pub mod document;
pub mod share;
#[cfg(feature = "web")]
pub mod web;
