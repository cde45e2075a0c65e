//! Faults of [SOAP 1.1](https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383507) and
//! [1.2](https://www.w3.org/TR/soap12-part1/#soapfault).
//!
//! ```xml
//! <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>
//!   <faultcode>soap:Client</faultcode><faultstring>The amount is not a number</faultstring>
//! </soap:Fault></soap:Body></soap:Envelope>
//! ```

use super::json::Value;
use super::source::Source;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let fault = fault(source.json()?)?;
    let at = |first, second| fault.get(first)?.get(second)?.as_text();
    let text = |name| fault.get(name).and_then(Value::as_text);
    let mut envelope = source.envelope();
    envelope.set_message(
        source.own(
            text("faultstring")
                .or_else(|| at("Reason", "Text"))
                .unwrap_or_default(),
        ),
    );
    envelope.set_error_type(
        source.own(
            text("faultcode")
                .or_else(|| at("Code", "Value"))
                .unwrap_or_default(),
        ),
    );
    Some(envelope)
}

/// The fault that an answer is.
pub(super) fn fault(root: Value<'_>) -> Option<Value<'_>> {
    root.get("Body")?.get("Fault")
}
