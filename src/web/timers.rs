//! What is done later: once, after a while ([`Timeout`]), or again and again ([`Interval`]). Dropping one ends it.

pub use gloo::timers::callback::{Interval, Timeout};
