//! Rules on probes and lifecycle hooks, which share their handlers.

use k8s_openapi::api::core::v1::{
    Container, ExecAction, GRPCAction, HTTPGetAction, LifecycleHandler, Probe, SleepAction, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Errors, names};

/// The handlers of a probe or of a hook.
#[derive(Default)]
struct Handlers<'p> {
    exec: Option<&'p ExecAction>,
    http: Option<&'p HTTPGetAction>,
    tcp: Option<&'p TCPSocketAction>,
    grpc: Option<&'p GRPCAction>,
    sleep: Option<&'p SleepAction>,
}

pub fn lifecycle(container: &Container, grace: i64, path: &str, errors: &mut Errors) {
    let Some(lifecycle) = &container.lifecycle else { return };
    for (name, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(LifecycleHandler { exec, http_get, tcp_socket, sleep }) = handler else { continue };
        let handlers = Handlers {
            exec: exec.as_ref(),
            http: http_get.as_ref(),
            tcp: tcp_socket.as_ref(),
            sleep: sleep.as_ref(),
            grpc: None,
        };
        check_handlers(&handlers, grace, &format!("{path}.lifecycle.{name}"), errors);
    }
}

pub fn probes(container: &Container, path: &str, errors: &mut Errors) {
    if let Some(probe) = &container.liveness_probe {
        let path = format!("{path}.livenessProbe");
        check_probe(probe, &path, errors);
        one_success(probe, &path, errors);
    }
    if let Some(probe) = &container.readiness_probe {
        let path = format!("{path}.readinessProbe");
        check_probe(probe, &path, errors);
        if let Some(grace) = probe.termination_grace_period_seconds {
            let path = format!("{path}.terminationGracePeriodSeconds");
            errors.invalid(path, grace, "must not be set for readinessProbes");
        }
    }
    if let Some(probe) = &container.startup_probe {
        let path = format!("{path}.startupProbe");
        check_probe(probe, &path, errors);
        one_success(probe, &path, errors);
    }
}

fn one_success(probe: &Probe, path: &str, errors: &mut Errors) {
    if let Some(n) = probe.success_threshold.filter(|&n| n != 1) {
        errors.invalid(format!("{path}.successThreshold"), n, "must be 1");
    }
}

fn check_probe(probe: &Probe, path: &str, errors: &mut Errors) {
    let handlers = Handlers {
        exec: probe.exec.as_ref(),
        http: probe.http_get.as_ref(),
        tcp: probe.tcp_socket.as_ref(),
        grpc: probe.grpc.as_ref(),
        sleep: None,
    };
    check_handlers(&handlers, 0, path, errors);
    for (field, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        if let Some(n) = value.filter(|&n| n < 0) {
            errors.invalid(format!("{path}.{field}"), n, "must be greater than or equal to 0");
        }
    }
    if let Some(grace) = probe.termination_grace_period_seconds.filter(|&n| n <= 0) {
        errors.invalid(format!("{path}.terminationGracePeriodSeconds"), grace, "must be greater than 0");
    }
}

/// Exactly one handler, and that one in order; more of them are forbidden, not looked at.
fn check_handlers(handlers: &Handlers, grace: i64, path: &str, errors: &mut Errors) {
    let mut n = 0;
    let mut first = |name: &str, errors: &mut Errors| {
        n += 1;
        if n > 1 {
            errors.forbidden(format!("{path}.{name}"), "may not specify more than 1 handler type");
        }
        n == 1
    };
    if let Some(exec) = handlers.exec
        && first("exec", errors)
        && exec.command.as_ref().is_none_or(Vec::is_empty)
    {
        errors.required(format!("{path}.exec.command"), "");
    }
    if let Some(http) = handlers.http
        && first("httpGet", errors)
    {
        check_http(http, &format!("{path}.httpGet"), errors);
    }
    if let Some(tcp) = handlers.tcp
        && first("tcpSocket", errors)
    {
        port(&tcp.port, &format!("{path}.tcpSocket.port"), errors);
    }
    if let Some(grpc) = handlers.grpc
        && first("grpc", errors)
        && let Some(error) = names::port_number(grpc.port.into())
    {
        errors.invalid(format!("{path}.grpc.port"), grpc.port, error);
    }
    if let Some(sleep) = handlers.sleep
        && first("sleep", errors)
        && !(0..=grace).contains(&sleep.seconds)
    {
        let detail = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        errors.invalid(format!("{path}.sleep"), sleep.seconds, &detail);
    }
    if n == 0 {
        errors.required(path, "must specify a handler type");
    }
}

fn check_http(http: &HTTPGetAction, path: &str, errors: &mut Errors) {
    const SCHEMES: [&str; 2] = ["HTTP", "HTTPS"];
    port(&http.port, &format!("{path}.port"), errors);
    let scheme = http.scheme.as_deref().unwrap_or("");
    if !SCHEMES.contains(&scheme) {
        errors.unsupported(format!("{path}.scheme"), scheme, &SCHEMES);
    }
    for (i, header) in http.http_headers.iter().flatten().enumerate() {
        for error in names::http_header(&header.name) {
            let at = format!("{path}.httpHeaders[{i}].name");
            errors.invalid(format!("{path}.httpHeaders"), header.name.as_str(), &error).at(at);
        }
    }
}

fn port(port: &IntOrString, path: &str, errors: &mut Errors) {
    match port {
        IntOrString::Int(n) => {
            if let Some(error) = names::port_number((*n).into()) {
                errors.invalid(path, *n, error);
            }
        }
        IntOrString::String(name) => {
            for error in names::port(name) {
                errors.invalid(path, name.as_str(), &error);
            }
        }
    }
}
