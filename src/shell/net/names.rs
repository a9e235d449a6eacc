//! Programs that ask name servers: `nslookup`, `getent`, `dig` and `host`.

use super::{LOOKUP, is_address, resolve};
use crate::shell::applets::usage;
use crate::shell::io::Io;

/// What `/etc/resolv.conf` says.
struct Resolver {
    server: String,
    search: Vec<String>,
}

impl Resolver {
    async fn of(io: &Io) -> Resolver {
        let text = io.read_all("/etc/resolv.conf").await.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let line = |keyword: &str| text.lines().find_map(|l| l.strip_prefix(keyword)).unwrap_or_default();
        let words = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        Resolver {
            server: words(line("nameserver")).into_iter().next().unwrap_or_else(|| "127.0.0.1".into()),
            search: words(line("search")),
        }
    }

    /// The address of a name that is asked for as it stands. Services have theirs in full length only.
    fn absolute(&self, io: &Io, name: &str) -> Option<String> {
        let bare = name.trim_end_matches('.');
        let own = self.search.first().and_then(|domain| domain.split('.').next()).unwrap_or("default");
        let zone = bare.rsplit('.').next().unwrap_or(bare);
        let lacks_domain = !bare.contains('.') || matches!(zone, "svc" | "default" | "kube-system") || zone == own;
        if lacks_domain { None } else { resolve(&io.ctx, bare) }
    }

    /// The name in full length, as it is found along the search domains.
    fn in_full(&self, name: &str) -> String {
        match self.search.first() {
            Some(domain) if !name.contains('.') => format!("{name}.{domain}"),
            _ => name.to_string(),
        }
    }
}

pub async fn nslookup(io: Io) -> i32 {
    let names: Vec<&String> = io.args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    let Some(name) = names.first() else {
        return usage::show(&io).await;
    };
    let resolver = Resolver::of(&io).await;
    let server = names.get(1).map_or(resolver.server.as_str(), |s| s.as_str());
    io.ctx.sleep(LOOKUP).await;
    let image = &io.ctx.kernel.image;
    match image.is_busybox() {
        true if image.busybox < 29 => by_library(&io, &resolver, name, server).await,
        true => by_queries(&io, &resolver, name, server).await,
        false => by_bind(&io, &resolver, name, server).await,
    }
}

/// busybox up to 1.28 asks as any program does.
async fn by_library(io: &Io, resolver: &Resolver, name: &str, server: &str) -> i32 {
    let known = if server == resolver.server { " kube-dns.kube-system.svc.cluster.local" } else { "" };
    io.print(format!("Server:    {server}\nAddress 1: {server}{known}\n\n")).await;
    let Some(address) = resolve(&io.ctx, name) else {
        io.complain(&format!("can't resolve '{name}'")).await;
        return 1;
    };
    io.print(format!("Name:      {name}\nAddress 1: {address} {}\n", resolver.in_full(name))).await;
    0
}

/// busybox since 1.29 asks by itself, for addresses of both kinds. Of search domains 1.29 knows nothing; since 1.30 a name without a dot
/// is asked for in each of them, whatever the others answer, and one with a dot in none.
async fn by_queries(io: &Io, resolver: &Resolver, name: &str, server: &str) -> i32 {
    let searches = !name.contains('.') && io.ctx.kernel.image.busybox >= 30 && !resolver.search.is_empty();
    // Only the first domain is that of the Pod's own services.
    let questions: Vec<(String, Option<String>)> = match searches {
        true => resolver
            .search
            .iter()
            .enumerate()
            .map(|(i, domain)| {
                let full = format!("{name}.{domain}");
                let address = if i == 0 { resolve(&io.ctx, &full) } else { None };
                (full, address)
            })
            .collect(),
        false if is_address(name) => vec![(name.to_string(), Some(name.to_string()))],
        false => vec![(name.to_string(), resolver.absolute(io, name))],
    };
    let mut text = format!("Server:\t\t{server}\nAddress:\t{server}:53\n\n");
    let kind = io.args.iter().find_map(|a| a.strip_prefix("-type=").or(a.strip_prefix("-query=")));
    let kinds = if kind.is_some() { 1 } else { 2 };
    for of_version_six in [false, true].into_iter().take(kinds) {
        for (full, address) in &questions {
            text.push_str(&match address {
                Some(_) if of_version_six => "\n".into(),
                Some(address) => format!("Name:\t{full}\nAddress: {address}\n\n"),
                None => format!("** server can't find {full}: NXDOMAIN\n\n"),
            });
        }
    }
    io.print(text).await;
    questions.iter().any(|(_, address)| address.is_none()) as i32
}

async fn by_bind(io: &Io, resolver: &Resolver, name: &str, server: &str) -> i32 {
    let full = resolver.in_full(name);
    let (answer, status) = match resolve(&io.ctx, name) {
        Some(address) => (format!("Name:\t{full}\nAddress: {address}"), 0),
        None => (format!("** server can't find {full}: NXDOMAIN"), 1),
    };
    io.print(format!("Server:\t\t{server}\nAddress:\t{server}#53\n\n{answer}\n\n")).await;
    status
}

/// `getent hosts NAME`.
pub async fn getent(io: Io) -> i32 {
    let [_, database, names @ ..] = io.args.as_slice() else { return 1 };
    if !matches!(database.as_str(), "hosts" | "ahosts" | "ahostsv4") {
        io.ctx.kernel.assume(&format!("getent {database}"), "nothing is found");
        return 2;
    }
    let resolver = Resolver::of(&io).await;
    let mut status = 0;
    for name in names {
        io.ctx.sleep(LOOKUP).await;
        match resolve(&io.ctx, name) {
            Some(address) if database == "hosts" => {
                io.print(format!("{address:<15} {}\n", resolver.in_full(name))).await;
            }
            Some(address) => {
                io.print(format!(
                    "{address:<15} STREAM {}\n{address:<15} DGRAM  \n{address:<15} RAW    \n",
                    resolver.in_full(name)
                ))
                .await;
            }
            None => status = 2,
        }
    }
    status
}

/// `dig NAME` and `host NAME`. The first asks for names as they stand and does not mind what it is told.
pub async fn dig(io: Io) -> i32 {
    let digs = io.name() == "dig";
    let short = io.args.iter().any(|a| a == "+short");
    let searches = !digs || io.args.iter().any(|a| a == "+search");
    let Some(name) = io.args[1..].iter().find(|a| !a.starts_with(['-', '+', '@'])).cloned() else { return 1 };
    let resolver = Resolver::of(&io).await;
    io.ctx.sleep(LOOKUP).await;
    let address = if searches { resolve(&io.ctx, &name) } else { resolver.absolute(&io, &name) };
    let full = if searches { resolver.in_full(&name) } else { name.trim_end_matches('.').to_string() };
    let text = match &address {
        Some(address) if short => format!("{address}\n"),
        None if short => String::new(),
        Some(address) if digs => format!(
            "\n; <<>> DiG <<>> {name}\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR\n;; QUESTION SECTION:\n;{full}.\t\tIN\tA\n\n;; ANSWER SECTION:\n{full}.\t30\tIN\tA\t{address}\n\n"
        ),
        None if digs => format!(
            "\n; <<>> DiG <<>> {name}\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN\n;; QUESTION SECTION:\n;{full}.\t\tIN\tA\n\n"
        ),
        Some(address) => format!("{full} has address {address}\n"),
        None => format!("Host {name} not found: 3(NXDOMAIN)\n"),
    };
    io.print(text).await;
    (!digs && address.is_none()) as i32
}
