//! Faults of [SOAP 1.1](https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383507) and
//! [1.2](https://www.w3.org/TR/soap12-part1/#soapfault).
//!
//! ```xml
//! <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>
//!   <faultcode>soap:Client</faultcode><faultstring>The amount is not a number</faultstring>
//! </soap:Fault></soap:Body></soap:Envelope>
//! ```

use crate::read::document::Value;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "soap",
    signs: Signs::object("Body"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let fault = fault(source.document()?)?;
    let at = |first, second| fault.get(first)?.text(second);
    let message = fault.text("faultstring").or_else(|| at("Reason", "Text"));
    let code = fault.text("faultcode");
    let code = code.or_else(|| narrowest_code(fault.get("Code")?));
    Some(source.envelope_of(message, code).into())
}

/// The code of the innermost subcode
/// ([SOAP 1.2 §5.4.1.2](https://www.w3.org/TR/soap12-part1/#faultsubcodeelement)).
fn narrowest_code(code: Value<'_>) -> Option<&str> {
    let codes = std::iter::successors(Some(code), |code| code.get("Subcode"));
    let mut values = codes.filter_map(|code| code.text("Value"));
    let first = values.next();
    // A subcode is a qualified name.
    values.filter(|value| value.contains(':')).last().or(first)
}

/// The fault in a response.
pub(in crate::read) fn fault(root: Value<'_>) -> Option<Value<'_>> {
    root.get("Body")?.get("Fault")
}
