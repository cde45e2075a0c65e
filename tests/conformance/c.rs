//! Clients: what an error that is raised keeps, and what is no error.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
#[cfg(feature = "reqwest-middleware")]
use serde_json::json;
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::{
    ApiError, Envelope, ErrorEnvelopeLayer, ErrorKind, FieldErrors, Origin, RaiseErrorsLayer,
    RaisedError, RetryAdvice,
};

use crate::kit::*;
use crate::support::{self, serve_bytes, Protocol};

/// What the layer that looks into successes makes of this.
fn looked_into(status: u16, headers: Headers<'_>, body: &str) -> (u16, Bytes, Option<Envelope>) {
    let response = response(status, headers, body.to_owned());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(response.clone()))
    });
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let response =
        collect(tokio_test::block_on(layer.layer(service).oneshot(Request::new(()))).unwrap());
    let envelope = response.extensions().get().cloned();
    (response.status().as_u16(), response.into_body(), envelope)
}

fn copr(status: u16, headers: Headers<'_>, body: &str) -> Result<Response<Bytes>, ApiError> {
    raise_with(
        &RaiseErrorsLayer::copr(),
        response(status, headers, body.to_owned()),
    )
    .map_err(|error| error.into_api().unwrap())
}

/// C1: an error keeps status, headers, body, method and address.
#[test]
fn c1_an_error_keeps_status() {
    let headers = [("x-a", "1"), ("x-a", "2"), JSON];
    let error = raised(409, &headers, r#"{"error": "taken"}"#);
    assert_eq!(
        (error.status().as_u16(), error.headers()),
        (409, &header_map(&headers))
    );
    assert_eq!(
        (&error.body()[..], error.is_truncated()),
        (&br#"{"error": "taken"}"#[..], false)
    );
    assert_eq!(
        (error.method(), error.uri().path()),
        (Some(&Method::GET), "/x")
    );
    let long = raised(409, &[], &"x".repeat(100_000));
    assert_eq!((long.body().len(), long.is_truncated()), (65_536, true));
}

/// C2: what is not raised can be read as it came.
#[test]
fn c2_what_is_not_raised_can_be_read_as_it_came() {
    let answer = raise(200, &[JSON, ("x-a", "1")], r#"{"ok": 1}"#).unwrap();
    assert_eq!(
        (answer.body().as_ref(), &answer.headers()["x-a"]),
        (&br#"{"ok": 1}"#[..], &"1".parse().unwrap())
    );
    let (status, body, envelope) = looked_into(200, &[JSON], r#"{"ok": 1}"#);
    assert!(status == 200 && body == r#"{"ok": 1}"# && envelope.is_none());
}

/// C3: the status decides first: a 500 whose JSON has no error in it is one.
#[test]
fn c3_the_status_decides_first() {
    assert_eq!(
        raised(500, &[JSON], r#"{"ok": 1}"#).kind(),
        ErrorKind::Server
    );
}

/// C4: an error in a success is looked for where that was asked for.
#[test]
fn c4_an_error_in_a_success_is_looked_for_where_that_was_asked() {
    let bodies = [
        r#"{"error": "Cannot cancel build 123"}"#,
        r#"{"ok": false, "error": "channel_not_found"}"#,
        r#"{"errors": [{"message": "Field is missing"}], "data": null}"#,
        r#"{"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Method not found"}}"#,
    ];
    for body in bodies {
        let (status, _, envelope) = looked_into(200, &[JSON], body);
        assert!(status >= 400 && envelope.is_some(), "{body}");
        assert_eq!(
            raise(200, &[JSON], body).unwrap().status(),
            200,
            "nobody asked"
        );
    }
}

/// C5: data beside errors is data.
#[test]
fn c5_data_beside_errors_is_data() {
    let body = r#"{"data": {"a": 1}, "errors": [{"message": "b is missing"}]}"#;
    assert_eq!(looked_into(200, &[JSON], body).0, 200);
}

/// C6: documents that are no objects are survived, and are no errors for having the word.
#[test]
fn c6_documents_that_are_no_objects_are_survived() {
    for body in [
        r#"["error"]"#,
        r#""an error""#,
        "5",
        "null",
        "true",
        r#"[{"error": "x"}]"#,
    ] {
        assert_eq!(looked_into(200, &[JSON], body).0, 200, "{body}");
        assert!(copr(200, &[JSON], body).is_ok(), "{body}");
        assert_eq!(raised(400, &[JSON], body).status(), 400);
    }
}

/// C7: an error that is no text is survived.
#[test]
fn c7_an_error_that_is_no_text_is_survived() {
    for body in [
        r#"{"error": ["a is odd", "b is odd"]}"#,
        r#"{"error": {"message": "a is odd"}}"#,
        r#"{"error": 7}"#,
        r#"{"error": true}"#,
    ] {
        let error = raised(400, &[JSON], body);
        assert!(!error.to_string().is_empty(), "{body}");
        let _ = copr(200, &[JSON], body)
            .map(drop)
            .map_err(|error| error.to_string());
    }
}

/// C8: each status has the kind that the documentation gives it.
#[test]
fn c8_each_status_has_the_kind_that_the_documentation_gives_it() {
    for (status, kind) in [
        (400, ErrorKind::Request),
        (401, ErrorKind::NotAuthenticated),
        (403, ErrorKind::Auth),
        (404, ErrorKind::NoResult),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (504, ErrorKind::Timeout),
    ] {
        assert_eq!(
            raised(status, &[JSON], r#"{"error": "no such"}"#).kind(),
            kind,
            "{status}"
        );
    }
    assert_eq!(
        raised(400, &[JSON], r#"{"name": ["too long"]}"#).kind(),
        ErrorKind::Validation
    );
}

/// C9: a 504 that is no JSON is a timeout.
#[test]
fn c9_a_504_that_is_no_json_is_a_timeout() {
    let error = copr(504, &[HTML], "<html>504 Gateway Time-out</html>").unwrap_err();
    assert!(
        error.is_timeout() && !error.to_string().contains('<'),
        "{error}"
    );
}

/// C10: an error that says nothing says in Copr's words that it does.
#[test]
fn c10_an_error_that_says_nothing_says_in_coprs_words_that_it_does() {
    assert_eq!(
        copr(200, &[JSON], r#"{"error": ""}"#)
            .unwrap_err()
            .to_string(),
        "Unspecified error"
    );
}

/// C11: a message of several lines is a list.
#[test]
fn c11_a_message_of_several_lines_is_a_list() {
    let error = copr(
        200,
        &[JSON],
        r#"{"error": "name: too long\nowner: missing"}"#,
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "\n- name: too long\n- owner: missing");
}

/// C12: the documented algorithm shows what the documentation shows.
#[test]
fn c12_the_documented_algorithm_shows_what_the_documentation_shows() {
    let fields = || {
        FieldErrors::from_iter([
            ("email", "is taken"),
            ("email", "is odd"),
            ("name", "is missing"),
        ])
    };
    let envelope = Envelope::validation(fields());
    assert_eq!(
        envelope.message_for(&["name", "email", "phone"]),
        "name - is missing\nemail - is taken\nemail - is odd"
    );
    assert_eq!(envelope.message_for(&["phone"]), "");
    assert_eq!(
        envelope
            .with_message("Sign up failed")
            .message_for(&["name"]),
        "Sign up failed"
    );
}

/// C13: an answer that is cut anywhere behind its head is the error of its status, with the cause beside it.
#[tokio::test]
async fn c13_an_answer_that_is_cut_anywhere_behind_its_head_is_the_error() {
    let whole = "HTTP/1.1 503 Busy\r\ncontent-type: application/json\r\ncontent-length: 40\r\n\r\n{\"error\": \"busy\"}";
    let chunked = "HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    for bytes in [
        whole,
        &whole[..whole.len() - 5],
        &whole[..whole.len() - 17],
        chunked,
        &chunked[..chunked.len() - 4],
    ] {
        let server = serve_bytes(bytes).await;
        let request = Request::get(format!("http://{server}/"))
            .body(Full::<Bytes>::default())
            .unwrap();
        let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
        let error = client
            .oneshot(request)
            .await
            .unwrap_err()
            .into_api()
            .expect("an answer");
        assert!(
            error.status() == 503 && error.is_truncated() && error.source().is_some(),
            "{bytes}"
        );
    }
}

/// C14: a body whose label names a coding is never shown as text; its bytes are there.
#[test]
fn c14_a_body_whose_label_names_a_coding_is_never_shown_as_text() {
    let error = raised(
        404,
        &[TEXT, ("content-encoding", "gzip")],
        "\u{1f}\u{8b}\u{8}gone",
    );
    assert_eq!(
        (error.to_string(), error.body().len()),
        ("Not Found".to_owned(), 8)
    );
    assert_eq!(
        raised(404, &[TEXT, ("content-encoding", "identity")], "gone").to_string(),
        "gone"
    );
}

/// C15: a label that says too little or the wrong thing does not hide what a body is.
#[test]
fn c15_a_label_that_says_too_little_or_the_wrong_thing_does_not() {
    for label in [
        Some("text/html"),
        Some("text/plain"),
        Some("application/octet-stream"),
        None,
    ] {
        let headers: Vec<_> = label
            .map(|label| ("content-type", label))
            .into_iter()
            .collect();
        assert_eq!(
            raised(409, &headers, r#"{"error": "It is taken"}"#).to_string(),
            "It is taken",
            "{label:?}"
        );
    }
    let page = raised(
        502,
        &[JSON],
        "<html><head><title>502</title></head><body><h1>The backend is down</h1></body></html>",
    );
    assert_eq!(page.to_string(), "The backend is down");
}

/// C16: a byte order mark is skipped, and texts in other charsets are read by their label.
#[test]
fn c16_a_byte_order_mark_is_skipped() {
    assert_eq!(
        raised(409, &[JSON], "\u{feff}{\"error\": \"It is taken\"}").to_string(),
        "It is taken"
    );
    let said = |label: &'static str, bytes: &'static [u8]| {
        let error = raise_with(
            &RaiseErrorsLayer::new(),
            response(409, &[("content-type", label)], bytes),
        )
        .unwrap_err();
        error.api().unwrap().to_string()
    };
    if cfg!(feature = "charset") {
        assert_eq!(
            said("text/plain; charset=iso-8859-1", b"Zu gro\xdf"),
            "Zu groß"
        );
        assert_eq!(
            said("text/plain; charset=windows-1252", b"5 \x80 too little"),
            "5 € too little"
        );
        assert_eq!(said("text/plain", b"\xff\xfeN\0o\0"), "No");
    }
    assert!(!said("text/plain; charset=no-such", b"Zu gro\xdf").is_empty());
}

/// C17: nothing is no message, in whatever form it comes.
#[test]
fn c17_nothing_is_no_message() {
    for body in ["", " ", "\r\n", "null", "\"\"", "{}", "[]"] {
        let error = raised(404, &[JSON], body);
        assert_eq!(
            (
                error.to_string().as_str(),
                error.envelope().origin() == Origin::Deliberate
            ),
            ("Not Found", false),
            "{body:?}"
        );
    }
}

/// C18: members of problem details with the wrong type are ignored, and the status is that of the head.
#[test]
fn c18_members_of_problem_details_with_the_wrong_type_are_ignored() {
    let problem = [("content-type", "application/problem+json")];
    for body in [
        r#"{"status": "abc", "title": 5}"#,
        r#"{"status": 200, "title": null, "type": {}}"#,
        r#"{"type": [], "detail": {"a": 1}}"#,
    ] {
        let error = raised(409, &problem, body);
        assert_eq!(
            (error.status().as_u16(), error.envelope().status().as_u16()),
            (409, 409),
            "{body}"
        );
    }
}

/// C19: every status is an error or none, by its class.
#[test]
fn c19_every_status_is_an_error_or_none() {
    for status in 100..1000 {
        let answer = raise(status, &[], "x");
        match answer {
            Ok(_) => assert!(status < 400, "{status}"),
            Err(error) => assert_eq!(
                error.is_server(),
                status >= 500 && status != 504,
                "{status}"
            ),
        }
    }
}

/// C20: a redirect is for another layer, also with the JSON of an error in it.
#[test]
fn c20_a_redirect_is_for_another_layer() {
    let answer = raise(302, &[JSON, ("location", "/y")], r#"{"error": "moved"}"#).unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (302, &br#"{"error": "moved"}"#[..])
    );
}

/// C22: the body is read, and then the error is made.
#[test]
fn c22_the_body_is_read() {
    assert_eq!(
        raised(404, &[TEXT], "No such printer").to_string(),
        "No such printer"
    );
}

/// C23: when to send again is told in seconds or as a date, within a bound; nonsense is nothing.
#[test]
fn c23_when_to_send_again_is_told_in_seconds_or_as_a_date() {
    let after = |value: &str| raised(503, &[("retry-after", value)], "").retry_advice();
    assert_eq!(after("7"), RetryAdvice::After(Duration::from_secs(7)));
    assert_eq!(
        after("Wed, 21 Oct 2015 07:28:00 GMT")
            .delay()
            .unwrap_or_default(),
        Duration::ZERO
    );
    assert_eq!(
        after("1000000000"),
        RetryAdvice::No,
        "longer than anybody waits"
    );
    for nonsense in ["-1", "abc", "", "1e9x", "18446744073709551616000"] {
        assert!(after(nonsense).delay().is_none(), "{nonsense}");
    }
}

/// C24: the error of the connection is the source, of its own type.
#[tokio::test]
async fn c24_the_error_of_the_connection_is_the_source() {
    let server = serve_bytes("HTTP/1.1 503 Busy\r\ncontent-length: 40\r\n\r\nhalf").await;
    let request = || {
        Request::get(format!("http://{server}/"))
            .body(Full::<Bytes>::default())
            .unwrap()
    };
    let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
    let error = client
        .oneshot(request())
        .await
        .unwrap_err()
        .into_api()
        .unwrap();
    assert!(error.source().unwrap().is::<hyper::Error>());

    let nobody = Request::get("http://127.0.0.1:1/")
        .body(Full::<Bytes>::default())
        .unwrap();
    let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
    let RaisedError::Service(error) = client.oneshot(nobody).await.unwrap_err() else {
        panic!("an answer from nobody")
    };
    assert!(error.is_connect());
}

/// C25: what an error prints has no header of the response and no query of the request.
#[test]
fn c25_what_an_error_prints_has_no_header_of_the_response_and_no() {
    let headers = [
        ("set-cookie", SECRET),
        ("www-authenticate", SECRET),
        ("authorization", SECRET),
        ("location", SECRET),
    ];
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(response(
            404, &headers, "gone",
        )))
    });
    let request = Request::get(format!(
        "http://{SECRET}:{SECRET}@shop.example/x?token={SECRET}"
    ))
    .header("authorization", SECRET)
    .body(())
    .unwrap();
    let raised =
        tokio_test::block_on(RaiseErrorsLayer::new().layer(service).oneshot(request)).unwrap_err();
    let error = raised.api().unwrap();
    for printed in [
        format!("{raised:?}"),
        format!("{raised:#?}"),
        format!("{raised}"),
        format!("{error:?}"),
        format!("{error}"),
        format!("{:?}", error.envelope()),
    ] {
        assert!(!printed.contains(SECRET), "{printed}");
    }
}

/// C26: the connection of an error that was read is used again.
#[tokio::test]
async fn c26_the_connection_of_an_error_that_was_read_is_used_again() {
    let connections = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&connections);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let service = hyper::service::service_fn(|_| async {
                Ok::<_, std::convert::Infallible>(
                    Response::builder()
                        .status(404)
                        .body(Full::<Bytes>::from("gone"))
                        .unwrap(),
                )
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), service),
            );
        }
    });
    let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
    for _ in 0..20 {
        let request = Request::get(format!("http://{server}/"))
            .body(Full::<Bytes>::default())
            .unwrap();
        assert!(client.clone().oneshot(request).await.is_err());
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}

/// C27: an error is one word, and goes between threads.
#[test]
fn c27_an_error_is_one_word() {
    fn goes_anywhere<T: Error + Send + Sync + 'static>() {}
    goes_anywhere::<ApiError>();
    goes_anywhere::<RaisedError<std::io::Error>>();
    assert_eq!(size_of::<ApiError>(), size_of::<usize>());
    assert!(size_of::<RaisedError<std::convert::Infallible>>() <= size_of::<usize>());
}

/// C28: every line of a header that is a list is there, in order. To split lines is left to crates for such headers.
#[test]
fn c28_every_line_of_a_list_is_there() {
    let headers = [
        ("www-authenticate", "Basic realm=\"a, b\", Newauth type=1"),
        ("www-authenticate", "Negotiate"),
        ("ratelimit", "\"a\";r=0, \"b\";r=1"),
    ];
    let error = raised(401, &headers, "");
    let lines = |name| error.headers().get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(lines("www-authenticate"), [headers[0].1, headers[1].1]);
    assert_eq!(lines("ratelimit"), [headers[2].1]);
}

/// C29: an error of gRPC that is nothing but its head is one.
#[cfg(feature = "tonic")]
#[test]
fn c29_an_error_of_grpc_that_is_nothing_but_its_head_is_one() {
    let headers = [
        ("content-type", "application/grpc"),
        ("grpc-status", "5"),
        ("grpc-message", "no%20such"),
    ];
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(response(
            200, &headers, "",
        )))
    });
    let response = tokio_test::block_on(
        ErrorEnvelopeLayer::client()
            .layer(service)
            .oneshot(Request::new(())),
    )
    .unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            response.extensions().get::<Envelope>().unwrap().message()
        ),
        (404, "no such")
    );
}

/// C30: trailers of an error are kept.
#[test]
fn c30_trailers_of_an_error_are_kept() {
    let Inside::Answers(response) = framed(
        503,
        &[TEXT],
        [data("busy"), Step::Trailers(header_map(&[("x-sum", "1")]))],
    ) else {
        unreachable!()
    };
    let error = raise_with(&RaiseErrorsLayer::new(), response).unwrap_err();
    assert_eq!(
        error.api().unwrap().trailers(),
        Some(&header_map(&[("x-sum", "1")]))
    );
}

/// C31: an answer to HEAD is judged by its head, and its body not waited for.
#[test]
fn c31_an_answer_to_head_is_judged_by_its_head() {
    let pending = StreamBody::new(futures_util::stream::pending::<
        Result<Frame<Bytes>, BoxError>,
    >());
    let mut body = Some(pending);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(
            Response::builder()
                .status(404)
                .body(body.take().unwrap())
                .unwrap(),
        ))
    });
    let request = Request::head("/").body(()).unwrap();
    let mut call = tokio_test::task::spawn(RaiseErrorsLayer::new().layer(service).oneshot(request));
    let error = tokio_test::assert_ready!(call.poll())
        .unwrap_err()
        .into_api()
        .unwrap();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::NoResult, "Not Found")
    );
}

/// C32: a timeout outside ends the reading of an error.
#[tokio::test(start_paused = true)]
async fn c32_a_timeout_outside_ends_the_reading_of_an_error() {
    let service = tower::service_fn(|_: Request<()>| {
        let body = StreamBody::new(futures_util::stream::pending::<
            Result<Frame<Bytes>, BoxError>,
        >());
        std::future::ready(Ok::<_, std::io::Error>(
            Response::builder().status(404).body(body).unwrap(),
        ))
    });
    let client = tower::ServiceBuilder::new()
        .timeout(Duration::from_secs(3))
        .layer(RaiseErrorsLayer::new())
        .service(service);
    let error = client.oneshot(Request::new(())).await.err().unwrap();
    assert!(error.is::<tower::timeout::error::Elapsed>());
}

/// C33: an error is told once: nothing is sent again.
#[test]
fn c33_an_error_is_told_once() {
    let calls = std::cell::Cell::new(0);
    let service = tower::service_fn(|_: Request<()>| {
        calls.set(calls.get() + 1);
        std::future::ready(Ok::<_, std::convert::Infallible>(response(
            503,
            &[("retry-after", "0")],
            "",
        )))
    });
    assert!(tokio_test::block_on(
        RaiseErrorsLayer::new()
            .layer(service)
            .oneshot(Request::new(()))
    )
    .is_err());
    assert_eq!(calls.get(), 1);
}

/// C21: with reqwest's middleware, an error is raised outside of the retries.
#[cfg(feature = "reqwest-middleware")]
#[tokio::test]
async fn c21_with_reqwests_middleware() {
    use tower_error_envelope::{ErrorExt, RaiseErrorsMiddleware};
    let server = wiremock::MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(503).set_body_json(json!({"error": "busy"})))
        .mount(&server)
        .await;
    let policy = reqwest_retry::policies::ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(2))
        .build_with_max_retries(2);
    let retry = || reqwest_retry::RetryTransientMiddleware::new_with_policy(policy);
    let mut sent = 0;
    for (outside, attempts) in [(true, 3), (false, 1)] {
        let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new());
        let client = if outside {
            client.with(RaiseErrorsMiddleware::new()).with(retry())
        } else {
            client.with(retry()).with(RaiseErrorsMiddleware::new())
        };
        let error = client.build().get(server.uri()).send().await.unwrap_err();
        assert_eq!(error.api_error().unwrap().status(), 503, "{outside}");
        let all = server.received_requests().await.unwrap().len();
        assert_eq!(all - sent, attempts, "{outside}");
        sent = all;
    }
}
