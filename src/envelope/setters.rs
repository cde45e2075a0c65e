//! What the rest of the crate changes in an envelope: what was read, and what the configuration says.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::error_type::{ErrorType, Namespace};
use super::field_errors::FieldErrors;
use super::headers::is_of_the_message;
use super::members::Members;
use super::origin::Origin;
use super::value::Envelope;

impl Envelope {
    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.inner_mut().status = status;
    }

    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.inner_mut().origin = origin;
    }

    /// An empty message is none.
    pub(crate) fn set_message(&mut self, message: ByteString) {
        self.inner_mut().message = Some(message).filter(|message| !message.is_empty());
    }

    /// An empty type is none.
    pub(crate) fn set_error_type(&mut self, error_type: ByteString) {
        self.inner_mut().error_type = Some(error_type)
            .filter(|name| !name.is_empty())
            .map(ErrorType::from_text);
    }

    pub(super) fn set_sent_type(&mut self, error_type: ErrorType) {
        self.inner_mut().error_type = Some(error_type);
    }

    pub(crate) fn set_namespace(&mut self, namespace: &Namespace) {
        self.inner_mut().class = Some(namespace.for_status(self.status()));
    }

    /// With this status, too, parameters make it a validation error, as they do with 400 and 422.
    #[allow(dead_code)]
    pub(crate) fn set_validation_status(&mut self, status: StatusCode) {
        self.inner_mut().validation_status = Some(status);
    }

    /// Adds a member that a peer sent, within the bounds of [`Members`]. The first of several of one name counts.
    #[allow(dead_code)]
    pub(crate) fn set_member(&mut self, name: ByteString, value: &impl Serialize) {
        self.inner_mut().members.add_read(name, value);
    }

    /// As [`set_member`](Self::set_member), of a value that is compact JSON.
    pub(crate) fn set_member_json(&mut self, name: ByteString, json: ByteString) {
        self.inner_mut().members.add_read_json(name, json);
    }

    pub(super) fn members_mut(&mut self) -> &mut Members {
        &mut self.inner_mut().members
    }

    pub(crate) fn set_retry_delay(&mut self, delay: Duration) {
        self.inner_mut().retry_delay = Some(delay);
    }

    pub(super) fn put_member(&mut self, name: ByteString, json: ByteString) {
        self.inner_mut().members.set(name, json);
    }

    pub(super) fn set_fields(&mut self, fields: FieldErrors) {
        *self.fields_mut() = fields;
    }

    pub(super) fn set_source(&mut self, source: Box<dyn Error + Send + Sync>) {
        self.inner_mut().source = Some(source.into());
    }

    #[allow(dead_code)]
    pub(crate) fn set_shared_source(&mut self, source: Arc<dyn Error + Send + Sync>) {
        self.inner_mut().source = Some(source);
    }

    /// Adds a header, if it may be the error's own.
    pub(super) fn add_header(&mut self, name: HeaderName, value: HeaderValue) {
        if !is_of_the_message(&name) {
            // More than a map can hold is left out.
            let _ = self.inner_mut().headers.try_append(name, value);
        }
    }

    pub(crate) fn set_protocol_status<T: Any + Send + Sync>(&mut self, status: T) {
        self.inner_mut().protocol_status = Some(Arc::new(status));
    }

    pub(crate) fn fields_mut(&mut self) -> &mut FieldErrors {
        &mut self.inner_mut().fields
    }
}
