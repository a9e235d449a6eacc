//! The world outside a container, as its processes can ask about it, and what a container is made from.

use super::volume::Volume;
use crate::time::Millis;
use std::rc::Rc;

/// How an attempt to reach a port ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Open,
    Refused,
    Timeout,
    NoSuchHost,
}

/// What `kubectl get`, `wait` and `rollout status` see of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectView {
    pub ready: bool,
    pub data: Vec<(String, String)>,
}

/// The world outside the container. Every question is asked at a moment of virtual time.
pub trait Host {
    /// The address behind a DNS name.
    fn resolve(&self, now: Millis, name: &str) -> Option<String>;
    fn connect(&self, now: Millis, host: &str, port: u16) -> Connection;
    /// An object of the cluster, by its kind as kubectl's user wrote it (`deployment`, `svc`, `pods`).
    fn object(&self, now: Millis, kind: &str, name: &str) -> Option<ObjectView>;
    /// Whether another container of this Pod listens on `port`.
    fn local_port(&self, now: Millis, port: u16) -> bool;
    /// The page that another container of this Pod serves, or an HTTP status that is not success; nothing where nobody knows.
    fn local_page(&self, now: Millis, port: u16, path: &str) -> Option<Result<Vec<u8>, u16>>;
    /// Something was assumed; the trace lists it and the user sees it.
    fn assume(&self, about: &str, assumed: &str);
    /// A limit was reached: an entry that the user sees.
    fn bound(&self, now: Millis, what: &str);
}

/// How long programs that nobody models run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A second, then success.
    Init,
    /// For ever.
    Main,
    /// Ten seconds, then success: the main container of a Pod that is not for ever. One that serves a port is.
    Task,
}

/// A volume at a place in a container.
#[derive(Clone, Debug)]
pub struct Mount {
    pub path: String,
    pub volume: Volume,
    pub sub_path: Option<String>,
    pub read_only: bool,
}

/// What a container may do: its `securityContext` and that of its Pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Security {
    /// `runAsUser`; absent, the image's own.
    pub user: Option<u32>,
    /// `runAsGroup`; absent, that of root.
    pub group: Option<u32>,
    /// `fsGroup`: volumes belong to it.
    pub fs_group: Option<u32>,
    /// `supplementalGroups`
    pub groups: Vec<u32>,
    pub privileged: bool,
    /// `readOnlyRootFilesystem`: only volumes and `/dev` can be written.
    pub read_only_root: bool,
    /// The powers of root that it may have, by their bits.
    pub capabilities: u64,
    /// `allowPrivilegeEscalation: false`
    pub no_new_privileges: bool,
    /// What it may ask of the kernel is filtered.
    pub seccomp: bool,
    /// `sysctls`, by name.
    pub sysctls: Vec<(String, String)>,
}

/// What a container is made from.
#[derive(Clone, Debug)]
pub struct Config {
    pub image: String,
    pub role: Role,
    pub hostname: String,
    /// The Pod's; with `hostNetwork` the node's.
    pub pod_ip: Rc<str>,
    /// `/etc/hosts`.
    pub hosts: Rc<str>,
    /// `/etc/resolv.conf`.
    pub resolv: Rc<str>,
    pub env: Vec<(String, String)>,
    /// Variables that tell of services; those of `env` hide them.
    pub links: Rc<[(String, String)]>,
    pub working_dir: Option<String>,
    /// `stdin` or `tty`: standard input stays open, and nobody writes to it.
    pub open_stdin: bool,
    /// `shareProcessNamespace` or `hostPID`: the first process is none that signals spare.
    pub shares_pids: bool,
    pub security: Security,
    pub mounts: Vec<Mount>,
    /// Bytes; absent, the node's.
    pub memory_limit: Option<u64>,
    pub seed: u64,
    /// Every wait takes this many times as long.
    pub slowdown: f64,
    pub ignore_sigterm: bool,
    /// Variables come from an object of which nobody says what is in it.
    pub unknown_env: bool,
    /// The ports that the container says it serves: there a program that nobody models is taken to answer.
    pub ports: Vec<u16>,
    /// What a program that nobody models takes; absent, as [`Role`] says.
    pub unmodelled_duration: Option<Millis>,
}

impl Config {
    /// A container of `image` with nothing special.
    pub fn new(image: &str) -> Config {
        Config {
            image: image.into(),
            role: Role::Init,
            hostname: "demo".into(),
            pod_ip: "10.88.0.10".into(),
            hosts: "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n10.88.0.10\tdemo\n".into(),
            resolv: "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n".into(),
            env: Vec::new(),
            links: Rc::default(),
            working_dir: None,
            open_stdin: false,
            shares_pids: false,
            security: Security::default(),
            mounts: Vec::new(),
            memory_limit: None,
            seed: 0,
            slowdown: 1.0,
            ignore_sigterm: false,
            unknown_env: false,
            ports: Vec::new(),
            unmodelled_duration: None,
        }
    }

    /// Whether containers made from both are alike, volumes and chance aside.
    pub(super) fn resembles(&self, other: &Config) -> bool {
        let Config {
            image,
            role,
            hostname,
            pod_ip,
            hosts,
            resolv,
            env,
            links,
            working_dir,
            open_stdin,
            shares_pids,
            ..
        } = self;
        let Config {
            security, memory_limit, slowdown, ignore_sigterm, unmodelled_duration, mounts: _, seed: _, ..
        } = self;
        (image, role, hostname, env, links) == (&other.image, &other.role, &other.hostname, &other.env, &other.links)
            && (working_dir, open_stdin, shares_pids) == (&other.working_dir, &other.open_stdin, &other.shares_pids)
            && (hosts, resolv) == (&other.hosts, &other.resolv)
            && (security, memory_limit, pod_ip) == (&other.security, &other.memory_limit, &other.pod_ip)
            && (slowdown, ignore_sigterm) == (&other.slowdown, &other.ignore_sigterm)
            && *unmodelled_duration == other.unmodelled_duration
    }
}
