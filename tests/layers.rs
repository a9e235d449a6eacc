//! Holds the table of rooms of `ARCHITECTURE.md`: which module may name which, who may know of a browser, and that
//! every module says what it is. Reads the source, so that a forbidden `use` fails here with its file and line.

use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the rooms of this crate that it may name besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("span", &[]),
    ("text", &[]),
    ("order", &[]),
    ("diagnostic", &["span"]),
    ("kube", &["order", "text"]),
    ("i18n", &["time", "span", "diagnostic", "scenario", "trace", "order"]),
    ("yaml", &["span", "diagnostic", "order"]),
    ("manifest", &["time", "text", "kube", "i18n", "yaml", "span", "diagnostic", "order"]),
    ("scenario", &["time", "text", "span", "diagnostic", "yaml", "order"]),
    ("shell", &["time", "span", "diagnostic", "order"]),
    ("trace", &["time", "scenario"]),
    ("engine", &["time", "kube", "scenario", "shell", "trace", "order"]),
    ("view", &["time", "kube", "trace", "scenario", "i18n", "order"]),
    ("document", &["time"]),
    ("share", &["document", "diagnostic", "time"]),
    (
        "playground",
        &[
            "time",
            "text",
            "order",
            "span",
            "diagnostic",
            "kube",
            "i18n",
            "yaml",
            "manifest",
            "scenario",
            "shell",
            "trace",
            "engine",
            "view",
            "document",
            "share",
        ],
    ),
    ("web", &[]),
    (
        "app",
        &[
            "time",
            "span",
            "text",
            "order",
            "diagnostic",
            "i18n",
            "manifest",
            "scenario",
            "trace",
            "view",
            "document",
            "share",
            "playground",
            "web",
        ],
    ),
    (
        "cli",
        &[
            "time",
            "span",
            "diagnostic",
            "i18n",
            "scenario",
            "trace",
            "view",
            "manifest",
            "document",
            "share",
            "playground",
        ],
    ),
    ("bin", &["time", "cli", "yaml"]),
    ("main", &["app"]),
];

/// Crates that only the rooms of the browser may name.
const WEB_CRATES: &[&str] = &["leptos", "wasm_bindgen", "wasm_bindgen_futures", "web_sys", "js_sys"];
const WEB_ROOMS: &[&str] = &["web", "app", "main"];

/// What a room must never say, and why.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("engine", "HashMap", "its order differs between runs"),
    ("engine", "HashSet", "its order differs between runs"),
    ("engine", "Instant", "time is virtual"),
    ("engine", "SystemTime", "time is virtual"),
    ("engine", "std::thread", "the engine is a function"),
    ("engine", "async fn", "the engine is a function"),
    ("app", "inner_html", "what a manifest says is text, never markup"),
    ("app", "set_inner_html", "what a manifest says is text, never markup"),
];

#[test]
fn every_room_is_in_the_table() {
    for (room, file, _) in sources() {
        assert!(room == "lib" || ROOMS.iter().any(|r| r.0 == room), "{}: no such room", file.display());
    }
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        let Some((_, allowed)) = ROOMS.iter().find(|r| r.0 == room) else { continue };
        for (number, named) in named_rooms(&text) {
            if named != room && ROOMS.iter().any(|r| r.0 == named) && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{}:{number}: `{room}` may not name `{named}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_browsers_rooms_know_the_browser() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources().filter(|(room, ..)| !WEB_ROOMS.contains(&room.as_str())) {
        for (number, line) in code_lines(&text) {
            for name in WEB_CRATES.iter().filter(|name| names_crate(line, name)) {
                wrong.push(format!("{}:{number}: `{room}` may not name `{name}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_keep_their_vows() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        for (_, word, why) in FORBIDDEN.iter().filter(|f| f.0 == room) {
            for (number, _) in code_lines(&text).filter(|(_, line)| line.contains(word)) {
                wrong.push(format!("{}:{number}: no `{word}` in `{room}`: {why}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<_> = sources().filter(|(.., text)| !text.starts_with("//! ")).map(|s| s.1).collect();
    assert!(silent.is_empty(), "without `//!` at the top: {silent:?}");
}

/// Every source file with the room it belongs to.
fn sources() -> impl Iterator<Item = (String, PathBuf, String)> {
    let mut files = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    files.sort();
    assert!(files.len() > 5, "the sources were not found");
    // A `tests.rs` is the test module of its folder.
    files.retain(|file| !file.ends_with("tests.rs"));
    files.into_iter().map(|file| {
        let inside = file.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let room = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        (room, inside.to_owned(), text)
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The numbered lines before the tests of a file, without comments: tests may reach further down the table.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    lines.map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

/// What follows `crate::` and `podlapse::`, one by one (`engine` of `crate::engine::simulate`), with its line; a group
/// (`crate::{engine, view::get}`, over several lines or not) names each of its members.
fn named_rooms(text: &str) -> Vec<(usize, String)> {
    let code: String = code_lines(text).flat_map(|(_, line)| [line, "\n"]).collect();
    let mut named = Vec::new();
    for prefix in ["crate::", "podlapse::"] {
        for (at, _) in code.match_indices(prefix).filter(|(at, _)| !code[..*at].ends_with(is_word)) {
            let rest = &code[at + prefix.len()..];
            let number = code[..at].matches('\n').count() + 1;
            match rest.strip_prefix('{') {
                Some(group) => named.extend(members(group).into_iter().map(|name| (number, name))),
                None => named.push((number, first_word(rest))),
            }
        }
    }
    named
}

/// The first words of the members of a group, which begins after its brace.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(first_word(&group[start..i]));
                start = i + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|&c| is_word(c)).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn names_crate(line: &str, name: &str) -> bool {
    let path = format!("{name}::");
    line.match_indices(&path).any(|(at, _)| !line[..at].ends_with(|c: char| is_word(c) || c == ':'))
}

#[test]
fn the_reader_of_the_source_is_not_blind() {
    let names = |text| named_rooms(text).into_iter().map(|n| n.1).collect::<Vec<_>>();
    assert_eq!(names("use crate::engine::simulate;"), ["engine"]);
    assert_eq!(names("use crate::{engine, view::{get, events},\n  web as w};"), ["engine", "view", "web"]);
    assert_eq!(named_rooms("\nuse podlapse::time::Millis;"), [(2, "time".to_string())]);
    assert!(names("other_crate::engine::x // crate::view").is_empty());
    assert!(names_crate("    web_sys::window()", "web_sys"));
    assert!(!names_crate("crate::web_sys::x", "web_sys"));
    assert_eq!(code_lines("a // crate::engine\n#[cfg(test)]\nb").count(), 1);
}
