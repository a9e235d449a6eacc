//! The event recorder: equal events are counted, similar ones folded, and a spammer is throttled
//! (`kubelet-semantics.md` 17.3; recording 09: counts jump from 21 to 42).
//!
//! Everything a recorder remembers is lost when its process restarts.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::time::Millis;
use crate::trace::{COMBINED, EntryId, Event};

/// Who speaks. Each has a budget of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Kubelet,
    Scheduler,
}

/// An event as it is meant, before it is counted.
#[derive(Clone, Debug)]
pub struct Said {
    pub warning: bool,
    pub reason: &'static str,
    pub message: String,
    pub field_path: Option<Rc<str>>,
    pub source: Source,
}

/// Source, warning or not, reason: what is taken for similar, whichever container it is about (`EventAggregatorByReasonFunc`).
type Kind = (Source, bool, Rc<str>);

/// Counts what was said.
#[derive(Debug)]
pub struct Correlator {
    kubelet: Rc<str>,
    /// `schedulerName`: by that name the Pod's scheduler speaks.
    scheduler: Rc<str>,
    heard: BTreeMap<Kind, Heard>,
    buckets: BTreeMap<(Source, bool), Bucket>,
}

/// An event object.
#[derive(Debug)]
struct Seen {
    count: u32,
    first: Millis,
    /// What it is about; an object of combined events keeps the first's.
    field_path: Option<Rc<str>>,
}

/// What was heard of one kind.
#[derive(Debug)]
struct Heard {
    /// The different messages of late, of which too many are folded.
    messages: Vec<Rc<str>>,
    last: Millis,
    /// The objects by what they are about and what they say.
    seen: BTreeMap<(Option<Rc<str>>, Rc<str>), Seen>,
    /// The object of combined events, which says what came last.
    combined: Option<Seen>,
}

#[derive(Debug)]
struct Bucket {
    /// In thousandths of a token.
    tokens: u64,
    filled: Millis,
}

/// `defaultSpamBurst` and the time after which one more is allowed.
const BURST: u64 = 25;
const REFILL: Millis = Millis(300_000);
/// `defaultAggregateMaxEvents` and `defaultAggregateIntervalInSeconds`.
const FOLD_FROM: usize = 10;
const FOLD_WITHIN: Millis = Millis(600_000);

impl Correlator {
    pub fn new(scheduler: &str) -> Correlator {
        let (heard, buckets) = (BTreeMap::new(), BTreeMap::new());
        Correlator { kubelet: "kubelet".into(), scheduler: scheduler.into(), heard, buckets }
    }

    /// Forgets what the kubelet's process knew.
    pub fn kubelet_restarted(&mut self) {
        self.heard.retain(|key, _| key.0 != Source::Kubelet);
        self.buckets.retain(|key, _| key.0 != Source::Kubelet);
    }

    /// Counts an event; `None` when the speaker has said too much.
    pub fn observe(&mut self, now: Millis, said: Said, cause: EntryId) -> Option<Event> {
        let reason: Rc<str> = said.reason.into();
        let heard = self.heard.entry((said.source, said.warning, reason.clone())).or_insert_with(|| Heard::from(now));
        let (message, object) = heard.object(now, said.message, said.field_path);
        object.count += 1;
        let event = Event {
            at: now,
            first: object.first,
            count: object.count,
            warning: said.warning,
            reason,
            message,
            field_path: object.field_path.clone(),
            source: match said.source {
                Source::Kubelet => self.kubelet.clone(),
                Source::Scheduler => self.scheduler.clone(),
            },
            cause,
        };
        self.buckets.entry((said.source, said.warning)).or_insert(Bucket::full(now)).take(now).then_some(event)
    }
}

impl Heard {
    fn from(now: Millis) -> Heard {
        Heard { messages: Vec::new(), last: now, seen: BTreeMap::new(), combined: None }
    }

    /// What an event says and the object that counts it: its own, or from the tenth different message on the common one
    /// (`EventAggregate`).
    fn object(&mut self, now: Millis, message: String, field_path: Option<Rc<str>>) -> (Rc<str>, &mut Seen) {
        if now.since(self.last) > FOLD_WITHIN {
            self.messages.clear();
        }
        self.last = now;
        let known = self.messages.iter().find(|known| ***known == *message).cloned();
        let message = known.unwrap_or_else(|| {
            let new: Rc<str> = message.into();
            self.messages.push(new.clone());
            new
        });
        if self.messages.len() < FOLD_FROM {
            let key = (field_path.clone(), message.clone());
            let object = self.seen.entry(key).or_insert(Seen { count: 0, first: now, field_path });
            return (message, object);
        }
        // The recorder forgets any one of them; here it is the oldest.
        self.messages.remove(0);
        let object = self.combined.get_or_insert(Seen { count: 0, first: now, field_path });
        (format!("{COMBINED}{message}").into(), object)
    }
}

impl Bucket {
    fn full(now: Millis) -> Bucket {
        Bucket { tokens: BURST * 1000, filled: now }
    }

    fn take(&mut self, now: Millis) -> bool {
        let gained = now.since(self.filled).0.saturating_mul(1000) / REFILL.0;
        self.tokens = (self.tokens + gained).min(BURST * 1000);
        self.filled = now;
        let enough = self.tokens >= 1000;
        if enough {
            self.tokens -= 1000;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(c: &mut Correlator, secs: u64, message: &str) -> Option<(u32, String)> {
        let said = Said {
            warning: true,
            reason: "Failed",
            message: message.into(),
            field_path: None,
            source: Source::Kubelet,
        };
        c.observe(Millis::secs(secs), said, EntryId(0)).map(|e| (e.count, e.message.to_string()))
    }

    #[test]
    fn equal_events_are_counted_and_a_spammer_is_throttled() {
        let mut c = Correlator::new("default-scheduler");
        for n in 1..=25 {
            assert_eq!(say(&mut c, 0, "x"), Some((n, "x".into())));
        }
        assert_eq!(say(&mut c, 1, "x"), None);
        assert_eq!(say(&mut c, 302, "x"), Some((27, "x".into())), "one in five minutes; the count has gone on");
        assert_eq!(say(&mut c, 303, "x"), None);
    }

    #[test]
    fn from_the_tenth_different_message_on_one_object_counts_them() {
        let mut c = Correlator::new("default-scheduler");
        for n in 0..9 {
            assert_eq!(say(&mut c, n, &n.to_string()), Some((1, n.to_string())));
        }
        assert_eq!(say(&mut c, 9, "9"), Some((1, "(combined from similar events): 9".into())));
        assert_eq!(say(&mut c, 10, "10"), Some((2, "(combined from similar events): 10".into())));
        assert_eq!(say(&mut c, 11, "10"), Some((1, "10".into())), "nine are remembered, and this is one of them");
        assert_eq!(say(&mut c, 12, "5"), Some((2, "5".into())));
    }
}
