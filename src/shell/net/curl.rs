//! `curl`, as version 7.88 speaks; of how far a transfer is it shows nothing.

use super::http::{Body, FetchError, fetch, reason};
use super::{CONNECT_TIMEOUT, micros};
use crate::shell::applets::opts::Opts;
use crate::shell::host::Connection;
use crate::shell::io::Io;
use crate::shell::kernel::Us;

pub async fn curl(io: Io) -> i32 {
    let longs = [
        ("silent", 's'),
        ("fail", 'f'),
        ("show-error", 'S'),
        ("output", 'o'),
        ("head", 'I'),
        ("location", 'L'),
        ("insecure", 'k'),
        ("max-time", 'm'),
        ("connect-timeout", 'c'),
        ("write-out", 'w'),
        ("request", 'X'),
        ("data", 'd'),
        ("header", 'H'),
        ("retry", 'r'),
        ("verbose", 'v'),
        ("user", 'u'),
        ("retry-delay", 'R'),
        ("retry-connrefused", 'C'),
        ("retry-all-errors", 'Y'),
        ("retry-max-time", 'y'),
        ("fail-with-body", 'f'),
        ("no-progress-meter", 'N'),
    ];
    let opts = Opts::parse(&io, "sfSILkvgiNo:m:c:w:X:d:H:r:u:R:A:OCF:Yy:", &longs);
    let Some(url) = opts.rest.first() else {
        io.print_error("curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
            .await;
        return 2;
    };
    let mut retries = Retries::of(&io, &opts);
    let (status, body, code) = loop {
        let (status, body, code) = ask(&io, &opts, url).await;
        if !retries.again(&io, status, code).await {
            break (status, body, code);
        }
    };
    match opts.get('o') {
        Some(path) if code == 0 => {
            if io.write_file(path, body.bytes()).await.is_err() {
                return 23;
            }
        }
        _ if opts.has('I') && code == 0 => {
            io.print(format!("HTTP/1.1 {status} OK\r\n\r\n")).await;
        }
        _ => body.print(&io).await,
    }
    if let Some(format) = opts.get('w') {
        let text = format.replace("%{http_code}", &format!("{status:03}")).replace("\\n", "\n");
        io.print(text).await;
    }
    code
}

/// One question of `curl`: the HTTP status, what comes, and its exit code.
async fn ask(io: &Io, opts: &Opts, url: &str) -> (u16, Body, i32) {
    let timeout = opts.get('m').or(opts.get('c')).and_then(|t| t.parse::<f64>().ok()).map(|s| (s * 1e6) as u64);
    let loud = !opts.has('s') || opts.has('S');
    match fetch(&io.ctx, url, timeout).await {
        Ok(body) => (200, body, 0),
        Err(FetchError::Status(status)) if opts.has('f') => {
            if loud {
                io.complain(&format!("(22) The requested URL returned error: {status}")).await;
            }
            (status, Body::Known(Vec::new()), 22)
        }
        Err(FetchError::Status(status)) => {
            (status, Body::Known(format!("{status} {}\n", reason(status)).into_bytes()), 0)
        }
        Err(FetchError::Connection(host, port, answer)) => {
            let (code, text) = match answer {
                Connection::NoSuchHost => (6, format!("(6) Could not resolve host: {host}")),
                Connection::Refused => {
                    (7, format!("(7) Failed to connect to {host} port {port} after 1 ms: Couldn't connect to server"))
                }
                _ => (
                    28,
                    format!(
                        "(28) Connection timed out after {} milliseconds",
                        timeout.unwrap_or(CONNECT_TIMEOUT) / 1000
                    ),
                ),
            };
            if loud {
                io.complain(&text).await;
            }
            (0, Body::Known(Vec::new()), code)
        }
    }
}

/// `--retry`: how often `curl` asks again, and after what time.
struct Retries {
    left: u64,
    /// How long it rests next, in seconds, and whether that doubles.
    rest: u64,
    grows: bool,
    refused: bool,
    all: bool,
    silent: bool,
    until: Us,
}

impl Retries {
    /// It rests no longer than this, in seconds.
    const LONGEST: u64 = 600;

    fn of(io: &Io, opts: &Opts) -> Retries {
        let number = |letter: char| opts.get(letter).and_then(|n| n.parse::<u64>().ok()).filter(|n| *n > 0);
        Retries {
            left: number('r').unwrap_or(0),
            rest: number('R').unwrap_or(1),
            grows: number('R').is_none(),
            refused: opts.has('C'),
            all: opts.has('Y'),
            silent: opts.has('s'),
            until: number('y').map_or(Us::MAX, |most| io.ctx.kernel.now().saturating_add(micros(most))),
        }
    }

    /// What it calls a failure that may pass; nothing where it gives up.
    fn problem(&self, status: u16, code: i32) -> Option<&'static str> {
        match (code, status) {
            (6 | 28, _) => Some(": timeout"),
            (7, _) if self.refused => Some(": connection refused"),
            (_, 408 | 429 | 500 | 502 | 503 | 504) => Some(": HTTP error"),
            (1.., _) if self.all => Some("(retrying all errors)"),
            _ => None,
        }
    }

    /// Rests where it is to ask again, and says so.
    async fn again(&mut self, io: &Io, status: u16, code: i32) -> bool {
        let Some(problem) = self.problem(status, code).filter(|_| self.left > 0 && io.ctx.kernel.now() < self.until)
        else {
            return false;
        };
        if !self.silent {
            let text = format!("Problem {problem}. Will retry in {} seconds. {} retries left.", self.rest, self.left);
            io.print_error(warning(&text)).await;
        }
        io.ctx.sleep(micros(self.rest)).await;
        self.left -= 1;
        if self.grows {
            self.rest = (self.rest * 2).min(Self::LONGEST);
        }
        true
    }
}

/// A warning as `curl` breaks it into lines.
fn warning(text: &str) -> String {
    const WIDTH: usize = 70;
    match text[..WIDTH.min(text.len())].rfind(' ') {
        Some(blank) if text.len() >= WIDTH => {
            format!("Warning: {}\n{}", &text[..=blank], warning(&text[blank + 1..]))
        }
        _ => format!("Warning: {text}\n"),
    }
}
