//! The sentences that explain a run: what happened, what is so at a moment, what the outcome is, and how two runs differ.

use super::Lang;
use super::sentence::{Names, Nth, Say, Times, sentences};
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::{Hook, WorldKind};

sentences! {
    /// What is told about a run. Kubernetes' own messages stand in the sentences as they are.
    Sentence {
    // What people and the world do
    PodCreated { pod: String } "The Pod {pod} is created." "{pod} 파드가 생성됩니다."
    Deleted {} "Somebody deletes the Pod." "누군가 파드를 삭제합니다."
    DeletedWithGrace { grace: Millis } "Somebody deletes the Pod with a grace of {grace}." "누군가 파드를 삭제합니다(유예 시간 {grace})."
    DeletedByForce {} "Somebody deletes the Pod by force: the object goes at once." "누군가 파드를 강제로 삭제합니다. 오브젝트는 바로 사라집니다."
    SandboxKilled {} "The Pod's sandbox dies (its pause process is killed)." "파드의 샌드박스가 죽습니다(pause 프로세스 종료)."
    NodeReboots { down: Millis } "The node reboots and is down for {down}." "노드가 재부팅되어 {down} 동안 멈춥니다."
    KubeletRestarts { down: Millis } "The kubelet is restarted and is down for {down}." "kubelet이 재시작되어 {down} 동안 멈춥니다."
    ContainerSignalled { container: String, signal: String } "Somebody sends {signal} to {container}." "누군가 {container} 컨테이너에 {signal} 시그널을 보냅니다."
    ProbeSabotaged { container: String, probe: ProbeKind, lasting: Millis } "The {probe} probe of {container} is made to fail for {lasting}." "{container} 컨테이너의 {probe} 프로브가 {lasting} 동안 실패하게 됩니다."
    ImageSet { container: String, image: String } "Somebody changes the image of {container} to {image}." "누군가 {container} 컨테이너의 이미지를 {image} 이미지로 바꿉니다."
    ConditionSet { condition: String, status: String } "Somebody sets the condition {condition} to {status}." "누군가 {condition} 컨디션을 {status} 상태로 바꿉니다."
    Evicted {} "Somebody evicts the Pod through the eviction API." "누군가 축출 API로 파드를 축출합니다."
    WorldAppears { what: WorldKind, name: String } "The {what} {name} appears." "{name} {what}가 나타납니다."
    WorldVanishes { what: WorldKind, name: String } "The {what} {name} vanishes." "{name} {what}가 사라집니다."

    // The control plane and the Pod
    Scheduled { node: String } "The scheduler assigns the Pod to {node}." "스케줄러가 파드를 {node} 노드에 할당합니다."
    Unschedulable { message: String } "No node can take the Pod: {message}" "파드를 받을 수 있는 노드가 없습니다. {message}"
    DeletionRequested { grace: Millis } "The Pod has {grace} to end." "파드는 {grace} 안에 종료되어야 합니다."
    ObjectRemoved {} "The Pod object is gone." "파드 오브젝트가 사라졌습니다."
    NodeMissing { node: String } "The node {node} does not exist, so garbage collection removes the Pod." "{node} 노드가 없으므로 파드 가비지 컬렉션이 파드를 제거합니다."
    Rejected { reason: String } "The kubelet refuses the Pod: {reason}." "kubelet이 파드를 거부합니다. 이유는 {reason}입니다."
    PhaseChanged { phase: String } "The Pod's phase is now {phase}." "파드의 단계가 {phase} 상태로 바뀝니다."
    StatusPublished { status: String } "The kubelet publishes a status; containers: {status}." "kubelet이 상태를 게시합니다. 컨테이너 상태는 {status}입니다."
    VolumesPending {} "The kubelet waits until the volumes are mounted." "kubelet이 볼륨이 마운트되기를 기다립니다."
    VolumesMounted {} "All volumes are mounted." "모든 볼륨이 마운트되었습니다."
    MountFailed { volume: String, message: String } "The volume {volume} cannot be mounted: {message}" "{volume} 볼륨을 마운트할 수 없습니다. {message}"
    SandboxStarted {} "The sandbox of the Pod is being made." "파드의 샌드박스를 만듭니다."
    SandboxRemade { attempt: u32 } "A new sandbox (number {attempt}) is made: the init containers will run again." "새 샌드박스({attempt}번)를 만듭니다. 초기화 컨테이너가 다시 실행됩니다."
    SandboxReady {} "The sandbox is ready: the Pod has its network." "샌드박스가 준비되어 파드에 네트워크가 생겼습니다."
    SandboxStopped {} "The sandbox is stopped." "샌드박스가 중지됩니다."
    KubeletEvicts { message: String } "The kubelet evicts the Pod: {message}" "kubelet이 파드를 축출합니다: {message}"
    DeadlineExceeded {} "The Pod has been active for longer than activeDeadlineSeconds allows." "파드가 activeDeadlineSeconds에 정한 시간을 넘겼습니다."
    KubeletStopped {} "The kubelet stops; containers go on, nobody looks." "kubelet이 멈춥니다. 컨테이너는 계속 실행되지만 지켜보는 이가 없습니다."
    KubeletStarted {} "The kubelet starts; it has forgotten every back-off." "kubelet이 시작됩니다. 이전의 백오프는 모두 잊었습니다."
    NodeStopped {} "The node stops, and every container with it." "노드가 멈추고 모든 컨테이너도 함께 멈춥니다."
    NodeStarted {} "The node is up again." "노드가 다시 켜집니다."
    RestartAllContainers {} "A restart rule asks for all containers of the Pod to be restarted." "재시작 규칙에 따라 파드의 모든 컨테이너를 다시 시작합니다."

    // Why the kubelet looks
    LookAdded {} "The kubelet looks at the Pod because it is new on this node." "이 노드에 새로 온 파드이므로 kubelet이 살펴봅니다."
    LookUpdated {} "The kubelet looks at the Pod because its object changed." "파드 오브젝트가 바뀌었으므로 kubelet이 살펴봅니다."
    LookContainers {} "The kubelet, which lists the containers once a second, sees that one has changed." "1초마다 컨테이너 목록을 확인하는 kubelet이 변화를 발견합니다."
    LookProbe {} "The kubelet looks at the Pod because the result of a probe changed." "프로브 결과가 바뀌었으므로 kubelet이 파드를 살펴봅니다."
    LookTimer {} "The kubelet looks at the Pod because the time it had set itself has come." "예약해 둔 시각이 되어 kubelet이 파드를 살펴봅니다."
    LookContinued {} "The kubelet looks again at once, because its last look changed something." "직전에 무언가를 바꾸었으므로 kubelet이 곧바로 다시 살펴봅니다."
    LookDeleted {} "The kubelet looks at the Pod because it is to be deleted." "파드를 삭제해야 하므로 kubelet이 살펴봅니다."
    LookEvicted {} "The kubelet ends the Pod because it evicts it." "kubelet이 파드를 축출하므로 파드를 끝냅니다."
    LookDeadline {} "The kubelet looks at the Pod because its deadline has passed." "파드의 제한 시간이 지났으므로 kubelet이 살펴봅니다."
    LookKubeletStarted {} "The kubelet looks at every Pod because it has just started." "방금 시작된 kubelet이 모든 파드를 살펴봅니다."

    // Containers
    PullStarted { container: String, image: String } "The image {image} of {container} is being pulled." "{container} 컨테이너의 {image} 이미지를 받습니다."
    PullFinished { container: String, image: String } "The image {image} of {container} has arrived." "{container} 컨테이너의 {image} 이미지를 받았습니다."
    PullFailed { container: String, image: String, message: String } "The image {image} of {container} cannot be pulled: {message}" "{container} 컨테이너의 {image} 이미지를 받을 수 없습니다. {message}"
    BackOffCrash { container: String, delay: Millis, since: Millis, until: Millis } "{container} must wait {delay}, counted from its end at {since}: it is not started before {until}." "{container} 컨테이너는 종료된 시점({since})부터 {delay} 동안 기다려야 합니다. {until} 전에는 시작되지 않습니다."
    BackOffImage { container: String, delay: Millis, until: Millis } "The next pull for {container} waits {delay}: not before {until}." "{container} 컨테이너의 다음 이미지 받기는 {delay} 뒤, 즉 {until} 이후입니다."
    BackOffRetry { container: String, until: Millis } "The start of {container} is tried again, not before {until}." "{container} 컨테이너의 시작은 {until} 이후에 다시 시도됩니다."
    StartFailed { container: String, reason: String, message: String } "{container} cannot be started ({reason}): {message}" "{container} 컨테이너를 시작할 수 없습니다({reason}). {message}"
    Created { container: String } "{container} is created." "{container} 컨테이너를 만듭니다."
    Started { container: String } "{container} starts." "{container} 컨테이너가 시작됩니다."
    Restarted { container: String, n: Nth } "{container} starts for the {n} time." "{container} 컨테이너가 {n}로 시작됩니다."
    Completed { container: String, ran: Millis } "{container} ends with exit code 0 after {ran}." "{container} 컨테이너가 {ran} 만에 종료 코드 0으로 끝납니다."
    Failed { container: String, code: i32, ran: Millis } "{container} fails with exit code {code} after {ran}." "{container} 컨테이너가 {ran} 만에 종료 코드 {code}(으)로 실패합니다."
    OomKilled { container: String, code: i32, ran: Millis } "{container} runs out of its memory limit after {ran} and is killed by the kernel (OOMKilled, exit code {code})." "{container} 컨테이너가 {ran} 만에 메모리 제한을 넘어 커널에 의해 종료됩니다(OOMKilled, 종료 코드 {code})."
    EndedWith { container: String, reason: String, code: i32 } "{container} ends: {reason}, exit code {code}." "{container} 컨테이너가 끝납니다. 이유는 {reason}, 종료 코드는 {code}입니다."
    Killing { container: String, grace: Millis, message: String } "The kubelet ends {container} with a grace of {grace}: {message}." "kubelet이 {container} 컨테이너를 종료합니다(유예 시간 {grace}). {message}."
    SignalSent { container: String, signal: String } "{container} gets {signal}." "{container} 컨테이너가 {signal} 시그널을 받습니다."
    HookStarted { container: String, hook: Hook } "The {hook} hook of {container} starts." "{container} 컨테이너의 {hook} 훅이 시작됩니다."
    HookFinished { container: String, hook: Hook } "The {hook} hook of {container} is done." "{container} 컨테이너의 {hook} 훅이 끝났습니다."
    HookFailed { container: String, hook: Hook, message: String } "The {hook} hook of {container} fails: {message}" "{container} 컨테이너의 {hook} 훅이 실패합니다. {message}"
    ProbeSucceeded { container: String, probe: ProbeKind } "The {probe} probe of {container} succeeds." "{container} 컨테이너의 {probe} 프로브가 성공합니다."
    ProbeFailed { container: String, probe: ProbeKind, output: String } "The {probe} probe of {container} fails: {output}" "{container} 컨테이너의 {probe} 프로브가 실패합니다. {output}"
    ProbePasses { container: String, probe: ProbeKind } "{container} now counts as passing its {probe} probe." "{container} 컨테이너가 {probe} 프로브를 통과한 것으로 간주됩니다."
    ProbeGivesUp { container: String, probe: ProbeKind } "{container} now counts as failing its {probe} probe: its failure threshold is reached." "{container} 컨테이너가 {probe} 프로브에 실패한 것으로 간주됩니다. 실패 임계값에 도달했습니다."
    ScriptBound { what: String } "The simulation stops reading the script: {what}." "시뮬레이션이 스크립트 해석을 멈춥니다. {what}."
    RunBound {} "The simulation ends here, before its horizon: too much happens." "너무 많은 일이 일어나 시뮬레이션을 정해진 시점보다 일찍 여기에서 끝냅니다."
    EarlierSteps { n: usize } "{n} earlier steps of the same kind are left out." "비슷한 이전 단계 {n}개를 생략했습니다."

    // What is so: the Pod
    PodGone {} "The Pod does not exist any more." "파드가 더 이상 존재하지 않습니다."
    PodUnscheduled {} "The Pod has no node yet." "파드가 아직 노드에 할당되지 않았습니다."
    PodPreparing {} "The Pod is on its node; its volumes and its sandbox are being prepared." "파드가 노드에 있으며 볼륨과 샌드박스를 준비하고 있습니다."
    PodInitializing { done: usize, all: usize } "The Pod initializes: {done} of {all} init containers are done." "파드를 초기화하고 있습니다. 초기화 컨테이너 {all}개 중 {done}개가 끝났습니다."
    PodStartingMains {} "Initialization is done; the main containers are being started." "초기화가 끝났고 메인 컨테이너를 시작하고 있습니다."
    PodReady {} "The Pod runs and is Ready." "파드가 실행 중이며 Ready 상태입니다."
    PodNotReady { containers: Names } "The Pod runs but is not Ready, because of {containers}." "파드가 실행 중이지만 {containers} 컨테이너 때문에 Ready 상태가 아닙니다."
    PodRunningNotReady {} "The Pod runs but is not Ready." "파드가 실행 중이지만 Ready 상태가 아닙니다."
    PodSucceeded {} "The Pod is done: every main container ended with success." "파드가 끝났습니다. 모든 메인 컨테이너가 성공했습니다."
    PodFailed {} "The Pod has failed for good; nothing in it is started again." "파드가 최종적으로 실패했습니다. 더 이상 아무것도 시작되지 않습니다."
    PodTerminating { since: Millis, left: Millis } "Since {since} the Pod is being deleted; {left} of its grace is left." "{since}부터 파드를 삭제하고 있습니다. 유예 시간은 {left} 남았습니다."
    PodTerminatingOver { since: Millis } "Since {since} the Pod is being deleted; its grace is used up." "{since}부터 파드를 삭제하고 있습니다. 유예 시간은 다 지났습니다."
    KubeletIsDown {} "The kubelet is down: what runs goes on, but nothing is started, stopped or reported." "kubelet이 멈춰 있습니다. 실행 중인 것은 계속되지만 시작, 중지, 보고는 일어나지 않습니다."
    NodeIsDown {} "The node is down; the API still shows what it said last." "노드가 멈춰 있습니다. API에는 마지막으로 보고된 상태가 남아 있습니다."

    // What is so: a container
    WaitsForScheduling { container: String } "{container} waits until the Pod has a node." "{container} 컨테이너는 파드가 노드에 할당되기를 기다립니다."
    WaitsForVolumes { container: String } "{container} waits until the Pod's volumes are mounted: no container starts before." "{container} 컨테이너는 파드의 볼륨이 마운트되기를 기다립니다. 그 전에는 어떤 컨테이너도 시작되지 않습니다."
    WaitsForSandbox { container: String } "{container} waits until the Pod's sandbox is ready." "{container} 컨테이너는 파드의 샌드박스가 준비되기를 기다립니다."
    WaitsForStart { container: String } "{container} is about to be created." "{container} 컨테이너가 곧 만들어집니다."
    WaitsForTurn { container: String, behind: String } "{container} waits its turn: {behind} comes first." "{container} 컨테이너는 차례를 기다립니다. {behind} 컨테이너가 먼저입니다."
    WaitsForSidecar { container: String, behind: String } "{container} waits until the sidecar {behind} counts as started." "{container} 컨테이너는 {behind} 사이드카가 시작된 것으로 간주되기를 기다립니다."
    EndNotNoticed { container: String, ended: Millis } "{container} ended at {ended}; the kubelet has not acted on it yet." "{container} 컨테이너는 {ended}에 끝났지만 kubelet이 아직 조치하지 않았습니다."
    IsPulled { container: String, image: String, since: Millis } "Since {since} the image {image} of {container} is being pulled." "{since}부터 {container} 컨테이너의 {image} 이미지를 받고 있습니다."
    InCrashBackOff { container: String, n: Nth, code: i32, delay: Millis, ended: Millis } "{container} is in back-off: its {n} attempt ended with exit code {code} at {ended}, so the next try waits {delay}." "{container} 컨테이너는 백오프 중입니다. {n} 실행이 {ended}에 종료 코드 {code}(으)로 끝나서 다음 시도까지 {delay} 동안 기다립니다."
    InImageBackOff { container: String, n: Nth, delay: Millis } "The image of {container} cannot be pulled: after the {n} failure the next pull waits {delay}." "{container} 컨테이너의 이미지를 받을 수 없습니다. {n} 실패 뒤 다음 시도까지 {delay} 동안 기다립니다."
    InRetry { container: String, reason: String } "{container} cannot be started ({reason}); the kubelet tries again every 10 to 15 seconds." "{container} 컨테이너를 시작할 수 없습니다({reason}). kubelet이 10~15초마다 다시 시도합니다."
    IsStarting { container: String } "{container} is created and being started." "{container} 컨테이너가 만들어져 시작되고 있습니다."
    InPostStart { container: String } "{container} runs its postStart hook: until that ends, it counts as Waiting and holds up the next container." "{container} 컨테이너의 postStart 훅이 실행 중입니다. 끝날 때까지 Waiting 상태로 간주되고 다음 컨테이너도 기다립니다."
    IsRunning { container: String, ran: Millis } "{container} has been running for {ran}." "{container} 컨테이너가 {ran} 동안 실행되고 있습니다."
    IsRunningAgain { container: String, ran: Millis, n: Nth } "{container} has been running for {ran}, its {n} attempt." "{container} 컨테이너가 {ran} 동안 실행되고 있습니다({n} 실행)."
    IsEnding { container: String, grace: Millis, left: Millis } "{container} is being ended: {left} of {grace} of grace is left, then it gets KILL." "{container} 컨테이너를 종료하고 있습니다. 유예 시간 {grace} 중 {left} 남았고, 그 뒤에는 KILL 시그널을 받습니다."
    IsDone { container: String, ended: Millis } "{container} is done: it ended with exit code 0 at {ended}." "{container} 컨테이너는 {ended}에 종료 코드 0으로 끝났습니다."
    HasEnded { container: String, code: i32, ended: Millis } "{container} ended with exit code {code} at {ended} and is not restarted." "{container} 컨테이너는 {ended}에 종료 코드 {code}(으)로 끝났고 다시 시작되지 않습니다."
    NeverRan { container: String } "{container} never ran." "{container} 컨테이너는 한 번도 실행되지 않았습니다."

    // Why, in addition
    Because { message: String } "The reason given: {message}" "알려진 이유입니다. {message}"
    LastFailure { message: String } "The last try failed: {message}" "마지막 시도가 실패했습니다. {message}"
    WaitsForWorld { what: WorldKind, name: String } "It waits for the {what} {name}, which is not there." "아직 없는 {name} {what}를 기다립니다."
    LastLine { line: String } "Its last line of output: {line}" "마지막으로 출력한 줄입니다. {line}"
    FirstRestartIsFree {} "The first restart comes without a wait." "첫 번째 재시작에는 대기 시간이 없습니다."
    StatusLags { status: String } "STATUS shows {status} although it is in back-off: a status is published before the kubelet acts, with the reason that the look before left." "백오프 중이지만 STATUS에는 {status} 표시가 남아 있습니다. 상태는 kubelet이 조치하기 전에, 직전 확인에서 남긴 이유로 게시되기 때문입니다."
    NotReadyProbe { container: String } "{container} is not ready: its readiness probe has not passed." "{container} 컨테이너는 readiness 프로브를 통과하지 못해 준비되지 않았습니다."
    NotStartedProbe { container: String } "{container} does not count as started: its startup probe has not passed." "{container} 컨테이너는 startup 프로브를 통과하지 못해 시작된 것으로 간주되지 않습니다."
    LastProbe { n: Times, ago: Millis, output: String } "It has failed {n}, last {ago} ago: {output}" "{n} 실패했고 마지막은 {ago} 전입니다. {output}"
    StatusWaits { status: String } "STATUS says {status} while the container waits out its back-off: nothing of it runs." "컨테이너가 백오프 시간을 기다리는 동안 STATUS는 {status} 상태입니다. 그동안 실행되는 것은 없습니다."
    SidecarGoesOn {} "As a sidecar it goes on beside the main containers." "사이드카이므로 메인 컨테이너와 함께 계속 실행됩니다."
    RestartPolicyForbids { policy: String } "restartPolicy {policy} forbids another attempt." "restartPolicy {policy} 설정에 따라 다시 실행하지 않습니다."
    BackOffLonger {} "The kubelet wakes up between one and one and a half times the remaining wait, so it takes longer than the nominal time." "kubelet은 남은 시간의 1배에서 1.5배 사이에 깨어나므로 명목상의 시간보다 오래 걸립니다."

    // What comes next
    NextStart { container: String, at: Millis, left: Millis } "{container} is created at {at}, in {left}." "{container} 컨테이너는 {left} 뒤인 {at}에 만들어집니다."
    NextTry { container: String, at: Millis, left: Millis } "The next try of {container} is at {at}, in {left}." "{container} 컨테이너의 다음 시도는 {left} 뒤인 {at}입니다."
    NextTryUnknown { container: String, until: Millis } "The next try of {container} comes after {until}, beyond the simulated time." "{container} 컨테이너의 다음 시도는 {until} 이후이며 시뮬레이션 시간을 벗어납니다."
    NextPulled { container: String, at: Millis } "The pull for {container} ends at {at}." "{container} 컨테이너의 이미지 받기는 {at}에 끝납니다."
    NextPullFails { container: String, at: Millis } "The pull for {container} fails at {at}." "{container} 컨테이너의 이미지 받기는 {at}에 실패합니다."
    NextRuns { container: String, at: Millis } "{container} runs at {at}." "{container} 컨테이너는 {at}에 실행됩니다."
    NextEnd { container: String, at: Millis, code: i32 } "{container} ends at {at} with exit code {code}." "{container} 컨테이너는 {at}에 종료 코드 {code}(으)로 끝납니다."
    NextNothing { container: String } "Nothing ends {container} in the simulated time." "이 실행에서 {container} 컨테이너를 끝내는 것은 없습니다."
    NextNever { container: String } "{container} does not start in the simulated time." "이 실행에서 {container} 컨테이너는 시작되지 않습니다."
    NextWorld { what: WorldKind, name: String, at: Millis } "The {what} {name} appears at {at}." "{name} {what}는 {at}에 나타납니다."
    NextWorldNever { what: WorldKind, name: String } "The {what} {name} does not appear in the simulated time." "이 실행에서 {name} {what}는 나타나지 않습니다."
    NextMainStarts { container: String, at: Millis } "{container} starts at {at}." "{container} 컨테이너는 {at}에 시작됩니다."
    NextReady { at: Millis } "The Pod is Ready at {at}." "파드는 {at}에 Ready 상태가 됩니다."
    NextFinished { phase: &'static str, at: Millis } "The Pod's phase is {phase} from {at}." "파드는 {at}부터 {phase} 단계입니다."
    NextRemoved { at: Millis } "The Pod object is gone at {at}." "파드 오브젝트는 {at}에 사라집니다."
    NextAct { act: Box<Sentence>, at: Millis } "At {at}: {act}" "{at} 시점: {act}"
    NextPodNothing {} "Nothing more changes." "더 이상 바뀌는 것은 없습니다."
    NextPodBeyond { end: Millis } "Nothing more changes before {end}, where the simulation ends; it goes on like this." "시뮬레이션이 끝나는 {end}까지 더 바뀌는 것은 없으며, 그 뒤에도 이렇게 이어집니다."

    // The outcome
    MainStarts { container: String, at: Millis } "{container} starts {at} after creation." "{container} 컨테이너는 생성 {at} 후에 시작됩니다."
    TimeToSchedule { time: Millis } "{time} of that: the Pod has no node." "그중 {time} 동안 파드에 노드가 없습니다."
    TimeToPrepare { time: Millis } "{time} of that: its volumes and its network are prepared." "그중 {time} 동안 볼륨과 네트워크를 준비합니다."
    TimeToMount { time: Millis, message: String } "{time} of that: a volume cannot be mounted: {message}." "그중 {time} 동안 볼륨을 마운트하지 못합니다: {message}."
    TimeToPull { time: Millis, image: String } "{time} of that: the image {image} is pulled." "그중 {time} 동안 {image} 이미지를 받습니다."
    TimeToPullAll { time: Millis, n: usize } "{time} of that: {n} images are pulled." "그중 {time} 동안 이미지 {n}개를 받습니다."
    TimeToCount { time: Millis, container: String } "{time} of that: the sidecar {container} does not count as started." "그중 {time} 동안 {container} 사이드카가 시작된 것으로 간주되지 않습니다."
    TimeToGetImage { time: Millis, image: String } "{time} of that: the image {image} cannot be had at first." "그중 {time} 동안 {image} 이미지를 받지 못합니다."
    TimeToConfigure { time: Millis, container: String, message: String } "{time} of that: {container} cannot start: {message}." "그중 {time} 동안 {container} 컨테이너를 시작하지 못합니다: {message}."
    TimeToRetry { time: Millis, container: String, n: Times } "{time} of that: {container} fails {n} before it succeeds." "그중 {time} 동안 {container} 컨테이너가 {n} 실패한 뒤에 성공합니다."
    TimeToWait { time: Millis, container: String, what: WorldKind, name: String } "{time} of that: {container} waits for the {what} {name}." "그중 {time} 동안 {container} 컨테이너가 {name} {what}를 기다립니다."
    TimeToRun { time: Millis, container: String } "{time} of that: {container} runs first." "그중 {time} 동안 {container} 컨테이너가 먼저 실행됩니다."
    ReadyAt { at: Millis } "The Pod is Ready after {at}." "파드는 {at} 후에 Ready 상태가 됩니다."
    NeverReady {} "The Pod never becomes Ready." "파드는 끝내 Ready 상태가 되지 않습니다."
    SucceedsAt { at: Millis } "The Pod succeeds after {at}." "파드는 {at} 후에 성공으로 끝납니다."
    EvictedAt { at: Millis, message: String } "The Pod is evicted after {at}: {message}" "파드는 {at} 후에 축출됩니다: {message}"
    FailsAt { at: Millis } "The Pod fails after {at}." "파드는 {at} 후에 실패로 끝납니다."
    RemovedAt { at: Millis } "The Pod is gone after {at}." "파드는 {at} 후에 사라집니다."
    KeepsFailing { container: String, n: Times, within: Millis } "{container} ended {n} within {within} and is restarted again and again." "{container} 컨테이너가 {within} 동안 {n} 끝났고 계속 다시 시작됩니다."
    StaysUp { container: String, n: Times, at: Millis } "{container} ended {n} and stays up from {at} on." "{container} 컨테이너는 {n} 끝났지만 {at}부터는 계속 실행됩니다."
    NeverStarts { container: String, why: Box<Sentence> } "{container} never starts: {why}" "{container} 컨테이너는 시작되지 않습니다. {why}"
    WhyCrashLoop { container: String, code: i32, n: usize } "{container} fails each time (exit code {code}, {n} attempts)." "{container} 컨테이너가 매번 실패합니다(종료 코드 {code}, {n}번 실행)."
    WhyWaitsForWorld { container: String, what: WorldKind, name: String } "{container} waits for the {what} {name}, which never appears." "{container} 컨테이너가 나타나지 않는 {name} {what}를 기다립니다."
    WhyNeverEnds { container: String } "{container} never ends." "{container} 컨테이너가 끝나지 않습니다."
    WhyNotStarted { container: String } "the sidecar {container} never counts as started." "{container} 사이드카가 시작된 것으로 간주되지 않습니다."
    WhyImage { container: String, image: String } "the image {image} of {container} cannot be pulled." "{container} 컨테이너의 {image} 이미지를 받을 수 없습니다."
    WhyCannotStart { container: String, reason: String, message: String } "{container} cannot be started ({reason}): {message}." "{container} 컨테이너를 시작할 수 없습니다({reason}). {message}."
    WhyVolume { message: String } "a volume cannot be mounted: {message}." "볼륨을 마운트할 수 없습니다. {message}."
    WhyUnschedulable { message: String } "no node can take the Pod: {message}" "파드를 받을 수 있는 노드가 없습니다. {message}"
    WhyNoScheduler { name: String } "no scheduler called {name} runs: nothing places the Pod, and no event says so." "{name} 스케줄러가 실행되고 있지 않습니다. 파드는 배치되지 않으며 이를 알리는 이벤트도 없습니다."
    WhyGated { gates: Names } "it waits for its scheduling gates to be removed: {gates}." "스케줄링 게이트({gates})가 제거되기를 기다립니다."
    WhyNoNode { node: String } "the node {node} does not exist." "{node} 노드가 없습니다."
    WhyRejected { reason: String } "the kubelet refuses the Pod ({reason})." "kubelet이 파드를 거부합니다({reason})."
    WhyInitFailed { container: String, code: i32 } "{container} failed with exit code {code}, and the Pod's restart policy ends the Pod with it." "{container} 컨테이너가 종료 코드 {code}(으)로 실패했고, 재시작 정책에 따라 파드도 끝납니다."
    WhyEvicted { message: String } "the Pod is evicted first: {message}" "그 전에 파드가 축출됩니다: {message}"
    WhyDeadline {} "the Pod's deadline passed first." "그 전에 파드의 제한 시간이 지났습니다."
    WhyDeleted {} "the Pod was deleted first." "그 전에 파드가 삭제되었습니다."
    WhySandbox {} "the Pod's sandbox never becomes ready." "파드의 샌드박스가 준비되지 않습니다."
    WhyHorizon { container: String } "{container} is not done when the simulation ends." "이 실행이 끝날 때까지 {container} 컨테이너가 끝나지 않았습니다."

    // Two runs
    SameOutcome {} "Both runs have the same outcome." "두 실행의 결과가 같습니다."
    StartsLater { container: String, by: Millis } "{container} starts {by} later." "{container} 컨테이너가 {by} 늦게 시작됩니다."
    StartsEarlier { container: String, by: Millis } "{container} starts {by} earlier." "{container} 컨테이너가 {by} 일찍 시작됩니다."
    NowStarts { container: String, at: Millis } "{container} now starts, at {at}." "{container} 컨테이너가 이제 {at}에 시작됩니다."
    NoLongerStarts { container: String, why: Box<Sentence> } "{container} does not start any more: {why}" "{container} 컨테이너가 더 이상 시작되지 않습니다. {why}"
    FailsMore { container: String, a: Times, b: Times } "The cause: {container} failed {b} instead of {a}." "원인은 {container} 컨테이너입니다. 실패 횟수가 {a}에서 {b}으로 바뀌었습니다."
    FailsNewly { container: String, b: Times } "The cause: {container} failed {b}." "원인은 {container} 컨테이너입니다. {b} 실패했습니다."
    FailsNoMore { container: String, a: Times } "The cause: {container}, which had failed {a}, does not fail any more." "원인은 {container} 컨테이너입니다. {a} 실패했지만 이제는 실패하지 않습니다."
    RunsDifferently { container: String, a: Millis, b: Millis } "The cause: {container} runs for {b} instead of {a}." "원인은 {container} 컨테이너입니다. 실행 시간이 {a}에서 {b}(으)로 바뀌었습니다."
    PullsDifferently { container: String, a: Millis, b: Millis } "The cause: pulling the image of {container} takes {b} instead of {a}." "원인은 {container} 컨테이너의 이미지입니다. 받는 시간이 {a}에서 {b}(으)로 바뀌었습니다."
    WaitsDifferently { container: String, a: Millis, b: Millis } "The cause: {container} waits in back-off for {b} instead of {a}." "원인은 {container} 컨테이너입니다. 백오프 대기 시간이 {a}에서 {b}(으)로 바뀌었습니다."
    PodPreparedDifferently { a: Millis, b: Millis } "The cause: the Pod takes {b} instead of {a} until its first container can start." "원인은 파드 준비입니다. 첫 컨테이너가 시작될 수 있을 때까지 걸리는 시간이 {a}에서 {b}(으)로 바뀌었습니다."
    DownDifferently { a: Millis, b: Millis } "The cause: the node or its kubelet is down for {b} instead of {a}." "원인은 노드나 kubelet의 중단입니다. 중단 시간이 {a}에서 {b}(으)로 바뀌었습니다."
    RunsOften { container: String, a: Times, b: Times } "{container} runs {b} instead of {a}." "{container} 컨테이너의 실행 횟수가 {a}에서 {b}으로 바뀌었습니다."
    NowEnds { phase: &'static str, at: Millis } "The Pod now ends ({phase}), after {at}." "이제 파드가 {at} 후에 끝납니다({phase})."
    EndsAnew { phase: &'static str, at: Millis, was: &'static str } "The Pod ends as {phase} after {at}; it was {was} before." "파드가 {at} 후에 {phase} 단계로 끝납니다. 이전에는 {was} 단계였습니다."
    NoLongerEnds {} "The Pod does not end any more." "파드가 더 이상 끝나지 않습니다."
    ContainerGone { container: String } "Only the run that was kept has a container {container}." "보관한 실행에만 {container} 컨테이너가 있습니다."
    ContainerNew { container: String } "Only this run has a container {container}." "이 실행에만 {container} 컨테이너가 있습니다."
    }
}

/// A sentence within a sentence.
impl Say for Box<Sentence> {
    fn say(&self, lang: Lang) -> String {
        self.text(lang)
    }
}

sentences! {
    /// A rule of Kubernetes that a run shows.
    Rule {
    InitsInOrder {} "Init containers run one after another; the next one starts when the one before has succeeded." "초기화 컨테이너는 하나씩 차례로 실행되며, 앞의 것이 성공해야 다음 것이 시작됩니다."
    MainsAfterInits {} "Main containers start when every init container has succeeded and every sidecar has started." "메인 컨테이너는 모든 초기화 컨테이너가 성공하고 모든 사이드카가 시작된 뒤에 시작됩니다."
    OnlyItself {} "A container that fails is restarted alone: not the Pod, not the containers before it." "실패한 컨테이너만 다시 시작됩니다. 파드나 앞선 컨테이너는 다시 시작되지 않습니다."
    BackOffSeries {} "The first restart is immediate; then 10s, 20s, 40s, 80s, 160s and 300s at most, counted from the end of the attempt." "첫 재시작은 즉시 이루어지고, 그다음은 실행이 끝난 시점부터 10초, 20초, 40초, 80초, 160초, 최대 300초를 기다립니다."
    ImageBackOff {} "A pull that failed is tried again after 10s, 20s, 40s and so on up to 5 minutes, whatever the restart policy." "실패한 이미지 받기는 재시작 정책과 상관없이 10초, 20초, 40초, 최대 5분 뒤에 다시 시도됩니다."
    ConfigRetry {} "What a container refers to is read at its start; when it is missing the kubelet tries again every 10 to 15 seconds, without a restart." "컨테이너가 참조하는 것은 시작할 때 읽습니다. 없으면 kubelet이 재시작 횟수를 늘리지 않고 10~15초마다 다시 시도합니다."
    MountRetry {} "All volumes are mounted before the sandbox is made; a mount that failed is tried again after 0.5s, doubling up to about two minutes." "샌드박스를 만들기 전에 모든 볼륨을 마운트합니다. 실패한 마운트는 0.5초부터 두 배씩, 최대 약 2분 간격으로 다시 시도됩니다."
    Relist {} "The kubelet lists the containers once a second, so it notices an end up to a second late." "kubelet은 1초마다 컨테이너 목록을 확인하므로 종료를 최대 1초 늦게 알아챕니다."
    StatusFirst {} "Each look publishes the status first and acts then: reasons are shown one look late." "kubelet은 매번 상태를 먼저 게시하고 나서 조치하므로, 이유는 한 번 늦게 표시됩니다."
    SidecarGate {} "A sidecar counts as done when it has started and its startup probe, if any, has passed." "사이드카는 시작되고 startup 프로브(있다면)를 통과하면 끝난 것으로 간주됩니다."
    SidecarOrder {} "Sidecars end after the main containers, in reverse order, with the grace that is left." "사이드카는 메인 컨테이너가 끝난 뒤 남은 유예 시간 안에서 역순으로 종료됩니다."
    GraceThenKill {} "A container gets TERM, and KILL when its grace is over; a preStop hook runs within that grace." "컨테이너는 TERM 시그널을 받고, 유예 시간이 지나면 KILL 시그널을 받습니다. preStop 훅은 이 유예 시간 안에서 실행됩니다."
    PostStartBlocks {} "Until the postStart hook ends, the container is not Running and the next one is not started." "postStart 훅이 끝날 때까지 컨테이너는 Running 상태가 아니며 다음 컨테이너도 시작되지 않습니다."
    LivenessRestarts {} "A liveness or startup probe that fails as often as its threshold has the container ended and restarted." "liveness나 startup 프로브가 임계값만큼 실패하면 컨테이너를 종료하고 다시 시작합니다."
    ReadinessGates {} "A readiness probe only decides about Ready; it never restarts a container." "readiness 프로브는 Ready 여부만 결정하며 컨테이너를 다시 시작하지 않습니다."
    NeverEnds {} "Under restartPolicy Never an init container that fails ends the Pod." "restartPolicy Never에서는 초기화 컨테이너가 실패하면 파드도 끝납니다."
    PolicyAlways {} "Under restartPolicy Always every main container is restarted, whatever its exit code." "restartPolicy Always에서는 종료 코드와 상관없이 모든 메인 컨테이너를 다시 시작합니다."
    PolicyOnFailure {} "Under restartPolicy OnFailure a container is restarted only when it fails." "restartPolicy OnFailure에서는 실패한 컨테이너만 다시 시작합니다."
    SandboxLoss {} "Only when the sandbox is lost does the Pod begin again with its first init container." "샌드박스를 잃었을 때만 파드가 첫 초기화 컨테이너부터 다시 시작합니다."
    Eviction {} "An emptyDir that outgrows its sizeLimit, or containers that outgrow their limits of ephemeral-storage, evict the Pod. The kubelet measures volumes every one to two minutes and containers every few seconds; the Pod is not run anew." "emptyDir가 sizeLimit보다, 컨테이너가 ephemeral-storage 한도보다 커지면 파드가 축출됩니다. kubelet은 볼륨을 1~2분마다, 컨테이너를 몇 초마다 재며, 파드는 다시 실행되지 않습니다."
    Deadline {} "activeDeadlineSeconds counts from the start time of the Pod, init containers included." "activeDeadlineSeconds는 초기화 컨테이너를 포함해 파드의 시작 시각부터 셉니다."
    MemoryLimit {} "A container that uses more memory than its limit is killed by the kernel; it is restarted like any other failure." "메모리 제한을 넘은 컨테이너는 커널이 종료하며, 다른 실패와 마찬가지로 다시 시작됩니다."
    BackOffForgotten {} "Back-offs live in the kubelet's memory: a restart of it begins every series anew." "백오프는 kubelet의 메모리에만 있으므로 kubelet이 재시작되면 처음부터 다시 셉니다."
    Scheduling {} "A Pod waits, for ever if need be, until a node meets what it asks for." "파드는 요구 조건에 맞는 노드가 생길 때까지 계속 기다립니다."
    PhaseIsFinal {} "Succeeded and Failed are final." "Succeeded와 Failed는 최종 상태입니다."
    RestartsAll {} "RestartAllContainers removes and restarts every container of the Pod in place, without back-off." "RestartAllContainers는 파드의 모든 컨테이너를 백오프 없이 제자리에서 제거하고 다시 시작합니다."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::sentence::tests::check_templates;

    #[test]
    fn every_sentence_has_both_languages_with_the_same_values() {
        check_templates(Sentence::TEMPLATES);
        check_templates(Rule::TEMPLATES);
    }
}
