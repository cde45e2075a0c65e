//! The error as a value: a status, a message, a type and the errors of single parameters.
#![doc = include_str!("../docs/envelope.md")]

mod builder;
mod detach;
mod display;
mod error_type;
mod field_errors;
mod headers;
mod json;
mod kind;
mod members;
mod messages;
mod origin;
mod retry_advice;
mod retry_hints;
mod setters;
mod value;

use std::borrow::Cow;

use bytestring::ByteString;

pub use self::error_type::ErrorType;
pub(crate) use self::error_type::Namespace;
pub use self::field_errors::{FieldErrors, Fields, Messages};
pub(crate) use self::field_errors::{MAX_MESSAGES, MAX_NAME};
pub(crate) use self::json::{is_reserved, DETAILS_KEY, MESSAGE_KEY, TYPE_KEY};
pub use self::kind::ErrorKind;
pub use self::members::Members;
pub use self::messages::IntoMessages;
pub use self::origin::Origin;
#[cfg(feature = "layer")]
pub(crate) use self::retry_advice::Failure;
pub use self::retry_advice::RetryAdvice;
pub(crate) use self::retry_hints::retry_after;
pub use self::value::Envelope;

/// Converts a text of a program to the type in which texts are kept. Clones and parts of it share the bytes.
fn text(text: impl Into<Cow<'static, str>>) -> ByteString {
    match text.into() {
        Cow::Borrowed(text) => ByteString::from_static(text),
        Cow::Owned(text) => ByteString::from(text),
    }
}

/// The first `bytes` of `text` at most, up to the end of a character, followed by `…`; `None` if nothing has to be cut.
pub(crate) fn cut(text: &str, bytes: usize) -> Option<String> {
    if text.len() <= bytes {
        return None;
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    Some(format!("{}…", text.get(..end?)?))
}
