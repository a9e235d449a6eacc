//! A container as the engine sees it: start it, let it run, signal it, ask what came of it.

use super::fs::Fs;
use super::host::{Config, Host};
use super::image::Image;
use super::inode::{Device, User};
use super::io::Io;
use super::kernel::{Kernel, Pid, SIGKILL, SIGTERM, Service, Status, Us};
use super::output::{Console, OutputLine, Stream};
use super::pipe::{Fd, Fds, Object, Pipe, ReadEnd, WriteEnd};
use super::program::{self, DEFAULT_PATH, Lookup};
use super::replay::Recording;
use crate::order::Order;
use crate::time::Millis;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};

/// The way to what a container serves; it leads nowhere when that is gone.
#[derive(Clone, Default)]
pub struct Door(Weak<Kernel>);

impl Door {
    /// The page at a path, or an HTTP status that is not success; nothing where nobody knows.
    pub fn page(&self, port: u16, path: &str) -> Option<Result<Vec<u8>, u16>> {
        super::net::http::page(&*self.0.upgrade()?, port, path)
    }
}

/// A container's processes, files and output in virtual time.
pub struct Machine {
    kernel: Rc<Kernel>,
    cwd: String,
    /// The writing end of an open standard input.
    stdin: WriteEnd,
    /// By their ids; one is forgotten when somebody has read how it ended.
    execs: BTreeMap<u64, Exec>,
    next_exec: u64,
    ended: bool,
    argv: Vec<String>,
    started: Millis,
    /// The moments at which it was let run, counted from its start; the first [`MAX_RUNS`] and one more.
    runs: Vec<Millis>,
}

/// A run that stops more often than this is not recorded.
const MAX_RUNS: usize = 1000;

/// A probe's or a hook's process.
struct Exec {
    pid: Pid,
    console: Rc<RefCell<Console>>,
    /// It never started: when, and why.
    failed: Option<(Millis, StartError)>,
    /// How and when it ended; the process itself is forgotten then, so that probes do not fill the process table.
    result: Option<(Status, Us)>,
    /// Nobody wants to know how it ended, or they know.
    done: Cell<bool>,
}

/// Names a process that [`Machine::exec`] started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecId(u64);

/// What a probe's or a hook's process came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecExit {
    pub stdout: String,
    pub stderr: String,
    /// 128 + n for a signal.
    pub code: i32,
    pub at: Millis,
}

impl ExecExit {
    /// Both streams as the kubelet puts them together (`RunInContainer`): one behind the other, whatever was written first.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// How PID 1 ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// 128 + n for a signal.
    pub code: i32,
    pub signal: Option<i32>,
    pub at: Millis,
    /// A process of the container was killed for memory, PID 1 or not.
    pub oom_killed: bool,
}

/// Why a command does not even start, in the words of the OCI runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// Not on the path.
    NotFound(String),
    /// A path at which there is nothing.
    NoSuchFile(String),
    NotExecutable(String),
    IsDirectory(String),
    /// No command at all.
    NoCommand,
}

impl StartError {
    /// `exec: "nosuchcmd": executable file not found in $PATH`.
    pub fn message(&self) -> String {
        match self {
            StartError::NotFound(name) => format!("exec: {name:?}: executable file not found in $PATH"),
            StartError::NoSuchFile(path) => format!("exec: {path:?}: stat {path}: no such file or directory"),
            StartError::NotExecutable(path) => format!("exec: {path:?}: permission denied"),
            StartError::IsDirectory(path) => format!("exec: {path:?}: is a directory"),
            StartError::NoCommand => "no command specified".into(),
        }
    }
}

/// What an HTTP client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpAnswer {
    /// Nobody listens.
    Refused,
    /// Somebody listens who does not speak HTTP.
    Garbage,
    Status(u16),
}

/// Processes hold the kernel that holds them; without this, those that still run would be kept for ever.
impl Drop for Machine {
    fn drop(&mut self) {
        self.kernel.switch_off();
    }
}

impl Machine {
    pub fn new(config: Config, host: Rc<dyn Host>) -> Machine {
        let config = Rc::new(config);
        let image = Image::of(&config.image);
        let security = &config.security;
        let user = User {
            uid: security.user.unwrap_or(image.user()),
            gid: security.group.unwrap_or(0),
            fs_group: security.fs_group,
        };
        let mut fs = Fs::new(super::skeleton::root(&image, &config));
        (fs.read_only_root, fs.read_only_kernel) = (security.read_only_root, !security.privileged);
        let mut mounts: Vec<_> = config.mounts.iter().collect();
        // A mount inside another one comes after it.
        mounts.order_by_key(|m| m.path.trim_end_matches('/').matches('/').count());
        for mount in mounts {
            fs.mount(mount);
        }
        let cwd = match config.working_dir.as_deref() {
            Some(dir) if !dir.is_empty() => super::fs::normalize("/", dir),
            _ => "/".into(),
        };
        if fs.find("/", &cwd, true).is_err() {
            // The runtime makes a missing working directory.
            fs.make_way(&cwd);
        }
        let kernel = Kernel::new(config, image, fs, user, host);
        Machine {
            stdin: WriteEnd::new(&Pipe::new(kernel.version.clone())),
            kernel,
            cwd,
            execs: BTreeMap::new(),
            next_exec: 0,
            ended: false,
            argv: Vec::new(),
            started: Millis::ZERO,
            runs: Vec::new(),
        }
    }

    /// What has been written outside of all volumes, in bytes on disk.
    pub fn written(&self) -> u64 {
        self.kernel.fs.borrow().written()
    }

    /// How often it has changed files, its own or a volume's: who goes by them looks when this is another.
    pub fn changes(&self) -> u64 {
        self.kernel.fs.borrow().changes()
    }

    /// Starts PID 1.
    pub fn start(&mut self, now: Millis, argv: &[String]) -> Result<(), StartError> {
        self.kernel.set_now(now.0.saturating_mul(1000));
        (self.argv, self.started) = (argv.to_vec(), now);
        let console = self.kernel.console.clone();
        let input = match self.kernel.config.open_stdin {
            true => Object::Read(ReadEnd::new(&self.stdin.0)),
            false => Object::Device(Device::Null),
        };
        self.spawn(0, argv, Rc::new(input), console).map(|_| ())
    }

    /// Starts a further process, for a probe or a hook; its output is kept apart.
    pub fn exec(&mut self, now: Millis, argv: &[String]) -> ExecId {
        self.run(now);
        self.kernel.sway();
        self.kernel.catch_up();
        let console = Rc::new(RefCell::new(Console::whole()));
        let input = Rc::new(Object::Device(Device::Null));
        let (pid, failed) = match self.spawn(0, argv, input, console.clone()) {
            Ok(pid) => (pid, None),
            Err(error) => (0, Some((now, error))),
        };
        if failed.is_none() {
            self.kernel.allow_exec();
        }
        let id = self.next_exec;
        self.next_exec += 1;
        self.execs.insert(id, Exec { pid, console, failed, result: None, done: Cell::new(false) });
        ExecId(id)
    }

    fn spawn(
        &mut self,
        parent: Pid,
        argv: &[String],
        input: Fd,
        console: Rc<RefCell<Console>>,
    ) -> Result<Pid, StartError> {
        let Some(name) = argv.first() else { return Err(StartError::NoCommand) };
        let env = self.environment();
        let path = env.iter().find(|(n, _)| n == "PATH").map_or(DEFAULT_PATH, |(_, v)| v.as_str());
        let found = match program::lookup(&self.kernel, &self.cwd, path, name) {
            Lookup::Found(found) => found,
            Lookup::Denied(true) => return Err(StartError::IsDirectory(name.clone())),
            Lookup::Denied(false) => return Err(StartError::NotExecutable(name.clone())),
            Lookup::Missing if name.contains('/') => return Err(StartError::NoSuchFile(name.clone())),
            Lookup::Missing => return Err(StartError::NotFound(name.clone())),
        };
        let mut fds = Fds::default();
        fds.set(0, Some(input));
        for (number, stream) in [(1, Stream::Stdout), (2, Stream::Stderr)] {
            let object: Fd = Rc::new(Object::Console(console.clone(), stream));
            fds.set(number, Some(object));
        }
        let (args, cwd) = (argv.to_vec(), self.cwd.clone());
        let pid = self.kernel.spawn(parent, argv.join(" "), move |ctx| {
            let io = Io { ctx, args, env, fds, cwd, umask: 0o022, followed: false };
            program::run(found, io)
        });
        pid.ok_or_else(|| StartError::NotExecutable(name.clone()))
    }

    /// The variables of the image and the runtime, then those of the Pod.
    fn environment(&self) -> Vec<(String, String)> {
        let config = &self.kernel.config;
        let home = if config.image.contains("busybox") || self.kernel.user.uid != 0 { "/" } else { "/root" };
        let mut env: Vec<(String, String)> = vec![
            ("PATH".into(), DEFAULT_PATH.into()),
            ("HOSTNAME".into(), config.hostname.clone()),
            ("HOME".into(), home.into()),
        ];
        for (name, value) in config.links.iter().chain(&config.env) {
            match env.iter_mut().find(|(n, _)| n == name) {
                Some((_, old)) => *old = value.clone(),
                None => env.push((name.clone(), value.clone())),
            }
        }
        env
    }

    /// Runs every turn of every loop, also of those that go round without effect: only to prove that it makes no difference.
    #[doc(hidden)]
    pub fn never_park(&mut self) {
        self.kernel.set_parking(false);
    }

    /// Lets everything happen that is due up to and including `now`.
    pub fn run(&mut self, now: Millis) {
        self.kernel.keep_up(|| self.kernel.run(now.0.saturating_mul(1000)));
        if self.runs.len() <= MAX_RUNS {
            self.runs.push(now.since(self.started));
        }
        self.collect_execs();
        if !self.ended
            && let Some(exit) = self.exit()
        {
            self.ended = true;
            self.kernel.console.borrow_mut().finish(exit.at);
        }
    }

    /// Keeps how further processes ended until somebody has asked, and forgets the processes.
    fn collect_execs(&mut self) {
        let kernel = &self.kernel;
        self.execs.retain(|_, exec| {
            if exec.result.is_none() && exec.failed.is_none() {
                exec.result = kernel.ended(exec.pid);
                if exec.result.is_some() {
                    kernel.reap(exec.pid);
                }
            }
            let ended = exec.result.is_some() || exec.failed.is_some();
            !(ended && exec.done.get())
        });
    }

    /// Whether somebody in here follows files.
    pub fn follows(&self) -> bool {
        self.kernel.follows()
    }

    /// Whether these have changed since it looked.
    pub fn is_behind(&self) -> bool {
        self.kernel.is_behind()
    }

    /// When something happens next by itself; `None` when everything waits for ever or is dead.
    pub fn next_wake(&self) -> Option<Millis> {
        self.kernel.next_wake().map(|us| Millis(us.div_ceil(1000)))
    }

    /// A signal to PID 1 from outside.
    pub fn signal(&mut self, now: Millis, signal: i32) {
        self.run(now);
        self.kernel.sway();
        if signal == SIGTERM && self.kernel.config.ignore_sigterm {
            return;
        }
        self.kernel.catch_up();
        self.kernel.signal(1, signal, true);
        self.run(now);
    }

    /// The kernel kills PID 1 for memory, as an injected fault asks.
    pub fn kill_for_memory(&mut self, now: Millis) {
        self.run(now);
        self.kernel.sway();
        self.kernel.kill_for_memory(1);
        self.run(now);
    }

    /// How PID 1 ended, once it has.
    pub fn exit(&self) -> Option<Exit> {
        let (status, at) = self.kernel.ended(1)?;
        let signal = match status {
            Status::Signaled(signal) => Some(signal),
            Status::Exited(_) => None,
        };
        Some(Exit { code: status.code(), signal, at: Millis(at / 1000), oom_killed: self.kernel.out_of_memory() })
    }

    /// What this run came to, with the last `limit` bytes of the file `last_words`, if another run from the same beginnings must come
    /// to the same. To be asked for before the output is taken.
    pub fn recording(&self, last_words: &str, limit: usize) -> Option<Recording> {
        let exit = self.exit()?;
        // The files of the image are from moment zero: one that the run made then would be no younger.
        let repeatable = self.kernel.is_repeatable() && self.started > Millis::ZERO && self.runs.len() <= MAX_RUNS;
        repeatable.then(|| Recording {
            config: Config::clone(&self.kernel.config),
            argv: self.argv.clone(),
            runs: self.runs.clone(),
            output: self
                .kernel
                .console
                .borrow()
                .lines()
                .iter()
                .map(|l| l.shifted(|at| at.since(self.started)))
                .collect(),
            exit: Exit { at: exit.at.since(self.started), ..exit },
            last_words: self.file_end(last_words, limit),
        })
    }

    /// How a further process ended, once it has; that is forgotten when the machine next runs.
    pub fn exec_exit(&self, id: ExecId) -> Option<ExecExit> {
        let exec = self.execs.get(&id.0)?;
        if let Some((at, error)) = &exec.failed {
            exec.done.set(true);
            return Some(ExecExit { stdout: error.message(), stderr: String::new(), code: 127, at: *at });
        }
        let (status, at) = exec.result.or_else(|| self.kernel.ended(exec.pid))?;
        exec.done.set(true);
        let text = |stream| exec.console.borrow().whole_text(stream);
        let (stdout, stderr) = (text(Stream::Stdout), text(Stream::Stderr));
        Some(ExecExit { stdout, stderr, code: status.code(), at: Millis(at / 1000) })
    }

    /// Why a further process never started.
    pub fn exec_error(&self, id: ExecId) -> Option<&StartError> {
        self.execs.get(&id.0)?.failed.as_ref().map(|(_, error)| error)
    }

    /// Kills a further process and what it started.
    pub fn cancel_exec(&mut self, id: ExecId) {
        let Some(exec) = self.execs.get(&id.0) else { return };
        exec.done.set(true);
        if exec.failed.is_none() && exec.result.is_none() {
            self.kernel.catch_up();
            self.kernel.signal(exec.pid, SIGKILL, true);
        }
    }

    /// The lines of PID 1's tree since the last call; a last one without newline comes when the container has ended.
    pub fn take_output(&mut self) -> Vec<OutputLine> {
        self.kernel.console.borrow_mut().take()
    }

    /// What a GET of `path` on `port` is answered.
    pub fn http(&self, port: u16, path: &str) -> HttpAnswer {
        match self.kernel.service(port) {
            None => HttpAnswer::Refused,
            Some(Service::Tcp) => HttpAnswer::Garbage,
            Some(service) => HttpAnswer::Status(super::net::http::status(&self.kernel, &service, path)),
        }
    }

    /// The way to what it serves, for the other containers of its Pod.
    pub fn door(&self) -> Door {
        Door(Rc::downgrade(&self.kernel))
    }

    /// Whether what answers on `port` speaks TLS when it is asked to.
    pub fn speaks_tls(&self, port: u16) -> bool {
        self.kernel.service(port) == Some(Service::Assumed)
    }

    /// Whether a process of this container listens on `port`.
    pub fn listens(&self, port: u16) -> bool {
        self.kernel.service(port).is_some()
    }

    /// The ports on which processes of this container listen.
    pub fn ports(&self) -> BTreeSet<u16> {
        self.kernel.ports()
    }

    /// The end of a file.
    pub fn file_end(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let found = self.kernel.fs.borrow().find("/", path, true).ok()?;
        found.inode.is_file().then(|| found.inode.end(limit))
    }
}
