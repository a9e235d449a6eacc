//! Columns as Go's `text/tabwriter` lays them out, which prints kubectl's tables and descriptions.
//!
//! A cell is what ends with a tab. Cells that stand below each other in consecutive lines form a column and are padded to the widest;
//! what follows the last tab of a line is never padded. Width is counted in characters.

use std::borrow::Cow;

/// `text` with nothing in it that a terminal would obey, as kubectl prints whatever users wrote.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.contains(['\x1b', '\r']) {
        Cow::Owned(text.replace('\x1b', "^[").replace('\r', "\\r"))
    } else {
        Cow::Borrowed(text)
    }
}

/// How wide a column is at least, and how far from the next.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub min_width: usize,
    pub padding: usize,
}

/// The tables of `kubectl get` and `kubectl events`.
pub const TABLE: Style = Style { min_width: 6, padding: 3 };
/// The text of `kubectl describe`.
pub const DESCRIPTION: Style = Style { min_width: 0, padding: 2 };

/// `text` with each tab replaced by the spaces that make columns of the cells.
pub fn align(text: &str, style: Style) -> String {
    let (columns, widths) = columns(text, style);
    let mut out = String::with_capacity(text.len() * 2);
    for (line, columns) in text.split('\n').zip(&columns) {
        if !std::ptr::eq(line.as_ptr(), text.as_ptr()) {
            out.push('\n');
        }
        let mut cells = line.split('\t');
        for &column in columns {
            let cell = cells.next().unwrap_or_default();
            out.push_str(cell);
            pad(&mut out, widths[column].saturating_sub(cell.chars().count()));
        }
        out.push_str(cells.next().unwrap_or_default());
    }
    out
}

/// For each line the columns that its cells belong to, and the width of each column.
fn columns(text: &str, style: Style) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut widths = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let cells = line.matches('\t').count();
        open.truncate(cells);
        while open.len() < cells {
            open.push(widths.len());
            widths.push(style.min_width);
        }
        for (cell, &column) in line.split('\t').zip(&open) {
            widths[column] = widths[column].max(cell.chars().count() + style.padding);
        }
        lines.push(open.clone());
    }
    (lines, widths)
}

fn pad(out: &mut String, n: usize) {
    out.extend(std::iter::repeat_n(' ', n));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_below_each_other_are_a_column() {
        let text = "a\tbbb\tc\nlong\tb\td\n\nx\ty\n";
        assert_eq!(align(text, DESCRIPTION), "a     bbb  c\nlong  b    d\n\nx  y\n");
    }

    #[test]
    fn a_line_without_the_cell_ends_the_column() {
        let text = "Name:\tdemo\nIPs:\n  IP:\t1\nLonger Name:\t2\n";
        assert_eq!(align(text, DESCRIPTION), "Name:  demo\nIPs:\n  IP:         1\nLonger Name:  2\n");
    }

    #[test]
    fn an_empty_last_cell_is_padded_up_to() {
        assert_eq!(align("a:\t\nbcd:\te\n", DESCRIPTION), "a:    \nbcd:  e\n");
    }

    #[test]
    fn characters_count_not_bytes() {
        assert_eq!(align("äöü\tx\nabcd\ty\n", TABLE), "äöü    x\nabcd   y\n");
    }

    #[test]
    fn a_line_of_a_hundred_thousand_tabs_is_only_slow_to_read() {
        assert!(align(&"\t".repeat(100_000), DESCRIPTION).len() >= 200_000);
    }
}
