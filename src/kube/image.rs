//! Image references: which version a name means, which full name it stands for, and whether it is a name at all.

/// The pull policy of an image for which none is given: `Always` without a version or for `latest`. What is no reference at all counts as a version.
pub fn default_pull_policy(image: &str) -> &'static str {
    match Reference::parse(image) {
        Some(Reference { tag: Some("latest"), .. } | Reference { tag: None, digest: None }) => "Always",
        _ => "IfNotPresent",
    }
}

/// `docker.io/library/busybox:latest` for `busybox`.
pub fn full_reference(image: &str) -> String {
    let named = match split_domain(image) {
        (Some(_), _) => image.to_string(),
        (None, path) if path.contains('/') => format!("docker.io/{path}"),
        (None, path) => format!("docker.io/library/{path}"),
    };
    let last = named.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) { named } else { format!("{named}:latest") }
}

/// Why a name cannot be an image's, in the words of the kubelet's parser, which looks at the case of the repository first.
pub fn problem(image: &str) -> Option<String> {
    if is_id(image) {
        return Some(format!("invalid repository name ({image}), cannot specify 64-byte hexadecimal strings"));
    }
    let (domain, rest) = split_domain(image);
    let library = if domain.is_none() && !rest.contains('/') { "library/" } else { "" };
    let repository = rest.split(':').next().unwrap_or_default();
    if repository.to_ascii_lowercase() != repository {
        return Some(format!("invalid reference format: repository name ({library}{repository}) must be lowercase"));
    }
    Reference::parse(image).is_none().then(|| "invalid reference format".into())
}

/// Images of Docker's own library that many use, in order.
#[rustfmt::skip]
const LIBRARY: [&str; 78] = [
    "adminer", "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "bash", "buildpack-deps", "busybox",
    "caddy", "cassandra", "composer", "couchbase", "couchdb", "debian", "docker", "drupal", "eclipse-mosquitto",
    "eclipse-temurin", "elasticsearch", "elixir", "erlang", "fedora", "flink", "fluentd", "gcc", "ghost", "golang",
    "gradle", "haproxy", "haskell", "hello-world", "httpd", "influxdb", "jenkins", "jetty", "joomla", "julia", "kibana",
    "kong", "logstash", "mariadb", "maven", "mediawiki", "memcached", "mongo", "mongo-express", "mysql", "nats",
    "neo4j", "nextcloud", "nginx", "node", "odoo", "openjdk", "oraclelinux", "percona", "perl", "php", "phpmyadmin",
    "postgres", "python", "rabbitmq", "redis", "redmine", "registry", "rockylinux", "ruby", "rust", "solr",
    "sonarqube", "swift", "telegraf", "tomcat", "traefik", "ubuntu", "wordpress", "zookeeper",
];

/// The well-known image that was probably meant: `nginx` for `ngnix`, which is in no library. First letters are seldom wrong, and a name
/// with a path is somebody's own.
pub fn meant(image: &str) -> Option<&'static str> {
    let (domain, rest) = split_domain(image);
    let name = rest.split([':', '@']).next().filter(|name| domain.is_none() && !name.contains('/'))?;
    if name.is_empty() || LIBRARY.binary_search(&name).is_ok() {
        return None;
    }
    crate::text::nearest(name, LIBRARY.into_iter()).filter(|meant| meant.as_bytes()[0] == name.as_bytes()[0])
}

/// Whether an image is called as one that is meant to be missing: `non-existing-repo/image`, `nginx:doesnotexist`.
pub fn says_it_is_missing(image: &str) -> bool {
    const WORDS: [&str; 6] = ["nonexist", "notexist", "doesnotexist", "doesntexist", "notfound", "nosuch"];
    let letters: String = image.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let letters = letters.to_ascii_lowercase();
    WORDS.iter().any(|word| letters.contains(word))
}

/// The parts of a reference that matter here.
struct Reference<'t> {
    tag: Option<&'t str>,
    digest: Option<&'t str>,
}

impl<'t> Reference<'t> {
    fn parse(image: &'t str) -> Option<Reference<'t>> {
        if is_id(image) {
            return None;
        }
        let (rest, digest) = match image.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (image, None),
        };
        let (domain, rest) = split_domain(rest);
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        let whole = domain.is_none_or(is_domain)
            && path.split('/').all(is_path_component)
            && path.len() + domain.map_or(0, |d| d.len() + 1) <= 255
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        whole.then_some(Reference { tag, digest })
    }
}

/// Images have such ids: a name that looks like one is refused.
fn is_id(image: &str) -> bool {
    image.len() == 64 && image.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// What stands before the first slash is a domain when it looks like one.
fn split_domain(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':']) || first == "localhost" || first.to_ascii_lowercase() != first =>
        {
            (Some(first), rest)
        }
        _ => (None, name),
    }
}

fn is_domain(domain: &str) -> bool {
    if let Some(rest) = domain.strip_prefix('[') {
        return rest.contains(']');
    }
    let (host, port) = match domain.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (domain, None),
    };
    let is_label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(is_label) && port.is_none_or(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

/// Lower-case letters and digits, joined by `.`, `_`, `__` or any number of `-`.
fn is_path_component(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends_well = part.starts_with(is_word) && part.ends_with(is_word);
    ends_well
        && part.split(is_word).all(|joint| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|b| b == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-')
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric() || b"+._-".contains(&b))
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_say_that_there_is_no_such_image() {
        for missing in
            ["non-existing-repo/non-existing-image:example", "nginx:does-not-exist", "nosuchimage", "app:not_found"]
        {
            assert!(says_it_is_missing(missing), "{missing}");
        }
        for there in ["nginx:1.27", "existing/app", "registry.example.com/no/image", "founder:1"] {
            assert!(!says_it_is_missing(there), "{there}");
        }
    }

    #[test]
    fn slips_are_told_from_names_of_ones_own() {
        assert!(LIBRARY.is_sorted());
        for (image, expected) in [
            ("ngnix", Some("nginx")),
            ("busybx:1.36", Some("busybox")),
            ("postgress", Some("postgres")),
            ("reddis@sha256:0", Some("redis")),
            ("nginx:1.27", None),
            ("worker:1", None),
            ("my-app", None),
            ("team/ngnix", None),
            ("registry.example.com/ngnix", None),
            ("", None),
        ] {
            assert_eq!(meant(image), expected, "{image}");
        }
    }

    #[test]
    fn images_without_a_version_are_always_pulled() {
        let digest = format!("nginx@sha256:{}", "a".repeat(64));
        let latest_with_digest = format!("nginx:latest@sha256:{}", "a".repeat(64));
        for (image, policy) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("localhost/nginx", "Always"),
            ("host:5000/nginx", "Always"),
            ("nginx:1.27", "IfNotPresent"),
            ("nginx:Latest", "IfNotPresent"),
            ("nginx:", "IfNotPresent"),
            ("Nginx", "IfNotPresent"),
            ("ng inx", "IfNotPresent"),
            (&digest, "IfNotPresent"),
            (&latest_with_digest, "Always"),
            ("a/b/c", "Always"),
            ("a__b-c.d", "Always"),
        ] {
            assert_eq!(default_pull_policy(image), policy, "{image}");
        }
    }

    #[test]
    fn references_are_parsed_as_the_kubelet_does() {
        let digest = format!("x.io/y@sha256:{}", "0".repeat(64));
        for image in ["nginx", "nginx:1.27", "a/b:c", "host:5000/a/b", &digest] {
            assert_eq!(problem(image), None, "{image}");
        }
        let lower = "invalid reference format: repository name (library/Busybox) must be lowercase";
        assert_eq!(problem("Busybox:1").as_deref(), Some(lower));
        assert_eq!(problem("Busybox:Bad Tag").as_deref(), Some(lower), "case comes first");
        for image in ["nginx:", "a b", "nginx:-x", "/nginx", "x.io/y@sha256:00", "a..b"] {
            assert_eq!(problem(image).as_deref(), Some("invalid reference format"), "{image}");
        }
        let id = "a".repeat(64);
        let hex = format!("invalid repository name ({id}), cannot specify 64-byte hexadecimal strings");
        assert_eq!(problem(&id), Some(hex));
    }

    #[test]
    fn short_names_are_of_the_docker_hub() {
        assert_eq!(full_reference("nosuch"), "docker.io/library/nosuch:latest");
        assert_eq!(full_reference("me/app:1"), "docker.io/me/app:1");
        assert_eq!(full_reference("localhost:5000/app"), "localhost:5000/app:latest");
    }
}
