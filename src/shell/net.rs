//! The network as programs meet it: names, connections, and the programs that use them.

use super::host::Connection;
use super::io::{Access, Io};
use super::kernel::{Ctx, Kernel, NEVER, Service, Us};
use crate::shell::applets::opts::Opts;
use crate::shell::applets::usage;

/// A question to the name server and back.
const LOOKUP: Us = 2_000;
/// Linux gives up on a connection after this.
const CONNECT_TIMEOUT: Us = 127_000_000;

fn is_address(host: &str) -> bool {
    host.contains(':') || host.split('.').count() == 4 && host.split('.').all(|p| p.parse::<u8>().is_ok())
}

/// The address of a name.
pub fn resolve(ctx: &Ctx, name: &str) -> Option<String> {
    let kernel = &ctx.kernel;
    kernel.look();
    if is_address(name) {
        return Some(name.to_string());
    }
    if name == "localhost" {
        return Some("127.0.0.1".into());
    }
    if name == kernel.config.hostname {
        return Some("10.244.0.5".into());
    }
    kernel.outside().resolve(kernel.now_millis(), name.trim_end_matches('.'))
}

/// Tries to connect, for as long as that takes.
pub async fn connect(ctx: &Ctx, host: &str, port: u16, timeout: Option<Us>) -> Connection {
    let kernel = &ctx.kernel;
    kernel.look();
    ctx.sleep(LOOKUP).await;
    if matches!(host, "localhost" | "::1" | "0.0.0.0") || host.starts_with("127.") || host == kernel.config.hostname {
        let open = kernel.service(port).is_some() || kernel.outside().local_port(kernel.now_millis(), port);
        return if open { Connection::Open } else { Connection::Refused };
    }
    let answer = kernel.outside().connect(kernel.now_millis(), host, port);
    if answer == Connection::Timeout {
        ctx.sleep(timeout.unwrap_or(CONNECT_TIMEOUT)).await;
    }
    answer
}

/// What a web server with these files answers.
pub fn http_status(kernel: &Kernel, root: &str, path: &str) -> u16 {
    let path = path.split(['?', '#']).next().unwrap_or("/");
    let full = format!("{root}/{}", super::fs::normalize("/", path).trim_start_matches('/'));
    let fs = kernel.fs.borrow();
    match fs.find("/", &full, true) {
        Ok(found) if found.inode.is_dir() => match fs.find("/", &format!("{full}/index.html"), true) {
            Ok(_) => 200,
            Err(_) => 403,
        },
        Ok(_) => 200,
        Err(_) => 404,
    }
}

pub async fn nslookup(io: Io) -> i32 {
    let names: Vec<&String> = io.args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    let Some(name) = names.first() else {
        return usage::show(&io).await;
    };
    let server = names.get(1).map_or("10.96.0.10", |s| s.as_str());
    io.ctx.sleep(LOOKUP).await;
    let address = resolve(&io.ctx, name);
    let image = &io.ctx.kernel.image;
    let old = image.is_busybox() && image.busybox < 29;
    let full = if name.contains('.') { name.to_string() } else { format!("{name}.default.svc.cluster.local") };
    if old {
        let known = if server == "10.96.0.10" { " kube-dns.kube-system.svc.cluster.local" } else { "" };
        io.print(format!("Server:    {server}\nAddress 1: {server}{known}\n\n")).await;
        return match address {
            Some(address) => {
                io.print(format!("Name:      {name}\nAddress 1: {address} {full}\n")).await;
                0
            }
            None => {
                io.complain(&format!("can't resolve '{name}'")).await;
                1
            }
        };
    }
    let port = if image.is_busybox() { ":53" } else { "#53" };
    io.print(format!("Server:\t\t{server}\nAddress:\t{server}{port}\n\n")).await;
    match address {
        Some(address) => {
            io.print(format!("Name:\t{full}\nAddress: {address}\n\n")).await;
            0
        }
        None => {
            io.print(format!("** server can't find {full}: NXDOMAIN\n\n")).await;
            1
        }
    }
}

pub async fn nc(io: Io) -> i32 {
    let opts = Opts::parse(&io, "w:p:i:e:lzvnukdq:s:", &[("zero", 'z'), ("listen", 'l')]);
    let timeout = opts.get('w').and_then(|t| t.parse::<u64>().ok()).map(|s| s * 1_000_000);
    if opts.has('l') {
        let port = opts.get('p').map(str::to_string).or_else(|| opts.rest.last().cloned());
        let Some(port) = port.and_then(|p| p.parse::<u16>().ok()) else {
            io.complain("bad port").await;
            return 1;
        };
        if !io.ctx.kernel.listen(io.ctx.pid, port, Service::Tcp) {
            io.complain("bind: Address already in use").await;
            return 1;
        }
        io.ctx.forever().await;
    }
    let [host, port, ..] = opts.rest.as_slice() else {
        return usage::show(&io).await;
    };
    let first = port.split('-').next().unwrap_or(port);
    let Ok(number) = first.parse::<u16>() else {
        io.complain(&format!("bad port '{port}'")).await;
        return 1;
    };
    let busybox = io.ctx.kernel.image.is_busybox();
    match connect(&io.ctx, host, number, timeout).await {
        Connection::Open => {
            if opts.has('v') {
                let address = resolve(&io.ctx, host).unwrap_or_default();
                io.print_error(format!("{host} ({address}:{number}) open\n")).await;
            }
            if !opts.has('z')
                && busybox
                && let Ok(mut input) = io.input("-")
            {
                // What is sent is swallowed; the other side then closes.
                let _ = input.rest().await;
            }
            0
        }
        Connection::NoSuchHost => {
            io.complain(&format!("bad address '{host}'")).await;
            1
        }
        answer => {
            // Scanning is silent; otherwise the reason is told.
            if !opts.has('z') || opts.has('v') {
                let address = resolve(&io.ctx, host).unwrap_or_default();
                let why = if answer == Connection::Refused { "Connection refused" } else { "Connection timed out" };
                io.complain(&format!("{host} ({address}:{number}): {why}")).await;
            }
            1
        }
    }
}

/// Scheme, host, port and path of a URL.
fn split_url(url: &str) -> (bool, String, u16, String) {
    let (secure, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme == "https", rest),
        None => (false, url),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let default = if secure { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().unwrap_or(default)),
        _ => (authority, default),
    };
    (secure, host.trim_matches(['[', ']']).to_string(), port, format!("/{path}"))
}

/// What comes back from a URL: the body, or an HTTP status that is not success.
async fn fetch(ctx: &Ctx, url: &str, timeout: Option<Us>) -> Result<Vec<u8>, FetchError> {
    let (_, host, port, path) = split_url(url);
    let local = matches!(host.as_str(), "localhost") || host.starts_with("127.");
    match connect(ctx, &host, port, timeout).await {
        Connection::Open if local => match ctx.kernel.service(port) {
            Some(Service::Http { root }) => {
                let status = http_status(&ctx.kernel, &root, &path);
                if status != 200 {
                    return Err(FetchError::Status(status));
                }
                let full = format!("{root}{path}");
                let fs = ctx.kernel.fs.borrow();
                let found = fs.find("/", &full, true).ok();
                let found = found
                    .filter(|f| !f.inode.is_dir())
                    .or_else(|| fs.find("/", &format!("{full}/index.html"), true).ok());
                Ok(found.map(|f| f.inode.bytes(super::fs::MAX_FILE)).unwrap_or_default())
            }
            _ => Ok(Vec::new()),
        },
        Connection::Open => {
            ctx.kernel.assume(&format!("answer of {url}"), "HTTP 200 with an empty page");
            Ok(Vec::new())
        }
        other => Err(FetchError::Connection(host, port, other)),
    }
}

enum FetchError {
    Status(u16),
    Connection(String, u16, Connection),
}

fn reason(status: u16) -> &'static str {
    match status {
        403 => "Forbidden",
        404 => "Not Found",
        _ => "Error",
    }
}

pub async fn wget(io: Io) -> i32 {
    let longs = [
        ("quiet", 'q'),
        ("spider", 'S'),
        ("timeout", 'T'),
        ("tries", 't'),
        ("output-document", 'O'),
        ("no-check-certificate", 'k'),
        ("header", 'H'),
        ("post-data", 'd'),
        ("directory-prefix", 'P'),
    ];
    let opts = Opts::parse(&io, "qSkcO:T:t:P:U:o:H:d:nv", &longs);
    let Some(url) = opts.rest.first() else {
        return usage::show(&io).await;
    };
    let timeout = opts.get('T').and_then(|t| t.parse::<u64>().ok()).unwrap_or(900) * 1_000_000;
    let (_, host, port, path) = split_url(url);
    let quiet = opts.has('q');
    if !quiet && let Some(address) = resolve(&io.ctx, &host) {
        io.print_error(format!(
            "Connecting to {host}{} ({address}:{port})\n",
            if port == 80 || port == 443 { String::new() } else { format!(":{port}") }
        ))
        .await;
    }
    match fetch(&io.ctx, url, Some(timeout)).await {
        Ok(body) => {
            if opts.has('S') {
                if !quiet {
                    io.print_error("remote file exists\n").await;
                }
                return 0;
            }
            let file = path.rsplit('/').next().filter(|f| !f.is_empty()).unwrap_or("index.html").to_string();
            let mut target = opts.get('O').map_or(file, str::to_string);
            if let Some(dir) = opts.get('P') {
                target = format!("{dir}/{target}");
            }
            if target == "-" {
                io.print(&body).await;
                return 0;
            }
            if let Err(errno) = io.write_file(&target, &body).await {
                io.complain(&format!("can't open '{target}': {}", errno.text())).await;
                return 1;
            }
            if !quiet {
                io.print_error(format!("saving to '{target}'\n'{target}' saved\n")).await;
            }
            0
        }
        Err(FetchError::Status(status)) => {
            io.complain(&format!("server returned error: HTTP/1.1 {status} {}", reason(status))).await;
            1
        }
        Err(FetchError::Connection(host, port, Connection::NoSuchHost)) => {
            let what = if io.ctx.kernel.image.is_busybox() {
                format!("bad address '{host}'")
            } else {
                format!("unable to resolve host address '{host}'")
            };
            let _ = port;
            io.complain(&what).await;
            1
        }
        Err(FetchError::Connection(host, port, answer)) => {
            let why = if answer == Connection::Refused { "Connection refused" } else { "Operation timed out" };
            let address = resolve(&io.ctx, &host).unwrap_or(host);
            if answer == Connection::Timeout && opts.has('T') {
                io.complain("download timed out").await;
            } else {
                io.complain(&format!("can't connect to remote host ({address}): {why}")).await;
            }
            let _ = port;
            1
        }
    }
}

pub async fn curl(io: Io) -> i32 {
    let longs = [
        ("silent", 's'),
        ("fail", 'f'),
        ("show-error", 'S'),
        ("output", 'o'),
        ("head", 'I'),
        ("location", 'L'),
        ("insecure", 'k'),
        ("max-time", 'm'),
        ("connect-timeout", 'c'),
        ("write-out", 'w'),
        ("request", 'X'),
        ("data", 'd'),
        ("header", 'H'),
        ("retry", 'r'),
        ("verbose", 'v'),
        ("user", 'u'),
        ("retry-delay", 'R'),
        ("retry-connrefused", 'C'),
        ("fail-with-body", 'f'),
    ];
    let opts = Opts::parse(&io, "sfSILkvgio:m:c:w:X:d:H:r:u:R:A:OCF:", &longs);
    let Some(url) = opts.rest.first() else {
        io.print_error("curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
            .await;
        return 2;
    };
    let timeout = opts.get('m').or(opts.get('c')).and_then(|t| t.parse::<f64>().ok()).map(|s| (s * 1e6) as u64);
    let loud = !opts.has('s') || opts.has('S');
    let (status, body, code) = match fetch(&io.ctx, url, timeout).await {
        Ok(body) => (200, body, 0),
        Err(FetchError::Status(status)) if opts.has('f') => {
            if loud {
                io.complain(&format!("(22) The requested URL returned error: {status}")).await;
            }
            (status, Vec::new(), 22)
        }
        Err(FetchError::Status(status)) => (status, format!("{status} {}\n", reason(status)).into_bytes(), 0),
        Err(FetchError::Connection(host, port, answer)) => {
            let (code, text) = match answer {
                Connection::NoSuchHost => (6, format!("(6) Could not resolve host: {host}")),
                Connection::Refused => {
                    (7, format!("(7) Failed to connect to {host} port {port} after 1 ms: Couldn't connect to server"))
                }
                _ => (
                    28,
                    format!(
                        "(28) Connection timed out after {} milliseconds",
                        timeout.unwrap_or(CONNECT_TIMEOUT) / 1000
                    ),
                ),
            };
            if loud {
                io.complain(&text).await;
            }
            (0, Vec::new(), code)
        }
    };
    match opts.get('o') {
        Some(path) if code == 0 => {
            if io.write_file(path, &body).await.is_err() {
                return 23;
            }
        }
        _ if opts.has('I') && code == 0 => {
            io.print(format!("HTTP/1.1 {status} OK\r\n\r\n")).await;
        }
        _ => {
            io.print(&body).await;
        }
    }
    if let Some(format) = opts.get('w') {
        let text = format.replace("%{http_code}", &format!("{status:03}")).replace("\\n", "\n");
        io.print(text).await;
    }
    code
}

pub async fn ping(io: Io) -> i32 {
    let opts = Opts::parse(&io, "c:W:w:i:s:I:q46nt:", &[]);
    let Some(host) = opts.rest.first() else { return 1 };
    let count = opts.get('c').and_then(|c| c.parse::<u64>().ok()).unwrap_or(u64::MAX);
    let Some(address) = resolve(&io.ctx, host) else {
        io.complain(&format!("bad address '{host}'")).await;
        return 1;
    };
    io.print(format!("PING {host} ({address}): 56 data bytes\n")).await;
    let mut sent = 0;
    while sent < count {
        if sent > 0 {
            io.ctx.sleep(1_000_000).await;
        }
        io.print(format!("64 bytes from {address}: seq={sent} ttl=64 time=0.080 ms\n")).await;
        sent += 1;
    }
    io.print(format!("\n--- {host} ping statistics ---\n{sent} packets transmitted, {sent} packets received, 0% packet loss\nround-trip min/avg/max = 0.080/0.080/0.080 ms\n")).await;
    0
}

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
                    let dir = super::fs::normalize(&io.cwd, dir);
                    let _ = fs.borrow().create(
                        "/",
                        &dir,
                        super::inode::Inode::dir(0o755),
                        kernel.user,
                        kernel.now_millis().0,
                    );
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
            0
        }
    }
}

/// `kubectl get`, `wait` and `rollout status`.
pub async fn kubectl(io: Io) -> i32 {
    let mut words: Vec<String> = Vec::new();
    let mut timeout = None;
    let mut for_delete = false;
    let mut rest = io.args[1..].iter();
    while let Some(arg) = rest.next() {
        if let Some(value) = arg.strip_prefix("--timeout=") {
            timeout = crate::time::parse_duration(value);
        } else if let Some(value) = arg.strip_prefix("--for=") {
            for_delete = value == "delete";
        } else if matches!(arg.as_str(), "-n" | "--namespace" | "-o" | "--for" | "-l" | "--timeout") {
            let value = rest.next().cloned().unwrap_or_default();
            match arg.as_str() {
                "--timeout" => timeout = crate::time::parse_duration(&value),
                "--for" => for_delete = value == "delete",
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
            0
        }
    }
}
