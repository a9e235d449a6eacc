//! Parameters, and what `${name...}` makes of their values.

use super::Expanded;
use super::fields::Fields;
use crate::order::Order;
use crate::shell::ast::*;
use crate::shell::eval::Pinned;
use crate::shell::image::ShellKind;
use crate::shell::pattern;
use crate::shell::quote::quote_for_bash;
use crate::shell::state::{Shell, Stop, Value};
use std::collections::BTreeMap;

impl Shell {
    /// Whether a parameter is a list without members: `"$@"` is no field then.
    pub(super) fn is_empty_list(&self, param: &Param) -> bool {
        matches!(param.op, ParamOp::Value)
            && match &param.index {
                None => param.name == "@" && self.positional.is_empty(),
                Some(index) => is_all(index) && self.items(&param.name).is_empty(),
            }
    }

    /// All values of an array, or the one of a plain variable.
    pub fn items(&self, name: &str) -> Vec<String> {
        match self.variables.get(name).and_then(|v| v.value.as_ref()) {
            Some(Value::Array(items)) => items.values().cloned().collect(),
            Some(Value::Map(items)) => in_bash_order(items).map(|(_, value)| value.clone()).collect(),
            Some(Value::Text(text)) => vec![text.clone()],
            None => Vec::new(),
        }
    }

    /// A parameter's value; `None` when it is not set.
    pub async fn parameter(&mut self, name: &str, index: Option<&[Part]>) -> Expanded<Option<String>> {
        if let Some(index) = index {
            return self.element(name, index).await;
        }
        Ok(match name {
            "?" => Some(self.status.to_string()),
            "$" => Some(self.main_pid.to_string()),
            "!" => self.last_background.map(|p| p.to_string()),
            "#" => Some(self.positional.len().to_string()),
            "-" => Some(self.option_letters()),
            "0" => Some(self.arg0.clone()),
            "@" | "*" => (!self.positional.is_empty()).then(|| self.joined()),
            _ => match name.parse::<usize>() {
                Ok(n) => self.positional.get(n.wrapping_sub(1)).cloned(),
                Err(_) => match self.variables.contains_key(name) {
                    true => self.get(name),
                    false => self.special(name),
                },
            },
        })
    }

    async fn element(&mut self, name: &str, index: &[Part]) -> Expanded<Option<String>> {
        if is_all(index) {
            let items = self.items(name);
            return Ok((!items.is_empty()).then(|| items.join(" ")));
        }
        if let Some(Value::Map(_)) = self.variables.get(name).and_then(|v| v.value.as_ref()) {
            let key = self.expand_single(index).await?;
            let Some(Value::Map(items)) = self.variables.get(name).and_then(|v| v.value.as_ref()) else {
                return Ok(None);
            };
            return Ok(items.get(&key).cloned());
        }
        let at = self.arith(index).await?;
        if at == 0 && !self.variables.contains_key(name) {
            return Ok(self.special(name));
        }
        Ok(match self.variables.get(name).and_then(|v| v.value.as_ref()) {
            Some(Value::Array(items)) => {
                let at = if at < 0 { items.keys().next_back().map_or(0, |last| last + 1 + at) } else { at };
                items.get(&at).cloned()
            }
            Some(Value::Text(text)) if at == 0 => Some(text.clone()),
            _ => None,
        })
    }

    /// `"$*"`: joined by the first character of IFS.
    fn joined(&self) -> String {
        let separator = match self.get("IFS") {
            Some(ifs) => ifs.chars().next().map(String::from).unwrap_or_default(),
            None => " ".into(),
        };
        self.positional.join(&separator)
    }

    fn is_list(&self, param: &Param) -> bool {
        match &param.index {
            None => matches!(param.name.as_str(), "@" | "*"),
            Some(index) => is_all(index),
        }
    }

    /// The values behind `$@`, `$*`, `${a[@]}` and `${a[*]}`, and whether each is a field of its own in quotes.
    fn list_of(&self, param: &Param) -> (Vec<String>, bool) {
        match &param.index {
            None => (self.positional.clone(), param.name == "@"),
            Some(index) => (self.items(&param.name), plain(index) == "@"),
        }
    }

    /// Adds what a parameter with its operator comes to.
    pub(super) fn add_param<'a>(
        &'a mut self,
        param: &'a Param,
        quoted: bool,
        fields: &'a mut Fields,
    ) -> Pinned<'a, Expanded<()>> {
        Box::pin(async move {
            match &param.op {
                ParamOp::Value | ParamOp::Substring { .. } if self.is_list(param) => {
                    self.add_members(param, quoted, fields).await
                }
                ParamOp::Indirect(op) => self.add_indirect(param, op, quoted, fields).await,
                op if self.kind == ShellKind::Bash && self.is_list(param) && changes_each(op) => {
                    let (items, _) = self.list_of(param);
                    let mut changed = Vec::with_capacity(items.len());
                    for item in items {
                        changed.push(self.transform(item, op).await?);
                    }
                    self.add_list(&changed, quoted, fields);
                    Ok(())
                }
                ParamOp::Bad => {
                    let message = if self.kind == ShellKind::Dash {
                        "Bad substitution"
                    } else {
                        "syntax error: bad substitution"
                    };
                    Err(self.fail(message, 2).await)
                }
                _ => {
                    let value = self.parameter(&param.name, param.index.as_deref()).await?;
                    self.ctx.move_bytes(value.as_ref().map_or(0, String::len)).await;
                    self.add_operated(param, value, quoted, fields).await
                }
            }
        })
    }

    /// `$@`, `$*`, `${a[@]}`, `${a[*]}` and their slices.
    async fn add_members(&mut self, param: &Param, quoted: bool, fields: &mut Fields) -> Expanded<()> {
        let (mut items, each) = self.list_of(param);
        self.ctx.move_bytes(super::weight(&items)).await;
        if let ParamOp::Substring { offset, length } = &param.op {
            items = self.slice(items, param.index.is_none(), offset, length.as_deref()).await?;
        }
        if items.is_empty() && param.index.is_none() && self.options.nounset && self.kind == ShellKind::Bash {
            return Ok(());
        }
        if each || !quoted {
            self.add_list(&items, quoted, fields);
        } else {
            let separator = self.get("IFS").map_or(" ".into(), |ifs| ifs.chars().take(1).collect::<String>());
            fields.quoted(&items.join(&separator));
        }
        Ok(())
    }

    /// The operators of one value.
    async fn add_operated(
        &mut self,
        param: &Param,
        value: Option<String>,
        quoted: bool,
        fields: &mut Fields,
    ) -> Expanded<()> {
        let value = match &param.op {
            ParamOp::Default { colon, word } => match counted(value, *colon) {
                Some(value) => value,
                None => return self.add_word(word, quoted, fields).await,
            },
            ParamOp::Alternative { colon, word } => match counted(value, *colon) {
                Some(_) => return self.add_word(word, quoted, fields).await,
                None => return Ok(()),
            },
            ParamOp::Assign { colon, word } => match counted(value, *colon) {
                Some(value) => value,
                None => self.assign_default(&param.name, word).await?,
            },
            ParamOp::Error { colon, word } => {
                match counted(value, *colon).or_else(|| self.ctx.kernel.supposed(&param.name)) {
                    Some(value) => value,
                    None => return Err(self.missing(&param.name, *colon, word).await),
                }
            }
            ParamOp::Length => self.length(param, value).await?.to_string(),
            op => {
                let value = self.require(param, value).await?;
                self.transform(value, op).await?
            }
        };
        self.add_value(&value, quoted, fields);
        Ok(())
    }

    /// `${name:=word}`.
    async fn assign_default(&mut self, name: &str, word: &[Part]) -> Expanded<String> {
        let value = self.expand_single(word).await?;
        if !self.set(name, value.clone()) {
            return Err(self.fail(&format!("{name}: is read only"), 2).await);
        }
        Ok(value)
    }

    /// `${name:?word}` ends the shell.
    async fn missing(&mut self, name: &str, colon: bool, word: &[Part]) -> Stop {
        let text = match self.expand_single(word).await {
            Ok(text) if text.is_empty() => self.not_set(colon).to_string(),
            Ok(text) => text,
            Err(stop) => return stop,
        };
        let code = if self.kind == ShellKind::Bash { 127 } else { 2 };
        self.fail(&format!("{name}: {text}"), code).await
    }

    /// `${#name}`: characters, members or parameters.
    async fn length(&mut self, param: &Param, value: Option<String>) -> Expanded<usize> {
        Ok(match (&param.index, param.name.as_str()) {
            // busybox measures the text.
            (None, "@" | "*") if self.kind == ShellKind::Ash => value.unwrap_or_default().len(),
            (None, "@" | "*") => self.positional.len(),
            (Some(index), name) if is_all(index) => self.items(name).len(),
            // Without a locale a character is a byte.
            _ if self.kind == ShellKind::Bash => self.require(param, value).await?.chars().count(),
            _ => self.require(param, value).await?.len(),
        })
    }

    fn not_set(&self, colon: bool) -> &'static str {
        match (self.kind, colon) {
            (ShellKind::Bash, true) => "parameter null or not set",
            (_, true) => "parameter not set or null",
            _ => "parameter not set",
        }
    }

    /// The value, or the end of the shell when `set -u` forbids an unset one.
    async fn require(&mut self, param: &Param, value: Option<String>) -> Expanded<String> {
        let forbidden = value.is_none() && self.options.nounset && param.index.is_none();
        let value = if forbidden { self.ctx.kernel.supposed(&param.name) } else { value };
        match value {
            Some(value) => Ok(value),
            None if self.options.nounset && !matches!(param.name.as_str(), "@" | "*") => {
                let what = if self.kind == ShellKind::Bash { "unbound variable" } else { "parameter not set" };
                let code = match self.kind {
                    ShellKind::Bash if self.commanded => 127,
                    ShellKind::Bash => 1,
                    _ => 2,
                };
                let name = match param.index.as_deref().map(plain) {
                    Some(index) => format!("{}[{index}]", param.name),
                    None => param.name.clone(),
                };
                Err(self.fail(&format!("{name}: {what}"), code).await)
            }
            None => Ok(String::new()),
        }
    }

    async fn transform(&mut self, value: String, op: &ParamOp) -> Expanded<String> {
        Ok(match op {
            ParamOp::TrimPrefix { longest, pattern } => {
                let pattern = self.expand_pattern(pattern).await?;
                self.ctx.match_work(pattern::work(&pattern, &value)).await;
                pattern::trim_prefix(&value, &pattern, *longest).to_string()
            }
            ParamOp::TrimSuffix { longest, pattern } => {
                let pattern = self.expand_pattern(pattern).await?;
                self.ctx.match_work(pattern::work(&pattern, &value)).await;
                pattern::trim_suffix(&value, &pattern, *longest).to_string()
            }
            ParamOp::Replace { all, pattern, by } => {
                let pattern = self.expand_pattern(pattern).await?;
                let by = self.expand_single(by).await?;
                // Every place may be where a match begins.
                let starts = if pattern.contains('*') { value.len().max(1) as u64 } else { 1 };
                self.ctx.match_work(pattern::work(&pattern, &value).saturating_mul(starts)).await;
                pattern::replace(&value, &pattern, &by, *all, self.kind == ShellKind::Bash)
            }
            ParamOp::Substring { offset, length } => {
                let offset = self.arith(offset).await?;
                let length = match length {
                    Some(parts) => Some(self.arith(parts).await?),
                    None => None,
                };
                substring(&value, offset, length)
            }
            ParamOp::Case { upper, all } => change_case(&value, *upper, *all),
            ParamOp::Shown('Q') => quote_for_bash(&value),
            ParamOp::Shown('U') => change_case(&value, true, true),
            ParamOp::Shown('u') => change_case(&value, true, false),
            ParamOp::Shown('L') => change_case(&value, false, true),
            _ => value,
        })
    }

    /// `${@:2:3}` and `${a[@]:1}`. Positional parameters count from 1.
    async fn slice(
        &mut self,
        items: Vec<String>,
        positional: bool,
        offset: &[Part],
        length: Option<&[Part]>,
    ) -> Expanded<Vec<String>> {
        let mut start = self.arith(offset).await?;
        if positional && start > 0 {
            start -= 1;
        }
        let total = items.len() as i64;
        let start = if start < 0 { (total + start).max(0) } else { start.min(total) };
        let count = match length {
            Some(parts) => self.arith(parts).await?.clamp(0, total - start),
            None => total - start,
        };
        Ok(items.into_iter().skip(start as usize).take(count as usize).collect())
    }

    fn add_list(&self, items: &[String], quoted: bool, fields: &mut Fields) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                // Where no fields are made, a space joins them.
                if fields.ifs.is_none() { fields.quoted(" ") } else { fields.next_field() }
            }
            if quoted {
                fields.quoted(item);
            } else {
                fields.split(item);
            }
        }
    }

    async fn add_indirect(&mut self, param: &Param, op: &ParamOp, quoted: bool, fields: &mut Fields) -> Expanded<()> {
        if let Some(index) = &param.index
            && is_all(index)
        {
            let keys: Vec<String> = match self.variables.get(&param.name).and_then(|v| v.value.as_ref()) {
                Some(Value::Array(items)) => items.keys().map(|k| k.to_string()).collect(),
                Some(Value::Map(items)) => in_bash_order(items).map(|(key, _)| key.clone()).collect(),
                Some(Value::Text(_)) => vec!["0".into()],
                None => Vec::new(),
            };
            self.add_list(&keys, quoted, fields);
            return Ok(());
        }
        let target = self.parameter(&param.name, param.index.as_deref()).await?.unwrap_or_default();
        let (name, index) = match target.strip_suffix(']').and_then(|t| t.split_once('[')) {
            Some((name, index)) => (name.to_string(), Some(vec![Part::Text(index.into())])),
            None => (target, None),
        };
        self.add_param(&Param { name, index, op: op.clone() }, quoted, fields).await
    }
}

/// Whether an operator applies to each member of a list.
fn changes_each(op: &ParamOp) -> bool {
    use ParamOp::*;
    matches!(op, TrimPrefix { .. } | TrimSuffix { .. } | Replace { .. } | Case { .. } | Shown(_))
}

/// The members of a map in the order in which bash lists them: that of its table, by the keys' FNV hashes.
pub fn in_bash_order(items: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    const BUCKETS: u32 = 1_024;
    let hash =
        |key: &str| key.bytes().fold(2_166_136_261u32, |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(byte));
    let mut members: Vec<_> = items.iter().collect();
    members.order_by_key(|(key, _)| hash(key) % BUCKETS);
    members.into_iter()
}

/// A value that `:-`, `:=`, `:?` and `:+` take as set; without the colon an empty one counts too.
fn counted(value: Option<String>, colon: bool) -> Option<String> {
    value.filter(|v| !(colon && v.is_empty()))
}

fn plain(parts: &[Part]) -> &str {
    match parts {
        [Part::Text(text)] => text,
        _ => "",
    }
}

fn is_all(index: &[Part]) -> bool {
    matches!(plain(index), "@" | "*")
}

fn substring(value: &str, offset: i64, length: Option<i64>) -> String {
    let total = value.chars().count() as i64;
    let start = if offset < 0 { total + offset } else { offset };
    if start < 0 || start > total {
        return String::new();
    }
    let end = match length {
        Some(n) if n < 0 => total + n,
        Some(n) => start.saturating_add(n).min(total),
        None => total,
    };
    value.chars().skip(start as usize).take((end - start).max(0) as usize).collect()
}

fn change_case(value: &str, upper: bool, all: bool) -> String {
    // In the POSIX locale.
    let change = |c: char| if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    value.chars().enumerate().map(|(i, c)| if all || i == 0 { change(c) } else { c }).collect()
}
