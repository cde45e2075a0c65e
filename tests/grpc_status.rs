//! Conversions between envelopes and statuses of gRPC: they lose nothing, and no input of a peer makes them panic.
#![cfg(feature = "tonic")]

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tonic_types::{pb, ErrorDetails, StatusExt};
use tower::{Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, ErrorType, FieldErrors, Origin};

#[test]
fn a_status_becomes_an_envelope() {
    let mut details = ErrorDetails::new();
    details.set_error_info(
        "EMAIL_TAKEN",
        "shop.example",
        [("by".to_owned(), "7".to_owned())],
    );
    details.add_bad_request_violation("email", "is taken");
    details.add_bad_request_violation("phones[0].number", "is missing");
    let mut status = Status::with_error_details(Code::AlreadyExists, "cannot sign up", details);
    status
        .metadata_mut()
        .insert("retry-after", "3".parse().unwrap());
    status
        .metadata_mut()
        .insert("content-length", "99".parse().unwrap());

    let envelope = Envelope::from(status);
    assert_eq!(
        (envelope.status(), envelope.message()),
        (StatusCode::CONFLICT, "cannot sign up")
    );
    assert_eq!(envelope.error_type().as_str(), "EMAIL_TAKEN");
    assert_eq!(
        envelope.field_errors().get("email").collect::<Vec<_>>(),
        ["is taken"]
    );
    assert!(envelope
        .field_errors()
        .get("phones.0.number")
        .eq(["is missing"]));
    assert_eq!(envelope.headers()[RETRY_AFTER], "3");
    assert_eq!(
        envelope.headers().len(),
        1,
        "what described the answer is not the error's"
    );
    assert_eq!(envelope.origin(), Origin::Wire("grpc"));
}

#[test]
fn every_code_has_its_status_and_comes_back() {
    let statuses = [
        200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
    ];
    for (number, status) in (0..).zip(statuses) {
        let code = Code::from_i32(number);
        let envelope = Envelope::from(Status::new(code, "m"));
        assert_eq!(envelope.status().as_u16(), status, "{code:?}");
        assert_eq!(Status::from(envelope).code(), code);
    }
}

/// The envelope that is read back from gRPC. If no type was sent and the code has the status of the error, there is no
/// `ErrorInfo`, so the type is the name of the code.
fn back_from_grpc(envelope: &Envelope) -> Envelope {
    let status = Status::from(envelope.clone());
    let has_info = status.get_details_error_info().is_some();
    if envelope.sent_error_type().is_some() || has_info {
        return envelope.clone();
    }
    let plain = Envelope::from(Status::new(status.code(), ""));
    envelope.clone().with_error_type(plain.error_type().clone())
}

#[test]
fn every_status_comes_back() {
    for code in 400..1000 {
        let envelope = Envelope::from_status(StatusCode::from_u16(code).unwrap());
        assert_eq!(
            Envelope::from(Status::from(envelope.clone())),
            back_from_grpc(&envelope),
            "{code}"
        );
    }
}

#[test]
fn texts_that_look_generated_are_read_back_as_sent() {
    let fields = FieldErrors::from_iter([("email", "is taken")]);
    let bare = Envelope::validation(fields);
    let class = ErrorType::for_status(StatusCode::BAD_REQUEST);
    let envelopes = [
        bare.clone(),
        bare.clone().with_message("email: is taken"),
        bare.clone().with_error_type(class.clone()),
        bare.clone()
            .with_message("email: is taken")
            .with_error_type(class.clone()),
        bare.clone().with_message("Bad Request"),
        bare.clone().with_status(StatusCode::UNPROCESSABLE_ENTITY),
        bare.with_field("_error_message", "reserved")
            .with_field("", ""),
        Envelope::from_status(StatusCode::BAD_REQUEST).with_error_type(class),
        Envelope::new(StatusCode::NOT_FOUND, "Not Found"),
        Envelope::new(StatusCode::CONFLICT, " \r\n").with_error_type("ALREADY_EXISTS"),
        Envelope::new(StatusCode::NOT_FOUND, "x").with_error_type("ALREADY_EXISTS"),
    ];
    for envelope in envelopes {
        let back = Envelope::from(Status::from(envelope.clone()));
        let envelope = back_from_grpc(&envelope);
        assert_eq!(back, envelope);
        assert_eq!(
            serde_json::to_string(&back).unwrap(),
            serde_json::to_string(&envelope).unwrap()
        );
    }
}

#[test]
fn the_status_of_a_changed_envelope_has_the_changes_and_the_other_details() {
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_secs(3)));
    details.set_error_info(
        "BUSY",
        "shop.example",
        [("queue".to_owned(), "9".to_owned())],
    );
    let status = Status::with_error_details(Code::Unavailable, "busy", details);
    let changed = Envelope::from(status)
        .with_message("very busy")
        .with_field("printer", "is busy");
    let status = Status::from(changed);
    let details = status.get_error_details();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "very busy")
    );
    assert_eq!(
        pb::Status::decode(status.details()).unwrap().message,
        "very busy"
    );
    assert_eq!(
        details.retry_info().unwrap().retry_delay,
        Some(Duration::from_secs(3))
    );
    assert_eq!(
        details.bad_request().unwrap().field_violations[0].field,
        "printer"
    );
    let info = details.error_info().unwrap();
    assert_eq!(
        (&*info.reason, &*info.domain, &*info.metadata["queue"]),
        ("BUSY", "shop.example", "9")
    );

    let other = Envelope::from(Status::aborted("m")).with_status(StatusCode::NOT_FOUND);
    assert_eq!(Status::from(other).code(), Code::NotFound);
}

#[test]
fn after_a_change_each_detail_is_written_once() {
    let mut details = ErrorDetails::new();
    details.set_error_info("BUSY", "shop.example", []);
    details.add_bad_request_violation("paper", "is missing");
    details.add_help_link("How to refill", "https://printer.example/paper");
    details.set_retry_info(Some(Duration::from_secs(3)));
    let status = Status::with_error_details(Code::Unavailable, "busy", details);
    let changed = Envelope::from(status).with_field("printer", "is busy");
    let details = pb::Status::decode(Status::from(changed).details()).unwrap();
    let mut names: Vec<_> = details.details.iter().map(|any| &*any.type_url).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["BadRequest", "ErrorInfo", "Help", "RetryInfo"]
            .map(|name| format!("type.googleapis.com/google.rpc.{name}"))
    );
}

#[test]
fn details_with_a_meaning_of_their_own_are_members() {
    let mut details = ErrorDetails::new();
    details.set_localized_message("de", "Kein Papier");
    details.add_help_link("How to refill", "https://printer.example/paper");
    details.add_quota_failure_violation("user:7", "10 pages a day");
    details.set_request_info("r7", "");
    let status = Status::with_error_details(Code::ResourceExhausted, "No paper", details);
    let envelope = Envelope::from(status.clone());
    let json: serde_json::Value =
        serde_json::from_str(&serde_json::to_string(&envelope).unwrap()).unwrap();
    assert_eq!(
        json["_error_details"],
        serde_json::json!({
            "localized_message": {"locale": "de", "message": "Kein Papier"},
            "help": {"links": [{"description": "How to refill", "url": "https://printer.example/paper"}]},
            "quota_failure": {"violations": [{"subject": "user:7", "description": "10 pages a day"}]},
            "request_info": {"requestId": "r7"},
        })
    );
    assert_eq!(Status::from(envelope.clone()).details(), status.details());
    let changed = Status::from(envelope.with_message("Still none"));
    let details = changed.get_error_details();
    assert_eq!(details.localized_message().unwrap().message, "Kein Papier");
    assert_eq!(details.help().unwrap().links.len(), 1);
    assert!(details.error_info().is_none());
}

#[test]
fn a_status_in_http_counts_only_where_the_code_can_mean_it() {
    for (code, sent, want) in [
        (Code::Unimplemented, "405", 405),
        (Code::Unimplemented, "404", 404),
        (Code::NotFound, "200", 404),
        (Code::NotFound, "503", 404),
        (Code::Unknown, "200", 500),
        (Code::NotFound, "x", 404),
    ] {
        let mut details = ErrorDetails::new();
        details.set_error_info("R", "d", [("http_status".to_owned(), sent.to_owned())]);
        let envelope = Envelope::from(Status::with_error_details(code, "m", details));
        assert_eq!(envelope.status().as_u16(), want, "{code:?} {sent}");
    }
}

#[test]
fn details_are_preferred_to_what_stands_beside_them() {
    let details = pb::Status {
        code: 6,
        message: "in the details".into(),
        details: vec![],
    };
    let details = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        details.encode_to_vec(),
    );
    for (details, status, message) in [
        (&*details, 409, "in the details"),
        ("!", 404, "beside"),
        ("", 404, "beside"),
    ] {
        let response = head(&[
            ("grpc-status", b"5"),
            ("grpc-message", b"beside"),
            ("grpc-status-details-bin", details.as_bytes()),
        ]);
        let envelope = read(&response.unwrap());
        assert_eq!(
            (envelope.status().as_u16(), envelope.message()),
            (status, message),
            "{details}"
        );
    }
}

fn head(headers: &[(&str, &[u8])]) -> Option<Response<Bytes>> {
    let mut response = Response::new(Bytes::new());
    response
        .headers_mut()
        .insert("content-type", "application/grpc".parse().unwrap());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        response
            .headers_mut()
            .append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(response)
}

/// A response that passes a layer, for a gRPC caller.
fn passed<S>(layer: &ErrorEnvelopeLayer<S>, response: Response<Bytes>) -> Response<()>
where
    S: tower_error_envelope::layer::Side<Full<Bytes>, Infallible>,
    S::Error: std::fmt::Debug,
{
    let response = response.map(Full::from);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.clone()))
    });
    let request = Request::post("/")
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    let call = layer.layer(service).oneshot(request);
    call.now_or_never().unwrap().unwrap().map(|_| ())
}

fn message() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        Just(String::new()),
        "(%[0-9a-fA-F]{2}|é|😈| |%|\r\n){0,20}"
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![message(), r"[a-c.\]\['\x22]{0,8}"]
}

/// Texts, also some that look like names of codes, reasons and classes.
fn error_type() -> impl Strategy<Value = String> {
    let known = [
        "NOT_FOUND",
        "not_found",
        "ALREADY_EXISTS",
        "canceled",
        "BAD_REQUEST",
        "UNPROCESSABLE_CONTENT",
        "clustr.exceptions.BadRequest",
        "shop.NotFound",
        "http_status",
    ];
    prop_oneof![
        "[!-~]{1,30}",
        "[A-Z_]{1,5}",
        proptest::sample::select(known.to_vec()).prop_map(String::from)
    ]
}

/// Members, some of which look like details or like metadata of this crate.
fn member() -> impl Strategy<Value = (String, serde_json::Value)> {
    let names = [
        "help",
        "resource_info",
        "quota_failure",
        "http_status",
        "error_type",
        "sent",
        "_error_details",
        "balance",
    ];
    let values = [
        serde_json::json!({"links": [{"description": "d", "url": "u"}]}),
        serde_json::json!({"resourceName": "8"}),
        serde_json::json!({"violations": []}),
        serde_json::json!({}),
        serde_json::json!(null),
        serde_json::json!(-30),
        serde_json::json!("text"),
        serde_json::json!(["a", 1.5, true]),
    ];
    let name = prop_oneof![
        proptest::sample::select(names.to_vec()).prop_map(String::from),
        message()
    ];
    (name, proptest::sample::select(values.to_vec()))
}

prop_compose! {
    fn envelope()(
        status in 400..1000u16,
        message in message(),
        error_type in prop::option::of(error_type()),
        fields in vec((name(), message()), 0..5),
        members in vec(member(), 0..3),
        retry_after in prop::option::of(any::<u16>()),
    ) -> Envelope {
        let status = StatusCode::from_u16(status).unwrap();
        let envelope = Envelope::new(status, message);
        let envelope = fields.into_iter().fold(envelope, |envelope, (name, text)| envelope.with_field(name, text));
        let envelope = members.into_iter().fold(envelope, |envelope, (name, value)| envelope.with_member(name, value));
        let envelope = match error_type {
            Some(error_type) => envelope.with_error_type(error_type),
            None => envelope,
        };
        match retry_after {
            Some(seconds) => envelope.with_header(RETRY_AFTER, seconds),
            None => envelope,
        }
    }
}

prop_compose! {
    fn details()(
        reason in message(),
        domain in message(),
        fields in vec((name(), message()), 0..4),
        other in vec(any::<u8>(), 0..20),
        code in any::<i32>(),
        message in message(),
    ) -> Vec<u8> {
        let field = |(field, description)| pb::bad_request::FieldViolation { field, description, reason: "R".into(), ..Default::default() };
        let request = pb::BadRequest { field_violations: fields.into_iter().map(field).collect() };
        let info = pb::ErrorInfo { reason, domain, ..Default::default() };
        let any = |name: &str, value| prost_types::Any { type_url: format!("type.googleapis.com/{name}"), value };
        let details = vec![
            any("own.Type", other),
            any("google.rpc.BadRequest", request.encode_to_vec()),
            any("google.rpc.ErrorInfo", info.encode_to_vec()),
        ];
        pb::Status { code, message, details }.encode_to_vec()
    }
}

prop_compose! {
    fn status()(
        code in 0..17i32,
        message in message(),
        details in prop_oneof![vec(any::<u8>(), 0..60), details(), Just(vec![])],
        metadata in vec(("x-[a-z]{1,3}", "[!-~]{0,10}"), 0..4),
    ) -> Status {
        let mut map = http::HeaderMap::new();
        for (name, value) in metadata {
            map.append(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        Status::with_details_and_metadata(code.into(), message, details.into(), MetadataMap::from_headers(map))
    }
}

proptest! {
    #[test]
    fn an_envelope_survives_being_a_status(envelope in envelope()) {
        let back = Envelope::from(Status::from(envelope.clone()));
        prop_assert_eq!(back, back_from_grpc(&envelope));
    }

    #[test]
    fn a_status_survives_being_an_envelope(status in status()) {
        let back = Status::from(Envelope::from(status.clone()));
        prop_assert_eq!(back.code(), status.code());
        prop_assert_eq!(back.message(), status.message());
        prop_assert_eq!(back.details(), status.details());
        prop_assert_eq!(back.metadata().as_ref(), status.metadata().as_ref());
    }

    #[test]
    fn a_client_reads_the_error_that_a_server_wrote(envelope in envelope()) {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = envelope.status();
        response.extensions_mut().insert(envelope.clone());
        let answer = passed(&ErrorEnvelopeLayer::new(), response);
        let status = Status::from_header_map(answer.headers()).unwrap();
        let back = Envelope::from(status);
        // The policy gives validation errors their own status.
        let status = if back.status() == 400 { back.status() } else { envelope.status() };
        prop_assert_eq!(back, back_from_grpc(&envelope.with_status(status)));
    }

    #[test]
    fn a_message_is_cut_to_a_beginning_of_it(message in "(a|é|😈| |%|\r\n){0,30}", repeat in 1..2000usize) {
        let message = message.repeat(repeat);
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::CONFLICT;
        response.extensions_mut().insert(Envelope::new(StatusCode::CONFLICT, message.clone()));
        let answer = passed(&ErrorEnvelopeLayer::new(), response);
        let size: usize = answer.headers().iter().map(|(name, value)| 32 + name.as_str().len() + value.len()).sum();
        // Servers add `:status` and `date`.
        prop_assert!(size + 42 + 65 <= 8 * 1024);
        let written = Status::from_header_map(answer.headers()).unwrap();
        if message.is_empty() {
            prop_assert_eq!(written.message(), "Conflict");
        } else {
            prop_assert!(message.starts_with(written.message()) && !written.message().is_empty());
        }
        for (name, value) in answer.headers() {
            let value = value.as_bytes();
            prop_assert!(value.iter().all(|byte| (0x20..0x7f).contains(byte)), "{}", name);
            prop_assert!(!value.starts_with(b" ") && !value.ends_with(b" "), "{}", name);
        }
    }

    #[test]
    fn no_head_of_a_peer_breaks_the_reader(code in vec(any::<u8>(), 0..4), message in vec(any::<u8>(), 0..80), details in vec(any::<u8>(), 0..80)) {
        if let Some(response) = head(&[("grpc-status", &code), ("grpc-message", &message), ("grpc-status-details-bin", &details)]) {
            let envelope = read(&response);
            let ok = !code.is_empty() && code.iter().all(|byte| *byte == b'0');
            prop_assert_eq!(envelope.origin() == Origin::Wire("grpc"), !ok);
        }
    }

    #[test]
    fn no_details_of_a_peer_break_the_reader(details in prop_oneof![vec(any::<u8>(), 0..200), details()]) {
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, &details);
        let response = head(&[("grpc-status", b"3"), ("grpc-status-details-bin", encoded.as_bytes())]).unwrap();
        prop_assert_eq!(read(&response).origin(), Origin::Wire("grpc"));
    }

    #[test]
    fn after_a_client_layer_no_head_makes_tonic_panic(code in "[0-9]{0,3}", message in vec(any::<u8>(), 0..40), details in prop_oneof![vec(any::<u8>(), 0..40), "[A-Za-z0-9+/=,_-]{0,40}".prop_map(String::into_bytes)]) {
        if let Some(response) = head(&[("grpc-status", code.as_bytes()), ("grpc-message", &message), ("grpc-status-details-bin", &details)]) {
            let answer = passed(&ErrorEnvelopeLayer::client(), response);
            let status = Status::from_header_map(answer.headers()).unwrap();
            prop_assert_eq!(status.message(), percent_encoding::percent_decode(&message).decode_utf8_lossy());
        }
    }
}
