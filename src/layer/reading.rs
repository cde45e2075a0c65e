//! An error whose body is being read.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::response::Parts;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use super::config::Config;
use super::log;
use crate::body::{Capture, Captured, End};

pin_project! {
    /// The head of an error, and the body that is read; boxed, so that the future of a success has no room for it.
    pub(super) struct Reading<B: Body> {
        parts: Option<Parts>,
        #[pin]
        body: Capture<B>,
    }
}

impl<B: Body<Data = Bytes>> Reading<B> {
    pub(super) fn new(config: &Config, parts: Parts, body: B) -> Pin<Box<Self>> {
        Box::pin(Self {
            parts: Some(parts),
            body: Capture::new(body, config.body_limit),
        })
    }

    /// The head, and the body if all of it could be read.
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<(Parts, Bytes)> {
        let this = self.project();
        let Captured { bytes, end } = ready!(this.body.poll(cx));
        let parts = this
            .parts
            .take()
            .unwrap_or_else(|| Response::new(()).into_parts().0);
        let why = match end {
            End::Complete => return Poll::Ready((parts, bytes)),
            End::Limit => "longer than the limit",
            End::Failed(_) => "it broke off",
        };
        log::unread(parts.status, &why);
        Poll::Ready((parts, Bytes::new()))
    }
}
