//! The sentences of `view::findings`.
