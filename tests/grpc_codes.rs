//! Each code goes through the layer as it came, from each protocol to each, masked or not.
#![cfg(feature = "tonic")]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use serde_json::{json, Value};
use tonic::{Code, Status};
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

const SECRET: &str = "hunter2 at 10.0.0.7";

/// The codes with the names of Connect and the statuses of HTTP, as
/// [Connect](https://connectrpc.com/docs/protocol#error-codes) lists them; `CANCELLED` is first.
const CODES: [(&str, u16); 16] = [
    ("canceled", 499),
    ("unknown", 500),
    ("invalid_argument", 400),
    ("deadline_exceeded", 504),
    ("not_found", 404),
    ("already_exists", 409),
    ("permission_denied", 403),
    ("resource_exhausted", 429),
    ("failed_precondition", 400),
    ("aborted", 409),
    ("out_of_range", 400),
    ("unimplemented", 501),
    ("internal", 500),
    ("unavailable", 503),
    ("data_loss", 500),
    ("unauthenticated", 401),
];

/// How an error comes from inside of the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// A head of gRPC without a body.
    Grpc,
    /// The same, without a message.
    BareGrpc,
    /// Connect's unary JSON.
    Connect,
    /// The same, without a message.
    BareConnect,
    /// Connect's unary JSON with the status that it had until 2024.
    OldConnect,
    /// The JSON of Google's APIs, with the name of the code.
    Google,
    /// The JSON of grpc-gateway, with the number of the code.
    Gateway,
    /// A service that fails with a status of tonic.
    Failed,
    /// An envelope that a status of tonic became by `?`.
    Returned,
}

const WAYS: [Came; 9] = [
    Came::Grpc,
    Came::BareGrpc,
    Came::Connect,
    Came::BareConnect,
    Came::OldConnect,
    Came::Google,
    Came::Gateway,
    Came::Failed,
    Came::Returned,
];

impl Came {
    fn answer(self, number: i32) -> Result<Response<Full<Bytes>>, BoxError> {
        let (name, http) = CODES[number as usize - 1];
        let status = |message: &str| Status::new(Code::from(number), message);
        let old = match name {
            "canceled" | "deadline_exceeded" => 408,
            "failed_precondition" => 412,
            "unimplemented" => 404,
            _ => http,
        };
        let http = if self == Self::OldConnect { old } else { http };
        let json = |json: Value| {
            let response = Response::builder().status(http);
            let response = response.header("content-type", "application/json");
            Ok(response.body(json.to_string().into())?)
        };
        match self {
            Self::Grpc => Ok(status(SECRET).into_http()),
            Self::BareGrpc => Ok(status("").into_http()),
            Self::Google => {
                let name = name.to_uppercase().replace("CANCELED", "CANCELLED");
                json(json!({"error": {"code": http, "message": SECRET, "status": name}}))
            }
            Self::Gateway => json(json!({"code": number, "message": SECRET, "details": []})),
            Self::Connect | Self::OldConnect => json(json!({"code": name, "message": SECRET})),
            Self::BareConnect => json(json!({ "code": name })),
            Self::Failed => Err(status(SECRET).into()),
            Self::Returned => {
                let envelope = Envelope::from(status(SECRET));
                let mut response = Response::new(Full::default());
                *response.status_mut() = envelope.status();
                response.extensions_mut().insert(envelope);
                Ok(response)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Grpc,
    GrpcWeb,
    ConnectUnary,
    ConnectGet,
    ConnectStream,
}

const CALLERS: [Caller; 5] = [
    Caller::Grpc,
    Caller::GrpcWeb,
    Caller::ConnectUnary,
    Caller::ConnectGet,
    Caller::ConnectStream,
];

impl Caller {
    fn request(self) -> Request<()> {
        let (method, uri, label) = match self {
            Self::Grpc => (Method::POST, "/a.v1.B/C", "application/grpc"),
            Self::GrpcWeb => (Method::POST, "/a.v1.B/C", "application/grpc-web"),
            Self::ConnectUnary => (Method::POST, "/a.v1.B/C", "application/json"),
            Self::ConnectGet => (Method::GET, "/a.v1.B/C?connect=v1&encoding=json", "x/y"),
            Self::ConnectStream => (Method::POST, "/a.v1.B/C", "application/connect+json"),
        };
        let request = Request::builder().method(method).uri(uri);
        let request = request.version(Version::HTTP_2);
        let request = request.header("connect-protocol-version", "1");
        request.header("content-type", label).body(()).unwrap()
    }

    /// The code in an answer, by its name in Connect, and all that the answer says.
    fn read(self, answer: &Response<Bytes>) -> (String, String) {
        let error = match self {
            Self::Grpc | Self::GrpcWeb => {
                let number = answer.headers()["grpc-status"].to_str().unwrap();
                let number: usize = number.parse().unwrap();
                return (CODES[number - 1].0.to_owned(), format!("{answer:?}"));
            }
            Self::ConnectUnary | Self::ConnectGet => serde_json::from_slice(answer.body()).unwrap(),
            Self::ConnectStream => {
                assert_eq!((answer.status(), answer.body()[0]), (StatusCode::OK, 2));
                let mut end: Value = serde_json::from_slice(&answer.body()[5..]).unwrap();
                end["error"].take()
            }
        };
        let code = error["code"].as_str().unwrap().to_owned();
        (code, format!("{answer:?}"))
    }
}

fn call(
    layer: &ErrorEnvelopeLayer,
    request: Request<()>,
    came: Came,
    number: i32,
) -> Response<Bytes> {
    let service = tower::service_fn(move |_: Request<()>| std::future::ready(came.answer(number)));
    let answer = layer.layer(service).oneshot(request);
    let answer: Result<_, Infallible> = answer.now_or_never().unwrap();
    let (parts, body) = answer.unwrap().into_parts();
    let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
    Response::from_parts(parts, body)
}

#[test]
fn a_code_goes_out_as_it_came_masked_or_not() {
    let masking = ErrorEnvelopeLayer::new();
    let open = ErrorEnvelopeLayer::new().with_insecure_internals();
    let mut wrong = Vec::new();
    for (number, (name, _)) in (1..).zip(CODES) {
        for came in WAYS {
            for caller in CALLERS {
                for (layer, masks) in [(&masking, true), (&open, false)] {
                    let answer = call(layer, caller.request(), came, number);
                    let (code, _) = caller.read(&answer);
                    if code != name {
                        wrong.push(format!(
                            "{came:?} {name} -> {caller:?} {code} masks: {masks}"
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn a_masked_error_keeps_its_code_and_loses_its_text() {
    for (number, (name, http)) in (1..).zip(CODES) {
        let is_internal = ["unknown", "internal", "data_loss"].contains(&name);
        for came in WAYS {
            for caller in CALLERS {
                // The service does not speak gRPC-Web.
                let passes = came == Came::Grpc && matches!(caller, Caller::Grpc);
                let is_masked = match came {
                    Came::Grpc | Came::Failed | Came::Returned => is_internal,
                    Came::Connect | Came::Google | Came::Gateway => http >= 500,
                    Came::OldConnect | Came::BareGrpc | Came::BareConnect => continue,
                };
                let answer = call(&ErrorEnvelopeLayer::new(), caller.request(), came, number);
                let (_, said) = caller.read(&answer);
                let is_said = said.contains("hunter2");
                assert_eq!(
                    is_said,
                    passes || !is_masked,
                    "{came:?} {name} {caller:?}: {said}"
                );
            }
        }
    }
}

/// tonic leaves its status in the extensions of an answer without a body.
#[test]
fn a_masked_text_is_left_for_outer_layers_in_one_place() {
    let http = Request::get("/a.v1.B/C").body(()).unwrap();
    let callers = CALLERS
        .into_iter()
        .map(|caller| (Some(caller), caller.request()));
    let layer = ErrorEnvelopeLayer::new().with_masked_statuses();
    for (caller, request) in callers.chain([(None, http)]) {
        for (number, (name, _)) in (1..).zip(CODES) {
            let is_internal = ["unknown", "internal", "data_loss"].contains(&name);
            let mut copy = Request::new(());
            *copy.method_mut() = request.method().clone();
            *copy.uri_mut() = request.uri().clone();
            *copy.version_mut() = request.version();
            *copy.headers_mut() = request.headers().clone();
            let answer = call(&layer, copy, Came::Grpc, number);
            let context = format!("{caller:?} {name}");
            let left = answer.extensions().get::<Status>();
            if is_internal {
                assert!(left.is_none(), "{context}: {left:?}");
            }
            let masked = answer.extensions().get::<tower_error_envelope::Masked>();
            let original = masked.map(|masked| masked.original().message());
            let passes = matches!(caller, Some(Caller::Grpc));
            assert_eq!(
                original,
                Some(SECRET).filter(|_| is_internal && !passes),
                "{context}"
            );
        }
    }
}
