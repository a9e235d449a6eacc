//! The lifecycle engine: [`simulate`] runs one Pod in virtual time and returns its trace.
//!
//! A discrete-event simulation of what an observer sees of an API server, a scheduler, one kubelet and a container runtime
//! (`kubelet-semantics.md`). Every mechanism that shapes what can be seen is there as itself: looks that publish before they
//! act, the list of containers read once a second, the ticks of the main loop, the reasons remembered from the look before.
//!
//! Invariants: the same input gives the same trace, byte for byte; no clock, no I/O, no unseeded randomness, no floating
//! point in decisions; the cost grows with what happens and not with the time that passes; nothing panics, whatever the Pod.

mod actions;
mod admission;
mod affinity;
mod backoff;
mod capabilities;
mod census;
mod containers;
mod env_file;
mod events;
mod eviction;
mod hooks;
mod images;
mod jitter;
mod kill;
pub mod latency;
mod links;
mod look;
mod net_files;
mod node;
mod objects;
mod phase;
mod plan;
mod probes;
mod process;
mod profiles;
mod publish;
mod queue;
mod run;
mod runtime;
mod scheduler;
mod spec;
mod start;
mod status;
mod terminate;
mod volumes;
mod worker;
mod world;

use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;

use crate::scenario::Scenario;
use crate::time::Millis;
use crate::trace::Trace;

/// What a simulation is made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The Pod as the API server stored it, defaults filled in.
    pub pod: &'a Rc<Pod>,
    pub scenario: &'a Scenario,
    /// How far to go, over the scenario's own horizon.
    pub until: Option<Millis>,
}

/// How far a simulation goes that nobody bounded.
pub const DEFAULT_HORIZON: Millis = Millis::secs(3600);
/// The longest horizon: 366 days.
pub const MAX_HORIZON: Millis = Millis::secs(366 * 86_400);
/// The number of happenings after which a run ends: a probe a second for three days. A page runs at every key, and each is kept.
pub const MAX_STEPS: u64 = 260_000;

/// Runs the Pod.
pub fn simulate(input: &Input) -> Trace {
    run::Sim::new(input).run()
}

/// Runs the Pod and in it every attempt of every container, also those that must come to what others before them came to: only to
/// prove that it makes no difference.
#[doc(hidden)]
pub fn simulate_every_attempt(input: &Input) -> Trace {
    let mut sim = run::Sim::new(input);
    sim.replays = false;
    sim.run()
}
