//! What the API server adds to a Pod before it looks at it: versioned defaults, then what admission and the registry set.

mod sync;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Container, DownwardAPIVolumeFile, EmptyDirVolumeSource, EnvVar, HTTPGetAction, Lifecycle, LifecycleHandler, Pod,
    PodCondition, PodSecurityContext, PodSpec, PodStatus, Probe, ResourceRequirements, Toleration, Volume,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use crate::kube::DEFAULT_SCHEDULER;
use crate::kube::image::default_pull_policy;
use crate::kube::quantity::Quantity;
use crate::kube::resources::{self, Amounts};

/// The mode of files from Secrets and ConfigMaps: 0644.
const FILE_MODE: i32 = 0o644;

/// Fills in the defaults of the API version, which validation then sees.
pub fn fill(pod: &mut Pod) {
    let Some(spec) = &mut pod.spec else {
        pod.spec = Some(PodSpec::default());
        return fill(pod);
    };
    let host_network = spec.host_network == Some(true);
    for volume in spec.volumes.iter_mut().flatten() {
        fill_volume(volume);
    }
    for container in spec.init_containers.iter_mut().flatten().chain(&mut spec.containers) {
        fill_container(container, host_network);
    }
    if let Some(overhead) = &mut spec.overhead {
        round(overhead);
    }
    fill_pod_resources(spec);
    string(&mut spec.restart_policy, "Always");
    string(&mut spec.dns_policy, "ClusterFirst");
    string(&mut spec.scheduler_name, DEFAULT_SCHEDULER);
    spec.termination_grace_period_seconds = match spec.termination_grace_period_seconds {
        // A negative one counts as 1.
        Some(n) if n < 0 => Some(1),
        other => other.or(Some(30)),
    };
    spec.enable_service_links.get_or_insert(true);
    spec.security_context.get_or_insert_with(PodSecurityContext::default);
    match (&spec.service_account_name, &spec.service_account) {
        (Some(name), _) if !name.is_empty() => spec.service_account = spec.service_account_name.clone(),
        (_, Some(old)) if !old.is_empty() => spec.service_account_name = spec.service_account.clone(),
        _ => {}
    }
}

/// Absent and empty are the same for a string with a default.
fn string(field: &mut Option<String>, default: &str) {
    if field.as_deref().unwrap_or("").is_empty() {
        *field = Some(default.into());
    }
}

fn number(field: &mut Option<i32>, default: i32) {
    if field.unwrap_or(0) == 0 {
        *field = Some(default);
    }
}

/// What every container is filled in with.
pub(super) fn fill_container(c: &mut Container, host_network: bool) {
    string(&mut c.termination_message_path, "/dev/termination-log");
    string(&mut c.termination_message_policy, "File");
    let policy = default_pull_policy(c.image.as_deref().unwrap_or(""));
    string(&mut c.image_pull_policy, policy);
    for port in c.ports.iter_mut().flatten() {
        string(&mut port.protocol, "TCP");
        if port.host_port == Some(0) {
            port.host_port = None;
        }
        if host_network && port.host_port.is_none() {
            port.host_port = Some(port.container_port).filter(|&p| p != 0);
        }
    }
    for env in c.env.iter_mut().flatten() {
        fill_env(env);
    }
    fill_resources(c.resources.get_or_insert_with(ResourceRequirements::default));
    for probe in [&mut c.liveness_probe, &mut c.readiness_probe, &mut c.startup_probe].into_iter().flatten() {
        fill_probe(probe);
    }
    // The gate ContainerStopSignals is off: the field is dropped, and what held nothing else with it.
    let dropped = c.lifecycle.as_mut().and_then(|l| l.stop_signal.take()).is_some();
    c.lifecycle.take_if(|l| dropped && *l == Lifecycle::default());
    if let Some(lifecycle) = &mut c.lifecycle {
        for handler in [&mut lifecycle.post_start, &mut lifecycle.pre_stop].into_iter().flatten() {
            fill_handler(handler);
        }
    }
}

fn fill_env(env: &mut EnvVar) {
    if env.value.as_deref() == Some("") {
        env.value = None;
    }
    let Some(source) = &mut env.value_from else { return };
    if let Some(field) = &mut source.field_ref {
        string(&mut field.api_version, "v1");
    }
    if let Some(resource) = &mut source.resource_field_ref {
        resource.divisor.get_or_insert_with(|| ApiQuantity("0".into()));
    }
    if let Some(file) = &mut source.file_key_ref {
        file.optional.get_or_insert(false);
    }
}

fn fill_probe(probe: &mut Probe) {
    number(&mut probe.timeout_seconds, 1);
    number(&mut probe.period_seconds, 10);
    number(&mut probe.success_threshold, 1);
    number(&mut probe.failure_threshold, 3);
    if probe.initial_delay_seconds == Some(0) {
        probe.initial_delay_seconds = None;
    }
    if let Some(http) = &mut probe.http_get {
        fill_http(http);
    }
    if let Some(grpc) = &mut probe.grpc {
        grpc.service.get_or_insert_with(String::new);
    }
}

fn fill_http(http: &mut HTTPGetAction) {
    string(&mut http.path, "/");
    string(&mut http.scheme, "HTTP");
}

fn fill_handler(handler: &mut LifecycleHandler) {
    if let Some(http) = &mut handler.http_get {
        fill_http(http);
    }
}

/// Rounds every amount to what a resource may have (`RoundUp`). What is no finer keeps its text.
fn round(amounts: &mut Amounts) {
    for amount in amounts.values_mut() {
        let Ok(exact) = Quantity::parse(&amount.0) else { continue };
        let rounded = exact.rounded_to_milli();
        if rounded != exact {
            amount.0 = rounded.to_string();
        }
    }
}

fn fill_resources(resources: &mut ResourceRequirements) {
    for amounts in [&mut resources.limits, &mut resources.requests].into_iter().flatten() {
        round(amounts);
    }
    let Some(limits) = resources.limits.as_ref().filter(|l| !l.is_empty()) else { return };
    let requests = resources.requests.get_or_insert_with(BTreeMap::new);
    for (name, limit) in limits {
        requests.entry(name.clone()).or_insert_with(|| limit.clone());
    }
}

/// What the Pod as a whole asks for, when it says anything at all: huge pages as its containers are limited to
/// (`defaultHugePagePodLimits`), and where it has limits, what its containers ask for, else its own limits (`defaultPodRequests`).
fn fill_pod_resources(spec: &mut PodSpec) {
    let Some(mut of_pod) = spec.resources.take() else { return };
    for amounts in [&mut of_pod.limits, &mut of_pod.requests].into_iter().flatten() {
        round(amounts);
    }
    let said = |a: &Option<Amounts>| a.as_ref().is_some_and(|a| !a.is_empty());
    if said(&of_pod.limits) || said(&of_pod.requests) {
        for (name, limit) in resources::aggregate_limits(spec) {
            let asked = of_pod.requests.as_ref().is_some_and(|r| r.contains_key(&name));
            if resources::is_huge_page(&name) && !asked {
                let limits = of_pod.limits.get_or_insert_default();
                limits.entry(name).or_insert_with(|| ApiQuantity(limit.to_string()));
            }
        }
    }
    if said(&of_pod.limits) {
        let mut requests = of_pod.requests.take().unwrap_or_default();
        for (name, amount) in resources::aggregate_requests(spec) {
            if resources::is_pod_level(&name) && !resources::is_huge_page(&name) {
                requests.entry(name).or_insert_with(|| ApiQuantity(amount.to_string()));
            }
        }
        for (name, limit) in of_pod.limits.iter().flatten() {
            if resources::is_pod_level(name) {
                requests.entry(name.clone()).or_insert_with(|| limit.clone());
            }
        }
        of_pod.requests = Some(requests).filter(|r| !r.is_empty());
    }
    spec.resources = Some(of_pod);
}

fn fill_volume(volume: &mut Volume) {
    if let Some(v) = &mut volume.config_map {
        v.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(v) = &mut volume.secret {
        v.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(v) = &mut volume.downward_api {
        v.default_mode.get_or_insert(FILE_MODE);
        for item in v.items.iter_mut().flatten() {
            fill_downward(item);
        }
    }
    if let Some(v) = &mut volume.projected {
        v.default_mode.get_or_insert(FILE_MODE);
        for source in v.sources.iter_mut().flatten() {
            if let Some(token) = &mut source.service_account_token {
                token.expiration_seconds.get_or_insert(3600);
            }
            // Their gates are off.
            (source.cluster_trust_bundle, source.pod_certificate) = (None, None);
            for item in source.downward_api.iter_mut().flat_map(|d| d.items.iter_mut().flatten()) {
                fill_downward(item);
            }
        }
    }
    if let Some(v) = &mut volume.host_path {
        v.type_.get_or_insert_with(String::new);
    }
    if let Some(v) = &mut volume.image {
        string(&mut v.pull_policy, default_pull_policy(v.reference.as_deref().unwrap_or("")));
    }
    if let Some(v) = &mut volume.iscsi {
        string(&mut v.iscsi_interface, "default");
    }
    if let Some(v) = &mut volume.rbd {
        string(&mut v.pool, "rbd");
        string(&mut v.user, "admin");
        string(&mut v.keyring, "/etc/ceph/keyring");
    }
    if let Some(v) = &mut volume.azure_disk {
        string(&mut v.caching_mode, "ReadWrite");
        string(&mut v.kind, "Shared");
        string(&mut v.fs_type, "ext4");
        v.read_only.get_or_insert(false);
    }
    if let Some(v) = &mut volume.scale_io {
        string(&mut v.storage_mode, "ThinProvisioned");
        string(&mut v.fs_type, "xfs");
    }
    if let Some(template) = volume.ephemeral.as_mut().and_then(|e| e.volume_claim_template.as_mut()) {
        template.spec.volume_mode.get_or_insert_with(|| "Filesystem".into());
        if let Some(resources) = &mut template.spec.resources {
            [&mut resources.limits, &mut resources.requests].into_iter().flatten().for_each(round);
        }
    }
    if !has_source(volume) {
        volume.empty_dir = Some(EmptyDirVolumeSource::default());
    }
}

fn fill_downward(item: &mut DownwardAPIVolumeFile) {
    if let Some(field) = &mut item.field_ref {
        string(&mut field.api_version, "v1");
    }
    if let Some(resource) = &mut item.resource_field_ref {
        resource.divisor.get_or_insert_with(|| ApiQuantity("0".into()));
    }
}

/// Whether a volume says what it is made of.
fn has_source(volume: &Volume) -> bool {
    let bare = Volume { name: volume.name.clone(), ..Volume::default() };
    *volume != bare
}

/// What admission and the registry set: the service account, tolerations, priority, status. What only the server may set is dropped.
/// The result are the containers whose AppArmor profile the server had to look for in the annotations.
pub fn admit(pod: &mut Pod) -> Vec<String> {
    let app_armor = sync::app_armor(pod);
    sync::label_keys(pod);
    let meta = &mut pod.metadata;
    (meta.uid, meta.resource_version, meta.self_link, meta.managed_fields) = (None, None, None, None);
    (meta.creation_timestamp, meta.deletion_timestamp, meta.deletion_grace_period_seconds) = (None, None, None);
    meta.generation = None;
    let qos = resources::qos_class(pod.spec.as_ref());
    let Some(spec) = &mut pod.spec else { return app_armor };
    spec.scheduling_group = None;
    string(&mut spec.service_account_name, "default");
    spec.service_account = spec.service_account_name.clone();
    let class = spec.priority_class_name.as_deref().unwrap_or("");
    // What a class says that only this cluster has is not known.
    spec.priority = priority_of(class).or(spec.priority).or(Some(0));
    spec.preemption_policy.get_or_insert_with(|| "PreemptLowerPriority".into());
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        tolerate(spec.tolerations.get_or_insert_with(Vec::new), key);
    }
    let gated = spec.scheduling_gates.as_ref().is_some_and(|g| !g.is_empty());
    let condition = PodCondition {
        type_: "PodScheduled".into(),
        status: "False".into(),
        reason: Some("SchedulingGated".into()),
        message: Some("Scheduling is blocked due to non-empty scheduling gates".into()),
        ..PodCondition::default()
    };
    pod.status = Some(PodStatus {
        phase: Some("Pending".into()),
        qos_class: Some(qos.into()),
        conditions: gated.then(|| vec![condition]),
        ..PodStatus::default()
    });
    app_armor
}

/// The priority of the classes that every cluster has.
pub(super) fn priority_of(class: &str) -> Option<i32> {
    match class {
        "" => Some(0),
        "system-cluster-critical" => Some(2_000_000_000),
        "system-node-critical" => Some(2_000_001_000),
        _ => None,
    }
}

/// Adds a toleration of `NoExecute` for five minutes, unless there is one already.
fn tolerate(tolerations: &mut Vec<Toleration>, key: &str) {
    let any = |s: &Option<String>, wanted: &str| s.as_deref().is_none_or(|s| s.is_empty() || s == wanted);
    if !tolerations.iter().any(|t| any(&t.key, key) && any(&t.effect, "NoExecute")) {
        tolerations.push(Toleration {
            key: Some(key.into()),
            operator: Some("Exists".into()),
            effect: Some("NoExecute".into()),
            toleration_seconds: Some(300),
            value: None,
        });
    }
}
