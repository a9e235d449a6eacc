//! A trace as bytes, so that a run that is known before anybody asks for it need not be run where it is shown.
//!
//! A recording carries all that a trace holds but the Pod, of which only the outline is kept: its name, and the names and restart
//! policies of its containers. What shows the object itself needs a trace that was made where it stands. It also tells what there
//! is to say about the Pod and its run ([`Gist`]), which cannot be found out without it.
//! It is read by the very build that wrote it; its format promises nothing to any other.

use std::rc::Rc;

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Trace, Word};

/// What cannot be found out about a recorded run without its Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    /// How many warnings and errors were found about the Pod.
    pub concerns: usize,
    /// What the run comes to, in English and in Korean.
    pub headline: [String; 2],
}

/// The bytes of a recording.
pub fn write(trace: &Trace, gist: &Gist) -> Vec<u8> {
    postcard::to_allocvec(&(trace, gist)).expect("a trace is plain data")
}

/// The trace of a recording and what is told with it; `None` when the bytes are not one.
pub fn read(bytes: &[u8]) -> Option<(Trace, Gist)> {
    postcard::from_bytes(bytes).ok()
}

/// Reads a word of the engine's. It stays for as long as the program does: a recording is read once.
pub(super) fn kept<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    Ok(Box::leak(String::deserialize(from)?.into_boxed_str()))
}

/// What is kept of the Pod.
pub(super) mod outline {
    use serde::Serializer;

    use super::*;

    /// The name of the Pod, its init containers and its main containers.
    #[derive(Serialize, Deserialize)]
    struct Outline(Option<String>, Vec<Kept>, Vec<Kept>);

    /// The name of a container, and its restart policy.
    #[derive(Serialize, Deserialize)]
    struct Kept(String, Option<String>);

    pub fn serialize<S: Serializer>(pod: &Rc<Pod>, to: S) -> Result<S::Ok, S::Error> {
        let spec = pod.spec.as_ref();
        let kept = |c: &Container| Kept(c.name.clone(), c.restart_policy.clone());
        let inits = spec.and_then(|s| s.init_containers.as_ref()).into_iter().flatten().map(kept).collect();
        let mains = spec.into_iter().flat_map(|s| &s.containers).map(kept).collect();
        Outline(pod.metadata.name.clone(), inits, mains).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Rc<Pod>, D::Error> {
        let Outline(name, inits, mains) = Outline::deserialize(from)?;
        let container = |Kept(name, restart_policy)| Container { name, restart_policy, ..Container::default() };
        let mut pod = Pod::default();
        pod.metadata.name = name;
        pod.spec = Some(PodSpec {
            init_containers: Some(inits.into_iter().map(container).collect()),
            containers: mains.into_iter().map(container).collect(),
            ..PodSpec::default()
        });
        Ok(Rc::new(pod))
    }
}
