//! The role of a member of an error. The key of the member decides it.
//!
//! A role says what a member *may* hold. The value decides what it is: a sentence can be a message, and an identifier can be a type.
//! The tables in [`roles`](super::roles) and [`words`](super::words) give roles, and the walk uses them.

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
    /// Names the parameter also outside of lists. The message is then about the whole and about the parameter.
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

/// How much a message says. Of several messages, the first with the highest level counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum MessageLevel {
    /// No message.
    #[default]
    None,
    /// The reason phrase of the status, under any key.
    Phrase,
    /// A text for other people than the developer of the client.
    Aside,
    /// A text about the kind of error.
    Title,
    /// A text of an object around the error. It may name the error in a few words.
    Summary,
    /// The error itself. From here on, an object with such a message is an error.
    Error,
    /// A text about the error. From here on, members hold only messages.
    Note,
    /// A message of one or two words.
    ShortMessage,
    /// `details` or `reason` in several words.
    Reason,
    /// The message.
    Message,
    /// A longer text on the same failure.
    Description,
    /// A text about only this failure.
    Detail,
}

/// How narrow a type is. Of several types, the first with the highest level counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum TypeLevel {
    /// No type.
    #[default]
    None,
    /// An identifier, unless it identifies this occurrence.
    Id,
    /// A wide class, such as a category.
    Class,
    /// A word for the reason, or an identifier where a message is expected.
    Reason,
    /// The type.
    Type,
    /// A code of digits in quotes: it loses to a name, but not to a mere type.
    Digits,
    /// A code. From here on, any word is a type, also one that is a constant elsewhere.
    Code,
    /// A code of a part of the API.
    Specific,
    /// A code that is narrower than all others.
    Narrowest,
    /// A URI in `type`. It identifies the problem, and all other types only classify it.
    Uri,
}

/// How surely a member names the parameter. Of several members, the first with the highest level counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum ParameterLevel {
    /// It does not name one.
    #[default]
    None,
    /// It names one if no other member does.
    Perhaps,
    /// It names one. From here on, it does so also for an error that has only a code.
    Likely,
    /// It has no other purpose.
    Surely,
}

/// How a text names a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::read) enum Naming {
    /// By a name, a path or a pointer.
    #[default]
    Path,
    /// As `Path`, but a part of the request (`body`) is not a parameter.
    NoPlace,
    /// As `NoPlace`, and a part of the request before the name is left out: `body.items[3].count`.
    Place,
    /// As `NoPlace`, but a class of errors (`ValidationError`) is not a parameter.
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
    /// Errors in addition to the one in the object around them.
    More,
    /// Facts about the error, and perhaps errors of parameters. Its texts are not messages.
    Facts,
    /// As `Facts`, but a list may hold anything.
    Data,
    /// One text in several languages.
    Languages,
    /// One message for each broken rule.
    Rules,
    /// Messages by the name of the parameter. A list in it is a list of names.
    ByName,
    /// Types, of which the first counts.
    Codes,
    /// An inner error. It only makes the type narrower.
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
    /// Rank of a type that is a number. It is below all texts, because an API also has numbers for errors with names.
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

/// A message or a type. The text decides.
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
