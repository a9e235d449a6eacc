//! The variables by which the kubelet tells containers of services (`pkg/kubelet/envvars`): of the API server always, and of each
//! service in the Pod's namespace that is there when the container starts.

use std::rc::Rc;

use super::world::service_ip;

/// Variables with their values; what shares them costs nothing more.
pub type Links = Rc<[(String, String)]>;

/// The API server's service; one address for every cluster.
const API_SERVER: &str = "kubernetes";

/// The variables that tell of these services, by their names in the Pod's namespace, with their ports.
pub fn links<'s>(services: impl Iterator<Item = (String, &'s [u16])>) -> Links {
    let mut list = Vec::new();
    add(&mut list, API_SERVER, &[443]);
    list.insert(2, ("KUBERNETES_SERVICE_PORT_HTTPS".into(), "443".into()));
    services.for_each(|(name, ports)| add(&mut list, &name, ports));
    list.into()
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
