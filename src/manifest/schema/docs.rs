//! A sentence, in English and Korean, for the fields that people use most. Sorted by `Struct.field`.

/// The sentences for a field, English and Korean.
pub fn doc(holder: &str, field: &str) -> Option<(&'static str, &'static str)> {
    let key = format!("{holder}.{field}");
    let i = DOCS.binary_search_by(|d| d.0.cmp(key.as_str())).ok()?;
    Some((DOCS[i].1, DOCS[i].2))
}

const DOCS: &[(&str, &str, &str)] = &[
    (
        "ConfigMapEnvSource.name",
        "The ConfigMap whose keys become variables.",
        "키를 환경 변수로 만들 ConfigMap의 이름입니다.",
    ),
    ("ConfigMapKeySelector.key", "The key to take.", "가져올 키입니다."),
    (
        "ConfigMapKeySelector.optional",
        "If true, the container starts even when the ConfigMap or key is missing.",
        "true이면 ConfigMap이나 키가 없어도 컨테이너가 시작됩니다.",
    ),
    (
        "ConfigMapVolumeSource.items",
        "Only these keys become files, at these paths; all keys when absent.",
        "지정한 키만 파일이 됩니다. 없으면 모든 키가 파일이 됩니다.",
    ),
    (
        "ConfigMapVolumeSource.name",
        "The ConfigMap whose keys become files.",
        "키를 파일로 만들 ConfigMap의 이름입니다.",
    ),
    (
        "ConfigMapVolumeSource.optional",
        "If true, the Pod starts even when the ConfigMap is missing.",
        "true이면 ConfigMap이 없어도 파드가 시작됩니다.",
    ),
    (
        "Container.args",
        "Arguments for the entrypoint; replaces the image's CMD.",
        "엔트리포인트의 인자입니다. 이미지의 CMD를 대신합니다.",
    ),
    (
        "Container.command",
        "The program to run instead of the image's ENTRYPOINT. It is not run in a shell unless you name one.",
        "이미지의 ENTRYPOINT 대신 실행할 프로그램입니다. 셸을 직접 적지 않으면 셸에서 실행되지 않습니다.",
    ),
    (
        "Container.env",
        "Environment variables. Later ones may use earlier ones as $(NAME).",
        "환경 변수입니다. 뒤의 변수는 앞의 변수를 $(NAME)으로 쓸 수 있습니다.",
    ),
    (
        "Container.envFrom",
        "Takes all keys of a ConfigMap or Secret as variables.",
        "ConfigMap이나 Secret의 모든 키를 환경 변수로 가져옵니다.",
    ),
    (
        "Container.image",
        "The image to run. Without a tag it means :latest.",
        "실행할 이미지입니다. 태그가 없으면 :latest를 뜻합니다.",
    ),
    (
        "Container.imagePullPolicy",
        "When the image is pulled. Always for :latest or no tag, else IfNotPresent.",
        "이미지를 언제 받을지 정합니다. :latest이거나 태그가 없으면 Always, 아니면 IfNotPresent입니다.",
    ),
    (
        "Container.lifecycle",
        "Hooks that run right after the start and before the stop.",
        "시작 직후와 종료 직전에 실행되는 훅입니다.",
    ),
    (
        "Container.livenessProbe",
        "Asks whether the container still works; failing restarts it.",
        "컨테이너가 살아 있는지 확인합니다. 실패하면 다시 시작합니다.",
    ),
    (
        "Container.name",
        "The container's name, unique in the Pod, init containers included.",
        "컨테이너 이름입니다. 초기화 컨테이너를 포함해 파드 안에서 유일해야 합니다.",
    ),
    (
        "Container.ports",
        "Ports the container listens on. Only information, except hostPort.",
        "컨테이너가 여는 포트입니다. hostPort 외에는 정보일 뿐입니다.",
    ),
    (
        "Container.readinessProbe",
        "Asks whether the container may receive traffic; failing takes it out of Services.",
        "트래픽을 받을 수 있는지 확인합니다. 실패하면 서비스에서 빠집니다.",
    ),
    (
        "Container.resources",
        "What the container asks for and may use at most.",
        "컨테이너가 요청하는 자원과 최대 한도입니다.",
    ),
    (
        "Container.restartPolicy",
        "The container's own restart policy. Always on an init container makes it a sidecar.",
        "컨테이너별 재시작 정책입니다. 초기화 컨테이너에 Always를 주면 사이드카가 됩니다.",
    ),
    (
        "Container.restartPolicyRules",
        "Decides by exit code whether to restart; the first matching rule wins.",
        "종료 코드에 따라 재시작 여부를 정합니다. 처음 맞는 규칙이 적용됩니다.",
    ),
    (
        "Container.securityContext",
        "User, privileges and capabilities of the container.",
        "컨테이너의 사용자, 권한, 캐퍼빌리티입니다.",
    ),
    (
        "Container.startupProbe",
        "Holds back the other probes until the container has started.",
        "컨테이너가 시작될 때까지 다른 프로브를 미룹니다.",
    ),
    ("Container.stdin", "Keeps standard input open.", "표준 입력을 열어 둡니다."),
    (
        "Container.terminationMessagePath",
        "The file whose content becomes the container's last message.",
        "내용이 컨테이너의 종료 메시지가 되는 파일입니다.",
    ),
    (
        "Container.terminationMessagePolicy",
        "Where the last message comes from: the file, or the log when it failed without one.",
        "종료 메시지를 파일에서 가져올지, 실패 시 로그에서 가져올지 정합니다.",
    ),
    ("Container.tty", "Gives the container a terminal.", "컨테이너에 터미널을 붙입니다."),
    (
        "Container.volumeMounts",
        "Where the Pod's volumes appear in the container.",
        "파드의 볼륨을 컨테이너의 어디에 붙일지 정합니다.",
    ),
    ("Container.workingDir", "The directory the program starts in.", "프로그램이 시작되는 디렉터리입니다."),
    ("ContainerPort.containerPort", "The port number inside the container.", "컨테이너 안의 포트 번호입니다."),
    (
        "ContainerPort.hostPort",
        "The port on the node; a node gives each only once.",
        "노드의 포트입니다. 노드마다 한 번만 쓸 수 있습니다.",
    ),
    ("ContainerPort.name", "A name that Services and probes may use.", "서비스와 프로브가 쓸 수 있는 포트 이름입니다."),
    ("ContainerPort.protocol", "TCP unless it says UDP or SCTP.", "UDP나 SCTP가 아니면 TCP입니다."),
    (
        "ContainerRestartRule.action",
        "What happens on a match: Restart, or RestartAllContainers.",
        "규칙이 맞을 때의 동작입니다. Restart 또는 RestartAllContainers입니다.",
    ),
    ("ContainerRestartRule.exitCodes", "The exit codes the rule is about.", "규칙이 다루는 종료 코드입니다."),
    (
        "ContainerRestartRuleOnExitCodes.operator",
        "In: one of the values. NotIn: none of them.",
        "In은 값 중 하나일 때, NotIn은 어느 값도 아닐 때입니다.",
    ),
    ("ContainerRestartRuleOnExitCodes.values", "The exit codes.", "종료 코드 목록입니다."),
    ("EmptyDirVolumeSource.medium", "Memory puts it in RAM.", "Memory이면 메모리에 둡니다."),
    ("EmptyDirVolumeSource.sizeLimit", "More than this evicts the Pod.", "이보다 커지면 파드가 축출됩니다."),
    ("EnvFromSource.configMapRef", "The ConfigMap to take.", "가져올 ConfigMap입니다."),
    ("EnvFromSource.prefix", "Put in front of each name.", "각 이름 앞에 붙일 문자열입니다."),
    ("EnvFromSource.secretRef", "The Secret to take.", "가져올 Secret입니다."),
    ("EnvVar.name", "The variable's name.", "환경 변수의 이름입니다."),
    ("EnvVar.value", "A string; quote numbers and yes/no.", "문자열 값입니다. 숫자나 yes/no는 따옴표로 감싸세요."),
    ("EnvVar.valueFrom", "Takes the value from somewhere else.", "다른 곳에서 값을 가져옵니다."),
    ("EnvVarSource.configMapKeyRef", "A key of a ConfigMap.", "ConfigMap의 키입니다."),
    ("EnvVarSource.fieldRef", "A field of the Pod, such as status.podIP.", "status.podIP 같은 파드의 필드입니다."),
    ("EnvVarSource.resourceFieldRef", "A request or limit of a container.", "컨테이너의 요청량이나 한도입니다."),
    ("EnvVarSource.secretKeyRef", "A key of a Secret.", "Secret의 키입니다."),
    (
        "ExecAction.command",
        "Run in the container without a shell; exit code 0 is success.",
        "셸 없이 컨테이너에서 실행합니다. 종료 코드 0이면 성공입니다.",
    ),
    ("GRPCAction.port", "The port of the gRPC health service.", "gRPC 헬스 서비스의 포트입니다."),
    ("HTTPGetAction.path", "The path to get.", "요청할 경로입니다."),
    (
        "HTTPGetAction.port",
        "A port number or the name of a container port.",
        "포트 번호 또는 컨테이너 포트의 이름입니다.",
    ),
    ("HTTPGetAction.scheme", "HTTP or HTTPS.", "HTTP 또는 HTTPS입니다."),
    ("HostPathVolumeSource.path", "A path on the node.", "노드의 경로입니다."),
    (
        "HostPathVolumeSource.type",
        "What must be there, or is created.",
        "그 경로에 있어야 하거나 만들어질 것의 종류입니다.",
    ),
    (
        "Lifecycle.postStart",
        "Runs right after the start; until it ends the container does not count as started. Failing kills the container.",
        "시작 직후 실행됩니다. 끝날 때까지 시작된 것으로 보지 않으며, 실패하면 컨테이너를 종료합니다.",
    ),
    (
        "Lifecycle.preStop",
        "Runs before the stop signal, within the grace period.",
        "종료 신호 전에 유예 시간 안에서 실행됩니다.",
    ),
    ("LifecycleHandler.sleep", "Waits this many seconds.", "지정한 초만큼 기다립니다."),
    (
        "ObjectFieldSelector.fieldPath",
        "The field's path, such as metadata.name.",
        "metadata.name 같은 필드 경로입니다.",
    ),
    (
        "ObjectMeta.annotations",
        "Notes for tools; not used for selection.",
        "도구를 위한 메모입니다. 선택에는 쓰이지 않습니다.",
    ),
    (
        "ObjectMeta.generateName",
        "The server makes a name of this and five random characters.",
        "이 값 뒤에 임의의 다섯 글자를 붙여 이름을 만듭니다.",
    ),
    ("ObjectMeta.labels", "Key and value pairs by which the Pod is selected.", "파드를 선택할 때 쓰는 키와 값입니다."),
    (
        "ObjectMeta.name",
        "The Pod's name, unique in its namespace.",
        "파드 이름입니다. 네임스페이스 안에서 유일해야 합니다.",
    ),
    ("ObjectMeta.namespace", "The namespace the Pod lives in.", "파드가 속한 네임스페이스입니다."),
    (
        "PersistentVolumeClaimVolumeSource.claimName",
        "The claim, which must be bound before the Pod is scheduled.",
        "사용할 클레임입니다. 파드가 배치되기 전에 바인딩되어야 합니다.",
    ),
    ("Pod.apiVersion", "v1 for Pods.", "파드는 v1입니다."),
    ("Pod.kind", "Pod.", "Pod입니다."),
    ("Pod.metadata", "Name, labels and annotations.", "이름, 레이블, 애너테이션입니다."),
    ("Pod.spec", "What shall run.", "무엇을 실행할지 정합니다."),
    ("PodSecurityContext.fsGroup", "The group that owns mounted volumes.", "마운트된 볼륨을 소유할 그룹입니다."),
    (
        "PodSecurityContext.runAsNonRoot",
        "If true, a container that would run as root is not started.",
        "true이면 root로 실행될 컨테이너는 시작되지 않습니다.",
    ),
    ("PodSecurityContext.runAsUser", "The user that containers run as.", "컨테이너를 실행할 사용자입니다."),
    (
        "PodSpec.activeDeadlineSeconds",
        "The Pod fails when it has been active this long.",
        "이 시간이 지나면 파드가 실패로 끝납니다.",
    ),
    ("PodSpec.affinity", "Rules on which nodes suit the Pod.", "어떤 노드에 배치할지에 대한 규칙입니다."),
    (
        "PodSpec.automountServiceAccountToken",
        "Whether the service account's token is mounted.",
        "서비스 어카운트 토큰을 마운트할지 정합니다.",
    ),
    (
        "PodSpec.containers",
        "The main containers. They start when all init containers are done, and run side by side.",
        "메인 컨테이너입니다. 모든 초기화 컨테이너가 끝난 뒤 함께 실행됩니다.",
    ),
    ("PodSpec.dnsPolicy", "Where names are resolved.", "이름을 어디에서 해석할지 정합니다."),
    ("PodSpec.hostNetwork", "Uses the node's network.", "노드의 네트워크를 사용합니다."),
    ("PodSpec.hostname", "The host name; the Pod's name when absent.", "호스트 이름입니다. 없으면 파드 이름을 씁니다."),
    (
        "PodSpec.imagePullSecrets",
        "Secrets with credentials for registries.",
        "레지스트리 인증 정보를 담은 Secret입니다.",
    ),
    (
        "PodSpec.initContainers",
        "Run one by one, in this order, before the main containers. Each must succeed.",
        "메인 컨테이너보다 먼저 순서대로 하나씩 실행됩니다. 각각 성공해야 다음으로 넘어갑니다.",
    ),
    ("PodSpec.nodeName", "Puts the Pod on this node without the scheduler.", "스케줄러 없이 이 노드에 배치합니다."),
    ("PodSpec.nodeSelector", "Labels that the node must have.", "노드가 가져야 하는 레이블입니다."),
    (
        "PodSpec.priorityClassName",
        "The class that gives the Pod its priority.",
        "파드의 우선순위를 정하는 클래스입니다.",
    ),
    (
        "PodSpec.readinessGates",
        "Conditions that must be True besides the containers for the Pod to be ready.",
        "파드가 준비되려면 컨테이너 외에 True여야 하는 조건입니다.",
    ),
    ("PodSpec.resources", "Requests and limits of the Pod as a whole.", "파드 전체의 요청량과 한도입니다."),
    (
        "PodSpec.restartPolicy",
        "What happens when a container ends: Always, OnFailure or Never. Always is the default.",
        "컨테이너가 끝났을 때의 동작입니다. Always(기본값), OnFailure, Never가 있습니다.",
    ),
    (
        "PodSpec.schedulingGates",
        "The Pod is not scheduled until all of these are removed.",
        "모두 제거될 때까지 파드가 배치되지 않습니다.",
    ),
    (
        "PodSpec.securityContext",
        "User, groups and profiles for all containers.",
        "모든 컨테이너의 사용자, 그룹, 프로필입니다.",
    ),
    ("PodSpec.serviceAccountName", "The service account the Pod runs as.", "파드가 사용할 서비스 어카운트입니다."),
    (
        "PodSpec.shareProcessNamespace",
        "Containers see each other's processes.",
        "컨테이너들이 서로의 프로세스를 볼 수 있습니다.",
    ),
    (
        "PodSpec.terminationGracePeriodSeconds",
        "The time between the stop signal and the kill, hooks included. 30 is the default.",
        "종료 신호부터 강제 종료까지의 시간으로 훅도 포함합니다. 기본값은 30입니다.",
    ),
    ("PodSpec.tolerations", "Taints the Pod puts up with.", "파드가 견딜 수 있는 테인트입니다."),
    ("PodSpec.volumes", "Storage that containers can mount.", "컨테이너가 마운트할 수 있는 저장소입니다."),
    ("Probe.exec", "Runs a command; exit code 0 is success.", "명령을 실행합니다. 종료 코드 0이면 성공입니다."),
    (
        "Probe.failureThreshold",
        "So many failures in a row count. 3 is the default.",
        "연속으로 이만큼 실패해야 실패로 봅니다. 기본값은 3입니다.",
    ),
    ("Probe.grpc", "Asks the gRPC health service.", "gRPC 헬스 서비스에 묻습니다."),
    (
        "Probe.httpGet",
        "An HTTP GET; a code from 200 to 399 is success.",
        "HTTP GET 요청입니다. 200~399 응답이면 성공입니다.",
    ),
    (
        "Probe.initialDelaySeconds",
        "Waits this long after the start before the first probe.",
        "시작 후 첫 프로브까지 기다리는 시간입니다.",
    ),
    ("Probe.periodSeconds", "The time between probes. 10 is the default.", "프로브 간격입니다. 기본값은 10입니다."),
    (
        "Probe.successThreshold",
        "So many successes in a row count. Must be 1 for liveness and startup.",
        "연속으로 이만큼 성공해야 성공으로 봅니다. liveness와 startup은 1이어야 합니다.",
    ),
    ("Probe.tcpSocket", "Success when the port accepts a connection.", "포트에 연결되면 성공입니다."),
    (
        "Probe.terminationGracePeriodSeconds",
        "The grace period when this probe causes the stop.",
        "이 프로브 때문에 종료할 때의 유예 시간입니다.",
    ),
    (
        "Probe.timeoutSeconds",
        "A probe that takes longer has failed. 1 is the default.",
        "이보다 오래 걸리면 실패입니다. 기본값은 1입니다.",
    ),
    (
        "ResourceRequirements.limits",
        "What may be used at most; too much memory kills the container.",
        "최대 사용량입니다. 메모리를 넘기면 컨테이너가 종료됩니다.",
    ),
    ("ResourceRequirements.requests", "What the scheduler sets aside.", "스케줄러가 확보해 두는 양입니다."),
    ("SecretKeySelector.key", "The key to take.", "가져올 키입니다."),
    (
        "SecretKeySelector.optional",
        "If true, the container starts even when the Secret or key is missing.",
        "true이면 Secret이나 키가 없어도 컨테이너가 시작됩니다.",
    ),
    ("SecretVolumeSource.secretName", "The Secret whose keys become files.", "키를 파일로 만들 Secret의 이름입니다."),
    (
        "SecurityContext.allowPrivilegeEscalation",
        "Whether a process may gain more privileges than its parent.",
        "프로세스가 부모보다 많은 권한을 얻을 수 있는지 정합니다.",
    ),
    ("SecurityContext.capabilities", "Linux capabilities to add or drop.", "추가하거나 뺄 리눅스 캐퍼빌리티입니다."),
    ("SecurityContext.privileged", "Runs with almost all rights of the node.", "노드의 거의 모든 권한으로 실행합니다."),
    (
        "SecurityContext.readOnlyRootFilesystem",
        "The container's own files cannot be changed.",
        "컨테이너의 파일 시스템을 바꿀 수 없습니다.",
    ),
    (
        "SecurityContext.runAsNonRoot",
        "If true, the container is not started as root.",
        "true이면 root로 시작되지 않습니다.",
    ),
    ("SecurityContext.runAsUser", "The user to run as.", "실행할 사용자입니다."),
    (
        "SleepAction.seconds",
        "How long to wait, at most the grace period.",
        "기다릴 시간(초)입니다. 유예 시간을 넘을 수 없습니다.",
    ),
    ("Toleration.effect", "The taint's effect; empty means all.", "테인트의 효과입니다. 비우면 모두를 뜻합니다."),
    (
        "Toleration.key",
        "The taint's key; empty with Exists means all.",
        "테인트의 키입니다. 비우고 Exists를 쓰면 모두를 뜻합니다.",
    ),
    ("Toleration.operator", "Equal or Exists.", "Equal 또는 Exists입니다."),
    (
        "Toleration.tolerationSeconds",
        "How long a NoExecute taint is tolerated.",
        "NoExecute 테인트를 견디는 시간입니다.",
    ),
    ("Volume.configMap", "Files out of a ConfigMap.", "ConfigMap의 내용을 파일로 제공합니다."),
    (
        "Volume.emptyDir",
        "An empty directory that lives as long as the Pod, over container restarts.",
        "파드가 사는 동안 유지되는 빈 디렉터리입니다. 컨테이너가 재시작되어도 남습니다.",
    ),
    ("Volume.hostPath", "A file or directory of the node.", "노드의 파일이나 디렉터리입니다."),
    ("Volume.name", "The volume's name, used in volumeMounts.", "volumeMounts에서 쓰는 볼륨 이름입니다."),
    ("Volume.persistentVolumeClaim", "Storage of a claim.", "클레임의 저장소입니다."),
    ("Volume.projected", "Several sources in one directory.", "여러 소스를 한 디렉터리에 모읍니다."),
    ("Volume.secret", "Files out of a Secret.", "Secret의 내용을 파일로 제공합니다."),
    ("VolumeMount.mountPath", "The path in the container.", "컨테이너 안의 경로입니다."),
    ("VolumeMount.name", "One of the Pod's volumes.", "파드의 볼륨 중 하나입니다."),
    ("VolumeMount.readOnly", "The container cannot write to it.", "컨테이너가 쓸 수 없습니다."),
    ("VolumeMount.subPath", "Only this path of the volume.", "볼륨의 이 경로만 붙입니다."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_sorted_and_about_real_fields() {
        assert!(DOCS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(DOCS.len() >= 120);
        let all = crate::manifest::schema::all_structs();
        for (key, _, _) in DOCS {
            let (holder, field) = key.split_once('.').unwrap_or_default();
            assert!(all.iter().any(|s| s.name == holder && s.field(field).is_some()), "{key}");
        }
    }
}
