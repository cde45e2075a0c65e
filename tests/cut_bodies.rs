//! Bodies that are incomplete on the wire: the error has its status, its headers and the bytes that arrived.

mod support;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use support::{read_head, serve, Protocol};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tower::{BoxError, ServiceBuilder, ServiceExt};
use tower_error_envelope::{ApiError, ErrorKind, Origin, RaiseErrorsLayer};
use tower_http::timeout::ResponseBodyTimeoutLayer;

/// What a server does after it has sent a part of a body.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Reset,
    Stall,
}

struct Cut {
    name: &'static str,
    framing: &'static str,
    sent: &'static str,
    then: Then,
}

const HALF: &str = "half a mess";
const CUTS: [Cut; 5] = [
    Cut {
        name: "reset",
        framing: "content-length: 100",
        sent: HALF,
        then: Then::Reset,
    },
    Cut {
        name: "short content-length",
        framing: "content-length: 100",
        sent: HALF,
        then: Then::Close,
    },
    Cut {
        name: "missing last chunk",
        framing: "transfer-encoding: chunked",
        sent: "b\r\nhalf a mess\r\n",
        then: Then::Close,
    },
    Cut {
        name: "bad chunk size",
        framing: "transfer-encoding: chunked",
        sent: "b\r\nhalf a mess\r\nZZ\r\nage\r\n0\r\n\r\n",
        then: Then::Close,
    },
    Cut {
        name: "stall",
        framing: "content-length: 100",
        sent: HALF,
        then: Then::Stall,
    },
];

/// Answers one request with a body that is cut in this way.
async fn serve_cut(status: &'static str, cut: &Cut) -> SocketAddr {
    let answer = format!(
        "HTTP/1.1 {status}\r\nretry-after: 7\r\n{}\r\n\r\n{}",
        cut.framing, cut.sent
    );
    let then = cut.then;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        match then {
            Then::Close => {}
            Then::Reset => {
                // A reset connection loses all bytes that were not read, also the head.
                tokio::time::sleep(Duration::from_millis(100)).await;
                stream.set_zero_linger().unwrap();
            }
            Then::Stall => std::future::pending().await,
        }
    });
    address
}

/// The error of a client that waits half a second for each part of a body.
async fn fail(layer: RaiseErrorsLayer, protocol: Protocol, server: SocketAddr) -> ApiError {
    let client = ServiceBuilder::new()
        .layer(layer)
        .layer(ResponseBodyTimeoutLayer::new(Duration::from_millis(500)))
        .service(support::client(protocol));
    let request = Request::get(format!("http://{server}/")).body(Full::<Bytes>::default());
    let call = tokio::time::timeout(Duration::from_secs(10), client.oneshot(request.unwrap()));
    let result = call.await.expect("an answer in time");
    result.unwrap_err().into_api().expect("an answer")
}

fn sources(error: &ApiError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| (**error).source())
}

#[tokio::test]
async fn the_status_survives_every_cut() {
    for cut in &CUTS {
        let server = serve_cut("404 Not Found", cut).await;
        let error = fail(RaiseErrorsLayer::new(), Protocol::Http1, server).await;
        assert_eq!(
            (error.kind(), error.status().as_u16()),
            (ErrorKind::NoResult, 404),
            "{}",
            cut.name
        );
        assert_eq!(error.headers()["retry-after"], "7", "{}", cut.name);
        assert_eq!(error.body(), HALF, "{}", cut.name);
        assert!(error.is_truncated(), "{}", cut.name);
    }
}

#[tokio::test]
async fn the_error_of_the_connection_is_the_source() {
    for cut in &CUTS {
        let server = serve_cut("502 Bad Gateway", cut).await;
        let error = fail(RaiseErrorsLayer::new(), Protocol::Http1, server).await;
        let found = sources(&error).any(|error| match cut.then {
            Then::Stall => error.is::<tower_http::timeout::TimeoutError>(),
            Then::Reset => error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset),
            Then::Close => error.is::<hyper::Error>(),
        });
        let said: Vec<_> = sources(&error).map(ToString::to_string).collect();
        assert!(found, "{}: {said:?}", cut.name);
        assert!(!said.contains(&error.to_string()), "said twice: {said:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_keeps_its_status_over_http2() {
    let service = tower::service_fn(|_: Request<hyper::body::Incoming>| async {
        let half = futures_util::stream::iter([Ok(Frame::data(Bytes::from(HALF)))]);
        let reset = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err::<Frame<Bytes>, BoxError>("the disk is gone".into())
        };
        let reset = futures_util::stream::once(reset);
        let body = StreamBody::new(futures_util::StreamExt::chain(half, reset));
        Ok::<_, BoxError>(Response::builder().status(503).body(body).unwrap())
    });
    let server = serve(service).await;
    let error = fail(RaiseErrorsLayer::new(), Protocol::Http2, server).await;
    assert_eq!(
        (error.status().as_u16(), &error.body()[..]),
        (503, HALF.as_bytes())
    );
    assert!(error.is_truncated() && sources(&error).any(|error| error.is::<hyper::Error>()));
}

#[tokio::test]
async fn half_a_message_is_none() {
    let texts = ["half a mess", r#"{"error": "There is no bui"#, "12"];
    for (sent, then) in texts
        .into_iter()
        .zip([Then::Close, Then::Reset, Then::Stall])
    {
        let cut = Cut {
            name: "half",
            framing: "content-length: 100",
            sent,
            then,
        };
        let server = serve_cut("409 Conflict", &cut).await;
        let error = fail(RaiseErrorsLayer::new(), Protocol::Http1, server).await;
        assert_eq!(
            (error.to_string(), &error.body()[..]),
            ("Conflict".into(), sent.as_bytes())
        );
        assert_eq!(error.envelope().origin(), Origin::Inferred);
    }
}

#[tokio::test]
async fn for_copr_cut_data_is_an_error() {
    let json = |sent, then| Cut {
        name: "json",
        framing: "content-length: 100",
        sent,
        then,
    };
    for then in [Then::Close, Then::Reset, Then::Stall] {
        // The second part is valid JSON, but the body is incomplete.
        for sent in [r#"{"id": 123, "state": "#, "12"] {
            let server = serve_cut("200 OK", &json(sent, then)).await;
            let error = fail(RaiseErrorsLayer::copr(), Protocol::Http1, server).await;
            assert_eq!(
                (error.kind(), error.status().as_u16()),
                (ErrorKind::Request, 200)
            );
            assert_eq!(error.body(), sent);
            assert!(error.is_truncated() && error.source().is_some());
            assert!(error
                .to_string()
                .starts_with("Response is not in JSON format"));
        }
    }
}

#[tokio::test]
async fn without_a_head_there_is_no_answer() {
    let server = support::serve_bytes("HTTP/1.1 404 Not Fou").await;
    let client = ServiceBuilder::new()
        .layer(RaiseErrorsLayer::new())
        .service(support::client(Protocol::Http1));
    let request = Request::get(format!("http://{server}/")).body(Full::<Bytes>::default());
    let error = client.oneshot(request.unwrap()).await.unwrap_err();
    assert!(error.into_api().is_err());
}
