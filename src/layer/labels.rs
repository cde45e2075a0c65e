//! The headers of a request that decide how its error is answered.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use crate::http::header_lookup::FEW;

/// The first `Content-Type` and the first `Accept`.
#[derive(Clone, Copy)]
pub(super) struct Labels<'r> {
    pub(super) content_type: Option<&'r HeaderValue>,
    pub(super) accept: Option<&'r HeaderValue>,
}

impl<'r> Labels<'r> {
    #[inline]
    pub(super) fn of(headers: &'r HeaderMap) -> Self {
        if headers.len() > FEW {
            return Self {
                content_type: headers.get(CONTENT_TYPE),
                accept: headers.get(ACCEPT),
            };
        }
        let mut labels = Self {
            content_type: None,
            accept: None,
        };
        for (name, value) in headers {
            if *name == CONTENT_TYPE {
                labels.content_type.get_or_insert(value);
            } else if *name == ACCEPT {
                labels.accept.get_or_insert(value);
            }
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_headers_and_many_are_searched_alike() {
        for others in [0, 1, FEW, 2 * FEW] {
            let mut headers = HeaderMap::new();
            for number in 0..others {
                let name = http::HeaderName::try_from(format!("x-{number}")).unwrap();
                headers.append(name, HeaderValue::from(number));
            }
            let none = Labels::of(&headers);
            assert!(none.content_type.is_none() && none.accept.is_none());
            for (name, value) in [
                (ACCEPT, "a"),
                (CONTENT_TYPE, "c"),
                (ACCEPT, "b"),
                (CONTENT_TYPE, "d"),
            ] {
                headers.append(name, HeaderValue::from_static(value));
            }
            let labels = Labels::of(&headers);
            let texts = [labels.content_type, labels.accept].map(|value| value.unwrap().as_bytes());
            assert_eq!(texts, [b"c", b"a"], "{others}");
        }
    }
}
