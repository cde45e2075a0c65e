//! A client that records each answer.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::BoxError;

/// The host whose routes Envoy has.
pub(crate) const HOST: &str = "edge.test";

/// The time limit of one answer.
const PATIENCE: Duration = Duration::from_secs(6);

/// Bytes that are read of an answer that does not end.
const ENOUGH: usize = 512 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Http1,
    Http2,
}

/// A request of the table.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) host: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static [u8],
}

impl Ask {
    pub(crate) fn get(path: &'static str) -> Self {
        Self {
            method: Method::GET,
            host: HOST,
            path,
            headers: &[],
            body: b"",
        }
    }

    pub(crate) fn grpc(path: &'static str) -> Self {
        Self {
            method: Method::POST,
            headers: &[("content-type", "application/grpc"), ("te", "trailers")],
            body: b"\0\0\0\0\x02\x08\x07",
            ..Self::get(path)
        }
    }

    pub(crate) fn with(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}

/// An answer, without the headers of each hop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Vec<(String, String)>,
    /// The head ended the stream; HTTP/2 only.
    pub(crate) ended_with_head: bool,
    /// The body arrived in pieces, with pauses between them.
    pub(crate) in_time: bool,
    /// The body was complete within the time limit, with the declared length.
    pub(crate) whole: bool,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for (name, value) in self.headers.iter().chain(&self.trailers) {
            write!(f, " | {name}: {value}")?;
        }
        let text = self.text();
        let start: String = text.chars().take(160).collect();
        write!(f, " | {} bytes {start:?}", self.body.len())?;
        for (holds, name) in [
            (self.ended_with_head, "ended with its head"),
            (self.in_time, "in time"),
            (!self.whole, "not whole"),
        ] {
            if holds {
                write!(f, " | {name}")?;
            }
        }
        Ok(())
    }
}

/// Sends `ask` over a connection of its own.
pub(crate) async fn fetch(address: SocketAddr, wire: Wire, ask: &Ask) -> Result<Seen, BoxError> {
    timeout(PATIENCE * 2, fetch_patiently(address, wire, ask)).await?
}

async fn fetch_patiently(address: SocketAddr, wire: Wire, ask: &Ask) -> Result<Seen, BoxError> {
    let io = TokioIo::new(TcpStream::connect(address).await?);
    let body = Full::new(Bytes::from_static(ask.body));
    let mut request = Request::builder().method(&ask.method);
    for (name, value) in ask.headers {
        request = request.header(*name, *value);
    }
    match wire {
        Wire::Http1 => {
            let request = request.uri(ask.path).header("host", ask.host).body(body)?;
            let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
            let connection = tokio::spawn(connection);
            let seen = note(sender.send_request(request).await?).await;
            connection.abort();
            seen
        }
        Wire::Http2 => {
            let uri: Uri = format!("http://{}{}", ask.host, ask.path).parse()?;
            let request = request.uri(uri).body(body)?;
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
            let connection = tokio::spawn(connection);
            let seen = note(sender.send_request(request).await?).await;
            connection.abort();
            seen
        }
    }
}

async fn note(response: http::Response<Incoming>) -> Result<Seen, BoxError> {
    let (parts, mut incoming) = response.into_parts();
    let started = Instant::now();
    let mut seen = Seen {
        status: parts.status.as_u16(),
        headers: lines(&parts.headers),
        body: Vec::new(),
        trailers: Vec::new(),
        ended_with_head: parts.version == http::Version::HTTP_2 && incoming.is_end_stream(),
        in_time: false,
        whole: true,
    };
    let mut first = None;
    loop {
        match timeout(PATIENCE, incoming.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => {
                    let now = started.elapsed();
                    let first = *first.get_or_insert(now);
                    seen.in_time |= now - first > Duration::from_millis(200);
                    seen.body.extend_from_slice(&data);
                }
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        seen.trailers = lines(&trailers);
                    }
                }
            },
            Ok(Some(Err(_))) | Err(_) => {
                seen.whole = false;
                break;
            }
        }
        if seen.body.len() > ENOUGH {
            seen.whole = false;
            break;
        }
    }
    Ok(seen)
}

/// Names and values in order of the names; repeated ones in their own order.
fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let own = |name: &str| {
        [
            "date",
            "server",
            "connection",
            "keep-alive",
            "transfer-encoding",
        ]
        .contains(&name)
            || name.starts_with("x-envoy-")
    };
    let mut lines: Vec<(String, String)> = headers
        .iter()
        .filter(|(name, _)| !own(name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    lines
}

/// Sends bytes that no library would write, and reads until the peer stops.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> Result<String, BoxError> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(bytes).await?;
    let mut answer = Vec::new();
    let mut piece = [0; 16 * 1024];
    while let Ok(Ok(count)) = timeout(Duration::from_millis(700), stream.read(&mut piece)).await {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
