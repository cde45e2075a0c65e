//! Headers that are lists.

use http::header::{HeaderMap, WWW_AUTHENTICATE};

use super::error::ApiError;
use crate::http::header_list::{elements, lines, split};

impl ApiError {
    /// The elements of a header that is a list ([RFC 9110 §5.6.1]), over all its lines, in order: split at commas that
    /// are not within quotes.
    ///
    /// ```
    /// # use tower_error_envelope::ApiError;
    /// # fn log(_: &str) {}
    /// # fn show(error: &ApiError) {
    /// for policy in error.header_list("ratelimit-policy") {
    ///     log(policy); // "burst";q=100;w=60
    /// }
    /// # }
    /// ```
    ///
    /// Lines that are no UTF-8 are left out.
    ///
    /// [RFC 9110 §5.6.1]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
    pub fn header_list(&self, name: &str) -> impl Iterator<Item = &str> {
        elements(self.headers(), name)
    }

    /// The challenges of `WWW-Authenticate`, over all its lines, in order: each a scheme with its parameters, such as
    /// `Basic realm="copr"` ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)).
    #[must_use]
    pub fn challenges(&self) -> Vec<&str> {
        challenges(self.headers())
    }
}

/// The challenges over all lines: each line starts a new one, and so does every element that is no parameter
/// ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)).
fn challenges(headers: &HeaderMap) -> Vec<&str> {
    let mut challenges = Vec::new();
    for line in lines(headers, WWW_AUTHENTICATE.as_str()) {
        let mut start = None;
        for element in split(line, ',') {
            let position = offset(line, element);
            if start.is_none() || !is_parameter(element) {
                challenges.extend(start.and_then(|start| before(line, start, position)));
                start = Some(position);
            }
        }
        challenges.extend(start.and_then(|start| before(line, start, line.len())));
    }
    challenges
}

/// `realm="copr"`, as opposed to `Basic realm="copr"` and `Negotiate`.
fn is_parameter(element: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let rest = element.trim_start_matches(name).trim_start();
    rest.starts_with('=')
}

fn offset(line: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize)
}

fn before(line: &str, start: usize, end: usize) -> Option<&str> {
    let challenge = line.get(start..end)?;
    Some(challenge.trim_end_matches([',', ' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_challenge_goes_with_its_parameters() {
        struct Case {
            lines: &'static [&'static str],
            want: &'static [&'static str],
        }
        #[rustfmt::skip]
        let cases = [
            Case { lines: &[], want: &[] },
            Case { lines: &[r#"Basic realm="copr""#], want: &[r#"Basic realm="copr""#] },
            // RFC 9110 §11.6.1
            Case {
                lines: &[r#"Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"""#],
                want: &[r#"Basic realm="simple""#, r#"Newauth realm="apps", type=1, title="Login to \"apps\"""#],
            },
            Case { lines: &["Negotiate", r#"Bearer scope="a, b" , error=invalid_token"#], want: &["Negotiate", r#"Bearer scope="a, b" , error=invalid_token"#] },
            Case { lines: &["Negotiate, Basic realm = x"], want: &["Negotiate", "Basic realm = x"] },
            Case { lines: &["Negotiate oYG2MIGzoAMKAQE=, , NTLM"], want: &["Negotiate oYG2MIGzoAMKAQE=", "NTLM"] },
            Case { lines: &[r#"realm="orphan", Basic"#], want: &[r#"realm="orphan""#, "Basic"] },
            Case { lines: &[r#"Basic realm="never closed, Bearer"#], want: &[r#"Basic realm="never closed, Bearer"#] },
        ];
        for case in cases {
            let headers = headers("www-authenticate", case.lines);
            assert_eq!(challenges(&headers), case.want, "{:?}", case.lines);
        }
    }
}
