//! The body of a response that has passed a layer.
//!
//! In: the body of the inner service, or the bytes of an error. Out: the frames for the client. `layer/` and `raise/` make it. The
//! server or the client polls it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, SizeHint};
use pin_project_lite::pin_project;

use super::changed::Stage;
use super::failure::Watch;
use super::frames::{take_frame, Polled};
use super::resumed::Resumed;
use super::status_change::StatusChange;

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
        Changed { #[pin] body: B, stage: Stage },
        Error { bytes: Bytes },
        Resumed { body: Box<Resumed<B>> },
        Unknown,
    }
}

impl<B: Body> ResponseBody<B> {
    /// The inner body as it is.
    #[inline]
    pub(crate) fn inner(body: B) -> Self {
        Self {
            kind: Kind::Inner { body },
        }
    }

    /// A body whose beginning was read.
    pub(crate) fn resumed(body: Resumed<B>) -> Self {
        Self {
            kind: Kind::Resumed {
                body: Box::new(body),
            },
        }
    }

    /// The inner body. `change` changes the status of gRPC in its trailers.
    pub(crate) fn changed(body: B, change: &'static StatusChange) -> Self {
        let stage = Stage::new(change);
        Self {
            kind: Kind::Changed { body, stage },
        }
    }

    /// The inner body. If it fails, `watch` gets a report.
    pub(crate) fn watched(body: B, watch: Watch) -> Self {
        let stage = Stage::watched(watch);
        Self {
            kind: Kind::Changed { body, stage },
        }
    }

    /// The same body with a watch, which gets a report if the inner body fails.
    pub(crate) fn watch(self, watch: Watch) -> Self {
        let kind = match self.kind {
            Kind::Inner { body } => return Self::watched(body, watch),
            Kind::Changed { body, stage } => Kind::Changed {
                body,
                stage: stage.watch(watch),
            },
            Kind::Resumed { mut body } => {
                body.watch = Some(watch);
                Kind::Resumed { body }
            }
            kind => kind,
        };
        Self { kind }
    }

    /// Whether it polls an inner body. Only such a body can fail.
    pub(crate) fn is_inner(&self) -> bool {
        !matches!(self.kind, Kind::Error { .. } | Kind::Unknown)
    }

    /// The inner body, if it passes as it is and nobody gets its failure.
    #[inline]
    pub(crate) fn as_inner(&self) -> Option<&B> {
        match &self.kind {
            Kind::Inner { body } => Some(body),
            _ => None,
        }
    }

    /// The inner body, if it passes as it is and no hook gets its failure.
    #[inline]
    pub(super) fn into_inner(self) -> Result<B, Self> {
        match self.kind {
            Kind::Inner { body } => Ok(body),
            Kind::Changed { body, stage } if stage.is_pass() => Ok(body),
            kind => Err(Self { kind }),
        }
    }

    /// The body of an answer to HEAD: it has no frames, and it does not say how many bytes GET would get.
    pub(crate) fn unknown() -> Self {
        Self {
            kind: Kind::Unknown,
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
    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<B::Error> {
        // Not a `match`: the compiler makes a jump table of it, which costs more.
        let mut kind = self.project().kind;
        if let KindProj::Inner { body } = kind.as_mut().project() {
            return body.poll_frame(cx);
        }
        if let KindProj::Changed { body, stage } = kind.as_mut().project() {
            return poll_changed(body, stage, cx);
        }
        poll_other(kind, cx)
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Changed { body, stage } if stage.is_inner() => body.is_end_stream(),
            Kind::Changed { stage, .. } => stage.is_ended(),
            Kind::Error { bytes } => bytes.is_empty(),
            Kind::Resumed { body } => body.is_end(),
            Kind::Unknown => true,
        }
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Changed { body, stage } if stage.is_inner() => body.size_hint(),
            Kind::Changed { .. } => SizeHint::default(),
            Kind::Error { bytes } => SizeHint::with_exact(bytes.len() as u64),
            Kind::Resumed { body } => body.size_hint(),
            Kind::Unknown => SizeHint::default(),
        }
    }
}

impl<B: Body> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.kind {
            Kind::Inner { .. } | Kind::Changed { .. } => "inner",
            Kind::Error { .. } => "error",
            Kind::Resumed { .. } => "resumed",
            Kind::Unknown => "unknown",
        };
        f.debug_tuple("ResponseBody").field(&kind).finish()
    }
}

/// It is not inlined: otherwise the compiler moves each frame of an inner body once more, for 11 instructions.
#[inline(never)]
fn poll_changed<B: Body<Data = Bytes>>(
    body: Pin<&mut B>,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Polled<B::Error> {
    stage.poll_frame(body, cx)
}

/// Polls any other state. It is cold, so that polling the inner body stays inlined.
#[cold]
#[inline(never)]
fn poll_other<B: Body<Data = Bytes>>(
    kind: Pin<&mut Kind<B>>,
    cx: &mut Context<'_>,
) -> Polled<B::Error> {
    match kind.project() {
        KindProj::Inner { body } => body.poll_frame(cx),
        KindProj::Changed { body, stage } => stage.poll_frame(body, cx),
        KindProj::Error { bytes } => Poll::Ready(take_frame(bytes)),
        KindProj::Resumed { body } => body.poll_frame(cx),
        KindProj::Unknown => Poll::Ready(None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::poll_read::End;
    use super::*;
    use http_body_util::combinators::BoxBody;
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

    static SEEN: StatusChange = StatusChange {
        trailers: |trailers| drop(trailers.insert("seen", "yes".parse().unwrap())),
        other: None,
    };

    /// Says how many bytes came in place of gRPC.
    static OTHER: StatusChange = StatusChange {
        trailers: |trailers| drop(trailers.insert("seen", "yes".parse().unwrap())),
        other: Some(|body| http::HeaderMap::from_iter([(http::header::AGE, body.len().into())])),
    };

    #[tokio::test]
    async fn what_does_not_begin_like_grpc_is_replaced_by_trailers() {
        let trailers = http::HeaderMap::from_iter([(http::header::ETAG, "x".parse().unwrap())]);
        let inner = Full::from("<html>").with_trailers(std::future::ready(Some(Ok(trailers))));
        let mut body = ResponseBody::changed(inner, &OTHER);
        assert!(!body.is_end_stream());
        let frame = body.frame().await.unwrap().unwrap();
        let trailers = frame.into_trailers().unwrap();
        assert!(trailers["age"] == "6" && trailers.len() == 1);
        assert!(body.is_end_stream() && body.frame().await.is_none());

        let mut page = ResponseBody::changed(Full::<Bytes>::from("<html>"), &OTHER);
        assert!(page.frame().await.unwrap().unwrap().is_trailers());
        assert_eq!(page.size_hint().exact(), None);

        for data in ["\0abc", "\u{1}abc", ""] {
            let trailers = std::future::ready(Some(Ok(http::HeaderMap::new())));
            let body = ResponseBody::changed(Full::from(data).with_trailers(trailers), &OTHER);
            let passed = body.collect().await.unwrap();
            assert_eq!(passed.trailers().unwrap()["seen"], "yes");
            assert_eq!(passed.to_bytes(), data);
        }
    }

    #[tokio::test]
    async fn a_body_that_is_not_grpc_is_read_up_to_64_kib() {
        for (length, read) in [(60_000, "60000"), (64 * 1024 + 1, "65536")] {
            let body = ResponseBody::changed(Full::from(vec![b'<'; length]), &OTHER);
            assert_eq!(
                body.collect().await.unwrap().trailers().unwrap()["age"],
                read
            );
        }
    }

    #[test]
    fn a_body_that_is_still_read_has_not_ended() {
        use futures_util::{stream, FutureExt, StreamExt};

        let begun = stream::iter([Ok::<_, &str>(http_body::Frame::data("<html>".into()))]);
        let inner = http_body_util::StreamBody::new(begun.chain(stream::pending()));
        let mut body = ResponseBody::changed(inner, &OTHER);
        assert!(body.frame().now_or_never().is_none());
        assert!(!body.is_end_stream());
    }

    #[tokio::test]
    async fn trailers_are_changed_also_after_a_failure() {
        let trailers = http::HeaderMap::from_iter([(http::header::ETAG, "x".parse().unwrap())]);
        let frames = [Err("reset"), Ok(http_body::Frame::trailers(trailers))];
        let inner = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
        let mut body = ResponseBody::changed(inner, &SEEN);
        assert_eq!(body.frame().await.unwrap().unwrap_err(), "reset");
        let trailers = body.frame().await.unwrap().unwrap().into_trailers();
        assert_eq!(trailers.unwrap()["seen"], "yes");
    }

    #[tokio::test]
    async fn what_is_changed_is_the_trailers_alone() {
        let trailers = http::HeaderMap::from_iter([(http::header::ETAG, "x".parse().unwrap())]);
        let inner = Full::from("abc").with_trailers(std::future::ready(Some(Ok(trailers))));
        let mut body = ResponseBody::changed(inner, &SEEN);
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
        let short = ResponseBody::changed(Full::<Bytes>::from("abc"), &SEEN);
        assert_eq!(short.size_hint().exact(), Some(3));
        assert!(ResponseBody::changed(Full::<Bytes>::default(), &SEEN).is_end_stream());
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
        let rest = Box::pin(Full::from("llo"));
        let body = Wrapped::resumed(Resumed::new("he".into(), None, rest, End::Full));
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (Some(5), false)
        );
        assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    }

    #[test]
    fn a_body_that_was_begun_has_ended_when_its_rest_has() {
        for (rest, ended) in [("", true), ("llo", false)] {
            let inner = Box::pin(Full::from(rest));
            let body = Wrapped::resumed(Resumed::new(Bytes::new(), None, inner, End::Full));
            assert_eq!(body.is_end_stream(), ended, "{rest:?}");
        }
    }

    #[tokio::test]
    async fn a_failure_that_was_read_comes_after_the_bytes_before_it() {
        let rest = Box::pin(BoxBody::new(
            Full::default().map_err(|never| match never {}),
        ));
        let end = End::Failed("reset");
        let mut body = ResponseBody::<BoxBody<Bytes, &str>>::resumed(Resumed::new(
            "ab".into(),
            None,
            rest,
            end,
        ));
        assert!(!body.is_end_stream());
        assert_eq!(
            (body.size_hint().lower(), body.size_hint().upper()),
            (2, None)
        );
        assert_eq!(
            body.frame().await.unwrap().unwrap().into_data().unwrap(),
            "ab"
        );
        assert_eq!(body.size_hint().exact(), None);
        assert_eq!(body.frame().await.unwrap().unwrap_err(), "reset");
        assert!(body.is_end_stream() && body.frame().await.is_none());
    }
}
