//! The icons: strokes on a grid of 16, in the colour of the text.

use leptos::prelude::*;

fn icon(path: &'static str) -> AnyView {
    view! {
        <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=path />
        </svg>
    }
    .into_any()
}

fn solid(path: &'static str) -> AnyView {
    view! { <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d=path /></svg> }.into_any()
}

pub fn play() -> AnyView {
    solid("M4.5 2.8c0-.6.7-1 1.2-.7l8 5.2c.5.3.5 1 0 1.4l-8 5.2c-.5.3-1.2 0-1.2-.7z")
}
pub fn pause() -> AnyView {
    solid(
        "M4 3a1 1 0 0 1 1-1h1.2a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zm4.8 0a1 1 0 0 1 1-1H11a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9.8a1 1 0 0 1-1-1z",
    )
}
pub fn to_start() -> AnyView {
    icon("M3 3v10M13 3.5 6 8l7 4.5z")
}
pub fn step_back() -> AnyView {
    icon("M10 3.5 5 8l5 4.5")
}
pub fn step_on() -> AnyView {
    icon("M6 3.5 11 8l-5 4.5")
}
pub fn flag() -> AnyView {
    icon("M4 14V2.5M4 3h8l-2 2.8L12 8.5H4")
}
pub fn zoom_in() -> AnyView {
    icon("M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.5 3.5M5.5 7h3M7 5.5v3")
}
pub fn zoom_out() -> AnyView {
    icon("M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.5 3.5M5.5 7h3")
}
pub fn fit() -> AnyView {
    icon("M2 4v8M14 4v8M5 8h6M6.5 6 4.5 8l2 2M9.5 6l2 2-2 2")
}
pub fn keep() -> AnyView {
    icon("M2.5 4h8M2.5 8h5M2.5 12h9M13.5 2.5v11")
}
pub fn repeat() -> AnyView {
    icon("M3 8a4 4 0 0 1 4-4h5M10 2l2.2 2L10 6M13 8a4 4 0 0 1-4 4H4M6 10l-2.2 2L6 14")
}
pub fn skip() -> AnyView {
    icon("M3 4l4 4-4 4M9 4l4 4-4 4")
}
pub fn more() -> AnyView {
    icon(
        "M3 7.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1zM8 7.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1zM13 7.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1z",
    )
}
pub fn close() -> AnyView {
    icon("M4 4l8 8M12 4l-8 8")
}
pub fn share() -> AnyView {
    icon("M6.5 9.5 10 6M5.5 7 4 8.5a2.5 2.5 0 0 0 3.5 3.5L9 10.5M10.5 9 12 7.5A2.5 2.5 0 0 0 8.5 4L7 5.5")
}
pub fn gallery() -> AnyView {
    icon("M2.5 3h4.5v4H2.5zM9 3h4.5v4H9zM2.5 9h4.5v4H2.5zM9 9h4.5v4H9z")
}
pub fn help() -> AnyView {
    icon("M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.3a1.7 1.7 0 1 1 2.5 1.5c-.5.3-.8.6-.8 1.2M8 11.3v.01")
}
pub fn sun() -> AnyView {
    icon(
        "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
    )
}
pub fn moon() -> AnyView {
    icon("M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z")
}
pub fn screen() -> AnyView {
    icon("M2 3h12v8H2zM6 14h4M8 11v3")
}

/// The mark of Podlapse: lanes of time, and the moment.
pub fn mark() -> AnyView {
    view! {
        <svg viewBox="0 0 32 32" fill="none" stroke-linecap="round" aria-hidden="true">
            <path d="M4 8h8M4 16h12M4 24h5" stroke="var(--ink-3)" stroke-width="4" />
            <path d="M17 8h4M22 16h6M15 24h13" stroke="var(--run)" stroke-width="4" />
            <path d="M19 3v26" stroke="var(--ink)" stroke-width="2.2" />
        </svg>
    }
    .into_any()
}
