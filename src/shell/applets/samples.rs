//! Programs that were made to show how a cluster treats them: `agnhost` and `liveness` of Kubernetes' own tests, and `stress`.

use super::opts::Opts;
use super::services::{catch_stops, unmodelled, wait_for_stop};
use crate::shell::io::Io;
use crate::shell::kernel::{NEVER, SIGTERM, Service};

/// `agnhost COMMAND`; of most commands nothing is known but where they listen.
pub async fn agnhost(io: Io) -> i32 {
    let command = io.args.get(1).map_or("pause", String::as_str);
    match command {
        "liveness" => liveness(io).await,
        "pause" => {
            io.print("Paused\n").await;
            catch_stops(&io);
            io.ctx.wait_for(NEVER, || io.ctx.has_signal().then_some(())).await;
            let code = if io.ctx.take_signal() == Some(SIGTERM) { 2 } else { 1 };
            io.print(format!("exiting {code}\n")).await;
            code
        }
        _ => {
            let ports: &[(&str, &str, u16)] = &[
                ("netexec", "--http-port", 8080),
                ("serve-hostname", "--port", 9376),
                ("test-webserver", "--port", 80),
                ("nettest", "--port", 8080),
            ];
            let Some((_, option, port)) = ports.iter().find(|(name, ..)| *name == command) else {
                return unmodelled("agnhost", io).await;
            };
            let told = io.args.iter().find_map(|arg| arg.strip_prefix(option)?.strip_prefix('=')?.parse().ok());
            io.ctx.kernel.listen(io.ctx.pid, told.unwrap_or(*port), Service::Assumed);
            wait_for_stop(&io).await;
            0
        }
    }
}

/// Answers at port 8080, and after ten seconds only with failures. A program in Go that is asked to end and has not asked to hear of it
/// ends with 2.
pub async fn liveness(io: Io) -> i32 {
    const PORT: u16 = 8080;
    let kernel = &io.ctx.kernel;
    kernel.listen(io.ctx.pid, PORT, Service::Health { well: true });
    catch_stops(&io);
    let stops = || io.ctx.has_signal().then_some(());
    if io.ctx.wait_for(kernel.now() + 10_000_000, stops).await.is_none() {
        kernel.stop_listening(PORT);
        kernel.listen(io.ctx.pid, PORT, Service::Health { well: false });
        io.ctx.wait_for(NEVER, stops).await;
    }
    2
}

/// Keeps processors and memory busy: `stress --vm 1 --vm-bytes 250M`, or `-mem-total 250Mi` as another program of that name wants it.
pub async fn stress(mut io: Io) -> i32 {
    // The other program's options are words after one dash.
    let is_own = |arg: &&mut String| ["-cpus", "-mem-", "-logtostderr"].iter().any(|own| arg.starts_with(own));
    io.args.iter_mut().filter(is_own).for_each(|arg| arg.insert(0, '-'));
    let longs = [
        ("cpu", 'c'),
        ("io", 'i'),
        ("vm", 'm'),
        ("hdd", 'd'),
        ("vm-bytes", 'b'),
        ("vm-hang", 'h'),
        ("hdd-bytes", 'B'),
        ("timeout", 't'),
        ("quiet", 'q'),
        ("verbose", 'v'),
        ("vm-keep", 'k'),
        ("backoff", 'o'),
        ("cpus", 'C'),
        ("mem-total", 'T'),
        ("mem-alloc-size", 'S'),
        ("mem-alloc-sleep", 'P'),
        ("logtostderr", 'L'),
    ];
    let opts = Opts::parse(&io, "c:i:m:d:b:h:B:t:qvko:C:T:S:P:L", &longs);
    let count = |letter| opts.get(letter).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
    let [cpu, disk, vm, hdd] = ['c', 'i', 'm', 'd'].map(count);
    let hogs = vm.saturating_mul(opts.get('b').map_or(256 << 20, bytes));
    let total = opts.get('T').map_or(0, bytes).saturating_add(hogs);
    let says = |text: String| format!("stress: info: [{}] {text}\n", io.ctx.pid);
    if !opts.has('q') && cpu + disk + vm + hdd > 0 {
        io.print(says(format!("dispatching hogs: {cpu} cpu, {disk} io, {vm} vm, {hdd} hdd"))).await;
    }
    io.ctx.use_memory(total).await;
    let Some(seconds) = opts.get('t').and_then(|t| t.trim_end_matches('s').parse::<u64>().ok()) else {
        match io.ctx.forever().await {}
    };
    io.ctx.sleep(seconds.saturating_mul(1_000_000)).await;
    if !opts.has('q') {
        io.print(says(format!("successful run completed in {seconds}s"))).await;
    }
    0
}

/// `250M`, by 1024 as `stress` counts, or `250Mi`.
fn bytes(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let shift = match unit.to_ascii_lowercase().trim_end_matches(['i', 'b']) {
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => 0,
    };
    number.parse::<u64>().unwrap_or(0).saturating_mul(1 << shift)
}
