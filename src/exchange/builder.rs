//! The builder of a [`Normaliser`]: each method changes its configuration.
//!
//! In: values and hooks of the user. Out: a `Normaliser` with the changed configuration. Programs and the builder of
//! [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer) call these methods. `serving` has the methods for servers.
//!
//! A call copies the configuration if another clone of the `Normaliser` shares it. So configure first, then clone.

use std::borrow::Cow;
use std::sync::Arc;

use http::response::Parts;

use super::hooks::{ErrorEvent, RequestHead};
use super::normaliser::Normaliser;
use crate::envelope::{Envelope, Namespace};
use crate::read::ErrorReader;

/// Configuration.
///
/// The calls work in any order. Methods that are marked "for servers" have no effect on a
/// [client](Normaliser::client), and those "for clients" have none on a [server](Normaliser::server). The layer has methods of
/// the same names.
///
/// Hooks, predicates, readers and dialects are code of the user. If one of them panics, the panic is caught and logged (feature
/// `tracing`), and the response goes on without it.
impl Normaliser {
    /// Adds a reader, which turns bodies of one more format into envelopes.
    ///
    /// The readers are asked in the order in which they were added, and all of them before the readers of this crate. If a reader
    /// panics, the readers of this crate read the body.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Response, Uri, Version};
    /// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
    /// use tower_error_envelope::{read::Rejections, Envelope};
    ///
    /// // For a client of an axum service without the layer.
    /// let normaliser = Normaliser::client().with_reader(Rejections);
    /// let caller = normaliser.caller(&Method::POST, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let (mut parts, ()) = Response::builder().status(422).body(())?.into_parts();
    /// let Head::Read(mut reading) = normaliser.head(caller, &mut parts, BodyHint::default()) else { unreachable!() };
    /// let text = "Failed to deserialize the JSON body into the target type: missing field `name` at line 1 column 2";
    /// assert!(reading.push(text.into()).is_none());
    /// let answer = reading.end(Ok(()));
    /// assert_eq!(answer.parts.extensions.get::<Envelope>().unwrap().message_for(&["name"]), "name - missing field `name`");
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|config| config.readers.push(Arc::new(reader)))
    }

    /// Sets how many bytes of an error's body are read at most. Default: 65,536.
    ///
    /// The body of a longer error is not used: the error becomes the envelope of its status. A decoded body has the same limit.
    /// An error that was read is written with at most twice the limit and 512 bytes; if it would be longer, for example by
    /// escapes, it becomes the envelope of its status.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Response, Uri, Version};
    /// use tower_error_envelope::exchange::{AnswerBody, BodyHint, Head, Normaliser};
    ///
    /// let normaliser = Normaliser::client().with_body_limit(10);
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let (mut parts, ()) = Response::builder().status(404).body(())?.into_parts();
    /// let hint = BodyHint { ended: false, length: None };
    /// let Head::Read(mut reading) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
    ///
    /// assert!(reading.push("There is ".into()).is_none());
    /// let answer = reading.push("no printer 8".into()).unwrap();
    /// let body = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
    /// assert_eq!(answer.body, AnswerBody::Full(body.into()));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|config| config.body_limit = bytes)
    }

    /// Leaves coded bodies unread: such an error becomes the envelope of its status.
    ///
    /// Default with the feature `decompression`: gzip, deflate, Brotli and zstd are decoded, in errors only, up to the
    /// [body limit](Self::with_body_limit). See [RFC 9110 §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4).
    #[cfg(feature = "decompression")]
    pub fn without_decompression(self) -> Self {
        self.configured(|config| config.decodes = false)
    }

    /// Sets a predicate that selects errors. An error passes unchanged if the predicate returns `false`. Default: all errors
    /// are changed.
    ///
    /// In: the head of the request, and the head of the response. The predicate is asked for responses with an error status. It
    /// is not asked for errors of services, and not for errors in successes. A passed error is not masked, not logged, and no hook
    /// gets it. A predicate that panics counts as `true`.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Response, Uri, Version};
    /// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
    ///
    /// let normaliser = Normaliser::server().with_predicate(|request, _response| request.uri().path() != "/health");
    /// let (method, uri, headers) = (Method::GET, Uri::from_static("/health"), HeaderMap::new());
    /// let caller = normaliser.caller(&method, Version::HTTP_11, &uri, &headers);
    ///
    /// let (mut parts, ()) = Response::builder().status(503).body(())?.into_parts();
    /// parts.extensions.insert(normaliser.request_head(&method, &uri, &headers).unwrap());
    /// let hint = BodyHint { ended: true, length: None };
    /// assert!(matches!(normaliser.head(caller, &mut parts, hint), Head::Pass));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_predicate(
        self,
        predicate: impl Fn(&RequestHead, &Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.configured(|config| config.predicate = Some(Arc::new(predicate)))
    }

    /// Sets the namespace of generated types: `<namespace>.<Class>`, with the class of the status. Default:
    /// `clustr.exceptions`.
    ///
    /// A type that a peer or a handler gave to an error stays as it is.
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode, Uri, Version};
    /// use tower_error_envelope::exchange::{AnswerBody, Normaliser};
    /// use tower_error_envelope::Envelope;
    ///
    /// let normaliser = Normaliser::server().with_namespace("shop.exceptions");
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let answer = normaliser.service_error(caller, None, Envelope::from_status(StatusCode::NOT_FOUND).into());
    /// let body = r#"{"_error_message":"Not Found","_error_type":"shop.exceptions.NotFound"}"#;
    /// assert_eq!(answer.body, AnswerBody::Full(body.into()));
    /// ```
    pub fn with_namespace<'a>(self, namespace: impl Into<Cow<'a, str>>) -> Self {
        let namespace = Namespace::new(&namespace.into());
        self.configured(|config| config.namespace = Some(Arc::new(namespace)))
    }

    /// Sets a hook that changes each envelope before it is written.
    ///
    /// In: the envelope after masking, and the head of the request. Out: the envelope to write. An error stays an error: if the
    /// hook returns an envelope with a status below 400, the error keeps the status that it had before. If the hook panics, the
    /// error keeps its envelope. A second call replaces the hook.
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::Envelope;
    ///
    /// let normaliser = Normaliser::server().map_envelope(|error, request| error.with_member("path", request.uri().path()));
    /// let (method, uri, headers) = (Method::GET, Uri::from_static("/orders"), HeaderMap::new());
    /// let caller = normaliser.caller(&method, Version::HTTP_11, &uri, &headers);
    /// let request = normaliser.request_head(&method, &uri, &headers);
    /// let answer = normaliser.service_error(caller, request, Envelope::from_status(StatusCode::GONE).into());
    /// let envelope: &Envelope = answer.parts.extensions.get().unwrap();
    /// assert_eq!(envelope.members().get_as::<String>("path").as_deref(), Some("/orders"));
    /// ```
    pub fn map_envelope<F>(self, map: F) -> Self
    where
        F: Fn(Envelope, &RequestHead) -> Envelope + Send + Sync + 'static,
    {
        self.configured(|config| config.map_envelope = Some(Arc::new(map)))
    }

    /// Sets a hook that is called once for each error, before it is sent. A second call replaces the hook.
    ///
    /// In: an [`ErrorEvent`] with the envelope as the client gets it, the original of a masked error, the cause, and the head of
    /// the request.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU16, Ordering};
    /// use std::sync::Arc;
    ///
    /// use http::{HeaderMap, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let status = Arc::new(AtomicU16::new(0));
    /// let seen = Arc::clone(&status);
    /// let normaliser = Normaliser::server().on_error(move |event| seen.store(event.status().as_u16(), Ordering::Relaxed));
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// drop(normaliser.service_error(caller, None, "the disk is full".into()));
    /// assert_eq!(status.load(Ordering::Relaxed), 500);
    /// ```
    pub fn on_error(self, hook: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.configured(|config| config.on_error = Some(Arc::new(hook)))
    }

    /// Puts the `x-request-id` of the request into each error, as the member `request_id`.
    ///
    /// An id is used only if it has 1 to 128 bytes and plain characters: see [`RequestHead::request_id`].
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::Envelope;
    ///
    /// let normaliser = Normaliser::server().with_request_id();
    /// let (method, uri, mut headers) = (Method::GET, Uri::from_static("/"), HeaderMap::new());
    /// headers.insert("x-request-id", HeaderValue::from_static("7f3a"));
    /// let caller = normaliser.caller(&method, Version::HTTP_11, &uri, &headers);
    /// let request = normaliser.request_head(&method, &uri, &headers);
    /// let answer = normaliser.service_error(caller, request, "the disk is full".into());
    /// let envelope: &Envelope = answer.parts.extensions.get().unwrap();
    /// assert_eq!(envelope.members().get_as::<String>("request_id").as_deref(), Some("7f3a"));
    /// ```
    pub fn with_request_id(self) -> Self {
        self.configured(|config| config.request_id = true)
    }

    /// Treats callers of gRPC and gRPC-Web like callers of HTTP. Default with the feature `tonic`: they get a gRPC status.
    /// Without that feature this method has no effect.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server().without_grpc();
    /// let grpc = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"))]);
    /// let caller = normaliser.caller(&Method::POST, Version::HTTP_2, &Uri::from_static("/shop.Printers/Get"), &grpc);
    /// let answer = normaliser.service_error(caller, None, "the disk is full".into());
    /// assert_eq!((answer.parts.status.as_u16(), &answer.parts.headers["content-type"]), (500, &"application/json".parse()?));
    /// # Ok::<(), http::header::InvalidHeaderValue>(())
    /// ```
    pub fn without_grpc(self) -> Self {
        self.configured(|config| config.grpc = false)
    }

    /// For clients: looks for errors in successes as well. Default: a success passes unread.
    ///
    /// A success is read if it can be one JSON or XML document within the [body limit](Self::with_body_limit). The error gets the
    /// status that it gives as a number. If it gives none, its type implies the status; otherwise the status is 400.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Response, Uri, Version};
    /// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
    ///
    /// let normaliser = Normaliser::client().with_errors_in_success();
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let response = Response::builder().header("content-type", "application/json");
    /// let (mut parts, ()) = response.body(())?.into_parts();
    /// let body = r#"{"ok": false, "error": "channel_not_found"}"#;
    /// let hint = BodyHint { ended: false, length: Some(body.len() as u64) };
    /// let Head::Read(mut reading) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
    /// assert!(reading.push(body.into()).is_none());
    /// assert_eq!(reading.end(Ok(())).parts.status, 404);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_errors_in_success(self) -> Self {
        self.configured(|config| config.errors_in_success = true)
    }
}
