//! The time of reading, and of parsing the body into a tree of `serde_json`.
//!
//! ```sh
//! cargo bench --all-features --bench read
//! ```

mod samples;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use samples::Sample;
use serde_json::Value;
use tower_error_envelope::read::read;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    let mut group = |name: &str, samples: &[Sample]| run(criterion.benchmark_group(name), samples);
    group("small documents", &samples::small());
    group("documents of 64 KiB", &samples::large());
    group("nested arrays", &samples::nested());
    criterion.final_summary();
}

fn run(mut group: BenchmarkGroup<'_, WallTime>, samples: &[Sample]) {
    for sample in samples {
        let Sample { name, response, .. } = sample;
        check(sample);
        let body = response.body();
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(format!("{name}/read"), |bencher| {
            bencher.iter(|| read(black_box(response)));
        });
        group.bench_function(format!("{name}/serde_json::Value"), |bencher| {
            bencher.iter(|| serde_json::from_slice::<Value>(black_box(body)));
        });
    }
    group.finish();
}

/// Checks that the timed work gives the expected result.
fn check(sample: &Sample) {
    let envelope = read(&sample.response);
    let fields = envelope.field_errors().len();
    assert!(envelope.message().starts_with(sample.message), "{envelope}");
    assert_eq!(fields, sample.fields, "{}", sample.name);

    // Bodies that serde_json refuses are read as well: a page by its title, others by the status.
    let value = serde_json::from_slice::<Value>(sample.response.body());
    assert!(value.is_ok() || envelope.sent_message().is_none() || sample.name == "page");
}
