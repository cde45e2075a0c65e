//! The error as a value: a status, a message, a type and the errors of single parameters.
#![doc = include_str!("../docs/envelope.md")]

mod error_type;
mod fields;
#[cfg(feature = "tonic")]
pub(crate) mod grpc_bin;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod grpc_code;
#[cfg(feature = "tonic")]
mod grpc_detail;
#[cfg_attr(not(feature = "tonic"), path = "no_grpc_details.rs")]
pub(crate) mod grpc_details;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod grpc_status;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod grpc_type;
mod json;
pub(crate) mod lookup;
pub(crate) mod media;
mod origin;
pub(crate) mod pointer;
pub(crate) mod scan;
mod shown;
pub(crate) mod status;
mod value;

use std::borrow::Cow;

use bytestring::ByteString;

pub use self::error_type::ErrorType;
pub(crate) use self::error_type::Namespace;
pub use self::fields::{FieldErrors, Fields, Messages};
pub(crate) use self::fields::{MAX_MESSAGES, MAX_NAME};
pub(crate) use self::json::{is_reserved, MESSAGE_KEY, TYPE_KEY};
pub use self::origin::Origin;
pub use self::value::Envelope;
pub(crate) use self::value::Form;

/// A text of the user's as texts are kept: shared, so that copies and parts cost no copying.
fn text(text: impl Into<Cow<'static, str>>) -> ByteString {
    match text.into() {
        Cow::Borrowed(text) => ByteString::from_static(text),
        Cow::Owned(text) => ByteString::from(text),
    }
}

/// `text` cut to so many bytes, with `…` at the end; `None` if it is no longer than that.
pub(crate) fn cut(text: &str, bytes: usize) -> Option<String> {
    if text.len() <= bytes {
        return None;
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    Some(format!("{}…", text.get(..end?)?))
}
