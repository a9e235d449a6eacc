//! The things of a Scenario, each as one line of YAML.

use std::collections::BTreeMap;

use crate::scenario::values::{format_attempts, format_duration};
use crate::scenario::{Action, ActionKind, Fault, FaultKind, Image, Moment, Object, ProbeKind, PullError, Service};
use crate::time::Millis;
use crate::yaml::go;

/// A string as a YAML scalar, in quotes when it needs them.
pub(super) fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if plain { text.to_string() } else { go::quote(text) }
}

/// A mapping in flow style, of the fields that are there.
fn flow<const N: usize>(fields: [Option<String>; N]) -> String {
    format!("{{{}}}", fields.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A service as one line.
pub fn service_text(service: &Service) -> String {
    let ports: Vec<String> = service.ports.iter().map(u16::to_string).collect();
    let fields = [
        Some(format!("name: {}", scalar(&service.name))),
        (!ports.is_empty()).then(|| format!("ports: [{}]", ports.join(", "))),
        service.available_at.map(|at| format!("availableAt: {}", format_duration(at))),
        service.unavailable_at.map(|at| format!("unavailableAt: {}", format_duration(at))),
    ];
    flow(fields)
}

/// An object as one line.
pub fn object_text(object: &Object) -> String {
    let moment = |moment: Moment| match moment {
        Moment::At(at) => format_duration(at),
        Moment::Never => "never".into(),
    };
    let texts = |texts: &BTreeMap<String, String>| {
        let lines = texts.iter().map(|(key, value)| format!("{}: {}", scalar(key), go::quote(value)));
        lines.collect::<Vec<_>>().join(", ")
    };
    let field =
        |name: &str, of: &BTreeMap<String, String>| (!of.is_empty()).then(|| format!("{name}: {{{}}}", texts(of)));
    let created = Some(object.created_at).filter(|&at| at != Moment::default());
    flow([
        Some(format!("kind: {}", scalar(&object.kind))),
        Some(format!("name: {}", scalar(&object.name))),
        field("data", &object.data),
        field("labels", &object.labels),
        created.map(|at| format!("createdAt: {}", moment(at))),
        object.deleted_at.map(|at| format!("deletedAt: {}", format_duration(at))),
        object.bound_at.map(|at| format!("boundAt: {}", moment(at))),
        object.ready_at.map(|at| format!("readyAt: {}", moment(at))),
    ])
}

/// An image as one line.
pub fn image_text(image: &Image) -> String {
    let error = image.pull.error.map(|error| match error {
        PullError::NotFound => "error: NotFound",
        PullError::Unreachable => "error: Unreachable",
        PullError::Unauthorized => "error: Unauthorized",
    });
    let pull = flow([
        image.pull.duration.map(|d| format!("duration: {}", format_duration(d))),
        image.pull.size.map(|size| format!("size: {size}")),
        error.map(Into::into),
    ]);
    flow([
        Some(format!("name: {}", scalar(&image.name))),
        image.on_node.then(|| "onNode: true".into()),
        (pull != "{}").then(|| format!("pull: {pull}")),
        image.available_at.map(|at| format!("availableAt: {}", format_duration(at))),
        image.unavailable_at.map(|at| format!("unavailableAt: {}", format_duration(at))),
    ])
}

/// A fault as one line.
pub fn fault_text(fault: &Fault) -> String {
    let after = |after: Millis| format!("after: {}", format_duration(after));
    let what = match &fault.kind {
        FaultKind::Exit { code, after: at } => format!("exit: {{code: {code}, {}}}", after(*at)),
        FaultKind::Signal { number, after: at } => format!("signal: {{number: {number}, {}}}", after(*at)),
        FaultKind::OomKilled { after: at } => format!("oomKilled: {{{}}}", after(*at)),
        FaultKind::Hang => "hang: true".into(),
        FaultKind::Duration(d) => format!("duration: {}", format_duration(*d)),
        FaultKind::StartError(text) => format!("startError: {}", go::quote(text)),
        FaultKind::Slowdown(factor) => format!("slowdown: {}", go::float(*factor)),
        FaultKind::IgnoreSigterm => "ignoreSigterm: true".into(),
    };
    format!("{{attempts: \"{}\", {what}}}", format_attempts(fault.attempts))
}

/// An action as one line.
pub fn action_text(action: &Action) -> String {
    let what = match &action.kind {
        ActionKind::DeletePod { grace_period_seconds: None } => "deletePod: {}".into(),
        ActionKind::DeletePod { grace_period_seconds: Some(n) } => format!("deletePod: {{gracePeriodSeconds: {n}}}"),
        ActionKind::KillSandbox => "killSandbox: {}".into(),
        ActionKind::NodeReboot { down_for } => format!("nodeReboot: {{downFor: {}}}", format_duration(*down_for)),
        ActionKind::RestartKubelet { down_for } => {
            format!("restartKubelet: {{downFor: {}}}", format_duration(*down_for))
        }
        ActionKind::KillContainer { name, signal } => {
            format!("killContainer: {{name: {}, signal: {signal}}}", scalar(name))
        }
        ActionKind::FailProbe { container, probe, lasting } => {
            let probe = match probe {
                ProbeKind::Startup => "startup",
                ProbeKind::Readiness => "readiness",
                ProbeKind::Liveness => "liveness",
            };
            let end =
                if *lasting == Millis::NEVER { String::new() } else { format!(", for: {}", format_duration(*lasting)) };
            format!("failProbe: {{container: {}, probe: {probe}{end}}}", scalar(container))
        }
        ActionKind::SetImage { container, image } => {
            format!("setImage: {{container: {}, image: {}}}", scalar(container), go::quote(image))
        }
        ActionKind::SetCondition { condition, status, reason, message } => {
            let more = |name: &str, text: &Option<String>| {
                text.as_ref().map_or(String::new(), |t| format!(", {name}: {}", go::quote(t)))
            };
            let (reason, message) = (more("reason", reason), more("message", message));
            format!("setCondition: {{type: {}, status: {}{reason}{message}}}", scalar(condition), go::quote(status))
        }
        ActionKind::Evict => "evict: {}".into(),
    };
    format!("{{at: {}, {what}}}", format_duration(action.at))
}
