//! Lanes as SVG: the drawing that rests while time passes.
//!
//! Only the rows in view exist, and a row is drawn anew only when its shapes are others; then its elements are kept and
//! their attributes changed.

use leptos::prelude::*;

use super::Stage;
use super::shapes::{self, Backdrop, Label, Shape};

/// So many shapes are drawn at most, shared by the rows in view.
const SHAPES: usize = 1500;
/// However many rows there are, each may have so many.
const FEW: usize = 24;

/// Everything that rests while time passes.
#[component]
pub fn Picture(stage: Stage, height: Memo<f64>) -> impl IntoView {
    let backdrop = Memo::new(move |_| stage.with(|run| Backdrop::of(run, stage.frame.get())));
    let ticks = move || {
        let line = |&x: &f64| view! { <line class="tick-line" x1=x x2=x y1="0" y2="100%" /> };
        backdrop.with(|b| b.ticks.iter().map(line).collect_view())
    };
    let marks = move || {
        let line = |&(x, class): &(f64, &'static str)| view! { <line class=format!("mark-line m-{class}") x1=x x2=x y1="0" y2="100%" /> };
        backdrop.with(|b| b.marks.iter().map(line).collect_view())
    };
    let beyond = move || {
        let from = backdrop.with(|b| b.beyond)?;
        Some(view! { <rect class="beyond" x=from y="0" width="100%" height="100%" /> })
    };
    // Scrolling by a row changes nothing for the others.
    let most = Memo::new(move |_| (SHAPES / stage.rows().len().next_multiple_of(16).max(1)).max(FEW));
    view! {
        <svg height=height role="img" aria-label=stage.page.t(crate::i18n::ui::Ui::TimelinePicture)>
            {ticks}
            <For each=move || stage.rows() key=|row| *row children=move |row| view! { <Drawn stage row most /> } />
            {marks}{beyond}
        </svg>
    }
}

/// One row, of at most so many shapes.
#[component]
fn Drawn(stage: Stage, row: usize, most: Memo<usize>) -> impl IntoView {
    let place =
        Memo::new(move |_| stage.with(|run| run.rows.get(row).map(|r| (r.top + r.head, r.height - r.head, r.inset()))));
    let shapes = Memo::new(move |_| {
        let (frame, kept) = (stage.frame.get(), stage.page.kept.get());
        stage.with(|run| {
            let row = run.rows.get(row)?;
            Some(shapes::of_row(run, kept.as_deref(), row, frame, most.get()))
        })
    });
    move || {
        let (top, height, inset) = place.get()?;
        let shapes = shapes.get()?.into_iter().map(|shape| draw(shape, height, inset)).collect_view();
        let (shift, base) = (format!("translate(0 {top})"), height - 0.5);
        Some(view! { <g transform=shift><line class="lane-line" x1="0" x2="100%" y1=base y2=base />{shapes}</g> })
    }
}

fn draw(shape: Shape, height: f64, inset: f64) -> AnyView {
    let middle = height / 2.0;
    let words = |label: Label, class: &'static str| {
        label.map(|(x, text)| view! { <text class=class x=x y=middle + 3.7>{text}</text> })
    };
    match shape {
        Shape::Bar { class, x, width, label } => {
            view! {
                <g class=format!("segment {class}")>
                    <rect class="shape" x=x y=inset width=width height=height - 2.0 * inset rx="2.5" />{words(label, "bar-text")}
                </g>
            }
            .into_any()
        }
        Shape::Idle { class, from, to, label } => view! {
            <g class=format!("segment {class}")>
                <line class="idle-line" x1=from x2=to y1=middle y2=middle />{words(label, "idle-text")}
            </g>
        }
        .into_any(),
        Shape::Tick { class, x, up } => {
            let bottom = height - 1.0;
            view! { <line class=class x1=x x2=x y1=bottom y2=bottom - up /> }.into_any()
        }
        Shape::Due { x } => {
            view! { <line class="due" x1=x x2=x y1=inset + 1.5 y2=height - inset - 1.5 /> }.into_any()
        }
        Shape::Ghost { class, x, width } => view! {
            <g class=format!("ghost {class}")><rect class="shape" x=x y="2.5" width=width height="4" /></g>
        }
        .into_any(),
    }
}
