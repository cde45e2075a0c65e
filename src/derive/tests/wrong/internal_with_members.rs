use tower_error_envelope_derive::IntoEnvelope;

#[derive(IntoEnvelope)]
enum E {
    #[envelope(internal, members(id))]
    A { id: u8 },
}

fn main() {}
