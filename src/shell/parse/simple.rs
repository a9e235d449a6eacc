//! Simple commands: assignments, words and redirections.

use super::{Parser, is_name};
use crate::shell::ast::*;
use crate::shell::lexer::{Lexeme, Parsed, Token, name_length};
use std::rc::Rc;

impl Parser<'_, '_> {
    pub(super) fn redirect(&mut self) -> Parsed<Redirect> {
        let Token::Redirect(fd, op, strip_tabs) = self.next()? else { return self.unexpected(None) };
        let Token::Word(Lexeme(target)) = self.peek()?.clone() else { return self.unexpected(None) };
        self.next()?;
        let body = (op == RedirectOp::HereDoc).then(|| self.lexer.expect_here_doc(&target, strip_tabs));
        Ok(Redirect { fd, name: None, op, target, body })
    }

    pub(super) fn simple(&mut self) -> Parsed<Rc<Command>> {
        let mut simple = Simple { line: self.lexer.line, ..Simple::default() };
        loop {
            match self.peek()? {
                Token::Redirect(..) => {
                    let redirect = self.redirect()?;
                    simple.redirects.push(redirect);
                }
                Token::Word(Lexeme(word)) => {
                    let word = word.clone();
                    self.next()?;
                    if let Some(name) = self.descriptor_name(&word)? {
                        let redirect = self.redirect()?;
                        simple.redirects.push(Redirect { name: Some(name), ..redirect });
                        continue;
                    }
                    simple.span = if simple.span.end == 0 { word.span } else { simple.span.to(word.span) };
                    if simple.words.is_empty() {
                        match self.assignment(&word)? {
                            Some(assign) => simple.assigns.push(assign),
                            None => simple.words.push(word),
                        }
                    } else if let Some(array) = self.declared_array(&simple, &word)? {
                        // The builtin is told the name only.
                        let name = Word { parts: vec![Part::Text(array.name.clone())], span: word.span };
                        simple.words.push(name);
                        simple.arrays.push(array);
                    } else {
                        simple.words.push(word);
                    }
                }
                Token::Op("(")
                    if simple.words.len() == 1 && simple.assigns.is_empty() && simple.redirects.is_empty() =>
                {
                    return self.function(&simple.words[0]);
                }
                _ => return Ok(Rc::new(Command::Simple(simple))),
            }
        }
    }

    /// The name of `{name}>file`: the word before a redirection that touches it.
    fn descriptor_name(&mut self, word: &Word) -> Parsed<Option<String>> {
        let name = word.literal().and_then(|text| text.strip_prefix('{')?.strip_suffix('}')).filter(|n| is_name(n));
        let Some(name) = name.filter(|_| self.lexer.dialect == Dialect::Bash) else { return Ok(None) };
        let touches = self.peeked.is_none() && self.lexer.rest().starts_with(['<', '>']);
        Ok(match touches && matches!(self.peek()?, Token::Redirect(None, ..)) {
            true => Some(name.to_string()),
            false => None,
        })
    }

    /// A word that is `name=value`, `name+=value`, or in bash `name[i]=value` and `name=(values)`.
    fn assignment(&mut self, word: &Word) -> Parsed<Option<Assign>> {
        let Some(Part::Text(text)) = word.parts.first() else { return Ok(None) };
        let bash = self.lexer.dialect == Dialect::Bash;
        let name = text[..name_length(text)].to_string();
        let mut rest = &text[name.len()..];
        if name.is_empty() {
            return Ok(None);
        }
        let mut index = None;
        // The part in which the value begins.
        let mut first = 0;
        if bash
            && let Some(begun) = rest.strip_prefix('[')
            && let Some((inside, at, after)) = self.index(begun, &word.parts)?
        {
            (index, first, rest) = (Some(inside), at, after);
        }
        let append = bash && rest.starts_with("+=");
        if append {
            rest = &rest[1..];
        }
        let Some(value) = rest.strip_prefix('=') else { return Ok(None) };
        if bash && value.is_empty() && word.parts.len() == first + 1 && self.peeked.is_none() && self.lexer.eat("(") {
            let value = AssignValue::Array(self.array()?);
            return Ok(Some(Assign { name, index, append, value }));
        }
        let mut parts = Vec::with_capacity(word.parts.len());
        push_value(value, &mut parts);
        parts.extend(word.parts[first + 1..].iter().cloned());
        let value = AssignValue::Scalar(Word { parts, span: word.span });
        Ok(Some(Assign { name, index, append, value }))
    }

    /// The index of `name[index]=`, where the first part of the word goes on with `begun`: its parts, the part of the word in which it
    /// ends, and what follows there.
    fn index<'w>(&self, begun: &'w str, parts: &'w [Part]) -> Parsed<Option<(Vec<Part>, usize, &'w str)>> {
        let end_in = |text: &str| text.find("]=").or_else(|| text.find("]+="));
        if let Some(end) = end_in(begun) {
            return Ok(Some((self.lexer.parts_of(&begun[..end])?, 0, &begun[end + 1..])));
        }
        let mut inside = Vec::new();
        if !begun.is_empty() {
            inside.push(Part::Text(begun.to_string()));
        }
        for (at, part) in parts.iter().enumerate().skip(1) {
            if let Part::Text(text) = part
                && let Some(end) = end_in(text)
            {
                inside.push(Part::Text(text[..end].to_string()));
                return Ok(Some((inside, at, &text[end + 1..])));
            }
            inside.push(part.clone());
        }
        Ok(None)
    }

    /// `a=(x y)` as an argument of a builtin that declares.
    fn declared_array(&mut self, simple: &Simple, word: &Word) -> Parsed<Option<Assign>> {
        const DECLARE: [&str; 5] = ["declare", "typeset", "local", "readonly", "export"];
        let array = self.lexer.dialect == Dialect::Bash
            && self.peeked.is_none()
            && self.lexer.rest().starts_with('(')
            && word.literal().is_some_and(|text| text.ends_with('='))
            && simple.words[0].literal().is_some_and(|name| DECLARE.contains(&name));
        if array { self.assignment(word) } else { Ok(None) }
    }

    fn array(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            match self.next()? {
                Token::Word(Lexeme(word)) => words.push(word),
                Token::Newline => {}
                Token::Op(")") => return Ok(words),
                _ => return Err(self.lexer.error(self.last, "unexpected token in an array")),
            }
        }
    }
}

/// The unquoted beginning of a value: a tilde may stand at its start and after each colon.
fn push_value(value: &str, parts: &mut Vec<Part>) {
    let mut rest = value;
    let mut at_start = true;
    while !rest.is_empty() {
        let end = rest.find(':').map_or(rest.len(), |i| i + 1);
        let piece = &rest[..end];
        if at_start && piece.starts_with('~') {
            let body = piece[1..].trim_end_matches(':');
            let user_len = body.find('/').unwrap_or(body.len());
            parts.push(Part::Tilde(body[..user_len].to_string()));
            if piece.len() > 1 + user_len {
                parts.push(Part::Text(piece[1 + user_len..].to_string()));
            }
        } else {
            parts.push(Part::Text(piece.to_string()));
        }
        at_start = true;
        rest = &rest[end..];
    }
}
