//! `grep` and its kind.

use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
use crate::shell::regex::Regex;
use std::collections::VecDeque;

enum Pattern {
    Regex(Regex),
    Fixed(String),
}

struct Search {
    patterns: Vec<Pattern>,
    ignore_case: bool,
    word: bool,
    line: bool,
}

impl Search {
    /// The first match at or after `from`.
    fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let found = self.patterns.iter().filter_map(|pattern| self.find_one(pattern, text, from));
        found.min_by_key(|(start, end)| (*start, usize::MAX - end))
    }

    fn find_one(&self, pattern: &Pattern, text: &str, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        loop {
            let (start, end) = match pattern {
                Pattern::Regex(regex) => regex.captures(text, at)?[0]?,
                Pattern::Fixed(needle) => {
                    let start = if self.ignore_case {
                        let hay = text[at..].to_ascii_lowercase();
                        hay.find(&needle.to_ascii_lowercase())?
                    } else {
                        text[at..].find(needle.as_str())?
                    };
                    (at + start, at + start + needle.len())
                }
            };
            let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let whole_word = !word(text[..start].chars().next_back()) && !word(text[end..].chars().next());
            if (!self.word || whole_word) && (!self.line || (start == 0 && end == text.len())) {
                return Some((start, end));
            }
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            if at > text.len() || self.line {
                return None;
            }
        }
    }
}

pub async fn grep(io: Io) -> i32 {
    let longs = [
        ("ignore-case", 'i'),
        ("invert-match", 'v'),
        ("count", 'c'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("line-number", 'n'),
        ("only-matching", 'o'),
        ("extended-regexp", 'E'),
        ("fixed-strings", 'F'),
        ("word-regexp", 'w'),
        ("line-regexp", 'x'),
        ("recursive", 'r'),
        ("files-with-matches", 'l'),
        ("max-count", 'm'),
        ("no-messages", 's'),
        ("regexp", 'e'),
        ("color", 'Z'),
        ("line-buffered", 'Z'),
        ("after-context", 'A'),
        ("before-context", 'B'),
        ("context", 'C'),
    ];
    let mut opts = Opts::parse(&io, "ivcqnoEFGPwxrRlLhHsaZe:f:m:A:B:C:", &longs);
    let mut sources: Vec<String> = opts.all('e').flat_map(|e| e.split('\n')).map(str::to_string).collect();
    if let Some(path) = opts.get('f') {
        match io.read_all(path).await {
            Ok(bytes) => sources.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_string)),
            Err(errno) => {
                io.complain(&format!("{path}: {}", errno.text())).await;
                return 2;
            }
        }
    } else if sources.is_empty() {
        if opts.rest.is_empty() {
            usage::show(&io).await;
            return 2;
        }
        sources = opts.rest.remove(0).split('\n').map(str::to_string).collect();
    }
    let fixed = opts.has('F') || io.name() == "fgrep";
    let extended = opts.has('E') || opts.has('P') || io.name() == "egrep";
    let mut patterns = Vec::new();
    for source in sources {
        patterns.push(if fixed {
            Pattern::Fixed(source)
        } else {
            match Regex::new(&source, extended, opts.has('i')) {
                Ok(regex) => Pattern::Regex(regex),
                Err(why) => {
                    io.complain(&format!("bad regex '{source}': {why}")).await;
                    return 2;
                }
            }
        });
    }
    let search = Search { patterns, ignore_case: opts.has('i'), word: opts.has('w'), line: opts.has('x') };
    let recursive = opts.has('r') || opts.has('R');
    let mut files = opts.files();
    if recursive {
        if opts.rest.is_empty() {
            files = vec![".".into()];
        }
        files = files.iter().flat_map(|f| super::find::walk_files(&io, f)).collect();
    }
    let named = (files.len() > 1 || recursive || opts.has('H')) && !opts.has('h');
    let busybox = io.ctx.kernel.image.is_busybox();
    let mut found_any = false;
    let mut failed = false;
    for path in &files {
        match grep_file(&io, &opts, &search, path, named).await {
            Ok(found) => {
                found_any |= found;
                if found && opts.has('q') {
                    return 0;
                }
            }
            // busybox passes over directories.
            Err(_) if busybox && io.find(path, true).is_ok_and(|f| f.inode.is_dir()) => {}
            Err(text) => {
                failed = true;
                if !opts.has('s') {
                    io.complain(&format!("{path}: {text}")).await;
                }
            }
        }
    }
    if failed && !found_any { 2 } else { !found_any as i32 }
}

async fn grep_file(io: &Io, opts: &Opts, search: &Search, path: &str, named: bool) -> Result<bool, &'static str> {
    let mut input = io.input(path).map_err(|e| e.text())?;
    let context = |letter| opts.get(letter).or(opts.get('C')).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let (after, before) = (context('A'), context('B'));
    let limit = opts.get('m').and_then(|n| n.parse::<usize>().ok()).unwrap_or(usize::MAX);
    let name = if path == "-" { "(standard input)" } else { path };
    let quiet = opts.has('q') || opts.has('l') || opts.has('L') || opts.has('c');
    let prefix = |number: usize, sign: char| {
        let mut text = String::new();
        if named {
            text.push_str(&format!("{name}{sign}"));
        }
        if opts.has('n') {
            text.push_str(&format!("{number}{sign}"));
        }
        text
    };
    let (mut count, mut number, mut trailing) = (0, 0, 0);
    let mut last_shown = 0;
    let mut earlier: VecDeque<(usize, String)> = VecDeque::new();
    while count < limit {
        let Ok(Some(line)) = input.text_line().await else { break };
        number += 1;
        let hit = search.find(&line, 0);
        if hit.is_some() == opts.has('v') {
            if trailing > 0 && !quiet {
                trailing -= 1;
                last_shown = number;
                io.print(format!("{}{line}\n", prefix(number, '-'))).await;
            } else if before > 0 {
                earlier.push_back((number, line));
                if earlier.len() > before {
                    earlier.pop_front();
                }
            }
            continue;
        }
        count += 1;
        if opts.has('q') || opts.has('l') {
            break;
        }
        if quiet {
            continue;
        }
        if opts.has('o') {
            if opts.has('v') {
                continue;
            }
            let mut next = hit;
            while let Some((start, end)) = next {
                if end > start {
                    io.print(format!("{}{}\n", prefix(number, ':'), &line[start..end])).await;
                }
                let from = if end > start { end } else { end + line[end..].chars().next().map_or(1, char::len_utf8) };
                next = if from <= line.len() { search.find(&line, from) } else { None };
            }
            continue;
        }
        let first = earlier.front().map_or(number, |(n, _)| *n);
        if (after > 0 || before > 0) && last_shown > 0 && first > last_shown + 1 {
            io.print("--\n").await;
        }
        for (n, text) in earlier.drain(..) {
            io.print(format!("{}{text}\n", prefix(n, '-'))).await;
        }
        io.print(format!("{}{line}\n", prefix(number, ':'))).await;
        last_shown = number;
        trailing = after;
    }
    if opts.has('c') {
        io.print(format!("{}{count}\n", if named { format!("{name}:") } else { String::new() })).await;
    }
    if (opts.has('l') && count > 0) || (opts.has('L') && count == 0) {
        io.print(format!("{name}\n")).await;
    }
    Ok(if opts.has('L') { count == 0 } else { count > 0 })
}
