//! The arguments that every command takes alike: options, their values, and one file.

use crate::i18n::Lang;

/// Reads a command's arguments and returns its file. `option` takes an option by its name, with a way to ask for its value, and tells
/// whether it knows it. A value follows its option, or is joined to it with `=`.
pub fn read(
    args: impl IntoIterator<Item = String>,
    usage: &str,
    mut option: impl FnMut(&str, &mut dyn FnMut() -> Result<String, String>) -> Result<bool, String>,
) -> Result<String, String> {
    let mut file = String::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let (name, mut inline) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_string(), Some(value.to_string())),
            _ => (arg, None),
        };
        let mut value = || inline.take().or_else(|| args.next()).ok_or_else(|| format!("{name} wants a value"));
        if option(&name, &mut value)? {
            continue;
        }
        if name.starts_with('-') && name != "-" {
            return Err(format!("{name} is no option; usage: {usage}"));
        }
        if !file.is_empty() {
            return Err(format!("one file at a time; usage: {usage}"));
        }
        file = name;
    }
    if file.is_empty() { Err(format!("usage: {usage}")) } else { Ok(file) }
}

/// The value of `--lang`.
pub fn lang(given: &str) -> Result<Lang, String> {
    Lang::parse(given).ok_or_else(|| format!("--lang is en or ko, not {given}"))
}
