//! What a Pod may contain: the types behind field checks, type errors, completion and hover.

mod assist;
mod docs;
mod types;

pub use assist::{Completion, HoverText, complete, hover};
pub use docs::doc;
pub use types::{CONTAINER, OBJECT_META, POD, POD_SPEC};

/// The type of a field, as Go's API declares it.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    Str,
    /// A string with a name of its own.
    Named(&'static str),
    Bool,
    Int32,
    Int64,
    IntOrString,
    Quantity,
    Time,
    Object(&'static Struct),
    List(&'static Type),
    Map(&'static Type),
    /// Quantities by resource name.
    Resources,
    /// Anything at all.
    Any,
}

/// A struct of the API.
#[derive(Debug)]
pub struct Struct {
    pub name: &'static str,
    /// Sorted by name.
    pub fields: &'static [Field],
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: Type,
    /// The embedded Go struct through which it is reached, or nothing.
    pub embedded: &'static str,
}

impl Struct {
    /// The field of this name; case matters.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let i = self.fields.binary_search_by(|f| f.name.cmp(name)).ok()?;
        Some(&self.fields[i])
    }

    /// The field that was probably meant: the same but for case, or few letters away.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        crate::text::nearest(name, self.fields.iter().map(|f| f.name))
    }
}

/// A Rust identifier without the mark of a raw one.
const fn plain(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

/// The type as Go prints it.
impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Type::Str => f.write_str("string"),
            Type::Named(name) => f.write_str(name),
            Type::Bool => f.write_str("bool"),
            Type::Int32 => f.write_str("int32"),
            Type::Int64 => f.write_str("int64"),
            Type::IntOrString => f.write_str("intstr.IntOrString"),
            Type::Quantity => f.write_str("resource.Quantity"),
            Type::Time => f.write_str("v1.Time"),
            Type::Object(s) => write!(f, "v1.{}", s.name),
            Type::List(item) => write!(f, "[]{item}"),
            Type::Map(value) => write!(f, "map[string]{value}"),
            Type::Resources => f.write_str("v1.ResourceList"),
            Type::Any => f.write_str("v1.FieldsV1"),
        }
    }
}

/// Every struct that a Pod is made of, for tests that hold the tables together.
#[cfg(test)]
pub(crate) fn all_structs() -> Vec<&'static Struct> {
    let mut all: Vec<&'static Struct> = vec![&POD];
    let mut next = 0;
    while next < all.len() {
        for field in all[next].fields {
            let mut ty = field.ty;
            while let Type::List(inner) | Type::Map(inner) = ty {
                ty = *inner;
            }
            if let Type::Object(inner) = ty
                && !all.iter().any(|s| s.name == inner.name)
            {
                all.push(inner);
            }
        }
        next += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_sorted_so_that_they_are_found() {
        let all = all_structs();
        assert!(all.len() > 100);
        for s in all {
            assert!(s.fields.is_sorted_by(|a, b| a.name < b.name), "{}", s.name);
        }
    }

    #[test]
    fn misspelt_fields_find_their_neighbour() {
        for (wrong, right) in [
            ("conatiners", Some("containers")),
            ("imagePullpolicy", None),
            ("Containers", Some("containers")),
            ("initContainer", Some("initContainers")),
            ("xyzzy", None),
        ] {
            assert_eq!(POD_SPEC.nearest(wrong), right, "{wrong}");
        }
        assert_eq!(CONTAINER.nearest("imagePullpolicy"), Some("imagePullPolicy"));
    }
}
