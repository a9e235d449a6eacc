//! Syntax errors as bash tells them.

use crate::shell::ast::ParseError;

/// An error in the words of bash: an end that comes too soon is found on the line after the last, and of a token that stands where it
/// should not the line is shown.
pub(super) fn as_bash_says(error: ParseError, script: &str) -> ParseError {
    let found = script.get(error.span.start..error.span.end).unwrap_or("");
    let unmatched = match error.message.as_str() {
        "unterminated quoted string" => found.chars().next(),
        "missing '}'" => Some('}'),
        "missing '))'" => Some(')'),
        "EOF in backquote substitution" => Some('`'),
        "unexpected end of file (expecting \")\")" => Some(')'),
        _ => None,
    };
    if let Some(sign) = unmatched {
        let line = script[..error.span.start].matches('\n').count() as u32;
        return ParseError { message: format!("unexpected EOF while looking for matching `{sign}'"), line, ..error };
    }
    let Some(unexpected) = error.message.strip_prefix("unexpected ") else { return error };
    if unexpected.starts_with("end of file") {
        let message = "syntax error: unexpected end of file".into();
        return ParseError { message, line: script.lines().count() as u32, ..error };
    }
    let token = if found.starts_with('\n') { "newline" } else { found };
    let shown = script.lines().nth(error.line as usize - usize::from(token == "newline" && error.line > 0));
    let line = if token == "newline" { error.line.saturating_sub(1) } else { error.line };
    let message = format!("syntax error near unexpected token `{token}'");
    ParseError { message, shown: shown.map(str::to_string), line, ..error }
}
