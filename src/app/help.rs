//! The sheet of help, and dialogs in general.

use leptos::html;
use leptos::prelude::*;

use super::drafts::Drafts;
use super::gallery::Gallery;
use super::icons;
use super::legend::Legend;
use super::share_sheet::Share;
use super::state::{Dialog, Page};
use crate::i18n::ui::Ui;

/// All dialogs; one is open when [`Page::dialog`](super::state::State::dialog) says so.
pub fn dialogs() -> AnyView {
    view! { <Gallery /><Drafts /><Share /><Help /> }.into_any()
}

/// A modal dialog with a title: the browser's own, so that focus and Escape are right.
#[component]
pub fn Sheet(which: Dialog, title: Ui, children: Children) -> impl IntoView {
    let page = Page::here();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        let wanted = page.dialog.get() == Some(which);
        if wanted && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let closed = move |_| {
        page.dialog.update(|d| {
            if *d == Some(which) {
                *d = None
            }
        })
    };
    view! {
        <dialog node_ref=node aria-label=page.t(title) on:close=closed>
            <div class="dialog-head">
                <h2>{page.t(title)}</h2>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| page.dialog.set(None)>{icons::close()}</button>
            </div>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// What the page is, how its states look, and its keys.
#[component]
fn Help() -> impl IntoView {
    let page = Page::here();
    const KEYS: [(&[&str], Ui); 20] = [
        (&["Space"], Ui::KeyPlay),
        (&["←", "→"], Ui::KeyStep),
        (&["Shift ←", "Shift →"], Ui::KeySecond),
        (&["Home", "End"], Ui::KeyEnds),
        (&["M"], Ui::KeyMain),
        (&["+", "-", "0"], Ui::KeyZoom),
        (&["[", "]"], Ui::KeyPan),
        (&["Z"], Ui::KeyZoomTo),
        (&["<", ">"], Ui::KeySpeed),
        (&["S"], Ui::KeySkip),
        (&["L"], Ui::KeyLoop),
        (&["←", "→", "Enter"], Ui::KeyWalk),
        (&["F"], Ui::KeyInject),
        (&["Ctrl Z", "Ctrl Y"], Ui::KeyUndo),
        (&["K"], Ui::KeyKeep),
        (&["P"], Ui::KeyPredict),
        (&["1", "2"], Ui::KeyTabs),
        (&["Alt Z"], Ui::KeyWrap),
        (&["Esc", "Tab"], Ui::KeyLeave),
        (&["?"], Ui::KeyHelp),
    ];
    let keys = KEYS.map(|(keys, what)| {
        view! { <dt>{keys.iter().map(|k| view! { <kbd>{*k}</kbd> }).collect_view()}</dt><dd>{page.t(what)}</dd> }
    });
    view! {
        <Sheet which=Dialog::Help title=Ui::Help>
            <p>{page.t(Ui::HelpAbout)}</p>
            <p class="row"><button class="button outline" data-testid="tour-again" on:click=move |_| { page.dialog.set(None); page.tour.set(Some(0)); }>{page.t(Ui::Tour)}</button></p>
            <h3>{page.t(Ui::Legend)}</h3>
            <Legend />
            <h3>{page.t(Ui::Shortcuts)}</h3>
            <dl class="keys">{keys.into_iter().collect_view()}</dl>
        </Sheet>
    }
}
