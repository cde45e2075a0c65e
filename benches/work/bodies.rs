//! Bodies of errors, small and large, and reading them.

use std::hint::black_box;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::Response;
use serde_json::{json, Value};
use tower_error_envelope::read::read;
use tower_error_envelope::write::Clustr;

use super::drive::Run;

/// A body with its label and its status.
pub(crate) struct Sample {
    status: u16,
    label: &'static str,
    body: String,
}

impl Sample {
    fn json(body: String) -> Self {
        Self {
            status: 400,
            label: "application/json",
            body,
        }
    }
}

pub(crate) fn problem() -> Sample {
    let problem = json!({
        "type": "https://example.com/probs/out-of-credit",
        "title": "You do not have enough credit.",
        "status": 403,
        "detail": "Your current balance is 30, but that costs 50.",
        "instance": "/account/12345/msgs/abc",
    });
    Sample {
        status: 403,
        label: "application/problem+json",
        body: problem.to_string(),
    }
}

/// The given number of parameters, each with a message of 38 bytes.
pub(crate) fn fields(parameters: usize) -> Sample {
    let field =
        |number| format!(r#""field_{number}":["Ensure this value has at most 50 letters"]"#);
    let fields: Vec<_> = (0..parameters).map(field).collect();
    Sample::json(format!("{{{}}}", fields.join(",")))
}

pub(crate) fn page() -> Sample {
    let head = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>The backend is down</h1>";
    Sample {
        status: 502,
        label: "text/html",
        body: head.to_owned() + &"<p>Try again later.</p>\n".repeat(2726),
    }
}

pub(crate) fn nested(arrays: usize) -> Sample {
    Sample::json("[".repeat(arrays) + &"]".repeat(arrays))
}

pub(crate) fn escapes() -> Sample {
    Sample::json(format!(
        r#"{{"error":"{}"}}"#,
        r#"\n\"\u00e9\\"#.repeat(5461)
    ))
}

pub(crate) fn text(bytes: usize) -> Sample {
    Sample {
        status: 404,
        label: "text/plain; charset=utf-8",
        body: "no such thing, ".chars().cycle().take(bytes).collect(),
    }
}

/// Reads the error, and writes it as the documented JSON.
pub(crate) fn ours(sample: Sample) -> Run {
    let response = Response::builder()
        .status(sample.status)
        .header(CONTENT_TYPE, sample.label);
    let response = response.body(Bytes::from(sample.body)).unwrap();
    Box::new(move || {
        let envelope = read(black_box(&response));
        (envelope.status().as_u16(), Clustr::to_json(&envelope).len())
    })
}

/// Parses the JSON, and writes it again. Other bodies are refused.
pub(crate) fn value(sample: Sample) -> Run {
    Box::new(move || {
        let value = serde_json::from_slice::<Value>(black_box(sample.body.as_bytes()));
        let json = value.map(|value| serde_json::to_vec(&value).unwrap());
        (sample.status, json.map_or(0, |json| json.len()))
    })
}

/// Reads the error.
pub(crate) fn only_read(response: Response<Bytes>) -> Run {
    Box::new(move || {
        let envelope = read(black_box(&response));
        (envelope.status().as_u16(), envelope.field_errors().len())
    })
}

/// Parses the JSON.
pub(crate) fn parse(response: Response<Bytes>) -> Run {
    Box::new(move || {
        let value = serde_json::from_slice::<Value>(black_box(response.body()));
        let is_json = black_box(value).is_ok();
        (response.status().as_u16(), usize::from(is_json))
    })
}
