//! What was injected, as chips on the lanes it concerns.

use leptos::prelude::*;

use super::{Menu, Stage};
use crate::app::inject;
use crate::app::words;
use crate::i18n::ui::Ui;
use crate::web::browser;

/// A chip that has less room than this says itself by its sign alone.
const ROOM: f64 = 150.0;

/// How far apart they stand, for a pointer and for a finger.
const APART: [f64; 2] = [19.0, 30.0];

/// The chips of the run. A press opens the faults of the lane, where each can be taken back.
#[component]
pub fn Chips(stage: Stage) -> impl IntoView {
    let apart = APART[usize::from(browser::coarse_pointer())];
    let held = Memo::new(move |_| {
        stage.with(|run| {
            let top = |row: usize| run.rows.get(row).map_or(0.0, |r| r.top);
            inject::chips(run).into_iter().map(|chip| (top(chip.row), chip)).collect::<Vec<_>>()
        })
    });
    move || {
        let frame = stage.frame.get();
        let mut taken: Vec<(usize, f64)> = Vec::new();
        let rows = stage.rows();
        held.with(|chips| {
            let chip = |(top, chip): &(f64, inject::Chip)| {
                let exact = frame.x(chip.at);
                // Those that would fall on each other stand side by side.
                let mut x = exact.clamp(0.0, (frame.width - apart).max(0.0));
                while taken.iter().any(|(row, other)| *row == chip.row && (x - other).abs() < apart) {
                    x += apart;
                }
                taken.push((chip.row, x));
                let roomy = frame.width - x > ROOM;
                let text = roomy.then(|| chip.text.clone());
                let (row, at) = (chip.row, chip.at);
                let name = format!("{}: {}", Ui::Injected.text(frame.lang), chip.text);
                let remove = format!("{}: {}", Ui::Remove.text(frame.lang), chip.text);
                let place = chip.place.clone();
                let open = move |e: web_sys::MouseEvent| {
                    stage.open(Menu { row, at, x: f64::from(e.client_x()), y: f64::from(e.client_y()) });
                };
                let take_back = move |_| stage.page.change_scenario(|text| place.remove(text));
                let away = exact < -1.0 || exact > frame.width + 1.0;
                (!away).then(|| view! {
                    <span class="chip" style:left=format!("{x}px") style:top=format!("{}px", top + 1.0)>
                        <button class="what" aria-label=name.clone() title=format!("{name} ({})", words::seconds(at)) on:click=open><span aria-hidden="true">"⚡"</span><span class="text">{text}</span></button>
                        <button class="off" aria-label=remove.clone() title=remove on:click=take_back>"×"</button>
                    </span>
                })
            };
            chips.iter().filter(|(_, chip)| rows.contains(&chip.row)).map(chip).collect::<Vec<_>>()
        })
    }
}
