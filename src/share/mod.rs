//! A document as the fragment of a link, and back.
//!
//! `v1/` and the deflated JSON of the document in base64url. A link is a public format from the day it is printed: a
//! version is read for ever, and what cannot be read is an error with a reason, never a panic and never a huge allocation.

mod v1;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::{deflate, inflate};

use crate::document::Document;

/// No link grows beyond this when it is unpacked: two texts of the largest size that Kubernetes takes.
const MAX_BYTES: usize = 2 << 20;
/// zlib's best for texts of this size costs a few milliseconds.
const LEVEL: u8 = 9;

/// Why a fragment is not a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is cut short or was altered.
    Damaged,
    /// It was made by a later version.
    Newer,
    /// It unpacks to more than a document may hold.
    TooLarge,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Damaged => "the link is damaged",
            Unreadable::Newer => "the link was made by a later version",
            Unreadable::TooLarge => "the link holds too much",
        })
    }
}

impl std::error::Error for Unreadable {}

/// The fragment, without `#`, that carries a document.
pub fn write(document: &Document) -> String {
    let packed = deflate::compress_to_vec(&v1::write(document), LEVEL);
    format!("v1/{}", URL_SAFE_NO_PAD.encode(packed))
}

/// Whether a fragment claims to hold a document.
pub fn claims(fragment: &str) -> bool {
    version(fragment).is_some()
}

fn version(fragment: &str) -> Option<(u32, &str)> {
    let (version, packed) = fragment.split_once('/')?;
    Some((version.strip_prefix('v')?.parse().ok()?, packed))
}

/// The document in a fragment; `None` when it does not claim to hold one.
pub fn read(fragment: &str) -> Result<Option<Document>, Unreadable> {
    let packed = match version(fragment) {
        Some((1, packed)) => packed,
        Some(_) => return Err(Unreadable::Newer),
        None => return Ok(None),
    };
    let packed = URL_SAFE_NO_PAD.decode(packed.trim_end_matches('=')).map_err(|_| Unreadable::Damaged)?;
    let bytes = inflate::decompress_to_vec_with_limit(&packed, MAX_BYTES).map_err(|e| match e.status {
        inflate::TINFLStatus::HasMoreOutput => Unreadable::TooLarge,
        _ => Unreadable::Damaged,
    })?;
    v1::read(&bytes).ok_or(Unreadable::Damaged).map(Some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Options;
    use crate::time::Millis;

    fn document(pod: &str, scenario: &str) -> Document {
        Document { pod: pod.into(), scenario: scenario.into(), options: Options::default() }
    }

    #[test]
    fn a_link_carries_the_whole_document() {
        let options = Options { until: Some(Millis::secs(600)), at: Some(Millis(26_001)), lang: Some("ko".into()) };
        let whole = Document { options, ..document("kind: Pod\n# 한글 😀\n", "kind: Scenario\n") };
        assert_eq!(read(&write(&whole)), Ok(Some(whole)));
    }

    /// Links that are out in the world must open for ever.
    #[test]
    fn a_link_of_the_first_day_still_opens() {
        let link = "v1/q1YqyE9RslLKzsxLsVIIALJ1lIqTU_MSizLz4cLBMIFaAA";
        assert_eq!(read(link), Ok(Some(document("kind: Pod", "kind: Scenario"))));
    }

    #[test]
    fn other_fragments_are_no_documents() {
        for fragment in ["", "help", "gallery/crash-loop", "vx/abc"] {
            assert_eq!(read(fragment), Ok(None), "{fragment}");
        }
    }

    #[test]
    fn damage_and_later_versions_are_told_apart() {
        let link = write(&document("kind: Pod", ""));
        assert_eq!(read(&link[..link.len() - 4]), Err(Unreadable::Damaged));
        assert_eq!(read("v1/***"), Err(Unreadable::Damaged));
        assert_eq!(read("v2/abc"), Err(Unreadable::Newer));
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = deflate::compress_to_vec(&vec![b'a'; 64 << 20], 9);
        assert_eq!(read(&format!("v1/{}", URL_SAFE_NO_PAD.encode(bomb))), Err(Unreadable::TooLarge));
    }

    #[test]
    fn an_ordinary_link_is_short() {
        let pod =
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: main\n    image: nginx\n";
        assert!(write(&document(pod, "")).len() < 200);
    }

    proptest! {
        #[test]
        fn every_document_comes_back(pod in "\\PC{0,200}", scenario in "(\\PC|\n){0,200}", at in any::<Option<u64>>()) {
            let options = Options { at: at.map(Millis), ..Options::default() };
            let whole = Document { options, ..document(&pod, &scenario) };
            prop_assert_eq!(read(&write(&whole)), Ok(Some(whole)));
        }

        #[test]
        fn no_fragment_panics(fragment in "v1/[A-Za-z0-9_-]{0,200}") {
            let _ = read(&fragment);
        }
    }
}
