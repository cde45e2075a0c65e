//! Checks in the tests of a service that each of its errors is the envelope.
//!
//! In: paths, and a service. Out: the number of errors, or the first answer that is not in the documented form.
//! [`ConformanceKit`] works in three steps:
//!
//! 1. It sends bad requests to each path: 50 requests a path.
//! 2. It reads each error with [`read`](crate::read::read), and writes the envelope with the expected dialect.
//! 3. It compares the answer with what was written: the `Content-Type` and every byte of the body.
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use axum::{extract::Path, routing::{get, post}, Json, Router};
//! use tower_error_envelope::testing::ConformanceKit;
//! use tower_error_envelope::ErrorEnvelopeLayer;
//!
//! fn routes() -> Router {
//!     Router::new()
//!         .route("/printers", post(|Json(name): Json<String>| async { name }))
//!         .route("/printers/{id}", get(|Path(id): Path<u32>| async move { id.to_string() }))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let kit = ConformanceKit::new(["/printers", "/printers/7", "/printers/seven"]);
//! let errors = kit.check(routes().layer(ErrorEnvelopeLayer::new())).await.unwrap();
//! assert!(errors > 50);
//!
//! let violation = kit.check(routes()).await.unwrap_err();
//! assert_eq!(
//!     violation.to_string(),
//!     "BREW /printers: 405 Method Not Allowed has no Content-Type, not application/json, and the body ``"
//! );
//! # }
//! # main();
//! # }
//! ```

mod requests;

use std::fmt;
use std::future::poll_fn;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full, Limited};
use tower::BoxError;
use tower_service::Service;

use self::requests::BadRequest;
use crate::http::status;
use crate::read;
use crate::write::{Clustr, ErrorWriter};

/// Bytes of an answer that are read. A longer answer is a [`Violation`].
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Bytes of a body that a [`Violation`] shows.
const SHOWN: usize = 200;

/// Sends bad requests to a service, and checks each error that it answers with.
///
/// It sends them to each of its paths, and to one path that no service has:
///
/// | method | body |
/// | --- | --- |
/// | an unknown one, HEAD, OPTIONS | none |
/// | GET, POST, PUT, PATCH, DELETE | none, text without a label, broken JSON, JSON of other types, a broken form, broken multipart, HTML |
/// | POST | 3 MiB of blanks, labelled as JSON |
/// | GET with a broken query | none |
///
/// The body of a success is not checked. **The requests reach the handlers**, DELETE as well: use a service whose data is made
/// for tests.
#[derive(Clone, Debug)]
pub struct ConformanceKit<W = Clustr> {
    paths: Vec<String>,
    dialect: W,
}

impl ConformanceKit {
    /// Sends to these paths, in this order. List paths of routes, with valid and with invalid parameters. A path may have a
    /// query.
    ///
    /// A path that is no URI makes [`check`](Self::check) fail.
    pub fn new<P: Into<String>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            paths: paths.into_iter().map(Into::into).collect(),
            dialect: Clustr,
        }
    }
}

impl<W: ErrorWriter> ConformanceKit<W> {
    /// Expects this dialect instead of the documented JSON. Default: [`Clustr`].
    ///
    /// [`read`](crate::read::read) must read the errors of the dialect without a loss, because the kit writes them again
    /// for the comparison.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] {
    /// use axum::{routing::get, Router};
    /// use tower_error_envelope::{testing::ConformanceKit, write::Problem, ErrorEnvelopeLayer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = || Router::new().route("/printers", get(|| async { "7" }));
    /// let kit = ConformanceKit::new(["/printers"]).with_dialect(Problem);
    ///
    /// assert!(kit.check(app().layer(ErrorEnvelopeLayer::new().with_dialect(Problem))).await.is_ok());
    /// let violation = kit.check(app().layer(ErrorEnvelopeLayer::new())).await.unwrap_err();
    /// assert!(violation.to_string().contains("not application/problem+json"));
    /// # }
    /// # main();
    /// # }
    /// ```
    #[must_use]
    pub fn with_dialect<D: ErrorWriter>(self, dialect: D) -> ConformanceKit<D> {
        ConformanceKit {
            paths: self.paths,
            dialect,
        }
    }

    /// Sends all requests to `service`, one after the other. Out: the number of errors, at least 1. All of them are in the
    /// expected dialect.
    ///
    /// It does not check the text of a 5xx, because a handler may have written it for the client. Write a test of your own for
    /// texts that clients must not see. There is no time limit.
    ///
    /// For a service with another request body, convert the requests with
    /// [`map_request`](https://docs.rs/tower/0.5/tower/trait.ServiceExt.html#method.map_request).
    ///
    /// # Errors
    ///
    /// - The first error that is not in the dialect, or whose body is longer than 1 MiB.
    /// - The first error of the service itself, from `poll_ready`, `call` or a body.
    /// - If the service answered no request with an error.
    pub async fn check<S, B>(&self, mut service: S) -> Result<usize, Violation>
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>>,
        S::Error: Into<BoxError>,
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let mut errors = 0;
        for request in requests::all(&self.paths) {
            let answer = call(&mut service, &request).await;
            let answer =
                answer.map_err(|error| Violation(format!("{request}: failed: {error}")))?;
            if status::is_error(answer.status()) {
                self.check_error(&request, &answer)?;
                errors += 1;
            }
        }
        match errors {
            0 => Err(Violation("no request was answered with an error".into())),
            errors => Ok(errors),
        }
    }

    /// Compares one error with what the dialect writes of it. The answer to HEAD has no body.
    fn check_error(&self, request: &BadRequest, answer: &Response<Bytes>) -> Result<(), Violation> {
        let mut expected = self.dialect.write(&read::read(answer));
        if request.method == Method::HEAD {
            expected.body_mut().clear();
        }
        let (label, body) = (answer.headers().get(CONTENT_TYPE), answer.body());
        let is_labelled = label == expected.headers().get(CONTENT_TYPE);
        if is_labelled && body == expected.body() {
            return Ok(());
        }
        let label = label.map_or("no Content-Type".into(), |label: &HeaderValue| {
            format!("the Content-Type {label:?}")
        });
        let body = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(body));
        let (status, wanted) = (answer.status(), self.dialect.media_type());
        let written = String::from_utf8_lossy(expected.body());
        Err(Violation(match is_labelled {
            true => format!("{request}: {status} has the body `{body}`, not `{written}`"),
            false => {
                format!("{request}: {status} has {label}, not {wanted}, and the body `{body}`")
            }
        }))
    }
}

/// Sends one request, and reads the body of the answer if it is an error.
async fn call<S, B>(service: &mut S, request: &BadRequest) -> Result<Response<Bytes>, BoxError>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    poll_fn(|cx| service.poll_ready(cx))
        .await
        .map_err(Into::into)?;
    let sent = request.to_request()?.map(Full::new);
    let (parts, body) = service.call(sent).await.map_err(Into::into)?.into_parts();
    if !status::is_error(parts.status) {
        return Ok(Response::from_parts(parts, Bytes::new()));
    }
    let body = Limited::new(body, ANSWER_LIMIT).collect().await?.to_bytes();
    Ok(Response::from_parts(parts, body))
}

/// An error that does not have the expected dialect. `Display` prints one line: the request, the status, and the difference, with
/// at most 200 bytes of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Violation {}
