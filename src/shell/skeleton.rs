//! The files of an image before anything has run.
//!
//! They are a table; a directory makes an entry of it when somebody asks for the name. A container costs what it looks at.

use super::host::Config;
use super::image::Image;
use super::inode::{Content, Device, Inode, make_dirs};
use super::procfs;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What an image has under a name.
#[derive(Clone, Copy)]
enum Kind {
    Dir(u32, Table),
    Text(fn(&Skeleton) -> String),
    /// What the kernel makes.
    Made(fn(&Config) -> Inode),
    Device(Device),
    /// The file into which a container writes its last words.
    TerminationLog,
    /// `/bin` and `/usr/bin`: one of them holds the programs.
    Bin,
    UsrBin,
    /// `/sbin`, a link where there is one.
    Sbin,
    OsRelease,
    /// `/var/run`, a link where there is one.
    VarRun,
}

type Table = &'static [(&'static str, Kind)];

const ROOT: Table = &[
    ("usr", Kind::Dir(0o755, USR)),
    ("bin", Kind::Bin),
    ("dev", Kind::Dir(0o755, DEV)),
    ("etc", Kind::Dir(0o755, ETC)),
    ("home", EMPTY),
    ("mnt", EMPTY),
    ("opt", EMPTY),
    ("proc", Kind::Made(procfs::proc)),
    ("root", Kind::Dir(0o700, &[])),
    ("run", EMPTY),
    ("sbin", Kind::Sbin),
    ("srv", EMPTY),
    ("sys", Kind::Made(procfs::sys)),
    ("tmp", Kind::Dir(0o1777, &[])),
    ("var", Kind::Dir(0o755, VAR)),
];

const USR: Table = &[("bin", Kind::UsrBin), ("lib", EMPTY), ("sbin", EMPTY)];

const VAR: Table = &[("log", EMPTY), ("run", Kind::VarRun), ("tmp", Kind::Dir(0o1777, &[]))];

const ETC: Table = &[
    ("group", Kind::Text(groups)),
    ("hostname", Kind::Text(|s| format!("{}\n", s.config.hostname))),
    ("hosts", Kind::Text(|s| s.config.hosts.to_string())),
    ("os-release", Kind::OsRelease),
    ("passwd", Kind::Text(|_| PASSWD.into())),
    ("resolv.conf", Kind::Text(|s| s.config.resolv.to_string())),
];

const DEV: Table = &[
    ("fd", Kind::Dir(0o1777, FD)),
    ("full", Kind::Device(Device::Full)),
    ("null", Kind::Device(Device::Null)),
    ("random", Kind::Device(Device::Random)),
    ("shm", Kind::Dir(0o1777, &[])),
    ("stderr", Kind::Device(Device::Descriptor(2))),
    ("stdin", Kind::Device(Device::Descriptor(0))),
    ("stdout", Kind::Device(Device::Descriptor(1))),
    ("termination-log", Kind::TerminationLog),
    ("tty", Kind::Device(Device::Tty)),
    ("urandom", Kind::Device(Device::Random)),
    ("zero", Kind::Device(Device::Zero)),
];

const FD: Table = &[
    ("0", Kind::Device(Device::Descriptor(0))),
    ("1", Kind::Device(Device::Descriptor(1))),
    ("2", Kind::Device(Device::Descriptor(2))),
    ("3", Kind::Device(Device::Descriptor(3))),
    ("4", Kind::Device(Device::Descriptor(4))),
    ("5", Kind::Device(Device::Descriptor(5))),
    ("6", Kind::Device(Device::Descriptor(6))),
    ("7", Kind::Device(Device::Descriptor(7))),
    ("8", Kind::Device(Device::Descriptor(8))),
    ("9", Kind::Device(Device::Descriptor(9))),
];

const EMPTY: Kind = Kind::Dir(0o755, &[]);

const GROUP: &str = "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnobody:x:65534:\n";
const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\n\
www-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n";
const NGINX_CONF: &str = "server {\n    listen       80;\n    root   /usr/share/nginx/html;\n}\n";
const NGINX_PAGE: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n\
<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

/// `/etc/group`. What Alpine calls the first group, this table has under the name of Debian's.
fn groups(skeleton: &Skeleton) -> String {
    let of_root = skeleton.image.groups_of_root().iter().filter(|(id, _)| *id != 1);
    of_root.fold(GROUP.to_string(), |text, (id, name)| text + &format!("{name}:x:{id}:root\n"))
}

/// The files of one container's image.
struct Skeleton {
    image: Image,
    config: Rc<Config>,
}

/// A directory of an image: makes its entries.
pub struct Layer {
    skeleton: Rc<Skeleton>,
    table: Table,
    /// The programs on the path lie here.
    programs: bool,
}

/// The root of an image's files.
pub fn root(image: &Image, config: &Rc<Config>) -> Inode {
    let skeleton = Rc::new(Skeleton { image: image.clone(), config: config.clone() });
    let root = Inode::layer(Layer { skeleton, table: ROOT, programs: false }, 0o755);
    for path in image.program_paths() {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        // What is in `/bin` is on the path.
        if dir != "/bin" {
            make_dirs(&root, dir).insert(name, Inode::new(Content::Program(name), 0o755));
        }
    }
    if image.serves_pages() {
        let text = |text: &str| Inode::file(text.into(), 0o644);
        make_dirs(&root, "etc/nginx/conf.d").insert("default.conf", text(NGINX_CONF));
        make_dirs(&root, "usr/share/nginx/html").insert("index.html", text(NGINX_PAGE));
        make_dirs(&root, "var/cache/nginx");
    }
    root
}

impl Layer {
    pub fn names(&self) -> BTreeSet<&'static str> {
        let there = self.table.iter().filter(|(_, kind)| self.has(*kind));
        let mut names: BTreeSet<&str> = there.map(|(name, _)| *name).collect();
        if self.programs {
            names.extend(self.skeleton.image.programs());
        }
        names
    }

    pub fn make(&self, name: &str) -> Option<Inode> {
        if self.programs
            && let Some(program) = self.skeleton.image.program(name)
        {
            return Some(Inode::new(Content::Program(program), 0o755));
        }
        self.table.iter().find(|(n, _)| *n == name).and_then(|(_, kind)| self.entry(*kind))
    }

    /// Whether [`Layer::entry`] makes something of it.
    fn has(&self, kind: Kind) -> bool {
        let image = &self.skeleton.image;
        match kind {
            Kind::Sbin => !image.is_busybox(),
            Kind::OsRelease => image.os_name().is_some(),
            _ => true,
        }
    }

    fn entry(&self, kind: Kind) -> Option<Inode> {
        let Skeleton { image, .. } = &*self.skeleton;
        let dir =
            |mode, table, programs| Inode::layer(Layer { skeleton: self.skeleton.clone(), table, programs }, mode);
        let link = |target: &str| Inode::new(Content::Link(target.into()), 0o777);
        let text = |text: String| Inode::file(text.into_bytes(), 0o644);
        self.has(kind).then(|| match kind {
            Kind::Dir(mode, table) => dir(mode, table, false),
            Kind::Text(write) => text(write(&self.skeleton)),
            Kind::Made(make) => make(&self.skeleton.config),
            Kind::Device(device) => Inode::new(Content::Device(device), 0o666),
            Kind::TerminationLog => Inode::file(Vec::new(), 0o666),
            Kind::Bin if image.is_busybox() => dir(0o755, &[], true),
            Kind::Bin => link("usr/bin"),
            Kind::UsrBin => dir(0o755, &[], !image.is_busybox()),
            Kind::Sbin => link("usr/sbin"),
            Kind::VarRun if image.os_name().is_some() => link("/run"),
            Kind::VarRun => dir(0o755, &[], false),
            Kind::OsRelease => text(format!("ID={}\n", image.os_name().unwrap_or_default())),
        })
    }
}
