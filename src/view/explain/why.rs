//! Why something happened: the chain of causes up to the act of a person or of the world.

use super::entry::{rule, sentence};
use crate::i18n::explain::{Rule, Sentence};
use crate::time::Millis;
use crate::trace::{EntryId, Trace};

/// One link of the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub entry: EntryId,
    pub at: Millis,
    /// The index in `Trace::containers`.
    pub container: Option<usize>,
    pub sentence: Sentence,
    /// What says that it had to be so.
    pub rule: Option<Rule>,
}

/// Longer chains lose their middle: crash loops repeat themselves.
const NEAR: usize = 12;
const FAR: usize = 4;

/// The chain of causes, from the entry itself to the act that began it all.
pub fn why(trace: &Trace, entry: EntryId) -> Vec<Step> {
    let mut chain = Vec::new();
    let mut next = Some(entry);
    while let Some(id) = next.filter(|id| (id.0 as usize) < trace.entries.len()) {
        chain.push(id);
        // A cause is older than what it brings about, so a chain always ends.
        next = trace.entry(id).cause.filter(|cause| *cause < id);
    }
    if chain.len() <= NEAR + FAR + 1 {
        return chain.into_iter().map(|id| step(trace, id)).collect();
    }
    let hidden = &chain[NEAR..chain.len() - FAR];
    let gap = Step { sentence: Sentence::EarlierSteps { n: hidden.len() }, rule: None, ..step(trace, hidden[0]) };
    let near = chain[..NEAR].iter().map(|&id| step(trace, id));
    near.chain([gap]).chain(chain[chain.len() - FAR..].iter().map(|&id| step(trace, id))).collect()
}

fn step(trace: &Trace, id: EntryId) -> Step {
    let entry = trace.entry(id);
    Step {
        entry: id,
        at: entry.at,
        container: entry.container,
        sentence: sentence(trace, entry),
        rule: rule(trace, entry),
    }
}
