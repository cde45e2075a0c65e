//! The text of an [`ApiError`], for people and for logs.
//!
//! In: an error. Out: `Display` and `Debug`. Neither shows values of headers, the query of the URI, or a password in it.
//!
//! | form | text |
//! | --- | --- |
//! | `{}` | the message of the server, one bullet for each line |
//! | `{:?}` | kind, request, status and message, on one line |
//! | `{:#?}` | the same as fields, with the names of the headers and the length of the body |

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::{Method, Uri};

use super::error::ApiError;
use crate::envelope::ErrorKind;

/// The message of the server, as python-copr prints it. If a [`Request`](ErrorKind::Request) error has several lines, each becomes
/// a bullet. Lines of other kinds are printed as they were sent.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        let is_list = self.kind().is_a(ErrorKind::Request) && text.contains('\n');
        if is_list {
            return text
                .split('\n')
                .try_for_each(|line| write!(f, "\n- {line}"));
        }
        f.write_str(&text)
    }
}

/// `NoResult: GET https://copr.example/api_3/build/123: 404 Not Found: Build 123 does not exist.`
///
/// It is always one line, because `main` prints the error that it returns in this form. `{:#?}` shows more.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            let head = format!(
                "{:?}: {}: {}",
                self.kind(),
                self.request_line(),
                self.status()
            );
            f.write_str(&head)?;
            if !self.says_nothing() {
                write!(f, ": {}", one_line(&self.text()))?;
            }
            let source = self.source().map(ToString::to_string);
            return source.map_or(Ok(()), |source| write!(f, " ({})", one_line(&source)));
        }
        f.debug_struct("ApiError")
            .field("kind", &self.kind())
            .field("request", &format_args!("{}", self.request_line()))
            .field("status", &self.status())
            .field("headers", &self.headers().keys().collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body().len()))
            .field("truncated", &self.is_truncated())
            .field("envelope", self.envelope())
            .finish()
    }
}

impl ApiError {
    /// `GET https://copr.example/api_3/build/123: 404 Not Found: Build 123 does not exist.`
    ///
    /// It is the text of the error that the middleware for reqwest raises. A list of messages begins on a new line.
    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn summary(&self) -> String {
        let line = format!("{}: {}", self.request_line(), self.status());
        let text = self.to_string();
        match text.strip_prefix('\n') {
            Some(list) => format!("{line}:\n{list}"),
            None if self.says_nothing() => line,
            None => format!("{line}: {text}"),
        }
    }

    /// Whether the text is only the reason phrase.
    fn says_nothing(&self) -> bool {
        self.status().canonical_reason() == Some(&*self.text())
    }

    /// The request in the form that logs may show.
    fn request_line(&self) -> RequestLine<'_> {
        RequestLine {
            method: self.method(),
            uri: self.uri(),
        }
    }

    /// The text of python-copr if its rules raised the error, else the plain text of the envelope.
    fn text(&self) -> Cow<'_, str> {
        match &self.content().text {
            Some(text) => text.into(),
            None => self.envelope().plain_text(),
        }
    }
}

/// A text of a peer on one line: `;` stands between lines, and control characters are escaped. So a peer cannot forge a line of
/// a log, or control the terminal that shows it.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut shown = String::new();
    for line in lines {
        if !shown.is_empty() {
            shown.push_str("; ");
        }
        for c in line.chars() {
            match c.is_control() {
                true => shown.extend(c.escape_default()),
                false => shown.push(c),
            }
        }
    }
    shown
}

/// `GET https://copr.example/api_3/build/123`, without user, password and query.
struct RequestLine<'e> {
    method: Option<&'e Method>,
    uri: &'e Uri,
}

impl fmt::Display for RequestLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = self.method {
            write!(f, "{method} ")?;
        }
        if let Some(scheme) = self.uri.scheme_str() {
            write!(f, "{scheme}://")?;
        }
        if let Some(host) = self.uri.host() {
            f.write_str(host)?;
        }
        if let Some(port) = self.uri.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.uri.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_uri_only_the_public_parts_are_shown() {
        for (uri, shown) in [
            (
                "https://shop.example/items/7?token=x",
                "https://shop.example/items/7",
            ),
            (
                "http://me:secret@127.0.0.1:3000/?a",
                "http://127.0.0.1:3000/",
            ),
            ("http://me@[::1]:80", "http://[::1]:80/"),
            ("/items?token=x", "/items"),
            ("shop.example:443", "shop.example:443"),
            ("*", "*"),
        ] {
            let line = RequestLine {
                method: Some(&Method::GET),
                uri: &uri.parse().unwrap(),
            };
            assert_eq!(line.to_string(), format!("GET {shown}"));
        }
    }
}
