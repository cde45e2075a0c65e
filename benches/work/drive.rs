//! Drives a service like a server: it waits until it is ready, calls it, polls it to the response, and reads the body to
//! the end.

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::Future;
use std::hint::black_box;
use std::pin::{pin, Pin};
use std::task::{Context, Poll};

use axum::body::Body as AxumBody;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{any_service, Route};
use axum::Router;
use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use tower::{Layer, Service};

use super::services::Answers;

/// The result of one unit of work: the status, and the number of bytes.
pub(crate) type Run = Box<dyn FnMut() -> (u16, usize)>;

/// Frames of a streamed body.
pub(crate) const FRAMES: usize = 64;

/// The layer directly around the service.
pub(crate) fn plain<L, B>(layer: L, answers: Answers<B>) -> Run
where
    B: Body<Data = Bytes> + 'static,
    L: Layer<Answers<B>>,
    L::Service: Service<Request, Error = Infallible> + 'static,
    <L::Service as Service<Request>>::Response: IntoBytes,
{
    run(layer.layer(answers), "application/json")
}

/// The same as [`plain`], for a request of a browser that loads a page.
pub(crate) fn opened<L, B>(layer: L, answers: Answers<B>) -> Run
where
    B: Body<Data = Bytes> + 'static,
    L: Layer<Answers<B>>,
    L::Service: Service<Request, Error = Infallible> + 'static,
    <L::Service as Service<Request>>::Response: IntoBytes,
{
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    run(layer.layer(answers), accept)
}

/// The layer on a route of axum.
pub(crate) fn routed<L>(layer: L, answers: Answers<AxumBody>) -> Run
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    let router: Router = Router::new().route("/builds/{id}", any_service(answers));
    run(router.layer(layer).with_state(()), "application/json")
}

/// The layer directly around any service, for requests made by `request`.
pub(crate) fn asked<L, S>(layer: L, service: S, request: impl Fn() -> Request + 'static) -> Run
where
    L: Layer<S>,
    L::Service: Service<Request, Error = Infallible> + 'static,
    <L::Service as Service<Request>>::Response: IntoBytes,
{
    drive(layer.layer(service), request)
}

fn run<S>(service: S, accept: &'static str) -> Run
where
    S: Service<Request, Error = Infallible> + 'static,
    S::Response: IntoBytes,
{
    drive(service, move || {
        let request = Request::get("/builds/8").header("accept", accept);
        request.body(AxumBody::empty()).unwrap()
    })
}

fn drive<S>(mut service: S, request: impl Fn() -> Request + 'static) -> Run
where
    S: Service<Request, Error = Infallible> + 'static,
    S::Response: IntoBytes,
{
    Box::new(move || {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        assert!(service.poll_ready(&mut cx).is_ready());
        let mut future = pin!(service.call(request()));
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(Ok(response)) => response.into_bytes(&mut cx),
            _ => panic!("is ready at once"),
        }
    })
}

/// A response whose body can be read.
pub(crate) trait IntoBytes {
    fn into_bytes(self, cx: &mut Context<'_>) -> (u16, usize);
}

impl<B: Body<Data = Bytes, Error: Debug>> IntoBytes for Response<B> {
    fn into_bytes(self, cx: &mut Context<'_>) -> (u16, usize) {
        let (head, body) = self.into_parts();
        let mut body = pin!(body);
        let mut bytes = 0;
        while !body.is_end_stream() {
            match body.as_mut().poll_frame(cx) {
                Poll::Ready(Some(frame)) => {
                    bytes += black_box(frame.unwrap())
                        .into_data()
                        .map_or(0, |data| data.len());
                }
                Poll::Ready(None) => break,
                Poll::Pending => panic!("is ready at once"),
            }
        }
        (head.status.as_u16(), bytes)
    }
}

/// A body of frames of 16 KiB, which are not copied.
pub(crate) struct Frames {
    bytes: &'static [u8],
    left: usize,
    /// Whether the size hint is not exact.
    is_open: bool,
}

impl Frames {
    /// A body of `left` frames.
    pub(crate) fn of(left: usize) -> Self {
        Self {
            bytes: &FRAME,
            left,
            is_open: false,
        }
    }

    /// A body of `left` frames without an exact size hint. None of them ends a line.
    pub(crate) fn open(left: usize) -> Self {
        let is_open = true;
        Self {
            is_open,
            ..Self::of(left)
        }
    }

    /// The same, and each frame is a whole event.
    pub(crate) fn events(left: usize) -> Self {
        let bytes = &EVENT;
        Self {
            bytes,
            ..Self::open(left)
        }
    }
}

static FRAME: [u8; 16 * 1024] = [b'x'; 16 * 1024];
static EVENT: [u8; 16 * 1024] = event();

const fn event() -> [u8; 16 * 1024] {
    let mut bytes = FRAME;
    (bytes[0], bytes[1]) = (b'x', b':');
    (bytes[16 * 1024 - 2], bytes[16 * 1024 - 1]) = (b'\n', b'\n');
    bytes
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.left = left;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_open {
            return SizeHint::default();
        }
        SizeHint::with_exact((self.left * self.bytes.len()) as u64)
    }
}
