// The README's code needs the features to compile.
#![cfg_attr(all(feature = "axum", feature = "tonic"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "axum", feature = "tonic")),
    doc = "Tower middleware that turns every HTTP error, sent or received, into one documented JSON envelope."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Nothing that came from a peer may panic. Tests may.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

#[cfg(feature = "axum")]
pub mod axum;
mod body;
pub mod envelope;
mod grpc;
mod http;
pub mod layer;
#[cfg(doc)]
#[doc = include_str!("docs/performance.md")]
pub mod performance {}
pub mod raise;
pub mod read;
#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "reqwest-middleware")]
pub mod reqwest_middleware;
#[cfg(feature = "tonic")]
pub mod tonic;
pub mod write;

pub use self::body::ResponseBody;
pub use self::envelope::{Envelope, ErrorType, FieldErrors, Members, Origin};
pub use self::layer::{
    Client, ErrorEnvelope, ErrorEnvelopeLayer, Masked, Passthrough, SameBody, Server,
};
#[cfg(feature = "retry")]
pub use self::raise::RetryPolicy;
pub use self::raise::{
    ApiError, ErrorKind, OptionalResult, RaiseErrors, RaiseErrorsLayer, RaisedError, RetryAdvice,
};
