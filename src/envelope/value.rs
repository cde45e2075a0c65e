//! The envelope itself.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bytestring::ByteString;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::error_type::{documented, ErrorType, Namespace};
use super::field_errors::FieldErrors;
use super::origin::Origin;
use super::text;
use crate::http::status;

/// An HTTP error: what every error becomes that passes the layers of this crate.
///
/// The size of a pointer; clones share their content. It is what handlers return, what clients get, and what the layer leaves in the
/// [`Extensions`](http::Extensions) of each response that it wrote.
///
/// Two envelopes are equal when they are written the same in the documented JSON and have the same status and
/// headers; where they came from ([`origin`](Self::origin)) does not count.
///
/// ```
/// use http::{header, HeaderValue, StatusCode};
/// use tower_error_envelope::Envelope;
///
/// let busy = Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "The printer is out of paper")
///     .with_error_type("printer.OutOfPaper")
///     .with_header(header::RETRY_AFTER, HeaderValue::from(120));
///
/// assert_eq!(busy.to_string(), "The printer is out of paper");
/// assert_eq!(
///     serde_json::to_string(&busy)?,
///     r#"{"_error_message":"The printer is out of paper","_error_type":"printer.OutOfPaper"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Envelope {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    status: StatusCode,
    origin: Origin,
    message: Option<ByteString>,
    error_type: Option<ErrorType>,
    /// The class of the status in a namespace of the user's.
    class: Option<ErrorType>,
    fields: FieldErrors,
    headers: HeaderMap,
    /// The status of another protocol that it came from. Its type is known to the module of that protocol.
    protocol_status: Option<Arc<dyn Any + Send + Sync>>,
    form: Form,
}

/// What the body of the response that carries an envelope already is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Something else: the envelope has to be written.
    Value,
    /// The documented JSON of the envelope.
    Documented,
    /// What a layer of a server wrote, in whatever dialect: it is done.
    Answered,
    /// What a layer of a client wrote: done for clients, and foreign to the server that passes it on.
    Normalised,
}

impl Envelope {
    /// An error with a message for humans.
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::from_status(status).with_message(message)
    }

    /// An error of which nothing is known but its status.
    ///
    /// Its message is the reason phrase of the status, its type the class of the status.
    #[must_use]
    pub fn from_status(status: StatusCode) -> Self {
        Self {
            inner: Arc::new(Inner {
                status,
                origin: Origin::Deliberate,
                message: None,
                error_type: None,
                class: None,
                fields: FieldErrors::new(),
                headers: HeaderMap::new(),
                protocol_status: None,
                form: Form::Value,
            }),
        }
    }

    /// A validation error: status 400, and what is wrong with which parameter.
    #[must_use]
    pub fn validation(fields: FieldErrors) -> Self {
        let mut envelope = Self::from_status(StatusCode::BAD_REQUEST);
        envelope.inner_mut().fields = fields;
        envelope
    }

    /// The same error with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.set_status(status);
        self.inner_mut().form = Form::Value;
        self
    }

    /// The same error with this message about the whole.
    ///
    /// An empty message is as good as none.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.set_message(text(message));
        self
    }

    /// The same error with this machine-readable type.
    #[must_use]
    pub fn with_error_type(mut self, error_type: impl Into<ErrorType>) -> Self {
        self.inner_mut().error_type = Some(error_type.into());
        self.inner_mut().form = Form::Value;
        self
    }

    /// The same error with one more message for a parameter.
    #[must_use]
    pub fn with_field(
        mut self,
        name: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields_mut().push(name, message);
        self
    }

    /// The same error with one more header, such as `Retry-After`, for the response that it becomes.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.inner_mut().headers.append(name, value);
        self.inner_mut().form = Form::Value;
        self
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The message about the whole: as it was sent, else the reason phrase of the status.
    #[must_use]
    pub fn message(&self) -> &str {
        self.sent_message()
            .unwrap_or_else(|| status::reason(self.inner.status))
    }

    /// The message about the whole, if one was sent.
    #[must_use]
    pub fn sent_message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// The machine-readable type: as it was sent, else the class of the status.
    #[must_use]
    pub fn error_type(&self) -> &ErrorType {
        self.sent_error_type().unwrap_or_else(|| self.class())
    }

    /// The machine-readable type, if one was sent.
    #[must_use]
    pub fn sent_error_type(&self) -> Option<&ErrorType> {
        self.inner.error_type.as_ref()
    }

    /// What is wrong with which parameter.
    #[must_use]
    pub fn field_errors(&self) -> &FieldErrors {
        &self.inner.fields
    }

    /// The headers that go with the response beside those that describe its body.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.headers
    }

    /// Where this error came from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.inner.origin
    }

    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.inner_mut().status = status;
    }

    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.inner_mut().origin = origin;
    }

    pub(crate) fn set_message(&mut self, message: ByteString) {
        self.inner_mut().message = Some(message).filter(|message| !message.is_empty());
        self.inner_mut().form = Form::Value;
    }

    pub(crate) fn set_error_type(&mut self, error_type: ByteString) {
        self.inner_mut().error_type = Some(error_type)
            .filter(|name| !name.is_empty())
            .map(ErrorType::from_text);
    }

    pub(crate) fn set_namespace(&mut self, namespace: &Namespace) {
        self.inner_mut().class = Some(namespace.for_status(self.inner.status));
    }

    /// The class of the status, in the namespace of the user's if there is one.
    pub(crate) fn class(&self) -> &ErrorType {
        let class = self.inner.class.as_ref();
        class.unwrap_or_else(|| documented(self.inner.status))
    }

    pub(crate) fn protocol_status<T: Any>(&self) -> Option<&T> {
        self.inner.protocol_status.as_deref()?.downcast_ref()
    }

    pub(crate) fn set_protocol_status<T: Any + Send + Sync>(&mut self, status: T) {
        self.inner_mut().protocol_status = Some(Arc::new(status));
    }

    pub(crate) fn form(&self) -> Form {
        self.inner.form
    }

    pub(crate) fn set_form(&mut self, form: Form) {
        self.inner_mut().form = form;
    }

    pub(crate) fn fields_mut(&mut self) -> &mut FieldErrors {
        self.inner_mut().form = Form::Value;
        &mut self.inner_mut().fields
    }

    /// Clones of an envelope share what they say until one of them changes.
    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }
}
