//! The crash back-off: one series per container (`kubelet-semantics.md` 4).
//!
//! The first restart is free; then 10 s, doubled up to the cap, counted from the end of the last run. The series begins anew
//! after a run of more than ten minutes, and when the container's definition changes. It lives in the kubelet's memory only.

use std::rc::Rc;

use crate::scenario::Cluster;
use crate::time::Millis;

use super::spec::Idx;

/// The series of all containers.
#[derive(Debug)]
pub struct CrashBackoff {
    base: Millis,
    cap: Millis,
    series: Vec<Option<Series>>,
}

#[derive(Debug)]
struct Series {
    /// The series belongs to the container as it was defined.
    image: Rc<str>,
    delay: Millis,
    updated: Millis,
}

/// A series is forgotten when it is not used for this long, whatever the cap.
const FORGET_AFTER: Millis = Millis(600_000);

impl CrashBackoff {
    /// The base and the cap by the gates and the kubelet's configuration (4.6).
    pub fn new(cluster: &Cluster, n_containers: usize) -> CrashBackoff {
        let gate = |name: &str, default: bool| cluster.feature_gates.get(name).copied().unwrap_or(default);
        let (mut base, mut cap) = if gate("ReduceDefaultCrashLoopBackOffDecay", false) {
            (Millis::secs(1), Millis::secs(60))
        } else {
            (Millis::secs(10), Millis::secs(300))
        };
        // The configuration is filled in with 300 s, which wins over the shorter cap of the alpha gate (recording 68b).
        if gate("KubeletCrashLoopBackOffMax", true) {
            cap = cluster.max_container_restart_period.unwrap_or(Millis::secs(300));
            base = base.min(cap);
        }
        CrashBackoff { base, cap, series: (0..n_containers).map(|_| None).collect() }
    }

    /// Until when, and for how long, the container must wait after a run that ended at `finished`; `None`: not at all.
    pub fn waits(&mut self, idx: Idx, image: &Rc<str>, finished: Millis, now: Millis) -> Option<(Millis, Millis)> {
        self.collect_garbage(idx, image, now);
        let series = self.series[idx].as_ref()?;
        let long_run = finished.since(series.updated) > FORGET_AFTER;
        let until = finished + series.delay;
        (!long_run && now < until).then_some((until, series.delay))
    }

    /// The container is started again after a run that ended at `finished`: its next wait is set.
    pub fn next(&mut self, idx: Idx, image: &Rc<str>, finished: Millis, now: Millis) {
        let delay = match &self.series[idx] {
            Some(s) if finished.since(s.updated) <= FORGET_AFTER => Millis(s.delay.0 * 2).min(self.cap),
            _ => self.base,
        };
        self.series[idx] = Some(Series { image: image.clone(), delay, updated: now });
    }

    /// The kubelet's process has ended.
    pub fn forget(&mut self) {
        self.series.fill_with(|| None);
    }

    /// The housekeeping that also cuts a running wait short (4.1).
    fn collect_garbage(&mut self, idx: Idx, image: &Rc<str>, now: Millis) {
        let stale = |s: &Series| s.image != *image || now.since(s.updated) > FORGET_AFTER;
        if self.series[idx].as_ref().is_some_and(stale) {
            self.series[idx] = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kubelet-semantics.md` 4.2: the waits before each start, for runs of one length and no latency.
    fn waits(run: u64, n: usize, cluster: &Cluster) -> Vec<u64> {
        let mut backoff = CrashBackoff::new(cluster, 1);
        let image: Rc<str> = "x".into();
        let (mut now, mut waits) = (Millis::ZERO, Vec::new());
        for _ in 0..n {
            let finished = now + Millis::secs(run);
            now = finished;
            // The kubelet looks again when the wait ends; the garbage collector may end it before.
            while let Some((until, _)) = backoff.waits(0, &image, finished, now) {
                now = until.min(now + Millis::secs(2));
            }
            waits.push(now.since(finished).whole_secs());
            backoff.next(0, &image, finished, now);
        }
        waits
    }

    #[test]
    fn the_series_of_the_table() {
        let cluster = Cluster::default();
        assert_eq!(waits(1, 9, &cluster), [0, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(waits(601, 4, &cluster), [0, 0, 0, 0]);
        let long = waits(400, 9, &cluster);
        assert_eq!(long[..6], [0, 10, 20, 40, 80, 160]);
        assert!((200..=204).contains(&long[6]), "garbage collection cuts the wait to 3m22s: {long:?}");
        assert_eq!(long[7..], [10, 20], "and the series begins anew: {long:?}");
    }

    #[test]
    fn gates_and_configuration_change_base_and_cap() {
        let max = |secs| Cluster { max_container_restart_period: Some(Millis::secs(secs)), ..Cluster::default() };
        assert_eq!(waits(1, 5, &max(20)), [0, 10, 20, 20, 20]);
        assert_eq!(waits(1, 4, &max(3)), [0, 3, 3, 3]);
        let mut reduced = Cluster::default();
        reduced.feature_gates.insert("ReduceDefaultCrashLoopBackOffDecay".into(), true);
        assert_eq!(waits(1, 9, &reduced), [0, 1, 2, 4, 8, 16, 32, 64, 128]);
        reduced.feature_gates.insert("KubeletCrashLoopBackOffMax".into(), false);
        assert_eq!(waits(1, 9, &reduced), [0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_changed_definition_has_a_series_of_its_own() {
        let mut backoff = CrashBackoff::new(&Cluster::default(), 1);
        let (old, new): (Rc<str>, Rc<str>) = ("a".into(), "b".into());
        backoff.next(0, &old, Millis::ZERO, Millis::ZERO);
        assert!(backoff.waits(0, &old, Millis(1), Millis(2)).is_some());
        assert!(backoff.waits(0, &new, Millis(1), Millis(2)).is_none());
    }
}
