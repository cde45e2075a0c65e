//! Setters for the rest of the crate.
//!
//! In: values that were read, or that the configuration has. Out: the envelope, changed in place. Readers, the policy and the
//! builder of this folder call them. The content is copied first if another clone shares it.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use http::StatusCode;
use serde::Serialize;

use super::error_type::{ErrorType, Namespace};
use super::field_errors::FieldErrors;
use super::members::Members;
use super::origin::Origin;
use super::value::Envelope;

impl Envelope {
    /// An error of which only the status is known. It was not written by a handler and not read, so it may be masked.
    pub(crate) fn inferred(status: StatusCode) -> Self {
        let mut envelope = Self::from_status(status);
        envelope.set_origin(Origin::Inferred);
        envelope
    }

    /// Sets the status. A generated message or type follows it.
    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.inner_mut().status = status;
    }

    /// Sets the origin. A new envelope is [`Deliberate`](Origin::Deliberate).
    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.inner_mut().origin = origin;
    }

    /// Sets the message about the whole. An empty message removes it.
    pub(crate) fn set_message(&mut self, message: ByteString) {
        self.inner_mut().message = Some(message).filter(|message| !message.is_empty());
    }

    /// Sets the type. An empty type removes it.
    pub(crate) fn set_error_type(&mut self, error_type: ByteString) {
        self.inner_mut().error_type = Some(error_type)
            .filter(|name| !name.is_empty())
            .map(ErrorType::from_text);
    }

    /// Replaces the class of the current status by the class in this namespace. A type that was sent stays.
    pub(crate) fn set_namespace(&mut self, namespace: &Namespace) {
        self.inner_mut().class = Some(namespace.for_status(self.status()));
    }

    /// Adds a status of validation errors. With 400, 422 or this status, an error with parameters is a validation error.
    #[allow(dead_code)]
    pub(crate) fn set_validation_status(&mut self, status: StatusCode) {
        self.inner_mut().validation_status = Some(status);
    }

    /// Adds a member that a peer sent, within the limits of [`Members`]. If a name comes several times, the first counts.
    #[allow(dead_code)]
    pub(crate) fn set_member(&mut self, name: ByteString, value: &impl Serialize) {
        self.inner_mut().members.add_read(name, value);
    }

    /// The same as `set_member`, for a value that is compact JSON already.
    pub(crate) fn set_member_json(&mut self, name: ByteString, json: ByteString) {
        self.inner_mut().members.add_read_json(name, json);
    }

    /// Removes the member of this name.
    pub(crate) fn remove_member(&mut self, name: &str) {
        self.members_mut().remove(name);
    }

    pub(super) fn members_mut(&mut self) -> &mut Members {
        &mut self.inner_mut().members
    }

    /// Sets the delay before a retry that a protocol names outside of headers, such as `RetryInfo` of gRPC.
    pub(crate) fn set_retry_delay(&mut self, delay: Duration) {
        self.inner_mut().retry_delay = Some(delay);
    }

    #[allow(dead_code)]
    pub(crate) fn set_shared_source(&mut self, source: Arc<dyn Error + Send + Sync>) {
        self.inner_mut().source = Some(source);
    }

    /// Keeps the status of another protocol, such as gRPC, so that the same status can be written again.
    pub(crate) fn set_protocol_status<T: Any + Send + Sync>(&mut self, status: T) {
        self.inner_mut().protocol_status = Some(Arc::new(status));
    }

    pub(crate) fn fields_mut(&mut self) -> &mut FieldErrors {
        &mut self.inner_mut().fields
    }
}
