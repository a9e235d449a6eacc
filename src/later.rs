//! Code that may come later: the page fetches some of it when a document first needs it (feature `split`); everywhere else all
//! is at hand.
//!
//! Who lacks a piece goes on without it, and the piece remembers that it was missed: what came of it is then not worth showing,
//! and the caller does the work once more when the piece has been handed over. Nothing else is ever kept here.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// A piece of code: functions, or a handful of them.
pub struct Later<T> {
    handed_over: OnceLock<T>,
    missed: AtomicBool,
}

impl<T: Copy> Later<T> {
    /// A piece that has not come yet.
    pub const fn to_come() -> Self {
        Later { handed_over: OnceLock::new(), missed: AtomicBool::new(false) }
    }

    /// The piece, or nothing as long as it has not come. `here` names it where it never has to come.
    pub fn get(&self, here: impl FnOnce() -> T) -> Option<T> {
        if !cfg!(feature = "split") {
            return Some(here());
        }
        let piece = self.handed_over.get().copied();
        if piece.is_none() {
            self.missed.store(true, Ordering::Relaxed);
        }
        piece
    }

    /// From now on the piece is at hand.
    pub fn hand_over(&self, piece: T) {
        let _ = self.handed_over.set(piece);
    }

    /// Whether the piece was missed since this was last asked.
    pub fn was_missed(&self) -> bool {
        self.missed.swap(false, Ordering::Relaxed)
    }
}
