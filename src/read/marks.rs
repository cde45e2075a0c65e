//! What a response has at first sight, as one set, so that readers look only at what may be theirs.

use std::ops::BitOr;

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::headers;
use super::json::Value;
use crate::envelope::is_reserved;
use crate::grpc::status;
use crate::http::media_type;

/// A set of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks(u32);

impl Marks {
    /// What every response has.
    pub(super) const ANY: Self = Self(1);

    /// `grpc-status`.
    pub(super) const GRPC_STATUS: Self = Self(1 << 1);
    /// A header that holds a type.
    pub(super) const TYPE_HEADER: Self = Self(1 << 2);
    /// `WWW-Authenticate`.
    pub(super) const CHALLENGE: Self = Self(1 << 3);
    /// A media type that may say what the body does not: not simply `application/json`, and not one of text.
    pub(super) const LABEL: Self = Self(1 << 4);

    /// A document, in JSON or XML.
    pub(super) const DOCUMENT: Self = Self(1 << 5);
    /// One that is a list.
    pub(super) const LIST: Self = Self(1 << 6);
    /// One whose members, if there are any, are all lists.
    pub(super) const LISTS: Self = Self(1 << 7);

    // Members of the document.
    pub(super) const RESERVED: Self = Self(1 << 8);
    pub(super) const BODY: Self = Self(1 << 9);
    pub(super) const CLASS_NAME: Self = Self(1 << 10);
    pub(super) const DETAILS: Self = Self(1 << 11);
    pub(super) const ERROR: Self = Self(1 << 12);
    pub(super) const ERROR_TEXT: Self = Self(1 << 21);
    pub(super) const ERRORS: Self = Self(1 << 13);
    pub(super) const FAULT: Self = Self(1 << 14);
    pub(super) const JSON_RPC: Self = Self(1 << 15);
    pub(super) const KIND: Self = Self(1 << 16);
    pub(super) const RESOURCE_TYPE: Self = Self(1 << 17);
    pub(super) const STATUS: Self = Self(1 << 18);
    pub(super) const TITLE: Self = Self(1 << 19);
    pub(super) const TYPE: Self = Self(1 << 20);

    /// Those of a response with these headers and this document.
    pub(super) fn of(headers: &HeaderMap, document: Option<Value<'_>>) -> Self {
        let head = headers.iter().map(of_header).fold(Self::ANY, BitOr::bitor);
        document.map_or(head, |root| head | of_document(root))
    }

    /// Whether one of `marks` is among these.
    pub(super) const fn have(self, marks: Self) -> bool {
        self.0 & marks.0 != 0
    }

    /// Both sets together.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

fn of_header((name, value): (&HeaderName, &HeaderValue)) -> Marks {
    if *name == CONTENT_TYPE {
        if media_type::is_generic(value) {
            Marks::ANY
        } else {
            Marks::LABEL
        }
    } else if *name == WWW_AUTHENTICATE {
        Marks::CHALLENGE
    } else if *name == status::STATUS {
        Marks::GRPC_STATUS
    } else if headers::TYPES.contains(name) {
        Marks::TYPE_HEADER
    } else {
        Marks::ANY
    }
}

fn of_document(root: Value<'_>) -> Marks {
    let Some(members) = root.as_object() else {
        let list = root.as_list().map_or(Marks::ANY, |_| Marks::LIST);
        return Marks::DOCUMENT | list;
    };
    let (mut marks, mut lists) = (Marks::DOCUMENT, Marks::LISTS);
    for (name, value) in members {
        marks = marks | of_member(name, value);
        if value.as_list().is_none() {
            lists = Marks::ANY;
        }
    }
    marks | lists
}

fn of_member(name: &str, value: Value<'_>) -> Marks {
    // The length first: it rules out most names at once.
    match (name.len(), name) {
        (4, "Body") => Marks::BODY,
        (9, "className") => Marks::CLASS_NAME,
        (7, "details") if value.as_list().is_some() => Marks::DETAILS,
        (5, "error") if value.as_object().is_some() => Marks::ERROR,
        (5, "error") => Marks::ERROR_TEXT,
        (6, "errors") if value.as_list().is_some() => Marks::ERRORS,
        (5, "fault") => Marks::FAULT,
        (7, "jsonrpc") => Marks::JSON_RPC,
        (4, "kind") => Marks::KIND,
        (12, "resourceType") => Marks::RESOURCE_TYPE,
        (6, "status") if value.as_text().is_some() => Marks::STATUS,
        (5, "title") => Marks::TITLE,
        (6, "__type") => Marks::TYPE,
        _ if is_reserved(name) => Marks::RESERVED,
        _ => Marks::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::json::Document;

    fn of(label: &'static str, json: &str) -> Marks {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(label))]);
        let document = Document::parse(json);
        Marks::of(&headers, document.as_ref().map(Document::root))
    }

    #[test]
    fn has_what_stands_in_the_document() {
        let marks = of("application/json", r#"{"title":"x","kind":1}"#);
        assert_eq!(
            marks,
            Marks::ANY | Marks::DOCUMENT | Marks::TITLE | Marks::KIND
        );
        let marks = of("application/json; charset=utf-8", r#"{"a":[],"b":["x"]}"#);
        assert_eq!(marks, Marks::ANY | Marks::DOCUMENT | Marks::LISTS);
        assert_eq!(
            of("application/json", "[1]"),
            Marks::ANY | Marks::DOCUMENT | Marks::LIST
        );
        assert_eq!(of("application/json", "text"), Marks::ANY);
    }

    #[test]
    fn every_member_that_counts_has_its_mark() {
        for name in [
            "Body",
            "className",
            "details",
            "errors",
            "fault",
            "jsonrpc",
            "kind",
            "resourceType",
            "status",
            "title",
            "__type",
            "_error_type",
        ] {
            let list = of("application/json", &format!(r#"{{"a":1,"{name}":[]}}"#));
            let text = of("application/json", &format!(r#"{{"a":1,"{name}":""}}"#));
            assert_ne!(list | text, Marks::ANY | Marks::DOCUMENT, "{name}");
        }
        assert!(of("application/json", r#"{"error":{}}"#).have(Marks::ERROR));
        assert!(of("application/json", r#"{"error":""}"#).have(Marks::ERROR_TEXT));
    }

    #[test]
    fn has_a_label_unless_it_says_nothing() {
        for label in [
            "application/problem+json",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            assert!(of(label, "").have(Marks::LABEL), "{label}");
        }
        for label in ["application/json; charset=utf-8", "text/html"] {
            assert!(!of(label, "").have(Marks::LABEL), "{label}");
        }
    }
}
