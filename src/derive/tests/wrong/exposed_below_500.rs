use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
enum E {
    #[envelope(status = 404, exposed)]
    A,
}

fn main() {}
