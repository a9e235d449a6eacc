//! What well-known images contain: which programs, which shell, and what they start by default.
//!
//! An image that is not in the table has every program one asks for.

/// Which program `/bin/sh` is, for messages and behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    Ash,
    Dash,
    Bash,
}

/// Where an image's userland comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Busybox,
    Alpine,
    Debian,
    /// No shell, only its own program.
    Bare,
    Unknown,
}

struct Known {
    /// Repository, without registry and tag.
    name: &'static str,
    base: Base,
    /// Programs on top of the base.
    extra: &'static str,
    entrypoint: &'static str,
    cmd: &'static str,
    stop_signal: i32,
    user: u32,
    /// Where the image names its user instead of giving the number.
    user_name: &'static str,
}

const fn known(
    name: &'static str,
    base: Base,
    extra: &'static str,
    entrypoint: &'static str,
    cmd: &'static str,
) -> Known {
    Known { name, base, extra, entrypoint, cmd, stop_signal: 15, user: 0, user_name: "" }
}

const KNOWN: [Known; 49] = [
    known("busybox", Base::Busybox, "", "", "sh"),
    known("alpine", Base::Alpine, "", "", "/bin/sh"),
    known("debian", Base::Debian, "", "", "bash"),
    known("ubuntu", Base::Debian, "", "", "/bin/bash"),
    known("bash", Base::Alpine, "bash", "docker-entrypoint.sh", "bash"),
    Known {
        stop_signal: 3,
        ..known("nginx", Base::Debian, "nginx curl envsubst", "/docker-entrypoint.sh", "nginx -g 'daemon off;'")
    },
    Known {
        stop_signal: 3,
        user: 101,
        ..known(
            "nginx-unprivileged",
            Base::Debian,
            "nginx curl envsubst",
            "/docker-entrypoint.sh",
            "nginx -g 'daemon off;'",
        )
    },
    Known { stop_signal: 28, ..known("httpd", Base::Debian, "httpd httpd-foreground", "", "httpd-foreground") },
    known(
        "redis",
        Base::Debian,
        "redis-server redis-cli redis-benchmark redis-sentinel redis-check-aof",
        "docker-entrypoint.sh",
        "redis-server",
    ),
    known(
        "valkey",
        Base::Debian,
        "valkey-server valkey-cli redis-server redis-cli",
        "docker-entrypoint.sh",
        "valkey-server",
    ),
    Known {
        user: 11211,
        user_name: "memcache",
        ..known("memcached", Base::Debian, "memcached", "docker-entrypoint.sh", "memcached")
    },
    Known {
        stop_signal: 2,
        ..known(
            "postgres",
            Base::Debian,
            "postgres psql pg_isready pg_dump pg_dumpall pg_restore pg_basebackup pg_ctl createdb dropdb vacuumdb initdb gosu",
            "docker-entrypoint.sh",
            "postgres",
        )
    },
    known("mysql", Base::Debian, "mysqld mysql mysqladmin mysqldump mysqlcheck", "docker-entrypoint.sh", "mysqld"),
    known(
        "mariadb",
        Base::Debian,
        "mariadbd mariadb mariadb-admin mariadb-dump mysql mysqladmin mysqldump healthcheck.sh",
        "docker-entrypoint.sh",
        "mariadbd",
    ),
    known("mongo", Base::Debian, "mongod mongosh mongo", "docker-entrypoint.sh", "mongod"),
    known(
        "rabbitmq",
        Base::Debian,
        "rabbitmq-server rabbitmqctl rabbitmq-diagnostics",
        "docker-entrypoint.sh",
        "rabbitmq-server",
    ),
    known("python", Base::Debian, "python python3 pip pip3 git curl wget", "", "python3"),
    known("node", Base::Debian, "node npm npx yarn corepack git curl wget", "docker-entrypoint.sh", "node"),
    known("golang", Base::Debian, "go gofmt git curl wget make gcc", "", "bash"),
    known("ruby", Base::Debian, "ruby irb gem bundle rake git curl wget", "", "irb"),
    known("php", Base::Debian, "php composer curl", "docker-php-entrypoint", "php -a"),
    known("openjdk", Base::Debian, "java javac jar", "", "jshell"),
    known("eclipse-temurin", Base::Debian, "java javac jar curl wget", "/__cacert_entrypoint.sh", "jshell"),
    known("amazoncorretto", Base::Debian, "java javac jar", "", "jshell"),
    known("rust", Base::Debian, "cargo rustc git curl wget gcc", "", "bash"),
    known("maven", Base::Debian, "mvn java javac git curl", "/usr/local/bin/mvn-entrypoint.sh", "mvn"),
    known("gradle", Base::Debian, "gradle java git curl", "", "gradle"),
    known("wordpress", Base::Debian, "php apache2-foreground curl", "docker-entrypoint.sh", "apache2-foreground"),
    Known { user: 1001, ..known("kubectl", Base::Debian, "kubectl curl", "kubectl", "--help") },
    Known { user: 100, user_name: "curl_user", ..known("curl", Base::Alpine, "curl", "/entrypoint.sh", "curl") },
    known("git", Base::Alpine, "git ssh", "git", "--help"),
    known("alpine-git", Base::Alpine, "git ssh bash", "git", "--help"),
    known("git-sync", Base::Debian, "git-sync git", "/git-sync", ""),
    known("netshoot", Base::Alpine, "bash curl dig host nslookup nc tcpdump nmap git jq", "", "zsh"),
    known("dnsutils", Base::Debian, "dig nslookup host", "", "sleep infinity"),
    known("jessie-dnsutils", Base::Debian, "dig nslookup host", "", "sleep infinity"),
    known("pause", Base::Bare, "pause", "/pause", ""),
    known("hello-world", Base::Bare, "hello", "", "/hello"),
    known("fluentd", Base::Debian, "fluentd ruby", "tini -- /bin/entrypoint.sh", "fluentd"),
    known("fluent-bit", Base::Bare, "fluent-bit", "/fluent-bit/bin/fluent-bit", "-c /fluent-bit/etc/fluent-bit.conf"),
    known("envoy", Base::Debian, "envoy", "/docker-entrypoint.sh", "envoy -c /etc/envoy/envoy.yaml"),
    Known {
        stop_signal: 10,
        user: 99,
        user_name: "haproxy",
        ..known(
            "haproxy",
            Base::Debian,
            "haproxy",
            "docker-entrypoint.sh",
            "haproxy -f /usr/local/etc/haproxy/haproxy.cfg",
        )
    },
    known("traefik", Base::Alpine, "traefik", "/entrypoint.sh", "traefik"),
    known("vault", Base::Alpine, "vault", "docker-entrypoint.sh", "server -dev"),
    known("consul", Base::Alpine, "consul curl", "docker-entrypoint.sh", "agent -dev"),
    known("agnhost", Base::Alpine, "agnhost bash curl dig netcat", "/agnhost", "pause"),
    known("liveness", Base::Bare, "server", "", "/server"),
    known("stress", Base::Alpine, "stress bash", "stress", "-c 1"),
    known("flyway", Base::Debian, "flyway java", "flyway", "-?"),
];

/// Programs of every busybox that have no file of their own elsewhere, in order.
#[rustfmt::skip]
const BUSYBOX: &[&str] = &[
    "[", "[[", "addgroup", "adduser", "arch", "arp", "arping", "ash", "awk", "base64", "basename", "bc", "blkid",
    "brctl", "bunzip2", "busybox", "bzcat", "bzip2", "cal", "cat", "chgrp", "chmod", "chown", "chpasswd", "chroot",
    "cksum", "clear", "cmp", "comm", "cp", "cpio", "crond", "crontab", "cut", "date", "dc", "dd", "delgroup",
    "deluser", "depmod", "df", "diff", "dirname", "dmesg", "dnsdomainname", "dos2unix", "du", "echo", "ed", "egrep",
    "env", "expand", "expr", "factor", "fallocate", "false", "fdflush", "fdisk", "fgrep", "find", "findfs", "flock",
    "fold", "free", "fsck", "fsync", "fuser", "getopt", "getty", "grep", "groups", "gunzip", "gzip", "halt", "head",
    "hexdump", "hostid", "hostname", "httpd", "hush", "hwclock", "id", "ifconfig", "ifdown", "ifup", "inotifyd",
    "insmod", "install", "ionice", "iostat", "ip", "ipaddr", "ipcalc", "ipcrm", "ipcs", "iplink", "iproute", "iprule",
    "kill", "killall", "killall5", "klogd", "last", "less", "link", "linux32", "linux64", "ln", "logger", "login",
    "losetup", "ls", "lsmod", "lsof", "md5sum", "mdev", "mesg", "mkdir", "mkfifo", "mknod", "mkpasswd", "mkswap",
    "mktemp", "modinfo", "modprobe", "more", "mount", "mountpoint", "mpstat", "mv", "nameif", "nc", "netstat", "nice",
    "nl", "nmeter", "nohup", "nologin", "nproc", "nsenter", "nslookup", "od", "passwd", "paste", "patch", "pgrep",
    "pidof", "ping", "ping6", "pivot_root", "pkill", "pmap", "poweroff", "printenv", "printf", "ps", "pstree", "pwd",
    "rdate", "readlink", "realpath", "reboot", "renice", "reset", "resize", "rev", "rm", "rmdir", "rmmod", "route",
    "run-parts", "rx", "script", "sed", "sendmail", "seq", "setconsole", "setsid", "sh", "sha1sum", "sha256sum",
    "sha3sum", "sha512sum", "shred", "shuf", "sleep", "sort", "split", "stat", "strings", "stty", "su", "sum",
    "swapoff", "swapon", "switch_root", "sync", "sysctl", "syslogd", "tac", "tail", "tar", "tee", "telnet", "test",
    "tftp", "time", "timeout", "top", "touch", "tr", "traceroute", "traceroute6", "true", "truncate", "ts", "tty",
    "ttysize", "udhcpc", "umount", "uname", "unexpand", "uniq", "unix2dos", "unlink", "unlzma", "unshare", "unxz",
    "unzip", "uptime", "users", "usleep", "uudecode", "uuencode", "vconfig", "vi", "volname", "w", "watch",
    "watchdog", "wc", "wget", "which", "who", "whoami", "xargs", "xxd", "xz", "xzcat", "yes", "zcat",
];

/// Programs of a slim Debian, in order.
#[rustfmt::skip]
const DEBIAN: &[&str] = &[
    "[", "apt", "apt-get", "arch", "awk", "base64", "basename", "bash", "cat", "chgrp", "chmod", "chown", "chroot",
    "cksum", "cmp", "comm", "cp", "csplit", "cut", "dash", "date", "dd", "df", "diff", "dir", "dircolors", "dirname",
    "dmesg", "dpkg", "du", "echo", "egrep", "env", "expand", "expr", "factor", "false", "fgrep", "find", "fmt",
    "fold", "getopt", "grep", "groups", "gunzip", "gzip", "head", "hostid", "hostname", "id", "install", "ionice",
    "join", "kill", "link", "ln", "logger", "login", "ls", "lsblk", "mawk", "md5sum", "mesg", "mkdir", "mkfifo",
    "mknod", "mktemp", "more", "mount", "mountpoint", "mv", "nice", "nl", "nohup", "nproc", "numfmt", "od", "passwd",
    "paste", "pathchk", "perl", "pr", "printenv", "printf", "pwd", "rbash", "readlink", "realpath", "renice", "rev",
    "rm", "rmdir", "runuser", "sed", "seq", "setpriv", "setsid", "sh", "sha1sum", "sha256sum", "sha512sum", "shred",
    "shuf", "sleep", "sort", "split", "stat", "stdbuf", "stty", "su", "sum", "sync", "tac", "tail", "tar", "tee",
    "test", "timeout", "touch", "tr", "true", "truncate", "tsort", "tty", "umount", "uname", "unexpand", "uniq",
    "unlink", "users", "vdir", "wc", "which", "who", "whoami", "xargs", "yes", "zcat",
];

/// An image as a container sees it.
#[derive(Clone)]
pub struct Image {
    known: Option<&'static Known>,
    base: Base,
    /// Minor version of busybox 1.x, for the wording of messages.
    pub busybox: u32,
}

impl Image {
    pub fn of(reference: &str) -> Image {
        let (name, tag) = split_reference(reference);
        let known = known_as(reference);
        let mut base = known.map_or(Base::Unknown, |k| k.base);
        if base == Base::Debian && tag.contains("alpine") {
            base = Base::Alpine;
        }
        if reference.contains("distroless") {
            base = Base::Bare;
        }
        let busybox = match base {
            Base::Busybox => minor(tag).unwrap_or(37),
            // Alpine 3.10 came with 1.30, and every second release with the next.
            Base::Alpine => minor(tag)
                .filter(|_| name == "alpine")
                .map_or(37, |m| (30 + m.saturating_sub(10) / 2 + (m > 12) as u32).min(37)),
            _ => 37,
        };
        Image { known, base, busybox }
    }

    pub fn shell(&self) -> ShellKind {
        match self.base {
            Base::Debian => ShellKind::Dash,
            _ => ShellKind::Ash,
        }
    }

    pub fn is_busybox(&self) -> bool {
        matches!(self.base, Base::Busybox | Base::Alpine)
    }

    /// Nobody knows what is in it.
    pub fn is_unknown(&self) -> bool {
        self.base == Base::Unknown || self.base == Base::Bare && self.known.is_none()
    }

    /// Whether a program of which nobody knows may be in it: any in an image that nobody knows, but no shell and none of its helpers where
    /// there is no userland.
    pub fn may_have(&self, program: &str) -> bool {
        let is_userland = || matches!(program, "sh" | "bash" | "ash" | "dash") || Image::is_tool(program);
        self.is_unknown() && !(self.base == Base::Bare && is_userland())
    }

    pub fn has(&self, program: &str) -> bool {
        self.may_have(program) || self.program(program).is_some()
    }

    /// The program of that name on the path.
    pub fn program(&self, name: &str) -> Option<&'static str> {
        match self.common().binary_search(&name) {
            Ok(place) => Some(self.common()[place]),
            Err(_) => self.further().find(|p| *p == name),
        }
    }

    /// Whether it is one of the small programs of any userland, which do one thing and end.
    pub fn is_tool(program: &str) -> bool {
        const LASTING: [&str; 7] = ["crond", "httpd", "klogd", "less", "perl", "syslogd", "watch"];
        let listed = [BUSYBOX, DEBIAN].iter().any(|list| list.binary_search(&program).is_ok());
        listed && !LASTING.contains(&program)
    }

    /// All programs on the path.
    pub fn programs(&self) -> impl Iterator<Item = &'static str> {
        self.common().iter().copied().chain(self.further().filter(|p| !p.is_empty()))
    }

    /// The programs of the base, in order.
    fn common(&self) -> &'static [&'static str] {
        match self.base {
            Base::Busybox | Base::Alpine => BUSYBOX,
            Base::Debian | Base::Unknown => DEBIAN,
            Base::Bare => &[],
        }
    }

    /// What comes on top of them.
    fn further(&self) -> impl Iterator<Item = &'static str> {
        let base = match self.base {
            Base::Alpine => "apk getent iconv ldd scanelf",
            Base::Debian => "getent iconv ldd",
            _ => "",
        };
        let own = self.known.map_or([""; 3], |k| [k.extra, program_of(k.entrypoint), in_bin(k)]);
        base.split(' ').chain(own.into_iter().flat_map(|list| list.split(' ')))
    }

    /// Whether nginx is in it, with its pages.
    pub fn serves_pages(&self) -> bool {
        self.known.is_some_and(|k| k.extra.starts_with("nginx"))
    }

    /// Whether it is the well-known image of that name.
    pub fn is_known_as(&self, name: &str) -> bool {
        self.known.is_some_and(|k| k.name == name)
    }

    /// Whether its entrypoint is given words that are no programs: `agent -dev` of Consul.
    pub fn has_own_words(&self) -> bool {
        let first = self.known.map_or("", |k| program_of(k.cmd));
        !first.is_empty() && !self.has(first)
    }

    /// Programs that its entrypoint or command names by their paths.
    pub fn program_paths(&self) -> impl Iterator<Item = &'static str> {
        let defaults = self.known.map_or(["", ""], |k| [k.entrypoint, k.cmd]);
        defaults.into_iter().filter_map(|command| command.split(' ').find(|w| w.starts_with('/')))
    }

    pub fn user(&self) -> u32 {
        self.known.map_or(0, |k| k.user)
    }

    /// The groups of root besides its own, by number and name, as the image lists them.
    pub fn groups_of_root(&self) -> &'static [(u32, &'static str)] {
        const ALPINE: &[(u32, &str)] = &[
            (1, "bin"),
            (2, "daemon"),
            (3, "sys"),
            (4, "adm"),
            (6, "disk"),
            (10, "wheel"),
            (11, "floppy"),
            (20, "dialout"),
            (26, "tape"),
            (27, "video"),
        ];
        match self.base {
            Base::Busybox => &[(10, "wheel")],
            Base::Alpine => ALPINE,
            _ => &[],
        }
    }

    /// What `/etc/os-release` calls it.
    pub fn os_name(&self) -> Option<&'static str> {
        match self.base {
            Base::Alpine => Some("alpine"),
            Base::Debian if self.known.is_some_and(|k| k.name == "ubuntu") => Some("ubuntu"),
            Base::Debian | Base::Unknown => Some("debian"),
            _ => None,
        }
    }
}

/// Entrypoint and command of a well-known image; `None` when nobody knows them.
pub fn image_default(image: &str) -> Option<(Vec<String>, Vec<String>)> {
    let known = known_as(image)?;
    Some((words(known.entrypoint), words(known.cmd)))
}

/// The user a well-known image runs as.
pub fn image_user(image: &str) -> u32 {
    Image::of(image).user()
}

/// Whether nobody knows what is in the image.
pub fn is_unknown_image(image: &str) -> bool {
    Image::of(image).is_unknown()
}

/// The name of that user, when that is all that the image says.
pub fn image_user_name(image: &str) -> Option<&'static str> {
    Image::of(image).known.map(|k| k.user_name).filter(|name| !name.is_empty())
}

/// The signal that stops a container of the image: 15, TERM, unless the image says another.
pub fn stop_signal(image: &str) -> i32 {
    known_as(image).map_or(15, |k| k.stop_signal)
}

/// The name of the program that a command starts, without the way to it.
pub fn program_of(command: &str) -> &str {
    let first = command.split(' ').next().unwrap_or("");
    first.rsplit('/').next().unwrap_or(first)
}

/// What an image starts by a path in `/bin`.
fn in_bin(known: &Known) -> &str {
    let mut words = known.entrypoint.split(' ').chain(known.cmd.split(' '));
    words.find_map(|word| word.strip_prefix("/bin/")).unwrap_or("")
}

/// Splits at blanks, minding single quotes.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (i, piece) in text.split('\'').enumerate() {
        if i % 2 == 1 {
            out.push(piece.to_string());
        } else {
            out.extend(piece.split_whitespace().map(str::to_string));
        }
    }
    out
}

/// Images of which somebody's own, of the same name, is another: who builds on them gives them programs and settings.
const BUILT_UPON: [&str; 22] = [
    "amazoncorretto",
    "eclipse-temurin",
    "golang",
    "gradle",
    "haproxy",
    "httpd",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "openjdk",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "rust",
    "wordpress",
];

/// What is known of an image. `team/nginx` is not `nginx`; a registry's `nginx` and `library/nginx` are.
fn known_as(reference: &str) -> Option<&'static Known> {
    let (name, _) = split_reference(reference);
    let mut path: Vec<&str> = reference.split('/').collect();
    if path.len() > 1 && (path[0].contains(['.', ':']) || path[0] == "localhost") {
        path.remove(0);
    }
    let stock = path.len() == 1 || path[path.len() - 2] == "library";
    KNOWN.iter().find(|k| k.name == name && (stock || !BUILT_UPON.contains(&k.name)))
}

/// `registry/path/name:tag@digest` to its name and tag.
fn split_reference(reference: &str) -> (&str, &str) {
    let reference = reference.split('@').next().unwrap_or(reference);
    let last = reference.rsplit('/').next().unwrap_or(reference);
    last.split_once(':').unwrap_or((last, ""))
}

/// The 28 of `1.28.4-glibc`.
fn minor(tag: &str) -> Option<u32> {
    let mut numbers = tag.split(|c: char| !c.is_ascii_digit());
    numbers.next().filter(|n| !n.is_empty())?;
    numbers.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_programs_are_in_order() {
        assert!(BUSYBOX.is_sorted() && DEBIAN.is_sorted());
    }

    #[test]
    fn images_have_their_own_programs() {
        for (image, program, there) in [
            ("busybox:1.36", "git", false),
            ("alpine:3.19", "apk", true),
            ("alpine/git", "git", true),
            ("redis:7", "docker-entrypoint.sh", true),
            ("fluentd:v1", "entrypoint.sh", true),
            ("registry.k8s.io/pause:3.10", "sh", false),
        ] {
            assert_eq!(Image::of(image).program(program).is_some(), there, "{image} {program}");
        }
    }
}
