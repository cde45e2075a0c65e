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

/// Keys of extensions that hold the name of the parameter.
const PARAMETERS: [&str; 3] = ["argumentName", "field", "argument"];

pub(super) const FORMAT: Format = Format {
    name: "graphql",
    signs: Signs::list("errors"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let errors = source.document().and_then(errors)?;
    let messages = errors.clone().filter_map(|error| error.text("message"));
    let messages: Vec<_> = messages.map(str::trim).collect();
    let error_type = errors.clone().find_map(code_or_type);
    let mut envelope = source.envelope_of(Some(&messages.join("\n")), error_type);
    for error in errors {
        add_fields(source, &mut envelope, error);
    }
    Some(envelope.into())
}

/// The errors of a response of GraphQL. `None` if it is another response.
pub(super) fn errors(json: Value<'_>) -> Option<impl Iterator<Item = Value<'_>> + Clone> {
    let errors = json.list("errors").filter(|errors| !errors.is_empty())?;
    let has = |name: &str| errors.clone().any(|error| error.get(name).is_some());
    let have_messages = errors.clone().all(|error| error.text("message").is_some());
    let has_data = || json.get("data").is_some() && has("path");
    let is_graphql = have_messages && (has("extensions") || has("locations") || has_data());
    is_graphql.then_some(errors)
}

fn code_or_type(error: Value<'_>) -> Option<&str> {
    let code = error
        .get("extensions")
        .and_then(|extensions| extensions.text("code"));
    code.or_else(|| error.text("type"))
}

/// Adds the errors of parameters that `error` has in its extensions.
fn add_fields(source: &Source<'_>, envelope: &mut Envelope, error: Value<'_>) {
    let Some(extensions) = error.get("extensions") else {
        return;
    };
    let validation = extensions.get("validation");
    if let Some(inner) = validation.and_then(|fields| any_json::read(source, fields)) {
        for (name, messages) in inner.field_errors() {
            messages.for_each(|message| source.add_field(envelope, name, message));
        }
    }
    let names = PARAMETERS.iter().filter_map(|name| extensions.text(name));
    let name = names.filter_map(any_json::parameter_name).next();
    if let Some((name, message)) = name.zip(error.text("message")) {
        source.add_field(envelope, &name, message);
    }
}
