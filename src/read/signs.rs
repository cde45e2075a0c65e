//! The signs of a response as a set of bits. A format is asked only if the response has its signs.
//!
//! In: headers and document. Out: [`Signs`]. Each format names the signs of which its responses have at least one; it
//! still has to look itself, because the set is a Bloom filter: several keys share a bit.

use http::{HeaderMap, HeaderName};

use super::document::Value;
use crate::http::media_type;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// Members of the document: a bit for each length, first and last letter, and kind of value.
    members: u128,
    /// Headers: a bit for each length, first and last letter of a name.
    headers: u64,
    /// The constants below.
    marks: u8,
}

/// By these factors no usual header has the bit of one that is looked for, and no usual member that of a mark of a format.
const OF_HEADERS: [u32; 3] = [17, 27, 6];
const OF_MEMBERS: [u32; 3] = [9, 124, 16];

/// What kind of value a member has.
#[derive(Clone, Copy)]
enum Kind {
    Other,
    Text,
    List,
    Object,
}

impl Signs {
    /// What every response has.
    pub(super) const ANY: Self = Self::mark(0);
    /// A media type that may say more than the body: any except `application/json` and those of text.
    pub(super) const LABEL: Self = Self::mark(1);
    /// A document, in JSON or XML.
    pub(super) const DOCUMENT: Self = Self::mark(2);
    /// A document that is a list.
    pub(super) const LIST: Self = Self::mark(3);
    /// A document whose members, if there are any, are all lists.
    pub(super) const LISTS: Self = Self::mark(4);

    /// A member with this key and any value.
    pub(super) const fn member(key: &str) -> Self {
        let leaf = Self::of_kind(key, Kind::Other).or(Self::text(key));
        leaf.or(Self::list(key)).or(Self::object(key))
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
            headers: 1 << (hash(name, OF_HEADERS) % u64::BITS),
            ..Self::NONE
        }
    }

    const NONE: Self = Self {
        members: 0,
        headers: 0,
        marks: 0,
    };

    const fn mark(bit: u32) -> Self {
        Self {
            marks: 1 << bit,
            ..Self::NONE
        }
    }

    const fn of_kind(key: &str, kind: Kind) -> Self {
        let bit = (hash(key, OF_MEMBERS) + 120 * kind as u32) % u128::BITS;
        Self {
            members: 1 << bit,
            ..Self::NONE
        }
    }

    /// The signs of a response with these headers and this document.
    pub(super) fn new(headers: &HeaderMap, document: Option<Value<'_>>) -> Self {
        let head = of_headers(headers);
        document.map_or(head, |root| head.or(of_document(root)))
    }

    /// Whether one of `signs` is among these.
    pub(super) const fn have(self, signs: Self) -> bool {
        let members = self.members & signs.members;
        let halves = (members >> u64::BITS) as u64 | members as u64;
        let others = self.headers & signs.headers | (self.marks & signs.marks) as u64;
        halves | others != 0
    }

    /// Both sets together.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            members: self.members | other.members,
            headers: self.headers | other.headers,
            marks: self.marks | other.marks,
        }
    }
}

/// Tells names apart by their first letter, last letter and length, in this order of `factors`.
const fn hash(name: &str, factors: [u32; 3]) -> u32 {
    let [first, last, length] = factors;
    match name.as_bytes() {
        [one, .., end] => first * *one as u32 + last * *end as u32 + length * name.len() as u32,
        [only] => (first + last) * *only as u32 + length,
        [] => 0,
    }
}

/// The signs of all headers. It takes 15 instructions for each: a response may have a hundred.
fn of_headers(headers: &HeaderMap) -> Signs {
    let bit = |name: &HeaderName| Signs::header(name.as_str()).headers;
    let names = headers.keys().fold(0, |names, name| names | bit(name));
    let label = media_type::content_type(headers);
    let marks = match label.map_or(true, media_type::is_generic) {
        true => Signs::ANY.marks,
        false => Signs::ANY.or(Signs::LABEL).marks,
    };
    Signs {
        headers: names,
        marks,
        ..Signs::NONE
    }
}

fn of_document(root: Value<'_>) -> Signs {
    let Some(members) = root.as_object() else {
        let list = root.as_list().map_or(Signs::ANY, |_| Signs::LIST);
        return Signs::DOCUMENT.or(list);
    };
    let (mut bits, mut only_lists) = (0, true);
    for (key, value) in members {
        let kind = kind(value);
        bits |= Signs::of_kind(key, kind).members;
        only_lists &= matches!(kind, Kind::List);
    }
    let lists = if only_lists { Signs::LISTS } else { Signs::ANY };
    Signs {
        members: bits,
        ..Signs::DOCUMENT.or(lists)
    }
}

fn kind(value: Value<'_>) -> Kind {
    if value.as_text().is_some() {
        Kind::Text
    } else if value.as_list().is_some() {
        Kind::List
    } else if value.is_object() {
        Kind::Object
    } else {
        Kind::Other
    }
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
    fn has_what_stands_in_the_document() {
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

    /// A false sign costs each response that has it a reader that finds nothing.
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
    fn has_a_label_unless_it_says_nothing() {
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
