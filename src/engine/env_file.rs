//! Files of variables, which `fileKeyRef` reads: the kubelet takes each value from a file in a volume of the Pod when a container starts.
//!
//! The form is a part of the shell's (`ParseEnv` of the kubelet, 1.35): `NAME='value'`, where a value may go over several lines, with
//! comments and blank lines between.

/// The value of a key; empty where there is none. `None`: the file is no file of variables up to there.
pub fn value(text: &str, key: &str) -> Option<String> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_start_matches([' ', '\t']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, rest) = line.split_once('=')?;
        if name.is_empty() || name.ends_with([' ', '\t']) {
            return None;
        }
        // As in a shell, a blank ends the value before it has begun.
        let value = if rest.starts_with([' ', '\t']) { String::new() } else { quoted(rest, &mut lines)? };
        if name == key {
            return Some(value);
        }
    }
    Some(String::new())
}

/// What stands in single quotes at the beginning of `first` and, if need be, on the lines after it. Only a comment may follow.
fn quoted<'t>(first: &'t str, lines: &mut impl Iterator<Item = &'t str>) -> Option<String> {
    let mut rest = first.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        if let Some((last, after)) = rest.split_once('\'') {
            let after = after.trim_start_matches([' ', '\t']);
            return (after.is_empty() || after.starts_with('#')).then(|| value + last);
        }
        value += rest;
        value.push('\n');
        rest = lines.next()?;
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn values_stand_in_quotes() {
        let file =
            "# settings\n\n  A='one two' # first\nB= 'gone'\nC='over\ntwo lines'\nD=''\nE='$HOME \\n'\nA='later'\n";
        for (key, expected) in
            [("A", "one two"), ("B", ""), ("C", "over\ntwo lines"), ("D", ""), ("E", "$HOME \\n"), ("F", "")]
        {
            assert_eq!(value(file, key).as_deref(), Some(expected), "{key}");
        }
    }

    #[test]
    fn a_broken_line_spoils_what_comes_after_it() {
        for broken in ["B", "=x", "B ='x'", "B=x", "B=\"x\"", "B='x", "B='x' y"] {
            assert_eq!(value(&format!("A='1'\n{broken}\n"), "A").as_deref(), Some("1"), "{broken}");
            assert_eq!(value(&format!("A='1'\n{broken}\nC='2'\n"), "C"), None, "{broken}");
        }
    }
}
