//! What containers' commands say where no recording of busybox shows it: bash, and programs that start others.

use expect_test::{Expect, expect};

use crate::security::check_says;

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
