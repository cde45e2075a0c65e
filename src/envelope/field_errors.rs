//! The errors of parameters, in the order in which they came.
//!
//! In: names and messages, from a program or from a peer. Out: the same, in order. Messages of a peer are limited: 1,024
//! parameters, 64 messages for each, and 256 bytes for a name. `…` stands for everything that was cut off.

use std::borrow::Cow;
use std::fmt;

use bytestring::ByteString;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use smallvec::{smallvec, SmallVec};

/// Parameters that are read from one error.
const MAX_FIELDS: usize = 1024;
/// Messages that are read for one parameter, or about the whole.
pub(crate) const MAX_MESSAGES: usize = 64;
/// Bytes that are read of the name of a parameter.
pub(crate) const MAX_NAME: usize = 256;
/// Messages in memory. Most parameters have one or two.
type Texts = SmallVec<[ByteString; 2]>;

/// The text that stands for everything that was cut off.
const CUT: ByteString = ByteString::from_static("…");

/// The errors of parameters: names in order, and for each name its messages in order.
///
/// Each name has at least one message. A program can add any number. Of the errors that a peer sends, 1,024 parameters with
/// 64 messages each are read.
///
/// It is made from arrays, vectors and maps of names and messages ([`IntoMessages`](super::IntoMessages)), and from JSON.
///
/// ```
/// use tower_error_envelope::FieldErrors;
///
/// let one_line = FieldErrors::from([("email", "is taken"), ("age", "must be positive")]);
/// assert_eq!(one_line.len(), 2);
///
/// let mut fields = FieldErrors::new();
/// fields.push("email", "contains 300 characters, max. is 255.");
/// fields.push("username", "is taken");
/// fields.push("email", "is no address");
///
/// let email: Vec<_> = fields.get("email").collect();
/// assert_eq!(email, ["contains 300 characters, max. is 255.", "is no address"]);
/// assert_eq!(fields.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["email", "username"]);
/// ```
#[derive(Clone, Default)]
pub struct FieldErrors {
    pub(super) fields: IndexMap<ByteString, Texts, RandomState>,
}

impl FieldErrors {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message to a parameter, after the messages that it has. A new parameter is added after all others. Nothing is cut,
    /// and the same message may come twice.
    pub fn push(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.push_text(super::text(name), super::text(message));
    }

    /// Removes a parameter and returns its messages in order. The result is empty if the parameter has no error. The other
    /// parameters keep their order, so the cost is linear in their number.
    ///
    /// ```
    /// use tower_error_envelope::FieldErrors;
    ///
    /// let mut fields = FieldErrors::from([("a", "1"), ("b", "2"), ("c", "3")]);
    /// assert_eq!(fields.remove("b"), ["2"]);
    /// assert!(fields.remove("b").is_empty());
    /// assert_eq!(fields.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "c"]);
    /// ```
    pub fn remove(&mut self, name: &str) -> Vec<String> {
        let messages = self.fields.shift_remove(name).unwrap_or_default();
        messages.iter().map(ToString::to_string).collect()
    }

    /// The messages of one parameter, in order. The iterator is empty if the parameter has no error. The name is compared exactly.
    #[must_use]
    pub fn get(&self, name: &str) -> Messages<'_> {
        let messages = self.fields.get(name).map_or(&[][..], SmallVec::as_slice);
        Messages(messages.iter())
    }

    /// The parameters with their messages, in order.
    #[must_use]
    pub fn iter(&self) -> Fields<'_> {
        Fields(self.fields.iter())
    }

    /// The number of parameters with errors.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether no parameter has an error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn push_text(&mut self, name: ByteString, message: ByteString) {
        self.fields.entry(name).or_default().push(message);
    }

    /// Replaces each text: for each parameter first its name, then its messages.
    pub(super) fn replace_texts(&mut self, mut replace: impl FnMut(&str) -> ByteString) {
        let all = std::mem::take(&mut self.fields);
        self.fields.reserve(all.len());
        for (name, mut messages) in all {
            let name = replace(&name);
            for message in &mut messages {
                *message = replace(message);
            }
            self.fields.insert(name, messages);
        }
    }

    /// Reserves room for more parameters, but for no more than are read.
    pub(crate) fn reserve(&mut self, parameters: usize) {
        self.fields.reserve(parameters.min(MAX_FIELDS + 1));
    }

    /// Adds a message that a peer sent, within the limits.
    pub(crate) fn push_read(&mut self, name: ByteString, message: ByteString) {
        if let Some(messages) = self.read(name) {
            push_bounded(messages, message);
        }
    }

    /// The same as [`push_read`](Self::push_read), for messages that the parameter may have already: those are left out.
    pub(crate) fn push_new(&mut self, name: ByteString, new: impl IntoIterator<Item = ByteString>) {
        let Some(messages) = self.read(name) else {
            return;
        };
        for message in new {
            if !messages.contains(&message) {
                push_bounded(messages, message);
            }
        }
    }

    /// The messages of a parameter that a peer named; `None` if there are too many parameters.
    fn read(&mut self, name: ByteString) -> Option<&mut Texts> {
        let name = super::cut(&name, MAX_NAME).map_or(name, Into::into);
        if self.len() >= MAX_FIELDS && !self.fields.contains_key(&name) {
            let cut = self.fields.entry(CUT);
            cut.or_insert_with(|| smallvec![CUT]).truncate(1);
            return None;
        }
        Some(self.fields.entry(name).or_default())
    }
}

fn push_bounded(messages: &mut Texts, message: ByteString) {
    match messages.len() {
        MAX_MESSAGES => messages.push(CUT),
        ..=MAX_MESSAGES => messages.push(message),
        _ => {}
    }
}

/// The parameters of [`FieldErrors`] with their messages, in order.
#[derive(Clone)]
pub struct Fields<'a>(indexmap::map::Iter<'a, ByteString, Texts>);

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Messages<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, messages) = self.0.next()?;
        Some((name, Messages(messages.iter())))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Fields<'_> {}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

/// The messages of one parameter, in order.
#[derive(Clone)]
pub struct Messages<'a>(std::slice::Iter<'a, ByteString>);

impl<'a> Iterator for Messages<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|message| &**message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Messages<'_> {}

impl fmt::Debug for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_of_names_and_of_messages() {
        let fields: FieldErrors = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        assert_eq!(format!("{fields:?}"), r#"{"b": ["1", "3"], "a": ["2"]}"#);
    }

    #[test]
    fn differs_when_only_the_order_differs() {
        let one: FieldErrors = [("a", "1"), ("b", "2")].into_iter().collect();
        let two: FieldErrors = [("b", "2"), ("a", "1")].into_iter().collect();
        assert_ne!(one, two);
    }

    #[test]
    fn has_nothing_for_an_unknown_name() {
        assert_eq!(FieldErrors::new().get("email").len(), 0);
    }

    #[test]
    fn read_messages_are_bounded_and_the_cut_is_marked() {
        let mut fields = FieldErrors::new();
        for number in 0..2000 {
            fields.push_read("one".into(), number.to_string().into());
        }
        assert_eq!(fields.get("one").len(), MAX_MESSAGES + 1);
        assert_eq!(fields.get("one").last(), Some("…"));
        for number in 0..2000 {
            fields.push_read(number.to_string().into(), "x".into());
        }
        assert_eq!(fields.len(), MAX_FIELDS + 1);
        let (name, mut messages) = fields.iter().last().unwrap();
        assert_eq!(
            (name, messages.next(), messages.next()),
            ("…", Some("…"), None)
        );

        let mut fields = FieldErrors::new();
        fields.push_read("ä".repeat(1000).into(), "x".into());
        let name = fields.iter().next().map(|(name, _)| name.to_owned());
        assert_eq!(name, Some("ä".repeat(MAX_NAME / 2) + "…"));
    }
}
