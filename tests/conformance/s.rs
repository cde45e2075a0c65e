//! Security: what a body, a caller or an upstream can cost, and what an error may tell.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::json;
use tower::{Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

use crate::kit::*;

const LIMIT: usize = 64 * 1024;

/// The JSON of an answer.
fn parsed(seen: &Seen) -> serde_json::Value {
    serde_json::from_slice(&seen.body).expect("valid JSON")
}

/// A response whose body gives `frame` for ever, and how often it was asked.
fn endless(status: u16, frame: &'static [u8]) -> (Seen, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let service = tower::service_fn(move |_: Request<()>| {
        let counted = Arc::clone(&counted);
        let frames = futures_util::stream::repeat_with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Frame::data(Bytes::from_static(frame)))
        });
        std::future::ready(Ok::<_, Infallible>(
            Response::builder()
                .status(status)
                .body(StreamBody::new(frames))
                .unwrap(),
        ))
    });
    let response = tokio_test::block_on(
        ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(())),
    )
    .unwrap();
    let response = collect(response);
    let (parts, body) = response.into_parts();
    let seen = Seen {
        head: Response::from_parts(parts, ()),
        body,
        trailers: http::HeaderMap::new(),
        events: Vec::new(),
    };
    (seen, asked.load(Ordering::SeqCst))
}

/// S1: of an error's body 64 KiB are read, and no more.
#[test]
fn s1_of_an_errors_body_64_kib_are_read() {
    let (seen, asked) = endless(404, &[b'x'; 1024]);
    assert!(is_generic(&seen) && asked <= 66, "{asked} KiB");
}

/// S2: a body that says it is longer is not read at all.
#[test]
fn s2_a_body_that_says_it_is_longer_is_not_read_at_all() {
    struct Long;
    impl http_body::Body for Long {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            panic!("was asked for a frame")
        }
        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(LIMIT as u64 + 1)
        }
    }
    let service = tower::service_fn(|_: Request<()>| async {
        Ok::<_, Infallible>(Response::builder().status(404).body(Long).unwrap())
    });
    let response = tokio_test::block_on(
        ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(())),
    )
    .unwrap();
    assert_eq!(collect(response).status(), 404);
}

/// S3: the time for an error's body is that of a timeout layer outside, which frames that trickle in do not move.
#[tokio::test(start_paused = true)]
async fn s3_the_time_for_an_errors_body_is_that_of_a_timeout_layer() {
    let service = tower::service_fn(|_: Request<()>| async {
        let trickle = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, Infallible>(Frame::data(Bytes::from("x"))), ()))
        });
        Ok::<_, Infallible>(
            Response::builder()
                .status(404)
                .body(StreamBody::new(Box::pin(trickle)))
                .unwrap(),
        )
    });
    let started = tokio::time::Instant::now();
    let outside = tower::ServiceBuilder::new()
        .timeout(Duration::from_secs(10))
        .layer(ErrorEnvelopeLayer::new())
        .service(service);
    let answer = outside.oneshot(Request::new(())).await;
    assert!(answer.err().unwrap().is::<tower::timeout::error::Elapsed>());
    assert_eq!(started.elapsed().as_secs(), 10);
}

/// S4: what is kept of an error is about what it says, however large the buffer was that it came in.
#[test]
fn s4_what_is_kept_of_an_error_is_about_what_it_says() {
    let body = br#"{"error":"no such"}"#;
    let held = measure(|| {
        let mut buffer = vec![b' '; 1024 * 1024];
        buffer[..body.len()].copy_from_slice(body);
        let part = Bytes::from(buffer).slice(..body.len());
        let seen = get(Inside::Answers(response(404, &[JSON], part)));
        std::mem::forget(seen.head.extensions().get::<Envelope>().unwrap().clone());
    });
    assert!(held.bytes_current < 4096, "{} bytes", held.bytes_current);
}

/// S5: a small body that is large once decoded costs no more than the limit.
#[test]
fn s5_a_small_body_that_is_large_once_decoded_costs_no_more_than() {
    let body = gzip::compressed(vec![b' '; 8 * 1024 * 1024]);
    assert!(body.len() < LIMIT);
    let memory = measure(|| {
        let seen = get(Inside::Answers(response(
            404,
            &[JSON, ("content-encoding", "gzip")],
            body.clone(),
        )));
        assert!(is_generic(&seen));
    });
    assert!(memory.bytes_max < 1024 * 1024, "{} bytes", memory.bytes_max);
}

/// Gzip by the layer of tower-http, which the tests have anyway.
mod gzip {
    use bytes::Bytes;
    use http_body_util::{BodyExt, Full};
    use tower::{Layer, ServiceExt};

    pub(super) fn compressed(body: Vec<u8>) -> Bytes {
        let body = Bytes::from(body);
        let service = tower::service_fn(move |_: http::Request<()>| {
            let response = http::Response::builder().header("content-type", "text/plain");
            std::future::ready(Ok::<_, std::convert::Infallible>(
                response.body(Full::new(body.clone())).unwrap(),
            ))
        });
        let request = http::Request::builder()
            .header("accept-encoding", "gzip")
            .body(())
            .unwrap();
        let layer = tower_http::compression::CompressionLayer::new();
        tokio_test::block_on(async {
            let response = layer.layer(service).oneshot(request).await.unwrap();
            assert_eq!(response.headers()["content-encoding"], "gzip");
            response.into_body().collect().await.unwrap().to_bytes()
        })
    }
}

/// S6: a body of no bytes is empty, whatever its coding.
#[test]
fn s6_a_body_of_no_bytes_is_empty() {
    for coding in ["gzip", "br", "zstd"] {
        assert!(
            is_generic(&get(answer(404, &[TEXT, ("content-encoding", coding)], ""))),
            "{coding}"
        );
    }
}

/// S7: what is written is UTF-8, whatever came.
#[test]
fn s7_what_is_written_is_utf_8() {
    for bytes in [
        &b"\xff"[..],
        b"\xc3",
        b"a\xf0\x9f\x98",
        b"\xfe\xff\0a",
        b"{\"error\":\"\xff\"}",
        b"<p>\x80</p>",
    ] {
        for label in [
            JSON,
            TEXT,
            HTML,
            ("content-type", "text/plain; charset=latin1"),
        ] {
            let seen = get(Inside::Answers(response(404, &[label], bytes)));
            assert!(
                std::str::from_utf8(&seen.body).is_ok(),
                "{label:?} {bytes:?}"
            );
            assert!(parsed(&seen)["_error_message"].is_string());
        }
    }
}

/// S8: half a surrogate costs the message, not the status.
#[test]
fn s8_half_a_surrogate_costs_the_message() {
    for body in [
        r#"{"error":"\ud800"}"#,
        r#"{"error":"\udc00\ud800"}"#,
        r#"{"error":"a\ud83d"}"#,
    ] {
        let seen = get(answer(409, &[JSON], body));
        assert_eq!(seen.status(), 409);
        assert!(!message(&seen).is_empty(), "{body}");
    }
}

/// S9: marks, prefixes and numbers that no JSON has are survived.
#[test]
fn s9_marks() {
    for body in [
        "\u{feff}{\"error\":\"x\"}",
        ")]}',\n{\"error\":\"x\"}",
        "{\"error\":NaN}",
        "{\"n\":1e400}",
        "{\"error\":\"x\"}{}",
        "{\"error\":\"x\",}",
        "[1,2",
        "'x'",
        "nul",
    ] {
        let seen = get(answer(409, &[JSON], body));
        assert!(seen.status() == 409 && !message(&seen).is_empty(), "{body}");
    }
}

/// S10: nesting without end neither overflows the stack nor loses the status, on a small stack.
#[test]
fn s10_nesting_without_end_neither_overflows_the_stack_nor_loses_the_status() {
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let nested = || {
        for depth in [64, 126, 127, 128, 30_000] {
            for (open, close) in [
                ("[", "]"),
                ("{\"error\":", "}"),
                ("[{\"errors\":", "}]"),
                ("<a>", "</a>"),
            ] {
                let count = depth.min(60_000 / (open.len() + close.len()));
                let body = format!("{}\"x\"{}", open.repeat(count), close.repeat(count));
                for label in [JSON, HTML, ("content-type", "application/xml")] {
                    assert_eq!(
                        get(answer(409, &[label], &body)).status(),
                        409,
                        "{depth} {open}"
                    );
                }
            }
        }
    };
    small.spawn(nested).unwrap().join().unwrap();
}

/// S12: of two members with one name one counts, the same each time; the status is that of the head.
#[test]
fn s12_of_two_members_with_one_name_one_counts() {
    let body = r#"{"error":"No such printer","error":"No such job","status":200,"status":404}"#;
    let seen = [0, 1].map(|_| get(answer(409, &[JSON], body)));
    assert_eq!(seen[0].body, seen[1].body);
    let one = ["No such printer", "No such job"].contains(&&*message(&seen[0]));
    assert!(seen[0].status() == 409 && one, "{}", seen[0].text());
    let null = get(answer(
        409,
        &[JSON],
        r#"{"error":"No such job","error":null}"#,
    ));
    assert_eq!(
        (null.status(), message(&null)),
        (409, "No such job".to_owned())
    );
}

/// S13: a parameter with a reserved name is told as one, and hides no message.
#[test]
fn s13_a_parameter_with_a_reserved_name_is_told_as_one() {
    for name in ["_error_message", "_error_type", "_error_details"] {
        let envelope = Envelope::validation(FieldErrors::from_iter([(name, "is odd")]));
        let body = Clustr::to_json(&envelope);
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["_error_message"], format!("{name}: is odd"), "{json}");
        assert!(
            !json["_error_type"].is_array() && json.get("_error_details").is_none(),
            "{json}"
        );
    }
}

/// S14: names that mean something to scripts are ordinary names.
#[test]
fn s14_names_that_mean_something_to_scripts_are_ordinary_names() {
    for name in [
        "__proto__",
        "constructor",
        "a.b",
        "a\u{0}b",
        "\u{202e}x",
        "toString",
        "length",
    ] {
        let body = json!({ name: ["is odd"] }).to_string();
        assert_eq!(
            parsed(&get(answer(400, &[JSON], &body))),
            json!({ name: ["is odd"] }),
            "{name:?}"
        );
    }
}

/// S15: parameters, messages and texts are bounded, a cut is marked, and no more than twice the limit is written.
#[test]
fn s15_parameters() {
    let many: serde_json::Map<_, _> = (0..4000).map(|n| (format!("f{n}"), json!(["m"]))).collect();
    let repeated = format!(
        r#"{{"errors":[{{"fields":[{}],"message":"{}"}}]}}"#,
        (0..1500)
            .map(|n| format!("\"a{n}\""))
            .collect::<Vec<_>>()
            .join(","),
        "m".repeat(49_000)
    );
    for body in [serde_json::Value::from(many).to_string(), repeated] {
        let seen = get(answer(400, &[JSON], &body));
        assert!(
            seen.body.len() <= 2 * LIMIT + 512,
            "{} bytes of {}",
            seen.body.len(),
            body.len()
        );
        assert!(parsed(&seen).as_object().unwrap().len() <= 1026);
    }
}

/// S16: the work for a body is linear in its length.
#[test]
fn s16_the_work_for_a_body_is_linear_in_its_length() {
    let long = "k".repeat(32_000);
    let names: Vec<_> = (0..2_000).map(|n| format!(r#""a{n}":["m"]"#)).collect();
    let bodies = [
        (JSON, format!(r#"{{"{long}":{{{}}}}}"#, names.join(","))),
        (JSON, "[[],".repeat(15_000)),
        (
            JSON,
            format!(r#"{{"error":"{}"}}"#, "a: b\\n".repeat(9_000)),
        ),
        (HTML, "<".repeat(60_000)),
        (HTML, "<p>".repeat(20_000)),
        (HTML, "&".repeat(60_000)),
        (HTML, "<!--".repeat(15_000)),
        (HTML, "<script>".repeat(7_500)),
        (("content-type", "application/xml"), "<a ".repeat(20_000)),
    ];
    for (label, body) in bodies {
        let length = body.len() as u64;
        let memory = measure(|| drop(get(answer(400, &[label], &body))));
        assert!(
            memory.bytes_total < 64 * length,
            "{} bytes for {length}: {}",
            memory.bytes_total,
            &body[..20]
        );
    }
}

/// S17: the memory for a body is bounded by its length.
#[test]
fn s17_the_memory_for_a_body_is_bounded_by_its_length() {
    let bodies = [
        format!("[{}]", vec!["[]"; 20_000].join(",")),
        format!(
            "{{{}}}",
            (0..6_000)
                .map(|n| format!("\"{n}\":0"))
                .collect::<Vec<_>>()
                .join(",")
        ),
        "[".repeat(60_000),
    ];
    for body in bodies {
        let memory = measure(|| drop(get(answer(400, &[JSON], &body))));
        assert!(
            memory.bytes_max < 2 * 1024 * 1024,
            "{} bytes: {}",
            memory.bytes_max,
            &body[..20]
        );
    }
}

/// S18: what ends a script or a page is escaped, for who takes JSON for a page.
#[test]
fn s18_what_ends_a_script_or_a_page_is_escaped() {
    let hostile = "</script><img onerror=alert(1)>&'\u{2028}\u{2029}";
    let envelope = || {
        Envelope::validation(FieldErrors::from_iter([(hostile, hostile)]))
            .with_message(hostile)
            .with_error_type(hostile)
    };
    let writers: [&dyn ErrorWriter; 3] = [&Clustr, &Copr, &Problem];
    for writer in writers {
        let body = writer.write(&envelope()).into_body();
        let text = std::str::from_utf8(&body).unwrap();
        // Deliberately without the apostrophe: an answer is labelled as JSON, with `nosniff`, and is full of them.
        for character in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
            assert!(
                !text.contains(character),
                "{} {character:?}: {text}",
                writer.media_type()
            );
        }
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
    }
}

/// S20: no text of an error is in any header, but for gRPC's message, which is escaped.
#[test]
fn s20_no_text_of_an_error_is_in_any_header() {
    for text in [
        "a\r\nset-cookie: x=1",
        "a\nb",
        "a\u{0}b",
        "\u{7f}",
        "größe",
        "\u{1b}[31m",
    ] {
        let seen = get(answer(
            404,
            &[JSON],
            &json!({"error": text, "code": text}).to_string(),
        ));
        let headers = format!("{:?}", seen.head.headers());
        assert!(
            !headers.contains("set-cookie") && !headers.contains("gr"),
            "{headers}"
        );
        #[cfg(feature = "tonic")]
        {
            let request = crate::exchange::request(
                "POST",
                http::Version::HTTP_2,
                "/a.B/C",
                &[("content-type", "application/grpc")],
            );
            let seen = exchange(
                &ErrorEnvelopeLayer::new(),
                request,
                answer(404, &[JSON], &json!({"error": text}).to_string()),
            );
            let message = seen.header("grpc-message").unwrap();
            assert!(
                message.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                "{message}"
            );
        }
    }
}

/// S21: a map of headers that a peer filled to its last place is no panic, and does not cost the label.
#[test]
fn s21_a_map_of_headers_that_a_peer_filled_to_its_last_place() {
    let mut answer = response(404, &[], "gone");
    for number in 0.. {
        let name: HeaderName = format!("x-{number}").parse().unwrap();
        if answer
            .headers_mut()
            .try_append(name, HeaderValue::from(number))
            .is_err()
        {
            break;
        }
    }
    let seen = get(Inside::Answers(answer));
    assert_eq!(
        (seen.status(), seen.header("content-type")),
        (404, Some("application/json"))
    );
}

/// S22: nothing of a request is in its error.
#[test]
fn s22_nothing_of_a_request_is_in_its_error() {
    let request = Request::get("/hunter2hunter2?q=hunter2hunter2")
        .header("x-request-id", SECRET)
        .header("cookie", SECRET)
        .header("user-agent", SECRET);
    for inside in [answer(404, &[], ""), answer(500, &[], "x"), Inside::Fails] {
        let seen = exchange(&ErrorEnvelopeLayer::new(), request_clone(&request), inside);
        assert!(!seen.shows_secret(), "{}", seen.text());
    }
}

fn request_clone(builder: &http::request::Builder) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = builder.uri_ref().unwrap().clone();
    *request.headers_mut() = builder.headers_ref().unwrap().clone();
    request
}

/// Bodies with a secret, in formats that are read and in some that are not.
const LEAKS: [(&str, &str); 7] = [
    (
        "text/plain",
        "thread 'main' panicked at src/db.rs:17: hunter2hunter2",
    ),
    ("text/html", "<title>hunter2hunter2</title>"),
    (
        "application/json",
        r#"{"error": "hunter2hunter2", "errors": {"db": ["hunter2hunter2"]}}"#,
    ),
    (
        "application/problem+json",
        r#"{"type": "https://hunter2hunter2", "title": "hunter2hunter2", "status": 404}"#,
    ),
    ("application/octet-stream", "hunter2hunter2"),
    ("text/event-stream", "data: hunter2hunter2\n\n"),
    ("", "hunter2hunter2"),
];

/// S23: an error of the server that nobody meant says no more than its status.
#[test]
fn s23_an_error_of_the_server_that_nobody_meant_says_no_more_than() {
    for status in [500, 501, 502, 503, 504, 599, 600, 999] {
        for (label, body) in LEAKS {
            for more in [&[][..], &[("cache-control", "no-transform")]] {
                let headers = [&[("content-type", label)][..], more].concat();
                let seen = get(answer(status, &headers, body));
                assert!(is_generic(&seen), "{status} {headers:?}: {}", seen.text());
            }
        }
    }
}

/// S24: what could not be read is replaced, never passed.
#[test]
fn s24_what_could_not_be_read_is_replaced() {
    let long = format!("{SECRET}{}", "x".repeat(LIMIT));
    let cases = [
        answer(500, &[TEXT], &long),
        answer(500, &[JSON, ("content-encoding", "gzip")], SECRET),
        answer(500, &[("content-type", "application/octet-stream")], SECRET),
        answer(500, &[HTML], &format!("<html>{SECRET}</html>")),
        framed(500, &[TEXT], [data(SECRET), Step::Fail]),
        framed(500, &[("content-type", "application/grpc")], [data(SECRET)]),
    ];
    for inside in cases {
        let seen = get(inside);
        assert!(is_generic(&seen), "{}", seen.text());
    }
}

/// S26: errors of clients are told; one hook masks them too.
#[test]
fn s26_errors_of_clients_are_told() {
    assert_eq!(
        message(&get(answer(404, &[TEXT], "No such printer"))),
        "No such printer"
    );
    let masking = ErrorEnvelopeLayer::new()
        .map_envelope(|envelope, _| Envelope::from_status(envelope.status()));
    assert!(is_generic(&send_to(
        &masking,
        "GET",
        &[],
        answer(404, &[TEXT], SECRET)
    )));
}

/// S27: the texts of errors of services and of upstreams are masked.
#[test]
fn s27_the_texts_of_errors_of_services_and_of_upstreams_are_masked() {
    let refused = std::io::Error::other(format!(
        "error sending request for url (http://{SECRET}.internal/)"
    ));
    let answer = fails_with(refused);
    assert!(!String::from_utf8_lossy(answer.body()).contains(SECRET));
}

/// S28: internals are shown where that was asked for by name, and nowhere else.
#[test]
fn s28_internals_are_shown_where_that_was_asked_for_by_name() {
    let open = ErrorEnvelopeLayer::new().with_insecure_internals();
    assert_eq!(
        message(&send_to(&open, "GET", &[], answer(500, &[TEXT], SECRET))),
        SECRET
    );
    for header in [("x-debug", "1"), ("accept", "text/x-debug")] {
        assert!(!send("GET", &[header], answer(500, &[TEXT], SECRET)).shows_secret());
    }
}

/// S29: masked errors of one status are alike, whatever their cause.
#[test]
fn s29_masked_errors_of_one_status_are_alike() {
    let causes = [
        answer(500, &[TEXT], "a"),
        answer(500, &[JSON], r#"{"error":"b"}"#),
        answer(500, &[HTML], "<p>c</p>"),
        answer(500, &[], ""),
        framed(500, &[], [Step::Fail]),
        Inside::Fails,
        Inside::IsNotReady,
    ];
    let seen: Vec<_> = causes
        .into_iter()
        .map(|inside| send_to(&all_dialects(), "GET", &[], inside))
        .collect();
    for other in &seen {
        assert_eq!(
            (&other.body, other.head.headers()),
            (&seen[0].body, seen[0].head.headers())
        );
    }
}

/// S31: what is logged is one line, escaped and cut.
#[cfg(feature = "tracing")]
#[test]
fn s31_what_is_logged_is_one_line() {
    let hostile = format!("a\r\nERROR forged\u{1b}[31m\u{202e}{}", "x".repeat(100_000));
    let log = logged(|| drop(get(answer(500, &[TEXT], &hostile[..60_000]))));
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.len() < 10_000 && !log.contains(['\u{1b}', '\u{202e}', '\r']),
        "{} bytes",
        log.len()
    );
}

/// S32: what a request sent along to be recognised is not logged.
#[cfg(feature = "tracing")]
#[test]
fn s32_what_a_request_sent_along_to_be_recognised_is_not_logged() {
    let headers = [
        ("authorization", SECRET),
        ("cookie", SECRET),
        ("x-api-key", SECRET),
    ];
    let log = logged(|| {
        drop(send(
            "GET",
            &headers,
            answer(500, &[TEXT, ("set-cookie", SECRET)], "broken"),
        ))
    });
    assert!(log.contains("broken") && !log.contains(SECRET), "{log}");
}

/// Tests run beside each other, and an event that first comes where nobody listens is remembered as one of no interest to
/// anybody. A subscriber for the whole process, which drops all lines, keeps it from that.
#[cfg(feature = "tracing")]
fn keep_interest() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
        let subscriber = subscriber.with_writer(std::io::sink).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// What is logged from INFO on while `run` runs.
#[cfg(feature = "tracing")]
fn logged(run: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Buffer(Arc<std::sync::Mutex<Vec<u8>>>);
    impl std::io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    keep_interest();
    tracing::subscriber::with_default(subscriber, run);
    let bytes = buffer.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

/// S33: an id that a request claims to have goes into no error as it is.
#[test]
fn s33_an_id_that_a_request_claims_to_have_goes_into_no_error() {
    let long = "x".repeat(60_000);
    for id in [&*long, "a\u{e9}b", "<script>"] {
        let seen = send("GET", &[("x-request-id", id)], answer(404, &[TEXT], "gone"));
        assert!(
            seen.body.len() < 200 && !seen.text().contains("script"),
            "{}",
            seen.body.len()
        );
    }
}

/// S34: XML is read without its entities, and HTML in one pass.
#[test]
fn s34_xml_is_read_without_its_entities() {
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><Error><Code>X</Code><Message>&b;&c;</Message></Error>"#;
    for label in ["application/xml", "text/html", "text/xml"] {
        let seen = get(answer(404, &[("content-type", label)], laughs));
        assert!(
            seen.body.len() < 1024
                && !seen.text().contains("hahaha")
                && !seen.text().contains("root:"),
            "{label}: {}",
            seen.text()
        );
    }
}

/// S35: JSON in a text in JSON is not opened without end.
#[test]
fn s35_json_in_a_text_in_json_is_not_opened_without_end() {
    let nested = (0..12).fold(
        json!({"error": "inner"}),
        |inner, _| json!({"error": inner.to_string()}),
    );
    let seen = get(answer(404, &[JSON], &nested.to_string()));
    assert_eq!(seen.status(), 404);
    assert!(!message(&seen).is_empty() && message(&seen) != "inner");
}

/// S36: no cache may give the error of one caller to another: what was negotiated says so, what failed is not stored.
#[test]
fn s36_no_cache_may_give_the_error_of_one_caller_to_another() {
    let page = send(
        "GET",
        &[("accept", "text/html")],
        answer(404, &[HTML], "<p>gone</p>"),
    );
    let json = send(
        "GET",
        &[("accept", "application/json")],
        answer(404, &[HTML], "<p>gone</p>"),
    );
    assert_eq!(
        (page.header("vary"), json.header("vary")),
        (Some("accept"), Some("accept"))
    );
    assert_eq!(
        get(answer(500, &[TEXT], "x")).header("cache-control"),
        Some("no-store")
    );
    for (method, label) in [
        ("GET", "application/grpc"),
        ("GET", "application/connect+json"),
        ("POST", "application/grpc"),
    ] {
        let seen = send(
            method,
            &[("content-type", label)],
            answer(401, &[TEXT], "log in"),
        );
        assert_eq!(seen.status(), 401, "{method} {label}");
    }
}

/// S37: the dialect, and the protocol, are chosen after masking.
#[test]
fn s37_the_dialect() {
    for accept in [
        "application/json",
        "application/problem+json",
        "application/vnd.copr+json",
        "text/html",
        "*/*",
        "image/png",
    ] {
        for (label, body) in LEAKS {
            for claim in [
                ("connect-protocol-version", "1"),
                ("content-type", "application/connect+json"),
                ("content-type", "application/grpc"),
                ("x-none", "1"),
            ] {
                for method in ["GET", "POST", "CONNECT"] {
                    let seen = send_to(
                        &all_dialects(),
                        method,
                        &[("accept", accept), claim],
                        answer(500, &[("content-type", label)], body),
                    );
                    assert!(
                        !seen.shows_secret(),
                        "{method} {accept} {claim:?} {label}: {}",
                        seen.text()
                    );
                }
            }
        }
    }
}

/// S38: a hook that fails costs neither the answer nor the mask.
#[test]
fn s38_a_hook_that_fails_costs_neither_the_answer_nor_the_mask() {
    let layers = [
        ErrorEnvelopeLayer::new().map_envelope(|_, _| panic!("map_envelope")),
        ErrorEnvelopeLayer::new().with_service_error(|_| panic!("service_error")),
    ];
    for layer in layers {
        for inside in [answer(500, &[TEXT], SECRET), Inside::Fails] {
            let service =
                std::panic::AssertUnwindSafe(|| send_to(&layer, "GET", &[], inside.clone()));
            let seen = std::panic::catch_unwind(service).expect("an answer");
            assert!(seen.status() == 500 && is_generic(&seen), "{}", seen.text());
        }
    }
}

/// S19: there is no dialect in HTML; what a page said is text in JSON.
#[test]
fn s19_there_is_no_dialect_in_html() {
    let seen = get(answer(
        404,
        &[HTML],
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
    ));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(!seen.text().contains("<script"), "{}", seen.text());
}

/// S11: numbers and the order of members are the same, whatever features of serde_json a program switches on.
#[test]
fn s11_numbers_and_the_order_of_members_are_the_same() {
    let body = r#"{"errors": {"z": ["a"], "a": ["z"], "m": ["m"]}}"#;
    assert_eq!(
        get(answer(400, &[JSON], body)).text(),
        r#"{"z":["a"],"a":["z"],"m":["m"]}"#
    );
    let number = Response::builder()
        .status(400)
        .header("content-type", "application/json")
        .body(Bytes::from(r#"{"error": 12345678901234567890123}"#))
        .unwrap();
    assert!(!read(&number).message().contains('$'));
}

/// S30: a masked error is the same whether its body is short, long, or not there.
#[test]
fn s30_a_masked_error_is_the_same_whether_its_body_is_short() {
    let bodies = ["", "x", &"x".repeat(60_000), &"x".repeat(70_000)];
    let seen = bodies.map(|body| get(answer(500, &[TEXT], body)));
    assert!(seen
        .iter()
        .all(|other| other.body == seen[0].body && other.head.headers() == seen[0].head.headers()));
}

/// S25: an error has no id of its own; what identifies a request is that of the request.
#[test]
fn s25_an_error_has_no_id_of_its_own() {
    let twice = [0, 1].map(|_| get(answer(500, &[("x-request-id", "4711")], "x")));
    assert_eq!(
        (&twice[0].body, values(&twice[0], "x-request-id")),
        (&twice[1].body, vec!["4711".to_owned()])
    );
}
