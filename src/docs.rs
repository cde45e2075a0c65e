//! Guides for topics that concern more than one type.

/// Recipes: errors of your own, validation, extractors, health checks, dialects, frameworks, metrics, tests, migration.
#[cfg(all(feature = "axum", feature = "garde"))]
pub mod recipes {
    #![doc = include_str!("docs/recipes.md")]
}

/// gRPC, gRPC-Web and Connect: the answer that each kind of caller gets.
#[cfg(feature = "tonic")]
pub mod grpc {
    #![doc = include_str!("docs/grpc.md")]
}

/// Streams that fail after their head was sent: the last data in each protocol, and how clients read it.
#[cfg(feature = "layer")]
pub mod streams {
    #![doc = include_str!("docs/streams.md")]
}

/// The same engine in a proxy: a module for Envoy, and an external processor.
pub mod edge {
    #![doc = include_str!("docs/edge.md")]
}

/// The cost of the layers, in instructions, allocations and bytes.
pub mod performance {
    #![doc = include_str!("docs/performance.md")]
}

/// The reasons for the design.
pub mod design {
    #![doc = include_str!("docs/design.md")]
}
