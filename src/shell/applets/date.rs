//! `date`: a moment of virtual time in words.

use super::opts::Opts;
use crate::shell::calendar::{Zone, busybox_date, gnu_date, strftime, strptime};
use crate::shell::io::Io;

/// A date as `date -d` and `touch -d` of the image take it.
pub fn point_in_time(io: &Io, text: &str, zone: &Zone) -> Option<i64> {
    let kernel = &io.ctx.kernel;
    let now = kernel.date(kernel.now()) as i64;
    if kernel.image.is_busybox() { busybox_date(text, now, zone) } else { gnu_date(text, now, zone) }
}

/// The time zone of a program's environment.
pub fn zone(io: &Io) -> Zone {
    Zone::of(io.var("TZ"))
}

pub async fn date(io: Io) -> i32 {
    let longs =
        [("utc", 'u'), ("universal", 'u'), ("date", 'd'), ("reference", 'r'), ("iso-8601", 'I'), ("rfc-3339", 'T')];
    let opts = Opts::parse(&io, "uRI::d:s:r:D:T:", &longs);
    let zone = if opts.has('u') { Zone::utc() } else { zone(&io) };
    let (seconds, format) = match wanted(&io, &opts, &zone).and_then(|at| Ok((at, format(&opts)?))) {
        Ok(wanted) => wanted,
        Err(complaint) => {
            io.complain(&complaint).await;
            return 1;
        }
    };
    // busybox is built without parts of a second.
    let gnu = !io.ctx.kernel.image.is_busybox();
    let nanos = gnu.then(|| if opts.has('d') { 0 } else { (io.ctx.kernel.now() % 1_000_000 * 1_000) as u32 });
    io.print(strftime(&format, seconds, &zone, nanos) + "\n").await;
    0
}

/// The moment that is asked for.
fn wanted(io: &Io, opts: &Opts, zone: &Zone) -> Result<i64, String> {
    let kernel = &io.ctx.kernel;
    let now = kernel.date(kernel.now()) as i64;
    if let Some(path) = opts.get('r') {
        let found = io.find(path, true);
        let words = if kernel.image.is_busybox() { format!("can't stat '{path}'") } else { path.to_string() };
        return found.map(|f| kernel.file_date(f.inode.mtime())).map_err(|e| format!("{words}: {}", e.text()));
    }
    let Some(text) = opts.get('d') else { return Ok(now) };
    let at = match opts.get('D') {
        Some(format) => strptime(text, format, now, zone),
        None => point_in_time(io, text, zone),
    };
    at.ok_or_else(|| format!("invalid date '{text}'"))
}

fn format(opts: &Opts) -> Result<String, String> {
    let (given, others): (Vec<&String>, Vec<&String>) = opts.rest.iter().partition(|a| a.starts_with('+'));
    if let Some(extra) = others.first() {
        return Err(format!("invalid date '{extra}'"));
    }
    if let Some(format) = given.first() {
        return Ok(format[1..].to_string());
    }
    let precision = opts.get('I').or(opts.get('T')).unwrap_or("date");
    let between = if opts.has('T') { ' ' } else { 'T' };
    let clock = match precision.chars().next() {
        Some('h') => "%H",
        Some('m') => "%H:%M",
        Some('n') => "%H:%M:%S,%N",
        _ => "%H:%M:%S",
    };
    Ok(if opts.has('R') {
        "%a, %d %b %Y %H:%M:%S %z".into()
    } else if !opts.has('I') && !opts.has('T') {
        "%a %b %e %H:%M:%S %Z %Y".into()
    } else if precision.starts_with('d') {
        "%Y-%m-%d".into()
    } else {
        format!("%Y-%m-%d{between}{clock}%:z")
    })
}
