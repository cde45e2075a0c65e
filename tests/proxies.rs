//! Servers that pass on what an upstream answers, through a layer of a client. Callers choose the head of the request.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response, Version};
use http_body_util::Full;
use support::{collect, text};
use tower::util::BoxCloneService;
use tower::{service_fn, Layer, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masking, RaiseErrorsLayer, RaisedError};

type Upstream = BoxCloneService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible>;

/// A service that answers each request with this response.
fn upstream(status: u16, headers: &[(&str, &str)], body: &'static str) -> Upstream {
    let builder = Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    let response = builder.body(Full::from(body)).unwrap();
    BoxCloneService::new(service_fn(move |_: Request<_>| {
        std::future::ready(Ok(response.clone()))
    }))
}

fn call(method: Method, version: Version, headers: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let builder = Request::builder().method(method).uri("http://a/b.v1.C/D");
    let builder = builder.version(version);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(Full::default()).unwrap()
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");
const WEB: (&str, &str) = ("content-type", "application/grpc-web+proto");
const CONNECT: (&str, &str) = ("connect-protocol-version", "1");

/// The status and the original of each error that a hook was told.
type Told = Arc<Mutex<Vec<(u16, Option<String>)>>>;

fn server(told: &Told) -> ErrorEnvelopeLayer {
    let told = Arc::clone(told);
    ErrorEnvelopeLayer::new().on_error(move |event| {
        let original = event.original.map(ToString::to_string);
        told.lock()
            .unwrap()
            .push((event.status().as_u16(), original));
    })
}

fn said(response: &Response<Bytes>) -> String {
    let body = String::from_utf8_lossy(response.body());
    format!("{:?} {body}", response.headers())
}

/// A client inside of the server writes such an error with the HTTP status of a code of Connect, and this may be a 5xx.
#[tokio::test]
async fn a_caller_of_connect_turns_no_4xx_of_an_upstream_into_a_masked_5xx() {
    for (status, code, sent) in [
        (404, "unimplemented", 501),
        (405, "unimplemented", 501),
        (408, "deadline_exceeded", 504),
        (429, "unavailable", 503),
    ] {
        let told = Told::default();
        let proxy = ErrorEnvelopeLayer::client().layer(upstream(status, &[], ""));
        let request = call(Method::POST, Version::HTTP_2, &[CONNECT]);
        let response = server(&told).layer(proxy).oneshot(request).await.unwrap();
        let reason = response.status();
        let response = collect(response).await;
        assert_eq!(reason, sent);
        assert!(text(&response).contains(code), "{}", text(&response));
        assert_eq!(*told.lock().unwrap(), [(status, None)], "{code}");
    }
}

#[tokio::test]
async fn a_status_that_was_changed_after_the_client_counts() {
    let told = Told::default();
    let proxy = ServiceBuilder::new()
        .layer(server(&told))
        .map_response(|mut response: Response<_>| {
            *response.status_mut() = http::StatusCode::BAD_GATEWAY;
            response
        })
        .layer(ErrorEnvelopeLayer::client())
        .service(upstream(404, &[], "hunter2"));
    for headers in [&[][..], &[CONNECT]] {
        let request = call(Method::POST, Version::HTTP_2, headers);
        let response = collect(proxy.clone().oneshot(request).await.unwrap()).await;
        assert!(!said(&response).contains("hunter2"), "{}", said(&response));
    }
    assert_eq!(
        *told.lock().unwrap(),
        [(502, Some("hunter2".into())), (502, Some("hunter2".into()))]
    );
}

/// A proxy may hide that its upstream failed. Its client has read the text of the 5xx.
#[tokio::test]
async fn a_5xx_that_a_proxy_turns_into_a_4xx_keeps_its_text_to_itself() {
    for (status, headers) in [(404, &[][..]), (404, &[CONNECT]), (429, &[]), (410, &[])] {
        let told = Told::default();
        let proxy = ServiceBuilder::new()
            .layer(server(&told))
            .map_response(move |mut response: Response<_>| {
                *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
                response
            })
            .layer(ErrorEnvelopeLayer::client())
            .service(upstream(503, &[], "hunter2"));
        let request = call(Method::POST, Version::HTTP_2, headers);
        let response = collect(proxy.oneshot(request).await.unwrap()).await;
        assert!(!said(&response).contains("hunter2"), "{}", said(&response));
        assert_eq!(*told.lock().unwrap(), [(status, None)]);
    }
}

/// A client leaves such a body as it is for a caller of Connect. The proxy may also be the one that speaks Connect.
#[tokio::test]
async fn a_5xx_in_connect_that_a_proxy_turns_into_a_4xx_keeps_its_text_to_itself() {
    let body = r#"{"code":"unavailable","message":"hunter2"}"#;
    for (outside, inside) in [(&[CONNECT][..], &[CONNECT][..]), (&[], &[CONNECT])] {
        let told = Told::default();
        let proxy = ServiceBuilder::new()
            .layer(server(&told))
            .map_response(|mut response: Response<_>| {
                *response.status_mut() = http::StatusCode::NOT_FOUND;
                response
            })
            .map_request(move |_: Request<_>| call(Method::POST, Version::HTTP_2, inside))
            .layer(ErrorEnvelopeLayer::client())
            .service(upstream(503, &[("content-type", "application/json")], body));
        let request = call(Method::POST, Version::HTTP_2, outside);
        let response = collect(proxy.oneshot(request).await.unwrap()).await;
        assert!(!said(&response).contains("hunter2"), "{}", said(&response));
        assert_eq!(*told.lock().unwrap(), [(404, None)], "{outside:?}");
    }
}

/// The body of such an error stays as its peer wrote it, so the hook of the client changes the envelope alone.
#[tokio::test]
async fn what_the_client_of_a_proxy_made_of_an_error_in_connect_reaches_a_caller_of_http() {
    let body = r#"{"code":"not_found","message":"No printer 8"}"#;
    let client = ErrorEnvelopeLayer::client().map_envelope(|e, _| e.with_message("Ask Bob"));
    let proxy = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .map_request(|_: Request<_>| call(Method::POST, Version::HTTP_2, &[CONNECT]))
        .layer(client)
        .service(upstream(404, &[("content-type", "application/json")], body));
    let request = call(Method::GET, Version::HTTP_11, &[]);
    let response = collect(proxy.oneshot(request).await.unwrap()).await;
    assert!(text(&response).contains("Ask Bob"), "{}", text(&response));
}

#[tokio::test]
async fn a_proxy_hides_only_the_text_of_a_5xx_that_it_turns_into_a_4xx() {
    for (came, goes) in [(404, 404), (404, 403), (503, 503), (503, 502), (404, 502)] {
        let proxy = ServiceBuilder::new()
            .layer(ErrorEnvelopeLayer::new().with_masking(Masking::None))
            .map_response(move |mut response: Response<_>| {
                *response.status_mut() = http::StatusCode::from_u16(goes).unwrap();
                response
            })
            .layer(ErrorEnvelopeLayer::client())
            .service(upstream(came, &[], "Ask Bob"));
        let request = call(Method::GET, Version::HTTP_11, &[]);
        let response = collect(proxy.oneshot(request).await.unwrap()).await;
        assert_eq!(response.status(), goes);
        assert!(text(&response).contains("Ask Bob"), "{came} {goes}");
    }
}

/// In Connect, some of the 5xx have a code with an HTTP status below 500.
#[tokio::test]
async fn a_5xx_that_is_a_4xx_in_connect_is_masked_and_told_as_it_came() {
    for (status, sent) in [(507, 429), (508, 409)] {
        let told = Told::default();
        let proxy = ErrorEnvelopeLayer::client().layer(upstream(status, &[], "hunter2"));
        let request = call(Method::POST, Version::HTTP_2, &[CONNECT]);
        let response = server(&told).layer(proxy).oneshot(request).await.unwrap();
        let response = collect(response).await;
        assert_eq!(response.status(), sent);
        assert!(!said(&response).contains("hunter2"), "{}", said(&response));
        let want = [(status, Some("hunter2".to_owned()))];
        assert_eq!(*told.lock().unwrap(), want);
    }
}

/// A typed error has a `tonic::Status` among its sources if the request has the label of gRPC.
#[tokio::test]
async fn the_label_of_a_request_unmasks_no_typed_error_of_a_service() {
    for status in [500, 502, 503, 504, 529, 700] {
        for (method, version, headers) in [
            (Method::GET, Version::HTTP_11, &[][..]),
            (Method::GET, Version::HTTP_11, &[GRPC]),
            (Method::CONNECT, Version::HTTP_2, &[GRPC]),
            (Method::POST, Version::HTTP_11, &[GRPC]),
            (Method::POST, Version::HTTP_2, &[GRPC]),
            (Method::POST, Version::HTTP_2, &[WEB]),
            (Method::POST, Version::HTTP_2, &[CONNECT, GRPC]),
        ] {
            let told = Told::default();
            let raising = RaiseErrorsLayer::new().layer(upstream(status, &[], "hunter2"));
            let context = format!("{status} {method} {version:?} {headers:?}");
            let request = call(method, version, headers);
            let response = server(&told).layer(raising).oneshot(request).await.unwrap();
            let response = collect(response).await;
            assert!(!said(&response).contains("hunter2"), "{context}");
            let told = told.lock().unwrap();
            assert_eq!(told.len(), 1, "{context}");
            let original = told[0].1.as_deref().unwrap_or_default();
            assert!(original.contains("hunter2"), "{context}");
        }
    }
}

/// A client of tonic gets a status for the page of a balancer. A handler passes it on with `?`, or its service fails with it.
#[tokio::test]
async fn a_status_that_a_client_made_of_a_5xx_is_masked() {
    use printer::pb::printer_client::PrinterClient;

    for status in [500, 502, 503, 504] {
        let answer = upstream(status, &[("content-type", "text/plain")], "hunter2");
        let channel = ErrorEnvelopeLayer::client().layer(answer);
        let channel = ServiceBuilder::new()
            .map_request(|request: Request<tonic::body::Body>| {
                request.map(|_| Full::<Bytes>::default())
            })
            .service(channel);
        let asked = move || {
            let mut client = PrinterClient::new(channel.clone());
            async move {
                let job = printer::pb::Job::default();
                client.print(job).await.map(drop)
            }
        };
        let failing = {
            let asked = asked.clone();
            service_fn(move |_: Request<Full<Bytes>>| {
                let call = asked();
                async move { call.await.map(|()| Response::new(Full::<Bytes>::default())) }
            })
        };
        let passing = service_fn(move |_: Request<Full<Bytes>>| {
            let call = asked();
            async move {
                let answer: Result<(), Envelope> = async { Ok(call.await?) }.await;
                answer.map(|()| Response::new(Full::<Bytes>::default()))
            }
        });
        for headers in [&[][..], &[GRPC], &[CONNECT]] {
            let request = || call(Method::POST, Version::HTTP_2, headers);
            let told = Told::default();
            let failed = server(&told).layer(failing.clone()).oneshot(request());
            let passed = server(&told).layer(passing.clone()).oneshot(request());
            let responses = [
                collect(failed.await.unwrap()).await,
                collect(passed.await.unwrap()).await,
            ];
            for response in responses {
                assert!(!said(&response).contains("hunter2"), "{}", said(&response));
            }
            let told = told.lock().unwrap();
            assert_eq!(told.len(), 2, "{status} {headers:?}");
            assert!(told.iter().all(|(sent, _)| *sent == status), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_status_of_grpc_is_an_error_with_every_status_of_http_below_400() {
    for status in [200, 201, 206, 302, 304] {
        let headers = [GRPC, ("grpc-status", "5"), ("grpc-message", "no printer")];
        let answer = || upstream(status, &headers, "");
        let request = || call(Method::GET, Version::HTTP_11, &[]);
        let response = ErrorEnvelopeLayer::new().layer(answer()).oneshot(request());
        assert_eq!(response.await.unwrap().status(), 404, "{status}");

        let error = RaiseErrorsLayer::new().layer(answer()).oneshot(request());
        let Err(RaisedError::Api(error)) = error.await else {
            panic!("{status} was raised")
        };
        assert_eq!(error.status(), 404, "{status}");
        assert_eq!(Envelope::from(error).status(), 404, "{status}");
    }
}

#[tokio::test]
async fn an_error_that_is_passed_on_stays_an_error() {
    let copr = ("content-type", "application/json");
    let answer = upstream(200, &[copr], r#"{"error": "Cannot cancel build 123"}"#);
    let request = call(Method::GET, Version::HTTP_11, &[]);
    let error = RaiseErrorsLayer::copr().layer(answer).oneshot(request);
    let error = error.await.unwrap_err().into_api().unwrap();
    assert_eq!(error.status(), 200);
    let envelope = Envelope::from(error);
    assert_eq!(envelope.status(), 400);
    assert_eq!(envelope.message(), "Cannot cancel build 123");
}

/// Only the caller's own protocol counts, and only an error in it. The label of the request is no reason to pass an error.
#[tokio::test]
async fn an_http_error_with_the_status_of_another_protocol_is_masked() {
    let status = |code| [("grpc-status", code), ("grpc-message", "hunter2")];
    for (caller, label, code) in [
        (WEB, ("content-type", "application/grpc+proto"), "0"),
        (GRPC, WEB, "13"),
        (GRPC, ("content-type", "application/grpc-web-text"), "2"),
        (GRPC, GRPC, "0"),
        (WEB, GRPC, "0"),
        (WEB, GRPC, "13"),
        (WEB, WEB, "0"),
    ] {
        let told = Told::default();
        let [code, message] = status(code);
        let answer = upstream(500, &[label, code, message], "");
        let request = call(Method::POST, Version::HTTP_2, &[caller]);
        let response = server(&told).layer(answer).oneshot(request).await.unwrap();
        let response = collect(response).await;
        let context = format!("{caller:?} {label:?} {}", said(&response));
        assert!(!said(&response).contains("hunter2"), "{context}");
        assert_eq!(response.status(), 200, "{context}");
        assert_ne!(response.headers()["grpc-status"], "0", "{context}");
        assert_eq!(told.lock().unwrap().len(), 1, "{context}");
    }
}

/// The first frame of a success may show that it is an error. An HTTP error is one already.
#[tokio::test]
async fn an_http_error_with_the_label_of_grpc_and_a_body_is_masked() {
    for status in [500, 503, 599, 700] {
        for caller in [&[][..], &[GRPC], &[WEB], &[CONNECT]] {
            for label in ["application/grpc", "application/grpc+proto"] {
                let told = Told::default();
                let answer = upstream(status, &[("content-type", label)], "hunter2");
                let request = call(Method::POST, Version::HTTP_2, caller);
                let response = server(&told).layer(answer).oneshot(request).await.unwrap();
                let response = collect(response).await;
                assert!(!said(&response).contains("hunter2"), "{status} {caller:?}");
                assert_eq!(told.lock().unwrap().len(), 1, "{status} {caller:?}");
            }
        }
    }
}

/// The upstream speaks HTTP, so a caller of another protocol does not change what its documents say.
#[tokio::test]
async fn an_error_in_a_success_is_one_for_every_caller() {
    let json = ("content-type", "application/json");
    let stream = ("content-type", "application/connect+json");
    for (body, status, is_masked) in [
        (r#"{"error":{"message":"hunter2","code":500}}"#, 500, true),
        (r#"{"error":{"message":"hunter2","code":503}}"#, 503, true),
        (
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"hunter2"}}"#,
            500,
            true,
        ),
        (r#"{"ok":false,"error":"channel_not_found"}"#, 404, false),
        (
            r#"{"error":{"message":"Slow down","code":429}}"#,
            429,
            false,
        ),
    ] {
        for caller in [&[][..], &[json, CONNECT], &[stream], &[stream, CONNECT]] {
            let told = Told::default();
            let proxy = ErrorEnvelopeLayer::client().with_errors_in_success();
            let proxy = proxy.layer(upstream(200, &[json], body));
            let request = call(Method::POST, Version::HTTP_2, caller);
            let response = server(&told).layer(proxy).oneshot(request).await.unwrap();
            let response = collect(response).await;
            let context = format!("{body} {caller:?} {}", said(&response));
            assert!(!said(&response).contains("hunter2"), "{context}");
            let told = told.lock().unwrap();
            assert_eq!(told.len(), 1, "{context}");
            assert_eq!((told[0].0, told[0].1.is_some()), (status, is_masked));
        }
    }
    let get = Request::get("http://a/b.v1.C/D?connect=v1&encoding=json&message=%7B%7D");
    let proxy = ErrorEnvelopeLayer::client().with_errors_in_success();
    let proxy = proxy.layer(upstream(
        200,
        &[json],
        r#"{"error":{"code":500,"message":"x"}}"#,
    ));
    let response = proxy.oneshot(get.body(Full::default()).unwrap()).await;
    assert_eq!(response.unwrap().status(), 500);
}

/// A client that looks into successes finds the error that another client inside of it wrote with 200.
#[tokio::test]
async fn an_error_that_passes_two_clients_is_masked() {
    let clients = || {
        let client = ErrorEnvelopeLayer::client;
        [client(), client().with_errors_in_success()]
    };
    let callers = ["application/connect+json", "application/connect+proto"];
    let callers = callers
        .into_iter()
        .chain(["application/grpc", "text/plain"]);
    for label in callers {
        for (inner, outer) in clients()
            .into_iter()
            .flat_map(|inner| clients().map(|outer| (inner.clone(), outer)))
        {
            for status in [500, 502, 503, 504] {
                let told = Told::default();
                let proxy = outer.layer(inner.layer(upstream(status, &[], "hunter2")));
                let request = call(Method::POST, Version::HTTP_2, &[("content-type", label)]);
                let response = server(&told).layer(proxy).oneshot(request).await.unwrap();
                let response = collect(response).await;
                assert!(!said(&response).contains("hunter2"), "{status} {label}");
                let want = [(status, Some("hunter2".to_owned()))];
                assert_eq!(*told.lock().unwrap(), want, "{label}");
            }
        }
    }
}

/// Gateways label the JSON of an error as the stream that was asked for.
#[tokio::test]
async fn an_error_labelled_as_events_is_read_for_every_caller() {
    let events = ("content-type", "text/event-stream; charset=utf-8");
    let connect = ("content-type", "application/connect+json");
    let bodies = [
        r#"{"error":{"message":"The key is hunter2"}}"#,
        "event: error\ndata: {\"error\":{\"message\":\"The key is hunter2\"}}\n\n",
    ];
    let callers = [vec![], vec![GRPC], vec![WEB], vec![CONNECT], vec![connect]];
    for (body, caller) in bodies
        .iter()
        .flat_map(|body| callers.iter().map(move |caller| (*body, caller)))
    {
        for (status, shows) in [(429, true), (503, false)] {
            let told = Told::default();
            let proxy = ErrorEnvelopeLayer::client().layer(upstream(status, &[events], body));
            let request = call(Method::POST, Version::HTTP_2, caller);
            let response = server(&told).layer(proxy).oneshot(request).await.unwrap();
            let said = said(&collect(response).await);
            assert_eq!(said.contains("hunter2"), shows, "{caller:?} {said}");
            let original = (!shows).then(|| "The key is hunter2".to_owned());
            assert_eq!(*told.lock().unwrap(), [(status, original)], "{caller:?}");
        }
    }
}

/// An error of Connect below 500 passes to a caller of Connect as it is. The head of a request keeps no error from the hook.
#[tokio::test]
async fn the_hook_gets_an_error_in_connect_for_every_caller() {
    let json = ("content-type", "application/json");
    let body = r#"{"code":"not_found", "message":"No printer"}"#;
    for (caller, passes) in [(&[][..], false), (&[CONNECT], true), (&[GRPC], false)] {
        let (inner, outer) = (Told::default(), Told::default());
        let answer = server(&inner).layer(upstream(404, &[json], body));
        let request = call(Method::POST, Version::HTTP_2, caller);
        let response = server(&outer).layer(answer).oneshot(request).await.unwrap();
        let response = collect(response).await;
        assert_eq!(text(&response) == body, passes, "{caller:?}");
        assert_eq!(*inner.lock().unwrap(), [(404, None)], "{caller:?}");
        assert_eq!(*outer.lock().unwrap(), [], "{caller:?}");
    }
}

#[tokio::test]
async fn a_tunnel_is_not_read() {
    let headers = [GRPC, ("grpc-status", "13")];
    let json = ("content-type", "application/json");
    for (headers, body) in [(&headers[..], ""), (&[json], r#"{"error": "x"}"#)] {
        let rules = RaiseErrorsLayer::new().with_errors_in_success();
        let request = || call(Method::CONNECT, Version::HTTP_2, &[]);
        let raising = rules.clone().layer(upstream(200, headers, body));
        let response = collect(raising.oneshot(request()).await.unwrap()).await;
        assert_eq!((response.status().as_u16(), text(&response)), (200, body));

        let copr = RaiseErrorsLayer::copr().layer(upstream(200, headers, body));
        let response = collect(copr.oneshot(request()).await.unwrap()).await;
        assert_eq!((response.status().as_u16(), text(&response)), (200, body));

        // An error opens no tunnel.
        for rules in [rules.clone(), RaiseErrorsLayer::copr()] {
            let raising = rules.layer(upstream(407, headers, body));
            let error = raising.oneshot(request()).await.unwrap_err();
            assert_eq!(error.into_api().unwrap().status(), 407);
        }

        let raising = rules.with_errors_in_streams();
        let raising = raising.layer(upstream(200, headers, body));
        let response = collect(raising.oneshot(request()).await.unwrap()).await;
        assert_eq!((response.status().as_u16(), text(&response)), (200, body));
    }
}
