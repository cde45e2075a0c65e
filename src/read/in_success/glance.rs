//! A cheap check of a success: it separates most data from documents that may carry an error.
//!
//! In: the body of a success. Out: whether it has to be parsed. `read_success` asks before it makes a document of the body:
//! parsing takes 50 instructions for each byte, and this 4.
//!
//! Every error that [`is_error`](super::is_error) knows has one of these in its text:
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

/// Whether a body may carry an error. What is no JSON in ASCII letters may: it is not judged here.
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
    // No branch: the loop around this is a vector of it.
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
