//! The profiles of the node by which a container is confined (`seccompProfile`, `appArmorProfile` of type `Localhost`), and what containerd says
//! where one is missing.

use k8s_openapi::api::core::v1 as api;

use super::run::Sim;
use super::spec::Idx;

impl Sim<'_> {
    /// The seccomp profile of a container, its own or the Pod's. Nothing confines a privileged one.
    pub fn seccomp(&self, idx: Idx) -> Option<&api::SeccompProfile> {
        let own = self.own_security(idx).and_then(|c| c.seccomp_profile.as_ref());
        let profile = own.or(self.pod_security().and_then(|c| c.seccomp_profile.as_ref()));
        profile.filter(|_| !self.is_privileged(idx))
    }

    /// The AppArmor profile of a container, its own or the Pod's. Nothing confines a privileged one.
    fn app_armor(&self, idx: Idx) -> Option<&api::AppArmorProfile> {
        let own = self.own_security(idx).and_then(|c| c.app_armor_profile.as_ref());
        let profile = own.or(self.pod_security().and_then(|c| c.app_armor_profile.as_ref()));
        profile.filter(|_| !self.is_privileged(idx))
    }

    /// Why a container cannot be created with the profiles that it names. They are taken to be on the node.
    pub fn profile_error(&self, idx: Idx) -> Option<String> {
        let missing = |kind: &str, name: &str| self.world.object_data(kind, name, self.now).is_none();
        if let Some(name) = self.app_armor(idx).and_then(of_app_armor).filter(|name| missing("AppArmorProfile", name)) {
            let why = format!("failed to generate apparmor spec opts: apparmor profile not found {name}");
            return Some(format!("failed to get container spec opts: {why}"));
        }
        let name = self.seccomp(idx).and_then(of_seccomp).filter(|name| missing("SeccompProfile", name))?;
        let path = format!("/var/lib/kubelet/seccomp/{name}");
        let why = format!("cannot load seccomp profile {path:?}: open {path}: no such file or directory");
        Some(format!("failed to create containerd container: {why}"))
    }
}

fn of_app_armor(profile: &api::AppArmorProfile) -> Option<&str> {
    profile.localhost_profile.as_deref().filter(|_| profile.type_ == "Localhost")
}

fn of_seccomp(profile: &api::SeccompProfile) -> Option<&str> {
    profile.localhost_profile.as_deref().filter(|_| profile.type_ == "Localhost")
}
