//! The type tree of a Pod: every struct of its API with its fields, under Go's names, because error texts speak of them.
//!
//! A table and nothing else. Fields are sorted; `in` names the embedded Go struct through which a field is reached.

use super::Type::*;
use super::{Field, Struct, plain};

macro_rules! structs {
    ($($id:ident $name:literal { $($field:ident: $ty:expr $(, in $embed:literal)?;)* })*) => {
        $(
            pub static $id: Struct = Struct {
                name: $name,
                fields: &[$(Field { name: plain(stringify!($field)), ty: $ty, embedded: structs!(@embed $($embed)?) }),*],
            };
        )*
    };
    (@embed) => { "" };
    (@embed $embed:literal) => { $embed };
}

structs! {
    POD "Pod" {
        apiVersion: Str, in "TypeMeta"; kind: Str, in "TypeMeta"; metadata: Object(&OBJECT_META); spec:
        Object(&POD_SPEC); status: Object(&POD_STATUS);
    }
    OBJECT_META "ObjectMeta" {
        annotations: Map(&Str); creationTimestamp: Time; deletionGracePeriodSeconds: Int64; deletionTimestamp: Time;
        finalizers: List(&Str); generateName: Str; generation: Int64; labels: Map(&Str); managedFields:
        List(&Object(&MANAGED_FIELDS_ENTRY)); name: Str; namespace: Str; ownerReferences:
        List(&Object(&OWNER_REFERENCE)); resourceVersion: Str; selfLink: Str; uid: Named("types.UID");
    }
    POD_SPEC "PodSpec" {
        activeDeadlineSeconds: Int64; affinity: Object(&AFFINITY); automountServiceAccountToken: Bool; containers:
        List(&Object(&CONTAINER)); dnsConfig: Object(&POD_DNS_CONFIG); dnsPolicy: Named("v1.DNSPolicy");
        enableServiceLinks: Bool; ephemeralContainers: List(&Object(&EPHEMERAL_CONTAINER)); hostAliases:
        List(&Object(&HOST_ALIAS)); hostIPC: Bool; hostNetwork: Bool; hostPID: Bool; hostUsers: Bool; hostname: Str;
        hostnameOverride: Str; imagePullSecrets: List(&Object(&LOCAL_OBJECT_REFERENCE)); initContainers:
        List(&Object(&CONTAINER)); nodeName: Str; nodeSelector: Map(&Str); os: Object(&POD_OS); overhead: Resources;
        preemptionPolicy: Named("v1.PreemptionPolicy"); priority: Int32; priorityClassName: Str; readinessGates:
        List(&Object(&POD_READINESS_GATE)); resourceClaims: List(&Object(&POD_RESOURCE_CLAIM)); resources:
        Object(&RESOURCE_REQUIREMENTS); restartPolicy: Named("v1.RestartPolicy"); runtimeClassName: Str;
        schedulerName: Str; schedulingGates: List(&Object(&POD_SCHEDULING_GATE)); schedulingGroup:
        Object(&POD_SCHEDULING_GROUP); securityContext: Object(&POD_SECURITY_CONTEXT); serviceAccount: Str;
        serviceAccountName: Str; setHostnameAsFQDN: Bool; shareProcessNamespace: Bool; subdomain: Str;
        terminationGracePeriodSeconds: Int64; tolerations: List(&Object(&TOLERATION)); topologySpreadConstraints:
        List(&Object(&TOPOLOGY_SPREAD_CONSTRAINT)); volumes: List(&Object(&VOLUME));
    }
    POD_STATUS "PodStatus" {
        allocatedResources: Resources; conditions: List(&Object(&POD_CONDITION)); containerStatuses:
        List(&Object(&CONTAINER_STATUS)); ephemeralContainerStatuses: List(&Object(&CONTAINER_STATUS));
        extendedResourceClaimStatus: Object(&POD_EXTENDED_RESOURCE_CLAIM_STATUS); hostIP: Str; hostIPs:
        List(&Object(&HOST_IP)); initContainerStatuses: List(&Object(&CONTAINER_STATUS)); message: Str;
        nodeAllocatableResourceClaimStatuses: List(&Object(&NODE_ALLOCATABLE_RESOURCE_CLAIM_STATUS)); nominatedNodeName:
        Str; observedGeneration: Int64; phase: Named("v1.PodPhase"); podIP: Str; podIPs: List(&Object(&POD_IP));
        qosClass: Named("v1.PodQOSClass"); reason: Str; resize: Named("v1.PodResizeStatus"); resourceClaimStatuses:
        List(&Object(&POD_RESOURCE_CLAIM_STATUS)); resources: Object(&RESOURCE_REQUIREMENTS); startTime: Time;
    }
    MANAGED_FIELDS_ENTRY "ManagedFieldsEntry" {
        apiVersion: Str; fieldsType: Str; fieldsV1: Any; manager: Str; operation:
        Named("v1.ManagedFieldsOperationType"); subresource: Str; time: Time;
    }
    OWNER_REFERENCE "OwnerReference" {
        apiVersion: Str; blockOwnerDeletion: Bool; controller: Bool; kind: Str; name: Str; uid: Named("types.UID");
    }
    AFFINITY "Affinity" {
        nodeAffinity: Object(&NODE_AFFINITY); podAffinity: Object(&POD_AFFINITY); podAntiAffinity:
        Object(&POD_ANTI_AFFINITY);
    }
    CONTAINER "Container" {
        args: List(&Str); command: List(&Str); env: List(&Object(&ENV_VAR)); envFrom: List(&Object(&ENV_FROM_SOURCE));
        image: Str; imagePullPolicy: Named("v1.PullPolicy"); lifecycle: Object(&LIFECYCLE); livenessProbe:
        Object(&PROBE); name: Str; ports: List(&Object(&CONTAINER_PORT)); readinessProbe: Object(&PROBE);
        resizePolicy: List(&Object(&CONTAINER_RESIZE_POLICY)); resources: Object(&RESOURCE_REQUIREMENTS);
        restartPolicy: Named("v1.ContainerRestartPolicy"); restartPolicyRules: List(&Object(&CONTAINER_RESTART_RULE));
        securityContext: Object(&SECURITY_CONTEXT); startupProbe: Object(&PROBE); stdin: Bool; stdinOnce: Bool;
        terminationMessagePath: Str; terminationMessagePolicy: Named("v1.TerminationMessagePolicy"); tty: Bool;
        volumeDevices: List(&Object(&VOLUME_DEVICE)); volumeMounts: List(&Object(&VOLUME_MOUNT)); workingDir: Str;
    }
    POD_DNS_CONFIG "PodDNSConfig" {
        nameservers: List(&Str); options: List(&Object(&POD_DNS_CONFIG_OPTION)); searches: List(&Str);
    }
    EPHEMERAL_CONTAINER "EphemeralContainer" {
        args: List(&Str), in "EphemeralContainerCommon"; command: List(&Str), in "EphemeralContainerCommon"; env:
        List(&Object(&ENV_VAR)), in "EphemeralContainerCommon"; envFrom: List(&Object(&ENV_FROM_SOURCE)), in
        "EphemeralContainerCommon"; image: Str, in "EphemeralContainerCommon"; imagePullPolicy: Named("v1.PullPolicy"),
        in "EphemeralContainerCommon"; lifecycle: Object(&LIFECYCLE), in "EphemeralContainerCommon"; livenessProbe:
        Object(&PROBE), in "EphemeralContainerCommon"; name: Str, in "EphemeralContainerCommon"; ports:
        List(&Object(&CONTAINER_PORT)), in "EphemeralContainerCommon"; readinessProbe: Object(&PROBE), in
        "EphemeralContainerCommon"; resizePolicy: List(&Object(&CONTAINER_RESIZE_POLICY)), in
        "EphemeralContainerCommon"; resources: Object(&RESOURCE_REQUIREMENTS), in "EphemeralContainerCommon";
        restartPolicy: Named("v1.ContainerRestartPolicy"), in "EphemeralContainerCommon"; restartPolicyRules:
        List(&Object(&CONTAINER_RESTART_RULE)), in "EphemeralContainerCommon"; securityContext:
        Object(&SECURITY_CONTEXT), in "EphemeralContainerCommon"; startupProbe: Object(&PROBE), in
        "EphemeralContainerCommon"; stdin: Bool, in "EphemeralContainerCommon"; stdinOnce: Bool, in
        "EphemeralContainerCommon"; targetContainerName: Str; terminationMessagePath: Str, in
        "EphemeralContainerCommon"; terminationMessagePolicy: Named("v1.TerminationMessagePolicy"), in
        "EphemeralContainerCommon"; tty: Bool, in "EphemeralContainerCommon"; volumeDevices:
        List(&Object(&VOLUME_DEVICE)), in "EphemeralContainerCommon"; volumeMounts: List(&Object(&VOLUME_MOUNT)), in
        "EphemeralContainerCommon"; workingDir: Str, in "EphemeralContainerCommon";
    }
    HOST_ALIAS "HostAlias" {
        hostnames: List(&Str); ip: Str;
    }
    LOCAL_OBJECT_REFERENCE "LocalObjectReference" {
        name: Str;
    }
    POD_OS "PodOS" {
        name: Named("v1.OSName");
    }
    POD_READINESS_GATE "PodReadinessGate" {
        conditionType: Named("v1.PodConditionType");
    }
    POD_RESOURCE_CLAIM "PodResourceClaim" {
        name: Str; resourceClaimName: Str; resourceClaimTemplateName: Str;
    }
    RESOURCE_REQUIREMENTS "ResourceRequirements" {
        claims: List(&Object(&RESOURCE_CLAIM)); limits: Resources; requests: Resources;
    }
    POD_SCHEDULING_GATE "PodSchedulingGate" {
        name: Str;
    }
    POD_SCHEDULING_GROUP "PodSchedulingGroup" {
        podGroupName: Str;
    }
    POD_SECURITY_CONTEXT "PodSecurityContext" {
        appArmorProfile: Object(&APP_ARMOR_PROFILE); fsGroup: Int64; fsGroupChangePolicy:
        Named("v1.PodFSGroupChangePolicy"); runAsGroup: Int64; runAsNonRoot: Bool; runAsUser: Int64;
        seLinuxChangePolicy: Named("v1.PodSELinuxChangePolicy"); seLinuxOptions: Object(&SE_LINUX_OPTIONS);
        seccompProfile: Object(&SECCOMP_PROFILE); supplementalGroups: List(&Int64); supplementalGroupsPolicy:
        Named("v1.SupplementalGroupsPolicy"); sysctls: List(&Object(&SYSCTL)); windowsOptions:
        Object(&WINDOWS_SECURITY_CONTEXT_OPTIONS);
    }
    TOLERATION "Toleration" {
        effect: Named("v1.TaintEffect"); key: Str; operator: Named("v1.TolerationOperator"); tolerationSeconds: Int64;
        value: Str;
    }
    TOPOLOGY_SPREAD_CONSTRAINT "TopologySpreadConstraint" {
        labelSelector: Object(&LABEL_SELECTOR); matchLabelKeys: List(&Str); maxSkew: Int32; minDomains: Int32;
        nodeAffinityPolicy: Named("v1.NodeInclusionPolicy"); nodeTaintsPolicy: Named("v1.NodeInclusionPolicy");
        topologyKey: Str; whenUnsatisfiable: Named("v1.UnsatisfiableConstraintAction");
    }
    VOLUME "Volume" {
        awsElasticBlockStore: Object(&AWS_ELASTIC_BLOCK_STORE_VOLUME_SOURCE), in "VolumeSource"; azureDisk:
        Object(&AZURE_DISK_VOLUME_SOURCE), in "VolumeSource"; azureFile: Object(&AZURE_FILE_VOLUME_SOURCE), in
        "VolumeSource"; cephfs: Object(&CEPH_FS_VOLUME_SOURCE), in "VolumeSource"; cinder:
        Object(&CINDER_VOLUME_SOURCE), in "VolumeSource"; configMap: Object(&CONFIG_MAP_VOLUME_SOURCE), in
        "VolumeSource"; csi: Object(&CSI_VOLUME_SOURCE), in "VolumeSource"; downwardAPI:
        Object(&DOWNWARD_API_VOLUME_SOURCE), in "VolumeSource"; emptyDir: Object(&EMPTY_DIR_VOLUME_SOURCE), in
        "VolumeSource"; ephemeral: Object(&EPHEMERAL_VOLUME_SOURCE), in "VolumeSource"; fc: Object(&FC_VOLUME_SOURCE),
        in "VolumeSource"; flexVolume: Object(&FLEX_VOLUME_SOURCE), in "VolumeSource"; flocker:
        Object(&FLOCKER_VOLUME_SOURCE), in "VolumeSource"; gcePersistentDisk:
        Object(&GCE_PERSISTENT_DISK_VOLUME_SOURCE), in "VolumeSource"; gitRepo: Object(&GIT_REPO_VOLUME_SOURCE), in
        "VolumeSource"; glusterfs: Object(&GLUSTERFS_VOLUME_SOURCE), in "VolumeSource"; hostPath:
        Object(&HOST_PATH_VOLUME_SOURCE), in "VolumeSource"; image: Object(&IMAGE_VOLUME_SOURCE), in "VolumeSource";
        iscsi: Object(&ISCSI_VOLUME_SOURCE), in "VolumeSource"; name: Str; nfs: Object(&NFS_VOLUME_SOURCE), in
        "VolumeSource"; persistentVolumeClaim: Object(&PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE), in "VolumeSource";
        photonPersistentDisk: Object(&PHOTON_PERSISTENT_DISK_VOLUME_SOURCE), in "VolumeSource"; portworxVolume:
        Object(&PORTWORX_VOLUME_SOURCE), in "VolumeSource"; projected: Object(&PROJECTED_VOLUME_SOURCE), in
        "VolumeSource"; quobyte: Object(&QUOBYTE_VOLUME_SOURCE), in "VolumeSource"; rbd: Object(&RBD_VOLUME_SOURCE),
        in "VolumeSource"; scaleIO: Object(&SCALE_IO_VOLUME_SOURCE), in "VolumeSource"; secret:
        Object(&SECRET_VOLUME_SOURCE), in "VolumeSource"; storageos: Object(&STORAGE_OS_VOLUME_SOURCE), in
        "VolumeSource"; vsphereVolume: Object(&VSPHERE_VIRTUAL_DISK_VOLUME_SOURCE), in "VolumeSource";
    }
    POD_CONDITION "PodCondition" {
        lastProbeTime: Time; lastTransitionTime: Time; message: Str; observedGeneration: Int64; reason: Str; status:
        Named("v1.ConditionStatus"); r#type: Named("v1.PodConditionType");
    }
    CONTAINER_STATUS "ContainerStatus" {
        allocatedResources: Resources; allocatedResourcesStatus: List(&Object(&RESOURCE_STATUS)); containerID: Str;
        image: Str; imageID: Str; lastState: Object(&CONTAINER_STATE); name: Str; ready: Bool; resources:
        Object(&RESOURCE_REQUIREMENTS); restartCount: Int32; started: Bool; state: Object(&CONTAINER_STATE); stopSignal:
        Named("v1.Signal"); user: Object(&CONTAINER_USER); volumeMounts: List(&Object(&VOLUME_MOUNT_STATUS));
    }
    POD_EXTENDED_RESOURCE_CLAIM_STATUS "PodExtendedResourceClaimStatus" {
        requestMappings: List(&Object(&CONTAINER_EXTENDED_RESOURCE_REQUEST)); resourceClaimName: Str;
    }
    HOST_IP "HostIP" {
        ip: Str;
    }
    NODE_ALLOCATABLE_RESOURCE_CLAIM_STATUS "NodeAllocatableResourceClaimStatus" {
        containers: List(&Str); resourceClaimName: Str; resources: Resources;
    }
    POD_IP "PodIP" {
        ip: Str;
    }
    POD_RESOURCE_CLAIM_STATUS "PodResourceClaimStatus" {
        name: Str; resourceClaimName: Str;
    }
    NODE_AFFINITY "NodeAffinity" {
        preferredDuringSchedulingIgnoredDuringExecution: List(&Object(&PREFERRED_SCHEDULING_TERM));
        requiredDuringSchedulingIgnoredDuringExecution: Object(&NODE_SELECTOR);
    }
    POD_AFFINITY "PodAffinity" {
        preferredDuringSchedulingIgnoredDuringExecution: List(&Object(&WEIGHTED_POD_AFFINITY_TERM));
        requiredDuringSchedulingIgnoredDuringExecution: List(&Object(&POD_AFFINITY_TERM));
    }
    POD_ANTI_AFFINITY "PodAntiAffinity" {
        preferredDuringSchedulingIgnoredDuringExecution: List(&Object(&WEIGHTED_POD_AFFINITY_TERM));
        requiredDuringSchedulingIgnoredDuringExecution: List(&Object(&POD_AFFINITY_TERM));
    }
    ENV_VAR "EnvVar" {
        name: Str; value: Str; valueFrom: Object(&ENV_VAR_SOURCE);
    }
    ENV_FROM_SOURCE "EnvFromSource" {
        configMapRef: Object(&CONFIG_MAP_ENV_SOURCE); prefix: Str; secretRef: Object(&SECRET_ENV_SOURCE);
    }
    LIFECYCLE "Lifecycle" {
        postStart: Object(&LIFECYCLE_HANDLER); preStop: Object(&LIFECYCLE_HANDLER); stopSignal: Named("v1.Signal");
    }
    PROBE "Probe" {
        exec: Object(&EXEC_ACTION), in "ProbeHandler"; failureThreshold: Int32; grpc: Object(&GRPC_ACTION), in
        "ProbeHandler"; httpGet: Object(&HTTP_GET_ACTION), in "ProbeHandler"; initialDelaySeconds: Int32;
        periodSeconds: Int32; successThreshold: Int32; tcpSocket: Object(&TCP_SOCKET_ACTION), in "ProbeHandler";
        terminationGracePeriodSeconds: Int64; timeoutSeconds: Int32;
    }
    CONTAINER_PORT "ContainerPort" {
        containerPort: Int32; hostIP: Str; hostPort: Int32; name: Str; protocol: Named("v1.Protocol");
    }
    CONTAINER_RESIZE_POLICY "ContainerResizePolicy" {
        resourceName: Named("v1.ResourceName"); restartPolicy: Named("v1.ResourceResizeRestartPolicy");
    }
    CONTAINER_RESTART_RULE "ContainerRestartRule" {
        action: Named("v1.ContainerRestartRuleAction"); exitCodes: Object(&CONTAINER_RESTART_RULE_ON_EXIT_CODES);
    }
    SECURITY_CONTEXT "SecurityContext" {
        allowPrivilegeEscalation: Bool; appArmorProfile: Object(&APP_ARMOR_PROFILE); capabilities:
        Object(&CAPABILITIES); privileged: Bool; procMount: Named("v1.ProcMountType"); readOnlyRootFilesystem: Bool;
        runAsGroup: Int64; runAsNonRoot: Bool; runAsUser: Int64; seLinuxOptions: Object(&SE_LINUX_OPTIONS);
        seccompProfile: Object(&SECCOMP_PROFILE); windowsOptions: Object(&WINDOWS_SECURITY_CONTEXT_OPTIONS);
    }
    VOLUME_DEVICE "VolumeDevice" {
        devicePath: Str; name: Str;
    }
    VOLUME_MOUNT "VolumeMount" {
        mountPath: Str; mountPropagation: Named("v1.MountPropagationMode"); name: Str; readOnly: Bool;
        recursiveReadOnly: Named("v1.RecursiveReadOnlyMode"); subPath: Str; subPathExpr: Str;
    }
    POD_DNS_CONFIG_OPTION "PodDNSConfigOption" {
        name: Str; value: Str;
    }
    RESOURCE_CLAIM "ResourceClaim" {
        name: Str; request: Str;
    }
    APP_ARMOR_PROFILE "AppArmorProfile" {
        localhostProfile: Str; r#type: Named("v1.AppArmorProfileType");
    }
    SE_LINUX_OPTIONS "SELinuxOptions" {
        level: Str; role: Str; r#type: Str; user: Str;
    }
    SECCOMP_PROFILE "SeccompProfile" {
        localhostProfile: Str; r#type: Named("v1.SeccompProfileType");
    }
    SYSCTL "Sysctl" {
        name: Str; value: Str;
    }
    WINDOWS_SECURITY_CONTEXT_OPTIONS "WindowsSecurityContextOptions" {
        gmsaCredentialSpec: Str; gmsaCredentialSpecName: Str; hostProcess: Bool; runAsUserName: Str;
    }
    LABEL_SELECTOR "LabelSelector" {
        matchExpressions: List(&Object(&LABEL_SELECTOR_REQUIREMENT)); matchLabels: Map(&Str);
    }
    AWS_ELASTIC_BLOCK_STORE_VOLUME_SOURCE "AWSElasticBlockStoreVolumeSource" {
        fsType: Str; partition: Int32; readOnly: Bool; volumeID: Str;
    }
    AZURE_DISK_VOLUME_SOURCE "AzureDiskVolumeSource" {
        cachingMode: Named("v1.AzureDataDiskCachingMode"); diskName: Str; diskURI: Str; fsType: Str; kind:
        Named("v1.AzureDataDiskKind"); readOnly: Bool;
    }
    AZURE_FILE_VOLUME_SOURCE "AzureFileVolumeSource" {
        readOnly: Bool; secretName: Str; shareName: Str;
    }
    CEPH_FS_VOLUME_SOURCE "CephFSVolumeSource" {
        monitors: List(&Str); path: Str; readOnly: Bool; secretFile: Str; secretRef: Object(&LOCAL_OBJECT_REFERENCE);
        user: Str;
    }
    CINDER_VOLUME_SOURCE "CinderVolumeSource" {
        fsType: Str; readOnly: Bool; secretRef: Object(&LOCAL_OBJECT_REFERENCE); volumeID: Str;
    }
    CONFIG_MAP_VOLUME_SOURCE "ConfigMapVolumeSource" {
        defaultMode: Int32; items: List(&Object(&KEY_TO_PATH)); name: Str, in "LocalObjectReference"; optional: Bool;
    }
    CSI_VOLUME_SOURCE "CSIVolumeSource" {
        driver: Str; fsType: Str; nodePublishSecretRef: Object(&LOCAL_OBJECT_REFERENCE); readOnly: Bool;
        volumeAttributes: Map(&Str);
    }
    DOWNWARD_API_VOLUME_SOURCE "DownwardAPIVolumeSource" {
        defaultMode: Int32; items: List(&Object(&DOWNWARD_API_VOLUME_FILE));
    }
    EMPTY_DIR_VOLUME_SOURCE "EmptyDirVolumeSource" {
        medium: Named("v1.StorageMedium"); sizeLimit: Quantity;
    }
    EPHEMERAL_VOLUME_SOURCE "EphemeralVolumeSource" {
        volumeClaimTemplate: Object(&PERSISTENT_VOLUME_CLAIM_TEMPLATE);
    }
    FC_VOLUME_SOURCE "FCVolumeSource" {
        fsType: Str; lun: Int32; readOnly: Bool; targetWWNs: List(&Str); wwids: List(&Str);
    }
    FLEX_VOLUME_SOURCE "FlexVolumeSource" {
        driver: Str; fsType: Str; options: Map(&Str); readOnly: Bool; secretRef: Object(&LOCAL_OBJECT_REFERENCE);
    }
    FLOCKER_VOLUME_SOURCE "FlockerVolumeSource" {
        datasetName: Str; datasetUUID: Str;
    }
    GCE_PERSISTENT_DISK_VOLUME_SOURCE "GCEPersistentDiskVolumeSource" {
        fsType: Str; partition: Int32; pdName: Str; readOnly: Bool;
    }
    GIT_REPO_VOLUME_SOURCE "GitRepoVolumeSource" {
        directory: Str; repository: Str; revision: Str;
    }
    GLUSTERFS_VOLUME_SOURCE "GlusterfsVolumeSource" {
        endpoints: Str; path: Str; readOnly: Bool;
    }
    HOST_PATH_VOLUME_SOURCE "HostPathVolumeSource" {
        path: Str; r#type: Named("v1.HostPathType");
    }
    IMAGE_VOLUME_SOURCE "ImageVolumeSource" {
        pullPolicy: Named("v1.PullPolicy"); reference: Str;
    }
    ISCSI_VOLUME_SOURCE "ISCSIVolumeSource" {
        chapAuthDiscovery: Bool; chapAuthSession: Bool; fsType: Str; initiatorName: Str; iqn: Str; iscsiInterface:
        Str; lun: Int32; portals: List(&Str); readOnly: Bool; secretRef: Object(&LOCAL_OBJECT_REFERENCE);
        targetPortal: Str;
    }
    NFS_VOLUME_SOURCE "NFSVolumeSource" {
        path: Str; readOnly: Bool; server: Str;
    }
    PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE "PersistentVolumeClaimVolumeSource" {
        claimName: Str; readOnly: Bool;
    }
    PHOTON_PERSISTENT_DISK_VOLUME_SOURCE "PhotonPersistentDiskVolumeSource" {
        fsType: Str; pdID: Str;
    }
    PORTWORX_VOLUME_SOURCE "PortworxVolumeSource" {
        fsType: Str; readOnly: Bool; volumeID: Str;
    }
    PROJECTED_VOLUME_SOURCE "ProjectedVolumeSource" {
        defaultMode: Int32; sources: List(&Object(&VOLUME_PROJECTION));
    }
    QUOBYTE_VOLUME_SOURCE "QuobyteVolumeSource" {
        group: Str; readOnly: Bool; registry: Str; tenant: Str; user: Str; volume: Str;
    }
    RBD_VOLUME_SOURCE "RBDVolumeSource" {
        fsType: Str; image: Str; keyring: Str; monitors: List(&Str); pool: Str; readOnly: Bool; secretRef:
        Object(&LOCAL_OBJECT_REFERENCE); user: Str;
    }
    SCALE_IO_VOLUME_SOURCE "ScaleIOVolumeSource" {
        fsType: Str; gateway: Str; protectionDomain: Str; readOnly: Bool; secretRef: Object(&LOCAL_OBJECT_REFERENCE);
        sslEnabled: Bool; storageMode: Str; storagePool: Str; system: Str; volumeName: Str;
    }
    SECRET_VOLUME_SOURCE "SecretVolumeSource" {
        defaultMode: Int32; items: List(&Object(&KEY_TO_PATH)); optional: Bool; secretName: Str;
    }
    STORAGE_OS_VOLUME_SOURCE "StorageOSVolumeSource" {
        fsType: Str; readOnly: Bool; secretRef: Object(&LOCAL_OBJECT_REFERENCE); volumeName: Str; volumeNamespace:
        Str;
    }
    VSPHERE_VIRTUAL_DISK_VOLUME_SOURCE "VsphereVirtualDiskVolumeSource" {
        fsType: Str; storagePolicyID: Str; storagePolicyName: Str; volumePath: Str;
    }
    RESOURCE_STATUS "ResourceStatus" {
        name: Named("v1.ResourceName"); resources: List(&Object(&RESOURCE_HEALTH));
    }
    CONTAINER_STATE "ContainerState" {
        running: Object(&CONTAINER_STATE_RUNNING); terminated: Object(&CONTAINER_STATE_TERMINATED); waiting:
        Object(&CONTAINER_STATE_WAITING);
    }
    CONTAINER_USER "ContainerUser" {
        linux: Object(&LINUX_CONTAINER_USER);
    }
    VOLUME_MOUNT_STATUS "VolumeMountStatus" {
        mountPath: Str; name: Str; readOnly: Bool; recursiveReadOnly: Named("v1.RecursiveReadOnlyMode"); volumeStatus:
        Object(&VOLUME_STATUS);
    }
    CONTAINER_EXTENDED_RESOURCE_REQUEST "ContainerExtendedResourceRequest" {
        containerName: Str; requestName: Str; resourceName: Str;
    }
    PREFERRED_SCHEDULING_TERM "PreferredSchedulingTerm" {
        preference: Object(&NODE_SELECTOR_TERM); weight: Int32;
    }
    NODE_SELECTOR "NodeSelector" {
        nodeSelectorTerms: List(&Object(&NODE_SELECTOR_TERM));
    }
    WEIGHTED_POD_AFFINITY_TERM "WeightedPodAffinityTerm" {
        podAffinityTerm: Object(&POD_AFFINITY_TERM); weight: Int32;
    }
    POD_AFFINITY_TERM "PodAffinityTerm" {
        labelSelector: Object(&LABEL_SELECTOR); matchLabelKeys: List(&Str); mismatchLabelKeys: List(&Str);
        namespaceSelector: Object(&LABEL_SELECTOR); namespaces: List(&Str); topologyKey: Str;
    }
    ENV_VAR_SOURCE "EnvVarSource" {
        configMapKeyRef: Object(&CONFIG_MAP_KEY_SELECTOR); fieldRef: Object(&OBJECT_FIELD_SELECTOR); fileKeyRef:
        Object(&FILE_KEY_SELECTOR); resourceFieldRef: Object(&RESOURCE_FIELD_SELECTOR); secretKeyRef:
        Object(&SECRET_KEY_SELECTOR);
    }
    CONFIG_MAP_ENV_SOURCE "ConfigMapEnvSource" {
        name: Str, in "LocalObjectReference"; optional: Bool;
    }
    SECRET_ENV_SOURCE "SecretEnvSource" {
        name: Str, in "LocalObjectReference"; optional: Bool;
    }
    LIFECYCLE_HANDLER "LifecycleHandler" {
        exec: Object(&EXEC_ACTION); httpGet: Object(&HTTP_GET_ACTION); sleep: Object(&SLEEP_ACTION); tcpSocket:
        Object(&TCP_SOCKET_ACTION);
    }
    EXEC_ACTION "ExecAction" {
        command: List(&Str);
    }
    GRPC_ACTION "GRPCAction" {
        port: Int32; service: Str;
    }
    HTTP_GET_ACTION "HTTPGetAction" {
        host: Str; httpHeaders: List(&Object(&HTTP_HEADER)); path: Str; port: IntOrString; scheme:
        Named("v1.URIScheme");
    }
    TCP_SOCKET_ACTION "TCPSocketAction" {
        host: Str; port: IntOrString;
    }
    CONTAINER_RESTART_RULE_ON_EXIT_CODES "ContainerRestartRuleOnExitCodes" {
        operator: Named("v1.ContainerRestartRuleOnExitCodesOperator"); values: List(&Int32);
    }
    CAPABILITIES "Capabilities" {
        add: List(&Named("v1.Capability")); drop: List(&Named("v1.Capability"));
    }
    LABEL_SELECTOR_REQUIREMENT "LabelSelectorRequirement" {
        key: Str; operator: Named("v1.LabelSelectorOperator"); values: List(&Str);
    }
    KEY_TO_PATH "KeyToPath" {
        key: Str; mode: Int32; path: Str;
    }
    DOWNWARD_API_VOLUME_FILE "DownwardAPIVolumeFile" {
        fieldRef: Object(&OBJECT_FIELD_SELECTOR); mode: Int32; path: Str; resourceFieldRef:
        Object(&RESOURCE_FIELD_SELECTOR);
    }
    PERSISTENT_VOLUME_CLAIM_TEMPLATE "PersistentVolumeClaimTemplate" {
        metadata: Object(&OBJECT_META); spec: Object(&PERSISTENT_VOLUME_CLAIM_SPEC);
    }
    VOLUME_PROJECTION "VolumeProjection" {
        clusterTrustBundle: Object(&CLUSTER_TRUST_BUNDLE_PROJECTION); configMap: Object(&CONFIG_MAP_PROJECTION);
        downwardAPI: Object(&DOWNWARD_API_PROJECTION); podCertificate: Object(&POD_CERTIFICATE_PROJECTION); secret:
        Object(&SECRET_PROJECTION); serviceAccountToken: Object(&SERVICE_ACCOUNT_TOKEN_PROJECTION);
    }
    RESOURCE_HEALTH "ResourceHealth" {
        health: Named("v1.ResourceHealthStatus"); message: Str; resourceID: Named("v1.ResourceID");
    }
    CONTAINER_STATE_RUNNING "ContainerStateRunning" {
        startedAt: Time;
    }
    CONTAINER_STATE_TERMINATED "ContainerStateTerminated" {
        containerID: Str; exitCode: Int32; finishedAt: Time; message: Str; reason: Str; signal: Int32; startedAt:
        Time;
    }
    CONTAINER_STATE_WAITING "ContainerStateWaiting" {
        message: Str; reason: Str;
    }
    LINUX_CONTAINER_USER "LinuxContainerUser" {
        gid: Int64; supplementalGroups: List(&Int64); uid: Int64;
    }
    VOLUME_STATUS "VolumeStatus" {
        image: Object(&IMAGE_VOLUME_STATUS);
    }
    NODE_SELECTOR_TERM "NodeSelectorTerm" {
        matchExpressions: List(&Object(&NODE_SELECTOR_REQUIREMENT)); matchFields:
        List(&Object(&NODE_SELECTOR_REQUIREMENT));
    }
    CONFIG_MAP_KEY_SELECTOR "ConfigMapKeySelector" {
        key: Str; name: Str, in "LocalObjectReference"; optional: Bool;
    }
    OBJECT_FIELD_SELECTOR "ObjectFieldSelector" {
        apiVersion: Str; fieldPath: Str;
    }
    FILE_KEY_SELECTOR "FileKeySelector" {
        key: Str; optional: Bool; path: Str; volumeName: Str;
    }
    RESOURCE_FIELD_SELECTOR "ResourceFieldSelector" {
        containerName: Str; divisor: Quantity; resource: Str;
    }
    SECRET_KEY_SELECTOR "SecretKeySelector" {
        key: Str; name: Str, in "LocalObjectReference"; optional: Bool;
    }
    SLEEP_ACTION "SleepAction" {
        seconds: Int64;
    }
    HTTP_HEADER "HTTPHeader" {
        name: Str; value: Str;
    }
    PERSISTENT_VOLUME_CLAIM_SPEC "PersistentVolumeClaimSpec" {
        accessModes: List(&Named("v1.PersistentVolumeAccessMode")); dataSource: Object(&TYPED_LOCAL_OBJECT_REFERENCE);
        dataSourceRef: Object(&TYPED_OBJECT_REFERENCE); resources: Object(&VOLUME_RESOURCE_REQUIREMENTS); selector:
        Object(&LABEL_SELECTOR); storageClassName: Str; volumeAttributesClassName: Str; volumeMode:
        Named("v1.PersistentVolumeMode"); volumeName: Str;
    }
    CLUSTER_TRUST_BUNDLE_PROJECTION "ClusterTrustBundleProjection" {
        labelSelector: Object(&LABEL_SELECTOR); name: Str; optional: Bool; path: Str; signerName: Str;
    }
    CONFIG_MAP_PROJECTION "ConfigMapProjection" {
        items: List(&Object(&KEY_TO_PATH)); name: Str, in "LocalObjectReference"; optional: Bool;
    }
    DOWNWARD_API_PROJECTION "DownwardAPIProjection" {
        items: List(&Object(&DOWNWARD_API_VOLUME_FILE));
    }
    POD_CERTIFICATE_PROJECTION "PodCertificateProjection" {
        certificateChainPath: Str; credentialBundlePath: Str; keyPath: Str; keyType: Str; maxExpirationSeconds: Int32;
        signerName: Str; userAnnotations: Map(&Str);
    }
    SECRET_PROJECTION "SecretProjection" {
        items: List(&Object(&KEY_TO_PATH)); name: Str, in "LocalObjectReference"; optional: Bool;
    }
    SERVICE_ACCOUNT_TOKEN_PROJECTION "ServiceAccountTokenProjection" {
        audience: Str; expirationSeconds: Int64; path: Str;
    }
    IMAGE_VOLUME_STATUS "ImageVolumeStatus" {
        imageRef: Str;
    }
    NODE_SELECTOR_REQUIREMENT "NodeSelectorRequirement" {
        key: Str; operator: Named("v1.NodeSelectorOperator"); values: List(&Str);
    }
    TYPED_LOCAL_OBJECT_REFERENCE "TypedLocalObjectReference" {
        apiGroup: Str; kind: Str; name: Str;
    }
    TYPED_OBJECT_REFERENCE "TypedObjectReference" {
        apiGroup: Str; kind: Str; name: Str; namespace: Str;
    }
    VOLUME_RESOURCE_REQUIREMENTS "VolumeResourceRequirements" {
        limits: Resources; requests: Resources;
    }
}
