//! How long it takes to make the documented JSON of a 404 with a text.
//!
//! `cargo bench --all-features --bench rewrite`. Times vary from run to run by more than the layers differ by: claims
//! are made of `instructions`.

mod work;

use std::time::Duration;

use criterion::{criterion_group, criterion_main, Criterion};

fn rewrite(criterion: &mut Criterion) {
    let rewriting = work::contestants();
    let rewriting = rewriting
        .iter()
        .filter(|one| one.group.starts_with("error") || one.group == "encode");
    for contestant in rewriting {
        let mut run = (contestant.make)();
        let is_text = ["bare", "identity layer", "text"].contains(&contestant.name);
        let json = r#"{"_error_message":"Build 123 not found","_error_type":"clustr.exceptions.NotFound"}"#;
        let want = if is_text { 19 } else { json.len() };
        assert_eq!(run(), (404, want), "{}", contestant.id());
        criterion.bench_function(&contestant.id(), |bencher| bencher.iter(&mut run));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(20);
    targets = rewrite
}
criterion_main!(benches);
