//! gRPC and Connect, as far as no layer is needed: codes, statuses, details, heads.
//!
//! | file | content |
//! | --- | --- |
//! | `code` | the 17 status codes, and the tables between them and HTTP |
//! | `status` | the status of an RPC as plain data, and the names of its headers |
//! | `details` | the protobuf messages beside a status (feature `tonic`) |
//! | `convert` | [`Envelope`](crate::Envelope) to status and back |
//! | `head` | a status in the head of a response, both ways |
//! | `content_type` | the content types of gRPC and gRPC-Web |

#[cfg(feature = "tonic")]
mod base64;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod code;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod content_type;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod convert;
#[cfg_attr(not(feature = "tonic"), path = "no_details.rs")]
pub(crate) mod details;
#[cfg(feature = "tonic")]
pub(crate) mod head;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod status;
