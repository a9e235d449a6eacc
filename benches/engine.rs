//! What a run costs: `cargo bench --no-default-features --bench engine`.
//!
//! Budgets (release, native): example 03 for ten minutes under 0.3 ms, a day of crash looping under 5 ms, 1,000 init containers
//! under 50 ms, their JSON (a gigabyte) under half a second, reading, running and laying out example 03 well under the browser's 2 ms.
//! What is drawn and told of a large run stays within a frame of the browser, which is three to five times slower.

use std::rc::Rc;

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use podlapse::document::Document;
use podlapse::engine::{Input, simulate};
use podlapse::manifest;
use podlapse::playground;
use podlapse::scenario::Scenario;
use podlapse::time::Millis;
use podlapse::trace::Trace;
use podlapse::view::{describe, get, json, status_yaml, timeline::Timeline};

const WAIT_FOR_SERVICES: &str = include_str!("../tests/data/wait-for-services.yaml");

const CRASH_LOOP: &str = "
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  containers:
  - {name: main, image: busybox:1.28, command: [sh, -c, 'sleep 1; exit 1']}
";

fn many_inits(n: usize) -> String {
    let init = |i: usize| format!("  - {{name: init-{i}, image: 'busybox:1.28', command: [sh, -c, 'sleep 0.1']}}\n");
    let inits: String = (0..n).map(init).collect();
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: many}}\nspec:\n  initContainers:\n{inits}  containers:\n  - {{name: main, image: 'busybox:1.28', command: [sleep, '3600']}}\n"
    )
}

/// A trace with some 60,000 segments: a container that ends every other second for a day.
const RESTLESS: &str = "
apiVersion: podlapse.dev/v1alpha1
kind: Scenario
spec:
  horizon: 24h
  cluster: {kubelet: {crashLoopBackOff: {maxContainerRestartPeriod: 1s}}}
";

fn trace(pod: &str, scenario: &str) -> Rc<Trace> {
    let document = Document { pod: pod.into(), scenario: scenario.into(), ..Document::default() };
    playground::run(&document).trace.expect("a trace")
}

fn views(c: &mut Criterion, of: &str, trace: &Trace) {
    let at = Millis(trace.horizon.0 / 2);
    c.bench_function(&format!("lay out/{of}"), |b| b.iter(|| (Timeline::of(black_box(trace)), get::rows(trace))));
    c.bench_function(&format!("describe/{of}"), |b| b.iter(|| describe::text_at(black_box(trace), at)));
    c.bench_function(&format!("status YAML/{of}"), |b| b.iter(|| status_yaml::text_at(black_box(trace), at)));
}

/// Takes a text that is too long to be kept, and counts it.
#[derive(Default)]
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

fn printed(trace: &Trace) -> usize {
    let mut count = Count::default();
    let _ = write!(count, "{}", json::trace(trace));
    count.0
}

fn simulation(c: &mut Criterion, name: &str, pod: &str, until: Millis) {
    let pod = Rc::new(manifest::read(pod).pod.expect("a valid Pod"));
    let scenario = Scenario::default();
    let input = Input { pod: &pod, scenario: &scenario, until: Some(until) };
    c.bench_function(name, |b| b.iter(|| simulate(black_box(&input))));
}

fn benches(c: &mut Criterion) {
    simulation(c, "simulate/example 03, 10 min", WAIT_FOR_SERVICES, Millis::secs(600));
    simulation(c, "simulate/a day of crash looping", CRASH_LOOP, Millis::secs(86_400));
    simulation(c, "simulate/1,000 init containers", &many_inits(1000), Millis::secs(3600));
    let document = Document { pod: WAIT_FOR_SERVICES.into(), ..Document::default() };
    c.bench_function("read, run and lay out/example 03", |b| {
        b.iter(|| {
            let trace = playground::run(black_box(&document)).trace.expect("a trace");
            (Timeline::of(&trace), get::rows(&trace))
        });
    });
    let many = trace(&many_inits(1000), "");
    views(c, "1,000 init containers", &many);
    c.bench_function("print a gigabyte of JSON/1,000 init containers", |b| b.iter(|| printed(black_box(&many))));
    views(c, "60,000 segments", &trace(CRASH_LOOP, RESTLESS));
    let large = Document { pod: many_inits(10_000), ..Document::default() };
    c.bench_function("read/10,000 init containers", |b| b.iter(|| manifest::read(black_box(&large.pod))));
}

criterion_group! { name = all; config = Criterion::default().sample_size(20); targets = benches }
criterion_main!(all);
