//! Errors that travel with a success: whether a response may be one, and what becomes of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::response::Parts;
use http::{Response, StatusCode};
use http_body::Body;

use super::config::Config;
use super::extension::Passthrough;
use super::facts::{Caller, Facts};
use super::side::Side;
use super::work::finish;
use crate::body::{Capture, Captured, End, ResponseBody};
use crate::http::media_type;

/// A success whose body is being looked into.
pub(super) struct Look<B: Body> {
    parts: Box<Parts>,
    body: Pin<Box<Capture<B>>>,
}

/// Whether a success has to be looked into.
#[inline]
pub(super) fn is_wanted(config: &Config, facts: Facts, response: &Response<impl Body>) -> bool {
    config.looks_into_successes && facts.caller == Caller::Http && has_document(config, response)
}

/// Whether a response has a document that can be read whole.
fn has_document(config: &Config, response: &Response<impl Body>) -> bool {
    let status = response.status();
    let whole = status.is_success() && status != StatusCode::PARTIAL_CONTENT;
    let fits = response.body().size_hint().lower() <= config.body_limit as u64;
    let headers = response.headers();
    let document =
        || media_type::from_headers(headers).is_some_and(|media| media_type::is_document(&media));
    let marked = || response.extensions().get::<Passthrough>().is_some();
    whole
        && fits
        && !response.body().is_end_stream()
        && document()
        && !headers.contains_key(CONTENT_ENCODING)
        && !marked()
}

impl<B: Body<Data = Bytes>> Look<B> {
    pub(super) fn new(config: &Config, response: Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            parts: Box::new(parts),
            body: Box::pin(Capture::new(body, config.body_limit)),
        }
    }

    /// Reads the body as far as it is looked into.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Captured<B::Error>> {
        self.body.as_mut().poll(cx)
    }

    /// The error that it turned out to be, else the response as it was.
    pub(super) fn finish<E, T: Side<B, E>>(
        mut self,
        config: &Config,
        facts: Facts,
        read: Captured<B::Error>,
    ) -> Response<T::Body> {
        let parts = match read.end {
            End::Complete => match config.answer_success(facts, *self.parts, &read.bytes) {
                Ok((parts, answer)) => return finish::<B, E, T>(parts, answer, None),
                Err(parts) => parts,
            },
            End::Limit => *self.parts,
            End::Failed(error) => {
                self.body.as_mut().give_back(error);
                *self.parts
            }
        };
        Response::from_parts(parts, T::body(ResponseBody::resumed(read.bytes, self.body)))
    }
}
