//! The containers counted by where they stand, as far as the Pod's phase and conditions depend on it.
//!
//! Statuses share what did not change, so that bringing the census up to date costs what has changed, however many containers there are.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::trace::{ContainerState, ContainerStatus, PodStatus, Statuses};

use super::spec::{Idx, Spec};

/// The containers of one status, counted.
#[derive(Debug, Default)]
pub struct Census {
    /// The lists that were counted.
    init: Statuses,
    main: Statuses,
    pub counts: Counts,
    /// The init containers that the Pod's initialization still waits for.
    pub incomplete: Group,
    /// The containers that the Pod's readiness waits for: never ordinary init containers.
    pub unready: Group,
}

/// Some of the containers, and the sentence that names them, which is kept as long as they stay the same.
#[derive(Debug, Default)]
pub struct Group {
    members: BTreeSet<Idx>,
    sentence: OnceCell<Rc<str>>,
}

impl Group {
    /// Puts a container in, or takes it out.
    fn put(&mut self, idx: Idx, belongs: bool) {
        let changes = if belongs { self.members.insert(idx) } else { self.members.remove(&idx) };
        if changes {
            self.sentence.take();
        }
    }

    /// What is said of them, and their names in brackets; `None` of nobody. One group has one thing said of it.
    pub fn named(&self, said: &str, spec: &Spec) -> Option<Rc<str>> {
        let sentence = || spec.names_of(said, &self.members);
        (!self.members.is_empty()).then(|| self.sentence.get_or_init(sentence).clone())
    }
}

/// How many containers stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ordinary init containers that failed for good.
    pub init_failed: i32,
    /// Ordinary init containers that have not ended yet.
    pub init_pending: i32,
    pub sidecar_running: i32,
    pub sidecar_started: i32,
    /// Sidecars that have never run.
    pub sidecar_new: i32,
    pub main_running: i32,
    /// Mains that have never run.
    pub main_new: i32,
    /// Mains that have ended; of these, how many well, and how many that start again.
    pub main_ended: i32,
    pub main_succeeded: i32,
    pub main_restartable: i32,
    /// Mains that show anything but that they wait.
    pub main_shown: i32,
}

impl Census {
    /// Counts the containers of a status: those alone that differ from what was counted before.
    pub fn update(&mut self, spec: &Spec, status: &PodStatus) {
        if (self.init.len(), self.main.len()) != (status.init.len(), status.main.len()) {
            *self = Census::default();
        }
        let old = std::mem::replace(&mut self.init, status.init.clone());
        self.replace(spec, &old, &status.init, |place| place);
        let old = std::mem::replace(&mut self.main, status.main.clone());
        self.replace(spec, &old, &status.main, |place| spec.mains_by_name[place]);
    }

    fn replace(&mut self, spec: &Spec, old: &Statuses, new: &Statuses, idx_at: impl Fn(usize) -> Idx) {
        for place in new.changed_since(old) {
            let (idx, new) = (idx_at(place), &new[place]);
            if let Some(old) = old.get(place) {
                self.counts.add(spec, idx, old, -1);
            }
            self.counts.add(spec, idx, new, 1);
            let (init, sidecar) = (idx < spec.n_inits, spec.containers[idx].is_sidecar());
            let complete = if sidecar { new.started } else { new.ready };
            self.incomplete.put(idx, init && !complete);
            self.unready.put(idx, (sidecar || !init) && !new.ready);
        }
    }
}

impl Counts {
    /// Counts a container `by` 1, or takes it off by -1.
    fn add(&mut self, spec: &Spec, idx: Idx, status: &ContainerStatus, by: i32) {
        if idx >= spec.n_inits {
            self.add_main(spec, idx, status, by);
        } else if spec.containers[idx].is_sidecar() {
            match (&status.state, &status.last_state) {
                (ContainerState::Running { .. }, _) => {
                    self.sidecar_running += by;
                    self.sidecar_started += if status.started { by } else { 0 };
                }
                (ContainerState::Waiting(_), None) => self.sidecar_new += by,
                _ => {}
            }
        } else {
            match exit_code(status) {
                Some(code) if code != 0 && !is_reset(status) && !spec.restarts_on(idx, code) => self.init_failed += by,
                Some(_) => {}
                None => self.init_pending += by,
            }
        }
    }

    fn add_main(&mut self, spec: &Spec, idx: Idx, status: &ContainerStatus, by: i32) {
        let waits = matches!(status.state, ContainerState::Waiting(_));
        self.main_shown += if waits { 0 } else { by };
        match (&status.state, exit_code(status)) {
            (ContainerState::Running { .. }, _) => self.main_running += by,
            (_, Some(code)) => {
                self.main_ended += by;
                let reset = is_reset(status);
                self.main_restartable += if reset || spec.restarts_on(idx, code) { by } else { 0 };
                // Waiting after an exit with 0 does not count as a success.
                self.main_succeeded += if code == 0 && !waits { by } else { 0 };
            }
            (_, None) => self.main_new += by,
        }
    }
}

/// Whether it was removed to begin anew with all the others: its exit code is made up.
fn is_reset(status: &ContainerStatus) -> bool {
    status.last_state.as_ref().is_some_and(|t| &*t.reason == "RestartingAllContainers")
        && matches!(status.state, ContainerState::Waiting(_))
}

/// The exit code of a container that has ended: as shown, or behind its waiting for the next start.
fn exit_code(status: &ContainerStatus) -> Option<i32> {
    match (&status.state, &status.last_state) {
        (ContainerState::Terminated(t), _) => Some(t.exit_code),
        (ContainerState::Waiting(_), Some(last)) => Some(last.exit_code),
        _ => None,
    }
}
