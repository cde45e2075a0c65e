//! gRPC, gRPC-Web and Connect: who speaks them, and how their errors are read and written.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

use crate::exchange::request;
use crate::kit::*;

const GRPC: (&str, &str) = ("content-type", "application/grpc");

/// What a POST over HTTP/2 with this content type sees.
fn call(label: &str, inside: Inside) -> Seen {
    call_with(&ErrorEnvelopeLayer::new(), label, inside)
}

fn call_with(layer: &ErrorEnvelopeLayer, label: &str, inside: Inside) -> Seen {
    exchange(
        layer,
        request(
            "POST",
            Version::HTTP_2,
            "/a.B/C",
            &[("content-type", label)],
        ),
        inside,
    )
}

/// The status that a call of gRPC ended with.
fn status_of(seen: &Seen) -> Status {
    assert_eq!(
        (seen.status(), seen.body.len()),
        (200, 0),
        "nothing but a head: {:?}",
        seen.head
    );
    Status::from_header_map(seen.head.headers()).expect("a status")
}

/// What a client reads of an answer in gRPC that is nothing but its head.
fn read_head(headers: Headers<'_>) -> Envelope {
    let response = response(200, &[&[GRPC], headers].concat(), "").map(|_| Bytes::new());
    read(&response)
}

/// G1: a request is gRPC by its content type, whatever its case and parameters, and not by one that only begins so.
#[test]
fn g1_a_request_is_grpc_by_its_content_type() {
    let yes = [
        "application/grpc",
        "application/grpc+proto",
        "application/grpc+json",
        "application/grpc;charset=utf-8",
        "Application/GRPC+proto",
    ];
    let no = [
        "application/grpcx",
        "application/grpc-websocket",
        "text/grpc",
        "application/json",
    ];
    for (labels, want) in [(&yes[..], true), (&no[..], false)] {
        for label in labels {
            let seen = call(label, answer(404, &[TEXT], "gone"));
            assert_eq!(seen.header("grpc-status").is_some(), want, "{label}");
            assert_eq!(seen.status(), if want { 200 } else { 404 }, "{label}");
        }
    }
}

/// G2: gRPC-Web is known by its own content types.
#[test]
fn g2_grpc_web_is_known_by_its_own_content_types() {
    for base in [
        "application/grpc-web",
        "application/grpc-web-text",
        "application/grpc-web-text-base64",
    ] {
        for suffix in ["", "+proto", "+json", "+thrift"] {
            let label = format!("{base}{suffix}");
            let seen = call(&label, answer(404, &[TEXT], "gone"));
            assert_eq!(
                (
                    seen.header("content-type"),
                    seen.header("grpc-status").is_some()
                ),
                (Some(&*label), true),
                "{label}"
            );
        }
    }
}

/// G3: Connect is known by its streams' content types, its version with POST, its query with GET, and by nothing else.
#[test]
fn g3_connect_is_known_by_its_streams_content_types() {
    let json = [("content-type", "application/json")];
    let version = [json[0], ("connect-protocol-version", "1")];
    let asked = |method: &str, uri: &str, headers: Headers<'_>| {
        let seen = exchange(
            &ErrorEnvelopeLayer::new(),
            request(method, Version::HTTP_11, uri, headers),
            answer(404, &[TEXT], "gone"),
        );
        seen.text().contains(r#""code":""#)
    };
    assert!(asked("POST", "/", &version));
    assert!(asked("GET", "/?encoding=json&connect=v1", &[]));
    assert!(asked(
        "POST",
        "/",
        &[("content-type", "application/connect+json")]
    ));
    for (method, uri, headers) in [
        ("POST", "/", &json[..]),
        ("GET", "/", &version),
        ("POST", "/?connect=v1", &[]),
        ("GET", "/?connect=v2", &[]),
        ("GET", "/", &[("content-type", "application/connect+json")]),
        ("POST", "/", &[("content-type", "application/connect")]),
    ] {
        assert!(!asked(method, uri, headers), "{method} {uri} {headers:?}");
    }
}

/// G4: an answer in gRPC passes a caller of gRPC frame by frame.
#[test]
fn g4_an_answer_in_grpc_passes_a_caller_of_grpc_frame_by_frame() {
    let trailers = [("grpc-status", "5"), ("grpc-message", "gone"), ("x-a", "1")];
    let steps = [
        data(&b"\0\0\0\0\x01a"[..]),
        data(""),
        data(&b"\0\0"[..]),
        Step::Trailers(header_map(&trailers)),
    ];
    let seen = call(
        "application/grpc",
        framed(200, &[GRPC, ("x-b", "2")], steps),
    );
    assert_eq!(
        (seen.head.headers(), &seen.trailers),
        (&header_map(&[GRPC, ("x-b", "2")]), &header_map(&trailers))
    );
    assert_eq!(&seen.body[..], b"\0\0\0\0\x01a\0\0");
}

/// G5: an error that is nothing but its head stays so: its body has ended before anybody asks.
#[test]
fn g5_an_error_that_is_nothing_but_its_head_stays_so() {
    let answers = [
        response(200, &[GRPC, ("grpc-status", "5")], ""),
        response(404, &[TEXT], "gone"),
        response(500, &[TEXT], SECRET),
    ];
    for inside in answers {
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(inside.clone()))
        });
        let request = request("POST", Version::HTTP_2, "/a.B/C", &[GRPC]);
        let response =
            tokio_test::block_on(ErrorEnvelopeLayer::new().layer(service).oneshot(request))
                .unwrap();
        assert!(response.body().is_end_stream());
        assert_eq!(response.headers().get("content-length"), None);
    }
}

/// G6: a stream in gRPC is never held back to learn its status.
#[test]
fn g6_a_stream_in_grpc_is_never_held_back_to_learn_its_status() {
    let pending = http_body_util::StreamBody::new(futures_util::stream::pending::<
        Result<http_body::Frame<Bytes>, BoxError>,
    >());
    let mut body = Some(pending);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(
            Response::builder()
                .header(GRPC.0, GRPC.1)
                .body(body.take().unwrap())
                .unwrap(),
        ))
    });
    let mut answer =
        tokio_test::task::spawn(ErrorEnvelopeLayer::new().layer(service).oneshot(request(
            "POST",
            Version::HTTP_2,
            "/a.B/C",
            &[GRPC],
        )));
    assert_eq!(
        tokio_test::assert_ready!(answer.poll()).unwrap().status(),
        200
    );
}

/// G7: a status in the head counts only where nothing follows it.
#[test]
fn g7_a_status_in_the_head_counts_only_where_nothing_follows_it() {
    let headers = [GRPC, ("grpc-status", "5"), ("grpc-message", "gone")];
    assert_eq!(get(answer(200, &headers, "")).status(), 404);
    assert_eq!(get(answer(200, &headers, "\0\0\0\0\0")).status(), 200);
    assert_eq!(get(answer(404, &[GRPC], "")).status(), 404);
}

/// G8: a status is a decimal number; what is none is UNKNOWN.
#[test]
fn g8_a_status_is_a_decimal_number() {
    for (value, status) in [
        ("5", 404),
        ("05", 404),
        ("16", 401),
        ("", 500),
        ("abc", 500),
        ("-1", 500),
        ("17", 500),
        ("99999999999999999999", 500),
    ] {
        assert_eq!(
            read_head(&[("grpc-status", value)]).status().as_u16(),
            status,
            "{value:?}"
        );
    }
}

proptest! {
    /// G9: no message is lost to its coding: a broken escape stays, and broken UTF-8 is replaced.
    #[test]
    fn g9_no_message_is_lost_to_its_coding(message in "[ -~]{0,40}") {
        let envelope = read_head(&[("grpc-status", "5"), ("grpc-message", &message)]);
        let decoded = percent_decode_str(&message).decode_utf8_lossy();
        let decoded = decoded.trim();
        prop_assert_eq!(envelope.message(), if decoded.is_empty() { "Not Found" } else { decoded });
    }

    /// G10: what is not visible ASCII is escaped, and comes back as it was.
    #[test]
    fn g10_what_is_not_visible_ascii_is_escaped(message in "\\PC{1,20}|[\\x00-\\x7f]{1,20}") {
        prop_assume!(!message.trim().is_empty());
        let envelope = Envelope::new(http::StatusCode::CONFLICT, message.clone());
        let status = Status::from(envelope);
        let headers = { let response: Response<tonic::body::Body> = status.into_http(); response.headers().clone() };
        let sent = headers["grpc-message"].to_str().unwrap();
        prop_assert!(sent.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        prop_assert_eq!(percent_decode_str(sent).decode_utf8().unwrap(), message);
    }
}

/// G11: a message is escaped once, on any way.
#[test]
fn g11_a_message_is_escaped_once() {
    let seen = call(
        "application/grpc",
        answer(409, &[JSON], r#"{"error": "50 %25 zu groß"}"#),
    );
    assert_eq!(status_of(&seen).message(), "50 %25 zu groß");
    let passed = call(
        "application/grpc",
        answer(
            200,
            &[GRPC, ("grpc-status", "5"), ("grpc-message", "50%20%25")],
            "",
        ),
    );
    assert_eq!(passed.header("grpc-message"), Some("50%20%25"));
}

/// G12: a message that says nothing is not sent.
#[test]
fn g12_a_message_that_says_nothing_is_not_sent() {
    let response: Response<tonic::body::Body> =
        Status::from(Envelope::from(Status::new(Code::NotFound, ""))).into_http();
    let message = response.headers().get("grpc-message");
    assert!(message.is_none_or(|message| !message.is_empty()));
}

/// G13: a head stays within 8 KiB: details fall first, then the end of the message, between two characters.
#[test]
fn g13_a_head_stays_within_8_kib() {
    let long = "😈".repeat(12_000);
    let seen = call(
        "application/grpc",
        answer(400, &[TEXT], &format!("a{long}")),
    );
    let size: usize = seen
        .head
        .headers()
        .iter()
        .map(|(name, value)| 32 + name.as_str().len() + value.len())
        .sum();
    let status = status_of(&seen);
    assert!(size <= 8 * 1024, "{size}");
    assert!(status.message().ends_with('😈') && status.details().is_empty());
}

/// G14: details are read padded and unpadded, and written without padding.
#[test]
fn g14_details_are_read_padded_and_unpadded() {
    let mut details = ErrorDetails::new();
    details.add_bad_request_violation("email", "is taken");
    let status = Status::with_error_details(Code::InvalidArgument, "no", details);
    let response: Response<tonic::body::Body> = status.into_http();
    let plain = response.headers()["grpc-status-details-bin"]
        .to_str()
        .unwrap()
        .trim_end_matches('=')
        .to_owned();
    let padded = format!("{plain}{}", "=".repeat((4 - plain.len() % 4) % 4));
    for encoded in [&plain, &padded] {
        let envelope = read_head(&[("grpc-status", "3"), ("grpc-status-details-bin", encoded)]);
        assert_eq!(
            envelope.field_errors().get("email").collect::<Vec<_>>(),
            ["is taken"],
            "{encoded}"
        );
    }
    let seen = call(
        "application/grpc",
        answer(400, &[JSON], r#"{"email": ["is taken"]}"#),
    );
    assert!(!seen
        .header("grpc-status-details-bin")
        .unwrap()
        .contains('='));
}

/// G15: details that cannot be read are none, and code and message stay.
#[test]
fn g15_details_that_cannot_be_read_are_none() {
    for details in ["???", "AAAA", "====", "a", "CAU"] {
        let envelope = read_head(&[
            ("grpc-status", "5"),
            ("grpc-message", "gone"),
            ("grpc-status-details-bin", details),
        ]);
        assert_eq!(
            (envelope.status().as_u16(), envelope.message()),
            (404, "gone"),
            "{details}"
        );
    }
    let service = tower::service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response(
            200,
            &[
                GRPC,
                ("grpc-status", "5"),
                ("grpc-status-details-bin", "???"),
            ],
            "",
        )))
    });
    let client = ErrorEnvelopeLayer::client().layer(service);
    let answer =
        tokio_test::block_on(client.oneshot(request("POST", Version::HTTP_2, "/a.B/C", &[GRPC])))
            .unwrap();
    assert_eq!(
        Status::from_header_map(answer.headers()).unwrap().code(),
        Code::NotFound,
        "tonic would panic on the details"
    );
}

/// G16: code and message in the details are preferred to those beside them.
#[test]
fn g16_code_and_message_in_the_details_are_preferred_to_those_beside_them() {
    let details = prost::Message::encode_to_vec(&tonic_types::pb::Status {
        code: 6,
        message: "taken".to_owned(),
        details: Vec::new(),
    });
    use base64::Engine;
    let details = base64::engine::general_purpose::STANDARD_NO_PAD.encode(details);
    let envelope = read_head(&[
        ("grpc-status", "5"),
        ("grpc-message", "gone"),
        ("grpc-status-details-bin", &details),
    ]);
    assert_eq!(
        (envelope.status().as_u16(), envelope.message()),
        (409, "taken")
    );
}

/// G17: each code has the status that google.rpc.Code gives it.
#[test]
fn g17_each_code_has_the_status_that_google() {
    let statuses = [
        200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401, 500,
    ];
    for (code, status) in (0..).zip(statuses).skip(1) {
        let envelope = read_head(&[("grpc-status", &*code.to_string())]);
        assert_eq!(envelope.status().as_u16(), status, "{code}");
    }
}

/// G18: a client infers a code only of an answer that has none, by the table for clients.
#[test]
fn g18_a_client_infers_a_code_only_of_an_answer_that_has_none() {
    for (status, code) in [
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (429, Code::Unavailable),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
        (409, Code::Unknown),
        (431, Code::Unknown),
        (500, Code::Unknown),
    ] {
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response(status, &[HTML], "<p>no</p>")))
        });
        let client = ErrorEnvelopeLayer::client().layer(service);
        let answer = tokio_test::block_on(client.oneshot(request(
            "POST",
            Version::HTTP_2,
            "/a.B/C",
            &[GRPC],
        )))
        .unwrap();
        assert_eq!(
            Status::from_header_map(answer.headers()).unwrap().code(),
            code,
            "{status}"
        );
    }
}

/// G19: an error of HTTP reaches a caller of gRPC as a status in a head, with HTTP 200, and no length.
#[test]
fn g19_an_error_of_http_reaches_a_caller_of_grpc_as_a_status() {
    for (status, code) in [
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (409, Code::Aborted),
        (413, Code::ResourceExhausted),
        (429, Code::ResourceExhausted),
        (500, Code::Internal),
        (503, Code::Unavailable),
    ] {
        let seen = call(
            "application/grpc",
            answer(status, &[TEXT, ("content-length", "2")], "no"),
        );
        assert_eq!(status_of(&seen).code(), code, "{status}");
        assert_eq!(
            (seen.header("content-length"), seen.header("cache-control")),
            (None, Some("no-store")),
            "{status}"
        );
    }
}

/// G20: the answer has the content type of the request, with its suffix.
#[test]
fn g20_the_answer_has_the_content_type_of_the_request() {
    for label in [
        "application/grpc",
        "application/grpc+proto",
        "application/grpc+json",
        "application/grpc-web+proto",
    ] {
        assert_eq!(
            call(label, answer(404, &[TEXT], "gone")).header("content-type"),
            Some(label)
        );
    }
}

/// G21: HTTP 200 goes with it.
#[test]
fn g21_http_200_goes_with_it() {
    for status in [400, 404, 500, 599] {
        assert_eq!(
            call("application/grpc", answer(status, &[], "")).status(),
            200
        );
    }
}

/// G22: the other headers of an error are metadata, in order; those that are the protocol's own are not.
#[test]
fn g22_the_other_headers_of_an_error_are_metadata() {
    let seen = call(
        "application/grpc",
        answer(
            401,
            &[
                ("www-authenticate", "a"),
                ("www-authenticate", "b"),
                ("grpc-message", "evil"),
                ("te", "trailers"),
            ],
            "log in",
        ),
    );
    assert_eq!(values(&seen, "www-authenticate"), ["a", "b"]);
    assert_eq!(values(&seen, "grpc-message"), ["log in"]);
    let from_metadata = |name: &'static str| {
        let mut status = Status::new(Code::NotFound, "gone");
        status.metadata_mut().insert(name, "1".parse().unwrap());
        Envelope::from(status).headers().contains_key(name)
    };
    assert!(from_metadata("retry-after"));
    for name in [
        "set-cookie",
        "location",
        "content-length",
        "te",
        "grpc-timeout",
        "authorization",
        "access-control-allow-origin",
    ] {
        assert!(!from_metadata(name), "{name}");
    }
}

/// G23: who asks a service of gRPC in HTTP is answered in HTTP.
#[test]
fn g23_who_asks_a_service_of_grpc_in_http_is_answered_in_http() {
    let seen = send("POST", &[JSON], answer(415, &[], ""));
    assert_eq!(
        (seen.status(), seen.header("content-type")),
        (415, Some("application/json"))
    );
}

/// G24: an error in gRPC reaches a caller of HTTP as an error of HTTP.
#[test]
fn g24_an_error_in_grpc_reaches_a_caller_of_http_as_an_error() {
    let seen = get(answer(
        200,
        &[
            GRPC,
            ("grpc-status", "5"),
            ("grpc-message", "No%20such%20printer"),
        ],
        "",
    ));
    assert_eq!(
        (seen.status(), message(&seen)),
        (404, "No such printer".to_owned())
    );
    assert_eq!(
        (seen.header("grpc-status"), seen.header("grpc-message")),
        (None, None)
    );
}

/// G26: errors of tonic's transport are told by their types.
#[test]
fn g26_errors_of_tonics_transport_are_told_by_their_types() {
    assert_eq!(fails_with(tonic::TimeoutExpired(())).status(), 504);
    assert_eq!(
        fails_with(tonic::ConnectError("refused".into())).status(),
        503
    );
    for (code, status) in [
        (Code::Unavailable, 503),
        (Code::Cancelled, 499),
        (Code::ResourceExhausted, 429),
        (Code::PermissionDenied, 403),
        (Code::Internal, 500),
    ] {
        assert_eq!(
            fails_with(Status::new(code, "reset")).status(),
            status,
            "{code:?}"
        );
    }
}

/// G28: a caller of gRPC-Web gets its error in the head, without a body, in its own content type.
#[test]
fn g28_a_caller_of_grpc_web_gets_its_error_in_the_head() {
    for label in ["application/grpc-web+proto", "application/grpc-web-text"] {
        let seen = call(label, answer(404, &[TEXT], "gone"));
        assert_eq!(
            (
                seen.header("content-type"),
                seen.header("grpc-message"),
                seen.body.len()
            ),
            (Some(label), Some("gone"), 0)
        );
    }
}

/// G29: scripts of other origins may read the status.
#[test]
fn g29_scripts_of_other_origins_may_read_the_status() {
    let exposed = call("application/grpc-web+proto", answer(404, &[TEXT], "gone"));
    let exposed = exposed
        .header("access-control-expose-headers")
        .unwrap()
        .to_owned();
    assert!(
        ["grpc-status", "grpc-message", "grpc-status-details-bin"]
            .iter()
            .all(|name| exposed.contains(name)),
        "{exposed}"
    );
}

/// G30: trailers in the body of gRPC-Web pass.
#[test]
fn g30_trailers_in_the_body_of_grpc_web_pass() {
    let frame = b"\x80\0\0\0\x10grpc-status: 5\r\n";
    let label = ("content-type", "application/grpc-web+proto");
    let seen = call(label.1, framed(200, &[label], [data(&frame[..])]));
    assert_eq!(
        (&seen.body[..], seen.head.headers()),
        (&frame[..], &header_map(&[label]))
    );
}

/// G31: an error in Connect's own JSON passes its caller with its status.
#[test]
fn g31_an_error_in_connects_own_json_passes_its_caller_with_its_status() {
    let body = r#"{"code":"not_found","message":"gone","details":[]}"#;
    let headers = [JSON, ("connect-protocol-version", "1")];
    let seen = send("POST", &headers, answer(404, &[JSON], body));
    assert_eq!((seen.status(), seen.text()), (404, body.to_owned()));
}

/// G32: a stream of Connect passes, wherever its error stands.
#[test]
fn g32_a_stream_of_connect_passes() {
    let end = b"\x02\0\0\0\x02{}";
    let label = ("content-type", "application/connect+json");
    let seen = send("POST", &[label], framed(200, &[label], [data(&end[..])]));
    assert_eq!(
        (&seen.body[..], seen.head.headers()),
        (&end[..], &header_map(&[label]))
    );
}

/// G33: the layer fits into the server of tonic.
#[test]
fn g33_the_layer_fits_into_the_server_of_tonic() {
    fn fits<L>(_: L)
    where
        L: Layer<tonic::service::Routes>,
        L::Service:
            tower::Service<Request<tonic::body::Body>, Error = Infallible> + Clone + Send + 'static,
    {
    }
    fits(ErrorEnvelopeLayer::new());
    fits(ErrorEnvelopeLayer::new().with_same_body());
}

/// G35: a length of 0 beside an error that is nothing but its head is no body.
#[test]
fn g35_a_length_of_0_beside_an_error_that_is_nothing_but_its() {
    let seen = get(answer(
        200,
        &[GRPC, ("grpc-status", "12"), ("content-length", "0")],
        "",
    ));
    assert_eq!(
        (seen.status(), values(&seen, "content-length")),
        (501, vec![])
    );
}

/// G36: a deadline that passed is one, as tonic calls it and as gRPC does.
#[test]
fn g36_a_deadline_that_passed_is_one() {
    assert_eq!(
        read_head(&[("grpc-status", "1"), ("grpc-message", "Timeout expired")]).status(),
        499
    );
    assert_eq!(read_head(&[("grpc-status", "4")]).status(), 504);
}

/// G25: what a service of gRPC says of its own failure is masked for callers of HTTP, and its debugging details for all
/// to whom the layer writes.
#[test]
fn g25_what_a_service_of_grpc_says_of_its_own_failure_is_masked() {
    for code in ["2", "13", "15"] {
        let seen = get(answer(
            200,
            &[GRPC, ("grpc-status", code), ("grpc-message", SECRET)],
            "",
        ));
        assert!(seen.status() == 500 && !seen.shows_secret(), "{code}");
    }
    let mut details = ErrorDetails::new();
    details.set_debug_info(vec![SECRET.into()], SECRET);
    let status = Status::with_error_details(Code::FailedPrecondition, "not now", details);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Err::<Response<Full<Bytes>>, BoxError>(
            status.clone().into(),
        ))
    });
    let answer = tokio_test::block_on(ErrorEnvelopeLayer::new().layer(service).oneshot(request(
        "POST",
        Version::HTTP_2,
        "/a.B/C",
        &[GRPC],
    )))
    .unwrap();
    let status = Status::from_header_map(answer.headers()).unwrap();
    assert!(status.message() == "not now" && status.get_error_details().debug_info().is_none());
    let _ = tokio_test::block_on(answer.into_body().collect());
}
