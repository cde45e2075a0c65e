//! Compares two clients of Copr. `interop/copr_answers.json` has the result of the real python-copr for each answer
//! (`interop/copr_answers.py` checks it). Our client must give the same result.

mod support;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use support::{serve_bytes, Protocol};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{ApiError, ErrorKind, RaiseErrorsLayer};

/// One answer.
#[derive(Default, Deserialize)]
struct Answer {
    name: String,
    method: String,
    status: u16,
    #[serde(rename = "type")]
    content_type: Option<String>,
    body: Option<String>,
    /// The body, if it is not text.
    hex: Option<String>,
    /// The declared length, if it differs from the real one.
    declares: Option<usize>,
    reason: Option<String>,
    python: Outcome,
    /// The difference of our result.
    #[serde(default)]
    ours: Outcome,
}

/// Data with this status, an error with this class and text, or a crash of the client.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    data: Option<u16>,
    class: Option<String>,
    status: Option<u16>,
    text: Option<String>,
    error: Option<serde_json::Value>,
    crash: Option<String>,
}

fn answers() -> Vec<Answer> {
    serde_json::from_str(include_str!("interop/copr_answers.json")).unwrap()
}

impl Answer {
    fn body(&self) -> Vec<u8> {
        let Some(hex) = &self.hex else {
            return self.body.clone().unwrap().into_bytes();
        };
        let digits = hex.as_bytes().chunks(2);
        let byte = |digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
        digits.map(byte).collect()
    }

    /// The bytes that the server sends. The Python script sends the same.
    fn bytes(&self) -> Vec<u8> {
        let status = StatusCode::from_u16(self.status).unwrap();
        let reason = self.reason.as_deref();
        let reason = reason.or(status.canonical_reason()).unwrap_or_default();
        let body = self.body();
        let mut head = format!("HTTP/1.1 {} {reason}\r\nConnection: close\r\n", self.status);
        if self.status != 204 {
            let length = self.declares.unwrap_or(body.len());
            head += &format!("Content-Length: {length}\r\n");
        }
        if let Some(content_type) = &self.content_type {
            head += &format!("Content-Type: {content_type}\r\n");
        }
        [head.as_bytes(), b"\r\n", &body].concat()
    }

    /// The result of a client with this layer: the status and the body of data, or an error.
    async fn through(&self, layer: RaiseErrorsLayer) -> Result<(u16, Bytes), ApiError> {
        let server = serve_bytes(self.bytes()).await;
        let request = Request::builder()
            .method(self.method.as_str())
            .uri(format!("http://{server}/"));
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let client = layer.layer(support::client(Protocol::Http1));
        match client.oneshot(request).await {
            Ok(response) => {
                let response = support::collect(response).await;
                Ok((response.status().as_u16(), response.into_body()))
            }
            Err(error) => Err(error.into_api().unwrap()),
        }
    }
}

/// The class of python-copr for a kind.
fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Auth => "CoprAuthException",
        ErrorKind::NoResult => "CoprNoResultException",
        ErrorKind::Timeout => "CoprTimeoutException",
        kind if kind.is_a(ErrorKind::Request) => "CoprRequestException",
        kind => panic!("{kind:?} has no class"),
    }
}

#[tokio::test]
async fn both_clients_say_the_same() {
    let answers = answers();
    assert!(answers.len() > 80);
    for answer in &answers {
        let (name, ours, python) = (&answer.name, &answer.ours, &answer.python);
        match answer.through(RaiseErrorsLayer::copr()).await {
            Ok((status, body)) => {
                assert_eq!(Some(status), ours.data.or(python.data), "{name}");
                assert_eq!(body, answer.body(), "{name}");
            }
            Err(error) => {
                let want = ours.class.as_deref().or(python.class.as_deref());
                assert_eq!(Some(class(error.kind())), want, "{name}");
                let want = ours.text.as_deref().or(python.text.as_deref());
                assert_eq!(Some(&*error.to_string()), want, "{name}");
                assert_eq!(error.status().as_u16(), answer.status, "{name}");
                assert_eq!(error.body(), &answer.body(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn by_the_status_only_the_status_counts() {
    for answer in answers() {
        let name = &answer.name;
        match answer.through(RaiseErrorsLayer::new()).await {
            Ok((status, body)) => {
                assert!(status < 400, "{name}");
                assert_eq!(body, answer.body(), "{name}");
            }
            Err(error) => {
                assert!(answer.status >= 400, "{name}");
                let exact = match answer.status {
                    403 => Some(ErrorKind::Auth),
                    404 => Some(ErrorKind::NoResult),
                    504 => Some(ErrorKind::Timeout),
                    _ => None,
                };
                assert!(
                    error.is_request() == exact.is_none()
                        && exact.map_or(true, |kind| error.kind() == kind),
                    "{name}"
                );
                assert_eq!(error.body(), &answer.body(), "{name}");
            }
        }
    }
}

#[test]
fn results_differ_only_if_python_copr_crashes_or_prints_nothing() {
    for answer in answers() {
        let (name, ours, python) = (&answer.name, &answer.ours, &answer.python);
        let differs = ours.data.is_some() || ours.text.is_some() || ours.class.is_some();
        let says_nothing = python
            .text
            .as_deref()
            .is_some_and(|text| ["", "None"].contains(&text));
        let is_list = python
            .error
            .as_ref()
            .is_some_and(|error| !error.is_string());
        let is_latin = answer
            .content_type
            .as_deref()
            .is_some_and(|label| label.contains("iso-8859-1"));
        assert_eq!(
            differs,
            python.crash.is_some() || says_nothing || is_list || is_latin,
            "{name}"
        );
        assert_eq!(
            python.status.unwrap_or(answer.status),
            answer.status,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_errors_of_a_form_are_fields() {
    let answers = answers();
    let form = answers
        .iter()
        .find(|answer| answer.name == "a form with two errors")
        .unwrap();
    for layer in [RaiseErrorsLayer::new(), RaiseErrorsLayer::copr()] {
        let error = form.through(layer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        let names: Vec<_> = error
            .envelope()
            .field_errors()
            .iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["name", "chroots"]);
    }
}

#[tokio::test]
async fn data_longer_than_the_limit_is_data_and_whole() {
    let long = format!(
        r#"{{"items": [{}0], "error": "too late"}}"#,
        "0, ".repeat(50_000)
    );
    for status in [200, 500] {
        let answer = |body: &str| Answer {
            name: "long".into(),
            method: "GET".into(),
            status,
            content_type: Some("application/json".into()),
            body: Some(body.into()),
            ..Answer::default()
        };
        let result = answer(&long).through(RaiseErrorsLayer::copr()).await;
        if status == 200 {
            assert_eq!(result.unwrap().1, long);
        } else {
            let error = result.unwrap_err();
            assert!(error.is_truncated() && error.kind() == ErrorKind::Server);
        }
        let within = RaiseErrorsLayer::copr().with_body_limit(1024 * 1024);
        let error = answer(&long).through(within).await.unwrap_err();
        assert_eq!(error.to_string(), "too late");
    }
}

#[tokio::test]
async fn hostile_documents_cost_little_and_do_not_panic() {
    let deep = "[".repeat(60_000);
    let documents = [
        deep.clone(),
        format!(r#"{{"error": {deep}"#),
        format!(
            r#"{{"error": {}{}}}"#,
            "[".repeat(30_000),
            "]".repeat(30_000)
        ),
        format!("{{{}", r#""error": "#.repeat(6_000)),
        format!(
            "{{{}\"error\": \"x\"}}",
            r#""error": [[],[],[]], "#.repeat(2_500)
        ),
    ];
    for body in documents {
        let answer = Answer {
            name: "hostile".into(),
            method: "GET".into(),
            status: 400,
            body: Some(body),
            ..Answer::default()
        };
        let error = answer.through(RaiseErrorsLayer::copr()).await.unwrap_err();
        assert!(error.is_request(), "{error}");
    }
}
