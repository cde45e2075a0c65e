//! Converts known details to members of an envelope, in the [JSON form of
//! protobuf](https://protobuf.dev/programming-guides/json/), and back.
//!
//! | detail | member |
//! | --- | --- |
//! | `google.rpc.Help` | `help`: `{"links": [{"description": "…", "url": "…"}]}` |
//! | `google.rpc.LocalizedMessage` | `localized_message`: `{"locale": "de", "message": "…"}` |
//! | `google.rpc.PreconditionFailure` | `precondition_failure`: `{"violations": [{"type": "…", "subject": "…", "description": "…"}]}` |
//! | `google.rpc.QuotaFailure` | `quota_failure`: `{"violations": [{"subject": "…", "description": "…"}]}` |
//! | `google.rpc.RequestInfo` | `request_info`: `{"requestId": "…", "servingData": "…"}` |
//! | `google.rpc.ResourceInfo` | `resource_info`: `{"resourceType": "…", "resourceName": "…", "owner": "…", "description": "…"}` |
//!
//! Fields without a value are left out. A member with such a name and another content is not a detail.

use prost::Message;
use prost_types::Any;
use serde_json::{Map, Value};
use tonic_types::pb::{help, precondition_failure, quota_failure};
use tonic_types::pb::{
    Help, LocalizedMessage, PreconditionFailure, QuotaFailure, RequestInfo, ResourceInfo,
};

use crate::envelope::{Envelope, Members};

/// One kind of detail, and the member that it becomes.
struct Known {
    name: &'static str,
    member: &'static str,
    to_json: fn(&[u8]) -> Option<Value>,
    from_json: fn(&Value) -> Vec<u8>,
}

const KNOWN: [Known; 6] = [
    Known {
        name: "google.rpc.Help",
        member: "help",
        to_json: |bytes| Some(help_json(&Help::decode(bytes).ok()?)),
        from_json: |json| help(json).encode_to_vec(),
    },
    Known {
        name: "google.rpc.LocalizedMessage",
        member: "localized_message",
        to_json: |bytes| Some(localized_json(&LocalizedMessage::decode(bytes).ok()?)),
        from_json: |json| localized(json).encode_to_vec(),
    },
    Known {
        name: "google.rpc.PreconditionFailure",
        member: "precondition_failure",
        to_json: |bytes| Some(precondition_json(&PreconditionFailure::decode(bytes).ok()?)),
        from_json: |json| precondition(json).encode_to_vec(),
    },
    Known {
        name: "google.rpc.QuotaFailure",
        member: "quota_failure",
        to_json: |bytes| Some(quota_json(&QuotaFailure::decode(bytes).ok()?)),
        from_json: |json| quota(json).encode_to_vec(),
    },
    Known {
        name: "google.rpc.RequestInfo",
        member: "request_info",
        to_json: |bytes| Some(request_json(&RequestInfo::decode(bytes).ok()?)),
        from_json: |json| request(json).encode_to_vec(),
    },
    Known {
        name: "google.rpc.ResourceInfo",
        member: "resource_info",
        to_json: |bytes| Some(resource_json(&ResourceInfo::decode(bytes).ok()?)),
        from_json: |json| resource(json).encode_to_vec(),
    },
];

/// Adds the member of this detail to `envelope`: only the first of each kind.
pub(super) fn read(envelope: &mut Envelope, name: &str, value: &[u8]) {
    if let Some(known) = KNOWN.iter().find(|known| known.name == name) {
        if let Some(json) = (known.to_json)(value) {
            envelope.set_member(known.member.into(), &json);
        }
    }
}

/// The details of members.
pub(super) fn write(members: &Members, prefix: &str) -> Vec<Any> {
    let details = KNOWN.iter().filter_map(|known| {
        Some(Any {
            value: bytes(known, &members.get(known.member)?)?,
            type_url: format!("{prefix}{}", known.name),
        })
    });
    details.collect()
}

/// Whether this member becomes a detail of its own.
pub(super) fn is_detail(name: &str, json: &str) -> bool {
    let known = KNOWN.iter().find(|known| known.member == name);
    let value = || serde_json::from_str(json).ok();
    known.is_some_and(|known| value().is_some_and(|value| bytes(known, &value).is_some()))
}

/// The bytes of the detail with this JSON; `None` if the conversion would lose a part.
fn bytes(known: &Known, json: &Value) -> Option<Vec<u8>> {
    let bytes = (known.from_json)(json);
    let back = (known.to_json)(&bytes)?;
    (back == *json).then_some(bytes)
}

fn help_json(detail: &Help) -> Value {
    let link = |link: &help::Link| texts([("description", &link.description), ("url", &link.url)]);
    list("links", &detail.links, link)
}

fn help(json: &Value) -> Help {
    let link = |json: &Value| help::Link {
        description: text(json, "description"),
        url: text(json, "url"),
    };
    Help {
        links: items(json, "links", link),
    }
}

fn localized_json(detail: &LocalizedMessage) -> Value {
    texts([("locale", &detail.locale), ("message", &detail.message)])
}

fn localized(json: &Value) -> LocalizedMessage {
    LocalizedMessage {
        locale: text(json, "locale"),
        message: text(json, "message"),
    }
}

fn precondition_json(detail: &PreconditionFailure) -> Value {
    let violation = |violation: &precondition_failure::Violation| {
        texts([
            ("type", &violation.r#type),
            ("subject", &violation.subject),
            ("description", &violation.description),
        ])
    };
    list("violations", &detail.violations, violation)
}

fn precondition(json: &Value) -> PreconditionFailure {
    let violation = |json: &Value| precondition_failure::Violation {
        r#type: text(json, "type"),
        subject: text(json, "subject"),
        description: text(json, "description"),
    };
    PreconditionFailure {
        violations: items(json, "violations", violation),
    }
}

fn quota_json(detail: &QuotaFailure) -> Value {
    let violation = |violation: &quota_failure::Violation| {
        texts([
            ("subject", &violation.subject),
            ("description", &violation.description),
            ("apiService", &violation.api_service),
            ("quotaMetric", &violation.quota_metric),
            ("quotaId", &violation.quota_id),
        ])
    };
    list("violations", &detail.violations, violation)
}

fn quota(json: &Value) -> QuotaFailure {
    let violation = |json: &Value| quota_failure::Violation {
        subject: text(json, "subject"),
        description: text(json, "description"),
        api_service: text(json, "apiService"),
        quota_metric: text(json, "quotaMetric"),
        quota_id: text(json, "quotaId"),
        ..quota_failure::Violation::default()
    };
    QuotaFailure {
        violations: items(json, "violations", violation),
    }
}

fn request_json(detail: &RequestInfo) -> Value {
    texts([
        ("requestId", &detail.request_id),
        ("servingData", &detail.serving_data),
    ])
}

fn request(json: &Value) -> RequestInfo {
    RequestInfo {
        request_id: text(json, "requestId"),
        serving_data: text(json, "servingData"),
    }
}

fn resource_json(detail: &ResourceInfo) -> Value {
    texts([
        ("resourceType", &detail.resource_type),
        ("resourceName", &detail.resource_name),
        ("owner", &detail.owner),
        ("description", &detail.description),
    ])
}

fn resource(json: &Value) -> ResourceInfo {
    ResourceInfo {
        resource_type: text(json, "resourceType"),
        resource_name: text(json, "resourceName"),
        owner: text(json, "owner"),
        description: text(json, "description"),
    }
}

fn texts<const N: usize>(fields: [(&str, &String); N]) -> Value {
    let said = fields.into_iter().filter(|(_, text)| !text.is_empty());
    let entries = said.map(|(name, text)| (name.to_owned(), Value::from(text.as_str())));
    Value::Object(entries.collect())
}

fn list<T>(name: &str, items: &[T], to_json: impl Fn(&T) -> Value) -> Value {
    if items.is_empty() {
        return Value::Object(Map::new());
    }
    let items = Value::Array(items.iter().map(to_json).collect());
    Value::Object(Map::from_iter([(name.to_owned(), items)]))
}

fn text(json: &Value, name: &str) -> String {
    let text = json.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn items<T>(json: &Value, name: &str, item: impl Fn(&Value) -> T) -> Vec<T> {
    let items = json.get(name).and_then(Value::as_array);
    items.into_iter().flatten().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn samples() -> Vec<(&'static str, Value)> {
        vec![
            (
                "help",
                json!({"links": [{"description": "How to pay", "url": "https://shop.example/pay"}]}),
            ),
            (
                "localized_message",
                json!({"locale": "de", "message": "Kein Papier"}),
            ),
            (
                "precondition_failure",
                json!({"violations": [{"type": "TOS", "subject": "shop", "description": "Not accepted"}]}),
            ),
            (
                "quota_failure",
                json!({"violations": [{"subject": "user:7", "description": "10 a day"}, {"apiService": "a", "quotaMetric": "m", "quotaId": "q"}]}),
            ),
            ("request_info", json!({"requestId": "7"})),
            (
                "resource_info",
                json!({"resourceType": "printer", "resourceName": "8", "owner": "me", "description": "broken"}),
            ),
        ]
    }

    #[test]
    fn members_are_details_and_details_are_members() {
        for (member, value) in samples() {
            let envelope =
                Envelope::new(http::StatusCode::CONFLICT, "m").with_member(member, value.clone());
            let details = write(envelope.members(), "type.googleapis.com/");
            assert_eq!(details.len(), 1, "{member}");
            let name = details[0].type_url.rsplit('/').next().unwrap();
            let mut back = Envelope::new(http::StatusCode::CONFLICT, "m");
            read(&mut back, name, &details[0].value);
            assert_eq!(back.members().get(member), Some(value));
        }
    }

    #[test]
    fn a_member_that_only_has_the_name_is_no_detail() {
        for (name, json) in [
            ("help", r#""call us""#),
            ("help", r#"{"links": "none"}"#),
            ("help", r#"{"links": [{"url": "x", "rel": "y"}]}"#),
            ("resource_info", r#"{"resourceType": 7}"#),
            ("balance", "30"),
        ] {
            assert!(!is_detail(name, json), "{name}: {json}");
        }
        assert!(is_detail("help", "{}"));
    }

    #[test]
    fn bytes_that_are_no_message_are_no_member() {
        let mut envelope = Envelope::new(http::StatusCode::CONFLICT, "m");
        read(&mut envelope, "google.rpc.Help", b"\xff\xff");
        read(&mut envelope, "own.Help", b"");
        assert!(envelope.members().is_empty());
    }
}
