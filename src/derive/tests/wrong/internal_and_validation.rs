use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
enum E {
    #[envelope(internal, validation)]
    A(u8),
}

fn main() {}
