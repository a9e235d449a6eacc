//! Runs awk programs, record by record. Output is collected and taken away by the caller.

use super::ast::{Expr, Pattern, Program, Stmt};
use super::value::{Array, Value, number_text, to_number};
use crate::order::IntoMap;
use crate::order::Order;
use crate::shell::calendar::Zone;
use crate::shell::io::Io;
use crate::shell::kernel::Kernel;
use crate::shell::regex::{Regex, Text};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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

const MAX_STEPS: u64 = 1_000_000;

/// Bytes that are copied or looked at in a step.
const STEP_BYTES: u64 = 32;

/// What a step takes, in comparisons of characters.
const STEP_WORK: u64 = 16;

/// What it takes to put a key into its place among others, in bytes.
const SORT_COST: usize = 256;

/// Regular expressions that are made while the program runs are remembered, so many of them and no longer ones.
const MAX_REGEXES: usize = 64;
const MAX_REGEX: usize = 256;

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
    /// How long it is.
    printed: usize,
    pub(super) opened: BTreeSet<String>,
    pub(super) queue: VecDeque<String>,
    /// What is left of the files that `getline` reads.
    pub(super) files: BTreeMap<String, VecDeque<String>>,
    pub(super) cwd: String,
    pub(super) zone: Zone,
    pub(super) result: Value,
    /// Steps taken: copies of texts count too, so that no more can be held than [`MAX_STEPS`] allow to be made.
    steps: Cell<u64>,
    /// Those that were paid for.
    paid: u64,
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
            printed: 0,
            opened: BTreeSet::new(),
            queue: VecDeque::new(),
            files: BTreeMap::new(),
            cwd: io.cwd.clone(),
            zone: crate::shell::applets::date::zone(io),
            result: Value::Unset,
            steps: Cell::new(0),
            paid: 0,
            regexes: BTreeMap::new(),
            fresh: 0,
        }
    }

    /// `ARGV` and `ARGC`.
    pub fn set_arguments(&mut self, name: &str, args: &[String]) {
        let all = std::iter::once(name.to_string()).chain(args.iter().cloned());
        let array = all.enumerate().map(|(i, arg)| (i.to_string(), Value::Input(arg))).into_map();
        self.arrays.insert("ARGV".into(), array);
        self.globals.insert("ARGC".into(), Value::Number(args.len() as f64 + 1.0));
    }

    /// The files and assignments to go through.
    pub fn arguments(&self) -> Vec<String> {
        let count = self.globals.get("ARGC").map_or(0.0, to_number) as usize;
        let known = self.arrays.get("ARGV");
        let listed = (1..count.min(1_000)).filter_map(|i| known.and_then(|argv| argv.get(&i.to_string())));
        listed.map(|arg| self.to_text(arg)).filter(|arg| !arg.is_empty()).collect()
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
            return self.split_regex(trimmed, &regex);
        }
        let trimmed = trimmed.strip_suffix(separator.as_str()).unwrap_or(trimmed);
        trimmed.split(separator.as_str()).map(str::to_string).collect()
    }

    pub fn start_file(&mut self, path: &str) {
        let name = if path == "-" { "" } else { path };
        self.globals.insert("FILENAME".into(), Value::Text(name.into()));
        self.globals.insert("FNR".into(), Value::Number(0.0));
    }

    /// What the steps since the last call took, in comparisons of characters.
    pub fn take_work(&mut self) -> u64 {
        let steps = self.steps.get();
        STEP_WORK * (steps - std::mem::replace(&mut self.paid, steps))
    }

    pub fn take_output(&mut self) -> Vec<(Target, String)> {
        self.printed = 0;
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

    pub(super) fn set_record(&mut self, text: &str) {
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
        self.charge(self.record.len());
        self.record.clone()
    }

    pub(super) fn split_fields(&self, text: &str, separator: &str) -> Vec<String> {
        if text.is_empty() {
            return Vec::new();
        }
        let fields: Vec<String> = match separator {
            " " => text.split_whitespace().map(str::to_string).collect(),
            "" => text.chars().map(String::from).collect(),
            s if s.chars().count() == 1 && s != "\\" => text.split(s).map(str::to_string).collect(),
            s => match Regex::new(s, true, false) {
                Ok(regex) => self.split_regex(text, &regex),
                Err(_) => text.split(s).map(str::to_string).collect(),
            },
        };
        self.charge(text.len() + fields.len() * size_of::<String>());
        fields
    }

    pub(super) fn text_of(&self, name: &str) -> String {
        self.globals.get(name).map_or(String::new(), |v| self.to_text(v))
    }

    pub(super) fn to_text(&self, value: &Value) -> String {
        match value {
            Value::Number(n) => self.number_text(*n, "CONVFMT"),
            Value::Text(text) | Value::Input(text) => {
                self.charge(text.len());
                text.clone()
            }
            Value::Unset => String::new(),
        }
    }

    /// Counts bytes that are copied or looked at; the next step is refused when they were too many.
    pub(super) fn charge(&self, bytes: usize) {
        self.add_steps(bytes as u64 / STEP_BYTES);
    }

    fn add_steps(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Counts what a regular expression has looked for.
    pub(super) fn charge_matching(&self, regex: &Regex) {
        self.add_steps(regex.take_work() / STEP_WORK);
    }

    pub(super) fn is_match(&self, regex: &Regex, text: &str) -> bool {
        let found = regex.is_match(text);
        self.charge_matching(regex);
        found
    }

    /// Remembers a regular expression that came out of a text.
    pub(super) fn remember(&mut self, source: String, regex: &Rc<Regex>) {
        if source.len() > MAX_REGEX {
            return;
        }
        if self.regexes.len() >= MAX_REGEXES {
            self.regexes.clear();
        }
        self.regexes.insert(source, regex.clone());
    }

    pub(super) fn split_regex(&self, text: &str, regex: &Regex) -> Vec<String> {
        let decoded = Text::new(text);
        let mut out = Vec::new();
        let mut at = 0;
        for (start, end) in regex.matches(&decoded).filter_map(|groups| groups[0]).filter(|(start, end)| end > start) {
            out.push(text[at..start].to_string());
            at = end;
        }
        out.push(text[at..].to_string());
        self.charge_matching(regex);
        out
    }

    /// A number in the format of a variable; whole ones have their own.
    fn number_text(&self, number: f64, variable: &str) -> String {
        let format = match self.globals.get(variable) {
            Some(Value::Text(format) | Value::Input(format)) => format.as_str(),
            _ => "%.6g",
        };
        number_text(number, format)
    }

    pub(super) fn emit(&mut self, target: Target, text: String) -> Run<()> {
        self.printed += text.len();
        match self.output.last_mut() {
            Some((last, have)) if *last == target => have.push_str(&text),
            _ => self.output.push((target, text)),
        }
        if self.printed > MAX_TEXT { Err(Done::TooLong) } else { Ok(()) }
    }

    pub(super) fn step(&mut self) -> Run<()> {
        self.add_steps(1);
        if self.steps.get() > MAX_STEPS { Err(Done::TooLong) } else { Ok(()) }
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
                self.charge(keys.iter().map(|key| key.len() + SORT_COST).sum());
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
                let text = match self.eval(arg)? {
                    Value::Number(n) => self.number_text(n, "OFMT"),
                    other => self.to_text(&other),
                };
                parts.push(text);
            }
            parts.join(&self.text_of("OFS")) + &self.text_of("ORS")
        };
        let target = match target {
            None => None,
            Some((path, append)) => {
                let path = self.eval(path)?;
                let path = self.to_text(&path);
                // A file is emptied when it is first written to, and added to from then on.
                let again = !self.opened.insert(path.clone());
                Some((path, *append || again))
            }
        };
        self.emit(target, text)
    }
}
