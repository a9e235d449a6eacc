//! Lifecycle hooks: postStart, which holds up the look, and preStop, which holds up TERM (`kubelet-semantics.md` 9).

use crate::shell::{ExecExit, ExecId, HttpAnswer};
use crate::time::Millis;
use crate::trace::{EntryId, EntryKind, Hook, HookRun};

use super::run::{Ev, Sim};
use super::spec::{Handler, Idx, hex_digits};

/// The hooks under way.
#[derive(Debug, Default)]
pub struct HookState {
    running: Vec<Running>,
    /// How the postStart hook ended that the look waits for.
    pub post_start: Option<Result<(), String>>,
}

#[derive(Debug)]
struct Running {
    idx: Idx,
    instance: usize,
    hook: Hook,
    what: What,
    entry: EntryId,
    record: usize,
}

#[derive(Debug)]
enum What {
    Exec(ExecId, Vec<String>),
    Until(Millis, Result<(), String>),
}

impl Sim<'_> {
    pub fn start_hook(&mut self, idx: Idx, hook: Hook, cause: EntryId) {
        let Some(instance) = self.runtime.alive(idx) else { return };
        let container = &self.spec.containers[idx];
        let handler = match hook {
            Hook::PostStart => container.post_start.clone(),
            Hook::PreStop => container.pre_stop.clone(),
        };
        let Some(handler) = handler else { return };
        let attempt = self.runtime.instances[idx][instance].attempt;
        let entry = self.entry(Some(idx), EntryKind::HookStarted { attempt, hook }, Some(cause));
        self.trace.containers[idx].hooks.push(HookRun { hook, from: self.now, to: None, error: None });
        let record = self.trace.containers[idx].hooks.len() - 1;
        let what = self.run_hook(idx, instance, handler);
        if let What::Until(at, _) = &what {
            self.queue.push(*at, Ev::Process { idx, instance });
        }
        self.hooks.running.push(Running { idx, instance, hook, what, entry, record });
        self.check_hooks(idx, instance);
        self.reschedule(idx, instance);
    }

    fn run_hook(&mut self, idx: Idx, instance: usize, handler: Handler) -> What {
        let soon = self.now + self.latency.exec;
        match handler {
            Handler::Exec(argv) => match self.exec_in(idx, instance, &argv) {
                Some(id) => What::Exec(id, argv),
                None => What::Until(soon, Ok(())),
            },
            Handler::Http { host, port, path, scheme } => {
                // A hook whose server speaks no TLS is sent again as plain HTTP.
                let answer = self.http_answer(idx, host.as_deref(), port, &path);
                let to = host.map_or_else(|| self.pod_ip(), Into::into);
                // Whatever a server answers will do: the status is not looked at.
                let answer = if matches!(answer, HttpAnswer::Status(_)) { HttpAnswer::Status(200) } else { answer };
                What::Until(soon, http_result(&answer, scheme, &to, port, &path))
            }
            Handler::Sleep(d) => What::Until(self.now + d, Ok(())),
            Handler::Tcp { .. } | Handler::Grpc { .. } => What::Until(soon, Err("invalid handler".into())),
            Handler::Impossible(message) | Handler::NoPort { message, .. } => What::Until(soon, Err(message)),
        }
    }

    pub fn hook_is_running(&self, idx: Idx, hook: Hook) -> bool {
        self.hooks.running.iter().any(|r| (r.idx, r.hook) == (idx, hook))
    }

    /// Looks which hooks of an instance have ended.
    pub fn check_hooks(&mut self, idx: Idx, instance: usize) {
        while let Some((i, result)) = self.ended_hook(idx, instance) {
            self.hook_ended(i, result);
        }
    }

    fn ended_hook(&self, idx: Idx, instance: usize) -> Option<(usize, Result<(), String>)> {
        let process = self.runtime.instances[idx][instance].process.as_ref();
        let alive = self.runtime.instances[idx][instance].is_alive();
        self.hooks.running.iter().enumerate().filter(|(_, r)| (r.idx, r.instance) == (idx, instance)).find_map(
            |(i, r)| match &r.what {
                What::Until(at, result) => (*at <= self.now).then(|| (i, result.clone())),
                What::Exec(id, argv) => {
                    let machine = process.and_then(|p| p.machine());
                    let ended = machine.and_then(|m| m.exec_exit(*id));
                    let unstarted = machine.and_then(|m| m.exec_error(*id)).map(|e| e.message());
                    match ended {
                        Some(exit) if unstarted.is_some() => {
                            let id = format!("{} {} {}", self.spec.uid, self.spec.containers[idx].name, exit.at.0);
                            let error = exec_error(&id, &unstarted.unwrap_or_default());
                            Some((i, Err(format!("{error}, message: \"\""))))
                        }
                        Some(exit) => Some((i, exec_result(argv, &exit))),
                        None if !alive => Some((i, exec_result(argv, &ExecExit { code: 137, ..ExecExit::default() }))),
                        None => None,
                    }
                }
            },
        )
    }

    fn hook_ended(&mut self, i: usize, result: Result<(), String>) {
        let run = self.hooks.running.remove(i);
        // A sleep or a request that the grace is too short for is not waited for any longer; it ends well all the same.
        let broken_off = matches!(run.what, What::Until(end, _) if end > self.now);
        let (idx, hook) = (run.idx, run.hook);
        let attempt = self.runtime.instances[idx][run.instance].attempt;
        let record = &mut self.trace.containers[idx].hooks[run.record];
        record.to = Some(self.now);
        record.error = result.as_ref().err().cloned();
        let kind = match &result {
            Ok(()) => EntryKind::HookFinished { attempt, hook },
            Err(message) => EntryKind::HookFailed { attempt, hook, message: message.clone() },
        };
        let entry = self.entry(Some(idx), kind, Some(run.entry));
        match hook {
            Hook::PostStart => {
                self.hooks.post_start = Some(result);
                self.wake_look();
            }
            Hook::PreStop => {
                if result.is_err() && !broken_off {
                    self.event(Some(idx), true, "FailedPreStopHook", "PreStopHook failed".into(), entry);
                }
                self.advance_kill(idx);
            }
        }
    }

    /// The grace is over before the hook is.
    pub fn hook_ran_out_of_time(&mut self, idx: Idx, hook: Hook) {
        let Some(i) = self.hooks.running.iter().position(|r| (r.idx, r.hook) == (idx, hook)) else { return };
        let run = &self.hooks.running[i];
        if let What::Exec(id, _) = run.what {
            let instance = run.instance;
            let process = self.runtime.instances[idx][instance].process.as_mut();
            if let Some(machine) = process.and_then(|p| p.machine_mut()) {
                machine.cancel_exec(id);
            }
        }
        self.hook_ended(i, Err("context deadline exceeded".into()));
    }

    /// The message of a failed hook as the status shows it.
    pub fn hook_failure_message(&self, idx: Idx, error: &str) -> String {
        let container = &self.spec.containers[idx];
        let pod = &self.spec.full_name;
        let about = format!("for Container \"{}\" in Pod \"{pod}\" failed - error: {error}", container.name);
        match &container.post_start {
            Some(Handler::Exec(argv)) => {
                format!("Exec lifecycle hook ([{}]) {about}", argv.join(" "))
            }
            Some(Handler::Http { path, .. } | Handler::NoPort { path, .. }) => {
                format!("HTTP lifecycle hook ({path}) {about}")
            }
            Some(Handler::Sleep(d)) => format!("Sleep lifecycle hook ({}) {about}", d.whole_secs()),
            _ => format!("Cannot run handler: {error}"),
        }
    }
}

/// What containerd says of a command that could not be started in a container; it calls the attempt by a name of its own.
pub fn exec_error(attempt: &str, why: &str) -> String {
    let name = hex_digits(attempt, 64);
    format!(
        "rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"{name}\": OCI runtime exec failed: \
         exec failed: unable to start container process: {why}"
    )
}

/// What the kubelet makes of a command's end: the code, and what it printed; the errors twice.
fn exec_result(argv: &[String], exit: &ExecExit) -> Result<(), String> {
    match exit.code {
        0 => Ok(()),
        code => {
            let (command, stderr, output) = (argv.join(" "), &exit.stderr, exit.output());
            Err(format!("command '{command}' exited with {code}: {stderr}, message: {output:?}"))
        }
    }
}

/// A URL as Go writes it: with the slash that a path lacks.
pub fn url(scheme: &str, ip: &str, port: u16, path: &str) -> String {
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{ip}:{port}{slash}{path}")
}

/// What the kubelet's HTTP client makes of an answer.
pub fn http_result(answer: &HttpAnswer, scheme: &str, ip: &str, port: u16, path: &str) -> Result<(), String> {
    let url = url(scheme, ip, port, path);
    match answer {
        HttpAnswer::Status(code) if (200..400).contains(code) => Ok(()),
        HttpAnswer::Status(code) => Err(format!("HTTP probe failed with statuscode: {code}")),
        HttpAnswer::Refused => Err(format!("Get \"{url}\": dial tcp {ip}:{port}: connect: connection refused")),
        HttpAnswer::Garbage => {
            Err(format!("Get \"{url}\": net/http: HTTP/1.x transport connection broken: malformed HTTP response"))
        }
    }
}
