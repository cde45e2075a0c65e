//! How long it takes to make the documented JSON of a 404 with a text.
//!
//! `cargo bench --all-features --bench rewrite`. Times vary from run to run by more than the layers differ by: claims
//! are made of `instructions`.

mod work;

fn main() {
    work::time(&["error", "encode"], |contestant| {
        let is_text = ["bare", "identity layer", "text"].contains(&contestant.name);
        (404, if is_text { 19 } else { work::JSON.len() })
    });
}
