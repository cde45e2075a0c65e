//! The entry to the decisions.
//!
//! In: the calls of the builder. Out: a [`Normaliser`]. Engines hold one, and call its methods:
//!
//! 1. [`caller`](super::caller) classifies a request.
//! 2. [`class`](super::class) classifies a response. Most responses pass here.
//! 3. [`judge`](super::judge) decides what to do with an error.
//! 4. [`reading`](super::reading) reads the body, if it is needed.
//! 5. [`normalise`](super::normalise) makes the answer.

use std::fmt;
use std::sync::Arc;

use super::config::{Config, Side};

/// Decides what happens to each response.
///
/// It is configured like a layer, knows nothing of tower, and never waits. A clone costs one reference count. See the
/// [module](super) for a complete engine.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{AnswerBody, BodyHint, Head, Normaliser};
///
/// let normaliser = Normaliser::server();
///
/// // Before the service is called:
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/nowhere"), &HeaderMap::new());
///
/// // When the service has answered:
/// let (mut parts, ()) = Response::builder().status(404).body(())?.into_parts();
/// let hint = BodyHint { ended: true, length: Some(0) };
/// let Head::Answer(answer) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
/// let body = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
/// assert_eq!(answer.body, AnswerBody::Full(body.into()));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Normaliser {
    pub(super) config: Arc<Config>,
}

impl Normaliser {
    /// For a server: answers every error, and masks a 5xx that was not written for the client.
    pub fn server() -> Self {
        Self::new(Side::Server)
    }

    /// For a client: reads every error in any format, and masks none. Errors become the documented JSON, or a status of gRPC for
    /// a caller of gRPC.
    pub fn client() -> Self {
        Self::new(Side::Client)
    }

    fn new(side: Side) -> Self {
        Self {
            config: Arc::new(Config::new(side)),
        }
    }

    /// The same normaliser with another configuration.
    pub(super) fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl fmt::Debug for Normaliser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Normaliser")
            .field("config", &self.config)
            .finish()
    }
}
