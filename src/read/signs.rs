//! What a response has at first sight, as a set of bits, so that a format is asked only about what may be its own.
//!
//! In: headers and document. Out: [`Signs`]. Each format names the signs of which its responses have at least one; it
//! still has to look itself, because the set is a Bloom filter: several keys share a bit.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::document::Value;
use crate::http::media_type;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// Members of the document: a bit for each length, first letter and kind of value.
    members: u64,
    /// The constants below, and above them headers: a bit for each length and first letter of a name.
    others: u64,
}

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
    pub(super) const ANY: Self = Self::other(0);
    /// A media type that may say what the body does not: not simply `application/json`, and not one of text.
    pub(super) const LABEL: Self = Self::other(1);
    /// A document, in JSON or XML.
    pub(super) const DOCUMENT: Self = Self::other(2);
    /// A document that is a list.
    pub(super) const LIST: Self = Self::other(3);
    /// A document whose members, if there are any, are all lists.
    pub(super) const LISTS: Self = Self::other(4);

    /// Bits below this one are constants.
    const FIRST_HEADER: u32 = 8;

    /// A member with this key, whatever its value.
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
        let bits = u64::BITS - Self::FIRST_HEADER;
        let first = match name.as_bytes() {
            [first, ..] => *first as u32,
            [] => 0,
        };
        Self::other(Self::FIRST_HEADER + (3 * first + name.len() as u32) % bits)
    }

    const fn other(bit: u32) -> Self {
        Self {
            members: 0,
            others: 1 << bit,
        }
    }

    const fn of_kind(key: &str, kind: Kind) -> Self {
        let first = match key.as_bytes() {
            [first, ..] => *first as u32,
            [] => 0,
        };
        let bit = (first + 5 * key.len() as u32 + 17 * kind as u32) % u64::BITS;
        Self {
            members: 1 << bit,
            others: 0,
        }
    }

    /// The signs of a response with these headers and this document.
    pub(super) fn new(headers: &HeaderMap, document: Option<Value<'_>>) -> Self {
        let head = headers.iter().map(of_header).fold(Self::ANY, Self::or);
        document.map_or(head, |root| head.or(of_document(root)))
    }

    /// Whether one of `signs` is among these.
    pub(super) const fn have(self, signs: Self) -> bool {
        (self.members & signs.members) | (self.others & signs.others) != 0
    }

    /// Both sets together.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            members: self.members | other.members,
            others: self.others | other.others,
        }
    }
}

fn of_header((name, value): (&HeaderName, &HeaderValue)) -> Signs {
    if *name == CONTENT_TYPE && !media_type::is_generic(value) {
        Signs::LABEL
    } else {
        Signs::header(name.as_str())
    }
}

fn of_document(root: Value<'_>) -> Signs {
    let Some(members) = root.as_object() else {
        let list = root.as_list().map_or(Signs::ANY, |_| Signs::LIST);
        return Signs::DOCUMENT.or(list);
    };
    let (mut signs, mut lists) = (Signs::DOCUMENT, Signs::LISTS);
    for (key, value) in members {
        let kind = kind(value);
        signs = signs.or(Signs::of_kind(key, kind));
        if !matches!(kind, Kind::List) {
            lists = Signs::ANY;
        }
    }
    signs.or(lists)
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
