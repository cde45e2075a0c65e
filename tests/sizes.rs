//! The sizes of the types that are moved with every request.
#![cfg(feature = "axum")]

use std::convert::Infallible;
use std::future::{pending, ready, Future, Ready};
use std::mem::size_of;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower::{service_fn, Layer, Service};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer, ResponseBody};

type Answer<B> = Ready<Result<Response<B>, Infallible>>;

fn service<B: Body + Default>(
) -> impl Service<Request<()>, Response = Response<B>, Error = Infallible, Future = Answer<B>> {
    service_fn(|_| ready(Ok(Response::new(B::default()))))
}

fn future_of<S: Service<Request<()>>>(_: &S) -> usize {
    size_of::<S::Future>()
}

#[test]
fn the_future_is_the_inner_future_and_at_most_32_bytes() {
    let inner = size_of::<Answer<Full<Bytes>>>();
    let layers = [
        future_of(&ErrorEnvelopeLayer::new().layer(service::<Full<Bytes>>())),
        future_of(&ErrorEnvelopeLayer::client().layer(service::<Full<Bytes>>())),
    ];
    assert!(
        layers.iter().all(|size| *size <= inner + 32),
        "{inner} -> {layers:?} bytes"
    );

    let inner = size_of::<Answer<axum::body::Body>>();
    let same = ErrorEnvelopeLayer::new().with_same_body();
    let same = future_of(&same.layer(service::<axum::body::Body>()));
    assert!(same <= inner + 32, "{inner} -> {same} bytes");
}

#[test]
fn around_a_boxed_future_it_is_large_enough_for_the_body_of_an_error() {
    type Boxed<B> = Pin<Box<dyn Future<Output = Result<Response<B>, Infallible>>>>;
    let full = service_fn(|_: Request<()>| -> Boxed<Full<Bytes>> { Box::pin(pending()) });
    let full = future_of(&ErrorEnvelopeLayer::new().layer(full));
    let axum = service_fn(|_: Request<()>| -> Boxed<axum::body::Body> { Box::pin(pending()) });
    let axum = future_of(&ErrorEnvelopeLayer::new().layer(axum));
    assert!(full <= 72 && axum <= 56, "{full} and {axum} bytes");
}

#[test]
fn the_body_is_the_inner_body_or_40_bytes() {
    assert!(size_of::<ResponseBody<axum::body::Body>>() <= 40);
    assert!(size_of::<ResponseBody<Full<Bytes>>>() <= size_of::<Full<Bytes>>() + 16);
}

#[test]
fn the_layers_are_a_pointer_and_the_envelope_is_one() {
    assert_eq!(size_of::<ErrorEnvelopeLayer>(), size_of::<usize>());
    assert_eq!(size_of::<RaiseErrorsLayer>(), size_of::<usize>());
    assert_eq!(size_of::<Envelope>(), size_of::<usize>());
}
