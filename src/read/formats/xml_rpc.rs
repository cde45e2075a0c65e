//! Faults of [XML-RPC](http://xmlrpc.com/spec.md).
//!
//! ```xml
//! <methodResponse><fault><value><struct>
//!   <member><name>faultCode</name><value><int>403</int></value></member>
//!   <member><name>faultString</name><value><string>Incorrect password.</string></value></member>
//! </struct></value></fault></methodResponse>
//! ```

use crate::read::document::{Items, Value};
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "xml-rpc",
    signs: Signs::object("fault"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let members = source
        .document()?
        .get("fault")?
        .get("value")?
        .get("struct")?;
    let named = |name: &str| {
        let member = members.get("member")?;
        let mut members = member.as_list().unwrap_or(Items::one(member));
        text(
            members
                .find(|member| member.text("name") == Some(name))?
                .get("value")?,
        )
    };
    let mut envelope = source.envelope();
    envelope.set_message(source.own(named("faultString").unwrap_or_default()));
    envelope.set_error_type(source.own(named("faultCode").unwrap_or_default()));
    Some(envelope.into())
}

/// A value, in an element for its type or without one.
fn text(value: Value<'_>) -> Option<&str> {
    value
        .as_text()
        .or_else(|| value.as_object()?.next()?.1.as_text())
}
