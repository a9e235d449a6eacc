//! What the kernel shows of itself as files: `/proc` and `/sys`, as far as scripts read them.
//!
//! The machine is the one that `free` and `nproc` describe: two processors and 24 GiB. Nothing here changes by itself; what a script writes
//! to a setting stays there.

use super::host::Config;
use super::inode::{Content, Device, Inode, make_dirs, put_file};
use super::output::Stream;

/// In KiB: what there is, what is free, and what is free or can be freed.
pub const MEMORY: [u64; 3] = [25_165_824, 20_971_520, 22_020_096];
pub const PROCESSORS: u32 = 2;
pub const RELEASE: &str = "6.1.0";
/// How many files a process may have open, as containerd sets it.
pub const OPEN_FILES: u64 = 1_048_576;

/// Settings of the kernel, as a node has them.
#[rustfmt::skip]
const SETTINGS: &[(&str, &str)] = &[
    ("fs.aio-max-nr", "65536"), ("fs.file-max", "9223372036854775807"), ("fs.inotify.max_queued_events", "16384"),
    ("fs.inotify.max_user_instances", "128"), ("fs.inotify.max_user_watches", "188434"), ("fs.nr_open", "1048576"),
    ("fs.pipe-max-size", "1048576"),
    ("kernel.core_pattern", "core"), ("kernel.domainname", "(none)"), ("kernel.msgmax", "8192"), ("kernel.msgmnb", "16384"),
    ("kernel.msgmni", "32000"), ("kernel.osrelease", RELEASE), ("kernel.ostype", "Linux"), ("kernel.panic", "10"),
    ("kernel.panic_on_oops", "1"), ("kernel.pid_max", "4194304"), ("kernel.randomize_va_space", "2"),
    ("kernel.sem", "32000\t1024000000\t500\t32000"), ("kernel.shmall", "18446744073692774399"),
    ("kernel.shmmax", "18446744073692774399"), ("kernel.shmmni", "4096"), ("kernel.threads-max", "192113"),
    ("net.core.default_qdisc", "pfifo_fast"), ("net.core.netdev_max_backlog", "1000"), ("net.core.optmem_max", "20480"),
    ("net.core.rmem_default", "212992"), ("net.core.rmem_max", "212992"), ("net.core.somaxconn", "4096"),
    ("net.core.wmem_default", "212992"), ("net.core.wmem_max", "212992"),
    ("net.ipv4.conf.all.forwarding", "1"), ("net.ipv4.conf.all.rp_filter", "0"), ("net.ipv4.conf.all.route_localnet", "0"),
    ("net.ipv4.conf.default.rp_filter", "0"), ("net.ipv4.ip_forward", "1"), ("net.ipv4.ip_local_port_range", "32768\t60999"),
    ("net.ipv4.ip_nonlocal_bind", "0"), ("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ping_group_range", "0\t2147483647"),
    ("net.ipv4.tcp_congestion_control", "cubic"), ("net.ipv4.tcp_fin_timeout", "60"), ("net.ipv4.tcp_keepalive_intvl", "75"),
    ("net.ipv4.tcp_keepalive_probes", "9"), ("net.ipv4.tcp_keepalive_time", "7200"), ("net.ipv4.tcp_max_syn_backlog", "2048"),
    ("net.ipv4.tcp_retries2", "15"), ("net.ipv4.tcp_rmem", "4096\t131072\t6291456"), ("net.ipv4.tcp_syncookies", "1"),
    ("net.ipv4.tcp_tw_reuse", "2"), ("net.ipv4.tcp_wmem", "4096\t16384\t4194304"),
    ("net.ipv6.conf.all.disable_ipv6", "0"), ("net.ipv6.conf.all.forwarding", "0"), ("net.ipv6.conf.default.disable_ipv6", "0"),
    ("net.netfilter.nf_conntrack_max", "262144"),
    ("vm.dirty_background_ratio", "10"), ("vm.dirty_ratio", "20"), ("vm.drop_caches", "0"), ("vm.max_map_count", "65530"),
    ("vm.min_free_kbytes", "67584"), ("vm.nr_hugepages", "0"), ("vm.overcommit_memory", "1"), ("vm.overcommit_ratio", "50"),
    ("vm.panic_on_oom", "0"), ("vm.swappiness", "60"), ("vm.vfs_cache_pressure", "100"),
];

/// What a process shows of itself, and of the mounts that it sees.
const OWN: [&str; 3] = ["1", "self", "thread-self"];

/// `/proc` of a container.
pub fn proc(config: &Config) -> Inode {
    let root = Inode::dir(0o555);
    let [total, free, available] = MEMORY;
    let meminfo = format!(
        "MemTotal:       {total} kB\nMemFree:        {free} kB\nMemAvailable:   {available} kB\n\
         Buffers:          131072 kB\nCached:          1966080 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n"
    );
    let version = format!("Linux version {RELEASE} (builder@node) (gcc) #1 SMP\n");
    let mounts = mounts(config);
    for (name, text) in [
        ("cpuinfo", (0..PROCESSORS).map(processor).collect::<String>()),
        ("filesystems", "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\n\text4\nnodev\toverlay\n".into()),
        ("loadavg", "0.00 0.00 0.00 1/128 1\n".into()),
        ("meminfo", meminfo),
        ("mounts", mounts.clone()),
        (
            "stat",
            "cpu  1000 0 1000 100000 0 0 0 0 0 0\ncpu0 500 0 500 50000 0 0 0 0 0 0\ncpu1 500 0 500 50000 0 0 0 0 0 0\n"
                .into(),
        ),
        ("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".into()),
        ("uptime", "60.00 115.00\n".into()),
        ("version", version),
    ] {
        root.insert(name, Inode::file(text.into_bytes(), 0o444));
    }
    for name in OWN {
        let own = make_dirs(&root, name);
        // The last three are written when somebody looks (`procstat`).
        let files = [
            ("cgroup", "0::/\n"),
            ("mounts", &*mounts),
            ("oom_score_adj", "0\n"),
            ("comm", ""),
            ("cmdline", ""),
            ("status", ""),
        ];
        for (name, text) in files {
            own.insert(name, Inode::file(text.into(), 0o444));
        }
        let descriptors = make_dirs(&own, "fd");
        for (number, of_first) in (0..).zip([Device::Null, Device::Log(Stream::Stdout), Device::Log(Stream::Stderr)]) {
            let device = if name == "1" { of_first } else { Device::Descriptor(number) };
            descriptors.insert(&number.to_string(), Inode::new(Content::Device(device), 0o700));
        }
    }
    let sys = make_dirs(&root, "sys");
    let own = config.security.sysctls.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let hostname = ("kernel.hostname", config.hostname.as_str());
    for (name, value) in SETTINGS.iter().copied().chain([hostname]).chain(own) {
        put_file(&sys, &setting_path(name), format!("{value}\n").into(), 0o644);
    }
    make_dirs(&sys, "kernel/random").insert("uuid", Inode::new(Content::Device(Device::Uuid), 0o444));
    root
}

/// `/sys` of a container: its group's limits, and the switches for large pages.
pub fn sys(config: &Config) -> Inode {
    let root = Inode::dir(0o555);
    let limit = config.memory_limit.map_or_else(|| "max".into(), |bytes| bytes.to_string());
    for (path, text) in [
        ("fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc"),
        ("fs/cgroup/cpu.max", "max 100000"),
        ("fs/cgroup/memory.current", "4194304"),
        ("fs/cgroup/memory.max", &limit),
        ("fs/cgroup/pids.max", "max"),
        ("kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never"),
        ("kernel/mm/transparent_hugepage/enabled", "always [madvise] never"),
    ] {
        put_file(&root, path, format!("{text}\n").into(), 0o644);
    }
    root
}

/// Where below `/proc/sys` a setting lies: `net/ipv4/ip_forward` for `net.ipv4.ip_forward`. Who writes it with slashes means a name with
/// dots in it.
pub fn setting_path(name: &str) -> String {
    let other_way = |c| match c {
        '.' => '/',
        '/' => '.',
        c => c,
    };
    match name.find(['.', '/']) {
        Some(at) if name[at..].starts_with('.') => name.chars().map(other_way).collect(),
        _ => name.into(),
    }
}

fn processor(number: u32) -> String {
    format!(
        "processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2500.000\ncpu cores\t: 2\n\n"
    )
}

/// The mounts of a container, as `/proc/mounts` lists them.
fn mounts(config: &Config) -> String {
    let root = if config.security.read_only_root { "ro" } else { "rw" };
    let kernel = if config.security.privileged { "rw" } else { "ro" };
    let mut text = format!(
        "overlay / overlay {root},relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n\
         tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\nsysfs /sys sysfs {kernel},nosuid,nodev,noexec,relatime 0 0\n\
         cgroup /sys/fs/cgroup cgroup2 {kernel},nosuid,nodev,noexec,relatime 0 0\n"
    );
    for mount in &config.mounts {
        let (device, kind, options) = mount.volume.medium().mounted(mount.read_only);
        text.push_str(&format!("{device} {} {kind} {options} 0 0\n", mount.path.trim_end_matches('/')));
    }
    text
}
