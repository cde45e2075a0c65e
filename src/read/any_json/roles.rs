//! The keys of errors: the table from a key to its [`Role`].
//!
//! Keys are compared without case, `_`, `-` and blanks, and without a prefix before a colon, as in `o:errorDetails`. The walk looks
//! up each key here, and asks [`words`](super::words) for other keys.

use super::role::MessageLevel as M;
use super::role::Naming as N;
use super::role::ParameterLevel as P;
use super::role::TypeLevel as T;
use super::role::{also, anywhere, code, either, error_type, holds, message, parameter, Role};
use super::role::{Holds, Holds as H};
use super::vocabulary::Normalised;
#[cfg(test)]
use crate::read::switches;

/// The role of the member with this key.
#[inline]
pub(in crate::read) fn role(key: &str) -> Option<Role> {
    match known(key.as_bytes()) {
        // Most keys are written as in the table.
        None if !key.bytes().all(|byte| byte.is_ascii_lowercase()) => spelled_otherwise(key),
        role => role,
    }
}

/// The content of an object or a list under this key.
pub(super) fn content(key: &str) -> Holds {
    role(key).map_or(Holds::Unknown, |role| role.holds)
}

/// Whether an object or a list under this key may be an error, or several.
pub(super) fn may_hold_errors(key: &str) -> bool {
    matches!(content(key), Holds::Error | Holds::Errors)
}

fn spelled_otherwise(key: &str) -> Option<Role> {
    let normalised = Normalised::new(key)?;
    match known(normalised.as_bytes()) {
        None if key.contains(':') => in_namespace(key),
        role => role,
    }
}

/// The role of a key after the prefix of a vocabulary: `o:errorDetails`, `hydra:title`.
#[cold]
fn in_namespace(key: &str) -> Option<Role> {
    let (_, key) = key.split_once(':')?;
    known(Normalised::new(key)?.as_bytes())
}

/// The role of a normalised key. Tests may change it.
#[inline]
fn known(key: &[u8]) -> Option<Role> {
    #[cfg(test)]
    if switches::is_off("roles", &String::from_utf8_lossy(key)) {
        return None;
    }
    let role = in_table(key)?;
    #[cfg(test)]
    let role = switches::changed(key, role);
    Some(role)
}

/// Makes a `match` of the rows, and a list of them for the tests that change one row after the other.
macro_rules! rows {
    ($($($key:literal)|+ => $role:expr,)*) => {
        fn in_table(key: &[u8]) -> Option<Role> {
            Some(match key {
                $($($key)|+ => const { $role },)*
                _ => return None,
            })
        }

        /// The keys of each row.
        #[cfg(test)]
        pub(in crate::read) const ROWS: &[&[&[u8]]] = &[$(&[$($key),+]),*];
    };
}

#[rustfmt::skip]
rows! {
    // Messages, from those for other readers to those about this failure alone.
    b"developermessage" | b"displaymessage" | b"errorusermsg" | b"text" => message(M::Aside),
    b"title" => message(M::Title),
    b"brief" | b"cause" => message(M::Summary),
    b"errorsummary" | b"helpmessage" | b"info" | b"statusmessage" => message(M::Note),
    b"defaultmessage" | b"desc" | b"errmsg" | b"errormessage" | b"errormsg" | b"errortext" | b"errtext" | b"exceptiontext" | b"faultstring" | b"msg" | b"emsg" => message(M::Message),
    b"description" | b"errordescription" => message(M::Description),
    b"exceptionmessage" | b"longmessage" => message(M::Detail),

    // Types, from the wider to the narrower.
    b"id" | b"messageid" => error_type(T::Id),
    b"category" | b"class" => error_type(T::Class),
    b"type" => code(T::Type),
    b"errorclass" | b"errortype" | b"exceptiontype" => error_type(T::Type),
    b"code" | b"errcode" | b"errno" | b"errorcode" | b"errornum" | b"exceptioncode" | b"ecode" => code(T::Code),
    b"errorcodes" | b"reasoncodes" => holds(H::Codes),
    b"codename" | b"errorname" | b"errortag" | b"faultcode" => error_type(T::Code),
    b"statuscode" => code(T::Code),
    b"apierrorcode" => code(T::Specific),
    b"declinecode" | b"scimtype" => error_type(T::Narrowest),

    // A message or a type. The text decides.
    b"exception" => either(M::Summary, T::Class),
    b"issue" => either(M::Summary, T::Code),
    b"reason" => either(M::Error, T::Reason),
    b"errorreason" => either(M::Error, T::Type),

    // Names of parameters.
    b"in" => parameter(P::Perhaps, N::NoPlace),
    b"location" => parameter(P::Perhaps, N::Place),
    b"name" => Role { error_type: T::Reason, ..parameter(P::Perhaps, N::NoClass) },
    b"apiname" | b"element" | b"keys" | b"member" | b"members" | b"path" => parameter(P::Likely, N::Path),
    b"target" => Role { anywhere: true, ..parameter(P::Likely, N::Slashes) }, // OData
    b"attribute" | b"attributename" | b"datapath" | b"fieldname" | b"fieldpath" | b"instancepath" | b"loc" => parameter(P::Surely, N::Path),
    b"parametername" | b"paramname" | b"parameters" | b"pointer" | b"property" | b"propertyname" | b"propertypath" => parameter(P::Surely, N::Path),
    b"source" => parameter(P::Surely, N::NoPlace), // celebrate: the part of the request, beside `keys`
    b"argument" | b"argumentname" | b"attr" | b"locator" | b"field" | b"param" | b"parameter" => anywhere(),

    // The error, or several.
    b"error" => Role { numeric: true, ..also(either(M::Error, T::Reason), H::Error) },
    b"err" => also(message(M::Error), H::Error),
    b"failure" | b"fault" | b"problem" => also(message(M::Summary), H::Error),
    b"status" => also(error_type(T::Class), H::Error),
    b"message" => also(message(M::Message), H::Error),
    b"detail" => also(message(M::Detail), H::Error),
    b"odata.error" | b"serviceexception" | b"sys" => holds(H::Error),
    b"errors" => also(message(M::Error), H::Errors),
    b"errormessages" | b"messages" => also(message(M::Message), H::Errors),
    b"errordetails" => also(message(M::Detail), H::Errors),
    b"causes" | b"children" | b"errorcauses" | b"failures" | b"issues" | b"problems" | b"reasons" | b"rootcause" | b"suberrors" => holds(H::Errors),
    b"classviolations" | b"constraintviolations" | b"fieldviolations" | b"parameterviolations" | b"propertyviolations" | b"violations" => holds(H::Errors),
    b"fielderrors" | b"fieldlist" | b"formerrors" | b"generalerrors" | b"globalerrors" | b"validationerrors" => holds(H::Errors),
    b"invalidfields" | b"invalidparameters" | b"invalidparams" | b"modelstate" => holds(H::Errors),
    b"fields" => Role { parameter: P::Surely, ..holds(H::Errors) },
    b"params" => holds(H::ByName),
    b"constraints" => holds(H::Rules),
    b"additionalerrors" => holds(H::More),
    b"innererror" => holds(H::Inner),
    b"messagetranslations" => holds(H::Languages),

    // Facts about the error.
    b"details" => also(message(M::Title), H::Facts),
    b"errordetail" => also(message(M::Detail), H::Facts),
    b"errorcontext" | b"errordata" | b"errorextra" | b"errormeta" => holds(H::Data),
    b"validation" => holds(H::Facts),
    b"data" | b"embedded" | b"extensions" | b"meta" | b"properties" => holds(H::Data),

    // Keys of single systems.
    b"errorid" => code(T::None), // Azure DevOps: a number
    b"typekey" => error_type(T::Type), // Azure DevOps: beside the number 0 in `errorCode`
    b"hydra:description" => message(M::Summary), // API Platform: often the phrase of the status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_normalised_key() {
        for key in ROWS.iter().copied().flatten() {
            let key = std::str::from_utf8(key).unwrap();
            assert_eq!(Normalised::new(key).unwrap().as_bytes(), key.as_bytes());
            assert!(role(key).is_some(), "{key}");
        }
    }

    #[test]
    fn keys_are_compared_without_case_and_separators() {
        for key in [
            "error_code",
            "errorCode",
            "ErrorCode",
            "error-code",
            "ERROR CODE",
            "o:errorCode",
        ] {
            assert_eq!(role(key).unwrap().error_type, T::Code, "{key}");
        }
        assert!(role("a_key_that_is_far_longer_than_any_in_the_table").is_none());
        assert!(role("größe").is_none());
        assert!(role("code\0").is_none());
    }
}
