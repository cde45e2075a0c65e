//! The envelope itself.
//!
//! In: the values that constructors and readers set. Out: the same values, or those that the status implies. Everything in this
//! crate that reads, writes or carries an error uses this type.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::error_type::{documented, ErrorType, Namespace};
use super::field_errors::FieldErrors;
use super::headers::is_of_the_message;
use super::members::Members;
use super::origin::Origin;
use crate::http::status;

/// An HTTP error as a value: every error that passes a layer of this crate becomes one.
///
/// Handlers return it, clients get it, and a layer leaves it in the [`Extensions`](http::Extensions) of each error response. It
/// has the size of a pointer, and clones share their content until one of them changes.
///
/// Use [`internal`](Self::internal) for a failure inside a server: the client gets the reason phrase, and the log gets the
/// error. Use [`new`](Self::new) for a text that the client may read.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::Envelope;
///
/// fn config() -> Result<String, Envelope> {
///     std::fs::read_to_string("/etc/printer/missing.conf").map_err(Envelope::internal)
/// }
///
/// let error = config().unwrap_err();
/// assert_eq!((error.status().as_u16(), error.message()), (500, "Internal Server Error"));
/// assert!(error.source().unwrap().is::<std::io::Error>());
///
/// let busy = Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "The printer is out of paper")
///     .with_error_type("printer.OutOfPaper")
///     .with_member("tray", 2)
///     .with_header("retry-after", 120);
/// assert_eq!(busy.to_string(), "The printer is out of paper");
/// assert_eq!(
///     serde_json::to_string(&busy)?,
///     r#"{"_error_message":"The printer is out of paper","_error_type":"printer.OutOfPaper","_error_details":{"tray":2}}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Two envelopes are equal if they have the same documented JSON, the same status and the same headers.
/// [`origin`](Self::origin) and [`source`](Self::source) do not count.
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
    /// The class of the status in a namespace that the user has set.
    class: Option<ErrorType>,
    fields: FieldErrors,
    members: Members,
    headers: HeaderMap,
    /// The status that the user has chosen for validation errors.
    validation_status: Option<StatusCode>,
    /// How long the server asks clients to wait, if its protocol has a field for that.
    retry_delay: Option<Duration>,
    /// For logs and hooks. It is never written to a client.
    source: Option<Arc<dyn Error + Send + Sync>>,
    /// The status of another protocol that this error came from. Only the module of that protocol knows its type.
    protocol_status: Option<Arc<dyn Any + Send + Sync>>,
}

impl Envelope {
    /// An error of which only the status is known.
    ///
    /// Its message is the reason phrase of the status, and its type is the class of the status.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::GONE);
    /// assert_eq!((error.message(), error.sent_message()), ("Gone", None));
    /// assert_eq!(error.error_type(), "clustr.exceptions.Gone");
    /// ```
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
                members: Members::default(),
                headers: HeaderMap::new(),
                validation_status: None,
                retry_delay: None,
                source: None,
                protocol_status: None,
            }),
        }
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The message about the whole. If none was sent, it is the reason phrase of the status.
    #[must_use]
    pub fn message(&self) -> &str {
        self.sent_message()
            .unwrap_or_else(|| status::reason(self.inner.status))
    }

    /// The message about the whole; `None` if none was sent or set.
    #[must_use]
    pub fn sent_message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// The machine-readable type. If none was sent, it is the class of the status.
    #[must_use]
    pub fn error_type(&self) -> &ErrorType {
        self.sent_error_type().unwrap_or_else(|| self.class())
    }

    /// The machine-readable type; `None` if none was sent or set.
    #[must_use]
    pub fn sent_error_type(&self) -> Option<&ErrorType> {
        self.inner.error_type.as_ref()
    }

    /// The errors of parameters: each name with its messages. It is empty if no parameter is wrong.
    #[must_use]
    pub fn field_errors(&self) -> &FieldErrors {
        &self.inner.fields
    }

    /// Further members of the error, such as a request id.
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.inner.members
    }

    /// The headers that the error adds to its response, such as `Retry-After`. Headers that describe a body or a connection are
    /// never among them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.headers
    }

    /// Where this error came from: the program, a peer, or only a status.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.inner.origin
    }

    /// The cause of this error, for logs and hooks; `None` if there is none. No dialect and no protocol writes it.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.inner.source.as_deref()?;
        Some(source)
    }

    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.inner_mut().status = status;
    }

    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.inner_mut().origin = origin;
    }

    /// An empty message means that there is none.
    pub(crate) fn set_message(&mut self, message: ByteString) {
        self.inner_mut().message = Some(message).filter(|message| !message.is_empty());
    }

    /// An empty type means that there is none.
    pub(crate) fn set_error_type(&mut self, error_type: ByteString) {
        self.inner_mut().error_type = Some(error_type)
            .filter(|name| !name.is_empty())
            .map(ErrorType::from_text);
    }

    pub(super) fn set_sent_type(&mut self, error_type: ErrorType) {
        self.inner_mut().error_type = Some(error_type);
    }

    pub(crate) fn set_namespace(&mut self, namespace: &Namespace) {
        self.inner_mut().class = Some(namespace.for_status(self.inner.status));
    }

    /// Sets one more status with which parameters make a validation error, beside 400 and 422.
    #[allow(dead_code)]
    pub(crate) fn set_validation_status(&mut self, status: StatusCode) {
        self.inner_mut().validation_status = Some(status);
    }

    /// Whether this is a validation error: it has parameters, and its status is 400, 422 or the user's own.
    pub(crate) fn is_validation(&self) -> bool {
        let status = self.inner.status;
        let fits =
            matches!(status.as_u16(), 400 | 422) || self.inner.validation_status == Some(status);
        fits && !self.inner.fields.is_empty()
    }

    /// Adds a member that a peer sent, within the limits of [`Members`]. Of several members with one name, the first counts.
    #[allow(dead_code)]
    pub(crate) fn set_member(&mut self, name: ByteString, value: &impl Serialize) {
        self.inner_mut().members.add_read(name, value);
    }

    /// The same as [`set_member`](Self::set_member), for a value that is compact JSON.
    pub(crate) fn set_member_json(&mut self, name: ByteString, json: ByteString) {
        self.inner_mut().members.add_read_json(name, json);
    }

    pub(super) fn members_mut(&mut self) -> &mut Members {
        &mut self.inner_mut().members
    }

    pub(super) fn retry_delay(&self) -> Option<Duration> {
        self.inner.retry_delay
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

    /// Adds a header, unless it describes a body or a connection.
    pub(super) fn add_header(&mut self, name: HeaderName, value: HeaderValue) {
        if !is_of_the_message(&name) {
            // More than a map can hold is left out.
            let _ = self.inner_mut().headers.try_append(name, value);
        }
    }

    /// The class of the status, in the namespace of the user if there is one.
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

    /// Whether this is a clone of `other`, and nobody has changed either since.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn fields_mut(&mut self) -> &mut FieldErrors {
        &mut self.inner_mut().fields
    }

    /// The content, to be changed. Clones share it until one of them changes.
    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }
}

impl Error for Envelope {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Self::source(self)
    }
}
