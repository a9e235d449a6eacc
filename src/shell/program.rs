//! From a name to a program, and running it: an applet, a script, a service, or a program that nobody models.

use super::ast::Dialect;
use super::fs::Errno;
use super::image::{Image, ShellKind};
use super::inode::{Content, Inode};
use super::io::Io;
use super::kernel::Kernel;
use super::state::{Options, Shell, Variable};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum Program {
    /// A program of the image, by its name.
    Named(String),
    /// A file of which nobody knows what it does.
    Unknown(String),
    /// A file with the execute bit.
    Script { path: String, interpreter: Vec<String> },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    Found(Program),
    Missing,
    /// Not executable; true for a directory.
    Denied(bool),
}

pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a command name means to `execve` along `PATH`.
pub fn lookup(kernel: &Kernel, cwd: &str, path: &str, name: &str) -> Lookup {
    if name.is_empty() {
        return Lookup::Missing;
    }
    if name.contains('/') {
        return by_path(kernel, cwd, name);
    }
    let mut denied = None;
    for dir in kernel.path_dirs(cwd, path).iter() {
        let Some(inode) = kernel.fs.borrow().in_directory(cwd, dir, name) else { continue };
        match what_is(kernel, &inode) {
            What::Program(name) => return Lookup::Found(Program::Named(name.to_string())),
            What::Script(interpreter) => return script(kernel, cwd, format!("{}/{name}", dir.name), interpreter),
            What::Directory => {}
            What::Denied => denied = Some(Lookup::Denied(false)),
        }
    }
    if (kernel.image.may_have(name) || kernel.installed.get())
        && path.split(':').any(|dir| DEFAULT_PATH.split(':').any(|d| d == dir))
    {
        return Lookup::Found(Program::Named(name.to_string()));
    }
    denied.unwrap_or(Lookup::Missing)
}

/// What a path that somebody wrote down means. Where nobody knows what there is, it is there; it is a program of its name in the places
/// of these.
fn by_path(kernel: &Kernel, cwd: &str, path: &str) -> Lookup {
    let found = at_path(kernel, cwd, path);
    if found != Lookup::Missing || path.ends_with('/') || !kernel.is_unknown(cwd, path) {
        return found;
    }
    let full = super::fs::normalize(cwd, path);
    let (dir, name) = full.rsplit_once('/').unwrap_or(("", &full));
    if !kernel.image.may_have(name) && !kernel.is_left(&full) {
        return Lookup::Missing;
    }
    // What lies beside another userland is a tool of it: `/busybox/cat`.
    let usual = Image::is_tool(name) && dir.ends_with("/busybox") || DEFAULT_PATH.split(':').any(|known| known == dir);
    Lookup::Found(if usual { Program::Named(name.to_string()) } else { Program::Unknown(name.to_string()) })
}

/// The name of a script that is somewhere where nobody knows what there is: what it does is not known either.
fn unknown_script(io: &Io, path: &str) -> Option<String> {
    let kernel = &io.ctx.kernel;
    let missing = kernel.fs.borrow().find(&io.cwd, path, true).is_err();
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    (missing && kernel.is_unknown(&io.cwd, path)).then(|| name.to_string())
}

/// What lies at a path.
fn at_path(kernel: &Kernel, cwd: &str, path: &str) -> Lookup {
    let found = kernel.fs.borrow().find(cwd, path, true);
    let inode = match found {
        Ok(found) => found.inode,
        Err(Errno::Denied) => return Lookup::Denied(false),
        Err(_) => return Lookup::Missing,
    };
    match what_is(kernel, &inode) {
        What::Directory => Lookup::Denied(true),
        What::Denied => Lookup::Denied(false),
        What::Program(name) => Lookup::Found(Program::Named(name.to_string())),
        What::Script(interpreter) => script(kernel, cwd, path.to_string(), interpreter),
    }
}

/// What `execve` makes of a file.
enum What {
    Program(&'static str),
    /// The words after `#!`.
    Script(Vec<String>),
    Directory,
    Denied,
}

fn what_is(kernel: &Kernel, inode: &Inode) -> What {
    if inode.is_dir() {
        return What::Directory;
    }
    if !inode.allows(kernel.user, 1) {
        return What::Denied;
    }
    match &*inode.0.content.borrow() {
        Content::Program(name) => What::Program(name),
        Content::File { data, .. } => {
            let first = data.split(|b| *b == b'\n').next().unwrap_or_default();
            let first = String::from_utf8_lossy(first);
            What::Script(match first.strip_prefix("#!") {
                Some(rest) => rest.split_whitespace().map(str::to_string).collect(),
                None => vec!["/bin/sh".into()],
            })
        }
        _ => What::Denied,
    }
}

/// A script is there if its interpreter is.
fn script(kernel: &Kernel, cwd: &str, path: String, interpreter: Vec<String>) -> Lookup {
    match interpreter.first() {
        Some(program) if *program != path && by_path(kernel, cwd, program) == Lookup::Missing => Lookup::Missing,
        _ => Lookup::Found(Program::Script { path, interpreter }),
    }
}

/// Runs a program to its end in the process of `io`.
pub async fn run(program: Program, mut io: Io) -> i32 {
    match program {
        Program::Script { path, interpreter } => {
            let mut args = interpreter;
            if args.first().is_some_and(|a| a.ends_with("/env")) && args.len() > 1 {
                args.remove(0);
            }
            if args.is_empty() {
                args.push("/bin/sh".into());
            }
            args.push(path);
            args.extend(io.args.drain(1..));
            let name = args[0].rsplit('/').next().unwrap_or("sh").to_string();
            io.args = args;
            Box::pin(run_named(&name, io)).await
        }
        Program::Named(name) => run_named(&name, io).await,
        Program::Unknown(name) => {
            io.ctx.kernel.effect();
            super::applets::unmodelled(&name, io).await
        }
    }
}

/// Programs that leave nothing behind but what they count themselves.
const QUIET: [&str; 14] = [
    "sh", "ash", "dash", "bash", "sleep", "usleep", "true", "false", "test", "[", "echo", "expr", "basename", "dirname",
];

async fn run_named(name: &str, io: Io) -> i32 {
    if !QUIET.contains(&name) {
        io.ctx.kernel.effect();
    }
    match name {
        "sh" | "ash" | "dash" | "bash" | "hush" | "rbash" => {
            let kind = match name {
                "bash" | "rbash" => ShellKind::Bash,
                "dash" => ShellKind::Dash,
                "ash" => ShellKind::Ash,
                _ => io.ctx.kernel.image.shell(),
            };
            Box::pin(run_shell(kind, io)).await
        }
        _ => run_filter(name, io).await,
    }
}

/// Runs a program that may be a filter: of what it makes of something unknown nobody knows more.
async fn run_filter(name: &str, io: Io) -> i32 {
    let fds = io.fds.clone();
    let status = super::applets::run(name, io).await;
    if fds.reads_unknown() {
        fds.forget_output();
    }
    status
}

/// `sh`, with its options and its script.
async fn run_shell(kind: ShellKind, mut io: Io) -> i32 {
    let name = io.args[0].clone();
    let dialect = match kind {
        ShellKind::Bash => Dialect::Bash,
        ShellKind::Dash => Dialect::Dash,
        ShellKind::Ash => Dialect::Sh,
    };
    let mut shell = new_shell(kind, dialect, &mut io);
    let args = std::mem::take(&mut io.args);
    let mut rest = args[1..].iter().cloned().peekable();
    let (mut command, mut from_stdin) = (false, false);
    while let Some(arg) = rest.peek().cloned() {
        if arg == "--" || arg == "-" {
            rest.next();
            break;
        }
        if kind == ShellKind::Bash && arg.starts_with("--") {
            rest.next();
            continue;
        }
        let Some(letters) = arg.strip_prefix(['-', '+']).filter(|l| !l.is_empty()) else { break };
        let on = arg.starts_with('-');
        rest.next();
        for letter in letters.chars() {
            match letter {
                'c' => command = true,
                's' => from_stdin = true,
                'i' | 'l' => {}
                'o' => {
                    let option = rest.next().unwrap_or_default();
                    if let Some(field) = shell.options.field(&option) {
                        *field = on;
                    }
                }
                _ => {
                    let option =
                        Options::NAMES.iter().find(|(c, _)| *c == letter).and_then(|(_, n)| shell.options.field(n));
                    match option {
                        Some(field) => *field = on,
                        None => {
                            shell.complain(&format!("illegal option -{letter}")).await;
                            return 2;
                        }
                    }
                }
            }
        }
    }
    if command {
        let Some(script) = rest.next() else {
            shell.complain("-c requires an argument").await;
            return 2;
        };
        shell.commanded = true;
        shell.arg0 = rest.next().unwrap_or(name);
        shell.positional = rest.collect();
        return run_script(shell, &script).await;
    }
    let file = if from_stdin { None } else { rest.next() };
    shell.positional = rest.collect();
    let Some(path) = file else {
        let script = io.read_all("-").await.unwrap_or_default();
        // Without a terminal a shell reads its script from standard input, and an empty one ends it.
        return run_script(shell, &String::from_utf8_lossy(&script)).await;
    };
    if let Some(name) = unknown_script(&io, &path) {
        io.args = std::iter::once(name.clone()).chain(shell.positional).collect();
        return super::applets::unmodelled(&name, io).await;
    }
    match open_script(&io, &path).await {
        Ok(script) => {
            shell.arg0 = path.clone();
            shell.speaker = Some(path);
            shell.line_base = 1;
            run_script(shell, &script).await
        }
        Err(errno) => {
            let text = match kind {
                ShellKind::Ash => format!("can't open '{path}': {}", errno.text()),
                ShellKind::Dash => format!("cannot open {path}: No such file"),
                ShellKind::Bash => format!("{path}: {}", errno.text()),
            };
            io.print_error(match kind {
                ShellKind::Dash => format!("{name}: 0: {text}\n"),
                _ => format!("{name}: {text}\n"),
            })
            .await;
            if kind == ShellKind::Bash { 127 } else { 2 }
        }
    }
}

async fn open_script(io: &Io, path: &str) -> Result<String, Errno> {
    let bytes = io.read_all(path).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn run_script(mut shell: Shell, script: &str) -> i32 {
    let program = super::parse::read(script, shell.dialect);
    let result = shell.run_program(&program, true).await;
    let code = shell.finish(result).await;
    shell.fds = Default::default();
    code
}

/// A shell that has just been started.
fn new_shell(kind: ShellKind, dialect: Dialect, io: &mut Io) -> Shell {
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    let mut put = |name: String, value: String, exported: bool| {
        let value = Some(super::state::Value::Text(value));
        variables.insert(name, Variable { value, exported, read_only: false });
    };
    let (mut has_path, mut has_pwd, mut level) = (false, false, 1);
    for (name, value) in std::mem::take(&mut io.env) {
        if super::parse::is_name(&name) {
            has_path |= name == "PATH";
            has_pwd |= name == "PWD";
            if name == "SHLVL" {
                level = value.parse::<i64>().map_or(1, |outer| outer.saturating_add(1));
            }
            put(name, value, true);
        }
    }
    put("IFS".into(), " \t\n".into(), false);
    put("OPTIND".into(), "1".into(), false);
    put("PS4".into(), "+ ".into(), false);
    put("PPID".into(), io.ctx.parent().to_string(), false);
    if !has_path {
        put("PATH".into(), DEFAULT_PATH.into(), false);
    }
    put("PWD".into(), io.cwd.clone(), has_pwd || kind != ShellKind::Bash);
    if kind != ShellKind::Dash {
        put("SHLVL".into(), level.to_string(), true);
    }
    if kind == ShellKind::Bash {
        put("BASH_VERSION".into(), "5.2.15(1)-release".into(), false);
        put("BASH".into(), "/usr/bin/bash".into(), false);
        put("OSTYPE".into(), "linux-gnu".into(), false);
        put("MACHTYPE".into(), "x86_64-pc-linux-gnu".into(), false);
        put("HOSTTYPE".into(), "x86_64".into(), false);
        put("HOSTNAME".into(), io.ctx.kernel.config.hostname.clone(), false);
    }
    if kind == ShellKind::Bash {
        let version = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];
        let items = (0..).zip(version.map(String::from)).collect();
        let value = Some(super::state::Value::Array(items));
        variables.insert("BASH_VERSINFO".into(), Variable { value, exported: false, read_only: true });
    }
    Shell {
        ctx: io.ctx.clone(),
        kind,
        dialect,
        arg0: io.args[0].clone(),
        positional: Vec::new(),
        variables: variables.into(),
        functions: Default::default(),
        options: Options::default(),
        traps: Default::default(),
        fds: io.fds.clone(),
        cwd: io.cwd.clone(),
        umask: io.umask,
        directories: Vec::new(),
        limits: BTreeMap::new(),
        status: 0,
        last_background: None,
        jobs: Vec::new(),
        substitutions: Vec::new(),
        strays: Vec::new(),
        parents_jobs: Rc::default(),
        locals: Default::default(),
        loop_depth: 0,
        depth: 0,
        nesting: 0,
        tested: 0,
        followed: 0,
        line: 0,
        line_offset: 0,
        line_base: 0,
        speaker: None,
        main_pid: io.ctx.pid,
        substitution_status: None,
        in_trap: false,
        sourced: 0,
        getopts_offset: 0,
        subshell: false,
        stop_after_builtin: None,
        seconds_begin: io.ctx.kernel.now() as i64,
        function: None,
        commanded: false,
        indirection: 0,
        aliases: Default::default(),
        lines_read: 0,
    }
}
