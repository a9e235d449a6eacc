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

/// Whether a program is one of these.
pub fn knows(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Runs one of these; as long as they have not come, nothing happens.
pub fn run(name: &str, io: Io) -> Pinned<'_, i32> {
    match PROGRAMS.get(programs) {
        Some(programs) => programs(name, io),
        None => Box::pin(ready(0)),
    }
}

/// What has no effect that could be seen here.
async fn nothing(_: Io) -> i32 {
    0
}

/// One table of the names and what runs them.
macro_rules! table {
    ($($($name:literal)|+ => $program:path;)*) => {
        const NAMES: &[&str] = &[$($($name),+),*];

        fn dispatch(name: &str, io: Io) -> Pinned<'_, i32> {
            match name {
                $($($name)|+ => Box::pin($program(io)),)*
                _ => Box::pin(services::run(name, io)),
            }
        }
    };
}

table! {
    "date" => date::date;
    "id" | "whoami" | "logname" | "groups" => system::id;
    "env" | "printenv" => launch::env;
    "expr" => expr::expr;
    "timeout" => launch::timeout;
    "time" => launch::time;
    "xargs" => launch::xargs;
    "nohup" | "nice" | "ionice" | "setsid" | "stdbuf" | "chroot" | "gosu" | "su-exec" | "tini"
    | "dumb-init" | "setpriv" => launch::wrapper;
    "which" => launch::which_applet;
    "uname" | "arch" | "nproc" | "uptime" | "free" | "tty" | "hostid" => system::machine;
    "ps" | "pgrep" | "pidof" | "top" => system::processes;
    "sync" | "clear" | "reset" | "renice" | "stty" | "mesg" | "ldconfig" | "fsync" => nothing;
    "seq" => text::seq;
    "yes" => text::yes;
    "basename" | "dirname" => text::path_part;
    "head" => text::head;
    "tail" => text::tail;
    "wc" => text::wc;
    "cut" => text::cut;
    "tr" => text::tr;
    "tee" => text::tee;
    "nl" | "fold" | "paste" | "comm" | "expand" | "unexpand" | "split" => text::layout;
    "sort" => sort::sort;
    "uniq" => sort::uniq;
    "shuf" => sort::shuf;
    "grep" | "egrep" | "fgrep" => grep::grep;
    "sed" => sed::sed;
    "awk" | "mawk" | "gawk" => awk::awk;
    "cp" => files::cp;
    "mv" => files::mv;
    "rm" | "unlink" => files::rm;
    "rmdir" => files::rmdir;
    "mkdir" => files::mkdir;
    "mkfifo" => files::mkfifo;
    "touch" => attributes::touch;
    "ln" | "link" => files::ln;
    "readlink" | "realpath" => attributes::readlink;
    "chmod" => attributes::chmod;
    "chown" | "chgrp" => attributes::chown;
    "install" => files::install;
    "mktemp" => blocks::mktemp;
    "dd" => blocks::dd;
    "truncate" | "fallocate" => blocks::truncate;
    "cmp" | "diff" => blocks::compare;
    "ls" => list::ls;
    "stat" => list::stat;
    "du" => list::du;
    "df" => list::df;
    "mount" | "mountpoint" => list::mount;
    "find" => find::find;
    "base64" => digest::base64;
    "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" => digest::sum;
    "xxd" | "od" | "hexdump" => digest::dump;
    "tar" | "gzip" | "gunzip" | "zcat" | "unzip" => archive::archive;
    "nc" | "ncat" | "telnet" => net::nc;
    "wget" => net::wget;
    "curl" => net::curl;
    "ping" | "ping6" => net::ping;
    "git" => net::git;
    "kubectl" => net::kubectl;
    "pg_isready" | "psql" | "mysqladmin" | "mysql" | "mariadb" | "mariadb-admin" | "redis-cli"
    | "valkey-cli" | "mongosh" | "mongo" => net::client;
}
