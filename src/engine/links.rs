//! The variables by which the kubelet tells containers of services (`pkg/kubelet/envvars`): of the API server always, and of each
//! service in the Pod's namespace that is there when the container starts.

use std::rc::Rc;

use crate::scenario::Service;
use crate::time::Millis;

use super::world::{World, service_ip};

/// Variables with their values; what shares them costs nothing more.
pub type Links = Rc<[(String, String)]>;

/// The API server's service; one address for every cluster.
const API_SERVER: &str = "kubernetes";

/// The links that were made last, and for which of the world's services.
#[derive(Default)]
pub struct Made {
    of: Vec<usize>,
    links: Option<Links>,
}

impl World {
    /// The variables at a moment. `all`: `enableServiceLinks` is not off.
    pub fn service_links(&self, now: Millis, all: bool) -> Links {
        let there = |(_, s): &(usize, &Service)| all && self.links_to(s, now);
        let of: Vec<usize> = self.services().iter().enumerate().filter(there).map(|(i, _)| i).collect();
        self.links_made(|made| match &made.links {
            Some(links) if made.of == of => links.clone(),
            _ => {
                let mut list = Vec::new();
                add(&mut list, API_SERVER, &[443]);
                list.insert(2, ("KUBERNETES_SERVICE_PORT_HTTPS".into(), "443".into()));
                of.iter().map(|&i| &self.services()[i]).for_each(|s| add(&mut list, &s.name, &s.ports));
                let links: Links = list.into();
                *made = Made { of, links: Some(links.clone()) };
                links
            }
        })
    }
}

/// What tells of one service.
fn add(list: &mut Vec<(String, String)>, service: &str, ports: &[u16]) {
    let Some(first) = ports.first() else { return };
    let (ip, name) = (service_ip(service), service.to_ascii_uppercase().replace('-', "_"));
    let mut put = |suffix: String, value: String| list.push((format!("{name}_{suffix}"), value));
    put("SERVICE_HOST".into(), ip.clone());
    put("SERVICE_PORT".into(), first.to_string());
    put("PORT".into(), format!("tcp://{ip}:{first}"));
    for port in ports {
        put(format!("PORT_{port}_TCP"), format!("tcp://{ip}:{port}"));
        put(format!("PORT_{port}_TCP_PROTO"), "tcp".into());
        put(format!("PORT_{port}_TCP_PORT"), port.to_string());
        put(format!("PORT_{port}_TCP_ADDR"), ip.clone());
    }
}
