//! The programs that containers run: busybox's applets, services, and programs that nobody models.
//!
//! Each is a small coroutine over an [`Io`]; what it prints and returns is what busybox prints and returns.

mod archive;
mod attributes;
mod awk;
mod blocks;
mod date;
mod digest;
mod expr;
mod files;
mod find;
mod grep;
mod launch;
mod list;
pub mod opts;
pub mod rarer;
mod sed;
mod services;
mod sort;
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
        "cat" | "tac" | "rev" => Box::pin(text::cat(io)),
        "nslookup" | "dig" | "host" | "getent" => Box::pin(net::nslookup(io)),

        _ if rarer::knows(name) => rarer::run(name, io),
        _ => Box::pin(services::run(name, io)),
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
