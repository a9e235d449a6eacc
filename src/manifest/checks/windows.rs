//! Rules on the operating system: what a Windows Pod may not say, what only it may say, and its own options.

use k8s_openapi::api::core::v1::{PodSpec, WindowsSecurityContextOptions};

use super::containers::visit;
use super::{Errors, Json, names};

const NOT_ON_WINDOWS: &str = "cannot be set for a windows pod";
const NOT_ON_LINUX: &str = "windows options cannot be set for a linux pod";

/// Whether the Pod names an operating system, and what follows (`validateOS`, `validateLinux`, `validateWindows`).
pub fn os(spec: &PodSpec, errors: &mut Errors) {
    const SYSTEMS: [&str; 2] = ["linux", "windows"];
    match spec.os.as_ref().map(|os| os.name.as_str()) {
        None => {}
        Some("") => {
            errors.required("spec.os.name", "");
        }
        Some("linux") => linux(spec, errors),
        Some("windows") => windows(spec, errors),
        Some(name) => {
            errors.unsupported("spec.os", name, &SYSTEMS);
        }
    }
}

fn linux(spec: &PodSpec, errors: &mut Errors) {
    if spec.security_context.as_ref().is_some_and(|c| c.windows_options.is_some()) {
        errors.forbidden("spec.securityContext.windowsOptions", NOT_ON_LINUX);
    }
    for (path, c) in visit(spec) {
        if c.security_context.as_ref().is_some_and(|c| c.windows_options.is_some()) {
            errors.forbidden(format!("{path}.securityContext.windowsOptions"), NOT_ON_LINUX);
        }
    }
}

fn windows(spec: &PodSpec, errors: &mut Errors) {
    let context = spec.security_context.clone().unwrap_or_default();
    for (field, set) in [
        ("securityContext.appArmorProfile", context.app_armor_profile.is_some()),
        ("securityContext.seLinuxOptions", context.se_linux_options.is_some()),
        ("hostUsers", spec.host_users.is_some()),
        ("hostPID", spec.host_pid == Some(true)),
        ("hostIPC", spec.host_ipc == Some(true)),
        ("securityContext.seccompProfile", context.seccomp_profile.is_some()),
        ("securityContext.fsGroup", context.fs_group.is_some()),
        ("securityContext.fsGroupChangePolicy", context.fs_group_change_policy.is_some()),
        ("securityContext.sysctls", context.sysctls.is_some_and(|s| !s.is_empty())),
        ("shareProcessNamespace", spec.share_process_namespace.is_some()),
        ("securityContext.runAsUser", context.run_as_user.is_some()),
        ("securityContext.runAsGroup", context.run_as_group.is_some()),
        ("securityContext.supplementalGroups", context.supplemental_groups.is_some()),
        ("securityContext.supplementalGroupsPolicy", context.supplemental_groups_policy.is_some()),
        ("securityContext.seLinuxChangePolicy", context.se_linux_change_policy.is_some()),
    ] {
        if set {
            errors.forbidden(format!("spec.{field}"), NOT_ON_WINDOWS);
        }
    }
    for (path, c) in visit(spec) {
        let Some(context) = &c.security_context else { continue };
        for (field, set) in [
            ("appArmorProfile", context.app_armor_profile.is_some()),
            ("seLinuxOptions", context.se_linux_options.is_some()),
            ("seccompProfile", context.seccomp_profile.is_some()),
            ("capabilities", context.capabilities.is_some()),
            ("readOnlyRootFilesystem", context.read_only_root_filesystem.is_some()),
            ("privileged", context.privileged.is_some()),
            ("allowPrivilegeEscalation", context.allow_privilege_escalation.is_some()),
            ("procMount", context.proc_mount.is_some()),
            ("runAsUser", context.run_as_user.is_some()),
            ("runAsGroup", context.run_as_group.is_some()),
        ] {
            if set {
                errors.forbidden(format!("{path}.securityContext.{field}"), NOT_ON_WINDOWS);
            }
        }
    }
}

/// The options that only Windows has (`validateWindowsSecurityContextOptions`).
pub fn options(options: Option<&WindowsSecurityContextOptions>, path: &str, errors: &mut Errors) {
    const SPEC_KIB: usize = 64;
    let Some(options) = options else { return };
    let path = format!("{path}.windowsOptions");
    if let Some(name) = options.gmsa_credential_spec_name.as_deref() {
        for error in names::subdomain(name) {
            errors.invalid(format!("{path}.gmsaCredentialSpecName"), name, &error);
        }
    }
    if let Some(spec) = options.gmsa_credential_spec.as_deref() {
        let path = format!("{path}.gmsaCredentialSpec");
        if spec.is_empty() {
            errors.invalid(path, spec, "gmsaCredentialSpec cannot be an empty string");
        } else if spec.len() > SPEC_KIB * 1024 {
            errors.invalid(path, spec, "gmsaCredentialSpec size must be under 64 KiB");
        }
    }
    if let Some(name) = options.run_as_user_name.as_deref() {
        for error in user_name(name) {
            errors.invalid(format!("{path}.runAsUserName"), name, &format!("runAsUserName{error}"));
        }
    }
}

/// What is wrong with `USER` or `DOMAIN\\USER`.
fn user_name(name: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = name.split('\\').collect();
    let (domain, user) = match parts.as_slice() {
        _ if name.is_empty() => return vec![" cannot be an empty string"],
        _ if name.contains(|c: char| c.is_ascii_control()) => return vec![" cannot contain control characters"],
        [user] => (None, *user),
        [domain, user] => (Some(*domain), *user),
        _ => return vec![" cannot contain more than one backslash"],
    };
    let mut errors = Vec::new();
    if domain.is_some_and(|d| d.len() >= 256) {
        errors.push("'s Domain length must be under 256 characters");
    }
    if domain.is_some_and(|d| !is_net_bios(d) && !is_dns(d)) {
        errors.push("'s Domain doesn't match the NetBios nor the DNS format");
    }
    if user.is_empty() {
        errors.push("'s User cannot be empty");
    } else if user.len() > 104 {
        errors.push("'s User length must not be longer than 104 characters");
    }
    if !user.is_empty() && user.chars().all(|c| matches!(c, '.' | ' ')) {
        errors.push("'s User cannot contain only periods or spaces");
    }
    if user.contains(|c| "\"/\\:;|=,+*?<>@[]".contains(c)) {
        errors.push("'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
    errors
}

fn is_net_bios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(|c| "\\/:*?\"<>|".contains(c))
}

fn is_dns(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

/// Containers that are processes of the node: all of them or none, and on its network (`validateWindowsHostProcessPod`).
pub fn host_process(spec: &PodSpec, errors: &mut Errors) {
    let of_pod = spec.security_context.as_ref().and_then(|c| c.windows_options.as_ref()?.host_process);
    let (mut all, mut of_host) = (0, 0);
    for (path, c) in visit(spec) {
        all += 1;
        let own = c.security_context.as_ref().and_then(|c| c.windows_options.as_ref()?.host_process);
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            let detail = format!("pod hostProcess value must be identical if both are specified, was {of_pod}");
            let path = format!("{path}.securityContext.windowsOptions.hostProcess");
            errors.invalid(path, Json(own.to_string()), &detail);
        }
        of_host += usize::from(own.or(of_pod) == Some(true));
    }
    if of_host == 0 {
        return;
    }
    if of_host != all {
        let detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.invalid("spec", "", detail);
    }
    if spec.host_network != Some(true) {
        let detail = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.invalid("spec.hostNetwork", Json("false".into()), detail);
    }
}
