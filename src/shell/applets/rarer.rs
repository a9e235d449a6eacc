//! The programs that few scripts call: the page fetches them when one does.

use std::future::ready;

use super::*;
use crate::later::Later;

/// What runs a program of [`NAMES`].
pub type Programs = fn(&str, Io) -> Pinned<'_, i32>;

/// The programs.
pub static PROGRAMS: Later<Programs> = Later::to_come();

/// The programs, to be handed over.
pub fn programs() -> Programs {
    dispatch
}

/// Sorted, so that a name is found.
const NAMES: &[&str] = &[
    "arch",
    "awk",
    "base64",
    "basename",
    "chgrp",
    "chmod",
    "chown",
    "chroot",
    "clear",
    "cmp",
    "comm",
    "cp",
    "curl",
    "cut",
    "date",
    "dd",
    "df",
    "diff",
    "dirname",
    "du",
    "dumb-init",
    "egrep",
    "env",
    "expand",
    "expr",
    "fallocate",
    "fgrep",
    "find",
    "fold",
    "free",
    "fsync",
    "gawk",
    "git",
    "gosu",
    "grep",
    "groups",
    "gunzip",
    "gzip",
    "head",
    "hexdump",
    "hostid",
    "id",
    "install",
    "ionice",
    "kubectl",
    "ldconfig",
    "link",
    "ln",
    "logname",
    "ls",
    "mariadb",
    "mariadb-admin",
    "mawk",
    "md5sum",
    "mesg",
    "mkdir",
    "mkfifo",
    "mktemp",
    "mongo",
    "mongosh",
    "mount",
    "mountpoint",
    "mv",
    "mysql",
    "mysqladmin",
    "nc",
    "ncat",
    "nice",
    "nl",
    "nohup",
    "nproc",
    "od",
    "paste",
    "pg_isready",
    "pgrep",
    "pidof",
    "ping",
    "ping6",
    "printenv",
    "ps",
    "psql",
    "readlink",
    "realpath",
    "redis-cli",
    "renice",
    "reset",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "setpriv",
    "setsid",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "shuf",
    "sort",
    "split",
    "stat",
    "stdbuf",
    "stty",
    "su-exec",
    "sync",
    "tail",
    "tar",
    "tee",
    "telnet",
    "time",
    "timeout",
    "tini",
    "top",
    "touch",
    "tr",
    "truncate",
    "tty",
    "uname",
    "unexpand",
    "uniq",
    "unlink",
    "unzip",
    "uptime",
    "valkey-cli",
    "wc",
    "wget",
    "which",
    "whoami",
    "xargs",
    "xxd",
    "yes",
    "zcat",
];

/// Whether a program is one of these.
pub fn knows(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// Runs one of these; as long as they have not come, nothing happens.
pub fn run(name: &str, io: Io) -> Pinned<'_, i32> {
    match PROGRAMS.get(programs) {
        Some(programs) => programs(name, io),
        None => Box::pin(ready(0)),
    }
}

fn dispatch(name: &str, io: Io) -> Pinned<'_, i32> {
    match name {
        "date" => Box::pin(date::date(io)),
        "id" | "whoami" | "logname" | "groups" => Box::pin(system::id(io)),
        "env" | "printenv" => Box::pin(launch::env(io)),
        "expr" => Box::pin(expr::expr(io)),
        "timeout" => Box::pin(launch::timeout(io)),
        "time" => Box::pin(launch::time(io)),
        "xargs" => Box::pin(launch::xargs(io)),
        "nohup" | "nice" | "ionice" | "setsid" | "stdbuf" | "chroot" | "gosu" | "su-exec" | "tini" | "dumb-init"
        | "setpriv" => Box::pin(launch::wrapper(io)),
        "which" => Box::pin(launch::which_applet(io)),
        "uname" | "arch" | "nproc" | "uptime" | "free" | "tty" | "hostid" => Box::pin(system::machine(io)),
        "ps" | "pgrep" | "pidof" | "top" => Box::pin(system::processes(io)),
        "sync" | "clear" | "reset" | "renice" | "stty" | "mesg" | "ldconfig" | "fsync" => Box::pin(ready(0)),
        "seq" => Box::pin(text::seq(io)),
        "yes" => Box::pin(text::yes(io)),
        "basename" | "dirname" => Box::pin(text::path_part(io)),
        "head" => Box::pin(text::head(io)),
        "tail" => Box::pin(text::tail(io)),
        "wc" => Box::pin(text::wc(io)),
        "cut" => Box::pin(text::cut(io)),
        "tr" => Box::pin(text::tr(io)),
        "tee" => Box::pin(text::tee(io)),
        "nl" | "fold" | "paste" | "comm" | "expand" | "unexpand" | "split" => Box::pin(text::layout(io)),
        "sort" => Box::pin(sort::sort(io)),
        "uniq" => Box::pin(sort::uniq(io)),
        "shuf" => Box::pin(sort::shuf(io)),
        "grep" | "egrep" | "fgrep" => Box::pin(grep::grep(io)),
        "sed" => Box::pin(sed::sed(io)),
        "awk" | "mawk" | "gawk" => Box::pin(awk::awk(io)),
        "cp" => Box::pin(files::cp(io)),
        "mv" => Box::pin(files::mv(io)),
        "rm" | "unlink" => Box::pin(files::rm(io)),
        "rmdir" => Box::pin(files::rmdir(io)),
        "mkdir" => Box::pin(files::mkdir(io)),
        "mkfifo" => Box::pin(files::mkfifo(io)),
        "touch" => Box::pin(attributes::touch(io)),
        "ln" | "link" => Box::pin(files::ln(io)),
        "readlink" | "realpath" => Box::pin(attributes::readlink(io)),
        "chmod" => Box::pin(attributes::chmod(io)),
        "chown" | "chgrp" => Box::pin(attributes::chown(io)),
        "install" => Box::pin(files::install(io)),
        "mktemp" => Box::pin(blocks::mktemp(io)),
        "dd" => Box::pin(blocks::dd(io)),
        "truncate" | "fallocate" => Box::pin(blocks::truncate(io)),
        "cmp" | "diff" => Box::pin(blocks::compare(io)),
        "ls" => Box::pin(list::ls(io)),
        "stat" => Box::pin(list::stat(io)),
        "du" => Box::pin(list::du(io)),
        "df" => Box::pin(list::df(io)),
        "mount" | "mountpoint" => Box::pin(list::mount(io)),
        "find" => Box::pin(find::find(io)),
        "base64" => Box::pin(digest::base64(io)),
        "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" => Box::pin(digest::sum(io)),
        "xxd" | "od" | "hexdump" => Box::pin(digest::dump(io)),
        "tar" | "gzip" | "gunzip" | "zcat" | "unzip" => Box::pin(archive::archive(io)),
        "nc" | "ncat" | "telnet" => Box::pin(net::nc(io)),
        "wget" => Box::pin(net::wget(io)),
        "curl" => Box::pin(net::curl(io)),
        "ping" | "ping6" => Box::pin(net::ping(io)),
        "git" => Box::pin(net::git(io)),
        "kubectl" => Box::pin(net::kubectl(io)),
        "pg_isready" | "psql" | "mysqladmin" | "mysql" | "mariadb" | "mariadb-admin" | "redis-cli" | "valkey-cli"
        | "mongosh" | "mongo" => Box::pin(net::client(io)),
        _ => Box::pin(services::run(name, io)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_they_are_found() {
        assert!(NAMES.is_sorted());
        assert!(knows("awk") && !knows("echo"));
    }
}
