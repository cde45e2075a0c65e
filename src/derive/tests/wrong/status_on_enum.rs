use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
#[envelope(status = 404)]
enum E {
    A,
}

fn main() {}
