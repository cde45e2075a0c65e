//! Errors with a success status, read by clients with `with_errors_in_success`.

mod support;

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use support::{collect, text};
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::read::ErrorReader;
use tower_error_envelope::{Client, Envelope, ErrorEnvelopeLayer, Passthrough};

const JSON: &str = "application/json";

fn looking() -> ErrorEnvelopeLayer<Client> {
    ErrorEnvelopeLayer::client().with_errors_in_success()
}

/// The response of the layer for this answer of a service.
async fn pass<B>(
    layer: &ErrorEnvelopeLayer<Client>,
    method: Method,
    answer: Response<B>,
) -> Response<tower_error_envelope::ResponseBody<B>>
where
    B: Body<Data = Bytes>,
{
    let mut answer = Some(answer);
    let service = service_fn(move |_: Request<()>| {
        let answer = answer.take().expect("one request");
        async move { Ok::<_, Infallible>(answer) }
    });
    let request = Request::builder().method(method).body(()).unwrap();
    layer.layer(service).oneshot(request).await.unwrap()
}

fn ok(media_type: &str, body: &str) -> Response<Full<Bytes>> {
    let body = Full::from(Bytes::from(body.to_owned()));
    Response::builder()
        .header(CONTENT_TYPE, media_type)
        .body(body)
        .unwrap()
}

async fn passed(media_type: &str, body: &str) -> Response<Bytes> {
    collect(pass(&looking(), Method::GET, ok(media_type, body)).await).await
}

struct Error {
    body: &'static str,
    status: u16,
    read: &'static str,
}

#[rustfmt::skip]
const ERRORS: [Error; 40] = [
    // A return code with its text
    Error { body: r#"{"retCode":17,"retMsg":"The lid is not round","result":{}}"#, status: 400, read: r#"{"_error_message":"The lid is not round","_error_type":"17"}"# },
    Error { body: r#"{"return_code":-3,"return_message":"The pump is dry","time":9}"#, status: 400, read: r#"{"_error_message":"The pump is dry","_error_type":"-3"}"# },
    Error { body: r#"{"RetCode":404017,"RetMsg":"There is no lid","Lid":null}"#, status: 400, read: r#"{"_error_message":"There is no lid","_error_type":"404017"}"# },
    // A sentence in a member for errors, and nothing else
    Error { body: r#"{"error_message":"The key is not valid.","lids":[],"status":"REQUEST_DENIED"}"#, status: 400, read: r#"{"_error_message":"The key is not valid.","_error_type":"REQUEST_DENIED"}"# },
    Error { body: r#"{"Found":"False","Error":"There is no such lid!"}"#, status: 400, read: r#"{"_error_message":"There is no such lid!","_error_type":"clustr.exceptions.BadRequest"}"# },
    Error { body: r#"{"errorMessage":"The lid is lost.","lid":null,"count":0}"#, status: 400, read: r#"{"_error_message":"The lid is lost.","_error_type":"clustr.exceptions.BadRequest"}"# },
    // A list of errors, and nothing else
    Error { body: r#"[{"error":{"type":31,"description":"there is no such lamp"}}]"#, status: 400, read: r#"{"_error_message":"there is no such lamp","_error_type":"31"}"# },
    Error { body: r#"[{"error":{"code":"lamp_off","message":"The lamp is off"}}]"#, status: 400, read: r#"{"_error_message":"The lamp is off","_error_type":"lamp_off"}"# },
    // How the call ended, by other keys
    Error { body: r#"{"stat":"fail","code":98,"message":"The login is not valid"}"#, status: 400, read: r#"{"_error_message":"The login is not valid","_error_type":"98"}"# },
    Error { body: r#"{"messages":{"resultCode":"Error","message":[{"code":"E7","text":"The pump is dry."}]}}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"E7"}"# },
    Error { body: r#"{"result_code":"FAILED","message":"The pump is dry."}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"clustr.exceptions.BadRequest"}"# },
    Error { body: r#"{"stat":"error","error":{"message":"The pump is dry.","code":"DRY"}}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"DRY"}"# },
    // Copr
    Error { body: r#"{"error": "Cannot cancel build 123"}"#, status: 400, read: r#"{"_error_message":"Cannot cancel build 123","_error_type":"clustr.exceptions.BadRequest"}"# },
    Error { body: r#"{"error": "name: Letters only.\nchroots: Select one."}"#, status: 400, read: r#"{"name":["Letters only."],"chroots":["Select one."]}"# },
    // Slack
    Error { body: r#"{"ok": false, "error": "not_authed"}"#, status: 401, read: r#"{"_error_message":"Unauthorized","_error_type":"not_authed"}"# },
    Error { body: r#"{"ok":false,"error":"channel_not_found","response_metadata":{"scopes":["chat:write"]}}"#, status: 404, read: r#"{"_error_message":"Not Found","_error_type":"channel_not_found"}"# },
    Error { body: r#"{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] channel has to be given"]}}"#, status: 400, read: r#"{"_error_message":"[ERROR] channel has to be given","_error_type":"invalid_arguments"}"# },
    // Telegram
    Error { body: r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#, status: 429, read: r#"{"_error_message":"Too Many Requests: retry after 5","_error_type":"clustr.exceptions.Throttled","_error_details":{"retry_after":5}}"# },
    // MongoDB
    Error { body: r#"{"ok":0.0,"errmsg":"user reader may not run dropDatabase","code":13,"codeName":"Unauthorized"}"#, status: 401, read: r#"{"_error_message":"user reader may not run dropDatabase","_error_type":"Unauthorized"}"# },
    // Cloudflare
    Error { body: r#"{"success":false,"errors":[{"code":7003,"message":"Could not route the request"}],"messages":[],"result":null}"#, status: 400, read: r#"{"_error_message":"Could not route the request","_error_type":"7003"}"# },
    // GraphQL without data
    Error { body: r#"{"errors":[{"message":"Log in","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}"#, status: 401, read: r#"{"_error_message":"Log in","_error_type":"UNAUTHENTICATED"}"# },
    Error { body: r#"{"errors":[{"message":"Too many points","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requested":202}}}"#, status: 429, read: r#"{"_error_message":"Too many points","_error_type":"THROTTLED"}"# },
    Error { body: r#"{"errors":[{"message":"Syntax Error: Expected Name","locations":[{"line":1,"column":3}]}]}"#, status: 400, read: r#"{"_error_message":"Syntax Error: Expected Name","_error_type":"clustr.exceptions.BadRequest"}"# },
    // Neo4j
    Error { body: r#"{"results":[],"errors":[{"code":"Neo.ClientError.Statement.SyntaxError","message":"RETRUN is no keyword"}]}"#, status: 400, read: r#"{"_error_message":"RETRUN is no keyword","_error_type":"Neo.ClientError.Statement.SyntaxError"}"# },
    // JSON-RPC
    Error { body: r#"{"jsonrpc":"2.0","error":{"code":-32601,"message":"There is no such method"},"id":1}"#, status: 404, read: r#"{"_error_message":"There is no such method","_error_type":"-32601"}"# },
    Error { body: r#"{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":1}"#, status: 400, read: r#"{"_error_message":"Invalid params","_error_type":"-32602"}"# },
    Error { body: r#"{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}"#, status: 500, read: r#"{"_error_message":"Internal error","_error_type":"-32603"}"# },
    // JSend
    Error { body: r#"{"status":"error","message":"The database is down","code":503}"#, status: 503, read: r#"{"_error_message":"The database is down","_error_type":"clustr.exceptions.ServiceUnavailable"}"# },
    Error { body: r#"{"status":"fail","data":{"title":"A title is needed"}}"#, status: 400, read: r#"{"title":["A title is needed"]}"# },
    // WeChat
    Error { body: r#"{"errcode":40013,"errmsg":"the appid is not valid"}"#, status: 400, read: r#"{"_error_message":"the appid is not valid","_error_type":"40013"}"# },
    // GitHub's tokens
    Error { body: r#"{"error":"bad_verification_code","error_description":"The code is wrong.","error_uri":"https://docs.example/"}"#, status: 400, read: r#"{"_error_message":"The code is wrong.","_error_type":"bad_verification_code","_error_details":{"help":"https://docs.example/"}}"# },
    // Google
    Error { body: r#"{"error":{"code":404,"message":"There is no bucket x","status":"NOT_FOUND"}}"#, status: 404, read: r#"{"_error_message":"There is no bucket x","_error_type":"NOT_FOUND"}"# },
    Error { body: r#"{"error": true, "message": "The token has expired", "code": "token_expired"}"#, status: 401, read: r#"{"_error_message":"The token has expired","_error_type":"token_expired"}"# },
    // Keys in capitals
    Error { body: r#"{"Error":{"Code":"Throttling","Message":"The pump is too fast."},"RequestId":"r-1"}"#, status: 400, read: r#"{"_error_message":"The pump is too fast.","_error_type":"Throttling","_error_details":{"request_id":"r-1"}}"# },
    Error { body: r#"{"Errors":[{"Code":"E7","Message":"The pump is dry."}]}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"E7"}"# },
    Error { body: r#"{"ERROR":{"message":"The pump is dry.","code":"E7"}}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"E7"}"# },
    Error { body: r#"{"Success":false,"Message":"The pump is dry.","Data":null}"#, status: 400, read: r#"{"_error_message":"The pump is dry.","_error_type":"clustr.exceptions.BadRequest"}"# },
    // The documented envelope
    Error { body: r#"{"_error_message":"The item is gone","_error_type":"clustr.exceptions.Gone"}"#, status: 410, read: r#"{"_error_message":"The item is gone","_error_type":"clustr.exceptions.Gone"}"# },
    Error { body: r#"{"_error_type":"clustr.exceptions.NotFound"}"#, status: 404, read: r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"# },
    Error { body: r#"{"error": {"message": "x y"}, "status": 403}"#, status: 403, read: r#"{"_error_message":"x y","_error_type":"clustr.exceptions.PermissionDenied"}"# },
];

#[tokio::test]
async fn an_error_becomes_one_with_the_status_that_it_should_have_had() {
    for Error { body, status, read } in ERRORS {
        let response = passed(JSON, body).await;
        let envelope: &Envelope = response
            .extensions()
            .get()
            .unwrap_or_else(|| panic!("{body}"));
        assert_eq!(envelope.status(), response.status(), "{body}");
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (status, read),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_label_of_a_problem_is_enough() {
    let response = passed(
        "application/problem+json",
        r#"{"type":"/no-stock","title":"Sold out","status":409,"item":7}"#,
    )
    .await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
}

#[cfg(feature = "xml")]
#[tokio::test]
async fn xml_is_an_error_by_its_root() {
    let cases = [
        ("<Error><Code>InternalError</Code><Message>Try again.</Message></Error>", 500, "Try again."),
        ("\n\n<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Less, please.</Message></Error>", 503, "Less, please."),
        ("<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>No amount</faultstring></s:Fault></s:Body></s:Envelope>", 400, "No amount"),
        ("<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>403</int></value></member><member><name>faultString</name><value>Wrong password.</value></member></struct></value></fault></methodResponse>", 400, "Wrong password."),
    ];
    for (body, status, message) in cases {
        let response = passed("application/xml", body).await;
        let envelope: &Envelope = response
            .extensions()
            .get()
            .unwrap_or_else(|| panic!("{body}"));
        assert_eq!(
            (response.status().as_u16(), envelope.message()),
            (status, message),
            "{body}"
        );
    }
}

#[tokio::test]
async fn data_that_looks_like_an_error_passes_byte_for_byte() {
    let bodies = [
        r#"{"error": null}"#,
        r#"{"error": ""}"#,
        r#"{"error": false, "value": 1}"#,
        r#"{"error": {}}"#,
        r#"{"error": "none"}"#,
        r#"{"errors": []}"#,
        r#"{"errors": null, "data": {"a": 1}}"#,
        // GraphQL with data
        r#"{"errors":[{"message":"No user 7","path":["user"]}],"data":{"user":null,"me":{"id":1}}}"#,
        r#"{"errors":[{"message":"No user 7","path":["user"]}],"data":{"user":null}}"#,
        // A job that failed, and is data
        r#"{"id": 12, "status": "failed", "error": "The compiler crashed"}"#,
        r#"{"name":"operations/7","done":true,"error":{"code":3,"message":"The cluster is full"}}"#,
        r#"{"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"It failed"}}"#,
        // Findings
        r#"{"errors":[{"line":3,"message":"unused variable"}],"warnings":[]}"#,
        r#"{"took":30,"errors":true,"items":[{"index":{"status":400}}]}"#,
        // Nothing is said
        r#"{"ok": false}"#,
        r#"{"success": false, "error-codes": ["invalid-input-response"]}"#,
        // A sentence beside data, a call that succeeded, a list in which one went well
        r#"{"Found":"True","Error":"No lid is lost"}"#,
        r#"{"error_message":"One of two lids is lost","lids":[7]}"#,
        r#"{"retCode":0,"retMsg":"All is well","result":{}}"#,
        r#"{"stat":"ok","message":"The login is valid"}"#,
        r#"[{"error":{"type":301,"description":"there is no such lamp"}},{"success":{"/lights/1":true}}]"#,
        r#"{"messages":{"resultCode":"Ok","message":[{"code":"I1","text":"The pump runs."}]}}"#,
        r#"{"ok": true, "error": null}"#,
        r#"{"errcode": 0, "errmsg": "ok"}"#,
        r#"{"errcode": 0, "errmsg": "request was handled"}"#,
        r#"{"errno": 0, "errmsg": "request was handled"}"#,
        r#"{"error_code": 0, "error_msg": "request was handled"}"#,
        r#"{"error": false, "message": "Saved the document."}"#,
        r#"{"error": false, "success": true, "msg": "Saved the document."}"#,
        r#"{"error": 0, "message": "Saved the document."}"#,
        r#"{"errors": false, "message": "Saved the document."}"#,
        r#"{"ok": true, "error": "warning: quota low"}"#,
        r#"{"success": true, "errors": ["The cache was cold."]}"#,
        r#"{"Success": true, "Errors": ["The cache was cold."]}"#,
        r#"{"OK": true, "Error": "warning: quota low"}"#,
        r#"{"Errors": 3}"#,
        r#"{"Error": "None"}"#,
        r#"{"error": 1}"#,
        r#"{"error": 3}"#,
        r#"{"success": 5, "error": 2}"#,
        r#"{"ok": 3, "error": 4}"#,
        r#"{"jobs": [{"id": 1, "status": "failed", "error": "Disk full"}]}"#,
        r#"{"total": 1, "jobs": [{"job_id": 1, "status": "failed", "error": "Disk full"}]}"#,
        r#"{"data": [{"name": "backup", "status": "failed", "error": "Disk full"}]}"#,
        r#"{"status": "error"}"#,
        r#"{"jsonrpc":"2.0","result":19,"id":1}"#,
        r#"[{"jsonrpc":"2.0","error":{"code":-32601,"message":"No"},"id":1},{"jsonrpc":"2.0","result":19,"id":2}]"#,
        r#"{"message": "Hello", "code": "greeting"}"#,
        // Counters, jobs, searches
        r#"{"errors":3}"#,
        r#"{"errors":3,"passed":17,"status":"failed"}"#,
        r#"{"status":"failed","started":"2026-01-01","steps":[{"name":"build"}]}"#,
        r#"{"job_id":7,"status":"error","message":"The disk was full"}"#,
        r#"{"result":2,"total":2,"items":[]}"#,
        r#"{"hits":[{"message":"A log line of an error","code":"E1"}]}"#,
        r#"{"type":"error","count":3}"#,
        r#""error""#,
        r#"["error"]"#,
        "[]",
        "null",
        "",
        " \n",
        "{\"error\": \"cut",
        "not json",
    ];
    for body in bodies {
        let body = format!(" {body}\n");
        let response = passed(JSON, &body).await;
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (200, &*body),
            "{body}"
        );
        assert!(response.extensions().get::<Envelope>().is_none(), "{body}");
    }
    for body in [
        "<ListBucketResult><Name>b</Name></ListBucketResult>",
        "<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>",
        "<a>",
    ] {
        assert_eq!(text(&passed("application/xml", body).await), body);
    }
}

#[tokio::test]
async fn without_the_option_nothing_is_looked_into() {
    let body = r#"{"error": "Cannot cancel build 123"}"#;
    let response =
        collect(pass(&ErrorEnvelopeLayer::client(), Method::GET, ok(JSON, body)).await).await;
    assert_eq!((response.status().as_u16(), text(&response)), (200, body));
}

/// A body that panics if it is polled.
fn untouchable() -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
    StreamBody::new(stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> { panic!("was read") },
    ))
}

#[tokio::test]
async fn only_whole_documents_are_read() {
    let answer = |media_type: &str| Response::builder().header(CONTENT_TYPE, media_type);
    let heads = [
        answer("text/event-stream"),
        answer("application/x-ndjson"),
        answer("application/stream+json"),
        answer("application/json-seq"),
        answer("application/grpc-web+json"),
        answer("application/connect+json"),
        answer("application/octet-stream"),
        answer("text/html"),
        answer("text/plain"),
        Response::builder(),
        answer(JSON).header(CONTENT_ENCODING, "gzip"),
        answer(JSON).status(206),
        answer(JSON).status(304),
        answer(JSON).status(101),
        answer(JSON).extension(Passthrough),
    ];
    for head in heads {
        let response = head.body(untouchable()).unwrap();
        pass(&looking(), Method::GET, response).await;
    }
    pass(
        &looking(),
        Method::HEAD,
        answer(JSON).body(untouchable()).unwrap(),
    )
    .await;
    pass(
        &looking(),
        Method::CONNECT,
        answer(JSON).body(untouchable()).unwrap(),
    )
    .await;
}

type Frames = Vec<Result<Frame<Bytes>, io::Error>>;

async fn frames(layer: &ErrorEnvelopeLayer<Client>, frames: Frames) -> Frames {
    let body = StreamBody::new(stream::iter(frames));
    let response = Response::builder()
        .header(CONTENT_TYPE, JSON)
        .body(body)
        .unwrap();
    let mut body = pass(layer, Method::GET, response).await.into_body();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        all.push(frame);
    }
    all
}

fn data(bytes: &str) -> Result<Frame<Bytes>, io::Error> {
    Ok(Frame::data(Bytes::from(bytes.to_owned())))
}

fn bytes(frames: &Frames) -> String {
    let data = frames
        .iter()
        .filter_map(|frame| frame.as_ref().ok()?.data_ref());
    data.map(|data| String::from_utf8_lossy(data)).collect()
}

#[tokio::test]
async fn data_keeps_its_trailers() {
    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
    let passed = frames(
        &looking(),
        vec![
            data("{\"a\""),
            data(": 1}"),
            Ok(Frame::trailers(trailers.clone())),
        ],
    )
    .await;
    assert_eq!(bytes(&passed), "{\"a\": 1}");
    assert_eq!(
        passed.last().unwrap().as_ref().unwrap().trailers_ref(),
        Some(&trailers)
    );
}

#[tokio::test]
async fn data_longer_than_the_limit_passes() {
    let layer = looking().with_body_limit(10);
    let passed = frames(
        &layer,
        vec![data("{\"error\""), data(": \"it is long\"}"), data("  ")],
    )
    .await;
    assert_eq!(bytes(&passed), "{\"error\": \"it is long\"}  ");
}

#[tokio::test]
async fn data_that_breaks_off_breaks_off() {
    let passed = frames(
        &looking(),
        vec![data("{\"a\": "), Err(io::Error::other("reset"))],
    )
    .await;
    assert_eq!(bytes(&passed), "{\"a\": ");
    assert_eq!(
        passed.last().unwrap().as_ref().unwrap_err().to_string(),
        "reset"
    );
}

#[tokio::test]
async fn data_has_an_exact_size_hint() {
    let response = pass(&looking(), Method::GET, ok(JSON, "{\"a\": 1}")).await;
    assert_eq!(response.body().size_hint().exact(), Some(8));
    assert!(!response.body().is_end_stream());
}

/// `{"E": 17}`
struct Numbered;

impl ErrorReader for Numbered {
    fn name(&self) -> &'static str {
        "numbered"
    }

    fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
        let number = std::str::from_utf8(response.body())
            .ok()?
            .strip_prefix("{\"E\": ")?
            .strip_suffix('}')?;
        let envelope = Envelope::from_status(response.status());
        Some(envelope.with_error_type(number.to_owned()))
    }
}

#[tokio::test]
async fn readers_of_the_user_are_asked_first() {
    let layer = looking().with_reader(Numbered);
    for (body, status) in [("{\"E\": timeout}", 504), ("{\"E\": 17}", 400), ("{}", 200)] {
        let response = pass(&layer, Method::GET, ok(JSON, body)).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
    }
}

#[tokio::test]
async fn a_real_client_gets_the_error_and_the_headers_of_a_real_server() -> Result<(), BoxError> {
    let app = axum::Router::new().route(
        "/api/chat.postMessage",
        axum::routing::post(|| async {
            (
                [("x-slack-req-id", "7")],
                axum::Json(serde_json::json!({"ok": false, "error": "ratelimited"})),
            )
        }),
    );
    let server = support::serve(app).await;
    for protocol in support::PROTOCOLS {
        let client = looking().layer(support::client(protocol));
        let request =
            Request::post(format!("http://{server}/api/chat.postMessage")).body(Full::default())?;
        let response = client.oneshot(request).await?;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["x-slack-req-id"], "7");
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
        let response = collect(response).await;
        assert_eq!(
            text(&response),
            r#"{"_error_message":"Too Many Requests","_error_type":"ratelimited"}"#
        );
    }
    Ok(())
}
