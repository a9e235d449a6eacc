//! What the editor offers: completion where the cursor is, and a sentence about the field under the pointer.
//!
//! Completion must work while the text is half written, so it looks at indentation alone; hover looks at the tree.

use super::{CONTAINER, Field, POD, POD_SPEC, Struct, Type, docs};
use crate::i18n::Lang;
use crate::span::Span;
use crate::yaml::{self, NodeRef};

/// One thing to offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub label: String,
    /// The type of the field.
    pub detail: String,
    /// What to put in place of `replace`.
    pub insert: String,
    pub replace: Span,
}

/// What there is to say about a field.
#[derive(Clone, Debug, PartialEq)]
pub struct HoverText {
    /// Without indices.
    pub path: String,
    /// As Go prints it.
    pub ty: String,
    /// A sentence, where there is one.
    pub text: Option<&'static str>,
    /// The key.
    pub span: Span,
}

/// The words that a field takes.
const WORDS: &[(&str, &[&str])] = &[
    ("Container.imagePullPolicy", &["Always", "IfNotPresent", "Never"]),
    ("Container.restartPolicy", &["Always", "OnFailure", "Never"]),
    ("Container.terminationMessagePolicy", &["File", "FallbackToLogsOnError"]),
    ("ContainerPort.protocol", &["TCP", "UDP", "SCTP"]),
    ("ContainerRestartRule.action", &["Restart", "RestartAllContainers"]),
    ("ContainerRestartRuleOnExitCodes.operator", &["In", "NotIn"]),
    ("EmptyDirVolumeSource.medium", &["Memory"]),
    ("HTTPGetAction.scheme", &["HTTP", "HTTPS"]),
    (
        "HostPathVolumeSource.type",
        &["Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket", "CharDevice", "BlockDevice"],
    ),
    ("ImageVolumeSource.pullPolicy", &["Always", "IfNotPresent", "Never"]),
    ("Pod.apiVersion", &["v1"]),
    ("Pod.kind", &["Pod"]),
    ("PodSpec.dnsPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
    ("PodSpec.preemptionPolicy", &["PreemptLowerPriority", "Never"]),
    ("PodSpec.restartPolicy", &["Always", "OnFailure", "Never"]),
    ("SeccompProfile.type", &["RuntimeDefault", "Unconfined", "Localhost"]),
    ("Toleration.effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    ("Toleration.operator", &["Equal", "Exists"]),
    ("TopologySpreadConstraint.whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway"]),
    ("VolumeMount.mountPropagation", &["None", "HostToContainer", "Bidirectional"]),
];

/// What may stand at an offset: fields of the mapping, or words of the field.
pub fn complete(text: &str, offset: usize) -> Vec<Completion> {
    let Some(cursor) = Cursor::at(text, offset) else { return Vec::new() };
    let Some(holder) = cursor.holder() else { return Vec::new() };
    match cursor.key {
        None => holder.fields.iter().map(|f| cursor.offer_field(f)).collect(),
        Some(key) => {
            let Some(field) = holder.field(key) else { return Vec::new() };
            let words: &[&str] = match field.ty {
                Type::Bool => &["true", "false"],
                _ => {
                    let name = format!("{}.{key}", holder.name);
                    WORDS.iter().find(|w| w.0 == name).map_or(&[], |w| w.1)
                }
            };
            let offer = |word: &&str| Completion {
                label: word.to_string(),
                detail: field.ty.to_string(),
                insert: word.to_string(),
                replace: cursor.word,
            };
            words.iter().map(offer).collect()
        }
    }
}

/// The place of the cursor in a text that may be half written.
struct Cursor<'t> {
    /// The keys above, outermost first.
    path: Vec<&'t str>,
    /// The key of this line, when the cursor is behind its colon.
    key: Option<&'t str>,
    /// What is being typed.
    word: Span,
    /// The column where keys of this mapping stand.
    column: usize,
}

/// A line as far as indentation tells: where its key begins, and where its last dash is.
struct Line<'t> {
    dash: Option<usize>,
    column: usize,
    rest: &'t str,
}

impl<'t> Line<'t> {
    fn new(line: &'t str) -> Line<'t> {
        let (mut column, mut dash, mut rest) = (0, None, line);
        loop {
            let trimmed = rest.trim_start_matches(' ');
            column += rest.len() - trimmed.len();
            rest = trimmed;
            match rest.strip_prefix('-') {
                Some(after) if after.is_empty() || after.starts_with(' ') => {
                    dash = Some(column);
                    column += 1;
                    rest = after;
                }
                _ => return Line { dash, column, rest },
            }
        }
    }

    /// The key of the line, if it has one.
    fn key(&self) -> Option<&'t str> {
        let (key, after) = self.rest.split_once(':')?;
        let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
        (plain && (after.is_empty() || after.starts_with([' ', '\r']))).then_some(key)
    }
}

impl<'t> Cursor<'t> {
    fn at(text: &'t str, offset: usize) -> Option<Cursor<'t>> {
        let before = text.get(..offset)?;
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = Line::new(&before[start..]);
        let key = line.key();
        let typed = match key {
            Some(key) => line.rest[key.len() + 1..].trim_start(),
            None => line.rest,
        };
        if !typed.bytes().all(|b| b.is_ascii_alphanumeric()) || line.rest.starts_with('#') {
            return None;
        }
        let (mut limit, mut or_equal) = match line.dash {
            Some(dash) => (dash, true),
            None => (line.column, false),
        };
        let mut path = Vec::new();
        for earlier in before[..start].lines().rev() {
            if limit == 0 && !or_equal {
                break;
            }
            if earlier.starts_with("---") {
                break;
            }
            let earlier = Line::new(earlier);
            if earlier.rest.is_empty() && earlier.dash.is_none() || earlier.rest.starts_with('#') {
                continue;
            }
            let above = earlier.column < limit || or_equal && earlier.column == limit && earlier.dash.is_none();
            if let Some(key) = earlier.key().filter(|_| above) {
                path.push(key);
                (limit, or_equal) = (earlier.column, false);
            }
            // A dash is where the item ends: what holds the list may stand in the same column.
            if earlier.column == limit
                && let Some(dash) = earlier.dash
            {
                (limit, or_equal) = (dash, true);
            }
        }
        path.reverse();
        Some(Cursor { path, key, word: Span::new(offset - typed.len(), offset), column: line.column })
    }

    /// The struct whose fields stand here.
    fn holder(&self) -> Option<&'static Struct> {
        let first = self.path.first().copied();
        let root = match first {
            Some(key) if POD.field(key).is_none() && POD_SPEC.field(key).is_some() => &POD_SPEC,
            Some(key) if POD.field(key).is_none() && CONTAINER.field(key).is_some() => &CONTAINER,
            _ => &POD,
        };
        self.path.iter().try_fold(root, |holder, key| struct_of(&holder.field(key)?.ty))
    }

    fn offer_field(&self, field: &Field) -> Completion {
        let pad = " ".repeat(self.column);
        let tail = match field.ty {
            Type::Object(_) | Type::Map(_) | Type::Resources => format!(":\n{pad}  "),
            Type::List(_) => format!(":\n{pad}- "),
            _ => ": ".into(),
        };
        Completion {
            label: field.name.into(),
            detail: field.ty.to_string(),
            insert: format!("{}{tail}", field.name),
            replace: self.word,
        }
    }
}

/// The struct inside a type.
fn struct_of(ty: &Type) -> Option<&'static Struct> {
    match ty {
        Type::Object(inner) => Some(inner),
        Type::List(item) | Type::Map(item) => struct_of(item),
        _ => None,
    }
}

/// The field whose key or simple value is at an offset.
pub fn hover(text: &str, offset: usize, lang: Lang) -> Option<HoverText> {
    let stream = yaml::read_stream(text);
    let document = stream.documents.iter().find(|d| d.span.start <= offset && offset <= d.span.end)?;
    let mut node = document.tree.root()?;
    let first = node.entries().next()?.0;
    let mut holder: &'static Struct =
        if POD.field(&first.key).is_none() && POD_SPEC.field(&first.key).is_some() { &POD_SPEC } else { &POD };
    let mut path = String::new();
    loop {
        let (entry, value) = around(node, offset)?;
        let field = holder.field(&entry.key)?;
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&entry.key);
        let on_key = (entry.key_span.start..=entry.key_span.end).contains(&offset);
        let inner = struct_of(&field.ty).filter(|_| !on_key);
        match inner {
            Some(inner) => {
                holder = inner;
                node = value;
                if let Some(item) = value.items().find(|item| within(item.span(), offset)) {
                    node = item;
                }
            }
            None => {
                let text = docs::doc(holder.name, field.name).map(|(en, ko)| lang.pick(en, ko));
                return Some(HoverText { path, ty: field.ty.to_string(), text, span: entry.key_span });
            }
        }
    }
}

fn within(span: Span, offset: usize) -> bool {
    (span.start..=span.end).contains(&offset)
}

/// The entry of a mapping that an offset falls into.
fn around<'t>(node: NodeRef<'t>, offset: usize) -> Option<(&'t yaml::Entry, NodeRef<'t>)> {
    node.entries().find(|(e, v)| within(e.key_span, offset) || within(v.span(), offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(marked: &str) -> Vec<String> {
        let offset = marked.find('|').unwrap_or(marked.len());
        complete(&marked.replacen('|', "", 1), offset).into_iter().map(|c| c.label).collect()
    }

    #[test]
    fn fields_are_offered_where_they_belong() {
        assert!(labels("|").contains(&"spec".to_string()));
        assert!(labels("spec:\n  |").contains(&"initContainers".to_string()));
        assert!(labels("spec:\n  containers:\n  - name: a\n    ima|").contains(&"imagePullPolicy".to_string()));
        assert!(labels("spec:\n  containers:\n  - |").contains(&"livenessProbe".to_string()));
        assert!(
            labels("spec:\n  containers:\n    - name: a\n      livenessProbe:\n        |\n")
                .contains(&"httpGet".to_string())
        );
        assert!(labels("spec:\n  containers:\n  - name: a\n  vol|").contains(&"volumes".to_string()));
        assert!(labels("initContainers:\n- name: a\n  |").contains(&"command".to_string()));
        assert_eq!(labels("spec:\n  restartPolicy: |"), ["Always", "OnFailure", "Never"]);
        assert_eq!(labels("spec:\n  hostNetwork: t|"), ["true", "false"]);
        assert!(labels("spec:\n  # |").is_empty());
    }

    #[test]
    fn a_field_is_explained_under_the_pointer() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: a, imagePullPolicy: Never}\n";
        let offset = text.find("imagePull").unwrap_or(0) + 3;
        let hover_en = hover(text, offset, Lang::En);
        assert_eq!(
            hover_en.as_ref().map(|h| (h.path.as_str(), h.ty.as_str())),
            Some(("spec.containers.imagePullPolicy", "v1.PullPolicy"))
        );
        assert!(hover_en.and_then(|h| h.text).is_some_and(|t| t.starts_with("When the image")));
        assert_eq!(hover("", 0, Lang::Ko), None);
    }
}
