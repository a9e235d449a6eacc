//! What the registry carries from one part of a new Pod to another: label keys into selectors, annotations into fields.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{AppArmorProfile, Pod, PodAffinityTerm, SecurityContext, WeightedPodAffinityTerm};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use crate::manifest::checks::annotations::APP_ARMOR_CONTAINER;

type Labels = BTreeMap<String, String>;

/// The values of the Pod's own labels go into the selectors that name their keys (`mutatePodAffinity`, `mutateTopologySpreadConstraints`).
pub fn label_keys(pod: &mut Pod) {
    let labels = pod.metadata.labels.clone().unwrap_or_default();
    let Some(spec) = &mut pod.spec else { return };
    for constraint in spec.topology_spread_constraints.iter_mut().flatten() {
        merge(constraint.label_selector.as_mut(), constraint.match_label_keys.as_deref(), "In", &labels);
    }
    let Some(affinity) = &mut spec.affinity else { return };
    let (to, from) = (affinity.pod_affinity.iter_mut(), affinity.pod_anti_affinity.iter_mut());
    let to = to.map(|a| {
        (
            &mut a.preferred_during_scheduling_ignored_during_execution,
            &mut a.required_during_scheduling_ignored_during_execution,
        )
    });
    let from = from.map(|a| {
        (
            &mut a.preferred_during_scheduling_ignored_during_execution,
            &mut a.required_during_scheduling_ignored_during_execution,
        )
    });
    for (preferred, required) in to.chain(from) {
        let preferred = preferred.iter_mut().flatten().map(|w: &mut WeightedPodAffinityTerm| &mut w.pod_affinity_term);
        for term in preferred.chain(required.iter_mut().flatten()) {
            affinity_term(term, &labels);
        }
    }
}

fn affinity_term(term: &mut PodAffinityTerm, labels: &Labels) {
    merge(term.label_selector.as_mut(), term.match_label_keys.as_deref(), "In", labels);
    merge(term.label_selector.as_mut(), term.mismatch_label_keys.as_deref(), "NotIn", labels);
}

fn merge(selector: Option<&mut LabelSelector>, keys: Option<&[String]>, operator: &str, labels: &Labels) {
    let Some(selector) = selector else { return };
    for (key, value) in keys.into_iter().flatten().filter_map(|key| labels.get_key_value(key)) {
        selector.match_expressions.get_or_insert_default().push(LabelSelectorRequirement {
            key: key.clone(),
            operator: operator.into(),
            values: Some(vec![value.clone()]),
        });
    }
}

/// Profiles that are said in an annotation only become fields (`applyAppArmorVersionSkew`). The result are the containers to remark on.
pub fn app_armor(pod: &mut Pod) -> Vec<String> {
    let mut told = Vec::new();
    let (Some(annotations), Some(spec)) = (&pod.metadata.annotations, &mut pod.spec) else { return told };
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return told;
    }
    let of_pod = spec.security_context.as_ref().and_then(|c| c.app_armor_profile.clone());
    for container in spec.init_containers.iter_mut().flatten().chain(&mut spec.containers) {
        let Some(annotation) = annotations.get(&format!("{APP_ARMOR_CONTAINER}{}", container.name)) else { continue };
        if container.security_context.as_ref().is_some_and(|c| c.app_armor_profile.is_some()) {
            continue;
        }
        let profile = profile(annotation);
        if profile.is_some() && profile == of_pod {
            continue;
        }
        told.push(container.name.clone());
        if profile.is_some() {
            container.security_context.get_or_insert_with(SecurityContext::default).app_armor_profile = profile;
        }
    }
    told
}

/// The field that an annotation stands for, when it stands for a valid one.
fn profile(annotation: &str) -> Option<AppArmorProfile> {
    let (kind, file) = match annotation {
        "unconfined" => ("Unconfined", None),
        "runtime/default" => ("RuntimeDefault", None),
        _ => ("Localhost", Some(annotation.strip_prefix("localhost/")?)),
    };
    let good = file.is_none_or(|file| !file.is_empty() && file.trim() == file && file.len() <= 4095);
    good.then(|| AppArmorProfile { type_: kind.into(), localhost_profile: file.map(Into::into) })
}
