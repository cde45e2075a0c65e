//! The errors of [GraphQL](https://spec.graphql.org/October2021/#sec-Errors) over HTTP.
//!
//! ```json
//! {"errors": [{"message": "You must log in", "locations": [{"line": 1, "column": 3}], "path": ["user"],
//!              "extensions": {"code": "UNAUTHENTICATED"}}], "data": null}
//! ```

use super::json::Value;
use super::source::Source;
use super::structure;
use crate::envelope::Envelope;

/// Extensions in which servers name the parameter.
const PARAMETERS: [&str; 3] = ["argumentName", "field", "argument"];

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let errors = source.json().and_then(errors)?;
    let mut envelope = source.envelope();
    let messages: Vec<_> = errors
        .clone()
        .filter_map(|error| text(error, "message"))
        .map(str::trim)
        .collect();
    envelope.set_message(source.own(&messages.join("\n")));
    let error_type = errors
        .clone()
        .find_map(|error| text(error.get("extensions")?, "code").or_else(|| text(error, "type")));
    envelope.set_error_type(
        source.own(
            error_type
                .or_else(|| errors.clone().find_map(|error| text(error, "type")))
                .unwrap_or_default(),
        ),
    );
    for error in errors {
        parameters(source, &mut envelope, error);
    }
    Some(envelope)
}

/// The errors of a response, if it is one of GraphQL.
pub(super) fn errors(json: Value<'_>) -> Option<impl Iterator<Item = Value<'_>> + Clone> {
    let errors = json.get("errors")?.as_list()?;
    let has = |name: &str| errors.clone().any(|error| error.get(name).is_some());
    let told = errors.clone().all(|error| text(error, "message").is_some());
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
        .and_then(|fields| structure::read_value(source, fields))
    {
        for (name, messages) in inner.field_errors() {
            messages.for_each(|message| {
                envelope
                    .fields_mut()
                    .push_new(source.own(name), [source.own(message)])
            });
        }
    }
    let names = PARAMETERS.iter().filter_map(|name| text(extensions, name));
    let names = names.filter_map(structure::name);
    for (name, message) in names.zip(text(error, "message")) {
        envelope
            .fields_mut()
            .push_new(source.own(&name), [source.own(message)]);
    }
}

fn text<'d>(value: Value<'d>, name: &str) -> Option<&'d str> {
    value.get(name)?.as_text()
}
