//! One request, the response of the service, and the answer that the client gets.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use base64::Engine;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::ext::ReasonPhrase;
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::ErrorEnvelopeLayer;

/// The secret. It has no character that a protocol escapes.
pub(crate) const SECRET: &str = "hunter2hunter2";

/// A step of a body.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Data(Bytes),
    Trailers(HeaderMap),
    Fail,
}

/// A body that follows the steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) steps: VecDeque<Step>,
    /// Whether it has an exact size hint.
    pub(crate) is_exact: bool,
}

impl Script {
    pub(crate) fn of(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let steps = if body.is_empty() {
            None
        } else {
            Some(Step::Data(body))
        };
        Self {
            steps: steps.into_iter().collect(),
            is_exact: true,
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(self.steps.pop_front().map(|step| match step {
            Step::Data(data) => Ok(Frame::data(data)),
            Step::Trailers(trailers) => Ok(Frame::trailers(trailers)),
            Step::Fail => Err(SECRET.into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let lengths = self.steps.iter().map(|step| match step {
            Step::Data(data) => Some(data.len() as u64),
            Step::Trailers(_) => Some(0),
            Step::Fail => None,
        });
        match lengths.sum() {
            Some(length) if self.is_exact => SizeHint::with_exact(length),
            _ => SizeHint::default(),
        }
    }
}

/// The behaviour of the inner service.
#[derive(Clone, Debug)]
pub(crate) enum Inside {
    Answers(Response<Script>),
    /// Its call fails with an error that contains the secret.
    Fails,
    /// It does not become ready.
    IsNotReady,
}

/// An error of a service, three deep.
#[derive(Debug)]
struct Failure(BoxError);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot reach {SECRET}")
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

#[derive(Clone)]
struct Scripted(Inside);

impl Service<Request<()>> for Scripted {
    type Response = Response<Script>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response<Script>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(match self.0 {
            Inside::IsNotReady => Err(Failure(SECRET.into()).into()),
            _ => Ok(()),
        })
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::ready(match &self.0 {
            Inside::Answers(response) => Ok(response.clone()),
            _ => Err(Failure(std::io::Error::other(SECRET).into()).into()),
        })
    }
}

/// The arguments of `on_error`: the status, and whether the error was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) status: StatusCode,
    pub(crate) original: Option<String>,
}

/// The results of the client and of the hook.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) head: Response<()>,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
    pub(crate) events: Vec<Event>,
}

impl Seen {
    pub(crate) fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether a secret is in any byte that goes out, as it is or in base64.
    pub(crate) fn shows_secret(&self) -> bool {
        let maps = [self.head.headers(), &self.trailers];
        let values = maps
            .into_iter()
            .flatten()
            .map(|(_, value)| value.as_bytes());
        let reason = self.head.extensions().get::<ReasonPhrase>();
        let reason = reason.map(|reason| reason.as_bytes());
        let needles = needles();
        values
            .chain(reason)
            .chain([&self.body[..]])
            .any(|bytes| needles.iter().any(|needle| contains(bytes, needle)))
    }
}

/// The secret, and its middle as base64 has it at each of the three offsets.
fn needles() -> Vec<Vec<u8>> {
    let encoded = (0..3).map(|offset| {
        let shifted = format!("{}{SECRET}", &"..."[..offset]);
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(shifted);
        // The first and last digits hold bits of the neighbours.
        text.as_bytes()[4..text.len() - 4].to_vec()
    });
    encoded.chain([SECRET.into()]).collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Sends `request` through a server's layer to a service with the behaviour `inside`.
pub(crate) fn exchange(layer: &ErrorEnvelopeLayer, request: Request<()>, inside: Inside) -> Seen {
    let events = Arc::new(Mutex::new(Vec::new()));
    let layer = watched(layer.clone(), Arc::clone(&events));
    let service = layer.layer(Scripted(inside));
    tokio_test::block_on(async {
        let response = service
            .oneshot(request)
            .await
            .unwrap_or_else(|never: Infallible| match never {});
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut trailers) = (Vec::new(), HeaderMap::new());
        while let Some(Ok(frame)) = body.frame().await {
            match frame.into_data() {
                Ok(data) => bytes.extend_from_slice(&data),
                Err(frame) => trailers.extend(frame.into_trailers().unwrap()),
            }
        }
        let events = events.lock().unwrap().clone();
        Seen {
            head: Response::from_parts(parts, ()),
            body: bytes.into(),
            trailers,
            events,
        }
    })
}

fn watched(layer: ErrorEnvelopeLayer, events: Arc<Mutex<Vec<Event>>>) -> ErrorEnvelopeLayer {
    layer.on_error(move |event| {
        let (status, original) = (event.status(), event.original);
        let original = original.map(|original| original.message().to_owned());
        events.lock().unwrap().push(Event { status, original });
    })
}

/// A request with these headers.
pub(crate) fn request(
    method: &str,
    version: http::Version,
    uri: &str,
    headers: &[(&str, &str)],
) -> Request<()> {
    let request = Request::builder().method(method).version(version).uri(uri);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(()).unwrap()
}

/// A response of the service with these headers and this body.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Inside {
    let response = Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    });
    Inside::Answers(response.body(Script::of(body.to_owned())).unwrap())
}
