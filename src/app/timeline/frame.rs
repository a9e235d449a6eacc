//! What a drawing is of: a stretch of time, and how many pixels it takes.

use crate::app::transport::Window;
use crate::i18n::Lang;
use crate::time::Millis;
use crate::view::timeline::axis;

/// Pixels between two ticks of the ruler, at least.
const TICKS_APART: f64 = 72.0;

/// A stretch of time on so many pixels.
#[derive(Clone, Copy, PartialEq)]
pub struct Frame {
    pub window: Window,
    pub width: f64,
    pub lang: Lang,
}

impl Frame {
    pub fn x(self, at: Millis) -> f64 {
        self.window.x(at.0 as f64, self.width)
    }

    pub fn from(self) -> Millis {
        Millis(self.window.from.max(0.0) as u64)
    }

    pub fn to(self) -> Millis {
        Millis(self.window.to.max(0.0).ceil() as u64)
    }

    /// So many pixels of time.
    pub fn pixels(self, pixels: f64) -> Millis {
        Millis((self.window.span() / self.width * pixels) as u64)
    }

    /// The ticks of the ruler.
    pub fn ticks(self) -> Vec<axis::Tick> {
        axis::ticks(self.from(), self.to(), (self.width / TICKS_APART).max(2.0) as usize)
    }
}
