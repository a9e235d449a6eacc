//! Rules about resources.

use super::{Finding, Message, Severity, Subject};
use crate::i18n::sentence::Names;

/// Containers that ask for nothing and may use everything: told once for the Pod.
pub(super) fn no_resources(subject: &Subject, found: &mut Vec<Finding>) {
    let pod = subject.spec.resources.as_ref();
    if pod.is_some_and(|r| r.requests.is_some() || r.limits.is_some()) {
        return;
    }
    let asks = |c: &&super::Item| {
        let resources = c.spec.resources.as_ref();
        resources.is_some_and(|r| r.requests.iter().chain(&r.limits).any(|list| !list.is_empty()))
    };
    let bare: Vec<_> = subject.containers.iter().filter(|c| !asks(c)).collect();
    if let Some(first) = bare.first() {
        let containers = Names(bare.iter().map(|c| c.name()).collect());
        let message = Message::NoResources { containers };
        found.push(Finding { severity: Severity::Info, path: format!("{}.resources", first.path), message });
    }
}
