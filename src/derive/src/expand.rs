//! Generates the conversions: from an error to its envelope, and from an envelope to the error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DeriveInput, Field, Type};

use crate::integrations::integrations;
use crate::model::{Errors, Shown, Variant};

pub(crate) fn expand(input: &DeriveInput, errors: &Errors<'_>) -> TokenStream {
    let into = into_envelope(input, errors);
    let back = errors.is_for_clients.then(|| from_envelope(input, errors));
    let others = integrations(input, errors);
    quote!(#into #back #others)
}

fn into_envelope(input: &DeriveInput, errors: &Errors<'_>) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let moved = errors.variants.iter().filter_map(moved_arm);
    let shared = errors.variants.iter().filter_map(shared_arm);
    let keep = errors.variants.iter().any(has_source).then(|| {
        quote! {
            if has_source {
                return envelope.with_source(error);
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #generics ::core::convert::From<#name #arguments> for ::tower_error_envelope::Envelope #bounds {
            #[allow(unreachable_code, unreachable_patterns, unused_variables)]
            fn from(error: #name #arguments) -> Self {
                let error = match error {
                    #(#moved)*
                    error => error,
                };
                let (envelope, has_source) = match &error {
                    #(#shared)*
                    _ => (Self::from(::tower_error_envelope::generated::StatusCode::INTERNAL_SERVER_ERROR), false),
                };
                #keep
                envelope
            }
        }
    }
}

fn has_source(variant: &Variant<'_>) -> bool {
    match variant.shown {
        Shown::Text { has_source, .. } => has_source,
        Shown::Status => true,
        Shown::Validation(_) => false,
    }
}

/// Converts validation errors: their field becomes the envelope.
fn moved_arm(variant: &Variant<'_>) -> Option<TokenStream> {
    let Shown::Validation(field) = variant.shown else {
        return None;
    };
    let (error, status, header) = (
        with_fields(variant, field),
        status(variant),
        header(variant),
    );
    Some(quote! {
        #error => return Self::from(fields).with_status(#status)#header,
    })
}

/// The variant with its only field, whose value is called `fields`: as a pattern, and as an expression.
fn with_fields(variant: &Variant<'_>, field: &Field) -> TokenStream {
    let path = &variant.path;
    match &field.ident {
        Some(name) => quote!(#path { #name: fields }),
        None => quote!(#path(fields)),
    }
}

fn shared_arm(variant: &Variant<'_>) -> Option<TokenStream> {
    let path = &variant.path;
    let (status, header, has_source) = (status(variant), header(variant), has_source(variant));
    match &variant.shown {
        Shown::Validation(_) => None,
        Shown::Status => Some(quote! {
            #path { .. } => (Self::from(#status)#header, #has_source),
        }),
        Shown::Text { members, .. } => {
            let error_type = &variant.error_type;
            let names = members.iter().filter_map(|field| field.ident.as_ref());
            let members = names.clone().map(|name| {
                let text = name.unraw().to_string();
                quote!(.with_member(#text, ::tower_error_envelope::generated::value(#name)))
            });
            Some(quote! {
                #path { #(#names,)* .. } => (
                    Self::new(#status, ::std::string::ToString::to_string(&error))
                        .with_error_type(#error_type)
                        #(#members)*
                        #header,
                    #has_source,
                ),
            })
        }
    }
}

fn status(variant: &Variant<'_>) -> TokenStream {
    let status = variant.status;
    quote!(::tower_error_envelope::generated::status(#status))
}

fn header(variant: &Variant<'_>) -> Option<TokenStream> {
    let seconds = variant.retry_after?;
    Some(quote!(.with_header("retry-after", #seconds)))
}

fn from_envelope(input: &DeriveInput, errors: &Errors<'_>) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let arms = errors.variants.iter().filter_map(back_arm);
    let validation = errors.variants.iter().find_map(back_validation);
    quote! {
        #[automatically_derived]
        impl #generics #name #arguments #bounds {
            /// The error in an envelope: its type selects the variant, and its members fill the fields.
            ///
            /// `None` if no variant has this type, or if a field is missing among the members.
            #[allow(dead_code, unreachable_patterns)]
            #[must_use]
            pub fn from_envelope(
                envelope: &::tower_error_envelope::Envelope,
            ) -> ::core::option::Option<Self> {
                #validation
                match envelope.error_type().as_str() {
                    #(#arms)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

/// An error is converted back only if all its fields are members.
fn back_arm(variant: &Variant<'_>) -> Option<TokenStream> {
    let Shown::Text { members, .. } = &variant.shown else {
        return None;
    };
    if members.len() != variant.fields.len() {
        return None;
    }
    let (path, error_type) = (&variant.path, &variant.error_type);
    let fields = members.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        let text = name.unraw().to_string();
        Some(quote!(#name: envelope.members().get_as(#text)?))
    });
    Some(quote! {
        #error_type => ::core::option::Option::Some(#path { #(#fields,)* }),
    })
}

/// `FieldErrors` are converted back. The types of other crates are not.
fn back_validation(variant: &Variant<'_>) -> Option<TokenStream> {
    let Shown::Validation(field) = variant.shown else {
        return None;
    };
    let Type::Path(found) = &field.ty else {
        return None;
    };
    if found.path.segments.last()?.ident != "FieldErrors" {
        return None;
    }
    let error = with_fields(variant, field);
    Some(quote! {
        if ::tower_error_envelope::generated::is_validation(envelope) {
            let fields = ::core::clone::Clone::clone(envelope.field_errors());
            return ::core::option::Option::Some(#error);
        }
    })
}
