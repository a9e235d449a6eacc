//! POSIX regular expressions, basic and extended, by backtracking with a bound on the steps.
//!
//! Leftmost, and greedy within; where POSIX would take the longest of several alternatives, all of them are tried.

use super::pattern::in_class;
use std::cell::Cell;

/// Steps after which a match is given up.
const MAX_STEPS: usize = 200_000;
const MAX_REPEAT: u32 = 255;
const MAX_NESTING: usize = 50;

#[derive(Clone, Debug)]
enum Node {
    Char(char),
    Any,
    Set { negated: bool, items: Vec<SetItem> },
    Start,
    End,
    WordStart,
    WordEnd,
    Boundary(bool),
    Group(usize, Box<Node>),
    Back(usize),
    Repeat { min: u32, max: u32, inner: Box<Node> },
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
}

#[derive(Clone, Debug)]
enum SetItem {
    Range(char, char),
    Class(String),
}

#[derive(Debug)]
pub struct Regex {
    node: Node,
    groups: usize,
    ignore_case: bool,
    /// What searches took since somebody last asked.
    work: Cell<u64>,
}

/// What a step of a match takes, in comparisons of characters.
const STEP_WORK: u64 = 8;

/// What it takes to begin a search.
const SEARCH_WORK: u64 = 64;

/// Where each group matched, the whole first.
pub type Captures = Vec<Option<(usize, usize)>>;

/// A text that is decoded once, however often something is looked for in it.
pub struct Text<'t> {
    text: &'t str,
    chars: Vec<(usize, char)>,
}

impl<'t> Text<'t> {
    pub fn new(text: &'t str) -> Text<'t> {
        Text { text, chars: text.char_indices().collect() }
    }

    fn byte_at(&self, place: usize) -> usize {
        self.chars.get(place).map_or(self.text.len(), |(at, _)| *at)
    }
}

/// Where to look on after a match: beyond it, and beyond the next character when it was empty.
pub fn after(text: &str, (start, end): (usize, usize)) -> usize {
    if end > start { end } else { end + text[end..].chars().next().map_or(1, char::len_utf8) }
}

/// The matches of an expression, one after the other; an empty one at the end of another does not count.
pub struct Matches<'a> {
    regex: &'a Regex,
    text: &'a Text<'a>,
    from: usize,
    last_end: Option<usize>,
}

impl Iterator for Matches<'_> {
    type Item = Captures;

    fn next(&mut self) -> Option<Captures> {
        while self.from <= self.text.text.len() {
            let groups = self.regex.find(self.text, self.from)?;
            let (start, end) = groups[0]?;
            self.from = after(self.text.text, (start, end));
            let counts = end > start || self.last_end != Some(end);
            self.last_end = Some(end);
            if counts {
                return Some(groups);
            }
        }
        None
    }
}

impl Regex {
    /// `Err` says what is wrong, in the words of the C library.
    pub fn new(pattern: &str, extended: bool, ignore_case: bool) -> Result<Regex, &'static str> {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parser = Parser { chars: &chars, at: 0, extended, groups: 0, depth: 0 };
        let node = parser.alternate()?;
        if parser.at < chars.len() {
            return Err("Unmatched ( or \\(");
        }
        Ok(Regex { node, groups: parser.groups, ignore_case, work: Cell::new(0) })
    }

    /// The first match.
    pub fn captures(&self, text: &str) -> Option<Captures> {
        self.spend(text.len() as u64);
        self.find(&Text::new(text), 0)
    }

    /// Whether there is a match.
    pub fn is_match(&self, text: &str) -> bool {
        self.captures(text).is_some()
    }

    pub fn matches<'a>(&'a self, text: &'a Text<'a>) -> Matches<'a> {
        self.spend(text.text.len() as u64);
        Matches { regex: self, text, from: 0, last_end: None }
    }

    /// What was looked for since the last call, in comparisons of characters: somebody has to pay for it.
    pub fn take_work(&self) -> u64 {
        self.work.take()
    }

    fn spend(&self, work: u64) {
        self.work.set(self.work.get().saturating_add(work));
    }

    /// The first match at or after byte `from`.
    pub fn find(&self, text: &Text, from: usize) -> Option<Captures> {
        let chars = &text.chars;
        let mut start = chars.partition_point(|(at, _)| *at < from);
        let mut steps = 0;
        let found = loop {
            let mut matcher = Matcher {
                chars,
                ignore_case: self.ignore_case,
                groups: vec![None; self.groups + 1],
                steps,
                best: None,
            };
            matcher.run(&[&self.node], start, 0);
            steps = matcher.steps;
            if matcher.best.is_some() {
                break matcher.best;
            }
            start += 1;
            if start > chars.len() || steps > MAX_STEPS {
                break None;
            }
        };
        self.spend(SEARCH_WORK + steps as u64 * STEP_WORK);
        let (end, groups) = found?;
        let mut out: Captures = groups.iter().map(|g| g.map(|(a, b)| (text.byte_at(a), text.byte_at(b)))).collect();
        out[0] = Some((text.byte_at(start), text.byte_at(end)));
        Some(out)
    }
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    extended: bool,
    groups: usize,
    depth: usize,
}

type Parsed = Result<Node, &'static str>;

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn alternate(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err("Regular expression too big");
        }
        let bar = if self.extended { "|" } else { "\\|" };
        let mut branches = vec![self.concat()?];
        while self.eat(bar) {
            branches.push(self.concat()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.swap_remove(0) } else { Node::Alternate(branches) })
    }

    fn concat(&mut self) -> Parsed {
        let (bar, close) = if self.extended { ("|", ")") } else { ("\\|", "\\)") };
        let mut nodes: Vec<Node> = Vec::new();
        while self.at < self.chars.len()
            && !self.looking_at(bar)
            && !(self.looking_at(close) && (self.depth > 1 || !self.extended))
        {
            let start = nodes.is_empty();
            let atom = self.atom(start)?;
            let node = self.repeats(atom, start)?;
            nodes.push(node);
        }
        Ok(Node::Concat(nodes))
    }

    fn atom(&mut self, start: bool) -> Parsed {
        let Some(c) = self.peek() else { return Ok(Node::Concat(Vec::new())) };
        self.at += 1;
        Ok(match c {
            '.' => Node::Any,
            '[' => return self.set(),
            '^' if self.extended || start => Node::Start,
            '$' if self.extended || self.at == self.chars.len() || self.looking_at("\\)") || self.looking_at("\\|") => {
                Node::End
            }
            '(' if self.extended => return self.group(")"),
            '*' if start => Node::Char('*'),
            '\\' => return self.escape(),
            c => Node::Char(c),
        })
    }

    fn group(&mut self, close: &str) -> Parsed {
        self.groups += 1;
        let number = self.groups;
        let inner = self.alternate()?;
        if !self.eat(close) {
            return Err("Unmatched ( or \\(");
        }
        Ok(Node::Group(number, Box::new(inner)))
    }

    fn escape(&mut self) -> Parsed {
        let Some(c) = self.peek() else { return Err("Trailing backslash") };
        self.at += 1;
        let class = |name: &str, negated| Node::Set { negated, items: vec![SetItem::Class(name.into())] };
        Ok(match c {
            '(' if !self.extended => return self.group("\\)"),
            'n' => Node::Char('\n'),
            't' => Node::Char('\t'),
            'w' | 'W' => {
                let items = vec![SetItem::Class("alnum".into()), SetItem::Range('_', '_')];
                Node::Set { negated: c == 'W', items }
            }
            's' => class("space", false),
            'S' => class("space", true),
            'd' => class("digit", false),
            '<' => Node::WordStart,
            '>' => Node::WordEnd,
            'b' => Node::Boundary(true),
            'B' => Node::Boundary(false),
            '1'..='9' => {
                let number = c as usize - '0' as usize;
                if number > self.groups {
                    return Err("Invalid back reference");
                }
                Node::Back(number)
            }
            c => Node::Char(c),
        })
    }

    fn set(&mut self) -> Parsed {
        let negated = self.eat("^");
        let mut items = Vec::new();
        let mut first = true;
        loop {
            let Some(mut low) = self.peek() else { return Err("Unmatched [, [^, [:, [., or [=") };
            self.at += 1;
            if low == ']' && !first {
                return Ok(Node::Set { negated, items });
            }
            first = false;
            if low == '[' && self.peek() == Some(':') {
                let rest = &self.chars[self.at + 1..];
                let Some(len) = rest.iter().position(|c| *c == ':') else {
                    return Err("Unmatched [, [^, [:, [., or [=");
                };
                items.push(SetItem::Class(rest[..len].iter().collect()));
                self.at += len + 3;
                continue;
            }
            if low == '\\' && matches!(self.peek(), Some('n' | 't')) {
                low = if self.peek() == Some('n') { '\n' } else { '\t' };
                self.at += 1;
            }
            if self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']') {
                let high = self.chars[self.at + 1];
                self.at += 2;
                if low > high {
                    return Err("Invalid range end");
                }
                items.push(SetItem::Range(low, high));
            } else {
                items.push(SetItem::Range(low, low));
            }
        }
    }

    fn repeats(&mut self, mut node: Node, start: bool) -> Parsed {
        let mut count = 0;
        loop {
            let (min, max) = if matches!(node, Node::Char('*'))
                && start
                && !self.extended
                && count == 0
                && self.chars.get(self.at - 1) == Some(&'*')
            {
                return Ok(node);
            } else if self.eat("*") {
                (0, u32::MAX)
            } else if self.eat(if self.extended { "+" } else { "\\+" }) {
                (1, u32::MAX)
            } else if self.eat(if self.extended { "?" } else { "\\?" }) {
                (0, 1)
            } else if self.looking_at(if self.extended { "{" } else { "\\{" }) {
                match self.interval()? {
                    Some(bounds) => bounds,
                    None => return Ok(node),
                }
            } else {
                return Ok(node);
            };
            count += 1;
            if count > 10 {
                return Err("Regular expression too big");
            }
            node = Node::Repeat { min, max, inner: Box::new(node) };
        }
    }

    fn interval(&mut self) -> Result<Option<(u32, u32)>, &'static str> {
        let saved = self.at;
        self.at += if self.extended { 1 } else { 2 };
        let number = |parser: &mut Self| {
            let start = parser.at;
            while parser.peek().is_some_and(|c| c.is_ascii_digit()) {
                parser.at += 1;
            }
            parser.chars[start..parser.at].iter().collect::<String>().parse::<u32>().ok()
        };
        let min = number(self);
        let max = if self.eat(",") { number(self).unwrap_or(u32::MAX) } else { min.unwrap_or(0) };
        if !self.eat(if self.extended { "}" } else { "\\}" }) {
            if self.extended {
                self.at = saved;
                // A brace that opens no interval is a character.
                self.at += 0;
                return Err("Invalid preceding regular expression");
            }
            return Err("Unmatched \\{");
        }
        let min = min.unwrap_or(0);
        if min > MAX_REPEAT || (max != u32::MAX && max > MAX_REPEAT) || max < min {
            return Err("Invalid content of \\{\\}");
        }
        Ok(Some((min, max)))
    }
}

struct Matcher<'a> {
    chars: &'a [(usize, char)],
    ignore_case: bool,
    groups: Captures,
    steps: usize,
    /// The longest end found so far, with its groups.
    best: Option<(usize, Captures)>,
}

/// How deep the matcher may call itself.
const MAX_CALLS: usize = 2_000;

impl Matcher<'_> {
    /// Matches the nodes one after the other from `at`. Records the longest match; true stops the search early.
    fn run(&mut self, nodes: &[&Node], at: usize, depth: usize) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || depth > MAX_CALLS {
            return true;
        }
        let Some((first, rest)) = nodes.split_first() else {
            if self.best.as_ref().is_none_or(|(end, _)| at > *end) {
                self.best = Some((at, self.groups.clone()));
            }
            // Nothing can be longer than the whole text.
            return at == self.chars.len();
        };
        match first {
            Node::Concat(inner) => {
                let mut all: Vec<&Node> = inner.iter().collect();
                all.extend_from_slice(rest);
                self.run_simple(&all, at, depth)
            }
            Node::Alternate(branches) => branches.iter().any(|branch| {
                let mut all = vec![branch];
                all.extend_from_slice(rest);
                self.run(&all, at, depth + 1)
            }),
            Node::Group(number, inner) => {
                let close = Node::Back(usize::MAX - number);
                let mut all: Vec<&Node> = vec![inner, &close];
                all.extend_from_slice(rest);
                let saved = self.groups[*number];
                self.groups[*number] = Some((at, at));
                let stop = self.run(&all, at, depth + 1);
                if !stop {
                    self.groups[*number] = saved;
                }
                stop
            }
            // The end of a group, in disguise.
            Node::Back(number) if *number > usize::MAX / 2 => {
                let number = usize::MAX - number;
                let saved = self.groups[number];
                if let Some((start, _)) = saved {
                    self.groups[number] = Some((start.min(at), at));
                }
                let stop = self.run(rest, at, depth + 1);
                if !stop {
                    self.groups[number] = saved;
                }
                stop
            }
            Node::Back(number) => {
                let Some((start, end)) = self.groups[*number] else { return false };
                let same = (start..end)
                    .enumerate()
                    .all(|(i, j)| self.chars.get(at + i).is_some_and(|c| self.same(c.1, self.chars[j].1)));
                same && self.run(rest, at + end - start, depth + 1)
            }
            Node::Repeat { min, max, inner } => self.repeat(inner, *min, *max, rest, at, depth),
            simple => match self.one(simple, at) {
                Some(next) => self.run(rest, next, depth + 1),
                None => false,
            },
        }
    }

    /// Walks over single characters without calling itself.
    fn run_simple(&mut self, nodes: &[&Node], mut at: usize, depth: usize) -> bool {
        let mut i = 0;
        while let Some(node) = nodes.get(i) {
            if matches!(
                node,
                Node::Concat(_) | Node::Alternate(_) | Node::Group(..) | Node::Back(_) | Node::Repeat { .. }
            ) {
                break;
            }
            match self.one(node, at) {
                Some(next) => at = next,
                None => return false,
            }
            i += 1;
        }
        self.run(&nodes[i..], at, depth + 1)
    }

    fn repeat(&mut self, inner: &Node, min: u32, max: u32, rest: &[&Node], at: usize, depth: usize) -> bool {
        if is_single(inner) {
            // As many as there are, then fewer.
            let mut ends = vec![at];
            while (ends.len() as u32 - 1) < max {
                match ends.last().and_then(|&end| self.one(inner, end)) {
                    Some(next) => ends.push(next),
                    None => break,
                }
            }
            self.steps += ends.len();
            while ends.len() as u32 > min {
                if let Some(end) = ends.pop()
                    && self.run(rest, end, depth + 1)
                {
                    return true;
                }
            }
            return false;
        }
        if max > 0 {
            let again = Node::Repeat {
                min: min.saturating_sub(1),
                max: if max == u32::MAX { max } else { max - 1 },
                inner: Box::new(inner.clone()),
            };
            let mut probe = Matcher {
                chars: self.chars,
                ignore_case: self.ignore_case,
                groups: self.groups.clone(),
                steps: self.steps,
                best: None,
            };
            // A turn that takes nothing would go on for ever.
            let advances = probe.run(&[inner], at, depth + 1) || probe.best.as_ref().is_some_and(|(end, _)| *end > at);
            self.steps = probe.steps;
            if advances && probe.best.as_ref().is_some_and(|(end, _)| *end > at) {
                let mut all: Vec<&Node> = vec![inner, &again];
                all.extend_from_slice(rest);
                if self.run(&all, at, depth + 1) {
                    return true;
                }
            } else if min > 0 && probe.best.is_some() {
                return self.run(rest, at, depth + 1);
            }
        }
        min == 0 && self.run(rest, at, depth + 1)
    }

    fn same(&self, a: char, b: char) -> bool {
        // Containers run in the POSIX locale, which knows of no other letters.
        a == b || (self.ignore_case && a.eq_ignore_ascii_case(&b))
    }

    /// Matches a node that takes at most one character.
    fn one(&self, node: &Node, at: usize) -> Option<usize> {
        let here = self.chars.get(at).map(|c| c.1);
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let before = || at.checked_sub(1).and_then(|i| self.chars.get(i)).map(|c| c.1);
        let zero = |holds: bool| holds.then_some(at);
        match node {
            Node::Start => zero(at == 0),
            Node::End => zero(at == self.chars.len()),
            Node::WordStart => zero(!word(before()) && word(here)),
            Node::WordEnd => zero(word(before()) && !word(here)),
            Node::Boundary(wanted) => zero((word(before()) != word(here)) == *wanted),
            Node::Any => here.map(|_| at + 1),
            Node::Char(c) => here.filter(|h| self.same(*h, *c)).map(|_| at + 1),
            Node::Set { negated, items } => {
                let c = here?;
                let holds = |c: char| {
                    items.iter().any(|item| match item {
                        SetItem::Range(low, high) => (*low..=*high).contains(&c),
                        SetItem::Class(name) => in_class(name, c),
                    })
                };
                let mut found = holds(c);
                if self.ignore_case {
                    found |= holds(c.to_ascii_lowercase()) || holds(c.to_ascii_uppercase());
                }
                (found != *negated).then_some(at + 1)
            }
            _ => None,
        }
    }
}

fn is_single(node: &Node) -> bool {
    match node {
        Node::Char(_) | Node::Any | Node::Set { .. } => true,
        Node::Concat(inner) => inner.len() == 1 && is_single(&inner[0]),
        _ => false,
    }
}
