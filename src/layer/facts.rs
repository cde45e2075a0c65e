//! What of a request decides how its error is answered.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};

use super::labels::Labels;
use crate::grpc::content_type::GrpcType;
use crate::http::media_type;
use crate::write::accept::Choice;

static CONNECT_VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");

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
    /// Somebody who speaks gRPC or gRPC-Web, in this content type.
    Grpc(GrpcType),
    /// Somebody who speaks Connect, or another protocol through CONNECT: not to be answered in ours.
    Other,
}

impl Facts {
    /// The facts of a request; `choose` is asked only where a body can be chosen.
    #[inline]
    pub(super) fn of<B>(
        request: &Request<B>,
        choose: impl FnOnce(Option<&HeaderValue>, &HeaderMap) -> Choice,
    ) -> Self {
        let (method, headers) = (request.method(), request.headers());
        let labels = Labels::of(headers);
        let caller = Caller::of(method, request.uri(), headers, labels.content_type);
        let choice = match caller {
            Caller::Http | Caller::Head => choose(labels.accept, headers),
            Caller::Grpc(_) | Caller::Other => Choice::default(),
        };
        Self { caller, choice }
    }
}

impl Caller {
    /// Looks for as little as possible: it runs for every request, before anything went wrong.
    #[inline]
    fn of(method: &Method, uri: &Uri, headers: &HeaderMap, label: Option<&HeaderValue>) -> Self {
        let speaks_other = match *method {
            Method::CONNECT => true,
            // Unary calls of Connect are known by a header or, with GET, by the query.
            Method::POST => is_connect_call(headers),
            Method::GET => uri.query().is_some_and(has_connect_version),
            _ => false,
        };
        match *method {
            _ if media_type::may_be_rpc(label) => Self::by_label(method, speaks_other, headers),
            _ if speaks_other => Self::Other,
            Method::HEAD => Self::Head,
            _ => Self::Http,
        }
    }

    /// The caller who sent a content type that looks like one of gRPC or of the streams of
    /// [Connect](https://connectrpc.com/docs/protocol).
    #[cold]
    fn by_label(method: &Method, speaks_other: bool, headers: &HeaderMap) -> Self {
        let is_connect = || {
            media_type::from_headers(headers)
                .is_some_and(|media| media_type::is_connect_stream(&media))
        };
        match GrpcType::from_headers(headers) {
            _ if *method == Method::CONNECT => Self::Other,
            Some(media) => Self::Grpc(media),
            None if speaks_other || is_connect() => Self::Other,
            None if *method == Method::HEAD => Self::Head,
            None => Self::Http,
        }
    }
}

#[inline]
fn is_connect_call(headers: &HeaderMap) -> bool {
    headers
        .get(&CONNECT_VERSION)
        .is_some_and(|version| version == "1")
}

fn has_connect_version(query: &str) -> bool {
    query.split('&').any(|pair| pair == "connect=v1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(method: Method, uri: &str, header: Option<(&str, &str)>) -> Caller {
        let builder = Request::builder().method(method).uri(uri);
        let builder = header.into_iter().fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
        Facts::of(&builder.body(()).unwrap(), |_, _| Choice::default()).caller
    }

    #[test]
    fn knows_who_reads_no_body_of_ours() {
        let version = "connect-protocol-version";
        let cases = [
            (Method::GET, "/", None, Caller::Http),
            (Method::HEAD, "/", None, Caller::Head),
            (Method::CONNECT, "/", None, Caller::Other),
            (Method::POST, "/", None, Caller::Http),
            (
                Method::POST,
                "/",
                Some(("content-type", "application/json")),
                Caller::Http,
            ),
            (
                Method::POST,
                "/",
                Some(("content-type", "application/grpcx")),
                Caller::Http,
            ),
            (
                Method::POST,
                "/",
                Some(("content-type", "application/connect+json")),
                Caller::Other,
            ),
            (
                Method::POST,
                "/",
                Some(("content-type", "application/connect")),
                Caller::Http,
            ),
            (Method::POST, "/", Some((version, "1")), Caller::Other),
            (Method::POST, "/", Some((version, "2")), Caller::Http),
            (Method::GET, "/", Some((version, "1")), Caller::Http),
            (
                Method::GET,
                "/?encoding=json&connect=v1",
                None,
                Caller::Other,
            ),
            (Method::GET, "/?connect=v2", None, Caller::Http),
            (Method::POST, "/?connect=v1", None, Caller::Http),
        ];
        for (method, uri, header, want) in cases {
            let context = format!("{method} {uri} {header:?}");
            assert_eq!(caller(method, uri, header), want, "{context}");
        }
    }

    #[test]
    fn knows_grpc_by_its_content_type_alone() {
        let types = [
            "application/grpc",
            "application/grpc;charset=utf-8",
            "Application/GRPC+proto",
            "application/grpc-web+json",
            "application/grpc-web-text",
        ];
        for label in types {
            for method in [Method::POST, Method::GET, Method::HEAD] {
                let caller = caller(method, "/", Some(("content-type", label)));
                assert!(matches!(caller, Caller::Grpc(_)), "{label}");
            }
        }
        let tunnel = caller(
            Method::CONNECT,
            "/",
            Some(("content-type", "application/grpc")),
        );
        assert_eq!(tunnel, Caller::Other);
    }
}
