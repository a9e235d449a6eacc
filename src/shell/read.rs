//! `read` and bash's `mapfile`.

use super::kernel::{Ctx, NEVER};
use super::pipe::{Fd, Object};
use super::state::{Flow, Shell};
use std::collections::BTreeMap;

use crate::order::IntoMap;

/// How `read` was called.
#[derive(Default)]
struct Wanted {
    raw: bool,
    timeout: Option<u64>,
    count: Option<usize>,
    delimiter: Option<u8>,
    fd: u32,
    array: Option<String>,
}

/// What came of reading.
enum Got {
    Line(Vec<(char, bool)>),
    /// The end came before the delimiter.
    End(Vec<(char, bool)>),
    TimedOut,
    Interrupted,
}

impl Shell {
    pub async fn read(&mut self, args: &[String]) -> Flow {
        let mut wanted = Wanted::default();
        let mut names: Vec<String> = Vec::new();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let Some(flags) = arg.strip_prefix('-').filter(|f| !f.is_empty() && names.is_empty()) else {
                names.push(arg.clone());
                continue;
            };

            for (i, letter) in flags.char_indices() {
                if matches!(letter, 'r' | 's' | 'e' | 'E') {
                    wanted.raw |= letter == 'r';
                    continue;
                }
                let value = match &flags[i + letter.len_utf8()..] {
                    "" => rest.next().cloned().unwrap_or_default(),
                    attached => attached.to_string(),
                };
                match letter {
                    't' if value.parse::<f64>().is_err() => {
                        self.complain("invalid timeout").await;
                        return Ok(if self.kind == super::image::ShellKind::Bash { 1 } else { 2 });
                    }
                    't' => wanted.timeout = value.parse::<f64>().ok().map(|s| (s.max(0.0) * 1e6) as u64),
                    'n' | 'N' => wanted.count = value.parse().ok(),
                    'd' => wanted.delimiter = Some(value.bytes().next().unwrap_or(0)),
                    'u' => wanted.fd = value.parse().unwrap_or(0),
                    'a' => wanted.array = Some(value),
                    // Nobody sits at a terminal who could be prompted.
                    'p' | 'i' => {}
                    _ => {
                        let text = format!("illegal option -{letter}");
                        return Err(self.fail(&text, 2).await);
                    }
                }
                break;
            }
        }
        if let Some(bad) = names.iter().find(|n| !super::parse::is_name(n)).cloned() {
            self.write_fd(2, format!("sh: read: '{bad}': bad variable name\n").as_bytes()).await;
            return Ok(1);
        }
        let Some(fd) = self.fds.get(wanted.fd).cloned() else { return Ok(1) };
        let (chars, status) = match self.read_line(&fd, &wanted).await {
            Got::Line(chars) => (chars, 0),
            Got::End(chars) => (chars, 1),
            Got::TimedOut => (Vec::new(), if self.kind == super::image::ShellKind::Ash { 1 } else { 142 }),
            Got::Interrupted => (Vec::new(), 1),
        };
        if let Some(name) = names.iter().find(|name| self.is_read_only(name)) {
            let bash = self.kind == super::image::ShellKind::Bash;
            let text = format!("{name}: {}", if bash { "readonly variable" } else { "is read only" });
            self.complain(&text).await;
            return Ok(if bash { 1 } else { 2 });
        }
        self.assign_fields(&chars, &names, wanted.array.as_deref());
        Ok(status)
    }

    /// Reads byte by byte, so that what follows the line is left for others. The flag marks characters behind a backslash.
    async fn read_line(&mut self, fd: &Fd, wanted: &Wanted) -> Got {
        let deadline = wanted.timeout.map_or(NEVER, |t| self.ctx.kernel.now().saturating_add(t));
        let delimiter = wanted.delimiter.unwrap_or(b'\n');
        let mut bytes: Vec<(u8, bool)> = Vec::new();
        let mut escaped = false;
        let ended = loop {
            if wanted.count.is_some_and(|n| bytes.len() >= n) {
                break true;
            }
            let byte = match read_byte(&self.ctx, fd, deadline).await {
                Some(Some(byte)) => byte,
                Some(None) => break false,
                None if self.ctx.has_signal() => return Got::Interrupted,
                None => return Got::TimedOut,
            };
            if escaped {
                escaped = false;
                if byte != b'\n' {
                    bytes.push((byte, true));
                }
            } else if byte == b'\\' && !wanted.raw {
                escaped = true;
            } else if byte == delimiter {
                break true;
            } else if byte != 0 {
                bytes.push((byte, false));
            }
            if bytes.len() > 1 << 20 {
                break true;
            }
        };
        let plain: Vec<u8> = bytes.iter().map(|(b, _)| *b).collect();
        let text = String::from_utf8_lossy(&plain);
        let mut at = 0;
        let mut chars = Vec::new();
        for c in text.chars() {
            chars.push((c, bytes.get(at).is_some_and(|(_, e)| *e)));
            at += c.len_utf8();
        }
        if ended { Got::Line(chars) } else { Got::End(chars) }
    }

    fn assign_fields(&mut self, chars: &[(char, bool)], names: &[String], array: Option<&str>) {
        let ifs = self.get("IFS").unwrap_or_else(|| " \t\n".into());
        if let Some(array) = array {
            let fields = split_fields(chars, &ifs, usize::MAX);
            *self.array(array) = fields.into_iter().enumerate().map(|(i, f)| (i as i64, f)).into_map();
            return;
        }
        if names.is_empty() {
            let all: String = chars.iter().map(|c| c.0).collect();
            self.set("REPLY", all);
            return;
        }
        let mut fields = split_fields(chars, &ifs, names.len()).into_iter();
        for name in names {
            let value = fields.next().unwrap_or_default();
            self.set(name, value);
        }
    }

    pub async fn map_file(&mut self, args: &[String]) -> Flow {
        let MapFile { strip, most, skip, delimiter, name } = MapFile::read(args);
        let mut items = BTreeMap::new();
        if let Some(fd) = self.fds.get(0).cloned() {
            for line_number in 0.. {
                if items.len() >= most {
                    break;
                }
                let wanted = Wanted { raw: true, delimiter: Some(delimiter), ..Wanted::default() };
                let got = self.read_line(&fd, &wanted).await;
                let (chars, more) = match got {
                    Got::Line(chars) => (chars, true),
                    Got::End(chars) => (chars, false),
                    _ => break,
                };
                let mut line: String = chars.iter().map(|c| c.0).collect();
                if !more && line.is_empty() {
                    break;
                }
                if more && !strip {
                    line.push(delimiter as char);
                }
                self.ctx.move_bytes(line.len() + size_of::<String>()).await;
                if line_number >= skip {
                    items.insert(items.len() as i64, line);
                }
                if !more {
                    break;
                }
            }
        }
        *self.array(&name) = items;
        Ok(0)
    }
}

/// How `mapfile` was called.
struct MapFile {
    strip: bool,
    /// How many lines are taken, and how many are passed over before them.
    most: usize,
    skip: usize,
    delimiter: u8,
    name: String,
}

impl MapFile {
    fn read(args: &[String]) -> MapFile {
        let mut map = MapFile { strip: false, most: usize::MAX, skip: 0, delimiter: b'\n', name: "MAPFILE".into() };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let Some(letters) = arg.strip_prefix('-').filter(|l| !l.is_empty()) else {
                map.name = arg.clone();
                continue;
            };
            for (at, letter) in letters.char_indices() {
                if letter == 't' {
                    map.strip = true;
                    continue;
                }
                let attached = &letters[at + letter.len_utf8()..];
                let value = if attached.is_empty() { rest.next().map_or("", String::as_str) } else { attached };
                match letter {
                    'n' => map.most = value.parse().ok().filter(|n| *n > 0).unwrap_or(usize::MAX),
                    's' => map.skip = value.parse().unwrap_or(0),
                    'd' => map.delimiter = value.bytes().next().unwrap_or(0),
                    _ => {}
                }
                break;
            }
        }
        map
    }
}

/// A byte that is fetched by itself costs as much as so many at once.
const BYTE_COST: usize = 16;

/// One byte; the inner `None` is the end, the outer one a timeout or a signal.
async fn read_byte(ctx: &Ctx, fd: &Fd, deadline: u64) -> Option<Option<u8>> {
    ctx.kernel.effect();
    ctx.move_bytes(BYTE_COST).await;
    match &**fd {
        Object::Read(end) => {
            let piece = ctx.wait_for(deadline, || match end.0.read(1) {
                Some(piece) => Some(Some(piece)),
                None => ctx.has_signal().then_some(None),
            });
            piece.await.flatten().map(|bytes| bytes.first().copied())
        }
        _ => Some(super::io::read(ctx, fd, 1).await.ok().and_then(|bytes| bytes.first().copied())),
    }
}

/// At most `limit` fields; the last one takes what is left.
fn split_fields(chars: &[(char, bool)], ifs: &str, limit: usize) -> Vec<String> {
    let separates = |c: &(char, bool)| !c.1 && ifs.contains(c.0);
    let blank = |c: &(char, bool)| separates(c) && c.0.is_ascii_whitespace();
    let mut fields = Vec::new();
    let mut rest = chars;
    loop {
        let skip = rest.iter().take_while(|c| blank(c)).count();
        rest = &rest[skip..];
        if rest.is_empty() {
            return fields;
        }
        if fields.len() + 1 == limit {
            let mut end = rest.len();
            while end > 0 && blank(&rest[end - 1]) {
                end -= 1;
            }
            // One trailing separator that ends the only field left goes as well.
            let inner = rest[..end].iter().filter(|c| separates(c) && !blank(c)).count();
            if inner == 1 && end > 0 && separates(&rest[end - 1]) {
                end -= 1;
            }
            fields.push(rest[..end].iter().map(|c| c.0).collect());
            return fields;
        }
        let len = rest.iter().take_while(|c| !separates(c)).count();
        fields.push(rest[..len].iter().map(|c| c.0).collect());
        rest = &rest[len..];
        let blanks = rest.iter().take_while(|c| blank(c)).count();
        rest = &rest[blanks..];
        if rest.first().is_some_and(|c| separates(c) && !blank(c)) {
            rest = &rest[1..];
        }
    }
}
