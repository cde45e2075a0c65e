//! Any other JSON, by its structure.

use crate::read::any_json;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "json",
    signs: Signs::DOCUMENT,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    Some(any_json::read(source, source.document()?)?.into())
}
