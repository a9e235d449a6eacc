//! What is assumed where nobody knows: what an image or a volume holds, and what a program leaves behind.
//!
//! Whoever wrote a command knows the image it is for: what the command reads, enters, copies or writes into is there, and noted as an
//! assumption. What is only asked after (`[ -f FILE ]`) is not, nor is anything where files come and go by themselves. The same goes for
//! volumes of which nobody says what is in them, and there it helps to ask: a key of a Secret, or what another program has left.
//!
//! A program of which nothing is known does what the script hopes for: it leaves files where it ran and where its arguments lead, what it
//! prints has what is looked for ([`Io::print_unknown`](super::io::Io::print_unknown)), and a value of it is what it is compared with.

use super::fs::{lies_in, normalize};
use super::inode::Inode;
use super::kernel::Kernel;

/// Where an image holds nothing of its own.
const OTHERS: [&str; 6] = ["/tmp", "/run", "/var/run", "/var/tmp", "/dev", "/proc"];

/// A value of which nobody knows what it is.
pub const SUPPOSED: &str = "assumed";

/// What nobody hopes that a value is.
const UNWANTED: [&str; 10] = ["", "0", "error", "fail", "failed", "false", "no", "none", "null", "undefined"];

/// No image holds more that one would have to know of.
const MOST: usize = 100;

/// What something is taken for that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imagined {
    File,
    /// A file that a shell reads: there is nothing in it.
    Script,
    Directory,
}

/// Whether a path lies where no image has anything of its own.
fn comes_and_goes(path: &str) -> bool {
    OTHERS.iter().any(|dir| lies_in(path, dir))
}

/// Whether a command brings programs that were not there: `apt-get install -y jq`.
pub fn installs(args: &[String]) -> bool {
    const INSTALLERS: [&str; 19] = [
        "apk", "apt", "apt-get", "bundle", "cargo", "composer", "corepack", "dnf", "gem", "go", "microdnf", "npm",
        "pip", "pip3", "pnpm", "poetry", "uv", "yarn", "yum",
    ];
    const VERBS: [&str; 6] = ["add", "ci", "enable", "get", "install", "sync"];
    let name = args.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
    INSTALLERS.contains(&name) && args.iter().skip(1).any(|arg| VERBS.contains(&arg.as_str()))
}

impl Kernel {
    /// Whether a path lies in the part of an image that nobody knows, or in such a volume.
    pub fn is_unknown(&self, cwd: &str, path: &str) -> bool {
        self.is_unknown_at(&normalize(cwd, path))
    }

    fn is_unknown_at(&self, full: &str) -> bool {
        let in_image = || self.fs.borrow().in_unknown(full).is_none() && !comes_and_goes(full);
        self.may_hold(full) || (self.image.is_unknown() && in_image())
    }

    /// Whether a path, written out, lies where programs of which nothing is known have left whatever they do.
    pub fn is_left(&self, full: &str) -> bool {
        match self.fs.borrow().in_unknown(full) {
            Some(unknown) => unknown,
            None => self.left.borrow().iter().any(|dir| lies_in(full, dir)),
        }
    }

    /// Whether a path, written out, that somebody asks after may be there: a program of which nothing is known may have left it, or puts
    /// files where they come and go.
    pub fn may_hold(&self, full: &str) -> bool {
        let in_volume = || self.fs.borrow().in_unknown(full).is_some();
        self.is_left(full) || (self.unknown_server.get() && comes_and_goes(full) && !in_volume())
    }

    /// The value of a variable that is not set here and that somebody cannot do without: where an image or an object has set others of
    /// which nobody knows, it is one of these.
    pub fn supposed(&self, name: &str) -> Option<String> {
        let is_setting = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !(self.config.unknown_env || self.image.is_unknown()) || !name.chars().all(is_setting) {
            return None;
        }
        self.assume(&format!("variable {name}"), "is set");
        // Where something is has to be a place.
        let is_place = ["HOME", "DIR", "PATH", "ROOT"].iter().any(|end| name.ends_with(end));
        Some(if is_place { format!("/{SUPPOSED}") } else { SUPPOSED.into() })
    }

    /// What a comparison comes to when nobody knows one of the values: it is what somebody hopes for, and no less than a number.
    pub fn supposes(&self, left: &str, op: &str, right: &str) -> Option<bool> {
        let known = match (left == SUPPOSED, right == SUPPOSED) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        let (holds, what) = match op {
            "=" | "==" | "!=" if UNWANTED.contains(&known) => (op == "!=", "is not the same"),
            "=" | "==" => (true, "is the same"),
            "!=" => (false, "is the same"),
            "-eq" => (true, "is no less"),
            "-ne" => (false, "is no less"),
            "-ge" | "-gt" => (known == right, "is no less"),
            "-le" | "-lt" => (known == left, "is no less"),
            _ => return None,
        };
        self.assume(&format!("value compared with {known}"), what);
        Some(holds)
    }

    /// A program of which nothing is known has run: who knows what it has left in the container's volumes, where it ran, and where its
    /// arguments lead; and one that installs has brought programs.
    pub fn forget(&self, cwd: &str, args: &[String]) {
        self.fs.borrow().forget_mounts();
        let named = args.iter().skip(1).map(|arg| arg.rsplit('=').next().unwrap_or(arg));
        let places = named.filter(|arg| arg.starts_with('/')).chain([cwd]).map(|place| normalize("/", place));
        let mut left = self.left.borrow_mut();
        for place in places.filter(|place| place != "/") {
            if left.len() < MOST && !left.contains(&place) {
                left.push(place);
            }
        }
        if installs(args) {
            self.installed.set(true);
        }
        self.changed();
    }

    /// Puts what is not there where nobody knows what is. What is there stays as it is.
    pub fn imagine(&self, cwd: &str, path: &str, what: Imagined) {
        let full = normalize(cwd, path);
        let fs = self.fs.borrow();
        if path.contains(['*', '?', '[']) || !self.is_unknown_at(&full) {
            return;
        }
        if let Ok(found) = fs.find("/", &full, true) {
            // What shows that a program is alive, it writes again and again.
            if self.unknown_server.get() && self.left.borrow().contains(&full) {
                found.inode.changed_at(self.now_millis().0);
            }
            return;
        }
        if self.imagined.get() >= MOST {
            return;
        }
        self.imagined.set(self.imagined.get() + 1);
        let Some((dir, name)) = full.rsplit_once('/') else { return };
        let (parent, _) = fs.make_way(dir);
        let in_volume = fs.in_mount(&full);
        let made = match what {
            // Whoever it belongs to there, it is whom the image is made for.
            Imagined::Directory => Inode::dir(0o777),
            Imagined::File if in_volume => Inode::file(SUPPOSED.into(), 0o755),
            Imagined::File | Imagined::Script => Inode::file(Vec::new(), 0o755),
        };
        made.0.uid.set(self.user.uid);
        made.changed_at(self.now_millis().0);
        if self.unknown_server.get() && !in_volume {
            self.left.borrow_mut().push(full.clone());
        }
        if parent.insert(name, made) {
            fs.changed();
            match what {
                Imagined::Directory => self.assume(&format!("directory {full}"), "exists"),
                Imagined::File if in_volume => self.assume(&format!("file {full}"), "exists"),
                Imagined::File | Imagined::Script => self.assume(&format!("file {full}"), "exists and is empty"),
            }
        }
    }
}
