//! `podlapse run`: runs a Pod in virtual time and prints what happened.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::check::diagnostic_lines;
use super::{Output, Stdout, args};
use crate::diagnostic::{Severity, Tab};
use crate::document::{Document, Options as DocumentOptions};
use crate::i18n::Lang;
use crate::playground::{self, Report};
use crate::time::{Millis, parse_duration};
use crate::trace::{Trace, recording};
use crate::view;
use crate::view::findings::{concerns, findings};

/// How the command is called.
pub const USAGE: &str = "podlapse run POD.yaml [--scenario FILE] [--until 10m] \
[--output watch|events|describe|logs|yaml|json|svg|mermaid|perfetto|explain|recording] [--at 30s] [--container NAME] [--previous] [--lang en|ko]";

/// What is to be printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Watch,
    Events,
    Describe,
    Logs,
    Yaml,
    Json,
    Svg,
    Mermaid,
    Perfetto,
    Explain,
    /// What the page shows before it has an engine: [`recording`], in base64.
    Recording,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// A path, or `-` for standard input.
    pub file: String,
    pub scenario: Option<String>,
    pub until: Option<Millis>,
    pub format: Format,
    /// The moment to show; the end when absent.
    pub at: Option<Millis>,
    pub container: Option<String>,
    pub previous: bool,
    pub lang: Lang,
}

impl Options {
    /// Reads the arguments after `run`.
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        options.file = args::read(args, USAGE, |name, value| {
            match name {
                "--scenario" | "-s" => options.scenario = Some(value()?),
                "--until" => options.until = Some(duration(name, &value()?)?),
                "--at" => options.at = Some(duration(name, &value()?)?),
                "--output" | "-o" => options.format = format(&value()?)?,
                "--container" | "-c" => options.container = Some(value()?),
                "--previous" | "-p" => options.previous = true,
                "--lang" => options.lang = args::lang(&value()?)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(options)
    }
}

fn duration(name: &str, text: &str) -> Result<Millis, String> {
    parse_duration(text).ok_or_else(|| format!("{name} is a duration such as 90s or 10m, not {text}"))
}

fn format(text: &str) -> Result<Format, String> {
    Ok(match text {
        "watch" => Format::Watch,
        "events" => Format::Events,
        "describe" => Format::Describe,
        "logs" => Format::Logs,
        "yaml" => Format::Yaml,
        "json" => Format::Json,
        "svg" => Format::Svg,
        "mermaid" => Format::Mermaid,
        "perfetto" => Format::Perfetto,
        "explain" => Format::Explain,
        "recording" => Format::Recording,
        other => return Err(format!("--output cannot be {other}; usage: {USAGE}")),
    })
}

/// Runs a Pod and its scenario, given as texts.
pub fn run(pod: &str, scenario: &str, options: &Options) -> Output {
    let document = Document {
        pod: pod.into(),
        scenario: scenario.into(),
        options: DocumentOptions { until: options.until, at: options.at, ..DocumentOptions::default() },
    };
    let report = playground::run(&document);
    match report.trace {
        Some(trace) => print(trace, options),
        None => refused(pod, scenario, &report, options),
    }
}

/// Why there is nothing to print: kubectl's own words, or ours where kubectl has none.
fn refused(pod: &str, scenario: &str, report: &Report, options: &Options) -> Output {
    let errors = |tab: Tab| -> Vec<_> {
        let said = report.diagnostics.iter().filter(|d| d.tab == tab && d.severity == Severity::Error);
        said.cloned().collect()
    };
    let stderr = match &report.refusal {
        Some(text) => text.clone(),
        None => {
            let file = options.scenario.as_deref().unwrap_or("scenario");
            let ours = diagnostic_lines(pod, &options.file, &errors(Tab::Pod), options.lang);
            ours + &diagnostic_lines(scenario, file, &errors(Tab::Scenario), options.lang)
        }
    };
    Output { stderr, code: 1, ..Output::default() }
}

/// What the options ask for of a trace.
fn print(trace: Rc<Trace>, options: &Options) -> Output {
    let at = options.at.unwrap_or(trace.horizon);
    let timeline = || view::timeline::Timeline::of(&trace);
    let stdout = match options.format {
        Format::Watch => view::get::watch(&trace),
        Format::Events => view::events::table_at(&trace, at),
        Format::Describe => view::describe::text_at(&trace, at),
        Format::Logs => return logs(&trace, at, options),
        Format::Yaml => view::status_yaml::text_at(&trace, at),
        Format::Json => return Output { stdout: Stdout::Json(trace), ..Output::default() },
        Format::Svg => {
            let timeline = timeline();
            view::svg::svg(&trace, &timeline, view::svg::Options::fit(&timeline, options.lang))
        }
        Format::Mermaid => view::mermaid::mermaid(&trace, &timeline(), options.lang),
        Format::Perfetto => view::perfetto::perfetto(&trace, &timeline()),
        Format::Explain => view::explain::explain_text(&trace, options.lang),
        Format::Recording => STANDARD.encode(recording::write(&trace, &gist(&trace))),
    };
    Output { stdout: stdout.into(), ..Output::default() }
}

/// What a recording tells besides its trace.
fn gist(trace: &Trace) -> recording::Gist {
    let headline = [Lang::En, Lang::Ko].map(|lang| view::explain::headline(trace, lang));
    recording::Gist { concerns: concerns(&findings(trace)), headline }
}

fn logs(trace: &Trace, at: Millis, options: &Options) -> Output {
    let asked = view::logs::Options {
        container: options.container.clone(),
        previous: options.previous,
        ..view::logs::Options::default()
    };
    let printed = view::logs::at(trace, at, &asked);
    Output { stdout: printed.stdout.into(), stderr: printed.stderr, code: u8::from(printed.failed) }
}
