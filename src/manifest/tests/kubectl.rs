//! What kubectl says before it sends anything, of lists, and of several documents together.

use expect_test::{Expect, expect};

use super::{HEAD, check_refusal};
use crate::manifest::{read, read_in};

/// What kubectl prints for documents in one text.
fn check(documents: &[&str], expected: Expect) {
    check_refusal(&documents.join("---\n"), expected);
}

/// A Pod that the server refuses.
const EMPTY: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: empty}\n";
/// One that kubectl cannot decode.
const UNTYPED: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: yes}\n";
/// A kind that nobody knows.
const PODS: &str = "apiVersion: v1\nkind: Pods\nmetadata: {name: a}\n";

#[test]
fn an_empty_kind_is_quoted_with_its_document() {
    check(
        &[
            "kind: ''\napiVersion: v1\nmetadata: {name: yes, x: \"<&> \\u2028\\b\\x01é\"}\nspec: [1.50, 1e21, 0x10, ~, 18446744073709551615]\n",
        ],
        expect![[r#"
            error: unable to decode "pod.yaml": Object 'Kind' is missing in '{"apiVersion":"v1","kind":"","metadata":{"name":true,"x":"\u003c\u0026\u003e \u2028\b\u0001é"},"spec":[1.5,1e+21,16,null,18446744073709551615]}'
        "#]],
    );
    check(
        &["  {\"kind\": \"\", \"b\":1.50, \"apiVersion\": \"v1\", \"a\": \"<\"}\n\n"],
        expect![[r#"
        error: unable to decode "pod.yaml": Object 'Kind' is missing in '{"kind": "", "b":1.50, "apiVersion": "v1", "a": "<"}'
    "#]],
    );
}

#[test]
fn what_was_not_read_is_one_error_after_what_was_sent() {
    check(
        &[PODS, UNTYPED],
        expect![[r#"
        resource mapping not found for name: "a" namespace: "" from "pod.yaml": no matches for kind "Pods" in version "v1"
        ensure CRDs are installed first
        unable to decode "pod.yaml": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string
    "#]],
    );
    check(
        &[PODS, EMPTY, UNTYPED, EMPTY],
        expect![[r#"
        Error from server (Invalid): error when creating "pod.yaml": Pod "empty" is invalid: spec.containers: Required value
        Error from server (Invalid): error when creating "pod.yaml": Pod "empty" is invalid: spec.containers: Required value
        [resource mapping not found for name: "a" namespace: "" from "pod.yaml": no matches for kind "Pods" in version "v1"
        ensure CRDs are installed first, unable to decode "pod.yaml": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string]
    "#]],
    );
    check(
        &[PODS, EMPTY, PODS],
        expect![[r#"
        Error from server (Invalid): error when creating "pod.yaml": Pod "empty" is invalid: spec.containers: Required value
        resource mapping not found for name: "a" namespace: "" from "pod.yaml": no matches for kind "Pods" in version "v1"
        ensure CRDs are installed first
    "#]],
    );
    check(
        &[EMPTY, "a: [\n"],
        expect![[r#"
        Error from server (Invalid): error when creating "pod.yaml": Pod "empty" is invalid: spec.containers: Required value
        error parsing pod.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content
    "#]],
    );
}

#[test]
fn nothing_is_read_after_what_has_no_kind() {
    check(
        &["a: 1\n", EMPTY, "a: [\n"],
        expect![[r#"
        error: error validating "pod.yaml": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false
    "#]],
    );
    check(
        &[EMPTY, PODS, "a: 1\n", EMPTY],
        expect![[r#"
        Error from server (Invalid): error when creating "pod.yaml": Pod "empty" is invalid: spec.containers: Required value
        [resource mapping not found for name: "a" namespace: "" from "pod.yaml": no matches for kind "Pods" in version "v1"
        ensure CRDs are installed first, error validating "pod.yaml": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false]
    "#]],
    );
    let warned = format!("{HEAD}spec: {{containers: [{{name: a, image: ' b', env: [{{name: A}}, {{name: A}}]}}]}}\n");
    assert!(read(&format!("a: 1\n---\n{warned}")).warnings.is_empty());
}

#[test]
fn items_of_lists_are_told_together() {
    let list = |kind: &str, items: &str| format!("apiVersion: v1\nkind: {kind}\nitems: [{items}]\n");
    let foo = "{apiVersion: v1, kind: Foo}";
    check(
        &[&list("List", foo)],
        expect![[r#"
        unable to recognize no matches for kind "Foo" in version "v1"
    "#]],
    );
    check(
        &[&list("List", &format!("{foo}, {{apiVersion: v1, kind: Bar}}"))],
        expect![[r#"
        unable to recognize no matches for kind "Foo" in version "v1"
        unable to recognize no matches for kind "Bar" in version "v1"
    "#]],
    );
    check(
        &[&list("List", &format!("{foo}, {{apiVersion: v1, kind: Pod, metadata: {{name: 5}}}}"))],
        expect![[r#"
        Error from server (BadRequest): error when creating "pod.yaml": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string
        unable to recognize no matches for kind "Foo" in version "v1"
    "#]],
    );
    check(
        &[&list("PodList", "{}, {kind: Pod}, {apiVersion: v1}")],
        expect![[r#"
        Error from server (Invalid): error when creating "pod.yaml": Pod "" is invalid: [metadata.name: Required value: name or generateName is required, spec.containers: Required value]
        [unable to get type info from the object "*unstructured.Unstructured": Object 'apiVersion' is missing in 'object has no apiVersion field', unable to get type info from the object "*unstructured.Unstructured": Object 'Kind' is missing in 'object has no kind field ']
    "#]],
    );
    check(
        &[&list("List", "{kind: Pod}, {}, 1"), EMPTY],
        expect![[r#"
        error: error validating "pod.yaml": error validating data: [apiVersion not set, apiVersion not set, kind not set, invalid object to validate]; if you choose to ignore these errors, turn validation off with --validate=false
    "#]],
    );
    check(
        &[&list("List", "{apiVersion: v1, kind: List, items: []}"), "a: [\n"],
        expect![[r#"
        *unstructured.Unstructured is not a list: no Items field in this object
        error parsing pod.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content
    "#]],
    );
    check(
        &[&list("PodList", "1")],
        expect![[r#"
        error: unable to decode "pod.yaml": json: cannot unmarshal number into Go value of type map[string]interface {}
    "#]],
    );
    check(
        &[&list("List", "")],
        expect![[r#"
        error: no objects passed to create
    "#]],
    );
    let pod = "{metadata: {name: a}, spec: {containers: [{name: a, image: b}]}}";
    assert_eq!(read(&list("PodList", pod)).pod.and_then(|pod| pod.metadata.name).as_deref(), Some("a"));
}

#[test]
fn lists_have_items_and_other_kinds_may_have_them() {
    check(
        &["apiVersion: v1\nkind: List\n"],
        expect![[r#"
        error: error validating "pod.yaml": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false
    "#]],
    );
    check(
        &["apiVersion: v1\nkind: PodList\n"],
        expect![[r#"
        error: error validating "pod.yaml": error validating data: ValidationError(PodList): missing required field "items" in io.k8s.api.core.v1.PodList; if you choose to ignore these errors, turn validation off with --validate=false
    "#]],
    );
    check(
        &["apiVersion: apps/v1\nkind: List\n"],
        expect![[r#"
        Error from server (NotFound): error when creating "pod.yaml": the server could not find the requested resource
    "#]],
    );
    check(
        &["apiVersion: v1\nkind: Pod\nitems: []\n"],
        expect![[r#"
        error: no objects passed to create
    "#]],
    );
    check(
        &["apiVersion: v1\nkind: Pod\nitems: {}\n"],
        expect![[r#"
        error: unable to decode "pod.yaml": json: cannot unmarshal object into Go struct field decodeList.items of type []json.RawMessage
    "#]],
    );
}

/// Only a kind that is not known may be the list of another.
#[test]
fn a_custom_resource_may_be_called_a_list() {
    let text = "apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\n---\n";
    let pod = format!("{HEAD}spec: {{containers: [{{name: a, image: b}}]}}\n");
    assert_eq!(read_in(&format!("{text}{pod}"), "pod.yaml", &|_, _| true, None).refusal, None);
}

#[test]
fn a_group_may_be_empty() {
    check(
        &["apiVersion: /v1\nkind: Pod\nmetadata: {name: a}\n"],
        expect![[r#"
        The Pod "a" is invalid: spec.containers: Required value
    "#]],
    );
    check(
        &["apiVersion: /\nkind: Pod\nmetadata: {name: a}\n"],
        expect![[r#"
        Error from server (NotFound): error when creating "pod.yaml": the server could not find the requested resource
    "#]],
    );
    check(
        &["apiVersion: v1/\nkind: Pod\nmetadata: {name: a}\n"],
        expect![[r#"
        error: resource mapping not found for name: "a" namespace: "" from "pod.yaml": no matches for kind "Pod" in version "v1/"
        ensure CRDs are installed first
    "#]],
    );
}

#[test]
fn a_namespace_is_part_of_a_path() {
    for (namespace, problem) in [
        ("a/b", "may not contain '/'"),
        ("a%2fb/", "may not contain '/' may not contain '%'"),
        (".", "may not be '.'"),
        ("..", "may not be '..'"),
    ] {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {namespace}}}\n");
        let line = format!("error when creating \"pod.yaml\": invalid namespace \"{namespace}\": [{problem}]\n");
        assert_eq!(read(&text).refusal, Some(format!("error: {line}")));
        assert_eq!(read(&format!("{text}---\n{text}")).refusal, Some(line.repeat(2)));
    }
}

#[test]
fn a_pod_in_disguise_has_fields_that_its_kind_has_not() {
    let disguised = |version: &str, kind: &str, rest: &str| {
        format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, foo: 1}}\nspec:\n  containers: [{{name: a, image: b}}]\n{rest}"
        )
    };
    check(
        &[&disguised("v1", "ConfigMap", "")],
        expect![[r#"
        Error from server (BadRequest): error when creating "pod.yaml": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.foo", unknown field "spec"
    "#]],
    );
    check(
        &[&disguised("v1", "Service", "  selector: {a: b}\n  volumes: []\n")],
        expect![[r#"
        Error from server (BadRequest): error when creating "pod.yaml": Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "metadata.foo", unknown field "spec.containers", unknown field "spec.volumes"
    "#]],
    );
    check(
        &[&disguised("apps/v1", "Deployment", "  replicas: 3\n")],
        expect![[r#"
        Error from server (BadRequest): error when creating "pod.yaml": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "metadata.foo", unknown field "spec.containers"
    "#]],
    );
    check(
        &[&disguised("v1", "ConfigMap", "data: {a: b}\n")],
        expect![[r#"
        error: a ConfigMap is not a Pod
    "#]],
    );
    check(
        &["apiVersion: v1\nkind: Service\nspec: {ports: [{port: 80}]}\n"],
        expect![[r#"
        error: a Service is not a Pod
    "#]],
    );
    check(
        &[&disguised("networking.k8s.io/v1", "Ingress", "")],
        expect![[r#"
        error: a Ingress is not a Pod
    "#]],
    );
}
