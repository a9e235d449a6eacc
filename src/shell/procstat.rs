//! What a process shows of itself below `/proc`: `status`, `comm` and `cmdline` are as they are when somebody looks.

use super::fs::normalize;
use super::image::program_of;
use super::inode::{Inode, components, make_dirs};
use super::kernel::{Ctx, Pid};

/// Writes the file that is about to be looked at, if it is one of these.
pub fn refresh(ctx: &Ctx, cwd: &str, path: &str) {
    if !path.starts_with("/proc/") && !cwd.starts_with("/proc") {
        return;
    }
    let path = normalize(cwd, path);
    let mut names = components(&path);
    let (Some("proc"), Some(who), Some(file), None) = (names.next(), names.next(), names.next(), names.next()) else {
        return;
    };
    let pid = match who {
        "self" | "thread-self" => Some(ctx.pid),
        number => number.parse::<Pid>().ok(),
    };
    let Some((pid, parent, command)) = ctx.kernel.list().into_iter().find(|(id, ..)| Some(*id) == pid) else { return };
    // The kernel keeps so much of a name.
    let name: String = program_of(&command).chars().take(15).collect();
    let text = match file {
        "comm" => name + "\n",
        "cmdline" => command.replace(' ', "\0") + "\0",
        "status" => status(ctx, pid, parent, &name),
        _ => return,
    };
    if let Ok(proc) = ctx.kernel.fs.borrow().find("/", "/proc", true) {
        make_dirs(&proc.inode, who).insert(file, Inode::file(text.into_bytes(), 0o444));
    }
}

/// `/proc/PID/status`, without what tells of memory. All processes of a container have the same rights (`proc_pid_status`).
fn status(ctx: &Ctx, pid: Pid, parent: Pid, name: &str) -> String {
    let kernel = &ctx.kernel;
    let (user, security) = (kernel.user, &kernel.config.security);
    let mut groups: Vec<u32> = security.groups.iter().chain(&security.fs_group).copied().chain([user.gid]).collect();
    if user.uid == 0 {
        groups.extend(kernel.image.groups_of_root().iter().map(|(id, _)| *id));
    }
    groups.sort_unstable();
    groups.dedup();
    let groups: String = groups.iter().map(|id| format!("{id} ")).collect();
    let state = if pid == ctx.pid { "R (running)" } else { "S (sleeping)" };
    let four = |id: u32| format!("{id}\t{id}\t{id}\t{id}");
    let bounding = security.capabilities;
    // Whoever is not root has none of them until he becomes it.
    let effective = if user.uid == 0 { bounding } else { 0 };
    let (no_new, seccomp) = (u8::from(security.no_new_privileges), if security.seccomp { 2 } else { 0 });
    format!(
        "Name:\t{name}\nUmask:\t0022\nState:\t{state}\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{parent}\nTracerPid:\t0\n\
         Uid:\t{}\nGid:\t{}\nFDSize:\t64\nGroups:\t{groups}\nNStgid:\t{pid}\nNSpid:\t{pid}\nThreads:\t1\n\
         CapInh:\t{:016x}\nCapPrm:\t{effective:016x}\nCapEff:\t{effective:016x}\nCapBnd:\t{bounding:016x}\nCapAmb:\t{:016x}\n\
         NoNewPrivs:\t{no_new}\nSeccomp:\t{seccomp}\nSeccomp_filters:\t{}\n",
        four(user.uid),
        four(user.gid),
        0,
        0,
        seccomp / 2,
    )
}
