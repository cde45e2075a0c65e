//! The signs of a response as a set of bits. A format is asked only if the response has one of its signs.
//!
//! In: headers and document. Out: [`Signs`]. Each file in `formats/` names the signs of its format. The set is a Bloom filter:
//! several keys share a bit, so a format that is asked checks the key again.

use http::HeaderMap;

use super::document::{Kind, Value};
use crate::http::media_type;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// Members of the document: a bit for each key and kind of value.
    members: u64,
    /// The constants below, and above them a bit for each name of a header.
    others: u64,
}

/// Bits of the constants.
const MARKS: u32 = 5;

/// Factors of the first byte, the last byte and the length of a name. With these, the usual headers and members have no
/// sign of a format.
const OF_HEADERS: [u32; 3] = [1, 32, 37];
const OF_MEMBERS: [u32; 3] = [1, 4, 24];
const OF_KINDS: u32 = 56;

impl Signs {
    /// The sign of every response.
    pub(super) const ANY: Self = Self::mark(0);
    /// A media type that may say more than the body: any except `application/json` and those of text.
    pub(super) const LABEL: Self = Self::mark(1);
    /// A document, in JSON or XML.
    pub(super) const DOCUMENT: Self = Self::mark(2);
    /// A document that is a list.
    pub(super) const LIST: Self = Self::mark(3);
    /// A document that is an object with only lists in it.
    pub(super) const LISTS: Self = Self::mark(4);

    /// A member with this key and any value.
    pub(super) const fn member(key: &str) -> Self {
        let scalar = Self::of_kind(key, Kind::Scalar).or(Self::text(key));
        scalar.or(Self::list(key)).or(Self::object(key))
    }

    /// A member with this key and a string.
    pub(super) const fn text(key: &str) -> Self {
        Self::of_kind(key, Kind::Text)
    }

    /// A member with this key and a list.
    pub(super) const fn list(key: &str) -> Self {
        Self::of_kind(key, Kind::List)
    }

    /// A member with this key and an object.
    pub(super) const fn object(key: &str) -> Self {
        Self::of_kind(key, Kind::Object)
    }

    /// A header of this name, in small letters.
    pub(super) const fn header(name: &str) -> Self {
        Self {
            members: 0,
            others: 1 << (MARKS + hash(name, OF_HEADERS) % (u64::BITS - MARKS)),
        }
    }

    /// Headers of any of these names.
    pub(super) const fn headers(mut names: &[&str]) -> Self {
        let mut signs = Self {
            members: 0,
            others: 0,
        };
        while let [name, rest @ ..] = names {
            signs = signs.or(Self::header(name));
            names = rest;
        }
        signs
    }

    const fn mark(bit: u32) -> Self {
        Self {
            members: 0,
            others: 1 << bit,
        }
    }

    const fn of_kind(key: &str, kind: Kind) -> Self {
        let bit = hash(key, OF_MEMBERS) + OF_KINDS * kind as u32;
        Self {
            members: 1 << (bit % u64::BITS),
            others: 0,
        }
    }

    /// The signs of a response with these headers and this document.
    pub(super) fn new(headers: &HeaderMap, document: Option<Value<'_>>) -> Self {
        let head = of_headers(headers);
        document.map_or(head, |root| head.or(of_document(root)))
    }

    /// Whether one of `signs` is in this set.
    pub(super) const fn have(self, signs: Self) -> bool {
        (self.members & signs.members) | (self.others & signs.others) != 0
    }

    /// The signs of both sets.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            members: self.members | other.members,
            others: self.others | other.others,
        }
    }
}

/// A number for a name, from its first byte, its last byte and its length.
const fn hash(name: &str, factors: [u32; 3]) -> u32 {
    let [first, last, length] = factors;
    match name.as_bytes() {
        [one, .., end] => first * *one as u32 + last * *end as u32 + length * name.len() as u32,
        [only] => (first + last) * *only as u32 + length,
        [] => 0,
    }
}

fn of_headers(headers: &HeaderMap) -> Signs {
    let label = media_type::content_type(headers);
    let start = match label.map_or(true, media_type::is_generic) {
        true => Signs::ANY,
        false => Signs::ANY.or(Signs::LABEL),
    };
    let names = headers.keys().map(|name| Signs::header(name.as_str()));
    names.fold(start, Signs::or)
}

fn of_document(root: Value<'_>) -> Signs {
    let start = match root.kind() {
        Kind::List => Signs::DOCUMENT.or(Signs::LIST),
        Kind::Object => Signs::DOCUMENT.or(Signs::LISTS),
        Kind::Scalar | Kind::Text => Signs::DOCUMENT,
    };
    let (mut signs, mut only_lists) = (start, true);
    for (key, value) in root.members() {
        let kind = value.kind();
        signs = signs.or(Signs::of_kind(key, kind));
        only_lists &= matches!(kind, Kind::List);
    }
    if !only_lists {
        signs.others &= !Signs::LISTS.others;
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::document::parse_json;
    use http::header::CONTENT_TYPE;
    use http::HeaderValue;

    fn signs(label: &'static str, json: &str) -> Signs {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(label))]);
        let document = parse_json(json);
        Signs::new(&headers, document.as_ref().map(|document| document.root()))
    }

    #[test]
    fn has_the_members_of_the_document() {
        let all = signs("application/json", r#"{"title":"x","kind":[1],"error":{}}"#);
        for sign in [
            Signs::ANY,
            Signs::DOCUMENT,
            Signs::member("title"),
            Signs::text("title"),
            Signs::list("kind"),
            Signs::object("error"),
        ] {
            assert!(all.have(sign), "{sign:?}");
        }
        for sign in [
            Signs::LIST,
            Signs::LISTS,
            Signs::LABEL,
            Signs::list("title"),
            Signs::text("resourceType"),
        ] {
            assert!(!all.have(sign), "{sign:?}");
        }
        assert!(signs("application/json", r#"{"a":[],"b":["x"]}"#).have(Signs::LISTS));
        assert!(signs("application/json", "[1]").have(Signs::LIST));
        assert!(!signs("application/json", "text").have(Signs::DOCUMENT));
    }

    #[test]
    fn has_the_headers() {
        let headers = HeaderMap::from_iter([(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic"),
        )]);
        let signs = Signs::new(&headers, None);
        assert!(signs.have(Signs::header("www-authenticate")));
        assert!(!signs.have(Signs::header("grpc-status")));
    }

    /// With a false sign, a reader is asked in vain.
    #[test]
    fn usual_headers_and_members_are_no_signs_of_anything() {
        let looked_for = [
            "www-authenticate",
            "x-ms-error-code",
            "x-amzn-errortype",
            "x-error-code",
            "x-error-message",
            "x-status-reason",
            "error",
        ];
        let looked_for = looked_for.map(Signs::header);
        for name in [
            "date",
            "server",
            "content-type",
            "content-length",
            "set-cookie",
            "x-request-id",
            "x-frame-options",
            "x-powered-by",
            "retry-after",
            "cache-control",
            "content-encoding",
            "content-language",
            "etag",
            "vary",
        ] {
            let usual = Signs::header(name);
            assert!(!looked_for.iter().any(|sign| sign.have(usual)), "{name}");
        }
        let google = [
            Signs::list("details"),
            Signs::text("status"),
            Signs::list("errors"),
            Signs::object("error"),
        ];
        for key in [
            "message",
            "code",
            "type",
            "title",
            "detail",
            "timestamp",
            "path",
        ] {
            let usual = Signs::text(key);
            assert!(!google.iter().any(|sign| sign.have(usual)), "{key}");
        }
    }

    #[test]
    fn has_a_label_unless_it_is_generic() {
        for label in [
            "application/problem+json",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            assert!(signs(label, "").have(Signs::LABEL), "{label}");
        }
        for label in ["application/json; charset=utf-8", "text/html"] {
            assert!(!signs(label, "").have(Signs::LABEL), "{label}");
        }
    }
}
