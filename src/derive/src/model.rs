//! The errors of an enum or a struct, with checked attributes.

use proc_macro2::Span;
use syn::{parse_quote, Attribute, Data, DeriveInput, Error, Field, Fields, Ident, Path, Result};

use crate::attributes::Attributes;
use crate::description::description;

pub(crate) struct Errors<'i> {
    /// Whether envelopes are converted to errors as well.
    pub(crate) is_for_clients: bool,
    pub(crate) variants: Vec<Variant<'i>>,
}

/// One kind of error: a variant, or a struct.
pub(crate) struct Variant<'i> {
    pub(crate) path: Path,
    pub(crate) fields: &'i Fields,
    pub(crate) description: String,
    pub(crate) status: u16,
    pub(crate) error_type: String,
    pub(crate) retry_after: Option<u64>,
    pub(crate) shown: Shown<'i>,
}

/// The part of an error that is sent.
pub(crate) enum Shown<'i> {
    /// Its text, and these fields.
    Text {
        members: Vec<&'i Field>,
        has_source: bool,
    },
    /// The errors of parameters in its only field.
    Validation(&'i Field),
    /// Only the status.
    Status,
}

impl<'i> Errors<'i> {
    pub(crate) fn new(input: &'i DeriveInput) -> Result<Self> {
        let whole = Attributes::new(&input.attrs)?;
        let namespace = whole.namespace.as_ref();
        let namespace = namespace.map_or_else(|| input.ident.to_string(), syn::LitStr::value);
        let is_for_clients = whole.server_only.is_none();
        let variants = match &input.data {
            Data::Enum(data) => {
                if let Some(span) = whole.of_a_variant() {
                    return Err(Error::new(span, "this belongs on a variant of the enum"));
                }
                let each = data.variants.iter().map(|variant| {
                    let own = Attributes::new(&variant.attrs)?;
                    if let Some(span) = own.of_the_whole() {
                        return Err(Error::new(
                            span,
                            "this belongs on the enum, not on a variant",
                        ));
                    }
                    let (name, ident) = (&input.ident, &variant.ident);
                    let path = parse_quote!(#name::#ident);
                    Variant::new(
                        path,
                        ident,
                        &namespace,
                        &own,
                        &variant.attrs,
                        &variant.fields,
                    )
                });
                all(each)?
            }
            Data::Struct(data) => {
                let namespace = whole.namespace.as_ref().map(syn::LitStr::value);
                let namespace = namespace.unwrap_or_default();
                let (ident, attributes) = (&input.ident, &input.attrs);
                let path = ident.clone().into();
                let only = Variant::new(path, ident, &namespace, &whole, attributes, &data.fields);
                vec![only?]
            }
            Data::Union(data) => {
                let message = "a union cannot be an error; use an enum or a struct";
                return Err(Error::new(data.union_token.span, message));
            }
        };
        Ok(Self {
            is_for_clients,
            variants,
        })
    }
}

impl<'i> Variant<'i> {
    fn new(
        path: Path,
        ident: &Ident,
        namespace: &str,
        own: &Attributes,
        attributes: &[Attribute],
        fields: &'i Fields,
    ) -> Result<Self> {
        let status = status(own, ident)?;
        let shown = shown(own, status, fields, ident)?;
        let error_type = match (&own.error_type, namespace) {
            (Some(name), _) => name.value(),
            (None, "") => ident.to_string(),
            (None, namespace) => format!("{namespace}.{ident}"),
        };
        Ok(Self {
            path,
            fields,
            description: description(attributes).unwrap_or_else(|| ident.to_string()),
            status,
            error_type,
            retry_after: own.retry_after,
            shown,
        })
    }
}

fn status(own: &Attributes, ident: &Ident) -> Result<u16> {
    match own.status {
        Some((status, _)) => Ok(status),
        None if own.validation.is_some() => Ok(400),
        None if own.internal.is_some() => Ok(500),
        None => Err(Error::new(
            ident.span(),
            "this error has no status; add `#[envelope(status = 404)]`, `#[envelope(validation)]` or `#[envelope(internal)]`",
        )),
    }
}

fn shown<'i>(
    own: &Attributes,
    status: u16,
    fields: &'i Fields,
    ident: &Ident,
) -> Result<Shown<'i>> {
    match (own.validation, own.internal) {
        (Some(_), Some(span)) => Err(Error::new(
            span,
            "an error is either `validation` or `internal`; remove one",
        )),
        (Some(span), None) => validation(own, span, fields),
        (None, Some(span)) => {
            let sent = own.exposed.or(own.members.first().map(Ident::span));
            let sent = sent.or(own.error_type.as_ref().map(syn::LitStr::span));
            if sent.is_some() {
                return Err(Error::new(span, "an `internal` error sends only its status; remove `internal`, or the keys beside it"));
            }
            Ok(Shown::Status)
        }
        (None, None) => text(own, status, fields, ident),
    }
}

fn validation<'i>(own: &Attributes, span: Span, fields: &'i Fields) -> Result<Shown<'i>> {
    if !own.members.is_empty() || own.error_type.is_some() || own.exposed.is_some() {
        return Err(Error::new(
            span,
            "a `validation` error sends its field; remove all other keys except `status`",
        ));
    }
    let mut all = fields.iter();
    match (all.next(), all.next()) {
        (Some(field), None) => Ok(Shown::Validation(field)),
        _ => Err(Error::new(
            span,
            "a `validation` error has one field, such as `FieldErrors`, `validator::ValidationErrors` or `garde::Report`",
        )),
    }
}

fn text<'i>(own: &Attributes, status: u16, fields: &'i Fields, ident: &Ident) -> Result<Shown<'i>> {
    // Without fields, the text is fixed at compile time, so it contains no cause.
    if status >= 500 && own.exposed.is_none() && !fields.is_empty() {
        return Err(Error::new(
            ident.span(),
            "the text of this 5xx would be sent to clients; add `internal` to log it and send only the status, or `exposed` to send it",
        ));
    }
    if let Some(span) = own.exposed.filter(|_| status < 500) {
        return Err(Error::new(
            span,
            "the text of an error below 500 is always sent; remove `exposed`",
        ));
    }
    let members = own.members.iter().map(|name| {
        let found = fields
            .iter()
            .find(|field| field.ident.as_ref() == Some(name));
        found.ok_or_else(|| Error::new(name.span(), "there is no field with this name"))
    });
    Ok(Shown::Text {
        members: all(members)?,
        has_source: own.exposed.is_some(),
    })
}

/// All items, or all errors among them.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut found, mut wrong) = (Vec::new(), None::<Error>);
    for result in results {
        match (result, &mut wrong) {
            (Ok(value), _) => found.push(value),
            (Err(error), Some(wrong)) => wrong.combine(error),
            (Err(error), None) => wrong = Some(error),
        }
    }
    wrong.map_or(Ok(found), Err)
}
