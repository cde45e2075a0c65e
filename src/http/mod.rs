//! Small helpers over the crate `http`: statuses, media types, header look-ups and lists, heads of responses, JSON pointers.
//!
//! In: headers, statuses, texts. Out: facts about them. All other modules call these helpers, which know nothing of envelopes.

pub(crate) mod bytes;
#[cfg(feature = "decompression")]
pub(crate) mod content_coding;
pub(crate) mod entity_headers;
pub(crate) mod glance;
pub(crate) mod header_list;
pub(crate) mod header_lookup;
pub(crate) mod json_pointer;
pub(crate) mod media_type;
pub(crate) mod request_head;
pub(crate) mod response_head;
pub(crate) mod status;
