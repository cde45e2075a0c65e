//! `google.rpc.Status` as JSON, as sent by [Google's APIs](https://google.aip.dev/193),
//! [grpc-gateway](https://github.com/grpc-ecosystem/grpc-gateway) and
//! [Connect](https://connectrpc.com/docs/protocol#error-end-stream) in different forms.
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

/// The status is the whole document, the member `error`, or the first item of a list.
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
    let json = json.items().next().unwrap_or(json);
    let status = json.get("error").filter(|error| error.is_object());
    let status = status.unwrap_or(json);
    let (mut details, mut canonical, mut older) = (None, None, None);
    for (key, value) in status.members() {
        match key {
            "details" => details = details.or(value.as_list()),
            "status" => canonical = canonical.or(value.as_text()),
            "errors" => older = older.or(value.as_list()),
            _ => {}
        }
    }
    let details = details.filter(|list| is_typed(list.clone()));
    let canonical = canonical.filter(|name| is_canonical(name) && status.get("code").is_some());
    let older = older.filter(|list| is_older(list.clone()));
    if details.is_none() && canonical.is_none() && older.is_none() {
        return None;
    }
    let mut envelope = any_json::read_without(source, status, &["details", "errors"])?;
    if let Some(name) = canonical {
        envelope.set_error_type(source.trimmed(name));
    }
    for error in older.into_iter().flatten() {
        add_older(source, &mut envelope, error);
    }
    for detail in details.into_iter().flatten() {
        add(source, &mut envelope, detail);
    }
    Some(envelope.into())
}

/// Adds what a detail says: the type, or errors of parameters.
fn add(source: &Source<'_>, envelope: &mut Envelope, detail: Value<'_>) {
    let url = type_url(detail).unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    // Connect sends the bytes of the message in `value`, and its JSON in `debug` if it can.
    let message = match (detail.get("debug"), detail.text("value")) {
        (Some(json), _) => json,
        (None, Some(bytes)) if !name.is_empty() => {
            return details::read_encoded(envelope, name, bytes)
        }
        (None, _) => detail,
    };
    let error_type = match name {
        "google.rpc.ErrorInfo" => message.text("reason"),
        "google.rpc.BadRequest" => return add_violations(source, envelope, message),
        // Details of single services, such as `FcmError`.
        _ => message.text("errorCode"),
    };
    if let Some(name) = error_type.filter(|name| !name.is_empty()) {
        envelope.set_error_type(source.trimmed(name));
    }
}

fn add_violations(source: &Source<'_>, envelope: &mut Envelope, message: Value<'_>) {
    let violations = message.list("fieldViolations");
    let violations = violations.or_else(|| message.list("field_violations"));
    for violation in violations.into_iter().flatten() {
        let name = violation.text("field").and_then(any_json::parameter_name);
        if let Some((name, message)) = name.zip(violation.text("description")) {
            source.add_field(envelope, &name, message);
        }
    }
}

/// Adds an error of the older list: `{"domain": "global", "reason": "invalid", "message": "…"}`.
fn add_older(source: &Source<'_>, envelope: &mut Envelope, error: Value<'_>) {
    if let (None, Some(reason)) = (envelope.sent_error_type(), error.text("reason")) {
        envelope.set_error_type(source.trimmed(reason));
    }
    let is_parameter = error.text("locationType") == Some("parameter");
    let name = error.text("location").filter(|_| is_parameter);
    let name = name.and_then(any_json::parameter_name);
    if let Some((name, message)) = name.zip(error.text("message")) {
        source.add_field(envelope, &name, message);
    }
}

fn is_older(mut errors: Items<'_>) -> bool {
    errors.any(|error| error.text("domain").is_some() && error.text("reason").is_some())
}

fn is_typed(mut details: Items<'_>) -> bool {
    details.any(|detail| type_url(detail).is_some())
}

/// The type of a protobuf message, such as `type.googleapis.com/google.rpc.ErrorInfo`. Connect leaves out the host.
fn type_url(detail: Value<'_>) -> Option<&str> {
    let of_connect = || detail.text("value").and_then(|_| detail.text("type"));
    detail.text("@type").or_else(of_connect)
}

/// Whether a name is written as those of gRPC are, such as `PERMISSION_DENIED`.
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
