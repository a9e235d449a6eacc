//! The examples of the gallery: texts, and a title and a sentence for each in every language.
//!
//! A sentence is a claim about the run; `tests/gallery.rs` holds every one of them to it. Nothing here knows of the page.

/// One example.
pub struct Example {
    /// Its name in tests and in the page.
    pub id: &'static str,
    pub group: Group,
    pub en: (&'static str, &'static str),
    pub ko: (&'static str, &'static str),
    pub pod: &'static str,
    pub scenario: &'static str,
}

/// What an example is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Start,
    Policies,
    Sidecars,
    Probes,
    World,
    Endings,
    /// The title is what people say, the sentence what really happens.
    Folklore,
}

impl Group {
    /// In the order of the gallery.
    pub const ALL: [Group; 7] =
        [Group::Start, Group::Policies, Group::Sidecars, Group::Probes, Group::World, Group::Endings, Group::Folklore];

    /// The heading, in English and in Korean.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Group::Start => ("Init containers at work", "초기화 컨테이너의 쓰임"),
            Group::Policies => ("Restarts", "재시작"),
            Group::Sidecars => ("Sidecars", "사이드카"),
            Group::Probes => ("Probes", "프로브"),
            Group::World => ("Images and Secrets", "이미지와 Secret"),
            Group::Endings => ("How Pods end", "파드의 끝"),
            Group::Folklore => ("What people say, and what happens", "흔한 말과 실제"),
        }
    }
}

/// What a first visit opens: the Pod of the first example.
pub const FIRST: &str = include_str!("wait-for-services.yaml");

/// The examples by the sums of their texts, so that to know one does not take the texts of all.
const SUMS: [u64; EXAMPLES.len()] = {
    let mut sums = [0; EXAMPLES.len()];
    let mut i = 0;
    while i < sums.len() {
        sums[i] = sum(EXAMPLES[i].pod, EXAMPLES[i].scenario);
        i += 1;
    }
    sums
};

/// Whether two texts are those of an example.
pub fn is_one(pod: &str, scenario: &str) -> bool {
    SUMS.contains(&sum(pod, scenario))
}

/// FNV-1a over both texts, with what is in neither between them.
pub const fn sum(pod: &str, scenario: &str) -> u64 {
    const fn over(start: u64, bytes: &[u8]) -> u64 {
        let (mut sum, mut i) = (start, 0);
        while i < bytes.len() {
            sum = (sum ^ bytes[i] as u64).wrapping_mul(0x100_0000_01b3);
            i += 1;
        }
        sum
    }
    over(over(over(0xcbf2_9ce4_8422_2325, pod.as_bytes()), b"\0"), scenario.as_bytes())
}

/// In the order of the gallery.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "wait-for-services",
        group: Group::Start,
        en: ("Wait for two services", "Two init containers look up a name each; main starts when both resolve."),
        ko: ("두 서비스를 기다리기", "초기화 컨테이너 둘이 이름을 하나씩 찾고, 둘 다 찾으면 메인이 시작됩니다."),
        pod: FIRST,
        scenario: "",
    },
    Example {
        id: "shared-volume",
        group: Group::Start,
        en: ("Hand over a file", "An init container writes into an emptyDir what main will serve."),
        ko: ("파일 넘겨주기", "초기화 컨테이너가 emptyDir에 쓴 파일을 메인이 제공합니다."),
        pod: include_str!("shared-volume.yaml"),
        scenario: "",
    },
    Example {
        id: "variable-from-file",
        group: Group::Start,
        en: (
            "Hand over a variable",
            "An init container writes a file of variables; main gets one as its own, without mounting the volume.",
        ),
        ko: (
            "변수 넘겨주기",
            "초기화 컨테이너가 변수 파일을 쓰고, 메인은 볼륨을 마운트하지 않고도 그중 하나를 환경 변수로 받습니다.",
        ),
        pod: include_str!("variable-from-file.yaml"),
        scenario: "",
    },
    Example {
        id: "git-clone",
        group: Group::Start,
        en: (
            "A placeholder left in a script",
            "The shell reads < and > as redirections: a syntax error before anything runs.",
        ),
        ko: (
            "스크립트에 남은 자리표시자",
            "셸은 <와 >를 리다이렉션으로 읽습니다. 아무것도 실행되기 전에 문법 오류가 납니다.",
        ),
        pod: include_str!("git-clone.yaml"),
        scenario: "",
    },
    Example {
        id: "stray-done",
        group: Group::Start,
        en: (
            "A stray done",
            "Two mistakes in a one-line script: the shell stops at the first, and the Pod never starts.",
        ),
        ko: (
            "남은 done 하나",
            "한 줄 스크립트에 실수가 둘 있습니다. 셸은 첫 번째에서 멈추고 파드는 시작되지 못합니다.",
        ),
        pod: include_str!("stray-done.yaml"),
        scenario: "",
    },
    Example {
        id: "wait-for-port",
        group: Group::Start,
        en: (
            "Wait for a port",
            "A fragment: only initContainers. The rest is added, and nc tries the port until it opens.",
        ),
        ko: (
            "포트를 기다리기",
            "initContainers만 있는 조각입니다. 나머지는 채워지고, nc가 포트가 열릴 때까지 시도합니다.",
        ),
        pod: include_str!("wait-for-port.yaml"),
        scenario: "",
    },
    Example {
        id: "config-generator",
        group: Group::Start,
        en: (
            "Write a configuration",
            "sed fills in a template from an environment variable. The template is missing, yet the pipeline succeeds.",
        ),
        ko: ("설정 파일 만들기", "sed가 환경 변수로 템플릿을 채웁니다. 템플릿이 없는데도 파이프라인은 성공합니다."),
        pod: include_str!("config-generator.yaml"),
        scenario: "",
    },
    Example {
        id: "run-migrations",
        group: Group::Start,
        en: (
            "Migrate a database",
            "The URL comes from a Secret; the program is not modelled, so its run is an assumption to decide.",
        ),
        ko: (
            "데이터베이스 마이그레이션",
            "주소는 Secret에서 옵니다. 프로그램은 모델링되지 않아 그 실행은 직접 정할 수 있는 가정입니다.",
        ),
        pod: include_str!("run-migrations.yaml"),
        scenario: "",
    },
    Example {
        id: "set-permissions",
        group: Group::Start,
        en: ("Fix permissions", "chmod on a volume before main starts: done in an instant."),
        ko: ("권한 고치기", "메인이 시작되기 전에 볼륨에 chmod를 실행합니다. 순식간에 끝납니다."),
        pod: include_str!("set-permissions.yaml"),
        scenario: "",
    },
    Example {
        id: "kernel-setting",
        group: Group::Start,
        en: (
            "A setting of the kernel",
            "sysctl in an init container: read-only without privileges, done with them, and main starts.",
        ),
        ko: (
            "커널 설정 바꾸기",
            "초기화 컨테이너의 sysctl은 권한이 없으면 읽기 전용이라 실패하고, privileged이면 성공합니다. 그런 다음 메인이 시작됩니다.",
        ),
        pod: include_str!("kernel-setting.yaml"),
        scenario: "",
    },
    Example {
        id: "fetch-certificates",
        group: Group::Start,
        en: ("Fetch certificates", "A script on a volume that holds none: exit code 127, again and again."),
        ko: ("인증서 가져오기", "볼륨에 없는 스크립트를 실행해 종료 코드 127이 되풀이됩니다."),
        pod: include_str!("fetch-certificates.yaml"),
        scenario: "",
    },
    Example {
        id: "policy-always",
        group: Group::Policies,
        en: ("restartPolicy: Always", "A job that succeeds is started again, after longer and longer waits."),
        ko: ("restartPolicy: Always", "성공한 작업도 점점 긴 대기 뒤에 다시 시작됩니다."),
        pod: include_str!("policy-always.yaml"),
        scenario: "",
    },
    Example {
        id: "policy-on-failure",
        group: Group::Policies,
        en: ("restartPolicy: OnFailure", "Two failures are retried; the third run succeeds and the Pod is Completed."),
        ko: (
            "restartPolicy: OnFailure",
            "두 번의 실패는 다시 시도되고, 세 번째 실행이 성공해 파드가 Completed로 끝납니다.",
        ),
        pod: include_str!("policy-on-failure.yaml"),
        scenario: include_str!("policy-on-failure.scenario.yaml"),
    },
    Example {
        id: "policy-never",
        group: Group::Policies,
        en: ("restartPolicy: Never", "One failure and the Pod has failed for good."),
        ko: ("restartPolicy: Never", "한 번 실패하면 파드는 그대로 실패로 끝납니다."),
        pod: include_str!("policy-never.yaml"),
        scenario: "",
    },
    Example {
        id: "crash-loop",
        group: Group::Policies,
        en: (
            "CrashLoopBackOff from the inside",
            "An init container that always fails, and the waits of 10 s, 20 s, 40 s between its tries.",
        ),
        ko: (
            "CrashLoopBackOff 들여다보기",
            "항상 실패하는 초기화 컨테이너와 10초, 20초, 40초로 늘어나는 대기를 봅니다.",
        ),
        pod: include_str!("crash-loop.yaml"),
        scenario: "",
    },
    Example {
        id: "restart-all",
        group: Group::Policies,
        en: (
            "Restart all containers",
            "Exit code 88 of one container starts the whole Pod anew, its init container included.",
        ),
        ko: (
            "모든 컨테이너 재시작",
            "컨테이너 하나가 종료 코드 88로 끝나면 초기화 컨테이너까지 파드 전체가 다시 시작됩니다.",
        ),
        pod: include_str!("restart-all.yaml"),
        scenario: include_str!("restart-all.scenario.yaml"),
    },
    Example {
        id: "read-only-root",
        group: Group::Policies,
        en: (
            "A root that is read-only",
            "readOnlyRootFilesystem without a volume for each file that nginx writes: CrashLoopBackOff; the log names the file.",
        ),
        ko: (
            "읽기 전용 루트",
            "readOnlyRootFilesystem을 켜고 nginx가 쓰는 파일마다 볼륨을 주지 않으면 CrashLoopBackOff가 되고, 로그에 그 파일이 나옵니다.",
        ),
        pod: include_str!("read-only-root.yaml"),
        scenario: "",
    },
    Example {
        id: "sidecar",
        group: Group::Sidecars,
        en: ("A sidecar", "An init container with restartPolicy: Always goes on running beside main."),
        ko: ("사이드카", "restartPolicy: Always인 초기화 컨테이너는 메인 옆에서 계속 실행됩니다."),
        pod: include_str!("sidecar.yaml"),
        scenario: "",
    },
    Example {
        id: "sidecar-startup-probe",
        group: Group::Sidecars,
        en: ("A sidecar holds the door", "Main waits until the startup probe of the sidecar has passed."),
        ko: ("문을 지키는 사이드카", "사이드카의 startup 프로브가 통과할 때까지 메인은 기다립니다."),
        pod: include_str!("sidecar-startup-probe.yaml"),
        scenario: "",
    },
    Example {
        id: "liveness",
        group: Group::Probes,
        en: (
            "A liveness probe kills",
            "Three failures in a row, and the kubelet ends the container and starts it again.",
        ),
        ko: ("liveness 프로브의 종료", "세 번 연달아 실패하면 kubelet이 컨테이너를 끝내고 다시 시작합니다."),
        pod: include_str!("liveness.yaml"),
        scenario: "",
    },
    Example {
        id: "readiness",
        group: Group::Probes,
        en: ("A readiness probe only tells", "READY falls to 0/1 and comes back; nothing is restarted."),
        ko: ("readiness 프로브는 알리기만", "READY가 0/1이 되었다가 돌아옵니다. 아무것도 재시작되지 않습니다."),
        pod: include_str!("readiness.yaml"),
        scenario: include_str!("readiness.scenario.yaml"),
    },
    Example {
        id: "image-error",
        group: Group::World,
        en: (
            "An image that comes late",
            "Init:ErrImagePull and Init:ImagePullBackOff, until somebody pushes the image.",
        ),
        ko: (
            "늦게 올라온 이미지",
            "누군가 이미지를 올릴 때까지 Init:ErrImagePull과 Init:ImagePullBackOff가 반복됩니다.",
        ),
        pod: include_str!("image-error.yaml"),
        scenario: include_str!("image-error.scenario.yaml"),
    },
    Example {
        id: "image-missing",
        group: Group::World,
        en: (
            "A typo in an image's name",
            "The kubelet tries for ever, at most every five minutes, and never restarts anything.",
        ),
        ko: ("이미지 이름의 오타", "kubelet은 최대 5분 간격으로 끝없이 시도하며, 재시작은 하지 않습니다."),
        pod: include_str!("image-missing.yaml"),
        scenario: include_str!("image-missing.scenario.yaml"),
    },
    Example {
        id: "missing-secret",
        group: Group::World,
        en: (
            "A Secret that comes late: env",
            "CreateContainerConfigError until the Secret exists, then it goes on by itself.",
        ),
        ko: (
            "늦게 생기는 Secret: 환경 변수",
            "Secret이 생길 때까지 CreateContainerConfigError였다가 저절로 이어집니다.",
        ),
        pod: include_str!("missing-secret.yaml"),
        scenario: include_str!("missing-secret.scenario.yaml"),
    },
    Example {
        id: "missing-secret-volume",
        group: Group::World,
        en: (
            "A Secret that comes late: volume",
            "Mounted as a volume it gives no error in STATUS: ContainerCreating, and FailedMount events.",
        ),
        ko: (
            "늦게 생기는 Secret: 볼륨",
            "볼륨으로 마운트하면 STATUS에 오류가 없습니다. ContainerCreating과 FailedMount 이벤트뿐입니다.",
        ),
        pod: include_str!("missing-secret-volume.yaml"),
        scenario: include_str!("missing-secret-volume.scenario.yaml"),
    },
    Example {
        id: "oom",
        group: Group::Endings,
        en: ("Out of memory", "OOMKilled with exit code 137, three times, then it stays up."),
        ko: ("메모리 부족", "종료 코드 137의 OOMKilled가 세 번 나온 뒤 계속 실행됩니다."),
        pod: include_str!("oom.yaml"),
        scenario: include_str!("oom.scenario.yaml"),
    },
    Example {
        id: "deadline",
        group: Group::Endings,
        en: ("A deadline", "activeDeadlineSeconds counts the init containers too: the Pod fails while it still waits."),
        ko: ("제한 시간", "activeDeadlineSeconds에는 초기화 시간도 포함됩니다. 파드는 기다리던 중에 실패합니다."),
        pod: include_str!("deadline.yaml"),
        scenario: include_str!("deadline.scenario.yaml"),
    },
    Example {
        id: "full-volume",
        group: Group::Endings,
        en: (
            "A volume grows too large",
            "The kubelet measures now and then: an emptyDir beyond its sizeLimit evicts the Pod, whatever its restartPolicy.",
        ),
        ko: (
            "너무 커진 볼륨",
            "kubelet은 가끔 볼륨을 잽니다. emptyDir가 sizeLimit을 넘으면 restartPolicy와 관계없이 파드가 축출됩니다.",
        ),
        pod: include_str!("full-volume.yaml"),
        scenario: "",
    },
    Example {
        id: "deletion",
        group: Group::Endings,
        en: (
            "Deletion with grace",
            "preStop first, then TERM, which a shell as process 1 ignores, and KILL when the grace is over.",
        ),
        ko: (
            "유예 시간이 있는 삭제",
            "preStop 다음에 TERM, 1번 프로세스인 셸은 TERM을 무시하므로 유예가 끝나면 KILL입니다.",
        ),
        pod: include_str!("deletion.yaml"),
        scenario: include_str!("deletion.scenario.yaml"),
    },
    Example {
        id: "sandbox-loss",
        group: Group::Endings,
        en: ("The sandbox dies", "The Pod gets a new sandbox, and its init container runs a second time."),
        ko: ("샌드박스가 죽으면", "파드는 새 샌드박스를 얻고 초기화 컨테이너가 한 번 더 실행됩니다."),
        pod: include_str!("sandbox-loss.yaml"),
        scenario: include_str!("sandbox-loss.scenario.yaml"),
    },
    Example {
        id: "folklore-whole-pod",
        group: Group::Folklore,
        en: (
            "“A failing init container restarts the Pod”",
            "Only that init container restarts: not the Pod, not the sandbox, not the ones before it.",
        ),
        ko: (
            "“초기화 컨테이너가 실패하면 파드가 재시작된다”",
            "그 초기화 컨테이너만 재시작됩니다. 파드도 샌드박스도 앞선 컨테이너도 그대로입니다.",
        ),
        pod: include_str!("folklore-whole-pod.yaml"),
        scenario: include_str!("folklore-whole-pod.scenario.yaml"),
    },
    Example {
        id: "folklore-first-wait",
        group: Group::Folklore,
        en: ("“The back-off starts with 10 s”", "The first restart is immediate; then 10 s, 20 s, 40 s and so on."),
        ko: ("“백오프는 10초부터 시작한다”", "첫 재시작은 곧바로 일어나고, 그다음이 10초, 20초, 40초입니다."),
        pod: include_str!("folklore-first-wait.yaml"),
        scenario: "",
    },
    Example {
        id: "folklore-what-you-see",
        group: Group::Folklore,
        en: (
            "“While it waits, you see CrashLoopBackOff”",
            "For waits of up to 40 s you mostly see Error; CrashLoopBackOff shows just before the next start.",
        ),
        ko: (
            "“기다리는 동안 CrashLoopBackOff가 보인다”",
            "40초까지의 대기에서는 대부분 Error가 보이고 CrashLoopBackOff는 다음 시작 직전에만 보입니다.",
        ),
        pod: include_str!("folklore-what-you-see.yaml"),
        scenario: "",
    },
    Example {
        id: "folklore-never",
        group: Group::Folklore,
        en: (
            "“Never means never retry”",
            "Pulling an image is tried again under every policy; this Pod with Never runs in the end.",
        ),
        ko: (
            "“Never는 재시도가 없다는 뜻이다”",
            "이미지 받기는 어떤 정책에서도 다시 시도됩니다. Never인 이 파드도 결국 실행됩니다.",
        ),
        pod: include_str!("folklore-never.yaml"),
        scenario: include_str!("folklore-never.scenario.yaml"),
    },
    Example {
        id: "folklore-ten-minutes",
        group: Group::Folklore,
        en: (
            "“Ten good minutes forget the back-off”",
            "Only one run of more than ten minutes does; a run of five minutes changes nothing.",
        ),
        ko: (
            "“10분 동안 문제없으면 백오프가 초기화된다”",
            "한 번의 실행이 10분을 넘어야 합니다. 5분 동안의 실행으로는 달라지지 않습니다.",
        ),
        pod: include_str!("folklore-ten-minutes.yaml"),
        scenario: include_str!("folklore-ten-minutes.scenario.yaml"),
    },
    Example {
        id: "folklore-once",
        group: Group::Folklore,
        en: ("“Init containers run once”", "When the sandbox is lost they run again, from the first."),
        ko: ("“초기화 컨테이너는 한 번만 실행된다”", "샌드박스를 잃으면 처음부터 다시 실행됩니다."),
        pod: include_str!("folklore-once.yaml"),
        scenario: include_str!("folklore-once.scenario.yaml"),
    },
    Example {
        id: "folklore-restarts",
        group: Group::Folklore,
        en: (
            "“RESTARTS counts the failures of init containers”",
            "It does until the Pod is initialized, and then falls back to 0.",
        ),
        ko: ("“RESTARTS에는 초기화 실패가 남는다”", "초기화가 끝나기 전까지만 세고, 끝나면 다시 0이 됩니다."),
        pod: include_str!("folklore-restarts.yaml"),
        scenario: include_str!("folklore-restarts.scenario.yaml"),
    },
    Example {
        id: "folklore-exit-zero",
        group: Group::Folklore,
        en: (
            "“Exit code 0 is no crash”",
            "Under Always a success is backed off like a failure: Completed, then CrashLoopBackOff.",
        ),
        ko: (
            "“종료 코드 0은 크래시가 아니다”",
            "Always에서는 성공도 실패처럼 백오프됩니다. Completed 다음에 CrashLoopBackOff가 나옵니다.",
        ),
        pod: include_str!("folklore-exit-zero.yaml"),
        scenario: "",
    },
    Example {
        id: "folklore-deadline",
        group: Group::Folklore,
        en: (
            "“DeadlineExceeded is what STATUS says”",
            "The states of the containers win: STATUS says Error, and only after the grace has passed.",
        ),
        ko: (
            "“STATUS에 DeadlineExceeded가 나온다”",
            "컨테이너의 상태가 우선입니다. 유예 시간이 지난 뒤 STATUS는 Error가 됩니다.",
        ),
        pod: include_str!("folklore-deadline.yaml"),
        scenario: "",
    },
    Example {
        id: "folklore-initialized",
        group: Group::Folklore,
        en: (
            "“Initialized turns False when init containers run again”",
            "It stays True; what goes back is the phase, from Running to Pending.",
        ),
        ko: (
            "“초기화가 다시 실행되면 Initialized가 False가 된다”",
            "True로 남습니다. 되돌아가는 것은 Running에서 Pending이 되는 단계입니다.",
        ),
        pod: include_str!("folklore-initialized.yaml"),
        scenario: include_str!("folklore-initialized.scenario.yaml"),
    },
];
