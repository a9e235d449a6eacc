//! Functions that awks have beyond POSIX: bits, `mktime`, `gensub`.

use super::ast::Expr;
use super::run::{Done, Interpreter, MAX_TEXT, Run};
use super::value::{Value, to_number};
use crate::shell::calendar::seconds_of;
use crate::shell::regex::Text;

impl Interpreter<'_> {
    pub(super) async fn call_further(&mut self, name: &str, args: &[Expr]) -> Run<Value> {
        match name {
            "and" => self.bits(args, |a, b| a & b).await,
            "or" => self.bits(args, |a, b| a | b).await,
            "xor" => self.bits(args, |a, b| a ^ b).await,
            "lshift" => self.bits(args, |a, b| a.checked_shl(b as u32).unwrap_or(0)).await,
            "rshift" => self.bits(args, |a, b| a.checked_shr(b as u32).unwrap_or(0)).await,
            "compl" => self.bits(args, |a, _| !a).await,
            "mktime" => self.mktime(args).await,
            "gensub" => self.gensub(args).await,
            _ => Err(Done::Error("Call to undefined function".into())),
        }
    }

    /// busybox's numbers have 64 bits here, others' 53.
    async fn bits(&mut self, args: &[Expr], apply: fn(u64, u64) -> u64) -> Run<Value> {
        let mask = if self.kernel.image.is_busybox() { u64::MAX } else { (1 << 53) - 1 };
        let (a, b) = (self.number_arg(args, 0).await?, self.number_arg(args, 1).await?);
        Ok(Value::Number((apply(a as i64 as u64 & mask, b as i64 as u64 & mask) & mask) as f64))
    }

    /// `mktime("YYYY MM DD HH MM SS")`.
    async fn mktime(&mut self, args: &[Expr]) -> Run<Value> {
        let text = self.text_arg(args, 0).await?;
        let numbers: Vec<i64> = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let seconds = match numbers.as_slice() {
            [year, month, day, clock @ ..] if clock.len() >= 2 => {
                let second = clock.get(2).copied().unwrap_or(0);
                seconds_of([*year, *month, *day, clock[0], clock[1], second]) - self.zone.ahead
            }
            _ => -1,
        };
        Ok(Value::Number(seconds as f64))
    }

    /// `gensub(regex, replacement, which[, text])`: the text with the match of that number replaced, or all of them.
    async fn gensub(&mut self, args: &[Expr]) -> Run<Value> {
        let [pattern, by, which, ..] = args else { return Err(Done::Error("Too few arguments".into())) };
        let regex = self.regex_of(pattern).await?;
        let (by, which) = (self.eval(by).await?, self.eval(which).await?);
        let (by, how) = (self.to_text(&by), self.to_text(&which));
        let all = how.starts_with(['g', 'G']);
        let number = to_number(&which).max(1.0) as usize;
        let text = self.text_arg(args, 3).await?;
        let mut out = String::new();
        let mut at = 0;
        for (place, groups) in regex.matches(&Text::new(&text)).enumerate() {
            self.charge_matching(&regex);
            self.step()?;
            let Some((start, end)) = groups[0] else { break };
            if all || place + 1 == number {
                out.push_str(&text[at..start]);
                out.push_str(&filled_in(&by, &text, &groups));
                at = end;
            }
            if out.len() > MAX_TEXT || (!all && place + 1 == number) {
                break;
            }
        }
        out.push_str(&text[at..]);
        Ok(Value::Text(out))
    }
}

/// A replacement with `&` and `\1` in it as what they stand for.
fn filled_in(by: &str, text: &str, groups: &[Option<(usize, usize)>]) -> String {
    let group = |n: usize| groups.get(n).copied().flatten().map_or("", |(start, end)| &text[start..end]);
    let mut out = String::new();
    let mut chars = by.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str(group(0)),
            '\\' => match chars.next() {
                Some(digit @ '0'..='9') => out.push_str(group(digit as usize - '0' as usize)),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}
