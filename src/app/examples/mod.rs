//! The examples of the gallery: texts, and a title and a sentence for each in every language.

/// One example.
pub struct Example {
    /// Its name in a link.
    pub id: &'static str,
    pub en: (&'static str, &'static str),
    pub ko: (&'static str, &'static str),
    pub pod: &'static str,
    pub scenario: &'static str,
}

/// What a first visit opens.
pub const FIRST: &Example = &EXAMPLES[0];

/// In the order of the gallery.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "wait-for-services",
        en: ("Wait for two services", "Two init containers look up a name each; main starts when both resolve."),
        ko: ("두 서비스를 기다리기", "초기화 컨테이너 둘이 이름을 하나씩 찾고, 둘 다 찾으면 메인이 시작됩니다."),
        pod: include_str!("wait-for-services.yaml"),
        scenario: "",
    },
    Example {
        id: "crash-loop",
        en: (
            "Init:CrashLoopBackOff",
            "An init container that always fails, and the waits of 10 s, 20 s, 40 s between its tries.",
        ),
        ko: ("Init:CrashLoopBackOff", "항상 실패하는 초기화 컨테이너와 10초, 20초, 40초로 늘어나는 대기를 봅니다."),
        pod: include_str!("crash-loop.yaml"),
        scenario: "",
    },
    Example {
        id: "shared-volume",
        en: ("Hand over a file", "An init container writes into an emptyDir what main will serve."),
        ko: ("파일 넘겨주기", "초기화 컨테이너가 emptyDir에 쓴 파일을 메인이 제공합니다."),
        pod: include_str!("shared-volume.yaml"),
        scenario: "",
    },
    Example {
        id: "sidecar",
        en: ("A sidecar", "An init container with restartPolicy: Always goes on running beside main."),
        ko: ("사이드카", "restartPolicy: Always인 초기화 컨테이너는 메인 옆에서 계속 실행됩니다."),
        pod: include_str!("sidecar.yaml"),
        scenario: "",
    },
    Example {
        id: "missing-secret",
        en: (
            "A Secret that comes late",
            "CreateContainerConfigError until the Secret exists, then it goes on by itself.",
        ),
        ko: ("늦게 생기는 Secret", "Secret이 생길 때까지 CreateContainerConfigError였다가 저절로 이어집니다."),
        pod: include_str!("missing-secret.yaml"),
        scenario: include_str!("missing-secret.scenario.yaml"),
    },
    Example {
        id: "image-error",
        en: ("An image that is not there", "ErrImagePull and ImagePullBackOff, until somebody pushes the image."),
        ko: ("없는 이미지", "누군가 이미지를 올릴 때까지 ErrImagePull과 ImagePullBackOff가 반복됩니다."),
        pod: include_str!("image-error.yaml"),
        scenario: include_str!("image-error.scenario.yaml"),
    },
    Example {
        id: "git-clone",
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
        en: ("A stray done", "One word too many in a one-line script, and the Pod never starts."),
        ko: ("남은 done 하나", "한 줄 스크립트에 단어 하나가 더 있어 파드가 시작되지 못합니다."),
        pod: include_str!("stray-done.yaml"),
        scenario: "",
    },
];
