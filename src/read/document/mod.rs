//! Documents in bodies: JSON, XML as the same JSON, and the elements of HTML pages.
//!
//! In: a text. Out: a [`Document`], or `None` if the text is not a document. `locate` calls the parsers. This folder knows nothing of
//! errors.

pub(super) mod entities;
pub(super) mod html;
mod json;
mod node;
mod tape;
mod value;
#[cfg(feature = "xml")]
pub(super) mod xml;
#[cfg(feature = "xml")]
mod xml_tree;

pub(super) use self::json::parse as parse_json;
pub(super) use self::tape::Document;
pub(super) use self::value::{integer, Items, Kind, Members, Value};
