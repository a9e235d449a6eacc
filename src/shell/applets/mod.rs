//! The programs that containers run: busybox's applets, services, and programs that nobody models.
//!
//! Each is a small coroutine over an [`Io`]; what it prints and returns is what busybox prints and returns.

mod archive;
mod awk;
mod digest;
mod files;
mod find;
mod grep;
mod list;
pub mod opts;
mod sed;
mod services;
mod sort;
mod system;
mod text;
pub mod usage;

use super::fs::Found;
use super::io::Io;
use super::kernel::Kernel;
use super::net;
use super::program::{self, Lookup};

pub use files::parse_mode;

/// Runs the program called `name`.
pub async fn run(name: &str, io: Io) -> i32 {
    if io.ctx.kernel.image.is_busybox()
        && let Some(complaint) = usage::refused(&io)
    {
        io.complain(&complaint).await;
        let code = usage::show(&io).await;
        return if name == "grep" { 2 } else { code };
    }
    match name {
        "busybox" => busybox(io).await,
        "true" | ":" => 0,
        "false" => 1,
        "echo" => {
            let bytes = echo_bytes(&io.args[1..], false);
            !io.print(bytes).await as i32
        }
        "printf" => system::printf(io).await,
        "test" | "[" | "[[" => system::test(io).await,
        "sleep" | "usleep" => system::sleep(io).await,
        "pwd" => {
            io.print(format!("{}\n", io.cwd)).await;
            0
        }
        "kill" | "killall" | "pkill" => system::kill(io).await,
        "date" => system::date(io).await,
        "hostname" => system::hostname(io).await,
        "id" | "whoami" | "logname" | "groups" => system::id(io).await,
        "env" | "printenv" => system::env(io).await,
        "expr" => system::expr(io).await,
        "timeout" => system::timeout(io).await,
        "time" => system::time(io).await,
        "xargs" => system::xargs(io).await,
        "nohup" | "nice" | "ionice" | "setsid" | "stdbuf" | "chroot" | "gosu" | "su-exec" | "tini" | "dumb-init"
        | "setpriv" => system::wrapper(io).await,
        "which" => system::which_applet(io).await,
        "uname" | "arch" | "nproc" | "uptime" | "free" | "tty" | "hostid" => system::machine(io).await,
        "ps" | "pgrep" | "pidof" | "top" => system::processes(io).await,
        "sync" | "clear" | "reset" | "renice" | "stty" | "mesg" | "ldconfig" | "fsync" => 0,
        "seq" => text::seq(io).await,
        "yes" => text::yes(io).await,
        "basename" | "dirname" => text::path_part(io).await,
        "cat" | "tac" | "rev" => text::cat(io).await,
        "head" => text::head(io).await,
        "tail" => text::tail(io).await,
        "wc" => text::wc(io).await,
        "cut" => text::cut(io).await,
        "tr" => text::tr(io).await,
        "tee" => text::tee(io).await,
        "nl" | "fold" | "paste" | "comm" | "expand" | "unexpand" | "split" => text::layout(io).await,
        "sort" => sort::sort(io).await,
        "uniq" => sort::uniq(io).await,
        "shuf" => sort::shuf(io).await,
        "grep" | "egrep" | "fgrep" => grep::grep(io).await,
        "sed" => sed::sed(io).await,
        "awk" | "mawk" | "gawk" => awk::awk(io).await,
        "cp" => files::cp(io).await,
        "mv" => files::mv(io).await,
        "rm" | "unlink" => files::rm(io).await,
        "rmdir" => files::rmdir(io).await,
        "mkdir" => files::mkdir(io).await,
        "mkfifo" => files::mkfifo(io).await,
        "touch" => files::touch(io).await,
        "ln" | "link" => files::ln(io).await,
        "readlink" | "realpath" => files::readlink(io).await,
        "chmod" => files::chmod(io).await,
        "chown" | "chgrp" => files::chown(io).await,
        "install" => files::install(io).await,
        "mktemp" => files::mktemp(io).await,
        "dd" => files::dd(io).await,
        "truncate" | "fallocate" => files::truncate(io).await,
        "cmp" | "diff" => files::compare(io).await,
        "ls" => list::ls(io).await,
        "stat" => list::stat(io).await,
        "du" => list::du(io).await,
        "df" => list::df(io).await,
        "mount" | "mountpoint" => list::mount(io).await,
        "find" => find::find(io).await,
        "base64" => digest::base64(io).await,
        "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" => digest::sum(io).await,
        "xxd" | "od" | "hexdump" => digest::dump(io).await,
        "tar" | "gzip" | "gunzip" | "zcat" | "unzip" => archive::archive(io).await,
        "nslookup" | "dig" | "host" | "getent" => net::nslookup(io).await,
        "nc" | "ncat" | "telnet" => net::nc(io).await,
        "wget" => net::wget(io).await,
        "curl" => net::curl(io).await,
        "ping" | "ping6" => net::ping(io).await,
        "git" => net::git(io).await,
        "kubectl" => net::kubectl(io).await,
        "pg_isready" | "psql" | "mysqladmin" | "mysql" | "mariadb" | "mariadb-admin" | "redis-cli" | "valkey-cli"
        | "mongosh" | "mongo" => net::client(io).await,
        _ => services::run(name, io).await,
    }
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
    Box::pin(program::run(program::Program::Named(name), io)).await
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
