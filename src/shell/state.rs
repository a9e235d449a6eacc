//! What one shell process knows: variables, options, functions, traps, descriptors.
//!
//! A subshell is a clone of this with its own process id.

use super::arith;
use super::ast::{Command, Dialect};
use super::image::ShellKind;
use super::kernel::{Ctx, Pid, Status};
use super::pipe::Fds;
use super::substitution::Substitution;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    /// bash's indexed arrays.
    Array(BTreeMap<i64, String>),
    /// bash's `declare -A`.
    Map(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Default)]
pub struct Variable {
    pub value: Option<Value>,
    pub exported: bool,
    pub read_only: bool,
}

/// Why a command does not simply go on to the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    Break(u32),
    Continue(u32),
    Return(i32),
    Exit(i32),
    /// bash gives up what stands on the line, and goes on with the next one.
    Discard(i32),
    /// All that was left of the process has been done: no EXIT trap.
    Replaced(i32),
}

/// The exit status of a command, or why the shell leaves off.
pub type Flow = Result<i32, Stop>;

/// `set -e` and its kind, by letter.
#[derive(Clone, Copy, Default)]
pub struct Options {
    pub errexit: bool,
    pub nounset: bool,
    pub xtrace: bool,
    pub noglob: bool,
    pub noexec: bool,
    pub allexport: bool,
    pub noclobber: bool,
    pub verbose: bool,
    pub notify: bool,
    pub monitor: bool,
    pub pipefail: bool,
    pub nullglob: bool,
    pub errtrace: bool,
    pub nocasematch: bool,
}

impl Options {
    pub const NAMES: [(char, &'static str); 11] = [
        ('e', "errexit"),
        ('f', "noglob"),
        ('m', "monitor"),
        ('n', "noexec"),
        ('x', "xtrace"),
        ('v', "verbose"),
        ('C', "noclobber"),
        ('a', "allexport"),
        ('b', "notify"),
        ('u', "nounset"),
        ('\0', "pipefail"),
    ];

    pub fn field(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "errexit" => &mut self.errexit,
            "nounset" => &mut self.nounset,
            "xtrace" => &mut self.xtrace,
            "noglob" => &mut self.noglob,
            "noexec" => &mut self.noexec,
            "allexport" => &mut self.allexport,
            "noclobber" => &mut self.noclobber,
            "verbose" => &mut self.verbose,
            "notify" => &mut self.notify,
            "monitor" => &mut self.monitor,
            "pipefail" => &mut self.pipefail,
            "errtrace" => &mut self.errtrace,
            _ => return None,
        })
    }
}

/// A background job.
#[derive(Clone)]
pub struct Job {
    pub pids: Vec<Pid>,
    pub status: Option<Status>,
}

/// Something that child processes share with their parent until one of them changes it: starting a process copies nothing.
#[derive(Clone, Default)]
pub struct Shared<T>(Rc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Shared<T> {
        Shared(Rc::new(value))
    }
}

/// What stands for a word at the beginning of commands.
#[derive(Clone)]
pub struct Alias {
    pub text: String,
    /// [`Shell::lines_read`] when it was set.
    pub since: u64,
}

#[derive(Clone)]
pub struct Shell {
    pub ctx: Ctx,
    pub kind: ShellKind,
    pub dialect: Dialect,
    pub arg0: String,
    pub positional: Vec<String>,
    pub variables: Shared<BTreeMap<String, Variable>>,
    pub functions: Shared<BTreeMap<String, Rc<Command>>>,
    pub options: Options,
    /// Commands by signal; 0 is EXIT. An empty command ignores the signal.
    pub traps: Shared<BTreeMap<i32, String>>,
    pub fds: Fds,
    pub cwd: String,
    pub umask: u32,
    /// Those of bash's `pushd`, the last first.
    pub directories: Vec<String>,
    /// What `ulimit` has set, by letter.
    pub limits: BTreeMap<char, String>,
    pub status: i32,
    pub last_background: Option<Pid>,
    pub jobs: Vec<Job>,
    /// Process substitutions of the commands that run.
    pub substitutions: Vec<Substitution>,
    /// Processes of substitutions that are over: nobody waits for them.
    pub strays: Vec<Pid>,
    /// Those of the shell that this one is a copy of.
    pub parents_jobs: Rc<[Job]>,
    /// Variables that `local` hid, function by function.
    pub locals: Shared<Vec<BTreeMap<String, Option<Variable>>>>,
    pub loop_depth: u32,
    /// Functions, `eval`s and traps inside each other.
    pub depth: u32,
    /// Commands that run inside each other.
    pub nesting: u32,
    /// Above zero where `set -e` does not count.
    pub tested: u32,
    /// Above zero where the script goes on after the command: a server would keep it from that.
    pub followed: u32,
    pub line: u32,
    /// The line, less one, on which the text that runs begins: bash counts the lines of `eval` and of traps on from where they are.
    pub line_offset: u32,
    /// The first line's number: 0 for `-c`, 1 for a file.
    pub line_base: u32,
    /// The builtin or script that messages name.
    pub speaker: Option<String>,
    /// `$$`.
    pub main_pid: Pid,
    /// Set by a command substitution inside words: the status of a command that has no name.
    pub substitution_status: Option<i32>,
    pub in_trap: bool,
    /// Files that are read by `.` inside each other.
    pub sourced: u32,
    pub getopts_offset: usize,
    pub subshell: bool,
    /// An exit that a trap asked for while `wait` ran.
    pub stop_after_builtin: Option<Stop>,
    /// When `$SECONDS` was nought: as the shell started, or before that for all that a script has set.
    pub seconds_begin: i64,
    /// The function that runs, for `$FUNCNAME`.
    pub function: Option<String>,
    /// Started with `-c`, which busybox's `$-` tells.
    pub commanded: bool,
    /// Substitutions, `eval`s, sourced files and traps inside each other: bash's `set -x` shows how many.
    pub indirection: u32,
    /// What `alias` has set.
    pub aliases: Shared<BTreeMap<String, Alias>>,
    /// Counts the lines that have been read as one: an alias holds from the next on.
    pub lines_read: u64,
}

impl Shell {
    pub fn get(&self, name: &str) -> Option<String> {
        match self.variables.get(name)?.value.as_ref()? {
            Value::Text(text) => Some(text.clone()),
            Value::Array(items) => items.get(&0).cloned(),
            Value::Map(items) => items.get("0").cloned(),
        }
    }

    pub fn is_read_only(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|v| v.read_only)
    }

    /// Sets a variable; false when it is read-only.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> bool {
        let value = value.into();
        let export = self.options.allexport;
        if let Some(Variable { value: Some(Value::Text(old)), exported, read_only: false }) = self.variables.get(name)
            && *old == value
            && (*exported || !export)
        {
            return true;
        }
        if name == "SECONDS" && self.kind == ShellKind::Bash {
            let passed = value.trim().parse::<i64>().unwrap_or(0).max(0) as u64 * 1_000_000;
            self.seconds_begin = self.ctx.kernel.now() as i64 - passed as i64;
            return true;
        }
        let variable = self.variables.entry(name.to_string()).or_default();
        if variable.read_only {
            return false;
        }
        variable.exported |= export;
        match &mut variable.value {
            Some(Value::Text(old)) if *old == value => return true,
            Some(Value::Array(items)) => {
                items.insert(0, value);
            }
            other => *other = Some(Value::Text(value)),
        }
        self.ctx.kernel.effect();
        if name == "OPTIND" {
            self.getopts_offset = 0;
        }
        true
    }

    pub fn export(&mut self, name: &str) {
        self.variables.entry(name.to_string()).or_default().exported = true;
    }

    /// The variables that a program gets.
    pub fn environment(&self) -> Vec<(String, String)> {
        let exported = self.variables.iter().filter(|(_, v)| v.exported);
        exported
            .filter_map(|(name, v)| match &v.value {
                Some(Value::Text(text)) => Some((name.clone(), text.clone())),
                _ => None,
            })
            .collect()
    }

    /// `sh: cd: line 0: `: how a message of this shell begins.
    pub fn prefix(&self) -> String {
        let line = self.line + self.line_base;
        let speaker = self.speaker.as_deref().filter(|s| *s != self.arg0);
        let speaker = speaker.map(|s| format!("{s}: ")).unwrap_or_default();
        match self.kind {
            ShellKind::Ash if self.speaker.is_some() => format!("{}: {speaker}line {line}: ", self.arg0),
            ShellKind::Ash => format!("{}: ", self.arg0),
            ShellKind::Dash => format!("{}: {}: {speaker}", self.arg0, line + 1 - self.line_base.min(1)),
            ShellKind::Bash => format!("{}: line {}: {speaker}", self.arg0, line + 1 - self.line_base.min(1)),
        }
    }

    /// `$-` of bash: what is on by itself in a script, and what `set` has added.
    fn bash_option_letters(&self) -> String {
        let mut options = self.options;
        let mut on = |letter: char| match letter {
            'h' | 'B' => true,
            'c' => self.commanded,
            _ => Options::NAMES.iter().any(|(l, name)| *l == letter && options.field(name).is_some_and(|f| *f)),
        };
        "abefhkmnptuvxBCEHPTc".chars().filter(|letter| on(*letter)).collect()
    }

    pub fn option_letters(&mut self) -> String {
        if self.kind == ShellKind::Bash {
            return self.bash_option_letters();
        }
        let mut options = self.options;
        let mut on = |letter: char, name: &str| match letter {
            '\0' => false,
            'c' => self.commanded && self.kind == ShellKind::Ash,
            _ => options.field(name).is_some_and(|f| *f),
        };
        let (before, after) = Options::NAMES.split_at(4);
        let letters = before.iter().chain(&[('c', "")]).chain(after);
        let letters: Vec<char> = letters.filter(|(c, name)| on(*c, name)).map(|(c, _)| *c).collect();
        letters.into_iter().rev().collect()
    }
}

impl arith::Variables for Shell {
    fn get(&mut self, name: &str) -> Option<String> {
        if let Some((name, index)) = name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            let Some(Value::Array(items)) = self.variables.get(name)?.value.as_ref() else { return None };
            return items.get(&index.parse().ok()?).cloned();
        }
        match name {
            "RANDOM" | "SECONDS" | "LINENO" | "EPOCHSECONDS" => self.special(name),
            _ => Shell::get(self, name),
        }
    }

    fn set(&mut self, name: &str, value: i64) -> bool {
        if let Some((name, index)) = name.strip_suffix(']').and_then(|n| n.split_once('['))
            && let Ok(index) = index.parse::<i64>()
        {
            self.array(name).insert(index, value.to_string());
            self.ctx.kernel.effect();
            return true;
        }
        Shell::set(self, name, value.to_string())
    }
}

impl Shell {
    /// A variable as an indexed array, made from what it was.
    pub fn array(&mut self, name: &str) -> &mut BTreeMap<i64, String> {
        let variable = self.variables.entry(name.to_string()).or_default();
        let items = match variable.value.take() {
            Some(Value::Array(items)) => items,
            Some(Value::Text(text)) => BTreeMap::from([(0, text)]),
            _ => BTreeMap::new(),
        };
        match variable.value.insert(Value::Array(items)) {
            Value::Array(items) => items,
            // Just inserted.
            _ => unreachable!("an array was put here"),
        }
    }

    /// Variables that are computed when they are read.
    pub fn special(&self, name: &str) -> Option<String> {
        let kernel = &self.ctx.kernel;
        match name {
            "RANDOM" if self.kind != ShellKind::Dash => Some((kernel.random() & 0x7fff).to_string()),
            "SECONDS" if self.kind == ShellKind::Bash => {
                kernel.look();
                Some(((kernel.now() as i64 - self.seconds_begin) / 1_000_000).to_string())
            }
            "EPOCHSECONDS" if self.kind != ShellKind::Dash => Some(kernel.date(kernel.now()).to_string()),
            "FUNCNAME" if self.kind != ShellKind::Dash => self.function.clone(),
            "LINENO" if self.kind == ShellKind::Bash => Some((self.line + 1).to_string()),
            "LINENO" => Some((self.line + self.line_base).to_string()),
            "BASHPID" if self.dialect == Dialect::Bash => Some(self.ctx.pid.to_string()),
            "UID" | "EUID" if self.dialect == Dialect::Bash => Some(kernel.user.uid.to_string()),
            _ => None,
        }
    }
}
