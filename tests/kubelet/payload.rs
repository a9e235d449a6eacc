//! How the kubelet lays out the files of ConfigMaps, Secrets and the like (`pkg/volume/util/atomic_writer.go`), as scripts see it.

use expect_test::expect;

use crate::check_logs;

const OBJECTS: &str = "horizon: 10s\nobjects: [{kind: ConfigMap, name: c, data: {a.conf: x=1, b: bee}}]";

/// Runs a script with the ConfigMap at `/c`, one key of it at `/s/a.conf`, and a projected volume at `/d`.
fn check(image: &str, script: &str, expect: expect_test::Expect) {
    let pod = format!(
        r#"
restartPolicy: Never
containers:
- name: main
  image: {image}
  command:
  - sh
  - -c
  - |
    {script}
  volumeMounts:
  - {{name: c, mountPath: /c}}
  - {{name: c, mountPath: /s/a.conf, subPath: a.conf}}
  - {{name: d, mountPath: /d}}
volumes:
- {{name: c, configMap: {{name: c}}}}
- {{name: d, projected: {{sources: [{{configMap: {{name: c, items: [{{key: b, path: sub/key}}]}}}}]}}}}
"#
    );
    check_logs(&pod, OBJECTS, expect);
}

/// What is at the top are links by way of `..data`; a directory is one link.
#[test]
fn keys_are_links() {
    check(
        "busybox:1.36",
        "ls -la /c | cut -c1-29,57-; readlink /c/b; ls /c; cat /c/a.conf; echo; ls -ld /d | cut -c1-11; readlink /d/sub; cat /d/sub/key",
        expect![[r#"
            main#0 total 12
            main#0 drwxrwxrwx    3 root     root .
            main#0 drwxr-xr-x   19 root     root ..
            main#0 drwxr-xr-x    2 root     root ..2026_11_22_15_00_00.4095361155
            main#0 lrwxrwxrwx    1 root     root ..data -> ..2026_11_22_15_00_00.4095361155
            main#0 lrwxrwxrwx    1 root     root a.conf -> ..data/a.conf
            main#0 lrwxrwxrwx    1 root     root b -> ..data/b
            main#0 ..data/b
            main#0 a.conf
            main#0 b
            main#0 x=1
            main#0 drwxrwxrwt 
            main#0 ..data/sub
            main#0 bee
        "#]],
    );
}

/// A search for files finds them where they are, and copies of links lead nowhere.
#[test]
fn links_surprise_who_copies_and_searches() {
    check(
        "busybox:1.36",
        "find /c -type f | cut -c1-5,34-; find /c -type l; mkdir /t /u; cp -r /c/* /t; cat /t/b; cp -rL /c/* /u; cat /u/b; echo; cp /c/a.conf /u/plain; ls -l /t /u | cut -c1-10,57-",
        expect![[r#"
            main#0 /c/..55/a.conf
            main#0 /c/..55/b
            main#0 /c/..data
            main#0 /c/a.conf
            main#0 /c/b
            main#0 cat: can't open '/t/b': No such file or directory
            main#0 bee
            main#0 /t:
            main#0 total 0
            main#0 lrwxrwxrwx a.conf -> ..data/a.conf
            main#0 lrwxrwxrwx b -> ..data/b
            main#0 
            main#0 /u:
            main#0 total 12
            main#0 -rw-r--r-- a.conf
            main#0 -rw-r--r-- b
            main#0 -rw-r--r-- plain
        "#]],
    );
}

/// What is mounted by `subPath` is the file itself.
#[test]
fn a_sub_path_is_a_plain_file() {
    check(
        "busybox:1.36",
        "ls -l /s | cut -c1-10,57-; [ -L /s/a.conf ] || echo no link; [ -L /c/a.conf ] && [ -f /c/a.conf ] && echo both",
        expect![[r#"
            main#0 total 4
            main#0 -rw-r--r-- a.conf
            main#0 no link
            main#0 both
        "#]],
    );
}

/// busybox's `grep -r` reads what links lead to, GNU's does not.
#[test]
fn a_recursive_search() {
    for (image, expect) in [
        (
            "busybox:1.36",
            expect![[r#"
        main#0 /c/..2026_11_22_T/a.conf:x=1
        main#0 /c/a.conf:x=1
    "#]],
        ),
        (
            "debian:12",
            expect![[r#"
        main#0 /c/..2026_11_22_T/a.conf:x=1
    "#]],
        ),
    ] {
        check(image, "grep -r x /c | sed 's/15_00_00[.0-9]*/T/'", expect);
    }
}

/// A link that leads in a circle, or out of the volume, is no place for a mount.
#[test]
fn a_sub_path_keeps_to_its_volume() {
    for (target, fits) in [("here", false), ("../../etc", false), ("/etc", false), ("there", true)] {
        let pod = format!(
            r#"
initContainers:
- {{name: init, image: 'b:1', command: [sh, -c, 'mkdir /e/there; ln -s {target} /e/here'], volumeMounts: [{{name: e, mountPath: /e}}]}}
containers:
- {{name: main, image: 'b:1', command: [sleep, '1000'], volumeMounts: [{{name: e, mountPath: /a, subPath: here}}]}}
volumes: [{{name: e, emptyDir: {{}}}}]
"#
        );
        let trace = crate::run(&pod, "horizon: 10s");
        let told = |e: &&podlapse::trace::Event| {
            &*e.message == "Error: failed to prepare subPath for volumeMount \"e\" of container \"main\""
        };
        assert_eq!(trace.events.iter().find(told).is_none(), fits, "{target}");
        assert_eq!(trace.main_started().all(|(_, started)| started.is_some()), fits, "{target}");
    }
}
