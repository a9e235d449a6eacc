//! Checksums, base64 and dumps.

use super::cat::cannot_open;
use super::opts::Opts;
use crate::shell::io::Io;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            out.push(if i <= chunk.len() { ALPHABET[(n >> (18 - 6 * i) & 63) as usize] as char } else { '=' });
        }
    }
    out
}

/// What a text stands for, and whether it is whole. busybox passes over characters that do not belong and takes four by four; for others
/// such a character is the end.
fn decode(text: &[u8], busybox: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let (mut bits, mut count, mut whole) = (0u32, 0, true);
    let mut signs = 0;
    for &c in text.iter().filter(|c| !c.is_ascii_whitespace()) {
        let value = ALPHABET.iter().position(|a| *a == c);
        if value.is_none() && c != b'=' {
            if busybox {
                continue;
            }
            whole = false;
            break;
        }
        signs += 1;
        let Some(value) = value else { continue };
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    if signs % 4 != 0 {
        whole = false;
        if busybox {
            out.truncate(signs / 4 * 3);
        }
    }
    (out, whole)
}

pub async fn base64(io: Io) -> i32 {
    let opts = Opts::parse(&io, "dDw:i", &[("decode", 'd'), ("wrap", 'w')]);
    let path = opts.rest.first().map_or("-", String::as_str);
    let bytes = match io.read_all(path).await {
        Ok(bytes) => bytes,
        Err(errno) => {
            io.complain(&format!("{path}: {}", errno.text())).await;
            return 1;
        }
    };
    if opts.has('d') || opts.has('D') {
        let busybox = io.ctx.kernel.image.is_busybox();
        let (plain, whole) = decode(&bytes, busybox);
        io.print(plain).await;
        if !whole {
            io.complain(if busybox { "truncated input" } else { "invalid input" }).await;
        }
        return !whole as i32;
    }
    let text = encode(&bytes);
    let width = opts.get('w').and_then(|w| w.parse::<usize>().ok()).unwrap_or(76);
    if width == 0 {
        io.print(text).await;
    } else {
        for line in text.as_bytes().chunks(width) {
            io.print([line, b"\n"].concat()).await;
        }
    }
    0
}

/// Pads a message as MD5 and the SHA family do.
fn padded(bytes: &[u8], block: usize, big_endian: bool) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.push(0x80);
    let length = if block == 128 { 16 } else { 8 };
    while out.len() % block != block - length {
        out.push(0);
    }
    let bits = bytes.len() as u64 * 8;
    if length == 16 {
        out.extend([0; 8]);
    }
    out.extend(if big_endian { bits.to_be_bytes() } else { bits.to_le_bytes() });
    out
}

fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|b| format!("{b:02x}")).collect()
}

fn md5(bytes: &[u8]) -> String {
    const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let constant = |i: usize| (((i + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
    let constants: Vec<u32> = (0..64).map(constant).collect();
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(bytes, 64, false).chunks(64) {
        let words: Vec<u32> = block.chunks(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for i in 0..64 {
            let (f, g) = match i / 16 {
                0 => (b & c | !b & d, i),
                1 => (d & b | !d & c, (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), 7 * i % 16),
            };
            let sum = a.wrapping_add(f).wrapping_add(constants[i]).wrapping_add(words[g]);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(SHIFTS[i / 16][i % 4]));
        }
        for (s, v) in state.iter_mut().zip([a, b, c, d]) {
            *s = s.wrapping_add(v);
        }
    }
    hex(state.iter().flat_map(|w| w.to_le_bytes()))
}

fn sha1(bytes: &[u8]) -> String {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded(bytes, 64, true).chunks(64) {
        let mut w: Vec<u32> = block.chunks(4).map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]])).collect();
        for i in 16..80 {
            w.push((w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (i, word) in w.iter().enumerate() {
            let (f, k) = match i / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let sum = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        for (s, v) in state.iter_mut().zip([a, b, c, d, e]) {
            *s = s.wrapping_add(v);
        }
    }
    hex(state.iter().flat_map(|w| w.to_be_bytes()))
}

/// The first `count` primes: the constants of SHA-2 are made of their roots.
fn primes(count: usize) -> Vec<u64> {
    (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0)).take(count).collect()
}

/// The first 64 bits after the point of the `power`-th root of `n`.
fn root_fraction(n: u64, power: u32) -> u64 {
    // The whole part is below 2^5; search the largest r with r^power <= n * 2^(64 * power), by bits, in wide arithmetic.
    let mut low: u128 = 0;
    for bit in (0..70).rev() {
        let candidate = low | 1u128 << bit;
        if power_at_most(candidate, power, n) {
            low = candidate;
        }
    }
    low as u64
}

/// Whether `r^power <= n * 2^(64 * power)`, by long multiplication in 32-bit digits.
fn power_at_most(r: u128, power: u32, n: u64) -> bool {
    let digits = |mut v: u128| {
        let mut out = Vec::new();
        while v > 0 {
            out.push((v & 0xffff_ffff) as u64);
            v >>= 32;
        }
        out
    };
    let base = digits(r);
    let mut product = vec![1u64];
    for _ in 0..power {
        let mut next = vec![0u64; product.len() + base.len()];
        for (i, a) in product.iter().enumerate() {
            let mut carry = 0u64;
            for (j, b) in base.iter().enumerate() {
                let sum = next[i + j] as u128 + *a as u128 * *b as u128 + carry as u128;
                next[i + j] = (sum & 0xffff_ffff) as u64;
                carry = (sum >> 32) as u64;
            }
            next[i + base.len()] += carry;
        }
        product = next;
    }
    let mut bound = vec![0u64; (2 * power) as usize];
    bound.extend(digits(n.into()));
    let length = product.len().max(bound.len());
    product.resize(length, 0);
    bound.resize(length, 0);
    product.iter().rev().cmp(bound.iter().rev()).is_le()
}

fn sha256(bytes: &[u8]) -> String {
    let primes = primes(64);
    let constants: Vec<u32> = primes.iter().map(|p| (root_fraction(*p, 3) >> 32) as u32).collect();
    let mut state: Vec<u32> = primes[..8].iter().map(|p| (root_fraction(*p, 2) >> 32) as u32).collect();
    for block in padded(bytes, 64, true).chunks(64) {
        let mut w: Vec<u32> = block.chunks(4).map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]])).collect();
        for i in 16..64 {
            let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
            let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
            w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
        }
        let mut v = state.clone();
        for i in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let one = v[7].wrapping_add(s1).wrapping_add(choice).wrapping_add(constants[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let two = s0.wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(one);
            v[0] = one.wrapping_add(two);
        }
        state.iter_mut().zip(v).for_each(|(s, v)| *s = s.wrapping_add(v));
    }
    hex(state.iter().flat_map(|w| w.to_be_bytes()))
}

fn sha512(bytes: &[u8]) -> String {
    let primes = primes(80);
    let constants: Vec<u64> = primes.iter().map(|p| root_fraction(*p, 3)).collect();
    let mut state: Vec<u64> = primes[..8].iter().map(|p| root_fraction(*p, 2)).collect();
    for block in padded(bytes, 128, true).chunks(128) {
        let mut w: Vec<u64> = block.chunks(8).map(|w| w.iter().fold(0, |n, b| n << 8 | u64::from(*b))).collect();
        for i in 16..80 {
            let s0 = w[i - 15].rotate_right(1) ^ w[i - 15].rotate_right(8) ^ (w[i - 15] >> 7);
            let s1 = w[i - 2].rotate_right(19) ^ w[i - 2].rotate_right(61) ^ (w[i - 2] >> 6);
            w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
        }
        let mut v = state.clone();
        for i in 0..80 {
            let s1 = v[4].rotate_right(14) ^ v[4].rotate_right(18) ^ v[4].rotate_right(41);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let one = v[7].wrapping_add(s1).wrapping_add(choice).wrapping_add(constants[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(28) ^ v[0].rotate_right(34) ^ v[0].rotate_right(39);
            let two = s0.wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(one);
            v[0] = one.wrapping_add(two);
        }
        state.iter_mut().zip(v).for_each(|(s, v)| *s = s.wrapping_add(v));
    }
    hex(state.iter().flat_map(|w| w.to_be_bytes()))
}

fn digest(name: &str, bytes: &[u8]) -> String {
    match name {
        "md5sum" => md5(bytes),
        "sha1sum" => sha1(bytes),
        "sha512sum" => sha512(bytes),
        _ => sha256(bytes),
    }
}

pub async fn sum(io: Io) -> i32 {
    let opts = Opts::parse(&io, "cswb", &[("check", 'c'), ("status", 's')]);
    let mut status = 0;
    for path in opts.files() {
        let bytes = match io.read_all(&path).await {
            Ok(bytes) => bytes,
            Err(errno) => {
                cannot_open(&io, &path, errno).await;
                status = 1;
                continue;
            }
        };
        if !opts.has('c') {
            io.print(format!("{}  {path}\n", digest(io.name(), &bytes))).await;
            continue;
        }
        let (mut failed, mut total) = (0, 0);
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((wanted, file)) = line.split_once(' ') else { continue };
            let file = file.trim_start_matches([' ', '*']);
            total += 1;
            let holds = io.read_all(file).await.is_ok_and(|b| digest(io.name(), &b) == wanted);
            failed += !holds as usize;
            if !opts.has('s') {
                io.print(format!("{file}: {}\n", if holds { "OK" } else { "FAILED" })).await;
            }
        }
        if failed > 0 {
            status = 1;
            io.complain(&format!("WARNING: {failed} of {total} computed checksums did NOT match")).await;
        }
    }
    status
}

/// `xxd`, `od -c` and `hexdump -C`.
pub async fn dump(io: Io) -> i32 {
    let opts = Opts::parse(&io, "A:t:N:cxCpl:vn:g:u", &[]);
    let path = opts.rest.first().map_or("-", String::as_str);
    let mut bytes = match io.input(path) {
        Ok(mut input) => match opts.get('N').or(opts.get('l')).or(opts.get('n')).and_then(super::ends::size) {
            Some(limit) => {
                let mut bytes = Vec::new();
                while (bytes.len() as u64) < limit {
                    let piece = input.piece().await.unwrap_or_default();
                    if piece.is_empty() {
                        break;
                    }
                    bytes.extend(piece);
                }
                bytes.truncate(limit as usize);
                bytes
            }
            None => input.rest().await.unwrap_or_default(),
        },
        Err(errno) => {
            cannot_open(&io, path, errno).await;
            return 1;
        }
    };
    let mut out = String::new();
    if io.name() == "xxd" && opts.has('p') {
        for line in bytes.chunks(30) {
            out.push_str(&(hex(line.iter().copied()) + "\n"));
        }
        io.print(out).await;
        return 0;
    }
    let printable = |b: &u8| if b.is_ascii_graphic() || *b == b' ' { *b as char } else { '.' };
    let total = bytes.len();
    if total % 2 == 1
        && opts.get('t').is_none_or(|t| !t.ends_with('1') && t != "c")
        && !opts.has('c')
        && !opts.has('C')
        && io.name() == "od"
    {
        bytes.push(0);
    }
    for (i, line) in bytes.chunks(16).enumerate() {
        match io.name() {
            "xxd" => {
                let pairs: Vec<String> = line.chunks(2).map(|p| hex(p.iter().copied())).collect();
                out.push_str(&format!(
                    "{:08x}: {:<40} {}\n",
                    i * 16,
                    pairs.join(" "),
                    line.iter().map(printable).collect::<String>()
                ));
            }
            "hexdump" if opts.has('C') => {
                let cells: Vec<String> = line.iter().map(|b| format!("{b:02x}")).collect();
                let (left, right) = cells.split_at(cells.len().min(8));
                out.push_str(&format!(
                    "{:08x}  {:<23}  {:<23}  |{}|\n",
                    i * 16,
                    left.join(" "),
                    right.join(" "),
                    line.iter().map(printable).collect::<String>()
                ));
            }
            _ => {
                let kind = opts.get('t').unwrap_or(match (opts.has('c'), opts.has('x') || io.name() == "hexdump") {
                    (true, _) => "c",
                    (_, true) => "x2",
                    _ => "o2",
                });
                if opts.get('A') != Some("n") {
                    out.push_str(&format!("{:07o}", i * 16));
                }
                match kind {
                    "c" => line.iter().for_each(|b| {
                        out.push_str(&match b {
                            b'\n' => "  \\n".into(),
                            0x07 => "  \\a".into(),
                            0x08 => "  \\b".into(),
                            0x0b => "  \\v".into(),
                            0x0c => "  \\f".into(),
                            b'\t' => "  \\t".into(),
                            b'\r' => "  \\r".into(),
                            0 => "  \\0".into(),
                            b if b.is_ascii_graphic() || *b == b' ' => format!("   {}", *b as char),
                            b => format!(" {b:03o}"),
                        });
                    }),
                    "x1" | "xC" => line.iter().for_each(|b| out.push_str(&format!(" {b:02x}"))),
                    "u1" | "d1" => line.iter().for_each(|b| out.push_str(&format!(" {b:3}"))),
                    "x2" => line.chunks(2).for_each(|w| {
                        out.push_str(&format!(" {:04x}", w.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b))))
                    }),
                    "u4" => line.chunks(4).for_each(|w| {
                        out.push_str(&format!(" {:10}", w.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b))))
                    }),
                    "u2" => line.chunks(2).for_each(|w| {
                        out.push_str(&format!(" {:5}", w.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b))))
                    }),
                    _ => line.chunks(2).for_each(|w| {
                        out.push_str(&format!(" {:06o}", w.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b))))
                    }),
                }
                out.push('\n');
            }
        }
    }
    match io.name() {
        "hexdump" if opts.has('C') && total > 0 => out.push_str(&format!("{total:08x}\n")),
        "od" if opts.get('A') != Some("n") => out.push_str(&format!("{total:07o}\n")),
        _ => {}
    }
    io.print(out).await;
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        assert_eq!(md5(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(sha512(b"abc").starts_with("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"));
    }
}
