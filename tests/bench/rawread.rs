//! Merely reads the bytes that a command has to read, and prints how many: the floor that `compare.py` measures against.
//!
//! `rawread books DIR` reads register, payments, events and plans; `rawread documents DIR` reads every issued document, one after the
//! other on one thread, into one buffer.

#![expect(
    clippy::disallowed_methods,
    reason = "reads files as a program that does nothing else would"
)]
#![expect(clippy::print_stdout, reason = "the count is its output")]

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder] = &arguments[..] else {
        return Err("usage: rawread books|documents DIR".into());
    };
    let folder = Path::new(folder);
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    match what.as_str() {
        "books" => {
            for book in ["register", "payments", "events"] {
                bytes += folder_bytes(&folder.join(book), ".csv", &mut buffer)?;
            }
            bytes += folder_bytes(&folder.join("plans"), ".toml", &mut buffer)?;
        }
        "documents" => {
            for year in std::fs::read_dir(folder.join("invoices"))? {
                let year = year?;
                if year.file_type()?.is_dir() {
                    bytes += folder_bytes(&year.path(), ".toml", &mut buffer)?;
                }
            }
        }
        other => return Err(format!("`{other}` is neither books nor documents").into()),
    }
    println!("{bytes}");
    Ok(())
}

/// Reads the files of a folder whose names end with `suffix`; a missing folder has none.
fn folder_bytes(folder: &Path, suffix: &str, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut bytes = 0;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry
            .file_name()
            .as_encoded_bytes()
            .ends_with(suffix.as_bytes())
        {
            let mut file = File::open(entry.path())?;
            loop {
                let read = file.read(buffer)?;
                bytes += read;
                // A read that leaves room in the buffer has met the end.
                if read < buffer.len() {
                    break;
                }
            }
        }
    }
    Ok(bytes)
}
