//! The statuses of a list of containers, in chunks: versions of a list share the chunks that did not change, so that a thousand
//! versions of a thousand containers stay small, and two versions are told apart without looking at each container.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{ContainerStatus, is_one};

/// A list of container statuses. Cloning it is cheap, and so is changing one of them.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Rc<ContainerStatus>>", into = "Vec<Rc<ContainerStatus>>")]
pub struct Statuses {
    /// Each but the last is `CHUNK` long.
    chunks: Rc<[Chunk]>,
}

type Chunk = Rc<[Rc<ContainerStatus>]>;

const CHUNK: usize = 32;

impl Statuses {
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<&Rc<ContainerStatus>> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub fn last(&self) -> Option<&Rc<ContainerStatus>> {
        self.chunks.last()?.last()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<ContainerStatus>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// Replaces one status. A place beyond the end is none.
    pub fn set(&mut self, index: usize, status: ContainerStatus) {
        if self.get(index).is_some() {
            let chunk = &mut Rc::make_mut(&mut self.chunks)[index / CHUNK];
            Rc::make_mut(chunk)[index % CHUNK] = Rc::new(status);
        }
    }

    /// Whether both are the same list, not only equal ones.
    pub fn is_same(&self, other: &Statuses) -> bool {
        Rc::ptr_eq(&self.chunks, &other.chunks)
    }

    /// The places at which this list does not share its status with `old`.
    pub fn changed_since(&self, old: &Statuses) -> impl Iterator<Item = usize> {
        let shared = |i: usize, chunk: &Chunk| old.chunks.get(i).is_some_and(|old| Rc::ptr_eq(old, chunk));
        let chunks = self.chunks.iter().enumerate().filter(move |(i, chunk)| !shared(*i, chunk));
        let places = chunks.flat_map(|(i, chunk)| (0..chunk.len()).map(move |at| i * CHUNK + at));
        places.filter(|&place| !old.get(place).zip(self.get(place)).is_some_and(|(old, new)| Rc::ptr_eq(old, new)))
    }
}

impl PartialEq for Statuses {
    fn eq(&self, other: &Statuses) -> bool {
        let mut pairs = self.chunks.iter().zip(&*other.chunks);
        self.is_same(other) || self.chunks.len() == other.chunks.len() && pairs.all(|(a, b)| is_one(a, b))
    }
}

impl std::ops::Index<usize> for Statuses {
    type Output = Rc<ContainerStatus>;

    fn index(&self, index: usize) -> &Rc<ContainerStatus> {
        &self.chunks[index / CHUNK][index % CHUNK]
    }
}

impl FromIterator<Rc<ContainerStatus>> for Statuses {
    fn from_iter<I: IntoIterator<Item = Rc<ContainerStatus>>>(statuses: I) -> Statuses {
        let list: Vec<_> = statuses.into_iter().collect();
        Statuses { chunks: list.chunks(CHUNK).map(Chunk::from).collect() }
    }
}

impl From<Vec<Rc<ContainerStatus>>> for Statuses {
    fn from(list: Vec<Rc<ContainerStatus>>) -> Statuses {
        list.into_iter().collect()
    }
}

impl From<Statuses> for Vec<Rc<ContainerStatus>> {
    fn from(statuses: Statuses) -> Self {
        statuses.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{ContainerState, Waiting};

    fn status(restart_count: u32) -> ContainerStatus {
        ContainerStatus {
            name: "c".into(),
            state: ContainerState::Waiting(Waiting::default()),
            last_state: None,
            ready: false,
            started: false,
            restart_count,
            image: "".into(),
            image_id: "".into(),
            container_id: "".into(),
        }
    }

    #[test]
    fn a_changed_list_shares_the_rest() {
        for n in [0, 1, CHUNK, CHUNK + 1, 100] {
            let list: Statuses = (0..n).map(|i| Rc::new(status(i as u32))).collect();
            assert_eq!((list.len(), list.is_empty(), list.iter().count()), (n, n == 0, n));
            assert_eq!(list.last().map(|s| s.restart_count as usize), n.checked_sub(1));
            assert!(list.get(n).is_none());
            assert_eq!(list.changed_since(&list).count(), 0);
            assert_eq!(list.changed_since(&Statuses::default()).count(), n);
            for place in (0..n).step_by(17) {
                let mut changed = list.clone();
                changed.set(place, status(1000));
                assert_eq!(list[place].restart_count, place as u32);
                assert_eq!(changed[place].restart_count, 1000);
                assert_eq!(changed.changed_since(&list).collect::<Vec<_>>(), [place]);
                assert_ne!(changed, list);
            }
            let mut same = list.clone();
            same.set(n, status(1000));
            assert!(same.is_same(&list));
        }
    }
}
