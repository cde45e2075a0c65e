//! A coded body: the first byte chooses the label. The status stays for any data.
#![no_main]

use bytes::Bytes;
use http::Response;
use libfuzzer_sys::fuzz_target;
use tower_error_envelope::read::read;

const CODINGS: [&str; 6] = ["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate, gzip"];

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let coding = CODINGS[usize::from(*first) % CODINGS.len()];
    let response = Response::builder().status(502).header("content-encoding", coding);
    let envelope = read(&response.body(Bytes::copy_from_slice(body)).unwrap());
    assert_eq!(envelope.status(), 502);
});
