//! Shell arithmetic: 64-bit integers, the operators of C, assignments to variables.
//!
//! Overflow wraps, as it does in the shells; nesting and work are bounded, also over the expressions that variables hold.

use std::num::IntErrorKind;

/// Variables as an expression sees them.
pub trait Variables {
    fn get(&mut self, name: &str) -> Option<String>;
    /// False when the variable is read-only.
    fn set(&mut self, name: &str, value: i64) -> bool;
}

#[derive(Debug, PartialEq)]
pub enum ArithError {
    Syntax,
    DivideByZero,
    /// The variable that may not be assigned.
    ReadOnly(String),
    NegativeExponent,
    /// Nested too deeply, or too much work.
    TooDeep,
}

impl ArithError {
    pub fn message(&self) -> String {
        match self {
            ArithError::Syntax => "arithmetic syntax error".into(),
            ArithError::DivideByZero => "divide by zero".into(),
            ArithError::ReadOnly(name) => format!("{name}: is read only"),
            ArithError::NegativeExponent => "exponent less than 0".into(),
            ArithError::TooDeep => "expression recursion loop detected".into(),
        }
    }
}

type Result<T> = std::result::Result<T, ArithError>;

/// Expressions in variables nest no deeper.
const MAX_DEPTH: usize = 32;

/// Operators and parentheses nest no deeper.
const MAX_NESTING: usize = 100;

/// More operands are refused: `a=b+b`, `b=c+c` and so on double their number at each variable.
const MAX_WORK: u64 = 200_000;

/// Characters of a variable that are as much work as an operand.
const OPERAND_CHARS: usize = 64;

/// The value of `text`; an empty expression is 0. `work` is raised by the number of operands.
pub fn evaluate(text: &str, variables: &mut dyn Variables, work: &mut u64) -> Result<i64> {
    evaluate_in(text, &mut Shared { variables, depth: 0, nested: 0, skip: 0, work })
}

fn evaluate_in(text: &str, shared: &mut Shared) -> Result<i64> {
    shared.spend(text)?;
    if text.trim().is_empty() {
        return Ok(0);
    }
    let mut parser = Parser { rest: text, shared };
    let value = parser.comma()?;
    parser.blanks();
    if parser.rest.is_empty() { parser.load(value) } else { Err(ArithError::Syntax) }
}

/// What an expression has in common with those that its variables hold.
struct Shared<'v> {
    variables: &'v mut dyn Variables,
    depth: usize,
    nested: usize,
    /// Above zero in a branch that is not taken: nothing is assigned.
    skip: usize,
    work: &'v mut u64,
}

impl Shared<'_> {
    /// Counts an operand that stands as this text.
    fn spend(&mut self, text: &str) -> Result<()> {
        *self.work += 1 + (text.len() / OPERAND_CHARS) as u64;
        if *self.work > MAX_WORK { Err(ArithError::TooDeep) } else { Ok(()) }
    }
}

/// A value, or a variable whose value is not needed yet.
enum Value {
    Number(i64),
    Name(String),
}

struct Parser<'a, 's, 'v> {
    rest: &'a str,
    shared: &'s mut Shared<'v>,
}

/// Binary operators from the loosest to the tightest.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Parser<'_, '_, '_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, op: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(op) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn load(&mut self, value: Value) -> Result<i64> {
        match value {
            Value::Number(n) => Ok(n),
            Value::Name(name) => match self.shared.variables.get(&name) {
                Some(text) => {
                    self.shared.spend(&text)?;
                    parse_number(text.trim()).map_or_else(|| self.inner(&text), Ok)
                }
                None => Ok(0),
            },
        }
    }

    /// The value of an expression that a variable holds, or an index.
    fn inner(&mut self, text: &str) -> Result<i64> {
        if self.shared.depth >= MAX_DEPTH {
            return Err(ArithError::TooDeep);
        }
        self.shared.depth += 1;
        let value = evaluate_in(text, self.shared);
        self.shared.depth -= 1;
        value
    }

    fn deeper(&mut self, parse: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        self.shared.nested += 1;
        if self.shared.nested > MAX_NESTING {
            return Err(ArithError::TooDeep);
        }
        let value = parse(self);
        self.shared.nested -= 1;
        value
    }

    fn store(&mut self, name: String, value: i64) -> Result<Value> {
        if self.shared.skip == 0 && !self.shared.variables.set(&name, value) {
            return Err(ArithError::ReadOnly(name));
        }
        Ok(Value::Number(value))
    }

    fn comma(&mut self) -> Result<Value> {
        let mut value = self.assignment()?;
        while self.eat(",") {
            self.load(value)?;
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn assignment(&mut self) -> Result<Value> {
        self.deeper(Self::assignment_here)
    }

    fn assignment_here(&mut self) -> Result<Value> {
        let left = self.conditional()?;
        self.blanks();
        let Value::Name(name) = left else { return Ok(left) };
        for op in ["<<=", ">>=", "**=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="] {
            if self.eat(op) {
                let right = self.assignment()?;
                let right = self.load(right)?;
                let old = self.load(Value::Name(name.clone()))?;
                let value = self.apply(op.trim_end_matches('='), old, right)?;
                return self.store(name, value);
            }
        }
        if self.rest.starts_with('=') && !self.rest.starts_with("==") {
            self.rest = &self.rest[1..];
            let right = self.assignment()?;
            let value = self.load(right)?;
            return self.store(name, value);
        }
        Ok(Value::Name(name))
    }

    fn conditional(&mut self) -> Result<Value> {
        let test = self.binary(0)?;
        if !self.eat("?") {
            return Ok(test);
        }
        let truth = self.load(test)? != 0;
        let yes = self.branch(truth)?;
        if !self.eat(":") {
            return Err(ArithError::Syntax);
        }
        let no = self.branch(!truth)?;
        Ok(Value::Number(if truth { yes } else { no }))
    }

    /// One branch of `?:`; the one not taken is read only.
    fn branch(&mut self, taken: bool) -> Result<i64> {
        self.shared.skip += !taken as usize;
        let value = self.assignment();
        let value = value.and_then(|v| if taken { self.load(v) } else { Ok(0) });
        self.shared.skip -= !taken as usize;
        value
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.blanks();
        let op = LEVELS[level].iter().copied().find(|op| self.rest.starts_with(op))?;
        let after = &self.rest[op.len()..];
        let longer = match op {
            "|" | "&" => after.starts_with([op.as_bytes()[0] as char, '=']),
            "<" | ">" => after.starts_with([op.as_bytes()[0] as char, '=']),
            "^" | "*" | "/" | "%" | "+" | "-" | "<<" | ">>" => {
                after.starts_with('=') || (op == "*" && after.starts_with('*'))
            }
            _ => false,
        };
        if longer {
            return None;
        }
        self.rest = after;
        Some(op)
    }

    fn binary(&mut self, level: usize) -> Result<Value> {
        if level == LEVELS.len() {
            return self.power();
        }
        let mut left = self.binary(level + 1)?;
        while let Some(op) = self.operator(level) {
            let a = self.load(left)?;
            let decided = (op == "&&" && a == 0) || (op == "||" && a != 0);
            self.shared.skip += decided as usize;
            let right = self.binary(level + 1);
            let b = right.and_then(|v| if decided { Ok(0) } else { self.load(v) });
            self.shared.skip -= decided as usize;
            left = Value::Number(if decided { (op == "||") as i64 } else { self.apply(op, a, b?)? });
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Value> {
        let base = self.unary()?;
        self.blanks();
        if self.rest.starts_with("**") && !self.rest.starts_with("**=") {
            self.rest = &self.rest[2..];
            let base = self.load(base)?;
            let exponent = self.deeper(Self::power)?;
            let exponent = self.load(exponent)?;
            return Ok(Value::Number(self.apply("**", base, exponent)?));
        }
        Ok(base)
    }

    fn unary(&mut self) -> Result<Value> {
        self.deeper(Self::unary_here)
    }

    fn unary_here(&mut self) -> Result<Value> {
        for (op, by) in [("++", 1), ("--", -1)] {
            self.blanks();
            let names = self.rest.strip_prefix(op).map(str::trim_start);
            if names.is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')) {
                self.eat(op);
                let Value::Name(name) = self.unary()? else { return Err(ArithError::Syntax) };
                let value = self.load(Value::Name(name.clone()))?.wrapping_add(by);
                return self.store(name, value);
            }
        }
        for op in ["!", "~", "-", "+"] {
            if self.eat(op) {
                let value = self.unary()?;
                let value = self.load(value)?;
                return Ok(Value::Number(match op {
                    "!" => (value == 0) as i64,
                    "~" => !value,
                    "-" => value.wrapping_neg(),
                    _ => value,
                }));
            }
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Value> {
        if self.eat("(") {
            let value = self.comma()?;
            let value = self.load(value)?;
            return if self.eat(")") { Ok(Value::Number(value)) } else { Err(ArithError::Syntax) };
        }
        self.blanks();
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '#')).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        if word.is_empty() {
            return Err(ArithError::Syntax);
        }
        self.shared.spend(word)?;
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            self.rest = after;
            return parse_number(word).map(Value::Number).ok_or(ArithError::Syntax);
        }
        let mut name = word.to_string();
        self.rest = after;
        // An element of an array.
        if self.rest.starts_with('[') {
            let end = self.rest.find(']').ok_or(ArithError::Syntax)?;
            let rest = self.rest;
            let index = self.inner(&rest[1..end])?;
            name = format!("{name}[{index}]");
            self.rest = &self.rest[end + 1..];
        }
        for (op, by) in [("++", 1), ("--", -1)] {
            if self.eat(op) {
                let old = self.load(Value::Name(name.clone()))?;
                self.store(name, old.wrapping_add(by))?;
                return Ok(Value::Number(old));
            }
        }
        Ok(Value::Name(name))
    }

    fn apply(&self, op: &str, a: i64, b: i64) -> Result<i64> {
        if matches!(op, "/" | "%") && b == 0 {
            return if self.shared.skip > 0 { Ok(0) } else { Err(ArithError::DivideByZero) };
        }
        if op == "**" && b < 0 {
            return if self.shared.skip > 0 { Ok(0) } else { Err(ArithError::NegativeExponent) };
        }
        Ok(match op {
            "||" => (a != 0 || b != 0) as i64,
            "&&" => (a != 0 && b != 0) as i64,
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "==" => (a == b) as i64,
            "!=" => (a != b) as i64,
            "<=" => (a <= b) as i64,
            ">=" => (a >= b) as i64,
            "<" => (a < b) as i64,
            ">" => (a > b) as i64,
            "<<" => a.wrapping_shl(b as u32),
            ">>" => a.wrapping_shr(b as u32),
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            "/" => a.wrapping_div(b),
            "%" => a.wrapping_rem(b),
            _ => power(a, b),
        })
    }
}

/// By squaring: the exponent may be anything.
fn power(mut base: i64, mut exponent: i64) -> i64 {
    let mut product = 1i64;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    product
}

/// Decimal, `0x` hexadecimal, `0` octal and `base#digits`; what is too long is cut as `strtoull` does.
fn parse_number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = if let Some((base, digits)) = digits.split_once('#') {
        unsigned(digits, base.parse().ok().filter(|b| (2..=36).contains(b))?)?
    } else if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        unsigned(hex, 16)?
    } else if digits.len() > 1 && digits.starts_with('0') {
        unsigned(digits, 8)?
    } else {
        unsigned(digits, 10)?
    };
    Some(if negative { value.wrapping_neg() } else { value })
}

fn unsigned(digits: &str, base: u32) -> Option<i64> {
    match u64::from_str_radix(digits, base) {
        Ok(value) => Some(value as i64),
        Err(error) => (*error.kind() == IntErrorKind::PosOverflow).then_some(u64::MAX as i64),
    }
}
