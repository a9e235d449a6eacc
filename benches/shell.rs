//! What scripts cost: `cargo bench --no-default-features --bench shell`.
//!
//! Budgets (release, native): a machine 2 µs, a script of 2,000 commands 5 ms, the until loop of example 03 for ten minutes 0.3 ms, the
//! loop that waits for TERM for an hour next to nothing, and any attempt of a container, whatever it runs, 30 ms.

use std::hint::black_box;
use std::rc::Rc;

use criterion::{Criterion, criterion_group, criterion_main};
use podlapse::shell::{Config, Connection, Host, Machine, ObjectView};
use podlapse::time::Millis;

/// A cluster without anything in it.
struct Nothing;

impl Host for Nothing {
    fn resolve(&self, _: Millis, _: &str) -> Option<String> {
        None
    }
    fn connect(&self, _: Millis, _: &str, _: u16) -> Connection {
        Connection::NoSuchHost
    }
    fn object(&self, _: Millis, _: &str, _: &str) -> Option<ObjectView> {
        None
    }
    fn local_port(&self, _: Millis, _: u16) -> bool {
        false
    }
    fn local_page(&self, _: Millis, _: u16, _: &str) -> Option<Result<Vec<u8>, u16>> {
        None
    }
    fn assume(&self, _: &str, _: &str) {}
    fn bound(&self, _: Millis, _: &str) {}
}

fn machine() -> Machine {
    Machine::new(Config::new(black_box("busybox:1.28")), Rc::new(Nothing))
}

fn script(c: &mut Criterion, name: &str, text: &str, seconds: i64) {
    let argv = ["sh", "-c", text].map(String::from);
    c.bench_function(name, |b| {
        b.iter(|| {
            let mut machine = machine();
            let _ = machine.start(Millis(0), black_box(&argv));
            machine.run(Millis::secs(seconds as u64));
            (machine.exit(), machine.take_output().len())
        })
    });
}

fn benches(c: &mut Criterion) {
    c.bench_function("machine", |b| b.iter(machine));
    script(c, "sleep 1; exit 1", "sleep 1; exit 1", 10);
    let commands: String =
        (0..500).map(|i| format!("x={i}\necho $x\n[ $x -gt 3 ]\nif [ -n \"$x\" ]; then :; fi\n")).collect();
    script(c, "2,000 commands", &commands, 10);
    script(c, "example 03, 10 min", "until nslookup myservice; do echo waiting for myservice; sleep 2; done", 600);
    script(c, "trap and sleep, 1 h", "trap 'exit 0' TERM; while true; do sleep 0.2; done", 3600);
    script(c, "date every second, 1 h", "while true; do date; sleep 1; done", 3600);
    script(c, "a file looked for, 1 h", "until [ -f /tmp/ready ]; do sleep 1; done", 3600);
}

fn hostile(c: &mut Criterion) {
    for text in [
        "yes",
        "yes | cat > /dev/null",
        "cat /dev/zero > /tmp/x",
        "cat /dev/zero",
        "while true; do date > /tmp/x; done",
        "while true; do echo x; done",
        "while true; do :; done | cat",
        "f() { f | f & }; f",
        "cat /dev/urandom | base64",
        "seq 1000000000",
        "head -c 1G /dev/zero | md5sum",
        "while true; do find / ; done",
        "for i in $(seq 1 100000000); do :; done",
        "for i in $(seq 1 100000); do echo $i; done",
        "awk 'BEGIN{while(1);}'",
        "awk 'BEGIN{while(1) s = s \"xxxxxxxx\"}'",
        "awk 'BEGIN{while(1) print 1}'",
        "echo | sed ':a;ba'",
        "echo a | sed ':a;s/a/aa/;ba'",
        "yes a | head -c 100000 | tr -d '\\n' | grep -E '(a+)+$'",
        "yes a | head -c 100000 | tr -d '\\n' | grep -E '(a|b)*c'",
        "dd if=/dev/zero of=/x bs=1M count=100000",
        "dd if=/dev/urandom of=/x bs=1M count=100000",
        "x=a; while :; do x=$x$x; done",
        "while true; do i=$((i+1)); done",
        "while true; do x=$(echo a); done",
        "while true; do sleep 0; done",
        "i=0; while true; do i=$((i+1)); echo $i > /tmp/$i; done",
        "yes | sort",
        "yes | sed s/y/n/ | grep n | awk '{print $1}' | tr n m > /dev/null",
        "while true; do cat /etc/passwd; done",
        "while true; do grep root /etc/passwd > /dev/null; sleep 0.01; done",
        "yes > /tmp/x",
        "cat /dev/urandom | tr -dc a-z | head -c 100000000 | wc -c",
        "tail -f /dev/zero",
        "mkdir -p $(seq -s / 1 2000); find . | wc -l",
        "while true; do mkdir d; cd d; done",
        "sleep 100000 | while true; do read x; done",
        "printf '%1000000000d' 1",
        "x=$(printf '%0100000d' 1); while true; do y=${x#*1}; y=${x%%*2}; y=\"$x$x\"; done",
    ] {
        script(c, text, text, 3600);
    }
}

criterion_group! { name = usual; config = Criterion::default().sample_size(20); targets = benches }
criterion_group! { name = bounds; config = Criterion::default().sample_size(10); targets = hostile }
criterion_main!(usual, bounds);
