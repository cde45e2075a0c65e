//! How long a success takes through each layer.
//!
//! `cargo bench --all-features --bench pass_through`. Times vary from run to run by more than the layers differ by:
//! claims are made of `instructions`.

mod work;

use std::time::Duration;

use criterion::{criterion_group, criterion_main, Criterion};

fn pass_through(criterion: &mut Criterion) {
    let passing = work::contestants();
    let passing = passing
        .iter()
        .filter(|one| one.group.starts_with("success") || one.group.starts_with("stream"));
    for contestant in passing {
        let mut run = (contestant.make)();
        let want = if contestant.group.starts_with("success") {
            71
        } else {
            1024 * 1024
        };
        assert_eq!(run(), (200, want), "{}", contestant.id());
        criterion.bench_function(&contestant.id(), |bencher| bencher.iter(&mut run));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(20);
    targets = pass_through
}
criterion_main!(benches);
