//! What containers' commands say where no recording of busybox shows it: bash, and programs that start others.

use expect_test::{Expect, expect};

use crate::security::check_says;
use crate::{check, check_kills, run};

/// What a container of `image` says whose command is `words` and a script.
fn check_script(image: &str, words: &[&str], script: &str, scenario: &str, expect: Expect) {
    let words = words.iter().map(|word| format!("  - {word}\n")).collect::<String>();
    let indented = script.lines().map(|l| format!("    {l}\n")).collect::<String>();
    let pod = format!(
        "restartPolicy: Never\ncontainers:\n- name: main\n  image: {image}\n  command:\n{words}  - |\n{indented}"
    );
    check_says(&pod, scenario, expect);
}

fn check_bash(script: &str, scenario: &str, expect: Expect) {
    check_script("bash:5.2", &["bash", "-c"], script, scenario, expect);
}

/// How scripts without netcat wait for a port.
#[test]
fn a_port_as_a_file() {
    check_bash(
        "for i in 1 2 3 4; do\n  (echo > /dev/tcp/db/5432) && break\n  sleep 2\ndone\n(echo > /dev/tcp/db/80)\ntimeout 1 bash -c '</dev/tcp/db/5432'",
        "services: [{name: db, ports: [5432], availableAt: 4s}]",
        expect![[r#"
            bash: line 2: db: Name or service not known
            bash: line 2: /dev/tcp/db/5432: Invalid argument
            bash: line 2: db: Name or service not known
            bash: line 2: /dev/tcp/db/5432: Invalid argument
            bash: connect: Connection refused
            bash: line 5: /dev/tcp/db/80: Connection refused
            ends with 0
        "#]],
    );
}

fn check_python(options: &[&str], code: &str, expect: Expect) {
    check_script("python:3.12", &[&["python3"], options, &["-c"]].concat(), code, "", expect);
}

/// One-liners of Python: what is printed waits until the program ends, unless it is flushed.
#[test]
fn python_prints_when_it_ends() {
    let code = "import sys, time\nname = 'db'\nfor i in range(3):\n    print(f'try {i} of {name}', 'now', flush=True)  # soon\n    \
        print('still', end=' '); time.sleep(0.5)\nprint('gave up; bye', file=sys.stderr)\nsys.exit(3)\n";
    check_python(
        &[],
        code,
        expect![[r#"
        try 0 of db now
        still try 1 of db now
        still try 2 of db now
        gave up; bye
        still 
        ends with 3
    "#]],
    );
    check_python(
        &["-u"],
        code,
        expect![[r#"
        try 0 of db now
        still try 1 of db now
        still try 2 of db now
        gave up; bye
        still 
        ends with 3
    "#]],
    );
    check_python(
        &[],
        "raise ValueError('no \\'x\\'')",
        expect![[r#"
        Traceback (most recent call last):
          File "<string>", line 1, in <module>
        ValueError: no 'x'
        ends with 1
    "#]],
    );
    check_python(
        &[],
        "print('a')\nexit('words')",
        expect![[r#"
        words
        a
        ends with 1
    "#]],
    );
    check_python(
        &[],
        "import os; print('lost'); os._exit(4)",
        expect![[r#"
        ends with 4
    "#]],
    );
}

/// What is more than can be run here is a program that nobody models, as a whole.
#[test]
fn more_python_than_is_known() {
    let deep =
        (0..30).map(|i| format!("{}while True:\\n", " ".repeat(i))).collect::<String>() + &" ".repeat(30) + "pass";
    for code in [
        "print('a')\\nimport json",
        "print(1 + 1)",
        "print(x)",
        "x = y",
        "sys.exit(1)",
        "for i in range(2): pass\\n  pass",
        "while True:\\npass",
        "print('a",
        &deep,
    ] {
        let pod = format!("containers:\n- {{name: main, image: 'python:3.12', command: [python, -c, \"{code}\"]}}\n");
        let trace = run(&pod, "");
        assert!(trace.assumptions.iter().any(|a| a.about == "program python"), "{code}: {:?}", trace.assumptions);
    }
}

/// `http.server` answers, and as the first process takes no notice of TERM.
#[test]
fn a_server_of_python() {
    let pod = "terminationGracePeriodSeconds: 5\ncontainers:\n- name: main\n  image: python:3.12\n  command: [python, -m, http.server, '8080', -d, /srv]\n  \
        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}\n";
    check(
        pod,
        "actions: [{at: 10s, deletePod: {}}]",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 0/1 Running 0
            0.66    Unhealthy main: Readiness probe failed: Get "http://10.88.0.10:8080/": dial tcp 10.88.0.10:8080: connect: connection refused
            1.66    | 1/1 Running 0
            10.00   | 1/1 Terminating 0
            10.01   Killing main: Stopping container main
            15.01   main#0 ends with 137 Error
            15.19   phase Failed
            15.19   | 0/1 Error 0
            15.78   | deleted
        "#]],
    );
}

/// The trap of ERR: for what nobody looks at, outside of functions, before `set -e` ends the shell.
#[test]
fn trap_of_errors() {
    check_bash(
        "trap 'echo \"failed with $?\"' ERR\nfalse || true\nif false; then :; fi\nf() { false; echo in; }\nf\n(exit 3)\necho \"still $?\"\nset -e\n! true\nfalse\necho never",
        "",
        expect![[r#"
            in
            failed with 3
            still 3
            failed with 1
            ends with 1
        "#]],
    );
}

#[test]
fn programs_that_start_others() {
    check_says(
        r#"
restartPolicy: Never
containers:
- name: main
  image: busybox:1.36
  command:
  - sh
  - -c
  - |
    su nobody -s /bin/sh -c 'echo as another'
    flock -w 5 /tmp/lock echo locked
    flock /tmp/lock -c 'echo by a shell; exit 3' || echo $?
    nsenter -t 1 -m -u -- echo on the node
    setsid echo alone
"#,
        "",
        expect![[r#"
            as another
            locked
            by a shell
            3
            on the node
            alone
            ends with 0
        "#]],
    );
}

/// Standard input that stays open keeps a shell waiting; without it the shell is at its end at once.
#[test]
fn a_terminal_keeps_a_shell() {
    let pod =
        |more: &str| format!("restartPolicy: Never\ncontainers:\n- {{name: main, image: 'busybox:1.36'{more}}}\n");
    check(
        &pod(", stdin: true"),
        "horizon: 2s",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        0.03    | 0/1 ContainerCreating 0
        0.65    main#0 runs
        0.66    phase Running
        0.66    | 1/1 Running 0
    "#]],
    );
    check(
        &pod(", tty: true"),
        "horizon: 2s",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        0.03    | 0/1 ContainerCreating 0
        0.65    main#0 runs
        0.66    phase Running
        0.66    | 1/1 Running 0
    "#]],
    );
    check(
        &pod(""),
        "horizon: 2s",
        expect![[r#"
        0.00    phase Pending
        0.00    | 0/1 Pending 0
        0.03    | 0/1 ContainerCreating 0
        0.65    main#0 ends with 0 Completed
        0.65    main#0 runs
        0.66    phase Running
        0.66    | 1/1 Running 0
        0.78    | 0/1 Completed 0
        1.96    phase Succeeded
    "#]],
    );
}

/// In a process namespace that is shared no command is PID 1, and TERM ends what does not heed it.
#[test]
fn a_shared_process_namespace_spares_nobody() {
    check_kills(
        "shareProcessNamespace: true\ncontainers:\n- {name: main, image: 'busybox:1.36', command: [sleep, '1000']}\n",
        "horizon: 10s\nactions: [{at: 3s, deletePod: {}}]",
        expect![[r#"
            main: from 3.01 TERM 3.01 KILL - exit 143 at 3.01 (Stopping container main)
        "#]],
    );
}
