//! The input of an awk program: the files and assignments among its arguments, record by record.

use super::run::{Done, Interpreter, Run};
use super::value::to_number;
use crate::shell::io::Input;
use std::collections::VecDeque;

/// How far the input has been read.
#[derive(Default)]
pub(super) struct Reader {
    /// The argument that comes next, from 0, `ARGV[0]` aside.
    next: usize,
    /// There was a file among them.
    any: bool,
    current: Option<File>,
}

/// What is read at present.
enum File {
    Lines(Input),
    Records(VecDeque<String>),
}

impl Interpreter<'_> {
    /// The next record of the input; `None` at its end.
    pub(super) async fn next_record(&mut self) -> Run<Option<String>> {
        loop {
            let record = match &mut self.reader.current {
                Some(File::Lines(input)) => input.text_line().await.ok().flatten(),
                Some(File::Records(records)) => records.pop_front(),
                None => None,
            };
            if record.is_some() {
                return Ok(record);
            }
            let Some(path) = self.next_file() else { return Ok(None) };
            self.open(&path).await?;
        }
    }

    /// The next file among the arguments; assignments before it are made. Without any it is standard input.
    fn next_file(&mut self) -> Option<String> {
        let count = self.globals.get("ARGC").map_or(0.0, to_number) as usize;
        while self.reader.next + 1 < count.min(1_000) {
            self.reader.next += 1;
            let known = self.arrays.get("ARGV").and_then(|argv| argv.get(&self.reader.next.to_string()));
            let argument = known.map_or(String::new(), |arg| self.to_text(arg));
            match argument.split_once('=').filter(|(name, _)| crate::shell::parse::is_name(name)) {
                Some((name, value)) => self.assign(name, value),
                None if argument.is_empty() => {}
                None => {
                    self.reader.any = true;
                    return Some(argument);
                }
            }
        }
        (!std::mem::replace(&mut self.reader.any, true)).then(|| "-".into())
    }

    async fn open(&mut self, path: &str) -> Run<()> {
        let mut input = match self.io.input(path) {
            Ok(input) => input,
            Err(errno) => {
                self.flush().await;
                self.io.complain(&format!("{path}: {}", errno.text())).await;
                return Err(Done::Exit(super::failure(self.io)));
            }
        };
        self.start_file(path);
        self.reader.current = Some(if self.by_lines() {
            File::Lines(input)
        } else {
            let text = String::from_utf8_lossy(&input.rest().await.unwrap_or_default()).into_owned();
            File::Records(self.split_records(&text).into())
        });
        Ok(())
    }
}
