//! What programs of GNU's userland say where busybox says something else.
//!
//! Programs speak busybox's words ([`crate::shell::io::Io::complain`]); in other images they are put into GNU's here, so that each program
//! is written once.

/// Programs, what busybox says of a file, and what they say: `*` is its name. The first rule that fits counts.
const RULES: &[(&str, &str, &str)] = &[
    ("ls du", "*", "cannot access '*'"),
    ("cp install", "can't stat '*'", "cannot stat '*'"),
    ("cp install", "can't create '*'", "cannot create regular file '*'"),
    ("cp install", "can't create directory '*'", "cannot create directory '*'"),
    ("cp install", "can't open '*'", "cannot open '*' for reading"),
    ("mv", "can't rename '*'", "cannot stat '*'"),
    ("rm unlink", "can't remove '*'", "cannot remove '*'"),
    ("mkdir", "can't create directory '*'", "cannot create directory '*'"),
    ("rmdir", "'*'", "failed to remove '*'"),
    ("touch", "*", "cannot touch '*'"),
    ("chmod chown chgrp", "*", "cannot access '*'"),
    ("ln", "*", "failed to create symbolic link '*'"),
    ("head", "*", "cannot open '*' for reading"),
    ("tail", "can't open '*'", "cannot open '*' for reading"),
    ("sed", "*", "can't read *"),
    ("sort", "*", "cannot read: *"),
    ("stat", "can't stat '*'", "cannot statx '*'"),
    ("diff", "can't stat '*'", "*"),
    ("find", "*", "'*'"),
    ("dd", "can't open '*'", "failed to open '*'"),
    ("tar", "can't open '*'", "*: Cannot open"),
];

/// Messages that are not about what the system has refused.
const PHRASES: &[(&str, &str, &str)] = &[
    ("cp", "omitting directory '*'", "-r not specified; omitting directory '*'"),
    ("rm", "'*' is a directory", "cannot remove '*': Is a directory"),
    ("chown chgrp", "unknown user *", "invalid user: '*'"),
    ("chown chgrp", "unknown group *", "invalid group: '*'"),
    ("sleep", "invalid number '*'", "invalid time interval '*'"),
];

/// A message in GNU's words.
pub fn words(program: &str, message: &str) -> String {
    let of_program =
        |rules: &'static [(&str, &str, &str)]| rules.iter().filter(|r| r.0.split(' ').any(|p| p == program));
    if let Some(said) = of_program(PHRASES).find_map(|(_, from, to)| reworded(message, from, to)) {
        return said;
    }
    // What the system says begins in capitals.
    let Some((subject, why)) = message.rsplit_once(": ").filter(|(_, why)| why.starts_with(char::is_uppercase)) else {
        return message.to_string();
    };
    let said = of_program(RULES).find_map(|(_, from, to)| reworded(subject, from, to));
    let said = said.or_else(|| reworded(subject, "can't open '*'", "*"));
    format!("{}: {why}", said.as_deref().unwrap_or(subject))
}

/// `text`, if it is `from` with some name in the place of `*`, as `to` with that name.
fn reworded(text: &str, from: &str, to: &str) -> Option<String> {
    let (before, after) = from.split_once('*')?;
    let name = text.strip_prefix(before)?.strip_suffix(after)?;
    Some(to.replace('*', name))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn each_program_has_its_own_words() {
        for (program, busybox, gnu) in [
            ("cat", "can't open '/none': No such file or directory", "/none: No such file or directory"),
            ("ls", "/none: Permission denied", "cannot access '/none': Permission denied"),
            ("rm", "'/tmp' is a directory", "cannot remove '/tmp': Is a directory"),
            ("wc", "/none: No such file or directory", "/none: No such file or directory"),
            ("sleep", "invalid number 'x'", "invalid time interval 'x'"),
            ("sed", "unknown command: x", "unknown command: x"),
        ] {
            assert_eq!(words(program, busybox), gnu);
        }
    }
}
