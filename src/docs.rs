//! Guides: longer texts than fit to one type.

/// Recipes: errors of your own, validation, extractors, health checks, dialects, frameworks, metrics, tests, migration.
#[cfg(all(feature = "axum", feature = "garde"))]
pub mod recipes {
    #![doc = include_str!("docs/recipes.md")]
}

/// gRPC, gRPC-Web and Connect: which caller gets which answer.
#[cfg(feature = "tonic")]
pub mod grpc {
    #![doc = include_str!("docs/grpc.md")]
}

/// Streams that fail after they have begun: what arrives in which protocol, and how clients read it.
#[cfg(feature = "layer")]
pub mod streams {
    #![doc = include_str!("docs/streams.md")]
}

/// The same at the edge: a module for Envoy, and an external processor.
pub mod edge {
    #![doc = include_str!("docs/edge.md")]
}

/// What the layers cost, in instructions, allocations and bytes.
pub mod performance {
    #![doc = include_str!("docs/performance.md")]
}

/// Why it is as it is.
pub mod design {
    #![doc = include_str!("docs/design.md")]
}
