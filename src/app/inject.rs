//! What is injected on the timeline: written into the scenario's text, and read back as chips on the lanes.
//!
//! The text is the only truth. A click changes it through `scenario::edit`, which keeps comments and layout; the chips are
//! made from what the run read of it. So a click, an edit and an undo are all the same thing.

use leptos::prelude::*;

use super::run::Run;
use super::state::Page;
use super::timeline::lanes::Role;
use crate::diagnostic::Tab;
use crate::i18n::timeline as brief;
use crate::i18n::ui::Ui;
use crate::scenario::edit::{self, Thing};
use crate::scenario::{Action, ActionKind, Fault, Object, Scenario};
use crate::time::Millis;
use crate::trace::WorldKind;
use crate::view::timeline::LaneKind;

/// Something injected, as its lane shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// The row of the timeline.
    pub row: usize,
    pub at: Millis,
    /// In a few words, and as the scenario's text has it.
    pub words: brief::Chip,
    pub text: String,
    pub place: Place,
}

/// Where something injected stands in the scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Fault { container: String, index: usize },
    Action(usize),
    Moment { thing: Thing, field: &'static str },
}

impl Place {
    /// The scenario's text without it.
    pub fn remove(&self, text: &str) -> String {
        match self {
            Place::Fault { container, index } => edit::remove_fault(text, container, *index),
            Place::Action(index) => edit::remove_action(text, *index),
            Place::Moment { thing, field } => edit::remove_field(text, thing, field),
        }
    }
}

/// What is injected into a run.
pub fn chips(run: &Run) -> Vec<Chip> {
    let mut chips = Vec::new();
    for faults in &run.scenario.containers {
        let Some(row) = run.row_of(&faults.name) else { continue };
        let attempts = run.trace.container(&faults.name).map_or(&[][..], |c| &c.attempts);
        for (index, fault) in faults.faults.iter().enumerate() {
            let nth = (fault.attempts.first as usize).saturating_sub(1);
            let at = attempts.get(nth).map_or(Millis::ZERO, |a| a.started.unwrap_or(a.created));
            let place = Place::Fault { container: faults.name.clone(), index };
            chips.push(Chip { row, at, words: brief::Chip::fault(fault), text: bare(&edit::fault_text(fault)), place });
        }
    }
    for (index, action) in run.scenario.actions.iter().enumerate() {
        let row = container_of(&action.kind).and_then(|name| run.row_of(name)).unwrap_or(0);
        let text = bare(&edit::action_text(action));
        let words = brief::Chip::action(action.at, &action.kind);
        chips.push(Chip { row, at: action.at, words, text, place: Place::Action(index) });
    }
    for (row, shown) in run.rows.iter().enumerate() {
        let Some((thing, field, at)) = world(run, row).and_then(|(thing, field)| {
            let at = leaving(&run.scenario, &thing)?;
            Some((thing, field, at))
        }) else {
            continue;
        };
        let text = format!("{}: {field}: {}", shown.name, crate::time::go_duration(at));
        let words = brief::Chip::GoneAt { at };
        chips.push(Chip { row, at, words, text, place: Place::Moment { thing, field } });
    }
    chips
}

/// A line of the scenario without its braces.
fn bare(text: &str) -> String {
    text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text).to_owned()
}

fn container_of(action: &ActionKind) -> Option<&str> {
    match action {
        ActionKind::KillContainer { name, .. } => Some(name),
        ActionKind::FailProbe { container, .. } | ActionKind::SetImage { container, .. } => Some(container),
        _ => None,
    }
}

/// The thing of the world that a row is about, and the field that makes it leave.
pub fn world(run: &Run, row: usize) -> Option<(Thing, &'static str)> {
    let Role::Thin(lane) = run.rows.get(row)?.role else { return None };
    let LaneKind::World(kind) = run.timeline.lanes[lane].kind else { return None };
    thing(kind, &run.timeline.lanes[lane].name)
}

/// Something of the world by its name on the timeline.
pub fn thing(kind: WorldKind, name: &str) -> Option<(Thing, &'static str)> {
    let named = |list, name: &str| Thing { list, key: vec![("name", name.to_owned())] };
    Some(match kind {
        WorldKind::Service => (named("services", name), "unavailableAt"),
        WorldKind::Image => (named("images", name), "unavailableAt"),
        WorldKind::Object => {
            let (kind, name) = name.split_once('/')?;
            let key = vec![("kind", kind.to_owned()), ("name", name.to_owned())];
            (Thing { list: "objects", key }, "deletedAt")
        }
    })
}

/// The field that says when a thing comes.
fn coming(kind: WorldKind) -> &'static str {
    if kind == WorldKind::Object { "createdAt" } else { "availableAt" }
}

/// When the scenario says that a thing leaves.
fn leaving(scenario: &Scenario, thing: &Thing) -> Option<Millis> {
    let name = &thing.key.last()?.1;
    let is = |o: &&Object| o.kind == thing.key[0].1 && o.name == *name;
    match thing.list {
        "services" => scenario.services.iter().find(|s| s.name == *name)?.unavailable_at,
        "images" => scenario.images.iter().find(|i| i.name == *name)?.unavailable_at,
        _ => scenario.objects.iter().find(is)?.deleted_at,
    }
}

impl Page {
    /// Changes the scenario's text, wherever it stands. One that has errors is left alone, and one that nobody has read yet.
    pub fn change_scenario(self, change: impl Fn(&str) -> String) {
        if self.waiting.get_untracked() {
            return self.toast.set(Some(Ui::PartComing));
        }
        let place = self.scenario_in_pod.get_value();
        let (tab, whole) = match place {
            Some(_) => (Tab::Pod, self.pod.get_untracked()),
            None => (Tab::Scenario, self.scenario.get_untracked()),
        };
        let (before, text) = whole.split_at_checked(place.unwrap_or(0)).unwrap_or((&whole, ""));
        let changed = change(text);
        if changed == text {
            self.toast.set(Some(Ui::ScenarioNotEditable));
        } else {
            self.put(tab, &format!("{before}{changed}"));
        }
    }

    /// Takes back what a chip shows. The run says which one it is: a text that has moved on without it may have another there.
    pub fn take_back(self, place: &Place) {
        match self.stale.get_untracked() {
            true => self.toast.set(Some(Ui::ScenarioNotEditable)),
            false => self.change_scenario(|text| place.remove(text)),
        }
    }

    /// Writes a fault into the scenario.
    pub fn inject_fault(self, container: &str, fault: &Fault) {
        self.change_scenario(|text| edit::add_fault(text, container, fault));
    }

    /// Writes something that is done at a moment into the scenario.
    pub fn inject_action(self, at: Millis, kind: ActionKind) {
        let action = Action { at, kind };
        self.change_scenario(|text| edit::add_action(text, &action));
    }

    /// Makes a thing of the world leave at a moment. A new entry keeps the moment of its coming, which it would else decide anew.
    pub fn inject_leaving(self, kind: WorldKind, name: &str, at: Millis) {
        let Some((thing, field)) = thing(kind, name) else { return };
        let came = self.run.with_untracked(|r| {
            let there = r.as_ref()?.trace.world.iter().find(|w| w.kind == kind && w.name == name)?;
            there.present.first().map(|p| p.0).filter(|&from| from > Millis::ZERO)
        });
        let known: Vec<(&str, Millis)> = came.into_iter().map(|from| (coming(kind), from)).collect();
        self.change_scenario(|text| edit::set_moment(text, &thing, field, at, &known));
    }

    /// Makes a thing of the world come at a moment, and not when it would else have.
    pub fn inject_coming(self, kind: WorldKind, name: &str, at: Millis) {
        let Some((thing, _)) = thing(kind, name) else { return };
        self.change_scenario(|text| edit::set_moment(text, &thing, coming(kind), at, &[]));
    }
}
