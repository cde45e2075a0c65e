use axum::Router;
use tower::ServiceBuilder;
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::compression::CompressionLayer;

fn main() {
    let layers = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new().with_same_body())
        .layer(CompressionLayer::new());
    let _: Router = Router::new().layer(layers);
}
