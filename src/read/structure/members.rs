//! What members are called: the table of the structural reader.

use super::key::{key, Key};
use super::role::Holds::{ByName, Data, Error, Errors, Facts, Inner, Languages, More, Rules};
use super::role::{also, anywhere, code, field, holds, names, role_of, says, Role, ID, TYPE};
use super::slots::Slots;

/// The role of the member `name`.
#[inline]
pub(super) fn role(name: &str) -> Option<Role> {
    let key = Key::of(name)?;
    match known(key) {
        None if key.has_colon() => in_vocabulary(name),
        role => role,
    }
}

/// Vocabularies stand before a colon: `o:errorDetails`, `hydra:title`.
#[cold]
fn in_vocabulary(name: &str) -> Option<Role> {
    let (_, name) = name.split_once(':')?;
    known(Key::of(name)?)
}

fn known(key: Key) -> Option<Role> {
    let mut rows = SLOTS.places(key).filter_map(|place| MEMBERS.get(place));
    rows.find(|(name, _)| *name == key).map(|(_, role)| *role)
}

/// In alphabetical order. Messages: what is said for the developer of the client over what is said for others
/// (`displaymessage`), what is said of this failure (`detail`) over what is said of its kind (`title`). Types: the
/// narrower (`declinecode`) over the wider (`type`), a code over a class.
const MEMBERS: [(Key, Role); 140] = [
    (key("additionalerrors"), holds(More)),
    (key("apierrorcode"), code(82)),
    (key("apiname"), field(2)),
    (key("argument"), anywhere(3)),
    (key("argumentname"), anywhere(3)),
    (key("attr"), anywhere(3)),
    (key("attribute"), field(3)),
    (key("attributename"), field(3)),
    (key("brief"), says(40)),
    (key("category"), names(40)),
    (key("cause"), says(32)),
    (key("causes"), holds(Errors)),
    (key("children"), holds(Errors)),
    (key("class"), names(30)),
    (key("classviolations"), holds(Errors)),
    (key("code"), code(80)),
    (key("codename"), names(75)),
    (key("constraints"), holds(Rules)),
    (key("constraintviolations"), holds(Errors)),
    (key("contextinfo"), holds(Data)),
    (key("data"), holds(Data)),
    (key("datapath"), field(3)),
    (key("declinecode"), names(100)),
    (key("defaultmessage"), says(70)),
    (key("desc"), says(66)),
    (key("description"), says(75)),
    (key("detail"), also(says(80), Error)),
    (key("detailederror"), holds(Error)),
    (key("detailmessage"), says(80)),
    (key("details"), also(says(34), Facts)),
    (key("developermessage"), says(25)),
    (key("displaymessage"), says(20)),
    (key("element"), field(2)),
    (key("embedded"), holds(Data)),
    (key("err"), also(says(50), Error)),
    (key("errcode"), code(80)),
    (key("errmsg"), says(70)),
    (key("errno"), code(70)),
    (key("error"), also(role_of(50, 55), Error)),
    (key("errorcauses"), holds(Errors)),
    (key("errorclass"), names(61)),
    (key("errorcode"), code(80)),
    (key("errordescription"), says(75)),
    (key("errordetail"), also(says(80), Facts)),
    (key("errordetails"), also(says(80), Errors)),
    (
        key("errorid"),
        Role {
            numeric: true,
            ..role_of(0, 0)
        },
    ),
    (key("errorkey"), names(55)),
    (key("errormessage"), says(70)),
    (key("errormessages"), also(says(70), Errors)),
    (key("errormsg"), says(70)),
    (key("errorname"), names(61)),
    (key("errornum"), code(70)),
    (key("errorreason"), role_of(55, 61)),
    (key("errors"), also(says(50), Errors)),
    (key("errorsummary"), says(65)),
    (key("errortext"), says(70)),
    (key("errortitle"), says(30)),
    (key("errortype"), names(65)),
    (key("errorusermsg"), says(20)),
    (key("exception"), role_of(40, 40)),
    (key("exceptionclass"), names(61)),
    (key("exceptionmessage"), says(90)),
    (key("exceptiontype"), names(62)),
    (key("extensions"), holds(Data)),
    (key("failure"), also(says(45), Error)),
    (key("failures"), holds(Errors)),
    (key("fault"), also(says(45), Error)),
    (key("faultcode"), names(70)),
    (key("faultstring"), says(70)),
    (key("field"), anywhere(3)),
    (key("fielderrors"), holds(Errors)),
    (key("fieldlist"), holds(Errors)),
    (key("fieldname"), field(3)),
    (key("fieldpath"), field(3)),
    (
        key("fields"),
        Role {
            field: 3,
            ..holds(Errors)
        },
    ),
    (key("fieldviolations"), holds(Errors)),
    (key("formerrors"), holds(Errors)),
    (key("generalerrors"), holds(Errors)),
    (key("globalerrors"), holds(Errors)),
    (key("helpmessage"), says(60)),
    (key("hydra:description"), says(33)),
    (key("id"), names(ID)),
    (key("in"), field(1)),
    (key("info"), says(60)),
    (key("innererror"), holds(Inner)),
    (key("instancepath"), field(3)),
    (key("invalidfields"), holds(Errors)),
    (key("invalidparameters"), holds(Errors)),
    (key("invalidparams"), holds(Errors)),
    (key("issue"), role_of(45, 70)),
    (key("issues"), holds(Errors)),
    (key("keys"), field(2)),
    (key("loc"), field(3)),
    (key("location"), field(1)),
    (key("longmessage"), says(85)),
    (key("member"), field(2)),
    (key("members"), field(2)),
    (key("message"), also(says(70), Error)),
    (key("messageid"), names(70)),
    (key("messagekey"), names(55)),
    (key("messages"), also(says(70), Errors)),
    (key("messagetranslations"), holds(Languages)),
    (key("meta"), holds(Data)),
    (key("modelstate"), holds(Errors)),
    (key("msg"), says(70)),
    (
        key("name"),
        Role {
            field: 1,
            ..names(50)
        },
    ),
    (key("odata.error"), holds(Error)),
    (key("param"), anywhere(3)),
    (key("parameter"), anywhere(3)),
    (key("parametername"), field(3)),
    (key("parameters"), field(3)),
    (key("parameterviolations"), holds(Errors)),
    (key("params"), holds(ByName)),
    (key("path"), field(2)),
    (key("pointer"), field(3)),
    (key("problem"), also(says(45), Error)),
    (key("problems"), holds(Errors)),
    (key("properties"), holds(Data)),
    (key("property"), field(3)),
    (key("propertyname"), field(3)),
    (key("propertypath"), field(3)),
    (key("propertyviolations"), holds(Errors)),
    (key("reason"), role_of(55, 45)),
    (key("reasons"), holds(Errors)),
    (key("rootcause"), holds(Errors)),
    (key("scimtype"), names(85)),
    (key("source"), field(3)),
    (key("status"), also(names(35), Error)),
    (key("statuscode"), names(70)),
    (key("statusmessage"), says(60)),
    (key("suberrors"), holds(Errors)),
    (key("sys"), holds(Error)),
    (key("target"), field(2)),
    (key("text"), says(28)),
    (key("title"), says(30)),
    (key("type"), code(TYPE)),
    (key("typekey"), names(62)), // Azure DevOps, beside the number 0 in `errorCode`
    (key("validation"), holds(Facts)),
    (key("validationerrors"), holds(Errors)),
    (key("violations"), holds(Errors)),
];

static SLOTS: Slots = Slots::of(&keys());

// As in `Slots::of`.
#[allow(clippy::indexing_slicing)]
const fn keys() -> [Key; MEMBERS.len()] {
    let mut keys = [MEMBERS[0].0; MEMBERS.len()];
    let mut place = 0;
    while place < keys.len() {
        keys[place] = MEMBERS[place].0;
        place += 1;
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_order() {
        assert!(MEMBERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn every_member_is_found() {
        let found = |(place, (name, _)): (usize, &(Key, Role))| {
            SLOTS.places(*name).any(|found| found == place)
        };
        assert!(MEMBERS.iter().enumerate().all(found));
        for name in [
            "additionalErrors",
            "code",
            "detail",
            "messagetranslations",
            "violations",
        ] {
            assert!(role(name).is_some(), "{name}");
        }
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
        assert!(role("code\0").is_none());
    }
}
