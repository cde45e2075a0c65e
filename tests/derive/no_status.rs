use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
enum E {
    #[error("a")]
    A,
}

fn main() {}
