//! What processes print, cut into lines with their moments.

use crate::time::Millis;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// One line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputLine {
    pub at: Millis,
    pub stream: Stream,
    pub line: String,
}

impl OutputLine {
    /// The same line at another moment.
    pub(super) fn shifted(&self, moment: impl Fn(Millis) -> Millis) -> OutputLine {
        OutputLine { at: moment(self.at), ..self.clone() }
    }
}

/// The runtime splits longer lines.
const MAX_LINE: usize = 16 * 1024;
/// What one container may print in all; the rest is dropped.
pub const MAX_OUTPUT: usize = 1 << 20;
/// How many lines of it.
const MAX_LINES: usize = 20_000;

/// Collects the output of one tree of processes.
#[derive(Debug, Default)]
pub struct Console {
    lines: Vec<OutputLine>,
    partial: [Vec<u8>; 2],
    /// Each stream as it was written, for probes and hooks; then no lines are kept.
    whole: Option<[Vec<u8>; 2]>,
    written: usize,
    /// Lines so far, taken or not.
    count: usize,
}

impl Console {
    /// One that keeps each stream in one piece, as the kubelet gets it from the runtime.
    pub fn whole() -> Console {
        Console { whole: Some(Default::default()), ..Console::default() }
    }

    /// Everything that was written to one stream of such a console.
    pub fn whole_text(&self, stream: Stream) -> String {
        let bytes = self.whole.as_ref().map(|streams| streams[stream as usize].as_slice());
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    }

    /// False when the cap has been reached.
    pub fn write(&mut self, at: Millis, stream: Stream, bytes: &[u8]) -> bool {
        self.written += bytes.len();
        if self.written > MAX_OUTPUT || self.count > MAX_LINES {
            return false;
        }
        if let Some(streams) = &mut self.whole {
            streams[stream as usize].extend_from_slice(bytes);
            return true;
        }
        let partial = &mut self.partial[stream as usize];
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            partial.extend_from_slice(piece);
            if partial.ends_with(b"\n") || partial.len() >= MAX_LINE {
                let text = partial.strip_suffix(b"\n").unwrap_or(partial);
                self.lines.push(OutputLine { at, stream, line: String::from_utf8_lossy(text).into_owned() });
                partial.clear();
                self.count += 1;
                if self.count > MAX_LINES {
                    return false;
                }
            }
        }
        true
    }

    /// The container has ended: what stands without a newline is a line too.
    pub fn finish(&mut self, at: Millis) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let text = std::mem::take(&mut self.partial[stream as usize]);
            if !text.is_empty() {
                self.lines.push(OutputLine { at, stream, line: String::from_utf8_lossy(&text).into_owned() });
            }
        }
    }

    /// The lines that nobody has taken yet.
    pub fn lines(&self) -> &[OutputLine] {
        &self.lines
    }

    pub fn take(&mut self) -> Vec<OutputLine> {
        std::mem::take(&mut self.lines)
    }
}
