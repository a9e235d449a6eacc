//! Assumptions in Korean. The engine and the shell say in English what they assume, because it is data of the trace; here each
//! pattern of it has its translation, complete by `tests/assumptions.rs`.

use super::Lang;

/// What assumptions are about, and what is assumed: `{}` stands for what is quoted.
const PATTERNS: [(&str, &str); 52] = [
    ("service {}", "서비스 {}"),
    ("host {}", "호스트 {}"),
    ("image {}", "이미지 {}"),
    ("node {}", "노드 {}"),
    ("has the label {}", "레이블 {} 있음"),
    ("has a Pod with {}", "{} 파드 있음"),
    ("has {} of {}", "{} 있음: {}"),
    ("port {}", "포트 {}"),
    ("variable {}", "변수 {}"),
    ("file {}", "파일 {}"),
    ("directory {}", "디렉터리 {}"),
    ("program {}", "프로그램 {}"),
    ("repository {}", "저장소 {}"),
    ("answer of {}", "{}의 응답"),
    ("option {} of {}", "옵션 {} ({})"),
    ("what {} does on {}", "{} 실행 결과({})"),
    ("value compared with {}", "{}와(과) 비교되는 값"),
    ("process {}", "프로세스 {}"),
    ("what grep is given", "grep이 받은 내용"),
    ("git {}", "git {}"),
    ("kubectl {}", "kubectl {}"),
    ("date -d '{}'", "date -d '{}'"),
    ("getent {}", "getent {}"),
    ("archive for {}", "{}에 주어진 아카이브"),
    ("system() in awk", "awk의 system()"),
    ("available at {}", "{}부터 사용 가능"),
    ("not on the node, pulled in {}", "노드에 없으며 {} 만에 받음"),
    ("is answered by the container's own program", "컨테이너의 프로그램이 응답함"),
    ("is set", "설정됨"),
    ("does not exist", "없음"),
    ("does not run as root", "root로 실행되지 않음"),
    ("exists and is empty", "있으며 비어 있음"),
    ("exists and is bound", "있으며 바인딩됨"),
    ("exists and is ready", "있으며 준비됨"),
    ("exists", "있음"),
    ("runs for {} s and exits 0", "{}초 동안 실행되고 종료 코드 0으로 끝남"),
    ("runs until it is told to stop and answers at port {}", "중지 신호를 받을 때까지 실행되며 포트 {}에서 응답함"),
    ("runs until it is told to stop", "중지 신호를 받을 때까지 실행됨"),
    ("prints nothing and exits 0 at once", "아무것도 출력하지 않고 바로 종료 코드 0으로 끝남"),
    ("changes nothing and exits 0", "아무것도 바꾸지 않고 종료 코드 0으로 끝남"),
    ("it succeeds and prints nothing", "성공하고 아무것도 출력하지 않음"),
    ("it holds what is looked for", "찾는 것이 들어 있음"),
    ("it does nothing and succeeds", "아무 일도 하지 않고 성공함"),
    ("it holds one README.md and takes 1 s to clone", "README.md 하나가 있으며 복제에 1초 걸림"),
    ("is not the same", "같지 않음"),
    ("is the same", "같음"),
    ("is no less", "그보다 작지 않음"),
    ("has what it looks for", "찾는 내용이 있음"),
    ("nothing is found", "아무것도 찾지 못함"),
    ("it has no effect", "효과 없음"),
    ("it is taken as now", "지금 시각으로 봄"),
    ("HTTP 200 with an empty page", "빈 페이지와 HTTP 200"),
];

/// A part of an assumption in a language; what nobody has translated, an object of the cluster for one, stays as it is.
pub fn text(said: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return said.to_owned();
    }
    translated(said).unwrap_or_else(|| said.to_owned())
}

/// The Korean of a part that follows one of the patterns.
pub fn translated(said: &str) -> Option<String> {
    PATTERNS.iter().find_map(|(en, ko)| {
        Some(quoted(said, en)?.iter().fold(ko.to_string(), |text, part| text.replacen("{}", part, 1)))
    })
}

/// What stands in the places of a pattern.
fn quoted<'s>(said: &'s str, pattern: &str) -> Option<Vec<&'s str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = said.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    for piece in pieces {
        let at = if piece.is_empty() { rest.len() } else { rest.find(piece)? };
        parts.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_stays() {
        assert_eq!(text("service db.prod", Lang::Ko), "서비스 db.prod");
        assert_eq!(text("option -x of grep", Lang::Ko), "옵션 -x (grep)");
        assert_eq!(text("runs for 2.5 s and exits 0", Lang::Ko), "2.5초 동안 실행되고 종료 코드 0으로 끝남");
        assert_eq!(text("exists", Lang::Ko), "있음");
        assert_eq!(text("Secret token", Lang::Ko), "Secret token");
        assert_eq!(text("service db", Lang::En), "service db");
    }
}
