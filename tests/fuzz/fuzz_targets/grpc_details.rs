//! Details of a status with any bytes: they are read, and written back unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tonic::Status;
use tower_error_envelope::Envelope;

fuzz_target!(|status: (i32, &str, &[u8])| {
    let (code, message, details) = status;
    let status = Status::with_details(code.into(), message, details.to_vec().into());
    let envelope = Envelope::from(status.clone());
    let back = Status::from(envelope.clone());
    assert_eq!(back.code(), status.code());
    assert_eq!(back.message(), status.message());
    assert_eq!(back.details(), status.details());

    // A changed envelope is written again, and read with the change.
    let changed = envelope.with_message("changed").with_field("name", "text");
    let again = Envelope::from(Status::from(changed.clone()));
    assert_eq!(again.message(), "changed");
    assert!(again.field_errors().get("name").any(|text| text == "text") || changed.field_errors().len() >= 1024);
});
