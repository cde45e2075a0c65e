//! The role of a member of an error, by its key.
//!
//! A role says what a member *may* hold. Whether it does, the value decides: a sentence can be a message and an
//! identifier a type, whatever the key.

/// The role of a member.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::read) struct Role {
    /// Holds the message, if it is a sentence.
    pub(in crate::read) message: MessageLevel,
    /// Holds the type, if it is an identifier.
    pub(in crate::read) error_type: TypeLevel,
    /// Whether a number is a type here.
    pub(in crate::read) numeric: bool,
    /// Names the parameter, in an item of a list.
    pub(in crate::read) parameter: ParameterLevel,
    /// Names the parameter wherever it stands: beside a message about the whole, both hold.
    pub(in crate::read) anywhere: bool,
    /// How a text in it names the parameter.
    pub(in crate::read) naming: Naming,
    /// Its content, if it is an object or a list.
    pub(in crate::read) holds: Holds,
}

impl Role {
    /// The same role, but only for a message and a type that are missing.
    pub(super) fn for_missing(self, lacks_message: bool, lacks_type: bool) -> Self {
        let mut role = self;
        if !lacks_message {
            role.message = MessageLevel::None;
        }
        if !lacks_type {
            role.error_type = TypeLevel::None;
            role.numeric = false;
        }
        role
    }
}

/// How much a message says; of several messages the highest level counts, of one level the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum MessageLevel {
    /// No message.
    #[default]
    None,
    /// The reason phrase of the status, under any key.
    Phrase,
    /// For others than the developer of the client.
    Aside,
    /// A text about the kind of error.
    Title,
    /// What wraps the error and may name it in a few words.
    Summary,
    /// The error itself. From here on a message makes an error of the object in which it stands.
    Error,
    /// What accompanies the error. From here on a member is there for the message, and for nothing else.
    Note,
    /// A message of one or two words.
    ShortMessage,
    /// `details` or `reason` in several words.
    Reason,
    /// The message.
    Message,
    /// A longer text on the same failure.
    Description,
    /// A text about this failure alone.
    Detail,
}

/// How narrow a type is; of several types the highest level counts, of one level the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum TypeLevel {
    /// No type.
    #[default]
    None,
    /// An identifier, unless it is the one of this occurrence.
    Id,
    /// A wide class, such as a category.
    Class,
    /// A word for the reason, or an identifier where a message is expected.
    Reason,
    /// The type.
    Type,
    /// A code of digits in quotes: it loses to a name, but not to a mere type.
    Digits,
    /// A code. From here on any word is one, also those that are constants elsewhere.
    Code,
    /// A code of a part of the API.
    Specific,
    /// The narrowest.
    Narrowest,
    /// A URI in `type`: it identifies the problem, and what stands beside it only classifies it.
    Uri,
}

/// How surely a member names the parameter; of several the highest level counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum ParameterLevel {
    /// It does not.
    #[default]
    None,
    /// If nothing else does.
    Perhaps,
    /// It does. From here on that is so even where nothing but a code is said about the parameter.
    Likely,
    /// It is there for that.
    Surely,
}

/// How a text names a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::read) enum Naming {
    /// By a name, a path or a pointer.
    #[default]
    Path,
    /// As `Path`, but a part of the request (`body`) is no parameter.
    NoPlace,
    /// As `NoPlace`, and a part of the request before the name falls: `body.items[3].count`.
    Place,
    /// As `NoPlace`, but a class of errors is no parameter: `ValidationError`.
    NoClass,
    /// As `Path`, with `/` between its parts.
    Slashes,
}

/// The content of an object or a list under a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::read) enum Holds {
    /// Nothing that is known.
    #[default]
    Unknown,
    /// The error itself, or several.
    Error,
    /// Errors, by parameter or in a list.
    Errors,
    /// Errors that follow the one above them.
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
    /// Types, of which the first counts.
    Codes,
    /// An error that lies deeper, which only makes the type narrower.
    Inner,
}

/// Rank of a message.
impl From<MessageLevel> for u8 {
    fn from(level: MessageLevel) -> Self {
        level as Self
    }
}

/// Rank of a parameter's name.
impl From<ParameterLevel> for u8 {
    fn from(level: ParameterLevel) -> Self {
        level as Self
    }
}

impl TypeLevel {
    /// Rank of a type that is a number: below all texts, because an API numbers also what it calls by name.
    pub(super) fn of_number(self) -> u8 {
        1 + self as u8
    }
}

/// Rank of a type that is a text.
impl From<TypeLevel> for u8 {
    fn from(level: TypeLevel) -> Self {
        match level {
            TypeLevel::None => 0,
            level => TypeLevel::Uri.of_number() + level as Self,
        }
    }
}

/// A message and a type: which, the text shows.
pub(super) const fn either(message: MessageLevel, error_type: TypeLevel) -> Role {
    Role {
        message,
        error_type,
        numeric: false,
        parameter: ParameterLevel::None,
        anywhere: false,
        naming: Naming::Path,
        holds: Holds::Unknown,
    }
}

pub(super) const fn message(level: MessageLevel) -> Role {
    either(level, TypeLevel::None)
}

pub(super) const fn error_type(level: TypeLevel) -> Role {
    either(MessageLevel::None, level)
}

/// A type that may be a number.
pub(super) const fn code(level: TypeLevel) -> Role {
    Role {
        numeric: true,
        ..error_type(level)
    }
}

/// A parameter, in an item of a list.
pub(super) const fn parameter(parameter: ParameterLevel, naming: Naming) -> Role {
    Role {
        parameter,
        naming,
        ..holds(Holds::Unknown)
    }
}

/// A parameter, wherever it stands.
pub(super) const fn anywhere() -> Role {
    Role {
        anywhere: true,
        ..parameter(ParameterLevel::Surely, Naming::Path)
    }
}

pub(super) const fn holds(holds: Holds) -> Role {
    also(either(MessageLevel::None, TypeLevel::None), holds)
}

pub(super) const fn also(role: Role, holds: Holds) -> Role {
    Role { holds, ..role }
}
