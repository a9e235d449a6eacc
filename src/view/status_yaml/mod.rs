//! `kubectl get pod -o yaml` at a moment: the whole object with its status.
//!
//! The text is written here and not by a library because kubectl's YAML has its own habits: keys in natural order, lists at the
//! indentation of their key, strings plain where YAML 1.1 allows it, lines folded once they have passed 80 columns.

mod scalar;

use std::cmp::Ordering;

use scalar::{Looks, escape, resolves_to_other};
use serde_json::{Map, Value};

use crate::order::Order;
use crate::time::Millis;
use crate::trace::Trace;
use crate::view::{get, json, object};

/// Past this column a text is continued on the next line.
const WIDTH: usize = 80;
/// Longer keys are written with a question mark.
const MAX_SIMPLE_KEY: usize = 128;

/// What `kubectl get pod NAME -o yaml` prints at `t`.
pub fn text_at(trace: &Trace, t: Millis) -> String {
    object::pod_at(trace, t).map_or_else(|| get::not_found(trace), |pod| emit(&json::pod(&pod)))
}

/// Any value as kubectl writes it.
pub fn emit(value: &Value) -> String {
    let mut out = Emitter::default();
    out.node(value, 0);
    out.text
}

#[derive(Default)]
struct Emitter {
    text: String,
    /// Characters in the current line.
    column: usize,
}

impl Emitter {
    fn push(&mut self, c: char) {
        self.text.push(c);
        self.column = if c == '\n' { 0 } else { self.column + 1 };
    }

    fn push_str(&mut self, text: &str) {
        if text.is_ascii() && !text.contains('\n') {
            self.text.push_str(text);
            self.column += text.len();
        } else {
            text.chars().for_each(|c| self.push(c));
        }
    }

    /// Goes to this column of the next line; stays if it is there.
    fn indent(&mut self, indent: usize) {
        if self.column > indent || (self.column == indent && self.text.ends_with(|c| c != ' ' && c != '\n')) {
            self.push('\n');
        }
        while self.column < indent {
            self.push(' ');
        }
    }

    /// A value that begins at this indentation, or where the line stands after `- `.
    fn node(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => self.map(map, indent),
            Value::Array(list) if !list.is_empty() => self.list(list, indent),
            _ => {
                self.scalar(value, indent);
                self.push('\n');
            }
        }
    }

    fn map(&mut self, map: &Map<String, Value>, indent: usize) {
        let mut entries: Vec<(&String, &Value)> = map.iter().collect();
        entries.order_by(|a, b| natural(a.0, b.0));
        for (key, value) in entries {
            self.indent(indent);
            if key.len() > MAX_SIMPLE_KEY || key.contains('\n') {
                self.push_str("? ");
                self.string(key, indent + 2, true);
                self.indent(indent);
            } else {
                self.string(key, indent + 2, false);
            }
            self.push(':');
            match value {
                // A list stands at the indentation of its key.
                Value::Array(list) if !list.is_empty() => self.list(list, indent),
                Value::Object(map) if !map.is_empty() => self.map(map, indent + 2),
                value => {
                    self.push(' ');
                    self.scalar(value, indent + 2);
                    self.push('\n');
                }
            }
        }
    }

    fn list(&mut self, list: &[Value], indent: usize) {
        for item in list {
            self.indent(indent);
            self.push_str("- ");
            self.node(item, indent + 2);
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.push_str("null"),
            Value::Bool(b) => self.push_str(if *b { "true" } else { "false" }),
            Value::Number(n) => self.push_str(&n.to_string()),
            Value::String(s) => self.string(s, indent, true),
            Value::Array(_) => self.push_str("[]"),
            Value::Object(_) => self.push_str("{}"),
        }
    }

    /// `indent` is that of the lines that follow the first; a key must stay in one line.
    fn string(&mut self, text: &str, indent: usize, breaks: bool) {
        let looks = Looks::of(text);
        if text.contains('\n') {
            if breaks && looks.literal {
                self.literal(text, indent);
            } else {
                self.double_quoted(text, indent, breaks);
            }
        } else if resolves_to_other(text) || !looks.quotable {
            self.double_quoted(text, indent, breaks);
        } else if looks.plain {
            self.folded(text, indent, breaks);
        } else {
            self.push('\'');
            self.folded(&text.replace('\'', "''"), indent, breaks);
            self.push('\'');
        }
    }

    /// A plain or single-quoted text: a lone blank past the width becomes a line break.
    fn folded(&mut self, text: &str, indent: usize, breaks: bool) {
        if !text.contains(' ') {
            return self.push_str(text);
        }
        let chars: Vec<char> = text.chars().collect();
        for (i, &c) in chars.iter().enumerate() {
            let lone = c == ' ' && i > 0 && chars[i - 1] != ' ' && chars.get(i + 1).is_some_and(|&next| next != ' ');
            if breaks && lone && self.column > WIDTH {
                self.indent(indent);
            } else {
                self.push(c);
            }
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, breaks: bool) {
        self.push('"');
        let chars: Vec<char> = text.chars().collect();
        let mut after_blank = false;
        for (i, &c) in chars.iter().enumerate() {
            if c == ' ' {
                let inside = i > 0 && i + 1 < chars.len();
                if breaks && !after_blank && inside && self.column > WIDTH {
                    self.indent(indent);
                    if chars[i + 1] == ' ' {
                        self.push('\\');
                    }
                } else {
                    self.push(' ');
                }
                after_blank = true;
                continue;
            }
            after_blank = false;
            match escape(c) {
                Some(escaped) => self.push_str(&escaped),
                None => self.push(c),
            }
        }
        self.push('"');
    }

    /// A block: `|`, how its end is to be read, and the lines themselves.
    fn literal(&mut self, text: &str, indent: usize) {
        self.push('|');
        if text.starts_with([' ', '\n']) {
            self.push('2');
        }
        let body = text.trim_end_matches('\n');
        match text.len() - body.len() {
            0 => self.push('-'),
            1 if !body.is_empty() => {}
            _ => self.push('+'),
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.push('\n');
            if !line.is_empty() {
                self.push_str(&" ".repeat(indent));
                self.push_str(line);
            }
        }
    }
}

/// The order of keys: digits by their value, letters after everything else.
fn natural(a: &str, b: &str) -> Ordering {
    let mut pairs = a.char_indices().zip(b.chars());
    let Some(((i, x), y)) = pairs.find(|((_, x), y)| x != y) else { return a.len().cmp(&b.len()) };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Zeros within a number count: 10 is more than 1-something.
    let mut digits_before = a[..i].chars().rev().take_while(char::is_ascii_digit);
    let within = (x == '0' || y == '0') && digits_before.any(|c| c != '0');
    let number = |text: &str| {
        let digits = text[i..].chars().map_while(|c| c.to_digit(10));
        digits.fold((u64::from(within), 0), |(n, len), d| (n.wrapping_mul(10).wrapping_add(d.into()), len + 1))
    };
    number(a).cmp(&number(b)).then(x.cmp(&y))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;
    use crate::view::fixture::{self, NOW};

    /// How a string stands after `k: `.
    fn scalar(text: &str) -> String {
        let yaml = emit(&json!({ "k": text }));
        yaml.strip_prefix("k: ").unwrap().strip_suffix('\n').unwrap().to_string()
    }

    #[test]
    fn strings_that_would_be_read_as_something_else_are_quoted() {
        for text in [
            "",
            "~",
            "null",
            "true",
            "No",
            "on",
            "Off",
            "y",
            "N",
            "1",
            "-1",
            "0x1F",
            "017",
            "0o17",
            "0b1",
            "1_000",
            "1.5",
            ".5",
            "5.",
            "1e3",
            "+1",
            ".inf",
            "-.Inf",
            ".NaN",
            "1:30",
            "190:20:30.15",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "2026-1-1 0:0:0.5",
            "2026-01-01T00:00:00.5+09:00",
            "99999999999999999999",
        ] {
            assert_eq!(scalar(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn strings_that_nothing_else_looks_like_are_plain() {
        for text in [
            "a",
            "nginx:1.27",
            "500m",
            "yEs",
            "nil",
            "0x",
            "1.2.3",
            "1-2",
            "2026-02-30",
            "2026-01-01T00:00:00",
            "a b",
            "a#b",
            "-a",
            "?a",
            ":a",
            "a,b",
            "a]b",
            "/x",
            "$(A)",
            "=",
            "<<",
            "가나",
            "1:99",
            "10.0.0.1",
            "e3",
            "-",
            "a'b",
            "a\"b",
        ] {
            let expected = if text == "-" { "'-'" } else { text };
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn strings_that_yaml_would_misread_are_in_single_quotes_or_escaped() {
        for (text, expected) in [
            (" a", "' a'"),
            ("a ", "'a '"),
            ("a: b", "'a: b'"),
            ("a #b", "'a #b'"),
            ("a:", "'a:'"),
            ("'a'", "'''a'''"),
            ("*", "'*'"),
            ("[a]", "'[a]'"),
            ("{}", "'{}'"),
            ("- a", "'- a'"),
            ("--- a", "'--- a'"),
            ("@x", "'@x'"),
            ("a\tb", r#""a\tb""#),
            ("\x1b[0m\u{7f}", r#""\e[0m\x7F""#),
            ("😀", r#""\U0001F600""#),
            ("a \nb", r#""a \nb""#),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(scalar("a\nb"), "|-\n  a\n  b");
        assert_eq!(scalar("a\n\nb\n"), "|\n  a\n\n  b");
        assert_eq!(scalar("a\n\n"), "|+\n  a\n");
        assert_eq!(scalar("  a\nb"), "|2-\n    a\n  b");
        assert_eq!(scalar("a\n\tb"), r#""a\n\tb""#);
    }

    #[test]
    fn long_lines_are_folded_at_the_first_blank_past_the_width() {
        let words = "lorem ipsum dolor sit amet ".repeat(5);
        let text = words.trim_end();
        expect![[r#"
            k: lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet
              lorem ipsum dolor sit amet lorem ipsum dolor sit amet
            l:
            - 'x: lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit
              amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet'
        "#]]
        .assert_eq(&emit(&json!({"k": text, "l": [format!("x: {text}")]})));
    }

    #[test]
    fn keys_are_in_natural_order_and_lists_at_the_indentation_of_their_key() {
        expect![[r#"
            "1": true
            a: null
            k2: {}
            k10:
            - - 1
              - 2
            - a: x
              b: []
            podIP: 1.2.3.4
            podIPs:
            - ip: 1.2.3.4
        "#]]
        .assert_eq(&emit(&json!({
            "podIPs": [{"ip": "1.2.3.4"}], "podIP": "1.2.3.4", "k10": [[1, 2], {"b": [], "a": "x"}], "k2": {}, "a": null, "1": true,
        })));
    }

    #[test]
    fn a_long_key_has_a_question_mark() {
        let key = "k".repeat(129);
        assert_eq!(emit(&json!({ &key: "v" })), format!("? {key}\n: v\n"));
    }

    #[test]
    fn the_whole_object_is_what_the_server_shows() {
        let trace = fixture::trace("Running PodScheduled", "main running started ready id=m0");
        expect![[r#"
            apiVersion: v1
            kind: Pod
            metadata:
              creationTimestamp: "2026-01-01T00:00:00Z"
              generation: 1
              name: demo
              namespace: default
              uid: c2a3b9f2-64f1-4a57-a9d0-6a8b4e1d7c11
            spec:
              containers:
              - name: main
                volumeMounts:
                - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
                  name: kube-api-access-bc96r
                  readOnly: true
              initContainers: []
              nodeName: ""
              volumes:
              - name: kube-api-access-bc96r
                projected:
                  defaultMode: 420
                  sources:
                  - serviceAccountToken:
                      expirationSeconds: 3607
                      path: token
                  - configMap:
                      items:
                      - key: ca.crt
                        path: ca.crt
                      name: kube-root-ca.crt
                  - downwardAPI:
                      items:
                      - fieldRef:
                          apiVersion: v1
                          fieldPath: metadata.namespace
                        path: namespace
            status:
              conditions:
              - lastProbeTime: null
                lastTransitionTime: "2026-01-01T00:00:00Z"
                status: "True"
                type: PodScheduled
              containerStatuses:
              - containerID: containerd://m0
                image: busybox:1.28
                imageID: ""
                lastState: {}
                name: main
                ready: true
                restartCount: 0
                started: true
                state:
                  running:
                    startedAt: "2026-01-01T00:16:40Z"
                volumeMounts:
                - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
                  name: kube-api-access-bc96r
                  readOnly: true
                  recursiveReadOnly: Disabled
              phase: Running
        "#]]
        .assert_eq(&text_at(&trace, NOW));
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let text =
            ["a: b", "on", "x\ny ", "\u{feff}", "  lead\n", "'", "\\", "#", "a  b", "\u{85}", "|", "null", "é \n"];
        let long = text.map(|t| format!("{t} {}", "w  x y\" ".repeat(30)));
        let value = json!({"short": text, "long": long, "nested": {"": [{"a b": {"c": text[2]}}]}});
        assert_eq!(serde_yaml::from_str::<Value>(&emit(&value)).unwrap(), value);
    }
}
