//! Where an error came from.

/// Where an [`Envelope`](super::Envelope) came from: whether somebody meant it, or it was made up.
///
/// A proxy, for example, passes on what was said and answers 502 for what was only inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The program made it: an `Envelope` returned by a handler.
    Deliberate,
    /// Nothing was said but the status: an empty, unreadable or over-long body, or a masked error.
    Inferred,
    /// A peer said it, in the format of this name, such as `"problem"`.
    Wire(&'static str),
}
