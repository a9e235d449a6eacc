//! Tree to Pod: what the API server's JSON decoder takes, and what it says about the rest.
//!
//! Fields are visited in the order of their names, because that is the order in which kubectl sends them: the *first* fault
//! is all that the server tells. Unknown fields and values of the wrong type are left out of the result, so that
//! a Pod can be made of what remains.

use std::fmt::Write;

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Map, Value};

use super::objects::FromValue;
use super::schema::{OBJECT_META, POD, Struct, Type};
use crate::kube::quantity::{Quantity, WRONG_FORMAT};
use crate::span::Span;
use crate::yaml::{Data, NodeRef, go};

/// What became of a document.
#[derive(Debug, Default)]
pub struct Decoded {
    /// As JSON, with the fields that are known and of the right type.
    pub value: Map<String, Value>,
    /// In the order of the decoder.
    pub faults: Vec<Fault>,
    pub unknown: Vec<Unknown>,
}

/// A value of the wrong type.
#[derive(Debug)]
pub struct Fault {
    /// The decoder's words.
    pub text: String,
    pub span: Span,
    /// Ends the decoding at once; it is told instead of any milder fault.
    hard: bool,
}

/// A field that does not exist.
#[derive(Debug)]
pub struct Unknown {
    pub path: String,
    pub key: String,
    pub span: Span,
    pub nearest: Option<&'static str>,
}

impl Unknown {
    /// The path of the field that was probably meant.
    pub fn meant(&self) -> Option<String> {
        Some(format!("{}{}", self.path.strip_suffix(self.key.as_str())?, self.nearest?))
    }
}

impl Decoded {
    /// The fault that the decoder tells.
    pub fn fault(&self) -> Option<&Fault> {
        self.faults.iter().find(|f| f.hard).or(self.faults.first())
    }

    /// The Pod that remains.
    pub fn pod(&mut self) -> Pod {
        Pod::from_value(Value::Object(std::mem::take(&mut self.value)))
    }
}

/// Decodes a Pod as the API server does.
pub fn decode_pod(root: NodeRef) -> Decoded {
    let mut decoder = Decoder::default();
    decoder.out.value = decoder.object(root, &POD);
    decoder.out
}

/// Looks at the metadata alone, as kubectl does before it sends anything.
pub fn decode_metadata(root: NodeRef) -> Decoded {
    let mut decoder = Decoder::default();
    let Some(metadata) = root.get("metadata").filter(|m| !m.is_null()) else { return decoder.out };
    decoder.go_path.push("metadata");
    decoder.path.push_str("metadata");
    if metadata.is_mapping() {
        decoder.out.value = decoder.object(metadata, &OBJECT_META);
    } else {
        let text = format!(
            "json: cannot unmarshal {} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta",
            metadata.json_type()
        );
        decoder.out.faults.push(Fault { text, span: metadata.span(), hard: false });
    }
    decoder.out
}

#[derive(Default)]
struct Decoder {
    out: Decoded,
    /// With indices, for unknown fields.
    path: String,
    /// Without indices, with embedded structs, for type errors.
    go_path: Vec<&'static str>,
}

impl Decoder {
    fn object(&mut self, node: NodeRef, holder: &'static Struct) -> Map<String, Value> {
        let mut map = Map::new();
        for (entry, value) in node.entries() {
            let (path_len, go_len) = (self.path.len(), self.go_path.len());
            if path_len > 0 {
                self.path.push('.');
            }
            self.path.push_str(&entry.key);
            match holder.field(&entry.key) {
                Some(field) => {
                    if !field.embedded.is_empty() {
                        self.go_path.push(field.embedded);
                    }
                    self.go_path.push(field.name);
                    if !value.is_null()
                        && let Some(value) = self.value(value, &field.ty, holder)
                    {
                        map.insert(entry.key.clone(), value);
                    }
                }
                None => self.out.unknown.push(Unknown {
                    path: self.path.clone(),
                    key: entry.key.clone(),
                    span: entry.key_span,
                    // Beyond what is shown nobody asks what was meant.
                    nearest: if self.out.unknown.len() < 100 { holder.nearest(&entry.key) } else { None },
                }),
            }
            self.path.truncate(path_len);
            self.go_path.truncate(go_len);
        }
        map
    }

    /// A value of a field of `holder`; `None` when it is of the wrong type, or not kept.
    fn value(&mut self, node: NodeRef, ty: &'static Type, holder: &'static Struct) -> Option<Value> {
        match (ty, node.data()) {
            (Type::Resources, Data::Mapping(_)) => Some(self.map(node, |decoder, value| decoder.quantity(value))),
            (Type::Quantity, _) => self.quantity(node),
            (Type::Any, _) => None,
            (Type::Time, _) => {
                self.time(node, holder);
                None
            }
            (_, Data::Null) => Some(zero(ty)),
            (Type::Object(inner), Data::Mapping(_)) => Some(Value::Object(self.object(node, inner))),
            (Type::List(item), Data::Sequence(_)) => Some(Value::Array(self.list(node, item, holder))),
            (Type::Map(item), Data::Mapping(_)) => {
                Some(self.map(node, |decoder, value| decoder.value(value, item, holder)))
            }
            (Type::Str | Type::Named(_) | Type::IntOrString, Data::Text(text)) => {
                Some(Value::from(text.value.as_str()))
            }
            (Type::Bool, Data::Bool(b)) => Some(Value::from(*b)),
            (Type::Int32 | Type::IntOrString, Data::Number(n)) => {
                match n.as_i64().and_then(|n| i32::try_from(n).ok()) {
                    Some(n) => Some(Value::from(n)),
                    None => self.wrong_number(node, &n.to_string(), &Type::Int32, holder),
                }
            }
            (Type::Int64, Data::Number(n)) => match n.as_i64() {
                Some(n) => Some(Value::from(n)),
                None => self.wrong_number(node, &n.to_string(), ty, holder),
            },
            (Type::IntOrString, _) => self.wrong(node, node.json_type(), &Type::Int32, holder, true),
            _ => self.wrong(node, node.json_type(), ty, holder, false),
        }
    }

    fn map(&mut self, node: NodeRef, value: impl Fn(&mut Self, NodeRef) -> Option<Value>) -> Value {
        let mut map = Map::new();
        for (entry, node) in node.entries() {
            if let Some(value) = value(self, node) {
                map.insert(entry.key.clone(), value);
            }
        }
        Value::Object(map)
    }

    fn list(&mut self, node: NodeRef, item: &'static Type, holder: &'static Struct) -> Vec<Value> {
        let mut values = Vec::new();
        for (i, value) in node.items().enumerate() {
            let length = self.path.len();
            let _ = write!(self.path, "[{i}]");
            // A list keeps its length, so that indices stay true.
            values.push(self.value(value, item, holder).unwrap_or_else(|| zero(item)));
            self.path.truncate(length);
        }
        values
    }

    fn wrong_number(&mut self, node: NodeRef, number: &str, ty: &Type, holder: &Struct) -> Option<Value> {
        let hard = matches!(ty, Type::IntOrString);
        self.wrong(node, &format!("number {number}"), ty, holder, hard)
    }

    fn wrong(&mut self, node: NodeRef, found: &str, ty: &Type, holder: &Struct, hard: bool) -> Option<Value> {
        let path = self.go_path.join(".");
        let text = format!("json: cannot unmarshal {found} into Go struct field {}.{path} of type {ty}", holder.name);
        self.out.faults.push(Fault { text, span: node.span(), hard });
        None
    }

    fn quantity(&mut self, node: NodeRef) -> Option<Value> {
        let parsed = match node.data() {
            Data::Null => Ok("0".to_string()),
            Data::Text(text) => Quantity::written(&text.value),
            Data::Number(n) => Quantity::written(&n.to_string()),
            _ => Err(WRONG_FORMAT),
        };
        match parsed {
            Ok(quantity) => Some(Value::from(quantity)),
            Err(text) => {
                self.out.faults.push(Fault { text: text.into(), span: node.span(), hard: true });
                None
            }
        }
    }

    /// Checks a time; the server sets those that matter itself.
    fn time(&mut self, node: NodeRef, holder: &Struct) {
        match node.data() {
            Data::Null => {}
            Data::Text(text) => {
                if let Err(text) = check_time(&text.value) {
                    self.out.faults.push(Fault { text, span: node.span(), hard: true });
                }
            }
            _ => {
                self.wrong(node, node.json_type(), &Type::Str, holder, true);
            }
        }
    }
}

/// What null is worth inside a list or a map.
fn zero(ty: &Type) -> Value {
    match ty {
        Type::Str | Type::Named(_) => Value::from(""),
        Type::Bool => Value::from(false),
        Type::Int32 | Type::Int64 | Type::IntOrString => Value::from(0),
        Type::Quantity => Value::from("0"),
        Type::Object(_) | Type::Map(_) | Type::Resources => Value::Object(Map::new()),
        Type::List(_) => Value::Array(Vec::new()),
        Type::Time | Type::Any => Value::Null,
    }
}

/// A time as RFC 3339, with the complaint of Go's time parser.
fn check_time(text: &str) -> Result<(), String> {
    const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";
    let complain = |rest: &str, element: &str| {
        Err(format!(
            "parsing time {} as {}: cannot parse {} as {}",
            go::quote(text),
            go::quote(LAYOUT),
            go::quote(rest),
            go::quote(element)
        ))
    };
    let mut rest = text;
    for element in ["2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"] {
        let is_number = element.as_bytes()[0].is_ascii_digit();
        let n = element.len();
        let fits = match rest.get(..n) {
            Some(part) if is_number => part.bytes().all(|b| b.is_ascii_digit()),
            Some(part) => part == element,
            None => false,
        };
        if !fits {
            return complain(rest, element);
        }
        rest = &rest[n..];
        let limit = match element {
            "01" => 12,
            "02" => 31,
            "15" => 23,
            "04" | "05" => 59,
            _ => continue,
        };
        let number: u32 = text[text.len() - rest.len() - n..text.len() - rest.len()].parse().unwrap_or(0);
        let name = ["month", "day", "hour", "minute", "second"]
            [["01", "02", "15", "04", "05"].iter().position(|e| *e == element).unwrap_or(0)];
        if number > limit || (number == 0 && matches!(element, "01" | "02")) {
            return Err(format!("parsing time {}: {name} out of range", go::quote(text)));
        }
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        if digits > 0 {
            rest = &fraction[digits..];
        }
    }
    let zone = rest.strip_prefix(['+', '-']);
    let is_offset = zone.is_some_and(|z| {
        z.len() >= 5 && z.bytes().take(5).enumerate().all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() })
    });
    let after = match rest.strip_prefix('Z') {
        Some(after) => after,
        None if is_offset => &rest[6..],
        None => return complain(rest, "Z07:00"),
    };
    if after.is_empty() {
        Ok(())
    } else {
        Err(format!("parsing time {}: extra text: {}", go::quote(text), go::quote(after)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_in_go() {
        assert_eq!(check_time("2026-01-01T10:00:00Z"), Ok(()));
        assert_eq!(check_time("2026-01-01T10:00:00.5+09:00"), Ok(()));
        for (text, complaint) in [
            (
                "yesterday",
                r#"parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006""#,
            ),
            ("2026-01-01", r#"parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#),
            ("2026-13-01T00:00:00Z", r#"parsing time "2026-13-01T00:00:00Z": month out of range"#),
        ] {
            assert_eq!(check_time(text), Err(complaint.to_string()));
        }
    }
}
