//! Small things about words that several rooms need.

/// The candidate that was probably meant by a misspelt name: the same but for case, or a few letters away.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    if lower.len() > 64 {
        return None;
    }
    let limit = (lower.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|c| (distance(&lower, &c.to_ascii_lowercase()), c))
        .filter(|&(d, _)| d <= limit)
        .min_by_key(|&(d, c)| (d, c))
        .map(|(_, c)| c)
}

/// How many letters must be added, dropped, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// The most lines between the first and the last difference that are compared one by one.
const COMPARED: usize = 2000;

/// For each line of `new` whether it is not in `old` at that place: all but the longest common subsequence of lines.
pub fn changed_lines(old: &str, new: &str) -> Vec<bool> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = (old.len() - head).min(new.len() - head);
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut changed = vec![false; new.len()];
    changed[head..new.len() - tail].fill(true);
    if a.len() > COMPARED || b.len() > COMPARED {
        return changed;
    }
    // lengths[i][j]: of the longest common subsequence of a[i..] and b[j..].
    let width = b.len() + 1;
    let mut lengths = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = if a[i] == b[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            changed[head + j] = false;
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of `new`, those that changed with a `+`.
    fn marked(old: &str, new: &str) -> String {
        let lines = new.lines().zip(changed_lines(old, new));
        lines.map(|(line, changed)| format!("{}{line} ", if changed { "+" } else { "" })).collect()
    }

    #[test]
    fn changed_lines_are_those_outside_the_longest_common_subsequence() {
        assert_eq!(marked("a\nb\nc\n", "a\nx\nc\n"), "a +x c ");
        assert_eq!(marked("a\nb\nc\nd\n", "b\nx\nd\ny\n"), "b +x d +y ");
        assert_eq!(marked("", "a\n"), "+a ");
        assert_eq!(marked("a\nb\n", "a\nb\n"), "a b ");
        assert_eq!(marked("a\na\n", "a\na\na\n"), "a a +a ");
        assert_eq!(marked("a\n", ""), "");
    }
}
