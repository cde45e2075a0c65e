//! A cheap check of successes. It rules out most data before it is parsed.
//!
//! In: the body of a success. Out: whether the body must be parsed. `read_success` calls it. Parsing takes 50 instructions for each
//! byte, and this check takes 4.
//!
//! Every error that [`is_error`](super::is_error) knows has some of these letters:
//!
//! | letters | in |
//! | --- | --- |
//! | `rr` | `error`, `errors`, `errno`, `err_msg` |
//! | `fai`, `fau` | `fail`, `failure`, `fault` |
//! | `ok`, `ko` | `"ok": false`, `"nok"` |
//! | `ss"` | `"success": false` |
//! | `xc` | `exception` |
//! | `etc`, `et_`, `urn` | `retCode`, `ret_code`, `return_code` |
//! | `"0"` | `"status": "0"` |
//! | `\` | any of them, escaped |

use crate::http::glance::signs;

/// Whether a body may carry an error. A body that is not JSON in ASCII letters may carry one.
pub(in crate::read) fn may_carry_error(body: &[u8]) -> bool {
    let is_json = matches!(body, [b'{' | b'[', next, ..] if *next != 0);
    !is_json || signs(body, sign) != 0
}

/// Whether three bytes are one of the signs. Letters may be capitals.
#[inline]
fn sign(first: u8, second: u8, third: u8) -> u8 {
    let (a, b, c) = (first | 0x20, second | 0x20, third | 0x20);
    let error = (a == b'r') & (b == b'r');
    let failure = (a == b'f') & (b == b'a') & ((c == b'i') | (c == b'u'));
    let outcome = ((a == b'o') & (b == b'k')) | ((a == b'k') & (b == b'o'));
    let success = (a == b's') & (b == b's') & (third == b'"');
    let exception = (a == b'x') & (b == b'c');
    let returned = ((a == b'e') & (b == b't') & ((c == b'c') | (third == b'_')))
        | ((a == b'u') & (b == b'r') & (c == b'n'));
    let none = (first == b'"') & (second == b'0') & (third == b'"');
    // Without branches, the compiler tests many bytes at once.
    u8::from(error | failure | outcome | success | exception | returned | none | (first == b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_data_is_not_parsed() {
        for data in [
            r#"{"id":123,"state":"succeeded","package":{"name":"vim","version":"9.1"}}"#,
            r#"[{"id":1},{"id":2}]"#,
            "{}",
        ] {
            assert!(!may_carry_error(data.as_bytes()), "{data}");
        }
    }

    #[test]
    fn whatever_is_an_error_is_parsed() {
        for error in [
            r#"{"ok":false}"#,
            r#"{"RetCode":7,"RetMsg":"It broke."}"#,
            r#"{"ret_code":7,"ret_msg":"It broke."}"#,
            r#"{"return_code":7,"return_msg":"It broke."}"#,
            r#"{"success": 0, "why": "it"}"#,
            r#"{"Status":"NOK","msg":"It broke."}"#,
            r#"{"status":"0","info":"INVALID_USER_KEY"}"#,
            r#"{"result":"FAILED","reason":"It broke."}"#,
            r#"{"Response":{"Fault":{"why":"It broke."}}}"#,
            r#"{"type":"exception","message":"It broke."}"#,
            r#"{"\u0065\u0072\u0072\u006f\u0072":"It broke."}"#,
            "<error/>",
            "\u{feff}{}",
            "",
        ] {
            assert!(may_carry_error(error.as_bytes()), "{error}");
        }
        assert!(may_carry_error(b"{\0\"\0e\0"));
    }
}
