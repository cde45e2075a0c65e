//! What of a request decides how its error is answered.

use http::{HeaderMap, Method, Request};
use mediatype::MediaType;

use crate::envelope::media;
use crate::write::accept::Choice;

/// What is remembered of a request while it is served: a few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) caller: Caller,
    pub(super) choice: Choice,
}

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// Somebody who reads the body of an answer.
    Http,
    /// Somebody who reads only its head.
    Head,
    /// Somebody who speaks another protocol through HTTP (CONNECT, gRPC, Connect): not to be answered in ours.
    Other,
}

impl Facts {
    /// The facts of a request; `choose` is asked only where a body can be chosen.
    pub(super) fn of<B>(request: &Request<B>, choose: impl FnOnce(&HeaderMap) -> Choice) -> Self {
        let caller = Caller::of(request.method(), request.headers());
        let choice = if caller == Caller::Other {
            Choice::default()
        } else {
            choose(request.headers())
        };
        Self { caller, choice }
    }
}

impl Caller {
    fn of(method: &Method, headers: &HeaderMap) -> Self {
        match *method {
            Method::GET => Self::Http,
            Method::HEAD => Self::Head,
            Method::CONNECT => Self::Other,
            Method::POST if is_rpc(headers) => Self::Other,
            _ => Self::Http,
        }
    }
}

/// gRPC, gRPC-Web and the streams of Connect are known by their content type, unary calls of Connect by a header.
fn is_rpc(headers: &HeaderMap) -> bool {
    let streams = |media: MediaType<'_>| media::is_grpc(&media) || media::is_connect_stream(&media);
    media::of(headers).is_some_and(streams) || headers.contains_key("connect-protocol-version")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(method: Method, header: Option<(&str, &str)>) -> Caller {
        let builder = Request::builder().method(method);
        let builder = header.into_iter().fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
        Facts::of(&builder.body(()).unwrap(), |_| Choice::default()).caller
    }

    #[test]
    fn knows_who_reads_no_body_of_ours() {
        let cases = [
            (Method::GET, None, Caller::Http),
            (Method::HEAD, None, Caller::Head),
            (Method::CONNECT, None, Caller::Other),
            (Method::POST, None, Caller::Http),
            (
                Method::POST,
                Some(("content-type", "application/json")),
                Caller::Http,
            ),
            (
                Method::POST,
                Some(("content-type", "application/grpc")),
                Caller::Other,
            ),
            (
                Method::POST,
                Some(("content-type", "application/grpc-web-text+proto")),
                Caller::Other,
            ),
            (
                Method::POST,
                Some(("content-type", "application/connect+json")),
                Caller::Other,
            ),
            (
                Method::POST,
                Some(("connect-protocol-version", "1")),
                Caller::Other,
            ),
            (
                Method::POST,
                Some(("content-type", "application/grpcx")),
                Caller::Http,
            ),
        ];
        for (method, header, want) in cases {
            assert_eq!(caller(method.clone(), header), want, "{method} {header:?}");
        }
    }
}
