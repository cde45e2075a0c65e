//! Requests of common clients, each answered with a success.

use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use tower::layer::util::Identity;
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::catch_panic::CatchPanicLayer;

use super::drive::{asked, Run};
use super::services::{self, full, Answers};
use super::Contestant;

const CHROME: [(&str, &str); 15] = [
    ("host", "api.example.com"),
    ("cache-control", "no-cache"),
    ("pragma", "no-cache"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
    ("sec-ch-ua", "\"Chromium\";v=\"142\""),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("referer", "https://api.example.com/app"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9"),
    ("priority", "u=1, i"),
    ("cookie", "a=b; session=0123456789abcdef0123456789abcdef"),
];

const CHROME_PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

/// Each is the `Accept` of one client.
const ACCEPTS: [(&str, &str); 12] = [
    ("axios", "application/json, text/plain, */*"),
    ("Chrome, image", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
    ("style sheet", "text/css,*/*;q=0.1"),
    ("Firefox, image", "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
    ("Java", "text/html, image/gif, image/jpeg, */*; q=0.2"),
    ("GitHub", "application/vnd.github+json"),
    ("GraphQL", "application/graphql-response+json, application/json;q=0.9"),
    ("EventSource", "text/event-stream"),
    ("kubectl", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"),
    ("JSON with a charset", "application/json; charset=utf-8"),
    ("Googlebot", "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8"),
    ("docker", "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, */*"),
];

/// A request of one kind.
#[derive(Clone)]
struct Shape {
    name: &'static str,
    method: Method,
    version: Version,
    uri: Uri,
    headers: HeaderMap,
}

impl Shape {
    fn get(name: &'static str, headers: &[(&str, &str)]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            map.append(name, HeaderValue::try_from(*value).unwrap());
        }
        Self {
            name,
            method: Method::GET,
            version: Version::HTTP_11,
            uri: Uri::from_static("/api/v1/builds/123"),
            headers: map,
        }
    }

    fn accepting(name: &'static str, accept: &str) -> Self {
        Self::get(name, &[("accept", accept)])
    }

    /// HTTP/2 gives each cookie its own line.
    fn chrome(name: &'static str, accept: &str) -> Self {
        let cookies = [("accept", accept), ("cookie", "c1=v"), ("cookie", "c2=v")];
        let headers: Vec<_> = CHROME.into_iter().chain(cookies).collect();
        let version = Version::HTTP_2;
        Self {
            version,
            ..Self::get(name, &headers)
        }
    }

    fn with_uri(self, uri: &str) -> Self {
        let uri = uri.parse().unwrap();
        Self { uri, ..self }
    }

    fn posted(self) -> Self {
        let method = Method::POST;
        Self { method, ..self }
    }

    fn to_request(&self) -> Request {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = self.method.clone();
        *request.version_mut() = self.version;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

fn shapes() -> Vec<Shape> {
    let json = [
        ("host", "x"),
        ("accept", "*/*"),
        ("content-type", "application/json"),
    ];
    let form = [
        ("host", "x"),
        ("accept", "*/*"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let forwarded = [
        ("host", "x"),
        ("accept", "application/json"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-for", "10.0.0.1"),
    ];
    let pairs = format!("/search?{}", "a=1&bc=2&".repeat(900));
    let mut shapes = vec![
        Shape::get("no header", &[]),
        Shape::get(
            "curl",
            &[("host", "x"), ("user-agent", "curl/8"), ("accept", "*/*")],
        ),
        Shape::accepting("query of 30 bytes", "*/*").with_uri("/search?q=tower+error&page=2&n=10"),
        Shape::accepting("query of 8 KiB", "*/*").with_uri(&pairs),
        Shape::chrome("Chrome, page", CHROME_PAGE),
        Shape::chrome("Chrome, fetch", "*/*"),
        Shape::get("proxy with two X-Forwarded-For", &forwarded),
        Shape::get("POST of JSON", &json).posted(),
        Shape::get("POST of a form", &form).posted(),
        Shape::accepting(
            "Accept of 8 KiB of semicolons",
            &format!("text/x{}", ";".repeat(8000)),
        ),
        Shape::accepting("Accept of 8 KiB of elements", &"text/x;q=0.1, ".repeat(580)),
    ];
    shapes.extend(ACCEPTS.map(|(name, accept)| Shape::accepting(name, accept)));
    shapes
}

/// Each request through each layer.
pub(super) fn requests() -> impl Iterator<Item = Contestant> {
    type Make = fn(Shape) -> Run;
    let layers: [(&str, Make); 4] = [
        ("bare", |shape| {
            asked(Identity::new(), service(), move || shape.to_request())
        }),
        ("ours", |shape| {
            asked(ErrorEnvelopeLayer::new(), service(), move || {
                shape.to_request()
            })
        }),
        ("tower-http CatchPanic", |shape| {
            asked(CatchPanicLayer::new(), service(), move || {
                shape.to_request()
            })
        }),
        ("middleware with json!", |shape| {
            let layer = axum::middleware::from_fn(services::rewrite);
            asked(layer, service(), move || shape.to_request())
        }),
    ];
    shapes().into_iter().flat_map(move |shape| {
        layers.map(|(name, make)| {
            let shape = shape.clone();
            Contestant {
                group: format!("request, {}", shape.name),
                name,
                make: Box::new(move || make(shape.clone())),
            }
        })
    })
}

fn service() -> Answers<http_body_util::Full<bytes::Bytes>> {
    Answers::fine(full)
}
