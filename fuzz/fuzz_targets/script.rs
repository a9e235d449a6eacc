//! Any bytes as the script of a container: read, and run for two minutes with a TERM on the way, a probe beside it and a world around it.
//!
//! A finding is a panic, a run of seconds, memory without end, or an error that does not lie in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use podlapse::shell::{Config, Connection, Dialect, Host, Machine, Mount, ObjectView, Role, Volume, parse};
use podlapse::time::Millis;
use std::rc::Rc;

/// A cluster in which `db` appears after half a minute.
struct World;

const APPEARS: Millis = Millis(30_000);

impl Host for World {
    fn resolve(&self, now: Millis, name: &str) -> Option<String> {
        (name == "db" && now >= APPEARS).then(|| "10.96.0.7".into())
    }
    fn connect(&self, now: Millis, host: &str, port: u16) -> Connection {
        match (self.resolve(now, host), port) {
            (None, _) => Connection::NoSuchHost,
            (Some(_), 80 | 5432) => Connection::Open,
            (Some(_), 81) => Connection::Timeout,
            _ => Connection::Refused,
        }
    }
    fn object(&self, now: Millis, _: &str, name: &str) -> Option<ObjectView> {
        (name == "db").then(|| ObjectView { ready: now >= APPEARS, data: Vec::new() })
    }
    fn local_port(&self, now: Millis, port: u16) -> bool {
        port == 8080 && now >= APPEARS
    }
    fn local_page(&self, _: Millis, _: u16, _: &str) -> Option<Result<Vec<u8>, u16>> {
        None
    }
    fn assume(&self, _: &str, _: &str) {}
    fn bound(&self, _: Millis, _: &str) {}
}

fuzz_target!(|data: &[u8]| {
    let script = String::from_utf8_lossy(data);
    for dialect in [Dialect::Sh, Dialect::Bash] {
        if let Err(error) = parse(&script, dialect) {
            assert!(script.get(error.span.start..error.span.end).is_some(), "{error:?}");
        }
    }
    // Its length says which shell runs it, so that any script is an input.
    let (image, shell) = [("busybox:1.36", "sh"), ("debian:12", "sh"), ("bash:5", "bash")][script.len() % 3];
    let mut config = Config::new(image);
    config.role = Role::Main;
    config.memory_limit = Some(64 << 20);
    config.mounts.push(Mount { path: "/data".into(), volume: Volume::empty(), sub_path: None, read_only: false });
    let mut machine = Machine::new(config, Rc::new(World));
    if machine.start(Millis(100), &[shell, "-c", &script].map(String::from)).is_ok() {
        machine.run(Millis::secs(20));
        let probe = machine.exec(Millis::secs(20), &["cat", "/data/ready"].map(String::from));
        machine.run(Millis::secs(60));
        machine.signal(Millis::secs(60), 15);
        machine.run(Millis::secs(120));
        let _ = (machine.exec_exit(probe), machine.exit(), machine.take_output());
    }
});
