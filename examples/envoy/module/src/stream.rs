//! What the filter sees of Envoy: one HTTP stream, while one hook of it runs.
//!
//! [`abi`](crate::abi) implements [`Stream`] by Envoy's functions. The filter knows only this trait.

/// One of the header maps of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    Request,
    Response,
    ResponseTrailers,
}

/// What Envoy counts for us: `dynamicmodulescustom.<name>` in its statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Errors that were answered by the module.
    Rewritten,
    /// Of these, the ones whose text was kept from the client.
    Masked,
    /// Errors that were looked at and left as they were.
    Passed,
    /// Panics in a hook: the original answer passed.
    Panicked,
    /// Errors whose body exceeded the limit.
    OverLimit,
}

impl Counter {
    /// All counters, in the order in which they are defined.
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Rewritten, "rewritten"),
        (Self::Masked, "masked"),
        (Self::Passed, "passed"),
        (Self::Panicked, "panicked"),
        (Self::OverLimit, "over_limit"),
    ];
}

/// What Envoy does after a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Hands on what the stream holds, a held head included.
    Continue,
    /// Holds the head. What a body hook left in the received body is dropped.
    Hold,
}

/// One HTTP stream of Envoy.
///
/// Whatever is borrowed from it is valid until it is changed: reading takes `&self`, changing takes `&mut self`.
pub(crate) trait Stream {
    /// The first value of the header `name`, which is in lower case.
    fn header(&self, map: Map, name: &str) -> Option<&[u8]>;

    /// All headers of the map, names in lower case, in order. Empty if there is no such map.
    fn headers(&self, map: Map) -> Vec<(&[u8], &[u8])>;

    /// Sets `name` to this one value, whatever it had.
    fn set_header(&mut self, map: Map, name: &str, value: &[u8]);

    /// Adds one more value.
    fn add_header(&mut self, map: Map, name: &str, value: &[u8]);

    /// Removes all values of `name`.
    fn remove_header(&mut self, map: Map, name: &str);

    /// The bytes that this call of the body hook brought, in one piece, and takes them out of the stream.
    fn take_received(&mut self) -> Vec<u8>;

    /// Appends to what this call of the body hook brought. Only in the body hook.
    fn append_received(&mut self, bytes: &[u8]);

    /// Gives the response a body. Only where the response ended: in the hook of a head without body, and of trailers.
    fn append_ended(&mut self, bytes: &[u8]);

    /// Answers in the place of the upstream, which is reset.
    ///
    /// The hooks of this stream are not called again, and filters further out do not see the answer.
    fn send_response(&mut self, status: u16, headers: &[(&str, &[u8])], body: &[u8]);

    /// `request.protocol`: `HTTP/1.1`, `HTTP/2`, `HTTP/3`.
    fn protocol(&self) -> Option<&[u8]>;

    /// `response.code_details`: `via_upstream`, or why Envoy answered itself.
    fn code_details(&self) -> Option<&[u8]>;

    /// Says in the stream's metadata (`error_envelope`, `held`) whether a head is held: if the upstream breaks off now,
    /// Envoy answers past all filters, and only its `local_reply_config` can still give that answer a form.
    fn mark_held(&mut self, held: bool);

    /// Adds one to a counter.
    fn count(&mut self, counter: Counter);

    /// Writes a line to Envoy's log, at level `info`, if that level is on.
    fn log(&self, message: &dyn Fn() -> String);
}
