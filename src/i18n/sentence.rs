//! Sentences as typed data: an id with the values of this run, and one template for each language.
//!
//! A value says itself ([`Say`]), so that a duration reads `1m20s` in English and `1분 20초` in Korean.
//! Names are followed by a noun in the Korean templates, since particles depend on how a name is pronounced.

use super::Lang;
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::{Hook, WorldKind};

/// Declares an enum of sentences: each variant with its fields, its English and its Korean template.
macro_rules! sentences {
    ($(#[$meta:meta])* $Name:ident { $($Variant:ident { $($field:ident: $ty:ty),* } $en:literal $ko:literal)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $Name {
            $(#[doc = $en] $Variant { $($field: $ty),* },)*
        }

        impl $Name {
            /// The sentence in a language.
            pub fn text(&self, lang: $crate::i18n::Lang) -> String {
                match self {
                    $($Name::$Variant { $($field),* } => {
                        $(let $field = $crate::i18n::sentence::Say::say($field, lang);)*
                        match lang {
                            $crate::i18n::Lang::En => format!($en),
                            $crate::i18n::Lang::Ko => format!($ko),
                        }
                    })*
                }
            }

            /// The name of the sentence, whatever its values.
            pub fn id(&self) -> &'static str {
                match self { $($Name::$Variant { .. } => stringify!($Variant),)* }
            }

            /// Every sentence: its id and its templates.
            pub const TEMPLATES: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($Variant), $en, $ko),)*];
        }
    };
}
pub(crate) use sentences;

/// What can stand in a sentence.
pub trait Say {
    fn say(&self, lang: Lang) -> String;
}

impl Say for String {
    fn say(&self, _: Lang) -> String {
        self.clone()
    }
}

impl Say for &'static str {
    fn say(&self, _: Lang) -> String {
        (*self).into()
    }
}

impl Say for i32 {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

impl Say for i64 {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

impl Say for u32 {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

impl Say for usize {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

/// A duration, or a moment since the creation: tenths of a second below an hour, where there are any, then seconds.
impl Say for Millis {
    fn say(&self, lang: Lang) -> String {
        let tenths = self.0.saturating_add(50) / 100;
        let units = match lang {
            Lang::En => ["h", "m", "s", "ms"],
            Lang::Ko => ["시간", "분", "초", "밀리초"],
        };
        let glue = if lang == Lang::Ko { " " } else { "" };
        if self.0 < 100 && self.0 > 0 {
            return format!("{}{}", self.0, units[3]);
        }
        let (s, tenth) = (tenths / 10, tenths % 10);
        let seconds = if tenth == 0 || s >= 3600 { (s % 60).to_string() } else { format!("{}.{tenth}", s % 60) };
        let parts = [((s / 3600).to_string(), units[0]), ((s / 60 % 60).to_string(), units[1]), (seconds, units[2])];
        let said: Vec<String> = parts.iter().filter(|(n, _)| n != "0").map(|(n, unit)| format!("{n}{unit}")).collect();
        if said.is_empty() { format!("0{}", units[2]) } else { said.join(glue) }
    }
}

/// How often: `once`, `twice`, `3 times`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times(pub usize);

impl Say for Times {
    fn say(&self, lang: Lang) -> String {
        match (self.0, lang) {
            (1, Lang::En) => "once".into(),
            (2, Lang::En) => "twice".into(),
            (n, Lang::En) => format!("{n} times"),
            (n, Lang::Ko) => format!("{n}번"),
        }
    }
}

/// Which one: `1st`, `2nd`, `11th`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nth(pub usize);

impl Say for Nth {
    fn say(&self, lang: Lang) -> String {
        let n = self.0;
        if lang == Lang::Ko {
            return format!("{n}번째");
        }
        let ending = match (n % 10, n % 100) {
            (_, 11..=13) => "th",
            (1, _) => "st",
            (2, _) => "nd",
            (3, _) => "rd",
            _ => "th",
        };
        format!("{n}{ending}")
    }
}

/// A list of names: `a`, `a and b`, `a, b and c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Say for Names {
    fn say(&self, lang: Lang) -> String {
        match (&*self.0, lang) {
            (names, Lang::Ko) => names.join(", "),
            ([most @ .., last], Lang::En) if !most.is_empty() => format!("{} and {last}", most.join(", ")),
            (names, Lang::En) => names.join(", "),
        }
    }
}

impl Say for ProbeKind {
    fn say(&self, _: Lang) -> String {
        let name = match self {
            ProbeKind::Startup => "startup",
            ProbeKind::Readiness => "readiness",
            ProbeKind::Liveness => "liveness",
        };
        name.into()
    }
}

impl Say for Hook {
    fn say(&self, _: Lang) -> String {
        let name = match self {
            Hook::PostStart => "postStart",
            Hook::PreStop => "preStop",
        };
        name.into()
    }
}

impl Say for WorldKind {
    fn say(&self, lang: Lang) -> String {
        let names = match self {
            WorldKind::Service => ("service", "서비스"),
            WorldKind::Object => ("object", "오브젝트"),
            WorldKind::Image => ("image", "이미지"),
        };
        lang.pick(names.0, names.1).into()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The placeholders of a template, sorted.
    fn placeholders(template: &str) -> Vec<&str> {
        let mut names: Vec<_> = template.split('{').skip(1).filter_map(|s| s.split('}').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn is_hangul(c: char) -> bool {
        ('가'..='힣').contains(&c)
    }

    /// Both languages say the same with the same values, each in its own script.
    pub(crate) fn check_templates(templates: &[(&str, &str, &str)]) {
        for (id, en, ko) in templates {
            assert_eq!(placeholders(en), placeholders(ko), "{id}");
            assert!(ko.chars().any(is_hangul), "{id} has no Korean");
            assert!(!en.chars().any(is_hangul), "{id} has no English");
            assert!(ko.ends_with(['.', '다']) == en.ends_with('.'), "{id}: one is a sentence, the other is not");
        }
    }

    #[test]
    fn durations_read_naturally_in_both_languages() {
        for (ms, en, ko) in [
            (0, "0s", "0초"),
            (20, "20ms", "20밀리초"),
            (7_540, "7.5s", "7.5초"),
            (10_000, "10s", "10초"),
            (59_960, "1m", "1분"),
            (80_000, "1m20s", "1분 20초"),
            (3_600_000, "1h", "1시간"),
            (3_725_000, "1h2m5s", "1시간 2분 5초"),
        ] {
            assert_eq!((Millis(ms).say(Lang::En), Millis(ms).say(Lang::Ko)), (en.to_string(), ko.to_string()));
        }
    }

    #[test]
    fn counts_and_lists_read_naturally() {
        let ordinals: Vec<_> = [1, 2, 3, 4, 11, 12, 21, 113].map(|n| Nth(n).say(Lang::En)).into();
        assert_eq!(ordinals, ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "113th"]);
        assert_eq!([1, 2, 3].map(|n| Times(n).say(Lang::En)), ["once", "twice", "3 times"]);
        let names = |list: &[&str]| Names(list.iter().map(|s| s.to_string()).collect());
        assert_eq!(names(&["a"]).say(Lang::En), "a");
        assert_eq!(names(&["a", "b", "c"]).say(Lang::En), "a, b and c");
        assert_eq!(names(&["a", "b"]).say(Lang::Ko), "a, b");
    }
}
