//! Copies the texts of an envelope into a buffer of their own.
//!
//! In: an envelope whose texts are views of a body. Out: the same envelope with its own texts. The readers of bodies call it.
//!
//! A body may be a small view of a large buffer, and a view keeps the whole buffer in memory. Hooks, extensions and errors keep
//! envelopes, so an envelope must not keep more than its own texts.

use bytestring::ByteString;

use super::{Envelope, ErrorType};

/// Copies texts into one buffer.
struct Buffer {
    all: ByteString,
    start: usize,
}

impl Buffer {
    fn next(&mut self, text: &str) -> ByteString {
        if text.len() == self.all.len() {
            // The only text is the buffer: a view of it would be one more allocation.
            return std::mem::take(&mut self.all);
        }
        let end = self.start + text.len();
        let own = self.all.get(self.start..end).unwrap_or_default();
        self.start = end;
        self.all.slice_ref(own)
    }
}

impl Envelope {
    /// Copies all texts. Those of parameters and members go into one buffer. Afterwards the envelope keeps only the bytes of its
    /// texts.
    pub(crate) fn detach(&mut self) {
        if self.field_errors().is_empty() && self.members().is_empty() {
            return self.detach_whole();
        }
        let mut texts = String::with_capacity(self.texts().map(str::len).sum());
        texts.extend(self.texts());
        let mut buffer = Buffer {
            all: texts.into(),
            start: 0,
        };
        let message = self.sent_message().map(|text| buffer.next(text));
        let error_type = self
            .sent_error_type()
            .map(|name| buffer.next(name.as_str()));
        if let Some(message) = message {
            self.set_message(message);
        }
        if let Some(name) = error_type {
            self.set_error_type(name);
        }
        if !self.field_errors().is_empty() {
            self.fields_mut().replace_texts(|text| buffer.next(text));
        }
        if !self.members().is_empty() {
            self.members_mut().replace_texts(|text| buffer.next(text));
        }
    }

    /// The same as [`detach`](Self::detach), without parameters and members: to copy two texts takes half the instructions that a
    /// buffer takes.
    fn detach_whole(&mut self) {
        if let Some(message) = self.sent_message().map(ByteString::from) {
            self.set_message(message);
        }
        let name = self.sent_error_type().map(ErrorType::as_str);
        if let Some(name) = name.map(ByteString::from) {
            self.set_error_type(name);
        }
    }

    /// The texts, in the order in which [`detach`](Self::detach) copies them.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let whole = [
            self.sent_message(),
            self.sent_error_type().map(ErrorType::as_str),
        ];
        let fields = self.field_errors().iter();
        let fields = fields.flat_map(|(name, messages)| std::iter::once(name).chain(messages));
        let members = self.members().iter_json();
        let members = members.flat_map(|(name, json)| [name, json]);
        whole.into_iter().flatten().chain(fields).chain(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    #[test]
    fn a_detached_envelope_is_equal() {
        let envelopes = [
            Envelope::from_status(StatusCode::NOT_FOUND),
            Envelope::new(StatusCode::NOT_FOUND, "größe").with_error_type("a.B"),
            Envelope::validation([("a", "1"), ("b", ""), ("", "2"), ("a", "3")]).with_message("m"),
            Envelope::new(StatusCode::NOT_FOUND, "none")
                .with_field("a", "1")
                .with_member("request_id", "r-1")
                .with_member("retry_after", 3),
        ];
        for envelope in envelopes {
            let mut detached = envelope.clone();
            detached.detach();
            assert_eq!(detached, envelope);
        }
    }

    #[test]
    fn the_texts_of_a_detached_envelope_are_no_views_of_the_body() {
        let body = ByteString::from("none request_id \"r-1\"".repeat(100));
        let part = |start, end| body.slice_ref(&body[start..end]);
        let mut envelope = Envelope::from_status(StatusCode::NOT_FOUND);
        envelope.set_message(part(0, 4));
        envelope.set_member_json(part(5, 15), part(16, 21));
        envelope.detach();
        let range = body.as_bytes().as_ptr_range();
        let mut texts = envelope.texts();
        assert!(texts.all(|text| !range.contains(&text.as_ptr())));
        assert_eq!(envelope.members().json("request_id"), Some(r#""r-1""#));
    }
}
