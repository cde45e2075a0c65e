use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
enum E {
    A,
}

fn main() {}
