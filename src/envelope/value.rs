//! The envelope itself.
//!
//! In: the values that constructors and readers set. Out: the same values, or those that the status implies. Everything in this
//! crate that reads, writes or carries an error uses this type.

use std::any::Any;
use std::error::Error;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytestring::ByteString;
use http::{HeaderMap, StatusCode};

use super::error_type::{documented, ErrorType};
use super::field_errors::FieldErrors;
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

/// The content of an envelope. `None` stands for a value that was neither sent nor set.
#[derive(Clone)]
pub(super) struct Inner {
    pub(super) status: StatusCode,
    pub(super) origin: Origin,
    pub(super) message: Option<ByteString>,
    pub(super) error_type: Option<ErrorType>,
    /// The class of the status, if the user has set another namespace.
    pub(super) class: Option<ErrorType>,
    pub(super) fields: FieldErrors,
    pub(super) members: Members,
    /// They are in a box: nearly all errors have none, and an empty map has 96 bytes.
    pub(super) headers: Option<Box<HeaderMap>>,
    /// The status that the user has chosen for validation errors.
    pub(super) validation_status: Option<StatusCode>,
    /// The delay before a retry, if the protocol of the server names one outside of headers.
    pub(super) retry_delay: Option<Duration>,
    /// For logs and hooks. No dialect writes it.
    pub(super) source: Option<Arc<dyn Error + Send + Sync>>,
    /// The status of another protocol that it came from. Its type is known to the module of that protocol.
    pub(super) protocol_status: Option<Arc<dyn Any + Send + Sync>>,
}

/// The headers of an envelope that has none.
static NO_HEADERS: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);

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
                headers: None,
                validation_status: None,
                retry_delay: None,
                source: None,
                protocol_status: None,
            }),
        }
    }

    /// The status of the error. The response gets it, unless the protocol has a status of its own (gRPC: 200).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The message about the whole. If none was sent, it is the reason phrase of the status
    /// ([RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)). It is never empty.
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

    /// The machine-readable type. If none was sent, it is the class of the status: see [`ErrorType::for_status`].
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
    ///
    /// ```
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::validation([("email", "is taken"), ("email", "is too long")]);
    /// let email: Vec<_> = error.field_errors().get("email").collect();
    /// assert_eq!(email, ["is taken", "is too long"]);
    /// ```
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
        self.inner.headers.as_deref().unwrap_or(&NO_HEADERS)
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

    /// Whether this is a validation error: it has parameters, and the status 400, 422 or the configured one. Its message and its
    /// type are shown only if they were given.
    pub(crate) fn is_validation(&self) -> bool {
        let status = self.inner.status;
        let fits =
            matches!(status.as_u16(), 400 | 422) || self.inner.validation_status == Some(status);
        fits && !self.inner.fields.is_empty()
    }

    pub(crate) fn retry_delay(&self) -> Option<Duration> {
        self.inner.retry_delay
    }

    /// The class of the status, in the configured namespace.
    pub(crate) fn class(&self) -> &ErrorType {
        let class = self.inner.class.as_ref();
        class.unwrap_or_else(|| documented(self.inner.status))
    }

    /// The status of another protocol that this error came from; `None` if there is none of this type.
    pub(crate) fn protocol_status<T: Any>(&self) -> Option<&T> {
        self.inner.protocol_status.as_deref()?.downcast_ref()
    }

    /// Whether this is an unchanged clone of `other`.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// The content, to be changed. It is copied first if another clone shares it.
    pub(super) fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }
}

impl Error for Envelope {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Self::source(self)
    }
}
