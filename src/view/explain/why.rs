//! Why something happened: the chain of causes up to the act of a person or of the world.

use super::entry::{rule, sentence};
use crate::i18n::explain::{Rule, Sentence};
use crate::time::Millis;
use crate::trace::{EntryId, EntryKind, LookReason, Trace};

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
/// How many entries before a look its back-off is looked for in.
const SEARCHED: usize = 1000;

/// The chain of causes, from the entry itself to the act that began it all.
pub fn why(trace: &Trace, entry: EntryId) -> Vec<Step> {
    let chain = chain(trace, entry);
    if chain.len() <= NEAR + FAR + 1 {
        return chain.into_iter().map(|id| step(trace, id)).collect();
    }
    let hidden = &chain[NEAR..chain.len() - FAR];
    let gap = Step { sentence: Sentence::EarlierSteps { n: hidden.len() }, rule: None, ..step(trace, hidden[0]) };
    let near = chain[..NEAR].iter().map(|&id| step(trace, id));
    near.chain([gap]).chain(chain[chain.len() - FAR..].iter().map(|&id| step(trace, id))).collect()
}

fn chain(trace: &Trace, entry: EntryId) -> Vec<EntryId> {
    let mut chain = Vec::new();
    let mut container = None;
    let mut next = Some(entry);
    while let Some(id) = next.filter(|id| (id.0 as usize) < trace.entries.len()) {
        let e = trace.entry(id);
        chain.push(id);
        container = e.container.or(container);
        let waited = match e.kind {
            EntryKind::Look { reason: LookReason::Timer } => container.and_then(|c| wait_before(trace, id, c)),
            _ => None,
        };
        // A cause is older than what it brings about, so a chain always ends.
        next = waited.or(e.cause).filter(|cause| *cause < id);
    }
    chain
}

/// The back-off of the container that had the kubelet look again: the first since its last end, as later looks find it again.
fn wait_before(trace: &Trace, look: EntryId, container: usize) -> Option<EntryId> {
    let before = trace.entries[..look.0 as usize].iter().enumerate().rev().take(SEARCHED);
    let own = before.filter(|(_, e)| e.container == Some(container));
    let waits = own.take_while(|(_, e)| !matches!(e.kind, EntryKind::Exited { .. } | EntryKind::Created { .. }));
    let waits = waits.filter(|(_, e)| matches!(e.kind, EntryKind::BackOff { .. }));
    waits.last().map(|(i, _)| EntryId(i as u32))
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
