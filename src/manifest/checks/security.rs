//! Rules on security contexts, of containers and of the Pod.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{AppArmorProfile, Capabilities, Container, PodSpec, SeccompProfile, SecurityContext};

use super::containers::visit;
use super::{Errors, Json, json, names, windows};

const PROFILE_TYPES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

pub fn of_container(c: &Container, spec: &PodSpec, path: &str, errors: &mut Errors) {
    let Some(context) = &c.security_context else { return };
    let path = format!("{path}.securityContext");
    for (field, value) in [("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)] {
        check_id(value, format!("{path}.{field}"), errors);
    }
    proc_mount(context, spec.host_users != Some(false), &path, errors);
    seccomp(context.seccomp_profile.as_ref(), &path, errors);
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
    windows::options(context.windows_options.as_ref(), &path, errors);
    app_armor(context.app_armor_profile.as_ref(), &path, errors);
}

fn check_id(id: Option<i64>, path: String, errors: &mut Errors) {
    if let Some(id) = id
        && let Some(error) = names::id(id)
    {
        errors.invalid(path, id, error);
    }
}

fn proc_mount(context: &SecurityContext, host_users: bool, path: &str, errors: &mut Errors) {
    const TYPES: [&str; 2] = ["Default", "Unmasked"];
    let Some(kind) = context.proc_mount.as_deref() else { return };
    let path = format!("{path}.procMount");
    if !TYPES.contains(&kind) {
        errors.unsupported(path, kind, &TYPES);
    } else if kind == "Unmasked" && host_users {
        errors.invalid(path, kind, "`hostUsers` must be false to use `Unmasked`");
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
    let path = format!("{path}.localhostProfile");
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("Localhost", None) => {
            errors.required(path, "must be set when seccomp type is Localhost");
        }
        ("Localhost", Some(file)) => local_profile_path(file, &path, errors),
        (_, None) => {}
        (kind, Some(file)) => {
            let shown = format!(r#"{{"Type":{},"LocalhostProfile":{}}}"#, json(&kind), json(&file));
            errors.invalid(path, Json(shown), "can only be set when seccomp type is Localhost");
        }
    }
}

/// The file of a profile must lie below the kubelet's folder.
pub fn local_profile_path(file: &str, path: &str, errors: &mut Errors) {
    for error in names::local_path(file) {
        errors.invalid(path, file, error);
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
        kind => app_armor_file(kind, profile.localhost_profile.as_deref(), &path, errors),
    }
}

fn app_armor_file(kind: &str, file: Option<&str>, path: &str, errors: &mut Errors) {
    /// The longest path that Linux takes.
    const LONGEST: usize = 4095;
    let path = format!("{path}.localhostProfile");
    match (kind, file) {
        ("Localhost", None | Some("")) => {
            errors.required(path, "must be set when AppArmor type is Localhost");
        }
        ("Localhost", Some(file)) => {
            if file.trim() != file {
                errors.invalid(&path, file, "must not be padded with whitespace");
            }
            if file.len() > LONGEST {
                errors.too_long(path, LONGEST);
            }
        }
        (_, None) => {}
        (_, Some(file)) => {
            errors.invalid(path, file, "can only be set when AppArmor type is Localhost");
        }
    }
}

/// Own users do not go with the node's namespaces (`validateHostUsers`). The server gives two of the fields a capital.
pub fn host_users(spec: &PodSpec, errors: &mut Errors) {
    if spec.host_users != Some(false) {
        return;
    }
    const WHY: &str = "when `hostUsers` is false";
    for (field, at, on) in [
        ("hostNetwork", "hostNetwork", spec.host_network),
        ("HostPID", "hostPID", spec.host_pid),
        ("HostIPC", "hostIPC", spec.host_ipc),
    ] {
        if on == Some(true) {
            errors.forbidden(format!("spec.{field}"), WHY).at(format!("spec.{at}"));
        }
    }
    for (path, c) in visit(spec) {
        if c.volume_devices.as_ref().is_some_and(|d| !d.is_empty()) {
            errors.forbidden(format!("{path}.volumeDevices"), WHY);
        }
    }
}

pub fn of_pod(spec: &PodSpec, errors: &mut Errors) {
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
    if spec.share_process_namespace == Some(true) && spec.host_pid == Some(true) {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors
            .invalid("spec.securityContext.shareProcessNamespace", Json("true".into()), detail)
            .at("spec.shareProcessNamespace");
    }
    sysctls(spec, errors);
    let mut one_of = |field: &str, value: &Option<String>, known: &[&str]| {
        if let Some(value) = value.as_deref().filter(|v| !known.contains(v)) {
            errors.unsupported(format!("{path}.{field}"), value, known);
        }
    };
    one_of("fsGroupChangePolicy", &context.fs_group_change_policy, &["Always", "OnRootMismatch"]);
    one_of("supplementalGroupsPolicy", &context.supplemental_groups_policy, &["Merge", "Strict"]);
    // Until the gate SELinuxMount is on, there is nothing else to choose.
    one_of("seLinuxChangePolicy", &context.se_linux_change_policy, &["Recursive"]);
    seccomp(context.seccomp_profile.as_ref(), path, errors);
    windows::options(context.windows_options.as_ref(), path, errors);
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
        } else if seen.contains(name) {
            errors.duplicate(&path, name);
        }
        seen.insert(name);
        let dotted = with_dots(name);
        let of_ipc = ["kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|p| dotted.starts_with(p));
        if spec.host_network == Some(true) && dotted.starts_with("net.") {
            errors.invalid(&path, name, "may not be specified when 'hostNetwork' is true");
        } else if spec.host_ipc == Some(true) && (of_ipc || dotted == "kernel.sem") {
            errors.invalid(&path, name, "may not be specified when 'hostIPC' is true");
        }
    }
}

/// A name may be written with slashes, where dots and slashes change places.
fn with_dots(name: &str) -> String {
    if name.find(['.', '/']).is_none_or(|i| name.as_bytes()[i] == b'.') {
        return name.into();
    }
    let swap = |c| match c {
        '/' => '.',
        '.' => '/',
        other => other,
    };
    name.chars().map(swap).collect()
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
    let windows = c.windows_options.as_ref().map_or("null".into(), |w| {
        format!(
            r#"{{"GMSACredentialSpecName":{},"GMSACredentialSpec":{},"RunAsUserName":{},"HostProcess":{}}}"#,
            json(&w.gmsa_credential_spec_name),
            json(&w.gmsa_credential_spec),
            json(&w.run_as_user_name),
            json(&w.host_process)
        )
    });
    let profile = |p: Option<(&str, Option<&str>)>| match p {
        Some((kind, file)) => format!(r#"{{"Type":{},"LocalhostProfile":{}}}"#, json(kind), json(&file)),
        None => "null".into(),
    };
    format!(
        r#"{{"Capabilities":{capabilities},"Privileged":{},"SELinuxOptions":{selinux},"WindowsOptions":{windows},"RunAsUser":{},"RunAsGroup":{},"RunAsNonRoot":{},"ReadOnlyRootFilesystem":{},"AllowPrivilegeEscalation":{},"ProcMount":{},"SeccompProfile":{},"AppArmorProfile":{}}}"#,
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
