//! The sentences of `view::findings`: what is worth knowing about a manifest, and what to do about it.

use super::sentence::{Names, Times, sentences};
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::WorldKind;

sentences! {
    /// What a finding says.
    Message {
    // The manifest
    NoFixedTag { image: String } "The image {image} has no fixed tag: the next pull may bring something else. Name a version or a digest." "{image} 이미지에 고정된 태그가 없습니다. 다음에 받을 때 내용이 달라질 수 있으니 버전이나 다이제스트를 지정하세요."
    LooksMisspelt { image: String, meant: String } "The image {image} looks like a slip for {meant}. It is assumed to exist here; in a registry that has no such image the Pod stays in ErrImagePull and ImagePullBackOff." "{image} 이미지는 {meant}의 오타로 보입니다. 여기서는 있다고 가정하지만, 레지스트리에 그런 이미지가 없으면 파드는 ErrImagePull과 ImagePullBackOff에 머뭅니다."
    NoResources { containers: Names } "No requests and no limits for {containers}: the scheduler reserves nothing, and the Pod is the first to go when the node runs short." "{containers} 컨테이너에 requests와 limits가 없습니다. 스케줄러가 자원을 확보하지 않고, 노드에 자원이 부족하면 먼저 축출됩니다."
    WaitWithoutTimeout { container: String } "{container} waits in a loop without a time-out: if what it waits for never comes, the Pod hangs for ever and says nothing. Count the tries and exit with an error." "{container} 컨테이너가 제한 시간 없이 반복해서 기다립니다. 기다리는 것이 오지 않으면 파드가 아무 말 없이 계속 멈춰 있습니다. 시도 횟수를 세고 오류로 끝내세요."
    ShortNameLookup { container: String, name: String } "nslookup of busybox since 1.30 asks for {name} in every search domain and fails when any of them lacks it, so {container} never sees it. Ask for the full name ({name}.NAMESPACE.svc.cluster.local), or use busybox:1.28." "1.30 이후 busybox의 nslookup은 모든 검색 도메인에서 {name}을(를) 찾고 하나라도 없으면 실패하므로, {container} 컨테이너는 이를 찾지 못합니다. 전체 이름({name}.NAMESPACE.svc.cluster.local)을 쓰거나 busybox:1.28을 사용하세요."
    EndlessInit { container: String } "{container} is an ordinary init container but never ends, so nothing after it starts. Give it restartPolicy: Always to make it a sidecar." "{container} 컨테이너는 일반 초기화 컨테이너인데 끝나지 않으므로 다음 컨테이너가 시작되지 않습니다. restartPolicy: Always를 지정해 사이드카로 만드세요."
    ShellIgnoresTerm { container: String, grace: Millis } "The shell of {container} is process 1 and does not react to TERM: on deletion the container lives on for the whole grace ({grace}) and is killed. Use exec, or trap TERM." "{container} 컨테이너의 셸은 1번 프로세스라서 TERM 시그널에 반응하지 않습니다. 삭제하면 유예 시간({grace}) 내내 남아 있다가 강제로 종료됩니다. exec를 쓰거나 TERM을 trap 하세요."
    AppendsAgain { container: String } "{container} appends to a file: volumes outlive a failed attempt, so a second one appends once more. Write the file anew instead." "{container} 컨테이너가 파일에 내용을 덧붙입니다. 볼륨은 실행이 실패해도 남으므로 다시 실행되면 또 덧붙습니다. 파일을 새로 쓰세요."
    SameWork { container: String, other: String } "{container} does exactly what {other} has done before." "{container} 컨테이너는 앞선 {other} 컨테이너와 똑같은 일을 합니다."
    NamedPortMissing { container: String, probe: ProbeKind, port: String } "The {probe} probe of {container} asks for the port {port}, which the container does not declare: it can never pass." "{container} 컨테이너의 {probe} 프로브가 선언되지 않은 {port} 포트를 사용하므로 절대 통과할 수 없습니다."
    LongLivenessDelay { container: String, delay: Millis } "The liveness probe of {container} sleeps for the first {delay}. A startup probe notices sooner that it is up, and never kills a slow start." "{container} 컨테이너의 liveness 프로브가 처음 {delay} 동안 동작하지 않습니다. startup 프로브를 쓰면 시작을 더 빨리 감지하고 느린 시작도 끊지 않습니다."
    PreStopTooLong { container: String, hook: Millis, grace: Millis } "The preStop hook of {container} takes {hook}, but the whole grace is {grace}: the process gets TERM too late to end in order." "{container} 컨테이너의 preStop 훅은 {hook} 걸리지만 전체 유예 시간은 {grace}입니다. 프로세스가 TERM 시그널을 너무 늦게 받아 제대로 끝날 수 없습니다."

    // The run
    RestartLoop { container: String, n: Times, code: i32 } "{container} ended {n} in the simulated time, last with exit code {code}, and is restarted for ever." "이 실행에서 {container} 컨테이너가 {n} 끝났고(마지막 종료 코드 {code}) 끝없이 다시 시작됩니다."
    RestartedAfterSuccess { container: String, n: Times } "{container} ended with success {n}, but restartPolicy Always starts it again each time, with growing back-off. For work that ends, use OnFailure or a Job." "{container} 컨테이너가 {n} 성공으로 끝났지만 restartPolicy Always 때문에 백오프를 늘려 가며 매번 다시 시작됩니다. 끝이 있는 작업에는 OnFailure나 Job을 사용하세요."
    CommandNotFound { container: String, code: i32 } "{container} ended with exit code {code}: its shell found no such command, or could not execute it. Is it in this image?" "{container} 컨테이너가 종료 코드 {code}(으)로 끝났습니다. 셸이 명령을 찾지 못했거나 실행할 수 없었습니다. 이 이미지에 들어 있는 명령인가요?"
    OutOfMemory { container: String, n: Times } "{container} was killed {n} for using more memory than its limit." "{container} 컨테이너가 메모리 제한을 넘어 {n} 강제 종료되었습니다."
    NeverPulled { container: String, image: String } "The image {image} of {container} could not be pulled in the simulated time." "이 실행에서 {container} 컨테이너의 {image} 이미지를 받지 못했습니다."
    NeverConfigured { container: String, message: String } "{container} was never started in the simulated time: {message}." "이 실행에서 {container} 컨테이너가 시작되지 못했습니다. {message}."
    NeverMounted { volume: String, message: String } "The volume {volume} was never mounted in the simulated time, so no container could start: {message}." "이 실행에서 {volume} 볼륨이 마운트되지 않아 어떤 컨테이너도 시작되지 못했습니다. {message}."
    WorldNeverComes { container: String, what: WorldKind, name: String } "{container} waits for the {what} {name}, which never appears in the simulated time." "{container} 컨테이너가 이 실행에서 나타나지 않는 {name} {what}를 기다립니다."
    ProbeNeverPassed { container: String, probe: ProbeKind, n: Times } "The {probe} probe of {container} was asked {n} in the simulated time and never passed." "이 실행에서 {container} 컨테이너의 {probe} 프로브를 {n} 확인했지만 한 번도 통과하지 못했습니다."
    LivenessKillsStart { container: String } "The liveness probe has {container} killed before it ever answered. Give it a startup probe that allows for its start." "{container} 컨테이너가 한 번도 응답하기 전에 liveness 프로브가 종료시킵니다. 시작 시간을 감안한 startup 프로브를 추가하세요."
    KilledAfterGrace { container: String, grace: Millis } "{container} did not react to TERM and was killed after its whole grace of {grace}." "{container} 컨테이너가 TERM 시그널에 반응하지 않아 유예 시간({grace})이 모두 지난 뒤 강제로 종료되었습니다."
    VolumeOutgrown { volume: String, limit: String } "The volume {volume} grew beyond its limit of {limit}: the Pod was evicted, and is not started again by itself. Give it more room, or clear up in it." "{volume} 볼륨이 한도({limit})보다 커져 파드가 축출되었고 스스로 다시 시작되지 않습니다. 한도를 늘리거나 볼륨을 비우세요."
    StorageOutgrown { container: String, limit: String } "{container} may take {limit} of the node's disk, and more was taken: the Pod was evicted, and is not started again by itself. Raise the limit of ephemeral-storage, or write less." "{container} 컨테이너의 ephemeral-storage 한도({limit})보다 많이 써서 파드가 축출되었고 스스로 다시 시작되지 않습니다. 한도를 늘리거나 덜 쓰게 하세요."
    DeadlineTooShort { deadline: Millis } "The deadline of {deadline} passed before the init containers were done: no main container ever ran." "초기화 컨테이너가 끝나기 전에 제한 시간({deadline})이 지나 메인 컨테이너가 한 번도 실행되지 못했습니다."
    SlowInit { container: String, took: Millis, start: Millis } "The main containers start only after {start}; {took} of it is {container}." "메인 컨테이너가 {start} 후에야 시작됩니다. 그중 {took} 동안은 {container} 컨테이너를 기다립니다."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::sentence::tests::check_templates;

    #[test]
    fn every_message_has_both_languages_with_the_same_values() {
        check_templates(Message::TEMPLATES);
    }
}
