//! A success that may carry an error: its body is read, and passed on if it is data.
//!
//! In: a [`Reading`] before its first frame, and the body. Out: the error that was found, or the response with its whole body.
//! `future` calls it for two kinds of successes: an answer of gRPC without a status in its head, and, with
//! [`with_errors_in_success`](super::ErrorEnvelopeLayer::with_errors_in_success), a document.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::Body;

use crate::body::{poll_feed, End, ResponseBody, Resumed};
use crate::exchange::{Answer, AnswerBody, Reading};

/// The head of a success, and its body as far as it was read.
pub(super) struct Probing<B: Body> {
    reading: Reading,
    trailers: Option<Box<HeaderMap>>,
    body: Pin<Box<B>>,
}

impl<B: Body<Data = Bytes>> Probing<B> {
    /// Reads for the first time. Returns the response, or the state if it has to wait.
    pub(super) fn begin(
        reading: Reading,
        body: B,
        cx: &mut Context<'_>,
    ) -> Result<Response<ResponseBody<B>>, Box<Self>> {
        let mut probing = Self {
            reading,
            trailers: None,
            body: Box::pin(body),
        };
        match probing.poll(cx) {
            Poll::Ready((answer, end)) => Ok(probing.finish(answer, end)),
            Poll::Pending => Err(Box::new(probing)),
        }
    }

    /// Reads on. The answer, and how reading ended.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(Answer, End<B::Error>)> {
        let body = self.body.as_mut();
        poll_feed(&mut self.reading, body, &mut self.trailers, cx)
    }

    /// The error that was found in it, or the unchanged response.
    pub(super) fn finish(self, answer: Answer, end: End<B::Error>) -> Response<ResponseBody<B>> {
        let body = match answer.body {
            // A body that was read to its end is sent as one frame.
            AnswerBody::Inner(all) if self.trailers.is_none() && matches!(end, End::Complete) => {
                all.into()
            }
            AnswerBody::Inner(first) => {
                ResponseBody::resumed(Resumed::new(first, self.trailers, self.body, end))
            }
            AnswerBody::Full(bytes) => bytes.into(),
            AnswerBody::EndsWithHead => ResponseBody::default(),
            AnswerBody::HeadOnly => ResponseBody::unknown(),
        };
        Response::from_parts(answer.parts, body)
    }
}
