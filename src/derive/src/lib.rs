//! The derive macro of [`tower-error-envelope`](https://docs.rs/tower-error-envelope), which documents it and exports it
//! with the feature `derive`.

mod attributes;
mod description;
mod expand;
mod integrations;
mod model;

use proc_macro::TokenStream;
use syn::{parse_macro_input, DeriveInput};

/// Converts an enum of errors into envelopes, and back. See `tower_error_envelope::derive`.
#[proc_macro_derive(IntoEnvelope, attributes(envelope))]
pub fn into_envelope(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let errors = model::Errors::new(&input);
    let expanded = errors.map(|errors| expand::expand(&input, &errors));
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
