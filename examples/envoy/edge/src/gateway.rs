//! The layer in process: a proxy to another address, with `ErrorEnvelopeLayer` around it.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::uri::{Scheme, Uri};
use http::{header, HeaderMap, Request, Response, Version};
use http_body_util::{combinators::UnsyncBoxBody, BodyExt};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::{service_fn, Layer, Service};
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::BoxError;

/// Starts the proxy on a free port.
pub(crate) async fn start(
    layer: ErrorEnvelopeLayer,
    to: SocketAddr,
) -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let connector = Connector(to);
    let clients = Clients {
        http1: Client::builder(TokioExecutor::new()).build(connector),
        http2: Client::builder(TokioExecutor::new())
            .http2_only(true)
            .build(connector),
    };
    let proxy = layer.layer(service_fn(move |request| clients.clone().forward(request)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(boxed(proxy.clone()));
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok(address)
}

#[derive(Clone)]
struct Clients {
    http1: Client<Connector, Incoming>,
    http2: Client<Connector, Incoming>,
}

impl Clients {
    async fn forward(self, mut request: Request<Incoming>) -> Result<Response<Incoming>, BoxError> {
        let http2 = request.version() == Version::HTTP_2;
        if request.uri().authority().is_none() {
            let host = request
                .headers()
                .get(header::HOST)
                .ok_or("no host")?
                .to_str()?;
            let mut uri = request.uri().clone().into_parts();
            uri.scheme = Some(Scheme::HTTP);
            uri.authority = Some(host.parse()?);
            *request.uri_mut() = Uri::from_parts(uri)?;
        }
        remove_hop_by_hop(request.headers_mut());
        let client = if http2 { &self.http2 } else { &self.http1 };
        let mut response = client.request(request).await?;
        remove_hop_by_hop(response.headers_mut());
        Ok(response)
    }
}

/// Connects to one address, for any host of the request.
#[derive(Clone, Copy)]
pub(crate) struct Connector(pub(crate) SocketAddr);

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let address = self.0;
        Box::pin(async move { Ok(TokioIo::new(TcpStream::connect(address).await?)) })
    }
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
        headers.remove(name);
    }
}

/// Hides the type of the layer's body.
fn boxed<S, B>(
    service: S,
) -> impl Service<
    Request<Incoming>,
    Response = Response<UnsyncBoxBody<Bytes, BoxError>>,
    Error = S::Error,
    Future = impl Send + use<S, B>,
> + Clone
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    use tower::ServiceExt;
    service.map_response(|response: Response<B>| {
        response.map(|body| body.map_err(Into::into).boxed_unsync())
    })
}
