//! Sentences in English and Korean. Data in, text out; kubectl's and the API server's own texts stay English in both.

pub mod assumed;
pub mod sentence;
pub mod timeline;
pub mod problem;
pub mod editor;
pub mod explain;
pub mod findings;
pub mod ui;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    #[default]
    En,
    Ko,
}

impl Lang {
    /// `en` or `ko`, with or without a region.
    pub fn parse(tag: &str) -> Option<Lang> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "ko" => Some(Lang::Ko),
            _ => None,
        }
    }

    /// One of two texts.
    pub fn pick<T>(self, en: T, ko: T) -> T {
        match self {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }
}
