//! The crash back-off (`FINDINGS.md` 2 and 3, `kubelet-semantics.md` 1.6, 1.7, 4).

use expect_test::expect;

use crate::check;

/// 02, 4.3: at once, then 10 s and more; `Init:Error` stands through the whole wait.
#[test]
fn the_series_of_an_init_container() {
    check(
        r#"
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        "horizon: 100s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    init-a#0 runs
            1.65    init-a#0 ends with 1 Error
            1.78    | 0/1 Init:Error 0
            1.89    init-a#1 runs
            1.90    | 0/1 Init:0/1 1 (0s ago)
            2.89    init-a#1 ends with 1 Error
            3.78    BackOff init-a: Back-off restarting failed container init-a in pod p_default(UID)
            3.78    | 0/1 Init:Error 1 (2s ago)
            15.37   | 0/1 Init:CrashLoopBackOff 1 (13s ago)
            15.48   init-a#2 runs
            15.49   | 0/1 Init:0/1 2 (13s ago)
            16.48   init-a#2 ends with 1 Error
            16.78   BackOff x2 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            16.78   | 0/1 Init:Error 2 (14s ago)
            42.37   | 0/1 Init:CrashLoopBackOff 2 (26s ago)
            42.48   init-a#3 runs
            42.49   | 0/1 Init:0/1 3 (26s ago)
            43.48   init-a#3 ends with 1 Error
            43.78   BackOff x3 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            43.78   | 0/1 Init:Error 3 (27s ago)
            94.37   | 0/1 Init:CrashLoopBackOff 3 (51s ago)
            94.48   init-a#4 runs
            94.49   | 0/1 Init:0/1 4 (51s ago)
            95.48   init-a#4 ends with 1 Error
            95.78   BackOff x4 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            95.78   | 0/1 Init:Error 4 (52s ago)
        "#]],
    );
}

/// 06: Always restarts what succeeded, with the same back-off.
#[test]
fn an_exit_with_0_is_backed_off_alike() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 2']}
"#,
        "horizon: 60s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            2.65    main#0 ends with 0 Completed
            2.78    | 0/1 Completed 0
            2.89    main#1 runs
            2.90    | 1/1 Running 1 (0s ago)
            4.89    main#1 ends with 0 Completed
            5.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            5.78    | 0/1 Completed 1 (3s ago)
            17.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            17.48   main#2 runs
            17.49   | 1/1 Running 2 (13s ago)
            19.48   main#2 ends with 0 Completed
            19.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            19.78   | 0/1 Completed 2 (15s ago)
            45.37   | 0/1 CrashLoopBackOff 2 (26s ago)
            45.48   main#3 runs
            45.49   | 1/1 Running 3 (26s ago)
            47.48   main#3 ends with 0 Completed
            47.78   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            47.78   | 0/1 Completed 3 (28s ago)
        "#]],
    );
}

/// 19c: the series restarts after a run of more than 600 s.
#[test]
fn a_run_of_more_than_ten_minutes_begins_anew() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 800s
containers:
- name: main
  faults:
  - {attempts: "1-3", exit: {code: 1, after: 1s}}
  - {attempts: "4", exit: {code: 1, after: 630s}}
  - {attempts: "5-", exit: {code: 1, after: 1s}}
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 0/1 Error 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 1 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Error 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 1 Error
            16.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Error 2 (14s ago)
            42.37   | 0/1 CrashLoopBackOff 2 (26s ago)
            42.48   main#3 runs
            42.49   | 1/1 Running 3 (26s ago)
            672.48  main#3 ends with 1 Error
            672.78  | 0/1 Error 3 (10m ago)
            672.89  main#4 runs
            672.90  | 1/1 Running 4 (0s ago)
            673.89  main#4 ends with 1 Error
            674.78  BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            674.78  | 0/1 Error 4 (2s ago)
            686.37  | 0/1 CrashLoopBackOff 4 (13s ago)
            686.48  main#5 runs
            686.49  | 1/1 Running 5 (13s ago)
            687.48  main#5 ends with 1 Error
            687.78  BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            687.78  | 0/1 Error 5 (14s ago)
            713.37  | 0/1 CrashLoopBackOff 5 (26s ago)
            713.48  main#6 runs
            713.49  | 1/1 Running 6 (26s ago)
            714.48  main#6 ends with 1 Error
            714.78  BackOff x5 main: Back-off restarting failed container main in pod p_default(UID)
            714.78  | 0/1 Error 6 (27s ago)
            765.37  | 0/1 CrashLoopBackOff 6 (51s ago)
            765.48  main#7 runs
            765.49  | 1/1 Running 7 (51s ago)
            766.48  main#7 ends with 1 Error
            766.78  BackOff x6 main: Back-off restarting failed container main in pod p_default(UID)
            766.78  | 0/1 Error 7 (52s ago)
        "#]],
    );
}

/// 19d: a good run of 310 s does not lower the back-off.
#[test]
fn a_run_of_five_minutes_does_not() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 450s
containers:
- name: main
  faults:
  - {attempts: "1-3", exit: {code: 1, after: 1s}}
  - {attempts: "4", exit: {code: 1, after: 310s}}
  - {attempts: "5-", exit: {code: 1, after: 1s}}
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 0/1 Error 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 1 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Error 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 1 Error
            16.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Error 2 (14s ago)
            42.37   | 0/1 CrashLoopBackOff 2 (26s ago)
            42.48   main#3 runs
            42.49   | 1/1 Running 3 (26s ago)
            352.48  main#3 ends with 1 Error
            352.78  BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            352.78  | 0/1 Error 3 (5m36s ago)
            403.37  | 0/1 CrashLoopBackOff 3 (51s ago)
            403.48  main#4 runs
            403.49  | 1/1 Running 4 (51s ago)
            404.48  main#4 ends with 1 Error
            404.78  BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            404.78  | 0/1 Error 4 (52s ago)
        "#]],
    );
}

/// 67: maxContainerRestartPeriod 20s gives 10, 20, 20, 20.
#[test]
fn the_cap_of_the_kubelets_configuration() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
"#,
        r#"
horizon: 110s
cluster: {kubelet: {crashLoopBackOff: {maxContainerRestartPeriod: 20s}}}
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 ContainerCreating 0
            0.65    main#0 runs
            0.66    phase Running
            0.66    | 1/1 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 0/1 Error 0
            1.89    main#1 runs
            1.90    | 1/1 Running 1 (0s ago)
            2.89    main#1 ends with 1 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 0/1 Error 1 (2s ago)
            15.37   | 0/1 CrashLoopBackOff 1 (13s ago)
            15.48   main#2 runs
            15.49   | 1/1 Running 2 (13s ago)
            16.48   main#2 ends with 1 Error
            16.78   BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            16.78   | 0/1 Error 2 (14s ago)
            42.37   | 0/1 CrashLoopBackOff 2 (26s ago)
            42.48   main#3 runs
            42.49   | 1/1 Running 3 (26s ago)
            43.48   main#3 ends with 1 Error
            43.78   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            43.78   | 0/1 Error 3 (27s ago)
            69.37   | 0/1 CrashLoopBackOff 3 (26s ago)
            69.48   main#4 runs
            69.49   | 1/1 Running 4 (26s ago)
            70.48   main#4 ends with 1 Error
            70.78   BackOff x4 main: Back-off restarting failed container main in pod p_default(UID)
            70.78   | 0/1 Error 4 (27s ago)
            96.37   | 0/1 CrashLoopBackOff 4 (26s ago)
            96.48   main#5 runs
            96.49   | 1/1 Running 5 (26s ago)
            97.48   main#5 ends with 1 Error
            97.78   BackOff x5 main: Back-off restarting failed container main in pod p_default(UID)
            97.78   | 0/1 Error 5 (27s ago)
        "#]],
    );
}

/// 24: at once, and the restart count goes on.
#[test]
fn a_changed_image_has_a_series_of_its_own() {
    check(
        r#"
initContainers:
- {name: init-a, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1000']}
"#,
        r#"
horizon: 60s
actions: [{at: 8s, setImage: {container: init-a, image: 'c:1'}}]
"#,
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/1 Pending 0
            0.03    | 0/1 Init:0/1 0
            0.65    init-a#0 runs
            1.65    init-a#0 ends with 1 Error
            1.78    | 0/1 Init:Error 0
            1.89    init-a#1 runs
            1.90    | 0/1 Init:0/1 1 (0s ago)
            2.89    init-a#1 ends with 1 Error
            3.78    BackOff init-a: Back-off restarting failed container init-a in pod p_default(UID)
            3.78    | 0/1 Init:Error 1 (2s ago)
            8.01    | 0/1 Init:CrashLoopBackOff 1 (6s ago)
            8.12    init-a#2 runs
            8.13    | 0/1 Init:0/1 2 (6s ago)
            9.12    init-a#2 ends with 1 Error
            9.78    BackOff x2 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            9.78    | 0/1 Init:Error 2 (7s ago)
            22.37   | 0/1 Init:CrashLoopBackOff 2 (13s ago)
            22.48   init-a#3 runs
            22.49   | 0/1 Init:0/1 3 (13s ago)
            23.48   init-a#3 ends with 1 Error
            23.78   BackOff x3 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            23.78   | 0/1 Init:Error 3 (14s ago)
            49.37   | 0/1 Init:CrashLoopBackOff 3 (26s ago)
            49.48   init-a#4 runs
            49.49   | 0/1 Init:0/1 4 (26s ago)
            50.48   init-a#4 ends with 1 Error
            50.78   BackOff x4 init-a: Back-off restarting failed container init-a in pod p_default(UID)
            50.78   | 0/1 Init:Error 4 (27s ago)
        "#]],
    );
}

/// 1.7: another container's change shows CrashLoopBackOff early.
#[test]
fn whatever_causes_a_look_shows_the_reason() {
    check(
        r#"
containers:
- {name: main, image: 'b:1', command: [sh, -c, 'sleep 1; exit 1']}
- {name: other, image: 'b:1', command: [sh, -c, 'sleep 7; exit 0'], restartPolicy: Never}
"#,
        "horizon: 20s",
        expect![[r#"
            0.00    phase Pending
            0.00    | 0/2 Pending 0
            0.03    | 0/2 ContainerCreating 0
            0.65    main#0 runs
            0.76    other#0 runs
            0.77    phase Running
            0.77    | 2/2 Running 0
            1.65    main#0 ends with 1 Error
            1.78    | 1/2 Error 0
            1.89    main#1 runs
            1.90    | 2/2 Running 1 (0s ago)
            2.89    main#1 ends with 1 Error
            3.78    BackOff main: Back-off restarting failed container main in pod p_default(UID)
            3.78    | 1/2 Error 1 (2s ago)
            7.76    other#0 ends with 0 Completed
            8.78    BackOff x2 main: Back-off restarting failed container main in pod p_default(UID)
            8.78    | 0/2 CrashLoopBackOff 1 (6s ago)
            14.48   main#2 runs
            14.49   | 1/2 NotReady 2 (12s ago)
            15.48   main#2 ends with 1 Error
            15.78   BackOff x3 main: Back-off restarting failed container main in pod p_default(UID)
            15.78   | 0/2 Error 2 (13s ago)
        "#]],
    );
}
