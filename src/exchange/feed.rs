//! Feeds a [`Reading`] with the frames of a body that `layer/` polls.
//!
//! In: data, trailers, and the end of the body. Out: an [`Answer`].

use bytes::Bytes;
use http::HeaderMap;

use super::answer::Answer;
use super::reading::Reading;
use crate::body::{Cut, Feed};

impl Feed for Reading {
    type Output = Answer;

    fn push(&mut self, data: Bytes) -> Option<Answer> {
        self.push(data)
    }

    fn end(&mut self, end: Result<(), Cut>, trailers: Option<&HeaderMap>) -> Answer {
        if let Some(trailers) = trailers {
            self.trailers(trailers);
        }
        self.finish(end)
    }
}
