//! Decoding of bodies by `Content-Encoding`, with the feature `decompression`
//! ([RFC 9110 §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)).
//!
//! In: a response with its whole body, and a limit in bytes. Out: the same response with its decoded body and without the
//! header. There is no result if the body is not coded, the coding is not known, the data is broken, or the decoded body is
//! longer than the limit. Work and memory are linear in the limit and in the bytes of the body.

use std::io::Read;

use brotli_decompressor::Decompressor;
use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Response};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use smallvec::SmallVec;

use super::{header_list, header_lookup};

/// Codings of one body that are decoded. A body with more is not read.
const MAX_CODINGS: usize = 3;

/// Members of gzip, or frames of zstd, that are decoded. The decoder builds tables for each.
const MAX_FRAMES: usize = 8;

/// Bytes of a window of zstd ([RFC 9659](https://www.rfc-editor.org/rfc/rfc9659#section-3)).
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// The lower seven bits of the first byte of a Brotli stream with a window of up to 1 GiB. No standard has such windows.
const LARGE_WINDOW: u8 = 0x11;

/// Bytes of coded data that the decoder of Brotli takes at a time.
const BROTLI_BUFFER: usize = 4096;

/// The response with its body decoded, if it is coded and its body is at most `limit` bytes long after each step.
pub(crate) fn decoded(response: &Response<Bytes>, limit: usize) -> Option<Response<Bytes>> {
    if response.body().is_empty() || !header_lookup::has(response.headers(), &CONTENT_ENCODING) {
        return None;
    }
    let codings = codings(response.headers())?;
    let mut body = response.body().clone();
    for coding in codings.into_iter().rev() {
        body = decode(coding, &body, limit)?.into();
    }
    let mut decoded = response.clone();
    *decoded.body_mut() = body;
    decoded.headers_mut().remove(CONTENT_ENCODING);
    decoded.headers_mut().remove(CONTENT_LENGTH);
    Some(decoded)
}

/// The codings of a body in the order in which they were applied; `None` if there are none, or too many.
fn codings(headers: &HeaderMap) -> Option<SmallVec<[&str; MAX_CODINGS]>> {
    let is_coding = |name: &&str| !name.eq_ignore_ascii_case("identity");
    let names = header_list::elements(headers, CONTENT_ENCODING).filter(is_coding);
    let codings: SmallVec<_> = names.take(MAX_CODINGS + 1).collect();
    (1..=MAX_CODINGS)
        .contains(&codings.len())
        .then_some(codings)
}

/// The data without the coding of this name: one of [RFC 9110 §8.4.1](https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1), Brotli or
/// zstd.
fn decode(coding: &str, data: &[u8], limit: usize) -> Option<Vec<u8>> {
    let is = |known: &str| coding.eq_ignore_ascii_case(known);
    let mut text = Vec::new();
    if is("gzip") || is("x-gzip") {
        frames(data, &mut text, limit, gzip_member)?;
    } else if is("zstd") {
        frames(data, &mut text, limit, zstd_frame)?;
    } else if is("br") && !has_large_window(data) {
        read(Decompressor::new(data, BROTLI_BUFFER), &mut text, limit)?;
    } else if is("deflate") && has_zlib_header(data) {
        read(ZlibDecoder::new(data), &mut text, limit)?;
    } else if is("deflate") {
        // RFC 9110 requires the header of zlib. Many servers leave it out, and all clients accept that.
        read(DeflateDecoder::new(data), &mut text, limit)?;
    } else {
        return None;
    }
    Some(text)
}

/// Reads one member or frame after the other.
fn frames(
    mut data: &[u8],
    text: &mut Vec<u8>,
    limit: usize,
    frame: impl Fn(&mut &[u8], &mut Vec<u8>, usize) -> Option<()>,
) -> Option<()> {
    for _ in 0..MAX_FRAMES {
        frame(&mut data, text, limit)?;
        if data.is_empty() {
            return Some(());
        }
    }
    None
}

fn gzip_member(data: &mut &[u8], text: &mut Vec<u8>, limit: usize) -> Option<()> {
    read(GzDecoder::new(data), text, limit)
}

fn zstd_frame(mut data: &mut &[u8], text: &mut Vec<u8>, limit: usize) -> Option<()> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(MAX_WINDOW);
    let decoder = StreamingDecoder::new_with_decoder(&mut data, decoder).ok()?;
    read(decoder, text, limit)
}

/// Appends the whole output of `decoder`; `None` if the data is broken, or if `text` gets longer than `limit` bytes.
fn read(decoder: impl Read, text: &mut Vec<u8>, limit: usize) -> Option<()> {
    let left = limit.saturating_sub(text.len()) as u64;
    let read = decoder.take(left + 1).read_to_end(text).ok()?;
    (read as u64 <= left).then_some(())
}

/// Whether a Brotli stream has a larger window than [RFC 7932 §9.1](https://www.rfc-editor.org/rfc/rfc7932#section-9.1) allows,
/// 16 MiB. The decoder allocates the window that a body names, also for a short body.
fn has_large_window(data: &[u8]) -> bool {
    data.first()
        .is_some_and(|first| first & 0x7f == LARGE_WINDOW)
}

/// Whether the data begins with a header of zlib ([RFC 1950 §2.2](https://www.rfc-editor.org/rfc/rfc1950#section-2.2)).
fn has_zlib_header(data: &[u8]) -> bool {
    let Some([method, flags]) = data.first_chunk() else {
        return false;
    };
    method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use flate2::Compression;
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 64 * 1024;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(text: &[u8]) -> Vec<u8> {
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
        encoder.write_all(text).unwrap();
        encoder.into_inner()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 3).unwrap()
    }

    type Encode = fn(&[u8]) -> Vec<u8>;

    const ENCODERS: [(&str, Encode); 6] = [
        ("gzip", gzip),
        ("X-GZIP", gzip),
        ("deflate", zlib),
        ("deflate", deflate),
        ("br", brotli),
        ("zstd", zstd),
    ];

    fn coded(coding: &str, body: Vec<u8>) -> Response<Bytes> {
        let response = Response::builder()
            .header("content-encoding", coding)
            .header("content-length", body.len())
            .header("content-type", "text/plain");
        response.body(body.into()).unwrap()
    }

    fn text(coding: &str, body: Vec<u8>) -> Option<Bytes> {
        Some(decoded(&coded(coding, body), LIMIT)?.into_body())
    }

    #[test]
    fn each_coding_is_decoded_and_its_headers_are_removed() {
        for (coding, encode) in ENCODERS {
            let decoded = decoded(&coded(coding, encode(b"the printer is on fire")), LIMIT);
            let decoded = decoded.unwrap_or_else(|| panic!("{coding}"));
            assert_eq!(decoded.body(), "the printer is on fire", "{coding}");
            assert_eq!(decoded.headers().len(), 1);
            assert_eq!(decoded.headers()["content-type"], "text/plain");
        }
    }

    #[test]
    fn a_window_that_brotli_does_not_have_is_refused() {
        let large = |bits: i32| {
            let parameters = brotli::enc::BrotliEncoderParams {
                large_window: true,
                lgwin: bits,
                ..Default::default()
            };
            let mut coded = Vec::new();
            brotli::BrotliCompress(&mut &b"late"[..], &mut coded, &parameters).unwrap();
            coded
        };
        for bits in [25, 28, 30] {
            assert_eq!(text("br", large(bits)), None, "{bits}");
        }
        for window in 10..=24 {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, window);
            encoder.write_all(b"late").unwrap();
            assert_eq!(
                text("br", encoder.into_inner()).unwrap(),
                "late",
                "{window}"
            );
        }
    }

    #[test]
    fn several_codings_are_undone_from_the_last_to_the_first() {
        let twice = brotli(&gzip(b"late"));
        assert_eq!(text("gzip, br", twice.clone()).unwrap(), "late");
        assert_eq!(text("identity, gzip,br", twice.clone()).unwrap(), "late");
        assert_eq!(text("br, gzip", twice), None);
        let four = gzip(&gzip(&gzip(&gzip(b"deep"))));
        assert_eq!(text("gzip, gzip, gzip, gzip", four), None);
    }

    #[test]
    fn codings_on_several_lines_are_one_list() {
        let mut response = coded("gzip", zstd(&gzip(b"lines")));
        let more = http::HeaderValue::from_static("zstd");
        response.headers_mut().append("content-encoding", more);
        assert_eq!(decoded(&response, LIMIT).unwrap().body(), "lines");
    }

    #[test]
    fn members_and_frames_follow_each_other_up_to_a_bound() {
        for (coding, encode) in [("gzip", gzip as Encode), ("zstd", zstd)] {
            let two = [encode(b"one "), encode(b"two")].concat();
            assert_eq!(text(coding, two).unwrap(), "one two", "{coding}");
            assert_eq!(text(coding, encode(b"").repeat(100)), None, "{coding}");
        }
    }

    #[test]
    fn a_decompression_bomb_is_not_decoded() {
        for (coding, encode) in ENCODERS {
            let bomb = encode(&vec![b'a'; 4 * 1024 * 1024]);
            assert_eq!(text(coding, bomb), None, "{coding}");
            let full = encode(&vec![b'a'; LIMIT]);
            assert_eq!(text(coding, full).unwrap().len(), LIMIT, "{coding}");
            let over = encode(&vec![b'a'; LIMIT + 1]);
            assert_eq!(text(coding, over), None, "{coding}");
        }
        let nested = gzip(&gzip(&vec![b'a'; 16 * 1024 * 1024]));
        assert!(nested.len() < LIMIT);
        assert_eq!(text("gzip, gzip", nested), None);
    }

    #[test]
    fn cut_or_broken_data_is_not_decoded() {
        for (coding, encode) in ENCODERS {
            let whole = encode(
                "a text that is long enough to be cut "
                    .repeat(20)
                    .as_bytes(),
            );
            for end in 0..whole.len() {
                let cut = text(coding, whole[..end].to_vec());
                // Without the checksum after the data, the body is still complete.
                let all_there = cut.as_ref().is_some_and(|text| text.len() == 37 * 20);
                assert!(cut.is_none() || all_there, "{coding} {end}: {cut:?}");
            }
            assert_eq!(text(coding, b"no such data".to_vec()), None, "{coding}");
        }
    }

    #[test]
    fn bodies_without_a_known_coding_are_not_decoded() {
        assert_eq!(text("identity", gzip(b"x")), None);
        assert_eq!(text("", gzip(b"x")), None);
        assert_eq!(text("compress", gzip(b"x")), None);
        assert_eq!(text("gzip, aws-chunked", gzip(b"x")), None);
        assert_eq!(text("gzip", Vec::new()), None);
        assert!(decoded(&Response::new("plain".into()), LIMIT).is_none());
    }

    #[test]
    fn a_window_beyond_what_http_allows_is_refused() {
        // Magic number, no content size, a window of 16 MiB, one empty last block.
        let frame = |window| vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window, 0x01, 0x00, 0x00];
        assert_eq!(text("zstd", frame(13 << 3)).unwrap(), "");
        assert_eq!(text("zstd", frame(14 << 3)), None);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(body in prop::collection::vec(any::<u8>(), 1..2000), which in 0..ENCODERS.len(), times in 1..40usize) {
            let (coding, encode) = ENCODERS[which];
            let body = body.repeat(times);
            let want = (body.len() <= LIMIT).then(|| Bytes::from(body.clone()));
            prop_assert_eq!(text(coding, encode(&body)), want);
        }

        #[test]
        fn broken_data_never_panics(body in prop::collection::vec(any::<u8>(), 1..300), at in 0..10_000usize, byte: u8, which in 0..ENCODERS.len()) {
            let (coding, encode) = ENCODERS[which];
            let mut broken = encode(&body);
            let at = at % broken.len();
            broken[at] = byte;
            text(coding, broken);
            text(coding, body);
        }
    }
}
