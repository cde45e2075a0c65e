//! The kinds of errors, as a hierarchy.
//!
//! In: a status, and whether there are errors of parameters. Out: an [`ErrorKind`]. Clients decide by it.

use std::fmt;

use http::StatusCode;

use super::Envelope;

/// What went wrong with a call: the documented hierarchy of Copr's exceptions, for errors that a server answered with.
///
/// ```text
/// Request ─┬─ Validation         400 or 422 with the errors of parameters
///          ├─ NotAuthenticated   401
///          ├─ RateLimited        429
///          └─ Server             500 and above, except 504
/// Auth                           403
/// NoResult                       404
/// Timeout                        504
/// ```
///
/// [`is_a`](Self::is_a) compares with a kind and all kinds below it, so a `match` can name the parent:
///
/// ```
/// use tower_error_envelope::ErrorKind;
///
/// fn advice(kind: ErrorKind) -> &'static str {
///     match kind {
///         ErrorKind::NotAuthenticated | ErrorKind::Auth => "log in",
///         ErrorKind::NoResult => "check the id",
///         kind if kind.is_a(ErrorKind::Request) => "change the request, or retry later",
///         _ => "request fewer items",
///     }
/// }
///
/// assert_eq!(advice(ErrorKind::Validation), "change the request, or retry later");
/// assert_eq!(advice(ErrorKind::Timeout), "request fewer items");
/// ```
///
/// python-copr has the same classes for 403, 404 and 504. Its `CoprRequestException` is [`Request`](Self::Request) and all
/// kinds below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Any error without a more specific kind.
    Request,
    /// Parameters are invalid, and the server lists them.
    Validation,
    /// The request has no valid login.
    NotAuthenticated,
    /// The user is logged in, but lacks the permission.
    Auth,
    /// The requested object, or the endpoint, does not exist.
    NoResult,
    /// A gateway got no answer from the server in time.
    Timeout,
    /// There were too many requests.
    RateLimited,
    /// The server failed.
    Server,
}

impl ErrorKind {
    /// Whether this is `kind`, or a kind below it.
    ///
    /// ```
    /// use tower_error_envelope::ErrorKind;
    ///
    /// assert!(ErrorKind::RateLimited.is_a(ErrorKind::Request));
    /// assert!(!ErrorKind::Request.is_a(ErrorKind::RateLimited));
    /// assert_eq!(ErrorKind::RateLimited.parent(), Some(ErrorKind::Request));
    /// ```
    #[must_use]
    pub fn is_a(self, kind: Self) -> bool {
        std::iter::successors(Some(self), |kind| kind.parent()).any(|found| found == kind)
    }

    /// The kind above this one; `None` for a kind at the top.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Validation | Self::NotAuthenticated | Self::RateLimited | Self::Server => {
                Some(Self::Request)
            }
            Self::Request | Self::Auth | Self::NoResult | Self::Timeout => None,
        }
    }

    /// The kind of an error with this status. `has_fields` says whether it has errors of parameters.
    pub(crate) fn of(status: StatusCode, has_fields: bool) -> Self {
        match status.as_u16() {
            400 | 422 if has_fields => Self::Validation,
            401 => Self::NotAuthenticated,
            403 => Self::Auth,
            404 => Self::NoResult,
            429 => Self::RateLimited,
            504 => Self::Timeout,
            500.. => Self::Server,
            _ => Self::Request,
        }
    }
}

impl Envelope {
    /// The kind of this error: its status and its parameters decide.
    ///
    /// ```
    /// use tower_error_envelope::{Envelope, ErrorKind};
    ///
    /// let error = Envelope::validation([("email", "is taken")]);
    /// assert_eq!(error.kind(), ErrorKind::Validation);
    /// assert!(error.kind().is_a(ErrorKind::Request));
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::of(self.status(), !self.field_errors().is_empty())
    }
}

/// A few words, such as `not authenticated`.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request error",
            Self::Validation => "validation error",
            Self::NotAuthenticated => "not authenticated",
            Self::Auth => "permission denied",
            Self::NoResult => "no result",
            Self::Timeout => "gateway timeout",
            Self::RateLimited => "rate limited",
            Self::Server => "server error",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ErrorKind; 8] = [
        ErrorKind::Request,
        ErrorKind::Validation,
        ErrorKind::NotAuthenticated,
        ErrorKind::Auth,
        ErrorKind::NoResult,
        ErrorKind::Timeout,
        ErrorKind::RateLimited,
        ErrorKind::Server,
    ];

    #[test]
    fn every_kind_is_itself_and_what_its_parent_is() {
        for kind in ALL {
            assert!(kind.is_a(kind), "{kind:?}");
            for other in ALL {
                let below = kind.parent().is_some_and(|parent| parent.is_a(other));
                assert_eq!(
                    kind.is_a(other),
                    kind == other || below,
                    "{kind:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn every_status_has_the_kind_of_the_documentation_or_that_of_its_class() {
        for code in 200..1000 {
            let want = match code {
                401 => ErrorKind::NotAuthenticated,
                403 => ErrorKind::Auth,
                404 => ErrorKind::NoResult,
                429 => ErrorKind::RateLimited,
                504 => ErrorKind::Timeout,
                ..=499 => ErrorKind::Request,
                _ => ErrorKind::Server,
            };
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(ErrorKind::of(status, false), want, "{code}");
            let want = if matches!(code, 400 | 422) {
                ErrorKind::Validation
            } else {
                want
            };
            assert_eq!(ErrorKind::of(status, true), want, "{code} with fields");
        }
    }
}
