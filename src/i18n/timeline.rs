//! What the timeline writes on itself, in the few words that there is room for: on the chips of what was injected, and at marks.

use super::Lang;
use super::sentence::{Say, sentences};
use crate::scenario::{ActionKind, Attempts, Fault, FaultKind, ProbeKind};
use crate::time::Millis;

sentences! {
    /// The words of a chip.
    Chip {
    Fails { runs: Attempts } "fails, {runs}" "실패, {runs}"
    Succeeds { runs: Attempts } "exits 0, {runs}" "종료 코드 0, {runs}"
    Killed { runs: Attempts } "killed, {runs}" "강제 종료, {runs}"
    OutOfMemory { runs: Attempts } "out of memory, {runs}" "메모리 부족, {runs}"
    Hangs { runs: Attempts } "hangs, {runs}" "멈춤, {runs}"
    Lasts { time: Millis, runs: Attempts } "takes {time}, {runs}" "{time} 실행, {runs}"
    CannotStart { runs: Attempts } "cannot start, {runs}" "시작 실패, {runs}"
    Slower { factor: String, runs: Attempts } "{factor}× slower, {runs}" "{factor}배 느림, {runs}"
    Deaf { runs: Attempts } "ignores TERM, {runs}" "TERM 무시, {runs}"
    KilledAt { at: Millis } "killed at {at}" "{at}에 강제 종료"
    SignalAt { number: i32, at: Millis } "signal {number} at {at}" "{at}에 시그널 {number}"
    DeletedAt { at: Millis } "deleted at {at}" "{at}에 삭제"
    SandboxLostAt { at: Millis } "sandbox lost at {at}" "{at}에 샌드박스 소실"
    RebootAt { at: Millis } "node reboots at {at}" "{at}에 노드 재부팅"
    KubeletAt { at: Millis } "kubelet restarts at {at}" "{at}에 kubelet 재시작"
    ProbeFailsFrom { probe: ProbeKind, at: Millis } "{probe} fails from {at}" "{at}부터 {probe} 실패"
    ImageAt { at: Millis } "new image at {at}" "{at}에 이미지 변경"
    ConditionAt { condition: String, at: Millis } "{condition} set at {at}" "{at}에 {condition} 설정"
    EvictedAt { at: Millis } "evicted at {at}" "{at}에 축출"
    GoneAt { at: Millis } "gone at {at}" "{at}에 사라짐"
    }
}

sentences! {
    /// The words of a mark, with its moment as the page writes it.
    Mark {
    Starts { container: String, at: String } "{container} starts {at}" "{container} 시작 {at}"
    AllStart { n: usize, from: String, to: String } "{n} main containers start {from} – {to}" "메인 컨테이너 {n}개 시작 {from} – {to}"
    }
}

impl Chip {
    /// A rule about attempts of a container.
    pub fn fault(fault: &Fault) -> Chip {
        let runs = fault.attempts;
        match &fault.kind {
            FaultKind::Exit { code: 0, .. } => Chip::Succeeds { runs },
            FaultKind::Exit { .. } => Chip::Fails { runs },
            FaultKind::Signal { .. } => Chip::Killed { runs },
            FaultKind::OomKilled { .. } => Chip::OutOfMemory { runs },
            FaultKind::Hang => Chip::Hangs { runs },
            FaultKind::Duration(time) => Chip::Lasts { time: *time, runs },
            FaultKind::StartError(_) => Chip::CannotStart { runs },
            FaultKind::Slowdown(factor) => Chip::Slower { factor: factor.to_string(), runs },
            FaultKind::IgnoreSigterm => Chip::Deaf { runs },
        }
    }

    /// Something that is done at a moment.
    pub fn action(at: Millis, kind: &ActionKind) -> Chip {
        match kind {
            ActionKind::KillContainer { signal: 9, .. } => Chip::KilledAt { at },
            ActionKind::KillContainer { signal, .. } => Chip::SignalAt { number: *signal, at },
            ActionKind::DeletePod { .. } => Chip::DeletedAt { at },
            ActionKind::KillSandbox => Chip::SandboxLostAt { at },
            ActionKind::NodeReboot { .. } => Chip::RebootAt { at },
            ActionKind::RestartKubelet { .. } => Chip::KubeletAt { at },
            ActionKind::FailProbe { probe, .. } => Chip::ProbeFailsFrom { probe: *probe, at },
            ActionKind::SetImage { .. } => Chip::ImageAt { at },
            ActionKind::SetCondition { condition, .. } => Chip::ConditionAt { condition: condition.clone(), at },
            ActionKind::Evict => Chip::EvictedAt { at },
        }
    }
}

/// `attempts 1–3`, `attempt 2`, `from attempt 2`, `every attempt`
impl Say for Attempts {
    fn say(&self, lang: Lang) -> String {
        let Attempts { first, last } = *self;
        match last {
            None if first == 1 => lang.pick("every attempt", "모든 회차").into(),
            None => lang.pick(format!("from attempt {first}"), format!("{first}회차부터")),
            Some(last) if last == first => lang.pick(format!("attempt {first}"), format!("{first}회차")),
            Some(last) => lang.pick(format!("attempts {first}–{last}"), format!("{first}~{last}회차")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::sentence::tests::check_templates;

    #[test]
    fn every_chip_has_both_languages_with_the_same_values() {
        check_templates(Chip::TEMPLATES);
        check_templates(Mark::TEMPLATES);
    }

    #[test]
    fn a_chip_says_what_and_when_in_a_few_words() {
        let fails = |first, last| {
            let kind = FaultKind::Exit { code: 1, after: Millis::secs(2) };
            Chip::fault(&Fault { attempts: Attempts { first, last }, kind }).text(Lang::En)
        };
        let all = [fails(1, Some(3)), fails(2, Some(2)), fails(2, None), fails(1, None)];
        assert_eq!(all, ["fails, attempts 1–3", "fails, attempt 2", "fails, from attempt 2", "fails, every attempt"]);
        let killed = Chip::action(Millis(52_397), &ActionKind::KillContainer { name: "a".into(), signal: 9 });
        assert_eq!(
            (killed.text(Lang::En), killed.text(Lang::Ko)),
            ("killed at 52.4s".into(), "52.4초에 강제 종료".into())
        );
    }
}
