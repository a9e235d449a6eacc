//! The values of awk's expressions, and what they are stored in.

use super::ast::Expr;
use super::run::{Done, Interpreter, Local, MAX_TEXT, Run};
use super::value::{Value, arithmetic, comparable, looks_numeric, to_number};
use std::collections::VecDeque;

impl Interpreter {
    pub(super) fn truth(&mut self, expr: &Expr) -> Run<bool> {
        self.eval(expr).map(|value| is_true(&value))
    }

    pub(super) fn array_name(&self, name: &str) -> String {
        match self.frames.last().and_then(|f| f.get(name)) {
            Some(Local::Array(outer)) => outer.clone(),
            _ => name.to_string(),
        }
    }

    pub(super) fn key(&mut self, index: &[Expr]) -> Run<String> {
        let mut parts = Vec::new();
        for expr in index {
            let value = self.eval(expr)?;
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

    pub(super) fn store(&mut self, target: &Expr, value: Value) -> Run<()> {
        match target {
            Expr::Var(name) => self.set_var(name, value),
            Expr::Index(name, index) => {
                let key = self.key(index)?;
                let array = self.array_name(name);
                self.arrays.entry(array).or_default().insert(key, value);
            }
            Expr::Field(index) => {
                let index = to_number(&self.eval(index)?) as i64;
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
            Expr::Group(inner) => return self.store(inner, value),
            _ => return Err(Done::Error("Unexpected token".into())),
        }
        Ok(())
    }

    pub(super) fn eval(&mut self, expr: &Expr) -> Run<Value> {
        self.step()?;
        let value = self.eval_here(expr)?;
        self.charge(value.len());
        Ok(value)
    }

    fn eval_here(&mut self, expr: &Expr) -> Run<Value> {
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        match expr {
            Expr::Number(n) => Ok(Value::Number(*n)),
            Expr::Text(text) => Ok(Value::Text(text.clone())),
            Expr::Regex(regex) => {
                let record = self.whole_record();
                number(self.is_match(regex, &record))
            }
            Expr::Group(inner) => self.eval(inner),
            Expr::Var(name) => Ok(self.get_var(name)),
            Expr::Field(index) => {
                let index = to_number(&self.eval(index)?);
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
                let key = self.key(index)?;
                let array = self.array_name(name);
                Ok(self.arrays.entry(array).or_default().entry(key).or_insert(Value::Unset).clone())
            }
            Expr::Assign(target, op, value) => {
                let mut value = self.eval(value)?;
                if !op.is_empty() {
                    let old = to_number(&self.eval(target)?);
                    value = Value::Number(arithmetic(op, old, to_number(&value))?);
                }
                self.store(target, value.clone())?;
                Ok(value)
            }
            Expr::Step(target, by, after) => {
                let old = to_number(&self.eval(target)?);
                self.store(target, Value::Number(old + by))?;
                Ok(Value::Number(if *after { old } else { old + by }))
            }
            Expr::Unary('!', inner) => {
                let truth = self.truth(inner)?;
                number(!truth)
            }
            Expr::Unary(sign, inner) => {
                let value = to_number(&self.eval(inner)?);
                Ok(Value::Number(if *sign == '-' { -value } else { value }))
            }
            Expr::Chain(first, rest) => {
                let first = self.eval(first)?;
                rest.iter().try_fold(first, |left, (op, right)| self.binary(op, left, right))
            }
            Expr::In(index, name) => {
                let key = self.key(index)?;
                let array = self.array_name(name);
                number(self.arrays.get(&array).is_some_and(|a| a.contains_key(&key)))
            }
            Expr::Conditional(test, yes, no) => {
                if self.truth(test)? {
                    self.eval(yes)
                } else {
                    self.eval(no)
                }
            }
            Expr::Getline(target) => {
                let line = self.queue.pop_front();
                self.got_line(line, target.as_deref())
            }
            Expr::GetlineFrom(target, file) => {
                let path = self.eval(file)?;
                let path = self.to_text(&path);
                match self.line_of(&path) {
                    Some(line) => {
                        // A line of another file is no record of the input.
                        let counts = ["NR", "FNR"].map(|name| (name, self.globals.get(name).cloned()));
                        let got = self.got_line(line, target.as_deref());
                        for (name, count) in counts {
                            self.globals.insert(name.into(), count.unwrap_or(Value::Number(0.0)));
                        }
                        got
                    }
                    None => Ok(Value::Number(-1.0)),
                }
            }
            Expr::Call(name, args) => self.call(name, args),
        }
    }

    /// What `getline` says of a line, or of its lack.
    fn got_line(&mut self, line: Option<String>, target: Option<&Expr>) -> Run<Value> {
        let Some(line) = line else { return Ok(Value::Number(0.0)) };
        match target {
            Some(target) => self.store(target, Value::Input(line))?,
            None => self.set_record(&line),
        }
        Ok(Value::Number(1.0))
    }

    /// The next line of a file, which is read when it is first asked for; `None` when it cannot be.
    fn line_of(&mut self, path: &str) -> Option<Option<String>> {
        if !self.files.contains_key(path) {
            self.kernel.look_at_files();
            let found = self.kernel.fs.borrow().find(&self.cwd, path, true).ok().filter(|f| !f.inode.is_dir())?;
            let text = String::from_utf8_lossy(&found.inode.bytes(MAX_TEXT)).into_owned();
            let lines: VecDeque<String> = text.lines().map(str::to_string).collect();
            self.charge(text.len() + lines.len() * size_of::<String>());
            self.files.insert(path.to_string(), lines);
        }
        self.files.get_mut(path).map(VecDeque::pop_front)
    }

    fn binary(&mut self, op: &str, a: Value, right: &Expr) -> Run<Value> {
        self.step()?;
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        match op {
            "&&" | "||" => {
                let first = is_true(&a);
                return number(if (op == "&&") == first { self.truth(right)? } else { first });
            }
            "~" | "!~" => {
                let regex = self.regex_of(right)?;
                return number(self.is_match(&regex, &self.to_text(&a)) == (op == "~"));
            }
            _ => {}
        }
        let b = self.eval(right)?;
        match op {
            " " => {
                let text = self.to_text(&a) + &self.to_text(&b);
                if text.len() > MAX_TEXT {
                    return Err(Done::TooLong);
                }
                Ok(Value::Text(text))
            }
            "<" | "<=" | "==" | "!=" | ">" | ">=" => {
                let order = match (comparable(&a), comparable(&b)) {
                    (Some(x), Some(y)) => x.partial_cmp(&y),
                    _ => Some(self.to_text(&a).cmp(&self.to_text(&b))),
                };
                number(order.is_some_and(|o| match op {
                    "<" => o.is_lt(),
                    "<=" => o.is_le(),
                    "==" => o.is_eq(),
                    "!=" => o.is_ne(),
                    ">" => o.is_gt(),
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
