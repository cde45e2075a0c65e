//! A response on its way to be data or an error.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::response::Parts;
use http::Response;
use http_body::Body;
use tower::BoxError;

use super::config::{Config, Extent, Judgement};
use super::error::{ApiError, Asked};
use crate::body::{Capture, Captured, End, ResponseBody};

/// Data, or an error.
pub(super) type Outcome<B> = Result<Response<ResponseBody<B>>, ApiError>;

/// What became of a response at first sight.
pub(super) enum Begun<B: Body> {
    Done(Outcome<B>),
    Reading(Reading<B>),
}

/// A response whose body is being read.
pub(super) struct Reading<B: Body> {
    // Gone after the end, as is the body.
    parts: Option<Box<Parts>>,
    body: Option<Pin<Box<Capture<B>>>>,
}

pub(super) fn begin<B: Body<Data = Bytes>>(
    config: &Config,
    asked: &mut Asked,
    response: Response<B>,
) -> Begun<B> {
    if !config.concerns(asked.method.as_ref(), response.status()) {
        return Begun::Done(Ok(response.map(ResponseBody::inner)));
    }
    let (parts, body) = response.into_parts();
    if !config.wants(&parts) {
        return Begun::Done(Ok(Response::from_parts(parts, ResponseBody::inner(body))));
    }
    // The body of an answer to HEAD is not polled: it may never end.
    if asked.is_head() {
        return Begun::Done(judge_head(config, asked, parts, body));
    }
    Begun::Reading(Reading {
        parts: Some(Box::new(parts)),
        body: Some(Box::pin(Capture::first(body, config.body_limit))),
    })
}

fn judge_head<B: Body>(config: &Config, asked: &mut Asked, parts: Parts, body: B) -> Outcome<B> {
    let response = Response::from_parts(parts, Bytes::new());
    match config.judge(asked, &response, Extent::Whole) {
        Judgement::Data => Ok(response.map(|_| ResponseBody::inner(body))),
        judgement => {
            let said = config.read(&response, judgement);
            Err(ApiError::new(std::mem::take(asked), said, response))
        }
    }
}

impl<B> Reading<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    /// Not to be polled after its end.
    pub(super) fn poll(
        &mut self,
        config: &Config,
        asked: &mut Asked,
        cx: &mut Context<'_>,
    ) -> Poll<Outcome<B>> {
        let Some(body) = &mut self.body else {
            return Poll::Pending;
        };
        let captured = ready!(body.as_mut().poll(cx));
        let (Some(parts), Some(body)) = (self.parts.take(), self.body.take()) else {
            return Poll::Pending;
        };
        Poll::Ready(finish(config, asked, *parts, captured, body))
    }
}

fn finish<B>(
    config: &Config,
    asked: &mut Asked,
    parts: Parts,
    captured: Captured<B::Error>,
    mut body: Pin<Box<Capture<B>>>,
) -> Outcome<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (extent, source) = match captured.end {
        End::Complete => (Extent::Whole, None),
        End::Limit => (Extent::Longer, None),
        End::Failed(error) => (Extent::Broken, Some(error.into())),
    };
    let mut response = Response::from_parts(parts, captured.bytes);
    let judgement = config.judge(asked, &response, extent);
    if matches!(judgement, Judgement::Data) {
        return Ok(response.map(|first| ResponseBody::resumed(first, body)));
    }
    // A view of a frame keeps all of the buffer that it came in, and errors are kept.
    let bytes = Bytes::copy_from_slice(response.body());
    // Half a message is none, so only the head of it is read.
    *response.body_mut() = match extent {
        Extent::Whole => bytes.clone(),
        Extent::Longer | Extent::Broken => Bytes::new(),
    };
    let said = config.read(&response, judgement);
    *response.body_mut() = bytes;
    let error = ApiError::new(std::mem::take(asked), said, response);
    Err(error.with_end(extent, source, body.as_mut().take_trailers()))
}
