//! Reads the type and the message from headers, for an error whose body has none.
//!
//! In: a [`Source`], and the envelope of its body. Out: the envelope with the missing parts, and whether any were added.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderName};
use http_auth::ChallengeParser;

use super::formats::html::is_sign_in;
use super::signs::Signs;
use super::source::Source;
use crate::envelope::Envelope;

/// The header in which AWS sends the type.
pub(super) const AWS_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Headers that hold a type.
static TYPES: [HeaderName; 8] = [
    HeaderName::from_static("x-ms-error-code"),
    AWS_TYPE,
    HeaderName::from_static("x-clickhouse-exception-code"),
    HeaderName::from_static("mediawiki-api-error"),
    HeaderName::from_static("x-error-code"),
    HeaderName::from_static("ngrok-error-code"),
    HeaderName::from_static("x-vercel-error"),
    HeaderName::from_static("error"),
];

/// Headers that hold a message.
static MESSAGES: [HeaderName; 3] = [
    HeaderName::from_static("x-error-message"),
    HeaderName::from_static("x-status-reason"),
    HeaderName::from_static("error"),
];

/// Whether a header of this name says the type or the message of an error.
pub(crate) fn says_error(name: &str) -> bool {
    TYPES.iter().chain(&MESSAGES).any(|known| known == name)
}

/// All of them, and the challenge.
const SIGNS: Signs = Signs::header("www-authenticate")
    .or(Signs::header("x-ms-error-code"))
    .or(Signs::header("x-amzn-errortype"))
    .or(Signs::header("x-clickhouse-exception-code"))
    .or(Signs::header("mediawiki-api-error"))
    .or(Signs::header("x-error-code"))
    .or(Signs::header("ngrok-error-code"))
    .or(Signs::header("x-vercel-error"))
    .or(Signs::header("x-error-message"))
    .or(Signs::header("x-status-reason"))
    .or(Signs::header("error"));

/// The schemes whose `error` is a code. Others have sentences there.
const SCHEMES: [&str; 2] = ["Bearer", "DPoP"];

/// Adds the type and the message of the headers to the envelope of the body. Returns whether anything was added.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope) -> bool {
    if !source.signs.have(SIGNS) {
        return false;
    }
    let mut said = false;
    // A page that asks for a password says less than any header.
    let page = envelope.sent_message().filter(|_| source.is_page());
    let page = page.filter(|text| is_sign_in(text)).map(str::to_owned);
    if page.is_some() {
        envelope.set_message("".into());
    }
    if envelope.sent_message().is_none() && envelope.field_errors().is_empty() {
        let texts = MESSAGES.iter().filter_map(|name| text(source, name));
        if let Some(message) = texts.into_iter().find(|text| text.trim().contains(' ')) {
            envelope.set_message(source.own(message));
            said = true;
        }
    }
    if envelope.sent_error_type().is_none() {
        if let Some(error_type) = error_type(source) {
            envelope.set_error_type(source.own(error_type));
            said = true;
        }
    }
    if envelope.sent_error_type().is_none() || envelope.sent_message().is_none() {
        if let Some((code, description)) = first_challenge(source) {
            said = true;
            if envelope.sent_error_type().is_none() {
                envelope.set_error_type(code.into());
            }
            if let Some(description) = description.filter(|_| envelope.sent_message().is_none()) {
                envelope.set_message(description.into());
            }
        }
    }
    if let Some(page) = page.filter(|_| envelope.sent_message().is_none()) {
        envelope.set_message(page.into());
    }
    said
}

/// Whether the headers of a success may say that it is an error: by a type, or by a label such as `application/problem+json`.
pub(super) fn may_name_error(headers: &HeaderMap) -> bool {
    Signs::new(headers, None).have(SIGNS.or(Signs::LABEL))
}

/// The type that a header holds.
pub(super) fn error_type<'r>(source: &Source<'r>) -> Option<&'r str> {
    if !source.signs.have(SIGNS) {
        return None;
    }
    let mut texts = TYPES.iter().filter_map(|name| text(source, name));
    texts.find(|text| !text.trim().contains(' ')).map(shape)
}

fn text<'r>(source: &Source<'r>, name: &HeaderName) -> Option<&'r str> {
    source.headers.get(name)?.to_str().ok()
}

/// The name of AWS's shape, `FooError` in `aws.protocoltests.restjson#FooError:http://internal.amazon.com/coral/`
/// ([Smithy](https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization)).
pub(super) fn shape(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or_default();
    name.rsplit('#').next().unwrap_or_default()
}

/// The code and the description of the first challenge that has a code: `WWW-Authenticate` of a resource that takes
/// bearer tokens ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
/// [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
fn first_challenge(source: &Source<'_>) -> Option<(String, Option<String>)> {
    let lines = source.headers.get_all(WWW_AUTHENTICATE).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut challenges = lines.flat_map(|line| ChallengeParser::new(line).map_while(Result::ok));
    challenges.find_map(|challenge| {
        let parameter = |name: &str| {
            let mut parameters = challenge.params.iter();
            let (_, value) = parameters.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
            Some(value.to_unescaped())
        };
        let mut schemes = SCHEMES.iter();
        schemes.find(|scheme| scheme.eq_ignore_ascii_case(challenge.scheme))?;
        Some((parameter("error")?, parameter("error_description")))
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderValue, Response};

    use super::*;
    use crate::read::read;

    fn answer(headers: &[(&HeaderName, &'static str)], body: &'static str) -> Envelope {
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = http::StatusCode::UNAUTHORIZED;
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).clone(), HeaderValue::from_static(value)));
        *response.headers_mut() = HeaderMap::from_iter(headers);
        read(&response)
    }

    #[test]
    fn each_header_of_a_type_gives_it_where_the_body_has_none() {
        for name in &TYPES {
            for body in ["", r#"{"message":"It is broken."}"#] {
                let envelope = answer(&[(name, "Q17")], body);
                assert_eq!(envelope.error_type().as_str(), "Q17", "{name} {body}");
            }
            // AWS says the narrower in its header.
            let want = if *name == AWS_TYPE { "Q17" } else { "E1" };
            let envelope = answer(
                &[(name, "Q17")],
                r#"{"code":"E1","message":"It is broken."}"#,
            );
            assert_eq!(envelope.error_type().as_str(), want, "{name}");
        }
    }

    #[test]
    fn each_header_of_a_message_gives_it_where_the_body_has_none() {
        for name in &MESSAGES {
            let envelope = answer(&[(name, "The token is old")], r#"{"code":"E1"}"#);
            assert_eq!(envelope.message(), "The token is old", "{name}");
            let envelope = answer(&[(name, "The token is old")], "It is broken.");
            assert_eq!(envelope.message(), "It is broken.", "{name}");
            let envelope = answer(&[(name, "one-word")], "");
            assert_eq!(envelope.message(), "Unauthorized", "{name}");
        }
    }

    #[test]
    fn a_challenge_gives_code_and_description() {
        let challenge = r#"Bearer realm="x", error="invalid_token", error_description="It is old""#;
        let envelope = answer(&[(&WWW_AUTHENTICATE, challenge)], "");
        assert_eq!(
            (envelope.error_type().as_str(), envelope.message()),
            ("invalid_token", "It is old")
        );
    }

    #[test]
    fn a_page_that_asks_for_a_password_says_less_than_a_header() {
        let message = HeaderName::from_static("x-error-message");
        for title in ["Sign in", "Sign in · GitLab", "Log In | Shop", "Login"] {
            let page: &'static str = format!("<html><title>{title}</title></html>").leak();
            assert_eq!(answer(&[], page).message(), title);
            let envelope = answer(&[(&message, "The token is old")], page);
            assert_eq!(envelope.message(), "The token is old", "{title}");
        }
        for title in [
            "Sign in failed for this account.",
            "Logs are full",
            "Signature is wrong",
        ] {
            let page: &'static str = format!("<html><title>{title}</title></html>").leak();
            let envelope = answer(&[(&message, "The token is old")], page);
            assert_eq!(envelope.message(), title);
        }
    }
}
