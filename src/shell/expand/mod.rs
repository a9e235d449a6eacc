//! Words to fields: parameter, command and arithmetic expansion, field splitting, globbing.
//!
//! While a field is put together it is kept as a pattern: characters that quoting made literal carry a backslash.

mod fields;
mod glob;
mod param;

pub use param::in_bash_order;

use super::arith;
use super::ast::*;
use super::eval::Pinned;
use super::image::ShellKind;
use super::pattern;
use super::state::{Shell, Stop};
use fields::Fields;
use glob::has_glob;

pub type Expanded<T> = Result<T, Stop>;

/// How many operands of arithmetic are one step.
const OPERANDS_PER_STEP: u64 = 16;

/// Longer words end the shell.
const MAX_WORD: usize = 1 << 20;

/// So do words that are split into more than this, as [`weight`] counts.
const MAX_FIELDS: usize = 16 << 20;

/// What words weigh: their bytes, and as much for each as it takes to hold an empty one.
pub fn weight(words: &[String]) -> usize {
    words.iter().map(|word| word.len() + size_of::<String>()).sum()
}

impl Shell {
    /// The arguments that `words` come to.
    pub fn expand_words<'a>(&'a mut self, words: &'a [Word]) -> Pinned<'a, Expanded<Vec<String>>> {
        Box::pin(async move {
            let mut out = Vec::with_capacity(words.len());
            for word in words {
                let before = out.len();
                self.expand_word(word, &mut out).await?;
                self.ctx.move_bytes(weight(&out[before..])).await;
            }
            Ok(out)
        })
    }

    pub async fn expand_word(&mut self, word: &Word, out: &mut Vec<String>) -> Expanded<()> {
        if let [Part::Text(text)] = word.parts.as_slice()
            && !text.contains(['*', '?', '[', '{'])
        {
            out.push(text.clone());
            return Ok(());
        }
        if self.dialect == Dialect::Bash && has_brace(&word.parts) {
            for parts in super::brace::expand(&word.parts) {
                self.expand_parts(&parts, out).await?;
            }
            return Ok(());
        }
        self.expand_parts(&word.parts, out).await
    }

    /// The fields that a word is split into, as patterns: what was quoted is escaped.
    pub async fn expand_fields(&mut self, parts: &[Part]) -> Expanded<Vec<String>> {
        let ifs = self.get("IFS").unwrap_or_else(|| " \t\n".into());
        let mut fields = Fields::new(Some(ifs));
        self.add_parts(parts, false, &mut fields).await?;
        Ok(fields.finish())
    }

    async fn expand_parts(&mut self, parts: &[Part], out: &mut Vec<String>) -> Expanded<()> {
        for field in self.expand_fields(parts).await? {
            let globs = !self.options.noglob && has_glob(&field);
            let found = if globs { self.glob(&field).await } else { Vec::new() };
            if !found.is_empty() {
                out.extend(found);
            } else if !(globs && self.options.nullglob) {
                out.push(pattern::unescape(&field));
            }
        }
        Ok(())
    }

    /// A word that stays one field: an assignment, a `case` word, a file name.
    pub fn expand_single<'a>(&'a mut self, parts: &'a [Part]) -> Pinned<'a, Expanded<String>> {
        Box::pin(async move {
            match parts {
                [Part::Text(text)] => Ok(text.clone()),
                [] => Ok(String::new()),
                _ => Ok(pattern::unescape(&self.expand_pattern_escaped(parts, true).await?)),
            }
        })
    }

    /// A word as a pattern: quoted characters are escaped.
    pub async fn expand_pattern(&mut self, parts: &[Part]) -> Expanded<String> {
        self.expand_pattern_escaped(parts, false).await
    }

    /// With `literal`, backslashes that come out of expansions are kept as text.
    fn expand_pattern_escaped<'a>(&'a mut self, parts: &'a [Part], literal: bool) -> Pinned<'a, Expanded<String>> {
        Box::pin(async move {
            let mut fields = Fields::new(None);
            fields.literal = literal;
            self.add_parts(parts, false, &mut fields).await?;
            Ok(fields.finish().join(" "))
        })
    }

    /// The text of a here-document or of an arithmetic expression.
    pub async fn expand_text(&mut self, parts: &[Part]) -> Expanded<String> {
        let mut fields = Fields::new(None);
        self.add_parts(parts, true, &mut fields).await?;
        let text = fields.finish().join(" ");
        Ok(pattern::unescape(&text))
    }

    fn add_parts<'a>(
        &'a mut self,
        parts: &'a [Part],
        quoted: bool,
        fields: &'a mut Fields,
    ) -> Pinned<'a, Expanded<()>> {
        Box::pin(async move {
            for part in parts {
                self.add_part(part, quoted, fields).await?;
                if fields.current.len() > MAX_WORD || fields.held > MAX_FIELDS {
                    self.ctx.kernel.bound("word length limit reached");
                    return Err(self.fail("out of memory", 2).await);
                }
            }
            Ok(())
        })
    }

    async fn add_part(&mut self, part: &Part, quoted: bool, fields: &mut Fields) -> Expanded<()> {
        match part {
            Part::Text(text) if quoted => fields.quoted(text),
            Part::Text(text) => fields.text(text),
            Part::Quoted(text) => fields.quoted(text),
            Part::Double(parts) => {
                // "$@" without parameters is no field at all.
                let only_at = matches!(parts.as_slice(), [Part::Param(p)] if self.is_empty_list(p));
                if !only_at {
                    fields.started = true;
                    self.add_parts(parts, true, fields).await?;
                }
            }
            Part::Tilde(user) => {
                let home = self.tilde(user);
                fields.quoted(&home);
            }
            Part::Command(program) => {
                let output = self.substitute(program).await?;
                self.add_value(&output, quoted, fields);
            }
            Part::Arith(parts) => {
                let value = self.arith(parts).await?.to_string();
                self.add_value(&value, quoted, fields);
            }
            Part::ProcessOut(program) => {
                let path = self.output_substitution(program).await?;
                fields.quoted(&path);
            }
            Part::ProcessIn(program) => {
                let path = self.process_substitution(program).await?;
                fields.quoted(&path);
            }
            Part::Param(param) => self.add_param(param, quoted, fields).await?,
        }
        Ok(())
    }

    fn add_value(&self, value: &str, quoted: bool, fields: &mut Fields) {
        if quoted { fields.quoted(value) } else { fields.split(value) }
    }

    fn tilde(&self, user: &str) -> String {
        match user {
            "" => self.get("HOME").unwrap_or_else(|| "~".into()),
            "root" => "/root".into(),
            "+" => self.cwd.clone(),
            _ => format!("~{user}"),
        }
    }

    /// The value of an arithmetic expression, paid for.
    pub async fn evaluate(&mut self, text: &str) -> Result<i64, arith::ArithError> {
        let mut work = 0;
        let value = arith::evaluate(text, self, &mut work);
        self.ctx.work(work / OPERANDS_PER_STEP).await;
        value
    }

    /// The value of `$((...))`.
    pub fn arith<'a>(&'a mut self, parts: &'a [Part]) -> Pinned<'a, Expanded<i64>> {
        Box::pin(async move {
            let text = self.expand_text(parts).await?;
            match self.evaluate(&text).await {
                Ok(value) => Ok(value),
                Err(error) => {
                    let message = match self.kind {
                        ShellKind::Ash => error.message(),
                        ShellKind::Dash => {
                            format!("arithmetic expression: {}: \"{}\"", dash_arith(&error), text.trim())
                        }
                        ShellKind::Bash => {
                            self.complain(&format!("{}: {}", text.trim(), bash_arith(&error))).await;
                            return Err(Stop::Discard(1));
                        }
                    };
                    Err(self.fail(&message, 2).await)
                }
            }
        })
    }

    /// The word of `${x:-word}`: its own quotes count, its plain text splits like an expansion.
    async fn add_word(&mut self, word: &[Part], quoted: bool, fields: &mut Fields) -> Expanded<()> {
        for part in word {
            match part {
                Part::Text(text) if !quoted => fields.split(text),
                Part::Quoted(text) => fields.quoted(text),
                part => self.add_parts(std::slice::from_ref(part), quoted, fields).await?,
            }
        }
        Ok(())
    }
}

fn has_brace(parts: &[Part]) -> bool {
    parts.iter().any(|p| matches!(p, Part::Text(t) if t.contains('{')))
}

fn dash_arith(error: &arith::ArithError) -> &'static str {
    match error {
        arith::ArithError::DivideByZero => "division by zero",
        _ => "expecting primary",
    }
}

pub fn bash_arith(error: &arith::ArithError) -> &'static str {
    match error {
        arith::ArithError::DivideByZero => "division by 0 (error token is \"0\")",
        arith::ArithError::ReadOnly(_) => "readonly variable",
        arith::ArithError::NegativeExponent => "exponent less than 0",
        _ => "syntax error: operand expected",
    }
}
