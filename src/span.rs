//! Places in a text: byte ranges, and their conversion to lines and columns or to the UTF-16 offsets of an editor.

/// A half-open range of bytes in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub const fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// This span moved by `by` bytes to the right.
    pub fn shifted(self, by: usize) -> Span {
        Span::new(self.start + by, self.end + by)
    }
}

/// Line starts of one text, so that many spans can be converted without reading it again.
#[derive(Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        LineIndex { text, starts }
    }

    /// The line and the column (in characters) of a byte offset, both from 1. An offset past the end is the end.
    pub fn line_col(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let line = self.starts.partition_point(|&s| s <= offset) - 1;
        (line + 1, self.text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The offset in UTF-16 code units, which is how browsers count.
    pub fn utf16(&self, offset: usize) -> usize {
        self.text[..self.floor(offset)].encode_utf16().count()
    }

    /// The nearest character boundary at or before `offset`.
    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let index = LineIndex::new("a: 1\n한글: 2\n");
        assert_eq!(index.line_col(0), (1, 1));
        assert_eq!(index.line_col(5), (2, 1));
        assert_eq!(index.line_col(5 + "한글".len()), (2, 3));
        assert_eq!(index.line_col(6), (2, 1), "the middle of a character is its start");
        assert_eq!(index.line_col(999), (3, 1));
    }

    #[test]
    fn editors_count_utf16_units() {
        let index = LineIndex::new("x😀y");
        assert_eq!(index.utf16("x😀".len()), 3);
    }
}
