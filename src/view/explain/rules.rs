//! Where the rules stand that a run shows.

use crate::i18n::explain::Rule;

const CONCEPTS: &str = "https://kubernetes.io/docs/concepts/";

impl Rule {
    /// The section of `kubelet-semantics.md` that has it in full.
    pub fn section(&self) -> &'static str {
        match self {
            Rule::InitsInOrder {} | Rule::MainsAfterInits {} => "2.4",
            Rule::OnlyItself {} | Rule::NeverEnds {} => "2.5",
            Rule::BackOffSeries {} | Rule::BackOffForgotten {} => "4.1",
            Rule::ImageBackOff {} => "5.4",
            Rule::ConfigRetry {} => "6.1",
            Rule::MountRetry {} => "7.1",
            Rule::Relist {} => "1.4",
            Rule::StatusFirst {} => "1.7",
            Rule::SidecarGate {} | Rule::SidecarOrder {} => "10",
            Rule::GraceThenKill {} => "13.2",
            Rule::PostStartBlocks {} => "9",
            Rule::LivenessRestarts {} | Rule::ReadinessGates {} => "8.4",
            Rule::PolicyAlways {} | Rule::PolicyOnFailure {} => "2.6",
            Rule::SandboxLoss {} => "2.2",
            Rule::Deadline {} => "13.4",
            Rule::Eviction {} => "13.5",
            Rule::MemoryLimit {} => "6.3",
            Rule::Scheduling {} => "16.4",
            Rule::PhaseIsFinal {} => "11.2",
            Rule::RestartsAll {} => "3.4",
        }
    }

    /// The page of the Kubernetes documentation about it.
    pub fn url(&self) -> String {
        let page = match self {
            Rule::InitsInOrder {} | Rule::MainsAfterInits {} | Rule::OnlyItself {} | Rule::NeverEnds {} => {
                "workloads/pods/init-containers/"
            }
            Rule::SidecarGate {} | Rule::SidecarOrder {} => "workloads/pods/sidecar-containers/",
            Rule::ImageBackOff {} => "containers/images/",
            Rule::ConfigRetry {} => "configuration/secret/",
            Rule::MountRetry {} | Rule::Eviction {} => "storage/volumes/",
            Rule::PostStartBlocks {} => "containers/container-lifecycle-hooks/",
            Rule::MemoryLimit {} => "configuration/manage-resources-containers/",
            Rule::Scheduling {} => "scheduling-eviction/assign-pod-node/",
            _ => "workloads/pods/pod-lifecycle/",
        };
        format!("{CONCEPTS}{page}")
    }
}
