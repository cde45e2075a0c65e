//! Helpers for the tests of the rules.

use std::collections::VecDeque;
use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::{ApiError, ErrorEnvelopeLayer, RaiseErrorsLayer, RaisedError};

pub(crate) use crate::exchange::{answer, exchange, Inside, Script, Seen, Step, SECRET};

pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

/// A layer with each dialect of the crate, the documented one first.
pub(crate) fn all_dialects() -> ErrorEnvelopeLayer {
    ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem)
        .with_dialect(Copr)
}

/// The answer to a GET without headers.
pub(crate) fn get(inside: Inside) -> Seen {
    send("GET", &[], inside)
}

/// The answer to a request over HTTP/1.1.
pub(crate) fn send(method: &str, headers: Headers<'_>, inside: Inside) -> Seen {
    send_to(&ErrorEnvelopeLayer::new(), method, headers, inside)
}

pub(crate) fn send_to(
    layer: &ErrorEnvelopeLayer,
    method: &str,
    headers: Headers<'_>,
    inside: Inside,
) -> Seen {
    let uri = if method == "CONNECT" {
        "shop.example:443"
    } else {
        "/x"
    };
    let request = crate::exchange::request(method, Version::HTTP_11, uri, headers);
    exchange(layer, request, inside)
}

/// The answer for a text error with one more header.
pub(crate) fn with_header(status: u16, name: &str, value: &str) -> Seen {
    get(answer(status, &[(name, value)], "text"))
}

/// Every value of a header, in order.
pub(crate) fn values(seen: &Seen, name: &str) -> Vec<String> {
    let values = seen.head.headers().get_all(name).into_iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

/// A response whose headers are given as bytes, with extensions and the like left to the caller.
pub(crate) fn response(
    status: u16,
    headers: Headers<'_>,
    body: impl Into<Bytes>,
) -> Response<Script> {
    let mut response = Response::new(Script::of(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    *response.headers_mut() = header_map(headers);
    response
}

pub(crate) fn header_map(headers: Headers<'_>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

/// A response with these frames.
pub(crate) fn framed(
    status: u16,
    headers: Headers<'_>,
    steps: impl IntoIterator<Item = Step>,
) -> Inside {
    let steps: VecDeque<_> = steps.into_iter().collect();
    Inside::Answers(response(status, headers, "").map(|_| Script {
        steps,
        is_exact: false,
    }))
}

pub(crate) fn data(bytes: impl Into<Bytes>) -> Step {
    Step::Data(bytes.into())
}

/// The message of the documented envelope.
pub(crate) fn message(seen: &Seen) -> String {
    let json: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    json["_error_message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The envelope of a status alone.
pub(crate) fn is_generic(seen: &Seen) -> bool {
    let status = seen.head.status();
    let envelope = tower_error_envelope::Envelope::from_status(status);
    seen.body == Clustr::to_json(&envelope)
}

/// The answer of a server whose service fails with this error.
pub(crate) fn fails_with(error: impl Into<BoxError>) -> Response<Bytes> {
    let mut error = Some(error.into());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Err::<Response<Full<Bytes>>, BoxError>(
            error.take().unwrap(),
        ))
    });
    let answer = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()));
    collect(tokio_test::block_on(answer).unwrap_or_else(|never: Infallible| match never {}))
}

pub(crate) fn collect<B>(response: Response<B>) -> Response<Bytes>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let (parts, body) = response.into_parts();
    let body = tokio_test::block_on(body.collect()).unwrap().to_bytes();
    Response::from_parts(parts, body)
}

/// The result of a client with `RaiseErrorsLayer`.
pub(crate) fn raise_with(
    layer: &RaiseErrorsLayer,
    response: Response<Script>,
) -> Result<Response<Bytes>, RaisedError<Infallible>> {
    let mut response = Some(response);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let request = Request::get("http://shop.example/x?q=1").body(()).unwrap();
    tokio_test::block_on(layer.layer(service).oneshot(request)).map(collect)
}

pub(crate) fn raise(
    status: u16,
    headers: Headers<'_>,
    body: &str,
) -> Result<Response<Bytes>, ApiError> {
    raise_with(
        &RaiseErrorsLayer::new(),
        response(status, headers, body.to_owned()),
    )
    .map_err(|error| error.into_api().unwrap())
}

/// The error that a client gets.
pub(crate) fn raised(status: u16, headers: Headers<'_>, body: &str) -> ApiError {
    raise(status, headers, body).unwrap_err()
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const TEXT: (&str, &str) = ("content-type", "text/plain");
pub(crate) const HTML: (&str, &str) = ("content-type", "text/html");
