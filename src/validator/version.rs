//! The errors of one version of validator, which the parent module imports as `validator`.
//!
//! In: its `ValidationErrors`. Out: an [`Envelope`] or [`FieldErrors`]. Handlers call the conversions, mostly with `?`.

use super::validator::{ValidationError, ValidationErrors, ValidationErrorsKind};
use crate::envelope::{Envelope, FieldErrors};
use crate::validator::tree::{envelope, fields, message, Node, Tree};

impl Tree for ValidationErrors {
    fn members(&self) -> impl Iterator<Item = (&str, Node<'_, Self>)> {
        self.errors().iter().map(|(name, kind)| {
            let node = match kind {
                ValidationErrorsKind::Field(errors) => {
                    Node::Messages(errors.iter().map(text).collect())
                }
                ValidationErrorsKind::Struct(errors) => Node::Value(&**errors),
                ValidationErrorsKind::List(items) => {
                    let items = items
                        .iter()
                        .map(|(position, errors)| (*position, &**errors));
                    Node::Values(items.collect())
                }
            };
            (&**name, node)
        })
    }
}

fn text(error: &ValidationError) -> &str {
    message(error.message.as_deref(), &error.code)
}

/// See [the module](crate::validator). The errors of the whole are the parameter `__all__`.
impl From<ValidationErrors> for FieldErrors {
    fn from(errors: ValidationErrors) -> Self {
        fields(&errors)
    }
}

/// See [the module](crate::validator). The errors of the whole are the parameter `__all__`.
impl From<&ValidationErrors> for FieldErrors {
    fn from(errors: &ValidationErrors) -> Self {
        fields(errors)
    }
}

/// A validation error with the status 400. See [the module](crate::validator). The errors of the whole are its message.
impl From<ValidationErrors> for Envelope {
    fn from(errors: ValidationErrors) -> Self {
        envelope(&errors)
    }
}

/// A validation error with the status 400. See [the module](crate::validator). The errors of the whole are its message.
impl From<&ValidationErrors> for Envelope {
    fn from(errors: &ValidationErrors) -> Self {
        envelope(errors)
    }
}
