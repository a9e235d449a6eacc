//! The programs that containers run: busybox's applets, services, and programs that nobody models.
//!
//! Each is a small coroutine over an [`Io`]; what it prints and returns is what busybox prints and returns.

mod archive;
mod attributes;
mod awk;
mod blocks;
mod cat;
mod compare;
mod date;
mod digest;
mod ends;
mod expr;
mod files;
mod filters;
mod find;
pub mod gnu;
mod grep;
mod launch;
mod layout;
mod list;
mod nginx;
pub mod opts;
mod python;
mod samples;
mod sed;
mod services;
pub(super) use services::unmodelled;
mod sort;
mod sysctl;
mod system;
mod text;
pub mod usage;

use super::eval::Pinned;
use super::fs::Found;
use super::io::Io;
use super::kernel::Kernel;
use super::net;
use super::program::{self, Lookup};
use std::future::ready;

pub use attributes::parse_mode;

/// Runs the program called `name`. Each is boxed: a process takes as much memory as its program needs, not as the largest would.
pub fn run(name: &str, io: Io) -> Pinned<'_, i32> {
    if io.ctx.kernel.image.is_busybox()
        && let Some(complaint) = usage::refused(&io)
    {
        return Box::pin(usage::refuse(io, complaint));
    }
    match name {
        "busybox" => Box::pin(busybox(io)),
        "true" | ":" => Box::pin(ready(0)),
        "false" => Box::pin(ready(1)),
        "echo" => Box::pin(async move {
            let bytes = echo_bytes(&io.args[1..], false);
            !io.print(bytes).await as i32
        }),
        "printf" => Box::pin(expr::printf(io)),
        "test" | "[" | "[[" => Box::pin(expr::test(io)),
        "sleep" | "usleep" => Box::pin(system::sleep(io)),
        "pwd" => Box::pin(async move {
            io.print(format!("{}\n", io.cwd)).await;
            0
        }),
        "kill" | "killall" | "pkill" => Box::pin(system::kill(io)),
        "hostname" => Box::pin(system::hostname(io)),
        "cat" | "tac" | "rev" => Box::pin(cat::cat(io)),
        "nslookup" => Box::pin(net::names::nslookup(io)),
        "dig" | "host" => Box::pin(net::names::dig(io)),
        "getent" => Box::pin(net::names::getent(io)),
        "date" => Box::pin(date::date(io)),
        "id" | "whoami" | "logname" | "groups" => Box::pin(system::id(io)),
        "env" | "printenv" => Box::pin(launch::env(io)),
        "expr" => Box::pin(expr::expr(io)),
        "timeout" => Box::pin(launch::timeout(io)),
        "time" => Box::pin(launch::time(io)),
        "xargs" => Box::pin(launch::xargs(io)),
        "nohup" | "nice" | "ionice" | "setsid" | "stdbuf" | "chroot" | "gosu" | "su-exec" | "tini" | "dumb-init"
        | "setpriv" | "flock" | "nsenter" | "unshare" | "linux32" | "linux64" => Box::pin(launch::wrapper(io)),
        "runuser" if !io.args.iter().any(|a| a == "-c") => Box::pin(launch::wrapper(io)),
        "su" | "runuser" => Box::pin(launch::su(io)),
        "which" => Box::pin(launch::which_applet(io)),
        "uname" | "arch" | "nproc" | "uptime" | "free" | "tty" | "hostid" => Box::pin(system::machine(io)),
        "sysctl" => Box::pin(sysctl::sysctl(io)),
        "ps" | "pgrep" | "pidof" | "top" => Box::pin(system::processes(io)),
        "sync" | "clear" | "reset" | "renice" | "stty" | "mesg" | "ldconfig" | "fsync" => Box::pin(nothing(io)),
        "seq" => Box::pin(text::seq(io)),
        "yes" => Box::pin(cat::yes(io)),
        "basename" | "dirname" => Box::pin(text::path_part(io)),
        "head" => Box::pin(ends::head(io)),
        "tail" => Box::pin(ends::tail(io)),
        "wc" => Box::pin(text::wc(io)),
        "cut" => Box::pin(text::cut(io)),
        "tr" => Box::pin(filters::tr(io)),
        "fold" => Box::pin(filters::fold(io)),
        "strings" => Box::pin(filters::strings(io)),
        "dos2unix" | "unix2dos" => Box::pin(filters::line_ends(io)),
        "tee" => Box::pin(cat::tee(io)),
        "nl" | "paste" | "comm" | "expand" | "unexpand" => Box::pin(layout::layout(io)),
        "split" => Box::pin(layout::split(io)),
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
        "cmp" => Box::pin(compare::cmp(io)),
        "diff" => Box::pin(compare::diff(io)),
        "ls" => Box::pin(list::ls(io)),
        "stat" => Box::pin(list::stat(io)),
        "du" => Box::pin(list::du(io)),
        "df" => Box::pin(list::df(io)),
        "mount" | "umount" | "mountpoint" => Box::pin(list::mount(io)),
        "find" => Box::pin(find::find(io)),
        "base64" => Box::pin(digest::base64(io)),
        "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" => Box::pin(digest::sum(io)),
        "xxd" | "od" | "hexdump" => Box::pin(digest::dump(io)),
        "tar" | "gzip" | "gunzip" | "zcat" | "unzip" => Box::pin(archive::archive(io)),
        "nc" | "ncat" | "telnet" => Box::pin(net::reach::nc(io)),
        "wget" => Box::pin(net::http::wget(io)),
        "curl" => Box::pin(net::curl::curl(io)),
        "ping" | "ping6" => Box::pin(net::reach::ping(io)),
        "git" => Box::pin(net::clients::git(io)),
        "kubectl" => Box::pin(net::clients::kubectl(io)),
        "pg_isready" | "psql" | "mysqladmin" | "mysql" | "mariadb" | "mariadb-admin" | "redis-cli" | "valkey-cli"
        | "mongosh" | "mongo" => Box::pin(net::clients::client(io)),
        "agnhost" => Box::pin(samples::agnhost(io)),
        "server" if io.ctx.kernel.image.is_known_as("liveness") => Box::pin(samples::liveness(io)),
        "stress" | "stress-ng" => Box::pin(samples::stress(io)),
        "python" | "python3" => Box::pin(python::python(io)),
        _ => Box::pin(services::run(name, io)),
    }
}

/// What has no effect that could be seen here.
async fn nothing(_: Io) -> i32 {
    0
}

/// `busybox APPLET ARGS`.
async fn busybox(mut io: Io) -> i32 {
    io.args.remove(0);
    let Some(name) = io.args.first().cloned() else {
        io.print(usage::banner(&io.ctx.kernel.image) + "\n").await;
        return 0;
    };
    if !io.ctx.kernel.image.has(&name) {
        io.print_error(format!("{name}: applet not found\n")).await;
        return 127;
    }
    let ctx = io.ctx.clone();
    match ctx.exec(program::run(program::Program::Named(name), io)).await {}
}

/// What `echo` prints. In dash escapes need no `-e`.
pub fn echo_bytes(args: &[String], always_escapes: bool) -> Vec<u8> {
    let (mut newline, mut escapes) = (true, always_escapes);
    let mut rest = args;
    while let Some((first, after)) = rest.split_first() {
        let letters = first.strip_prefix('-').unwrap_or("");
        let known = if always_escapes { "n" } else { "neE" };
        if letters.is_empty() || !letters.chars().all(|c| known.contains(c)) {
            break;
        }
        for letter in letters.chars() {
            match letter {
                'n' => newline = false,
                'e' => escapes = true,
                _ => escapes = false,
            }
        }
        rest = after;
    }
    let text = rest.join(" ");
    let (mut bytes, stop) = if escapes { super::printf::unescape(&text, true) } else { (text.into_bytes(), false) };
    if newline && !stop {
        bytes.push(b'\n');
    }
    bytes
}

/// Where on the path a program is.
pub fn which(kernel: &Kernel, cwd: &str, path: &str, name: &str) -> Option<String> {
    if name.contains('/') {
        return matches!(program::lookup(kernel, cwd, path, name), Lookup::Found(_)).then(|| name.to_string());
    }
    for dir in path.split(':') {
        let full = format!("{}/{name}", if dir.is_empty() { "." } else { dir });
        let found: Option<Found> = kernel.fs.borrow().find(cwd, &full, true).ok();
        if found.is_some_and(|f| !f.inode.is_dir() && f.inode.allows(kernel.user, 1)) {
            return Some(full);
        }
    }
    (kernel.image.is_unknown()).then(|| format!("/usr/bin/{name}"))
}
