//! Long lists: of their rows only so many are made as one has scrolled to.

use leptos::html;
use leptos::prelude::*;

use crate::app::state::Page;
use crate::i18n::ui::Ui;

/// So many rows at first, and so many more each time the end comes near.
const PACK: usize = 60;
/// The end is near, in pixels.
const NEAR: i32 = 400;

/// How many rows of the open panel's list exist. Another panel begins anew.
#[derive(Clone, Copy)]
pub struct Shown(RwSignal<usize>);

impl Shown {
    /// For the panels that `scroller` holds.
    pub fn new(page: Page, scroller: NodeRef<html::Div>) -> Shown {
        let shown = RwSignal::new(PACK);
        let begin = move |_: &_, _: Option<&_>, _| {
            shown.set(PACK);
            if let Some(panel) = scroller.get_untracked() {
                panel.set_scroll_top(0);
            }
        };
        Effect::watch(move || page.panel.get(), begin, false);
        Shown(shown)
    }

    /// That of the panels around.
    pub fn here() -> Shown {
        expect_context()
    }

    /// How many rows to make.
    pub fn get(self) -> usize {
        self.0.get()
    }

    /// The panel was scrolled.
    pub fn scrolled(self, e: &web_sys::Event) {
        let panel = event_target::<web_sys::Element>(e);
        if panel.scroll_height() - panel.scroll_top() - panel.client_height() < NEAR {
            self.0.update(|n| *n += PACK);
        }
    }

    /// The way to more of `all` rows without scrolling.
    pub fn more(self, all: impl Fn() -> usize + Copy + Send + Sync + 'static) -> impl IntoView {
        let page = Page::here();
        let left = move || all().checked_sub(self.get()).filter(|&left| left > 0);
        move || {
            left().map(|left| {
                view! {
                    <button class="button outline show-more" on:click=move |_| self.0.update(|n| *n += PACK) data-testid="more">
                        {page.t(Ui::More)}" ("{left}")"
                    </button>
                }
            })
        }
    }
}
