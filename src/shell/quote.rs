//! Text in quotes, as a shell would read it back.

/// A word as busybox's `set -x` shows it.
pub fn quote_if_needed(text: &str) -> String {
    let special = |c: char| c < '+' || (';'..='?').contains(&c) || matches!(c, '`' | '[' | '\\') || c >= '{';
    if is_reserved(text) || text.contains(special) { single_quote(text) } else { text.to_string() }
}

fn is_reserved(word: &str) -> bool {
    const WORDS: [&str; 17] = [
        "!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "then", "until",
        "while", "{", "}",
    ];
    WORDS.contains(&word)
}

/// Text in single quotes, as the shell would read it back.
pub fn single_quote(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let plain = rest.find('\'').unwrap_or(rest.len());
        if plain > 0 || text.is_empty() {
            out.push_str(&format!("'{}'", &rest[..plain]));
        }
        rest = &rest[plain..];
        if rest.is_empty() {
            return out;
        }
        let quotes = rest.len() - rest.trim_start_matches('\'').len();
        out.push_str(&format!("\"{}\"", &rest[..quotes]));
        rest = &rest[quotes..];
        if rest.is_empty() {
            return out;
        }
    }
}

/// Whether bash would take the text apart if it stood without quotes.
fn is_special_to_bash(text: &str) -> bool {
    let special = |c: char| c.is_ascii_whitespace() || "'\"\\|&;()<>!{}*[]?^$`".contains(c);
    text.is_empty() || text.starts_with(['~', '#']) || text.contains(special)
}

/// A word as bash's `set -x` and `${x@Q}` show it.
pub fn quote_for_bash(text: &str) -> String {
    match text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        true => ansi_quote(text),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The same where quotes are needed only.
pub fn quote_for_bash_if_needed(text: &str) -> String {
    if is_special_to_bash(text) || text.contains(char::is_control) { quote_for_bash(text) } else { text.to_string() }
}

/// A word as bash's `printf %q` writes it.
pub fn backslashed(text: &str) -> String {
    if text.is_empty() {
        return "''".into();
    }
    if text.contains(char::is_control) {
        return ansi_quote(text);
    }
    let mut out = String::new();
    for (at, c) in text.char_indices() {
        let first = at == 0 && matches!(c, '~' | '#');
        if first || c == ',' || is_special_to_bash(c.encode_utf8(&mut [0; 4])) && !matches!(c, '~' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `$'...'`.
fn ansi_quote(text: &str) -> String {
    let inner: String = text
        .chars()
        .map(|c| match c {
            '\n' => "\\n".into(),
            '\t' => "\\t".into(),
            '\r' => "\\r".into(),
            '\x1b' => "\\E".into(),
            '\'' | '\\' => format!("\\{c}"),
            c if c.is_ascii_control() => format!("\\{:03o}", c as u32),
            c => c.to_string(),
        })
        .collect();
    format!("$'{inner}'")
}
