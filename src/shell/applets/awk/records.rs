//! Records and their fields.

use super::run::Interpreter;
use super::value::{Value, to_number};
use crate::shell::regex::{Regex, Text};

impl Interpreter<'_> {
    pub fn by_lines(&self) -> bool {
        self.text_of("RS") == "\n"
    }

    pub fn split_records(&self, text: &str) -> Vec<String> {
        let separator = self.text_of("RS");
        let trimmed = text.strip_suffix('\n').unwrap_or(text);
        if separator.is_empty() {
            return trimmed.split("\n\n").map(|r| r.trim_matches('\n').to_string()).filter(|r| !r.is_empty()).collect();
        }
        if separator.chars().count() > 1
            && let Ok(regex) = Regex::new(&separator, true, false)
        {
            return self.split_regex(trimmed, &regex);
        }
        let trimmed = trimmed.strip_suffix(separator.as_str()).unwrap_or(trimmed);
        trimmed.split(separator.as_str()).map(str::to_string).collect()
    }

    pub(super) fn count_record(&mut self, counters: &[&str]) {
        for name in counters {
            let count = self.globals.get(*name).map_or(0.0, to_number);
            self.globals.insert(name.to_string(), Value::Number(count + 1.0));
        }
    }

    pub(super) fn replace_record(&mut self, text: String) {
        self.fields = self.split_fields(&text, &self.text_of("FS"));
        self.record = text;
        self.fields_stale = false;
        self.globals.insert("NF".into(), Value::Number(self.fields.len() as f64));
    }

    pub(super) fn whole_record(&mut self) -> String {
        if self.fields_stale {
            self.record = self.fields.join(&self.text_of("OFS"));
            self.fields_stale = false;
        }
        self.charge(self.record.len());
        self.record.clone()
    }

    pub(super) fn split_fields(&self, text: &str, separator: &str) -> Vec<String> {
        if text.is_empty() {
            return Vec::new();
        }
        let fields: Vec<String> = match separator {
            " " => text.split_whitespace().map(str::to_string).collect(),
            "" => text.chars().map(String::from).collect(),
            s if s.chars().count() == 1 && s != "\\" => text.split(s).map(str::to_string).collect(),
            s => match Regex::new(s, true, false) {
                Ok(regex) => self.split_regex(text, &regex),
                Err(_) => text.split(s).map(str::to_string).collect(),
            },
        };
        self.charge(text.len() + fields.len() * size_of::<String>());
        fields
    }

    pub(super) fn split_regex(&self, text: &str, regex: &Regex) -> Vec<String> {
        let decoded = Text::new(text);
        let mut out = Vec::new();
        let mut at = 0;
        for (start, end) in regex.matches(&decoded).filter_map(|groups| groups[0]).filter(|(start, end)| end > start) {
            out.push(text[at..start].to_string());
            at = end;
        }
        out.push(text[at..].to_string());
        self.charge_matching(regex);
        out
    }
}
