//! The parts of the page's code that are fetched when they are first needed, and not with the first visit.
//!
//! `tools/bin/wasm-bindgen` cuts the module at the functions below: what is reached only through one of them goes into a file of
//! its own, which shares the memory of the first. Without the feature `split` all is in one module and a part is there at once.
//! The first visit shows a run that was recorded when the page was built ([`Run::recorded`]); the engine comes with the first
//! contact, or at once when there is another text to run. The editor's script comes with the first contact too, or when the page has
//! rested for a while.
//!
//! [`Run::recorded`]: super::run::Run

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::run::{self, Memory, Outcome};
use super::state::{Page, Panel};
use super::timeline::{self, Stage};
use super::{assist, compare, help, panels, predict};
use crate::document::Document;
use crate::i18n::ui::Ui;
use crate::share::{self, Unreadable};
use crate::web::editor::Script;

/// A part could not be fetched.
#[derive(Debug)]
struct Missing;

type Fetched<T> = Pin<Box<dyn Future<Output = Result<T, Missing>>>>;

/// A part: functions that are there once they have been fetched. A handle: copies share it.
pub struct Part<T: 'static> {
    code: RwSignal<Option<T>, LocalStorage>,
    state: RwSignal<State>,
    fetch: fn() -> Fetched<T>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unasked,
    Coming,
    There,
    Failed,
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Part<T> {}

impl<T: Clone> Part<T> {
    fn new(fetch: fn() -> Fetched<T>) -> Self {
        Part { code: RwSignal::new_local(None), state: RwSignal::new(State::Unasked), fetch }
    }

    /// Fetches the part, unless that was done or is under way.
    pub fn ask(self) {
        if !matches!(self.state.get_untracked(), State::Coming | State::There) {
            self.state.set(State::Coming);
            spawn_local(async move { _ = self.fetched().await });
        }
    }

    /// The part, when it has come; nothing when it could not be fetched.
    pub async fn fetched(self) -> Option<T> {
        if let Some(code) = self.arrived_untracked() {
            return Some(code);
        }
        let Ok(code) = (self.fetch)().await else {
            self.state.set(State::Failed);
            return None;
        };
        self.state.set(State::There);
        self.code.set(Some(code.clone()));
        Some(code)
    }

    /// Whether the part could not be fetched.
    pub fn failed(self) -> bool {
        self.state.get() == State::Failed
    }

    /// The part, or nothing as long as it is not there; whoever asks is told when it comes.
    pub fn get(self) -> Option<T> {
        if self.state.get_untracked() == State::Unasked {
            self.ask();
        }
        self.code.get()
    }

    /// The part, once somebody has asked for it and it has come.
    pub fn arrived(self) -> Option<T> {
        self.code.get()
    }

    /// The part, if it is there now.
    pub fn arrived_untracked(self) -> Option<T> {
        self.code.get_untracked()
    }

    /// What the part shows; until it is there, a word that it is coming, or a way to try again.
    pub fn show(self, page: Page, view: impl FnOnce(T) -> AnyView) -> AnyView {
        match self.get() {
            Some(code) => view(code),
            None => self.waits(page),
        }
    }

    /// A word that the part is coming, or a way to try again.
    pub fn waits(self, page: Page) -> AnyView {
        let failed = self.failed();
        let text = if failed { Ui::PartFailed } else { Ui::PartComing };
        view! {
            <p class="coming" role="status">
                {page.t(text)}
                {failed.then(|| view! { <button class="button outline" on:click=move |_| self.ask()>{page.t(Ui::TryAgain)}</button> })}
            </p>
        }
        .into_any()
    }
}

/// All parts.
#[derive(Clone, Copy)]
pub struct Parts {
    /// What reads texts and runs them.
    pub engine: Part<Engine>,
    /// The tabs under the timeline, but for that of the first visit.
    pub panels: Part<fn(Panel) -> AnyView>,
    pub tools: Part<Tools>,
    pub assist: Part<Assist>,
    /// The script of the editor, which is no part of the module.
    pub editor: Part<Script>,
}

/// What reads texts and runs them; and links, which carry texts.
#[derive(Clone, Copy)]
pub struct Engine {
    pub run: fn(&mut Memory, &Document) -> Outcome,
    pub read_link: fn(&str) -> Result<Option<Document>, Unreadable>,
    pub write_link: fn(&Document) -> String,
}

/// What opens on demand.
#[derive(Clone, Copy)]
pub struct Tools {
    pub dialogs: fn() -> AnyView,
    pub faults: fn(Stage) -> AnyView,
    pub predict: fn() -> AnyView,
    pub compare: fn() -> AnyView,
}

/// What helps to write.
#[derive(Clone, Copy)]
pub struct Assist {
    pub complete: assist::Complete,
    pub hover: assist::Hover,
}

impl Parts {
    /// None of them fetched.
    pub fn all() -> Self {
        Parts {
            engine: Part::new(|| Box::pin(engine())),
            panels: Part::new(|| Box::pin(panels())),
            tools: Part::new(|| Box::pin(tools())),
            assist: Part::new(|| Box::pin(assist())),
            editor: Part::new(|| Box::pin(async { Script::fetch().await.ok_or(Missing) })),
        }
    }
}

/// What is made of the tools when it first opens, and then stays.
pub fn on_demand(
    page: Page,
    open: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn(Tools) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let wanted = Memo::new(move |before: Option<&bool>| before.is_some_and(|b| *b) || open());
    (move || wanted.get().then(|| page.parts.tools.show(page, &view))).into_any()
}

/// `part! { name -> Type { value } }`: an asynchronous function `name` that fetches what `value` reaches, and answers with it.
macro_rules! part {
    ($($name:ident -> $code:ty { $value:expr })*) => {
        $(
            #[cfg(feature = "split")]
            async fn $name() -> Result<$code, Missing> {
                #[leptos::wasm_split::wasm_split($name, wasm_split_path = leptos::wasm_split, fallible)]
                fn cut() -> Result<$code, Missing> {
                    Ok($value)
                }
                cut().await
            }
            #[cfg(not(feature = "split"))]
            async fn $name() -> Result<$code, Missing> {
                Ok($value)
            }
        )*
    };
}

part! {
    engine -> Engine { Engine { run: run::run, read_link: share::read, write_link: share::write } }
    panels -> fn(Panel) -> AnyView { panels::later }
    tools -> Tools {
        Tools { dialogs: help::dialogs, faults: timeline::faults, predict: predict::predict, compare: compare::compare }
    }
    assist -> Assist { Assist { complete: assist::complete_in, hover: assist::hover_in } }
}

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Missing
    }
}
