//! CSV → rows, streamed: a row without quotes is split at its commas; one with quotes is left to `csv_core`, the heart of `csv`.

use std::io::{self, Read};
use std::str::from_utf8;

use csv_core::ReadRecordResult;

use crate::ledger::book::Record;

/// How much is read at once.
const CHUNK: usize = 1 << 16;

/// Why a row cannot be read.
pub(super) enum RowError {
    /// A field is not UTF-8: which one, and how many of its bytes are.
    Encoding(usize, usize),
    /// The system refused.
    Io(io::Error),
}

/// A row: its fields, and where it begins and ends with its line end.
pub(super) type Found<'r> = (Record<'r>, usize, usize);

/// The rows of one file after the other; what they are read with is used again for the next.
#[derive(Default)]
pub(super) struct Rows {
    buffer: Vec<u8>,
    /// The row begins at `from`; what has been read ends at `to`.
    from: usize,
    to: usize,
    /// The place in the file of the buffer's first byte.
    offset: usize,
    is_ended: bool,
    /// The last byte that was read.
    last: Option<u8>,
    bounds: Vec<(u32, u32)>,
    /// Made for the first row with quotes: it is dear to make.
    quotes: Option<csv_core::Reader>,
    unquoted: Vec<u8>,
    ends: Vec<usize>,
}

impl Rows {
    /// Starts with a file's first bytes, read already.
    pub(super) fn open(&mut self, head: &[u8]) {
        self.buffer.resize(self.buffer.len().max(CHUNK), 0);
        self.buffer[..head.len()].copy_from_slice(head);
        (self.from, self.to, self.offset, self.is_ended) = (0, head.len(), 0, false);
        self.last = head.last().copied();
    }

    /// Returns how many bytes the file has, once its end was reached, and whether its last line has no end.
    pub(super) fn end(&self) -> (u64, bool) {
        let length = (self.offset + self.to) as u64;
        (length, self.last.is_some_and(|last| last != b'\n'))
    }

    /// Reads the next row; none at the end of the file.
    pub(super) fn next(
        &mut self,
        stream: &mut dyn Read,
    ) -> Result<Option<Found<'_>>, (usize, RowError)> {
        loop {
            while self.from < self.to && matches!(self.buffer[self.from], b'\n' | b'\r') {
                self.from += 1;
            }
            let start = self.offset + self.from;
            let line = &self.buffer[self.from..self.to];
            let end = memchr::memchr(b'\n', line);
            if end.is_none() && !self.is_ended {
                self.fill(stream)
                    .map_err(|error| (start, RowError::Io(error)))?;
                continue;
            }
            if line.is_empty() {
                return Ok(None);
            }
            let (row, length) = end.map_or((line, line.len()), |end| (&line[..end], end + 1));
            if memchr::memchr2(b'"', b'\r', row).is_some() {
                return self
                    .quoted(stream, start)
                    .map_err(|error| (start, error))
                    .map(Some);
            }
            let row = self.from..self.from + row.len();
            self.from += length;
            self.bounds.clear();
            let mut at = 0;
            for comma in memchr::memchr_iter(b',', &self.buffer[row.clone()]) {
                self.bounds.push(bounds(at, comma));
                at = comma + 1;
            }
            self.bounds.push(bounds(at, row.len()));
            let record = record(&self.buffer[row], &self.bounds).map_err(|error| (start, error))?;
            return Ok(Some((record, start, self.offset + self.from)));
        }
    }

    /// Reads more; the row that has begun moves to the buffer's front.
    fn fill(&mut self, stream: &mut dyn Read) -> io::Result<()> {
        self.buffer.copy_within(self.from..self.to, 0);
        self.offset += self.from;
        (self.from, self.to) = (0, self.to - self.from);
        if self.to == self.buffer.len() {
            self.buffer.resize(self.to * 2, 0);
        }
        loop {
            match stream.read(&mut self.buffer[self.to..]) {
                Ok(read) => {
                    self.to += read;
                    self.is_ended = read == 0;
                    if read > 0 {
                        self.last = Some(self.buffer[self.to - 1]);
                    }
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a row that has quotes, or ends as on Windows.
    fn quoted(&mut self, stream: &mut dyn Read, start: usize) -> Result<Found<'_>, RowError> {
        let mut reader = self
            .quotes
            .take()
            .unwrap_or_else(|| csv_core::ReaderBuilder::new().build());
        reader.reset();
        // A line end first: a byte order mark is one at the beginning of a file alone.
        let _ = reader.read_record(b"\n", &mut [0], &mut [0]);
        let (mut written, mut fields) = (0, 0);
        self.bounds.clear();
        loop {
            let input = &self.buffer[self.from..self.to];
            let (result, read, text, ends) = reader.read_record(
                input,
                &mut self.unquoted[written..],
                &mut self.ends[fields..],
            );
            self.from += read;
            written += text;
            fields += ends;
            match result {
                ReadRecordResult::InputEmpty => self.fill(stream).map_err(RowError::Io)?,
                ReadRecordResult::OutputFull => self.unquoted.resize((written * 2).max(1 << 10), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize((fields * 2).max(32), 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.quotes = Some(reader);
        let mut at = 0;
        for end in &self.ends[..fields] {
            self.bounds.push(bounds(at, *end));
            at = *end;
        }
        Ok((
            record(&self.unquoted[..written], &self.bounds)?,
            start,
            self.offset + self.from,
        ))
    }
}

/// A field's place in its row; a row of 4 GiB is no row.
fn bounds(start: usize, end: usize) -> (u32, u32) {
    (
        u32::try_from(start).unwrap_or(u32::MAX),
        u32::try_from(end).unwrap_or(u32::MAX),
    )
}

/// A row's bytes as text: each field by itself.
fn record<'r>(bytes: &'r [u8], bounds: &'r [(u32, u32)]) -> Result<Record<'r>, RowError> {
    match from_utf8(bytes) {
        Ok(text)
            if bounds
                .iter()
                .all(|(_, end)| text.is_char_boundary(*end as usize)) =>
        {
            Ok(Record::new(text, bounds))
        }
        _ => {
            let fields = bounds
                .iter()
                .map(|(start, end)| from_utf8(&bytes[*start as usize..*end as usize]));
            let wrong = fields
                .enumerate()
                .find_map(|(index, field)| field.err().map(|error| (index, error)));
            let (field, valid) =
                wrong.map_or((0, 0), |(field, error)| (field, error.valid_up_to()));
            Err(RowError::Encoding(field, valid))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads in pieces of so many bytes.
    struct Pieces<'b>(&'b [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn ours(bytes: &[u8], piece: usize) -> Vec<Result<Vec<String>, (usize, usize)>> {
        let (mut rows, mut stream, mut found) = (Rows::default(), Pieces(bytes, piece), Vec::new());
        rows.open(&[]);
        loop {
            match rows.next(&mut stream) {
                Ok(Some((record, start, end))) => {
                    assert!(start < end && end <= bytes.len());
                    assert!(!matches!(bytes[start], b'\n' | b'\r'));
                    found.push(Ok(record.iter().map(str::to_owned).collect()));
                }
                Ok(None) => return found,
                Err((_, RowError::Encoding(field, valid))) => {
                    found.push(Err((field, valid)));
                    return found;
                }
                Err((_, RowError::Io(error))) => panic!("{error}"),
            }
        }
    }

    fn theirs(bytes: &[u8]) -> Vec<Result<Vec<String>, (usize, usize)>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut found = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => found.push(Ok(record.iter().map(str::to_owned).collect())),
                Err(error) => {
                    let csv::ErrorKind::Utf8 { err, .. } = error.kind() else {
                        panic!("{error}")
                    };
                    found.push(Err((err.field(), err.valid_up_to())));
                    return found;
                }
            }
        }
        found
    }

    /// However the file comes in, each row is what the `csv` crate reads.
    #[test]
    fn agrees_with_the_csv_crate() {
        for text in [
            &b"a,b,c\n1,2,3\n"[..],
            b"a,b\n1,\"x, y\"\n\n\n2,\"say \"\"so\"\"\"\n3,z",
            b"a,b\r\n1,2\r\n\r\n3,\"4\r\n5\"\r\n6,7",
            b"a\rb\rc,d\r",
            b"\n\n\r\n",
            b"",
            b"\"\"",
            b",,\n,\n",
            b"a,b\"c\"d\n\"a\"b,c\n\"open\n,x\n",
            "é,ü\n\"é,€\",ü\n".as_bytes(),
            b"a,\xff\nb,c\n",
            b"a,\"x\xc3\",\xa9\n",
            b"a,\"x\xc3\"\n",
        ] {
            for piece in [1, 2, 3, 7, 1000] {
                assert_eq!(
                    ours(text, piece),
                    theirs(text),
                    "{} by {piece}",
                    text.escape_ascii()
                );
            }
        }
        let long = format!(
            "{}\n1,\"{}\"\n2,3\n",
            "x,".repeat(80_000),
            "y\"\"".repeat(90_000)
        );
        assert_eq!(ours(long.as_bytes(), 1 << 16), theirs(long.as_bytes()));
    }
}
