//! awk's own functions and those of the program.

use super::ast::{Expr, Function};
use super::run::{Done, Interpreter, Local, MAX_CALLS, MAX_TEXT, Run};
use super::value::{Value, to_number};
use crate::order::IntoMap;
use crate::shell::calendar::strftime;
use crate::shell::regex::{Regex, Text};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a character of a regular expression comes to, in bytes.
const NODE_SIZE: usize = 64;

impl Interpreter<'_> {
    /// `sprintf`.
    pub(super) async fn format(&mut self, args: &[Expr]) -> Run<String> {
        let mut values = Vec::new();
        for arg in args {
            let value = self.eval(arg).await?;
            values.push(value);
        }
        let Some((format, values)) = values.split_first() else { return Ok(String::new()) };
        let format = self.to_text(format);
        let mut values = values.iter();
        let mut out = String::new();
        let mut rest = format.as_str();
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let Some(end) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%') else {
                out.push('%');
                break;
            };
            let kind = rest[end..].chars().next().unwrap_or('%');
            let mut flags = rest[..end].to_string();
            rest = &rest[end + 1..];
            if kind == '%' {
                out.push('%');
                continue;
            }
            if flags.contains('*') && self.kernel.image.is_busybox() {
                return Err(Done::Error("%*x formats are not supported".into()));
            }
            while let Some(star) = flags.find('*') {
                let width = values.next().map_or(0.0, to_number) as i64;
                flags.replace_range(star..=star, &width.to_string());
            }
            let value = values.next().cloned().unwrap_or(Value::Unset);
            let arg = match kind {
                'd' | 'i' | 'u' | 'o' | 'x' | 'X' => self.integer(to_number(&value)).to_string(),
                'c' => match value {
                    Value::Number(n) => char::from_u32(n as u32).map(String::from).unwrap_or_default(),
                    ref other => self.to_text(other),
                },
                's' => self.to_text(&value),
                _ => to_number(&value).to_string(),
            };
            let printed = crate::shell::printf::printf(&format!("%{flags}{kind}"), &[arg], false);
            out.push_str(&String::from_utf8_lossy(&printed.bytes));
            if out.len() > MAX_TEXT {
                return Err(Done::TooLong);
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A number as `printf` takes it for a whole one: C's `int` in busybox up to 1.36, where what it cannot hold is its least.
    fn integer(&self, number: f64) -> i64 {
        let image = &self.kernel.image;
        let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number.trunc());
        if image.is_busybox() && image.busybox < 37 && !fits { i32::MIN.into() } else { number as i64 }
    }

    /// A regular expression, or the text of an expression as one.
    pub(super) async fn regex_of(&mut self, expr: &Expr) -> Run<Rc<Regex>> {
        if let Expr::Regex(regex) = expr {
            return Ok(regex.clone());
        }
        let value = self.eval(expr).await?;
        let source = self.to_text(&value);
        if let Some(regex) = self.regexes.get(&source) {
            return Ok(regex.clone());
        }
        let regex =
            Regex::new(&source, true, false).map_err(|why| Done::Error(format!("bad regex '{source}': {why}")))?;
        let regex = Rc::new(regex);
        self.charge(source.len() * NODE_SIZE);
        self.remember(source, &regex);
        Ok(regex)
    }

    pub(super) async fn text_arg(&mut self, args: &[Expr], at: usize) -> Run<String> {
        match args.get(at) {
            Some(expr) => {
                let value = self.eval(expr).await?;
                Ok(self.to_text(&value))
            }
            None => Ok(self.whole_record()),
        }
    }

    pub(super) async fn number_arg(&mut self, args: &[Expr], at: usize) -> Run<f64> {
        match args.get(at) {
            Some(expr) => Ok(to_number(&self.eval(expr).await?)),
            None => Ok(0.0),
        }
    }

    pub(super) async fn call(&mut self, name: &str, args: &[Expr]) -> Run<Value> {
        let program = self.program.clone();
        if let Some(function) = program.functions.iter().find(|f| f.name == name) {
            return self.call_function(function, args).await;
        }
        let number = |n: f64| Ok(Value::Number(n));
        match name {
            "length" => {
                if let [Expr::Var(array)] = args {
                    let array = self.array_name(array);
                    if let Some(items) = self.arrays.get(&array) {
                        return number(items.len() as f64);
                    }
                }
                let text = self.text_arg(args, 0).await?;
                number(text.len() as f64)
            }
            "substr" => {
                let text = self.text_arg(args, 0).await?;
                let start = self.number_arg(args, 1).await?.round();
                let length = if args.len() > 2 { self.number_arg(args, 2).await?.round() } else { f64::INFINITY };
                // busybox counts the length from the first character that there is.
                let start = if self.kernel.image.is_busybox() { start.max(1.0) } else { start };
                let end = start + length;
                // awks count bytes.
                let kept =
                    text.bytes().enumerate().filter(|(i, _)| (*i as f64 + 1.0) >= start && (*i as f64 + 1.0) < end);
                let kept: Vec<u8> = kept.map(|(_, byte)| byte).collect();
                Ok(Value::Text(String::from_utf8_lossy(&kept).into_owned()))
            }
            "index" => {
                let (text, needle) = (self.text_arg(args, 0).await?, self.text_arg(args, 1).await?);
                number(text.find(&needle).map_or(0.0, |i| i as f64 + 1.0))
            }
            "split" => self.split(args).await,
            "sub" | "gsub" => self.substitute(args, name == "gsub").await,
            "match" => {
                let text = self.text_arg(args, 0).await?;
                let Some(pattern) = args.get(1) else { return Err(Done::Error("Too few arguments".into())) };
                let regex = self.regex_of(pattern).await?;
                let found = regex.captures(&text).and_then(|g| g[0]);
                self.charge_matching(&regex);
                let (start, length) = found.map_or((0.0, -1.0), |(a, b)| (a as f64 + 1.0, (b - a) as f64));
                self.globals.insert("RSTART".into(), Value::Number(start));
                self.globals.insert("RLENGTH".into(), Value::Number(length));
                number(start)
            }
            "sprintf" => self.format(args).await.map(Value::Text),
            "toupper" => self.text_arg(args, 0).await.map(|t| Value::Text(t.to_ascii_uppercase())),
            "tolower" => self.text_arg(args, 0).await.map(|t| Value::Text(t.to_ascii_lowercase())),
            "int" => self.number_arg(args, 0).await.map(|n| Value::Number(n.trunc())),
            "sqrt" => self.number_arg(args, 0).await.map(|n| Value::Number(n.sqrt())),
            "exp" => self.number_arg(args, 0).await.map(|n| Value::Number(n.exp())),
            "log" => self.number_arg(args, 0).await.map(|n| Value::Number(n.ln())),
            "sin" => self.number_arg(args, 0).await.map(|n| Value::Number(n.sin())),
            "cos" => self.number_arg(args, 0).await.map(|n| Value::Number(n.cos())),
            "atan2" => {
                let (y, x) = (self.number_arg(args, 0).await?, self.number_arg(args, 1).await?);
                number(y.atan2(x))
            }
            "rand" => number((self.kernel.random() >> 11) as f64 / (1u64 << 53) as f64),
            "srand" => number(0.0),
            "systime" => number(self.kernel.date(self.kernel.now()) as f64),
            "strftime" => {
                let format = self.text_arg(args, 0).await?;
                let at = match args.len() {
                    0 | 1 => self.kernel.date(self.kernel.now()) as i64,
                    _ => self.number_arg(args, 1).await? as i64,
                };
                Ok(Value::Text(strftime(&format, at, &self.zone, None)))
            }
            "close" => {
                let path = self.text_arg(args, 0).await?;
                number(self.close(&path).await)
            }
            "fflush" => {
                self.flush().await;
                number(0.0)
            }
            "system" => {
                let command = self.text_arg(args, 0).await?;
                number(self.system(&command).await)
            }
            _ => self.call_further(name, args).await,
        }
    }

    pub(super) async fn call_function(&mut self, function: &Function, args: &[Expr]) -> Run<Value> {
        if self.frames.len() >= MAX_CALLS {
            return Err(Done::Error("Too deep recursion".into()));
        }
        let mut frame = BTreeMap::new();
        for (i, param) in function.params.iter().enumerate() {
            let local = match args.get(i) {
                Some(Expr::Var(name)) => {
                    let outer = self.array_name(name);
                    let known = self.globals.contains_key(name)
                        || matches!(self.frames.last().and_then(|f| f.get(name)), Some(Local::Value(v)) if !matches!(v, Value::Unset));
                    if self.arrays.contains_key(&outer) || !known {
                        Local::Array(outer)
                    } else {
                        Local::Value(self.get_var(name))
                    }
                }
                Some(expr) => Local::Value(self.eval(expr).await?),
                None => {
                    self.fresh += 1;
                    Local::Array(format!("{param} {}", self.fresh))
                }
            };
            frame.insert(param.clone(), local);
        }
        self.frames.push(frame);
        self.result = Value::Unset;
        let result = self.statement(&function.body).await;
        if let Some(frame) = self.frames.pop() {
            for (param, local) in frame {
                if let Local::Array(name) = local
                    && name.starts_with(&format!("{param} "))
                {
                    self.arrays.remove(&name);
                }
            }
        }
        match result {
            Ok(()) | Err(Done::Return) => Ok(std::mem::replace(&mut self.result, Value::Unset)),
            Err(other) => Err(other),
        }
    }

    pub(super) async fn split(&mut self, args: &[Expr]) -> Run<Value> {
        let text = self.text_arg(args, 0).await?;
        let Some(Expr::Var(name)) = args.get(1) else { return Err(Done::Error("Unexpected token".into())) };
        let array = self.array_name(name);
        let parts = match args.get(2) {
            Some(Expr::Regex(regex)) if !text.is_empty() => self.split_regex(&text, regex),
            Some(expr) => {
                let value = self.eval(expr).await?;
                self.split_fields(&text, &self.to_text(&value))
            }
            None => self.split_fields(&text, &self.text_of("FS")),
        };
        let count = parts.len();
        let items = parts.into_iter().enumerate().map(|(i, p)| ((i + 1).to_string(), Value::Input(p)));
        self.arrays.insert(array, items.into_map());
        Ok(Value::Number(count as f64))
    }

    pub(super) async fn substitute(&mut self, args: &[Expr], global: bool) -> Run<Value> {
        let [pattern, by, rest @ ..] = args else { return Err(Done::Error("Too few arguments".into())) };
        let regex = self.regex_of(pattern).await?;
        let by = self.eval(by).await?;
        let by = self.to_text(&by);
        let whole = Expr::Field(Box::new(Expr::Number(0.0)));
        let target = rest.first().unwrap_or(&whole);
        let text = self.eval(target).await?;
        let text = self.to_text(&text);
        let mut out = String::new();
        let (mut at, mut count) = (0, 0);
        for (start, end) in regex.matches(&Text::new(&text)).filter_map(|groups| groups[0]) {
            self.charge_matching(&regex);
            self.step()?;
            out.push_str(&text[at..start]);
            replacement(&by, &text[start..end], &mut out);
            at = end;
            count += 1;
            if !global || out.len() > MAX_TEXT {
                break;
            }
        }
        if count > 0 {
            out.push_str(&text[at..]);
            self.store(target, Value::Text(out)).await?;
        }
        Ok(Value::Number(count as f64))
    }
}

/// What stands for a match: `&` is the match itself.
fn replacement(by: &str, found: &str, out: &mut String) {
    let mut chars = by.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str(found),
            '\\' => match chars.next() {
                Some('&') => out.push('&'),
                Some('\\') | None => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
            },
            c => out.push(c),
        }
    }
}
