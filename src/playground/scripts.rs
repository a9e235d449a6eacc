//! Shell scripts in a manifest: what a shell would not even parse is told before it runs, at its place in the YAML.

use k8s_openapi::api::core::v1::{Container, PodSpec};

use crate::diagnostic::{Diagnostic, Problem, Severity, Tab};
use crate::manifest::Spans;
use crate::shell::{Dialect, parse};

/// Warnings about the scripts of all containers. A Pod with a broken script is a good Pod: it is its container that fails.
pub fn diagnostics(spec: &PodSpec, spans: &Spans) -> Vec<Diagnostic> {
    let inits =
        spec.init_containers.iter().flatten().enumerate().map(|(i, c)| (format!("spec.initContainers[{i}]"), c));
    let mains = spec.containers.iter().enumerate().map(|(i, c)| (format!("spec.containers[{i}]"), c));
    inits.chain(mains).flat_map(|(path, container)| of_container(&path, container, spans)).collect()
}

fn of_container(path: &str, container: &Container, spans: &Spans) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let command = container.command.as_deref().unwrap_or_default();
    let args = container.args.as_deref().unwrap_or_default();
    // The words in their order, each with the path at which it stands.
    let words: Vec<(String, &String)> = command
        .iter()
        .enumerate()
        .map(|(i, w)| (format!("{path}.command[{i}]"), w))
        .chain(args.iter().enumerate().map(|(i, w)| (format!("{path}.args[{i}]"), w)))
        .collect();
    found.extend(of_words(&words, spans));
    found
}

/// The script of `sh -c SCRIPT`, if the words are that.
fn of_words(words: &[(String, &String)], spans: &Spans) -> Option<Diagnostic> {
    let (_, program) = words.first()?;
    let dialect = match program.rsplit('/').next()? {
        "sh" | "ash" | "dash" => Dialect::Sh,
        "bash" => Dialect::Bash,
        _ => return None,
    };
    let flag = words.iter().position(|(_, w)| w.starts_with('-') && w.ends_with('c'))?;
    let (path, script) = words.get(flag + 1)?;
    let error = parse(script, dialect).err()?;
    let span = spans.inside(path, error.span).unwrap_or_else(|| spans.nearest(path));
    let problem = Problem::Script(format!("syntax error: {}", error.message));
    Some(Diagnostic { severity: Severity::Warning, tab: Tab::Pod, span, problem })
}
