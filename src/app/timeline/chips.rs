//! What was injected, as chips on the lanes it concerns: in the head of the lane, so that they cover no bar.

use leptos::prelude::*;

use super::frame::Frame;
use super::{Menu, Stage};
use crate::app::inject::{self, Chip};
use crate::app::words;
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::order::Order;
use crate::time::Millis;
use crate::web::browser;

/// What a chip takes besides its words, and a letter of these: for a pointer and for a finger, which also has a cross to press.
const AROUND: [f64; 2] = [28.0, 58.0];
const LETTER: f64 = 5.8;
/// How far apart they stand.
const APART: f64 = 3.0;

/// A chip as it is drawn, or several that would cover each other.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    row: usize,
    at: Millis,
    x: f64,
    words: String,
    /// All that is injected here, as the scenario's text has it.
    texts: Vec<String>,
    /// What the cross takes back; several are told apart in the menu.
    place: Option<inject::Place>,
}

/// The chips of a frame: those that would fall on each other are one, which says the first and counts the others.
fn drawn(chips: &[Chip], frame: Frame, rows: std::ops::Range<usize>, touch: bool) -> Vec<Drawn> {
    let within = |chip: &&Chip| rows.contains(&chip.row) && (-1.0..=frame.width + 1.0).contains(&frame.x(chip.at));
    let mut chips: Vec<&Chip> = chips.iter().filter(within).collect();
    chips.order_by_key(|chip| (chip.row, chip.at));
    let mut drawn: Vec<Drawn> = Vec::new();
    let mut first = String::new();
    for chip in chips {
        let width = |words: &str| wide(words) + AROUND[usize::from(touch)];
        let words = chip.words.text(frame.lang);
        // Its end is seen as well, where that is possible.
        let x = frame.x(chip.at).clamp(0.0, (frame.width - width(&words)).max(0.0));
        match drawn.last_mut().filter(|last| last.row == chip.row && x < last.x + width(&last.words) + APART) {
            Some(last) => {
                last.texts.push(chip.text.clone());
                last.place = None;
                last.words = format!("{first} +{}", last.texts.len() - 1);
                last.x = last.x.min((frame.width - width(&last.words)).max(0.0));
            }
            None => {
                first.clone_from(&words);
                let (texts, place) = (vec![chip.text.clone()], Some(chip.place.clone()));
                drawn.push(Drawn { row: chip.row, at: chip.at, x, words, texts, place });
            }
        }
    }
    drawn
}

/// How wide words are, roughly.
fn wide(words: &str) -> f64 {
    words.chars().map(|c| if c.is_ascii() || c == '–' { LETTER } else { LETTER * 1.75 }).sum()
}

/// The chips of the run. A press opens the faults of the lane, where each can be taken back.
#[component]
pub fn Chips(stage: Stage) -> impl IntoView {
    let touch = browser::coarse_pointer();
    let shown = Memo::new(move |_| stage.with(|run| drawn(&run.chips, stage.frame.get(), stage.rows(), touch)));
    // A row that gets a head moves all below it.
    let tops = Memo::new(move |_| {
        shown.with(|all| {
            stage.with(|run| all.iter().map(|d| run.rows.get(d.row).map_or(0.0, |r| r.top)).collect::<Vec<_>>())
        })
    });
    move || {
        let lang = stage.page.lang.get();
        let chips = shown.get().into_iter().zip(tops.get());
        chips.map(|(chip, top)| view(stage, chip, top + 2.0, lang)).collect_view()
    }
}

fn view(stage: Stage, chip: Drawn, top: f64, lang: Lang) -> impl IntoView {
    let Drawn { row, at, x, words, texts, place } = chip;
    let name = format!("{}: {}", Ui::Injected.text(lang), texts.join("; "));
    let open = move |e: web_sys::MouseEvent| {
        stage.open(Menu { row, at, x: f64::from(e.client_x()), y: f64::from(e.client_y()) });
    };
    let off = place.map(|place| {
        let remove = format!("{}: {}", Ui::Remove.text(lang), texts.join("; "));
        let take_back = move |_| stage.page.take_back(&place);
        view! { <button class="off" aria-label=remove.clone() title=remove on:click=take_back>"×"</button> }
    });
    view! {
        <span class="chip" style:left=format!("{x}px") style:top=format!("{top}px")>
            <button class="what" aria-label=format!("{words}. {name}") title=format!("{name} ({})", words::seconds(at)) on:click=open><span aria-hidden="true">"⚡"</span><span class="text">{words.clone()}</span></button>
            {off}
        </span>
    }
}
