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
    let fault = source.document()?.get("fault")?;
    let members = fault.get("value")?.get("struct")?;
    let text = |name: &str| {
        let member = members.get("member")?;
        let mut members = member.as_list().unwrap_or(Items::one(member));
        let member = members.find(|member| member.text("name") == Some(name))?;
        text_of(member.get("value")?)
    };
    let envelope = source.envelope_of(text("faultString"), text("faultCode"));
    Some(envelope.into())
}

/// The text in a value. It may stand in an element that names its type.
fn text_of(value: Value<'_>) -> Option<&str> {
    let in_element = || value.as_object()?.next()?.1.as_text();
    value.as_text().or_else(in_element)
}
