//! HTTP: what happens to the head and the framing of a response whose body is replaced.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, Version};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper::ext::ReasonPhrase;
use proptest::collection::vec;
use proptest::prelude::*;
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, ResponseBody};
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;

use crate::kit::*;
use crate::support::{self, raw, serve, PROTOCOLS};

/// A server that answers every request with this response.
async fn serving(response: Response<Script>) -> std::net::SocketAddr {
    let response = response.map(|script| {
        script
            .steps
            .into_iter()
            .find_map(|step| match step {
                Step::Data(data) => Some(data),
                _ => None,
            })
            .unwrap_or_default()
    });
    let service = tower::service_fn(move |_: Request<hyper::body::Incoming>| {
        std::future::ready(Ok::<_, Infallible>(response.clone().map(Full::new)))
    });
    serve(ErrorEnvelopeLayer::new().layer(service)).await
}

fn falls(status: u16, name: &str, value: &str) {
    let seen = with_header(status, name, value);
    assert_eq!(values(&seen, name), [""; 0], "{status} {name}: {value}");
    assert!(seen.body.starts_with(b"{"), "the body is replaced");
}

fn stays(status: u16, name: &str, value: &str) {
    let seen = with_header(status, name, value);
    assert_eq!(values(&seen, name), [value], "{status} {name}");
    assert!(seen.body.starts_with(b"{"), "the body is replaced");
}

/// H1: a length of the old body frames no new one, however often it stands there and whatever the message says.
#[tokio::test]
async fn h1_a_length_of_the_old_body_frames_no_new_one() {
    let trap = "\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    for stale in ["2", "50", "100000"] {
        let server = serving(response(400, &[("content-length", stale)], trap)).await;
        let two = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(2);
        let answers = raw(server, &two).await;
        assert_eq!(
            answers.matches("HTTP/1.1 400 Bad Request\r\n").count(),
            2,
            "{answers}"
        );
        assert_eq!(answers.matches("\r\nHTTP/1.1 200").count(), 0, "{answers}");
    }
}

/// H1 as well for lengths that stand there twice.
#[test]
fn h1_twice() {
    let twice = [("content-length", "2"), ("content-length", "3")];
    assert_eq!(
        values(&get(answer(404, &twice, "text")), "content-length"),
        [""; 0]
    );
}

/// H2: `Transfer-Encoding` falls, so that hyper can send a length and keep the connection.
#[tokio::test]
async fn h2_transfer_encoding_falls() {
    let server = serving(response(404, &[("transfer-encoding", "chunked")], "gone")).await;
    let answers = raw(server, &"GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(2)).await;
    assert_eq!(
        answers.matches("HTTP/1.1 404 Not Found\r\n").count(),
        2,
        "{answers}"
    );
    assert!(!answers.contains("transfer-encoding"), "{answers}");
}

/// H3: the coding of the old body is not that of the new one.
#[test]
fn h3_the_coding_of_the_old_body_is_not_that_of_the_new() {
    falls(404, "content-encoding", "gzip");
    let documented = r#"{"_error_message":"m","_error_type":"t"}"#;
    let seen = get(answer(
        404,
        &[JSON, ("content-encoding", "gzip")],
        documented,
    ));
    assert_eq!(values(&seen, "content-encoding"), [""; 0]);
}

/// H4: a body in a coding is never taken for text.
#[test]
fn h4_a_body_in_a_coding_is_never_taken_for_text() {
    for coding in ["gzip", "br", "zstd", "deflate", "gzip, gzip", "rot13"] {
        let seen = get(answer(
            404,
            &[TEXT, ("content-encoding", coding)],
            "\u{1f}\u{8b}\u{8} gone",
        ));
        assert!(is_generic(&seen), "{coding}: {}", seen.text());
    }
}

/// H5: there is one `Content-Type`, whatever came.
#[test]
fn h5_there_is_one_content_type() {
    let seen = get(answer(400, &[TEXT, HTML], "text"));
    assert_eq!(values(&seen, "content-type"), ["application/json"]);
}

/// H6: the language stays with the words that it is said of, and falls with them.
#[test]
fn h6_the_language_stays_with_the_words_that_it_is_said_of() {
    stays(400, "content-language", "de");
    falls(500, "content-language", "de");
}

/// H7: a range of the old body falls; that of a resource which could not be satisfied stays.
#[test]
fn h7_a_range_of_the_old_body_falls() {
    falls(500, "content-range", "bytes 0-1/2");
    falls(416, "content-range", "bytes 0-1/2");
    stays(416, "content-range", "bytes */1234");
}

/// H8: where the old body could be had alone says nothing of the new one.
#[test]
fn h8_where_the_old_body_could_be_had_alone_says_nothing_of_the() {
    falls(404, "content-location", "/errors/404.html");
}

/// H9: no browser saves the error as the file that it asked for.
#[test]
fn h9_no_browser_saves_the_error_as_the_file_that_it_asked_for() {
    falls(
        500,
        "content-disposition",
        "attachment; filename=report.pdf",
    );
}

/// H10: validators fall, but where the status has them speak of the resource.
#[test]
fn h10_validators_fall() {
    for (name, value) in [
        ("etag", "\"x\""),
        ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ] {
        for status in [400, 404, 500] {
            falls(status, name, value);
        }
        for status in [409, 412, 428] {
            stays(status, name, value);
        }
    }
}

/// H11: an envelope is not had in ranges.
#[test]
fn h11_an_envelope_is_not_had_in_ranges() {
    falls(404, "accept-ranges", "bytes");
}

/// H12: digests of the old body fall, wishes for digests stay.
#[test]
fn h12_digests_of_the_old_body_fall() {
    for name in ["content-md5", "digest", "content-digest", "repr-digest"] {
        falls(404, name, "sha-256=:AA==:");
    }
    stays(404, "want-content-digest", "sha-256=1");
    stays(404, "want-repr-digest", "sha-256=1");
}

/// H13: a signature falls where the body, the status or any header changed.
#[test]
fn h13_a_signature_falls_where_the_body() {
    for name in ["signature", "signature-input"] {
        falls(404, name, "sig1=:AA==:");
    }
    let documented = r#"{"_error_message":"m","_error_type":"t"}"#;
    let signed = [
        JSON,
        ("signature", "sig1=:AA==:"),
        ("content-encoding", "gzip"),
    ];
    let seen = get(answer(404, &signed, documented));
    assert_eq!(values(&seen, "signature"), [""; 0], "a header fell");
}

/// H14: `Trailer` falls with the trailers and stays with them.
#[test]
fn h14_trailer_falls_with_the_trailers_and_stays_with_them() {
    falls(404, "trailer", "x-sum");
    let trailers = Step::Trailers(header_map(&[("x-sum", "1")]));
    let seen = get(framed(200, &[("trailer", "x-sum")], [data("a"), trailers]));
    assert_eq!(
        (values(&seen, "trailer"), seen.trailers.len()),
        (vec!["x-sum".to_owned()], 1)
    );
}

/// H15: trailers of the old body never become headers.
#[test]
fn h15_trailers_of_the_old_body_never_become_headers() {
    let trailers = header_map(&[("content-type", "text/evil"), ("x-sum", "1")]);
    let seen = get(framed(
        404,
        &[TEXT],
        [data("gone"), Step::Trailers(trailers)],
    ));
    assert_eq!(values(&seen, "content-type"), ["application/json"]);
    assert_eq!((values(&seen, "x-sum"), seen.trailers.len()), (vec![], 0));
}

proptest! {
    /// H16: what passes has every header that it came with, and no other.
    #[test]
    fn h16_what_passes_has_every_header_that_it_came_with(status in 100..400u16, headers in headers()) {
        let inside = Inside::Answers(response(status, &[], "body").map(|body| body));
        let Inside::Answers(mut response) = inside else { unreachable!() };
        *response.headers_mut() = headers.clone();
        let seen = get(Inside::Answers(response));
        prop_assert_eq!(seen.head.headers(), &headers);
    }

    /// H25: a header that is not known to describe the body stays as it was, byte by byte.
    #[test]
    fn h25_a_header_that_is_not_known_to_describe_the_body_stays_as(status in 400..500u16, headers in headers()) {
        let mut answer = response(status, &[], "text");
        *answer.headers_mut() = headers.clone();
        let seen = get(Inside::Answers(answer));
        for name in headers.keys() {
            let [came, left] = [&headers, seen.head.headers()].map(|map| map.get_all(name).into_iter().collect::<Vec<_>>());
            prop_assert_eq!(came, left);
        }
    }
}

/// Headers that describe no body, some of them several times.
fn headers() -> impl Strategy<Value = HeaderMap> {
    let known = [
        "cache-control",
        "expires",
        "age",
        "link",
        "location",
        "server-timing",
        "ratelimit",
        "x-ratelimit-limit",
        "strict-transport-security",
        "content-security-policy",
        "x-frame-options",
        "x-request-id",
        "traceparent",
        "proxy-status",
        "cache-status",
        "alt-svc",
        "sunset",
        "deprecation",
        "date",
        "server",
    ];
    let name = prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        "x-[a-z]{1,6}"
    ];
    let value = vec(prop_oneof![32..127u8, 128..=255u8], 0..12);
    vec((name, value), 0..12).prop_map(|headers| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            map.append(name, HeaderValue::from_bytes(&value).unwrap());
        }
        map
    })
}

/// H17: every challenge stays, in order.
#[test]
fn h17_every_challenge_stays() {
    let challenges = ["Basic realm=\"a\"", "Bearer realm=\"b\""];
    let headers = challenges.map(|challenge| ("www-authenticate", challenge));
    assert_eq!(
        values(&get(answer(401, &headers, "no")), "www-authenticate"),
        challenges
    );
}

/// H18: the other headers of authentication stay as well.
#[test]
fn h18_the_other_headers_of_authentication_stay_as_well() {
    stays(407, "proxy-authenticate", "Basic");
    stays(401, "authentication-info", "nextnonce=x");
    stays(407, "proxy-authentication-info", "nextnonce=x");
}

/// H19: `Retry-After` stays with any status.
#[test]
fn h19_retry_after_stays_with_any_status() {
    for status in [413, 429, 500, 503] {
        stays(status, "retry-after", "30");
    }
    assert_eq!(
        values(&with_header(301, "retry-after", "30"), "retry-after"),
        ["30"]
    );
}

/// H20: `Allow` stays.
#[test]
fn h20_allow_stays() {
    stays(405, "allow", "GET, HEAD");
}

/// H21: what a 426 asks for stays.
#[test]
fn h21_what_a_426_asks_for_stays() {
    stays(426, "upgrade", "h2c");
    stays(426, "connection", "upgrade");
}

/// H22: what a 406 or 415 says would be accepted stays.
#[test]
fn h22_what_a_406_or_415_says_would_be_accepted_stays() {
    for name in ["accept", "accept-encoding", "accept-patch", "accept-post"] {
        stays(415, name, "a/b");
    }
}

/// H23: each cookie stays, apart and in order.
#[test]
fn h23_each_cookie_stays() {
    let cookies = ["a=1", "b=2", "a=3"];
    let headers = cookies.map(|cookie| ("set-cookie", cookie));
    assert_eq!(
        values(&get(answer(403, &headers, "no")), "set-cookie"),
        cookies
    );
}

/// H24: scripts of other origins can read the error, on whichever side CORS stands.
#[tokio::test]
async fn h24_scripts_of_other_origins_can_read_the_error() {
    let failing = || {
        tower::service_fn(|_: Request<()>| async {
            Ok::<_, Infallible>(
                Response::builder()
                    .status(500)
                    .body(Full::<Bytes>::from("x"))
                    .unwrap(),
            )
        })
    };
    let cors = CorsLayer::new().allow_origin(["https://app.example".parse().unwrap()]);
    let request = || {
        Request::get("/")
            .header("origin", "https://app.example")
            .body(())
            .unwrap()
    };
    let outside = cors
        .clone()
        .layer(ErrorEnvelopeLayer::new().layer(failing()));
    let inside = ErrorEnvelopeLayer::new().layer(cors.layer(failing()));
    for headers in [
        outside.oneshot(request()).await.unwrap().headers().clone(),
        inside.oneshot(request()).await.unwrap().headers().clone(),
    ] {
        assert_eq!(
            headers["access-control-allow-origin"],
            "https://app.example"
        );
        assert!(headers["vary"].to_str().unwrap().contains("origin"));
    }
}

/// H26: a connection that is to be closed is closed, and no header of one hop is made up.
#[test]
fn h26_a_connection_that_is_to_be_closed_is_closed() {
    stays(503, "connection", "close");
    let seen = get(answer(503, &[], "x"));
    for name in [
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "upgrade",
    ] {
        assert_eq!(values(&seen, name), [""; 0], "{name}");
    }
}

/// H27: values that are not ASCII, their order, and the mark of a sensitive value stay.
#[test]
fn h27_values_that_are_not_ascii() {
    let mut answer = response(
        400,
        &[("x-a", "größe"), ("x-a", "1"), ("x-a", "größe")],
        "x",
    );
    let mut cookie = HeaderValue::from_static("session=1");
    cookie.set_sensitive(true);
    answer.headers_mut().insert("set-cookie", cookie);
    let seen = get(Inside::Answers(answer));
    assert_eq!(values(&seen, "x-a"), ["größe", "1", "größe"]);
    assert!(seen.head.headers()["set-cookie"].is_sensitive());
}

/// H28: extensions stay.
#[test]
fn h28_extensions_stay() {
    #[derive(Clone, Debug, PartialEq)]
    struct Route(u8);
    let mut answer = response(404, &[], "x");
    answer.extensions_mut().insert(Route(7));
    let seen = get(Inside::Answers(answer));
    assert_eq!(seen.head.extensions().get(), Some(&Route(7)));
}

/// H29: a reason phrase of the service's own falls with the status that it was said of, or with what it must not say.
#[test]
fn h29_a_reason_phrase_of_the_services_own_falls_with_the_status_that() {
    let kept = |status: u16, body: &'static str| {
        let mut answer = response(status, &[], body);
        answer
            .extensions_mut()
            .insert(ReasonPhrase::from_static(b"Oh"));
        get(Inside::Answers(answer))
            .head
            .extensions()
            .get::<ReasonPhrase>()
            .is_some()
    };
    assert!(kept(422, "text"));
    assert!(!kept(422, r#"{"n": ["too high"]}"#), "it becomes a 400");
    assert!(!kept(500, "text"), "it is masked");
}

/// H30: the version that an upstream spoke is not that of the answer.
#[test]
fn h30_the_version_that_an_upstream_spoke_is_not_that_of_the_answer() {
    for body in ["text", r#"{"_error_message":"m","_error_type":"t"}"#] {
        let mut answer = response(404, &[JSON], body);
        *answer.version_mut() = Version::HTTP_3;
        assert_eq!(
            get(Inside::Answers(answer)).head.version(),
            Version::HTTP_11,
            "{body}"
        );
    }
}

/// H31: `Vary` names `Accept` once, wherever `Accept` was looked at.
#[test]
fn h31_vary_names_accept_once() {
    let cases: [(Headers<'_>, &[&str]); 5] = [
        (&[], &["accept"]),
        (
            &[("vary", "accept-encoding, ACCEPT")],
            &["accept-encoding, ACCEPT"],
        ),
        (&[("vary", "*")], &["*"]),
        (&[("vary", "origin")], &["origin", "accept"]),
        (&[("vary", "größe")], &["größe", "accept"]),
    ];
    for (headers, want) in cases {
        let inside = Inside::Answers(response(404, headers, "text"));
        assert_eq!(
            values(&send_to(&all_dialects(), "GET", &[], inside), "vary"),
            want
        );
    }
}

/// H32: browsers are told not to guess, once.
#[test]
fn h32_browsers_are_told_not_to_guess() {
    assert_eq!(
        values(&get(answer(404, &[], "x")), "x-content-type-options"),
        ["nosniff"]
    );
    assert_eq!(
        values(
            &with_header(404, "x-content-type-options", "nosniff"),
            "x-content-type-options"
        ),
        ["nosniff"]
    );
}

/// H33: an error of the server is not stored, unless the service said otherwise.
#[test]
fn h33_an_error_of_the_server_is_not_stored() {
    assert_eq!(
        values(&get(answer(501, &[], "x")), "cache-control"),
        ["no-store"]
    );
    assert_eq!(
        values(
            &with_header(501, "cache-control", "max-age=60"),
            "cache-control"
        ),
        ["max-age=60"]
    );
}

/// H34: a bare 401 stays one, without a challenge that nobody made.
#[test]
fn h34_a_bare_401_stays_one() {
    let seen = get(answer(401, &[], "log in"));
    assert_eq!(
        (seen.status(), values(&seen, "www-authenticate")),
        (401, vec![])
    );
}

/// H35: a bare 405 stays one, without methods that nobody named.
#[test]
fn h35_a_bare_405_stays_one() {
    let seen = get(answer(405, &[], "no"));
    assert_eq!((seen.status(), values(&seen, "allow")), (405, vec![]));
}

/// H36: when to come back is said only where the user says it.
#[test]
fn h36_when_to_come_back_is_said_only_where_the_user_says_it() {
    let overloaded = || tower::load_shed::error::Overloaded::new();
    let bare = fails_with(overloaded());
    assert_eq!(
        (bare.status().as_u16(), bare.headers().get("retry-after")),
        (503, None)
    );
    let told = fails_with(
        Envelope::new(http::StatusCode::SERVICE_UNAVAILABLE, "later")
            .with_header(http::header::RETRY_AFTER, HeaderValue::from(9)),
    );
    assert_eq!(told.headers()["retry-after"], "9");
}

/// H37: nothing is added to what passes.
#[test]
fn h37_nothing_is_added_to_what_passes() {
    for status in [200, 204, 301, 304] {
        assert_eq!(
            get(answer(status, &[], "x")).head.headers(),
            &HeaderMap::new(),
            "{status}"
        );
    }
}

/// H38: HEAD is answered as GET, without the body, and with its length or none.
#[test]
fn h38_head_is_answered_as_get() {
    let cases: [(u16, Headers<'_>, &str); 6] = [
        (422, &[JSON], r#"{"name": ["too long"]}"#),
        (404, &[TEXT, ("content-length", "999")], "gone"),
        (
            500,
            &[JSON, ("content-language", "de")],
            r#"{"error": "x"}"#,
        ),
        (503, &[JSON], r#"{"_error_message":"m","_error_type":"t"}"#),
        (404, &[HTML, ("etag", "\"1\"")], "<html>no</html>"),
        (200, &[TEXT], "fine"),
    ];
    for (status, headers, body) in cases {
        let [get, head] =
            ["GET", "HEAD"].map(|method| send(method, &[], answer(status, headers, body)));
        let without_length = |seen: &Seen| {
            let mut headers = seen.head.headers().clone();
            headers.remove("content-length");
            headers
        };
        assert_eq!(
            (head.status(), without_length(&head)),
            (get.status(), without_length(&get)),
            "{status} {body}"
        );
        if status >= 400 {
            assert_eq!(head.body, "", "{status} {body}");
            let length = head.header("content-length").map(str::to_owned);
            assert!(
                length.is_none() || length == Some(get.body.len().to_string()),
                "{status} {body}"
            );
        }
    }
}

/// H39: the answer to HEAD does not wait for a body that has no end.
#[tokio::test(start_paused = true)]
async fn h39_the_answer_to_head_does_not_wait_for_a_body_that_has() {
    let pending = http_body_util::StreamBody::new(futures_util::stream::pending::<
        Result<http_body::Frame<Bytes>, Infallible>,
    >());
    let endless = http_body_util::StreamBody::new(futures_util::stream::repeat_with(|| {
        Ok::<_, Infallible>(http_body::Frame::data(Bytes::from("x")))
    }));
    async fn head<B: Body<Data = Bytes, Error = Infallible> + Clone>(body: B) -> u16 {
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(
                Response::builder().status(404).body(body.clone()).unwrap(),
            ))
        });
        let request = Request::head("/").body(()).unwrap();
        let answer = ErrorEnvelopeLayer::new().layer(service).oneshot(request);
        let answer = tokio::time::timeout(Duration::from_secs(60), answer);
        answer
            .await
            .expect("an answer at once")
            .unwrap()
            .status()
            .as_u16()
    }
    assert_eq!(head(endless).await, 404);
    assert_eq!(head(pending).await, 404);
}

/// H40: what switches protocols passes, with its headers.
#[test]
fn h40_what_switches_protocols_passes() {
    for status in [100, 101, 102, 103] {
        let headers = [("upgrade", "websocket"), ("connection", "upgrade")];
        let seen = get(answer(status, &headers, ""));
        assert_eq!(
            (seen.status(), seen.head.headers()),
            (status, &header_map(&headers))
        );
    }
}

/// H41: a tunnel that was opened passes; one that was refused is an error like any other.
#[test]
fn h41_a_tunnel_that_was_opened_passes() {
    let opened = send("CONNECT", &[], answer(200, &[], ""));
    assert_eq!(opened.head.headers(), &HeaderMap::new());
    let refused = send("CONNECT", &[], answer(502, &[TEXT], SECRET));
    assert_eq!(
        (
            refused.status(),
            refused.shows_secret(),
            refused.events.len()
        ),
        (502, false, 1)
    );
}

/// H42: responses that have no body get none, and no label of one.
#[test]
fn h42_responses_that_have_no_body_get_none() {
    for status in [204, 205, 304] {
        for headers in [&[][..], &[("accept", "application/problem+json")]] {
            let seen = send_to(&all_dialects(), "GET", headers, answer(status, &[], ""));
            assert_eq!(
                (seen.body.len(), seen.head.headers().len()),
                (0, 0),
                "{status}"
            );
        }
    }
}

/// H43: a part of a file passes.
#[test]
fn h43_a_part_of_a_file_passes() {
    let headers = [("content-range", "bytes 0-1/9"), ("etag", "\"x\"")];
    let seen = send(
        "GET",
        &[("range", "bytes=0-1")],
        answer(206, &headers, "ab"),
    );
    assert_eq!(
        (seen.head.headers(), seen.text()),
        (&header_map(&headers), "ab".to_owned())
    );
}

/// H44: redirects pass with their bodies.
#[test]
fn h44_redirects_pass_with_their_bodies() {
    for status in 300..400 {
        let seen = get(answer(status, &[HTML, ("location", "/y")], "<a>moved</a>"));
        assert_eq!(
            (seen.status(), seen.text()),
            (status, "<a>moved</a>".to_owned())
        );
    }
}

proptest! {
    /// H45: a success passes frame by frame, with its trailers and its hints.
    #[test]
    fn h45_a_success_passes_frame_by_frame(chunks in vec(vec(any::<u8>(), 0..9), 0..6), trailers in any::<bool>(), is_exact in any::<bool>()) {
        let mut steps: Vec<_> = chunks.iter().map(|chunk| data(chunk.clone())).collect();
        steps.extend(trailers.then(|| Step::Trailers(header_map(&[("x-sum", "1")]))));
        let bare = Script { steps: steps.into(), is_exact };
        let service = { let body = bare.clone(); tower::service_fn(move |_: Request<()>| std::future::ready(Ok::<_, Infallible>(Response::new(body.clone())))) };
        let layered = tokio_test::block_on(ErrorEnvelopeLayer::new().layer(service).oneshot(Request::new(()))).unwrap().into_body();
        prop_assert_eq!(frames(bare), frames(layered));
    }
}

/// Each frame, and what the body says of itself before it.
fn frames<B: Body<Data = Bytes> + Unpin>(mut body: B) -> Vec<String>
where
    B::Error: std::fmt::Debug,
{
    let mut seen = Vec::new();
    loop {
        let hint = (
            body.is_end_stream(),
            body.size_hint().lower(),
            body.size_hint().upper(),
        );
        let frame = tokio_test::block_on(body.frame());
        let frame = frame.map(|frame| {
            frame
                .unwrap()
                .into_data()
                .map_err(|frame| frame.into_trailers().unwrap())
        });
        let is_end = frame.is_none();
        seen.push(format!("{hint:?} {frame:?}"));
        if is_end {
            return seen;
        }
    }
}

/// H46: a status stays what it is, but for the validation errors of the documentation.
#[test]
fn h46_a_status_stays_what_it_is() {
    for status in 100..1000 {
        assert_eq!(get(answer(status, &[TEXT], "x")).status(), status);
    }
    assert_eq!(
        get(answer(422, &[JSON], r#"{"name": ["too long"]}"#)).status(),
        400
    );
}

/// H47: a status without a name is treated as its class says.
#[test]
fn h47_a_status_without_a_name_is_treated_as_its_class_says() {
    for status in 400..1000 {
        let seen = get(answer(status, &[TEXT], ""));
        assert!(
            is_generic(&seen) && !message(&seen).is_empty(),
            "{status}: {}",
            seen.text()
        );
    }
    assert_eq!(
        message(&get(answer(471, &[TEXT], "own words"))),
        "own words"
    );
    assert_eq!(
        message(&get(answer(599, &[TEXT], "own words"))),
        "Internal Server Error"
    );
}

/// H48: from 600 on the server is to blame, so it is masked.
#[test]
fn h48_from_600_on_the_server_is_to_blame() {
    for status in [600, 700, 999] {
        let seen = get(answer(status, &[TEXT], SECRET));
        assert!(
            !seen.shows_secret() && is_generic(&seen),
            "{status}: {}",
            seen.text()
        );
    }
}

/// H49: no status of nginx's own is made up, but for 499, which a cancelled call is.
#[test]
fn h49_no_status_of_nginxs_own_is_made_up() {
    #[cfg(feature = "tonic")]
    for code in 0..=17 {
        let envelope = Envelope::from(tonic::Status::new(tonic::Code::from_i32(code), "m"));
        let status = envelope.status().as_u16();
        assert_eq!(status == 499, code == 1, "{code}: {status}");
        assert!(
            ![444, 494, 495, 496, 497].contains(&status),
            "{code}: {status}"
        );
    }
    let io = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    assert_eq!(fails_with(io()).status(), 500);
}

/// H50: an error without a body gets one.
#[test]
fn h50_an_error_without_a_body_gets_one() {
    let seen = get(answer(404, &[], ""));
    assert!(is_generic(&seen), "{}", seen.text());
}

/// H51: a body that must not be transformed passes, unless it is a server's error and would tell what must be masked.
#[test]
fn h51_a_body_that_must_not_be_transformed_passes() {
    let no_transform = [("cache-control", "max-age=1, No-Transform"), TEXT];
    let seen = get(answer(404, &no_transform, "gone"));
    assert_eq!(
        (seen.text(), seen.head.headers()),
        ("gone".to_owned(), &header_map(&no_transform))
    );
    assert!(!get(answer(500, &no_transform, SECRET)).shows_secret());
}

/// H52: conditions and ranges of a request do not apply to an error.
#[test]
fn h52_conditions_and_ranges_of_a_request_do_not_apply_to_an_error() {
    for header in [
        ("if-none-match", "*"),
        ("if-match", "\"y\""),
        ("range", "bytes=0-1"),
        ("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ] {
        let seen = send("GET", &[header], answer(404, &[("etag", "\"x\"")], "gone"));
        assert_eq!(
            (seen.status(), message(&seen)),
            (404, "gone".to_owned()),
            "{header:?}"
        );
    }
}

/// H53: statuses of other documents keep the headers that go with them.
#[test]
fn h53_statuses_of_other_documents_keep_the_headers_that_go_with_them() {
    for (status, name, value) in [
        (421, "alt-svc", "clear"),
        (425, "retry-after", "1"),
        (428, "etag", "\"x\""),
        (429, "retry-after", "3600"),
        (431, "connection", "close"),
        (511, "location", "/login"),
        (451, "link", "<https://a.example>; rel=\"blocked-by\""),
    ] {
        stays(status, name, value);
    }
}

/// H54: the body of a request is not looked at, so an expectation is answered before it is sent.
#[tokio::test]
async fn h54_the_body_of_a_request_is_not_looked_at() {
    let app = axum::Router::new().route("/", axum::routing::post(|_: Bytes| async {}));
    let app = app.layer(tower_http::limit::RequestBodyLimitLayer::new(4));
    let server = serve(app.layer(ErrorEnvelopeLayer::new())).await;
    let answer = raw(
        server,
        "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n",
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"),
        "{answer}"
    );
}

/// H55: a request body that nobody read is the server's to deal with; the connection stays in step.
#[tokio::test]
async fn h55_a_request_body_that_nobody_read_is_the_servers_to_deal_with() {
    let server = serving(response(413, &[], "too large")).await;
    let post = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nGET /";
    let answers = raw(server, &post.repeat(2)).await;
    let count = answers.matches("HTTP/1.1 413").count();
    assert!(
        count == 2 || (count == 1 && answers.contains("connection: close")),
        "{answers}"
    );
}

/// H56: a stream is not waited for, whatever the status of a client's error.
#[test]
fn h56_a_stream_is_not_waited_for() {
    for label in [
        "text/event-stream",
        "multipart/mixed; boundary=x",
        "application/x-ndjson",
        "application/json-seq",
        "application/connect+json",
        "application/grpc",
    ] {
        let seen = get(answer(429, &[("content-type", label)], "data: x\n\n"));
        assert_eq!(
            (seen.text(), seen.header("content-type")),
            ("data: x\n\n".to_owned(), Some(label))
        );
    }
}

/// H57: a new body knows its length; an empty one says at once that it has ended, and goes on saying so.
#[test]
fn h57_a_new_body_knows_its_length() {
    for method in ["GET", "HEAD"] {
        let service = tower::service_fn(|_: Request<()>| async {
            Ok::<_, Infallible>(response(404, &[TEXT], "gone"))
        });
        let request = Request::builder().method(method).body(()).unwrap();
        let answer = ErrorEnvelopeLayer::new().layer(service).oneshot(request);
        let mut body: ResponseBody<Script> = tokio_test::block_on(answer).unwrap().into_body();
        if method == "HEAD" {
            assert!(body.is_end_stream());
        } else {
            let said = body.size_hint().exact();
            let frame = tokio_test::block_on(body.frame())
                .unwrap()
                .unwrap()
                .into_data()
                .unwrap();
            assert_eq!(said, Some(frame.len() as u64));
            assert!(body.is_end_stream());
        }
        assert!((0..3).all(|_| tokio_test::block_on(body.frame()).is_none()));
    }
}

/// H58: servers take the length from the body, in both versions of HTTP.
#[tokio::test]
async fn h58_servers_take_the_length_from_the_body() {
    let server = serving(response(404, &[TEXT], "gone")).await;
    for protocol in PROTOCOLS {
        let request = Request::get("/").body(Full::default()).unwrap();
        let answer = support::send(protocol, server, request).await;
        assert_eq!(
            answer.headers()["content-length"],
            answer.body().len().to_string(),
            "{protocol:?}"
        );
    }
}

/// H59: clients of HTTP/1.0, and those that close, get a known length.
#[tokio::test]
async fn h59_clients_of_http_1() {
    let server = serving(response(409, &[TEXT], "taken")).await;
    for request in [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ] {
        let answer = raw(server, request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}", body.len())) && !head.contains("chunked"),
            "{answer}"
        );
    }
}

/// H61: a second layer changes nothing, and the documented envelope passes byte for byte.
#[test]
fn h61_a_second_layer_changes_nothing() {
    let bodies = [
        "text",
        r#"{"error": "x"}"#,
        r#"{"name": ["a", "b"]}"#,
        "<html>x</html>",
        "",
    ];
    let inner = [all_dialects(), ErrorEnvelopeLayer::new()];
    for layer in inner {
        for status in [400, 404, 422, 500, 600] {
            for body in bodies {
                for accept in ["application/json", "application/problem+json", "text/html"] {
                    let once = send_to(
                        &layer,
                        "GET",
                        &[("accept", accept)],
                        answer(status, &[JSON], body),
                    );
                    let again = response(once.status(), &[], once.body.clone());
                    let (parts, ()) = once.head.into_parts();
                    let twice = send_to(
                        &layer,
                        "GET",
                        &[("accept", accept)],
                        Inside::Answers(Response::from_parts(parts.clone(), again.into_body())),
                    );
                    assert_eq!(
                        (twice.head.status(), twice.head.headers(), &twice.body),
                        (parts.status, &parts.headers, &once.body),
                        "{status} {accept} {body}"
                    );
                }
            }
        }
    }
    let documented = r#"{ "_error_type" : "t", "_error_message" : "m" }"#;
    assert_eq!(get(answer(404, &[JSON], documented)).text(), documented);
}

/// H62: a layer that compresses stands on either side, and nothing is coded twice.
#[tokio::test]
async fn h62_a_layer_that_compresses_stands_on_either_side() {
    let failing = || {
        tower::service_fn(|_: Request<()>| async {
            Ok::<_, Infallible>(
                Response::builder()
                    .status(404)
                    .header("content-type", "text/plain")
                    .body(Full::<Bytes>::from("gone ".repeat(100)))
                    .unwrap(),
            )
        })
    };
    for coding in ["gzip", "identity;q=0, gzip", "identity"] {
        let request = || {
            Request::get("/")
                .header("accept-encoding", coding)
                .body(())
                .unwrap()
        };
        let outside = CompressionLayer::new().layer(ErrorEnvelopeLayer::new().layer(failing()));
        let outside = outside.oneshot(request()).await.unwrap();
        let coded = outside
            .headers()
            .get_all("content-encoding")
            .into_iter()
            .count();
        assert_eq!(coded, usize::from(coding != "identity"), "{coding}");
        let inside = ErrorEnvelopeLayer::new().layer(CompressionLayer::new().layer(failing()));
        let inside = inside.oneshot(request()).await.unwrap();
        assert_eq!(inside.headers().get("content-encoding"), None, "{coding}");
        let body = inside.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"{\"_error_message\""), "{coding}");
    }
}

/// H63: a preflight passes, and one that fails can be read by its script.
#[test]
fn h63_a_preflight_passes() {
    let cors = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "PUT"),
    ];
    let passed = send("OPTIONS", &[], answer(204, &cors, ""));
    assert_eq!(passed.head.headers(), &header_map(&cors));
    let failed = send("OPTIONS", &[], answer(404, &cors, "x"));
    assert_eq!(
        (
            failed.status(),
            failed.header(cors[0].0),
            failed.header(cors[1].0)
        ),
        (404, Some("*"), Some("PUT"))
    );
}

/// H64: a body is read to its end, whatever length was declared.
#[test]
fn h64_a_body_is_read_to_its_end() {
    for length in ["0", "2", "4", "999"] {
        let seen = get(answer(404, &[TEXT, ("content-length", length)], "gone"));
        assert_eq!(message(&seen), "gone", "{length}");
    }
}

/// H60: an error of a client's service, as a stream that was refused, stays an error, so that it is sent again.
#[tokio::test]
async fn h60_an_error_of_a_clients_service() {
    #[derive(Debug, PartialEq)]
    struct Refused;
    let service =
        tower::service_fn(|_: Request<()>| async { Err::<Response<Full<Bytes>>, _>(Refused) });
    let answer = ErrorEnvelopeLayer::client()
        .layer(service)
        .oneshot(Request::new(()));
    assert_eq!(answer.await.err(), Some(Refused));
}
