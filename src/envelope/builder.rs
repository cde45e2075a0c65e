//! Constructors of an [`Envelope`], and the methods that change one.
//!
//! In: a status, texts, parameters, members, headers, an error. Out: an envelope. Handlers call these methods, and so do the
//! conversions of this crate. Nothing here fails: a value that cannot be used is left out.

use std::borrow::Cow;
use std::error::Error;

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::headers::is_of_the_message;
use super::{text, Envelope, ErrorType, FieldErrors};

impl Envelope {
    /// An error with a message that the client may read.
    ///
    /// In: the status and the message. The type is the class of the status, unless
    /// [`with_error_type`](Self::with_error_type) sets another. For a failure inside the server,
    /// [`internal`](Self::internal) is safer: the text of an inner error often names hosts, tables or users.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::new(StatusCode::NOT_FOUND, "There is no printer 8");
    /// assert_eq!(error.error_type(), "clustr.exceptions.NotFound");
    /// ```
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::from_status(status).with_message(message)
    }

    /// A validation error: status 400, and messages for each invalid parameter.
    ///
    /// In: pairs of a name and a message or a list of messages, as an array, a `Vec` or a map. Out: an envelope without a message
    /// about the whole.
    ///
    /// ```
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::validation([("email", "is taken"), ("age", "must be positive")]);
    /// assert_eq!(error.to_string(), "- email: is taken\n- age: must be positive");
    /// ```
    #[must_use]
    pub fn validation(fields: impl Into<FieldErrors>) -> Self {
        let mut envelope = Self::from_status(StatusCode::BAD_REQUEST);
        *envelope.fields_mut() = fields.into();
        envelope
    }

    /// An error inside the server: status 500. The client gets the reason phrase, logs and hooks get `error` as
    /// [`source`](Self::source).
    ///
    /// ```
    /// use tower_error_envelope::Envelope;
    ///
    /// fn port(text: &str) -> Result<u16, Envelope> {
    ///     text.parse().map_err(Envelope::internal)
    /// }
    ///
    /// let error = port("x").unwrap_err();
    /// assert_eq!(error.to_string(), "Internal Server Error");
    /// assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
    /// ```
    #[must_use]
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from_status(StatusCode::INTERNAL_SERVER_ERROR).with_source(error)
    }

    /// The same error with another status.
    ///
    /// A generated message or type follows the status. A status below 400 is not an error: the layer then answers with the status
    /// that the response has, else with 500.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::NOT_FOUND).with_status(StatusCode::GONE);
    /// assert_eq!((error.message(), error.error_type().as_str()), ("Gone", "clustr.exceptions.Gone"));
    /// ```
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.set_status(status);
        self
    }

    /// The same error with this message about the whole. An empty message means that there is none.
    ///
    /// ```
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::validation([("email", "is taken")]).with_message("The account was not created");
    /// assert_eq!(error.message_for(&["email"]), "The account was not created");
    /// assert_eq!(error.with_message("").message_for(&["email"]), "email - is taken");
    /// ```
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.set_message(text(message));
        self
    }

    /// The same error with this machine-readable type. An empty type means that there is none.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::PAYMENT_REQUIRED).with_error_type("card_declined");
    /// assert_eq!(error.error_type(), "card_declined");
    /// assert_eq!(error.with_error_type("").error_type(), "clustr.exceptions.PaymentRequired");
    /// ```
    #[must_use]
    pub fn with_error_type(mut self, error_type: impl Into<ErrorType>) -> Self {
        self.set_error_type(error_type.into().into_text());
        self
    }

    /// The same error with one more message for a parameter. Messages of one parameter keep their order.
    ///
    /// It does not change the status: with any other than 400 and 422, the error keeps its message and its type beside the
    /// parameters.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::UNPROCESSABLE_ENTITY)
    ///     .with_field("email", "is taken")
    ///     .with_field("email", "is too long");
    /// assert_eq!(serde_json::to_string(&error)?, r#"{"email":["is taken","is too long"]}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_field(
        mut self,
        name: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields_mut().push(name, message);
        self
    }

    /// The same error with this member. It replaces a member of the same name. See [`Members`](super::Members).
    ///
    /// In: a name, and any value that becomes a JSON value. Members that a program sets have no limit of number or size.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::CONFLICT).with_member("request_id", "7f3a");
    /// assert_eq!(error.members().get_as::<String>("request_id").as_deref(), Some("7f3a"));
    /// ```
    #[must_use]
    pub fn with_member(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        let json = value.into().to_string();
        self.inner_mut().members.set(text(name), json.into());
        self
    }

    /// The same error with one more header, such as `Retry-After`, for the response that it becomes.
    ///
    /// These are left out: a name or a value that no header can have, and the headers that describe the body or the
    /// connection (`Content-Type`, `Content-Length`, `ETag`, `Transfer-Encoding`, `Connection` and the like).
    ///
    /// ```
    /// use http::{header, HeaderValue, StatusCode};
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::UNAUTHORIZED)
    ///     .with_header("retry-after", "3")
    ///     .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
    ///     .with_header("content-length", 7)
    ///     .with_header("x-odd", "two\r\nlines");
    /// assert_eq!(error.headers().len(), 2);
    /// ```
    #[must_use]
    pub fn with_header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            if !is_of_the_message(&name) {
                // More than a map can hold is left out.
                let headers = self.inner_mut().headers.get_or_insert_with(Box::default);
                let _ = headers.try_append(name, value);
            }
        }
        self
    }

    /// The same error with its cause, for logs and hooks. No dialect and no protocol writes the cause.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::Envelope;
    ///
    /// let error = Envelope::from_status(StatusCode::BAD_GATEWAY).with_source("connect to 10.0.0.7: refused");
    /// assert_eq!(error.to_string(), "Bad Gateway");
    /// assert_eq!(error.source().unwrap().to_string(), "connect to 10.0.0.7: refused");
    /// ```
    #[must_use]
    pub fn with_source(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.inner_mut().source = Some(error.into().into());
        self
    }
}

/// See [`Envelope::from_status`].
impl From<StatusCode> for Envelope {
    fn from(status: StatusCode) -> Self {
        Self::from_status(status)
    }
}

/// See [`Envelope::new`].
impl<M: Into<Cow<'static, str>>> From<(StatusCode, M)> for Envelope {
    fn from((status, message): (StatusCode, M)) -> Self {
        Self::new(status, message)
    }
}

/// See [`Envelope::validation`].
impl From<FieldErrors> for Envelope {
    fn from(fields: FieldErrors) -> Self {
        Self::validation(fields)
    }
}
