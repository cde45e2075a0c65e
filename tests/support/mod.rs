//! Real servers and real clients for the tests.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod example;
#[cfg(feature = "tracing")]
pub(crate) mod log;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{BoxError, Service};

/// Serves HTTP/1.1 and HTTP/2, with upgrades, on a free port of this machine.
pub(crate) async fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server
                    .serve_connection_with_upgrades(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

/// A protocol that a client speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

pub(crate) const PROTOCOLS: [Protocol; 2] = [Protocol::Http1, Protocol::Http2];

pub(crate) fn client(protocol: Protocol) -> Client<HttpConnector, Full<Bytes>> {
    let http2 = matches!(protocol, Protocol::Http2);
    Client::builder(TokioExecutor::new())
        .http2_only(http2)
        .build_http()
}

/// Sends a request whose URI is a path, and collects the answer.
pub(crate) async fn send(
    protocol: Protocol,
    server: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Response<Bytes> {
    let (mut parts, body) = request.into_parts();
    parts.uri = format!("http://{server}{}", parts.uri).parse().unwrap();
    let response = client(protocol).request(Request::from_parts(parts, body));
    let response = tokio::time::timeout(Duration::from_secs(10), response).await;
    collect(response.expect("an answer in time").unwrap()).await
}

pub(crate) async fn get(server: SocketAddr, path: &str) -> Response<Bytes> {
    send(
        Protocol::Http1,
        server,
        Request::get(path).body(Full::default()).unwrap(),
    )
    .await
}

pub(crate) async fn collect<B>(response: Response<B>) -> Response<Bytes>
where
    B: Body,
    B::Error: std::fmt::Debug,
{
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

/// The body as text.
pub(crate) fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

/// Every value of a header, in order.
pub(crate) fn values<'r, B>(response: &'r Response<B>, name: &str) -> Vec<&'r str> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

/// Writes these bytes to a server, and reads until it closes or is silent for some time.
pub(crate) async fn raw(server: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(read @ 1..)) =
        tokio::time::timeout(Duration::from_millis(300), stream.read(&mut buffer)).await
    {
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Answers every connection with these bytes after the head of a request, and closes it.
pub(crate) async fn serve_bytes(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// Reads to the end of the head of a request.
pub(crate) async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
}
