//! What an image or a volume that nobody knows is taken to hold.
//!
//! Whoever wrote a command knows the image it is for: what the command reads, enters, copies or writes into is there, and noted as an
//! assumption. What is only asked after (`[ -f FILE ]`) is not, nor is anything where files come and go by themselves. The same goes for
//! volumes of which nobody says what is in them, and there it helps to ask: a key of a Secret, or what another program has left.

use super::fs::normalize;
use super::inode::Inode;
use super::kernel::Kernel;

/// Where an image holds nothing of its own.
const OTHERS: [&str; 6] = ["/tmp", "/run", "/var/run", "/var/tmp", "/dev", "/proc"];

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

impl Kernel {
    /// Whether a path lies in the part of an image that nobody knows, or in such a volume.
    pub fn is_unknown(&self, cwd: &str, path: &str) -> bool {
        self.is_unknown_at(&normalize(cwd, path))
    }

    fn is_unknown_at(&self, full: &str) -> bool {
        let in_dir = |dir: &&str| full.strip_prefix(*dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match self.fs.borrow().in_unknown(full) {
            Some(unknown) => unknown,
            None => self.image.is_unknown() && !OTHERS.iter().any(in_dir),
        }
    }

    /// The value of a variable that is not set here and that somebody cannot do without: where an image or an object has set others of
    /// which nobody knows, it is one of these.
    pub fn supposed(&self, name: &str) -> Option<String> {
        let is_setting = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !(self.config.unknown_env || self.image.is_unknown()) || !name.chars().all(is_setting) {
            return None;
        }
        self.assume(&format!("variable {name}"), "is set");
        Some("assumed".into())
    }

    /// A program of which nothing is known has run: who knows what it has left in the container's volumes.
    pub fn forget_volumes(&self) {
        self.fs.borrow().forget_mounts();
        self.changed();
    }

    /// Puts what is not there where nobody knows what is. What is there stays as it is.
    pub fn imagine(&self, cwd: &str, path: &str, what: Imagined) {
        let full = normalize(cwd, path);
        let fs = self.fs.borrow();
        let known = path.contains(['*', '?', '[']) || !self.is_unknown_at(&full) || fs.find("/", &full, true).is_ok();
        if known || self.imagined.get() >= MOST {
            return;
        }
        self.imagined.set(self.imagined.get() + 1);
        let Some((dir, name)) = full.rsplit_once('/') else { return };
        let (parent, _) = fs.make_way(dir);
        let in_volume = fs.in_mount(&full);
        let made = match what {
            // Whoever it belongs to there, it is whom the image is made for.
            Imagined::Directory => Inode::dir(0o777),
            Imagined::File if in_volume => Inode::file(b"assumed".to_vec(), 0o755),
            Imagined::File | Imagined::Script => Inode::file(Vec::new(), 0o755),
        };
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
