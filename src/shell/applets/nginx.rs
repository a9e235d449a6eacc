//! What is nginx's own among the servers: its files, its log, and `nginx -s`, which tells the one that runs.

use crate::shell::calendar::{Zone, strftime};
use crate::shell::fs::Errno;
use crate::shell::inode::Inode;
use crate::shell::io::Io;
use crate::shell::kernel::{SIGQUIT, SIGTERM};

/// Where it has its caches, and the number of its process.
fn places(io: &Io) -> (&'static str, &'static str) {
    let (uid, own) = (io.ctx.kernel.user.uid, io.ctx.kernel.image.user());
    // The image that is made to run without root has everything in one place.
    if own != 0 && uid == own { ("/tmp", "/tmp") } else { ("/var/cache/nginx", "/run") }
}

/// `nginx -s quit`: tells the nginx that runs.
pub async fn tell(io: &Io, order: &str) -> i32 {
    let signal = match order {
        "stop" => SIGTERM,
        "quit" => SIGQUIT,
        "reload" | "reopen" => 0,
        _ => {
            io.print_error(format!("nginx: invalid option: \"-s {order}\"\n")).await;
            return 1;
        }
    };
    let path = format!("{}/nginx.pid", places(io).1);
    let Ok(bytes) = io.read_all(&path).await else {
        io.print_error(format!("nginx: [error] open() \"{path}\" failed (2: No such file or directory)\n")).await;
        return 1;
    };
    let Ok(pid) = String::from_utf8_lossy(&bytes).trim().parse() else {
        io.print_error(format!("nginx: [error] invalid PID number \"\" in \"{path}\"\n")).await;
        return 1;
    };
    log(io, "[notice] signal process started").await;
    !io.ctx.kill(pid, signal).await as i32
}

/// What it says to its log, with the moment and its own number.
async fn log(io: &Io, text: &str) {
    let moment = strftime("%Y/%m/%d %H:%M:%S", io.ctx.kernel.date(io.ctx.kernel.now()) as i64, &Zone::utc(), None);
    let pid = io.ctx.pid;
    io.print_error(format!("{moment} {}\n", text.replacen("] ", &format!("] {pid}#{pid}: "), 1))).await;
}

/// The files that it makes before it serves; what it says when it may not.
pub fn make_files(io: &Io) -> Result<(), String> {
    let (cache, run) = places(io);
    let made = |result: Result<(), Errno>, call: &str, path: &str| match result {
        Ok(()) | Err(Errno::Exists) => Ok(()),
        Err(errno) => Err(format!("{call}() \"{path}\" failed ({}: {})", errno.number(), errno.text())),
    };
    for name in ["client_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"] {
        let path = format!("{cache}/{name}");
        made(io.create(&path, Inode::dir(0o700)), "mkdir", &path)?;
    }
    let path = format!("{run}/nginx.pid");
    made(io.create(&path, Inode::file(format!("{}\n", io.ctx.pid).into(), 0o644)), "open", &path)
}

/// Says why it does not start, to its log and to who started it.
pub async fn fail(io: &Io, complaint: &str) {
    let complaint = format!("[emerg] {complaint}");
    log(io, &complaint).await;
    io.print_error(format!("nginx: {complaint}\n")).await;
}
