//! The browser, behind typed and forgiving functions: storage, location, clipboard, frames, timers, media queries and the editor.
//!
//! Errors of JavaScript end here: a function answers with a plain value, and what a browser refuses (storage in a
//! private iframe, a clipboard without permission) is `None` or `false`, never a panic.
//! Nothing here knows of Pods, traces or components.

pub mod browser;
pub mod editor;
pub mod frames;
pub mod resize;
pub mod storage;
pub mod timers;
