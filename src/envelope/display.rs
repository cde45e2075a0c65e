//! The message and the type that the documented JSON shows, and the error as text for people.
//!
//! In: an envelope. Out: its message, its type and its lines. Writers, `Display` and the comparison of envelopes use them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::json::{is_reserved, with_reserved_names};
use super::{Envelope, ErrorType};
use crate::http::status;

impl Envelope {
    /// The text to show beside the inputs named `fields`. This is the documented client algorithm, `get_error_message`.
    ///
    /// The first of these that exists:
    ///
    /// 1. the message about the whole, unless it is only the reason phrase of the status;
    /// 2. one line `<field> - <message>` for each message of each of the fields, in the order of `fields`;
    /// 3. the reason phrase, if the envelope shows one;
    /// 4. the empty string.
    ///
    /// ```
    /// use tower_error_envelope::Envelope;
    ///
    /// let error: Envelope = serde_json::from_str(r#"{"email": ["is taken"], "username": ["too long", "no '@'"]}"#)?;
    /// assert_eq!(error.message_for(&["username"]), "username - too long\nusername - no '@'");
    /// assert_eq!(error.message_for(&["phone"]), "");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn message_for(&self, fields: &[&str]) -> String {
        let message = self.shown_message().unwrap_or_default();
        if !message.is_empty() && message != status::reason(self.status()) {
            return message.into();
        }
        let lines = fields.iter().flat_map(|field| {
            let messages = self.field_errors().get(field);
            messages.map(move |message| format!("{field} - {message}"))
        });
        let lines: Vec<_> = lines.collect();
        if lines.is_empty() {
            return message.into();
        }
        lines.join("\n")
    }

    /// The message in the documented JSON. A validation error shows a message only if one was sent.
    pub(crate) fn shown_message(&self) -> Option<Cow<'_, str>> {
        let own = if self.is_validation() {
            self.sent_message()
        } else {
            Some(self.message())
        };
        with_reserved_names(own, self.field_errors())
    }

    /// The type in the documented JSON. A validation error shows a type only if one was sent.
    pub(crate) fn shown_error_type(&self) -> Option<&ErrorType> {
        if self.is_validation() {
            self.sent_error_type()
        } else {
            Some(self.error_type())
        }
    }

    /// Whether the status and the documented JSON are equal.
    pub(crate) fn equals_without_headers(&self, other: &Self) -> bool {
        self.status() == other.status()
            && self.shown_message() == other.shown_message()
            && self.shown_error_type() == other.shown_error_type()
            && self.field_errors() == other.field_errors()
            && self.members() == other.members()
    }

    /// All messages as text: the message about the whole, then one line `name: message` for each message of a parameter.
    pub(crate) fn plain_text(&self) -> Cow<'_, str> {
        let message = self.shown_message();
        if self.field_errors().is_empty() {
            return message.unwrap_or_default();
        }
        let fields = self.field_errors().iter();
        let fields = fields.filter(|(name, _)| !is_reserved(name));
        let fields = fields.flat_map(|(name, messages)| {
            messages.map(move |message| format!("{name}: {message}").into())
        });
        let lines: Vec<Cow<'_, str>> = message.into_iter().chain(fields).collect();
        lines.join("\n").into()
    }
}

/// Equal if the documented JSON, the status and the headers are equal. A generated message equals the same message that was sent.
impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.equals_without_headers(other) && self.headers() == other.headers()
    }
}

impl Eq for Envelope {}

/// Headers are left out, because a map of headers has no order.
impl Hash for Envelope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.status().hash(state);
        self.shown_message().hash(state);
        self.shown_error_type().hash(state);
        self.field_errors().hash(state);
        self.members().hash(state);
    }
}

/// One line is shown as it is. Several lines become a bullet each. Messages of parameters are lines `name: message`.
impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.plain_text();
        if !text.contains('\n') {
            return f.write_str(&text);
        }
        let lines: Vec<_> = text.lines().collect();
        write!(f, "- {}", lines.join("\n- "))
    }
}

/// Leaves out the values of headers and the [`source`](Envelope::source), because they may be secrets.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("status", &self.status())
            .field("message", &self.sent_message())
            .field("error_type", &self.sent_error_type())
            .field("field_errors", self.field_errors())
            .field("members", self.members())
            .field("headers", &self.headers().keys().collect::<Vec<_>>())
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
