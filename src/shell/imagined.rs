//! What an image that nobody knows is taken to hold.
//!
//! Whoever wrote a command knows the image it is for: what the command reads, enters, copies or writes into is there, and noted as an
//! assumption. What is only asked after (`[ -f FILE ]`) is not, nor is anything in a volume, or where files come and go by themselves.

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
    Directory,
}

impl Kernel {
    /// Whether a path lies in the part of an image that nobody knows.
    pub fn is_unknown(&self, cwd: &str, path: &str) -> bool {
        let full = normalize(cwd, path);
        let in_dir = |dir: &&str| full.strip_prefix(*dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.image.is_unknown() && !OTHERS.iter().any(in_dir) && !self.fs.borrow().in_mount(&full)
    }

    /// Puts what is not there into an image that nobody knows. What is there stays as it is.
    pub fn imagine(&self, cwd: &str, path: &str, what: Imagined) {
        let full = normalize(cwd, path);
        let fs = self.fs.borrow();
        let known = path.contains(['*', '?', '[']) || !self.is_unknown(cwd, path) || fs.find("/", &full, true).is_ok();
        if known || self.imagined.get() >= MOST {
            return;
        }
        self.imagined.set(self.imagined.get() + 1);
        let Some((dir, name)) = full.rsplit_once('/') else { return };
        let (parent, _) = fs.make_way(dir);
        let made = match what {
            // Whoever it belongs to there, it is whom the image is made for.
            Imagined::Directory => Inode::dir(0o777),
            Imagined::File => Inode::file(Vec::new(), 0o755),
        };
        if parent.insert(name, made) {
            fs.changed();
            match what {
                Imagined::Directory => self.assume(&format!("directory {full}"), "exists"),
                Imagined::File => self.assume(&format!("file {full}"), "exists and is empty"),
            }
        }
    }
}
