//! Filters that read piece by piece and write as they go, so that they serve input without an end: `tr`, `fold`, `strings`, `dos2unix`.
//!
//! They know bytes, not characters, as their originals do.

use super::cat::cannot_open;
use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
use crate::shell::pattern::in_class;

/// The bytes of a `tr` set: ranges and classes written out.
fn expand_set(text: &str) -> Vec<u8> {
    let (set, _) = crate::shell::printf::unescape(text, false);
    let mut out = Vec::new();
    let mut rest = set.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        if let Some((name, after)) = class(rest) {
            out.extend((0..128).filter(|byte| in_class(name, *byte as char)));
            rest = after;
        } else if let [b'-', last, after @ ..] = after {
            out.extend(first..=*last);
            rest = after;
        } else {
            out.push(first);
            rest = after;
        }
    }
    out
}

/// The name in `[:name:]` at the beginning, and what follows it.
fn class(set: &[u8]) -> Option<(&str, &[u8])> {
    let inner = set.strip_prefix(b"[:")?;
    let end = inner.windows(2).position(|pair| pair == b":]")?;
    Some((std::str::from_utf8(&inner[..end]).ok()?, &inner[end + 2..]))
}

/// What `tr` does with each byte.
struct Translation {
    to: [u8; 256],
    deleted: [bool; 256],
    /// Of several such bytes in a row one is left.
    squeezed: [bool; 256],
}

impl Translation {
    fn new(opts: &Opts) -> Option<Translation> {
        let mut from = expand_set(opts.rest.first()?);
        if opts.has('c') || opts.has('C') {
            let listed = from;
            from = (0..=255).filter(|byte| !listed.contains(byte)).collect();
        }
        let to = opts.rest.get(1).map(|set| expand_set(set)).unwrap_or_default();
        let mut table =
            Translation { to: std::array::from_fn(|byte| byte as u8), deleted: [false; 256], squeezed: [false; 256] };
        let ends = if to.is_empty() { &from } else { &to };
        for (place, byte) in from.iter().enumerate() {
            table.deleted[*byte as usize] = opts.has('d');
            if let Some(last) = to.last() {
                table.to[*byte as usize] = *to.get(place).unwrap_or(last);
            }
        }
        for byte in ends.iter().filter(|_| opts.has('s')) {
            table.squeezed[*byte as usize] = true;
        }
        Some(table)
    }

    fn apply(&self, piece: &[u8], last: &mut Option<u8>) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len());
        for byte in piece.iter().filter(|byte| !self.deleted[**byte as usize]) {
            let byte = self.to[*byte as usize];
            if *last != Some(byte) || !self.squeezed[byte as usize] {
                out.push(byte);
            }
            *last = Some(byte);
        }
        out
    }
}

pub async fn tr(io: Io) -> i32 {
    let opts = Opts::leading(&io, "cCdst", &[]);
    let Some(table) = Translation::new(&opts) else {
        return usage::show(&io).await;
    };
    let Ok(mut input) = io.input("-") else { return 1 };
    let mut last = None;
    loop {
        let piece = input.piece().await.unwrap_or_default();
        if piece.is_empty() || !io.print(table.apply(&piece, &mut last)).await {
            return 0;
        }
    }
}

/// A line that `fold` has begun.
struct Fold {
    width: usize,
    at_blanks: bool,
    line: Vec<u8>,
    column: usize,
}

impl Fold {
    fn column_after(&self, byte: u8) -> usize {
        match byte {
            b'\t' => self.column + 8 - self.column % 8,
            b'\r' => 0,
            0x08 => self.column.saturating_sub(1),
            _ => self.column + 1,
        }
    }

    /// Takes a byte; lines that are complete go to `out`.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte == b'\n' {
            self.line.push(byte);
            out.append(&mut self.line);
            self.column = 0;
            return;
        }
        if self.column_after(byte) > self.width && !self.line.is_empty() {
            let blank = self.line.iter().rposition(|b| b.is_ascii_whitespace()).filter(|_| self.at_blanks);
            let rest = self.line.split_off(blank.map_or(self.line.len(), |at| at + 1));
            out.append(&mut self.line);
            out.push(b'\n');
            self.column = 0;
            for byte in rest {
                self.column = self.column_after(byte);
                self.line.push(byte);
            }
        }
        self.column = self.column_after(byte);
        self.line.push(byte);
    }
}

pub async fn fold(io: Io) -> i32 {
    let opts = Opts::parse(&io, "bsw:", &[("width", 'w'), ("spaces", 's'), ("bytes", 'b')]);
    let width = opts.get('w').and_then(|w| w.parse().ok()).unwrap_or(80usize).max(1);
    let mut fold = Fold { width, at_blanks: opts.has('s'), line: Vec::new(), column: 0 };
    for path in opts.files() {
        let mut input = match io.input(&path) {
            Ok(input) => input,
            Err(errno) => {
                cannot_open(&io, &path, errno).await;
                return 1;
            }
        };
        loop {
            let piece = input.piece().await.unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            let mut out = Vec::new();
            piece.iter().for_each(|byte| fold.take(*byte, &mut out));
            io.print(out).await;
        }
        io.print(std::mem::take(&mut fold.line)).await;
        fold.column = 0;
    }
    0
}

/// `strings`: runs of at least so many printable bytes.
pub async fn strings(io: Io) -> i32 {
    let opts = Opts::parse(&io, "afon:t:", &[("bytes", 'n')]);
    let least = opts.get('n').and_then(|n| n.parse().ok()).unwrap_or(4usize).max(1);
    let mut status = 0;
    for path in opts.files() {
        let mut input = match io.input(&path) {
            Ok(input) => input,
            Err(errno) => {
                cannot_open(&io, &path, errno).await;
                status = 1;
                continue;
            }
        };
        let mut run = Vec::new();
        loop {
            let piece = input.piece().await.unwrap_or_default();
            let (mut out, ended) = (Vec::new(), piece.is_empty());
            // The end of the file ends the last run.
            for byte in if ended { &[0] } else { piece.as_slice() } {
                if byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t') {
                    run.push(*byte);
                    continue;
                }
                if run.len() >= least {
                    out.append(&mut run);
                    out.push(b'\n');
                }
                run.clear();
            }
            io.print(out).await;
            if ended {
                break;
            }
        }
    }
    status
}

/// `dos2unix` and `unix2dos`: files are changed in place, standard input is passed on.
pub async fn line_ends(io: Io) -> i32 {
    let opts = Opts::parse(&io, "ud", &[]);
    let to_dos = opts.has('d') || !opts.has('u') && io.name() == "unix2dos";
    let changed = |bytes: &[u8]| -> Vec<u8> {
        let kept = bytes.iter().filter(|byte| **byte != b'\r');
        let ends = |byte: &u8| to_dos && *byte == b'\n';
        kept.flat_map(|byte| ends(byte).then_some(b'\r').into_iter().chain([*byte])).collect()
    };
    if opts.rest.is_empty() {
        let Ok(mut input) = io.input("-") else { return 1 };
        loop {
            let piece = input.piece().await.unwrap_or_default();
            if piece.is_empty() || !io.print(changed(&piece)).await {
                return 0;
            }
        }
    }
    for path in &opts.rest {
        let result = match io.read_all(path).await {
            Ok(bytes) => io.write_file(path, &changed(&bytes)).await,
            Err(errno) => Err(errno),
        };
        if let Err(errno) = result {
            cannot_open(&io, path, errno).await;
            return 1;
        }
    }
    0
}
