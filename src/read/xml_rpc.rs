//! Faults of [XML-RPC](http://xmlrpc.com/spec.md).
//!
//! ```xml
//! <methodResponse><fault><value><struct>
//!   <member><name>faultCode</name><value><int>403</int></value></member>
//!   <member><name>faultString</name><value><string>Incorrect password.</string></value></member>
//! </struct></value></fault></methodResponse>
//! ```

use super::json::Value;
use super::source::Source;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let members = source.json()?.get("fault")?.get("value")?.get("struct")?;
    let named = |name: &str| {
        let mut members = members
            .as_object()?
            .filter_map(|(tag, member)| (tag == "member").then_some(member));
        text(
            members
                .find(|member| member.get("name").and_then(Value::as_text) == Some(name))?
                .get("value")?,
        )
    };
    let mut envelope = source.envelope();
    envelope.set_message(source.own(named("faultString").unwrap_or_default()));
    envelope.set_error_type(source.own(named("faultCode").unwrap_or_default()));
    Some(envelope)
}

/// A value, in an element for its type or without one.
fn text(value: Value<'_>) -> Option<&str> {
    value
        .as_text()
        .or_else(|| value.as_object()?.next()?.1.as_text())
}
