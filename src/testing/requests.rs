//! The bad requests that the kit sends.
//!
//! In: paths. Out: requests, made one by one. [`ConformanceKit::check`](super::ConformanceKit::check) sends them.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};

/// A path that no service has.
const NOWHERE: &str = "/no-such-path/of-any-service";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Bytes of a body that is longer than the default limit of extractors.
const LONG: usize = 3 * 1024 * 1024;

/// Labels and bodies. A label and its body do not fit together, or no handler expects them.
const BODIES: [(Option<&str>, &str); 9] = [
    (None, ""),
    (None, "x"),
    (Some(JSON), "{"),
    (Some(JSON), "{}"),
    (Some(JSON), "[]"),
    (Some(JSON), "null"),
    (Some(FORM), "%ff=%zz&=&a"),
    (Some("multipart/form-data"), "--x"),
    (Some("text/html"), "<"),
];

/// One request. It can be sent several times, and printed in a [`Violation`](super::Violation).
pub(super) struct BadRequest {
    pub(super) method: Method,
    path: String,
    label: Option<&'static str>,
    body: Bytes,
}

/// All requests for these paths, and for [`NOWHERE`].
pub(super) fn all(paths: &[String]) -> impl Iterator<Item = BadRequest> + '_ {
    let nowhere = NOWHERE.to_owned();
    paths.iter().cloned().chain([nowhere]).flat_map(to)
}

/// All requests for one path: three without a body, nine bodies for each of five methods, a long body, and a broken query.
fn to(path: String) -> impl Iterator<Item = BadRequest> {
    let unknown = Method::from_bytes(b"BREW").unwrap_or(Method::TRACE);
    let bare = [unknown, Method::HEAD, Method::OPTIONS].map(|method| (method, None, Bytes::new()));
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let bad = methods.into_iter().flat_map(|method| {
        let static_body = |text: &'static str| Bytes::from_static(text.as_bytes());
        let bad = BODIES.map(|(label, text)| (method.clone(), label, static_body(text)));
        bad.into_iter()
    });
    let long = (Method::POST, Some(JSON), Bytes::from(vec![b' '; LONG]));
    let separator = if path.contains('?') { '&' } else { '?' };
    let queried = BadRequest {
        method: Method::GET,
        path: format!("{path}{separator}%ff=%zz&=&a"),
        label: None,
        body: Bytes::new(),
    };
    let all = bare.into_iter().chain(bad).chain([long]);
    let all = all.map(move |(method, label, body)| BadRequest {
        method,
        path: path.clone(),
        label,
        body,
    });
    all.chain([queried])
}

impl BadRequest {
    /// The request for a service. It fails if the path is no URI.
    pub(super) fn to_request(&self) -> http::Result<Request<Bytes>> {
        let request = Request::builder().method(&self.method).uri(&self.path);
        let request = match self.label {
            Some(label) => request.header(CONTENT_TYPE, label),
            None => request,
        };
        request.body(self.body.clone())
    }
}

/// ``POST /printers with application/json `{` ``. From 100 bytes on, only the length of the body is printed.
impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(label) = self.label {
            write!(f, " with {label}")?;
        }
        match self.body.len() {
            0 => Ok(()),
            1..=99 => write!(f, " `{}`", String::from_utf8_lossy(&self.body)),
            bytes => write!(f, " of {bytes} bytes"),
        }
    }
}
