//! Errors of the [Connect protocol](https://connectrpc.com/docs/protocol), both ways.
//!
//! ```text
//! unary    HTTP status of the code   {"code": "not_found", "message": "There is no printer 8", "details": […]}
//! stream   HTTP 200                  02 00000042 {"error": {"code": "not_found", …}, "metadata": {"retry-after": ["7"]}}
//! ```
//!
//! A detail is `{"type": "google.rpc.ErrorInfo", "value": "<base64 without padding>"}`. Only the feature `tonic` reads and
//! writes them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::connect_json::Error;
use super::details;
use super::metadata;
use super::status::GrpcStatus;
use crate::envelope::cut;

/// The flag of the frame that ends a stream, and the flag of a compressed frame
/// ([Connect](https://connectrpc.com/docs/protocol#error-end-stream)).
const END_OF_STREAM: u8 = 0x02;
const COMPRESSED: u8 = 0x01;

/// Bytes before the content of a frame: its flags and its length.
const PREFIX: usize = 5;

/// Bytes of a message. A message that is cut ends with `…`.
const MAX_MESSAGE: usize = 16 * 1024;

/// Bytes of the serialised details. If there are more, all details are left out.
const MAX_DETAILS: usize = 48 * 1024;

/// The body of a unary error. Its HTTP status is that of the code ([`GrpcCode::http_status`]).
///
/// [`GrpcCode::http_status`]: super::code::GrpcCode::http_status
pub(crate) fn write_error(status: &GrpcStatus) -> Bytes {
    to_json(&Json(status))
}

/// Whether `body` is an error of Connect in the form of its servers: a JSON object whose `code` is one of the 16 names,
/// with no other members than `message` and `details`.
///
/// An object with other members is of another API, so its text may have to be masked.
pub(crate) fn is_error(body: &[u8]) -> bool {
    Error::parse(body).is_some_and(|error| error.is_strict)
}

/// The error in the body of a unary answer.
pub(crate) fn read_error(body: &[u8]) -> Option<GrpcStatus> {
    Error::parse(body).map(status)
}

/// The frame that ends a stream with an error. `metadata` are the headers of the error. Headers of the connection and of
/// the message are left out.
pub(crate) fn end_of_stream(status: &GrpcStatus, metadata: &HeaderMap) -> Bytes {
    let json = to_json(&End { status, metadata });
    let length = u32::try_from(json.len()).unwrap_or_default();
    let mut frame = Vec::with_capacity(PREFIX + json.len());
    frame.push(END_OF_STREAM);
    frame.extend(length.to_be_bytes());
    frame.extend(json);
    frame.into()
}

/// Whether a frame with these flags ends a stream.
pub(crate) fn is_end(flags: u8) -> bool {
    flags & END_OF_STREAM != 0
}

/// The error in the frame that ends a stream. `None` if it is another frame, incomplete, compressed, or without an error.
pub(crate) fn read_end_of_stream(frame: &[u8]) -> Option<GrpcStatus> {
    let (prefix, json) = frame.split_at_checked(PREFIX)?;
    let [flags, length @ ..] = prefix else {
        return None;
    };
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let is_end = flags & END_OF_STREAM != 0 && flags & COMPRESSED == 0;
    let is_complete = usize::try_from(length) == Ok(json.len());
    let (error, headers) = Error::parse_end(json).filter(|_| is_end && is_complete)?;
    let mut status = status(error);
    for (name, value) in headers {
        let entry = HeaderName::try_from(name).ok().zip(value.try_into().ok());
        if let Some((name, value)) = entry.filter(|(name, value)| metadata::is_own(name, value)) {
            // Headers beyond the capacity of the map are left out.
            let _ = status.metadata.try_append(name, value);
        }
    }
    Some(status)
}

fn status(error: Error) -> GrpcStatus {
    let details = details::from_connect(error.code, &error.message, error.details);
    GrpcStatus {
        code: error.code,
        message: error.message.into(),
        details,
        metadata: HeaderMap::new(),
    }
}

fn to_json(value: &impl Serialize) -> Bytes {
    // Writing a map of texts into memory cannot fail.
    serde_json::to_vec(value).unwrap_or_default().into()
}

/// `{"code": …, "message": …, "details": […]}`.
struct Json<'a>(&'a GrpcStatus);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(status) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", status.code.connect_name())?;
        if !status.message.is_empty() {
            let message = cut(&status.message, MAX_MESSAGE);
            let message = message.map_or(Cow::Borrowed(&*status.message), Cow::Owned);
            map.serialize_entry("message", &*message)?;
        }
        if status.details.len() <= MAX_DETAILS {
            let details = details::to_connect(&status.details);
            let pairs = details
                .iter()
                .map(|(name, value)| [("type", name), ("value", value)]);
            let details: Vec<_> = pairs.map(BTreeMap::from).collect();
            if !details.is_empty() {
                map.serialize_entry("details", &details)?;
            }
        }
        map.end()
    }
}

/// `{"error": {…}, "metadata": {…}}`.
struct End<'a> {
    status: &'a GrpcStatus,
    metadata: &'a HeaderMap,
}

impl Serialize for End<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("error", &Json(self.status))?;
        let metadata = Metadata(self.metadata);
        if metadata.names().next().is_some() {
            map.serialize_entry("metadata", &metadata)?;
        }
        map.end()
    }
}

/// `{"retry-after": ["7"]}`.
struct Metadata<'a>(&'a HeaderMap);

impl Metadata<'_> {
    fn names(&self) -> impl Iterator<Item = &HeaderName> {
        let names = self.0.keys();
        names.filter(|name| self.values(name).next().is_some())
    }

    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
        let values = self.0.get_all(name).into_iter();
        let own = values.filter(|value| metadata::is_own(name, value));
        own.filter_map(|value| value.to_str().ok())
    }
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = |name| self.values(name).collect::<Vec<_>>();
        serializer.collect_map(self.names().map(|name| (name.as_str(), values(name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::code::GrpcCode;
    use http::header::{CONTENT_LENGTH, RETRY_AFTER};
    use http::HeaderValue;

    fn not_found(message: &'static str) -> GrpcStatus {
        GrpcStatus {
            message: message.into(),
            ..GrpcStatus::from_code(GrpcCode::from_name("NOT_FOUND").unwrap())
        }
    }

    #[test]
    fn an_error_has_the_name_of_its_code_and_its_message() {
        let cases = [
            (
                "There is no \"8\"",
                r#"{"code":"not_found","message":"There is no \"8\""}"#,
            ),
            ("", r#"{"code":"not_found"}"#),
        ];
        for (message, json) in cases {
            let status = not_found(message);
            let body = write_error(&status);
            assert_eq!(body, json);
            assert!(is_error(&body));
            assert_eq!(read_error(&body), Some(status));
        }
    }

    #[test]
    fn only_an_object_with_a_code_of_the_16_is_an_error() {
        for body in [
            r#"{"code":"canceled"}"#,
            r#" {"message":null,"code":"internal","details":[]} "#,
            r#"{"code":"internal","details":[{"type":"a.B","value":"AA","debug":{"x":1}}]}"#,
        ] {
            assert!(is_error(body.as_bytes()), "{body}");
        }
        for body in [
            "",
            "null",
            "{}",
            r#"["not_found"]"#,
            r#""not_found""#,
            r#"{"code":"ok"}"#,
            r#"{"code":"cancelled"}"#,
            r#"{"code":"NOT_FOUND"}"#,
            r#"{"code":5}"#,
            r#"{"code":"not_found"} x"#,
            r#"{"code":"not_found","message":7}"#,
            r#"{"error":{"code":"not_found"}}"#,
        ] {
            assert!(!is_error(body.as_bytes()), "{body}");
            assert_eq!(read_error(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn an_error_with_other_members_is_read_and_is_not_of_connect() {
        for body in [
            r#"{"code":"internal","message":"no","stack":"secret"}"#,
            r#"{"code":"internal","message":"no","code":"secret"}"#,
            r#"{"code":"internal","message":"no","message":"secret"}"#,
            r#"{"code":"internal","message":"no","details":{"sql":"secret"}}"#,
            r#"{"code":"internal","message":"no","details":[],"details":["secret"]}"#,
        ] {
            assert!(!is_error(body.as_bytes()), "{body}");
            let read = read_error(body.as_bytes()).unwrap();
            assert_eq!((read.code.name(), &*read.message), ("INTERNAL", "no"));
        }
    }

    #[test]
    fn the_end_of_a_stream_is_one_frame_with_the_error_and_its_metadata() {
        let mut status = not_found("No");
        let mut headers = HeaderMap::new();
        headers.append(RETRY_AFTER, HeaderValue::from(7));
        headers.append("x-twice", HeaderValue::from_static("a"));
        headers.append("x-twice", HeaderValue::from_static("b"));
        status.metadata.clone_from(&headers);
        headers.append(CONTENT_LENGTH, HeaderValue::from(99));
        let frame = end_of_stream(&status, &headers);
        let json = r#"{"error":{"code":"not_found","message":"No"},"metadata":{"retry-after":["7"],"x-twice":["a","b"]}}"#;
        assert_eq!(frame[..5], [2, 0, 0, 0, u8::try_from(json.len()).unwrap()]);
        assert_eq!(&frame[5..], json.as_bytes());
        assert_eq!(read_end_of_stream(&frame), Some(status));
    }

    #[test]
    fn other_frames_have_no_error() {
        let frame = end_of_stream(&not_found("No"), &HeaderMap::new());
        assert!(read_end_of_stream(&frame).is_some());
        for end in 0..frame.len() {
            assert_eq!(read_end_of_stream(&frame[..end]), None);
        }
        for flags in [0, 1, 3] {
            let mut other = frame.to_vec();
            other[0] = flags;
            assert_eq!(read_end_of_stream(&other), None, "{flags}");
        }
        for json in ["{}", "null", r#"{"metadata":{}}"#, r#"{"error":null}"#] {
            let length = u8::try_from(json.len()).unwrap();
            let fine = [&[2, 0, 0, 0, length], json.as_bytes()].concat();
            assert_eq!(read_end_of_stream(&fine), None, "{json}");
        }
    }

    #[test]
    fn an_error_that_ends_a_stream_is_one_in_any_form() {
        for (json, name, message) in [
            (r#"{"error":{"code":"foo","message":"m"}}"#, "UNKNOWN", "m"),
            (r#"{"error":{"code":5,"message":"m"}}"#, "NOT_FOUND", "m"),
            (r#"{"error":{"code":500,"message":"m"}}"#, "UNKNOWN", "m"),
            (r#"{"error":{"code":0,"message":"m"}}"#, "UNKNOWN", "m"),
            (r#"{"error":{"code":"NOT_FOUND"}}"#, "NOT_FOUND", ""),
            (
                r#"{"error":{"code":"canceled","message":7}}"#,
                "CANCELLED",
                "",
            ),
            (r#"{"error":{"message":"m"},"metadata":[]}"#, "UNKNOWN", "m"),
            (r#"{"error":{}}"#, "UNKNOWN", ""),
            (r#"{"error":"m"}"#, "UNKNOWN", "m"),
            ("\u{feff}{\"error\":{\"code\":\"aborted\"}}", "ABORTED", ""),
        ] {
            let length = u8::try_from(json.len()).unwrap();
            let frame = [&[2, 0, 0, 0, length], json.as_bytes()].concat();
            let read = read_end_of_stream(&frame).expect(json);
            assert_eq!(
                (read.code.name(), &*read.message),
                (name, message),
                "{json}"
            );
        }
    }

    #[test]
    fn only_the_flag_of_the_end_ends_a_stream() {
        for (flags, ends) in [(0, false), (COMPRESSED, false), (2, true), (3, true)] {
            assert_eq!(is_end(flags), ends, "{flags}");
        }
    }

    #[test]
    fn a_long_message_is_cut() {
        let status = GrpcStatus {
            message: "é".repeat(MAX_MESSAGE).into(),
            ..not_found("")
        };
        assert!(write_error(&status).len() < MAX_MESSAGE + 100);
    }

    #[test]
    fn a_message_of_16_kib_is_whole() {
        let message = "x".repeat(16 * 1024);
        let status = GrpcStatus {
            message: message.clone().into(),
            ..not_found("")
        };
        let written = write_error(&status);
        assert!(std::str::from_utf8(&written).unwrap().contains(&message));
    }

    #[cfg(feature = "tonic")]
    #[test]
    fn details_of_48_kib_are_whole_and_more_fall() {
        let status = |bytes: usize| {
            let value = crate::grpc::base64::encode(&vec![7; bytes]);
            let details = vec![("shop.v1.Receipt".to_owned(), value)];
            let code = GrpcCode::UNKNOWN;
            GrpcStatus {
                details: details::from_connect(code, "", details),
                ..GrpcStatus::from_code(code)
            }
        };
        let around = status(40_000).details.len() - 40_000;
        for (bytes, whole) in [(48 * 1024, true), (48 * 1024 + 1, false)] {
            let status = status(bytes - around);
            assert_eq!(status.details.len(), bytes);
            assert_eq!(write_error(&status).len() > bytes, whole, "{bytes}");
        }
    }

    #[cfg(feature = "tonic")]
    #[test]
    fn details_go_there_and_back() {
        use crate::envelope::Envelope;
        use crate::grpc::convert;

        let envelope = Envelope::new(http::StatusCode::PAYMENT_REQUIRED, "Pay first")
            .with_error_type("shop.NoCredit")
            .with_field("amount", "is too high");
        let status = convert::to_status(&envelope);
        let body = write_error(&status);
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["details"][0]["type"], "google.rpc.ErrorInfo");
        assert_eq!(json["details"][1]["type"], "google.rpc.BadRequest");
        let value = json["details"][1]["value"].as_str().unwrap();
        assert!(!value.ends_with('='));
        let read = read_error(&body).unwrap();
        assert_eq!(read, status);
        assert_eq!(convert::to_envelope(read), envelope);
    }
}
