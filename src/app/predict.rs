//! 'Predict': the run is hidden, the reader says what will happen, then watches it happen.

use leptos::prelude::*;

use super::run::Run;
use super::state::Page;
use super::{icons, words};
use crate::i18n::Lang;
use crate::i18n::ui::Ui;
use crate::order::Order;
use crate::time::Millis;

/// One prediction, from its question to its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub question: Question,
    pub answer: Option<Answer>,
    pub told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    MainStarts,
    /// What STATUS will be then.
    StatusAt(Millis),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// `None`: never.
    Moment(Option<Millis>),
    Status(String),
}

impl Guess {
    /// Whether the run must not be seen.
    pub fn hides(&self) -> bool {
        !self.told
    }

    /// Whether the reader has yet to say what will happen; until then time stands still.
    pub fn asks(&self) -> bool {
        self.answer.is_none() && !self.told
    }
}

/// Opens the question, or gives up on it.
pub fn toggle(page: Page) {
    if page.guess.with_untracked(Option::is_some) {
        return page.guess.set(None);
    }
    page.seek(Millis::ZERO);
    page.range.set(None);
    page.guess.set(Some(Guess { question: Question::MainStarts, answer: None, told: false }));
    page.hover.set(None);
    page.zoom.set(None);
}

/// The moment to ask STATUS about: within one of the states of the run, another each time.
fn asked(run: &Run, after: Option<Millis>) -> Millis {
    let middles: Vec<Millis> =
        run.statuses.iter().skip(1).map(|s| Millis((s.from.0 + s.to.min(run.end()).0) / 2)).collect();
    let first = middles.get(middles.len() / 2).copied().unwrap_or(run.end());
    let next = after.map_or(Some(first), |after| middles.iter().copied().find(|&m| m > after));
    // To the second, as one would say it.
    let at = next.or(middles.first().copied()).unwrap_or(first);
    Millis(at.0 / 1000 * 1000).max(Millis(500))
}

/// What STATUS might be: what it is at some time in this run, and what it often is.
fn choices(run: &Run) -> Vec<String> {
    const OFTEN: [&str; 6] = ["Pending", "PodInitializing", "Running", "CrashLoopBackOff", "Error", "Completed"];
    let mut all: Vec<String> = OFTEN.iter().map(|s| s.to_string()).collect();
    all.extend(run.statuses.iter().map(|s| s.text.clone()));
    all.order();
    all.dedup();
    all.truncate(24);
    all
}

/// The question, then the answer.
pub fn predict() -> AnyView {
    let page = Page::here();
    // The answer is told when the moment has come.
    Effect::new(move || {
        let now = page.playhead.get();
        let due = page.guess.with(|g| {
            let guess = g.as_ref().filter(|g| g.answer.is_some() && !g.told)?;
            page.run.with(|r| r.as_ref().map(|r| target(guess.question, r)))
        });
        if due.is_some_and(|due| now >= due) {
            page.playing.set(false);
            page.guess.update(|g| g.iter_mut().for_each(|g| g.told = true));
        }
    });
    let body = move || {
        let (guess, run, lang) = (page.guess.get()?, page.run.get()?, page.lang.get());
        let inner = match (&guess.answer, guess.told) {
            (None, _) => view! { <Ask question=guess.question /> }.into_any(),
            (Some(answer), false) => {
                let said =
                    format!("{} {}. {}", Ui::YouSaid.text(lang), answer_text(answer, lang), Ui::Watching.text(lang));
                let show = move |_| page.guess.update(|g| g.iter_mut().for_each(|g| g.told = true));
                view! { <p>{said}</p><button class="button outline" on:click=show>{page.t(Ui::ShowNow)}</button> }
                    .into_any()
            }
            (Some(answer), true) => {
                let again = move |_| {
                    page.guess.set(None);
                    toggle(page);
                };
                view! {
                    <p data-testid="verdict">{verdict(guess.question, answer, &run, lang)}</p>
                    <button class="button outline" on:click=again>{page.t(Ui::Again)}</button>
                }
                .into_any()
            }
        };
        Some(view! {
            <section class="note-bar guess" aria-label=page.t(Ui::Predict) data-testid="predict">
                <b>{page.t(Ui::Predict)}</b>
                <div class="words" aria-live="polite">{inner}</div>
                <button class="button icon" aria-label=page.t(Ui::Close) on:click=move |_| page.guess.set(None)>{icons::close()}</button>
            </section>
        })
    };
    view! { <div class="slot">{body}</div> }.into_any()
}

#[component]
fn Ask(question: Question) -> impl IntoView {
    let page = Page::here();
    let (seconds, status) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let choices = page.run.with_untracked(|r| r.as_ref().map_or(Vec::new(), |r| choices(r)));
    let ask = move |question| page.guess.set(Some(Guess { question, answer: None, told: false }));
    let about_status = move |_| {
        let before = if let Question::StatusAt(at) = question { Some(at) } else { None };
        let at = page.run.with_untracked(|r| r.as_ref().map(|r| asked(r, before)));
        at.into_iter().for_each(|at| ask(Question::StatusAt(at)));
    };
    let answer = move |answer: Answer| {
        page.guess.update(|g| g.iter_mut().for_each(|g| g.answer = Some(answer.clone())));
        page.playhead.set(Millis::ZERO);
        page.playing.set(true);
    };
    let submit = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        match question {
            Question::MainStarts => {
                if let Ok(s) = seconds.get_untracked().trim().parse::<f64>() {
                    answer(Answer::Moment(Some(Millis((s.clamp(0.0, 1e7) * 1000.0) as u64))));
                }
            }
            Question::StatusAt(_) if !status.with_untracked(String::is_empty) => {
                answer(Answer::Status(status.get_untracked()))
            }
            Question::StatusAt(_) => {}
        }
    };
    let about_main = question == Question::MainStarts;
    let control = match question {
        Question::MainStarts => view! {
            <label>{page.t(Ui::AskMain)}
                <input class="field" type="number" min="0" step="any" name="guess" placeholder="s" required prop:value=seconds on:input=move |e| seconds.set(event_target_value(&e)) />
            </label>
            <button class="button outline" type="button" on:click=move |_| answer(Answer::Moment(None))>{page.t(Ui::GuessNever)}</button>
        }
        .into_any(),
        Question::StatusAt(at) => view! {
            <label>{move || page.t(Ui::AskStatus)().replace("{}", &words::seconds(at))}
                <select class="select" name="guess" required on:change=move |e| status.set(event_target_value(&e))>
                    <option value="">"…"</option>
                    {choices.into_iter().map(|c| view! { <option value=c.clone()>{c.clone()}</option> }).collect_view()}
                </select>
            </label>
        }
        .into_any(),
    };
    view! {
        <form on:submit=submit>
            <button class="button" type="button" aria-pressed=about_main.to_string() on:click=move |_| ask(Question::MainStarts)>{page.t(Ui::AboutMain)}</button>
            <button class="button" type="button" aria-pressed=(!about_main).to_string() on:click=about_status>{page.t(Ui::AboutStatus)}</button>
            {control}
            <button class="button solid" type="submit" data-testid="guess">{page.t(Ui::Watch)}</button>
        </form>
    }
}

/// When the answer is known.
fn target(question: Question, run: &Run) -> Millis {
    match question {
        Question::MainStarts => run.main_started.unwrap_or(run.end()),
        Question::StatusAt(at) => at.min(run.end()),
    }
}

fn answer_text(answer: &Answer, lang: Lang) -> String {
    match answer {
        Answer::Moment(Some(at)) => words::seconds(*at),
        Answer::Moment(None) => Ui::GuessNever.text(lang).to_owned(),
        Answer::Status(status) => status.clone(),
    }
}

/// How it went, kindly.
fn verdict(question: Question, answer: &Answer, run: &Run, lang: Lang) -> String {
    let (truth, praise) = match (question, answer) {
        (Question::StatusAt(at), Answer::Status(said)) => {
            let is = run.status_at(at.min(run.end())).map_or("–", |i| run.statuses[i].text.as_str());
            (format!("{} {is}", words::seconds(at)), if said == is { Ui::GuessRight } else { Ui::GuessSurprise })
        }
        (_, Answer::Moment(said)) => {
            let truth = run.main_started.map_or_else(|| words::never(&run.trace, lang), words::seconds);
            (format!("{} {truth}", Ui::MainStarts.text(lang)), grade(*said, run.main_started))
        }
        _ => (String::new(), Ui::GuessSurprise),
    };
    format!("{} {}. {truth}. {}", Ui::YouSaid.text(lang), answer_text(answer, lang), praise.text(lang))
}

fn grade(said: Option<Millis>, is: Option<Millis>) -> Ui {
    match (said, is) {
        (None, None) => Ui::GuessRight,
        (Some(a), Some(b)) => {
            let off = a.max(b) - a.min(b);
            match off.0 {
                off if off <= (b.0 / 20).max(1_000) => Ui::GuessRight,
                off if off <= (b.0 / 4).max(3_000) => Ui::GuessClose,
                _ => Ui::GuessSurprise,
            }
        }
        _ => Ui::GuessSurprise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_judged_by_what_it_is_off_in_proportion() {
        let at = |s| Some(Millis::secs(s));
        assert_eq!(grade(None, None), Ui::GuessRight);
        assert_eq!(grade(at(25), at(26)), Ui::GuessRight);
        assert_eq!(grade(at(20), at(26)), Ui::GuessClose);
        assert_eq!(grade(at(60), at(26)), Ui::GuessSurprise);
        assert_eq!(grade(at(590), at(600)), Ui::GuessRight);
        assert_eq!(grade(None, at(1)), Ui::GuessSurprise);
    }
}
