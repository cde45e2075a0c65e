use tower_error_envelope::IntoEnvelope;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
enum E {
    #[error("a")]
    #[envelope(status = 404, members(id))]
    A { ids: u8 },
}

fn main() {}
