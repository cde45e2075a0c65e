//! Reads the type and the message from headers, for an error whose body has none.
//!
//! In: a [`Source`], and the envelope of its body. Out: the envelope with the missing parts. `read`
//! calls it for every response; `in_success` asks whether the headers of a success hold a type.

use http::header::WWW_AUTHENTICATE;
use http::HeaderMap;
use http_auth::ChallengeParser;

use super::formats::html::is_sign_in;
use super::signs::Signs;
use super::source::Source;
use crate::envelope::Envelope;

/// The header in which AWS sends the type.
pub(super) const AWS_TYPE: &str = "x-amzn-errortype";

/// Headers that hold a type.
const TYPES: [&str; 8] = [
    "x-ms-error-code",
    AWS_TYPE,
    "x-clickhouse-exception-code",
    "mediawiki-api-error",
    "x-error-code",
    "ngrok-error-code",
    "x-vercel-error",
    "error",
];

/// Headers that hold a message.
const MESSAGES: [&str; 3] = ["x-error-message", "x-status-reason", "error"];

/// Whether a header of this name holds the type or the message of an error.
pub(crate) fn says_error(name: &str) -> bool {
    TYPES.contains(&name) || MESSAGES.contains(&name)
}

/// The signs of all these headers, and of challenges.
const SIGNS: Signs = Signs::headers(&TYPES)
    .or(Signs::headers(&MESSAGES))
    .or(Signs::header("www-authenticate"));

/// The schemes with a code in `error`. Other schemes have sentences there.
const SCHEMES: [&str; 2] = ["Bearer", "DPoP"];

/// Adds the type and the message of the headers to the envelope of the body.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope) {
    if !source.signs.have(SIGNS) {
        return;
    }
    // The title of a page that asks for a password counts less than any header.
    let title = envelope.sent_message().filter(|_| source.is_page());
    let title = title.filter(|text| is_sign_in(text)).map(str::to_owned);
    if title.is_some() {
        envelope.set_message("".into());
    }
    if envelope.sent_message().is_none() && envelope.field_errors().is_empty() {
        let message = text(source, &MESSAGES, has_words);
        envelope.set_message(source.trimmed(message.unwrap_or_default()));
    }
    if envelope.sent_error_type().is_none() {
        envelope.set_error_type(source.trimmed(error_type(source).unwrap_or_default()));
    }
    add_challenge(source, envelope);
    if envelope.sent_message().is_none() {
        envelope.set_message(title.unwrap_or_default().into());
    }
}

fn add_challenge(source: &Source<'_>, envelope: &mut Envelope) {
    let lacks_type = envelope.sent_error_type().is_none();
    let lacks_message = envelope.sent_message().is_none();
    if !lacks_type && !lacks_message {
        return;
    }
    if let Some((code, description)) = first_challenge(source) {
        if lacks_type {
            envelope.set_error_type(code.into());
        }
        if lacks_message {
            envelope.set_message(description.unwrap_or_default().into());
        }
    }
}

/// Whether the headers of a success may say that it is an error: by a type, or by a media type such as
/// `application/problem+json`.
pub(super) fn may_name_error(headers: &HeaderMap) -> bool {
    Signs::new(headers, None).have(SIGNS.or(Signs::LABEL))
}

/// The type that a header holds.
pub(super) fn error_type<'r>(source: &Source<'r>) -> Option<&'r str> {
    if !source.signs.have(SIGNS) {
        return None;
    }
    text(source, &TYPES, |text| !has_words(text)).map(shape)
}

/// The first text for which `is_it` is true, in one of these headers. They are asked in the order of `names`.
fn text<'r>(source: &Source<'r>, names: &[&str], is_it: fn(&str) -> bool) -> Option<&'r str> {
    let names = names
        .iter()
        .filter(|name| source.signs.have(Signs::header(name)));
    let values = names.flat_map(|name| source.headers.get_all(*name));
    let mut texts = values.filter_map(|value| value.to_str().ok());
    texts.find(|text| is_it(text))
}

/// Whether a text has several words.
fn has_words(text: &str) -> bool {
    text.trim().contains(' ')
}

/// The name of AWS's shape, `FooError` in `aws.protocoltests.restjson#FooError:http://internal.amazon.com/coral/`
/// ([Smithy](https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization)).
pub(super) fn shape(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or_default();
    name.rsplit('#').next().unwrap_or_default()
}

/// The code and the description in the first challenge with a code, in `WWW-Authenticate`. Resources for bearer tokens send
/// them ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
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
    use http::{HeaderName, HeaderValue, Response};

    use super::*;
    use crate::envelope::Origin;
    use crate::read::read;

    fn answer(headers: &[(&'static str, &'static str)], body: &'static str) -> Envelope {
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = http::StatusCode::UNAUTHORIZED;
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        *response.headers_mut() = HeaderMap::from_iter(headers);
        read(&response)
    }

    #[test]
    fn many_other_headers_change_nothing() {
        for others in [0, 10, 100] {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            let headers = response.headers_mut();
            for other in 0..others {
                let name = HeaderName::try_from(format!("x-other-{other}")).unwrap();
                headers.append(name, HeaderValue::from_static("A1"));
            }
            // The message has several words, and the type has one.
            headers.append("x-error-code", HeaderValue::from_static("not a type"));
            headers.append("x-error-code", HeaderValue::from_static("Q17"));
            headers.append("x-error-message", HeaderValue::from_static("It is broken"));
            let envelope = read(&response);
            assert_eq!(envelope.error_type().as_str(), "Q17", "{others}");
            assert_eq!(envelope.message(), "It is broken", "{others}");
        }
    }

    #[test]
    fn each_header_of_a_type_gives_it_where_the_body_has_none() {
        for name in TYPES {
            for body in ["", r#"{"message":"It is broken."}"#] {
                let envelope = answer(&[(name, "Q17")], body);
                assert_eq!(envelope.error_type().as_str(), "Q17", "{name} {body}");
            }
            // The header of AWS holds the narrower type.
            let want = if name == AWS_TYPE { "Q17" } else { "E1" };
            let envelope = answer(
                &[(name, "Q17")],
                r#"{"code":"E1","message":"It is broken."}"#,
            );
            assert_eq!(envelope.error_type().as_str(), want, "{name}");
        }
    }

    #[test]
    fn each_header_of_a_message_gives_it_where_the_body_has_none() {
        for name in MESSAGES {
            let envelope = answer(&[(name, "The token is old")], r#"{"code":"E1"}"#);
            assert_eq!(envelope.message(), "The token is old", "{name}");
            let envelope = answer(&[(name, "The token is old")], "It is broken.");
            assert_eq!(envelope.message(), "It is broken.", "{name}");
            let envelope = answer(&[(name, "one-word")], "");
            assert_eq!(envelope.message(), "Unauthorized", "{name}");
        }
    }

    #[test]
    fn a_blank_header_gives_nothing() {
        for name in TYPES {
            let envelope = answer(&[(name, " ")], "");
            assert_eq!(envelope.origin(), Origin::Inferred, "{name}");
        }
    }

    #[test]
    fn a_challenge_gives_code_and_description() {
        let challenge = r#"Bearer realm="x", error="invalid_token", error_description="It is old""#;
        let envelope = answer(&[("www-authenticate", challenge)], "");
        assert_eq!(
            (envelope.error_type().as_str(), envelope.message()),
            ("invalid_token", "It is old")
        );
    }

    #[test]
    fn a_page_that_asks_for_a_password_says_less_than_a_header() {
        let message = "x-error-message";
        for title in ["Sign in", "Sign in · GitLab", "Log In | Shop", "Login"] {
            let page: &'static str = format!("<html><title>{title}</title></html>").leak();
            assert_eq!(answer(&[], page).message(), title);
            let envelope = answer(&[(message, "The token is old")], page);
            assert_eq!(envelope.message(), "The token is old", "{title}");
        }
        for title in [
            "Sign in failed for this account.",
            "Logs are full",
            "Signature is wrong",
        ] {
            let page: &'static str = format!("<html><title>{title}</title></html>").leak();
            let envelope = answer(&[(message, "The token is old")], page);
            assert_eq!(envelope.message(), title);
        }
    }
}
