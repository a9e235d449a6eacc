//! What a container is given from outside: its environment, its files, its machine; and what is missing for that
//! (`kubelet-semantics.md` 6.2).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use k8s_openapi::api::core::v1 as api;

use crate::kube::resources::{amount, in_divisors};
use crate::scenario::FaultKind;
use crate::shell::{self, Config, Machine, Mount, Replay, Role, Security};
use crate::trace::ContainerKind;

use super::capabilities::bounding;
use super::env_file;
use super::links::Links;
use super::process::Process;
use super::run::Sim;
use super::spec::{Idx, Policy};
use super::volumes::value_of;
use super::world::PodHost;

/// What containerd and runc put before the reason why a process does not start.
const RUNC_PREFIX: &str = "failed to create containerd task: failed to create shim task: OCI runtime create failed: \
runc create failed: unable to start container process: error during container init: ";

impl Sim<'_> {
    /// Why the container's configuration cannot be made; `None` when all is there.
    pub fn config_error(&self, idx: Idx) -> Option<String> {
        match self.environment(idx) {
            Err(message) => Some(message),
            Ok(env) => self.sub_path_error(idx, &env).or_else(|| self.non_root_error(idx)),
        }
    }

    /// What `makeMounts` says of the parts of volumes that cannot be mounted.
    fn sub_path_error(&self, idx: Idx, env: &Environment) -> Option<String> {
        let container = &self.spec.containers[idx];
        container.api.volume_mounts.iter().flatten().find_map(|mount| {
            let path = match sub_path(mount, env) {
                Ok(path) => path?,
                Err(missing) => return Some(format!("missing value for {missing}")),
            };
            let fits = self.volumes.get(&mount.name).is_none_or(|(_, volume)| volume.can_hold(&path));
            let about = format!("volumeMount \"{}\" of container \"{}\"", mount.name, container.name);
            (!fits).then(|| format!("failed to prepare subPath for {about}"))
        })
    }

    /// `verifyRunAsNonRoot`
    fn non_root_error(&self, idx: Idx) -> Option<String> {
        let container = &self.spec.containers[idx];
        let pod_context = self.pod_security();
        let own = container.api.security_context.as_ref();
        let non_root = own.and_then(|c| c.run_as_non_root).or(pod_context.and_then(|c| c.run_as_non_root));
        if non_root != Some(true) {
            return None;
        }
        let about = format!("(pod: \"{}\", container: {})", self.spec.full_name, container.name);
        match self.user(idx) {
            Some(0) => Some(format!("container's runAsUser breaks non-root policy {about}")),
            Some(_) => None,
            None => match shell::image_user_name(&self.image[idx]) {
                Some(name) => Some(format!(
                    "container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root {about}"
                )),
                // Whoever asks for it has an image of which it holds.
                None if shell::is_unknown_image(&self.image[idx]) => {
                    let about = format!("image {}", self.image[idx]);
                    self.world.assume(&about, "does not run as root", "spec.images");
                    None
                }
                None if shell::image_user(&self.image[idx]) == 0 => {
                    Some(format!("container has runAsNonRoot and image will run as root {about}"))
                }
                None => None,
            },
        }
    }

    /// `runAsUser` of the container, else of the Pod.
    fn user(&self, idx: Idx) -> Option<i64> {
        let own = self.own_security(idx).and_then(|c| c.run_as_user);
        own.or_else(|| self.pod_security().and_then(|c| c.run_as_user))
    }

    pub fn own_security(&self, idx: Idx) -> Option<&api::SecurityContext> {
        self.spec.containers[idx].api.security_context.as_ref()
    }

    pub fn is_privileged(&self, idx: Idx) -> bool {
        self.own_security(idx).and_then(|c| c.privileged) == Some(true)
    }

    pub fn pod_security(&self) -> Option<&api::PodSecurityContext> {
        self.trace.pod.spec.as_ref()?.security_context.as_ref()
    }

    /// `fsGroup`: whom volumes belong to.
    pub fn fs_group(&self) -> Option<u32> {
        self.pod_security()?.fs_group.map(id)
    }

    /// What the container may do.
    fn security(&self, idx: Idx) -> Security {
        let own = self.own_security(idx);
        let pod = self.pod_security();
        let groups = pod.and_then(|c| c.supplemental_groups.as_ref()).into_iter().flatten();
        let sysctls = pod.and_then(|c| c.sysctls.as_ref()).into_iter().flatten();
        Security {
            user: self.user(idx).map(id),
            group: own.and_then(|c| c.run_as_group).or(pod.and_then(|c| c.run_as_group)).map(id),
            fs_group: self.fs_group(),
            groups: groups.copied().map(id).collect(),
            privileged: self.is_privileged(idx),
            read_only_root: own.and_then(|c| c.read_only_root_filesystem) == Some(true),
            capabilities: bounding(own),
            no_new_privileges: own.and_then(|c| c.allow_privilege_escalation) == Some(false),
            seccomp: self.seccomp(idx).is_some_and(|p| p.type_ != "Unconfined"),
            sysctls: sysctls.map(|s| (s.name.clone(), s.value.clone())).collect(),
        }
    }

    /// The environment in order, with `$(VAR)` expanded; the kubelet's message when something it needs is missing.
    fn environment(&self, idx: Idx) -> Result<Environment, String> {
        let container = self.spec.containers[idx].api;
        let links = self.pod.spec.as_ref().and_then(|s| s.enable_service_links) != Some(false);
        let mut env = Environment { own: Vec::new(), links: self.world.service_links(self.now, links) };
        let mut room = MAX_EXPANDED;
        for source in container.env_from.iter().flatten() {
            self.add_env_from(source, &mut env.own)?;
        }
        for var in container.env.iter().flatten() {
            let value = match (&var.value, &var.value_from) {
                (Some(value), _) if !value.is_empty() => Some(expand(value, &env, &mut room)),
                (_, Some(source)) => self.env_source(idx, source)?,
                _ => Some(String::new()),
            };
            if let Some(value) = value {
                set(&mut env.own, &var.name, value);
            }
        }
        Ok(env)
    }

    fn add_env_from(&self, source: &api::EnvFromSource, env: &mut Vec<(String, String)>) -> Result<(), String> {
        let Some((kind, name, optional)) = env_object(source) else { return Ok(()) };
        let prefix = source.prefix.as_deref().unwrap_or_default();
        match self.world.object_data(kind, name, self.now) {
            Some(data) => {
                for (key, value) in data {
                    set(env, &format!("{prefix}{key}"), value);
                }
                Ok(())
            }
            None if optional => Ok(()),
            None => Err(format!("{} \"{name}\" not found", kind.to_ascii_lowercase())),
        }
    }

    /// Whether variables come from an object that is only assumed to exist.
    fn takes_assumed_env(&self, container: &api::Container) -> bool {
        let mut objects = container.env_from.iter().flatten().filter_map(env_object);
        objects.any(|(kind, name, _)| self.world.is_assumed(kind, name))
    }

    /// The value of a variable that comes from elsewhere; `None` when it may be left out.
    fn env_source(&self, idx: Idx, source: &api::EnvVarSource) -> Result<Option<String>, String> {
        if let Some(key) = &source.secret_key_ref {
            return self.key_of("Secret", &key.name, &key.key, key.optional == Some(true));
        }
        if let Some(key) = &source.config_map_key_ref {
            return self.key_of("ConfigMap", &key.name, &key.key, key.optional == Some(true));
        }
        if let Some(field) = &source.field_ref {
            return Ok(Some(self.field_value(&field.field_path)));
        }
        if let Some(file) = &source.file_key_ref {
            return self.file_key(file);
        }
        Ok(source.resource_field_ref.as_ref().map(|r| self.resource_value(r, Some(idx))))
    }

    /// A value from a file in a volume (`makeEnvironmentVariables` of the kubelet, 1.35). A file that is missing is an error for an optional
    /// key too.
    fn file_key(&self, selector: &api::FileKeySelector) -> Result<Option<String>, String> {
        let api::FileKeySelector { key, path, volume_name, optional } = selector;
        let Some((_, volume)) = self.volumes.get(volume_name) else {
            return Err(format!("cannot find the volume \"{volume_name}\" referenced by FileKeyRef"));
        };
        let text = volume.read(path, usize::MAX);
        if text.is_none() && volume.is_unknown() {
            self.world.assume(&format!("variable {key}"), "is set", "spec.containers");
            return Ok(Some(shell::SUPPOSED.into()));
        }
        let value = text.and_then(|text| env_file::value(&String::from_utf8_lossy(&text), key));
        match value.ok_or("couldn't parse env file")? {
            value if !value.is_empty() => Ok(Some(value)),
            _ if *optional == Some(true) => Ok(None),
            _ => {
                let place = format!("/var/lib/kubelet/pods/{}/volumes/kubernetes.io~empty-dir", self.spec.uid);
                Err(format!("environment variable key \"{key}\" not found in file \"{place}/{volume_name}/{path}\""))
            }
        }
    }

    fn key_of(&self, kind: &str, name: &str, key: &str, optional: bool) -> Result<Option<String>, String> {
        let Some(data) = self.world.object_data(kind, name, self.now) else {
            let missing = format!("{} \"{name}\" not found", kind.to_ascii_lowercase());
            return if optional { Ok(None) } else { Err(missing) };
        };
        match value_of(&data, key, self.world.is_assumed(kind, name)) {
            Some(value) => Ok(Some(value)),
            None if optional => Ok(None),
            None => Err(format!("couldn't find key {key} in {kind} {}/{name}", self.spec.namespace)),
        }
    }

    /// The value of a downward API field.
    pub fn field_value(&self, path: &str) -> String {
        let meta = &self.trace.pod.metadata;
        let service_account = self.trace.pod.spec.as_ref().and_then(|s| s.service_account_name.clone());
        let keyed = |map: &Option<BTreeMap<String, String>>, prefix: &str| {
            let key = path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']")?;
            Some(map.as_ref()?.get(key).cloned().unwrap_or_default())
        };
        let listed = |map: &Option<BTreeMap<String, String>>| {
            let lines = map.iter().flatten().map(|(k, v)| format!("{k}={v:?}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        match path {
            "metadata.name" => self.spec.name.to_string(),
            "metadata.namespace" => self.spec.namespace.to_string(),
            "metadata.uid" => self.spec.uid.to_string(),
            "metadata.labels" => listed(&meta.labels),
            "metadata.annotations" => listed(&meta.annotations),
            "spec.nodeName" => self.world.node_name.clone(),
            "spec.serviceAccountName" => service_account.unwrap_or_else(|| "default".into()),
            "status.hostIP" | "status.hostIPs" => self.world.node_ip.to_string(),
            "status.podIP" | "status.podIPs" => self.pod_ip().to_string(),
            _ => keyed(&meta.labels, "metadata.labels")
                .or_else(|| keyed(&meta.annotations, "metadata.annotations"))
                .unwrap_or_default(),
        }
    }

    /// The value of a resource field, rounded up to its divisor.
    pub fn resource_value(&self, r: &api::ResourceFieldSelector, idx: Option<Idx>) -> String {
        let named = |name: &String| self.spec.containers.iter().position(|c| *c.name == **name);
        let Some(idx) = r.container_name.as_ref().and_then(named).or(idx) else { return "0".into() };
        let (list, name) = r.resource.split_once('.').unwrap_or(("limits", &r.resource));
        let resources = self.spec.containers[idx].api.resources.as_ref();
        let quantities = resources.and_then(|r| if list == "limits" { r.limits.as_ref() } else { r.requests.as_ref() });
        let amount = quantities.and_then(|q| q.get(name)).map_or_else(|| self.world.allocatable(name), amount);
        in_divisors(name, amount, r.divisor.as_ref()).to_string()
    }

    /// Starts the container's command; the runtime's message if it cannot be started.
    pub fn start_process(&self, idx: Idx, attempt: u32, fault: Option<&FaultKind>) -> Result<Process, String> {
        let env = self.environment(idx).unwrap_or_default();
        let argv = command_line(&self.spec.containers[idx], &self.image[idx], &env);
        let config = self.container_config(idx, attempt, fault, env);
        let host = Rc::new(PodHost { world: self.world.clone(), container: idx });
        let recording = self.runtime.recordings[self.spec.alike[idx]].as_ref();
        if let Some(recording) = recording.filter(|r| r.fits(&config, &argv)) {
            return Ok(Process::Replay(Box::new(Replay::start(recording.clone(), config, host, self.now))));
        }
        let mut machine = Machine::new(config, host);
        match machine.start(self.now, &argv) {
            Ok(()) => Ok(Process::Machine(Box::new(machine))),
            Err(error) => Err(format!("{RUNC_PREFIX}{}", error.message())),
        }
    }

    /// What the container is made from.
    fn container_config(&self, idx: Idx, attempt: u32, fault: Option<&FaultKind>, env: Environment) -> Config {
        let container = &self.spec.containers[idx];
        let (slowdown, deaf) = match fault {
            Some(FaultKind::Slowdown(factor)) => (*factor, false),
            Some(FaultKind::IgnoreSigterm) => (1.0, true),
            _ => (1.0, false),
        };
        let named = |c: &&crate::scenario::ContainerFaults| c.name == *container.name;
        let limits = container.api.resources.as_ref().and_then(|r| r.limits.as_ref());
        let spec = self.pod.spec.as_ref();
        let memory = limits.and_then(|l| l.get("memory")).map(|q| amount(q).value());
        let (hostname, pod_ip) = (self.hostname(), self.pod_ip());
        let (hosts, resolv) = spec.map(|spec| self.world.net_files(spec, &pod_ip, &hostname)).unwrap_or_default();
        Config {
            hosts,
            resolv,
            image: self.image[idx].to_string(),
            role: match container.kind {
                ContainerKind::Init => Role::Init,
                ContainerKind::Main if self.spec.policy != Policy::Always => Role::Task,
                ContainerKind::Main | ContainerKind::Sidecar => Role::Main,
            },
            hostname,
            pod_ip,
            working_dir: container.api.working_dir.clone(),
            open_stdin: container.api.stdin == Some(true) || container.api.tty == Some(true),
            shares_pids: spec.is_some_and(|s| s.share_process_namespace == Some(true) || s.host_pid == Some(true)),
            security: self.security(idx),
            mounts: self.mounts(idx, &env),
            memory_limit: memory.and_then(|m| u64::try_from(m).ok()),
            seed: self.scenario.cluster.seed.unwrap_or(0) ^ ((idx as u64) << 32 | u64::from(attempt)),
            slowdown,
            ignore_sigterm: deaf,
            ports: container.served_ports(self.spec.host_network),
            unmodelled_duration: self.scenario.containers.iter().find(named).and_then(|c| c.duration),
            unknown_env: self.takes_assumed_env(container.api),
            env: env.own,
            links: env.links,
        }
    }

    /// Who shares the node's network shares its name.
    fn hostname(&self) -> String {
        if self.spec.host_network {
            return self.world.node_name.clone();
        }
        let asked = self.trace.pod.spec.as_ref().and_then(|s| s.hostname.clone());
        let mut name = asked.unwrap_or_else(|| self.spec.name.to_string());
        name.truncate(63);
        name
    }

    fn mounts(&self, idx: Idx, env: &Environment) -> Vec<Mount> {
        let container = self.spec.containers[idx].api;
        let mounted = container.volume_mounts.iter().flatten().filter_map(|m| {
            let (spec, volume) = self.volumes.get(&m.name)?;
            let fixed = spec.secret.is_some()
                || spec.config_map.is_some()
                || spec.projected.is_some()
                || spec.downward_api.is_some();
            Some(Mount {
                path: m.mount_path.clone(),
                volume: volume.clone(),
                sub_path: sub_path(m, env).ok().flatten(),
                read_only: fixed || m.read_only == Some(true),
            })
        });
        let mut mounts: Vec<Mount> = mounted.collect();
        const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
        let automount = self.trace.pod.spec.as_ref().and_then(|s| s.automount_service_account_token) != Some(false);
        if automount && mounts.iter().all(|m| m.path != ACCOUNT) {
            mounts.push(Mount { path: ACCOUNT.into(), volume: self.account(), sub_path: None, read_only: true });
        }
        mounts
    }
}

/// The number of a user or a group, as the kernel has it.
fn id(id: i64) -> u32 {
    id.clamp(0, i64::from(u32::MAX)) as u32
}

/// `command` and `args` over the image's entrypoint and command, with `$(VAR)` expanded. An image that nobody knows has
/// an entrypoint that nobody knows.
fn command_line(container: &super::spec::Container, image: &str, env: &Environment) -> Vec<String> {
    let mut room = MAX_EXPANDED;
    let mut expanded = |list: &Option<Vec<String>>| {
        let list = list.as_ref().filter(|l| !l.is_empty())?;
        Some(list.iter().map(|word| expand(word, env, &mut room)).collect::<Vec<_>>())
    };
    let args = expanded(&container.api.args);
    let (mut words, args) = match expanded(&container.api.command) {
        Some(command) => (command, args.unwrap_or_default()),
        None => match shell::image_default(image) {
            Some((entrypoint, default)) => (entrypoint, args.unwrap_or(default)),
            None => (vec!["entrypoint".to_string()], args.unwrap_or_default()),
        },
    };
    words.extend(args);
    words
}

/// The part of the volume that is mounted: `subPath`, or `subPathExpr` expanded; the names that this lacks.
fn sub_path(mount: &api::VolumeMount, env: &Environment) -> Result<Option<String>, String> {
    let Some(text) = &mount.sub_path_expr else { return Ok(mount.sub_path.clone()) };
    let (mut missing, mut room) = (BTreeSet::new(), MAX_EXPANDED);
    let path = expand_with(text, |name| {
        let value = env.get(name).filter(|value| !value.is_empty());
        if value.is_none() {
            missing.insert(name.to_string());
        }
        within(value?, &mut room)
    });
    if missing.is_empty() { Ok(Some(path)) } else { Err(missing.into_iter().collect::<Vec<_>>().join(", ")) }
}

/// The kind and the name of the object that variables come from, and whether it may be missing.
fn env_object(source: &api::EnvFromSource) -> Option<(&'static str, &str, bool)> {
    match (&source.config_map_ref, &source.secret_ref) {
        (Some(map), _) => Some(("ConfigMap", &map.name, map.optional == Some(true))),
        (None, Some(secret)) => Some(("Secret", &secret.name, secret.optional == Some(true))),
        (None, None) => None,
    }
}

/// The variables of a container.
#[derive(Default)]
struct Environment {
    /// The Pod's own.
    own: Vec<(String, String)>,
    /// Those of services, which give way to them.
    links: Links,
}

impl Environment {
    fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.links.iter().chain(&self.own).rev();
        all.find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// How many bytes of values references may bring: what Linux takes as arguments and environment. Variables that double each
/// other would fill the memory.
const MAX_EXPANDED: usize = 2 << 20;

/// `$(NAME)` becomes the variable's value, `$$` a dollar; what is unknown, or has no more room, stays as it is.
fn expand(text: &str, env: &Environment, room: &mut usize) -> String {
    expand_with(text, |name| env.get(name).and_then(|value| within(value, room)))
}

/// A value, if there is room for it.
fn within(value: &str, room: &mut usize) -> Option<String> {
    *room = room.checked_sub(value.len())?;
    Some(value.to_string())
}

/// A probe's command: only what stands in the Pod itself is put in place of `$(VAR)` (`ExpandContainerCommandOnlyStatic`); a
/// variable with its value elsewhere is empty. Hooks get their command as it is written.
pub fn static_command(command: &[String], container: &api::Container) -> Vec<String> {
    let mut room = MAX_EXPANDED;
    let value = |name: &str| {
        let var = container.env.iter().flatten().rev().find(|var| var.name == name)?;
        Some(var.value.as_deref().unwrap_or_default())
    };
    command.iter().map(|word| expand_with(word, |name| value(name).and_then(|v| within(v, &mut room)))).collect()
}

fn expand_with(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            match value(name) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    out
}

fn set(env: &mut Vec<(String, String)>, name: &str, value: String) {
    match env.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => *old = value,
        None => env.push((name.to_string(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_expand_as_the_kubelet_does() {
        let env = Environment { own: vec![("A".to_string(), "1".to_string())], links: Links::default() };
        for (text, expected) in [
            ("$(A)", "1"),
            ("$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)", "1111111111$(A)"),
            ("x$(A)y", "x1y"),
            ("$$(A)", "$(A)"),
            ("$(B)", "$(B)"),
            ("$A", "$A"),
            ("$(A", "$(A"),
            ("$", "$"),
        ] {
            assert_eq!(expand(text, &env, &mut 10), expected, "{text}");
        }
    }
}
