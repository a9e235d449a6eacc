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
    ShareLink: "Link", "링크";
    ShareMoment: "at this moment", "이 순간부터 보기";
    ShareEmbed: "For a page of your own", "다른 페이지에 넣기";
    ShareTheme: "Theme", "테마";
    ShareLanguage: "Language", "언어";
    ShareAsReader: "as its reader has it", "독자의 설정대로";
    SharePlays: "plays by itself", "자동 재생";
    ShareControls: "with controls", "조작 버튼 표시";
    English: "English", "English";
    Korean: "한국어", "한국어";
    ShareHint: "The link carries both texts; nothing is stored elsewhere.", "링크에 두 텍스트가 모두 들어 있으며 다른 곳에는 저장되지 않습니다.";
    Copy: "Copy", "복사";
    Copied: "Copied", "복사했습니다";
    Help: "Help", "도움말";
    ThemeSystem: "System theme", "시스템 테마";
    ThemeLight: "Light theme", "밝은 테마";
    ThemeDark: "Dark theme", "어두운 테마";
    Language: "Language", "언어";
    Close: "Close", "닫기";
    More: "Show more", "더 보기";
    MoreControls: "More controls", "컨트롤 더 보기";
    OnlyTimes: "The same happens, but not at the same times.", "같은 일이 일어나지만 시각이 다릅니다.";
    Ends: "Last change", "마지막 변화";
    ViewEdit: "Manifest", "매니페스트";
    ViewWatch: "Timeline", "타임라인";
    // Editor
    Editor: "Editor", "편집기";
    TabPod: "Pod", "파드";
    TabScenario: "Scenario", "시나리오";
    PodText: "Pod manifest", "파드 매니페스트";
    ScenarioText: "Scenario: the world around the Pod, faults and actions", "시나리오: 파드를 둘러싼 환경, 장애, 동작";
    PodEmpty: "Paste a Pod manifest here.", "파드 매니페스트를 여기에 붙여 넣으세요.";
    ScenarioEmpty: "The world around the Pod belongs here:\nservices and objects that come and go,\nimages, faults, what is done to the Pod.\nWhat you inject on the timeline is\nwritten here too. For example:", "파드를 둘러싼 환경을 여기에 적습니다.\n나타나고 사라지는 서비스와 오브젝트,\n이미지, 장애, 파드에 하는 동작입니다.\n타임라인에서 넣은 장애도 기록됩니다.\n예를 들면:";
    HasText: "not empty", "내용 있음";
    LeaveEditor: "Escape, then Tab, leaves the editor.", "Escape를 누른 다음 Tab을 누르면 편집기에서 나갑니다.";
    AboutExample: "About this example", "이 예제에 대해";
    UndonePod: "Undone in the Pod", "파드에서 실행을 취소했습니다";
    UndoneScenario: "Undone in the Scenario", "시나리오에서 실행을 취소했습니다";
    RedonePod: "Redone in the Pod", "파드에서 다시 실행했습니다";
    RedoneScenario: "Redone in the Scenario", "시나리오에서 다시 실행했습니다";
    Problems: "Problems", "문제";
    Error: "Error", "오류";
    Warning: "Warning", "경고";
    Info: "Note", "참고";
    // Status strip
    Strip: "kubectl get pod, at the playhead", "재생 위치의 kubectl get pod";
    MainStarts: "main starts", "메인 시작";
    Ready: "Ready", "Ready";
    Never: "never", "없음";
    NotWithin: "not in {}", "{} 안에 없음";
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
    SkipIdle: "Skip idle stretches", "조용한 구간 건너뛰기";
    // Timeline
    Timeline: "Timeline", "타임라인";
    Stale: "Below: the last run that worked, not this text's", "아래는 이 텍스트가 아니라 마지막으로 성공한 실행입니다";
    PartComing: "One moment…", "잠시만요…";
    PartFailed: "This part of the page could not be fetched.", "페이지의 이 부분을 가져오지 못했습니다.";
    TryAgain: "Try again", "다시 시도";
    Nothing: "Nothing to show yet", "아직 보여 줄 것이 없습니다";
    NothingHint: "Type or paste a Pod.", "파드를 입력하거나 붙여 넣으세요.";
    OpenExample: "Open an example", "예제 열기";
    KindInit: "init", "초기화";
    KindSidecar: "sidecar", "사이드카";
    KindMain: "main", "메인";
    Inject: "Inject a fault", "장애 넣기";
    MarkDeadline: "deadline", "제한 시간";
    MarkEvicted: "evicted", "축출";
    MarkDeletion: "deletion", "삭제 요청";
    MarkRemoved: "gone", "사라짐";
    MarkAction: "action", "동작";
    // Fault control
    FaultFail: "Fails", "실패";
    FaultOom: "Runs out of memory", "메모리 부족";
    FaultHang: "Hangs", "멈춤";
    FaultAttempts: "for attempts", "지속 횟수";
    FaultCode: "exit code", "종료 코드";
    FaultAfter: "after (s)", "경과 (초)";
    FaultNow: "At this moment", "이 순간에";
    FaultKill: "Kill it now", "지금 종료";
    NotRunning: "It does not run at this moment", "이 시각에는 실행 중이 아닙니다";
    ScenarioNotEditable: "The text has errors: fix them first", "내용에 오류가 있습니다. 먼저 고쳐 주세요";
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
    LogRuns: "Which attempt", "실행 선택";
    LogCurrent: "Current", "현재 실행";
    LogAll: "All", "전체";
    Since: "Since", "변경 시각";
    ConditionsHint: "Point at a stretch for its reason; a press goes to its beginning.", "구간을 가리키면 이유가 보이고, 누르면 그 시작으로 이동합니다.";
    NoFindings: "Nothing to find fault with", "지적할 것이 없습니다";
    Normal: "Normal", "정상";
    Decision: "What is so", "실제 상황";
    Seconds: "Seconds", "초";
    Decide: "Write to the scenario", "시나리오에 쓰기";
    DecideThereFrom: "is there from", "나타나는 시각";
    DecideNever: "never comes", "나타나지 않음";
    DecidePulledIn: "is pulled in", "받는 데 걸리는 시간";
    DecideOnNode: "is on the node", "노드에 있음";
    DecideNotFound: "is not in the registry", "레지스트리에 없음";
    DecideRunsFor: "runs for, exits 0", "실행 시간 (종료 코드 0)";
    DecideFailsAfter: "fails after, exits 1", "실패까지 걸리는 시간 (종료 코드 1)";
    PutRight: "Put right:", "고치기:";
    DecideOrdinaryNode: "an ordinary node: node1, 2 CPU, 24Gi, no other labels", "평범한 노드: node1, CPU 2, 24Gi, 다른 레이블 없음";
    Logs: "Logs", "로그";
    Conditions: "Conditions", "컨디션";
    Why: "Why", "이유";
    Assumptions: "Assumptions", "가정";
    Findings: "Findings", "점검";
    EventsUnsent: "{} more were not sent: of one Pod the kubelet sends 25 events at once, and then one in five minutes. kubectl does not show them either.", "이벤트 {}개는 전송되지 않았습니다. kubelet은 파드 하나에 대해 한꺼번에 25개까지, 그 뒤로는 5분에 하나씩만 보냅니다. kubectl에서도 볼 수 없습니다.";
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
    KeyEnds: "Start or end of the simulation", "실행의 처음 또는 끝";
    KeyMain: "Jump to 'main starts'", "메인 시작으로 이동";
    KeyZoom: "Zoom in, out, fit", "확대, 축소, 맞춤";
    KeySpeed: "Slower or faster", "느리게 또는 빠르게";
    KeyTabs: "Pod or Scenario in the editor", "편집기의 파드 또는 시나리오";
    KeyHelp: "This sheet", "이 도움말";
    HelpAbout: "A lifecycle engine runs your Pod in virtual time, in this browser: no cluster, no server. What you see is what a kubelet of Kubernetes 1.36 does, down to the texts and the seconds.", "수명 주기 엔진이 이 브라우저 안에서 가상 시간으로 파드를 실행합니다. 클러스터도 서버도 필요 없습니다. 문구와 초 단위까지 쿠버네티스 1.36의 kubelet이 하는 그대로를 보여 줍니다.";
    Legend: "Legend", "범례";
    LegendOthers: "Not in this run", "이 실행에 없는 것";
    LegendRun: "running", "실행 중";
    LegendDone: "completed", "완료";
    LegendFail: "failed", "실패";
    LegendBackOff: "back-off", "백오프";
    LegendPull: "pulling", "이미지 받는 중";
    LegendWait: "starting", "시작 중";
    LegendStop: "stopping", "종료 중";
    LegendKilled: "ended by a signal", "시그널로 종료됨";
    LegendHook: "hook", "훅";
    // The stage
    WholeRun: "overview", "전체 실행";
    Lanes: "What each lane shows at this moment", "지금 각 줄의 상태";
    TimelinePicture: "The run as a picture. The list beside it, and the Story tab, say the same in words.", "실행을 그린 그림입니다. 옆의 목록과 줄거리 탭에서 같은 내용을 글로 볼 수 있습니다.";
    At: "at", "시각";
    RulerHint: "Drag to scrub, wheel to zoom, Shift and drag to repeat a stretch", "끌어서 이동, 휠로 확대·축소, Shift+끌기로 구간 반복";
    CardRun: "attempt", "실행 회차";
    NeverRan: "never ran", "실행되지 않음";
    NotThere: "not there", "없음";
    CardSignal: "signal", "시그널";
    CardDelay: "back-off", "백오프";
    CardNextTry: "next try not before", "다음 시도 가능 시각";
    CardImage: "image", "이미지";
    CardGrace: "grace", "유예";
    CardBehind: "behind", "앞 순서";
    CardProbe: "last probe", "마지막 프로브";
    CardInjected: "injected by the scenario", "시나리오에서 주입";
    InjectHere: "Inject here", "여기에 넣기";
    ZoomTo: "Zoom to it", "여기로 확대";
    Injected: "Injected", "주입됨";
    Remove: "Remove", "제거";
    FaultRuns: "In its attempts", "실행 회차별 장애";
    FaultFrom: "from attempt", "시작 회차";
    FaultDeaf: "Ignores TERM", "TERM 무시";
    FaultSlow: "times slower", "느려지는 배수";
    FaultSlowDo: "Slow down", "느리게";
    ActProbe: "probe fails", "프로브 실패";
    ActImage: "Change the image", "이미지 바꾸기";
    ActLeaves: "goes away", "사라짐";
    ActComes: "comes now", "지금 나타남";
    ActGrace: "grace (s)", "유예 (초)";
    ActDelete: "Delete the Pod", "파드 삭제";
    ActDown: "down for (s)", "중단 시간 (초)";
    ActReboot: "Reboot the node", "노드 재부팅";
    ActKubelet: "Restart the kubelet", "kubelet 재시작";
    ActSandbox: "Lose the sandbox", "샌드박스 소실";
    ActEvict: "Evict", "축출";
    StepSpeed: "next change", "다음 변화";
    LoopHere: "Repeat what is shown", "보이는 구간 반복";
    LoopOff: "Stop repeating", "반복 끄기";
    Skipping: "skipping", "건너뛰는 중";
    Compare: "Compared with the run that was kept", "보관한 실행과 비교";
    KeptRun: "kept", "보관";
    ThisRun: "now", "지금";
    KeptStrips: "The thin strips on the lanes are the run that was kept.", "줄 위의 가는 띠가 보관한 실행입니다.";
    Keep: "Keep this run to compare", "비교를 위해 이 실행 보관";
    Forget: "Forget the run that was kept", "보관한 실행 지우기";
    KeptHint: "This run is kept. Change a text or inject a fault: the difference is shown here.", "이 실행을 보관했습니다. 내용을 바꾸거나 장애를 넣으면 차이가 여기에 나타납니다.";
    Predict: "Predict", "예측하기";
    AskMain: "The run is hidden. When will main start (in seconds)?", "실행을 숨겼습니다. 메인은 몇 초에 시작될까요?";
    AskStatus: "The run is hidden. What will STATUS be at {}?", "실행을 숨겼습니다. {}에 STATUS는 무엇일까요?";
    GuessNever: "never", "시작되지 않음";
    Watch: "Watch", "지켜보기";
    AboutMain: "main starts", "메인 시작";
    AboutStatus: "a STATUS", "STATUS";
    YouSaid: "You said", "예측:";
    Watching: "Now watch…", "이제 지켜보세요…";
    ShowNow: "Show it now", "바로 보기";
    Again: "Another", "다시 하기";
    GuessRight: "Spot on.", "정확합니다.";
    GuessClose: "Close: that is a good feeling for it.", "가깝습니다. 감이 좋네요.";
    GuessSurprise: "A surprise, as it is to most people. The Why tab tells how it comes.", "의외죠. 많은 사람이 그렇게 생각합니다. 이유 탭에서 까닭을 볼 수 있습니다.";
    Tour: "A short tour", "짧은 안내";
    TourSkip: "Skip", "건너뛰기";
    TourDone: "Start", "시작";
    Back: "Back", "이전";
    TourEditor: "A Pod, as you write it", "작성한 그대로의 파드";
    TourEditorText: "Paste or edit a manifest. It runs as you type, by the rules of a real kubelet; nothing leaves this browser.", "매니페스트를 붙여 넣거나 고치세요. 실제 kubelet의 규칙대로 입력하는 즉시 실행되며 아무것도 브라우저 밖으로 나가지 않습니다.";
    TourStrip: "kubectl, live", "실시간 kubectl";
    TourStripText: "What kubectl get pod would print at the playhead, and when main starts.", "재생 위치에서 kubectl get pod가 출력할 내용과 메인이 시작되는 시각입니다.";
    TourTransport: "Time is yours", "시간은 당신의 것";
    TourTransportText: "Play, step from change to change, or drag the ruler. Quiet stretches are skipped; » marks them.", "재생하거나 변화 단위로 이동하거나 눈금자를 끄세요. 조용한 구간은 건너뛰며 »로 표시됩니다.";
    TourTimeline: "Break it", "고장 내 보기";
    TourTimelineText: "Click a lane or its name to make something fail there and then. It is written into the Scenario tab; Ctrl-Z takes it back.", "줄이나 그 이름을 눌러 그 순간에 장애를 넣으세요. 시나리오 탭에 기록되고 Ctrl-Z로 되돌립니다.";
    TourPanels: "Ask why", "이유 묻기";
    TourPanelsText: "Events, logs, describe and the chain of causes, all at the playhead. Press ? for every key.", "이벤트, 로그, describe, 원인의 사슬이 모두 재생 위치를 따릅니다. ?를 누르면 모든 단축키를 볼 수 있습니다.";
    KeyPan: "Move the view", "화면 이동";
    KeyLoop: "Repeat what is shown", "보이는 구간 반복";
    KeyKeep: "Keep this run to compare", "비교를 위해 실행 보관";
    KeyPredict: "Predict", "예측하기";
    KeyInject: "Inject a fault at the playhead", "재생 위치에 장애 넣기";
    KeyWalk: "On the name of a lane: from shape to shape; select it", "줄 이름에서: 막대 사이를 이동, 선택";
    KeyWrap: "Break long lines in the editor, or not", "편집기의 긴 줄바꿈 켜고 끄기";
    KeyLeave: "Leave the editor", "편집기에서 나가기";
    KeySkip: "Skip idle stretches", "조용한 구간 건너뛰기";
    KeyZoomTo: "Zoom to what is selected", "선택한 것으로 확대";
    KeyUndo: "Undo or redo, wherever you are", "어디서든 실행 취소 또는 다시 실행";
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
