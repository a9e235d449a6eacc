//! The state of the page: two texts, a playhead, and how to look at them. All else is derived from these.

use std::rc::Rc;

use leptos::prelude::*;

use super::drafts::{self, Opening, Texts};
use super::parts::Parts;
use super::predict::Guess;
use super::run::{Answer, Memory, Outcome, Places, Run};
use super::told::Told;
use super::transport::{self, Window};
use super::{examples, panels};
use crate::diagnostic::{Diagnostic, Tab};
use crate::document::{Document, Options};
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::time::Millis;
use crate::trace::EntryId;
use crate::web::editor::Editor;
use crate::web::frames::{self, Frames};
use crate::web::timers::Timeout;
use crate::web::{browser, storage};

/// How long after the last key the reader counts as having stopped typing, in real milliseconds.
const CALM: u32 = 150;

/// How long the page rests after its first picture before it fetches the editor where there is a mouse, in real milliseconds; with the
/// first contact it comes at once.
const REST: u32 = 2_500;

/// Which tab under the timeline is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Why,
    Events,
    Story,
    Describe,
    Status,
    Logs,
    Conditions,
    Kubectl,
    Findings,
    Assumptions,
}

/// Which dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    Gallery,
    Drafts,
    Share,
    Help,
}

/// The state. A handle: copies share it, and it stays as long as the program does.
#[derive(Clone, Copy)]
pub struct Page(&'static State);

impl std::ops::Deref for Page {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
}

/// What the state consists of.
pub struct State {
    pub pod: RwSignal<String>,
    pub scenario: RwSignal<String>,
    pub tab: RwSignal<Tab>,
    pub notes: RwSignal<Vec<Diagnostic>>,
    /// What kubectl says to the texts as they are.
    pub answer: RwSignal<Answer>,
    /// The last run that worked, and whether the texts have moved on without it.
    pub run: RwSignal<Option<Rc<Run>>, LocalStorage>,
    /// Where in the texts stands what was run.
    pub places: RwSignal<Places, LocalStorage>,
    /// Where the scenario begins in the Pod's text as it is, when it stands there: also in one that cannot be run.
    pub scenario_in_pod: StoredValue<Option<usize>>,
    memory: StoredValue<Memory, LocalStorage>,
    pub stale: RwSignal<bool>,
    /// The first run has been shown, or is waited for.
    pub begun: RwSignal<bool>,
    /// The run of the texts waits for the engine.
    pub waiting: RwSignal<bool>,
    /// The run, once the reader has stopped typing: for what costs more than a frame and can wait.
    pub calm: RwSignal<Option<Rc<Run>>, LocalStorage>,
    pub playhead: RwSignal<Millis>,
    pub playing: RwSignal<bool>,
    pub speed: RwSignal<u32>,
    /// What the timeline shows; `None` follows what is worth seeing.
    pub zoom: RwSignal<Option<Window>>,
    pub panel: RwSignal<Panel>,
    pub dialog: RwSignal<Option<Dialog>>,
    pub lang: RwSignal<Lang>,
    pub theme: RwSignal<Option<String>>,
    pub toast: RwSignal<Option<Ui>>,
    /// On a narrow window: the timeline rather than the editor.
    pub watching: RwSignal<bool>,
    /// How much of the width the editor takes, in percent.
    pub split: RwSignal<f64>,
    /// The draft that the texts are, and what this tab last read or wrote of it.
    pub draft: RwSignal<Option<String>>,
    pub saved: StoredValue<Texts>,
    /// The draft is to be written soon.
    pub saving: StoredValue<Option<Timeout>, LocalStorage>,
    pub editor: StoredValue<Option<Editor>, LocalStorage>,
    /// The place in a text that is to be shown when the editor comes.
    pub sought: StoredValue<Option<(Tab, usize, usize)>>,
    /// The moment under the pointer, on the timeline.
    pub hover: RwSignal<Option<Millis>>,
    /// What is selected, on the timeline and in every tab: an entry of the trace.
    pub selected: RwSignal<Option<EntryId>>,
    /// Whether playback hurries through stretches in which nothing happens.
    pub skip: RwSignal<bool>,
    /// The stretch that playback repeats.
    pub range: RwSignal<Option<(Millis, Millis)>>,
    /// The run that others are compared with.
    pub kept: RwSignal<Option<Rc<Run>>, LocalStorage>,
    /// What the reader predicts; while it is open, the run is hidden.
    pub guess: RwSignal<Option<Guess>>,
    /// The step of the guided tour.
    pub tour: RwSignal<Option<usize>>,
    /// Whether the first run is to be played when there is one.
    autoplay: StoredValue<bool>,
    /// How often the playhead has jumped to what may be out of sight: the timeline goes there too.
    pub jumps: RwSignal<u32>,
    /// The example that the texts are, as it was opened.
    pub told: RwSignal<Option<Told>>,
    /// Code that is fetched when it is first needed.
    pub parts: Parts,
    frames: StoredValue<Option<Frames>, LocalStorage>,
}

impl Page {
    /// The state as the link (if there is one, and it can be read), the last visit or the first example has it.
    pub fn open(parts: Parts, link: Result<Option<Document>, Ui>) -> Page {
        let (document, linked, complaint, draft) = opening(link);
        let lang = browser::query("lang").or(document.options.lang.clone()).or_else(|| storage::get("lang"));
        let korean = lang.map_or_else(browser::prefers_korean, |l| l == "ko");
        let autoplay = browser::query("autoplay").map_or(document.options.at.is_none(), |a| a != "0");
        let saved = Texts { pod: document.pod.clone(), scenario: document.scenario.clone() };
        Page(Box::leak(Box::new(State {
            draft: RwSignal::new(draft),
            saved: StoredValue::new(saved),
            saving: StoredValue::new_local(None),
            pod: RwSignal::new(document.pod),
            scenario: RwSignal::new(document.scenario),
            tab: RwSignal::new(Tab::Pod),
            notes: RwSignal::new(Vec::new()),
            answer: RwSignal::default(),
            run: RwSignal::new_local(None),
            places: RwSignal::new_local(Places::default()),
            scenario_in_pod: StoredValue::new(None),
            memory: StoredValue::new_local(Memory::default()),
            stale: RwSignal::new(false),
            begun: RwSignal::new(false),
            waiting: RwSignal::new(false),
            calm: RwSignal::new_local(None),
            playhead: RwSignal::new(document.options.at.unwrap_or_default()),
            playing: RwSignal::new(false),
            speed: RwSignal::new(5),
            zoom: RwSignal::new(None),
            panel: RwSignal::new(panels::named(storage::get_own("panel").as_deref())),
            dialog: RwSignal::new(None),
            lang: RwSignal::new(if korean { Lang::Ko } else { Lang::En }),
            theme: RwSignal::new(browser::query("theme").or_else(|| storage::get("theme"))),
            toast: RwSignal::new(complaint),
            watching: RwSignal::new(linked),
            split: RwSignal::new(storage::get("split").and_then(|s| s.parse().ok()).unwrap_or(36.0)),
            editor: StoredValue::new_local(None),
            sought: StoredValue::new(None),
            hover: RwSignal::new(None),
            selected: RwSignal::new(None),
            skip: RwSignal::new(true),
            range: RwSignal::new(None),
            kept: RwSignal::new_local(None),
            guess: RwSignal::new(None),
            tour: RwSignal::new(None),
            jumps: RwSignal::new(0),
            told: RwSignal::new(None),
            autoplay: StoredValue::new(autoplay && !browser::reduced_motion()),
            parts,
            frames: StoredValue::new_local(None),
        })))
    }

    /// The first run: that of the first example as it was recorded, else that of the texts when the engine has come.
    pub fn begin(self) {
        let first =
            self.pod.with_untracked(|pod| pod == examples::FIRST) && self.scenario.with_untracked(String::is_empty);
        let recorded = first.then(browser::recording).flatten().and_then(|bytes| Run::recorded(&bytes));
        match recorded {
            Some(run) if self.run.with_untracked(Option::is_none) => self.show(Rc::new(run)),
            _ => self.simulate(),
        }
        self.begun.set(true);
        // A finger does not come by chance: its first contact is early enough, and who only looks has less to fetch.
        if !browser::coarse_pointer() {
            Timeout::new(REST, move || self.parts.editor.ask()).forget();
        }
    }

    /// The state that the application provides.
    pub fn here() -> Page {
        expect_context()
    }

    /// A text in the reader's language, following a change of it.
    pub fn t(self, message: Ui) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || message.text(self.lang.get())
    }

    /// The text of a tab.
    pub fn text(self, tab: Tab) -> RwSignal<String> {
        match tab {
            Tab::Pod => self.pod,
            Tab::Scenario => self.scenario,
        }
    }

    /// Whether what is shown is not the texts': they cannot be run.
    pub fn is_behind(self) -> bool {
        self.stale.get() && self.run.with(Option::is_some)
    }

    /// What a link would carry now.
    pub fn document(self) -> Document {
        Document { pod: self.pod.get(), scenario: self.scenario.get(), options: Options::default() }
    }

    /// The fragment of a link to what is here now, and if so wanted to this moment of it; nothing when the engine could not be fetched.
    pub async fn link(self, at: Option<Millis>) -> Option<String> {
        let engine = self.parts.engine.fetched().await?;
        let options = Options { at, ..Options::default() };
        Some((engine.write_link)(&Document { options, ..untrack(|| self.document()) }))
    }

    /// Ties the parts of the state to each other and to what survives a reload.
    pub fn keep(self) {
        Effect::watch(
            move || (self.pod.get(), self.scenario.get()),
            move |(pod, scenario), before: Option<&(String, String)>, _| {
                let pod_stays = before.is_some_and(|(old, _)| old == pod);
                let scenario_stays = before.is_some_and(|(_, old)| old == scenario);
                // Kept first: whatever becomes of the run, the texts are safe.
                drafts::hold(self, (!pod_stays).then_some(pod), (!scenario_stays).then_some(scenario));
                if !browser::fragment().is_empty() {
                    browser::set_fragment("");
                }
                if self.told.with_untracked(|told| told.as_ref().is_some_and(|told| !told.is_of(pod, scenario))) {
                    self.told.set(None);
                }
                self.simulate();
            },
            false,
        );
        let engine = self.parts.engine;
        Effect::watch(move || engine.arrived().is_some(), move |_, _, _| self.simulate(), false);
        // Whoever touches the page will want more than what was recorded.
        browser::on_first_contact(move || {
            engine.ask();
            self.parts.editor.ask();
        });
        drafts::keep(self);
        Effect::new(move || {
            let lang = if self.lang.get() == Lang::Ko { "ko" } else { "en" };
            browser::set_root_attribute("lang", Some(lang));
            browser::set_title(Ui::Title.text(self.lang.get()));
        });
        Effect::new(move || browser::set_root_attribute("data-theme", self.theme.get().as_deref()));
        Effect::new(move || {
            let loop_ = self.playing.get().then(|| self.play());
            self.frames.set_value(loop_);
        });
        let toast = StoredValue::new_local(None::<Timeout>);
        Effect::new(move || {
            let clear = move || self.toast.set(None);
            toast.set_value(self.toast.get().map(|_| Timeout::new(4_000, clear)));
        });
        // What may come a moment later than the picture.
        let calm = StoredValue::new_local(None::<Timeout>);
        Effect::new(move || {
            let run = self.run.get();
            let first = self.calm.with_untracked(Option::is_none);
            let follow = move || self.calm.set(run);
            calm.set_value(Some(Timeout::new(if first { 0 } else { CALM }, follow)));
        });
    }

    /// Runs the pipeline on the texts, as soon as there is an engine. A text that cannot be run leaves the last run standing.
    fn simulate(self) {
        let engine = self.parts.engine.arrived_untracked();
        put_if_new(self.waiting, engine.is_none());
        match engine {
            Some(engine) => {
                let document = untrack(|| self.document());
                let run = |memory: &mut Memory| storage::marked(|| (engine.run)(memory, &document));
                if let Some(outcome) = self.memory.try_update_value(run) {
                    self.take(outcome);
                }
            }
            None => self.parts.engine.ask(),
        }
    }

    /// Takes over what the texts led to.
    fn take(self, outcome: Outcome) {
        // Who follows one of these hears of what differs, not of each key.
        put_if_new(self.notes, outcome.notes);
        put_if_new(self.answer, outcome.answer);
        put_if_new(self.stale, outcome.run.is_none());
        self.scenario_in_pod.set_value(outcome.scenario_in_pod);
        if let Some(run) = outcome.run {
            let before = self.places.try_update(|places| std::mem::replace(places, outcome.places));
            frames::after_paint(move || drop(before));
            if !self.run.with_untracked(|shown| shown.as_ref().is_some_and(|shown| Rc::ptr_eq(shown, &run))) {
                self.show(run);
            }
        } else if self.pod.with_untracked(|pod| pod.trim().is_empty()) {
            self.run.set(None);
        }
    }

    /// Puts a run on the page.
    fn show(self, run: Rc<Run>) {
        if self.playhead.get_untracked() > run.end() {
            self.playhead.set(run.end());
        }
        let old = self.run.get_untracked();
        let kept = self.kept.get_untracked();
        match old.as_ref().filter(|old| old.foretells(&run)) {
            // Whoever kept the recording kept this run.
            Some(old) if kept.is_some_and(|kept| Rc::ptr_eq(&kept, old)) => self.kept.set(Some(Rc::clone(&run))),
            Some(_) => {}
            None => put_if_new(self.selected, None),
        }
        self.run.set(Some(run));
        // Taking a large run apart takes as long as a frame has: the new one is painted first.
        frames::after_paint(move || drop(old));
        if self.autoplay.try_update_value(std::mem::take) == Some(true) {
            self.playing.set(true);
        }
    }

    /// The loop that moves the playhead while it plays.
    fn play(self) -> Frames {
        let mut exact = untrack(|| self.playhead.get()).0 as f64;
        let mut waited = 0.0;
        let still = browser::reduced_motion();
        Frames::start(move |step| {
            let Some(run) = self.run.get_untracked() else { return false };
            let (now, speed) = (self.playhead.get_untracked(), self.speed.get_untracked());
            // The reader may have moved it meanwhile.
            if now.0 != exact as u64 {
                exact = now.0 as f64;
            }
            let after = transport::next(run.moments(), now);
            if still || speed == transport::STEPWISE {
                waited += step;
                if waited > 1000.0 {
                    waited = 0.0;
                    exact = after.unwrap_or(run.end()).0 as f64;
                }
            } else {
                let before = transport::previous(run.moments(), Millis(now.0 + 1)).unwrap_or_default();
                let (before, after) = (before.0 as f64, after.map(|a| a.0 as f64));
                exact = transport::advance(exact, step, f64::from(speed), before, after, self.skip.get_untracked());
            }
            if let Some((from, to)) = self.range.get_untracked()
                && exact >= to.0 as f64
            {
                exact = from.0 as f64;
            }
            let end = run.end();
            let over = exact >= end.0 as f64;
            self.playhead.set(if over { end } else { Millis(exact as u64) });
            if over {
                self.playing.set(false);
            }
            !over
        })
    }

    /// Plays or pauses; at the end it starts again.
    pub fn toggle(self) {
        if self.guess.with_untracked(|g| g.as_ref().is_some_and(Guess::asks)) {
            return;
        }
        let end = self.run.with_untracked(|r| r.as_ref().map(|r| r.end()));
        if !self.playing.get_untracked() && end.is_some_and(|end| self.playhead.get_untracked() >= end) {
            self.playhead.set(Millis::ZERO);
        }
        self.playing.update(|p| *p = !*p && end.is_some());
    }

    /// Puts the playhead somewhere within the run and lets it rest there; what is to be predicted stays out of reach.
    pub fn seek(self, at: Millis) {
        let now = self.playhead.get_untracked();
        if self.hides_untracked() && at > now {
            return;
        }
        self.playing.set(false);
        let end = self.run.with_untracked(|r| r.as_ref().map_or(Millis::ZERO, |r| r.end()));
        self.playhead.set(at.min(end));
    }

    /// Puts the playhead somewhere and shows whose turn it is there.
    pub fn jump(self, at: Millis) {
        self.seek(at);
        self.jumps.update(|n| *n += 1);
    }

    /// Whether the run must not be seen: something is to be predicted.
    pub fn hides(self) -> bool {
        self.guess.with(|g| g.as_ref().is_some_and(Guess::hides))
    }

    fn hides_untracked(self) -> bool {
        untrack(|| self.hides())
    }

    /// Lights an entry on the timeline and in the panels; once more puts it out.
    pub fn toggle_selected(self, entry: EntryId) {
        self.selected.update(|s| *s = if *s == Some(entry) { None } else { Some(entry) });
    }

    /// To an entry and its moment.
    pub fn visit(self, entry: EntryId, at: Millis) {
        self.selected.set(Some(entry));
        self.seek(at);
    }

    /// To the next (or previous) change.
    pub fn step(self, on: bool) {
        let now = self.playhead.get_untracked();
        let find = if on { transport::next } else { transport::previous };
        let target = self.run.with_untracked(|r| r.as_ref().and_then(|r| find(r.moments(), now)));
        self.seek(target.unwrap_or(now));
    }

    /// How far the run reaches, in milliseconds.
    pub fn reach(self) -> f64 {
        self.run.with(|r| r.as_ref().map_or(60_000.0, |r| r.reach()))
    }

    /// What the timeline shows now.
    pub fn window(self) -> Window {
        let fit = || self.run.with(|r| r.as_ref().map_or(Window { from: 0.0, to: 60_000.0 }, |r| r.fit()));
        let window = self.zoom.get().unwrap_or_else(fit);
        if self.playing.get() || self.zoom.get().is_none() {
            return window.following(self.playhead.get().0 as f64, self.reach());
        }
        window.panned(0.0, self.reach())
    }

    /// The whole run; once more, the view that one began with.
    pub fn fit(self) {
        let (window, reach) = untrack(|| (self.window(), self.reach()));
        let whole = Window { from: 0.0, to: reach };
        self.zoom.set((window != whole).then_some(whole));
    }

    /// Scales the timeline around a moment.
    pub fn zoom_by(self, factor: f64, around: Option<f64>) {
        let (window, reach) = untrack(|| (self.window(), self.reach()));
        let around = around.unwrap_or(self.playhead.get_untracked().0 as f64);
        self.zoom.set(Some(window.zoomed(factor, around, reach)));
    }

    /// Moves the timeline by so many milliseconds.
    pub fn pan_by(self, by: f64) {
        let (window, reach) = untrack(|| (self.window(), self.reach()));
        self.zoom.set(Some(window.panned(by, reach)));
    }

    /// Shows a stretch, with some room on both sides.
    pub fn zoom_to(self, from: Millis, to: Millis) {
        let (from, to, reach) = (from.0 as f64, to.0 as f64, untrack(|| self.reach()));
        let room = ((to - from) * 0.08).max(25.0);
        self.zoom.set(Some(Window { from: from - room, to: to + room }.zoomed(1.0, from, reach)));
    }

    /// Opens two texts, as one step that can be undone.
    /// They are no part of the draft that is open, unless they are that draft's.
    pub fn open_texts(self, pod: &str, scenario: &str) {
        drafts::flush(self);
        if self.saved.with_value(|s| s.pod != pod || s.scenario != scenario) {
            self.draft.set(None);
        }
        self.with_editor(|editor| editor.set_texts(&[pod, scenario]));
        self.pod.set(pod.to_owned());
        self.scenario.set(scenario.to_owned());
        self.tab.set(Tab::Pod);
        // What was to be compared was another matter.
        self.kept.set(None);
        self.zoom.set(None);
        self.playhead.set(Millis::ZERO);
        self.playing.set(!browser::reduced_motion());
    }

    /// Does something with the editor, once there is one.
    pub fn with_editor<T>(self, act: impl FnOnce(&Editor) -> T) -> Option<T> {
        self.editor.with_value(|editor| editor.as_ref().map(act))
    }

    /// Replaces a text, in the editor too.
    pub fn put(self, tab: Tab, text: &str) {
        self.with_editor(|editor| editor.set_text(tab as u32, text));
        self.text(tab).set(text.to_owned());
    }

    /// Takes the last change of a text back, typed or clicked, or makes it again.
    pub fn retrace(self, again: bool) {
        self.with_editor(|editor| editor.retrace(again));
    }

    /// Says in which text a change was taken back or made again: it may be out of sight.
    pub fn retraced(self, tab: Tab, again: bool) {
        self.tab.set(tab);
        self.toast.set(Some(match (tab, again) {
            (Tab::Pod, false) => Ui::UndonePod,
            (Tab::Pod, true) => Ui::RedonePod,
            (Tab::Scenario, false) => Ui::UndoneScenario,
            (Tab::Scenario, true) => Ui::RedoneScenario,
        }));
    }

    /// Shows a place in a text, as soon as there is an editor.
    pub fn reveal(self, tab: Tab, start: usize, end: usize) {
        self.watching.set(false);
        self.tab.set(tab);
        let select =
            |editor: &Editor| self.text(tab).with_untracked(|text| editor.select(tab as u32, text, start, end));
        if self.with_editor(select).is_none() {
            self.sought.set_value(Some((tab, start, end)));
            self.parts.editor.ask();
        }
    }
}

/// Sets a signal to a value that it does not have already.
fn put_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// What to open: a link's document, this tab's own text, the draft that was open last, or the first example.
/// Also whether it came by a link, what went wrong with that, and which draft it is.
fn opening(link: Result<Option<Document>, Ui>) -> (Document, bool, Option<Ui>, Option<String>) {
    let complaint = match link {
        Ok(Some(document)) => return (document, true, None, None),
        link => link.err(),
    };
    match drafts::opening() {
        Some(Opening { texts, draft, at }) => {
            let options = Options { at, ..Options::default() };
            (Document { pod: texts.pod, scenario: texts.scenario, options }, false, complaint, draft)
        }
        None => (Document { pod: examples::FIRST.into(), ..Document::default() }, false, complaint, None),
    }
}
