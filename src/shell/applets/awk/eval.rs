//! The values of awk's expressions, and what they are stored in.

use super::ast::{BinaryOp, Expr, Source, UnaryOp};
use super::run::{Done, Interpreter, Local, MAX_TEXT, Run};
use super::value::{Value, arithmetic, comparable, looks_numeric, to_number};
use crate::shell::eval::Pinned;

impl Interpreter<'_> {
    pub(super) async fn truth(&mut self, expr: &Expr) -> Run<bool> {
        Ok(is_true(&self.eval(expr).await?))
    }

    pub(super) fn array_name(&self, name: &str) -> String {
        match self.frames.last().and_then(|f| f.get(name)) {
            Some(Local::Array(outer)) => outer.clone(),
            _ => name.to_string(),
        }
    }

    pub(super) async fn key(&mut self, index: &[Expr]) -> Run<String> {
        let mut parts = Vec::new();
        for expr in index {
            let value = self.eval(expr).await?;
            parts.push(self.to_text(&value));
        }
        Ok(parts.join(&self.text_of("SUBSEP")))
    }

    pub(super) fn get_var(&mut self, name: &str) -> Value {
        match self.frames.last().and_then(|f| f.get(name)) {
            Some(Local::Value(value)) => return value.clone(),
            Some(Local::Array(_)) => return Value::Unset,
            None => {}
        }
        self.globals.get(name).cloned().unwrap_or(Value::Unset)
    }

    pub(super) fn set_var(&mut self, name: &str, value: Value) {
        if let Some(local) = self.frames.last_mut().and_then(|f| f.get_mut(name)) {
            *local = Local::Value(value);
            return;
        }
        if name == "NF" {
            let count = (to_number(&value).max(0.0) as usize).min(100_000);
            self.fields.resize(count, String::new());
            self.fields_stale = true;
        }
        self.globals.insert(name.to_string(), value);
    }

    pub(super) fn store<'a>(&'a mut self, target: &'a Expr, value: Value) -> Pinned<'a, Run<()>> {
        Box::pin(self.store_here(target, value))
    }

    async fn store_here(&mut self, target: &Expr, value: Value) -> Run<()> {
        match target {
            Expr::Var(name) => self.set_var(name, value),
            Expr::Index(name, index) => {
                let key = self.key(index).await?;
                let array = self.array_name(name);
                self.arrays.entry(array).or_default().insert(key, value);
            }
            Expr::Field(index) => {
                let index = to_number(&self.eval(index).await?) as i64;
                let text = self.to_text(&value);
                if index == 0 {
                    self.replace_record(text);
                } else if (1..=100_000).contains(&index) {
                    let at = index as usize - 1;
                    if self.fields.len() <= at {
                        self.fields.resize(at + 1, String::new());
                        self.globals.insert("NF".into(), Value::Number(self.fields.len() as f64));
                    }
                    self.fields[at] = text;
                    self.fields_stale = true;
                }
            }
            Expr::Group(inner) => return self.store(inner, value).await,
            _ => return Err(Done::Error("Unexpected token".into())),
        }
        Ok(())
    }

    pub(super) async fn eval(&mut self, expr: &Expr) -> Run<Value> {
        self.step()?;
        let value = match expr {
            Expr::Number(n) => Value::Number(*n),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Var(name) => self.get_var(name),
            _ => self.eval_deeper(expr).await?,
        };
        self.charge(value.len());
        Ok(value)
    }

    /// What consists of other expressions: in a box, since these may be such.
    fn eval_deeper<'a>(&'a mut self, expr: &'a Expr) -> Pinned<'a, Run<Value>> {
        Box::pin(self.eval_here(expr))
    }

    async fn eval_here(&mut self, expr: &Expr) -> Run<Value> {
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        match expr {
            Expr::Number(_) | Expr::Text(_) | Expr::Var(_) => self.eval(expr).await,
            Expr::Regex(regex) => {
                let record = self.whole_record();
                number(self.is_match(regex, &record))
            }
            Expr::Group(inner) => self.eval(inner).await,
            Expr::Field(index) => {
                let index = to_number(&self.eval(index).await?);
                if index < 0.0 {
                    return Err(Done::Error("Access to negative field".into()));
                }
                Ok(if index < 1.0 {
                    Value::Input(self.whole_record())
                } else {
                    self.fields.get(index as usize - 1).map_or(Value::Unset, |f| Value::Input(f.clone()))
                })
            }
            Expr::Index(name, index) => {
                let key = self.key(index).await?;
                let array = self.array_name(name);
                Ok(self.arrays.entry(array).or_default().entry(key).or_insert(Value::Unset).clone())
            }
            Expr::Assign(target, op, value) => {
                let mut value = self.eval(value).await?;
                if let Some(op) = op {
                    let old = to_number(&self.eval(target).await?);
                    value = Value::Number(arithmetic(*op, old, to_number(&value))?);
                }
                self.store(target, value.clone()).await?;
                Ok(value)
            }
            Expr::Step(target, by, after) => {
                let old = to_number(&self.eval(target).await?);
                self.store(target, Value::Number(old + by)).await?;
                Ok(Value::Number(if *after { old } else { old + by }))
            }
            Expr::Unary(UnaryOp::Not, inner) => {
                let truth = self.truth(inner).await?;
                number(!truth)
            }
            Expr::Unary(sign, inner) => {
                let value = to_number(&self.eval(inner).await?);
                Ok(Value::Number(if *sign == UnaryOp::Minus { -value } else { value }))
            }
            Expr::Chain(first, rest) => {
                let mut left = self.eval(first).await?;
                for (op, right) in rest {
                    left = self.binary(*op, left, right).await?;
                }
                Ok(left)
            }
            Expr::In(index, name) => {
                let key = self.key(index).await?;
                let array = self.array_name(name);
                number(self.arrays.get(&array).is_some_and(|a| a.contains_key(&key)))
            }
            Expr::Conditional(test, yes, no) => {
                if self.truth(test).await? {
                    self.eval(yes).await
                } else {
                    self.eval(no).await
                }
            }
            Expr::Getline(target, None) => match self.next_record().await? {
                Some(line) => {
                    self.count_record(&["NR", "FNR"]);
                    self.got_line(line, target.as_deref()).await
                }
                None => Ok(Value::Number(0.0)),
            },
            Expr::Getline(target, Some((kind, name))) => {
                let name = self.eval(name).await?;
                let name = self.to_text(&name);
                match self.line_of(*kind, &name).await {
                    Some(Some(line)) => {
                        // A line of another file is no record of the input; but for busybox, one of a command is.
                        if *kind == Source::Command && !self.kernel.image.is_busybox() {
                            self.count_record(&["NR"]);
                        }
                        self.got_line(line, target.as_deref()).await
                    }
                    Some(None) => Ok(Value::Number(0.0)),
                    None => Ok(Value::Number(-1.0)),
                }
            }
            Expr::Call(name, args) => self.call(name, args).await,
        }
    }

    /// Takes a line that `getline` has read.
    async fn got_line(&mut self, line: String, target: Option<&Expr>) -> Run<Value> {
        self.charge(line.len());
        match target {
            Some(target) => self.store(target, Value::Input(line)).await?,
            None => self.replace_record(line),
        }
        Ok(Value::Number(1.0))
    }

    async fn binary(&mut self, op: BinaryOp, a: Value, right: &Expr) -> Run<Value> {
        self.step()?;
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let first = is_true(&a);
                return number(if (op == BinaryOp::And) == first { self.truth(right).await? } else { first });
            }
            BinaryOp::Match | BinaryOp::NoMatch => {
                let regex = self.regex_of(right).await?;
                return number(self.is_match(&regex, &self.to_text(&a)) == (op == BinaryOp::Match));
            }
            _ => {}
        }
        let b = self.eval(right).await?;
        match op {
            BinaryOp::Concat => {
                let text = self.to_text(&a) + &self.to_text(&b);
                if text.len() > MAX_TEXT {
                    return Err(Done::TooLong);
                }
                Ok(Value::Text(text))
            }
            BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual => {
                let order = match (comparable(&a), comparable(&b)) {
                    (Some(x), Some(y)) => x.partial_cmp(&y),
                    _ => Some(self.to_text(&a).cmp(&self.to_text(&b))),
                };
                number(order.is_some_and(|o| match op {
                    BinaryOp::Less => o.is_lt(),
                    BinaryOp::LessOrEqual => o.is_le(),
                    BinaryOp::Equal => o.is_eq(),
                    BinaryOp::NotEqual => o.is_ne(),
                    BinaryOp::Greater => o.is_gt(),
                    _ => o.is_ge(),
                }))
            }
            _ => arithmetic(op, to_number(&a), to_number(&b)).map(Value::Number),
        }
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Number(n) => *n != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::Input(text) => match looks_numeric(text) {
            Some(n) => n != 0.0,
            None => !text.is_empty(),
        },
        Value::Unset => false,
    }
}
