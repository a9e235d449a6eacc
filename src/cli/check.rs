//! `podlapse check`: what kubectl and the API server would say about a manifest.

use super::{Output, args};
use crate::diagnostic::{Diagnostic, Severity};
use crate::i18n::{Lang, problem};
use crate::manifest;
use crate::span::LineIndex;

/// How the command is called.
pub const USAGE: &str = "podlapse check POD.yaml [--defaulted] [--output yaml|json] [--diagnostics] [--lang en|ko]";

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// A path, or `-` for standard input.
    pub file: String,
    /// Print the Pod as the server would store it.
    pub defaulted: bool,
    pub json: bool,
    /// Print our own diagnostics instead of kubectl's text.
    pub diagnostics: bool,
    pub lang: Lang,
}

impl Options {
    /// Reads the arguments after `check`.
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        options.file = args::read(args, USAGE, |name, value| {
            match name {
                "--defaulted" => options.defaulted = true,
                "--diagnostics" => options.diagnostics = true,
                "--output" | "-o" => {
                    options.json = match value()?.as_str() {
                        "json" => true,
                        "yaml" => false,
                        other => return Err(format!("--output is yaml or json, not {other}")),
                    };
                }
                "--lang" => options.lang = args::lang(&value()?)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(options)
    }

    /// The file as kubectl names it.
    fn shown_file(&self) -> &str {
        if self.file == "-" { "STDIN" } else { &self.file }
    }
}

/// Checks a text.
pub fn check(text: &str, options: &Options) -> Output {
    let manifest = manifest::read_as(text, options.shown_file());
    let mut out = Output { code: u8::from(manifest.refusal.is_some()), ..Output::default() };
    if options.diagnostics {
        out.stdout = diagnostic_lines(text, options.shown_file(), &manifest.diagnostics, options.lang).into();
        return out;
    }
    for warning in &manifest.warnings {
        out.stderr.push_str(&format!("Warning: {warning}\n"));
    }
    out.stderr.push_str(manifest.refusal.as_deref().unwrap_or(""));
    if let Some(pod) = &manifest.pod {
        let text = match (options.defaulted, options.json) {
            (false, _) => format!("pod/{} created (server dry run)\n", pod.metadata.name.as_deref().unwrap_or("")),
            (true, json) => match serde_json::to_value(pod) {
                Ok(value) if json => format!("{value:#}\n"),
                Ok(value) => serde_yaml::to_string(&value).unwrap_or_default(),
                Err(error) => return Output::misuse(error),
            },
        };
        out.stdout = text.into();
    }
    out
}

/// `file:line:col: severity: message`, one for each diagnostic, in the order of the text.
pub fn diagnostic_lines(text: &str, file: &str, diagnostics: &[Diagnostic], lang: Lang) -> String {
    let index = LineIndex::new(text);
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|d| (d.span.start, d.severity));
    let mut out = String::new();
    for d in sorted {
        let (line, column) = index.line_col(d.span.start);
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        out.push_str(&format!("{file}:{line}:{column}: {severity}: {}\n", problem::sentence(&d.problem, lang)));
    }
    out
}
