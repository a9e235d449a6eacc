//! Keys and values that YAML has and JSON has not, and where go-yaml parts from the standard: kubectl's words.

use crate::manifest::read;

/// What kubectl says after "error converting YAML to JSON: ", or nothing.
fn told(yaml: &str) -> String {
    let refusal = read(yaml).refusal.unwrap_or_default();
    let line = refusal.lines().next().unwrap_or_default();
    line.split_once("error converting YAML to JSON: ").map(|(_, text)| text.to_string()).unwrap_or_default()
}

#[test]
fn keys_that_json_cannot_have() {
    for (yaml, expected) in [
        ("~: x\n", r#"unsupported map key of type: %!s(<nil>), key: <nil>, value: "x""#),
        ("9223372036854775808: x\n", r#"unsupported map key of type: uint64, key: 0x8000000000000000, value: "x""#),
        (
            "~: [1000000.0, {a: null, b: [x, 1.5]}]\n",
            r#"unsupported map key of type: %!s(<nil>), key: <nil>, value: []interface {}{1e+06, map[interface {}]interface {}{"a":interface {}(nil), "b":[]interface {}{"x", 1.5}}}"#,
        ),
        ("a: .inf\n", "json: unsupported value: +Inf"),
        (".inf: a\n", ""),
        ("a: .nan\na: 1\n", ""),
    ] {
        assert_eq!(told(yaml), expected, "{yaml}");
    }
}

#[test]
fn keys_that_are_not_written() {
    for (yaml, expected) in [
        (": a\n", "yaml: did not find expected key"),
        ("a: 1\n: b\n", "yaml: line 1: did not find expected key"),
        ("a: {: b}\n", "yaml: did not find expected node content"),
        ("a: [? : b]\n", "yaml: did not find expected ',' or ']'"),
        ("a: 1\n\u{feff}b: 1\n", ""),
    ] {
        assert_eq!(told(yaml), expected, "{yaml}");
    }
}

#[test]
fn floats_as_keys() {
    for (key, expected) in [
        ("1e21", "1e+21"),
        ("1234567.0", "1.234567e+06"),
        ("99999.5", "99999.5"),
        ("0.1", "0.1"),
        ("3.5e38", ".inf"),
        ("0.00001", "1e-05"),
    ] {
        let refusal = read(&format!("{key}: 1\napiVersion: v1\nkind: Pod\n")).refusal.unwrap_or_default();
        assert!(refusal.contains(&format!(r#"unknown field "{expected}""#)), "{refusal}");
    }
}

/// A tag that says nothing makes a string of nothing, and leaves what there is as it is.
#[test]
fn unspecific_tags() {
    let refusal = |host| {
        read(&format!("apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: ! {host}\n")).refusal.unwrap_or_default()
    };
    assert!(!refusal("true").contains("cannot unmarshal"), "{}", refusal("true"));
    assert!(
        refusal("").contains("cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool"),
        "{}",
        refusal("")
    );
}

/// kubectl drops one byte order mark, the YAML reader another; positions in JSON do not count it.
#[test]
fn byte_order_marks() {
    let json = r#"{"apiVersion": "v1" x}"#;
    for (text, expected) in [
        (format!("\u{feff}{json}"), "json: offset 21: invalid character 'x' after object key:value pair"),
        (format!("\u{feff}\u{feff}{json}"), "yaml: did not find expected ',' or '}'"),
        ("\u{feff}{".into(), "unexpected EOF"),
        ("\u{feff}".into(), "no objects passed to create"),
    ] {
        let refusal = read(&text).refusal.unwrap_or_default();
        assert!(refusal.trim_end().ends_with(expected), "{refusal}");
    }
}
