//! Small comma-separated tables that people write: comments with `#`, a header, quotes where needed, a place for each cell.

use crate::fields::Text;
use crate::sink::{At, Sink};

pub(crate) struct Table {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) at: At,
    cells: Vec<(&'static str, Text)>,
}

impl Row {
    /// The cell of a column; `None` where the table has no such column.
    pub(crate) fn cell(&self, column: &str) -> Option<&Text> {
        self.cells.iter().find(|(name, _)| *name == column).map(|(_, text)| text)
    }
}

/// Reads a file of the sink whose columns are among `known`. `None` where the header is not there.
pub(crate) fn read(sink: &mut Sink, file: usize, known: &[&'static str]) -> Option<Table> {
    let text = sink.file(file).text.clone();
    let mut columns: Option<Vec<&'static str>> = None;
    let mut rows = Vec::new();
    for (start, line) in lines(&text) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let cells: Vec<Text> = cells(file, start, line);
        match &columns {
            None => columns = Some(header(sink, &cells, known)?),
            Some(columns) => {
                let at = At { file, range: start..start + line.len() };
                if cells.len() != columns.len() {
                    let message = format!("this row has {} cells and the header has {}", cells.len(), columns.len());
                    sink.error(&at, message).helped("put quotes around a text with a comma in it");
                    continue;
                }
                rows.push(Row { at, cells: columns.iter().copied().zip(cells).collect() });
            }
        }
    }
    if columns.is_none() {
        let message = "the table has no header";
        sink.error(&At { file, range: 0..0 }, message)
            .helped(format!("begin with a line of column names: {}", known.join(",")));
    }
    columns.map(|columns| Table { columns, rows })
}

fn header(sink: &mut Sink, cells: &[Text], known: &[&'static str]) -> Option<Vec<&'static str>> {
    let mut columns = Vec::new();
    for cell in cells {
        if let Some(name) = known.iter().find(|name| **name == cell.text) {
            columns.push(*name);
        } else {
            let message = format!("there is no column `{}`", cell.text);
            sink.error(&cell.at, message).nearest(&cell.text, known.iter().copied());
        }
    }
    (columns.len() == cells.len()).then_some(columns)
}

/// Lines with the position of their start, without their ends and without a byte order mark.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let mark = if at == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let start = at + mark;
        at += line.len();
        (start, line[mark..].trim_end_matches(['\n', '\r']))
    })
}

fn cells(file: usize, start: usize, line: &str) -> Vec<Text> {
    let mut cells = Vec::new();
    let (mut begin, mut quoted) = (0, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                cells.push(cell(file, start, line, begin, at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    cells.push(cell(file, start, line, begin, line.len()));
    cells
}

fn cell(file: usize, start: usize, line: &str, begin: usize, end: usize) -> Text {
    let raw = &line[begin..end];
    let text = raw.trim();
    let text = match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => text.to_owned(),
    };
    Text { text, at: At { file, range: start + begin..start + end } }
}
