//! Runs awk programs, record by record: their rules, and what it costs.

use super::ast::{Pattern, Program};
use super::input::Reader;
use super::streams::{Streams, Target};
use super::value::{Array, Value, number_text};
use crate::order::IntoMap;
use crate::shell::calendar::Zone;
use crate::shell::io::Io;
use crate::shell::kernel::Kernel;
use crate::shell::regex::Regex;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
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

const MAX_STEPS: u64 = 1_000_000;

/// Bytes that are copied or looked at in a step.
const STEP_BYTES: u64 = 32;

/// What a step takes, in comparisons of characters.
const STEP_WORK: u64 = 16;

/// Regular expressions that are made while the program runs are remembered, so many of them and no longer ones.
const MAX_REGEXES: usize = 64;
const MAX_REGEX: usize = 256;

pub(super) const MAX_CALLS: usize = 60;

pub(super) const MAX_TEXT: usize = 1 << 20;

pub struct Interpreter<'a> {
    pub(super) io: &'a Io,
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
    pub(super) printed: usize,
    pub(super) opened: BTreeSet<String>,
    pub(super) reader: Reader,
    pub(super) streams: Streams,
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

impl<'a> Interpreter<'a> {
    pub fn new(program: Program, io: &'a Io, separator: Option<&str>) -> Interpreter<'a> {
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
            io,
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
            reader: Reader::default(),
            streams: Streams::default(),
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

    /// `-v name=value`.
    pub fn assign(&mut self, name: &str, value: &str) {
        let text = String::from_utf8_lossy(&crate::shell::printf::unescape(value, false).0).into_owned();
        self.globals.insert(name.to_string(), Value::Input(text));
    }

    /// Whether there are rules for records, or an END that wants the count of them.
    pub fn has_records(&self) -> bool {
        self.program.rules.iter().any(|(p, _)| !matches!(p, Pattern::Begin))
    }

    pub fn start_file(&mut self, path: &str) {
        let name = if path == "-" { "" } else { path };
        self.globals.insert("FILENAME".into(), Value::Text(name.into()));
        self.globals.insert("FNR".into(), Value::Number(0.0));
    }

    /// What the steps since the last call took, in comparisons of characters.
    pub(super) fn take_work(&mut self) -> u64 {
        let steps = self.steps.get();
        STEP_WORK * (steps - std::mem::replace(&mut self.paid, steps))
    }

    pub async fn begin(&mut self) -> Run<()> {
        self.rules(|p| matches!(p, Pattern::Begin)).await
    }

    pub async fn end(&mut self) -> Run<()> {
        self.rules(|p| matches!(p, Pattern::End)).await
    }

    async fn rules(&mut self, wanted: fn(&Pattern) -> bool) -> Run<()> {
        let program = self.program.clone();
        for (_, action) in program.rules.iter().filter(|(p, _)| wanted(p)) {
            if let Some(action) = action {
                self.statement(action).await?;
            }
        }
        Ok(())
    }

    /// Runs the rules on one record.
    pub async fn record(&mut self, text: &str) -> Run<()> {
        self.count_record(&["NR", "FNR"]);
        self.replace_record(text.to_string());
        let program = self.program.clone();
        for (pattern, action) in &program.rules {
            if !self.selects(pattern).await? {
                continue;
            }
            let result = match action {
                Some(action) => self.statement(action).await,
                None => {
                    let line = self.whole_record() + &self.text_of("ORS");
                    self.emit(Target::Stdout, line)
                }
            };
            match result {
                Err(Done::Next) => return Ok(()),
                other => other?,
            }
        }
        Ok(())
    }

    async fn selects(&mut self, pattern: &Pattern) -> Run<bool> {
        Ok(match pattern {
            Pattern::Begin | Pattern::End => false,
            Pattern::Always => true,
            Pattern::When(test) => self.truth(test).await?,
            Pattern::Range(from, to, state) => {
                let open = self.ranges[*state] || self.truth(from).await?;
                if open {
                    self.ranges[*state] = !self.truth(to).await?;
                }
                open
            }
        })
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

    /// A number in the format of a variable; whole ones have their own.
    pub(super) fn number_text(&self, number: f64, variable: &str) -> String {
        let format = match self.globals.get(variable) {
            Some(Value::Text(format) | Value::Input(format)) => format.as_str(),
            _ => "%.6g",
        };
        number_text(number, format)
    }

    pub(super) fn step(&mut self) -> Run<()> {
        self.add_steps(1);
        if self.steps.get() > MAX_STEPS { Err(Done::TooLong) } else { Ok(()) }
    }
}
