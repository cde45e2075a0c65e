//! Any other XML, read as the same JSON.
//!
//! ```xml
//! <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>
//! ```

use crate::read::any_json;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "xml",
    signs: Signs::DOCUMENT,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let xml = source.document().filter(|_| source.is_markup())?;
    Some(any_json::read(source, xml)?.into())
}
