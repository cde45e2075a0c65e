//! The interface of the filter to Envoy: one HTTP stream, while one of its hooks runs.
//!
//! [`abi`](crate::abi) implements [`Stream`] by Envoy's functions. The filter knows only this trait.

/// One of the header maps of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    Request,
    Response,
    ResponseTrailers,
}

/// The counters in Envoy's statistics: `dynamicmodulescustom.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Errors that were answered by the module.
    Rewritten,
    /// The answered errors that were masked.
    Masked,
    /// Errors that passed unchanged.
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

/// The next step of Envoy after a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Passes the data of the stream on, and a held head.
    Continue,
    /// Holds the head. Bytes that a body hook left in the received body are dropped.
    Hold,
}

/// One HTTP stream of Envoy.
///
/// Borrowed data is valid until the stream is changed: reading takes `&self`, changing takes `&mut self`.
pub(crate) trait Stream {
    /// The first value of the header `name`, which is in lower case.
    fn header(&self, map: Map, name: &str) -> Option<&[u8]>;

    /// All headers of the map, names in lower case, in order. Empty if there is no such map.
    fn headers(&self, map: Map) -> Vec<(&[u8], &[u8])>;

    /// Replaces all values of `name` by this one.
    fn set_header(&mut self, map: Map, name: &str, value: &[u8]);

    /// Adds one more value.
    fn add_header(&mut self, map: Map, name: &str, value: &[u8]);

    /// Removes all values of `name`.
    fn remove_header(&mut self, map: Map, name: &str);

    /// Takes the bytes of this call of the body hook out of the stream, in one piece.
    fn take_received(&mut self) -> Vec<u8>;

    /// Appends to the bytes of this call of the body hook. Only in the body hook.
    fn append_received(&mut self, bytes: &[u8]);

    /// Gives the response a body. Only at its end: in the hook of a head without body, and of trailers.
    fn append_ended(&mut self, bytes: &[u8]);

    /// Answers instead of the upstream, which is reset.
    ///
    /// The hooks of this stream are not called again, and outer filters do not get the answer.
    fn send_response(&mut self, status: u16, headers: &[(&str, &[u8])], body: &[u8]);

    /// `request.protocol`: `HTTP/1.1`, `HTTP/2`, `HTTP/3`.
    fn protocol(&self) -> Option<&[u8]>;

    /// `response.code_details`: `via_upstream`, or why Envoy answered itself.
    fn code_details(&self) -> Option<&[u8]>;

    /// Writes into the stream's metadata (`error_envelope`, `held`) whether a head is held. If the upstream breaks off
    /// then, Envoy answers without the filters, and only its `local_reply_config` can change the format of that answer.
    fn mark_held(&mut self, held: bool);

    /// Adds one to a counter.
    fn count(&mut self, counter: Counter);

    /// Writes a line to Envoy's log, at level `info`, if that level is on.
    fn log(&self, message: &dyn Fn() -> String);
}
