//! Traps, background jobs and signals.

use crate::shell::ast::Dialect;
use crate::shell::image::ShellKind;
use crate::shell::kernel::{Disposition, NEVER, Status};
use crate::shell::signals;
use crate::shell::state::{Flow, Job, Shell, Stop};
use std::rc::Rc;

impl Shell {
    pub(super) async fn trap(&mut self, args: &[String]) -> Flow {
        let args: Vec<String> = args.iter().filter(|a| *a != "--").cloned().collect();
        if args.first().is_some_and(|a| a == "-p") && self.kind == ShellKind::Ash {
            return Err(self.bad("illegal option -p").await);
        }
        if args.is_empty() || args[0] == "-p" {
            let mut text = String::new();
            for (signal, command) in self.traps.iter() {
                text.push_str(&format!(
                    "trap -- {} {}\n",
                    crate::shell::quote::single_quote(command),
                    signals::name(*signal)
                ));
            }
            self.write_fd(1, text.as_bytes()).await;
            return Ok(0);
        }
        if args[0] == "-l" {
            return self.list_signals().await;
        }
        let (action, names) = match args.len() {
            1 => (None, &args[..]),
            _ => (Some(args[0].as_str()).filter(|a| *a != "-"), &args[1..]),
        };
        // A number in place of an action resets that signal too.
        let (action, names) = match action {
            Some(a) if a.parse::<i32>().is_ok() => (None, &args[..]),
            _ => (action, names),
        };
        let mut status = 0;
        for name in names {
            let bash = self.dialect == Dialect::Bash;
            let bash_only = bash && matches!(name.as_str(), "DEBUG" | "RETURN");
            let knows_err = bash || (self.kind == ShellKind::Ash && self.ctx.kernel.image.busybox >= 35);
            let err = (knows_err && name == "ERR").then_some(signals::ERR);
            let Some(signal) = err.or_else(|| signals::number(name)) else {
                if !bash_only {
                    let text = match self.kind {
                        ShellKind::Ash => format!("{name}: invalid signal specification"),
                        ShellKind::Dash => format!("{name}: bad trap"),
                        ShellKind::Bash => format!("{name}: invalid signal specification"),
                    };
                    self.complain(&text).await;
                    status = 1;
                }
                continue;
            };
            self.set_trap(signal, action);
        }
        Ok(status)
    }

    fn set_trap(&mut self, signal: i32, action: Option<&str>) {
        match action {
            None => {
                self.traps.remove(&signal);
            }
            Some(command) => {
                self.traps.insert(signal, command.to_string());
            }
        }
        if signal > 0 {
            let disposition = action.map(|a| if a.is_empty() { Disposition::Ignore } else { Disposition::Catch });
            self.ctx.set_disposition(signal, disposition);
        }
        self.ctx.kernel.effect();
    }

    async fn list_signals(&mut self) -> Flow {
        let text: String = signals::all().map(|(n, name)| format!("{n:2}) {name}\n")).collect();
        self.write_fd(1, text.as_bytes()).await;
        Ok(0)
    }

    /// `kill -l 9` and `kill -l KILL`: the name of a number, the number of a name.
    async fn translate_signal(&mut self, arg: &str) -> Flow {
        let text = match (arg.parse::<i32>(), signals::number(arg)) {
            (Ok(n), _) => signals::name(if n > 128 { n - 128 } else { n }),
            (Err(_), Some(n)) => n.to_string(),
            (Err(_), None) => return self.kill_error(&format!("unknown signal '{arg}'")).await,
        };
        self.write_fd(1, format!("{text}\n").as_bytes()).await;
        Ok(0)
    }

    /// `jobs`: the newest first. Without job control a job has no name here. `-p` lists processes, `-l` both.
    pub(super) async fn list_jobs(&mut self, args: &[String]) -> Flow {
        self.collect_jobs();
        let has = |letter| args.iter().any(|a| a.starts_with('-') && a.contains(letter));
        let (pids_only, with_pids) = (has('p'), has('l'));
        let jobs: Rc<[Job]> = match self.jobs.as_slice() {
            [] => self.parents_jobs.clone(),
            jobs => jobs.into(),
        };
        let newest = jobs.len();
        let mut text = String::new();
        for (number, job) in jobs.iter().enumerate().map(|(i, job)| (i + 1, job)).rev() {
            let pid = job.pids.first().copied().unwrap_or(0);
            if pids_only {
                text.push_str(&format!("{pid}\n"));
                continue;
            }
            let mark = match newest - number {
                0 => '+',
                1 => '-',
                _ => ' ',
            };
            let state = match job.status {
                None => "Running".into(),
                Some(Status::Exited(0)) => "Done".into(),
                Some(Status::Exited(code)) => format!("Done({code})"),
                Some(Status::Signaled(signal)) => signals::describe(signal),
            };
            let pid = if with_pids { format!("{pid} ") } else { String::new() };
            text.push_str(&format!("[{number}]{mark}  {pid}{state:<27}\n"));
        }
        self.jobs.retain(|j| j.status.is_none());
        self.write_fd(1, text.as_bytes()).await;
        Ok(0)
    }

    pub(super) async fn wait(&mut self, args: &[String]) -> Flow {
        let mut status = 0;
        if args.is_empty() {
            let pending: Vec<u32> =
                self.jobs.iter().filter(|j| j.status.is_none()).flat_map(|j| j.pids.clone()).collect();
            for pid in pending {
                if let Err(code) = self.wait_for_job(pid, false).await {
                    return Ok(code);
                }
            }
            self.jobs.clear();
            return Ok(0);
        }
        if args[0] == "-n" {
            return self.wait_any().await;
        }
        for arg in args {
            let Ok(pid) = arg.trim_start_matches('%').parse::<u32>() else {
                if self.kind == ShellKind::Bash {
                    self.complain(&format!("`{arg}': not a pid or valid job spec")).await;
                    return Ok(1);
                }
                self.complain(&format!("Illegal number: {arg}")).await;
                return Ok(2);
            };
            let pid = if arg.starts_with('%') {
                match self.jobs.get((pid as usize).wrapping_sub(1)).and_then(|j| j.pids.last()) {
                    Some(pid) => *pid,
                    None => {
                        self.complain(&format!("{arg}: no such job")).await;
                        return Ok(if self.kind == ShellKind::Bash { 127 } else { 2 });
                    }
                }
            } else {
                pid
            };
            status = match self.wait_for_job(pid, true).await {
                Ok(code) => code,
                Err(code) => return Ok(code),
            };
        }
        Ok(status)
    }

    /// Waits for one job and, where asked to, tells of a signal that ended it: its status, or as an error the status of a wait that a trapped signal cut short.
    async fn wait_for_job(&mut self, pid: u32, tell: bool) -> Result<i32, i32> {
        let Some(at) = self.jobs.iter().position(|j| j.pids.contains(&pid)) else { return Ok(127) };
        if self.jobs[at].status.is_none() {
            let (ctx, kernel) = (self.ctx.clone(), self.ctx.kernel.clone());
            let done = ctx.wait_for(NEVER, || match kernel.status(pid) {
                Some(status) => Some(Some(status)),
                None if !kernel.exists(pid) => Some(Some(Status::Exited(127))),
                None => ctx.has_signal().then_some(None),
            });
            match done.await.flatten() {
                Some(status) => {
                    kernel.reap(pid);
                    self.jobs[at].status = Some(status);
                    if tell {
                        self.report_signal(status).await;
                    }
                }
                None => {
                    let signal = self.first_signal();
                    let _ = self.run_traps().await.map_err(|stop| self.pending_stop(stop));
                    return Err(128 + signal);
                }
            }
        }
        Ok(self.jobs[at].status.map_or(127, Status::code))
    }

    /// The trap of a signal is run by whoever called `wait`; an exit from it must not get lost.
    fn pending_stop(&mut self, stop: Stop) {
        self.stop_after_builtin = Some(stop);
    }

    fn first_signal(&self) -> i32 {
        self.traps.keys().copied().find(|s| *s != 0).unwrap_or(0)
    }

    async fn wait_any(&mut self) -> Flow {
        // One that has ended and that nobody was told of comes first.
        if let Some(at) = self.jobs.iter().position(|job| job.status.is_some()) {
            return Ok(self.jobs.remove(at).status.map_or(127, Status::code));
        }
        let pids: Vec<u32> = self.jobs.iter().flat_map(|j| j.pids.clone()).collect();
        if pids.is_empty() {
            return Ok(127);
        }
        let (ctx, kernel) = (self.ctx.clone(), self.ctx.kernel.clone());
        let first =
            ctx.wait_for(NEVER, || pids.iter().copied().find(|p| kernel.status(*p).is_some() || !kernel.exists(*p)));
        let pid = first.await.unwrap_or(0);
        let code = kernel.reap(pid).map_or(127, Status::code);
        self.jobs.retain(|j| !j.pids.contains(&pid));
        Ok(code)
    }

    pub(super) async fn kill(&mut self, args: &[String]) -> Flow {
        let mut signal = 15;
        let mut rest = args;
        match rest.first().map(String::as_str) {
            Some("-l" | "-L") => {
                return match rest.get(1) {
                    Some(arg) => self.translate_signal(arg).await,
                    None => self.list_signals().await,
                };
            }
            Some("-s" | "-n") => {
                let name = rest.get(1).cloned().unwrap_or_default();
                match signals::number(&name) {
                    Some(n) => signal = n,
                    None => return self.kill_error(&format!("bad signal name '{name}'")).await,
                }
                rest = &rest[2.min(rest.len())..];
            }
            Some("--") => rest = &rest[1..],
            Some(option) if option.starts_with('-') && option.len() > 1 => {
                match signals::number(&option[1..]) {
                    Some(n) => signal = n,
                    None => return self.kill_error(&format!("bad signal name '{}'", &option[1..])).await,
                }
                rest = &rest[1..];
            }
            _ => {}
        }
        if rest.is_empty() {
            return self.kill_error("you need to specify whom to kill").await;
        }
        let mut status = 0;
        for arg in rest {
            let target = match arg.strip_prefix('%') {
                Some(job) => job
                    .parse::<usize>()
                    .ok()
                    .and_then(|n| self.jobs.get(n.wrapping_sub(1)))
                    .and_then(|j| j.pids.last().copied()),
                None => arg.parse::<i64>().ok().and_then(|n| u32::try_from(n.abs()).ok()),
            };
            let Some(pid) = target else {
                if arg.starts_with('%') {
                    self.complain(&format!("{arg}: no such job")).await;
                    return Ok(if self.kind == ShellKind::Bash { 1 } else { 2 });
                }
                return self.kill_error(&format!("invalid number '{arg}'")).await;
            };
            let targets = if pid == 0 || arg == "-1" { self.everyone(arg == "-1") } else { vec![pid] };
            for pid in targets {
                if !self.ctx.kill(pid, signal).await {
                    status = 1;
                    let text = match self.kind {
                        ShellKind::Ash => format!("can't kill pid {arg}: No such process"),
                        ShellKind::Dash => "No such process".into(),
                        ShellKind::Bash => format!("({arg}) - No such process"),
                    };
                    self.kill_error(&text).await?;
                }
            }
        }
        Ok(status)
    }

    pub(super) fn everyone(&self, all: bool) -> Vec<u32> {
        let me = self.ctx.pid;
        self.ctx
            .kernel
            .list()
            .into_iter()
            .map(|(pid, ..)| pid)
            .filter(|pid| *pid != 1 && (!all || *pid != me))
            .collect()
    }

    async fn kill_error(&mut self, text: &str) -> Flow {
        let prefix = match self.kind {
            ShellKind::Ash => "sh: ".to_string(),
            _ => self.prefix(),
        };
        self.write_fd(2, format!("{prefix}{text}\n").as_bytes()).await;
        Ok(1)
    }
}
