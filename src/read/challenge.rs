//! What a challenge says: `WWW-Authenticate` of a resource that takes bearer tokens
//! ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
//! [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
//!
//! ```text
//! WWW-Authenticate: Bearer realm="orders", error="insufficient_scope", error_description="Reading needs another scope"
//! ```

use http::header::WWW_AUTHENTICATE;
use http_auth::ChallengeParser;

use super::source::Source;

/// The schemes whose `error` is a code. Others have sentences there.
const SCHEMES: [&str; 2] = ["Bearer", "DPoP"];

/// The code and the description of the first challenge that has a code.
pub(super) fn read(source: &Source<'_>) -> Option<(String, Option<String>)> {
    let lines = source
        .headers
        .get_all(WWW_AUTHENTICATE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let mut challenges = lines.flat_map(|line| ChallengeParser::new(line).map_while(Result::ok));
    challenges.find_map(|challenge| {
        let parameter = |name: &str| {
            let (_, value) = challenge
                .params
                .iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
            Some(value.to_unescaped())
        };
        let known = SCHEMES
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(challenge.scheme));
        known
            .then(|| Some((parameter("error")?, parameter("error_description"))))
            .flatten()
    })
}
