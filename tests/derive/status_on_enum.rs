use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
#[envelope(status = 404)]
enum E {
    #[error("a")]
    A,
}

fn main() {}
