//! The head of a request, as hooks get it.
//!
//! In: the head of a request. Out: its method, its URI and its id. `exchange/` keeps it until an error is answered.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id that is used, in bytes.
const MAX_REQUEST_ID: usize = 128;

/// The head of a request as hooks see it: method, URI and `x-request-id`.
///
/// A layer remembers it only if a hook is configured that gets it. An engine without tower inserts it into the extensions of the
/// response before it calls [`Normaliser::head`](crate::exchange::Normaliser::head). Without it, hooks get the [`Default`]: `GET` and
/// `/`.
///
/// `Debug` leaves the query of the URI out.
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, Uri};
/// use tower_error_envelope::exchange::RequestHead;
///
/// let headers = HeaderMap::from_iter([("x-request-id".parse()?, HeaderValue::from_static("7f3a"))]);
/// let head = RequestHead::new(&Method::GET, &Uri::from_static("/orders?token=hunter2"), &headers);
/// assert_eq!((head.uri().path(), head.request_id()), ("/orders", Some("7f3a")));
/// assert!(!format!("{head:?}").contains("hunter2"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RequestHead {
    method: Method,
    uri: Uri,
    request_id: Option<HeaderValue>,
}

impl RequestHead {
    /// The head of the request with this method, this URI and these headers. It copies `x-request-id` and no other header.
    #[must_use]
    pub fn new(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            method: method.clone(),
            uri: uri.clone(),
            request_id: headers.get(&X_REQUEST_ID).cloned(),
        }
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URI of the request. Its query may hold secrets.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The value of `x-request-id`, if it is fit to be logged and sent back: 1 to 128 bytes out of
    /// `A–Z a–z 0–9 - _ . : / + = @`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let id = self.request_id.as_ref()?.to_str().ok()?;
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
        let fits = (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(is_fit);
        fits.then_some(id)
    }
}

/// The query of the URI is left out.
impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .field("request_id", &self.request_id())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_used_only_if_it_is_short_and_plain() {
        let long = "x".repeat(MAX_REQUEST_ID + 1);
        for (id, fits) in [
            ("7f3c-22", true),
            ("Root=1-67891233:abc/def+gh=", true),
            ("", false),
            ("a b", false),
            ("<script>", false),
            ("a\tb", false),
            (&long, false),
            (&long[1..], true),
        ] {
            let value = HeaderValue::from_str(id).unwrap();
            let headers = HeaderMap::from_iter([(X_REQUEST_ID.clone(), value)]);
            let head = RequestHead::new(&Method::GET, &Uri::from_static("/"), &headers);
            assert_eq!(head.request_id().is_some(), fits, "{id}");
        }
    }
}
