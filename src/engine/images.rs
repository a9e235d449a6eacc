//! Images: whether one is there, pulling it, and the pull back-off (`kubelet-semantics.md` 5).

use std::collections::{BTreeMap, BTreeSet};

use crate::kube::image;
use crate::scenario::PullError;
use crate::time::{Millis, go_duration};
use crate::trace::{BackOffKind, EntryId, EntryKind, Pull};

use super::look::{Flow, Step};
use super::run::Sim;
use super::spec::{Idx, PullPolicy};
use super::start::StartStage;

/// What the kubelet and the node know of images.
#[derive(Debug, Default)]
pub struct Images {
    /// Pulled during this run.
    present: BTreeSet<String>,
    backoff: BTreeMap<String, PullBackoff>,
    pulling: Option<Pulling>,
}

#[derive(Clone, Debug)]
struct PullBackoff {
    delay: Millis,
    failed: Millis,
    error: String,
    entry: EntryId,
}

/// The pull under way; one at a time in a Pod.
#[derive(Debug)]
struct Pulling {
    image: String,
    from: Millis,
    took: Millis,
    result: Result<u64, String>,
    entry: EntryId,
}

const FIRST_DELAY: Millis = Millis(10_000);
const LONGEST_DELAY: Millis = Millis(300_000);
const FORGET_AFTER: Millis = Millis(600_000);
/// The size of an image that the scenario does not describe, in bytes: the busybox of the recordings.
const TYPICAL_SIZE: u64 = 2_140_950;
/// Asking the registry about an image whose layers are all there.
const CHECK_DURATION: Millis = Millis(600);

impl Images {
    /// Whether the image came from a registry during this run.
    pub fn was_pulled(&self, image: &str) -> bool {
        self.present.contains(image)
    }

    /// The kubelet's process has ended; what was pulled is still there.
    pub fn forget(&mut self) {
        self.backoff.clear();
        self.pulling = None;
    }
}

impl Sim<'_> {
    /// `EnsureImageExists`
    pub fn ensure_image(&mut self, idx: Idx) -> Flow {
        if self.images.pulling.is_some() {
            return self.pull_ended(idx);
        }
        let image = self.image[idx].to_string();
        if let Some(problem) = image::problem(&image) {
            let message = format!(
                "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {problem}"
            );
            let cause = self.look_entry();
            self.event(Some(idx), true, "InspectFailed", message.clone(), cause);
            return self.retry_image(idx, "InvalidImageName", message);
        }
        let present = self.images.present.contains(&image) || self.world.image_on_node(&image);
        match self.spec.containers[idx].pull_policy {
            PullPolicy::Never if !present => {
                let message = format!("Container image \"{image}\" is not present with pull policy of Never");
                let cause = self.look_entry();
                self.event(Some(idx), true, "ErrImageNeverPull", message.clone(), cause);
                self.retry_image(idx, "ErrImageNeverPull", message)
            }
            PullPolicy::Always => self.pull(idx, image, present),
            _ if !present => self.pull(idx, image, false),
            _ => {
                self.end_backoffs(idx, |_| true);
                let cause = self.look_entry();
                let said =
                    format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
                self.event(Some(idx), false, "Pulled", said, cause);
                self.then([Step::Start(idx, StartStage::Pulled)]);
                Flow::After(self.latency.image_check)
            }
        }
    }

    /// A pull secret that is not there is no reason not to try.
    pub fn warn_of_pull_secrets(&mut self) {
        let missing = self.missing_pull_secrets();
        if missing.is_empty() {
            return;
        }
        let message = format!(
            "Unable to retrieve some image pull secrets ({}); attempting to pull the image may not succeed.",
            missing.join(", ")
        );
        let cause = self.look_entry();
        self.event(None, true, "FailedToRetrieveImagePullSecret", message, cause);
    }

    pub fn missing_pull_secrets(&self) -> Vec<&str> {
        let gone = |name: &&String| self.world.object_data("Secret", name, self.now).is_none();
        self.spec.pull_secrets.iter().filter(gone).map(String::as_str).collect()
    }

    /// A failure without a series of its own: looked at again after every error's time.
    fn retry_image(&mut self, idx: Idx, reason: &'static str, message: String) -> Flow {
        let delay = super::latency::RETRY;
        self.record_backoff(idx, BackOffKind::Retry, self.now, self.now + delay, delay);
        let cause = self.look_entry();
        self.fail_start(idx, reason, message, cause)
    }

    fn pull(&mut self, idx: Idx, image: String, present: bool) -> Flow {
        let now = self.now;
        self.images.backoff.retain(|_, b| now.since(b.failed) <= FORGET_AFTER);
        if let Some(b) = self.images.backoff.get(&image).filter(|b| now < b.failed + b.delay) {
            let wait = b.clone();
            return self.pull_backed_off(idx, &image, wait);
        }
        self.end_backoffs(idx, |_| true);
        let cause = self.look_entry();
        let entry = self.entry(Some(idx), EntryKind::PullStarted { image: image.clone() }, Some(cause));
        self.event(Some(idx), false, "Pulling", format!("Pulling image \"{image}\""), entry);
        self.trace.containers[idx].pulls.push(Pull { from: now, to: None, image: image.clone(), error: None });
        let known = self.world.image(&image);
        let error = self.world.pull_error(&image, now);
        if known.is_none() && !present && error.is_none() {
            self.world.assume(
                &format!("image {image}"),
                &format!("not on the node, pulled in {}", go_duration(self.latency.pull)),
                "spec.images",
            );
        }
        let pull = known.map(|i| i.pull.clone()).unwrap_or_default();
        let (took, result) = match error {
            Some(error) => (pull.duration.unwrap_or(self.latency.pull_error), Err(pull_error_message(&image, error))),
            None => {
                let typical = if present { CHECK_DURATION } else { self.latency.pull };
                (pull.duration.unwrap_or(typical), Ok(pull.size.unwrap_or(TYPICAL_SIZE)))
            }
        };
        self.images.pulling = Some(Pulling { image, from: now, took, result, entry });
        self.then([Step::Start(idx, StartStage::Image)]);
        Flow::After(took)
    }

    fn pull_ended(&mut self, idx: Idx) -> Flow {
        let Some(pulling) = self.images.pulling.take() else { return Flow::Next };
        let Pulling { image, took, result, entry, .. } = pulling;
        let now = self.now;
        if let Some(record) = self.trace.containers[idx].pulls.last_mut() {
            record.to = Some(now);
            record.error = result.as_ref().err().cloned();
        }
        match result {
            Ok(size) => {
                let entry = self.entry(Some(idx), EntryKind::PullFinished { image: image.clone() }, Some(entry));
                let d = go_duration(took);
                let said = format!(
                    "Successfully pulled image \"{image}\" in {d} ({d} including waiting). Image size: {size} bytes."
                );
                self.event(Some(idx), false, "Pulled", said, entry);
                self.images.backoff.remove(&image);
                self.images.present.insert(image);
                self.then([Step::Start(idx, StartStage::Pulled)]);
                Flow::After(self.latency.image_check)
            }
            Err(error) => {
                let kind = EntryKind::PullFailed { image: image.clone(), message: error.clone() };
                let entry = self.entry(Some(idx), kind, Some(entry));
                self.event(Some(idx), true, "Failed", format!("Failed to pull image \"{image}\": {error}"), entry);
                let before = self.images.backoff.get(&image).map(|b| b.delay);
                let delay = before.map_or(FIRST_DELAY, |d| Millis(d.0 * 2).min(LONGEST_DELAY));
                self.record_backoff(idx, BackOffKind::ImagePull, now, now + delay, delay);
                self.images.backoff.insert(image, PullBackoff { delay, failed: now, error: error.clone(), entry });
                self.fail_start(idx, "ErrImagePull", error, entry)
            }
        }
    }

    fn pull_backed_off(&mut self, idx: Idx, image: &str, wait: PullBackoff) -> Flow {
        let PullBackoff { delay, failed, error, entry: cause } = wait;
        let until = failed + delay;
        let kind = EntryKind::BackOff { what: BackOffKind::ImagePull, delay, since: failed, until };
        let entry = self.entry(Some(idx), kind, Some(cause));
        self.record_backoff(idx, BackOffKind::ImagePull, failed, until, delay);
        let said = format!("Back-off pulling image \"{image}\"");
        self.event(Some(idx), false, "BackOff", said.clone(), entry);
        self.fail_start(idx, "ImagePullBackOff", format!("{said}: ErrImagePull: {error}"), entry)
    }

    /// The kubelet's process has ended, and with it what it was at.
    pub fn break_off(&mut self) {
        if let Some(pulling) = self.images.pulling.take() {
            let now = self.now;
            let open = self.trace.containers.iter_mut().flat_map(|c| c.pulls.last_mut());
            if let Some(record) = open.into_iter().find(|p| p.to.is_none() && p.from == pulling.from) {
                record.to = Some(now);
                record.error = Some("context canceled".into());
            }
        }
        self.hooks.post_start = None;
    }
}

/// What containerd says. An error of no known class comes to the kubelet as `Unknown`, and the kubelet leaves such a code out.
fn pull_error_message(image: &str, error: PullError) -> String {
    let reference = image::full_reference(image);
    let failed = |why: &str| format!("failed to pull and unpack image \"{reference}\": failed to resolve image: {why}");
    match error {
        PullError::NotFound => {
            format!("rpc error: code = NotFound desc = {}", failed(&format!("{reference}: not found")))
        }
        PullError::Unreachable => failed(&unreachable(&reference)),
        PullError::Unauthorized => failed(
            "pull access denied, repository does not exist or may require authorization: server message: \
             insufficient_scope: authorization failed",
        ),
    }
}

/// A registry given by its address refuses to talk; a name is not known.
fn unreachable(reference: &str) -> String {
    let (host, path) = reference.split_once('/').unwrap_or((reference, ""));
    let registry = if host == "docker.io" { "registry-1.docker.io" } else { host };
    let (repository, version) = match path.split_once('@') {
        Some((named, digest)) => (named.split(':').next().unwrap_or(named), digest),
        None => path.rsplit_once(':').unwrap_or((path, "latest")),
    };
    let (name, port) = registry.rsplit_once(':').unwrap_or((registry, "443"));
    let local = name == "localhost" || name.starts_with("127.");
    let scheme = if local { "http" } else { "https" };
    let why = match name {
        "localhost" => format!("dial tcp 127.0.0.1:{port}: connect: connection refused"),
        _ if name.parse::<std::net::IpAddr>().is_ok() => format!("dial tcp {name}:{port}: connect: connection refused"),
        _ => format!("dial tcp: lookup {name}: no such host"),
    };
    format!("failed to do request: Head \"{scheme}://{registry}/v2/{repository}/manifests/{version}\": {why}")
}
