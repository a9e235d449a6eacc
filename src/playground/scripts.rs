//! Shell scripts in a manifest: what a shell would not even parse is told before it runs, at its place in the YAML.

use k8s_openapi::api::core::v1::{Container, PodSpec};

use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::manifest::{Place, Spans, visit};
use crate::shell::{Dialect, parse};

/// Warnings about the scripts of all containers. A Pod with a broken script is a good Pod: it is its container that fails.
pub fn diagnostics(spec: &PodSpec, spans: &Spans) -> Vec<Diagnostic> {
    visit(spec).filter_map(|(path, container)| of_container(path, container, spans)).collect()
}

/// About the script of `sh -c SCRIPT`, if the container's words are that. `path` is where the container stands.
fn of_container(path: Place, container: &Container, spans: &Spans) -> Option<Diagnostic> {
    let command = container.command.as_deref().unwrap_or_default();
    let words: Vec<&str> = command.iter().chain(container.args.iter().flatten()).map(String::as_str).collect();
    let dialect = match words.first()?.rsplit('/').next()? {
        "sh" | "ash" => Dialect::Sh,
        "dash" => Dialect::Dash,
        "bash" => Dialect::Bash,
        _ => return None,
    };
    let at = words.iter().position(|w| w.starts_with('-') && w.ends_with('c'))? + 1;
    let error = parse(words.get(at)?, dialect).err()?;
    let path = match at.checked_sub(command.len()) {
        None => format!("{path}.command[{at}]"),
        Some(at) => format!("{path}.args[{at}]"),
    };
    let span = spans.inside(&path, error.span).unwrap_or_else(|| spans.nearest(&path));
    let message = match error.message.starts_with("syntax error") {
        true => error.message,
        false => format!("syntax error: {}", error.message),
    };
    let problem = Problem::Script(message);
    Some(Diagnostic { severity: Severity::Warning, tab: Tab::Pod, span, problem })
}
