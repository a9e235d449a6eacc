//! Manifests in, kubectl's texts and places out.

mod kubectl;
mod policies;
mod rules;
mod yaml;

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{Manifest, read};
use crate::i18n::{Lang, problem};
use crate::span::{LineIndex, Span};

/// What kubectl prints for a text.
fn check_refusal(text: &str, expected: Expect) {
    expected.assert_eq(read(text).refusal.as_deref().unwrap_or(""));
}

/// The text with carets under each diagnostic.
fn check_places(text: &str, expected: Expect) {
    expected.assert_eq(&carets(text, &read(text)));
}

fn carets(text: &str, manifest: &Manifest) -> String {
    let index = LineIndex::new(text);
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        let _ = writeln!(out, "{line}");
        for d in &manifest.diagnostics {
            let (row, column) = index.line_col(d.span.start);
            if row == n + 1 {
                let end = index.line_col(d.span.end);
                let width = if end.0 == row { (end.1 - column).max(1) } else { 1 };
                let sentence = problem::sentence(&d.problem, Lang::En);
                let _ = writeln!(out, "{}{} {sentence}", " ".repeat(column - 1), "^".repeat(width));
            }
        }
    }
    out
}

const HEAD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: demo}\n";

#[test]
fn the_first_stage_that_fails_is_told() {
    check_refusal("", expect![["error: no objects passed to create\n"]]);
    check_refusal(
        "a:\n\tb: 1\n",
        expect![[
            "error: error parsing pod.yaml: error converting YAML to JSON: yaml: line 2: found character that cannot start any token\n"
        ]],
    );
    check_refusal(
        "a: 1\n---\nb: {c: 1\n",
        expect![[r#"
            error: error validating "pod.yaml": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false
        "#]],
    );
    check_refusal(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: yes}\nspec: 1\n",
        expect![[r#"
            error: unable to decode "pod.yaml": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string
        "#]],
    );
    check_refusal(
        &format!("{HEAD}spec: {{foo: 1, containers: [{{name: a, image: b, args: [1]}}]}}\n"),
        expect![[r#"
            Error from server (BadRequest): error when creating "pod.yaml": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string
        "#]],
    );
    check_refusal(
        &format!("{HEAD}spec: {{foo: 1, serviceAccountName: nope, containers: []}}\n"),
        expect![[r#"
            Error from server (BadRequest): error when creating "pod.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"
        "#]],
    );
    check_refusal(
        &format!("{HEAD}spec: {{serviceAccountName: nope, containers: []}}\n"),
        expect![[r#"
            Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found
        "#]],
    );
    check_refusal(
        &format!("{HEAD}spec: {{restartPolicy: X}}\n"),
        expect![[r#"
            The Pod "demo" is invalid: 
            * spec.containers: Required value
            * spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"
        "#]],
    );
}

#[test]
fn namespaces_of_the_host_claims_and_overhead_are_checked() {
    let pod = |rest: &str| format!("{HEAD}spec:\n  containers: [{{name: a, image: b}}]\n{rest}");
    check_refusal(
        &pod("  hostUsers: false\n  hostNetwork: true\n  hostPID: true\n"),
        expect![[r#"
        The Pod "demo" is invalid: 
        * spec.hostNetwork: Forbidden: when `hostUsers` is false
        * spec.HostPID: Forbidden: when `hostUsers` is false
    "#]],
    );
    check_refusal(
        &pod("  resourceClaims: [{name: a, resourceClaimName: x}, {name: a, resourceClaimName: x}, {name: b}]\n"),
        expect![[r#"
            The Pod "demo" is invalid: 
            * spec.resourceClaims[1].name: Duplicate value: "a"
            * spec.resourceClaims[2]: Invalid value: {"Name":"b","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`
        "#]],
    );
    check_refusal(
        &pod("  overhead: {cpu: 1}\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead
    "#]],
    );
    check_refusal(
        &pod("  overhead: {cpu: 1}\n  restartPolicy: X\n"),
        expect![[r#"
        The Pod "demo" is invalid: spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"
    "#]],
    );
}

#[test]
fn admission_asks_its_plugins_in_their_order() {
    let pod = |rest: &str| format!("{HEAD}spec:\n  containers: [{{name: a, image: b}}]\n  runtimeClassName: r\n{rest}");
    check_refusal(
        &pod("  priorityClassName: p\n  serviceAccountName: s\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: error looking up service account default/s: serviceaccount "s" not found
    "#]],
    );
    check_refusal(
        &pod("  priorityClassName: p\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: no PriorityClass with name p was found
    "#]],
    );
    check_refusal(
        &pod("  priority: 5\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name
    "#]],
    );
    check_refusal(
        &pod("  preemptionPolicy: Never\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name
    "#]],
    );
    check_refusal(
        &pod("  restartPolicy: X\n"),
        expect![[r#"
        Error from server (Forbidden): error when creating "pod.yaml": pods "demo" is forbidden: pod rejected: RuntimeClass "r" not found
    "#]],
    );
}

#[test]
fn faults_are_underlined_where_they_stand() {
    check_places(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: demo\nspec:\n  containers:\n  - name: a\n    imag: nginx\n    ports:\n    - containerPort: \"80\"\n",
        expect![[r#"
            apiVersion: v1
            kind: Pod
            metadata:
              name: demo
            spec:
              containers:
              - name: a
                imag: nginx
                ^^^^ unknown field `imag`; did you mean `image`?
                ports:
                - containerPort: "80"
                                 ^^^^ json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32
        "#]],
    );
    check_places(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: Demo\n  name: Demo\nspec:\n  containers:\n  - name: a\n    volumeMounts:\n    - {name: v, mountPath: /a, subPath: /x}\n",
        expect![[r#"
            apiVersion: v1
            kind: Pod
            metadata:
              name: Demo
              ^^^^ `name` is given again further down; kubectl silently keeps only the last one
              name: Demo
                    ^^^^ metadata.name: Invalid value: "Demo": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            spec:
              containers:
              - name: a
                ^^^^ spec.containers[0].image: Required value
                volumeMounts:
                - {name: v, mountPath: /a, subPath: /x}
                         ^ spec.containers[0].volumeMounts[0].name: Not found: "v"
                                                    ^^ spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path
        "#]],
    );
}

#[test]
fn several_documents_are_told_one_by_one() {
    check_refusal(
        &format!(
            "{HEAD}spec: {{containers: [{{name: a}}]}}\n---\n{HEAD}spec: {{}}\n---\n{HEAD}spec: {{containers: [{{name: a, image: b}}]}}\n"
        ),
        expect![[r#"
            Error from server (Invalid): error when creating "pod.yaml": Pod "demo" is invalid: spec.containers[0].image: Required value
            Error from server (Invalid): error when creating "pod.yaml": Pod "demo" is invalid: spec.containers: Required value
        "#]],
    );
}

#[test]
fn a_scenario_beside_the_pod_is_no_object() {
    let pod = format!("{HEAD}spec: {{containers: [{{name: a, image: b}}]}}\n---\n");
    let text = format!("{pod}apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {{horizon: 1m}}\n");
    let manifest = read(&text);
    assert_eq!((manifest.refusal, manifest.diagnostics), (None, vec![]));
    assert_eq!(super::scenario(&text).map(|span| span.start), Some(pod.len()));
}

#[test]
fn workloads_give_the_pod_of_their_template() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: a, image: b}\n";
    let manifest = read(text);
    let pod = manifest.pod.unwrap_or_default();
    assert_eq!((pod.metadata.name.as_deref(), manifest.refusal), (Some("web-xxxxx"), None));
    assert_eq!(manifest.spans.value("spec.containers[0].image").map(|s| &text[s.start..s.end]), Some("b"));
}

#[test]
fn places_inside_scripts_lead_back_to_the_text() {
    let text = format!(
        "{HEAD}spec:\n  containers:\n  - name: a\n    image: b\n    command:\n    - sh\n    - -c\n    - |\n      echo one\n      if x; then\n        echo two\n      fi\n"
    );
    let manifest = read(&text);
    let script = manifest.pod.and_then(|p| p.spec?.containers.remove(0).command?.pop()).unwrap_or_default();
    assert_eq!(script, "echo one\nif x; then\n  echo two\nfi\n");
    let at = script.find("echo two").unwrap_or(0);
    let place = manifest.spans.inside("spec.containers[0].command[2]", Span::new(at, at + 8));
    assert_eq!(place.map(|s| &text[s.start..s.end]), Some("echo two"));
}

#[test]
fn the_server_fills_in_what_is_not_said() {
    let pod =
        read(&format!("{HEAD}spec: {{containers: [{{name: a, image: b, resources: {{limits: {{cpu: 0.5}}}}}}]}}\n"))
            .pod;
    let json = serde_json::to_value(pod).map(|v| v["spec"].to_string()).unwrap_or_default();
    expect![[r#"{"containers":[{"image":"b","imagePullPolicy":"Always","name":"a","resources":{"limits":{"cpu":"500m"},"requests":{"cpu":"500m"}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0,"restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"default","serviceAccountName":"default","terminationGracePeriodSeconds":30,"tolerations":[{"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists","tolerationSeconds":300},{"effect":"NoExecute","key":"node.kubernetes.io/unreachable","operator":"Exists","tolerationSeconds":300}]}"#]]
    .assert_eq(&json);
}

#[test]
fn amounts_keep_their_text() {
    for (written, kept) in [
        ("1.125", "1.125"),
        ("1.250", "1250m"),
        ("'1.500'", "1.500"),
        ("+1", "1"),
        ("'+1'", "+1"),
        ("0.0005", "1m"),
        ("1.000001", "1001m"),
        ("1e21", "1e+21"),
        ("m", "0"),
        ("'-'", "0"),
    ] {
        let resources = format!("{{limits: {{cpu: {written}}}, requests: {{cpu: 0}}}}");
        let text = format!("{HEAD}spec: {{containers: [{{name: a, image: b, resources: {resources}}}]}}\n");
        let limits = read(&text).pod.and_then(|pod| pod.spec?.containers.pop()?.resources?.limits);
        assert_eq!(limits.and_then(|l| Some(l.get("cpu")?.0.clone())).as_deref(), Some(kept), "{written}");
    }
}

#[test]
fn hostile_texts_are_answered() {
    for text in [
        "[".repeat(1_000_000),
        "- ".repeat(100_000),
        "{\"a\":".repeat(20_000),
        format!("? {}{}\n: 1", "[".repeat(9000), "]".repeat(9000)),
        format!("a: {}{{}}{}", "{<<: ".repeat(9000), "}".repeat(9000)),
        "\u{0}\u{1}\u{feff}".repeat(1000),
        "---\n".repeat(10_000),
        format!("{HEAD}spec: {{containers: [{}]}}", "{name: A, volumeMounts: [{}]},".repeat(10_000)),
    ] {
        assert!(read(&text).refusal.is_some());
    }
    let bomb: String = (b'b'..=b'z')
        .map(|c| format!("{}: &{} [{}]\n", c as char, c as char, format!("*{},", (c - 1) as char).repeat(9)))
        .collect();
    let told = read(&format!("a: &a [x]\n{bomb}")).refusal.unwrap_or_default();
    assert!(told.contains("document contains excessive aliasing"), "{told}");
}

/// How many cases are tried; `make fuzz` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000)
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: cases(), failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_answered(text in ".*") {
        everything(&text);
    }

    #[test]
    fn any_heap_of_yaml_pieces_is_answered(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        everything(&pieces.concat());
    }
}

const PIECES: &[&str] = &[
    "apiVersion: v1\n",
    "kind: Pod\n",
    "metadata:\n",
    "  name: a\n",
    "spec:\n",
    "  containers:\n",
    "  - name: b\n",
    "    image: c\n",
    "- ",
    "  ",
    "\n",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&a ",
    "*a",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "#x\n",
    "\t",
    "? ",
    "!!int ",
    "<<: *a\n",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "a",
    "\r\n",
    "한글",
    "initContainers:\n",
    "volumeMounts: [{name: v}]\n",
    "apiVersion: podlapse.dev/v1alpha1\n",
    "actions: [{at: 1s, evict: {}}]\n",
    "~",
    "1e3",
    "\\x4",
];

/// Calls all that takes text; nothing may panic, and every place must be a place of the text.
fn everything(text: &str) {
    let (manifest, _) = super::read_or_complete(text, &|_, _| false, None);
    assert!(manifest.pod.is_some() || manifest.refusal.is_some(), "neither a Pod nor a word about it: {text:?}");
    let (_, diagnostics) = crate::scenario::read(text);
    for d in manifest.diagnostics.iter().chain(&diagnostics) {
        assert!(d.span.start <= d.span.end && text.get(d.span.start..d.span.end).is_some(), "{:?} in {text:?}", d);
    }
    let fault =
        crate::scenario::Fault { attempts: crate::scenario::Attempts::ALL, kind: crate::scenario::FaultKind::Hang };
    crate::scenario::edit::remove_fault(&crate::scenario::edit::add_fault(text, "a", &fault), "a", 0);
    for offset in (0..=text.len()).step_by(7) {
        super::schema::complete(text, offset);
        super::schema::hover(text, offset, Lang::Ko);
    }
}

#[test]
fn what_would_be_told_after_an_unknown_field_is_told_with_it() {
    let text = format!(
        "{HEAD}spec:\n  restartPolicy: Allways\n  containers: [{{name: a, imagee: b, ports: [{{containerPort: 80800}}]}}]\n"
    );
    let manifest = read(&text);
    let told: Vec<_> = manifest
        .diagnostics
        .iter()
        .map(|d| crate::i18n::problem::sentence(&d.problem, crate::i18n::Lang::En))
        .collect();
    assert_eq!(
        told,
        [
            "unknown field `imagee`; did you mean `image`?",
            "spec.containers[0].ports[0].containerPort: Invalid value: 80800: must be between 1 and 65535, inclusive",
            "spec.restartPolicy: Unsupported value: \"Allways\": supported values: \"Always\", \"OnFailure\", \"Never\"",
        ]
    );
    assert!(manifest.refusal.is_some_and(|refusal| !refusal.contains("Allways")), "kubectl tells the first alone");
}
