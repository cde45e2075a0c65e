//! Bodies that do not end, are incomplete, too long or not text: the status and the headers stay, the message is the reason
//! phrase, and memory is bounded.

mod support;

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{Full, StreamBody};
use support::{collect, text, values};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Origin};

/// Bytes that the layer reads of an error by default.
const LIMIT: u64 = 64 * 1024;
const UNREAD: &str = r#"{"_error_message":"Conflict","_error_type":"clustr.exceptions.Conflict"}"#;

/// The response of the layer for a 409 with this body and these headers.
async fn answer<B>(body: B, headers: &[(&str, &str)]) -> Response<Bytes>
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let response = Response::builder().status(409).header("retry-after", "7");
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    });
    let mut response = Some(response.body(body).unwrap());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    collect(
        ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap(),
    )
    .await
}

fn assert_degraded(response: &Response<Bytes>) {
    assert_eq!((response.status().as_u16(), text(response)), (409, UNREAD));
    assert_eq!(values(response, "retry-after"), ["7"]);
    assert_eq!(
        response.extensions().get::<Envelope>().unwrap().origin(),
        Origin::Inferred
    );
}

fn endless(chunk: &'static [u8]) -> impl Body<Data = Bytes, Error = Infallible> {
    StreamBody::new(stream::repeat_with(move || {
        Ok(Frame::data(Bytes::from_static(chunk)))
    }))
}

#[tokio::test]
async fn an_endless_body_is_left_at_the_limit() {
    for chunk in [&b"x"[..], &[b'x'; 16 * 1024], &[b'x'; 1024 * 1024]] {
        assert_degraded(&answer(endless(chunk), &[]).await);
    }
}

#[tokio::test]
async fn a_body_of_empty_frames_is_left_as_well() {
    assert_degraded(&answer(endless(b""), &[]).await);
}

#[tokio::test]
async fn a_body_that_breaks_off_costs_only_the_message() {
    let frames = [
        Ok(Frame::data(Bytes::from("half a mess"))),
        Err(io::Error::other("connection reset")),
    ];
    assert_degraded(&answer(StreamBody::new(stream::iter(frames)), &[]).await);
}

#[tokio::test]
async fn a_body_of_ten_mebibytes_is_not_read() {
    assert_degraded(&answer(Full::from(vec![b'x'; 10 * 1024 * 1024]), &[]).await);
}

#[tokio::test]
async fn the_limit_is_a_matter_of_one_byte() {
    let at = "x".repeat(65_536);
    assert!(text(&answer(Full::from(at.clone()), &[]).await).contains(&at));
    assert_degraded(&answer(Full::from(at + "x"), &[]).await);
}

#[tokio::test]
async fn a_body_that_is_not_text_loses_only_the_message() {
    assert_degraded(
        &answer(
            Full::from(&b"\xff\xfa broken"[..]),
            &[("content-type", "text/plain")],
        )
        .await,
    );
    assert_degraded(
        &answer(
            Full::from(&b"{\"message\": \"\xc3\x28\"}"[..]),
            &[("content-type", "application/json")],
        )
        .await,
    );
}

#[tokio::test]
async fn a_coded_body_loses_only_the_message() {
    for coding in ["gzip", "br", "zstd", "deflate", "gzip, gzip", "unheard-of"] {
        let response = answer(
            Full::from("\u{1f}\u{8b}..."),
            &[("content-encoding", coding)],
        )
        .await;
        assert_degraded(&response);
        assert!(values(&response, "content-encoding").is_empty());
    }
    let plain = answer(Full::from("plain"), &[("content-encoding", "identity")]).await;
    assert!(text(&plain).contains("plain"));
}

#[tokio::test]
async fn json_that_cannot_be_read_costs_only_the_message() {
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let texts = [
        "{",
        "{\"message\": \"\\ud800\"}",
        "[1e400]",
        "null",
        "17",
        "\u{feff}",
        " \n ",
        &deep,
    ];
    for body in texts {
        let response = answer(
            Full::<Bytes>::from(body.to_owned()),
            &[("content-type", "application/json")],
        )
        .await;
        assert_eq!(response.status(), 409, "{body}");
        assert!(text(&response).contains("_error_message"), "{body}");
    }
}

/// Views of one byte into separate buffers. The envelope must not keep the buffers in memory.
struct Slices(usize);

impl Body for Slices {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0 -= 1;
        let slice = Bytes::from(vec![b'x'; 8 * 1024]).slice(..1);
        Poll::Ready(Some(Ok(Frame::data(slice))).filter(|_| self.0 > 0))
    }
}

/// The most bytes in use at a time while the layer answers a 409 with this body.
fn peak<B>(body: B) -> u64
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let measured = allocation_counter::measure(|| {
        runtime.block_on(answer(body, &[]));
    });
    measured.bytes_max
}

#[test]
fn memory_stays_within_bounds() {
    let slack = peak(Full::from("taken")) + 16 * 1024;
    assert!(peak(endless(&[b'x'; 1000])) < 2 * LIMIT + slack);
    assert!(peak(endless(b"x")) < 2 * LIMIT + slack);
    // These make a message of 60,000 bytes, which is read, escaped and sent.
    assert!(peak(Slices(60_000)) < 3 * LIMIT + slack);
}

#[tokio::test]
async fn a_response_cut_off_on_the_wire_keeps_its_status() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _request = stream.read(&mut [0; 1024]).await.unwrap();
        let cut =
            b"HTTP/1.1 409 Conflict\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nhalf a mess";
        stream.write_all(cut).await.unwrap();
    });
    let request = Request::get(format!("http://{server}/"))
        .body(Full::default())
        .unwrap();
    let client = ErrorEnvelopeLayer::client().layer(support::client(support::Protocol::Http1));
    assert_degraded(&collect(client.oneshot(request).await.unwrap()).await);
}

#[tokio::test]
async fn dropping_the_response_half_way_drops_the_body() {
    #[allow(dead_code, reason = "to be dropped")]
    struct Told(tokio::sync::mpsc::Sender<()>);
    impl Body for Told {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }
    let (told, mut dropped) = tokio::sync::mpsc::channel(1);
    let mut waiting = tokio_test::task::spawn(answer(Told(told), &[]));
    assert!(waiting.poll().is_pending());
    assert!(dropped
        .try_recv()
        .is_err_and(|error| error == tokio::sync::mpsc::error::TryRecvError::Empty));
    drop(waiting);
    assert_eq!(dropped.recv().await, None);
}
