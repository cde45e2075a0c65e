//! The time from a 404 with a text to the documented JSON.
//!
//! `cargo bench --all-features --bench rewrite`. Times vary between runs by more than the layers differ, so published
//! figures are from `instructions`.

mod work;

fn main() {
    work::time(&["error", "encode"], |contestant| {
        let is_text = ["bare", "identity layer", "text"].contains(&contestant.name);
        (404, if is_text { 19 } else { work::JSON.len() })
    });
}
