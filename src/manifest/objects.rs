//! Decoded values to the objects of `k8s_openapi`: the one table of what each is made of.
//!
//! Written out rather than left to the types' own `serde` code, which weighs five times as much in the page. The decoder has
//! checked names and types before, so nothing can fail here: what is absent or of another type becomes its type's default.
//! A field that the table lacks does not compile.

use std::collections::BTreeMap;

use crate::order::IntoMap;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::{Map, Value};

/// What a decoded value can become.
pub(super) trait FromValue: Default {
    fn from_value(value: Value) -> Self;
}

impl FromValue for String {
    fn from_value(value: Value) -> Self {
        if let Value::String(text) = value { text } else { String::new() }
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Self {
        value.as_bool().unwrap_or_default()
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Self {
        value.as_i64().unwrap_or_default()
    }
}

impl FromValue for i32 {
    fn from_value(value: Value) -> Self {
        i64::from_value(value).try_into().unwrap_or_default()
    }
}

impl FromValue for Quantity {
    fn from_value(value: Value) -> Self {
        Quantity(String::from_value(value))
    }
}

impl FromValue for IntOrString {
    fn from_value(value: Value) -> Self {
        if value.is_string() {
            IntOrString::String(String::from_value(value))
        } else {
            IntOrString::Int(i32::from_value(value))
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Self {
        (!value.is_null()).then(|| T::from_value(value))
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: Value) -> Self {
        if let Value::Array(items) = value { items.into_iter().map(T::from_value).collect() } else { Vec::new() }
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn from_value(value: Value) -> Self {
        entries(value).into_iter().map(|(key, value)| (key, T::from_value(value))).into_map()
    }
}

fn entries(value: Value) -> Map<String, Value> {
    if let Value::Object(entries) = value { entries } else { Map::new() }
}

/// The entries of an object that no field has taken yet.
struct Fields(Vec<(String, Value)>);

impl Fields {
    fn take<T: FromValue>(&mut self, field: &str) -> T {
        self.remove(field).map_or_else(T::default, T::from_value)
    }

    fn remove(&mut self, field: &str) -> Option<Value> {
        let at = self.0.iter().position(|(key, _)| names(field, key))?;
        Some(self.0.swap_remove(at).1)
    }
}

/// Whether a field of `k8s_openapi` (`host_ip`, `type_`, `r#continue`) is called so in the API (`hostIP`): the same letters.
fn names(field: &str, key: &str) -> bool {
    let letters = field.strip_prefix("r#").unwrap_or(field).bytes().filter(|b| *b != b'_');
    letters.eq(key.bytes().map(|b| b.to_ascii_lowercase()))
}

/// `Type { fields that a manifest sets | fields that only the server sets }`
macro_rules! objects {
    ($($package:ident { $($object:ident { $($given:ident),* $(| $($kept_out:ident),*)? })* })*) => {
        $($(
            impl FromValue for $package::$object {
                fn from_value(value: Value) -> Self {
                    let mut fields = Fields(entries(value).into_iter().collect());
                    Self { $($given: fields.take(stringify!($given)),)* $($($kept_out: None,)*)? }
                }
            }
        )*)*
    };
}

objects! {
    core {
        AWSElasticBlockStoreVolumeSource { fs_type, partition, read_only, volume_id }
        Affinity { node_affinity, pod_affinity, pod_anti_affinity }
        AppArmorProfile { localhost_profile, type_ }
        AzureDiskVolumeSource { caching_mode, disk_name, disk_uri, fs_type, kind, read_only }
        AzureFileVolumeSource { read_only, secret_name, share_name }
        CSIVolumeSource { driver, fs_type, node_publish_secret_ref, read_only, volume_attributes }
        Capabilities { add, drop }
        CephFSVolumeSource { monitors, path, read_only, secret_file, secret_ref, user }
        CinderVolumeSource { fs_type, read_only, secret_ref, volume_id }
        ClusterTrustBundleProjection { label_selector, name, optional, path, signer_name }
        ConfigMapEnvSource { name, optional }
        ConfigMapKeySelector { key, name, optional }
        ConfigMapProjection { items, name, optional }
        ConfigMapVolumeSource { default_mode, items, name, optional }
        Container { args, command, env, env_from, image, image_pull_policy, lifecycle, liveness_probe, name, ports,
            readiness_probe, resize_policy, resources, restart_policy, restart_policy_rules, security_context,
            startup_probe, stdin, stdin_once, termination_message_path, termination_message_policy, tty, volume_devices,
            volume_mounts, working_dir }
        ContainerPort { container_port, host_ip, host_port, name, protocol }
        ContainerResizePolicy { resource_name, restart_policy }
        ContainerRestartRule { action, exit_codes }
        ContainerRestartRuleOnExitCodes { operator, values }
        DownwardAPIProjection { items }
        DownwardAPIVolumeFile { field_ref, mode, path, resource_field_ref }
        DownwardAPIVolumeSource { default_mode, items }
        EmptyDirVolumeSource { medium, size_limit }
        EnvFromSource { config_map_ref, prefix, secret_ref }
        EnvVar { name, value, value_from }
        EnvVarSource { config_map_key_ref, field_ref, file_key_ref, resource_field_ref, secret_key_ref }
        EphemeralContainer { args, command, env, env_from, image, image_pull_policy, lifecycle, liveness_probe, name,
            ports, readiness_probe, resize_policy, resources, restart_policy, restart_policy_rules, security_context,
            startup_probe, stdin, stdin_once, target_container_name, termination_message_path,
            termination_message_policy, tty, volume_devices, volume_mounts, working_dir }
        EphemeralVolumeSource { volume_claim_template }
        ExecAction { command }
        FCVolumeSource { fs_type, lun, read_only, target_wwns, wwids }
        FileKeySelector { key, optional, path, volume_name }
        FlexVolumeSource { driver, fs_type, options, read_only, secret_ref }
        FlockerVolumeSource { dataset_name, dataset_uuid }
        GCEPersistentDiskVolumeSource { fs_type, partition, pd_name, read_only }
        GRPCAction { port, service }
        GitRepoVolumeSource { directory, repository, revision }
        GlusterfsVolumeSource { endpoints, path, read_only }
        HTTPGetAction { host, http_headers, path, port, scheme }
        HTTPHeader { name, value }
        HostAlias { hostnames, ip }
        HostPathVolumeSource { path, type_ }
        ISCSIVolumeSource { chap_auth_discovery, chap_auth_session, fs_type, initiator_name, iqn, iscsi_interface, lun,
            portals, read_only, secret_ref, target_portal }
        ImageVolumeSource { pull_policy, reference }
        KeyToPath { key, mode, path }
        Lifecycle { post_start, pre_stop, stop_signal }
        LifecycleHandler { exec, http_get, sleep, tcp_socket }
        LocalObjectReference { name }
        NFSVolumeSource { path, read_only, server }
        NodeAffinity { preferred_during_scheduling_ignored_during_execution,
            required_during_scheduling_ignored_during_execution }
        NodeSelector { node_selector_terms }
        NodeSelectorRequirement { key, operator, values }
        NodeSelectorTerm { match_expressions, match_fields }
        ObjectFieldSelector { api_version, field_path }
        PersistentVolumeClaimSpec { access_modes, data_source, data_source_ref, resources, selector, storage_class_name,
            volume_attributes_class_name, volume_mode, volume_name }
        PersistentVolumeClaimTemplate { metadata, spec }
        PersistentVolumeClaimVolumeSource { claim_name, read_only }
        PhotonPersistentDiskVolumeSource { fs_type, pd_id }
        Pod { metadata, spec | status }
        PodAffinity { preferred_during_scheduling_ignored_during_execution,
            required_during_scheduling_ignored_during_execution }
        PodAffinityTerm { label_selector, match_label_keys, mismatch_label_keys, namespace_selector, namespaces,
            topology_key }
        PodAntiAffinity { preferred_during_scheduling_ignored_during_execution,
            required_during_scheduling_ignored_during_execution }
        PodCertificateProjection { certificate_chain_path, credential_bundle_path, key_path, key_type,
            max_expiration_seconds, signer_name, user_annotations }
        PodDNSConfig { nameservers, options, searches }
        PodDNSConfigOption { name, value }
        PodOS { name }
        PodReadinessGate { condition_type }
        PodResourceClaim { name, resource_claim_name, resource_claim_template_name }
        PodSchedulingGate { name }
        PodSchedulingGroup { pod_group_name }
        PodSecurityContext { app_armor_profile, fs_group, fs_group_change_policy, run_as_group, run_as_non_root,
            run_as_user, se_linux_change_policy, se_linux_options, seccomp_profile, supplemental_groups,
            supplemental_groups_policy, sysctls, windows_options }
        PodSpec { active_deadline_seconds, affinity, automount_service_account_token, containers, dns_config, dns_policy,
            enable_service_links, ephemeral_containers, host_aliases, host_ipc, host_network, host_pid, host_users,
            hostname, hostname_override, image_pull_secrets, init_containers, node_name, node_selector, os, overhead,
            preemption_policy, priority, priority_class_name, readiness_gates, resource_claims, resources,
            restart_policy, runtime_class_name, scheduler_name, scheduling_gates, scheduling_group, security_context,
            service_account, service_account_name, set_hostname_as_fqdn, share_process_namespace, subdomain,
            termination_grace_period_seconds, tolerations, topology_spread_constraints, volumes }
        PortworxVolumeSource { fs_type, read_only, volume_id }
        PreferredSchedulingTerm { preference, weight }
        Probe { exec, failure_threshold, grpc, http_get, initial_delay_seconds, period_seconds, success_threshold,
            tcp_socket, termination_grace_period_seconds, timeout_seconds }
        ProjectedVolumeSource { default_mode, sources }
        QuobyteVolumeSource { group, read_only, registry, tenant, user, volume }
        RBDVolumeSource { fs_type, image, keyring, monitors, pool, read_only, secret_ref, user }
        ResourceClaim { name, request }
        ResourceFieldSelector { container_name, divisor, resource }
        ResourceRequirements { claims, limits, requests }
        SELinuxOptions { level, role, type_, user }
        ScaleIOVolumeSource { fs_type, gateway, protection_domain, read_only, secret_ref, ssl_enabled, storage_mode,
            storage_pool, system, volume_name }
        SeccompProfile { localhost_profile, type_ }
        SecretEnvSource { name, optional }
        SecretKeySelector { key, name, optional }
        SecretProjection { items, name, optional }
        SecretVolumeSource { default_mode, items, optional, secret_name }
        SecurityContext { allow_privilege_escalation, app_armor_profile, capabilities, privileged, proc_mount,
            read_only_root_filesystem, run_as_group, run_as_non_root, run_as_user, se_linux_options, seccomp_profile,
            windows_options }
        ServiceAccountTokenProjection { audience, expiration_seconds, path }
        SleepAction { seconds }
        StorageOSVolumeSource { fs_type, read_only, secret_ref, volume_name, volume_namespace }
        Sysctl { name, value }
        TCPSocketAction { host, port }
        Toleration { effect, key, operator, toleration_seconds, value }
        TopologySpreadConstraint { label_selector, match_label_keys, max_skew, min_domains, node_affinity_policy,
            node_taints_policy, topology_key, when_unsatisfiable }
        TypedLocalObjectReference { api_group, kind, name }
        TypedObjectReference { api_group, kind, name, namespace }
        Volume { aws_elastic_block_store, azure_disk, azure_file, cephfs, cinder, config_map, csi, downward_api,
            empty_dir, ephemeral, fc, flex_volume, flocker, gce_persistent_disk, git_repo, glusterfs, host_path, image,
            iscsi, name, nfs, persistent_volume_claim, photon_persistent_disk, portworx_volume, projected, quobyte, rbd,
            scale_io, secret, storageos, vsphere_volume }
        VolumeDevice { device_path, name }
        VolumeMount { mount_path, mount_propagation, name, read_only, recursive_read_only, sub_path, sub_path_expr }
        VolumeProjection { cluster_trust_bundle, config_map, downward_api, pod_certificate, secret, service_account_token }
        VolumeResourceRequirements { limits, requests }
        VsphereVirtualDiskVolumeSource { fs_type, storage_policy_id, storage_policy_name, volume_path }
        WeightedPodAffinityTerm { pod_affinity_term, weight }
        WindowsSecurityContextOptions { gmsa_credential_spec, gmsa_credential_spec_name, host_process, run_as_user_name }
    }
    meta {
        LabelSelector { match_expressions, match_labels }
        LabelSelectorRequirement { key, operator, values }
        ManagedFieldsEntry { api_version, fields_type, manager, operation, subresource | fields_v1, time }
        ObjectMeta { annotations, deletion_grace_period_seconds, finalizers, generate_name, generation, labels,
            managed_fields, name, namespace, owner_references, resource_version, self_link, uid | creation_timestamp, deletion_timestamp }
        OwnerReference { api_version, block_owner_deletion, controller, kind, name, uid }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::{Type, all_structs};
    use super::*;

    /// A value of a type, with every field of every object in it.
    fn filled(ty: &Type, depth: usize) -> Value {
        match ty {
            Type::Str | Type::Named(_) => json!("word"),
            Type::Bool => json!(true),
            Type::Int32 | Type::IntOrString => json!(7),
            Type::Int64 => json!(7_000_000_000_i64),
            Type::Quantity => json!("5Mi"),
            Type::Time | Type::Any => Value::Null,
            Type::Resources => json!({"memory": "5Mi"}),
            Type::List(item) => json!([filled(item, depth), filled(item, depth)]),
            Type::Map(item) => json!({"a": filled(item, depth), "b": filled(item, depth)}),
            Type::Object(object) => {
                let fields = object.fields.iter().filter(|f| depth < 12 && f.name != "status");
                fields.map(|f| (f.name.to_string(), filled(&f.ty, depth + 1))).collect()
            }
        }
    }

    #[test]
    fn every_field_arrives_as_through_serde() {
        let mut whole = filled(&Type::Object(all_structs()[0]), 0);
        (whole["apiVersion"], whole["kind"]) = (json!("v1"), json!("Pod"));
        let expected: core::Pod = serde_json::from_value(whole.clone()).expect("the schema is that of the Pod");
        assert_eq!(core::Pod::from_value(whole), expected);
        assert_eq!(core::Pod::from_value(json!({})), core::Pod::default());
    }

    #[test]
    fn a_port_is_a_number_or_a_name() {
        assert_eq!(IntOrString::from_value(json!("http")), IntOrString::String("http".into()));
        assert_eq!(IntOrString::from_value(json!(80)), IntOrString::Int(80));
    }
}
