//! `sysctl`: settings of the kernel by name.

use super::opts::Opts;
use crate::shell::fs::Errno;
use crate::shell::io::Io;
use crate::shell::procfs::setting_path;

/// What the options ask for.
struct Wanted {
    /// The value alone.
    bare: bool,
    quiet: bool,
    /// A setting that is not there is no error.
    lenient: bool,
}

pub async fn sysctl(io: Io) -> i32 {
    let opts = Opts::parse(
        &io,
        "neNqwpaA",
        &[("system", 'p'), ("ignore", 'e'), ("quiet", 'q'), ("values", 'n'), ("write", 'w'), ("load", 'p')],
    );
    let wanted = Wanted { bare: opts.has('n'), quiet: opts.has('q'), lenient: opts.has('e') };
    if opts.has('p') {
        let file = opts.rest.first().map_or("/etc/sysctl.conf", String::as_str);
        return load(&io, file, &wanted).await;
    }
    if opts.has('a') || opts.has('A') {
        return all(&io, &wanted).await;
    }
    let mut status = 0;
    for word in &opts.rest {
        let done = match word.split_once('=') {
            Some((name, value)) => set(&io, name.trim(), value.trim(), &wanted).await,
            None if opts.has('w') => {
                io.complain(&format!("error: '{word}' must be of the form name=value")).await;
                false
            }
            None => show(&io, word, &wanted).await,
        };
        status |= i32::from(!done);
    }
    status
}

/// The settings of a file, one in a line.
async fn load(io: &Io, file: &str, wanted: &Wanted) -> i32 {
    let Ok(bytes) = io.read_all(file).await else {
        io.complain(&format!("can't open '{file}': {}", Errno::NotFound.text())).await;
        return 1;
    };
    let mut status = 0;
    for line in String::from_utf8_lossy(&bytes).lines().map(str::trim) {
        if let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with(['#', ';'])) {
            status |= i32::from(!set(io, name.trim(), value.trim(), wanted).await);
        }
    }
    status
}

/// Everything there is, in order.
async fn all(io: &Io, wanted: &Wanted) -> i32 {
    let mut rest = vec![String::new()];
    while let Some(path) = rest.pop() {
        let Ok(found) = io.find(&format!("/proc/sys/{path}"), true) else { continue };
        if found.inode.is_dir() {
            let below = found.inode.names().into_iter().rev();
            rest.extend(below.map(|name| if path.is_empty() { name } else { format!("{path}/{name}") }));
        } else {
            show(io, &path.replace('/', "."), wanted).await;
        }
    }
    0
}

async fn show(io: &Io, name: &str, wanted: &Wanted) -> bool {
    match io.read_all(&format!("/proc/sys/{}", setting_path(name))).await {
        Ok(bytes) => {
            let value = String::from_utf8_lossy(&bytes).trim_end().to_string();
            print(io, name, &value, wanted).await;
            true
        }
        Err(errno) => wanted.lenient || complain(io, name, "read", errno).await,
    }
}

/// The kernel knows more settings than there are here: those it could have are taken.
async fn set(io: &Io, name: &str, value: &str, wanted: &Wanted) -> bool {
    match io.write_file(&format!("/proc/sys/{}", setting_path(name)), format!("{value}\n").as_bytes()).await {
        Ok(()) => {
            if !wanted.quiet {
                print(io, name, value, wanted).await;
            }
            true
        }
        Err(errno) => wanted.lenient && errno == Errno::NotFound || complain(io, name, "sett", errno).await,
    }
}

async fn print(io: &Io, name: &str, value: &str, wanted: &Wanted) {
    let name = name.replace('/', ".");
    io.print(if wanted.bare { format!("{value}\n") } else { format!("{name} = {value}\n") }).await;
}

/// Answers `false`: it was not done.
async fn complain(io: &Io, name: &str, what: &str, errno: Errno) -> bool {
    let name = name.replace('/', ".");
    let text = match errno {
        Errno::NotFound if io.ctx.kernel.image.is_busybox() => format!("error: '{name}' is an unknown key"),
        Errno::NotFound => format!("cannot stat /proc/sys/{}: {}", setting_path(&name), errno.text()),
        _ if io.ctx.kernel.image.is_busybox() => format!("error {what}ing key '{name}': {}", errno.text()),
        _ => format!("{what}ing key \"{name}\": {}", errno.text()),
    };
    io.complain(&text).await;
    false
}
