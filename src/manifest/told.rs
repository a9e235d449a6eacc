//! What kubectl tells in the end: the answers of the server and its own complaints, each in the form that their number asks for.

use std::collections::BTreeSet;

use super::checks::FieldError;
use crate::yaml;

/// What became of one thing that kubectl sent; its form depends on whether it is the only one.
pub enum Told {
    /// The server's answer.
    Status(String),
    /// kubectl's own words.
    Own(String),
    /// Something that is no Pod: no matter where there is one.
    NoPod(String),
    Invalid {
        name: String,
        errors: Vec<FieldError>,
    },
}

/// What kubectl could not read or recognize. It is told after all that was sent, as one error (`EagerVisitorList`).
pub enum Unread {
    One(String),
    /// Of the items of one list together.
    Items(Vec<String>),
}

/// The errors as kubectl prints them (`checkErr`): the only one in its own form, each of several on a line of its own.
/// All that was not read is one error among those of what was sent.
pub fn lines(told: &[Told], unread: &[Unread], file: &str) -> Vec<String> {
    match (told, unread) {
        ([one], []) => vec![one.alone()],
        ([], [Unread::One(text)]) => vec![format!("error: {text}")],
        ([], [Unread::Items(texts)]) => texts.clone(),
        ([], unread) => unread.iter().map(|one| aggregate(one.texts())).collect(),
        (told, unread) => {
            let mut lines: Vec<String> = told.iter().map(|one| one.among(file)).collect();
            if !unread.is_empty() {
                lines.push(aggregate(unread.iter().flat_map(Unread::texts)));
            }
            lines
        }
    }
}

impl Unread {
    fn texts(&self) -> &[String] {
        match self {
            Unread::One(text) => std::slice::from_ref(text),
            Unread::Items(texts) => texts,
        }
    }
}

/// Errors in one, each once (`Aggregate.Error`).
fn aggregate<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let mut seen = BTreeSet::new();
    let texts: Vec<&str> = texts.into_iter().map(String::as_str).filter(|text| seen.insert(*text)).collect();
    match texts.as_slice() {
        [one] => one.to_string(),
        many => format!("[{}]", many.join(", ")),
    }
}

impl Told {
    /// The only thing that is told.
    fn alone(&self) -> String {
        match self {
            Told::Own(text) => format!("error: {text}"),
            Told::Status(text) | Told::NoPod(text) => text.clone(),
            Told::Invalid { name, errors } => {
                let name = yaml::go::quote(name);
                match unique(errors).as_slice() {
                    [one] => format!("The Pod {name} is invalid: {one}"),
                    many => format!("The Pod {name} is invalid: \n* {}", many.join("\n* ")),
                }
            }
        }
    }

    /// One of several.
    fn among(&self, file: &str) -> String {
        match self {
            Told::Own(text) | Told::Status(text) | Told::NoPod(text) => text.clone(),
            Told::Invalid { name, errors } => {
                let (name, list) = (yaml::go::quote(name), aggregate(&unique(errors)));
                format!("Error from server (Invalid): error when creating \"{file}\": Pod {name} is invalid: {list}")
            }
        }
    }
}

/// The errors as lines, each once.
fn unique(errors: &[FieldError]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    errors.iter().map(FieldError::to_string).filter(|line| seen.insert(line.clone())).collect()
}
