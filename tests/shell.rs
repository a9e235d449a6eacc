//! Runs recorded scripts through the shell: exit code, both outputs and the run time against what busybox did.
//!
//! The cases are `tests/data/shell/*.jsonl`, one a line: script, exit, stdout, stderr, seconds; where it was not busybox's, the shell.

use podlapse::shell::{
    Config, Connection, Host, Machine, Mount, ObjectView, OutputLine, Recording, Replay, Role, Stream, Volume,
};
use podlapse::time::Millis;
use std::rc::Rc;

struct Nowhere;

impl Host for Nowhere {
    fn resolve(&self, _: Millis, _: &str) -> Option<String> {
        None
    }
    fn connect(&self, _: Millis, _: &str, _: u16) -> Connection {
        Connection::NoSuchHost
    }
    fn object(&self, _: Millis, _: &str, _: &str) -> Option<ObjectView> {
        None
    }
    fn local_page(&self, _: Millis, _: u16, _: &str) -> Option<Result<Vec<u8>, u16>> {
        None
    }
    fn local_port(&self, _: Millis, _: u16) -> bool {
        false
    }
    fn assume(&self, _: &str, _: &str) {}
    fn bound(&self, _: Millis, _: &str) {}
}

#[derive(serde::Deserialize)]
struct Case {
    script: String,
    /// `bash` or `dash`, of Debian 12; absent, busybox 1.35.
    shell: Option<String>,
    exit: i32,
    stdout: String,
    stderr: String,
    seconds: f64,
}

/// What is different from the recording.
fn differences(case: &Case) -> Vec<String> {
    let mut config = Config::new(if case.shell.is_some() { "debian:12" } else { "busybox:1.35" });
    config.mounts.push(Mount { path: "/data".into(), volume: Volume::empty(), sub_path: None, read_only: false });
    let mut machine = Machine::new(config, Rc::new(Nowhere));
    let argv = [case.shell.as_deref().unwrap_or("sh"), "-c", &case.script].map(String::from);
    if let Err(error) = machine.start(Millis(1000), &argv) {
        return vec![error.message()];
    }
    machine.run(Millis::secs(120));
    let output = machine.take_output();
    let mut bad = Vec::new();
    for (stream, real) in [(Stream::Stdout, &case.stdout), (Stream::Stderr, &case.stderr)] {
        let ours: Vec<&str> = output.iter().filter(|l| l.stream == stream).map(|l| l.line.as_str()).collect();
        let real: Vec<&str> = real.lines().collect();
        if ours != real {
            bad.push(format!("{stream:?}: real {real:?} ours {ours:?}"));
        }
    }
    match machine.exit() {
        None => bad.push("still running".into()),
        Some(exit) => {
            if exit.code != case.exit {
                bad.push(format!("exit: real {} ours {}", case.exit, exit.code));
            }
            let seconds = exit.at.since(Millis(1000)).as_secs_f64();
            if (seconds - case.seconds).abs() > 0.3 {
                bad.push(format!("time: real {} ours {seconds}", case.seconds));
            }
        }
    }
    bad
}

fn each_case(mut of: impl FnMut(&Case)) {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shell");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl")) {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines() {
            of(&serde_json::from_str(line).unwrap());
        }
    }
}

#[test]
fn scripts_run_as_recorded() {
    let mut failures = Vec::new();
    each_case(|case| {
        let bad = differences(case);
        if !bad.is_empty() {
            failures.push(format!("{:?}\n    {}", case.script, bad.join("\n    ")));
        }
    });
    assert!(failures.is_empty(), "{} scripts differ:\n{}", failures.len(), failures.join("\n"));
}

/// A cluster with one service.
struct OneService;

impl Host for OneService {
    fn resolve(&self, _: Millis, name: &str) -> Option<String> {
        let known = ["db", "db.default", "db.default.svc", "db.default.svc.cluster.local"].contains(&name);
        known.then(|| "10.96.0.77".into())
    }
    fn connect(&self, now: Millis, host: &str, _: u16) -> Connection {
        if self.resolve(now, host).is_some() { Connection::Open } else { Connection::NoSuchHost }
    }
    fn object(&self, _: Millis, _: &str, _: &str) -> Option<ObjectView> {
        None
    }
    fn local_page(&self, _: Millis, _: u16, _: &str) -> Option<Result<Vec<u8>, u16>> {
        None
    }
    fn local_port(&self, _: Millis, _: u16) -> bool {
        false
    }
    fn assume(&self, _: &str, _: &str) {}
    fn bound(&self, _: Millis, _: &str) {}
}

/// What a script in `image` prints, both outputs together, and its exit code as the last line.
fn said(image: &str, script: &str) -> String {
    let mut machine = Machine::new(Config::new(image), Rc::new(OneService));
    machine.start(Millis(0), &["sh", "-c", script].map(String::from)).expect("it has a shell");
    machine.run(Millis::secs(60));
    let lines: String = machine.take_output().into_iter().map(|l| l.line + "\n").collect();
    let code = machine.exit().map_or("it runs".into(), |exit| exit.code.to_string());
    format!("{lines}{code}")
}

/// Up to 1.28 busybox asked for names as everybody does. Since 1.29 it asks for names with a dot as they stand, and for those without one
/// in every search domain, or in 1.29 in none.
#[test]
fn names_are_looked_up_as_the_busybox_of_the_image_does() {
    let found = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tdb.default.svc.cluster.local\nAddress: 10.96.0.77\n\n";
    let missing = |names: &[&str]| {
        let lines = names.iter().map(|name| format!("** server can't find {name}: NXDOMAIN\n\n"));
        lines.collect::<String>()
    };
    let others = missing(&["db.svc.cluster.local", "db.cluster.local"]);
    let server = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
    let old = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n";
    for (image, name, text) in [
        ("busybox:1.36", "db.default.svc.cluster.local", format!("{found}\n0")),
        ("busybox:1.36", "db", format!("{found}{others}\n{others}1")),
        ("busybox:1.36", "db.default", format!("{server}{}1", missing(&["db.default", "db.default"]))),
        ("busybox:1.29", "db", format!("{server}{}1", missing(&["db", "db"]))),
        ("busybox:1.28", "db", format!("{old}Name:      db\nAddress 1: 10.96.0.77 db.default.svc.cluster.local\n0")),
        ("busybox:1.28", "no", format!("{old}nslookup: can't resolve 'no'\n1")),
    ] {
        assert_eq!(said(image, &format!("nslookup {name}")), text, "{image} {name}");
    }
    assert_eq!(said("busybox:1.36", "getent hosts db"), "sh: getent: not found\n127");
    assert_eq!(
        said("alpine:3.20", "getent hosts db; getent hosts no"),
        "10.96.0.77      db.default.svc.cluster.local\n2"
    );
}

/// Runs a script for a virtual minute and returns how it ended.
fn run(script: &str) -> (Machine, Option<i32>) {
    run_in("busybox:1.35", &["sh", "-c", script])
}

fn run_in(image: &str, argv: &[&str]) -> (Machine, Option<i32>) {
    let mut machine = Machine::new(Config::new(image), Rc::new(Nowhere));
    let argv: Vec<String> = argv.iter().map(|arg| arg.to_string()).collect();
    machine.start(Millis(0), &argv).unwrap();
    machine.run(Millis::secs(60));
    let code = machine.exit().map(|e| e.code);
    (machine, code)
}

/// A browser gives a megabyte, which is what release is held to. Frames that are not optimised are several times as large: functions that
/// call themselves overflow 4 MB of them.
const STACK: usize = if cfg!(debug_assertions) { 8 << 20 } else { 1 << 20 };

/// How a script ends that runs on no more stack than the page has; `Err` when that overflows.
fn run_on_little_stack(script: &str) -> std::thread::Result<Option<i32>> {
    let text = script.to_string();
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(move || run(&text).1).unwrap().join()
}

#[test]
fn a_program_that_becomes_another_leaves_nothing_on_the_stack() {
    let again = "i=$((i+1)); export i; [ $i -lt 1500 ] || exit 7; exec sh $0";
    for (script, code) in [
        (format!("echo '{again}' >/tmp/r; exec sh /tmp/r"), 7),
        (format!("echo '{again}' >/tmp/r; chmod +x /tmp/r; exec /tmp/r"), 7),
        (format!("{}false", "env ".repeat(2000)), 1),
        (format!("{}false", "nice nohup setsid busybox ".repeat(500)), 1),
        (format!("{}false", "chroot / flock /tmp ".repeat(1000)), 1),
        (format!("{}false", "command ".repeat(2000)), 1),
        ("trap 'exit 3' EXIT; command exec false".into(), 1),
        ("command exec; exit 4".into(), 4),
    ] {
        assert_eq!(run_on_little_stack(&script).ok(), Some(Some(code)), "{script:.80}");
    }
}

/// What is written without end but not in each other is no deeper than one.
#[test]
fn long_chains_are_flat() {
    let chain = |link: &str| link.repeat(5000);
    for script in [
        format!("awk 'BEGIN{{exit 1{} == 5001}}'", chain("+1")),
        format!("awk 'BEGIN{{exit 1{} == 1}}'", chain("*1")),
        format!("awk 'BEGIN{{a = 1; exit length(a{}) == 5001}}'", chain(" a")),
        format!("awk 'BEGIN{{exit 1{}}}'", chain("&&1")),
        format!("awk 'BEGIN{{exit 0{}||1}}'", chain("||0")),
        format!("awk 'BEGIN{{exit 1{}}}'", chain("~1")),
        format!("[[ a = b{} || a ]] && exit 1", chain("||a = b")),
        format!("[[ a{} ]] && exit 1", chain("&& a")),
        format!("true{} && exit 1", chain("&&true")),
        format!("false{} || exit 1", chain("||false")),
        format!("exit $((1{} == 5001))", chain("+1")),
    ] {
        assert_eq!(run_on_little_stack(&script).ok(), Some(Some(1)), "{script:.80}");
    }
}

#[test]
fn a_list_stops_set_e_only_at_its_end() {
    let code = |script: &str| run(script).1;
    assert_eq!(code("set -e; false && true; exit 3"), Some(3));
    assert_eq!(code("set -e; true && false || true && false; exit 3"), Some(1));
    assert_eq!(code("set -e; false || false && true; exit 3"), Some(3));
    assert_eq!(code("set -e; true && true && false; exit 3"), Some(1));
}

#[test]
fn arithmetic_wraps_as_in_the_shells() {
    for (expression, value) in [
        ("(-1)**65", "-1"),
        ("3**70", "2293070008301402073"),
        ("2**9223372036854775807", "0"),
        ("0**0", "1"),
        ("9223372036854775808", "-9223372036854775808"),
        ("18446744073709551616", "-1"),
        ("0x10000000000000000", "-1"),
        ("0 && 2**-1", "0"),
    ] {
        let (mut machine, _) = run(&format!("echo $(({expression}))"));
        assert_eq!(machine.take_output()[0].line, value, "{expression}");
    }
    let (mut machine, code) = run("echo $((2**-1))");
    assert_eq!((machine.take_output()[0].line.as_str(), code), ("sh: exponent less than 0", Some(2)));
}

#[test]
fn deep_scripts_do_not_overflow_the_stack() {
    let nested = |open: &str, close: &str, n: usize| format!("{}echo x{}", open.repeat(n), close.repeat(n));
    for script in [
        nested("( ", " )", 90),
        nested("( ", " )", 5000),
        nested("{ ", "; }", 90),
        nested("if true; then ", "; fi", 90),
        nested("echo $(", ")", 60),
        nested("echo $(", ")", 5000),
        nested("echo \"${x:-", "}\"", 40),
        nested("while true; do ", "; break; done", 90),
        format!("echo $(({}1{}))", "(".repeat(40), ")".repeat(40)),
        format!("echo $(({}1{}))", "(".repeat(9000), ")".repeat(9000)),
        format!("echo $(({}1))", "-".repeat(9000)),
        "f() { f; }; f".into(),
        "f() { if true; then for i in 1; do { f; }; done; fi; }; f".into(),
        "f() { eval 'case x in x) f;; esac'; }; f".into(),
        "x='eval \"$x\"'; eval \"$x\"".into(),
        "sh -c \"$(yes '( ' | head -n 4000 | tr -d '\\n')\"".into(),
        "f() { echo $(f); }; f".into(),
        format!("echo aaa | grep -E '{}'", "(".repeat(500)),
        format!("echo aaa | grep -E '{}a{}'", "(".repeat(45), ")*".repeat(45)),
        "yes a | head -c 100000 | tr -d '\\n' | grep -E '(a|b)*c'".into(),
        format!("awk 'BEGIN{{print {}1{}}}'", "(".repeat(500), ")".repeat(500)),
        "awk 'function f(x){return f(x+1)} BEGIN{f(1)}'".into(),
        format!("awk 'function f(x){{return {}f(x+1){}}} BEGIN{{f(1)}}'", "-(".repeat(25), ")".repeat(25)),
        "awk 'BEGIN{\"awk \\\"BEGIN{print 1}\\\"\" | getline x; print x | \"cat\"; while (1) system(\"true\")}'".into(),
        format!("awk 'BEGIN{{print 1{}}}'", " in a".repeat(9000)),
        format!("echo $((1{}))", "**1".repeat(9000)),
        "y=1; for i in 1 2 3 4 5 6 7 8 9; do y=\"($y)\"; done; eval \"a='$y+b' b='$y+c' c='$y+d' d='$y+e' e='$y+f'\"; echo $((a))".into(),
        format!("test {} x", "! ".repeat(500)),
        format!("expr {} 1", "\\( ".repeat(500)),
    ] {
        assert!(run_on_little_stack(&script).is_ok(), "{script:.80}");
    }
}

#[test]
fn loops_without_end_cost_nothing_and_end_by_signal() {
    for script in [
        "while :; do :; done",
        "while true; do i=$((i+1)); done",
        "while true; do echo x; done",
        "yes",
        "cat /dev/zero",
        "cat /dev/urandom >/dev/null",
        "until [ -f /none ]; do :; done",
        "for i in $(yes | head -c 1000000); do :; done; sleep 1000",
        "awk 'BEGIN{while(1);}'",
        "while true; do true & done",
        "f() { f | f; }; f",
        "seq 1000000000",
        "dd if=/dev/zero of=/tmp/x bs=1M count=100000",
        "x=a; while :; do x=$x$x; done",
        "tail -f /dev/null",
        "trap 'echo again' TERM; while :; do :; done",
        "i=0; while :; do i=$((i+1)); truncate -s 16000000 /tmp/f$i; echo hi >>/tmp/f$i; done",
        "truncate -s 16000000 /tmp/f; echo hi >>/tmp/f; i=0; while :; do i=$((i+1)); cp /tmp/f /tmp/f$i; done",
        "x=`yes : | head -c 60000`; while :; do eval \"$x\"; done",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) y=substr(x,2)}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) length(x)}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) x==y}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) y=x}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) $0=x}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) x~/b$/}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) a[i++]=x}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) gsub(/b*/,\"&\",x)}'",
        "awk 'BEGIN{x=sprintf(\"%10000s\",\"b\"); x=x x x x x x; x=x x x x x x x x x x; while(1) i++~i}'",
        "awk 'BEGIN{while(1){print 1 >\"/tmp/a\"; print 2 >\"/tmp/b\"}}'",
        "while :; do awk 'BEGIN{for(i=0;i<90000;i++);}'; done",
        "yes b | head -c 600000 >/tmp/b; awk 'BEGIN{while(1){getline l <\"/tmp/b\"; close(\"/tmp/b\")}}'",
        "echo a | sed ':a;s/./&&/g;ba'",
        "yes a | head -c 500000 | tr -d '\\n' >/tmp/x; grep -w aa /tmp/x; grep -iFw aa /tmp/x",
        "seq 100000 >/tmp/p; grep -F -f /tmp/p /tmp/p",
        "yes 'a b' | uniq -f 99999999999",
        "while :; do : <(true); done",
        "while :; do read x < <(yes); done",
        "diff <(yes) <(yes)",
        "f() { cat <(f); }; f",
        "awk 'BEGIN{while(1){\"yes\" | getline x; close(\"yes\")}}'",
        "awk 'BEGIN{while(1) print \"a\" | \"cat >/dev/null\"}'",
        "yes 'ā' | tr 'Ā-𐀀' x",
        "while :; do tr 'Ā-𐀀' x </dev/null; done",
        "read x </dev/zero",
        "while :; do read x </proc/meminfo; done",
        "echo /.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*/.*",
        "cd /tmp; ln -s . a; ln -s . b; echo */*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*",
        "mkdir /tmp/d; cd /tmp/d; seq 20000 | split -l 1 -a 4; while :; do : *; done",
        "set -- `seq 5000`; while :; do for i in \"$@\"; do break; done; done",
        "x=`yes | head -c 1000000`; while :; do : ${#x}; done",
        "x=`yes | head -c 1000000`; while :; do :; : <<E\n$x\nE\ndone",
        "a=b+b b=c+c c=d+d d=e+e e=f+f f=g+g g=h+h h=i+i i=j+j j=k+k k=l+l l=m+m m=n+n n=o+o o=p+p p=q+q q=r+r r=s+s s=t+t t=u+u u=v+v v=w+w w=x+x x=y+y y=z+z z=1; while :; do (: $((a))); done",
    ] {
        let (mut machine, _) = run(script);
        machine.signal(Millis::secs(60), 9);
        machine.run(Millis::secs(61));
        assert!(machine.exit().is_some(), "{script}");
    }
}

#[test]
fn loops_without_end_in_bash_cost_nothing() {
    for script in [
        "mapfile a </dev/urandom",
        "a=(`seq 100000`); while :; do b=(\"${a[@]}\"); done",
        "a=(`seq 50000`); : \"${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}${a[@]}\"",
    ] {
        let (mut machine, _) = run_in("debian:12", &["bash", "-c", script]);
        machine.signal(Millis::secs(60), 9);
        machine.run(Millis::secs(61));
        assert!(machine.exit().is_some(), "{script}");
    }
}

#[test]
fn empty_matches_count_where_nothing_else_has_matched() {
    for (script, line) in [
        ("echo abc | sed 's/x*/-/g'", "-a-b-c-"),
        ("echo baaac | sed 's/a*/x/g'", "xbxcx"),
        ("echo abc | sed 's/x*/-/2'", "a-bc"),
        ("echo abcabc | sed 's/b*/X/2'", "aXcabc"),
        ("echo hello | awk '{print gsub(/l*/, \"x\"), $0}'", "4 xhxexox"),
        ("echo abc | grep -o 'b*'", "b"),
        ("echo a1b22c | awk -F'[0-9]*' '{print NF $3}'", "3c"),
    ] {
        let (mut machine, _) = run(script);
        assert_eq!(machine.take_output()[0].line, line, "{script}");
    }
}

/// What a container writes, and what it shares with others, fits on a small disk; what is taken away leaves room.
#[test]
fn files_have_so_much_room() {
    let volume = Volume::empty();
    let attempt = |script: &str| {
        let mut config = Config::new("busybox:1.35");
        config.mounts.push(Mount { path: "/v".into(), volume: volume.clone(), sub_path: None, read_only: false });
        let mut machine = Machine::new(config, Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(60));
        let said = machine.take_output().into_iter().map(|line| line.line).collect::<Vec<_>>();
        (machine.exit().map(|exit| exit.code), said.join("; "))
    };
    let write = "truncate -s 12000000 /v/$0; echo hi >>/v/$0; sleep 1; truncate -s 12000000 /v/b$0; echo hi >>/v/b$0";
    for name in ["a", "b"] {
        assert_eq!(attempt(&write.replace("$0", name)), (Some(0), String::new()));
    }
    let (code, _) = attempt(&write.replace("$0", "c"));
    assert_eq!(code, Some(1));
    assert_eq!(attempt(&write.replace("$0", "c").replace("echo", "rm -f /v/a /v/ba; echo")), (Some(0), String::new()));
}

#[test]
fn memory_that_is_not_there_kills() {
    let mut config = Config::new("busybox:1.28");
    config.memory_limit = Some(32 << 20);
    for (script, code, at) in
        [("sleep 1; exec tail /dev/zero", 137, 1), ("sleep 1; tail /dev/zero; echo rc $?; exit 5", 5, 1)]
    {
        let mut machine = Machine::new(config.clone(), Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(10));
        let exit = machine.exit().unwrap();
        assert_eq!((exit.code, exit.oom_killed, exit.at.whole_secs()), (code, true, at), "{script}");
    }
}

#[test]
fn pid_one_is_deaf_to_signals_it_does_not_catch() {
    let stop = |script: &str| {
        let mut machine = Machine::new(Config::new("busybox:1.28"), Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.signal(Millis(3050), 15);
        machine.run(Millis::secs(100));
        machine.exit().map(|e| (e.code, e.at.0 / 100))
    };
    assert_eq!(stop("sleep 600"), None);
    assert_eq!(stop("sleep 600; echo"), None);
    assert_eq!(stop("trap 'echo got TERM; exit 0' TERM; while true; do sleep 0.2; done"), Some((0, 32)));
    assert_eq!(
        stop("trap 'echo got TERM; sleep 1; echo bye; exit 3' TERM; while true; do sleep 0.2; done"),
        Some((3, 42))
    );
    assert_eq!(stop("trap 'exit 7' TERM; sleep 1000 & wait"), Some((7, 30)));
    assert_eq!(stop("exec httpd -f -p 8080"), None);
}

#[test]
fn options_may_be_any_characters() {
    for script in [
        "read -rév",
        "read -é",
        "set -é",
        "umask é",
        "kill -é 1",
        "trap x é",
        "type -é",
        "wait é",
        "sed -é p",
        "wc -é",
        "head -é",
    ] {
        run(script);
    }
}

/// What busybox alone does: it passes over directories, and complains of a number that is not there.
#[test]
fn messages_are_those_of_the_image() {
    let stderr = |image: &str, script: &str| {
        let mut machine = Machine::new(Config::new(image), Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(10));
        let lines = machine.take_output().into_iter().filter(|l| l.stream == Stream::Stderr);
        lines.map(|l| l.line).collect::<Vec<_>>()
    };
    assert_eq!(stderr("busybox:1.35", "grep x /tmp"), Vec::<String>::new());
    assert_eq!(stderr("debian:12", "grep x /tmp"), ["grep: /tmp: Is a directory"]);
    assert_eq!(stderr("busybox:1.35", "printf '%d\\n'"), ["sh: invalid number ''"]);
    assert_eq!(stderr("debian:12", "printf '%d\\n'"), Vec::<String>::new());
}

/// Code, signal and moment of the end.
type Ended = Option<(i32, Option<i32>, Millis)>;

/// Everything one can see of a run that gets a TERM at `at` and ends after two minutes.
fn seen(script: &str, at: u64, parking: bool) -> (Ended, Vec<OutputLine>, Option<String>) {
    let mut machine = Machine::new(Config::new("busybox:1.35"), Rc::new(Nowhere));
    if !parking {
        machine.never_park();
    }
    machine.start(Millis(500), &["sh", "-c", script].map(String::from)).unwrap();
    machine.run(Millis(at));
    machine.signal(Millis(at), 15);
    machine.run(Millis(at + 50_000));
    let probe = machine.exec(Millis(at + 50_000), &["ps"].map(String::from));
    machine.run(Millis(at + 120_000));
    let exit = machine.exit().map(|e| (e.code, e.signal, e.at));
    // Two loops at a time may number their processes in another order.
    let commands = |text: String| {
        let mut commands: Vec<_> =
            text.lines().map(|l| l.trim_start().trim_start_matches(char::is_numeric).to_string()).collect();
        commands.sort();
        commands.join("\n")
    };
    (exit, machine.take_output(), machine.exec_exit(probe).map(|exit| commands(exit.output())))
}

#[test]
fn a_loop_without_effect_is_spared_and_nobody_can_tell() {
    for script in [
        "trap 'exit 0' TERM; while true; do sleep 0.2; done",
        "trap 'echo bye; date; exit 3' TERM; while true; do sleep 0.37; done",
        "trap 'echo got; n=$((n+1)); [ $n -lt 2 ] || exit $n' TERM; while :; do sleep 1; sleep 2; done",
        "trap 'echo pid $! $$; sleep 1; sh -c \"echo \\$\\$\"; exit 4' TERM; until false; do sleep 0.7; done",
        "trap 'stop=1' TERM; while [ -z \"$stop\" ]; do sleep 0.3; done; echo end; exit 9",
        "while true; do sleep 0.2; done & trap 'kill $!; wait $!; echo $?; exit' TERM; while true; do sleep 1; done",
        "while true; do sleep 5; done | cat; echo over",
        "while true; do sleep 0.9; done & sleep 7; kill $!; wait $!; echo $?; sleep 100",
        "timeout 10 sh -c 'while true; do sleep 0.3; done'; echo $?; sleep 3; date",
        "trap 'exit 1' TERM; x=0; while true; do x=$(( (x+1) % 3 )); sleep 0.5; done",
        "trap 'exit 1' TERM; for i in 1 2 3; do while true; do sleep 1; [ $i = 2 ] && break; break; done; done; while :; do sleep 1; done",
        "trap 'exit 1' TERM; while true; do if [ -f /tmp/x ]; then echo seen; exit 2; fi; sleep 1; done & sleep 33; touch /tmp/x; wait; date",
        "until [ -f /tmp/x ]; do sleep 1; done & sleep 33.3; touch /tmp/x; wait; date",
        "(sleep 20.25; echo >/tmp/x; sleep 5; rm /tmp/x) & until test -s /tmp/x; do sleep 0.7; done; date; while [ -e /tmp/x ]; do sleep 0.5; done; date",
        "trap 'echo term; exit 4' TERM; while true; do if [ -f /tmp/x ]; then echo seen; exit 2; fi; sleep 1; done",
        "until [ -f /tmp/x ]; do sleep 1; done & until [ -f /tmp/y ]; do sleep 3; done & sleep 9.5; touch /tmp/z; sleep 9.2; touch /tmp/y; wait $!; date; touch /tmp/x; wait; date",
        "until [ -f /tmp/x ]; do sleep 0.3; [ -f /tmp/y ] && break; done & sleep 12; touch /tmp/y; wait; date",
        "set -- /tmp/*.ok; until [ -f \"$1\" ]; do sleep 2; set -- /tmp/*.ok; done & sleep 15; touch /tmp/a.ok; wait; date",
        "trap 'echo child' CHLD; sleep 20 & while true; do sleep 3; done",
        "while true; do true & sleep 1; done",
        "trap 'echo term' TERM; while true; do wait; sleep 2; done",
    ] {
        for at in [500, 501, 700, 2_700, 9_999, 10_000, 10_001, 31_234, 60_500, 61_513] {
            assert_eq!(seen(script, at, true), seen(script, at, false), "TERM at {at}: {script}");
        }
    }
}

#[test]
fn a_parked_loop_wants_no_attention() {
    let mut machine = Machine::new(Config::new("busybox:1.35"), Rc::new(Nowhere));
    let script = "trap 'exit 0' TERM; while true; do sleep 0.2; done";
    machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
    machine.run(Millis::secs(10));
    assert_eq!(machine.next_wake(), None);
}

proptest::proptest! {
    #[test]
    fn any_text_ends_without_a_panic(script in "[ -~\n\t]{0,80}") {
        run(&script);
    }

    #[test]
    fn any_mixture_of_words_ends_without_a_panic(words in proptest::collection::vec(proptest::sample::select(vec![
        "if", "then", "fi", "while", "do", "done", "for", "x", "in", "case", "esac", "{", "}", "(", ")", ";", "&", "|", "&&", "||", "\n", "$x",
        "\"$@\"", "${x:-y}", "${x#*}", "$((x+1))", "$(echo a)", "`echo b`", ">f", "<f", "2>&1", "<<E\n", "E\n", "echo", "true", "false", "exit",
        "set -e", "trap 'x' EXIT", "!", "[", "]", "x=1", "f()", "wait", "sleep 1", "read x", "*", "'q'", "shift", "eval", "break", "continue", "return",
    ]), 0..30)) {
        run(&words.join(" "));
    }
}

/// Whether a container of `image` starts with `argv` and is still running after a minute.
fn starts(image: &str, argv: &[&str]) -> Result<bool, String> {
    let config = Config { role: Role::Main, ..Config::new(image) };
    let mut machine = Machine::new(config, Rc::new(Nowhere));
    let argv: Vec<String> = argv.iter().map(|a| a.to_string()).collect();
    machine.start(Millis(0), &argv).map_err(|e| e.message())?;
    machine.run(Millis::secs(60));
    Ok(machine.exit().is_none())
}

#[test]
fn images_have_the_programs_that_they_start() {
    assert_eq!(starts("registry.k8s.io/pause:3.10", &["/pause"]), Ok(true));
    for path in ["/entrypoint.sh", "/app/server", "/usr/local/bin/serve", "./server", "migrate"] {
        assert_eq!(starts("example.com/team/app:1", &[path]), Ok(true), "{path}");
    }
    assert_eq!(starts("nginx:1.27", &["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"]), Ok(true));
    assert!(starts("busybox:1.36", &["/app/server"]).is_err());
}

#[test]
fn ports_are_what_listens() {
    let mut machine = Machine::new(Config { role: Role::Main, ..Config::new("nginx:1.27") }, Rc::new(Nowhere));
    let argv = ["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"].map(String::from);
    machine.start(Millis(0), &argv).unwrap();
    machine.run(Millis::secs(10));
    assert_eq!(machine.ports().into_iter().collect::<Vec<_>>(), [80]);
    machine.signal(Millis::secs(11), 9);
    assert!(machine.ports().is_empty());
}

/// A container that is probed every second for an hour has neither its process table nor its allowance used up by it.
#[test]
fn probes_for_an_hour_leave_no_trace() {
    let mut machine = Machine::new(Config::new("busybox:1.35"), Rc::new(Nowhere));
    let command = ["sh", "-c", "touch /tmp/ready; sleep 3600"].map(String::from);
    machine.start(Millis(0), &command).expect("it starts");
    for second in 1..3600 {
        let probe = machine.exec(Millis::secs(second), &["cat", "/tmp/ready"].map(String::from));
        machine.run(Millis(second * 1000 + 500));
        let code = machine.exec_exit(probe).map(|exit| exit.code);
        assert_eq!(code, Some(0), "after {second} s");
    }
}

/// However a program calls its own Pod, it meets itself.
#[test]
fn a_pod_meets_itself_by_all_its_names() {
    let mut config = Config::new("busybox:1.35");
    config.pod_ip = "10.88.0.12".into();
    let output = |script: &str| {
        let mut machine = Machine::new(config.clone(), Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(60));
        machine.take_output().into_iter().map(|line| line.line).collect::<Vec<_>>()
    };
    for host in ["localhost", "127.0.0.1", "127.1.2.3", "0.0.0.0", "$(hostname)", "$(hostname -i)", "10.88.0.12"] {
        let script = format!("echo there >/tmp/x; httpd -p 8080 -h /tmp; wget -qO- http://{host}:8080/x");
        assert_eq!(output(&script), ["there"], "{host}");
    }
    assert_eq!(output("hostname -i; hostname -f"), ["10.88.0.12", "demo"]);
    // Name servers do not know it.
    let unknown = "** server can't find demo.default.svc.cluster.local: NXDOMAIN";
    assert_eq!(output("nslookup demo | grep find | head -n 1"), [unknown]);
}

#[test]
fn numbers_may_be_as_large_as_they_like() {
    for script in [
        "nc -w 99999999999999999 localhost 1",
        "wget -T 99999999999999999 localhost",
        "dd if=/etc/hosts of=/dev/null bs=9223372036854775807 skip=9223372036854775807",
        "echo >/tmp/f; truncate -s 18446744073709551615 /tmp/f; truncate -s +9 /tmp/f; echo >>/tmp/f; tail -c 3 /tmp/f",
    ] {
        run(script);
    }
}

/// A machine that is dropped while its processes still run leaves nothing behind.
#[test]
fn a_machine_that_is_dropped_is_gone() {
    for script in
        ["sleep 1000", "while :; do sleep 1; done & yes | cat; wait", "mkfifo /tmp/f; cat < /tmp/f & sleep 900"]
    {
        let host = Rc::new(Nowhere);
        let mut machine = Machine::new(Config::new("busybox:1.35"), host.clone());
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(60));
        assert!(machine.exit().is_none(), "{script}");
        drop(machine);
        assert_eq!(Rc::strong_count(&host), 1, "{script}");
    }
}

/// Paths are as long as the kernel lets them be, and a tree is taken apart without the stack.
#[test]
fn directories_in_directories_for_ever_come_to_an_end() {
    let (machine, code) = run("i=0; while mkdir d && cd d; do i=$((i+1)); done 2>/tmp/error; cat /tmp/error; echo $i");
    assert_eq!(code, None, "long walks are work");
    drop(machine);
    let long = format!("mkdir -p {0}/{0}/{0}; cd {0}/{0}/{0}; pwd | wc -c; cat {0}/{0}/{0}", "d".repeat(255));
    let (mut machine, code) = run(&long);
    assert_eq!(code, Some(1));
    assert_eq!(machine.take_output()[0].line, "769");
    let (mut machine, code) = run(&format!("cd /tmp; mkdir {}; echo >{}/x", "d".repeat(256), "/d".repeat(2048)));
    assert_eq!(code, Some(1));
    let said: Vec<String> = machine.take_output().into_iter().map(|l| l.line).collect();
    assert!(said.iter().all(|l| l.ends_with("File name too long")) && said.len() == 2, "{said:?}");
}

/// A container waits for a file of another one for most of a day: it is neither cut off nor late.
#[test]
fn a_long_wait_for_a_file_of_another_container_ends_in_time() {
    let volume = Volume::empty();
    let started = |path: &str, script: &str| {
        let mut config = Config::new("busybox:1.35");
        config.mounts.push(Mount { path: path.into(), volume: volume.clone(), sub_path: None, read_only: false });
        let mut machine = Machine::new(config, Rc::new(Nowhere));
        machine.start(Millis(0), &["sh", "-c", script].map(String::from)).unwrap();
        machine
    };
    let mut waiting = started("/in", "until [ -f /in/ready ]; do sleep 1; done; date +%s; exit 7");
    let mut writing = started("/out", "sleep 72000.5; touch /out/ready; sleep 100");
    // As the engine does: each is run when it asks for it.
    let end = Millis::secs(72_100);
    while let Some(at) = [&waiting, &writing].iter().filter_map(|m| m.next_wake()).min().filter(|at| *at <= end) {
        for machine in [&mut writing, &mut waiting] {
            machine.run(at);
        }
    }
    let exit = waiting.exit().expect("it has seen the file");
    let late = exit.at.0 as i64 - 72_000_500;
    assert!(exit.code == 7 && (0..1_200).contains(&late), "{exit:?}");
}

/// What the kubelet writes into a volume is a change as well.
#[test]
fn a_wait_for_a_file_of_the_kubelet_ends_in_time() {
    let volume = Volume::empty();
    let mut config = Config::new("busybox:1.35");
    config.mounts.push(Mount { path: "/in".into(), volume: volume.clone(), sub_path: None, read_only: true });
    let mut machine = Machine::new(config, Rc::new(Nowhere));
    machine.start(Millis(0), &["sh", "-c", "until [ -f /in/key ]; do sleep 2; done"].map(String::from)).unwrap();
    machine.run(Millis::secs(50_000));
    assert_eq!(machine.exit(), None);
    volume.write("key", b"value".to_vec(), 0o644);
    machine.run(Millis::secs(50_003));
    assert_eq!(machine.exit().map(|e| e.code), Some(0));
}

/// `>(commands)` read what is written to them; an unfinished one is an error, not a reader without end.
#[test]
fn output_goes_into_a_process_substitution() {
    let run = |script: &str| {
        let mut machine = Machine::new(Config::new("bash:5"), Rc::new(Nowhere));
        machine.start(Millis(0), &["bash", "-c", script].map(String::from)).unwrap();
        machine.run(Millis::secs(60));
        (machine.exit().map(|e| e.code), machine.take_output().into_iter().map(|l| l.line).collect::<Vec<_>>())
    };
    let (code, lines) = run("seq 3 | tee >(tr 1 x; echo end) > /tmp/all; sleep 1; cat /tmp/all");
    assert_eq!((code, lines.join(" ").as_str()), (Some(0), "x 2 3 end 1 2 3"));
    assert_eq!(run("echo hi >(").0, Some(2));
}

/// An error in back-quotes, whose text is read without its backslashes, still lies in the script.
#[test]
fn errors_lie_in_the_script() {
    for script in ["echo `a\\\\\\\\ééé 'é`é", "`\\\\é\\\\é\"`é", "cat <<-E\n\t\té $(é\nE\n", "é `é 'x"] {
        let error = podlapse::shell::parse(script, podlapse::shell::Dialect::Sh).err();
        let span = error.map(|e| e.span).expect("an error");
        assert!(script.get(span.start..span.end).is_some(), "{script} {span:?}");
    }
}

/// A machine that has been started at `at`.
fn started(script: &str, at: Millis, seed: u64) -> Option<Machine> {
    started_in("busybox:1.35", script, at, seed)
}

fn started_in(image: &str, script: &str, at: Millis, seed: u64) -> Option<Machine> {
    let mut machine = Machine::new(Config { seed, ..Config::new(image) }, Rc::new(Nowhere));
    machine.start(at, &["sh", "-c", script].map(String::from)).is_ok().then_some(machine)
}

/// What one run came to that a machine says can be repeated.
fn recording(script: &str) -> Option<Recording> {
    recorded(started(script, Millis(1000), 1)?)
}

fn recorded(mut machine: Machine) -> Option<Recording> {
    while machine.exit().is_none() {
        let next = machine.next_wake().filter(|at| *at < Millis::secs(120))?;
        machine.run(next);
    }
    machine.recording("/dev/termination-log", 4096)
}

/// A run in a world that refuses everything, with another seed and at a moment at which days and seconds stand elsewhere, against the
/// replay of one before it: from stop to stop and in what it came to.
fn replays_alike(script: &str, recording: Recording) {
    let at = Millis(987_654_321);
    let config = Config { seed: 2, ..Config::new("busybox:1.35") };
    assert!(recording.fits(&config, &["sh", "-c", script].map(String::from)));
    let mut replay = Replay::start(Rc::new(recording), config, Rc::new(Nowhere), at);
    let mut machine = started(script, at, 2).expect("it has been started before");
    let mut now = at;
    loop {
        machine.run(now);
        replay.run(now);
        assert_eq!(machine.exit(), replay.exit(), "{script}");
        if machine.exit().is_some() {
            break;
        }
        assert_eq!(machine.next_wake(), replay.next_wake(), "{script}");
        now = machine.next_wake().expect("it ended before");
    }
    assert_eq!(machine.file_end("/dev/termination-log", 4096), replay.last_words(), "{script}");
    assert_eq!(machine.take_output(), replay.output().collect::<Vec<_>>(), "{script}");
}

#[test]
fn runs_that_can_be_repeated_are_repeated_to_the_letter() {
    let (mut repeated, mut all) = (0, 0);
    each_case(|case| {
        all += 1;
        if let Some(recording) = recording(&case.script) {
            repeated += 1;
            replays_alike(&case.script, recording);
        }
    });
    assert!(repeated * 2 > all, "only {repeated} of {all} can be repeated");
}

#[test]
fn a_run_that_saw_anything_of_the_world_is_not_repeated() {
    for script in [
        "date",
        "date +%s > /tmp/t",
        "echo $RANDOM",
        "awk 'BEGIN { print rand() }'",
        "awk 'BEGIN { print systime() }'",
        "awk 'BEGIN { print strftime(\"%H\") }'",
        "mktemp",
        "seq 5 | shuf",
        "head -c 4 /dev/urandom | od",
        "touch /tmp/a; ls -l /tmp",
        "touch /tmp/a; stat -c %y /tmp/a",
        "touch /tmp/a; date -r /tmp/a",
        "find /etc -mmin +5",
        "uptime",
        "nslookup db",
        "wget -q -O- http://db",
        "nc -z localhost 80",
        "ping -c 1 db",
        "ps",
        "nc -l -p 80 & sleep 1",
        "while :; do :; done & sleep 2; kill $!; exit 1",
    ] {
        assert!(recording(script).is_none(), "{script}");
    }
    let asks = started_in("bitnami/kubectl", "kubectl get pod x; exit 1", Millis(1000), 1);
    assert!(recorded(asks.expect("it has a shell")).is_none());
    for script in
        ["sleep 1; exit 1", "echo a > /tmp/a; cat /tmp/a", "for i in 1 2 3; do echo $i; sleep 0.3; done", "nosuch"]
    {
        assert!(recording(script).is_some(), "{script}");
    }
}

#[test]
fn a_replay_comes_alive_where_it_is() {
    let script = "trap 'echo stopped; exit 3' TERM; echo a; sleep 2; echo b; sleep 2 & wait; echo c";
    for signal_at in [0, 1, 500, 2_000, 2_001, 2_500, 3_999] {
        let at = Millis(77_000);
        let kept = Rc::new(recording(script).expect("nothing but itself"));
        let mut replay = Replay::start(kept, Config::new("busybox:1.35"), Rc::new(Nowhere), at);
        let mut machine = started(script, at, 0).expect("it has been started before");
        machine.run(at);
        replay.run(at);
        let now = at + Millis(signal_at);
        while let Some(next) = machine.next_wake().filter(|next| *next <= now) {
            machine.run(next);
            replay.run(next);
        }
        let mut alive = replay.machine();
        for machine in [&mut machine, &mut alive] {
            machine.signal(now, 15);
            machine.run(at + Millis::secs(60));
        }
        assert_eq!(machine.exit(), alive.exit(), "{signal_at}");
        assert_eq!(machine.take_output(), alive.take_output(), "{signal_at}");
        assert!(alive.recording("/dev/termination-log", 4096).is_none(), "a signal had a part in it");
    }
}
