//! Options of programs, as `getopt` reads them.

use crate::shell::io::Io;

/// The options and the other arguments of a program.
#[derive(Debug, Default)]
pub struct Opts {
    flags: Vec<(char, Option<String>)>,
    pub rest: Vec<String>,
}

impl Opts {
    /// `spec` lists the letters, each with a colon when it takes a value, and two when it need not; `longs` gives long names their letters. Options may stand
    /// among the other arguments. One that is not known is told to the user and has no effect.
    pub fn parse(io: &Io, spec: &str, longs: &[(&str, char)]) -> Opts {
        Opts::read(io, spec, longs, false)
    }

    /// The same, but options end at the first other argument.
    pub fn leading(io: &Io, spec: &str, longs: &[(&str, char)]) -> Opts {
        Opts::read(io, spec, longs, true)
    }

    fn read(io: &Io, spec: &str, longs: &[(&str, char)], leading: bool) -> Opts {
        let mut opts = Opts::default();
        let takes = |letter: char| spec.find(letter).is_some_and(|i| spec[i + letter.len_utf8()..].starts_with(':'));
        let optional = |letter: char| spec.contains(&format!("{letter}::"));
        let unknown =
            |option: &str| io.ctx.kernel.assume(&format!("option {option} of {}", io.name()), "it has no effect");
        let mut args = io.args.iter().skip(1);
        while let Some(arg) = args.next() {
            if arg == "--" {
                opts.rest.extend(args.cloned());
                break;
            }
            if let Some(long) = arg.strip_prefix("--") {
                let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v.to_string())));
                match longs.iter().find(|(n, _)| *n == name) {
                    Some((_, letter)) => {
                        let wants = takes(*letter) && !optional(*letter);
                        let value = value.or_else(|| wants.then(|| args.next().cloned()).flatten());
                        opts.flags.push((*letter, value));
                    }
                    None => unknown(arg),
                }
                continue;
            }
            let Some(letters) = arg.strip_prefix('-').filter(|l| !l.is_empty()) else {
                opts.rest.push(arg.clone());
                if leading {
                    opts.rest.extend(args.cloned());
                    break;
                }
                continue;
            };
            for (i, letter) in letters.char_indices() {
                if takes(letter) {
                    let attached = &letters[i + letter.len_utf8()..];
                    let value = match attached {
                        "" if optional(letter) => None,
                        "" => args.next().cloned(),
                        attached => Some(attached.to_string()),
                    };
                    opts.flags.push((letter, value));
                    break;
                }
                if !spec.contains(letter) {
                    unknown(&format!("-{letter}"));
                }
                opts.flags.push((letter, None));
            }
        }
        opts
    }

    pub fn has(&self, letter: char) -> bool {
        self.flags.iter().any(|(l, _)| *l == letter)
    }

    /// The value given last.
    pub fn get(&self, letter: char) -> Option<&str> {
        self.flags.iter().rev().find(|(l, _)| *l == letter).and_then(|(_, v)| v.as_deref())
    }

    /// All values, in order.
    pub fn all(&self, letter: char) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |(l, _)| *l == letter).filter_map(|(_, v)| v.as_deref())
    }

    /// The files to read: standard input when none are named.
    pub fn files(&self) -> Vec<String> {
        if self.rest.is_empty() { vec!["-".into()] } else { self.rest.clone() }
    }
}
