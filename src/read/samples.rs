//! The samples of `docs/formats.md`, for tests.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};

use crate::envelope::Envelope;

/// A sample of the documentation: a response, and the JSON of its envelope.
pub(super) struct Sample {
    pub(super) format: &'static str,
    pub(super) response: &'static str,
    envelope: &'static str,
}

/// All samples, in the order of the documentation.
pub(super) fn all() -> Vec<Sample> {
    let sections = include_str!("../docs/formats.md").split("\n## `").skip(1);
    let samples = sections.flat_map(|section| {
        let (format, section) = section.split_once('`').unwrap();
        section.split("```http\n").skip(1).map(move |sample| {
            let (response, rest) = sample.split_once("\n```\n").unwrap();
            let envelope = rest.trim_start().strip_prefix("```json\n").unwrap();
            let (envelope, _) = envelope.split_once("\n```").unwrap();
            Sample {
                format,
                response,
                envelope,
            }
        })
    });
    samples.collect()
}

impl Sample {
    pub(super) fn envelope(&self) -> Envelope {
        serde_json::from_str(self.envelope).unwrap()
    }

    pub(super) fn response(&self) -> Response<Bytes> {
        let sample = self.response;
        let (head, body) = sample.split_once("\n\n").unwrap_or((sample, ""));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status.parse().unwrap();
        for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
            let name: HeaderName = name.parse().unwrap();
            let value = HeaderValue::from_static(value);
            response.headers_mut().append(name, value);
        }
        response
    }
}
