//! Reads the body of a response until it is known to be data or an error.
//!
//! In: a response, and the configuration. Out: an [`Outcome`]. `future` and `raise_response` call it.
//!
//! 1. [`begin`] decides by the head. Most responses are done here.
//! 2. [`Reading::poll`] reads the body, until it ends or the limit is reached, or a stream has given its first error.
//! 3. [`Reading::finish`] judges. Data is returned with the rest of its body, and an error keeps a copy of its bytes.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Response};
use http_body::Body;
use tower::BoxError;

use super::config::{Call, Config};
use super::error::ApiError;
use super::grpc::{self, Sight};
use super::judgement::Judgement;
use crate::body::{joined, poll_read, End, Gather, ResponseBody, Resumed};
use crate::exchange::{names_grpc, BodyHint, Cut, FirstError, Probe};
use crate::http::entity_headers::set_all;
use crate::http::status;
use crate::read;

/// Data, or an error.
pub(super) type Outcome<B> = Result<Response<ResponseBody<B>>, ApiError>;

/// The result for the head of a response.
pub(super) enum FirstSight<B: Body> {
    /// The head decides.
    Done(Outcome<B>),
    /// The body has to be read first.
    Reading(Box<Reading<B>>),
}

/// A response whose body is being read.
pub(super) struct Reading<B: Body> {
    parts: Parts,
    /// How far the document in a success has come; `None` for an error.
    probe: Option<Probe>,
    /// For an error that is labelled as a stream.
    first_error: Option<Box<FirstError>>,
    gather: Gather,
    /// The bytes beyond the limit.
    over: Bytes,
    trailers: Option<Box<HeaderMap>>,
    body: Pin<Box<B>>,
}

/// Decides by the head of a response. If its body has to be read, it makes the state for reading. It polls nothing.
///
/// If it returns an error, the facts of the request move into it.
pub(super) fn begin<B: Body<Data = Bytes>>(
    call: &mut Call,
    response: Response<B>,
) -> FirstSight<B> {
    let Call { config, request } = call;
    if request.is_tunnel(response.status()) {
        return FirstSight::Done(Ok(response.map(ResponseBody::inner)));
    }
    let sight = match config.may_be_status(response.status(), response.headers()) {
        true => grpc::sight(request.is_grpc || config.errors_in_streams, &response),
        false => Sight::Other,
    };
    let is_other = sight == Sight::Other;
    if is_other && !config.concerns(response.status()) {
        return FirstSight::Done(Ok(response.map(ResponseBody::inner)));
    }
    let (parts, body) = response.into_parts();
    if !config.wants(&parts) {
        return FirstSight::Done(Ok(Response::from_parts(parts, ResponseBody::inner(body))));
    }
    match sight {
        Sight::Error => return FirstSight::Done(judge_status(call, parts)),
        Sight::MayBeError => {
            return FirstSight::Reading(Reading::new(config, parts, body, Some(Probe::new(None))))
        }
        Sight::Other => {}
    }
    // The body of an answer to HEAD is not polled: it may never end.
    if request.is_head() {
        return FirstSight::Done(judge_head(call, parts, body));
    }
    let hint = BodyHint::from_body(&body);
    if !config.reads(&parts, hint) {
        return FirstSight::Done(Ok(Response::from_parts(parts, ResponseBody::inner(body))));
    }
    let may_be_data = config.errors_in_success && !status::is_error(parts.status);
    let probe = may_be_data.then(|| Probe::new(hint.length));
    FirstSight::Reading(Reading::new(config, parts, body, probe))
}

/// Judges the answer to HEAD by its head alone. If it is data, its body passes without a poll.
fn judge_head<B: Body>(call: &mut Call, parts: Parts, body: B) -> Outcome<B> {
    let response = Response::from_parts(parts, Bytes::new());
    match call.config.judge(&call.request, &response, None) {
        Judgement::Data => Ok(response.map(|_| ResponseBody::inner(body))),
        judgement => Err(by_head(call, response, judgement)),
    }
}

/// A Trailers-Only answer of gRPC with an error. Its HTTP status is a success.
fn judge_status<B: Body>(call: &mut Call, parts: Parts) -> Outcome<B> {
    let response = Response::from_parts(parts, Bytes::new());
    let envelope = read::read_with(call.config.readers(), &response).envelope;
    Err(by_head(call, response, Judgement::InSuccess(envelope)))
}

/// The error that a response is by its head.
fn by_head(call: &mut Call, response: Response<Bytes>, judgement: Judgement) -> ApiError {
    let content = call.config.read(&response, judgement);
    ApiError::new(std::mem::take(&mut call.request), content, response)
}

impl<B: Body> Reading<B> {
    /// The state before the first frame. For a success, `probe` is `Some` with the length of its body in bytes, if this is known. For an
    /// error it is `None`.
    fn new(config: &Config, parts: Parts, body: B, probe: Option<Probe>) -> Box<Self> {
        let is_error = probe.is_none();
        Box::new(Self {
            first_error: is_error.then(|| FirstError::of(&parts.headers)).flatten(),
            parts,
            probe,
            gather: Gather::new(config.body_limit),
            over: Bytes::new(),
            trailers: None,
            body: Box::pin(body),
        })
    }
}

impl<B> Reading<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    /// Reads on, until the body ends or fails, the limit is reached, or the body is data for sure. The end says which of these it
    /// was.
    ///
    /// A success is data for sure if its first document is whole and is no error, or if the first item of a list is whole.
    pub(super) fn poll(&mut self, config: &Config, cx: &mut Context<'_>) -> Poll<End<B::Error>> {
        let (gather, over) = (&mut self.gather, &mut self.over);
        let (probe, parts) = (&mut self.probe, &self.parts);
        let first_error = &mut self.first_error;
        let mut is_found = false;
        let end = poll_read(self.body.as_mut(), cx, &mut self.trailers, |data| {
            let beyond = gather.push(data);
            let first_error = first_error.as_mut();
            if let Some(end) = first_error.and_then(|first| first.end(gather.as_slice())) {
                gather.truncate(end);
                is_found = true;
                return false;
            }
            if let Some(beyond) = beyond {
                *over = beyond;
                return false;
            }
            let is_data =
                |probe: &mut Probe| probe.is_data(config.readers(), parts, gather.as_slice());
            !probe.as_mut().is_some_and(is_data)
        });
        match end {
            // The rest of the stream is not needed.
            Poll::Ready(End::Full) if is_found => Poll::Ready(End::Complete),
            end => end,
        }
    }

    /// Judges the bytes that were read.
    ///
    /// 1. A complete body is decoded (feature `decompression`), up to the limit in bytes.
    /// 2. Data is returned as it came: coded, with the rest of its body and its trailers.
    /// 3. An error keeps a copy of the bytes, and the error of the connection if the body broke off.
    ///
    /// # Errors
    ///
    /// The error that the response is.
    pub(super) fn finish(mut self: Box<Self>, call: &mut Call, end: End<B::Error>) -> Outcome<B> {
        let Call { config, request } = call;
        let cut = match end {
            End::Complete => None,
            End::Full => Some(Cut::Limit),
            End::Failed(_) => Some(Cut::Broken),
        };
        let read = self.gather.take();
        let response = Response::from_parts(self.parts, read);
        let decoded = match cut {
            None => read::decoded(&response, config.body_limit),
            Some(_) => None,
        };
        let plain = decoded.as_ref().unwrap_or(&response);
        let judgement = match self.probe.is_some() && names_grpc(plain.headers()) {
            true => judge_grpc(plain, self.trailers.as_deref(), cut),
            false => config.judge(request, plain, cut),
        };
        if matches!(judgement, Judgement::Data) {
            let (over, trailers, body) = (self.over, self.trailers, self.body);
            return Ok(response.map(|read| {
                ResponseBody::resumed(Resumed::new(joined(read, over), trailers, body, end))
            }));
        }
        let source = match end {
            End::Failed(error) => Some(error.into()),
            End::Complete | End::Full => None,
        };
        // A view of a frame keeps its whole buffer in memory. Errors may live long, so they get a copy.
        let mut response = response.map(|read| Bytes::copy_from_slice(&read));
        let read = response.body().clone();
        if cut.is_some() {
            // A part of a body cannot be read, so only the head is read.
            response.body_mut().clear();
        }
        if let Judgement::InSuccess(envelope) = &judgement {
            set_all(response.headers_mut(), envelope.headers());
        }
        let content = config.read(decoded.as_ref().unwrap_or(&response), judgement);
        *response.body_mut() = read;
        let error = ApiError::new(std::mem::take(request), content, response);
        Err(error.with_end(cut, source, self.trailers.map(|trailers| *trailers)))
    }
}

/// A success of gRPC that has no status of success in its head. It is an error if it ended without data.
fn judge_grpc(
    response: &Response<Bytes>,
    trailers: Option<&HeaderMap>,
    cut: Option<Cut>,
) -> Judgement {
    // Reading stops at the first byte.
    if cut.is_some() {
        return Judgement::Data;
    }
    let error = grpc::error_without_data(response.headers(), trailers);
    error.map_or(Judgement::Data, Judgement::InSuccess)
}
