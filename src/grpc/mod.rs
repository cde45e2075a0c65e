//! gRPC and Connect without a layer: protocols, codes, statuses, details, heads.
//!
//! | file | content |
//! | --- | --- |
//! | `protocol` | the protocol of a request: HTTP, gRPC, gRPC-Web, Connect |
//! | `content_type` | the content types of gRPC, of gRPC-Web and of the streams of Connect |
//! | `code` | the 17 status codes, and the tables between them and HTTP |
//! | `status` | the status of an RPC as plain data, and the names of its headers |
//! | `convert` | [`Envelope`](crate::Envelope) to status and back |
//! | `metadata` | headers to metadata and back |
//! | `retry` | `Retry-After` to `RetryInfo` and back |
//! | `details` | the protobuf messages beside a status (feature `tonic`) |
//! | `head` | a status in the head or the trailers of a response, both ways |
//! | `answer` | what a response is in gRPC, by its head |
//! | `connect`, `connect_json` | a status in the JSON of Connect, both ways |

pub(crate) mod answer;
#[cfg(feature = "tonic")]
pub(crate) mod base64;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod code;
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(crate) mod connect;
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
mod connect_json;
#[cfg_attr(not(all(feature = "layer", feature = "tonic")), allow(dead_code))]
pub(crate) mod content_type;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod convert;
#[cfg_attr(not(feature = "tonic"), path = "no_details.rs")]
pub(crate) mod details;
#[cfg_attr(
    not(all(feature = "layer", feature = "tonic")),
    allow(dead_code, unused_imports)
)]
pub(crate) mod head;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod metadata;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod protocol;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod retry;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod status;
