//! Rules of validation, each by a Pod that breaks it: the server's words, line by line.

use crate::manifest::read;

/// What the server says of a Pod with this in its metadata, its container and its spec; `...` stands for the forms of names.
fn told([meta, container, spec]: [&str; 3]) -> Vec<String> {
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: demo{meta}}}\nspec:\n  containers: [{{name: a, image: b{container}}}]\n{spec}\n"
    );
    let manifest = read(&text);
    let refusal = manifest.refusal.unwrap_or_default();
    let errors =
        refusal.trim_start_matches("The Pod \"demo\" is invalid: ").lines().map(|l| l.trim_start_matches("* "));
    let lines = errors.filter(|l| !l.is_empty()).chain(manifest.warnings.iter().map(String::as_str));
    lines.map(|l| l.split(" must consist of ").next().unwrap_or(l).to_string()).collect()
}

fn check(cases: &[([&str; 3], &[&str])]) {
    for (parts, expected) in cases {
        assert_eq!(told(*parts), *expected, "{parts:?}");
    }
}

#[test]
fn metadata() {
    check(&[
        (
            [", finalizers: [a, orphan, foregroundDeletion]", "", ""],
            &[
                r#"metadata.finalizers: Invalid value: ["a","orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set"#,
                r#"metadata.finalizers[0]: Invalid value: "a": name is neither a standard finalizer name nor is it fully qualified"#,
            ],
        ),
        (
            [
                ", ownerReferences: [{apiVersion: a/b/c, kind: '', name: '', uid: ''}, {apiVersion: v1, kind: Event, name: x, uid: z}]",
                "",
                "",
            ],
            &[
                r#"metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty"#,
                r#"metadata.ownerReferences.kind: Invalid value: "": must not be empty"#,
                r#"metadata.ownerReferences.name: Invalid value: "": must not be empty"#,
                r#"metadata.ownerReferences.uid: Invalid value: "": must not be empty"#,
                r#"metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"x","uid":"z"}: /v1, Kind=Event is disallowed from being an owner"#,
            ],
        ),
        (
            [
                ", ownerReferences: [{apiVersion: v1, kind: A, name: x, uid: z, controller: true}, {apiVersion: v1, kind: B, name: x, uid: z, controller: true}]",
                "",
                "",
            ],
            &[
                r#"metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"A","name":"x","uid":"z","controller":true},{"apiVersion":"v1","kind":"B","name":"x","uid":"z","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for A/x and B/x"#,
            ],
        ),
        (
            [", annotations: {a/b/c: x, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: x}", "", ""],
            &[
                r#"metadata.annotations: Invalid value: "a/b/c": a valid label key"#,
                r#"metadata.annotations: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": name part must be no more than 63 bytes"#,
            ],
        ),
    ]);
}

#[test]
fn annotations_that_were_fields() {
    check(&[
        (
            [
                ", annotations: {controller.kubernetes.io/pod-deletion-cost: '+1', kubernetes.io/config.mirror: x}",
                "",
                "",
            ],
            &[
                r#"metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set"#,
                r#"metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer"#,
            ],
        ),
        (
            [
                ", annotations: {container.apparmor.security.beta.kubernetes.io/zz: foo, seccomp.security.alpha.kubernetes.io/pod: localhost/../x}",
                "",
                "",
            ],
            &[
                r#"metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "../x": must not contain '..'"#,
                r#"metadata.annotations[container.apparmor.security.beta.kubernetes.io/zz]: Invalid value: "zz": container not found"#,
                r#"metadata.annotations[container.apparmor.security.beta.kubernetes.io/zz]: Invalid value: "foo": invalid AppArmor profile name: "foo""#,
            ],
        ),
        (
            [
                ", annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined, container.seccomp.security.alpha.kubernetes.io/a: localhost/x}",
                ", securityContext: {appArmorProfile: {type: RuntimeDefault}, seccompProfile: {type: Localhost, localhostProfile: q}}",
                "",
            ],
            &[
                "spec.containers[0].securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match",
                "spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match",
            ],
        ),
        (
            [
                ", annotations: {container.apparmor.security.beta.kubernetes.io/a: localhost/x, seccomp.security.alpha.kubernetes.io/pod: unconfined, scheduler.alpha.kubernetes.io/critical-pod: ''}",
                "",
                "",
            ],
            &[
                r#"metadata.annotations[container.apparmor.security.beta.kubernetes.io/a]: deprecated since v1.30; use the "appArmorProfile" field instead"#,
                r#"metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead"#,
                r#"metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead"#,
            ],
        ),
    ]);
}

#[test]
fn containers() {
    check(&[
        (
            [
                "",
                "",
                "  ephemeralContainers: [{name: a, image: ' ', ports: [{containerPort: 1}], targetContainerName: q, volumeMounts: [{name: z, mountPath: /a, subPath: b}]}]",
            ],
            &[
                r#"spec.ephemeralContainers[0].volumeMounts[0].name: Not found: "z""#,
                r#"spec.ephemeralContainers[0].image: Invalid value: " ": must not have leading or trailing whitespace"#,
                r#"spec.ephemeralContainers[0].name: Duplicate value: "a""#,
                r#"spec.ephemeralContainers[0].targetContainerName: Not found: "q""#,
                "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container",
                "spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container",
                "spec.ephemeralContainers: Forbidden: cannot be set on create",
            ],
        ),
        (
            [
                "",
                ", env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"spec.foo['x']\"}}}, {name: B, valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['X Y']\"}}}, {name: C, valueFrom: {fieldRef: {fieldPath: spec.foo}}}]",
                "",
            ],
            &[
                r#"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo['x']": error converting fieldPath: field label does not support subscript: spec.foo['x']"#,
                r#"spec.containers[0].env[1].valueFrom.fieldRef: Invalid value: "x y": name part"#,
                r#"spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo"#,
            ],
        ),
        (
            ["", ", env: [{name: A, valueFrom: {fileKeyRef: {key: k, path: ../p, volumeName: V}}}]", ""],
            &[
                r#"spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "V": a lowercase RFC 1123 label"#,
                r#"spec.containers[0].env[0].valueFrom.fileKeyRef.path: Invalid value: "../p": must not contain '..'"#,
                r#"spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "V""#,
            ],
        ),
        (
            ["", ", volumeDevices: [{name: '', devicePath: /a/../b}, {name: '', devicePath: /c}]", ""],
            &[
                "spec.containers[0].volumeDevices[0].name: Required value",
                r#"spec.containers[0].volumeDevices[0].name: Not found: """#,
                r#"spec.containers[0].volumeDevices[0].devicePath: Invalid value: "/a/../b": can not contain backsteps ('..')"#,
                "spec.containers[0].volumeDevices[1].name: Required value",
                r#"spec.containers[0].volumeDevices[1].name: Not found: """#,
            ],
        ),
        (
            [
                "",
                ", resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: cpu, restartPolicy: RestartContainer}, {resourceName: '', restartPolicy: ''}]",
                "  restartPolicy: Never",
            ],
            &[
                r#"spec.containers[0].resizePolicy[1]: Duplicate value: "cpu""#,
                r#"spec.containers[0].resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when `restartPolicy` is 'Never'"#,
                "spec.containers[0].resizePolicy: Required value",
                r#"spec.containers[0].resizePolicy: Invalid value: "": must be 'NotRequired' when `restartPolicy` is 'Never'"#,
            ],
        ),
    ]);
}

#[test]
fn security() {
    check(&[
        (
            [
                "",
                ", securityContext: {procMount: Unmasked, seccompProfile: {type: RuntimeDefault, localhostProfile: x}, appArmorProfile: {type: Localhost, localhostProfile: ' x'}}",
                "",
            ],
            &[
                r#"spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`"#,
                r#"spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost"#,
                r#"spec.containers[0].securityContext.appArmorProfile.localhostProfile: Invalid value: " x": must not be padded with whitespace"#,
            ],
        ),
        (
            [
                "",
                "",
                "  hostNetwork: true\n  hostIPC: true\n  securityContext: {seLinuxChangePolicy: MountOption, sysctls: [{name: net/ipv4/x, value: '1'}, {name: kernel.shmmax, value: '1'}]}",
            ],
            &[
                r#"spec.securityContext.sysctls[0].name: Invalid value: "net/ipv4/x": may not be specified when 'hostNetwork' is true"#,
                r#"spec.securityContext.sysctls[1].name: Invalid value: "kernel.shmmax": may not be specified when 'hostIPC' is true"#,
                r#"spec.securityContext.seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive""#,
            ],
        ),
        (
            [
                "",
                "",
                "  os: {name: windows}\n  resources: {limits: {cpu: 1}}\n  securityContext: {supplementalGroupsPolicy: Merge, windowsOptions: {runAsUserName: 'a b c\\d@', hostProcess: true}}",
            ],
            &[
                "spec.resources: Forbidden: may not be set for a windows pod",
                r#"spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a b c\\d@": runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"#,
                "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers",
                "spec.securityContext.supplementalGroupsPolicy: Forbidden: cannot be set for a windows pod",
            ],
        ),
        (
            ["", "", "  os: {name: linux}\n  securityContext: {windowsOptions: {runAsUserName: ''}}"],
            &[
                r#"spec.securityContext.windowsOptions.runAsUserName: Invalid value: "": runAsUserName cannot be an empty string"#,
                "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod",
            ],
        ),
        (["", "", "  os: {name: ''}"], &["spec.os.name: Required value"]),
        (
            ["", ", volumeDevices: [{name: v, devicePath: /a}]", "  hostUsers: false\n  hostIPC: true"],
            &[
                r#"spec.containers[0].volumeDevices[0].name: Not found: "v""#,
                "spec.HostIPC: Forbidden: when `hostUsers` is false",
                "spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false",
            ],
        ),
        (
            ["", "", "  hostnameOverride: A.b\n  setHostnameAsFQDN: true"],
            &[
                "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
                r#"spec.hostnameOverride: Invalid value: "A.b": a lowercase RFC 1123 subdomain"#,
            ],
        ),
    ]);
}

#[test]
fn resources() {
    check(&[
        (
            ["", ", resources: {limits: {cpu: 1, hugepages-2Mi: 3Mi}}", ""],
            &[
                r#"spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi"#,
                r#"spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi"#,
            ],
        ),
        (
            ["", ", resources: {requests: {'ex ample/x': 1}, limits: {'ex ample/x': 1, requests.foo/x: 1}}", ""],
            &[
                r#"spec.containers[0].resources.limits[ex ample/x]: Invalid value: "ex ample/x": prefix part a lowercase RFC 1123 subdomain"#,
                r#"spec.containers[0].resources.limits[ex ample/x]: Invalid value: "ex ample/x": doesn't follow extended resource name standard"#,
                r#"spec.containers[0].resources.limits[requests.foo/x]: Invalid value: "requests.foo/x": doesn't follow extended resource name standard"#,
                r#"spec.containers[0].resources.requests[ex ample/x]: Invalid value: "ex ample/x": prefix part a lowercase RFC 1123 subdomain"#,
                r#"spec.containers[0].resources.requests[ex ample/x]: Invalid value: "ex ample/x": doesn't follow extended resource name standard"#,
                r#"spec.containers[0].resources.requests[requests.foo/x]: Invalid value: "requests.foo/x": doesn't follow extended resource name standard"#,
            ],
        ),
        (
            [
                "",
                ", resources: {claims: [{name: q, request: r}, {name: q, request: r}, {name: q}, {name: q}, {name: ''}]}",
                "  resourceClaims: [{name: q, resourceClaimName: q}]\n  resources: {claims: []}",
            ],
            &[
                r#"spec.containers[0].resources.claims[1]: Duplicate value: "q/r""#,
                r#"spec.containers[0].resources.claims[2]: Duplicate value: "q""#,
                r#"spec.containers[0].resources.claims[3]: Duplicate value: "q""#,
                "spec.containers[0].resources.claims[4]: Required value",
                "spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level",
            ],
        ),
        (
            [
                "",
                ", resources: {limits: {cpu: 1, hugepages-2Mi: 4Mi}}",
                "  resources: {limits: {cpu: 2, hugepages-2Mi: 2Mi, foo: 1}}",
            ],
            &[
                r#"spec.resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified"#,
                r#"spec.resources.requests[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container requests of 4Mi"#,
                r#"spec.resources.limits[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container limits of 4Mi"#,
                r#"spec.resources.containers[0][hugepages-2Mi].limits: Invalid value: "4Mi": must be less than or equal to pod limits of 2Mi"#,
            ],
        ),
    ]);
}

#[test]
fn scheduling() {
    check(&[
        (
            [
                ", labels: {x: z}",
                "",
                "  topologySpreadConstraints: [{maxSkew: 1, topologyKey: a b, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [x]}, {maxSkew: 1, topologyKey: a b, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {x: z}}, matchLabelKeys: [x, q q]}]",
            ],
            &[
                r#"spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{a b, DoNotSchedule}""#,
                "spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
                r#"spec.topologySpreadConstraints[1].matchLabelKeys[1]: Invalid value: "q q": name part"#,
                r#"spec.topologySpreadConstraints[1][0]: Invalid value: "x": exists in both matchLabelKeys and labelSelector"#,
            ],
        ),
        (
            [
                "",
                "",
                "  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [A_]}]}]}}, podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {}, matchLabelKeys: [x], mismatchLabelKeys: [x]}]}}",
            ],
            &[
                r#"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: "A_": a lowercase RFC 1123 subdomain"#,
                r#"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: Invalid value: "x": exists in both matchLabelKeys and mismatchLabelKeys"#,
            ],
        ),
        (
            [
                "",
                "",
                "  affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: beta.kubernetes.io/os, operator: In, values: [a b]}]}}]}, podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a}]}}\n  topologySpreadConstraints: [{maxSkew: 1, topologyKey: failure-domain.beta.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}]",
            ],
            &[
                r#"spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead"#,
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]: a b is invalid, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
                r#"spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead"#,
                "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod",
                "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod",
            ],
        ),
        (
            [
                "",
                "",
                "  dnsConfig: {searches: [a_b.c, _x.d, ., ok., A], nameservers: [010.0.0.1, '::ffff:1.2.3.4', x]}\n  hostAliases: [{ip: 1.2.3.4, hostnames: [A]}]",
            ],
            &[
                r#"spec.dnsConfig.nameservers[0]: Invalid value: "010.0.0.1": must not have leading 0s"#,
                r#"spec.dnsConfig.nameservers[1]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address"#,
                r#"spec.dnsConfig.nameservers[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#,
                r#"spec.dnsConfig.searches[4]: Invalid value: "A": a lowercase RFC 1123 subdomain"#,
                r#"spec.hostAliases[0].hostnames[0]: Invalid value: "A": a lowercase RFC 1123 subdomain"#,
            ],
        ),
        (
            ["", "", "  hostAliases: [{ip: 'FE80::0001'}]"],
            &[
                r#"spec.hostAliases[0].ip: IPv6 address "FE80::0001" should be in RFC 5952 canonical format ("fe80::1")"#,
            ],
        ),
    ]);
}

#[test]
fn volumes() {
    check(&[
        (
            ["", "", "  volumes: [{name: v, emptyDir: {}, cephfs: {monitors: [a]}, downwardAPI: {}}]"],
            &[
                "spec.volumes[0].cephFS: Forbidden: may not specify more than 1 volume type",
                "spec.volumes[0].downwarAPI: Forbidden: may not specify more than 1 volume type",
            ],
        ),
        (
            [
                "",
                "",
                "  volumes: [{name: v, projected: {sources: [{configMap: {name: a, items: [{key: k, path: p}]}, secret: {items: [{key: k, path: p}]}, serviceAccountToken: {path: '', expirationSeconds: 5}, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.name}}]}}]}}]",
            ],
            &[
                "spec.volumes[0].projected.sources[0].secret.name: Required value",
                r#"spec.volumes[0].projected: Invalid value: "a": conflicting duplicate paths"#,
                r#"spec.volumes[0].projected: Invalid value: "p": conflicting duplicate paths"#,
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes",
                "spec.volumes[0].projected.path: Required value",
                "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source",
            ],
        ),
        (
            [
                "",
                "",
                "  volumes: [{name: v, projected: {sources: [{configMap: {name: a, items: [{key: k, path: p}]}}, {serviceAccountToken: {path: p/q}}, {clusterTrustBundle: {path: x}}]}}, {name: w, configMap: {name: q, items: [{key: a, path: x}, {key: b, path: x/d/}, {key: c, path: x}]}}]",
            ],
            &[
                r#"volume "v" (Projected): overlapping paths: "p/q" (ServiceAccountToken) with "p" (ConfigMap "a")"#,
                r#"volume "v" (Projected) has no sources provided"#,
                r#"volume "w" (ConfigMap "q"): overlapping paths: "x/d" with "x""#,
                r#"volume "w" (ConfigMap "q"): overlapping paths: "x" with "x""#,
                r#"volume "w" (ConfigMap "q"): overlapping paths: "x" with "x/d""#,
            ],
        ),
        (
            [
                "",
                "",
                "  volumes: [{name: v, ephemeral: {volumeClaimTemplate: {metadata: {name: x, labels: {a b: c}}, spec: {accessModes: [ReadWriteOncePod, ReadWriteOnce, X], resources: {requests: {storage: 0}}}}}}, {name: w, persistentVolumeClaim: {claimName: demo-v}}]",
            ],
            &[
                r#"spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.labels: Invalid value: "a b": name part"#,
                "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set",
                r#"spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod""#,
                "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
                r#"spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Invalid value: "0": must be greater than zero"#,
                r#"spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "demo-v": must not reference a PVC that gets created for an ephemeral volume"#,
            ],
        ),
        (
            ["", "", "  volumes: [{name: v, gitRepo: {repository: a}}]"],
            &["spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+"],
        ),
    ]);
}

#[test]
fn volumes_of_other_systems() {
    for (source, expected) in [
        (
            "gcePersistentDisk: {pdName: '', partition: 256}",
            "persistentDisk.pdName: Required value|persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive",
        ),
        (
            "nfs: {server: a, path: ''}",
            r#"nfs.path: Required value|nfs.path: Invalid value: "": must be an absolute path"#,
        ),
        (
            "iscsi: {targetPortal: a, iqn: foo, lun: 256, chapAuthSession: true}",
            r#"iscsi.iqn: Invalid value: "foo": must be valid format starting with iqn, eui, or naa|iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive|iscsi.secretRef: Required value"#,
        ),
        (
            "iscsi: {targetPortal: a, iqn: 'iqn.2001-4.com:a', lun: 0}",
            r#"iscsi.iqn: Invalid value: "iqn.2001-4.com:a": must be valid format"#,
        ),
        ("flocker: {}", "flocker: Required value: one of datasetName and datasetUUID is required"),
        ("cinder: {volumeID: a, secretRef: {}}", "cinder.secretRef.name: Required value"),
        (
            "quobyte: {registry: a, volume: ''}",
            r#"quobyte.registry: Invalid value: "a": must be a host:port pair or multiple pairs separated by commas|quobyte.volume: Required value"#,
        ),
        (
            "fc: {targetWWNs: [a], wwids: [b]}",
            r#"fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously|fc.lun: Required value: lun is required if targetWWNs is specified"#,
        ),
        (
            "flexVolume: {driver: a, options: {X.K8s.io/a: b}}",
            r#"flexVolume.options[X.K8s.io/a]: Invalid value: "X.K8s.io/a": kubernetes.io and k8s.io namespaces are reserved"#,
        ),
        (
            "azureDisk: {diskName: a, diskURI: b, cachingMode: C}",
            r#"azureDisk.cachingMode: Unsupported value: "C": supported values: "None", "ReadOnly", "ReadWrite"|azureDisk.diskURI: Unsupported value: "b": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd""#,
        ),
        ("storageos: {volumeName: A}", r#"storageos.volumeName: Invalid value: "A": a lowercase RFC 1123 label"#),
        ("scaleIO: {gateway: a, system: b, secretRef: {name: c}}", "scaleIO.volumeName: Required value"),
        (
            "csi: {driver: '', nodePublishSecretRef: {name: A}}",
            r#"csi.driver: Required value|csi.driver: Invalid value: "": a lowercase RFC 1123 subdomain|csi.name: Invalid value: "A": a lowercase RFC 1123 subdomain"#,
        ),
    ] {
        let expected: Vec<String> = expected.split('|').map(|line| format!("spec.volumes[0].{line}")).collect();
        assert_eq!(told(["", "", &format!("  volumes: [{{name: v, {source}}}]")]), expected, "{source}");
    }
}

#[test]
fn ports_that_meet_are_remarked_on() {
    check(&[(
        [
            "",
            ", ports: [{containerPort: 80, hostIP: 1.2.3.4}, {containerPort: 80, hostPort: 8}, {containerPort: 80, hostPort: 8, hostIP: 1.1.1.1}]",
            "",
        ],
        &[
            "spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}",
            "spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]",
            "spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]",
            "spec.containers[0].ports[2]: dangerously ambiguous port definition with spec.containers[0].ports[1]",
        ],
    )]);
}

#[test]
fn remarks_are_cut_as_the_server_cuts_them() {
    let env = |n: usize, name: &str| format!(", env: [{}]", format!("{{name: {name}}}, ").repeat(n));
    let remarks = told(["", &env(200, &"A".repeat(300)), ""]);
    assert_eq!((remarks.len(), remarks[0].chars().count()), (16, 256));
    let remarks = told(["", &env(30, "A"), ""]);
    assert_eq!((remarks.len(), remarks[0].chars().count()), (29, 98));
}

#[test]
fn rules_without_a_policy() {
    let rules = "restartPolicyRules: [{action: X, exitCodes: {operator: In, values: [1]}}]";
    let init = format!("  initContainers: [{{name: i, image: b, {rules}}}]");
    let main = format!(", {rules}");
    check(&[
        (
            ["", &main, ""],
            &[
                "spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used",
                r#"spec.containers[0].restartPolicyRules[0].action: Unsupported value: "X": supported values: "Restart", "RestartAllContainers""#,
            ],
        ),
        (
            ["", "", &init],
            &[
                "spec.initContainers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used",
            ],
        ),
    ]);
}

#[test]
fn what_a_claim_is_filled_with() {
    const PATH: &str = "spec.volumes[0].ephemeral.volumeClaimTemplate.spec";
    for (sources, expected) in [
        ("dataSource: {kind: PersistentVolumeClaim, name: a}", &[][..]),
        (
            "dataSource: {apiGroup: example.com, kind: Foo, name: a}, dataSourceRef: {apiGroup: example.com, kind: Foo, name: a}",
            &[],
        ),
        (
            "dataSource: {kind: Foo, name: a}",
            &[
                r#".dataSource: Invalid value: "Foo": must be 'PersistentVolumeClaim' when referencing the default apiGroup"#,
            ],
        ),
        (
            "dataSourceRef: {kind: '', name: ''}",
            &[
                ".dataSourceRef.name: Required value",
                ".dataSourceRef.kind: Required value",
                r#".dataSourceRef: Invalid value: "": must be 'PersistentVolumeClaim' when referencing the default apiGroup"#,
            ],
        ),
        (
            "volumeAttributesClassName: A, dataSource: {apiGroup: A, kind: Foo, name: a}, dataSourceRef: {kind: PersistentVolumeClaim, name: a, namespace: B}, volumeMode: X",
            &[
                r#".volumeMode: Unsupported value: "X": supported values: "Block", "Filesystem""#,
                r#".dataSource.apiGroup: Invalid value: "A": a lowercase RFC 1123 subdomain"#,
                r#".dataSourceRef.namespace: Invalid value: "B": a lowercase RFC 1123 label"#,
                ": Invalid value: {}: may not be specified when dataSourceRef.namespace is specified",
                r#".volumeAttributesClassName: Invalid value: "A": a lowercase RFC 1123 subdomain"#,
            ],
        ),
        (
            "dataSource: {kind: PersistentVolumeClaim, name: a}, dataSourceRef: {kind: PersistentVolumeClaim, name: b}",
            &[": Invalid value: {}: must match dataSourceRef"],
        ),
    ] {
        let claim =
            format!("{{spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1}}}}, {sources}}}}}");
        let volumes = format!("  volumes: [{{name: v, ephemeral: {{volumeClaimTemplate: {claim}}}}}]");
        let expected: Vec<String> = expected.iter().map(|line| format!("{PATH}{line}")).collect();
        assert_eq!(told(["", "", &volumes]), expected, "{sources}");
    }
}

#[test]
fn amounts_are_shown_as_they_are_kept() {
    let resources = |r: &str| format!(", resources: {{{r}}}");
    let cases = [
        (
            "limits: {cpu: '-1.125'}",
            &[
                "limits[cpu]: Invalid value: \"-1.125\": must be greater than or equal to 0",
                "requests[cpu]: Invalid value: \"-1.125\": must be greater than or equal to 0",
            ][..],
        ),
        (
            "limits: {cpu: 1.125}, requests: {cpu: 1.2500}",
            &["requests: Invalid value: \"1250m\": must be less than or equal to cpu limit of 1.125"],
        ),
        (
            "limits: {memory: 1.0001}",
            &[
                "limits[memory]: fractional byte value \"1001m\" is invalid, must be an integer",
                "requests[memory]: fractional byte value \"1001m\" is invalid, must be an integer",
            ],
        ),
        (
            "limits: {memory: '+1.500'}",
            &[
                "limits[memory]: fractional byte value \"+1.500\" is invalid, must be an integer",
                "requests[memory]: fractional byte value \"+1.500\" is invalid, must be an integer",
            ],
        ),
    ];
    for (r, expected) in cases {
        let expected: Vec<String> =
            expected.iter().map(|line| format!("spec.containers[0].resources.{line}")).collect();
        assert_eq!(told(["", &resources(r), ""]), expected, "{r}");
    }
}
