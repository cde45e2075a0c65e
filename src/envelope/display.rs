//! What of an envelope is shown: to clients as JSON, to people as text.

use std::borrow::Cow;
use std::fmt;

use super::json::{is_reserved, with_reserved_names};
use super::{Envelope, ErrorType};

impl Envelope {
    /// The text to show beside the inputs named `fields`: the documented client algorithm, `get_error_message`.
    ///
    /// The message about the whole if there is one; else one line `<field> - <message>` for each message of each
    /// field asked for, in the order asked; else the empty string.
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
        if let Some(message) = self.shown_message() {
            return message.into();
        }
        let lines = fields.iter().flat_map(|field| self.line_of(field));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn line_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = String> + 'a {
        self.field_errors()
            .get(field)
            .map(move |message| format!("{field} - {message}"))
    }

    /// What the documented JSON carries as message: a validation error shows only one that was sent.
    pub(crate) fn shown_message(&self) -> Option<Cow<'_, str>> {
        let own = if self.field_errors().is_empty() {
            Some(self.message())
        } else {
            self.sent_message()
        };
        with_reserved_names(own, self.field_errors())
    }

    /// What the documented JSON carries as type: a validation error shows only one that was sent.
    pub(crate) fn shown_error_type(&self) -> Option<&ErrorType> {
        if self.field_errors().is_empty() {
            Some(self.error_type())
        } else {
            self.sent_error_type()
        }
    }
}

impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.status() == other.status()
            && self.shown_message() == other.shown_message()
            && self.shown_error_type() == other.shown_error_type()
            && self.field_errors() == other.field_errors()
            && self.headers() == other.headers()
    }
}

/// The message; several messages as one bullet a line, those of parameters as `name: message`.
impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.shown_message().unwrap_or_default();
        let whole = message.lines().map(Cow::Borrowed);
        let fields = self
            .field_errors()
            .iter()
            .filter(|(name, _)| !is_reserved(name));
        let fields = fields.flat_map(|(name, messages)| {
            messages.map(move |message| format!("{name}: {message}").into())
        });
        let lines: Vec<Cow<'_, str>> = whole.chain(fields).collect();
        match lines.as_slice() {
            [line] => f.write_str(line),
            lines => write!(f, "- {}", lines.join("\n- ")),
        }
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("status", &self.status())
            .field("message", &self.sent_message())
            .field("error_type", &self.sent_error_type())
            .field("field_errors", self.field_errors())
            .field("headers", &self.headers().keys().collect::<Vec<_>>())
            .field("origin", &self.origin())
            .finish()
    }
}

impl std::error::Error for Envelope {}
