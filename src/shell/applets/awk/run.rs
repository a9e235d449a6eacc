//! Runs awk programs, record by record. Output is collected and taken away by the caller.

use super::functions::split_regex;
use super::parse::{Expr, Pattern, Program, Stmt};
use super::value::{Array, Value, arithmetic, comparable, looks_numeric, number_text, to_number};
use crate::order::IntoMap;
use crate::order::Order;
use crate::shell::io::Io;
use crate::shell::kernel::Kernel;
use crate::shell::regex::Regex;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Why execution leaves off.
pub enum Done {
    Next,
    Break,
    Continue,
    Exit(i32),
    Return,
    Error(String),
    /// The step limit.
    TooLong,
}

pub(super) type Run<T> = Result<T, Done>;

/// Where output goes: standard output, or a file and whether it is appended to.
pub type Target = Option<(String, bool)>;

const MAX_STEPS: usize = 1_000_000;

pub(super) const MAX_CALLS: usize = 60;

pub(super) const MAX_TEXT: usize = 1 << 20;

pub struct Interpreter {
    pub(super) program: Rc<Program>,
    pub(super) kernel: Rc<Kernel>,
    pub(super) globals: BTreeMap<String, Value>,
    pub(super) arrays: BTreeMap<String, Array>,
    /// Local variables of the functions that run; arrays are passed by the name they have outside.
    pub(super) frames: Vec<BTreeMap<String, Local>>,
    pub(super) record: String,
    pub(super) fields: Vec<String>,
    pub(super) fields_stale: bool,
    pub(super) ranges: Vec<bool>,
    pub(super) output: Vec<(Target, String)>,
    pub(super) opened: Vec<String>,
    pub(super) queue: VecDeque<String>,
    /// What is left of the files that `getline` reads.
    pub(super) files: BTreeMap<String, VecDeque<String>>,
    cwd: String,
    pub(super) result: Value,
    pub(super) steps: usize,
    pub(super) regexes: BTreeMap<String, Rc<Regex>>,
    pub(super) fresh: usize,
}

#[derive(Clone)]
pub(super) enum Local {
    Value(Value),
    Array(String),
}

impl Interpreter {
    pub fn new(program: Program, io: &Io, separator: Option<&str>) -> Interpreter {
        let mut globals = BTreeMap::new();
        let separator = match separator {
            Some("t") => "\t".to_string(),
            Some(text) => String::from_utf8_lossy(&crate::shell::printf::unescape(text, false).0).into_owned(),
            None => " ".into(),
        };
        for (name, text) in [
            ("FS", separator.as_str()),
            ("OFS", " "),
            ("ORS", "\n"),
            ("RS", "\n"),
            ("SUBSEP", "\x1c"),
            ("OFMT", "%.6g"),
            ("CONVFMT", "%.6g"),
        ] {
            globals.insert(name.to_string(), Value::Text(text.to_string()));
        }
        for name in ["NR", "NF", "FNR", "RSTART", "RLENGTH"] {
            globals.insert(name.to_string(), Value::Number(0.0));
        }
        let environment = io.env.iter().map(|(n, v)| (n.clone(), Value::Input(v.clone()))).into_map();
        Interpreter {
            ranges: vec![false; program.ranges],
            program: Rc::new(program),
            kernel: io.ctx.kernel.clone(),
            globals,
            arrays: BTreeMap::from([("ENVIRON".to_string(), environment)]),
            frames: Vec::new(),
            record: String::new(),
            fields: Vec::new(),
            fields_stale: false,
            output: Vec::new(),
            opened: Vec::new(),
            queue: VecDeque::new(),
            files: BTreeMap::new(),
            cwd: io.cwd.clone(),
            result: Value::Unset,
            steps: 0,
            regexes: BTreeMap::new(),
            fresh: 0,
        }
    }

    /// `-v name=value`.
    pub fn assign(&mut self, name: &str, value: &str) {
        let text = String::from_utf8_lossy(&crate::shell::printf::unescape(value, false).0).into_owned();
        self.globals.insert(name.to_string(), Value::Input(text));
    }

    pub fn wants_all_input(&self) -> bool {
        self.program.uses_getline
    }

    pub fn queue_input(&mut self, text: &str) {
        self.queue.extend(text.lines().map(str::to_string));
    }

    pub fn next_queued(&mut self) -> Option<String> {
        self.queue.pop_front()
    }

    /// Whether there are rules for records, or an END that wants the count of them.
    pub fn has_records(&self) -> bool {
        self.program.rules.iter().any(|(p, _)| !matches!(p, Pattern::Begin))
    }

    pub fn by_lines(&self) -> bool {
        self.text_of("RS") == "\n"
    }

    pub fn split_records(&self, text: &str) -> Vec<String> {
        let separator = self.text_of("RS");
        let trimmed = text.strip_suffix('\n').unwrap_or(text);
        if separator.is_empty() {
            return trimmed.split("\n\n").map(|r| r.trim_matches('\n').to_string()).filter(|r| !r.is_empty()).collect();
        }
        if separator.chars().count() > 1
            && let Ok(regex) = Regex::new(&separator, true, false)
        {
            return split_regex(trimmed, &regex);
        }
        let trimmed = trimmed.strip_suffix(separator.as_str()).unwrap_or(trimmed);
        trimmed.split(separator.as_str()).map(str::to_string).collect()
    }

    pub fn start_file(&mut self, path: &str) {
        let name = if path == "-" { "" } else { path };
        self.globals.insert("FILENAME".into(), Value::Text(name.into()));
        self.globals.insert("FNR".into(), Value::Number(0.0));
    }

    pub fn take_output(&mut self) -> Vec<(Target, String)> {
        std::mem::take(&mut self.output)
    }

    pub fn begin(&mut self) -> Run<()> {
        self.rules(|p| matches!(p, Pattern::Begin))
    }

    pub fn end(&mut self) -> Run<()> {
        self.rules(|p| matches!(p, Pattern::End))
    }

    fn rules(&mut self, wanted: fn(&Pattern) -> bool) -> Run<()> {
        let program = self.program.clone();
        for (_, action) in program.rules.iter().filter(|(p, _)| wanted(p)) {
            if let Some(action) = action {
                self.statement(action)?;
            }
        }
        Ok(())
    }

    /// Runs the rules on one record.
    pub fn record(&mut self, text: &str) -> Run<()> {
        self.set_record(text);
        let program = self.program.clone();
        for (pattern, action) in &program.rules {
            if !self.selects(pattern)? {
                continue;
            }
            let result = match action {
                Some(action) => self.statement(action),
                None => {
                    let line = self.whole_record() + &self.text_of("ORS");
                    self.emit(None, line)
                }
            };
            match result {
                Err(Done::Next) => return Ok(()),
                other => other?,
            }
        }
        Ok(())
    }

    fn selects(&mut self, pattern: &Pattern) -> Run<bool> {
        Ok(match pattern {
            Pattern::Begin | Pattern::End => false,
            Pattern::Always => true,
            Pattern::When(test) => self.truth(test)?,
            Pattern::Range(from, to, state) => {
                let open = self.ranges[*state] || self.truth(from)?;
                if open {
                    self.ranges[*state] = !self.truth(to)?;
                }
                open
            }
        })
    }

    fn set_record(&mut self, text: &str) {
        for name in ["NR", "FNR"] {
            let count = self.globals.get(name).map_or(0.0, to_number);
            self.globals.insert(name.into(), Value::Number(count + 1.0));
        }
        self.replace_record(text.to_string());
    }

    pub(super) fn replace_record(&mut self, text: String) {
        self.fields = self.split_fields(&text, &self.text_of("FS"));
        self.record = text;
        self.fields_stale = false;
        self.globals.insert("NF".into(), Value::Number(self.fields.len() as f64));
    }

    pub(super) fn whole_record(&mut self) -> String {
        if self.fields_stale {
            self.record = self.fields.join(&self.text_of("OFS"));
            self.fields_stale = false;
        }
        self.record.clone()
    }

    pub(super) fn split_fields(&self, text: &str, separator: &str) -> Vec<String> {
        if text.is_empty() {
            return Vec::new();
        }
        match separator {
            " " => text.split_whitespace().map(str::to_string).collect(),
            "" => text.chars().map(String::from).collect(),
            s if s.chars().count() == 1 && s != "\\" => text.split(s).map(str::to_string).collect(),
            s => match Regex::new(s, true, false) {
                Ok(regex) => split_regex(text, &regex),
                Err(_) => text.split(s).map(str::to_string).collect(),
            },
        }
    }

    pub(super) fn text_of(&self, name: &str) -> String {
        self.globals.get(name).map_or(String::new(), |v| self.to_text(v))
    }

    pub(super) fn to_text(&self, value: &Value) -> String {
        match value {
            Value::Number(n) => number_text(*n, || {
                self.globals.get("CONVFMT").map(|v| match v {
                    Value::Text(t) | Value::Input(t) => t.clone(),
                    _ => "%.6g".into(),
                })
            }),
            Value::Text(text) | Value::Input(text) => text.clone(),
            Value::Unset => String::new(),
        }
    }

    pub(super) fn emit(&mut self, target: Target, text: String) -> Run<()> {
        match self.output.last_mut() {
            Some((last, have)) if *last == target => have.push_str(&text),
            _ => self.output.push((target, text)),
        }
        if self.output.iter().map(|(_, t)| t.len()).sum::<usize>() > MAX_TEXT { Err(Done::TooLong) } else { Ok(()) }
    }

    pub(super) fn step(&mut self) -> Run<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(Done::TooLong) } else { Ok(()) }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) -> Run<()> {
        self.step()?;
        match statement {
            Stmt::Block(body) => body.iter().try_for_each(|s| self.statement(s)),
            Stmt::Expr(expr) => self.eval(expr).map(|_| ()),
            Stmt::Print { args, formatted, target } => self.print(args, *formatted, target.as_ref()),
            Stmt::If(test, then, otherwise) => {
                if self.truth(test)? {
                    self.statement(then)
                } else {
                    otherwise.as_ref().map_or(Ok(()), |s| self.statement(s))
                }
            }
            Stmt::While(test, body) => {
                while self.truth(test)? {
                    if self.turn(body)? {
                        break;
                    }
                }
                Ok(())
            }
            Stmt::Do(body, test) => loop {
                if self.turn(body)? || !self.truth(test)? {
                    return Ok(());
                }
            },
            Stmt::For(init, test, step, body) => {
                if let Some(init) = init {
                    self.statement(init)?;
                }
                loop {
                    if let Some(test) = test
                        && !self.truth(test)?
                    {
                        return Ok(());
                    }
                    if self.turn(body)? {
                        return Ok(());
                    }
                    if let Some(step) = step {
                        self.statement(step)?;
                    }
                }
            }
            Stmt::ForIn(name, array, body) => {
                let array = self.array_name(array);
                let mut keys: Vec<String> =
                    self.arrays.get(&array).map(|a| a.keys().cloned().collect()).unwrap_or_default();
                // Numbers in their order; real awks have no order at all.
                keys.order_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
                    (Ok(x), Ok(y)) => x.total_cmp(&y),
                    _ => a.cmp(b),
                });
                for key in keys {
                    self.set_var(name, Value::Input(key));
                    if self.turn(body)? {
                        break;
                    }
                }
                Ok(())
            }
            Stmt::Next => Err(Done::Next),
            Stmt::Break => Err(Done::Break),
            Stmt::Continue => Err(Done::Continue),
            Stmt::Exit(code) => {
                let code = match code {
                    Some(expr) => to_number(&self.eval(expr)?) as i32,
                    None => 0,
                };
                Err(Done::Exit(code & 0xff))
            }
            Stmt::Return(value) => {
                self.result = match value {
                    Some(expr) => self.eval(expr)?,
                    None => Value::Unset,
                };
                Err(Done::Return)
            }
            Stmt::Delete(name, index) => {
                let array = self.array_name(name);
                match index {
                    Some(index) => {
                        let key = self.key(index)?;
                        if let Some(items) = self.arrays.get_mut(&array) {
                            items.remove(&key);
                        }
                    }
                    None => {
                        self.arrays.remove(&array);
                    }
                }
                Ok(())
            }
        }
    }

    /// One turn of a loop; true when it has to end.
    fn turn(&mut self, body: &Stmt) -> Run<bool> {
        self.step()?;
        match self.statement(body) {
            Err(Done::Break) => Ok(true),
            Ok(()) | Err(Done::Continue) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn print(&mut self, args: &[Expr], formatted: bool, target: Option<&(Expr, bool)>) -> Run<()> {
        let text = if formatted {
            self.format(args)?
        } else if args.is_empty() {
            self.whole_record() + &self.text_of("ORS")
        } else {
            let mut parts = Vec::new();
            for arg in args {
                let value = self.eval(arg)?;
                parts.push(self.to_text(&value));
            }
            parts.join(&self.text_of("OFS")) + &self.text_of("ORS")
        };
        let target = match target {
            None => None,
            Some((path, append)) => {
                let path = self.eval(path)?;
                let path = self.to_text(&path);
                // A file is emptied when it is first written to, and added to from then on.
                let again = self.opened.contains(&path);
                if !again {
                    self.opened.push(path.clone());
                }
                Some((path, *append || again))
            }
        };
        self.emit(target, text)
    }

    pub(super) fn truth(&mut self, expr: &Expr) -> Run<bool> {
        let value = self.eval(expr)?;
        Ok(match &value {
            Value::Number(n) => *n != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Input(text) => match looks_numeric(text) {
                Some(n) => n != 0.0,
                None => !text.is_empty(),
            },
            Value::Unset => false,
        })
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
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        match expr {
            Expr::Number(n) => Ok(Value::Number(*n)),
            Expr::Text(text) => Ok(Value::Text(text.clone())),
            Expr::Regex(regex) => {
                let record = self.whole_record();
                number(regex.captures(&record, 0).is_some())
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
            Expr::Binary(op, left, right) => self.binary(op, left, right),
            Expr::Match(text, pattern, negated) => {
                let text = self.eval(text)?;
                let text = self.to_text(&text);
                let regex = self.regex_of(pattern)?;
                number(regex.captures(&text, 0).is_some() != *negated)
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
            self.files.insert(path.to_string(), text.lines().map(str::to_string).collect());
        }
        self.files.get_mut(path).map(VecDeque::pop_front)
    }

    fn binary(&mut self, op: &str, left: &Expr, right: &Expr) -> Run<Value> {
        let number = |truth: bool| Ok(Value::Number(truth as i32 as f64));
        if matches!(op, "&&" | "||") {
            let first = self.truth(left)?;
            let result = if (op == "&&") == first { self.truth(right)? } else { first };
            return number(result);
        }
        let a = self.eval(left)?;
        let b = self.eval(right)?;
        match op {
            " " => {
                let text = self.to_text(&a) + &self.to_text(&b);
                // Copying counts, or a string that grows would take for ever.
                self.steps += text.len() / 32;
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
