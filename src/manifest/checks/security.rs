//! Rules on security contexts, of containers and of the Pod.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{AppArmorProfile, Capabilities, Container, PodSpec, SeccompProfile, SecurityContext};

use super::{Errors, Json, json, names};

const PROFILE_TYPES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

pub fn of_container(c: &Container, path: &str, errors: &mut Errors) {
    let Some(context) = &c.security_context else { return };
    let path = format!("{path}.securityContext");
    for (field, value) in [("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)] {
        check_id(value, format!("{path}.{field}"), errors);
    }
    proc_mount(context, &path, errors);
    if context.allow_privilege_escalation == Some(false) {
        if context.privileged == Some(true) {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.invalid(&path, Json(as_go(context)), detail);
        }
        let added = context.capabilities.iter().flat_map(|c| c.add.iter().flatten());
        for _ in added.filter(|c| *c == "CAP_SYS_ADMIN") {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            errors.invalid(&path, Json(as_go(context)), detail);
        }
    }
    seccomp(context.seccomp_profile.as_ref(), &path, errors);
    app_armor(context.app_armor_profile.as_ref(), &path, errors);
}

fn check_id(id: Option<i64>, path: String, errors: &mut Errors) {
    if let Some(id) = id
        && let Some(error) = names::id(id)
    {
        errors.invalid(path, id, error);
    }
}

fn proc_mount(context: &SecurityContext, path: &str, errors: &mut Errors) {
    const TYPES: [&str; 2] = ["Default", "Unmasked"];
    if let Some(kind) = context.proc_mount.as_deref().filter(|k| !TYPES.contains(k)) {
        errors.unsupported(format!("{path}.procMount"), kind, &TYPES);
    }
}

fn seccomp(profile: Option<&SeccompProfile>, path: &str, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let path = format!("{path}.seccompProfile");
    match profile.type_.as_str() {
        "" => {
            errors.required(format!("{path}.type"), "type is required when seccompProfile is set");
        }
        kind if !PROFILE_TYPES.contains(&kind) => {
            errors.unsupported(format!("{path}.type"), kind, &PROFILE_TYPES);
        }
        _ => {}
    }
    let file = profile.localhost_profile.as_deref();
    local_profile(&profile.type_, file, &path, "seccomp", errors);
    for error in names::local_path(file.unwrap_or("")) {
        errors.invalid(format!("{path}.localhostProfile"), file.unwrap_or(""), error);
    }
}

fn local_profile(kind: &str, file: Option<&str>, path: &str, what: &str, errors: &mut Errors) {
    let path = format!("{path}.localhostProfile");
    match (kind, file) {
        ("Localhost", None | Some("")) => {
            errors.required(path, &format!("must be set when {what} type is Localhost"));
        }
        ("Localhost", _) | (_, None) => {}
        (_, Some(file)) => {
            errors.invalid(path, file, &format!("can only be set when {what} type is Localhost"));
        }
    }
}

fn app_armor(profile: Option<&AppArmorProfile>, path: &str, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let path = format!("{path}.appArmorProfile");
    match profile.type_.as_str() {
        "" => {
            errors.required(format!("{path}.type"), "type is required when appArmorProfile is set");
        }
        kind if !PROFILE_TYPES.contains(&kind) => {
            errors.unsupported(format!("{path}.type"), kind, &PROFILE_TYPES);
        }
        kind => local_profile(kind, profile.localhost_profile.as_deref(), &path, "AppArmor", errors),
    }
}

pub fn of_pod(spec: &PodSpec, errors: &mut Errors) {
    if spec.share_process_namespace == Some(true) && spec.host_pid == Some(true) {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors
            .invalid("spec.securityContext.shareProcessNamespace", Json("true".into()), detail)
            .at("spec.shareProcessNamespace");
    }
    if spec.host_users == Some(false) {
        let shared = [("hostNetwork", spec.host_network), ("hostPID", spec.host_pid), ("hostIPC", spec.host_ipc)];
        for (field, _) in shared.into_iter().filter(|(_, on)| *on == Some(true)) {
            errors.forbidden(format!("spec.{field}"), "when `hostUsers` is false");
        }
    }
    let Some(context) = &spec.security_context else { return };
    let path = "spec.securityContext";
    for (field, value) in
        [("fsGroup", context.fs_group), ("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)]
    {
        check_id(value, format!("{path}.{field}"), errors);
    }
    for (i, group) in context.supplemental_groups.iter().flatten().enumerate() {
        check_id(Some(*group), format!("{path}.supplementalGroups[{i}]"), errors);
    }
    sysctls(spec, errors);
    for (field, value, known) in [
        ("fsGroupChangePolicy", &context.fs_group_change_policy, ["Always", "OnRootMismatch"]),
        ("supplementalGroupsPolicy", &context.supplemental_groups_policy, ["Merge", "Strict"]),
        ("seLinuxChangePolicy", &context.se_linux_change_policy, ["MountOption", "Recursive"]),
    ] {
        if let Some(value) = value.as_deref().filter(|v| !known.contains(v)) {
            errors.unsupported(format!("{path}.{field}"), value, &known);
        }
    }
    seccomp(context.seccomp_profile.as_ref(), path, errors);
    app_armor(context.app_armor_profile.as_ref(), path, errors);
}

fn sysctls(spec: &PodSpec, errors: &mut Errors) {
    const FORM: &str = r"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let context = spec.security_context.as_ref();
    let mut seen = BTreeSet::new();
    for (i, sysctl) in context.and_then(|c| c.sysctls.as_ref()).into_iter().flatten().enumerate() {
        let path = format!("spec.securityContext.sysctls[{i}].name");
        let name = sysctl.name.as_str();
        if name.is_empty() {
            errors.required(&path, "");
        } else if !names::is_sysctl(name) {
            errors.invalid(&path, name, FORM);
        } else if !seen.insert(name.replace('/', ".")) {
            errors.duplicate(&path, name);
        }
        if spec.host_network == Some(true) && name.starts_with("net.") {
            errors.invalid(&path, name, "may not be specified when 'hostNetwork' is true");
        }
    }
}

/// A security context as Go prints the struct: every field, by its Go name, in the order of the declaration.
fn as_go(c: &SecurityContext) -> String {
    let capabilities = match &c.capabilities {
        Some(Capabilities { add, drop }) => format!(r#"{{"Add":{},"Drop":{}}}"#, json(add), json(drop)),
        None => "null".into(),
    };
    let selinux = match &c.se_linux_options {
        Some(s) => format!(
            r#"{{"User":{},"Role":{},"Type":{},"Level":{}}}"#,
            json(s.user.as_deref().unwrap_or("")),
            json(s.role.as_deref().unwrap_or("")),
            json(s.type_.as_deref().unwrap_or("")),
            json(s.level.as_deref().unwrap_or(""))
        ),
        None => "null".into(),
    };
    let profile = |p: Option<(&str, Option<&str>)>| match p {
        Some((kind, file)) => format!(r#"{{"Type":{},"LocalhostProfile":{}}}"#, json(kind), json(&file)),
        None => "null".into(),
    };
    format!(
        r#"{{"Capabilities":{capabilities},"Privileged":{},"SELinuxOptions":{selinux},"WindowsOptions":null,"RunAsUser":{},"RunAsGroup":{},"RunAsNonRoot":{},"ReadOnlyRootFilesystem":{},"AllowPrivilegeEscalation":{},"ProcMount":{},"SeccompProfile":{},"AppArmorProfile":{}}}"#,
        json(&c.privileged),
        json(&c.run_as_user),
        json(&c.run_as_group),
        json(&c.run_as_non_root),
        json(&c.read_only_root_filesystem),
        json(&c.allow_privilege_escalation),
        json(&c.proc_mount),
        profile(c.seccomp_profile.as_ref().map(|p| (p.type_.as_str(), p.localhost_profile.as_deref()))),
        profile(c.app_armor_profile.as_ref().map(|p| (p.type_.as_str(), p.localhost_profile.as_deref()))),
    )
}

/// What a Windows Pod may not say.
pub fn windows(spec: &PodSpec, errors: &mut Errors) {
    if spec.os.as_ref().is_none_or(|os| os.name != "windows") {
        return;
    }
    const NOT_ON_WINDOWS: &str = "cannot be set for a windows pod";
    let context = spec.security_context.as_ref();
    let pod = "spec.securityContext";
    for (path, set) in [
        (format!("{pod}.appArmorProfile"), context.is_some_and(|c| c.app_armor_profile.is_some())),
        (format!("{pod}.seLinuxOptions"), context.is_some_and(|c| c.se_linux_options.is_some())),
        ("spec.hostUsers".into(), spec.host_users.is_some()),
        ("spec.hostPID".into(), spec.host_pid == Some(true)),
        ("spec.hostIPC".into(), spec.host_ipc == Some(true)),
        (format!("{pod}.seccompProfile"), context.is_some_and(|c| c.seccomp_profile.is_some())),
        (format!("{pod}.fsGroup"), context.is_some_and(|c| c.fs_group.is_some())),
        (format!("{pod}.fsGroupChangePolicy"), context.is_some_and(|c| c.fs_group_change_policy.is_some())),
        (format!("{pod}.sysctls"), context.is_some_and(|c| c.sysctls.as_ref().is_some_and(|s| !s.is_empty()))),
        ("spec.shareProcessNamespace".into(), spec.share_process_namespace.is_some()),
        (format!("{pod}.runAsUser"), context.is_some_and(|c| c.run_as_user.is_some())),
        (format!("{pod}.runAsGroup"), context.is_some_and(|c| c.run_as_group.is_some())),
        (format!("{pod}.supplementalGroups"), context.is_some_and(|c| c.supplemental_groups.is_some())),
    ] {
        if set {
            errors.forbidden(path, NOT_ON_WINDOWS);
        }
    }
    let init = spec.init_containers.as_deref().unwrap_or_default();
    for (list, containers) in [("containers", spec.containers.as_slice()), ("initContainers", init)] {
        for (i, c) in containers.iter().enumerate() {
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
                    errors.forbidden(format!("spec.{list}[{i}].securityContext.{field}"), NOT_ON_WINDOWS);
                }
            }
        }
    }
}
