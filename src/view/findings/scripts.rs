//! Rules about what containers run.

use super::{Finding, Item, Message, Subject};
use crate::view::explain;

/// A loop in an init container that waits for something and never gives up.
pub(super) fn wait_without_timeout(subject: &Subject, found: &mut Vec<Finding>) {
    if subject.spec.active_deadline_seconds.is_some() {
        return;
    }
    let waiting = subject.inits().filter(|c| c.script().is_some_and(|s| waits(s) && !gives_up(s)));
    found.extend(waiting.map(|c| c.warning(c.program_field(), Message::WaitWithoutTimeout { container: c.name() })));
}

/// A wait for a name without a dot, by an `nslookup` to which no such name is ever there (`net::names` in the shell).
pub(super) fn short_name_lookup(subject: &Subject, found: &mut Vec<Finding>) {
    for c in subject.inits().filter(|c| c.spec.image.as_deref().is_some_and(asks_every_domain)) {
        let Some(script) = c.script().filter(|script| waits(script)) else { continue };
        if let Some(name) = looked_up(script).filter(|name| !name.contains(['.', '$'])) {
            let message = Message::ShortNameLookup { container: c.name(), name: name.to_owned() };
            found.push(c.warning(c.program_field(), message));
        }
    }
}

/// The first name that a script asks `nslookup` for.
fn looked_up(script: &str) -> Option<&str> {
    words(script).skip_while(|word| *word != "nslookup").skip(1).find(|word| !word.starts_with('-'))
}

/// Whether the image has busybox 1.30 or later; what bears no version is the newest.
fn asks_every_domain(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let Some(tag) = name.strip_prefix("busybox") else { return false };
    let minor = tag.strip_prefix(":1.").map(|rest| rest.split(['.', '-']).next().unwrap_or(rest));
    (tag.is_empty() || tag.starts_with(':')) && minor.is_none_or(|minor| minor.parse().is_ok_and(|n: u32| n >= 30))
}

/// The words of a script: what stands between white space and the shell's own separators.
fn words(script: &str) -> impl Iterator<Item = &str> {
    script.split(|c: char| c.is_whitespace() || ";&|(){}`\"'".contains(c)).filter(|w| !w.is_empty())
}

/// Whether the script has a loop that goes on until a command succeeds.
fn waits(script: &str) -> bool {
    words(script).any(|w| w == "until" || w == "while") && !is_endless(script)
}

/// Whether something in the script ends the loop after a time or a number of tries.
fn gives_up(script: &str) -> bool {
    let counts = ["timeout", "break", "exit", "return", "-lt", "-le", "-gt", "-ge", "-eq", "-ne", "read", "seq"];
    words(script).any(|w| counts.contains(&w)) || script.contains("$((") || script.contains("((")
}

/// Whether the script runs for ever by its own will.
fn is_endless(script: &str) -> bool {
    let all: Vec<&str> = words(script).collect();
    let pair = |a: &str, b: &str| all.windows(2).any(|w| w[0] == a && w[1] == b);
    let forever = pair("while", "true") || pair("while", ":") || pair("until", "false");
    let ends = all.iter().any(|w| matches!(*w, "break" | "exit"));
    (forever && !ends) || pair("sleep", "infinity") || pair("sleep", "inf") || pair("tail", "-f") || pair("tail", "-F")
}

/// A long-running program as an ordinary init container: nothing after it ever starts.
pub(super) fn endless_init(subject: &Subject, found: &mut Vec<Finding>) {
    for c in subject.inits() {
        let by_itself = match c.script() {
            Some(script) => is_endless(script),
            None => is_endless(&c.words().collect::<Vec<_>>().join(" ")),
        };
        if by_itself || ran_on(subject, c) {
            found.push(c.warning("restartPolicy", Message::EndlessInit { container: c.name() }));
        }
    }
}

/// Whether it ran to the end of a long run, not waiting for anything of the world and not because of an injected fault.
fn ran_on(subject: &Subject, c: &Item) -> bool {
    let last = c.life.and_then(|life| life.attempts.last());
    let since = last.filter(|a| a.finished.is_none() && !a.injected).and_then(|a| a.started);
    let waits = c.script().is_some_and(waits);
    since.is_some_and(|since| (subject.trace.horizon - since).whole_secs() >= 120)
        && !waits
        && explain::missing(subject.trace, &c.spec.name, subject.trace.horizon).is_none()
}

/// An init container that appends to a file in a volume: a second run does it again.
pub(super) fn appends_again(subject: &Subject, found: &mut Vec<Finding>) {
    let mounts = |c: &&Item| c.spec.volume_mounts.iter().flatten().any(|m| m.read_only != Some(true));
    for c in subject.inits().filter(mounts) {
        let appends = c.script().is_some_and(|script| {
            let targets = script.split(">>").skip(1).filter_map(|rest| words(rest).next());
            let paths = || c.spec.volume_mounts.iter().flatten().map(|m| m.mount_path.as_str());
            targets.into_iter().any(|target| paths().any(|path| target.starts_with(path)))
        });
        if appends {
            let again = c.life.is_some_and(|life| life.attempts.len() > 1);
            let message = Message::AppendsAgain { container: c.name() };
            let field = c.program_field();
            found.push(if again { c.warning(field, message) } else { c.info(field, message) });
        }
    }
}

/// An init container that does what another has done before: same image, command, arguments, environment and mounts.
pub(super) fn same_work(subject: &Subject, found: &mut Vec<Finding>) {
    let inits: Vec<&Item> = subject.inits().collect();
    let mut seen = std::collections::BTreeMap::new();
    for c in inits.into_iter().filter(|c| c.words().next().is_some()) {
        let s = c.spec;
        let work =
            format!("{:?}", (&s.image, &s.command, &s.args, &s.env, &s.env_from, &s.volume_mounts, &s.working_dir));
        match seen.get(&work) {
            Some(other) => {
                let other = String::clone(other);
                found.push(c.info(c.program_field(), Message::SameWork { container: c.name(), other }));
            }
            None => _ = seen.insert(work, c.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_that_wait_are_told_from_those_that_give_up() {
        for (script, waits_for_ever) in [
            ("until nslookup mydb; do sleep 2; done", true),
            ("while ! nc -z db 3306; do sleep 1; done", true),
            ("i=0; until nc -z db 1 || [ $i -ge 30 ]; do i=$((i+1)); sleep 1; done", false),
            ("timeout 60 sh -c 'until nc -z db 1; do sleep 1; done'", false),
            ("for i in $(seq 30); do nslookup db && exit 0; sleep 1; done; exit 1", false),
            ("echo wait until later", true),
            ("echo hello", false),
            ("while true; do sleep 1; done", false),
        ] {
            assert_eq!(waits(script) && !gives_up(script), waits_for_ever, "{script}");
        }
    }

    #[test]
    fn images_and_names_of_a_lookup_are_told_apart() {
        let newer = ["busybox", "busybox:latest", "busybox:1.36", "example.com/busybox:1.36.1-musl"];
        let others = ["busybox:1.28", "busybox:1.29.3", "alpine:3.20", "busybox-extras:1.36"];
        assert!(newer.iter().all(|image| asks_every_domain(image)));
        assert!(others.iter().all(|image| !asks_every_domain(image)));
        assert_eq!(looked_up("until nslookup -type=a db; do sleep 2; done"), Some("db"));
        assert_eq!(looked_up("until nc -z db 1; do sleep 2; done"), None);
    }

    #[test]
    fn programs_that_never_end_are_known() {
        for (script, endless) in [
            ("while true; do date; sleep 5; done", true),
            ("while :; do sleep 1; done", true),
            ("while true; do nslookup db && break; done", false),
            ("tail -f /dev/null", true),
            ("echo x; sleep infinity", true),
            ("sleep 3600", false),
        ] {
            assert_eq!(is_endless(script), endless, "{script}");
        }
    }
}
