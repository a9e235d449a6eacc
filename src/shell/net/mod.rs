//! The network as programs meet it: names and connections here, and the programs that use them.

pub mod clients;
pub mod curl;
pub mod http;
pub mod names;
pub mod reach;

use super::host::Connection;
use super::kernel::{Ctx, Kernel, Service, Us};

/// A question to the name server and back.
const LOOKUP: Us = 2_000;
/// Linux gives up on a connection after this.
const CONNECT_TIMEOUT: Us = 127_000_000;

fn is_address(host: &str) -> bool {
    host.contains(':') || host.split('.').count() == 4 && host.split('.').all(|p| p.parse::<u8>().is_ok())
}

/// Whether a name or an address leads to the Pod itself.
pub fn is_own(kernel: &Kernel, host: &str) -> bool {
    let config = &kernel.config;
    matches!(host, "localhost" | "::1" | "::" | "0.0.0.0")
        || (host.starts_with("127.") && is_address(host))
        || host == config.hostname
        || *host == *config.pod_ip
}

/// A probe or a hook asks at a port of its container where a program runs of which nothing is known: that it serves there is known to
/// whoever wrote the probe.
fn serves_probe(ctx: &Ctx, port: u16) -> bool {
    let kernel = &ctx.kernel;
    let serves = kernel.unknown_server.get() && !kernel.is_of_first(ctx.pid);
    if serves && kernel.listen(1, port, Service::Assumed) {
        kernel.assume(&format!("port {port}"), "is answered by the container's own program");
    }
    serves
}

/// A time in seconds, as programs are told how long to wait.
fn micros(seconds: u64) -> Us {
    seconds.saturating_mul(1_000_000)
}

/// The address that `/etc/hosts` gives a name, and the first name of that line.
pub fn in_hosts(kernel: &Kernel, name: &str) -> Option<(String, String)> {
    let found = kernel.fs.borrow().find("/", "/etc/hosts", true).ok()?;
    let text = found.inode.bytes(crate::shell::fs::MAX_FILE);
    let text = String::from_utf8_lossy(&text);
    let listed = |line: &str| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address = words.next()?;
        let first = words.clone().next()?;
        words.any(|word| word == name).then(|| (address.to_string(), first.to_string()))
    };
    text.lines().find_map(listed)
}

/// The address of a name.
pub fn resolve(ctx: &Ctx, name: &str) -> Option<String> {
    let kernel = &ctx.kernel;
    kernel.look();
    if is_address(name) {
        return Some(name.to_string());
    }
    if is_own(kernel, name) {
        return Some(if name == "localhost" { "127.0.0.1".into() } else { kernel.config.pod_ip.to_string() });
    }
    if let Some((address, _)) = in_hosts(kernel, name) {
        return Some(address);
    }
    kernel.outside().resolve(kernel.now_millis(), name.trim_end_matches('.'))
}

/// Tries to connect, for as long as that takes.
pub async fn connect(ctx: &Ctx, host: &str, port: u16, timeout: Option<Us>) -> Connection {
    let kernel = &ctx.kernel;
    kernel.look();
    ctx.sleep(LOOKUP).await;
    let listed = if is_own(kernel, host) { None } else { in_hosts(kernel, host) };
    let host = listed.as_ref().map_or(host, |(address, _)| address);
    if is_own(kernel, host) {
        let open = kernel.service(port).is_some() || kernel.outside().local_port(kernel.now_millis(), port);
        return if open || serves_probe(ctx, port) { Connection::Open } else { Connection::Refused };
    }
    let answer = kernel.outside().connect(kernel.now_millis(), host, port);
    if answer == Connection::Timeout {
        ctx.sleep(timeout.unwrap_or(CONNECT_TIMEOUT)).await;
    }
    answer
}
