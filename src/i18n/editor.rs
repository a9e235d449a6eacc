//! The words of the editor: of its own panels (CodeMirror's), which come in English, and of texts that are empty.

use super::Lang;
use super::ui::Ui;
use crate::diagnostic::Tab;

/// A scenario to begin with.
pub const SCENARIO: &str = "apiVersion: podlapse.dev/v1alpha1
kind: Scenario
spec:
  services:
  - {name: mydb, availableAt: 30s}
  actions:
  - {at: 1m, killSandbox: {}}
";

/// What stands in a text while it is empty: what belongs there, and an example.
pub fn empty(tab: Tab, lang: Lang) -> String {
    match tab {
        Tab::Pod => Ui::PodEmpty.text(lang).to_owned(),
        Tab::Scenario => format!("{}\n\n{SCENARIO}", Ui::ScenarioEmpty.text(lang)),
    }
}

/// CodeMirror's words and ours for them. `$` stands for a number.
const KOREAN: &[(&str, &str)] = &[
    // Search
    ("Find", "찾기"),
    ("Replace", "바꾸기"),
    ("next", "다음"),
    ("previous", "이전"),
    ("all", "모두 선택"),
    ("match case", "대소문자 구분"),
    ("regexp", "정규식"),
    ("by word", "단어 단위"),
    ("replace", "바꾸기"),
    ("replace all", "모두 바꾸기"),
    ("close", "닫기"),
    ("current match", "현재 일치 항목"),
    ("on line", "줄"),
    ("replaced match on line $", "$번째 줄의 일치 항목을 바꿨습니다"),
    ("replaced $ matches", "일치 항목 $개를 바꿨습니다"),
    ("Go to line", "줄로 이동"),
    ("go", "이동"),
    // Problems
    ("Diagnostics", "문제"),
    ("No diagnostics", "문제 없음"),
    // Folding
    ("Fold line", "줄 접기"),
    ("Unfold line", "줄 펼치기"),
    ("Folded lines", "접은 줄"),
    ("Unfolded lines", "펼친 줄"),
    ("folded code", "접은 텍스트"),
    ("unfold", "펼치기"),
    ("to", "~"),
    // The text
    ("Completions", "자동 완성"),
    ("Control character", "제어 문자"),
    ("Selection deleted", "선택 영역을 지웠습니다"),
];

/// The editor's words by their English; none where that is what is wanted.
pub fn phrases(lang: Lang) -> &'static [(&'static str, &'static str)] {
    match lang {
        Lang::En => &[],
        Lang::Ko => KOREAN,
    }
}
