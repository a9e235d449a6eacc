//! Programs that work out something from their arguments: `expr`, `test` and `printf`.

use super::usage;
use crate::shell::io::Io;
use crate::shell::printf;

pub async fn printf(io: Io) -> i32 {
    let Some((format, args)) = io.args[1..].split_first() else {
        return usage::show(&io).await;
    };
    let printed = printf::printf(format, args, io.ctx.kernel.image.is_busybox());
    for complaint in &printed.complaints {
        io.complain(complaint).await;
    }
    io.print(&printed.bytes).await;
    !printed.complaints.is_empty() as i32
}

pub async fn test(io: Io) -> i32 {
    let bracket = io.name().starts_with('[');
    let args = &io.args[1..];
    let args = match (bracket, args.split_last()) {
        (false, _) => args,
        (true, Some((last, inner))) if last.starts_with(']') => inner,
        _ => {
            io.complain("missing ]").await;
            return 2;
        }
    };
    match crate::shell::test_expr::test_in(args, &io.ctx.kernel, &io.cwd) {
        Ok(truth) => !truth as i32,
        Err(text) => {
            io.complain(&text).await;
            2
        }
    }
}

pub async fn expr(io: Io) -> i32 {
    if io.args.len() == 1 {
        io.complain("too few arguments").await;
        return 2;
    }
    let mut parser = Expr { args: &io.args[1..], at: 0, depth: 0, complaint: "syntax error" };
    let value = match parser.or() {
        Some(value) if parser.at == parser.args.len() => value,
        _ => {
            io.complain(parser.complaint).await;
            return 2;
        }
    };
    io.print(format!("{value}\n")).await;
    (value.is_empty() || value == "0") as i32
}

struct Expr<'a> {
    args: &'a [String],
    at: usize,
    depth: usize,
    /// What to say when there is no value.
    complaint: &'static str,
}

impl Expr<'_> {
    fn integer(&mut self, text: &str) -> Option<i64> {
        let value = text.parse().ok();
        if value.is_none() {
            self.complaint = "non-numeric argument";
        }
        value
    }

    fn eat(&mut self, ops: &[&'static str]) -> Option<&'static str> {
        let next = self.args.get(self.at)?;
        let op = ops.iter().find(|op| *op == next)?;
        self.at += 1;
        Some(op)
    }

    fn or(&mut self) -> Option<String> {
        let mut left = self.and()?;
        while self.eat(&["|"]).is_some() {
            let right = self.and()?;
            if left.is_empty() || left == "0" {
                left = right;
            }
        }
        Some(left)
    }

    fn and(&mut self) -> Option<String> {
        let mut left = self.comparison()?;
        while self.eat(&["&"]).is_some() {
            let right = self.comparison()?;
            let null = |s: &str| s.is_empty() || s == "0";
            if null(&left) || null(&right) {
                left = "0".into();
            }
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<String> {
        let mut left = self.sum()?;
        while let Some(op) = self.eat(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum()?;
            let order = match (left.parse::<i64>(), right.parse::<i64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => left.cmp(&right),
            };
            let truth = match op {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            left = (truth as i32).to_string();
        }
        Some(left)
    }

    fn sum(&mut self) -> Option<String> {
        let mut left = self.product()?;
        while let Some(op) = self.eat(&["+", "-"]) {
            let right = self.product()?;
            let (a, b) = (self.integer(&left)?, self.integer(&right)?);
            left = if op == "+" { a.wrapping_add(b) } else { a.wrapping_sub(b) }.to_string();
        }
        Some(left)
    }

    fn product(&mut self) -> Option<String> {
        let mut left = self.matching()?;
        while let Some(op) = self.eat(&["*", "/", "%"]) {
            let right = self.matching()?;
            let (a, b) = (self.integer(&left)?, self.integer(&right)?);
            if b == 0 && op != "*" {
                self.complaint = "division by zero";
                return None;
            }
            left = match op {
                "*" => a.wrapping_mul(b),
                "/" => a.wrapping_div(b),
                _ => a.wrapping_rem(b),
            }
            .to_string();
        }
        Some(left)
    }

    fn matching(&mut self) -> Option<String> {
        let mut left = self.primary()?;
        while self.eat(&[":"]).is_some() {
            let right = self.primary()?;
            left = regex_match(&left, &right)?;
        }
        Some(left)
    }

    fn primary(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > 100 {
            return None;
        }
        let arg = self.args.get(self.at)?.clone();
        self.at += 1;
        let value = match arg.as_str() {
            "(" => {
                let value = self.or()?;
                self.eat(&[")"])?;
                value
            }
            // busybox has no locale, and counts bytes.
            "length" if self.at < self.args.len() => self.primary()?.len().to_string(),
            "match" if self.at + 1 < self.args.len() => {
                let (text, pattern) = (self.primary()?, self.primary()?);
                regex_match(&text, &pattern)?
            }
            "substr" if self.at + 2 < self.args.len() => {
                let text = self.primary()?;
                let (from, count) = (self.primary()?.parse::<usize>().ok()?, self.primary()?.parse::<usize>().ok()?);
                text.chars().skip(from.saturating_sub(1)).take(count).collect()
            }
            "index" if self.at + 1 < self.args.len() => {
                let (text, set) = (self.primary()?, self.primary()?);
                text.chars().position(|c| set.contains(c)).map_or(0, |i| i + 1).to_string()
            }
            ")" | "+" | "*" | "/" | "%" | "|" | "&" | "=" if self.at == 1 || self.depth > 50 => return None,
            _ => arg,
        };
        self.depth -= 1;
        Some(value)
    }
}

fn regex_match(text: &str, pattern: &str) -> Option<String> {
    let regex = crate::shell::regex::Regex::new(&format!("^{pattern}"), false, false).ok()?;
    let groups = regex.captures(text);
    let grouped = pattern.contains("\\(");
    Some(match groups {
        None if grouped => String::new(),
        None => "0".into(),
        Some(groups) => match groups.get(1) {
            Some(group) => group.map_or(String::new(), |(a, b)| text[a..b].to_string()),
            None => groups[0].map_or(0, |(a, b)| text[a..b].chars().count()).to_string(),
        },
    })
}
