//! A reverse proxy that turns every error of its upstream into the same envelope.
//!
//! ```sh
//! cargo run --example gateway -- --upstream http://127.0.0.1:9000
//! curl -i http://127.0.0.1:3000/whatever
//! ```

use http::uri::{Authority, Scheme, Uri};
use http::{header, HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::client::legacy::{connect::HttpConnector, Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

const USAGE: &str = "usage: gateway --upstream http://HOST[:PORT] [--listen ADDRESS:PORT]";

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|problem| {
        eprintln!("{problem}\n{USAGE}");
        std::process::exit(2)
    });
    let listener = tokio::net::TcpListener::bind(&options.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let client: Client<HttpConnector, Incoming> =
        Client::builder(TokioExecutor::new()).build_http();
    let upstream = options.upstream;
    let proxy = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new().with_service_error(unreachable))
        .service_fn(move |request| forward(client.clone(), upstream.clone(), request));
    let proxy = TowerToHyperService::new(proxy);
    loop {
        let (stream, _) = listener.accept().await?;
        let proxy = proxy.clone();
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), proxy).await {
                eprintln!("connection failed: {error}");
            }
        });
    }
}

async fn forward(
    client: Client<HttpConnector, Incoming>,
    upstream: Authority,
    mut request: Request<Incoming>,
) -> Result<Response<Incoming>, BoxError> {
    let mut uri = request.uri().clone().into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(upstream);
    *request.uri_mut() = Uri::from_parts(uri)?;
    request.headers_mut().remove(header::HOST);
    remove_hop_by_hop(request.headers_mut());

    let mut response = client.request(request).await?;
    remove_hop_by_hop(response.headers_mut());
    Ok(response)
}

/// Hop-by-hop headers are not forwarded ([RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(',').map(|name| name.trim().to_owned()))
        .collect();
    let known = [
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
    ];
    for name in named.iter().map(String::as_str).chain(known) {
        headers.remove(name);
    }
}

/// The only error of the proxy itself whose text is sent.
fn unreachable(error: &(dyn std::error::Error + 'static)) -> Option<Envelope> {
    let _: &Error = error.downcast_ref()?;
    Some(Envelope::new(
        StatusCode::BAD_GATEWAY,
        "The upstream cannot be reached",
    ))
}

struct Options {
    upstream: Authority,
    listen: String,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut upstream, mut listen) = (None, "127.0.0.1:3000".to_owned());
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or(format!("{option} needs a value"))?;
            match option.as_str() {
                "--upstream" => upstream = Some(authority(&value)?),
                "--listen" => listen = value,
                _ => return Err(format!("there is no option {option}")),
            }
        }
        let upstream = upstream.ok_or("--upstream is missing")?;
        Ok(Self { upstream, listen })
    }
}

fn authority(url: &str) -> Result<Authority, String> {
    let uri: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
    match (uri.scheme_str(), uri.authority()) {
        (Some("http"), Some(authority)) => Ok(authority.clone()),
        _ => Err(format!("{url} is no http:// URL")),
    }
}
