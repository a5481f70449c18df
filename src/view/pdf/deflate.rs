//! Streams made smaller (RFC 1950, which PDF calls `FlateDecode`).

use std::cell::RefCell;

use lopdf::{Dictionary, Stream};
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

/// How hard streams are compressed, from 0 to 10: higher gains little and costs much.
const LEVEL: i32 = 4;

thread_local! {
    /// Its tables are large: making them anew costs more than most streams of a page. In the thread itself they would be cleared at every
    /// start of the program.
    static COMPRESSOR: RefCell<Box<CompressorOxide>> =
        RefCell::new(Box::new(CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, 1, 0))));
}

/// Compresses bytes. The same bytes always become the same, whatever went before.
pub(super) fn deflate(mut input: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut output = vec![0; input.len() / 2 + 128];
        let mut filled = 0;
        loop {
            let room = output.get_mut(filled..).unwrap_or_default();
            let (status, read, written) = compress(compressor, input, room, TDEFLFlush::Finish);
            filled += written;
            input = input.get(read..).unwrap_or_default();
            // Anything but room that is too small is the end.
            if status != TDEFLStatus::Okay {
                output.truncate(filled);
                return output;
            }
            output.resize(output.len() * 2, 0);
        }
    })
}

/// A stream of compressed bytes.
pub(super) fn compressed(mut dictionary: Dictionary, bytes: &[u8]) -> Stream {
    dictionary.set("Filter", "FlateDecode");
    Stream::new(dictionary, deflate(bytes)).with_compression(false)
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec_zlib;

    use super::*;

    #[test]
    fn what_went_before_changes_nothing() {
        let text = b"one line of a page, and another line of a page\n".repeat(50);
        let noise: Vec<u8> = (0..9000_u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1])
            .collect();
        let first = deflate(&text);
        for bytes in [noise.as_slice(), b"", b"x"] {
            assert_eq!(decompress_to_vec_zlib(&deflate(bytes)).unwrap(), bytes);
            assert_eq!(deflate(&text), first);
        }
        assert_eq!(decompress_to_vec_zlib(&first).unwrap(), text);
    }
}
