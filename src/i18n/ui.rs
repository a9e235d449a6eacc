//! The words of the page's own chrome, in each language.
//!
//! A message is one row of the table below, with every language in it: one that is not translated does not compile.
//! kubectl's and the API server's texts are not here; they stay English everywhere.

use super::Lang;

/// Declares the messages: their name, their English, their Korean.
macro_rules! messages {
    ($($id:ident: $en:literal, $ko:literal;)*) => {
        /// One text of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Ui { $(#[doc = $en] $id),* }

        impl Ui {
            /// Every message, for the tests that look at all of them.
            pub const ALL: &[Ui] = &[$(Ui::$id),*];

            /// The text in a language.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Ui::$id, Lang::En) => $en, (Ui::$id, Lang::Ko) => $ko,)*
                }
            }
        }
    };
}

messages! {
    Title: "Podlapse: a time-lapse of a Kubernetes Pod", "Podlapse: 쿠버네티스 파드의 타임랩스";
    Tagline: "a time-lapse of a Pod", "파드의 타임랩스";
    SkipToTimeline: "Skip to the timeline", "타임라인으로 건너뛰기";
    // Header
    Gallery: "Gallery", "예제";
    Share: "Share", "공유";
    Shared: "Link copied", "링크를 복사했습니다";
    ShareFailed: "The link is in the address bar", "링크는 주소창에 있습니다";
    Help: "Help", "도움말";
    Theme: "Theme", "테마";
    ThemeSystem: "System theme", "시스템 테마";
    ThemeLight: "Light theme", "밝은 테마";
    ThemeDark: "Dark theme", "어두운 테마";
    Language: "Language", "언어";
    Close: "Close", "닫기";
    ViewEdit: "Manifest", "매니페스트";
    ViewWatch: "Timeline", "타임라인";
    // Editor
    Editor: "Editor", "편집기";
    TabPod: "Pod", "파드";
    TabScenario: "Scenario", "시나리오";
    PodText: "Pod manifest", "파드 매니페스트";
    ScenarioText: "Scenario: the world around the Pod, faults and actions", "시나리오: 파드를 둘러싼 환경, 장애, 동작";
    Problems: "Problems", "문제";
    NoProblems: "No problems", "문제 없음";
    Error: "Error", "오류";
    Warning: "Warning", "경고";
    Info: "Note", "참고";
    EditorKeys: "Esc then Tab leaves the editor", "Esc 다음 Tab 으로 편집기를 벗어납니다";
    ScenarioEmpty: "Optional. Faults that you inject on the timeline are written here.", "선택 사항입니다. 타임라인에서 넣은 장애가 여기에 기록됩니다.";
    // Status strip
    Strip: "kubectl get pod, at the playhead", "재생 위치의 kubectl get pod";
    MainStarts: "main starts", "메인 시작";
    Ready: "Ready", "Ready";
    Never: "not within the run", "이번 실행에서는 없음";
    BeforeCreation: "not created yet", "아직 생성되지 않음";
    // Transport
    Transport: "Playback", "재생";
    Play: "Play", "재생";
    Pause: "Pause", "일시정지";
    ToStart: "To the start", "처음으로";
    StepBack: "Previous change", "이전 변화";
    StepOn: "Next change", "다음 변화";
    ToMain: "To 'main starts'", "메인 시작으로";
    Speed: "Speed", "속도";
    Playhead: "Playhead", "재생 위치";
    ZoomIn: "Zoom in", "확대";
    ZoomOut: "Zoom out", "축소";
    ZoomFit: "Fit", "맞춤";
    ZoomAll: "Whole run", "전체";
    SkipIdle: "Skip idle stretches", "조용한 구간 건너뛰기";
    // Timeline
    Timeline: "Timeline", "타임라인";
    Stale: "The last run that worked; fix the problems to run again", "마지막으로 성공한 실행입니다. 문제를 고치면 다시 실행됩니다";
    Nothing: "Nothing to show yet", "아직 보여 줄 것이 없습니다";
    NothingHint: "Type or paste a Pod, or open an example.", "파드를 입력하거나 붙여 넣거나 예제를 여세요.";
    KindInit: "init", "초기화";
    KindSidecar: "sidecar", "사이드카";
    KindMain: "main", "메인";
    Inject: "Inject a fault", "장애 넣기";
    MarkDeadline: "deadline", "마감 시한";
    MarkDeletion: "deletion", "삭제 요청";
    MarkRemoved: "gone", "사라짐";
    MarkAction: "action", "동작";
    // Fault control
    FaultFail: "Fails", "실패";
    FaultOom: "Runs out of memory", "메모리 부족";
    FaultHang: "Hangs", "멈춤";
    FaultAttempts: "first attempts", "처음 시도 횟수";
    FaultCode: "exit code", "종료 코드";
    FaultAfter: "after (s)", "경과 (초)";
    FaultApply: "Write to the scenario", "시나리오에 쓰기";
    FaultClear: "Clear its faults", "장애 지우기";
    FaultNow: "At the playhead", "재생 위치에서";
    FaultKill: "Kill it now", "지금 종료";
    DeleteNow: "Delete the Pod now", "지금 파드 삭제";
    ScenarioNotEditable: "The scenario has errors: fix them first", "시나리오에 오류가 있습니다. 먼저 고쳐 주세요";
    // Panels
    Panels: "At the playhead", "재생 위치의 상태";
    Events: "Events", "이벤트";
    Describe: "Describe", "Describe";
    StatusYaml: "Status YAML", "상태 YAML";
    Kubectl: "kubectl", "kubectl";
    VersionBack: "Previous version of the status", "이전 상태 버전";
    VersionOn: "Next version of the status", "다음 상태 버전";
    PublishedAt: "published at", "게시 시각";
    ChangedLines: "changed with this version", "이 버전에서 바뀐 줄";
    WhyChain: "The chain of causes", "원인의 사슬";
    WhyMoment: "Back to this moment", "이 순간으로 돌아가기";
    LogRuns: "Which run", "실행 선택";
    LogCurrent: "Current", "현재 실행";
    LogAll: "All", "전체";
    Since: "Since", "변경 시각";
    ConditionsHint: "Point at a stretch for its reason; a press goes to its beginning.", "구간을 가리키면 이유가 보이고, 누르면 그 시작으로 이동합니다.";
    NoFindings: "Nothing to find fault with", "지적할 것이 없습니다";
    Normal: "Normal", "정상";
    Decision: "What is so", "실제 상황";
    Seconds: "Seconds", "초";
    Decide: "Write to the scenario", "시나리오에 쓰기";
    Decided: "Written to the scenario", "시나리오에 적었습니다";
    DecideThereFrom: "is there from", "나타나는 시각";
    DecideNever: "never comes", "나타나지 않음";
    DecidePulledIn: "is pulled in", "받는 데 걸리는 시간";
    DecideOnNode: "is on the node", "노드에 있음";
    DecideNotFound: "is not in the registry", "레지스트리에 없음";
    DecideRunsFor: "runs for, exits 0", "실행 시간 (종료 코드 0)";
    DecideFailsAfter: "fails after, exits 1", "실패까지 걸리는 시간 (종료 코드 1)";
    Logs: "Logs", "로그";
    Conditions: "Conditions", "컨디션";
    Why: "Why", "이유";
    Assumptions: "Assumptions", "가정";
    Findings: "Findings", "점검";
    NoEvents: "No events yet", "아직 이벤트가 없습니다";
    NoLogs: "No output yet", "아직 출력이 없습니다";
    NoAssumptions: "Nothing was assumed", "가정한 것이 없습니다";
    AssumptionsHint: "What the engine does not know and took to be so. Write it in the scenario to decide it.", "엔진이 알지 못해 그렇다고 가정한 것입니다. 시나리오에 적으면 직접 정할 수 있습니다.";
    Container: "Container", "컨테이너";
    Previous: "Previous", "이전 실행";
    Follow: "Follow", "따라가기";
    Time: "Time", "시각";
    Next: "Next", "다음";
    Kind: "Type", "유형";
    Reason: "Reason", "이유";
    From: "From", "출처";
    Message: "Message", "메시지";
    Object: "Object", "대상";
    Because: "because", "왜냐하면";
    Story: "What happens", "일어나는 일";
    // Gallery and drafts
    Search: "Search the examples", "예제 찾기";
    NothingFound: "No example has these words", "이 말이 들어 있는 예제가 없습니다";
    OpenLink: "Open by its link in a new tab", "링크로 새 탭에서 열기";
    Drafts: "Drafts", "초안";
    DraftsHint: "Kept in this browser, text by text. A second tab that types opens a draft of its own.", "이 브라우저에 보관됩니다. 다른 탭에서 입력하면 그 탭의 초안이 따로 생깁니다.";
    DraftNew: "New draft", "새 초안";
    DraftName: "Name of the draft", "초안 이름";
    DraftUntitled: "untitled", "제목 없음";
    DraftDuplicate: "Duplicate", "복제";
    DraftDelete: "Delete", "삭제";
    DraftOpen: "Open", "열기";
    DraftCurrent: "open here", "지금 열려 있음";
    // Help
    Shortcuts: "Keyboard", "키보드";
    KeyPlay: "Play or pause", "재생 또는 일시정지";
    KeyStep: "Previous or next change", "이전 또는 다음 변화";
    KeySecond: "One second back or on", "1초 뒤로 또는 앞으로";
    KeyEnds: "Start or end of the run", "실행의 처음 또는 끝";
    KeyMain: "Jump to 'main starts'", "메인 시작으로 이동";
    KeyZoom: "Zoom in, out, fit", "확대, 축소, 맞춤";
    KeySpeed: "Slower or faster", "느리게 또는 빠르게";
    KeyTabs: "Pod or Scenario in the editor", "편집기의 파드 또는 시나리오";
    KeyHelp: "This sheet", "이 도움말";
    HelpAbout: "A lifecycle engine runs your Pod in virtual time, in this browser: no cluster, no server. What you see is what a kubelet of Kubernetes 1.36 does, down to the texts and the seconds.", "수명 주기 엔진이 이 브라우저 안에서 가상 시간으로 파드를 실행합니다. 클러스터도 서버도 필요 없습니다. 문구와 초 단위까지 쿠버네티스 1.36의 kubelet이 하는 그대로를 보여 줍니다.";
    Legend: "Legend", "범례";
    LegendRun: "running", "실행 중";
    LegendDone: "completed", "완료";
    LegendFail: "failed", "실패";
    LegendBackOff: "back-off", "백오프";
    LegendPull: "pulling", "이미지 받는 중";
    LegendWait: "starting", "시작 중";
    LegendStop: "stopping", "종료 중";
    // What may go wrong
    LinkDamaged: "The link is damaged. Your own text is here instead.", "링크가 손상되었습니다. 대신 이전 내용을 엽니다.";
    LinkNewer: "The link was made by a later version of Podlapse.", "더 새로운 버전의 Podlapse에서 만든 링크입니다.";
    LinkTooLarge: "The link holds more than Podlapse opens.", "링크의 내용이 너무 큽니다.";
    OpenInPodlapse: "Open in Podlapse", "Podlapse에서 열기";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_empty_or_ragged() {
        for lang in [Lang::En, Lang::Ko] {
            for &message in Ui::ALL {
                let text = message.text(lang);
                assert!(!text.is_empty() && text.trim() == text, "{message:?}");
            }
        }
    }

    #[test]
    fn sentences_are_translated() {
        let same = |m: &&Ui| m.text(Lang::En) == m.text(Lang::Ko) && m.text(Lang::En).contains(' ');
        assert_eq!(Ui::ALL.iter().find(same), None);
    }
}
