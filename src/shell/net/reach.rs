//! Programs that ask whether a host or a port is there: `nc`, `ping`.

use super::{connect, micros, resolve};
use crate::shell::applets::opts::Opts;
use crate::shell::applets::usage;
use crate::shell::host::Connection;
use crate::shell::io::Io;
use crate::shell::kernel::Service;

pub async fn nc(io: Io) -> i32 {
    let letters = if io.name() == "ncat" { "w:p:i:e:c:m:lzvnukds:SR" } else { "w:p:i:e:lzvnukdq:s:" };
    let longs = [
        ("zero", 'z'),
        ("listen", 'l'),
        ("wait", 'w'),
        ("keep-open", 'k'),
        ("exec", 'e'),
        ("sh-exec", 'c'),
        ("max-conns", 'm'),
        ("send-only", 'S'),
        ("recv-only", 'R'),
    ];
    let opts = Opts::parse(&io, letters, &longs);
    let timeout = opts.get('w').and_then(|t| t.parse().ok()).map(micros);
    if opts.has('l') {
        let port = opts.get('p').map(str::to_string).or_else(|| opts.rest.last().cloned());
        let Some(port) = port.and_then(|p| p.parse::<u16>().ok()) else {
            io.complain("bad port").await;
            return 1;
        };
        if !io.ctx.kernel.listen(io.ctx.pid, port, Service::Tcp) {
            io.complain("bind: Address already in use").await;
            return 1;
        }
        io.ctx.forever().await;
    }
    let [host, port, ..] = opts.rest.as_slice() else {
        return usage::show(&io).await;
    };
    let first = port.split('-').next().unwrap_or(port);
    let Ok(number) = first.parse::<u16>() else {
        io.complain(&format!("bad port '{port}'")).await;
        return 1;
    };
    let busybox = io.ctx.kernel.image.is_busybox();
    match connect(&io.ctx, host, number, timeout).await {
        Connection::Open => {
            if opts.has('v') {
                let address = resolve(&io.ctx, host).unwrap_or_default();
                io.print_error(format!("{host} ({address}:{number}) open\n")).await;
            }
            if !opts.has('z')
                && busybox
                && let Ok(mut input) = io.input("-")
            {
                // What is sent is swallowed; the other side then closes.
                let _ = input.rest().await;
            }
            if !opts.has('z') {
                io.print_unknown().await;
            }
            0
        }
        Connection::NoSuchHost => {
            io.complain(&format!("bad address '{host}'")).await;
            1
        }
        answer => {
            // Scanning is silent; otherwise the reason is told.
            if !opts.has('z') || opts.has('v') {
                let address = resolve(&io.ctx, host).unwrap_or_default();
                let why = if answer == Connection::Refused { "Connection refused" } else { "Connection timed out" };
                io.complain(&format!("{host} ({address}:{number}): {why}")).await;
            }
            1
        }
    }
}

pub async fn ping(io: Io) -> i32 {
    let opts = Opts::parse(&io, "c:W:w:i:s:I:q46nt:", &[]);
    let Some(host) = opts.rest.first() else { return 1 };
    let count = opts.get('c').and_then(|c| c.parse::<u64>().ok()).unwrap_or(u64::MAX);
    let Some(address) = resolve(&io.ctx, host) else {
        io.complain(&format!("bad address '{host}'")).await;
        return 1;
    };
    io.print(format!("PING {host} ({address}): 56 data bytes\n")).await;
    let mut sent = 0;
    while sent < count {
        if sent > 0 {
            io.ctx.sleep(1_000_000).await;
        }
        io.print(format!("64 bytes from {address}: seq={sent} ttl=64 time=0.080 ms\n")).await;
        sent += 1;
    }
    io.print(format!("\n--- {host} ping statistics ---\n{sent} packets transmitted, {sent} packets received, 0% packet loss\nround-trip min/avg/max = 0.080/0.080/0.080 ms\n")).await;
    0
}
