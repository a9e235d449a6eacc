//! Which rows the page shows of a timeline, how high they are, and the STATUS column as a row of its own.

use crate::time::Millis;
use crate::trace::{ContainerKind, Trace};
use crate::view::get;
use crate::view::timeline::{LaneKind, Timeline};
use crate::web::browser;

/// One row of the picture.
pub struct Row {
    pub name: String,
    pub role: Role,
    /// Where it begins, in pixels below the first, and how high it is.
    pub top: f64,
    pub height: f64,
    /// The room above its bars, where its chips are.
    pub head: f64,
}

impl Row {
    /// How high its bars are.
    pub fn bar(&self) -> f64 {
        self.role.bar()
    }

    /// Room between a bar and the edge of its row, or its head.
    pub fn inset(&self) -> f64 {
        (self.height - self.head - self.bar()) / 2.0
    }

    /// Where it ends.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What `kubectl get pod` calls it, over time.
    Status,
    /// A container: the index of its lane in the timeline, and its kind.
    Container(usize, ContainerKind),
    /// The sandbox, the node, something of the world: the index of its lane.
    Thin(usize),
}

/// A stretch with one STATUS.
pub struct Status {
    pub from: Millis,
    pub to: Millis,
    pub text: String,
    /// The READY column (`0/1`) while the Pod runs without being ready.
    pub unready: Option<String>,
}

impl Status {
    /// The classes that paint it end so.
    pub fn class(&self) -> &'static str {
        if self.unready.is_some() { "unready" } else { Tone::of(&self.text).class() }
    }

    /// `● Running`, `● Running 0/1`
    pub fn says(&self) -> String {
        let ready = self.unready.as_ref().map_or(String::new(), |column| format!(" {column}"));
        format!("{} {}{ready}", Tone::of(&self.text).glyph(), self.text)
    }
}

/// How much room a row takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Plain,
    /// For a finger, which is broad.
    Finger,
    /// In another page, which has little of it: a name and what it says stand in one line.
    Little,
}

impl Room {
    /// That of this page, which is asked once.
    pub fn here() -> Room {
        thread_local! {
            static HERE: Room = match (browser::query("embed").is_some(), browser::coarse_pointer()) {
                (true, _) => Room::Little,
                (_, true) => Room::Finger,
                _ => Room::Plain,
            };
        }
        HERE.with(|room| *room)
    }
}

/// How high the rows of a run are in another page, in pixels.
pub fn little_height(rows: &[Row]) -> f64 {
    rows.iter().map(|row| row.role.height(Room::Little)).sum()
}

/// The rows: the Pod, its sandbox and node, its containers in the order of the spec, and what changes in the world.
pub fn rows(trace: &Trace, timeline: &Timeline, room: Room) -> Vec<Row> {
    let name = trace.pod.metadata.name.clone().unwrap_or_default();
    let lanes = || timeline.lanes.iter().enumerate();
    let row = |name: &str, role: Role| Row { name: name.into(), role, top: 0.0, height: role.height(room), head: 0.0 };
    let thin = |i: usize, name: &str| row(name, Role::Thin(i));
    let node = lanes().filter(|(_, l)| matches!(l.kind, LaneKind::Node | LaneKind::Sandbox));
    let containers = lanes().filter_map(|(i, l)| match l.kind {
        LaneKind::Container(kind) => Some(row(&l.name, Role::Container(i, kind))),
        _ => None,
    });
    // What is there from beginning to end is no news.
    let constant =
        |i: usize| matches!(timeline.lanes[i].bars.segments(), [s] if s.from == Millis::ZERO && s.to.is_none());
    let world = lanes().filter(|(i, l)| matches!(l.kind, LaneKind::World(_)) && !constant(*i));
    let mut rows = vec![row(&name, Role::Status)];
    rows.extend(node.map(|(i, l)| thin(i, &l.name)));
    rows.extend(containers);
    rows.extend(world.map(|(i, l)| thin(i, &l.name)));
    stack(&mut rows);
    rows
}

/// Gives rows that have chips the room for these, so that they cover no bar.
pub fn give_heads(rows: &mut [Row], with_chips: impl Iterator<Item = usize>, room: Room) {
    let head = if room == Room::Finger { 16.0 } else { 10.0 };
    for row in with_chips {
        if let Some(row) = rows.get_mut(row).filter(|row| row.head == 0.0) {
            row.head = head;
            row.height += head;
        }
    }
    stack(rows);
}

/// Puts each row below the one before.
fn stack(rows: &mut [Row]) {
    let mut top = 0.0;
    for row in rows {
        row.top = top;
        top = row.bottom();
    }
}

/// The STATUS column over time.
pub fn statuses(trace: &Trace) -> Vec<Status> {
    let rows = get::rows(trace);
    let ends = rows.iter().skip(1).map(|r| r.at).chain(std::iter::once(trace.horizon));
    let mut statuses: Vec<Status> = Vec::new();
    for (row, to) in rows.iter().zip(ends).filter(|(row, _)| !row.deleted) {
        let unready = (row.status == "Running" && row.ready.0 < row.ready.1).then(|| row.ready_column());
        match statuses.last_mut() {
            Some(last) if last.text == row.status && last.unready == unready => last.to = to,
            _ => statuses.push(Status { from: row.at, to, text: row.status.clone(), unready }),
        }
    }
    statuses
}

/// How good a STATUS is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Busy,
    Good,
    Over,
    Bad,
    Leaving,
}

impl Tone {
    pub fn of(status: &str) -> Tone {
        const BAD: [&str; 9] =
            ["Error", "BackOff", "Err", "Failed", "OOMKilled", "Invalid", "DeadlineExceeded", "ExitCode", "Signal"];
        match status {
            "Running" => Tone::Good,
            "Completed" | "Succeeded" => Tone::Over,
            "Terminating" => Tone::Leaving,
            _ if BAD.iter().any(|word| status.contains(word)) => Tone::Bad,
            _ => Tone::Busy,
        }
    }

    /// The class that paints it.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Busy => "busy",
            Tone::Good => "good",
            Tone::Over => "done",
            Tone::Bad => "bad",
            Tone::Leaving => "leaving",
        }
    }

    /// The sign that says it without colour.
    pub fn glyph(self) -> &'static str {
        match self {
            Tone::Busy => "○",
            Tone::Good => "●",
            Tone::Over => "✓",
            Tone::Bad => "✕",
            Tone::Leaving => "◌",
        }
    }
}

impl Role {
    /// How high its row is, in pixels.
    fn height(self, room: Room) -> f64 {
        match (self, room) {
            (Role::Thin(_), Room::Finger) => 36.0,
            (_, Room::Finger) => 48.0,
            (Role::Thin(_), Room::Little) => 20.0,
            (_, Room::Little) => 28.0,
            (Role::Status, Room::Plain) => 38.0,
            (Role::Container(..), Room::Plain) => 40.0,
            (Role::Thin(_), Room::Plain) => 24.0,
        }
    }

    /// How high its bars are.
    fn bar(self) -> f64 {
        match self {
            Role::Status => 20.0,
            Role::Container(..) => 21.0,
            Role::Thin(_) => 7.0,
        }
    }
}
