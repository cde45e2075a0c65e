//! Conversions from and to [`FieldErrors`].
//!
//! In: arrays, vectors, maps, and JSON. Out: field errors, and back. Constructors of envelopes call the conversions.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};

use bytestring::ByteString;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::field_errors::{FieldErrors, Fields, Messages};
use super::json::List;
use super::text;

/// The messages of one parameter: a text, or a list of texts.
///
/// It is implemented for `&'static str`, `String`, `Cow<'static, str>`, and for vectors and arrays of these. Implement it
/// for a type of your own that has one or several messages.
///
/// ```
/// use std::collections::BTreeMap;
/// use tower_error_envelope::{Envelope, FieldErrors};
///
/// let one = FieldErrors::from([("email", "is taken"), ("email", "is too long")]);
/// let lists = FieldErrors::from([("email", ["is taken", "is too long"])]);
/// assert_eq!(one, lists);
///
/// let map = BTreeMap::from([(String::from("email"), vec![String::from("is taken")])]);
/// assert_eq!(Envelope::validation(map).to_string(), "email: is taken");
/// ```
///
/// A type of your own:
///
/// ```
/// use std::borrow::Cow;
/// use tower_error_envelope::{envelope::IntoMessages, Envelope};
///
/// enum Problem {
///     Missing,
///     TooLong(usize),
/// }
///
/// impl IntoMessages for Problem {
///     fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>> {
///         std::iter::once(match self {
///             Self::Missing => "is required".into(),
///             Self::TooLong(most) => format!("has more than {most} characters").into(),
///         })
///     }
/// }
///
/// let error = Envelope::validation([("name", Problem::Missing), ("note", Problem::TooLong(80))]);
/// assert_eq!(error.message_for(&["note"]), "note - has more than 80 characters");
/// ```
pub trait IntoMessages {
    /// The messages, in order. If there are none, the parameter has no error.
    fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>>;
}

impl IntoMessages for &'static str {
    fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>> {
        std::iter::once(self.into())
    }
}

impl IntoMessages for String {
    fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>> {
        std::iter::once(self.into())
    }
}

impl IntoMessages for Cow<'static, str> {
    fn into_messages(self) -> impl Iterator<Item = Self> {
        std::iter::once(self)
    }
}

impl<M: IntoMessages> IntoMessages for Vec<M> {
    fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>> {
        self.into_iter().flat_map(IntoMessages::into_messages)
    }
}

impl<M: IntoMessages, const LEN: usize> IntoMessages for [M; LEN] {
    fn into_messages(self) -> impl Iterator<Item = Cow<'static, str>> {
        self.into_iter().flat_map(IntoMessages::into_messages)
    }
}

impl<N: Into<Cow<'static, str>>, M: IntoMessages> Extend<(N, M)> for FieldErrors {
    fn extend<I: IntoIterator<Item = (N, M)>>(&mut self, errors: I) {
        for (name, messages) in errors {
            let name = text(name);
            for message in messages.into_messages() {
                self.push_text(name.clone(), text(message));
            }
        }
    }
}

impl<N: Into<Cow<'static, str>>, M: IntoMessages> FromIterator<(N, M)> for FieldErrors {
    fn from_iter<I: IntoIterator<Item = (N, M)>>(errors: I) -> Self {
        let mut fields = Self::new();
        fields.extend(errors);
        fields
    }
}

impl<N: Into<Cow<'static, str>>, M: IntoMessages, const LEN: usize> From<[(N, M); LEN]>
    for FieldErrors
{
    fn from(errors: [(N, M); LEN]) -> Self {
        errors.into_iter().collect()
    }
}

impl<N: Into<Cow<'static, str>>, M: IntoMessages> From<Vec<(N, M)>> for FieldErrors {
    fn from(errors: Vec<(N, M)>) -> Self {
        errors.into_iter().collect()
    }
}

impl<N: Into<Cow<'static, str>>, M: IntoMessages> From<BTreeMap<N, M>> for FieldErrors {
    fn from(errors: BTreeMap<N, M>) -> Self {
        errors.into_iter().collect()
    }
}

/// In the order of the names, because a hash map has no order of its own.
impl<N: Into<Cow<'static, str>> + Ord, M: IntoMessages, S> From<HashMap<N, M, S>> for FieldErrors {
    fn from(errors: HashMap<N, M, S>) -> Self {
        let mut errors: Vec<_> = errors.into_iter().collect();
        errors.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        errors.into()
    }
}

/// The parameters with their messages, in order.
impl IntoIterator for FieldErrors {
    type Item = (String, Vec<String>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        let fields = self.iter();
        let owned =
            fields.map(|(name, messages)| (name.into(), messages.map(Into::into).collect()));
        owned.collect::<Vec<_>>().into_iter()
    }
}

impl<'a> IntoIterator for &'a FieldErrors {
    type Item = (&'a str, Messages<'a>);
    type IntoIter = Fields<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Equal if names and messages are equal, in the same order.
impl PartialEq for FieldErrors {
    fn eq(&self, other: &Self) -> bool {
        self.fields.as_slice() == other.fields.as_slice()
    }
}

impl Eq for FieldErrors {}

impl Hash for FieldErrors {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields.as_slice().hash(state);
    }
}

impl fmt::Debug for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// Written as an object of lists, in order.
impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, messages) in self {
            map.serialize_entry(name, &List(messages))?;
        }
        map.end()
    }
}

/// Read from an object. A value may be a text or a list of texts, and other values are ignored.
impl<'de> Deserialize<'de> for FieldErrors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = FieldErrors;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts or lists of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldErrors, A::Error> {
        let mut fields = FieldErrors::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            let name = ByteString::from(name);
            let mut push = |value| {
                if let Value::String(message) = value {
                    fields.push_text(name.clone(), message.into());
                }
            };
            match value {
                Value::Array(messages) => messages.into_iter().for_each(push),
                message => push(message),
            }
        }
        Ok(fields)
    }
}
