//! Envoy's ABI for dynamic modules, by hand: the only file with `unsafe`.
//!
//! The contracts are those of `abi.h`, "HTTP Filter", in Envoy's sources below `source/extensions/dynamic_modules/`. They
//! are the same in ABI v0.1.0 (Envoy 1.38 and 1.39) and v0.2.0 (Envoy 1.40). Three rules hold for all of them:
//!
//! - A hook runs on the thread of its stream, one at a time. Envoy's pointers are valid while it runs; what Envoy lends
//!   (header values, body slices) is valid until the hook ends or the map or body is changed.
//! - What the module lends to Envoy is copied before the function returns.
//! - No panic may cross the border: every hook catches.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

use settings::Settings;

use crate::filter::Filter;
use crate::stream::{Counter, Map, Next, Stream};
use crate::structure;

/// The version whose contracts stand here. Envoy promises that its next minor version of the ABI takes it as well.
const VERSION: &std::ffi::CStr = c"v0.1.0";

/// `envoy_dynamic_module_type_envoy_buffer`: bytes that Envoy lends. `ptr` may be null where `length` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
struct EnvoyBuffer {
    ptr: *const u8,
    length: usize,
}

impl EnvoyBuffer {
    const EMPTY: Self = Self {
        ptr: ptr::null(),
        length: 0,
    };

    /// # Safety
    /// The buffer came from Envoy, and nothing changes it for `'a`.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.ptr.is_null() || self.length == 0 {
            return &[];
        }
        // SAFETY: by the contract of this function.
        unsafe { std::slice::from_raw_parts(self.ptr, self.length) }
    }
}

/// `envoy_dynamic_module_type_module_buffer`: bytes that the module lends.
#[repr(C)]
#[derive(Clone, Copy)]
struct ModuleBuffer {
    ptr: *const u8,
    length: usize,
}

impl ModuleBuffer {
    /// The value that removes a header.
    const NULL: Self = Self {
        ptr: ptr::null(),
        length: 0,
    };

    fn of(bytes: &[u8]) -> Self {
        Self {
            ptr: bytes.as_ptr(),
            length: bytes.len(),
        }
    }
}

/// `envoy_dynamic_module_type_envoy_http_header` and `…_module_http_header`: of the same form.
#[repr(C)]
#[derive(Clone, Copy)]
struct Header {
    key: *const u8,
    key_length: usize,
    value: *const u8,
    value_length: usize,
}

impl Header {
    const EMPTY: Self = Self {
        key: ptr::null(),
        key_length: 0,
        value: ptr::null(),
        value_length: 0,
    };
}

/// `DynamicModuleHttpFilterConfig` of Envoy.
type ConfigPtr = *mut c_void;
/// `DynamicModuleHttpFilter` of Envoy: the stream.
type StreamPtr = *mut c_void;

/// `envoy_dynamic_module_type_http_header_type`.
const fn header_type(map: Map) -> u32 {
    match map {
        Map::Request => 0,
        Map::Response => 2,
        Map::ResponseTrailers => 3,
    }
}

/// `envoy_dynamic_module_type_http_body_type`.
const RECEIVED_RESPONSE_BODY: u32 = 2;
const BUFFERED_RESPONSE_BODY: u32 = 3;

/// `envoy_dynamic_module_type_attribute_id`.
const REQUEST_PROTOCOL: u32 = 10;
const RESPONSE_CODE_DETAILS: u32 = 16;

/// `envoy_dynamic_module_type_log_level`.
const INFO: u32 = 2;
const ERROR: u32 = 4;

/// `envoy_dynamic_module_type_metrics_result`.
const SUCCESS: u32 = 0;

/// `…_on_http_filter_{request,response}_{headers,trailers}_status`: 1 is `StopIteration`.
const fn head_status(next: Next) -> u32 {
    match next {
        Next::Continue => 0,
        Next::Hold => 1,
    }
}

/// `…_on_http_filter_response_body_status`: 3 is `StopIterationNoBuffer`.
const fn body_status(next: Next) -> u32 {
    match next {
        Next::Continue => 0,
        Next::Hold => 3,
    }
}

extern "C" {
    /// Writes to Envoy's log under `dynamic_modules`.
    fn envoy_dynamic_module_callback_log(level: u32, message: ModuleBuffer);

    /// Whether that level is on.
    fn envoy_dynamic_module_callback_log_enabled(level: u32) -> bool;

    /// Defines a counter. Only while the configuration is made. Label names may be null where there are none.
    fn envoy_dynamic_module_callback_http_filter_config_define_counter(
        config: ConfigPtr,
        name: ModuleBuffer,
        label_names: *const ModuleBuffer,
        label_names_length: usize,
        counter_id: *mut usize,
    ) -> u32;

    /// Adds to a counter that the stream's configuration defined.
    fn envoy_dynamic_module_callback_http_filter_increment_counter(
        stream: StreamPtr,
        counter_id: usize,
        label_values: *const ModuleBuffer,
        label_values_length: usize,
        value: u64,
    ) -> u32;

    /// One value of a header. False, and an empty buffer, if there is none. `count` may be null.
    fn envoy_dynamic_module_callback_http_get_header(
        stream: StreamPtr,
        header_type: u32,
        key: ModuleBuffer,
        value: *mut EnvoyBuffer,
        index: usize,
        count: *mut usize,
    ) -> bool;

    /// The number of headers; 0 if there is no such map.
    fn envoy_dynamic_module_callback_http_get_headers_size(
        stream: StreamPtr,
        header_type: u32,
    ) -> usize;

    /// All headers, into an array that has room for them.
    fn envoy_dynamic_module_callback_http_get_headers(
        stream: StreamPtr,
        header_type: u32,
        headers: *mut Header,
    ) -> bool;

    /// Adds a value.
    fn envoy_dynamic_module_callback_http_add_header(
        stream: StreamPtr,
        header_type: u32,
        key: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;

    /// Replaces all values by one; a null value removes the header.
    fn envoy_dynamic_module_callback_http_set_header(
        stream: StreamPtr,
        header_type: u32,
        key: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;

    /// The number of slices of a body; 0 if there is none.
    fn envoy_dynamic_module_callback_http_get_body_chunks_size(
        stream: StreamPtr,
        body_type: u32,
    ) -> usize;

    /// The slices of a body, into an array that has room for them.
    fn envoy_dynamic_module_callback_http_get_body_chunks(
        stream: StreamPtr,
        body_type: u32,
        chunks: *mut EnvoyBuffer,
    ) -> bool;

    /// Removes bytes from the front; all of them if there are fewer.
    fn envoy_dynamic_module_callback_http_drain_body(
        stream: StreamPtr,
        body_type: u32,
        bytes: usize,
    ) -> bool;

    /// Appends bytes. Of the buffered body only where the response has ended: elsewhere they never leave Envoy.
    fn envoy_dynamic_module_callback_http_append_body(
        stream: StreamPtr,
        body_type: u32,
        data: ModuleBuffer,
    ) -> bool;

    /// Answers itself. After it no hook of the stream is called but `destroy`.
    fn envoy_dynamic_module_callback_http_send_response(
        stream: StreamPtr,
        status: u32,
        headers: *const Header,
        headers_length: usize,
        body: ModuleBuffer,
        details: ModuleBuffer,
    );

    /// An attribute that is a text. False if there is none.
    fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
        stream: StreamPtr,
        attribute: u32,
        value: *mut EnvoyBuffer,
    ) -> bool;

    /// Sets a text in the stream's dynamic metadata.
    fn envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
        stream: StreamPtr,
        namespace: ModuleBuffer,
        key: ModuleBuffer,
        value: ModuleBuffer,
    );

    /// What `per_route_config_new` returned for the route of the stream; null if there is none.
    fn envoy_dynamic_module_callback_get_most_specific_route_config(
        stream: StreamPtr,
    ) -> *const c_void;
}

/// The module's configuration, with the ids that Envoy gave its counters.
struct Config {
    settings: Settings,
    counters: [Option<usize>; Counter::ALL.len()],
}

// All threads of Envoy read one configuration, by pointers that the compiler does not follow.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Config>();
};

/// The module's part of one stream.
struct Instance {
    config: *const Config,
    filter: Filter,
}

/// [`Stream`] by Envoy's functions.
struct EnvoyStream<'hook> {
    stream: StreamPtr,
    config: &'hook Config,
}

impl<'hook> EnvoyStream<'hook> {
    /// What holds for the route of the stream.
    fn settings(&self) -> &'hook Settings {
        // SAFETY: the stream lives while its hook runs. Envoy keeps the configuration of its route while it does.
        let route = unsafe {
            envoy_dynamic_module_callback_get_most_specific_route_config(self.stream)
                .cast::<Settings>()
                .as_ref()
        };
        route.unwrap_or(&self.config.settings)
    }

    fn attribute(&self, attribute: u32) -> Option<&[u8]> {
        let mut value = EnvoyBuffer::EMPTY;
        // SAFETY: the stream lives while its hook runs, and the result has room for one buffer. What comes back is valid
        // until the stream is changed, which takes `&mut self`.
        unsafe {
            envoy_dynamic_module_callback_http_filter_get_attribute_string(
                self.stream,
                attribute,
                &mut value,
            )
            .then(|| value.bytes())
        }
    }

    fn append(&mut self, body_type: u32, bytes: &[u8]) {
        // SAFETY: the stream lives while its hook runs; Envoy copies the bytes.
        unsafe {
            envoy_dynamic_module_callback_http_append_body(
                self.stream,
                body_type,
                ModuleBuffer::of(bytes),
            );
        }
    }
}

impl Stream for EnvoyStream<'_> {
    fn header(&self, map: Map, name: &str) -> Option<&[u8]> {
        let mut value = EnvoyBuffer::EMPTY;
        // SAFETY: as for attributes.
        unsafe {
            envoy_dynamic_module_callback_http_get_header(
                self.stream,
                header_type(map),
                ModuleBuffer::of(name.as_bytes()),
                &mut value,
                0,
                ptr::null_mut(),
            )
            .then(|| value.bytes())
        }
    }

    fn headers(&self, map: Map) -> Vec<(&[u8], &[u8])> {
        // SAFETY: the stream lives while its hook runs.
        let size = unsafe {
            envoy_dynamic_module_callback_http_get_headers_size(self.stream, header_type(map))
        };
        let mut headers = vec![Header::EMPTY; size];
        // SAFETY: the array has room for as many headers as there are. What comes back is valid until the map is
        // changed, which takes `&mut self`.
        unsafe {
            if size == 0
                || !envoy_dynamic_module_callback_http_get_headers(
                    self.stream,
                    header_type(map),
                    headers.as_mut_ptr(),
                )
            {
                return Vec::new();
            }
            let lent = |ptr, length| EnvoyBuffer { ptr, length }.bytes();
            let pair = |it: &Header| (lent(it.key, it.key_length), lent(it.value, it.value_length));
            headers.iter().map(pair).collect()
        }
    }

    fn set_header(&mut self, map: Map, name: &str, value: &[u8]) {
        // SAFETY: the stream lives while its hook runs; Envoy copies the texts.
        unsafe {
            envoy_dynamic_module_callback_http_set_header(
                self.stream,
                header_type(map),
                ModuleBuffer::of(name.as_bytes()),
                ModuleBuffer::of(value),
            );
        }
    }

    fn add_header(&mut self, map: Map, name: &str, value: &[u8]) {
        // SAFETY: as in `set_header`.
        unsafe {
            envoy_dynamic_module_callback_http_add_header(
                self.stream,
                header_type(map),
                ModuleBuffer::of(name.as_bytes()),
                ModuleBuffer::of(value),
            );
        }
    }

    fn remove_header(&mut self, map: Map, name: &str) {
        // SAFETY: as in `set_header`; a null value removes.
        unsafe {
            envoy_dynamic_module_callback_http_set_header(
                self.stream,
                header_type(map),
                ModuleBuffer::of(name.as_bytes()),
                ModuleBuffer::NULL,
            );
        }
    }

    fn take_received(&mut self) -> Vec<u8> {
        // SAFETY: the stream lives while its hook runs; the array has room for as many slices as there are; they are
        // copied before the body is drained.
        unsafe {
            let size = envoy_dynamic_module_callback_http_get_body_chunks_size(
                self.stream,
                RECEIVED_RESPONSE_BODY,
            );
            let mut chunks = vec![EnvoyBuffer::EMPTY; size];
            if size == 0
                || !envoy_dynamic_module_callback_http_get_body_chunks(
                    self.stream,
                    RECEIVED_RESPONSE_BODY,
                    chunks.as_mut_ptr(),
                )
            {
                return Vec::new();
            }
            let mut bytes = Vec::with_capacity(chunks.iter().map(|chunk| chunk.length).sum());
            for chunk in chunks {
                bytes.extend_from_slice(chunk.bytes());
            }
            envoy_dynamic_module_callback_http_drain_body(
                self.stream,
                RECEIVED_RESPONSE_BODY,
                bytes.len(),
            );
            bytes
        }
    }

    fn append_received(&mut self, bytes: &[u8]) {
        self.append(RECEIVED_RESPONSE_BODY, bytes);
    }

    fn append_ended(&mut self, bytes: &[u8]) {
        self.append(BUFFERED_RESPONSE_BODY, bytes);
    }

    fn send_response(&mut self, status: u16, headers: &[(&str, &[u8])], body: &[u8]) {
        let headers: Vec<Header> = headers
            .iter()
            .map(|(name, value)| Header {
                key: name.as_ptr(),
                key_length: name.len(),
                value: value.as_ptr(),
                value_length: value.len(),
            })
            .collect();
        // SAFETY: the stream lives while its hook runs; Envoy copies headers and body before it returns.
        unsafe {
            envoy_dynamic_module_callback_http_send_response(
                self.stream,
                u32::from(status),
                headers.as_ptr(),
                headers.len(),
                ModuleBuffer::of(body),
                ModuleBuffer::of(b"error_envelope"),
            );
        }
    }

    fn protocol(&self) -> Option<&[u8]> {
        self.attribute(REQUEST_PROTOCOL)
    }

    fn code_details(&self) -> Option<&[u8]> {
        self.attribute(RESPONSE_CODE_DETAILS)
    }

    fn mark_held(&mut self, held: bool) {
        // SAFETY: the stream lives while its hook runs; Envoy copies the texts.
        unsafe {
            envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
                self.stream,
                ModuleBuffer::of(b"error_envelope"),
                ModuleBuffer::of(b"held"),
                ModuleBuffer::of(if held { b"yes" } else { b"no" }),
            );
        }
    }

    fn count(&mut self, counter: Counter) {
        let Some(&Some(id)) = self.config.counters.get(counter as usize) else {
            return;
        };
        // SAFETY: the stream lives while its hook runs, and its configuration defined the counter, without labels.
        unsafe {
            envoy_dynamic_module_callback_http_filter_increment_counter(
                self.stream,
                id,
                ptr::null(),
                0,
                1,
            );
        }
    }

    fn log(&self, message: &dyn Fn() -> String) {
        // SAFETY: has no preconditions.
        if unsafe { envoy_dynamic_module_callback_log_enabled(INFO) } {
            log(INFO, &message());
        }
    }
}

fn log(level: u32, message: &str) {
    // SAFETY: Envoy copies the message.
    unsafe { envoy_dynamic_module_callback_log(level, ModuleBuffer::of(message.as_bytes())) }
}

/// Runs a hook; after a panic, `rescue`.
///
/// # Safety
/// `instance` came from `envoy_dynamic_module_on_http_filter_new`, `stream` is its stream, and both live.
unsafe fn hook(
    stream: StreamPtr,
    instance: *const c_void,
    run: impl FnOnce(&mut Filter, &mut EnvoyStream<'_>) -> Next,
    rescue: impl FnOnce(&mut Filter, &mut EnvoyStream<'_>),
) -> Next {
    // SAFETY: Envoy calls the hooks of a stream one after the other, and keeps the configuration while streams use it.
    let (filter, config) = unsafe {
        let instance = &mut *instance.cast::<Instance>().cast_mut();
        (&mut instance.filter, &*instance.config)
    };
    let mut stream = EnvoyStream { stream, config };
    if let Ok(next) = catch_unwind(AssertUnwindSafe(|| run(filter, &mut stream))) {
        return next;
    }
    // A second panic is caught as well: then nothing more can be given back.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        stream.count(Counter::Panicked);
        rescue(filter, &mut stream);
    }));
    Next::Continue
}

/// The settings in `config`, or null with a line in Envoy's log, whereupon Envoy refuses the configuration.
fn settings(config: EnvoyBuffer) -> Option<Settings> {
    // SAFETY: Envoy lends the text for the length of the hook.
    let config = unsafe { config.bytes() };
    match catch_unwind(|| structure::settings(config)) {
        Ok(Ok(settings)) => Some(settings),
        Ok(Err(error)) => {
            log(
                ERROR,
                &format!("error_envelope: wrong configuration: {error}"),
            );
            None
        }
        Err(_) => {
            log(
                ERROR,
                "error_envelope: panic while reading the configuration",
            );
            None
        }
    }
}

/// Called once, on the main thread, when the module is loaded. The text lives as long as the module.
#[no_mangle]
extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    VERSION.as_ptr()
}

/// Called on the main thread for each filter in a configuration. Null refuses the configuration.
#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    config_ptr: ConfigPtr,
    _name: EnvoyBuffer,
    config: EnvoyBuffer,
) -> *const c_void {
    let Some(settings) = settings(config) else {
        return ptr::null();
    };
    let counters = Counter::ALL.map(|(_, name)| {
        let mut id = 0;
        // SAFETY: the configuration is being made; Envoy copies the name; there is room for the id.
        let result = unsafe {
            envoy_dynamic_module_callback_http_filter_config_define_counter(
                config_ptr,
                ModuleBuffer::of(name.as_bytes()),
                ptr::null(),
                0,
                &mut id,
            )
        };
        (result == SUCCESS).then_some(id)
    });
    Box::into_raw(Box::new(Config { settings, counters }))
        .cast::<c_void>()
        .cast_const()
}

/// Called when a configuration and all its streams are gone.
///
/// # Safety
/// `config` came from `config_new`, and is not used again.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(config: *const c_void) {
    // SAFETY: by the contract of this function.
    drop(catch_unwind(|| unsafe {
        drop(Box::from_raw(config.cast::<Config>().cast_mut()))
    }));
}

/// Called on the main thread for each route that overrides the configuration. Null refuses the configuration.
#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_new(
    _name: EnvoyBuffer,
    config: EnvoyBuffer,
) -> *const c_void {
    settings(config).map_or(ptr::null(), |settings| {
        Box::into_raw(Box::new(settings))
            .cast::<c_void>()
            .cast_const()
    })
}

/// Called when the configuration of a route is gone.
///
/// # Safety
/// `settings` came from `per_route_config_new`, and is not used again.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_destroy(
    settings: *const c_void,
) {
    // SAFETY: by the contract of this function.
    drop(catch_unwind(|| unsafe {
        drop(Box::from_raw(settings.cast::<Settings>().cast_mut()))
    }));
}

/// Called for each stream. Null closes the stream.
#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_new(
    config: *const c_void,
    _stream: StreamPtr,
) -> *const c_void {
    let config = config.cast::<Config>();
    let filter = Filter::default();
    Box::into_raw(Box::new(Instance { config, filter }))
        .cast::<c_void>()
        .cast_const()
}

/// The last hook of a stream.
///
/// # Safety
/// `instance` came from `http_filter_new`, and is not used again.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_destroy(instance: *const c_void) {
    // SAFETY: by the contract of this function.
    drop(catch_unwind(|| unsafe {
        drop(Box::from_raw(instance.cast::<Instance>().cast_mut()))
    }));
}

/// The head of the request, before other filters change it.
///
/// # Safety
/// As for all hooks: `stream` and `instance` belong together and live.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    stream: StreamPtr,
    instance: *const c_void,
    _end: bool,
) -> u32 {
    let run = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| {
        filter.request_head(stream);
        Next::Continue
    };
    // SAFETY: by the contract of this function.
    head_status(unsafe { hook(stream, instance, run, |_, _| ()) })
}

/// The head of the response. It comes once more if Envoy answers itself after it.
///
/// # Safety
/// As for all hooks.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
    stream: StreamPtr,
    instance: *const c_void,
    end: bool,
) -> u32 {
    let run = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| {
        let settings = stream.settings();
        filter.response_head(stream, settings, end)
    };
    // SAFETY: by the contract of this function.
    head_status(unsafe { hook(stream, instance, run, |filter, _| filter.forget()) })
}

/// A piece of the response's body.
///
/// # Safety
/// As for all hooks.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_body(
    stream: StreamPtr,
    instance: *const c_void,
    end: bool,
) -> u32 {
    let run = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| filter.response_body(stream, end);
    let rescue = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| {
        filter.give_back(stream, |stream, bytes| {
            let rest = stream.take_received();
            stream.append_received(bytes);
            stream.append_received(&rest);
        });
    };
    // SAFETY: by the contract of this function.
    body_status(unsafe { hook(stream, instance, run, rescue) })
}

/// The trailers of the response, after its body.
///
/// # Safety
/// As for all hooks.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_trailers(
    stream: StreamPtr,
    instance: *const c_void,
) -> u32 {
    let run = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| {
        let settings = stream.settings();
        filter.response_trailers(stream, settings)
    };
    let rescue = |filter: &mut Filter, stream: &mut EnvoyStream<'_>| {
        filter.give_back(stream, |stream, bytes| stream.append_ended(bytes));
    };
    // SAFETY: by the contract of this function.
    head_status(unsafe { hook(stream, instance, run, rescue) })
}

/// Envoy answers itself. What the hook returns lets it: 0 is `Continue`.
///
/// # Safety
/// As for all hooks.
#[no_mangle]
unsafe extern "C" fn envoy_dynamic_module_on_http_filter_local_reply(
    stream: StreamPtr,
    instance: *const c_void,
    status: u32,
    _details: EnvoyBuffer,
    _reset: bool,
) -> u32 {
    let run = |filter: &mut Filter, _: &mut EnvoyStream<'_>| {
        filter.local_reply(u16::try_from(status).unwrap_or_default());
        Next::Continue
    };
    // SAFETY: by the contract of this function.
    head_status(unsafe { hook(stream, instance, run, |_, _| ()) })
}

// Hooks that are called, and have nothing to do.

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
    _stream: StreamPtr,
    _instance: *const c_void,
    _end: bool,
) -> u32 {
    0
}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(
    _stream: StreamPtr,
    _instance: *const c_void,
) -> u32 {
    0
}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(
    _stream: StreamPtr,
    _instance: *const c_void,
) {
}

// Hooks that are never called, because the module makes no requests and schedules nothing. Envoy looks for the symbols
// when it loads the module, and refuses one that lacks them; arguments are left out, because there is nothing to read.

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_callout_done() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_headers() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_data() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_trailers() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_complete() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_reset() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_scheduled() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark() {}

#[no_mangle]
extern "C" fn envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark() {}
