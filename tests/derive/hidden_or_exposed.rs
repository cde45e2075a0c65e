use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
enum E {
    #[error("{0}")]
    #[envelope(status = 500)]
    A(std::fmt::Error),
}

fn main() {}
