//! Bytes to rows: separators, quotes, encoding, limits.

use super::{MOST_BYTES, Problems};

/// The most rows of a file.
const MOST_ROWS: usize = 50_000;
/// The most bytes of a cell. A longer one is usually a quote that was left open.
const MOST_CELL: usize = 128 << 10;
/// The most columns of a file.
const MOST_COLUMNS: usize = 500;

/// One row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

/// The header and the rows that are not empty.
pub(super) fn read(file: &[u8], problems: &mut Problems) -> (Row, Vec<Row>) {
    if file.len() > MOST_BYTES {
        problems.add(1, "", format!("the file has more than {} MiB; split it", MOST_BYTES >> 20));
        return Default::default();
    }
    if file.starts_with(&[0xFF, 0xFE]) || file.starts_with(&[0xFE, 0xFF]) {
        problems.add(1, "", "the file is written in UTF-16; save it as CSV in UTF-8");
        return Default::default();
    }
    let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(text)).from_reader(text);
    let mut header = None;
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    let mut lines = Lines { text, counted: 0, line: 1 };
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                problems.add(
                    reader.position().line(),
                    "",
                    format!("the file does not read: {error}; save it as CSV again"),
                );
                break;
            }
        }
        let line = record.position().map_or(1, |position| lines.at(position));
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if rows.len() >= MOST_ROWS {
            problems.add(line, "", format!("the file has more than {MOST_ROWS} rows; split it"));
            break;
        }
        match decode(&record) {
            Ok(cells) if header.is_none() => header = Some(Row { line, cells }),
            Ok(cells) => rows.push(Row { line, cells }),
            Err(reason) => {
                problems.add(line, "", reason);
                // Without its header nothing else about the file can be said.
                if header.is_none() {
                    return Default::default();
                }
            }
        }
    }
    let Some(header) = header else {
        problems.add(1, "", "the file is empty; export the products again");
        return Default::default();
    };
    (header, rows)
}

/// Counts lines. The reader's own count of a record is that of the record before it where a line ends with a carriage return or
/// empty lines follow.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first cell at or after a position, none of which lies before the one asked for last.
    fn at(&mut self, position: &csv::Position) -> u64 {
        let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).clamp(self.counted, self.text.len());
        let blank = self.text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text[self.counted..from + blank].iter().filter(|byte| **byte == b'\n').count();
        self.counted = from + blank;
        self.line += passed as u64;
        self.line
    }
}

fn decode(record: &csv::ByteRecord) -> Result<Vec<String>, String> {
    if record.len() > MOST_COLUMNS {
        return Err(format!("the row has more than {MOST_COLUMNS} cells; take columns out"));
    }
    let decoded = record.iter().enumerate().map(|(position, cell)| {
        if cell.len() > MOST_CELL {
            let kib = MOST_CELL >> 10;
            return Err(format!("cell {} has more than {kib} KiB; look for a quote that is not closed", position + 1));
        }
        let text = std::str::from_utf8(cell);
        text.map(str::to_owned)
            .map_err(|_| format!("cell {} is not UTF-8; save the file as CSV in UTF-8", position + 1))
    });
    decoded.collect()
}

/// What separates the cells of the first line: spreadsheets in many countries write semicolons.
fn separator(text: &[u8]) -> u8 {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| first.iter().filter(|byte| **byte == separator).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}
