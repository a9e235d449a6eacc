//! The Scenario document that may stand beside a Pod in one text: it is ours, and never goes to the server.

use crate::span::Span;

/// The part of a text that is a Scenario document, without its separator.
pub fn scenario(text: &str) -> Option<Span> {
    parts(text).find(|part| is_scenario(&text[part.start..part.end]))
}

/// The text with every Scenario document blanked out, byte for byte, so that offsets and lines stay.
pub fn without_scenarios(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in parts(text) {
        out.push_str(&text[out.len()..part.start]);
        let body = &text[part.start..part.end];
        if is_scenario(body) {
            out.extend(body.bytes().map(|b| if matches!(b, b'\n' | b'\r') { b as char } else { ' ' }));
        } else {
            out.push_str(body);
        }
    }
    out.push_str(&text[out.len()..]);
    out
}

/// What stands between the lines that begin with `---`.
fn parts(text: &str) -> impl Iterator<Item = Span> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            parts.push(Span::new(start, at));
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push(Span::new(start, at));
    parts.into_iter()
}

fn is_scenario(part: &str) -> bool {
    part.lines().any(|line| line.strip_prefix("apiVersion:").is_some_and(|value| value.contains("podlapse.dev/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_found_and_blanked() {
        let text = "kind: Pod\n---\napiVersion: podlapse.dev/v1alpha1\nkind: Scenario # 가\n---\nkind: Pod\n";
        let span = scenario(text).unwrap_or_default();
        assert!(text[span.start..span.end].starts_with("apiVersion: podlapse"));
        let rest = without_scenarios(text);
        assert_eq!(rest.len(), text.len());
        assert_eq!(rest.replace(' ', ""), "kind:Pod\n---\n\n\n---\nkind:Pod\n");
        assert_eq!(without_scenarios("a\n---"), "a\n---");
    }
}
