//! Tests of the explanations: traces in, whole sentences out.

use expect_test::{Expect, expect};

use super::*;
use crate::i18n::Lang;
use crate::scenario::ActionKind;
use crate::time::Millis;
use crate::trace::{BackOffKind, ContainerState, ContainerStatus, EntryId, Terminated, Trace, WorldKind};
use crate::view::test_support::TraceBuilder;
use crate::view::timeline::Timeline;

const ONE_INIT: &str = "
metadata: {name: demo}
spec:
  initContainers:
  - {name: init-a, image: 'busybox:1.28', command: [sh, -c, 'until nslookup mydb; do sleep 2; done']}
  containers:
  - {name: main, image: nginx}
";

/// Recording 02: an init that fails each time after a second.
fn crash_loop() -> Trace {
    let mut b = TraceBuilder::new(ONE_INIT, 30_000);
    b.sandbox(100, 600).start(1100, "init-a").exit(2200, "init-a", 1);
    b.start(2900, "init-a").exit(4000, "init-a", 1).status(4800, |s| {
        let state = ContainerState::Terminated(Terminated {
            exit_code: 1,
            reason: "Error".into(),
            message: None,
            started_at: Some(Millis(3000)),
            finished_at: Some(Millis(4000)),
            never_started: false,
            container_id: None,
        });
        let status = ContainerStatus {
            name: "init-a".into(),
            state,
            last_state: None,
            ready: false,
            started: false,
            restart_count: 1,
            image: "".into(),
            image_id: "".into(),
            container_id: "".into(),
        };
        s.init = [status.into()].into_iter().collect();
    });
    b.back_off(4800, "init-a", BackOffKind::Crash, 4000, 10_000, Some(16_400));
    b.start(16_400, "init-a").exit(17_500, "init-a", 1);
    b.back_off(17_900, "init-a", BackOffKind::Crash, 17_500, 20_000, None);
    b.build()
}

/// An init that waits for a service; main starts half a second after it has come.
fn waits_for_service(at: Option<u64>, horizon: u64) -> Trace {
    let mut b = TraceBuilder::new(ONE_INIT, horizon);
    b.world(WorldKind::Service, "mydb", &at.map(|at| (at, None)).into_iter().collect::<Vec<_>>());
    b.sandbox(100, 600).start(700, "init-a");
    if let Some(at) = at {
        b.exit(at + 500, "init-a", 0).start(at + 1200, "main").phase(at + 1400, "Running");
        b.condition(at + 1400, "Ready", "True").settled();
    }
    b.build()
}

fn told(trace: &Trace, t: u64, lang: Lang) -> String {
    let timeline = Timeline::of(trace);
    let mut text = String::new();
    for e in moment(trace, &timeline, Millis(t)) {
        text += &format!("- {}\n", e.what.text(lang));
        for (head, list) in [("why", &e.why), ("next", &e.next)] {
            for s in list {
                text += &format!("  {head}: {}\n", s.text(lang));
            }
        }
        if let Some(rule) = e.rule {
            text += &format!("  rule {}: {}\n", rule.section(), rule.text(lang));
        }
    }
    text
}

fn check(actual: String, expect: Expect) {
    expect.assert_eq(&actual);
}

#[test]
fn a_back_off_is_explained_with_the_numbers_of_the_run() {
    check(
        told(&crash_loop(), 10_000, Lang::En),
        expect![[r#"
            - The Pod initializes: 0 of 1 init containers are done.
              why: STATUS shows Init:Error although it is in back-off: a status is published before the kubelet acts, with the reason that the look before left.
              rule 2.4: Init containers run one after another; the next one starts when the one before has succeeded.
            - init-a is in back-off: its 2nd attempt ended with exit code 1 at 4s, so the next try waits 10s.
              why: The kubelet wakes up between one and one and a half times the remaining wait, so it takes longer than the nominal time.
              next: The next try of init-a is at 16.4s, in 6.4s.
              rule 4.1: The first restart is immediate; then 10s, 20s, 40s, 80s, 160s and 300s at most, counted from the end of the attempt.
            - main waits its turn: init-a comes first.
              next: main does not start in the simulated time.
              rule 2.4: Main containers start when every init container has succeeded and every sidecar has started.
        "#]],
    );
    check(
        told(&crash_loop(), 10_000, Lang::Ko),
        expect![[r#"
            - 파드를 초기화하고 있습니다. 초기화 컨테이너 1개 중 0개가 끝났습니다.
              why: 백오프 중이지만 STATUS에는 Init:Error 표시가 남아 있습니다. 상태는 kubelet이 조치하기 전에, 직전 확인에서 남긴 이유로 게시되기 때문입니다.
              rule 2.4: 초기화 컨테이너는 하나씩 차례로 실행되며, 앞의 것이 성공해야 다음 것이 시작됩니다.
            - init-a 컨테이너는 백오프 중입니다. 2번째 실행이 4초에 종료 코드 1(으)로 끝나서 다음 시도까지 10초 동안 기다립니다.
              why: kubelet은 남은 시간의 1배에서 1.5배 사이에 깨어나므로 명목상의 시간보다 오래 걸립니다.
              next: init-a 컨테이너의 다음 시도는 6.4초 뒤인 16.4초입니다.
              rule 4.1: 첫 재시작은 즉시 이루어지고, 그다음은 실행이 끝난 시점부터 10초, 20초, 40초, 80초, 160초, 최대 300초를 기다립니다.
            - main 컨테이너는 차례를 기다립니다. init-a 컨테이너가 먼저입니다.
              next: 이 실행에서 main 컨테이너는 시작되지 않습니다.
              rule 2.4: 메인 컨테이너는 모든 초기화 컨테이너가 성공하고 모든 사이드카가 시작된 뒤에 시작됩니다.
        "#]],
    );
}

#[test]
fn a_wait_for_the_world_names_what_is_missing_and_when_it_comes() {
    check(
        told(&waits_for_service(Some(10_000), 60_000), 5_000, Lang::En),
        expect![[r#"
        - The Pod initializes: 0 of 1 init containers are done.
          next: main starts at 11.3s.
          next: The Pod is Ready at 11.4s.
          rule 2.4: Init containers run one after another; the next one starts when the one before has succeeded.
        - init-a has been running for 4.2s.
          why: It waits for the service mydb, which is not there.
          next: The service mydb appears at 10s.
          next: init-a ends at 10.5s with exit code 0.
        - main waits its turn: init-a comes first.
          next: main is created at 11.2s, in 6.2s.
          rule 2.4: Main containers start when every init container has succeeded and every sidecar has started.
    "#]],
    );
    check(
        told(&waits_for_service(Some(10_000), 60_000), 300, Lang::En),
        expect![[r#"
        - The Pod has no node yet.
          next: main starts at 11.3s.
          next: The Pod is Ready at 11.4s.
          rule 16.4: A Pod waits, for ever if need be, until a node meets what it asks for.
        - init-a waits until the Pod's sandbox is ready.
          next: init-a is created at 0.7s, in 0.4s.
        - main waits until the Pod's sandbox is ready.
          next: main is created at 11.2s, in 10.9s.
    "#]],
    );
    check(
        told(&waits_for_service(Some(10_000), 60_000), 11_000, Lang::En),
        expect![[r#"
        - Initialization is done; the main containers are being started.
          next: main starts at 11.3s.
          next: The Pod is Ready at 11.4s.
          rule 2.4: Main containers start when every init container has succeeded and every sidecar has started.
        - init-a is done: it ended with exit code 0 at 10.5s.
        - main is about to be created.
          next: main is created at 11.2s, in 0.2s.
          rule 1.4: The kubelet lists the containers once a second, so it notices an end up to a second late.
    "#]],
    );
}

#[test]
fn termination_counts_the_grace_down() {
    let mut b = TraceBuilder::new("metadata: {name: demo}\nspec: {containers: [{name: main, image: nginx}]}", 60_000);
    b.sandbox(100, 600).start(700, "main").phase(900, "Running").condition(900, "Ready", "True");
    b.action(20_000, ActionKind::DeletePod { grace_period_seconds: None }).delete(20_000, 30);
    b.kill(20_010, "main", 30, "Stopping container main", Some(50_010)).exit(50_030, "main", 137);
    b.phase(50_300, "Failed").remove(50_900).settled();
    let trace = b.build();
    check(
        told(&trace, 30_000, Lang::En),
        expect![[r#"
            - Since 20s the Pod is being deleted; 20s of its grace is left.
              next: The Pod's phase is Failed from 50.3s.
              next: The Pod object is gone at 50.9s.
              rule 13.2: A container gets TERM, and KILL when its grace is over; a preStop hook runs within that grace.
            - main is being ended: 20s of 30s of grace is left, then it gets KILL.
              why: The reason given: Stopping container main
              next: main ends at 50s with exit code 137.
              rule 13.2: A container gets TERM, and KILL when its grace is over; a preStop hook runs within that grace.
        "#]],
    );
    check(
        told(&trace, 55_000, Lang::En),
        expect![[r#"
            - The Pod does not exist any more.
              next: Nothing more changes.
        "#]],
    );
}

#[test]
fn the_chain_of_causes_ends_with_an_act() {
    let trace = crash_loop();
    let back_off = trace.entries.iter().rposition(|e| matches!(e.kind, crate::trace::EntryKind::BackOff { .. }));
    let steps = why(&trace, EntryId(back_off.unwrap() as u32));
    let text = steps.iter().map(|s| format!("{} {}\n", s.at, s.sentence.text(Lang::En))).collect();
    check(
        text,
        expect![[r#"
        17.900 init-a must wait 20s, counted from its end at 17.5s: it is not started before 37.5s.
        17.500 init-a fails with exit code 1 after 1s.
        16.500 init-a starts for the 3rd time.
        16.400 init-a is created.
        4.800 init-a must wait 10s, counted from its end at 4s: it is not started before 14s.
        4.000 init-a fails with exit code 1 after 1s.
        3.000 init-a starts for the 2nd time.
        2.900 init-a is created.
        2.200 init-a fails with exit code 1 after 1s.
        1.200 init-a starts.
        1.100 init-a is created.
        0.600 The sandbox is ready: the Pod has its network.
        0.100 The sandbox of the Pod is being made.
        0.000 The kubelet publishes a status; containers: .
        0.000 The Pod's phase is now Pending.
        0.000 The Pod demo is created.
    "#]],
    );
}

#[test]
fn long_chains_lose_their_middle_and_hostile_ones_end() {
    let mut trace = crash_loop();
    for i in 0..100 {
        let last = trace.entries.last().unwrap().clone();
        let cause = Some(EntryId(trace.entries.len() as u32 - 1));
        trace.entries.push(crate::trace::Entry { cause, at: last.at + Millis(i), ..last });
    }
    let steps = why(&trace, EntryId(trace.entries.len() as u32 - 1));
    assert_eq!(steps.len(), 17);
    assert!(matches!(steps[12].sentence, Sentence::EarlierSteps { .. }));
    trace.entries[3].cause = Some(EntryId(9));
    assert_eq!(why(&trace, EntryId(3)).len(), 1);
    assert_eq!(why(&trace, EntryId(u32::MAX)), []);
}

#[test]
fn the_list_tells_what_happens_in_order() {
    check(
        explain_text(&waits_for_service(Some(10_000), 60_000), Lang::En),
        expect![[r#"
            main starts 11.3s after creation.
            9.7s of that: init-a waits for the service mydb.
            The Pod is Ready after 11.4s.

             0.000  The Pod demo is created.
             0.000  The Pod's phase is now Pending.
             0.100  The sandbox of the Pod is being made.
             0.600  The sandbox is ready: the Pod has its network.
             0.800  init-a starts.
            10.000  The service mydb appears.
            10.500  init-a ends with exit code 0 after 9.7s.
            11.300  main starts.
            11.400  The Pod's phase is now Running.
        "#]],
    );
    check(
        explain_text(&waits_for_service(Some(10_000), 60_000), Lang::Ko),
        expect![[r#"
            main 컨테이너는 생성 11.3초 후에 시작됩니다.
            그중 9.7초 동안 init-a 컨테이너가 mydb 서비스를 기다립니다.
            파드는 11.4초 후에 Ready 상태가 됩니다.

             0.000  demo 파드가 생성됩니다.
             0.000  파드의 단계가 Pending 상태로 바뀝니다.
             0.100  파드의 샌드박스를 만듭니다.
             0.600  샌드박스가 준비되어 파드에 네트워크가 생겼습니다.
             0.800  init-a 컨테이너가 시작됩니다.
            10.000  mydb 서비스가 나타납니다.
            10.500  init-a 컨테이너가 9.7초 만에 종료 코드 0으로 끝납니다.
            11.300  main 컨테이너가 시작됩니다.
            11.400  파드의 단계가 Running 상태로 바뀝니다.
        "#]],
    );
}

fn outcome(trace: &Trace) -> String {
    summary(trace).iter().map(|s| s.text(Lang::En)).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_summary_says_when_main_starts_or_why_never() {
    assert_eq!(
        outcome(&waits_for_service(Some(10_000), 60_000)),
        "main starts 11.3s after creation. 9.7s of that: init-a waits for the service mydb. The Pod is Ready after 11.4s."
    );
    let never = "main never starts: init-a waits for the service mydb, which never appears.";
    assert_eq!(outcome(&waits_for_service(None, 60_000)), never);
    assert_eq!(outcome(&crash_loop()), "main never starts: init-a fails each time (exit code 1, 3 attempts).");
}

#[test]
fn two_runs_are_compared_in_words_with_the_cause() {
    let words =
        |a: &Trace, b: &Trace| compare(a, b).sentences.iter().map(|s| s.text(Lang::En)).collect::<Vec<_>>().join(" ");
    let (soon, late) = (waits_for_service(Some(10_000), 60_000), waits_for_service(Some(44_000), 60_000));
    assert_eq!(words(&soon, &soon), "Both runs have the same outcome.");
    assert_eq!(words(&soon, &late), "main starts 34s later. The cause: init-a runs for 43.7s instead of 9.7s.");
    let lost = "main does not start any more: init-a fails each time (exit code 1, 3 attempts). The cause: init-a failed 3 times.";
    assert_eq!(words(&soon, &crash_loop()), lost);
}
