//! How long a success takes through each layer.
//!
//! `cargo bench --all-features --bench pass_through`. Times vary from run to run by more than the layers differ by:
//! claims are made of `instructions`.

mod work;

fn main() {
    work::time(&["success", "stream"], |contestant| {
        let is_small = contestant.group.starts_with("success");
        (200, if is_small { 71 } else { 1024 * 1024 })
    });
}
