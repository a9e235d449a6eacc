//! `kubectl logs` at a moment: the lines of one instance of a container, or the very error that kubectl and the kubelet give.
//!
//! Which instance is read follows from the published status, as in the kubelet. At most one finished instance of a container is kept:
//! once a newer one has finished too, the logs of the older are gone.

use std::fmt::Write;

use k8s_openapi::api::core::v1::{Container, Pod};

use crate::time::Millis;
use crate::trace::{ContainerState, ContainerStatus, ContainerTrace, LogLine, PodStatus, Trace, api_time};
use crate::view::get;

const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// The flags of `kubectl logs`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--container`; `None`: kubectl chooses.
    pub container: Option<String>,
    pub previous: bool,
    /// `--all-containers`; `container` is then not looked at.
    pub all_containers: bool,
    /// Each line led by `[pod/NAME/CONTAINER]`.
    pub prefix: bool,
    pub timestamps: bool,
}

/// What kubectl writes, and how it exits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub failed: bool,
}

/// What `kubectl logs NAME` prints at `t`.
pub fn at(trace: &Trace, t: Millis, options: &Options) -> Output {
    let mut out = Output::default();
    let Some(version) = trace.version_at(t).filter(|v| !v.removed) else {
        return Output { stderr: get::not_found(trace), failed: true, ..out };
    };
    let names: Vec<&str> = if options.all_containers {
        containers(&trace.pod).map(|(c, _)| c.name.as_str()).collect()
    } else {
        match chosen(&trace.pod, options, &mut out.stderr) {
            Ok(name) => vec![name],
            Err(message) => return Output { stderr: out.stderr + &message, failed: true, ..out },
        }
    };
    // The API server asks no kubelet for a Pod that has no node.
    if super::node_name(trace, version).is_none() {
        return out;
    }
    for name in names {
        match instance(super::name(trace), &version.status, name, options.previous) {
            Ok(Instance::Kept(attempt)) => lines(trace, t, name, attempt, options, &mut out.stdout),
            // A plain answer of the kubelet, without an end of line.
            Ok(Instance::Gone(id)) => {
                let _ = write!(out.stdout, "unable to retrieve container logs for {id}");
            }
            Err(message) => {
                let _ = writeln!(out.stderr, "Error from server (BadRequest): {message}");
                out.failed = true;
                return out;
            }
        }
    }
    out
}

/// The lines of one instance of a container up to `t`.
pub fn lines_at<'a>(
    container: &'a ContainerTrace,
    attempt: u32,
    t: Millis,
) -> impl Iterator<Item = &'a LogLine> + use<'a> {
    let until = container.logs.partition_point(|l| l.at <= t);
    container.logs[..until].iter().filter(move |l| l.attempt == attempt)
}

fn lines(trace: &Trace, t: Millis, name: &str, attempt: u32, options: &Options, out: &mut String) {
    let Some(container) = trace.container(name) else { return };
    for line in lines_at(container, attempt, t) {
        if options.prefix {
            let _ = write!(out, "[pod/{}/{name}] ", super::name(trace));
        }
        if options.timestamps {
            let _ = write!(out, "{} ", timestamp(line.at));
        }
        out.push_str(&line.line);
        out.push('\n');
    }
}

/// `2026-01-01T00:00:01.234000000Z`
fn timestamp(t: Millis) -> String {
    format!("{}.{:03}000000Z", api_time(t).0.strftime("%Y-%m-%dT%H:%M:%S"), t.0 % 1000)
}

/// Init containers, then main containers: the order in which kubectl reads all logs. The flag tells an init container.
fn containers(pod: &Pod) -> impl Iterator<Item = (&Container, bool)> {
    let spec = pod.spec.iter();
    let inits = spec.clone().flat_map(|s| s.init_containers.iter().flatten()).map(|c| (c, true));
    inits.chain(spec.flat_map(|s| &s.containers).map(|c| (c, false)))
}

/// `main, init-a (init), init-b (init)`
fn all_names(pod: &Pod) -> String {
    let mains = containers(pod).filter(|(_, init)| !init).map(|(c, _)| c.name.clone());
    let inits = containers(pod).filter(|(_, init)| *init).map(|(c, _)| format!("{} (init)", c.name));
    mains.chain(inits).collect::<Vec<_>>().join(", ")
}

/// The container that is meant. What kubectl says about its choice goes to `stderr`.
fn chosen<'a>(pod: &'a Pod, options: &'a Options, stderr: &mut String) -> Result<&'a str, String> {
    let find = |name: &str| containers(pod).map(|(c, _)| c.name.as_str()).find(|n| *n == name);
    let pod_name = pod.metadata.name.as_deref().unwrap_or_default();
    if let Some(name) = options.container.as_deref() {
        let refusal =
            || format!("error: container {name} is not valid for pod {pod_name} out of: {}\n", all_names(pod));
        return find(name).ok_or_else(refusal);
    }
    if let Some(name) = pod.metadata.annotations.as_ref().and_then(|a| a.get(DEFAULT_CONTAINER)) {
        if let Some(name) = find(name) {
            return Ok(name);
        }
        let _ = writeln!(stderr, "Default container name {name:?} not found in pod {pod_name}");
    }
    let first = containers(pod).find(|(_, init)| !init).map_or("", |(c, _)| c.name.as_str());
    if containers(pod).nth(1).is_some() {
        let _ = writeln!(stderr, "Defaulted container {first:?} out of: {}", all_names(pod));
    }
    Ok(first)
}

enum Instance {
    /// The attempt with this number.
    Kept(u32),
    /// One that the runtime has no more, with its id.
    Gone(String),
}

/// The instance whose logs the kubelet reads, or why there is none.
fn instance(pod: &str, status: &PodStatus, name: &str, previous: bool) -> Result<Instance, String> {
    let Some(c) = status.container(name) else {
        return Err(format!("container {name:?} in pod {pod:?} is not available"));
    };
    let last = c.last_state.as_ref().and_then(|t| t.container_id.as_deref()).filter(|id| !id.is_empty());
    if previous {
        let missing = || format!("previous terminated container {name:?} in pod {pod:?} not found");
        return last.map(|id| finished(c, id)).ok_or_else(missing);
    }
    match &c.state {
        ContainerState::Running { .. } => Ok(Instance::Kept(c.restart_count)),
        ContainerState::Terminated(t) => match t.container_id.as_deref().filter(|id| !id.is_empty()).or(last) {
            Some(id) => Ok(finished(c, id)),
            None => Err(format!("container {name:?} in pod {pod:?} is terminated")),
        },
        ContainerState::Waiting(_) if c.last_state.is_some() => {
            let terminated = || format!("container {name:?} in pod {pod:?} is terminated");
            last.map(|id| finished(c, id)).ok_or_else(terminated)
        }
        ContainerState::Waiting(w) => {
            let why = match w.reason.as_deref().unwrap_or_default() {
                "ErrImagePull" => "image can't be pulled",
                "ImagePullBackOff" => "trying and failing to pull image",
                reason => reason,
            };
            Err(format!("container {name:?} in pod {pod:?} is waiting to start: {why}"))
        }
    }
}

/// A finished instance. The newest one bears the restart count of the status; an older one is kept only while no newer one has finished.
fn finished(c: &ContainerStatus, id: &str) -> Instance {
    let made_up = |reason: &str| matches!(reason, "ContainerStatusUnknown" | "RestartingAllContainers");
    let newer_finished = matches!(&c.state, ContainerState::Terminated(t) if t.container_id.as_deref() != Some(id));
    let lost = |t: &crate::trace::Terminated| t.container_id.as_deref() == Some(id) && made_up(&t.reason);
    let current_lost = matches!(&c.state, ContainerState::Terminated(t) if lost(t));
    if newer_finished || current_lost || c.last_state.as_ref().is_some_and(lost) {
        Instance::Gone(id.into())
    } else if *c.container_id == *id {
        Instance::Kept(c.restart_count)
    } else {
        Instance::Kept(c.restart_count.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::trace::{ContainerKind, Stream};
    use crate::view::fixture;

    /// A Pod whose second init container fails once.
    fn history() -> Trace {
        let mut trace = fixture::history(&[
            (0, "Pending unknown", "init-a waiting; init-b waiting | main waiting"),
            (50, "Pending PodScheduled unknown", "init-a waiting; init-b waiting | main waiting"),
            (
                100,
                "Pending PodScheduled",
                "init-a waiting=PodInitializing; init-b waiting=ErrImagePull | main waiting=PodInitializing",
            ),
            (
                1_000,
                "Pending PodScheduled",
                "init-a running id=a0; init-b waiting=PodInitializing | main waiting=PodInitializing",
            ),
            (
                5_000,
                "Pending PodScheduled",
                "init-a terminated=Completed/0 id=a0; init-b running id=b0 | main waiting=PodInitializing",
            ),
            (
                9_000,
                "Pending PodScheduled",
                "init-a terminated=Completed/0 id=a0; init-b running id=b1 restarts=1 last=990 last-id=b0 | main waiting=PodInitializing",
            ),
            (
                20_000,
                "Running PodScheduled",
                "init-a terminated=Completed/0 id=a0; init-b terminated=Completed/0 id=b1 restarts=1 last=990 last-id=b0 | main running id=m0",
            ),
            (
                40_000,
                "Running PodScheduled",
                "init-a terminated=Completed/0 id=a0; init-b terminated=Completed/0 id=b1 | main waiting=CrashLoopBackOff id=m0 last=970 last-id=m0",
            ),
        ]);
        let line =
            |at, attempt, line: &str| LogLine { at: Millis(at), attempt, stream: Stream::Stdout, line: line.into() };
        let container = |name, kind, logs| ContainerTrace { logs, ..fixture::container_trace(name, kind) };
        trace.containers = vec![
            container(
                "init-a",
                ContainerKind::Init,
                vec![line(1_100, 0, "hello from a"), line(4_900, 0, "bye from a")],
            ),
            container(
                "init-b",
                ContainerKind::Init,
                vec![
                    line(5_100, 0, "hello from b"),
                    line(7_000, 0, "failing"),
                    line(9_100, 1, "hello from b"),
                    line(19_000, 1, "b ok"),
                ],
            ),
            container("main", ContainerKind::Main, vec![line(21_000, 0, "main up")]),
        ];
        trace
    }

    /// `args` as after `kubectl logs demo`.
    fn check(t: u64, args: &str, expected: Expect) {
        let mut options = Options::default();
        for arg in args.split_whitespace() {
            match arg {
                "-p" => options.previous = true,
                "--all-containers" => options.all_containers = true,
                "--prefix" => options.prefix = true,
                "--timestamps" => options.timestamps = true,
                name => options.container = Some(name.into()),
            }
        }
        let out = at(&history(), Millis(t), &options);
        expected.assert_eq(&format!("{}{}({})\n", out.stderr, out.stdout, if out.failed { 1 } else { 0 }));
    }

    #[test]
    fn without_a_container_the_first_is_taken_and_named() {
        check(
            22_000,
            "",
            expect![[r#"
                Defaulted container "main" out of: main, init-a (init), init-b (init)
                main up
                (0)
            "#]],
        );
        check(
            22_000,
            "nosuch",
            expect![[r#"
                error: container nosuch is not valid for pod demo out of: main, init-a (init), init-b (init)
                (1)
            "#]],
        );
    }

    #[test]
    fn a_container_that_never_ran_says_what_it_waits_for() {
        check(
            500,
            "init-b",
            expect![[r#"
                Error from server (BadRequest): container "init-b" in pod "demo" is waiting to start: image can't be pulled
                (1)
            "#]],
        );
        check(
            1_200,
            "main",
            expect![[r#"
                Error from server (BadRequest): container "main" in pod "demo" is waiting to start: PodInitializing
                (1)
            "#]],
        );
        check(
            60,
            "main",
            expect![[r#"
                Error from server (BadRequest): container "main" in pod "demo" is not available
                (1)
            "#]],
        );
        check(
            0,
            "main",
            expect![[r#"
                (0)
            "#]],
        );
    }

    #[test]
    fn the_newest_instance_is_read_and_only_up_to_the_moment() {
        check(
            1_200,
            "init-a",
            expect![[r#"
                hello from a
                (0)
            "#]],
        );
        check(
            10_000,
            "init-b",
            expect![[r#"
                hello from b
                (0)
            "#]],
        );
        check(
            41_000,
            "main",
            expect![[r#"
                main up
                (0)
            "#]],
        );
    }

    #[test]
    fn the_previous_instance_is_kept_until_the_newer_has_finished_too() {
        check(
            6_000,
            "init-b -p",
            expect![[r#"
                Error from server (BadRequest): previous terminated container "init-b" in pod "demo" not found
                (1)
            "#]],
        );
        check(
            10_000,
            "init-b -p",
            expect![[r#"
                hello from b
                failing
                (0)
            "#]],
        );
        check(
            22_000,
            "init-b -p",
            expect![[r#"
                unable to retrieve container logs for containerd://b0(0)
            "#]],
        );
        check(
            41_000,
            "main -p",
            expect![[r#"
                main up
                (0)
            "#]],
        );
    }

    #[test]
    fn all_containers_end_at_the_first_that_cannot_be_read() {
        check(
            2_000,
            "--all-containers",
            expect![[r#"
                Error from server (BadRequest): container "init-b" in pod "demo" is waiting to start: PodInitializing
                hello from a
                (1)
            "#]],
        );
        check(
            22_000,
            "--all-containers --prefix --timestamps",
            expect![[r#"
                [pod/demo/init-a] 2026-01-01T00:00:01.100000000Z hello from a
                [pod/demo/init-a] 2026-01-01T00:00:04.900000000Z bye from a
                [pod/demo/init-b] 2026-01-01T00:00:09.100000000Z hello from b
                [pod/demo/init-b] 2026-01-01T00:00:19.000000000Z b ok
                [pod/demo/main] 2026-01-01T00:00:21.000000000Z main up
                (0)
            "#]],
        );
    }
}
