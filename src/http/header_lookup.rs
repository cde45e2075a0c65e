//! Header look-ups for small maps. For up to eight headers, comparing all names is cheaper than `HeaderMap::get`.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Up to this number of headers, names are compared: 10 to 20 instructions for each. `HeaderMap::get` costs 100.
pub(crate) const MAX_COMPARED: usize = 8;

/// The first value of a header.
#[inline]
pub(crate) fn first<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    if headers.len() > MAX_COMPARED {
        return headers.get(name);
    }
    let mut headers = headers.iter();
    headers
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// Whether there is a header of this name.
#[inline]
pub(crate) fn has(headers: &HeaderMap, name: &HeaderName) -> bool {
    if headers.keys_len() > MAX_COMPARED {
        return headers.contains_key(name);
    }
    headers.keys().any(|found| found == name)
}

/// Sets a header, and removes its old values. Returns whether the map had room for it.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) -> bool {
    let is_repeated = headers.keys_len() < headers.len();
    if !is_repeated && headers.len() <= MAX_COMPARED {
        let mut headers = headers.iter_mut();
        if let Some((_, old)) = headers.find(|(found, _)| **found == name) {
            *old = value;
            return true;
        }
    }
    headers.try_insert(name, value).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{ACCEPT, CONTENT_TYPE};

    /// `others` unrelated headers, and the named ones.
    fn headers(others: usize, named: &[(HeaderName, &'static str)]) -> HeaderMap {
        let others = (0..others).map(|number| {
            let name = HeaderName::try_from(format!("x-{number}")).unwrap();
            (name, HeaderValue::from(number))
        });
        let named = named
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in others.chain(named) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn few_and_many_headers_give_the_same_result() {
        for others in [0, 1, MAX_COMPARED - 1, MAX_COMPARED, 2 * MAX_COMPARED] {
            let none = headers(others, &[]);
            assert!(first(&none, &ACCEPT).is_none() && !has(&none, &ACCEPT));
            let several = headers(others, &[(CONTENT_TYPE, "c"), (ACCEPT, "a"), (ACCEPT, "b")]);
            assert_eq!(first(&several, &ACCEPT).unwrap(), "a", "{others}");
            assert!(has(&several, &ACCEPT));
        }
    }

    #[test]
    fn a_header_that_is_set_has_one_value() {
        for others in [0, 1, MAX_COMPARED - 1, MAX_COMPARED, 2 * MAX_COMPARED] {
            for named in [
                &[][..],
                &[(ACCEPT, "a")],
                &[(ACCEPT, "a"), (CONTENT_TYPE, "c"), (ACCEPT, "b")],
            ] {
                let mut headers = headers(others, named);
                set(&mut headers, ACCEPT, HeaderValue::from_static("new"));
                let values: Vec<_> = headers.get_all(ACCEPT).iter().collect();
                assert_eq!(values, ["new"], "{others} and {named:?}");
            }
        }
    }
}
