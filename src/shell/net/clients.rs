//! Clients of services: databases, `git`, `kubectl`.

use super::connect;
use super::http::split_url;
use crate::shell::host::Connection;
use crate::shell::inode::Inode;
use crate::shell::io::{Access, Io};
use crate::shell::kernel::NEVER;

/// A client that asks a server whether it is there: database and cache tools.
pub async fn client(io: Io) -> i32 {
    let name = io.name().to_string();
    let default_port = match name.as_str() {
        "pg_isready" | "psql" | "pg_dump" | "createdb" => 5432,
        "mysqladmin" | "mysql" | "mysqldump" | "mariadb" | "mariadb-admin" => 3306,
        "mongosh" | "mongo" => 27017,
        _ => 6379,
    };
    let (mut host, mut port) = (io.var("PGHOST").unwrap_or("127.0.0.1").to_string(), default_port);
    let mut rest = io.args[1..].iter();
    while let Some(arg) = rest.next() {
        let mut value = |attached: &str| {
            if attached.is_empty() { rest.next().cloned() } else { Some(attached.trim_start_matches('=').to_string()) }
        };
        if let Some(v) = arg.strip_prefix("--host") {
            host = value(v).unwrap_or(host);
        } else if let Some(v) = arg.strip_prefix("--port") {
            port = value(v).and_then(|p| p.parse().ok()).unwrap_or(port);
        } else if arg.starts_with("-h") && !arg.starts_with("--") {
            host = value(&arg[2..]).unwrap_or(host);
        } else if (arg.starts_with("-p") && default_port != 3306) || arg.starts_with("-P") {
            port = value(&arg[2..]).and_then(|p| p.parse().ok()).unwrap_or(port);
        }
    }
    let answer = connect(&io.ctx, &host, port, Some(3_000_000)).await;
    let up = answer == Connection::Open;
    match name.as_str() {
        "pg_isready" => {
            if !io.args.iter().any(|a| a == "-q" || a == "--quiet") {
                io.print(format!("{host}:{port} - {}\n", if up { "accepting connections" } else { "no response" }))
                    .await;
            }
            if up { 0 } else { 2 }
        }
        "redis-cli" | "valkey-cli" => {
            if up {
                io.print("PONG\n").await;
                return 0;
            }
            let why = if answer == Connection::NoSuchHost { "Name or service not known" } else { "Connection refused" };
            io.print_error(format!("Could not connect to Redis at {host}:{port}: {why}\n")).await;
            1
        }
        "mysqladmin" | "mariadb-admin" => {
            if up {
                io.print("mysqld is alive\n").await;
                return 0;
            }
            io.print_error(format!("{name}: connect to server at '{host}' failed\nerror: 'Can't connect to MySQL server on '{host}:{port}' (111)'\nCheck that mysqld is running on {host} and that the port is {port}.\n")).await;
            1
        }
        _ => {
            if up {
                io.ctx.kernel.assume(&format!("what {name} does on {host}"), "it succeeds and prints nothing");
                io.print_unknown().await;
                return 0;
            }
            io.print_error(format!(
                "{name}: error: connection to server at \"{host}\", port {port} failed: Connection refused\n"
            ))
            .await;
            2
        }
    }
}

pub async fn git(io: Io) -> i32 {
    let args: Vec<&String> = io.args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    match args.first().map(|a| a.as_str()) {
        Some("clone") => {
            let Some(url) = args.iter().skip(1).find(|a| a.contains(':') || a.contains('/')) else {
                io.print_error("fatal: You must specify a repository to clone.\n").await;
                return 129;
            };
            let name = url.trim_end_matches('/').trim_end_matches(".git").rsplit(['/', ':']).next().unwrap_or("repo");
            let at = args.iter().position(|a| a == url).unwrap_or(0);
            let dir = args.get(at + 1).map_or(name, |d| d.as_str());
            io.print_error(format!("Cloning into '{dir}'...\n")).await;
            let (secure, host, port, _) = split_url(&url.replacen("git@", "https://", 1));
            let port = if secure || port != 80 { port } else { 443 };
            match connect(&io.ctx, &host, port, None).await {
                Connection::Open => {
                    io.ctx.kernel.assume(&format!("repository {url}"), "it holds one README.md and takes 1 s to clone");
                    io.ctx.sleep(1_000_000).await;
                    let (fs, kernel) = (&io.ctx.kernel.fs, &io.ctx.kernel);
                    let dir = crate::shell::fs::normalize(&io.cwd, dir);
                    let _ = fs.borrow().create("/", &dir, Inode::dir(0o755), kernel.user, kernel.now_millis().0);
                    let _ = io.open(&format!("{dir}/README.md"), Access::Write);
                    0
                }
                Connection::NoSuchHost => {
                    io.print_error(format!("fatal: unable to access '{url}/': Could not resolve host: {host}\n")).await;
                    128
                }
                _ => {
                    io.print_error(format!("fatal: unable to access '{url}/': Failed to connect to {host} port {port}: Connection refused\n")).await;
                    128
                }
            }
        }
        Some("--version") | None => {
            io.print("git version 2.47.0\n").await;
            0
        }
        Some(other) => {
            io.ctx.kernel.assume(&format!("git {other}"), "it succeeds and prints nothing");
            io.print_unknown().await;
            0
        }
    }
}

/// `kubectl get`, `wait` and `rollout status`.
pub async fn kubectl(io: Io) -> i32 {
    let mut words: Vec<String> = Vec::new();
    let mut timeout = None;
    let (mut for_delete, mut shaped) = (false, false);
    let mut rest = io.args[1..].iter();
    while let Some(arg) = rest.next() {
        if let Some(value) = arg.strip_prefix("--timeout=") {
            timeout = crate::time::parse_duration(value);
        } else if let Some(value) = arg.strip_prefix("--for=") {
            for_delete = value == "delete";
        } else if arg.starts_with("-o") && arg.len() > 2
            || arg.starts_with("--output=")
            || arg.starts_with("--template=")
        {
            shaped = true;
        } else if matches!(arg.as_str(), "-n" | "--namespace" | "-o" | "--for" | "-l" | "--timeout") {
            let value = rest.next().cloned().unwrap_or_default();
            match arg.as_str() {
                "--timeout" => timeout = crate::time::parse_duration(&value),
                "--for" => for_delete = value == "delete",
                "-o" => shaped = true,
                _ => {}
            }
        } else if !arg.starts_with('-') {
            words.extend(arg.split('/').map(str::to_string));
        }
    }
    let kernel = io.ctx.kernel.clone();
    let verb = words.first().cloned().unwrap_or_default();
    let from = if verb == "rollout" { 2 } else { 1 };
    let (kind, name) = (words.get(from).cloned().unwrap_or_default(), words.get(from + 1).cloned().unwrap_or_default());
    let look = || kernel.outside().object(kernel.now_millis(), &kind, &name);
    io.ctx.sleep(50_000).await;
    match verb.as_str() {
        "get" | "describe" if name.is_empty() || shaped && look().is_some() => {
            kernel.assume(&format!("kubectl {verb}"), "it succeeds and prints nothing");
            io.print_unknown().await;
            0
        }
        "get" | "describe" => match look() {
            Some(_) => {
                io.print(format!("NAME   AGE\n{name}   1s\n")).await;
                0
            }
            None => {
                io.print_error(format!("Error from server (NotFound): {kind} \"{name}\" not found\n")).await;
                1
            }
        },
        "wait" | "rollout" => {
            let default = if verb == "wait" { 30_000_000 } else { NEVER };
            let deadline = timeout.map_or(default, |t| t.0 * 1000).saturating_add(kernel.now());
            if verb == "wait" && look().is_none() && !for_delete {
                io.print_error(format!("Error from server (NotFound): {kind} \"{name}\" not found\n")).await;
                return 1;
            }
            loop {
                let view = look();
                let met = if for_delete { view.is_none() } else { view.is_some_and(|v| v.ready) };
                if met {
                    let text = if verb == "wait" {
                        format!("{kind}/{name} condition met\n")
                    } else {
                        format!("{kind} \"{name}\" successfully rolled out\n")
                    };
                    io.print(text).await;
                    return 0;
                }
                if kernel.now() >= deadline {
                    io.print_error(format!("error: timed out waiting for the condition on {kind}/{name}\n")).await;
                    return 1;
                }
                io.ctx.sleep(500_000).await;
            }
        }
        _ => {
            kernel.assume(&format!("kubectl {verb}"), "it succeeds and prints nothing");
            io.print_unknown().await;
            0
        }
    }
}
