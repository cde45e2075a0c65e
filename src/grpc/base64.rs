//! The values of gRPC's headers whose names end with `-bin`: base64
//! ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)).

use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};

const UNPADDED: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const CARELESS: GeneralPurposeConfig = UNPADDED.with_decode_allow_trailing_bits(true);

const PADDED: GeneralPurpose = base64::engine::general_purpose::STANDARD;

/// The form that tonic accepts.
const STRICT: GeneralPurpose = GeneralPurpose::new(&STANDARD, UNPADDED);
const LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, CARELESS);
const LENIENT_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CARELESS);

/// `bytes` in base64 without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STRICT.encode(bytes)
}

/// `bytes` in base64 with padding.
pub(crate) fn encode_padded(bytes: &[u8]) -> String {
    PADDED.encode(bytes)
}

/// The bytes of `value`, padded or not, in either alphabet.
pub(crate) fn decode(value: &[u8]) -> Option<Vec<u8>> {
    let decoded = LENIENT.decode(value);
    decoded.or_else(|_| LENIENT_URL_SAFE.decode(value)).ok()
}

/// Decodes `value`, padded or not, into `to`. `None` if it is not base64, or if `to` is too small.
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(crate) fn decode_into<'t>(value: &[u8], to: &'t mut [u8]) -> Option<&'t [u8]> {
    let length = LENIENT.decode_slice(value, to).ok()?;
    to.get(..length)
}

/// Whether strict readers can decode `value`.
pub(crate) fn is_valid(value: &[u8]) -> bool {
    STRICT.decode(value).is_ok()
}
