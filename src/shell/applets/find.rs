//! `find`.

use super::attributes::{user_id, walk};
use super::list::link_count;
use crate::shell::fs::Found;
use crate::shell::io::Io;
use crate::shell::pattern;
use crate::shell::regex::Regex;

/// Every regular file below a path, for recursive searches.
pub fn walk_files(io: &Io, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    walk(io, path, 0, &mut all);
    all.retain(|p| io.find(p, true).is_ok_and(|f| !f.inode.is_dir()));
    all
}

enum Test {
    Name(String, bool),
    Path(String),
    Type(char),
    Size(char, u64, u64),
    Empty,
    Newer(i64),
    Perm(char, u32),
    Age(char, u64, u64),
    User(u32),
    Group(u32),
    Links(char, u64),
    /// What the user may do with it, as a bit.
    Access(u32),
    Regex(Regex),
    Quit,
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Print(char),
    Delete,
    Exec {
        command: Vec<String>,
        many: bool,
    },
    Prune,
    True,
}

struct Parser<'a> {
    args: &'a [String],
    at: usize,
    io: &'a Io,
    max_depth: usize,
    min_depth: usize,
    acts: bool,
    deepest_first: bool,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Test, String> {
        self.depth += 1;
        if self.depth > 50 {
            return Err("expression too deep".into());
        }
        let mut branches = vec![self.and()?];
        while self.args.get(self.at).is_some_and(|a| a == "-o" || a == "-or") {
            self.at += 1;
            branches.push(self.and()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.swap_remove(0) } else { Test::Or(branches) })
    }

    fn and(&mut self) -> Result<Test, String> {
        let mut tests = Vec::new();
        while let Some(arg) = self.args.get(self.at) {
            match arg.as_str() {
                "-o" | "-or" | ")" => break,
                "-a" | "-and" => self.at += 1,
                _ => tests.push(self.primary()?),
            }
        }
        Ok(Test::And(tests))
    }

    fn value(&mut self, name: &str) -> Result<String, String> {
        let value = self.args.get(self.at).cloned();
        self.at += 1;
        value.ok_or_else(|| format!("{name}: requires argument"))
    }

    /// `+5`, `-5` or `5`: the sign and the number with its unit's letter.
    fn number(text: &str) -> (char, u64, char) {
        let sign = text.chars().next().filter(|c| "+-".contains(*c)).unwrap_or('=');
        let digits = text.trim_start_matches(['+', '-']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        (sign, digits[..end].parse().unwrap_or(0), digits[end..].chars().next().unwrap_or(' '))
    }

    fn primary(&mut self) -> Result<Test, String> {
        let name = self.value("")?;
        Ok(match name.as_str() {
            "!" | "-not" => {
                self.depth += 1;
                if self.depth > 50 {
                    return Err("expression too deep".into());
                }
                let inner = self.primary()?;
                self.depth -= 1;
                Test::Not(Box::new(inner))
            }
            "(" => {
                let inner = self.or()?;
                self.at += 1;
                inner
            }
            "-name" => Test::Name(self.value(&name)?, false),
            "-iname" => Test::Name(self.value(&name)?.to_ascii_lowercase(), true),
            "-path" | "-wholename" => Test::Path(self.value(&name)?),
            "-type" => Test::Type(self.value(&name)?.chars().next().unwrap_or('f')),
            "-size" => {
                let (sign, count, unit) = Self::number(&self.value(&name)?);
                let unit = match unit {
                    'c' => 1,
                    'k' => 1024,
                    'M' => 1 << 20,
                    'G' => 1 << 30,
                    _ => 512,
                };
                Test::Size(sign, count, unit)
            }
            "-mtime" | "-mmin" => {
                let (sign, count, _) = Self::number(&self.value(&name)?);
                Test::Age(sign, count, if name == "-mmin" { 60_000 } else { 86_400_000 })
            }
            "-empty" => Test::Empty,
            "-newer" => {
                let path = self.value(&name)?;
                let found = self.io.find(&path, true).map_err(|e| format!("{path}: {}", e.text()))?;
                Test::Newer(found.inode.mtime())
            }
            "-newermt" => {
                let text = self.value(&name)?;
                let date = super::date::point_in_time(self.io, &text, &super::date::zone(self.io));
                let date = date.ok_or_else(|| format!("invalid date '{text}'"))?;
                Test::Newer(self.io.ctx.kernel.file_time(date))
            }
            "-perm" => {
                let text = self.value(&name)?;
                let sign = text.chars().next().filter(|c| "-/+".contains(*c)).unwrap_or('=');
                let mode = super::parse_mode(text.trim_start_matches(['-', '/', '+']), 0, false, 0)
                    .ok_or(format!("invalid mode '{text}'"))?;
                Test::Perm(sign, mode)
            }
            "-user" | "-uid" => {
                let text = self.value(&name)?;
                Test::User(if text == "root" { 0 } else { text.parse().unwrap_or(0) })
            }
            "-group" | "-gid" => {
                let text = self.value(&name)?;
                Test::Group(user_id(&text).ok_or(format!("unknown group {text}"))?)
            }
            "-links" => {
                let (sign, count, _) = Self::number(&self.value(&name)?);
                Test::Links(sign, count)
            }
            "-readable" => Test::Access(4),
            "-writable" => Test::Access(2),
            "-executable" => Test::Access(1),
            "-regex" => {
                let source = self.value(&name)?;
                Test::Regex(Regex::new(&source, false, false).map_err(|why| format!("bad regex '{source}': {why}"))?)
            }
            "-quit" => Test::Quit,
            "-depth" | "-d" => {
                self.deepest_first = true;
                Test::True
            }
            "-maxdepth" => {
                self.max_depth = self.value(&name)?.parse().unwrap_or(0);
                Test::True
            }
            "-mindepth" => {
                self.min_depth = self.value(&name)?.parse().unwrap_or(0);
                Test::True
            }
            "-print" => self.act(Test::Print('\n')),
            "-print0" => self.act(Test::Print('\0')),
            "-delete" => self.act(Test::Delete),
            "-prune" => Test::Prune,
            "-exec" | "-ok" => {
                let rest = &self.args[self.at..];
                let end = rest.iter().position(|a| a == ";" || a == "+").ok_or("-exec: requires argument")?;
                let many = rest[end] == "+";
                let command = rest[..end].to_vec();
                self.at += end + 1;
                self.act(Test::Exec { command, many })
            }
            "-true" | "-xdev" | "-mount" | "-follow" | "-noleaf" | "-L" | "-H" => Test::True,
            _ if name.starts_with('-') => return Err(format!("unrecognized: {name}")),
            _ => return Err(format!("unrecognized: {name}")),
        })
    }

    fn act(&mut self, test: Test) -> Test {
        self.acts = true;
        test
    }
}

struct Search {
    many: Vec<(Vec<String>, Vec<String>)>,
    pruned: bool,
    over: bool,
    status: i32,
}

pub async fn find(io: Io) -> i32 {
    let args: Vec<String> =
        io.args[1..].iter().skip_while(|a| matches!(a.as_str(), "-L" | "-H" | "-P")).cloned().collect();
    let split = args.iter().position(|a| a.starts_with('-') || a == "(" || a == "!").unwrap_or(args.len());
    let mut paths = args[..split].to_vec();
    if paths.is_empty() {
        paths.push(".".into());
    }
    let mut parser = Parser {
        args: &args[split..],
        at: 0,
        io: &io,
        max_depth: usize::MAX,
        min_depth: 0,
        acts: false,
        deepest_first: false,
        depth: 0,
    };
    let mut test = match parser.or() {
        Ok(test) => test,
        Err(text) => {
            io.complain(&text).await;
            return 1;
        }
    };
    let (max_depth, min_depth, deepest_first) = (parser.max_depth, parser.min_depth, parser.deepest_first);
    if !parser.acts {
        test = Test::And(vec![test, Test::Print('\n')]);
    }
    let deepest_first = deepest_first || has_delete(&test);
    let mut search = Search { many: Vec::new(), pruned: false, over: false, status: 0 };
    for top in &paths {
        if let Err(errno) = io.find(top, false) {
            io.complain(&format!("{top}: {}", errno.text())).await;
            search.status = 1;
            continue;
        }
        let mut todo = vec![(top.clone(), 0)];
        let mut late = Vec::new();
        while let Some((path, depth)) = todo.pop().filter(|_| !search.over) {
            io.ctx.step().await;
            let Ok(found) = io.find(&path, false) else { continue };
            search.pruned = false;
            if deepest_first {
                late.push((path.clone(), depth));
            } else if depth >= min_depth {
                Box::pin(check(&io, &test, &path, &found, &mut search)).await;
            }
            if depth < max_depth.min(100) && !search.pruned {
                for name in found.inode.names().into_iter().rev() {
                    todo.push((
                        format!("{}{name}", if path.ends_with('/') { path.clone() } else { format!("{path}/") }),
                        depth + 1,
                    ));
                }
            }
        }
        for (path, depth) in late.into_iter().rev() {
            if let Ok(found) = io.find(&path, false).map_err(|_| ())
                && depth >= min_depth
                && !search.over
            {
                Box::pin(check(&io, &test, &path, &found, &mut search)).await;
            }
        }
    }
    for (command, paths) in std::mem::take(&mut search.many) {
        let mut line: Vec<String> = command.into_iter().filter(|w| w != "{}").collect();
        line.extend(paths);
        run(&io, line).await;
    }
    search.status
}

fn has_delete(test: &Test) -> bool {
    match test {
        Test::Delete => true,
        Test::Not(inner) => has_delete(inner),
        Test::And(inner) | Test::Or(inner) => inner.iter().any(has_delete),
        _ => false,
    }
}

async fn run(io: &Io, command: Vec<String>) -> bool {
    io.ctx.fork_step().await;
    let (env, cwd, umask, fds) = (io.env.clone(), io.cwd.clone(), io.umask, io.fds.clone());
    let title = command.join(" ");
    let pid = io.ctx.kernel.spawn(io.ctx.pid, title, move |ctx| {
        super::launch::become_command(
            Io { ctx, args: vec!["find".into()], env, fds, cwd, umask, followed: true },
            command,
        )
    });
    match pid {
        Some(pid) => io.ctx.wait_child(pid).await.code() == 0,
        None => false,
    }
}

fn compare(sign: char, value: u64, wanted: u64) -> bool {
    match sign {
        '+' => value > wanted,
        '-' => value < wanted,
        _ => value == wanted,
    }
}

async fn check(io: &Io, test: &Test, path: &str, found: &Found, search: &mut Search) -> bool {
    let inode = &found.inode;
    match test {
        Test::True => true,
        Test::Name(wanted, fold) => {
            let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
            pattern::matches(wanted, &if *fold { name.to_ascii_lowercase() } else { name.to_string() })
        }
        Test::Path(wanted) => pattern::matches(wanted, path),
        Test::Type(kind) => match kind {
            'f' => inode.kind().0 == '-',
            other => inode.kind().0 == *other,
        },
        Test::Size(sign, count, unit) => compare(*sign, inode.size().div_ceil(*unit), *count),
        Test::Empty => {
            if inode.is_dir() {
                inode.names().is_empty()
            } else {
                inode.size() == 0
            }
        }
        Test::Newer(than) => inode.mtime() > *than,
        Test::Age(sign, count, unit) => {
            // Files of the image are as old as the Pod.
            io.ctx.kernel.look();
            let age = (io.ctx.kernel.now_millis().0 as i64).saturating_sub(inode.mtime()).max(0) as u64;
            compare(*sign, age / unit, *count)
        }
        Test::Perm(sign, mode) => {
            let have = inode.0.mode.get();
            match sign {
                '-' => have & mode == *mode,
                '=' => have == *mode,
                _ => have & mode != 0,
            }
        }
        Test::User(id) => inode.0.uid.get() == *id,
        Test::Group(id) => inode.0.gid.get() == *id,
        Test::Links(sign, count) => compare(*sign, link_count(inode) as u64, *count),
        Test::Access(bit) => inode.allows(io.ctx.kernel.user, *bit),
        Test::Regex(regex) => regex.captures(path).and_then(|groups| groups[0]) == Some((0, path.len())),
        Test::Quit => {
            search.over = true;
            false
        }
        Test::Not(inner) => !Box::pin(check(io, inner, path, found, search)).await,
        Test::And(tests) => {
            for test in tests {
                if !Box::pin(check(io, test, path, found, search)).await {
                    return false;
                }
            }
            true
        }
        Test::Or(tests) => {
            for test in tests {
                if Box::pin(check(io, test, path, found, search)).await {
                    return true;
                }
            }
            false
        }
        Test::Print(end) => {
            io.print(format!("{path}{end}")).await;
            true
        }
        Test::Prune => {
            search.pruned = true;
            true
        }
        Test::Delete => {
            let kernel = &io.ctx.kernel;
            let gone = kernel.fs.borrow().unlink(&io.cwd, path, inode.is_dir(), kernel.user, kernel.now_millis().0);
            kernel.changed();
            if let Err(errno) = gone {
                io.complain(&format!("{path}: {}", errno.text())).await;
                search.status = 1;
            }
            gone.is_ok()
        }
        Test::Exec { command, many: true } => {
            match search.many.iter_mut().find(|(c, _)| c == command) {
                Some((_, paths)) => paths.push(path.to_string()),
                None => search.many.push((command.clone(), vec![path.to_string()])),
            }
            true
        }
        Test::Exec { command, .. } => {
            let line = command.iter().map(|w| w.replace("{}", path)).collect();
            run(io, line).await
        }
    }
}
