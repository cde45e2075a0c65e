//! `#[envelope(…)]` on an enum, a struct or a variant.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{parenthesized, Attribute, Error, Ident, LitInt, LitStr, Result, Token};

/// The attributes of one item. Every item accepts the keys of the whole enum, because a struct has both kinds of keys.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) namespace: Option<LitStr>,
    pub(crate) server_only: Option<Span>,
    pub(crate) status: Option<(u16, Span)>,
    pub(crate) error_type: Option<LitStr>,
    pub(crate) members: Vec<Ident>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) validation: Option<Span>,
    pub(crate) internal: Option<Span>,
    pub(crate) exposed: Option<Span>,
}

const KEYS: &str =
    "`status = 404`, `error_type = \"…\"`, `members(field, …)`, `retry_after = 5`, `validation`, \
    `internal`, `exposed`, and for the whole enum `namespace = \"…\"` and `server_only`";

impl Attributes {
    pub(crate) fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut all = Self::default();
        let own = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("envelope"));
        for attribute in own {
            attribute.parse_nested_meta(|meta| all.read(&meta))?;
        }
        Ok(all)
    }

    /// The keys that only the whole enum may have, with their positions.
    pub(crate) fn of_the_whole(&self) -> Option<Span> {
        let namespace = self.namespace.as_ref().map(LitStr::span);
        namespace.or(self.server_only)
    }

    /// The keys that only a variant or a struct may have, with their positions.
    pub(crate) fn of_a_variant(&self) -> Option<Span> {
        let status = self.status.map(|(_, span)| span);
        let error_type = self.error_type.as_ref().map(LitStr::span);
        let member = self.members.first().map(Ident::span);
        let flag = self.validation.or(self.internal).or(self.exposed);
        status.or(error_type).or(member).or(flag)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let span = meta
            .path
            .get_ident()
            .map_or_else(Span::call_site, Ident::span);
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("namespace") => self.namespace = Some(name(meta)?),
            Some("server_only") => self.server_only = Some(span),
            Some("status") => self.status = Some(status(meta)?),
            Some("error_type") => self.error_type = Some(name(meta)?),
            Some("members") => self.members.extend(idents(meta)?),
            Some("retry_after") => {
                self.retry_after = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?);
            }
            Some("validation") => self.validation = Some(span),
            Some("internal") => self.internal = Some(span),
            Some("exposed") => self.exposed = Some(span),
            _ => return Err(meta.error(format!("unknown key; the keys are {KEYS}"))),
        }
        Ok(())
    }
}

fn name(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let name: LitStr = meta.value()?.parse()?;
    if name.value().trim().is_empty() {
        return Err(Error::new(
            name.span(),
            "the name is empty; leave the key out instead",
        ));
    }
    Ok(name)
}

fn status(meta: &ParseNestedMeta<'_>) -> Result<(u16, Span)> {
    let literal: LitInt = meta.value()?.parse()?;
    let status = literal
        .base10_parse()
        .ok()
        .filter(|status| (400..=999).contains(status));
    let status = status.ok_or_else(|| {
        Error::new(
            literal.span(),
            "this is not the status of an error; write one from 400 to 599",
        )
    })?;
    Ok((status, literal.span()))
}

fn idents(meta: &ParseNestedMeta<'_>) -> Result<Punctuated<Ident, Token![,]>> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error("write the fields in parentheses: `members(id, name)`"));
    }
    let names;
    parenthesized!(names in meta.input);
    names.parse_terminated(Ident::parse_any, Token![,])
}
