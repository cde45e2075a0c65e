use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
enum E {
    #[envelope(status = 500)]
    A(std::fmt::Error),
}

fn main() {}
