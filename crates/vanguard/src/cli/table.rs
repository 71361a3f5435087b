//! Columns of text, the first to the left and the others to the right.

/// Lines up rows under a heading, two spaces between columns.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let mut text = String::new();
        for (position, (cell, &width)) in cells.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            let parts = if position == 0 { [cell.as_str(), &pad, ""] } else { ["  ", &pad, cell] };
            text.push_str(&parts.concat());
        }
        text.trim_end().to_owned()
    };
    let heading: Vec<String> = heading.iter().map(|&h| h.to_owned()).collect();
    let mut lines = vec![line(&heading)];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n")
}

/// A whole number with commas.
pub fn count(number: u64) -> String {
    nhs::money::group_thousands(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let text = table(&["what", "rows"], &[vec!["a".into(), count(1_234)], vec!["longer".into(), count(5)]]);
        assert_eq!(text, "what     rows\na       1,234\nlonger      5");
    }
}
