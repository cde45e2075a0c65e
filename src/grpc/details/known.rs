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
        to_json: |bytes| Some(list("links", Help::decode(bytes).ok()?.links)),
        from_json: |json| {
            let links = items(json, "links");
            Help { links }.encode_to_vec()
        },
    },
    texts::<LocalizedMessage>("google.rpc.LocalizedMessage", "localized_message"),
    Known {
        name: "google.rpc.PreconditionFailure",
        member: "precondition_failure",
        to_json: |bytes| {
            let detail = PreconditionFailure::decode(bytes).ok()?;
            Some(list("violations", detail.violations))
        },
        from_json: |json| {
            let violations = items(json, "violations");
            PreconditionFailure { violations }.encode_to_vec()
        },
    },
    Known {
        name: "google.rpc.QuotaFailure",
        member: "quota_failure",
        to_json: |bytes| {
            let detail = QuotaFailure::decode(bytes).ok()?;
            Some(list("violations", detail.violations))
        },
        from_json: |json| {
            let violations = items(json, "violations");
            QuotaFailure { violations }.encode_to_vec()
        },
    },
    texts::<RequestInfo>("google.rpc.RequestInfo", "request_info"),
    texts::<ResourceInfo>("google.rpc.ResourceInfo", "resource_info"),
];

/// A detail that has only texts.
const fn texts<D: Texts + Message>(name: &'static str, member: &'static str) -> Known {
    Known {
        name,
        member,
        to_json: |bytes| Some(object(D::decode(bytes).ok()?)),
        from_json: |json| message::<D>(json).encode_to_vec(),
    }
}

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

/// A message whose fields are texts.
trait Texts: Default {
    /// The fields, by their names in JSON.
    fn texts(&mut self) -> Vec<(&'static str, &mut String)>;
}

impl Texts for help::Link {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("description", &mut self.description),
            ("url", &mut self.url),
        ]
    }
}

impl Texts for LocalizedMessage {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("locale", &mut self.locale), ("message", &mut self.message)]
    }
}

impl Texts for precondition_failure::Violation {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("type", &mut self.r#type),
            ("subject", &mut self.subject),
            ("description", &mut self.description),
        ]
    }
}

/// Its numbers and dimensions are left out.
impl Texts for quota_failure::Violation {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("subject", &mut self.subject),
            ("description", &mut self.description),
            ("apiService", &mut self.api_service),
            ("quotaMetric", &mut self.quota_metric),
            ("quotaId", &mut self.quota_id),
        ]
    }
}

impl Texts for RequestInfo {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("requestId", &mut self.request_id),
            ("servingData", &mut self.serving_data),
        ]
    }
}

impl Texts for ResourceInfo {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("resourceType", &mut self.resource_type),
            ("resourceName", &mut self.resource_name),
            ("owner", &mut self.owner),
            ("description", &mut self.description),
        ]
    }
}

fn object(mut message: impl Texts) -> Value {
    let said = message.texts().into_iter();
    let said = said.filter(|(_, text)| !text.is_empty());
    let entries = said.map(|(name, text)| (name.to_owned(), Value::from(text.as_str())));
    Value::Object(entries.collect())
}

fn message<T: Texts>(json: &Value) -> T {
    let mut message = T::default();
    for (name, field) in message.texts() {
        let text = json.get(name).and_then(Value::as_str);
        *field = text.unwrap_or_default().to_owned();
    }
    message
}

fn list<T: Texts>(name: &str, items: Vec<T>) -> Value {
    let mut list = Map::new();
    if !items.is_empty() {
        let items = items.into_iter().map(object).collect();
        list.insert(name.to_owned(), Value::Array(items));
    }
    Value::Object(list)
}

fn items<T: Texts>(json: &Value, name: &str) -> Vec<T> {
    let items = json.get(name).and_then(Value::as_array);
    items.into_iter().flatten().map(message).collect()
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
