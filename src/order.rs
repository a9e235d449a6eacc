//! Sorting and mapping in little code: the standard library compiles its sort anew for every type and every order, some five
//! kilobytes each in the page, and building a map sorts. Here one sort of positions serves all; the cost in time is the same.
//!
//! Sorts are stable. Nothing here knows what it sorts.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What slices can do besides.
pub trait Order<T> {
    /// As `sort_by`.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// As `sort_by_key`.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// As `sort`.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        for at in 0..places.len() {
            // Each swap brings one item to its place.
            while places[at] != at {
                let to = places[at];
                self.swap(at, to);
                places.swap(at, to);
            }
        }
    }
}

/// Where each of `n` items belongs; nothing when they stand in order, as most do.
fn places(n: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    if (1..n).all(|i| compare(i - 1, i).is_le()) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| compare(a, b));
    let mut places = vec![0; n];
    for (place, item) in order.into_iter().enumerate() {
        places[item] = place;
    }
    places
}

/// What iterators over pairs can do besides.
pub trait IntoMap<K: Ord, V>: Iterator<Item = (K, V)> + Sized {
    /// As `collect`: of two values for a key the last one stays.
    fn into_map(self) -> BTreeMap<K, V> {
        let mut map = BTreeMap::new();
        self.for_each(|(key, value)| _ = map.insert(key, value));
        map
    }
}

impl<K: Ord, V, I: Iterator<Item = (K, V)>> IntoMap<K, V> for I {}

/// As `collect`.
pub fn set<T: Ord>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    items.for_each(|item| _ = set.insert(item));
    set
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(items in proptest::collection::vec((0_u8..9, 0_u16..999), 0..80)) {
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(ours, theirs);
            let theirs: BTreeMap<_, _> = items.iter().copied().collect();
            prop_assert_eq!(items.into_iter().into_map(), theirs);
        }
    }
}
