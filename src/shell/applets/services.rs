//! Servers that images start, and programs that nobody models.

use super::nginx;
use super::opts::Opts;
use crate::shell::host::Role;
use crate::shell::image::Image;
use crate::shell::imagined::installs;
use crate::shell::io::Io;
use crate::shell::kernel::{Disposition, NEVER, SIGINT, SIGQUIT, SIGTERM, Service};

/// Servers by name: the port they listen on when nothing says another, and how long they take to start, in milliseconds.
const SERVERS: [(&str, u16, u64); 15] = [
    ("nginx", 80, 10),
    ("httpd", 80, 10),
    ("httpd-foreground", 80, 50),
    ("apache2-foreground", 80, 50),
    ("redis-server", 6379, 10),
    ("valkey-server", 6379, 10),
    ("memcached", 11211, 10),
    ("postgres", 5432, 1_500),
    ("mysqld", 3306, 5_000),
    ("mariadbd", 3306, 3_000),
    ("mongod", 27017, 1_500),
    ("rabbitmq-server", 5672, 5_000),
    ("haproxy", 80, 20),
    ("envoy", 10000, 200),
    ("traefik", 80, 200),
];

pub async fn run(name: &str, mut io: Io) -> i32 {
    match name {
        "pause" => {
            wait_for_stop(&io).await;
            return 0;
        }
        "docker-entrypoint.sh"
        | "entrypoint.sh"
        | "docker-php-entrypoint"
        | "__cacert_entrypoint.sh"
        | "mvn-entrypoint.sh" => {
            if io.ctx.kernel.image.has_own_words() {
                return unmodelled(name, io).await;
            }
            io.args.remove(0);
            if io.args.first().is_some_and(|a| !a.starts_with('-') && !a.ends_with(".conf")) {
                let command = std::mem::take(&mut io.args);
                io.args = vec![name.to_string()];
                return super::launch::become_command(io, command).await;
            }
        }
        _ => {}
    }
    if let Some((_, port, start)) = SERVERS.iter().find(|(n, ..)| *n == name) {
        return server(name, *port, *start, io).await;
    }
    unmodelled(name, io).await
}

/// A program whose effect nobody knows.
pub async fn unmodelled(name: &str, io: Io) -> i32 {
    let kernel = io.ctx.kernel.clone();
    let config = &kernel.config;
    let about = format!("program {name}");
    let is_first = io.ctx.pid == 1 || io.ctx.parent() == 1;
    let is_main = config.role != Role::Init && is_first && !io.followed && !is_short(&io.args);
    if is_main {
        config.ports.iter().for_each(|&port| _ = kernel.listen(io.ctx.pid, port, Service::Assumed));
    }
    let time = match (config.unmodelled_duration, config.role) {
        // What a probe or a hook asks for is answered.
        _ if !kernel.is_of_first(io.ctx.pid) => return at_once(&io, &about).await,
        (Some(time), _) => {
            kernel.assume(&about, &format!("runs for {time} s and exits 0"));
            time.0 * 1000
        }
        (None, _) if Image::is_tool(name) => return at_once(&io, &about).await,
        (None, Role::Task) if is_main && config.ports.is_empty() => {
            kernel.assume(&about, "runs for 10 s and exits 0");
            10_000_000
        }
        (None, _) if is_main => {
            match config.ports.as_slice() {
                [] => kernel.assume(&about, "runs until it is told to stop"),
                ports => kernel
                    .assume(&about, &format!("runs until it is told to stop and answers at port {}", listed(ports))),
            }
            kernel.forget(&io.cwd, &io.args);
            kernel.unknown_server.set(true);
            wait_for_stop(&io).await;
            return 0;
        }
        _ => {
            kernel.assume(&about, "runs for 1 s and exits 0");
            1_000_000
        }
    };
    io.ctx.sleep(time).await;
    kernel.forget(&io.cwd, &io.args);
    io.print_unknown().await;
    0
}

async fn at_once(io: &Io, about: &str) -> i32 {
    io.ctx.kernel.assume(about, "prints nothing and exits 0 at once");
    if installs(&io.args) {
        io.ctx.kernel.forget(&io.cwd, &io.args);
    }
    io.print_unknown().await;
    0
}

fn listed(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// A command that plainly only does one thing, such as `pip install` or `app --version`.
fn is_short(args: &[String]) -> bool {
    const VERBS: [&str; 14] = [
        "install",
        "ci",
        "build",
        "test",
        "migrate",
        "--version",
        "-v",
        "-V",
        "--help",
        "-h",
        "version",
        "update",
        "init",
        "add",
    ];
    args.iter().skip(1).any(|a| VERBS.contains(&a.as_str()))
}

/// Listens until a signal stops it; stops with 0.
async fn server(name: &str, port: u16, start: u64, io: Io) -> i32 {
    if name == "nginx"
        && let Some(at) = io.args.iter().position(|arg| arg == "-s")
    {
        return nginx::tell(&io, io.args.get(at + 1).map_or("", String::as_str)).await;
    }
    let opts = Opts::parse(&io, "p:h:fvg:c:d:tTsq", &[("port", 'p')]);
    if opts.has('t') || io.args.iter().any(|a| matches!(a.as_str(), "-v" | "-V" | "--version" | "-T" | "configtest")) {
        return 0;
    }
    let port = match opts.get('p').map(|p| p.rsplit(':').next().unwrap_or(p)) {
        Some(text) => text.parse().unwrap_or(port),
        None => port,
    };
    if io.ctx.kernel.user.uid != 0 && port < 1024 && name == "nginx" && io.ctx.kernel.user.uid != 101 {
        io.print_error("nginx: [warn] the \"user\" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2\n").await;
    }
    let is_set = |name: &str| io.var(name).is_some() || io.ctx.kernel.supposed(name).is_some();
    if name == "postgres" && io.var("POSTGRES_HOST_AUTH_METHOD").is_none() && !is_set("POSTGRES_PASSWORD") {
        io.print_error("Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\".\n").await;
        return 1;
    }
    if matches!(name, "mysqld")
        && !["MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"]
            .iter()
            .any(|v| io.var(v).is_some())
        && !is_set("MYSQL_ROOT_PASSWORD")
    {
        io.print_error("[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n").await;
        return 1;
    }
    // busybox's server has no handler: as the first process it never hears a TERM.
    let deaf = name == "httpd" && io.ctx.kernel.image.is_busybox();
    if !deaf {
        catch_stops(&io);
    }
    io.ctx.wait_for(io.ctx.kernel.now() + start * 1000, || io.ctx.has_signal().then_some(())).await;
    let web = match name {
        "nginx" => Some("/usr/share/nginx/html".to_string()),
        "httpd-foreground" => Some("/usr/local/apache2/htdocs".to_string()),
        "httpd" => Some(opts.get('h').map_or(io.cwd.clone(), |h| crate::shell::fs::normalize(&io.cwd, h))),
        _ => None,
    };
    if name == "nginx"
        && let Err(complaint) = nginx::make_files(&io)
    {
        nginx::fail(&io, &complaint).await;
        return 1;
    }
    let configured = CONFIGURED.contains(&name) || is_configured(&io, name);
    let service = match web {
        _ if configured => Service::Assumed,
        Some(root) => Service::Http { root, lists: false },
        // It speaks HTTP, and nothing is known of its pages.
        None if name == "apache2-foreground" => Service::Assumed,
        None => Service::Tcp,
    };
    if configured {
        // What a file tells it nobody knows: it serves what the container lists.
        let more = io.ctx.kernel.config.ports.iter().filter(|&&listed| listed != port);
        more.for_each(|&listed| _ = io.ctx.kernel.listen(io.ctx.pid, listed, Service::Assumed));
    }
    if !io.ctx.kernel.listen(io.ctx.pid, port, service) {
        io.print_error(format!("{name}: bind() to 0.0.0.0:{port} failed (98: Address already in use)\n")).await;
        return 1;
    }
    if name == "httpd" && !opts.has('f') && io.ctx.kernel.image.is_busybox() {
        return daemon(io, port).await;
    }
    if deaf {
        io.ctx.forever().await;
    } else {
        wait_for_stop(&io).await;
    }
    0
}

/// Servers that listen where their arguments, their configuration or their plugins say.
const CONFIGURED: [&str; 4] = ["haproxy", "envoy", "traefik", "rabbitmq-server"];

/// Whether the server's configuration is mounted: `/etc/nginx/conf.d`, `/usr/local/apache2/conf`.
fn is_configured(io: &Io, name: &str) -> bool {
    let places = match name {
        "httpd-foreground" => "/usr/local/apache2".to_string(),
        name => format!("/etc/{name}"),
    };
    io.ctx.kernel.fs.borrow().mounts().iter().any(|mount| mount.path.starts_with(&places))
}

/// busybox `httpd` without `-f` goes to the background.
async fn daemon(io: Io, port: u16) -> i32 {
    let kernel = io.ctx.kernel.clone();
    let service = kernel.service(port).unwrap_or(Service::Tcp);
    kernel.stop_listening(port);
    let title = io.args.join(" ");
    kernel.spawn(1, title, move |ctx| async move {
        ctx.kernel.listen(ctx.pid, port, service);
        ctx.forever().await;
        0
    });
    0
}

pub(super) fn catch_stops(io: &Io) {
    // Apache and HAProxy end gracefully by a signal that ends nobody else.
    let own = crate::shell::stop_signal(&io.ctx.kernel.config.image);
    for signal in [SIGTERM, SIGINT, SIGQUIT, own] {
        io.ctx.set_disposition(signal, Some(Disposition::Catch));
    }
}

pub(super) async fn wait_for_stop(io: &Io) {
    catch_stops(io);
    io.ctx.wait_for(NEVER, || io.ctx.has_signal().then_some(())).await;
    // Closing connections takes a moment.
    io.ctx.sleep(5_000).await;
}
