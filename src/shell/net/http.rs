//! What web servers answer, and `wget`.

use super::{connect, is_own, micros, resolve};
use crate::order::Order;
use crate::shell::applets::opts::Opts;
use crate::shell::applets::usage;
use crate::shell::fs::{Errno, MAX_FILE, normalize};
use crate::shell::host::Connection;
use crate::shell::inode::Inode;
use crate::shell::io::{Access, Io, write};
use crate::shell::kernel::{Ctx, Kernel, Service, Us};

/// The HTTP status that a server answers.
pub fn status(kernel: &Kernel, service: &Service, path: &str) -> u16 {
    match service {
        Service::Http { root, lists } => file(kernel, root, *lists, path).map_or_else(|status| status, |_| 200),
        Service::Health { .. } if path != "/healthz" => 404,
        Service::Health { well } => {
            if *well {
                200
            } else {
                500
            }
        }
        Service::Assumed | Service::Tcp => 200,
    }
}

/// The page at a path of what listens on a port, or an HTTP status that is not success; nothing where nobody knows.
pub fn page(kernel: &Kernel, port: u16, path: &str) -> Option<Result<Vec<u8>, u16>> {
    match kernel.service(port)? {
        Service::Http { root, lists } => Some(file(kernel, &root, lists, path).map(|inode| inode.bytes(MAX_FILE))),
        service @ Service::Health { .. } => Some(match status(kernel, &service, path) {
            200 => Ok(b"ok".to_vec()),
            status => Err(status),
        }),
        Service::Tcp | Service::Assumed => None,
    }
}

/// What a web server with these files sends, or its status that is not success.
fn file(kernel: &Kernel, root: &str, lists: bool, path: &str) -> Result<Inode, u16> {
    let path = path.split(['?', '#']).next().unwrap_or("/");
    let full = format!("{root}/{}", normalize("/", path).trim_start_matches('/'));
    let fs = kernel.fs.borrow();
    let found = fs.find("/", &full, true).map_err(|_| 404_u16)?;
    if !found.inode.is_dir() {
        return Ok(found.inode);
    }
    match fs.find("/", &format!("{full}/index.html"), true) {
        Ok(index) => Ok(index.inode),
        Err(_) if lists => Ok(Inode::file(listing(&found.inode, path).into_bytes(), 0o644)),
        Err(_) => Err(403),
    }
}

/// What Python's server shows of a directory.
fn listing(dir: &Inode, path: &str) -> String {
    let safe = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut names = dir.names();
    names.order_by_key(|name| name.to_lowercase());
    let line = |name: &String| {
        let inode = dir.child(name);
        let end = if inode.as_ref().is_some_and(Inode::is_dir) { "/" } else { "" };
        let kind = if inode.as_ref().is_some_and(Inode::is_link) { "@" } else { end };
        format!("<li><a href=\"{name}{end}\">{name}{kind}</a></li>\n", name = safe(name))
    };
    let (title, lines) = (format!("Directory listing for {}", safe(path)), names.iter().map(line).collect::<String>());
    format!(
        "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<hr>\n<ul>\n{lines}</ul>\n<hr>\n</body>\n</html>\n"
    )
}

/// Scheme, host, port and path of a URL.
pub(super) fn split_url(url: &str) -> (bool, String, u16, String) {
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

/// The host of a URL as it is written, with its port; and the port, when it is none.
fn authority(url: &str) -> (&str, Option<&str>) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    (authority, port.filter(|port| port.parse::<u16>().is_err()))
}

/// What busybox shows of a download that is over, when nobody watches it on a terminal.
fn progress(file: &str, size: usize) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let size = match size {
        0..1_000_000 => format!("{size:>6} "),
        _ => format!("{:>5}k ", size >> 10),
    };
    format!("{name:<20.20} 100% |{}|{size} 0:00:00 ETA\n", "*".repeat(32))
}

/// What comes back from a URL: the body, or an HTTP status that is not success.
pub(super) async fn fetch(ctx: &Ctx, url: &str, timeout: Option<Us>) -> Result<Body, FetchError> {
    let (_, host, port, path) = split_url(url);
    let local = is_own(&ctx.kernel, &host);
    match connect(ctx, &host, port, timeout).await {
        Connection::Open if local => {
            let neighbour = || ctx.kernel.outside().local_page(ctx.kernel.now_millis(), port, &path);
            match page(&ctx.kernel, port, &path).or_else(neighbour) {
                Some(Ok(bytes)) => Ok(Body::Known(bytes)),
                Some(Err(status)) => Err(FetchError::Status(status)),
                None => Ok(Body::Unknown),
            }
        }
        Connection::Open => {
            ctx.kernel.assume(&format!("answer of {url}"), "HTTP 200 with an empty page");
            Ok(Body::Unknown)
        }
        other => Err(FetchError::Connection(host, port, other)),
    }
}

/// What comes back.
pub(super) enum Body {
    Known(Vec<u8>),
    Unknown,
}

impl Body {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Body::Known(bytes) => bytes,
            Body::Unknown => &[],
        }
    }

    pub(super) async fn print(&self, io: &Io) {
        match self {
            Body::Known(bytes) => _ = io.print(bytes).await,
            Body::Unknown => io.print_unknown().await,
        }
    }
}

pub(super) enum FetchError {
    Status(u16),
    Connection(String, u16, Connection),
}

pub(super) fn reason(status: u16) -> &'static str {
    match status {
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        _ => "Error",
    }
}

pub async fn wget(io: Io) -> i32 {
    let longs = [
        ("quiet", 'q'),
        ("spider", 's'),
        ("timeout", 'T'),
        ("tries", 't'),
        ("output-document", 'O'),
        ("no-check-certificate", 'k'),
        ("header", 'H'),
        ("post-data", 'd'),
        ("directory-prefix", 'P'),
    ];
    let opts = Opts::parse(&io, "qSskcO:T:t:P:U:o:H:d:nv", &longs);
    let Some(url) = opts.rest.first() else {
        return usage::show(&io).await;
    };
    let timeout = micros(opts.get('T').and_then(|t| t.parse().ok()).unwrap_or(900));
    if let (_, Some(port)) = authority(url) {
        io.complain(&format!("bad port '{port}'")).await;
        return 1;
    }
    let (_, host, port, path) = split_url(url);
    let quiet = opts.has('q');
    if !quiet && let Some(address) = resolve(&io.ctx, &host) {
        io.print_error(format!(
            "Connecting to {host}{} ({address}:{port})\n",
            if port == 80 || port == 443 { String::new() } else { format!(":{port}") }
        ))
        .await;
    }
    let fetched = fetch(&io.ctx, url, Some(timeout)).await;
    if opts.has('S') {
        // Of the header nobody knows more than its first line.
        match &fetched {
            Ok(_) => io.print_error("  HTTP/1.1 200 OK\n").await,
            Err(FetchError::Status(status)) => {
                io.print_error(format!("  HTTP/1.1 {status} {}\n", reason(*status))).await
            }
            Err(_) => {}
        }
    }
    match fetched {
        Ok(body) => {
            if opts.has('s') {
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
            let to_stdout = target == "-";
            // What nobody named is not written over.
            let access = if opts.has('O') || opts.has('c') { Access::Write } else { Access::Exclusive };
            if to_stdout {
                body.print(&io).await;
            } else if let Err(errno) = save(&io, &target, access, body.bytes()).await {
                io.complain(&format!("can't open '{target}': {}", errno.text())).await;
                return 1;
            }
            if !quiet {
                let (before, after) = match to_stdout {
                    true => ("writing to stdout".to_string(), "written to stdout".to_string()),
                    false => (format!("saving to '{target}'"), format!("'{target}' saved")),
                };
                io.print_error(format!("{before}\n{}{after}\n", progress(&target, body.bytes().len()))).await;
            }
            0
        }
        Err(FetchError::Status(status)) => {
            io.complain(&format!("server returned error: HTTP/1.1 {status} {}", reason(status))).await;
            1
        }
        Err(FetchError::Connection(host, _, Connection::NoSuchHost)) => {
            let what = if io.ctx.kernel.image.is_busybox() {
                format!("bad address '{}'", authority(url).0)
            } else {
                format!("unable to resolve host address '{host}'")
            };
            io.complain(&what).await;
            1
        }
        Err(FetchError::Connection(host, _, answer)) => {
            let why = if answer == Connection::Refused { "Connection refused" } else { "Operation timed out" };
            let address = resolve(&io.ctx, &host).unwrap_or(host);
            if answer == Connection::Timeout && opts.has('T') {
                io.complain("download timed out").await;
            } else {
                io.complain(&format!("can't connect to remote host ({address}): {why}")).await;
            }
            1
        }
    }
}

async fn save(io: &Io, path: &str, access: Access, body: &[u8]) -> Result<(), Errno> {
    let fd = io.open(path, access)?;
    write(&io.ctx, &fd, body).await
}
