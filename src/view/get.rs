//! `kubectl get pod`: the READY, STATUS and RESTARTS columns at a moment, and the rows of `kubectl get pod -w`.
//!
//! The columns are those that the API server's table printer makes of a Pod (`printPod`). A row is data first; [`watch`] prints them.
//! Rows are computed once per trace, [`row_at`] on every move of the playhead.

use std::fmt::Write;

use k8s_openapi::api::core::v1::{Container, PodSpec};

use crate::kube::is_sidecar;
use crate::time::{Millis, human_duration};
use crate::trace::{ContainerState, ContainerStatus, PodStatus, PodVersion, Statuses, Terminated, Trace};
use crate::view::tabs;

/// One printed line, without the age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub at: Millis,
    /// Ready containers, and how many there are; sidecars count.
    pub ready: (usize, usize),
    pub status: String,
    pub restarts: u32,
    /// How long ago, at `at`, the run before the newest one ended.
    pub restart_age: Option<Millis>,
    /// The object is gone; the other fields are its last.
    pub deleted: bool,
}

impl Row {
    /// Whether kubectl prints the same READY, STATUS and RESTARTS for both.
    fn prints_like(&self, other: &Row) -> bool {
        (self.ready, &self.status, self.restarts, self.deleted)
            == (other.ready, &other.status, other.restarts, other.deleted)
    }

    /// The READY column.
    pub fn ready_column(&self) -> String {
        format!("{}/{}", self.ready.0, self.ready.1)
    }

    /// The RESTARTS column, as `3 (10s ago)`.
    pub fn restarts_column(&self) -> String {
        match self.restart_age {
            Some(age) if self.restarts > 0 => format!("{} ({} ago)", self.restarts, human_duration(age)),
            _ => self.restarts.to_string(),
        }
    }
}

/// The rows of `kubectl get pod -w`: one for each version that changes READY, STATUS or RESTARTS.
pub fn rows(trace: &Trace) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut done = Done::default();
    for version in &trace.versions {
        let row = row_of(trace, version, version.at, &mut done);
        if rows.last().is_none_or(|last| !last.prints_like(&row)) {
            rows.push(row);
        }
    }
    rows
}

/// What `kubectl get pod` prints at `t`; `None` before the Pod's creation. `at` of the row is `t`.
pub fn row_at(trace: &Trace, t: Millis) -> Option<Row> {
    trace.version_at(t).map(|version| row_of(trace, version, t, &mut Done::default()))
}

fn row_of(trace: &Trace, version: &PodVersion, now: Millis, done: &mut Done) -> Row {
    let line = Line::of(trace.pod.spec.as_ref(), &version.status, version.deletion.is_some(), done);
    Row {
        at: now,
        ready: line.ready,
        restarts: line.restarts,
        // The API keeps whole seconds.
        restart_age: line.last_restart.map(|t| now.since(Millis::secs(t.whole_secs()))),
        status: line.status,
        deleted: version.removed,
    }
}

const HEADER: &str = "NAME\tREADY\tSTATUS\tRESTARTS\tAGE";

/// What `kubectl get pod NAME` prints at `t`.
pub fn table_at(trace: &Trace, t: Millis) -> String {
    match row_at(trace, t) {
        Some(row) if !row.deleted => tabs::align(&format!("{HEADER}\n{}\n", cells(trace, &row)), tabs::TABLE),
        _ => not_found(trace),
    }
}

/// What `kubectl get pod NAME -o wide` prints at `t`.
pub fn wide_at(trace: &Trace, t: Millis) -> String {
    let Some(version) = trace.version_at(t).filter(|v| !v.removed) else { return not_found(trace) };
    let none = |text: Option<&str>| text.filter(|t| !t.is_empty()).unwrap_or("<none>").to_string();
    let spec = trace.pod.spec.as_ref();
    let gates = spec.and_then(|s| s.readiness_gates.as_deref()).unwrap_or_default();
    let open = gates.iter().filter(|g| version.status.condition(&g.condition_type).is_some_and(|c| c.is_true()));
    let wide = [
        none(version.status.pod_ip.as_deref()),
        none(super::node_name(trace, version)),
        "<none>".into(),
        if gates.is_empty() { none(None) } else { format!("{}/{}", open.count(), gates.len()) },
    ];
    let row = cells(trace, &row_of(trace, version, t, &mut Done::default()));
    let header = format!("{HEADER}\tIP\tNODE\tNOMINATED NODE\tREADINESS GATES");
    tabs::align(&format!("{header}\n{row}\t{}\n", wide.join("\t")), tabs::TABLE)
}

fn cells(trace: &Trace, row: &Row) -> String {
    let (ready, restarts, age) = (row.ready_column(), row.restarts_column(), human_duration(row.at));
    format!("{}\t{ready}\t{}\t{restarts}\t{age}", super::name(trace), row.status)
}

/// What `kubectl get pod NAME -w` prints, each line led by the moment at which it does.
/// A column is as wide as the widest cell so far: kubectl cannot know what will follow.
pub fn watch(trace: &Trace) -> String {
    let rows = rows(trace);
    let Some(first) = rows.first() else { return String::new() };
    let digits = rows.last().map_or(0, |r| r.at.to_string().len());
    let mut widths = [tabs::TABLE.min_width; 5];
    let mut out = String::new();
    let lines = rows.iter().map(|row| (row.at, cells(trace, row)));
    let header = (first.at, HEADER.to_string());
    // The header and the first row are laid out together.
    grow(&mut widths, &cells(trace, first));
    for (at, line) in std::iter::once(header).chain(lines) {
        grow(&mut widths, &line);
        let _ = write!(out, "{:>digits$}  ", at.to_string());
        let mut cells = line.split('\t').zip(widths).peekable();
        while let Some((cell, width)) = cells.next() {
            let width = if cells.peek().is_some() { width } else { 0 };
            let _ = write!(out, "{cell:width$}");
        }
        out.push('\n');
    }
    out
}

fn grow(widths: &mut [usize], line: &str) {
    for (width, cell) in widths.iter_mut().zip(line.split('\t')) {
        *width = (*width).max(cell.chars().count() + tabs::TABLE.padding);
    }
}

/// The text that kubectl prints once the object is gone.
pub fn not_found(trace: &Trace) -> String {
    format!("Error from server (NotFound): pods \"{}\" not found\n", super::name(trace))
}

/// What the printer finds in a status.
#[derive(Debug, Default)]
struct Line {
    ready: (usize, usize),
    status: String,
    restarts: u32,
    last_restart: Option<Millis>,
}

impl Line {
    /// `done` carries over what the version before has found.
    fn of(spec: Option<&PodSpec>, status: &PodStatus, deleting: bool, done: &mut Done) -> Line {
        let inits = spec.and_then(|s| s.init_containers.as_deref()).unwrap_or_default();
        let n_sidecars = *done.n_sidecars.get_or_insert_with(|| inits.iter().filter(|c| is_sidecar(c)).count());
        let mut line = Line {
            ready: (0, spec.map_or(0, |s| s.containers.len()) + n_sidecars),
            status: status.reason.as_deref().unwrap_or(status.phase).into(),
            ..Line::default()
        };
        if status.condition("PodScheduled").is_some_and(|c| c.reason.as_deref() == Some("SchedulingGated")) {
            line.status = "SchedulingGated".into();
        }
        let initializing = line.walk_inits(status, inits, done);
        if !initializing || status.condition("Initialized").is_some_and(|c| c.is_true()) {
            line.walk_mains(status);
        }
        if deleting {
            if status.reason.as_deref() == Some("NodeLost") {
                line.status = "Unknown".into();
            } else if !status.is_terminal() {
                line.status = "Terminating".into();
            }
        }
        line
    }

    /// Looks at the init containers up to the first that is not done; tells whether there is one.
    /// Leaves in `restarts` what counts while the Pod initializes, or the sidecars' alone when that is over.
    fn walk_inits(&mut self, status: &PodStatus, spec: &[Container], done: &mut Done) -> bool {
        done.walk(&status.init, spec);
        self.ready.0 += done.ready;
        let Done { n, mut sidecars, mut all, .. } = *done;
        let waiting = status.init.get(n);
        if let Some(c) = waiting {
            let (index, sidecar) = (n, spec.get(n).is_some_and(is_sidecar));
            all.add(c);
            if sidecar {
                sidecars.add(c);
            }
            match &c.state {
                ContainerState::Terminated(t) => self.status = format!("Init:{}", terminated_text(t)),
                ContainerState::Waiting(w) => match w.reason.as_deref() {
                    Some(reason) if !reason.is_empty() && reason != "PodInitializing" => {
                        self.status = format!("Init:{reason}");
                    }
                    _ => self.status = format!("Init:{index}/{}", spec.len()),
                },
                ContainerState::Running { .. } => self.status = format!("Init:{index}/{}", spec.len()),
            }
        }
        let initializing = waiting.is_some();
        let over = !initializing || status.condition("Initialized").is_some_and(|c| c.is_true());
        let counted = if over { sidecars } else { all };
        (self.restarts, self.last_restart) = (counted.count, counted.last);
        initializing
    }

    /// Looks at the main containers from the last to the first, so that the first with something to say wins.
    fn walk_mains(&mut self, status: &PodStatus) {
        let mut restarts = Restarts { count: self.restarts, last: self.last_restart };
        let mut any_running = false;
        let mut error = None;
        for c in status.main.iter().rev() {
            restarts.add(c);
            match &c.state {
                ContainerState::Waiting(w) => {
                    if let Some(reason) = w.reason.as_deref().filter(|r| !r.is_empty()) {
                        self.status = reason.into();
                    }
                }
                ContainerState::Terminated(t) => {
                    self.status = terminated_text(t);
                    if t.exit_code != 0 {
                        error = Some(self.status.clone());
                    }
                }
                ContainerState::Running { .. } if c.ready => {
                    any_running = true;
                    self.ready.0 += 1;
                }
                ContainerState::Running { .. } => {}
            }
        }
        (self.restarts, self.last_restart) = (restarts.count, restarts.last);
        if self.status == "Completed" {
            if any_running && status.condition("Ready").is_some_and(|c| c.is_true()) {
                self.status = "Running".into();
            } else if let Some(error) = error {
                self.status = error;
            } else if any_running {
                self.status = "NotReady".into();
            }
        }
    }
}

/// The init containers before the first that is not done, and what they add up to. A version whose list begins with the very same
/// statuses is walked from where the one before it stopped.
#[derive(Default)]
struct Done {
    list: Statuses,
    n: usize,
    /// Sidecars among them that are ready.
    ready: usize,
    all: Restarts,
    sidecars: Restarts,
    /// How many sidecars the spec has.
    n_sidecars: Option<usize>,
}

impl Done {
    fn walk(&mut self, list: &Statuses, spec: &[Container]) {
        let first_change = list.changed_since(&self.list).next().unwrap_or(list.len());
        if first_change < self.n {
            *self = Done { n_sidecars: self.n_sidecars, ..Done::default() };
        }
        self.list = list.clone();
        while let Some(c) = list.get(self.n) {
            let sidecar = spec.get(self.n).is_some_and(is_sidecar);
            match &c.state {
                ContainerState::Terminated(t) if t.exit_code == 0 => {}
                _ if sidecar && c.started => self.ready += usize::from(c.ready),
                _ => break,
            }
            self.n += 1;
            self.all.add(c);
            if sidecar {
                self.sidecars.add(c);
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Restarts {
    count: u32,
    last: Option<Millis>,
}

impl Restarts {
    fn add(&mut self, c: &ContainerStatus) {
        self.count += c.restart_count;
        self.last = self.last.max(c.last_state.as_ref().and_then(|t| t.finished_at));
    }
}

/// The reason, or else the exit code. The kubelet's runtime never reports a signal, for which the printer has a third form.
fn terminated_text(t: &Terminated) -> String {
    if t.reason.is_empty() { format!("ExitCode:{}", t.exit_code) } else { (*t.reason).into() }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::view::fixture::{self, NOW};

    /// What the API server's printer makes of a Pod: the Pod's flags, its containers, then READY, STATUS, RESTARTS.
    /// (Two rows of the printer's own table are about signals, which containerd does not report.)
    const PRINTED: &[(&str, &str, &str, &str, &str)] = &[
        // No statuses yet
        ("Pending unknown", "main waiting", "0/1", "Pending", "0"),
        ("Pending gated unknown", "main waiting", "0/1", "SchedulingGated", "0"),
        ("Pending", "main waiting=ContainerCreating", "0/1", "ContainerCreating", "0"),
        // Init containers
        (
            "Pending",
            "i1 waiting=PodInitializing; i2 waiting=PodInitializing | main waiting=PodInitializing",
            "0/1",
            "Init:0/2",
            "0",
        ),
        (
            "Pending",
            "i1 running started; i2 waiting=PodInitializing | main waiting=PodInitializing",
            "0/1",
            "Init:0/2",
            "0",
        ),
        (
            "Pending",
            "i1 terminated=Completed/0 ready; i2 running started | main waiting=PodInitializing",
            "0/1",
            "Init:1/2",
            "0",
        ),
        (
            "Pending Initialized",
            "i1 terminated=Completed/0 ready; i2 terminated=Completed/0 ready | main waiting=PodInitializing",
            "0/1",
            "PodInitializing",
            "0",
        ),
        ("Pending", "i1 terminated=Error/1 | main waiting=PodInitializing", "0/1", "Init:Error", "0"),
        ("Pending", "i1 terminated=/7 | main waiting=PodInitializing", "0/1", "Init:ExitCode:7", "0"),
        (
            "Pending",
            "i1 waiting=CrashLoopBackOff restarts=3 last=10 | main waiting=PodInitializing",
            "0/1",
            "Init:CrashLoopBackOff",
            "3 (10s ago)",
        ),
        (
            "Pending",
            "i1 terminated=OOMKilled/137 restarts=1 last=40 | main waiting=PodInitializing",
            "0/1",
            "Init:OOMKilled",
            "1 (40s ago)",
        ),
        ("Pending", "i1 waiting=ErrImagePull | main waiting=PodInitializing", "0/1", "Init:ErrImagePull", "0"),
        ("Pending", "i1 waiting=ImagePullBackOff | main waiting=PodInitializing", "0/1", "Init:ImagePullBackOff", "0"),
        ("Pending", "i1 waiting | main waiting=PodInitializing", "0/1", "Init:0/1", "0"),
        ("Failed", "i1 terminated=Error/1 | main waiting=PodInitializing", "0/1", "Init:Error", "0"),
        // Main containers
        ("Running Initialized Ready", "main running started ready", "1/1", "Running", "0"),
        ("Running Initialized", "main running started", "0/1", "Running", "0"),
        ("Running Initialized", "main terminated=Error/1 restarts=1 last=12", "0/1", "Error", "1 (12s ago)"),
        (
            "Running Initialized",
            "main waiting=CrashLoopBackOff restarts=3 last=10",
            "0/1",
            "CrashLoopBackOff",
            "3 (10s ago)",
        ),
        ("Running Initialized", "main terminated=Completed/0", "0/1", "Completed", "0"),
        ("Succeeded Initialized", "main terminated=Completed/0", "0/1", "Completed", "0"),
        ("Failed Initialized", "main terminated=OOMKilled/137", "0/1", "OOMKilled", "0"),
        ("Running Initialized Ready", "a terminated=Completed/0; b running started ready", "1/2", "Running", "0"),
        ("Running Initialized", "a terminated=Completed/0; b running started ready", "1/2", "NotReady", "0"),
        ("Running Initialized", "a terminated=Completed/0; b terminated=Error/1", "0/2", "Error", "0"),
        ("Running Initialized", "a terminated=Error/1; b terminated=Completed/0", "0/2", "Error", "0"),
        (
            "Running Initialized",
            "a running started ready; b waiting=CrashLoopBackOff restarts=2 last=10",
            "1/2",
            "CrashLoopBackOff",
            "2 (10s ago)",
        ),
        ("Running Initialized", "a running started ready; b terminated=Completed/0", "1/2", "NotReady", "0"),
        // Deletion
        ("Running Initialized Ready deleting", "main running started ready", "1/1", "Terminating", "0"),
        ("Running Initialized deleting reason=NodeLost", "main running started ready", "1/1", "Unknown", "0"),
        ("Succeeded Initialized deleting", "main terminated=Completed/0", "0/1", "Completed", "0"),
        // Sidecars
        ("Pending", "s* running | main waiting=PodInitializing", "0/2", "Init:0/1", "0"),
        (
            "Pending Initialized",
            "s* running started ready | main waiting=PodInitializing",
            "1/2",
            "PodInitializing",
            "0",
        ),
        ("Running Initialized Ready", "s* running started ready | main running started ready", "2/2", "Running", "0"),
        ("Running Initialized", "s* running started | main running started ready", "1/2", "Running", "0"),
        (
            "Running Initialized",
            "s* waiting=CrashLoopBackOff restarts=4 last=10 | main running started ready",
            "1/2",
            "Init:CrashLoopBackOff",
            "4 (10s ago)",
        ),
        ("Running Initialized", "s* running started ready | main terminated=Completed/0", "1/2", "Completed", "0"),
        ("Succeeded Initialized", "s* terminated=Error/137 | main terminated=Completed/0", "0/2", "Completed", "0"),
        (
            "Pending",
            "i1 terminated=Completed/0 ready; s1* running; i3 waiting=PodInitializing | main waiting=PodInitializing",
            "0/2",
            "Init:1/3",
            "0",
        ),
        (
            "Pending",
            "s1* running started ready; i2 running started | main waiting=PodInitializing",
            "1/2",
            "Init:1/2",
            "0",
        ),
        // Reasons of the Pod
        ("Failed reason=Evicted unknown", "main waiting", "0/1", "Evicted", "0"),
        ("Failed Initialized reason=DeadlineExceeded", "main terminated=Error/137", "0/1", "Error", "0"),
        ("Failed reason=OutOfcpu unknown", "main waiting", "0/1", "OutOfcpu", "0"),
        ("Failed Initialized", "main terminated=ContainerStatusUnknown/137", "0/1", "ContainerStatusUnknown", "0"),
        ("Pending Initialized", "main waiting=CreateContainerConfigError", "0/1", "CreateContainerConfigError", "0"),
        (
            "Pending",
            "i1 waiting=RunContainerError restarts=1 last=3 | main waiting=PodInitializing",
            "0/1",
            "Init:RunContainerError",
            "1 (3s ago)",
        ),
        // Restarts
        (
            "Running Initialized Ready",
            "i1 terminated=Completed/0 ready restarts=2 last=90 | main running started ready",
            "1/1",
            "Running",
            "0",
        ),
        (
            "Running Initialized Ready",
            "s* running started ready restarts=2 last=50 | main running started ready restarts=1 last=200",
            "2/2",
            "Running",
            "3 (50s ago)",
        ),
        ("Running Initialized Ready", "main running started ready restarts=1", "1/1", "Running", "1"),
        (
            "Running Initialized",
            "i1 waiting=RestartingAllContainers restarts=1 last | main waiting=RestartingAllContainers restarts=1 last",
            "0/1",
            "RestartingAllContainers",
            "1",
        ),
        ("Running Initialized", "main terminated=/3", "0/1", "ExitCode:3", "0"),
        ("Pending Initialized", "i1 running started | main terminated=Unknown/255", "0/1", "Unknown", "0"),
        (
            "Pending deleting",
            "i1 terminated=Completed/0 ready; i2 running started | main waiting=PodInitializing",
            "0/1",
            "Terminating",
            "0",
        ),
        (
            "Pending",
            "s* terminated=Completed/0; i2 running started | main waiting=PodInitializing",
            "0/2",
            "Init:1/2",
            "0",
        ),
        (
            "Running Initialized Ready",
            "main running started ready restarts=3 last=250",
            "1/1",
            "Running",
            "3 (4m10s ago)",
        ),
    ];

    #[test]
    fn columns_are_those_of_the_api_servers_printer() {
        for (flags, containers, ready, status, restarts) in PRINTED {
            let row = row_at(&fixture::trace(flags, containers), NOW).unwrap();
            let printed = (row.ready_column(), row.status.clone(), row.restarts_column());
            assert_eq!(printed, (ready.to_string(), status.to_string(), restarts.to_string()), "{flags}, {containers}");
        }
    }

    /// The history of a Pod whose init container fails once, and which is then deleted.
    fn history() -> Trace {
        let steps = [
            (0, "Pending unknown", "i1 waiting | main waiting"),
            (116, "Pending", "i1 waiting=PodInitializing | main waiting=PodInitializing"),
            (800, "Pending", "i1 running started | main waiting=PodInitializing"),
            (2_814, "Pending", "i1 terminated=Error/1 | main waiting=PodInitializing"),
            (3_030, "Pending", "i1 running started restarts=1 last=998 | main waiting=PodInitializing"),
            (5_000, "Pending Initialized", "i1 terminated=Completed/0 ready restarts=1 | main waiting=PodInitializing"),
            (
                5_700,
                "Running Initialized Ready",
                "i1 terminated=Completed/0 ready restarts=1 | main running started ready",
            ),
            (20_000, "Running Initialized deleting", "i1 terminated=Completed/0 ready | main running started ready"),
            (22_500, "Succeeded Initialized deleting", "i1 terminated=Completed/0 ready | main terminated=Completed/0"),
        ];
        let mut trace = fixture::history(&steps);
        let last = trace.versions.last().unwrap().clone();
        trace.versions.push(PodVersion { at: Millis(23_100), removed: true, ..last });
        trace
    }

    #[test]
    fn watch_prints_what_kubectl_prints() {
        expect![[r#"
             0.000  NAME   READY   STATUS    RESTARTS   AGE
             0.000  demo   0/1     Pending   0          0s
             0.116  demo   0/1     Init:0/1   0          0s
             2.814  demo   0/1     Init:Error   0          2s
             3.030  demo   0/1     Init:0/1     1 (1s ago)   3s
             5.000  demo   0/1     PodInitializing   0            5s
             5.700  demo   1/1     Running           0            5s
            20.000  demo   1/1     Terminating       0            20s
            22.500  demo   0/1     Completed         0            22s
            23.100  demo   0/1     Completed         0            23s
        "#]]
        .assert_eq(&watch(&history()));
    }

    #[test]
    fn the_age_alone_makes_no_row_but_shows_in_the_table() {
        let trace = history();
        assert_eq!(rows(&trace).iter().filter(|r| r.status == "Init:0/1" && r.restarts == 1).count(), 1);
        assert_eq!(row_at(&trace, Millis(4_400)).unwrap().restarts_column(), "1 (2s ago)");
        expect![[r#"
            NAME   READY   STATUS     RESTARTS     AGE
            demo   0/1     Init:0/1   1 (2s ago)   4s
        "#]]
        .assert_eq(&table_at(&trace, Millis(4_400)));
        expect![[r#"
            NAME   READY   STATUS    RESTARTS   AGE   IP       NODE     NOMINATED NODE   READINESS GATES
            demo   1/1     Running   0          6s    <none>   <none>   <none>           <none>
        "#]]
        .assert_eq(&wide_at(&trace, Millis(6_000)));
        assert_eq!(table_at(&trace, Millis(24_000)), "Error from server (NotFound): pods \"demo\" not found\n");
    }
}
