//! Rules about images.

use super::{Finding, Message, Subject};

/// An image without a tag or with the tag `latest`, which names no version.
pub(super) fn no_fixed_tag(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        let image = c.spec.image.as_deref().unwrap_or_default();
        if !image.is_empty() && !is_fixed(image) {
            found.push(c.info("image", Message::NoFixedTag { image: image.into() }));
        }
    }
}

/// A name that is one of the library's but for a letter or two: it is assumed to exist here, and most likely does not.
pub(super) fn looks_misspelt(subject: &Subject, found: &mut Vec<Finding>) {
    for c in &subject.containers {
        let image = c.spec.image.as_deref().unwrap_or_default();
        if let Some(meant) = crate::kube::image::meant(image) {
            found.push(c.warning("image", Message::LooksMisspelt { image: image.into(), meant: meant.into() }));
        }
    }
}

/// Whether an image name has a digest, or a tag other than `latest`. A colon before a slash belongs to a port.
fn is_fixed(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    image.contains('@') || name.split_once(':').is_some_and(|(_, tag)| tag != "latest")
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn a_version_or_a_digest_is_fixed() {
        for (image, fixed) in [
            ("nginx", false),
            ("nginx:latest", false),
            ("registry:5000/nginx", false),
            ("registry:5000/nginx:1.27", true),
            ("busybox:1.28", true),
            ("nginx@sha256:0123", true),
        ] {
            assert_eq!(is_fixed(image), fixed, "{image}");
        }
    }
}
