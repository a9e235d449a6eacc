//! The forms of names: labels, subdomains, qualified names, ports, keys. Each function gives the complaints about a text, none when it is fine.

/// What stands between parentheses after a complaint about a form.
fn regex(message: &str, form: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|e| format!("'{e}', ")).collect();
    format!("{message} (e.g. {}regex used for validation is '{form}')", examples.join(" or "))
}

fn too_long(most: usize) -> String {
    format!("must be no more than {most} characters")
}

fn is_lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

/// Lower-case letters, digits and `-`, a letter or digit at both ends.
fn is_label_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = bytes.first().copied().is_some_and(is_lower) && bytes.last().copied().is_some_and(is_lower);
    ends && bytes.iter().all(|&b| is_lower(b) || b == b'-')
}

fn is_subdomain_form(text: &str) -> bool {
    text.split('.').all(is_label_form)
}

/// Letters, digits, `-`, `_`, `.`, a letter or digit at both ends.
fn is_name_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    ends(bytes.first()) && ends(bytes.last()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

/// RFC 1123 label: container, volume and host names.
pub fn label(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push(too_long(63));
    }
    if !is_label_form(text) {
        errors.push(if is_subdomain_form(text) {
            "must not contain dots".into()
        } else {
            regex(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
                &["my-name", "123-abc"],
            )
        });
    }
    errors
}

/// RFC 1123 subdomain: names of objects.
pub fn subdomain(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 253 {
        errors.push(too_long(253));
    }
    if !is_subdomain_form(text) {
        errors.push(regex(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            &["example.com"],
        ));
    }
    errors
}

/// A domain to search for names in: a subdomain whose labels may hold underscores, also as their first character.
pub fn search_domain(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 253 {
        errors.push(too_long(253));
    }
    let is_label = |label: &str| {
        let rest = label.strip_prefix('_').unwrap_or(label);
        rest.split('_').all(|part| part.bytes().all(|b| is_lower(b) || b == b'-'))
            && rest.bytes().next().is_some_and(is_lower)
            && rest.bytes().last().is_some_and(is_lower)
    };
    if !text.split('.').all(is_label) {
        errors.push(regex(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
            r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
            &["example.com"],
        ));
    }
    errors
}

/// A name with an optional `prefix/`: keys of labels and annotations, conditions, resources. Its complaints speak of label keys and of bytes.
pub fn qualified(text: &str) -> Vec<String> {
    const FORM: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    const MESSAGE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    const EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];
    let mut errors = Vec::new();
    let parts: Vec<&str> = text.split('/').take(3).collect();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".into());
            } else {
                let in_bytes = |e: String| {
                    format!("prefix part {}", e.replace("no more than 253 characters", "no more than 253 bytes"))
                };
                errors.extend(subdomain(prefix).into_iter().map(in_bytes));
            }
            name
        }
        _ => {
            let form = regex(MESSAGE, FORM, &EXAMPLES);
            return vec![format!(
                "a valid label key {form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        errors.push("name part must be no more than 63 bytes".into());
    }
    if !is_name_form(name) {
        errors.push(format!("name part {}", regex(MESSAGE, FORM, &EXAMPLES)));
    }
    errors
}

/// The value of a label.
pub fn label_value(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push("must be no more than 63 bytes".into());
    }
    if !text.is_empty() && !is_name_form(text) {
        errors.push(regex(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            &["MyValue", "my_value", "12345"],
        ));
    }
    errors
}

/// The name of a port.
pub fn port(text: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    if text.len() > 15 {
        errors.push(too_long(15));
    }
    if text.is_empty() || !text.bytes().all(|b| is_lower(b) || b == b'-') {
        errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        errors.push("must contain at least one letter (a-z)".into());
    }
    if text.contains("--") {
        errors.push("must not contain consecutive hyphens".into());
    }
    if text.starts_with('-') || text.ends_with('-') {
        errors.push("must not begin or end with a hyphen".into());
    }
    errors
}

/// A key of a ConfigMap or Secret.
pub fn config_key(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 253 {
        errors.push(too_long(253));
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        errors.push(regex(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    match text {
        "." => errors.push("must not be '.'".into()),
        ".." => errors.push("must not be '..'".into()),
        _ if text.starts_with("..") => errors.push("must not start with '..'".into()),
        _ => {}
    }
    errors
}

/// The name of an environment variable: anything printable but `=`.
pub fn env(text: &str) -> Vec<String> {
    if !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=') {
        return Vec::new();
    }
    vec!["a valid environment variable name must consist only of printable ASCII characters other than '='".into()]
}

/// The name of an HTTP header.
pub fn http_header(text: &str) -> Vec<String> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Vec::new();
    }
    let message = "a valid HTTP header must consist of alphanumeric characters or '-'";
    vec![regex(message, "[-A-Za-z0-9]+", &["X-Header-Name"])]
}

/// The number of a port.
pub fn port_number(n: i64) -> Option<&'static str> {
    (!(1..=65535).contains(&n)).then_some("must be between 1 and 65535, inclusive")
}

/// A user or group.
pub fn id(n: i64) -> Option<&'static str> {
    (!(0..=i64::from(i32::MAX)).contains(&n)).then_some("must be between 0 and 2147483647, inclusive")
}

/// A path that must stay below where it begins.
pub fn local_path(path: &str) -> Vec<&'static str> {
    let mut errors = Vec::new();
    if path.starts_with('/') {
        errors.push("must be a relative path");
    }
    if has_backsteps(path) {
        errors.push("must not contain '..'");
    }
    errors
}

/// Whether one of the parts of a path is `..`.
pub fn has_backsteps(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

/// A local path whose name is not reserved either.
pub fn unreserved_path(path: &str) -> Vec<&'static str> {
    let mut errors = local_path(path);
    if path.starts_with("..") && !path.starts_with("../") {
        errors.push("must not start with '..'");
    }
    errors
}

/// The name of a kernel parameter.
pub fn is_sysctl(text: &str) -> bool {
    let part = |p: &str| {
        let bytes = p.as_bytes();
        let ends = bytes.first().copied().is_some_and(is_lower) && bytes.last().copied().is_some_and(is_lower);
        ends && bytes.iter().all(|&b| is_lower(b) || b == b'-' || b == b'_')
    };
    text.len() <= 253 && text.split(['.', '/']).all(part)
}
