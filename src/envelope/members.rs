//! Members: further values of an error, beside its message, its type and its parameters.
//!
//! In: names and JSON values, from a program or from a peer. Out: the same, in order. Members of a peer are limited: 32
//! members, and 8,192 bytes of JSON in all.

use std::fmt;
use std::hash::{Hash, Hasher};

use bytestring::ByteString;
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// Members that are read from one error.
const MAX_MEMBERS: usize = 32;
/// Bytes of JSON that are read for the members of one error, names and punctuation included.
const MAX_JSON: usize = 8 * 1024;
/// Bytes around a member: two quotes, a colon and a comma.
const PUNCTUATION: usize = r#""":,"#.len();

/// Members of an error: names in order, each with a JSON value.
///
/// | written as | place of the members |
/// | --- | --- |
/// | the documented JSON | in `_error_details` |
/// | problem details | extension members ([RFC 9457 §3.2](https://www.rfc-editor.org/rfc/rfc9457#section-3.2)) |
/// | Copr's and OpenAI's JSON | beside `error` |
/// | gRPC and Connect | in the metadata of `google.rpc.ErrorInfo` |
///
/// [`Envelope::with_member`](super::Envelope::with_member) sets one. A program can set any number. Of a peer, 32 members
/// with 8,192 bytes of JSON in all are read, and further members are left out.
///
/// ```
/// use http::StatusCode;
/// use serde_json::json;
/// use tower_error_envelope::Envelope;
///
/// let error = Envelope::new(StatusCode::FORBIDDEN, "Your balance is too low")
///     .with_member("balance", 30)
///     .with_member("accounts", json!(["/account/12345"]));
///
/// assert_eq!(error.members().get("balance"), Some(json!(30)));
/// assert_eq!(error.members().get_as::<u32>("balance"), Some(30));
/// assert_eq!(error.members().iter().map(|(name, _)| name).collect::<Vec<_>>(), ["balance", "accounts"]);
/// ```
#[derive(Clone, Default)]
pub struct Members {
    /// Each value as compact JSON. It is written and compared as it is, and keeps the order of nested names.
    list: Vec<(ByteString, ByteString)>,
}

impl Members {
    /// The value of a member; `None` if there is no member with this name. Each call parses the JSON.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.get_as(name)
    }

    /// The value of a member as a `T`; `None` if there is no member with this name, or if its value is not a `T`.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::CONFLICT).with_member("version", 7);
    /// assert_eq!(error.members().get_as::<u32>("version"), Some(7));
    /// assert_eq!(error.members().get_as::<String>("version"), None);
    /// assert_eq!(error.members().get_as::<u32>("revision"), None);
    /// ```
    #[must_use]
    pub fn get_as<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.json(name)?).ok()
    }

    /// The value of a member as compact JSON, without parsing it; `None` if there is no member with this name.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::CONFLICT).with_member("user", "ann");
    /// assert_eq!(error.members().json("user"), Some(r#""ann""#));
    /// ```
    #[must_use]
    pub fn json(&self, name: &str) -> Option<&str> {
        let (_, json) = self.list.iter().find(|(found, _)| found == name)?;
        Some(json)
    }

    /// Whether there is a member with this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.json(name).is_some()
    }

    /// The members with their values, in order. Each step parses the JSON of one member.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        self.iter_json().map(|(name, json)| (name, value(json)))
    }

    /// The members with their values as compact JSON, in order.
    pub fn iter_json(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.list.iter().map(|(name, json)| (&**name, &**json))
    }

    /// The number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sets a member. If there is one with the same name, the new one takes its place.
    pub(super) fn set(&mut self, name: ByteString, json: ByteString) {
        match self.list.iter_mut().find(|(found, _)| *found == name) {
            Some((_, old)) => *old = json,
            None => self.list.push((name, json)),
        }
    }

    /// Removes the member of this name, if there is one.
    pub(super) fn remove(&mut self, name: &str) {
        self.list.retain(|(found, _)| found != name);
    }

    /// Adds a member that a peer sent. It is left out if there is one with this name, or if a limit is reached.
    pub(super) fn add_read(&mut self, name: ByteString, value: &impl Serialize) {
        if self.len() < MAX_MEMBERS {
            if let Ok(json) = serde_json::to_string(value) {
                self.add_read_json(name, json.into());
            }
        }
    }

    /// The same as [`add_read`](Self::add_read), for a value that is compact JSON already.
    pub(super) fn add_read_json(&mut self, name: ByteString, json: ByteString) {
        let size = || self.size() + name.len() + PUNCTUATION + json.len();
        if self.len() < MAX_MEMBERS && !self.contains(&name) && size() <= MAX_JSON {
            self.list.push((name, json));
        }
    }

    /// Replaces each name and each value, in order.
    pub(super) fn replace_texts(&mut self, mut replace: impl FnMut(&str) -> ByteString) {
        for (name, json) in &mut self.list {
            *name = replace(name);
            *json = replace(json);
        }
    }

    /// The bytes of JSON that the members take.
    fn size(&self) -> usize {
        let sizes = self.list.iter();
        sizes
            .map(|(name, json)| name.len() + json.len() + PUNCTUATION)
            .sum()
    }
}

/// Equal if the same names have the same values. The order does not count, because metadata of gRPC has no order.
impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter_json()
                .all(|(name, json)| other.json(name) == Some(json))
    }
}

impl Eq for Members {}

impl Hash for Members {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut list: Vec<_> = self.iter_json().collect();
        list.sort_unstable();
        list.hash(state);
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, json) in self.iter_json() {
            map.entry(&name, &format_args!("{json}"));
        }
        map.finish()
    }
}

/// Written as an object.
impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_members_are_bounded() {
        let mut members = Members::default();
        for number in 0..100 {
            members.add_read(number.to_string().into(), &number);
        }
        assert_eq!(members.len(), MAX_MEMBERS);

        let mut members = Members::default();
        members.add_read("large".into(), &"x".repeat(MAX_JSON));
        for number in 0..10 {
            members.add_read(number.to_string().into(), &"x".repeat(1000));
        }
        assert_eq!(members.len(), 8);
        assert!(members.size() <= MAX_JSON && !members.contains("large"));
        members.add_read("x".repeat(MAX_JSON).into(), &1);
        assert_eq!(members.len(), 8);
    }

    #[test]
    fn the_first_member_of_a_name_is_read() {
        let mut members = Members::default();
        members.add_read("a".into(), &1);
        members.add_read("a".into(), &2);
        assert_eq!(members.get("a"), Some(1.into()));
    }

    #[test]
    fn the_order_does_not_count() {
        let members = |names: [&str; 2]| {
            let mut members = Members::default();
            for name in names {
                members.add_read(name.to_owned().into(), &1);
            }
            members
        };
        assert_eq!(members(["a", "b"]), members(["b", "a"]));
        assert_ne!(members(["a", "b"]), members(["b", "c"]));
    }
}
