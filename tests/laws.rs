//! Laws that hold for every error.
#![cfg(feature = "xml")]

use std::convert::Infallible;
use std::future::ready;

use base64::prelude::{Engine, BASE64_STANDARD};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::layer::Side;
use tower_error_envelope::read::read;
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors, ResponseBody};

/// A failure becomes a test of its own, so no regression file is written. More cases: `PROPTEST_CASES=10000 cargo test
/// --test laws`.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn statuses() -> impl Strategy<Value = StatusCode> {
    (400..1000u16).prop_map(|code| StatusCode::from_u16(code).unwrap())
}

/// A text for people.
fn sentences() -> impl Strategy<Value = String> {
    "[A-Z][a-zäöü]{1,8}( [\"'\\\\<>&a-z0-9„😀\u{2028}]{1,8}){1,5} [a-z]{2}[.!]?"
}

/// Parameters in any order, each with its messages. No name has a special meaning.
fn fields(
    names: &'static str,
    messages: impl Strategy<Value = String>,
) -> impl Strategy<Value = FieldErrors> {
    let lists = btree_map(names, vec(messages, 1..4), 1..6);
    let shuffled = lists
        .prop_map(|lists| lists.into_iter().collect::<Vec<_>>())
        .prop_shuffle();
    shuffled.prop_map(|lists| {
        let flat = |(name, messages): (String, Vec<String>)| {
            messages
                .into_iter()
                .map(move |message| (name.clone(), message))
        };
        lists.into_iter().flat_map(flat).collect()
    })
}

fn with_fields(envelope: Envelope, fields: &FieldErrors) -> Envelope {
    let all = fields
        .iter()
        .flat_map(|(name, messages)| messages.map(move |message| (name, message)));
    all.fold(envelope, |envelope, (name, message)| {
        envelope.with_field(name.to_owned(), message.to_owned())
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_documented_envelope_is_read_back(
        status in statuses(), message in ".{1,40}", name in "\\PC{1,20}", fields in fields("p\\PC{0,12}", ".{0,20}"), some in 0..3,
    ) {
        let envelope = Envelope::new(status, message);
        let envelope = if some > 0 { envelope.with_error_type(name) } else { envelope };
        let envelope = if some > 1 { with_fields(envelope, &fields) } else { envelope };
        prop_assert_eq!(read(&Clustr.write(&envelope)), envelope);
    }

    #[test]
    fn the_documented_validation_error_is_read_back(fields in fields("p\\PC{0,12}", ".{0,20}")) {
        let envelope = Envelope::validation(fields);
        prop_assert_eq!(read(&Clustr.write(&envelope)), envelope);
    }

    #[test]
    fn a_problem_is_read_back(
        status in statuses(), message in sentences(), name in "([a-z]{2,8}_[a-z]{2,8}|https://shop\\.example/[a-z]{1,8}|urn:[a-z]{3}:[a-z]{3})",
        fields in fields("p[a-z0-9~/%]{0,4}( [a-z]{1,3})?(\\.[a-z0-9]{1,4}){0,3}", sentences()), some in 0..3,
    ) {
        let envelope = Envelope::new(status, message).with_error_type(name);
        let envelope = if some > 0 { with_fields(envelope, &fields) } else { envelope };
        prop_assert_eq!(read(&Problem.write(&envelope)), envelope);
    }

    #[test]
    fn a_message_of_copr_is_read_back(status in statuses(), message in sentences()) {
        let envelope = Envelope::new(status, message);
        prop_assert_eq!(&read(&Copr.write(&envelope)), &envelope);
        let envelope = envelope.with_member("balance", 30).with_member("accounts", vec!["/a/1"]);
        prop_assert_eq!(read(&Copr.write(&envelope)), envelope);
    }

    #[test]
    fn the_parameters_of_copr_say_the_same_again(fields in fields("p[a-z0-9_]{0,8}", sentences())) {
        // A single line may be a sentence with a colon, so it is read as a sentence.
        let envelope = Envelope::validation(fields).with_field("plast", "Is needed");
        prop_assert_eq!(&read(&Copr.write(&envelope)), &envelope);
        let envelope = envelope.with_member("balance", 30);
        prop_assert_eq!(read(&Copr.write(&envelope)), envelope);
    }

    #[test]
    fn parameters_stay_in_their_order_however_they_are_written(fields in fields("p[a-z0-9]{0,8}", sentences())) {
        let pairs: Vec<_> = fields.iter().flat_map(|(name, messages)| messages.map(move |message| (name, message))).collect();
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let items = |item: &dyn Fn(&str, &str) -> String| pairs.iter().map(|(name, message)| item(&quoted(name), &quoted(message))).collect::<Vec<_>>().join(",");
        let lists = fields.iter().map(|(name, messages)| format!("{}:[{}]", quoted(name), messages.map(quoted).collect::<Vec<_>>().join(",")));
        let lists = lists.collect::<Vec<_>>().join(",");
        let documents = [
            format!("{{{lists}}}"),
            format!("{{\"errors\":{{{lists}}}}}"),
            format!("{{\"detail\":[{}]}}", items(&|name, message| format!("{{\"loc\":[\"body\",{name}],\"msg\":{message}}}"))),
            format!("{{\"errors\":[{}]}}", items(&|name, message| format!("{{\"field\":{name},\"message\":{message}}}"))),
            format!("{{\"errors\":[{}]}}", items(&|name, message| format!("{{\"detail\":{message},\"source\":{{\"pointer\":\"/data/attributes/{}\"}}}}", name.trim_matches('"')))),
        ];
        for document in documents {
            let response = Response::builder().status(400).body(Bytes::from(document)).unwrap();
            let envelope = read(&response);
            prop_assert_eq!(envelope.field_errors(), &fields, "{:?}", response.body());
        }
    }
}

/// The error responses of the corpus.
fn corpus() -> Vec<Response<Bytes>> {
    let texts = [
        include_str!("corpus/documented.json"),
        include_str!("corpus/recorded.json"),
    ];
    let cases = texts
        .into_iter()
        .flat_map(|text| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap());
    cases.map(|case| response(&case["response"])).collect()
}

fn response(recorded: &serde_json::Value) -> Response<Bytes> {
    let coded = recorded["body_base64"]
        .as_str()
        .map(|body| BASE64_STANDARD.decode(body).unwrap());
    let body = coded
        .or_else(|| Some(recorded["body"].as_str()?.into()))
        .unwrap_or_default();
    let status = recorded["status"].as_u64().unwrap() as u16;
    let mut response = Response::builder().status(status);
    for (name, value) in recorded["headers"].as_object().unwrap() {
        response = response.header(name, value.as_str().unwrap().as_bytes());
    }
    response.body(body.into()).unwrap()
}

/// The JSON documents of the corpus, each with its response.
fn documents() -> Vec<(Response<Bytes>, Bytes)> {
    let pretty = |response: Response<Bytes>| {
        let mut json = Vec::new();
        let mut reader = serde_json::Deserializer::from_slice(response.body());
        serde_transcode::transcode(&mut reader, &mut serde_json::Serializer::pretty(&mut json))
            .ok()?;
        reader.end().ok()?;
        Some((response, json.into()))
    };
    corpus().into_iter().filter_map(pretty).collect()
}

#[test]
fn a_document_and_its_pretty_printed_twin_read_the_same() {
    let documents = documents();
    assert!(documents.len() > 500, "{}", documents.len());
    for (response, pretty) in documents {
        assert_eq!(
            read(&response),
            read(&response.clone().map(|_| pretty)),
            "{:?}",
            response.body()
        );
    }
}

#[test]
fn a_read_error_is_read_back_equal() {
    for response in corpus() {
        let envelope = read(&response);
        if envelope.status().is_success() {
            continue;
        }
        // A validation error is one with 400.
        let validation = envelope.sent_message().is_none()
            && envelope.sent_error_type().is_none()
            && !envelope.field_errors().is_empty();
        let envelope = if validation {
            envelope.with_status(StatusCode::BAD_REQUEST)
        } else {
            envelope
        };
        assert_eq!(
            read_with_headers(&Clustr.write(&envelope)),
            envelope,
            "{:?}",
            response.body()
        );
    }
}

/// The envelope of a response in the documented JSON, with its headers except `Content-Type`.
fn read_with_headers(response: &Response<Bytes>) -> Envelope {
    let own = response.headers().iter();
    let own = own.filter(|(name, _)| *name != http::header::CONTENT_TYPE);
    own.fold(read(response), |envelope, (name, value)| {
        envelope.with_header(name.clone(), value.clone())
    })
}

fn headers() -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    let names = prop::sample::select(vec![
        "content-type",
        "content-encoding",
        "content-length",
        "www-authenticate",
        "grpc-status",
        "grpc-message",
        "grpc-status-details-bin",
        "x-ms-error-code",
        "x-amzn-errortype",
        "retry-after",
        "cache-control",
        "vary",
        "x-other",
    ]);
    let known = prop::sample::select(vec![
        "application/json",
        "application/problem+json; charset=utf-16",
        "text/html;charset=latin1",
        "text/plain",
        "application/grpc",
        "application/xml",
        "application/x-www-form-urlencoded",
        "gzip",
        "Bearer error=\"x\", error_description=\"y\"",
        "5",
        "%zz%",
        "no-transform",
        "*",
    ]);
    let values = prop_oneof![
        known.prop_map(HeaderValue::from_static),
        vec(32..=255u8, 0..40)
            .prop_filter_map("a value", |bytes| HeaderValue::from_bytes(&bytes).ok())
    ];
    vec((names.prop_map(HeaderName::from_static), values), 0..6)
}

/// Any bytes, and recorded bodies with changes.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let recorded =
        prop::sample::select(corpus()).prop_map(|response| response.into_body().to_vec());
    let broken = (recorded.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(mut body, index, byte)| {
            if !body.is_empty() {
                let position = index.index(body.len());
                body[position] = byte;
            }
            body
        },
    );
    let cut = (recorded.clone(), any::<prop::sample::Index>()).prop_map(|(mut body, index)| {
        body.truncate(index.index(body.len() + 1));
        body
    });
    let glued = (recorded.clone(), recorded).prop_map(|(one, other)| [one, other].concat());
    prop_oneof![
        vec(any::<u8>(), 0..200),
        "[\\[\\]{}\":,a-z0-9 <>/!-]{0,80}".prop_map(String::into_bytes),
        broken,
        cut,
        glued
    ]
}

/// The answer of a layer to this response.
fn through<T>(
    layer: &ErrorEnvelopeLayer<T>,
    method: &Method,
    response: &Response<Bytes>,
) -> Response<Bytes>
where
    T: Side<Full<Bytes>, Infallible, Body = ResponseBody<Full<Bytes>>, Error = Infallible>,
{
    let service = service_fn(|_: Request<()>| ready(Ok(response.clone().map(Full::from))));
    let request = Request::builder().method(method).body(()).unwrap();
    let response = layer
        .layer(service)
        .oneshot(request)
        .now_or_never()
        .unwrap()
        .unwrap();
    let (parts, body) = response.into_parts();
    Response::from_parts(
        parts,
        body.collect().now_or_never().unwrap().unwrap().to_bytes(),
    )
}

/// The parts of an answer that are compared.
fn seen(response: &Response<Bytes>) -> (StatusCode, HeaderMap, Bytes) {
    (
        response.status(),
        response.headers().clone(),
        response.body().clone(),
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_answer_becomes_an_envelope_and_always_the_same(
        status in 200..1000u16, headers in headers(), body in bodies(), get in any::<bool>(),
    ) {
        let mut sent = Response::builder().status(status).body(Bytes::from(body)).unwrap();
        headers.into_iter().for_each(|(name, value)| _ = sent.headers_mut().append(name, value));
        let method = if get { Method::GET } else { Method::HEAD };
        prop_assert_eq!(read(&sent), read(&sent));

        let client = ErrorEnvelopeLayer::client().with_errors_in_success();
        let received = through(&client, &method, &sent);
        prop_assert_eq!(seen(&received), seen(&through(&client, &method, &sent)));
        prop_assert_eq!(seen(&received), seen(&through(&client, &method, &received)), "twice is once");
        if let Some(envelope) = received.extensions().get::<Envelope>() {
            prop_assert!(envelope.status().as_u16() >= 400);
            prop_assert_eq!(envelope.status(), received.status());
            prop_assert!(status < 400 || received.status() == status);
        }

        let server = ErrorEnvelopeLayer::new().without_pages();
        let answered = through(&server, &method, &sent);
        if let (Some(envelope), true) = (answered.extensions().get::<Envelope>(), get) {
            let again: Envelope = serde_json::from_slice(answered.body()).unwrap();
            prop_assert_eq!(&again.with_status(answered.status()), envelope);
        }
    }
}

#[test]
fn repeated_messages_and_names_in_brackets_are_read_back() {
    let bodies = [
        r#"{"resourceType":"OperationOutcome","issue":[{"code":"required","expression":["a[0]"]},{"code":"required","expression":["a[0]"]}]}"#,
        r#"{"error":{"code":405,"errors":[{"domain":"d","reason":"r","message":"No","location":"a[0]","locationType":"parameter"},{"domain":"d","reason":"r","message":"No","location":"a[0]","locationType":"parameter"}]}}"#,
        r#"{"errors":[{"message":"No","extensions":{"field":"a[0]"}},{"message":"No","extensions":{"field":"a[0]"}}]}"#,
        r#"{"errors":[{"detail":"No","source":{"pointer":"/a[0"}},{"detail":"No","source":{"pointer":"/a[0"}}]}"#,
    ];
    for body in bodies {
        let response = Response::builder().status(405).body(Bytes::from(body));
        let envelope = read(&response.unwrap());
        assert_eq!(envelope.field_errors().get("a.0").len(), 1, "{body}");
        let again = read(&Clustr.write(&envelope));
        assert_eq!(again.field_errors(), envelope.field_errors(), "{body}");
    }
}
