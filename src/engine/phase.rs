//! The phase of a Pod from its containers' statuses: `getPhase` (`kubelet-semantics.md` 11.2).

use std::rc::Rc;

use crate::trace::{ContainerState, ContainerStatus};

use super::spec::{Idx, Spec};

/// What the phase depends on besides the statuses.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// The worker is past killing.
    pub terminal: bool,
    /// A main exists in the current sandbox.
    pub initialized: bool,
    /// `started` is filled in already. The kubelet asks for the phase before its probe manager has done so, and then
    /// every running sidecar counts as not started (recording 18e).
    pub knows_started: bool,
}

/// The phase. `inits` are in spec order, `mains` in the order of the spec's mains by name.
pub fn phase(spec: &Spec, inits: &[Rc<ContainerStatus>], mains: &[Rc<ContainerStatus>], stage: Stage) -> &'static str {
    let mut init_pending = false;
    let mut sidecar_pending = false;
    let mut running = 0_usize;
    let mut waiting = 0_usize;
    for (idx, status) in inits.iter().enumerate() {
        if spec.containers[idx].is_sidecar() {
            match (&status.state, &status.last_state) {
                (ContainerState::Running { .. }, _) => {
                    running += 1;
                    sidecar_pending |= !(stage.knows_started && status.started);
                }
                (ContainerState::Waiting(_), None) => {
                    waiting += 1;
                    sidecar_pending = true;
                }
                _ => {}
            }
        } else {
            match exit_code(status) {
                Some(0) => {}
                Some(code) if !is_reset(status) && !spec.restarts_on(idx, code) => return "Failed",
                Some(_) => {}
                None => init_pending = true,
            }
        }
    }
    let mut stopped = Stopped { n: 0, succeeded: 0, restartable: false };
    for (&idx, status) in spec.mains_by_name.iter().zip(mains) {
        match (&status.state, exit_code(status)) {
            (ContainerState::Running { .. }, _) => running += 1,
            (_, Some(_)) if is_reset(status) => stopped.restartable_too(),
            (_, Some(code)) => stopped.count(spec, idx, code, &status.state),
            (_, None) => waiting += 1,
        }
    }
    if init_pending || (sidecar_pending && !stage.initialized) || waiting > 0 {
        return "Pending";
    }
    match (running, stopped) {
        (1.., _) => "Running",
        (0, Stopped { n: 0, .. }) => "Pending",
        (0, Stopped { n, succeeded, .. }) if stage.terminal => {
            if n == succeeded {
                "Succeeded"
            } else {
                "Failed"
            }
        }
        (0, Stopped { restartable: true, .. }) => "Running",
        (0, Stopped { n, succeeded, .. }) => {
            if n == succeeded {
                "Succeeded"
            } else {
                "Failed"
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Stopped {
    n: usize,
    succeeded: usize,
    restartable: bool,
}

impl Stopped {
    fn restartable_too(&mut self) {
        self.n += 1;
        self.restartable = true;
    }

    fn count(&mut self, spec: &Spec, idx: Idx, code: i32, state: &ContainerState) {
        self.n += 1;
        self.restartable |= spec.restarts_on(idx, code);
        // Waiting after an exit with 0 does not count as a success.
        self.succeeded += usize::from(code == 0 && matches!(state, ContainerState::Terminated(_)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;
    use crate::trace::{Terminated, Waiting};
    use k8s_openapi::api::core::v1 as api;

    fn status(name: &str, what: &str) -> Rc<ContainerStatus> {
        let ended = |code: i32| Terminated {
            exit_code: code,
            reason: "Error".into(),
            message: None,
            started_at: None,
            finished_at: None,
            never_started: false,
            container_id: None,
        };
        let mut words = what.split(' ');
        let (state, last_state) = match (words.next(), words.next(), words.next()) {
            (Some("running"), ..) => (ContainerState::Running { started_at: Millis::ZERO }, None),
            (Some("term"), Some(code), _) => (ContainerState::Terminated(ended(code.parse().unwrap())), None),
            (Some("waiting"), Some("last"), Some(code)) => {
                (ContainerState::Waiting(Waiting::default()), Some(ended(code.parse().unwrap())))
            }
            _ => (ContainerState::Waiting(Waiting::default()), None),
        };
        Rc::new(ContainerStatus {
            name: name.into(),
            state,
            last_state,
            ready: false,
            started: what.contains("started") && !what.contains("not-started"),
            restart_count: 0,
            image: "".into(),
            image_id: "".into(),
            container_id: "".into(),
        })
    }

    fn container(name: &str, policy: Option<&str>) -> api::Container {
        api::Container { name: name.into(), restart_policy: policy.map(Into::into), ..Default::default() }
    }

    /// The phases under Always, OnFailure and Never. Names say what a container is: `i` init, `s` sidecar, `a`, `b` mains;
    /// `:P` gives a policy of its own.
    fn phases(containers: &[(&str, &str)], stage: Stage) -> [&'static str; 3] {
        let split = |name: &'static str| name.split_once(':').map_or((name, None), |(n, p)| (n, Some(p)));
        ["Always", "OnFailure", "Never"].map(|policy| {
            let (mut inits, mut mains, mut init_statuses, mut statuses) = (vec![], vec![], vec![], vec![]);
            for (name, what) in containers {
                let (name, own) = split(Box::leak(name.to_string().into_boxed_str()));
                match name {
                    "s" => inits.push(container(name, Some("Always"))),
                    "i" => inits.push(container(name, own)),
                    _ => mains.push(container(name, own)),
                }
                if matches!(name, "s" | "i") { &mut init_statuses } else { &mut statuses }.push(status(name, what));
            }
            let spec = api::PodSpec {
                restart_policy: Some(policy.into()),
                init_containers: Some(inits),
                containers: mains,
                ..Default::default()
            };
            let spec = Spec::new(&api::Pod { spec: Some(spec), ..Default::default() });
            phase(&spec, &init_statuses, &statuses, stage)
        })
    }

    /// `kubelet-semantics.md` 11.2, the table that was run.
    #[test]
    fn the_decision_table() {
        const P: &str = "Pending";
        const R: &str = "Running";
        const S: &str = "Succeeded";
        const F: &str = "Failed";
        let plain = Stage { terminal: false, initialized: false, knows_started: true };
        let terminal = Stage { terminal: true, ..plain };
        let initialized = Stage { initialized: true, ..plain };
        type Row<'a> = (&'a [(&'a str, &'a str)], Stage, [&'static str; 3]);
        let rows: &[Row] = &[
            (&[("a", "waiting")], plain, [P, P, P]),
            (&[("a", "running")], plain, [R, R, R]),
            (&[("a", "term 0")], plain, [R, S, S]),
            (&[("a", "term 1")], plain, [R, R, F]),
            (&[("a", "waiting last 1")], plain, [R, R, F]),
            (&[("a", "waiting last 0")], plain, [R, F, F]),
            (&[("a", "term 0")], terminal, [S, S, S]),
            (&[("a", "term 143")], terminal, [F, F, F]),
            (&[("a", "running"), ("b", "waiting")], plain, [P, P, P]),
            (&[("a", "running"), ("b", "waiting last 1")], plain, [R, R, R]),
            (&[("a", "running"), ("b", "term 0")], plain, [R, R, R]),
            (&[("a", "term 0"), ("b", "term 1")], plain, [R, R, F]),
            (&[("a", "term 0"), ("b", "waiting")], plain, [P, P, P]),
            (&[("a", "term 0"), ("b", "term 0")], plain, [R, S, S]),
            (&[("a", "term 0"), ("b", "waiting last 0")], plain, [R, F, F]),
            (&[("i", "waiting"), ("a", "waiting")], plain, [P, P, P]),
            (&[("i", "running"), ("a", "waiting")], plain, [P, P, P]),
            (&[("i", "term 0"), ("a", "waiting")], plain, [P, P, P]),
            (&[("i", "term 1"), ("a", "waiting")], plain, [P, P, F]),
            (&[("i", "waiting last 1"), ("a", "waiting")], plain, [P, P, F]),
            (&[("i", "term 0"), ("a", "running")], plain, [R, R, R]),
            (&[("i", "term 1"), ("a", "waiting")], terminal, [P, P, F]),
            (&[("i", "running"), ("a", "term 255")], plain, [P, P, P]),
            (&[("i", "term 1"), ("a", "term 255")], plain, [R, R, F]),
            (&[("s", "running not-started"), ("a", "waiting")], plain, [P, P, P]),
            (&[("s", "running started"), ("a", "waiting")], plain, [P, P, P]),
            (&[("s", "running started"), ("a", "running")], plain, [R, R, R]),
            (&[("s", "running not-started"), ("a", "running")], initialized, [R, R, R]),
            (&[("s", "waiting last 1"), ("a", "running")], initialized, [R, R, R]),
            (&[("s", "waiting"), ("a", "running")], initialized, [P, P, P]),
            (&[("s", "term 1"), ("a", "running")], plain, [R, R, R]),
            (&[("s", "term 137"), ("a", "term 0")], plain, [R, S, S]),
            (&[("s", "running started"), ("a", "term 0")], plain, [R, R, R]),
            (&[("s", "running started"), ("a", "term 1")], plain, [R, R, R]),
            (&[("s", "waiting last 1"), ("a", "term 0")], plain, [R, S, S]),
            (&[("s", "term 137"), ("a", "term 1")], terminal, [F, F, F]),
            (&[("s", "term 1"), ("a", "waiting")], plain, [P, P, P]),
            (&[("a:Never", "term 1")], plain, [F, F, F]),
            (&[("a:Never", "term 0")], plain, [S, S, S]),
            (&[("a:Always", "term 0")], plain, [R, R, R]),
            (&[("i:Never", "term 1"), ("a", "waiting")], plain, [F, F, F]),
            (&[("i:OnFailure", "term 1"), ("a", "waiting")], plain, [P, P, P]),
        ];
        for (containers, stage, expected) in rows {
            assert_eq!(phases(containers, *stage), *expected, "{containers:?} {stage:?}");
        }
    }
}
