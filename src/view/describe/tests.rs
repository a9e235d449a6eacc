//! Whole descriptions, in the form in which kubectl 1.36 printed such Pods.

use std::rc::Rc;

use expect_test::expect;

use super::*;
use crate::trace::{ContainerState, ContainerStatus, PodStatus, Terminated};
use crate::view::fixture::{self, NOW};

/// A Pod whose init container crashes.
fn crashing() -> Trace {
    let mut trace = fixture::trace(
        "Pending PodReadyToStartContainers PodScheduled",
        "init-a waiting=CrashLoopBackOff restarts=2 last=10 id=a2 last-id=a2 | main waiting=PodInitializing",
    );
    trace = fixture::with_pod(
        trace,
        r#"
        apiVersion: v1
        kind: Pod
        metadata: {name: demo, namespace: default, labels: {tier: web, app: demo}}
        spec:
          priority: 0
          serviceAccountName: default
          initContainers:
          - {name: init-a, image: "busybox:1.28", command: [sh, -c, "sleep 1; exit 1"]}
          containers:
          - {name: main, image: nginx}
          tolerations:
          - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
          - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
        "#,
    );
    let status = Rc::make_mut(&mut trace.versions[0].status);
    status.host_ip = Some("10.99.0.1".into());
    status.pod_ip = Some("10.244.0.7".into());
    status.start_time = Some(Millis(30));
    status.qos_class = "BestEffort";
    let mut event = fixture::event(872, "Pulled", "Container image \"busybox:1.28\" already present", None, 1);
    event.field_path = Some("spec.initContainers{init-a}".into());
    let again = crate::trace::Event { at: Millis(990_500), count: 3, ..event.clone() };
    let scheduled = crate::trace::Event {
        at: Millis(20),
        first: Millis(20),
        source: "default-scheduler".into(),
        ..fixture::event(20, "Scheduled", "Successfully assigned default/demo to node1", None, 1)
    };
    trace.events = vec![scheduled, event, again];
    trace
}

#[test]
fn a_pod_in_back_off() {
    expect![[r#"
        Name:             demo
        Namespace:        default
        Priority:         0
        Service Account:  default
        Node:             node1/10.99.0.1
        Start Time:       Thu, 01 Jan 2026 00:00:00 +0000
        Labels:           app=demo
                          tier=web
        Annotations:      <none>
        Status:           Pending
        IP:               10.244.0.7
        IPs:
          IP:  10.244.0.7
        Init Containers:
          init-a:
            Container ID:  containerd://a2
            Image:         busybox:1.28
            Image ID:      
            Port:          <none>
            Host Port:     <none>
            Command:
              sh
              -c
              sleep 1; exit 1
            State:          Waiting
              Reason:       CrashLoopBackOff
            Last State:     Terminated
              Reason:       Error
              Exit Code:    1
              Started:      Mon, 01 Jan 0001 00:00:00 +0000
              Finished:     Thu, 01 Jan 2026 00:16:30 +0000
            Ready:          False
            Restart Count:  2
            Environment:    <none>
            Mounts:
              /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-bc96r (ro)
        Containers:
          main:
            Container ID:   
            Image:          nginx
            Image ID:       
            Port:           <none>
            Host Port:      <none>
            State:          Waiting
              Reason:       PodInitializing
            Ready:          False
            Restart Count:  0
            Environment:    <none>
            Mounts:
              /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-bc96r (ro)
        Conditions:
          Type                        Status
          PodReadyToStartContainers   True 
          PodScheduled                True 
        Volumes:
          kube-api-access-bc96r:
            Type:                    Projected (a volume that contains injected data from multiple sources)
            TokenExpirationSeconds:  3607
            ConfigMapName:           kube-root-ca.crt
            Optional:                false
            DownwardAPI:             true
        QoS Class:                   BestEffort
        Node-Selectors:              <none>
        Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                                     node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
        Events:
          Type    Reason     Age                From               Message
          ----    ------     ----               ----               -------
          Normal  Scheduled  16m                default-scheduler  Successfully assigned default/demo to node1
          Normal  Pulled     10s (x3 over 16m)  kubelet            spec.initContainers{init-a}: Container image "busybox:1.28" already present
    "#]].assert_eq(&text_at(&crashing(), NOW));
}

#[test]
fn every_field_of_containers() {
    let trace = fixture::trace("Running Initialized", "main running started id=m0; web waiting=ContainerCreating");
    let trace = fixture::with_pod(
        trace,
        r#"
        apiVersion: v1
        kind: Pod
        metadata: {name: demo, namespace: default, labels: {app: demo}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: u, controller: true}]}
        spec:
          automountServiceAccountToken: false
          priority: 1000
          priorityClassName: high
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          readinessGates: [{conditionType: example.com/ok}]
          nodeSelector: {disk: ssd, zone: a}
          topologySpreadConstraints:
          - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: demo}, matchExpressions: [{key: tier, operator: In, values: [b, a]}, {key: x, operator: DoesNotExist}]}}
          - {maxSkew: 2, topologyKey: host, whenUnsatisfiable: ScheduleAnyway}
          tolerations: [{operator: Exists}, {key: gpu, operator: Equal, value: "yes", effect: NoSchedule}]
          containers:
          - name: main
            image: app:1
            ports: [{containerPort: 80, protocol: TCP, name: http}, {containerPort: 9000, hostPort: 9001, protocol: UDP}]
            command: ["sh", "-c", "echo a\necho b"]
            args: [x]
            resources: {limits: {memory: 64Mi, cpu: 500m}, requests: {cpu: 250m, memory: 32Mi}}
            livenessProbe: {httpGet: {path: "/a b?c=1", port: 8080, scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
            readinessProbe: {tcpSocket: {port: http}, initialDelaySeconds: 5, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
            startupProbe: {exec: {command: [cat, /tmp/up]}, timeoutSeconds: 1, periodSeconds: 1, successThreshold: 1, failureThreshold: 30}
            envFrom: [{configMapRef: {name: conf}}, {secretRef: {name: sec, optional: true}, prefix: S_}]
            env:
            - {name: PLAIN, value: "one\ntwo"}
            - {name: EMPTY}
            - {name: KEY, valueFrom: {secretKeyRef: {name: sec, key: k}}}
            - {name: MAP, valueFrom: {configMapKeyRef: {name: conf, key: k, optional: true}}}
            - {name: POD, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}
            - {name: APP, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: "metadata.labels['app']"}}}
            - {name: IP, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: status.podIP}}}
            - {name: CPU, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
            - {name: MEM, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
            - {name: DISK, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}
            volumeMounts: [{name: data, mountPath: /z}, {name: data, mountPath: /a, subPath: in, readOnly: true}]
          - name: web
            image: web:1
            ports: [{containerPort: 80, protocol: TCP}]
            livenessProbe: {grpc: {port: 9000, service: ""}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
            env: [{name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]
          volumes: [{name: data, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]
        "#,
    );
    expect![[r#"
        Name:                 demo
        Namespace:            default
        Priority:             1000
        Priority Class Name:  high
        Node:                 <none>
        Labels:               app=demo
        Annotations:          <none>
        Status:               Running
        SeccompProfile:       RuntimeDefault
        IP:                   
        IPs:                  <none>
        Controlled By:        ReplicaSet/rs
        Containers:
          main:
            Container ID:  containerd://m0
            Image:         app:1
            Image ID:      
            Ports:         80/TCP (http), 9000/UDP
            Host Ports:    0/TCP (http), 9001/UDP
            Command:
              sh
              -c
              echo a
              echo b
            Args:
              x
            State:          Running
              Started:      Thu, 01 Jan 2026 00:16:40 +0000
            Ready:          False
            Restart Count:  0
            Limits:
              cpu:     500m
              memory:  64Mi
            Requests:
              cpu:      250m
              memory:   32Mi
            Liveness:   http-get http://:8080/a%20b%3Fc=1 delay=0s timeout=1s period=10s #success=1 #failure=3
            Readiness:  tcp-socket :http delay=5s timeout=1s period=10s #success=1 #failure=3
            Startup:    exec [cat /tmp/up] delay=0s timeout=1s period=1s #success=1 #failure=30
            Environment Variables from:
              conf  ConfigMap                Optional: false
              sec   Secret with prefix 'S_'  Optional: true
            Environment:
              PLAIN:  one
                      two
              EMPTY:  
              KEY:    <set to the key 'k' in secret 'sec'>       Optional: false
              MAP:    <set to the key 'k' of config map 'conf'>  Optional: true
              POD:    demo (v1:metadata.name)
              APP:    demo (v1:metadata.labels['app'])
              IP:      (v1:status.podIP)
              CPU:    250 (requests.cpu)
              MEM:    64 (limits.memory)
              DISK:   0 (limits.ephemeral-storage)
            Mounts:
              /a from data (ro,path="in")
              /z from data (rw)
          web:
            Container ID:   
            Image:          web:1
            Image ID:       
            Port:           80/TCP
            Host Port:      0/TCP
            State:          Waiting
              Reason:       ContainerCreating
            Ready:          False
            Restart Count:  0
            Liveness:       grpc <pod>:9000  delay=0s timeout=1s period=10s #success=1 #failure=3
            Environment:
              LIMIT:  node allocatable (limits.cpu)
            Mounts:   <none>
        Readiness Gates:
          Type             Status
          example.com/ok   <none> 
        Conditions:
          Type          Status
          Initialized   True 
        Volumes:
          data:
            Type:                     EmptyDir (a temporary directory that shares a pod's lifetime)
            Medium:                   Memory
            SizeLimit:                1Gi
        QoS Class:                    
        Node-Selectors:               disk=ssd
                                      zone=a
        Tolerations:                  op=Exists
                                      gpu=yes:NoSchedule
        Topology Spread Constraints:  host:ScheduleAnyway when max skew 2 is exceeded
                                      zone:DoNotSchedule when max skew 1 is exceeded for selector app=demo,tier in (a,b),!x
        Events:                       <none>
    "#]].assert_eq(&text_at(&trace, NOW));
}

#[test]
fn every_kind_of_volume() {
    let trace = fixture::with_pod(
        fixture::trace("Pending unknown", "main waiting"),
        r#"
        apiVersion: v1
        kind: Pod
        metadata: {name: demo}
        spec:
          automountServiceAccountToken: false
          containers: [{name: main, image: app:1}]
          volumes:
          - {name: host, hostPath: {path: /var/log, type: Directory}}
          - {name: host2, hostPath: {path: /}}
          - {name: empty, emptyDir: {}}
          - {name: secret, secret: {secretName: sec, optional: true}}
          - {name: conf, configMap: {name: conf}}
          - {name: claim, persistentVolumeClaim: {claimName: data, readOnly: true}}
          - {name: down, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu}}]}}
          - {name: proj, projected: {sources: [{secret: {name: s}}, {configMap: {name: c, optional: true}}, {downwardAPI: {items: []}}, {serviceAccountToken: {path: t, expirationSeconds: 600}}]}}
          - {name: nfs, nfs: {server: nfs.example, path: /x}}
          - {name: image, image: {reference: "quay.io/a:1", pullPolicy: IfNotPresent}}
          - {name: csi, csi: {driver: secrets.example, readOnly: true, volumeAttributes: {a: "1", b: "2"}}}
          - {name: csi2, csi: {driver: inline.example}}
          - {name: scratch, ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], storageClassName: fast, volumeMode: Filesystem, resources: {requests: {storage: 1Gi}}}}}}
          - {name: iscsi, iscsi: {targetPortal: "10.0.0.1:3260", iqn: iqn.x, lun: 0, portals: [a, b]}}
          - {name: rbd, rbd: {monitors: [m1, m2], image: foo, pool: rbd, user: admin, keyring: /etc/k, secretRef: {name: ceph}}}
          - {name: fc, fc: {targetWWNs: [a, b], lun: 2}}
          - {name: disk, azureDisk: {diskName: d, diskURI: u, kind: Shared, fsType: ext4, cachingMode: ReadWrite, readOnly: false}}
          - {name: flex, flexVolume: {driver: d, options: {b: "2", a: "1"}}}
          - {name: none}
        "#,
    );
    let text = text_at(&trace, NOW);
    let volumes = &text[text.find("Volumes:").unwrap()..text.find("QoS").unwrap()];
    expect![[r#"
        Volumes:
          host:
            Type:          HostPath (bare host directory volume)
            Path:          /var/log
            HostPathType:  Directory
          host2:
            Type:          HostPath (bare host directory volume)
            Path:          /
            HostPathType:  <none>
          empty:
            Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
            Medium:     
            SizeLimit:  <unset>
          secret:
            Type:        Secret (a volume populated by a Secret)
            SecretName:  sec
            Optional:    true
          conf:
            Type:      ConfigMap (a volume populated by a ConfigMap)
            Name:      conf
            Optional:  false
          claim:
            Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
            ClaimName:  data
            ReadOnly:   true
          down:
            Type:  DownwardAPI (a volume populated by information about the pod)
            Items:
              metadata.labels -> labels
              limits.cpu -> cpu
          proj:
            Type:                    Projected (a volume that contains injected data from multiple sources)
            SecretName:              s
            Optional:                false
            ConfigMapName:           c
            Optional:                true
            DownwardAPI:             true
            TokenExpirationSeconds:  600
          nfs:
            Type:      NFS (an NFS mount that lasts the lifetime of a pod)
            Server:    nfs.example
            Path:      /x
            ReadOnly:  false
          image:
            Type:        Image (a container image or OCI artifact)
            Reference:   quay.io/a:1
            PullPolicy:  IfNotPresent
          csi:
            Type:              CSI (a Container Storage Interface (CSI) volume source)
            Driver:            secrets.example
            FSType:            
            ReadOnly:          true
            VolumeAttributes:      a=1
                                   b=2
          csi2:
            Type:              CSI (a Container Storage Interface (CSI) volume source)
            Driver:            inline.example
            FSType:            
            ReadOnly:          false
            VolumeAttributes:  <none>
          scratch:
            Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
            StorageClass:  fast
            Volume:        
            Labels:            a=b
            Annotations:       <none>
            Capacity:      
            Access Modes:  
            VolumeMode:    Filesystem
          iscsi:
            Type:               ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)
            TargetPortal:       10.0.0.1:3260
            IQN:                iqn.x
            Lun:                0
            ISCSIInterface      
            FSType:             
            ReadOnly:           false
            Portals:            [a b]
            DiscoveryCHAPAuth:  false
            SessionCHAPAuth:    false
            SecretRef:          nil
            InitiatorName:      <none>
          rbd:
            Type:          RBD (a Rados Block Device mount on the host that shares a pod's lifetime)
            CephMonitors:  [m1 m2]
            RBDImage:      foo
            FSType:        
            RBDPool:       rbd
            RadosUser:     admin
            Keyring:       /etc/k
            SecretRef:     &LocalObjectReference{Name:ceph,}
            ReadOnly:      false
          fc:
            Type:        FC (a Fibre Channel disk)
            TargetWWNs:  a, b
            LUN:         2
            FSType:      
            ReadOnly:    false
          disk:
            Type:         AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)
            DiskName:     d
            DiskURI:      u
            Kind:         Shared
            FSType:       ext4
            CachingMode:  ReadWrite
            ReadOnly:     false
          flex:
            Type:       FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)
            Driver:     d
            FSType:     
            SecretRef:  nil
            ReadOnly:   false
            Options:    map[a:1 b:2]
          none:
          <unknown>
    "#]].assert_eq(volumes);
}

#[test]
fn a_message_of_several_lines_breaks_the_columns_as_in_kubectl() {
    let ended = |message: &str| Terminated {
        exit_code: 4,
        reason: "Error".into(),
        message: Some(message.into()),
        started_at: Some(Millis(1_000)),
        finished_at: None,
        never_started: false,
        container_id: None,
    };
    let mut trace = crashing();
    let status: &mut PodStatus = Rc::make_mut(&mut trace.versions[0].status);
    let init = ContainerStatus {
        state: ContainerState::Terminated(ended("starting up\nfatal: no db\n")),
        last_state: Some(Terminated { never_started: true, ..ended("never") }),
        ..(*status.init[0]).clone()
    };
    status.init = [Rc::new(init)].into_iter().collect();
    let text = text_at(&trace, NOW);
    expect![[r#"
            State:      Terminated
              Reason:   Error
              Message:  starting up
        fatal: no db

              Exit Code:    4
              Started:      Thu, 01 Jan 2026 00:00:01 +0000
              Finished:     Mon, 01 Jan 0001 00:00:00 +0000
            Last State:     Terminated
              Reason:       Error
              Message:      never
              Exit Code:    4
              Started:      Thu, 01 Jan 1970 00:00:00 +0000
              Finished:     Mon, 01 Jan 0001 00:00:00 +0000
    "#]]
    .assert_eq(&text[text.find("    State:").unwrap()..text.find("    Ready:").unwrap()]);
}

#[test]
fn a_deleted_pod_is_terminating_until_it_ends_and_then_unknown_to_the_server() {
    let mut trace = crashing();
    let deletion = Some(crate::trace::Deletion { requested: NOW, grace_seconds: 30 });
    let deleting = crate::trace::PodVersion { deletion, ..trace.versions[0].clone() };
    let removed = crate::trace::PodVersion { at: Millis(1_040_000), removed: true, ..deleting.clone() };
    trace.versions = vec![deleting, removed];
    let status = |t| {
        let text = text_at(&trace, Millis(t));
        text.lines().filter(|l| l.starts_with("Status:") || l.starts_with("Termination")).collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        Status:                    Terminating (lasts <invalid>)
        Termination Grace Period:  30s"#]]
    .assert_eq(&status(1_010_000));
    assert!(status(1_028_500).contains("(lasts 0s)"));
    assert!(status(1_035_000).contains("(lasts 5s)"));
    assert_eq!(text_at(&trace, Millis(1_040_000)), "Error from server (NotFound): pods \"demo\" not found\n");
}

#[test]
fn long_annotations_are_broken_off_and_kubectls_own_is_left_out() {
    let long = "é".repeat(100);
    let yaml = format!(
        "{{metadata: {{name: demo, annotations: {{a: b, long: '{long}', many: \"x\\ny\\n\", kubectl.kubernetes.io/last-applied-configuration: z}}}}, spec: {{containers: []}}}}"
    );
    let text = text_at(&fixture::with_pod(fixture::trace("Pending unknown", ""), &yaml), NOW);
    let (from, to) = (text.find("Annotations:").unwrap(), text.find("Status:").unwrap());
    assert_eq!(
        &text[from..to],
        format!(
            "Annotations:  a: b\n              long:\n                {}...\n              many:\n                x\n                y\n",
            "é".repeat(69)
        )
    );
}

#[test]
fn control_characters_reach_no_terminal() {
    let yaml = r#"{metadata: {name: "a\eb\rc"}, spec: {containers: [{name: main, args: ["x\ty"]}]}}"#;
    let text = text_at(&fixture::with_pod(fixture::trace("Pending unknown", ""), yaml), NOW);
    assert!(text.starts_with("Name:         a^[b\\rc\n"), "{text}");
    assert!(text.contains("      x           y\n"), "{text}");
}
