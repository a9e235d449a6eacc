//! Words to fields: parameter, command and arithmetic expansion, field splitting, globbing.
//!
//! While a field is put together it is kept as a pattern: characters that quoting made literal carry a backslash.

use super::arith;
use super::ast::*;
use super::eval::Pinned;
use super::image::ShellKind;
use super::pattern;
use super::state::{Shell, Stop, Value};
use crate::order::Order;

pub type Expanded<T> = Result<T, Stop>;

/// Longer words end the shell.
const MAX_WORD: usize = 1 << 20;

/// The fields of a word in the making.
struct Fields {
    done: Vec<String>,
    current: String,
    /// Something was put into `current`, were it only quotes.
    started: bool,
    /// Split unquoted expansions at these; `None` where no splitting happens.
    ifs: Option<String>,
    /// Backslashes that come out of expansions are text, not quotes of a pattern.
    literal: bool,
}

impl Fields {
    fn new(ifs: Option<String>) -> Fields {
        Fields { done: Vec::new(), current: String::new(), started: false, ifs, literal: true }
    }

    fn text(&mut self, text: &str) {
        self.started = true;
        self.current.push_str(text);
    }

    fn quoted(&mut self, text: &str) {
        self.started = true;
        pattern::escape(text, &mut self.current);
    }

    fn next_field(&mut self) {
        if self.started {
            self.done.push(std::mem::take(&mut self.current));
        }
        self.started = false;
    }

    /// The result of an unquoted expansion.
    fn split(&mut self, text: &str) {
        let Some(ifs) = self.ifs.clone() else {
            if self.literal {
                self.current.push_str(&text.replace('\\', "\\\\"));
            } else {
                self.current.push_str(text);
            }
            self.started |= !text.is_empty();
            return;
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !ifs.contains(c) {
                self.started = true;
                if c == '\\' {
                    self.current.push('\\');
                }
                self.current.push(c);
                continue;
            }
            let is_space = |c: char| matches!(c, ' ' | '\t' | '\n');
            if is_space(c) {
                while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
                // One other separator may stand among the blanks.
                if self.started && chars.next_if(|&c| !is_space(c) && ifs.contains(c)).is_some() {
                    while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
                }
                self.next_field();
            } else {
                self.started = true;
                self.next_field();
                while chars.next_if(|&c| is_space(c) && ifs.contains(c)).is_some() {}
            }
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.next_field();
        self.done
    }
}

impl Shell {
    /// The arguments that `words` come to.
    pub fn expand_words<'a>(&'a mut self, words: &'a [Word]) -> Pinned<'a, Expanded<Vec<String>>> {
        Box::pin(async move {
            let mut out = Vec::with_capacity(words.len());
            for word in words {
                self.expand_word(word, &mut out).await?;
            }
            Ok(out)
        })
    }

    pub async fn expand_word(&mut self, word: &Word, out: &mut Vec<String>) -> Expanded<()> {
        if let [Part::Text(text)] = word.parts.as_slice()
            && !text.contains(['*', '?', '[', '{'])
        {
            out.push(text.clone());
            return Ok(());
        }
        if self.dialect == Dialect::Bash && has_brace(&word.parts) {
            for parts in super::brace::expand(&word.parts) {
                self.expand_parts(&parts, out).await?;
            }
            return Ok(());
        }
        self.expand_parts(&word.parts, out).await
    }

    /// The fields that a word is split into, as patterns: what was quoted is escaped.
    pub async fn expand_fields(&mut self, parts: &[Part]) -> Expanded<Vec<String>> {
        let ifs = self.get("IFS").unwrap_or_else(|| " \t\n".into());
        let mut fields = Fields::new(Some(ifs));
        self.add_parts(parts, false, &mut fields).await?;
        Ok(fields.finish())
    }

    async fn expand_parts(&mut self, parts: &[Part], out: &mut Vec<String>) -> Expanded<()> {
        for field in self.expand_fields(parts).await? {
            let globs = !self.options.noglob && has_glob(&field);
            let found = if globs { self.glob(&field) } else { Vec::new() };
            if !found.is_empty() {
                out.extend(found);
            } else if !(globs && self.options.nullglob) {
                out.push(pattern::unescape(&field));
            }
        }
        Ok(())
    }

    /// A word that stays one field: an assignment, a `case` word, a file name.
    pub fn expand_single<'a>(&'a mut self, parts: &'a [Part]) -> Pinned<'a, Expanded<String>> {
        Box::pin(async move {
            match parts {
                [Part::Text(text)] => Ok(text.clone()),
                [] => Ok(String::new()),
                _ => Ok(pattern::unescape(&self.expand_pattern_escaped(parts, true).await?)),
            }
        })
    }

    /// A word as a pattern: quoted characters are escaped.
    pub async fn expand_pattern(&mut self, parts: &[Part]) -> Expanded<String> {
        self.expand_pattern_escaped(parts, false).await
    }

    /// With `literal`, backslashes that come out of expansions are kept as text.
    fn expand_pattern_escaped<'a>(&'a mut self, parts: &'a [Part], literal: bool) -> Pinned<'a, Expanded<String>> {
        Box::pin(async move {
            let mut fields = Fields::new(None);
            fields.literal = literal;
            self.add_parts(parts, false, &mut fields).await?;
            Ok(fields.finish().join(" "))
        })
    }

    /// The text of a here-document or of an arithmetic expression.
    pub async fn expand_text(&mut self, parts: &[Part]) -> Expanded<String> {
        let mut fields = Fields::new(None);
        self.add_parts(parts, true, &mut fields).await?;
        let text = fields.finish().join(" ");
        Ok(pattern::unescape(&text))
    }

    fn add_parts<'a>(
        &'a mut self,
        parts: &'a [Part],
        quoted: bool,
        fields: &'a mut Fields,
    ) -> Pinned<'a, Expanded<()>> {
        Box::pin(async move {
            for part in parts {
                self.add_part(part, quoted, fields).await?;
                if fields.current.len() > MAX_WORD {
                    self.ctx.kernel.bound("word length limit reached");
                    return Err(self.fail("out of memory", 2).await);
                }
            }
            Ok(())
        })
    }

    async fn add_part(&mut self, part: &Part, quoted: bool, fields: &mut Fields) -> Expanded<()> {
        match part {
            Part::Text(text) if quoted => fields.quoted(text),
            Part::Text(text) => fields.text(text),
            Part::Quoted(text) => fields.quoted(text),
            Part::Double(parts) => {
                // "$@" without parameters is no field at all.
                let only_at = matches!(parts.as_slice(), [Part::Param(p)] if self.is_empty_list(p));
                if !only_at {
                    fields.started = true;
                    self.add_parts(parts, true, fields).await?;
                }
            }
            Part::Tilde(user) => {
                let home = self.tilde(user);
                fields.quoted(&home);
            }
            Part::Command(program) => {
                let output = self.substitute(program).await?;
                self.add_value(&output, quoted, fields);
            }
            Part::Arith(parts) => {
                let value = self.arith(parts).await?.to_string();
                self.add_value(&value, quoted, fields);
            }
            Part::ProcessOut(program) => {
                let path = self.output_substitution(program).await?;
                fields.quoted(&path);
            }
            Part::ProcessIn(program) => {
                let path = self.process_substitution(program).await?;
                fields.quoted(&path);
            }
            Part::Param(param) => self.add_param(param, quoted, fields).await?,
        }
        Ok(())
    }

    fn add_value(&self, value: &str, quoted: bool, fields: &mut Fields) {
        if quoted { fields.quoted(value) } else { fields.split(value) }
    }

    fn tilde(&self, user: &str) -> String {
        match user {
            "" => self.get("HOME").unwrap_or_else(|| "~".into()),
            "root" => "/root".into(),
            "+" => self.cwd.clone(),
            _ => format!("~{user}"),
        }
    }

    fn is_empty_list(&self, param: &Param) -> bool {
        matches!(param.op, ParamOp::Value)
            && match &param.index {
                None => param.name == "@" && self.positional.is_empty(),
                Some(index) => is_all(index) && self.items(&param.name).is_empty(),
            }
    }

    /// The value of `$((...))`.
    pub fn arith<'a>(&'a mut self, parts: &'a [Part]) -> Pinned<'a, Expanded<i64>> {
        Box::pin(async move {
            let text = self.expand_text(parts).await?;
            match arith::evaluate(&text, self) {
                Ok(value) => Ok(value),
                Err(error) => {
                    let message = match self.kind {
                        ShellKind::Ash => error.message(),
                        ShellKind::Dash => {
                            format!("arithmetic expression: {}: \"{}\"", dash_arith(&error), text.trim())
                        }
                        ShellKind::Bash => format!("{}: {}", text.trim(), bash_arith(&error)),
                    };
                    Err(self.fail(&message, 2).await)
                }
            }
        })
    }

    /// All values of an array, or the one of a plain variable.
    pub fn items(&self, name: &str) -> Vec<String> {
        match self.variables.get(name).and_then(|v| v.value.as_ref()) {
            Some(Value::Array(items)) => items.values().cloned().collect(),
            Some(Value::Map(items)) => items.values().cloned().collect(),
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

    /// The values behind `$@`, `$*`, `${a[@]}` and `${a[*]}`.
    fn list_of(&self, param: &Param) -> Option<(Vec<String>, bool)> {
        match &param.index {
            None if param.name == "@" => Some((self.positional.clone(), true)),
            None if param.name == "*" => Some((self.positional.clone(), false)),
            Some(index) if is_all(index) => Some((self.items(&param.name), plain(index) == "@")),
            _ => None,
        }
    }

    fn add_param<'a>(&'a mut self, param: &'a Param, quoted: bool, fields: &'a mut Fields) -> Pinned<'a, Expanded<()>> {
        Box::pin(async move {
            if let (Some((mut items, each)), ParamOp::Value | ParamOp::Substring { .. }) =
                (self.list_of(param), &param.op)
            {
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
                return Ok(());
            }
            if matches!(param.op, ParamOp::Indirect) {
                return self.add_indirect(param, quoted, fields).await;
            }
            if matches!(param.op, ParamOp::Bad) {
                let message =
                    if self.kind == ShellKind::Dash { "Bad substitution" } else { "syntax error: bad substitution" };
                return Err(self.fail(message, 2).await);
            }
            let value = self.parameter(&param.name, param.index.as_deref()).await?;
            match &param.op {
                ParamOp::Default { colon, word } => match value.filter(|v| !(*colon && v.is_empty())) {
                    Some(value) => self.add_value(&value, quoted, fields),
                    None => self.add_word(word, quoted, fields).await?,
                },
                ParamOp::Alternative { colon, word } => {
                    if value.is_some_and(|v| !(*colon && v.is_empty())) {
                        self.add_word(word, quoted, fields).await?;
                    }
                }
                ParamOp::Assign { colon, word } => match value.filter(|v| !(*colon && v.is_empty())) {
                    Some(value) => self.add_value(&value, quoted, fields),
                    None => {
                        let value = self.expand_single(word).await?;
                        if !self.set(&param.name, value.clone()) {
                            return Err(self.fail(&format!("{}: is read only", param.name), 2).await);
                        }
                        self.add_value(&value, quoted, fields);
                    }
                },
                ParamOp::Error { colon, word } => match value.filter(|v| !(*colon && v.is_empty())) {
                    Some(value) => self.add_value(&value, quoted, fields),
                    None => {
                        let mut text = self.expand_single(word).await?;
                        if text.is_empty() {
                            text = self.not_set(*colon);
                        }
                        let code = if self.kind == ShellKind::Bash { 127 } else { 2 };
                        return Err(self.fail(&format!("{}: {text}", param.name), code).await);
                    }
                },
                ParamOp::Length => {
                    let length = match (&param.index, param.name.as_str()) {
                        // busybox measures the text.
                        (None, "@" | "*") if self.kind == ShellKind::Ash => value.unwrap_or_default().len(),
                        (None, "@" | "*") => self.positional.len(),
                        (Some(index), name) if is_all(index) => self.items(name).len(),
                        // Without a locale a character is a byte.
                        _ if self.kind == ShellKind::Bash => self.require(param, value).await?.chars().count(),
                        _ => self.require(param, value).await?.len(),
                    };
                    self.add_value(&length.to_string(), quoted, fields);
                }
                op => {
                    let value = self.require(param, value).await?;
                    let value = self.transform(value, op).await?;
                    self.add_value(&value, quoted, fields);
                }
            }
            Ok(())
        })
    }

    fn not_set(&self, colon: bool) -> String {
        match (self.kind, colon) {
            (ShellKind::Bash, true) => "parameter null or not set".into(),
            (ShellKind::Dash, true) => "parameter not set or null".into(),
            (ShellKind::Ash, true) => "parameter not set or null".into(),
            _ => "parameter not set".into(),
        }
    }

    /// The value, or the end of the shell when `set -u` forbids an unset one.
    async fn require(&mut self, param: &Param, value: Option<String>) -> Expanded<String> {
        match value {
            Some(value) => Ok(value),
            None if self.options.nounset && !matches!(param.name.as_str(), "@" | "*") => {
                let what = if self.kind == ShellKind::Bash { "unbound variable" } else { "parameter not set" };
                let code = if self.kind == ShellKind::Bash { 1 } else { 2 };
                Err(self.fail(&format!("{}: {what}", param.name), code).await)
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

    async fn add_indirect(&mut self, param: &Param, quoted: bool, fields: &mut Fields) -> Expanded<()> {
        if let Some(index) = &param.index
            && is_all(index)
        {
            let keys: Vec<String> = match self.variables.get(&param.name).and_then(|v| v.value.as_ref()) {
                Some(Value::Array(items)) => items.keys().map(|k| k.to_string()).collect(),
                Some(Value::Map(items)) => items.keys().cloned().collect(),
                Some(Value::Text(_)) => vec!["0".into()],
                None => Vec::new(),
            };
            self.add_list(&keys, quoted, fields);
            return Ok(());
        }
        let name = self.get(&param.name).unwrap_or_default();
        let value = self.parameter(&name, None).await?.unwrap_or_default();
        self.add_value(&value, quoted, fields);
        Ok(())
    }

    /// The word of `${x:-word}`: its own quotes count, its plain text splits like an expansion.
    async fn add_word(&mut self, word: &[Part], quoted: bool, fields: &mut Fields) -> Expanded<()> {
        for part in word {
            match part {
                Part::Text(text) if !quoted => fields.split(text),
                Part::Quoted(text) => fields.quoted(text),
                part => self.add_parts(std::slice::from_ref(part), quoted, fields).await?,
            }
        }
        Ok(())
    }

    /// The files that match a pattern, in order; empty when there are none.
    fn glob(&self, pattern_text: &str) -> Vec<String> {
        self.ctx.kernel.look_at_files();
        let fs = self.ctx.kernel.fs.borrow();
        let absolute = pattern_text.starts_with('/');
        let mut found: Vec<String> = vec![if absolute { "/".into() } else { String::new() }];
        let components: Vec<&str> = pattern_text.split('/').filter(|c| !c.is_empty()).collect();
        for (i, component) in components.iter().enumerate() {
            let last = i + 1 == components.len() && !pattern_text.ends_with('/');
            let mut next = Vec::new();
            for base in &found {
                if !has_glob(component) {
                    let path = format!("{base}{}", pattern::unescape(component));
                    if fs.find(&self.cwd, &path, false).is_ok() {
                        next.push(if last { path } else { format!("{path}/") });
                    }
                    continue;
                }
                let dir = if base.is_empty() { "." } else { base };
                let Ok(dir) = fs.find(&self.cwd, dir, true) else { continue };
                // A directory lists itself and its parent too; a pattern with a dot in front meets them.
                let own =
                    if component.starts_with('.') && self.kind != ShellKind::Bash { &[".", ".."][..] } else { &[] };
                for name in own.iter().map(|n| n.to_string()).chain(dir.inode.names()) {
                    let hidden = name.starts_with('.') && !component.starts_with('.');
                    if hidden || !pattern::matches(component, &name) {
                        continue;
                    }
                    let path = format!("{base}{name}");
                    if last {
                        next.push(path);
                    } else if fs.find(&self.cwd, &path, true).is_ok_and(|f| f.inode.is_dir()) {
                        next.push(format!("{path}/"));
                    }
                }
            }
            found = next;
            if found.is_empty() {
                break;
            }
        }
        found.order();
        found.retain(|path| !path.is_empty());
        found
    }
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

fn has_brace(parts: &[Part]) -> bool {
    parts.iter().any(|p| matches!(p, Part::Text(t) if t.contains('{')))
}

/// Whether an escaped pattern has a character that is not literal. A bracket that nobody closes is: `[` is a command.
fn has_glob(text: &str) -> bool {
    if !text.bytes().any(|b| matches!(b, b'*' | b'?' | b'[')) {
        return false;
    }
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '*' | '?' => return true,
            '[' if chars.as_str().contains(']') => return true,
            _ => {}
        }
    }
    false
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

fn dash_arith(error: &arith::ArithError) -> &'static str {
    match error {
        arith::ArithError::DivideByZero => "division by zero",
        _ => "expecting primary",
    }
}

fn bash_arith(error: &arith::ArithError) -> &'static str {
    match error {
        arith::ArithError::DivideByZero => "division by 0 (error token is \"0\")",
        arith::ArithError::ReadOnly(_) => "readonly variable",
        _ => "syntax error: operand expected",
    }
}
