//! What the server remarks on a Pod that it accepts (`GetWarningsForPod`).

mod paths;
mod ports;
mod scheduling;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::{IpAddr, Ipv6Addr};

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec, Volume};

use super::annotations::{APP_ARMOR_CONTAINER, SECCOMP_CONTAINER, SECCOMP_POD};
use super::containers::{Place, visit};
use super::{Warning, names};
use crate::kube::resources::{Amounts, amount};
use crate::yaml::go;

/// All remarks together may have this many characters; beyond, each is cut, and what then does not fit is not told.
const ALL_CHARACTERS: usize = 4096;
const CUT_TO: usize = 256;

/// The remarks so far, each once, cut as the server cuts them (`warning.AddWarning`).
#[derive(Default)]
struct Remarks {
    list: Vec<Warning>,
    told: BTreeSet<String>,
    characters: usize,
    cutting: bool,
}

impl Remarks {
    /// Nothing more will be told.
    fn is_full(&self) -> bool {
        self.cutting && self.characters >= ALL_CHARACTERS
    }

    fn add(&mut self, path: impl Into<String>, text: String) {
        if self.is_full() || !self.told.insert(text.clone()) {
            return;
        }
        self.list.push(Warning { path: path.into(), text });
        self.count_last();
        if self.characters > ALL_CHARACTERS && !self.cutting {
            self.cutting = true;
            self.characters = 0;
            for i in 0..self.list.len() {
                self.cut(i);
            }
        }
    }

    fn count_last(&mut self) {
        let last = self.list.len() - 1;
        if self.cutting {
            self.cut(last);
        } else {
            self.characters += self.list[last].text.chars().count();
        }
    }

    fn cut(&mut self, i: usize) {
        let text = &mut self.list[i].text;
        if let Some((end, _)) = text.char_indices().nth(CUT_TO) {
            text.truncate(end);
        }
        self.characters += text.chars().count();
    }

    /// A remark that begins with the field it is about.
    fn at(&mut self, path: &str, text: &str) {
        self.add(path, format!("{path}: {text}"));
    }
}

/// All remarks, in the server's order. `app_armor` are the containers whose profile was taken from an annotation.
pub fn collect(pod: &Pod, app_armor: &[String]) -> Vec<Warning> {
    let mut out = Remarks::default();
    let Some(spec) = &pod.spec else { return out.list };
    for container in app_armor {
        let path = format!("metadata.annotations[{APP_ARMOR_CONTAINER}{container}]");
        out.at(&path, r#"deprecated since v1.30; use the "appArmorProfile" field instead"#);
    }
    hostname(pod, &mut out);
    scheduling::labels(spec, &mut out);
    annotations(pod, &mut out);
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        old_volumes(volume, &format!("spec.volumes[{i}]"), &mut out);
    }
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        paths::overlapping(volume, &format!("spec.volumes[{i}]"), &mut out);
    }
    named_twice(spec, &mut out);
    fractions(spec.overhead.as_ref(), "spec.overhead", &["memory", "ephemeral-storage"], &mut out);
    seccomp(pod, spec, &mut out);
    for (path, container) in visit(spec) {
        if let Some(resources) = &container.resources {
            for (list, amounts) in [("limits", &resources.limits), ("requests", &resources.requests)] {
                let path = format_args!("{path}.resources.{list}");
                fractions(amounts.as_ref(), path, &["memory", "ephemeral-storage"], &mut out);
            }
        }
        duplicate_env(container, path, &mut out);
    }
    ports::check(spec, &mut out);
    scheduling::null_selectors(spec, &mut out);
    for (i, server) in spec.dns_config.iter().flat_map(|c| c.nameservers.iter().flatten()).enumerate() {
        ip(server, &format!("spec.dnsConfig.nameservers[{i}]"), &mut out);
    }
    for (i, alias) in spec.host_aliases.iter().flatten().enumerate() {
        ip(&alias.ip, &format!("spec.hostAliases[{i}].ip"), &mut out);
    }
    out.list
}

fn hostname(pod: &Pod, out: &mut Remarks) {
    let bad = names::label(pod.metadata.name.as_deref().unwrap_or(""));
    if !bad.is_empty() {
        let text =
            "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
        out.at("metadata.name", &format!("{text}: [{}]", bad.join(" ")));
    }
}

/// Annotations that no longer do anything.
fn annotations(pod: &Pod, out: &mut Remarks) {
    const SYSCTLS: &str = r#"non-functional in v1.11+; use the "sysctls" field instead"#;
    for (key, text) in [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            r#"non-functional in v1.16+; use the "priorityClassName" field instead"#,
        ),
        ("security.alpha.kubernetes.io/sysctls", SYSCTLS),
        ("security.alpha.kubernetes.io/unsafe-sysctls", SYSCTLS),
    ] {
        if pod.metadata.annotations.as_ref().is_some_and(|a| a.contains_key(key)) {
            out.at(&format!("metadata.annotations[{key}]"), text);
        }
    }
}

/// Profiles that are said in an annotation only.
fn seccomp(pod: &Pod, spec: &PodSpec, out: &mut Remarks) {
    const TEXT: &str = r#"non-functional in v1.27+; use the "seccompProfile" field instead"#;
    let Some(annotations) = pod.metadata.annotations.as_ref().filter(|a| !a.is_empty()) else { return };
    let mut remark = |key: String| {
        if annotations.contains_key(&key) {
            out.at(&format!("metadata.annotations[{key}]"), TEXT);
        }
    };
    if spec.security_context.as_ref().is_none_or(|c| c.seccomp_profile.is_none()) {
        remark(SECCOMP_POD.into());
    }
    for (_, c) in visit(spec).filter(|(_, c)| c.security_context.as_ref().is_none_or(|s| s.seccomp_profile.is_none())) {
        remark(format!("{SECCOMP_CONTAINER}{}", c.name));
    }
}

fn old_volumes(v: &Volume, path: &str, out: &mut Remarks) {
    for (name, given, since) in [
        ("photonPersistentDisk", v.photon_persistent_disk.is_some(), "v1.11, non-functional in v1.16+"),
        ("gitRepo", v.git_repo.is_some(), "v1.11, and disabled by default in v1.33+"),
        ("scaleIO", v.scale_io.is_some(), "v1.16, non-functional in v1.22+"),
        ("flocker", v.flocker.is_some(), "v1.22, non-functional in v1.25+"),
        ("storageOS", v.storageos.is_some(), "v1.22, non-functional in v1.25+"),
        ("quobyte", v.quobyte.is_some(), "v1.22, non-functional in v1.25+"),
        ("glusterfs", v.glusterfs.is_some(), "v1.25, non-functional in v1.26+"),
        ("cephfs", v.cephfs.is_some(), "v1.28, non-functional in v1.31+"),
        ("rbd", v.rbd.is_some(), "v1.28, non-functional in v1.31+"),
    ] {
        if given {
            out.at(&format!("{path}.{name}"), &format!("deprecated in {since}"));
        }
    }
    let template = v.ephemeral.as_ref().and_then(|e| e.volume_claim_template.as_ref());
    if let Some(resources) = template.and_then(|t| t.spec.resources.as_ref()) {
        let path = format!("{path}.ephemeral.volumeClaimTemplate.spec.resources");
        fractions(resources.requests.as_ref(), format_args!("{path}.requests"), &["storage"], out);
        fractions(resources.limits.as_ref(), format_args!("{path}.limits"), &["storage"], out);
    }
}

/// Addresses and secrets that stand in a list more than once, or have no name.
fn named_twice(spec: &PodSpec, out: &mut Remarks) {
    let mut seen = BTreeSet::new();
    for (i, alias) in spec.host_aliases.iter().flatten().enumerate() {
        if !seen.insert(alias.ip.as_str()) {
            out.at(&format!("spec.hostAliases[{i}].ip"), &format!("duplicate ip {}", go::quote(&alias.ip)));
        }
    }
    let mut seen = BTreeSet::new();
    for (i, secret) in spec.image_pull_secrets.iter().flatten().enumerate() {
        let path = format!("spec.imagePullSecrets[{i}].name");
        if !seen.insert(secret.name.as_str()) {
            out.at(&path, &format!("duplicate name {}", go::quote(&secret.name)));
        }
        if secret.name.is_empty() {
            out.at(&path, "invalid empty name \"\"");
        }
    }
}

/// A variable that is set again, unless it extends what it was: `PATH: $(PATH):/x`.
fn duplicate_env(container: &Container, path: Place, out: &mut Remarks) {
    let mut seen = BTreeSet::new();
    for (i, var) in container.env.iter().flatten().enumerate() {
        if seen.insert(var.name.as_str()) {
            continue;
        }
        let (reference, value) = (format!("$({})", var.name), var.value.as_deref().unwrap_or(""));
        if var.value_from.is_some() || value == reference || !value.contains(&reference) {
            let name = go::quote(&var.name);
            let text = format!("hides previous definition of {name}, which may be dropped when using apply");
            out.at(&format!("{path}.env[{i}]"), &text);
        }
    }
}

fn fractions(amounts: Option<&Amounts>, path: impl Display, names: &[&str], out: &mut Remarks) {
    for name in names {
        let Some(q) = amounts.and_then(|a| a.get(*name)).filter(|q| amount(q).has_fraction()) else { continue };
        let shown = go::quote(&q.0);
        out.at(&format!("{path}[{name}]"), &format!("fractional byte value {shown} is invalid, must be an integer"));
    }
}

/// An address of the sixth version that is not written as it should be.
fn ip(address: &str, path: &str, out: &mut Remarks) {
    if let Ok(IpAddr::V6(v6)) = address.parse() {
        let canonical = Ipv6Addr::to_string(&v6);
        if canonical != address {
            let (given, canonical) = (go::quote(address), go::quote(&canonical));
            out.at(path, &format!("IPv6 address {given} should be in RFC 5952 canonical format ({canonical})"));
        }
    }
}
