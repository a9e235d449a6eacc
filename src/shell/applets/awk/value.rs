//! What a variable of awk holds: text, a number, or text that looks like one.

use super::ast::BinaryOp;
use super::run::{Done, Run};
use crate::shell::printf::{float, printf};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// Input that looks like a number compares as one.
    Input(String),
    Unset,
}

impl Value {
    /// The bytes of a text.
    pub(super) fn len(&self) -> usize {
        match self {
            Value::Text(text) | Value::Input(text) => text.len(),
            Value::Number(_) | Value::Unset => 0,
        }
    }
}

pub(super) type Array = BTreeMap<String, Value>;

pub(super) fn arithmetic(op: BinaryOp, a: f64, b: f64) -> Run<f64> {
    if matches!(op, BinaryOp::Divide | BinaryOp::Remainder) && b == 0.0 {
        return Err(Done::Error("Division by zero".into()));
    }
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => a % b,
        _ => a.powf(b),
    })
}

/// The number a text starts with.
pub(super) fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let mut end = 0;
    for i in (1..=text.len().min(40)).rev().filter(|i| text.is_char_boundary(*i)) {
        let part = &text[..i];
        if part.ends_with(|c: char| c.is_ascii_digit() || c == '.') && part.parse::<f64>().is_ok() {
            end = i;
            break;
        }
    }
    text[..end].parse().unwrap_or(0.0)
}

pub(super) fn looks_numeric(text: &str) -> Option<f64> {
    let text = text.trim();
    text.ends_with(|c: char| c.is_ascii_digit() || c == '.').then(|| text.parse().ok()).flatten()
}

pub(super) fn to_number(value: &Value) -> f64 {
    match value {
        Value::Number(n) => *n,
        Value::Text(text) | Value::Input(text) => leading_number(text),
        Value::Unset => 0.0,
    }
}

/// The number a value compares as; `None` when it compares as text.
pub(super) fn comparable(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => Some(*n),
        Value::Input(text) => looks_numeric(text),
        Value::Unset => Some(0.0),
        Value::Text(_) => None,
    }
}

pub(super) fn number_text(n: f64, format: &str) -> String {
    if n == n.trunc() && n.abs() < 1e16 {
        return format!("{}", n as i64);
    }
    match format.strip_prefix("%.").and_then(|f| f.strip_suffix('g')).map(str::parse) {
        Some(Ok(precision)) => float('g', n, precision, false),
        _ => String::from_utf8_lossy(&printf(format, &[n.to_string()], false).bytes).into_owned(),
    }
}
