//! awk's statements.

use super::ast::{Expr, Sink, Stmt};
use super::run::{Done, Interpreter, Run};
use super::streams::Target;
use super::value::{Value, to_number};
use crate::order::Order;
use crate::shell::eval::Pinned;

/// What it takes to put a key into its place among others, in bytes.
const SORT_COST: usize = 256;

impl Interpreter<'_> {
    pub(super) fn statement<'a>(&'a mut self, statement: &'a Stmt) -> Pinned<'a, Run<()>> {
        Box::pin(self.statement_here(statement))
    }

    async fn statement_here(&mut self, statement: &Stmt) -> Run<()> {
        self.step()?;
        match statement {
            Stmt::Block(body) => {
                for statement in body {
                    self.statement(statement).await?;
                }
                Ok(())
            }
            Stmt::Expr(expr) => self.eval(expr).await.map(drop),
            Stmt::Print { args, formatted, target } => self.print(args, *formatted, target.as_ref()).await,
            Stmt::If(test, then, otherwise) => {
                if self.truth(test).await? {
                    self.statement(then).await
                } else if let Some(otherwise) = otherwise {
                    self.statement(otherwise).await
                } else {
                    Ok(())
                }
            }
            Stmt::While(test, body) => {
                while self.truth(test).await? {
                    if self.turn(body).await? {
                        break;
                    }
                }
                Ok(())
            }
            Stmt::Do(body, test) => loop {
                if self.turn(body).await? || !self.truth(test).await? {
                    return Ok(());
                }
            },
            Stmt::For(init, test, step, body) => {
                if let Some(init) = init {
                    self.statement(init).await?;
                }
                loop {
                    if let Some(test) = test
                        && !self.truth(test).await?
                    {
                        return Ok(());
                    }
                    if self.turn(body).await? {
                        return Ok(());
                    }
                    if let Some(step) = step {
                        self.statement(step).await?;
                    }
                }
            }
            Stmt::ForIn(name, array, body) => self.for_in(name, array, body).await,
            Stmt::Next => Err(Done::Next),
            Stmt::Break => Err(Done::Break),
            Stmt::Continue => Err(Done::Continue),
            Stmt::Exit(code) => {
                let code = match code {
                    Some(expr) => to_number(&self.eval(expr).await?) as i32,
                    None => 0,
                };
                Err(Done::Exit(code & 0xff))
            }
            Stmt::Return(value) => {
                self.result = match value {
                    Some(expr) => self.eval(expr).await?,
                    None => Value::Unset,
                };
                Err(Done::Return)
            }
            Stmt::Delete(name, index) => {
                let array = self.array_name(name);
                match index {
                    Some(index) => {
                        let key = self.key(index).await?;
                        if let Some(items) = self.arrays.get_mut(&array) {
                            items.remove(&key);
                        }
                    }
                    None => {
                        self.arrays.remove(&array);
                    }
                }
                Ok(())
            }
        }
    }

    async fn for_in(&mut self, name: &str, array: &str, body: &Stmt) -> Run<()> {
        let array = self.array_name(array);
        let mut keys: Vec<String> = self.arrays.get(&array).map(|a| a.keys().cloned().collect()).unwrap_or_default();
        // Numbers in their order; real awks have no order at all.
        self.charge(keys.iter().map(|key| key.len() + SORT_COST).sum());
        keys.order_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(x), Ok(y)) => x.total_cmp(&y),
            _ => a.cmp(b),
        });
        for key in keys {
            self.set_var(name, Value::Input(key));
            if self.turn(body).await? {
                break;
            }
        }
        Ok(())
    }

    /// One turn of a loop; true when it has to end.
    async fn turn(&mut self, body: &Stmt) -> Run<bool> {
        self.step()?;
        match self.statement(body).await {
            Err(Done::Break) => Ok(true),
            Ok(()) | Err(Done::Continue) => Ok(false),
            Err(other) => Err(other),
        }
    }

    async fn print(&mut self, args: &[Expr], formatted: bool, target: Option<&(Sink, Expr)>) -> Run<()> {
        let text = if formatted {
            self.format(args).await?
        } else if args.is_empty() {
            self.whole_record() + &self.text_of("ORS")
        } else {
            let mut parts = Vec::new();
            for arg in args {
                let text = match self.eval(arg).await? {
                    Value::Number(n) => self.number_text(n, "OFMT"),
                    other => self.to_text(&other),
                };
                parts.push(text);
            }
            parts.join(&self.text_of("OFS")) + &self.text_of("ORS")
        };
        let target = match target {
            None => Target::Stdout,
            Some((sink, name)) => {
                let name = self.eval(name).await?;
                let name = self.to_text(&name);
                match sink {
                    Sink::Command => Target::Command(name),
                    sink => {
                        // A file is emptied when it is first written to, and added to from then on.
                        let again = !self.opened.insert(name.clone());
                        Target::File { append: *sink == Sink::Append || again, path: name }
                    }
                }
            }
        };
        self.emit(target, text)
    }
}
