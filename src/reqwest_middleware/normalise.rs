//! The middleware that normalises errors.
//!
//! In: the response of the next middleware. Out: the same response, or a response with the envelope of its error. The client of
//! reqwest-middleware calls it.
//!
//! 1. The head of the request is classified, before the request moves on.
//! 2. A response that passes by its head is returned as it is.
//! 3. Any other response is taken apart, and goes through the layer. Then its URL is added again.

use http::{Extensions, Uri};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

use super::answer::Answer;
use crate::exchange::{BodyHint, Caller, Class, HeadRef, Normaliser, RequestHead};
use crate::layer::{Client, ErrorEnvelopeLayer};
use crate::reqwest::{from_parts, into_parts};

/// Turns every error response into an envelope, as [`ErrorEnvelopeLayer::client`] does. The request still succeeds.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest_middleware::Error> {
/// # let server = wiremock::MockServer::start().await;
/// # let url = server.uri();
/// use reqwest_middleware::ClientBuilder;
/// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, NormaliseErrorsMiddleware};
///
/// let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
/// let client = ClientBuilder::new(reqwest::Client::new()).with(NormaliseErrorsMiddleware::from(layer)).build();
/// let response = client.get(url).send().await?; // 404
/// assert_eq!(response.extensions().get::<Envelope>().unwrap().message(), "Not Found");
/// # Ok(()) }
/// ```
///
/// It works outside and inside of reqwest-retry, because it changes no status of an error response. Outside, it reads only the
/// last answer.
#[derive(Clone, Debug)]
pub struct NormaliseErrorsMiddleware {
    layer: ErrorEnvelopeLayer<Client>,
}

impl NormaliseErrorsMiddleware {
    /// Reads every format that the crate knows, up to 65,536 bytes of a body.
    #[must_use]
    pub fn new() -> Self {
        ErrorEnvelopeLayer::client().into()
    }
}

impl Default for NormaliseErrorsMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

/// Uses the configuration of a layer.
impl From<ErrorEnvelopeLayer<Client>> for NormaliseErrorsMiddleware {
    fn from(layer: ErrorEnvelopeLayer<Client>) -> Self {
        Self { layer }
    }
}

impl Middleware for NormaliseErrorsMiddleware {
    fn handle<'m, 'e, 'n, 'f>(
        &'m self,
        request: Request,
        extensions: &'e mut Extensions,
        next: Next<'n>,
    ) -> Answer<'f>
    where
        Self: 'f,
        'm: 'f,
        'e: 'f,
        'n: 'f,
    {
        let normaliser = self.layer.normaliser();
        let (method, uri) = (request.method(), Uri::default());
        let caller = normaliser.caller(method, request.version(), &uri, request.headers());
        let head = normaliser.request_head(method, &uri, request.headers());
        let head = head.map(Box::new);
        let response = next.run(request, extensions);
        Box::pin(async move {
            let response = response.await?;
            if passes(normaliser, caller, &response) {
                return Ok(response);
            }
            Box::pin(self.answer(caller, head, response)).await
        })
    }
}

impl NormaliseErrorsMiddleware {
    async fn answer(
        &self,
        caller: Caller,
        head: Option<Box<RequestHead>>,
        response: Response,
    ) -> Result<Response> {
        let (parts, body, url) = into_parts(response);
        let response = http::Response::from_parts(parts, body);
        let head = head.map(|head| *head);
        let (parts, body) = self.layer.answer(caller, head, response).await.into_parts();
        Ok(from_parts(parts, body, url))
    }
}

/// Whether the head alone shows that the response passes. Most responses pass, and are not split into parts.
fn passes(normaliser: &Normaliser, caller: Caller, response: &Response) -> bool {
    let mut asks_for_body = false;
    let head = HeadRef {
        status: response.status(),
        headers: response.headers(),
        extensions: response.extensions(),
    };
    let class = normaliser.class(caller, head, || {
        asks_for_body = true;
        BodyHint::default()
    });
    class == Class::Pass && !asks_for_body
}
