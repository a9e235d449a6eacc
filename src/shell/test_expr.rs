//! `test`, `[` and bash's `[[ ]]`.

use super::ast::{Condition, Part};
use super::fs::Fs;
use super::image::ShellKind;
use super::inode::Content;
use super::kernel::Kernel;
use super::pattern;
use super::state::{Shell, Stop};
use crate::order::IntoMap;
use std::cmp::Ordering;
use std::future::Future;
use std::pin::Pin;

/// What a test can see.
pub struct World<'a> {
    kernel: &'a Kernel,
    fs: &'a Fs,
    cwd: &'a str,
}

type Answer = Result<bool, String>;

/// `test args`: a truth, or what is wrong with the arguments.
pub fn test(args: &[String], world: &World) -> Answer {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => Ok(false),
        [one] => Ok(!one.is_empty()),
        ["!", rest @ ..] if args.len() <= 4 && !(args.len() == 3 && is_binary(args[1])) => {
            test(&rest.iter().map(|s| s.to_string()).collect::<Vec<_>>(), world).map(|b| !b)
        }
        [op, operand] if is_unary(op) => unary(op, operand, world),
        [left, op, right] if is_binary(op) => binary(left, op, right, world),
        _ => {
            let mut parser = Parser { args: &args, at: 0, world, depth: 0 };
            let value = parser.or()?;
            match parser.args.get(parser.at) {
                None => Ok(value),
                Some(extra) => Err(format!("{extra}: unknown operand")),
            }
        }
    }
}

struct Parser<'a> {
    args: &'a [&'a str],
    at: usize,
    world: &'a World<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.args.get(self.at).copied()
    }

    fn or(&mut self) -> Answer {
        let mut value = self.and()?;
        while self.peek() == Some("-o") {
            self.at += 1;
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Answer {
        let mut value = self.not()?;
        while self.peek() == Some("-a") {
            self.at += 1;
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Answer {
        self.depth += 1;
        if self.depth > 100 {
            return Err("too many arguments".into());
        }
        let value = if self.peek() == Some("!") && self.args.len() > self.at + 1 {
            self.at += 1;
            self.not().map(|b| !b)
        } else {
            self.primary()
        };
        self.depth -= 1;
        value
    }

    fn primary(&mut self) -> Answer {
        let Some(first) = self.peek() else { return Err("argument expected".into()) };
        match &self.args[self.at..] {
            [_, op, right, ..] if is_binary(op) => {
                self.at += 3;
                return binary(first, op, right, self.world);
            }
            [_, op] if is_binary(op) => return Err(format!("{op}: argument expected")),
            _ => {}
        }
        if first == "(" {
            self.at += 1;
            let value = self.or()?;
            if self.peek() != Some(")") {
                return Err("closing paren expected".into());
            }
            self.at += 1;
            return Ok(value);
        }
        self.at += 1;
        if is_unary(first)
            && let Some(operand) = self.peek()
        {
            self.at += 1;
            return unary(first, operand, self.world);
        }
        Ok(!first.is_empty())
    }
}

fn is_unary(op: &str) -> bool {
    op.len() == 2 && op.starts_with('-') && "bcdefghkLnOGprsStuwxzv".contains(&op[1..])
}

/// The operators of `[[ ]]` whose right side is a pattern.
fn is_match(op: &str) -> bool {
    matches!(op, "=" | "==" | "!=")
}

fn is_binary(op: &str) -> bool {
    matches!(op, "=" | "==" | "!=" | "<" | ">" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef")
}

fn unary(op: &str, operand: &str, world: &World) -> Answer {
    match op {
        "-n" => return Ok(!operand.is_empty()),
        "-z" => return Ok(operand.is_empty()),
        "-t" => return Ok(false),
        _ => {}
    }
    let follow = !matches!(op, "-h" | "-L");
    let Ok(found) = world.fs.find(world.cwd, operand, follow) else {
        // Somebody asks for it, and nobody knows.
        let may_be = world.kernel.may_hold(&super::fs::normalize(world.cwd, operand));
        return Ok(may_be && matches!(op, "-e" | "-f" | "-s" | "-r" | "-x"));
    };
    let inode = &found.inode;
    Ok(match op {
        "-e" => true,
        "-f" => inode.is_file(),
        "-d" => inode.is_dir(),
        "-h" | "-L" => inode.is_link(),
        "-s" => inode.size() > 0,
        "-r" => inode.allows(world.kernel.user, 4),
        "-w" => inode.allows(world.kernel.user, 2) && !found.read_only,
        "-x" => inode.allows(world.kernel.user, 1),
        "-p" => matches!(*inode.0.content.borrow(), Content::Fifo(_)),
        "-c" => matches!(*inode.0.content.borrow(), Content::Device(_)),
        "-u" => inode.0.mode.get() & 0o4000 != 0,
        "-g" => inode.0.mode.get() & 0o2000 != 0,
        "-k" => inode.0.mode.get() & 0o1000 != 0,
        "-O" => inode.0.uid.get() == world.kernel.user.uid,
        "-G" => inode.0.gid.get() == world.kernel.user.gid,
        _ => false,
    })
}

fn binary(left: &str, op: &str, right: &str, world: &World) -> Answer {
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| format!("{text}: bad number"));
    if let Some(holds) = world.kernel.supposes(left, op, right) {
        return Ok(holds);
    }
    let ordering = |wanted: fn(Ordering) -> bool| Ok(wanted(number(left)?.cmp(&number(right)?)));
    match op {
        "=" | "==" => Ok(left == right),
        "!=" => Ok(left != right),
        "<" => Ok(left < right),
        ">" => Ok(left > right),
        "-eq" => ordering(Ordering::is_eq),
        "-ne" => ordering(Ordering::is_ne),
        "-lt" => ordering(Ordering::is_lt),
        "-le" => ordering(Ordering::is_le),
        "-gt" => ordering(Ordering::is_gt),
        "-ge" => ordering(Ordering::is_ge),
        _ => {
            let left = world.fs.find(world.cwd, left, true).ok();
            let right = world.fs.find(world.cwd, right, true).ok();
            let time = |found: &Option<super::fs::Found>| found.as_ref().map(|f| f.inode.mtime());
            // A file that is not there is older than any; to busybox no file is.
            let compared = !world.kernel.image.is_busybox() || left.is_some() && right.is_some();
            Ok(match op {
                "-nt" | "-ot" if !compared => false,
                "-nt" => time(&left) > time(&right),
                "-ot" => time(&left) < time(&right),
                _ => matches!((&left, &right), (Some(a), Some(b)) if a.inode.same(&b.inode)),
            })
        }
    }
}

/// `test` in a container's files.
pub fn test_in(args: &[String], kernel: &Kernel, cwd: &str) -> Answer {
    kernel.look_at_files();
    test(args, &World { kernel, fs: &kernel.fs.borrow(), cwd })
}

impl Shell {
    /// `[[ ... ]]`: patterns on the right of `=`. `None`: it makes no sense, which has been said.
    pub fn condition<'a>(
        &'a mut self,
        condition: &'a Condition,
    ) -> Pin<Box<dyn Future<Output = Result<Option<bool>, Stop>> + 'a>> {
        Box::pin(async move {
            match condition {
                Condition::Not(inner) => Ok(self.condition(inner).await?.map(|b| !b)),
                Condition::All(list) => self.conditions(list, true).await,
                Condition::Any(list) => self.conditions(list, false).await,
                leaf if self.kind == ShellKind::Ash => self.split_leaf(leaf).await,
                leaf => self.leaf(leaf).await.map(Some),
            }
        })
    }

    /// Goes along the conditions as long as they hold, or as long as they do not.
    async fn conditions(&mut self, list: &[Condition], while_they: bool) -> Result<Option<bool>, Stop> {
        for condition in list {
            let truth = self.condition(condition).await?;
            if truth != Some(while_they) {
                return Ok(truth);
            }
        }
        Ok(Some(while_they))
    }

    async fn leaf(&mut self, leaf: &Condition) -> Result<bool, Stop> {
        match leaf {
            Condition::Unary(op, word) => {
                let operand = self.expand_single(&word.parts).await?;
                self.trace_condition(&[op, &operand]).await;
                Ok(self.unary(op, operand))
            }
            Condition::Binary(left, op, right) => {
                let left = self.expand_single(&left.parts).await?;
                let right = match op.as_str() {
                    "=~" => self.expand_regex(&right.parts).await?,
                    op if is_match(op) => self.expand_pattern(&right.parts).await?,
                    _ => self.expand_single(&right.parts).await?,
                };
                self.trace_condition(&[&left, op, &right]).await;
                self.compare(&left, op, &right).await
            }
            Condition::Word(word) => Ok(!self.expand_single(&word.parts).await?.is_empty()),
            _ => Ok(false),
        }
    }

    /// busybox splits words inside `[[ ]]` as anywhere else: what does not come to one word for each that is written is an
    /// ordinary test of those words.
    async fn split_leaf(&mut self, leaf: &Condition) -> Result<Option<bool>, Stop> {
        let (left, op, right) = match leaf {
            Condition::Unary(op, word) => (None, Some(op), Some(word)),
            Condition::Binary(left, op, right) => (Some(left), Some(op), Some(right)),
            Condition::Word(word) => (None, None, Some(word)),
            _ => return Ok(None),
        };
        let mut fields = [Vec::new(), Vec::new()];
        for (word, fields) in [left, right].into_iter().zip(&mut fields) {
            if let Some(word) = word {
                *fields = self.expand_fields(&word.parts).await?;
            }
        }
        let text = |field: &String| pattern::unescape(field);
        let [first, last] = fields.each_ref().map(|words| words.iter().map(text).collect::<Vec<_>>());
        let words: Vec<&String> = first.iter().chain(op).chain(&last).collect();
        self.trace_condition(&words).await;
        match (&fields, op) {
            ([left, right], Some(op)) if left.len() == 1 && right.len() == 1 => {
                let right = if is_match(op) { right[0].clone() } else { text(&right[0]) };
                self.compare(&text(&left[0]), op, &right).await.map(Some)
            }
            ([_, right], Some(op)) if left.is_none() && right.len() == 1 => Ok(Some(self.unary(op, text(&right[0])))),
            ([left, right], op) => {
                let args: Vec<String> =
                    left.iter().map(text).chain(op.cloned()).chain(right.iter().map(text)).collect();
                let answer = test_in(&args, &self.ctx.kernel, &self.cwd);
                if let Err(complaint) = &answer {
                    self.complain(complaint).await;
                }
                Ok(answer.ok())
            }
        }
    }

    fn unary(&mut self, op: &str, operand: String) -> bool {
        match op {
            "-v" => match operand.strip_suffix(']').and_then(|o| o.split_once('[')) {
                Some((name, key)) => self.has_member(name, key),
                None => self.variables.contains_key(&operand),
            },
            _ => test_in(&[op.to_string(), operand], &self.ctx.kernel, &self.cwd).unwrap_or(false),
        }
    }

    fn has_member(&self, name: &str, key: &str) -> bool {
        match self.variables.get(name).and_then(|v| v.value.as_ref()) {
            Some(super::state::Value::Map(items)) => items.contains_key(key),
            Some(super::state::Value::Array(items)) => key.parse().is_ok_and(|at| items.contains_key(&at)),
            _ => false,
        }
    }

    /// `right` is a pattern where the operator matches.
    async fn compare(&mut self, left: &str, op: &str, right: &str) -> Result<bool, Stop> {
        if let Some(holds) = self.ctx.kernel.supposes(left, op, right) {
            return Ok(holds);
        }
        if is_match(op) {
            self.ctx.match_work(pattern::work(right, left)).await;
            return Ok(self.matches(right, left) == (op != "!="));
        }
        let args = match op {
            "=~" => return self.regex_test(left, right).await,
            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
                let (left, right) = (self.evaluate(left).await, self.evaluate(right).await);
                [left.unwrap_or(0).to_string(), op.to_string(), right.unwrap_or(0).to_string()]
            }
            _ => [left.to_string(), op.to_string(), right.to_string()],
        };
        Ok(test_in(&args, &self.ctx.kernel, &self.cwd).unwrap_or(false))
    }

    /// The right side of `=~`: what is quoted in it stands for itself.
    async fn expand_regex(&mut self, parts: &[Part]) -> Result<String, Stop> {
        let mut out = String::new();
        for part in parts {
            let text = self.expand_single(std::slice::from_ref(part)).await?;
            if !matches!(part, Part::Quoted(_) | Part::Double(_)) {
                out.push_str(&text);
                continue;
            }
            for c in text.chars() {
                if ".[]*^$+?{}|()\\".contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        Ok(out)
    }

    async fn regex_test(&mut self, text: &str, pattern: &str) -> Result<bool, Stop> {
        let Ok(regex) = super::regex::Regex::new(pattern, true, false) else { return Ok(false) };
        let found = regex.captures(text);
        self.ctx.match_work(regex.take_work()).await;
        let Some(groups) = found else { return Ok(false) };
        let items = groups
            .iter()
            .enumerate()
            .map(|(i, g)| (i as i64, g.map_or(String::new(), |(a, b)| text[a..b].to_string())));
        let value = super::state::Value::Array(items.into_map());
        self.variables.entry("BASH_REMATCH".into()).or_default().value = Some(value);
        Ok(true)
    }
}
