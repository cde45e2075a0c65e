use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
enum E {
    #[error("a")]
    #[envelope(internal, members(id))]
    A { id: u8 },
}

fn main() {}
