//! The end of a success that was read, because it may carry an error.
//!
//! In: the head of a success, and its whole body. Out: the answer to the error in the body, or the response as it came. `Reading`
//! calls it at the end of the body.

use bytes::Bytes;
use http::response::Parts;
use http::Response;

use super::answer::{Answer, Found};
use super::caller::Caller;
use super::config::Config;
use super::guard::guarded;
use super::normalise::normalise;
use super::rpc_end;
use crate::grpc::protocol::Protocol;
use crate::http::{media_type, response_head};
use crate::read;

/// The answer to a success that was read to its end.
pub(super) fn finish(config: &Config, caller: Caller, parts: Parts, body: Bytes) -> Answer {
    let mut response = Response::from_parts(parts, body);
    let read = guarded("ErrorReader", || {
        read::read_success(config.readers(), &response)
    });
    let read = read.unwrap_or_else(|| read::read_success([], &response));
    let Some(mut envelope) = read else {
        let (parts, body) = response.into_parts();
        return Answer::inner(parts, body);
    };
    envelope.detach();
    if is_end_of_connect(caller, &response) {
        let (mut parts, body) = response.into_parts();
        rpc_end::leave_envelope(config, &mut parts, envelope, &body);
        return Answer::inner(parts, body);
    }
    read::add_facts(response.headers(), false, &mut envelope);
    *response.status_mut() = envelope.status();
    let (mut parts, body) = response.into_parts();
    response_head::forget_reason(&mut parts);
    let found = Found {
        envelope,
        body,
        documented: None,
    };
    normalise(config, caller, parts, found)
}

/// Whether a caller of a stream of Connect got the end of one. It reads the error itself.
fn is_end_of_connect(caller: Caller, response: &Response<Bytes>) -> bool {
    matches!(caller.protocol, Protocol::ConnectStream(_))
        && media_type::is_connect_stream_label(response.headers())
}
