//! bash's brace expansion: `{a,b}` and `{1..3}`, before every other expansion.

use super::ast::Part;

/// More words than this are not made.
const MAX_WORDS: usize = 4096;

/// All words that the braces in `parts` stand for.
pub fn expand(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut done = Vec::new();
    let mut todo = vec![parts.to_vec()];
    while let Some(word) = todo.pop() {
        match expand_first(&word) {
            Some(words) if todo.len() + done.len() + words.len() <= MAX_WORDS => todo.extend(words.into_iter().rev()),
            _ => done.push(word),
        }
    }
    done
}

/// The words that come of the first brace that expands.
fn expand_first(parts: &[Part]) -> Option<Vec<Vec<Part>>> {
    for (i, part) in parts.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        for (open, _) in text.match_indices('{') {
            if let Some(words) = expand_at(parts, i, open) {
                return Some(words);
            }
        }
    }
    None
}

fn expand_at(parts: &[Part], index: usize, open: usize) -> Option<Vec<Vec<Part>>> {
    let Part::Text(text) = &parts[index] else { return None };
    let mut before: Vec<Part> = parts[..index].to_vec();
    push(&mut before, &text[..open]);
    let mut pieces: Vec<Vec<Part>> = vec![Vec::new()];
    let mut depth = 0;
    for (i, part) in parts.iter().enumerate().skip(index) {
        let Part::Text(text) = part else {
            pieces.last_mut()?.push(part.clone());
            continue;
        };
        let start = if i == index { open + 1 } else { 0 };
        let mut from = start;
        for (at, c) in text.char_indices().filter(|(at, _)| *at >= start) {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' => {
                    push(pieces.last_mut()?, &text[from..at]);
                    let mut after = Vec::new();
                    push(&mut after, &text[at + 1..]);
                    after.extend_from_slice(&parts[i + 1..]);
                    let middle = if pieces.len() > 1 { pieces } else { range(&pieces[0])? };
                    return Some(
                        middle.into_iter().map(|m| [before.clone(), m, after.clone()].concat()).map(merge).collect(),
                    );
                }
                ',' if depth == 0 => {
                    push(pieces.last_mut()?, &text[from..at]);
                    pieces.push(Vec::new());
                    from = at + 1;
                }
                _ => {}
            }
        }
        push(pieces.last_mut()?, &text[from..]);
    }
    None
}

/// `1..5`, `a..e`, `01..10..2`.
fn range(parts: &[Part]) -> Option<Vec<Vec<Part>>> {
    let [Part::Text(text)] = parts else { return None };
    let mut ends = text.split("..");
    let (from, to) = (ends.next()?, ends.next()?);
    let step: i64 = ends.next().map_or(Some(1), |s| s.parse().ok())?;
    let step = step.checked_abs()?.max(1) as usize;
    let items: Vec<String> = match (from.parse::<i64>(), to.parse::<i64>()) {
        (Ok(a), Ok(b)) => {
            if a.abs_diff(b) > MAX_WORDS as u64 {
                return None;
            }
            let padded = [from, to]
                .iter()
                .any(|t| t.trim_start_matches('-').len() > 1 && t.trim_start_matches('-').starts_with('0'));
            let width = if padded { from.len().max(to.len()) } else { 0 };
            let up: Vec<i64> =
                if a <= b { (a..=b).step_by(step).collect() } else { (b..=a).rev().step_by(step).collect() };
            up.into_iter().map(|n| format!("{n:0width$}")).collect()
        }
        _ => {
            let (mut a, mut b) = (from.chars(), to.chars());
            let (a, b) = match (a.next(), a.next(), b.next(), b.next()) {
                (Some(a), None, Some(b), None) if a.is_ascii() && b.is_ascii() => (a as u8, b as u8),
                _ => return None,
            };
            let up: Vec<u8> =
                if a <= b { (a..=b).step_by(step).collect() } else { (b..=a).rev().step_by(step).collect() };
            up.into_iter().map(|c| (c as char).to_string()).collect()
        }
    };
    Some(items.into_iter().map(|item| vec![Part::Text(item)]).collect())
}

fn push(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_string()));
    }
}

/// Joins neighbouring texts, so that a brace can be found across them.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (Some(Part::Text(left)), Part::Text(right)) => left.push_str(&right),
            (_, part) => out.push(part),
        }
    }
    out
}
