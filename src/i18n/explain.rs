//! The sentences of `view::explain` and `view::findings`, in every language.
