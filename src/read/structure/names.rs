//! What members are called, and what they are for: the tables of the structural reader.
//!
//! Names are compared without case, `_`, `-` and blanks, so `errorCode`, `error_code` and `Error-Code` are one.

/// What a member is for. A rank of 0 means: not for this; of several members the higher rank counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Role {
    /// Holds the message, if it is a sentence.
    pub(super) message: u8,
    /// Holds the type, if it is an identifier.
    pub(super) name: u8,
    /// Whether a number is a type here.
    pub(super) numeric: bool,
    /// Names the parameter, in an item of a list; of several the higher rank counts.
    pub(super) field: u8,
    /// Names the parameter wherever it stands: beside a message about the whole, both hold.
    pub(super) anywhere: bool,
    /// What it holds if it is an object or a list.
    pub(super) holds: Holds,
}

/// What an object or a list under a name holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing that is known.
    #[default]
    Unknown,
    /// The error itself, or several.
    Error,
    /// Errors, by parameter or in a list.
    Errors,
    /// Errors to be told after the one above them.
    More,
    /// Facts about the error, and perhaps errors of parameters; strings in it are not messages.
    Facts,
    /// As `Facts`, but a list is one of whatever the server has.
    Data,
    /// One text in several languages.
    Languages,
    /// One message for each rule that was broken.
    Rules,
    /// Messages by the name of the parameter; a list is one of names.
    ByName,
    /// An error that lies deeper, which only makes the type narrower.
    Inner,
}

/// The role of the member `name`.
pub(super) fn role(name: &str) -> Option<Role> {
    let mut buffer = [0; LONGEST];
    let normal = normalised(name, &mut buffer)?;
    let position = MEMBERS
        .binary_search_by(|(known, _)| known.as_bytes().cmp(normal))
        .ok()?;
    MEMBERS.get(position).map(|(_, role)| *role)
}

/// Whether `name` stands for no parameter, so that what is said under it is about the whole.
pub(in crate::read) fn is_whole(name: &str) -> bool {
    let mut buffer = [0; LONGEST];
    normalised(name, &mut buffer)
        .is_some_and(|normal| WHOLE.iter().any(|known| known.as_bytes() == normal))
}

/// Whether `name` is one of `names`.
pub(in crate::read) fn is_named(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| letters(known).eq(letters(name)))
}

/// Whether `name` is a part of the request and no parameter in it.
pub(super) fn is_place(name: &str) -> bool {
    PLACES.iter().any(|place| place.eq_ignore_ascii_case(name))
}

/// Whether `name` is written where every error has the same.
pub(super) fn is_constant(name: &str) -> bool {
    CONSTANTS
        .iter()
        .any(|constant| constant.eq_ignore_ascii_case(name))
}

/// The rank of `type`, whose value may be a URI.
pub(super) const TYPE: u8 = 60;
/// The rank of `id`, whose value may be that of one occurrence.
pub(super) const ID: u8 = 30;

const LONGEST: usize = 24;

/// The bytes of `name` by which it is compared.
fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = name
        .bytes()
        .filter(|byte| !matches!(byte, b'_' | b'-' | b' '));
    bytes.map(|byte| byte.to_ascii_lowercase())
}

/// `name` in the form of the tables, or `None` if it is longer than any name in them.
fn normalised<'b>(name: &str, buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut length = 0;
    for byte in letters(name) {
        *buffer.get_mut(length)? = byte;
        length += 1;
    }
    buffer.get(..length)
}

/// A message and a type: which, the text shows.
const fn role_of(message: u8, name: u8) -> Role {
    Role {
        message,
        name,
        numeric: false,
        field: 0,
        anywhere: false,
        holds: Holds::Unknown,
    }
}

/// A message; the higher the more specific.
const fn says(message: u8) -> Role {
    role_of(message, 0)
}

/// A type; the higher the narrower.
const fn names(name: u8) -> Role {
    role_of(0, name)
}

/// A type that may be a number.
const fn code(name: u8) -> Role {
    Role {
        numeric: true,
        ..role_of(0, name)
    }
}

/// A parameter, in an item of a list.
const fn field(field: u8) -> Role {
    Role {
        field,
        ..role_of(0, 0)
    }
}

/// A parameter, wherever it stands.
const fn anywhere(field: u8) -> Role {
    Role {
        field,
        anywhere: true,
        ..role_of(0, 0)
    }
}

const fn holds(holds: Holds) -> Role {
    Role {
        holds,
        ..role_of(0, 0)
    }
}

const fn also(role: Role, holds: Holds) -> Role {
    Role { holds, ..role }
}

use Holds::{ByName, Data, Error, Errors, Facts, Inner, Languages, More, Rules};

/// In alphabetical order. Messages: what is said for the developer of the client over what is said for others
/// (`displaymessage`), what is said of this failure (`detail`) over what is said of its kind (`title`). Types: the
/// narrower (`declinecode`) over the wider (`type`), a code over a class.
const MEMBERS: [(&str, Role); 135] = [
    ("additionalerrors", holds(More)),
    ("apierrorcode", code(82)),
    ("apiname", field(2)),
    ("argument", anywhere(3)),
    ("argumentname", anywhere(3)),
    ("attr", field(3)),
    ("attribute", field(3)),
    ("attributename", field(3)),
    ("brief", says(40)),
    ("category", names(40)),
    ("cause", says(32)),
    ("causes", holds(Errors)),
    ("children", holds(Errors)),
    ("classviolations", holds(Errors)),
    ("code", code(80)),
    ("codename", names(75)),
    ("constraints", holds(Rules)),
    ("constraintviolations", holds(Errors)),
    ("contextinfo", holds(Data)),
    ("data", holds(Data)),
    ("datapath", field(3)),
    ("declinecode", names(100)),
    ("defaultmessage", says(70)),
    ("desc", says(66)),
    ("description", says(75)),
    ("detail", also(says(80), Error)),
    ("detailederror", holds(Error)),
    ("detailmessage", says(80)),
    ("details", also(says(34), Facts)),
    ("developermessage", says(25)),
    ("displaymessage", says(20)),
    ("element", field(2)),
    ("embedded", holds(Data)),
    ("err", also(says(50), Error)),
    ("errcode", code(80)),
    ("errmsg", says(70)),
    ("errno", code(70)),
    ("error", also(role_of(50, 55), Error)),
    ("errorcauses", holds(Errors)),
    ("errorclass", names(61)),
    ("errorcode", code(80)),
    ("errordescription", says(75)),
    ("errordetail", also(says(80), Facts)),
    ("errordetails", also(says(80), Errors)),
    (
        "errorid",
        Role {
            numeric: true,
            ..role_of(0, 0)
        },
    ),
    ("errorkey", names(55)),
    ("errormessage", says(70)),
    ("errormessages", also(says(70), Errors)),
    ("errormsg", says(70)),
    ("errorname", names(61)),
    ("errornum", code(70)),
    ("errorreason", role_of(55, 61)),
    ("errors", also(says(50), Errors)),
    ("errorsummary", says(65)),
    ("errortext", says(70)),
    ("errortitle", says(30)),
    ("errortype", names(65)),
    ("errorusermsg", says(20)),
    ("exception", role_of(40, 40)),
    ("exceptionclass", names(61)),
    ("exceptionmessage", says(90)),
    ("exceptiontype", names(62)),
    ("extensions", holds(Data)),
    ("failure", also(says(45), Error)),
    ("failures", holds(Errors)),
    ("fault", also(says(45), Error)),
    ("faultcode", names(70)),
    ("faultstring", says(70)),
    ("field", anywhere(3)),
    ("fielderrors", holds(Errors)),
    ("fieldlist", holds(Errors)),
    ("fieldname", field(3)),
    ("fieldpath", field(3)),
    (
        "fields",
        Role {
            field: 3,
            ..holds(Errors)
        },
    ),
    ("fieldviolations", holds(Errors)),
    ("formerrors", holds(Errors)),
    ("generalerrors", holds(Errors)),
    ("globalerrors", holds(Errors)),
    ("hydra:description", says(33)),
    ("id", names(ID)),
    ("in", field(1)),
    ("info", says(60)),
    ("innererror", holds(Inner)),
    ("instancepath", field(3)),
    ("invalidfields", holds(Errors)),
    ("invalidparameters", holds(Errors)),
    ("invalidparams", holds(Errors)),
    ("issue", role_of(45, 70)),
    ("issues", holds(Errors)),
    ("keys", field(2)),
    ("loc", field(3)),
    ("location", field(1)),
    ("longmessage", says(85)),
    ("member", field(2)),
    ("members", field(2)),
    ("message", also(says(70), Error)),
    ("messageid", names(70)),
    ("messagekey", names(55)),
    ("messages", also(says(70), Errors)),
    ("messagetranslations", holds(Languages)),
    ("meta", holds(Data)),
    ("modelstate", holds(Errors)),
    ("msg", says(70)),
    (
        "name",
        Role {
            field: 1,
            ..names(50)
        },
    ),
    ("odata.error", holds(Error)),
    ("param", anywhere(3)),
    ("parameter", anywhere(3)),
    ("parametername", field(3)),
    ("parameters", field(3)),
    ("parameterviolations", holds(Errors)),
    ("params", holds(ByName)),
    ("path", field(2)),
    ("pointer", field(3)),
    ("problem", also(says(45), Error)),
    ("problems", holds(Errors)),
    ("properties", holds(Data)),
    ("property", field(3)),
    ("propertyname", field(3)),
    ("propertypath", field(3)),
    ("propertyviolations", holds(Errors)),
    ("reason", role_of(55, 45)),
    ("rootcause", holds(Errors)),
    ("scimtype", names(85)),
    ("source", field(3)),
    ("status", also(names(35), Error)),
    ("statuscode", names(70)),
    ("statusmessage", says(60)),
    ("sys", holds(Error)),
    ("target", field(2)),
    ("text", says(28)),
    ("title", says(30)),
    ("type", code(TYPE)),
    ("validation", holds(Facts)),
    ("validationerrors", holds(Errors)),
    ("violations", holds(Errors)),
];

/// Names that stand for no parameter.
const WHOLE: [&str; 18] = [
    "", // ASP.NET: the body itself
    "*",
    "all",  // Django: __all__
    "base", // Rails
    "data", // JSON:API: the document
    "detail",
    "@entity", // Kong
    "error",
    "errors", // Discord: _errors
    "formerrors",
    "general",
    "generalerrors", // FastEndpoints
    "global",
    "message",
    "n/a",
    "nonfielderrors", // Django REST framework
    "root",
    "schema", // marshmallow: _schema
];

/// Parts of a request, where servers say in which one a parameter stands.
const PLACES: [&str; 17] = [
    "body",
    "cookie",
    "cookies",
    "file",
    "files",
    "form",
    "header",
    "headers",
    "json",
    "json_or_form",
    "params",
    "path",
    "payload",
    "query",
    "querystring",
    "request",
    "view_args",
];

/// What stands in `type` or `status` of every error of some API, and so says nothing.
const CONSTANTS: [&str; 14] = [
    "bad",
    "client_error",
    "err",
    "error",
    "error.list",
    "errors",
    "exception",
    "fail",
    "failed",
    "failure",
    "field",
    "ko",
    "receiver",
    "sender",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_order() {
        let unordered: Vec<_> = MEMBERS
            .windows(2)
            .filter(|pair| pair[0].0 >= pair[1].0)
            .map(|pair| pair[1].0)
            .collect();
        assert!(unordered.is_empty(), "{unordered:?}");
        assert!(MEMBERS.iter().all(|(name, _)| name.len() <= LONGEST));
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        for name in [
            "error_code",
            "errorCode",
            "ErrorCode",
            "error-code",
            "ERROR CODE",
        ] {
            assert_eq!(role(name).unwrap().name, 80, "{name}");
        }
        assert!(role("a_name_that_is_far_longer_than_any_in_the_table").is_none());
        assert!(role("größe").is_none());
    }

    #[test]
    fn every_name_is_found() {
        assert!(MEMBERS.iter().all(|(name, _)| role(name).is_some()));
        assert!(["__all__", "non_field_errors", "_schema", "", "_errors"]
            .into_iter()
            .all(is_whole));
    }
}
