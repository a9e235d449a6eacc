//! The files by which a container finds others, as the kubelet writes them for each: `/etc/hosts` and `/etc/resolv.conf`.

use std::fmt::Write;
use std::rc::Rc;

use k8s_openapi::api::core::v1::{PodDNSConfig, PodSpec};

/// The cluster's name server, and the domain of its services.
pub const CLUSTER: (&str, &str) = ("10.96.0.10", "cluster.local");

/// The name server of the node, of which nobody says more.
const NODE_SERVER: &str = "192.168.1.1";

/// The files of a Pod's containers while it has this address.
#[derive(Debug)]
pub struct NetFiles {
    pub ip: Rc<str>,
    /// `/etc/hosts`.
    pub hosts: Rc<str>,
    /// `/etc/resolv.conf`.
    pub resolv: Rc<str>,
}

impl NetFiles {
    pub fn new(spec: &PodSpec, namespace: &str, ip: &Rc<str>, hostname: &str) -> NetFiles {
        NetFiles {
            ip: ip.clone(),
            hosts: hosts(spec, namespace, ip, hostname).into(),
            resolv: resolv_conf(spec, namespace).into(),
        }
    }
}

/// Whether names are asked of the cluster (`getPodDNSType`): on the node's network only where the Pod says so.
pub fn asks_cluster(spec: &PodSpec) -> bool {
    match spec.dns_policy.as_deref().unwrap_or("ClusterFirst") {
        "ClusterFirst" => spec.host_network != Some(true),
        policy => policy == "ClusterFirstWithHostNet",
    }
}

/// `/etc/resolv.conf`, as containerd writes what the kubelet asks for (`GetPodDNS`).
fn resolv_conf(spec: &PodSpec, namespace: &str) -> String {
    let (server, domain) = CLUSTER;
    let (mut servers, mut searches, mut options) = match spec.dns_policy.as_deref() {
        Some("None") => (Vec::new(), Vec::new(), Vec::new()),
        _ if asks_cluster(spec) => {
            let searches = [format!("{namespace}.svc.{domain}"), format!("svc.{domain}"), domain.into()];
            (vec![server.to_string()], searches.to_vec(), vec![("ndots".to_string(), Some("5".to_string()))])
        }
        _ => (vec![NODE_SERVER.to_string()], Vec::new(), Vec::new()),
    };
    if let Some(PodDNSConfig { nameservers, searches: more, options: own }) = &spec.dns_config {
        add_new(&mut servers, nameservers.iter().flatten());
        add_new(&mut searches, more.iter().flatten());
        for option in own.iter().flatten() {
            let name = option.name.clone().unwrap_or_default();
            options.retain(|(known, _)| *known != name);
            options.push((name, option.value.clone()));
        }
    }
    let mut text = String::new();
    if !searches.is_empty() {
        _ = writeln!(text, "search {}", searches.join(" "));
    }
    servers.iter().for_each(|server| _ = writeln!(text, "nameserver {server}"));
    if !options.is_empty() {
        let written = |(name, value): (String, Option<String>)| value.map_or(name.clone(), |v| format!("{name}:{v}"));
        _ = writeln!(text, "options {}", options.into_iter().map(written).collect::<Vec<_>>().join(" "));
    }
    text
}

fn add_new<'t>(to: &mut Vec<String>, more: impl Iterator<Item = &'t String>) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// `/etc/hosts` (`managedHostsFileContent`, `hostsEntriesFromHostAliases`); on the node's network it begins as the node's does.
fn hosts(spec: &PodSpec, namespace: &str, ip: &str, hostname: &str) -> String {
    let mut text = match spec.host_network {
        Some(true) => {
            format!("# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n{ip}\t{hostname}\n")
        }
        _ => "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n\
              fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
            .to_string(),
    };
    if spec.host_network != Some(true) {
        let domain = spec.subdomain.as_ref().filter(|name| !name.is_empty());
        let full = domain.map(|sub| format!("{hostname}.{sub}.{namespace}.svc.{}\t", CLUSTER.1));
        _ = writeln!(text, "{ip}\t{}{hostname}", full.unwrap_or_default());
    }
    let aliases = spec.host_aliases.iter().flatten();
    if aliases.clone().next().is_some() {
        text += "\n# Entries added by HostAliases.\n";
    }
    for alias in aliases {
        let names = alias.hostnames.iter().flatten().map(|name| format!("\t{name}")).collect::<String>();
        _ = writeln!(text, "{}{names}", alias.ip);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(json: serde_json::Value) -> PodSpec {
        let mut whole = serde_json::json!({"containers": []});
        whole.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn the_resolver_follows_the_policy() {
        let cluster =
            "search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
        let config = serde_json::json!({
            "nameservers": ["192.0.2.1"], "searches": ["my.dns.search.suffix"], "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]
        });
        for (json, expected) in [
            (serde_json::json!({}), cluster),
            (serde_json::json!({"hostNetwork": true}), "nameserver 192.168.1.1\n"),
            (serde_json::json!({"hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet"}), cluster),
            (serde_json::json!({"dnsPolicy": "Default"}), "nameserver 192.168.1.1\n"),
            (
                serde_json::json!({"dnsPolicy": "None", "dnsConfig": config}),
                "search my.dns.search.suffix\nnameserver 192.0.2.1\noptions ndots:2 edns0\n",
            ),
            (
                serde_json::json!({"dnsConfig": config}),
                "search ns.svc.cluster.local svc.cluster.local cluster.local my.dns.search.suffix\nnameserver 10.96.0.10\n\
                 nameserver 192.0.2.1\noptions ndots:2 edns0\n",
            ),
        ] {
            assert_eq!(resolv_conf(&spec(json.clone()), "ns"), expected, "{json}");
        }
    }
}
