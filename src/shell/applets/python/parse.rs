//! What a short Python program says, if it says no more than can be run here.
//!
//! A program is read whole before any of it is run. `None` is the answer to all that is not known to be right: nobody is told of an error
//! that a real interpreter would not find.

/// How deep loops may stand in each other.
const DEEPEST: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `import time`, `pass`
    Nothing,
    Print {
        pieces: Vec<Piece>,
        end: String,
        flush: bool,
        /// To standard error.
        error: bool,
    },
    /// In microseconds.
    Sleep(u64),
    /// A variable and what it prints.
    Set(String, String),
    /// `while True`, or `for VARIABLE in range(TIMES)`
    Loop {
        variable: Option<String>,
        times: Option<u64>,
        body: Vec<Statement>,
    },
    Stop(Stop),
}

/// What ends a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    Exit(i32),
    /// `os._exit`: what waits to be printed is lost.
    AtOnce(i32),
    /// `sys.exit("words")`
    Says(String),
    Raised {
        line: usize,
        error: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Variable(String),
}

/// A line: its number, how far it is indented, and its text without a comment.
struct Line<'t> {
    number: usize,
    indent: usize,
    text: &'t str,
}

/// Reads a program.
pub fn program(code: &str) -> Option<Vec<Statement>> {
    let lines = code.lines().enumerate().map(|(i, line)| {
        let line = line.split_at(end_of_code(line)?).0.trim_end();
        let text = line.trim_start();
        Some(Line { number: i + 1, indent: line.len() - text.len(), text })
    });
    let lines: Vec<Line> = lines.collect::<Option<Vec<_>>>()?;
    let lines: Vec<Line> = lines.into_iter().filter(|line| !line.text.is_empty()).collect();
    let mut reader = Reader { lines: &lines, names: Vec::new(), modules: Vec::new() };
    let program = reader.block(0, 0)?;
    reader.lines.is_empty().then_some(program)
}

struct Reader<'t> {
    /// What has not been read yet.
    lines: &'t [Line<'t>],
    /// The variables and the modules that there are.
    names: Vec<String>,
    modules: Vec<&'t str>,
}

impl<'t> Reader<'t> {
    /// The lines that are indented so far.
    fn block(&mut self, indent: usize, depth: usize) -> Option<Vec<Statement>> {
        let mut block = Vec::new();
        while let Some((line, rest)) = self.lines.split_first() {
            if line.indent < indent {
                break;
            }
            if line.indent > indent {
                return None;
            }
            self.lines = rest;
            match header(line.text) {
                Some((head, inline)) => block.push(self.compound(line, head, inline, depth)?),
                None => self.simple(line.text, line.number, &mut block)?,
            }
        }
        Some(block)
    }

    fn compound(&mut self, line: &Line<'t>, head: &'t str, inline: &'t str, depth: usize) -> Option<Statement> {
        let (variable, times) = match head.split_whitespace().collect::<Vec<_>>()[..] {
            ["while", "True" | "1"] => (None, None),
            ["for", name, "in", range] if is_name(name) => {
                let times = range.strip_prefix("range(")?.strip_suffix(')')?.parse().ok()?;
                self.names.push(name.to_string());
                (Some(name.to_string()), Some(times))
            }
            _ => return None,
        };
        if depth >= DEEPEST {
            return None;
        }
        let mut body = Vec::new();
        if inline.is_empty() {
            let inner = self.lines.first().map(|next| next.indent).filter(|indent| *indent > line.indent)?;
            body = self.block(inner, depth + 1)?;
        } else {
            self.simple(inline, line.number, &mut body)?;
        }
        Some(Statement::Loop { variable, times, body })
    }

    /// Statements with semicolons between them.
    fn simple(&mut self, text: &'t str, line: usize, block: &mut Vec<Statement>) -> Option<()> {
        for part in split(text, ';')?.into_iter().filter(|part| !part.is_empty()) {
            block.push(self.statement(part, line)?);
        }
        Some(())
    }

    fn statement(&mut self, text: &'t str, line: usize) -> Option<Statement> {
        if text == "pass" {
            return Some(Statement::Nothing);
        }
        if let Some(modules) = text.strip_prefix("import ") {
            for module in modules.split(',').map(str::trim) {
                matches!(module, "os" | "sys" | "time").then(|| self.modules.push(module))?;
            }
            return Some(Statement::Nothing);
        }
        if let Some(error) = text.strip_prefix("raise ") {
            return self.raise(error.trim(), line);
        }
        if let Some((name, value)) = text.split_once('=').filter(|(name, _)| is_name(name.trim())) {
            let value = literal(value.trim())?;
            self.names.push(name.trim().to_string());
            return Some(Statement::Set(name.trim().to_string(), value));
        }
        let (called, arguments) = call(text)?;
        if let Some((module, _)) = called.split_once('.') {
            self.modules.contains(&module).then_some(())?;
        }
        match (called, &split(arguments, ',')?[..]) {
            ("print", arguments) => self.print(arguments),
            ("time.sleep", [seconds]) => {
                let seconds = seconds.parse::<f64>().ok().filter(|s| (0.0..1e9).contains(s))?;
                Some(Statement::Sleep((seconds * 1e6) as u64))
            }
            ("sys.exit" | "exit" | "quit", [argument]) => exit(argument).map(Statement::Stop),
            ("os._exit", [code]) => Some(Statement::Stop(Stop::AtOnce(code.parse::<i32>().ok()? & 255))),
            _ => None,
        }
    }

    fn print(&self, arguments: &[&str]) -> Option<Statement> {
        let (mut pieces, mut end, mut flush, mut error) = (Vec::new(), "\n".to_string(), false, false);
        for argument in arguments.iter().filter(|argument| !argument.is_empty()) {
            match *argument {
                "flush=True" => flush = true,
                "file=sys.stderr" if self.modules.contains(&"sys") => error = true,
                _ if argument.starts_with("end=") => end = literal(&argument[4..])?,
                _ => {
                    if !pieces.is_empty() {
                        pieces.push(Piece::Text(" ".into()));
                    }
                    self.value(argument, &mut pieces)?;
                }
            }
        }
        Some(Statement::Print { pieces, end, flush, error })
    }

    /// What a literal, a variable or an f-string with nothing but variables in it comes to.
    fn value(&self, text: &str, pieces: &mut Vec<Piece>) -> Option<()> {
        let known =
            |name: &str| self.names.iter().any(|known| known == name).then(|| Piece::Variable(name.to_string()));
        if is_name(text) {
            pieces.push(known(text)?);
            return Some(());
        }
        let Some(format) = text.strip_prefix('f') else {
            pieces.push(Piece::Text(literal(text)?));
            return Some(());
        };
        let format = literal(format)?;
        let mut rest = format.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            pieces.push(Piece::Text(before.to_string()));
            pieces.push(known(name)?);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_string()));
        (!rest.contains('}')).then_some(())
    }

    /// `raise SystemExit(3)`, `raise Exception("words")`, `raise ValueError`
    fn raise(&self, error: &str, line: usize) -> Option<Statement> {
        /// Those that everybody has.
        const ERRORS: [&str; 10] = [
            "Exception",
            "RuntimeError",
            "ValueError",
            "TypeError",
            "KeyError",
            "OSError",
            "ConnectionError",
            "TimeoutError",
            "SystemExit",
            "AssertionError",
        ];
        let (kind, arguments) = call(error).unwrap_or((error, ""));
        ERRORS.contains(&kind).then_some(())?;
        let error = match arguments {
            _ if kind == "SystemExit" => return exit(arguments).map(Statement::Stop),
            "" => kind.to_string(),
            words if kind == "KeyError" => format!("{kind}: '{}'", literal(words)?),
            words => format!("{kind}: {}", literal(words)?),
        };
        Some(Statement::Stop(Stop::Raised { line, error }))
    }
}

/// What `sys.exit` makes of its argument.
fn exit(argument: &str) -> Option<Stop> {
    match argument {
        "" | "None" | "False" => Some(Stop::Exit(0)),
        "True" => Some(Stop::Exit(1)),
        _ => match argument.parse::<i32>() {
            Ok(code) => Some(Stop::Exit(code & 255)),
            Err(_) => literal(argument).filter(|_| argument.starts_with(['"', '\''])).map(Stop::Says),
        },
    }
}

/// The head of a compound statement and what follows its colon on the line.
fn header(text: &str) -> Option<(&str, &str)> {
    let begins = text.starts_with("while ") || text.starts_with("for ");
    let (head, inline) = text.split_once(':').filter(|_| begins)?;
    Some((head.trim(), inline.trim()))
}

/// `name(arguments)`
fn call(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('(')?;
    Some((name.trim(), rest.strip_suffix(')')?.trim()))
}

fn is_name(text: &str) -> bool {
    const WORDS: [&str; 3] = ["True", "False", "None"];
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    begins && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') && !WORDS.contains(&text)
}

/// What a number or a string prints.
fn literal(text: &str) -> Option<String> {
    if text.parse::<i64>().is_ok_and(|number| number.to_string() == text) {
        return Some(text.to_string());
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let (mut out, mut chars) = (String::new(), inner.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next()? {
                'n' => '\n',
                't' => '\t',
                same @ ('\\' | '\'' | '"') => same,
                _ => return None,
            }),
            c if c == quote => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// Where the comment of a line begins, or its end; `None` where a string does not end on it.
fn end_of_code(line: &str) -> Option<usize> {
    let mut quote = Quote::default();
    let comment = line.char_indices().find(|&(_, c)| !quote.holds(c) && c == '#').map(|(at, _)| at);
    (comment.is_some() || quote.0.is_none()).then(|| comment.unwrap_or(line.len()))
}

/// The parts between separators that stand in no string and no brackets.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut quote, mut depth, mut parts, mut begin) = (Quote::default(), 0_usize, Vec::new(), 0);
    for (at, c) in text.char_indices() {
        if quote.holds(c) {
            continue;
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            c if c == separator && depth == 0 => {
                parts.push(text[begin..at].trim());
                begin = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[begin..].trim());
    (quote.0.is_none() && depth == 0).then_some(parts)
}

/// The string that is open, and whether a backslash stands before what comes next.
#[derive(Default)]
struct Quote(Option<char>, bool);

impl Quote {
    /// Takes the next character, and says whether it belongs to a string.
    fn holds(&mut self, c: char) -> bool {
        match (self.0, std::mem::take(&mut self.1), c) {
            (Some(_), true, _) => {}
            (Some(_), false, '\\') => self.1 = true,
            (Some(open), false, c) if c == open => self.0 = None,
            (Some(_), false, _) => {}
            (None, _, '"' | '\'') => self.0 = Some(c),
            (None, ..) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_program_panics(code in "(print|while True:|for i in range|raise |time.sleep|[a-fé\"'\\\\(){}:;,=#. \n]){0,12}") {
            program(&code);
        }
    }
}
