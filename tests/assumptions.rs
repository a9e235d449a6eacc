//! Every assumption that the engine or the shell can make has its Korean: reads the source for what they say.

use std::fs;
use std::path::Path;

use podlapse::i18n::assumed;

/// The texts in quotes of the calls of `assume` in a source, with `{}` for what they quote.
fn said(source: &str) -> Vec<String> {
    let calls = source.split("assume(").skip(1).filter(|call| !call.starts_with("&self"));
    let texts = calls.flat_map(|call| {
        let end = call.find(");").unwrap_or(call.len());
        call[..end].split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    });
    texts.filter(|text| !text.starts_with("spec.")).collect()
}

fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_assumption_has_its_korean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = Vec::new();
    for room in ["engine", "shell"] {
        sources(&root.join(room), &mut texts);
    }
    let all: Vec<String> = texts.iter().flat_map(|text| said(text)).collect();
    assert!(all.len() > 20, "{all:?}");
    for text in all {
        // An object is called the same in every language: its kind, and its name.
        let pieces = text.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
        let whole = pieces.collect::<Vec<_>>().join("x");
        let is_object = whole.split_once(' ').is_some_and(|(kind, name)| kind != kind.to_lowercase() && name == "x");
        assert!(is_object || text == "{kind} {name}" || assumed::translated(&whole).is_some(), "{text}");
    }
}
