//! `google.rpc.Status` as JSON: of [Google's APIs](https://google.aip.dev/193), of
//! [grpc-gateway](https://github.com/grpc-ecosystem/grpc-gateway) and of
//! [Connect](https://connectrpc.com/docs/protocol#error-end-stream), which write the details differently.
//!
//! ```json
//! {"error": {"code": 403, "message": "Permission denied.", "status": "PERMISSION_DENIED", "details": [
//!   {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "IAM_PERMISSION_DENIED", "domain": "iam.googleapis.com"}]}}
//! ```

use crate::envelope::Envelope;
use crate::grpc::details;
use crate::read::any_json;
use crate::read::document::{Items, Value};
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

/// `google.rpc.Status`, bare, in `error`, or in a list.
const SIGNS: Signs = Signs::list("details")
    .or(Signs::text("status"))
    .or(Signs::list("errors"))
    .or(Signs::object("error"))
    .or(Signs::LIST);

pub(super) const FORMAT: Format = Format {
    name: "google",
    signs: SIGNS,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    let wrapped = json.as_list().and_then(|mut list| list.next());
    let json = wrapped.unwrap_or(json);
    let status = json
        .get("error")
        .filter(|error| error.is_object())
        .unwrap_or(json);
    let (mut details, mut canonical, mut older) = (None, None, None);
    for (key, value) in status.members() {
        match key {
            "details" => details = details.or(Some(value)),
            "status" => canonical = canonical.or(Some(value)),
            "errors" => older = older.or(Some(value)),
            _ => {}
        }
    }
    let details = details
        .and_then(Value::as_list)
        .filter(|details| is_typed(details.clone()));
    let canonical = canonical
        .and_then(Value::as_text)
        .filter(|name| is_canonical(name) && status.get("code").is_some());
    let older = older
        .and_then(Value::as_list)
        .filter(|errors| is_older(errors.clone()));
    if details.is_none() && canonical.is_none() && older.is_none() {
        return None;
    }
    let mut envelope = any_json::read_without(source, status, &["details", "errors"])?;
    if let Some(name) = canonical {
        envelope.set_error_type(source.own(name));
    }
    for error in older.into_iter().flatten() {
        add_older(source, &mut envelope, error);
    }
    for detail in details.into_iter().flatten() {
        add(source, &mut envelope, detail);
    }
    Some(envelope.into())
}

fn add(source: &Source<'_>, envelope: &mut Envelope, detail: Value<'_>) {
    // Connect has the bytes of the message in `value`, and where it is known its JSON in `debug`.
    let message = detail.get("debug").unwrap_or(detail);
    if let (Some(name), Some(bytes), None) =
        (name(detail), detail.text("value"), detail.get("debug"))
    {
        return details::read_encoded(envelope, name, bytes);
    }
    match name(detail) {
        Some("google.rpc.ErrorInfo") => {
            if let Some(reason) = message.text("reason").filter(|reason| !reason.is_empty()) {
                envelope.set_error_type(source.own(reason));
            }
        }
        Some("google.rpc.BadRequest") => {
            let violations = message
                .get("fieldViolations")
                .or_else(|| message.get("field_violations"));
            for violation in violations.map(Value::items).into_iter().flatten() {
                let field = violation.text("field").and_then(any_json::parameter_name);
                if let (Some(field), Some(description)) = (field, violation.text("description")) {
                    envelope
                        .fields_mut()
                        .push_new(source.own(&field), [source.own(description)]);
                }
            }
        }
        // Those of single services, such as `FcmError`.
        _ => {
            if let Some(code) = message.text("errorCode") {
                envelope.set_error_type(source.own(code));
            }
        }
    }
}

/// An error of the older list: `{"domain": "global", "reason": "invalid", "message": "…"}`.
fn add_older(source: &Source<'_>, envelope: &mut Envelope, error: Value<'_>) {
    if let (None, Some(reason)) = (envelope.sent_error_type(), error.text("reason")) {
        envelope.set_error_type(source.own(reason));
    }
    let parameter = error
        .text("location")
        .filter(|_| error.text("locationType") == Some("parameter"));
    let name = parameter.and_then(any_json::parameter_name);
    if let (Some(name), Some(message)) = (name, error.text("message")) {
        envelope
            .fields_mut()
            .push_new(source.own(&name), [source.own(message)]);
    }
}

fn is_older(mut errors: Items<'_>) -> bool {
    errors.any(|error| error.text("domain").is_some() && error.text("reason").is_some())
}

fn is_typed(mut details: Items<'_>) -> bool {
    details.any(|detail| name(detail).is_some())
}

/// The name of the protobuf message: `type.googleapis.com/google.rpc.ErrorInfo`, with or without the host before it.
fn name(detail: Value<'_>) -> Option<&str> {
    let connect = || {
        detail
            .text("type")
            .filter(|_| detail.text("value").is_some())
    };
    detail.text("@type").or_else(connect)?.rsplit('/').next()
}

/// `PERMISSION_DENIED`
fn is_canonical(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[cfg(all(test, feature = "tonic"))]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use crate::read::read;

    #[test]
    fn details_of_connect_are_read_without_their_json() {
        let violation = "Ch4KDWl0ZW1zWzBdLm5hbWUSDW11c3Qgbm90IHJlc3Q";
        let body = format!(
            r#"{{"code":"invalid_argument","message":"No","details":[
            {{"type":"google.rpc.BadRequest","value":"{violation}"}},
            {{"type":"google.rpc.BadRequest","value":"no base64"}},
            {{"type":"google.rpc.ErrorInfo","value":"CgVUQUtFThIGc2hvcC4x"}}]}}"#
        );
        let response = Response::builder().status(400).body(Bytes::from(body));
        let error = read(&response.unwrap());
        assert_eq!(error.error_type().as_str(), "TAKEN");
        assert_eq!(error.field_errors().len(), 1);
        let messages: Vec<_> = error.field_errors().get("items.0.name").collect();
        assert_eq!(messages, ["must not rest"]);
    }
}
