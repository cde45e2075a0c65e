//! The description of an error for API documents.

use syn::{Attribute, Expr, Lit, Meta};

/// The doc comment, on one line, else the text of `#[error("…")]`.
pub(crate) fn description(attributes: &[Attribute]) -> Option<String> {
    let docs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let docs = docs.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(doc) => match &doc.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let docs = docs.collect::<Vec<_>>().join(" ");
    if !docs.is_empty() {
        return Some(docs);
    }
    let error = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("error"))?;
    let text: syn::LitStr = error
        .parse_args_with(|input: syn::parse::ParseStream<'_>| {
            let text = input.parse();
            input.parse::<proc_macro2::TokenStream>()?;
            text
        })
        .ok()?;
    Some(text.value())
}
