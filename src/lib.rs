//! Podlapse runs a Kubernetes Pod in virtual time and shows what happens.
//!
//! Text goes in, a [`trace`] comes out, and views of the trace are drawn; every step is a pure function (`ARCHITECTURE.md`).
//! Nothing here reads a clock, draws unseeded random numbers or does I/O; only `web`, `app` and the binaries know a browser.
//! In reading order:

pub mod time;
pub mod span;
pub mod text;
pub mod order;
pub mod diagnostic;
pub mod kube;
pub mod i18n;
pub mod yaml;
pub mod manifest;
pub mod scenario;
pub mod trace;
pub mod shell;
pub mod engine;
pub mod view;
pub mod document;
pub mod share;
pub mod playground;
pub mod cli;
#[cfg(feature = "web")]
pub mod web;
#[cfg(feature = "web")]
pub mod app;
