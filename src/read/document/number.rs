//! Numbers of a document.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// A number, as it can be compared and written again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::read) enum Number<'d> {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    /// With serde_json's feature `arbitrary_precision`, every number.
    Digits(&'d str),
}

impl Number<'_> {
    /// The value of a whole number; `None` for any other number.
    pub(in crate::read) fn as_integer(self) -> Option<i64> {
        match self {
            Self::Signed(number) => Some(number),
            Self::Unsigned(number) => i64::try_from(number).ok(),
            Self::Float(_) => None,
            Self::Digits(digits) => digits.parse().ok(),
        }
    }

    /// Whether this is 0, in any notation.
    pub(in crate::read) fn is_zero(self) -> bool {
        match self {
            Self::Signed(number) => number == 0,
            Self::Unsigned(number) => number == 0,
            Self::Float(number) => number == 0.0,
            Self::Digits(digits) => digits.parse() == Ok(0.0),
        }
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(number) => number.fmt(f),
            Self::Unsigned(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Digits(digits) => digits.fmt(f),
        }
    }
}

impl Serialize for Number<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            // The crate that switched the feature on reads the digits again.
            Self::Digits(digits) => match serde_json::from_str::<serde_json::Number>(digits) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(digits),
            },
        }
    }
}
