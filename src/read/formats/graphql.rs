//! The errors of [GraphQL](https://spec.graphql.org/October2021/#sec-Errors) over HTTP.
//!
//! ```json
//! {"errors": [{"message": "You must log in", "locations": [{"line": 1, "column": 3}], "path": ["user"],
//!              "extensions": {"code": "UNAUTHENTICATED"}}], "data": null}
//! ```

use crate::envelope::Envelope;
use crate::read::any_json;
use crate::read::document::Value;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

/// Extensions in which servers name the parameter.
const PARAMETERS: [&str; 3] = ["argumentName", "field", "argument"];

pub(super) const FORMAT: Format = Format {
    name: "graphql",
    signs: Signs::list("errors"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let errors = source.document().and_then(errors)?;
    let mut envelope = source.envelope();
    let messages: Vec<_> = errors
        .clone()
        .filter_map(|error| error.text("message"))
        .map(str::trim)
        .collect();
    envelope.set_message(source.own(&messages.join("\n")));
    let error_type = errors.clone().find_map(|error| {
        error
            .get("extensions")?
            .text("code")
            .or_else(|| error.text("type"))
    });
    envelope.set_error_type(
        source.own(
            error_type
                .or_else(|| errors.clone().find_map(|error| error.text("type")))
                .unwrap_or_default(),
        ),
    );
    for error in errors {
        parameters(source, &mut envelope, error);
    }
    Some(envelope.into())
}

/// The errors of a response, if it is one of GraphQL.
pub(super) fn errors(json: Value<'_>) -> Option<impl Iterator<Item = Value<'_>> + Clone> {
    let errors = json.get("errors")?.as_list()?;
    let has = |name: &str| errors.clone().any(|error| error.get(name).is_some());
    let told = errors.clone().all(|error| error.text("message").is_some());
    let answered = json.get("data").is_some() && has("path");
    let graphql = has("extensions") || has("locations") || answered;
    (told && graphql && errors.clone().next().is_some()).then_some(errors)
}

fn parameters(source: &Source<'_>, envelope: &mut Envelope, error: Value<'_>) {
    let Some(extensions) = error.get("extensions") else {
        return;
    };
    if let Some(inner) = extensions
        .get("validation")
        .and_then(|fields| any_json::read(source, fields))
    {
        for (name, messages) in inner.field_errors() {
            messages.for_each(|message| {
                envelope
                    .fields_mut()
                    .push_new(source.own(name), [source.own(message)])
            });
        }
    }
    let names = PARAMETERS.iter().filter_map(|name| extensions.text(name));
    let names = names.filter_map(any_json::parameter_name);
    for (name, message) in names.zip(error.text("message")) {
        envelope
            .fields_mut()
            .push_new(source.own(&name), [source.own(message)]);
    }
}
