//! Headers of an error: which are removed with its old body, which stay, and which are added.

mod support;

use std::convert::Infallible;

use bytes::Bytes;
use http::{header, HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use support::{collect, values};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// The response of the layer for an error with these headers.
async fn passed(
    layer: ErrorEnvelopeLayer,
    status: u16,
    headers: Headers<'_>,
    body: &'static str,
) -> Response<Bytes> {
    let mut response = Response::new(Full::<Bytes>::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        response
            .headers_mut()
            .append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.clone()))
    });
    let response = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    collect(response).await
}

async fn through(status: u16, headers: Headers<'_>) -> Response<Bytes> {
    passed(ErrorEnvelopeLayer::new(), status, headers, "text").await
}

#[tokio::test]
async fn headers_of_the_old_body_are_removed() {
    let headers = [
        ("content-length", "999"),
        ("content-encoding", "gzip"),
        ("content-location", "/errors/404.html"),
        ("content-disposition", "attachment; filename=report.pdf"),
        ("content-range", "bytes 0-1/2"),
        ("content-md5", "Q2hlY2sgSW50ZWdyaXR5IQ=="),
        ("content-digest", "sha-256=:AA==:"),
        ("repr-digest", "sha-256=:AA==:"),
        ("digest", "sha-256=AA=="),
        ("etag", "\"page\""),
        ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("accept-ranges", "bytes"),
        ("trailer", "x-checksum"),
        ("transfer-encoding", "chunked"),
        ("signature", "sig1=:AA==:"),
        ("signature-input", "sig1=(\"content-length\")"),
    ];
    for header in headers {
        let response = through(404, &[header, ("content-type", "text/html")]).await;
        assert_eq!(response.headers().get(header.0), None, "{header:?}");
        assert_eq!(values(&response, "content-type"), ["application/json"]);
    }
}

#[tokio::test]
async fn one_content_type_takes_the_place_of_several() {
    let response = through(
        400,
        &[
            ("content-type", "text/plain"),
            ("content-type", "text/html"),
        ],
    )
    .await;
    assert_eq!(values(&response, "content-type"), ["application/json"]);
}

#[tokio::test]
async fn repeated_headers_stay_in_order() {
    let headers = [
        ("www-authenticate", "Basic realm=\"a\""),
        ("set-cookie", "a=1"),
        ("www-authenticate", "Bearer realm=\"b\""),
        ("set-cookie", "b=2"),
        ("set-cookie", "a=3"),
        ("link", "<https://a.example>; rel=blocked-by"),
        ("link", "<https://b.example>; rel=help"),
    ];
    let response = through(401, &headers).await;
    assert_eq!(
        values(&response, "www-authenticate"),
        ["Basic realm=\"a\"", "Bearer realm=\"b\""]
    );
    assert_eq!(values(&response, "set-cookie"), ["a=1", "b=2", "a=3"]);
    assert_eq!(values(&response, "link").len(), 2);
}

#[tokio::test]
async fn headers_that_do_not_describe_the_body_stay() {
    let headers = [
        (407, "proxy-authenticate", "Basic"),
        (401, "authentication-info", "nextnonce=x"),
        (429, "retry-after", "30"),
        (405, "allow", "GET, HEAD"),
        (426, "upgrade", "h2c"),
        (415, "accept", "application/json"),
        (415, "accept-encoding", "gzip"),
        (415, "accept-patch", "text/x-diff"),
        (403, "access-control-allow-origin", "https://app.example"),
        (403, "access-control-expose-headers", "x-request-id"),
        (404, "vary", "origin"),
        (404, "cache-control", "max-age=60"),
        (404, "age", "10"),
        (500, "x-request-id", "4711"),
        (503, "strict-transport-security", "max-age=1"),
        (429, "ratelimit", "limit=10, remaining=0"),
        (503, "connection", "close"),
        (502, "proxy-status", "edge; error=connection_refused"),
        (404, "content-security-policy", "default-src 'none'"),
        (404, "want-content-digest", "sha-256=1"),
        (404, "x-anything", "größe"),
    ];
    for (status, name, value) in headers {
        let response = through(status, &[(name, value)]).await;
        let kept: Vec<_> = response
            .headers()
            .get_all(name)
            .into_iter()
            .map(HeaderValue::as_bytes)
            .collect();
        assert_eq!(kept, [value.as_bytes()], "{status} {name}");
    }
}

#[tokio::test]
async fn a_sensitive_value_stays_sensitive() {
    let service = tower::service_fn(|_: Request<()>| async {
        let mut cookie = HeaderValue::from_static("session=secret");
        cookie.set_sensitive(true);
        let response = Response::builder()
            .status(400)
            .header(header::SET_COOKIE, cookie);
        Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap())
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert!(response.headers()[header::SET_COOKIE].is_sensitive());
}

#[tokio::test]
async fn an_unsatisfied_range_stays_with_416() {
    let response = through(416, &[("content-range", "bytes */1234")]).await;
    assert_eq!(values(&response, "content-range"), ["bytes */1234"]);
}

#[tokio::test]
async fn validators_of_the_resource_stay_where_they_speak_of_it() {
    for (status, stays) in [
        (404, false),
        (409, true),
        (412, true),
        (428, true),
        (500, false),
    ] {
        let response = through(status, &[("etag", "\"v2\"")]).await;
        assert_eq!(response.headers().contains_key("etag"), stays, "{status}");
    }
}

#[tokio::test]
async fn the_language_stays_with_the_words_it_is_said_of() {
    assert!(through(400, &[("content-language", "de")])
        .await
        .headers()
        .contains_key("content-language"));
    assert!(!through(500, &[("content-language", "de")])
        .await
        .headers()
        .contains_key("content-language"));
}

#[tokio::test]
async fn caches_do_not_store_masked_errors() {
    assert_eq!(
        values(&through(500, &[]).await, "cache-control"),
        ["no-store"]
    );
    assert_eq!(
        values(
            &through(500, &[("cache-control", "private")]).await,
            "cache-control"
        ),
        ["private"]
    );
    assert!(values(&through(404, &[]).await, "cache-control").is_empty());
}

#[tokio::test]
async fn no_type_is_to_be_guessed() {
    assert_eq!(
        values(&through(404, &[]).await, "x-content-type-options"),
        ["nosniff"]
    );
    let given = through(404, &[("x-content-type-options", "nosniff")]).await;
    assert_eq!(values(&given, "x-content-type-options"), ["nosniff"]);
}

#[tokio::test]
async fn accept_is_named_once_where_it_could_decide() {
    let two = || {
        ErrorEnvelopeLayer::new()
            .with_dialect(tower_error_envelope::write::Clustr)
            .with_dialect(tower_error_envelope::write::Problem)
    };
    let cases: [(Headers<'_>, &[&str]); 5] = [
        (&[], &["accept"]),
        (
            &[("vary", "accept-encoding, ACCEPT")],
            &["accept-encoding, ACCEPT"],
        ),
        (&[("vary", "*")], &["*"]),
        (&[("vary", "origin")], &["origin", "accept"]),
        (
            &[("vary", "accept-encoding"), ("vary", "accept")],
            &["accept-encoding", "accept"],
        ),
    ];
    for (headers, want) in cases {
        assert_eq!(
            values(&passed(two(), 404, headers, "text").await, "vary"),
            want
        );
    }
    assert!(values(&through(404, &[]).await, "vary").is_empty());
}

#[tokio::test]
async fn headers_of_the_envelope_take_the_place_of_old_ones() {
    let layer = ErrorEnvelopeLayer::new().map_envelope(|envelope, _| {
        envelope
            .with_header(header::RETRY_AFTER, HeaderValue::from(60))
            .with_header(header::SET_COOKIE, HeaderValue::from_static("b=2"))
    });
    let response = passed(
        layer,
        429,
        &[("retry-after", "1"), ("set-cookie", "a=1")],
        "slow down",
    )
    .await;
    assert_eq!(values(&response, "retry-after"), ["60"]);
    assert_eq!(values(&response, "set-cookie"), ["a=1", "b=2"]);
}

#[tokio::test]
async fn a_reason_phrase_of_an_upstream_is_removed_with_its_status() {
    use hyper::ext::ReasonPhrase;
    for (body, stays) in [("plain text", true), (r#"{"n": ["too high"]}"#, false)] {
        let mut response = Response::new(Full::<Bytes>::from(body));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
            .extensions_mut()
            .insert(ReasonPhrase::from_static(b"Unprocessable Content"));
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.clone()))
        });
        let response = ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap();
        assert_eq!(
            response.extensions().get::<ReasonPhrase>().is_some(),
            stays,
            "{}",
            response.status()
        );
    }
}

#[tokio::test]
async fn the_version_of_an_upstream_is_not_that_of_the_answer() {
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder()
            .status(404)
            .version(http::Version::HTTP_3);
        Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap())
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(response.version(), http::Version::HTTP_11);
}

#[tokio::test]
async fn extensions_stay() {
    #[derive(Clone, Debug, PartialEq)]
    struct Route(&'static str);
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder().status(404).extension(Route("/x"));
        Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap())
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(response.extensions().get(), Some(&Route("/x")));
    assert!(response.extensions().get::<Envelope>().is_some());
}

#[tokio::test]
async fn a_full_map_of_headers_does_not_panic() {
    let service = tower::service_fn(|_: Request<()>| async {
        let mut headers = HeaderMap::new();
        for number in 0.. {
            let name: HeaderName = format!("x-{number}").parse().unwrap();
            if headers.try_append(name, HeaderValue::from(number)).is_err() {
                break;
            }
        }
        let mut response = Response::new(Full::<Bytes>::from("text"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        *response.headers_mut() = headers;
        Ok::<_, Infallible>(response)
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn a_language_stays_only_beside_the_words_that_are_in_it() {
    let german = [("content-language", "de")];
    for (status, body, stays) in [
        (404, "Kein Papier", true),
        (404, "", false),
        (500, "Nein", false),
    ] {
        let response = passed(ErrorEnvelopeLayer::new(), status, &german, body).await;
        assert_eq!(
            !values(&response, "content-language").is_empty(),
            stays,
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn a_signature_stays_beside_a_documented_body_whose_status_stays() {
    let signed = [
        ("signature", "sig1=:AA==:"),
        ("content-type", "application/json"),
    ];
    for (status, sent, stays) in [(400, 400, true), (422, 400, false)] {
        let layer = ErrorEnvelopeLayer::new();
        let response = passed(layer, status, &signed, r#"{"name":["is taken"]}"#).await;
        assert_eq!(response.status().as_u16(), sent);
        assert_eq!(
            !values(&response, "signature").is_empty(),
            stays,
            "{status}"
        );
    }
}
