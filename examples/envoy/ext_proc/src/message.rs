//! Converts heads from and to Envoy's messages.

use std::collections::HashMap;

use envoy_types::pb::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use envoy_types::pb::envoy::config::core::v3::{HeaderValue as Pair, HeaderValueOption};
use envoy_types::pb::envoy::r#type::v3::HttpStatus;
use envoy_types::pb::envoy::service::ext_proc::v3::body_mutation::Mutation;
use envoy_types::pb::envoy::service::ext_proc::v3::common_response::ResponseStatus;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_response::Response as Message;
use envoy_types::pb::envoy::service::ext_proc::v3::{
    BodyMutation, CommonResponse, HeaderMutation, HttpHeaders, ImmediateResponse,
    ProcessingResponse,
};
use envoy_types::pb::google::protobuf::value::Kind;
use envoy_types::pb::google::protobuf::Struct;
use http::header::{HeaderMap, HeaderName, HeaderValue, CONTENT_LENGTH};
use http::response::Parts;
use http::{Method, Response, StatusCode, Uri, Version};
use tower_error_envelope::exchange::{Caller, Normaliser, ResponseOrigin};

/// The attributes that the configuration asks for, by their names there.
const HEADERS: [(&str, &str); 3] = [
    ("request.headers['accept']", "accept"),
    ("request.headers['content-type']", "content-type"),
    (
        "request.headers['connect-protocol-version']",
        "connect-protocol-version",
    ),
];

/// The caller.
pub(crate) fn caller(normaliser: &Normaliser, attributes: &HashMap<String, Struct>) -> Caller {
    let text = |name| attribute(attributes, name).unwrap_or_default();
    let method = Method::from_bytes(text("request.method").as_bytes()).unwrap_or(Method::GET);
    let uri = Uri::try_from(text("request.path")).unwrap_or_default();
    let version = match text("request.protocol") {
        "HTTP/1.0" => Version::HTTP_10,
        "HTTP/2" => Version::HTTP_2,
        "HTTP/3" => Version::HTTP_3,
        _ => Version::HTTP_11,
    };
    let mut headers = HeaderMap::new();
    for (attribute, name) in HEADERS {
        if let Ok(value) = HeaderValue::from_str(text(attribute)) {
            if !value.is_empty() {
                headers.insert(name, value);
            }
        }
    }
    normaliser.caller(&method, version, &uri, &headers)
}

fn attribute<'a>(attributes: &'a HashMap<String, Struct>, name: &str) -> Option<&'a str> {
    attributes
        .values()
        .find_map(|of| match &of.fields.get(name)?.kind {
            Some(Kind::StringValue(text)) => Some(text.as_str()),
            _ => None,
        })
}

/// The head of the response; `None` if it has no status.
pub(crate) fn parts(message: HttpHeaders, attributes: &HashMap<String, Struct>) -> Option<Parts> {
    let (mut parts, ()) = Response::new(()).into_parts();
    let mut status = None;
    for Pair {
        key,
        value,
        raw_value,
    } in message.headers.unwrap_or_default().headers
    {
        let value = if raw_value.is_empty() {
            value.into_bytes()
        } else {
            raw_value
        };
        if key == ":status" {
            status = StatusCode::from_bytes(&value).ok();
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            // Fails beyond 32,768 headers, more than Envoy takes.
            let _ = parts.headers.try_append(name, value);
        }
    }
    parts.status = status?;
    // An answer of unknown origin is masked.
    let details = attribute(attributes, "response.code_details").unwrap_or_default();
    parts.extensions.insert(match details {
        "" | "via_upstream" => ResponseOrigin::Upstream,
        _ => ResponseOrigin::Proxy,
    });
    Some(parts)
}

/// The changes that turn the head `before` into `after`.
pub(crate) fn mutation(before: &HeaderMap, after: &Parts) -> HeaderMutation {
    let mut mutation = HeaderMutation {
        set_headers: vec![option(":status", after.status.as_str().as_bytes(), true)],
        remove_headers: Vec::new(),
    };
    for name in before
        .keys()
        .filter(|name| !after.headers.contains_key(*name))
    {
        mutation.remove_headers.push(name.as_str().to_owned());
    }
    for name in after.headers.keys() {
        if before.get_all(name) == after.headers.get_all(name) {
            continue;
        }
        for (index, value) in after.headers.get_all(name).iter().enumerate() {
            mutation
                .set_headers
                .push(option(name.as_str(), value.as_bytes(), index == 0));
        }
    }
    mutation
}

fn option(name: &str, value: &[u8], overwrites: bool) -> HeaderValueOption {
    let action = if overwrites {
        HeaderAppendAction::OverwriteIfExistsOrAdd
    } else {
        HeaderAppendAction::AppendIfExistsOrAdd
    };
    HeaderValueOption {
        header: Some(Pair {
            key: name.to_owned(),
            raw_value: value.to_vec(),
            ..Pair::default()
        }),
        append_action: action.into(),
        ..HeaderValueOption::default()
    }
}

/// Changes the head, and replaces the body if there is one.
pub(crate) fn common(mutation: HeaderMutation, body: Option<&[u8]>) -> CommonResponse {
    CommonResponse {
        status: ResponseStatus::Continue.into(),
        header_mutation: Some(mutation),
        body_mutation: body.map(|body| BodyMutation {
            mutation: Some(Mutation::Body(body.to_vec())),
        }),
        ..CommonResponse::default()
    }
}

/// Answers instead of the upstream. Outer filters do not get this answer.
pub(crate) fn immediate(parts: &Parts, body: &[u8]) -> ProcessingResponse {
    let mut set_headers = Vec::new();
    for name in parts.headers.keys().filter(|name| **name != CONTENT_LENGTH) {
        for (index, value) in parts.headers.get_all(name).iter().enumerate() {
            set_headers.push(option(name.as_str(), value.as_bytes(), index == 0));
        }
    }
    let response = ImmediateResponse {
        status: Some(HttpStatus {
            code: i32::from(parts.status.as_u16()),
        }),
        headers: Some(HeaderMutation {
            set_headers,
            remove_headers: Vec::new(),
        }),
        body: body.to_vec(),
        details: "error_envelope".to_owned(),
        ..ImmediateResponse::default()
    };
    ProcessingResponse {
        response: Some(Message::ImmediateResponse(response)),
        ..ProcessingResponse::default()
    }
}
