//! Volumes: what must be mounted before the sandbox, retries that double, and the files that containers find
//! (`kubelet-semantics.md` 7).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;

use crate::kube::quantity::Quantity;
use crate::shell::{SUPPOSED, Volume};
use crate::time::Millis;
use crate::trace::{EntryId, EntryKind};

use super::eviction;
use super::latency::VOLUME_POLL;
use super::run::{Ev, Sim};
use super::spec::{Spec, hex_digits};
use super::worker::WorkPhase;
use super::world::ROOT_CA;

/// The Pod's volumes on the node.
#[derive(Debug)]
pub struct Volumes {
    list: Vec<Mounting>,
    started: bool,
    /// The volume manager is done not before this moment.
    ready_at: Millis,
    /// The look that waits, as it has said.
    pub pending: Option<EntryId>,
    /// What handed the volumes over.
    asked_by: EntryId,
    /// What admission gives every Pod that does not refuse it: made when the first container starts, and shared by all.
    account: OnceCell<Volume>,
}

struct Mounting {
    spec: api::Volume,
    /// How large it may grow.
    limit: Option<Quantity>,
    mounted: Option<Volume>,
    next_try: Millis,
    delay: Millis,
}

impl std::fmt::Debug for Mounting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} mounted: {} next: {}", self.spec.name, self.mounted.is_some(), self.next_try)
    }
}

/// Whether a volume belongs to the Pod's `fsGroup`: what is the node's own or comes from afar keeps its owners.
fn is_made_by_kubelet(volume: &api::Volume) -> bool {
    let api::Volume { empty_dir, secret, config_map, projected, downward_api, .. } = volume;
    empty_dir.is_some() || secret.is_some() || config_map.is_some() || projected.is_some() || downward_api.is_some()
}

/// Whether an emptyDir is in memory: its room is fixed, and a restart of the node empties it.
pub fn is_in_memory(dir: &api::EmptyDirVolumeSource) -> bool {
    dir.medium.as_deref() == Some("Memory")
}

/// How large an emptyDir may be; zero says nothing.
pub fn size_limit(dir: &api::EmptyDirVolumeSource) -> Option<Quantity> {
    Some(Quantity::read(&dir.size_limit.as_ref()?.0)).filter(|limit| *limit > Quantity::ZERO)
}

/// A new emptyDir: one in memory has the size of its limit, and who writes more is told so (7.6).
fn empty_dir(dir: &api::EmptyDirVolumeSource) -> Volume {
    if is_in_memory(dir) { Volume::in_memory(size_limit(dir).map(|size| size.value() as u64)) } else { Volume::empty() }
}

const FIRST_DELAY: Millis = Millis(500);
const LONGEST_DELAY: Millis = Millis(122_000);

impl Volumes {
    pub fn new(pod: &api::Pod, _spec: &Spec) -> Volumes {
        let volumes = pod.spec.as_ref().and_then(|s| s.volumes.clone()).unwrap_or_default();
        let list = volumes
            .into_iter()
            .map(|spec| Mounting {
                limit: eviction::limit(&spec),
                spec,
                mounted: None,
                next_try: Millis::NEVER,
                delay: FIRST_DELAY,
            })
            .collect();
        Volumes {
            list,
            started: false,
            ready_at: Millis::NEVER,
            pending: None,
            asked_by: EntryId(0),
            account: OnceCell::new(),
        }
    }

    /// The volumes with a limit that are there: name, limit, files.
    pub fn limited(&self) -> impl Iterator<Item = (&str, Quantity, &Volume)> {
        self.list.iter().filter_map(|m| Some((m.spec.name.as_str(), m.limit?, m.mounted.as_ref()?)))
    }

    /// The emptyDirs on the node's disk that are there.
    pub fn on_disk(&self) -> impl Iterator<Item = &Volume> {
        let dirs = self.list.iter().filter(|m| m.spec.empty_dir.as_ref().is_some_and(|dir| !is_in_memory(dir)));
        dirs.filter_map(|m| m.mounted.as_ref())
    }

    pub fn all_mounted(&self, now: Millis) -> bool {
        now >= self.ready_at && self.list.iter().all(|m| m.mounted.is_some())
    }

    /// The next poll of a wait that began at `since` at which something may have changed.
    pub fn next_look(&self, since: Millis, now: Millis) -> Millis {
        if now < self.ready_at {
            return self.ready_at;
        }
        let tries = self.list.iter().filter(|m| m.mounted.is_none()).map(|m| m.next_try).filter(|t| *t > now);
        let change = tries.min().unwrap_or(Millis::NEVER);
        let polls = change.since(since).0.div_ceil(VOLUME_POLL.0).max(1);
        since + Millis(polls.saturating_mul(VOLUME_POLL.0))
    }

    /// The mounted volume of this name.
    pub fn get(&self, name: &str) -> Option<(&api::Volume, &Volume)> {
        let found = self.list.iter().find(|m| m.spec.name == name)?;
        Some((&found.spec, found.mounted.as_ref()?))
    }

    /// The node has restarted: what was in memory is gone.
    pub fn node_rebooted(&mut self) {
        for mounting in &mut self.list {
            if let Some(dir) = mounting.spec.empty_dir.as_ref().filter(|dir| is_in_memory(dir))
                && mounting.mounted.is_some()
            {
                mounting.mounted = Some(empty_dir(dir));
            }
        }
    }
}

impl Sim<'_> {
    /// The first look hands the volumes to the volume manager.
    pub fn begin_mounting(&mut self) {
        if self.volumes.started {
            return;
        }
        self.volumes.started = true;
        self.volumes.asked_by = self.look_entry();
        self.volumes.ready_at = self.now + self.latency.volumes;
        let first = self.now + self.latency.first_mount;
        for mounting in &mut self.volumes.list {
            mounting.next_try = first;
        }
        self.queue.push(first, Ev::Mount);
    }

    /// Tries what is due.
    pub fn try_mounts(&mut self) {
        if !self.kubelet_up {
            self.queue.push(self.now + Millis::secs(1), Ev::Mount);
            return;
        }
        if matches!(self.worker.phase, WorkPhase::Terminated | WorkPhase::Finished) {
            return;
        }
        for i in 0..self.volumes.list.len() {
            let due = self.volumes.list[i].mounted.is_none() && self.volumes.list[i].next_try <= self.now;
            if due {
                self.try_mount(i);
            }
        }
    }

    fn try_mount(&mut self, i: usize) {
        let spec = self.volumes.list[i].spec.clone();
        match self.volume_content(&spec) {
            Ok(volume) => {
                if let Some(group) = self.fs_group().filter(|_| is_made_by_kubelet(&spec)) {
                    volume.give_to(group, spec.empty_dir.is_none());
                }
                self.volumes.list[i].mounted = Some(volume);
            }
            Err(problem) => {
                let mounting = &mut self.volumes.list[i];
                let delay = mounting.delay;
                mounting.delay = Millis(delay.0 * 2).min(LONGEST_DELAY);
                mounting.next_try = self.now + delay;
                self.queue.push(self.now + delay, Ev::Mount);
                let message = format!("MountVolume.SetUp failed for volume \"{}\" : {problem}", spec.name);
                let kind = EntryKind::MountFailed { volume: spec.name, message: message.clone() };
                let cause = self.volumes.pending.unwrap_or(self.volumes.asked_by);
                let entry = self.entry(None, kind, Some(cause));
                self.event(None, true, "FailedMount", message, entry);
            }
        }
    }

    /// The files of a volume, or why it cannot be mounted.
    fn volume_content(&self, volume: &api::Volume) -> Result<Volume, String> {
        if let Some(secret) = &volume.secret {
            let name = secret.secret_name.as_deref().unwrap_or_default();
            let items = Items::new(&secret.items, secret.optional, secret.default_mode);
            return self.object_files("Secret", name, &items).map(|files| self.written(files, &volume.name, true));
        }
        if let Some(map) = &volume.config_map {
            let items = Items::new(&map.items, map.optional, map.default_mode);
            return self
                .object_files("ConfigMap", &map.name, &items)
                .map(|files| self.written(files, &volume.name, false));
        }
        if let Some(projected) = &volume.projected {
            return self.projected_files(projected).map(|files| self.written(files, &volume.name, true));
        }
        if let Some(downward) = &volume.downward_api {
            let files = self.downward_files(downward.items.as_deref().unwrap_or_default());
            return Ok(self.written(files.into(), &volume.name, true));
        }
        if volume.host_path.as_ref().is_some_and(is_file) {
            return Ok(Volume::file());
        }
        let content = volume.empty_dir.as_ref().map_or_else(Volume::empty, empty_dir);
        let made_here =
            volume.empty_dir.is_some() || volume.persistent_volume_claim.is_some() || volume.ephemeral.is_some();
        // All else comes from outside the cluster, or from the node.
        if !made_here {
            content.set_unknown();
        }
        Ok(content)
    }

    /// A volume with these files. Only those of a ConfigMap lie on the node's disk.
    fn written(&self, files: Files, name: &str, in_memory: bool) -> Volume {
        let volume = self.payload(files.list, name, in_memory, self.now);
        if files.more {
            volume.set_unknown();
        }
        volume
    }

    /// The volume of the service account, with its token and what is needed to use it.
    pub fn account(&self) -> Volume {
        let made = || {
            let own = [("namespace", &*self.spec.namespace), ("token", "simulated-token")];
            let files = ROOT_CA.iter().chain(&own);
            let files = files.map(|(name, text)| (name.to_string(), text.as_bytes().to_vec(), 0o644));
            self.payload(files.collect(), "kube-api-access", true, Millis::ZERO)
        };
        self.volumes.account.get_or_init(made).clone()
    }

    /// A volume of the kubelet's with these files, written at a moment.
    fn payload(&self, files: Vec<File>, name: &str, in_memory: bool, at: Millis) -> Volume {
        let chance = hex_digits(&format!("{}/{name}", self.spec.uid), 8);
        Volume::from_payload(files, at, in_memory, u32::from_str_radix(&chance, 16).unwrap_or_default())
    }

    /// Every source is tried, and all that is missing is told together.
    fn projected_files(&self, projected: &api::ProjectedVolumeSource) -> Result<Files, String> {
        let mut files = Files::default();
        let mut errors: Vec<String> = Vec::new();
        let mut take = |found: Result<Files, String>| match found {
            Ok(found) => {
                files.list.extend(found.list);
                files.more |= found.more;
            }
            Err(error) if errors.contains(&error) => {}
            Err(error) => errors.push(error),
        };
        for source in projected.sources.iter().flatten() {
            if let Some(secret) = &source.secret {
                let items = Items::new(&secret.items, secret.optional, projected.default_mode);
                take(self.object_files("Secret", &secret.name, &items));
            }
            if let Some(map) = &source.config_map {
                let items = Items::new(&map.items, map.optional, projected.default_mode);
                take(self.object_files("ConfigMap", &map.name, &items));
            }
            if let Some(token) = &source.service_account_token {
                take(Ok(vec![(token.path.clone(), b"simulated-token".to_vec(), 0o644)].into()));
            }
            if let Some(downward) = &source.downward_api {
                take(Ok(self.downward_files(downward.items.as_deref().unwrap_or_default()).into()));
            }
        }
        match errors.as_slice() {
            [] => Ok(files),
            [one] => Err(one.clone()),
            all => Err(format!("[{}]", all.join(", "))),
        }
    }

    fn downward_files(&self, items: &[api::DownwardAPIVolumeFile]) -> Vec<File> {
        let value = |item: &api::DownwardAPIVolumeFile| match (&item.field_ref, &item.resource_field_ref) {
            (Some(field), _) => self.field_value(&field.field_path),
            (None, Some(resource)) => self.resource_value(resource, None),
            (None, None) => String::new(),
        };
        items.iter().map(|item| (item.path.clone(), value(item).into_bytes(), 0o644)).collect()
    }

    /// The files of a Secret or ConfigMap: all keys, or the items asked for. Of one that is only assumed nobody knows which keys it has.
    fn object_files(&self, kind: &str, name: &str, items: &Items) -> Result<Files, String> {
        let mode = items.mode.unwrap_or(0o644) as u32;
        let Some(data) = self.world.object_data(kind, name, self.now) else {
            let missing = format!("{} \"{name}\" not found", kind.to_ascii_lowercase());
            return if items.optional { Ok(Files::default()) } else { Err(missing) };
        };
        let Some(list) = items.list else {
            let list = data.into_iter().map(|(key, value)| (key, value.into_bytes(), mode)).collect();
            return Ok(Files { list, more: self.world.is_assumed(kind, name) });
        };
        let mut files = Vec::new();
        for item in list {
            match value_of(&data, &item.key, self.world.is_assumed(kind, name)) {
                Some(value) => {
                    files.push((item.path.clone(), value.into_bytes(), item.mode.map_or(mode, |m| m as u32)))
                }
                None if items.optional => {}
                None if kind == "Secret" => return Err(format!("references non-existent secret key: {}", item.key)),
                None => return Err(format!("configmap references non-existent config key: {}", item.key)),
            }
        }
        Ok(files.into())
    }
}

/// Whether a path of the node is that of a file: it says so, or, where it does not say what it is, it is called like one.
fn is_file(host: &api::HostPathVolumeSource) -> bool {
    const NAMES: [&str; 7] = ["group", "hostname", "hosts", "localtime", "machine-id", "passwd", "timezone"];
    const ENDS: [&str; 13] =
        ["cfg", "conf", "crt", "env", "ini", "json", "key", "log", "pem", "sh", "sock", "toml", "yaml"];
    match host.type_.as_deref().unwrap_or_default() {
        "" => host.path.rsplit('/').next().is_some_and(|name| {
            let end = name.rsplit_once('.').map(|(_, end)| end);
            NAMES.contains(&name) || end.is_some_and(|end| ENDS.contains(&end))
        }),
        kind => matches!(kind, "File" | "FileOrCreate" | "Socket" | "CharDevice" | "BlockDevice"),
    }
}

/// Path, content and mode.
pub type File = (String, Vec<u8>, u32);

/// What goes into a volume.
#[derive(Default)]
struct Files {
    list: Vec<File>,
    /// Others may be among them, of which nobody knows.
    more: bool,
}

impl From<Vec<File>> for Files {
    fn from(list: Vec<File>) -> Files {
        Files { list, more: false }
    }
}

/// Which keys of an object become files, and how.
struct Items<'a> {
    list: Option<&'a [api::KeyToPath]>,
    optional: bool,
    mode: Option<i32>,
}

impl<'a> Items<'a> {
    fn new(list: &'a Option<Vec<api::KeyToPath>>, optional: Option<bool>, mode: Option<i32>) -> Items<'a> {
        Items { list: list.as_deref(), optional: optional == Some(true), mode }
    }
}

/// The value of a key; an object that is only assumed to exist is assumed to have every key.
pub fn value_of(data: &BTreeMap<String, String>, key: &str, assumed: bool) -> Option<String> {
    data.get(key).cloned().or_else(|| assumed.then(|| SUPPOSED.to_string()))
}
