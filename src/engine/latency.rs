//! How long things take in the kubelet and the container runtime when nothing goes wrong.
//!
//! The defaults are typical values of the recordings (`FINDINGS.md` 1); `spec.cluster.latencies` overrides them by name.
//! Periods and limits that the kubelet's source fixes are constants, not latencies.

use std::collections::BTreeMap;

use crate::time::Millis;

macro_rules! latencies {
    ($($(#[$doc:meta])* $field:ident $name:literal = $default:expr;)*) => {
        /// The latencies of one run, in milliseconds of virtual time.
        #[derive(Clone, Debug)]
        pub struct Latencies { $($(#[$doc])* pub $field: Millis,)* }

        /// The names that a scenario may override, with their defaults.
        pub const NAMES: &[(&str, Millis)] = &[$(($name, Millis($default)),)*];

        impl Latencies {
            /// The defaults with a scenario's overrides; unknown names are without effect.
            pub fn new(overrides: &BTreeMap<String, Millis>) -> Self {
                let get = |name: &str, default: u64| overrides.get(name).copied().unwrap_or(Millis(default));
                Latencies { $($field: get($name, $default),)* }
            }
        }
    };
}

latencies! {
    /// Creation of the Pod to its binding.
    schedule "schedule" = 18;
    /// Binding to the kubelet's first look.
    bind_to_kubelet "bindToKubelet" = 18;
    /// First look to the first attempt to mount.
    first_mount "firstMount" = 180;
    /// First look to its going on when all volumes could be mounted.
    volumes "volumes" = 360;
    /// Making a sandbox with its network.
    sandbox "sandbox" = 150;
    /// Stopping a sandbox.
    sandbox_stop "sandboxStop" = 180;
    /// The image check, up to the event `Pulled` of an image that is there.
    image_check "imageCheck" = 8;
    /// Making a container.
    create "create" = 22;
    /// Starting a container.
    start "start" = 80;
    /// A pull of an image the scenario does not describe.
    pull "pull" = 3000;
    /// The registry's answer that an image does not exist.
    pull_error "pullError" = 12;
    /// A process's end to its being visible in the runtime.
    exit_visible "exitVisible" = 50;
    /// A look that did something to the extra list of containers it asks for.
    relist "relist" = 12;
    /// A request to delete to the kubelet's acting on it.
    delete "delete" = 10;
    /// When, in each second, the kubelet lists the containers. A real one starts anywhere.
    pleg_phase "plegPhase" = 780;
    /// When, in each second, the kubelet's main loop ticks.
    tick_phase "tickPhase" = 370;
    /// Start of the kubelet to its looking at its Pods.
    kubelet_start "kubeletStart" = 1500;
    /// An exec probe or hook, from the kubelet to the process and back.
    exec "exec" = 30;
}

/// `genericPlegRelistPeriod` (`kubelet-semantics.md`, section 0).
pub const PLEG_PERIOD: Millis = Millis(1000);
/// The tick of `syncLoop`.
pub const TICK: Millis = Millis(1000);
/// `resyncInterval`: the next look when all is well.
pub const RESYNC: Millis = Millis(60_000);
/// `backOffPeriod`: the next look after an error.
pub const RETRY: Millis = Millis(10_000);
/// The longest sleep towards the end of a crash back-off.
pub const BACKOFF_WAKE_CAP: Millis = Millis(60_000);
/// `podAttachAndMountTimeout` and the margin of its poll.
pub const VOLUME_TIMEOUT: Millis = Millis(123_000);
/// The poll of `WaitForAttachAndMount`.
pub const VOLUME_POLL: Millis = Millis(300);
/// An unschedulable Pod is tried again after `podMaxInUnschedulablePodsDuration`, looked for every 30 s.
pub const SCHEDULER_RETRY: Millis = Millis(315_000);
/// The Pod garbage collector looks every 20 s, and trusts a node's absence after 40 s.
pub const POD_GC: Millis = Millis(70_000);
/// `minimumGracePeriodInSeconds`
pub const MINIMUM_GRACE: Millis = Millis(2000);

/// The first moment of a periodic clock that ticks at `phase` in every `period` and that is not before `t`.
pub fn next_tick(t: Millis, phase: Millis, period: Millis) -> Millis {
    if t <= phase {
        return phase;
    }
    let past = (t.0 - phase.0).div_ceil(period.0);
    Millis(phase.0 + past * period.0)
}

/// The last tick of the clock at or before `t`; `None` before the first.
pub fn last_tick(t: Millis, phase: Millis, period: Millis) -> Option<Millis> {
    (t >= phase).then(|| Millis(phase.0 + (t.0 - phase.0) / period.0 * period.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_tick_at_their_phase() {
        let (phase, period) = (Millis(370), Millis(1000));
        for (t, next, last) in [(0, 370, None), (370, 370, Some(370)), (371, 1370, Some(370)), (5000, 5370, Some(4370))]
        {
            assert_eq!(next_tick(Millis(t), phase, period), Millis(next));
            assert_eq!(last_tick(Millis(t), phase, period), last.map(Millis));
        }
    }

    #[test]
    fn a_scenario_overrides_by_name() {
        let latencies = Latencies::new(&BTreeMap::from([("sandbox".to_string(), Millis(7))]));
        assert_eq!(latencies.sandbox, Millis(7));
        assert_eq!(latencies.create, Millis(22));
    }
}
