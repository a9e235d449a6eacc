//! `grep` and its kind.

use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
use crate::shell::kernel::Ctx;
use crate::shell::regex::{self, Regex, Text};
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

/// What it takes to begin to look for a fixed text, in comparisons of characters.
const FIXED_WORK: usize = 32;

/// What reading a pattern takes, in bytes moved.
const PATTERN_COST: usize = 256;

/// A line, made ready for searches.
struct Line<'l> {
    text: &'l str,
    decoded: Text<'l>,
    /// In small letters, where fixed texts are looked for without regard to case.
    folded: Option<String>,
}

impl Search {
    fn line<'l>(&self, text: &'l str) -> Line<'l> {
        Line { text, decoded: Text::new(text), folded: self.ignore_case.then(|| text.to_ascii_lowercase()) }
    }

    /// The first match at or after `from`.
    async fn find(&self, ctx: &Ctx, line: &Line<'_>, from: usize) -> Option<(usize, usize)> {
        let mut first: Option<(usize, usize)> = None;
        for pattern in &self.patterns {
            let mut at = from;
            while at <= line.text.len() {
                let (found, work) = pattern.find(line, at);
                ctx.match_work(work).await;
                let Some((start, end)) = found else { break };
                if self.accepts(line.text, start, end) {
                    let rank = |(start, end): (usize, usize)| (start, usize::MAX - end);
                    if first.is_none_or(|first| rank((start, end)) < rank(first)) {
                        first = Some((start, end));
                    }
                    break;
                }
                if self.line {
                    break;
                }
                at = regex::after(line.text, (start, start));
            }
        }
        first
    }

    /// Whether a match is a word, or the line, where it has to be one.
    fn accepts(&self, text: &str, start: usize, end: usize) -> bool {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let whole_word = !word(text[..start].chars().next_back()) && !word(text[end..].chars().next());
        (!self.word || whole_word) && (!self.line || (start == 0 && end == text.len()))
    }
}

impl Pattern {
    /// The first match at or after `from`, and what it took to find it.
    fn find(&self, line: &Line, from: usize) -> (Option<(usize, usize)>, u64) {
        match self {
            Pattern::Regex(regex) => (regex.find(&line.decoded, from).and_then(|g| g[0]), regex.take_work()),
            Pattern::Fixed(needle) => {
                let text = line.folded.as_deref().unwrap_or(line.text);
                let start = text[from..].find(needle.as_str()).map(|start| from + start);
                let found = start.map(|start| (start, start + needle.len()));
                (found, (FIXED_WORK + found.map_or(text.len(), |(_, end)| end) - from) as u64)
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
        io.ctx.move_bytes(PATTERN_COST + source.len()).await;
        patterns.push(if fixed {
            Pattern::Fixed(if opts.has('i') { source.to_ascii_lowercase() } else { source })
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
        // GNU's passes over links that it comes by, busybox's does not.
        let reads_links = io.ctx.kernel.image.is_busybox() || opts.has('R');
        let is_read = |top: &str, path: &str| {
            reads_links || path == top || io.find(path, false).is_ok_and(|f| !f.inode.is_link())
        };
        let below = |top: &String| {
            super::find::walk_files(&io, top).into_iter().filter(|path| is_read(top, path)).collect::<Vec<_>>()
        };
        files = files.iter().flat_map(below).collect();
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
    if !found_any && !failed && io.fds.reads_unknown() {
        io.ctx.kernel.assume("what grep is given", "has what it looks for");
        found_any = true;
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
        let prepared = search.line(&line);
        let hit = search.find(&io.ctx, &prepared, 0).await;
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
                next = search.find(&io.ctx, &prepared, regex::after(&line, (start, end))).await;
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
