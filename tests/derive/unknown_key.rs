use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
enum E {
    #[error("a")]
    #[envelope(code = 404)]
    A,
}

fn main() {}
