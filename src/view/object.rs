//! The Pod as the API server shows it at a moment: what was stored, what admission added, and the status.
//!
//! The trace keeps only what changes; here it is put back together, for `describe`, `-o yaml` and whoever else wants the whole object.

use k8s_openapi::api::core::v1::{
    ConfigMapProjection, Container, DownwardAPIProjection, DownwardAPIVolumeFile, KeyToPath, ObjectFieldSelector, Pod,
    PodSpec, ProjectedVolumeSource, ServiceAccountTokenProjection, Volume, VolumeMount, VolumeProjection,
};

use crate::time::Millis;
use crate::trace::{PodVersion, Trace, api_time};

/// Where every container finds the token of its service account.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The object that stands at `t`; `None` before its creation and once it is gone.
pub fn pod_at(trace: &Trace, t: Millis) -> Option<Pod> {
    trace.version_at(t).filter(|v| !v.removed).map(|v| pod_of(trace, v))
}

/// The whole object at one version.
pub fn pod_of(trace: &Trace, version: &PodVersion) -> Pod {
    let mut pod = admitted(trace);
    let meta = &mut pod.metadata;
    meta.generation = Some(version.generation);
    if let Some(deletion) = version.deletion {
        let grace = Millis::secs(deletion.grace_seconds.max(0).unsigned_abs());
        meta.deletion_timestamp = Some(api_time(deletion.requested + grace));
        meta.deletion_grace_period_seconds = Some(deletion.grace_seconds);
    }
    if let Some(spec) = &mut pod.spec {
        spec.node_name = super::node_name(trace, version).map(Into::into);
        for container in spec.containers.iter_mut().chain(spec.init_containers.iter_mut().flatten()) {
            if let Some(image) = version.images.get(&container.name) {
                container.image = Some(image.clone());
            }
        }
    }
    pod.status = Some(version.status.to_api(&pod));
    pod
}

/// The Pod with what the API server gives it as it stores it.
pub fn stored(trace: &Trace) -> Pod {
    let mut pod = Pod::clone(&trace.pod);
    pod.metadata.uid = Some(trace.uid.to_string());
    pod.metadata.creation_timestamp = Some(api_time(Millis::ZERO));
    pod
}

/// The Pod with what admission adds to it on its way into the store.
pub fn admitted(trace: &Trace) -> Pod {
    let mut pod = stored(trace);
    pod.metadata.namespace.get_or_insert_with(|| "default".into());
    let token = token_volume_name(super::name(trace));
    if let Some(spec) = &mut pod.spec {
        add_service_account_token(spec, token);
    }
    pod
}

/// What the ServiceAccount admission plugin does: a projected volume, mounted wherever nothing else is mounted at its place.
fn add_service_account_token(spec: &mut PodSpec, volume: String) {
    let wants = |c: &Container| !c.volume_mounts.iter().flatten().any(|m| m.mount_path == TOKEN_PATH);
    let mut lacking: Vec<&mut Container> = spec.containers.iter_mut().filter(|c| wants(c)).collect();
    lacking.extend(spec.init_containers.iter_mut().flatten().filter(|c| wants(c)));
    if spec.automount_service_account_token == Some(false) || lacking.is_empty() {
        return;
    }
    for container in lacking {
        container.volume_mounts.get_or_insert_default().push(VolumeMount {
            name: volume.clone(),
            mount_path: TOKEN_PATH.into(),
            read_only: Some(true),
            ..Default::default()
        });
    }
    spec.volumes.get_or_insert_default().push(token_volume(volume));
}

fn token_volume(name: String) -> Volume {
    let token =
        ServiceAccountTokenProjection { expiration_seconds: Some(3607), path: "token".into(), ..Default::default() };
    let ca = ConfigMapProjection {
        name: "kube-root-ca.crt".into(),
        items: Some(vec![KeyToPath { key: "ca.crt".into(), path: "ca.crt".into(), ..Default::default() }]),
        ..Default::default()
    };
    let namespace = DownwardAPIVolumeFile {
        path: "namespace".into(),
        field_ref: Some(ObjectFieldSelector {
            api_version: Some("v1".into()),
            field_path: "metadata.namespace".into(),
        }),
        ..Default::default()
    };
    let sources = vec![
        VolumeProjection { service_account_token: Some(token), ..Default::default() },
        VolumeProjection { config_map: Some(ca), ..Default::default() },
        VolumeProjection {
            downward_api: Some(DownwardAPIProjection { items: Some(vec![namespace]) }),
            ..Default::default()
        },
    ];
    let projected = ProjectedVolumeSource { default_mode: Some(420), sources: Some(sources) };
    Volume { name, projected: Some(projected), ..Default::default() }
}

/// `kube-api-access-` and five characters; the server draws them, here the Pod's name decides.
fn token_volume_name(pod: &str) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    // FNV-1a
    let mut hash = pod.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let mut name = String::from("kube-api-access-");
    for _ in 0..5 {
        name.push(char::from(ALPHABET[(hash % ALPHABET.len() as u64) as usize]));
        hash /= ALPHABET.len() as u64;
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::trace::Deletion;
    use crate::view::fixture::{self, NOW};

    #[test]
    fn what_changed_since_the_creation_is_put_back_together() {
        let mut trace = fixture::trace("Running PodScheduled", "i1 waiting | main running");
        trace.node = "node1".into();
        let version = &mut trace.versions[0];
        version.images = Rc::new(BTreeMap::from([("main".to_string(), "nginx:1.27".to_string())]));
        version.deletion = Some(Deletion { requested: Millis(1_000_250), grace_seconds: 5 });
        version.generation = 3;
        let pod = pod_at(&trace, NOW).unwrap();
        let spec = pod.spec.unwrap();
        assert_eq!(spec.containers[0].image.as_deref(), Some("nginx:1.27"));
        assert_eq!(spec.node_name.as_deref(), Some("node1"));
        assert_eq!(pod.metadata.deletion_timestamp, Some(api_time(Millis::secs(1005))));
        assert_eq!((pod.metadata.deletion_grace_period_seconds, pod.metadata.generation), (Some(5), Some(3)));
        assert_eq!(pod.status.unwrap().phase.as_deref(), Some("Running"));
    }

    #[test]
    fn a_pod_has_no_node_before_it_is_scheduled() {
        let mut trace = fixture::trace("Pending unknown", "main waiting");
        trace.node = "node1".into();
        assert_eq!(pod_at(&trace, NOW).unwrap().spec.unwrap().node_name, None);
        assert!(pod_at(&trace, Millis::ZERO).is_none());
    }

    #[test]
    fn the_token_is_mounted_where_nothing_else_is_and_only_if_wanted() {
        let own = "{name: own, volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]}";
        let spec = |extra: &str| {
            let yaml = format!("{{metadata: {{name: demo}}, spec: {{{extra} containers: [{{name: main}}, {own}]}}}}");
            admitted(&fixture::with_pod(fixture::trace("Pending unknown", ""), &yaml)).spec.unwrap()
        };
        let admitted = spec("");
        let mounts = |c: &Container| c.volume_mounts.iter().flatten().count();
        assert_eq!(admitted.containers.iter().map(mounts).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(admitted.volumes.unwrap()[0].name, token_volume_name("demo"));
        assert_eq!(spec("automountServiceAccountToken: false,").volumes, None);
    }
}
