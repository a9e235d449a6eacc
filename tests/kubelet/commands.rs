//! What containers' commands say where no recording of busybox shows it: bash, and programs that start others.

use expect_test::{Expect, expect};

use crate::security::check_says;
use crate::{check, check_kills};

fn check_bash(script: &str, scenario: &str, expect: Expect) {
    let indented = script.lines().map(|l| format!("    {l}\n")).collect::<String>();
    let pod = format!(
        "restartPolicy: Never\ncontainers:\n- name: main\n  image: bash:5.2\n  command:\n  - bash\n  - -c\n  - |\n{indented}"
    );
    check_says(&pod, scenario, expect);
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
