//! Which of root's powers a container has, as the kernel numbers them (`containerd/internal/cri`, `linux/capability.h`).

use k8s_openapi::api::core::v1::SecurityContext;

/// In the kernel's order: the place is the bit.
#[rustfmt::skip]
const NAMES: [&str; 41] = [
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
    "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
    "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
    "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
    "CHECKPOINT_RESTORE",
];

const ALL: u64 = (1 << NAMES.len()) - 1;
/// What containerd gives to whom it is told nothing about.
const DEFAULT: u64 = 0xa804_25fb;

/// The bounding set. `ALL` is looked at first, then what is added by name, then what is dropped.
pub fn bounding(context: Option<&SecurityContext>) -> u64 {
    let Some(context) = context else { return DEFAULT };
    if context.privileged == Some(true) {
        return ALL;
    }
    let Some(capabilities) = &context.capabilities else { return DEFAULT };
    let (add, drop) =
        (capabilities.add.as_deref().unwrap_or_default(), capabilities.drop.as_deref().unwrap_or_default());
    let all = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case("ALL"));
    let bits = |list: &[String]| {
        let bit = |name: &String| NAMES.iter().position(|known| name.eq_ignore_ascii_case(known));
        list.iter().filter_map(bit).fold(0, |bits, place| bits | 1 << place)
    };
    let base = match (all(add), all(drop)) {
        (_, true) => 0,
        (true, false) => ALL,
        (false, false) => DEFAULT,
    };
    (base | bits(add)) & !bits(drop)
}
