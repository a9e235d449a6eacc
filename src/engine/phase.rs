//! The phase of a Pod from its containers' statuses: `getPhase` (`kubelet-semantics.md` 11.2).

use super::census::Counts;

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

/// The phase of a Pod whose containers stand so.
pub fn phase(n: &Counts, stage: Stage) -> &'static str {
    if n.init_failed > 0 {
        return "Failed";
    }
    let started = if stage.knows_started { n.sidecar_started } else { 0 };
    let sidecar_pending = n.sidecar_new > 0 || n.sidecar_running > started;
    let waiting = n.main_new + n.sidecar_new > 0;
    if n.init_pending > 0 || (sidecar_pending && !stage.initialized) || waiting {
        return "Pending";
    }
    if n.main_running + n.sidecar_running > 0 {
        return "Running";
    }
    match n.main_ended {
        0 => "Pending",
        _ if !stage.terminal && n.main_restartable > 0 => "Running",
        all if all == n.main_succeeded => "Succeeded",
        _ => "Failed",
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::engine::census::Census;
    use crate::engine::spec::Spec;
    use crate::time::Millis;
    use crate::trace::{ContainerState, ContainerStatus, PodStatus, Terminated, Waiting};
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
            let pod = api::Pod { spec: Some(spec), ..Default::default() };
            let spec = Spec::new(&pod);
            let status = PodStatus {
                init: init_statuses.into_iter().collect(),
                main: statuses.into_iter().collect(),
                ..PodStatus::default()
            };
            let mut census = Census::default();
            census.update(&spec, &status);
            phase(&census.counts, stage)
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
