//! What a member of an error is for.

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

/// The rank of `type`, whose value may be a URI.
pub(super) const TYPE: u8 = 60;
/// The rank of `id`, whose value may be that of one occurrence.
pub(super) const ID: u8 = 30;

/// A message and a type: which, the text shows.
pub(super) const fn role_of(message: u8, name: u8) -> Role {
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
pub(super) const fn says(message: u8) -> Role {
    role_of(message, 0)
}

/// A type; the higher the narrower.
pub(super) const fn names(name: u8) -> Role {
    role_of(0, name)
}

/// A type that may be a number.
pub(super) const fn code(name: u8) -> Role {
    Role {
        numeric: true,
        ..role_of(0, name)
    }
}

/// A parameter, in an item of a list.
pub(super) const fn field(field: u8) -> Role {
    Role {
        field,
        ..role_of(0, 0)
    }
}

/// A parameter, wherever it stands.
pub(super) const fn anywhere(field: u8) -> Role {
    Role {
        field,
        anywhere: true,
        ..role_of(0, 0)
    }
}

pub(super) const fn holds(holds: Holds) -> Role {
    Role {
        holds,
        ..role_of(0, 0)
    }
}

pub(super) const fn also(role: Role, holds: Holds) -> Role {
    Role { holds, ..role }
}
