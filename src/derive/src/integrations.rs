//! Generates the traits of other crates, each with its feature.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::{Errors, Shown};

pub(crate) fn integrations(input: &DeriveInput, errors: &Errors<'_>) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let axum = quote! {
        #[automatically_derived]
        impl #generics ::tower_error_envelope::generated::axum::IntoResponse for #name #arguments #bounds {
            fn into_response(self) -> ::tower_error_envelope::generated::axum::Response {
                ::tower_error_envelope::generated::axum::IntoResponse::into_response(
                    ::tower_error_envelope::Envelope::from(self),
                )
            }
        }
    };
    let tonic = quote! {
        #[automatically_derived]
        impl #generics ::core::convert::From<#name #arguments> for ::tower_error_envelope::generated::tonic::Status #bounds {
            fn from(error: #name #arguments) -> Self {
                Self::from(::tower_error_envelope::Envelope::from(error))
            }
        }
    };
    let responses = errors.variants.iter().map(|variant| {
        let (status, description) = (variant.status, &variant.description);
        let description = match variant.shown {
            Shown::Status => "",
            _ => description,
        };
        quote!((#status, #description))
    });
    let utoipa = quote! {
        #[automatically_derived]
        impl #generics ::tower_error_envelope::generated::utoipa::IntoResponses for #name #arguments #bounds {
            fn responses() -> ::tower_error_envelope::generated::utoipa::Responses {
                ::tower_error_envelope::generated::utoipa::responses(&[#(#responses),*])
            }
        }
    };
    let schemars = quote! {
        #[automatically_derived]
        impl #generics ::tower_error_envelope::generated::schemars::JsonSchema for #name #arguments #bounds {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                <::tower_error_envelope::Envelope as ::tower_error_envelope::generated::schemars::JsonSchema>::schema_name()
            }

            fn json_schema(
                generator: &mut ::tower_error_envelope::generated::schemars::SchemaGenerator,
            ) -> ::tower_error_envelope::generated::schemars::Schema {
                <::tower_error_envelope::Envelope as ::tower_error_envelope::generated::schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
    let all = [
        (cfg!(feature = "axum"), axum),
        (cfg!(feature = "tonic"), tonic),
        (cfg!(feature = "utoipa"), utoipa),
        (cfg!(feature = "schemars"), schemars),
    ];
    let enabled = all.into_iter().filter(|(is_enabled, _)| *is_enabled);
    enabled.map(|(_, implementation)| implementation).collect()
}
