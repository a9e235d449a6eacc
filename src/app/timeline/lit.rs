//! The selected entry on the timeline: a ring at its moment, and a frame around the stretch of its lane that it falls into.

use std::rc::Rc;

use leptos::prelude::*;

use super::lanes::Role;
use super::picture::{Frame, TOP};
use crate::app::run::Run;
use crate::app::state::Page;
use crate::time::Millis;
use crate::trace::EntryId;

/// Where an entry lies: its moment, the stretch around it, and the upper edge and height of its row.
struct Place {
    at: Millis,
    from: Millis,
    to: Millis,
    top: f64,
    height: f64,
}

/// Nothing while nothing is selected.
#[component]
pub fn Lit(#[prop()] run: Rc<Run>, frame: Memo<Frame>) -> impl IntoView {
    let page = Page::here();
    let held = StoredValue::new_local(run);
    move || {
        let entry = page.selected.get()?;
        let frame = frame.get();
        let Place { at, from, to, top, height } = held.with_value(|run| place(run, entry))?;
        let (x, left) = (frame.x(at), frame.x(from).max(-4.0));
        let width = (frame.x(to).min(frame.width + 4.0) - left).max(3.0);
        Some(view! {
            <g class="lit-entry" pointer-events="none" data-testid="lit">
                <rect x=left - 1.0 y=top + 1.5 width=width + 2.0 height=height - 3.0 rx="4" />
                <circle cx=x cy=top + height / 2.0 r="5" />
            </g>
        })
    }
}

fn place(run: &Run, id: EntryId) -> Option<Place> {
    let entry = run.trace.entries.get(id.0 as usize)?;
    let mut top = TOP;
    for row in &run.rows {
        let height = row.role.height();
        let lane = match row.role {
            Role::Status if entry.container.is_none() => None,
            Role::Container(lane, _)
                if entry.container.is_some() && run.timeline.lanes[lane].container == entry.container =>
            {
                Some(lane)
            }
            _ => {
                top += height;
                continue;
            }
        };
        let bar = lane.and_then(|lane| run.timeline.lanes[lane].bars.at(entry.at));
        let (from, to) = bar.map_or((entry.at, entry.at), |bar| (bar.from, bar.to.unwrap_or(run.trace.horizon)));
        return Some(Place { at: entry.at, from, to, top, height });
    }
    None
}
