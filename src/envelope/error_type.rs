//! The machine-readable type of an error, and the class of each status.
//!
//! In: a name that a peer or a program gave, or a status. Out: an [`ErrorType`]. One table has the classes of all statuses.

use std::borrow::Cow;
use std::fmt;

use bytestring::ByteString;
use http::StatusCode;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// The machine-readable type of an error, such as `clustr.exceptions.NotFound`.
///
/// The type that a peer sent is kept as it is. If none was sent, [`for_status`](Self::for_status) gives the class of the status in
/// the documented namespace, `clustr.exceptions`. It compares with `&str`, and is a string in serde.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::ErrorType;
///
/// assert_eq!(ErrorType::new("card_declined"), "card_declined");
/// assert_eq!(ErrorType::for_status(StatusCode::NOT_FOUND), "clustr.exceptions.NotFound");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ErrorType(ByteString);

impl ErrorType {
    /// A type with this name. The name is not changed.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(super::text(name))
    }

    /// The class of `status` in the documented namespace: `clustr.exceptions.<Class>`.
    ///
    /// 35 statuses have a class of their own. Any other has the class of 400 if it is below 500, else that of 500
    /// ([RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)).
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::ErrorType;
    ///
    /// for (status, class) in [(401, "NotAuthenticated"), (429, "Throttled"), (499, "BadRequest"), (599, "ServerError")] {
    ///     let status = StatusCode::from_u16(status)?;
    ///     assert_eq!(ErrorType::for_status(status), format!("clustr.exceptions.{class}").as_str());
    /// }
    /// # Ok::<(), http::status::InvalidStatusCode>(())
    /// ```
    #[must_use]
    pub fn for_status(status: StatusCode) -> Self {
        documented(status).clone()
    }

    /// The name, for example `clustr.exceptions.NotFound`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A type whose name is a part of a text that was read.
    pub(crate) fn from_text(name: ByteString) -> Self {
        Self(name)
    }

    /// The name, without a copy.
    pub(super) fn into_text(self) -> ByteString {
        self.0
    }

    /// The first status that has this class in the documented namespace; `None` for any other type.
    pub(crate) fn documented_status(&self) -> Option<StatusCode> {
        let (status, _) = CLASSES.iter().find(|(_, class)| class == self)?;
        StatusCode::from_u16(*status).ok()
    }

    /// The part after the namespace.
    pub(crate) fn name(&self) -> &str {
        self.as_str().rsplit('.').next().unwrap_or_default()
    }
}

impl<N: Into<Cow<'static, str>>> From<N> for ErrorType {
    fn from(name: N) -> Self {
        Self::new(name)
    }
}

impl AsRef<str> for ErrorType {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for ErrorType {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ErrorType {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<ErrorType> for str {
    fn eq(&self, other: &ErrorType) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<ErrorType> for &str {
    fn eq(&self, other: &ErrorType) -> bool {
        *self == other.as_str()
    }
}

/// A string.
impl Serialize for ErrorType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// From a string.
impl<'de> Deserialize<'de> for ErrorType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// The classes of all statuses in a namespace of the user. They are made once, so to use them allocates nothing.
#[derive(Clone, Debug)]
pub(crate) struct Namespace(Vec<(u16, ErrorType)>);

impl Namespace {
    pub(crate) fn new(namespace: &str) -> Self {
        let named = |(status, class): &(u16, ErrorType)| {
            (
                *status,
                ErrorType::new(format!("{namespace}.{}", class.name())),
            )
        };
        Self(CLASSES.iter().map(named).collect())
    }

    pub(crate) fn for_status(&self, status: StatusCode) -> ErrorType {
        lookup(&self.0, status).unwrap_or(&SERVER_ERROR).clone()
    }
}

/// The class of a status in the documented namespace.
pub(crate) fn documented(status: StatusCode) -> &'static ErrorType {
    lookup(&CLASSES, status).unwrap_or(&SERVER_ERROR)
}

fn lookup(classes: &[(u16, ErrorType)], status: StatusCode) -> Option<&ErrorType> {
    let generic = if status.as_u16() < 500 { 400 } else { 500 };
    let find = |code| {
        classes
            .binary_search_by_key(&code, |(status, _)| *status)
            .ok()
    };
    let position = find(status.as_u16()).or_else(|| find(generic))?;
    classes.get(position).map(|(_, class)| class)
}

const fn known(name: &'static str) -> ErrorType {
    ErrorType(ByteString::from_static(name))
}

static SERVER_ERROR: ErrorType = known("clustr.exceptions.ServerError");

/// In order of status. Names that differ from the reason phrase, such as `NotAuthenticated`, `PermissionDenied`, `Throttled` and
/// `ServerError`, are those of the documentation. All others are the reason phrases of the
/// [IANA registry](https://www.iana.org/assignments/http-status-codes) as class names.
static CLASSES: [(u16, ErrorType); 35] = [
    (400, known("clustr.exceptions.BadRequest")),
    (401, known("clustr.exceptions.NotAuthenticated")),
    (402, known("clustr.exceptions.PaymentRequired")),
    (403, known("clustr.exceptions.PermissionDenied")),
    (404, known("clustr.exceptions.NotFound")),
    (405, known("clustr.exceptions.MethodNotAllowed")),
    (406, known("clustr.exceptions.NotAcceptable")),
    (407, known("clustr.exceptions.ProxyAuthenticationRequired")),
    (408, known("clustr.exceptions.RequestTimeout")),
    (409, known("clustr.exceptions.Conflict")),
    (410, known("clustr.exceptions.Gone")),
    (411, known("clustr.exceptions.LengthRequired")),
    (412, known("clustr.exceptions.PreconditionFailed")),
    (413, known("clustr.exceptions.ContentTooLarge")),
    (414, known("clustr.exceptions.UriTooLong")),
    (415, known("clustr.exceptions.UnsupportedMediaType")),
    (416, known("clustr.exceptions.RangeNotSatisfiable")),
    (417, known("clustr.exceptions.ExpectationFailed")),
    (421, known("clustr.exceptions.MisdirectedRequest")),
    (422, known("clustr.exceptions.UnprocessableContent")),
    (423, known("clustr.exceptions.Locked")),
    (424, known("clustr.exceptions.FailedDependency")),
    (425, known("clustr.exceptions.TooEarly")),
    (426, known("clustr.exceptions.UpgradeRequired")),
    (428, known("clustr.exceptions.PreconditionRequired")),
    (429, known("clustr.exceptions.Throttled")),
    (431, known("clustr.exceptions.RequestHeaderFieldsTooLarge")),
    (451, known("clustr.exceptions.UnavailableForLegalReasons")),
    (500, known("clustr.exceptions.ServerError")),
    (501, known("clustr.exceptions.NotImplemented")),
    (502, known("clustr.exceptions.BadGateway")),
    (503, known("clustr.exceptions.ServiceUnavailable")),
    (504, known("clustr.exceptions.GatewayTimeout")),
    (505, known("clustr.exceptions.HttpVersionNotSupported")),
    (507, known("clustr.exceptions.InsufficientStorage")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_class() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            let class = ErrorType::for_status(status);
            let generic = match code {
                ..=499 => "clustr.exceptions.BadRequest",
                _ => "clustr.exceptions.ServerError",
            };
            let listed = CLASSES.iter().any(|(listed, _)| *listed == code);
            assert_eq!(
                class.as_str() == generic,
                !listed || code == 400 || code == 500,
                "{code}"
            );
        }
    }

    #[test]
    fn classes_stand_in_order_of_status() {
        assert!(CLASSES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_namespace_replaces_only_the_namespace() {
        let shop = Namespace::new("shop.exceptions");
        assert_eq!(
            shop.for_status(StatusCode::TOO_MANY_REQUESTS).as_str(),
            "shop.exceptions.Throttled"
        );
        assert_eq!(
            shop.for_status(StatusCode::IM_A_TEAPOT).as_str(),
            "shop.exceptions.BadRequest"
        );
    }

    #[test]
    fn a_documented_class_names_its_status() {
        for (code, class) in &CLASSES {
            assert_eq!(class.documented_status().unwrap().as_u16(), *code);
        }
        assert_eq!(ErrorType::new("shop.NotFound").documented_status(), None);
    }
}
