//! Without the feature `tonic`, gRPC passes untouched.

use std::error::Error;

use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::config::Config;
use super::facts::Caller;
use super::plan::{Plan, Sight};
use super::rewrite::Answer;
use crate::envelope::Envelope;

pub(super) fn sight<B>(_: &Config, caller: Caller, response: &Response<B>) -> Sight {
    match caller {
        Caller::Grpc(_) => Sight::Fine,
        _ => Sight::of_status(response.status()),
    }
}

pub(super) fn plan(_: Caller, _: &Parts, _: bool) -> Option<Plan> {
    None
}

pub(super) fn write(_: &Config, _: Caller, _: &mut Parts, _: &mut Envelope) -> Option<Answer> {
    None
}

pub(super) fn repair(_: &mut HeaderMap) {}

pub(super) fn envelope_of(_: &(dyn Error + 'static)) -> Option<Envelope> {
    None
}

pub(super) fn status_of(_: &(dyn Error + 'static)) -> Option<StatusCode> {
    None
}
