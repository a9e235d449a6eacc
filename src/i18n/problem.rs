//! A sentence for every diagnostic.

use super::Lang;
use crate::diagnostic::{Problem, Wanted};

/// What a problem is, in one sentence.
pub fn sentence(problem: &Problem, lang: Lang) -> String {
    match lang {
        Lang::En => english(problem),
        Lang::Ko => korean(problem),
    }
}

fn english(problem: &Problem) -> String {
    match problem {
        Problem::Syntax(text) => format!("this is not valid YAML: {text}"),
        Problem::Server(text) => text.clone(),
        Problem::NoObjects => "there is no Pod here yet".into(),
        Problem::DuplicateKey { key } => {
            format!("`{key}` is given again further down; kubectl silently keeps only the last one")
        }
        Problem::UnknownField { field, nearest: None } => format!("unknown field `{field}`"),
        Problem::UnknownField { field, nearest: Some(nearest) } => {
            format!("unknown field `{field}`; did you mean `{nearest}`?")
        }
        Problem::NotAPod { kind } => format!("a {kind} is not a Pod, and no Pod comes of it here"),
        Problem::TakenAsThere { kind } => format!("this {kind} is taken as there when the Pod is created"),
        Problem::NotRun { kind } => format!("this {kind} has no part in the run of the Pod"),
        Problem::TemplateTaken { kind } => format!("shown is one Pod as this {kind} would create it"),
        Problem::OtherPod { name } => format!("of several Pods another is run; this one is `{name}`"),
        Problem::NoSuchPod { name, nearest: None } => format!("the text has no Pod `{name}`; its first is run"),
        Problem::NoSuchPod { name, nearest: Some(nearest) } => {
            format!("the text has no Pod `{name}`; did you mean `{nearest}`?")
        }
        Problem::CompletedPod => "this is a part of a manifest; the rest of a Pod was added around it".into(),
        Problem::CompletedMain => "there is no main container; a stand-in was added that runs for ever".into(),
        Problem::CompletedField { field, value } => format!("`{field}` is missing; `{value}` was assumed"),
        Problem::CompletedVolume { name } => format!("volume `{name}` is not declared; an emptyDir was added"),
        Problem::Expected { wanted, found } => format!("expected {}, found {found}", wanted_english(*wanted)),
        Problem::Missing { field } => format!("`{field}` is missing"),
        Problem::OnlyOneOf { fields } => format!("exactly one of {} must be given", list(fields, "or")),
        Problem::TooMany { field, most } => format!("only the first {most} of `{field}` count"),
        Problem::Script(text) => format!("the shell will refuse this script with exit code 2: {text}"),
        Problem::NoSuchContainer { name, nearest: None } => format!("the Pod has no container `{name}`"),
        Problem::NoSuchContainer { name, nearest: Some(nearest) } => {
            format!("the Pod has no container `{name}`; did you mean `{nearest}`?")
        }
    }
}

fn korean(problem: &Problem) -> String {
    match problem {
        Problem::Syntax(text) => format!("올바른 YAML이 아닙니다: {text}"),
        Problem::Server(text) => text.clone(),
        Problem::NoObjects => "아직 파드가 없습니다".into(),
        Problem::DuplicateKey { key } => {
            format!("`{key}` 키가 아래에 다시 나옵니다. kubectl은 알리지 않고 마지막 것만 사용합니다")
        }
        Problem::UnknownField { field, nearest: None } => format!("알 수 없는 필드입니다: `{field}`"),
        Problem::UnknownField { field, nearest: Some(nearest) } => {
            format!("알 수 없는 필드입니다: `{field}`. 혹시 `{nearest}`인가요?")
        }
        Problem::NotAPod { kind } => format!("{kind}은(는) 파드가 아니며, 여기에서는 파드가 만들어지지 않습니다"),
        Problem::TakenAsThere { kind } => format!("이 {kind}은(는) 파드가 만들어질 때 이미 있는 것으로 봅니다"),
        Problem::NotRun { kind } => format!("이 {kind}은(는) 파드의 실행에 영향을 주지 않습니다"),
        Problem::TemplateTaken { kind } => format!("이 {kind}이(가) 만드는 파드 하나를 보여 줍니다"),
        Problem::OtherPod { name } => format!("여러 파드 중 다른 파드를 실행합니다. 이 파드는 `{name}`입니다"),
        Problem::NoSuchPod { name, nearest: None } => {
            format!("텍스트에 `{name}` 파드가 없어 첫 번째 파드를 실행합니다")
        }
        Problem::NoSuchPod { name, nearest: Some(nearest) } => {
            format!("텍스트에 `{name}` 파드가 없습니다. 혹시 `{nearest}`인가요?")
        }
        Problem::CompletedPod => "매니페스트의 일부이므로 나머지를 채워 하나의 파드로 만들었습니다".into(),
        Problem::CompletedMain => "메인 컨테이너가 없어 계속 실행되는 대역 컨테이너를 추가했습니다".into(),
        Problem::CompletedField { field, value } => format!("`{field}`이(가) 없어 `{value}`(으)로 가정했습니다"),
        Problem::CompletedVolume { name } => format!("`{name}` 볼륨이 선언되지 않아 emptyDir을 추가했습니다"),
        Problem::Expected { wanted, found } => format!("{} 와야 하는데 {found}이(가) 있습니다", wanted_korean(*wanted)),
        Problem::Missing { field } => format!("`{field}`이(가) 없습니다"),
        Problem::OnlyOneOf { fields } => format!("{} 중 정확히 하나만 지정해야 합니다", list(fields, "또는")),
        Problem::TooMany { field, most } => format!("`{field}`에서 처음 {most}개만 사용합니다"),
        Problem::Script(text) => format!("셸이 이 스크립트를 거부하고 종료 코드 2로 끝납니다: {text}"),
        Problem::NoSuchContainer { name, nearest: None } => format!("파드에 `{name}` 컨테이너가 없습니다"),
        Problem::NoSuchContainer { name, nearest: Some(nearest) } => {
            format!("파드에 `{name}` 컨테이너가 없습니다. 혹시 `{nearest}`인가요?")
        }
    }
}

fn wanted_english(wanted: Wanted) -> String {
    match wanted {
        Wanted::Mapping => "a mapping (`key: value`)".into(),
        Wanted::List => "a list (`- item`)".into(),
        Wanted::Text => "a text".into(),
        Wanted::Bool => "`true` or `false`".into(),
        Wanted::Factor => "a number above 0, at most 1000000,".into(),
        Wanted::NumberBetween(low, high) => format!("a number from {low} to {high}"),
        Wanted::Duration => "a duration such as `1.5s`, `2m` or `300ms`".into(),
        Wanted::Moment => "a moment such as `45s`, or `never`".into(),
        Wanted::Size => "a size such as `80Mi`".into(),
        Wanted::Attempts => "attempts such as `\"1\"`, `\"1-3\"`, `\"4-\"` or `all`".into(),
        Wanted::OneOf(words) => list(words, "or"),
    }
}

fn wanted_korean(wanted: Wanted) -> String {
    match wanted {
        Wanted::Mapping => "매핑(`키: 값`)이".into(),
        Wanted::List => "목록(`- 항목`)이".into(),
        Wanted::Text => "문자열이".into(),
        Wanted::Bool => "`true` 또는 `false`가".into(),
        Wanted::Factor => "0보다 크고 1000000 이하인 수가".into(),
        Wanted::NumberBetween(low, high) => format!("{low}에서 {high} 사이의 수가"),
        Wanted::Duration => "`1.5s`, `2m`, `300ms` 같은 시간이".into(),
        Wanted::Moment => "`45s` 같은 시점이나 `never`가".into(),
        Wanted::Size => "`80Mi` 같은 크기가".into(),
        Wanted::Attempts => "`\"1\"`, `\"1-3\"`, `\"4-\"`, `all` 같은 시도 범위가".into(),
        Wanted::OneOf(words) => format!("{} 중 하나가", list(words, "또는")),
    }
}

/// `a`, `b` or `c`
fn list(words: &[&str], or: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {or} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
