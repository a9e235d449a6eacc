//! LimitRanges and ResourceQuotas beside a Pod, by the examples of the documentation's pages on managing memory and CPU for a namespace.

use expect_test::expect;

use super::check_refusal;
use crate::manifest::read;

fn object(kind: &str, spec: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: rules}}\nspec: {spec}\n---\n")
}

fn pod(resources: &str) -> String {
    let container = format!("{{name: main, image: nginx, resources: {resources}}}");
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: demo}}\nspec: {{containers: [{container}]}}\n---\n")
}

/// The requests and limits of the first container and the annotation.
fn given(text: &str) -> String {
    let manifest = read(text);
    let Some(pod) = manifest.pod else { return manifest.refusal.unwrap_or_default() };
    let resources = pod.spec.map(|spec| spec.containers[0].resources.clone());
    let json = serde_json::to_string(&resources).unwrap_or_default();
    let said = pod.metadata.annotations.and_then(|a| a.get("kubernetes.io/limit-ranger").cloned());
    format!("{json}\n{}\n", said.unwrap_or_default())
}

#[test]
fn a_limit_range_fills_in_what_is_not_said() {
    let defaults = object(
        "LimitRange",
        "{limits: [{type: Container, default: {memory: 512Mi}, defaultRequest: {memory: 256Mi}}]}",
    );
    expect![[r#"
        {"limits":{"memory":"512Mi"},"requests":{"memory":"256Mi"}}
        LimitRanger plugin set: memory request for container main; memory limit for container main
    "#]]
    .assert_eq(&given(&(defaults.clone() + &pod("{}"))));
    expect![[r#"
        {"limits":{"memory":"1Gi"},"requests":{"memory":"1Gi"}}

    "#]]
    .assert_eq(&given(&(defaults.clone() + &pod("{limits: {memory: 1Gi}}"))));
    // What comes after the Pod is too late, and what is in another namespace has no say.
    expect![[r#"
        {}

    "#]]
    .assert_eq(&given(&(pod("{}") + &defaults)));
    expect![[r#"
        {}

    "#]]
    .assert_eq(&given(&(defaults.replace("name: rules", "name: rules, namespace: other") + &pod("{}"))));
    let bounds = object("LimitRange", "{limits: [{type: Container, max: {cpu: 800m}, min: {cpu: 200m}}]}");
    expect![[r#"
        {"limits":{"cpu":"800m"},"requests":{"cpu":"800m"}}
        LimitRanger plugin set: cpu request for container main; cpu limit for container main
    "#]]
    .assert_eq(&given(&(bounds + &pod("{}"))));
    // The request that is said is more than the limit that is given.
    check_refusal(
        &(defaults + &pod("{requests: {memory: 1Gi}}")),
        expect![[r#"
        The Pod "demo" is invalid: spec.containers[0].resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi
    "#]],
    );
}

#[test]
fn a_limit_range_refuses() {
    let range = |limits: &str| object("LimitRange", &format!("{{limits: [{limits}]}}"));
    let bounds = range("{type: Container, max: {memory: 1Gi}, min: {memory: 500Mi}}");
    check_refusal(
        &(bounds.clone() + &pod("{limits: {memory: 1.5Gi}, requests: {memory: 800Mi}}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi
    "#]],
    );
    check_refusal(
        &(bounds + &pod("{limits: {memory: 800Mi}, requests: {memory: 100Mi}}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: minimum memory usage per Container is 500Mi, but request is 100Mi
    "#]],
    );
    let of_pod = range("{type: Pod, max: {cpu: 2, memory: 1Gi}}");
    check_refusal(
        &(of_pod + &pod("{limits: {cpu: 3}}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: [maximum cpu usage per Pod is 2, but limit is 3, maximum memory usage per Pod is 1Gi.  No limit is specified]
    "#]],
    );
    let ratio = range("{type: Container, maxLimitRequestRatio: {cpu: 2}}");
    check_refusal(
        &(ratio + &pod("{limits: {cpu: 1}, requests: {cpu: 300m}}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 3.333333
    "#]],
    );
}

#[test]
fn a_quota_refuses() {
    let quota = |hard: &str| object("ResourceQuota", &format!("{{hard: {hard}}}"));
    let all = quota("{requests.cpu: 1, requests.memory: 1Gi, limits.cpu: 2, limits.memory: 2Gi}");
    let first = pod("{limits: {memory: 800Mi, cpu: 800m}, requests: {memory: 600Mi, cpu: 400m}}");
    let second =
        pod("{limits: {memory: 1Gi, cpu: 800m}, requests: {memory: 700Mi, cpu: 400m}}").replace("demo", "demo-2");
    check_refusal(
        &(all.clone() + &first + &second),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo-2" is forbidden: exceeded quota: rules, requested: requests.memory=700Mi, used: requests.memory=600Mi, limited: requests.memory=1Gi
    "#]],
    );
    check_refusal(
        &(all.clone() + &pod("{limits: {cpu: 1}}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: failed quota: rules: must specify limits.memory for: main; requests.memory for: main
    "#]],
    );
    check_refusal(
        &(quota("{pods: 0}") + &pod("{}")),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: exceeded quota: rules, requested: pods=1, used: pods=0, limited: pods=0
    "#]],
    );
    // A LimitRange helps.
    let range = object("LimitRange", "{limits: [{type: Container, default: {cpu: 1, memory: 1Gi}}]}");
    assert_eq!(read(&(all + &range + &pod("{}"))).refusal, None);
    let scoped = object("ResourceQuota", "{hard: {pods: 0}, scopes: [NotBestEffort]}");
    assert_eq!(read(&(scoped.clone() + &pod("{}"))).refusal, None);
    check_refusal(
        &(scoped + &first),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: exceeded quota: rules, requested: pods=1, used: pods=0, limited: pods=0
    "#]],
    );
}
