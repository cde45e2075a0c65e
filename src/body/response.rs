//! The body of a response that has passed a layer.

use std::fmt;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use pin_project_lite::pin_project;

use super::capture::{plus, Capture};

pin_project! {
    /// The body of a response that has passed an [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer) or a
    /// [`RaiseErrorsLayer`](crate::RaiseErrorsLayer): the inner body, frame by frame and without a box, or the bytes
    /// of an error.
    ///
    /// It reports the exact length in bytes of an error, so servers set `Content-Length` themselves.
    pub struct ResponseBody<B: Body> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<B: Body> {
        Inner { #[pin] body: B },
        Repaired { #[pin] body: B, repair: fn(&mut HeaderMap) },
        Error { bytes: Bytes },
        Resumed { body: Box<Resumed<B>> },
        Unknown,
    }
}

type Polled<B> = Poll<Option<Result<Frame<Bytes>, <B as Body>::Error>>>;

/// A body whose beginning was read.
struct Resumed<B: Body> {
    first: Bytes,
    rest: Pin<Box<Capture<B>>>,
}

impl<B: Body> ResponseBody<B> {
    #[inline]
    pub(crate) fn inner(body: B) -> Self {
        Self {
            kind: Kind::Inner { body },
        }
    }

    /// A body of which `first` was read, and `rest` was not.
    pub(crate) fn resumed(first: Bytes, rest: Pin<Box<Capture<B>>>) -> Self {
        Self {
            kind: Kind::Resumed {
                body: Box::new(Resumed { first, rest }),
            },
        }
    }

    /// The inner body, whose trailers pass through `repair`.
    pub(crate) fn repaired(body: B, repair: fn(&mut HeaderMap)) -> Self {
        Self {
            kind: Kind::Repaired { body, repair },
        }
    }

    /// What stands for the body of an answer to HEAD: no frames, and no claim how many bytes GET would have got.
    pub(crate) fn unknown() -> Self {
        Self {
            kind: Kind::Unknown,
        }
    }
}

impl<B: Body> ResponseBody<B> {
    /// The inner body as it is; any other in the type of the inner one.
    #[inline]
    pub(crate) fn into_same(self) -> B
    where
        B: From<Self>,
    {
        match self.kind {
            Kind::Inner { body } => body,
            kind => Self { kind }.into(),
        }
    }
}

/// One frame with these bytes; no frame if there are none.
impl<B: Body> From<Bytes> for ResponseBody<B> {
    fn from(bytes: Bytes) -> Self {
        Self {
            kind: Kind::Error { bytes },
        }
    }
}

/// The empty body.
impl<B: Body> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    #[inline]
    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<B> {
        match self.project().kind.project() {
            KindProj::Inner { body } => body.poll_frame(cx),
            other => poll_other(other, cx),
        }
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } | Kind::Repaired { body, .. } => body.is_end_stream(),
            Kind::Error { bytes } => bytes.is_empty(),
            Kind::Resumed { body } => body.first.is_empty() && body.rest.is_end(),
            Kind::Unknown => true,
        }
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } | Kind::Repaired { body, .. } => body.size_hint(),
            Kind::Error { bytes } => SizeHint::with_exact(bytes.len() as u64),
            Kind::Resumed { body } => plus(&body.rest.rest_hint(), body.first.len()),
            Kind::Unknown => SizeHint::default(),
        }
    }
}

impl<B: Body> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.kind {
            Kind::Inner { .. } | Kind::Repaired { .. } => "inner",
            Kind::Error { .. } => "error",
            Kind::Resumed { .. } => "resumed",
            Kind::Unknown => "unknown",
        };
        f.debug_tuple("ResponseBody").field(&kind).finish()
    }
}

/// What is not the inner body as it is, kept out of the way of its frames.
#[cold]
fn poll_other<B: Body<Data = Bytes>>(kind: KindProj<'_, B>, cx: &mut Context<'_>) -> Polled<B> {
    match kind {
        KindProj::Inner { body } => body.poll_frame(cx),
        KindProj::Repaired { body, repair } => {
            let mut frame = ready!(body.poll_frame(cx));
            if let Some(Ok(frame)) = &mut frame {
                frame.trailers_mut().into_iter().for_each(*repair);
            }
            Poll::Ready(frame)
        }
        KindProj::Error { bytes } => Poll::Ready(take_frame(bytes)),
        KindProj::Resumed { body } if body.first.is_empty() => body.rest.as_mut().poll_rest(cx),
        KindProj::Resumed { body } => Poll::Ready(take_frame(&mut body.first)),
        KindProj::Unknown => Poll::Ready(None),
    }
}

fn take_frame<E>(bytes: &mut Bytes) -> Option<Result<Frame<Bytes>, E>> {
    (!bytes.is_empty()).then(|| Ok(Frame::data(std::mem::take(bytes))))
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl<E> From<ResponseBody<Self>> for BoxBody<Bytes, E>
where
    E: Send + Sync + 'static,
{
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl<E: Send + 'static> From<ResponseBody<Self>> for UnsyncBoxBody<Bytes, E> {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, Full};

    type Wrapped = ResponseBody<Full<Bytes>>;

    #[test]
    fn an_empty_body_has_ended_before_the_first_poll() {
        let body = Wrapped::default();
        assert!(body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(0));
    }

    #[tokio::test]
    async fn an_error_is_one_frame_then_nothing_for_ever() {
        let mut body = Wrapped::from(Bytes::from_static(b"{}"));
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (Some(2), false)
        );
        assert_eq!(
            body.frame().await.unwrap().unwrap().into_data().unwrap(),
            "{}"
        );
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (Some(0), true)
        );
        assert!(body.frame().await.is_none());
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn what_is_repaired_is_the_trailers_alone() {
        let trailers = HeaderMap::from_iter([(http::header::ETAG, "x".parse().unwrap())]);
        let inner = Full::from("abc").with_trailers(std::future::ready(Some(Ok(trailers))));
        let mut body = ResponseBody::repaired(inner, |trailers| {
            trailers.insert("seen", "yes".parse().unwrap());
        });
        assert!(!body.is_end_stream());
        assert_eq!(
            body.frame().await.unwrap().unwrap().into_data().unwrap(),
            "abc"
        );
        let trailers = body
            .frame()
            .await
            .unwrap()
            .unwrap()
            .into_trailers()
            .unwrap();
        assert!(trailers["etag"] == "x" && trailers["seen"] == "yes");
        assert!(body.frame().await.is_none());
        let short = ResponseBody::repaired(Full::<Bytes>::from("abc"), |_| {});
        assert_eq!(short.size_hint().exact(), Some(3));
        assert!(ResponseBody::repaired(Full::<Bytes>::default(), |_| {}).is_end_stream());
    }

    #[test]
    fn an_inner_body_speaks_for_itself() {
        let body = Wrapped::inner(Full::from("abc"));
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (Some(3), false)
        );
    }

    #[tokio::test]
    async fn a_body_that_was_begun_gives_all_its_bytes_and_knows_how_many() {
        let mut rest = Box::pin(Capture::first(Full::from("hello"), 2));
        let first = rest.as_mut().await.bytes;
        let body = Wrapped::resumed(first, rest);
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (Some(5), false)
        );
        assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    }
}
