//! The objects of a text by which admission measures the Pods that come after them: LimitRanges and ResourceQuotas.

use k8s_openapi::api::core::v1::Pod;

use super::limit_range::LimitRange;
use super::resource_quota::ResourceQuota;
use super::stages::{Denied, admission_of_valid, forbid};
use crate::yaml::NodeRef;

/// What has come so far, as kubectl sends one object after the other.
#[derive(Default)]
pub struct Policies {
    limit_ranges: Vec<LimitRange>,
    quotas: Vec<ResourceQuota>,
    /// How many amounts they name together.
    size: usize,
}

/// More amounts nobody limits, and each may be given to every container of a text.
const MOST: usize = 200;

impl Policies {
    pub fn take(&mut self, root: NodeRef, kind: &str) {
        match kind {
            "LimitRange" => {
                let range = LimitRange::read(root);
                self.size += range.size() + 1;
                self.limit_ranges.extend(Some(range).filter(|_| self.size <= MOST));
            }
            "ResourceQuota" => {
                let quota = ResourceQuota::read(root);
                self.size += quota.size() + 1;
                self.quotas.extend(Some(quota).filter(|_| self.size <= MOST));
            }
            _ => {}
        }
    }

    /// What admission gives to a Pod.
    pub fn give(&self, pod: &mut Pod) {
        let namespace = namespace_of(pod);
        self.limit_ranges.iter().filter(|range| range.namespace == namespace).for_each(|range| range.give(pod));
    }

    /// What the plugins refuse of a Pod that is valid, in their order; one that is let in is counted.
    pub fn admit(&mut self, pod: &Pod) -> Result<(), Denied> {
        let Some(spec) = &pod.spec else { return Ok(()) };
        let namespace = namespace_of(pod);
        let mut ranges = self.limit_ranges.iter().filter(|range| range.namespace == namespace);
        if let Some(why) = ranges.find_map(|range| range.refusal(spec)) {
            return forbid(pod, "spec.containers", why);
        }
        admission_of_valid(pod)?;
        let quotas = || self.quotas.iter().filter(|quota| quota.namespace == namespace);
        // All must have their demands met before any is charged.
        let refused =
            quotas().find_map(|quota| quota.unmet(spec)).or_else(|| quotas().find_map(|quota| quota.exceeded(spec)));
        if let Some(why) = refused {
            return forbid(pod, "spec", why);
        }
        self.quotas.iter_mut().filter(|quota| quota.namespace == namespace).for_each(|quota| quota.count(spec));
        Ok(())
    }
}

fn namespace_of(pod: &Pod) -> String {
    pod.metadata.namespace.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into())
}
