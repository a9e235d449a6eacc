//! The kubelet's jitter: `wait.Jitter(d, 0.5)`, that is `d` times something between 1 and 1.5.
//!
//! Without a seed every draw is the mean, so that a run shows the typical course; with one it is drawn, the same on every machine.

use crate::time::Millis;

/// A source of jitter.
#[derive(Clone, Debug)]
pub struct Jitter {
    state: Option<u64>,
}

impl Jitter {
    pub fn new(seed: Option<u64>) -> Self {
        Jitter { state: seed }
    }

    /// `d` prolonged by up to a half.
    pub fn stretch(&mut self, d: Millis) -> Millis {
        let thousandths = match &mut self.state {
            None => 250,
            Some(state) => splitmix(state) % 501,
        };
        Millis(d.0 + d.0.saturating_mul(thousandths) / 1000)
    }

    /// Something between nothing and `d`.
    pub fn within(&mut self, d: Millis) -> Millis {
        match &mut self.state {
            None => Millis(d.0 / 2),
            Some(state) => Millis(splitmix(state) % d.0.max(1)),
        }
    }
}

/// SplitMix64, which is enough for jitter and the same everywhere.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seed_is_the_mean_and_a_seed_stays_in_range() {
        assert_eq!(Jitter::new(None).stretch(Millis(10_000)), Millis(12_500));
        let mut seeded = Jitter::new(Some(7));
        let draws: Vec<u64> = (0..100).map(|_| seeded.stretch(Millis(10_000)).0).collect();
        assert!(draws.iter().all(|d| (10_000..=15_000).contains(d)));
        assert!(draws.iter().any(|d| *d < 11_000) && draws.iter().any(|d| *d > 14_000));
        let mut again = Jitter::new(Some(7));
        assert!(draws.iter().all(|d| again.stretch(Millis(10_000)).0 == *d));
    }
}
