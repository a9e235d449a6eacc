//! Runs that come to what an earlier one came to, without being run.
//!
//! A container is often started again only to do the same again. Where nothing but its own beginnings had a part in a run (no clock, no
//! network, no chance, no signal or probe from outside, no limit), the run is kept as a [`Recording`], and the next one that begins alike
//! is a [`Replay`] of it: it stops at the same moments counted from its start, prints the same and ends in the same way. Whoever asks a
//! replay for more than that gets the machine itself, brought to where the replay is.
//!
//! Volumes are not looked at: a container that shares files with others, or with its own past, must not be replayed.

use super::host::{Config, Host};
use super::machine::{Exit, Machine};
use super::output::OutputLine;
use crate::time::Millis;
use std::rc::Rc;

/// What a run came to. All moments are counted from its start.
#[derive(Debug)]
pub struct Recording {
    pub(super) config: Config,
    pub(super) argv: Vec<String>,
    /// The moments at which it was let run; the last is its end.
    pub(super) runs: Vec<Millis>,
    pub(super) output: Vec<OutputLine>,
    pub(super) exit: Exit,
    /// The end of the file that was asked for.
    pub(super) last_words: Option<Vec<u8>>,
}

/// A run that goes as its recording does.
pub struct Replay {
    recording: Rc<Recording>,
    config: Config,
    host: Rc<dyn Host>,
    started: Millis,
    /// How many of the recording's moments have been.
    passed: usize,
}

impl Recording {
    /// Whether a container made from `config` that starts `argv` does what was recorded.
    pub fn fits(&self, config: &Config, argv: &[String]) -> bool {
        self.argv == argv && self.config.resembles(config)
    }
}

impl Replay {
    /// Begins a run of a container made from `config`, which the recording fits.
    pub fn start(recording: Rc<Recording>, config: Config, host: Rc<dyn Host>, now: Millis) -> Replay {
        Replay { recording, config, host, started: now, passed: 0 }
    }

    /// Lets everything happen that is due up to and including `now`.
    pub fn run(&mut self, now: Millis) {
        let due = now.since(self.started);
        self.passed += self.recording.runs[self.passed..].iter().take_while(|at| **at <= due).count();
    }

    /// When something happens next.
    pub fn next_wake(&self) -> Option<Millis> {
        self.recording.runs.get(self.passed).map(|at| self.started + *at)
    }

    /// How it ended, once it has.
    pub fn exit(&self) -> Option<Exit> {
        let ended = self.passed == self.recording.runs.len();
        ended.then(|| Exit { at: self.started + self.recording.exit.at, ..self.recording.exit })
    }

    /// All that it has printed when it has ended.
    pub fn output(&self) -> impl Iterator<Item = OutputLine> {
        self.recording.output.iter().map(|l| l.shifted(|at| self.started + at))
    }

    /// The end of the file that the recording kept.
    pub fn last_words(&self) -> Option<Vec<u8>> {
        self.recording.last_words.clone()
    }

    /// The machine that has come as far as this.
    pub fn machine(&self) -> Machine {
        let mut machine = Machine::new(self.config.clone(), self.host.clone());
        let started = machine.start(self.started, &self.recording.argv);
        debug_assert!(started.is_ok(), "it was started like this before");
        for at in &self.recording.runs[..self.passed] {
            machine.run(self.started + *at);
        }
        machine
    }
}
