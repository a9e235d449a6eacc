//! The container runtime: sandboxes, instances of containers, and what an observer sees of them at a moment.
//!
//! Every change bears the moment from which it can be seen, so that an observation is nothing but a moment: a look of the
//! kubelet works with what its last list of containers showed, however the world has changed since.

use std::rc::Rc;

use crate::time::Millis;
use crate::trace::EntryId;

use super::process::Process;
use super::spec::Idx;
use crate::shell::Recording;

/// All that the runtime knows of the Pod.
#[derive(Debug, Default)]
pub struct Runtime {
    pub sandboxes: Vec<Sandbox>,
    /// Per container, oldest first; the removed ones stay, marked.
    pub instances: Vec<Vec<Instance>>,
    /// What the last run of a container or of its twins ([`Spec::alike`]) came to, where the next one may come to the same.
    ///
    /// [`Spec::alike`]: super::spec::Spec::alike
    pub recordings: Vec<Option<Rc<Recording>>>,
    /// Where somebody follows files: containers and their instances.
    pub followers: Vec<(Idx, usize)>,
    /// No container from this one on has ever been made.
    pub made_before: Idx,
}

#[derive(Debug)]
pub struct Sandbox {
    pub attempt: u32,
    pub created: Millis,
    pub ready: Option<Millis>,
    /// Since when it can be seen not to be ready any more.
    pub dead: Option<Millis>,
    pub ip: Rc<str>,
}

impl Sandbox {
    pub fn is_ready_at(&self, t: Millis) -> bool {
        self.ready.is_some_and(|r| r <= t) && self.dead.is_none_or(|d| d > t)
    }
}

/// One container of the runtime.
#[derive(Debug)]
pub struct Instance {
    /// The `restartCount` that it bears.
    pub attempt: u32,
    pub id: Rc<str>,
    /// As the spec named it.
    pub image: Rc<str>,
    /// As the runtime names it, and its id.
    pub image_name: Rc<str>,
    pub image_id: Rc<str>,
    /// The index of its sandbox.
    pub sandbox: usize,
    pub created: Millis,
    pub started: Option<Millis>,
    pub exit: Option<Exit>,
    pub removed: Option<Millis>,
    pub process: Option<Process>,
    /// The newest entry of the trace about it.
    pub entry: EntryId,
}

/// How an instance ended.
#[derive(Clone, Debug)]
pub struct Exit {
    pub at: Millis,
    /// Since when the runtime shows it.
    pub visible: Millis,
    pub code: i32,
    pub reason: Rc<str>,
    pub message: Option<Rc<str>>,
    /// The runtime could not start it.
    pub never_started: bool,
    /// The entry of the trace that says so.
    pub entry: EntryId,
}

/// What an observer sees of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Created,
    Running,
    Exited,
}

impl Instance {
    pub fn seen_at(&self, t: Millis) -> Seen {
        if self.exit.as_ref().is_some_and(|e| e.visible <= t) {
            Seen::Exited
        } else if self.started.is_some_and(|s| s <= t) {
            Seen::Running
        } else {
            Seen::Created
        }
    }

    /// Whether the process is there now.
    pub fn is_alive(&self) -> bool {
        self.exit.is_none() && self.started.is_some() && self.removed.is_none()
    }

    fn exists_at(&self, t: Millis) -> bool {
        self.created <= t && self.removed.is_none_or(|r| r > t)
    }
}

impl Runtime {
    pub fn new(n_containers: usize) -> Runtime {
        Runtime {
            sandboxes: Vec::new(),
            instances: (0..n_containers).map(|_| Vec::new()).collect(),
            recordings: vec![None; n_containers],
            followers: Vec::new(),
            made_before: 0,
        }
    }

    /// A container is made.
    pub fn add(&mut self, idx: Idx, instance: Instance) {
        self.instances[idx].push(instance);
        self.made_before = self.made_before.max(idx + 1);
    }

    /// The newest instance that could be seen at `t`.
    pub fn newest_at(&self, idx: Idx, t: Millis) -> Option<&Instance> {
        self.instances[idx].iter().rev().find(|i| i.exists_at(t))
    }

    /// The newest instance that could be seen at `t`, and the one before it.
    pub fn newest_two_at(&self, idx: Idx, t: Millis) -> (Option<&Instance>, Option<&Instance>) {
        let mut found = self.instances[idx].iter().rev().filter(|i| i.exists_at(t));
        (found.next(), found.next())
    }

    /// The newest instance that could be seen at `t` to have ended.
    pub fn newest_exited_at(&self, idx: Idx, t: Millis) -> Option<&Instance> {
        self.instances[idx].iter().rev().find(|i| i.exists_at(t) && i.seen_at(t) == Seen::Exited)
    }

    /// The instance whose process is there now, and its place in the list.
    pub fn alive(&self, idx: Idx) -> Option<usize> {
        let last = self.instances[idx].len().checked_sub(1)?;
        self.instances[idx][last].is_alive().then_some(last)
    }

    pub fn newest_sandbox_at(&self, t: Millis) -> Option<&Sandbox> {
        self.sandboxes.iter().rev().find(|s| s.created <= t)
    }
}
