//! What busybox's programs accept, and what they say when they are called wrongly.
//!
//! The table holds programs whose options are letters and long names; those with a language of their own (`find`, `sed`, `tar`,
//! `wget`) look after themselves. Facts as of busybox 1.35 in its default configuration.

use crate::shell::image::Image;
use crate::shell::io::Io;

struct Usage {
    name: &'static str,
    /// As `getopt` takes them: a colon after a letter that has a value.
    letters: &'static str,
    /// Long options; whatever begins one of them alone stands for it.
    longs: &'static str,
    /// The first line of the help.
    synopsis: &'static str,
}

const fn usage(name: &'static str, letters: &'static str, longs: &'static str, synopsis: &'static str) -> Usage {
    Usage { name, letters, longs, synopsis }
}

const TABLE: [Usage; 44] = [
    usage("awk", "", "", "[OPTIONS] [AWK_PROGRAM] [FILE]..."),
    usage("base64", "dw:", "", "[-d] [-w COL] [FILE]"),
    usage("basename", "as:", "", "FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE..."),
    usage("cat", "nbvteAu", "", "[-nbvteA] [FILE]..."),
    usage("chmod", "", "", "[-Rcvf] MODE[,MODE]... FILE..."),
    usage("chown", "RhLHPcvf", "recursive changes silent quiet verbose", "[-RhLHPcvf]... USER[:[GRP]] FILE..."),
    usage(
        "cp",
        "adRrPLHpfinlsuTt:v",
        "archive force interactive link dereference no-dereference recursive symbolic-link no-target-directory target-directory verbose update remove-destination parents reflink",
        "[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }",
    ),
    usage("cut", "b:c:f:d:sno:D", "", "[OPTIONS] [FILE]..."),
    usage("date", "d:s:uD:I:Rr:", "rfc-822 rfc-2822 set utc date reference", "[OPTIONS] [+FMT] [[-s] TIME]"),
    usage("df", "kmhPTaiB:t:", "", "[-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]..."),
    usage("dirname", "", "", "FILENAME"),
    usage("du", "aHkLsxhmcd:lb", "", "[-aHLdclsxhmkb] [FILE]..."),
    usage("env", "", "", "[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]"),
    usage(
        "grep",
        "lnqvscFiHhe:f:LorRm:wxA:B:C:EaIz",
        "color",
        "[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...",
    ),
    usage("head", "n:c:qv", "", "[OPTIONS] [FILE]..."),
    usage("hostname", "sidfF:", "", "[-sidf] [HOSTNAME | -F FILE]"),
    usage("id", "ugGnrZ", "", "[-ugGnr] [USER]"),
    usage("ln", "sfnbS:vT", "", "[-sfnbtv] [-S SUF] TARGET... LINK|DIR"),
    usage(
        "ls",
        "1AaCxdgGlFpLRrSsTtuUkohHnivcXew:ZQN",
        "full-time group-directories-first color",
        "[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...",
    ),
    usage("md5sum", "scwb", "", "[-c[sw]] [FILE]..."),
    usage("mkdir", "m:pvZ:", "mode parents verbose", "[-m MODE] [-p] DIRECTORY..."),
    usage("mktemp", "dqtp:u", "", "[-dt] [-p DIR] [TEMPLATE]"),
    usage(
        "mv",
        "finvTt:u",
        "interactive force no-target-directory target-directory verbose update",
        "[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }",
    ),
    usage("nc", "", "", "[OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen"),
    usage("nslookup", "", "", "[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]"),
    usage("printf", "", "", "FORMAT [ARG]..."),
    usage("readlink", "fnvsqemz", "", "[-fnv] FILE"),
    usage("rm", "fiRrv", "", "[-irf] FILE..."),
    usage("rmdir", "p", "parents ignore-fail-on-non-empty", "[-p] DIRECTORY..."),
    usage("sed", "", "", "[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]..."),
    usage("seq", "", "", "[-w] [-s SEP] [FIRST [INC]] LAST"),
    usage("sha256sum", "scwb", "", "[-c[sw]] [FILE]..."),
    usage("sleep", "", "", "[N]..."),
    usage(
        "sort",
        "ngMucszbrdfimS:T:o:k:t:Vh",
        "",
        "[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...",
    ),
    usage("stat", "c:ftL", "format", "[-ltf] [-c FMT] FILE..."),
    usage("tail", "fc:n:qs:vF", "retry", "[OPTIONS] [FILE]..."),
    usage("tee", "aip", "", "[-ai] [FILE]..."),
    usage("time", "", "", "[-vpa] [-o FILE] PROG ARGS"),
    usage("timeout", "s:k:", "", "[-s SIG] [-k KILL_SECS] SECS PROG ARGS"),
    usage(
        "touch",
        "cfmhad:t:r:",
        "reference date no-create no-dereference",
        "[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...",
    ),
    usage("tr", "Ccdst", "", "[-cds] STRING1 [STRING2]"),
    usage("uniq", "cduf:s:w:iz", "", "[-cduiz] [-f,s,w N] [FILE [OUTFILE]]"),
    usage("wc", "lwcmL", "", "[-cmlwL] [FILE]..."),
    usage(
        "wget",
        "",
        "",
        "[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...",
    ),
];

fn find(name: &str) -> Option<&'static Usage> {
    TABLE.iter().find(|u| u.name == name)
}

/// The name and the first line of the help, as busybox answers a call that it cannot understand; the exit code of that.
pub async fn show(io: &Io) -> i32 {
    let name = io.name();
    if !io.ctx.kernel.image.is_busybox() {
        io.print_error(format!("{name}: missing operand\nTry '{name} --help' for more information.\n")).await;
        return 1;
    }
    let synopsis = find(name).map_or("[OPTIONS] [ARG]...", |u| u.synopsis);
    io.print_error(format!("{}\n\nUsage: {name} {synopsis}\n", banner(&io.ctx.kernel.image))).await;
    1
}

/// The first line that busybox prints about itself, without the date of the build.
pub fn banner(image: &Image) -> String {
    let patch = if image.busybox == 36 { 1 } else { 0 };
    format!("BusyBox v1.{}.{patch} multi-call binary.", image.busybox)
}

/// Answers a call with an option that is not known; the exit code of that.
pub async fn refuse(io: Io, complaint: String) -> i32 {
    io.complain(&complaint).await;
    let code = show(&io).await;
    if io.name() == "grep" { 2 } else { code }
}

/// The first option of a call that busybox does not know: what it says about it.
pub fn refused(io: &Io) -> Option<String> {
    let usage = find(io.name()).filter(|u| !u.letters.is_empty())?;
    // These stop at the first argument that is no option; for the others options may stand anywhere.
    let leading = matches!(usage.name, "timeout" | "tr");
    let mut args = io.args[1..].iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            return None;
        }
        if let Some(long) = arg.strip_prefix("--") {
            let name = long.split('=').next().unwrap_or(long);
            if !usage.longs.split(' ').any(|known| known.starts_with(name)) {
                return Some(format!("unrecognized option '{arg}'"));
            }
            continue;
        }
        let Some(letters) = arg.strip_prefix('-').filter(|l| !l.is_empty()) else {
            if leading {
                return None;
            }
            continue;
        };
        // `head -5`, `tail +5`, `uniq -1`.
        if letters.starts_with(|c: char| c.is_ascii_digit()) && matches!(usage.name, "head" | "tail" | "uniq") {
            continue;
        }
        for (at, letter) in letters.char_indices() {
            let Some(place) = usage.letters.find(letter).filter(|_| letter != ':') else {
                return Some(format!("invalid option -- '{letter}'"));
            };
            if !usage.letters[place + 1..].starts_with(':') {
                continue;
            }
            // `date -I` has its value attached or none.
            let value_is_here = letters.len() > at + 1 || (usage.name == "date" && letter == 'I');
            if !value_is_here && args.next().is_none() {
                return Some(format!("option requires an argument -- '{letter}'"));
            }
            break;
        }
    }
    None
}
