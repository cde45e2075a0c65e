// The README's code needs the features to compile.
#![cfg_attr(
    all(feature = "axum", feature = "reqwest", feature = "tonic"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "axum", feature = "reqwest", feature = "tonic")),
    doc = "Tower middleware that turns every HTTP error, sent or received, into one documented JSON envelope."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Documentation links to the layers, which are not there without their feature.
#![cfg_attr(not(feature = "layer"), allow(rustdoc::broken_intra_doc_links))]
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
mod axum;
mod body;
#[cfg(any(doc, doctest))]
pub mod docs;
pub mod envelope;
pub mod exchange;
#[cfg(feature = "garde")]
pub mod garde;
#[cfg(feature = "derive")]
#[doc(hidden)]
pub mod generated;
mod grpc;
mod http;
#[cfg(feature = "layer")]
pub mod layer;
#[cfg(feature = "layer")]
pub mod raise;
pub mod read;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "reqwest-middleware")]
mod reqwest_middleware;
#[cfg(feature = "reqwest-retry")]
mod reqwest_retry;
#[cfg(feature = "schemars")]
pub mod schemars;
#[cfg(feature = "layer")]
pub mod testing;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "utoipa")]
pub mod utoipa;
#[cfg(any(feature = "validator", feature = "validator-0_20"))]
pub mod validator;
pub mod write;

#[cfg(feature = "layer")]
pub use self::body::ResponseBody;
#[doc(inline)]
pub use self::envelope::{Envelope, ErrorType, FieldErrors, Members, Origin};
#[doc(inline)]
pub use self::exchange::{ErrorEvent, Masked, Masking, Passthrough, RequestHead, ResponseOrigin};
#[cfg(feature = "layer")]
#[doc(inline)]
pub use self::layer::{Client, ErrorEnvelopeLayer, ErrorEnvelopeService, SameBody, Server};
#[cfg(feature = "retry")]
#[doc(inline)]
pub use self::raise::RetryPolicy;
#[cfg(feature = "layer")]
#[doc(inline)]
pub use self::raise::{
    ApiError, ErrorKind, OptionalResult, RaiseErrorsLayer, RaiseErrorsService, RaisedError,
    RetryAdvice,
};
#[cfg(feature = "reqwest")]
pub use self::reqwest::ResponseExt;
#[cfg(feature = "reqwest-middleware")]
pub use self::reqwest_middleware::{ErrorExt, NormaliseErrorsMiddleware, RaiseErrorsMiddleware};
#[cfg(feature = "reqwest-retry")]
pub use self::reqwest_retry::RetryMiddleware;
#[cfg(feature = "derive")]
#[doc = include_str!("docs/derive.md")]
pub use tower_error_envelope_derive::IntoEnvelope;
